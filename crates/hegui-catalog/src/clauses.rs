//! Clauses as written: one file a clause, its requirements, and their cases.

use crate::dictionary::{Named, STAGES};
use crate::document::{Document, Sink, Table, Written, hint};
use crate::model::{
    Action, Aggregate, Case, Certainty, Clause, ClauseKind, Effect, Flip, Method, Place, Requirement,
    Strength, Text, Today,
};
use hegui_logic::truth::Outcome;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::DeValue;

pub(crate) const CLAUSE_KINDS: [(&str, ClauseKind); 9] = [
    ("indicator", ClauseKind::Indicator),
    ("characteristic", ClauseKind::Characteristic),
    ("exemption", ClauseKind::Exemption),
    ("extension", ClauseKind::Extension),
    ("stage_dimension", ClauseKind::StageDimension),
    ("stage", ClauseKind::Stage),
    ("dimension", ClauseKind::Dimension),
    ("test", ClauseKind::Test),
    ("article", ClauseKind::Article),
];
pub(crate) const AGGREGATES: [(&str, Aggregate); 3] =
    [("all", Aggregate::All), ("one", Aggregate::One), ("holistic", Aggregate::Holistic)];
pub(crate) const CERTAINTIES: [(&str, Certainty); 3] =
    [("V", Certainty::Read), ("v", Certainty::Stated), ("M", Certainty::Unverified)];
/// Ways of dealing with a gap.
pub(crate) const WAYS: [&str; 6] = ["adjust", "disclose", "accept", "consult", "compensate", "stop"];
/// What an article is.
pub(crate) const ARTICLES: [&str; 5] = ["duty", "procedure", "definition", "no_duty", "lost"];
/// What the law in force does with an article.
pub(crate) const FATES: [&str; 4] = ["kept", "changed", "dropped", "unknown"];
/// Roles in an activity, and those of the other documents.
pub(crate) const BOUND: [&str; 15] = [
    "handler",
    "joint",
    "entrusted",
    "platform",
    "recipient",
    "operator",
    "app_developer",
    "distribution_platform",
    "third_party_provider",
    "device_maker",
    "access_provider",
    "covenant_member",
    "regulator",
    "covenant_body",
    "certifier",
];
pub(crate) const METHODS: [(&str, Method); 5] = [
    ("review", Method::Review),
    ("interview", Method::Interview),
    ("verify", Method::Verify),
    ("test", Method::Test),
    ("sample", Method::Sample),
];
pub(crate) const STRENGTHS: [(&str, Strength); 3] =
    [("shall", Strength::Shall), ("should", Strength::Should), ("may", Strength::May)];
pub(crate) const EFFECTS: [(&str, Effect); 3] =
    [("adds", Effect::Adds), ("replaces", Effect::Replaces), ("relaxes", Effect::Relaxes)];
pub(crate) const OUTCOMES: [(&str, Outcome); 4] = [
    ("met", Outcome::Met),
    ("gap", Outcome::Gap),
    ("not_applicable", Outcome::NotApplicable),
    ("unknown", Outcome::Unknown),
];

/// The word for a value of one of the lists above.
pub(crate) fn word<T: Copy + PartialEq>(words: &[(&'static str, T)], value: T) -> &'static str {
    words.iter().find(|(_, v)| *v == value).map_or("", |(word, _)| word)
}

/// An expression and the file in which it stands, so that an error in it has its place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expression {
    pub file: usize,
    pub text: String,
    pub span: Range<usize>,
}

/// A requirement as written; what needs the schema is not yet looked up.
#[derive(Clone, Debug, Default)]
pub(crate) struct RawRequirement {
    pub made: Requirement,
    pub scope: Named,
    pub when: Option<Expression>,
    pub check: Expression,
    pub occurrence: Option<Named>,
    /// By place in `made.replaces`: where the other's id stands, and the condition.
    pub replaces: Vec<(Named, Expression)>,
    /// By place in `made.cases`: where each fact stands, by its path.
    pub facts: Vec<BTreeMap<String, Place>>,
}

/// A clause as written.
#[derive(Clone, Debug, Default)]
pub(crate) struct RawClause {
    pub made: Clause,
    pub requirements: Vec<RawRequirement>,
}

/// Reads one clause's file. `file` is its number among the documents.
pub(crate) fn read_clause(doc: &Document, file: usize, instrument: &str, sink: &Sink) -> Option<RawClause> {
    let root = doc.parse(sink)?;
    let table = Table::new(doc, sink, root.get_ref(), 0);
    let number = table.needed("clause", "the clause's number, which is the file's name");
    if !number.text.is_empty() && doc.file != format!("{instrument}/{}.toml", number.text) {
        let remedy = format!("name the file {}.toml, or correct the number", number.text);
        table.note_at(
            "clause",
            format!("clause `{}` stands in another file than its own", number.text),
            remedy,
        );
    }
    table.needed("kind", "indicator, characteristic, exemption, extension, dimension …");
    let kind = table.choice("kind", &CLAUSE_KINDS).unwrap_or_default();
    if matches!(
        kind,
        ClauseKind::Indicator | ClauseKind::Characteristic | ClauseKind::Exemption | ClauseKind::Extension
    ) {
        table.needed("stage", "general, or one of the eight stages");
    }
    let stages = STAGES.map(|s| (s, s));
    let mut made = Clause {
        instrument: instrument.to_owned(),
        number: number.text,
        kind,
        title: table.text("title"),
        dimension: table.string("dimension"),
        parent: table.written("parent").map(|w| w.text),
        extends: table.written("extends").map(|w| w.text),
        stage: table.choice("stage", &stages).unwrap_or("general").to_owned(),
        aggregate: table.choice("aggregate", &AGGREGATES).unwrap_or_default(),
        cites: table.strings("cites"),
        reading: table.text_if_any("reading"),
        limits: table.text_if_any("limits"),
        article: table.choice("article", &ARTICLES.map(|a| (a, a))).unwrap_or_default().to_owned(),
        today: table.table("today").map(|t| read_today(&t)),
        pending: table.flag("pending"),
        actions: table.tables("action").iter().map(read_action).collect(),
        place: table.place_of("clause"),
        ..Clause::default()
    };
    if let Some(on_gap) = table.table("on_gap") {
        made.on_gap_ways = words(&on_gap, "ways", &WAYS);
        made.past_stays = on_gap.flag("past_stays");
        made.on_gap = sides(&on_gap);
        on_gap.finish();
    }
    if kind == ClauseKind::Article && made.article.is_empty() {
        table.note_at(
            "kind",
            "an article says what it is",
            format!("add `article`: {}", ARTICLES.join(", ")),
        );
    }
    let requirements = table.tables("requirement").iter().map(|t| read_requirement(t, file, &made)).collect();
    table.finish();
    Some(RawClause { made, requirements })
}

fn read_today(table: &Table<'_>) -> Today {
    table.needed("does", &FATES.join(", "));
    let today = Today {
        does: table.choice("does", &FATES.map(|f| (f, f))).unwrap_or_default().to_owned(),
        by: table.strings("by"),
        certainty: table.choice("certainty", &CERTAINTIES).unwrap_or_default(),
        text: sides(table),
    };
    table.finish();
    today
}

/// The two languages of a text that has other keys beside them.
fn sides(table: &Table<'_>) -> Text {
    Text {
        zh: table.needed("zh", "the text in Chinese").text,
        en: table.needed("en", "the text in English").text,
    }
}

/// A list of words of which each is one of several.
fn words(table: &Table<'_>, key: &str, known: &[&str]) -> Vec<String> {
    let list = table.list(key);
    for word in list.iter().filter(|w| !known.contains(&w.text.as_str())) {
        let message =
            format!("`{}` is no value of `{key}`{}", word.text, hint(&word.text, known.iter().copied()));
        table.note(word.span.start, message, format!("write some of: {}", known.join(", ")));
    }
    list.into_iter().map(|w| w.text).collect()
}

fn read_flips(table: &Table<'_>) -> Vec<Flip> {
    if table.get("flips").is_none_or(|value| value.get_ref().as_table().is_none()) {
        return table.strings("flips").into_iter().map(|item| Flip { item, atom: None }).collect();
    }
    let Some(flips) = table.table("flips") else { return vec![] };
    let items: Vec<&str> = flips.all().into_iter().map(|(item, ..)| item).collect();
    items.into_iter().map(|item| Flip { item: item.to_owned(), atom: Some(flips.string(item)) }).collect()
}

fn read_action(table: &Table<'_>) -> Action {
    let n = table.integer("n");
    if table.get("n").is_none() || n.is_some_and(|n| !(1..=999).contains(&n)) {
        table.note_at("n", "an action needs its number, from 1", "add `n = 1`; derived actions count on");
    }
    table.needed("method", "review, interview, verify, test or sample");
    let action = Action {
        source: table.string("source"),
        n: n.and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
        method: table.choice("method", &METHODS).unwrap_or_default(),
        sampling: table.flag("sampling"),
        derived: table.flag("derived"),
        text: table.text("text"),
    };
    table.finish();
    action
}

fn read_requirement(table: &Table<'_>, file: usize, clause: &Clause) -> RawRequirement {
    let doc = table.doc;
    let id = table.needed("id", "the clause, a hyphen, a short word");
    let check = table.needed("check", "what must hold, as an expression");
    let when = table.written("when");
    let scope = Named::new(table.needed("scope", "the kind of thing that it speaks about"), doc);
    table.needed("strength", "shall, should or may");
    table.needed("method", "review, interview, verify, test or sample");
    let replaces: Vec<(Named, Expression)> =
        table.tables("replaces").iter().map(|t| read_replaces(t, file)).collect();
    let read: Vec<(Case, BTreeMap<String, Place>)> = table.tables("case").iter().map(read_case).collect();
    let (cases, facts) = read.into_iter().unzip();
    let expression = |w: &Written| Expression { file, text: w.text.clone(), span: w.span.clone() };
    let made = Requirement {
        place: doc.place(id.span.start),
        id: id.text,
        clause: clause.number.clone(),
        instrument: clause.instrument.clone(),
        covers: table.strings("covers"),
        strength: table.choice("strength", &STRENGTHS).unwrap_or_default(),
        binds: match words(table, "binds", &BOUND) {
            none if none.is_empty() => vec!["handler".to_owned(), "joint".to_owned()],
            some => some,
        },
        text: table.text("text"),
        when: when.as_ref().map(|w| w.text.clone()),
        check: check.text.clone(),
        empty_ok: table.flag("empty_ok"),
        method: table.choice("method", &METHODS).unwrap_or_default(),
        evidence: table.text_if_any("evidence"),
        remedy: table.text("remedy"),
        effect: table.choice("effect", &EFFECTS).unwrap_or_default(),
        when_place: when.as_ref().map(|w| doc.place_in_string(&w.span, 0)).unwrap_or_default(),
        check_place: doc.place_in_string(&check.span, 0),
        cases,
        ..Requirement::default()
    };
    let raw = RawRequirement {
        scope,
        when: when.as_ref().map(expression),
        check: expression(&check),
        occurrence: table.written("occurrence").map(|w| Named::new(w, doc)),
        replaces,
        facts,
        made,
    };
    table.finish();
    raw
}

fn read_replaces(table: &Table<'_>, file: usize) -> (Named, Expression) {
    let requirement =
        Named::new(table.needed("requirement", "the id of the requirement whose place it takes"), table.doc);
    let condition = table.needed("where", "where it does so, as an expression about the other's scope");
    table.finish();
    (requirement, Expression { file, text: condition.text, span: condition.span })
}

fn read_case(table: &Table<'_>) -> (Case, BTreeMap<String, Place>) {
    let mut places = BTreeMap::new();
    let facts = match table.table("facts") {
        Some(facts) => facts_of(&facts, "", &mut places),
        None => serde_json::Value::Object(serde_json::Map::new()),
    };
    let mut assume = BTreeMap::new();
    if let Some(assumed) = table.table("assume") {
        for (clause, _, _) in assumed.all() {
            if let Some(outcome) = assumed.choice(clause, &OUTCOMES) {
                assume.insert(clause.to_owned(), outcome);
            }
        }
    }
    if table.get("expect").is_none() {
        table.needed("expect", "met, gap, not_applicable or unknown, as the clause says");
    }
    let case = Case {
        title: table.text("title"),
        facts: facts.to_string(),
        assume,
        as_of: table.date("as_of"),
        expect: table.choice("expect", &OUTCOMES),
        missing: table.get("missing").map(|_| table.strings("missing")),
        flips: read_flips(table),
        place: table.place_of("title"),
    };
    table.finish();
    (case, places)
}

/// Facts as JSON, with the place of each value by its path (`provision/consents/0/form`).
fn facts_of<'a>(table: &Table<'a>, path: &str, places: &mut BTreeMap<String, Place>) -> serde_json::Value {
    let mut object = serde_json::Map::new();
    for (key, span, value) in table.all() {
        let path = join(path, key);
        places.insert(path.clone(), table.doc.place(span.start));
        object.insert(key.to_owned(), value_of(table, value, &path, places));
    }
    serde_json::Value::Object(object)
}

fn value_of<'a>(
    table: &Table<'a>,
    value: &'a Spanned<DeValue<'a>>,
    path: &str,
    places: &mut BTreeMap<String, Place>,
) -> serde_json::Value {
    match value.get_ref() {
        DeValue::String(text) => text.clone().into_owned().into(),
        DeValue::Integer(_) => {
            crate::document::integer(value.get_ref()).map_or(serde_json::Value::Null, Into::into)
        }
        DeValue::Float(number) => {
            number.as_str().replace('_', "").parse::<f64>().map_or(serde_json::Value::Null, Into::into)
        }
        DeValue::Boolean(flag) => (*flag).into(),
        DeValue::Datetime(date) => date.to_string().into(),
        DeValue::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| {
                let path = join(path, &index.to_string());
                places.insert(path.clone(), table.doc.place(item.span().start));
                value_of(table, item, &path, places)
            })
            .collect(),
        DeValue::Table(entries) => {
            let inner = Table::new(table.doc, table.sink, entries, value.span().start);
            facts_of(&inner, path, places)
        }
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}/{key}") }
}
