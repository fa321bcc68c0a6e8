//! The form of the log on disk. Pure: bytes in, bytes out.
//!
//! A group commit is one **block**, at a multiple of 512 bytes, so that no sector is ever written twice and
//! nothing that was acknowledged shares a sector with what is being written. Little-endian:
//!
//! ```text
//! 0   4  "HGB1"
//! 4   4  length of the body in bytes, without what fills up to the next 512
//! 8   8  sequence of its first record
//! 16  4  how many records
//! 20  4  CRC-32C of the body
//! 24  4  check of the block before it: the chain
//! 28  4  check: CRC-32C of the log's identity and the 28 bytes before
//! 32     body: the records, one after another
//! ```
//! A record is its length (4), a CRC-32C of what follows and then of its sequence (4), the keys, the event.
//! A block is whole or it is not there: a batch of events that belong together is atomic.
//!
//! A block is written only after all blocks before it are durable. So a good block behind a bad one proves
//! that the bad one was durable once and is damaged; a bad one with nothing good behind it was being written.
//! The identity is a secret of the log, so that no event can hold what looks like a block of it.

use crate::keys::Keys;

/// Blocks begin at multiples of this many bytes.
pub(crate) const ALIGN: u64 = 512;
/// Length of a block's header.
pub(crate) const HEADER: usize = 32;
/// Longest event, in bytes.
pub const EVENT_LIMIT: usize = 1 << 20;
/// Longest body that is believed.
pub(crate) const BODY_LIMIT: usize = 64 << 20;
const MAGIC: [u8; 4] = *b"HGB1";
/// Length and checksum before a record.
const PREFIX: usize = 8;

/// The random bytes that tell one log from another.
pub type Identity = [u8; 16];

/// The header of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) length: u32,
    pub(crate) first: u64,
    pub(crate) count: u32,
    pub(crate) body: u32,
    pub(crate) previous: u32,
    pub(crate) check: u32,
}

fn field<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk::<N>().copied()
}

impl Header {
    fn fields(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEADER);
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&self.length.to_le_bytes());
        out.extend_from_slice(&self.first.to_le_bytes());
        out.extend_from_slice(&self.count.to_le_bytes());
        out.extend_from_slice(&self.body.to_le_bytes());
        out.extend_from_slice(&self.previous.to_le_bytes());
        out
    }

    /// Reads a header; nothing unless its check is right.
    pub(crate) fn parse(bytes: &[u8], identity: &Identity) -> Option<Self> {
        let number = |at| field(bytes, at).map(u32::from_le_bytes);
        let header = Self {
            length: number(4)?,
            first: u64::from_le_bytes(field(bytes, 8)?),
            count: number(16)?,
            body: number(20)?,
            previous: number(24)?,
            check: number(28)?,
        };
        let right = bytes.starts_with(&MAGIC)
            && header.length as usize <= BODY_LIMIT
            && crc32c::crc32c_append(crc32c::crc32c(identity), bytes.get(..28)?) == header.check;
        right.then_some(header)
    }

    /// How many bytes of the file the block takes.
    pub(crate) fn span(&self) -> u64 {
        (HEADER as u64 + u64::from(self.length)).next_multiple_of(ALIGN)
    }

    /// The sequence after its last record.
    pub(crate) fn next(&self) -> u64 {
        self.first.saturating_add(u64::from(self.count))
    }
}

/// An event made ready outside of any lock: only its sequence is still missing.
pub(crate) struct Prepared<'a> {
    keys: Vec<u8>,
    event: &'a [u8],
    crc: u32,
}

impl<'a> Prepared<'a> {
    pub(crate) fn new(event: &'a [u8], keys: &Keys) -> Self {
        let mut head = Vec::with_capacity(64);
        keys.write(&mut head);
        let crc = crc32c::crc32c_append(crc32c::crc32c(&head), event);
        Self { keys: head, event, crc }
    }

    /// Its length in a block.
    pub(crate) fn length(&self) -> usize {
        PREFIX + self.keys.len() + self.event.len()
    }
}

/// A block that is being filled.
pub(crate) struct Batch {
    bytes: Vec<u8>,
    first: u64,
    count: u32,
}

impl Batch {
    /// In a buffer that was used before, or a new one.
    pub(crate) fn new(first: u64, mut bytes: Vec<u8>) -> Self {
        bytes.clear();
        bytes.resize(HEADER, 0);
        Self { bytes, first, count: 0 }
    }

    /// Adds a record; says its sequence.
    pub(crate) fn push(&mut self, record: &Prepared<'_>) -> u64 {
        let sequence = self.first + u64::from(self.count);
        let length = (record.keys.len() + record.event.len()) as u32;
        self.bytes.extend_from_slice(&length.to_le_bytes());
        let crc = crc32c::crc32c_append(record.crc, &sequence.to_le_bytes());
        self.bytes.extend_from_slice(&crc.to_le_bytes());
        self.bytes.extend_from_slice(&record.keys);
        self.bytes.extend_from_slice(record.event);
        self.count += 1;
        sequence
    }

    pub(crate) fn count(&self) -> u32 {
        self.count
    }

    pub(crate) fn length(&self) -> usize {
        self.bytes.len()
    }

    pub(crate) fn first(&self) -> u64 {
        self.first
    }

    /// The block as it is written, its header filled in.
    pub(crate) fn seal(mut self, identity: &Identity, previous: u32) -> (Header, Vec<u8>) {
        let body = self.bytes.get(HEADER..).unwrap_or_default();
        let mut header = Header {
            length: body.len() as u32,
            first: self.first,
            count: self.count,
            body: crc32c::crc32c(body),
            previous,
            check: 0,
        };
        let fields = header.fields();
        header.check = crc32c::crc32c_append(crc32c::crc32c(identity), &fields);
        for (to, from) in self.bytes.iter_mut().zip(fields.iter().chain(&header.check.to_le_bytes())) {
            *to = *from;
        }
        self.bytes.resize(header.span() as usize, 0);
        (header, self.bytes)
    }
}

/// One event as it was appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Its place in the log, from 0.
    pub sequence: u64,
    /// What it is found by.
    pub keys: Keys,
    /// Its bytes.
    pub event: &'a [u8],
}

/// The first record of a body, and what is after it. `None` when it is not whole.
pub(crate) fn record(body: &[u8], sequence: u64, check: bool) -> Option<(Record<'_>, &[u8])> {
    let length = u32::from_le_bytes(field(body, 0)?) as usize;
    let crc = u32::from_le_bytes(field(body, 4)?);
    let (payload, rest) = body.get(PREFIX..)?.split_at_checked(length)?;
    let own = || crc32c::crc32c_append(crc32c::crc32c(payload), &sequence.to_le_bytes());
    if check && own() != crc {
        return None;
    }
    let (keys, event) = Keys::read(payload)?;
    Some((Record { sequence, keys, event }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Id;
    use proptest::prelude::*;

    fn keys() -> impl Strategy<Value = Keys> {
        let ids = any::<(Option<Id>, Option<Id>, Option<Id>, i64)>();
        ids.prop_map(|(subject, activity, recipient, time)| Keys { subject, activity, recipient, time })
    }

    fn sealed(first: u64, events: &[(Vec<u8>, Keys)]) -> (Header, Vec<u8>) {
        let mut batch = Batch::new(first, vec![]);
        for (event, keys) in events {
            batch.push(&Prepared::new(event, keys));
        }
        batch.seal(&[8; 16], 77)
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            first in 0..u64::MAX / 2,
            events in prop::collection::vec((any::<Vec<u8>>(), keys()), 0..20),
        ) {
            let (header, bytes) = sealed(first, &events);
            prop_assert_eq!(bytes.len() as u64 % ALIGN, 0);
            prop_assert_eq!(Header::parse(&bytes, &[8; 16]), Some(header));
            prop_assert_eq!(Header::parse(&bytes, &[9; 16]), None, "of another log");
            let mut rest = &bytes[HEADER..HEADER + header.length as usize];
            for (sequence, (event, keys)) in (first..).zip(&events) {
                let (record, after) = record(rest, sequence, true).unwrap();
                prop_assert_eq!(record, Record { sequence, keys: *keys, event });
                rest = after;
            }
            prop_assert!(rest.is_empty());
        }

        #[test]
        fn a_flipped_bit_is_found(events in prop::collection::vec((any::<Vec<u8>>(), keys()), 1..9), at: usize) {
            let (header, mut bytes) = sealed(5, &events);
            let bit = at % ((HEADER + header.length as usize) * 8);
            bytes[bit / 8] ^= 1_u8 << (bit % 8);
            let body = &bytes[HEADER..HEADER + header.length as usize];
            let found = Header::parse(&bytes, &[8; 16]).is_none() || crc32c::crc32c(body) != header.body;
            prop_assert!(found);
        }

        #[test]
        fn rubbish_is_refused_and_nothing_panics(bytes: Vec<u8>, sequence: u64) {
            prop_assert_eq!(Header::parse(&bytes, &[8; 16]), None);
            prop_assert!(record(&bytes, sequence, true).is_none());
            let _ = record(&bytes, sequence, false);
        }
    }
}
