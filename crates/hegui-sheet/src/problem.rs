//! What can be wrong with a workbook: everything at once, each with its sheet, its cell and the remedy.

use hegui_catalog::model::{Lang, Text};
use std::fmt::Write;

/// Most problems that are listed; the rest are counted.
const LIMIT: usize = 200;
/// Longest piece of a cell that a problem quotes, in characters.
const QUOTED: usize = 60;

/// One thing that is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problem {
    /// The sheet; empty where it is about the workbook as a whole.
    pub sheet: String,
    /// The cell, as `C5`; empty where it is about the sheet as a whole.
    pub cell: String,
    /// What stands there; empty where nothing does.
    pub found: String,
    /// What is wrong.
    pub message: Text,
    /// What would be right; empty where the message says it.
    pub remedy: Text,
}

/// A text in both languages.
pub(crate) fn both(zh: impl Into<String>, en: impl Into<String>) -> Text {
    Text { zh: zh.into(), en: en.into() }
}

/// What somebody wrote, as a message may repeat it.
pub(crate) fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(QUOTED).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(QUOTED).is_some() {
        shown.push('…');
    }
    shown
}

/// The letters of a column, from 0.
pub(crate) fn letters(column: u32) -> String {
    let mut rest = column + 1;
    let mut name = Vec::new();
    while rest > 0 {
        name.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    name.iter().rev().collect()
}

/// The name of a cell; row and column from 0.
pub(crate) fn cell_name(row: u32, column: u32) -> String {
    format!("{}{}", letters(column), u64::from(row) + 1)
}

impl Problem {
    /// A problem of the workbook as a whole.
    pub(crate) fn of_book(message: Text, remedy: Text) -> Self {
        Self { message, remedy, ..Self::default() }
    }

    /// A problem of a sheet as a whole.
    pub(crate) fn of_sheet(sheet: &str, message: Text, remedy: Text) -> Self {
        Self { sheet: sheet.to_owned(), message, remedy, ..Self::default() }
    }

    /// A problem at a cell; row and column from 0.
    pub(crate) fn at(
        sheet: &str,
        (row, column): (u32, u32),
        found: &str,
        message: Text,
        remedy: Text,
    ) -> Self {
        let cell = cell_name(row, column);
        Self { sheet: sheet.to_owned(), cell, found: quoted(found), message, remedy }
    }

    /// The problem as a person reads it.
    #[must_use]
    pub fn show(&self, lang: Lang) -> String {
        let mut text = place(&self.sheet, &self.cell, lang);
        text.push_str(self.message.get(lang));
        let (found, right) = match lang {
            Lang::Zh => ("原文：", "应改为："),
            Lang::En => ("found: ", "right: "),
        };
        if !self.found.is_empty() {
            let _ = write!(text, "\n  {found}{}", self.found);
        }
        if !self.remedy.get(lang).is_empty() {
            let _ = write!(text, "\n  {right}{}", self.remedy.get(lang));
        }
        text
    }
}

/// `表“活动”C5：`, or nothing for the workbook as a whole.
pub(crate) fn place(sheet: &str, cell: &str, lang: Lang) -> String {
    match (lang, sheet.is_empty()) {
        (_, true) => String::new(),
        (Lang::Zh, false) if cell.is_empty() => format!("表“{}”：", quoted(sheet)),
        (Lang::Zh, false) => format!("表“{}”{cell}：", quoted(sheet)),
        (Lang::En, false) if cell.is_empty() => format!("sheet `{}`: ", quoted(sheet)),
        (Lang::En, false) => format!("sheet `{}` {cell}: ", quoted(sheet)),
    }
}

/// All that is wrong, in the order of reading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    /// The first of them.
    pub list: Vec<Problem>,
    /// How many there are beyond the list.
    pub more: usize,
}

impl Problems {
    pub(crate) fn one(problem: Problem) -> Self {
        Self { list: vec![problem], more: 0 }
    }

    pub(crate) fn push(&mut self, problem: Problem) {
        if self.list.len() < LIMIT {
            self.list.push(problem);
        } else {
            self.more += 1;
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether no more are listed: then nobody need work out what they say.
    pub(crate) fn is_full(&self) -> bool {
        self.list.len() >= LIMIT
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.list.len() + self.more
    }

    /// All of them, as a person reads them.
    #[must_use]
    pub fn show(&self, lang: Lang) -> String {
        let mut text: String =
            self.list.iter().map(|problem| problem.show(lang)).collect::<Vec<_>>().join("\n");
        if self.more > 0 {
            text.push_str(&match lang {
                Lang::Zh => format!("\n……另有 {} 处", self.more),
                Lang::En => format!("\n… and {} more", self.more),
            });
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_their_names() {
        assert_eq!(cell_name(0, 0), "A1");
        assert_eq!(cell_name(4, 25), "Z5");
        assert_eq!(cell_name(4, 26), "AA5");
        assert_eq!(cell_name(0, 16_383), "XFD1");
    }
}
