//! The wrapped keys of subjects, on disk and found again: `keys/subjects`.
//!
//! Only added to, and overwritten where a key is destroyed. A record begins at a multiple of 8 bytes, little-endian:
//!
//! ```text
//! 0   4  "HGK1"
//! 4   4  length of the body
//! 8   16 the key's id: random
//! 24  8  how many bytes of the file were durable when it was written
//! 32  4  CRC-32C of its place and the 28 bytes from 4 on
//! 36     body: the wrapped key (`hegui_ledger::seal::KeyEntry`), its CRC-32C (4)
//! ```
//! Destroying a key fills its body with zeros, in place: its head still says that there was one. A good record
//! proves what before it was durable once; a bad one there is damage, any other was being written and is cut off.
//!
//! A key is written when the log writes its next block, before that block ([`KeyFile::sync`]): one more sync for
//! all keys that came meanwhile, and no event is durable whose key is not.

use super::directory::Directory;
use super::{JournalError, KeyId};
use crate::disk::{Disk, DiskFile, open_or_create, read_whole};
use crate::log::LogError;
use hegui_ledger::event::{Class, SubjectId};
use hegui_ledger::seal::KeyEntry;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

pub(crate) const NAME: &str = "subjects";
const MAGIC: [u8; 4] = *b"HGK1";
const HEAD: usize = 36;
/// The longest body: a class with a basis of 255 bytes.
const BODY: usize = 512;

/// The file and what is in it.
pub(crate) struct KeyFile {
    file: Arc<dyn DiskFile>,
    state: Mutex<State>,
}

struct State {
    /// How many bytes of the file are durable; the rest is `pending`.
    durable: u64,
    pending: Vec<u8>,
    ids: Directory,
    subjects: Directory,
}

/// A key in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) at: u64,
    pub(crate) id: KeyId,
    pub(crate) entry: KeyEntry,
}

struct Head {
    length: usize,
    id: KeyId,
    durable: u64,
}

fn head(at: u64, length: u32, id: &KeyId, durable: u64) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend(length.to_le_bytes());
    bytes.extend(id);
    bytes.extend(durable.to_le_bytes());
    let crc = crc32c::crc32c_append(crc32c::crc32c(&at.to_le_bytes()), bytes.get(4..).unwrap_or_default());
    bytes.extend(crc.to_le_bytes());
    bytes
}

fn parse_head(at: u64, bytes: &[u8]) -> Option<Head> {
    let rest = bytes.strip_prefix(&MAGIC)?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (id, rest) = rest.split_first_chunk::<16>()?;
    let (length, durable) = (u32::from_le_bytes(*length), u64::from_le_bytes(*rest.first_chunk()?));
    let own = head(at, length, id, durable);
    let fits = (4..=BODY).contains(&(length as usize)) && bytes.starts_with(&own);
    fits.then_some(Head { length: length as usize, id: *id, durable })
}

fn parse_body(body: &[u8]) -> Option<KeyEntry> {
    let (entry, crc) = body.split_last_chunk::<4>()?;
    (crc32c::crc32c(entry) == u32::from_le_bytes(*crc)).then(|| KeyEntry::decode(entry).ok())?
}

fn span(length: usize) -> usize {
    (HEAD + length).next_multiple_of(8)
}

/// A place to look a key up by: the first eight bytes are enough, for the whole is compared.
fn prefix(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or(0, |first| u64::from_le_bytes(*first))
}

impl KeyFile {
    /// Opens the file, or begins one. Keys that `erased` names are destroyed again where they were not.
    ///
    /// # Errors
    /// When a record is damaged, or the disk fails.
    pub(crate) fn open(disk: &dyn Disk, erased: &HashMap<KeyId, u64>) -> Result<Self, LogError> {
        let opening = || LogError::failed("opening the file of keys");
        let file = open_or_create(disk, NAME).map_err(opening())?;
        disk.sync_folder().map_err(opening())?;
        let bytes = read_whole(&*file).map_err(opening())?;
        let (mut at, mut proven, mut revived) = (0, 0, vec![]);
        let (mut ids, mut subjects) = (vec![], vec![]);
        while let Some(head) = bytes.get(at..).and_then(|rest| parse_head(at as u64, rest)) {
            let Some(body) = bytes.get(at + HEAD..at + HEAD + head.length) else { break };
            match (erased.contains_key(&head.id), parse_body(body)) {
                (true, _) if body.iter().all(|byte| *byte == 0) => {}
                (true, _) => revived.push((at as u64, head.length)),
                (false, Some(entry)) => {
                    ids.push((prefix(&head.id), at as u64));
                    subjects.push((prefix(&entry.subject.0), at as u64));
                }
                (false, None) => break,
            }
            proven = head.durable.max(proven);
            at += span(head.length);
        }
        // What is behind the first bad place may prove that it was durable.
        let heads = (at..bytes.len()).step_by(8).skip(1);
        let later = heads.filter_map(|at| parse_head(at as u64, bytes.get(at..)?));
        let proven = later.map(|head| head.durable).fold(proven, u64::max);
        if (at as u64) < proven {
            let what = "a key is not what was written".to_owned();
            return Err(LogError::Damaged { file: format!("keys/{NAME}"), at: at as u64, what });
        }
        file.set_length(at as u64).map_err(opening())?;
        // Once more what no later record proves: after a kill it was never synced, after a sync that failed the
        // kernel takes its pages for clean.
        let unproven = usize::try_from(proven).ok().and_then(|from| bytes.get(from..at)).unwrap_or_default();
        file.write_at(proven, unproven).map_err(opening())?;
        let state = State {
            durable: at as u64,
            pending: vec![],
            ids: Directory::of(ids),
            subjects: Directory::of(subjects),
        };
        let this = Self { file, state: Mutex::new(state) };
        this.zero(&revived).map_err(opening())?;
        Ok(this)
    }

    fn zero(&self, places: &[(u64, usize)]) -> std::io::Result<()> {
        // Nobody reads meanwhile: half a body would look damaged.
        let reading = self.state();
        for (at, length) in places {
            self.file.write_at(at + HEAD as u64, &vec![0; *length])?;
        }
        drop(reading);
        self.file.sync_data()
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        crate::log::locked(&self.state)
    }

    /// Adds a key. It is durable before the log's next block is.
    pub(crate) fn add(&self, id: KeyId, entry: &KeyEntry) {
        let mut body = entry.encode();
        body.extend(crc32c::crc32c(&body).to_le_bytes());
        let mut state = self.state();
        let at = state.durable + state.pending.len() as u64;
        let head = head(at, u32::try_from(body.len()).unwrap_or(u32::MAX), &id, state.durable);
        state.pending.extend(head);
        state.pending.extend(&body);
        let length = state.pending.len().next_multiple_of(8);
        state.pending.resize(length, 0);
        state.ids.add(prefix(&id), at);
        state.subjects.add(prefix(&entry.subject.0), at);
    }

    /// Makes durable what was added. For the log's thread, before each block.
    ///
    /// # Errors
    /// [`LogError::Full`] when there is no room, and it may be tried again; otherwise nobody knows what is kept.
    pub(crate) fn sync(&self, syncs: bool) -> Result<(), LogError> {
        let (at, new) = {
            let state = self.state();
            (state.durable, state.pending.clone())
        };
        if new.is_empty() {
            return Ok(());
        }
        self.file.write_at(at, &new).map_err(LogError::failed("writing keys"))?;
        let synced = if syncs { self.file.sync_data() } else { Ok(()) };
        synced.map_err(|error| LogError::Failed { doing: "syncing keys", error: Arc::new(error) })?;
        let mut state = self.state();
        state.durable += new.len() as u64;
        state.pending.drain(..new.len());
        Ok(())
    }

    /// Where a key stands of which only the place is known.
    fn at(&self, state: &State, at: u64) -> Result<Option<Stored>, LogError> {
        let mut read = [0; HEAD + BODY];
        let bytes = match at.checked_sub(state.durable) {
            Some(pending) => state.pending.get(usize::try_from(pending).unwrap_or(usize::MAX)..),
            None => {
                let count = self.file.read_at(at, &mut read).map_err(LogError::failed("reading keys"))?;
                read.get(..count)
            }
        };
        let stored = |bytes: &[u8]| {
            let head = parse_head(at, bytes)?;
            let body = bytes.get(HEAD..HEAD + head.length)?;
            // Destroyed meanwhile: it is none any more.
            if body.iter().all(|byte| *byte == 0) {
                return Some(None);
            }
            Some(Some(Stored { at, id: head.id, entry: parse_body(body)? }))
        };
        bytes.and_then(stored).ok_or_else(|| LogError::Damaged {
            file: format!("keys/{NAME}"),
            at,
            what: "a key is not what was written".to_owned(),
        })
    }

    /// The key of an id.
    pub(crate) fn get(&self, id: &KeyId) -> Result<Option<Stored>, LogError> {
        let state = self.state();
        for at in state.ids.find(prefix(id)) {
            if let Some(found) = self.at(&state, at)?.filter(|found| found.id == *id) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The keys of a subject, oldest first.
    pub(crate) fn of(&self, subject: &SubjectId) -> Result<Vec<Stored>, LogError> {
        let state = self.state();
        let places = state.subjects.find(prefix(&subject.0));
        let found: Result<Vec<_>, _> = places.map(|at| self.at(&state, at)).collect();
        Ok(found?.into_iter().flatten().filter(|found| found.entry.subject == *subject).collect())
    }

    /// All keys of classes that fall, in the order of their places.
    pub(crate) fn all(&self, falls: impl Fn(&Class) -> bool) -> Result<Vec<Stored>, LogError> {
        let places = self.state().ids.places();
        let mut all = vec![];
        for at in places {
            let found = self.at(&self.state(), at)?;
            all.extend(found.filter(|found| falls(&found.entry.class)));
        }
        Ok(all)
    }

    /// Destroys keys: their bytes are not in the file any more when this returns.
    ///
    /// # Errors
    /// When the disk fails; it may be done again.
    pub(crate) fn destroy(&self, ids: &[KeyId]) -> Result<(), JournalError> {
        let mut places = vec![];
        for id in ids {
            if let Some(found) = self.get(id)? {
                places.push((found.at, found.entry.encode().len() + 4));
            }
        }
        self.zero(&places).map_err(JournalError::system("destroying keys"))
    }

    /// What is durable of the file, and how many bytes that is.
    pub(crate) fn durable(&self) -> (Arc<dyn DiskFile>, u64) {
        (Arc::clone(&self.file), self.state().durable)
    }
}
