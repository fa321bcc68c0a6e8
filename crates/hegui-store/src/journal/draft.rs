//! What is to be recorded, and waiting until it is.

use super::JournalError;
use crate::log::Ticket as LogTicket;
use hegui_ledger::event::{Class, Kind, SubjectId};
use std::fmt;
use std::future::Future;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll};

/// An event that is to be recorded.
#[derive(Clone)]
pub struct Draft {
    /// What sort of thing happened; from [`Kind::FIRST`] on.
    pub kind: Kind,
    /// Version of what the kind's payload looks like.
    pub version: u16,
    /// When, in milliseconds since 1970 (UTC), as its source says. It orders nothing.
    pub time: i64,
    /// Whom it is about: under this person's key it is sealed. Without one, under the ledger's own, which is never
    /// destroyed: nothing personal belongs there.
    pub subject: Option<SubjectId>,
    /// In which processing activity.
    pub activity: Option<String>,
    /// To whom something was given.
    pub recipient: Option<String>,
    /// What becomes of it on erasure. There is a key for each subject, basis and day of expiry: days, not moments,
    /// keep them few.
    pub class: Class,
    /// Where there is more to it; empty for none.
    pub payload: Vec<u8>,
}

impl fmt::Debug for Draft {
    /// Without its payload.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Draft({:?}, version {}, {} bytes)", self.kind, self.version, self.payload.len())
    }
}

/// Events that were taken and wait for the disk. To be awaited, or waited for by a thread.
#[must_use = "events are durable only when their ticket says so"]
pub struct Ticket {
    log: LogTicket,
    count: u64,
}

impl Ticket {
    pub(crate) fn new(log: LogTicket, count: u64) -> Self {
        Self { log, count }
    }

    /// Blocks until the events are durable; their places in the log.
    ///
    /// # Errors
    /// When they were refused or the disk failed.
    pub fn wait(self) -> Result<Range<u64>, JournalError> {
        let last = self.log.wait()?;
        Ok(last + 1 - self.count..last + 1)
    }
}

impl Future for Ticket {
    type Output = Result<Range<u64>, JournalError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let count = self.count;
        let range = |last| last + 1 - count..last + 1;
        Pin::new(&mut self.log).poll(context).map(|last| last.map(range).map_err(JournalError::from))
    }
}
