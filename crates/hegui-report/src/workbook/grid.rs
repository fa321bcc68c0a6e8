//! A sheet before it is one: columns, rows and what stands in a cell. The writer adds looks only.

use hegui_assess::rollup::Verdict;

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// Nothing.
    Blank,
    /// Text, as text: never a formula, whatever it begins with.
    Text(String),
    /// A verdict, and the colour that goes with it.
    Verdict(Verdict, String),
    /// A count.
    Number(f64),
    /// A day, `2026-06-30`; what is no such day is written as text.
    Date(String),
    /// Room for an answer; one of these words, where there are any.
    Answer(Vec<String>),
    /// Something that is not known or not decided, marked so that it is found.
    Open(String),
}

impl Value {
    /// Text, or nothing where there is none.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Blank } else { Self::Text(text) }
    }

    /// Text that may be left out.
    pub fn maybe(text: Option<&str>) -> Self {
        text.map_or(Self::Blank, Self::text)
    }

    /// A day that may be left out.
    pub fn day(day: Option<&str>) -> Self {
        day.filter(|d| !d.is_empty()).map_or(Self::Blank, |d| Self::Date(d.to_owned()))
    }

    /// A count.
    pub fn count(n: impl Into<u64>) -> Self {
        let n: u64 = n.into();
        // Counts of findings are far below 2^53.
        #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
        Self::Number(n as f64)
    }
}

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Column {
    /// The wording's key of its heading, within `column`.
    pub key: &'static str,
    /// Its width in characters.
    pub width: u16,
    /// What may be filled in: the words of a list, or a day.
    pub entry: Option<Entry>,
}

/// What a person fills in.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Entry {
    /// Anything.
    Free,
    /// One of these words.
    Words(Vec<String>),
    /// A day.
    Day,
}

/// A sheet.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Grid {
    /// The wording's key of its name, within `sheet`, and of what it is for, within `about`.
    pub key: &'static str,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, each as long as there are columns.
    pub rows: Vec<Vec<Value>>,
    /// How many columns stay in view.
    pub kept: u16,
}

impl Grid {
    /// A sheet without rows.
    pub fn new(key: &'static str, kept: u16, columns: &[(&'static str, u16)]) -> Self {
        let columns = columns.iter().map(|(key, width)| Column { key, width: *width, entry: None });
        Self { key, columns: columns.collect(), rows: vec![], kept }
    }

    /// Says that a column is there to be filled in.
    pub fn enter(&mut self, key: &str, entry: Entry) {
        if let Some(column) = self.columns.iter_mut().find(|c| c.key == key) {
            column.entry = Some(entry);
        }
    }
}
