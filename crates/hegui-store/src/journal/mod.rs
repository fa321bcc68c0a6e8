//! A tenant's ledger, in one folder: events sealed under keys of their subjects, durable, found, followed, proven
//! by a published tree, and erased.
//!
//! ```text
//! log/         the store's folder: the log and its index
//! keys/        tenant (origin and the ledger's secrets), subjects (wrapped keys), erasures; all under a master
//!              key that lies elsewhere
//! tiles/       the published tree (C2SP tlog-tiles), for any server of static files
//! snapshots/   of what was computed from the events, for a quick start
//! ```
//! How an event comes to be: sealed and committed to in the caller's thread ([`Journal::append`]); its key is on
//! the disk before it is, and it is acknowledged when it is; then the index, the tree and whoever else follows
//! hear of it, in order. How one goes: see [`Journal::erase`].
//!
//! - `draft`, `seal`, `record`: from a draft to bytes of the log and back; `read`: what is read, found, followed;
//! - `keyfile`, `directory`, `cache`, `ring`: keys of subjects; `tenant`, `master`: the ledger's own;
//! - `tree`, `proof`: the published tree and proofs from it; `erase`: destroying keys;
//! - `snapshot`; `copy`: backup and restore.

mod cache;
mod copy;
mod directory;
mod draft;
mod erase;
mod error;
mod keyfile;
mod master;
mod note;
mod proof;
mod random;
mod read;
mod record;
mod ring;
mod seal;
mod snapshot;
mod tenant;
#[cfg(test)]
mod tests;
mod tree;

pub use copy::{Fork, restore};
pub use draft::{Draft, Ticket};
pub use erase::{Cause, Destroyed, Erasure, Kept};
pub use error::JournalError;
pub use master::{MasterKeySource, VARIABLE};
pub use note::origin_of;
pub use read::{By, Events, Opened, Reading};
pub use snapshot::Snapshot;

use crate::disk::{Disk, RealDisk};
use crate::follow::Following;
use crate::lock::Lock;
use crate::log::{Before, Check, Counters, Log, LogError, Options as LogOptions, Recovery, locked};
use crate::store::{Store, StoreError, UNFINISHED};
use hegui_ledger::event::{Kind, SubjectId};
use hegui_ledger::seal::MasterKey;
use random::{Random, random};
use read::Core;
use ring::Ring;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tenant::Tenant;
use tree::{Published, Tree};

/// The random id of a subject's key.
pub type KeyId = [u8; 16];

/// How a journal is kept.
#[derive(Clone, Debug)]
pub struct Options {
    /// A segment's length in bytes, about.
    pub segment_bytes: u64,
    /// How many bytes of events may wait for the disk; who brings more waits.
    pub batch_bytes: usize,
    /// How much of the log is checked when it is opened.
    pub check: Check,
    /// A checkpoint is signed and published at most so often.
    pub publish_every: Duration,
    /// How many unwrapped keys are held at most, for sealing and for opening each.
    pub cached_keys: usize,
    /// A mistake made on purpose, to see that a test finds it.
    #[cfg(test)]
    pub(crate) bug: Option<Bug>,
}

/// Mistakes that the tests must find.
#[cfg(test)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bug {
    /// The checkpoint is put in place, and the files that it names are not synced.
    FilesNotSynced,
    /// Keys are written before the block that needs them, and not synced.
    KeysNotSynced,
    /// Keys of an erased subject go on being used for what comes while it is erased.
    KeysNotDying,
    /// An erasure is acknowledged when its event is durable, and not carried out.
    NotCarriedOut,
    /// A key's bytes are destroyed before the list of erasures says so.
    BytesFirst,
    /// An erasure is carried out in memory and in the list, and the key's bytes stay.
    BytesStay,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            segment_bytes: 64 << 20,
            batch_bytes: 4 << 20,
            check: Check::default(),
            publish_every: Duration::from_millis(100),
            cached_keys: 100_000,
            #[cfg(test)]
            bug: None,
        }
    }
}

/// The folders in the folder.
#[derive(Clone)]
struct Disks {
    log: Arc<dyn Disk>,
    keys: Arc<dyn Disk>,
    tiles: Arc<dyn Disk>,
    snapshots: Arc<dyn Disk>,
}

impl Disks {
    fn of(folder: &Path) -> Result<Self, StoreError> {
        let made = |name: &str| -> Result<Arc<dyn Disk>, StoreError> {
            let made = RealDisk::make(&folder.join(name));
            let disk = made.map_err(|error| StoreError::Folder { folder: folder.to_owned(), error })?;
            Ok(Arc::new(disk))
        };
        Ok(Self {
            log: made("log")?,
            keys: made("keys")?,
            tiles: made("tiles")?,
            snapshots: made("snapshots")?,
        })
    }
}

/// A ledger that is open. Shared by reference among threads; closed when it is dropped.
pub struct Journal {
    store: Store,
    core: Arc<Core>,
    disks: Disks,
    published: Published,
    /// One erasure at a time.
    erasing: Mutex<()>,
    folder: PathBuf,
}

impl Journal {
    /// Opens a folder, or begins a ledger there under this origin (a name as of a host and a path, without
    /// spaces: `example.cn/ledger`). When it returns, the tree has taken in all that is durable, and erasures that
    /// a crash interrupted are done.
    ///
    /// # Errors
    /// When another process has the folder, the master key cannot be had or is another, a restore did not end,
    /// anything is damaged, or the log is not the one whose tree was signed.
    pub fn open(
        folder: &Path,
        origin: &str,
        master: &MasterKeySource,
        options: &Options,
    ) -> Result<Self, JournalError> {
        let of = |error| StoreError::Folder { folder: folder.to_owned(), error };
        let disk = RealDisk::make(folder).map_err(of)?;
        let lock = Lock::take(folder).map_err(StoreError::from)?;
        if disk.open(UNFINISHED).is_ok() {
            return Err(StoreError::Unfinished { folder: folder.to_owned() }.into());
        }
        Self::open_on(Disks::of(folder)?, folder, origin, &master.read()?, options, Some(lock))
    }

    fn open_on(
        disks: Disks,
        folder: &Path,
        origin: &str,
        master: &MasterKey,
        options: &Options,
        lock: Option<Lock>,
    ) -> Result<Self, JournalError> {
        let listing = JournalError::system("listing the folder");
        let begun =
            disks.log.list().map_err(listing)?.iter().any(|name| crate::log::first_of(name).is_some());
        if begun && disks.keys.open(tenant::NAME).is_err() {
            let why = "it is missing, but there is a log: take `keys` from a backup".to_owned();
            return Err(JournalError::Tenant { file: folder.join("keys").join(tenant::NAME), why });
        }
        let tenant = Arc::new(Tenant::open(&*disks.keys, origin, master)?);
        let ring = Arc::new(Ring::open(&*disks.keys, master.clone(), options)?);
        let tree = Tree::open(Arc::clone(&disks.tiles), Arc::clone(&tenant), Arc::clone(&ring), options)?;
        let published = tree.published();
        // The log holds what was signed, and the events of all erasures.
        let erased = ring.erasures().iter().map(|erased| erased.at + 1).max().unwrap_or(0);
        let (known, theirs) = (erased.max(locked(&published).size), Arc::clone(&ring));
        let log = LogOptions {
            segment_bytes: options.segment_bytes,
            batch_bytes: options.batch_bytes,
            check: options.check,
            known,
            before: Some(Before::new(move || theirs.sync())),
            ..LogOptions::new(random()?)
        };
        let store = Store::open_on(Arc::clone(&disks.log), log, vec![Box::new(tree)], None)?;
        let core = Arc::new(Core::new(Arc::clone(store.log()), tenant, ring, lock));
        let (erasing, folder) = (Mutex::default(), folder.to_owned());
        let journal = Self { store, core, disks, published, erasing, folder };
        if let Some(last) = journal.size().checked_sub(1) {
            journal.wait_in_tree(last)?;
        }
        Ok(journal)
    }

    /// The id of the subject that the tenant knows by this identifier: a keyed hash. To write an identifier
    /// always in the same way is the caller's duty.
    #[must_use]
    pub fn subject_id(&self, identifier: &str) -> SubjectId {
        self.core.tenant.subjects.subject(identifier)
    }

    /// How many events are durable: the index of the next one.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.log().durable()
    }

    /// What it has done since it was opened; its `lost` must read 0.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.log().counters()
    }

    /// What was found when it was opened: an end that was being written was cut off.
    #[must_use]
    pub fn recovery(&self) -> &Recovery {
        self.log().recovery()
    }

    /// Whether the index was found damaged and is being made anew: until then not everything is found.
    #[must_use]
    pub fn index_was_damaged(&self) -> bool {
        self.store.index_was_damaged()
    }

    /// Reads and checks every event's bytes; how many. That they open is for [`Journal::events`] to see.
    ///
    /// # Errors
    /// The first damage that is met.
    pub fn verify(&self) -> Result<u64, JournalError> {
        Ok(self.log().verify()?)
    }

    /// Waits until more than so many events are durable, or for so long; how many are.
    #[must_use]
    pub fn wait_beyond(&self, size: u64, at_most: Duration) -> u64 {
        self.log().wait_beyond(size, at_most)
    }

    /// Whoever writes to it past the journal writes what the tree refuses.
    pub(crate) fn log(&self) -> &Arc<Log> {
        self.store.log()
    }

    /// Records events that belong together: after a crash all are there or none, and nothing is between them. It
    /// returns when they are durable, with their places.
    ///
    /// # Errors
    /// When there are none, one is not as it must be, they are too long, or the disk fails.
    pub fn append(&self, drafts: &[Draft]) -> Result<Range<u64>, JournalError> {
        self.submit(drafts)?.wait()
    }

    /// As [`Journal::append`], but it returns when the events are sealed and in the queue. It waits while too much is
    /// under way.
    ///
    /// # Errors
    /// As [`Journal::append`].
    pub fn submit(&self, drafts: &[Draft]) -> Result<Ticket, JournalError> {
        self.take(drafts, true)
    }

    /// As [`Journal::submit`], but it never waits for room.
    ///
    /// # Errors
    /// [`LogError::Busy`] when too much is under way; otherwise as [`Journal::append`].
    pub fn try_submit(&self, drafts: &[Draft]) -> Result<Ticket, JournalError> {
        self.take(drafts, false)
    }

    fn take(&self, drafts: &[Draft], waits: bool) -> Result<Ticket, JournalError> {
        if drafts.iter().any(|draft| draft.kind < Kind::FIRST) {
            return Err(JournalError::Draft("kinds 0 to 15 are the ledger's own"));
        }
        let mut random = Random::draw(drafts.len() * seal::RANDOM)?;
        let (since, core) = (self.size(), &self.core);
        let sealing = core.ring.sealing();
        let of = |draft| seal::seal(draft, &core.tenant, &core.ring, since, &mut random);
        let sealed = drafts.iter().map(of).collect::<Result<Vec<_>, _>>()?;
        let events: Vec<_> = sealed.iter().map(|(bytes, keys)| (bytes.as_slice(), *keys)).collect();
        let log = self.log();
        let ticket = if waits { log.submit_all(&events)? } else { log.try_submit_all(&events)? };
        drop(sealing);
        Ok(Ticket::new(ticket, drafts.len() as u64))
    }

    fn tree(&self) -> Result<&Following, JournalError> {
        self.store.followers().first().ok_or(LogError::Closed.into())
    }

    /// Waits until the tree has taken in an event.
    fn wait_in_tree(&self, index: u64) -> Result<(), JournalError> {
        while !self.tree()?.wait_for(index, Duration::from_secs(1))? {}
        Ok(())
    }
}
