//! Papers to files: one function for all formats, so that every command can write each.

use crate::cli::{Look, PaperFormat};
use crate::output;
use anyhow::{Context, Result, anyhow};
use hegui_report::paper::Paper;
use hegui_report::{Template, Wording};
use std::path::Path;

/// Writes a paper to the file, or to standard output.
pub fn write_paper(format: PaperFormat, paper: &Paper, look: &Look, to: Option<&Path>) -> Result<()> {
    match format {
        PaperFormat::Md => output::write(to, &hegui_report::markdown(paper)),
        PaperFormat::Docx => docx(paper, look, to),
        PaperFormat::Pdf => pdf(paper, look, to),
    }
}

/// Writes a paper as Word, into the firm's template where one is given.
fn docx(paper: &Paper, look: &Look, to: Option<&Path>) -> Result<()> {
    output::refuse_terminal(to)?;
    let template = look.template.as_ref().map(|path| {
        let shown = path.display();
        let bytes = std::fs::read(path).with_context(|| format!("cannot read `{shown}`"))?;
        Template::read(&bytes).with_context(|| format!("模板 · template `{shown}`"))
    });
    let template = template.transpose()?;
    output::write_bytes(to, &hegui_report::docx(paper, template.as_ref())?)
}

/// Pages of a volume: what is longer comes in several files, so that memory stays small.
#[cfg(feature = "pdf")]
const PAGES: usize = 1500;

/// Sets a paper as PDF; a very long one in volumes, `NAME.1.pdf` and so on. Characters that no font has
/// are told on standard error.
#[cfg(feature = "pdf")]
fn pdf(paper: &Paper, look: &Look, to: Option<&Path>) -> Result<()> {
    output::refuse_terminal(to)?;
    let read = |path: &std::path::PathBuf| {
        std::fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))
    };
    let template = look.template.as_ref().map(read).transpose()?;
    let template = template.map(String::from_utf8).transpose().context("the template is no text in UTF-8")?;
    let options = hegui_pdf::Options { template, fonts: look.font.iter().map(read).collect::<Result<_>>()? };
    let volumes = hegui_pdf::pdf_volumes(paper, &options, PAGES);
    let count = volumes.len();
    for (n, volume) in volumes.enumerate() {
        let volume = volume?;
        for missing in &volume.missing {
            eprintln!("{}", output::plain(&format!("缺字 · no font has {missing}；--font FILE")));
        }
        match to.filter(|_| count > 1) {
            Some(path) => {
                output::write_bytes(Some(&path.with_extension(format!("{}.pdf", n + 1))), &volume.bytes)?
            }
            None => output::write_bytes(to, &volume.bytes)?,
        }
    }
    Ok(())
}

#[cfg(not(feature = "pdf"))]
fn pdf(_: &Paper, _: &Look, _: Option<&Path>) -> Result<()> {
    anyhow::bail!(
        "this hegui was built without PDF; build it with `scripts/fonts && cargo build --release -p hegui --features pdf`, or write Word"
    )
}

/// The wording that comes with hegui, changed by a file or folder where one is given.
pub fn wording(path: Option<&Path>) -> Result<Wording> {
    let wording = match path {
        Some(path) => Wording::with_path(path),
        None => Wording::standard(),
    };
    wording.map_err(|problems| anyhow!("{problems}"))
}
