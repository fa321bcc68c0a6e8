//! What a caller may do. A scope opens operations, a role is a set of scopes (`roles.toml`).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// One thing that a caller may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Scope {
    /// Ask for decisions.
    #[serde(rename = "decisions")]
    Decisions,
    /// Publish policies and notices, record what was shown.
    #[serde(rename = "notices")]
    Notices,
    /// Record consents, refusals, withdrawals, opt-outs.
    #[serde(rename = "consents")]
    Consents,
    /// Record rights requests and what became of them; erase.
    #[serde(rename = "requests")]
    Requests,
    /// Record incidents and their notification.
    #[serde(rename = "incidents")]
    Incidents,
    /// Write to the access log.
    #[serde(rename = "processing")]
    Processing,
    /// Search the access log.
    #[serde(rename = "processing.read")]
    ProcessingRead,
    /// Record retention and proofs of deletion, lay down and lift legal holds.
    #[serde(rename = "retention")]
    Retention,
    /// Read what was published and what is to be done.
    #[serde(rename = "records.read")]
    RecordsRead,
    /// Read what concerns one person.
    #[serde(rename = "subjects.read")]
    SubjectsRead,
    /// Read facts and findings.
    #[serde(rename = "findings")]
    Findings,
    /// Read the published ledger and its proofs.
    #[serde(rename = "ledger")]
    Ledger,
    /// Create and change accounts.
    #[serde(rename = "accounts")]
    Accounts,
    /// Issue and revoke service credentials.
    #[serde(rename = "credentials")]
    Credentials,
    /// Name the receivers of webhooks.
    #[serde(rename = "webhooks")]
    Webhooks,
    /// Read metrics.
    #[serde(rename = "metrics")]
    Metrics,
    /// Ask for what takes two people.
    #[serde(rename = "approvals.request")]
    ApprovalsRequest,
    /// Approve what another person asked for.
    #[serde(rename = "approvals.decide")]
    ApprovalsDecide,
    /// Create the first administrator, once.
    #[serde(rename = "setup")]
    Setup,
}

impl Scope {
    /// Its name.
    #[must_use]
    pub fn name(self) -> String {
        serde_json::to_value(self)
            .ok()
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default()
    }

    /// Whether only people have it: a service credential may not.
    #[must_use]
    pub const fn of_people(self) -> bool {
        matches!(
            self,
            Self::Accounts | Self::Credentials | Self::ApprovalsRequest | Self::ApprovalsDecide | Self::Setup
        )
    }
}

/// A set of scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes(u32);

impl Scopes {
    /// Whether it holds one.
    #[must_use]
    pub const fn has(self, scope: Scope) -> bool {
        self.0 & (1 << scope as u32) != 0
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |set, scope| set | 1 << scope as u32))
    }
}

/// A duty.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Its name in Chinese and English.
    pub title: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
}

#[derive(Deserialize)]
struct Table {
    role: Vec<Role>,
}

/// All roles.
pub static ROLES: LazyLock<Vec<Role>> = LazyLock::new(|| {
    // A test reads the file; were it damaged all the same, no role would allow anything.
    toml::from_str::<Table>(include_str!("roles.toml")).map(|table| table.role).unwrap_or_default()
});

/// The role of this name.
#[must_use]
pub fn role(name: &str) -> Option<&'static Role> {
    ROLES.iter().find(|role| role.name == name)
}

/// What these roles may do together.
#[must_use]
pub fn of_roles(names: &[String]) -> Scopes {
    names.iter().filter_map(|name| role(name)).flat_map(|role| role.scopes.iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_and_keeps_duties_apart() {
        toml::from_str::<Table>(include_str!("roles.toml")).unwrap();
        for role in ROLES.iter() {
            let scopes: Scopes = role.scopes.iter().copied().collect();
            assert!(!scopes.has(Scope::Setup), "{}", role.name);
            if scopes.has(Scope::Accounts) || scopes.has(Scope::Credentials) {
                for other in [Scope::ApprovalsDecide, Scope::Consents, Scope::Notices, Scope::SubjectsRead] {
                    assert!(!scopes.has(other), "{} may do {other:?} too", role.name);
                }
            }
        }
    }
}
