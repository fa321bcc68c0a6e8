//! Plans changed on purpose, to find out whether a requirement's cases are worth something.
//!
//! An **atom** is a smallest piece that yields truth: a bool fact, a comparison, a membership, `has`,
//! `met`. A requirement's cases must show each atom to be decisive somewhere ([`turned`],
//! [`forgotten`]), and must notice every wrongly written operator ([`mutants`]).

use crate::plan::{Comparison, Node, NodeId, Op, Plan, Quantity, SetTest};
use crate::truth::Truth;

/// A plan with one operator changed.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// The changed plan.
    pub plan: Plan,
    /// What was changed, as in `&& to ||`.
    pub change: String,
    /// The node that was changed, in the original plan.
    pub node: NodeId,
}

/// The atoms of a plan that it can reach from its root, in the order of the source.
#[must_use]
pub fn atoms(plan: &Plan) -> Vec<NodeId> {
    let mut found: Vec<NodeId> = reachable(plan)
        .into_iter()
        .filter(|id| {
            matches!(
                plan.op(*id),
                Op::Flag(..)
                    | Op::Has(..)
                    | Op::Compare(..)
                    | Op::SameThing(..)
                    | Op::Member(..)
                    | Op::Sets(..)
                    | Op::Text(..)
                    | Op::Outcome(..)
            )
        })
        .collect();
    found.sort_by_key(|id| plan.nodes.get(id.0 as usize).map(|n| n.span));
    found
}

fn reachable(plan: &Plan) -> Vec<NodeId> {
    let mut seen = vec![false; plan.nodes.len()];
    let mut todo = vec![plan.root];
    let mut found = vec![];
    while let Some(id) = todo.pop() {
        match seen.get_mut(id.0 as usize) {
            Some(done) if !*done => *done = true,
            _ => continue,
        }
        found.push(id);
        todo.extend(plan.op(id).parts());
    }
    found
}

/// The plan with an atom turned over, for every thing that it is asked of.
#[must_use]
pub fn turned(plan: &Plan, atom: NodeId) -> Plan {
    // The atom moves to the end and a negation takes its place; evaluators follow references, and
    // none relies on parts standing before wholes.
    let mut changed = plan.clone();
    if let Some(node) = changed.nodes.get(atom.0 as usize).cloned() {
        let moved = NodeId(changed.nodes.len() as u32);
        let span = node.span;
        changed.nodes.push(node);
        replace(&mut changed, atom, Node { op: Op::Not(moved), span });
    }
    changed
}

/// The plan with an atom unknown.
#[must_use]
pub fn forgotten(plan: &Plan, atom: NodeId) -> Plan {
    let mut changed = plan.clone();
    if let Some(span) = changed.nodes.get(atom.0 as usize).map(|n| n.span) {
        replace(&mut changed, atom, Node { op: Op::Constant(Truth::Unknown), span });
    }
    changed
}

fn replace(plan: &mut Plan, at: NodeId, node: Node) {
    if let Some(place) = plan.nodes.get_mut(at.0 as usize) {
        *place = node;
    }
}

/// Every plan that differs in one operator.
#[must_use]
pub fn mutants(plan: &Plan) -> Vec<Mutant> {
    let mut nodes = reachable(plan);
    nodes.sort();
    nodes
        .into_iter()
        .flat_map(|id| {
            changes(plan.op(id)).into_iter().map(move |(op, change)| {
                let mut changed = plan.clone();
                let span = changed.nodes.get(id.0 as usize).map_or((0, 0), |n| n.span);
                match op {
                    Changed::Op(op) => replace(&mut changed, id, Node { op, span }),
                    Changed::Become(other) => {
                        let node = plan.nodes.get(other.0 as usize).cloned();
                        if let Some(node) = node {
                            replace(&mut changed, id, node);
                        }
                    }
                }
                Mutant { plan: changed, change: change.to_owned(), node: id }
            })
        })
        .collect()
}

enum Changed {
    Op(Op),
    Become(NodeId),
}

fn changes(op: &Op) -> Vec<(Changed, &'static str)> {
    use Changed::{Become, Op as To};
    match op {
        Op::And(parts) if parts.len() > 1 => vec![(To(Op::Or(parts.clone())), "`&&` to `||`")],
        Op::Or(parts) if parts.len() > 1 => vec![(To(Op::And(parts.clone())), "`||` to `&&`")],
        Op::Not(part) => vec![(Become(*part), "`!` dropped")],
        Op::If(c, a, b) => vec![(To(Op::If(*c, *b, *a)), "branches of `?:` exchanged")],
        Op::Compare(how, a, b) => {
            let (to, change) = match how {
                Comparison::Equal => (Comparison::NotEqual, "`==` to `!=`"),
                Comparison::NotEqual => (Comparison::Equal, "`!=` to `==`"),
                Comparison::Less => (Comparison::LessOrEqual, "`<` to `<=`"),
                Comparison::LessOrEqual => (Comparison::Less, "`<=` to `<`"),
                Comparison::Greater => (Comparison::GreaterOrEqual, "`>` to `>=`"),
                Comparison::GreaterOrEqual => (Comparison::Greater, "`>=` to `>`"),
            };
            vec![(To(Op::Compare(to, *a, *b)), change)]
        }
        Op::Quantified(how, thing, kind, relation, var, body) => {
            let (to, change) = match how {
                Quantity::All => (Quantity::Some, "`all` to `exists`"),
                Quantity::Some => (Quantity::All, "`exists` to `all`"),
                Quantity::One => (Quantity::Some, "`exists_one` to `exists`"),
            };
            vec![(To(Op::Quantified(to, *thing, *kind, *relation, *var, *body)), change)]
        }
        Op::Sets(SetTest::Subset, a, b) => {
            vec![(To(Op::Sets(SetTest::Overlap, *a, *b)), "`all` to `exists`")]
        }
        Op::Sets(SetTest::Overlap, a, b) => {
            vec![(To(Op::Sets(SetTest::Subset, *a, *b)), "`exists` to `all`")]
        }
        Op::Add(a, b) => vec![(To(Op::Subtract(*a, *b)), "`+` to `-`")],
        Op::Subtract(a, b) => vec![(To(Op::Add(*a, *b)), "`-` to `+`")],
        _ => vec![],
    }
}
