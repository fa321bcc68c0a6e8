//! Sets for all rows of a frame, compared a word of sixty-four rows at a time.

use super::lanes;
use super::values::{Numbers, Plain, Truths, known_where, mask};
use crate::bits::Bits;
use crate::plan::{NONE, SetTest};
use crate::sets::SetColumn;
use crate::single::{member, sets};
use crate::universe::{Lane, NumberColumn, ROW_NONE, in_width};
use std::rc::Rc;

/// Sets for all rows.
#[derive(Clone, Debug)]
pub(super) enum Sets<'u> {
    Constant(u128),
    Column(&'u SetColumn, &'u Bits),
    Gathered(Rc<(SetColumn, Bits)>),
    Unknown,
}

/// Collects the sets of some rows; that of a thing that is not there is empty.
pub(super) fn gather<'u>(column: &SetColumn, known: &Bits, rows: &[u32]) -> Sets<'u> {
    let first = lanes::gather(&[known], rows, 1, 0).pop().unwrap_or_default();
    let all: Vec<&Bits> = column.planes().iter().collect();
    let planes = all.chunks(lanes::LANES).flat_map(|planes| lanes::gather(planes, rows, 0, 0)).collect();
    Sets::Gathered(Rc::new((SetColumn::from_planes(planes, rows.len()), first)))
}

/// Whether each item is in the set of the thing in the same row.
pub(super) fn has_in_rows(
    sets: &SetColumn,
    known: &Bits,
    rows: &[u32],
    (items, items_known): (&NumberColumn, &Bits),
) -> Truths {
    in_width!(items, items => has_in_rows_lane(sets, known, rows, (items, items_known)))
}

fn has_in_rows_lane<T: Lane>(
    sets: &SetColumn,
    known: &Bits,
    rows: &[u32],
    (items, items_known): (&[T], &Bits),
) -> Truths {
    let mut pairs = rows.iter().zip(items);
    Truths::pack(rows.len(), |place| {
        let Some((row, item)) = pairs.next() else { return (false, false) };
        let (at, item, item_known) = (*row as usize, item.wide(), items_known.get(place));
        if *row == ROW_NONE || (item == NONE && item_known) {
            (false, true)
        } else if item_known && known.get(at) {
            let holds = sets.contains(at, (item & 127) as usize);
            (holds, !holds)
        } else {
            // An empty set holds nothing, whatever the item.
            (false, known.get(at) && sets.get(at) == 0)
        }
    })
}

impl Sets<'_> {
    fn plain(&self) -> Option<(&SetColumn, &Bits)> {
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
                let plane = sets.planes().get((item & 127) as usize);
                Truths::of_flags(plane.unwrap_or(&Bits::zeros(len)), known)
            }
            (_, Self::Constant(set), _, Some((items, known))) if *set != 0 => {
                // None is in no set.
                let places: [bool; 128] = std::array::from_fn(|place| set >> place & 1 == 1);
                let within = move |item: i64| {
                    (item != NONE) & places.get((item & 127) as usize).is_some_and(|place| *place)
                };
                known_where(in_width!(items, items => mask(items, |n| within(n.wide()))), known, false)
            }
            (_, _, Some((sets, known)), Some((items, items_known))) => {
                let within = |row, item: i64| item != NONE && sets.contains(row, (item & 127) as usize);
                let holds = in_width!(items, items => Bits::from_fn(len, |row| {
                    items.get(row).is_some_and(|item| within(row, item.wide()))
                }));
                let none = none_of(items);
                let empty = known.and_not(&union(sets));
                let mut truths = known_where(holds, &known.and(items_known), false);
                truths.no.merge(&none.or(&empty), |no, never| no | never);
                truths
            }
            _ => Truths::from_fn(len, |row| member(item.at(row), self.at(row))),
        }
    }

    /// Compares with other sets.
    pub(super) fn compare(&self, test: SetTest, other: &Self, len: usize) -> Truths {
        match (self, other, self.plain(), other.plain()) {
            (Self::Constant(a), _, _, Some((sets, known))) if *a != 0 => {
                compare_constant(test, sets, known, *a, true)
            }
            (_, Self::Constant(b), Some((sets, known)), _) if *b != 0 => {
                compare_constant(test, sets, known, *b, false)
            }
            (_, _, Some(a), Some(b)) => compare_columns(test, a, b),
            _ => Truths::from_fn(len, |row| sets(test, self.at(row), other.at(row))),
        }
    }

    /// How many values each set has.
    pub(super) fn sizes(&self, len: usize) -> Plain {
        match self.plain() {
            Some((sets, known)) => {
                // No set has more than 128 values.
                let mut values = vec![0; len];
                for row in sets.planes().iter().flat_map(Bits::iter_ones) {
                    if let Some(size) = values.get_mut(row) {
                        *size += 1;
                    }
                }
                Plain { values: NumberColumn::Halves(values), known: known.clone() }
            }
            None => {
                let set = self.at(0);
                let values = vec![set.unwrap_or(0).count_ones() as i32; len];
                Plain {
                    values: NumberColumn::Halves(values),
                    known: if set.is_some() { Bits::ones(len) } else { Bits::zeros(len) },
                }
            }
        }
    }

    fn at(&self, row: usize) -> Option<u128> {
        match (self, self.plain()) {
            (Self::Constant(set), _) => Some(*set),
            (_, Some((sets, known))) => known.get(row).then(|| sets.get(row)),
            _ => None,
        }
    }
}

/// Where numbers are none.
pub(super) fn none_of(numbers: &NumberColumn) -> Bits {
    in_width!(numbers, numbers => mask(numbers, |number| number == Lane::NONE))
}

/// The rows whose set holds something.
fn union(sets: &SetColumn) -> Bits {
    some_of(sets, |_| true)
}

/// The rows whose set holds some of these values.
fn some_of(sets: &SetColumn, wanted: impl Fn(usize) -> bool) -> Bits {
    let mut sum = Bits::zeros(sets.len());
    for (_, plane) in sets.planes().iter().enumerate().filter(|(value, _)| wanted(*value)) {
        sum.merge(plane, |sum, plane| sum | plane);
    }
    sum
}

/// The rows whose set holds all values of a set.
fn all_of(sets: &SetColumn, wanted: u128) -> Bits {
    if 128 - wanted.leading_zeros() as usize > sets.planes().len() {
        return Bits::zeros(sets.len());
    }
    let mut product = Bits::ones(sets.len());
    for (_, plane) in sets.planes().iter().enumerate().filter(|(value, _)| wanted >> value & 1 == 1) {
        product.merge(plane, |product, plane| product & plane);
    }
    product
}

/// Compares with a set that is not empty, which stands first or second.
fn compare_constant(test: SetTest, sets: &SetColumn, known: &Bits, with: u128, first: bool) -> Truths {
    let beyond = || some_of(sets, |value| with >> value & 1 == 0);
    let holds = match test {
        SetTest::Overlap => some_of(sets, |value| with >> value & 1 == 1),
        SetTest::Subset if first => all_of(sets, with),
        SetTest::Subset => beyond().not(),
        SetTest::Same => all_of(sets, with).and_not(&beyond()),
    };
    known_where(holds, known, false)
}

fn compare_columns(test: SetTest, a: (&SetColumn, &Bits), b: (&SetColumn, &Bits)) -> Truths {
    let ((a, known_a), (b, known_b)) = (a, b);
    let nothing = Bits::zeros(a.len());
    let plane = |sets: &'_ SetColumn, value: usize| sets.planes().get(value).cloned();
    let mut found = nothing.clone();
    for value in 0..a.planes().len().max(b.planes().len()) {
        let (x, y) = (plane(a, value), plane(b, value));
        let (x, y) = (x.as_ref().unwrap_or(&nothing), y.as_ref().unwrap_or(&nothing));
        let here = match test {
            SetTest::Subset => x.and_not(y),
            SetTest::Overlap => x.and(y),
            SetTest::Same => x.zip(y, |x, y| x ^ y),
        };
        found.merge(&here, |found, here| found | here);
    }
    let both = known_a.and(known_b);
    let mut truths = known_where(found, &both, test != SetTest::Overlap);
    // An empty set lies in every set and shares nothing with any, known or not.
    let empty_a = known_a.and_not(&union(a));
    match test {
        SetTest::Subset => truths.yes.merge(&empty_a, |yes, empty| yes | empty),
        SetTest::Overlap => {
            let empty = empty_a.or(&known_b.and_not(&union(b)));
            truths.no.merge(&empty, |no, empty| no | empty);
        }
        SetTest::Same => {}
    }
    truths
}
