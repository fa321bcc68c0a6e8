//! What follows from the ledger so far: policies and notices, what is to be done, facts, findings.

use super::parts::{List, Paging, Query};
use super::processing::Words;
use crate::app::{App, aside};
use crate::identity::caller::Caller;
use crate::identity::scope::Scope;
use crate::operation::Operation;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::Method;
use hegui_runtime::books::Books;
use hegui_runtime::happening::Power;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// A version of a policy or notice.
#[derive(Serialize, JsonSchema)]
struct Edition {
    /// Which policy or notice.
    text: String,
    /// Which version.
    version: u16,
    /// The entry of the ledger by which it was published.
    index: u64,
    /// When it takes effect, in milliseconds since 1970.
    effective_ms: i64,
    /// The items that it tells of.
    about: Vec<String>,
    /// Whether people must be told again.
    material: bool,
    /// How often it was shown.
    shown: u64,
}

/// What is to be done, or is late.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "task")]
enum Task {
    /// A withdrawal or opt-out that was not carried out (5.7.3).
    CarryOut {
        /// Its entry.
        index: u64,
        /// Of which item.
        item: String,
        /// Since when, in milliseconds since 1970.
        since_ms: i64,
    },
    /// A deletion that was ordered and not proved.
    ProveDeletion {
        /// Its entry.
        index: u64,
        /// Of which activity.
        activity: String,
        /// In which system.
        system: String,
        /// By when, in milliseconds since 1970.
        due_ms: i64,
        /// Whether it is late.
        late: bool,
    },
    /// Information whose time has come, for which nobody has ordered deletion.
    OrderDeletion {
        /// Of which activity.
        activity: String,
        /// Of how many persons.
        persons: usize,
        /// Since when, in milliseconds since 1970: of the first of them.
        since_ms: i64,
    },
    /// A person's request without an answer (5.8).
    AnswerRequest {
        /// Which.
        request: String,
        /// Since when, in milliseconds since 1970.
        since_ms: i64,
    },
}

/// A fact that the ledger shows.
#[derive(Serialize, JsonSchema)]
struct Fact {
    /// Of which thing.
    thing: String,
    /// Which fact.
    fact: String,
    /// Its value.
    value: String,
    /// The entries that show it.
    evidence: Vec<u64>,
}

/// How logging stands.
#[derive(Serialize, JsonSchema)]
struct Logging {
    /// Of which system.
    system: String,
    /// What it is switched to.
    power: Power,
    /// By which entry.
    index: u64,
}

fn editions(books: &Books) -> Vec<(String, Edition)> {
    let texts = books.texts.iter();
    let all = texts.flat_map(|(text, kept)| {
        kept.editions.iter().map(move |(version, edition)| (text, version, edition))
    });
    all.map(|(text, version, edition)| {
        let key = format!("{text}@{version:05}");
        let seen = Edition {
            text: text.clone(),
            version: *version,
            index: edition.index,
            effective_ms: edition.effective_ms,
            about: edition.about.clone(),
            material: edition.material,
            shown: edition.shown.count,
        };
        (key, seen)
    })
    .collect()
}

/// What is to be done at a moment, the most urgent kinds first.
fn tasks(books: &Books, now_ms: i64) -> Vec<(String, Task)> {
    let mut tasks = Vec::new();
    for (index, pending) in &books.pending {
        let task = Task::CarryOut { index: *index, item: pending.item.clone(), since_ms: pending.time_ms };
        tasks.push((format!("1-{index:020}"), task));
    }
    let open = books.requests.iter().filter(|(_, request)| request.answered.is_none());
    for (request, kept) in open {
        let task = Task::AnswerRequest { request: request.clone(), since_ms: kept.received.1 };
        tasks.push((format!("2-{request}"), task));
    }
    for (index, kept) in books.tasks.iter().filter(|(_, task)| task.proved.is_none()) {
        let (activity, system) = (kept.activity.clone(), kept.system.clone());
        let late = kept.due_ms < now_ms;
        let task = Task::ProveDeletion { index: *index, activity, system, due_ms: kept.due_ms, late };
        tasks.push((format!("3-{index:020}"), task));
    }
    let mut expired = BTreeMap::<&str, (usize, i64)>::new();
    for kept in books.expired(now_ms) {
        let (persons, _) = expired.entry(kept.activity).or_insert((0, kept.until_ms));
        *persons += 1;
    }
    for (activity, (persons, since_ms)) in expired {
        let task = Task::OrderDeletion { activity: activity.to_owned(), persons, since_ms };
        tasks.push((format!("4-{activity}"), task));
    }
    tasks
}

/// How many tasks there are.
pub fn open_tasks(books: &Books, now_ms: i64) -> usize {
    tasks(books, now_ms).len()
}

/// A page of things in the order of their keys.
fn page<T>(all: Vec<(String, T)>, paging: &Paging) -> List<T> {
    let after = |key: &String| paging.after().is_none_or(|after| key.as_str() > after);
    let mut rest = all.into_iter().filter(|(key, _)| after(key));
    let (mut items, mut last) = (Vec::new(), None);
    for (key, item) in rest.by_ref().take(paging.limit()) {
        items.push(item);
        last = Some(key);
    }
    List { items, next: last.filter(|_| rest.next().is_some()) }
}

async fn published(
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Result<axum::Json<List<Edition>>, Problem> {
    let all =
        aside(move || Ok::<_, Problem>(caller.tenant.platform.look(|books, _| editions(books)))).await?;
    Ok(axum::Json(page(all, &paging)))
}

async fn to_do(
    State(app): State<App>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Result<axum::Json<List<Task>>, Problem> {
    let now_ms = app.millis();
    let all =
        aside(move || Ok::<_, Problem>(caller.tenant.platform.look(|books, _| tasks(books, now_ms)))).await?;
    Ok(axum::Json(page(all, &paging)))
}

async fn facts(State(app): State<App>, caller: Caller) -> Result<axum::Json<Vec<Fact>>, Problem> {
    let now_ms = app.millis();
    let all = aside(move || Ok::<_, Problem>(caller.tenant.platform.facts(now_ms))).await?;
    let seen = all.into_iter().map(|one| Fact {
        thing: one.thing,
        fact: one.fact,
        value: one.value,
        evidence: one.evidence,
    });
    Ok(axum::Json(seen.collect()))
}

async fn findings(State(app): State<App>, caller: Caller) -> Result<axum::Json<Value>, Problem> {
    let now_ms = app.millis();
    aside(move || caller.tenant.findings(now_ms)).await.map(axum::Json)
}

async fn logging(caller: Caller) -> Result<axum::Json<Vec<Logging>>, Problem> {
    let all = caller.tenant.platform.look(|books, _| {
        let each = books.logging.iter();
        each.map(|(system, state)| Logging {
            system: system.clone(),
            power: state.power,
            index: state.since.0,
        })
        .collect()
    });
    Ok(axum::Json(all))
}

/// Reads the register's folder again, and takes it into use as a whole or not at all.
async fn adopt(State(app): State<App>, caller: Caller) -> Result<axum::Json<Words>, Problem> {
    let now_ms = app.millis();
    let version = aside(move || caller.tenant.adopt(now_ms)).await?;
    Ok(axum::Json(Words { text: format!("版本 version {version}") }))
}

/// The entries of the table.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Method::GET, "/v1/publications", "listPublications", published)
            .says("已发布的政策与告知 · policies and notices that were published")
            .needs(Scope::RecordsRead)
            .asks::<Paging>()
            .gives::<List<Edition>>(200),
        Operation::new(Method::GET, "/v1/tasks", "listTasks", to_do)
            .says("待办：撤回、请求、删除 · what is to be done: withdrawals, requests, deletions")
            .needs(Scope::RecordsRead)
            .asks::<Paging>()
            .gives::<List<Task>>(200),
        Operation::new(Method::GET, "/v1/logging", "readLogging", logging)
            .says("各系统日志的开关 · whether systems keep logs")
            .needs(Scope::RecordsRead)
            .gives::<Vec<Logging>>(200),
        Operation::new(Method::GET, "/v1/facts", "listFacts", facts)
            .says("账本能证明的评估事实 · facts of the assessment that the ledger shows")
            .needs(Scope::Findings)
            .gives::<Vec<Fact>>(200),
        Operation::new(Method::GET, "/v1/findings", "readFindings", findings)
            .says("以登记册与账本评估的结论 · the assessment, by register and ledger")
            .needs(Scope::Findings)
            .gives::<Value>(200),
        Operation::new(Method::POST, "/v1/register/adopt", "adoptRegister", adopt)
            .says("重新读取登记册并启用 · read the register again and take it into use")
            .needs(Scope::Notices)
            .gives::<Words>(200),
    ]
}
