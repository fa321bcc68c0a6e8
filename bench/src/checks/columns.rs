//! From rows to columns: what ours has to build before it can evaluate.

use super::reach::{Key, Need};
use super::world::{Row, World};
use anyhow::{Context, Result, ensure};
use hegui_logic::bits::Bits;
use hegui_logic::plan::DECIMAL_ONE;
use hegui_logic::schema::{EnumId, FieldId, KindId, RelationId, Schema, Type};
use hegui_logic::sets::SetColumn;
use hegui_logic::universe::{Column, NumberColumn, OutcomeColumn, Texts, Universe};
use serde_json::Value as Json;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// So many rows are read at a time: few, so that they stay in the cache.
const BLOCK: usize = 64;

/// Codes or texts with their places.
type Places<'a> = HashMap<&'a str, u32, BuildHasherDefault<Quick>>;

/// Hashes a code by its length, beginning and end: the codes are our own, nobody chooses them to collide.
#[derive(Default)]
struct Quick(u64);

impl Hasher for Quick {
    fn finish(&self) -> u64 {
        // The table looks at the highest bits and the lowest.
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        let short = |bytes: &[u8]| bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
        let first = bytes.first_chunk().map_or_else(|| short(bytes), |eight| u64::from_le_bytes(*eight));
        let last = bytes.last_chunk().map_or(0, |eight| u64::from_le_bytes(*eight));
        let both = first.rotate_left(23) ^ last ^ bytes.len() as u64;
        self.0 = (self.0 ^ both).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_u8(&mut self, _: u8) {
        // What `str` puts at its end, to tell it from what follows; nothing does.
    }
}

/// Makes the universe of a world: facts stated column by column, relations complete, all linked.
///
/// # Errors
/// When a row holds a value that does not fit the schema.
pub fn build(world: &World, schema: &Schema) -> Result<Universe> {
    let counts: Vec<usize> =
        (0..schema.kinds.len()).map(|kind| world.of(KindId(kind as u16)).len()).collect();
    let mut universe = Universe::new(schema, &counts, world.as_of);
    let codes: Vec<Places<'_>> = schema
        .enums
        .iter()
        .map(|list| (0..).zip(&list.values).map(|(place, code)| (code.as_str(), place)).collect())
        .collect();
    let mut texts = Symbols::default();
    for (kind, need) in &world.needs {
        let rows = world.of(*kind);
        for relation in &need.relations {
            universe.close_all(*kind, *relation, Bits::ones(rows.len()));
        }
        state_all(&mut universe, schema, *kind, rows, need, &codes, &mut texts)?;
    }
    universe.texts = texts.all;
    universe.link(schema);
    Ok(universe)
}

/// Texts and their symbols.
#[derive(Default)]
struct Symbols<'a> {
    all: Texts,
    places: Places<'a>,
}

impl<'a> Symbols<'a> {
    fn of(&mut self, text: &'a str) -> u32 {
        *self.places.entry(text).or_insert_with(|| self.all.intern(text))
    }
}

/// What is made of the values under one key.
enum Made {
    Flags(FieldId, Bits),
    Numbers(FieldId, Type, NumberColumn),
    Sets(FieldId, EnumId, SetColumn),
    Things(FieldId, Vec<u32>),
    Lists(RelationId, Vec<u32>, Vec<u32>),
    Outcome(String, Bits),
}

impl Made {
    fn new(key: Key, schema: &Schema, kind: KindId, rows: usize) -> Self {
        match key {
            Key::Fact(field) => match schema.kind(kind).field(field).ty {
                Type::Bool => Self::Flags(field, Bits::zeros(rows)),
                Type::Set(list) => Self::Sets(field, list, SetColumn::new(rows)),
                Type::Thing(_) => Self::Things(field, Vec::with_capacity(rows)),
                ty => Self::Numbers(field, ty, NumberColumn::zeros(rows)),
            },
            Key::List(relation) => {
                let mut offsets = Vec::with_capacity(rows + 1);
                offsets.push(0);
                Self::Lists(relation, offsets, vec![])
            }
            Key::Outcome(clause) => Self::Outcome(clause, Bits::zeros(rows)),
        }
    }

    fn read<'a>(
        &mut self,
        values: impl Iterator<Item = (usize, &'a Json)>,
        codes: &[Places<'_>],
        texts: &mut Symbols<'a>,
    ) -> Result<()> {
        let places = |list: EnumId| codes.get(usize::from(list.0)).context("no such list");
        let place = |places: &Places<'_>, code: &Json| {
            places.get(code.as_str().context("no code")?).copied().context("an unknown code")
        };
        match self {
            Self::Flags(_, bits) | Self::Outcome(_, bits) => {
                for (row, value) in values {
                    bits.set(row, value.as_bool().context("no bool")?);
                }
            }
            Self::Numbers(_, Type::Enum(list), numbers) => {
                let places = places(*list)?;
                for (row, value) in values {
                    numbers.set(row, place(places, value)?.into());
                }
            }
            Self::Numbers(_, Type::Text, numbers) => {
                for (row, value) in values {
                    numbers.set(row, texts.of(value.as_str().context("no text")?).into());
                }
            }
            Self::Numbers(_, Type::Decimal, numbers) => {
                for (row, value) in values {
                    let value = value.as_f64().context("no decimal")? * DECIMAL_ONE as f64;
                    numbers.set(row, value.round() as i64);
                }
            }
            Self::Numbers(_, _, numbers) => {
                for (row, value) in values {
                    numbers.set(row, number(value)?);
                }
            }
            Self::Sets(_, list, sets) => {
                let places = places(*list)?;
                for (row, value) in values {
                    let mut set = 0u128;
                    for code in value.as_array().context("no set")? {
                        set |= 1 << place(places, code)?;
                    }
                    sets.fill(row, set);
                }
            }
            Self::Things(_, things) => {
                for (_, value) in values {
                    things.push(number(value)? as u32);
                }
            }
            Self::Lists(_, offsets, targets) => {
                for (_, value) in values {
                    for member in value.as_array().context("no list")? {
                        targets.push(number(member)? as u32);
                    }
                    offsets.push(targets.len() as u32);
                }
            }
        }
        Ok(())
    }

    fn state(self, universe: &mut Universe, kind: KindId, rows: usize) {
        let known = Bits::ones(rows);
        let (field, column) = match self {
            Self::Flags(field, values) => (field, Column::Flags { values, known }),
            Self::Numbers(field, _, values) => (field, Column::Numbers { values, known }),
            Self::Sets(field, _, values) => (field, Column::Sets { values, known }),
            Self::Things(field, things) => (field, Column::Things(things)),
            Self::Lists(relation, offsets, targets) => {
                return universe.state_lists(kind, relation, offsets, targets);
            }
            Self::Outcome(clause, met) => {
                let gap = met.not();
                universe.outcomes.insert((clause, kind), OutcomeColumn { met, gap });
                return;
            }
        };
        universe.state_column(kind, field, column);
    }
}

fn state_all<'a>(
    universe: &mut Universe,
    schema: &Schema,
    kind: KindId,
    rows: &'a [Row],
    need: &Need,
    codes: &[Places<'_>],
    texts: &mut Symbols<'a>,
) -> Result<()> {
    let mut made: Vec<Made> =
        need.keys().into_iter().map(|key| Made::new(key, schema, kind, rows.len())).collect();
    ensure!(rows.iter().all(|row| row.len() == made.len()), "a row has too few values or too many");
    // Some rows at a time, that each is fetched from memory once; of these one column after the other.
    for (first, block) in (0..).step_by(BLOCK).zip(rows.chunks(BLOCK)) {
        for (place, made) in made.iter_mut().enumerate() {
            let values = || block.iter().filter_map(|row| row.get(place));
            std::hint::black_box(values().map(touch).fold(0, |sum, byte| sum ^ byte));
            made.read((first..).zip(values()), codes, texts)?;
        }
    }
    made.into_iter().for_each(|made| made.state(universe, kind, rows.len()));
    Ok(())
}

/// Looks at the texts in a value, so that they are near at hand when they are read: here nothing waits
/// for what was found before, so the processor fetches many at once.
fn touch(value: &Json) -> u8 {
    match value {
        Json::String(text) => text.as_bytes().first().copied().unwrap_or(0),
        Json::Array(values) => values.iter().map(touch).fold(0, |sum, byte| sum ^ byte),
        _ => 0,
    }
}

fn number(value: &Json) -> Result<i64> {
    value.as_i64().context("no number")
}
