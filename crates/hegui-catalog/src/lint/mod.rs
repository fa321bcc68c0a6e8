//! Whether a catalog that can be read is worth something.
//!
//! Reading already refuses what leads nowhere or does not compile. Linting asks for more: that every
//! requirement covers something, that its cases come to what their author says, and that they would
//! notice any mistake in its expressions.

mod cases;
mod structure;

use crate::model::Catalog;
use crate::problem::{Problem, Problems};
use crate::read::read_leniently;
pub(crate) use cases::{Bench, Survivor, missing_outcomes};

/// Everything that is wrong or odd with a catalog that could be read, by place.
#[must_use]
pub fn lint(catalog: &Catalog) -> Vec<Problem> {
    let mut found = vec![];
    structure::lint(catalog, &mut found);
    for requirement in &catalog.requirements {
        cases::lint(catalog, requirement, &mut found);
    }
    Problems::sorted(found).0
}

/// Reads and lints in one go: what is wrong with the files, and what is wrong with whatever could be
/// made of them all the same.
#[must_use]
pub fn check(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> (Catalog, Problems) {
    let (catalog, mut problems) = read_leniently(files);
    problems.0.extend(lint(&catalog));
    (catalog, Problems::sorted(problems.0))
}
