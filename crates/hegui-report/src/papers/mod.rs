//! Papers other than the opinion, made from the same facts.

pub(crate) mod form;
pub(crate) mod maker;
pub(crate) mod things;
