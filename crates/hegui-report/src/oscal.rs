//! OSCAL assessment results (NIST, version 1.2.1, JSON): the assessment for tools of governance and audit.
//!
//! How the terms map. A *control* is a clause, an *objective* is a requirement, a *subject* is a thing of
//! the register. OSCAL's findings know two states only, so a finding is written where the answer is known:
//! met is `satisfied`, a gap in what binds is `not-satisfied`. What is unknown, not applicable or merely
//! recommended is an *observation* without a finding, with its outcome in a property: it is never shown as
//! one of the two. A gap has a *risk*, whose status follows what was decided about it; a rating stands
//! there only where a person gave one.
//!
//! Identifiers are UUIDs of version 5 over what they stand for, so that the same assessment gives the same
//! bytes, and the same finding keeps its identifier from one assessment to the next.

use crate::messages::{self as m, Message};
use crate::words::{is_gap, say, silent};
use hegui_assess::view::{DispositionView, EvidenceView, FindingView, Report};
use hegui_catalog::model::{Lang, Method, Strength, Text};
use hegui_logic::truth::Outcome;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The version of OSCAL that this writes.
pub const VERSION: &str = "1.2.1";
/// The namespace of our own properties.
const OURS: &str = "https://hegui.dev/ns/oscal";
/// Facts that an observation names.
const FACTS: usize = 20;

/// The assessment as an OSCAL `assessment-results` document.
#[must_use]
pub fn oscal(report: &Report, lang: Lang) -> Value {
    let writer = Writer::new(report, lang);
    let results = writer.result();
    json!({ "assessment-results": {
        "uuid": id(&["results", &report.catalog.hash, &report.as_of, &report.known_on, &writer.assessee()]),
        "metadata": writer.metadata(),
        "import-ap": {
            "href": format!("#{}", id(&["plan", &report.catalog.profile])),
            "remarks": text(&writer.profile()),
        },
        "results": [results],
        "back-matter": { "resources": writer.resources() },
    } })
}

/// A UUID for what some words together name.
fn id(words: &[&str]) -> String {
    let space = Uuid::new_v5(&Uuid::NAMESPACE_URL, OURS.as_bytes());
    Uuid::new_v5(&space, words.join("\u{1f}").as_bytes()).to_string()
}

/// A token: begins with a letter, holds letters, digits, `.`, `-` and `_`.
fn token(instrument: &str, number: &str) -> String {
    let whole = if number.contains('/') { number.to_owned() } else { format!("{instrument}_{number}") };
    let mut token: String = whole
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' })
        .collect();
    if !token.starts_with(|c: char| c.is_ascii_alphabetic()) {
        token.insert(0, '_');
    }
    token
}

/// One line without control characters at its ends or within; a dash where nothing is left.
fn text(line: &str) -> String {
    let words: Vec<&str> = line.split(|c: char| c.is_whitespace() || c.is_control()).collect();
    let joined = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    if joined.is_empty() { "–".to_owned() } else { joined }
}

/// A day as a moment: its beginning on China's clock.
fn moment(day: &str) -> String {
    format!("{day}T00:00:00+08:00")
}

fn property(name: &str, value: &str) -> Value {
    json!({ "name": name, "ns": OURS, "value": text(value) })
}

/// Puts a list where it holds something: OSCAL has no empty lists.
fn put(object: &mut Map<String, Value>, key: &str, list: Vec<Value>) {
    if !list.is_empty() {
        object.insert(key.to_owned(), Value::Array(list));
    }
}

struct Writer<'a> {
    report: &'a Report,
    lang: Lang,
    evidence: BTreeMap<&'a str, &'a EvidenceView>,
}

impl<'a> Writer<'a> {
    fn new(report: &'a Report, lang: Lang) -> Self {
        let evidence = report.evidence.iter().map(|e| (e.id.as_str(), e)).collect();
        Self { report, lang, evidence }
    }

    fn say(&self, words: &'a Text) -> &'a str {
        say(words, self.lang)
    }

    fn assessee(&self) -> String {
        let unnamed = m::ORGANISATION_UNNAMED.get(self.lang);
        text(self.report.organisation.as_deref().unwrap_or(unnamed))
    }

    fn profile(&self) -> String {
        let profile = &self.report.catalog;
        let title = self.say(&profile.profile_title);
        if title.is_empty() { profile.profile.clone() } else { title.to_owned() }
    }

    fn metadata(&self) -> Value {
        let report = self.report;
        let engagement = report.engagement.clone().unwrap_or_default();
        let mut parties = vec![party("organization", "assessee", &self.assessee())];
        let mut responsible = vec![("assessee", "assessee", self.assessee())];
        let named = [("assessor", &engagement.firm), ("commissioner", &engagement.commissioner)];
        for (role, name) in named {
            if let Some(name) = name {
                parties.push(party("organization", role, name));
                responsible.push((role, role, name.clone()));
            }
        }
        for member in &engagement.team {
            parties.push(party("person", "member", &member.name));
            let role = match member.role.as_str() {
                "lead" => "lead-assessor",
                "expert" => "technical-expert",
                "reviewer" => "reviewer",
                _ => "assessment-team",
            };
            responsible.push((role, "member", member.name.clone()));
        }
        let roles: BTreeSet<&str> = responsible.iter().map(|(role, ..)| *role).collect();
        let mut by_role: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (role, kind, name) in &responsible {
            by_role.entry(role).or_default().push(id(&["party", kind, name]));
        }
        let responsible: Vec<Value> =
            by_role.into_iter().map(|(role, ids)| json!({ "role-id": role, "party-uuids": ids })).collect();
        let roles: Vec<Value> =
            roles.into_iter().map(|r| json!({ "id": r, "title": role(r).get(self.lang) })).collect();
        json!({
            "title": text(&format!("{} – {}", m::TITLE.get(self.lang), self.assessee())),
            "last-modified": moment(&report.known_on),
            "version": text(&report.as_of),
            "oscal-version": VERSION,
            "props": self.origin(),
            "roles": roles,
            "parties": parties,
            "responsible-parties": responsible,
        })
    }

    /// What the results were made from.
    fn origin(&self) -> Vec<Value> {
        let report = self.report;
        vec![
            property("catalog-sha256", &report.catalog.hash),
            property("logic", &report.catalog.logic),
            property("profile", &report.catalog.profile),
            property("as-of", &report.as_of),
            property("known-on", &report.known_on),
            property("closed", if report.closing { "true" } else { "false" }),
            property("language", if self.lang == Lang::Zh { "zh-CN" } else { "en" }),
        ]
    }

    fn result(&self) -> Value {
        let report = self.report;
        let engagement = report.engagement.clone().unwrap_or_default();
        let start = engagement.period.0.unwrap_or_else(|| report.as_of.clone());
        let mut result = json!({
            "uuid": id(&["result", &report.catalog.hash, &report.as_of, &report.known_on, &self.assessee()]),
            "title": text(&self.profile()),
            "description": text(&crate::conclusion::headline(report).1.fill(self.lang, &[])),
            "start": moment(&start),
            "props": self.counts(),
            "reviewed-controls": self.reviewed(),
        });
        if let (Some(end), Some(object)) = (engagement.period.1, result.as_object_mut()) {
            object.insert("end".to_owned(), json!(moment(&end)));
        }
        let findings = &report.findings;
        let known = |f: &&FindingView| f.outcome == Outcome::Met || is_gap(f);
        if let Some(object) = result.as_object_mut() {
            let items = self.things();
            if !items.is_empty() {
                object.insert("local-definitions".to_owned(), json!({ "inventory-items": items }));
            }
            put(object, "observations", findings.iter().map(|f| self.observation(f)).collect());
            put(object, "risks", findings.iter().filter(|f| is_gap(f)).map(|f| self.risk(f)).collect());
            put(object, "findings", findings.iter().filter(known).map(|f| self.finding(f)).collect());
        }
        result
    }

    fn counts(&self) -> Vec<Value> {
        let tally = &self.report.summary.tally;
        vec![
            property("count-met", &tally.met.to_string()),
            property("count-gap", &tally.gap.to_string()),
            property("count-observation", &tally.observation.to_string()),
            property("count-unknown", &tally.unknown.to_string()),
            property("count-not-applicable", &tally.not_applicable.to_string()),
            property("open-questions", &self.report.summary.questions.to_string()),
        ]
    }

    /// The clauses looked at, and the requirements in them.
    fn reviewed(&self) -> Value {
        let report = self.report;
        let mut controls: BTreeSet<String> =
            report.findings.iter().map(|f| token(&f.instrument, &f.clause)).collect();
        let clauses = report.indicators.iter().flat_map(|i| i.clauses.iter().map(|c| (&i.instrument, c)));
        controls.extend(clauses.map(|(instrument, clause)| token(instrument, &clause.number)));
        let objectives: BTreeSet<String> =
            report.findings.iter().map(|f| token(&f.instrument, &f.requirement)).collect();
        let chosen = |key: &str, ids: BTreeSet<String>| -> Vec<Value> {
            ids.into_iter().map(|id| json!({ key: id })).collect()
        };
        let mut reviewed = Map::new();
        let controls = chosen("control-id", controls);
        let selection = if controls.is_empty() {
            json!({ "include-all": {} })
        } else {
            json!({ "include-controls": controls })
        };
        reviewed.insert("control-selections".to_owned(), json!([selection]));
        let objectives = chosen("objective-id", objectives);
        if !objectives.is_empty() {
            reviewed.insert(
                "control-objective-selections".to_owned(),
                json!([{ "include-objectives": objectives }]),
            );
        }
        Value::Object(reviewed)
    }

    fn things(&self) -> Vec<Value> {
        let mut things: BTreeMap<&str, &FindingView> = BTreeMap::new();
        for finding in &self.report.findings {
            things.entry(&finding.thing).or_insert(finding);
        }
        let item = |(path, finding): (&str, &FindingView)| {
            let called = crate::words::called(&finding.title, &finding.name, self.lang);
            json!({
                "uuid": id(&["thing", path]),
                "description": text(called),
                "props": [property("path", path)],
            })
        };
        things.into_iter().map(item).collect()
    }

    fn observation(&self, finding: &FindingView) -> Value {
        let mut props = vec![
            property("outcome", outcome(finding)),
            property("requirement", &finding.requirement),
            property("clause", &finding.clause),
            property("instrument", &finding.instrument),
            property("stage", &finding.stage),
            property("strength", strength(finding.strength)),
        ];
        props.extend(finding.missing.iter().map(|fact| property("missing", fact)));
        let mut observation = json!({
            "uuid": id(&["observation", &finding.requirement, &finding.thing]),
            "title": self.title(finding),
            "description": self.reasons(finding),
            "props": props,
            "methods": self.methods(finding),
            "types": ["control-objective"],
            "subjects": [{ "subject-uuid": id(&["thing", &finding.thing]), "type": "inventory-item" }],
            "collected": moment(&self.report.known_on),
        });
        if let Some(object) = observation.as_object_mut() {
            put(object, "relevant-evidence", self.relevant(finding));
        }
        observation
    }

    fn title(&self, finding: &FindingView) -> String {
        let called = crate::words::called(&finding.title, &finding.name, self.lang);
        text(&format!("{} · {called}", finding.requirement))
    }

    /// How the clause is looked into: what OSCAL calls examine, interview, test.
    fn methods(&self, finding: &FindingView) -> Vec<Value> {
        let clauses = self.report.indicators.iter().flat_map(|i| &i.clauses);
        let clause = clauses.filter(|c| c.number == finding.clause).flat_map(|c| &c.actions);
        let methods: BTreeSet<&str> = clause
            .map(|action| match action.method {
                Method::Interview => "INTERVIEW",
                Method::Test | Method::Verify => "TEST",
                Method::Review | Method::Sample => "EXAMINE",
            })
            .collect();
        if methods.is_empty() {
            vec![json!("UNKNOWN")]
        } else {
            methods.into_iter().map(Value::from).collect()
        }
    }

    /// The requirement, then the facts that decided it with where they come from.
    fn reasons(&self, finding: &FindingView) -> String {
        let mut lines = vec![text(self.say(&finding.text))];
        let facts = finding.because.iter().flat_map(|reason| &reason.facts).take(FACTS);
        for fact in facts {
            let unknown = m::UNKNOWN.get(self.lang);
            let value = fact.value.as_ref().map_or(unknown, |value| say(value, self.lang));
            let origin = fact.origin.as_ref();
            let source = origin.map_or("", |o| crate::words::source(&o.source, self.lang));
            let on = origin.and_then(|o| o.on.as_deref()).unwrap_or_default();
            lines.push(text(&format!("{} = {value} ({source} {on})", fact.path)));
        }
        lines.dedup();
        lines.join("\n\n")
    }

    fn relevant(&self, finding: &FindingView) -> Vec<Value> {
        let facts = finding.because.iter().flat_map(|reason| &reason.facts);
        let ids: BTreeSet<&str> =
            facts.filter_map(|f| f.origin.as_ref()).flat_map(|o| &o.evidence).map(String::as_str).collect();
        let cited = |id_: &str| match self.evidence.get(id_) {
            Some(evidence) => json!({
                "href": format!("#{}", id(&["evidence", id_])),
                "description": text(&format!("{id_} {}", evidence.title)),
            }),
            None => json!({ "description": text(id_) }),
        };
        ids.into_iter().map(cited).collect()
    }

    fn finding(&self, finding: &FindingView) -> Value {
        let satisfied = finding.outcome == Outcome::Met;
        let (state, reason) = if satisfied { ("satisfied", "pass") } else { ("not-satisfied", "fail") };
        let mut props = vec![property("thing", &finding.thing)];
        if finding.sample.is_some() {
            props.push(property("rests-on-sample", "true"));
        }
        if let Some(ruling) = &finding.ruling {
            props.push(property("ruled-by", &ruling.by));
            props.push(property("ruling-stale", if ruling.stale { "true" } else { "false" }));
        }
        let mut written = json!({
            "uuid": id(&["finding", &finding.requirement, &finding.thing]),
            "title": self.title(finding),
            "description": text(self.say(&finding.text)),
            "props": props,
            "target": {
                "type": "objective-id",
                "target-id": token(&finding.instrument, &finding.requirement),
                "status": { "state": state, "reason": reason },
            },
            "related-observations": [
                { "observation-uuid": id(&["observation", &finding.requirement, &finding.thing]) }
            ],
        });
        if let (false, Some(object)) = (satisfied, written.as_object_mut()) {
            let risk = id(&["risk", &finding.requirement, &finding.thing]);
            object.insert("related-risks".to_owned(), json!([{ "risk-uuid": risk }]));
        }
        written
    }

    fn risk(&self, finding: &FindingView) -> Value {
        let decided = finding.disposition.as_ref();
        let mut props = vec![];
        props.extend(decided.and_then(|d| d.risk.as_deref()).map(|risk| property("rated", risk)));
        props.extend(decided.and_then(|d| d.owner.as_deref()).map(|owner| property("owner", owner)));
        let mut risk = json!({
            "uuid": id(&["risk", &finding.requirement, &finding.thing]),
            "title": self.title(finding),
            "description": text(self.say(&finding.text)),
            "statement": self.reasons(finding),
            "status": status(decided),
            "related-observations": [
                { "observation-uuid": id(&["observation", &finding.requirement, &finding.thing]) }
            ],
        });
        if let Some(object) = risk.as_object_mut() {
            put(object, "props", props);
            if let Some(due) = decided.and_then(|d| d.due.as_deref()) {
                object.insert("deadline".to_owned(), json!(moment(due)));
            }
            put(object, "remediations", self.remediations(finding));
        }
        risk
    }

    /// What the catalog recommends, and what was decided.
    fn remediations(&self, finding: &FindingView) -> Vec<Value> {
        let response = |what: &str, lifecycle: &str, title: &str, description: &str| {
            json!({
                "uuid": id(&[what, &finding.requirement, &finding.thing]),
                "lifecycle": lifecycle,
                "title": text(title),
                "description": text(description),
            })
        };
        let mut all = vec![];
        if !silent(&finding.remedy) {
            let title = m::RECOMMENDED.get(self.lang);
            all.push(response("remedy", "recommendation", title, self.say(&finding.remedy)));
        }
        if let Some(decided) = &finding.disposition {
            let lifecycle = if decided.done_on.is_some() { "completed" } else { "planned" };
            let title = format!("{} · {} · {}", decided.way, decided.by, decided.on);
            all.push(response("disposition", lifecycle, &title, &decided.reasons));
        }
        all
    }

    /// The plan, and the evidence: titles and hashes, never contents.
    fn resources(&self) -> Vec<Value> {
        let plan = json!({
            "uuid": id(&["plan", &self.report.catalog.profile]),
            "title": text(&self.profile()),
            "description": text(m::OSCAL_PLAN.get(self.lang)),
            "props": [property("profile", &self.report.catalog.profile)],
        });
        let evidence = self.report.evidence.iter().map(|evidence| {
            let mut resource = json!({
                "uuid": id(&["evidence", &evidence.id]),
                "title": text(&format!("{} {}", evidence.id, evidence.title)),
                "props": [property("evidence", &evidence.id)],
            });
            if let (Some(place), Some(object)) = (&evidence.location, resource.as_object_mut()) {
                let mut link = json!({ "href": text(place) });
                if let (Some(hash), Some(link)) = (&evidence.sha256, link.as_object_mut()) {
                    link.insert("hashes".to_owned(), json!([{ "algorithm": "SHA-256", "value": hash }]));
                }
                object.insert("rlinks".to_owned(), json!([link]));
            }
            resource
        });
        std::iter::once(plan).chain(evidence).collect()
    }
}

fn outcome(finding: &FindingView) -> &'static str {
    match finding.outcome {
        Outcome::Met => "met",
        Outcome::Gap if is_gap(finding) => "gap",
        Outcome::Gap => "observation",
        Outcome::NotApplicable => "not-applicable",
        Outcome::Unknown => "unknown",
    }
}

fn strength(strength: Strength) -> &'static str {
    match strength {
        Strength::Shall => "shall",
        Strength::Should => "should",
        Strength::May => "may",
    }
}

/// OSCAL's word for where a risk stands.
fn status(decided: Option<&DispositionView>) -> &'static str {
    match decided {
        Some(d) if d.done_on.is_some() => "closed",
        Some(d) => match d.way.as_str() {
            "accept" => "deviation-approved",
            "consult" => "investigating",
            "adjust" | "compensate" | "stop" => "remediating",
            _ => "open",
        },
        None => "open",
    }
}

fn party(kind: &str, role: &str, name: &str) -> Value {
    json!({ "uuid": id(&["party", role, name]), "type": kind, "name": text(name) })
}

/// What a role is called.
fn role(role: &str) -> Message {
    match role {
        "assessee" => m::ROLE_ASSESSEE,
        "assessor" => m::ROLE_FIRM,
        "commissioner" => m::ROLE_COMMISSIONER,
        "lead-assessor" => m::ROLE_LEAD,
        "technical-expert" => m::ROLE_EXPERT,
        "reviewer" => m::ROLE_REVIEWER,
        _ => m::ROLE_ASSESSOR,
    }
}
