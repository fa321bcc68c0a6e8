//! What a pair of dates leaves out, and whether a person settled what a sample says.

use crate::assessed::Assessed;
use crate::store::Slot;
use hegui_logic::universe::FactKey;

impl Assessed {
    /// How many facts have an observation that is left out, because it was made after `as_of` or
    /// learned after `known_on`.
    #[must_use]
    pub fn left_out(&self) -> usize {
        let dates = self.dates;
        let late: Vec<bool> = self
            .store
            .origins
            .iter()
            .map(|origin| origin.valid_from > dates.as_of || origin.recorded > dates.known_on)
            .collect();
        if !late.contains(&true) {
            return 0;
        }
        let mut left_out = 0;
        for (kind, things) in self.store.kinds.iter().enumerate() {
            let parent = self.schema.kinds.get(kind).and_then(|kind| kind.parent);
            // What a thing stands below holds at every date.
            let facts = things
                .facts
                .iter()
                .enumerate()
                .filter(|(at, _)| parent.is_none_or(|field| usize::from(field.0) != *at));
            for seen in facts.map(|(_, seen)| seen).chain(&things.lists).chain(&things.complete) {
                let observed = seen.rows.iter().zip(&seen.origins);
                let mut rows: Vec<u32> = observed
                    .filter(|(_, origin)| late.get(**origin as usize) == Some(&true))
                    .map(|(row, _)| *row)
                    .collect();
                // Observations stand in the order of rows.
                rows.dedup();
                left_out += rows.len();
            }
        }
        left_out
    }

    /// Whether a person ruled, by then, which value of a fact holds.
    #[must_use]
    pub fn is_ruled(&self, key: &FactKey) -> bool {
        let FactKey::Fact(kind, row, field) = *key else { return false };
        let rulings = self.store.rulings_on(kind, row, Slot::Field(field.0));
        rulings.iter().any(|ruling| ruling.on <= self.dates.known_on)
    }
}
