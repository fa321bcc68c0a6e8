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

use crate::bits::Bits;
use crate::plan::{Comparison, NONE, SetTest};
use crate::single::{Number, member, sets};
use crate::truth::Truth;
use crate::universe::ROW_NONE;
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

    /// Collects the bools of some rows; those of a thing that is not there are false.
    pub(super) fn gather_flags(values: &Bits, known: &Bits, rows: &[u32]) -> Self {
        let (len, values, known) = (known.len() as u32, values.words(), known.words());
        Self::pack(rows.len(), |place| {
            let row = rows[place];
            if row >= len {
                return (false, row == ROW_NONE);
            }
            let (word, bit) = (row as usize / 64, row % 64);
            let (value, known) = (values[word] >> bit & 1 == 1, known[word] >> bit & 1 == 1);
            (known & value, known & !value)
        })
    }

    /// Collects the truths of some rows: `none` for a thing that is not there, `unknown` for one that
    /// is not known.
    pub(super) fn gather(&self, rows: &[u32], none: Truth, unknown: Truth) -> Self {
        let (yes, no, len) = (self.yes.words(), self.no.words(), self.len() as u32);
        let pair = |truth| (truth == Truth::True, truth == Truth::False);
        let (none, unknown) = (pair(none), pair(unknown));
        Self::pack(rows.len(), |place| {
            let row = rows[place];
            if row < len {
                let (word, bit) = (row as usize / 64, row % 64);
                (yes[word] >> bit & 1 == 1, no[word] >> bit & 1 == 1)
            } else if row == ROW_NONE {
                none
            } else {
                unknown
            }
        })
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
    pub values: Vec<i64>,
    pub known: Bits,
}

/// Collects the values of some rows and where they are known: `none` for a thing that is not there.
pub(super) fn gather<T: Copy + Default>(values: &[T], known: &Bits, rows: &[u32], none: T) -> (Vec<T>, Bits) {
    let words = known.words();
    let mut gathered = Vec::with_capacity(rows.len());
    let known = Bits::from_fn(rows.len(), |place| {
        let row = rows[place] as usize;
        let (value, known) = match values.get(row) {
            Some(value) => (*value, words[row / 64] >> (row % 64) & 1 == 1),
            None if rows[place] == ROW_NONE => (none, true),
            None => (T::default(), false),
        };
        gathered.push(value);
        known
    });
    (gathered, known)
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
    Column(&'u [i64], &'u Bits),
    Plain(Rc<Plain>),
    Spans(Rc<Spans>),
}

impl Numbers<'_> {
    pub(super) fn at(&self, row: usize) -> Number {
        match self {
            Self::Constant(n) => Number::Known(*n),
            Self::Spans(spans) => spans.at(row),
            _ => match self.plain() {
                Some((values, known)) if known.get(row) => Number::Known(values[row]),
                _ => Number::Unknown,
            },
        }
    }

    /// Values and where they are known; none for constants and bounds.
    pub(super) fn plain(&self) -> Option<(&[i64], &Bits)> {
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
                (Some(a), Some(b)) => compare_plain(how, a, b, len),
                _ => Truths::from_fn(len, |row| self.at(row).compare(how, other.at(row))),
            },
        }
    }

    fn compare_constant(&self, how: Comparison, c: i64, len: usize) -> Truths {
        use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        if let Self::Spans(spans) = self {
            return compare_spans(how, spans, c, len);
        }
        let Some((values, known)) = self.plain() else { return Truths::constant(len, Truth::Unknown) };
        // None lies below every number that is compared with, so only the tests for "below" must
        // leave it out.
        let holds = match how {
            Equal | NotEqual => mask(values, |v| v == c),
            Less => mask(values, |v| v < c && v != NONE),
            LessOrEqual => mask(values, |v| v <= c && v != NONE),
            Greater => mask(values, |v| v > c),
            GreaterOrEqual => mask(values, |v| v >= c),
        };
        known_where(holds, known, how == NotEqual)
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
        let values = values.iter().map(|n| if *n == NONE { NONE } else { f(*n) }).collect();
        Self::Plain(Rc::new(Plain { values, known: known.clone() }))
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
        Self::Plain(Rc::new(Plain { values, known }))
    }
}

fn combine_columns<'u>(a: (&[i64], &Bits), b: (&[i64], &Bits), f: fn(i64, i64) -> i64) -> Numbers<'u> {
    let ((x, known_x), (y, known_y)) = (a, b);
    let either_none = |(a, b): (&i64, &i64)| *a == NONE || *b == NONE;
    let values = x.iter().zip(y).map(|(a, b)| if either_none((a, b)) { NONE } else { f(*a, *b) }).collect();
    let none = Bits::from_fn(x.len(), |i| either_none((&x[i], &y[i])));
    let known = known_x.and(known_y).or(&none);
    Numbers::Plain(Rc::new(Plain { values, known }))
}

/// The comparison seen from the other side.
fn turn(how: Comparison) -> Comparison {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    match how {
        Equal => Equal,
        NotEqual => NotEqual,
        Less => Greater,
        LessOrEqual => GreaterOrEqual,
        Greater => Less,
        GreaterOrEqual => LessOrEqual,
    }
}

/// One bit a value. Written in whole words, so that the inner loop has a fixed length.
#[inline]
fn mask<T: Copy>(values: &[T], test: impl Fn(T) -> bool) -> Bits {
    let word = |chunk: &[T]| chunk.iter().enumerate().fold(0u64, |w, (i, v)| w | u64::from(test(*v)) << i);
    Bits::from_words(values.chunks(64).map(word).collect(), values.len())
}

fn known_where(holds: Bits, known: &Bits, negated: bool) -> Truths {
    let (yes, no) = (known.and(&holds), known.and_not(&holds));
    if negated { Truths { yes: no, no: yes } } else { Truths { yes, no } }
}

fn compare_plain(how: Comparison, a: (&[i64], &Bits), b: (&[i64], &Bits), len: usize) -> Truths {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    let ((x, known_x), (y, known_y)) = (a, b);
    let both = known_x.and(known_y);
    let holds = match how {
        Greater => return compare_plain(Less, b, a, len),
        GreaterOrEqual => return compare_plain(LessOrEqual, b, a, len),
        Equal | NotEqual => Bits::from_fn(len, |i| x[i] == y[i]),
        Less => Bits::from_fn(len, |i| x[i] < y[i] && x[i] != NONE),
        LessOrEqual => Bits::from_fn(len, |i| x[i] <= y[i] && x[i] != NONE),
    };
    let mut truths = known_where(holds, &both, how == NotEqual);
    if matches!(how, Less | LessOrEqual) {
        // None is neither above nor below anything, even where the other side is unknown.
        let none = Bits::from_fn(len, |i| x[i] == NONE || y[i] == NONE);
        truths.no.merge(&none, |no, none| no | none);
        truths.yes.merge(&none, |yes, none| yes & !none);
    }
    truths
}

fn compare_spans(how: Comparison, spans: &Spans, c: i64, len: usize) -> Truths {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    let (low, high) = (&spans.low, &spans.high);
    match how {
        Equal => Truths::pack(len, |i| (low[i] == c && high[i] == c, high[i] < c || low[i] > c)),
        NotEqual => compare_spans(Equal, spans, c, len).not(),
        Less => Truths::pack(len, |i| (high[i] < c && low[i] != NONE, low[i] >= c || low[i] == NONE)),
        LessOrEqual => Truths::pack(len, |i| (high[i] <= c && low[i] != NONE, low[i] > c || low[i] == NONE)),
        Greater => Truths::pack(len, |i| (low[i] > c, high[i] <= c)),
        GreaterOrEqual => Truths::pack(len, |i| (low[i] >= c, high[i] < c)),
    }
}

/// Sets for all rows.
#[derive(Clone, Debug)]
pub(super) enum Sets<'u> {
    Constant(u128),
    Column(&'u [u128], &'u Bits),
    Gathered(Rc<(Vec<u128>, Bits)>),
    Unknown,
}

impl Sets<'_> {
    fn plain(&self) -> Option<(&[u128], &Bits)> {
        match self {
            Self::Column(values, known) => Some((values, known)),
            Self::Gathered(column) => Some((&column.0, &column.1)),
            _ => None,
        }
    }

    /// Whether an item is in the set.
    pub(super) fn has(&self, item: &Numbers<'_>, len: usize) -> Truths {
        match (item, self, self.plain(), item.plain()) {
            (Numbers::Constant(item), _, Some((sets, known)), _) if *item != NONE => {
                known_where(mask(sets, |set| set >> (item & 127) & 1 == 1), known, false)
            }
            (_, Self::Constant(set), _, Some((items, known))) if *set != 0 => {
                // None is in no set.
                known_where(mask(items, |item| item != NONE && set >> (item & 127) & 1 == 1), known, false)
            }
            _ => Truths::from_fn(len, |row| member(item.at(row), self.at(row))),
        }
    }

    /// Compares with other sets.
    pub(super) fn compare(&self, test: SetTest, other: &Self, len: usize) -> Truths {
        match (self, other, self.plain(), other.plain()) {
            (Self::Constant(a), _, _, Some((sets, known))) if *a != 0 => match test {
                SetTest::Subset => known_where(mask(sets, |set| a & !set == 0), known, false),
                SetTest::Overlap => known_where(mask(sets, |set| a & set != 0), known, false),
                SetTest::Same => known_where(mask(sets, |set| *a == set), known, false),
            },
            (_, Self::Constant(b), Some((sets, known)), _) if *b != 0 => match test {
                SetTest::Subset => known_where(mask(sets, |set| set & !b == 0), known, false),
                SetTest::Overlap => known_where(mask(sets, |set| set & b != 0), known, false),
                SetTest::Same => known_where(mask(sets, |set| set == *b), known, false),
            },
            _ => Truths::from_fn(len, |row| sets(test, self.at(row), other.at(row))),
        }
    }

    /// How many values each set has.
    pub(super) fn sizes(&self, len: usize) -> Plain {
        match self.plain() {
            Some((sets, known)) => {
                let values = sets.iter().map(|set| i64::from(set.count_ones())).collect();
                Plain { values, known: known.clone() }
            }
            None => {
                let values =
                    (0..len).map(|row| self.at(row).map_or(0, |set| i64::from(set.count_ones()))).collect();
                Plain { values, known: Bits::from_fn(len, |row| self.at(row).is_some()) }
            }
        }
    }

    #[inline]
    pub(super) fn at(&self, row: usize) -> Option<u128> {
        match self {
            Self::Constant(set) => Some(*set),
            Self::Column(values, known) => known.get(row).then(|| values[row]),
            Self::Gathered(column) => column.1.get(row).then(|| column.0[row]),
            Self::Unknown => None,
        }
    }
}
