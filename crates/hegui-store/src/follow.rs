//! What follows the log: each on a thread of its own, every durable block once and in order.
//!
//! **This is where the Merkle tree joins.** It implements [`Follow`] as the index does: it says from which
//! event on it wants to hear, gets every block from there, and keeps its own watermark with what it keeps, so
//! that after a crash it is told again what it had not kept. It gets blocks only after they are durable, so
//! what it signs is never taken back. What must be true before an event is acknowledged to the outside waits
//! with [`Following::wait_for`].

use crate::index::{Index, IndexError};
use crate::log::{Block, Log, LogError};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

/// Why a follower stopped. It is told from its watermark on when the store is opened again.
#[derive(Clone, Debug, thiserror::Error)]
pub enum FollowError {
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The follower could not take in a block.
    #[error("what follows the log stopped before event {at}: {why}")]
    Stopped {
        /// The first event that it has not taken in.
        at: u64,
        /// What it said.
        why: String,
    },
}

/// What wants to hear of every event, in order.
pub trait Follow: Send {
    /// The first event that it wants to hear of.
    fn next(&self) -> u64;

    /// Takes in a block. The first one may begin before [`Follow::next`].
    ///
    /// # Errors
    /// What stops it, in words. The block counts as not taken in.
    fn apply(&mut self, block: &Block) -> Result<(), String>;

    /// Nothing more comes for the time being, or at all: a moment to tidy up or to write what is in memory.
    ///
    /// # Errors
    /// What stops it, in words.
    fn rest(&mut self, closing: bool) -> Result<(), String>;
}

/// The index as a follower.
pub(crate) struct IndexFollower(pub(crate) Arc<Index>);

impl Follow for IndexFollower {
    fn next(&self) -> u64 {
        self.0.applied()
    }

    fn apply(&mut self, block: &Block) -> Result<(), String> {
        self.0.apply(block).map_err(|error| error.to_string())
    }

    fn rest(&mut self, closing: bool) -> Result<(), String> {
        let saved: Result<(), IndexError> = if closing { self.0.save() } else { Ok(()) };
        saved.map_err(|error| error.to_string())
    }
}

#[derive(Default)]
struct Progress {
    applied: AtomicU64,
    stop: AtomicBool,
    error: Mutex<Option<FollowError>>,
    moved: Condvar,
}

impl Progress {
    fn error(&self) -> MutexGuard<'_, Option<FollowError>> {
        self.error.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, applied: u64) {
        let _guard = self.error();
        self.applied.store(applied, Ordering::Release);
        self.moved.notify_all();
    }
}

/// A follower at work. Dropping it lets it finish its block, and rest.
pub struct Following {
    log: Weak<Log>,
    progress: Arc<Progress>,
    thread: Option<JoinHandle<()>>,
}

impl Following {
    /// Starts a follower.
    ///
    /// # Errors
    /// When it is ahead of the log, or no thread can be started.
    pub fn start(log: &Arc<Log>, follower: Box<dyn Follow>) -> Result<Self, LogError> {
        let known = follower.next();
        if known > log.durable() {
            return Err(LogError::Short { holds: log.durable(), known });
        }
        let progress = Arc::new(Progress { applied: AtomicU64::new(known), ..Progress::default() });
        let (log, theirs, woken) = (Arc::clone(log), Arc::clone(&progress), Arc::downgrade(log));
        let thread = std::thread::Builder::new().name("hegui-follow".to_owned());
        let thread = thread.spawn(move || {
            let end = std::panic::catch_unwind(AssertUnwindSafe(|| run(&log, follower, &theirs)));
            let panicked = || FollowError::Stopped {
                at: theirs.applied.load(Ordering::Acquire),
                why: "it has ended by a panic".to_owned(),
            };
            if let Err(error) = end.unwrap_or_else(|_| Err(panicked())) {
                *theirs.error() = Some(error);
                theirs.moved.notify_all();
            }
        });
        let thread = thread.map_err(LogError::failed("starting a thread that follows the log"))?;
        Ok(Self { log: woken, progress, thread: Some(thread) })
    }

    /// All events before this one are taken in.
    #[must_use]
    pub fn applied(&self) -> u64 {
        self.progress.applied.load(Ordering::Acquire)
    }

    /// Waits until an event is taken in, or for so long; whether it is.
    ///
    /// # Errors
    /// When the follower has stopped.
    pub fn wait_for(&self, sequence: u64, at_most: Duration) -> Result<bool, FollowError> {
        let waits = |error: &mut Option<FollowError>| error.is_none() && self.applied() <= sequence;
        let error = self.progress.moved.wait_timeout_while(self.progress.error(), at_most, waits);
        let (error, _) = error.unwrap_or_else(PoisonError::into_inner);
        if self.applied() > sequence { Ok(true) } else { error.clone().map_or(Ok(false), Err) }
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.progress.stop.store(true, Ordering::Release);
        if let Some(log) = self.log.upgrade() {
            log.wake();
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(log: &Log, mut follower: Box<dyn Follow>, progress: &Progress) -> Result<(), FollowError> {
    let mut reader = log.reader(follower.next());
    loop {
        let durable = log.durable();
        let stopped = |why| FollowError::Stopped { at: progress.applied.load(Ordering::Acquire), why };
        while let Some(block) = reader.block(durable)? {
            follower.apply(&block).map_err(stopped)?;
            progress.tell(block.next());
            if progress.stop.load(Ordering::Acquire) {
                break;
            }
        }
        let stop = progress.stop.load(Ordering::Acquire);
        follower.rest(stop).map_err(stopped)?;
        if stop {
            return Ok(());
        }
        log.wait_beyond_or(durable, Duration::from_millis(100), &progress.stop);
    }
}
