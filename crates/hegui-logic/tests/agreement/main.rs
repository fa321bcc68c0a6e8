//! The evaluators are held to each other: the oracle, the single one, the columnar one, and where all
//! is known the `cel` crate's own interpreter, over random worlds and random expressions. Expressions
//! go in as source text, so that parsing and typing are tested with them.
//!
//! `HEGUI_CASES` sets how many cases each property tries.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod change;
mod generate;
mod interpreter;
mod missing;
mod oracle;
mod tape;
mod tree;
mod world;

use hegui_logic::columnar::{self, Session};
use hegui_logic::error::Problem;
use hegui_logic::plan::Plan;
use hegui_logic::residual::Residual;
use hegui_logic::schema::{KindId, Schema};
use hegui_logic::single::Bound;
use hegui_logic::truth::{Outcome, Truth};
use hegui_logic::typing::compile;
use hegui_logic::universe::{FactKey, Universe, Value};
use oracle::Oracle;
use proptest::prelude::*;
use std::sync::LazyLock;
use tape::Tape;
use tree::For;
use world::{Known, World};

static SCHEMA: LazyLock<Schema> = LazyLock::new(world::schema);

fn cases(committed: u32) -> ProptestConfig {
    let cases = std::env::var("HEGUI_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(committed);
    ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 20_000,
        max_global_rejects: 1_000_000,
        ..ProptestConfig::default()
    }
}

fn tape(length: usize) -> impl Strategy<Value = Tape> {
    proptest::collection::vec(any::<u32>(), 0..length).prop_map(Tape::new)
}

/// Compiles what the generator made; `None` where it is only too large.
fn compiled(source: &str, scope: KindId) -> Option<Plan> {
    match compile(source, &SCHEMA, scope, &|_, _| Ok(())) {
        Ok(plan) => Some(plan),
        Err(error) => match error.problem {
            Problem::TooLong { .. }
            | Problem::TooDeep { .. }
            | Problem::TooLarge { .. }
            | Problem::Overflow
            | Problem::TooManyVariables { .. } => None,
            problem => panic!("{source}\nis refused: {problem} at {:?}", error.span),
        },
    }
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn all_evaluators_agree_on_partial_facts(mut facts in tape(250), mut words in tape(160)) {
        let world = World::random(&SCHEMA, &mut facts, Known::Partly);
        let scope = KindId(words.pick(5) as u16);
        let tree = generate::expression(&SCHEMA, scope, &mut words, false);
        let source = tree.source(For::Us);
        let Some(plan) = compiled(&source, scope) else { return Err(TestCaseError::reject("too large")) };
        let universe = world.universe(&SCHEMA);
        let oracle = Oracle::new(&SCHEMA, &world);
        let single = Bound::new(&plan, &universe);
        let whole = columnar::evaluate(&plan, &universe, &SCHEMA);
        let rows: Vec<u32> = (0..universe.table(scope).rows as u32).rev().collect();
        let some = columnar::evaluate_rows(&plan, &universe, &SCHEMA, &rows);
        for row in 0..rows.len() {
            let expected = oracle.holds(&tree, scope, row);
            prop_assert_eq!(single.truth(row as u32), expected, "single, row {} of {}\n{:?}", row, source, world);
            prop_assert_eq!(whole.get(row), expected, "columnar, row {} of {}", row, source);
            prop_assert_eq!(some.get(rows.len() - 1 - row), expected, "some rows, row {} of {}", row, source);
        }
    }
}

proptest! {
    #![proptest_config(cases(250))]

    #[test]
    fn a_session_gives_what_single_plans_give(mut facts in tape(250), mut words in tape(400)) {
        let world = World::random(&SCHEMA, &mut facts, Known::Partly);
        let universe = world.universe(&SCHEMA);
        let mut session = Session::new(&universe, &SCHEMA);
        for _ in 0..6 {
            let scope = KindId(words.pick(5) as u16);
            let source = generate::expression(&SCHEMA, scope, &mut words, false).source(For::Us);
            let Some(plan) = compiled(&source, scope) else { continue };
            prop_assert_eq!(session.evaluate(&plan), columnar::evaluate(&plan, &universe, &SCHEMA), "{}", source);
            prop_assert_eq!(session.evaluate_rows(&plan, &[0]).get(0), session.evaluate(&plan).get(0), "{}", source);
        }
    }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn all_agree_with_the_interpreter_where_everything_is_known(mut facts in tape(250), mut words in tape(120)) {
        let world = World::random(&SCHEMA, &mut facts, Known::Fully);
        let scope = KindId(words.pick(5) as u16);
        let tree = generate::expression(&SCHEMA, scope, &mut words, true);
        let source = tree.source(For::Us);
        let Some(plan) = compiled(&source, scope) else { return Err(TestCaseError::reject("too large")) };
        let universe = world.universe(&SCHEMA);
        let whole = columnar::evaluate(&plan, &universe, &SCHEMA);
        let mut compared = 0;
        for row in 0..universe.table(scope).rows {
            let Some(expected) = interpreter::holds(&SCHEMA, &world, &tree, scope, row) else { continue };
            compared += 1;
            prop_assert_eq!(whole.get(row), Truth::from(expected), "row {} of {}", row, source);
            prop_assert_eq!(Oracle::new(&SCHEMA, &world).holds(&tree, scope, row), Truth::from(expected));
        }
        if compared == 0 {
            return Err(TestCaseError::reject("the interpreter has not what it takes"));
        }
    }
}

proptest! {
    #![proptest_config(cases(800))]

    #[test]
    fn what_is_affected_by_a_change_is_all_that_changes(
        mut facts in tape(250), mut words in tape(120), mut changes in tape(12),
    ) {
        let mut world = World::random(&SCHEMA, &mut facts, Known::Partly);
        let scope = KindId(words.pick(5) as u16);
        let source = generate::expression(&SCHEMA, scope, &mut words, false).source(For::Us);
        let Some(plan) = compiled(&source, scope) else { return Err(TestCaseError::reject("too large")) };
        let before = world.universe(&SCHEMA);
        let key = change::change(&SCHEMA, &mut world, &mut changes);
        let after = world.universe(&SCHEMA);
        let truths = columnar::evaluate(&plan, &before, &SCHEMA);
        let expected = columnar::evaluate(&plan, &after, &SCHEMA);
        for universe in [&before, &after] {
            let rows = columnar::affected(&plan, universe, &SCHEMA, &key);
            let updated = change::updated(&plan, &SCHEMA, &truths, &after, &rows);
            prop_assert_eq!(updated, expected.clone(), "{:?} changed: {:?} for {}", key, rows, source);
        }
    }
}

proptest! {
    #![proptest_config(cases(800))]

    #[test]
    fn a_residual_gives_what_the_whole_gives(mut facts in tape(250), mut words in tape(120), salt in any::<u64>()) {
        let world = World::random(&SCHEMA, &mut facts, Known::Partly);
        let scope = KindId(words.pick(5) as u16);
        let source = generate::expression(&SCHEMA, scope, &mut words, false).source(For::Us);
        let Some(plan) = compiled(&source, scope) else { return Err(TestCaseError::reject("too large")) };
        let universe = world.universe(&SCHEMA);
        let bound = Bound::new(&plan, &universe);
        let residual = Residual::new(&bound, 0, &|key| late(key, salt));
        let values: Vec<Option<Value>> = residual.slots().iter().map(|key| known(&universe, key)).collect();
        prop_assert_eq!(residual.evaluate(&values), bound.truth(0), "{:?} of {}", residual.slots(), source);
    }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn no_fact_outside_the_missing_ones_matters(
        mut facts in tape(250), mut words in tape(160), mut fillings in tape(200),
    ) {
        let world = World::random(&SCHEMA, &mut facts, Known::Partly);
        let scope = KindId(words.pick(5) as u16);
        let (when, check) = requirement(scope, &mut words);
        let Some(check) = check else { return Err(TestCaseError::reject("too large")) };
        let universe = world.universe(&SCHEMA);
        let bound = when.as_ref().map(|plan| Bound::new(plan, &universe));
        let missing = hegui_logic::single::missing(bound.as_ref(), &Bound::new(&check, &universe), &SCHEMA, 0);
        let outcome = missing::outcome(when.as_ref(), &check, &universe, 0);
        prop_assert_eq!(outcome == Outcome::Unknown, !missing.facts.is_empty(), "{:?} for {}", missing, check.source);
        // Whatever the other facts turn out to be, the missing ones alone make the outcome; but a check
        // that holds is met while nobody asked whether it applies.
        if outcome == Outcome::Unknown && !missing.facts.contains(&FactKey::Calendar) {
            let mut filled = universe.clone();
            for key in &missing.facts {
                missing::fill(&SCHEMA, &mut filled, key, &mut fillings);
            }
            let mut complete = || {
                let mut filled = filled.clone();
                for key in missing::unknown(&SCHEMA, &filled) {
                    missing::fill(&SCHEMA, &mut filled, &key, &mut fillings);
                }
                missing::outcome(when.as_ref(), &check, &filled, 0)
            };
            // A missing reference says by its value which facts matter next.
            let reference = missing.facts.iter().any(is_reference);
            let (one, two) = (complete(), complete());
            let next = missing::outcome(when.as_ref(), &check, &filled, 0) == Outcome::Unknown;
            prop_assert!(
                one.truth() == two.truth() || reference && next,
                "missing {:?} for {:?} => {}\n{:?}", missing, when.as_ref().map(|w| &w.source), check.source, world
            );
        }
    }
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn where_the_missing_facts_are_exact_each_matters(
        mut facts in tape(250), mut words in tape(40), seed in any::<u64>(),
    ) {
        let world = World::random(&SCHEMA, &mut facts, Known::Partly);
        let scope = KindId(words.pick(5) as u16);
        let (when, check) = requirement(scope, &mut words);
        let Some(check) = check else { return Err(TestCaseError::reject("too large")) };
        let universe = world.universe(&SCHEMA);
        let bound = when.as_ref().map(|plan| Bound::new(plan, &universe));
        let missing = hegui_logic::single::missing(bound.as_ref(), &Bound::new(&check, &universe), &SCHEMA, 0);
        // An open list can grow, which these fillings do not try.
        let open = missing.facts.iter().any(|key| matches!(key, FactKey::Complete(..)));
        if missing.exact && !open && missing.facts.len() <= 3 {
            for key in &missing.facts {
                let plans = (when.as_ref(), &check);
                let found = missing::matters(&SCHEMA, plans, &universe, 0, key, &mut Tape::seeded(seed, 200_000));
                prop_assert!(found, "{:?} does not matter for {:?} => {}\n{:?}", key, when.as_ref().map(|w| &w.source), check.source, world);
            }
        }
    }
}

/// A random condition, for every other, and a random check.
fn requirement(scope: KindId, words: &mut Tape) -> (Option<Plan>, Option<Plan>) {
    let mut plan = || compiled(&generate::expression(&SCHEMA, scope, words, false).source(For::Us), scope);
    let check = plan();
    let when = plan().filter(|plan| plan.nodes.len() % 2 == 0);
    (when, check)
}

fn is_reference(key: &FactKey) -> bool {
    matches!(key, FactKey::Fact(kind, _, field)
        if matches!(SCHEMA.kind(*kind).field(*field).ty, hegui_logic::schema::Type::Thing(_)))
}

/// Which facts are bound late: all but references, by a hash.
fn late(key: &FactKey, salt: u64) -> bool {
    use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
    match key {
        key if is_reference(key) => false,
        FactKey::Calendar => false,
        key => BuildHasherDefault::<DefaultHasher>::default().hash_one((key, salt)) % 3 == 0,
    }
}

/// What a universe knows of a fact.
fn known(universe: &Universe, key: &FactKey) -> Option<Value> {
    match key {
        FactKey::Fact(kind, row, field) => universe.value(*kind, *row, *field),
        FactKey::Complete(kind, row, relation) => {
            universe.members(*kind, *row, *relation).1.then_some(Value::Flag(true))
        }
        FactKey::Outcome(clause, kind, row) => universe.outcome(clause, *kind, *row).known().map(Value::Flag),
        FactKey::Calendar => None,
    }
}
