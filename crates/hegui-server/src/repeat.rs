//! `Idempotency-Key`: a request sent again because its answer got lost is not carried out again. The
//! answer is kept before it is given, so that what was acknowledged is never done twice, also after a
//! crash. Successes and refusals are kept; what failed on our side may be tried again.

use crate::app::{App, aside};
use crate::identity::caller::Caller;
use crate::keeper::{ANSWERS, KeeperError};
use crate::problem::{Kind, Problem};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How long answers are kept.
pub const KEPT_SECONDS: i64 = 24 * 60 * 60;
const HEADER: &str = "idempotency-key";

/// An answer as it is kept.
#[derive(Serialize, Deserialize)]
pub struct Answer {
    /// When it is forgotten, in seconds since 1970.
    pub expires: i64,
    /// Digest of what was asked: the key stands for this and nothing else.
    asked: String,
    status: u16,
    content_type: String,
    body: String,
}

/// The key of a request, if it has one.
///
/// # Errors
/// Where it has another form.
pub fn key_of(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(HEADER) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    let fits = (1..=128).contains(&text.len()) && text.chars().all(|c| c.is_ascii_graphic());
    let detail = "`Idempotency-Key` has 1 to 128 printable ASCII characters; a random UUID does well";
    if fits { Ok(Some(text.to_owned())) } else { Err(Problem::new(Kind::Malformed, detail)) }
}

/// Carries a request out, or gives the answer that it got before.
///
/// # Errors
/// Where the key is under way, or stands for another request.
pub async fn once(
    app: &App,
    caller: &Caller,
    key: &str,
    parts: Parts,
    bytes: Bytes,
    next: Next,
) -> Result<Response, Problem> {
    let asked = digest(&parts, &bytes);
    let shelf_key = format!("{} {key}", caller.name());
    let _turn = Turn::take(app, format!("{} {shelf_key}", caller.tenant.name))?;
    let kept = caller.tenant.keeper.get::<Answer>(ANSWERS, &shelf_key).map_err(Problem::internal)?;
    if let Some(kept) = kept.filter(|kept| app.seconds() < kept.expires) {
        if kept.asked != asked {
            let detail = "this `Idempotency-Key` was used for another request; take a new one";
            return Err(Problem::new(Kind::Refused, detail));
        }
        return Ok(kept.again());
    }
    let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    if response.status().is_server_error() || response.status() == StatusCode::TOO_MANY_REQUESTS {
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.map_err(Problem::internal)?;
    let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let answer = Answer {
        expires: app.seconds() + KEPT_SECONDS,
        asked,
        status: parts.status.as_u16(),
        content_type: content_type.unwrap_or("application/json").to_owned(),
        body: String::from_utf8_lossy(&bytes).into_owned(),
    };
    let tenant = Arc::clone(&caller.tenant);
    aside(move || tenant.keeper.change(|change| change.put(ANSWERS, &shelf_key, &answer))).await?;
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

impl Answer {
    fn again(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut response = (status, self.body).into_response();
        if let Ok(value) = HeaderValue::from_str(&self.content_type) {
            response.headers_mut().insert(header::CONTENT_TYPE, value);
        }
        response.headers_mut().insert("idempotent-replay", HeaderValue::from_static("true"));
        response
    }
}

impl From<KeeperError> for Problem {
    fn from(error: KeeperError) -> Self {
        Self::internal(error)
    }
}

fn digest(parts: &Parts, bytes: &[u8]) -> String {
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    for part in [parts.method.as_str().as_bytes(), parts.uri.to_string().as_bytes(), bytes] {
        context.update(part);
        context.update(&[0]);
    }
    data_encoding::HEXLOWER.encode(context.finish().as_ref())
}

/// The right to carry out one key; given back when dropped, also where the caller has gone.
struct Turn(App, String);

impl Turn {
    fn take(app: &App, key: String) -> Result<Self, Problem> {
        let mut under_way = app.under_way.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if !under_way.insert(key.clone()) {
            let detail = "a request with this `Idempotency-Key` is under way; ask again for its answer";
            return Err(Problem::new(Kind::Conflict, detail));
        }
        Ok(Self(app.clone(), key))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut under_way = self.0.under_way.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        under_way.remove(&self.1);
    }
}
