//! Credentials: sessions of people, keys of services, the key that creates the first administrator.

use super::scope::Scope;
use super::secret::{NoRandomness, Token, same};
use crate::keeper::{CREDENTIALS, Change, Keeper, KeeperError};
use crate::tenant::TenantName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A credential as it is kept, under its id.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Credential {
    /// Of what kind, and whose.
    pub holder: Holder,
    /// When it ends, in seconds since 1970.
    pub expires: i64,
    digest: String,
}

/// Whose a credential is.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Holder {
    /// A person who has signed in.
    Person {
        /// The account's name.
        account: String,
    },
    /// A service.
    Service {
        /// What the key is for.
        name: String,
        /// What it may do.
        scopes: Vec<Scope>,
    },
    /// Whoever reads what the server prints at its first start.
    First,
}

/// A credential as others see it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Credential")]
pub struct Seen {
    /// Its id: the third part of the token.
    pub id: String,
    /// Whose it is.
    pub holder: Holder,
    /// When it ends, in seconds since 1970.
    pub expires: i64,
}

/// A credential cannot be issued.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// No random bytes.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The file fails.
    #[error(transparent)]
    Keeper(#[from] KeeperError),
}

/// Issues a credential: the token is to be shown once, and is not kept.
///
/// # Errors
/// Where the system has no randomness or the file fails.
pub fn issue(
    change: &Change<'_>,
    tenant: TenantName,
    holder: Holder,
    expires: i64,
) -> Result<Token, IssueError> {
    let token = Token::new(tenant)?;
    let credential = Credential { holder, expires, digest: token.digest() };
    change.put(CREDENTIALS, &token.id, &credential)?;
    Ok(token)
}

/// Whose the token is, if it is valid at `now` (seconds since 1970).
///
/// # Errors
/// Where the file fails.
pub fn holder_of(keeper: &Keeper, token: &Token, now: i64) -> Result<Option<Holder>, KeeperError> {
    let kept = keeper.get::<Credential>(CREDENTIALS, &token.id)?;
    Ok(kept.filter(|kept| same(&kept.digest, &token.digest()) && now < kept.expires).map(|kept| kept.holder))
}

/// Removes credentials that have ended, and those that `ends` says.
///
/// # Errors
/// Where the file fails.
pub fn remove_ended(
    change: &Change<'_>,
    now: i64,
    ends: impl Fn(&Holder) -> bool,
) -> Result<(), KeeperError> {
    change.retain::<Credential>(CREDENTIALS, |kept| now < kept.expires && !ends(&kept.holder))
}
