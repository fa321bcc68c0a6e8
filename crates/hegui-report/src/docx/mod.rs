//! A paper as Word: WordprocessingML written directly (ADR 0006), into a document of our own or into a
//! firm's template.
//!
//! - [`docx`] writes; [`Template`] is a firm's own file, read and checked before anything is written.
//! - Looks are styles ([`styles`]), numbers are lists ([`numbers`]), links are bookmarks ([`names`]).
//! - [`docx_tables`] reads the tables of a file that came back.
//! - The same paper and template give the same bytes: dates come from the paper, there is no clock.
//! - No text of a paper is ever markup, and nothing of it is lost but what cannot be shown ([`xml::escape`]).

mod body;
mod error;
mod frame;
mod front;
mod names;
mod numbers;
mod package;
mod styles;
mod table;
mod tables;
mod template;
mod xml;

pub use error::DocxError;
pub use tables::{docx_tables, is_docx};
pub use template::Template;

use crate::paper::Paper;

/// A paper as a Word file: a document of our own, or a firm's template filled.
///
/// # Errors
///
/// See [`DocxError`]; without a template only memory can be wanting.
pub fn docx(paper: &Paper, template: Option<&Template>) -> Result<Vec<u8>, DocxError> {
    let parts = match template {
        Some(template) => template.fill(paper)?,
        None => package::own(paper),
    };
    package::zipped(&parts)
}
