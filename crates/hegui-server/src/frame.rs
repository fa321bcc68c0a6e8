//! What surrounds every request: its id, its time limit, what is counted and traced of it, the headers
//! that keep a browser from doing what nobody asked for. What is traced holds the operation's path as
//! the table has it, never as it was asked: a path may name a person.

use crate::app::App;
use crate::metrics::Labels;
use crate::problem::{Kind, Problem};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::time::Instant;
use tracing::Instrument;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Headers of every answer.
const HEADERS: [(HeaderName, HeaderValue); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        ),
    ),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
];

/// Surrounds a request.
pub async fn surround(State(app): State<App>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = id_of(&request);
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    // A method that is none of the usual could be any text.
    let usual = ["GET", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS", "PUT"];
    let method = usual.into_iter().find(|usual| *usual == request.method().as_str()).unwrap_or("other");
    let span = tracing::info_span!("request", id, method, route);
    let limit = app.config.limits.request();
    let run = tokio::time::timeout(limit, next.run(request)).instrument(span.clone());
    let mut response = run.await.unwrap_or_else(|_| {
        let detail = format!(
            "it took longer than {} s; nothing more will come of it here, but what was already \
                              under way may still be recorded",
            limit.as_secs()
        );
        Problem::new(Kind::TimedOut, detail).into_response()
    });
    let took = began.elapsed();
    let status = response.status().as_u16();
    app.metrics.seconds.observe(took.as_secs_f64());
    app.metrics.requests.get_or_create(&Labels { method: method.to_owned(), route, status }).inc();
    span.in_scope(|| {
        tracing::debug!(status, micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX), "answered")
    });
    let headers = response.headers_mut();
    headers.extend(HEADERS);
    if app.config.tls.is_some() {
        let a_year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, a_year);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, value);
    }
    response
}

/// The id that the caller gave, if it is short and plain, or a new one.
fn id_of(request: &Request) -> String {
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let plain =
        |id: &&str| (1..=64).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    match given.filter(plain) {
        Some(id) => id.to_owned(),
        None => crate::identity::secret::new_id().unwrap_or_default(),
    }
}

/// What a panic becomes: our fault, and in the log.
pub fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let said = panic.downcast_ref::<String>().map(String::as_str);
    let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
    Problem::internal(format!("panicked: {said}")).into_response()
}
