//! Which things belong to the object of an assessment.
//!
//! To an activity belong the activity itself and what lies below it; what lies above it (its product,
//! the organisation); what these refer to (recipients, contracts, documents, obligations, systems); and
//! what speaks of them without belonging to another activity (a record of one of its provisions). To a
//! product belong in the same way the product, what lies below it, and so on. What belongs to other
//! products or activities only is not looked at.
//!
//! Whether a list is complete matters only at what was chosen and at what it refers to: that a product
//! may have more activities is no question about one of them.

use crate::scope::{Belonging, Object, parent_rows};
use hegui_logic::bits::Bits;
use hegui_logic::schema::{FieldId, KindId, RelationId, Schema, Source, Type};
use hegui_logic::universe::{ROW_NONE, Universe, Value};

/// The things of an object.
#[derive(Clone, Debug, Default)]
pub struct Included {
    /// The things, by kind.
    pub things: Vec<Bits>,
    /// Those of them whose lists belong to the object as well, by kind.
    pub lists: Vec<Bits>,
}

/// The things that an object takes in.
#[must_use]
pub fn included(schema: &Schema, universe: &Universe, object: &Object, belonging: &Belonging) -> Included {
    let rows = |kind: KindId| universe.table(kind).rows;
    if object.products.is_empty() && object.activities.is_empty() {
        let all: Vec<Bits> = kinds(schema).map(|kind| Bits::ones(rows(kind))).collect();
        return Included { things: all.clone(), lists: all };
    }
    let (chosen, column) = if object.activities.is_empty() {
        (&object.products, &belonging.product)
    } else {
        (&object.activities, &belonging.activity)
    };
    let core: Vec<Bits> = kinds(schema)
        .map(|kind| {
            let of = |row: usize| column.get(kind.0 as usize).and_then(|c| c.get(row));
            Bits::from_fn(rows(kind), |row| of(row).is_some_and(|row| chosen.contains(row)))
        })
        .collect();
    let mut search = Search { schema, universe, belonging, lists: core.clone(), things: core.clone() };
    search.speakers(&core);
    while search.referred() | search.below() {}
    search.above(&core);
    Included { things: search.things, lists: search.lists }
}

fn kinds(schema: &Schema) -> impl Iterator<Item = KindId> + use<> {
    (0..schema.kinds.len() as u16).map(KindId)
}

struct Search<'a> {
    schema: &'a Schema,
    universe: &'a Universe,
    belonging: &'a Belonging,
    /// What is followed further.
    lists: Vec<Bits>,
    things: Vec<Bits>,
}

impl Search<'_> {
    /// Whether a thing hangs on no product or activity, and is neither one of them nor the organisation.
    fn is_free(&self, kind: KindId, row: u32) -> bool {
        let none = |column: &[Vec<u32>]| {
            column.get(kind.0 as usize).and_then(|c| c.get(row as usize)).is_none_or(|up| *up >= ROW_NONE)
        };
        self.schema.kind(kind).parent.is_some()
            && none(&self.belonging.product)
            && none(&self.belonging.activity)
    }

    /// Whether a kind is what an object is made of. A policy that covers three products does not make
    /// the other two part of an assessment of one.
    fn is_whole(&self, kind: KindId) -> bool {
        ["organisation", "product", "activity"].contains(&self.schema.kind(kind).name.as_str())
    }

    /// What a thing refers to: by its reference facts, and by lists kept at it.
    fn references(&self, kind: KindId, row: u32) -> Vec<(KindId, u32)> {
        let definition = self.schema.kind(kind);
        let mut found = vec![];
        for (at, field) in definition.fields.iter().enumerate() {
            let id = FieldId(at as u16);
            if let Type::Thing(to) = field.ty
                && definition.parent != Some(id)
                && let Some(Value::Thing(target)) = self.universe.value(kind, row, id)
                && target < ROW_NONE
            {
                found.push((to, target));
            }
        }
        for (at, relation) in definition.relations.iter().enumerate() {
            if relation.source == Source::List {
                let (members, _) = self.universe.members(kind, row, RelationId(at as u16));
                found.extend(members.iter().map(|member| (relation.to, *member)));
            }
        }
        found
    }

    fn has(bits: &[Bits], kind: KindId, row: u32) -> bool {
        bits.get(kind.0 as usize).is_some_and(|bits| bits.get(row as usize))
    }

    fn set(bits: &mut [Bits], kind: KindId, row: u32) {
        if let Some(bits) = bits.get_mut(kind.0 as usize) {
            bits.set(row as usize, true);
        }
    }

    /// Takes in a thing, to be followed further.
    fn follow(&mut self, kind: KindId, row: u32) {
        Self::set(&mut self.things, kind, row);
        Self::set(&mut self.lists, kind, row);
    }

    /// What speaks of the core and belongs to no activity.
    fn speakers(&mut self, core: &[Bits]) {
        for kind in kinds(self.schema) {
            if self.is_whole(kind) {
                continue;
            }
            for row in 0..self.universe.table(kind).rows as u32 {
                let activity = self.belonging.activity.get(kind.0 as usize).and_then(|c| c.get(row as usize));
                if activity.is_some_and(|up| *up < ROW_NONE) || Self::has(&self.things, kind, row) {
                    continue;
                }
                if self.references(kind, row).iter().any(|(to, target)| Self::has(core, *to, *target)) {
                    self.follow(kind, row);
                }
            }
        }
    }

    /// What is referred to; whether anything was new.
    fn referred(&mut self) -> bool {
        let mut new = vec![];
        for kind in kinds(self.schema) {
            let Some(rows) = self.lists.get(kind.0 as usize) else { continue };
            for row in rows.iter_ones() {
                let targets = self.references(kind, row as u32).into_iter();
                new.extend(
                    targets
                        .filter(|(to, target)| !self.is_whole(*to) && !Self::has(&self.things, *to, *target)),
                );
            }
        }
        for (kind, row) in &new {
            Self::set(&mut self.things, *kind, *row);
            // What hangs on another product or activity is taken in, not what that refers to in turn.
            if self.is_free(*kind, *row) {
                Self::set(&mut self.lists, *kind, *row);
            }
        }
        !new.is_empty()
    }

    /// What lies below what is followed, as the contracts of a recipient; whether anything was new.
    fn below(&mut self) -> bool {
        let mut any = false;
        for kind in kinds(self.schema) {
            let (Some(up), Some(parents)) =
                (self.schema.parent_of(kind), parent_rows(self.schema, self.universe, kind))
            else {
                continue;
            };
            for (row, parent) in parents.iter().enumerate() {
                if *parent < ROW_NONE
                    && Self::has(&self.lists, up, *parent)
                    && !Self::has(&self.lists, kind, row as u32)
                {
                    self.follow(kind, row as u32);
                    any = true;
                }
            }
        }
        any
    }

    /// What lies above the core.
    fn above(&mut self, core: &[Bits]) {
        let mut rising = core.to_vec();
        // A parent stands before its children.
        for kind in kinds(self.schema).collect::<Vec<_>>().into_iter().rev() {
            let (Some(up), Some(parents)) =
                (self.schema.parent_of(kind), parent_rows(self.schema, self.universe, kind))
            else {
                continue;
            };
            let rows: Vec<usize> =
                rising.get(kind.0 as usize).into_iter().flat_map(Bits::iter_ones).collect();
            for parent in rows.iter().filter_map(|row| parents.get(*row)).filter(|p| **p < ROW_NONE) {
                Self::set(&mut rising, up, *parent);
                Self::set(&mut self.things, up, *parent);
            }
        }
    }
}
