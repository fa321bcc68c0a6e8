//! The server, as its callers see it: requests in, answers out.

mod document;
mod faults;
mod people;
mod repeats;
mod site;
mod tenants;
mod wire;
