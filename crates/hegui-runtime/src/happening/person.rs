//! The person as a whole, and what was done upon a withdrawal.

use serde::{Deserialize, Serialize};

/// All that is held of the person was erased, evidence that must still be given aside.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Erased {}

/// A person whose information had been erased came back: what follows begins anew.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Readmitted {}

/// The person had processing limited, or the limit lifted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Restricted {
    /// False: lifted.
    pub restricted: bool,
}

/// It was established whether the person is under fourteen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AgeEstablished {
    /// Whether the person is.
    pub under_14: bool,
    /// How it was established, in a word or two; no document about the person.
    pub how: String,
}

/// A withdrawal or opt-out was carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WithdrawalActed {
    /// The withdrawal's index in the log.
    pub withdrawal: u64,
    /// Whether a system did it by itself, at once (5.7.3.2).
    pub automatic: bool,
    /// The recipients that were told of it, by the register's names (5.7.3.3).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recipients_told: Vec<String>,
}
