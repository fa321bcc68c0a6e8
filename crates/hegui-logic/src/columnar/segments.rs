//! Quantifiers and counts as reductions over segments: the pairs of one thing and its members lie side
//! by side, and what their bodies came to is drawn together into one truth, or one number within
//! bounds, by words of sixty-four pairs.

#![expect(clippy::indexing_slicing, reason = "segments lie inside the pairs that they were made with")]

use super::values::{Numbers, Plain, Spans, Truths};
use crate::bits::Bits;
use crate::plan::Quantity;
use crate::single::{count, quantify};
use crate::universe::NumberColumn;
use std::rc::Rc;

/// Where each thing's pairs lie, and whether they are all.
pub(super) struct Segments<'a> {
    /// Where each segment begins; one more than there are segments.
    pub offsets: &'a [u32],
    /// Whether somebody said that these are all.
    pub closed: &'a Bits,
}

impl Segments<'_> {
    pub(super) fn len(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    fn range(&self, index: usize) -> (usize, usize) {
        (self.offsets[index] as usize, self.offsets[index + 1] as usize)
    }

    /// What a quantifier comes to for each segment; one truth of the body for each pair.
    pub(super) fn reduce(&self, how: Quantity, body: &Truths) -> Truths {
        let (yes, no) = (body.yes.words(), body.no.words());
        match how {
            Quantity::All => Truths::pack(self.len(), |index| {
                let (from, to) = self.range(index);
                (self.closed.get(index) && all(yes, from, to), any(no, from, to))
            }),
            Quantity::Some => Truths::pack(self.len(), |index| {
                let (from, to) = self.range(index);
                (any(yes, from, to), self.closed.get(index) && all(no, from, to))
            }),
            Quantity::One => Truths::from_fn(self.len(), |index| {
                let (from, to) = self.range(index);
                let (yes, no) = (ones(yes, from, to), ones(no, from, to));
                quantify(how, yes, (to - from - yes - no, no), !self.closed.get(index))
            }),
        }
    }

    /// How many pairs of each segment satisfy the body.
    pub(super) fn count(&self, body: &Truths) -> Spans {
        let (yes, no) = (body.yes.words(), body.no.words());
        Spans::from_fn(self.len(), |index| {
            let (from, to) = self.range(index);
            let (yes, no) = (ones(yes, from, to), ones(no, from, to));
            count(yes, to - from - yes - no, !self.closed.get(index))
        })
    }

    /// As [`Segments::count`], as plain numbers where all are known.
    pub(super) fn counts<'u>(&self, body: &Truths) -> Numbers<'u> {
        if !self.all_closed() || !body.all_known() {
            return Numbers::Spans(Rc::new(self.count(body)));
        }
        let yes = body.yes.words();
        self.plain(|index| {
            let (from, to) = self.range(index);
            ones(yes, from, to) as i32
        })
    }

    /// Every segment's length, for a body that always holds.
    pub(super) fn lengths<'u>(&self) -> Numbers<'u> {
        let length = |index| {
            let (from, to) = self.range(index);
            to - from
        };
        if self.all_closed() {
            return self.plain(|index| length(index) as i32);
        }
        let bounds = |index| count(length(index), 0, !self.closed.get(index));
        Numbers::Spans(Rc::new(Spans::from_fn(self.len(), bounds)))
    }

    fn all_closed(&self) -> bool {
        self.closed.is_full()
    }

    fn plain<'u>(&self, number: impl Fn(usize) -> i32) -> Numbers<'u> {
        let values = NumberColumn::Halves((0..self.len()).map(number).collect());
        Numbers::Plain(Rc::new(Plain { values, known: Bits::ones(self.len()) }))
    }
}

/// The bits of a word that lie in a range, for the range's first and last word.
#[inline]
fn ends(from: usize, to: usize) -> (u64, u64) {
    (u64::MAX << (from % 64), u64::MAX >> (63 - (to - 1) % 64))
}

/// Whether a bit of a range is one.
#[inline]
fn any(words: &[u64], from: usize, to: usize) -> bool {
    if from >= to {
        return false;
    }
    let (first, last) = (from / 64, (to - 1) / 64);
    let (head, tail) = ends(from, to);
    if first == last {
        return words[first] & head & tail != 0;
    }
    words[first] & head != 0 || words[first + 1..last].iter().any(|w| *w != 0) || words[last] & tail != 0
}

/// Whether every bit of a range is one.
#[inline]
fn all(words: &[u64], from: usize, to: usize) -> bool {
    if from >= to {
        return true;
    }
    let (first, last) = (from / 64, (to - 1) / 64);
    let (head, tail) = ends(from, to);
    if first == last {
        return !words[first] & head & tail == 0;
    }
    !words[first] & head == 0
        && words[first + 1..last].iter().all(|w| *w == u64::MAX)
        && !words[last] & tail == 0
}

/// How many bits of a range are one.
#[inline]
fn ones(words: &[u64], from: usize, to: usize) -> usize {
    if from >= to {
        return 0;
    }
    let (first, last) = (from / 64, (to - 1) / 64);
    let (head, tail) = ends(from, to);
    let count = |word: u64| word.count_ones() as usize;
    if first == last {
        return count(words[first] & head & tail);
    }
    let middle: usize = words[first + 1..last].iter().map(|w| count(*w)).sum();
    count(words[first] & head) + middle + count(words[last] & tail)
}
