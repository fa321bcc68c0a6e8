//! A row of bits, one a thing.

use serde::{Deserialize, Serialize};
use smallvec::{SmallVec, smallvec};

/// A fixed number of bits, sixty-four to a word; bits beyond the length are always zero. Up to
/// sixty-four of them need no memory of their own: a case is a world of a few things with thousands of
/// facts, of which nearly all are unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bits {
    words: SmallVec<[u64; 1]>,
    len: usize,
}

/// Eight rows of eight bits, turned: bit `i` of byte `j` becomes bit `j` of byte `i`.
#[must_use]
#[inline]
pub(crate) fn transpose8(mut rows: u64) -> u64 {
    for (shift, mask) in
        [(7, 0x00AA_00AA_00AA_00AA), (14, 0x0000_CCCC_0000_CCCC), (28, 0x0000_0000_F0F0_F0F0)]
    {
        let swapped = (rows ^ (rows >> shift)) & mask;
        rows ^= swapped ^ (swapped << shift);
    }
    rows
}

/// The lowest bit of each of sixty-four bytes.
#[must_use]
#[inline]
pub(crate) fn pack64(bytes: &[u8; 64]) -> u64 {
    let eights = bytes.as_chunks::<8>().0.iter().enumerate();
    eights.fold(0, |word, (place, eight)| {
        // Each byte's bit comes to its place in the highest byte of the product.
        let packed = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        word | packed << (8 * place)
    })
}

/// Whether the first so many bits of these words are one.
fn full(mut words: impl Iterator<Item = u64>, len: usize) -> bool {
    let whole = words.by_ref().take(len / 64).all(|word| word == u64::MAX);
    let rest = (1u64 << (len % 64)) - 1;
    whole && words.next().unwrap_or(0) & rest == rest
}

impl Bits {
    /// All zero.
    #[must_use]
    pub fn zeros(len: usize) -> Self {
        Self { words: smallvec![0; len.div_ceil(64)], len }
    }

    /// All one.
    #[must_use]
    pub fn ones(len: usize) -> Self {
        let mut bits = Self { words: smallvec![u64::MAX; len.div_ceil(64)], len };
        bits.trim();
        bits
    }

    /// One bit for each row, as the function says.
    #[must_use]
    pub fn from_fn(len: usize, mut bit: impl FnMut(usize) -> bool) -> Self {
        let mut words = SmallVec::with_capacity(len.div_ceil(64));
        let mut start = 0;
        while start < len {
            let end = (start + 64).min(len);
            let mut word = 0u64;
            for (place, row) in (start..end).enumerate() {
                word |= u64::from(bit(row)) << place;
            }
            words.push(word);
            start = end;
        }
        Self { words, len }
    }

    /// From words; bits beyond the length are dropped, missing words are zero.
    #[must_use]
    pub fn from_words(mut words: Vec<u64>, len: usize) -> Self {
        words.resize(len.div_ceil(64), 0);
        let mut bits = Self { words: SmallVec::from_vec(words), len };
        bits.trim();
        bits
    }

    fn trim(&mut self) {
        let used = self.len % 64;
        if used > 0
            && let Some(last) = self.words.last_mut()
        {
            *last &= (1u64 << used) - 1;
        }
    }

    /// How many bits.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no bits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bit of a row; false beyond the end.
    #[must_use]
    #[inline]
    pub fn get(&self, row: usize) -> bool {
        self.words.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// Sets the bit of a row; beyond the end nothing happens.
    #[inline]
    pub fn set(&mut self, row: usize, value: bool) {
        if row < self.len
            && let Some(word) = self.words.get_mut(row / 64)
        {
            let mask = 1u64 << (row % 64);
            if value { *word |= mask } else { *word &= !mask }
        }
    }

    /// Adds one bit at the end.
    pub fn push(&mut self, value: bool) {
        if self.len.is_multiple_of(64) {
            self.words.push(0);
        }
        self.len += 1;
        self.set(self.len - 1, value);
    }

    /// The words, lowest row first.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// How many bits are one.
    #[must_use]
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether every bit is one.
    #[must_use]
    pub fn is_full(&self) -> bool {
        full(self.words.iter().copied(), self.len)
    }

    /// Whether every bit is one here or in another of the same length.
    #[must_use]
    pub fn is_full_with(&self, other: &Self) -> bool {
        full(self.words.iter().zip(&other.words).map(|(a, b)| a | b), self.len)
    }

    /// Whether some bit is one.
    #[must_use]
    pub fn any(&self) -> bool {
        self.words.iter().any(|word| *word != 0)
    }

    /// The rows whose bit is one, in order.
    pub fn iter_ones(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(index, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                if rest == 0 {
                    return None;
                }
                let place = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                Some(index * 64 + place)
            })
        })
    }

    /// Word by word with another of the same length.
    #[must_use]
    pub fn zip(&self, other: &Self, f: impl Fn(u64, u64) -> u64) -> Self {
        let mut words: SmallVec<_> =
            self.words.iter().zip(other.words.iter()).map(|(a, b)| f(*a, *b)).collect();
        words.resize(self.len.div_ceil(64), 0);
        let mut bits = Self { words, len: self.len };
        bits.trim();
        bits
    }

    /// Changes word by word with another of the same length.
    pub fn merge(&mut self, other: &Self, f: impl Fn(u64, u64) -> u64) {
        for (word, with) in self.words.iter_mut().zip(other.words.iter()) {
            *word = f(*word, *with);
        }
        self.trim();
    }

    /// In both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a & b)
    }

    /// In either.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a | b)
    }

    /// In this and not in the other.
    #[must_use]
    pub fn and_not(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a & !b)
    }

    /// Turned over.
    #[must_use]
    pub fn not(&self) -> Self {
        let mut bits = Self { words: self.words.iter().map(|word| !word).collect(), len: self.len };
        bits.trim();
        bits
    }
}
