//! Quantifiers and counts as reductions over segments: the members of one thing lie side by side,
//! and what their bodies came to is drawn together into one truth, or one number within bounds.

use super::values::{Spans, Truths};
use crate::bits::Bits;
use crate::plan::Quantity;
use crate::single::{count, quantify};
use crate::truth::Truth;
use crate::universe::Members;
use std::ops::Range;

/// Where each segment's pairs lie, whether more may come, and where a pair's body stands.
pub(super) trait Segments {
    /// How many segments.
    fn len(&self) -> usize;
    /// The pairs of a segment, and whether they are all.
    fn segment(&self, index: usize) -> (Range<usize>, bool);
    /// The row of the body's truths for a pair.
    fn place(&self, pair: usize) -> usize;
}

/// A relation for a whole table, its body worked out for the whole table of members.
pub(super) struct WholeRelation<'a> {
    pub rows: usize,
    pub members: &'a Members,
}

impl Segments for WholeRelation<'_> {
    fn len(&self) -> usize {
        self.rows
    }

    #[inline]
    fn segment(&self, index: usize) -> (Range<usize>, bool) {
        let range = match (self.members.offsets.get(index), self.members.offsets.get(index + 1)) {
            (Some(from), Some(to)) => *from as usize..*to as usize,
            _ => 0..0,
        };
        (range, self.members.closed.get(index))
    }

    #[inline]
    fn place(&self, pair: usize) -> usize {
        self.members.targets.get(pair).map_or(usize::MAX, |row| *row as usize)
    }
}

/// Pairs of a frame of their own, one body each.
#[derive(Default)]
pub(super) struct Pairs {
    /// For each pair, the row of the outer frame.
    pub outer: Vec<u32>,
    /// For each pair, the member.
    pub members: Vec<u32>,
    /// Where each outer row's pairs end.
    pub ends: Vec<usize>,
    /// Whether each outer row's pairs are all.
    pub closed: Bits,
}

impl Segments for Pairs {
    fn len(&self) -> usize {
        self.ends.len()
    }

    #[inline]
    fn segment(&self, index: usize) -> (Range<usize>, bool) {
        let from = index.checked_sub(1).and_then(|i| self.ends.get(i)).copied().unwrap_or(0);
        let to = self.ends.get(index).copied().unwrap_or(from);
        (from..to, self.closed.get(index))
    }

    #[inline]
    fn place(&self, pair: usize) -> usize {
        pair
    }
}

/// What a quantifier comes to for each segment.
pub(super) fn reduce(how: Quantity, segments: &impl Segments, body: &Truths) -> Truths {
    let (yes, no) = (&body.yes, &body.no);
    match how {
        Quantity::All => Truths::pack(segments.len(), |index| {
            let (range, closed) = segments.segment(index);
            let (mut holds, mut fails) = (true, false);
            for place in range.map(|pair| segments.place(pair)) {
                holds &= yes.get(place);
                fails |= no.get(place);
            }
            (closed && holds, fails)
        }),
        Quantity::Some => Truths::pack(segments.len(), |index| {
            let (range, closed) = segments.segment(index);
            let (mut holds, mut fails) = (false, true);
            for place in range.map(|pair| segments.place(pair)) {
                holds |= yes.get(place);
                fails &= no.get(place);
            }
            (holds, closed && fails)
        }),
        Quantity::One => Truths::from_fn(segments.len(), |index| {
            let (yes, maybe, no, closed) = tally(segments, index, body);
            quantify(how, yes, (maybe, no), !closed)
        }),
    }
}

/// How many members satisfy the body, for each segment.
pub(super) fn count_each(segments: &impl Segments, body: &Truths) -> Spans {
    Spans::from_fn(segments.len(), |index| {
        let (yes, maybe, _, closed) = tally(segments, index, body);
        count(yes, maybe, !closed)
    })
}

/// Every segment's length, for a body that always holds.
pub(super) fn lengths(segments: &impl Segments) -> Spans {
    Spans::from_fn(segments.len(), |index| {
        let (range, closed) = segments.segment(index);
        count(range.len(), 0, !closed)
    })
}

fn tally(segments: &impl Segments, index: usize, body: &Truths) -> (usize, usize, usize, bool) {
    let (range, closed) = segments.segment(index);
    let total = range.len();
    let (mut yes, mut no) = (0, 0);
    for place in range.map(|pair| segments.place(pair)) {
        match body.get(place) {
            Truth::True => yes += 1,
            Truth::False => no += 1,
            Truth::Unknown => {}
        }
    }
    (yes, total - yes - no, no, closed)
}
