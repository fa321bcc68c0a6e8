//! The findings: one for each requirement and thing, with what it waits for and why it is so.

use super::facts::sample_view;
use super::role_title;
use crate::assessment::{Assessment, Ruled};
use crate::question::Seeker;
use crate::rollup;
use crate::view::{FindingView, LISTED, ReasonView, RulingView, SampleView, ThingView};
use hegui_catalog::Catalog;
use hegui_catalog::model::{Requirement, Strength};
use hegui_logic::calendar::format_date;
use hegui_logic::schema::KindId;
use hegui_logic::single::{Explanation, Extent};
use hegui_logic::truth::Outcome;
use hegui_logic::universe::FactKey;
use std::collections::HashMap;

/// Deepest part of an explanation that a report shows.
const DEPTH_LIMIT: u8 = 6;
/// Members of lists that are shown: of one, and of all that a finding goes through.
const SHOWN: Extent = Extent { members: LISTED, in_all: 5 * LISTED };

impl Assessment<'_> {
    /// The findings: gaps first, then unknown, met and not applicable, in the order of clauses.
    #[must_use]
    pub fn findings(&self, seeker: &Seeker<'_>, reasons: bool) -> Vec<FindingView> {
        let stated = self.stated();
        let mut findings = vec![];
        let mut named = HashMap::new();
        for index in &self.evaluation.selected {
            let (Some(requirement), Some(Some(outcomes))) =
                (self.catalog.requirements.get(*index), self.evaluation.outcomes.get(*index))
            else {
                continue;
            };
            let Some(kind) = requirement.scope else { continue };
            let Some(things) = self.included.things.get(kind.0 as usize) else { continue };
            let blank = self.blank(requirement);
            for row in things.iter_ones() {
                let outcome = outcomes.get(row);
                let row = row as u32;
                let named = named.entry((kind, row)).or_insert_with(|| self.named(kind, row));
                let finding = blank.about(named);
                if !reasons {
                    findings.push(self.told(seeker, finding, *index, kind, row, outcome));
                    continue;
                }
                let mut finding =
                    self.explained((seeker, stated.as_ref()), finding, *index, kind, row, outcome);
                // What may be ruled on next has its fingerprint at hand; `finding` makes any other. To
                // read a long list once more for each of many things would take too long.
                let open = matches!(outcome, Outcome::Gap | Outcome::Unknown) || finding.ruling.is_some();
                if open && finding.because.iter().all(|reason| reason.more == 0) {
                    finding.fingerprint = self.fingerprint(seeker, &[*index], row);
                }
                findings.push(finding);
            }
            if requirement.strength == Strength::Shall {
                findings.extend(self.existence(&blank, kind));
            }
        }
        // Found again by a number each, since a finding is large to move about.
        findings.sort_by_cached_key(|f| match f.outcome {
            Outcome::Gap => 0,
            Outcome::Unknown => 1,
            Outcome::Met => 2,
            Outcome::NotApplicable => 3,
        });
        findings
    }

    /// One finding, by the requirement's index and the thing's row, with its fingerprint.
    #[must_use]
    pub fn finding(
        &self,
        seeker: &Seeker<'_>,
        index: usize,
        kind: KindId,
        row: u32,
        outcome: Outcome,
    ) -> FindingView {
        let fingerprint = self.fingerprint(seeker, &[index], row);
        let stated = self.stated();
        let blank = self.catalog.requirements.get(index).map(|r| self.blank(r)).unwrap_or_default();
        let blank = blank.about(&self.named(kind, row));
        let explained = self.explained((seeker, stated.as_ref()), blank, index, kind, row, outcome);
        FindingView { fingerprint, ..explained }
    }

    /// What explains by the facts as they are stated, where some of them are in doubt.
    fn stated(&self) -> Option<Seeker<'_>> {
        self.doubt.as_ref().map(|doubt| Seeker::new(self.catalog, &doubt.stated, &self.evaluation))
    }

    /// A finding without its reasons, from what is filled in of it.
    fn told(
        &self,
        seeker: &Seeker<'_>,
        mut finding: FindingView,
        index: usize,
        kind: KindId,
        row: u32,
        outcome: Outcome,
    ) -> FindingView {
        let Some(requirement) = self.catalog.requirements.get(index) else { return finding };
        finding.outcome = outcome;
        finding.computed = self.evaluation.overruled.get(&(index, row)).copied();
        finding.ruling = self.ruling_on(requirement, kind, row).map(|ruled| ruling_view(self.catalog, ruled));
        finding.sample = self.sample(index, row);
        finding.disposition = self.disposition(requirement, kind, row);
        let waits = seeker.missing(index, row);
        finding.missing = waits.iter().take(LISTED).map(|key| self.assessed.path(key)).collect();
        finding.missing_more = waits.len() - finding.missing.len();
        finding
    }

    fn explained(
        &self,
        (seeker, stated): (&Seeker<'_>, Option<&Seeker<'_>>),
        blank: FindingView,
        index: usize,
        kind: KindId,
        row: u32,
        outcome: Outcome,
    ) -> FindingView {
        let mut finding = self.told(seeker, blank, index, kind, row, outcome);
        let proven = self.doubt.as_ref().is_some_and(|doubt| doubt.proven.contains(&(index, row)));
        let by = stated.filter(|_| proven).unwrap_or(seeker);
        finding.because = self.because(by, index, row, outcome);
        finding
    }

    /// What all findings of a requirement have in common; unknown, and about no thing yet.
    fn blank(&self, requirement: &Requirement) -> FindingView {
        let clause = self.catalog.clause(&requirement.instrument, &requirement.clause);
        FindingView {
            requirement: requirement.id.clone(),
            clause: requirement.clause.clone(),
            instrument: requirement.instrument.clone(),
            stage: clause.map(|c| c.stage.clone()).unwrap_or_default(),
            strength: requirement.strength,
            text: requirement.text.clone(),
            remedy: requirement.remedy.clone(),
            replaced_by: requirement.replaced_by.iter().map(|r| r.requirement.clone()).collect(),
            ..FindingView::default()
        }
    }

    /// A thing, and the product that it belongs to.
    fn named(&self, kind: KindId, row: u32) -> Named {
        let product = self.catalog.schema.kind_named("product");
        let product = product.zip(self.belonging.product_of(kind, row)).map(|(p, row)| self.thing(p, row));
        Named { thing: self.thing_view(kind, row), product }
    }

    /// Unknown because there may be things that nobody has mentioned.
    fn existence(&self, blank: &FindingView, kind: KindId) -> Vec<FindingView> {
        let mut findings = vec![];
        for (step, rows) in self.open_steps(kind) {
            for row in rows {
                let mut finding = blank.about(&self.named(step.above, row));
                finding.existence = true;
                finding.missing =
                    vec![self.assessed.path(&FactKey::Complete(step.above, row, step.relation))];
                findings.push(finding);
            }
        }
        findings
    }

    fn sample(&self, index: usize, row: u32) -> Option<SampleView> {
        let key = self.sampled.get(&(index, row))?;
        let observations = self.assessed.provenance(key).observations;
        let sample = observations.into_iter().filter(|o| o.counts).find_map(|o| o.sample)?;
        Some(sample_view(self.assessed.path(key), sample))
    }

    /// Why: of a requirement that does not apply its condition, of all others condition and check.
    fn because(&self, seeker: &Seeker<'_>, index: usize, row: u32, outcome: Outcome) -> Vec<ReasonView> {
        let mut lines = vec![];
        let Some((when, check)) = seeker.bound(index) else { return lines };
        if let Some(when) = when {
            self.reasons(&when.explain_within(row, SHOWN), 0, &mut lines);
        }
        if outcome != Outcome::NotApplicable {
            self.reasons(&check.explain_within(row, SHOWN), 0, &mut lines);
        }
        lines
    }

    fn reasons(&self, part: &Explanation, depth: u8, into: &mut Vec<ReasonView>) {
        let about = part.member.map(|(kind, relation, row)| {
            let to = self.catalog.schema.kind(kind).relation(relation).to;
            self.thing_view(to, row)
        });
        into.push(ReasonView {
            depth,
            expression: part.quote.clone(),
            truth: part.truth,
            about,
            facts: part.facts.iter().map(|(key, value)| self.fact_view(key, *value)).collect(),
            more: part.more,
        });
        if depth < DEPTH_LIMIT {
            part.parts.iter().for_each(|part| self.reasons(part, depth + 1, into));
        }
    }
}

/// A thing as findings name it.
struct Named {
    thing: ThingView,
    product: Option<String>,
}

impl FindingView {
    /// The same about a thing.
    fn about(&self, named: &Named) -> Self {
        let ThingView { path, name, title } = named.thing.clone();
        Self { thing: path, name, title, product: named.product.clone(), ..self.clone() }
    }
}

fn ruling_view(catalog: &Catalog, ruled: &Ruled<'_>) -> RulingView {
    RulingView {
        outcome: Some(ruled.ruling.outcome),
        grade: match ruled.ruling.grade.as_deref() {
            Some("major") => Some(rollup::Grade::Major),
            Some("minor") => Some(rollup::Grade::Minor),
            _ => None,
        },
        by: ruled.ruling.by.clone(),
        role: ruled.ruling.role.clone(),
        role_title: role_title(catalog, &ruled.ruling.role),
        on: format_date(ruled.ruling.on),
        reasons: ruled.ruling.reasons.clone(),
        stale: ruled.stale,
        tied: ruled.ruling.weighed.is_some(),
    }
}
