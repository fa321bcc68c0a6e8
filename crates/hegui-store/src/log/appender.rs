//! Writing blocks, one after another, each durable before the next. No threads: the simulated crashes drive
//! this step by step.

use super::Options;
use super::block::{Batch, Identity};
use super::error::LogError;
use super::recover::{self, Opened, Recovery};
use super::segment::{Place, START, Segment};
use crate::disk::Disk;
use std::sync::{Arc, PoisonError, RwLock};

/// The segments of a log, shared by who writes and who reads.
pub(crate) struct Segments {
    pub(crate) identity: Identity,
    list: RwLock<Vec<Arc<Segment>>>,
}

impl Segments {
    /// The segment that a sequence is in, and the one after it.
    pub(crate) fn of(&self, sequence: u64) -> (Option<Arc<Segment>>, Option<Arc<Segment>>) {
        let list = self.list.read().unwrap_or_else(PoisonError::into_inner);
        let after = list.partition_point(|segment| segment.start.next <= sequence);
        let at = after.checked_sub(1).and_then(|at| list.get(at));
        (at.cloned(), list.get(after).cloned())
    }
}

/// What writes the log.
pub(crate) struct Appender {
    disk: Arc<dyn Disk>,
    options: Options,
    segments: Arc<Segments>,
    segment: Arc<Segment>,
    tail: Place,
}

impl Appender {
    /// Opens the log on a disk.
    pub(crate) fn open(disk: Arc<dyn Disk>, options: Options) -> Result<(Self, Recovery), LogError> {
        let Opened { identity, segments, tail, recovery } = recover::open(&*disk, &options)?;
        let segment = segments.last().cloned().ok_or(LogError::Closed)?;
        let segments = Arc::new(Segments { identity, list: RwLock::new(segments) });
        Ok((Self { disk, options, segments, segment, tail }, recovery))
    }

    pub(crate) fn segments(&self) -> &Arc<Segments> {
        &self.segments
    }

    /// The sequence of the next record.
    pub(crate) fn next(&self) -> u64 {
        self.tail.next
    }

    /// Where the log ends in its last segment.
    #[cfg(test)]
    pub(crate) fn tail(&self) -> Place {
        self.tail
    }

    /// Writes a batch and makes it durable; gives back its buffer.
    ///
    /// # Errors
    /// [`LogError::Full`] when there is no room: nothing is kept and the next batch may be tried. Anything
    /// else leaves the log in an unknown state: no more may be appended until it is opened again.
    pub(crate) fn commit(&mut self, batch: Batch) -> Result<Vec<u8>, LogError> {
        self.options.before_block()?;
        let (header, bytes) = batch.seal(&self.segments.identity, self.tail.check);
        if self.tail.at > START && self.tail.at + header.span() > self.options.segment_bytes {
            self.roll()?;
        }
        let file = &self.segment.file;
        if let Err(error) = file.write_at(self.tail.at, &bytes) {
            let error = LogError::failed("writing a block")(error);
            // The half-written block goes, so that what it took is free again; durably, for what was refused
            // must not be there after a crash.
            let sync = || if self.options.syncs_refusals() { file.sync_data() } else { Ok(()) };
            let taken_back = file.set_length(self.tail.at).and_then(|()| sync());
            let doing = "taking back a block";
            return Err(taken_back
                .map_or_else(|error| LogError::Failed { doing, error: Arc::new(error) }, |()| error));
        }
        if self.options.syncs() {
            // A disk that is full at a sync is a disk that failed: nobody knows what it kept.
            file.sync_data()
                .map_err(|error| LogError::Failed { doing: "syncing a block", error: Arc::new(error) })?;
        }
        self.segment.mark(self.tail);
        self.tail = self.tail.after(&header);
        Ok(bytes)
    }

    /// Goes on in a new segment. What is in the old one is durable by now.
    fn roll(&mut self) -> Result<(), LogError> {
        let start = Place { at: START, ..self.tail };
        let made = recover::make(&*self.disk, &self.segments.identity, start, &self.options);
        if matches!(made, Err(LogError::Full)) {
            // Else the next attempt would find the half-made file in its way.
            let _ = self.disk.remove(recover::MAKING);
        }
        let segment = Arc::new(made?);
        self.segments.list.write().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&segment));
        self.segment = segment;
        self.tail = start;
        Ok(())
    }

    /// Writes the empty block that proves all before it durable.
    pub(crate) fn close(&mut self) -> Result<(), LogError> {
        self.commit(Batch::new(self.tail.next, vec![])).map(drop)
    }
}
