//! The things of the object with their facts: what records, lists and tables are made from.

use crate::assessment::Assessment;
use crate::view::{FactView, Inventory, InventoryThing, KindView, ListView, RelationView};
use crate::words;
use hegui_catalog::model::Text;
use hegui_logic::bits::Bits;
use hegui_logic::schema::{FieldId, KindId, RelationId, Type};
use hegui_logic::universe::{FactKey, ROW_NONE, Value};

impl Assessment<'_> {
    /// All things of the object with their facts on the date, kind by kind; apart from them what documents
    /// declare of them.
    #[must_use]
    pub fn inventory(&self) -> Inventory {
        let kinds = (0..self.catalog.schema.kinds.len() as u16).map(KindId);
        let (practised, declared): (Vec<KindId>, Vec<KindId>) = kinds.partition(|kind| {
            self.catalog.kinds.get(kind.0 as usize).is_some_and(|entry| entry.declares.is_none())
        });
        let views = |kinds: Vec<KindId>| kinds.into_iter().filter_map(|kind| self.kind_view(kind)).collect();
        Inventory { kinds: views(practised), declared: views(declared) }
    }

    fn kind_view(&self, kind: KindId) -> Option<KindView> {
        let rows = self.included.things.get(kind.0 as usize).into_iter().flat_map(Bits::iter_ones);
        let things: Vec<InventoryThing> = rows.map(|row| self.inventory_thing(kind, row as u32)).collect();
        let definition = self.catalog.schema.kind(kind);
        let label = |at: usize, name: &str| {
            let entry = self.catalog.fact(kind, FieldId(at as u16));
            let label = entry.map(|entry| entry.label.clone()).unwrap_or_default();
            let unlabelled = || Text { zh: name.to_owned(), en: name.to_owned() };
            if label.zh.is_empty() { unlabelled() } else { label }
        };
        let facts = definition.fields.iter().enumerate();
        let facts = facts.map(|(at, field)| (field.name.clone(), label(at, &field.name))).collect();
        let role = |who: &str| self.catalog.roles.get(who).cloned().unwrap_or_default();
        let who = |at: usize| {
            role(self.catalog.fact(kind, FieldId(at as u16)).map_or("", |entry| entry.who.as_str()))
        };
        let lists = definition.relations.iter().map(|relation| RelationView {
            name: relation.name.clone(),
            title: self.kind_title(relation.to),
            who: role(&self.who_lists(relation.to)),
        });
        (!things.is_empty()).then(|| KindView {
            kind: definition.name.clone(),
            title: self.kind_title(kind),
            facts,
            asks: (0..definition.fields.len()).map(who).collect(),
            lists: lists.collect(),
            things,
        })
    }

    fn inventory_thing(&self, kind: KindId, row: u32) -> InventoryThing {
        let definition = self.catalog.schema.kind(kind);
        let universe = &self.assessed.universe;
        let fact = |at: usize| -> FactView {
            let field = FieldId(at as u16);
            self.looked_up(&FactKey::Fact(kind, row, field), universe.value(kind, row, field))
        };
        let code = |at: usize| {
            let field = FieldId(at as u16);
            let thing = |kind, row| self.thing(kind, row);
            let key = FactKey::Fact(kind, row, field);
            let value = universe.value(kind, row, field)?;
            Some(words::code(self.catalog, universe, &key, value, &thing))
        };
        let parent = definition.parent.and_then(|field| {
            match (definition.field(field).ty, self.assessed.universe.value(kind, row, field)?) {
                (Type::Thing(above), Value::Thing(row)) if row < ROW_NONE => Some(self.thing(above, row)),
                _ => None,
            }
        });
        InventoryThing {
            thing: self.thing_view(kind, row),
            parent,
            facts: (0..definition.fields.len()).map(fact).collect(),
            codes: (0..definition.fields.len()).map(code).collect(),
            lists: (0..definition.relations.len()).map(|at| self.list_view(kind, row, at)).collect(),
        }
    }

    fn list_view(&self, kind: KindId, row: u32, at: usize) -> ListView {
        let relation = RelationId(at as u16);
        let definition = self.catalog.schema.kind(kind).relation(relation);
        let (members, complete) = self.assessed.universe.members(kind, row, relation);
        ListView {
            name: definition.name.clone(),
            members: members.iter().map(|row| self.thing(definition.to, *row)).collect(),
            complete,
        }
    }
}
