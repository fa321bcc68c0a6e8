//! What an unknown outcome waits for.
//!
//! Missing facts are first collected from every part that is still undecided. Where a plan reads each
//! fact once and each of its atoms can come out either way, that is already exact; otherwise the
//! values of up to [`ENUMERATION_LIMIT`] facts are tried in all combinations.

use super::lists::root;
use super::{Bound, Supposition, Things, hold, judge, start};
use crate::plan::{Comparison, NONE, NodeId, Op, Plan, SetTest, Var};
use crate::schema::{Field, FieldId, KindId, Schema, Type};
use crate::truth::{Outcome, Truth};
use crate::universe::{FactKey, ROW_UNKNOWN, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Up to so many missing facts are tried in all combinations.
pub const ENUMERATION_LIMIT: usize = 12;
/// And at most so many combinations.
const COMBINATION_LIMIT: usize = 1 << 14;

/// The facts that an unknown outcome waits for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// The facts, in order.
    pub facts: Vec<FactKey>,
    /// Whether each of them can change the outcome for some values of the others. Otherwise the list
    /// may hold facts that cannot matter; never does it lack one that can.
    pub exact: bool,
}

/// What an unknown outcome waits for, with what other things wait for as well kept apart.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    /// The facts, in order.
    pub facts: Vec<FactKey>,
    /// What long lists lack: the same for all things that ask the same of such a list.
    pub shared: Vec<Arc<InList>>,
    /// As in [`Missing`].
    pub exact: bool,
}

/// What the members of a long list lack for a quantifier over it.
#[derive(Clone, Debug, Default)]
pub struct InList {
    /// The facts, each with how often it was met.
    pub facts: BTreeMap<FactKey, usize>,
    /// Things outside the list that are not known: what is missing for them hangs on who asks.
    deferred: Vec<NodeId>,
}

/// Missing facts while they are collected.
#[derive(Debug, Default)]
pub(super) struct Found {
    facts: BTreeMap<FactKey, usize>,
    shared: Vec<Arc<InList>>,
    /// Inside the list that this variable goes through.
    inside: Option<Var>,
    deferred: Vec<NodeId>,
}

impl Found {
    pub fn inside(var: Var) -> Self {
        Self { inside: Some(var), ..Self::default() }
    }

    fn add(&mut self, key: FactKey) {
        *self.facts.entry(key).or_default() += 1;
    }

    /// Everything in one list.
    pub fn finish(mut self) -> InList {
        for list in std::mem::take(&mut self.shared) {
            for (key, n) in &list.facts {
                *self.facts.entry(key.clone()).or_default() += n;
            }
        }
        InList { facts: self.facts, deferred: self.deferred }
    }
}

/// What is missing for a requirement's outcome for one thing; empty when the outcome is known.
#[must_use]
pub fn missing(when: Option<&Bound<'_>>, check: &Bound<'_>, schema: &Schema, row: u32) -> Missing {
    let Waiting { mut facts, shared, exact } = waiting(when, check, schema, row);
    if !shared.is_empty() {
        facts.extend(shared.iter().flat_map(|list| list.facts.keys().cloned()));
        facts.sort_unstable();
        facts.dedup();
    }
    Missing { facts, exact }
}

/// The same as [`missing`]. Where the plans [remember](Bound::remembering), what a long list lacks is
/// handed out as it is, since copying it for each of many things would take a time of its own.
#[must_use]
pub fn waiting(when: Option<&Bound<'_>>, check: &Bound<'_>, schema: &Schema, row: u32) -> Waiting {
    if judge(when, check, row) != Outcome::Unknown {
        return Waiting { exact: true, ..Waiting::default() };
    }
    let mut found = Found::default();
    let things = start(row);
    for bound in when.into_iter().chain([check]) {
        if bound.truth(row) == Truth::Unknown {
            bound.collect(bound.plan.root, &things, &mut found);
        }
    }
    let Found { facts: found, shared, .. } = found;
    let once = found.values().chain(shared.iter().flat_map(|list| list.facts.values())).all(|n| *n == 1);
    let facts: Vec<FactKey> = found.into_keys().collect();
    let mut plans = when.into_iter().chain([check]).map(|bound| bound.plan);
    let mut all = facts.iter().chain(shared.iter().flat_map(|list| list.facts.keys()));
    if once
        && shared.len() < 2
        && plans.all(|plan| free(plan, schema))
        && !all.any(|fact| is_reference(fact, schema))
    {
        return Waiting { facts, shared, exact: true };
    }
    // What is shared alone is more than can be tried.
    let relevant = if shared.is_empty() { relevant(when, check, schema, row, &facts) } else { None };
    match relevant {
        Some(facts) => Waiting { facts, shared, exact: true },
        None => Waiting { facts, shared, exact: false },
    }
}

impl Bound<'_> {
    /// Collects what is missing from an undecided part; a fact that is met twice is counted twice.
    pub(super) fn collect(&self, id: NodeId, things: &Things, into: &mut Found) {
        let op = self.plan.op(id);
        match op {
            Op::And(parts) | Op::Or(parts) => {
                for part in parts {
                    if self.truth_of(*part, things) == Truth::Unknown {
                        self.collect(*part, things, into);
                    }
                }
            }
            Op::If(c, a, b) => {
                let condition = self.truth_of(*c, things);
                let branches: &[NodeId] = match condition {
                    Truth::True => &[*a],
                    Truth::False => &[*b],
                    Truth::Unknown => &[*a, *b],
                };
                if condition == Truth::Unknown {
                    self.collect(*c, things, into);
                }
                for branch in branches {
                    if !self.decided(*branch, things) {
                        self.collect(*branch, things, into);
                    }
                }
            }
            Op::Quantified(_, thing, kind, relation, var, body)
            | Op::Count(thing, kind, relation, var, body) => {
                let row = self.thing(*thing, things);
                if row == ROW_UNKNOWN {
                    return self.unknown_thing(*thing, things, into);
                }
                let (members, closed) = self.universe.members(*kind, row, *relation);
                if !self.closed(*kind, row, *relation, closed) {
                    into.add(FactKey::Complete(*kind, row, *relation));
                }
                if let Some(list) = self.missing_in_list(id, things) {
                    return self.take_in(list, things, into);
                }
                let mut inner = *things;
                for member in members {
                    hold(&mut inner, *var, *member);
                    if self.truth_of(*body, &inner) == Truth::Unknown {
                        self.collect(*body, &inner, into);
                    }
                }
            }
            Op::Outcome(name, thing) => match self.thing(*thing, things) {
                ROW_UNKNOWN => self.unknown_thing(*thing, things, into),
                row => {
                    if let Some((clause, kind)) = self.plan.outcomes.get(*name as usize) {
                        into.add(FactKey::Outcome(clause.clone(), *kind, row));
                    }
                }
            },
            Op::Flag(thing, kind, field)
            | Op::Has(thing, kind, field)
            | Op::Fact(thing, kind, field)
            | Op::SetFact(thing, kind, field)
            | Op::Follow(thing, kind, field) => match self.thing(*thing, things) {
                ROW_UNKNOWN => self.unknown_thing(*thing, things, into),
                row => into.add(FactKey::Fact(*kind, row, *field)),
            },
            Op::Workdays(a, b) | Op::AddWorkdays(a, b)
                if self.decided(*a, things) && self.decided(*b, things) =>
            {
                into.add(FactKey::Calendar);
            }
            Op::Thing(_) => {}
            _ => {
                for part in op.parts() {
                    if !self.decided(part, things) {
                        self.collect(part, things, into);
                    }
                }
            }
        }
    }

    /// What is missing for a thing that is not known.
    fn unknown_thing(&self, thing: NodeId, things: &Things, into: &mut Found) {
        let outside = into.inside.zip(root(self.plan, thing)).is_some_and(|(own, var)| var.0 < own.0);
        if !outside {
            self.collect(thing, things, into);
        } else if !into.deferred.contains(&thing) {
            into.deferred.push(thing);
        }
    }

    /// Takes in what a long list lacks: as a whole where it is too much to be tried anyway.
    fn take_in(&self, list: Arc<InList>, things: &Things, into: &mut Found) {
        for thing in &list.deferred {
            // Read once for each member, so more than once.
            self.unknown_thing(*thing, things, into);
            self.unknown_thing(*thing, things, into);
        }
        if list.facts.len() <= ENUMERATION_LIMIT {
            for (key, n) in &list.facts {
                *into.facts.entry(key.clone()).or_default() += n;
            }
        } else if !into.shared.iter().any(|other| Arc::ptr_eq(other, &list)) {
            into.shared.push(list);
        }
    }
}

/// Tries all values of the facts and keeps those that can matter; `None` when there are too many or
/// their values cannot be listed.
fn relevant(
    when: Option<&Bound<'_>>,
    check: &Bound<'_>,
    schema: &Schema,
    row: u32,
    facts: &[FactKey],
) -> Option<Vec<FactKey>> {
    if facts.len() > ENUMERATION_LIMIT {
        return None;
    }
    let plans: Vec<&Plan> = when.iter().map(|w| w.plan).chain([check.plan]).collect();
    let domains: Vec<Vec<Option<Value>>> =
        facts.iter().map(|fact| domain(fact, schema, &plans, check)).collect::<Option<_>>()?;
    let total =
        domains.iter().try_fold(1usize, |n, d| n.checked_mul(d.len()).filter(|n| *n <= COMBINATION_LIMIT))?;
    let outcome_of = |mut index: usize| {
        let mut supposed = Supposition::new();
        for (fact, domain) in facts.iter().zip(&domains) {
            if let Some(Some(value)) = domain.get(index % domain.len().max(1)) {
                supposed.insert(fact.clone(), *value);
            }
            index /= domain.len().max(1);
        }
        let when = when.map(|w| w.supposing(&supposed));
        judge(when.as_ref(), &check.supposing(&supposed), row)
    };
    let outcomes: Vec<Outcome> = (0..total).map(outcome_of).collect();
    let mut kept = vec![];
    let mut stride = 1;
    for (fact, domain) in facts.iter().zip(&domains) {
        let matters = outcomes.iter().enumerate().any(|(index, outcome)| {
            let digit = index / stride % domain.len().max(1);
            // Compared with the first value of the same fact, all others alike.
            outcomes.get(index - digit * stride).is_some_and(|first| first != outcome)
        });
        if matters {
            kept.push(fact.clone());
        }
        stride *= domain.len().max(1);
    }
    // Where no value of any of them matters (`x.f || !x.f`), knowing one still settles the outcome.
    (!kept.is_empty()).then_some(kept)
}

fn is_reference(fact: &FactKey, schema: &Schema) -> bool {
    matches!(fact, FactKey::Fact(kind, _, field) if matches!(schema.kind(*kind).field(*field).ty, Type::Thing(_)))
}

/// Whether every atom of a plan can come out true and can come out false, whatever is known of other
/// facts: then a fact that is read once and still undecided matters.
fn free(plan: &Plan, schema: &Schema) -> bool {
    crate::mutate::atoms(plan).into_iter().all(|atom| match plan.op(atom) {
        Op::Flag(..) | Op::Outcome(..) => true,
        Op::Has(_, kind, field) => schema.kind(*kind).field(*field).optional,
        Op::Compare(how, a, b) => match (plan.op(*a), plan.op(*b)) {
            (Op::Fact(_, kind, field), Op::Number(n)) | (Op::Number(n), Op::Fact(_, kind, field)) => {
                both_sides(*how, schema.kind(*kind).field(*field), *n, schema)
            }
            (Op::Fact(..), Op::Literal(_) | Op::AsOf) | (Op::Literal(_) | Op::AsOf, Op::Fact(..)) => true,
            _ => false,
        },
        Op::Member(item, set) => match (plan.op(*item), plan.op(*set)) {
            (Op::Number(_), Op::SetFact(..)) => true,
            (Op::Fact(_, kind, field), Op::SetLiteral(set)) => {
                *set != 0 && (set.count_ones() as usize) < values_of(schema, *kind, *field)
            }
            _ => false,
        },
        Op::Sets(test, a, b) => match (test, plan.op(*a), plan.op(*b)) {
            (SetTest::Same, Op::SetFact(..), Op::SetLiteral(_))
            | (SetTest::Same, Op::SetLiteral(_), Op::SetFact(..)) => true,
            (SetTest::Subset | SetTest::Overlap, Op::SetLiteral(set), Op::SetFact(..))
            | (SetTest::Overlap, Op::SetFact(..), Op::SetLiteral(set)) => *set != 0,
            (SetTest::Subset, Op::SetFact(_, kind, field), Op::SetLiteral(set)) => {
                (set.count_ones() as usize) < values_of(schema, *kind, *field)
            }
            _ => false,
        },
        _ => false,
    })
}

fn values_of(schema: &Schema, kind: KindId, field: FieldId) -> usize {
    match schema.kind(kind).field(field).ty {
        Type::Enum(list) | Type::Set(list) => schema.values(list).len(),
        _ => 0,
    }
}

/// Whether a fact can lie on both sides of a constant.
fn both_sides(how: Comparison, field: &Field, n: i64, schema: &Schema) -> bool {
    let (low, high) = field.range;
    let equality = matches!(how, Comparison::Equal | Comparison::NotEqual);
    match field.ty {
        Type::Enum(list) => schema.values(list).len() > 1,
        Type::Int | Type::Decimal if equality => low < high && (low..=high).contains(&n),
        Type::Int | Type::Decimal => low < n && n < high,
        _ => true,
    }
}

/// Values that stand for all values of a missing fact as far as these plans can tell them apart;
/// `None` when they cannot be listed. An entry of `None` leaves the fact unknown.
fn domain(fact: &FactKey, schema: &Schema, plans: &[&Plan], bound: &Bound<'_>) -> Option<Vec<Option<Value>>> {
    let flags = vec![Some(Value::Flag(false)), Some(Value::Flag(true))];
    let (kind, field) = match fact {
        FactKey::Outcome(..) => return Some(flags),
        FactKey::Complete(..) => return Some(vec![None, Some(Value::Flag(true))]),
        FactKey::Calendar => return None,
        FactKey::Fact(kind, _, field) => (*kind, *field),
    };
    let definition = schema.kind(kind).field(field);
    let (low, high) = definition.range;
    let mut values: Vec<i64> = match definition.ty {
        Type::Bool => return Some(flags),
        Type::Thing(_) => return None,
        Type::Set(_) => return set_domain(kind, field, plans),
        Type::Enum(list) => (0..schema.values(list).len() as i64).collect(),
        Type::Int | Type::Decimal => {
            let mut points = points(kind, field, plans, bound)?;
            points.retain(|n| (low..=high).contains(n));
            if points.is_empty() { vec![low] } else { points }
        }
        _ => points(kind, field, plans, bound)?,
    };
    if definition.optional {
        values.push(NONE);
    }
    Some(values.into_iter().map(|n| Some(Value::Number(n))).collect())
}

/// For a fact that is only compared with constants: the constants, and what lies beside them.
fn points(kind: KindId, field: FieldId, plans: &[&Plan], bound: &Bound<'_>) -> Option<Vec<i64>> {
    let mut found = vec![];
    for plan in plans {
        let is_fact = |id: NodeId| matches!(plan.op(id), Op::Fact(_, k, f) if (*k, *f) == (kind, field));
        for node in &plan.nodes {
            match &node.op {
                Op::Compare(_, a, b) if is_fact(*a) || is_fact(*b) => {
                    let other = if is_fact(*a) { b } else { a };
                    let at = match plan.op(*other) {
                        Op::Number(n) => *n,
                        Op::AsOf => bound.universe.as_of,
                        Op::Literal(place) => {
                            let text = plan.texts.get(*place as usize)?;
                            bound.universe.texts.find(text).map_or(-2 - i64::from(*place), i64::from)
                        }
                        _ => return None,
                    };
                    found.extend([at - 1, at, at + 1]);
                }
                op if op.parts().into_iter().any(is_fact) => return None,
                _ => {}
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    if found.is_empty() {
        found.push(0);
    }
    Some(found)
}

/// For a set that is only asked for constant values: all sets of those.
fn set_domain(kind: KindId, field: FieldId, plans: &[&Plan]) -> Option<Vec<Option<Value>>> {
    let mut mentioned = 0u128;
    for plan in plans {
        let is_fact = |id: NodeId| matches!(plan.op(id), Op::SetFact(_, k, f) if (*k, *f) == (kind, field));
        for node in &plan.nodes {
            match &node.op {
                Op::Member(item, set) if is_fact(*set) => match plan.op(*item) {
                    Op::Number(place) => mentioned |= 1 << place,
                    _ => return None,
                },
                op if op.parts().into_iter().any(is_fact) => return None,
                _ => {}
            }
        }
    }
    let places: Vec<u32> = (0..128).filter(|place| mentioned >> place & 1 == 1).collect();
    if places.len() > 10 {
        return None;
    }
    let sets = (0..1u32 << places.len()).map(|choice| {
        let set = places
            .iter()
            .enumerate()
            .filter(|(i, _)| choice >> i & 1 == 1)
            .fold(0u128, |s, (_, p)| s | 1 << p);
        Some(Value::Set(set))
    });
    Some(sets.collect())
}
