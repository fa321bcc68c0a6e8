//! Facts that rest on a sample.

use crate::assessed::Assessed;
use hegui_logic::schema::{FieldId, KindId, RelationId};
use hegui_logic::universe::FactKey;

impl Assessed {
    /// The known facts, and the statements that a list is complete, that rest on a sample.
    #[must_use]
    pub fn sampled(&self) -> Vec<FactKey> {
        let store = &self.store;
        let sampled: Vec<bool> = store.origins.iter().map(|origin| origin.sample.is_some()).collect();
        if !sampled.contains(&true) {
            return vec![];
        }
        let mut found = vec![];
        for (kind, things) in store.kinds.iter().enumerate() {
            let kind = KindId(kind as u16);
            let fact = |at: usize, row| FactKey::Fact(kind, row, FieldId(at as u16));
            let complete = |at: usize, row| FactKey::Complete(kind, row, RelationId(at as u16));
            let keys: [(_, &dyn Fn(usize, u32) -> FactKey); 2] =
                [(&things.facts, &fact), (&things.complete, &complete)];
            for (columns, key) in keys {
                for (at, seen) in columns.iter().enumerate() {
                    let rows = seen.rows.iter().zip(&seen.origins);
                    let on_samples = rows.filter(|(_, origin)| sampled.get(**origin as usize) == Some(&true));
                    for key in on_samples.map(|(row, _)| key(at, *row)) {
                        if !found.contains(&key) && self.counts_sample(&key) {
                            found.push(key);
                        }
                    }
                }
            }
        }
        found
    }

    fn counts_sample(&self, key: &FactKey) -> bool {
        self.provenance(key).observations.iter().any(|seen| seen.counts && seen.sample.is_some())
    }
}
