//! What a changed fact can matter for: references and relations walked backwards.
//!
//! A plan reads a fact at some node, of the thing that a path leads to. Walking that path back from
//! the changed thing gives the things of the scope that can read it. No part of the path before the
//! first node that reads the changed fact depends on it, so the walk is the same before and after the
//! change; only a changed reference moves members from one relation to another, and for plans that
//! ask such a relation the answer is "all".

use crate::plan::{NodeId, Op, Plan, Read, Var};
use crate::schema::{FieldId, KindId, RelationId, Schema, Source, Type};
use crate::universe::{Column, FactKey, Universe};
use std::collections::HashMap;

/// From one in so many things of a kind on, it is quicker to take them all than to tell them apart.
const DENSE: usize = 8;
/// In a table of so few rows they are always told apart.
const SMALL: usize = 8;

/// The things of a plan's scope for which a changed fact can matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Affected {
    /// Any of them, or so many that it is no use to tell them apart.
    All,
    /// These rows, in order, and no others.
    Rows(Vec<u32>),
}

impl Affected {
    /// None of them.
    #[must_use]
    pub fn none() -> Self {
        Self::Rows(vec![])
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_none(&self) -> bool {
        matches!(self, Self::Rows(rows) if rows.is_empty())
    }

    /// Rows of a kind, in any order and with repetitions, in a table of so many.
    #[must_use]
    pub fn of(mut rows: Vec<u32>, there: usize) -> Self {
        if rows.len() > 1 {
            rows.sort_unstable();
            rows.dedup();
        }
        if is_dense(rows.len(), there) { Self::All } else { Self::Rows(rows) }
    }

    /// These and others, in a table of so many.
    #[must_use]
    pub fn and(self, other: Self, there: usize) -> Self {
        match (self, other) {
            (Self::Rows(rows), none) | (none, Self::Rows(rows)) if rows.is_empty() => none,
            (Self::Rows(mut rows), Self::Rows(more)) => {
                rows.extend(more);
                Self::of(rows, there)
            }
            _ => Self::All,
        }
    }
}

fn is_dense(rows: usize, there: usize) -> bool {
    there > SMALL && rows * DENSE > there
}

/// Facts that changed, with those that inherit them, each with the things concerned. Collected once
/// and then asked of every plan.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    facts: HashMap<(KindId, FieldId), Affected>,
    complete: HashMap<(KindId, RelationId), Affected>,
    outcomes: HashMap<(String, KindId), Affected>,
    calendar: bool,
}

impl Changes {
    /// One changed fact. The universe may be the one before or the one after the change.
    #[must_use]
    pub fn new(universe: &Universe, schema: &Schema, key: &FactKey) -> Self {
        let mut changes = Self::default();
        match key {
            FactKey::Fact(kind, row, field) => {
                changes.flow(universe, schema, (*kind, *field), Affected::Rows(vec![*row]));
            }
            FactKey::Complete(kind, row, relation) => {
                changes.complete.insert((*kind, *relation), Affected::Rows(vec![*row]));
            }
            FactKey::Outcome(clause, kind, row) => {
                changes.outcomes.insert((clause.clone(), *kind), Affected::Rows(vec![*row]));
            }
            FactKey::Calendar => changes.calendar = true,
        }
        changes
    }

    /// Whether something with these reads, sorted, can be concerned at all. A calendar concerns all.
    #[must_use]
    pub fn concern(&self, schema: &Schema, reads: &[Read]) -> bool {
        let reads_fact = |(kind, field): &(KindId, FieldId)| {
            reads.binary_search(&Read::Fact(*kind, *field)).is_ok()
                || reads_relation(schema, reads, *kind, Source::Inverse(*field))
        };
        let reads_list = |(kind, relation): &(KindId, RelationId)| {
            reads.binary_search(&Read::Relation(*kind, *relation)).is_ok()
                || reads_relation(schema, reads, *kind, Source::InverseList(*relation))
        };
        let reads_outcome =
            |(name, _): &(String, KindId)| reads.iter().any(|r| matches!(r, Read::Outcome(n) if n == name));
        self.calendar
            || self.facts.keys().any(reads_fact)
            || self.complete.keys().any(reads_list)
            || self.outcomes.keys().any(reads_outcome)
    }

    /// The things of which a fact changed.
    #[must_use]
    pub fn of_fact(&self, kind: KindId, field: FieldId) -> Option<&Affected> {
        self.facts.get(&(kind, field))
    }

    /// Adds that the outcome of a clause changed for some things.
    pub fn add_outcomes(&mut self, clause: &str, kind: KindId, rows: Affected) {
        self.outcomes.insert((clause.to_owned(), kind), rows);
    }

    /// Follows a changed fact down to the things that inherit it. A changed reference to the thing
    /// above changes all that is inherited.
    fn flow(
        &mut self,
        universe: &Universe,
        schema: &Schema,
        (kind, field): (KindId, FieldId),
        rows: Affected,
    ) {
        let definition = schema.kind(kind);
        if definition.parent == Some(field) {
            self.moved(universe, schema, kind, &rows);
            for (place, below) in definition.fields.iter().enumerate() {
                if below.inherits && place != usize::from(field.0) {
                    self.flow(universe, schema, (kind, FieldId(place as u16)), rows.clone());
                }
            }
        }
        if let Some(field) = definition.fields.get(usize::from(field.0)) {
            for (place, child) in schema.kinds.iter().enumerate() {
                let child_kind = KindId(place as u16);
                let above = child.parent.filter(|_| schema.parent_of(child_kind) == Some(kind));
                let heir = child.field_named(&field.name).filter(|heir| child.field(*heir).inherits);
                let Some((parent, heir)) = above.zip(heir) else { continue };
                let below = pointing_at(universe, schema, (child_kind, parent), &rows);
                if !below.is_none() {
                    self.flow(universe, schema, (child_kind, heir), below);
                }
            }
        }
        let before = self.facts.remove(&(kind, field)).unwrap_or_else(Affected::none);
        self.facts.insert((kind, field), before.and(rows, universe.table(kind).rows));
    }

    /// Where things stand below others now, what was said above of their relations changes too.
    fn moved(&mut self, universe: &Universe, schema: &Schema, kind: KindId, rows: &Affected) {
        let there = universe.table(kind).rows;
        for relation in (0..schema.kind(kind).relations.len()).map(|at| RelationId(at as u16)) {
            let before = self.complete.remove(&(kind, relation)).unwrap_or_else(Affected::none);
            self.complete.insert((kind, relation), before.and(rows.clone(), there));
        }
        for child in (0..schema.kinds.len()).map(|at| KindId(at as u16)) {
            let parent = schema.kind(child).parent.filter(|_| schema.parent_of(child) == Some(kind));
            let below = parent.map(|parent| pointing_at(universe, schema, (child, parent), rows));
            if let Some(below) = below.filter(|below| !below.is_none()) {
                self.moved(universe, schema, child, &below);
            }
        }
    }
}

/// Whether a relation to a kind that is the reverse of something there is read.
fn reads_relation(schema: &Schema, reads: &[Read], to: KindId, source: Source) -> bool {
    reads.iter().any(|read| match read {
        Read::Relation(kind, relation) => {
            let relation = schema.kind(*kind).relation(*relation);
            relation.to == to && relation.source == source
        }
        _ => false,
    })
}

/// The rows of the plan's scope whose truth can change when this fact changes. The universe may be
/// the one before or the one after the change. [`FactKey::Complete`] of a list of references stands
/// for the list itself too.
#[must_use]
pub fn affected(plan: &Plan, universe: &Universe, schema: &Schema, key: &FactKey) -> Affected {
    affected_by(plan, universe, schema, &Changes::new(universe, schema, key))
}

/// The rows of the plan's scope whose truth can change with any of these changes, as [`affected`].
#[must_use]
pub fn affected_by(plan: &Plan, universe: &Universe, schema: &Schema, changes: &Changes) -> Affected {
    let mut walk = Walk { plan, universe, schema, changes, binders: vec![], found: vec![], all: false };
    walk.visit(plan.root);
    if walk.all { Affected::All } else { Affected::of(walk.found, universe.table(plan.scope).rows) }
}

/// The things of a kind whose reference field points at some things.
#[must_use]
pub fn pointing_at(
    universe: &Universe,
    schema: &Schema,
    (kind, field): (KindId, FieldId),
    at: &Affected,
) -> Affected {
    let Type::Thing(to) = schema.kind(kind).field(field).ty else { return Affected::none() };
    let there = universe.table(kind).rows;
    let Affected::Rows(rows) = at else { return Affected::All };
    if rows.is_empty() || there == 0 {
        return Affected::none();
    }
    let inverse = schema
        .kind(to)
        .relations
        .iter()
        .position(|relation| relation.to == kind && relation.source == Source::Inverse(field));
    if let Some(inverse) = inverse {
        let relation = RelationId(inverse as u16);
        // No thing stands in two of these lists, so that counting them tells how many there are.
        let count: usize = rows.iter().map(|row| universe.members(to, *row, relation).0.len()).sum();
        if is_dense(count, there) {
            return Affected::All;
        }
        return gather(rows, there, |row| universe.members(to, row, relation).0);
    }
    let Some(Column::Things(column)) = universe.table(kind).column(field) else {
        return Affected::none();
    };
    let points = column.iter().enumerate().filter(|(_, at)| rows.binary_search(at).is_ok());
    Affected::of(points.map(|(row, _)| row as u32).collect(), there)
}

/// What several lists hold together, in a table of so many.
fn gather<'u>(rows: &[u32], there: usize, list: impl Fn(u32) -> &'u [u32]) -> Affected {
    let mut found = vec![];
    for row in rows {
        found.extend_from_slice(list(*row));
    }
    found.retain(|row| (*row as usize) < there);
    Affected::of(found, there)
}

/// The things of a kind that have some things among the members of a relation.
fn having(
    universe: &Universe,
    schema: &Schema,
    (kind, relation): (KindId, RelationId),
    members: &Affected,
) -> Affected {
    let definition = schema.kind(kind).relation(relation);
    let there = universe.table(kind).rows;
    let Affected::Rows(rows) = members else { return Affected::All };
    match definition.source {
        Source::Inverse(field) => match universe.table(definition.to).column(field) {
            Some(Column::Things(above)) => {
                let above = rows.iter().filter_map(|row| above.get(*row as usize).copied());
                Affected::of(above.filter(|row| (*row as usize) < there).collect(), there)
            }
            _ => Affected::none(),
        },
        Source::InverseList(list) => gather(rows, there, |row| universe.members(definition.to, row, list).0),
        Source::List => {
            let back =
                schema.kind(definition.to).relations.iter().position(|reverse| {
                    reverse.to == kind && reverse.source == Source::InverseList(relation)
                });
            if let Some(back) = back {
                let back = RelationId(back as u16);
                return gather(rows, there, |row| universe.members(definition.to, row, back).0);
            }
            let wanted = |member: &u32| rows.binary_search(member).is_ok();
            let has = |row: &u32| universe.members(kind, *row, relation).0.iter().any(wanted);
            Affected::of((0..there as u32).filter(has).collect(), there)
        }
    }
}

/// Where a quantifier's variable comes from.
struct Binder {
    var: Var,
    thing: NodeId,
    relation: (KindId, RelationId),
}

struct Walk<'a> {
    plan: &'a Plan,
    universe: &'a Universe,
    schema: &'a Schema,
    changes: &'a Changes,
    binders: Vec<Binder>,
    found: Vec<u32>,
    all: bool,
}

impl Walk<'_> {
    fn visit(&mut self, id: NodeId) {
        if self.all {
            return;
        }
        match self.plan.op(id) {
            Op::Flag(thing, kind, field)
            | Op::Has(thing, kind, field)
            | Op::Fact(thing, kind, field)
            | Op::SetFact(thing, kind, field)
            | Op::Follow(thing, kind, field) => {
                if let Some(rows) = self.changes.of_fact(*kind, *field) {
                    self.trace(*thing, rows.clone());
                }
                self.visit(*thing);
            }
            Op::Quantified(_, thing, kind, relation, var, body)
            | Op::Count(thing, kind, relation, var, body) => {
                self.relation_read(*thing, *kind, *relation);
                self.visit(*thing);
                self.binders.push(Binder { var: *var, thing: *thing, relation: (*kind, *relation) });
                self.visit(*body);
                self.binders.pop();
            }
            Op::Outcome(place, thing) => {
                if let Some(name) = self.plan.outcomes.get(*place as usize)
                    && let Some(rows) = self.changes.outcomes.get(name)
                {
                    self.trace(*thing, rows.clone());
                }
                self.visit(*thing);
            }
            op @ (Op::Workdays(..) | Op::AddWorkdays(..)) => {
                self.all |= self.changes.calendar;
                self.visit_parts(op);
            }
            op => self.visit_parts(op),
        }
    }

    fn visit_parts(&mut self, op: &Op) {
        for part in op.parts() {
            self.visit(part);
        }
    }

    /// A relation is asked: it changes when its completeness does, when its list does, and when the
    /// references that it is the reverse of do.
    fn relation_read(&mut self, thing: NodeId, kind: KindId, relation: RelationId) {
        let definition = self.schema.kind(kind).relation(relation);
        if let Some(rows) = self.changes.complete.get(&(kind, relation)) {
            self.trace(thing, rows.clone());
        }
        if let Source::InverseList(list) = definition.source {
            self.all |= self.changes.complete.contains_key(&(definition.to, list));
        }
        if let Source::Inverse(reference) = definition.source {
            self.all |= self.changes.of_fact(definition.to, reference).is_some();
        }
    }

    /// Adds the things of the scope from which a node leads to one of these rows.
    fn trace(&mut self, mut thing: NodeId, mut rows: Affected) {
        let (universe, schema) = (self.universe, self.schema);
        while !rows.is_none() {
            match self.plan.op(thing) {
                Op::Thing(Var(0)) => {
                    match rows {
                        Affected::All => self.all = true,
                        Affected::Rows(rows) => self.found.extend(rows),
                    }
                    return;
                }
                Op::Thing(var) => {
                    let Some(binder) = self.binders.iter().rev().find(|b| b.var == *var) else { return };
                    rows = having(universe, schema, binder.relation, &rows);
                    thing = binder.thing;
                }
                Op::Follow(from, kind, field) => {
                    rows = pointing_at(universe, schema, (*kind, *field), &rows);
                    thing = *from;
                }
                _ => return,
            }
        }
    }
}
