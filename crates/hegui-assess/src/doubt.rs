//! Samples with deviations: what was said of the whole is in doubt.
//!
//! A fact may rest on a sample that showed deviations. Then the register says that it holds, and the
//! sample that it does not hold everywhere: whether the value is right for the population is a question,
//! and the fact is unknown as far as it would make a requirement met or not applicable. As far as it
//! makes a gap, the gap stands: a sample can prove one. A ruling settles it, on the fact or on the
//! outcome. A list that was drawn as a sample is another matter: what deviates in it is listed, and has
//! gaps of its own.

use crate::assessment::{Assessment, ByFinding};
use crate::evaluate::{Evaluation, Overlay, Overlays};
use hegui_catalog::model::Catalog;
use hegui_logic::columnar::{Affected, Changes, affected_by};
use hegui_logic::truth::Outcome;
use hegui_logic::universe::{FactKey, Universe};
use hegui_register::Assessed;
use std::collections::{BTreeMap, BTreeSet};

/// What samples with deviations leave open.
#[derive(Clone, Debug)]
pub struct Doubt {
    /// The facts in doubt.
    pub facts: BTreeSet<FactKey>,
    /// The facts as the register states them.
    pub stated: Universe,
    /// Gaps that hold by what is stated: by requirement and row.
    pub proven: BTreeSet<(usize, u32)>,
}

impl Doubt {
    /// The gaps that are proven, as they lie over what the facts in doubt leave unknown.
    #[must_use]
    pub fn overlays(&self) -> Overlays {
        let mut overlays = Overlays::default();
        for (index, row) in &self.proven {
            let gap = Overlay { row: *row, outcome: Outcome::Gap };
            overlays.requirements.entry(*index).or_default().push(gap);
        }
        overlays
    }

    /// A proven gap is what was computed, unless a person ruled otherwise.
    pub fn tidy(&self, evaluation: &mut Evaluation) {
        let Evaluation { overruled, outcomes, .. } = evaluation;
        for (index, row) in &self.proven {
            let outcome = outcomes.get(*index).and_then(Option::as_ref).map(|o| o.get(*row as usize));
            if outcome == Some(Outcome::Gap) {
                overruled.remove(&(*index, *row));
            }
        }
    }
}

/// The sample behind a fact, where it showed deviations that nobody has ruled on.
fn deviates(assessed: &Assessed, key: &FactKey) -> bool {
    let sample =
        assessed.provenance(key).observations.into_iter().filter(|o| o.counts).find_map(|o| o.sample);
    sample.is_some_and(|sample| sample.deviations > 0) && !assessed.is_ruled(key)
}

/// Makes the facts in doubt unknown, and brings the outcomes up to date.
pub(crate) fn cast(catalog: &Catalog, assessed: &mut Assessed, evaluation: &mut Evaluation) -> Option<Doubt> {
    let sampled = assessed.sampled();
    let facts: BTreeSet<FactKey> = sampled
        .into_iter()
        .filter(|key| matches!(key, FactKey::Fact(..)) && deviates(assessed, key))
        .collect();
    if facts.is_empty() {
        return None;
    }
    let stated = assessed.universe.clone();
    let before = evaluation.outcomes.clone();
    for key in &facts {
        assessed.set_fact(key, None);
        // Nothing that was said above takes its place: here somebody has looked.
        if let FactKey::Fact(kind, row, field) = key {
            assessed.universe.state(*kind, *row, *field, None);
        }
        evaluation.update(catalog, &mut assessed.universe, key);
    }
    let mut proven = BTreeSet::new();
    for (index, (was, is)) in before.iter().zip(&evaluation.outcomes).enumerate() {
        if let (Some(was), Some(is)) = (was, is) {
            proven.extend(was.gap.and_not(&is.gap).iter_ones().map(|row| (index, row as u32)));
        }
    }
    let doubt = Doubt { facts, stated, proven };
    if !doubt.proven.is_empty() {
        evaluation.rule(catalog, &mut assessed.universe, doubt.overlays());
        doubt.tidy(evaluation);
    }
    Some(doubt)
}

/// The findings that rest on a sample: those met, and those that deviations leave unknown.
pub(crate) fn sampled(assessment: &Assessment<'_>) -> ByFinding<FactKey> {
    let mut found = BTreeMap::new();
    let in_doubt = |key: &FactKey| assessment.doubt.as_ref().is_some_and(|doubt| doubt.facts.contains(key));
    let mut keys = assessment.assessed.sampled();
    keys.extend(assessment.doubt.iter().flat_map(|doubt| doubt.facts.iter().cloned()));
    for key in keys {
        let wanted = if in_doubt(&key) { Outcome::Unknown } else { Outcome::Met };
        let (universe, schema) = (&assessment.assessed.universe, &assessment.catalog.schema);
        let changes = Changes::new(universe, schema, &key);
        let reading = assessment.evaluation.selected.iter();
        let reading = reading.filter(|i| changes.concern(schema, assessment.evaluation.reads(**i)));
        for index in reading {
            for row in rows(assessment, *index, &changes, wanted) {
                found.entry((*index, row)).or_insert_with(|| key.clone());
            }
        }
    }
    found
}

/// The things for which a requirement read what changes and came to an outcome.
fn rows(assessment: &Assessment<'_>, index: usize, changes: &Changes, wanted: Outcome) -> BTreeSet<u32> {
    let (Some(requirement), Some(Some(outcomes))) =
        (assessment.catalog.requirements.get(index), assessment.evaluation.outcomes.get(index))
    else {
        return BTreeSet::new();
    };
    let those = if wanted == Outcome::Met { &outcomes.met } else { &outcomes.unknown };
    let universe = &assessment.assessed.universe;
    let plans = [requirement.when_plan.as_ref(), requirement.check_plan.as_ref()];
    let mut rows = BTreeSet::new();
    for plan in plans.into_iter().flatten() {
        match affected_by(plan, universe, &assessment.catalog.schema, changes) {
            Affected::All => rows.extend(those.iter_ones().map(|row| row as u32)),
            Affected::Rows(read) => rows.extend(read.into_iter().filter(|row| those.get(*row as usize))),
        }
    }
    rows
}
