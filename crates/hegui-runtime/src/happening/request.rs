//! Requests of people.

use serde::{Deserialize, Serialize};

/// A request came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RequestReceived {
    /// What it is called, as `request.2026-0112`.
    pub request: String,
    /// What it asks: a code of `request.type`.
    pub asks: String,
    /// To which product (`product.…`).
    pub product: String,
    /// Through which opt-out mechanism, where it is an opt-out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opt_out: Option<String>,
    /// Whether the person's identity was verified.
    pub identity_verified: bool,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Carried out.
    Executed,
    /// Refused.
    Refused,
    /// It could not be carried out.
    Impossible,
}

/// A request was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RequestAnswered {
    /// Which.
    pub request: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Whether people handled it.
    pub by_hand: bool,
    /// Whether the person was told why, where it was not carried out (PIPL 50).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasons_given: Option<bool>,
    /// Whether the person was given a way to complain, where it was not carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complaint_channel_given: Option<bool>,
    /// Whether all third parties that had received the information were told (5.8.6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub third_parties_notified: Option<bool>,
}
