//! The folder as a whole: its lock, the log, and what follows it.

use crate::disk::{Disk, RealDisk};
use crate::follow::{Follow, Following, IndexFollower};
use crate::index::{Index, IndexError};
use crate::lock::{Lock, LockError};
use crate::log::{Log, LogError, Options};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// The file that says that a folder is being restored and is not whole yet.
pub(crate) const UNFINISHED: &str = "restore.unfinished";

/// Why a folder could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has it.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The log is damaged, or shorter than what was built on it.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The index cannot be read, and not be made anew either.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The folder cannot be used.
    #[error("`{}` cannot be used: {error}", .folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A restore stopped half-way.
    #[error("`{}` was not restored to the end: remove it and restore again", .folder.display())]
    Unfinished {
        /// The folder.
        folder: PathBuf,
    },
}

/// A folder that is open. Dropped in order: followers, log, lock.
pub struct Store {
    followers: Vec<Following>,
    index_following: Following,
    merger: Merger,
    index: Arc<Index>,
    index_was_damaged: bool,
    log: Arc<Log>,
    _lock: Option<Lock>,
}

impl Store {
    /// Opens a folder, or begins one. `options.known` is raised to what the index and the followers have seen.
    ///
    /// A damaged index is made anew from the log ([`Store::index_was_damaged`]); a damaged log is refused.
    ///
    /// # Errors
    /// When another process has the folder, a restore of it did not end, its log is damaged or too short, or
    /// the disk fails.
    pub fn open(
        folder: &Path,
        options: Options,
        followers: Vec<Box<dyn Follow>>,
    ) -> Result<Self, StoreError> {
        let of = |error| StoreError::Folder { folder: folder.to_owned(), error };
        let disk: Arc<dyn Disk> = Arc::new(RealDisk::make(folder).map_err(of)?);
        let lock = Lock::take(folder)?;
        if disk.open(UNFINISHED).is_ok() {
            return Err(StoreError::Unfinished { folder: folder.to_owned() });
        }
        Self::open_on(disk, options, followers, Some(lock))
    }

    /// As [`Store::open`], on a disk that nobody else uses.
    pub(crate) fn open_on(
        disk: Arc<dyn Disk>,
        mut options: Options,
        followers: Vec<Box<dyn Follow>>,
        lock: Option<Lock>,
    ) -> Result<Self, StoreError> {
        let seen = followers.iter().map(|follower| follower.next()).chain([Index::saved_on(&*disk)]);
        options.known = seen.fold(options.known, u64::max);
        let log = Arc::new(Log::open(Arc::clone(&disk), options.clone())?);
        let open_index = || Index::open(Arc::clone(&disk), log.identity(), &options);
        let (index, index_was_damaged) = match open_index() {
            Ok(index) => (index, false),
            Err(IndexError::Damaged { .. }) => {
                Index::forget(&*disk).map_err(IndexError::from)?;
                (open_index()?, true)
            }
            Err(IndexError::Disk(error)) if error.kind() == io::ErrorKind::NotFound => {
                Index::forget(&*disk).map_err(IndexError::from)?;
                (open_index()?, true)
            }
            Err(error) => return Err(error.into()),
        };
        let index = Arc::new(index);
        let index_following = Following::start(&log, Box::new(IndexFollower(Arc::clone(&index))))?;
        let followers: Result<_, _> =
            followers.into_iter().map(|follower| Following::start(&log, follower)).collect();
        let merger = Merger::start(Arc::clone(&index))?;
        let followers = followers?;
        Ok(Self { followers, index_following, merger, index, index_was_damaged, log, _lock: lock })
    }

    /// The log: to append and to read.
    #[must_use]
    pub fn log(&self) -> &Arc<Log> {
        &self.log
    }

    /// The index: to find.
    #[must_use]
    pub fn index(&self) -> &Arc<Index> {
        &self.index
    }

    /// How far the index is.
    #[must_use]
    pub fn index_following(&self) -> &Following {
        &self.index_following
    }

    /// How far the followers are, in the order in which they were given.
    #[must_use]
    pub fn followers(&self) -> &[Following] {
        &self.followers
    }

    /// Whether the index was found damaged and is being made anew.
    #[must_use]
    pub fn index_was_damaged(&self) -> bool {
        self.index_was_damaged
    }

    /// Whether runs are not merged any more because the disk failed: looking up grows slower, nothing else.
    #[must_use]
    pub fn merging_failed(&self) -> bool {
        self.merger.failed.load(Ordering::Acquire)
    }
}

/// Merges runs, beside everything else.
struct Merger {
    stop: Arc<AtomicBool>,
    failed: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Merger {
    fn start(index: Arc<Index>) -> Result<Self, LogError> {
        let (stop, failed): (Arc<AtomicBool>, Arc<AtomicBool>) = Default::default();
        let (ends, fails) = (Arc::clone(&stop), Arc::clone(&failed));
        let thread = std::thread::Builder::new().name("hegui-merge".to_owned()).spawn(move || {
            while !ends.load(Ordering::Acquire) {
                match index.merge() {
                    Ok(true) => {}
                    Ok(false) => std::thread::park_timeout(Duration::from_millis(200)),
                    Err(error) if error.is_full() => std::thread::park_timeout(Duration::from_secs(10)),
                    Err(_) => {
                        fails.store(true, Ordering::Release);
                        return;
                    }
                }
            }
        });
        let thread = thread.map_err(LogError::failed("starting a thread that merges the index"))?;
        Ok(Self { stop, failed, thread: Some(thread) })
    }
}

impl Drop for Merger {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}
