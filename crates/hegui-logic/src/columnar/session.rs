//! What many plans over one universe share.
//!
//! The requirements of a catalog ask much the same things: they follow the same references, compare
//! the same facts, ask the same relations. Plans are brought to one **canonical form** in which equal
//! expressions have the same number, and what an expression came to over a whole table is kept under
//! that number.

use super::frame::Rows;
use super::values::{Numbers, Sets, Truths};
use crate::plan::{NodeId, Op, Plan, TextTest, Var};
use crate::schema::{KindId, Schema};
use crate::single::test_text;
use crate::truth::Truth;
use crate::typing::compile_pattern;
use crate::universe::{OutcomeColumn, Universe};
use regex_automata::meta::Regex;
use std::collections::HashMap;
use std::rc::Rc;

/// When what is kept grows beyond so many bytes, it is dropped and collected anew.
const KEPT_BYTES: usize = 256 << 20;

/// Evaluates plans over one universe, sharing what they have in common.
pub struct Session<'u> {
    pub(super) universe: &'u Universe,
    pub(super) schema: &'u Schema,
    outcomes: HashMap<(String, KindId), Rc<OutcomeColumn>>,
    numbers: HashMap<Op, u32>,
    names: HashMap<String, u32>,
    kept: HashMap<Key, Kept<'u>>,
    kept_bytes: usize,
    tests: HashMap<(TextTest, String), TextMemo>,
    patterns: Patterns,
}

/// Where something is kept: a variable over a whole table, and a canonical expression.
pub(super) type Key = (Var, KindId, u32);

/// Something kept.
#[derive(Clone)]
pub(super) enum Kept<'u> {
    Truths(Rc<Truths>),
    Numbers(Numbers<'u>),
    Sets(Sets<'u>),
    Rows(Rows<'u>),
}

impl Kept<'_> {
    fn bytes(&self) -> usize {
        match self {
            Self::Truths(truths) => truths.len() / 4,
            Self::Numbers(Numbers::Plain(plain)) => plain.values.len() * 8,
            Self::Numbers(Numbers::Spans(spans)) => spans.low.len() * 16,
            Self::Sets(Sets::Gathered(sets)) => sets.0.len() * 16,
            Self::Rows(Rows::Listed(rows)) => rows.len() * 4,
            _ => 0,
        }
    }
}

/// Regular expressions read once. They outlive a session, so that an evaluation after every change
/// does not read them again.
#[derive(Clone, Debug, Default)]
pub struct Patterns {
    read: HashMap<String, Option<Regex>>,
}

impl Patterns {
    fn get(&mut self, pattern: &str) -> Option<Regex> {
        if let Some(regex) = self.read.get(pattern) {
            return regex.clone();
        }
        let regex = compile_pattern(pattern).ok();
        self.read.insert(pattern.to_owned(), regex.clone());
        regex
    }
}

/// A test of texts, made at most once for each text: 0 not yet, 1 no, 2 yes.
struct TextMemo {
    regex: Option<Regex>,
    results: Vec<u8>,
}

/// What an expression needs to be known beforehand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Its canonical number.
    pub expression: u32,
    /// The variables that it reads and does not bind, a bit each.
    pub free: u16,
    /// Whether it reads outcomes, which change while a session goes on.
    pub outcome: bool,
}

impl<'u> Session<'u> {
    /// Begins a session over a universe; its facts stay as they are while it lasts.
    #[must_use]
    pub fn new(universe: &'u Universe, schema: &'u Schema) -> Self {
        Self::with_patterns(universe, schema, Patterns::default())
    }

    /// Begins a session with regular expressions that an earlier one has read.
    #[must_use]
    pub fn with_patterns(universe: &'u Universe, schema: &'u Schema, patterns: Patterns) -> Self {
        Self {
            universe,
            schema,
            outcomes: HashMap::new(),
            numbers: HashMap::new(),
            names: HashMap::new(),
            kept: HashMap::new(),
            kept_bytes: 0,
            tests: HashMap::new(),
            patterns,
        }
    }

    /// States the outcome of a clause for all things of a kind, as later plans read it by `met(…)`;
    /// it takes precedence over what the universe holds.
    pub fn set_outcome(&mut self, clause: &str, kind: KindId, column: OutcomeColumn) {
        self.outcomes.insert((clause.to_owned(), kind), Rc::new(column));
    }

    /// Ends the session: the outcomes stated in it, and the regular expressions read.
    #[must_use]
    pub fn finish(self) -> (Vec<((String, KindId), OutcomeColumn)>, Patterns) {
        let outcomes = self.outcomes.into_iter().map(|(key, column)| (key, Rc::unwrap_or_clone(column)));
        (outcomes.collect(), self.patterns)
    }

    /// The outcome of a clause for a thing, as [`Universe::outcome`].
    pub(super) fn outcomes_of(&self, clause: &str, kind: KindId) -> Option<Rc<OutcomeColumn>> {
        let key = (clause.to_owned(), kind);
        self.outcomes.get(&key).cloned().or_else(|| self.universe.outcomes.get(&key).cloned().map(Rc::new))
    }

    pub(super) fn kept(&self, key: Key) -> Option<Kept<'u>> {
        self.kept.get(&key).cloned()
    }

    pub(super) fn keep(&mut self, key: Key, value: Kept<'u>) {
        self.kept_bytes += value.bytes();
        if self.kept_bytes > KEPT_BYTES {
            self.kept.clear();
            self.kept_bytes = value.bytes();
        }
        self.kept.insert(key, value);
    }

    /// The canonical number of an operation whose parts are canonical numbers.
    pub(super) fn number(&mut self, op: Op) -> u32 {
        let next = self.numbers.len() as u32;
        *self.numbers.entry(op).or_insert(next)
    }

    fn name(&mut self, text: &str) -> u32 {
        if let Some(number) = self.names.get(text) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.names.insert(text.to_owned(), number);
        number
    }

    /// The shapes of all nodes that a plan can reach.
    pub(super) fn shapes(&mut self, plan: &Plan) -> Vec<Option<Shape>> {
        let mut shapes = vec![None; plan.nodes.len()];
        self.shape(plan, plan.root, &mut shapes);
        shapes
    }

    fn shape(&mut self, plan: &Plan, id: NodeId, shapes: &mut Vec<Option<Shape>>) -> Shape {
        if let Some(Some(shape)) = shapes.get(id.0 as usize) {
            return *shape;
        }
        let op = plan.op(id);
        let parts: Vec<Shape> = op.parts().into_iter().map(|part| self.shape(plan, part, shapes)).collect();
        let mut free = parts.iter().fold(0, |free, part| free | part.free);
        match op {
            Op::Thing(var) => free |= 1 << var.0,
            Op::Quantified(_, _, _, _, var, _) | Op::Count(_, _, _, var, _) => {
                // The relation's own thing stands outside of the variable.
                let (thing, body) = (parts.first().map_or(0, |p| p.free), parts.last().map_or(0, |p| p.free));
                free = thing | body & !(1 << var.0);
            }
            _ => {}
        }
        let outcome = matches!(op, Op::Outcome(..)) || parts.iter().any(|part| part.outcome);
        let canonical = self.canonical(plan, op, &parts);
        let shape = Shape { expression: self.number(canonical), free, outcome };
        if let Some(slot) = shapes.get_mut(id.0 as usize) {
            *slot = Some(shape);
        }
        shape
    }

    fn canonical(&mut self, plan: &Plan, op: &Op, parts: &[Shape]) -> Op {
        let mut rest = parts.iter().map(|shape| NodeId(shape.expression));
        let mut op = op.clone();
        op.for_each_part(|part| {
            if let Some(number) = rest.next() {
                *part = number;
            }
        });
        match &mut op {
            Op::Text(_, _, place) | Op::Literal(place) => {
                let text = plan.texts.get(*place as usize).map_or("", String::as_str);
                *place = self.name(text);
            }
            Op::Outcome(place, _) => {
                let clause = plan.outcomes.get(*place as usize).map_or("", |(name, _)| name.as_str());
                *place = self.name(clause);
            }
            _ => {}
        }
        op
    }

    /// A test of texts for many symbols: unknown for a symbol that is no text.
    pub(super) fn text_test(&mut self, test: TextTest, wanted: &str, mut ask: impl FnMut(&mut dyn FnMut(i64) -> Truth)) {
        let key = (test, wanted.to_owned());
        let mut memo = self.tests.remove(&key).unwrap_or_else(|| TextMemo {
            regex: if test == TextTest::Matches { self.patterns.get(wanted) } else { None },
            results: vec![0; self.universe.texts.len()],
        });
        let texts = &self.universe.texts;
        ask(&mut |symbol| {
            let Some(symbol) = u32::try_from(symbol).ok() else { return Truth::Unknown };
            let (Some(text), Some(result)) = (texts.get(symbol), memo.results.get_mut(symbol as usize)) else {
                return Truth::Unknown;
            };
            if *result == 0 {
                *result = 1 + u8::from(test_text(test, text, wanted, memo.regex.as_ref()));
            }
            (*result == 2).into()
        });
        self.tests.insert(key, memo);
    }
}
