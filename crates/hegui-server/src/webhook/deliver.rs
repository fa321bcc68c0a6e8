//! Delivery: each receiver is served by a task of its own, so that one that is slow or dead holds up
//! nobody but itself.

use super::outbox::{self, Attempt, Message, Receiver};
use super::signature;
use crate::app::{App, aside};
use crate::keeper::RECEIVERS;
use crate::problem::Problem;
use crate::tenant::Tenant;
use axum::body::Bytes;
use axum::http::{Request, header};
use http_body_util::Full;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How many messages one receiver gets in a turn.
const TURN: usize = 32;

/// Delivers a tenant's messages for as long as the server runs.
pub async fn run(app: App, tenant: Arc<Tenant>) {
    let busy = Arc::new(Mutex::new(HashSet::new()));
    loop {
        if let Err(problem) = turn(&app, &tenant, &busy).await {
            tracing::error!(detail = problem.detail(), tenant = %tenant.name, "the outbox cannot be read");
        }
        let second = tokio::time::sleep(Duration::from_secs(1));
        tokio::select! { () = tenant.outbox.notified() => {}, () = second => {} }
    }
}

async fn turn(app: &App, tenant: &Arc<Tenant>, busy: &Arc<Mutex<HashSet<String>>>) -> Result<(), Problem> {
    let (shared, now) = (Arc::clone(tenant), app.seconds());
    aside(move || outbox::feed(&shared, now)).await?;
    let receivers = tenant.keeper.page::<Receiver>(RECEIVERS, None, usize::MAX)?.items;
    for (id, receiver) in receivers {
        let messages = outbox::due(&tenant.keeper, &id, app.seconds(), TURN)?;
        if messages.is_empty() || !busy.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone()) {
            continue;
        }
        let (app, tenant, busy) = (app.clone(), Arc::clone(tenant), Arc::clone(busy));
        tokio::spawn(async move {
            if let Err(problem) = serve(&app, &tenant, &receiver, messages).await {
                tracing::error!(detail = problem.detail(), tenant = %tenant.name, "a webhook was not settled");
            }
            busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
            tenant.outbox.notify_one();
        });
    }
    Ok(())
}

/// Sends messages to one receiver, one after the other.
async fn serve(
    app: &App,
    tenant: &Arc<Tenant>,
    receiver: &Receiver,
    messages: Vec<(String, Message)>,
) -> Result<(), Problem> {
    for (key, message) in messages {
        let attempt = attempt(app, receiver, &message).await;
        if matches!(attempt, Attempt::Delivered) {
            app.metrics.delivered.inc();
        }
        let (app, tenant) = (app.clone(), Arc::clone(tenant));
        aside(move || {
            let (rules, now) = (&app.config.webhooks, app.seconds());
            let dead = outbox::settle(&tenant.keeper, rules, (&key, &message), attempt, now)?;
            if dead {
                app.metrics.dead.inc();
                tracing::warn!(receiver = message.receiver, id = message.id, "a webhook was given up");
            }
            Ok::<_, Problem>(())
        })
        .await?;
    }
    Ok(())
}

async fn attempt(app: &App, receiver: &Receiver, message: &Message) -> Attempt {
    let now = app.seconds();
    let Some(signature) = signature::sign(&receiver.secret, &message.id, now, &message.body) else {
        return Attempt::Failed("the secret has another form".to_owned());
    };
    let request = Request::post(receiver.url.as_str())
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, concat!("hegui/", env!("CARGO_PKG_VERSION")))
        .header("webhook-id", &message.id)
        .header("webhook-timestamp", now)
        .header("webhook-signature", signature)
        .body(Full::new(Bytes::from(message.body.clone())));
    let request = match request {
        Ok(request) => request,
        Err(error) => return Attempt::Failed(error.to_string()),
    };
    let limit = Duration::from_secs(app.config.webhooks.timeout_seconds);
    let answer = match app.sender() {
        Ok(sender) => sender.send(request, limit).await.map_err(|error| error.to_string()),
        Err(problem) => Err(problem.detail().to_owned()),
    };
    match answer {
        Ok((200..=299, _)) => Attempt::Delivered,
        Ok((status, _)) => Attempt::Failed(format!("it answered {status}")),
        Err(why) => Attempt::Failed(why),
    }
}
