//! Every requirement over every thing of its scope, in one pass, and again only where a fact changed.
//!
//! Outcomes stay in bitmaps, four a requirement; findings are made from them when somebody looks.
//! What `met(…)` reads is computed before it is read, since the catalog gives the order. What a
//! requirement comes to, whom it binds and what a person ruled are three layers: the first is kept, so
//! that a change of the organisation's role lays the other two over it anew and evaluates nothing.

mod binding;
mod columns;
mod parts;
mod ruled;
mod update;

use crate::scope;
use binding::{Bound, Parties};
use columns::Columns;
use hegui_catalog::model::{Catalog, Requirement};
use hegui_logic::columnar::{Outcomes, Patterns, Session};
use hegui_logic::plan::{Plan, Read};
use hegui_logic::schema::KindId;
use hegui_logic::truth::Outcome;
use hegui_logic::universe::{FactKey, Universe};
use parts::Parts;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A person's ruling on an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlay {
    /// The thing's row in the requirement's scope.
    pub row: u32,
    /// What was ruled.
    pub outcome: Outcome,
}

/// Rulings that stand, on requirements by index and on clauses by number and kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overlays {
    /// By the requirement's index in the catalog.
    pub requirements: HashMap<usize, Vec<Overlay>>,
    /// By clause number and kind of thing.
    pub clauses: HashMap<(String, KindId), Vec<Overlay>>,
}

/// All outcomes of one assessment.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// The requirements that the profile asks for, by index in the catalog.
    pub selected: Vec<usize>,
    /// Outcomes by the requirement's index in the catalog; `None` for what was not needed.
    pub outcomes: Vec<Option<Outcomes>>,
    /// What was computed where a ruling stands: by requirement and row.
    pub overruled: BTreeMap<(usize, u32), Outcome>,
    /// What each requirement comes to, whomever it binds and whatever was ruled.
    computed: Vec<Option<Outcomes>>,
    overlays: Overlays,
    parties: Parties,
    /// Indices of what has to be evaluated, in the order of `met(…)`.
    order: Vec<usize>,
    columns: Columns,
    /// What each requirement reads, sorted.
    reads: Vec<Vec<Read>>,
    /// Truths of parts of requirements that a change has concerned, for the next change.
    parts: Vec<Option<Parts>>,
    patterns: Patterns,
}

impl Evaluation {
    /// Evaluates. The universe receives the outcomes that `met(…)` reads.
    #[must_use]
    pub fn new(catalog: &Catalog, universe: &mut Universe, profile: &str, overlays: Overlays) -> Self {
        let selected = scope::requirements(catalog, profile, universe.as_of);
        let tests = scope::tests(catalog, profile, universe.as_of);
        let order = needed(catalog, &[selected.as_slice(), &tests].concat());
        let mut evaluation = Self {
            columns: Columns::new(catalog, &order),
            order,
            selected,
            outcomes: catalog.requirements.iter().map(|_| None).collect(),
            computed: catalog.requirements.iter().map(|_| None).collect(),
            overruled: BTreeMap::new(),
            overlays,
            reads: catalog.requirements.iter().map(reads).collect(),
            parts: catalog.requirements.iter().map(|_| None).collect(),
            parties: Parties::new(catalog, universe, profile),
            patterns: Patterns::default(),
        };
        universe.outcomes.clear();
        let mut made = HashMap::new();
        let mut session = Session::new(universe, &catalog.schema);
        for index in evaluation.order.clone() {
            for at in evaluation.columns.read_by(index) {
                if !made.contains_key(at)
                    && let Some((key, column)) = evaluation.named_column(universe, *at)
                {
                    session.set_outcome(&key.0, key.1, column.clone());
                    made.insert(*at, (key, column));
                }
            }
            let Some(requirement) = catalog.requirements.get(index) else { continue };
            let Some((scope, check)) = requirement.scope.zip(requirement.check_plan.as_ref()) else {
                continue;
            };
            let computed = session.judge(requirement.when_plan.as_ref(), check);
            evaluation.lay_over(catalog, universe, (index, scope), computed);
        }
        (_, evaluation.patterns) = session.finish();
        universe.outcomes = made.into_values().collect();
        evaluation
    }

    /// Lays whom a requirement binds, and what was ruled, over what was computed for all things.
    fn lay_over(
        &mut self,
        catalog: &Catalog,
        universe: &Universe,
        (index, scope): (usize, KindId),
        computed: Outcomes,
    ) {
        let Some(requirement) = catalog.requirements.get(index) else { return };
        let mut outcomes =
            Bound::new(&self.parties, catalog, universe, (index, requirement), scope).restrict(&computed);
        for overlay in self.overlays.requirements.get(&index).into_iter().flatten() {
            self.overruled.insert((index, overlay.row), outcomes.get(overlay.row as usize));
            outcomes.set(overlay.row as usize, overlay.outcome);
        }
        if let (Some(slot), Some(kept)) = (self.outcomes.get_mut(index), self.computed.get_mut(index)) {
            *slot = Some(outcomes);
            *kept = Some(computed);
        }
    }

    /// The organisation's role in the activity that a thing belongs to, where a requirement (by its
    /// index in the catalog) waits for it.
    #[must_use]
    pub fn missing_role(
        &self,
        catalog: &Catalog,
        universe: &Universe,
        requirement: usize,
        thing: (KindId, u32),
    ) -> Option<FactKey> {
        self.parties.missing(&catalog.schema, universe, requirement, thing)
    }

    /// What a requirement (by its index in the catalog) reads, sorted.
    pub(crate) fn reads(&self, requirement: usize) -> &[Read] {
        self.reads.get(requirement).map_or(&[], Vec::as_slice)
    }

    /// The ruling that stands on a clause for a thing.
    #[must_use]
    pub fn clause_ruling(&self, clause: &str, kind: KindId, row: u32) -> Option<Outcome> {
        let overlays = self.overlays.clauses.get(&(clause.to_owned(), kind))?;
        overlays.iter().find(|o| o.row == row).map(|o| o.outcome)
    }
}

/// The requirements whose outcomes a name stands for, for things of a kind: see
/// [`Catalog::met_parts`]. None where the name means nothing for that kind.
#[must_use]
pub fn under(catalog: &Catalog, name: &str, kind: KindId) -> Vec<usize> {
    catalog.met_parts(name, kind).unwrap_or_default().into_iter().map(|index| index as usize).collect()
}

fn plans(requirement: &Requirement) -> impl Iterator<Item = &Plan> {
    [requirement.when_plan.as_ref(), requirement.check_plan.as_ref()].into_iter().flatten()
}

fn reads(requirement: &Requirement) -> Vec<Read> {
    let mut reads: Vec<Read> = plans(requirement).flat_map(Plan::reads).collect();
    reads.sort();
    reads.dedup();
    reads
}

fn reads_outcomes(catalog: &Catalog, index: usize) -> Vec<(String, KindId)> {
    catalog
        .requirements
        .get(index)
        .into_iter()
        .flat_map(plans)
        .flat_map(|plan| plan.outcomes.clone())
        .collect()
}

/// The selected requirements and whatever they read by `met(…)`, in the catalog's order.
fn needed(catalog: &Catalog, selected: &[usize]) -> Vec<usize> {
    let mut wanted = vec![false; catalog.requirements.len()];
    let mut todo: Vec<usize> = selected.to_vec();
    let mut read = HashSet::new();
    while let Some(index) = todo.pop() {
        match wanted.get_mut(index) {
            Some(done) if !*done => *done = true,
            _ => continue,
        }
        for (name, kind) in reads_outcomes(catalog, index) {
            if read.insert((name.clone(), kind)) {
                todo.extend(under(catalog, &name, kind));
            }
        }
    }
    catalog.order.iter().map(|i| *i as usize).filter(|i| wanted.get(*i).copied().unwrap_or(false)).collect()
}
