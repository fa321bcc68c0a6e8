//! Backup of the whole folder, and a folder made from it again.
//!
//! A backup is the log (`hegui_store::backup`), the keys, and the last checkpoint; tiles, index and snapshots are
//! made anew. Restoring asks for the folder that is replaced, where there is still one: its list of erasures is
//! newer than the backup, and so is its checkpoint. What was erased since is erased again before the folder can
//! be opened, and a log that ends before what was published is refused, or goes on under another origin, which
//! its next event joins to the last checkpoint of the old one.

use super::tenant::{self, Tenant};
use super::tree::{CHECKPOINT, Head, read};
use super::{Disks, Journal, JournalError, KeyId, MasterKeySource, Options, keyfile, tree};
use crate::backup::{BackupError, Copied, backup, restore as restore_log};
use crate::disk::{Disk, RealDisk, replace};
use crate::erasures::{Erased, Erasures};
use crate::lock::Lock;
use crate::log::locked;
use crate::store::{StoreError, UNFINISHED};
use std::collections::BTreeMap;
use std::path::Path;

/// What is to become of a backup that is older than what was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fork {
    /// It is not restored.
    Refuse,
    /// It goes on under this origin, with a signing key of its own.
    NewOrigin(String),
}

fn copying(error: std::io::Error) -> JournalError {
    BackupError::Disk(error).into()
}

impl Journal {
    /// Copies the ledger into an empty folder while others record. The copy holds keys: it is as secret as the
    /// folder, and worth nothing without the master key, which is not in it.
    ///
    /// # Errors
    /// When the folder is not empty, the log is damaged, or a disk fails.
    pub fn backup(&self, to: &Path) -> Result<Copied, JournalError> {
        // The checkpoint first, then the log, which holds all that it covers, then the keys, which hold all that
        // the log names.
        let head: Head = locked(&self.published).clone();
        let occupied = to.exists() && std::fs::read_dir(to).map_err(copying)?.next().is_some();
        if occupied {
            return Err(BackupError::Occupied(to.to_owned()).into());
        }
        let disk = RealDisk::make(to).map_err(copying)?;
        replace(&disk, CHECKPOINT, head.note.as_bytes(), true).map_err(copying)?;
        let copied = backup(self.log(), &to.join("log"))?;
        let keys = RealDisk::make(&to.join("keys")).map_err(copying)?;
        let (file, durable) = self.core.ring.file.durable();
        let subjects = keys.create(keyfile::NAME).map_err(copying)?;
        crate::backup::copy(&*file, durable, &*subjects).map_err(copying)?;
        Erasures::open(&keys)?.add(&self.core.ring.erasures())?;
        let secrets = read(&*self.disks.keys, tenant::NAME).map_err(copying)?;
        replace(&keys, tenant::NAME, &secrets, true).map_err(copying)?;
        Ok(copied)
    }
}

/// The erasures and the checkpoint of a folder or of a backup.
fn known(keys: &Path, tiles: &Path, tenant: &Tenant) -> Result<(Vec<Erased>, Option<Head>), JournalError> {
    let list = Erasures::open(&RealDisk::new(keys).map_err(copying)?)?.list().to_vec();
    let tiles = RealDisk::new(tiles).map_err(copying)?;
    let signed = tree::signed(&tiles, tenant)?;
    Ok((list, signed.map(|(checkpoint, note)| Head { size: checkpoint.size, note })))
}

/// Makes a folder from a backup. `replaced` is the folder that it takes the place of, closed, where there is still
/// one: without it, erasures since the backup and what was published since are not known. `now` is in
/// milliseconds since 1970.
///
/// # Errors
/// When the folder is not empty, the backup is damaged, or older than what was published and `fork` refuses, or a
/// disk fails. A folder that was not restored to the end cannot be opened.
pub fn restore(
    from: &Path,
    to: &Path,
    replaced: Option<&Path>,
    master: &MasterKeySource,
    fork: &Fork,
    now: i64,
) -> Result<Copied, JournalError> {
    let source = RealDisk::new(&from.join("keys")).map_err(copying)?;
    let origin = tenant_origin(&source)?;
    let tenant = Tenant::open(&source, &origin, &master.read()?)?;
    let (mut erasures, mut head) = known(&from.join("keys"), from, &tenant)?;
    let _replaced = match replaced {
        None => None,
        Some(folder) => {
            let lock = Lock::take(folder).map_err(StoreError::from)?;
            let (list, newer) = known(&folder.join("keys"), &folder.join("tiles"), &tenant)?;
            erasures.extend(list);
            head = newer.or(head);
            Some(lock)
        }
    };
    let published = head.as_ref().map_or(0, |head| head.size);
    let floor = if *fork == Fork::Refuse { published } else { 0 };
    let disk = RealDisk::make(to).map_err(copying)?;
    if !disk.list().map_err(copying)?.is_empty() {
        return Err(BackupError::Occupied(to.to_owned()).into());
    }
    disk.create(UNFINISHED).and_then(|file| file.sync_data()).map_err(copying)?;
    disk.sync_folder().map_err(copying)?;
    let mut copied = restore_log(&from.join("log"), &to.join("log"), floor, &[], &mut |_| Ok(()))?;
    let keys = RealDisk::make(&to.join("keys")).map_err(copying)?;
    for name in [tenant::NAME, keyfile::NAME] {
        let bytes = read(&source, name).map_err(copying)?;
        replace(&keys, name, &bytes, true).map_err(copying)?;
    }
    let (origin, forked) = match fork {
        Fork::NewOrigin(origin) if copied.events < published => {
            (Tenant::renamed(&keys, origin, &master.read()?)?.origin.to_string(), true)
        }
        _ => (origin, false),
    };
    if let Some(head) = head.as_ref().filter(|_| !forked) {
        // The tree that is made anew must come to it.
        let tiles = RealDisk::make(&to.join("tiles")).map_err(copying)?;
        replace(&tiles, CHECKPOINT, head.note.as_bytes(), true).map_err(copying)?;
    }
    let all: BTreeMap<KeyId, u64> = erasures.iter().map(|erased| (erased.id, erased.at)).collect();
    let (held, again): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, at)| *at < copied.events);
    let held: Vec<Erased> = held.into_iter().map(|(id, at)| Erased { id, at }).collect();
    Erasures::open(&keys)?.add(&held)?;
    let again: Vec<KeyId> = again.into_iter().map(|(id, _)| id).collect();
    let lock = Lock::take(to).map_err(StoreError::from)?;
    let journal =
        Journal::open_on(Disks::of(to)?, to, &origin, &master.read()?, &Options::default(), Some(lock))?;
    if forked || !again.is_empty() {
        let note = head.map_or(String::new(), |head| head.note);
        journal.destroy_again(&again, &note, now)?;
    }
    drop(journal);
    copied.erased_again = again.len() as u64;
    disk.remove(UNFINISHED).and_then(|()| disk.sync_folder()).map_err(copying)?;
    Ok(copied)
}

fn tenant_origin(keys: &RealDisk) -> Result<String, JournalError> {
    let file = Path::new("keys").join(tenant::NAME);
    let why = "the backup holds none, or a damaged one".to_owned();
    Tenant::origin_of(keys).ok_or(JournalError::Tenant { file, why })
}
