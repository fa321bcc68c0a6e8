//! People's accounts, kept by an administrator. Whoever may approve is admitted by whoever approves
//! already, so that an administrator cannot make the second person up.

use super::parts::{Json, List, Paging, Path, Query, missing};
use crate::app::{App, aside};
use crate::identity::account::{self, Account};
use crate::identity::caller::Caller;
use crate::identity::credential::{self, Holder};
use crate::identity::scope::{self, ROLES, Role, Scope};
use crate::keeper::ACCOUNTS;
use crate::operation::Operation;
use crate::problem::{Kind, Problem};
use axum::extract::State;
use axum::http::{Method, StatusCode};
use schemars::JsonSchema;
use serde::Deserialize;

/// What may be changed of an account.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Changes {
    /// Its roles from now on.
    roles: Option<Vec<String>>,
    /// Whether it may sign in from now on; false ends its sessions.
    enabled: Option<bool>,
    /// False takes one-time codes off, for a person who has lost the device.
    one_time_codes: Option<bool>,
}

async fn roles() -> axum::Json<&'static [Role]> {
    axum::Json(ROLES.as_slice())
}

async fn list(
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Result<axum::Json<List<account::Seen>>, Problem> {
    let page = caller.tenant.keeper.page::<Account>(ACCOUNTS, paging.after(), paging.limit())?;
    Ok(axum::Json(List::of(page, |name, account| account.seen(&name))))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    Json(draft): Json<account::Draft>,
) -> Result<(StatusCode, axum::Json<account::Seen>), Problem> {
    let turn = app.hashing.acquire().await.map_err(Problem::internal)?;
    let seen = aside(move || {
        let account = Account::from_draft(&draft)?;
        caller.tenant.keeper.change(|change| {
            if approves(&draft.roles) && approver(&caller)? {
                return Err(needs_approval());
            }
            account.put_new(change, &draft.name)?;
            Ok(account.seen(&draft.name))
        })
    })
    .await?;
    drop(turn);
    Ok((StatusCode::CREATED, axum::Json(seen)))
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
    Json(changes): Json<Changes>,
) -> Result<axum::Json<account::Seen>, Problem> {
    let now = app.seconds();
    aside(move || {
        caller.tenant.keeper.change(|change| {
            let kept = change.get::<Account>(ACCOUNTS, &name)?;
            let mut account = kept.ok_or_else(|| missing("account"))?;
            if let Some(roles) = changes.roles {
                account::check_roles(&roles)?;
                if approves(&roles) && !approves(&account.roles) && approver(&caller)? {
                    return Err(needs_approval());
                }
                account.roles = roles;
            }
            account.enabled = changes.enabled.unwrap_or(account.enabled);
            if changes.one_time_codes == Some(false) {
                account.totp = None;
            }
            if !account.enabled {
                let whose =
                    |holder: &Holder| matches!(holder, Holder::Person { account } if *account == name);
                credential::remove_ended(change, now, whose)?;
            }
            change.put(ACCOUNTS, &name, &account)?;
            Ok(account.seen(&name))
        })
    })
    .await
    .map(axum::Json)
}

fn approves(roles: &[String]) -> bool {
    scope::of_roles(roles).has(Scope::ApprovalsDecide)
}

/// Whether anybody may approve yet.
fn approver(caller: &Caller) -> Result<bool, Problem> {
    let everybody = caller.tenant.keeper.page::<Account>(ACCOUNTS, None, usize::MAX)?;
    Ok(everybody.items.iter().any(|(_, account)| account.enabled && approves(&account.roles)))
}

fn needs_approval() -> Problem {
    let detail = "the role lets the account approve, and somebody may approve already: ask for it with \
                  `POST /v1/approvals`, action `grant_role`, once the account has another role";
    Problem::new(Kind::Forbidden, detail)
}

/// The entries of the table.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Method::GET, "/v1/roles", "listRoles", roles)
            .says("角色与权限 · the roles and what each may do")
            .gives::<Vec<Role>>(200),
        Operation::new(Method::GET, "/v1/accounts", "listAccounts", list)
            .says("账号列表 · the accounts")
            .needs(Scope::Accounts)
            .asks::<Paging>()
            .gives::<List<account::Seen>>(200),
        Operation::new(Method::POST, "/v1/accounts", "createAccount", create)
            .says("创建账号 · create an account")
            .needs(Scope::Accounts)
            .takes::<account::Draft>()
            .gives::<account::Seen>(201),
        Operation::new(Method::PATCH, "/v1/accounts/{name}", "changeAccount", change)
            .says("变更角色、停用、取消一次性口令 · change roles, disable, take one-time codes off")
            .needs(Scope::Accounts)
            .takes::<Changes>()
            .gives::<account::Seen>(200),
    ]
}
