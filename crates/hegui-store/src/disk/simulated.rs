//! A disk in memory that does to the store what a bad day does: at a crash it keeps what was synced and, of
//! what was not, whatever a seed chooses, in any order and torn at any byte.
//!
//! - Bytes: each write since the last sync of its file survives whole, in part (a prefix, or some of its
//!   sectors), or not at all; one by one, so later ones without earlier ones.
//! - Names: a prefix of what was done to the folder since its last sync survives, as in a journal.
//! - Further: a budget of operations after which all fails (the crash), a capacity, a sync that fails and
//!   drops what it should have kept, flipped bits.

use super::{Disk, DiskFile};
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

const SECTOR: usize = 512;

/// A small generator of random numbers (splitmix64), enough for choosing.
#[derive(Clone, Debug)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below a limit.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.roll() % limit.max(1) as u64) as usize
    }
}

enum Change {
    Write(usize, Vec<u8>),
    Length(usize),
}

#[derive(Default)]
struct Inode {
    live: Vec<u8>,
    durable: Vec<u8>,
    pending: Vec<Change>,
}

#[derive(Clone)]
enum Naming {
    Add(String, usize),
    Rename(String, String),
    Remove(String),
}

#[derive(Default)]
struct State {
    inodes: Vec<Inode>,
    live: BTreeMap<String, usize>,
    durable: BTreeMap<String, usize>,
    pending: Vec<Naming>,
    operations: u64,
    crash_at: Option<u64>,
    fail_sync_at: Option<u64>,
    syncs: u64,
    capacity: Option<usize>,
}

/// The disk. Clones are the same disk.
#[derive(Clone, Default)]
pub(crate) struct SimulatedDisk(Arc<Mutex<State>>);

fn apply(names: &mut BTreeMap<String, usize>, naming: &Naming) {
    match naming {
        Naming::Add(name, inode) => drop(names.insert(name.clone(), *inode)),
        Naming::Rename(from, to) => {
            if let Some(inode) = names.remove(from) {
                names.insert(to.clone(), inode);
            }
        }
        Naming::Remove(name) => drop(names.remove(name)),
    }
}

fn put(bytes: &mut Vec<u8>, at: usize, new: &[u8]) {
    if bytes.len() < at + new.len() {
        bytes.resize(at + new.len(), 0);
    }
    bytes[at..at + new.len()].copy_from_slice(new);
}

/// What of a write survives.
fn tear(durable: &mut Vec<u8>, at: usize, bytes: &[u8], dice: &mut Dice) {
    match dice.below(4) {
        0 => {}
        1 => put(durable, at, bytes),
        2 => put(durable, at, &bytes[..dice.below(bytes.len() + 1)]),
        _ => {
            for (number, sector) in bytes.chunks(SECTOR).enumerate() {
                if dice.below(2) == 0 {
                    put(durable, at + number * SECTOR, sector);
                }
            }
        }
    }
}

impl SimulatedDisk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Counts an operation that changes something; fails from the crash on.
    fn change(&self) -> io::Result<MutexGuard<'_, State>> {
        let mut state = self.state();
        state.operations += 1;
        match state.crash_at {
            Some(at) if state.operations > at => Err(io::Error::other("the machine has crashed")),
            _ => Ok(state),
        }
    }

    /// Crashes after so many further operations.
    pub(crate) fn crash_after(&self, operations: u64) {
        let mut state = self.state();
        state.crash_at = Some(state.operations + operations);
    }

    /// The sync after so many further ones fails, and what it should have kept is lost.
    pub(crate) fn fail_sync_after(&self, syncs: u64) {
        let mut state = self.state();
        state.fail_sync_at = Some(state.syncs + syncs);
    }

    /// How many bytes all files together may hold.
    pub(crate) fn set_capacity(&self, bytes: Option<usize>) {
        self.state().capacity = bytes;
    }

    /// Whether the crash has come.
    pub(crate) fn crashed(&self) -> bool {
        let state = self.state();
        state.crash_at.is_some_and(|at| state.operations > at)
    }

    /// The disk as it is found after a crash now; the old one is dead.
    pub(crate) fn reboot(&self, seed: u64) -> Self {
        let mut dice = Dice(seed);
        let mut state = self.state();
        state.crash_at = Some(0);
        let mut names = state.durable.clone();
        let kept = dice.below(state.pending.len() + 1);
        state.pending.iter().take(kept).for_each(|naming| apply(&mut names, naming));
        let mut new = State::default();
        for (name, inode) in names {
            let inode = &state.inodes[inode];
            let mut bytes = inode.durable.clone();
            for change in &inode.pending {
                match change {
                    Change::Write(at, written) => tear(&mut bytes, *at, written, &mut dice),
                    Change::Length(length) if dice.below(2) == 0 => bytes.resize(*length, 0),
                    Change::Length(_) => {}
                }
            }
            new.live.insert(name, new.inodes.len());
            new.inodes.push(Inode { live: bytes.clone(), durable: bytes, pending: vec![] });
        }
        new.durable = new.live.clone();
        Self(Arc::new(Mutex::new(new)))
    }

    /// Flips one bit of a file, on the disk and in what is read.
    pub(crate) fn flip(&self, name: &str, bit: usize) {
        let mut state = self.state();
        let inode = state.live[name];
        let inode = &mut state.inodes[inode];
        inode.live[bit / 8] ^= 1 << (bit % 8);
        if let Some(byte) = inode.durable.get_mut(bit / 8) {
            *byte ^= 1 << (bit % 8);
        }
    }

    /// How many bytes all files have together.
    pub(crate) fn used(&self) -> usize {
        let state = self.state();
        state.live.values().map(|inode| state.inodes[*inode].live.len()).sum()
    }

    /// The names of all files, in whatever folder.
    pub(crate) fn names(&self) -> Vec<String> {
        self.state().live.keys().cloned().collect()
    }

    /// A file's bytes.
    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        let state = self.state();
        state.inodes[state.live[name]].live.clone()
    }
}

impl Disk for SimulatedDisk {
    fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        let mut state = self.change()?;
        if state.live.contains_key(name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let inode = state.inodes.len();
        state.inodes.push(Inode::default());
        let naming = Naming::Add(name.to_owned(), inode);
        apply(&mut state.live, &naming);
        state.pending.push(naming);
        Ok(Arc::new(SimulatedFile { disk: self.clone(), inode }))
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        let inode = self.state().live.get(name).copied().ok_or(io::ErrorKind::NotFound)?;
        Ok(Arc::new(SimulatedFile { disk: self.clone(), inode }))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.change()?;
        if !state.live.contains_key(from) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let naming = Naming::Rename(from.to_owned(), to.to_owned());
        apply(&mut state.live, &naming);
        state.pending.push(naming);
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut state = self.change()?;
        if !state.live.contains_key(name) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let naming = Naming::Remove(name.to_owned());
        apply(&mut state.live, &naming);
        state.pending.push(naming);
        Ok(())
    }

    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.state().live.keys().filter(|name| !name.contains('/')).cloned().collect())
    }

    fn sync_folder(&self) -> io::Result<()> {
        let mut state = self.change()?;
        state.durable = state.live.clone();
        state.pending.clear();
        Ok(())
    }

    fn sync_files(&self, names: &[String]) -> io::Result<()> {
        names.iter().try_for_each(|name| self.open(name)?.sync_data())?;
        self.sync_folder()
    }
}

struct SimulatedFile {
    disk: SimulatedDisk,
    inode: usize,
}

impl SimulatedFile {
    fn refuse_full(state: &State, more: usize) -> io::Result<()> {
        let used: usize = state.live.values().map(|inode| state.inodes[*inode].live.len()).sum();
        match state.capacity {
            Some(capacity) if more > 0 && used + more > capacity => Err(io::ErrorKind::StorageFull.into()),
            _ => Ok(()),
        }
    }
}

impl DiskFile for SimulatedFile {
    fn write_at(&self, at: u64, bytes: &[u8]) -> io::Result<()> {
        let at = at as usize;
        // A write that the crash interrupts may still have reached the disk in part.
        let alive = self.disk.change();
        let crashed = alive.is_err();
        let mut state = alive.unwrap_or_else(|_| self.disk.state());
        if crashed && state.crash_at.is_none_or(|crash| state.operations != crash + 1) {
            return Err(io::Error::other("the machine has crashed"));
        }
        let more = (at + bytes.len()).saturating_sub(state.inodes[self.inode].live.len());
        let full = Self::refuse_full(&state, more);
        let inode = &mut state.inodes[self.inode];
        let part = if full.is_err() { &bytes[..bytes.len() / 2] } else { bytes };
        put(&mut inode.live, at, part);
        inode.pending.push(Change::Write(at, part.to_vec()));
        if crashed { Err(io::Error::other("the machine has crashed")) } else { full }
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        let state = self.disk.state();
        let live = &state.inodes[self.inode].live;
        let from = live.get((at as usize).min(live.len())..).unwrap_or_default();
        let read = from.len().min(into.len());
        into[..read].copy_from_slice(&from[..read]);
        Ok(read)
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.disk.state().inodes[self.inode].live.len() as u64)
    }

    fn set_length(&self, length: u64) -> io::Result<()> {
        let mut state = self.disk.change()?;
        let more = (length as usize).saturating_sub(state.inodes[self.inode].live.len());
        Self::refuse_full(&state, more)?;
        let inode = &mut state.inodes[self.inode];
        inode.live.resize(length as usize, 0);
        inode.pending.push(Change::Length(length as usize));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.disk.change()?;
        state.syncs += 1;
        let fails = state.fail_sync_at == Some(state.syncs - 1);
        let inode = &mut state.inodes[self.inode];
        if fails {
            inode.pending.clear();
            return Err(io::Error::other("the disk could not write"));
        }
        // Not a copy of what is read: what an earlier failed sync dropped stays lost.
        for change in std::mem::take(&mut inode.pending) {
            match change {
                Change::Write(at, bytes) => put(&mut inode.durable, at, &bytes),
                Change::Length(length) => inode.durable.resize(length, 0),
            }
        }
        Ok(())
    }
}
