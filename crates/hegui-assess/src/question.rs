//! What to ask next: the missing facts of all unknown findings, ranked by how much an answer settles.
//!
//! The questionnaire is derived: a fact is asked because some outcome waits for it, and no longer when
//! none does. A finding that waits for `n` facts gives each of them a share of `1/n`; a question's
//! **weight** is the sum of its shares, so that what settles much at once comes first.

use crate::evaluate::{Evaluation, under};
use crate::rollup::{Inputs, open_steps};
use hegui_catalog::model::{Catalog, Strength};
use hegui_logic::schema::KindId;
use hegui_logic::single::{Bound, missing};
use hegui_logic::truth::Outcome;
use hegui_logic::universe::{FactKey, Universe};
use std::collections::{BTreeMap, BTreeSet};

/// A fact that somebody should be asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The fact.
    pub key: FactKey,
    /// Findings that wait for this fact alone.
    pub settles: usize,
    /// Findings that wait for it, perhaps among others.
    pub concerns: usize,
    /// The sum of its shares in the findings that wait for it.
    pub weight: f64,
    /// The requirements behind it, by index, and the row that each is about.
    pub findings: Vec<(usize, u32)>,
}

/// Works out what is missing, one requirement and thing at a time.
pub struct Seeker<'a> {
    catalog: &'a Catalog,
    universe: &'a Universe,
    evaluation: &'a Evaluation,
    bounds: Vec<(Option<Bound<'a>>, Option<Bound<'a>>)>,
}

impl<'a> Seeker<'a> {
    /// Prepares the plans of all requirements.
    #[must_use]
    pub fn new(catalog: &'a Catalog, universe: &'a Universe, evaluation: &'a Evaluation) -> Self {
        let bounds = catalog
            .requirements
            .iter()
            .map(|r| {
                let bind = |plan| Bound::new(plan, universe);
                (r.when_plan.as_ref().map(bind), r.check_plan.as_ref().map(bind))
            })
            .collect();
        Self { catalog, universe, evaluation, bounds }
    }

    /// The plans of a requirement, bound to the facts: `when` and `check`.
    #[must_use]
    pub fn bound(&self, index: usize) -> Option<(Option<&Bound<'a>>, &Bound<'a>)> {
        let (when, check) = self.bounds.get(index)?;
        Some((when.as_ref(), check.as_ref()?))
    }

    /// The facts that an unknown finding waits for, in the end: what `met(…)` waits for is followed
    /// down to facts, or to the judgement on a holistic clause. Empty for a finding that is settled.
    #[must_use]
    pub fn missing(&self, index: usize, row: u32) -> BTreeSet<FactKey> {
        let mut found = BTreeSet::new();
        self.collect(index, row, &mut found, &mut BTreeSet::new());
        found
    }

    fn collect(
        &self,
        index: usize,
        row: u32,
        found: &mut BTreeSet<FactKey>,
        seen: &mut BTreeSet<(usize, u32)>,
    ) {
        let outcome =
            self.evaluation.outcomes.get(index).and_then(Option::as_ref).map(|o| o.get(row as usize));
        if outcome != Some(Outcome::Unknown) || !seen.insert((index, row)) {
            return;
        }
        let Some((when, check)) = self.bound(index) else { return };
        for key in missing(when, check, &self.catalog.schema, row).facts {
            match key {
                FactKey::Outcome(name, kind, row) => self.follow(&name, kind, row, found, seen),
                key => {
                    found.insert(key);
                }
            }
        }
        if let Some(role) = self
            .catalog
            .requirements
            .get(index)
            .and_then(|r| r.scope)
            .and_then(|kind| self.evaluation.missing_role(self.catalog, self.universe, kind, row))
        {
            found.insert(role);
        }
        if let Some(requirement) = self.catalog.requirements.get(index)
            && let (Some(kind), Some(field)) = (requirement.scope, requirement.occurrence)
            && self.universe.value(kind, row, field).is_none()
            && found.is_empty()
        {
            found.insert(FactKey::Fact(kind, row, field));
        }
    }

    fn follow(
        &self,
        name: &str,
        kind: KindId,
        row: u32,
        found: &mut BTreeSet<FactKey>,
        seen: &mut BTreeSet<(usize, u32)>,
    ) {
        let before = found.len();
        for index in under(self.catalog, name, kind) {
            self.collect(index, row, found, seen);
        }
        // Nothing is missing below, and yet it is open: a person has to weigh a holistic clause.
        if found.len() == before && !seen.contains(&(usize::MAX, row)) {
            found.insert(FactKey::Outcome(name.to_owned(), kind, row));
        }
    }
}

/// All questions, the weightiest first.
#[must_use]
pub fn questions(inputs: &Inputs<'_>, seeker: &Seeker<'_>) -> Vec<Question> {
    let mut by_key: BTreeMap<FactKey, Question> = BTreeMap::new();
    let mut ask = |keys: BTreeSet<FactKey>, finding: (usize, u32)| {
        let n = keys.len();
        for key in keys {
            let question = by_key.entry(key.clone()).or_insert_with(|| Question {
                key,
                settles: 0,
                concerns: 0,
                weight: 0.0,
                findings: vec![],
            });
            question.settles += usize::from(n == 1);
            question.concerns += 1;
            question.weight += 1.0 / n as f64;
            question.findings.push(finding);
        }
    };
    for index in &inputs.evaluation.selected {
        let (Some(requirement), Some(Some(outcomes))) =
            (inputs.catalog.requirements.get(*index), inputs.evaluation.outcomes.get(*index))
        else {
            continue;
        };
        let Some(kind) = requirement.scope else { continue };
        let Some(things) = inputs.things.get(kind.0 as usize) else { continue };
        for row in outcomes.unknown.and(things).iter_ones() {
            ask(seeker.missing(*index, row as u32), (*index, row as u32));
        }
        if requirement.strength == Strength::Shall {
            for (step, rows) in open_steps(inputs, kind) {
                for row in rows {
                    ask(BTreeSet::from([FactKey::Complete(step.above, row, step.relation)]), (*index, row));
                }
            }
        }
    }
    let mut questions: Vec<Question> = by_key.into_values().collect();
    questions.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.key.cmp(&b.key)));
    questions
}
