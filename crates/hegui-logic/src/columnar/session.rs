//! What many plans over one universe share.
//!
//! The requirements of a catalog ask much the same things: they follow the same references, compare
//! the same facts, ask the same relations. Plans are brought to one **canonical form** in which equal
//! expressions have the same number, and what an expression came to over a whole table is kept under
//! that number.

use super::frame::Rows;
use super::set_values::Sets;
use super::values::{Numbers, Truths};
use crate::plan::{NodeId, Op, Plan, TextTest, Var};
use crate::schema::{KindId, Schema, Type};
use crate::single::test_text;
use crate::truth::Truth;
use crate::typing::compile_pattern;
use crate::universe::{OutcomeColumn, Texts, Universe, in_width};
use regex_automata::meta::Regex;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::HashMap;
use std::rc::Rc;

/// When what is kept grows beyond so many bytes, it is dropped and collected anew.
const KEPT_BYTES: usize = 256 << 20;

/// Evaluates plans over one universe, sharing what they have in common.
pub struct Session<'u> {
    pub(super) universe: &'u Universe,
    pub(super) schema: &'u Schema,
    outcomes: HashMap<(String, KindId), Rc<OutcomeColumn>>,
    numbers: FxHashMap<Op, u32>,
    names: FxHashMap<String, u32>,
    kept: FxHashMap<Key, Kept<'u>>,
    kept_bytes: usize,
    /// What is kept and reads outcomes: it passes when one is stated.
    passing: FxHashSet<Key>,
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
            Self::Numbers(Numbers::Plain(plain)) => in_width!(&plain.values, n => size_of_val(n.as_slice())),
            Self::Numbers(Numbers::Spans(spans)) => spans.low.len() * 16,
            Self::Sets(Sets::Gathered(sets)) => sets.0.planes().len() * sets.0.len() / 8,
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
pub(super) struct TextMemo {
    test: TextTest,
    wanted: String,
    regex: Option<Regex>,
    results: Vec<u8>,
}

/// The outcomes of a clause for all things of a kind, under the clause's name.
pub type NamedOutcomes = ((String, KindId), OutcomeColumn);

/// What an expression needs to be known beforehand.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    /// Its canonical number.
    pub expression: u32,
    /// The variables that it reads and does not bind, a bit each.
    pub free: u16,
    /// Whether it reads outcomes, which change while a session goes on.
    pub outcome: bool,
    /// The way that leads to everything it looks at, a step each; empty where there is no one way,
    /// `None` where it looks at nothing outside of itself.
    pub way: Option<Vec<Step>>,
}

/// A step on the way to a thing: a variable or a reference followed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    /// Its canonical number.
    pub expression: u32,
    /// A node that yields it.
    pub node: NodeId,
    /// The kind of thing that it leads to, once somebody looks at one of its facts.
    pub kind: Option<KindId>,
}

/// A way whose end was looked at as a thing of a kind.
fn looked_at(way: Option<Vec<Step>>, kind: KindId) -> Option<Vec<Step>> {
    let mut way = way?;
    if let Some(last) = way.last_mut() {
        last.kind = Some(kind);
    }
    Some(way)
}

/// As far as two ways go together.
fn together(a: Option<Vec<Step>>, b: Option<Vec<Step>>) -> Option<Vec<Step>> {
    let (Some(a), Some(b)) = (&a, &b) else { return a.or(b) };
    let same = a.iter().zip(b).take_while(|(a, b)| a.expression == b.expression);
    Some(same.map(|(a, b)| Step { kind: a.kind.or(b.kind), ..*a }).collect())
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
            numbers: FxHashMap::default(),
            names: FxHashMap::default(),
            kept: FxHashMap::default(),
            kept_bytes: 0,
            passing: FxHashSet::default(),
            tests: HashMap::new(),
            patterns,
        }
    }

    /// States the outcome of a clause for all things of a kind, as later plans read it by `met(…)`;
    /// it takes precedence over what the universe holds.
    pub fn set_outcome(&mut self, clause: &str, kind: KindId, column: OutcomeColumn) {
        self.outcomes.insert((clause.to_owned(), kind), Rc::new(column));
        for key in self.passing.drain() {
            self.kept.remove(&key);
        }
    }

    /// Ends the session: the outcomes stated in it, and the regular expressions read.
    #[must_use]
    pub fn finish(self) -> (Vec<NamedOutcomes>, Patterns) {
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

    /// What will be kept here reads outcomes.
    pub(super) fn passes(&mut self, key: Key) {
        self.passing.insert(key);
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
            return shape.clone();
        }
        let op = plan.op(id);
        let parts: Vec<Shape> = op.parts().into_iter().map(|part| self.shape(plan, part, shapes)).collect();
        let canonical = self.canonical(plan, op, &parts);
        let expression = self.number(canonical);
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
        let way = self.way(op, (id, expression), &parts);
        let outcome = matches!(op, Op::Outcome(..)) || parts.iter().any(|part| part.outcome);
        let shape = Shape { expression, free, outcome, way };
        if let Some(slot) = shapes.get_mut(id.0 as usize) {
            *slot = Some(shape.clone());
        }
        shape
    }

    fn way(&self, op: &Op, (node, expression): (NodeId, u32), parts: &[Shape]) -> Option<Vec<Step>> {
        let own = |kind| Step { expression, node, kind };
        let first = parts.first().and_then(|part| part.way.clone());
        match op {
            Op::Thing(_) => Some(vec![own(None)]),
            Op::Follow(_, kind, field) => {
                let to = match self.schema.kind(*kind).field(*field).ty {
                    Type::Thing(to) => Some(to),
                    _ => None,
                };
                let mut way = looked_at(first, *kind)?;
                // Where there is no one way to the thing, there is none to what it refers to.
                if !way.is_empty() {
                    way.push(own(to));
                }
                Some(way)
            }
            Op::Flag(_, kind, _) | Op::Has(_, kind, _) | Op::Fact(_, kind, _) | Op::SetFact(_, kind, _) => {
                looked_at(first, *kind)
            }
            Op::Quantified(_, _, kind, _, var, _) | Op::Count(_, kind, _, var, _) => {
                let outside = parts.get(1).filter(|body| body.free & !(1 << var.0) != 0);
                together(looked_at(first, *kind), outside.map(|body| body.way.clone().unwrap_or_default()))
            }
            _ => parts.iter().fold(None, |way, part| together(way, part.way.clone())),
        }
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

    /// A test of texts, to be handed back by [`Session::keep_test`].
    pub(super) fn text_test(&mut self, test: TextTest, wanted: &str) -> TextMemo {
        let texts = self.universe.texts.len();
        self.tests.remove(&(test, wanted.to_owned())).unwrap_or_else(|| TextMemo {
            test,
            wanted: wanted.to_owned(),
            regex: if test == TextTest::Matches { self.patterns.get(wanted) } else { None },
            results: vec![0; texts],
        })
    }

    /// Keeps a test of texts for the next plan that makes it.
    pub(super) fn keep_test(&mut self, memo: TextMemo) {
        self.tests.insert((memo.test, memo.wanted.clone()), memo);
    }
}

impl TextMemo {
    /// Whether a text passes; unknown for a symbol that is no text.
    #[inline]
    pub(super) fn ask(&mut self, texts: &Texts, symbol: i64) -> Truth {
        let Some(result) = usize::try_from(symbol).ok().and_then(|symbol| self.results.get_mut(symbol))
        else {
            return Truth::Unknown;
        };
        if *result == 0 {
            let text = texts.get(symbol as u32).unwrap_or_default();
            *result = 1 + u8::from(test_text(self.test, text, &self.wanted, self.regex.as_ref()));
        }
        (*result == 2).into()
    }
}
