//! Signing in and out, one-time codes, the first administrator.

use super::parts::Json;
use crate::app::{App, aside};
use crate::identity::account::{self, Account, AccountError};
use crate::identity::caller::{COOKIE, Caller};
use crate::identity::credential::{self, Holder, IssueError};
use crate::identity::scope::{self, Scope};
use crate::identity::secret::random;
use crate::identity::totp::Totp;
use crate::keeper::{ACCOUNTS, CREDENTIALS};
use crate::operation::Operation;
use crate::problem::{Kind, Problem};
use crate::tenant::{DEFAULT, Tenant, TenantName};
use axum::extract::State;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A session, shown once.
#[derive(Serialize, JsonSchema)]
pub struct Session {
    /// To be sent as `Authorization: Bearer …`; a browser has it as a cookie.
    token: String,
    /// When it ends, in seconds since 1970.
    expires: i64,
}

/// Who is signed in.
#[derive(Serialize, JsonSchema)]
struct Me {
    /// The tenant.
    tenant: String,
    /// The caller's name, as the ledger has it.
    name: String,
    /// What the caller may do.
    scopes: Vec<String>,
}

/// A one-time code.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Code {
    /// Six digits.
    code: String,
}

/// What an authenticator app needs.
#[derive(Serialize, JsonSchema)]
struct Enrolment {
    /// The address that the app reads, shown once.
    uri: String,
}

/// The first administrator.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct First {
    /// The name to sign in with.
    #[schemars(regex(pattern = r"^[A-Za-z0-9._@-]{1,64}$"))]
    name: String,
    /// 12 characters at least.
    #[schemars(length(min = 12, max = 64))]
    password: String,
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Keeper(error) => error.into(),
            AccountError::Taken => Self::new(Kind::Conflict, error.to_string()),
            _ => Self::new(Kind::Refused, error.to_string()),
        }
    }
}

impl From<IssueError> for Problem {
    fn from(error: IssueError) -> Self {
        Self::internal(error)
    }
}

async fn sign_in(State(app): State<App>, Json(shown): Json<account::Shown>) -> Result<Response, Problem> {
    let session = enter(&app, shown).await?;
    Ok(with_cookie(&app, session))
}

/// A session for who shows the right name, password and code.
///
/// # Errors
/// Where one of them is not right, without saying which.
pub async fn enter(app: &App, shown: account::Shown) -> Result<Session, Problem> {
    let refused = || {
        let detail = "name, password or one-time code is not right, or the account is locked or disabled";
        Problem::new(Kind::Unauthenticated, detail)
    };
    let name = TenantName::parse(shown.tenant.as_deref().unwrap_or(DEFAULT)).map_err(|_| refused())?;
    let tenant = Arc::clone(app.tenants.get(&name).ok_or_else(refused)?);
    let turn = app.hashing.acquire().await.map_err(Problem::internal)?;
    let (shared, now) = (app.clone(), app.seconds());
    let session = aside(move || {
        let rules = &shared.config.sign_in;
        if !account::sign_in(&tenant.keeper, rules, &shown, now)? {
            return Ok(None);
        }
        begin(&tenant, &shown.name, now, rules.session_minutes).map(Some)
    })
    .await?;
    drop(turn);
    session.ok_or_else(refused)
}

/// Begins a session; the sessions that have ended are cleared away with it.
pub fn begin(tenant: &Tenant, account: &str, now: i64, minutes: i64) -> Result<Session, Problem> {
    let expires = now.saturating_add(minutes.saturating_mul(60));
    let holder = Holder::Person { account: account.to_owned() };
    let token = tenant.keeper.change(|change| {
        credential::remove_ended(change, now, |_| false)?;
        credential::issue(change, tenant.name.clone(), holder, expires)
    })?;
    Ok(Session { token: token.reveal(), expires })
}

/// The cookie that carries a session. `Lax`: a link or the identity provider leads into the session, but no
/// other site's form or script changes anything, since what changes something is JSON.
pub fn cookie(app: &App, session: &Session) -> String {
    format!("{COOKIE}={}; HttpOnly; SameSite=Lax; Path=/{}", session.token, app.secure())
}

fn with_cookie(app: &App, session: Session) -> Response {
    let cookie = cookie(app, &session);
    (StatusCode::CREATED, [(header::SET_COOKIE, cookie)], axum::Json(session)).into_response()
}

async fn sign_out(caller: Caller) -> Result<StatusCode, Problem> {
    caller.account()?;
    aside(move || caller.tenant.keeper.change(|change| change.remove(CREDENTIALS, &caller.credential)))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn me(caller: Caller) -> axum::Json<Me> {
    let all = scope::ROLES.iter().flat_map(|role| role.scopes.iter().copied());
    let mut scopes: Vec<String> = all.filter(|scope| caller.has(*scope)).map(Scope::name).collect();
    scopes.sort();
    scopes.dedup();
    axum::Json(Me { tenant: caller.tenant.name.to_string(), name: caller.name(), scopes })
}

async fn enrol(caller: Caller) -> Result<axum::Json<Enrolment>, Problem> {
    let name = caller.account()?.to_owned();
    let totp = Totp::new(random().map_err(Problem::internal)?);
    let uri = totp.uri(&name);
    change_account(caller, name, move |account| {
        if account.totp.as_ref().is_some_and(|totp| totp.confirmed) {
            let detail = "one-time codes are in use; an administrator can take them off the account";
            return Err(Problem::new(Kind::Conflict, detail));
        }
        account.totp = Some(totp);
        Ok(())
    })
    .await?;
    Ok(axum::Json(Enrolment { uri }))
}

async fn confirm(
    State(app): State<App>,
    caller: Caller,
    Json(shown): Json<Code>,
) -> Result<StatusCode, Problem> {
    let name = caller.account()?.to_owned();
    let now = app.seconds();
    change_account(caller, name, move |account| {
        let open = account.totp.as_mut().filter(|totp| !totp.confirmed);
        match open.and_then(|totp| totp.take(&shown.code, now).then_some(totp)) {
            Some(totp) => totp.confirmed = true,
            None => {
                return Err(Problem::new(Kind::Refused, "the code is not the one that the app shows now"));
            }
        }
        Ok(())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Changes an account that is there.
async fn change_account(
    caller: Caller,
    name: String,
    make: impl FnOnce(&mut Account) -> Result<(), Problem> + Send + 'static,
) -> Result<(), Problem> {
    aside(move || {
        caller.tenant.keeper.change(|change| {
            let kept = change.get::<Account>(ACCOUNTS, &name)?;
            let mut account = kept.ok_or_else(|| super::parts::missing("account"))?;
            make(&mut account)?;
            Ok::<_, Problem>(change.put(ACCOUNTS, &name, &account)?)
        })
    })
    .await
}

async fn set_up(
    State(app): State<App>,
    caller: Caller,
    Json(first): Json<First>,
) -> Result<Response, Problem> {
    let (shared, now) = (app.clone(), app.seconds());
    let session = aside(move || {
        let roles = vec!["administrator".to_owned()];
        let draft = account::Draft { name: first.name, password: first.password, roles };
        let account = Account::from_draft(&draft)?;
        caller.tenant.keeper.change(|change| {
            // Of two who use the key at once, one finds it gone.
            if !change.remove(CREDENTIALS, &caller.credential)? {
                return Err(Problem::new(Kind::Conflict, "the key has been used"));
            }
            Ok(account.put_new(change, &draft.name)?)
        })?;
        begin(&caller.tenant, &draft.name, now, shared.config.sign_in.session_minutes)
    })
    .await?;
    Ok(with_cookie(&app, session))
}

/// The entries of the table.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Method::POST, "/v1/setup", "createFirstAdministrator", set_up)
            .says("用首次启动时显示的密钥创建第一位管理员 · create the first administrator, with the key that the first start shows")
            .needs(Scope::Setup)
            .takes::<First>()
            .gives::<Session>(201),
        Operation::new(Method::POST, "/v1/session", "signIn", sign_in)
            .says("登录 · sign in")
            .open()
            .takes::<account::Shown>()
            .gives::<Session>(201),
        Operation::new(Method::DELETE, "/v1/session", "signOut", sign_out).says("退出登录 · sign out"),
        Operation::new(Method::GET, "/v1/me", "readMe", me)
            .says("当前凭证的身份与权限 · who I am and what I may do")
            .gives::<Me>(200),
        Operation::new(Method::POST, "/v1/me/one-time-codes", "enrolOneTimeCodes", enrol)
            .says("启用一次性口令：取得密钥 · begin to use one-time codes: get the secret")
            .gives::<Enrolment>(200),
        Operation::new(Method::POST, "/v1/me/one-time-codes/confirm", "confirmOneTimeCodes", confirm)
            .says("以首个口令确认启用 · confirm with a first code")
            .takes::<Code>(),
    ]
}
