//! The log of processing, what is decided, and how far the log reaches.

use hegui_decide::question::Stage;
use serde::{Deserialize, Serialize};

/// Information was processed. It is recorded whatever it was, also where it should not have been done:
/// what it breaks is found by rules (`alerts`), never by leaving it out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Processed {
    /// In which activity, as whoever did it names it.
    pub activity: String,
    /// At which stage.
    pub stage: Stage,
    /// Which types of data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// For which purpose, where it is another than the activity's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The system in which it was done.
    pub system: String,
    /// Where the information came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Whom it went to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    /// Who did it: an account or a service, by the handler's own pseudonym.
    pub operator: String,
    /// Whether it succeeded.
    pub success: bool,
    /// Of how many persons, where it was more than one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persons: Option<u64>,
    /// The index in the log of the decision that permitted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<u64>,
}

/// What logging was switched to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Power {
    /// Started.
    On,
    /// Stopped.
    Off,
    /// Locked: nothing more is written, nothing can be changed.
    Locked,
}

/// Logging of a system was started, stopped or locked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LoggingSwitched {
    /// Which system (`system.…`).
    pub system: String,
    /// To what.
    pub to: Power,
    /// Who did it, by pseudonym.
    pub by: String,
    /// Who approved it; another person, unless it was started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
}

/// A question was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// Who asked.
    pub principal: String,
    /// What was to be done.
    pub stage: Stage,
    /// In which activity.
    pub activity: String,
    /// With which types of data.
    pub types: Vec<String>,
    /// For which purpose, if another than the activity's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Whom it would go to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    /// In which product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// In which system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// For which moment it was asked, in milliseconds since 1970 (UTC).
    pub asked_for_ms: i64,
    /// `permit`, `deny` or `no_basis`.
    pub outcome: String,
    /// The conditions that did not hold or were open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unmet: Vec<String>,
    /// The version of the register.
    pub register: u64,
    /// The first index of the log that had not been taken in.
    pub log_index: u64,
}

/// Somebody states that everything of a group is recorded here from this moment on: without it, what the
/// log does not hold may have happened all the same, and no fact follows from its absence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Covered {
    /// What.
    pub group: Group,
    /// True from the event's time on; false: no longer.
    pub whole: bool,
    /// Who states it.
    pub by: String,
}

/// What a log may hold all of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Versions of policies and notices, and whom they were shown to.
    Notices,
    /// Consent asked for, given, refused, withdrawn, and opt-outs.
    Consents,
    /// Requests of people.
    Requests,
    /// Incidents.
    Incidents,
    /// Retention, deletion and its proof: also the ends (`retention_set`) of all that was held before.
    Deletion,
    /// Processing.
    Access,
    /// Logging switched on and off.
    Logging,
}
