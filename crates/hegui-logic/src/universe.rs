//! The facts of all things at one moment of assessment, in columns.
//!
//! A universe is made by the register for one pair of dates (as of, known on) and holds one value
//! or "unknown" for every fact. Where a value came from is the register's to say; the logic names a
//! fact by [`FactKey`] and the register answers.

use crate::bits::Bits;
use crate::calendar::Calendar;
use crate::plan::NONE;
use crate::schema::{FieldId, Kind, KindId, RelationId, Schema, Source, Type};
use crate::sets::SetColumn;
use crate::truth::Truth;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;

mod link;
mod numbers;
mod texts;
mod whole;

pub(crate) use numbers::in_width;
pub use numbers::{Lane, NumberColumn};
pub use texts::Texts;

/// The row that stands for a reference nobody has stated.
pub const ROW_UNKNOWN: u32 = u32::MAX;
/// The row that stands for a reference stated as none.
pub const ROW_NONE: u32 = u32::MAX - 1;

/// The address of something that can be known or missing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FactKey {
    /// A fact of a thing.
    Fact(KindId, u32, FieldId),
    /// Whether a relation of a thing is complete: "are these all?".
    Complete(KindId, u32, RelationId),
    /// The outcome of a clause for a thing.
    Outcome(String, KindId, u32),
    /// The working-day calendar does not reach far enough.
    Calendar,
}

/// A known value, as kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Value {
    /// A bool.
    Flag(bool),
    /// An int, decimal, date, duration, text symbol or enum place; [`NONE`] for none.
    Number(i64),
    /// A set.
    Set(u128),
    /// A thing's row, or [`ROW_NONE`].
    Thing(u32),
}

/// One fact of all things of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    /// Bools.
    Flags {
        /// The values; zero where unknown.
        values: Bits,
        /// Where they are known.
        known: Bits,
    },
    /// Numbers.
    Numbers {
        /// The values; zero where unknown, [`NONE`] where stated as none.
        values: NumberColumn,
        /// Where they are known.
        known: Bits,
    },
    /// Sets.
    Sets {
        /// The values; empty where unknown.
        values: SetColumn,
        /// Where they are known.
        known: Bits,
    },
    /// References: rows of the other kind, [`ROW_UNKNOWN`] or [`ROW_NONE`].
    Things(Vec<u32>),
}

/// The members of a relation for all things of a kind: those of row `r` are
/// `targets[offsets[r]..offsets[r + 1]]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members {
    /// Where each row's members begin; one more than there are rows, and none where there are none.
    pub offsets: Vec<u32>,
    /// The members' rows.
    pub targets: Vec<u32>,
    /// Where somebody said that these are all.
    pub closed: Bits,
}

impl Members {
    /// The row that each target is a member of.
    #[must_use]
    pub fn holders(&self) -> Vec<u32> {
        holders(&self.offsets)
    }

    /// The members of a row.
    #[must_use]
    #[inline]
    pub fn of(&self, row: u32) -> &[u32] {
        let row = row as usize;
        match (self.offsets.get(row), self.offsets.get(row + 1)) {
            (Some(from), Some(to)) => self.targets.get(*from as usize..*to as usize).unwrap_or_default(),
            _ => &[],
        }
    }
}

/// For each place between the first offset and the last the number of the list that lies there. Lists
/// are short and of any length, so where they begin is marked and added up, without a loop for each.
pub(crate) fn holders(offsets: &[u32]) -> Vec<u32> {
    let [first, inner @ .., last] = offsets else { return vec![] };
    let mut holders = vec![0; (last - first) as usize + 1];
    for begin in inner {
        if let Some(begun) = holders.get_mut((begin - first) as usize) {
            *begun += 1;
        }
    }
    let mut row = 0;
    for begun in &mut holders {
        row += *begun;
        *begun = row;
    }
    holders.pop();
    holders
}

/// All things of a kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// How many things there are.
    pub rows: usize,
    /// Their facts, by [`FieldId`]; copied when one is stated and another universe has it too.
    columns: Vec<Arc<Column>>,
    /// Which values flowed down from above, by [`FieldId`]; empty for facts that do not.
    pub inherited: Vec<Bits>,
    /// Their relations, by [`RelationId`]; shared as the facts are.
    relations: Vec<Arc<Members>>,
    /// What was added to lists of references, by [`RelationId`], a row and a member each, until the
    /// relation takes it in; `None` for inverse relations.
    added: Vec<Option<Vec<(u32, u32)>>>,
}

impl Table {
    /// A fact of all things, if the kind has it.
    #[must_use]
    pub fn column(&self, field: FieldId) -> Option<&Column> {
        self.columns.get(usize::from(field.0)).map(AsRef::as_ref)
    }

    /// A relation of all things, if the kind has it.
    #[must_use]
    pub fn relation(&self, relation: RelationId) -> Option<&Members> {
        self.relations.get(usize::from(relation.0)).map(AsRef::as_ref)
    }

    fn column_mut(&mut self, place: usize) -> Option<&mut Column> {
        self.columns.get_mut(place).map(Arc::make_mut)
    }

    fn relation_mut(&mut self, place: usize) -> Option<&mut Members> {
        self.relations.get_mut(place).map(Arc::make_mut)
    }

    /// So many things of a kind, of which nothing is known.
    fn unknown(kind: &Kind, rows: usize) -> Self {
        let unknown = || Bits::zeros(rows);
        Table {
            rows,
            columns: kind
                .fields
                .iter()
                .map(|field| match field.ty {
                    Type::Bool => Column::Flags { values: unknown(), known: unknown() },
                    Type::Set(_) => Column::Sets { values: SetColumn::new(rows), known: unknown() },
                    Type::Thing(_) => Column::Things(vec![ROW_UNKNOWN; rows]),
                    _ => Column::Numbers { values: NumberColumn::zeros(rows), known: unknown() },
                })
                .map(Arc::new)
                .collect(),
            inherited: kind
                .fields
                .iter()
                .map(|field| if field.inherits { unknown() } else { Bits::default() })
                .collect(),
            relations: kind
                .relations
                .iter()
                .map(|_| Members {
                    // No things, no places.
                    offsets: if rows == 0 { vec![] } else { vec![0; rows + 1] },
                    targets: vec![],
                    closed: unknown(),
                })
                .map(Arc::new)
                .collect(),
            added: kind
                .relations
                .iter()
                .map(|relation| (relation.source == Source::List).then(Vec::new))
                .collect(),
        }
    }
}

/// The outcome of a clause for all things of a kind, as `met(…)` reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeColumn {
    /// Where it counts as met.
    pub met: Bits,
    /// Where it is a gap.
    pub gap: Bits,
}

/// All facts, and what else an expression reads.
#[derive(Clone, Debug, Default)]
pub struct Universe {
    /// One table a kind, by [`KindId`]; universes may share those of which nothing is known.
    tables: Vec<Arc<Table>>,
    /// The texts.
    pub texts: Texts,
    /// The date of the assessment, in seconds.
    pub as_of: i64,
    /// Working days.
    pub calendar: Calendar,
    /// Outcomes for `met(…)`, by clause and kind.
    pub outcomes: HashMap<(String, KindId), OutcomeColumn>,
}

impl Universe {
    /// A universe in which there are so many things of each kind (by [`KindId`]; a missing number is
    /// none) and nothing is known.
    #[must_use]
    pub fn new(schema: &Schema, rows: &[usize], as_of: i64) -> Self {
        let rows = |kind: usize| rows.get(kind).copied().unwrap_or(0);
        let tables = schema.kinds.iter().enumerate();
        let tables = tables.map(|(index, kind)| Arc::new(Table::unknown(kind, rows(index)))).collect();
        Self { tables, as_of, ..Self::default() }
    }

    /// As [`Universe::new`]; tables of which there are as many rows in a blank universe of the same
    /// schema are shared with it until something is stated in them.
    #[must_use]
    pub fn sharing(blanks: &[&Self], schema: &Schema, rows: &[usize], as_of: i64) -> Self {
        let tables = schema.kinds.iter().enumerate().map(|(index, kind)| {
            let rows = rows.get(index).copied().unwrap_or(0);
            let blank = blanks.iter().filter_map(|b| b.tables.get(index)).find(|t| t.rows == rows);
            blank.cloned().unwrap_or_else(|| Arc::new(Table::unknown(kind, rows)))
        });
        Self { tables: tables.collect(), as_of, ..Self::default() }
    }

    /// All tables, by [`KindId`].
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.tables.iter().map(AsRef::as_ref)
    }

    /// The table of a kind, to be changed.
    pub fn table_mut(&mut self, kind: KindId) -> Option<&mut Table> {
        self.tables.get_mut(kind.0 as usize).map(Arc::make_mut)
    }

    /// The table of a kind.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "a universe has one table for every kind of its schema")]
    pub fn table(&self, kind: KindId) -> &Table {
        &self.tables[kind.0 as usize]
    }

    /// States a fact, or with `None` makes it unknown. A value of the wrong sort and a row that is not
    /// there are ignored: the register has checked both. Call [`Universe::link`] when all is stated.
    pub fn state(&mut self, kind: KindId, row: u32, field: FieldId, value: Option<Value>) {
        let row = row as usize;
        let Some(table) = self.table_mut(kind) else { return };
        if let Some(inherited) = table.inherited.get_mut(field.0 as usize) {
            inherited.set(row, false);
        }
        if let Some(column) = table.column_mut(usize::from(field.0)) {
            column.set(row, value);
        }
    }

    /// States that the members of a relation of a thing are complete, or no longer.
    pub fn close(&mut self, kind: KindId, row: u32, relation: RelationId, closed: bool) {
        if let Some(table) = self.table_mut(kind)
            && let Some(members) = table.relation_mut(usize::from(relation.0))
        {
            members.closed.set(row as usize, closed);
        }
    }

    /// The value of a fact, if it is known. A row of none has no facts: its bools are false, its sets
    /// empty, its numbers and references none.
    #[must_use]
    pub fn value(&self, kind: KindId, row: u32, field: FieldId) -> Option<Value> {
        let column = self.table(kind).column(field)?;
        if row == ROW_NONE {
            return Some(match column {
                Column::Flags { .. } => Value::Flag(false),
                Column::Numbers { .. } => Value::Number(NONE),
                Column::Sets { .. } => Value::Set(0),
                Column::Things(_) => Value::Thing(ROW_NONE),
            });
        }
        column.get(row)
    }

    /// The members of a relation of a thing, and whether they are all. A thing that is not there has
    /// a complete, empty relation; of an unknown thing nothing is known.
    #[must_use]
    pub fn members(&self, kind: KindId, row: u32, relation: RelationId) -> (&[u32], bool) {
        if row == ROW_NONE {
            return (&[], true);
        }
        match self.table(kind).relation(relation) {
            Some(members) => (members.of(row), members.closed.get(row as usize)),
            None => (&[], false),
        }
    }

    /// The outcome of a clause for a thing.
    #[must_use]
    pub fn outcome(&self, clause: &str, kind: KindId, row: u32) -> Truth {
        if row == ROW_NONE {
            return Truth::True;
        }
        match self.outcomes.get(&(clause.to_owned(), kind)) {
            Some(column) if column.met.get(row as usize) => Truth::True,
            Some(column) if column.gap.get(row as usize) => Truth::False,
            _ => Truth::Unknown,
        }
    }
}

impl Column {
    /// States the value of a row, or with `None` makes it unknown; a value of the wrong sort is ignored.
    #[inline]
    pub fn set(&mut self, row: usize, value: Option<Value>) {
        match (self, value) {
            (Self::Flags { values, known }, Some(Value::Flag(flag))) => {
                values.set(row, flag);
                known.set(row, true);
            }
            (Self::Flags { values, known }, None) => {
                values.set(row, false);
                known.set(row, false);
            }
            (Self::Numbers { values, known }, Some(Value::Number(number))) => {
                values.set(row, number);
                known.set(row, true);
            }
            (Self::Numbers { values, known }, None) => {
                values.set(row, 0);
                known.set(row, false);
            }
            (Self::Sets { values, known }, Some(Value::Set(set))) => {
                if known.get(row) {
                    values.set(row, set);
                } else {
                    values.fill(row, set);
                }
                known.set(row, true);
            }
            (Self::Sets { values, known }, None) => {
                values.set(row, 0);
                known.set(row, false);
            }
            (Self::Things(rows), value) => {
                if let Some(place) = rows.get_mut(row) {
                    *place = if let Some(Value::Thing(to)) = value { to } else { ROW_UNKNOWN };
                }
            }
            _ => {}
        }
    }

    /// Whether the value of a row is known.
    #[must_use]
    #[inline]
    pub fn is_known(&self, row: usize) -> bool {
        match self {
            Self::Flags { known, .. } | Self::Numbers { known, .. } | Self::Sets { known, .. } => {
                known.get(row)
            }
            Self::Things(rows) => rows.get(row).is_some_and(|row| *row != ROW_UNKNOWN),
        }
    }

    /// Whether any value is known.
    #[must_use]
    pub fn any_known(&self) -> bool {
        match self {
            Self::Flags { known, .. } | Self::Numbers { known, .. } | Self::Sets { known, .. } => known.any(),
            Self::Things(rows) => rows.iter().any(|row| *row != ROW_UNKNOWN),
        }
    }

    /// The value of a row, if it is known.
    #[must_use]
    pub fn get(&self, row: u32) -> Option<Value> {
        let at = row as usize;
        match self {
            Self::Flags { values, known } => known.get(at).then(|| Value::Flag(values.get(at))),
            Self::Numbers { values, known } => values.get(at).filter(|_| known.get(at)).map(Value::Number),
            Self::Sets { values, known } => known.get(at).then(|| Value::Set(values.get(at))),
            Self::Things(rows) => rows.get(at).filter(|r| **r != ROW_UNKNOWN).map(|r| Value::Thing(*r)),
        }
    }
}
