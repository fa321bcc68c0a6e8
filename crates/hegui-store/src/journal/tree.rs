//! The Merkle tree over the log, and its published form, as a follower of the log.
//!
//! It hears of durable events only, in order. Every so often it writes the files that are new, makes them
//! durable, and only then signs and puts the checkpoint that names them in place of the last one. The size that
//! the checkpoint on the disk names is its watermark: after a crash it takes in again what came after, from the
//! same log, so what it signs of any size is always the same.
//!
//! It also carries out erasures, before any checkpoint covers them: a published tree that contains an erasure
//! was signed after the keys were destroyed.

use super::erase::Destroyed;
use super::record::{Record, Under};
use super::ring::Ring;
use super::tenant::Tenant;
use super::{JournalError, Options, seal};
use crate::disk::{Disk, open_or_create, read_whole, replace};
use crate::erasures::Erased;
use crate::follow::Follow;
use crate::log::{Block, locked};
use hegui_ledger::checkpoint::{Checkpoint, Policy};
use hegui_ledger::tiles::{Edge, File, Name, Reader, WIDTH};
use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

pub(crate) const CHECKPOINT: &str = "checkpoint";
/// After so many entries files are written, though no checkpoint is due.
const AT_ONCE: u64 = 1 << 16;

/// The latest checkpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) size: u64,
    pub(crate) note: String,
}

/// The latest checkpoint, shared with who asks for it.
pub(crate) type Published = Arc<Mutex<Head>>;

pub(crate) struct Tree {
    disk: Arc<dyn Disk>,
    tenant: Arc<Tenant>,
    ring: Arc<Ring>,
    edge: Edge,
    published: Published,
    /// What was signed before, where the tree is made anew from the log: it must come to the same.
    signed: Option<Checkpoint>,
    /// The last entry that was published: the log must have the same there.
    overlap: Option<(u64, Vec<u8>)>,
    /// Files that are still to be written.
    files: VecDeque<File>,
    /// Files written and not yet made durable.
    unsynced: Vec<Name>,
    /// Partial files of what is not full yet.
    partial: Vec<Name>,
    written: u64,
    interval: Duration,
    last: Option<Instant>,
    #[cfg(test)]
    bug: Option<super::Bug>,
}

/// A file of the published tree.
pub(crate) fn read(disk: &dyn Disk, name: &str) -> io::Result<Vec<u8>> {
    read_whole(&*disk.open(name)?)
}

/// The signed size and root on a disk, if there is a checkpoint.
pub(crate) fn signed(disk: &dyn Disk, tenant: &Tenant) -> Result<Option<(Checkpoint, String)>, JournalError> {
    let bytes = match read(disk, CHECKPOINT) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        read => read.map_err(JournalError::system("reading the checkpoint"))?,
    };
    let note =
        String::from_utf8(bytes).map_err(|_| JournalError::Tiles("its checkpoint is no text".to_owned()))?;
    let policy = Policy::new(tenant.signer.verifier(), vec![], 0)?;
    Ok(Some((policy.open(&note, 0)?.checkpoint, note)))
}

impl Tree {
    /// The tree that goes on from what is published on a disk. Where tiles are damaged or gone it is made anew
    /// from the log, and must come to the root that was signed.
    ///
    /// # Errors
    /// When the checkpoint is not one that this ledger signed, or the disk fails.
    pub(crate) fn open(
        disk: Arc<dyn Disk>,
        tenant: Arc<Tenant>,
        ring: Arc<Ring>,
        options: &Options,
    ) -> Result<Self, JournalError> {
        let signed = signed(&*disk, &tenant)?;
        let head =
            signed.as_ref().map(|(checkpoint, note)| Head { size: checkpoint.size, note: note.clone() });
        let resumed = signed.as_ref().and_then(|(checkpoint, _)| {
            let edge = Edge::resume(checkpoint.size, |name| read(&*disk, name)).ok()?;
            (edge.root() == checkpoint.root).then_some(edge)
        });
        let signed = signed.filter(|_| resumed.is_none()).map(|(checkpoint, _)| checkpoint);
        let edge = resumed.unwrap_or_default();
        let overlap = match edge.size().checked_sub(1) {
            None => None,
            Some(last) => {
                let entry = Reader::new(edge.size(), |name: &str| read(&*disk, name)).entry(last);
                Some((last, entry.map_err(|error| JournalError::Tiles(error.to_string()))?))
            }
        };
        let mut tree = Self {
            disk,
            tenant,
            ring,
            published: Arc::new(Mutex::new(head.clone().unwrap_or_default())),
            signed,
            overlap,
            files: VecDeque::new(),
            unsynced: vec![],
            partial: vec![],
            written: edge.size(),
            edge,
            interval: options.publish_every,
            last: None,
            #[cfg(test)]
            bug: options.bug,
        };
        if head.is_none() {
            tree.publish().map_err(JournalError::Tiles)?;
        }
        Ok(tree)
    }

    /// The latest checkpoint, as it will be.
    pub(crate) fn published(&self) -> Published {
        Arc::clone(&self.published)
    }

    fn write(&mut self) -> io::Result<()> {
        self.files.extend(self.edge.take_files());
        self.written = self.edge.size();
        while let Some(file) = self.files.front() {
            let handle = open_or_create(&*self.disk, &file.name.to_string())?;
            handle.write_at(0, &file.bytes)?;
            // After a crash there may be an older, longer one: nothing names it.
            handle.set_length(file.bytes.len() as u64)?;
            self.unsynced.push(file.name);
            self.files.pop_front();
        }
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        let names: Vec<String> = self.unsynced.iter().map(Name::to_string).collect();
        if !names.is_empty() {
            self.disk.sync_files(&names)?;
        }
        Ok(())
    }

    /// Writes what is new, makes it durable, signs. Where there is no room it is tried again later.
    fn publish(&mut self) -> Result<(), String> {
        self.last = Some(Instant::now());
        match self.try_publish() {
            Err(error) if error.kind() == io::ErrorKind::StorageFull => Ok(()),
            published => published.map_err(|error| format!("the tree cannot be published: {error}")),
        }
    }

    fn try_publish(&mut self) -> io::Result<()> {
        self.write()?;
        if self.syncs_files() {
            // A disk that is full at a sync is a disk that failed: nobody knows what it kept.
            self.sync().map_err(io::Error::other)?;
        }
        let (origin, size) = (self.tenant.origin.to_string(), self.edge.size());
        let checkpoint = Checkpoint { origin, size, root: self.edge.root(), extensions: vec![] };
        let note = checkpoint.sign(&self.tenant.signer).map_err(io::Error::other)?;
        let mut head = locked(&self.published);
        // What is published of this size stays, with what witnesses have added: only its files were made anew.
        if head.note.is_empty() || head.size < size {
            replace(&*self.disk, CHECKPOINT, note.as_bytes(), true)?;
            *head = Head { size, note };
        }
        drop(head);
        self.prune();
        Ok(())
    }

    /// Removes partial files whose full ones are published. What stays is no harm.
    fn prune(&mut self) {
        let partial = std::mem::take(&mut self.unsynced).into_iter().filter(|name| name.full() != *name);
        self.partial.extend(partial);
        let size = self.edge.size();
        let (full, partial) = std::mem::take(&mut self.partial).into_iter().partition(|name| match name {
            Name::Tile { level, index, .. } => hegui_ledger::tiles::width_of(*level, *index, size) == WIDTH,
            Name::Entries { index, .. } => hegui_ledger::tiles::width_of(0, *index, size) == WIDTH,
            Name::Checkpoint => true,
        });
        self.partial = partial;
        full.iter().for_each(|name| drop(self.disk.remove(&name.to_string())));
    }

    fn has_news(&self) -> bool {
        self.edge.size() > self.written || !self.files.is_empty() || !self.unsynced.is_empty()
    }

    fn take(&mut self, record: &crate::log::Record<'_>) -> Result<Vec<Erased>, JournalError> {
        let (this, _) = Record::of(record)?;
        let at = record.sequence;
        self.edge.push(this.entry).map_err(|error| JournalError::Event { at, why: error.to_string() })?;
        if let Some(signed) = self.signed.take_if(|signed| signed.size == self.edge.size())
            && signed.root != self.edge.root()
        {
            return Err(JournalError::Forked { size: signed.size });
        }
        if this.under != Under::Erasure {
            return Ok(vec![]);
        }
        let opened =
            seal::open(&this, &self.tenant.own, &self.tenant.itself, &seal::SERVICE, record.sequence)?;
        let destroyed = Destroyed::decode(&opened.payload).ok_or_else(|| JournalError::Event {
            at,
            why: "it does not say which keys it destroys".to_owned(),
        })?;
        Ok(destroyed.keys.into_iter().map(|id| Erased { id, at }).collect())
    }
}

#[cfg(not(test))]
impl Tree {
    fn syncs_files(&self) -> bool {
        true
    }
    fn carries_out(&self) -> bool {
        true
    }
}

#[cfg(test)]
impl Tree {
    fn syncs_files(&self) -> bool {
        self.bug != Some(super::Bug::FilesNotSynced)
    }
    fn carries_out(&self) -> bool {
        self.bug != Some(super::Bug::NotCarriedOut)
    }
}

impl Follow for Tree {
    fn next(&self) -> u64 {
        self.overlap.as_ref().map_or(self.edge.size(), |(last, _)| *last)
    }

    fn apply(&mut self, block: &Block) -> Result<(), String> {
        let mut erased = vec![];
        if let Some((last, entry)) = self.overlap.take() {
            let mut records = block.records();
            let same = records.find(|record| record.sequence == last);
            let same = same.and_then(|record| Some(Record::decode(record.event)?.entry == entry.as_slice()));
            if same != Some(true) {
                return Err(JournalError::Forked { size: last + 1 }.to_string());
            }
        }
        let next = self.edge.size();
        for record in block.records().filter(|record| record.sequence >= next) {
            erased.extend(self.take(&record).map_err(|error| error.to_string())?);
        }
        if !erased.is_empty() && self.carries_out() {
            self.ring.destroy(&erased).map_err(|error| error.to_string())?;
        }
        if self.edge.size() - self.written >= AT_ONCE {
            match self.write() {
                Err(error) if error.kind() == io::ErrorKind::StorageFull => {}
                written => written.map_err(|error| format!("the tree cannot be written: {error}"))?,
            }
        }
        // Under a load that never rests, too.
        self.rest(false)
    }

    fn rest(&mut self, closing: bool) -> Result<(), String> {
        let due = closing || self.last.is_none_or(|last| last.elapsed() >= self.interval);
        // While it is made anew, nothing smaller than what was signed is.
        if due && self.signed.is_none() && self.has_news() {
            return self.publish();
        }
        Ok(())
    }
}
