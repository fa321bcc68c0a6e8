//! The words of a list of values, and which value a word means.

use super::{SEPARATORS, Wrong};
use crate::problem::{both, quoted};
use crate::words::{folded, narrow, nearest};
use hegui_catalog::model::{Lang, Text};
use std::collections::HashMap;

/// The words of one list of values in a language. Codes and the words of the other language mean the
/// same values where no word of this language is in the way.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    shown: Vec<String>,
    /// Folded words, and the place of their value.
    meant: HashMap<String, usize>,
    /// The same, the longest first: a word may hold another, and the marks that stand between two.
    longest: Vec<(String, usize)>,
}

impl Vocabulary {
    pub fn new(codes: &[String], texts: &[Text], lang: Lang) -> Self {
        let other = if lang == Lang::Zh { Lang::En } else { Lang::Zh };
        let word = |at: usize, lang| texts.get(at).map(|text| text.get(lang)).unwrap_or_default();
        let mut times: HashMap<String, usize> = HashMap::new();
        for at in 0..codes.len() {
            *times.entry(folded(word(at, lang))).or_default() += 1;
        }
        let mut meant = HashMap::new();
        let mut shown = Vec::new();
        for (at, code) in codes.iter().enumerate() {
            let own = word(at, lang).trim();
            let alone = times.get(&folded(own)) == Some(&1) && !own.is_empty();
            shown.push(match (alone, lang) {
                (true, _) => own.to_owned(),
                (false, Lang::Zh) => format!("{own}（{code}）"),
                (false, Lang::En) => format!("{own} ({code})"),
            });
            meant.entry(folded(shown.last().map(String::as_str).unwrap_or_default())).or_insert(at);
        }
        for (at, code) in codes.iter().enumerate() {
            meant.entry(folded(code)).or_insert(at);
        }
        for at in 0..codes.len() {
            let word = folded(word(at, other));
            if !word.is_empty() {
                meant.entry(word).or_insert(at);
            }
        }
        let mut longest: Vec<(String, usize)> = meant.iter().map(|(word, at)| (word.clone(), *at)).collect();
        longest.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
        Self { shown, meant, longest }
    }

    /// The word of a value.
    pub fn word(&self, at: usize) -> Option<&str> {
        self.shown.get(at).map(String::as_str)
    }

    /// All words, in the order of the values.
    pub fn words(&self) -> &[String] {
        &self.shown
    }

    /// The value that a folded word means.
    pub fn find(&self, word: &str) -> Option<usize> {
        self.meant.get(word).copied()
    }

    /// The values that are named with marks between them, in the order of the list. Words may hold
    /// such marks themselves, so the longest word that fits counts.
    pub fn find_all(&self, text: &str) -> Result<Vec<usize>, Box<Wrong>> {
        let whole: String = text.replace(['\n', '\r'], ";");
        let whole = folded(&whole);
        let mut rest = whole.as_str();
        let mut found = Vec::new();
        let ends = |rest: &str| rest.chars().next().is_none_or(is_mark);
        loop {
            rest = rest.trim_start_matches(is_mark);
            if rest.is_empty() {
                break;
            }
            let hit = self.longest.iter().find_map(|(word, at)| {
                let after = rest.strip_prefix(word.as_str())?;
                (!word.is_empty() && ends(after)).then_some((*at, after))
            });
            match hit {
                Some((at, after)) => {
                    found.push(at);
                    rest = after;
                }
                None => {
                    let wrong = rest.split(is_mark).next().unwrap_or(rest);
                    // As it was written, as far as that can be told.
                    let wrong = text.split(SEPARATORS).find(|part| folded(part) == wrong).unwrap_or(wrong);
                    return Err(self.unknown(wrong));
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// What is wrong with a word that means no value.
    pub fn unknown(&self, word: &str) -> Box<Wrong> {
        let near = nearest(word, self.shown.iter().map(String::as_str));
        let word = quoted(word.trim());
        let (hint_zh, hint_en) = near
            .map(|near| (format!("；是不是“{near}”？"), format!("; did you mean `{near}`?")))
            .unwrap_or_default();
        let first: Vec<&str> = self.shown.iter().take(12).map(String::as_str).collect();
        let more = self.shown.len().saturating_sub(first.len());
        let (more_zh, more_en) = match more {
            0 => (String::new(), String::new()),
            n => (
                format!("……另有 {n} 个，见该列的下拉列表"),
                format!(" … and {n} more, see the column's list"),
            ),
        };
        Wrong::new(
            both(format!("没有“{word}”这个选项{hint_zh}"), format!("`{word}` is no value here{hint_en}")),
            both(
                format!("以下之一：{}{more_zh}", first.join("；")),
                format!("one of: {}{more_en}", first.join("; ")),
            ),
        )
    }
}

fn is_mark(c: char) -> bool {
    SEPARATORS.contains(&c) || SEPARATORS.contains(&narrow(c)) || c == '/'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        let codes = ["a", "b", "c", "d"].map(str::to_owned);
        let text = |zh: &str, en: &str| Text { zh: zh.to_owned(), en: en.to_owned() };
        let texts = [
            text("昵称、头像", "nickname, avatar"),
            text("昵称", "nickname"),
            text("其他", "other"),
            text("其他", "another"),
        ];
        Vocabulary::new(&codes, &texts, Lang::Zh)
    }

    #[test]
    fn words_that_hold_marks_are_read_whole() {
        let known = vocabulary();
        assert_eq!(known.find_all("昵称、头像；昵称").unwrap(), [0, 1]);
        assert_eq!(known.find_all("昵称、昵称、头像").unwrap(), [0, 1]);
        assert_eq!(known.find_all("nickname, avatar\n d").unwrap(), [0, 3]);
        assert_eq!(known.find_all("Ａ，ｂ").unwrap(), [0, 1]);
        assert!(known.find_all("昵称、头象").unwrap_err().message.zh.contains("头象"));
    }

    #[test]
    fn a_word_of_two_values_is_shown_with_its_code() {
        let known = vocabulary();
        assert_eq!(known.word(2), Some("其他（c）"));
        assert_eq!(known.find(&folded("其他（d）")), Some(3));
        assert_eq!(known.find("其他"), None);
    }
}
