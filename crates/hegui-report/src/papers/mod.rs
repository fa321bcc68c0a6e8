//! Papers other than the opinion, made from the same facts: each is a form, which is data, and one engine
//! fills all of them in. The forms are described in `docs/papers.md`.

mod cells;
mod check;
mod findings;
pub(crate) mod form;
mod make;
pub(crate) mod maker;
mod path;
mod questionnaire;
mod sources;
pub(crate) mod things;
mod walk;

pub use questionnaire::{is_answerable, questionnaire};

use crate::paper::Paper;
use crate::wording::Wording;
use hegui_assess::view::{Inventory, Report};
use hegui_catalog::model::{Catalog, Lang};
use hegui_catalog::problem::Problems;

/// Makes the paper with this id; `None` where the wording has no such paper.
#[must_use]
pub fn paper(
    id: &str,
    report: &Report,
    inventory: &Inventory,
    wording: &Wording,
    lang: Lang,
) -> Option<Paper> {
    wording.papers.get(id).map(|form| make::paper(form, report, inventory, wording, lang))
}

/// Checks that what a paper's form names exists: kinds, facts, lists and values of the dictionary, clauses
/// and requirements of its instrument, articles of laws.
///
/// # Errors
/// Everything that the catalog does not have, with its place in the form and what is near.
pub fn check(id: &str, wording: &Wording, catalog: &Catalog) -> Result<(), Problems> {
    let found = wording.papers.get(id).map(|form| check::form(form, catalog)).unwrap_or_default();
    if found.is_empty() { Ok(()) } else { Err(Problems::sorted(found)) }
}
