//! What is asked of a list, found out once for all things that ask the same.
//!
//! A thousand consents of one activity that each ask something of the activity's thousand data would
//! look at a million pairs, one pair at a time. What a quantifier comes to depends on the list, and on
//! the things outside it that its body reads: where those are the same, the answer is. A [`Bound`] that
//! [remembers](Bound::remembering) keeps it by them.

use super::missing::{Found, InList};
use super::{Bound, Things, hold};
use crate::plan::{NodeId, Op, Plan, Var};
use crate::truth::Truth;
use crate::universe::ROW_UNKNOWN;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

/// Lists up to this long are gone through again each time: that is quicker than remembering.
pub(crate) const SHORT: usize = 24;
/// How many members of each truth are remembered by name.
const NAMED: usize = 32;

/// A quantifier, and the rows of the things outside it that it reads.
type Key = (NodeId, Vec<u32>);

/// The members for which a body comes to one truth.
#[derive(Clone, Debug, Default)]
pub(crate) struct Class {
    pub count: usize,
    first: Vec<u32>,
}

/// What a body comes to for the members of a list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members {
    pub yes: Class,
    pub no: Class,
    pub maybe: Class,
}

impl Members {
    fn class(&self, truth: Truth) -> &Class {
        match truth {
            Truth::True => &self.yes,
            Truth::False => &self.no,
            Truth::Unknown => &self.maybe,
        }
    }

    fn class_mut(&mut self, truth: Truth) -> &mut Class {
        match truth {
            Truth::True => &mut self.yes,
            Truth::False => &mut self.no,
            Truth::Unknown => &mut self.maybe,
        }
    }
}

/// What was found out about lists, by quantifier and what it reads from outside.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// For each quantifier or count the things outside it that it reads, the list's own first.
    outside: HashMap<NodeId, Vec<NodeId>>,
    members: RefCell<HashMap<Key, Arc<Members>>>,
    missing: RefCell<HashMap<Key, Arc<InList>>>,
}

impl Memory {
    fn new(plan: &Plan) -> Self {
        let mut outside = HashMap::new();
        for id in (0..plan.nodes.len() as u32).map(NodeId) {
            if let Op::Quantified(_, thing, _, _, var, body) | Op::Count(thing, _, _, var, body) = plan.op(id)
            {
                let mut found = vec![*thing];
                let mut seen = vec![false; plan.nodes.len()];
                read_from_outside(plan, *body, *var, &mut seen, &mut found);
                outside.insert(id, found);
            }
        }
        Self { outside, ..Self::default() }
    }
}

/// The things that a body reads and that hang on no variable of its own; a path counts as a whole.
fn read_from_outside(plan: &Plan, id: NodeId, own: Var, seen: &mut [bool], found: &mut Vec<NodeId>) {
    match seen.get_mut(id.0 as usize) {
        Some(done) if !*done => *done = true,
        _ => return,
    }
    if let Some(var) = root(plan, id) {
        // Variables are numbered from the outside in.
        if var.0 < own.0 {
            found.push(id);
        }
        return;
    }
    for part in plan.op(id).parts() {
        read_from_outside(plan, part, own, seen, found);
    }
}

/// The variable that a path begins with.
pub(super) fn root(plan: &Plan, id: NodeId) -> Option<Var> {
    match plan.op(id) {
        Op::Thing(var) => Some(*var),
        Op::Follow(thing, ..) => root(plan, *thing),
        _ => None,
    }
}

impl Bound<'_> {
    /// The same, and what is found out about long lists is kept for the next thing. Only as long as
    /// the universe stays as it is.
    #[must_use]
    pub fn remembering(mut self) -> Self {
        self.memory = Some(Memory::new(self.plan));
        self
    }

    fn key(&self, memory: &Memory, id: NodeId, things: &Things) -> Option<Key> {
        let outside = memory.outside.get(&id)?;
        Some((id, outside.iter().map(|thing| self.thing(*thing, things)).collect()))
    }

    /// The members of a list, where it is long enough to be remembered.
    fn long_list(&self, id: NodeId, things: &Things) -> Option<&[u32]> {
        let (Op::Quantified(_, thing, kind, relation, ..) | Op::Count(thing, kind, relation, ..)) =
            self.plan.op(id)
        else {
            return None;
        };
        let row = self.thing(*thing, things);
        if row == ROW_UNKNOWN {
            return None;
        }
        let (members, _) = self.universe.members(*kind, row, *relation);
        (members.len() > SHORT).then_some(members)
    }

    /// What the body of a quantifier or count comes to for the members of a long list, if it is
    /// remembered at all.
    pub(crate) fn remembered(&self, id: NodeId, things: &Things) -> Option<Arc<Members>> {
        let memory = self.memory.as_ref()?;
        let members = self.long_list(id, things)?;
        let key = self.key(memory, id, things)?;
        if let Some(known) = memory.members.borrow().get(&key) {
            return Some(Arc::clone(known));
        }
        let found = Arc::new(self.look(id, things, members));
        memory.members.borrow_mut().insert(key, Arc::clone(&found));
        Some(found)
    }

    fn look(&self, id: NodeId, things: &Things, members: &[u32]) -> Members {
        let mut found = Members::default();
        let (Op::Quantified(.., var, body) | Op::Count(.., var, body)) = self.plan.op(id) else {
            return found;
        };
        let mut inner = *things;
        for member in members {
            hold(&mut inner, *var, *member);
            let class = found.class_mut(self.truth_of(*body, &inner));
            class.count += 1;
            if class.first.len() < NAMED {
                class.first.push(*member);
            }
        }
        found
    }

    /// Up to `limit` members for which the body of a quantifier comes to `wanted`, or any where that is
    /// `None`; and how many there are.
    pub(crate) fn deciding(
        &self,
        id: NodeId,
        things: &Things,
        wanted: Option<Truth>,
        limit: usize,
    ) -> (Vec<u32>, usize) {
        let Op::Quantified(_, thing, kind, relation, var, body) = self.plan.op(id) else {
            return (vec![], 0);
        };
        let (members, _) = self.universe.members(*kind, self.thing(*thing, things), *relation);
        let Some(wanted) = wanted else {
            return (members.iter().take(limit).copied().collect(), members.len());
        };
        if limit <= NAMED
            && let Some(known) = self.remembered(id, things)
        {
            let class = known.class(wanted);
            return (class.first.iter().take(limit).copied().collect(), class.count);
        }
        let mut inner = *things;
        let mut deciding: Vec<u32> = members
            .iter()
            .copied()
            .filter(|member| {
                hold(&mut inner, *var, *member);
                self.truth_of(*body, &inner) == wanted
            })
            .collect();
        let count = deciding.len();
        deciding.truncate(limit);
        (deciding, count)
    }

    /// What is missing for the members of a long list about which a quantifier is still undecided.
    pub(super) fn missing_in_list(&self, id: NodeId, things: &Things) -> Option<Arc<InList>> {
        let memory = self.memory.as_ref()?;
        let members = self.long_list(id, things)?;
        let key = self.key(memory, id, things)?;
        if let Some(known) = memory.missing.borrow().get(&key) {
            return Some(Arc::clone(known));
        }
        let (Op::Quantified(.., var, body) | Op::Count(.., var, body)) = self.plan.op(id) else {
            return None;
        };
        let mut found = Found::inside(*var);
        let mut inner = *things;
        for member in members {
            hold(&mut inner, *var, *member);
            if self.truth_of(*body, &inner) == Truth::Unknown {
                self.collect(*body, &inner, &mut found);
            }
        }
        let found = Arc::new(found.finish());
        memory.missing.borrow_mut().insert(key, Arc::clone(&found));
        Some(found)
    }
}
