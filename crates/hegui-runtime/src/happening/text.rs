//! Policies and notices: their versions, and that they were shown.

use serde::{Deserialize, Serialize};

/// A version of a policy (`document.…`), a just-in-time notice (`notice.…`) or a notice of an incident
/// (`incident.…`) was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// The thing of the register that it is a version of.
    pub text: String,
    /// Its number, higher than those before.
    pub version: u16,
    /// SHA-256 of the text, in hexadecimal.
    pub sha256: String,
    /// The languages in which it is had, as `zh-CN`.
    pub languages: Vec<String>,
    /// The items that it tells of: activities, provisions, disclosures … by the register's names.
    pub about: Vec<String>,
    /// The elements of content it has, by the codes of the dictionary (5.5.2, 5.6.3.3, 5.6.4.3, 6.x.6).
    pub contents: Vec<String>,
    /// When it takes effect, in milliseconds since 1970 (UTC).
    pub effective_ms: i64,
    /// The products that it covers, by the register's names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<String>,
    /// Whether it addresses children under fourteen as well (5.5.4, PIPL 31).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub under_14: bool,
    /// What changed against the version before (`document.change_kinds`; 5.5.3).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<String>,
    /// Whether people must be told again: nobody is taken to know of it by an earlier version (5.6.2).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub material: bool,
    /// Whether consent must be obtained anew: purpose, manner or types changed (PIPL 14).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub consent_anew: bool,
}

/// A version of a policy or notice was shown to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Shown {
    /// Which policy or notice.
    pub text: String,
    /// In which version.
    pub version: u16,
    /// How it reached the person: a code of `notice.delivery` or `document.notice_delivery`.
    pub how: String,
    /// In which language, as `zh-CN`.
    pub language: String,
}

/// A notice that would have been due was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NoticeOmitted {
    /// Which notice.
    pub text: String,
    /// On which ground: a code of `notice.exemptions_proved`.
    pub ground: String,
    /// Why the ground is given, in words; nothing about a person.
    pub reason: String,
    /// When what prevents it is expected to be over, in milliseconds since 1970 (UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<i64>,
}
