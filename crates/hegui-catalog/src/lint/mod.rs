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
use crate::world::Blanks;
pub(crate) use cases::{Bench, Survivor, missing_outcomes};
use std::sync::atomic::{AtomicUsize, Ordering};

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
    let blanks = Blanks::of(&catalog.schema);
    in_parallel(&catalog.requirements, |requirement| {
        let mut found = vec![];
        cases::lint(catalog, &blanks, requirement, &mut found);
        found
    })
}

/// What a function finds in each of many items, on all of the machine's processors, in no order.
pub(crate) fn in_parallel<T: Sync, P: Send>(items: &[T], find: impl Fn(&T) -> Vec<P> + Sync) -> Vec<P> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut found = vec![];
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            found.extend(find(item));
        }
        found
    };
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
        let mut found = work();
        for other in others {
            match other.join() {
                Ok(more) => found.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        found
    })
}

/// Reads and lints in one go: what is wrong with the files, and what is wrong with whatever could be
/// made of them all the same.
#[must_use]
pub fn check(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> (Catalog, Problems) {
    let (catalog, mut problems) = read_leniently(files);
    problems.0.extend(lint(&catalog));
    (catalog, Problems::sorted(problems.0))
}
