//! What happens to a person's state, in the order of the log.

use crate::directory::{Thing, Types};
use crate::question::Subject;
use serde::{Deserialize, Serialize};

/// A moment, in whole seconds since 1970-01-01 UTC, up to the year 2106.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Second(pub u32);

impl Second {
    /// Whether it has come at this time, in milliseconds since 1970-01-01 UTC.
    #[must_use]
    #[inline]
    pub const fn has_come(self, time_ms: i64) -> bool {
        time_ms >= self.0 as i64 * 1000
    }
}

/// How consent was expressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Signed, on paper or electronically.
    Written,
    /// By a statement.
    Declaration,
    /// By an affirmative act.
    AffirmativeAct,
    /// Inferred from conduct.
    Implied,
    /// By leaving a tick that was there beforehand: recorded, and no consent (T/CLAST 5.7.2.5).
    TickedBeforehand,
}

/// Consent as it stands once given: it takes the place of any that the person gave for the same item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Consent {
    /// To which types of data.
    pub types: Types,
    /// To which version of the notice.
    pub version: u16,
    /// Whether it was asked for by itself.
    pub separate: bool,
    /// Its form.
    pub form: Form,
    /// Whether a guardian gave it.
    pub by_guardian: bool,
    /// When it ends, if it has a term.
    pub expires: Option<Second>,
}

/// What happened. An item is the thing of the register that it concerns: the activity for collection, use
/// and storage, the use for another purpose, the disclosure, provision, transfer or export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// A notice was shown, in this version.
    Notified {
        /// Of which item.
        item: Thing,
        /// In which version.
        version: u16,
    },
    /// The person consented.
    Consented {
        /// To which item.
        item: Thing,
        /// How.
        consent: Consent,
    },
    /// The person withdrew consent.
    Withdrew {
        /// To which item.
        item: Thing,
    },
    /// The person opted out, or in again.
    OptedOut {
        /// Of which item.
        item: Thing,
        /// False: in again.
        out: bool,
    },
    /// The person refused (PIPL 24, 27), or took the refusal back.
    Objected {
        /// To which item.
        item: Thing,
        /// False: taken back.
        objects: bool,
    },
    /// Until when the data of an item are kept; absent: no end is set.
    Retained {
        /// Which item.
        item: Thing,
        /// The end.
        until: Option<Second>,
    },
    /// The person had processing limited (PIPL 44), or the limit lifted.
    Restricted {
        /// False: lifted.
        restricted: bool,
    },
    /// The person's age was established.
    Aged {
        /// Whether under fourteen.
        under_14: bool,
    },
    /// All that is held of the person was erased: nothing but this fact is kept.
    Erased,
    /// A person whose information had been erased came back; the state begins anew.
    Readmitted,
}

/// A change of a person's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Event {
    /// Whose.
    pub subject: Subject,
    /// What.
    pub change: Change,
}

/// What came of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// The state has taken it in.
    Now,
    /// It had already: its index lies below the state's.
    Before,
}

/// The highest index of the log that a state can name: 2^40 - 2.
pub const LAST_INDEX: u64 = (1 << 40) - 2;

/// The log has more entries than a state can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the log's index {0} is above {LAST_INDEX}, the highest that a state can name")]
pub struct Beyond(pub u64);
