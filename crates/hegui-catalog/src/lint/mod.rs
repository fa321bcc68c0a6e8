//! Whether a catalog that can be read is worth something.
pub mod placeholder {}
