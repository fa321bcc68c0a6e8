//! The table of conditions: `conditions.toml`, read, looked up in a catalog, compiled.
//!
//! A condition is named in an answer by its place in the table, as a bit of a [`Set`]; so is an
//! obligation. What each cites is a list of numbers into [`Conditions::citations`].

use crate::needs::Needs;
use crate::question::Stage;
use hegui_catalog::Catalog;
use hegui_catalog::model::Text;
use hegui_logic::plan::Plan;
use hegui_logic::schema::KindId;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The table of this crate.
pub const EMBEDDED: &str = include_str!("../conditions.toml");

/// Conditions or obligations, a bit each by their place in the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Set(pub u64);

impl Set {
    /// None.
    pub const NONE: Self = Self(0);

    /// With one more.
    #[inline]
    pub fn insert(&mut self, place: u8) {
        self.0 |= 1 << place;
    }

    /// Both together.
    #[must_use]
    #[inline]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is here and not there.
    #[must_use]
    #[inline]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether one is in it.
    #[must_use]
    #[inline]
    pub const fn has(self, place: u8) -> bool {
        (self.0 >> place) & 1 == 1
    }

    /// Whether there is none.
    #[must_use]
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Their places, from the first.
    pub fn places(self) -> impl Iterator<Item = u8> {
        (0..64).filter(move |place| self.has(*place))
    }
}

/// Why a table was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It is no TOML, or not of the form that the head of `conditions.toml` describes.
    #[error("{0}")]
    Form(String),
    /// A set has 64 bits.
    #[error("there are more than 64 {0}")]
    Many(&'static str),
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
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    named: BTreeMap<String, String>,
    #[serde(default)]
    condition: Vec<RawCondition>,
    #[serde(default)]
    obligation: Vec<RawObligation>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    zh: String,
    en: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCondition {
    id: String,
    text: Words,
    change: Words,
    clauses: Vec<String>,
    stages: Vec<Stage>,
    scope: String,
    when: Option<String>,
    types: Option<String>,
    check: Option<String>,
    #[serde(default)]
    needs: Needs,
    unmet: Unmet,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawObligation {
    id: String,
    does: Does,
    text: Words,
    clauses: Vec<String>,
    stages: Vec<Stage>,
    scope: String,
    when: Option<String>,
    types: Option<String>,
}

/// When an entry applies, in facts of the register.
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
    /// When it applies.
    pub applies: Applies,
    /// What of the register must hold.
    pub check: Option<Plan>,
    /// What the person's state must show.
    pub needs: Needs,
    /// What the answer is otherwise.
    pub unmet: Unmet,
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
    /// When it applies.
    pub applies: Applies,
    /// What it makes of a permit.
    pub does: Does,
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

    /// Reads a table in the form that the head of `conditions.toml` describes.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn read(source: &str, catalog: &Catalog) -> Result<Self, Error> {
        let file: File = toml::from_str(source).map_err(|e| Error::Form(e.to_string()))?;
        let mut reader = Reader { catalog, named: &file.named, citations: vec![], seen: vec![] };
        let conditions: Vec<Condition> =
            file.condition.into_iter().map(|raw| reader.condition(raw)).collect::<Result<_, _>>()?;
        let obligations: Vec<Obligation> =
            file.obligation.into_iter().map(|raw| reader.obligation(raw)).collect::<Result<_, _>>()?;
        if conditions.len() > 64 {
            return Err(Error::Many("conditions"));
        }
        if obligations.len() > 64 {
            return Err(Error::Many("obligations"));
        }
        let mut deny = Set::NONE;
        for (place, _) in (0..64).zip(&conditions).filter(|(_, c)| c.unmet == Unmet::Deny) {
            deny.insert(place);
        }
        let citations = reader.citations;
        Ok(Self { conditions, obligations, citations, deny, catalog: catalog.hash.clone() })
    }

    /// The outcomes that expressions of the table read by `met(…)`: each must stand in the universe that
    /// rules are compiled from, or it counts as unknown.
    #[must_use]
    pub fn outcomes(&self) -> Vec<(String, KindId)> {
        let conditions = self.conditions.iter().map(|c| (&c.applies, c.check.as_ref()));
        let obligations = self.obligations.iter().map(|o| (&o.applies, None));
        let plans = conditions
            .chain(obligations)
            .flat_map(|(applies, check)| applies.when.iter().chain(&applies.types).chain(check));
        let mut outcomes: Vec<_> = plans.flat_map(|plan| plan.outcomes.iter().cloned()).collect();
        outcomes.sort();
        outcomes.dedup();
        outcomes
    }
}

struct Reader<'a> {
    catalog: &'a Catalog,
    named: &'a BTreeMap<String, String>,
    citations: Vec<String>,
    seen: Vec<String>,
}

impl Reader<'_> {
    fn condition(&mut self, raw: RawCondition) -> Result<Condition, Error> {
        self.once(&raw.id)?;
        let applies = self.applies(&raw.id, raw.stages, &raw.scope, (raw.when, raw.types))?;
        if raw.check.is_some() && (applies.types.is_some() || !raw.needs.is_empty()) {
            let message = "`check` is settled beforehand and goes with neither `types` nor `needs`";
            return Err(Error::Entry { id: raw.id, message: message.to_owned() });
        }
        let check = raw.check.map(|check| self.plan(&raw.id, &check, applies.scope)).transpose()?;
        Ok(Condition {
            clauses: self.clauses(&raw.id, raw.clauses)?,
            id: raw.id,
            text: text(raw.text),
            change: text(raw.change),
            applies,
            check,
            needs: raw.needs,
            unmet: raw.unmet,
        })
    }

    fn obligation(&mut self, raw: RawObligation) -> Result<Obligation, Error> {
        self.once(&raw.id)?;
        let applies = self.applies(&raw.id, raw.stages, &raw.scope, (raw.when, raw.types))?;
        let clauses = self.clauses(&raw.id, raw.clauses)?;
        Ok(Obligation { clauses, id: raw.id, text: text(raw.text), applies, does: raw.does })
    }

    fn once(&mut self, id: &str) -> Result<(), Error> {
        if self.seen.iter().any(|seen| seen == id) {
            return Err(Error::Twice(id.to_owned()));
        }
        self.seen.push(id.to_owned());
        Ok(())
    }

    fn applies(
        &self,
        id: &str,
        stages: Vec<Stage>,
        scope: &str,
        (when, types): (Option<String>, Option<String>),
    ) -> Result<Applies, Error> {
        let entry = |message: String| Error::Entry { id: id.to_owned(), message };
        let of_activity = scope == "activity";
        if let Some(stage) =
            stages.iter().find(|s| !of_activity && s.kind().is_none_or(|(kind, _)| kind != scope))
        {
            return Err(entry(format!("the stage {stage:?} is not about a thing of the kind `{scope}`")));
        }
        let kind = |name: &str| {
            let kind = self.catalog.schema.kind_named(name);
            kind.ok_or_else(|| entry(format!("there is no kind of thing `{name}`")))
        };
        let (scope, datum) = (kind(scope)?, kind("datum")?);
        let when = when.map(|w| self.plan(id, self.named.get(&w).unwrap_or(&w), scope)).transpose()?;
        let types = types.map(|t| self.plan(id, &t, datum)).transpose()?;
        Ok(Applies { stages, scope, of_activity, when, types })
    }

    fn plan(&self, id: &str, source: &str, scope: KindId) -> Result<Plan, Error> {
        let plan = self.catalog.plan(source, scope);
        plan.map_err(|e| Error::Entry { id: id.to_owned(), message: format!("`{source}`: {e}") })
    }

    fn clauses(&mut self, id: &str, clauses: Vec<String>) -> Result<Vec<u16>, Error> {
        clauses.into_iter().map(|clause| self.citation(id, clause)).collect()
    }

    fn citation(&mut self, id: &str, clause: String) -> Result<u16, Error> {
        if !exists(self.catalog, &clause) {
            return Err(Error::Clause { id: id.to_owned(), clause });
        }
        let place = self.citations.iter().position(|known| *known == clause).unwrap_or_else(|| {
            self.citations.push(clause);
            self.citations.len() - 1
        });
        u16::try_from(place).map_err(|_| Error::Many("citations"))
    }
}

fn text(words: Words) -> Text {
    Text { zh: words.zh, en: words.en }
}

/// Whether the catalog has an article `instrument/number`, a clause or a requirement of this name.
#[must_use]
pub fn exists(catalog: &Catalog, name: &str) -> bool {
    match name.split_once('/') {
        Some((of, number)) => catalog.instruments.values().filter(|i| i.short == of || i.id == of).any(|i| {
            i.articles.iter().any(|a| a.number == number) || catalog.clause(&i.id, number).is_some()
        }),
        None => {
            catalog.requirement(name).is_some() || catalog.clauses.iter().any(|clause| clause.number == name)
        }
    }
}
