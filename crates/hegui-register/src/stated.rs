//! What was said at a thing itself, fact by fact: what a grid of things and facts shows.
//!
//! A universe holds what counts, with what flows down from above in it. Whoever writes a register out
//! for people to fill in needs what was stated at each thing, and nothing that merely follows.

use crate::assessed::Assessed;
use crate::resolve::value_at;
use crate::store::{Observations, Origin, Slot};
use hegui_logic::observation::Resolved;
use hegui_logic::schema::{FieldId, KindId, RelationId};

/// What was stated of one fact at one thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stated {
    /// The thing's row.
    pub row: u32,
    /// The value in effect, as a register writes it, texts without quotation marks, members of a list
    /// or set as `[a, b]`; `None` where what was stated gives none: sources differ, it is stale, it has
    /// ended or not yet begun.
    pub value: Option<String>,
    /// How many observations there are.
    pub observations: usize,
    /// Whether it is one plain statement, without a date, a name or anything else of its own: nothing
    /// of its history is lost when it is written anew.
    pub bare: bool,
}

impl Assessed {
    /// What was stated of a fact at the things of a kind, in the order of rows.
    #[must_use]
    pub fn stated(&self, kind: KindId, field: FieldId) -> Vec<Stated> {
        let definition = self.schema.kind(kind);
        let ty = definition.field(field).ty;
        let seen = self.store.kinds.get(kind.0 as usize).and_then(|k| k.facts.get(field.0 as usize));
        let is_parent = definition.parent == Some(field);
        let resolve = |row, range: std::ops::Range<usize>, seen: &Observations| {
            if is_parent {
                return Resolved::Known(0);
            }
            let rulings = self.store.rulings_on(kind, row, Slot::Field(field.0));
            self.store.resolve(seen, range, self.dates_of(kind, field), rulings)
        };
        self.each(seen, resolve, |seen, at| self.show_seen(ty, value_at(seen, at)))
    }

    /// What was stated of a list of references, in the order of rows.
    #[must_use]
    pub fn stated_list(&self, kind: KindId, relation: RelationId) -> Vec<Stated> {
        let seen = self.store.kinds.get(kind.0 as usize).and_then(|k| k.lists.get(relation.0 as usize));
        let members = self.schema.kind(kind).relation(relation).to;
        let resolve = |row, range: std::ops::Range<usize>, seen: &Observations| {
            let rulings = self.store.rulings_on(kind, row, Slot::List(relation.0));
            self.store.resolve(seen, range, self.dates, rulings)
        };
        self.each(seen, resolve, |seen, at| {
            let ids: Vec<&str> = seen.list(at).iter().map(|row| self.store.id(members, *row)).collect();
            format!("[{}]", ids.join(", "))
        })
    }

    /// What was stated at the things themselves of whether a relation is complete: `true` or `false`.
    #[must_use]
    pub fn stated_completeness(&self, kind: KindId, relation: RelationId) -> Vec<Stated> {
        let seen = self.store.kinds.get(kind.0 as usize).and_then(|k| k.complete.get(relation.0 as usize));
        let resolve = |_, range: std::ops::Range<usize>, seen: &Observations| {
            self.store.resolve(seen, range, self.dates, &[])
        };
        self.each(seen, resolve, |seen, at| (seen.words.get(at) == Some(&1)).to_string())
    }

    fn each(
        &self,
        seen: Option<&Observations>,
        resolve: impl Fn(u32, std::ops::Range<usize>, &Observations) -> Resolved,
        show: impl Fn(&Observations, usize) -> String,
    ) -> Vec<Stated> {
        let Some(seen) = seen else { return vec![] };
        let mut found = Vec::new();
        let mut start = 0;
        while let Some(row) = seen.rows.get(start).copied() {
            let rest = seen.rows.get(start..).unwrap_or_default();
            let end = start + rest.iter().take_while(|r| **r == row).count();
            let value = match resolve(row, start..end, seen) {
                Resolved::Known(index) => Some(show(seen, start + index)),
                Resolved::Unknown(_) => None,
            };
            let bare = end - start == 1 && self.is_plain(seen.origins.get(start));
            found.push(Stated { row, value, observations: end - start, bare });
            start = end;
        }
        found
    }

    fn is_plain(&self, origin: Option<&u32>) -> bool {
        origin
            .and_then(|origin| self.store.origins.get(*origin as usize))
            .is_none_or(|origin| *origin == Origin::plain())
    }
}
