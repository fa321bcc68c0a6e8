//! Verdicts, open questions, evidence, assumptions and the law: a row each.

use super::grid::{Entry, Grid, Value};
use crate::papers::maker::Maker;
use crate::words::{ASSUMPTIONS, clause_kind, code, grade, silent, source, status, verdict};
use hegui_assess::view::{FactView, StandingView};
use std::collections::{BTreeMap, BTreeSet};

/// Dimensions, indicators and clauses, as they stand.
pub(super) fn standing(m: &Maker<'_>) -> Grid {
    let columns = [
        ("number", 12),
        ("title", 34),
        ("level", 16),
        ("stage", 10),
        ("verdict", 16),
        ("status", 14),
        ("grade", 10),
        ("met", 8),
        ("gap", 8),
        ("observation", 9),
        ("unknown", 8),
        ("not_applicable", 9),
    ];
    let mut grid = Grid::new("standing", 2, &columns);
    let line = |number: &str, title: &str, level: &str, stage: &str, of: &StandingView| {
        vec![
            Value::text(number),
            Value::text(title),
            Value::text(level),
            Value::text(stage),
            Value::Verdict(of.verdict, verdict(of.verdict).get(m.lang).to_owned()),
            Value::text(status(of.status).get(m.lang)),
            Value::maybe(of.grade.map(|g| grade(g).get(m.lang))),
            Value::count(of.tally.met),
            Value::count(of.tally.gap),
            Value::count(of.tally.observation),
            Value::count(of.tally.unknown),
            Value::count(of.tally.not_applicable),
        ]
    };
    let dimension_word = crate::messages::KIND_DIMENSION.get(m.lang);
    let mut seen = BTreeSet::new();
    for indicator in &m.report.indicators {
        let key = (indicator.instrument.as_str(), indicator.dimension.as_str());
        let found = m.report.dimensions.iter().find(|d| (d.instrument.as_str(), d.number.as_str()) == key);
        if let Some(d) = found.filter(|_| seen.insert(key)) {
            grid.rows.push(line(&d.number, m.t(&d.title), dimension_word, "", &d.standing.overall));
        }
        let word = crate::messages::KIND_INDICATOR.get(m.lang);
        let all = &indicator.standing.overall;
        grid.rows.push(line(&indicator.number, m.t(&indicator.title), word, "", all));
        for clause in indicator.clauses.iter().filter(|c| c.number != indicator.number) {
            let (kind, stage) = (clause_kind(clause.kind).get(m.lang), code(&clause.stage, m.lang));
            grid.rows.push(line(&clause.number, m.t(&clause.title), kind, stage, &clause.standing));
        }
    }
    grid
}

/// The open questions, the weightiest first.
pub(super) fn questions(m: &Maker<'_>) -> Grid {
    let columns = [
        ("who", 16),
        ("question", 56),
        ("thing", 26),
        ("choices", 30),
        ("answer", 20),
        ("look_at", 34),
        ("unknown_why", 20),
        ("settles", 10),
        ("concerns", 10),
        ("fact", 42),
    ];
    let mut grid = Grid::new("questions", 2, &columns);
    grid.enter("answer", Entry::Free);
    for q in &m.report.questions {
        let choices: Vec<&str> = q.choices.iter().map(|(_, words)| m.t(words)).collect();
        let choices = if choices.is_empty() {
            crate::words::answer(&q.answer, m.lang).to_owned()
        } else {
            choices.join(m.semicolon())
        };
        grid.rows.push(vec![
            Value::text(m.t(&q.who_title)),
            Value::text(m.t(&q.text)),
            Value::text(m.called(&q.thing)),
            Value::text(choices),
            Value::Blank,
            Value::text(m.t(&q.evidence)),
            Value::text(code(&q.unknown, m.lang)),
            Value::count(q.settles as u64),
            Value::count(q.concerns as u64),
            Value::text(q.fact.as_str()),
        ]);
    }
    grid
}

/// The evidence, with the clauses whose outcomes rest on it.
pub(super) fn evidence(m: &Maker<'_>) -> Grid {
    let columns = [("id", 14), ("title", 40), ("location", 34), ("date", 12), ("hash", 66), ("used_by", 40)];
    let mut grid = Grid::new("evidence", 2, &columns);
    let mut used: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for finding in &m.report.findings {
        let facts = finding.because.iter().flat_map(|reason| &reason.facts);
        let ids = facts.flat_map(ids).chain(finding.disposition.iter().flat_map(|d| &d.evidence));
        for id in ids {
            used.entry(id.as_str()).or_default().insert(&finding.clause);
        }
    }
    for e in &m.report.evidence {
        let clauses = used.get(e.id.as_str()).into_iter().flatten().copied().collect::<Vec<_>>();
        grid.rows.push(vec![
            Value::text(e.id.as_str()),
            Value::text(e.title.as_str()),
            Value::maybe(e.location.as_deref()),
            Value::day(e.on.as_deref()),
            match &e.sha256 {
                Some(hash) => Value::text(hash.as_str()),
                None => Value::Open(m.say("annex.no_hash")),
            },
            Value::text(clauses.join(m.comma())),
        ]);
    }
    grid
}

fn ids(fact: &FactView) -> impl Iterator<Item = &String> {
    fact.origin.iter().flat_map(|origin| &origin.evidence)
}

/// What conclusions rest on.
pub(super) fn assumptions(m: &Maker<'_>) -> Grid {
    let columns = [
        ("kind", 16),
        ("statement", 66),
        ("source", 12),
        ("by", 16),
        ("date", 12),
        ("reasons", 44),
        ("path", 42),
    ];
    let mut grid = Grid::new("assumptions", 2, &columns);
    for a in &m.report.assumptions {
        let kind = ASSUMPTIONS.iter().find(|(kind, _)| *kind == a.kind).map(|(_, word)| word.get(m.lang));
        let origin = a.origin.as_ref();
        grid.rows.push(vec![
            Value::text(kind.unwrap_or(&a.kind)),
            Value::text(m.t(&a.statement)),
            Value::maybe(origin.map(|o| source(&o.source, m.lang))),
            Value::maybe(origin.and_then(|o| o.by.as_deref())),
            Value::day(origin.and_then(|o| o.on.as_deref())),
            Value::maybe(origin.and_then(|o| o.reasons.as_deref())),
            Value::text(a.path.as_str()),
        ]);
    }
    grid
}

/// The articles cited.
pub(super) fn laws(m: &Maker<'_>) -> Grid {
    let columns =
        [("article", 44), ("gist", 80), ("status", 16), ("from", 12), ("to", 12), ("certainty", 16)];
    let mut grid = Grid::new("laws", 1, &columns);
    for law in &m.report.laws {
        grid.rows.push(vec![
            Value::text(m.cite(&law.cite)),
            if silent(&law.gist) { Value::Open(m.say("annex.no_gist")) } else { Value::text(m.t(&law.gist)) },
            Value::text(m.law_status(&law.status)),
            Value::day(Some(&law.from)),
            Value::day(Some(&law.to)),
            match law.certainty.as_str() {
                "V" | "read" => Value::text(m.say("annex.read")),
                "v" | "stated" => Value::text(m.say("annex.stated")),
                _ => Value::Open(m.say("annex.unverified")),
            },
        ]);
    }
    grid
}
