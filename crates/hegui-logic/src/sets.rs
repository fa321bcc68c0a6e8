//! Sets of named values for many things, one row of bits for each value.
//!
//! Checks ask which things have a value, or several; so the things that have it stand together, and
//! a question to sixty-four things takes one word.

use crate::bits::Bits;

/// A set for each row: of which rows each value is a member. Values beyond the last that any row has
/// ever held have no plane.
#[derive(Clone, Debug, Default)]
pub struct SetColumn {
    planes: Vec<Bits>,
    len: usize,
}

impl PartialEq for SetColumn {
    fn eq(&self, other: &Self) -> bool {
        let (few, many) = if self.planes.len() < other.planes.len() { (self, other) } else { (other, self) };
        let beyond = many.planes.iter().skip(few.planes.len());
        self.len == other.len
            && few.planes.iter().zip(&many.planes).all(|(a, b)| a == b)
            && beyond.into_iter().all(|plane| !plane.any())
    }
}

impl Eq for SetColumn {}

impl SetColumn {
    /// So many empty sets.
    #[must_use]
    pub fn new(len: usize) -> Self {
        Self { planes: vec![], len }
    }

    pub(crate) fn from_planes(planes: Vec<Bits>, len: usize) -> Self {
        Self { planes, len }
    }

    /// How many sets there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The rows whose set holds a value, for each value in order.
    #[must_use]
    pub fn planes(&self) -> &[Bits] {
        &self.planes
    }

    /// The set of a row, empty beyond the end.
    #[must_use]
    pub fn get(&self, row: usize) -> u128 {
        self.planes.iter().enumerate().fold(0, |set, (value, rows)| set | u128::from(rows.get(row)) << value)
    }

    /// Whether the set of a row holds a value.
    #[must_use]
    #[inline]
    pub fn contains(&self, row: usize, value: usize) -> bool {
        self.planes.get(value).is_some_and(|rows| rows.get(row))
    }

    /// Changes the set of a row; beyond the end nothing happens.
    pub fn set(&mut self, row: usize, set: u128) {
        self.planes.iter_mut().for_each(|rows| rows.set(row, false));
        self.fill(row, set);
    }

    /// Gives a set to a row whose set is empty: quicker than [`SetColumn::set`], for a new column.
    pub fn fill(&mut self, row: usize, mut set: u128) {
        let needed = 128 - set.leading_zeros() as usize;
        if needed > self.planes.len() {
            self.planes.resize(needed, Bits::zeros(self.len));
        }
        while set != 0 {
            if let Some(rows) = self.planes.get_mut(set.trailing_zeros() as usize) {
                rows.set(row, true);
            }
            set &= set - 1;
        }
    }
}
