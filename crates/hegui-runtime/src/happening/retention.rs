//! How long information is kept, and that it is gone.

use serde::{Deserialize, Serialize};

/// Until when a person's information of an activity is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RetentionSet {
    /// Of which activity.
    pub activity: String,
    /// The end, in milliseconds since 1970 (UTC); absent: no end is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<i64>,
}

/// A system was told to delete or anonymise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DeletionTasked {
    /// What of: the activity.
    pub activity: String,
    /// Which types of data; none named: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// The system that holds them.
    pub system: String,
    /// The termination of the register that it is part of (`termination.…`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub termination: Option<String>,
    /// By when, in milliseconds since 1970 (UTC).
    pub due_ms: i64,
}

/// A system proved that it deleted or anonymised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DeletionProved {
    /// The task's index in the log.
    pub task: u64,
    /// What was done: a code of `termination.operations`.
    pub operation: String,
    /// SHA-256 of the proof, in hexadecimal.
    pub proof_sha256: String,
}

/// A legal hold was laid on an activity's information, or lifted. What is held is locked, not deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LegalHold {
    /// Which activity.
    pub activity: String,
    /// False: lifted.
    pub held: bool,
    /// On what it rests: a law's article or an authority's order.
    pub basis: String,
}
