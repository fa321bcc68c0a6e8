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

/// Texts that facts hold, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    list: Vec<Box<str>>,
    places: HashMap<Box<str>, u32>,
}

impl Texts {
    /// The symbol of a text, which is added if it is new.
    pub fn intern(&mut self, text: &str) -> u32 {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = self.list.len() as u32;
        self.list.push(text.into());
        self.places.insert(text.into(), place);
        place
    }

    /// The symbol of a text, if some fact holds it.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<u32> {
        self.places.get(text).copied()
    }

    /// The text of a symbol.
    #[must_use]
    pub fn get(&self, symbol: u32) -> Option<&str> {
        self.list.get(symbol as usize).map(AsRef::as_ref)
    }

    /// All texts, by symbol.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(AsRef::as_ref)
    }

    /// How many texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
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
        values: Vec<i64>,
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
        let mut holders = Vec::with_capacity(self.targets.len());
        for (row, bounds) in self.offsets.windows(2).enumerate() {
            if let [from, to] = bounds {
                holders.resize(holders.len() + (to - from) as usize, row as u32);
            }
        }
        holders
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

/// All things of a kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// How many things there are.
    pub rows: usize,
    /// Their facts, by [`FieldId`].
    pub columns: Vec<Column>,
    /// Which values flowed down from above, by [`FieldId`]; empty for facts that do not.
    pub inherited: Vec<Bits>,
    /// Their relations, by [`RelationId`].
    pub relations: Vec<Members>,
    /// Lists of references as stated, by [`RelationId`]; `None` for inverse relations.
    lists: Vec<Option<Vec<Vec<u32>>>>,
}

impl Table {
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
                    _ => Column::Numbers { values: vec![0; rows], known: unknown() },
                })
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
                .collect(),
            lists: kind
                .relations
                .iter()
                .map(|relation| (relation.source == Source::List).then(|| vec![vec![]; rows]))
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
        match (table.columns.get_mut(field.0 as usize), value) {
            (Some(Column::Flags { values, known }), Some(Value::Flag(flag))) => {
                values.set(row, flag);
                known.set(row, true);
            }
            (Some(Column::Flags { values, known }), None) => {
                values.set(row, false);
                known.set(row, false);
            }
            (Some(Column::Numbers { values, known }), Some(Value::Number(number))) => {
                if let Some(place) = values.get_mut(row) {
                    *place = number;
                }
                known.set(row, true);
            }
            (Some(Column::Numbers { values, known }), None) => {
                if let Some(place) = values.get_mut(row) {
                    *place = 0;
                }
                known.set(row, false);
            }
            (Some(Column::Sets { values, known }), Some(Value::Set(set))) => {
                if known.get(row) {
                    values.set(row, set);
                } else {
                    values.fill(row, set);
                }
                known.set(row, true);
            }
            (Some(Column::Sets { values, known }), None) => {
                values.set(row, 0);
                known.set(row, false);
            }
            (Some(Column::Things(rows)), value) => {
                if let Some(place) = rows.get_mut(row) {
                    *place = if let Some(Value::Thing(to)) = value { to } else { ROW_UNKNOWN };
                }
            }
            _ => {}
        }
    }

    /// States that the members of a relation of a thing are complete, or no longer.
    pub fn close(&mut self, kind: KindId, row: u32, relation: RelationId, closed: bool) {
        if let Some(table) = self.table_mut(kind)
            && let Some(members) = table.relations.get_mut(relation.0 as usize)
        {
            members.closed.set(row as usize, closed);
        }
    }

    /// Adds a member to a list of references kept at a thing.
    pub fn list(&mut self, kind: KindId, row: u32, relation: RelationId, member: u32) {
        if let Some(table) = self.table_mut(kind)
            && let Some(Some(lists)) = table.lists.get_mut(relation.0 as usize)
            && let Some(list) = lists.get_mut(row as usize)
        {
            list.push(member);
        }
    }

    /// States a list of references kept at a thing anew.
    pub fn relist(&mut self, kind: KindId, row: u32, relation: RelationId, members: Vec<u32>) {
        if let Some(table) = self.table_mut(kind)
            && let Some(Some(lists)) = table.lists.get_mut(relation.0 as usize)
            && let Some(list) = lists.get_mut(row as usize)
        {
            *list = members;
        }
    }

    /// Works out what follows from what was stated: reverse relations, and facts that flow down
    /// from above.
    pub fn link(&mut self, schema: &Schema) {
        for (kind_index, kind) in schema.kinds.iter().enumerate() {
            for index in 0..kind.relations.len() {
                self.link_relation(schema, KindId(kind_index as u16), RelationId(index as u16));
            }
        }
        for kind in 0..schema.kinds.len() {
            self.flow_kind(schema, KindId(kind as u16));
        }
    }

    /// Works out the members of one relation of all things of a kind.
    pub fn link_relation(&mut self, schema: &Schema, kind: KindId, relation: RelationId) {
        if self.table(kind).rows == 0 {
            return;
        }
        let definition = schema.kind(kind).relation(relation);
        let pairs = self.pairs(kind, relation, definition.to, definition.source);
        let before = self.table(kind).relations.get(relation.0 as usize);
        if pairs.is_empty() && before.is_some_and(|members| members.targets.is_empty()) {
            return;
        }
        let Some(table) = self.table_mut(kind) else { return };
        let mut offsets = vec![0u32; table.rows + 1];
        for (row, _) in &pairs {
            if let Some(n) = offsets.get_mut(*row as usize + 1) {
                *n += 1;
            }
        }
        let mut sum = 0;
        for n in &mut offsets {
            sum += *n;
            *n = sum;
        }
        // Each row's place moves on with every member, and ends where the next row begins.
        let mut targets = vec![0; pairs.len()];
        let mut places = offsets.clone();
        for (row, member) in &pairs {
            if let Some(place) = places.get_mut(*row as usize) {
                if let Some(target) = targets.get_mut(*place as usize) {
                    *target = *member;
                }
                *place += 1;
            }
        }
        if let Some(members) = table.relations.get_mut(relation.0 as usize) {
            members.offsets = offsets;
            members.targets = targets;
        }
    }

    fn pairs(&self, kind: KindId, relation: RelationId, to: KindId, source: Source) -> Vec<(u32, u32)> {
        let rows = self.table(kind).rows;
        match source {
            Source::Inverse(field) => match self.table(to).columns.get(field.0 as usize) {
                Some(Column::Things(above)) => above
                    .iter()
                    .enumerate()
                    .filter(|(_, row)| (**row as usize) < rows)
                    .map(|(member, row)| (*row, member as u32))
                    .collect(),
                _ => vec![],
            },
            Source::List => self.listed(kind, relation).collect(),
            Source::InverseList(other) => self
                .listed(to, other)
                .filter(|(_, row)| (*row as usize) < rows)
                .map(|(member, row)| (row, member))
                .collect(),
        }
    }

    fn listed(&self, kind: KindId, relation: RelationId) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.table(kind)
            .lists
            .get(relation.0 as usize)
            .and_then(Option::as_ref)
            .into_iter()
            .flatten()
            .enumerate()
            .flat_map(|(row, list)| list.iter().map(move |member| (row as u32, *member)))
    }

    /// Lets facts flow down into one kind from the kind above, which must be done.
    pub fn flow_kind(&mut self, schema: &Schema, kind: KindId) {
        let definition = schema.kind(kind);
        if self.table(kind).rows == 0 {
            return;
        }
        let above = schema.parent_of(kind);
        let parents =
            definition.parent.and_then(|field| match self.table(kind).columns.get(field.0 as usize) {
                Some(Column::Things(rows)) => Some(rows.clone()),
                _ => None,
            });
        for (index, field) in definition.fields.iter().enumerate() {
            if !field.inherits {
                continue;
            }
            let Some((above, parents)) = above.zip(parents.as_ref()) else { continue };
            let Some(from) = schema.kind(above).field_named(&field.name) else { continue };
            let Some(source) = self.table(above).columns.get(from.0 as usize) else { continue };
            let before = self.table(kind).inherited.get(index).is_some_and(Bits::any);
            if !before && !source.any_known() {
                continue;
            }
            let source = source.clone();
            for row in 0..parents.len() as u32 {
                let inherited =
                    self.table(kind).inherited.get(index).is_some_and(|bits| bits.get(row as usize));
                let field = FieldId(index as u16);
                if !inherited && self.value(kind, row, field).is_some() {
                    continue;
                }
                let parent = parents.get(row as usize).copied().unwrap_or(ROW_UNKNOWN);
                let value = source.get(parent);
                self.state(kind, row, field, value);
                if value.is_some()
                    && let Some(table) = self.table_mut(kind)
                    && let Some(bits) = table.inherited.get_mut(index)
                {
                    bits.set(row as usize, true);
                }
            }
        }
    }

    /// The value of a fact, if it is known. A row of none has no facts: its bools are false, its sets
    /// empty, its numbers and references none.
    #[must_use]
    pub fn value(&self, kind: KindId, row: u32, field: FieldId) -> Option<Value> {
        let column = self.table(kind).columns.get(field.0 as usize)?;
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
        match self.table(kind).relations.get(relation.0 as usize) {
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
            Self::Numbers { values, known } => {
                values.get(at).filter(|_| known.get(at)).map(|n| Value::Number(*n))
            }
            Self::Sets { values, known } => known.get(at).then(|| Value::Set(values.get(at))),
            Self::Things(rows) => rows.get(at).filter(|r| **r != ROW_UNKNOWN).map(|r| Value::Thing(*r)),
        }
    }
}
