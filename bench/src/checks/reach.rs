//! What of a thing a check can reach: the facts that it reads, at the thing and at what hangs on it.

use hegui_logic::plan::{NodeId, Op, Plan, Var};
use hegui_logic::schema::{FieldId, KindId, RelationId, Schema, Source, Type};
use std::collections::{BTreeMap, BTreeSet};

/// What is read of things of a kind at one place of the tree that begins with the scope.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Facts.
    pub facts: BTreeSet<FieldId>,
    /// References that are followed.
    pub follows: BTreeMap<FieldId, Reach>,
    /// Relations whose members are asked.
    pub members: BTreeMap<RelationId, Reach>,
    /// Clauses whose outcome is read.
    pub outcomes: BTreeSet<String>,
    /// Whether it is compared with another thing.
    pub identity: bool,
}

#[derive(Clone, Copy)]
enum Step {
    Follow(FieldId),
    Member(RelationId),
}

/// What a plan reads, from its scope on.
#[must_use]
pub fn reach(plan: &Plan) -> Reach {
    let mut walk = Walk { plan, root: Reach::default(), variables: vec![(Var(0), vec![])] };
    walk.visit(plan.root);
    walk.root
}

struct Walk<'a> {
    plan: &'a Plan,
    root: Reach,
    variables: Vec<(Var, Vec<Step>)>,
}

impl Walk<'_> {
    fn path(&self, node: NodeId) -> Vec<Step> {
        match self.plan.op(node) {
            Op::Thing(var) => {
                let found = self.variables.iter().rev().find(|(v, _)| v == var);
                found.map(|(_, path)| path.clone()).unwrap_or_default()
            }
            Op::Follow(thing, _, field) => {
                let mut path = self.path(*thing);
                path.push(Step::Follow(*field));
                path
            }
            _ => vec![],
        }
    }

    /// The place of the tree for a thing; it is made if it is new.
    fn at(&mut self, node: NodeId) -> &mut Reach {
        let path = self.path(node);
        path.into_iter().fold(&mut self.root, |at, step| match step {
            Step::Follow(field) => at.follows.entry(field).or_default(),
            Step::Member(relation) => at.members.entry(relation).or_default(),
        })
    }

    fn visit(&mut self, node: NodeId) {
        let plan = self.plan;
        match plan.op(node) {
            Op::Flag(thing, _, field) | Op::Fact(thing, _, field) | Op::SetFact(thing, _, field) => {
                self.at(*thing).facts.insert(*field);
            }
            Op::Has(thing, _, field) => {
                self.at(*thing).facts.insert(*field);
            }
            Op::SameThing(a, b) => {
                self.at(*a).identity = true;
                self.at(*b).identity = true;
            }
            Op::Outcome(name, thing) => {
                let name = plan.outcomes.get(*name as usize).map(|(clause, _)| clause.clone());
                self.at(*thing).outcomes.extend(name);
            }
            Op::Quantified(_, thing, _, relation, var, body) | Op::Count(thing, _, relation, var, body) => {
                let mut path = self.path(*thing);
                path.push(Step::Member(*relation));
                self.at(*thing).members.entry(*relation).or_default();
                self.variables.push((*var, path));
                self.visit(*body);
                self.variables.pop();
            }
            op => op.parts().into_iter().for_each(|part| self.visit(part)),
        }
    }
}

/// What rows of one kind must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Need {
    /// Facts and references.
    pub fields: BTreeSet<FieldId>,
    /// Lists of references kept at the thing.
    pub lists: BTreeSet<RelationId>,
    /// Relations that are asked.
    pub relations: BTreeSet<RelationId>,
    /// Outcomes of clauses.
    pub outcomes: BTreeSet<String>,
}

/// What a value of a row is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A fact or reference.
    Fact(FieldId),
    /// A list of references.
    List(RelationId),
    /// The outcome of a clause.
    Outcome(String),
}

impl Need {
    /// What the values of a row are, in order.
    #[must_use]
    pub fn keys(&self) -> Vec<Key> {
        let facts = self.fields.iter().map(|id| Key::Fact(*id));
        let lists = self.lists.iter().map(|id| Key::List(*id));
        facts.chain(lists).chain(self.outcomes.iter().map(|clause| Key::Outcome(clause.clone()))).collect()
    }
}

/// What rows of every kind must hold so that a plan can be answered.
#[must_use]
pub fn needs(plan: &Plan, schema: &Schema) -> BTreeMap<KindId, Need> {
    let mut needs = BTreeMap::new();
    gather(&reach(plan), plan.scope, schema, &mut needs);
    needs
}

fn gather(reach: &Reach, kind: KindId, schema: &Schema, needs: &mut BTreeMap<KindId, Need>) {
    let need = needs.entry(kind).or_default();
    need.fields.extend(reach.facts.iter().chain(reach.follows.keys()));
    need.outcomes.extend(reach.outcomes.iter().cloned());
    need.relations.extend(reach.members.keys());
    let definition = schema.kind(kind);
    for (field, below) in &reach.follows {
        if let Type::Thing(to) = definition.field(*field).ty {
            gather(below, to, schema, needs);
        }
    }
    // A fact that is a reference (`has(basis.obligation)`) needs somewhere to point to.
    for field in &reach.facts {
        if let Type::Thing(to) = definition.field(*field).ty {
            needs.entry(to).or_default();
        }
    }
    for (id, below) in &reach.members {
        let relation = definition.relation(*id);
        gather(below, relation.to, schema, needs);
        match relation.source {
            Source::List => needs.entry(kind).or_default().lists.insert(*id),
            Source::Inverse(field) => needs.entry(relation.to).or_default().fields.insert(field),
            Source::InverseList(list) => needs.entry(relation.to).or_default().lists.insert(list),
        };
    }
}

/// The key under which the outcome of a clause stands in a row or document.
#[must_use]
pub fn outcome_key(clause: &str) -> String {
    format!("met_{}", clause.replace(|c: char| !c.is_ascii_alphanumeric(), "_"))
}
