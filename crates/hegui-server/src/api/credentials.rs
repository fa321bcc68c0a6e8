//! Keys of services. A key is shown once; of it only the digest is kept.

use super::parts::{Json, List, Paging, Path, Query, missing};
use crate::app::{App, aside};
use crate::identity::caller::Caller;
use crate::identity::credential::{self, Credential, Holder, Seen};
use crate::identity::scope::Scope;
use crate::keeper::CREDENTIALS;
use crate::operation::Operation;
use crate::problem::{Kind, Problem};
use axum::extract::State;
use axum::http::{Method, StatusCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// For how many days a key may be valid.
const LONGEST_DAYS: u16 = 400;

/// A key to be issued.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// What it is for, in 1 to 64 characters.
    #[schemars(length(min = 1, max = 64))]
    name: String,
    /// What it may do; what only people may do is refused.
    #[schemars(length(min = 1))]
    scopes: Vec<Scope>,
    /// For how many days, up to 400; 90 where nothing is said.
    #[schemars(range(min = 1, max = 400))]
    days: Option<u16>,
}

/// A key, shown once.
#[derive(Serialize, JsonSchema)]
struct Issued {
    /// Its id, by which it can be revoked.
    id: String,
    /// To be sent as `Authorization: Bearer …`.
    token: String,
    /// When it ends, in seconds since 1970.
    expires: i64,
}

async fn issue(
    State(app): State<App>,
    caller: Caller,
    Json(wanted): Json<Wanted>,
) -> Result<(StatusCode, axum::Json<Issued>), Problem> {
    let days = wanted.days.unwrap_or(90);
    if !(1..=LONGEST_DAYS).contains(&days) || !(1..=64).contains(&wanted.name.chars().count()) {
        let detail = format!("a key has a name of 1 to 64 characters and 1 to {LONGEST_DAYS} days");
        return Err(Problem::new(Kind::Refused, detail));
    }
    if let Some(scope) = wanted.scopes.iter().find(|scope| scope.of_people()) {
        let detail = format!("`{}` is for people, not for services", scope.name());
        return Err(Problem::new(Kind::Refused, detail));
    }
    let now = app.seconds();
    let expires = now + i64::from(days) * 24 * 60 * 60;
    let issued = aside(move || {
        let holder = Holder::Service { name: wanted.name, scopes: wanted.scopes };
        caller.tenant.keeper.change(|change| {
            credential::remove_ended(change, now, |_| false)?;
            credential::issue(change, caller.tenant.name.clone(), holder, expires)
        })
    })
    .await?;
    Ok((StatusCode::CREATED, axum::Json(Issued { id: issued.id.clone(), token: issued.reveal(), expires })))
}

async fn list(caller: Caller, Query(paging): Query<Paging>) -> Result<axum::Json<List<Seen>>, Problem> {
    let page = caller.tenant.keeper.page::<Credential>(CREDENTIALS, paging.after(), paging.limit())?;
    Ok(axum::Json(List::of(page, |id, kept| Seen { id, holder: kept.holder, expires: kept.expires })))
}

async fn revoke(caller: Caller, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let was = aside(move || caller.tenant.keeper.change(|change| change.remove(CREDENTIALS, &id))).await?;
    if was { Ok(StatusCode::NO_CONTENT) } else { Err(missing("credential")) }
}

/// The entries of the table.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Method::POST, "/v1/credentials", "issueCredential", issue)
            .says("为服务签发密钥 · issue a key to a service")
            .needs(Scope::Credentials)
            .takes::<Wanted>()
            .gives::<Issued>(201),
        Operation::new(Method::GET, "/v1/credentials", "listCredentials", list)
            .says("有效的密钥与会话 · keys and sessions")
            .needs(Scope::Credentials)
            .asks::<Paging>()
            .gives::<List<Seen>>(200),
        Operation::new(Method::DELETE, "/v1/credentials/{id}", "revokeCredential", revoke)
            .says("撤销密钥或会话 · revoke a key or a session")
            .needs(Scope::Credentials),
    ]
}
