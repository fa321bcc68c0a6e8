//! The start page, for a browser.

use super::books::open_tasks;
use super::session::{cookie, enter};
use crate::app::{App, aside};
use crate::identity::account::Shown;
use crate::identity::caller::{Caller, authenticate};
use crate::keeper::{DEAD, OUTBOX};
use crate::operation::Operation;
use crate::page::{self, Standing};
use crate::problem::Problem;
use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

async fn start(State(app): State<App>, headers: HeaderMap) -> Result<Html<String>, Problem> {
    let Ok(caller) = authenticate(&app, &headers) else {
        return Ok(Html(page::sign_in(false).into_string()));
    };
    let now_ms = app.millis();
    let standing = aside(move || standing(&caller, now_ms)).await?;
    Ok(Html(page::standing(&standing).into_string()))
}

fn standing(caller: &Caller, now_ms: i64) -> Result<Standing, Problem> {
    let tenant = &caller.tenant;
    let journal = tenant.platform.journal();
    let (editions, persons, tasks) = tenant.platform.look(|books, _| {
        let editions = books.texts.values().map(|text| text.editions.len()).sum();
        (editions, books.persons.len(), open_tasks(books, now_ms))
    });
    Ok(Standing {
        tenant: tenant.name.to_string(),
        name: caller.name(),
        events: journal.size(),
        published: journal.published(),
        checkpoint: journal.checkpoint(),
        editions,
        persons,
        tasks,
        webhooks: (tenant.keeper.count(OUTBOX)?, tenant.keeper.count(DEAD)?),
    })
}

async fn sign_in(
    State(app): State<App>,
    form: Result<Form<Shown>, axum::extract::rejection::FormRejection>,
) -> Response {
    let entered = match form {
        // A field that was left empty was not filled in.
        Ok(Form(mut shown)) => {
            shown.code = shown.code.filter(|code| !code.is_empty());
            enter(&app, shown).await
        }
        Err(_) => return (StatusCode::BAD_REQUEST, Html(page::sign_in(true).into_string())).into_response(),
    };
    match entered {
        Ok(session) => {
            let headers = [(header::LOCATION, "/".to_owned()), (header::SET_COOKIE, cookie(&app, &session))];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Err(_) => (StatusCode::UNAUTHORIZED, Html(page::sign_in(true).into_string())).into_response(),
    }
}

/// The entries of the table.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Method::GET, "/", "start", start)
            .says("起始页 · the start page")
            .open()
            .gives_other("text/html"),
        Operation::new(Method::POST, "/sign-in", "signInByForm", sign_in)
            .says("在页面上登录 · sign in on the page")
            .open()
            .takes_body(crate::operation::Body {
                content_type: "application/x-www-form-urlencoded",
                schema: Some(schemars::SchemaGenerator::subschema_for::<Shown>),
            })
            .redirects(),
    ]
}
