//! JSON Schemas, so that an editor completes and checks the files while they are written.
//!
//! They say less than the reader does (an expression is any text to them), never more: what a schema
//! refuses, the reader refuses too. The register's schema is made from the dictionary.

use crate::clauses::{
    AGGREGATES, ARTICLES, BOUND, CERTAINTIES, CLAUSE_KINDS, EFFECTS, FATES, METHODS, OUTCOMES, STRENGTHS,
    WAYS,
};
use crate::dictionary::{FACT_TYPES, RESTS, STAGES};
use crate::model::Catalog;
use hegui_logic::plan::DECIMAL_ONE;
use hegui_logic::schema::{Field, Kind, KindId, Source, Type};
use serde_json::{Map, Value, json};

/// The schemas of a clause's file, a dictionary file and a register's file, by file name.
#[must_use]
pub fn schemas(catalog: &Catalog) -> Vec<(String, Value)> {
    vec![
        ("clause.schema.json".to_owned(), clause(catalog)),
        ("facts.schema.json".to_owned(), facts(catalog)),
        ("register.schema.json".to_owned(), register(catalog)),
    ]
}

fn root(title: &str, mut schema: Value, definitions: Value) -> Value {
    if let Value::Object(entries) = &mut schema {
        entries.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        entries.insert("title".to_owned(), json!(title));
        entries.insert("$defs".to_owned(), definitions);
    }
    schema
}

/// A table that has these keys and no others.
fn table(properties: Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn list(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

fn strings() -> Value {
    list(json!({ "type": "string" }))
}

fn one_of<'w>(words: impl IntoIterator<Item = &'w str>) -> Value {
    json!({ "enum": words.into_iter().collect::<Vec<_>>() })
}

fn words<T>(words: &[(&'static str, T)]) -> Value {
    one_of(words.iter().map(|(word, _)| *word))
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn text() -> Value {
    let side = json!({ "type": "string", "minLength": 1 });
    table(json!({ "zh": side, "en": side }), &["zh", "en"])
}

/// The names of the kinds that the dictionary describes.
fn kind_names(catalog: &Catalog) -> Value {
    let described =
        catalog.schema.kinds.iter().zip(&catalog.kinds).filter(|(_, entry)| entry.declares.is_none());
    one_of(described.map(|(kind, _)| kind.name.as_str()))
}

fn clause(catalog: &Catalog) -> Value {
    let flag = json!({ "type": "boolean" });
    let string = json!({ "type": "string" });
    let outcome = words(&OUTCOMES);
    let action = table(
        json!({
            "n": { "type": "integer", "minimum": 1, "maximum": 999 },
            "source": string, "method": words(&METHODS), "sampling": flag, "derived": flag, "text": reference("text"),
        }),
        &["n", "method", "text"],
    );
    let case = table(
        json!({
            "title": reference("text"),
            "facts": { "type": "object" },
            "assume": { "type": "object", "additionalProperties": outcome },
            "as_of": {}, "expect": outcome, "missing": strings(),
            "flips": { "anyOf": [strings(), { "type": "object", "additionalProperties": string }] },
        }),
        &["title", "expect"],
    );
    let replaces = table(json!({ "requirement": string, "where": string }), &["requirement", "where"]);
    let requirement = table(
        json!({
            "id": string, "covers": strings(), "strength": words(&STRENGTHS), "binds": list(one_of(BOUND)), "scope": kind_names(catalog),
            "text": reference("text"), "when": string, "check": string, "empty_ok": flag, "method": words(&METHODS),
            "evidence": reference("text"), "remedy": reference("text"), "occurrence": string, "effect": words(&EFFECTS),
            "replaces": list(replaces), "case": list(case),
        }),
        &["id", "covers", "strength", "scope", "text", "check", "method", "remedy"],
    );
    let on_gap = table(
        json!({ "zh": string, "en": string, "ways": list(one_of(WAYS)), "past_stays": flag }),
        &["zh", "en"],
    );
    let today = table(
        json!({
            "does": one_of(FATES), "by": strings(), "certainty": words(&CERTAINTIES), "zh": string, "en": string,
        }),
        &["does", "zh", "en"],
    );
    let schema = table(
        json!({
            "clause": string, "kind": words(&CLAUSE_KINDS), "title": reference("text"), "dimension": string,
            "parent": string, "extends": string, "stage": one_of(STAGES), "aggregate": words(&AGGREGATES),
            "cites": list(json!({ "type": "string", "pattern": "^[^/]+/.+$" })),
            "reading": reference("text"), "limits": reference("text"), "on_gap": on_gap, "pending": flag,
            "article": one_of(ARTICLES), "today": today,
            "action": list(action), "requirement": list(requirement),
        }),
        &["clause", "kind", "title"],
    );
    root("A clause of hegui's catalog", schema, json!({ "text": text() }))
}

fn facts(catalog: &Catalog) -> Value {
    let flag = json!({ "type": "boolean" });
    let string = json!({ "type": "string" });
    let name = json!({ "type": "string", "pattern": "^[a-z][a-z0-9_]*$" });
    let number = json!({ "type": "number" });
    let sources = one_of(["ledger", "policy", "app", "dataset", "import"]);
    let fact = table(
        json!({
            "type": words(&FACT_TYPES), "to": kind_names(catalog), "inverse": name,
            "values": { "type": "object", "propertyNames": name, "additionalProperties": reference("text") },
            "values_of": string,
            "range": { "type": "array", "items": number, "minItems": 2, "maxItems": 2 },
            "optional": flag, "label": reference("text"), "question": reference("text"), "who": one_of(catalog.roles.keys().map(String::as_str)),
            "evidence": reference("text"), "auto": { "anyOf": [sources, list(sources.clone())] },
            "fresh_days": { "type": "integer", "minimum": 1 },
            "also_at": list(kind_names(catalog)), "declared": flag, "judgement": flag, "rests": words(&RESTS),
        }),
        &["type", "question", "who"],
    );
    let schema = table(
        json!({
            "kind": name, "title": reference("text"), "about": reference("text"), "parent": kind_names(catalog),
            "plural": name, "stage": one_of(STAGES.into_iter().skip(1)), "names": list(name.clone()),
            "fact": { "type": "object", "propertyNames": name, "additionalProperties": fact },
        }),
        &["kind", "title", "about"],
    );
    root("A kind of thing of hegui's fact dictionary", schema, json!({ "text": text() }))
}

fn register(catalog: &Catalog) -> Value {
    let mut properties = Map::new();
    let id = json!({ "type": "string", "pattern": "^[a-z0-9][a-z0-9_-]*$" });
    for (index, (kind, entry)) in catalog.schema.kinds.iter().zip(&catalog.kinds).enumerate() {
        if entry.declares.is_none() {
            let thing = thing(catalog, KindId(index as u16));
            let things = json!({
                "type": "object", "description": entry.about.zh, "propertyNames": id, "additionalProperties": thing,
            });
            properties.insert(kind.name.clone(), things);
        }
    }
    let ruling = json!({ "type": "object", "required": ["by", "role", "on", "reasons"] });
    properties.insert("provenance".to_owned(), reference("provenance"));
    properties.insert("ruling".to_owned(), list(ruling));
    properties.insert(
        "evidence".to_owned(),
        json!({ "type": "object", "additionalProperties": { "type": "object" } }),
    );
    let schema = table(Value::Object(properties), &[]);
    root("A file of a register", schema, json!({ "provenance": provenance(None) }))
}

/// Where a fact comes from; with the schema of its value, an observation.
fn provenance(value: Option<&Value>) -> Value {
    let sources = one_of([
        "statement",
        "interview",
        "document",
        "inspection",
        "ledger",
        "sample",
        "judgement",
        "import",
    ]);
    let string = json!({ "type": "string" });
    let mut properties = json!({
        "source": sources, "by": string, "on": {}, "recorded": {}, "until": {}, "evidence": strings(),
        "reasons": string, "sample": { "type": "object" },
    });
    let Some(value) = value else { return table(properties, &[]) };
    if let Value::Object(entries) = &mut properties {
        entries.insert("value".to_owned(), value.clone());
    }
    table(properties, &["value"])
}

fn thing(catalog: &Catalog, id: KindId) -> Value {
    let kind = catalog.schema.kind(id);
    let mut properties = stated(catalog, id);
    if let Some(declared) = kind.declared {
        let said = table(Value::Object(stated(catalog, declared)), &[]);
        properties.insert("declared".to_owned(), json!({ "type": "object", "additionalProperties": said }));
    }
    properties.insert("complete".to_owned(), json!({ "anyOf": [strings(), { "type": "object" }] }));
    table(Value::Object(properties), &[])
}

/// What can be stated of a thing: its facts, its lists of references, and that there are none of a relation.
fn stated(catalog: &Catalog, id: KindId) -> Map<String, Value> {
    let kind = catalog.schema.kind(id);
    let words = catalog.kinds.get(id.0 as usize);
    let mut properties = Map::new();
    for (index, field) in kind.fields.iter().enumerate() {
        let question = words.and_then(|w| w.facts.get(index)).map_or("", |w| w.question.zh.as_str());
        properties.insert(field.name.clone(), observed(value(catalog, field), question));
    }
    for (index, relation) in kind.relations.iter().enumerate() {
        if declares(catalog, kind, relation.to) {
            continue;
        }
        let question = words.and_then(|w| w.relations.get(index)).map_or("", |w| w.question.zh.as_str());
        let none = json!({ "const": "none" });
        let members =
            if relation.source == Source::List { json!({ "anyOf": [none, strings()] }) } else { none };
        properties.insert(relation.name.clone(), observed(members, question));
    }
    properties
}

fn declares(catalog: &Catalog, kind: &Kind, members: KindId) -> bool {
    kind.declared == Some(members)
        && catalog.kinds.get(members.0 as usize).is_some_and(|k| k.declares.is_some())
}

/// A value, or the value with where it comes from, or several such observations.
fn observed(value: Value, question: &str) -> Value {
    let observation = provenance(Some(&value));
    json!({ "description": question, "anyOf": [value, observation, list(observation.clone())] })
}

fn value(catalog: &Catalog, field: &Field) -> Value {
    let codes = |values| one_of(catalog.schema.values(values).iter().map(String::as_str));
    let plain = match field.ty {
        Type::Bool => json!({ "type": "boolean" }),
        Type::Int => json!({ "type": "integer", "minimum": field.range.0, "maximum": field.range.1 }),
        Type::Decimal => json!({
            "type": "number", "minimum": field.range.0 as f64 / DECIMAL_ONE as f64, "maximum": field.range.1 as f64 / DECIMAL_ONE as f64,
        }),
        // A TOML date reaches a schema as a text or not at all, as the editor has it.
        Type::Date => json!({}),
        Type::Duration => json!({ "type": "string", "pattern": "^[0-9]+[dhms]$|^none$" }),
        Type::Text | Type::Thing(_) => json!({ "type": "string" }),
        Type::Enum(values) => codes(values),
        Type::Set(values) => list(codes(values)),
    };
    if field.optional { json!({ "anyOf": [plain, { "const": "none" }] }) } else { plain }
}
