//! What persons put in and what they have not: rulings, samples, open questions, assumptions.

use super::Opinion;
use crate::groups;
use crate::messages as msg;
use crate::paper::{Block, Row, Span};
use crate::papers::maker::{body, cell, heading, note, row, table, text};
use crate::words::{as_verdict, code, grade, say, silent};
use hegui_assess::view::{AssumptionView, FindingView, RulingView, SampleView};
use hegui_catalog::model::Lang;
use std::collections::BTreeSet;

/// How many groups of questions are listed.
const QUESTIONS: usize = 120;

impl Opinion<'_> {
    pub(super) fn rulings(&self, to: &mut Vec<Block>) {
        let m = &self.m;
        let rows: Vec<Row> = self
            .findings(|f| f.ruling.is_some())
            .filter_map(|finding| finding.ruling.as_ref().map(|ruling| self.ruling_row(finding, ruling)))
            .collect();
        if rows.is_empty() {
            to.push(body(m.say("say.none")));
            return;
        }
        to.push(body(m.say("rulings.intro")));
        let columns = [
            (m.say("conclusion.clause"), 4),
            (m.say("rulings.computed"), 2),
            (m.say("rulings.ruled"), 2),
            (m.say("rulings.who"), 6),
            (m.say("rulings.state"), 2),
        ];
        to.push(table(&columns, rows));
    }

    fn ruling_row(&self, finding: &FindingView, ruling: &RulingView) -> Row {
        let m = &self.m;
        let title = m.clause(&finding.instrument, &finding.clause);
        let thing = crate::words::called(&finding.title, &finding.name, m.lang);
        let computed = as_verdict(finding.computed.unwrap_or(finding.outcome), false);
        let mut ruled = vec![];
        if let Some(outcome) = ruling.outcome {
            ruled.push(m.verdict(as_verdict(outcome, false)));
        }
        if let Some(of) = ruling.grade {
            let sign = if ruled.is_empty() { "" } else { m.semicolon() };
            let label = msg::GRADE.get(m.lang);
            ruled.push(text(format!("{sign}{label}{}{}", m.colon(), grade(of).get(m.lang))));
        }
        let state = match (ruling.stale, ruling.tied) {
            (true, _) => vec![Span::Strong(m.say("rulings.stale"))],
            (false, true) => vec![text(m.say("rulings.stands"))],
            (false, false) => vec![text(m.say("rulings.loose"))],
        };
        row([
            vec![vec![text(title)], vec![text(thing)]],
            vec![vec![m.verdict(computed)]],
            vec![ruled],
            vec![self.ruling_line(ruling)],
            vec![state],
        ])
    }

    /// Who ruled, in what role, when, and why.
    pub(super) fn ruling_line(&self, ruling: &RulingView) -> Vec<Span> {
        let role = if ruling.role.is_empty() { "—" } else { &ruling.role };
        let values =
            [("by", ruling.by.as_str()), ("role", role), ("on", &ruling.on), ("reasons", &ruling.reasons)];
        vec![text(self.m.fill("rulings.by", &values))]
    }

    pub(super) fn sampling(&self, to: &mut Vec<Block>) {
        let m = &self.m;
        let mut seen = BTreeSet::new();
        let samples = m.report.findings.iter().filter_map(|f| f.sample.as_ref());
        let rows: Vec<Row> =
            samples.filter(|s| seen.insert(s.fact.as_str())).map(|s| self.sample_row(s)).collect();
        if rows.is_empty() {
            to.push(body(m.say("say.none")));
            return;
        }
        to.push(body(m.say("sampling.intro")));
        let columns = [
            (m.say("sampling.fact"), 5),
            (m.say("sampling.population"), 2),
            (m.say("sampling.method"), 4),
            (m.say("sampling.size"), 2),
            (m.say("sampling.deviations"), 2),
            (m.say("sampling.bound"), 2),
        ];
        to.push(table(&columns, rows));
    }

    fn sample_row(&self, sample: &SampleView) -> Row {
        let m = &self.m;
        row([
            cell(m.subject(&sample.fact, "")),
            cell(sample.population.to_string()),
            cell(m.fill("sampling.seed", &[("method", &sample.method), ("seed", &self.seed(sample))])),
            cell(sample.size.to_string()),
            cell(sample.deviations.to_string()),
            cell(format!("{:.1}%", sample.bound * 100.0)),
        ])
    }

    fn seed(&self, sample: &SampleView) -> String {
        sample.seed.map_or_else(|| msg::NO_SEED.get(self.m.lang).to_owned(), |seed| seed.to_string())
    }

    /// A sample in one line.
    pub(super) fn sample_line(&self, sample: &SampleView) -> String {
        msg::SAMPLED_FROM.fill(
            self.m.lang,
            &[
                ("population", &sample.population.to_string()),
                ("method", &sample.method),
                ("size", &sample.size.to_string()),
                ("deviations", &sample.deviations.to_string()),
                ("seed", &self.seed(sample)),
                ("bound", &format!("{:.1}", sample.bound * 100.0)),
            ],
        )
    }

    pub(super) fn questions(&self, to: &mut Vec<Block>) {
        let m = &self.m;
        let groups = groups::questions(m.report.questions.iter());
        if groups.is_empty() {
            to.push(body(msg::QUESTIONS_NONE.get(m.lang)));
            return;
        }
        to.push(body(m.say("questions.intro")));
        if groups.len() > QUESTIONS {
            let values = [("n", groups.len().to_string()), ("limit", QUESTIONS.to_string())];
            let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
            to.push(note(m.fill("say.page_cut", &values)));
        }
        let mut roles: Vec<(&str, Vec<&groups::Questions<'_>>)> = vec![];
        for group in groups.iter().take(QUESTIONS) {
            let who = group.members.first().map_or("", |q| say(&q.who_title, m.lang));
            match roles.iter_mut().find(|(role, _)| *role == who) {
                Some((_, list)) => list.push(group),
                None => roles.push((who, vec![group])),
            }
        }
        for (who, list) in roles {
            to.push(heading(2, who, None));
            let columns = [
                (m.say("questions.question"), 6),
                (m.say("questions.about"), 4),
                (m.say("questions.why"), 2),
                (m.say("questions.concerns"), 1),
            ];
            to.push(table(&columns, list.into_iter().filter_map(|g| self.question_row(g)).collect()));
        }
    }

    fn question_row(&self, group: &groups::Questions<'_>) -> Option<Row> {
        let m = &self.m;
        let first = group.members.first()?;
        let several = group.members.len() > 1 && !silent(&first.group_text);
        let asked = if several { &first.group_text } else { &first.text };
        let mut question = vec![vec![text(m.t(asked))]];
        if !silent(&first.evidence) {
            let evidence = m.fill("questions.evidence", &[("evidence", m.t(&first.evidence))]);
            question.push(vec![text(evidence)]);
        }
        let mut seen = BTreeSet::new();
        let things = group.members.iter().filter(|q| seen.insert(q.thing.path.as_str()));
        let things: Vec<String> = things.map(|q| m.called(&q.thing)).collect();
        Some(row([
            question,
            cell(m.list(things)),
            vec![vec![Span::Unknown(code(&first.unknown, m.lang).to_owned())]],
            cell(group.concerns().to_string()),
        ]))
    }

    pub(super) fn assumptions(&self, to: &mut Vec<Block>) {
        let m = &self.m;
        to.push(body(m.say("assumptions.intro")));
        let of = |kind: &'static str| m.report.assumptions.iter().filter(move |a| a.kind == kind);
        let judgements = groups::assumptions(of("judgement"));
        let lists: Vec<&AssumptionView> = of("complete").collect();
        if judgements.is_empty() && lists.is_empty() {
            to.push(body(msg::ASSUMPTIONS_NONE.get(m.lang)));
            return;
        }
        let columns = [(m.say("assumptions.statement"), 8), (m.say("assumptions.origin"), 4)];
        if !judgements.is_empty() {
            to.push(body(m.say("assumptions.judgements")));
            let rows = judgements.iter().filter_map(|group| self.judgement_row(group));
            to.push(table(&columns, rows.collect()));
        }
        if !lists.is_empty() {
            let n = lists.len().to_string();
            to.push(body(m.fill("assumptions.lists", &[("n", &n)])));
            to.push(table(&columns, self.list_rows(&lists)));
        }
    }

    /// Judgements of one person on one fact.
    fn judgement_row(&self, group: &[&AssumptionView]) -> Option<Row> {
        let m = &self.m;
        let first = group.first()?;
        let statement = if group.len() > 1 && !silent(&first.group_text) {
            let values = [("question", m.t(&first.group_text)), ("n", &group.len().to_string())];
            m.fill("assumptions.judged", &values)
        } else {
            m.t(&first.statement).to_owned()
        };
        let origin = first.origin.as_ref().map(|origin| {
            // The reasons of one do not stand for those of the others.
            let mut origin = origin.clone();
            if group.len() > 1 {
                origin.reasons = None;
            }
            m.origin(&origin)
        });
        Some(row([cell(statement), vec![origin.unwrap_or_default()]]))
    }

    /// Statements that a list is complete; those of one source stand together.
    fn list_rows(&self, lists: &[&AssumptionView]) -> Vec<Row> {
        let m = &self.m;
        let mut by_source: Vec<(Vec<Span>, Vec<String>)> = vec![];
        for list in lists {
            let origin = list.origin.as_ref().map(|o| m.origin(o)).unwrap_or_default();
            let statement = m.t(&list.statement).to_owned();
            match by_source.iter_mut().find(|(of, _)| *of == origin) {
                Some((_, statements)) => statements.push(statement),
                None => by_source.push((origin, vec![statement])),
            }
        }
        let separator = if m.lang == Lang::Zh { "" } else { "; " };
        by_source
            .into_iter()
            .map(|(origin, statements)| row([cell(statements.join(separator)), vec![origin]]))
            .collect()
    }
}
