//! From rows to what the peers read: one nested document a thing, no deeper than the check reaches, made
//! straight from the rows in the form that a peer wants. Where what stands in a row is looked up once a
//! check, not once a thing.

use super::reach::{Key, Reach, outcome_key};
use super::world::World;
use hegui_logic::schema::{KindId, RelationId, Schema, Source, Type};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// How a peer wants its documents.
pub trait Form<'a> {
    /// A value.
    type Value;

    /// A value as the row gives it.
    fn plain(&mut self, value: &'a Json) -> Self::Value;
    /// A set of codes.
    fn codes(&mut self, codes: &'a [Json]) -> Self::Value;
    /// A thing's number, for comparing things.
    fn identity(&mut self, row: u32) -> Self::Value;
    /// A thing.
    fn map(&mut self, entries: Vec<(&'a str, Self::Value)>) -> Self::Value;
    /// The members of a relation.
    fn list(&mut self, things: Vec<Self::Value>) -> Self::Value;
}

/// What a document of a thing of a kind holds, and where in its row it stands.
#[derive(Debug)]
pub struct Layout {
    kind: KindId,
    facts: Vec<(String, usize)>,
    sets: Vec<(String, usize)>,
    follows: Vec<(String, usize, Layout)>,
    members: Vec<(String, usize, Layout)>,
    identity: bool,
}

/// The members of relations, worked out once from the references.
pub struct Documents<'a> {
    world: &'a World,
    schema: &'a Schema,
    relations: BTreeMap<(KindId, RelationId), usize>,
    members: Vec<Vec<Vec<u32>>>,
}

impl<'a> Documents<'a> {
    /// Looks through the rows for who refers to whom.
    #[must_use]
    pub fn new(world: &'a World, schema: &'a Schema) -> Self {
        let mut made = Self { world, schema, relations: BTreeMap::new(), members: vec![] };
        for (kind, need) in &world.needs {
            for relation in &need.relations {
                made.relations.insert((*kind, *relation), made.members.len());
                made.members.push(made.collect(*kind, *relation));
            }
        }
        made
    }

    /// Where the values of a kind's rows stand under a key.
    #[must_use]
    pub fn place(&self, kind: KindId, key: &Key) -> Option<usize> {
        self.world.needs.get(&kind)?.keys().iter().position(|k| k == key)
    }

    fn collect(&self, kind: KindId, id: RelationId) -> Vec<Vec<u32>> {
        let relation = self.schema.kind(kind).relation(id);
        let mut members = vec![vec![]; self.world.of(kind).len()];
        let reverse = |key: Key, members: &mut Vec<Vec<u32>>| {
            let Some(place) = self.place(relation.to, &key) else { return };
            for (other, row) in self.world.of(relation.to).iter().enumerate() {
                for to in references(row.get(place)) {
                    if let Some(list) = members.get_mut(to as usize) {
                        list.push(other as u32);
                    }
                }
            }
        };
        match relation.source {
            Source::List => {
                let Some(place) = self.place(kind, &Key::List(id)) else { return members };
                for (list, row) in members.iter_mut().zip(self.world.of(kind)) {
                    list.extend(references(row.get(place)));
                }
            }
            Source::Inverse(field) => reverse(Key::Fact(field), &mut members),
            Source::InverseList(list) => reverse(Key::List(list), &mut members),
        }
        members
    }

    /// Where everything stands that a check reaches from things of a kind.
    #[must_use]
    pub fn layout(&self, reach: &Reach, kind: KindId) -> Layout {
        let definition = self.schema.kind(kind);
        let mut layout = Layout {
            kind,
            facts: vec![],
            sets: vec![],
            follows: vec![],
            members: vec![],
            identity: reach.identity,
        };
        for id in &reach.facts {
            let field = definition.field(*id);
            let Some(place) = self.place(kind, &Key::Fact(*id)) else { continue };
            match field.ty {
                Type::Set(_) => layout.sets.push((field.name.clone(), place)),
                // Asked only whether it is there.
                Type::Thing(_) if reach.follows.contains_key(id) => {}
                _ => layout.facts.push((field.name.clone(), place)),
            }
        }
        for (id, below) in &reach.follows {
            let field = definition.field(*id);
            if let (Type::Thing(to), Some(place)) = (field.ty, self.place(kind, &Key::Fact(*id))) {
                layout.follows.push((field.name.clone(), place, self.layout(below, to)));
            }
        }
        for (id, below) in &reach.members {
            let relation = definition.relation(*id);
            if let Some(place) = self.relations.get(&(kind, *id)) {
                layout.members.push((relation.name.clone(), *place, self.layout(below, relation.to)));
            }
        }
        for clause in &reach.outcomes {
            if let Some(place) = self.place(kind, &Key::Outcome(clause.clone())) {
                layout.facts.push((outcome_key(clause), place));
            }
        }
        layout
    }

    /// The row that a reference at a place of a row points to.
    #[must_use]
    pub fn reference(&self, kind: KindId, row: u32, place: usize) -> Option<u32> {
        references(self.world.of(kind).get(row as usize)?.get(place)).next()
    }

    /// A thing's document.
    pub fn of<F: Form<'a>>(&self, form: &mut F, layout: &'a Layout, row: u32) -> F::Value {
        let Some(values) = self.world.of(layout.kind).get(row as usize) else { return form.map(vec![]) };
        let parts = layout.facts.len() + layout.sets.len() + layout.follows.len() + layout.members.len();
        let mut map = Vec::with_capacity(parts + 1);
        for (name, place) in &layout.facts {
            map.extend(values.get(*place).map(|value| (name.as_str(), form.plain(value))));
        }
        for (name, place) in &layout.sets {
            let codes = values.get(*place).and_then(Json::as_array);
            map.extend(codes.map(|codes| (name.as_str(), form.codes(codes))));
        }
        for (name, place, below) in &layout.follows {
            let to = references(values.get(*place)).next();
            map.extend(to.map(|row| (name.as_str(), self.of(form, below, row))));
        }
        for (name, place, below) in &layout.members {
            let rows = self.members.get(*place).and_then(|lists| lists.get(row as usize));
            let things = rows.into_iter().flatten().map(|row| self.of(form, below, *row)).collect();
            map.push((name.as_str(), form.list(things)));
        }
        if layout.identity {
            map.push(("id_", form.identity(row)));
        }
        form.map(map)
    }
}

fn references(value: Option<&Json>) -> impl Iterator<Item = u32> + '_ {
    let one = value.and_then(Json::as_u64);
    let several = value.and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_u64);
    one.into_iter().chain(several).map(|row| row as u32)
}
