//! A firm's own Word file, with places for what a paper says. Its styles, heads and feet, logo and page go
//! before ours; every part that need not change stays as it is, byte for byte.
//!
//! What is there for a firm to know stands in `docs/word.md`.

mod fill;
mod merge;
mod open;
mod places;
mod relations;
mod scan;

pub(super) use open::unpack;

use super::error::DocxError;
use super::package::{CONTENT, Parts};
use crate::paper::Paper;
use hegui_catalog::model::Lang;
use relations::{Relations, TYPES, bytes};
use scan::Scan;

/// A firm's template: read, and known to be one that can be filled.
#[derive(Clone, Debug)]
pub struct Template {
    parts: Parts,
    /// The name of the part that holds the body.
    main: String,
}

impl Template {
    /// Reads a template: a `.docx` (or `.dotx`) without macros, in whose body a paragraph says
    /// `{{content}}`.
    ///
    /// # Errors
    ///
    /// Where it is no such file, or unpacks to more than a template may hold; the error says what to do.
    pub fn read(file: &[u8]) -> Result<Self, DocxError> {
        Self::from_parts(unpack(file)?)
    }

    /// A template from the parts of its package, by name.
    ///
    /// # Errors
    ///
    /// As [`Template::read`].
    pub fn from_parts(parts: Vec<(String, Vec<u8>)>) -> Result<Self, DocxError> {
        if let Some((name, _)) = parts.iter().find(|(name, _)| name.to_lowercase().contains("vbaproject")) {
            return Err(DocxError::Macros(name.clone()));
        }
        let types = bytes(&parts, TYPES).ok_or_else(|| DocxError::Missing(TYPES.to_owned()))?;
        let types = Scan::new(TYPES, types)?;
        let kinds: Vec<_> = types
            .children(0)
            .filter_map(|(_, e)| Some((e.attribute("PartName"), e.attribute("ContentType")?)))
            .collect();
        let macros = |kind: &str| kind.contains("macroEnabled") || kind.contains("vbaProject");
        if let Some((_, kind)) = kinds.iter().find(|(_, kind)| macros(kind)) {
            return Err(DocxError::Macros(kind.clone()));
        }
        let main = main_part(&parts)?;
        // A workbook or a presentation is such a package too.
        let part = format!("/{main}");
        let other = kinds.iter().any(|(name, kind)| {
            name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(&part)) && !kind.starts_with(CONTENT)
        });
        if other {
            return Err(DocxError::Missing("word/document.xml".to_owned()));
        }
        let template = Self { parts, main };
        template.fill(&empty())?;
        Ok(template)
    }
}

/// The name of the part that holds the body.
fn main_part(parts: &Parts) -> Result<String, DocxError> {
    let relations = Relations::of("", parts)?;
    let main = relations.parts("officeDocument").next().unwrap_or("word/document.xml").to_owned();
    if bytes(parts, &main).is_none() { Err(DocxError::Missing(main)) } else { Ok(main) }
}

/// Reads the body of a Word file.
pub(super) fn document<T>(parts: &Parts, read: impl FnOnce(&Scan<'_>) -> T) -> Result<T, DocxError> {
    let main = main_part(parts)?;
    let body = bytes(parts, &main).unwrap_or_default();
    Ok(read(&Scan::word(&main, body, "w:document")?))
}

/// A paper that says nothing, to try a template with.
fn empty() -> Paper {
    Paper {
        lang: Lang::Zh,
        title: String::new(),
        subtitle: String::new(),
        cover: vec![],
        running: String::new(),
        author: String::new(),
        date: String::new(),
        watermark: Some("草稿".to_owned()),
        contents: true,
        blocks: vec![],
    }
}
