//! How a form names facts: a walk from one thing to others.
//!
//! `data.type` leads from an activity to its data and on to their fact `type`; a name that is a list is
//! followed to all members, one that is a reference to the thing referred to. `/organisation.parties`
//! begins at all things of a kind, `self` is the thing itself, `parent` the one above. Brackets keep only
//! what fits: `bases[type=consent|contract]`, `bases[type!=consent]`, `data[sensitive]`,
//! `documents[effective_on<=as_of]`, `documents[replaced_on>as_of]` (on no day counts as later). What
//! cannot be told because a fact is unknown is not taken in, and is said to be unknown.

/// A walk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Path {
    /// Whether its first step names a kind, of which all things are meant.
    pub absolute: bool,
    /// Its steps; at least one.
    pub steps: Vec<Step>,
}

/// A step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Step {
    /// A list, a reference, a fact, `self` or `parent`; a kind, where the path is absolute.
    pub name: String,
    /// What the things reached must fit.
    pub filters: Vec<Filter>,
}

/// What a thing must fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Filter {
    /// The fact that is looked at.
    pub fact: String,
    /// How.
    pub test: Test,
}

/// A test of a fact's code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Test {
    /// One of these, or for a set: holds one of these.
    Is(Vec<String>),
    /// None of these.
    Not(Vec<String>),
    /// A date up to the day of the assessment.
    Until,
    /// A date after it, or none.
    After,
}

impl Path {
    /// Reads a path; else where in the text it goes wrong (in bytes), and how.
    pub fn parse(text: &str) -> Result<Self, (usize, String)> {
        let (absolute, rest) = text.strip_prefix('/').map_or((false, text), |rest| (true, rest));
        let mut at = text.len() - rest.len();
        let mut steps = vec![];
        for part in split(rest) {
            steps.push(step(part).map_err(|(inside, why)| (at + inside, why))?);
            at += part.len() + 1;
        }
        Ok(Self { absolute, steps })
    }
}

/// The parts between dots that stand outside brackets.
fn split(text: &str) -> Vec<&str> {
    let mut parts = vec![];
    let (mut start, mut inside) = (0, false);
    for (at, c) in text.char_indices() {
        match c {
            '[' => inside = true,
            ']' => inside = false,
            '.' if !inside => {
                parts.push(text.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

fn step(part: &str) -> Result<Step, (usize, String)> {
    let (name, mut rest) = part.find('[').map_or((part, ""), |at| part.split_at(at));
    if !good(name) {
        return Err((0, format!("`{name}` cannot name a fact or list")));
    }
    let mut filters = vec![];
    while !rest.is_empty() {
        let at = part.len() - rest.len();
        let end = rest.find(']').filter(|_| rest.starts_with('['));
        let Some(end) = end else { return Err((at, format!("`{rest}` is no condition in brackets"))) };
        filters.push(filter(rest.get(1..end).unwrap_or_default()).map_err(|why| (at + 1, why))?);
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    Ok(Step { name: name.to_owned(), filters })
}

fn filter(text: &str) -> Result<Filter, String> {
    let codes = |list: &str| -> Vec<String> { list.split('|').map(str::to_owned).collect() };
    let (fact, test) = if let Some(fact) = text.strip_suffix("<=as_of") {
        (fact, Test::Until)
    } else if let Some(fact) = text.strip_suffix(">as_of") {
        (fact, Test::After)
    } else if let Some((fact, list)) = text.split_once("!=") {
        (fact, Test::Not(codes(list)))
    } else if let Some((fact, list)) = text.split_once('=') {
        (fact, Test::Is(codes(list)))
    } else {
        (text, Test::Is(vec!["true".to_owned()]))
    };
    if !good(fact) {
        return Err(format!("`{text}` is no condition on a fact"));
    }
    Ok(Filter { fact: fact.to_owned(), test })
}

fn good(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

impl Test {
    /// Whether a code fits. A day is compared as it is written, `2026-06-30`.
    pub fn fits(&self, code: &str, as_of: &str) -> bool {
        let day = || code.get(..10).unwrap_or(code);
        match self {
            Self::Is(codes) => code.split(", ").any(|member| codes.iter().any(|c| c == member)),
            Self::Not(codes) => !code.split(", ").any(|member| codes.iter().any(|c| c == member)),
            Self::Until => code != "none" && day() <= as_of,
            Self::After => code == "none" || day() > as_of,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

    use super::*;

    #[test]
    fn a_path_is_steps_with_conditions() {
        let path = Path::parse("/product[type=app|website].documents[replaced_on>as_of][published].title");
        let path = path.unwrap();
        assert!(path.absolute);
        let names: Vec<&str> = path.steps.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names, ["product", "documents", "title"]);
        assert_eq!(path.steps[0].filters[0].test, Test::Is(vec!["app".into(), "website".into()]));
        assert_eq!(path.steps[1].filters[0].test, Test::After);
        assert_eq!(path.steps[1].filters[1].test, Test::Is(vec!["true".into()]));
    }

    #[test]
    fn what_is_no_path_says_where() {
        for (text, at) in [("", 0), ("a..b", 2), ("a.b c", 2), ("a[b", 1), ("a[b]c", 4), ("a[=x]", 2)] {
            assert_eq!(Path::parse(text).unwrap_err().0, at, "{text}");
        }
    }

    #[test]
    fn a_code_fits_or_not() {
        let is = Test::Is(vec!["b".into()]);
        assert!(is.fits("a, b", ""));
        assert!(!is.fits("ab", ""));
        assert!(Test::Not(vec!["b".into()]).fits("a", ""));
        assert!(Test::Until.fits("2026-06-30", "2026-06-30"));
        assert!(!Test::After.fits("2026-06-30", "2026-06-30"));
        assert!(Test::After.fits("none", "2026-06-30"));
        assert!(!Test::Until.fits("none", "2026-06-30"));
    }
}
