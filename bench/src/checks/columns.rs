//! From rows to columns: what ours has to build before it can evaluate.

use super::reach::{Key, Need};
use super::world::{Row, World};
use anyhow::{Context, Result, bail};
use hegui_logic::bits::Bits;
use hegui_logic::plan::DECIMAL_ONE;
use hegui_logic::schema::{EnumId, KindId, Schema, Type};
use hegui_logic::universe::{OutcomeColumn, Universe, Value};
use serde_json::Value as Json;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

/// So many rows are read at a time: few, so that they stay in the cache.
const BLOCK: usize = 512;

/// The codes of a list with their places.
type Codes<'a> = HashMap<&'a str, u32, BuildHasherDefault<Quick>>;

/// Hashes a code eight bytes at a time: the codes are our own, nobody chooses them to collide.
#[derive(Default)]
struct Quick(u64);

impl Hasher for Quick {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 = (self.0.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
    }
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
        state_all(&mut universe, schema, *kind, rows, need, &codes)?;
    }
    universe.link(schema);
    Ok(universe)
}

/// The place of each code in its list.
fn codes(schema: &Schema) -> Vec<Codes<'_>> {
    schema
        .enums
        .iter()
        .map(|list| (0..).zip(&list.values).map(|(place, code)| (code.as_str(), place)).collect())
        .collect()
}

fn state_all(
    universe: &mut Universe,
    schema: &Schema,
    kind: KindId,
    rows: &[Row],
    need: &Need,
    codes: &[Codes<'_>],
) -> Result<()> {
    let keys = need.keys();
    let mut outcomes: BTreeMap<&str, Bits> = BTreeMap::new();
    // Some rows at a time, that each is fetched from memory once; of these one column after the other.
    for (first, block) in (0..).step_by(BLOCK).zip(rows.chunks(BLOCK)) {
        for (place, key) in keys.iter().enumerate() {
            let values = (first..).zip(block.iter().filter_map(|row| row.get(place)));
            match key {
                Key::Fact(field) => {
                    let ty = schema.kind(kind).field(*field).ty;
                    for (row, value) in values {
                        let value = read(value, ty, codes, universe)?;
                        universe.state(kind, row, *field, Some(value));
                    }
                }
                Key::List(relation) => {
                    for (row, value) in values {
                        for member in value.as_array().context("no list")? {
                            universe.list(kind, row, *relation, number(member)? as u32);
                        }
                    }
                }
                Key::Outcome(clause) => {
                    let met = outcomes.entry(clause).or_default();
                    values.filter_map(|(_, value)| value.as_bool()).for_each(|value| met.push(value));
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

fn read(value: &Json, ty: Type, codes: &[Codes<'_>], universe: &mut Universe) -> Result<Value> {
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
