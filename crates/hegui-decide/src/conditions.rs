//! The table of conditions: `conditions.toml`, read, looked up in a catalog, compiled.
//!
//! A condition is named in an answer by its place in the table, as a bit of a [`Set`]; so is an
//! obligation. What each cites is a list of numbers into [`Conditions::citations`].

use crate::needs::Needs;
use crate::question::Stage;
use crate::sets::set;
use hegui_catalog::Catalog;
use hegui_catalog::model::Text;
use hegui_logic::plan::Plan;
use hegui_logic::schema::KindId;
use serde::Deserialize;

/// The table of this crate.
pub const EMBEDDED: &str = include_str!("../conditions.toml");

set! {
    /// Conditions or obligations, a bit each by their place in the table.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    Set(u64)
}

impl Set {
    /// With one more.
    #[inline]
    pub fn insert(&mut self, place: u8) {
        self.0 |= 1 << place;
    }

    /// Whether one is in it.
    #[must_use]
    #[inline]
    pub const fn has(self, place: u8) -> bool {
        (self.0 >> place) & 1 == 1
    }
}

/// Why a table was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It is no TOML, or not of the form that the head of `conditions.toml` describes.
    #[error("{0}")]
    Form(String),
    /// More entries than an answer can name, or than can be wanted.
    #[error("there are more than {most} {what}")]
    Many {
        /// Of what.
        what: &'static str,
        /// How many there may be.
        most: usize,
    },
    /// Two entries have the same id.
    #[error("`{0}` stands there twice")]
    Twice(String),
    /// An entry cites what the catalog does not have.
    #[error("`{id}`: the catalog has no article, clause or requirement `{clause}`")]
    Clause {
        /// The entry.
        id: String,
        /// What it cites.
        clause: String,
    },
    /// An expression does not compile, or a scope is no kind of thing that a stage is about.
    #[error("`{id}`: {message}")]
    Entry {
        /// The entry.
        id: String,
        /// What is wrong.
        message: String,
    },
}

/// What the answer is where a condition is not satisfied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unmet {
    /// The law forbids it.
    Deny,
    /// Nobody can show a basis for it.
    NoBasis,
}

/// What an obligation makes of a permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Does {
    /// It is logged.
    Log,
    /// The types it is about are masked.
    Mask,
    /// Somebody approves it beforehand.
    Approve,
    /// What must still be kept is locked and not erased.
    Lock,
}

/// When an entry applies to a thing of one kind, and what of it must hold, in facts of the register.
#[derive(Clone, Debug)]
pub struct Applies {
    /// At which stages.
    pub stages: Vec<Stage>,
    /// The kind of thing that is looked at.
    pub scope: KindId,
    /// Whether that is the activity itself.
    pub of_activity: bool,
    /// Under which facts; always, if absent.
    pub when: Option<Plan>,
    /// For which data; all, if absent.
    pub types: Option<Plan>,
    /// What must hold, if anything.
    pub check: Option<Plan>,
}

/// A condition.
#[derive(Clone, Debug)]
pub struct Condition {
    /// Its name.
    pub id: String,
    /// What it asks.
    pub text: Text,
    /// What would change the answer.
    pub change: Text,
    /// What it cites, as numbers into [`Conditions::citations`].
    pub clauses: Vec<u16>,
    /// When it applies, for each kind of thing that it is about.
    pub applies: Vec<Applies>,
    /// What the person's state must show.
    pub needs: Needs,
    /// What the answer is otherwise.
    pub unmet: Unmet,
    /// What is doubtful about it, or which of several readings it takes.
    pub certainty: Option<Text>,
}

impl Condition {
    /// Whether it is settled by the register alone.
    #[must_use]
    pub fn checks(&self) -> bool {
        self.applies.iter().any(|applies| applies.check.is_some())
    }
}

/// An obligation.
#[derive(Clone, Debug)]
pub struct Obligation {
    /// Its name.
    pub id: String,
    /// What it says.
    pub text: Text,
    /// What it cites, as numbers into [`Conditions::citations`].
    pub clauses: Vec<u16>,
    /// When it applies, for each kind of thing that it is about.
    pub applies: Vec<Applies>,
    /// What it makes of a permit.
    pub does: Does,
    /// What is doubtful about it, or which of several readings it takes.
    pub certainty: Option<Text>,
}

/// The whole table, for one catalog.
#[derive(Clone, Debug)]
pub struct Conditions {
    /// The conditions; their places are what answers name.
    pub conditions: Vec<Condition>,
    /// The obligations; their places are what answers name.
    pub obligations: Vec<Obligation>,
    /// All articles, clauses and requirements cited.
    pub citations: Vec<String>,
    /// Those conditions whose breach means deny.
    pub deny: Set,
    /// The hash of the catalog that it was looked up in.
    pub catalog: String,
}

impl Conditions {
    /// The table of this crate.
    ///
    /// # Errors
    /// When the catalog lacks something that it cites or reads.
    pub fn embedded(catalog: &Catalog) -> Result<Self, Error> {
        Self::read(EMBEDDED, catalog)
    }

    /// All expressions of the table.
    pub fn expressions(&self) -> impl Iterator<Item = &Plan> {
        let conditions = self.conditions.iter().flat_map(|c| &c.applies);
        let all = conditions.chain(self.obligations.iter().flat_map(|o| &o.applies));
        all.flat_map(|applies| applies.when.iter().chain(&applies.types).chain(&applies.check))
    }

    /// The outcomes that expressions of the table read by `met(…)`: each must stand in the universe that
    /// rules are compiled from, or it counts as unknown.
    #[must_use]
    pub fn outcomes(&self) -> Vec<(String, KindId)> {
        let mut outcomes: Vec<_> =
            self.expressions().flat_map(|plan| plan.outcomes.iter().cloned()).collect();
        outcomes.sort();
        outcomes.dedup();
        outcomes
    }
}
