//! A paper made from its form: headings, tables of facts, tables of things, findings.
//!
//! Everything shown is a fact of the register with its source, a finding, or marked as unknown with whom
//! to ask; where there is nothing, it is said why. Sentences are data (`wording/papers.toml`).

use super::cells::Beside;
use super::form::{Field, Form, Section, Trigger};
use super::maker::{Maker, body, cell, heading, note, row, styled, table, text};
use super::sources::Sources;
use super::things::Thing;
use super::walk::{Open, Reached};
use crate::paper::{Block, Cell, Paper, Row, Span, Style};
use crate::wording::Wording;
use crate::words::silent;
use hegui_assess::view::{FindingView, Inventory, OriginView, Report};
use hegui_catalog::model::{Lang, Text};
use std::collections::HashMap;

/// How many rows a table shows; the others are counted.
const ROWS: usize = 120;
/// How many things a folded row names.
const FOLDED: usize = 60;

/// A paper while it is made.
pub(crate) struct Filling<'a> {
    pub m: Maker<'a>,
    pub sources: Sources,
    /// Findings on a thing and on all below it, by the thing's path.
    pub under: HashMap<&'a str, Vec<&'a FindingView>>,
    /// Who said of a list that it is complete, by its path.
    pub closed: HashMap<&'a str, &'a OriginView>,
    /// Whom to ask for a fact that findings wait for, by its path.
    pub asked: HashMap<&'a str, &'a Text>,
    /// The instrument whose clauses the form names.
    pub instrument: &'a str,
}

/// Makes the paper of a form.
pub(crate) fn paper(
    form: &Form,
    report: &Report,
    inventory: &Inventory,
    wording: &Wording,
    lang: Lang,
) -> Paper {
    let maker = Maker::new(report, inventory, wording, lang);
    let filling = Filling::new(maker, form);
    let mut blocks = vec![note(filling.m.t(&form.about))];
    filling.paragraphs(&form.intro, &mut blocks);
    filling.laws(form, &mut blocks);
    for section in &form.sections {
        filling.section(section, None, 1, &mut blocks);
    }
    let m = &filling.m;
    if !form.signatures.is_empty() {
        blocks.push(heading(1, m.say("heading.signatures"), None));
        blocks.push(Block::Signatures(form.signatures.iter().map(|who| m.t(who).to_owned()).collect()));
    }
    filling.sources.push(m, &mut blocks);
    let title = m.t(&form.title).to_owned();
    Paper {
        lang,
        running: title.clone(),
        title,
        subtitle: report.organisation.clone().unwrap_or_else(|| m.say("say.not_stated")),
        cover: vec![
            (m.say("cover.as_of"), report.as_of.clone()),
            (m.say("cover.known_on"), report.known_on.clone()),
            (m.say("cover.basis"), m.t(&report.catalog.profile_title).to_owned()),
        ],
        author: report.organisation.clone().unwrap_or_default(),
        date: report.as_of.clone(),
        watermark: form.watermark.as_ref().map(|word| m.t(word).to_owned()),
        contents: true,
        blocks,
    }
}

impl<'a> Filling<'a> {
    fn new(m: Maker<'a>, form: &'a Form) -> Self {
        let mut under: HashMap<&str, Vec<&FindingView>> = HashMap::new();
        for finding in &m.report.findings {
            for thing in m.things.line(&finding.thing) {
                under.entry(thing.path()).or_default().push(finding);
            }
        }
        let closed = m.report.assumptions.iter().filter(|a| a.kind == "complete");
        let closed = closed.filter_map(|a| Some((a.path.as_str(), a.origin.as_ref()?))).collect();
        let asked = m.report.questions.iter().map(|q| (q.fact.as_str(), &q.who_title)).collect();
        let instrument = form.instrument.as_ref().map_or("", |named| named.name.as_str());
        Self { m, sources: Sources::default(), under, closed, asked, instrument }
    }

    pub fn as_of(&self) -> &'a str {
        &self.m.report.as_of
    }

    pub fn paragraphs(&self, texts: &[Text], to: &mut Vec<Block>) {
        to.extend(texts.iter().map(|paragraph| body(self.m.t(paragraph))));
    }

    /// The articles that the paper rests on, as they stand on the day.
    fn laws(&self, form: &Form, to: &mut Vec<Block>) {
        if form.laws.is_empty() {
            return;
        }
        let m = &self.m;
        let rows = form.laws.iter().map(|law| match m.laws.get(law.cite.name.as_str()) {
            Some(found) if !silent(&found.gist) => {
                row([cell(m.t(&law.text)), cell(m.t(&found.gist)), cell(m.law_status(&found.status))])
            }
            found => {
                let status = found.map(|found| text(m.law_status(&found.status)));
                let unknown = || Span::Unknown(m.say("paper.law_unseen"));
                row([cell(m.t(&law.text)), vec![], vec![vec![status.unwrap_or_else(unknown)]]])
            }
        });
        let columns = [(m.say("annex.article"), 3), (m.say("annex.gist"), 8), (m.say("criteria.status"), 2)];
        to.push(table(&columns, rows.collect()));
    }

    fn section(&self, section: &Section, at: Option<Thing<'a>>, level: u8, to: &mut Vec<Block>) {
        to.push(heading(level, self.m.t(&section.heading), None));
        self.paragraphs(&section.intro, to);
        let Some(each) = &section.each else {
            self.contents(section, at, level, to);
            return;
        };
        let (mut things, reached) = self.m.things.things(at, each, self.as_of());
        if things.is_empty() || !reached.open.is_empty() {
            self.absent(&reached, section.empty.as_ref(), to);
        }
        if !section.triggers.is_empty() {
            things = self.triggered(&things, &section.triggers, to);
        }
        for thing in things {
            // The organisation is what the whole paper is about: it needs no heading of its own.
            let whole = thing.thing.parent.is_none();
            let below = if whole { level } else { (level + 1).min(4) };
            if !whole {
                to.push(heading(below, self.m.called(&thing.thing.thing), None));
            }
            self.reasons_for(thing, &section.triggers, to);
            self.contents(section, Some(thing), below, to);
        }
    }

    /// Why there is nothing, or may be more.
    fn absent(&self, reached: &Reached<'a>, empty: Option<&Text>, to: &mut Vec<Block>) {
        let mut open: Cell = vec![];
        let beside = if reached.found.is_empty() { Beside::Nothing } else { Beside::Values };
        self.open(beside, &reached.open, &mut open);
        if reached.found.is_empty()
            && let Some(empty) = empty
        {
            to.push(body(self.m.t(empty)));
        } else if open.is_empty() {
            let key = if reached.none.is_empty() { "paper.not_among" } else { "paper.nothing" };
            to.push(body(self.m.say(key)));
        }
        let whether = reached.found.is_empty() && reached.open.iter().any(|open| open.list.is_none());
        for (n, mut spans) in open.into_iter().enumerate() {
            if whether && n == 0 {
                spans.insert(0, text(self.m.say("paper.whether")));
            }
            to.push(Block::Paragraph { style: Style::Open, spans, anchor: None });
        }
    }

    fn contents(&self, section: &Section, at: Option<Thing<'a>>, level: u8, to: &mut Vec<Block>) {
        self.serves(section, at, to);
        self.conclusion(&section.conclusion, at, to);
        self.fields(&section.fields, at, to);
        if let Some(rows) = &section.rows {
            let (things, reached) = self.m.things.things(at, rows, self.as_of());
            if !things.is_empty() {
                self.things(&things, &section.columns, to);
            }
            if things.is_empty() || !reached.open.is_empty() {
                let empty = section.empty.as_ref().filter(|_| section.each.is_none());
                self.absent(&reached, empty, to);
            }
        }
        self.findings(&section.findings, at, to);
        for inner in &section.sections {
            self.section(inner, at, (level + 1).min(4), to);
        }
    }

    /// Facts of a thing, one a row.
    fn fields(&self, fields: &[Field], at: Option<Thing<'a>>, to: &mut Vec<Block>) {
        let rows = fields.iter().filter_map(|field| {
            let shown = self.shown(at, field)?;
            Some(row([cell(self.m.t(&field.label)), shown]))
        });
        let rows: Vec<Row> = rows.collect();
        if !rows.is_empty() {
            let columns = [(self.m.say("paper.item"), 3), (self.m.say("paper.content"), 10)];
            to.push(table(&columns, rows));
        }
    }

    /// Things with their facts, one a row; those of which the same is said share a row.
    fn things(&self, things: &[Thing<'a>], columns: &[Field], to: &mut Vec<Block>) {
        let mut folded: Vec<(Vec<Cell>, Vec<Cell>)> = vec![];
        let mut open: Vec<Vec<Open<'a>>> = vec![vec![]; columns.len()];
        for thing in things {
            let mut cells =
                columns.iter().zip(&mut open).map(|(column, open)| self.brief(Some(*thing), column, open));
            let first = cells.next().unwrap_or_default();
            let rest: Vec<Cell> = cells.collect();
            match folded.iter_mut().find(|(of, _)| *of == rest) {
                Some((_, names)) if !rest.is_empty() => names.push(first),
                _ => folded.push((rest, vec![first])),
            }
        }
        let more = folded.len().saturating_sub(ROWS);
        let rows = folded.into_iter().take(ROWS).map(|(rest, mut names)| {
            let hidden = names.len().saturating_sub(FOLDED);
            names.truncate(FOLDED);
            let mut first: Cell = names.into_iter().flatten().collect();
            if hidden > 0 {
                first.push(vec![text(self.m.fill("say.and_more", &[("n", &hidden.to_string())]))]);
            }
            row([vec![first], rest].concat())
        });
        let headings: Vec<(String, u16)> =
            columns.iter().map(|column| (self.m.t(&column.label).to_owned(), column.share)).collect();
        to.push(table(&headings, rows.collect()));
        if more > 0 {
            to.push(note(self.m.fill("say.and_more", &[("n", &more.to_string())])));
        }
        let labels = columns.iter().map(|column| &column.label);
        for spans in self.told_below(labels.zip(open)) {
            to.push(Block::Paragraph { style: Style::Open, spans, anchor: None });
        }
    }

    /// Which triggers hold for which thing; the things of which at least one does.
    fn triggered(&self, things: &[Thing<'a>], triggers: &[Trigger], to: &mut Vec<Block>) -> Vec<Thing<'a>> {
        let m = &self.m;
        let mut held = vec![];
        let mut doubted = vec![];
        let mut rows = vec![];
        for thing in things {
            let states: Vec<Reached<'a>> = triggers
                .iter()
                .map(|trigger| m.things.walk(Some(*thing), &trigger.on, self.as_of()))
                .collect();
            let holds = states.iter().any(|state| !state.found.is_empty());
            let open = states.iter().any(|state| !state.open.is_empty());
            let result = match (holds, open) {
                (true, _) => Span::Strong(m.say("paper.needed")),
                (false, true) => Span::Unknown(m.say("paper.cannot_tell")),
                (false, false) => text(m.say("paper.not_needed")),
            };
            let mut cells = vec![cell(m.called(&thing.thing.thing))];
            cells.extend(states.iter().map(|state| vec![vec![self.state(state)]]));
            cells.push(vec![vec![result]]);
            rows.push(row(cells));
            if holds {
                held.push(*thing);
            } else if open {
                doubted.push(states);
            }
        }
        if rows.is_empty() {
            return held;
        }
        let kind = things.first().map(|thing| m.t(&thing.kind.title).to_owned());
        let mut columns = vec![(kind.unwrap_or_default(), 4)];
        columns.extend(triggers.iter().map(|trigger| (m.t(&trigger.label).to_owned(), 2)));
        columns.push((m.say("paper.result"), 2));
        to.push(table(&columns, rows));
        if held.is_empty() {
            to.push(body(m.say("paper.none_needed")));
        }
        if !doubted.is_empty() {
            self.doubt(doubted, triggers, to);
        }
        held
    }

    fn state(&self, state: &Reached<'a>) -> Span {
        match (state.found.is_empty(), state.open.is_empty()) {
            (false, _) => Span::Strong(self.m.say("paper.yes")),
            (true, true) => text(self.m.say("paper.no")),
            (true, false) => Span::Unknown(self.m.say("paper.unknown_short")),
        }
    }

    /// What has to be asked before it can be told whether things need what the triggers demand.
    fn doubt(&self, things: Vec<Vec<Reached<'a>>>, triggers: &[Trigger], to: &mut Vec<Block>) {
        let mut open: Vec<Vec<Open<'a>>> = vec![vec![]; triggers.len()];
        let n = things.len().to_string();
        for states in things {
            for (open, state) in open.iter_mut().zip(states) {
                open.extend(state.open);
            }
        }
        to.push(styled(Style::Open, self.m.fill("paper.doubt", &[("n", &n)])));
        let labels = triggers.iter().map(|trigger| &trigger.label);
        to.push(Block::List { ordered: false, items: self.told_below(labels.zip(open)) });
    }

    /// What is not known of columns, told below their table; columns of which the same is said stand together.
    fn told_below<'l>(&self, columns: impl Iterator<Item = (&'l Text, Vec<Open<'a>>)>) -> Vec<Vec<Span>> {
        let mut groups: Vec<(Cell, Vec<&str>)> = vec![];
        for (label, open) in columns.filter(|(_, open)| !open.is_empty()) {
            let mut told = vec![];
            self.open(Beside::Column, &open, &mut told);
            match groups.iter_mut().find(|(same, _)| *same == told) {
                Some((_, labels)) => labels.push(self.m.t(label)),
                None => groups.push((told, vec![self.m.t(label)])),
            }
        }
        let lines = groups.into_iter().map(|(told, labels)| {
            let mut spans = vec![text(format!("{}{}", labels.join(self.m.comma()), self.m.colon()))];
            for (n, line) in told.into_iter().enumerate() {
                spans.extend((n > 0).then(|| text(self.m.semicolon())));
                spans.extend(line);
            }
            spans
        });
        lines.collect()
    }

    /// Which triggers hold for a thing, by which article.
    fn reasons_for(&self, thing: Thing<'a>, triggers: &[Trigger], to: &mut Vec<Block>) {
        let m = &self.m;
        let held = triggers
            .iter()
            .filter(|trigger| !m.things.walk(Some(thing), &trigger.on, self.as_of()).found.is_empty());
        let held: Vec<String> = held
            .map(|trigger| format!("{}{}{}{}", m.t(&trigger.label), m.open(), m.t(&trigger.law), m.close()))
            .collect();
        if !held.is_empty() {
            to.push(body(m.fill("paper.because", &[("list", &held.join(m.comma()))])));
        }
    }
}
