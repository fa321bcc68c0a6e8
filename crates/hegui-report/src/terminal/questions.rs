//! Questions on a terminal, the weightiest first.

use super::ink::{Ink, Style, clean};
use crate::messages as m;
use crate::words::{answer, code, say, silent};
use hegui_assess::view::{QuestionView, Report};
use hegui_catalog::model::Lang;

/// Columns that questions are set to: they are often piped, where nobody knows a width.
const WIDTH: usize = 100;

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
    let shown = limit.unwrap_or(usize::MAX).min(mine.len());
    ink.line(&m::ASK_FIRST.fill(lang, &[("shown", &shown.to_string()), ("n", &mine.len().to_string())]));
    list(&mut ink, mine.into_iter().take(shown), lang);
    ink.out
}

/// Questions, numbered.
pub(super) fn list<'a>(ink: &mut Ink, questions: impl Iterator<Item = &'a QuestionView>, lang: Lang) {
    for (n, question) in questions.enumerate() {
        let who =
            if silent(&question.who_title) { question.who.as_str() } else { say(&question.who_title, lang) };
        let asked = say(&question.text, lang);
        let about = if asked.contains(&question.thing.name) {
            String::new()
        } else {
            format!(" — {}", question.thing.name)
        };
        let text = format!("[{who}] {asked}{about}");
        ink.wrapped(&format!("{:>2}. ", n + 1), "    ", &text, None);
        let counts = m::SETTLES_CONCERNS.fill(
            lang,
            &[("settles", &question.settles.to_string()), ("concerns", &question.concerns.to_string())],
        );
        let mut about = format!("{} · {}", code(&question.unknown, lang), counts);
        if !silent(&question.evidence) {
            about.push_str(&format!(" · {}: {}", m::LOOK_AT.get(lang), say(&question.evidence, lang)));
        }
        ink.wrapped("    ", "    ", &about, Some(Style::Dim));
        let choices: Vec<String> =
            question.choices.iter().map(|(id, text)| format!("{id} {}", say(text, lang))).collect();
        let answers = if choices.is_empty() {
            String::new()
        } else {
            format!(": {}", choices.join(m::LIST_COMMA.get(lang)))
        };
        ink.wrapped(
            "    ",
            "    ",
            &format!("{} {}{answers}", m::ANSWER.get(lang), answer(&question.answer, lang)),
            Some(Style::Dim),
        );
        let command = command(question);
        ink.line(&format!("    {command}"));
    }
}

/// The command that answers a question. `VALUE` stands for the answer: alternatives written out would
/// mean something to a shell.
pub(super) fn command(question: &QuestionView) -> String {
    format!("hegui answer DIR {} VALUE --by NAME --evidence ID", argument(&question.fact))
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
