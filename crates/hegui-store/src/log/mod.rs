//! The log: what is acknowledged is on the disk, in order, for good.
//!
//! Many threads bring events; one thread writes them, a block for all that have come while the disk was busy
//! with the block before, and syncs once (group commit). Only then are they acknowledged. Who brings more
//! than the disk takes waits; nothing is dropped. [`Counters::lost`] is what was taken and neither
//! acknowledged nor refused nor still under way: it must read 0.
//!
//! - `block`: the form on disk; `segment`: one file; `recover`: opening after a crash; `appender`: writing
//!   without threads; `queue`: the threads around it; `ticket`: waiting for them; `reader`: reading in order.

mod appender;
mod block;
mod error;
mod options;
mod queue;
mod reader;
mod recover;
mod segment;
mod ticket;

pub(crate) use appender::Appender;
#[cfg(test)]
pub(crate) use block::{Batch, Prepared};
pub use block::{EVENT_LIMIT, Identity, Record};
pub use error::LogError;
#[cfg(test)]
pub(crate) use options::Bug;
pub use options::{Before, Check, Options};
pub use queue::{Counters, Log};
pub use reader::Reader;
pub use recover::{Recovery, Torn};
pub use segment::Block;
pub(crate) use segment::first_of;
pub use ticket::Ticket;
pub(crate) use ticket::locked;
