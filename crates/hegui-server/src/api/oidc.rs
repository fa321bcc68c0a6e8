//! Signing in by a browser at the organisation's own identity provider.

use super::parts::Query;
use super::session::{begin, cookie};
use crate::app::{App, aside};
use crate::identity::account::Account;
use crate::identity::oidc::{Oidc, OidcError};
use crate::identity::secret::same;
use crate::keeper::ACCOUNTS;
use crate::operation::Operation;
use crate::problem::{Kind, Problem};
use crate::tenant::{DEFAULT, Tenant, TenantName};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;

const STATE: &str = "hegui_state";
const BACK: &str = "/v1/session/oidc/callback";

#[derive(Deserialize, JsonSchema)]
struct Which {
    /// Whose provider; where it is left out, that of `default`.
    tenant: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct Back {
    /// What the provider gave.
    code: String,
    /// Which sign-in.
    state: String,
}

impl From<OidcError> for Problem {
    fn from(error: OidcError) -> Self {
        match error {
            OidcError::NotUnderWay | OidcError::Token(_) => {
                Self::new(Kind::Unauthenticated, error.to_string())
            }
            OidcError::TooMany => Self::new(Kind::TooMany, error.to_string()),
            OidcError::Provider(_) => Self::new(Kind::Unavailable, error.to_string()),
            _ => Self::internal(error),
        }
    }
}

async fn go(State(app): State<App>, Query(which): Query<Which>) -> Result<Response, Problem> {
    let name = which.tenant.unwrap_or_else(|| DEFAULT.to_owned());
    let (_, provider) = provider_of(&app, &name)?;
    let back = app.url() + BACK;
    let (state, url) = app.desk.begin(app.sender()?, provider, &name, &back, app.seconds()).await?;
    // The browser that began is the one that ends: the cookie is not sent by any other.
    let bound = format!("{STATE}={state}; HttpOnly; SameSite=Lax; Path={BACK}; Max-Age=600{}", app.secure());
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, url), (header::SET_COOKIE, bound)]).into_response())
}

async fn back(
    State(app): State<App>,
    headers: HeaderMap,
    Query(back): Query<Back>,
) -> Result<Response, Problem> {
    let cookies = headers.get(header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
    let bound = pairs.find(|(name, _)| *name == STATE).is_some_and(|(_, state)| same(state, &back.state));
    let tenant = app.desk.tenant_of(&back.state).filter(|_| bound).ok_or(OidcError::NotUnderWay)?;
    let (tenant, provider) = provider_of(&app, &tenant)?;
    let path = app.config.data.join(&provider.client_secret_file);
    let secret = std::fs::read_to_string(&path).map_err(|source| OidcError::Secret { path, source })?;
    let (ours, shown) = (app.url() + BACK, (back.state.as_str(), back.code.as_str()));
    let provider = (provider, secret.trim());
    let account = app.desk.finish(app.sender()?, provider, shown, &ours, app.seconds()).await?;
    let (shared, now) = (app.clone(), app.seconds());
    let session = aside(move || {
        let kept = tenant.keeper.get::<Account>(ACCOUNTS, &account)?;
        if !kept.is_some_and(|account| account.enabled) {
            let detail = "the provider knows you, but there is no enabled account of that name here; an \
                          administrator creates one";
            return Err(Problem::new(Kind::Forbidden, detail));
        }
        begin(&tenant, &account, now, shared.config.sign_in.session_minutes)
    })
    .await?;
    let headers = [(header::LOCATION, "/".to_owned()), (header::SET_COOKIE, cookie(&app, &session))];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

fn provider_of<'a>(app: &'a App, tenant: &str) -> Result<(Arc<Tenant>, &'a Oidc), Problem> {
    let none = || Problem::new(Kind::NotFound, "no identity provider is configured for this tenant");
    let name = TenantName::parse(tenant).map_err(|_| none())?;
    let provider = app.config.oidc.get(tenant).ok_or_else(none)?;
    Ok((Arc::clone(app.tenants.get(&name).ok_or_else(none)?), provider))
}

/// The entries of the table.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Method::GET, "/v1/session/oidc", "goToProvider", go)
            .says("前往本组织的身份提供方登录 · go and sign in at the organisation's identity provider")
            .open()
            .asks::<Which>()
            .redirects(),
        Operation::new(Method::GET, BACK, "comeBackFromProvider", back)
            .says("由身份提供方返回 · come back from the identity provider")
            .open()
            .asks::<Back>()
            .redirects(),
    ]
}
