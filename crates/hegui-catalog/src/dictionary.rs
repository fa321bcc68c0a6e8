//! The fact dictionary as written: one file a kind of thing.
//!
//! This reads `facts/KIND.toml` and checks each fact for itself; what several kinds make together is
//! made in [`crate::schema`].

use crate::document::{Document, Sink, Table, Written, text_value};
use crate::model::{FactEntry, Place, Rests, Text};
use hegui_logic::plan::DECIMAL_ONE;
use hegui_logic::schema::ENUM_LIMIT;
use toml::de::DeValue;

/// A name and where it is written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Named {
    pub name: String,
    pub place: Place,
}

impl Named {
    pub fn new(written: Written, doc: &Document) -> Self {
        Self { place: doc.place(written.span.start), name: written.text }
    }
}

/// The type of a fact as written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum FactType {
    #[default]
    Bool,
    Int,
    Decimal,
    Date,
    Duration,
    Text,
    Enum,
    Set,
    Ref,
    Refs,
}

pub(crate) const FACT_TYPES: [(&str, FactType); 10] = [
    ("bool", FactType::Bool),
    ("int", FactType::Int),
    ("decimal", FactType::Decimal),
    ("date", FactType::Date),
    ("duration", FactType::Duration),
    ("text", FactType::Text),
    ("enum", FactType::Enum),
    ("set", FactType::Set),
    ("ref", FactType::Ref),
    ("refs", FactType::Refs),
];

pub(crate) const RESTS: [(&str, Rests); 6] = [
    ("structure", Rests::Structure),
    ("document", Rests::Document),
    ("event", Rests::Event),
    ("measured", Rests::Measured),
    ("word", Rests::Word),
    ("judgement", Rests::Judgement),
];

/// The eight stages, and what holds for all of them.
pub(crate) const STAGES: [&str; 9] =
    ["general", "collect", "use", "store", "disclose", "provide", "transfer", "export", "terminate"];

/// A fact as written.
#[derive(Clone, Debug, Default)]
pub(crate) struct RawFact {
    pub name: String,
    pub ty: FactType,
    pub to: Named,
    pub inverse: Option<Named>,
    pub values: Vec<(String, Text)>,
    pub values_of: Option<Named>,
    /// As kept: a decimal in ten-thousandths.
    pub range: (i64, i64),
    pub optional: bool,
    pub also_at: Vec<Named>,
    pub entry: FactEntry,
}

/// A kind as written.
#[derive(Clone, Debug, Default)]
pub(crate) struct RawKind {
    pub name: String,
    pub title: Text,
    pub about: Text,
    pub parent: Option<Named>,
    pub plural: Named,
    pub stage: Option<String>,
    pub names: Vec<Named>,
    pub facts: Vec<RawFact>,
    pub place: Place,
}

/// Reads one file of the dictionary.
pub(crate) fn read_kind(doc: &Document, sink: &Sink) -> Option<RawKind> {
    let root = doc.parse(sink)?;
    let table = Table::new(doc, sink, root.get_ref(), 0);
    let name = table.needed("kind", "the kind's name, which is the file's");
    check_name(&table, "kind", &name.text);
    if !name.text.is_empty() && !doc.file.ends_with(&format!("facts/{}.toml", name.text)) {
        table.note_at(
            "kind",
            format!("`{}` stands in another file than its own", name.text),
            format!("name the file facts/{}.toml", name.text),
        );
    }
    let parent = table.written("parent").map(|w| Named::new(w, doc));
    let plural = if parent.is_some() {
        let plural = table.needed("plural", "the name of the list of these things at their parent");
        check_name(&table, "plural", &plural.text);
        Named::new(plural, doc)
    } else {
        Named::new(table.written("plural").unwrap_or_default(), doc)
    };
    let stages: Vec<(&str, &str)> = STAGES.iter().skip(1).map(|s| (*s, *s)).collect();
    let written_kind = name.text.clone();
    let kind = RawKind {
        name: name.text,
        title: table.text("title"),
        about: table.text("about"),
        parent,
        plural,
        stage: table.choice("stage", &stages).map(str::to_owned),
        names: table.list("names").into_iter().map(|w| Named::new(w, doc)).collect(),
        facts: table
            .named_tables("fact")
            .into_iter()
            .map(|(name, at, fact)| read_fact(&written_kind, &name, at, &fact))
            .collect(),
        place: table.place_of("kind"),
    };
    table.finish();
    (!kind.name.is_empty()).then_some(kind)
}

fn read_fact(kind: &str, name: &str, at: usize, table: &Table<'_>) -> RawFact {
    let doc = table.doc;
    if let Err(why) = good_name(name) {
        table.note(
            at,
            format!("`{name}` cannot name a fact: {why}"),
            "use lower-case letters, digits and `_`",
        );
    }
    table.needed("type", "bool, int, decimal, date, duration, text, enum, set, ref or refs");
    let ty = table.choice("type", &FACT_TYPES).unwrap_or_default();
    let declared = table.flag("declared");
    let judgement = table.flag("judgement");
    let rests = table.choice("rests", &RESTS).unwrap_or(rests_by_default(kind, ty, declared, judgement));
    if judgement && rests != Rests::Judgement {
        table.note_at("rests", "a judgement rests on judgement", "leave `rests` or `judgement` out");
    }
    let fact = RawFact {
        name: name.to_owned(),
        ty,
        to: table.written("to").map(|w| Named::new(w, doc)).unwrap_or_default(),
        inverse: table.written("inverse").map(|w| Named::new(w, doc)),
        values: read_values(table),
        values_of: table.written("values_of").map(|w| Named::new(w, doc)),
        range: read_range(table, ty),
        optional: table.flag("optional"),
        also_at: table.list("also_at").into_iter().map(|w| Named::new(w, doc)).collect(),
        entry: FactEntry {
            label: table.text_if_any("label"),
            question: table.text("question"),
            who: table.needed("who", "whom to ask: an id of roles.toml").text,
            evidence: table.text_if_any("evidence"),
            auto: table.strings("auto"),
            fresh_days: table.integer("fresh_days"),
            judgement,
            rests,
            declared,
            generated: false,
            place: doc.place(at),
        },
    };
    check_fact(table, &fact);
    table.finish();
    fact
}

/// What an answer rests on where the dictionary does not say.
fn rests_by_default(kind: &str, ty: FactType, declared: bool, judgement: bool) -> Rests {
    match ty {
        _ if judgement => Rests::Judgement,
        _ if declared || matches!(kind, "document" | "contract") => Rests::Document,
        FactType::Date => Rests::Event,
        FactType::Enum | FactType::Set | FactType::Ref | FactType::Refs => Rests::Structure,
        _ => Rests::Word,
    }
}

/// Keys that do not fit the type, and keys that the type needs.
fn check_fact(table: &Table<'_>, fact: &RawFact) {
    let listed = matches!(fact.ty, FactType::Enum | FactType::Set);
    let refers = matches!(fact.ty, FactType::Ref | FactType::Refs);
    if listed && fact.values.is_empty() == fact.values_of.is_none() {
        table.note_at(
            "type",
            "an `enum` or `set` needs its values",
            "add either `values.CODE = { zh = \"…\", en = \"…\" }` or `values_of = \"kind.fact\"`",
        );
    }
    if !listed && (!fact.values.is_empty() || fact.values_of.is_some()) {
        table.note_at(
            "values",
            "only an `enum` or `set` has values",
            "change `type`, or leave the values out",
        );
    }
    if refers && fact.to.name.is_empty() {
        table.note_at("type", "a reference needs the kind that it refers to", "add `to = \"KIND\"`");
    }
    if !refers && (!fact.to.name.is_empty() || fact.inverse.is_some()) {
        table.note_at(
            "to",
            "only `ref` and `refs` have `to` and `inverse`",
            "change `type`, or leave them out",
        );
    }
    if fact.optional && matches!(fact.ty, FactType::Bool | FactType::Set | FactType::Refs) {
        table.note_at(
            "optional",
            "true or false, sets and lists have no \"none\"",
            "leave `optional` out: `false` and `[]` already say it",
        );
    }
    if !fact.also_at.is_empty() && fact.ty == FactType::Refs {
        table.note_at("also_at", "a list of references does not flow down", "leave `also_at` out");
    }
    if fact.values.len() > ENUM_LIMIT {
        table.note_at(
            "values",
            format!("{} values; at most {ENUM_LIMIT} are possible", fact.values.len()),
            "split the fact",
        );
    }
    for auto in table.list("auto") {
        let known = ["ledger", "policy", "app", "dataset", "import"];
        if !known.contains(&auto.text.as_str()) {
            table.note(
                auto.span.start,
                format!("`{}` is no source", auto.text),
                format!("write one of: {}", known.join(", ")),
            );
        }
    }
    if fact.entry.fresh_days.is_some_and(|days| days < 1) {
        table.note_at(
            "fresh_days",
            "`fresh_days` must be at least 1",
            "leave it out where the fact does not age",
        );
    }
}

fn read_values(table: &Table<'_>) -> Vec<(String, Text)> {
    let Some(values) = table.table("values") else { return vec![] };
    let mut found = vec![];
    for (code, span, value) in values.all() {
        if let Err(why) = good_name(code) {
            values.note(
                span.start,
                format!("`{code}` cannot be a value's code: {why}"),
                "use lower-case letters, digits and `_`",
            );
        }
        if code == "none" {
            values.note(
                span.start,
                "`none` is kept for \"there is none\"",
                "choose another code, or make the fact `optional`",
            );
        }
        found.push((code.to_owned(), text_value(&values, code, value)));
    }
    found
}

fn read_range(table: &Table<'_>, ty: FactType) -> (i64, i64) {
    let scale = if ty == FactType::Decimal { DECIMAL_ONE } else { 1 };
    let default = (0, 1_000_000_000_000 * scale);
    let Some(value) = table.get("range") else { return default };
    if !matches!(ty, FactType::Int | FactType::Decimal) {
        table.note_at("range", "only an `int` or `decimal` has a range", "leave `range` out");
        return default;
    }
    let ends: Option<Vec<i64>> = value
        .get_ref()
        .as_array()
        .map(|items| items.iter().filter_map(|item| scaled(item.get_ref(), scale)).collect());
    match ends.as_deref() {
        Some([low, high])
            if low <= high
                && low.unsigned_abs() <= default.1.unsigned_abs()
                && high.unsigned_abs() <= default.1.unsigned_abs() =>
        {
            (*low, *high)
        }
        _ => {
            table.note_at(
                "range",
                "`range` wants `[lowest, highest]`, at most ±1000000000000",
                "write `range = [0, 100]`",
            );
            default
        }
    }
}

fn scaled(value: &DeValue<'_>, scale: i64) -> Option<i64> {
    if let Some(whole) = crate::document::integer(value) {
        return whole.checked_mul(scale);
    }
    let number: f64 = value.as_float()?.as_str().parse().ok()?;
    let kept = number * scale as f64;
    (scale > 1 && kept.abs() < 1e17 && (kept - kept.round()).abs() < 1e-6).then(|| kept.round() as i64)
}

fn check_name(table: &Table<'_>, key: &str, name: &str) {
    if !name.is_empty()
        && let Err(why) = good_name(name)
    {
        table.note_at(
            key,
            format!("`{name}` cannot be a name: {why}"),
            "use lower-case letters, digits and `_`",
        );
    }
}

/// Words that the expression language keeps for itself: such a kind has no name in an expression.
pub(crate) const RESERVED: [&str; 18] = [
    "as",
    "as_of",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "namespace",
    "package",
    "return",
    "var",
    "void",
    "while",
];

fn good_name(name: &str) -> Result<(), &'static str> {
    if ["true", "false", "null", "in"].contains(&name) {
        return Err("the expression language keeps this word for itself");
    }
    let mut chars = name.chars();
    let first = chars.next().is_some_and(|c| c.is_ascii_lowercase());
    if first && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
        return Ok(());
    }
    Err("a name begins with a letter and holds lower-case letters, digits and `_`")
}
