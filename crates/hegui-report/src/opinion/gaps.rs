//! Gaps and observations: the facts, the clause, the law on the date, the risk, the remedy, and what
//! was decided.
//!
//! Findings of one requirement stand in one table: its text, law and remedy are said once, the things
//! concerned follow, each with its facts and its own disposition. The tables stand beneath their
//! dimension and indicator.

use super::Opinion;
use crate::paper::{Block, Cell, Row, Span};
use crate::papers::maker::{body, cell, gap_anchor, gap_name, heading, row, table, text};
use crate::words::{grade, is_observation, silent, strength, ways};
use hegui_assess::view::{DispositionView, FactView, FindingView, Report};
use hegui_logic::truth::Truth;
use std::collections::{BTreeMap, BTreeSet};

/// How many facts a gap shows; the others are counted.
const FACTS: usize = 8;
/// A dimension with so many requirements to tell of begins a new page.
const LONG: usize = 8;
/// Ways of dealing with a gap, in the order in which they are counted.
const WAYS: [&str; 6] = ["adjust", "disclose", "accept", "consult", "compensate", "stop"];

/// Findings of one requirement.
#[derive(Clone, Debug)]
pub(crate) struct Group<'a> {
    /// Number and title of the dimension or, for a document in articles, of the instrument.
    pub part: (String, &'a hegui_catalog::model::Text),
    /// The indicator's number and title.
    pub indicator: Option<(&'a str, &'a hegui_catalog::model::Text)>,
    /// The findings; there is at least one.
    pub findings: Vec<&'a FindingView>,
}

/// Findings that a condition picks, by requirement: the dimensions in their order, beneath them the
/// indicators, and then what belongs to none.
pub(super) fn groups(report: &Report, pick: impl Fn(&FindingView) -> bool) -> Vec<Group<'_>> {
    let mut by_requirement: Vec<Vec<&FindingView>> = vec![];
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in report.findings.iter().filter(|f| pick(f)) {
        let place = *places.entry(&finding.requirement).or_insert(by_requirement.len());
        match by_requirement.get_mut(place) {
            Some(group) => group.push(finding),
            None => by_requirement.push(vec![finding]),
        }
    }
    let mut groups: Vec<(usize, Group<'_>)> = by_requirement
        .into_iter()
        .filter_map(|findings| {
            let first = *findings.first()?;
            Some(placed(report, first, findings))
        })
        .collect();
    groups.sort_by_key(|(place, _)| *place);
    groups.into_iter().map(|(_, group)| group).collect()
}

/// A group with where it stands: the place of its indicator, what has none after all.
fn placed<'a>(report: &'a Report, first: &FindingView, findings: Vec<&'a FindingView>) -> (usize, Group<'a>) {
    let holds = |i: &&'a hegui_assess::view::IndicatorView| {
        i.instrument == first.instrument && i.clauses.iter().any(|c| c.number == first.clause)
    };
    let found = report.indicators.iter().enumerate().find(|(_, i)| holds(i));
    match found {
        Some((n, i)) => {
            let dimension =
                report.dimensions.iter().find(|d| d.instrument == i.instrument && d.number == i.dimension);
            let part = match dimension {
                Some(d) => (d.number.clone(), &d.title),
                None => (i.number.clone(), &i.title),
            };
            (n, Group { part, indicator: Some((&i.number, &i.title)), findings })
        }
        None => {
            let instrument = report.catalog.instruments.iter().position(|i| i.id == first.instrument);
            let title = instrument.and_then(|n| report.catalog.instruments.get(n)).map(|i| &i.title);
            let part = (String::new(), title.unwrap_or(&report.catalog.profile_title));
            let place = report.indicators.len() + instrument.unwrap_or(0);
            (place, Group { part, indicator: None, findings })
        }
    }
}

impl Opinion<'_> {
    pub(super) fn gaps(&self, to: &mut Vec<Block>) {
        let m = &self.m;
        if self.gaps.is_empty() {
            to.push(body(m.say("gaps.none")));
            return;
        }
        let n = self.gaps.iter().map(|g| g.findings.len()).sum::<usize>().to_string();
        let requirements = self.gaps.len().to_string();
        to.push(body(m.fill("gaps.intro", &[("n", &n), ("requirements", &requirements)])));
        to.push(body(m.fill("gaps.handled", &[("list", &self.handled())])));
        self.listed(&self.gaps, to);
    }

    pub(super) fn observations(&self, to: &mut Vec<Block>) {
        let m = &self.m;
        let groups = groups(m.report, is_observation);
        if groups.is_empty() {
            to.push(body(m.say("say.none")));
            return;
        }
        to.push(body(m.say("observations.intro")));
        self.listed(&groups, to);
    }

    /// How many gaps were dealt with in which way.
    fn handled(&self) -> String {
        let m = &self.m;
        let all: Vec<&FindingView> = self.gaps.iter().flat_map(|g| g.findings.iter().copied()).collect();
        let by =
            |way: &str| all.iter().filter(|f| f.disposition.as_ref().is_some_and(|d| d.way == way)).count();
        let mut parts = vec![];
        for way in WAYS {
            if by(way) > 0 {
                let word = m.say(&format!("gaps.{way}"));
                parts.push(m.fill("gaps.way_count", &[("way", &word), ("n", &by(way).to_string())]));
            }
        }
        let undecided = all.iter().filter(|f| f.disposition.is_none()).count();
        let overdue = all
            .iter()
            .filter(|f| f.disposition.as_ref().is_some_and(|d| overdue(d, &self.m.report.as_of)))
            .count();
        for (key, n) in [("gaps.undecided_count", undecided), ("gaps.overdue_count", overdue)] {
            if n > 0 {
                parts.push(m.fill(key, &[("n", &n.to_string())]));
            }
        }
        parts.join(m.comma())
    }

    /// Groups beneath headings of their dimension and indicator.
    fn listed(&self, groups: &[Group<'_>], to: &mut Vec<Block>) {
        let m = &self.m;
        let (mut part, mut indicator) = (None, None);
        for group in groups {
            if part != Some(&group.part) {
                let (number, title) = &group.part;
                let long = groups.iter().filter(|other| other.part == group.part).count() >= LONG;
                if long && part.is_some() {
                    to.push(Block::NewPage);
                }
                to.push(heading(2, format!("{number} {}", m.t(title)).trim(), None));
                (part, indicator) = (Some(&group.part), None);
            }
            if let Some((number, title)) = group.indicator
                && indicator != Some(number)
            {
                to.push(heading(3, format!("{number} {}", m.t(title)), None));
                indicator = Some(number);
            }
            to.push(self.requirement(group));
        }
    }

    /// One requirement with the things concerned.
    fn requirement(&self, group: &Group<'_>) -> Block {
        let m = &self.m;
        let Some(first) = group.findings.first() else { return body(String::new()) };
        let clause = m.clause_of(first);
        let observation = is_observation(first);
        let mut asked = vec![Span::Strong(strength(first.strength).get(m.lang).to_owned()), text(m.colon())];
        asked.push(text(m.t(&first.text)));
        let mut rows = vec![row([cell(m.say("gaps.requirement")), vec![asked]])];
        let cites = clause.map(|c| m.cites(&c.cites)).unwrap_or_default();
        let cites = if cites.is_empty() { vec![text(m.say("gaps.no_law"))] } else { cites };
        rows.push(row([cell(m.say("gaps.law")), vec![cites]]));
        for finding in &group.findings {
            rows.push(self.concerned(finding));
            if !observation {
                rows.push(row([cell(m.say("gaps.risk")), self.risk(finding)]));
                rows.push(row([cell(m.say("gaps.disposition")), self.disposition(finding)]));
            }
        }
        rows.push(row([cell(m.say("gaps.remedy")), self.remedy(first)]));
        let columns = [(self.numbers(group), 2), (m.clause(&first.instrument, &first.clause), 11)];
        table(&columns, rows)
    }

    /// The numbers of a group's gaps: they follow each other.
    fn numbers(&self, group: &Group<'_>) -> String {
        let number = |f: &FindingView| self.number(f);
        let first = group.findings.first().and_then(|f| number(f));
        let last = group.findings.last().and_then(|f| number(f));
        match (first, last) {
            (Some(a), Some(b)) if a != b => format!("{}–{}", gap_name(a), gap_name(b)),
            (Some(a), _) => gap_name(a),
            _ => String::new(),
        }
    }

    /// A gap's number; observations have none.
    fn number(&self, finding: &FindingView) -> Option<usize> {
        let of = self.m.gaps.get(&(finding.requirement.as_str(), finding.thing.as_str())).copied();
        of.filter(|_| !is_observation(finding))
    }

    /// The thing concerned, with the facts that decided.
    fn concerned(&self, finding: &FindingView) -> Row {
        let m = &self.m;
        let number = self.number(finding);
        let mut name = vec![Span::Strong(m.called(&hegui_assess::view::ThingView {
            path: finding.thing.clone(),
            name: finding.name.clone(),
            title: finding.title.clone(),
        }))];
        if let Some(product) = finding.product.as_deref().filter(|p| *p != finding.thing) {
            let product = m.fill("say.of_product", &[("product", &m.name(product))]);
            name.push(text(format!("{}{product}{}", m.open(), m.close())));
        }
        let mut content = vec![name];
        let facts = deciding(finding);
        content.extend(facts.iter().take(FACTS).map(|fact| m.fact(fact, &finding.thing)));
        if facts.len() > FACTS {
            let n = (facts.len() - FACTS).to_string();
            content.push(vec![text(m.fill("say.and_more", &[("n", &n)]))]);
        }
        if let Some(ruling) = &finding.ruling {
            content.push(self.ruling_line(ruling));
        }
        if let Some(sample) = &finding.sample {
            content.push(vec![text(self.sample_line(sample))]);
        }
        let label = number.map_or_else(String::new, |n| format!("{} ", gap_name(n)));
        Row {
            cells: vec![cell(format!("{label}{}", m.say("gaps.facts"))), content],
            anchor: number.map(gap_anchor),
        }
    }

    /// The risk as persons rated it; nothing is computed.
    fn risk(&self, finding: &FindingView) -> Cell {
        let m = &self.m;
        let mut lines = vec![];
        if let Some(of) = finding.ruling.as_ref().filter(|r| !r.stale).and_then(|r| r.grade) {
            lines.push(vec![text(m.fill("gaps.graded", &[("grade", grade(of).get(m.lang))]))]);
        }
        let disposition = finding.disposition.as_ref();
        match disposition.and_then(|d| d.risk.as_deref().map(|risk| (d, risk))) {
            Some((d, risk)) => {
                let word = match risk {
                    "low" | "medium" | "high" => m.say(&format!("gaps.risk_{risk}")),
                    other => other.to_owned(),
                };
                let values = [("risk", word.as_str()), ("by", &d.by), ("on", &d.on)];
                lines.push(vec![text(m.fill("gaps.risk_rated", &values))]);
            }
            None => lines.push(vec![Span::Unknown(m.say("gaps.risk_unrated"))]),
        }
        if m.clause_of(finding).is_some_and(|c| c.past_stays) {
            lines.push(vec![text(m.say("gaps.past"))]);
        }
        lines
    }

    /// What was decided, by whom, and what has become of it.
    fn disposition(&self, finding: &FindingView) -> Cell {
        let m = &self.m;
        let Some(d) = &finding.disposition else {
            return vec![vec![Span::Unknown(m.say("gaps.undecided"))]];
        };
        let way = match (d.way.as_str(), d.done_on.as_deref()) {
            ("adjust", Some(on)) => m.fill("gaps.adjusted", &[("on", on)]),
            (way, _) if WAYS.contains(&way) => m.say(&format!("gaps.{way}")),
            (other, _) => other.to_owned(),
        };
        let values =
            [("way", way.as_str()), ("by", &d.by), ("role", d.role_title.get(m.lang)), ("on", &d.on)];
        let mut lines = vec![vec![text(m.fill("gaps.decided", &values))]];
        if !d.reasons.is_empty() {
            lines.push(vec![text(d.reasons.as_str())]);
        }
        let parts = [("owner", &d.owner), ("due", &d.due)];
        let parts = parts.into_iter().filter_map(|(name, value)| {
            value.as_deref().map(|value| m.fill(&format!("gaps.{name}"), &[(name, value)]))
        });
        let mut parts: Vec<String> = parts.collect();
        if let Some(on) = d.done_on.as_deref().filter(|_| d.way != "adjust") {
            parts.push(m.fill("gaps.done", &[("on", on)]));
        }
        let mut line = vec![text(parts.join(m.semicolon()))];
        if overdue(d, &self.m.report.as_of) {
            line.push(text(if parts.is_empty() { "" } else { m.semicolon() }));
            line.push(Span::Strong(m.say("gaps.overdue")));
        }
        for id in &d.evidence {
            line.extend([text(m.comma()), m.evidence(id)]);
        }
        if line.iter().any(|span| !span.text().is_empty()) {
            lines.push(line);
        }
        if !d.allowed {
            lines.push(vec![Span::Strong(m.say("gaps.not_allowed"))]);
        }
        if d.way == "adjust" && d.done_on.as_deref().is_some_and(|on| on <= m.report.as_of.as_str()) {
            lines.push(vec![text(m.say("gaps.adjusted_note"))]);
        }
        lines
    }

    fn remedy(&self, finding: &FindingView) -> Cell {
        let m = &self.m;
        let mut lines = vec![];
        if !silent(&finding.remedy) {
            lines.push(vec![text(m.t(&finding.remedy))]);
        }
        if let Some(clause) = m.clause_of(finding)
            && !is_observation(finding)
            && let Some(ways) = ways(clause, m.lang)
        {
            lines.push(vec![text(ways)]);
        }
        lines
    }
}

/// Whether a disposition's day has passed without its being done by the date of the assessment.
pub(crate) fn overdue(disposition: &DispositionView, as_of: &str) -> bool {
    // Dates are written so that they sort as texts.
    let late = disposition.due.as_deref().is_some_and(|due| due < as_of);
    late && disposition.done_on.as_deref().is_none_or(|done| done > as_of)
}

/// The facts that decided a finding, each once: first those of the parts that do not hold.
pub(crate) fn deciding(finding: &FindingView) -> Vec<&FactView> {
    let mut seen = BTreeSet::new();
    let parts = |fails: bool| finding.because.iter().filter(move |r| (r.truth == Truth::False) == fails);
    let facts = parts(true).chain(parts(false)).flat_map(|reason| &reason.facts);
    facts.filter(|fact| seen.insert(fact.path.as_str())).collect()
}
