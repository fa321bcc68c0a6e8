//! What can be wrong with a register, and how it is said: everything at once, each with its place, the
//! offending text and what would be right.

use hegui_catalog::model::Place;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// Most problems that are listed; the rest are counted.
pub const PROBLEM_LIMIT: usize = 200;
/// Most problems of one file that are listed.
pub(crate) const FILE_PROBLEM_LIMIT: usize = 100;
/// Longest piece of the source that a problem quotes, in characters.
const EXCERPT_LIMIT: usize = 60;
/// Longest piece of the source that a message repeats, in characters.
const ECHO_LIMIT: usize = 80;

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

/// What somebody wrote, as a message may repeat it: not longer than a line, and without what a terminal
/// would obey.
pub(crate) fn echo(text: &str) -> Cow<'_, str> {
    let cut = text.char_indices().nth(ECHO_LIMIT).map(|(at, _)| at);
    let shown = text.get(..cut.unwrap_or(text.len())).unwrap_or_default();
    if cut.is_none() && !shown.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    let mut shown: String = shown.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if cut.is_some() {
        shown.push('…');
    }
    Cow::Owned(shown)
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
    /// The first of them: at most 100 of a file and [`PROBLEM_LIMIT`] in all, and a line behind those
    /// of a file that has more.
    pub list: Vec<Problem>,
    /// How many more there are, of files that the list does not say it of.
    pub more: usize,
    /// How many there are of each file.
    of_file: BTreeMap<String, usize>,
}

impl Problems {
    pub(crate) fn one(problem: Problem) -> Self {
        let mut problems = Self::default();
        problems.push(problem);
        problems
    }

    pub(crate) fn push(&mut self, problem: Problem) {
        let told = self.is_told(&problem.place.file);
        *self.of_file.entry(problem.place.file.clone()).or_default() += 1;
        if !told {
            self.list.push(problem);
        }
    }

    /// Counts a problem that is not listed any more.
    pub(crate) fn count_one(&mut self, file: &str) {
        match self.of_file.get_mut(file) {
            Some(count) => *count += 1,
            None => drop(self.of_file.insert(file.to_owned(), 1)),
        }
    }

    /// Whether no more problems of a file are listed: then nobody need work out what they say.
    pub(crate) fn is_told(&self, file: &str) -> bool {
        self.list.len() >= PROBLEM_LIMIT || self.of_file.get(file).is_some_and(|n| *n >= FILE_PROBLEM_LIMIT)
    }

    pub(crate) fn into_result<T>(mut self, value: T) -> Result<T, Self> {
        if self.list.is_empty() {
            return Ok(value);
        }
        self.list.sort();
        self.sum_up();
        Err(self)
    }

    /// Says behind the problems of each file how many more it has; of files that have none in the list
    /// their number together.
    fn sum_up(&mut self) {
        let mut listed: BTreeMap<String, usize> = BTreeMap::new();
        for problem in &self.list {
            *listed.entry(problem.place.file.clone()).or_default() += 1;
        }
        self.more = 0;
        for (file, count) in &self.of_file {
            let shown = listed.get(file).copied().unwrap_or(0);
            if shown == 0 {
                self.more += count;
            } else if *count > shown {
                let end = self.list.iter().rposition(|p| p.place.file == *file).map_or(0, |at| at + 1);
                let message = format!("… and {} more in this file", count - shown);
                self.list.insert(end, Problem::of_file(file, message, ""));
            }
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.of_file.values().sum()
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
