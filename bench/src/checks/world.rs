//! Things made up for a check: everything that it reads is known, every list complete, nothing none.
//!
//! A thing is a row: one value for each fact that the check needs, in the order of the kind's keys;
//! codes and texts are strings, dates and lengths of time seconds, references row numbers. Half of the values of an enum are ones
//! that the check asks about, so that it does not end at its first comparison.

use super::reach::{Need, needs};
use crate::measure::Seeded;
use hegui_logic::calendar::{DAY, parse_date};
use hegui_logic::plan::{NodeId, Op, Plan};
use hegui_logic::schema::{EnumId, Field, FieldId, Kind, KindId, Schema, Source, Type};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// One thing: its values in the order of [`Need::keys`].
pub type Row = Vec<Value>;

/// All things of a check.
#[derive(Debug)]
pub struct World {
    /// Rows of each kind that the check reads.
    pub rows: BTreeMap<KindId, Vec<Row>>,
    /// What rows of each kind hold.
    pub needs: BTreeMap<KindId, Need>,
    /// The day of the assessment, in seconds.
    pub as_of: i64,
}

/// Codes that a check asks about, for each fact.
type Mentioned = BTreeMap<(KindId, FieldId), BTreeSet<usize>>;

struct Maker<'a> {
    schema: &'a Schema,
    counts: BTreeMap<KindId, usize>,
    mentioned: Mentioned,
    texts: Vec<String>,
    as_of: i64,
    seeded: Seeded,
}

impl World {
    /// So many things of the check's scope, and with them what they belong to and what belongs to them.
    #[must_use]
    pub fn new(plan: &Plan, schema: &Schema, things: usize, seed: u64) -> Self {
        let needs = needs(plan, schema);
        let as_of = parse_date("2026-06-01").unwrap_or_default();
        let mut texts: Vec<String> =
            ["订单配送", "客户服务", "account", "delivery"].map(str::to_owned).to_vec();
        texts.extend(plan.texts.iter().cloned());
        let counts =
            needs.keys().map(|kind| (*kind, population(schema, plan.scope, *kind, things))).collect();
        let seeded = Seeded::new(seed);
        let mut maker = Maker { schema, counts, mentioned: mentioned(plan), texts, as_of, seeded };
        let rows = needs.iter().map(|(kind, need)| (*kind, maker.rows(*kind, need))).collect();
        Self { rows, needs, as_of }
    }

    /// The rows of a kind.
    #[must_use]
    pub fn of(&self, kind: KindId) -> &[Row] {
        self.rows.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// How many values all rows hold.
    #[must_use]
    pub fn values(&self) -> usize {
        self.rows.values().flatten().map(Vec::len).sum()
    }
}

/// How many things of a kind go with so many of the scope: every thing has three below it of each
/// kind, and there are never more than three times as many as of the scope.
fn population(schema: &Schema, scope: KindId, kind: KindId, things: usize) -> usize {
    let depth = |kind| {
        i32::try_from(std::iter::successors(Some(kind), |k| schema.parent_of(*k)).count()).unwrap_or(0)
    };
    let share = 3f64.powi(depth(kind) - depth(scope));
    ((things as f64 * share.min(3.0)) as usize).max(1)
}

/// Which codes a check compares each fact with.
fn mentioned(plan: &Plan) -> Mentioned {
    let mut found = Mentioned::new();
    let mut note = |a: NodeId, b: NodeId| {
        let (Op::Fact(_, kind, field) | Op::SetFact(_, kind, field)) = plan.op(a) else { return };
        let codes = found.entry((*kind, *field)).or_default();
        match plan.op(b) {
            Op::Number(code) => codes.extend(usize::try_from(*code).ok()),
            Op::SetLiteral(set) => codes.extend((0..128).filter(|place| set >> place & 1 == 1)),
            _ => {}
        }
    };
    for node in &plan.nodes {
        if let Op::Compare(_, a, b) | Op::Member(a, b) | Op::Sets(_, a, b) = &node.op {
            note(*a, *b);
            note(*b, *a);
        }
    }
    found
}

impl Maker<'_> {
    fn rows(&mut self, kind: KindId, need: &Need) -> Vec<Row> {
        let count = self.counts.get(&kind).copied().unwrap_or(0);
        (0..count).map(|row| self.row(kind, need, row)).collect()
    }

    fn row(&mut self, kind: KindId, need: &Need, row: usize) -> Row {
        let schema = self.schema;
        let definition = schema.kind(kind);
        let mut made = Row::new();
        for id in &need.fields {
            let field = definition.field(*id);
            made.push(self.value(kind, definition, *id, field, row));
        }
        for id in &need.lists {
            let relation = definition.relation(*id);
            debug_assert_eq!(relation.source, Source::List);
            let there = self.counts.get(&relation.to).copied().unwrap_or(0);
            let members: BTreeSet<usize> =
                (0..self.seeded.below(5)).map(|_| self.seeded.below(there)).collect();
            made.push(members.into_iter().collect());
        }
        made.extend(need.outcomes.iter().map(|_| Value::from(self.seeded.chance(50))));
        made
    }

    fn value(&mut self, kind: KindId, definition: &Kind, id: FieldId, field: &Field, row: usize) -> Value {
        let seeded = &mut self.seeded;
        match field.ty {
            Type::Bool => seeded.chance(50).into(),
            Type::Int => seeded.below(field.range.1.clamp(1, 60) as usize + 1).into(),
            Type::Decimal => (seeded.below(9) as f64 / 4.0).into(),
            Type::Date => (self.as_of + (seeded.below(800) as i64 - 400) * DAY).into(),
            Type::Duration => (seeded.below(60) as i64 * DAY).into(),
            Type::Text => self.texts.get(seeded.below(self.texts.len())).cloned().into(),
            Type::Enum(list) => self.code((kind, id), list).into(),
            Type::Set(list) => self.codes((kind, id), list).into(),
            Type::Thing(to) => {
                let there = self.counts.get(&to).copied().unwrap_or(1);
                let here = self.counts.get(&kind).copied().unwrap_or(1);
                // Things stand in a register near those that they belong to; other references go anywhere.
                if definition.parent == Some(id) {
                    near(row, here, there, seeded)
                } else {
                    seeded.below(there)
                }
                .into()
            }
        }
    }

    fn code(&mut self, fact: (KindId, FieldId), list: EnumId) -> String {
        let values = self.schema.values(list);
        let asked: Vec<usize> = self.mentioned.get(&fact).into_iter().flatten().copied().collect();
        let place = match asked.get(self.seeded.below(asked.len())) {
            Some(place) if self.seeded.chance(50) => *place,
            // Facts that are compared with each other should sometimes be the same.
            None => self.seeded.below(values.len().min(4)),
            _ => self.seeded.below(values.len()),
        };
        values.get(place).cloned().unwrap_or_default()
    }

    fn codes(&mut self, fact: (KindId, FieldId), list: EnumId) -> Vec<String> {
        let asked = self.mentioned.get(&fact).cloned().unwrap_or_default();
        let values = self.schema.values(list);
        let mut codes = vec![];
        for (place, value) in values.iter().enumerate() {
            if self.seeded.chance(if asked.contains(&place) { 75 } else { 150 / values.len() }) {
                codes.push(value.clone());
            }
        }
        codes
    }
}

/// The thing above: in the same order, a little stirred, so that some have more below them than others.
fn near(row: usize, here: usize, there: usize, seeded: &mut Seeded) -> usize {
    let place = row * there / here.max(1) + seeded.below(5);
    place.saturating_sub(2).min(there.saturating_sub(1))
}
