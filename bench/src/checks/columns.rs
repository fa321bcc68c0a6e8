//! From rows to columns: what ours has to build before it can evaluate.

use super::reach::{Need, outcome_key};
use super::world::{Row, World};
use anyhow::{Context, Result, bail};
use hegui_logic::bits::Bits;
use hegui_logic::plan::DECIMAL_ONE;
use hegui_logic::schema::{EnumId, FieldId, KindId, RelationId, Schema, Type};
use hegui_logic::universe::{OutcomeColumn, Universe, Value};
use serde_json::Value as Json;
use std::collections::HashMap;

/// Where the value under a key goes.
enum Place {
    Fact(FieldId, Type),
    List(RelationId),
    Outcome(String),
}

/// Makes the universe of a world: facts stated, relations complete, all linked.
///
/// # Errors
/// When a row holds a value that does not fit the schema.
pub fn build(world: &World, schema: &Schema) -> Result<Universe> {
    let counts: Vec<usize> =
        (0..schema.kinds.len()).map(|kind| world.of(KindId(kind as u16)).len()).collect();
    let mut universe = Universe::new(schema, &counts, world.as_of);
    let codes = codes(schema);
    for (kind, need) in &world.needs {
        let rows = world.of(*kind);
        for relation in &need.relations {
            for row in 0..rows.len() as u32 {
                universe.close(*kind, row, *relation, true);
            }
        }
        state_all(&mut universe, *kind, rows, &places(schema, *kind, need), &codes)?;
    }
    universe.link(schema);
    Ok(universe)
}

/// The place of each code in its list.
fn codes(schema: &Schema) -> Vec<HashMap<&str, u32>> {
    schema
        .enums
        .iter()
        .map(|list| (0..).zip(&list.values).map(|(place, code)| (code.as_str(), place)).collect())
        .collect()
}

/// The keys of a kind's rows, in the order in which a row gives them.
fn places(schema: &Schema, kind: KindId, need: &Need) -> Vec<(String, Place)> {
    let definition = schema.kind(kind);
    let fields = need.fields.iter().map(|id| {
        let field = definition.field(*id);
        (field.name.clone(), Place::Fact(*id, field.ty))
    });
    let lists = need.lists.iter().map(|id| (definition.relation(*id).name.clone(), Place::List(*id)));
    let outcomes = need.outcomes.iter().map(|clause| (outcome_key(clause), Place::Outcome(clause.clone())));
    let mut places: Vec<_> = fields.chain(lists).chain(outcomes).collect();
    places.sort_by(|a, b| a.0.cmp(&b.0));
    places
}

fn state_all(
    universe: &mut Universe,
    kind: KindId,
    rows: &[Row],
    places: &[(String, Place)],
    codes: &[HashMap<&str, u32>],
) -> Result<()> {
    let mut outcomes: HashMap<&str, Bits> = HashMap::new();
    for (row, thing) in rows.iter().enumerate() {
        let mut values = thing.iter();
        for (wanted, place) in places {
            let (_, value) = values.find(|(key, _)| *key == wanted).context("a fact is not given")?;
            match place {
                Place::Fact(field, ty) => {
                    let value = read(value, *ty, codes, universe)?;
                    universe.state(kind, row as u32, *field, Some(value));
                }
                Place::List(relation) => {
                    for member in value.as_array().context("no list")? {
                        universe.list(kind, row as u32, *relation, number(member)? as u32);
                    }
                }
                Place::Outcome(clause) => {
                    let met = value.as_bool().context("no outcome")?;
                    outcomes.entry(clause).or_insert_with(|| Bits::zeros(rows.len())).set(row, met);
                }
            }
        }
    }
    for (clause, met) in outcomes {
        let gap = met.not();
        universe.outcomes.insert((clause.to_owned(), kind), OutcomeColumn { met, gap });
    }
    Ok(())
}

fn number(value: &Json) -> Result<i64> {
    value.as_i64().context("no number")
}

fn read(value: &Json, ty: Type, codes: &[HashMap<&str, u32>], universe: &mut Universe) -> Result<Value> {
    let place = |list: EnumId, code: &Json| {
        let code = code.as_str().context("no code")?;
        codes.get(usize::from(list.0)).and_then(|places| places.get(code)).copied().context("an unknown code")
    };
    Ok(match ty {
        Type::Bool => Value::Flag(value.as_bool().context("no bool")?),
        Type::Int | Type::Date | Type::Duration => Value::Number(number(value)?),
        Type::Decimal => {
            Value::Number((value.as_f64().context("no decimal")? * DECIMAL_ONE as f64).round() as i64)
        }
        Type::Text => Value::Number(universe.texts.intern(value.as_str().context("no text")?).into()),
        Type::Enum(list) => Value::Number(place(list, value)?.into()),
        Type::Set(list) => {
            let Json::Array(given) = value else { bail!("no set") };
            let mut set = 0u128;
            for code in given {
                set |= 1 << place(list, code)?;
            }
            Value::Set(set)
        }
        Type::Thing(_) => Value::Thing(number(value)? as u32),
    })
}
