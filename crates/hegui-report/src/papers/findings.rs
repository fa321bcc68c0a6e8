//! Findings in a paper: how clauses stand for a thing and what is below it.

use super::form::{Named, Section};
use super::make::Filling;
use super::maker::{body, cell, row, table, text};
use super::things::Thing;
use crate::paper::{Block, Cell, Row, Span};
use crate::words::{as_verdict, called, finding as word, is_gap, is_observation, silent};
use hegui_assess::rollup::Tally;
use hegui_assess::view::{DispositionView, FindingView};
use hegui_logic::truth::Outcome;
use std::collections::BTreeSet;

/// How many requirements of a clause are told in words; the others are counted.
const TOLD: usize = 6;

/// How many requirements of a clause on which nothing can be said yet are told in words.
const BRIEF: usize = 2;

/// Findings on one clause.
type OnClause<'a> = (&'a str, Vec<&'a FindingView>);

impl<'a> Filling<'a> {
    /// The findings on clauses or requirements, for a thing and all below it.
    fn picked(&self, at: Option<Thing<'a>>, of: &[Named]) -> Vec<&'a FindingView> {
        let picks = |finding: &FindingView| {
            finding.instrument == self.instrument
                && of.iter().any(|named| {
                    let inner = finding.clause.strip_prefix(named.name.as_str());
                    named.name == finding.requirement
                        || inner.is_some_and(|r| r.is_empty() || r.starts_with('.'))
                })
        };
        match at {
            Some(thing) => {
                let under = self.under.get(thing.path());
                under.into_iter().flatten().copied().filter(|f| picks(f)).collect()
            }
            None => self.m.report.findings.iter().filter(|f| picks(f)).collect(),
        }
    }

    /// How clauses or requirements stand, in one cell: the gravest, and the clauses that are not met.
    pub fn standing(&self, at: Option<Thing<'a>>, of: &[Named]) -> Cell {
        let findings = self.picked(at, of);
        let Some(gravest) = gravest(&findings) else {
            let held = |named: &Named| self.m.clauses.contains_key(&(self.instrument, clause(&named.name)));
            let key = if of.iter().any(held) { "paper.nothing_assessed" } else { "paper.not_in_profile" };
            return vec![vec![text(self.m.say(key))]];
        };
        let mut spans = vec![self.outcome(gravest)];
        let clauses: BTreeSet<&str> = findings
            .iter()
            .filter(|f| matches!(f.outcome, Outcome::Gap | Outcome::Unknown))
            .map(|f| f.clause.as_str())
            .collect();
        // A single clause that was asked for needs no naming.
        let same = matches!(of, [one] if clauses.iter().all(|number| *number == clause(&one.name)));
        if !clauses.is_empty() && !same {
            let list = clauses.into_iter().collect::<Vec<_>>().join(self.m.comma());
            spans.push(text(format!("{}{list}", self.m.colon())));
        }
        vec![spans]
    }

    /// What a finding comes to. A recommendation that is not followed is no gap, and has no sign of one.
    fn outcome(&self, finding: &FindingView) -> Span {
        let words = word(finding).get(self.m.lang).to_owned();
        if is_observation(finding) {
            return text(words);
        }
        Span::Verdict(as_verdict(finding.outcome, finding.sample.is_some()), words)
    }

    /// The items that a section is there for, and how what is published now stands to them.
    pub fn serves(&self, section: &Section, at: Option<Thing<'a>>, to: &mut Vec<Block>) {
        if section.serves.is_empty() {
            return;
        }
        let m = &self.m;
        let rows = section.serves.iter().map(|item| {
            let of = std::slice::from_ref(&item.of);
            let findings = self.picked(at, of);
            // Where there is nothing to assess here, another product's finding says what is asked.
            let elsewhere = || self.picked(None, of).first().map(|f| m.t(&f.text).to_owned());
            let asked = findings.first().map(|f| m.t(&f.text).to_owned()).or_else(elsewhere);
            let asked = asked.unwrap_or_else(|| m.clause(self.instrument, clause(&item.of.name)));
            row([cell(item.item.as_str()), cell(asked), self.standing(at, of)])
        });
        let columns =
            [(m.say("conclusion.clause"), 3), (m.say("gaps.requirement"), 8), (m.say("paper.now"), 3)];
        to.push(table(&columns, rows.collect()));
    }

    /// A table of what was found: a row for each clause that is not simply met, then those that are.
    pub fn findings(&self, of: &[Named], at: Option<Thing<'a>>, to: &mut Vec<Block>) {
        if of.is_empty() {
            return;
        }
        let m = &self.m;
        let by_clause = self.by_clause(self.picked(at, of));
        if by_clause.is_empty() {
            to.push(body(m.say("paper.no_findings")));
            return;
        }
        let (met, other): (Vec<_>, Vec<_>) = by_clause
            .into_iter()
            .partition(|(_, findings)| findings.iter().all(|f| f.outcome == Outcome::Met));
        if !other.is_empty() {
            let columns = [
                (m.say("conclusion.clause"), 3),
                (m.say("conclusion.verdict"), 2),
                (m.say("paper.found"), 9),
            ];
            let rows: Vec<Row> = other.iter().filter_map(|on| self.clause_row(at, on)).collect();
            to.push(table(&columns, rows));
        }
        if !met.is_empty() {
            let list: Vec<String> = met.iter().map(|(number, _)| m.clause(self.instrument, number)).collect();
            to.push(body(m.fill("paper.met", &[("list", &list.join(m.comma()))])));
        }
    }

    /// Findings that apply, clause by clause in the order of the instrument.
    fn by_clause(&self, findings: Vec<&'a FindingView>) -> Vec<OnClause<'a>> {
        let mut found: Vec<OnClause<'a>> = vec![];
        for finding in findings.into_iter().filter(|f| f.outcome != Outcome::NotApplicable) {
            match found.iter_mut().find(|(number, _)| *number == finding.clause) {
                Some((_, on)) => on.push(finding),
                None => found.push((&finding.clause, vec![finding])),
            }
        }
        let place = |number: &str| {
            let clauses = self.m.report.indicators.iter().flat_map(|i| &i.clauses);
            clauses.into_iter().position(|clause| clause.number == number)
        };
        found.sort_by_cached_key(|(number, _)| place(number));
        found
    }

    fn clause_row(&self, at: Option<Thing<'a>>, (number, findings): &OnClause<'a>) -> Option<Row> {
        let gravest = gravest(findings)?;
        let mut told: Vec<(&str, Vec<&FindingView>)> = vec![];
        let open = findings.iter().filter(|f| f.outcome != Outcome::Met);
        for finding in open {
            match told.iter_mut().find(|(id, _)| *id == finding.requirement) {
                Some((_, same)) => same.push(finding),
                None => told.push((&finding.requirement, vec![finding])),
            }
        }
        let more = told.len().saturating_sub(TOLD);
        if gravest.outcome == Outcome::Unknown && told.len() > BRIEF {
            let n = told.len().to_string();
            let mut open = vec![vec![text(self.m.fill("paper.requirements_unknown", &[("n", &n)]))]];
            open.extend(self.ask(findings));
            return Some(self.row_of(number, gravest, open));
        }
        let mixed = told.iter().any(|(_, same)| same.iter().any(|f| f.outcome != gravest.outcome));
        let shown = told.iter().take(TOLD);
        let mut found: Cell = shown.flat_map(|(_, same)| self.told(at, same, mixed)).collect();
        if more > 0 {
            found.push(vec![text(self.m.fill("say.and_more", &[("n", &more.to_string())]))]);
        }
        Some(self.row_of(number, gravest, found))
    }

    fn row_of(&self, number: &str, gravest: &FindingView, found: Cell) -> Row {
        row([cell(self.m.clause(self.instrument, number)), vec![vec![self.outcome(gravest)]], found])
    }

    /// Whom to ask for the facts that findings wait for.
    fn ask(&self, findings: &[&'a FindingView]) -> Option<Vec<Span>> {
        let paths = findings.iter().flat_map(|f| &f.missing);
        let asked = paths.filter_map(|path| self.asked.get(path.trim_end_matches(" (complete)")));
        let who: BTreeSet<&str> = asked.map(|who| self.m.t(who)).collect();
        let who = (!who.is_empty()).then(|| self.m.list(who))?;
        Some(vec![Span::Unknown(self.m.fill("paper.ask", &[("who", &who)]))])
    }

    /// A requirement that is not met: in words, for which things, what is missing, how it is mended.
    /// Where outcomes of a clause differ (`mixed`), each says its own.
    fn told(&self, at: Option<Thing<'a>>, findings: &[&'a FindingView], mixed: bool) -> Cell {
        let m = &self.m;
        let Some(first) = gravest(findings) else { return vec![] };
        let mut spans = vec![];
        if mixed {
            spans.extend([self.outcome(first), text(m.colon())]);
        }
        spans.push(text(m.t(&first.text)));
        let things: BTreeSet<&str> = findings
            .iter()
            .filter(|f| at.is_none_or(|thing| thing.path() != f.thing))
            .map(|f| called(&f.title, &f.name, m.lang))
            .collect();
        if !things.is_empty() {
            spans.push(text(format!("{}{}{}", m.open(), m.list(things), m.close())));
        }
        let mut cell = vec![spans];
        cell.extend(self.ask(findings));
        if is_gap(first) && !silent(&first.remedy) {
            cell.push(vec![text(m.fill("paper.remedy", &[("remedy", m.t(&first.remedy))]))]);
        }
        if let Some(disposition) = findings.iter().find_map(|f| f.disposition.as_ref()) {
            cell.push(vec![text(self.disposition(disposition))]);
        }
        cell
    }

    fn disposition(&self, of: &DispositionView) -> String {
        let m = &self.m;
        let mut parts =
            vec![crate::words::way(&of.way, m.lang).to_owned(), format!("{}{}{}", of.by, m.comma(), of.on)];
        if let Some(owner) = &of.owner {
            parts.push(m.fill("gaps.owner", &[("owner", owner)]));
        }
        if let Some(due) = &of.due {
            parts.push(m.fill("gaps.due", &[("due", due)]));
        }
        if let Some(done) = &of.done_on {
            parts.push(m.fill("gaps.done", &[("on", done)]));
        }
        m.fill("paper.disposition", &[("list", &parts.join(m.semicolon()))])
    }

    /// What the findings on clauses come to, in a sentence that says no more than they do.
    pub fn conclusion(&self, of: &[Named], at: Option<Thing<'a>>, to: &mut Vec<Block>) {
        if of.is_empty() {
            return;
        }
        let m = &self.m;
        let findings = self.picked(at, of);
        let mut tally = Tally::default();
        for finding in &findings {
            tally.count(finding.outcome, finding.strength);
            tally.sampled += u32::from(finding.outcome == Outcome::Met && finding.sample.is_some());
        }
        let key = if tally.gap > 0 {
            "paper.concluded_gap"
        } else if tally.unknown > 0 {
            "paper.concluded_unknown"
        } else if tally.met > 0 {
            "paper.concluded_met"
        } else {
            "paper.no_findings"
        };
        to.push(body(m.fill(key, &[("counts", &m.counts(&tally))])));
    }
}

/// The clause that a requirement's id begins with.
fn clause(id: &str) -> &str {
    id.split_once('-').map_or(id, |(clause, _)| clause)
}

/// The gravest finding: a gap, then what is unknown, a recommendation not followed, what is met, what does
/// not apply.
fn gravest<'a>(findings: &[&'a FindingView]) -> Option<&'a FindingView> {
    let rank = |finding: &FindingView| match finding.outcome {
        Outcome::Gap if is_gap(finding) => 0,
        Outcome::Unknown => 1,
        Outcome::Gap => 2,
        Outcome::Met => 3,
        Outcome::NotApplicable => 4,
    };
    findings.iter().copied().min_by_key(|finding| rank(finding))
}
