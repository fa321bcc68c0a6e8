//! From files to a catalog: everything is found by being there.
//!
//! Reading goes on past every problem, so that all are seen at once. [`Catalog::read_dir`] and
//! [`Catalog::read_files`] refuse a catalog with any error; [`read_leniently`] hands back what could
//! be made beside the problems, which lets the linter say more in one run.

use crate::articles::{read_articles, read_items};
use crate::clauses::{RawClause, read_clause};
use crate::compile::compile;
use crate::dictionary::read_kind;
use crate::document::{Document, Sink};
use crate::mappings::{check_mappings, read_mappings};
use crate::model::{Catalog, Place};
use crate::parallel::each_noting;
use crate::problem::{Problem, Problems};
use crate::sources::{read_calendar, read_instrument, read_profile, read_roles, read_version, unexpected};
use crate::structure::check_references;
use hegui_logic::calendar::Calendar;
use sha2::{Digest, Sha256};
use std::io;
use std::path::Path;

/// Largest file, in bytes.
pub const FILE_LIMIT: usize = 1 << 20;
/// Most files.
pub const COUNT_LIMIT: usize = 5_000;
/// Most folders inside each other.
const DEPTH_LIMIT: usize = 8;

impl Catalog {
    /// Reads the catalog in a folder.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read_dir(path: impl AsRef<Path>) -> Result<Self, Problems> {
        Self::read_files(files_of(path.as_ref())?)
    }

    /// Reads a catalog from its files: paths relative to the catalog's folder with `/` between their
    /// parts, and contents. Files that are no `.toml` are ignored.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read_files(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<Self, Problems> {
        let (catalog, problems) = read_leniently(files);
        if problems.errors() > 0 { Err(problems) } else { Ok(catalog) }
    }
}

/// The files of a catalog in a folder: paths relative to it, and contents. Names that begin with a dot
/// are skipped.
///
/// # Errors
/// When the folder or a file cannot be read, or there is too much of it.
pub fn files_of(root: &Path) -> Result<Vec<(String, Vec<u8>)>, Problems> {
    let mut found = vec![];
    match walk(root, "", 0, &mut found) {
        Ok(()) => Ok(found),
        Err(problem) => Err(Problems(vec![problem])),
    }
}

fn refusal(file: &str, message: impl Into<String>, remedy: &str) -> Problem {
    let file = if file.is_empty() { "." } else { file }.to_owned();
    Problem::error(Place { file, line: 1, column: 1 }, message, remedy)
}

fn walk(
    folder: &Path,
    prefix: &str,
    depth: usize,
    found: &mut Vec<(String, Vec<u8>)>,
) -> Result<(), Problem> {
    if depth > DEPTH_LIMIT {
        return Err(refusal(
            prefix,
            "folders nest too deeply",
            "a catalog needs two levels; look for a link that leads back",
        ));
    }
    let failed = |error: io::Error| {
        let message = format!("`{}` cannot be read: {error}", folder.display());
        refusal(prefix, message, "name a folder that holds a catalog")
    };
    let mut entries: Vec<_> =
        std::fs::read_dir(folder).map_err(failed)?.collect::<Result<_, _>>().map_err(failed)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
        let meta = std::fs::metadata(entry.path()).map_err(failed)?;
        if meta.is_dir() {
            walk(&entry.path(), &path, depth + 1, found)?;
        } else if name.ends_with(".toml") {
            if found.len() >= COUNT_LIMIT {
                return Err(refusal(
                    &path,
                    format!("more than {COUNT_LIMIT} files"),
                    "this is no catalog, or it needs dividing",
                ));
            }
            // A file that is too large is named by the reader; its contents are not needed for that.
            let contents = if meta.len() > FILE_LIMIT as u64 {
                vec![b' '; FILE_LIMIT + 1]
            } else {
                std::fs::read(entry.path()).map_err(failed)?
            };
            found.push((path, contents));
        }
    }
    Ok(())
}

/// Reads what can be read, and says what is wrong.
#[must_use]
pub fn read_leniently(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> (Catalog, Problems) {
    let sink = Sink::default();
    let mut files: Vec<(String, Vec<u8>)> =
        files.into_iter().filter(|(path, _)| path.ends_with(".toml")).take(COUNT_LIMIT + 1).collect();
    files.sort();
    if files.len() > COUNT_LIMIT {
        sink.borrow_mut().push(refusal(
            "",
            format!("more than {COUNT_LIMIT} files"),
            "this is no catalog, or it needs dividing",
        ));
        files.clear();
    } else if files.is_empty() {
        sink.borrow_mut().push(refusal(
            "",
            "there is no .toml file here",
            "name a folder that holds a catalog",
        ));
    }
    let hash = hash_of(&files);
    let docs: Vec<Document> = files.into_iter().filter_map(|file| document(file, &sink)).collect();
    let mut catalog = assemble(&docs, &sink);
    catalog.hash = hash;
    catalog.logic = env!("CARGO_PKG_VERSION").to_owned();
    (catalog, Problems::sorted(sink.into_inner()))
}

fn hash_of(files: &[(String, Vec<u8>)]) -> String {
    let mut hasher = Sha256::new();
    for (path, contents) in files {
        for part in [path.as_bytes(), contents] {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn document((file, contents): (String, Vec<u8>), sink: &Sink) -> Option<Document> {
    let note = |message: String, remedy: &str| sink.borrow_mut().push(refusal(&file, message, remedy));
    if contents.len() > FILE_LIMIT {
        note(format!("the file is larger than {FILE_LIMIT} bytes"), "divide it");
        return None;
    }
    if contents.contains(&0) {
        note("this is a binary file, no TOML".to_owned(), "remove it, or write it as text");
        return None;
    }
    match String::from_utf8(contents) {
        Ok(text) => Some(Document::new(file, text)),
        Err(error) => {
            let line = error
                .as_bytes()
                .iter()
                .take(error.utf8_error().valid_up_to())
                .filter(|b| **b == b'\n')
                .count()
                + 1;
            note(format!("line {line} is not UTF-8"), "save the file as UTF-8");
            None
        }
    }
}

fn assemble(docs: &[Document], sink: &Sink) -> Catalog {
    let mut catalog = Catalog::default();
    let mut kinds = vec![];
    let mut clauses: Vec<(usize, &str)> = vec![];
    let mut dictionary_read = true;
    let (mut articles, mut items) = (vec![], vec![]);
    for (index, doc) in docs.iter().enumerate() {
        match doc.file.split('/').collect::<Vec<_>>().as_slice() {
            ["catalog.toml"] => read_version(doc, sink),
            ["roles.toml"] => catalog.roles = read_roles(doc, sink),
            ["calendars", "cn-workdays.toml"] => catalog.calendar = Calendar::new(&read_calendar(doc, sink)),
            ["facts", _] => match read_kind(doc, sink) {
                Some(kind) => kinds.push(kind),
                None => dictionary_read = false,
            },
            ["profiles", _] => {
                if let Some(profile) = read_profile(doc, sink) {
                    catalog.profiles.insert(profile.name.clone(), profile);
                }
            }
            [folder, "instrument.toml"] => {
                if let Some(instrument) = read_instrument(doc, folder, sink) {
                    catalog.instruments.insert(instrument.id.clone(), instrument);
                }
            }
            [folder, "articles.toml"] => articles.push((*folder, read_articles(doc, sink))),
            [folder, "items.toml"] => items.push((*folder, read_items(doc, sink))),
            ["mappings", _] => catalog.mappings.extend(read_mappings(doc, sink)),
            ["calendars" | "procedures", _] => unexpected(&doc.file, sink),
            [folder, _] => clauses.push((index, folder)),
            _ => unexpected(&doc.file, sink),
        }
    }
    let clauses = each_noting(&clauses, sink, |_, (index, folder), sink| {
        docs.get(*index).and_then(|doc| read_clause(doc, *index, folder, sink))
    });
    let mut clauses: Vec<RawClause> = clauses.into_iter().flatten().collect();
    for (folder, (gists, figures)) in articles {
        if let Some(instrument) = catalog.instruments.get_mut(folder) {
            (instrument.articles, instrument.figures) = (gists, figures);
        }
    }
    for (folder, items) in items {
        if let Some(instrument) = catalog.instruments.get_mut(folder) {
            instrument.items = items;
        }
    }
    if !dictionary_read {
        // Every name that is missing because of that file would be noted too, and mislead.
        let message = "a file of the dictionary cannot be read, so no expression was looked at";
        sink.borrow_mut().push(refusal("facts", message, "correct that file first"));
        return catalog;
    }
    let dictionary = crate::schema::build(kinds, sink);
    catalog.schema = dictionary.schema;
    catalog.kinds = dictionary.kinds;
    catalog.values = dictionary.values;
    clauses.sort_by_key(|c| (c.made.instrument.clone(), number_key(&c.made.number)));
    let (made, requirements): (Vec<_>, Vec<_>) =
        clauses.into_iter().map(|c| (c.made, c.requirements)).unzip();
    catalog.clauses = made;
    compile(&mut catalog, requirements.into_iter().flatten().collect(), docs, sink);
    check_references(&catalog, sink);
    check_mappings(&catalog, sink);
    catalog
}

/// Numbers in the order in which people count: 5.9 before 5.10.
fn number_key(number: &str) -> Vec<(u64, String)> {
    number.split(['.', '-']).map(|part| (part.parse().unwrap_or(u64::MAX), part.to_owned())).collect()
}
