//! Adding a ruling.

use super::{WriteError, Written, list, lock, replace, typed};
use crate::read::{Limits, Register, files_of};
use crate::store::RulingTarget;
use hegui_catalog::model::Catalog;
use hegui_logic::schema::Schema;
use hegui_logic::universe::FactKey;
use std::path::Path;
use toml_edit::{DocumentMut, Item, Table, Value, value};

/// A ruling that is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRuling {
    /// The requirement, clause or fact that is ruled on: the key, and its id or path.
    pub on: Ruled,
    /// Who.
    pub by: String,
    /// In which role.
    pub role: String,
    /// The day, in seconds.
    pub date: i64,
    /// Why.
    pub reasons: String,
}

/// What a new ruling is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ruled {
    /// Which of several values of a fact holds.
    Fact {
        /// The fact's name.
        path: String,
        /// The value, as for [`answer`].
        value: String,
    },
    /// The outcome of a requirement or clause for a thing.
    Outcome {
        /// The requirement's id or the clause's number.
        target: RulingTarget,
        /// The thing's name.
        thing: String,
        /// `met`, `gap`, `not_applicable` or `unknown`.
        outcome: String,
        /// The grade of a nonconformity.
        grade: Option<String>,
        /// The fingerprint of the parts that were weighed.
        weighed: Option<String>,
    },
}

/// Adds a ruling to `rulings.toml`.
///
/// # Errors
/// When the register is wrong as it stands or would be after the change, or the file cannot be written.
pub fn rule(
    dir: &Path,
    ruling: &NewRuling,
    catalog: &Catalog,
    limits: &Limits,
) -> Result<Written, WriteError> {
    let entry = |register: &Register| ruling_table(ruling, register, &catalog.schema);
    let path = match &ruling.on {
        Ruled::Fact { path, .. } => path.clone(),
        Ruled::Outcome { thing, .. } => thing.clone(),
    };
    append(dir, "rulings.toml", "ruling", entry, catalog, limits)?;
    Ok(Written { file: "rulings.toml".to_owned(), path, before: 0 })
}

/// Adds a table to a list of tables in a file of the register, which may be new.
pub(super) fn append(
    dir: &Path,
    file: &str,
    list: &str,
    entry: impl FnOnce(&Register) -> Result<Table, WriteError>,
    catalog: &Catalog,
    limits: &Limits,
) -> Result<(), WriteError> {
    let _lock = lock(dir)?;
    let mut files = files_of(dir, limits)?;
    let register = Register::read_files(files.clone(), catalog)?;
    let entry = entry(&register)?;
    let old = files.iter().position(|(name, _)| name == file);
    let text = old.and_then(|at| files.get(at)).map(|(_, text)| text.clone()).unwrap_or_default();
    let mut document: DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| WriteError::Answer(error.to_string()))?;
    let tables = document.entry(list).or_insert(Item::ArrayOfTables(toml_edit::ArrayOfTables::new()));
    match tables {
        Item::ArrayOfTables(tables) => tables.push(entry),
        Item::Value(Value::Array(array)) => array.push(entry.into_inline_table()),
        _ => return Err(WriteError::Answer(format!("`{list}` in `{file}` is no list"))),
    }
    let new = document.to_string();
    match old.and_then(|at| files.get_mut(at)) {
        Some((_, text)) => text.clone_from(&new),
        None => files.push((file.to_owned(), new.clone())),
    }
    Register::read_files(files, catalog)?;
    super::sweep(dir);
    replace(&dir.join(file), new.as_bytes())
}

fn ruling_table(ruling: &NewRuling, register: &Register, schema: &Schema) -> Result<Table, WriteError> {
    let mut table = Table::new();
    match &ruling.on {
        Ruled::Fact { path, value: text } => {
            table.insert("fact", value(path));
            let answer = match register.key(schema, path).map_err(WriteError::Answer)? {
                FactKey::Fact(kind, _, field) => {
                    let definition = schema.kind(kind).field(field);
                    typed(text, definition.ty, definition.optional)?
                }
                _ => list(text),
            };
            table.insert("value", value(answer));
        }
        Ruled::Outcome { target, thing, outcome, grade, weighed } => {
            match target {
                RulingTarget::Requirement(id) => table.insert("requirement", value(id)),
                RulingTarget::Clause(number) => table.insert("clause", value(number)),
            };
            table.insert("thing", value(thing));
            table.insert("outcome", value(outcome));
            for (key, text) in [("grade", grade), ("weighed", weighed)] {
                if let Some(text) = text {
                    table.insert(key, value(text));
                }
            }
        }
    }
    table.insert("by", value(&ruling.by));
    table.insert("role", value(&ruling.role));
    super::put_day(&mut table, "on", Some(ruling.date));
    table.insert("reasons", value(&ruling.reasons));
    Ok(table)
}
