//! Whether what a mapping claims of two requirements is so.
//!
//! `equal`, `subset` and `superset` say something about every organisation there could be, so they are
//! proven: both requirements are evaluated on every set of facts that either could tell apart, with the
//! values that their expressions mention and one other, and lists of up to two members. Expressions
//! that are word for word the same need no such search.

use crate::model::{Case, Catalog, Mapping, Relation, Requirement};
use crate::parallel::each;
use crate::problem::{Problem, Problems};
use crate::propose::{Draft, Slots};
use crate::world::{Blanks, World};
use hegui_logic::bits::Bits;
use hegui_logic::plan::Plan;
use hegui_logic::single::{Bound, judge};
use hegui_logic::truth::Outcome;
use hegui_logic::universe::OutcomeColumn;

/// At most so many sets of facts are looked at.
pub const LIMIT: usize = 60_000;

/// Every claim of the catalog's mappings that is wrong or cannot be proven, by place. Takes seconds
/// where linting takes a moment, so it is a step of its own.
#[must_use]
pub fn unproven(catalog: &Catalog) -> Vec<Problem> {
    let problems = each(&catalog.mappings, |_, mapping| {
        let (message, remedy) = match prove(catalog, mapping) {
            Verdict::Proven(_) | Verdict::Nothing => return vec![],
            Verdict::Apart => (
                "they speak about different kinds of things, so the claim cannot be proven".to_owned(),
                "say `intersects`",
            ),
            Verdict::TooMany => (
                format!("more than {LIMIT} sets of facts tell them apart, so the claim cannot be proven"),
                "say `intersects`, or let the one read the other by `met(…)`",
            ),
            Verdict::Refuted(facts, from, to) => (
                format!("on {facts} the one is {from:?} and the other {to:?}"),
                "correct the relation, or one of the two",
            ),
        };
        let message = format!("`{}` and `{}`: {message}", mapping.from, mapping.to);
        vec![Problem::error(mapping.place.clone(), message, remedy)]
    });
    Problems::sorted(problems.into_iter().flatten().collect()).0
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The claim holds, on so many sets of facts.
    Proven(usize),
    /// Nothing is claimed that could be proven.
    Nothing,
    /// They speak about different kinds of things.
    Apart,
    /// There are too many sets of facts.
    TooMany,
    /// On these facts (JSON), the one comes to this and the other to that.
    Refuted(String, Outcome, Outcome),
}

/// Proves or refutes what a mapping claims.
#[must_use]
pub fn prove(catalog: &Catalog, mapping: &Mapping) -> Verdict {
    if !matches!(mapping.relation, Relation::Equal | Relation::Subset | Relation::Superset) {
        return Verdict::Nothing;
    }
    let (Some(from), Some(to)) = (catalog.requirement(&mapping.from), catalog.requirement(&mapping.to))
    else {
        return Verdict::Nothing;
    };
    let Some(scope) = from.scope.filter(|_| from.scope == to.scope) else { return Verdict::Apart };
    let plans = || [from, to].into_iter().flat_map(|r| r.when_plan.iter().chain(&r.check_plan));
    if same_words(from, to) {
        return Verdict::Proven(1);
    }
    // An outcome that the one reads of the other is no fact of its own: it is computed.
    let mut slots = Slots::of(catalog, scope, plans());
    slots.forget_outcomes(|name| reads(name, from) || reads(name, to));
    let Some(drafts) = slots.all(LIMIT) else { return Verdict::TooMany };
    let (count, blanks) = (drafts.len(), Blanks::of(&catalog.schema));
    for draft in drafts {
        let Some((a, b)) = outcomes(catalog, &blanks, from, to, &draft) else { continue };
        let holds = match mapping.relation {
            Relation::Equal => satisfied(a) == satisfied(b),
            Relation::Subset => !satisfied(a) || satisfied(b),
            Relation::Superset => satisfied(a) || !satisfied(b),
            Relation::Intersects | Relation::Contradicts => true,
        };
        if !holds {
            return Verdict::Refuted(draft.facts.to_string(), a, b);
        }
    }
    Verdict::Proven(count)
}

/// Whether nothing is wrong by a requirement: it is met, or does not apply.
fn satisfied(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Met | Outcome::NotApplicable)
}

fn same_words(a: &Requirement, b: &Requirement) -> bool {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    words(&a.check) == words(&b.check) && a.when.as_deref().map(words) == b.when.as_deref().map(words)
}

fn reads(name: &str, requirement: &Requirement) -> bool {
    name == requirement.id
}

/// The outcomes of both on the same facts; what the one reads of the other is computed first.
fn outcomes(
    catalog: &Catalog,
    blanks: &Blanks,
    from: &Requirement,
    to: &Requirement,
    draft: &Draft,
) -> Option<(Outcome, Outcome)> {
    let case = Case { facts: draft.facts.to_string(), assume: draft.assume.clone(), ..Case::default() };
    let mut world = World::with(blanks, catalog, from, &case).ok()?;
    world.suppose(to.when_plan.iter().chain(&to.check_plan), &case.assume);
    let needs = |r: &Requirement, other: &Requirement| {
        r.when_plan.iter().chain(&r.check_plan).any(|p| p.outcomes.iter().any(|(name, _)| reads(name, other)))
    };
    if needs(from, to) {
        let b = judged(to, &world);
        supply(&mut world, to, b);
        return Some((judged(from, &world), b));
    }
    let a = judged(from, &world);
    supply(&mut world, from, a);
    Some((a, judged(to, &world)))
}

fn judged(requirement: &Requirement, world: &World) -> Outcome {
    let bind = |plan: &Option<Plan>| plan.clone();
    let (when, check) = (bind(&requirement.when_plan), bind(&requirement.check_plan));
    let when = when.as_ref().map(|plan| Bound::new(plan, &world.universe));
    match &check {
        Some(check) => judge(when.as_ref(), &Bound::new(check, &world.universe), 0),
        None => Outcome::Unknown,
    }
}

/// Puts an outcome where `met(…)` reads it.
fn supply(world: &mut World, requirement: &Requirement, outcome: Outcome) {
    let Some(kind) = requirement.scope else { return };
    let rows = world.universe.table(kind).rows;
    let first = |wanted: bool| Bits::from_fn(rows, |row| row == 0 && wanted);
    let column = OutcomeColumn {
        met: first(matches!(outcome, Outcome::Met | Outcome::NotApplicable)),
        gap: first(outcome == Outcome::Gap),
    };
    world.universe.outcomes.insert((requirement.id.clone(), kind), column);
}
