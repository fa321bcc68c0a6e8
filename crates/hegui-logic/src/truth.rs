//! Three truth values: strong Kleene.

use serde::{Deserialize, Serialize};

/// True, false, or not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Truth {
    /// It is so.
    True,
    /// It is not so.
    False,
    /// The facts do not tell.
    Unknown,
}

impl Truth {
    /// The other way round; unknown stays.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "reads beside `and` and `or`")]
    pub fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }

    /// False if one is false, true if both are true.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, Self::True) => Self::True,
            _ => Self::Unknown,
        }
    }

    /// True if one is true, false if both are false.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }

    /// The value if it is known.
    #[must_use]
    pub fn known(self) -> Option<bool> {
        match self {
            Self::True => Some(true),
            Self::False => Some(false),
            Self::Unknown => None,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

impl From<Option<bool>> for Truth {
    fn from(value: Option<bool>) -> Self {
        value.map_or(Self::Unknown, Self::from)
    }
}

/// What a requirement comes to for one thing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It applies and holds, or it holds whether or not it applies.
    Met,
    /// It applies and does not hold.
    Gap,
    /// It does not apply.
    NotApplicable,
    /// The facts do not tell.
    #[default]
    Unknown,
}

impl Outcome {
    /// What `when` and `check` come to together. A check that holds asks nobody whether it applies:
    /// with `when` unknown and `check` true the outcome is met.
    #[must_use]
    pub fn of(when: Truth, check: Truth) -> Self {
        match (when, check) {
            (Truth::False, _) => Self::NotApplicable,
            (_, Truth::True) => Self::Met,
            (Truth::True, Truth::False) => Self::Gap,
            _ => Self::Unknown,
        }
    }

    /// What `met(…)` reads: not applicable is no failure.
    #[must_use]
    pub fn truth(self) -> Truth {
        match self {
            Self::Met | Self::NotApplicable => Truth::True,
            Self::Gap => Truth::False,
            Self::Unknown => Truth::Unknown,
        }
    }
}
