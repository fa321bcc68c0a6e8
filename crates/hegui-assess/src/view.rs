//! The assessment as it is read: by people through `hegui-report`, by programs as JSON.
//!
//! This is the documented, stable form (`docs/assessment-json.md`); every report is made from it and
//! nothing else. Texts for people are in Chinese and English; codes stay codes. Dates are
//! `2026-06-30`. A **fact's path** is `KIND.ID.FACT`; of a relation's completeness `KIND.ID.RELATION`.

use crate::rollup::{Grade, Tally, Verdict, WorkStatus};
use hegui_catalog::model::{Aggregate, ClauseKind, Method, Strength, Text};
use hegui_logic::truth::{Outcome, Truth};
use serde::{Deserialize, Serialize};

/// The version of this form.
pub const FORMAT: &str = "hegui-assessment/1";

/// How many facts, and members of a list, a finding names; the others are counted.
pub const LISTED: usize = 20;

/// An assessment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`FORMAT`].
    pub format: String,
    /// What it was made against.
    pub catalog: CatalogView,
    /// The date whose state and law count.
    pub as_of: String,
    /// What was learned after this date does not count.
    pub known_on: String,
    /// Whether the assessment was closed.
    pub closing: bool,
    /// The organisation's name, where the register gives one.
    pub organisation: Option<String>,
    /// The products assessed, in the order of [`Standing::products`].
    pub products: Vec<ThingView>,
    /// Counts over all findings.
    pub summary: Summary,
    /// The dimensions.
    pub dimensions: Vec<DimensionView>,
    /// The indicators, with their characteristics and extensions.
    pub indicators: Vec<IndicatorView>,
    /// The findings: gaps first, then unknown, met, not applicable; in the order of clauses.
    pub findings: Vec<FindingView>,
    /// What to ask, the weightiest first.
    pub questions: Vec<QuestionView>,
    /// What conclusions rest on without being checked: "these are all", judgements, rulings, samples.
    pub assumptions: Vec<AssumptionView>,
    /// Evidence that facts point to.
    pub evidence: Vec<EvidenceView>,
    /// Who asked for the assessment, who makes it, over which period; where the register says so.
    #[serde(default)]
    pub engagement: Option<EngagementView>,
    /// The articles that clauses of this assessment cite, each once, as they stand on `as_of`; in the
    /// order of instruments and articles.
    #[serde(default)]
    pub laws: Vec<LawView>,
}

/// The engagement: what commissioner and assessor agreed on, as the register's `[engagement]` says.
/// What it leaves out is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngagementView {
    /// The opinion's number at the firm that gives it.
    pub number: Option<String>,
    /// Who asked for the assessment (评估委托方).
    pub commissioner: Option<String>,
    /// The organisation that makes it (评估机构), and answers for the opinion.
    pub firm: Option<String>,
    /// Who takes part (评估员, 技术专家), the leader first.
    pub team: Vec<MemberView>,
    /// The first and last day of the assessment's work.
    pub period: (Option<String>, Option<String>),
    /// The first and last day of the processing that is looked at.
    pub covers: (Option<String>, Option<String>),
    /// Why it is made.
    pub purpose: Option<String>,
    /// What is inside and what is outside, in words.
    pub boundary: Option<String>,
    /// What the assessee may adjust until: the last day on which an adjustment still counts.
    pub adjust_until: Option<String>,
    /// What kept the assessors from looking (persons not available, systems not opened), one a line.
    pub restrictions: Vec<String>,
    /// The day of the opinion.
    pub opinion_on: Option<String>,
}

/// Somebody who takes part in an assessment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberView {
    /// The name.
    pub name: String,
    /// `lead`, `assessor`, `expert`, `reviewer`.
    pub role: String,
    /// Qualification, as in the number of a lawyer's licence.
    pub qualification: Option<String>,
}

/// What was decided about a gap, and by whom (处置): the register's `[[disposition]]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DispositionView {
    /// `adjust`, `disclose`, `accept`, `consult`, `compensate`, `stop`.
    pub way: String,
    /// Who decided.
    pub by: String,
    /// In what role: an id of the catalog's roles, or as it was written.
    pub role: String,
    /// The role's title, or what was written where it has none.
    pub role_title: Text,
    /// When.
    pub on: String,
    /// Why, or what exactly is to be done.
    pub reasons: String,
    /// Who sees to it.
    pub owner: Option<String>,
    /// By which day.
    pub due: Option<String>,
    /// The day on which it was done.
    pub done_on: Option<String>,
    /// How grave a person rated the risk that stays: `low`, `medium`, `high`. Never computed.
    pub risk: Option<String>,
    /// Ids of evidence.
    pub evidence: Vec<String>,
    /// Whether the clause allows this way ([`ClauseView::ways`]); true where it names none.
    pub allowed: bool,
}

/// An article of a law as it stands on the date of the assessment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LawView {
    /// As clauses cite it: `short name/article`.
    pub cite: String,
    /// The instrument's title.
    pub title: Text,
    /// The article's number.
    pub article: String,
    /// What it says, in one sentence of the catalog; silent where the catalog has none.
    pub gist: Text,
    /// How certain the gist is: the catalog's mark.
    pub certainty: String,
    /// `in_force`, `not_yet`, `superseded`, `draft`, `voluntary`, `unverified`: on the date.
    pub status: String,
    /// In force from, `2021-11-01`; empty where the catalog does not know.
    pub from: String,
    /// In force until; empty where it is.
    pub to: String,
}

/// The register's things with their facts on the date: what records, lists and tables are made from.
/// Made by `Assessment::inventory`; apart from [`Report`], which it would double.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Inventory {
    /// The kinds that have things, in the dictionary's order.
    pub kinds: Vec<KindView>,
    /// What documents declare of these things: kinds such as `activity.declared`, each thing below the one
    /// that it is about. Apart from `kinds`, for what is said is not what is done.
    #[serde(default)]
    pub declared: Vec<KindView>,
}

/// All things of a kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KindView {
    /// The kind's name, as in `activity`.
    pub kind: String,
    /// Its title.
    pub title: Text,
    /// Its facts in the dictionary's order, each with its short label.
    pub facts: Vec<(String, Text)>,
    /// Whom to ask, one a fact: the title of a role.
    #[serde(default)]
    pub asks: Vec<Text>,
    /// The lists that a thing of this kind has.
    #[serde(default)]
    pub lists: Vec<RelationView>,
    /// The things, in the register's order.
    pub things: Vec<InventoryThing>,
}

/// A list that things of a kind have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelationView {
    /// Its name, as in `provisions`.
    pub name: String,
    /// What its members are.
    pub title: Text,
    /// Who can say whether these are all: the title of a role.
    pub who: Text,
}

/// A thing with its facts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct InventoryThing {
    /// What it is.
    pub thing: ThingView,
    /// The thing above, as a path.
    pub parent: Option<String>,
    /// One a fact, in the order of [`KindView::facts`]; a reference is shown by its name.
    pub facts: Vec<FactView>,
    /// The values as codes, in the same order: what a register would write, the members of a set
    /// separated by `, `, a reference as a path; absent where unknown.
    #[serde(default)]
    pub codes: Vec<Option<String>>,
    /// Lists by name: members' paths, and whether somebody said that these are all.
    pub lists: Vec<ListView>,
}

/// A list of things at a thing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListView {
    /// The relation's name, as in `provisions`.
    pub name: String,
    /// Paths of its members.
    pub members: Vec<String>,
    /// Whether these are all.
    pub complete: bool,
}

/// What an assessment was made against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogView {
    /// SHA-256 of the catalog.
    pub hash: String,
    /// Version of the logic.
    pub logic: String,
    /// The profile.
    pub profile: String,
    /// Its title.
    pub profile_title: Text,
    /// The instruments of the profile: id, title, status.
    pub instruments: Vec<InstrumentView>,
}

/// An instrument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstrumentView {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// `in_force`, `superseded`, `draft`, `voluntary`.
    pub status: String,
}

/// A thing of the register.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThingView {
    /// `KIND.ID`.
    pub path: String,
    /// Its name, where it has one, else its id.
    pub name: String,
    /// What people call it: its name; for a thing without one its kind, its id, and what it is about,
    /// as in "order-courier (provision: the courier)".
    #[serde(default)]
    pub title: Text,
}

/// Counts over all findings, and what follows for the exit status.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The findings.
    pub tally: Tally,
    /// Questions that are open.
    pub questions: usize,
    /// Requirements in the profile.
    pub requirements: usize,
    /// Things assessed.
    pub things: usize,
    /// Facts with an observation that was left out: made after `as_of`, or learned after `known_on`.
    #[serde(default)]
    pub left_out: usize,
    /// 0 all met, 1 gaps, 3 unknown only.
    pub exit: u8,
}

/// How something stands: the verdict, what is left to do, the grade, and the findings behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingView {
    /// What the findings come to.
    pub verdict: Verdict,
    /// What is left to do.
    pub status: WorkStatus,
    /// The grade of a nonconformity, where a person gave one.
    pub grade: Option<Grade>,
    /// The findings.
    pub tally: Tally,
}

/// A standing over all, and for each product; the last entry of `products` is for what belongs to
/// the organisation as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Over all.
    #[serde(flatten)]
    pub overall: StandingView,
    /// Product by product.
    pub products: Vec<StandingView>,
}

/// A dimension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DimensionView {
    /// The instrument's id.
    pub instrument: String,
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: Text,
    /// How it stands.
    #[serde(flatten)]
    pub standing: Standing,
    /// Stage by stage: `general`, then the stages that the catalog has clauses for.
    pub cells: Vec<CellView>,
}

/// A dimension at a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellView {
    /// The stage.
    pub stage: String,
    /// How it stands there.
    #[serde(flatten)]
    pub standing: StandingView,
}

/// An indicator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IndicatorView {
    /// The instrument's id.
    pub instrument: String,
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: Text,
    /// The dimension's number.
    pub dimension: String,
    /// How its parts make its verdict.
    pub aggregate: Aggregate,
    /// How it stands.
    #[serde(flatten)]
    pub standing: Standing,
    /// Its own clause, its characteristics and extensions.
    pub clauses: Vec<ClauseView>,
}

/// A clause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClauseView {
    /// Its number.
    pub number: String,
    /// What kind of clause it is.
    pub kind: ClauseKind,
    /// Its title.
    pub title: Text,
    /// The stage.
    pub stage: String,
    /// Articles that it rests on, as `short name/article`.
    pub cites: Vec<String>,
    /// How the source is read where it is defective.
    pub reading: Text,
    /// What an assessor must disclose.
    pub limits: Text,
    /// How it wants a gap dealt with.
    pub on_gap: Text,
    /// The ways of dealing with a gap that it allows: `adjust`, `disclose`, `accept`, `consult`,
    /// `compensate`, `stop`.
    #[serde(default)]
    pub ways: Vec<String>,
    /// Whether a later adjustment leaves a past breach as it was found.
    #[serde(default)]
    pub past_stays: bool,
    /// What the assessor does.
    pub actions: Vec<ActionView>,
    /// How it stands.
    #[serde(flatten)]
    pub standing: StandingView,
}

/// What an assessor does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionView {
    /// How.
    pub method: Method,
    /// Whether it may rest on a sample.
    pub sampling: bool,
    /// Whether it was derived, because the source has none.
    pub derived: bool,
    /// What.
    pub text: Text,
}

/// One requirement for one thing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FindingView {
    /// The requirement's id.
    pub requirement: String,
    /// The clause's number.
    pub clause: String,
    /// The instrument's id.
    pub instrument: String,
    /// The thing's path, `KIND.ID`.
    pub thing: String,
    /// The thing's name.
    pub name: String,
    /// What people call the thing, see [`ThingView::title`].
    #[serde(default)]
    pub title: Text,
    /// The product's path, where it belongs to one.
    pub product: Option<String>,
    /// The stage of the clause.
    pub stage: String,
    /// How strongly it binds: only a gap in a `shall` is a nonconformity.
    pub strength: Strength,
    /// What it comes to.
    pub outcome: Outcome,
    /// What was computed, where a ruling says otherwise.
    pub computed: Option<Outcome>,
    /// The ruling that stands over it, or that has gone stale.
    pub ruling: Option<RulingView>,
    /// The sample that it rests on.
    pub sample: Option<SampleView>,
    /// What was decided about it, where it is a gap or was one.
    #[serde(default)]
    pub disposition: Option<DispositionView>,
    /// Whether it is unknown because there may be things that nobody has mentioned; `thing` is then
    /// the thing above, and `missing` holds the relation.
    pub existence: bool,
    /// Paths of the facts that it waits for, [`LISTED`] at most.
    pub missing: Vec<String>,
    /// How many more facts it waits for.
    #[serde(default)]
    pub missing_more: usize,
    /// Why: the parts that decided it.
    pub because: Vec<ReasonView>,
    /// What is asked.
    pub text: Text,
    /// How a gap is mended.
    pub remedy: Text,
    /// What takes this requirement's place where it does not apply.
    pub replaced_by: Vec<String>,
    /// The fingerprint of the parts, for a ruling to name; empty where nothing is left to rule on
    /// (met or not applicable, and no ruling), or where not all parts are shown: `hegui explain` gives
    /// it for any finding.
    pub fingerprint: String,
}

/// A person's ruling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulingView {
    /// What was ruled.
    pub outcome: Option<Outcome>,
    /// The grade given.
    pub grade: Option<Grade>,
    /// Who.
    pub by: String,
    /// In what role: an id of the catalog's roles, or as it was written.
    pub role: String,
    /// The role's title, or what was written where it has none.
    pub role_title: Text,
    /// When.
    pub on: String,
    /// Why.
    pub reasons: String,
    /// Whether a part that it weighed has changed since: then it does not stand.
    pub stale: bool,
    /// Whether it says which parts it weighed. One that does not never goes stale.
    #[serde(default = "yes")]
    pub tied: bool,
}

fn yes() -> bool {
    true
}

/// The sample behind a fact, and what it allows to be said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SampleView {
    /// The fact's path.
    pub fact: String,
    /// How many there were to draw from.
    pub population: u64,
    /// How they were drawn.
    pub method: String,
    /// The seed fixed before the draw.
    pub seed: Option<u64>,
    /// How many were drawn.
    pub size: u32,
    /// How many deviated.
    pub deviations: u32,
    /// With 95 % confidence at most this share of the population deviates.
    pub bound: f64,
}

/// A part of an expression and what it came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReasonView {
    /// How deep it stands, from 0.
    pub depth: u8,
    /// The piece of the expression.
    pub expression: String,
    /// What it came to.
    pub truth: Truth,
    /// Inside a quantifier: the thing that it is about.
    pub about: Option<ThingView>,
    /// The facts that it read.
    pub facts: Vec<FactView>,
    /// Members of the list that decided it as well and are not shown; [`LISTED`] of a list are.
    #[serde(default)]
    pub more: usize,
}

/// A fact, and where it comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FactView {
    /// Its path.
    pub path: String,
    /// Its value; absent where unknown.
    pub value: Option<Text>,
    /// Why it is unknown: `never_stated`, `not_yet`, `ended`, `stale`, `conflict`, `deviations`, `open`.
    pub unknown: Option<String>,
    /// Where it comes from.
    pub origin: Option<OriginView>,
}

/// Where a fact comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginView {
    /// `statement`, `interview`, `document`, `inspection`, `ledger`, `sample`, `judgement`, `import`, `ruling`.
    pub source: String,
    /// Who said or saw it.
    pub by: Option<String>,
    /// When.
    pub on: Option<String>,
    /// Ids of evidence.
    pub evidence: Vec<String>,
    /// Reasons, for a judgement.
    pub reasons: Option<String>,
    /// Where it stands: `file:line`.
    pub place: String,
    /// The thing above that it flowed down from.
    pub inherited: Option<String>,
}

/// Something to ask.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuestionView {
    /// The fact's path, as `hegui answer` takes it.
    pub fact: String,
    /// The thing that it is about.
    pub thing: ThingView,
    /// What is asked.
    pub text: Text,
    /// What is the same for all things of which the same is asked for the same reason.
    #[serde(default)]
    pub group: String,
    /// What is asked of all of them at once.
    #[serde(default)]
    pub group_text: Text,
    /// Whom to ask: an id of the catalog's roles.
    pub who: String,
    /// The role's title.
    pub who_title: Text,
    /// What to look at.
    pub evidence: Text,
    /// `bool`, `int`, `decimal`, `date`, `duration`, `text`, `enum`, `set`, `ref`, `complete`, `ruling`.
    pub answer: String,
    /// The codes that can be answered, with their words, for an enum or set.
    pub choices: Vec<(String, Text)>,
    /// Why it is unknown, as in [`FactView::unknown`].
    pub unknown: String,
    /// Findings that wait for this fact alone.
    pub settles: usize,
    /// Findings that wait for it.
    pub concerns: usize,
    /// The sum of its shares in the findings that wait for it.
    pub weight: f64,
    /// Up to ten of the findings behind it, as requirement and thing.
    pub findings: Vec<(String, String)>,
}

/// Something that conclusions rest on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssumptionView {
    /// `complete`, `judgement`, `ruling` or `sample`.
    pub kind: String,
    /// The fact's or finding's path.
    pub path: String,
    /// What is taken to be so.
    pub statement: Text,
    /// For a judgement: what is the same for all judgements of one person on one fact.
    #[serde(default)]
    pub group: String,
    /// For a judgement: the question that was judged, of all of them.
    #[serde(default)]
    pub group_text: Text,
    /// Where it comes from.
    pub origin: Option<OriginView>,
}

/// A piece of evidence: what it is and its hash, never what is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceView {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// File or address.
    pub location: Option<String>,
    /// SHA-256.
    pub sha256: Option<String>,
    /// When it was taken.
    pub on: Option<String>,
}
