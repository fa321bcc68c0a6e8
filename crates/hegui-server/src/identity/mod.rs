//! Who calls: people with accounts, services with keys, and what each may do.
//!
//! A caller shows a token, as `Authorization: Bearer …` or, in a browser, as a cookie. A **session** is
//! what a person gets for name, password and one-time code; it may do what the person's roles allow at
//! that moment. A **key** is what a service gets; it has scopes of its own, which are no people's. The
//! **first key** is printed once when a tenant has no account yet, and creates its first administrator.

pub mod account;
pub mod caller;
pub mod credential;
pub mod oidc;
pub mod password;
pub mod scope;
pub mod secret;
pub mod totp;
