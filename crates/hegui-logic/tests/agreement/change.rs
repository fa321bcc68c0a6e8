//! After one fact has changed, evaluating only the affected rows again equals a full run.

use crate::tape::Tape;
use crate::world::{Known, World, random_fact};
use hegui_logic::columnar::{Affected, Truths, affected, evaluate, evaluate_rows};
use hegui_logic::plan::Plan;
use hegui_logic::schema::{FieldId, KindId, RelationId, Schema, Source};
use hegui_logic::universe::{FactKey, Universe};

/// Changes one fact, list, completeness or outcome of a world; says which.
pub fn change(schema: &Schema, world: &mut World, tape: &mut Tape) -> FactKey {
    let counts: Vec<usize> = schema.kinds.iter().map(|k| world.kind(&k.name).len()).collect();
    let place = tape.pick(schema.kinds.len());
    let (id, kind) = (KindId(place as u16), &schema.kinds[place]);
    let row = tape.pick(counts[place]);
    if tape.pick(8) == 7 {
        let key = ("5.1".to_owned(), kind.name.clone(), row);
        if world.outcomes.remove(&key).is_none() {
            world.outcomes.insert(key, tape.pick(2) == 0);
        }
        return FactKey::Outcome("5.1".into(), id, row as u32);
    }
    let thing = &mut world.things.get_mut(&kind.name).unwrap()[row];
    if !kind.relations.is_empty() && tape.pick(4) == 3 {
        let place = tape.pick(kind.relations.len());
        let relation = &kind.relations[place];
        if !thing.closed.remove(&relation.name) {
            thing.closed.insert(relation.name.clone());
        }
        if relation.source == Source::List && tape.pick(2) == 0 {
            let there = counts[usize::from(relation.to.0)];
            thing.lists.insert(relation.name.clone(), vec![tape.pick(there)]);
        }
        return FactKey::Complete(id, row as u32, RelationId(place as u16));
    }
    let place = tape.pick(kind.fields.len());
    let field = &kind.fields[place];
    if tape.pick(4) == 3 {
        thing.facts.remove(&field.name);
    } else {
        let fact = random_fact(schema, field, &counts, tape, Known::Partly);
        thing.facts.insert(field.name.clone(), fact);
    }
    FactKey::Fact(id, row as u32, FieldId(place as u16))
}

/// What a full run gave before, brought up to date.
pub fn updated(plan: &Plan, schema: &Schema, before: &Truths, after: &Universe, rows: &Affected) -> Truths {
    let Affected::Rows(rows) = rows else { return evaluate(plan, after, schema) };
    let some = evaluate_rows(plan, after, schema, rows);
    let mut truths = before.clone();
    for (place, row) in rows.iter().enumerate() {
        truths.yes.set(*row as usize, some.yes.get(place));
        truths.no.set(*row as usize, some.no.get(place));
    }
    truths
}

/// Many activities of one product, a provision each, with a party for every ten.
fn large(schema: &Schema, activities: usize) -> Universe {
    use hegui_logic::universe::Value::Thing;
    let mut universe = Universe::new(schema, &[1, 1, activities, activities, activities / 10], 0);
    universe.state(KindId(1), 0, FieldId(0), Some(Thing(0)));
    for row in 0..activities as u32 {
        universe.state(KindId(2), row, FieldId(0), Some(Thing(0)));
        universe.state(KindId(3), row, FieldId(0), Some(Thing(row)));
        universe.state(KindId(3), row, FieldId(1), Some(Thing(row / 10)));
    }
    universe.link(schema);
    universe
}

#[test]
fn a_fact_below_concerns_few_rows_and_one_above_concerns_all() {
    let schema = crate::world::schema();
    let universe = large(&schema, 1_000);
    let source = "activity.provisions.exists(p, p.volume > 3 && p.recipient.handler) && organisation.big";
    let plan = crate::compiled(source, KindId(2)).unwrap();
    let of = |key: FactKey| affected(&plan, &universe, &schema, &key);
    let fact = |kind: u16, row, name: &str| {
        FactKey::Fact(KindId(kind), row, schema.kinds[usize::from(kind)].field_named(name).unwrap())
    };
    assert_eq!(of(fact(3, 77, "volume")), Affected::Rows(vec![77]));
    assert_eq!(of(fact(3, 77, "sent")), Affected::Rows(vec![]));
    assert_eq!(of(fact(4, 7, "handler")), Affected::Rows((70..80).collect()));
    assert_eq!(of(fact(0, 0, "big")), Affected::All);
    assert_eq!(of(fact(0, 0, "staff")), Affected::Rows(vec![]));
    assert_eq!(of(FactKey::Complete(KindId(2), 5, RelationId(1))), Affected::Rows(vec![5]));
    // A reference that a relation is the reverse of moves a member from one thing to another.
    assert_eq!(of(fact(3, 77, "activity")), Affected::All);
    assert_eq!(of(fact(3, 77, "recipient")), Affected::Rows(vec![77]));
    let inherited = crate::compiled("provision.sensitive", KindId(3)).unwrap();
    let at_activity = affected(&inherited, &universe, &schema, &fact(2, 9, "sensitive"));
    assert_eq!(at_activity, Affected::Rows(vec![9]));
    assert_eq!(affected(&inherited, &universe, &schema, &fact(1, 0, "sensitive")), Affected::All);
}
