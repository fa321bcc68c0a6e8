//! What the index is made of: a key of an event and the event's sequence, in 25 bytes whose order is theirs.

use crate::keys::{Id, Keys};
use std::cmp::Ordering;

/// A kind (1), a key (16), a sequence (8), big-endian.
pub(crate) type Entry = [u8; LENGTH];
pub(crate) const LENGTH: usize = 25;

/// What events are looked for by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// Whose data it is about.
    Subject(Id),
    /// The processing activity.
    Activity(Id),
    /// Who receives the data.
    Recipient(Id),
    /// When it happened, in milliseconds since 1970.
    Time(i64),
}

/// The entry of a key and a sequence.
pub(crate) fn entry(key: Key, sequence: u64) -> Entry {
    let (kind, id) = match key {
        Key::Subject(id) => (0, id),
        Key::Activity(id) => (1, id),
        Key::Recipient(id) => (2, id),
        // The sign turned, so that earlier is smaller.
        Key::Time(time) => (3, (u128::from(time.cast_unsigned() ^ (1 << 63)) << 64).to_be_bytes()),
    };
    let mut entry = [kind; LENGTH];
    for (to, from) in entry.iter_mut().skip(1).zip(id.iter().chain(&sequence.to_be_bytes())) {
        *to = *from;
    }
    entry
}

/// The sequence of an entry.
pub(crate) fn sequence(entry: &Entry) -> u64 {
    entry.last_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

/// The time of an entry by time.
pub(crate) fn time(entry: &Entry) -> i64 {
    let bytes = entry.get(1..).and_then(|bytes| bytes.first_chunk::<8>());
    bytes.map_or(0, |bytes| (u64::from_be_bytes(*bytes) ^ (1 << 63)).cast_signed())
}

/// The entries of an event.
pub(crate) fn entries(keys: &Keys, sequence: u64) -> impl Iterator<Item = Entry> + use<> {
    let keys = [
        keys.subject.map(Key::Subject),
        keys.activity.map(Key::Activity),
        keys.recipient.map(Key::Recipient),
        Some(Key::Time(keys.time)),
    ];
    keys.into_iter().flatten().map(move |key| entry(key, sequence))
}

/// Two sorted lists as one.
pub(crate) fn merged(a: &[Entry], b: &[Entry]) -> Vec<Entry> {
    let mut out = Vec::with_capacity(a.len() + b.len());
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        match x.cmp(y) {
            Ordering::Less | Ordering::Equal => out.extend(a.next()),
            Ordering::Greater => out.extend(b.next()),
        }
    }
    out.extend(a);
    out.extend(b);
    out
}

/// The part of a sorted list from one entry to another, both included.
pub(crate) fn range<'a>(sorted: &'a [Entry], from: &Entry, to: &Entry) -> &'a [Entry] {
    let begin = sorted.partition_point(|entry| entry < from);
    let end = sorted.partition_point(|entry| entry <= to);
    sorted.get(begin..end).unwrap_or_default()
}
