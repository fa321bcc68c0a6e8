//! Several rows of bits side by side: a byte for each thing, a bit of it for each row of bits.
//!
//! Where things are reached in another order than they stand in, one look then tells all that is
//! asked of them.

#![expect(clippy::indexing_slicing, reason = "chunks of eight and of sixty-four, cut here")]

use super::values::mask;
use crate::bits::{Bits, pack64, transpose8};
use crate::universe::ROW_NONE;

/// So many rows of bits lie side by side.
pub(super) const LANES: usize = 8;
/// Where fewer than one in so many things is looked at, the bits are looked at where they stand.
const SPARSE: usize = 8;
/// No more than so many rows of bits are looked at where they stand, since they are near at hand.
const FEW: usize = 2;
/// Up to so many lanes are cheaper taken one by one than all at once.
const SINGLY: usize = 3;

/// A byte for each of sixty-four things, a bit of it for each of the words in use.
#[inline]
pub(super) fn spread(words: &[u64; LANES], used: usize) -> [u8; 64] {
    let mut bytes = [0u8; 64];
    for (place, eight) in bytes.as_chunks_mut::<8>().0.iter_mut().enumerate() {
        let mut lanes = [0u8; LANES];
        for (lane, word) in lanes.iter_mut().zip(words).take(used) {
            *lane = (word >> (8 * place)) as u8;
        }
        *eight = transpose8(u64::from_le_bytes(lanes)).to_le_bytes();
    }
    bytes
}

/// A word for each lane, from the bytes of sixty-four things.
#[inline]
fn gathered(bytes: &[u8; 64]) -> [u64; LANES] {
    let mut words = [0u64; LANES];
    for (place, eight) in bytes.as_chunks::<8>().0.iter().enumerate() {
        for (word, byte) in words.iter_mut().zip(transpose8(u64::from_le_bytes(*eight)).to_le_bytes()) {
            *word |= u64::from(byte) << (8 * place);
        }
    }
    words
}

/// The word of one lane, from the bytes of sixty-four things.
#[inline]
fn single(bytes: &[u8; 64], lane: usize) -> u64 {
    pack64(&bytes.map(|byte| byte >> lane & 1))
}

/// The words of the lanes at a place.
#[inline]
pub(super) fn words_at(lanes: &[&Bits], place: usize) -> [u64; LANES] {
    std::array::from_fn(|lane| lanes.get(lane).map_or(0, |bits| bits.words()[place]))
}

/// Collects one row of bits.
fn gather_one(bits: &Bits, rows: &[u32], none: bool, unknown: bool) -> Bits {
    let (words, len) = (bits.words(), bits.len());
    // Bits beyond the length are zero.
    let look = move |row: u32| words.get(row as usize / 64).is_some_and(|word| word >> (row % 64) & 1 == 1);
    if !(none || unknown) || all_below(rows, len) {
        return mask(rows, look);
    }
    mask(rows, move |row| match row {
        row if (row as usize) < len => look(row),
        ROW_NONE => none,
        _ => unknown,
    })
}

/// Whether all rows are rows of a table of so many.
pub(super) fn all_below(rows: &[u32], len: usize) -> bool {
    // A comparison and an "or" are one step each for several rows at once; a maximum is not.
    u32::try_from(len).is_err()
        || rows.iter().fold(0, |beyond, row| beyond | u32::from(*row >= len as u32)) == 0
}

/// A byte for each thing.
pub(super) fn table(lanes: &[&Bits]) -> Vec<u8> {
    let len = lanes.first().map_or(0, |bits| bits.len());
    let mut bytes = Vec::with_capacity(len.next_multiple_of(64));
    for place in 0..len.div_ceil(64) {
        bytes.extend(spread(&words_at(lanes, place), lanes.len()));
    }
    bytes.truncate(len);
    bytes
}

/// A row of bits for each of the first lanes, from a byte for each of so many things.
pub(super) fn collect(len: usize, used: usize, mut bytes: impl FnMut(usize, &mut [u8])) -> Vec<Bits> {
    let mut words: Vec<Vec<u64>> = (0..used).map(|_| Vec::with_capacity(len.div_ceil(64))).collect();
    for first in (0..len).step_by(64) {
        let mut chunk = [0u8; 64];
        bytes(first, &mut chunk[..(len - first).min(64)]);
        if used <= SINGLY {
            words.iter_mut().enumerate().for_each(|(lane, words)| words.push(single(&chunk, lane)));
        } else {
            words.iter_mut().zip(gathered(&chunk)).for_each(|(words, word)| words.push(word));
        }
    }
    words.into_iter().map(|words| Bits::from_words(words, len)).collect()
}

/// Collects at most eight rows of bits for some things, in their order; a bit each of `none` for a
/// thing that is not there, of `unknown` for one that is not known.
pub(super) fn gather(lanes: &[&Bits], rows: &[u32], none: u8, unknown: u8) -> Vec<Bits> {
    let len = lanes.first().map_or(0, |bits| bits.len());
    let elsewhere = |row: u32| if row == ROW_NONE { none } else { unknown };
    if lanes.len() <= FEW {
        let gather = |(lane, bits): (usize, &&Bits)| {
            let (none, unknown) = (none >> lane & 1 == 1, unknown >> lane & 1 == 1);
            gather_one(bits, rows, none, unknown)
        };
        return lanes.iter().enumerate().map(gather).collect();
    }
    if rows.len() * SPARSE < len {
        let at = |row: u32| {
            let bits = lanes.iter().enumerate();
            bits.fold(0, |all, (lane, bits)| all | u8::from(bits.get(row as usize)) << lane)
        };
        let look = |row: u32| if (row as usize) < len { at(row) } else { elsewhere(row) };
        return collect(rows.len(), lanes.len(), |first, bytes| {
            bytes.iter_mut().zip(&rows[first..]).for_each(|(byte, row)| *byte = look(*row));
        });
    }
    let table = table(lanes);
    collect(rows.len(), lanes.len(), |first, bytes| {
        for (byte, row) in bytes.iter_mut().zip(&rows[first..]) {
            *byte = table.get(*row as usize).copied().unwrap_or_else(|| elsewhere(*row));
        }
    })
}
