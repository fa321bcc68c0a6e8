//! Adding a disposition: what was decided about a gap.

use super::ruling::append;
use super::{WriteError, Written, put_day};
use crate::read::Limits;
use hegui_catalog::model::Catalog;
use std::path::Path;
use toml_edit::{Array, Table, value};

/// A disposition that is to be written. Days are in seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewDisposition {
    /// The requirement's id.
    pub requirement: String,
    /// The thing's name.
    pub thing: String,
    /// One of [`crate::WAYS`].
    pub way: String,
    /// Who decides.
    pub by: String,
    /// In which role.
    pub role: String,
    /// The day of the decision.
    pub on: i64,
    /// Why, or what is to be done.
    pub reasons: String,
    /// Who sees to it.
    pub owner: Option<String>,
    /// By which day.
    pub due: Option<i64>,
    /// When it was done.
    pub done_on: Option<i64>,
    /// One of [`crate::RISKS`].
    pub risk: Option<String>,
    /// Ids or places of evidence.
    pub evidence: Vec<String>,
}

/// Adds a disposition to `dispositions.toml`.
///
/// # Errors
/// When the register is wrong as it stands or would be after the change, or the file cannot be written.
pub fn dispose(
    dir: &Path,
    made: &NewDisposition,
    catalog: &Catalog,
    limits: &Limits,
) -> Result<Written, WriteError> {
    const FILE: &str = "dispositions.toml";
    append(dir, FILE, "disposition", |_| Ok(table(made)), catalog, limits)?;
    Ok(Written { file: FILE.to_owned(), path: made.thing.clone(), before: 0 })
}

fn table(made: &NewDisposition) -> Table {
    let mut table = Table::new();
    for (key, text) in [
        ("requirement", &made.requirement),
        ("thing", &made.thing),
        ("way", &made.way),
        ("by", &made.by),
        ("role", &made.role),
    ] {
        table.insert(key, value(text));
    }
    put_day(&mut table, "on", Some(made.on));
    table.insert("reasons", value(&made.reasons));
    for (key, text) in [("owner", &made.owner), ("risk", &made.risk)] {
        if let Some(text) = text {
            table.insert(key, value(text));
        }
    }
    put_day(&mut table, "due", made.due);
    put_day(&mut table, "done_on", made.done_on);
    if !made.evidence.is_empty() {
        table.insert("evidence", value(made.evidence.iter().map(String::as_str).collect::<Array>()));
    }
    table
}
