//! What the variables hold, for every row of an evaluation.
//!
//! A **frame** is a number of rows with, for each variable in sight, the thing that it holds in each
//! row. The first frame has one row for every thing of the scope. A quantifier whose body looks at
//! outer variables opens another: one row for every pair of an outer row and a member.

use crate::plan::Var;
use crate::schema::KindId;
use crate::single::Number;
use crate::universe::{ROW_NONE, ROW_UNKNOWN};
use std::rc::Rc;

/// The things that a variable, or a node that yields a thing, holds in each row of a frame.
#[derive(Clone, Debug)]
pub(super) enum Rows<'u> {
    /// Row `i` holds thing `i`: the whole table in its order.
    Whole,
    /// A reference column as it stands in the universe.
    Column(&'u [u32]),
    /// Collected rows.
    Listed(Rc<Vec<u32>>),
    /// Nothing is known; no evaluation asks for it, since only variables in use are carried along.
    Unknown,
}

impl Rows<'_> {
    /// The thing in each row; none for a whole table.
    pub(super) fn listed(&self) -> Option<&[u32]> {
        match self {
            Self::Column(rows) => Some(rows),
            Self::Listed(rows) => Some(rows),
            _ => None,
        }
    }

    /// The thing in one row.
    #[inline]
    pub(super) fn at(&self, row: usize) -> u32 {
        match self {
            Self::Whole => row as u32,
            Self::Column(rows) => rows.get(row).copied().unwrap_or(ROW_UNKNOWN),
            Self::Listed(rows) => rows.get(row).copied().unwrap_or(ROW_UNKNOWN),
            Self::Unknown => ROW_UNKNOWN,
        }
    }
}

/// Rows, and what each variable holds in them.
#[derive(Clone, Debug)]
pub(super) struct Frame<'u> {
    /// How many rows.
    pub len: usize,
    /// What the variables hold, by number; shorter where the last are not in sight.
    things: Vec<Rows<'u>>,
    /// The variable that runs over a whole table: what looks at nothing else is the same for every plan,
    /// and kept.
    pub whole: Option<(Var, KindId)>,
    /// What a canonical expression for a thing holds, whatever its own parts hold: an expression that
    /// looks at things only by way of this one is worked out for their table, not for the frame.
    pub pinned: Option<(u32, Rows<'u>)>,
    /// What a canonical expression for a number comes to in every row, whatever it looks at.
    pub fixed: Option<(u32, Number)>,
    /// How many rows the evaluation began with: whether it pays to work something out for a whole table.
    pub began: usize,
}

/// Stands for a pinned expression where a variable is asked for.
pub(super) const PINNED: Var = Var(u8::MAX - 1);

impl<'u> Frame<'u> {
    fn empty(len: usize, began: usize) -> Self {
        Self { len, things: vec![], whole: None, pinned: None, fixed: None, began }
    }

    /// The same with an expression for a number that comes to this in every row.
    pub(super) fn fixing(self, expression: u32, number: Number) -> Self {
        Self { fixed: Some((expression, number)), ..self }
    }

    /// One variable that runs over all things of a kind.
    pub(super) fn whole(var: Var, kind: KindId, rows: usize) -> Self {
        let mut frame = Self::empty(rows, rows);
        frame.hold(var, Rows::Whole);
        frame.whole = Some((var, kind));
        frame
    }

    /// A canonical expression runs over all things of a kind.
    pub(super) fn pinned(expression: u32, kind: KindId, rows: usize) -> Self {
        let pinned = Some((expression, Rows::Whole));
        Self { whole: Some((PINNED, kind)), pinned, ..Self::empty(rows, rows) }
    }

    /// A canonical expression is none in the first row and unknown in the second.
    pub(super) fn pinned_ends(expression: u32) -> Self {
        let ends = Rows::Listed(Rc::new(vec![ROW_NONE, ROW_UNKNOWN]));
        Self { pinned: Some((expression, ends)), ..Self::empty(2, 2) }
    }

    /// The first variable holds some things.
    pub(super) fn of_rows(rows: &[u32]) -> Self {
        let mut frame = Self::empty(rows.len(), rows.len());
        frame.hold(Var(0), Rows::Listed(Rc::new(rows.to_vec())));
        frame
    }

    fn hold(&mut self, var: Var, rows: Rows<'u>) {
        let place = usize::from(var.0);
        if self.things.len() <= place {
            self.things.resize(place + 1, Rows::Unknown);
        }
        if let Some(slot) = self.things.get_mut(place) {
            *slot = rows;
        }
    }

    /// What a variable holds.
    pub(super) fn thing(&self, var: Var) -> Rows<'u> {
        self.things.get(usize::from(var.0)).cloned().unwrap_or(Rows::Unknown)
    }

    /// A frame with one row for each member of things in this frame, told from the member's side: the
    /// variables in `carried` (a bit each) keep what they hold in the row above, `var` holds the member.
    pub(super) fn members(
        &self,
        above: &'u [u32],
        members: Rows<'u>,
        var: Var,
        kind: KindId,
        carried: u16,
    ) -> Self {
        let carry = |rows: &Rows<'u>| match rows {
            Rows::Whole => Rows::Column(above),
            rows => Rows::Listed(Rc::new(above.iter().map(|row| rows.at(*row as usize)).collect())),
        };
        let whole = matches!(members, Rows::Whole).then_some((var, kind));
        let mut frame = Self { whole, fixed: self.fixed, ..Self::empty(above.len(), self.began) };
        frame.pinned = self.pinned.as_ref().map(|(expression, rows)| (*expression, carry(rows)));
        for (place, rows) in self.things.iter().enumerate() {
            if carried >> place & 1 == 1 && place != usize::from(var.0) {
                frame.hold(Var(place as u8), carry(rows));
            }
        }
        frame.hold(var, members);
        frame
    }

    /// A frame with one row for each pair of an outer row and a member: the variables in `carried`
    /// (a bit each) keep what they held in the outer row, `var` holds the member.
    pub(super) fn pairs(&self, outer: Vec<u32>, members: Vec<u32>, var: Var, carried: u16) -> Self {
        let outer = Rc::new(outer);
        let carry = |rows: &Rows<'u>| match (rows, rows.listed()) {
            (Rows::Whole, _) => Rows::Listed(outer.clone()),
            (_, Some(rows)) => {
                let at = |row: &u32| rows.get(*row as usize).copied().unwrap_or(ROW_UNKNOWN);
                Rows::Listed(Rc::new(outer.iter().map(at).collect()))
            }
            _ => Rows::Unknown,
        };
        let mut frame = Self { fixed: self.fixed, ..Self::empty(members.len(), self.began) };
        frame.pinned = self.pinned.as_ref().map(|(expression, rows)| (*expression, carry(rows)));
        for (place, rows) in self.things.iter().enumerate() {
            if carried >> place & 1 == 1 && place != usize::from(var.0) {
                frame.hold(Var(place as u8), carry(rows));
            }
        }
        frame.hold(var, Rows::Listed(Rc::new(members)));
        frame
    }
}
