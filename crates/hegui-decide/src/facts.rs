//! What compiling looks up in the register: things and types by their numbers, data, purposes, references.

use crate::compile::Compiler;
use crate::directory::{Full, Thing, Types};
use hegui_logic::schema::{KindId, Schema, Type};
use hegui_logic::universe::{ROW_NONE, Universe, Value};

impl Compiler<'_, '_> {
    /// The data of a thing, each with its type where that is known and has a number.
    pub(crate) fn data(&self, kind: KindId, row: u32) -> Vec<(u32, Types)> {
        let (data, datum) = (self.schema.kind(kind).relation_named("data"), self.schema.kind_named("datum"));
        let (Some(data), Some(datum)) = (data, datum) else { return vec![] };
        let (rows, _) = self.source.universe.members(kind, row, data);
        rows.iter()
            .filter_map(|row| {
                let code = code(self.schema, self.source.universe, (datum, *row), "type")?;
                Some((*row, self.directory.find_type(code)?))
            })
            .collect()
    }

    /// The types of a thing's data; those that have no number get one.
    pub(crate) fn types(&mut self, kind: KindId, row: u32) -> Result<Types, Full> {
        let (data, datum) = (self.schema.kind(kind).relation_named("data"), self.schema.kind_named("datum"));
        let (Some(data), Some(datum)) = (data, datum) else { return Ok(Types::NONE) };
        let (rows, _) = self.source.universe.members(kind, row, data);
        let mut types = Types::NONE;
        for row in rows {
            if let Some(code) = code(self.schema, self.source.universe, (datum, *row), "type") {
                types = types.with(self.directory.data_type(code)?);
            }
        }
        Ok(types)
    }

    pub(crate) fn thing(&mut self, kind: KindId, row: u32) -> Thing {
        self.directory.thing(&(self.source.thing)(kind, row))
    }

    pub(crate) fn purpose(&mut self, kind: KindId, row: u32) -> Option<Thing> {
        let code = code(self.schema, self.source.universe, (kind, row), "purpose")?;
        Some(self.directory.thing(&format!("purpose.{code}")))
    }

    /// The thing that a reference names.
    pub(crate) fn reference(&mut self, kind: KindId, row: u32, field: &str) -> Option<Thing> {
        let described = self.schema.kind(kind);
        let field = described.field_named(field)?;
        let Type::Thing(to) = described.field(field).ty else { return None };
        match self.source.universe.value(kind, row, field)? {
            Value::Thing(row) if row != ROW_NONE => Some(self.thing(to, row)),
            _ => None,
        }
    }
}

/// The code of an enum fact, where it is known and not none.
fn code<'a>(
    schema: &'a Schema,
    universe: &Universe,
    (kind, row): (KindId, u32),
    field: &str,
) -> Option<&'a str> {
    let described = schema.kind(kind);
    let field = described.field_named(field)?;
    let Type::Enum(values) = described.field(field).ty else { return None };
    let Value::Number(place) = universe.value(kind, row, field)? else { return None };
    schema.values(values).get(usize::try_from(place).ok()?).map(String::as_str)
}
