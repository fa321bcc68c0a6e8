//! After any change, bringing the outcomes up to date gives what evaluating everything anew gives.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use hegui_assess::evaluate::{Evaluation, Overlay, Overlays};
use hegui_catalog::Catalog;
use hegui_logic::calendar::{DAY, parse_date};
use hegui_logic::schema::{FieldId, KindId, RelationId, Type};
use hegui_logic::truth::Outcome;
use hegui_logic::universe::{FactKey, ROW_NONE, Universe, Value};
use hegui_register::{Assessed, Register, generate};

/// Numbers that look random and are the same in every run (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) as usize % limit.max(1)
    }
}

/// Any fact of any thing: references to the thing above and facts that many things read included.
fn some_key(catalog: &Catalog, universe: &Universe, dice: &mut Dice) -> FactKey {
    let schema = &catalog.schema;
    if dice.below(8) == 0 {
        return role(catalog, universe, dice);
    }
    let kinds: Vec<KindId> =
        (0..schema.kinds.len()).map(|k| KindId(k as u16)).filter(|k| universe.table(*k).rows > 0).collect();
    let kind = kinds[dice.below(kinds.len())];
    let row = dice.below(universe.table(kind).rows) as u32;
    let (fields, relations) = (schema.kind(kind).fields.len(), schema.kind(kind).relations.len());
    if relations > 0 && (fields == 0 || dice.below(8) == 0) {
        return FactKey::Complete(kind, row, RelationId(dice.below(relations) as u16));
    }
    FactKey::Fact(kind, row, FieldId(dice.below(fields) as u16))
}

/// The organisation's role, at an activity or above.
fn role(catalog: &Catalog, universe: &Universe, dice: &mut Dice) -> FactKey {
    let name = ["organisation", "product", "activity"][dice.below(3)];
    let kind = catalog.schema.kind_named(name).unwrap();
    let field = catalog.schema.kind(kind).field_named("role").unwrap();
    FactKey::Fact(kind, dice.below(universe.table(kind).rows) as u32, field)
}

fn some_value(catalog: &Catalog, universe: &Universe, key: &FactKey, dice: &mut Dice) -> Option<Value> {
    let FactKey::Fact(kind, _, field) = *key else { return Some(Value::Flag(dice.below(2) == 0)) };
    let definition = catalog.schema.kind(kind).field(field);
    let is_parent = catalog.schema.kind(kind).parent == Some(field);
    if !is_parent && dice.below(5) == 0 {
        return None;
    }
    let (low, high) = definition.range;
    Some(match definition.ty {
        Type::Bool => Value::Flag(dice.below(2) == 0),
        Type::Int | Type::Decimal => Value::Number(
            low.saturating_add(dice.below(high.saturating_sub(low).clamp(0, 99) as usize + 1) as i64),
        ),
        Type::Date => Value::Number((19_000 + dice.below(1_500) as i64) * DAY),
        Type::Duration => Value::Number((1 + dice.below(240) as i64) * 3_600),
        Type::Text => Value::Number(dice.below(universe.texts.len()) as i64),
        Type::Enum(list) => Value::Number(dice.below(catalog.schema.values(list).len()) as i64),
        Type::Set(list) => Value::Set(dice.below(1 << catalog.schema.values(list).len().min(16)) as u128),
        Type::Thing(to) => match universe.table(to).rows {
            0 => Value::Thing(ROW_NONE),
            rows => Value::Thing(dice.below(rows) as u32),
        },
    })
}

fn assert_whole(catalog: &Catalog, assessed: &mut Assessed, profile: &str, ours: &Evaluation, after: &str) {
    let columns = assessed.universe.outcomes.clone();
    let full = Evaluation::new(catalog, &mut assessed.universe, profile, overlays(catalog));
    for (index, requirement) in catalog.requirements.iter().enumerate() {
        assert_eq!(ours.outcomes[index], full.outcomes[index], "{} after {after}", requirement.id);
    }
    assert_eq!(ours.overruled, full.overruled, "after {after}");
    assert_eq!(columns, assessed.universe.outcomes, "what `met()` reads, after {after}");
}

/// A ruling on the first thing of every fifth requirement.
fn overlays(catalog: &Catalog) -> Overlays {
    let mut overlays = Overlays::default();
    for index in (0..catalog.requirements.len()).step_by(5) {
        overlays.requirements.insert(index, vec![Overlay { row: 0, outcome: Outcome::Met }]);
    }
    overlays
}

fn changes(profile: &str, activities: usize, changes: usize) {
    let catalog = hegui_law::catalog().unwrap();
    let register = Register::read_files(generate(&catalog, activities, 7), &catalog)
        .unwrap_or_else(|problems| panic!("{problems}"));
    let date = parse_date("2026-06-01").unwrap();
    let mut assessed = register.universe(&catalog, date, date);
    let mut evaluation = Evaluation::new(&catalog, &mut assessed.universe, profile, overlays(&catalog));
    let mut dice = Dice(42);
    for _ in 0..changes {
        let key = some_key(&catalog, &assessed.universe, &mut dice);
        let value = some_value(&catalog, &assessed.universe, &key, &mut dice);
        assessed.set_fact(&key, value);
        let before = evaluation.outcomes.clone();
        let touched = evaluation.update(&catalog, &mut assessed.universe, &key);
        for (index, rows) in &touched {
            let (Some(before), Some(after)) = (&before[*index], &evaluation.outcomes[*index]) else {
                panic!("a requirement that was not needed changed")
            };
            let differ = (0..rows.len()).all(|row| rows.get(row) == (before.get(row) != after.get(row)));
            assert!(differ, "the rows told are those that changed");
        }
        let after = format!("{} := {value:?}", assessed.path(&key));
        assert_whole(&catalog, &mut assessed, profile, &evaluation, &after);
    }
}

#[test]
fn changes_in_a_register_where_few_are_many() {
    changes("full", 3, 400);
}

#[test]
fn changes_in_a_register_where_they_are_told_apart() {
    changes("handler", 400, 250);
}

#[test]
fn rulings_laid_over_what_was_computed_come_to_what_a_new_evaluation_does() {
    let catalog = hegui_law::catalog().unwrap();
    let register = Register::read_files(generate(&catalog, 20, 7), &catalog)
        .unwrap_or_else(|problems| panic!("{problems}"));
    let date = parse_date("2026-06-01").unwrap();
    let mut assessed = register.universe(&catalog, date, date);
    let mut evaluation = Evaluation::new(&catalog, &mut assessed.universe, "full", Overlays::default());
    let plain = evaluation.outcomes.clone();
    let mut dice = Dice(7);
    for round in 0..3 {
        evaluation.rule(&catalog, &mut assessed.universe, overlays(&catalog));
        assert_ne!(evaluation.outcomes, plain, "a ruling changes something");
        assert_whole(&catalog, &mut assessed, "full", &evaluation, &format!("the rulings of round {round}"));
        // The facts change under the rulings as they do without.
        let key = some_key(&catalog, &assessed.universe, &mut dice);
        let value = some_value(&catalog, &assessed.universe, &key, &mut dice);
        assessed.set_fact(&key, value);
        evaluation.update(&catalog, &mut assessed.universe, &key);
        let after = assessed.path(&key);
        assert_whole(&catalog, &mut assessed, "full", &evaluation, &after);
        // And without them all is as it was.
        evaluation.rule(&catalog, &mut assessed.universe, Overlays::default());
        let bare = Evaluation::new(&catalog, &mut assessed.universe.clone(), "full", Overlays::default());
        assert_eq!(evaluation.outcomes, bare.outcomes);
        assert!(evaluation.overruled.is_empty());
    }
}
