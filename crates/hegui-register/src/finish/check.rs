//! What only all files together show: facts given twice, judgements without a name, rings, and lists
//! that are said to be empty and are not.

use super::Finish;
use crate::builder::Builder;
use crate::store::{NIL, Observations, Spot};
use crate::value::Wrong;
use hegui_logic::schema::{Field, FieldId, KindId, RelationId, Source, Type};
use hegui_logic::universe::ROW_NONE;
use std::collections::{BTreeMap, HashMap};

impl<'c> Finish<'_, 'c> {
    /// What only all files together show.
    pub(super) fn check(&mut self) {
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
