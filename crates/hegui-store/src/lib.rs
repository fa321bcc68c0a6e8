//! Durable state in one folder, without a server: a log with group commit, and what follows it.
//!
//! - [`disk`]: the few file operations that are needed, real or simulated;
//! - [`log`]: what is acknowledged is durable; opened after any crash without a half event;
//! - [`store`]: all of it in one folder;
//! - [`follow`]: what hears of every event in order; here the Merkle tree joins;
//! - [`index`]: finding events by key, activity, recipient and time;
//! - [`mod@backup`]: a copy while others write, and a folder made from it; [`erasures`]: what may not come back;
//! - [`keys`]: what an event is found by;
//! - [`lock`]: one process has the folder;
//! - [`journal`]: all of it joined with the ledger: events sealed under their subjects' keys, in a published
//!   tree, and erased. What a tenant's folder is.
//!
//! To all but the journal an event is opaque bytes.

pub mod backup;
pub mod disk;
pub mod erasures;
pub mod follow;
pub mod index;
pub mod journal;
pub mod keys;
pub mod lock;
pub mod log;
pub mod store;
#[cfg(test)]
mod tests;

pub use backup::{BackupError, Copied, backup, restore};
pub use disk::{Disk, DiskFile, RealDisk};
pub use erasures::{Erased, Erasures};
pub use follow::{Follow, FollowError, Following};
pub use index::{Index, IndexError, Key};
pub use journal::{Journal, JournalError};
pub use keys::{Id, Keys};
pub use lock::{Lock, LockError};
pub use log::{Before, Block, Check, Counters, Log, LogError, Options, Record, Recovery, Ticket};
pub use store::{Store, StoreError};
