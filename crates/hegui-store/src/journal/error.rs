//! Why the journal refused.

use super::KeyId;
use crate::backup::BackupError;
use crate::follow::FollowError;
use crate::index::IndexError;
use crate::log::LogError;
use crate::store::StoreError;
use hegui_ledger::checkpoint::CheckpointError;
use std::io;
use std::path::PathBuf;

/// Why something could not be opened, appended, read, erased or proven.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The log or its index could not be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The log took or gave nothing.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The index could not be asked.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The tree does not go on.
    #[error(transparent)]
    Follow(#[from] FollowError),
    /// Nothing was copied or restored.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// A checkpoint or a cosignature was refused.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The master key cannot be had.
    #[error("there is no master key: {0}")]
    Master(String),
    /// The tenant's file is not what was written, or another master key wrapped it.
    #[error("`{}`: {why}", .file.display())]
    Tenant {
        /// The file.
        file: PathBuf,
        /// What is wrong, and what to do.
        why: String,
    },
    /// A subject's key does not open under the master key: it was forged, or another master key wrapped it.
    #[error("the key at byte {at} of `keys/subjects` does not open under the master key: it was changed")]
    Key {
        /// Where it stands.
        at: u64,
    },
    /// An event names a key that is neither there nor erased: the file of keys is older than the log.
    #[error("event {at} names a key that `keys/subjects` does not hold: the keys are older than the log")]
    NoKey {
        /// The event.
        at: u64,
        /// The key.
        key: KeyId,
    },
    /// An event is not what was written although the log's checksums are right.
    #[error("event {at} does not open: {why}")]
    Event {
        /// The event.
        at: u64,
        /// What is wrong.
        why: String,
    },
    /// There is no such event yet.
    #[error("there is no event {index}: {size} are durable")]
    Beyond {
        /// The one asked for.
        index: u64,
        /// How many there are.
        size: u64,
    },
    /// What was given cannot be an event.
    #[error("this cannot be recorded: {0}")]
    Draft(&'static str),
    /// Log and published tree have come apart: going on would sign two trees of one size.
    #[error(
        "the log is not the one whose tree of {size} entries was signed: going on would fork what was published; restore a newer backup, or begin a new origin"
    )]
    Forked {
        /// The size that was signed.
        size: u64,
    },
    /// A published file cannot be read.
    #[error("the published tree cannot be read: {0}")]
    Tiles(String),
    /// The disk or the system's random numbers failed.
    #[error("`{doing}` failed: {error}")]
    System {
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        error: io::Error,
    },
}

impl JournalError {
    pub(crate) fn system(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::System { doing, error }
    }
}
