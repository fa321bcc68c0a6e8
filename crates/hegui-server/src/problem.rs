//! What goes wrong, as `application/problem+json` (RFC 9457): an outside message for the caller, an
//! inside one for the log. Neither holds personal data: values that a caller sent are not repeated.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

/// What kind of problem it is; each has its status, its `type` and its title.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// No credential, or one that is not valid.
    Unauthenticated,
    /// The credential's scopes do not cover it.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// The path exists, the method does not.
    NoSuchMethod,
    /// The request is not understood.
    Malformed,
    /// The law, or the state of the books, does not allow it.
    Refused,
    /// It collides with what is there or under way.
    Conflict,
    /// Larger than the limit.
    TooLarge,
    /// Another content type is needed.
    WrongType,
    /// Too many requests.
    TooMany,
    /// Not answered in time.
    TimedOut,
    /// Not now.
    Unavailable,
    /// Our fault.
    Internal,
}

impl Kind {
    const fn facts(self) -> (StatusCode, &'static str, &'static str) {
        use StatusCode as S;
        match self {
            Self::Unauthenticated => {
                (S::UNAUTHORIZED, "unauthenticated", "缺少有效凭证 · no valid credential")
            }
            Self::Forbidden => (S::FORBIDDEN, "forbidden", "权限不足 · not allowed with this credential"),
            Self::NotFound => (S::NOT_FOUND, "not-found", "没有该对象 · there is no such thing"),
            Self::NoSuchMethod => {
                (S::METHOD_NOT_ALLOWED, "no-such-method", "不支持该方法 · no such method here")
            }
            Self::Malformed => (S::BAD_REQUEST, "malformed", "请求无法理解 · the request is not understood"),
            Self::Refused => (S::UNPROCESSABLE_ENTITY, "refused", "不予受理 · refused"),
            Self::Conflict => (S::CONFLICT, "conflict", "与现有状态冲突 · it conflicts with what is there"),
            Self::TooLarge => (S::PAYLOAD_TOO_LARGE, "too-large", "超出大小限制 · too large"),
            Self::WrongType => (S::UNSUPPORTED_MEDIA_TYPE, "wrong-type", "内容类型不符 · wrong content type"),
            Self::TooMany => (S::TOO_MANY_REQUESTS, "too-many", "请求过于频繁 · too many requests"),
            Self::TimedOut => (S::GATEWAY_TIMEOUT, "timed-out", "未能及时答复 · not answered in time"),
            Self::Unavailable => (S::SERVICE_UNAVAILABLE, "unavailable", "暂不可用 · not available now"),
            Self::Internal => (S::INTERNAL_SERVER_ERROR, "internal", "服务器内部错误 · our fault"),
        }
    }
}

/// A problem on its way to the caller.
#[derive(Debug)]
pub struct Problem {
    kind: Kind,
    detail: String,
    clause: Option<String>,
    cause: Option<String>,
}

/// The form in which a caller sees it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub struct Shown<'a> {
    /// `urn:hegui:problem:` and the kind.
    r#type: String,
    /// The kind in words, in Chinese and English.
    title: &'a str,
    /// The HTTP status.
    status: u16,
    /// What was wrong and what would be right.
    #[serde(skip_serializing_if = "str::is_empty")]
    detail: &'a str,
    /// The clause it rests on, where one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    clause: Option<&'a str>,
}

impl Problem {
    /// A problem of this kind; `detail` says what was wrong and what would be right.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), clause: None, cause: None }
    }

    /// Our fault: `cause` goes to the log, the caller learns only that it was.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        let detail = "the request id names the entry in the server's log";
        Self { cause: Some(cause.to_string()), ..Self::new(Kind::Internal, detail) }
    }

    /// JSON that does not fit: where and what was expected, not what was sent.
    pub fn json(error: &serde_json::Error) -> Self {
        Self::new(Kind::Malformed, describe(error))
    }

    /// The same with the clause that it rests on.
    #[must_use]
    pub fn clause(mut self, clause: impl Into<String>) -> Self {
        self.clause = Some(clause.into());
        self
    }

    /// The kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// What was wrong.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

/// What serde says, without the values that it repeats.
fn describe(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let at = format!("line {}, column {}", error.line(), error.column());
    let what = text.split(" at line ").next().unwrap_or_default();
    match what.strip_prefix("invalid ").and_then(|rest| rest.rsplit_once(", expected ")) {
        Some((_, expected)) => format!("{at}: expected {expected}"),
        None => format!("{at}: {what}"),
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, slug, title) = self.kind.facts();
        if let Some(cause) = &self.cause {
            tracing::error!(cause, "request failed");
        }
        let shown = Shown {
            r#type: format!("urn:hegui:problem:{slug}"),
            title,
            status: status.as_u16(),
            detail: &self.detail,
            clause: self.clause.as_deref(),
        };
        let body = serde_json::to_vec(&shown).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.kind == Kind::Unauthenticated {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if matches!(self.kind, Kind::TooMany | Kind::Unavailable) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_is_not_repeated() {
        let error = serde_json::from_str::<u8>("\"张三, expected\"").unwrap_err();
        assert_eq!(describe(&error), "line 1, column 18: expected u8");
    }
}
