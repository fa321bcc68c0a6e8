//! All things at once.
//!
//! This evaluator answers for every thing of a kind together, where the single one
//! ([`crate::single`]) answers for one. It reads the same plans and gives the same answers; the tests
//! hold the two to each other. Truth is two rows of bits, *it holds* and *it does not*, so that `&&`
//! and `||` take sixty-four things at a time. A quantifier whose body looks only at the member is
//! asked once of every thing of the member's kind, and drawn together along the relation; one that
//! looks at outer variables too is laid out pair by pair.
//!
//! A [`Session`] shares between plans whatever they have in common: references followed, columns
//! collected over them, comparisons, quantifiers, tests of texts. [`evaluate_rows`] answers for some
//! things only; with [`affected`], which says what things a changed fact can matter for, an
//! assessment is brought up to date after a change without being made again.

mod affected;
mod by_value;
mod compare;
mod evaluator;
mod frame;
mod junction;
mod lanes;
mod pairs;
mod quantifier;
mod scatter;
mod segments;
mod session;
mod set_values;
mod straight;
mod values;

pub use affected::{Affected, Changes, affected, affected_by, pointing_at};
pub use session::{NamedOutcomes, Patterns, Session};
pub use values::Truths;

use crate::bits::Bits;
use crate::plan::{Plan, Var};
use crate::schema::Schema;
use crate::truth::Outcome;
use crate::universe::{OutcomeColumn, Universe};
use evaluator::Evaluator;
use frame::Frame;

/// A requirement's outcomes: exactly one bit is set for each row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// Where it is met.
    pub met: Bits,
    /// Where there is a gap.
    pub gap: Bits,
    /// Where it does not apply.
    pub not_applicable: Bits,
    /// Where the facts do not tell.
    pub unknown: Bits,
}

impl Outcomes {
    /// What `when` (always, if absent) and `check` come to together, as [`Outcome::of`].
    #[must_use]
    pub fn of(when: Option<&Truths>, check: &Truths) -> Self {
        let Some(when) = when else {
            return Self {
                met: check.yes.clone(),
                gap: check.no.clone(),
                not_applicable: Bits::zeros(check.len()),
                unknown: check.yes.or(&check.no).not(),
            };
        };
        let met = check.yes.and_not(&when.no);
        let gap = when.yes.and(&check.no);
        let unknown = met.or(&gap).or(&when.no).not();
        Self { met, gap, not_applicable: when.no.clone(), unknown }
    }

    /// The outcome of one row.
    #[must_use]
    pub fn get(&self, row: usize) -> Outcome {
        if self.met.get(row) {
            Outcome::Met
        } else if self.gap.get(row) {
            Outcome::Gap
        } else if self.not_applicable.get(row) {
            Outcome::NotApplicable
        } else {
            Outcome::Unknown
        }
    }

    /// Changes the outcome of one row.
    pub fn set(&mut self, row: usize, outcome: Outcome) {
        self.met.set(row, outcome == Outcome::Met);
        self.gap.set(row, outcome == Outcome::Gap);
        self.not_applicable.set(row, outcome == Outcome::NotApplicable);
        self.unknown.set(row, outcome == Outcome::Unknown);
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.met.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.met.is_empty()
    }

    /// What `met(…)` reads: not applicable is no failure.
    #[must_use]
    pub fn column(&self) -> OutcomeColumn {
        OutcomeColumn { met: self.met.or(&self.not_applicable), gap: self.gap.clone() }
    }
}

/// Where fewer than one in so many things is concerned, the check is worked out for those alone.
const SPARSE: usize = 16;

impl Session<'_> {
    /// Whether a plan holds, for every thing of its scope.
    #[must_use]
    pub fn evaluate(&mut self, plan: &Plan) -> Truths {
        let rows = self.universe.table(plan.scope).rows;
        let frame = Frame::whole(Var(0), plan.scope, rows);
        let truths = Evaluator::new(self, plan).truth(plan.root, &frame);
        std::rc::Rc::unwrap_or_clone(truths)
    }

    /// Whether a plan holds, for some things of its scope: one truth for each of `rows`.
    #[must_use]
    pub fn evaluate_rows(&mut self, plan: &Plan, rows: &[u32]) -> Truths {
        let frame = Frame::of_rows(rows);
        let truths = Evaluator::new(self, plan).truth(plan.root, &frame);
        std::rc::Rc::unwrap_or_clone(truths)
    }

    /// A requirement's outcome for every thing of its scope. Both plans have the same scope.
    #[must_use]
    pub fn judge(&mut self, when: Option<&Plan>, check: &Plan) -> Outcomes {
        let when = when.map(|when| self.evaluate(when));
        let Some(conditions) = &when else { return Outcomes::of(None, &self.evaluate(check)) };
        let concerned = conditions.no.not();
        if concerned.count() * SPARSE >= concerned.len() {
            return Outcomes::of(when.as_ref(), &self.evaluate(check));
        }
        let rows: Vec<u32> = concerned.iter_ones().map(|row| row as u32).collect();
        let some = self.evaluate_rows(check, &rows);
        let mut check = Truths { yes: Bits::zeros(concerned.len()), no: Bits::zeros(concerned.len()) };
        for (place, row) in rows.into_iter().enumerate() {
            check.yes.set(row as usize, some.yes.get(place));
            check.no.set(row as usize, some.no.get(place));
        }
        Outcomes::of(when.as_ref(), &check)
    }

    /// A requirement's outcome for some things of its scope, in their order.
    #[must_use]
    pub fn judge_rows(&mut self, when: Option<&Plan>, check: &Plan, rows: &[u32]) -> Outcomes {
        let when = when.map(|when| self.evaluate_rows(when, rows));
        Outcomes::of(when.as_ref(), &self.evaluate_rows(check, rows))
    }
}

/// Whether a plan holds, for every thing of its scope; for several plans a [`Session`] is faster.
#[must_use]
pub fn evaluate(plan: &Plan, universe: &Universe, schema: &Schema) -> Truths {
    Session::new(universe, schema).evaluate(plan)
}

/// Whether a plan holds, for some things of its scope: one truth for each of `rows`.
#[must_use]
pub fn evaluate_rows(plan: &Plan, universe: &Universe, schema: &Schema, rows: &[u32]) -> Truths {
    Session::new(universe, schema).evaluate_rows(plan, rows)
}
