//! The server, as its callers see it: requests in, answers out.

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
