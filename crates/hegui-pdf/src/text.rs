//! Makes any text fit to be set: every character can be shown, every word can be broken.
//!
//! A character that no font has would be set as an empty box, which hides a name in a legal document and
//! makes the file fail PDF/A. It is written as its code point instead, `[U+20BB7]`, and reported. So are
//! control characters and those that change the direction of what follows. Characters that nobody sees
//! anyway (zero-width spaces and joiners, soft hyphens, variation selectors) are left out.
//!
//! A word that is longer than its column would run over the edge of the page. It is given places to break
//! at: a [`BREAK`], which the template turns into nothing of no width, so that what is copied from the PDF
//! is what went in.

use crate::fonts::Fonts;
use std::collections::BTreeMap;
use std::fmt;

/// Where a word may be broken: a zero-width space. There is no other in a printable text.
pub const BREAK: char = '\u{200B}';

/// A character that could not be shown, and stands in the PDF as its code point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The character.
    pub character: char,
    /// How often it stands there.
    pub times: usize,
    /// Where it stands first: some characters before and after it, itself as its code point.
    pub near: String,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "U+{:04X} ×{}: {}", u32::from(self.character), self.times, self.near)
    }
}

/// Makes texts printable and notes what was missing.
pub struct Printer<'a> {
    fonts: &'a Fonts,
    missing: BTreeMap<char, Missing>,
}

impl<'a> Printer<'a> {
    pub(crate) fn new(fonts: &'a Fonts) -> Self {
        Self { fonts, missing: BTreeMap::new() }
    }

    /// What was missing, by code point.
    pub(crate) fn missing(self) -> Vec<Missing> {
        self.missing.into_values().collect()
    }

    /// A text in which words of more than `longest` characters may be broken.
    pub(crate) fn text(&mut self, text: &str, longest: usize) -> String {
        breakable(&self.shown(text), longest)
    }

    /// A code in which every fourth place, and what follows a separator, is one to break at.
    pub(crate) fn code(&mut self, text: &str) -> String {
        breakable(&self.shown(text), CODE)
    }

    fn shown(&mut self, text: &str) -> String {
        let mut shown = String::with_capacity(text.len());
        let mut open = false;
        for (at, character) in text.char_indices() {
            let kept = match character {
                '\n' | '\t' => Some(' '),
                _ if unseen(character) => continue,
                _ if self.fonts.has(character) && !character.is_control() && !turns(character) => {
                    Some(character)
                }
                _ => None,
            };
            if let Some(kept) = kept {
                if std::mem::take(&mut open) {
                    shown.push(']');
                }
                shown.push(kept);
            } else {
                self.note(text, at, character);
                shown.push_str(if open { " U+" } else { "[U+" });
                shown.push_str(&format!("{:04X}", u32::from(character)));
                open = true;
            }
        }
        if open {
            shown.push(']');
        }
        shown
    }

    fn note(&mut self, text: &str, at: usize, character: char) {
        let first = || {
            let shown = |c: char| !c.is_control() && !turns(c);
            let before: Vec<char> = text.get(..at).unwrap_or("").chars().rev().take(8).collect();
            let before: String = before.into_iter().rev().filter(|c| shown(*c)).collect();
            let after: String =
                text.get(at..).unwrap_or("").chars().skip(1).take(8).filter(|c| shown(*c)).collect();
            Missing { character, times: 0, near: format!("{before}[U+{:04X}]{after}", u32::from(character)) }
        };
        self.missing.entry(character).or_insert_with(first).times += 1;
    }
}

/// Nobody sees it, and nothing is lost without it.
fn unseen(character: char) -> bool {
    matches!(character, '\r' | '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

/// Changes the direction of what follows or is no character: never taken as given, even if a font has it.
/// Private characters mean something else in every font, and PDF/A refuses them.
fn turns(character: char) -> bool {
    matches!(character,
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2061}'..='\u{206F}' | '\u{FFF0}'..='\u{FFFC}'
        | '\u{FDD0}'..='\u{FDEF}' | '\u{E000}'..='\u{F8FF}' | '\u{E0000}'..='\u{10FFFF}')
        || u32::from(character) & 0xFFFE == 0xFFFE
}

/// Longer codes are broken.
const CODE: usize = 12;

/// Between Han, kana and full-width characters lines break anyway.
fn breaks_anyway(character: char) -> bool {
    character.is_whitespace() || character >= '\u{2E80}'
}

/// Puts [`BREAK`]s into the words that are longer.
fn breakable(text: &str, longest: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(breaks_anyway).unwrap_or(rest.len());
        let (word, more) = rest.split_at(end);
        if word.len() > longest && word.chars().count() > longest {
            broken(word, longest, &mut out);
        } else {
            out.push_str(word);
        }
        let next = more.find(|c| !breaks_anyway(c)).unwrap_or(more.len());
        let (between, after) = more.split_at(next);
        out.push_str(between);
        rest = after;
    }
    out
}

/// A long word, with a place to break at after separators and otherwise every fourth character.
fn broken(word: &str, longest: usize, out: &mut String) {
    let piece = (longest / 3).clamp(1, 4);
    let mut since = 0;
    let mut characters = word.chars().peekable();
    while let Some(character) = characters.next() {
        out.push(character);
        since += 1;
        let separates =
            matches!(character, '/' | '.' | '_' | '-' | ':' | '#' | '?' | '&' | '=' | ',' | ';' | '|');
        if characters.peek().is_some() && (since >= piece || separates) {
            out.push(BREAK);
            since = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> (String, Vec<Missing>) {
        let fonts = Fonts::new(&[]).unwrap();
        let mut printer = Printer::new(&fonts);
        let text = printer.text(text, 48);
        (text, printer.missing())
    }

    #[test]
    fn what_fonts_have_is_left_alone() {
        let text = "《个人信息保护法》第五十五条：§ 5.2.2 “不符合”—— ✓ Gap × 3 ①";
        assert_eq!(shown(text), (text.to_owned(), vec![]));
    }

    #[test]
    fn what_no_font_has_stands_as_its_code_point_and_is_reported() {
        let (text, missing) = shown("受托人😀😀：مر\u{202E}x\u{0}\u{FFFF}");
        assert_eq!(text, "受托人[U+1F600 U+1F600]：[U+0645 U+0631 U+202E]x[U+0000 U+FFFF]");
        let counts: Vec<_> =
            missing.iter().map(|missing| (u32::from(missing.character), missing.times)).collect();
        assert_eq!(counts, [(0, 1), (0x631, 1), (0x645, 1), (0x202E, 1), (0xFFFF, 1), (0x1F600, 2)]);
        let emoji = missing.iter().find(|missing| missing.character == '😀').unwrap();
        assert_eq!(emoji.to_string(), "U+1F600 ×2: 受托人[U+1F600]😀：مرx");
    }

    #[test]
    fn what_nobody_sees_is_left_out() {
        assert_eq!(shown("a\u{200B}b\u{FEFF}c\u{AD}d\r\ne\tf").0, "abcd e f");
    }

    #[test]
    fn long_words_can_be_broken_and_read_the_same() {
        let word = "x".repeat(1_000);
        let text = breakable(&format!("短 {word}。short"), 48);
        assert_eq!(text.replace(BREAK, ""), format!("短 {word}。short"));
        let pieces = |c: char| c == BREAK || breaks_anyway(c);
        assert!(text.split(pieces).all(|piece| piece.chars().count() <= 7), "{text}");
        assert_eq!(breakable("a reasonable sentence", 12), "a reasonable sentence");
        assert_eq!(
            breakable("consent.signup.separate", 12),
            "cons\u{200B}ent.\u{200B}sign\u{200B}up.\u{200B}sepa\u{200B}rate"
        );
    }
}
