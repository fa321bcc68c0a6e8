//! Whether a catalog that can be read is worth something.
//!
//! Reading already refuses what leads nowhere or does not compile. Linting asks for more: that every
//! requirement covers something, that its cases come to what their author says, and that they would
//! notice any mistake in its expressions.

mod cases;
mod structure;

use crate::model::Catalog;
use crate::parallel::each_with;
use crate::problem::{Problem, Problems};
use crate::read::read_leniently;
use crate::world::Blanks;
pub(crate) use cases::{Bench, Survivor, missing_outcomes};

/// Everything that is wrong or odd with a catalog that could be read, by place.
#[must_use]
pub fn lint(catalog: &Catalog) -> Vec<Problem> {
    let mut found = vec![];
    structure::lint(catalog, &mut found);
    found.extend(lint_requirements(catalog));
    Problems::sorted(found).0
}

/// Each requirement by itself: none needs to know of another.
fn lint_requirements(catalog: &Catalog) -> Vec<Problem> {
    // Blanks of their own: processors would wait for each other where they count who holds a column.
    let blanks = || Blanks::of(&catalog.schema);
    let found = each_with(&catalog.requirements, blanks, |blanks, _, requirement| {
        let mut found = vec![];
        cases::lint(catalog, blanks, requirement, &mut found);
        found
    });
    found.into_iter().flatten().collect()
}

/// Reads and lints in one go: what is wrong with the files, and what is wrong with whatever could be
/// made of them all the same.
#[must_use]
pub fn check(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> (Catalog, Problems) {
    let (catalog, mut problems) = read_leniently(files);
    problems.0.extend(lint(&catalog));
    (catalog, Problems::sorted(problems.0))
}
