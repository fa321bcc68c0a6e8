//! Open questions, grouped by whom to ask.

use super::Page;
use crate::messages as m;
use crate::words::{answer, code, say, silent};
use hegui_assess::view::QuestionView;
use maud::{Markup, html};

/// Questions beyond this many are counted, not listed.
const LISTED: usize = 2000;

impl Page<'_> {
    pub(super) fn questions(&self) -> Markup {
        let all = &self.report.questions;
        if all.is_empty() {
            return html! { p { (self.t(m::QUESTIONS_NONE)) } };
        }
        let mut groups: Vec<(&str, Vec<(usize, &QuestionView)>)> = vec![];
        for (n, question) in all.iter().enumerate().take(LISTED) {
            match groups.iter_mut().find(|(who, _)| *who == question.who) {
                Some((_, group)) => group.push((n, question)),
                None => groups.push((&question.who, vec![(n, question)])),
            }
        }
        html! {
            p.note { (self.t(m::QUESTIONS_NOTE)) }
            @if all.len() > LISTED {
                p.note { (m::QUESTIONS_CUT.fill(self.lang, &[("n", &all.len().to_string()), ("limit", &LISTED.to_string())])) }
            }
            @for (who, group) in &groups {
                @let title = group.first().map_or(*who, |(_, q)| if silent(&q.who_title) { *who } else { say(&q.who_title, self.lang) });
                h3 { (title) span.count { (group.len()) } }
                div.scroll tabindex="0" role="region" aria-label=(title) { table.rows.questions {
                    thead { tr {
                        th scope="col" { (self.t(m::QUESTION)) }
                        th scope="col" { (self.t(m::ANSWER)) }
                        th scope="col" { (self.t(m::LOOK_AT)) }
                        th.n scope="col" { (self.t(m::SETTLES)) }
                        th.n scope="col" { (self.t(m::CONCERNS)) }
                    } }
                    tbody { @for (n, question) in group { (self.question(*n, question)) } }
                } }
            }
        }
    }

    fn question(&self, n: usize, question: &QuestionView) -> Markup {
        html! {
            tr.filterable id={ "q" (n) } {
                th scope="row" {
                    div { (say(&question.text, self.lang)) }
                    div.sub { bdi { (question.thing.name) } " " code { (question.fact) } }
                }
                td {
                    (answer(&question.answer, self.lang))
                    @if !question.choices.is_empty() {
                        ul.choices { @for (id, text) in &question.choices { li { code { (id) } " " (say(text, self.lang)) } } }
                    }
                    div.sub { (code(&question.unknown, self.lang)) }
                }
                td { (say(&question.evidence, self.lang)) }
                td.n { (question.settles) }
                td.n { (question.concerns) }
            }
        }
    }
}
