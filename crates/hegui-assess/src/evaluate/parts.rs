//! A requirement as `&&`, `||` and `!` over parts, each part's truths kept from one change to the next.
//!
//! A change that concerns every thing mostly concerns one part of a requirement: the organisation's
//! role, not whether there is a valid basis. The other parts stay, and putting parts together takes
//! sixty-four things at a time.

use super::update::Update;
use hegui_logic::columnar::{Affected, Outcomes, Truths};
use hegui_logic::plan::{NodeId, Op, Plan};

/// How parts are put together; a part is a place in [`Parts::atoms`].
#[derive(Clone, Debug)]
enum Tree {
    Part(usize),
    Not(Box<Tree>),
    And(Vec<Tree>),
    Or(Vec<Tree>),
}

/// A part, and what it came to for all things of the scope, if that is kept.
#[derive(Clone, Debug)]
struct Atom {
    plan: Plan,
    truths: Option<Truths>,
}

/// A requirement in parts.
#[derive(Clone, Debug)]
pub(super) struct Parts {
    atoms: Vec<Atom>,
    when: Option<Tree>,
    check: Tree,
}

impl Parts {
    pub fn new(when: Option<&Plan>, check: &Plan) -> Self {
        let mut atoms = vec![];
        let when = when.map(|when| tree(when, when.root, &mut atoms));
        let check = tree(check, check.root, &mut atoms);
        Self { atoms, when, check }
    }

    /// Whether some part is not concerned at all.
    pub fn spared(&self, update: &Update<'_, '_>) -> bool {
        self.atoms.iter().any(|atom| update.affected(&atom.plan).is_none())
    }

    /// Drops what is kept, since it is no longer so.
    pub fn forget(&mut self) {
        self.atoms.iter_mut().for_each(|atom| atom.truths = None);
    }

    /// Brings up to date what is kept.
    pub fn renew(&mut self, update: &mut Update<'_, '_>) {
        for atom in self.atoms.iter_mut().filter(|atom| atom.truths.is_some()) {
            atom.renew(update);
        }
    }

    /// The requirement's outcome for every thing.
    pub fn judge(&mut self, update: &mut Update<'_, '_>) -> Outcomes {
        for atom in &mut self.atoms {
            match atom.truths {
                Some(_) => atom.renew(update),
                None => atom.truths = Some(update.session.evaluate(&atom.plan)),
            }
        }
        let when = self.when.as_ref().and_then(|when| self.truths(when));
        match self.truths(&self.check) {
            Some(check) => Outcomes::of(when.as_ref(), &check),
            None => Outcomes::default(),
        }
    }

    fn truths(&self, tree: &Tree) -> Option<Truths> {
        match tree {
            Tree::Part(at) => self.atoms.get(*at)?.truths.clone(),
            Tree::Not(part) => self.truths(part).map(|Truths { yes, no }| Truths { yes: no, no: yes }),
            Tree::And(parts) => self.together(parts, |all, part| {
                all.yes.merge(&part.yes, |a, b| a & b);
                all.no.merge(&part.no, |a, b| a | b);
            }),
            Tree::Or(parts) => self.together(parts, |all, part| {
                all.yes.merge(&part.yes, |a, b| a | b);
                all.no.merge(&part.no, |a, b| a & b);
            }),
        }
    }

    fn together(&self, parts: &[Tree], add: impl Fn(&mut Truths, &Truths)) -> Option<Truths> {
        let (first, rest) = parts.split_first()?;
        let mut all = self.truths(first)?;
        for part in rest {
            add(&mut all, &self.truths(part)?);
        }
        Some(all)
    }
}

impl Atom {
    fn renew(&mut self, update: &mut Update<'_, '_>) {
        match (update.affected(&self.plan), &mut self.truths) {
            (Affected::Rows(rows), Some(truths)) if !rows.is_empty() => {
                let fresh = update.session.evaluate_rows(&self.plan, &rows);
                for (place, row) in rows.into_iter().enumerate() {
                    truths.yes.set(row as usize, fresh.yes.get(place));
                    truths.no.set(row as usize, fresh.no.get(place));
                }
            }
            (Affected::Rows(_), _) => {}
            (Affected::All, truths) => *truths = Some(update.session.evaluate(&self.plan)),
        }
    }
}

fn tree(plan: &Plan, node: NodeId, atoms: &mut Vec<Atom>) -> Tree {
    match plan.op(node) {
        Op::Not(part) => Tree::Not(Box::new(tree(plan, *part, atoms))),
        Op::And(parts) if !parts.is_empty() => {
            Tree::And(parts.iter().map(|part| tree(plan, *part, atoms)).collect())
        }
        Op::Or(parts) if !parts.is_empty() => {
            Tree::Or(parts.iter().map(|part| tree(plan, *part, atoms)).collect())
        }
        _ => {
            atoms.push(Atom { plan: Plan { root: node, ..plan.clone() }, truths: None });
            Tree::Part(atoms.len() - 1)
        }
    }
}
