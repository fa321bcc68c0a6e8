//! May this be done with this person's data now? Permit, deny or no basis found, with reasons.
//!
//! Two things stand behind an answer. The **register** says what an organisation does, and the catalog's
//! requirements say whether that is in order; both stand still between two versions of the register, so
//! they are compiled beforehand into [`rules::Rules`]. The **state** of the person ([`state::State`]) says
//! what was shown, agreed, withdrawn; it changes with every entry of the log and is looked at when the
//! question comes. What conditions there are, which clauses they rest on, when they apply and what they
//! need is data: `conditions.toml`, read by [`conditions`].
//!
//! ```text
//! register + catalog ── Rules::compile ──► Rules ─┐
//!                                                 ├── Rules::decide(question) ──► Answer
//! log ── State::apply(index, event) ──► State ────┘                    Rules::explain ──► words
//! ```
//!
//! # Unknown is never a permit
//! A condition is three-valued. Where the register does not tell whether it applies or holds, it is
//! **open**; if the person's state does not satisfy it either way, the answer is *no basis found*, and
//! the missing facts are named. So it is when the register does not hold what was asked about at all. A
//! condition that fails for certain denies, whatever else is unknown. The state, by contrast, is closed:
//! consent that the log does not hold was not given.
//!
//! # Where each point is tested
//! `tests/agreement` compares every answer with an oracle that goes through the table for each question,
//! evaluating its expressions on the register and replaying the person's events from the first.
//!
//! Pure: no clock, no files, no network, no randomness; time is part of the question. An answer
//! allocates nothing, reading takes `&self` and writes nothing.

pub mod answer;
pub mod compile;
pub mod conditions;
pub mod directory;
pub mod event;
pub mod explain;
pub mod needs;
pub mod question;
mod record;
pub mod replay;
pub mod rules;
mod snapshot;
pub mod state;

pub use record::{Entry, Relied, Since};
