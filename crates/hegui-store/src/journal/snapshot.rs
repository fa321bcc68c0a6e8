//! Snapshots of what was computed from events: a projection's bytes, so that it need not hear of all again.
//!
//! They hold personal data, so they are sealed under the ledger's own key, in parts of a mebibyte; name, version,
//! watermark and each part's place are bound to them. What was erased stays in a snapshot until the next one
//! takes its place: **write one after erasures**, before their term ends.
//!
//! ```text
//! hegui snapshot 1 VERSION WATERMARK LENGTH CHECK
//! the parts, each `hegui_ledger::seal` bytes
//! ```

use super::random::random;
use super::{Journal, JournalError};
use crate::disk::{DiskFile, open_or_create};
use hegui_ledger::event::{Class, SubjectId};
use hegui_ledger::seal::{OVERHEAD, Part};
use hegui_ledger::tree::leaf_hash;
use std::io;

const HEAD: &str = "hegui snapshot 1";
/// The head is filled up with spaces to so many bytes.
const HEAD_BYTES: usize = 128;
const PART: usize = 1 << 20;

/// What was found where a snapshot was looked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Snapshot {
    /// There is one.
    Found {
        /// All events before this one are in it.
        watermark: u64,
        /// What was written.
        bytes: Vec<u8>,
    },
    /// There is none.
    None,
    /// There is one that cannot be used: everything must be heard of again.
    Ignored {
        /// Why.
        why: String,
    },
}

impl Snapshot {
    fn ignored(why: impl Into<String>) -> Self {
        Self::Ignored { why: why.into() }
    }
}

/// A name of lower-case letters, digits, `-` and `_`.
fn file_of(name: &str) -> Result<String, JournalError> {
    let right = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    if name.is_empty() || name.len() > 64 || !name.bytes().all(right) {
        return Err(JournalError::Draft("a snapshot's name has 1 to 64 of a-z, 0-9, `-` and `_`"));
    }
    Ok(format!("{name}.snapshot"))
}

fn head(version: u32, watermark: u64, length: u64) -> String {
    let text = format!("{HEAD} {version} {watermark} {length} ");
    format!("{text}{:08x}", crc32c::crc32c(text.as_bytes()))
}

/// Version, watermark and length.
fn parse(text: &str) -> Option<(u32, u64, u64)> {
    let mut words = text.strip_prefix(HEAD)?.split_ascii_whitespace();
    let of = (words.next()?.parse().ok()?, words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    (text.trim_end() == head(of.0, of.1, of.2)).then_some(of)
}

/// What a part is bound to.
fn bound(name: &str, head: &str, part: u64) -> SubjectId {
    SubjectId(leaf_hash(format!("hegui-snapshot/1\n{name}\n{head}\n{part}").as_bytes()))
}

impl Journal {
    /// Keeps a projection's bytes in place of those that were kept under this name. `watermark`: all events before
    /// this one are in them; `version` is that of the projection's own form.
    ///
    /// # Errors
    /// When the name is none, the watermark is beyond the log, or the disk fails: the old one is then still there.
    pub fn snapshot_write(
        &self,
        name: &str,
        watermark: u64,
        version: u32,
        bytes: &[u8],
    ) -> Result<(), JournalError> {
        let (file, size) = (file_of(name)?, self.size());
        if watermark > size {
            return Err(JournalError::Beyond { index: watermark, size });
        }
        let writing = || JournalError::system("writing a snapshot");
        let new = format!("{file}.new");
        let handle = open_or_create(&*self.disks.snapshots, &new).map_err(writing())?;
        handle.set_length(0).map_err(writing())?;
        let head = head(version, watermark, bytes.len() as u64);
        handle.write_at(0, format!("{head:HEAD_BYTES$}").as_bytes()).map_err(writing())?;
        let mut at = HEAD_BYTES as u64;
        for (number, part) in (0..).zip(bytes.chunks(PART)) {
            let (own, bound) = (&self.core.tenant.own, bound(name, &head, number));
            let sealed = own.seal(Part::Payload, &bound, &Class::Service, part, random()?);
            let sealed = sealed.map_err(|_| JournalError::Draft("a snapshot cannot be sealed"))?;
            handle.write_at(at, &sealed).map_err(writing())?;
            at += sealed.len() as u64;
        }
        handle.sync_data().map_err(writing())?;
        self.disks.snapshots.rename(&new, &file).map_err(writing())?;
        self.disks.snapshots.sync_folder().map_err(writing())
    }

    /// What was kept under a name in a form of this version. A damaged one, one of another form, or one of another
    /// log is ignored, and said.
    ///
    /// # Errors
    /// When the name is none, or the disk fails.
    pub fn snapshot_read(&self, name: &str, version: u32) -> Result<Snapshot, JournalError> {
        let reading = || JournalError::system("reading a snapshot");
        let file = match self.disks.snapshots.open(&file_of(name)?) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Snapshot::None),
            opened => opened.map_err(reading())?,
        };
        let mut text = [0; HEAD_BYTES];
        file.read_at(0, &mut text).map_err(reading())?;
        let text = String::from_utf8(text.to_vec()).unwrap_or_default();
        let Some((found, watermark, length)) = parse(&text) else {
            return Ok(Snapshot::ignored("its head is not what was written"));
        };
        if found != version {
            return Ok(Snapshot::ignored(format!("it is of version {found}, not {version}")));
        }
        if watermark > self.size() {
            return Ok(Snapshot::ignored(format!("it is of a log of {watermark} events or more")));
        }
        self.parts(&*file, name, text.trim_end(), length).map_err(reading()).map(|bytes| match bytes {
            Some(bytes) => Snapshot::Found { watermark, bytes },
            None => Snapshot::ignored("its parts are not what was written"),
        })
    }

    fn parts(&self, file: &dyn DiskFile, name: &str, head: &str, length: u64) -> io::Result<Option<Vec<u8>>> {
        // So long is the file at least: a length that was made up takes no memory.
        let (Ok(length), Ok(held)) = (usize::try_from(length), usize::try_from(file.length()?)) else {
            return Ok(None);
        };
        if held != HEAD_BYTES + length + length.div_ceil(PART) * OVERHEAD {
            return Ok(None);
        }
        let (mut bytes, mut sealed) = (Vec::with_capacity(length), vec![0; PART + OVERHEAD]);
        for number in 0..length.div_ceil(PART) {
            let at = HEAD_BYTES + number * (PART + OVERHEAD);
            let read = file.read_at(at as u64, &mut sealed)?;
            let bound = bound(name, head, number as u64);
            let sealed = sealed.get(..read).unwrap_or_default();
            match self.core.tenant.own.open(Part::Payload, &bound, &Class::Service, sealed) {
                Ok(part) => bytes.extend_from_slice(&part),
                Err(_) => return Ok(None),
            }
        }
        Ok((bytes.len() == length).then_some(bytes))
    }
}
