//! What a changed fact can matter for: references and relations walked backwards.
//!
//! A plan reads a fact at some node, of the thing that a path leads to. Walking that path back from
//! the changed thing gives the things of the scope that can read it. No part of the path before the
//! first node that reads the changed fact depends on it, so the walk is the same before and after the
//! change; only a changed reference moves members from one relation to another, and for plans that
//! ask such a relation the answer is "all".

use crate::plan::{NodeId, Op, Plan, Var};
use crate::schema::{FieldId, KindId, RelationId, Schema, Source, Type};
use crate::universe::{Column, FactKey, Universe};
use std::collections::BTreeSet;

/// The things of a plan's scope for which a changed fact can matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Affected {
    /// Any of them, or so many that it is no use to tell them apart.
    All,
    /// These rows, in order, and no others.
    Rows(Vec<u32>),
}

/// The rows of the plan's scope whose truth can change when this fact changes. The universe may be
/// the one before or the one after the change. [`FactKey::Complete`] of a list of references stands
/// for the list itself too.
#[must_use]
pub fn affected(plan: &Plan, universe: &Universe, schema: &Schema, key: &FactKey) -> Affected {
    let changes = match key {
        FactKey::Fact(kind, row, field) => {
            let mut changes = vec![];
            flow(universe, schema, (*kind, *field, vec![*row]), &mut changes);
            changes
        }
        _ => vec![],
    };
    let mut walk =
        Walk { plan, universe, schema, key, changes, binders: vec![], found: BTreeSet::new(), all: false };
    walk.visit(plan.root);
    let scope_rows = universe.table(plan.scope).rows;
    if walk.all || (scope_rows > 8 && walk.found.len() * 2 > scope_rows) {
        Affected::All
    } else {
        Affected::Rows(walk.found.into_iter().collect())
    }
}

/// A fact, and the things of which it changed.
type Change = (KindId, FieldId, Vec<u32>);

/// Follows a changed fact down to the things that inherit it. A changed reference to the thing above
/// changes all that is inherited.
fn flow(universe: &Universe, schema: &Schema, change: Change, into: &mut Vec<Change>) {
    let (kind, field, rows) = change.clone();
    into.push(change);
    let definition = schema.kind(kind);
    if definition.parent == Some(field) {
        for (place, below) in definition.fields.iter().enumerate() {
            if below.inherits && place != usize::from(field.0) {
                flow(universe, schema, (kind, FieldId(place as u16), rows.clone()), into);
            }
        }
    }
    let Some(name) = definition.fields.get(usize::from(field.0)).map(|f| f.name.as_str()) else { return };
    for (place, child) in schema.kinds.iter().enumerate() {
        let child_kind = KindId(place as u16);
        let Some(parent) = child.parent.filter(|_| schema.parent_of(child_kind) == Some(kind)) else {
            continue;
        };
        let Some(inherited) = child.field_named(name).filter(|f| child.field(*f).inherits) else { continue };
        let below = pointing_at(universe, schema, (child_kind, parent), &rows);
        if !below.is_empty() {
            flow(universe, schema, (child_kind, inherited, below), into);
        }
    }
}

/// The things of a kind whose reference field points at some of these rows.
fn pointing_at(
    universe: &Universe,
    schema: &Schema,
    (kind, field): (KindId, FieldId),
    rows: &[u32],
) -> Vec<u32> {
    let Type::Thing(to) = schema.kind(kind).field(field).ty else { return vec![] };
    let inverse = schema
        .kind(to)
        .relations
        .iter()
        .position(|relation| relation.to == kind && relation.source == Source::Inverse(field));
    if let Some(inverse) = inverse {
        let relation = RelationId(inverse as u16);
        return rows.iter().flat_map(|row| universe.members(to, *row, relation).0.iter().copied()).collect();
    }
    let Some(Column::Things(column)) = universe.table(kind).columns.get(usize::from(field.0)) else {
        return vec![];
    };
    let wanted: BTreeSet<u32> = rows.iter().copied().collect();
    let points = column.iter().enumerate().filter(|(_, at)| wanted.contains(at));
    points.map(|(row, _)| row as u32).collect()
}

/// The things of a kind that have some of these rows among the members of a relation.
fn having(
    universe: &Universe,
    schema: &Schema,
    (kind, relation): (KindId, RelationId),
    rows: &[u32],
) -> Vec<u32> {
    let definition = schema.kind(kind).relation(relation);
    let there = universe.table(kind).rows;
    match definition.source {
        Source::Inverse(field) => match universe.table(definition.to).columns.get(usize::from(field.0)) {
            Some(Column::Things(above)) => {
                let above = rows.iter().filter_map(|row| above.get(*row as usize).copied());
                above.filter(|row| (*row as usize) < there).collect()
            }
            _ => vec![],
        },
        Source::InverseList(list) => rows
            .iter()
            .flat_map(|row| universe.members(definition.to, *row, list).0.iter().copied())
            .filter(|row| (*row as usize) < there)
            .collect(),
        Source::List => {
            let wanted: BTreeSet<u32> = rows.iter().copied().collect();
            let has = |row: &u32| universe.members(kind, *row, relation).0.iter().any(|m| wanted.contains(m));
            (0..there as u32).filter(has).collect()
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
    key: &'a FactKey,
    changes: Vec<Change>,
    binders: Vec<Binder>,
    found: BTreeSet<u32>,
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
                let read = self.changes.iter().filter(|(k, f, _)| (k, f) == (kind, field));
                let rows: Vec<u32> = read.flat_map(|(_, _, rows)| rows.iter().copied()).collect();
                self.trace(*thing, rows);
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
                if let FactKey::Outcome(clause, kind, row) = self.key
                    && self.plan.outcomes.get(*place as usize).is_some_and(|(c, k)| c == clause && k == kind)
                {
                    self.trace(*thing, vec![*row]);
                }
                self.visit(*thing);
            }
            op @ (Op::Workdays(..) | Op::AddWorkdays(..)) => {
                self.all |= *self.key == FactKey::Calendar;
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
        if let FactKey::Complete(k, row, r) = self.key {
            if (*k, *r) == (kind, relation) {
                self.trace(thing, vec![*row]);
            }
            self.all |= *k == definition.to && definition.source == Source::InverseList(*r);
        }
        if let Source::Inverse(reference) = definition.source {
            self.all |= self.changes.iter().any(|(k, f, _)| (*k, *f) == (definition.to, reference));
        }
    }

    /// Adds the things of the scope from which a node leads to one of these rows.
    fn trace(&mut self, thing: NodeId, mut rows: Vec<u32>) {
        let mut thing = thing;
        let (universe, schema) = (self.universe, self.schema);
        while !rows.is_empty() {
            match self.plan.op(thing) {
                Op::Thing(Var(0)) => {
                    self.found.extend(rows);
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
            rows.sort_unstable();
            rows.dedup();
        }
    }
}
