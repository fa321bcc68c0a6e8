//! The assessment as a workbook: gaps with owner and due date, all findings, the applicability
//! statement with reasons, verdicts, open questions, the evidence index, assumptions, the law.
//!
//! It restates the report as the opinion does, with the same sentences for facts, sources and law and
//! the same numbers of gaps; names of sheets and headings come from the wording
//! (`wording/workbook.toml`). Texts are written as texts, so that a value that begins with `=` stays one.

mod applicability;
mod findings;
mod grid;
mod lists;
mod questions;
mod write;

use crate::opinion;
use crate::paper::Span;
use crate::papers::maker::Maker;
use crate::wording::Wording;
use hegui_assess::view::{Inventory, Report};
use hegui_catalog::model::Lang;

/// The assessment as a workbook (`.xlsx`). The same report gives the same bytes.
///
/// # Errors
/// Where the wording gives a sheet a name that a workbook cannot hold.
pub fn workbook(
    report: &Report,
    inventory: &Inventory,
    wording: &Wording,
    lang: Lang,
) -> Result<Vec<u8>, rust_xlsxwriter::XlsxError> {
    let mut m = Maker::new(report, inventory, wording, lang);
    let gaps = opinion::gaps_numbered(&mut m);
    let grids = [
        findings::gaps(&m, &gaps),
        lists::standing(&m),
        findings::findings(&m),
        applicability::applicability(&m),
        lists::questions(&m),
        lists::evidence(&m),
        lists::assumptions(&m),
        lists::laws(&m),
    ];
    write::write(&m, "about.title", &about(&m), &grids)
}

/// The questions for a role (or for all) as a workbook to be filled in and imported again. The same
/// report gives the same bytes.
///
/// # Errors
/// Where the wording gives a sheet a name that a workbook cannot hold.
pub fn questionnaire_workbook(
    report: &Report,
    inventory: &Inventory,
    role: Option<&str>,
    wording: &Wording,
    lang: Lang,
) -> Result<Vec<u8>, rust_xlsxwriter::XlsxError> {
    let m = Maker::new(report, inventory, wording, lang);
    let grids = [questions::about_you(&m), questions::answers(&m, role)];
    write::write(&m, "questionnaire.title", &questions::how(&m, role), &grids)
}

/// What stands on the first sheet: what was assessed, against what, as of when.
fn about(m: &Maker<'_>) -> Vec<(String, String)> {
    let report = m.report;
    let engagement = report.engagement.as_ref();
    let stated = |value: Option<&String>| value.cloned().unwrap_or_else(|| m.say("say.not_stated"));
    let products: Vec<String> = report.products.iter().map(|p| m.called(p)).collect();
    vec![
        (m.say("cover.assessee"), stated(report.organisation.as_ref())),
        (m.say("cover.firm"), stated(engagement.and_then(|e| e.firm.as_ref()))),
        (m.say("cover.number"), stated(engagement.and_then(|e| e.number.as_ref()))),
        (m.say("cover.as_of"), report.as_of.clone()),
        (m.say("cover.known_on"), report.known_on.clone()),
        (m.say("cover.basis"), m.t(&report.catalog.profile_title).to_owned()),
        (m.say("column.product"), products.join(m.comma())),
        (m.say("column.outcome"), m.counts(&report.summary.tally)),
        (crate::messages::CATALOG.get(m.lang).to_owned(), report.catalog.hash.clone()),
    ]
}

/// Spans as plain text.
fn plain<'s>(spans: impl IntoIterator<Item = &'s Span>) -> String {
    spans.into_iter().map(Span::text).collect()
}
