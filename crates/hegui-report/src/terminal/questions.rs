//! Questions on a terminal, the weightiest first.

use super::ink::{Ink, Style, clean};
use crate::groups::{self, Questions};
use crate::messages as m;
use crate::words::{answer, called, code, say, silent};
use hegui_assess::view::{QuestionView, Report};
use hegui_catalog::model::Lang;

/// Columns that questions are set to: they are often piped, where nobody knows a width.
const WIDTH: usize = 100;
/// Things that are named where the same is asked of several.
const THINGS: usize = 8;

/// The first `limit` questions, all where it is `None`; with `role` those only that this role can
/// answer (an id of the catalog's roles, or the role's title in either language).
#[must_use]
pub fn questions_terminal(report: &Report, lang: Lang, limit: Option<usize>, role: Option<&str>) -> String {
    let for_role =
        |q: &&QuestionView| role.is_none_or(|r| q.who == r || q.who_title.zh == r || q.who_title.en == r);
    let mine: Vec<&QuestionView> = report.questions.iter().filter(for_role).collect();
    let mut ink = Ink::new(false, WIDTH);
    if mine.is_empty() {
        ink.line(m::QUESTIONS_NONE.get(lang));
        return ink.out;
    }
    let facts = mine.len();
    let groups = groups::questions(mine.into_iter());
    let shown = limit.unwrap_or(usize::MAX).min(groups.len());
    ink.line(&first(shown, groups.len(), facts, lang));
    list(&mut ink, groups.iter().take(shown), lang);
    ink.out
}

/// How many questions there are, and how many of them follow.
pub(super) fn first(shown: usize, groups: usize, facts: usize, lang: Lang) -> String {
    let [shown, groups, facts] = [shown, groups, facts].map(|n| n.to_string());
    m::ASK_FIRST.fill(lang, &[("shown", &shown), ("n", &groups), ("facts", &facts)])
}

/// Questions, numbered; what is asked of several things stands once.
pub(super) fn list<'a>(ink: &mut Ink, groups: impl Iterator<Item = &'a Questions<'a>>, lang: Lang) {
    for (n, group) in groups.enumerate() {
        let Some(question) = group.members.first() else { continue };
        ink.wrapped(
            &format!("{:>2}. ", n + 1),
            "    ",
            &asked(question, group.members.len() > 1, lang),
            None,
        );
        let counts = m::SETTLES_CONCERNS.fill(
            lang,
            &[("settles", &group.settles().to_string()), ("concerns", &group.concerns().to_string())],
        );
        let mut about = format!("{} · {}", code(&question.unknown, lang), counts);
        if !silent(&question.evidence) {
            about.push_str(&format!(" · {}: {}", m::LOOK_AT.get(lang), say(&question.evidence, lang)));
        }
        ink.wrapped("    ", "    ", &about, Some(Style::Dim));
        ink.wrapped("    ", "    ", &answers(question, lang), Some(Style::Dim));
        if group.members.len() > 1 {
            ink.wrapped("    ", "    ", &things(group, lang), None);
        }
        let command = command(question);
        let likewise =
            if group.members.len() > 1 { format!("  # {}", m::LIKEWISE.get(lang)) } else { String::new() };
        ink.line(&format!("    {command}{likewise}"));
    }
}

fn asked(question: &QuestionView, of_several: bool, lang: Lang) -> String {
    let who =
        if silent(&question.who_title) { question.who.as_str() } else { say(&question.who_title, lang) };
    if of_several && !silent(&question.group_text) {
        return format!("[{who}] {}", say(&question.group_text, lang));
    }
    let asked = say(&question.text, lang);
    let thing = called(&question.thing.title, &question.thing.name, lang);
    if of_several || asked.contains(thing) {
        format!("[{who}] {asked}")
    } else {
        format!("[{who}] {asked} — {thing}")
    }
}

fn answers(question: &QuestionView, lang: Lang) -> String {
    let choices: Vec<String> =
        question.choices.iter().map(|(id, text)| format!("{id} {}", say(text, lang))).collect();
    let list = if choices.is_empty() {
        String::new()
    } else {
        format!(": {}", choices.join(m::LIST_COMMA.get(lang)))
    };
    format!("{} {}{list}", m::ANSWER.get(lang), answer(&question.answer, lang))
}

/// The things that a question is asked of, as paths: what the command takes.
fn things(group: &Questions<'_>, lang: Lang) -> String {
    let paths = group.members.iter().take(THINGS).map(|question| question.thing.path.as_str());
    let mut list = paths.collect::<Vec<_>>().join(m::LIST_COMMA.get(lang));
    if group.members.len() > THINGS {
        list.push_str(" …");
    }
    m::ASKED_OF.fill(lang, &[("n", &group.members.len().to_string()), ("list", &list)])
}

/// The command that answers a question. `VALUE` stands for the answer: alternatives written out would
/// mean something to a shell.
pub(super) fn command(question: &QuestionView) -> String {
    match ruling(&question.fact) {
        Some((clause, thing)) => {
            format!("hegui rule DIR {} {} OUTCOME --by NAME --reasons WHY", argument(clause), argument(thing))
        }
        None => format!("hegui answer DIR {} VALUE --by NAME --evidence ID", argument(&question.fact)),
    }
}

/// The clause and the thing of which a ruling is wanted.
fn ruling(fact: &str) -> Option<(&str, &str)> {
    fact.strip_prefix("met(")?.strip_suffix(')')?.split_once(", ")
}

/// A text as one argument of a POSIX shell: quoted where it holds anything but plain characters.
pub(super) fn argument(text: &str) -> String {
    let text = clean(text);
    let plain = |c: char| c.is_alphanumeric() || "._-/@".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.into_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::argument;

    #[test]
    fn an_id_is_one_argument() {
        assert_eq!(argument("provision.快递.separate"), "provision.快递.separate");
        assert_eq!(argument("a; rm 'b'"), "'a; rm '\\''b'\\'''");
        assert_eq!(argument(""), "''");
    }
}
