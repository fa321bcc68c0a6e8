//! What follows from what was stated: lists of references, the relations that are their reverse, and
//! facts that flow down from above.

use super::{Column, Members, Table, Universe};
use crate::bits::Bits;
use crate::schema::{FieldId, KindId, RelationId, Schema, Source};
use std::sync::Arc;

impl Table {
    /// Takes what was added to a list into the relation.
    fn settle(&mut self, relation: RelationId) {
        let place = usize::from(relation.0);
        let (Some(Some(added)), Some(members)) = (self.added.get_mut(place), self.relations.get_mut(place))
        else {
            return;
        };
        if added.is_empty() {
            return;
        }
        let added = std::mem::take(added);
        let pairs = || members.pairs().chain(added.iter().copied());
        *members = Arc::new(Members::grouped(self.rows, members.closed.clone(), pairs));
    }
}

impl Members {
    /// From pairs of a row and a member; each row's members in the order of the pairs.
    fn grouped<I: Iterator<Item = (u32, u32)>>(rows: usize, closed: Bits, pairs: impl Fn() -> I) -> Self {
        // The numbers of members are written two places on, so that after adding up each row's place,
        // one on, is where its members begin, and after moving on with each member where they end.
        let mut offsets = vec![0u32; rows + 2];
        for (row, _) in pairs() {
            if let Some(n) = offsets.get_mut(row as usize + 2) {
                *n += 1;
            }
        }
        let mut sum = 0;
        for n in &mut offsets {
            sum += *n;
            *n = sum;
        }
        let mut targets = vec![0; sum as usize];
        for (row, member) in pairs() {
            if let Some(place) = offsets.get_mut(row as usize + 1)
                && let Some(target) = targets.get_mut(*place as usize)
            {
                *target = member;
                *place += 1;
            }
        }
        offsets.truncate(rows + 1);
        Self { offsets, targets, closed }
    }

    /// Pairs of a row and a member.
    fn pairs(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let rows = 0..self.offsets.len().saturating_sub(1) as u32;
        rows.flat_map(|row| self.of(row).iter().map(move |member| (row, *member)))
    }
}

impl Universe {
    /// Adds a member to a list of references kept at a thing; [`Universe::link`] takes it in.
    pub fn list(&mut self, kind: KindId, row: u32, relation: RelationId, member: u32) {
        if let Some(table) = self.table_mut(kind)
            && (row as usize) < table.rows
            && let Some(Some(added)) = table.added.get_mut(usize::from(relation.0))
        {
            added.push((row, member));
        }
    }

    /// States a list of references kept at a thing anew.
    pub fn relist(&mut self, kind: KindId, row: u32, relation: RelationId, list: &[u32]) {
        let Some(table) = self.table_mut(kind).filter(|table| (row as usize) < table.rows) else { return };
        if table.added.get(usize::from(relation.0)).is_none_or(Option::is_none) {
            return;
        }
        table.settle(relation);
        let Some(members) = table.relation_mut(usize::from(relation.0)) else { return };
        let (row, after) = (row as usize, row as usize + 1);
        let (Some(from), Some(to)) = (members.offsets.get(row), members.offsets.get(after)) else { return };
        let before = *from as usize..*to as usize;
        let (more, fewer) = (list.len() as u32, before.len() as u32);
        members.targets.splice(before, list.iter().copied());
        for offset in members.offsets.iter_mut().skip(after) {
            *offset = *offset + more - fewer;
        }
    }

    /// Works out what follows from what was stated: lists, reverse relations, and facts that flow down
    /// from above.
    pub fn link(&mut self, schema: &Schema) {
        for (kind_index, kind) in schema.kinds.iter().enumerate() {
            for index in 0..kind.relations.len() {
                self.link_relation(schema, KindId(kind_index as u16), RelationId(index as u16));
            }
        }
        for kind in 0..schema.kinds.len() {
            self.flow_kind(schema, KindId(kind as u16));
        }
    }

    /// Works out the members of one relation of all things of a kind.
    pub fn link_relation(&mut self, schema: &Schema, kind: KindId, relation: RelationId) {
        let rows = self.table(kind).rows;
        let definition = schema.kind(kind).relation(relation);
        if rows == 0 {
            return;
        }
        if let Source::InverseList(list) = definition.source {
            self.settle(definition.to, list);
        }
        let to = self.table(definition.to);
        let Some(before) = self.table(kind).relation(relation) else { return };
        let unchanged = |none: bool| none && before.targets.is_empty();
        let closed = before.closed.clone();
        let linked = match definition.source {
            Source::List => return self.settle(kind, relation),
            Source::Inverse(field) => {
                let Some(Column::Things(above)) = to.column(field) else { return };
                if unchanged(above.iter().all(|row| *row as usize >= rows)) {
                    return;
                }
                Members::grouped(rows, closed, || above.iter().copied().zip(0..))
            }
            Source::InverseList(list) => {
                let Some(lists) = to.relation(list) else { return };
                if unchanged(lists.targets.is_empty()) {
                    return;
                }
                Members::grouped(rows, closed, || lists.pairs().map(|(member, row)| (row, member)))
            }
        };
        if let Some(table) = self.table_mut(kind)
            && let Some(members) = table.relations.get_mut(usize::from(relation.0))
        {
            *members = Arc::new(linked);
        }
    }

    fn settle(&mut self, kind: KindId, list: RelationId) {
        // A table that is shared is not copied for nothing.
        if self
            .table(kind)
            .added
            .get(usize::from(list.0))
            .is_some_and(|added| added.as_ref().is_some_and(|added| !added.is_empty()))
            && let Some(table) = self.table_mut(kind)
        {
            table.settle(list);
        }
    }

    /// Lets facts flow down into one kind from the kind above, which must be done.
    pub fn flow_kind(&mut self, schema: &Schema, kind: KindId) {
        let definition = schema.kind(kind);
        let (Some(above), Some(parent)) = (schema.parent_of(kind), definition.parent) else { return };
        let Some(Column::Things(parents)) = self.table(kind).column(parent) else {
            return;
        };
        if parents.is_empty() {
            return;
        }
        let parents = parents.clone();
        for (index, field) in definition.fields.iter().enumerate().filter(|(_, field)| field.inherits) {
            let Some(from) = schema.kind(above).field_named(&field.name) else { continue };
            let before = self.table(kind).inherited.get(index).is_some_and(Bits::any);
            let Some(source) = self.table(above).columns.get(usize::from(from.0)) else { continue };
            if !before && !source.any_known() {
                continue;
            }
            self.flow_field((kind, FieldId(index as u16)), Arc::clone(source), &parents);
        }
    }

    /// Lets one fact flow down from the things above, as far as nothing is stated.
    fn flow_field(&mut self, (kind, field): (KindId, FieldId), source: Arc<Column>, parents: &[u32]) {
        let place = usize::from(field.0);
        let Some(table) = self.table_mut(kind) else { return };
        let (Some(column), Some(inherited)) = (table.columns.get_mut(place), table.inherited.get_mut(place))
        else {
            return;
        };
        let column = Arc::make_mut(column);
        for (row, parent) in parents.iter().enumerate() {
            if !inherited.get(row) && column.is_known(row) {
                continue;
            }
            let value = source.get(*parent);
            column.set(row, value);
            inherited.set(row, value.is_some());
        }
    }
}
