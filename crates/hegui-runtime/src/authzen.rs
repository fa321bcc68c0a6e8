//! Questions and answers in the form of OpenID AuthZEN's Authorization API 1.0 (access evaluation).
//!
//! The `subject` of a request is who wants to process: a service, a member of staff. The person whose
//! data it is stands in `resource.properties.data_subject`. `decision` is true for a permit only, and for
//! a permit with obligations only where the caller declared in `context.enforces` that it keeps them.

use crate::books::{Books, subject};
use crate::happening::Decided;
use hegui_decide::answer::Verdict;
use hegui_decide::directory::{Directory, Thing, Types};
use hegui_decide::explain::{Explanation, Names, Stood};
use hegui_decide::question::{Question, Stage};
use hegui_decide::rules::Rules;
use hegui_ledger::event::{Id, SubjectId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Most types of data in a request.
const TYPES: usize = 64;

/// A request.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Request {
    /// Who wants to process.
    pub subject: Entity,
    /// What is to be done.
    pub action: Action,
    /// With what.
    pub resource: Resource,
    /// Under which circumstances.
    pub context: Context,
}

/// Something by its type and id.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Entity {
    /// Its type.
    pub r#type: String,
    /// Its id.
    pub id: String,
    /// What else is said of it; not read.
    #[serde(default)]
    pub properties: Map<String, Value>,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Action {
    /// The stage: `collect`, `use`, `store`, `disclose`, `provide`, `transfer`, `export`, `terminate`.
    pub name: Stage,
    /// What else is said of it; not read.
    #[serde(default)]
    pub properties: Map<String, Value>,
}

/// With what.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Resource {
    /// Its type; not read.
    pub r#type: String,
    /// Its id; not read.
    pub id: String,
    /// Whose data, and which.
    pub properties: Of,
}

/// Whose data, and which.
#[derive(Clone, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Of {
    /// The person, by the handler's own identifier.
    pub data_subject: String,
    /// The types of data, by the codes of `datum.type`.
    pub data_types: Vec<String>,
}

impl std::fmt::Debug for Of {
    /// Without the person.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Of").field("data_types", &self.data_types).finish_non_exhaustive()
    }
}

/// Under which circumstances. What is not known here is refused, not overlooked.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// The activity, by the register's name.
    pub activity: String,
    /// The purpose, as `purpose.advertising`, where it is another than the activity's own.
    pub purpose: Option<String>,
    /// Who receives it, by the register's name.
    pub recipient: Option<String>,
    /// The product.
    pub product: Option<String>,
    /// The system.
    pub system: Option<String>,
    /// For which moment, in milliseconds since 1970 (UTC), which is now as far as clocks agree; now, if
    /// absent.
    pub time_ms: Option<i64>,
    /// The answer must have taken in the log up to this index.
    pub at_least: Option<u64>,
    /// The obligations, by id, that the caller keeps.
    #[serde(default)]
    pub enforces: Vec<String>,
}

/// Why there is no answer. What was sent is not repeated: it may be about a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misasked {
    /// It is not in the form of a request.
    #[error("`{at}`: {why}")]
    Form {
        /// Where.
        at: String,
        /// What is wrong.
        why: String,
    },
    /// It is for a moment that has not come, beyond what clocks may differ.
    #[error("`context.time_ms` lies in the future; ask when the time has come")]
    Future,
    /// It is for a moment that is over: what is known now would answer for then.
    #[error(
        "`context.time_ms` lies in the past; what was decided then stands in the log and can be replayed"
    )]
    Past,
    /// What has been taken in does not reach so far.
    #[error(
        "the log has been taken in up to index {has}, not {wants} as `context.at_least` demands; ask again"
    )]
    Behind {
        /// The first index that was not taken in.
        has: u64,
        /// What was demanded.
        wants: u64,
    },
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// True for a permit whose obligations the caller keeps.
    pub decision: bool,
    /// Why.
    pub context: Why,
}

/// Why an answer is as it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Why {
    /// `permit`, `deny` or `no_basis`.
    pub outcome: &'static str,
    /// Obligations of a permit that the caller did not declare to keep.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unenforced: Vec<String>,
    /// What the register does not hold of what was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unregistered: Option<String>,
    /// The conditions: failed first, then open, then held.
    pub reasons: Vec<Condition>,
    /// What a permit obliges to.
    pub obligations: Vec<Obligation>,
    /// The types of data that a permit gives masked only.
    pub masked: Vec<String>,
    /// When what a permit rests on ends by itself, in milliseconds since 1970 (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<i64>,
    /// The entries of the log that it rests on.
    pub records: Vec<u64>,
    /// The version of the register.
    pub register: u64,
    /// The hash of the catalog.
    pub catalog: String,
    /// The first index of the log that had not been taken in.
    pub log_index: u64,
}

/// A condition in an answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Condition {
    /// Its id.
    pub id: String,
    /// `failed`, `open` or `held`.
    pub stood: &'static str,
    /// What it asks.
    pub text: String,
    /// What it rests on.
    pub clauses: Vec<String>,
    /// What would change the answer.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub change: String,
    /// The records that it looks at, and what each lacks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<Looked>,
    /// The facts of the register that it waits for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// What is doubtful about the condition itself, or which of several readings it takes.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub certainty: String,
}

/// A record of the person that a condition looks at.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Looked {
    /// What it is of, by the register's name.
    pub of: String,
    /// What it lacks, by the names of the table of conditions.
    pub lacking: Vec<&'static str>,
}

/// An obligation of a permit.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Obligation {
    /// Its id.
    pub id: String,
    /// What it says.
    pub text: String,
    /// What it rests on.
    pub clauses: Vec<String>,
    /// What is doubtful about it, or which of several readings it takes.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub certainty: String,
}

/// A question made of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The question.
    pub question: Question,
    /// The person's id in the ledger.
    pub subject: SubjectId,
    /// Names that nobody has registered; the answer is then no basis found.
    pub unknown: Vec<String>,
}

impl Request {
    /// Reads a request from JSON.
    ///
    /// # Errors
    /// Where it is not in form.
    pub fn read(json: &[u8]) -> Result<Self, Misasked> {
        let mut from = serde_json::Deserializer::from_slice(json);
        serde_path_to_error::deserialize(&mut from).map_err(|wrong| Misasked::Form {
            at: wrong.path().to_string(),
            why: crate::happening::discreet(&wrong.inner().to_string()),
        })
    }

    /// Whether the log can hold the names in it: what cannot be recorded is not answered.
    fn recordable(&self) -> Result<(), Misasked> {
        let context = &self.context;
        let named = [("subject.id", Some(&self.subject.id)), ("context.activity", Some(&context.activity))];
        let optional = [
            ("context.purpose", context.purpose.as_ref()),
            ("context.recipient", context.recipient.as_ref()),
            ("context.product", context.product.as_ref()),
            ("context.system", context.system.as_ref()),
        ];
        let types = self.resource.properties.data_types.iter();
        let types = types.map(|code| ("resource.properties.data_types", Some(code)));
        let mut names = named.into_iter().chain(optional).chain(types);
        match names.find(|(_, name)| name.is_some_and(|name| Id::new(name).is_none())) {
            None => Ok(()),
            Some((at, _)) => {
                let why = "a name has 1 to 255 bytes and no control characters".to_owned();
                Err(Misasked::Form { at: at.to_owned(), why })
            }
        }
    }

    /// The question, with names looked up. `id_of` gives a person's id in the ledger; `now_ms` is the time.
    ///
    /// # Errors
    /// When it is for the future, names too many types, or demands more of the log than was taken in.
    pub fn question(
        &self,
        books: &Books,
        id_of: &dyn Fn(&str) -> SubjectId,
        now_ms: i64,
    ) -> Result<Asked, Misasked> {
        let context = &self.context;
        let has = books.next_index();
        if let Some(wants) = context.at_least.filter(|wants| *wants >= has) {
            return Err(Misasked::Behind { has, wants });
        }
        let time_ms = context.time_ms.unwrap_or(now_ms);
        if time_ms > now_ms.saturating_add(crate::check::AHEAD_MS) {
            return Err(Misasked::Future);
        }
        if time_ms < now_ms.saturating_sub(crate::check::AHEAD_MS) {
            return Err(Misasked::Past);
        }
        self.recordable()?;
        let Of { data_subject, data_types } = &self.resource.properties;
        if data_types.len() > TYPES {
            let at = "resource.properties.data_types".to_owned();
            return Err(Misasked::Form { at, why: format!("there are more than {TYPES}") });
        }
        let mut names = Lookup { directory: &books.directory, unknown: vec![] };
        let activity = names.thing(Some(&context.activity));
        let purpose = names.thing(context.purpose.as_ref());
        let recipient = names.thing(context.recipient.as_ref());
        let product = names.thing(context.product.as_ref());
        let types = data_types.iter().fold(Types::NONE, |sum, code| sum.with(names.types(code)));
        let unknown = names.unknown;
        // Who asks, and in which system, stands in the log of the answer; no condition reads it.
        let found = |name: Option<&str>| name.and_then(|name| books.directory.find(name));
        let principal = found(Some(&self.subject.id)).unwrap_or(Thing::NONE);
        let system = found(context.system.as_deref()).unwrap_or(Thing::NONE);
        let id = id_of(data_subject);
        let stage = self.action.name;
        let question = Question {
            principal,
            stage,
            types,
            activity,
            purpose,
            recipient,
            product,
            system,
            time_ms,
            subject: subject(id),
        };
        Ok(Asked { question, subject: id, unknown })
    }

    /// The answer to the question that was made of this request.
    #[must_use]
    pub fn answer(&self, books: &Books, rules: &Rules, asked: &Asked, names: Names<'_>) -> Response {
        let question = match asked.unknown.is_empty() {
            true => asked.question,
            false => Question { types: Types::NONE, ..asked.question },
        };
        let answer = rules.decide(&books.state, &question);
        let mut explanation = rules.explain(&answer, names);
        if !asked.unknown.is_empty() {
            explanation.unregistered = Some(asked.unknown.join(", "));
        }
        respond(explanation, &self.context.enforces)
    }

    /// What is recorded of an answer.
    #[must_use]
    pub fn decided(&self, asked: &Asked, response: &Response) -> Decided {
        let Context { activity, purpose, recipient, product, system, .. } = self.context.clone();
        let why = &response.context;
        let unmet = why.reasons.iter().filter(|reason| reason.stood != "held");
        Decided {
            principal: self.subject.id.clone(),
            stage: self.action.name,
            activity,
            types: self.resource.properties.data_types.clone(),
            purpose,
            recipient,
            product,
            system,
            asked_for_ms: asked.question.time_ms,
            outcome: why.outcome.to_owned(),
            unmet: unmet.map(|reason| reason.id.clone()).collect(),
            register: why.register,
            log_index: why.log_index,
        }
    }
}

struct Lookup<'a> {
    directory: &'a Directory,
    unknown: Vec<String>,
}

impl Lookup<'_> {
    fn thing(&mut self, name: Option<&String>) -> Thing {
        let Some(name) = name else { return Thing::NONE };
        self.directory.find(name).unwrap_or_else(|| {
            self.unknown.push(name.clone());
            Thing(u32::MAX)
        })
    }

    fn types(&mut self, code: &str) -> Types {
        self.directory.find_type(code).unwrap_or_else(|| {
            self.unknown.push(code.to_owned());
            Types::NONE
        })
    }
}

fn respond(explanation: Explanation, enforces: &[String]) -> Response {
    let permit = explanation.verdict == Verdict::Permit;
    let duties = explanation.obligations.iter().map(|duty| duty.id.clone());
    let unenforced: Vec<String> = duties.filter(|id| permit && !enforces.contains(id)).collect();
    let outcome = match explanation.verdict {
        Verdict::Permit => "permit",
        Verdict::Deny => "deny",
        Verdict::NoBasis => "no_basis",
    };
    let reasons = explanation.reasons.into_iter().map(|reason| Condition {
        id: reason.id,
        stood: match reason.stood {
            Stood::Failed => "failed",
            Stood::Open => "open",
            Stood::Held => "held",
        },
        text: reason.text,
        clauses: reason.clauses,
        change: reason.change,
        records: reason.records.into_iter().map(|(of, lacking)| Looked { of, lacking }).collect(),
        missing: reason.missing,
        certainty: reason.certainty,
    });
    let obligations = explanation.obligations.into_iter();
    let context = Why {
        outcome,
        unregistered: explanation.unregistered,
        reasons: reasons.collect(),
        obligations: obligations
            .map(|duty| Obligation {
                id: duty.id,
                text: duty.text,
                clauses: duty.clauses,
                certainty: duty.certainty,
            })
            .collect(),
        masked: explanation.masked,
        until_ms: explanation.until.map(|until| i64::from(until.0) * 1000),
        records: explanation.records,
        register: explanation.register,
        catalog: explanation.catalog,
        log_index: explanation.log_index,
        unenforced,
    };
    Response { decision: permit && context.unenforced.is_empty(), context }
}
