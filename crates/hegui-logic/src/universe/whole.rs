//! Whole columns and lists stated at once, for whoever has them so: nothing is looked up a value.

use super::{Column, Members, Universe};
use crate::bits::Bits;
use crate::schema::{FieldId, KindId, RelationId};
use std::sync::Arc;

impl Universe {
    /// States a fact of all things of a kind, in place of all that was stated of it. A column of another
    /// sort or length than the table's is ignored, as [`Universe::state`] ignores a wrong value.
    pub fn state_column(&mut self, kind: KindId, field: FieldId, column: Column) {
        let Some(table) = self.table_mut(kind) else { return };
        let place = usize::from(field.0);
        let rows = table.rows;
        let Some(before) = table.columns.get_mut(place) else { return };
        if !column.is_of(rows) || std::mem::discriminant(&**before) != std::mem::discriminant(&column) {
            return;
        }
        *before = Arc::new(column);
        if let Some(inherited) = table.inherited.get_mut(place).filter(|bits| bits.any()) {
            *inherited = Bits::zeros(rows);
        }
    }

    /// States the lists of references kept at all things of a kind, in place of all that was stated of
    /// them: those of row `r` are `targets[offsets[r]..offsets[r + 1]]`. Offsets that do not fit the
    /// table or the targets are ignored, and so are lists of a relation that is the reverse of another.
    pub fn state_lists(&mut self, kind: KindId, relation: RelationId, offsets: Vec<u32>, targets: Vec<u32>) {
        let Some(table) = self.table_mut(kind) else { return };
        let place = usize::from(relation.0);
        let fits = offsets.len() == table.rows + 1
            && offsets.is_sorted()
            && offsets.first() == Some(&0)
            && offsets.last().is_some_and(|end| *end as usize == targets.len());
        let (Some(Some(added)), Some(members)) = (table.added.get_mut(place), table.relations.get_mut(place))
        else {
            return;
        };
        if fits {
            added.clear();
            let closed = std::mem::take(&mut Arc::make_mut(members).closed);
            *members = Arc::new(Members { offsets, targets, closed });
        }
    }

    /// States of all things of a kind whether the members of a relation are complete, one bit a row;
    /// another number of bits is ignored.
    pub fn close_all(&mut self, kind: KindId, relation: RelationId, closed: Bits) {
        let Some(table) = self.table_mut(kind) else { return };
        if closed.len() == table.rows
            && let Some(members) = table.relation_mut(usize::from(relation.0))
        {
            members.closed = closed;
        }
    }
}

impl Column {
    /// Whether there is a value for each of so many rows.
    fn is_of(&self, rows: usize) -> bool {
        match self {
            Self::Flags { values, known } => values.len() == rows && known.len() == rows,
            Self::Numbers { values, known } => values.len() == rows && known.len() == rows,
            Self::Sets { values, known } => values.len() == rows && known.len() == rows,
            Self::Things(things) => things.len() == rows,
        }
    }
}
