//! What a catalog holds, once read and compiled.
//!
//! Everything is found by its id; ids are the source's own numbers wherever it has them.

use hegui_logic::calendar::Calendar;
use hegui_logic::plan::Plan;
use hegui_logic::schema::{FieldId, KindId, RelationId, Schema};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A text for people, in Chinese and English.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// The language that a text is wanted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Lang {
    /// Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Text {
    /// The text in a language.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// Where something stands in the catalog's files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The file, relative to the catalog's folder.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
}

/// A catalog, compiled.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Catalog {
    /// SHA-256 over all files' paths and contents, in hexadecimal.
    pub hash: String,
    /// The version of the logic that compiled it (the crate's version).
    pub logic: String,
    /// Kinds, facts, relations and values as the logic sees them.
    pub schema: Schema,
    /// The dictionary's words for each kind, by [`KindId`]; kinds of declarations included.
    pub kinds: Vec<KindEntry>,
    /// Words for the values of each enum, by `EnumId`, beside the schema's codes.
    pub values: Vec<Vec<Text>>,
    /// Who can be asked, by id.
    pub roles: BTreeMap<String, Text>,
    /// Instruments, by id.
    pub instruments: BTreeMap<String, Instrument>,
    /// Clauses, in the order of instrument and number.
    pub clauses: Vec<Clause>,
    /// Requirements, in the order of their clauses: an outcome's `met(…)` is computed before it is
    /// read only if [`Catalog::order`] is followed.
    pub requirements: Vec<Requirement>,
    /// Indices into `requirements`, so that whatever a requirement reads by `met(…)` stands before it.
    pub order: Vec<u32>,
    /// Profiles, by name.
    pub profiles: BTreeMap<String, Profile>,
    /// How requirements of several instruments relate, in the order of the files.
    pub mappings: Vec<Mapping>,
    /// Working days.
    pub calendar: Calendar,
}

/// What the dictionary says of a kind beyond its schema.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindEntry {
    /// Its title.
    pub title: Text,
    /// What a thing of this kind is.
    pub about: Text,
    /// The name of its list at the parent, as in `provisions`.
    pub plural: String,
    /// The stage that it stands for, if it is one.
    pub stage: Option<String>,
    /// For a kind of declarations: the kind that documents speak about.
    pub declares: Option<KindId>,
    /// Its facts, by `FieldId`.
    pub facts: Vec<FactEntry>,
    /// Its relations, by `RelationId`: what is asked is whether all members are listed.
    pub relations: Vec<FactEntry>,
    /// Where its file stands.
    pub place: Place,
}

/// What the dictionary says of a fact beyond its schema.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactEntry {
    /// What it is called at the head of a column: a few words, not a question.
    pub label: Text,
    /// What is asked.
    pub question: Text,
    /// Whom to ask: an id of [`Catalog::roles`].
    pub who: String,
    /// What to look at.
    pub evidence: Text,
    /// Where it can be had without asking: `ledger`, `policy`, `app`, `dataset`, `import`.
    pub auto: Vec<String>,
    /// After so many days an observation is stale.
    pub fresh_days: Option<i64>,
    /// Whether only a person can tell.
    pub judgement: bool,
    /// What an answer rests on.
    pub rests: Rests,
    /// Whether documents say it too.
    pub declared: bool,
    /// Whether it was put in by the catalog itself: the reference to the parent, the document of a
    /// declaration, and a fact that may be stated at a kind above (which is then asked below).
    pub generated: bool,
    /// Where it stands.
    pub place: Place,
}

/// What the answer to a question rests on. `catalog stats` counts requirements by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rests {
    /// What there is and how it is built.
    Structure,
    /// What a text says.
    Document,
    /// That something happened, and when.
    Event,
    /// An inspection, a test, a count.
    Measured,
    /// Somebody's say-so.
    #[default]
    Word,
    /// Only a person can tell.
    Judgement,
}

/// A law, standard, covenant or draft.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instrument {
    /// Its folder's name.
    pub id: String,
    /// A short name for citations.
    pub short: String,
    /// Its title.
    pub title: Text,
    /// `law`, `regulation`, `rule`, `standard`, `covenant` or `draft`.
    pub kind: String,
    /// `in_force`, `superseded`, `draft`, `voluntary`.
    pub status: String,
    /// Who issued it.
    pub issuer: Text,
    /// The day on which it was promulgated, `2021-08-20`; empty where it is not known.
    pub promulgated: String,
    /// First day in force, `2021-11-01`; empty where it is not known.
    pub from: String,
    /// Last day in force, empty while it stands.
    pub to: String,
    /// How the source is read where it is unclear.
    pub reading: Text,
    /// Where the text comes from.
    pub source: String,
    /// Number of the order or document.
    pub number: Text,
    /// Ids of the instruments that it replaced.
    pub supersedes: Vec<String>,
    /// How sure its dates are.
    pub certainty: Certainty,
    /// Gists of articles that others cite, by number, in the order of the file.
    pub articles: Vec<Article>,
    /// Numbers that it fixes, in the order of the file.
    pub figures: Vec<Figure>,
    /// The source's items, against which completeness is proven.
    pub items: Items,
}

/// How an instrument stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InForce {
    /// It is in force.
    Yes,
    /// It is adopted voluntarily.
    Voluntary,
    /// It will be in force.
    NotYet,
    /// It was superseded, or has ended.
    Superseded,
    /// It was never law.
    Draft,
    /// Only its title is known.
    Undated,
}

impl InForce {
    /// Its code in the JSON of an assessment.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Yes => "in_force",
            Self::Voluntary => "voluntary",
            Self::NotYet => "not_yet",
            Self::Superseded => "superseded",
            Self::Draft => "draft",
            Self::Undated => "unverified",
        }
    }
}

impl Instrument {
    /// How it stands on a day, `2026-06-30`; dates are compared as they are written, year first.
    #[must_use]
    pub fn in_force(&self, as_of: &str) -> InForce {
        let ended = !self.to.is_empty() && self.to.as_str() < as_of;
        match self.status.as_str() {
            "draft" => InForce::Draft,
            "superseded" if self.to.is_empty() => InForce::Superseded,
            _ if ended => InForce::Superseded,
            "voluntary" => InForce::Voluntary,
            _ if self.from.is_empty() => InForce::Undated,
            _ if self.from.as_str() > as_of => InForce::NotYet,
            _ => InForce::Yes,
        }
    }
}

/// How sure a statement about law in force is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Certainty {
    /// `V`: the words of the rule were read.
    #[default]
    #[serde(rename = "V")]
    Read,
    /// `v`: a named secondary source states it.
    #[serde(rename = "v")]
    Stated,
    /// `M`: to be checked before anyone relies on it.
    #[serde(rename = "M")]
    Unverified,
}

/// What an article says, in one sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    /// Its number.
    pub number: String,
    /// What it says.
    pub gist: Text,
    /// How sure that is.
    pub certainty: Certainty,
}

/// A number that a law fixes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// Its name within the instrument.
    pub name: String,
    /// The article that fixes it.
    pub article: String,
    /// What it measures.
    pub subject: Text,
    /// What sets it off.
    pub trigger: Text,
    /// The number, or words where the law has none (`at once`).
    pub value: String,
    /// Its unit.
    pub unit: Text,
    /// First day in force; empty where it is not known.
    pub from: String,
    /// Last day in force; empty while it stands.
    pub to: String,
    /// How sure it is.
    pub certainty: Certainty,
}

/// The items of a source. Every leaf must be covered, every action, extension and article be there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Items {
    /// `clause/item` of every item that says something of its own.
    pub leaves: Vec<String>,
    /// Items that only hold others together; they may be covered, and need not be.
    pub groups: Vec<String>,
    /// `clause#number` of every assessor action.
    pub actions: Vec<String>,
    /// Indicators, by clause.
    pub indicators: Vec<String>,
    /// Characteristics, by clause.
    pub characteristics: Vec<String>,
    /// Exemption clauses.
    pub exemptions: Vec<String>,
    /// Extension clauses.
    pub extensions: Vec<String>,
    /// Clauses of a dimension at a stage that have no extension.
    pub without_extension: Vec<String>,
    /// Articles, of a document that has articles.
    pub articles: Vec<String>,
}

/// How two requirements relate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// Both come to the same on the same facts (proven).
    Equal,
    /// Whatever meets the one meets the other (proven).
    Subset,
    /// Whatever meets the other meets the one (proven).
    Superset,
    /// They ask for some of the same.
    #[default]
    Intersects,
    /// One forbids what the other wants.
    Contradicts,
}

/// A relation between requirements of several instruments, with its reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// The one requirement's id.
    pub from: String,
    /// The other's.
    pub to: String,
    /// How they relate.
    pub relation: Relation,
    /// The id of the stricter of the two, where one is.
    pub stricter: String,
    /// Why.
    pub reason: Text,
    /// Where it stands.
    pub place: Place,
}

/// What kind of clause it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the standard's own words, DESIGN §8")]
pub enum ClauseKind {
    #[default]
    Indicator,
    Characteristic,
    Exemption,
    Extension,
    StageDimension,
    Stage,
    Dimension,
    Test,
    Article,
}

/// How a clause's parts make its outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    /// Every part must be met.
    #[default]
    All,
    /// One part suffices.
    One,
    /// A person judges the whole.
    Holistic,
}

/// All that hegui knows of one clause.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// The instrument's id.
    pub instrument: String,
    /// Its number, as in `6.6.7.1`.
    pub number: String,
    /// What kind of clause it is.
    pub kind: ClauseKind,
    /// Its title.
    pub title: Text,
    /// The dimension that it belongs to, by number; empty for a dimension or stage itself.
    pub dimension: String,
    /// The indicator that a characteristic belongs to.
    pub parent: Option<String>,
    /// The clause that an extension refines.
    pub extends: Option<String>,
    /// The stage: `general`, `collect`, `use`, `store`, `disclose`, `provide`, `transfer`, `export`, `terminate`.
    pub stage: String,
    /// How its parts make its outcome.
    pub aggregate: Aggregate,
    /// Articles that it rests on, as `instrument short name/article`.
    pub cites: Vec<String>,
    /// How the source is read where it is defective.
    pub reading: Text,
    /// What an assessor must disclose as an inherent limit.
    pub limits: Text,
    /// How the clause wants a gap dealt with.
    pub on_gap: Text,
    /// The ways of dealing with it that the clause allows: `adjust`, `disclose`, `accept`, `consult`,
    /// `compensate`, `stop`.
    pub on_gap_ways: Vec<String>,
    /// Whether a later adjustment leaves a past breach as it was found.
    pub past_stays: bool,
    /// For an article: what it is (`duty`, `procedure`, `definition`, `no_duty`, `lost`).
    pub article: String,
    /// For an article of a document that is no law: what the law in force does with it.
    pub today: Option<Today>,
    /// Known by title only.
    pub pending: bool,
    /// What the assessor does.
    pub actions: Vec<Action>,
    /// Where its file stands.
    pub place: Place,
}

/// What the law in force does with an article of a draft or covenant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Today {
    /// `kept`, `changed`, `dropped` or `unknown`.
    pub does: String,
    /// Where, as citations.
    pub by: Vec<String>,
    /// How sure that is.
    pub certainty: Certainty,
    /// What has become of it.
    pub text: Text,
}

/// How something is found out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the standard's own words")]
pub enum Method {
    #[default]
    Review,
    Interview,
    Verify,
    Test,
    Sample,
}

/// What the assessor does for a clause.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// The clause whose text holds it, where that is another (an overview), and its number there.
    pub source: String,
    /// Its number.
    pub n: u32,
    /// How.
    pub method: Method,
    /// Whether it may rest on a sample.
    pub sampling: bool,
    /// Whether we derived it because the source has none.
    pub derived: bool,
    /// What is done.
    pub text: Text,
}

/// How strongly a requirement binds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// 应: not met is a gap.
    #[default]
    Shall,
    /// 宜: not followed is an observation.
    Should,
    /// 可: a permission.
    May,
}

/// What an extension's requirement does to what it extends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Effect {
    #[default]
    Adds,
    Replaces,
    Relaxes,
}

/// One requirement, compiled.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Requirement {
    /// Its id: clause, hyphen, a short word.
    pub id: String,
    /// The clause's number.
    pub clause: String,
    /// The instrument's id.
    pub instrument: String,
    /// Items of the source that it covers, as `clause/item`.
    pub covers: Vec<String>,
    /// How strongly it binds.
    pub strength: Strength,
    /// Roles that it binds: in an activity (`handler`, `entrusted` …) or of another document.
    pub binds: Vec<String>,
    /// The kind of thing it speaks about.
    pub scope: Option<KindId>,
    /// What it asks.
    pub text: Text,
    /// When it applies, as written.
    pub when: Option<String>,
    /// What must hold, as written.
    pub check: String,
    /// When it applies: `when`, and where no other requirement takes its place (`Replaced::condition`).
    pub when_plan: Option<Plan>,
    /// What must hold.
    pub check_plan: Option<Plan>,
    /// Whether a check that an empty list satisfies means to.
    pub empty_ok: bool,
    /// How it is found out.
    pub method: Method,
    /// What to look at.
    pub evidence: Text,
    /// How a gap is mended.
    pub remedy: Text,
    /// For an occurrence: the date fact whose day's law judges it.
    pub occurrence: Option<FieldId>,
    /// What it does to what it extends.
    pub effect: Effect,
    /// The requirements whose place it takes, and where.
    pub replaces: Vec<Replaces>,
    /// The requirements that take its place, and where; the reverse of `replaces`.
    pub replaced_by: Vec<Replaces>,
    /// Worked examples, which are its tests.
    pub cases: Vec<Case>,
    /// Where it stands.
    pub place: Place,
    /// Where the text of `when` begins.
    pub when_place: Place,
    /// Where the text of `check` begins.
    pub check_place: Place,
}

/// Another requirement's place taken (or, in `replaced_by`, one's own place given up).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaces {
    /// The other requirement.
    pub requirement: String,
    /// An expression about the scope of the one that is replaced.
    pub r#where: String,
}

/// A small set of facts with the outcome that a person says it has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// What is special about it.
    pub title: Text,
    /// The facts, as JSON: nested tables for things, lists for relations (`"…"` at the end: perhaps more).
    pub facts: String,
    /// Outcomes supposed for `met(…)`, by clause.
    pub assume: BTreeMap<String, hegui_logic::truth::Outcome>,
    /// The date of the assessment, `2026-06-01`.
    pub as_of: Option<String>,
    /// What it comes to.
    pub expect: Option<hegui_logic::truth::Outcome>,
    /// For an unknown outcome: exactly what is asked, as paths from the names in scope.
    pub missing: Option<Vec<String>>,
    /// The items because of which alone the outcome is another.
    pub flips: Vec<Flip>,
    /// Where it stands.
    pub place: Place,
}

/// An item that a case turns on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flip {
    /// The item, as `clause/item`.
    pub item: String,
    /// The atom of the expressions that stands for it, as written there; `None` where only one atom
    /// decides the case.
    pub atom: Option<String>,
}

/// What an assessment is made against.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Text,
    /// The instruments that it draws on.
    pub instruments: Vec<String>,
    /// Clause numbers and prefixes; `*` for all.
    pub clauses: Vec<String>,
    /// Roles of the organisation that it is for.
    pub roles: Vec<String>,
}

impl Catalog {
    /// The requirement with this id.
    #[must_use]
    pub fn requirement(&self, id: &str) -> Option<&Requirement> {
        self.requirements.iter().find(|r| r.id == id)
    }

    /// The clause with this number in this instrument.
    #[must_use]
    pub fn clause(&self, instrument: &str, number: &str) -> Option<&Clause> {
        self.clauses.iter().find(|c| c.instrument == instrument && c.number == number)
    }

    /// The clause that says how a gap in this one is dealt with: itself, or the indicator or clause that
    /// it belongs to or extends, or its dimension; `None` where none of them says so.
    #[must_use]
    pub fn gap_rule<'a>(&'a self, clause: &'a Clause) -> Option<&'a Clause> {
        let mut at = Some(clause);
        while let Some(here) = at {
            if !here.on_gap.zh.is_empty() {
                return Some(here);
            }
            let dimension = Some(&here.dimension).filter(|d| !d.is_empty());
            let above = here.extends.as_ref().or(here.parent.as_ref()).or(dimension);
            at = above
                .and_then(|number| self.clause(&here.instrument, number))
                .filter(|c| c.number != here.number);
        }
        None
    }

    /// The dictionary's entry of a relation.
    #[must_use]
    pub fn relation(&self, kind: KindId, relation: RelationId) -> Option<&FactEntry> {
        self.kinds.get(kind.0 as usize)?.relations.get(relation.0 as usize)
    }

    /// The dictionary's entry of a fact.
    #[must_use]
    pub fn fact(&self, kind: KindId, field: FieldId) -> Option<&FactEntry> {
        self.kinds.get(kind.0 as usize)?.facts.get(field.0 as usize)
    }
}
