//! Why an expression came to what it came to: the parts that decided it, and the facts they read.
//!
//! A list can have thousands of members, and each of a thousand things may ask the same of it. So a
//! reader may say how many members of a list are explained; the others are only counted.

use super::{Bound, Things, hold, start};
use crate::plan::{NodeId, Op, Quantity};
use crate::schema::{KindId, RelationId};
use crate::truth::Truth;
use crate::universe::{FactKey, ROW_NONE, Value};

/// Why an expression came to its truth: a tree of the parts that decided it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The piece of source.
    pub quote: String,
    /// What it came to.
    pub truth: Truth,
    /// Inside a quantifier: the relation, and the row of the member that this part is about.
    pub member: Option<(KindId, RelationId, u32)>,
    /// The facts that it read, with their values where known.
    pub facts: Vec<(FactKey, Option<Value>)>,
    /// The parts that decided it.
    pub parts: Vec<Explanation>,
    /// Members of a list that decided it as well, and that were only counted.
    pub more: usize,
}

/// How much is explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Most members of one list.
    pub members: usize,
    /// Most members in all, of lists inside lists too.
    pub in_all: usize,
}

impl Extent {
    /// Everything.
    pub const WHOLE: Self = Self { members: usize::MAX, in_all: usize::MAX };
}

impl Bound<'_> {
    /// Why the expression came to what it came to: the parts that decided it.
    #[must_use]
    pub fn explain(&self, row: u32) -> Explanation {
        self.explain_within(row, Extent::WHOLE)
    }

    /// The same, with no more members of lists than asked for.
    #[must_use]
    pub fn explain_within(&self, row: u32, mut extent: Extent) -> Explanation {
        self.explain_node(self.plan.root, &start(row), None, &mut extent)
    }

    fn explain_node(
        &self,
        id: NodeId,
        things: &Things,
        member: Option<(KindId, RelationId, u32)>,
        extent: &mut Extent,
    ) -> Explanation {
        let truth = if self.is_truth(id) { self.truth_of(id, things) } else { Truth::Unknown };
        let quote = self.plan.quote(id).to_owned();
        let mut explanation = Explanation { quote, truth, member, facts: vec![], parts: vec![], more: 0 };
        match self.plan.op(id) {
            Op::And(parts) | Op::Or(parts) => {
                // The parts of the same truth decide: one false part an `&&`, all true parts too.
                for part in parts {
                    if self.truth_of(*part, things) == truth {
                        explanation.parts.push(self.explain_node(*part, things, None, extent));
                    }
                }
            }
            Op::Not(a) => explanation.parts.push(self.explain_node(*a, things, None, extent)),
            Op::If(c, a, b) if self.is_truth(*a) => {
                let branches: &[NodeId] = match self.truth_of(*c, things) {
                    Truth::True => &[*c, *a],
                    Truth::False => &[*c, *b],
                    Truth::Unknown => &[*c, *a, *b],
                };
                for branch in branches {
                    explanation.parts.push(self.explain_node(*branch, things, None, extent));
                }
            }
            Op::Quantified(..) => self.explain_members(id, things, &mut explanation, extent),
            _ => self.facts(id, things, &mut explanation.facts),
        }
        explanation
    }

    /// The members that decided a quantifier, and whether these are all.
    fn explain_members(&self, id: NodeId, things: &Things, into: &mut Explanation, extent: &mut Extent) {
        let Op::Quantified(how, thing, kind, relation, var, body) = self.plan.op(id) else { return };
        self.facts(*thing, things, &mut into.facts);
        let row = self.thing(*thing, things);
        if row >= ROW_NONE {
            return;
        }
        let by_one =
            matches!((how, into.truth), (Quantity::All, Truth::False) | (Quantity::Some, Truth::True));
        if !by_one {
            let (_, closed) = self.universe.members(*kind, row, *relation);
            into.facts.push((FactKey::Complete(*kind, row, *relation), closed.then_some(Value::Flag(true))));
        }
        // Where one member decides, those like it; where it is unknown, those that are; else all of them.
        let wanted = (by_one || into.truth == Truth::Unknown).then_some(into.truth);
        let (deciding, count) = self.deciding(id, things, wanted, extent.members.min(extent.in_all));
        extent.in_all -= deciding.len().min(extent.in_all);
        into.more = count - deciding.len().min(count);
        let mut inner = *things;
        for member in deciding {
            hold(&mut inner, *var, member);
            let about = Some((*kind, *relation, member));
            into.parts.push(self.explain_node(*body, &inner, about, extent));
        }
    }

    /// Every fact that a part reads, known or not.
    fn facts(&self, id: NodeId, things: &Things, into: &mut Vec<(FactKey, Option<Value>)>) {
        match self.plan.op(id) {
            Op::Flag(thing, kind, field)
            | Op::Has(thing, kind, field)
            | Op::Fact(thing, kind, field)
            | Op::SetFact(thing, kind, field)
            | Op::Follow(thing, kind, field) => {
                self.facts(*thing, things, into);
                let row = self.thing(*thing, things);
                if row < ROW_NONE {
                    let entry = (FactKey::Fact(*kind, row, *field), self.value(*kind, row, *field));
                    if !into.contains(&entry) {
                        into.push(entry);
                    }
                }
            }
            Op::Outcome(name, thing) => {
                self.facts(*thing, things, into);
                let row = self.thing(*thing, things);
                if let Some((clause, kind)) = self.plan.outcomes.get(*name as usize)
                    && row < ROW_NONE
                {
                    let value = self.outcome(*name, row).known().map(Value::Flag);
                    into.push((FactKey::Outcome(clause.clone(), *kind, row), value));
                }
            }
            Op::Count(thing, kind, relation, ..) => {
                self.facts(*thing, things, into);
                let row = self.thing(*thing, things);
                if row < ROW_NONE {
                    let (_, closed) = self.universe.members(*kind, row, *relation);
                    let closed = closed.then_some(Value::Flag(true));
                    into.push((FactKey::Complete(*kind, row, *relation), closed));
                }
            }
            op => {
                for part in op.parts() {
                    self.facts(part, things, into);
                }
            }
        }
    }
}
