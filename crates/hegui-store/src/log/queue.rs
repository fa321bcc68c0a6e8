//! Group commit: many threads bring events, one writes.

use super::Options;
use super::appender::{Appender, Segments};
use super::block::{BODY_LIMIT, Batch, EVENT_LIMIT, Identity, Prepared};
use super::error::LogError;
use super::reader::Reader;
use super::recover::Recovery;
use super::segment::{Block, Segment};
use super::ticket::{Fate, Ticket, locked};
use crate::disk::Disk;
use crate::keys::Keys;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// A segment, and how many bytes of it are durable.
pub(crate) type Part = (Arc<Segment>, u64);

/// What the log has done since it was opened, in events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Taken from who brought them.
    pub accepted: u64,
    /// Durable, and said to be so.
    pub acknowledged: u64,
    /// Given back with an error.
    pub refused: u64,
    /// Waiting for the disk.
    pub under_way: u64,
    /// Group commits.
    pub batches: u64,
    /// Taken, and nothing said about them. Must be 0.
    pub lost: i64,
}

struct Queue {
    batch: Batch,
    fate: Arc<Fate>,
    /// Events in the hands of the writer, and what they wait for.
    writing: u64,
    written: Arc<Fate>,
    counters: Counters,
    /// The buffer of the last block, to be used again.
    buffer: Vec<u8>,
    closing: bool,
    failed: Option<LogError>,
}

struct Shared {
    queue: Mutex<Queue>,
    /// There is something to write.
    work: Condvar,
    /// There is room again.
    room: Condvar,
    durable: AtomicU64,
    moved: (Mutex<()>, Condvar),
    limit: usize,
    segments: Arc<Segments>,
}

/// A log that is open. Shared by reference among threads; closed when it is dropped.
pub struct Log {
    shared: Arc<Shared>,
    writer: Option<JoinHandle<()>>,
    recovery: Recovery,
}

impl Log {
    /// Opens the log on a disk, or begins one.
    ///
    /// # Errors
    /// When it is damaged, shorter than `options.known`, or the disk fails.
    pub fn open(disk: Arc<dyn Disk>, options: Options) -> Result<Self, LogError> {
        let (appender, recovery) = Appender::open(disk, options.clone())?;
        let queue = Queue {
            batch: Batch::new(appender.next(), vec![]),
            fate: Arc::default(),
            writing: 0,
            written: Arc::default(),
            counters: Counters::default(),
            buffer: vec![],
            closing: false,
            failed: None,
        };
        let shared = Arc::new(Shared {
            queue: Mutex::new(queue),
            work: Condvar::new(),
            room: Condvar::new(),
            durable: AtomicU64::new(appender.next()),
            moved: Default::default(),
            limit: options.batch_bytes.min(BODY_LIMIT / 2),
            segments: Arc::clone(appender.segments()),
        });
        let theirs = Arc::clone(&shared);
        let waits = options.waits_for_commit();
        let writer = std::thread::Builder::new()
            .name("hegui-log".to_owned())
            .spawn(move || theirs.write(appender, waits))
            .map_err(LogError::failed("starting the log's thread"))?;
        Ok(Self { shared, writer: Some(writer), recovery })
    }

    /// What was found when it was opened.
    #[must_use]
    pub fn recovery(&self) -> &Recovery {
        &self.recovery
    }

    /// Takes an event; [`Ticket::wait`] says when it is durable. Waits while too much is under way.
    ///
    /// # Errors
    /// When it is too long, or the log takes no more.
    pub fn submit(&self, event: &[u8], keys: &Keys) -> Result<Ticket, LogError> {
        self.submit_all(&[(event, *keys)])
    }

    /// Takes events that belong together: after a crash all are there or none, and nothing is between them.
    /// The ticket is the last one's.
    ///
    /// # Errors
    /// When there are none, they are too long, or the log takes no more.
    pub fn submit_all(&self, events: &[(&[u8], Keys)]) -> Result<Ticket, LogError> {
        self.take(events, true)
    }

    /// As [`Log::submit_all`], for who must not wait.
    ///
    /// # Errors
    /// [`LogError::Busy`] when too much is under way; otherwise as there.
    pub fn try_submit_all(&self, events: &[(&[u8], Keys)]) -> Result<Ticket, LogError> {
        self.take(events, false)
    }

    fn take(&self, events: &[(&[u8], Keys)], waits: bool) -> Result<Ticket, LogError> {
        if events.is_empty() {
            return Err(LogError::Nothing);
        }
        if let Some((event, _)) = events.iter().find(|(event, _)| event.len() > EVENT_LIMIT) {
            return Err(LogError::TooLong { length: event.len(), limit: EVENT_LIMIT });
        }
        let events: Vec<_> = events.iter().map(|(event, keys)| Prepared::new(event, keys)).collect();
        let length = events.iter().map(Prepared::length).sum();
        let limit = self.shared.limit.max(2 * EVENT_LIMIT);
        if length > limit {
            return Err(LogError::TooLong { length, limit });
        }
        let mut queue = locked(&self.shared.queue);
        while queue.batch.count() > 0 && queue.batch.length() + length > self.shared.limit {
            queue.refuse_closed()?;
            if !waits {
                return Err(LogError::Busy);
            }
            queue = self.shared.room.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        queue.refuse_closed()?;
        let idle = queue.batch.count() == 0;
        let mut sequence = queue.batch.first();
        for event in &events {
            sequence = queue.batch.push(event);
        }
        queue.counters.accepted += events.len() as u64;
        let ticket = Ticket::new(sequence, Arc::clone(&queue.fate));
        drop(queue);
        if idle {
            self.shared.work.notify_one();
        }
        Ok(ticket)
    }

    /// Appends an event and waits until it is durable; its sequence.
    ///
    /// # Errors
    /// When it is too long, refused, or the disk fails.
    pub fn append(&self, event: &[u8], keys: &Keys) -> Result<u64, LogError> {
        self.submit(event, keys)?.wait()
    }

    /// How many events are durable: the sequence of the next one.
    #[must_use]
    pub fn durable(&self) -> u64 {
        self.shared.durable.load(Ordering::Acquire)
    }

    /// Waits until more than so many events are durable, or for so long; how many are.
    #[must_use]
    pub fn wait_beyond(&self, durable: u64, at_most: Duration) -> u64 {
        self.wait_beyond_or(durable, at_most, &AtomicBool::new(false));
        self.durable()
    }

    /// The same, or until `stop` is set and the log woken.
    pub(crate) fn wait_beyond_or(&self, durable: u64, at_most: Duration, stop: &AtomicBool) {
        let (mutex, moved) = &self.shared.moved;
        let waits = |(): &mut ()| self.durable() <= durable && !stop.load(Ordering::Acquire);
        drop(moved.wait_timeout_while(locked(mutex), at_most, waits));
    }

    /// Wakes who waits, so that they look whether to stop.
    pub(crate) fn wake(&self) {
        drop(locked(&self.shared.moved.0));
        self.shared.moved.1.notify_all();
    }

    /// Reads in order from an event.
    #[must_use]
    pub fn reader(&self, from: u64) -> Reader {
        Reader::new(Arc::clone(&self.shared.segments), from)
    }

    /// The block that an event is in; none when it is not durable yet.
    ///
    /// # Errors
    /// When it is damaged, or the disk fails.
    pub fn block_of(&self, sequence: u64) -> Result<Option<Block>, LogError> {
        if sequence >= self.durable() {
            return Ok(None);
        }
        self.reader(sequence).block(self.durable())
    }

    /// Reads and checks every event.
    ///
    /// # Errors
    /// The first damage that is met.
    pub fn verify(&self) -> Result<u64, LogError> {
        let (mut reader, durable, mut events) = (self.reader(0), self.durable(), 0);
        while let Some(block) = reader.block(durable)? {
            events += block.records().count() as u64;
        }
        if events < durable { Err(LogError::Short { holds: events, known: durable }) } else { Ok(events) }
    }

    /// What it has done since it was opened.
    #[must_use]
    pub fn counters(&self) -> Counters {
        let queue = locked(&self.shared.queue);
        let mut counters = queue.counters;
        counters.under_way = queue.writing + u64::from(queue.batch.count());
        let accounted = counters.acknowledged + counters.refused + counters.under_way;
        counters.lost = counters.accepted.cast_signed() - accounted.cast_signed();
        counters
    }

    /// The segments with what is durable of each, in bytes, and how many events that is.
    pub(crate) fn parts(&self) -> Result<(u64, Vec<Part>), LogError> {
        let (durable, segments) = (self.durable(), &self.shared.segments);
        let mut parts = vec![];
        let (mut segment, mut after) = segments.of(0);
        while let Some(this) = segment {
            let next = after.filter(|next| next.start.next <= durable);
            let length = match next {
                Some(_) => this.file.length().map_err(LogError::failed("reading a segment"))?,
                None => this.end(durable, &segments.identity)?.at,
            };
            parts.push((this, length));
            (segment, after) = match next {
                Some(next) => segments.of(next.start.next),
                None => (None, None),
            };
        }
        Ok((durable, parts))
    }

    /// The identity of this log.
    #[must_use]
    pub fn identity(&self) -> Identity {
        self.shared.segments.identity
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        locked(&self.shared.queue).closing = true;
        self.shared.work.notify_one();
        self.shared.room.notify_all();
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

impl Queue {
    fn refuse_closed(&self) -> Result<(), LogError> {
        match &self.failed {
            Some(error) => Err(error.clone()),
            None if self.closing => Err(LogError::Closed),
            None => Ok(()),
        }
    }

    /// Takes what has come, and begins a new batch.
    fn take(&mut self) -> (Batch, Arc<Fate>) {
        let next = self.batch.first() + u64::from(self.batch.count());
        let batch = std::mem::replace(&mut self.batch, Batch::new(next, std::mem::take(&mut self.buffer)));
        self.writing = u64::from(batch.count());
        self.written = std::mem::take(&mut self.fate);
        (batch, Arc::clone(&self.written))
    }

    /// Gives back what the writer has and what came after it.
    fn refuse(&mut self, next: u64, error: &LogError) {
        let (batch, fate) = {
            let writing = self.writing;
            let taken = self.take();
            self.counters.refused += writing + self.writing;
            taken
        };
        drop(batch);
        self.writing = 0;
        self.batch = Batch::new(next, vec![]);
        fate.set(Err(error.clone()));
    }
}

impl Shared {
    /// The writer's thread. Should it panic, everybody who waits is told.
    fn write(&self, appender: Appender, waits: bool) {
        let next = appender.next();
        let end = std::panic::catch_unwind(AssertUnwindSafe(|| self.write_all(appender, waits)));
        if end.is_err() {
            let mut queue = locked(&self.queue);
            queue.written.set(Err(LogError::Panicked));
            queue.refuse(next, &LogError::Panicked);
            queue.failed = Some(LogError::Panicked);
            drop(queue);
            self.room.notify_all();
        }
    }

    fn write_all(&self, mut appender: Appender, waits: bool) {
        while let Some((batch, fate)) = self.next_batch() {
            let count = u64::from(batch.count());
            if !waits {
                fate.set(Ok(()));
            }
            match appender.commit(batch) {
                Ok(buffer) => self.committed(&appender, count, &fate, buffer),
                Err(error) => self.refused(&appender, &error, &fate),
            }
        }
        if locked(&self.queue).failed.is_none() {
            // A log that could not be closed is opened as after a crash.
            let _ = appender.close();
        }
    }

    fn next_batch(&self) -> Option<(Batch, Arc<Fate>)> {
        let mut queue = locked(&self.queue);
        while queue.batch.count() == 0 {
            if queue.closing {
                return None;
            }
            queue = self.work.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        let taken = queue.take();
        self.room.notify_all();
        Some(taken)
    }

    fn committed(&self, appender: &Appender, count: u64, fate: &Fate, buffer: Vec<u8>) {
        self.durable.store(appender.next(), Ordering::Release);
        let mut queue = locked(&self.queue);
        queue.counters.acknowledged += count;
        queue.counters.batches += 1;
        queue.writing = 0;
        queue.buffer = buffer;
        drop(queue);
        fate.set(Ok(()));
        drop(locked(&self.moved.0));
        self.moved.1.notify_all();
    }

    fn refused(&self, appender: &Appender, error: &LogError, fate: &Fate) {
        let mut queue = locked(&self.queue);
        queue.refuse(appender.next(), error);
        if !matches!(error, LogError::Full) {
            queue.failed = Some(error.clone());
        }
        drop(queue);
        self.room.notify_all();
        fate.set(Err(error.clone()));
    }
}
