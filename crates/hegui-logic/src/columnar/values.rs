//! What a node yields for all rows of a frame, and the loops over it.
//!
//! A fact read from the thing under evaluation is borrowed from the universe as it stands; only what
//! was reached over references is copied. Numbers known within bounds (counts of open lists, and
//! choices between two numbers) take a form of their own, so that all others are compared in one
//! tight loop.

#![expect(
    clippy::indexing_slicing,
    reason = "columns of one frame have its length; rows are checked where they come from"
)]

use super::compare::{compare_plain, compare_spans, holds_constant, turn};
use super::lanes;
use crate::bits::{Bits, pack64};
use crate::plan::{Comparison, NONE};
use crate::single::Number;
use crate::truth::Truth;
use crate::universe::{Lane, NumberColumn, ROW_NONE, in_width};
use std::rc::Rc;

/// Whether something holds, for every row: where neither bit is set it is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Truths {
    /// Where it holds.
    pub yes: Bits,
    /// Where it does not hold.
    pub no: Bits,
}

impl Truths {
    /// The same everywhere.
    #[must_use]
    pub fn constant(len: usize, truth: Truth) -> Self {
        let bits = |on| if on { Bits::ones(len) } else { Bits::zeros(len) };
        Self { yes: bits(truth == Truth::True), no: bits(truth == Truth::False) }
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.yes.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.yes.is_empty()
    }

    /// The truth of one row; unknown beyond the end.
    #[must_use]
    #[inline]
    pub fn get(&self, row: usize) -> Truth {
        match (self.yes.get(row), self.no.get(row)) {
            (true, _) => Truth::True,
            (_, true) => Truth::False,
            _ => Truth::Unknown,
        }
    }

    /// Changes the truth of one row.
    pub(super) fn set(&mut self, row: usize, truth: Truth) {
        self.yes.set(row, truth == Truth::True);
        self.no.set(row, truth == Truth::False);
    }

    /// Whether no row is unknown.
    pub(super) fn all_known(&self) -> bool {
        self.yes.is_full_with(&self.no)
    }

    /// One truth for each row, as the function says.
    pub(super) fn from_fn(len: usize, mut truth: impl FnMut(usize) -> Truth) -> Self {
        Self::pack(len, |row| match truth(row) {
            Truth::True => (true, false),
            Truth::False => (false, true),
            Truth::Unknown => (false, false),
        })
    }

    /// Like [`Truths::from_fn`], with whether it holds and whether it does not.
    #[inline]
    pub(super) fn pack(len: usize, mut pair: impl FnMut(usize) -> (bool, bool)) -> Self {
        let mut yes = Vec::with_capacity(len.div_ceil(64));
        let mut no = Vec::with_capacity(len.div_ceil(64));
        let mut start = 0;
        while start < len {
            let end = (start + 64).min(len);
            let (mut y, mut n) = (0u64, 0u64);
            for row in start..end {
                let (is, is_not) = pair(row);
                y |= u64::from(is) << (row - start);
                n |= u64::from(is_not) << (row - start);
            }
            yes.push(y);
            no.push(n);
            start = end;
        }
        Self { yes: Bits::from_words(yes, len), no: Bits::from_words(no, len) }
    }

    /// Bools where they are known.
    pub(super) fn of_flags(values: &Bits, known: &Bits) -> Self {
        Self { yes: known.and(values), no: known.and_not(values) }
    }

    /// Bools of some rows where they are known; those of a thing that is not there are false.
    pub(super) fn gather_flags(values: &Bits, known: &Bits, rows: &[u32]) -> Self {
        let gathered = lanes::gather(&[values, known], rows, 0b10, 0);
        match gathered.as_slice() {
            [values, known] => Self::of_flags(values, known),
            _ => Self::constant(rows.len(), Truth::Unknown),
        }
    }

    /// Collects the truths of some rows: `none` for a thing that is not there, `unknown` for one that
    /// is not known.
    pub(super) fn gather(&self, rows: &[u32], none: Truth, unknown: Truth) -> Self {
        if self.all_known() && lanes::all_below(rows, self.len()) {
            let yes = lanes::gather(&[&self.yes], rows, 0, 0).pop().unwrap_or_default();
            return Self { no: yes.not(), yes };
        }
        let pair = |truth| u8::from(truth == Truth::True) | u8::from(truth == Truth::False) << 1;
        let (none, unknown) = (pair(none), pair(unknown));
        let mut gathered = lanes::gather(&[&self.yes, &self.no], rows, none, unknown).into_iter();
        Self { yes: gathered.next().unwrap_or_default(), no: gathered.next().unwrap_or_default() }
    }

    pub(super) fn not(&self) -> Self {
        Self { yes: self.no.clone(), no: self.yes.clone() }
    }

    pub(super) fn and_with(&mut self, other: &Self) {
        self.yes.merge(&other.yes, |a, b| a & b);
        self.no.merge(&other.no, |a, b| a | b);
    }

    pub(super) fn or_with(&mut self, other: &Self) {
        self.yes.merge(&other.yes, |a, b| a | b);
        self.no.merge(&other.no, |a, b| a & b);
    }

    pub(super) fn alike(&self, other: &Self) -> Self {
        let both = |a: &Bits, b: &Bits, c: &Bits, d: &Bits| a.and(b).or(&c.and(d));
        Self {
            yes: both(&self.yes, &other.yes, &self.no, &other.no),
            no: both(&self.yes, &other.no, &self.no, &other.yes),
        }
    }

    /// Where the condition (this) is unknown, what both branches agree on.
    pub(super) fn choose(&self, then: &Self, other: &Self) -> Self {
        let pick = |a: &Bits, b: &Bits| a.and(b).or(&self.yes.and(a)).or(&self.no.and(b));
        Self { yes: pick(&then.yes, &other.yes), no: pick(&then.no, &other.no) }
    }
}

/// Numbers and where they are known: anything but [`NONE`] where unknown, [`NONE`] where there is none.
#[derive(Clone, Debug)]
pub(super) struct Plain {
    pub values: NumberColumn,
    pub known: Bits,
}

/// Collects the numbers of some rows and where they are known; of a thing that is not there they are
/// none.
pub(super) fn gather(values: &NumberColumn, known: &Bits, rows: &[u32]) -> Plain {
    // Counting pays only where many are looked at.
    let everywhere = rows.len() >= known.len() / 8 && known.is_full();
    let known = (!everywhere).then_some(known);
    let gathered = match values {
        NumberColumn::Bytes(values) => gather_lane(values, known, rows, NumberColumn::Bytes),
        NumberColumn::Halves(values) => gather_lane(values, known, rows, NumberColumn::Halves),
        NumberColumn::Wholes(values) => gather_lane(values, known, rows, NumberColumn::Wholes),
    };
    Plain { values: gathered.0, known: gathered.1 }
}

/// As [`gather`], in one width; `known` is none where all are.
fn gather_lane<T: Lane>(
    values: &[T],
    known: Option<&Bits>,
    rows: &[u32],
    column: impl Fn(Vec<T>) -> NumberColumn,
) -> (NumberColumn, Bits) {
    let mut gathered = Vec::with_capacity(rows.len());
    let mut all_there = true;
    gathered.extend(rows.iter().map(|row| match values.get(*row as usize) {
        Some(found) => *found,
        None => {
            all_there = false;
            if *row == ROW_NONE { T::NONE } else { T::default() }
        }
    }));
    let known = match known {
        None if all_there => Bits::ones(rows.len()),
        _ => mask(rows, |row| {
            let there = (row as usize) < values.len();
            row == ROW_NONE || there && known.is_none_or(|known| known.get(row as usize))
        }),
    };
    (column(gathered), known)
}

/// Numbers within bounds: `low == high` where known, [`UNBOUNDED`] where unknown, [`NONE`] twice
/// where there is none.
#[derive(Clone, Debug)]
pub(super) struct Spans {
    pub low: Vec<i64>,
    pub high: Vec<i64>,
}

/// The bounds of a number of which nothing is known; every comparison with it comes out unknown by
/// the same rules as for known bounds.
pub(super) const UNBOUNDED: (i64, i64) = (i64::MIN + 1, i64::MAX);

impl Spans {
    pub(super) fn from_fn(len: usize, mut number: impl FnMut(usize) -> Number) -> Self {
        let mut spans = Self { low: Vec::with_capacity(len), high: Vec::with_capacity(len) };
        for row in 0..len {
            let (low, high) = match number(row) {
                Number::Known(n) => (n, n),
                Number::Between(low, high) => (low, high),
                Number::Unknown => UNBOUNDED,
            };
            spans.low.push(low);
            spans.high.push(high);
        }
        spans
    }

    fn at(&self, row: usize) -> Number {
        match (self.low[row], self.high[row]) {
            UNBOUNDED => Number::Unknown,
            (low, high) => Number::between(low, high),
        }
    }
}

/// Numbers for all rows.
#[derive(Clone, Debug)]
pub(super) enum Numbers<'u> {
    Constant(i64),
    Column(&'u NumberColumn, &'u Bits),
    Plain(Rc<Plain>),
    Spans(Rc<Spans>),
}

impl Numbers<'_> {
    /// The same in every row.
    pub(super) fn constant(number: Number, len: usize) -> Self {
        match number {
            Number::Known(number) => Self::Constant(number),
            other => Self::Spans(Rc::new(Spans::from_fn(len, |_| other))),
        }
    }

    pub(super) fn at(&self, row: usize) -> Number {
        match self {
            Self::Constant(n) => Number::Known(*n),
            Self::Spans(spans) => spans.at(row),
            _ => match self.plain() {
                Some((values, known)) if known.get(row) => {
                    values.get(row).map_or(Number::Unknown, Number::Known)
                }
                _ => Number::Unknown,
            },
        }
    }

    /// Values and where they are known; none for constants and bounds.
    pub(super) fn plain(&self) -> Option<(&NumberColumn, &Bits)> {
        match self {
            Self::Column(values, known) => Some((values, known)),
            Self::Plain(plain) => Some((&plain.values, &plain.known)),
            _ => None,
        }
    }

    pub(super) fn compare(&self, how: Comparison, other: &Self, len: usize) -> Truths {
        match (self, other) {
            (Self::Constant(a), Self::Constant(b)) => {
                Truths::constant(len, Number::Known(*a).compare(how, Number::Known(*b)))
            }
            (_, Self::Constant(c)) if *c != NONE => self.compare_constant(how, *c, len),
            (Self::Constant(c), _) if *c != NONE => other.compare_constant(turn(how), *c, len),
            _ => match (self.plain(), other.plain()) {
                (Some(a), Some(b)) => compare_plain(how, a, b),
                _ => Truths::from_fn(len, |row| self.at(row).compare(how, other.at(row))),
            },
        }
    }

    fn compare_constant(&self, how: Comparison, c: i64, len: usize) -> Truths {
        if let Self::Spans(spans) = self {
            return compare_spans(how, spans, c, len);
        }
        let Some((values, known)) = self.plain() else { return Truths::constant(len, Truth::Unknown) };
        let holds = in_width!(values, values => holds_constant(how, values, c));
        known_where(holds, known, how == Comparison::NotEqual)
    }

    /// A sum, difference or product.
    pub(super) fn combine(&self, other: &Self, len: usize, f: fn(i64, i64) -> i64) -> Self {
        if matches!(self, Self::Spans(_)) || matches!(other, Self::Spans(_)) {
            return Self::Spans(Rc::new(Spans::from_fn(len, |row| self.at(row).combine(other.at(row), f))));
        }
        match (self, other) {
            (Self::Constant(a), Self::Constant(b)) if *a != NONE && *b != NONE => Self::Constant(f(*a, *b)),
            (_, Self::Constant(c)) if *c != NONE => self.with_constant(|n| f(n, *c)),
            (Self::Constant(c), _) if *c != NONE => other.with_constant(|n| f(*c, n)),
            _ => match (self.plain(), other.plain()) {
                (Some(a), Some(b)) => combine_columns(a, b, f),
                _ => self.combine_plain(other, len, |a, b| Some(f(a, b))),
            },
        }
    }

    /// Numbers that are not known come out as something; their bit says so.
    #[inline]
    fn with_constant(&self, f: impl Fn(i64) -> i64) -> Self {
        let Some((values, known)) = self.plain() else { return self.clone() };
        let number = |n: i64| if n == NONE { NONE } else { f(n) };
        let values = in_width!(values, values => values.iter().map(|n| number(n.wide())).collect());
        Self::Plain(Rc::new(Plain { values: NumberColumn::Wholes(values), known: known.clone() }))
    }

    /// Row by row where both are known; none stays none. Bounds count as unknown.
    pub(super) fn combine_plain(
        &self,
        other: &Self,
        len: usize,
        f: impl Fn(i64, i64) -> Option<i64>,
    ) -> Self {
        let mut values = Vec::with_capacity(len);
        let known = Bits::from_fn(len, |row| {
            let value = match (self.at(row), other.at(row)) {
                (Number::Known(NONE), _) | (_, Number::Known(NONE)) => Some(NONE),
                (Number::Known(a), Number::Known(b)) => f(a, b),
                _ => None,
            };
            values.push(value.unwrap_or(0));
            value.is_some()
        });
        Self::Plain(Rc::new(Plain { values: NumberColumn::Wholes(values), known }))
    }
}

fn combine_columns<'u>(
    a: (&NumberColumn, &Bits),
    b: (&NumberColumn, &Bits),
    f: fn(i64, i64) -> i64,
) -> Numbers<'u> {
    let ((x, known_x), (y, known_y)) = (a, b);
    let (x, y) = (x.wide(), y.wide());
    let both = |(a, b): (&i64, &i64)| if *a == NONE || *b == NONE { NONE } else { f(*a, *b) };
    let values = x.iter().zip(&*y).map(both).collect();
    let none = mask_pairs(&x, &y, |x, y| (x == NONE) | (y == NONE));
    let known = known_x.and(known_y).or(&none);
    Numbers::Plain(Rc::new(Plain { values: NumberColumn::Wholes(values), known }))
}

/// One bit a value. Sixty-four at a time are tested without a branch, so that the compiler takes
/// several in one step.
#[inline]
pub(super) fn mask<T: Copy>(values: &[T], test: impl Fn(T) -> bool) -> Bits {
    let (blocks, rest) = values.as_chunks::<64>();
    let word = |block: &[T; 64]| pack64(&std::array::from_fn(|place| u8::from(test(block[place]))));
    let mut words = Vec::with_capacity(values.len().div_ceil(64));
    words.extend(blocks.iter().map(word));
    words.extend(last_word(rest.iter().map(|value| test(*value))));
    Bits::from_words(words, values.len())
}

/// One bit a pair of values; both are as long.
#[inline]
pub(super) fn mask_pairs<A: Copy, B: Copy>(a: &[A], b: &[B], test: impl Fn(A, B) -> bool) -> Bits {
    let ((x, rest_x), (y, rest_y)) = (a.as_chunks::<64>(), b.as_chunks::<64>());
    let word = |(x, y): (&[A; 64], &[B; 64])| {
        pack64(&std::array::from_fn(|place| u8::from(test(x[place], y[place]))))
    };
    let mut words = Vec::with_capacity(a.len().div_ceil(64));
    words.extend(x.iter().zip(y).map(word));
    words.extend(last_word(rest_x.iter().zip(rest_y).map(|(x, y)| test(*x, *y))));
    Bits::from_words(words, a.len())
}

/// A word of fewer than sixty-four bits, if there are any.
fn last_word(bits: impl ExactSizeIterator<Item = bool>) -> Option<u64> {
    let some = bits.len() > 0;
    let word = bits.enumerate().fold(0, |word, (place, bit)| word | u64::from(bit) << place);
    some.then_some(word)
}

pub(super) fn known_where(holds: Bits, known: &Bits, negated: bool) -> Truths {
    let (yes, no) = (known.and(&holds), known.and_not(&holds));
    if negated { Truths { yes: no, no: yes } } else { Truths { yes, no } }
}
