//! A copy of the log while it is written, and a folder made from it again.
//!
//! A backup is the segments up to an event that was durable when it began, and a text, written last, that says
//! how many events there are, and of each file its length and checksum. The index is not in it: it is made
//! anew. What was erased after the backup is erased again while restoring, before the folder can be opened:
//! the list of erasures comes from where the keys are, and the caller's hook destroys.

use crate::disk::{Disk, DiskFile, RealDisk, read_whole};
use crate::erasures::Erased;
use crate::log::{Appender, Check, Log, LogError, Options, first_of};
use crate::store::UNFINISHED;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

const NAME: &str = "backup.manifest";
const HEAD: &str = "hegui backup 1";
const CHUNK: usize = 1 << 20;

/// Why nothing was backed up or restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is something already.
    #[error("`{}` is not empty: nothing is overwritten; name a folder that is not there", .0.display())]
    Occupied(PathBuf),
    /// A file of the backup is not what was written.
    #[error("`{file}` of the backup is not what was written: {what}")]
    Damaged {
        /// The file's name.
        file: String,
        /// What is wrong.
        what: String,
    },
    /// The log cannot be read, or what was restored is not whole.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The hook could not destroy what was erased. The folder is not whole and cannot be opened.
    #[error("what event {at} erased could not be erased again: {why}")]
    Erasing {
        /// The event that erased it.
        at: u64,
        /// What the hook said.
        why: String,
    },
    /// The disk failed.
    #[error("the disk failed: {0}")]
    Disk(#[from] io::Error),
}

/// What was backed up or restored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// How many events.
    pub events: u64,
    /// How many bytes.
    pub bytes: u64,
    /// How many erasures were done again because they are newer than the backup.
    pub erased_again: u64,
}

/// An empty folder: made, or found empty.
fn vacant(folder: &Path) -> Result<RealDisk, BackupError> {
    let disk = RealDisk::make(folder)?;
    if disk.list()?.is_empty() { Ok(disk) } else { Err(BackupError::Occupied(folder.to_owned())) }
}

/// Copies the first bytes of a file; says their checksum.
pub(crate) fn copy(from: &dyn DiskFile, length: u64, to: &dyn DiskFile) -> io::Result<u32> {
    let (mut chunk, mut at, mut crc) = (vec![0; CHUNK], 0, 0);
    while at < length {
        let part = usize::try_from(length - at).unwrap_or(CHUNK).min(CHUNK);
        let bytes = chunk.get_mut(..part).unwrap_or_default();
        if from.read_at(at, bytes)? < part {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        crc = crc32c::crc32c_append(crc, bytes);
        to.write_at(at, bytes)?;
        at += part as u64;
    }
    to.sync_data()?;
    Ok(crc)
}

/// Copies a log, while others append, into an empty folder.
///
/// # Errors
/// When the folder is not empty, the log is damaged, or a disk fails. Without its manifest, what was copied is
/// no backup.
pub fn backup(log: &Log, to: &Path) -> Result<Copied, BackupError> {
    let disk = vacant(to)?;
    let (mut text, mut bytes) = (String::new(), 0);
    let (events, parts) = log.parts()?;
    let _ = writeln!(text, "{HEAD}\nevents {events}");
    for (segment, length) in parts {
        let crc = copy(&*segment.file, length, &*disk.create(&segment.name)?)?;
        let _ = writeln!(text, "file {} {length} {crc:08x}", segment.name);
        bytes += length;
    }
    disk.sync_folder()?;
    whole(&disk, events)?;
    let crc = crc32c::crc32c(text.as_bytes());
    let _ = writeln!(text, "check {crc:08x}");
    crate::disk::replace(&disk, NAME, text.as_bytes(), true)?;
    Ok(Copied { events, bytes, erased_again: 0 })
}

/// Reads every event of a log and sees that there are so many.
fn whole(disk: &RealDisk, events: u64) -> Result<(), BackupError> {
    let options = Options { known: events, check: Check::All, ..Options::new([0; 16]) };
    let (appender, recovery) = Appender::open(std::sync::Arc::new(disk.clone()), options)?;
    match recovery.torn {
        Some(torn) => Err(BackupError::Damaged { file: torn.file, what: torn.what }),
        None if appender.next() == events => Ok(()),
        None => Err(LogError::Short { holds: appender.next(), known: events }.into()),
    }
}

/// Name, length and checksum of a file.
type FileLine<'a> = (&'a str, u64, u32);

/// What the manifest says: how many events, and the files.
fn manifest(text: &str) -> Option<(u64, Vec<FileLine<'_>>)> {
    let (body, check) = text.rsplit_once("check ")?;
    if u32::from_str_radix(check.strip_suffix('\n')?, 16) != Ok(crc32c::crc32c(body.as_bytes())) {
        return None;
    }
    let mut lines = body.lines();
    lines.next().filter(|line| *line == HEAD)?;
    let events = lines.next()?.strip_prefix("events ")?.parse().ok()?;
    let file = |line| {
        let mut words = str::strip_prefix(line, "file ")?.split(' ');
        let name = words.next().filter(|name| first_of(name).is_some())?;
        Some((name, words.next()?.parse().ok()?, u32::from_str_radix(words.next()?, 16).ok()?))
    };
    Some((events, lines.map(file).collect::<Option<_>>()?))
}

/// Makes a folder from a backup, and erases again what was erased.
///
/// `published` is how many events the world has seen a signed tree of; a backup that ends before would fork
/// the log and is refused. `erase` is called for every erasure of the list, also for those older than the
/// backup, because a backup of the keys may be older still; it must bear being called twice. Until all of it
/// is done, the folder cannot be opened.
///
/// # Errors
/// When the folder is not empty, the backup is damaged or too old, the hook fails, or a disk does.
pub fn restore(
    from: &Path,
    to: &Path,
    published: u64,
    erasures: &[Erased],
    erase: &mut dyn FnMut(&Erased) -> Result<(), String>,
) -> Result<Copied, BackupError> {
    let damaged =
        |file: &str, what: &str| BackupError::Damaged { file: file.to_owned(), what: what.to_owned() };
    let source = RealDisk::new(from)?;
    let file = source.open(NAME).map_err(|_| damaged(NAME, "there is none: the backup did not end"))?;
    let text = String::from_utf8(read_whole(&*file)?).unwrap_or_default();
    let (events, files) = manifest(&text).ok_or_else(|| damaged(NAME, "it is not in the form of one"))?;
    if events < published {
        return Err(LogError::Short { holds: events, known: published }.into());
    }
    let disk = vacant(to)?;
    disk.create(UNFINISHED)?.sync_data()?;
    disk.sync_folder()?;
    let mut copied = Copied { events, ..Copied::default() };
    for (name, length, crc) in files {
        let file = source.open(name).map_err(|_| damaged(name, "it is missing"))?;
        if file.length()? != length || copy(&*file, length, &*disk.create(name)?)? != crc {
            return Err(damaged(name, "its length or checksum is another"));
        }
        copied.bytes += length;
    }
    disk.sync_folder()?;
    whole(&disk, events)?;
    for erased in erasures {
        erase(erased).map_err(|why| BackupError::Erasing { at: erased.at, why })?;
        copied.erased_again += u64::from(erased.at >= events);
    }
    disk.remove(UNFINISHED)?;
    disk.sync_folder()?;
    Ok(copied)
}
