//! What can be wrong with a register, and how it is said: everything at once, each with its place, the
//! offending text and what would be right.

use hegui_catalog::model::Place;
use std::fmt;

/// Most problems that are listed; the rest are counted.
pub const PROBLEM_LIMIT: usize = 200;
/// Longest piece of the source that a problem quotes, in characters.
const EXCERPT_LIMIT: usize = 60;

/// One thing that is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where; line 0 where it is about a file or folder as a whole.
    pub place: Place,
    /// The offending text; empty where there is none.
    pub excerpt: String,
    /// What is wrong.
    pub message: String,
    /// What would be right; empty where the message says it.
    pub remedy: String,
}

impl Problem {
    pub(crate) fn new(
        place: Place,
        excerpt: &str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { place, excerpt: shorten(excerpt), message: message.into(), remedy: remedy.into() }
    }

    /// A problem of a whole file or folder.
    pub(crate) fn of_file(file: &str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(Place { file: file.to_owned(), line: 0, column: 0 }, "", message, remedy)
    }
}

/// The first line of a text, cut to a readable length.
fn shorten(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let mut short: String = line.chars().take(EXCERPT_LIMIT).filter(|c| !c.is_control()).collect();
    if line.chars().nth(EXCERPT_LIMIT).is_some() || text.contains('\n') {
        short.push('…');
    }
    short
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { file, line, column } = &self.place;
        let file: String = file.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
        if *line == 0 {
            write!(f, "{file}: {}", self.message)?;
        } else {
            write!(f, "{file}:{line}:{column}: {}", self.message)?;
        }
        if !self.excerpt.is_empty() {
            write!(f, "\n  found: {}", self.excerpt)?;
        }
        if !self.remedy.is_empty() {
            write!(f, "\n  right: {}", self.remedy)?;
        }
        Ok(())
    }
}

/// All that is wrong, in the order of files and lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    /// The first [`PROBLEM_LIMIT`] of them.
    pub list: Vec<Problem>,
    /// How many more there are.
    pub more: usize,
}

impl Problems {
    pub(crate) fn one(problem: Problem) -> Self {
        Self { list: vec![problem], more: 0 }
    }

    pub(crate) fn push(&mut self, problem: Problem) {
        if self.list.len() < PROBLEM_LIMIT {
            self.list.push(problem);
        } else {
            self.more += 1;
        }
    }

    pub(crate) fn into_result<T>(mut self, value: T) -> Result<T, Self> {
        if self.list.is_empty() {
            return Ok(value);
        }
        self.list.sort();
        Err(self)
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.list.len() + self.more
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.list.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{problem}")?;
        }
        if self.more > 0 {
            write!(f, "\n… and {} more", self.more)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
