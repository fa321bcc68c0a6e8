//! What is left of a check once everything is settled that can be settled beforehand.
//!
//! At run time most facts stand still: they change when the register changes. A few are bound only at
//! the moment of a decision (has this person consented? who asks?). [`Residual::new`] evaluates a plan
//! for one thing, with those few left open as **slots**, and folds all else away: quantifiers are
//! unrolled over their members, decided parts vanish. [`Residual::evaluate`] then answers from the
//! slots alone, without touching the universe.

use crate::plan::{Comparison, NONE, NodeId, Op, Quantity, SetTest, TextTest, Var};
use crate::schema::{FieldId, KindId, RelationId};
use crate::single::{Bound, Number, Things, count, hold, quantify, sets, start, test_text};
use crate::truth::Truth;
use crate::universe::{FactKey, ROW_UNKNOWN, Value};

/// A check for one thing, as far as it can be evaluated beforehand.
#[derive(Clone, Debug)]
pub struct Residual {
    root: Rest,
    slots: Vec<FactKey>,
}

/// A truth that waits for slots.
#[derive(Clone, Debug, PartialEq)]
enum Rest {
    Known(Truth),
    Not(Box<Rest>),
    And(Vec<Rest>),
    Or(Vec<Rest>),
    If(Box<[Rest; 3]>),
    Alike(Box<[Rest; 2]>),
    /// A bool, a closedness or an outcome.
    Slot(usize),
    Has(usize),
    Compare(Comparison, Box<[RestNumber; 2]>),
    Member(RestNumber, RestSet),
    Sets(SetTest, RestSet, RestSet),
    /// For each text symbol known when the residual was made, whether it passes.
    Text(RestNumber, Vec<bool>),
    Quantified(Quantity, Box<Tally>),
}

/// The members of a relation, with what is left to ask of each.
#[derive(Clone, Debug, PartialEq)]
struct Tally {
    yes: usize,
    maybe: usize,
    no: usize,
    rest: Vec<Rest>,
    /// Whether these are all.
    closed: Rest,
}

#[derive(Clone, Debug, PartialEq)]
enum RestNumber {
    Known(Number),
    Slot(usize),
    Add(Box<[RestNumber; 2]>),
    Subtract(Box<[RestNumber; 2]>),
    Multiply(Box<[RestNumber; 2]>),
    If(Box<(Rest, RestNumber, RestNumber)>),
    Count(Box<Tally>),
    CountSet(Box<RestSet>),
}

#[derive(Clone, Debug, PartialEq)]
enum RestSet {
    Known(Option<u128>),
    Slot(usize),
}

impl Residual {
    /// Evaluates a plan for the thing in `row` as far as it goes. Facts for which `late` says yes are
    /// left open, whatever the universe knows of them. References and working days cannot be late:
    /// what hangs on a late reference is unknown.
    #[must_use]
    pub fn new(bound: &Bound<'_>, row: u32, late: &dyn Fn(&FactKey) -> bool) -> Self {
        let mut maker = Maker { bound, late, slots: vec![] };
        let root = maker.truth(bound.plan.root, &start(row));
        Self { root, slots: maker.slots }
    }

    /// The facts that have to be given, in the order that [`Residual::evaluate`] takes them.
    #[must_use]
    pub fn slots(&self) -> &[FactKey] {
        &self.slots
    }

    /// The truth, where it does not depend on any slot.
    #[must_use]
    pub fn settled(&self) -> Option<Truth> {
        match self.root {
            Rest::Known(truth) => Some(truth),
            _ => None,
        }
    }

    /// The truth for these values of the slots; a missing value is unknown.
    #[must_use]
    pub fn evaluate(&self, values: &[Option<Value>]) -> Truth {
        self.root.truth(values)
    }
}

struct Maker<'a> {
    bound: &'a Bound<'a>,
    late: &'a dyn Fn(&FactKey) -> bool,
    slots: Vec<FactKey>,
}

impl Maker<'_> {
    fn slot(&mut self, key: FactKey) -> Option<usize> {
        if !(self.late)(&key) {
            return None;
        }
        if let Some(place) = self.slots.iter().position(|k| *k == key) {
            return Some(place);
        }
        self.slots.push(key);
        Some(self.slots.len() - 1)
    }

    fn fact(&mut self, thing: NodeId, kind: KindId, field: FieldId, things: &Things) -> Option<usize> {
        let row = self.bound.thing(thing, things);
        (row < crate::universe::ROW_NONE).then_some(())?;
        self.slot(FactKey::Fact(kind, row, field))
    }

    fn truth(&mut self, id: NodeId, things: &Things) -> Rest {
        let bound = self.bound;
        let rest = match bound.plan.op(id) {
            Op::Not(a) => match self.truth(*a, things) {
                Rest::Known(truth) => Rest::Known(truth.not()),
                rest => Rest::Not(Box::new(rest)),
            },
            Op::And(parts) => self.junction(parts, things, Truth::False),
            Op::Or(parts) => self.junction(parts, things, Truth::True),
            Op::If(c, a, b) => {
                Rest::If(Box::new([self.truth(*c, things), self.truth(*a, things), self.truth(*b, things)]))
            }
            Op::Alike(a, b) => Rest::Alike(Box::new([self.truth(*a, things), self.truth(*b, things)])),
            Op::Flag(thing, kind, field) => match self.fact(*thing, *kind, *field, things) {
                Some(slot) => return Rest::Slot(slot),
                None => return Rest::Known(bound.truth_of(id, things)),
            },
            Op::Has(thing, kind, field) => match self.fact(*thing, *kind, *field, things) {
                Some(slot) => return Rest::Has(slot),
                None => return Rest::Known(bound.truth_of(id, things)),
            },
            Op::Outcome(name, thing) => {
                let row = bound.thing(*thing, things);
                let key = bound
                    .plan
                    .outcomes
                    .get(*name as usize)
                    .map(|(n, k)| FactKey::Outcome(n.clone(), *k, row));
                match key.filter(|_| row != ROW_UNKNOWN).and_then(|k| self.slot(k)) {
                    Some(slot) => return Rest::Slot(slot),
                    None => return Rest::Known(bound.truth_of(id, things)),
                }
            }
            Op::Compare(how, a, b) => {
                Rest::Compare(*how, Box::new([self.number(*a, things), self.number(*b, things)]))
            }
            Op::Member(item, set) => Rest::Member(self.number(*item, things), self.set(*set, things)),
            Op::Sets(test, a, b) => Rest::Sets(*test, self.set(*a, things), self.set(*b, things)),
            Op::Text(test, subject, pattern) => {
                Rest::Text(self.number(*subject, things), self.passes(*test, *pattern))
            }
            Op::Quantified(how, thing, kind, relation, var, body) => {
                Rest::Quantified(*how, Box::new(self.tally(*thing, *kind, *relation, *var, *body, things)))
            }
            _ => return Rest::Known(bound.truth_of(id, things)),
        };
        // What holds no slot is known now.
        if rest.waits() { rest } else { Rest::Known(bound.truth_of(id, things)) }
    }

    fn junction(&mut self, parts: &[NodeId], things: &Things, absorbing: Truth) -> Rest {
        let mut kept = vec![];
        for part in parts {
            match self.truth(*part, things) {
                Rest::Known(truth) if truth == absorbing => return Rest::Known(absorbing),
                Rest::Known(truth) if truth == absorbing.not() => {}
                rest => kept.push(rest),
            }
        }
        match (absorbing, kept.len()) {
            (_, 0) => Rest::Known(absorbing.not()),
            (Truth::False, _) => Rest::And(kept),
            _ => Rest::Or(kept),
        }
    }

    fn passes(&self, test: TextTest, pattern: u32) -> Vec<bool> {
        let wanted = self.bound.plan.texts.get(pattern as usize).map(String::as_str).unwrap_or_default();
        let compiled = self.bound.patterns.get(pattern as usize).and_then(Option::as_ref);
        self.bound.universe.texts.iter().map(|text| test_text(test, text, wanted, compiled)).collect()
    }

    fn tally(
        &mut self,
        thing: NodeId,
        kind: KindId,
        relation: RelationId,
        var: Var,
        body: NodeId,
        things: &Things,
    ) -> Tally {
        let row = self.bound.thing(thing, things);
        let mut tally = Tally { yes: 0, maybe: 0, no: 0, rest: vec![], closed: Rest::Known(Truth::Unknown) };
        if row == ROW_UNKNOWN {
            return tally;
        }
        let (members, closed) = self.bound.universe.members(kind, row, relation);
        let mut inner = *things;
        for member in members {
            hold(&mut inner, var, *member);
            match self.truth(body, &inner) {
                Rest::Known(Truth::True) => tally.yes += 1,
                Rest::Known(Truth::False) => tally.no += 1,
                Rest::Known(Truth::Unknown) => tally.maybe += 1,
                rest => tally.rest.push(rest),
            }
        }
        tally.closed = match self.slot(FactKey::Complete(kind, row, relation)) {
            Some(slot) => Rest::Slot(slot),
            None => Rest::Known(if closed { Truth::True } else { Truth::Unknown }),
        };
        tally
    }

    fn number(&mut self, id: NodeId, things: &Things) -> RestNumber {
        let bound = self.bound;
        let rest = match bound.plan.op(id) {
            Op::Fact(thing, kind, field) => match self.fact(*thing, *kind, *field, things) {
                Some(slot) => RestNumber::Slot(slot),
                None => return RestNumber::Known(bound.number(id, things)),
            },
            Op::Add(a, b) => RestNumber::Add(Box::new([self.number(*a, things), self.number(*b, things)])),
            Op::Subtract(a, b) => {
                RestNumber::Subtract(Box::new([self.number(*a, things), self.number(*b, things)]))
            }
            Op::Multiply(a, b) => {
                RestNumber::Multiply(Box::new([self.number(*a, things), self.number(*b, things)]))
            }
            Op::If(c, a, b) => RestNumber::If(Box::new((
                self.truth(*c, things),
                self.number(*a, things),
                self.number(*b, things),
            ))),
            Op::Count(thing, kind, relation, var, body) => {
                RestNumber::Count(Box::new(self.tally(*thing, *kind, *relation, *var, *body, things)))
            }
            Op::CountSet(set) => RestNumber::CountSet(Box::new(self.set(*set, things))),
            _ => return RestNumber::Known(bound.number(id, things)),
        };
        if rest.waits() { rest } else { RestNumber::Known(bound.number(id, things)) }
    }

    fn set(&mut self, id: NodeId, things: &Things) -> RestSet {
        if let Op::SetFact(thing, kind, field) = self.bound.plan.op(id)
            && let Some(slot) = self.fact(*thing, *kind, *field, things)
        {
            return RestSet::Slot(slot);
        }
        RestSet::Known(self.bound.set(id, things))
    }
}

impl Rest {
    fn waits(&self) -> bool {
        match self {
            Self::Known(_) => false,
            Self::Slot(_) | Self::Has(_) => true,
            Self::Not(a) => a.waits(),
            Self::And(parts) | Self::Or(parts) => parts.iter().any(Self::waits),
            Self::If(parts) => parts.iter().any(Self::waits),
            Self::Alike(parts) => parts.iter().any(Self::waits),
            Self::Compare(_, parts) => parts.iter().any(RestNumber::waits),
            Self::Member(item, set) => item.waits() || set.waits(),
            Self::Sets(_, a, b) => a.waits() || b.waits(),
            Self::Text(subject, _) => subject.waits(),
            Self::Quantified(_, tally) => tally.waits(),
        }
    }

    fn truth(&self, values: &[Option<Value>]) -> Truth {
        match self {
            Self::Known(truth) => *truth,
            Self::Not(a) => a.truth(values).not(),
            Self::And(parts) => parts.iter().fold(Truth::True, |sum, part| {
                if sum == Truth::False { sum } else { sum.and(part.truth(values)) }
            }),
            Self::Or(parts) => parts.iter().fold(Truth::False, |sum, part| {
                if sum == Truth::True { sum } else { sum.or(part.truth(values)) }
            }),
            Self::If(parts) => {
                let [c, a, b] = parts.as_ref();
                match c.truth(values) {
                    Truth::True => a.truth(values),
                    Truth::False => b.truth(values),
                    Truth::Unknown => {
                        let (a, b) = (a.truth(values), b.truth(values));
                        if a == b { a } else { Truth::Unknown }
                    }
                }
            }
            Self::Alike(parts) => {
                let [a, b] = parts.as_ref();
                match (a.truth(values).known(), b.truth(values).known()) {
                    (Some(a), Some(b)) => (a == b).into(),
                    _ => Truth::Unknown,
                }
            }
            Self::Slot(slot) => match given(values, *slot) {
                Some(Value::Flag(flag)) => flag.into(),
                _ => Truth::Unknown,
            },
            Self::Has(slot) => match given(values, *slot) {
                Some(Value::Number(NONE) | Value::Thing(crate::universe::ROW_NONE)) => Truth::False,
                Some(_) => Truth::True,
                None => Truth::Unknown,
            },
            Self::Compare(how, sides) => {
                let [a, b] = sides.as_ref();
                a.number(values).compare(*how, b.number(values))
            }
            Self::Member(item, set) => crate::single::member(item.number(values), set.set(values)),
            Self::Sets(test, a, b) => sets(*test, a.set(values), b.set(values)),
            Self::Text(subject, passes) => match subject.number(values) {
                Number::Known(NONE) => Truth::False,
                Number::Known(symbol) => {
                    usize::try_from(symbol).ok().and_then(|s| passes.get(s)).copied().into()
                }
                _ => Truth::Unknown,
            },
            Self::Quantified(how, tally) => {
                let (yes, maybe, no) = tally.count(values);
                quantify(*how, yes, (maybe, no), tally.closed.truth(values) != Truth::True)
            }
        }
    }
}

impl Tally {
    fn waits(&self) -> bool {
        !self.rest.is_empty() || self.closed.waits()
    }

    fn count(&self, values: &[Option<Value>]) -> (usize, usize, usize) {
        let (mut yes, mut maybe, mut no) = (self.yes, self.maybe, self.no);
        for rest in &self.rest {
            match rest.truth(values) {
                Truth::True => yes += 1,
                Truth::False => no += 1,
                Truth::Unknown => maybe += 1,
            }
        }
        (yes, maybe, no)
    }
}

impl RestNumber {
    fn waits(&self) -> bool {
        match self {
            Self::Known(_) => false,
            Self::Slot(_) => true,
            Self::Add(sides) | Self::Subtract(sides) | Self::Multiply(sides) => sides.iter().any(Self::waits),
            Self::If(parts) => parts.0.waits() || parts.1.waits() || parts.2.waits(),
            Self::Count(tally) => tally.waits(),
            Self::CountSet(set) => set.waits(),
        }
    }

    fn number(&self, values: &[Option<Value>]) -> Number {
        let both = |sides: &[Self; 2], f: fn(i64, i64) -> i64| {
            let [a, b] = sides;
            a.number(values).combine(b.number(values), f)
        };
        match self {
            Self::Known(number) => *number,
            Self::Slot(slot) => match given(values, *slot) {
                Some(Value::Number(number)) => Number::Known(number),
                _ => Number::Unknown,
            },
            Self::Add(sides) => both(sides, i64::saturating_add),
            Self::Subtract(sides) => both(sides, i64::saturating_sub),
            Self::Multiply(sides) => both(sides, i64::saturating_mul),
            Self::If(parts) => match parts.0.truth(values) {
                Truth::True => parts.1.number(values),
                Truth::False => parts.2.number(values),
                Truth::Unknown => parts.1.number(values).either(parts.2.number(values)),
            },
            Self::Count(tally) => {
                let (yes, maybe, _) = tally.count(values);
                count(yes, maybe, tally.closed.truth(values) != Truth::True)
            }
            Self::CountSet(set) => {
                set.set(values).map_or(Number::Unknown, |s| Number::Known(i64::from(s.count_ones())))
            }
        }
    }
}

impl RestSet {
    fn waits(&self) -> bool {
        matches!(self, Self::Slot(_))
    }

    fn set(&self, values: &[Option<Value>]) -> Option<u128> {
        match self {
            Self::Known(set) => *set,
            Self::Slot(slot) => match given(values, *slot) {
                Some(Value::Set(set)) => Some(set),
                _ => None,
            },
        }
    }
}

fn given(values: &[Option<Value>], slot: usize) -> Option<Value> {
    values.get(slot).copied().flatten()
}
