//! Consent: asked for, given, refused, withdrawn.

use hegui_decide::event::Form;
use hegui_decide::question::Stage;
use serde::{Deserialize, Serialize};

/// A person was asked for consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ConsentAsked {
    /// To which item of the register.
    pub item: String,
    /// At which place where consent is asked for (`consent.…`).
    pub place: String,
}

/// A person consented, or left a tick that was there beforehand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Consented {
    /// To which item: the activity, or the use, disclosure, provision, transfer, export.
    pub item: String,
    /// To which stage of processing.
    pub stage: Stage,
    /// At which place where consent is asked for (`consent.…`).
    pub place: String,
    /// To which types of data, by the codes of `datum.type`.
    pub types: Vec<String>,
    /// For which purpose, where it is another than the activity's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// To whose receiving it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    /// Which policy or notice was shown with it (5.7.2.2: informed).
    pub text: String,
    /// In which version.
    pub version: u16,
    /// Whether it was asked for by itself (5.7.2.3, PIPL 29).
    pub separate: bool,
    /// How it was expressed (5.7.2.5). A tick that was there is recorded and is no consent.
    pub form: Form,
    /// SHA-256 of the document signed, in hexadecimal; needed where the form is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_sha256: Option<String>,
    /// Whether a guardian gave it (PIPL 31).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_guardian: bool,
    /// When it ends, in milliseconds since 1970 (UTC), if it has a term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_ms: Option<i64>,
}

/// A person refused consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Refused {
    /// To which item.
    pub item: String,
    /// At which place.
    pub place: String,
}

/// A person withdrew consent. It is never refused: withdrawing is as easy as consenting (PIPL 15).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Withdrew {
    /// To which item.
    pub item: String,
    /// Through which mechanism (`opt_out.…`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mechanism: Option<String>,
}

/// A person opted out, or in again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OptedOut {
    /// Of which item.
    pub item: String,
    /// False: in again.
    pub out: bool,
    /// Through which mechanism (`opt_out.…`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mechanism: Option<String>,
}

/// A person refused automated decisions or the processing of public information, or took that back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Objected {
    /// Of which item.
    pub item: String,
    /// False: taken back.
    pub objects: bool,
}
