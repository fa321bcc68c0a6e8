//! Reports for people and programs, made from one [`Report`] and nothing else
//! (papers also from the register's things, an `Inventory`).
//!
//! - [`html`]: one self-contained page for reading on screen and printing;
//! - [`terminal`], [`questions_terminal`], [`explain_terminal`]: summaries for a terminal;
//! - [`sarif`]: SARIF 2.1.0, for editors and code review;
//! - [`json`]: the model itself;
//! - [`opinion`]: the assessment opinion as a [`paper::Paper`], which writers turn into files, one of
//!   them [`markdown`] and [`docx`], Word; what it says in its own words is data ([`Wording`]);
//! - [`papers::paper`]: the other papers (record of processing activities, impact assessment and so on),
//!   each made from a form, which is data too; [`questionnaire`]: what is open, for people to answer on paper;
//! - [`workbook`]: the assessment as a spreadsheet.
//!
//! Beside them [`handbook`]: the catalog as pages to browse, one a clause.
//!
//! What a report says of its own accord stands in [`messages`]; everything else comes from the
//! catalog and the register and is not trusted: it is escaped for HTML, and stripped of control and
//! direction characters for the terminal. Pure: no clock, no files but the
//! wording that [`Wording::with_path`] reads; a report of the same assessment is
//! the same, byte for byte.

pub mod conclusion;
mod docx;
pub mod groups;
mod handbook;
mod html;
mod markdown;
pub mod messages;
mod opinion;
mod oscal;
pub mod paper;
pub mod papers;
mod sarif;
mod terminal;
pub mod wording;
pub mod words;
mod workbook;

pub use docx::{DocxError, Template, docx, docx_tables, is_docx};
pub use handbook::handbook;
pub use html::html;
pub use markdown::markdown;
pub use opinion::opinion;
pub use oscal::oscal;
pub use papers::questionnaire;
pub use sarif::sarif;
pub use terminal::{explain_terminal, questions_terminal, terminal};
pub use wording::Wording;
pub use workbook::{questionnaire_workbook, workbook};

use hegui_assess::view::Report;

/// The assessment as JSON, indented, in the documented form of [`hegui_assess::view`].
#[must_use]
pub fn json(report: &Report) -> String {
    // The model holds strings, numbers, lists and records only; none of them can fail to be written.
    serde_json::to_string_pretty(report).unwrap_or_default()
}
