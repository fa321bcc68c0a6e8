//! Proof for third parties, checked offline.
//!
//! - [`note`]: signed notes (C2SP `signed-note`), Ed25519;
//! - [`package`]: files sealed in one archive under a signed manifest.
//!
//! Pure: no clock, no files, no network; a key's random bytes are an argument. Knows nothing of the other
//! crates: what is sealed are bytes with names.

pub mod checkpoint;
pub mod note;
pub mod package;
pub mod proof;
pub mod tiles;
pub mod tree;
pub mod verify;
