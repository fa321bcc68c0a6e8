//! What complies, what is a gap, what is unknown and whom to ask.
//!
//! A profile picks the requirements, an object the things ([`object`]), a date the law ([`scope`]). Every
//! requirement is evaluated over every thing of its scope ([`evaluate`]), rolled up to verdicts
//! ([`rollup`]), and what is unknown becomes questions ([`question`]). The result is read through
//! [`view`]. Pure: dates are arguments, nothing is read or written.

pub mod assessment;
pub mod doubt;
pub mod evaluate;
mod names;
pub mod object;
pub mod question;
pub mod report;
pub mod rollup;
pub mod sampling;
pub mod scope;
pub mod view;
pub mod words;
