//! Incidents.

use serde::{Deserialize, Serialize};

/// An incident was discovered, or became reasonably certain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct IncidentDetected {
    /// What it is called, as `incident.points-stuffing`.
    pub incident: String,
    /// A code of `incident.type`.
    pub sort: String,
}

/// Who was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// The authority in charge of the protection of personal information.
    Authority,
    /// People affected.
    Individuals,
}

/// An authority or people were told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct IncidentNotified {
    /// Of which incident.
    pub incident: String,
    /// Who was told.
    pub told: Told,
    /// How many persons were reached individually; 1 where the event is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persons: Option<u64>,
}
