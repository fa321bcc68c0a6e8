//! Finding events by subject, activity, recipient and time.
//!
//! The index follows the log: it holds nothing that the log does not, says how far it has come
//! ([`Index::applied`]), and can be made anew from the log at any time. New entries stand in memory in a few
//! sorted lists, each about twice as long as the next; when they are many they become a sorted file, a run;
//! eight runs become one. Nothing is ever changed in place, so a crash leaves the last manifest and its runs,
//! and what came later is read from the log again.

mod entry;
mod manifest;
mod run;

pub use entry::Key;

use crate::disk::Disk;
use crate::log::{Block, Identity, Options};
use entry::{Entry, entries, entry, merged, sequence, time};
use manifest::Manifest;
use run::{About, Merge, Run};
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// So many runs of a level become one of the next.
const FAN: usize = 8;
/// Entries in memory before they become a run.
const IN_MEMORY: usize = 512 << 10;

/// Why the index could not be read or written. The log is not affected: [`Index::forget`] and read it again.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// A file of the index is not what was written.
    #[error("`{file}` is damaged at byte {at}: the index must be made anew from the log")]
    Damaged {
        /// The file's name.
        file: String,
        /// The offset in the file, in bytes.
        at: u64,
    },
    /// The disk failed.
    #[error("the disk failed under the index: {0}")]
    Disk(#[from] io::Error),
}

impl IndexError {
    /// Whether it is only that there is no room.
    #[must_use]
    pub fn is_full(&self) -> bool {
        use io::ErrorKind::{QuotaExceeded, StorageFull};
        matches!(self, Self::Disk(error) if matches!(error.kind(), StorageFull | QuotaExceeded))
    }
}

/// What readers see; replaced as a whole.
#[derive(Clone, Default)]
struct State {
    /// Sorted lists, the longest first.
    memory: Vec<Arc<Vec<Entry>>>,
    runs: Vec<Arc<Run>>,
    applied: u64,
}

/// The index of a log. One thread applies blocks, any number look up.
pub struct Index {
    disk: Arc<dyn Disk>,
    options: Options,
    limit: usize,
    state: RwLock<State>,
    /// Held while runs are added or merged away.
    manifest: Mutex<Manifest>,
    /// Held by who merges.
    merging: Mutex<()>,
    /// How often the disk was full when a run should have been written.
    refused: AtomicUsize,
}

impl Index {
    /// How far the index on a disk has come for sure; 0 when there is none or it is damaged. The log must not
    /// be shorter ([`Options::known`]).
    pub fn saved_on(disk: &dyn Disk) -> u64 {
        Manifest::read(disk).ok().flatten().map_or(0, |manifest| manifest.saved)
    }

    /// Opens the index on the disk of a log. One of another log is forgotten.
    ///
    /// # Errors
    /// When it is damaged, or the disk fails.
    pub fn open(disk: Arc<dyn Disk>, identity: Identity, options: &Options) -> Result<Self, IndexError> {
        Self::with_limit(disk, identity, options, IN_MEMORY)
    }

    pub(crate) fn with_limit(
        disk: Arc<dyn Disk>,
        identity: Identity,
        options: &Options,
        limit: usize,
    ) -> Result<Self, IndexError> {
        let manifest = Manifest::read(&*disk)?.filter(|manifest| manifest.identity == identity);
        let manifest = manifest.unwrap_or(Manifest { identity, ..Manifest::default() });
        let kept: Vec<String> = manifest.runs.iter().map(|run| run::name_of(run.number)).collect();
        for name in disk.list()?.iter().filter(|name| name.starts_with("index-") && !kept.contains(name)) {
            disk.remove(name)?;
        }
        let runs: Result<Vec<_>, _> =
            manifest.runs.iter().map(|about| Run::open(&*disk, *about).map(Arc::new)).collect();
        let state = State { memory: vec![], runs: runs?, applied: manifest.saved };
        let (state, manifest) = (RwLock::new(state), Mutex::new(manifest));
        let (options, merging, refused) = (options.clone(), Mutex::default(), AtomicUsize::new(0));
        Ok(Self { disk, options, limit, state, manifest, merging, refused })
    }

    /// Removes the index from a disk, so that the next one opened there begins anew.
    ///
    /// # Errors
    /// What the disk says.
    pub fn forget(disk: &dyn Disk) -> io::Result<()> {
        // The manifest first: without it the runs mean nothing.
        for name in disk.list()?.iter().filter(|name| name.as_str() == manifest::NAME) {
            disk.remove(name)?;
            disk.sync_folder()?;
        }
        let names = disk.list()?;
        names.iter().filter(|name| name.starts_with("index-")).try_for_each(|name| disk.remove(name))
    }

    fn state(&self) -> State {
        self.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// All events before this one can be found.
    #[must_use]
    pub fn applied(&self) -> u64 {
        self.state.read().unwrap_or_else(PoisonError::into_inner).applied
    }

    /// All events before this one need not be read again after a crash.
    #[must_use]
    pub fn saved(&self) -> u64 {
        self.manifest.lock().unwrap_or_else(PoisonError::into_inner).saved
    }

    /// Takes in a block; what it has already is passed over. Writes a run when there is enough for one; on a
    /// full disk it goes on in memory and tries again when there is as much more.
    ///
    /// # Errors
    /// What the disk says, unless it is full.
    pub fn apply(&self, block: &Block) -> Result<(), IndexError> {
        let state = self.state();
        let news = block.records().filter(|record| record.sequence >= state.applied);
        let mut news: Vec<Entry> = news.flat_map(|record| entries(&record.keys, record.sequence)).collect();
        news.sort_unstable();
        let mut memory = state.memory;
        while let Some(last) = memory.pop_if(|last| last.len() < 2 * news.len()) {
            news = merged(&last, &news);
        }
        if !news.is_empty() {
            memory.push(Arc::new(news));
        }
        let entries = memory.iter().map(|list| list.len()).sum::<usize>();
        self.change(|state| {
            state.memory = memory;
            state.applied = block.next().max(state.applied);
        });
        let refused = self.refused.load(Ordering::Relaxed);
        if entries < self.limit * (1 + refused) {
            return Ok(());
        }
        match self.save() {
            Err(error) if error.is_full() => self.refused.store(refused + 1, Ordering::Relaxed),
            saved => return saved,
        }
        Ok(())
    }

    /// Writes what is in memory as a run and moves the watermark. For the thread that applies.
    ///
    /// # Errors
    /// What the disk says.
    pub fn save(&self) -> Result<(), IndexError> {
        let state = self.state();
        let whole = state.memory.iter().rev().fold(vec![], |all, list| merged(list, &all));
        let mut manifest = self.manifest.lock().unwrap_or_else(PoisonError::into_inner);
        if manifest.saved == state.applied {
            return Ok(());
        }
        let mut new = manifest.clone();
        new.saved = state.applied;
        if !self.options.watermark_last() {
            new.write(&*self.disk, true)?;
        }
        let mut added = None;
        if !whole.is_empty() {
            let (about, run) = self.write(new.next, 0, &mut whole.into_iter().map(Ok))?;
            added = Some(run);
            new.next += 1;
            new.runs.push(about);
        }
        new.write(&*self.disk, self.options.syncs_folder())?;
        *manifest = new;
        self.refused.store(0, Ordering::Relaxed);
        self.change(|state| {
            state.memory.clear();
            state.runs.extend(added);
        });
        Ok(())
    }

    /// Writes a run and opens it; what could not be written whole does not stay.
    fn write(
        &self,
        number: u64,
        level: u32,
        entries: &mut dyn Iterator<Item = Result<Entry, IndexError>>,
    ) -> Result<(About, Arc<Run>), IndexError> {
        let written = run::write(&*self.disk, number, level, entries);
        let written = written.and_then(|about| Ok((about, Arc::new(Run::open(&*self.disk, about)?))));
        if written.is_err() {
            let _ = self.disk.remove(&run::name_of(number));
        }
        written
    }

    /// Makes one run of eight, if there are eight of a level; says whether. For a thread of its own.
    ///
    /// # Errors
    /// What the disk says.
    pub fn merge(&self) -> Result<bool, IndexError> {
        let _only = self.merging.lock().unwrap_or_else(PoisonError::into_inner);
        let runs = self.state().runs;
        let of = |level| runs.iter().filter(move |run| run.about.level == level);
        let Some(level) = (0..64).find(|level| of(*level).count() >= FAN) else { return Ok(false) };
        let old: Vec<Arc<Run>> = of(level).take(FAN).cloned().collect();
        let gone = |number| old.iter().any(|run| run.about.number == number);
        let number = {
            let mut manifest = self.manifest.lock().unwrap_or_else(PoisonError::into_inner);
            manifest.next += 1;
            manifest.next - 1
        };
        let (about, merged) = self.write(number, level + 1, &mut Merge::new(&old)?)?;
        let mut manifest = self.manifest.lock().unwrap_or_else(PoisonError::into_inner);
        let mut new = manifest.clone();
        new.runs.retain(|run| !gone(run.number));
        new.runs.push(about);
        new.write(&*self.disk, self.options.syncs_folder())?;
        *manifest = new;
        self.change(|state| {
            state.runs.retain(|run| !gone(run.about.number));
            state.runs.push(merged);
        });
        drop(manifest);
        old.iter().try_for_each(|run| self.disk.remove(&run::name_of(run.about.number)))?;
        Ok(true)
    }

    fn range(&self, from: &Entry, to: &Entry, limit: usize) -> Result<Vec<Entry>, IndexError> {
        let state = self.state();
        let mut found = vec![];
        for list in &state.memory {
            found.extend(entry::range(list, from, to).iter().take(limit));
        }
        for run in &state.runs {
            found.extend(run.range(from, to, limit)?);
        }
        found.sort_unstable();
        found.truncate(limit);
        Ok(found)
    }

    /// The sequences of the events with a key, ascending, from one on, at most so many.
    ///
    /// # Errors
    /// When the index is damaged, or the disk fails.
    pub fn find(&self, key: Key, from: u64, limit: usize) -> Result<Vec<u64>, IndexError> {
        let found = self.range(&entry(key, from), &entry(key, u64::MAX), limit)?;
        Ok(found.iter().map(sequence).collect())
    }

    /// Time and sequence of the events between two times, both included, by time and then sequence, after
    /// what was found last, at most so many.
    ///
    /// # Errors
    /// When the index is damaged, or the disk fails.
    pub fn between(
        &self,
        from: i64,
        to: i64,
        after: Option<(i64, u64)>,
        limit: usize,
    ) -> Result<Vec<(i64, u64)>, IndexError> {
        let begin = match after {
            Some((time, sequence)) => entry(Key::Time(time), sequence.saturating_add(1)),
            None => entry(Key::Time(from), 0),
        };
        let found = self.range(&begin, &entry(Key::Time(to), u64::MAX), limit)?;
        Ok(found.iter().map(|entry| (time(entry), sequence(entry))).collect())
    }
}
