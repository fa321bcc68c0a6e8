//! Why the log refused.

use std::io;
use std::sync::Arc;

/// Why something could not be appended, opened or read.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LogError {
    /// The disk is full. Nothing of the batch is kept; later ones are taken again once there is room.
    #[error("the disk is full: the events were not kept")]
    Full,
    /// The disk failed. Whether the events of the batch are kept is known when the log is opened again;
    /// until then it takes no more.
    #[error("the disk failed while `{doing}`, and the log takes no more until it is opened again: {error}")]
    Failed {
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        error: Arc<io::Error>,
    },
    /// Something that was durable is not what was written.
    #[error("`{file}` is damaged at byte {at}: {what}")]
    Damaged {
        /// The file's name in the store's folder.
        file: String,
        /// The offset in the file, in bytes.
        at: u64,
        /// What is wrong.
        what: String,
    },
    /// The log ends before what is known to have been acknowledged.
    #[error(
        "the log holds {holds} events, but {known} are known to have been acknowledged: it is older than what was built on it, or its end is lost"
    )]
    Short {
        /// How many events it holds.
        holds: u64,
        /// How many it must hold.
        known: u64,
    },
    /// The event is longer than [`EVENT_LIMIT`](super::EVENT_LIMIT), or the events are too long together.
    #[error("{length} bytes are too many: at most {limit} are taken at once")]
    TooLong {
        /// Length in bytes.
        length: usize,
        /// The most that is taken.
        limit: usize,
    },
    /// No event was given, so there is nothing to wait for.
    #[error("no events were given")]
    Nothing,
    /// The thread that writes is gone by a mistake of ours. Whether the events that waited are kept is known
    /// when the log is opened again.
    #[error("the log's thread has ended by a panic, and the log takes no more until it is opened again")]
    Panicked,
    /// No room in the queue right now.
    #[error("too many events wait for the disk: try again")]
    Busy,
    /// The log is closed.
    #[error("the log is closed")]
    Closed,
}

impl LogError {
    pub(crate) fn failed(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |error| match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Failed { doing, error: Arc::new(error) },
        }
    }
}
