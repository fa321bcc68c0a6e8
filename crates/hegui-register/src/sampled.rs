//! Facts that rest on a sample.

use crate::assessed::Assessed;
use hegui_logic::schema::{FieldId, KindId};
use hegui_logic::universe::FactKey;

impl Assessed {
    /// The known facts whose value rests on a sample.
    #[must_use]
    pub fn sampled(&self) -> Vec<FactKey> {
        let store = &self.store;
        let sampled: Vec<bool> = store.origins.iter().map(|origin| origin.sample.is_some()).collect();
        if !sampled.contains(&true) {
            return vec![];
        }
        let mut found = vec![];
        for (kind, things) in store.kinds.iter().enumerate() {
            for (field, seen) in things.facts.iter().enumerate() {
                for (row, origin) in seen.rows.iter().zip(&seen.origins) {
                    let key = FactKey::Fact(KindId(kind as u16), *row, FieldId(field as u16));
                    if sampled.get(*origin as usize) == Some(&true)
                        && !found.contains(&key)
                        && self.counts_sample(&key)
                    {
                        found.push(key);
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
