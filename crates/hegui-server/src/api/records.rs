//! What happens, recorded: one entry a kind of happening. The body holds the happening's fields and, for
//! a happening about a person, `subject`, the handler's own identifier of the person, of which the
//! ledger keeps a keyed hash only. Time is the server's.

use super::parts::{Json, must_be};
use super::problems::both;
use crate::app::{App, aside};
use crate::identity::caller::Caller;
use crate::identity::scope::Scope;
use crate::operation::{Body, Operation, SchemaOf};
use crate::problem::{Kind, Problem};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use hegui_ledger::event::SubjectId;
use hegui_runtime::happening::{self as h, Happened, Happening, Whom};
use hegui_runtime::platform::Platform;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::sync::{Arc, LazyLock};

/// Most lines of a bulk request.
const LINES: usize = 10_000;

/// Something was recorded: it is on the disk, and in the tree soon.
#[derive(Serialize, JsonSchema)]
pub struct Recorded {
    /// Its place in the ledger.
    index: u64,
}

impl Recorded {
    /// At this place.
    pub const fn at(index: u64) -> Self {
        Self { index }
    }
}

/// How a kind of happening is recorded.
struct Entry {
    path: &'static str,
    id: &'static str,
    kind: &'static str,
    scope: Scope,
    says: &'static str,
    schema: SchemaOf,
}

macro_rules! entries {
    ($($path:literal $id:literal $kind:literal $of:ident $scope:ident $says:literal;)*) => {
        const ENTRIES: &[Entry] = &[$(Entry {
            path: $path, id: $id, kind: $kind, scope: Scope::$scope, says: $says,
            schema: |schemas| recorded::<h::$of>(schemas, $kind),
        },)*];
    };
}

entries! {
    "/v1/publications" "publish" "published" Published Notices "发布政策或告知的一个版本 · publish a version of a policy or notice";
    "/v1/deliveries" "recordDelivery" "shown" Shown Notices "记录向个人展示 · record that it was shown to a person";
    "/v1/omissions" "recordOmission" "notice_omitted" NoticeOmitted Notices "记录依法未告知及理由 · record a notice left out, and why";
    "/v1/consent-questions" "recordQuestion" "consent_asked" ConsentAsked Consents "记录征求同意 · record that consent was asked for";
    "/v1/consents" "recordConsent" "consented" Consented Consents "记录同意 · record consent";
    "/v1/refusals" "recordRefusal" "refused" Refused Consents "记录拒绝同意 · record a refusal of consent";
    "/v1/withdrawals" "recordWithdrawal" "withdrew" Withdrew Consents "记录撤回同意 · record a withdrawal";
    "/v1/withdrawal-actions" "recordWithdrawalAction" "withdrawal_acted" WithdrawalActed Consents "记录撤回已执行 · record that a withdrawal was carried out";
    "/v1/opt-outs" "recordOptOut" "opted_out" OptedOut Consents "记录选择退出 · record an opt-out, or in again";
    "/v1/objections" "recordObjection" "objected" Objected Consents "记录拒绝处理 · record an objection";
    "/v1/restrictions" "recordRestriction" "restricted" Restricted Requests "记录限制处理 · record that processing is limited";
    "/v1/ages" "recordAge" "age_established" AgeEstablished Consents "记录是否未满十四周岁 · record whether a person is under fourteen";
    "/v1/readmissions" "recordReadmission" "readmitted" Readmitted Consents "记录删除后重新成为用户 · record that an erased person came back";
    "/v1/requests" "recordRequest" "request_received" RequestReceived Requests "记录个人行使权利的请求 · record a person's request";
    "/v1/request-answers" "recordRequestAnswer" "request_answered" RequestAnswered Requests "记录请求的答复 · record the answer to a request";
    "/v1/incidents" "recordIncident" "incident_detected" IncidentDetected Incidents "记录个人信息安全事件 · record an incident";
    "/v1/incident-notices" "recordIncidentNotice" "incident_notified" IncidentNotified Incidents "记录事件通知 · record that an authority or people were told";
    "/v1/processing" "recordProcessing" "processed" Processed Processing "记录一次处理 · record that information was processed";
    "/v1/coverage" "recordCoverage" "covered" Covered Requests "声明自此全部记录于此 · state that from now on all of a group is recorded here";
    "/v1/retentions" "recordRetention" "retention_set" RetentionSet Retention "设定保存期限 · set until when information is kept";
    "/v1/deletion-tasks" "recordDeletionTask" "deletion_tasked" DeletionTasked Retention "下达删除任务 · tell a system to delete";
    "/v1/deletion-proofs" "recordDeletionProof" "deletion_proved" DeletionProved Retention "提交删除证明 · prove a deletion";
    "/v1/legal-holds" "recordLegalHold" "legal_hold" LegalHold Retention "设置或解除依法留存 · lay a legal hold, or lift it";
}

/// An example of each kind, for `examples/retailer`.
static EXAMPLES: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("examples.json")).unwrap_or_default());

/// The schema of a happening as it is sent: its fields, its time, and the person where it is about one.
fn recorded<T: JsonSchema>(schemas: &mut SchemaGenerator, kind: &str) -> Schema {
    let mut schema = T::json_schema(schemas);
    let whom = h::KINDS.iter().find(|entry| entry.name == kind).map(|entry| entry.whom);
    let fields = schema.ensure_object();
    let mut required = match fields.remove("required") {
        Some(Value::Array(required)) => required,
        _ => vec![],
    };
    required.retain(|name| name != "effective_ms");
    if whom == Some(Whom::Person) {
        required.push(json!("subject"));
    }
    let properties = fields.entry("properties").or_insert_with(|| json!({}));
    if let Value::Object(properties) = properties {
        properties
            .insert("time_ms".to_owned(), json!({ "type": "integer", "minimum": 0, "description": TIME }));
        if whom != Some(Whom::Nobody) {
            let whose =
                json!({ "type": "string", "minLength": 1, "maxLength": IDENTIFIER, "description": WHOSE });
            properties.insert("subject".to_owned(), whose);
        }
    }
    fields.insert("required".to_owned(), Value::Array(required));
    if let Some(example) = EXAMPLES.get(kind) {
        fields.insert("examples".to_owned(), json!([example]));
    }
    schema
}

const TIME: &str =
    "发生的时间（1970 年起的毫秒数），不填即现在 · when, in milliseconds since 1970; now, if absent";
const WHOSE: &str =
    "个人的标识，账本只存其带密钥散列 · the person, by your own identifier: the ledger keeps a keyed hash";
/// Longest identifier of a person, in bytes.
const IDENTIFIER: usize = 256;

/// The person of this identifier.
///
/// # Errors
/// Where it is empty or too long.
pub fn subject(platform: &Platform, identifier: &str) -> Result<SubjectId, Problem> {
    if (1..=IDENTIFIER).contains(&identifier.len()) {
        return Ok(platform.subject(identifier));
    }
    Err(Problem::new(Kind::Malformed, format!("`subject` has 1 to {IDENTIFIER} bytes")))
}

/// A happening from the fields that were sent; what is not said is now.
fn happened(platform: &Platform, mut fields: Map<String, Value>, now_ms: i64) -> Result<Happened, Problem> {
    let wrong = |what: &str| Err(Problem::new(Kind::Malformed, what));
    let subject = match fields.remove("subject") {
        None => None,
        Some(Value::String(identifier)) => Some(subject(platform, &identifier)?),
        Some(_) => return wrong("`subject` is text"),
    };
    let time_ms = match fields.remove("time_ms").map(|time| time.as_i64()) {
        None => now_ms,
        Some(Some(time_ms)) => time_ms,
        Some(None) => return wrong("`time_ms` is a whole number"),
    };
    // A version that says no other time takes effect at once.
    if fields.get("type").is_some_and(|kind| kind == "published") {
        fields.entry("effective_ms").or_insert_with(|| time_ms.into());
    }
    Ok(Happened { time_ms, subject, what: Happening::from_fields(fields)? })
}

async fn record(
    app: App,
    caller: Caller,
    kind: &'static str,
    mut fields: Map<String, Value>,
) -> Result<(StatusCode, axum::Json<Recorded>), Problem> {
    fields.insert("type".to_owned(), kind.into());
    let now_ms = app.millis();
    let tenant = Arc::clone(&caller.tenant);
    let index = aside(move || {
        let event = happened(&tenant.platform, fields, now_ms)?;
        tenant.platform.record(event, now_ms).map_err(Problem::from)
    })
    .await?;
    app.metrics.events.inc();
    caller.tenant.outbox.notify_one();
    Ok((StatusCode::CREATED, axum::Json(Recorded { index })))
}

/// One line of a bulk request that was not recorded.
#[derive(Serialize, JsonSchema)]
struct Refused {
    /// Which line, from 1.
    line: usize,
    /// Why.
    detail: String,
    /// The clause that it rests on.
    clause: String,
}

/// What became of a bulk request.
#[derive(Serialize, JsonSchema)]
struct AllRecorded {
    /// How many were recorded.
    count: usize,
    /// The place of the first in the ledger; the others follow it, in the order of the lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<u64>,
    /// What was not: the other lines are recorded all the same.
    refused: Vec<Refused>,
}

/// Records many happenings, a line each. A line that is not understood stops all before anything is
/// recorded; one that is refused leaves the others be.
async fn record_all(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<(StatusCode, axum::Json<AllRecorded>), Problem> {
    must_be(&headers, &["application/x-ndjson"])?;
    let now_ms = app.millis();
    let asker = caller.clone();
    let outcomes = aside(move || {
        let lines = bytes.split(|byte| *byte == b'\n').enumerate();
        let lines = lines.filter(|(_, line)| !line.trim_ascii().is_empty());
        let events = lines.map(|(at, line)| {
            one_of_many(&asker, line, now_ms).map_err(|problem| {
                Problem::new(problem.kind(), format!("line {}: {}", at + 1, problem.detail()))
            })
        });
        let events = events.take(LINES + 1).collect::<Result<Vec<_>, _>>()?;
        if events.len() > LINES {
            return Err(Problem::new(Kind::TooLarge, format!("send at most {LINES} lines at once")));
        }
        asker.tenant.platform.record_all(events, now_ms).map_err(Problem::from)
    })
    .await?;
    let first = outcomes.iter().find_map(|outcome| outcome.as_ref().ok().copied());
    let mut refused = vec![];
    for (at, outcome) in outcomes.iter().enumerate() {
        if let Err(refusal) = outcome {
            let (detail, clause) = (both(refusal), refusal.clause.clone());
            refused.push(Refused { line: at + 1, detail, clause });
        }
    }
    let count = outcomes.len() - refused.len();
    app.metrics.events.inc_by(count as u64);
    caller.tenant.outbox.notify_one();
    Ok((StatusCode::CREATED, axum::Json(AllRecorded { count, first, refused })))
}

fn one_of_many(caller: &Caller, line: &[u8], now_ms: i64) -> Result<Happened, Problem> {
    let fields: Map<String, Value> = serde_json::from_slice(line).map_err(|error| Problem::json(&error))?;
    let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default();
    if let Some(entry) = ENTRIES.iter().find(|entry| entry.kind == kind)
        && !caller.has(entry.scope)
    {
        let detail = format!("`{}` needs the scope `{}`", entry.kind, entry.scope.name());
        return Err(Problem::new(Kind::Forbidden, detail));
    }
    if h::KINDS.iter().any(|entry| entry.name == kind) && !ENTRIES.iter().any(|entry| entry.kind == kind) {
        return Err(Problem::new(Kind::Forbidden, "this is recorded by the platform, not sent to it"));
    }
    happened(&caller.tenant.platform, fields, now_ms)
}

fn line_schema(_: &mut SchemaGenerator) -> Schema {
    let kinds: Vec<_> = ENTRIES.iter().map(|entry| entry.kind).collect();
    json_schema!({
        "type": "object",
        "description": "一行一个事件：`type` 与该类事件的字段 · an event a line: its `type` and the fields of that type",
        "properties": { "type": { "enum": kinds }, "subject": { "type": "string" }, "time_ms": { "type": "integer" } },
        "required": ["type"]
    })
}

/// The entries of the table.
pub fn operations() -> Vec<Operation> {
    let each = ENTRIES.iter().map(|entry| {
        let kind = entry.kind;
        let run = move |State(app): State<App>, caller: Caller, Json(fields): Json<Map<String, Value>>| {
            record(app, caller, kind, fields)
        };
        Operation::new(Method::POST, entry.path, entry.id, run)
            .says(entry.says)
            .needs(entry.scope)
            .takes_body(Body { content_type: "application/json", schema: Some(entry.schema) })
            .gives::<Recorded>(201)
            .repeatable()
    });
    let many = Operation::new(Method::POST, "/v1/events", "recordEvents", record_all)
        .says("成批记录，一行一个事件；各行按其种类要求权限 · record many, an event a line; each line needs the scope of its kind")
        .takes_body(Body { content_type: "application/x-ndjson", schema: Some(line_schema) })
        .gives::<AllRecorded>(201)
        .repeatable()
        .bulk();
    each.chain([many]).collect()
}
