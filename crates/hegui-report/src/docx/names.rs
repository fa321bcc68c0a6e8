//! Bookmarks: what links and page numbers refer to. Word allows at most forty characters, of which the
//! first is a letter or a line, no others than letters, digits and lines, and takes `A` and `a` for the
//! same; anchors of a paper are any text.

use crate::paper::{Block, Paper};
use std::collections::{BTreeMap, BTreeSet};

/// The longest name that Word takes.
const LONGEST: usize = 40;

/// The bookmarks of a document.
#[derive(Debug, Default)]
pub(super) struct Bookmarks {
    /// Anchor to name.
    names: BTreeMap<String, String>,
    /// Anchors that have been set: the first of two alike counts.
    placed: BTreeSet<String>,
    /// The names of all headings, in order.
    pub headings: Vec<String>,
    next_id: u32,
}

impl Bookmarks {
    /// Names for everything in a paper that can be referred to, beside those that a template has.
    pub fn new(paper: &Paper, taken: &BTreeSet<String>, first_id: u32) -> Self {
        let mut used: BTreeSet<String> = taken.iter().map(|name| name.to_lowercase()).collect();
        let mut marks = Self { next_id: first_id, ..Self::default() };
        for block in &paper.blocks {
            if let Block::Heading { anchor, .. } = block {
                let name = free(&format!("_Toc{:08}", marks.headings.len() + 1), &mut used);
                if let Some(anchor) = anchor {
                    marks.names.entry(anchor.clone()).or_insert_with(|| name.clone());
                }
                marks.headings.push(name);
            }
            for anchor in block.anchors() {
                if !marks.names.contains_key(anchor) {
                    let name = free(&legal(anchor), &mut used);
                    marks.names.insert(anchor.to_owned(), name);
                }
            }
        }
        marks
    }

    /// The name that a link to an anchor leads to; none where there is no such anchor.
    pub fn of(&self, anchor: &str) -> Option<&str> {
        self.names.get(anchor).map(String::as_str)
    }

    /// The number and name of the bookmark to set for an anchor, unless it has been set.
    pub fn place(&mut self, anchor: Option<&str>) -> Option<(String, String)> {
        let anchor = anchor?;
        let name = self.names.get(anchor)?.clone();
        self.placed.insert(anchor.to_owned()).then(|| (self.number(), name))
    }

    /// The number and name of the bookmark of the n-th heading. Its anchor leads to it.
    pub fn heading(&mut self, n: usize) -> Option<(String, String)> {
        let name = self.headings.get(n)?.clone();
        Some((self.number(), name))
    }

    fn number(&mut self) -> String {
        self.next_id = self.next_id.saturating_add(1);
        (self.next_id - 1).to_string()
    }
}

/// An anchor in the characters that Word takes.
fn legal(anchor: &str) -> String {
    let kept = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    format!("a_{}", anchor.chars().map(kept).take(LONGEST - 2).collect::<String>())
}

/// A name that is not used yet; it is then.
fn free(wanted: &str, used: &mut BTreeSet<String>) -> String {
    let mut name = wanted.to_owned();
    for n in 2_usize.. {
        if used.insert(name.to_lowercase()) {
            break;
        }
        let end = format!("_{n}");
        name = wanted.chars().take(LONGEST - end.len()).collect::<String>() + &end;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_legal_and_differ() {
        let mut used = BTreeSet::new();
        let long = "证据/".repeat(40);
        let names = [legal(&long), legal(&long), legal("A b"), legal("a_b")].map(|n| free(&n, &mut used));
        assert!(names.iter().all(|name| name.len() <= LONGEST), "{names:?}");
        assert_eq!(used.len(), 4, "{names:?}");
        assert!(names.concat().chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
    }
}
