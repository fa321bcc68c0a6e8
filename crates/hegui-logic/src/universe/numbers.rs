//! Numbers as narrow as they come.
//!
//! Most numbers of a register are places in short lists, days and dates. A column begins with one byte
//! a number and is made wider when a number is stated that does not fit: what is read less is read sooner.

use crate::plan::NONE;
use std::borrow::Cow;

/// A number of so many bits, the least of which stands for none, as [`NONE`] does among `i64`.
pub trait Lane: Copy + Ord + Default {
    /// What stands for none: less than every number.
    const NONE: Self;

    /// The number in this width, if it fits.
    fn narrow(number: i64) -> Option<Self>;

    /// The number itself, or [`NONE`].
    fn wide(self) -> i64;
}

macro_rules! lane {
    ($number:ty) => {
        impl Lane for $number {
            const NONE: Self = <$number>::MIN;

            #[inline]
            fn narrow(number: i64) -> Option<Self> {
                match number {
                    NONE => Some(Self::NONE),
                    number => Self::try_from(number).ok().filter(|number| *number != Self::NONE),
                }
            }

            #[inline]
            fn wide(self) -> i64 {
                if self == Self::NONE { NONE } else { i64::from(self) }
            }
        }
    };
}

lane!(i8);
lane!(i32);
lane!(i64);

/// Numbers of one width.
#[derive(Clone, Debug)]
pub enum NumberColumn {
    /// Of eight bits: places in lists, small counts.
    Bytes(Vec<i8>),
    /// Of thirty-two: days, symbols of texts, most dates.
    Halves(Vec<i32>),
    /// Of sixty-four.
    Wholes(Vec<i64>),
}

/// Does the same with the numbers of a column, whatever their width.
macro_rules! in_width {
    ($column:expr, $numbers:ident => $work:expr) => {
        match $column {
            $crate::universe::NumberColumn::Bytes($numbers) => $work,
            $crate::universe::NumberColumn::Halves($numbers) => $work,
            $crate::universe::NumberColumn::Wholes($numbers) => $work,
        }
    };
}
pub(crate) use in_width;

impl Default for NumberColumn {
    fn default() -> Self {
        Self::Bytes(vec![])
    }
}

impl PartialEq for NumberColumn {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl Eq for NumberColumn {}

impl FromIterator<i64> for NumberColumn {
    fn from_iter<I: IntoIterator<Item = i64>>(numbers: I) -> Self {
        let mut column = Self::default();
        numbers.into_iter().for_each(|number| column.push(number));
        column
    }
}

impl NumberColumn {
    /// So many zeros.
    #[must_use]
    pub fn zeros(len: usize) -> Self {
        Self::Bytes(vec![0; len])
    }

    /// How many numbers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        in_width!(self, numbers => numbers.len())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of a row.
    #[must_use]
    #[inline]
    pub fn get(&self, row: usize) -> Option<i64> {
        in_width!(self, numbers => numbers.get(row).map(|number| number.wide()))
    }

    /// All numbers in order.
    pub fn iter(&self) -> impl Iterator<Item = i64> + '_ {
        (0..self.len()).filter_map(|row| self.get(row))
    }

    /// All numbers in their full width.
    #[must_use]
    pub fn wide(&self) -> Cow<'_, [i64]> {
        match self {
            Self::Wholes(numbers) => Cow::Borrowed(numbers),
            narrow => Cow::Owned(in_width!(narrow, numbers => numbers.iter().map(|n| n.wide()).collect())),
        }
    }

    /// Changes the number of a row; beyond the end nothing happens.
    #[inline]
    pub fn set(&mut self, row: usize, number: i64) {
        let fits = in_width!(self, numbers => match (Lane::narrow(number), numbers.get_mut(row)) {
            (Some(number), Some(place)) => { *place = number; true }
            (_, None) => true,
            (None, _) => false,
        });
        if !fits {
            self.widen();
            self.set(row, number);
        }
    }

    /// Adds a number at the end.
    #[inline]
    pub fn push(&mut self, number: i64) {
        let fits = in_width!(self, numbers => match Lane::narrow(number) {
            Some(number) => { numbers.push(number); true }
            None => false,
        });
        if !fits {
            self.widen();
            self.push(number);
        }
    }

    /// The next greater width.
    fn widen(&mut self) {
        *self = match self {
            Self::Bytes(numbers) => {
                let wider = |number: &i8| if *number == i8::NONE { i32::NONE } else { i32::from(*number) };
                Self::Halves(numbers.iter().map(wider).collect())
            }
            _ => Self::Wholes(self.iter().collect()),
        };
    }
}
