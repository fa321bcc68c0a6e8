//! The log of processing: searched, summed up, and what in it calls for a person's look (5.11.5).

use super::ledger::Entry;
use super::parts::{Json, List};
use crate::app::{App, aside};
use crate::identity::caller::Caller;
use crate::identity::scope::Scope;
use crate::operation::Operation;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::Method;
use hegui_catalog::model::Lang;
use hegui_runtime::access::{Alerts, Query, Summary, Watch};
use hegui_runtime::happening::{Happened, Happening};
use hegui_runtime::platform::Platform;
use hegui_store::journal::By;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most entries that are looked at for one answer.
const ENTRIES: usize = 100_000;
const DAY_MS: i64 = 86_400_000;

/// What is asked of the log.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// About which person, by your own identifier.
    subject: Option<String>,
    /// In which activity.
    #[schemars(example = "activity.app-review")]
    activity: Option<String>,
    /// To which recipient.
    recipient: Option<String>,
    /// Not before, in milliseconds since 1970; thirty days ago, if absent.
    from_ms: Option<i64>,
    /// Not after, in milliseconds since 1970; now, if absent.
    to_ms: Option<i64>,
    /// What else.
    #[serde(default)]
    query: Query,
    /// From which index on: the `next` of the page before.
    #[serde(default)]
    from: u64,
    /// How many at most, up to 500; 50 where nothing is said.
    #[schemars(range(min = 1, max = 500))]
    limit: Option<u16>,
}

/// Something that calls for a person's look.
#[derive(Serialize, JsonSchema)]
struct Alert {
    /// The rule.
    rule: String,
    /// What it rests on.
    clause: String,
    /// What it is, in Chinese and English.
    text: String,
    /// The entry.
    index: u64,
    /// When, in milliseconds since 1970.
    time_ms: i64,
}

/// A sentence.
#[derive(Serialize, JsonSchema)]
pub struct Words {
    /// It.
    pub text: String,
}

/// Entries of the log of processing that fit, in the order of the ledger.
fn entries(platform: &Platform, asked: &Asked, now_ms: i64) -> Result<Vec<(u64, Happened)>, Problem> {
    let (from_ms, to_ms) = (asked.from_ms.unwrap_or(now_ms - 30 * DAY_MS), asked.to_ms.unwrap_or(now_ms));
    let person = asked.subject.as_deref().map(|whom| super::records::subject(platform, whom)).transpose()?;
    let found = match (person, &asked.activity, &asked.recipient) {
        (Some(whom), ..) => platform.find(By::Subject(whom), asked.from, ENTRIES)?,
        (None, Some(activity), _) => platform.find(By::Activity(activity), asked.from, ENTRIES)?,
        (None, None, Some(recipient)) => platform.find(By::Recipient(recipient), asked.from, ENTRIES)?,
        (None, None, None) => platform.between((from_ms, to_ms), None, ENTRIES)?,
    };
    let mut fit = Platform::asked(found, &asked.query);
    fit.retain(|(index, event)| {
        let Happening::Processed(entry) = &event.what else { return false };
        *index >= asked.from
            && (from_ms..=to_ms).contains(&event.time_ms)
            && asked.activity.as_ref().is_none_or(|activity| *activity == entry.activity)
            && asked.recipient.as_ref().is_none_or(|recipient| entry.recipient.as_ref() == Some(recipient))
    });
    fit.sort_by_key(|(index, _)| *index);
    Ok(fit)
}

async fn search(
    State(app): State<App>,
    caller: Caller,
    Json(asked): Json<Asked>,
) -> Result<axum::Json<List<Entry>>, Problem> {
    let now_ms = app.millis();
    aside(move || {
        let found = entries(&caller.tenant.platform, &asked, now_ms)?;
        let limit = usize::from(asked.limit.unwrap_or(50).clamp(1, 500));
        let next = found.get(limit).map(|(index, _)| index.to_string());
        let items = found.iter().take(limit).map(|(index, event)| Entry::opened(*index, event));
        Ok::<_, Problem>(List { items: items.collect::<Result<_, Problem>>()?, next })
    })
    .await
    .map(axum::Json)
}

async fn summary(
    State(app): State<App>,
    caller: Caller,
    Json(asked): Json<Asked>,
) -> Result<axum::Json<Summary>, Problem> {
    let now_ms = app.millis();
    aside(move || {
        let found = entries(&caller.tenant.platform, &asked, now_ms)?;
        Ok::<_, Problem>(Summary::of(found.iter().filter_map(|(_, event)| match &event.what {
            Happening::Processed(entry) => Some(entry),
            _ => None,
        })))
    })
    .await
    .map(axum::Json)
}

async fn alerts(
    State(app): State<App>,
    caller: Caller,
    Json(asked): Json<Asked>,
) -> Result<axum::Json<Vec<Alert>>, Problem> {
    let now_ms = app.millis();
    aside(move || {
        let platform = &caller.tenant.platform;
        let found = entries(platform, &asked, now_ms)?;
        platform.look(|books, ground| {
            let rules = Alerts::embedded(ground).map_err(Problem::internal)?;
            let mut watch = Watch::default();
            let all = found
                .iter()
                .flat_map(|(index, event)| rules.judge((books, ground), &mut watch, *index, event));
            let seen = all.take(500).map(|alert| Alert {
                text: format!("{} · {}", alert.text.get(Lang::Zh), alert.text.get(Lang::En)),
                rule: alert.rule,
                clause: alert.clause,
                index: alert.index,
                time_ms: alert.time_ms,
            });
            Ok::<_, Problem>(seen.collect())
        })
    })
    .await
    .map(axum::Json)
}

/// The entries of the table.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Method::POST, "/v1/processing/search", "searchProcessing", search)
            .says("检索处理日志 · search the log of processing")
            .needs(Scope::ProcessingRead)
            .takes::<Asked>()
            .gives::<List<Entry>>(200),
        Operation::new(Method::POST, "/v1/processing/summary", "sumUpProcessing", summary)
            .says("处理日志汇总 · sum the log of processing up")
            .needs(Scope::ProcessingRead)
            .takes::<Asked>()
            .gives::<Summary>(200),
        Operation::new(Method::POST, "/v1/processing/alerts", "listAlerts", alerts)
            .says("处理日志中须有人查看的 · what in it calls for a person's look")
            .needs(Scope::ProcessingRead)
            .takes::<Asked>()
            .gives::<Vec<Alert>>(200),
    ]
}
