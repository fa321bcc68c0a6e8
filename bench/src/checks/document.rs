//! From rows to what the peers read: one nested document a thing, no deeper than the check reaches.

use super::reach::{Key, Reach, outcome_key};
use super::world::World;
use hegui_logic::schema::{KindId, RelationId, Schema, Source, Type};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// A thing with all that the check can reach from it, before it takes a peer's form.
#[derive(Clone, Debug)]
pub enum Document<'a> {
    /// A value as the row gives it.
    Plain(&'a Json),
    /// A set of codes.
    Codes(&'a Json),
    /// A thing's number, for comparing things.
    Identity(u64),
    /// A thing.
    Map(Vec<(String, Document<'a>)>),
    /// The members of a relation.
    List(Vec<Document<'a>>),
}

/// The members of relations, worked out once from the references.
pub struct Documents<'a> {
    world: &'a World,
    schema: &'a Schema,
    members: BTreeMap<(KindId, RelationId), Vec<Vec<u32>>>,
    keys: BTreeMap<KindId, Vec<Key>>,
}

impl<'a> Documents<'a> {
    /// Looks through the rows for who refers to whom.
    #[must_use]
    pub fn new(world: &'a World, schema: &'a Schema) -> Self {
        let keys = world.needs.iter().map(|(kind, need)| (*kind, need.keys())).collect();
        let mut made = Self { world, schema, members: BTreeMap::new(), keys };
        for (kind, need) in &world.needs {
            for relation in &need.relations {
                made.members.insert((*kind, *relation), made.collect(*kind, *relation));
            }
        }
        made
    }

    /// Where the values of a kind's rows stand under a key.
    fn place(&self, kind: KindId, key: &Key) -> usize {
        self.keys.get(&kind).and_then(|keys| keys.iter().position(|k| k == key)).unwrap_or(usize::MAX)
    }

    fn collect(&self, kind: KindId, id: RelationId) -> Vec<Vec<u32>> {
        let relation = self.schema.kind(kind).relation(id);
        let mut members = vec![vec![]; self.world.of(kind).len()];
        let reverse = |key: Key, members: &mut Vec<Vec<u32>>| {
            let place = self.place(relation.to, &key);
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
                let place = self.place(kind, &Key::List(id));
                for (list, row) in members.iter_mut().zip(self.world.of(kind)) {
                    list.extend(references(row.get(place)));
                }
            }
            Source::Inverse(field) => reverse(Key::Fact(field), &mut members),
            Source::InverseList(list) => reverse(Key::List(list), &mut members),
        }
        members
    }

    /// A thing's document.
    #[must_use]
    pub fn of(&self, reach: &Reach, kind: KindId, row: u32) -> Document<'a> {
        let definition = self.schema.kind(kind);
        let Some(facts) = self.world.of(kind).get(row as usize) else { return Document::Map(vec![]) };
        let mut map = vec![];
        for id in &reach.facts {
            let field = definition.field(*id);
            let Some(value) = facts.get(self.place(kind, &Key::Fact(*id))) else { continue };
            map.push((
                field.name.clone(),
                match field.ty {
                    Type::Set(_) => Document::Codes(value),
                    // Asked only whether it is there.
                    Type::Thing(_) if reach.follows.contains_key(id) => continue,
                    _ => Document::Plain(value),
                },
            ));
        }
        for (id, below) in &reach.follows {
            let field = definition.field(*id);
            let to = references(facts.get(self.place(kind, &Key::Fact(*id)))).next();
            if let (Type::Thing(kind), Some(row)) = (field.ty, to) {
                map.push((field.name.clone(), self.of(below, kind, row)));
            }
        }
        for (id, below) in &reach.members {
            let relation = definition.relation(*id);
            let rows = self.members.get(&(kind, *id)).and_then(|lists| lists.get(row as usize));
            let things = rows.into_iter().flatten().map(|row| self.of(below, relation.to, *row)).collect();
            map.push((relation.name.clone(), Document::List(things)));
        }
        for clause in &reach.outcomes {
            let met = facts.get(self.place(kind, &Key::Outcome(clause.clone())));
            map.extend(met.map(|met| (outcome_key(clause), Document::Plain(met))));
        }
        if reach.identity {
            map.push(("id_".to_owned(), Document::Identity(row.into())));
        }
        Document::Map(map)
    }
}

fn references(value: Option<&Json>) -> impl Iterator<Item = u32> + '_ {
    let one = value.and_then(Json::as_u64);
    let several = value.and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_u64);
    one.into_iter().chain(several).map(|row| row as u32)
}
