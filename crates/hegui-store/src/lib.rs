//! Durable state in one folder, without a server: a log with group commit, and what follows it.
//!
//! - [`disk`]: the few file operations that are needed, real or simulated;
//! - [`log`]: what is acknowledged is durable; opened after any crash without a half event;
//! - [`keys`]: what an event is found by.
//!
//! An event is opaque bytes here. What must not be read on a lost disk is encrypted before it comes.

pub mod disk;
pub mod keys;
pub mod lock;
pub mod log;
#[cfg(test)]
mod tests;

pub use disk::{Disk, DiskFile, RealDisk};
pub use keys::{Id, Keys};
pub use lock::{Lock, LockError};
pub use log::{Check, Counters, Log, LogError, Options, Record, Recovery, Ticket};
