//! A TOML file with places: every value knows its line and column, every key that nobody asks for is
//! a problem.
//!
//! A [`Table`] is asked for the keys that the format has. What is asked for and missing, or is of
//! another type, is noted in the [`Sink`]; [`Table::finish`] notes the keys that the format does not
//! have, with the nearest one that it has. So a format is written down once: by the code that reads it.

use crate::model::{Place, Text};
use crate::problem::Problem;
use hegui_logic::error::nearest;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Where problems are noted.
pub type Sink = RefCell<Vec<Problem>>;

/// A file's name and text.
#[derive(Clone, Debug)]
pub struct Document {
    /// The name, as messages give it.
    pub file: String,
    /// What stands in it.
    pub text: String,
    /// Where each line begins: places are asked for by the thousand.
    lines: Vec<usize>,
}

impl Document {
    /// A file that was read.
    #[must_use]
    pub fn new(file: String, text: String) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1);
        let lines = [0].into_iter().chain(breaks).collect();
        Self { file, text, lines }
    }

    /// The place of a byte.
    pub fn place(&self, byte: usize) -> Place {
        let line = self.lines.partition_point(|start| *start <= byte);
        let start = self.lines.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let before = self.text.get(start..byte).or_else(|| self.text.get(start..)).unwrap_or_default();
        let column = before.chars().count() as u32 + 1;
        Place { file: self.file.clone(), line: line as u32, column }
    }

    /// The line that a byte stands in, shortened.
    pub fn line_at(&self, byte: usize) -> String {
        let start = self.text.get(..byte).and_then(|t| t.rfind('\n')).map_or(0, |at| at + 1);
        let line = self.text.get(start..).and_then(|t| t.lines().next()).unwrap_or_default().trim();
        shorten(line, 120)
    }

    /// The place of a byte of a string's content, when the string as written (with its quotes) stands
    /// at `span`.
    pub fn place_in_string(&self, span: &Range<usize>, byte: usize) -> Place {
        let raw = self.text.get(span.clone()).unwrap_or_default();
        self.place(span.start + offset_in_string(raw, byte))
    }

    /// Reads the text as TOML and notes what is no TOML. A file with such an error counts as unread.
    pub fn parse(&self, sink: &Sink) -> Option<Spanned<DeTable<'_>>> {
        let (root, errors) = DeTable::parse_recoverable(&self.text);
        for error in &errors {
            let at = error.span().map_or(0, |s| s.start);
            let message = error.message().lines().next().unwrap_or("not TOML").to_owned();
            let problem = Problem::error(
                self.place(at),
                format!("not TOML: {message}"),
                "correct the syntax; see https://toml.io",
            );
            sink.borrow_mut().push(problem.about(self.line_at(at)));
        }
        errors.is_empty().then_some(root)
    }
}

/// At most so many characters of a text.
pub(crate) fn shorten(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    text.chars().take(limit).chain(['…']).collect()
}

/// How far into a string as written its content's byte `wanted` stands.
fn offset_in_string(raw: &str, wanted: usize) -> usize {
    let triple = raw.starts_with("'''") || raw.starts_with("\"\"\"");
    let mut at = if triple { 3 } else { 1 };
    if triple {
        // A line break right after the opening quotes is no content.
        let rest = raw.get(at..).unwrap_or_default();
        at += if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) };
    }
    if raw.starts_with('\'') {
        return at + wanted;
    }
    let mut content = 0;
    while content < wanted {
        let rest = raw.get(at..).unwrap_or_default();
        let Some(c) = rest.chars().next() else { break };
        let (written, made) = if c == '\\' { escape(rest) } else { (c.len_utf8(), c.len_utf8()) };
        at += written;
        content += made;
    }
    at
}

/// How many bytes an escape has as written, and how many it makes.
fn escape(rest: &str) -> (usize, usize) {
    let digits = match rest.as_bytes().get(1) {
        Some(b'x') => 2,
        Some(b'u') => 4,
        Some(b'U') => 8,
        Some(b) if b.is_ascii_whitespace() => {
            let blank = rest.len() - rest.get(1..).unwrap_or_default().trim_start().len();
            return (blank, 0);
        }
        _ => return (2, 1),
    };
    let made = rest
        .get(2..2 + digits)
        .and_then(|hex| u32::from_str_radix(hex, 16).ok())
        .and_then(char::from_u32)
        .map_or(1, char::len_utf8);
    (2 + digits, made)
}

/// A text as content, with where it is written.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// The content.
    pub text: String,
    /// Where it stands, quotes included.
    pub span: Range<usize>,
}

/// A table that notes what it is asked for.
pub struct Table<'a> {
    /// The file that it stands in.
    pub doc: &'a Document,
    /// Where its problems are noted.
    pub sink: &'a Sink,
    entries: &'a DeTable<'a>,
    at: usize,
    asked: RefCell<BTreeSet<String>>,
}

impl<'a> Table<'a> {
    /// A table of a file; `at` is where it begins.
    #[must_use]
    pub fn new(doc: &'a Document, sink: &'a Sink, entries: &'a DeTable<'a>, at: usize) -> Self {
        Self { doc, sink, entries, at, asked: RefCell::default() }
    }

    /// Where a key's value stands; the table itself where there is no such key.
    pub fn place_of(&self, key: &str) -> Place {
        self.doc.place(self.entries.get(key).map_or(self.at, |v| v.span().start))
    }

    /// Notes a problem at a byte of the file.
    pub fn note(&self, at: usize, message: impl Into<String>, remedy: impl Into<String>) {
        let problem = Problem::error(self.doc.place(at), message, remedy).about(self.doc.line_at(at));
        self.sink.borrow_mut().push(problem);
    }

    /// Notes a problem at a key's value.
    pub fn note_at(&self, key: &str, message: impl Into<String>, remedy: impl Into<String>) {
        self.note(self.entries.get(key).map_or(self.at, |v| v.span().start), message, remedy);
    }

    /// A key's value.
    pub fn get(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.asked.borrow_mut().insert(key.to_owned());
        self.entries.get(key)
    }

    /// All keys and values, in the order of the file.
    pub fn all(&self) -> Vec<(&'a str, Range<usize>, &'a Spanned<DeValue<'a>>)> {
        let mut all: Vec<_> = self.entries.iter().map(|(k, v)| (k.get_ref().as_ref(), k.span(), v)).collect();
        self.asked.borrow_mut().extend(all.iter().map(|(k, ..)| (*k).to_owned()));
        all.sort_by_key(|(_, span, _)| span.start);
        all
    }

    fn wrong_type(&self, expected: &str, value: &Spanned<DeValue<'_>>, key: &str) {
        let message = format!("`{key}` wants {expected}, found {}", describe(value.get_ref()));
        self.note(value.span().start, message, format!("write {expected}"));
    }

    fn missing(&self, key: &str, what: &str) {
        self.note(self.at, format!("`{key}` is missing"), format!("add `{key}`: {what}"));
    }

    /// A text with its place.
    pub fn written(&self, key: &str) -> Option<Written> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(Written { text: text.clone().into_owned(), span: value.span() }),
            _ => {
                self.wrong_type("a quoted text", value, key);
                None
            }
        }
    }

    /// A text that must be there.
    pub fn needed(&self, key: &str, what: &str) -> Written {
        let written = self.written(key);
        if self.get(key).is_none() || written.as_ref().is_some_and(|w| w.text.trim().is_empty()) {
            self.missing(key, what);
        }
        written.unwrap_or_default()
    }

    /// A text, empty where it is left out.
    pub fn string(&self, key: &str) -> String {
        self.written(key).map(|w| w.text).unwrap_or_default()
    }

    /// A text in both languages that must be there.
    pub fn text(&self, key: &str) -> Text {
        if self.get(key).is_none() {
            self.missing(&format!("{key}.zh"), "the text in Chinese, and `.en` beside it");
        }
        self.text_if_any(key)
    }

    /// A text in both languages, or neither.
    pub fn text_if_any(&self, key: &str) -> Text {
        let Some(value) = self.get(key) else { return Text::default() };
        text_of(self, key, value)
    }

    /// True or false; false where it is left out.
    pub fn flag(&self, key: &str) -> bool {
        match self.get(key).map(|v| (v, v.get_ref())) {
            Some((_, DeValue::Boolean(flag))) => *flag,
            Some((value, _)) => {
                self.wrong_type("true or false", value, key);
                false
            }
            None => false,
        }
    }

    /// A whole number.
    pub fn integer(&self, key: &str) -> Option<i64> {
        let value = self.get(key)?;
        let number = integer(value.get_ref());
        if number.is_none() {
            self.wrong_type("a whole number", value, key);
        }
        number
    }

    /// A date or a quoted date, as `2026-06-01`.
    pub fn date(&self, key: &str) -> Option<String> {
        let value = self.get(key)?;
        let text = match value.get_ref() {
            DeValue::Datetime(date) => date.to_string(),
            DeValue::String(text) if text.is_empty() => return None,
            DeValue::String(text) => text.clone().into_owned(),
            _ => String::new(),
        };
        if hegui_logic::calendar::parse_date(&text).is_some() {
            return Some(text);
        }
        self.wrong_type("a date such as 2026-06-01", value, key);
        None
    }

    /// A list of texts; one text alone counts as a list of one.
    pub fn list(&self, key: &str) -> Vec<Written> {
        let Some(value) = self.get(key) else { return vec![] };
        let written = |text: &str, span| Written { text: text.to_owned(), span };
        match value.get_ref() {
            DeValue::String(text) => vec![written(text, value.span())],
            DeValue::Array(items) => items
                .iter()
                .filter_map(|item| {
                    let text = item.get_ref().as_str();
                    if text.is_none() {
                        self.wrong_type("a list of quoted texts", item, key);
                    }
                    text.map(|t| written(t, item.span()))
                })
                .collect(),
            _ => {
                self.wrong_type("a list of quoted texts", value, key);
                vec![]
            }
        }
    }

    /// A list of texts without their places.
    pub fn strings(&self, key: &str) -> Vec<String> {
        self.list(key).into_iter().map(|w| w.text).collect()
    }

    /// One of several words.
    pub fn choice<T: Copy>(&self, key: &str, words: &[(&str, T)]) -> Option<T> {
        let written = self.written(key)?;
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == written.text) {
            return Some(*value);
        }
        let message = format!(
            "`{}` is no value of `{key}`{}",
            written.text,
            hint(&written.text, words.iter().map(|w| w.0))
        );
        let known: Vec<&str> = words.iter().map(|w| w.0).collect();
        self.note(written.span.start, message, format!("write one of: {}", known.join(", ")));
        None
    }

    /// A table within.
    pub fn table(&self, key: &str) -> Option<Table<'a>> {
        let value = self.get(key)?;
        let table = self.inner(value);
        if table.is_none() {
            self.wrong_type("a table", value, key);
        }
        table
    }

    /// A value as a table.
    pub fn inner(&self, value: &'a Spanned<DeValue<'a>>) -> Option<Table<'a>> {
        let entries = value.get_ref().as_table()?;
        // A table made by dotted keys has no place of its own: it stands where its first key stands.
        let first = entries.keys().map(|key| key.span().start).min();
        let at = if value.span().is_empty() || value.span().start == 0 { first } else { None };
        Some(Table::new(self.doc, self.sink, entries, at.unwrap_or(value.span().start)))
    }

    /// A list of tables.
    pub fn tables(&self, key: &str) -> Vec<Table<'a>> {
        let Some(value) = self.get(key) else { return vec![] };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_type("a list of tables", value, key);
            return vec![];
        };
        let tables = items.iter().filter_map(|item| {
            let table = self.inner(item);
            if table.is_none() {
                self.wrong_type("a list of tables", item, key);
            }
            table
        });
        tables.collect()
    }

    /// The tables within a table, by name, in the order of the file.
    pub fn named_tables(&self, key: &str) -> Vec<(String, usize, Table<'a>)> {
        let Some(table) = self.table(key) else { return vec![] };
        let mut found = vec![];
        for (name, span, value) in table.all() {
            match table.inner(value) {
                Some(mut inner) => {
                    inner.at = span.start;
                    found.push((name.to_owned(), span.start, inner));
                }
                None => table.wrong_type("a table", value, name),
            }
        }
        found
    }

    /// Notes the keys that nobody asked for.
    pub fn finish(&self) {
        let asked = self.asked.borrow();
        for key in self.entries.keys().filter(|k| !asked.contains(k.get_ref().as_ref())) {
            let name = key.get_ref();
            let message = format!("unknown key `{name}`{}", hint(name, asked.iter().map(String::as_str)));
            let known: Vec<&str> = asked.iter().map(String::as_str).collect();
            self.note(key.span().start, message, format!("known here: {}", known.join(", ")));
        }
    }
}

fn text_of<'a>(table: &Table<'a>, key: &str, value: &'a Spanned<DeValue<'a>>) -> Text {
    let Some(inner) = table.inner(value) else {
        let remedy = format!("write `{key}.zh = \"…\"` and `{key}.en = \"…\"`");
        table.note(value.span().start, format!("`{key}` wants a text in Chinese and in English"), remedy);
        return Text::default();
    };
    let side = |language: &str| {
        let text = inner.string(language);
        if text.trim().is_empty() {
            inner.missing(
                &format!("{key}.{language}"),
                "every text is given in Chinese (`zh`) and in English (`en`)",
            );
        }
        text
    };
    let text = Text { zh: side("zh"), en: side("en") };
    inner.finish();
    text
}

/// A value as a text in both languages.
pub(crate) fn text_value<'a>(table: &Table<'a>, key: &str, value: &'a Spanned<DeValue<'a>>) -> Text {
    text_of(table, key, value)
}

/// `; did you mean …`, if some name is near.
pub fn hint<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    nearest(wrong, names).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default()
}

/// A whole number.
pub(crate) fn integer(value: &DeValue<'_>) -> Option<i64> {
    let number = value.as_integer()?;
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

/// What a value is, for messages.
pub(crate) fn describe(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a decimal number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
