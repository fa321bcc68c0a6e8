//! What all papers share: sentences from the wording, facts with their source, verdicts, links.
//!
//! A link is made only to what this paper really holds, so a section that a firm leaves out leaves no
//! link that leads nowhere.

use crate::messages as m;
use crate::paper::{Block, Cell, Column, Row, Span, Style, Table};
use crate::papers::things::{About, Things, about};
use crate::wording::Wording;
use crate::words::{called, code, say, source, verdict};
use hegui_assess::rollup::{Tally, Verdict, WorkStatus};
use hegui_assess::view::{
    ClauseView, FactView, FindingView, IndicatorView, Inventory, LawView, OriginView, Report, StandingView,
    ThingView,
};
use hegui_catalog::model::{Lang, Text};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How many names a list shows; the others are counted.
pub(crate) const NAMED: usize = 5;

pub(crate) struct Maker<'a> {
    pub report: &'a Report,
    pub things: Things<'a>,
    pub wording: &'a Wording,
    pub lang: Lang,
    /// Instrument and number to the clause and its indicator.
    pub clauses: BTreeMap<(&'a str, &'a str), (&'a IndicatorView, &'a ClauseView)>,
    pub laws: BTreeMap<&'a str, &'a LawView>,
    /// Anchors of evidence and laws that this paper will hold.
    held: BTreeSet<String>,
    /// Number of a gap by clause or requirement, and thing.
    pub gaps: HashMap<(&'a str, &'a str), usize>,
    names: HashMap<&'a str, &'a ThingView>,
    common: Vec<(&'static str, String)>,
    /// Keys that the wording lacks, for the tests.
    pub lacking: RefCell<BTreeSet<String>>,
}

impl<'a> Maker<'a> {
    pub fn new(report: &'a Report, inventory: &'a Inventory, wording: &'a Wording, lang: Lang) -> Self {
        let mut clauses = BTreeMap::new();
        for indicator in &report.indicators {
            for clause in &indicator.clauses {
                let key = (indicator.instrument.as_str(), clause.number.as_str());
                clauses.insert(key, (indicator, clause));
            }
        }
        let mut maker = Self {
            report,
            things: Things::of(inventory),
            wording,
            lang,
            clauses,
            laws: report.laws.iter().map(|law| (law.cite.as_str(), law)).collect(),
            held: BTreeSet::new(),
            gaps: HashMap::new(),
            names: report.products.iter().map(|p| (p.path.as_str(), p)).collect(),
            common: vec![],
            lacking: RefCell::default(),
        };
        maker.common = maker.common_values();
        maker
    }

    /// What every entry of the wording may name.
    fn common_values(&self) -> Vec<(&'static str, String)> {
        let engagement = self.report.engagement.as_ref();
        let of = |value: Option<&String>| value.cloned().unwrap_or_else(|| self.say("say.not_stated"));
        vec![
            ("organisation", of(self.report.organisation.as_ref())),
            ("commissioner", of(engagement.and_then(|e| e.commissioner.as_ref()))),
            ("firm", of(engagement.and_then(|e| e.firm.as_ref()))),
            ("number", engagement.and_then(|e| e.number.clone()).unwrap_or_default()),
            ("opinion_on", of(engagement.and_then(|e| e.opinion_on.as_ref()))),
            ("as_of", self.report.as_of.clone()),
            ("known_on", self.report.known_on.clone()),
            ("profile", say(&self.report.catalog.profile_title, self.lang).to_owned()),
        ]
    }

    /// Says that this paper holds the evidence index, so that facts can link to it.
    pub fn hold_evidence(&mut self) {
        self.held.extend(self.report.evidence.iter().map(|e| evidence_anchor(&e.id)));
    }

    /// Says that this paper holds the list of laws.
    pub fn hold_laws(&mut self) {
        self.held.extend(self.report.laws.iter().map(|law| law_anchor(&law.cite)));
    }

    // Sentences.

    /// An entry of the wording.
    pub fn say(&self, key: &str) -> String {
        self.fill(key, &[])
    }

    /// An entry of the wording, filled in.
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        let common = self.common.iter().map(|(name, value)| (*name, value.as_str()));
        let all: Vec<(&str, &str)> = values.iter().copied().chain(common).collect();
        let text = self.wording.say(key, self.lang, &all);
        if text == key {
            self.lacking.borrow_mut().insert(key.to_owned());
        }
        text
    }

    /// A text of the catalog.
    pub fn t<'t>(&self, text: &'t Text) -> &'t str {
        say(text, self.lang)
    }

    /// Names, separated; the first [`NAMED`], and how many more.
    pub fn list<S: AsRef<str>>(&self, names: impl IntoIterator<Item = S>) -> String {
        let names: Vec<S> = names.into_iter().collect();
        let shown: Vec<&str> = names.iter().take(NAMED).map(AsRef::as_ref).collect();
        let mut text = shown.join(self.comma());
        if names.len() > NAMED {
            text.push_str(self.comma());
            text.push_str(&self.fill("say.and_more", &[("n", &(names.len() - NAMED).to_string())]));
        }
        text
    }

    /// What separates the members of a list.
    pub fn comma(&self) -> &'static str {
        m::LIST_COMMA.get(self.lang)
    }

    /// A value that the register may leave out.
    pub fn stated(&self, value: Option<&str>) -> Span {
        match value {
            Some(value) => text(value),
            None => Span::Unknown(self.say("say.not_stated")),
        }
    }

    /// From one day to another.
    pub fn days(&self, (from, to): (Option<&str>, Option<&str>)) -> Vec<Span> {
        if from.is_none() && to.is_none() {
            return vec![self.stated(None)];
        }
        let unknown = self.say("say.not_stated");
        vec![text(
            self.fill("say.from_to", &[("from", from.unwrap_or(&unknown)), ("to", to.unwrap_or(&unknown))]),
        )]
    }

    // Verdicts.

    /// A verdict.
    pub fn verdict(&self, of: Verdict) -> Span {
        Span::Verdict(of, verdict(of).get(self.lang).to_owned())
    }

    /// Verdict, work status, grade and counts of a standing, as cells.
    pub fn standing(&self, standing: &StandingView) -> [Cell; 4] {
        // A gap is settled whatever else is unknown; yet what is unknown is left to do.
        let open = standing.tally.unknown > 0 && standing.status == WorkStatus::Settled;
        let status = if open { WorkStatus::Open } else { standing.status };
        let grade =
            standing.grade.map_or_else(String::new, |g| crate::words::grade(g).get(self.lang).to_owned());
        [
            vec![vec![self.verdict(standing.verdict)]],
            cell(crate::words::status(status).get(self.lang)),
            cell(grade),
            cell(self.counts(&standing.tally)),
        ]
    }

    /// The findings of a tally that are not nought.
    pub fn counts(&self, tally: &Tally) -> String {
        let parts = [
            (m::GAP_SHORT, tally.gap),
            (m::OBSERVATION, tally.observation),
            (m::UNKNOWN, tally.unknown),
            (m::MET, tally.met.saturating_sub(tally.sampled)),
            (m::MET_SAMPLED, tally.sampled),
            (m::NOT_APPLICABLE, tally.not_applicable),
        ];
        let shown = parts.into_iter().filter(|(_, n)| *n > 0);
        let shown: Vec<String> = shown.map(|(word, n)| format!("{} {n}", word.get(self.lang))).collect();
        shown.join(self.comma())
    }

    // Clauses, laws, things.

    /// A clause's number and title.
    pub fn clause(&self, instrument: &str, number: &str) -> String {
        match self.clauses.get(&(instrument, number)) {
            Some((_, clause)) => format!("{number} {}", self.t(&clause.title)),
            None => number.to_owned(),
        }
    }

    /// The clause of a finding.
    pub fn clause_of(&self, finding: &FindingView) -> Option<&'a ClauseView> {
        let key = (finding.instrument.as_str(), finding.clause.as_str());
        self.clauses.get(&key).map(|(_, clause)| *clause)
    }

    /// The articles that a clause cites, each with its status where it is not simply in force.
    pub fn cites(&self, cites: &[String]) -> Vec<Span> {
        let mut spans = vec![];
        for cite in cites {
            if !spans.is_empty() {
                spans.push(text(self.comma()));
            }
            spans.push(self.link(self.cite(cite), law_anchor(cite)));
            let status = self.laws.get(cite.as_str()).map(|law| law.status.as_str());
            if let Some(status) = status.filter(|s| !matches!(*s, "in_force" | "")) {
                let status = self.law_status(status);
                spans.push(Span::Strong(format!(
                    "{}{}{}",
                    self.open(),
                    self.fill("gaps.not_in_force", &[("status", &status)]),
                    self.close()
                )));
            }
        }
        spans
    }

    /// An article as people cite it.
    pub fn cite(&self, cite: &str) -> String {
        crate::words::cite(self.laws.get(cite).copied(), cite, self.lang)
    }

    /// A law's status in words.
    pub fn law_status(&self, status: &str) -> String {
        match status {
            "not_yet" => self.say("annex.not_yet"),
            "unverified" => self.say("annex.unverified"),
            other => code(other, self.lang).to_owned(),
        }
    }

    /// What people call the thing at a path.
    pub fn name(&self, path: &str) -> String {
        if let Some(thing) = self.things.get(path) {
            return self.called(&thing.thing.thing);
        }
        self.names.get(path).map_or_else(|| path.to_owned(), |thing| self.called(thing))
    }

    /// What people call a thing.
    pub fn called(&self, thing: &ThingView) -> String {
        called(&thing.title, &thing.name, self.lang).to_owned()
    }

    /// A link, where the paper holds the anchor; else plain text.
    pub fn link(&self, shown: impl Into<String>, to: String) -> Span {
        let shown = shown.into();
        if self.held.contains(&to) { Span::Link { text: shown, to } } else { text(shown) }
    }

    // Facts.

    /// What a fact is about: "label (thing)". Of `at` itself the thing is not named.
    pub fn subject(&self, path: &str, at: &str) -> String {
        let of = |label: String, thing: &str| {
            if thing == at || label.is_empty() {
                label
            } else {
                format!("{label}{}{}{}", self.open(), self.name(thing), self.close())
            }
        };
        match about(path) {
            About::Fact { thing, fact, document } => {
                let kind = thing.split('.').next().unwrap_or_default();
                let label =
                    self.things.label(kind, fact).map(|label| self.t(label)).filter(|l| !l.is_empty());
                let label = label.unwrap_or(if fact == "document" { "" } else { fact });
                let label = match document {
                    Some(document) => {
                        let document = self.name(&format!("document.{document}"));
                        if label.is_empty() { document } else { format!("{label} · {document}") }
                    }
                    None => label.to_owned(),
                };
                of(label, thing)
            }
            About::Complete { thing, list } => {
                let kind = self.things.members_of(list);
                let list = kind.map_or(list, |kind| self.t(&kind.title));
                of(self.fill("say.all_listed", &[("list", list)]), thing)
            }
            About::Outcome { clause, thing } => {
                self.fill("say.outcome_of", &[("clause", clause), ("thing", &self.name(thing))])
            }
            About::Other => path.to_owned(),
        }
    }

    /// A fact: what it is about, its value, where it comes from.
    pub fn fact(&self, fact: &FactView, at: &str) -> Vec<Span> {
        let mut spans = vec![text(format!("{}{}", self.subject(&fact.path, at), self.colon()))];
        spans.push(self.value(fact));
        if let About::Outcome { clause, thing } = about(&fact.path)
            && let Some(n) = self.gaps.get(&(clause, thing))
        {
            let link = Span::Link { text: gap_name(*n), to: gap_anchor(*n) };
            spans.extend([text(self.open()), link, text(self.close())]);
        }
        if let Some(origin) = &fact.origin {
            spans.push(text(self.open()));
            spans.extend(self.origin(origin));
            spans.push(text(self.close()));
        }
        spans
    }

    /// A fact's value; what is unknown is marked.
    pub fn value(&self, fact: &FactView) -> Span {
        match &fact.value {
            Some(value) => Span::Strong(self.t(value).to_owned()),
            None => Span::Unknown(self.unknown(fact.unknown.as_deref())),
        }
    }

    /// That something is unknown, and why.
    pub fn unknown(&self, why: Option<&str>) -> String {
        let why = code(why.unwrap_or("never_stated"), self.lang);
        self.fill("say.unknown_because", &[("why", why)])
    }

    /// Where a fact comes from: source, by whom, when, evidence, reasons. Never the file: a paper is
    /// read by people who do not have it.
    pub fn origin(&self, origin: &OriginView) -> Vec<Span> {
        let mut spans = vec![text(source(&origin.source, self.lang))];
        let parts = [origin.by.as_deref(), origin.on.as_deref()];
        for part in parts.into_iter().flatten() {
            spans.push(text(format!("{}{part}", self.comma())));
        }
        for id in &origin.evidence {
            spans.push(text(self.comma()));
            spans.push(self.evidence(id));
        }
        if let Some(reasons) = &origin.reasons {
            let label = m::REASONS.get(self.lang);
            spans.push(text(format!("{}{label}{}{reasons}", self.semicolon(), self.colon())));
        }
        spans
    }

    /// A piece of evidence, linked to the index.
    pub fn evidence(&self, id: &str) -> Span {
        self.link(id, evidence_anchor(id))
    }

    // Signs.

    /// An opening bracket.
    pub fn open(&self) -> &'static str {
        if self.lang == Lang::Zh { "（" } else { " (" }
    }

    /// A closing bracket.
    pub fn close(&self) -> &'static str {
        if self.lang == Lang::Zh { "）" } else { ")" }
    }

    /// A colon.
    pub fn colon(&self) -> &'static str {
        if self.lang == Lang::Zh { "：" } else { ": " }
    }

    /// A semicolon.
    pub fn semicolon(&self) -> &'static str {
        if self.lang == Lang::Zh { "；" } else { "; " }
    }
}

/// The anchor of a piece of evidence.
pub(crate) fn evidence_anchor(id: &str) -> String {
    format!("evidence-{id}")
}

/// The anchor of an article.
pub(crate) fn law_anchor(cite: &str) -> String {
    format!("law-{cite}")
}

/// The anchor of a gap.
pub(crate) fn gap_anchor(n: usize) -> String {
    format!("gap-{n}")
}

/// A gap's number as it is printed.
pub(crate) fn gap_name(n: usize) -> String {
    format!("G{n}")
}

/// Plain text.
pub(crate) fn text(text: impl Into<String>) -> Span {
    Span::Text(text.into())
}

/// A cell of one paragraph.
pub(crate) fn cell(content: impl Into<String>) -> Cell {
    vec![vec![text(content)]]
}

/// A heading that is counted.
pub(crate) fn heading(level: u8, title: impl Into<String>, anchor: Option<&str>) -> Block {
    Block::Heading { level, text: title.into(), anchor: anchor.map(str::to_owned), numbered: true }
}

/// A paragraph of running text.
pub(crate) fn body(content: impl Into<String>) -> Block {
    styled(Style::Body, content)
}

/// A remark.
pub(crate) fn note(content: impl Into<String>) -> Block {
    styled(Style::Note, content)
}

/// A paragraph set in a style.
pub(crate) fn styled(style: Style, content: impl Into<String>) -> Block {
    Block::Paragraph { style, spans: vec![text(content)], anchor: None }
}

/// A table with a heading and a share of the width for each column.
pub(crate) fn table(columns: &[(String, u16)], rows: Vec<Row>) -> Block {
    let columns = columns.iter().map(|(heading, share)| Column { heading: heading.clone(), share: *share });
    Block::Table(Table { caption: String::new(), columns: columns.collect(), rows })
}

/// A row without an anchor.
pub(crate) fn row(cells: impl Into<Vec<Cell>>) -> Row {
    Row { cells: cells.into(), anchor: None }
}
