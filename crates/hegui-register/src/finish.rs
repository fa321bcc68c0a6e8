//! When all files are read: slots become rows, references find their things, and what only the whole
//! can show is checked.

use crate::builder::{Builder, PendingRuling, Slots};
use crate::path::{did_you_mean, split_thing, thing_path};
use crate::problem::{Problem, Problems};
use crate::store::{Blanket, FactRuling, NIL, Observations, Ruled, RulingTarget, Slot, Spot, Store, Things};
use crate::value::Wrong;
use hegui_logic::error::nearest;
use hegui_logic::schema::{Field, FieldId, Kind, KindId, RelationId, Source, Type};
use hegui_logic::universe::ROW_NONE;
use std::collections::{BTreeMap, HashMap};

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
    evidence.sort_by(|a, b| a.id.cmp(&b.id));
    let mut store = Store {
        files,
        strings: texts.strings,
        origins,
        kinds,
        blankets,
        fact_rulings: rulings,
        outcome_rulings: outcome_rulings.into_iter().map(|(ruling, _)| ruling).collect(),
        evidence,
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
        let id = self.id(kind, slot);
        let near = did_you_mean(self.nearest_id(kind, &id));
        let name = &self.builder.schema.kind(kind).name;
        let wrong =
            Wrong::new(format!("no `{name}` is called `{id}`{near}"), format!("declare [{name}.{id}]"));
        self.builder.problem(spot, &id, wrong);
    }

    fn nearest_id(&mut self, kind: KindId, id: &str) -> Option<String> {
        let things = self.builder.things.get(kind.0 as usize)?;
        if things.order.len() > self.comparisons {
            return None;
        }
        self.comparisons -= things.order.len();
        let strings = &self.builder.texts.strings;
        let ids = things.order.iter().filter_map(|slot| things.ids.get(*slot as usize));
        nearest(id, ids.map(|symbol| strings.get(*symbol)))
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

    /// What only all files together show.
    fn check(&mut self) {
        for (kind, definition) in self.kinds_of() {
            for (at, field) in definition.fields.iter().enumerate() {
                let Some(seen) = self.take(kind, at, |builder| &mut builder.facts) else { continue };
                self.check_field(kind, FieldId(at as u16), field, &seen);
                self.put(kind, at, seen, |builder| &mut builder.facts);
            }
            for (at, relation) in definition.relations.iter().enumerate() {
                let Some(seen) = self.take(kind, at, |builder| &mut builder.lists) else { continue };
                self.given_twice(kind, &relation.name, &seen);
                if relation.to == kind {
                    let pairs = seen
                        .rows
                        .iter()
                        .enumerate()
                        .flat_map(|(at, row)| seen.list(at).iter().map(|to| (*row, *to)));
                    self.cycles(kind, &relation.name, pairs.collect(), &seen);
                }
                self.put(kind, at, seen, |builder| &mut builder.lists);
            }
        }
        self.emptied();
    }

    /// Takes observations out, so that problems can be written while they are looked through.
    fn take(
        &mut self,
        kind: KindId,
        at: usize,
        of: impl for<'x> Fn(&'x mut Builder<'c>) -> &'x mut Vec<Vec<Observations>>,
    ) -> Option<Observations> {
        let seen = std::mem::take(of(self.builder).get_mut(kind.0 as usize)?.get_mut(at)?);
        (!seen.rows.is_empty()).then_some(seen)
    }

    fn put(
        &mut self,
        kind: KindId,
        at: usize,
        seen: Observations,
        of: impl for<'x> Fn(&'x mut Builder<'c>) -> &'x mut Vec<Vec<Observations>>,
    ) {
        if let Some(place) = of(self.builder).get_mut(kind.0 as usize).and_then(|kind| kind.get_mut(at)) {
            *place = seen;
        }
    }

    fn check_field(&mut self, kind: KindId, id: FieldId, field: &Field, seen: &Observations) {
        self.given_twice(kind, &field.name, seen);
        if self.builder.schema.kind(kind).parent == Some(id) {
            self.one_parent(kind, &field.name, seen);
        }
        if self.builder.catalog.fact(kind, id).is_some_and(|fact| fact.judgement) {
            self.judged(&field.name, seen);
        }
        if field.ty == Type::Thing(kind) {
            let pairs = seen.rows.iter().zip(&seen.words).map(|(row, word)| (*row, *word as u32));
            self.cycles(kind, &field.name, pairs.collect(), seen);
        }
    }

    /// Several observations of a fact are one list; two keys of the same name are a mistake.
    fn given_twice(&mut self, kind: KindId, name: &str, seen: &Observations) {
        let pairs = seen.rows.windows(2).zip(seen.spots.windows(2));
        let twice: Vec<(u32, Spot, Spot)> = pairs
            .filter_map(|(rows, spots)| match (rows, spots) {
                ([a, b], [first, second]) if a == b && !second.continues() => Some((*a, *first, *second)),
                _ => None,
            })
            .collect();
        for (row, first, second) in twice {
            let first = self.builder.place(first);
            let path = format!("{}.{name}", self.name(kind, row));
            let wrong = Wrong::new(
                format!(
                    "`{path}` is given twice; the first stands in {}:{}:{}",
                    first.file, first.line, first.column
                ),
                format!("several observations are a list: {name} = [{{ value = …, on = … }}, …]"),
            );
            self.builder.problem(second, name, wrong);
        }
    }

    fn one_parent(&mut self, kind: KindId, name: &str, seen: &Observations) {
        let several: Vec<(u32, Spot)> = seen
            .rows
            .windows(2)
            .zip(seen.spots.iter().skip(1))
            .filter_map(|(rows, spot)| {
                (rows.first() == rows.last()).then(|| rows.first().map(|row| (*row, *spot)))?
            })
            .collect();
        for (row, spot) in several {
            let wrong = Wrong::new(
                format!("`{}` stands below one `{name}`, which does not change", self.name(kind, row)),
                format!("{name} = \"ID\""),
            );
            self.builder.problem(spot, name, wrong);
        }
    }

    fn judged(&mut self, name: &str, seen: &Observations) {
        let unnamed = |origin: &u32| {
            self.builder.origins.get(*origin as usize).is_none_or(|o| o.by == NIL || o.reasons == NIL)
        };
        let bare: Vec<Spot> = seen
            .origins
            .iter()
            .zip(&seen.spots)
            .filter(|(origin, _)| unnamed(origin))
            .map(|(_, spot)| *spot)
            .collect();
        for spot in bare {
            let wrong = Wrong::new(
                format!("only a person can judge `{name}`: it needs `by` and `reasons`"),
                format!(
                    "{name} = {{ value = …, source = \"judgement\", by = \"…\", on = 2026-03-02, reasons = \"…\" }}"
                ),
            );
            self.builder.problem(spot, name, wrong);
        }
    }

    /// Things of one kind that refer to each other in a ring: one problem a ring.
    fn cycles(&mut self, kind: KindId, name: &str, mut edges: Vec<(u32, u32)>, seen: &Observations) {
        edges.retain(|(_, to)| *to < ROW_NONE);
        edges.sort_unstable();
        let count = self.builder.things.get(kind.0 as usize).map_or(0, |t| t.order.len());
        for row in rings(&edges, count) {
            let spot = seen.of(row).next().and_then(|at| seen.spots.get(at)).copied().unwrap_or_default();
            let wrong = Wrong::new(
                format!("`{name}` leads from `{}` back to itself", self.name(kind, row)),
                "references between things of one kind must not form a ring",
            );
            self.builder.problem(spot, name, wrong);
        }
    }

    /// "none", and yet something is there. Each relation is gone through once, however many are empty.
    fn emptied(&mut self) {
        let mut empty: BTreeMap<(KindId, RelationId), HashMap<u32, Spot>> = BTreeMap::new();
        for said in std::mem::take(&mut self.builder.emptied) {
            let ended =
                self.builder.origins.get(said.origin as usize).is_some_and(|o| o.valid_until.is_some());
            if !ended {
                let row = self.row(said.kind, said.slot);
                empty.entry((said.kind, said.relation)).or_default().insert(row, said.spot);
            }
        }
        for ((kind, relation), mut rows) in empty {
            let relation = self.builder.schema.kind(kind).relation(relation);
            for (to, member, spot) in self.referring(relation.to, relation.source) {
                let Some(said) = rows.remove(&to) else { continue };
                let place = self.builder.place(spot);
                let member = self.name(relation.to, member);
                let message = format!(
                    "`{}` is none here, but `{member}` says otherwise in {}:{}",
                    relation.name, place.file, place.line
                );
                let wrong = Wrong::new(message, "leave out one of them, or date when it ended with `until`");
                self.builder.problem(said, &relation.name, wrong);
            }
        }
    }

    /// For a reverse relation: which row is referred to, by which thing, and where.
    fn referring(&self, kind: KindId, source: Source) -> Vec<(u32, u32, Spot)> {
        let at = kind.0 as usize;
        match source {
            Source::Inverse(field) => {
                let seen = self.builder.facts.get(at).and_then(|f| f.get(field.0 as usize));
                seen.map_or(vec![], |seen| {
                    let pairs = seen.words.iter().zip(&seen.rows).zip(&seen.spots);
                    pairs.map(|((word, row), spot)| (*word as u32, *row, *spot)).collect()
                })
            }
            Source::InverseList(list) => {
                let seen = self.builder.lists.get(at).and_then(|l| l.get(list.0 as usize));
                seen.map_or(vec![], |seen| {
                    let entries = seen.rows.iter().zip(&seen.spots).enumerate();
                    entries
                        .flat_map(|(at, (row, spot))| seen.list(at).iter().map(|to| (*to, *row, *spot)))
                        .collect()
                })
            }
            Source::List => vec![],
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
            let fail = |builder: &mut Builder<'c>, message: String, remedy: &str| {
                builder.problems.push(Problem::new(ruling.place.clone(), thing, message, remedy));
            };
            let (kind, id) = match split_thing(self.builder.schema, thing) {
                Ok(found) => found,
                Err(message) => {
                    fail(self.builder, message, "KIND.ID");
                    continue;
                }
            };
            let slot = self.builder.slot(kind, &id);
            let row = self
                .rows
                .get(kind.0 as usize)
                .and_then(|rows| rows.get(slot as usize))
                .copied()
                .unwrap_or(NIL);
            if row == NIL {
                fail(self.builder, format!("there is no `{thing}`"), "a thing of this register");
            }
            let scope = match &ruling.target {
                RulingTarget::Requirement(id) => self.builder.catalog.requirement(id).and_then(|r| r.scope),
                RulingTarget::Clause(_) => None,
            };
            if let Some(scope) = scope.filter(|scope| *scope != kind) {
                let name = &self.builder.schema.kind(scope).name;
                fail(self.builder, format!("the requirement speaks about a `{name}`"), &format!("{name}.ID"));
            }
            (ruling.kind, ruling.row) = (kind, row);
        }
        self.builder.outcome_rulings = rulings;
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

/// Rows from which sorted edges lead back to themselves, one a ring.
fn rings(edges: &[(u32, u32)], count: usize) -> Vec<u32> {
    // 0: not seen, 1: on the way, 2: done.
    let mut state = vec![0u8; count];
    let mut found = Vec::new();
    for start in 0..count as u32 {
        let mut way: Vec<(u32, usize)> = vec![];
        enter(start, edges, &mut state, &mut way);
        while let Some((row, next)) = way.last_mut() {
            let (row, edge) = (*row, edges.get(*next));
            *next += 1;
            match edge.filter(|(from, _)| *from == row) {
                None => {
                    if let Some(place) = state.get_mut(row as usize) {
                        *place = 2;
                    }
                    way.pop();
                }
                Some((_, to)) => match state.get(*to as usize) {
                    Some(0) => enter(*to, edges, &mut state, &mut way),
                    Some(1) => found.push(*to),
                    _ => {}
                },
            }
        }
    }
    found
}

fn enter(row: u32, edges: &[(u32, u32)], state: &mut [u8], way: &mut Vec<(u32, usize)>) {
    if let Some(place) = state.get_mut(row as usize)
        && *place == 0
    {
        *place = 1;
        way.push((row, edges.partition_point(|(from, _)| *from < row)));
    }
}

#[cfg(test)]
mod tests {
    use super::rings;

    #[test]
    fn rings_are_found_once_each_and_chains_are_none() {
        assert_eq!(rings(&[(0, 1), (1, 2)], 3), Vec::<u32>::new());
        assert_eq!(rings(&[(0, 1), (1, 0), (2, 2)], 3), vec![0, 2]);
        assert_eq!(rings(&[(0, 2), (1, 2)], 3), Vec::<u32>::new());
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let chain: Vec<(u32, u32)> = (0..1_000_000).map(|row| (row, row + 1)).collect();
        assert!(rings(&chain, 1_000_001).is_empty());
    }
}
