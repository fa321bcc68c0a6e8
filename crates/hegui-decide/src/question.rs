//! What is asked: may this be done with this person's data now?

use crate::directory::{Thing, Types};
use serde::{Deserialize, Serialize};

/// What is to be done: the stage of processing, as the standard names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Stage {
    /// 收集
    Collect,
    /// 使用
    Use,
    /// 存储
    Store,
    /// 公开
    Disclose,
    /// 提供
    Provide,
    /// 转移
    Transfer,
    /// 向境外提供
    Export,
    /// 终止
    Terminate,
}

impl Stage {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Collect,
        Self::Use,
        Self::Store,
        Self::Disclose,
        Self::Provide,
        Self::Transfer,
        Self::Export,
        Self::Terminate,
    ];

    /// The kind of thing of the register that a question about this stage is about, besides the activity:
    /// its name, and the activity's relation that lists them.
    #[must_use]
    pub const fn kind(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Use => Some(("use", "uses")),
            Self::Disclose => Some(("disclosure", "disclosures")),
            Self::Provide => Some(("provision", "provisions")),
            Self::Transfer => Some(("transfer", "transfers")),
            Self::Export => Some(("export", "exports")),
            Self::Collect | Self::Store | Self::Terminate => None,
        }
    }

    /// Whether a condition at this stage may speak about a thing of this kind: the activity, the thing of
    /// the stage, or the provision or transfer that an export is part of.
    #[must_use]
    pub fn is_about(self, kind: &str) -> bool {
        let of_export = self == Self::Export && ["provision", "transfer"].contains(&kind);
        kind == "activity" || of_export || self.kind().is_some_and(|(of_stage, _)| of_stage == kind)
    }
}

/// A data subject, by a keyed hash of what identifies the person: 128 bits of an HMAC, so that ids are
/// spread evenly and say nothing to who lacks the key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Subject(pub [u64; 2]);

impl From<[u8; 16]> for Subject {
    fn from(bytes: [u8; 16]) -> Self {
        let whole = u128::from_be_bytes(bytes);
        Self([(whole >> 64) as u64, whole as u64])
    }
}

/// A question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Who asks: named in the answer's log, read by no condition yet.
    pub principal: Thing,
    /// What is to be done.
    pub stage: Stage,
    /// With which types of data; none is no question.
    pub types: Types,
    /// In which activity of the register.
    pub activity: Thing,
    /// For which purpose; [`Thing::NONE`] is the activity's own.
    pub purpose: Thing,
    /// Who receives it, where somebody does.
    pub recipient: Thing,
    /// In which product; [`Thing::NONE`] is not said.
    pub product: Thing,
    /// In which system: named in the answer's log, read by no condition yet.
    pub system: Thing,
    /// When, in milliseconds since 1970-01-01 UTC.
    pub time_ms: i64,
    /// Whose data.
    pub subject: Subject,
}
