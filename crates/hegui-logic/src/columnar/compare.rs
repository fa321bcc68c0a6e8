//! Comparisons of numbers for all rows, in one loop without a branch for each width.

#![expect(clippy::indexing_slicing, reason = "bounds of one frame have its length")]

use super::values::{Spans, Truths, known_where, mask, mask_pairs};
use crate::bits::Bits;
use crate::plan::{Comparison, NONE};
use crate::universe::{Lane, NumberColumn};

/// The comparison seen from the other side.
pub(super) fn turn(how: Comparison) -> Comparison {
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

/// Where numbers of one width compare so with another number (for what is not equal, where they are);
/// none compares with nothing.
pub(super) fn holds_constant<T: Lane>(how: Comparison, values: &[T], c: i64) -> Bits {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    // None lies below every number that is compared with, so only the tests for "below" must leave it
    // out. A number too great or too small for the width lies beyond all of them.
    match (how, T::narrow(c)) {
        (Equal | NotEqual, Some(c)) => mask(values, move |v| v == c),
        (Less, Some(c)) => mask(values, move |v| (v < c) & (v != T::NONE)),
        (LessOrEqual, Some(c)) => mask(values, move |v| (v <= c) & (v != T::NONE)),
        (Greater, Some(c)) => mask(values, move |v| v > c),
        (GreaterOrEqual, Some(c)) => mask(values, move |v| v >= c),
        (Less | LessOrEqual, None) if c > 0 => mask(values, |v| v != T::NONE),
        (Greater | GreaterOrEqual, None) if c < 0 => mask(values, |v| v != T::NONE),
        (_, None) => Bits::zeros(values.len()),
    }
}

pub(super) fn compare_plain(how: Comparison, a: (&NumberColumn, &Bits), b: (&NumberColumn, &Bits)) -> Truths {
    use NumberColumn::{Bytes, Halves, Wholes};
    match (a.0, b.0) {
        (Bytes(x), Bytes(y)) => compare_lanes(how, (x, a.1), (y, b.1)),
        (Halves(x), Halves(y)) => compare_lanes(how, (x, a.1), (y, b.1)),
        (Wholes(x), Wholes(y)) => compare_lanes(how, (x, a.1), (y, b.1)),
        (x, y) => compare_lanes(how, (&x.wide(), a.1), (&y.wide(), b.1)),
    }
}

fn compare_lanes<T: Lane>(how: Comparison, a: (&[T], &Bits), b: (&[T], &Bits)) -> Truths {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    let ((x, known_x), (y, known_y)) = (a, b);
    let both = known_x.and(known_y);
    let holds = match how {
        Greater => return compare_lanes(Less, b, a),
        GreaterOrEqual => return compare_lanes(LessOrEqual, b, a),
        Equal | NotEqual => mask_pairs(x, y, |x, y| x == y),
        Less => mask_pairs(x, y, |x, y| (x < y) & (x != T::NONE)),
        LessOrEqual => mask_pairs(x, y, |x, y| (x <= y) & (x != T::NONE)),
    };
    let mut truths = known_where(holds, &both, how == NotEqual);
    if matches!(how, Less | LessOrEqual) {
        // None is neither above nor below anything, even where the other side is unknown.
        let none = mask_pairs(x, y, |x, y| (x == T::NONE) | (y == T::NONE));
        truths.no.merge(&none, |no, none| no | none);
        truths.yes.merge(&none, |yes, none| yes & !none);
    }
    truths
}

pub(super) fn compare_spans(how: Comparison, spans: &Spans, c: i64, len: usize) -> Truths {
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
