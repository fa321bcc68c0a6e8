//! The computations, by name: each gives a value with its evidence, or nothing.

use crate::books::{Answered, Books, Incident, LoggingState, Marks, Mechanism, Place, Request, Text};
use crate::ground::Ground;
use crate::happening::{Group, Outcome, Power};
use hegui_logic::calendar::format_date;
use hegui_logic::universe::Value;
use std::collections::BTreeSet;

/// China Standard Time is ahead of UTC by so much, in milliseconds.
const CHINA_MS: i64 = 8 * 3_600_000;
const DAY_S: i64 = 86_400;
/// Most entries that are named as evidence for a count.
const EVIDENCE: usize = 16;

/// A value with its evidence.
pub(super) type Seen = Option<(String, Vec<u64>)>;

/// What a computation looks at.
pub(super) struct Scene<'a> {
    pub books: &'a Books,
    pub ground: &'a Ground,
    pub group: Group,
    pub now_ms: i64,
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
pub(super) enum Of {
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
pub(super) const COMPUTATIONS: &[(&str, Of)] = &[
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
        None => scene.whole_since(request.received.1).then(|| ("none".to_owned(), vec![request.received.0])),
    }
}

fn answered(request: &Request, what: fn(&Answered) -> Option<bool>) -> Seen {
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
