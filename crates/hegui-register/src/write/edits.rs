//! Many facts written at once: the files' texts as they would then be. Nothing is touched here; see
//! [`super::write_together`] for putting them in place.

use super::added::{NewThing, add};
use super::{Given, WriteError, close, list, observe, pairs, parsed, table, thing_in, typed, usual_of};
use crate::read::Register;
use hegui_catalog::model::Catalog;
use hegui_logic::schema::{FieldId, KindId, RelationId, Schema};
use std::collections::BTreeMap;
use toml_edit::{Array, InlineTable, Item, TableLike, Value, value};

/// What is written of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Which {
    /// A fact.
    Field(FieldId),
    /// A list of references, or whether a relation is complete.
    Relation(RelationId),
}

/// What it shall say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A fact's value, as [`super::answer`] takes it: `true`, `30d`, `a, b`, `none`.
    Value(String),
    /// The members of a list of references.
    Members(Vec<String>),
    /// That a relation has no members.
    NoMembers,
    /// That a relation is complete, or is not.
    Complete(bool),
    /// Nothing any more: the fact is unknown. Only what has no provenance may be taken away.
    Unstated,
    /// Nothing any more of whether a relation is complete.
    CompletenessUnstated,
}

/// How it is put beside what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// Behind the observations that there are; they stay.
    Beside(Given),
    /// In the place of a plain statement, which has no history to lose.
    InPlace(Option<Given>),
}

/// One change to a thing that the register has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The thing's kind.
    pub kind: KindId,
    /// The thing's row.
    pub row: u32,
    /// What of it.
    pub which: Which,
    /// What it shall say.
    pub change: Change,
    /// How.
    pub how: How,
}

/// The files that change, with their new texts, when facts are edited and things added. `usual` is the
/// provenance of the files that new things come into.
///
/// # Errors
/// When a value does not fit its type, or a thing is not where it was read.
pub fn edited(
    files: &[(String, String)],
    register: &Register,
    edits: &[Edit],
    added: &[NewThing],
    usual: &Given,
    catalog: &Catalog,
) -> Result<Vec<(String, String)>, WriteError> {
    let mut of_file: BTreeMap<String, Vec<&Edit>> = BTreeMap::new();
    for edit in edits {
        of_file.entry(file_of(register, edit)).or_default().push(edit);
    }
    let mut changed: BTreeMap<String, String> = BTreeMap::new();
    for (name, edits) in of_file {
        let Some((_, old)) = files.iter().find(|(file, _)| *file == name) else {
            return Err(WriteError::Answer(format!("`{name}` is not among the register's files")));
        };
        let mut document = parsed(old)?;
        let usual = usual_of(&document);
        for edit in edits {
            let thing = register.thing(&catalog.schema, edit.kind, edit.row);
            let at = thing_in(&mut document, &thing)?;
            apply(at, edit, &usual, &catalog.schema)?;
        }
        changed.insert(name, document.to_string());
    }
    add(files, &mut changed, added, usual, &catalog.schema)?;
    Ok(changed.into_iter().collect())
}

/// Where the next observation of a fact goes: beside those that there are, else to its thing.
fn file_of(register: &Register, edit: &Edit) -> String {
    let things = register.store.kinds.get(edit.kind.0 as usize);
    let seen = things.and_then(|things| match (edit.which, &edit.change) {
        (Which::Field(field), _) => things.facts.get(field.0 as usize),
        (Which::Relation(relation), Change::Complete(_) | Change::CompletenessUnstated) => {
            things.complete.get(relation.0 as usize)
        }
        (Which::Relation(relation), _) => things.lists.get(relation.0 as usize),
    });
    let spot = seen.and_then(|seen| seen.spots.get(seen.of(edit.row)).and_then(<[_]>::first));
    let spot = spot.or_else(|| things.and_then(|things| things.spots.get(edit.row as usize)));
    spot.copied().unwrap_or_default().place(&register.store.files).file
}

fn apply(
    at: &mut dyn TableLike,
    edit: &Edit,
    usual: &[(String, Value)],
    schema: &Schema,
) -> Result<(), WriteError> {
    let name = name_of(schema, edit.kind, edit.which);
    let answer = match &edit.change {
        Change::Complete(complete) => {
            match &edit.how {
                How::Beside(given) => {
                    let said = (!complete).then(|| false.into());
                    close(at, name, table(said, given, usual), usual);
                }
                How::InPlace(given) => {
                    let said = given.as_ref().map(|given| table(Some((*complete).into()), given, usual));
                    say_complete(at, name, said.map_or_else(|| (*complete).into(), Value::InlineTable));
                }
            }
            return Ok(());
        }
        Change::Unstated => {
            at.remove(name);
            return Ok(());
        }
        Change::CompletenessUnstated => {
            unsay_complete(at, name);
            return Ok(());
        }
        Change::Value(text) => answer_of(text, edit.kind, edit.which, schema)?,
        Change::Members(ids) => Value::Array(ids.iter().map(String::as_str).collect()),
        Change::NoMembers => "none".into(),
    };
    match &edit.how {
        How::Beside(given) => observe(at, name, table(Some(answer), given, usual), usual),
        How::InPlace(given) => {
            let new = match given {
                Some(given) => Value::InlineTable(table(Some(answer), given, usual)),
                None => answer,
            };
            replace_value(at, name, new);
        }
    }
    Ok(())
}

/// The name of a fact or relation.
pub(super) fn name_of(schema: &Schema, kind: KindId, which: Which) -> &str {
    match which {
        Which::Field(field) => &schema.kind(kind).field(field).name,
        Which::Relation(relation) => &schema.kind(kind).relation(relation).name,
    }
}

/// A value as TOML.
pub(super) fn answer_of(
    text: &str,
    kind: KindId,
    which: Which,
    schema: &Schema,
) -> Result<Value, WriteError> {
    match which {
        Which::Field(field) => {
            let definition = schema.kind(kind).field(field);
            typed(text, definition.ty, definition.optional)
        }
        Which::Relation(_) => Ok(list(text)),
    }
}

/// Puts a value in the place of another; what is written behind it on its line stays.
fn replace_value(at: &mut dyn TableLike, name: &str, new: Value) {
    match at.get_mut(name) {
        Some(Item::Value(old)) => {
            let decor = old.decor().clone();
            *old = new;
            *old.decor_mut() = decor;
        }
        _ => drop(at.insert(name, value(new))),
    }
}

/// Takes away what was said plainly of whether a relation is complete.
fn unsay_complete(at: &mut dyn TableLike, relation: &str) {
    // "none" says that there are no members, and that these are all.
    if at.get(relation).and_then(Item::as_str) == Some("none") {
        at.remove(relation);
        return;
    }
    let left = match at.get_mut("complete") {
        Some(Item::Value(Value::Array(names))) => {
            names.retain(|name| name.as_str() != Some(relation));
            names.len()
        }
        Some(said) => match said.as_table_like_mut() {
            Some(said) => {
                said.remove(relation);
                said.len()
            }
            None => return,
        },
        None => return,
    };
    if left == 0 {
        at.remove("complete");
    }
}

/// Says of a relation whether it is complete, in the place of what was said plainly.
fn say_complete(at: &mut dyn TableLike, relation: &str, said: Value) {
    unsay_complete(at, relation);
    if said.as_bool() == Some(true)
        && let Some(Item::Value(Value::Array(names))) = at.get_mut("complete")
    {
        if !names.iter().any(|name| name.as_str() == Some(relation)) {
            names.push(relation);
        }
        return;
    }
    let said_before = at.get("complete").map(names_said).unwrap_or_default();
    let plain_true = said.as_bool() == Some(true) && said_before.is_empty();
    if plain_true {
        at.insert("complete", value([relation].into_iter().collect::<Array>()));
        return;
    }
    let mut all = InlineTable::new();
    for (name, before) in said_before {
        all.insert(name, before);
    }
    all.insert(relation, said);
    at.insert("complete", value(all));
}

/// What `complete` says, relation by relation.
fn names_said(item: &Item) -> Vec<(String, Value)> {
    match item {
        Item::Value(Value::Array(names)) => {
            names.iter().filter_map(Value::as_str).map(|name| (name.to_owned(), true.into())).collect()
        }
        item => item.as_table_like().map(pairs).unwrap_or_default(),
    }
}
