//! What operations take and give in the same way.

use crate::keeper;
use crate::problem::{Kind, Problem};
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{header, request::Parts};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// JSON that was sent. It must be said to be JSON: a form of another site's page, which a browser sends
/// with the session's cookie, cannot say so.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        must_be(request.headers(), &["application/json"])?;
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|_| Problem::new(Kind::Malformed, "the body broke off"))?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| Problem::json(&error))
    }
}

/// Whether the body is said to be of one of these types.
///
/// # Errors
/// Where not.
pub fn must_be(headers: &axum::http::HeaderMap, types: &[&str]) -> Result<(), Problem> {
    let said = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let said = said.split(';').next().unwrap_or_default().trim();
    if types.iter().any(|one| said.eq_ignore_ascii_case(one)) {
        return Ok(());
    }
    Err(Problem::new(Kind::WrongType, format!("send `Content-Type: {}`", types.join("` or `"))))
}

/// What was asked after the `?`.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = axum::extract::Query::<T>::try_from_uri(&parts.uri);
        // What serde says may repeat a value; that it does not fit is enough.
        let detail = "what stands after `?` does not fit; /openapi.json lists what may be asked";
        query.map(|query| Self(query.0)).map_err(|_| Problem::new(Kind::Malformed, detail))
    }
}

/// What stands in the path.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|path| Self(path.0)).map_err(|_| Problem::new(Kind::NotFound, ""))
    }
}

/// Which part of a list.
#[derive(Deserialize, JsonSchema)]
pub struct Paging {
    /// How many at most, up to 500; 50 where nothing is said.
    #[schemars(range(min = 1, max = 500))]
    limit: Option<u16>,
    /// After which: the `next` of the page before.
    after: Option<String>,
}

impl Paging {
    /// How many, within the bounds.
    #[must_use]
    pub fn limit(&self) -> usize {
        usize::from(self.limit.unwrap_or(50).clamp(1, 500))
    }

    /// After which.
    #[must_use]
    pub fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }
}

/// A part of a list.
#[derive(Serialize, JsonSchema)]
pub struct List<T> {
    /// What it holds.
    pub items: Vec<T>,
    /// What to give as `after` for the next page, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T> List<T> {
    /// A page of what the server keeps, as others may see it.
    pub fn of<K>(page: keeper::Page<K>, seen: impl Fn(String, K) -> T) -> Self {
        Self { items: page.items.into_iter().map(|(key, kept)| seen(key, kept)).collect(), next: page.next }
    }
}

/// That there is no such thing.
#[must_use]
pub fn missing(what: &str) -> Problem {
    Problem::new(Kind::NotFound, format!("there is no {what} of this id"))
}
