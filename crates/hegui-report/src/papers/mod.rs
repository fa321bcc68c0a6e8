//! Papers other than the opinion, made from the same facts.

pub(crate) mod form;
pub(crate) mod maker;
mod questionnaire;
pub(crate) mod things;

pub use questionnaire::{is_answerable, questionnaire};
