//! Names of things and facts as people write them: `activity.order-delivery.retention_days`.
//!
//! A thing is `KIND.ID`; what a document declares of a thing is `KIND.ID.declared.DOCUMENT`, as in a
//! register's headers. A fact adds its name; `… (complete)` asks of a relation "are these all?".

use crate::problem::echo;
use hegui_logic::error::nearest;
use hegui_logic::schema::{FieldId, KindId, RelationId, Schema};

/// What a path names at a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Member {
    Field(FieldId),
    /// A relation: its members, or whether they are all.
    Relation(RelationId),
}

/// A path, taken apart. The id is that of the kind: `x/policy` for a declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FactPath {
    pub kind: KindId,
    pub id: String,
    pub member: Member,
}

/// Joins a declared thing's id from the thing's and the document's.
pub(crate) fn declared_id(thing: &str, document: &str) -> String {
    format!("{thing}/{document}")
}

/// The name of a thing.
pub(crate) fn thing_path(schema: &Schema, kind: KindId, id: &str) -> String {
    let name = &schema.kind(kind).name;
    match (name.strip_suffix(".declared"), id.split_once('/')) {
        (Some(of), Some((thing, document))) => format!("{of}.{thing}.declared.{document}"),
        _ => format!("{name}.{id}"),
    }
}

/// Takes the name of a thing apart.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub(crate) fn split_thing(schema: &Schema, text: &str) -> Result<(KindId, String), String> {
    let parts: Vec<&str> = text.split('.').collect();
    let kind_named = |name: &str| schema.kind_named(name).ok_or_else(|| unknown_kind(schema, name));
    match parts.as_slice() {
        [kind, id] => match id.split_once('/') {
            None => Ok((kind_named(kind)?, (*id).to_owned())),
            Some(_) => Err(format!("write `{kind}.ID.declared.DOCUMENT`")),
        },
        [kind, id, "declared", document] => {
            let below = schema.kind(kind_named(kind)?).declared;
            let below = below.ok_or_else(|| format!("documents declare nothing of a `{kind}`"))?;
            Ok((below, declared_id(id, document)))
        }
        [kind, "declared", id] if id.contains('/') => {
            let below = schema.kind(kind_named(kind)?).declared;
            Ok((below.ok_or_else(|| format!("documents declare nothing of a `{kind}`"))?, (*id).to_owned()))
        }
        _ => Err("a thing is named KIND.ID, as in `activity.order-delivery`".to_owned()),
    }
}

/// Takes the name of a fact or relation apart; a trailing `(complete)` is the caller's to cut.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub(crate) fn split_fact(schema: &Schema, text: &str) -> Result<FactPath, String> {
    let Some((thing, name)) = text.trim().rsplit_once('.') else {
        return Err("a fact is named KIND.ID.FACT, as in `activity.order-delivery.retention_days`".to_owned());
    };
    let (kind, id) = split_thing(schema, thing)?;
    let member = member_named(schema, kind, name)?;
    Ok(FactPath { kind, id, member })
}

/// The fact or relation of a kind with this name.
pub(crate) fn member_named(schema: &Schema, kind: KindId, name: &str) -> Result<Member, String> {
    let definition = schema.kind(kind);
    if let Some(field) = definition.field_named(name) {
        return Ok(Member::Field(field));
    }
    if let Some(relation) = definition.relation_named(name) {
        return Ok(Member::Relation(relation));
    }
    let known = definition.fields.iter().map(|f| f.name.as_str());
    let known = known.chain(definition.relations.iter().map(|r| r.name.as_str()));
    let hint = did_you_mean(name, known);
    Err(format!("`{}` has no fact or relation `{}`{hint}", definition.name, echo(name)))
}

pub(crate) fn unknown_kind(schema: &Schema, name: &str) -> String {
    let hint = did_you_mean(name, schema.kinds.iter().map(|k| k.name.as_str()));
    format!("no kind of thing is called `{}`{hint}", echo(name))
}

/// Longest name, in bytes, for which somebody looks what may have been meant.
const NEAR_LIMIT: usize = 64;

/// The name that may have been meant; none for what is too long to be a name.
pub(crate) fn near<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    if wrong.len() > NEAR_LIMIT { None } else { nearest(wrong, known) }
}

/// `; did you mean …?`, or nothing.
pub(crate) fn did_you_mean<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    near(wrong, known).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}
