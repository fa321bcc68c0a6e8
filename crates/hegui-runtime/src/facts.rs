//! The assessment's facts that life can answer, computed from the log with its entries as evidence.
//!
//! Which facts, and from what, is data (`facts.toml`). A log is not the world: that it holds no notice
//! does not show that none was given, unless somebody stated that all notices are recorded here since
//! before ([`crate::happening::Covered`]). What an event shows by itself (a consent that was not separate,
//! a notice to the authority) needs no such statement. So each computation gives a value, or nothing, and
//! then the fact stays what it was.

use crate::books::{Books, Incident, LoggingState, Marks, Mechanism, Place, Request, Text};
use crate::ground::{Ground, GroundError};
use crate::happening::{Group, Outcome, Power};
use hegui_catalog::Catalog;
use hegui_logic::calendar::format_date;
use hegui_logic::universe::Value;
use hegui_register::{
    Change, Edit, Given, How, NewFact, NewThing, Register, Source, Which, WriteError, edited,
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

const TABLE: &str = "facts.toml";
/// China Standard Time is ahead of UTC by so much, in milliseconds.
const CHINA_MS: i64 = 8 * 3_600_000;
const DAY_S: i64 = 86_400;
/// Most entries that are named as evidence for a count.
const EVIDENCE: usize = 16;

/// A fact that follows from the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// The thing, as `consent.ads`.
    pub thing: String,
    /// Its fact.
    pub fact: String,
    /// The value, as a register's answers are written.
    pub value: String,
    /// The entries of the log that show it.
    pub evidence: Vec<u64>,
}

/// A value with its evidence.
type Seen = Option<(String, Vec<u64>)>;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    fact: String,
    from: String,
    group: Group,
    #[expect(dead_code, reason = "read by people")]
    note: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    row: Vec<Row>,
}

/// What a computation looks at.
struct Scene<'a> {
    books: &'a Books,
    ground: &'a Ground,
    group: Group,
    now_ms: i64,
}

impl Scene<'_> {
    /// Whether the log holds all of the group since a moment.
    fn whole_since(&self, since_ms: i64) -> bool {
        self.books.covers(self.group, since_ms)
    }

    /// Whether it holds all since before the first of these events.
    fn whole(&self, marks: &Marks) -> bool {
        marks.first.is_some_and(|(_, first_ms)| self.whole_since(first_ms))
    }
}

/// A computation, by what it looks at.
#[derive(Clone, Copy)]
enum Of {
    Text(fn(&Scene<'_>, &Text) -> Seen),
    Place(fn(&Scene<'_>, &Place) -> Seen),
    Mechanism(fn(&Scene<'_>, &Mechanism) -> Seen),
    Request(fn(&Scene<'_>, &Request) -> Seen),
    Incident(fn(&Scene<'_>, &Incident) -> Seen),
    System(fn(&Scene<'_>, &LoggingState) -> Seen),
    Termination(fn(&Scene<'_>, &str) -> Seen),
    Storage(fn(&Scene<'_>, &str) -> Seen),
}

/// All computations, by name.
const COMPUTATIONS: &[(&str, Of)] = &[
    ("ways", Of::Text(ways)),
    ("first_shown", Of::Text(first_shown)),
    ("separate", Of::Place(|scene, at| all(scene, &at.separate, &at.bundled))),
    ("form", Of::Place(form)),
    ("given_by", Of::Place(given_by)),
    ("guardian_consents", Of::Place(|scene, at| all(scene, &at.guardian, &at.child_alone))),
    ("default_ticked", Of::Place(default_ticked)),
    ("before_processing", Of::Place(before_processing)),
    ("reask_interval_hours", Of::Place(reask_interval_hours)),
    ("execution", Of::Mechanism(execution)),
    ("asks", Of::Request(|_, r| Some((r.asks.clone(), vec![r.received.0])))),
    ("received_on", Of::Request(|_, r| Some((day(r.received.1), vec![r.received.0])))),
    ("identity_verified", Of::Request(|_, r| Some((r.identity_verified.to_string(), vec![r.received.0])))),
    ("outcome", Of::Request(outcome)),
    ("answered_on", Of::Request(|scene, r| answer_day(scene, r, |_| true))),
    ("executed_on", Of::Request(|scene, r| answer_day(scene, r, |what| what == Outcome::Executed))),
    ("handled_manually", Of::Request(|_, r| answered(r, |a| Some(a.by_hand)))),
    ("reasons_given", Of::Request(|_, r| answered(r, |a| a.reasons_given))),
    ("complaint_channel_given", Of::Request(|_, r| answered(r, |a| a.complaint_channel_given))),
    ("third_parties_notified", Of::Request(|_, r| answered(r, |a| a.third_parties_notified))),
    ("sort", Of::Incident(|_, i| Some((i.sort.clone(), vec![i.detected.0])))),
    ("discovered_on", Of::Incident(|_, i| Some((moment(i.detected.1), vec![i.detected.0])))),
    ("authority_on", Of::Incident(|scene, i| told(scene, i, &i.authority))),
    ("individuals_on", Of::Incident(|scene, i| told(scene, i, &i.individuals))),
    ("persons_told", Of::Incident(persons_told)),
    ("logging", Of::System(logging)),
    ("operations", Of::Termination(operations)),
    ("completed_on", Of::Termination(completed_on)),
    ("overdue", Of::Storage(overdue)),
];

/// The table of facts.
#[derive(Clone, Debug)]
pub struct Facts(Vec<Row>);

impl Facts {
    /// The table of this crate.
    ///
    /// # Errors
    /// When it names a computation that is not there or a fact that the catalog does not have.
    pub fn embedded(catalog: &Catalog) -> Result<Self, GroundError> {
        let fail = |message: String| GroundError::Table { table: TABLE, message };
        let file: File = toml::from_str(include_str!("facts.toml")).map_err(|e| fail(e.to_string()))?;
        for row in &file.row {
            let found = row.fact.split_once('.').and_then(|(kind, fact)| {
                catalog.schema.kind(catalog.schema.kind_named(kind)?).field_named(fact)
            });
            if found.is_none() {
                return Err(fail(format!("the dictionary has no fact `{}`", row.fact)));
            }
            if !COMPUTATIONS.iter().any(|(name, _)| *name == row.from) {
                return Err(fail(format!("there is no computation `{}`", row.from)));
            }
        }
        Ok(Self(file.row))
    }

    /// All facts that follow from the books at a moment, in milliseconds since 1970 (UTC).
    #[must_use]
    pub fn observe(&self, books: &Books, ground: &Ground, now_ms: i64) -> Vec<Observation> {
        let mut found = vec![];
        for row in &self.0 {
            let Some((kind, fact)) = row.fact.split_once('.') else { continue };
            let Some((_, from)) = COMPUTATIONS.iter().find(|(name, _)| *name == row.from) else { continue };
            let scene = Scene { books, ground, group: row.group, now_ms };
            found.extend(scene.seen(kind, *from).into_iter().map(|(thing, (value, evidence))| Observation {
                thing,
                fact: fact.to_owned(),
                value,
                evidence,
            }));
        }
        found
    }
}

impl Scene<'_> {
    fn seen(&self, kind: &str, from: Of) -> Vec<(String, (String, Vec<u64>))> {
        let books = self.books;
        let of_kind = |name: &&String| name.split_once('.').is_some_and(|(of, _)| of == kind);
        match from {
            Of::Text(of) => self.each(books.texts.iter().filter(|(name, _)| of_kind(name)), of),
            Of::Place(of) => self.each(&books.places, of),
            Of::Mechanism(of) => self.each(&books.mechanisms, of),
            Of::Request(of) => self.each(&books.requests, of),
            Of::Incident(of) => self.each(&books.incidents, of),
            Of::System(of) => self.each(&books.logging, of),
            Of::Termination(of) => {
                let named: BTreeSet<&String> =
                    books.tasks.values().filter_map(|task| task.termination.as_ref()).collect();
                named.into_iter().filter_map(|name| Some((name.clone(), of(self, name)?))).collect()
            }
            Of::Storage(of) => {
                let schema = &self.ground.catalog.schema;
                let Some(storage) = schema.kind_named("storage") else { return vec![] };
                let rows = 0..self.ground.universe.table(storage).rows as u32;
                let names = rows.map(|row| self.ground.register.thing(schema, storage, row));
                names.filter_map(|name| of(self, &name).map(|seen| (name, seen))).collect()
            }
        }
    }

    fn each<'t, T: 't>(
        &self,
        things: impl IntoIterator<Item = (&'t String, &'t T)>,
        of: fn(&Self, &T) -> Seen,
    ) -> Vec<(String, (String, Vec<u64>))> {
        things.into_iter().filter_map(|(name, thing)| Some((name.clone(), of(self, thing)?))).collect()
    }
}

/// The day of a moment in China.
fn day(time_ms: i64) -> String {
    let seconds = (time_ms + CHINA_MS).div_euclid(1000);
    format_date(seconds - seconds.rem_euclid(DAY_S))
}

/// A moment in China.
fn moment(time_ms: i64) -> String {
    format_date((time_ms + CHINA_MS).div_euclid(1000))
}

fn ends(marks: &Marks) -> Vec<u64> {
    let mut ends: Vec<u64> = marks.first.iter().chain(&marks.last).map(|(index, _)| *index).collect();
    ends.dedup();
    ends
}

/// False as soon as one event speaks against it; true where the log is whole and events speak for it.
fn all(scene: &Scene<'_>, with: &Marks, against: &Marks) -> Seen {
    if against.count > 0 {
        return Some(("false".to_owned(), ends(against)));
    }
    (with.count > 0 && scene.whole(with)).then(|| ("true".to_owned(), ends(with)))
}

fn ways(scene: &Scene<'_>, text: &Text) -> Seen {
    let first = text.editions.values().map(|edition| edition.published_ms).min()?;
    if text.ways.is_empty() || !scene.whole_since(first) {
        return None;
    }
    let ways: Vec<&str> = text.ways.keys().map(String::as_str).collect();
    Some((ways.join(", "), text.ways.values().flat_map(ends).collect()))
}

fn first_shown(scene: &Scene<'_>, text: &Text) -> Seen {
    let (_, latest) = text.editions.last_key_value()?;
    match latest.shown.first {
        Some((index, time_ms)) => Some((day(time_ms), vec![index])),
        None => scene.whole_since(latest.published_ms).then(|| ("none".to_owned(), vec![latest.index])),
    }
}

fn form(scene: &Scene<'_>, at: &Place) -> Seen {
    let mut forms = at.forms.iter();
    match (forms.next(), forms.next()) {
        (Some((form, marks)), None) if scene.whole(marks) => Some((form.clone(), ends(marks))),
        _ => None,
    }
}

fn given_by(scene: &Scene<'_>, at: &Place) -> Seen {
    let (who, marks) = match (at.own.count, at.guardian.count) {
        (1.., 0) => ("self", &at.own),
        (0, 1..) => ("guardian", &at.guardian),
        _ => return None,
    };
    scene.whole(marks).then(|| (who.to_owned(), ends(marks)))
}

fn default_ticked(scene: &Scene<'_>, at: &Place) -> Seen {
    if at.ticked.count > 0 {
        return Some(("true".to_owned(), ends(&at.ticked)));
    }
    let given = at.forms.values().max_by_key(|marks| marks.count)?;
    scene.whole(given).then(|| ("false".to_owned(), ends(given)))
}

/// That somebody had not consented follows from the log only where it holds all consents; that nobody was
/// processed before consenting, only where it holds all processing as well.
fn before_processing(scene: &Scene<'_>, at: &Place) -> Seen {
    let first = at.asked.first.into_iter().chain(at.forms.values().filter_map(|marks| marks.first));
    let (index, first_ms) = first.min_by_key(|(_, time_ms)| *time_ms)?;
    if !scene.whole_since(first_ms) {
        return None;
    }
    if at.early.count > 0 {
        return Some(("false".to_owned(), ends(&at.early)));
    }
    scene.books.covers(Group::Access, first_ms).then(|| ("true".to_owned(), vec![index]))
}

fn reask_interval_hours(scene: &Scene<'_>, at: &Place) -> Seen {
    if let Some((waited_ms, index)) = at.least_reask {
        return Some(((waited_ms / 3_600_000).to_string(), vec![index]));
    }
    (at.refused.count > 0 && scene.whole(&at.refused)).then(|| ("none".to_owned(), ends(&at.refused)))
}

fn execution(scene: &Scene<'_>, mechanism: &Mechanism) -> Seen {
    if mechanism.manual.count > 0 {
        return Some(("manual".to_owned(), ends(&mechanism.manual)));
    }
    let done = mechanism.automatic.count == mechanism.used.count;
    (done && scene.whole(&mechanism.used)).then(|| ("immediate".to_owned(), ends(&mechanism.automatic)))
}

fn outcome(scene: &Scene<'_>, request: &Request) -> Seen {
    let Some(answered) = &request.answered else {
        let whole = scene.whole_since(request.received.1);
        return whole.then(|| ("pending".to_owned(), vec![request.received.0]));
    };
    let outcome = match answered.outcome {
        Outcome::Executed => "executed",
        Outcome::Refused => "refused",
        Outcome::Impossible => "impossible",
    };
    Some((outcome.to_owned(), vec![answered.at.0]))
}

fn answer_day(scene: &Scene<'_>, request: &Request, counts: fn(Outcome) -> bool) -> Seen {
    match request.answered.as_ref() {
        Some(answered) if counts(answered.outcome) => Some((day(answered.at.1), vec![answered.at.0])),
        Some(answered) => Some(("none".to_owned(), vec![answered.at.0])),
        None => {
            scene.whole_since(request.received.1).then(|| ("none".to_owned(), vec![request.received.0]))
        }
    }
}

fn answered(request: &Request, what: fn(&crate::books::Answered) -> Option<bool>) -> Seen {
    let answered = request.answered.as_ref()?;
    Some((what(answered)?.to_string(), vec![answered.at.0]))
}

fn told(scene: &Scene<'_>, incident: &Incident, marks: &Marks) -> Seen {
    match marks.first {
        Some((index, time_ms)) => Some((moment(time_ms), vec![index])),
        None => {
            scene.whole_since(incident.detected.1).then(|| ("none".to_owned(), vec![incident.detected.0]))
        }
    }
}

fn persons_told(scene: &Scene<'_>, incident: &Incident) -> Seen {
    let whole = scene.whole_since(incident.detected.1);
    whole.then(|| (incident.persons.to_string(), ends(&incident.individuals)))
}

fn logging(_: &Scene<'_>, state: &LoggingState) -> Seen {
    Some(((state.power == Power::On).to_string(), vec![state.since.0]))
}

fn operations(scene: &Scene<'_>, termination: &str) -> Seen {
    let (done, open) = proofs(scene, termination);
    let operations: BTreeSet<&str> = done.iter().map(|(operation, ..)| operation.as_str()).collect();
    let whole = open.is_empty() && scene.whole_since(scene.now_ms);
    let evidence = done.iter().map(|(_, index, _)| *index).collect();
    whole.then(|| (operations.into_iter().collect::<Vec<_>>().join(", "), evidence))
}

fn completed_on(scene: &Scene<'_>, termination: &str) -> Seen {
    let (done, open) = proofs(scene, termination);
    if !open.is_empty() {
        return Some(("none".to_owned(), open));
    }
    let last = done.iter().max_by_key(|(.., time_ms)| *time_ms)?;
    scene.whole_since(scene.now_ms).then(|| (day(last.2), vec![last.1]))
}

/// The proofs of a termination, and the tasks without one.
fn proofs<'b>(scene: &Scene<'b>, termination: &str) -> (Vec<&'b (String, u64, i64)>, Vec<u64>) {
    let (mut done, mut open) = (vec![], vec![]);
    let tasks = scene.books.tasks.iter();
    for (index, task) in tasks.filter(|(_, task)| task.termination.as_deref() == Some(termination)) {
        match &task.proved {
            Some(proof) => done.push(proof),
            None => open.push(*index),
        }
    }
    (done, open)
}

fn overdue(scene: &Scene<'_>, storage: &str) -> Seen {
    let Value::Thing(row) = scene.ground.value("storage", storage, "activity")? else { return None };
    let schema = &scene.ground.catalog.schema;
    let activity = scene.ground.register.thing(schema, schema.kind_named("activity")?, row);
    let tasks = scene.books.overdue(scene.now_ms).filter(|(_, task)| task.activity == activity);
    let kept = scene.books.expired(scene.now_ms).filter(|kept| kept.activity == activity);
    let (mut count, mut evidence) = (0_u64, vec![]);
    for index in tasks.map(|(index, _)| index).chain(kept.map(|kept| kept.index)) {
        count += 1;
        if evidence.len() < EVIDENCE {
            evidence.push(index);
        }
    }
    (count > 0 || scene.whole_since(scene.now_ms)).then(|| (count.to_string(), evidence))
}

/// The register's files with what follows from the log beside what stands there. Where a person's word
/// and the log differ, the fact is unknown until somebody rules: nothing is overwritten. Requests and
/// incidents that the register does not have are added. `by` names the log, as `ledger.example.com`.
///
/// # Errors
/// When a value does not fit the dictionary.
pub fn laid_over(
    files: &[(String, String)],
    (catalog, register): (&Catalog, &Register),
    (books, observations): (&Books, &[Observation]),
    (by, now_ms): (&str, i64),
) -> Result<Vec<(String, String)>, WriteError> {
    let schema = &catalog.schema;
    let seconds = (now_ms + CHINA_MS).div_euclid(1000);
    let given = |evidence: &[u64]| Given {
        source: Source::Ledger,
        by: Some(by.to_owned()),
        on: Some(seconds - seconds.rem_euclid(DAY_S)),
        recorded: None,
        evidence: evidence.iter().map(|index| format!("{by}#{index}")).collect(),
        reasons: None,
    };
    let (mut edits, mut added) = (vec![], BTreeMap::new());
    for Observation { thing, fact, value, evidence } in observations {
        let Some((kind_name, id)) = thing.split_once('.') else { continue };
        let Some(kind) = schema.kind_named(kind_name) else { continue };
        let Some(field) = schema.kind(kind).field_named(fact) else { continue };
        let (which, change) = (Which::Field(field), Change::Value(value.clone()));
        match register.find(schema, thing) {
            Ok((_, row)) => {
                edits.push(Edit { kind, row, which, change, how: How::Beside(given(evidence)) });
            }
            Err(_) => {
                let new = added.entry(thing.clone()).or_insert_with(|| NewThing {
                    kind,
                    id: id.to_owned(),
                    facts: parent(schema, kind, books.requests.get(thing)),
                });
                new.facts.push(NewFact { which, change, given: Some(given(evidence)) });
            }
        }
    }
    let added: Vec<NewThing> = added.into_values().collect();
    let changed = edited(files, register, &edits, &added, &given(&[]), catalog)?;
    let mut all: BTreeMap<String, String> = files.iter().cloned().collect();
    all.extend(changed);
    Ok(all.into_iter().collect())
}

/// The product that a new request stands below.
fn parent(
    schema: &hegui_logic::schema::Schema,
    kind: hegui_logic::schema::KindId,
    request: Option<&Request>,
) -> Vec<NewFact> {
    let product = request.and_then(|request| request.product.split_once('.'));
    let field = schema.kind(kind).parent;
    product
        .zip(field)
        .map(|((_, id), field)| NewFact {
            which: Which::Field(field),
            change: Change::Value(id.to_owned()),
            given: None,
        })
        .into_iter()
        .collect()
}
