//! One thing at a time: the outcome, what is missing, and why.
//!
//! This evaluator answers questions about a single thing, where the columnar one
//! ([`crate::columnar`]) answers for all things of a kind at once. It also works out the **missing
//! facts** of an unknown outcome. They are first collected from every part that is still undecided:
//! that set is sound, for no fact outside it can change the outcome. Where an expression reads a
//! fact more than once the set can be too large; then all values of up to [`ENUMERATION_LIMIT`]
//! missing facts are tried and a fact is dropped only when no combination makes it matter.

mod explain;
mod lists;
mod missing;

pub use explain::{Explanation, Extent};
pub use missing::{ENUMERATION_LIMIT, InList, Missing, Waiting, missing, waiting};

use crate::plan::{Comparison, NONE, NodeId, Op, Plan, Quantity, SetTest, TextTest, Var};
use crate::schema::{FieldId, KindId, RelationId};
use crate::truth::{Outcome, Truth};
use crate::typing::compile_pattern;
use crate::universe::{FactKey, ROW_NONE, ROW_UNKNOWN, Universe, Value};
use std::collections::HashMap;

/// A number that may be known only within bounds: how many members an open list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Number {
    Known(i64),
    /// At least, at most.
    Between(i64, i64),
    Unknown,
}

impl Number {
    pub(crate) fn between(low: i64, high: i64) -> Self {
        if low == high { Self::Known(low) } else { Self::Between(low, high) }
    }

    fn bounds(self) -> Option<(i64, i64)> {
        match self {
            Self::Known(NONE) | Self::Unknown => None,
            Self::Known(n) => Some((n, n)),
            Self::Between(low, high) => Some((low, high)),
        }
    }

    /// A sum, difference or product. None stays none, unknown stays unknown.
    pub(crate) fn combine(self, other: Self, f: impl Fn(i64, i64) -> i64) -> Self {
        if self == Self::Known(NONE) || other == Self::Known(NONE) {
            return Self::Known(NONE);
        }
        let (Some((a, b)), Some((c, d))) = (self.bounds(), other.bounds()) else { return Self::Unknown };
        let corners = [f(a, c), f(a, d), f(b, c), f(b, d)];
        let low = corners.iter().copied().min().unwrap_or(0);
        let high = corners.iter().copied().max().unwrap_or(0);
        Self::between(low, high)
    }

    /// One of the two, it is not known which.
    pub(crate) fn either(self, other: Self) -> Self {
        if self == other && matches!(self, Self::Known(_)) {
            return self;
        }
        match (self.bounds(), other.bounds()) {
            (Some((a, b)), Some((c, d))) => Self::between(a.min(c), b.max(d)),
            _ => Self::Unknown,
        }
    }

    /// Compares. None equals none and nothing else, and is neither above nor below anything.
    pub(crate) fn compare(self, how: Comparison, other: Self) -> Truth {
        use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        match how {
            NotEqual => return self.compare(Equal, other).not(),
            Greater => return other.compare(Less, self),
            GreaterOrEqual => return other.compare(LessOrEqual, self),
            _ => {}
        }
        if let (Self::Known(a), Self::Known(b)) = (self, other) {
            return Truth::from(match how {
                Equal => a == b,
                _ if a == NONE || b == NONE => false,
                Less => a < b,
                _ => a <= b,
            });
        }
        // None is outside every range of counts, and below nothing.
        if matches!(
            (self, other),
            (Self::Known(NONE), Self::Between(..)) | (Self::Between(..), Self::Known(NONE))
        ) {
            return Truth::False;
        }
        if how != Equal && (self == Self::Known(NONE) || other == Self::Known(NONE)) {
            return Truth::False;
        }
        let (Some((a, b)), Some((c, d))) = (self.bounds(), other.bounds()) else { return Truth::Unknown };
        let (always, never) = match how {
            Less => (b < c, a >= d),
            LessOrEqual => (b <= c, a > d),
            _ => (a == b && b == c && c == d, b < c || d < a),
        };
        Truth::from(if always {
            Some(true)
        } else if never {
            Some(false)
        } else {
            None
        })
    }
}

/// A plan beside the universe that it is evaluated in, its texts and patterns looked up once.
pub struct Bound<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) universe: &'a Universe,
    literals: Vec<i64>,
    pub(crate) patterns: Vec<Option<regex_automata::meta::Regex>>,
    supposed: Option<&'a Supposition>,
    memory: Option<lists::Memory>,
}

/// Values supposed for facts that are missing, to try what would be if they were known.
pub(crate) type Supposition = HashMap<FactKey, Value>;

/// The things that the variables hold.
pub(crate) type Things = [u32; 10];

impl<'a> Bound<'a> {
    /// Prepares a plan for evaluation.
    #[must_use]
    pub fn new(plan: &'a Plan, universe: &'a Universe) -> Self {
        // A text that no fact holds gets a symbol that no fact has.
        let literals = plan
            .texts
            .iter()
            .enumerate()
            .map(|(i, text)| universe.texts.find(text).map_or(-2 - i as i64, i64::from))
            .collect();
        let mut patterns: Vec<Option<_>> = plan.texts.iter().map(|_| None).collect();
        for node in &plan.nodes {
            if let Op::Text(TextTest::Matches, _, place) = node.op
                && let (Some(slot), Some(text)) =
                    (patterns.get_mut(place as usize), plan.texts.get(place as usize))
            {
                *slot = compile_pattern(text).ok();
            }
        }
        Self { plan, universe, literals, patterns, supposed: None, memory: None }
    }

    /// Whether the expression holds for the thing in this row of its scope.
    #[must_use]
    pub fn truth(&self, row: u32) -> Truth {
        self.truth_of(self.plan.root, &start(row))
    }

    fn supposing<'b>(&'b self, supposed: &'b Supposition) -> Bound<'b> {
        Bound {
            plan: self.plan,
            universe: self.universe,
            literals: self.literals.clone(),
            patterns: self.patterns.clone(),
            supposed: Some(supposed),
            memory: None,
        }
    }

    fn value(&self, kind: KindId, row: u32, field: FieldId) -> Option<Value> {
        if row == ROW_UNKNOWN {
            return None;
        }
        self.universe
            .value(kind, row, field)
            .or_else(|| self.supposed?.get(&FactKey::Fact(kind, row, field)).copied())
    }

    fn closed(&self, kind: KindId, row: u32, relation: RelationId, stated: bool) -> bool {
        stated
            || self
                .supposed
                .is_some_and(|s| s.get(&FactKey::Complete(kind, row, relation)) == Some(&Value::Flag(true)))
    }

    pub(crate) fn truth_of(&self, id: NodeId, things: &Things) -> Truth {
        match self.plan.op(id) {
            Op::Constant(truth) => *truth,
            Op::Not(a) => self.truth_of(*a, things).not(),
            Op::And(parts) => parts.iter().fold(Truth::True, |sum, part| {
                if sum == Truth::False { sum } else { sum.and(self.truth_of(*part, things)) }
            }),
            Op::Or(parts) => parts.iter().fold(Truth::False, |sum, part| {
                if sum == Truth::True { sum } else { sum.or(self.truth_of(*part, things)) }
            }),
            Op::If(c, a, b) => match self.truth_of(*c, things) {
                Truth::True => self.truth_of(*a, things),
                Truth::False => self.truth_of(*b, things),
                Truth::Unknown => {
                    let (a, b) = (self.truth_of(*a, things), self.truth_of(*b, things));
                    if a == b { a } else { Truth::Unknown }
                }
            },
            Op::Flag(thing, kind, field) => match self.value(*kind, self.thing(*thing, things), *field) {
                Some(Value::Flag(flag)) => flag.into(),
                _ => Truth::Unknown,
            },
            Op::Has(thing, kind, field) => match self.thing(*thing, things) {
                ROW_NONE => Truth::False,
                row => match self.value(*kind, row, *field) {
                    Some(Value::Number(NONE) | Value::Thing(ROW_NONE)) => Truth::False,
                    Some(_) => Truth::True,
                    None => Truth::Unknown,
                },
            },
            Op::Compare(how, a, b) => self.number(*a, things).compare(*how, self.number(*b, things)),
            Op::Alike(a, b) => match (self.truth_of(*a, things).known(), self.truth_of(*b, things).known()) {
                (Some(a), Some(b)) => (a == b).into(),
                _ => Truth::Unknown,
            },
            Op::SameThing(a, b) => match (self.thing(*a, things), self.thing(*b, things)) {
                (ROW_UNKNOWN, _) | (_, ROW_UNKNOWN) => Truth::Unknown,
                (a, b) => (a == b).into(),
            },
            Op::Member(item, set) => member(self.number(*item, things), self.set(*set, things)),
            Op::Sets(test, a, b) => sets(*test, self.set(*a, things), self.set(*b, things)),
            Op::Text(test, subject, pattern) => self.text(*test, self.number(*subject, things), *pattern),
            Op::Quantified(how, ..) => {
                let (yes, maybe, open) = self.tally(id, things);
                quantify(*how, yes, maybe, open)
            }
            Op::Outcome(name, thing) => self.outcome(*name, self.thing(*thing, things)),
            _ => Truth::Unknown,
        }
    }

    /// How many members satisfy the body of a quantifier or count: yes; `(maybe, no)`; still open.
    fn tally(&self, id: NodeId, things: &Things) -> (usize, (usize, usize), bool) {
        let (Op::Quantified(_, thing, kind, relation, var, body)
        | Op::Count(thing, kind, relation, var, body)) = self.plan.op(id)
        else {
            return (0, (0, 0), true);
        };
        let row = self.thing(*thing, things);
        if row == ROW_UNKNOWN {
            return (0, (0, 0), true);
        }
        let (members, closed) = self.universe.members(*kind, row, *relation);
        let open = !self.closed(*kind, row, *relation, closed);
        if let Some(known) = self.remembered(id, things) {
            return (known.yes.count, (known.maybe.count, known.no.count), open);
        }
        let (mut yes, mut maybe, mut no) = (0, 0, 0);
        let mut inner = *things;
        for member in members {
            hold(&mut inner, *var, *member);
            match self.truth_of(*body, &inner) {
                Truth::True => yes += 1,
                Truth::False => no += 1,
                Truth::Unknown => maybe += 1,
            }
        }
        (yes, (maybe, no), open)
    }

    fn outcome(&self, name: u32, row: u32) -> Truth {
        let Some((clause, kind)) = self.plan.outcomes.get(name as usize) else { return Truth::Unknown };
        if row == ROW_UNKNOWN {
            return Truth::Unknown;
        }
        match self.universe.outcome(clause, *kind, row) {
            Truth::Unknown => {
                match self.supposed.and_then(|s| s.get(&FactKey::Outcome(clause.clone(), *kind, row))) {
                    Some(Value::Flag(flag)) => (*flag).into(),
                    _ => Truth::Unknown,
                }
            }
            known => known,
        }
    }

    fn text(&self, test: TextTest, subject: Number, pattern: u32) -> Truth {
        let subject = match subject {
            Number::Known(NONE) => return Truth::False,
            Number::Known(symbol) => u32::try_from(symbol).ok().and_then(|s| self.universe.texts.get(s)),
            _ => return Truth::Unknown,
        };
        let (Some(text), Some(wanted)) = (subject, self.plan.texts.get(pattern as usize)) else {
            return Truth::Unknown;
        };
        test_text(test, text, wanted, self.patterns.get(pattern as usize).and_then(Option::as_ref)).into()
    }

    pub(crate) fn number(&self, id: NodeId, things: &Things) -> Number {
        match self.plan.op(id) {
            Op::Number(n) => Number::Known(*n),
            Op::Literal(place) => {
                self.literals.get(*place as usize).map_or(Number::Unknown, |n| Number::Known(*n))
            }
            Op::AsOf => Number::Known(self.universe.as_of),
            Op::Fact(thing, kind, field) => match self.value(*kind, self.thing(*thing, things), *field) {
                Some(Value::Number(n)) => Number::Known(n),
                _ => Number::Unknown,
            },
            Op::Add(a, b) => self.number(*a, things).combine(self.number(*b, things), i64::saturating_add),
            Op::Subtract(a, b) => {
                self.number(*a, things).combine(self.number(*b, things), i64::saturating_sub)
            }
            Op::Multiply(a, b) => {
                self.number(*a, things).combine(self.number(*b, things), i64::saturating_mul)
            }
            Op::If(c, a, b) => match self.truth_of(*c, things) {
                Truth::True => self.number(*a, things),
                Truth::False => self.number(*b, things),
                Truth::Unknown => self.number(*a, things).either(self.number(*b, things)),
            },
            Op::Count(..) => {
                let (yes, (maybe, _), open) = self.tally(id, things);
                count(yes, maybe, open)
            }
            Op::CountSet(set) => {
                self.set(*set, things).map_or(Number::Unknown, |s| Number::Known(i64::from(s.count_ones())))
            }
            Op::Workdays(a, b) => {
                self.workdays(self.number(*a, things), self.number(*b, things), |c, a, b| c.workdays(a, b))
            }
            Op::AddWorkdays(a, b) => {
                self.workdays(self.number(*a, things), self.number(*b, things), |c, a, b| {
                    c.add_workdays(a, b)
                })
            }
            _ => Number::Unknown,
        }
    }

    fn workdays(
        &self,
        a: Number,
        b: Number,
        f: impl Fn(&crate::calendar::Calendar, i64, i64) -> Option<i64>,
    ) -> Number {
        match (a, b) {
            (Number::Known(NONE), _) | (_, Number::Known(NONE)) => Number::Known(NONE),
            (Number::Known(a), Number::Known(b)) => {
                f(&self.universe.calendar, a, b).map_or(Number::Unknown, Number::Known)
            }
            _ => Number::Unknown,
        }
    }

    pub(crate) fn set(&self, id: NodeId, things: &Things) -> Option<u128> {
        match self.plan.op(id) {
            Op::SetLiteral(set) => Some(*set),
            Op::SetFact(thing, kind, field) => match self.value(*kind, self.thing(*thing, things), *field) {
                Some(Value::Set(set)) => Some(set),
                _ => None,
            },
            _ => None,
        }
    }

    pub(crate) fn thing(&self, id: NodeId, things: &Things) -> u32 {
        match self.plan.op(id) {
            Op::Thing(var) => things.get(var.0 as usize).copied().unwrap_or(ROW_UNKNOWN),
            Op::Follow(thing, kind, field) => match self.value(*kind, self.thing(*thing, things), *field) {
                Some(Value::Thing(row)) => row,
                _ => ROW_UNKNOWN,
            },
            _ => ROW_UNKNOWN,
        }
    }

    pub(crate) fn decided(&self, id: NodeId, things: &Things) -> bool {
        match self.plan.op(id) {
            Op::SetLiteral(_) | Op::SetFact(..) => self.set(id, things).is_some(),
            Op::Thing(_) | Op::Follow(..) => self.thing(id, things) != ROW_UNKNOWN,
            Op::If(_, branch, _) if !self.is_truth(*branch) => {
                matches!(self.number(id, things), Number::Known(_))
            }
            op if op.is_truth() || matches!(op, Op::If(..)) => self.truth_of(id, things) != Truth::Unknown,
            _ => matches!(self.number(id, things), Number::Known(_)),
        }
    }

    fn is_truth(&self, id: NodeId) -> bool {
        match self.plan.op(id) {
            Op::If(_, branch, _) => self.is_truth(*branch),
            op => op.is_truth(),
        }
    }
}

pub(crate) fn start(row: u32) -> Things {
    let mut things = [ROW_UNKNOWN; 10];
    hold(&mut things, Var(0), row);
    things
}

pub(crate) fn hold(things: &mut Things, var: Var, row: u32) {
    if let Some(place) = things.get_mut(var.0 as usize) {
        *place = row;
    }
}

/// Whether an enum value is in a set. None is in no set, and nothing is in the empty one.
pub(crate) fn member(item: Number, set: Option<u128>) -> Truth {
    match (item, set) {
        (_, Some(0)) | (Number::Known(NONE), _) => Truth::False,
        (Number::Known(item), Some(set)) => (set >> (item & 127) & 1 == 1).into(),
        _ => Truth::Unknown,
    }
}

pub(crate) fn sets(test: SetTest, a: Option<u128>, b: Option<u128>) -> Truth {
    match (test, a, b) {
        (SetTest::Subset, Some(0), _) => Truth::True,
        (SetTest::Overlap, Some(0), _) | (SetTest::Overlap, _, Some(0)) => Truth::False,
        (SetTest::Subset, Some(a), Some(b)) => (a & !b == 0).into(),
        (SetTest::Overlap, Some(a), Some(b)) => (a & b != 0).into(),
        (SetTest::Same, Some(a), Some(b)) => (a == b).into(),
        _ => Truth::Unknown,
    }
}

pub(crate) fn test_text(
    test: TextTest,
    text: &str,
    wanted: &str,
    pattern: Option<&regex_automata::meta::Regex>,
) -> bool {
    match test {
        TextTest::Contains => text.contains(wanted),
        TextTest::StartsWith => text.starts_with(wanted),
        TextTest::EndsWith => text.ends_with(wanted),
        TextTest::Matches => pattern.is_some_and(|p| p.is_match(text)),
    }
}

/// What a quantifier comes to, from how many members say yes, `(maybe, no)`, and whether more may come.
pub(crate) fn quantify(how: Quantity, yes: usize, (maybe, no): (usize, usize), open: bool) -> Truth {
    let more = maybe > 0 || open;
    match how {
        Quantity::All if no > 0 => Truth::False,
        Quantity::All if more => Truth::Unknown,
        Quantity::All => Truth::True,
        Quantity::Some if yes > 0 => Truth::True,
        Quantity::Some if more => Truth::Unknown,
        Quantity::Some => Truth::False,
        Quantity::One if yes > 1 => Truth::False,
        Quantity::One if more => Truth::Unknown,
        Quantity::One => (yes == 1).into(),
    }
}

pub(crate) fn count(yes: usize, maybe: usize, open: bool) -> Number {
    let high = if open { 1 << 32 } else { (yes + maybe) as i64 };
    Number::between(yes as i64, high)
}

/// A requirement's outcome for one thing.
#[must_use]
pub fn judge(when: Option<&Bound<'_>>, check: &Bound<'_>, row: u32) -> Outcome {
    let when = when.map_or(Truth::True, |w| w.truth(row));
    if when == Truth::False {
        return Outcome::NotApplicable;
    }
    Outcome::of(when, check.truth(row))
}
