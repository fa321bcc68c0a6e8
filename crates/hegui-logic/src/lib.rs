//! Checks over facts: three-valued, typed, compiled, explained.
//!
//! A requirement of the law becomes an expression in CEL about a thing. This crate reads such
//! expressions ([`typing::compile`]), types them against a [`schema::Schema`], and evaluates them over
//! a [`universe::Universe`] of facts of which many are unknown: for all things of a kind at once
//! ([`columnar`]), for one thing with what is missing and why ([`single`]), or for one thing with some
//! facts bound later ([`residual`]). It is pure: no clock, no files, no network.
//!
//! What it must not get wrong, and where each point is tested (`tests/semantics.rs`, one module a
//! section; `tests/agreement` holds all evaluators to a slow oracle):
//!
//! # Missing facts
//! Truth is strong Kleene: `false && unknown` is false, so nobody is asked what can no longer matter.
//! The missing facts of an unknown outcome are a set outside of which no fact can change it; exact
//! where each fact is read once and each atom can come out either way, otherwise exact by trying all
//! values of up to
//! [`single::ENUMERATION_LIMIT`] facts ([`single::missing`] says whether it was exact). A check that
//! holds whatever `when` turns out to be asks nothing: its outcome is *met* ([`truth::Outcome::of`]).
//!
//! # Open world
//! A relation is complete only when somebody said so ([`universe::Universe::close`]). Over an open one
//! `all` is false if a member fails, else unknown; `exists` is true if a member holds, else unknown;
//! `size` is at least what is there; `exists_one`, `filter` and `map` follow. The missing fact is then
//! [`universe::FactKey::Complete`]: "are these all?".
//!
//! # Said and done
//! What a document declares is a thing of its own (kind `activity.declared`), beside what is
//! practised; the two never conflict, and checks compare them.
//!
//! # Sources that disagree, and two times
//! [`observation`]: within one source a later observation supersedes, across sources different values
//! make the fact unknown until a ruling; only what was valid at `as_of` and recorded by `known_on`
//! counts; what is older than the dictionary allows is stale, hence unknown.
//!
//! # Inheritance
//! A fact stated above flows down to where it is not stated ([`universe::Universe::link`]), and is
//! marked as inherited.
//!
//! # None
//! "There is none" is an answer ([`plan::NONE`]). It equals itself, is neither above nor below
//! anything, is in no set, and nothing can be calculated from it but none. What hangs on a thing that
//! is not there is not there either: its bools are false, its lists empty and complete.
//!
//! # Outcomes as inputs
//! `met("5.7.2", x)` reads the outcome of another clause; not applicable is no failure. Cycles are
//! refused by the catalog.
//!
//! # Total
//! Nothing in a plan can fail. Number ranges are checked when it is made, so that no sum overflows;
//! regular expressions are literals, bounded in size; source length and nesting are capped before
//! parsing; working days beyond the published years are unknown. A date is the timestamp that a UTC
//! clock would show at that moment of China Standard Time; a decimal is a whole number of
//! ten-thousandths.

pub mod bits;
pub mod calendar;
pub mod columnar;
pub mod error;
pub mod mutate;
pub mod observation;
pub mod plan;
pub mod residual;
pub mod schema;
pub mod sets;
pub mod single;
mod syntax;
pub mod truth;
pub mod typing;
pub mod universe;
