//! The server, as its callers see it: requests in, answers out.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod document;
mod faults;
mod ledger;
mod oidc;
mod people;
mod platform;
mod repeats;
mod site;
mod tenants;
mod webhooks;
mod wire;
