//! From an assessment to the form in which it is read ([`crate::view`]).

mod assumptions;
mod dossier;
mod facts;
mod findings;
mod inventory;
mod questions;
mod standings;

use crate::assessment::Assessment;
use crate::rollup::{Rollup, Tally, Verdict};
use crate::view::{
    CatalogView, EvidenceView, FORMAT, FindingView, InstrumentView, Report, Summary, ThingView,
};
use hegui_catalog::Catalog;
use hegui_catalog::model::Text;
use hegui_logic::bits::Bits;
use hegui_logic::calendar::format_date;
use hegui_logic::truth::Outcome;

/// A role's title in the catalog, or what was written where it has none.
fn role_title(catalog: &Catalog, role: &str) -> Text {
    let written = || Text { zh: role.to_owned(), en: role.to_owned() };
    catalog.roles.get(role).cloned().unwrap_or_else(written)
}

/// The stages in their order, the general requirements first.
pub const STAGES: [&str; 9] =
    ["general", "collect", "use", "store", "disclose", "provide", "transfer", "export", "terminate"];

impl Assessment<'_> {
    /// The whole assessment as reports show it.
    #[must_use]
    pub fn report(&self) -> Report {
        self.made(true)
    }

    /// The report without the reasons of its findings (`because` and `fingerprint` are empty): half of
    /// the work, for a summary that prints none.
    #[must_use]
    pub fn outline(&self) -> Report {
        self.made(false)
    }

    fn made(&self, reasons: bool) -> Report {
        let rollup = self.rollup();
        let seeker = self.seeker();
        let findings = self.findings(&seeker, reasons);
        let questions = self.question_views(&seeker);
        let things: usize = self.included.things.iter().map(Bits::count).sum();
        let tally = tally(&findings);
        Report {
            format: FORMAT.to_owned(),
            catalog: self.catalog_view(),
            as_of: format_date(self.object.as_of),
            known_on: format_date(self.object.known_on),
            closing: self.object.closing,
            organisation: self.organisation(),
            products: self.products(),
            summary: Summary {
                tally,
                questions: questions.len(),
                requirements: self.evaluation.selected.len(),
                things,
                left_out: self.assessed.left_out(),
                exit: exit(&rollup, &tally),
            },
            dimensions: self.dimensions(&rollup),
            indicators: self.indicators(&rollup),
            findings,
            questions,
            assumptions: self.assumptions(),
            evidence: self.evidence(),
            engagement: self.engagement(),
            laws: self.laws(),
        }
    }

    fn catalog_view(&self) -> CatalogView {
        let profile = self.catalog.profiles.get(&self.object.profile);
        CatalogView {
            hash: self.catalog.hash.clone(),
            logic: self.catalog.logic.clone(),
            profile: self.object.profile.clone(),
            profile_title: profile.map(|p| p.title.clone()).unwrap_or_default(),
            instruments: profile
                .into_iter()
                .flat_map(|p| &p.instruments)
                .filter_map(|id| self.catalog.instruments.get(id))
                .map(|i| InstrumentView {
                    id: i.id.clone(),
                    title: i.title.clone(),
                    status: i.status.clone(),
                })
                .collect(),
        }
    }

    fn organisation(&self) -> Option<String> {
        let kind = self.catalog.schema.kind_named("organisation")?;
        (self.assessed.universe.table(kind).rows > 0).then(|| self.name(kind, 0))
    }

    /// The products of the object.
    fn products(&self) -> Vec<ThingView> {
        let Some(kind) = self.catalog.schema.kind_named("product") else { return vec![] };
        self.product_rows().into_iter().map(|row| self.thing_view(kind, row)).collect()
    }

    /// The rows of the products of the object.
    fn product_rows(&self) -> Vec<u32> {
        let kind = self.catalog.schema.kind_named("product");
        let products = kind.and_then(|kind| self.included.things.get(kind.0 as usize));
        products.into_iter().flat_map(Bits::iter_ones).map(|row| row as u32).collect()
    }

    fn evidence(&self) -> Vec<EvidenceView> {
        self.register
            .evidence()
            .iter()
            .map(|e| EvidenceView {
                id: e.id.clone(),
                title: e.title.clone(),
                location: e.file.clone().or_else(|| e.url.clone()),
                sha256: e.sha256.clone(),
                on: e.on.map(format_date),
            })
            .collect()
    }
}

fn tally(findings: &[FindingView]) -> Tally {
    let mut tally = Tally::default();
    for finding in findings {
        tally.count(finding.outcome, finding.strength);
        tally.sampled += u32::from(finding.outcome == Outcome::Met && finding.sample.is_some());
    }
    tally
}

/// 1 when a nonconformity was found, 3 when something is still open (also when the profile holds clauses
/// whose requirements are not written yet), 0 when all is met.
fn exit(rollup: &Rollup, tally: &Tally) -> u8 {
    let verdicts = || rollup.wholes.iter().flatten().map(|s| s.verdict);
    if tally.gap > 0 || verdicts().any(|v| v == Verdict::NotProven) {
        1
    } else if tally.unknown > 0 || verdicts().any(|v| matches!(v, Verdict::ToBeJudged | Verdict::NotAssessed))
    {
        3
    } else {
        0
    }
}
