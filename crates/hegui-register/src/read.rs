//! Reading: a folder's files, as text, to a register. The folder is the thin edge; the rest is pure.

use crate::assessed::Assessed;
use crate::builder::Builder;
use crate::finish::finish;
use crate::parts;
use crate::path::{FactPath, Member, split_fact, split_thing, thing_path};
use crate::problem::{Problem, Problems};
use crate::store::{Disposition, Engagement, Evidence, FILE_LIMIT, OutcomeRuling, Store};
use hegui_catalog::model::{Catalog, Place};
use hegui_logic::schema::{KindId, Schema};
use hegui_logic::universe::FactKey;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How much is read. The defaults are far above what an organisation writes by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest file, in bytes.
    pub file_bytes: u64,
    /// Largest sum of all files, in bytes.
    pub total_bytes: u64,
    /// Most files; never more than 30,000.
    pub files: usize,
    /// Deepest nesting of folders.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file_bytes: 64 << 20, total_bytes: 1 << 30, files: FILE_LIMIT, depth: 32 }
    }
}

/// An organisation's facts, with where each comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Register {
    pub(crate) store: Arc<Store>,
}

impl Register {
    /// Reads every `*.toml` below a folder, folders beginning with `.` aside.
    ///
    /// # Errors
    /// Everything that is wrong with the folder and its files, at once.
    pub fn read_dir(dir: &Path, catalog: &Catalog, limits: &Limits) -> Result<Self, Problems> {
        Self::read_files(files_of(dir, limits)?, catalog)
    }

    /// Reads files given as names and texts; they are one register together.
    ///
    /// # Errors
    /// Everything that is wrong with them, at once.
    pub fn read_files(files: Vec<(String, String)>, catalog: &Catalog) -> Result<Self, Problems> {
        let threads = parts::threads_for(&files);
        Self::read_files_on(threads, files, catalog)
    }

    /// The same on so many threads. The register and the problems are those of one thread.
    ///
    /// # Errors
    /// Everything that is wrong with them, at once.
    pub fn read_files_on(
        threads: usize,
        mut files: Vec<(String, String)>,
        catalog: &Catalog,
    ) -> Result<Self, Problems> {
        files.sort();
        let (names, mut texts): (Vec<String>, Vec<String>) = files.into_iter().unzip();
        let unread = texts
            .iter()
            .enumerate()
            .position(|(at, text)| at >= FILE_LIMIT || u32::try_from(text.len()).is_err());
        texts.truncate(unread.unwrap_or(texts.len()));
        let mut builder = Builder::new(catalog, Arc::new(names));
        parts::read(&mut builder, texts, threads);
        if let Some(name) = unread.and_then(|at| builder.files.get(at)) {
            let message = format!("more than {FILE_LIMIT} files, or a file of more than 4 GiB");
            builder.problems.push(Problem::of_file(name, message, "divide the register otherwise"));
        }
        Ok(Self { store: Arc::new(finish(builder)?) })
    }

    /// The facts as of a date, from what was known on a date; both in seconds, a date standing for its
    /// whole day. The catalog must be the one that the register was read with.
    #[must_use]
    pub fn universe(&self, catalog: &Catalog, as_of: i64, known_on: i64) -> Assessed {
        Assessed::new(Arc::clone(&self.store), catalog, as_of, known_on)
    }

    /// How many things of a kind there are.
    #[must_use]
    pub fn count(&self, kind: KindId) -> usize {
        self.store.kinds.get(kind.0 as usize).map_or(0, |things| things.ids.len())
    }

    /// The id of a thing; empty for a row that is not there. A declaration's is `activity/document`.
    #[must_use]
    pub fn id(&self, kind: KindId, row: u32) -> &str {
        self.store.id(kind, row)
    }

    /// The name of a thing, as `activity.order-delivery`.
    #[must_use]
    pub fn thing(&self, schema: &Schema, kind: KindId, row: u32) -> String {
        thing_path(schema, kind, self.store.id(kind, row))
    }

    /// The thing with this name, as `activity.order-delivery`.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the name.
    pub fn find(&self, schema: &Schema, name: &str) -> Result<(KindId, u32), String> {
        let (kind, id) = split_thing(schema, name)?;
        let row = self.store.find(kind, &id);
        row.map(|row| (kind, row)).ok_or_else(|| format!("there is no `{name}` in the register"))
    }

    /// The name of a fact, as `activity.order-delivery.retention_days`, or
    /// `activity.order-delivery.provisions (complete)`.
    #[must_use]
    pub fn path(&self, schema: &Schema, key: &FactKey) -> String {
        match key {
            FactKey::Fact(kind, row, field) => {
                format!("{}.{}", self.thing(schema, *kind, *row), schema.kind(*kind).field(*field).name)
            }
            FactKey::Complete(kind, row, relation) => {
                let name = &schema.kind(*kind).relation(*relation).name;
                format!("{}.{name} (complete)", self.thing(schema, *kind, *row))
            }
            FactKey::Outcome(clause, kind, row) => {
                format!("met({clause}, {})", self.thing(schema, *kind, *row))
            }
            FactKey::Calendar => "calendar".to_owned(),
        }
    }

    /// The fact with this name; a relation's name asks whether it is complete. The reverse of
    /// [`Register::path`] for facts and completeness.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the name.
    pub fn key(&self, schema: &Schema, path: &str) -> Result<FactKey, String> {
        let asked = path.trim();
        let bare = asked.strip_suffix("(complete)").map_or(asked, str::trim_end);
        let FactPath { kind, id, member } = split_fact(schema, bare)?;
        let row = self.store.find(kind, &id);
        let row =
            row.ok_or_else(|| format!("there is no `{}` in the register", thing_path(schema, kind, &id)))?;
        match member {
            Member::Relation(relation) => Ok(FactKey::Complete(kind, row, relation)),
            Member::Field(_) if bare != asked => Err(format!("`{bare}` is a fact, not a relation")),
            Member::Field(field) => Ok(FactKey::Fact(kind, row, field)),
        }
    }

    /// Where a thing is declared.
    #[must_use]
    pub fn place(&self, kind: KindId, row: u32) -> Option<Place> {
        let spot = self.store.kinds.get(kind.0 as usize)?.spots.get(row as usize)?;
        Some(spot.place(&self.store.files))
    }

    /// Rulings on outcomes, in the order of files.
    #[must_use]
    pub fn outcome_rulings(&self) -> &[OutcomeRuling] {
        &self.store.outcome_rulings
    }

    /// The engagement, where the register says who assesses for whom.
    #[must_use]
    pub fn engagement(&self) -> Option<&Engagement> {
        self.store.engagement.as_ref()
    }

    /// What was decided about gaps, in the order of reading.
    #[must_use]
    pub fn dispositions(&self) -> &[Disposition] {
        &self.store.dispositions
    }

    /// The pieces of evidence, in the order of ids.
    #[must_use]
    pub fn evidence(&self) -> &[Evidence] {
        &self.store.evidence
    }

    /// The files that were read.
    #[must_use]
    pub fn files(&self) -> &[String] {
        &self.store.files
    }
}

/// The names (with `/`, relative to the folder) and texts of a register's files, in the order of names.
///
/// # Errors
/// What cannot be read: a missing folder, one without any file, and files that are too large, no text,
/// or not to be opened.
pub fn files_of(dir: &Path, limits: &Limits) -> Result<Vec<(String, String)>, Problems> {
    crate::write::settle(dir)?;
    let shown = dir.display().to_string();
    if !dir.is_dir() {
        let what = if dir.exists() { "this is no folder" } else { "there is no such folder" };
        return Err(Problems::one(Problem::of_file(
            &shown,
            what,
            "a folder of TOML files; `hegui init DIR` makes one",
        )));
    }
    let mut walk = Walk { limits, found: vec![], total: 0, problems: Problems::default() };
    walk.folder(dir, "", 0);
    if walk.found.is_empty() && walk.problems.list.is_empty() {
        let remedy = "a register is made of *.toml files; `hegui init DIR` makes a skeleton";
        return Err(Problems::one(Problem::of_file(&shown, "there is no TOML file in this folder", remedy)));
    }
    let mut files = Vec::with_capacity(walk.found.len());
    if walk.problems.list.is_empty() {
        walk.found.sort();
        for (name, path) in std::mem::take(&mut walk.found) {
            match text_of(&name, &path, limits.file_bytes) {
                Ok(text) => files.push((name, text)),
                Err(problem) => walk.problems.push(problem),
            }
        }
    }
    walk.problems.into_result(files)
}

struct Walk<'a> {
    limits: &'a Limits,
    found: Vec<(String, PathBuf)>,
    total: u64,
    problems: Problems,
}

impl Walk<'_> {
    /// Looks through a folder. Links to folders are not followed, so that there is no loop.
    fn folder(&mut self, dir: &Path, prefix: &str, depth: usize) {
        let entries = match fs::read_dir(dir) {
            Ok(entries) => entries,
            Err(error) => {
                let problem =
                    Problem::of_file(&dir.display().to_string(), format!("cannot be read: {error}"), "");
                return self.problems.push(problem);
            }
        };
        for entry in entries {
            let Ok(entry) = entry else { continue };
            let file_name = entry.file_name();
            let Some(plain) = file_name.to_str() else {
                let shown = file_name.to_string_lossy();
                let name = if prefix.is_empty() { shown.into_owned() } else { format!("{prefix}/{shown}") };
                self.problems.push(Problem::of_file(&name, "this name is not UTF-8", "rename it"));
                continue;
            };
            let name = if prefix.is_empty() { plain.to_owned() } else { format!("{prefix}/{plain}") };
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && !plain.starts_with('.') {
                if depth >= self.limits.depth {
                    let message = format!("folders nest more than {} deep", self.limits.depth);
                    self.problems.push(Problem::of_file(&name, message, "bring the files further up"));
                } else {
                    self.folder(&entry.path(), &name, depth + 1);
                }
            } else if plain.ends_with(".toml") && !plain.starts_with('.') && !kind.is_dir() {
                self.file(name, entry.path());
            }
        }
    }

    fn file(&mut self, name: String, path: PathBuf) {
        let metadata = match fs::metadata(&path) {
            Ok(metadata) if metadata.is_file() => metadata,
            Ok(_) => return self.problems.push(Problem::of_file(&name, "this is no ordinary file", "")),
            Err(error) => {
                return self.problems.push(Problem::of_file(&name, format!("cannot be read: {error}"), ""));
            }
        };
        self.total += metadata.len();
        let limits = self.limits;
        let too_large = if metadata.len() > limits.file_bytes {
            Some(format!(
                "the file has {} MiB; at most {} are read",
                metadata.len() >> 20,
                limits.file_bytes >> 20
            ))
        } else if self.total > limits.total_bytes {
            Some(format!("all files together have more than {} MiB", limits.total_bytes >> 20))
        } else if self.found.len() >= limits.files.min(FILE_LIMIT) {
            Some(format!("there are more than {} files", limits.files.min(FILE_LIMIT)))
        } else {
            None
        };
        match too_large {
            Some(message) => {
                self.problems.push(Problem::of_file(&name, message, "divide it into smaller files"))
            }
            None => self.found.push((name, path)),
        }
    }
}

/// The text of a file. No more than the limit is read, even of a file that grows meanwhile.
fn text_of(name: &str, path: &Path, limit: u64) -> Result<String, Problem> {
    use std::io::Read;
    let fail = |error: std::io::Error| Problem::of_file(name, format!("cannot be read: {error}"), "");
    let mut bytes = Vec::new();
    fs::File::open(path).map_err(fail)?.take(limit + 1).read_to_end(&mut bytes).map_err(fail)?;
    if bytes.len() as u64 > limit {
        return Err(Problem::of_file(
            name,
            "the file has grown beyond the limit",
            "divide it into smaller files",
        ));
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let line = bytes.get(..good).unwrap_or_default().iter().filter(|b| **b == b'\n').count() as u32 + 1;
        let start =
            bytes.get(..good).unwrap_or_default().iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        let place = Place { file: name.to_owned(), line, column: (good - start) as u32 + 1 };
        let what = if bytes.contains(&0) {
            "this is a binary file, not TOML"
        } else {
            "this is not UTF-8 from here on"
        };
        Problem::new(place, "", what, "save the file as UTF-8 text")
    })
}
