//! Things that the register does not have yet, as the text of a file: one file a kind.
//!
//! New things never go into a file that a person keeps: its `[provenance]` would speak for them. They
//! come into `KIND.toml`, or `KIND-2.toml` where that name is taken, which says itself where they are from.

use super::edits::{Change, Which, answer_of, name_of};
use super::{Given, WriteError, table};
use crate::path::thing_path;
use hegui_logic::schema::{KindId, Schema};
use std::collections::BTreeMap;
use std::fmt::Write;
use toml_edit::{InlineTable, Value};

/// A fact of a new thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFact {
    /// Which.
    pub which: Which,
    /// What it says.
    pub change: Change,
    /// Where it comes from, if not from where the others do.
    pub given: Option<Given>,
}

/// A thing that the register does not have yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewThing {
    /// Its kind.
    pub kind: KindId,
    /// Its id; `activity/document` for a declaration.
    pub id: String,
    /// What is known of it.
    pub facts: Vec<NewFact>,
}

/// Adds things to the texts of files that change.
pub(super) fn add(
    files: &[(String, String)],
    changed: &mut BTreeMap<String, String>,
    added: &[NewThing],
    usual: &Given,
    schema: &Schema,
) -> Result<(), WriteError> {
    let head = head(usual);
    let pairs: Vec<(String, Value)> =
        table(None, usual, &[]).iter().map(|(key, value)| (key.to_owned(), value.clone())).collect();
    let mut of_kind: BTreeMap<KindId, Vec<&NewThing>> = BTreeMap::new();
    for thing in added {
        of_kind.entry(thing.kind).or_default().push(thing);
    }
    for (kind, things) in of_kind {
        let (name, before) = file_for(schema, kind, files, changed, &head);
        let mut text = before;
        for thing in things {
            write_thing(&mut text, thing, &pairs, schema)?;
        }
        changed.insert(name, text);
    }
    Ok(())
}

/// The file that new things of a kind come into, and what it holds so far.
fn file_for(
    schema: &Schema,
    kind: KindId,
    files: &[(String, String)],
    changed: &BTreeMap<String, String>,
    head: &str,
) -> (String, String) {
    let base = schema.kind(kind).name.replace('.', "-");
    let text_of = |name: &str| {
        let kept = files.iter().find(|(file, _)| file == name).map(|(_, text)| text);
        changed.get(name).or(kept)
    };
    let mut number = 1;
    loop {
        let name = if number == 1 { format!("{base}.toml") } else { format!("{base}-{number}.toml") };
        match text_of(&name) {
            None => return (name, head.to_owned()),
            Some(text) if text.starts_with(head) && text.ends_with('\n') => return (name, text.clone()),
            Some(_) => number += 1,
        }
    }
}

/// A file's `[provenance]`.
fn head(usual: &Given) -> String {
    let mut text = String::from("[provenance]\n");
    for (key, value) in table(None, usual, &[]).iter() {
        let _ = writeln!(text, "{key} = {}", value.to_string().trim());
    }
    text
}

fn write_thing(
    text: &mut String,
    thing: &NewThing,
    usual: &[(String, Value)],
    schema: &Schema,
) -> Result<(), WriteError> {
    let _ = writeln!(text, "\n[{}]", thing_path(schema, thing.kind, &thing.id));
    let mut closed = InlineTable::new();
    for fact in &thing.facts {
        let name = name_of(schema, thing.kind, fact.which);
        let answer = match &fact.change {
            Change::Value(value) => answer_of(value, thing.kind, fact.which, schema)?,
            Change::Members(ids) => Value::Array(ids.iter().map(String::as_str).collect()),
            Change::NoMembers => "none".into(),
            Change::Complete(complete) => {
                let said = fact.given.as_ref().map(|given| table(Some((*complete).into()), given, usual));
                closed.insert(name, said.map_or_else(|| (*complete).into(), Value::InlineTable));
                continue;
            }
            Change::Unstated | Change::CompletenessUnstated => continue,
        };
        let answer = match &fact.given {
            Some(given) => Value::InlineTable(table(Some(answer), given, usual)),
            None => answer,
        };
        let _ = writeln!(text, "{name} = {}", answer.to_string().trim());
    }
    if !closed.is_empty() {
        let _ = writeln!(text, "complete = {}", closed.to_string().trim());
    }
    Ok(())
}
