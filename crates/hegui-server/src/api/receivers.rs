//! Who is told by webhooks, and what could not be delivered.

use super::parts::{Json, List, Paging, Path, Query, missing};
use crate::app::{App, aside};
use crate::identity::caller::Caller;
use crate::identity::scope::Scope;
use crate::identity::secret::{new_id, random};
use crate::keeper::{DEAD, OUTBOX, RECEIVERS};
use crate::operation::Operation;
use crate::problem::{Kind, Problem};
use crate::webhook::outbox::{self, Message, Receiver};
use crate::webhook::signature;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri};
use hegui_runtime::happening::KINDS;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A receiver to be named.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Named {
    /// Where messages go: `https://…`, or `http://…` within one's own network.
    #[schemars(
        length(max = 1000),
        regex(pattern = r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9/._~-]*)?$")
    )]
    url: String,
    /// Of which kinds of events; none named: of all.
    #[serde(default)]
    kinds: Vec<String>,
}

/// A receiver as others see it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Receiver")]
struct Seen {
    /// Its id.
    id: String,
    /// Where messages go.
    url: String,
    /// Of which kinds; none: of all.
    kinds: Vec<String>,
    /// What messages are signed with; shown once, when the receiver is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

async fn name(caller: Caller, Json(named): Json<Named>) -> Result<(StatusCode, axum::Json<Seen>), Problem> {
    let uri = named.url.parse::<Uri>().ok();
    let fits = uri.as_ref().is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some_and(|host| !host.is_empty())
    });
    if !fits || named.url.len() > 1000 {
        return Err(Problem::new(Kind::Refused, "`url` is an address that begins with https:// or http://"));
    }
    if named.kinds.iter().any(|kind| !KINDS.iter().any(|entry| entry.name == kind)) {
        let known: Vec<_> = KINDS.iter().map(|entry| entry.name).collect();
        return Err(Problem::new(Kind::Refused, format!("a kind is none of: {}", known.join(", "))));
    }
    let secret = signature::secret_of(&random().map_err(Problem::internal)?);
    let id = new_id().map_err(Problem::internal)?;
    let receiver = Receiver { url: named.url, kinds: named.kinds, secret };
    let seen = Seen {
        id: id.clone(),
        url: receiver.url.clone(),
        kinds: receiver.kinds.clone(),
        secret: Some(receiver.secret.clone()),
    };
    aside(move || caller.tenant.keeper.change(|change| change.put(RECEIVERS, &id, &receiver))).await?;
    Ok((StatusCode::CREATED, axum::Json(seen)))
}

async fn list(caller: Caller, Query(paging): Query<Paging>) -> Result<axum::Json<List<Seen>>, Problem> {
    let page = caller.tenant.keeper.page::<Receiver>(RECEIVERS, paging.after(), paging.limit())?;
    Ok(axum::Json(List::of(page, |id, kept| Seen { id, url: kept.url, kinds: kept.kinds, secret: None })))
}

async fn remove(caller: Caller, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let was = aside(move || {
        caller.tenant.keeper.change(|change| {
            change.retain::<Message>(OUTBOX, |message| message.receiver != id)?;
            change.retain::<Message>(DEAD, |message| message.receiver != id)?;
            change.remove(RECEIVERS, &id)
        })
    })
    .await?;
    if was { Ok(StatusCode::NO_CONTENT) } else { Err(missing("receiver")) }
}

async fn pending(caller: Caller, Query(paging): Query<Paging>) -> Result<axum::Json<List<Message>>, Problem> {
    let page = caller.tenant.keeper.page::<Message>(OUTBOX, paging.after(), paging.limit())?;
    Ok(axum::Json(List::of(page, |_, message| message)))
}

async fn dead(caller: Caller, Query(paging): Query<Paging>) -> Result<axum::Json<List<Message>>, Problem> {
    let page = caller.tenant.keeper.page::<Message>(DEAD, paging.after(), paging.limit())?;
    Ok(axum::Json(List::of(page, |_, message| message)))
}

async fn retry(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let (now, tenant) = (app.seconds(), std::sync::Arc::clone(&caller.tenant));
    let was = aside(move || outbox::revive(&caller.tenant.keeper, &id, now)).await?;
    tenant.outbox.notify_one();
    if was { Ok(StatusCode::NO_CONTENT) } else { Err(missing("dead letter")) }
}

/// The entries of the table.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Method::POST, "/v1/webhooks", "nameReceiver", name)
            .says("登记接收方，取得签名密钥 · name a receiver, get the secret it verifies with")
            .needs(Scope::Webhooks)
            .takes::<Named>()
            .gives::<Seen>(201),
        Operation::new(Method::GET, "/v1/webhooks", "listReceivers", list)
            .says("接收方列表 · the receivers")
            .needs(Scope::Webhooks)
            .asks::<Paging>()
            .gives::<List<Seen>>(200),
        Operation::new(Method::DELETE, "/v1/webhooks/{id}", "removeReceiver", remove)
            .says("移除接收方及其待发消息 · remove a receiver and what waits for it")
            .needs(Scope::Webhooks),
        Operation::new(Method::GET, "/v1/webhooks/pending", "listPending", pending)
            .says("待发消息 · messages that wait")
            .needs(Scope::Webhooks)
            .asks::<Paging>()
            .gives::<List<Message>>(200),
        Operation::new(Method::GET, "/v1/webhooks/dead", "listDeadLetters", dead)
            .says("未能送达的消息 · messages that could not be delivered")
            .needs(Scope::Webhooks)
            .asks::<Paging>()
            .gives::<List<Message>>(200),
        Operation::new(Method::POST, "/v1/webhooks/dead/{id}/retry", "retryDeadLetter", retry)
            .says("重新发送 · send it again")
            .needs(Scope::Webhooks),
    ]
}
