//! What takes two people: one asks, another of a duty that approves decides, and only then it is done.
//! Who asked cannot decide, and no service can do either.

use super::parts::{Json, List, Paging, Path, Query, missing};
use super::records::Recorded;
use crate::app::{App, aside};
use crate::identity::account::{self, Account};
use crate::identity::caller::Caller;
use crate::identity::scope::Scope;
use crate::identity::secret::new_id;
use crate::keeper::{ACCOUNTS, APPROVALS};
use crate::operation::Operation;
use crate::problem::{Kind, Problem};
use crate::tenant::Tenant;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use hegui_runtime::happening::{Happened, LoggingSwitched, Power};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// For how long a request may be decided.
const OPEN_SECONDS: i64 = 7 * 24 * 60 * 60;

/// What is to be done.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "do", deny_unknown_fields)]
enum Action {
    /// Switch a system's logging off, or lock it (5.11.5 h).
    SwitchLogging {
        /// Which system of the register.
        system: String,
        /// To what.
        to: Power,
    },
    /// Give an account a role that approves.
    GrantRole {
        /// Which account.
        account: String,
        /// Which role.
        role: String,
    },
}

/// A request, and what became of it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Approval {
    /// Its id.
    #[serde(default)]
    id: String,
    /// What is to be done.
    action: Action,
    /// Why.
    reason: String,
    /// Who asked.
    asked_by: String,
    /// When, in seconds since 1970.
    asked_at: i64,
    /// What was decided, where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<Decision>,
}

/// A decision.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Decision {
    /// Whether it was approved, and done.
    approved: bool,
    /// By whom.
    by: String,
    /// When, in seconds since 1970.
    at: i64,
}

/// A request to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// What is to be done.
    action: Action,
    /// Why, in 1 to 500 characters; nothing about a data subject.
    #[schemars(length(min = 1, max = 500))]
    reason: String,
}

/// What another person says to it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Said {
    /// True: do it.
    approve: bool,
}

async fn ask(
    State(app): State<App>,
    caller: Caller,
    Json(asked): Json<Asked>,
) -> Result<(StatusCode, axum::Json<Approval>), Problem> {
    let asked_by = caller.account()?.to_owned();
    if !(1..=500).contains(&asked.reason.chars().count()) {
        return Err(Problem::new(Kind::Refused, "a reason has 1 to 500 characters"));
    }
    check(&asked.action)?;
    let approval = Approval {
        id: new_id().map_err(Problem::internal)?,
        action: asked.action,
        reason: asked.reason,
        asked_by,
        asked_at: app.seconds(),
        decision: None,
    };
    let kept = approval.clone();
    aside(move || caller.tenant.keeper.change(|change| change.put(APPROVALS, &kept.id, &kept))).await?;
    Ok((StatusCode::CREATED, axum::Json(approval)))
}

fn check(action: &Action) -> Result<(), Problem> {
    match action {
        Action::GrantRole { role, .. } => Ok(account::check_roles(std::slice::from_ref(role))?),
        Action::SwitchLogging { .. } => Ok(()),
    }
}

/// Records in the ledger that logging was switched, who asked and who approved.
fn switch(
    tenant: &Tenant,
    system: &str,
    to: Power,
    by: String,
    approved_by: Option<String>,
    now_ms: i64,
) -> Result<u64, Problem> {
    let what = LoggingSwitched { system: system.to_owned(), to, by, approved_by }.into();
    Ok(tenant.platform.record(Happened { time_ms: now_ms, subject: None, what }, now_ms)?)
}

/// Logging to be switched on, which one person may do.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Started {
    /// Which system of the register.
    #[schemars(example = "system.shop-core")]
    system: String,
}

async fn start_logging(
    State(app): State<App>,
    caller: Caller,
    Json(started): Json<Started>,
) -> Result<(StatusCode, axum::Json<Recorded>), Problem> {
    let (by, now_ms) = (caller.account()?.to_owned(), app.millis());
    let index = aside(move || switch(&caller.tenant, &started.system, Power::On, by, None, now_ms)).await?;
    Ok((StatusCode::CREATED, axum::Json(Recorded::at(index))))
}

async fn decide(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Json(said): Json<Said>,
) -> Result<axum::Json<Approval>, Problem> {
    let by = caller.account()?.to_owned();
    let at = app.seconds();
    aside(move || {
        caller.tenant.keeper.change(|change| {
            let kept = change.get::<Approval>(APPROVALS, &id)?;
            let mut approval = kept.ok_or_else(|| missing("request"))?;
            if approval.decision.is_some() || at - approval.asked_at >= OPEN_SECONDS {
                return Err(Problem::new(Kind::Conflict, "it was decided, or lay for more than seven days"));
            }
            if approval.asked_by == by {
                return Err(Problem::new(Kind::Forbidden, "who asked cannot decide: another person must"));
            }
            if said.approve {
                match &approval.action {
                    Action::SwitchLogging { system, to } => {
                        let (asked, approved) = (approval.asked_by.clone(), Some(by.clone()));
                        switch(&caller.tenant, system, *to, asked, approved, at * 1000)?;
                    }
                    Action::GrantRole { account, role } => {
                        let kept = change.get::<Account>(ACCOUNTS, account)?;
                        let mut whose = kept.ok_or_else(|| missing("account"))?;
                        if !whose.roles.contains(role) {
                            whose.roles.push(role.clone());
                        }
                        change.put(ACCOUNTS, account, &whose)?;
                    }
                }
            }
            approval.decision = Some(Decision { approved: said.approve, by, at });
            change.put(APPROVALS, &id, &approval)?;
            Ok(approval)
        })
    })
    .await
    .map(axum::Json)
}

async fn list(caller: Caller, Query(paging): Query<Paging>) -> Result<axum::Json<List<Approval>>, Problem> {
    if !caller.has(Scope::ApprovalsRequest) && !caller.has(Scope::ApprovalsDecide) {
        return Err(Problem::new(Kind::Forbidden, "this needs `approvals.request` or `approvals.decide`"));
    }
    let page = caller.tenant.keeper.page::<Approval>(APPROVALS, paging.after(), paging.limit())?;
    Ok(axum::Json(List::of(page, |_, approval| approval)))
}

/// The entries of the table.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Method::POST, "/v1/approvals", "askApproval", ask)
            .says("请求须两人办理的事项 · ask for what takes two people")
            .needs(Scope::ApprovalsRequest)
            .takes::<Asked>()
            .gives::<Approval>(201),
        Operation::new(Method::POST, "/v1/logging", "startLogging", start_logging)
            .says("启动系统日志；停止须经两人 · start a system's logging; stopping takes two people")
            .needs(Scope::ApprovalsRequest)
            .takes::<Started>()
            .gives::<Recorded>(201),
        Operation::new(Method::GET, "/v1/approvals", "listApprovals", list)
            .says("待批与已批事项 · what awaits a second person, and what had one")
            .asks::<Paging>()
            .gives::<List<Approval>>(200),
        Operation::new(Method::POST, "/v1/approvals/{id}/decision", "decideApproval", decide)
            .says("由另一人批准或驳回 · approve or refuse what another person asked for")
            .needs(Scope::ApprovalsDecide)
            .takes::<Said>()
            .gives::<Approval>(200),
    ]
}
