//! People's accounts: password, one-time codes, lock-out.

use super::password::{self, PasswordError};
use super::scope;
use super::totp::Totp;
use crate::config::SignIn;
use crate::keeper::{ACCOUNTS, Change, Keeper, KeeperError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An account as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Account {
    /// Its roles, by name.
    pub roles: Vec<String>,
    /// Whether it may still sign in.
    pub enabled: bool,
    /// One-time codes, where the person uses them.
    pub totp: Option<Totp>,
    password: String,
    failures: u32,
    locked_until: i64,
}

/// An account as others see it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Account")]
pub struct Seen {
    /// The name to sign in with.
    pub name: String,
    /// Its roles.
    pub roles: Vec<String>,
    /// Whether it may sign in.
    pub enabled: bool,
    /// Whether it signs in with one-time codes too.
    pub one_time_codes: bool,
}

/// An account to be made.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// The name to sign in with: 1 to 64 letters, digits, `.`, `_`, `-` or `@`.
    #[schemars(regex(pattern = r"^[A-Za-z0-9._@-]{1,64}$"))]
    pub name: String,
    /// 12 characters at least.
    #[schemars(length(min = 12, max = 64))]
    pub password: String,
    /// Roles, by name: see `GET /v1/roles`.
    #[schemars(length(min = 1))]
    pub roles: Vec<String>,
}

/// An account cannot be made or changed so.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The name has another form.
    #[error("a name has 1 to 64 letters, digits, `.`, `_`, `-` or `@`")]
    Name,
    /// There is no such role.
    #[error("a role is not known; `GET /v1/roles` lists them, and an account has at least one")]
    Role,
    /// The password will not do.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The name is taken.
    #[error("there is an account of this name already")]
    Taken,
    /// The file fails.
    #[error(transparent)]
    Keeper(#[from] KeeperError),
}

impl Account {
    /// The account of a draft; takes tens of milliseconds.
    ///
    /// # Errors
    /// Where a name, a role or the password will not do.
    pub fn from_draft(draft: &Draft) -> Result<Self, AccountError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '@');
        if !(1..=64).contains(&draft.name.len()) || !draft.name.chars().all(fits) {
            return Err(AccountError::Name);
        }
        check_roles(&draft.roles)?;
        Ok(Self {
            roles: draft.roles.clone(),
            enabled: true,
            totp: None,
            password: password::hash(&draft.password)?,
            failures: 0,
            locked_until: 0,
        })
    }

    /// Puts the account under its name, if it is free.
    ///
    /// # Errors
    /// Where the name is taken or the file fails.
    pub fn put_new(&self, change: &Change<'_>, name: &str) -> Result<(), AccountError> {
        if change.get::<Self>(ACCOUNTS, name)?.is_some() {
            return Err(AccountError::Taken);
        }
        Ok(change.put(ACCOUNTS, name, self)?)
    }

    /// As others see it.
    #[must_use]
    pub fn seen(&self, name: &str) -> Seen {
        Seen {
            name: name.to_owned(),
            roles: self.roles.clone(),
            enabled: self.enabled,
            one_time_codes: self.totp.as_ref().is_some_and(|totp| totp.confirmed),
        }
    }
}

/// Whether these are roles, and at least one.
///
/// # Errors
/// Where not.
pub fn check_roles(roles: &[String]) -> Result<(), AccountError> {
    if roles.is_empty() || roles.iter().any(|name| scope::role(name).is_none()) {
        return Err(AccountError::Role);
    }
    Ok(())
}

/// What a person signs in with.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    /// Whose folder; where it is left out, `default`.
    #[serde(default)]
    pub tenant: Option<String>,
    /// The account's name.
    #[schemars(length(max = 64))]
    pub name: String,
    /// Its password.
    #[schemars(length(max = 256))]
    pub password: String,
    /// The one-time code, where the account uses them.
    #[serde(default)]
    pub code: Option<String>,
}

/// Whether the person may sign in at `now` (seconds since 1970). Which of name, password, code or lock
/// was the reason is not said to anyone who asks. Takes tens of milliseconds.
///
/// # Errors
/// Where the file fails.
pub fn sign_in(keeper: &Keeper, rules: &SignIn, shown: &Shown, now: i64) -> Result<bool, KeeperError> {
    let kept = keeper.get::<Account>(ACCOUNTS, &shown.name)?;
    let right = password::verify(&shown.password, kept.as_ref().map(|account| account.password.as_str()));
    // The account is read again: others may have tried meanwhile, and a code counts only once.
    keeper.change(|change| {
        let Some(mut account) = change.get::<Account>(ACCOUNTS, &shown.name)? else { return Ok(false) };
        if !account.enabled || now < account.locked_until {
            return Ok(false);
        }
        let coded = match &mut account.totp {
            Some(totp) if totp.confirmed => {
                right && totp.take(shown.code.as_deref().unwrap_or_default(), now)
            }
            _ => true,
        };
        account.failures = if right && coded { 0 } else { account.failures.saturating_add(1) };
        if account.failures >= rules.failures {
            account.failures = 0;
            account.locked_until = now.saturating_add(rules.locked_minutes.saturating_mul(60));
        }
        change.put(ACCOUNTS, &shown.name, &account)?;
        Ok(right && coded)
    })
}
