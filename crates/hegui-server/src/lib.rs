//! The HTTP API: sign-in, roles, decisions, records, the published log, webhooks.
//!
//! ```text
//! connection ─ serve ─ frame ─ gate ─ an operation of api/ ─ a tenant's books and journal
//!              limits   id,     who,
//!              TLS      time    scope, repeats
//! ```
//! One table ([`operation`]) names every operation with its scope, what it takes and gives, and what
//! runs it; router, checks, OpenAPI document and the page that shows it are made from that table.
//!
//! A request reaches one tenant: the one that its token names ([`identity`]). There is no tenant in a
//! path or a body, so that no request can cross.
//!
//! What a caller sends is bounded before it is looked at: connections, requests a second, bytes, seconds,
//! depth of JSON. What goes wrong is `application/problem+json` ([`problem`]).
//!
//! The clock is an argument ([`app::Clock`]); this crate reads none for what it records.

mod api;
pub mod app;
pub mod config;
mod frame;
mod gate;
pub mod identity;
pub mod keeper;
mod metrics;
pub mod openapi;
pub mod operation;
mod outgoing;
mod page;
pub mod problem;
mod repeat;
mod serve;
pub mod server;
pub mod tenant;
mod webhook;

pub use config::Config;
pub use server::{ServeError, Server, log_to_stderr, serve};
pub use webhook::deliver::run as webhook_delivery;
