//! What can happen: one enum, each variant with the clause that wants it recorded.
//!
//! The table below is the only place where kinds are listed. An entry says what the log calls it (a
//! number that never changes), what JSON calls it, whether it is about a person, and how long its
//! payload must be kept. The payload is the JSON of the fields with the name as `type`; person and time
//! stand beside it, in the ledger's own event.
//!
//! A field that a kind does not have is refused by name, so that nothing that somebody meant to record
//! is lost. A kind or version that this program does not know is refused too: a projection that skipped
//! it would answer as if it had not happened.

mod access;
mod consent;
mod incident;
mod person;
mod request;
mod retention;
mod text;

pub use access::{Covered, Decided, Group, LoggingSwitched, Power, Processed};
pub use consent::{ConsentAsked, Consented, Objected, OptedOut, Refused, Withdrew};
pub use incident::{IncidentDetected, IncidentNotified, Told};
pub use person::{AgeEstablished, Erased, Readmitted, Restricted, WithdrawalActed};
pub use request::{Outcome, RequestAnswered, RequestReceived};
pub use retention::{DeletionProved, DeletionTasked, LegalHold, RetentionSet};
pub use text::{NoticeOmitted, Published, Shown};

use hegui_ledger::event::{Kind, SubjectId};
use hegui_logic::error::nearest;
use serde_json::{Map, Value};

/// Longest payload, in bytes: what is larger belongs into a document, whose hash is recorded.
pub const PAYLOAD_BYTES: usize = 64 * 1024;
/// Most elements in any list of a happening.
pub const LIST: usize = 256;

/// Whether a happening is about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// Always.
    Person,
    /// Never.
    Nobody,
    /// Where it is known.
    Either,
}

/// How long a payload is kept, by the terms that the operator sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Until the person is erased.
    Service,
    /// As proof that the handler must be able to give (PIPL 69).
    Proof,
    /// As a log of processing (T/CLAST 001.2, 5.11.5 e).
    Log,
}

/// A kind of happening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What the log calls it.
    pub code: Kind,
    /// What JSON calls it.
    pub name: &'static str,
    /// Of which version the payload is.
    pub version: u16,
    /// Whether it is about a person.
    pub whom: Whom,
    /// How long it is kept.
    pub keep: Keep,
}

/// Why JSON is no happening. Values are never repeated: they may be about a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misread {
    /// It is no JSON object.
    #[error("the input is no JSON object (line {line}, column {column})")]
    Form {
        /// Where it stops being one, from 1; 0 where it is JSON of another sort.
        line: usize,
        /// Where in the line.
        column: usize,
    },
    /// It is too long.
    #[error("the input has {0} bytes, more than {PAYLOAD_BYTES}; record the hash of a document instead")]
    Long(usize),
    /// `type` is missing or none of the names.
    #[error("`type` must name what happened{}", hint(.0))]
    Type(Option<String>),
    /// A field is wrong.
    #[error("`{at}` of `{name}`: {why}{}", hint(.near))]
    Field {
        /// What happened.
        name: &'static str,
        /// Which field.
        at: String,
        /// What is wrong with it.
        why: String,
        /// A name that was perhaps meant.
        near: Option<String>,
    },
    /// The log holds a kind that this program does not know.
    #[error("the log holds events of kind {} in version {version}, which this version of hegui does not know: a newer one wrote it; use that", .kind.0)]
    Newer {
        /// The kind.
        kind: Kind,
        /// Its version.
        version: u16,
    },
}

fn hint(near: &Option<String>) -> String {
    near.as_ref().map_or(String::new(), |near| format!("; did you mean `{near}`?"))
}

macro_rules! happenings {
    ($($(#[$doc:meta])* $kind:ident = $code:literal, $name:literal, $whom:ident, $keep:ident;)*) => {
        /// Something that happened.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Happening {
            $($(#[$doc])* $kind($kind),)*
        }

        /// All kinds.
        pub const KINDS: &[Entry] = &[$(Entry {
            code: Kind($code), name: $name, version: 1, whom: Whom::$whom, keep: Keep::$keep,
        },)*];

        $(impl From<$kind> for Happening {
            fn from(what: $kind) -> Self {
                Self::$kind(what)
            }
        })*

        impl Happening {
            /// What kind it is.
            #[must_use]
            pub fn entry(&self) -> Entry {
                match self {
                    $(Self::$kind(_) => Entry {
                        code: Kind($code), name: $name, version: 1, whom: Whom::$whom, keep: Keep::$keep,
                    },)*
                }
            }

            fn fields(&self) -> serde_json::Result<Value> {
                match self {
                    $(Self::$kind(what) => serde_json::to_value(what),)*
                }
            }

            fn of(entry: Entry, fields: Map<String, Value>) -> Result<Self, Misread> {
                let fields = Value::Object(fields);
                match entry.code.0 {
                    $($code => serde_path_to_error::deserialize(fields).map(Self::$kind),)*
                    _ => return Err(Misread::Newer { kind: entry.code, version: entry.version }),
                }
                .map_err(|wrong| misread(entry.name, &wrong))
            }
        }
    };
}

happenings! {
    /// A version of a policy or notice was published (5.5.2, 5.5.3, 5.6.2; 5.6.3.3, 5.6.4.3).
    Published = 16, "published", Nobody, Proof;
    /// A policy or notice was shown to a person (5.6.2 to 5.6.4, PIPL 17).
    Shown = 17, "shown", Person, Proof;
    /// A notice was left out on a ground that excuses it (5.6.4.6, PIPL 18).
    NoticeOmitted = 18, "notice_omitted", Either, Proof;
    /// Consent was asked for (5.7.2.2).
    ConsentAsked = 24, "consent_asked", Person, Service;
    /// A person consented (5.7.2, PIPL 13 to 15, 29, 31).
    Consented = 25, "consented", Person, Proof;
    /// A person refused consent (5.7.2.2, PIPL 16).
    Refused = 26, "refused", Person, Proof;
    /// A person withdrew consent (5.7.3, PIPL 15).
    Withdrew = 27, "withdrew", Person, Proof;
    /// A person opted out, or in again (5.7.3).
    OptedOut = 28, "opted_out", Person, Proof;
    /// A person refused processing that rests on no consent, or took that back (PIPL 24, 27).
    Objected = 29, "objected", Person, Proof;
    /// A person had processing limited, or the limit lifted (PIPL 44).
    Restricted = 32, "restricted", Person, Proof;
    /// It was established whether a person is under fourteen (PIPL 31).
    AgeEstablished = 33, "age_established", Person, Service;
    /// A person whose information had been erased came back.
    Readmitted = 34, "readmitted", Person, Proof;
    /// All that is held of a person was erased (PIPL 47; 5.8.6). The ledger's own event says the same.
    Erased = 36, "erased", Person, Proof;
    /// A withdrawal or opt-out was carried out (5.7.3.3).
    WithdrawalActed = 35, "withdrawal_acted", Person, Proof;
    /// Information was processed (5.11.5 c, d).
    Processed = 40, "processed", Either, Log;
    /// Logging was started, stopped or locked (5.11.5 h).
    LoggingSwitched = 41, "logging_switched", Nobody, Proof;
    /// A question was decided (PIPL 69).
    Decided = 42, "decided", Person, Proof;
    /// Somebody states that everything of a group is recorded here from now on.
    Covered = 43, "covered", Nobody, Proof;
    /// A person's request came in (5.8, PIPL 44 to 50).
    RequestReceived = 48, "request_received", Person, Proof;
    /// A person's request was answered (5.8, PIPL 50).
    RequestAnswered = 49, "request_answered", Person, Proof;
    /// An incident was discovered (5.6.3, PIPL 57).
    IncidentDetected = 56, "incident_detected", Nobody, Proof;
    /// An authority or people were told of an incident (5.6.3.2, 5.6.3.4, PIPL 57).
    IncidentNotified = 57, "incident_notified", Either, Proof;
    /// Until when a person's information of an activity is kept (6.4.4.1, PIPL 19).
    RetentionSet = 64, "retention_set", Person, Service;
    /// A system was told to delete or anonymise (6.4.4.1, 7.3.3.1).
    DeletionTasked = 65, "deletion_tasked", Either, Proof;
    /// A system proved that it did (7.3.3.1).
    DeletionProved = 66, "deletion_proved", Either, Proof;
    /// A legal hold was laid on an activity's information, or lifted (6.4.4.1 c).
    LegalHold = 67, "legal_hold", Either, Proof;
}

/// A happening with its time and the person it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Happened {
    /// When, in milliseconds since 1970 (UTC).
    pub time_ms: i64,
    /// Whom it is about.
    pub subject: Option<SubjectId>,
    /// What.
    pub what: Happening,
}

impl Happening {
    /// Reads a happening from JSON: an object with `type` and the fields of that kind.
    ///
    /// # Errors
    /// What is wrong, by field.
    pub fn read(json: &[u8]) -> Result<Self, Misread> {
        if json.len() > PAYLOAD_BYTES {
            return Err(Misread::Long(json.len()));
        }
        let value: Value = serde_json::from_slice(json)
            .map_err(|wrong| Misread::Form { line: wrong.line(), column: wrong.column() })?;
        match value {
            Value::Object(fields) => Self::from_fields(fields),
            _ => Err(Misread::Form { line: 0, column: 0 }),
        }
    }

    /// Reads a happening from the fields of a JSON object, `type` among them.
    ///
    /// # Errors
    /// What is wrong, by field.
    pub fn from_fields(mut fields: Map<String, Value>) -> Result<Self, Misread> {
        let Some(Value::String(name)) = fields.remove("type") else { return Err(Misread::Type(None)) };
        match KINDS.iter().find(|entry| entry.name == name) {
            Some(entry) => Self::of(*entry, fields),
            None => Err(Misread::Type(nearest(&name, KINDS.iter().map(|entry| entry.name)))),
        }
    }

    /// Reads the payload of an event of the log.
    ///
    /// # Errors
    /// When the kind or its version is not known, or the payload is not of that kind.
    pub fn opened(kind: Kind, version: u16, payload: &[u8]) -> Result<Self, Misread> {
        if kind == Kind::ERASED {
            return Ok(Erased {}.into());
        }
        let what = Self::read(payload)?;
        let entry = what.entry();
        if (entry.code, entry.version) == (kind, version) {
            Ok(what)
        } else {
            Err(Misread::Newer { kind, version })
        }
    }

    /// The payload: JSON with `type` and the fields.
    ///
    /// # Errors
    /// When it is too long.
    pub fn payload(&self) -> Result<Vec<u8>, Misread> {
        let name = self.entry().name;
        let fail = |why: String| Misread::Field { name, at: ".".to_owned(), why, near: None };
        let mut fields = self.fields().map_err(|wrong| fail(wrong.to_string()))?;
        if let Value::Object(map) = &mut fields {
            map.insert("type".to_owned(), Value::String(name.to_owned()));
        }
        let bytes = serde_json::to_vec(&fields).map_err(|wrong| fail(wrong.to_string()))?;
        if bytes.len() > PAYLOAD_BYTES { Err(Misread::Long(bytes.len())) } else { Ok(bytes) }
    }

    /// The activity and the recipient that an event of the log is found by.
    #[must_use]
    pub fn keys(&self) -> (Option<&str>, Option<&str>) {
        match self {
            Self::Consented(what) => (Some(&what.item), what.recipient.as_deref()),
            Self::ConsentAsked(what) => (Some(&what.item), None),
            Self::Refused(what) => (Some(&what.item), None),
            Self::Withdrew(what) => (Some(&what.item), None),
            Self::OptedOut(what) => (Some(&what.item), None),
            Self::Objected(what) => (Some(&what.item), None),
            Self::Processed(what) => (Some(&what.activity), what.recipient.as_deref()),
            Self::Decided(what) => (Some(&what.activity), what.recipient.as_deref()),
            Self::RetentionSet(what) => (Some(&what.activity), None),
            Self::DeletionTasked(what) => (Some(&what.activity), None),
            Self::LegalHold(what) => (Some(&what.activity), None),
            _ => (None, None),
        }
    }
}

/// What serde says, without the values that it repeats.
fn misread(name: &'static str, wrong: &serde_path_to_error::Error<serde_json::Error>) -> Misread {
    let said = wrong.inner().to_string();
    let mut quoted = said.split('`').skip(1).step_by(2);
    let near =
        said.starts_with("unknown").then(|| quoted.next().and_then(|given| nearest(given, quoted))).flatten();
    let why = discreet(&said);
    Misread::Field { name, at: wrong.path().to_string(), why, near }
}

/// What serde says without the values that it repeats, and not too long.
pub(crate) fn discreet(said: &str) -> String {
    let mut why = String::new();
    for (part, text) in said.split('"').enumerate() {
        why.push_str(if part % 2 == 0 { text } else { "…" });
    }
    for sort in ["integer `", "floating point `"] {
        let cut = why.split_once(sort).map(|(before, after)| {
            let after = after.split_once('`').map_or("", |(_, rest)| rest);
            format!("{before}number{after}")
        });
        why = cut.unwrap_or(why);
    }
    why.truncate(why.char_indices().nth(300).map_or(why.len(), |(at, _)| at));
    why
}
