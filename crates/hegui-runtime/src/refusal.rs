//! Why something is not recorded: what is lacking, on what clause that rests, and what to do.

use crate::ground::GroundError;
use hegui_catalog::Catalog;
use hegui_catalog::model::{Lang, Text};
use hegui_decide::conditions::exists;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;

const TABLE: &str = "refusals.toml";
/// Most elements that a refusal lists.
pub(crate) const LISTED: usize = 24;

/// An entry of the table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefusalText {
    pub clause: String,
    pub text: Text,
    pub remedy: Text,
}

/// Names of the table's entries.
macro_rules! reasons {
    ($($reason:ident = $id:literal,)*) => {
        /// Why something is not recorded; `refusals.toml` says each in words.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "refusals.toml gives each its meaning")]
        pub enum Reason {
            $($reason,)*
        }

        impl Reason {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$reason,)*];

            /// Its id in the table.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$reason => $id,)*
                }
            }
        }
    };
}

reasons! {
    Time = "time",
    Person = "person",
    NoPerson = "no-person",
    Long = "long",
    Code = "code",
    Hash = "hash",
    Thing = "thing",
    Item = "item",
    Stage = "stage",
    Types = "types",
    Version = "version",
    Effective = "effective",
    Contents = "contents",
    Unpublished = "unpublished",
    Unreasoned = "reason",
    NeverShown = "never-shown",
    Document = "document",
    Guardian = "guardian",
    Term = "term",
    Recipient = "recipient",
    Withdrawal = "withdrawal",
    TwoPersons = "two-persons",
    Own = "own",
    Erased = "erased",
    NotErased = "not-erased",
    RequestTwice = "request-twice",
    Request = "request",
    IncidentTwice = "incident-twice",
    Incident = "incident",
    Task = "task",
    Hold = "hold",
    LogTerm = "log-term",
}

/// Something is not recorded: a [`Why`], behind a pointer, since what is refused is rare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(Box<Why>);

/// Why something is not recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// Why.
    pub reason: Reason,
    /// The clause or article that it rests on.
    pub clause: String,
    /// The field, or nothing.
    pub field: &'static str,
    /// What is lacking or was not found; never anything about a person.
    pub lacking: Vec<String>,
    /// What is wrong.
    pub text: Text,
    /// What to do.
    pub remedy: Text,
}

impl From<Why> for Refusal {
    fn from(why: Why) -> Self {
        Self(Box::new(why))
    }
}

impl Deref for Refusal {
    type Target = Why;

    fn deref(&self) -> &Why {
        &self.0
    }
}

impl Refusal {
    /// The whole of it in a language.
    #[must_use]
    pub fn say(&self, lang: Lang) -> String {
        let (text, remedy) = (self.text.get(lang), self.remedy.get(lang));
        let field = if self.field.is_empty() { String::new() } else { format!("`{}`: ", self.field) };
        let lacking: String = self.lacking.iter().map(|what| format!(" `{what}`")).collect();
        format!("{field}{text}{lacking} ({}). {remedy}", self.clause)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say(Lang::En))
    }
}

impl std::error::Error for Refusal {}

/// Reads the table, against a catalog: each reason has its entry, and each clause exists.
pub(crate) fn refusal_texts(catalog: &Catalog) -> Result<BTreeMap<String, RefusalText>, GroundError> {
    let fail = |message: String| GroundError::Table { table: TABLE, message };
    let texts: BTreeMap<String, RefusalText> =
        toml::from_str(include_str!("refusals.toml")).map_err(|e| fail(e.to_string()))?;
    for reason in Reason::ALL {
        let id = reason.id();
        let text = texts.get(id).ok_or_else(|| fail(format!("there is no entry `{id}`")))?;
        if !exists(catalog, &text.clause) {
            return Err(fail(format!("`{id}`: the catalog has no `{}`", text.clause)));
        }
    }
    Ok(texts)
}
