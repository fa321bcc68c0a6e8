//! What stands before every operation: who calls, whether that is too often, whether the scope covers
//! it, whether the same was asked before; and after it: an ETag for what is read.

use crate::app::App;
use crate::identity::caller::{Caller, authenticate};
use crate::operation::Access;
use crate::problem::{Kind, Problem};
use crate::repeat;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::SocketAddr;

/// What the gate needs to know of an operation.
#[derive(Clone, Copy)]
pub struct Gate {
    /// Who may do it.
    pub access: Access,
    /// Whether `Idempotency-Key` is honoured.
    pub repeatable: bool,
    /// Whether the larger limit holds.
    pub bulk: bool,
}

/// Lets a request pass, or says why not.
pub async fn pass(State((app, gate)): State<(App, Gate)>, request: Request, next: Next) -> Response {
    match admit(&app, gate, request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn admit(app: &App, gate: Gate, request: Request, next: Next) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    if gate.access == Access::Open {
        if let Some(ConnectInfo(address)) = parts.extensions.get::<ConnectInfo<SocketAddr>>() {
            app.count_address(address.ip())?;
        }
    } else {
        let caller = enter(app, &parts.extensions, &parts.headers)?;
        if let Access::Scope(scope) = gate.access
            && !caller.has(scope)
        {
            let detail =
                format!("this needs the scope `{}`, which the credential does not have", scope.name());
            return Err(Problem::new(Kind::Forbidden, detail));
        }
        parts.extensions.insert(caller);
    }
    let limits = &app.config.limits;
    let most = if gate.bulk { limits.bulk_bytes } else { limits.body_bytes };
    // Read whole before the operation begins: a slow sender holds a connection, not an operation.
    let bytes = read(body, most).await?;
    if gate.repeatable
        && let Some(key) = repeat::key_of(&parts.headers)?
        && let Some(caller) = parts.extensions.get::<Caller>().cloned()
    {
        // A task of its own: a caller who hangs up does not stop what is being recorded half way.
        let app = app.clone();
        let task = tokio::spawn(async move { repeat::once(&app, &caller, &key, parts, bytes, next).await });
        return task.await.map_err(Problem::internal)?;
    }
    let asked = (parts.method == Method::GET).then(|| parts.headers.get(header::IF_NONE_MATCH).cloned());
    let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    match asked {
        Some(known) if response.status() == StatusCode::OK => tagged(response, known.as_ref()).await,
        _ => Ok(response),
    }
}

/// Who calls; a request without a valid token counts against the address it comes from.
fn enter(app: &App, extensions: &axum::http::Extensions, headers: &HeaderMap) -> Result<Caller, Problem> {
    match authenticate(app, headers) {
        Ok(caller) => {
            app.count_credential(&caller.tenant, &caller.credential)?;
            Ok(caller)
        }
        Err(problem) => {
            if let Some(ConnectInfo(address)) = extensions.get::<ConnectInfo<SocketAddr>>() {
                app.count_address(address.ip())?;
            }
            Err(problem)
        }
    }
}

/// The whole body.
///
/// # Errors
/// Where it is larger than `most` bytes, or the sender broke off.
async fn read(body: Body, most: usize) -> Result<Bytes, Problem> {
    to_bytes(body, most).await.map_err(|error| {
        use std::error::Error;
        let long = error.source().is_some_and(|source| source.is::<http_body_util::LengthLimitError>());
        if long {
            Problem::new(Kind::TooLarge, format!("the body is larger than {most} bytes"))
        } else {
            Problem::new(Kind::Malformed, "the body broke off")
        }
    })
}

/// The answer with the digest of its body as its tag; without its body where the caller has it already.
async fn tagged(response: Response, known: Option<&HeaderValue>) -> Result<Response, Problem> {
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.map_err(Problem::internal)?;
    let digest = ring::digest::digest(&ring::digest::SHA256, &bytes);
    let short = digest.as_ref().get(..16).unwrap_or_default();
    let tag = format!("\"{}\"", data_encoding::HEXLOWER.encode(short));
    let value = HeaderValue::from_str(&tag).map_err(Problem::internal)?;
    let same = known
        .and_then(|known| known.to_str().ok())
        .is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag));
    parts.headers.insert(header::ETAG, value);
    if same {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_LENGTH);
        return Ok(Response::from_parts(parts, Body::empty()));
    }
    Ok(Response::from_parts(parts, Body::from(bytes)))
}
