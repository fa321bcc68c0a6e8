//! A questionnaire for people who answer on paper: one question once, beneath it a row for each thing
//! of which it is asked, with room for the answer.
//!
//! What comes back is read by the ids in the last column and the headings of the tables, so both stay
//! as they are (`hegui questions import`).

use crate::groups::{self, Questions};
use crate::paper::{Block, Cell, Paper, Row, Span, Style};
use crate::papers::maker::{Maker, body, cell, heading, note, row, table, text};
use crate::wording::Wording;
use crate::words::{answer, silent};
use hegui_assess::view::{Inventory, QuestionView, Report};
use hegui_catalog::model::Lang;

/// Whether somebody can answer it by stating a fact; the others are for an assessor to rule on.
#[must_use]
pub fn is_answerable(question: &QuestionView) -> bool {
    question.answer != "ruling" && !matches!(question.unknown.as_str(), "conflict" | "deviations")
}

/// The questions for a role (or for all), by role, the weightiest first.
#[must_use]
pub fn questionnaire(
    report: &Report,
    inventory: &Inventory,
    role: Option<&str>,
    wording: &Wording,
    lang: Lang,
) -> Paper {
    let m = Maker::new(report, inventory, wording, lang);
    let asked = || report.questions.iter().filter(|q| role.is_none_or(|role| role == q.who));
    let groups = groups::questions(asked().filter(|q| is_answerable(q)));
    let left_out = asked().filter(|q| !is_answerable(q)).count();
    let mut roles: Vec<(&str, Vec<&Questions<'_>>)> = vec![];
    for group in &groups {
        let who = group.members.first().map_or("", |q| m.t(&q.who_title));
        match roles.iter_mut().find(|(role, _)| *role == who) {
            Some((_, list)) => list.push(group),
            None => roles.push((who, vec![group])),
        }
    }
    let mut blocks = vec![heading(1, m.say("questionnaire.how"), None)];
    let how = ["how_answer", "how_lists", "how_evidence", "how_ids"];
    let how = how.map(|key| vec![text(m.say(&format!("questionnaire.{key}")))]);
    blocks.push(Block::List { ordered: false, items: how.to_vec() });
    blocks.push(filled_in_by(&m));
    if groups.is_empty() {
        blocks.push(body(m.say("questionnaire.none")));
    }
    let mut number = 0;
    for (who, list) in &roles {
        blocks.push(heading(1, *who, None));
        for group in list {
            number += 1;
            question(&m, number, group, &mut blocks);
        }
    }
    if left_out > 0 {
        blocks.push(note(m.fill("questionnaire.left_out", &[("n", &left_out.to_string())])));
    }
    let facts: usize = groups.iter().map(|g| g.members.len()).sum();
    let values = [("n", groups.len().to_string()), ("facts", facts.to_string())];
    let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let names: Vec<&str> = roles.iter().map(|(who, _)| *who).collect();
    let cover = vec![
        (m.say("questionnaire.role"), names.join(m.comma())),
        (m.say("questionnaire.count"), m.fill("questionnaire.count_of", &values)),
        (m.say("cover.as_of"), report.as_of.clone()),
    ];
    Paper {
        lang,
        title: m.say("questionnaire.title"),
        subtitle: report.organisation.clone().unwrap_or_else(|| m.say("say.not_stated")),
        cover,
        running: m.say("questionnaire.running"),
        author: report.engagement.as_ref().and_then(|e| e.firm.clone()).unwrap_or_default(),
        date: report.as_of.clone(),
        watermark: None,
        contents: false,
        blocks,
    }
}

/// Who fills it in, and when: counts for every answer.
fn filled_in_by(m: &Maker<'_>) -> Block {
    let line = |key: &str| row([cell(m.say(&format!("questionnaire.{key}"))), vec![]]);
    let rows = ["who", "who_role", "who_on"].map(line);
    table(&[(m.say("questionnaire.about_you"), 3), (m.say("questionnaire.entry"), 7)], rows.to_vec())
}

/// One question: what is asked, how it is answered, and the things of which it is asked.
fn question(m: &Maker<'_>, number: usize, group: &Questions<'_>, to: &mut Vec<Block>) {
    let Some(first) = group.members.first() else { return };
    let asked =
        if group.members.len() > 1 && !silent(&first.group_text) { &first.group_text } else { &first.text };
    let label = vec![Span::Strong(format!("{number}. {}", m.t(asked)))];
    to.push(Block::Paragraph { style: Style::Body, spans: label, anchor: None });
    let choices: Vec<&str> = first.choices.iter().map(|(_, words)| m.t(words)).collect();
    let mut how = if choices.is_empty() {
        m.fill("questionnaire.kind", &[("kind", answer(&first.answer, m.lang))])
    } else {
        let key = if first.answer == "set" { "questionnaire.several" } else { "questionnaire.choices" };
        m.fill(key, &[("list", &choices.join(m.semicolon()))])
    };
    if !silent(&first.evidence) {
        how.push_str(if m.lang == Lang::En { ". " } else { "。" });
        how.push_str(&m.fill("questionnaire.evidence", &[("evidence", m.t(&first.evidence))]));
    }
    to.push(note(how));
    let columns = [("thing", 4), ("answer", 4), ("evidence", 3), ("reasons", 3), ("fact", 4)];
    let columns = columns.map(|(key, share)| (m.say(&format!("answers.{key}")), share));
    let rows = group.members.iter().map(|q| Row {
        cells: vec![
            cell(m.called(&q.thing)),
            Cell::new(),
            Cell::new(),
            Cell::new(),
            vec![vec![Span::Code(q.fact.clone())]],
        ],
        anchor: None,
    });
    to.push(table(&columns, rows.collect()));
}
