//! What is missing for an unknown outcome: nothing outside the list can change the outcome, and where
//! the list says that it is exact, everything in it can.

use crate::tape::Tape;
use crate::world::{CLAUSES, Known, random_fact, value_of};
use hegui_logic::bits::Bits;
use hegui_logic::plan::Plan;
use hegui_logic::schema::{FieldId, KindId, RelationId, Schema};
use hegui_logic::single::{Bound, judge};
use hegui_logic::truth::Outcome;
use hegui_logic::universe::{FactKey, OutcomeColumn, Universe, Value};

/// Everything that a universe does not know.
pub fn unknown(schema: &Schema, universe: &Universe) -> Vec<FactKey> {
    let mut found = vec![];
    for (k, kind) in schema.kinds.iter().enumerate() {
        let id = KindId(k as u16);
        for row in 0..universe.table(id).rows as u32 {
            for f in 0..kind.fields.len() as u16 {
                if universe.value(id, row, FieldId(f)).is_none() {
                    found.push(FactKey::Fact(id, row, FieldId(f)));
                }
            }
            for r in 0..kind.relations.len() as u16 {
                if !universe.members(id, row, RelationId(r)).1 {
                    found.push(FactKey::Complete(id, row, RelationId(r)));
                }
            }
            for clause in CLAUSES {
                if universe.outcome(clause, id, row).known().is_none() {
                    found.push(FactKey::Outcome(clause.into(), id, row));
                }
            }
        }
    }
    found
}

/// Makes a fact known, at random. What flows down and what follows from references stays as it is:
/// each fact is looked at by itself.
pub fn fill(schema: &Schema, universe: &mut Universe, key: &FactKey, tape: &mut Tape) {
    match key {
        FactKey::Fact(kind, row, field) => {
            let counts: Vec<usize> =
                (0..schema.kinds.len()).map(|k| universe.table(KindId(k as u16)).rows).collect();
            let definition = schema.kind(*kind).field(*field).clone();
            let fact = random_fact(schema, &definition, &counts, tape, Known::Partly);
            let mut value = value_of(schema, &definition, &fact, universe);
            if let Value::Number(n) = &mut value
                && matches!(definition.ty, hegui_logic::schema::Type::Int | hegui_logic::schema::Type::Date)
                && *n > 0
            {
                *n += tape.pick(3) as i64 - 1;
            }
            universe.state(*kind, *row, *field, Some(value));
        }
        FactKey::Complete(kind, row, relation) => universe.close(*kind, *row, *relation, true),
        FactKey::Outcome(clause, kind, row) => {
            let rows = universe.table(*kind).rows;
            let column = universe
                .outcomes
                .entry((clause.clone(), *kind))
                .or_insert_with(|| OutcomeColumn { met: Bits::zeros(rows), gap: Bits::zeros(rows) });
            let met = tape.pick(2) == 0;
            column.met.set(*row as usize, met);
            column.gap.set(*row as usize, !met);
        }
        FactKey::Calendar => {}
    }
}

pub fn outcome(when: Option<&Plan>, check: &Plan, universe: &Universe, row: u32) -> Outcome {
    let when = when.map(|plan| Bound::new(plan, universe));
    judge(when.as_ref(), &Bound::new(check, universe), row)
}

/// Whether some values of all other unknown facts were found beside which this fact matters.
pub fn matters(
    schema: &Schema,
    (when, check): (Option<&Plan>, &Plan),
    universe: &Universe,
    row: u32,
    key: &FactKey,
    tape: &mut Tape,
) -> bool {
    let others: Vec<FactKey> = unknown(schema, universe).into_iter().filter(|k| k != key).collect();
    (0..300).any(|_| {
        let mut filled = universe.clone();
        for other in &others {
            // Some stay unknown, or an open list would be closed always.
            if tape.pick(8) > 0 {
                fill(schema, &mut filled, other, tape);
            }
        }
        let without = outcome(when, check, &filled, row);
        (0..6).any(|_| {
            let mut one = filled.clone();
            fill(schema, &mut one, key, tape);
            let mut two = filled.clone();
            fill(schema, &mut two, key, tape);
            let (one, two) = (outcome(when, check, &one, row), outcome(when, check, &two, row));
            one != two || one != without
        })
    })
}
