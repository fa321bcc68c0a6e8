//! The tables of a Word file that somebody filled in: what a questionnaire comes back as.

use super::error::DocxError;
use super::template::{document, unpack};
use quick_xml::escape::unescape;

/// Whether a file is one of Word: an archive that holds a document.
#[must_use]
pub fn is_docx(file: &[u8]) -> bool {
    let archive = zip::ZipArchive::new(std::io::Cursor::new(file));
    archive.is_ok_and(|archive| archive.index_for_name("word/document.xml").is_some())
}

/// A table: rows of cells, each with its text; paragraphs are divided by line ends.
type Table = Vec<Vec<String>>;

/// The tables of a file, in order: rows of cells. A table within a cell is text of that cell; text outside of tables,
/// pictures and macros are not looked at; of tracked changes what was inserted is read.
///
/// # Errors
/// Where it is no Word file, damaged, or unpacks to more than is read.
pub fn docx_tables(file: &[u8]) -> Result<Vec<Vec<Vec<String>>>, DocxError> {
    let parts = unpack(file)?;
    document(&parts, |scan| {
        let mut tables: Vec<Table> = vec![];
        for (place, element) in scan.elements.iter().enumerate() {
            let name = element.name();
            let mut around = scan.around(place).filter(|(_, e)| e.name() == "w:tbl").map(|(at, _)| at);
            let table = around.next();
            let nested = around.next().is_some();
            match name {
                "w:tbl" if table.is_none() => tables.push(vec![]),
                _ if table.is_none() => {}
                "w:tr" if !nested => {
                    if let Some(rows) = tables.last_mut() {
                        rows.push(vec![]);
                    }
                }
                "w:tc" if !nested => {
                    if let Some(row) = tables.last_mut().and_then(|rows| rows.last_mut()) {
                        row.push(String::new());
                    }
                }
                "w:p" | "w:br" | "w:cr" | "w:tab" | "w:t" => {
                    let cell =
                        tables.last_mut().and_then(|rows| rows.last_mut()).and_then(|row| row.last_mut());
                    let Some(cell) = cell else { continue };
                    match name {
                        "w:t" => {
                            let raw = scan.text.get(element.inner.clone()).unwrap_or_default();
                            cell.push_str(&unescape(raw).unwrap_or(raw.into()));
                        }
                        "w:tab" => cell.push('\t'),
                        _ if !cell.is_empty() => cell.push('\n'),
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        for cell in tables.iter_mut().flatten().flatten() {
            *cell = cell.trim().to_owned();
        }
        tables
    })
}
