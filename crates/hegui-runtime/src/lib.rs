//! What the platform keeps and does (issue 5): notices, consents, decisions, the access log, retention,
//! and the facts of an assessment that follow from them.
//!
//! ```text
//! JSON ── Happening::read ──► Happened ── Books::check(ground) ──► log ── Books::apply ──► Books
//!                                              │ Refusal: clause, what is lacking, remedy      │
//! register + catalog ── Ground ────────────────┘                                               ├─► decisions (AuthZEN)
//!                                                                                              ├─► receipts, alerts, tasks
//!                                                                                              └─► facts ──► register ──► findings
//! ```
//! - [`happening`]: what can happen, each with its clause, and how it stands in the log;
//! - [`ground`]: the register's version that everything is checked against, evaluated by the catalog;
//! - [`check`], [`refusal`]: what is not recorded, and why; [`template`]: whether a notice says enough;
//! - [`books`]: what follows from the log so far, and what is due;
//! - [`authzen`]: questions and answers; [`receipt`]: the person's record of a consent;
//! - [`access`]: the log of processing; [`keeping`]: how long what is recorded is kept;
//! - [`facts`]: what the assessment learns from the log;
//! - [`platform`]: all of it joined with a tenant's journal.
//!
//! All but [`platform`] is pure: no clock, no files, no network, no randomness; times and ids are arguments.
//! [`platform`] has no clock either.

pub mod access;
pub mod authzen;
pub mod books;
pub mod check;
mod effect;
pub mod facts;
pub mod ground;
pub mod happening;
pub mod keeping;
pub mod platform;
pub mod receipt;
pub mod refusal;
pub mod template;
