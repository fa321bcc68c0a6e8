//! A fact as it is shown: its value in words, or why it is unknown, and where it comes from.

use crate::assessment::Assessment;
use crate::view::{FactView, OriginView, SampleView};
use crate::{sampling, words};
use hegui_logic::calendar::format_date;
use hegui_logic::universe::{FactKey, Value};
use hegui_register::{Reason, Sample};
use std::sync::PoisonError;

/// Confidence of the bounds that samples are disclosed with.
const CONFIDENCE: f64 = 0.95;

impl Assessment<'_> {
    /// A fact with its value in words and where it comes from. Many findings rest on the same facts:
    /// each is looked up once.
    #[must_use]
    pub fn fact_view(&self, key: &FactKey, value: Option<Value>) -> FactView {
        let viewed = || self.viewed.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (key.clone(), value);
        if let Some(view) = viewed().get(&key) {
            return view.clone();
        }
        let view = self.looked_up(&key.0, value);
        viewed().insert(key, view.clone());
        view
    }

    /// The same, looked up anew.
    pub(super) fn looked_up(&self, key: &FactKey, value: Option<Value>) -> FactView {
        FactView {
            path: self.assessed.path(key),
            value: value.map(|value| {
                let thing = |kind, row| self.name(kind, row);
                words::words(self.catalog, &self.assessed.universe, key, value, &thing)
            }),
            unknown: value.is_none().then(|| self.reason(key).to_owned()),
            origin: self.origin(key),
        }
    }

    pub(super) fn origin(&self, key: &FactKey) -> Option<OriginView> {
        let provenance = self.assessed.provenance(key);
        if let Some(ruling) = provenance.ruling {
            return Some(OriginView {
                source: "ruling".to_owned(),
                by: Some(ruling.by),
                on: Some(format_date(ruling.on)),
                reasons: Some(ruling.reasons),
                place: format!("{}:{}", ruling.place.file, ruling.place.line),
                inherited: provenance.inherited_from,
                ..OriginView::default()
            });
        }
        // The last observation that counts speaks for those that agree with it.
        let observed = provenance.observations.into_iter().rfind(|o| o.counts)?;
        Some(OriginView {
            source: observed.source.name().to_owned(),
            by: observed.by,
            on: observed.on.map(format_date),
            evidence: observed.evidence,
            reasons: observed.reasons,
            place: format!("{}:{}", observed.place.file, observed.place.line),
            inherited: provenance.inherited_from,
        })
    }

    /// Why a fact is unknown, as a code.
    pub(super) fn reason(&self, key: &FactKey) -> &'static str {
        if self.sample_in_doubt(key).is_some() {
            return "deviations";
        }
        match self.assessed.reason(key) {
            Reason::NeverStated => "never_stated",
            Reason::NotYet => "not_yet",
            Reason::Ended => "ended",
            Reason::Stale(_) => "stale",
            Reason::Conflict(_) => "conflict",
            // A relation's members are known and still it is open; a value hangs on another that is unknown.
            Reason::Known => "open",
        }
    }

    /// The sample that puts a fact in doubt, also where the fact flowed down from above.
    pub(super) fn sample_in_doubt(&self, key: &FactKey) -> Option<Sample> {
        let doubt = self.doubt.as_ref()?;
        let FactKey::Fact(kind, row, field) = *key else { return None };
        let provenance = self.assessed.provenance(key);
        let known = self.assessed.universe.value(kind, row, field).is_some();
        if known || !doubt.facts.contains(key) && provenance.inherited_from.is_none() {
            return None;
        }
        let counting = provenance.observations.into_iter().filter(|seen| seen.counts);
        counting.filter_map(|seen| seen.sample).find(|sample| sample.deviations > 0)
    }
}

/// A sample, and what it allows to be said.
pub(super) fn sample_view(fact: String, sample: Sample) -> SampleView {
    let (size, deviations) = (sample.size as u32, sample.deviations as u32);
    SampleView {
        fact,
        population: sample.population,
        method: sample.method,
        seed: sample.seed.and_then(|s| u64::try_from(s).ok()),
        size,
        deviations,
        bound: sampling::upper_bound(size, deviations, CONFIDENCE),
    }
}
