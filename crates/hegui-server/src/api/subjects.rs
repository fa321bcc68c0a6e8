//! What concerns one person: the record, receipts of consents, erasure. The person is named in the body,
//! never in a path, which proxies write into their logs.

use super::ledger::Entry;
use super::parts::{Json, List};
use super::records::subject;
use crate::app::{App, aside};
use crate::identity::caller::Caller;
use crate::identity::scope::Scope;
use crate::operation::Operation;
use crate::problem::{Kind, Problem};
use axum::extract::State;
use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use hegui_runtime::receipt::Receipt;
use hegui_store::journal::By;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whose record.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Whose {
    /// The person, by your own identifier.
    #[schemars(length(min = 1, max = 256), example = "user-1")]
    subject: String,
    /// From which index on.
    #[serde(default)]
    from: u64,
    /// How many at most, up to 500; 50 where nothing is said.
    #[schemars(range(min = 1, max = 500))]
    limit: Option<u16>,
}

/// Which consent.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Which {
    /// The person, by your own identifier.
    #[schemars(length(min = 1, max = 256), example = "user-1")]
    subject: String,
    /// To which item of the register.
    #[schemars(example = "activity.app-review")]
    item: String,
}

/// Who is to be erased.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// The person, by your own identifier.
    #[schemars(length(min = 1, max = 256), example = "user-8")]
    subject: String,
    /// Why, in at most 500 bytes; nothing about the person.
    #[schemars(length(min = 1, max = 500))]
    reason: String,
}

/// What an erasure did.
#[derive(Serialize, JsonSchema)]
struct Erased {
    /// The entry of the ledger that says so; none where nothing was left to destroy.
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<u64>,
    /// How many keys were destroyed.
    keys: usize,
    /// Evidence that stays, to be told to the person.
    kept: Vec<Kept>,
}

/// Evidence that stays.
#[derive(Serialize, JsonSchema)]
struct Kept {
    /// On which basis.
    basis: String,
    /// Until when, in seconds since 1970.
    until: i64,
}

async fn record(caller: Caller, Json(whose): Json<Whose>) -> Result<axum::Json<List<Entry>>, Problem> {
    aside(move || {
        let platform = &caller.tenant.platform;
        let whom = subject(platform, &whose.subject)?;
        let limit = usize::from(whose.limit.unwrap_or(50).clamp(1, 500));
        let mut found = platform.find(By::Subject(whom), whose.from, limit + 1)?;
        let next = found.get(limit).map(|(index, _)| index.to_string());
        found.truncate(limit);
        let items = found.iter().map(|(index, event)| Entry::opened(*index, event));
        Ok::<_, Problem>(List { items: items.collect::<Result<_, Problem>>()?, next })
    })
    .await
    .map(axum::Json)
}

async fn receipt(caller: Caller, Json(which): Json<Which>) -> Result<axum::Json<Receipt>, Problem> {
    aside(move || {
        let platform = &caller.tenant.platform;
        let whom = subject(platform, &which.subject)?;
        platform.receipt(whom, &which.item)?.ok_or_else(no_consent)
    })
    .await
    .map(axum::Json)
}

async fn signed_receipt(caller: Caller, Json(which): Json<Which>) -> Result<Response, Problem> {
    let signed = aside(move || {
        let platform = &caller.tenant.platform;
        let whom = subject(platform, &which.subject)?;
        platform.signed_receipt(whom, &which.item)?.ok_or_else(no_consent)
    })
    .await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], signed).into_response())
}

fn no_consent() -> Problem {
    Problem::new(Kind::NotFound, "the person gave no consent to this item, or was erased")
}

async fn erase(
    State(app): State<App>,
    caller: Caller,
    Json(wanted): Json<Wanted>,
) -> Result<axum::Json<Erased>, Problem> {
    if !(1..=500).contains(&wanted.reason.len()) {
        return Err(Problem::new(Kind::Malformed, "`reason` has 1 to 500 bytes"));
    }
    let now_ms = app.millis();
    let tenant = std::sync::Arc::clone(&caller.tenant);
    let done = aside(move || {
        let whom = subject(&tenant.platform, &wanted.subject)?;
        tenant.platform.erase(whom, &wanted.reason, now_ms).map_err(Problem::from)
    })
    .await?;
    caller.tenant.outbox.notify_one();
    let kept = done.kept.into_iter().map(|kept| Kept { basis: kept.basis, until: kept.until }).collect();
    Ok(axum::Json(Erased { index: done.at, keys: done.keys, kept }))
}

/// The entries of the table.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Method::POST, "/v1/subjects/record", "readSubject", record)
            .says("账本中关于一个人的记录 · what the ledger holds of a person")
            .needs(Scope::SubjectsRead)
            .takes::<Whose>()
            .gives::<List<Entry>>(200),
        Operation::new(Method::POST, "/v1/subjects/receipt", "readReceipt", receipt)
            .says("同意的收据（ISO/IEC TS 27560 形式） · the receipt of a consent, in the form of ISO/IEC TS 27560")
            .needs(Scope::SubjectsRead)
            .takes::<Which>()
            .gives::<Receipt>(200),
        Operation::new(Method::POST, "/v1/subjects/signed-receipt", "readSignedReceipt", signed_receipt)
            .says("同一收据，由账本签名 · the same receipt as a note that the ledger has signed")
            .needs(Scope::SubjectsRead)
            .takes::<Which>()
            .gives_other("text/plain"),
        Operation::new(Method::POST, "/v1/subjects/erase", "eraseSubject", erase)
            .says("删除一个人的信息，依法须留存的除外 · erase a person; evidence stays until its time has come")
            .needs(Scope::Requests)
            .takes::<Wanted>()
            .gives::<Erased>(200)
            .repeatable(),
    ]
}
