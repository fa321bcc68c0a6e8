//! The compiled form of an expression: one typed tree, which every evaluator reads.
//!
//! Nothing in a plan can fail. Types were checked, ranges were checked so that no number overflows,
//! regular expressions and dates were read when the plan was made. A number is always an `i64`
//! (see [`crate::schema::Type`] for what it stands for); [`NONE`] stands for "stated that there is none".

use crate::schema::{FieldId, KindId, RelationId};
use crate::truth::Truth;
use serde::{Deserialize, Serialize};

/// The number that stands for "there is none". No fact's range reaches it.
pub const NONE: i64 = i64::MIN;

/// How many ten-thousandths make one.
pub const DECIMAL_ONE: i64 = 10_000;

/// A node of a plan, as an index into [`Plan::nodes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NodeId(pub u32);

/// A place that holds a thing: 0 is the thing under evaluation, each quantifier adds one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Var(pub u8);

/// How two numbers are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What is asked of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum TextTest {
    Contains,
    StartsWith,
    EndsWith,
    Matches,
}

/// How the members of a relation are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Quantity {
    /// Every member.
    All,
    /// At least one member.
    Some,
    /// Exactly one member.
    One,
}

/// How two sets are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SetTest {
    /// The first lies in the second.
    Subset,
    /// They share a value.
    Overlap,
    /// They are the same.
    Same,
}

/// What a node does. A comment gives what it yields: truth, number, set or thing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Op {
    /// Truth: a constant (unknown only where a plan was partly evaluated or an atom was forced).
    Constant(Truth),
    /// Truth: turned over.
    Not(NodeId),
    /// Truth: every part.
    And(Vec<NodeId>),
    /// Truth: some part.
    Or(Vec<NodeId>),
    /// Truth or number, like its branches: condition, then, else. With the condition unknown it is
    /// what both branches agree on, else unknown.
    If(NodeId, NodeId, NodeId),
    /// Truth: a bool fact of a thing.
    Flag(NodeId, KindId, FieldId),
    /// Truth: a fact is there (not stated as none).
    Has(NodeId, KindId, FieldId),
    /// Truth: two numbers compared.
    Compare(Comparison, NodeId, NodeId),
    /// Truth: two truths are the same.
    Alike(NodeId, NodeId),
    /// Truth: two things are one and the same.
    SameThing(NodeId, NodeId),
    /// Truth: an enum value (a number) is in a set.
    Member(NodeId, NodeId),
    /// Truth: two sets compared.
    Sets(SetTest, NodeId, NodeId),
    /// Truth: a text (a number) against a pattern of [`Plan::texts`].
    Text(TextTest, NodeId, u32),
    /// Truth: members of a relation of a thing; the body sees each as the variable.
    Quantified(Quantity, NodeId, KindId, RelationId, Var, NodeId),
    /// Truth: the outcome of another clause, by its name in [`Plan::outcomes`], for a thing.
    Outcome(u32, NodeId),
    /// Number: a constant.
    Number(i64),
    /// Number: a text constant of [`Plan::texts`].
    Literal(u32),
    /// Number: a fact of a thing (int, decimal, date, duration, text or enum).
    Fact(NodeId, KindId, FieldId),
    /// Number: sum.
    Add(NodeId, NodeId),
    /// Number: difference.
    Subtract(NodeId, NodeId),
    /// Number: product.
    Multiply(NodeId, NodeId),
    /// Number: how many members of a relation satisfy the body.
    Count(NodeId, KindId, RelationId, Var, NodeId),
    /// Number: how many values a set has.
    CountSet(NodeId),
    /// Number: working days after the first date up to the second.
    Workdays(NodeId, NodeId),
    /// Number: the date so many working days after a date.
    AddWorkdays(NodeId, NodeId),
    /// Number: the date of the assessment.
    AsOf,
    /// Set: a constant.
    SetLiteral(u128),
    /// Set: a fact of a thing.
    SetFact(NodeId, KindId, FieldId),
    /// Thing: what a variable holds.
    Thing(Var),
    /// Thing: the thing that a reference field points to.
    Follow(NodeId, KindId, FieldId),
}

/// A node and the piece of source that it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// What it does.
    pub op: Op,
    /// Byte range in the source.
    pub span: (u32, u32),
}

/// A compiled expression that yields truth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The kind of thing it is about: variable 0.
    pub scope: KindId,
    /// Its nodes; a part may stand before or after its whole.
    pub nodes: Vec<Node>,
    /// The node that yields the result.
    pub root: NodeId,
    /// Texts and patterns.
    pub texts: Vec<String>,
    /// Clauses whose outcomes are read, each with the kind of thing it is read for.
    pub outcomes: Vec<(String, KindId)>,
    /// The source, so that an explanation can quote it.
    pub source: String,
}

impl Plan {
    /// What a node does.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "node ids are only made by the compiler of this plan")]
    pub fn op(&self, id: NodeId) -> &Op {
        &self.nodes[id.0 as usize].op
    }

    /// The source text of a node.
    #[must_use]
    pub fn quote(&self, id: NodeId) -> &str {
        self.nodes
            .get(id.0 as usize)
            .and_then(|node| self.source.get(node.span.0 as usize..node.span.1 as usize))
            .unwrap_or_default()
    }

    /// Every fact that the plan can read, once each: what makes it stale when it changes.
    #[must_use]
    pub fn reads(&self) -> Vec<Read> {
        let mut reads: Vec<Read> = self
            .nodes
            .iter()
            .filter_map(|node| match &node.op {
                Op::Flag(_, kind, field)
                | Op::Has(_, kind, field)
                | Op::Fact(_, kind, field)
                | Op::SetFact(_, kind, field)
                | Op::Follow(_, kind, field) => Some(Read::Fact(*kind, *field)),
                Op::Quantified(_, _, kind, relation, _, _) | Op::Count(_, kind, relation, _, _) => {
                    Some(Read::Relation(*kind, *relation))
                }
                Op::Outcome(name, _) => {
                    self.outcomes.get(*name as usize).map(|(n, _)| Read::Outcome(n.clone()))
                }
                _ => None,
            })
            .collect();
        reads.sort();
        reads.dedup();
        reads
    }
}

/// Something that a plan reads.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Read {
    /// A fact of a kind.
    Fact(KindId, FieldId),
    /// A relation of a kind.
    Relation(KindId, RelationId),
    /// The outcome of a clause.
    Outcome(String),
}

impl Op {
    /// The parts of a node, in order.
    #[must_use]
    pub fn parts(&self) -> Vec<NodeId> {
        match self {
            Self::Constant(_)
            | Self::Number(_)
            | Self::Literal(_)
            | Self::AsOf
            | Self::SetLiteral(_)
            | Self::Thing(_) => {
                vec![]
            }
            Self::And(parts) | Self::Or(parts) => parts.clone(),
            Self::If(a, b, c) => vec![*a, *b, *c],
            Self::Not(a)
            | Self::Flag(a, ..)
            | Self::Has(a, ..)
            | Self::Text(_, a, _)
            | Self::Outcome(_, a)
            | Self::Fact(a, ..)
            | Self::CountSet(a)
            | Self::SetFact(a, ..)
            | Self::Follow(a, ..) => vec![*a],
            Self::Compare(_, a, b)
            | Self::Alike(a, b)
            | Self::SameThing(a, b)
            | Self::Member(a, b)
            | Self::Sets(_, a, b)
            | Self::Add(a, b)
            | Self::Subtract(a, b)
            | Self::Multiply(a, b)
            | Self::Workdays(a, b)
            | Self::AddWorkdays(a, b)
            | Self::Quantified(_, a, _, _, _, b)
            | Self::Count(a, _, _, _, b) => vec![*a, *b],
        }
    }

    /// Changes the parts of a node, in the order of [`Op::parts`].
    pub(crate) fn for_each_part(&mut self, mut f: impl FnMut(&mut NodeId)) {
        match self {
            Self::Constant(_)
            | Self::Number(_)
            | Self::Literal(_)
            | Self::AsOf
            | Self::SetLiteral(_)
            | Self::Thing(_) => {}
            Self::And(parts) | Self::Or(parts) => parts.iter_mut().for_each(f),
            Self::If(a, b, c) => [a, b, c].into_iter().for_each(f),
            Self::Not(a)
            | Self::Flag(a, ..)
            | Self::Has(a, ..)
            | Self::Text(_, a, _)
            | Self::Outcome(_, a)
            | Self::Fact(a, ..)
            | Self::CountSet(a)
            | Self::SetFact(a, ..)
            | Self::Follow(a, ..) => f(a),
            Self::Compare(_, a, b)
            | Self::Alike(a, b)
            | Self::SameThing(a, b)
            | Self::Member(a, b)
            | Self::Sets(_, a, b)
            | Self::Add(a, b)
            | Self::Subtract(a, b)
            | Self::Multiply(a, b)
            | Self::Workdays(a, b)
            | Self::AddWorkdays(a, b)
            | Self::Quantified(_, a, _, _, _, b)
            | Self::Count(a, _, _, _, b) => [a, b].into_iter().for_each(f),
        }
    }

    /// Whether the node yields truth.
    #[must_use]
    pub fn is_truth(&self) -> bool {
        matches!(
            self,
            Self::Constant(_)
                | Self::Not(_)
                | Self::And(_)
                | Self::Or(_)
                | Self::Flag(..)
                | Self::Has(..)
                | Self::Compare(..)
                | Self::Alike(..)
                | Self::SameThing(..)
                | Self::Member(..)
                | Self::Sets(..)
                | Self::Text(..)
                | Self::Quantified(..)
                | Self::Outcome(..)
        )
    }
}
