//! The applicability statement: for every requirement whether it applies, to how many things, and why
//! or why not; and the clauses that nothing in the register falls under.

use super::findings::thing;
use super::grid::{Grid, Value};
use super::plain;
use crate::opinion::deciding;
use crate::papers::maker::Maker;
use hegui_assess::rollup::{Tally, Verdict};
use hegui_assess::view::{ClauseView, FindingView, IndicatorView};
use hegui_logic::truth::Outcome;
use std::collections::{BTreeMap, BTreeSet};

/// How many different reasons a row gives; the others are counted.
const REASONS: usize = 3;
/// How many facts a reason gives.
const FACTS: usize = 3;

/// A requirement's id and its findings.
type Requirement<'r> = (&'r str, Vec<&'r FindingView>);

pub(super) fn applicability(m: &Maker<'_>) -> Grid {
    let columns = [
        ("clause", 12),
        ("clause_title", 24),
        ("requirement", 24),
        ("asked", 46),
        ("applies", 13),
        ("why", 60),
        ("things", 10),
        ("met", 8),
        ("gap", 8),
        ("observation", 9),
        ("unknown", 8),
        ("not_applicable", 9),
        ("instrument", 26),
    ];
    let mut grid = Grid::new("applicability", 3, &columns);
    let mut by_clause: BTreeMap<(&str, &str), Vec<Requirement<'_>>> = BTreeMap::new();
    for finding in &m.report.findings {
        let of = by_clause.entry((&finding.instrument, &finding.clause)).or_default();
        match of.iter_mut().find(|(requirement, _)| *requirement == finding.requirement) {
            Some((_, findings)) => findings.push(finding),
            None => of.push((&finding.requirement, vec![finding])),
        }
    }
    for (indicator, clause) in m.report.indicators.iter().flat_map(|i| i.clauses.iter().map(move |c| (i, c)))
    {
        match by_clause.remove(&(indicator.instrument.as_str(), clause.number.as_str())) {
            Some(mut requirements) => {
                requirements.sort_by_key(|(id, _)| *id);
                grid.rows.extend(requirements.iter().map(|(id, findings)| requirement(m, id, findings)));
            }
            None => grid.rows.push(without(m, indicator, clause)),
        }
    }
    // Clauses beneath no indicator: articles of other documents.
    for requirements in by_clause.into_values() {
        grid.rows.extend(requirements.iter().map(|(id, findings)| requirement(m, id, findings)));
    }
    grid
}

fn requirement(m: &Maker<'_>, id: &str, findings: &[&FindingView]) -> Vec<Value> {
    let mut tally = Tally::default();
    for finding in findings {
        tally.count(finding.outcome, finding.strength);
    }
    let applied = tally.met + tally.gap + tally.observation;
    let (key, why) = match (applied, tally.not_applicable, tally.unknown) {
        (0, 0, _) => ("applies.unknown", unknown(m, findings)),
        (0, _, 0) => ("applies.no", conditions(m, findings)),
        (0, _, _) => ("applies.unknown", format!("{}\n{}", unknown(m, findings), conditions(m, findings))),
        (n, 0, 0) => ("applies.yes", m.fill("applies.all_of", &[("n", &n.to_string())])),
        (_, 0, _) => ("applies.yes", unknown(m, findings)),
        _ => ("applies.partly", conditions(m, findings)),
    };
    let first = findings.first();
    let clause = first.map(|f| m.clause_of(f));
    vec![
        Value::maybe(first.map(|f| f.clause.as_str())),
        Value::maybe(clause.flatten().map(|c| m.t(&c.title))),
        Value::text(id),
        Value::maybe(first.map(|f| m.t(&f.text))),
        if key == "applies.unknown" { Value::Open(m.say(key)) } else { Value::text(m.say(key)) },
        Value::text(why),
        Value::count(applied),
        Value::count(tally.met),
        Value::count(tally.gap),
        Value::count(tally.observation),
        Value::count(tally.unknown),
        Value::count(tally.not_applicable),
        Value::maybe(first.map(|f| instrument(m, &f.instrument))),
    ]
}

/// A clause without findings.
fn without(m: &Maker<'_>, indicator: &IndicatorView, clause: &ClauseView) -> Vec<Value> {
    let (key, why) = match clause.standing.verdict {
        Verdict::NotAssessed => ("applies.unknown", "applies.not_written"),
        Verdict::NotApplicable => ("applies.no", "applies.no_things"),
        _ => ("", ""),
    };
    let said = |key: &str| if key.is_empty() { Value::Blank } else { Value::text(m.say(key)) };
    let mut row = vec![
        Value::text(clause.number.as_str()),
        Value::text(m.t(&clause.title)),
        Value::Blank,
        Value::Blank,
        said(key),
        said(why),
    ];
    row.extend([const { Value::Blank }; 6]);
    row.push(Value::text(instrument(m, &indicator.instrument)));
    row
}

fn instrument<'m>(m: &Maker<'m>, id: &str) -> &'m str {
    let found = m.report.catalog.instruments.iter().find(|i| i.id == id);
    found.map_or("", |i| m.t(&i.title))
}

/// Why it does not apply where it does not: the facts that decided, each reason once.
fn conditions(m: &Maker<'_>, findings: &[&FindingView]) -> String {
    let of = findings.iter().filter(|f| f.outcome == Outcome::NotApplicable);
    let reason = |f: &&&FindingView| {
        let facts: Vec<String> = deciding(f)
            .into_iter()
            .take(FACTS)
            .map(|fact| {
                plain(
                    [format!("{}{}", m.subject(&fact.path, ""), m.colon())]
                        .map(crate::paper::Span::Text)
                        .iter(),
                ) + m.value(fact).text()
            })
            .collect();
        let mut text = if facts.is_empty() {
            m.say("applies.condition_bare")
        } else {
            m.fill("applies.condition", &[("facts", &facts.join(m.semicolon()))])
        };
        if !f.replaced_by.is_empty() {
            text.push_str(&m.fill("applies.replaced", &[("list", &f.replaced_by.join(m.comma()))]));
        }
        text
    };
    some(m, of.clone().count(), of.take(REASONS).map(|f| reason(&f)))
}

/// What is missing where it is unknown.
fn unknown(m: &Maker<'_>, findings: &[&FindingView]) -> String {
    let of = findings.iter().filter(|f| f.outcome == Outcome::Unknown);
    let reason = |f: &FindingView| {
        let facts: Vec<String> = f.missing.iter().take(FACTS).map(|path| m.subject(path, "")).collect();
        let facts = if facts.is_empty() { thing(m, f).to_owned() } else { facts.join(m.semicolon()) };
        m.fill("applies.unknown_because", &[("facts", &facts)])
    };
    some(m, of.clone().count(), of.take(REASONS).map(|f| reason(f)))
}

/// Different lines, and how many findings are not spoken of.
fn some(m: &Maker<'_>, all: usize, reasons: impl Iterator<Item = String>) -> String {
    let mut seen = BTreeSet::new();
    let mut lines: Vec<String> = reasons.filter(|r| seen.insert(r.clone())).collect();
    if all > REASONS {
        lines.push(m.fill("say.and_more", &[("n", &(all - REASONS).to_string())]));
    }
    lines.join("\n")
}
