//! A [`Paper`] as PDF: PDF/A-2a and PDF/UA-1, with bookmarks, links, and the fonts that it needs.
//!
//! It is set by typst, which brings line breaking for Chinese, tables over many pages and tagging. typst
//! takes minutes to build, so this crate stands apart and the command has it as a feature (ADR 0007).
//!
//! - No text of a paper is ever typst's markup: the template `paper.typ` reads the paper as data.
//! - The same paper, template and fonts give the same bytes: dates come from the paper, there is no clock.
//! - What cannot be shown is said: see [`Missing`].
//! - A paper that is too long to set at once comes in volumes: [`pdf_volumes`].

mod data;
mod fonts;
mod text;
mod volumes;
mod world;

pub use text::Missing;

use fonts::Fonts;
use hegui_report::paper::Paper;
use thiserror::Error;
use typst::diag::SourceDiagnostic;
use typst::foundations::Smart;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};
use volumes::Volume;
use world::Desk;

/// The template that is used where no other is given.
pub const TEMPLATE: &str = include_str!("paper.typ");

/// How a paper is set.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// A firm's own template, in typst; its opening comment says what it can read. It sees the data and
    /// the fonts and nothing else: no files, no packages, no network.
    pub template: Option<String>,
    /// Font files (TrueType or OpenType) beside those embedded, for characters that these lack.
    pub fonts: Vec<Vec<u8>>,
}

/// A paper, set.
#[derive(Clone, Debug)]
pub struct Pdf {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
    /// The characters that stand in it as their code points, because no font has them.
    pub missing: Vec<Missing>,
}

/// Why a paper could not be set.
#[derive(Debug, Error)]
pub enum PdfError {
    /// A paper bears a date; the file takes its own from it.
    #[error("`{0}` is no date; a paper bears one like 2026-06-30")]
    Date(String),
    /// A font that the caller brought.
    #[error("font file {} of those given holds no font", .0 + 1)]
    Font(usize),
    /// The template, or what it made, is not right: where and why, a line each.
    #[error("the paper cannot be set:\n{0}")]
    Setting(String),
}

/// Sets a paper.
///
/// # Errors
///
/// See [`PdfError`]; with the built-in template only a date or a font can be wrong.
pub fn pdf(paper: &Paper, options: &Options) -> Result<Pdf, PdfError> {
    set(&Volume { paper: paper.clone(), counted: [0; 4] }, options)
}

/// Sets a paper in volumes of about so many pages, one after the other as they are asked for; in one
/// if it is no longer than that. Memory grows with a volume, not with the paper.
///
/// # Errors
///
/// Each as [`pdf`].
pub fn pdf_volumes(
    paper: &Paper,
    options: &Options,
    pages: usize,
) -> impl ExactSizeIterator<Item = Result<Pdf, PdfError>> {
    volumes::volumes(paper, pages).into_iter().map(move |volume| set(&volume, options))
}

fn set(volume: &Volume, options: &Options) -> Result<Pdf, PdfError> {
    let paper = &volume.paper;
    let fonts = Fonts::new(&options.fonts).map_err(PdfError::Font)?;
    let date = date(&paper.date).ok_or_else(|| PdfError::Date(paper.date.clone()))?;
    let mut printer = text::Printer::new(&fonts);
    let data = data::value(volume, date, &mut printer).to_string();
    let missing = printer.missing();
    let desk = Desk::new(options.template.as_deref().unwrap_or(TEMPLATE), data, &fonts)?;
    // What typst remembers of one paper is of no use to the next; after the last one it need not be taken
    // apart.
    typst::comemo::evict(0);
    let (bytes, pages) = compiled(&desk, paper)?;
    Ok(Pdf { bytes, pages, missing })
}

fn compiled(desk: &Desk<'_>, paper: &Paper) -> Result<(Vec<u8>, usize), PdfError> {
    let wrong = |errors: &[SourceDiagnostic]| PdfError::Setting(said(errors, desk));
    let document = typst::compile::<PagedDocument>(desk).output.map_err(|errors| wrong(&errors))?;
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
        .map_err(|error| PdfError::Setting(error.message().to_string()))?;
    let options = PdfOptions {
        ident: Smart::Custom([&*paper.title, &paper.subtitle, &paper.running, &paper.date].join("\n")),
        creator: Smart::Custom(Some("hegui".to_owned())),
        standards,
        ..PdfOptions::default()
    };
    let bytes = typst_pdf::pdf(&document, &options).map_err(|errors| wrong(&errors))?;
    Ok((bytes, document.pages().len()))
}

/// Errors with their lines in the template.
fn said(errors: &[SourceDiagnostic], desk: &Desk<'_>) -> String {
    let line = |error: &SourceDiagnostic| {
        let at = typst::WorldExt::range(desk, error.span)
            .and_then(|range| desk.template().lines().byte_to_line(range.start));
        let hints: String = error.hints.iter().map(|hint| format!(" ({})", hint.v)).collect();
        match at {
            Some(line) => format!("template line {}: {}{hints}", line + 1, error.message),
            None => format!("{}{hints}", error.message),
        }
    };
    errors.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// `2026-06-30` as numbers.
fn date(text: &str) -> Option<[i16; 3]> {
    let mut parts = text.splitn(3, '-').map(|part| part.parse::<i16>().ok());
    let [year, month, day] = [parts.next()??, parts.next()??, parts.next()??];
    typst::foundations::Datetime::from_ymd(year.into(), u8::try_from(month).ok()?, u8::try_from(day).ok()?)?;
    Some([year, month, day])
}
