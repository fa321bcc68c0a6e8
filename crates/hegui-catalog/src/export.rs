//! The catalog for other programs: one JSON document.
//!
//! Instruments hold clauses, clauses hold actions and requirements, requirements hold their cases, as
//! the files have them. Plans are left out: they belong to one version of the logic.

use crate::clauses::{AGGREGATES, CLAUSE_KINDS, EFFECTS, METHODS, OUTCOMES, STRENGTHS, word};
use crate::model::{
    Action, Case, Catalog, Clause, FactEntry, Figure, Instrument, Replaces, Requirement, Text,
};
use crate::sources::FORMAT;
use hegui_logic::schema::{Field, KindId, Type};
use serde_json::{Value, json};

/// The whole catalog as JSON, in the shape
/// `{ instruments: [ { id, clauses: [ { clause, kind, stage, extends, actions, requirements } ] } ] }`
/// with all other fields beside. Texts are `{ zh, en }`; what is not given is `null` or empty.
#[must_use]
pub fn export_json(catalog: &Catalog) -> Value {
    json!({
        "format": FORMAT,
        "hash": catalog.hash,
        "logic": catalog.logic,
        "instruments": catalog.instruments.values().map(|i| instrument(catalog, i)).collect::<Value>(),
        "kinds": (0..catalog.kinds.len()).map(|i| kind(catalog, KindId(i as u16))).collect::<Value>(),
        "profiles": catalog.profiles.values().map(|p| json!({
            "profile": p.name,
            "title": text(&p.title),
            "instruments": p.instruments,
            "clauses": p.clauses,
            "roles": p.roles,
        })).collect::<Value>(),
        "mappings": catalog.mappings.iter().map(|m| json!({
            "from": m.from,
            "to": m.to,
            "relation": m.relation,
            "stricter": some(&m.stricter),
            "reason": text(&m.reason),
        })).collect::<Value>(),
        "roles": catalog.roles.iter().map(|(id, title)| json!({ "role": id, "title": text(title) })).collect::<Value>(),
    })
}

fn text(text: &Text) -> Value {
    if text.zh.is_empty() && text.en.is_empty() {
        return Value::Null;
    }
    json!({ "zh": text.zh, "en": text.en })
}

/// A text that is empty where there is none.
fn some(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { json!(text) }
}

fn instrument(catalog: &Catalog, instrument: &Instrument) -> Value {
    let clauses = catalog.clauses.iter().filter(|c| c.instrument == instrument.id);
    json!({
        "id": instrument.id,
        "short": instrument.short,
        "title": text(&instrument.title),
        "kind": instrument.kind,
        "status": instrument.status,
        "issuer": text(&instrument.issuer),
        "promulgated": some(&instrument.promulgated),
        "in_force": { "from": some(&instrument.from), "to": some(&instrument.to) },
        "reading": text(&instrument.reading),
        "source": some(&instrument.source),
        "number": text(&instrument.number),
        "supersedes": instrument.supersedes,
        "certainty": instrument.certainty,
        "articles": instrument.articles.iter().map(|a| json!({
            "article": a.number,
            "gist": text(&a.gist),
            "certainty": a.certainty,
        })).collect::<Value>(),
        "figures": instrument.figures.iter().map(figure).collect::<Value>(),
        "clauses": clauses.map(|c| clause(catalog, c)).collect::<Value>(),
    })
}

fn figure(figure: &Figure) -> Value {
    json!({
        "figure": figure.name,
        "article": figure.article,
        "subject": text(&figure.subject),
        "trigger": text(&figure.trigger),
        "value": figure.value,
        "unit": text(&figure.unit),
        "from": some(&figure.from),
        "to": some(&figure.to),
        "certainty": figure.certainty,
    })
}

fn clause(catalog: &Catalog, clause: &Clause) -> Value {
    let own = |r: &&Requirement| r.instrument == clause.instrument && r.clause == clause.number;
    json!({
        "clause": clause.number,
        "kind": word(&CLAUSE_KINDS, clause.kind),
        "stage": clause.stage,
        "title": text(&clause.title),
        "dimension": some(&clause.dimension),
        "parent": clause.parent,
        "extends": clause.extends,
        "aggregate": word(&AGGREGATES, clause.aggregate),
        "cites": clause.cites,
        "reading": text(&clause.reading),
        "limits": text(&clause.limits),
        "on_gap": text(&clause.on_gap),
        "on_gap_ways": clause.on_gap_ways,
        "past_stays": clause.past_stays,
        "article": some(&clause.article),
        "today": clause.today.as_ref().map(|t| json!({
            "does": t.does,
            "by": t.by,
            "certainty": t.certainty,
            "text": text(&t.text),
        })),
        "pending": clause.pending,
        "file": clause.place.file,
        "actions": clause.actions.iter().map(action).collect::<Value>(),
        "requirements": catalog.requirements.iter().filter(own).map(|r| requirement(catalog, r)).collect::<Value>(),
    })
}

fn action(action: &Action) -> Value {
    json!({
        "n": action.n,
        "source": some(&action.source),
        "method": word(&METHODS, action.method),
        "sampling": action.sampling,
        "derived": action.derived,
        "text": text(&action.text),
    })
}

fn requirement(catalog: &Catalog, requirement: &Requirement) -> Value {
    let scope = requirement.scope.map(|kind| catalog.schema.kind(kind));
    let occurrence = scope
        .zip(requirement.occurrence)
        .map(|(kind, field)| format!("{}.{}", kind.name, kind.field(field).name));
    json!({
        "id": requirement.id,
        "covers": requirement.covers,
        "strength": word(&STRENGTHS, requirement.strength),
        "binds": requirement.binds,
        "scope": scope.map(|kind| &kind.name),
        "text": text(&requirement.text),
        "when": requirement.when,
        "check": requirement.check,
        "empty_ok": requirement.empty_ok,
        "method": word(&METHODS, requirement.method),
        "evidence": text(&requirement.evidence),
        "remedy": text(&requirement.remedy),
        "occurrence": occurrence,
        "effect": word(&EFFECTS, requirement.effect),
        "replaces": replaces(&requirement.replaces),
        "replaced_by": replaces(&requirement.replaced_by),
        "line": requirement.place.line,
        "cases": requirement.cases.iter().map(case).collect::<Value>(),
    })
}

fn replaces(list: &[Replaces]) -> Value {
    list.iter().map(|r| json!({ "requirement": r.requirement, "where": r.r#where })).collect()
}

fn case(case: &Case) -> Value {
    let assume: serde_json::Map<String, Value> =
        case.assume.iter().map(|(name, o)| (name.clone(), json!(word(&OUTCOMES, *o)))).collect();
    let atoms: serde_json::Map<String, Value> =
        case.flips.iter().filter_map(|f| Some((f.item.clone(), json!(f.atom.as_ref()?)))).collect();
    json!({
        "title": text(&case.title),
        "facts": serde_json::from_str::<Value>(&case.facts).unwrap_or_default(),
        "assume": assume,
        "as_of": case.as_of,
        "expect": case.expect.map(|o| word(&OUTCOMES, o)),
        "missing": case.missing,
        "flips": case.flips.iter().map(|f| &f.item).collect::<Vec<_>>(),
        "flips_atom": atoms,
    })
}

fn kind(catalog: &Catalog, id: KindId) -> Value {
    let definition = catalog.schema.kind(id);
    let Some(entry) = catalog.kinds.get(id.0 as usize) else { return Value::Null };
    let name = |kind: KindId| catalog.schema.kind(kind).name.clone();
    let facts = definition.fields.iter().zip(&entry.facts).map(|(field, words)| fact(catalog, field, words));
    let relations = definition.relations.iter().zip(&entry.relations);
    json!({
        "kind": definition.name,
        "title": text(&entry.title),
        "about": text(&entry.about),
        "parent": catalog.schema.parent_of(id).map(name),
        "plural": some(&entry.plural),
        "stage": entry.stage,
        "declares": entry.declares.map(name),
        "facts": facts.collect::<Value>(),
        "relations": relations.map(|(relation, words)| json!({
            "name": relation.name,
            "to": name(relation.to),
            "generated": words.generated,
            "label": text(&words.label),
            "question": text(&words.question),
        })).collect::<Value>(),
    })
}

fn fact(catalog: &Catalog, field: &Field, words: &FactEntry) -> Value {
    let (ty, to, values) = match field.ty {
        Type::Bool => ("bool", None, None),
        Type::Int => ("int", None, None),
        Type::Decimal => ("decimal", None, None),
        Type::Date => ("date", None, None),
        Type::Duration => ("duration", None, None),
        Type::Text => ("text", None, None),
        Type::Enum(values) => ("enum", None, Some(values)),
        Type::Set(values) => ("set", None, Some(values)),
        Type::Thing(kind) => ("ref", Some(catalog.schema.kind(kind).name.clone()), None),
    };
    let values = values.map(|id| {
        let titles = catalog.values.get(id.0 as usize).into_iter().flatten();
        let codes = catalog.schema.values(id).iter();
        codes
            .zip(titles)
            .map(|(code, title)| json!({ "code": code, "title": text(title) }))
            .collect::<Value>()
    });
    json!({
        "name": field.name,
        "type": ty,
        "to": to,
        "values": values,
        "optional": field.optional,
        "inherits": field.inherits,
        "label": text(&words.label),
            "question": text(&words.question),
        "who": some(&words.who),
        "evidence": text(&words.evidence),
        "auto": words.auto,
        "fresh_days": words.fresh_days,
        "judgement": words.judgement,
        "rests": words.rests,
        "declared": words.declared,
        "generated": words.generated,
    })
}
