//! Lists: which things they hold, and whether these are all.

use super::{Reader, Thing};
use crate::builder::{Emptied, PendingBlanket};
use crate::path::{did_you_mean, unknown_kind};
use crate::problem::echo;
use crate::store::Spot;
use crate::tree::{Children, Item, Node};
use crate::value::{Wrong, describe};
use hegui_logic::schema::{KindId, RelationId, Schema, Source};

impl<'s> Reader<'_, '_, 's> {
    /// A relation: ids where the list is kept at the thing, or "none".
    pub(super) fn relation(&mut self, thing: Thing, relation: u16, node: &Node<'s>) {
        self.each_observation(node, |this, value, origin, spot| {
            let definition = this.builder.schema.kind(thing.kind).relation(RelationId(relation));
            match (&value.item, definition.source) {
                (Item::Text(text), source) if text == "none" => {
                    this.empty(thing, relation, source == Source::List, origin, spot);
                }
                (Item::List(members), Source::List) => {
                    if let Some(members) = this.members(definition.to, *members) {
                        this.put_list(thing, relation, &members, origin, spot);
                    }
                }
                (_, Source::List) => {
                    let remedy = format!(
                        "as in [\"ID\"] of [{}.ID], or \"none\"",
                        this.builder.schema.kind(definition.to).name
                    );
                    let message =
                        format!("`{}` is a list of ids, found {}", definition.name, describe(&value.item));
                    this.problem(value.span, Wrong::new(message, remedy));
                }
                (_, source) => this.wrong_side(thing.kind, relation, source, value),
            }
        });
    }

    /// A reverse relation is stated where the reference stands.
    fn wrong_side(&mut self, kind: KindId, relation: u16, source: Source, value: &Node<'s>) {
        let schema = self.builder.schema;
        let definition = schema.kind(kind).relation(RelationId(relation));
        let there = schema.kind(definition.to);
        let by = match source {
            Source::Inverse(field) => there.field(field).name.as_str(),
            Source::InverseList(list) => there.relation(list).name.as_str(),
            Source::List => definition.name.as_str(),
        };
        let message = format!("`{}` is what refers to this from elsewhere", definition.name);
        let remedy = format!(
            "say `{by}` at each [{}.ID]; here only \"none\", or complete = [\"{}\"]",
            there.name, definition.name
        );
        self.problem(value.span, Wrong::new(message, remedy));
    }

    pub(crate) fn members(&mut self, to: KindId, members: Children) -> Option<Vec<u32>> {
        let section = self.section;
        let mut slots: Vec<u32> = Vec::with_capacity(members.len as usize);
        for member in section.children(members) {
            let Item::Text(id) = &member.item else {
                let name = &self.builder.schema.kind(to).name;
                let wrong = Wrong::new(
                    format!("expected the id of a `{name}`, found {}", describe(&member.item)),
                    "[\"ID\"]",
                );
                self.problem(member.span, wrong);
                return None;
            };
            slots.push(self.builder.slot(to, id));
        }
        slots.sort_unstable();
        slots.dedup();
        Some(slots)
    }

    fn put_list(&mut self, thing: Thing, relation: u16, members: &[u32], origin: u32, spot: Spot) {
        let lists =
            self.builder.lists.get_mut(thing.kind.0 as usize).and_then(|l| l.get_mut(relation as usize));
        let Some(lists) = lists else { return };
        lists.add(thing.slot, origin, spot);
        lists.members.extend_from_slice(members);
        lists.ends.push(lists.members.len() as u32);
    }

    /// A relation said to have no members: complete, and empty.
    fn empty(&mut self, thing: Thing, relation: u16, list: bool, origin: u32, spot: Spot) {
        if list {
            self.put_list(thing, relation, &[], origin, spot);
        }
        self.close(thing, thing.kind, RelationId(relation), true, origin, spot);
        let Thing { kind, slot } = thing;
        self.builder.emptied.push(Emptied { kind, slot, relation: RelationId(relation), origin, spot });
    }

    /// That a relation is complete, said at the thing itself or for everything below it.
    fn close(
        &mut self,
        at: Thing,
        kind: KindId,
        relation: RelationId,
        complete: bool,
        origin: u32,
        spot: Spot,
    ) {
        if at.kind != kind {
            let at = (at.kind, at.slot);
            let relation = (kind, relation);
            return self.builder.blankets.push(PendingBlanket { at, relation, complete, origin, spot });
        }
        let said =
            self.builder.complete.get_mut(kind.0 as usize).and_then(|c| c.get_mut(relation.0 as usize));
        if let Some(said) = said {
            said.add(at.slot, origin, spot);
            said.words.push(i64::from(complete));
        }
    }

    /// `complete = ["provisions", "activity.data"]`, or a table with provenance for each.
    pub(super) fn complete(&mut self, thing: Thing, node: &Node<'s>) {
        let section = self.section;
        match node.item {
            Item::List(names) => {
                for name in section.children(names) {
                    let spot = self.file.spot(name.span.0);
                    let origin = self.file.origin;
                    match &name.item {
                        Item::Text(text) => {
                            self.complete_one(thing, text, name.span, &[(true, origin, spot)])
                        }
                        _ => self.problem(
                            name.span,
                            Wrong::new("expected the name of a relation", "complete = [\"…\"]"),
                        ),
                    }
                }
            }
            Item::Table(names) => {
                for name in section.children(names) {
                    self.complete_entry(thing, "", name);
                }
            }
            _ => {
                let message = format!("`complete` is a list of relations, found {}", describe(&node.item));
                self.problem(node.span, Wrong::new(message, "complete = [\"…\"]"));
            }
        }
    }

    /// One key of `complete = { … }`; `activity.provisions` may be a dotted key, which nests.
    fn complete_entry(&mut self, thing: Thing, prefix: &str, node: &Node<'s>) {
        let section = self.section;
        let schema = self.builder.schema;
        let kind = schema.kind(thing.kind);
        if prefix.is_empty()
            && kind.relation_named(&node.key).is_none()
            && schema.kind_named(&node.key).is_some()
            && let Item::Table(inner) = node.item
        {
            for below in section.children(inner) {
                self.complete_entry(thing, &node.key, below);
            }
            return;
        }
        let mut said = Vec::new();
        match node.item {
            Item::Table(table) if section.children(table).all(|key| key.key != "value") => {
                let origin = self.origin(table, &[]);
                said.push((true, origin, self.file.spot(node.key_at)));
            }
            _ => self.each_observation(node, |this, value, origin, spot| match value.item {
                Item::Bool(complete) => said.push((complete, origin, spot)),
                _ => this
                    .problem(value.span, Wrong::new("a relation is complete (true) or not (false)", "true")),
            }),
        }
        let name = if prefix.is_empty() { node.key.to_string() } else { format!("{prefix}.{}", node.key) };
        self.complete_one(thing, &name, Self::key_span(node), &said);
    }

    fn complete_one(&mut self, thing: Thing, name: &str, span: (u32, u32), said: &[(bool, u32, Spot)]) {
        match completed(self.builder.schema, thing.kind, name, !self.is_told()) {
            Ok((kind, relation)) => {
                for (complete, origin, spot) in said {
                    self.close(thing, kind, relation, *complete, *origin, *spot);
                }
            }
            Err(wrong) => self.problem(span, wrong),
        }
    }
}

/// The relation that a name in `complete` means: one of the thing's own, or one of a kind below it.
fn completed(schema: &Schema, at: KindId, name: &str, hints: bool) -> Result<(KindId, RelationId), Wrong> {
    let (kind, relation) = match name.rsplit_once('.') {
        Some((kind, relation)) => {
            let unknown =
                || if hints { Wrong::new(unknown_kind(schema, kind), "") } else { Wrong::default() };
            let kind_id = schema.kind_named(kind).ok_or_else(unknown)?;
            (kind_id, relation)
        }
        None => (at, name),
    };
    let definition = schema.kind(kind);
    let Some(found) = definition.relation_named(relation) else {
        if !hints {
            return Err(Wrong::default());
        }
        let known: Vec<&str> = definition.relations.iter().map(|r| r.name.as_str()).collect();
        let near = did_you_mean(relation, known.iter().copied());
        let message = format!("`{}` has no relation `{}`{near}", definition.name, echo(relation));
        return Err(Wrong::new(message, format!("one of {}", known.join(", "))));
    };
    let mut above = Some(kind);
    while above.is_some_and(|k| k != at) {
        above = above.and_then(|k| schema.parent_of(k));
    }
    if above.is_none() {
        let message = format!("a `{}` does not stand below a `{}`", definition.name, schema.kind(at).name);
        return Err(Wrong::new(message, "say it at a thing above"));
    }
    Ok((kind, found))
}
