//! The evaluators are held to each other: the oracle, the single one, the columnar one, and where all
//! is known the `cel` crate's own interpreter, over random worlds and random expressions. Expressions
//! go in as source text, so that parsing and typing are tested with them.
//!
//! `HEGUI_CASES` sets how many cases each property tries.

mod generate;
mod interpreter;
mod oracle;
mod tape;
mod tree;
mod world;

use hegui_logic::columnar::{self, Session};
use hegui_logic::error::Problem;
use hegui_logic::plan::Plan;
use hegui_logic::schema::{KindId, Schema};
use hegui_logic::single::Bound;
use hegui_logic::truth::Truth;
use hegui_logic::typing::compile;
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
    #![proptest_config(cases(3_000))]

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
            prop_assert_eq!(single.truth(row as u32), expected, "single, row {} of {}", row, source);
            prop_assert_eq!(whole.get(row), expected, "columnar, row {} of {}", row, source);
            prop_assert_eq!(some.get(rows.len() - 1 - row), expected, "some rows, row {} of {}", row, source);
        }
    }

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

    #[test]
    fn all_agree_with_the_interpreter_where_everything_is_known(mut facts in tape(250), mut words in tape(120)) {
        let world = World::random(&SCHEMA, &mut facts, Known::Fully);
        let scope = KindId(words.pick(5) as u16);
        let tree = generate::expression(&SCHEMA, scope, &mut words, true);
        let source = tree.source(For::Us);
        let Some(plan) = compiled(&source, scope) else { return Err(TestCaseError::reject("too large")) };
        let universe = world.universe(&SCHEMA);
        let whole = columnar::evaluate(&plan, &universe, &SCHEMA);
        for row in 0..universe.table(scope).rows {
            let Some(expected) = interpreter::holds(&SCHEMA, &world, &tree, scope, row) else { continue };
            prop_assert_eq!(whole.get(row), Truth::from(expected), "row {} of {}", row, source);
            prop_assert_eq!(Oracle::new(&SCHEMA, &world).holds(&tree, scope, row), Truth::from(expected));
        }
    }
}
