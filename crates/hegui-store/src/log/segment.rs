//! One file of the log: its name, its header, and finding blocks in it.
//!
//! A file is made under another name, its header synced, and only then named `log-SEQUENCE.seg` after its
//! first record; so a file of that name has a whole header, and all files before it are whole.

use super::block::{ALIGN, HEADER, Header, Identity, Record, record};
use super::error::LogError;
use crate::disk::{Disk, DiskFile};
use std::sync::{Arc, Mutex, PoisonError};

const MAGIC: [u8; 8] = *b"HEGUILG1";
/// The first block of a segment is here; before it is the segment's header.
pub(crate) const START: u64 = ALIGN;
/// A place is remembered about every so many bytes.
const MARK_EVERY: u64 = 64 << 10;

/// A place in a segment where a block begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// Offset in the file.
    pub(crate) at: u64,
    /// Sequence of the first record from there.
    pub(crate) next: u64,
    /// Check of the block before.
    pub(crate) check: u32,
}

impl Place {
    /// The place after the block that begins here.
    pub(crate) fn after(self, header: &Header) -> Self {
        Self { at: self.at + header.span(), next: header.next(), check: header.check }
    }
}

/// A segment that is open.
pub(crate) struct Segment {
    pub(crate) name: String,
    pub(crate) start: Place,
    pub(crate) file: Arc<dyn DiskFile>,
    marks: Mutex<Vec<Place>>,
}

/// A block that was read and found whole.
pub struct Block {
    pub(crate) header: Header,
    bytes: Vec<u8>,
}

impl Block {
    /// Sequence of its first record.
    #[must_use]
    pub fn first(&self) -> u64 {
        self.header.first
    }

    /// Sequence after its last record.
    #[must_use]
    pub fn next(&self) -> u64 {
        self.header.next()
    }

    /// Its records, in order.
    pub fn records(&self) -> impl Iterator<Item = Record<'_>> {
        let mut rest = self.bytes.as_slice();
        (self.header.first..self.header.next()).map_while(move |sequence| {
            let (record, after) = record(rest, sequence, false)?;
            rest = after;
            Some(record)
        })
    }
}

/// What stands at a place.
pub(crate) enum Found {
    /// A whole block.
    Block(Block),
    /// Nothing: the file ends, or zeros.
    End,
    /// Something that is no block that belongs there.
    Bad(String),
}

pub(crate) fn name_of(first: u64) -> String {
    format!("log-{first:020}.seg")
}

/// The sequence in a segment's name.
pub(crate) fn first_of(name: &str) -> Option<u64> {
    let digits = name.strip_prefix("log-")?.strip_suffix(".seg")?;
    (digits.len() == 20).then(|| digits.parse().ok())?
}

/// A segment's header: what it is, the log's identity, its first sequence, the chain's check until there.
pub(crate) fn header(identity: &Identity, first: u64, check: u32) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    out.extend_from_slice(identity);
    out.extend_from_slice(&first.to_le_bytes());
    out.extend_from_slice(&check.to_le_bytes());
    out.extend_from_slice(&crc32c::crc32c(&out).to_le_bytes());
    out.resize(START as usize, 0);
    out
}

fn parse(bytes: &[u8]) -> Option<(Identity, Place)> {
    let rest = bytes.strip_prefix(&MAGIC)?;
    let (identity, rest) = rest.split_first_chunk::<16>()?;
    let (first, rest) = rest.split_first_chunk::<8>()?;
    let (check, rest) = rest.split_first_chunk::<4>()?;
    let own = crc32c::crc32c(bytes.get(..36)?).to_le_bytes();
    let place = Place { at: START, next: u64::from_le_bytes(*first), check: u32::from_le_bytes(*check) };
    rest.starts_with(&own).then_some((*identity, place))
}

impl Segment {
    pub(crate) fn new(name: String, start: Place, file: Arc<dyn DiskFile>) -> Self {
        Self { name, start, file, marks: Mutex::new(vec![]) }
    }

    /// Opens a segment and reads its header.
    pub(crate) fn open(disk: &dyn Disk, name: &str) -> Result<(Identity, Self), LogError> {
        let file = disk.open(name).map_err(LogError::failed("opening a segment"))?;
        let mut bytes = vec![0; START as usize];
        file.read_at(0, &mut bytes).map_err(LogError::failed("reading a segment"))?;
        match parse(&bytes).filter(|(_, start)| name_of(start.next) == name) {
            Some((identity, start)) => Ok((identity, Self::new(name.to_owned(), start, file))),
            None => Err(Self::damage(name, 0, "its header is not what was written")),
        }
    }

    pub(crate) fn damage(name: &str, at: u64, what: &str) -> LogError {
        LogError::Damaged { file: name.to_owned(), at, what: what.to_owned() }
    }

    /// Remembers where a block begins, if none is remembered nearby. Places come in ascending order.
    pub(crate) fn mark(&self, place: Place) {
        let mut marks = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        if marks.last().is_none_or(|last| place.at >= last.at + MARK_EVERY) {
            marks.push(place);
        }
    }

    /// The last remembered place at or before a sequence.
    pub(crate) fn near(&self, sequence: u64) -> Place {
        let marks = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        let after = marks.partition_point(|place| place.next <= sequence);
        after.checked_sub(1).and_then(|at| marks.get(at)).copied().unwrap_or(self.start)
    }

    /// Where the blocks with events before a sequence end.
    pub(crate) fn end(&self, sequence: u64, identity: &Identity) -> Result<Place, LogError> {
        let mut place = self.near(sequence);
        while let Some(header) = self.header_at(place, identity)? {
            if header.next() > sequence {
                break;
            }
            place = place.after(&header);
            self.mark(place);
        }
        Ok(place)
    }

    /// The header of the block at a place, if a block that belongs there begins there.
    fn header_at(&self, place: Place, identity: &Identity) -> Result<Option<Header>, LogError> {
        let mut bytes = [0; HEADER];
        self.file.read_at(place.at, &mut bytes).map_err(LogError::failed("reading a segment"))?;
        let header = Header::parse(&bytes, identity);
        Ok(header.filter(|header| header.first == place.next && header.previous == place.check))
    }

    /// Reads the block at a place and checks it and each of its records.
    pub(crate) fn read(&self, place: Place, identity: &Identity, check: bool) -> Result<Found, LogError> {
        let reading = || LogError::failed("reading a segment");
        let mut head = [0; HEADER];
        let read = self.file.read_at(place.at, &mut head).map_err(reading())?;
        if read == 0 || head == [0; HEADER] {
            return Ok(Found::End);
        }
        let Some(header) = Header::parse(&head, identity) else {
            return Ok(Found::Bad("the head of a block is not what was written".to_owned()));
        };
        if header.first != place.next || header.previous != place.check {
            let what = format!("a block of event {} stands where event {} belongs", header.first, place.next);
            return Ok(Found::Bad(what));
        }
        let mut bytes = vec![0; header.length as usize];
        let read = self.file.read_at(place.at + HEADER as u64, &mut bytes).map_err(reading())?;
        if check && (read < bytes.len() || crc32c::crc32c(&bytes) != header.body) {
            return Ok(Found::Bad(culprit(&header, &bytes)));
        }
        Ok(Found::Block(Block { header, bytes }))
    }
}

/// Which record of a bad body is the first bad one.
fn culprit(header: &Header, bytes: &[u8]) -> String {
    let mut rest = bytes;
    for sequence in header.first..header.next() {
        match record(rest, sequence, true) {
            Some((_, after)) => rest = after,
            None => return format!("event {sequence} is not what was written"),
        }
    }
    format!("the block of events {} to {} is not what was written", header.first, header.next())
}
