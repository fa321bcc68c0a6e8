//! What was read otherwise than it stands in the workbook, or not at all: said once each, with examples.

use crate::problem::{cell_name, place};
use hegui_catalog::model::{Lang, Text};
use std::collections::BTreeMap;

/// Most notes of one sort; the rest are counted.
const OF_A_SORT: usize = 5;

/// Something that a person should know of the reading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Note {
    /// The sheet; empty where it is about the workbook as a whole.
    pub sheet: String,
    /// The cell; empty where it is about the sheet as a whole.
    pub cell: String,
    /// What.
    pub text: Text,
    /// How many more there are of the sort.
    pub more: usize,
}

impl Note {
    /// The note as a person reads it.
    #[must_use]
    pub fn show(&self, lang: Lang) -> String {
        let more = match (self.more, lang) {
            (0, _) => String::new(),
            (n, Lang::Zh) => format!("（同类另有 {n} 处）"),
            (n, Lang::En) => format!(" ({n} more of this sort)"),
        };
        format!("{}{}{more}", place(&self.sheet, &self.cell, lang), self.text.get(lang))
    }
}

/// Notes as they come up.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    notes: Vec<(&'static str, Note)>,
    counts: BTreeMap<&'static str, usize>,
}

impl Notes {
    /// Adds a note of a sort; row and column from 0.
    pub fn add(&mut self, sort: &'static str, sheet: &str, at: Option<(u32, u32)>, text: Text) {
        let count = self.counts.entry(sort).or_default();
        *count += 1;
        if *count <= OF_A_SORT {
            let cell = at.map(|(row, column)| cell_name(row, column)).unwrap_or_default();
            self.notes.push((sort, Note { sheet: sheet.to_owned(), cell, text, more: 0 }));
        }
    }

    /// Adds so many more to a sort.
    pub fn count(&mut self, sort: &'static str, more: usize) {
        *self.counts.entry(sort).or_default() += more;
    }

    /// All of them; the last of a sort says how many more there are.
    pub fn list(self) -> Vec<Note> {
        let counts = self.counts;
        let mut notes = self.notes;
        for (sort, count) in counts {
            let shown = notes.iter().filter(|(of, _)| *of == sort).count();
            if let Some((_, last)) = notes.iter_mut().rev().find(|(of, _)| *of == sort) {
                last.more = count.saturating_sub(shown);
            }
        }
        notes.into_iter().map(|(_, note)| note).collect()
    }
}
