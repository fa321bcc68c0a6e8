//! Writing an answer back into the file where its thing stands, with comments and order kept.
//!
//! An answer never overwrites: where a fact was observed before, the new observation is put behind the
//! old ones. Before anything is written, the register is read as it would then be; if anything is wrong
//! with it, nothing is written. A file is replaced in one step (a new file, flushed, renamed over the
//! old one), so that a crash leaves either the old or the new one. Runs at the same time wait for each
//! other at the lock file `.hegui.lock`.

mod added;
mod disposition;
mod edits;
mod ruling;
mod together;

pub use added::{NewFact, NewThing};
pub use disposition::{NewDisposition, dispose};
pub use edits::{Change, Edit, How, Which, edited};
pub use ruling::{NewRuling, Ruled, rule};
pub use together::{finish_interrupted, write_together};

pub(crate) use together::settle;

use crate::path::{near, split_fact, thing_path};
use crate::problem::Problems;
use crate::read::{Limits, Register, files_of};
use crate::store::Source;
use crate::value::show_date;
use hegui_catalog::model::Catalog;
use hegui_logic::schema::{KindId, Schema, Type};
use hegui_logic::universe::FactKey;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use toml_edit::{Array, DocumentMut, InlineTable, Item, Key, TableLike, Value, value};

/// The file that runs at the same time wait at.
const LOCK: &str = ".hegui.lock";

/// Where an answer comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// The sort of source.
    pub source: Source,
    /// Who said or saw it.
    pub by: Option<String>,
    /// The day on which it was so, in seconds.
    pub on: Option<i64>,
    /// When it was learned, in seconds, where that is another time.
    pub recorded: Option<i64>,
    /// Ids or places of evidence.
    pub evidence: Vec<String>,
    /// Why.
    pub reasons: Option<String>,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The file, relative to the register's folder.
    pub file: String,
    /// The fact's full name.
    pub path: String,
    /// How many observations of it there were before.
    pub before: usize,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The register is wrong as it stands, or would be after the change.
    #[error("{0}")]
    Problems(Problems),
    /// The name of the fact is no good, or its value.
    #[error("{0}")]
    Answer(String),
    /// A file could not be read or written.
    #[error("cannot write `{}`: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
}

impl From<Problems> for WriteError {
    fn from(problems: Problems) -> Self {
        Self::Problems(problems)
    }
}

fn file_error(path: &Path) -> impl Fn(std::io::Error) -> WriteError + '_ {
    |error| WriteError::File { path: path.to_owned(), error }
}

/// Writes an answer to a fact, named as `consent.app-signup.separate`. For a relation
/// (`activity.x.provisions`) the answer is `complete`, `incomplete`, `none`, or the ids where the list
/// is kept at the thing. Sets and lists are given with commas between their members.
///
/// # Errors
/// When the fact does not exist, the answer does not fit the dictionary, the register is wrong, or a
/// file cannot be written. Nothing is changed then.
pub fn answer(
    dir: &Path,
    path: &str,
    text: &str,
    given: &Given,
    catalog: &Catalog,
    limits: &Limits,
) -> Result<Written, WriteError> {
    let _lock = lock(dir)?;
    let files = files_of(dir, limits)?;
    let register = Register::read_files(files.clone(), catalog)?;
    let target = target(&register, &catalog.schema, path)?;
    let Some((_, old)) = files.iter().find(|(name, _)| *name == target.file) else {
        return Err(WriteError::Answer(format!("`{}` stands in no file", target.thing)));
    };
    let new = edit(old, &target, text, given, &catalog.schema)?;
    let changed = files.iter().map(|(name, old)| {
        let text = if *name == target.file { new.clone() } else { old.clone() };
        (name.clone(), text)
    });
    Register::read_files(changed.collect(), catalog)?;
    dir.join(&target.file).parent().map(sweep);
    replace(&dir.join(&target.file), new.as_bytes())?;
    Ok(Written { file: target.file, path: target.path, before: target.before })
}

/// Removes what a writer that was killed left beside a file: new content that never took its place.
/// Only the holder of the lock writes, so none of it is in use.
fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let left = name.to_str().and_then(|name| name.strip_prefix('.')?.strip_suffix(".tmp"));
        let left = left.and_then(|name| name.rsplit_once('.'));
        if left.is_some_and(|(file, id)| {
            (file.ends_with(".toml") || file == ".hegui.journal") && id.parse::<u32>().is_ok()
        }) {
            // What cannot be removed is no hindrance: nobody reads it.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// A day under a key, where there is one.
fn put_day(table: &mut toml_edit::Table, key: &str, day: Option<i64>) {
    if let Some(day) = day.and_then(|day| show_date(day).parse::<toml_edit::Datetime>().ok()) {
        table.insert(key, value(day));
    }
}

/// Holds the register for one writer until it is dropped; what a writer before was killed in is finished.
fn lock(dir: &Path) -> Result<File, WriteError> {
    let path = dir.join(LOCK);
    if !dir.is_dir() {
        let message = format!("there is no folder `{}`", dir.display());
        return Err(WriteError::Answer(message));
    }
    let file =
        File::options().create(true).truncate(false).write(true).open(&path).map_err(file_error(&path))?;
    file.lock().map_err(file_error(&path))?;
    together::finish(dir)?;
    Ok(file)
}

/// What an answer is about, and where it goes.
struct Target {
    key: FactKey,
    path: String,
    thing: String,
    file: String,
    before: usize,
}

fn target(register: &Register, schema: &Schema, path: &str) -> Result<Target, WriteError> {
    let key = register.key(schema, path).map_err(|message| {
        let hint = split_fact(schema, path.trim_end_matches("(complete)").trim_end()).ok();
        let near = hint.map(|found| near_thing(register, schema, found.kind, &found.id)).unwrap_or_default();
        WriteError::Answer(format!("{message}{near}"))
    })?;
    let (kind, row) = match key {
        FactKey::Fact(kind, row, _) | FactKey::Complete(kind, row, _) => (kind, row),
        FactKey::Outcome(..) | FactKey::Calendar => {
            return Err(WriteError::Answer("this is no fact".to_owned()));
        }
    };
    let things = register.store.kinds.get(kind.0 as usize);
    let seen = things.and_then(|things| match key {
        FactKey::Fact(_, _, field) => things.facts.get(field.0 as usize),
        FactKey::Complete(_, _, relation) => things.complete.get(relation.0 as usize),
        _ => None,
    });
    let range = seen.map_or(0..0, |seen| seen.of(row));
    let before = range.len();
    // A fact may be stated in another file than its thing; the next observation stands beside it.
    let spot = seen.and_then(|seen| seen.spots.get(range).and_then(<[_]>::first));
    let spot = spot
        .or_else(|| things.and_then(|things| things.spots.get(row as usize)))
        .copied()
        .unwrap_or_default();
    let thing = register.thing(schema, kind, row);
    let path = register.path(schema, &key);
    Ok(Target { key, path, thing, file: spot.place(&register.store.files).file, before })
}

fn near_thing(register: &Register, schema: &Schema, kind: KindId, id: &str) -> String {
    let ids = (0..register.count(kind) as u32).map(|row| register.id(kind, row));
    let near = near(id, ids).map(|id| thing_path(schema, kind, &id));
    near.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

/// The file's text with the answer in it.
fn edit(
    old: &str,
    target: &Target,
    text: &str,
    given: &Given,
    schema: &Schema,
) -> Result<String, WriteError> {
    let mut document = parsed(old)?;
    let usual = usual_of(&document);
    let at = thing_in(&mut document, &target.thing)?;
    match target.key {
        FactKey::Fact(kind, _, field) => {
            let definition = schema.kind(kind).field(field);
            let answer = typed(text, definition.ty, definition.optional)?;
            observe(at, &definition.name, table(Some(answer), given, &usual), &usual);
        }
        FactKey::Complete(kind, _, relation) => {
            let name = &schema.kind(kind).relation(relation).name;
            match text {
                "complete" | "true" => close(at, name, table(None, given, &usual), &usual),
                "incomplete" | "false" => close(at, name, table(Some(false.into()), given, &usual), &usual),
                "none" => observe(at, name, table(Some("none".into()), given, &usual), &usual),
                ids => observe(at, name, table(Some(list(ids)), given, &usual), &usual),
            }
        }
        FactKey::Outcome(..) | FactKey::Calendar => {
            return Err(WriteError::Answer("this is no fact".to_owned()));
        }
    }
    Ok(document.to_string())
}

fn parsed(text: &str) -> Result<DocumentMut, WriteError> {
    text.parse().map_err(|error: toml_edit::TomlError| WriteError::Answer(error.to_string()))
}

/// What a file's `[provenance]` says is usual in it.
fn usual_of(document: &DocumentMut) -> Vec<(String, Value)> {
    document.get("provenance").and_then(Item::as_table_like).map(pairs).unwrap_or_default()
}

/// The table of a thing, named as `activity.x` or `activity.x.declared.policy`.
fn thing_in<'d>(document: &'d mut DocumentMut, thing: &str) -> Result<&'d mut dyn TableLike, WriteError> {
    let missing = || WriteError::Answer(format!("`{thing}` is not where it was read"));
    let mut at: &mut dyn TableLike = document.as_table_mut();
    for part in thing.split('.') {
        at = at.get_mut(part).and_then(Item::as_table_like_mut).ok_or_else(missing)?;
    }
    Ok(at)
}

fn pairs(table: &dyn TableLike) -> Vec<(String, Value)> {
    table.iter().filter_map(|(key, item)| Some((key.to_owned(), item.as_value()?.clone()))).collect()
}

/// An answer as a TOML value. What does not fit its type is passed on as a text, for the reading to
/// say what would be right.
fn typed(text: &str, ty: Type, optional: bool) -> Result<Value, WriteError> {
    if optional && text == "none" {
        return Ok(text.into());
    }
    let wrong = |what: &str| WriteError::Answer(format!("`{text}` is no answer here; expected {what}"));
    Ok(match ty {
        Type::Bool => text.parse::<bool>().map_err(|_| wrong("true or false"))?.into(),
        Type::Int => text.parse::<i64>().map_err(|_| wrong("a whole number"))?.into(),
        Type::Decimal => match text.parse::<Value>() {
            Ok(number @ (Value::Integer(_) | Value::Float(_))) => number,
            _ => return Err(wrong("a number")),
        },
        Type::Date => text.parse::<toml_edit::Datetime>().map_err(|_| wrong("a date, as 2026-03-02"))?.into(),
        Type::Set(_) if text != "none" => list(text),
        _ => text.into(),
    })
}

fn list(text: &str) -> Value {
    let members = text
        .trim_matches(['[', ']'])
        .split(',')
        .map(|m| m.trim().trim_matches('"'))
        .filter(|m| !m.is_empty());
    Value::Array(members.collect())
}

/// An observation as a table: the value, and where it comes from. What is usual in the file and was not
/// given is not so here, and the table says so.
fn table(answer: Option<Value>, given: &Given, usual: &[(String, Value)]) -> InlineTable {
    let mut table = InlineTable::new();
    if let Some(answer) = answer {
        table.insert("value", answer);
    }
    table.insert("source", given.source.name().into());
    let moment = |seconds: i64| show_date(seconds).parse::<toml_edit::Datetime>().ok();
    let mut text = |key: &str, value: Option<&String>| {
        if let Some(value) = value {
            table.insert(key, value.as_str().into());
        }
    };
    text("by", given.by.as_ref());
    text("reasons", given.reasons.as_ref());
    for (key, time) in [("on", given.on), ("recorded", given.recorded)] {
        if let Some(time) = time.and_then(moment) {
            table.insert(key, time.into());
        }
    }
    if !given.evidence.is_empty() {
        table.insert("evidence", Value::Array(given.evidence.iter().map(String::as_str).collect()));
    }
    // A sample goes with its source, which is given.
    for (key, _) in usual.iter().filter(|(key, _)| key != "sample") {
        if !table.contains_key(key) {
            table.insert(key, "none".into());
        }
    }
    table
}

/// Puts an observation behind those that there are.
fn observe(at: &mut dyn TableLike, name: &str, new: InlineTable, usual: &[(String, Value)]) {
    match at.get_mut(name) {
        None => {
            at.insert(name, value(new));
        }
        Some(Item::ArrayOfTables(tables)) => tables.push(new.into_table()),
        Some(item) => append(item, new, usual),
    }
}

/// Turns what stands under a key into a list of observations with a new one at its end.
fn append(item: &mut Item, new: InlineTable, usual: &[(String, Value)]) {
    let old = std::mem::take(item);
    let mut observations = Array::new();
    match old {
        Item::Value(Value::Array(array)) if array.iter().any(Value::is_inline_table) => observations = array,
        Item::Value(Value::InlineTable(table)) => observations.push(table),
        Item::Table(table) => observations.push(table.into_inline_table()),
        Item::Value(plain) => observations.push(with_provenance(plain, usual)),
        other => {
            *item = other;
            return;
        }
    }
    observations.push(new);
    lay_out(&mut observations);
    *item = value(observations);
}

/// A plain fact has the provenance of its file; as one of several it says so itself.
fn with_provenance(plain: Value, usual: &[(String, Value)]) -> InlineTable {
    let mut table = InlineTable::new();
    let bare = {
        let mut bare = plain;
        bare.decor_mut().clear();
        bare
    };
    table.insert("value", bare);
    for (key, value) in usual {
        let mut value = value.clone();
        value.decor_mut().clear();
        table.insert(key, value);
    }
    table
}

/// One observation a line.
fn lay_out(observations: &mut Array) {
    for entry in observations.iter_mut() {
        // What a person wrote beside an entry stays.
        let prefix = entry.decor().prefix().and_then(|p| p.as_str()).unwrap_or_default();
        if prefix.trim().is_empty() {
            entry.decor_mut().set_prefix("\n  ");
        }
    }
    observations.set_trailing("\n");
    observations.set_trailing_comma(true);
}

/// States that a relation is complete, or not.
fn close(at: &mut dyn TableLike, relation: &str, new: InlineTable, usual: &[(String, Value)]) {
    if !at.contains_key("complete") {
        let mut said = InlineTable::new();
        said.insert(relation, new.into());
        at.insert("complete", value(said));
        return;
    }
    let Some(item) = at.get_mut("complete") else { return };
    if let Item::Value(Value::Array(names)) = item {
        let mut said = InlineTable::new();
        for name in names.iter().filter_map(Value::as_str) {
            said.insert_formatted(&Key::new(name), true.into());
        }
        *item = value(said);
    }
    let Some(said) = item.as_table_like_mut() else { return };
    match said.get_mut(relation) {
        None => {
            said.insert(relation, value(new));
        }
        Some(entry) => {
            let mut new = new;
            if !new.contains_key("value") {
                new.insert("value", true.into());
            }
            if let Some(table) = entry.as_table_like_mut()
                && !table.contains_key("value")
            {
                table.insert("value", value(true));
            }
            append(entry, new, usual);
        }
    }
}

/// Replaces a file in one step: until the rename the old one stands, from then on the new one.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    // A link is written through, not replaced by a file.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let temporary = prepare(path, bytes)?;
    fs::rename(&temporary, path).map_err(file_error(path))?;
    if let Some(folder) = path.parent()
        && let Ok(folder) = File::open(folder)
    {
        // The rename itself is on disk when its folder is; a file system that cannot do that still renamed.
        let _ = folder.sync_all();
    }
    Ok(())
}

/// Writes the new content beside the file and flushes it; nothing of the old file has changed yet.
pub(crate) fn prepare(path: &Path, bytes: &[u8]) -> Result<PathBuf, WriteError> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("register");
    let temporary = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let mut file = File::create(&temporary).map_err(file_error(&temporary))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(file_error(&temporary))?;
    if let Ok(metadata) = fs::metadata(path) {
        fs::set_permissions(&temporary, metadata.permissions()).map_err(file_error(&temporary))?;
    }
    Ok(temporary)
}

/// Makes a folder with a commented skeleton of a register: things of the main kinds, and below each the
/// facts that the dictionary knows of it, to be filled in.
///
/// # Errors
/// When the folder holds anything already, or cannot be written.
pub fn init(dir: &Path, catalog: &Catalog) -> Result<Vec<String>, WriteError> {
    if dir.exists() && fs::read_dir(dir).map_err(file_error(dir))?.next().is_some() {
        let message = format!("`{}` holds files already; nothing was written", dir.display());
        return Err(WriteError::Answer(message));
    }
    fs::create_dir_all(dir).map_err(file_error(dir))?;
    let mut written = Vec::new();
    for (name, text) in crate::skeleton::skeleton(catalog) {
        let path = dir.join(&name);
        let mut file = File::create_new(&path).map_err(file_error(&path))?;
        file.write_all(text.as_bytes()).map_err(file_error(&path))?;
        written.push(name);
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn until_the_rename_the_old_file_stands_whole() {
        let dir = std::env::temp_dir().join(format!("hegui-write-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let path = dir.join("a.toml");
        fs::write(&path, "old").unwrap();
        let temporary = prepare(&path, b"new and longer").unwrap();
        // Here a crash leaves the old file, and a new one that no reader looks at.
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert!(temporary.file_name().unwrap().to_str().unwrap().starts_with('.'));
        assert_eq!(temporary.parent(), path.parent(), "a rename is one step only within a file system");
        replace(&path, b"new and longer").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new and longer");
        assert!(!temporary.exists());
        fs::remove_dir_all(&dir).unwrap();
    }
}
