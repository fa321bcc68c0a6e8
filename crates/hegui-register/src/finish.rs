//! When all files are read: slots become rows, references find their things, and what only the whole
//! can show is checked.

mod check;

use crate::builder::{Builder, PendingRuling, Slots};
use crate::path::{did_you_mean, split_thing, thing_path};
use crate::problem::{Problem, Problems, echo};
use crate::store::{Blanket, FactRuling, NIL, Observations, Ruled, RulingTarget, Slot, Spot, Store, Things};
use crate::value::Wrong;
use hegui_catalog::model::Place;
use hegui_logic::schema::{FieldId, Kind, KindId, RelationId, Type};
use hegui_logic::universe::ROW_NONE;
use std::sync::Arc;

/// So many ids are compared, all in all, to say which one may have been meant.
const COMPARISON_LIMIT: usize = 500_000;

/// Makes the register.
///
/// # Errors
/// All that is wrong with the files.
pub(crate) fn finish(mut builder: Builder<'_>) -> Result<Store, Problems> {
    if builder.broken {
        return builder.problems.into_result(Store::default());
    }
    let rows: Vec<Vec<u32>> = builder.things.iter().map(rows_of).collect();
    let mut finish = Finish { builder: &mut builder, rows, comparisons: COMPARISON_LIMIT };
    finish.undeclared();
    finish.references();
    finish.parents();
    finish.order();
    finish.check();
    let rulings = finish.rulings();
    let blankets = finish.blankets();
    let kinds = finish.kinds();
    let Builder { files, texts, origins, outcome_rulings, mut evidence, problems, .. } = builder;
    let (engagement, dispositions) = (builder.engagement, builder.dispositions);
    evidence.sort_by(|a, b| a.id.cmp(&b.id));
    let mut store = Store {
        files: Arc::unwrap_or_clone(files),
        strings: texts.strings,
        origins,
        kinds,
        blankets,
        fact_rulings: rulings,
        outcome_rulings: outcome_rulings.into_iter().map(|(ruling, _)| ruling).collect(),
        evidence,
        engagement,
        dispositions: dispositions.into_iter().map(|(made, _)| made).collect(),
    };
    store.index();
    problems.into_result(store)
}

/// The row of each slot; [`NIL`] for a thing that is not declared.
fn rows_of(things: &Slots) -> Vec<u32> {
    let mut rows = vec![NIL; things.ids.len()];
    for (row, slot) in things.order.iter().enumerate() {
        if let Some(place) = rows.get_mut(*slot as usize) {
            *place = row as u32;
        }
    }
    rows
}

struct Finish<'b, 'c> {
    builder: &'b mut Builder<'c>,
    rows: Vec<Vec<u32>>,
    comparisons: usize,
}

impl<'c> Finish<'_, 'c> {
    fn kinds_of(&self) -> impl Iterator<Item = (KindId, &'c Kind)> + use<'c> {
        self.builder.schema.kinds.iter().enumerate().map(|(at, kind)| (KindId(at as u16), kind))
    }

    fn row(&self, kind: KindId, slot: u32) -> u32 {
        self.rows.get(kind.0 as usize).and_then(|rows| rows.get(slot as usize)).copied().unwrap_or(NIL)
    }

    fn id(&self, kind: KindId, slot: u32) -> String {
        let symbol = self.builder.things.get(kind.0 as usize).and_then(|t| t.ids.get(slot as usize));
        symbol.map_or(String::new(), |symbol| self.builder.texts.strings.get(*symbol).to_owned())
    }

    /// The name of the thing in a row.
    fn name(&self, kind: KindId, row: u32) -> String {
        let slot = self.builder.things.get(kind.0 as usize).and_then(|t| t.order.get(row as usize));
        thing_path(self.builder.schema, kind, &slot.map_or(String::new(), |slot| self.id(kind, *slot)))
    }

    /// A reference to a thing that is not there.
    fn dangling(&mut self, kind: KindId, slot: u32, spot: Spot) {
        if self.builder.is_told(spot.file()) {
            return self.builder.problem(spot, "", Wrong::default());
        }
        let id = self.id(kind, slot);
        let near = self.near_id(kind, &id);
        let name = &self.builder.schema.kind(kind).name;
        let shown = echo(&id);
        let wrong =
            Wrong::new(format!("no `{name}` is called `{shown}`{near}"), format!("declare [{name}.{shown}]"));
        self.builder.problem(spot, &id, wrong);
    }

    fn near_id(&mut self, kind: KindId, id: &str) -> String {
        let Some(things) = self.builder.things.get(kind.0 as usize) else { return String::new() };
        if things.order.len() > self.comparisons {
            return String::new();
        }
        self.comparisons -= things.order.len();
        let strings = &self.builder.texts.strings;
        let ids = things.order.iter().filter_map(|slot| things.ids.get(*slot as usize));
        did_you_mean(id, ids.map(|symbol| strings.get(*symbol)))
    }

    /// Things that a longer header adds to but that stand nowhere.
    fn undeclared(&mut self) {
        for (kind, _) in self.kinds_of() {
            let Some(things) = self.builder.things.get_mut(kind.0 as usize) else { continue };
            let extended = std::mem::take(&mut things.extended);
            for (slot, spot) in extended {
                if self.row(kind, slot) == NIL {
                    self.dangling(kind, slot, spot);
                }
            }
        }
    }

    /// Slots become rows: whose observation it is, and which things it names.
    fn references(&mut self) {
        for (kind, definition) in self.kinds_of() {
            for (at, field) in definition.fields.iter().enumerate() {
                let to = if let Type::Thing(to) = field.ty { Some(to) } else { None };
                self.remap(kind, to, |builder| builder.facts.get_mut(kind.0 as usize)?.get_mut(at));
            }
            for (at, relation) in definition.relations.iter().enumerate() {
                let to = Some(relation.to);
                self.remap(kind, to, |builder| builder.lists.get_mut(kind.0 as usize)?.get_mut(at));
                self.remap(kind, None, |builder| builder.complete.get_mut(kind.0 as usize)?.get_mut(at));
            }
        }
    }

    fn remap(
        &mut self,
        kind: KindId,
        to: Option<KindId>,
        pick: impl for<'x> Fn(&'x mut Builder<'c>) -> Option<&'x mut Observations>,
    ) {
        let Some(place) = pick(self.builder) else { return };
        let mut seen = std::mem::take(place);
        let mut missing: Vec<(u32, Spot)> = Vec::new();
        for row in &mut seen.rows {
            *row = self.row(kind, *row);
        }
        if let Some(to) = to {
            for (word, spot) in seen.words.iter_mut().zip(&seen.spots) {
                if *word == i64::from(ROW_NONE) {
                    continue;
                }
                match self.row(to, *word as u32) {
                    NIL => missing.push((*word as u32, *spot)),
                    row => *word = i64::from(row),
                }
            }
            let mut from = 0;
            for (end, spot) in seen.ends.iter().zip(&seen.spots) {
                let members = seen.members.get_mut(from..*end as usize).unwrap_or_default();
                from = *end as usize;
                for member in &mut *members {
                    match self.row(to, *member) {
                        NIL => missing.push((*member, *spot)),
                        row => *member = row,
                    }
                }
                members.sort_unstable();
            }
            for (slot, spot) in missing {
                self.dangling(to, slot, spot);
            }
        }
        if let Some(place) = pick(self.builder) {
            *place = seen;
        }
    }

    /// Every thing has one thing above it. Where there is only one of that kind it may be left out.
    fn parents(&mut self) {
        for (kind, definition) in self.kinds_of() {
            let (Some(field), Some(above)) = (definition.parent, self.builder.schema.parent_of(kind)) else {
                continue;
            };
            let Some(things) = self.builder.things.get(kind.0 as usize) else { continue };
            let spots: Vec<Spot> = things
                .order
                .iter()
                .map(|s| things.declared.get(*s as usize).copied().flatten().unwrap_or_default())
                .collect();
            let only = self.builder.things.get(above.0 as usize).map_or(0, |t| t.order.len());
            let Some(facts) =
                self.builder.facts.get_mut(kind.0 as usize).and_then(|f| f.get_mut(field.0 as usize))
            else {
                continue;
            };
            let mut stated = vec![false; spots.len()];
            for row in &facts.rows {
                if let Some(place) = stated.get_mut(*row as usize) {
                    *place = true;
                }
            }
            let mut orphans = Vec::new();
            for (row, spot) in spots.iter().enumerate().filter(|(row, _)| stated.get(*row) == Some(&false)) {
                if only == 1 {
                    facts.add(row as u32, 0, *spot);
                    facts.words.push(0);
                } else {
                    orphans.push((row as u32, *spot));
                }
            }
            for (row, spot) in orphans {
                self.orphan(kind, above, row, spot, only);
            }
        }
    }

    fn orphan(&mut self, kind: KindId, above: KindId, row: u32, spot: Spot, candidates: usize) {
        let name = self.name(kind, row);
        let parent = &self.builder.schema.kind(above).name;
        let (message, remedy) = if candidates == 0 {
            (
                format!("`{name}` stands below a `{parent}`, and there is none"),
                format!("declare [{parent}.ID]"),
            )
        } else {
            let message =
                format!("`{name}` does not say below which `{parent}` it stands, and there are {candidates}");
            (message, format!("{parent} = \"ID\""))
        };
        self.builder.problem(spot, &name, Wrong::new(message, remedy));
    }

    fn order(&mut self) {
        let columns = [&mut self.builder.facts, &mut self.builder.lists, &mut self.builder.complete];
        for observations in columns.into_iter().flatten().flatten() {
            observations.sort();
        }
    }

    fn rulings(&mut self) -> Vec<FactRuling> {
        let mut found = Vec::new();
        for pending in std::mem::take(&mut self.builder.rulings) {
            let slot = self.builder.slot(pending.kind, &pending.id);
            let row = self.row(pending.kind, slot);
            if row == NIL {
                self.dangling(pending.kind, slot, pending.spot);
                continue;
            }
            let Some(value) = self.ruled(pending.kind, pending.slot, pending.value, pending.spot) else {
                continue;
            };
            if !self.is_observed(pending.kind, row, pending.slot, &value) {
                let wrong = Wrong::new(
                    "no observation of this fact has the value of the ruling",
                    "a ruling picks one of the values observed; state the new value as an observation",
                );
                self.builder.problem(pending.spot, "", wrong);
            }
            let (kind, slot) = (pending.kind, pending.slot);
            let PendingRuling { by, role, on, reasons, spot, .. } = pending;
            found.push(FactRuling { kind, row, slot, value, by, role, on, reasons, spot });
        }
        found.sort_by_key(|ruling| (ruling.kind, ruling.row, ruling.slot, ruling.on));
        self.outcome_rulings();
        found
    }

    /// The value of a ruling, with rows for slots.
    fn ruled(&mut self, kind: KindId, slot: Slot, value: Ruled, spot: Spot) -> Option<Ruled> {
        let schema = self.builder.schema;
        match (slot, value) {
            (Slot::Field(field), Ruled::Word(word)) if word != i64::from(ROW_NONE) => {
                let Type::Thing(to) = schema.kind(kind).field(FieldId(field)).ty else {
                    return Some(Ruled::Word(word));
                };
                match self.row(to, word as u32) {
                    NIL => {
                        self.dangling(to, word as u32, spot);
                        None
                    }
                    row => Some(Ruled::Word(i64::from(row))),
                }
            }
            (Slot::List(list), Ruled::List(members)) => {
                let to = schema.kind(kind).relation(RelationId(list)).to;
                let mut rows: Vec<u32> = members.iter().map(|slot| self.row(to, *slot)).collect();
                for (slot, _) in members.iter().zip(&rows).filter(|(_, row)| **row == NIL) {
                    self.dangling(to, *slot, spot);
                }
                rows.sort_unstable();
                Some(Ruled::List(rows))
            }
            (_, value) => Some(value),
        }
    }

    fn is_observed(&self, kind: KindId, row: u32, slot: Slot, value: &Ruled) -> bool {
        let columns = match slot {
            Slot::Field(_) => &self.builder.facts,
            Slot::List(_) => &self.builder.lists,
        };
        let (Slot::Field(at) | Slot::List(at)) = slot;
        let Some(seen) = columns.get(kind.0 as usize).and_then(|c| c.get(at as usize)) else { return false };
        seen.of(row).any(|at| match value {
            Ruled::Word(word) => seen.words.get(at) == Some(word),
            Ruled::Set(set) => seen.sets.get(at) == Some(set),
            Ruled::List(list) => seen.list(at) == list.as_slice(),
        })
    }

    fn outcome_rulings(&mut self) {
        let mut rulings = std::mem::take(&mut self.builder.outcome_rulings);
        for (ruling, thing) in &mut rulings {
            let requirement = match &ruling.target {
                RulingTarget::Requirement(id) => Some(id.as_str()),
                RulingTarget::Clause(_) => None,
            };
            if let Some(found) = self.named(thing, requirement, &ruling.place) {
                (ruling.kind, ruling.row) = found;
            }
        }
        self.builder.outcome_rulings = rulings;
        let mut dispositions = std::mem::take(&mut self.builder.dispositions);
        for (made, thing) in &mut dispositions {
            if let Some(found) = self.named(thing, Some(&made.requirement), &made.place) {
                (made.kind, made.row) = found;
            }
        }
        self.builder.dispositions = dispositions;
    }

    /// The thing that a ruling or a disposition names: it is there, and its requirement speaks about it.
    fn named(&mut self, thing: &str, requirement: Option<&str>, place: &Place) -> Option<(KindId, u32)> {
        if self.builder.problems.is_told(&place.file) {
            return None;
        }
        let fail = |builder: &mut Builder<'c>, message: String, remedy: &str| {
            builder.problems.push(Problem::new(place.clone(), thing, message, remedy));
        };
        let (kind, id) = match split_thing(self.builder.schema, thing) {
            Ok(found) => found,
            Err(message) => {
                fail(self.builder, message, "KIND.ID");
                return None;
            }
        };
        let slot = self.builder.slot(kind, &id);
        let rows = self.rows.get(kind.0 as usize);
        let row = rows.and_then(|rows| rows.get(slot as usize)).copied().unwrap_or(NIL);
        if row == NIL {
            fail(self.builder, format!("there is no `{}`", echo(thing)), "a thing of this register");
        }
        let scope = requirement.and_then(|id| self.builder.catalog.requirement(id)).and_then(|r| r.scope);
        if let Some(scope) = scope.filter(|scope| *scope != kind) {
            let name = &self.builder.schema.kind(scope).name;
            fail(self.builder, format!("the requirement speaks about a `{name}`"), &format!("{name}.ID"));
        }
        Some((kind, row))
    }

    fn blankets(&mut self) -> Vec<Blanket> {
        let pending = std::mem::take(&mut self.builder.blankets);
        let row = |this: &Self, (kind, slot): (KindId, u32)| (kind, this.row(kind, slot));
        pending
            .into_iter()
            .map(|said| Blanket {
                at: row(self, said.at),
                relation: said.relation,
                complete: said.complete,
                origin: said.origin,
                spot: said.spot,
            })
            .collect()
    }

    fn kinds(&mut self) -> Vec<Things> {
        let mut kinds = Vec::new();
        for (at, slots) in self.builder.things.iter().enumerate() {
            let at_slot = |slot: &u32| *slot as usize;
            kinds.push(Things {
                ids: slots.order.iter().filter_map(|slot| slots.ids.get(at_slot(slot)).copied()).collect(),
                spots: slots
                    .order
                    .iter()
                    .filter_map(|s| slots.declared.get(at_slot(s)).copied().flatten())
                    .collect(),
                by_id: Vec::new(),
                facts: self.builder.facts.get_mut(at).map(std::mem::take).unwrap_or_default(),
                lists: self.builder.lists.get_mut(at).map(std::mem::take).unwrap_or_default(),
                complete: self.builder.complete.get_mut(at).map(std::mem::take).unwrap_or_default(),
            });
        }
        kinds
    }
}
