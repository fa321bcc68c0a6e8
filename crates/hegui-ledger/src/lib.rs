//! Proof for third parties, checked offline, and the ledger that it rests on.
//!
//! - [`note`]: signed notes (C2SP `signed-note`), Ed25519;
//! - [`package`]: files sealed in one archive under a signed manifest;
//! - [`tree`], [`proof`]: the Merkle tree of RFC 6962, its roots and proofs;
//! - [`tiles`], [`checkpoint`]: a log as it is published (C2SP `tlog-tiles`, `tlog-checkpoint`), with what
//!   witnesses say of it (`tlog-cosignature`);
//! - [`receipt`]: the proof of one entry as one text (`tlog-proof`);
//! - [`event`]: what happened, and the commitment to it that stands in the tree;
//! - [`seal`]: personal data outside the tree, under a key of its subject, destroyed with that key;
//! - [`verify`]: a verifier of published logs that shares no code with all this.
//!
//! Pure: no clock, no files, no network; time and random bytes are arguments. Knows nothing of the other
//! crates: what is sealed are bytes with names.

mod bytes;
pub mod checkpoint;
pub mod event;
pub mod note;
pub mod package;
pub mod proof;
pub mod receipt;
pub mod seal;
pub mod tiles;
pub mod tree;
pub mod verify;

pub use bytes::Malformed;
