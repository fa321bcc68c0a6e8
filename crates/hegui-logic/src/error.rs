//! What can be wrong with an expression, and how it is said.

use std::fmt;

/// Why an expression was refused, and where in its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What is wrong.
    pub problem: Problem,
    /// Byte range in the source.
    pub span: (u32, u32),
}

impl Error {
    pub(crate) fn new(problem: Problem, span: (u32, u32)) -> Self {
        Self { problem, span }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(f)
    }
}

impl std::error::Error for Error {}

/// What can be wrong with an expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the message of each says it")]
pub enum Problem {
    #[error("the expression has {length} bytes; at most {limit} are read; split the requirement")]
    TooLong { length: usize, limit: usize },
    #[error("the expression nests or chains too deeply (limit {limit}); split the requirement")]
    TooDeep { limit: usize },
    #[error("the expression unfolds to more than {limit} steps; split the requirement")]
    TooLarge { limit: usize },
    #[error("{message}")]
    Syntax { message: String },
    #[error("{construct} cannot be used in a check; see docs/catalog-format.md for what can")]
    OutsideSubset { construct: String },
    #[error("a decimal has at most four places")]
    DecimalPlaces,
    #[error("no name `{name}` here; there are {known}{}", hint(.near))]
    UnknownName { name: String, known: String, near: Option<String> },
    #[error("`{kind}` has no fact or relation `{field}`{}", hint(.near))]
    UnknownField { kind: String, field: String, near: Option<String> },
    #[error("`{value}` is no value of `{list}`{}", hint(.near))]
    UnknownValue { value: String, list: String, near: Option<String> },
    #[error("expected {expected}, found {found}")]
    Type { expected: String, found: String },
    #[error("`{function}` takes {takes}")]
    Arguments { function: String, takes: &'static str },
    #[error("the result can leave the range of whole numbers; narrow a fact's `range`")]
    Overflow,
    #[error("`{text}` is no date; write date(\"2026-03-02\")")]
    Date { text: String },
    #[error("the pattern cannot be read or grows too large: {message}")]
    Pattern { message: String },
    #[error("more than {limit} variables inside each other")]
    TooManyVariables { limit: usize },
    #[error("met(…) needs a clause and a thing, as in met(\"5.7.2\", consent)")]
    Met,
    #[error("no clause or requirement `{name}` speaks about a `{kind}`{}", hint(.near))]
    UnknownClause { name: String, kind: String, near: Option<String> },
}

fn hint(near: &Option<String>) -> String {
    near.as_ref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default()
}

/// The name nearest to a mistyped one, if one is near.
#[must_use]
pub fn nearest<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    names
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(wrong, name), name))
        .filter(|(distance, name)| *distance <= 2.max(name.chars().count() / 3))
        .min()
        .map(|(_, name)| name.to_owned())
}
