//! The journal as a whole: what it promises, what faults may not do to it, and that the tests would notice.

mod copy;
mod damage;
mod erase;
mod kill;
mod lives;
mod use_of;

use super::{Disks, Draft, Journal, JournalError, MasterKeySource, Options, Reading};
use crate::disk::simulated::SimulatedDisk;
use crate::disk::{Disk, DiskFile};
use crate::tests::Folder;
use hegui_ledger::event::{Class, Id, Kind};
use hegui_ledger::seal::MasterKey;
use hegui_ledger::verify::{Report, verify};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

const ORIGIN: &str = "example.cn/ledger";
/// A day of 2026, in milliseconds since 1970.
const NOW: i64 = 1_780_000_000_000;

/// A folder on a disk of which there is one for all folders, so that they crash together.
struct Within(SimulatedDisk, &'static str);

impl Within {
    fn named(&self, name: &str) -> String {
        format!("{}/{name}", self.1)
    }
}

impl Disk for Within {
    fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        self.0.create(&self.named(name))
    }
    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        self.0.open(&self.named(name))
    }
    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.0.rename(&self.named(from), &self.named(to))
    }
    fn remove(&self, name: &str) -> io::Result<()> {
        self.0.remove(&self.named(name))
    }
    fn list(&self) -> io::Result<Vec<String>> {
        let names = self.0.names();
        let own = names.iter().filter_map(|name| name.strip_prefix(self.1)?.strip_prefix('/'));
        Ok(own.filter(|name| !name.contains('/')).map(str::to_owned).collect())
    }
    fn sync_folder(&self) -> io::Result<()> {
        self.0.sync_folder()
    }
    fn sync_files(&self, names: &[String]) -> io::Result<()> {
        self.0.sync_files(&names.iter().map(|name| self.named(name)).collect::<Vec<_>>())
    }
}

fn disks(disk: &SimulatedDisk) -> Disks {
    let within = |name| -> Arc<dyn Disk> { Arc::new(Within(disk.clone(), name)) };
    Disks { log: within("log"), keys: within("keys"), tiles: within("tiles"), snapshots: within("snapshots") }
}

fn options() -> Options {
    Options { segment_bytes: 16 << 10, publish_every: Duration::ZERO, cached_keys: 64, ..Options::default() }
}

/// A journal on a simulated disk.
fn on(disk: &SimulatedDisk, options: &Options) -> Result<Journal, JournalError> {
    let master = MasterKey::new([7; 32]);
    Journal::open_on(disks(disk), Path::new("simulated"), ORIGIN, &master, options, None)
}

/// A folder and its master key beside it.
struct Place {
    folder: Folder,
    master: MasterKeySource,
}

impl Place {
    fn new(name: &str) -> Self {
        let folder = Folder::new(&format!("journal-{name}"));
        let master = MasterKeySource::create(&folder.0.join("master")).unwrap();
        Self { folder, master }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.0.join(name)
    }

    fn try_open(&self, name: &str) -> Result<Journal, JournalError> {
        Journal::open(&self.path(name), ORIGIN, &self.master, &options())
    }

    fn open(&self, name: &str) -> Journal {
        self.try_open(name).unwrap()
    }
}

fn evidence(days: i64) -> Class {
    let basis = Id::new("PIPL 69").unwrap();
    Class::Evidence { basis, expires: NOW / 1000 + days * 86_400 }
}

/// A draft about a subject, recognisable by its payload.
fn draft(journal: &Journal, subject: &str, number: u64) -> Draft {
    Draft {
        kind: Kind(16),
        version: 1,
        time: NOW + number.cast_signed() % 7 - 3,
        subject: Some(journal.subject_id(subject)),
        activity: Some(format!("activity {}", number % 3)),
        recipient: number.is_multiple_of(2).then(|| "recipient".to_owned()),
        class: Class::Service,
        payload: payload(subject, number),
    }
}

fn payload(subject: &str, number: u64) -> Vec<u8> {
    format!("{subject} {number} {}", "x".repeat((number % 50) as usize)).into_bytes()
}

/// Whose event and which it is; none when it is not whole.
fn recognise(payload: &[u8]) -> Option<(String, u64)> {
    let text = str::from_utf8(payload).ok()?;
    let mut words = text.split(' ');
    let (subject, number) = (words.next()?, words.next()?.parse().ok()?);
    (self::payload(subject, number) == payload).then(|| (subject.to_owned(), number))
}

fn text(reading: Reading) -> Option<String> {
    Some(String::from_utf8(reading.opened()?.payload.to_vec()).unwrap())
}

/// What the independent verifier says of a published tree.
fn verified(key: &str, kept: &[&str], read: impl Fn(&str) -> io::Result<Vec<u8>> + Sync) -> Report {
    verify(read, key, kept, 1, |_, _| {}).unwrap()
}

/// Waits until a checkpoint covers all, and has the tree verified, with earlier checkpoints.
fn verify_all(journal: &Journal, kept: &[&str]) {
    let last = journal.size().checked_sub(1).unwrap();
    assert!(journal.wait_published(last, Duration::from_secs(20)).unwrap());
    let folder = journal.published_folder();
    let report = verified(&journal.verifier(), kept, |name| std::fs::read(folder.join(name)));
    assert!(report.holds(), "{report:?}");
    assert_eq!(report.size, Some(journal.size()));
}
