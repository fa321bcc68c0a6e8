//! Papers to files: one function for all formats, so that every command can write each.

use crate::cli::PaperFormat;
use crate::output;
use anyhow::{Result, anyhow};
use hegui_report::Wording;
use hegui_report::paper::Paper;
use std::path::Path;

/// Writes a paper to the file, or to standard output.
pub fn write_paper(format: PaperFormat, paper: &Paper, to: Option<&Path>) -> Result<()> {
    match format {
        PaperFormat::Md => output::write(to, &hegui_report::markdown(paper)),
    }
}

/// The wording that comes with hegui, changed by a file or folder where one is given.
pub fn wording(path: Option<&Path>) -> Result<Wording> {
    let wording = match path {
        Some(path) => Wording::with_path(path),
        None => Wording::standard(),
    };
    wording.map_err(|problems| anyhow!("{problems}"))
}
