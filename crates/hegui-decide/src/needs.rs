//! What a condition can need of a person's state: sixteen bits, so that a test is one comparison.

use crate::sets::set;
use serde::Deserialize;

set! {
    /// A set of needs, or of what a record shows.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    Needs(u16)
}

macro_rules! needs {
    ($($bit:literal $constant:ident $name:literal $about:literal)*) => {
        impl Needs {
            $(#[doc = $about] pub const $constant: Self = Self(1 << $bit);)*
            /// All needs with their names, as `conditions.toml` writes them.
            pub const NAMED: &'static [(&'static str, Self)] = &[$(($name, Self::$constant)),*];
        }
    };
}

needs! {
    0 NOTICE "notice" "A notice was given, of a version that suffices."
    1 CONSENT "consent" "Consent was given."
    2 LIVE "live" "Its term has not ended."
    3 CURRENT "current" "It was given to a version since which nothing has changed that needs consent."
    4 COVERS "covers" "It names all types asked for."
    5 STANDING "standing" "It was not withdrawn; also where none was given."
    6 SEPARATE "separate" "It is separate."
    7 EXPLICIT "explicit" "It is explicit."
    8 WRITTEN "written" "It is written."
    9 GUARDIAN "guardian" "A guardian gave it, separately and explicitly (PIPL 28, 29, 31), or the person is not known to be under fourteen."
    10 AGE "age" "It is known whether the person is under fourteen."
    11 NOT_OPTED_OUT "not_opted_out" "The person has not opted out."
    12 NOT_OBJECTED "not_objected" "The person has not refused."
    13 NOT_RESTRICTED "not_restricted" "The person has not had processing limited."
    14 NOT_ERASED "not_erased" "The person's information has not been erased."
    15 RETAINED "retained" "The retention period has not ended."
}

impl Needs {
    /// Those that the notice given answers.
    pub const OF_NOTICE: Self = Self::NOTICE;
    /// Those that the consent given answers.
    pub const OF_CONSENT: Self = Self(
        Self::CONSENT.0
            | Self::LIVE.0
            | Self::CURRENT.0
            | Self::COVERS.0
            | Self::SEPARATE.0
            | Self::EXPLICIT.0
            | Self::WRITTEN.0
            | Self::GUARDIAN.0,
    );
    /// Those that what restrains the processing answers.
    pub const OF_BARRIER: Self =
        Self(Self::STANDING.0 | Self::NOT_OPTED_OUT.0 | Self::NOT_OBJECTED.0 | Self::RETAINED.0);
    /// Those that what is known of the person as a whole answers.
    pub const OF_PERSON: Self =
        Self(Self::GUARDIAN.0 | Self::AGE.0 | Self::NOT_RESTRICTED.0 | Self::NOT_ERASED.0);

    /// The names, as `conditions.toml` writes them.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMED.iter().filter(move |(_, need)| need.meets(self)).map(|(name, _)| *name)
    }
}

impl TryFrom<Vec<String>> for Needs {
    type Error = String;

    fn try_from(names: Vec<String>) -> Result<Self, String> {
        names.iter().try_fold(Self::NONE, |sum, name| {
            let known = Self::NAMED.iter().find(|(known, _)| known == name);
            let known = known.ok_or_else(|| {
                let all: Vec<&str> = Self::NAMED.iter().map(|(name, _)| *name).collect();
                format!("there is no need `{name}`; there are {}", all.join(", "))
            })?;
            Ok(sum.with(known.1))
        })
    }
}

impl<'de> Deserialize<'de> for Needs {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(Vec::<String>::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
