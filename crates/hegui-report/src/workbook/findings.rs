//! Gaps, and all findings: a row each.

use super::grid::{Entry, Grid, Value};
use super::plain;
use crate::opinion::{Group, deciding, overdue};
use crate::papers::maker::{Maker, gap_name};
use crate::words::{as_verdict, called, code, finding as word, grade, is_observation, risk, strength, way};
use hegui_assess::view::{DispositionView, FactView, FindingView};
use hegui_logic::truth::Outcome;

/// How many facts of a finding stand in a cell; the others are counted.
const FACTS: usize = 12;

/// The gaps in the order and with the numbers of the opinion.
pub(super) fn gaps(m: &Maker<'_>, groups: &[Group<'_>]) -> Grid {
    let columns = [
        ("number", 7),
        ("clause", 12),
        ("clause_title", 22),
        ("thing", 24),
        ("product", 16),
        ("asked", 42),
        ("facts", 60),
        ("law", 34),
        ("remedy", 42),
        ("ways", 24),
        ("past", 14),
        ("grade", 9),
        ("way", 18),
        ("reasons", 32),
        ("decided_by", 12),
        ("decided_on", 11),
        ("owner", 12),
        ("due", 11),
        ("done_on", 11),
        ("risk", 9),
        ("overdue", 9),
        ("evidence", 14),
        ("stage", 9),
        ("requirement", 22),
        ("path", 26),
    ];
    let mut grid = Grid::new("gaps", 4, &columns);
    let words =
        ["adjust", "disclose", "accept", "consult", "compensate", "stop"].map(|w| way(w, m.lang).to_owned());
    let risks = ["low", "medium", "high"].map(|r| risk(r, m.lang).to_owned());
    grid.enter("way", Entry::Words(words.to_vec()));
    grid.enter("risk", Entry::Words(risks.to_vec()));
    for key in ["due", "done_on", "decided_on"] {
        grid.enter(key, Entry::Day);
    }
    for key in ["reasons", "decided_by", "owner", "evidence"] {
        grid.enter(key, Entry::Free);
    }
    grid.rows = groups.iter().flat_map(|g| &g.findings).map(|f| gap(m, f)).collect();
    grid
}

fn gap(m: &Maker<'_>, finding: &FindingView) -> Vec<Value> {
    let clause = m.clause_of(finding);
    let number = m.gaps.get(&(finding.requirement.as_str(), finding.thing.as_str()));
    let ways: Vec<&str> = clause.map(|c| &c.ways).into_iter().flatten().map(|w| way(w, m.lang)).collect();
    let past = clause.map_or("", |c| if c.past_stays { "applies.past_stays" } else { "applies.past_goes" });
    let ruled = finding.ruling.as_ref().filter(|r| !r.stale).and_then(|r| r.grade);
    let ruled = ruled.map(|g| grade(g).get(m.lang));
    let mut row = vec![
        Value::maybe(number.map(|n| gap_name(*n)).as_deref()),
        Value::text(finding.clause.as_str()),
        Value::maybe(clause.map(|c| m.t(&c.title))),
        Value::text(thing(m, finding)),
        product(m, finding),
        Value::text(format!("{}{}{}", strength(finding.strength).get(m.lang), m.colon(), m.t(&finding.text))),
        Value::text(facts(m, finding)),
        Value::text(plain(&clause.map(|c| m.cites(&c.cites)).unwrap_or_default())),
        Value::text(m.t(&finding.remedy)),
        Value::text(ways.join(m.comma())),
        if past.is_empty() { Value::Blank } else { Value::text(m.say(past)) },
        Value::maybe(ruled),
    ];
    row.extend(disposition(m, finding.disposition.as_ref()));
    row.extend([
        Value::text(code(&finding.stage, m.lang)),
        Value::text(finding.requirement.as_str()),
        Value::text(finding.thing.as_str()),
    ]);
    row
}

/// What was decided; what was not is marked where a decision is wanted.
fn disposition(m: &Maker<'_>, of: Option<&DispositionView>) -> [Value; 10] {
    let Some(d) = of else {
        let mut cells = [const { Value::Blank }; 10];
        cells[0] = Value::Open(m.say("gaps.undecided"));
        return cells;
    };
    let risk = d.risk.as_deref().map(|r| risk(r, m.lang));
    [
        Value::text(way(&d.way, m.lang)),
        Value::text(d.reasons.as_str()),
        Value::text(if d.role.is_empty() {
            d.by.clone()
        } else {
            format!("{}{}{}{}", d.by, m.open(), d.role_title.get(m.lang), m.close())
        }),
        Value::day(Some(&d.on)),
        Value::maybe(d.owner.as_deref()),
        Value::day(d.due.as_deref()),
        Value::day(d.done_on.as_deref()),
        Value::maybe(risk),
        if overdue(d, &m.report.as_of) { Value::Open(m.say("applies.overdue_yes")) } else { Value::Blank },
        Value::text(d.evidence.join(m.comma())),
    ]
}

/// All findings, in the report's order.
pub(super) fn findings(m: &Maker<'_>) -> Grid {
    let columns = [
        ("outcome", 12),
        ("clause", 12),
        ("clause_title", 22),
        ("thing", 24),
        ("product", 16),
        ("stage", 9),
        ("strength", 7),
        ("asked", 42),
        ("why", 60),
        ("missing", 34),
        ("ruling", 28),
        ("sample", 22),
        ("requirement", 22),
        ("path", 26),
    ];
    let mut grid = Grid::new("findings", 4, &columns);
    grid.rows = m.report.findings.iter().map(|f| finding(m, f)).collect();
    grid
}

fn finding(m: &Maker<'_>, finding: &FindingView) -> Vec<Value> {
    let verdict = as_verdict(finding.outcome, finding.sample.is_some());
    let outcome = word(finding).get(m.lang).to_owned();
    let missing: Vec<String> = finding.missing.iter().map(|path| m.subject(path, &finding.thing)).collect();
    let ruling = finding.ruling.as_ref().map(|r| {
        let role = if r.role.is_empty() { "—" } else { r.role_title.get(m.lang) };
        m.fill("rulings.by", &[("by", &r.by), ("role", role), ("on", &r.on), ("reasons", &r.reasons)])
    });
    let sample = finding.sample.as_ref().map(|s| {
        let values = [
            ("population", s.population.to_string()),
            ("method", s.method.clone()),
            ("size", s.size.to_string()),
            ("deviations", s.deviations.to_string()),
            ("bound", format!("{:.1}%", s.bound * 100.0)),
        ];
        let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
        crate::messages::SAMPLED_FROM.fill(m.lang, &values)
    });
    vec![
        if is_observation(finding) { Value::text(outcome) } else { Value::Verdict(verdict, outcome) },
        Value::text(finding.clause.as_str()),
        Value::maybe(m.clause_of(finding).map(|c| m.t(&c.title))),
        Value::text(thing(m, finding)),
        product(m, finding),
        Value::text(code(&finding.stage, m.lang)),
        Value::text(strength(finding.strength).get(m.lang)),
        Value::text(m.t(&finding.text)),
        Value::text(facts(m, finding)),
        Value::text(missing.join(m.semicolon())),
        Value::maybe(ruling.as_deref()),
        Value::maybe(sample.as_deref()),
        Value::text(finding.requirement.as_str()),
        Value::text(finding.thing.as_str()),
    ]
}

/// What people call the thing of a finding.
pub(super) fn thing<'f>(m: &Maker<'_>, finding: &'f FindingView) -> &'f str {
    called(&finding.title, &finding.name, m.lang)
}

fn product(m: &Maker<'_>, finding: &FindingView) -> Value {
    Value::maybe(finding.product.as_deref().map(|p| m.name(p)).as_deref())
}

/// The facts that decided a finding, one a line, those that fail first.
fn facts(m: &Maker<'_>, finding: &FindingView) -> String {
    // What is unknown stands in its own column.
    let known = |fact: &&FactView| finding.outcome != Outcome::Unknown || fact.value.is_some();
    let facts: Vec<&FactView> = deciding(finding).into_iter().filter(known).collect();
    let mut lines: Vec<String> =
        facts.iter().take(FACTS).map(|fact| plain(&m.fact(fact, &finding.thing))).collect();
    if facts.len() > FACTS {
        lines.push(m.fill("say.and_more", &[("n", &(facts.len() - FACTS).to_string())]));
    }
    lines.join("\n")
}
