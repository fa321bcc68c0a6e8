//! Decisions, by the OpenID AuthZEN Authorization API 1.0: one or many, and past ones again.

use super::parts::{Path, must_be};
use crate::app::{App, aside};
use crate::identity::caller::Caller;
use crate::identity::scope::Scope;
use crate::operation::Operation;
use crate::problem::{Kind, Problem};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, header};
use hegui_catalog::model::Lang;
use hegui_runtime::authzen::{Misasked, Request, Response};
use hegui_runtime::happening::Decided;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// Most questions in one request.
const QUESTIONS: usize = 10_000;

/// Where decisions are asked for, as AuthZEN's discovery has it.
#[derive(Serialize, JsonSchema)]
struct Metadata {
    /// The server.
    policy_decision_point: String,
    /// Where one is asked for.
    access_evaluation_endpoint: String,
    /// Where many are asked for.
    access_evaluations_endpoint: String,
}

/// Many questions; what they have in common may be said once.
#[derive(Deserialize, JsonSchema)]
struct Many {
    /// The questions; each may leave out what is said beside them.
    #[serde(default)]
    #[schemars(with = "Vec<Value>")]
    evaluations: Vec<Box<RawValue>>,
    /// How far to go.
    #[serde(default)]
    options: Options,
    /// Said once for all.
    subject: Option<Value>,
    /// Said once for all.
    action: Option<Value>,
    /// Said once for all.
    resource: Option<Value>,
    /// Said once for all.
    context: Option<Value>,
}

#[derive(Default, Deserialize, JsonSchema)]
struct Options {
    /// Whether to stop at the first of its kind.
    #[serde(default)]
    evaluations_semantic: Semantic,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Semantic {
    /// Answer all.
    #[default]
    ExecuteAll,
    /// Stop at the first that is denied.
    DenyOnFirstDeny,
    /// Stop at the first that is permitted.
    PermitOnFirstPermit,
}

/// An answer to one of many questions.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum Answer {
    /// It was answered.
    Answered(Box<Response>),
    /// It was not understood, and so is not permitted.
    Misasked {
        /// Never true.
        decision: bool,
        /// What is wrong with it.
        context: Value,
    },
}

/// Answers to many questions, in their order.
#[derive(Serialize, JsonSchema)]
struct Answers {
    /// The answers.
    evaluations: Vec<Answer>,
}

/// A past decision, and what the same question gets as of then.
#[derive(Serialize, JsonSchema)]
struct Again {
    /// What was recorded.
    decided: Decided,
    /// The answer, worked out again.
    again: Response,
}

/// The language that the caller reads: Chinese, unless English comes first.
pub fn lang(headers: &HeaderMap) -> Lang {
    let said = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    if said.is_some_and(|said| said.trim_start().starts_with("en")) { Lang::En } else { Lang::Zh }
}

async fn metadata(State(app): State<App>) -> axum::Json<Metadata> {
    let url = app.url();
    axum::Json(Metadata {
        access_evaluation_endpoint: format!("{url}/access/v1/evaluation"),
        access_evaluations_endpoint: format!("{url}/access/v1/evaluations"),
        policy_decision_point: url,
    })
}

async fn evaluate(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<axum::Json<Response>, Problem> {
    must_be(&headers, &["application/json"])?;
    let request = Request::read(&bytes)?;
    let (now_ms, lang) = (app.millis(), lang(&headers));
    aside(move || caller.tenant.platform.evaluate(&request, now_ms, lang)).await.map(axum::Json)
}

async fn evaluate_all(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<axum::Json<Answers>, Problem> {
    must_be(&headers, &["application/json"])?;
    let (now_ms, lang) = (app.millis(), lang(&headers));
    let answered = aside(move || {
        let many: Many = serde_json::from_slice(&bytes).map_err(|error| Problem::json(&error))?;
        if !(1..=QUESTIONS).contains(&many.evaluations.len()) {
            return Err(Problem::new(
                Kind::Malformed,
                format!("`evaluations` has 1 to {QUESTIONS} questions"),
            ));
        }
        let answer = |questions: &[Box<RawValue>]| many.answer(&caller, questions, now_ms, lang);
        let last = match many.options.evaluations_semantic {
            Semantic::ExecuteAll => return answer(&many.evaluations),
            Semantic::DenyOnFirstDeny => false,
            Semantic::PermitOnFirstPermit => true,
        };
        // One after the other: a permit that is not given must not be recorded either.
        let mut answers = vec![];
        for question in &many.evaluations {
            answers.extend(answer(std::slice::from_ref(question))?);
            if answers.last().is_some_and(|answer: &Answer| answer.decision() == last) {
                break;
            }
        }
        Ok(answers)
    });
    Ok(axum::Json(Answers { evaluations: answered.await? }))
}

impl Answer {
    fn decision(&self) -> bool {
        matches!(self, Self::Answered(response) if response.decision)
    }
}

impl Many {
    /// A question, with what was said once for all.
    fn read(&self, question: &RawValue) -> Result<Request, Misasked> {
        let common = [
            ("subject", &self.subject),
            ("action", &self.action),
            ("resource", &self.resource),
            ("context", &self.context),
        ];
        if common.iter().all(|(_, value)| value.is_none()) {
            return Request::read(question.get().as_bytes());
        }
        let mut whole: Value = serde_json::from_str(question.get()).unwrap_or_default();
        if let Value::Object(fields) = &mut whole {
            for (name, value) in common {
                if let Some(value) = value {
                    fields.entry(name).or_insert_with(|| value.clone());
                }
            }
        }
        Request::read(whole.to_string().as_bytes())
    }

    fn answer(
        &self,
        caller: &Caller,
        questions: &[Box<RawValue>],
        now_ms: i64,
        lang: Lang,
    ) -> Result<Vec<Answer>, Problem> {
        let mut requests = Vec::with_capacity(questions.len());
        let mut misread = Vec::with_capacity(questions.len());
        for question in questions {
            match self.read(question) {
                Ok(request) => {
                    requests.push(request);
                    misread.push(None);
                }
                Err(error) => misread.push(Some(error)),
            }
        }
        let mut responses = caller.tenant.platform.evaluate_all(&requests, now_ms, lang)?.into_iter();
        let answers = misread.into_iter().filter_map(|error| match error {
            Some(error) => Some(Answer::not(&error)),
            None => Some(match responses.next()? {
                Ok(response) => Answer::Answered(Box::new(response)),
                Err(error) => Answer::not(&error),
            }),
        });
        Ok(answers.collect())
    }
}

impl Answer {
    /// A question that is not understood is not permitted; what is wrong is said in its place.
    fn not(error: &Misasked) -> Self {
        let context = json!({ "error": { "status": 400, "message": error.to_string() } });
        Self::Misasked { decision: false, context }
    }
}

async fn again(
    caller: Caller,
    headers: HeaderMap,
    Path(index): Path<u64>,
) -> Result<axum::Json<Again>, Problem> {
    let lang = lang(&headers);
    let (decided, again) = aside(move || caller.tenant.platform.replay(index, lang)).await?;
    Ok(axum::Json(Again { decided, again }))
}

/// The entries of the table.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Method::GET, "/.well-known/authzen-configuration", "discoverDecisions", metadata)
            .says("AuthZEN 发现文档 · where decisions are asked for, for AuthZEN clients")
            .open()
            .gives::<Metadata>(200),
        Operation::new(Method::POST, "/access/v1/evaluation", "evaluate", evaluate)
            .says("现在能否对这个人的数据做这件事 · may this be done with this person's data now")
            .needs(Scope::Decisions)
            .takes::<Request>()
            .gives::<Response>(200),
        Operation::new(Method::POST, "/access/v1/evaluations", "evaluateMany", evaluate_all)
            .says("一次问多个 · many questions at once")
            .needs(Scope::Decisions)
            .takes::<Many>()
            .gives::<Answers>(200)
            .bulk(),
        Operation::new(Method::GET, "/v1/decisions/{index}/again", "replayDecision", again)
            .says("按当时的账本重新作出决策 · work a past decision out again, as of then")
            .needs(Scope::ProcessingRead)
            .gives::<Again>(200),
    ]
}
