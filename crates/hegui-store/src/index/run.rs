//! A run: sorted entries in a file that never changes.
//!
//! Pages of 4,096 bytes with 163 entries each, how many there are (2) and a CRC-32C (4); after them the first
//! entry of every page, which are held in memory, so that finding a key reads one page of a run.

use super::IndexError;
use super::entry::{Entry, LENGTH};
use crate::disk::{Disk, DiskFile};
use std::sync::Arc;

const PAGE: usize = 4096;
const PER_PAGE: usize = 163;
/// Written at once, and synced: little, so that the log's own syncs wait for little.
const CHUNK: usize = 1024 * PAGE;
/// Pages that a merge reads at once.
const AHEAD: usize = 64;

/// What the manifest says of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct About {
    /// Its number: its name.
    pub(crate) number: u64,
    /// How often it was merged.
    pub(crate) level: u32,
    /// How many entries it has.
    pub(crate) count: u64,
    /// CRC-32C of the first entries of its pages.
    pub(crate) crc: u32,
}

/// A run that is open.
pub(crate) struct Run {
    pub(crate) about: About,
    file: Arc<dyn DiskFile>,
    firsts: Vec<Entry>,
}

pub(crate) fn name_of(number: u64) -> String {
    format!("index-{number:012}.run")
}

impl Run {
    /// Opens a run.
    pub(crate) fn open(disk: &dyn Disk, about: About) -> Result<Self, IndexError> {
        let file = disk.open(&name_of(about.number))?;
        let pages = about.count.div_ceil(PER_PAGE as u64);
        let mut bytes = vec![0; pages as usize * LENGTH];
        let read = file.read_at(pages * PAGE as u64, &mut bytes)?;
        if read < bytes.len() || crc32c::crc32c(&bytes) != about.crc {
            return Err(IndexError::Damaged { file: name_of(about.number), at: pages * PAGE as u64 });
        }
        Ok(Self { about, file, firsts: bytes.as_chunks().0.to_vec() })
    }

    /// Reads pages; the entries in them.
    fn pages(&self, from: usize, count: usize) -> Result<Vec<Entry>, IndexError> {
        let count = count.min(self.firsts.len().saturating_sub(from));
        let mut bytes = vec![0; count * PAGE];
        self.file.read_at((from * PAGE) as u64, &mut bytes)?;
        let mut entries = Vec::with_capacity(count * PER_PAGE);
        for (number, page) in bytes.chunks_exact(PAGE).enumerate() {
            let damaged = || IndexError::Damaged {
                file: name_of(self.about.number),
                at: ((from + number) * PAGE) as u64,
            };
            let (body, crc) = page.split_last_chunk::<4>().ok_or_else(damaged)?;
            let (_, length) = body.split_last_chunk::<2>().ok_or_else(damaged)?;
            if crc32c::crc32c(body) != u32::from_le_bytes(*crc) {
                return Err(damaged());
            }
            let length = usize::from(u16::from_le_bytes(*length));
            entries.extend_from_slice(body.as_chunks().0.get(..length).ok_or_else(damaged)?);
        }
        Ok(entries)
    }

    /// At most so many entries from one to another, both included.
    pub(crate) fn range(&self, from: &Entry, to: &Entry, limit: usize) -> Result<Vec<Entry>, IndexError> {
        let mut page = self.firsts.partition_point(|first| first <= from).saturating_sub(1);
        let mut found = vec![];
        while found.len() < limit && self.firsts.get(page).is_some_and(|first| first <= to) {
            let entries = self.pages(page, 1)?;
            found.extend(super::entry::range(&entries, from, to));
            page += 1;
        }
        found.truncate(limit);
        Ok(found)
    }
}

/// Writes a run of sorted entries and makes its bytes durable; its name is not yet.
pub(crate) fn write(
    disk: &dyn Disk,
    number: u64,
    level: u32,
    entries: &mut dyn Iterator<Item = Result<Entry, IndexError>>,
) -> Result<About, IndexError> {
    let file = disk.create(&name_of(number))?;
    let (mut at, mut count, mut firsts): (_, _, Vec<Entry>) = (0, 0, vec![]);
    let (mut chunk, mut page): (Vec<u8>, Vec<Entry>) = (vec![], Vec::with_capacity(PER_PAGE));
    loop {
        let entry = entries.next().transpose()?;
        if page.len() == PER_PAGE || (entry.is_none() && !page.is_empty()) {
            count += page.len() as u64;
            firsts.extend(page.first());
            let from = chunk.len();
            page.iter().for_each(|entry| chunk.extend_from_slice(entry));
            chunk.resize(from + PAGE - 6, 0);
            chunk.extend_from_slice(&(page.len() as u16).to_le_bytes());
            chunk.extend_from_slice(&crc32c::crc32c(chunk.get(from..).unwrap_or_default()).to_le_bytes());
            page.clear();
        }
        if chunk.len() >= CHUNK || entry.is_none() {
            file.write_at(at, &chunk)?;
            file.sync_data()?;
            at += chunk.len() as u64;
            chunk.clear();
        }
        match entry {
            Some(entry) => page.push(entry),
            None => break,
        }
    }
    let bytes = firsts.as_flattened();
    file.write_at(at, bytes)?;
    file.sync_data()?;
    Ok(About { number, level, count, crc: crc32c::crc32c(bytes) })
}

/// The entries of runs as one sorted sequence.
pub(crate) struct Merge {
    runs: Vec<Source>,
}

struct Source {
    run: Arc<Run>,
    page: usize,
    entries: std::vec::IntoIter<Entry>,
    head: Option<Entry>,
}

impl Source {
    fn advance(&mut self) -> Result<(), IndexError> {
        if self.entries.as_slice().is_empty() && self.page < self.run.firsts.len() {
            self.entries = self.run.pages(self.page, AHEAD)?.into_iter();
            self.page += AHEAD;
        }
        self.head = self.entries.next();
        Ok(())
    }
}

impl Merge {
    pub(crate) fn new(runs: &[Arc<Run>]) -> Result<Self, IndexError> {
        let mut runs: Vec<Source> = runs
            .iter()
            .map(|run| Source { run: Arc::clone(run), page: 0, entries: vec![].into_iter(), head: None })
            .collect();
        runs.iter_mut().try_for_each(Source::advance)?;
        Ok(Self { runs })
    }
}

impl Iterator for Merge {
    type Item = Result<Entry, IndexError>;

    fn next(&mut self) -> Option<Self::Item> {
        let least = self.runs.iter_mut().filter(|run| run.head.is_some()).min_by_key(|run| run.head)?;
        let entry = least.head?;
        Some(least.advance().map(|()| entry))
    }
}
