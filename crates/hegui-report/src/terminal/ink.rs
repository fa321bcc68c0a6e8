//! Writing on a terminal: colour where it is wanted, East Asian widths, and nothing from a register
//! that could move the cursor.

use hegui_assess::rollup::Verdict;
use hegui_logic::truth::Truth;
use std::borrow::Cow;
use unicode_width::UnicodeWidthStr;

/// Characters that change the direction of writing: they could make a name read as another.
pub(crate) fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text of one line without control and direction characters: line ends become spaces, others `�`.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c.is_control() || is_direction(c)) {
        return Cow::Borrowed(text);
    }
    let one = |c: char| match c {
        '\n' | '\r' | '\t' => ' ',
        c if c.is_control() || is_direction(c) => '\u{fffd}',
        c => c,
    };
    Cow::Owned(text.chars().map(one).collect())
}

/// Columns that a text takes.
pub(super) fn columns(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// A text cut to so many columns, with an ellipsis where something was cut.
pub(super) fn cut(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    for c in text.chars() {
        out.push(c);
        if columns(&out) + 1 > width {
            out.pop();
            break;
        }
    }
    out.push('…');
    out
}

/// A text filled up with spaces to so many columns.
pub(super) fn pad(text: &str, width: usize) -> String {
    let mut out = text.to_owned();
    out.extend(std::iter::repeat_n(' ', width.saturating_sub(columns(text))));
    out
}

/// What lines are written with.
#[derive(Clone, Debug)]
pub(super) struct Ink {
    pub colour: bool,
    pub width: usize,
    pub out: String,
}

/// How a piece is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Strong,
    Dim,
    Of(Verdict),
    Truth(Truth),
}

impl Style {
    fn code(self) -> &'static str {
        match self {
            Self::Strong => "1",
            Self::Dim => "2",
            Self::Of(Verdict::Gap | Verdict::NotProven) | Self::Truth(Truth::False) => "31",
            Self::Of(Verdict::Unknown) | Self::Truth(Truth::Unknown) => "33",
            Self::Of(Verdict::Met | Verdict::MetSampled) | Self::Truth(Truth::True) => "32",
            Self::Of(Verdict::ToBeJudged) => "34",
            Self::Of(Verdict::NotApplicable | Verdict::NotAssessed) => "2",
        }
    }
}

impl Ink {
    /// Lines of at least 40 columns.
    pub fn new(colour: bool, width: usize) -> Self {
        Self { colour, width: width.max(40), out: String::new() }
    }

    /// A piece in its style, where colour is wanted.
    pub fn set(&self, style: Style, text: &str) -> String {
        if self.colour { format!("\u{1b}[{}m{text}\u{1b}[0m", style.code()) } else { text.to_owned() }
    }

    /// A finished line.
    pub fn line(&mut self, line: &str) {
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    /// A heading after an empty line.
    pub fn heading(&mut self, text: &str) {
        self.line("");
        let text = self.set(Style::Strong, text);
        self.line(&text);
    }

    /// A text, wrapped: the first line after `first`, the others after `rest`. Breaks fall where the
    /// Unicode line breaking algorithm (UAX #14) allows them, so not before a comma, Chinese or other;
    /// a word longer than a line is broken anywhere.
    pub fn wrapped(&mut self, first: &str, rest: &str, text: &str, style: Option<Style>) {
        let text = clean(text);
        let (mut indent, mut line) = (first, String::new());
        let mut start = 0;
        for (end, _) in unicode_linebreak::linebreaks(&text) {
            let piece = text.get(start..end).unwrap_or_default();
            start = end;
            let room = self.width.saturating_sub(columns(indent)).max(8);
            if columns(&line) + columns(piece.trim_end()) <= room {
                line.push_str(piece);
                continue;
            }
            if !line.is_empty() {
                self.styled(indent, &line, style);
                line.clear();
                indent = rest;
            }
            for c in piece.chars() {
                if columns(&line) + columns(c.encode_utf8(&mut [0; 4]))
                    > self.width.saturating_sub(columns(indent)).max(8)
                {
                    if c == ' ' {
                        continue;
                    }
                    self.styled(indent, &line, style);
                    line.clear();
                    indent = rest;
                }
                line.push(c);
            }
        }
        self.styled(indent, &line, style);
    }

    fn styled(&mut self, indent: &str, text: &str, style: Option<Style>) {
        let text = text.trim_end();
        let text = style.map_or_else(|| text.to_owned(), |s| self.set(s, text));
        self.line(&format!("{indent}{text}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        assert_eq!(clean("a\u{1b}[2Jb\u{202e}c\nd\u{9b}"), "a\u{fffd}[2Jb\u{fffd}c d\u{fffd}");
    }

    #[test]
    fn cutting_counts_columns() {
        assert_eq!(cut("个人信息", 8), "个人信息");
        assert_eq!(cut("个人信息处理", 8), "个人信…");
        assert_eq!(columns(&pad("个人", 7)), 7);
    }

    #[test]
    fn no_line_is_wider_than_asked_nor_begins_with_a_comma() {
        let mut ink = Ink::new(false, 40);
        ink.wrapped("  ", "    ", &"处理个人信息应当，取得同意。separate consent, ".repeat(9), None);
        for line in ink.out.lines() {
            assert!(columns(line) <= 40, "{line}");
            assert!(!line.trim_start().starts_with(['，', '。', ',']), "{line}");
        }
    }
}
