//! How a log is kept.

use super::LogError;
use super::block::Identity;
use std::fmt;
use std::sync::Arc;

/// How much of a log is read and checked when it is opened. Whatever is read later is checked then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Check {
    /// The last segment: quick, however long the log is.
    #[default]
    Last,
    /// Every byte.
    All,
}

/// What must be done before a block is written: to make durable what its events cannot be read without. On
/// [`LogError::Full`] the batch is refused and the log goes on; on anything else it takes no more.
#[derive(Clone)]
pub struct Before(Arc<dyn Fn() -> Result<(), LogError> + Send + Sync>);

impl Before {
    /// Does this before each block, on the thread that writes.
    #[must_use]
    pub fn new(act: impl Fn() -> Result<(), LogError> + Send + Sync + 'static) -> Self {
        Self(Arc::new(act))
    }
}

impl fmt::Debug for Before {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Before")
    }
}

/// How a log is kept.
#[derive(Clone, Debug)]
pub struct Options {
    /// A new log's identity: random bytes, kept secret. A log that is there has its own.
    pub identity: Identity,
    /// A segment's length in bytes, about: no block is split.
    pub segment_bytes: u64,
    /// How many bytes of events may wait for the disk; who brings more waits. Twice this is held at
    /// most, and never more than 32 MiB are taken at once.
    pub batch_bytes: usize,
    /// How many events the log is known to hold because something was built on them: a smaller log is
    /// refused, and damage to these is never taken for a torn end.
    pub known: u64,
    /// How much is checked when it is opened.
    pub check: Check,
    /// What is done before a block is written.
    pub before: Option<Before>,
    /// A mistake made on purpose, to see that a test finds it.
    #[cfg(test)]
    pub(crate) bug: Option<Bug>,
}

/// Mistakes that the tests must find.
#[cfg(test)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bug {
    /// A batch is acknowledged when it is written and not when it is synced.
    AcknowledgedBeforeSync,
    /// A batch is acknowledged when the writer takes it.
    AcknowledgedBeforeCommit,
    /// The folder is not synced after a file got its name.
    NoFolderSync,
    /// Checksums of blocks and records are not looked at.
    ChecksumNotChecked,
    /// The index writes its watermark before what it says is there.
    WatermarkFirst,
    /// What a full disk refused is taken back in memory and not on the disk.
    TakenBackUnsynced,
    /// The last whole block is taken for durable when a log is opened.
    LastBlockTrusted,
}

impl Options {
    /// The usual ones.
    #[must_use]
    pub fn new(identity: Identity) -> Self {
        Self {
            identity,
            segment_bytes: 64 << 20,
            batch_bytes: 4 << 20,
            known: 0,
            check: Check::default(),
            before: None,
            #[cfg(test)]
            bug: None,
        }
    }

    pub(crate) fn before_block(&self) -> Result<(), LogError> {
        self.before.as_ref().map_or(Ok(()), |before| (before.0)())
    }
}

#[cfg(not(test))]
impl Options {
    pub(crate) fn syncs(&self) -> bool {
        true
    }
    pub(crate) fn waits_for_commit(&self) -> bool {
        true
    }
    pub(crate) fn syncs_folder(&self) -> bool {
        true
    }
    pub(crate) fn checks(&self) -> bool {
        true
    }
    pub(crate) fn syncs_refusals(&self) -> bool {
        true
    }
    pub(crate) fn writes_again(&self) -> bool {
        true
    }
    pub(crate) fn watermark_last(&self) -> bool {
        true
    }
}

#[cfg(test)]
impl Options {
    pub(crate) fn syncs(&self) -> bool {
        self.bug != Some(Bug::AcknowledgedBeforeSync)
    }
    pub(crate) fn waits_for_commit(&self) -> bool {
        self.bug != Some(Bug::AcknowledgedBeforeCommit)
    }
    pub(crate) fn syncs_folder(&self) -> bool {
        self.bug != Some(Bug::NoFolderSync)
    }
    pub(crate) fn checks(&self) -> bool {
        self.bug != Some(Bug::ChecksumNotChecked)
    }
    pub(crate) fn syncs_refusals(&self) -> bool {
        self.bug != Some(Bug::TakenBackUnsynced)
    }
    pub(crate) fn watermark_last(&self) -> bool {
        self.bug != Some(Bug::WatermarkFirst)
    }
    pub(crate) fn writes_again(&self) -> bool {
        self.bug != Some(Bug::LastBlockTrusted)
    }
}
