//! What the platform's errors become for a caller.

use crate::problem::{Kind, Problem};
use hegui_catalog::model::Lang;
use hegui_runtime::authzen::Misasked;
use hegui_runtime::happening::Misread;
use hegui_runtime::platform::PlatformError;
use hegui_runtime::refusal::Refusal;
use hegui_store::journal::JournalError;

/// A refusal in Chinese and English.
pub fn both(refusal: &Refusal) -> String {
    format!("{} · {}", refusal.say(Lang::Zh), refusal.say(Lang::En))
}

impl From<Misread> for Problem {
    fn from(error: Misread) -> Self {
        Self::new(Kind::Malformed, error.to_string())
    }
}

impl From<Misasked> for Problem {
    fn from(error: Misasked) -> Self {
        let kind = if matches!(error, Misasked::Behind { .. }) { Kind::Conflict } else { Kind::Malformed };
        Self::new(kind, error.to_string())
    }
}

impl From<JournalError> for Problem {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::Beyond { .. } => Self::new(Kind::NotFound, error.to_string()),
            _ => Self::internal(error),
        }
    }
}

impl From<PlatformError> for Problem {
    fn from(error: PlatformError) -> Self {
        match error {
            PlatformError::Refused(refusal) => {
                Self::new(Kind::Refused, both(&refusal)).clause(refusal.clause.clone())
            }
            PlatformError::Misasked(error) => error.into(),
            PlatformError::Misread(error @ Misread::Newer { .. }) => Self::internal(error),
            PlatformError::Misread(error) => error.into(),
            PlatformError::Journal(error) => error.into(),
            PlatformError::NoDecision(_) => Self::new(Kind::NotFound, error.to_string()),
            PlatformError::OtherRegister { .. } => Self::new(Kind::Conflict, error.to_string()),
            PlatformError::Stopped => Self::new(Kind::Unavailable, error.to_string()),
            _ => Self::internal(error),
        }
    }
}
