//! The annexes: obligations, every clause, what is unknown, readings, evidence, law.

use super::{Opinion, gaps};
use crate::paper::{Block, Row, Span, Style};
use crate::papers::maker::{body, cell, evidence_anchor, law_anchor, note, row, styled, table, text};
use crate::words::{clause_kind, code, is_gap, silent};
use hegui_assess::view::LawView;
use hegui_logic::truth::Outcome;
use std::collections::BTreeSet;

/// The facts of an obligation that the list shows, where the register's kind has them.
const OBLIGATION: [(&str, u16); 5] =
    [("title", 5), ("article", 4), ("source", 2), ("bearer", 2), ("activities", 4)];

impl Opinion<'_> {
    pub(super) fn obligations(&self, to: &mut Vec<Block>) {
        let m = &self.m;
        let all: Vec<_> = m.things.all("obligation").collect();
        if all.is_empty() {
            to.push(styled(Style::Open, m.say("annex.no_obligations")));
            return;
        }
        to.push(body(m.fill("annex.obligations", &[("n", &all.len().to_string())])));
        let complete = m.things.all("organisation").filter_map(|o| o.list("obligations")).any(|l| l.complete);
        if !complete {
            to.push(styled(Style::Open, m.say("annex.obligations_incomplete")));
        }
        let columns: Vec<(String, u16)> = OBLIGATION
            .iter()
            .map(|(fact, share)| {
                let label = m.things.label("obligation", fact).map(|l| m.t(l)).filter(|l| !l.is_empty());
                (label.unwrap_or(fact).to_owned(), *share)
            })
            .collect();
        let rows = all.into_iter().map(|obligation| {
            let cells = OBLIGATION.iter().map(|(name, _)| {
                if let Some(list) = obligation.list(name) {
                    return cell(m.list(list.members.iter().map(|path| m.name(path))));
                }
                match obligation.fact(name) {
                    Some(fact) => match m.value(fact) {
                        Span::Strong(value) => cell(value),
                        other => vec![vec![other]],
                    },
                    None => vec![],
                }
            });
            row(cells.collect::<Vec<_>>())
        });
        to.push(table(&columns, rows.collect()));
    }

    pub(super) fn clauses(&self, to: &mut Vec<Block>) {
        let m = &self.m;
        to.push(note(m.say("annex.clauses")));
        let mut rows = vec![];
        for clause in m.report.indicators.iter().flat_map(|i| &i.clauses) {
            let kind = clause_kind(clause.kind).get(m.lang);
            let kind = if clause.stage == "general" {
                kind.to_owned()
            } else {
                format!("{kind}{}{}{}", m.open(), code(&clause.stage, m.lang), m.close())
            };
            let mut cells = vec![cell(clause.number.as_str()), cell(m.t(&clause.title)), cell(kind)];
            cells.extend(m.standing(&clause.standing));
            rows.push(row(cells));
        }
        let mut columns =
            vec![(m.say("conclusion.clause"), 2), (m.say("annex.title"), 4), (String::new(), 3)];
        columns.extend(self.standing_columns());
        to.push(table(&columns, rows));
    }

    pub(super) fn unknown(&self, to: &mut Vec<Block>) {
        let m = &self.m;
        let groups = gaps::groups(m.report, |f| f.outcome == Outcome::Unknown);
        if groups.is_empty() {
            to.push(body(m.say("say.none")));
            return;
        }
        to.push(body(m.say("annex.unknown")));
        let rows = groups.iter().filter_map(|group| {
            let first = group.findings.first()?;
            let things = group.findings.iter().map(|f| crate::words::called(&f.title, &f.name, m.lang));
            Some(row([
                cell(m.clause(&first.instrument, &first.clause)),
                cell(m.t(&first.text)),
                cell(m.list(things)),
                cell(group.findings.len().to_string()),
            ]))
        });
        let columns = [
            (m.say("conclusion.clause"), 3),
            (m.say("gaps.requirement"), 6),
            (m.say("questions.about"), 4),
            (m.say("annex.unknown_count"), 1),
        ];
        to.push(table(&columns, rows.collect()));
    }

    pub(super) fn readings(&self, to: &mut Vec<Block>) {
        let m = &self.m;
        let with_gaps: BTreeSet<(&str, &str)> =
            self.findings(is_gap).map(|f| (f.instrument.as_str(), f.clause.as_str())).collect();
        let clauses = m
            .clauses
            .iter()
            .filter(|(key, (_, clause))| with_gaps.contains(*key) && !silent(&clause.reading));
        let rows: Vec<Row> = clauses
            .map(|((instrument, number), (_, clause))| {
                row([cell(m.clause(instrument, number)), cell(m.t(&clause.reading))])
            })
            .collect();
        if rows.is_empty() {
            to.push(body(m.say("say.none")));
            return;
        }
        to.push(body(m.say("annex.readings")));
        to.push(table(&[(m.say("conclusion.clause"), 3), (m.say("annex.reading"), 10)], rows));
    }

    pub(super) fn evidence(&self, to: &mut Vec<Block>) {
        let m = &self.m;
        if m.report.evidence.is_empty() {
            to.push(body(m.say("say.none")));
            return;
        }
        to.push(body(m.say("annex.evidence")));
        let rows = m.report.evidence.iter().map(|e| {
            let hash = match &e.sha256 {
                Some(hash) => Span::Code(hash.clone()),
                None => Span::Unknown(m.say("annex.no_hash")),
            };
            Row {
                cells: vec![
                    cell(e.id.as_str()),
                    cell(e.title.as_str()),
                    vec![e.location.iter().map(|l| Span::Code(l.clone())).collect()],
                    cell(e.on.clone().unwrap_or_default()),
                    vec![vec![hash]],
                ],
                anchor: Some(evidence_anchor(&e.id)),
            }
        });
        let columns = [
            (m.say("annex.id"), 2),
            (m.say("annex.title"), 5),
            (m.say("annex.location"), 4),
            (m.say("annex.date"), 2),
            (m.say("annex.hash"), 5),
        ];
        to.push(table(&columns, rows.collect()));
    }

    pub(super) fn laws(&self, to: &mut Vec<Block>) {
        let m = &self.m;
        if m.report.laws.is_empty() {
            to.push(body(m.say("say.none")));
            return;
        }
        to.push(body(m.say("annex.laws")));
        let columns = [
            (m.say("annex.article"), 4),
            (m.say("annex.gist"), 8),
            (m.say("criteria.status"), 3),
            (m.say("annex.certainty"), 2),
        ];
        to.push(table(&columns, m.report.laws.iter().map(|law| self.law_row(law)).collect()));
    }

    fn law_row(&self, law: &LawView) -> Row {
        let m = &self.m;
        let gist = if silent(&law.gist) { m.say("annex.no_gist") } else { m.t(&law.gist).to_owned() };
        let mut status = vec![vec![text(m.law_status(&law.status))]];
        for (key, name, date) in [("annex.since", "from", &law.from), ("annex.until", "to", &law.to)] {
            if !date.is_empty() {
                status.push(vec![text(m.fill(key, &[(name, date)]))]);
            }
        }
        let certainty = match law.certainty.as_str() {
            "V" | "read" => cell(m.say("annex.read")),
            "v" | "stated" => cell(m.say("annex.stated")),
            _ => vec![vec![Span::Unknown(m.say("annex.unverified"))]],
        };
        Row {
            cells: vec![cell(m.cite(&law.cite)), cell(gist), status, certainty],
            anchor: Some(law_anchor(&law.cite)),
        }
    }
}
