//! Open questions, grouped by whom to ask.

use super::Page;
use crate::groups::{self, Questions};
use crate::messages as m;
use crate::words::{answer, code, say, silent};
use hegui_assess::view::QuestionView;
use maud::{Markup, html};

/// Groups of questions beyond this many are counted, not listed.
pub(super) const LISTED: usize = 2000;
/// Things that are named where the same is asked of several.
const THINGS: usize = 20;

impl Page<'_> {
    pub(super) fn questions(&self) -> Markup {
        if self.report.questions.is_empty() {
            return html! { p { (self.t(m::QUESTIONS_NONE)) } };
        }
        let all = groups::questions(self.report.questions.iter());
        let mut roles: Vec<(&str, Vec<(usize, &Questions<'_>)>)> = vec![];
        for (n, group) in all.iter().enumerate().take(LISTED) {
            let who = group.members.first().map_or("", |question| question.who.as_str());
            match roles.iter_mut().find(|(role, _)| *role == who) {
                Some((_, mine)) => mine.push((n, group)),
                None => roles.push((who, vec![(n, group)])),
            }
        }
        html! {
            p.note { (self.t(m::QUESTIONS_NOTE)) }
            @if all.len() > LISTED {
                p.note { (m::QUESTIONS_CUT.fill(self.lang, &[("n", &all.len().to_string()), ("limit", &LISTED.to_string())])) }
            }
            @for (who, mine) in &roles { (self.of_role(who, mine)) }
        }
    }

    fn of_role(&self, who: &str, groups: &[(usize, &Questions<'_>)]) -> Markup {
        let first = groups.first().and_then(|(_, group)| group.members.first());
        let title =
            first.map_or(who, |q| if silent(&q.who_title) { who } else { say(&q.who_title, self.lang) });
        html! {
            h3 { (title) span.count { (groups.len()) } }
            div.scroll tabindex="0" role="region" aria-label=(title) { table.rows.questions {
                thead { tr {
                    th scope="col" { (self.t(m::QUESTION)) }
                    th scope="col" { (self.t(m::ANSWER)) }
                    th scope="col" { (self.t(m::LOOK_AT)) }
                    th.n scope="col" { (self.t(m::SETTLES)) }
                    th.n scope="col" { (self.t(m::CONCERNS)) }
                } }
                tbody { @for (n, group) in groups { (self.question(*n, group)) } }
            } }
        }
    }

    fn question(&self, n: usize, group: &Questions<'_>) -> Markup {
        let Some(question) = group.members.first() else { return html! {} };
        html! {
            tr.filterable id={ "q" (n) } {
                th scope="row" {
                    @if group.members.len() == 1 || silent(&question.group_text) { div { (say(&question.text, self.lang)) } }
                    @else { div { (say(&question.group_text, self.lang)) } }
                    (self.asked_of(group))
                }
                td {
                    (answer(&question.answer, self.lang))
                    @if !question.choices.is_empty() {
                        ul.choices { @for (id, text) in &question.choices { li { code { (id) } " " (say(text, self.lang)) } } }
                    }
                    div.sub { (code(&question.unknown, self.lang)) }
                }
                td { (say(&question.evidence, self.lang)) }
                td.n { (group.settles()) }
                td.n { (group.concerns()) }
            }
        }
    }

    /// The things that a question is asked of: some by name, the rest as a number.
    fn asked_of(&self, group: &Questions<'_>) -> Markup {
        let thing = |question: &QuestionView| {
            html! { bdi { (self.called(&question.thing.title, &question.thing.name)) } " " code { (question.fact) } }
        };
        html! {
            @match group.members.as_slice() {
                [question] => div.sub { (thing(question)) },
                several => details.sub {
                    summary { (m::THINGS_CONCERNED.fill(self.lang, &[("n", &several.len().to_string())])) }
                    ul { @for question in several.iter().take(THINGS) { li { (thing(question)) } } }
                    (self.more(several.len().saturating_sub(THINGS)))
                },
            }
        }
    }
}
