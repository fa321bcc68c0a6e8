//! The questionnaire as a workbook: who fills it in, and a row for every fact that is asked for.

use super::grid::{Column, Entry, Grid, Value};
use crate::papers::is_answerable;
use crate::papers::maker::Maker;
use hegui_assess::view::QuestionView;

/// How it is filled in.
pub(super) fn how(m: &Maker<'_>, role: Option<&str>) -> Vec<(String, String)> {
    let line = |key: &str| (String::new(), m.say(&format!("questionnaire.{key}")));
    let mut lines = vec![
        (m.say("cover.assessee"), m.report.organisation.clone().unwrap_or_else(|| m.say("say.not_stated"))),
        (m.say("cover.as_of"), m.report.as_of.clone()),
    ];
    lines.extend(["how_answer", "how_lists", "how_evidence", "how_ids"].map(line));
    let left_out = of(m, role).filter(|q| !is_answerable(q)).count();
    if left_out > 0 {
        lines.push((String::new(), m.fill("questionnaire.left_out", &[("n", &left_out.to_string())])));
    }
    lines
}

fn of<'m>(m: &Maker<'m>, role: Option<&str>) -> impl Iterator<Item = &'m QuestionView> {
    m.report.questions.iter().filter(move |q| role.is_none_or(|role| role == q.who))
}

/// Who fills it in: counts for every answer that does not say it itself.
pub(super) fn about_you(m: &Maker<'_>) -> Grid {
    let mut grid = Grid::new("filled_in_by", 1, &[("about_you", 30), ("entry", 40)]);
    grid.enter("entry", Entry::Free);
    let labels = ["who", "who_role", "who_on"].map(|key| m.say(&format!("questionnaire.{key}")));
    grid.rows = labels.map(|label| vec![Value::text(label), Value::Answer(vec![])]).to_vec();
    grid
}

/// A row for every fact, the weightiest first.
pub(super) fn answers(m: &Maker<'_>, role: Option<&str>) -> Grid {
    let columns = [
        ("number", 7),
        ("who", 16),
        ("question", 56),
        ("thing", 28),
        ("choices", 34),
        ("answer", 24),
        ("evidence", 20),
        ("why_so", 28),
        ("look_at", 34),
        ("fact", 42),
    ];
    let mut grid = Grid::new("to_answer", 1, &columns);
    for Column { key, entry, .. } in &mut grid.columns {
        if matches!(*key, "answer" | "evidence" | "why_so") {
            *entry = Some(Entry::Free);
        }
    }
    for (n, q) in (1u64..).zip(of(m, role).filter(|q| is_answerable(q))) {
        let choices: Vec<String> = q.choices.iter().map(|(_, words)| m.t(words).to_owned()).collect();
        let kind = crate::words::answer(&q.answer, m.lang);
        let words = match q.answer.as_str() {
            "enum" => choices.clone(),
            "bool" => vec![m.say("say.yes"), m.say("say.no")],
            "complete" => vec![m.say("say.yes"), m.say("say.no"), m.say("say.none_of")],
            _ => vec![],
        };
        grid.rows.push(vec![
            Value::count(n),
            Value::text(m.t(&q.who_title)),
            Value::text(m.t(&q.text)),
            Value::text(m.called(&q.thing)),
            Value::text(if choices.is_empty() { kind.to_owned() } else { choices.join(m.semicolon()) }),
            Value::Answer(words),
            Value::Blank,
            Value::Blank,
            Value::text(m.t(&q.evidence)),
            Value::text(q.fact.as_str()),
        ]);
    }
    grid
}
