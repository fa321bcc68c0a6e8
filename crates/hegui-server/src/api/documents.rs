//! What describes the server and how it is: open to everybody, about nobody.

use crate::app::{App, aside};
use crate::identity::caller::authenticate;
use crate::identity::scope::Scope;
use crate::keeper::{KeeperError, MARKS};
use crate::operation::Operation;
use crate::page;
use crate::problem::{Kind, Problem};
use axum::extract::State;
use axum::http::{HeaderMap, Method, header};
use axum::response::{Html, IntoResponse, Response};

async fn healthy() -> &'static str {
    "ok\n"
}

/// Ready is who can read and write what every tenant's requests need.
async fn ready(State(app): State<App>) -> Result<&'static str, Problem> {
    let shared = app.clone();
    let checked = aside(move || {
        shared.tenants.values().try_for_each(|tenant| tenant.keeper.count(MARKS).map(|_| ()))?;
        Ok::<_, KeeperError>(())
    });
    match checked.await {
        Ok(()) => Ok("ready\n"),
        Err(_) => Err(Problem::new(Kind::Unavailable, "a tenant cannot be read; the log says which")),
    }
}

async fn metrics(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    if !app.config.metrics_open && !authenticate(&app, &headers)?.has(Scope::Metrics) {
        return Err(Problem::new(
            Kind::Forbidden,
            "this needs the scope `metrics`, or `metrics_open = true`",
        ));
    }
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], app.metrics.text()).into_response())
}

async fn openapi(State(app): State<App>) -> axum::Json<serde_json::Value> {
    axum::Json(app.document.clone())
}

async fn viewer(State(app): State<App>) -> Html<String> {
    Html(page::viewer(&app.document).into_string())
}

async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], page::STYLE)
}

/// The entries of the table.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Method::GET, "/healthz", "readHealth", healthy)
            .says("进程在运行 · the process runs")
            .open()
            .gives_other("text/plain"),
        Operation::new(Method::GET, "/readyz", "readReadiness", ready)
            .says("可以受理请求 · requests can be served")
            .open()
            .gives_other("text/plain"),
        Operation::new(Method::GET, "/metrics", "readMetrics", metrics)
            .says("运行指标 · metrics, for Prometheus")
            .open()
            .gives_other("application/openmetrics-text"),
        Operation::new(Method::GET, "/openapi.json", "readDocument", openapi)
            .says("本接口的 OpenAPI 描述 · this interface, as OpenAPI")
            .open()
            .gives::<serde_json::Value>(200),
        Operation::new(Method::GET, "/api", "viewDocument", viewer)
            .says("接口说明页 · this interface, to be read")
            .open()
            .gives_other("text/html"),
        Operation::new(Method::GET, "/style.css", "readStyle", style)
            .says("页面样式 · how the pages look")
            .open()
            .gives_other("text/css"),
    ]
}
