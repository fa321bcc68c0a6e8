//! Who made a request, found from its token.

use super::credential::{self, Holder};
use super::scope::{self, Scope, Scopes};
use super::secret::Token;
use crate::app::App;
use crate::keeper::{ACCOUNTS, KeeperError};
use crate::problem::{Kind, Problem};
use crate::tenant::Tenant;
use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, header, request::Parts};
use std::sync::Arc;

/// The name of the cookie that carries a session in a browser.
pub const COOKIE: &str = "hegui_session";

/// Who calls, and for which tenant: the only way by which an operation reaches one.
#[derive(Clone)]
pub struct Caller {
    /// The tenant that the token names.
    pub tenant: Arc<Tenant>,
    /// Whose the token is.
    pub holder: Holder,
    /// The token's id.
    pub credential: String,
    scopes: Scopes,
}

impl Caller {
    /// Whether the caller has a scope.
    #[must_use]
    pub const fn has(&self, scope: Scope) -> bool {
        self.scopes.has(scope)
    }

    /// The caller's name for the ledger: an account's, a key's, never a data subject's.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.holder {
            Holder::Person { account } => format!("account:{account}"),
            Holder::Service { name, .. } => format!("key:{name}"),
            Holder::First => "first-key".to_owned(),
        }
    }

    /// The account's name.
    ///
    /// # Errors
    /// Where the caller is a service: people act here.
    pub fn account(&self) -> Result<&str, Problem> {
        match &self.holder {
            Holder::Person { account } => Ok(account),
            _ => Err(Problem::new(Kind::Forbidden, "this is for people: sign in with an account")),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // The gate before every operation that is not open puts it there.
        parts.extensions.get::<Self>().cloned().ok_or_else(unauthenticated)
    }
}

/// The caller of a request with these headers.
///
/// # Errors
/// Where there is no token, or it is not valid. Which of the two, and why, is not said.
pub fn authenticate(app: &App, headers: &HeaderMap) -> Result<Caller, Problem> {
    let token = shown(headers).and_then(Token::parse).ok_or_else(unauthenticated)?;
    let tenant = app.tenants.get(&token.tenant).ok_or_else(unauthenticated)?;
    let holder = credential::holder_of(&tenant.keeper, &token, app.seconds()).map_err(Problem::internal)?;
    let holder = holder.ok_or_else(unauthenticated)?;
    let scopes = scopes_of(tenant, &holder).map_err(Problem::internal)?;
    Ok(Caller { tenant: Arc::clone(tenant), holder, credential: token.id, scopes })
}

fn scopes_of(tenant: &Tenant, holder: &Holder) -> Result<Scopes, KeeperError> {
    Ok(match holder {
        Holder::Service { scopes, .. } => scopes.iter().copied().filter(|scope| !scope.of_people()).collect(),
        Holder::First => [Scope::Setup].into_iter().collect(),
        // Roles as they are now: taking one away acts at once.
        Holder::Person { account } => {
            let account = tenant.keeper.get::<super::account::Account>(ACCOUNTS, account)?;
            account
                .filter(|kept| kept.enabled)
                .map_or_else(Scopes::default, |kept| scope::of_roles(&kept.roles))
        }
    })
}

fn unauthenticated() -> Problem {
    let detail = "show a token as `Authorization: Bearer …`: a key from `POST /v1/credentials`, or a session \
                  from `POST /v1/session`";
    Problem::new(Kind::Unauthenticated, detail)
}

fn shown(headers: &HeaderMap) -> Option<&str> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        return scheme.eq_ignore_ascii_case("bearer").then_some(token.trim());
    }
    let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
    let mut pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}
