//! What is wrong with a catalog, and how it is said.
//!
//! Reading and linting never stop at the first problem: whoever writes law as data sees all of them
//! at once, each with its place and with what would be right.

use crate::model::Place;
use std::fmt;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The catalog must not be used like this.
    Error,
    /// Worth a look.
    Warning,
}

/// One thing that is wrong, where, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// File, line and column.
    pub place: Place,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// The offending piece of text; empty where there is none.
    pub excerpt: String,
    /// What to do about it; empty where the message says it.
    pub remedy: String,
}

impl Problem {
    /// An error.
    #[must_use]
    pub fn error(place: Place, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            place,
            severity: Severity::Error,
            message: message.into(),
            excerpt: String::new(),
            remedy: remedy.into(),
        }
    }

    /// A warning.
    #[must_use]
    pub fn warning(place: Place, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(place, message, remedy) }
    }

    /// The same problem with the piece of text that it is about.
    #[must_use]
    pub fn about(mut self, excerpt: impl Into<String>) -> Self {
        self.excerpt = excerpt.into();
        self
    }

    /// Whether it is an error.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { file, line, column } = &self.place;
        let warning = if self.is_error() { "" } else { "warning: " };
        write!(f, "{file}:{line}:{column}: {warning}{}", self.message)?;
        if !self.excerpt.is_empty() {
            write!(f, "\n    {}", self.excerpt)?;
        }
        if !self.remedy.is_empty() {
            write!(f, "\n    remedy: {}", self.remedy)?;
        }
        Ok(())
    }
}

/// Everything that is wrong, by place; never empty where it is an error of a function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Sorted by place, each once.
    #[must_use]
    pub fn sorted(mut list: Vec<Problem>) -> Self {
        list.sort();
        list.dedup();
        Self(list)
    }

    /// How many errors there are.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.0.iter().filter(|p| p.is_error()).count()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
