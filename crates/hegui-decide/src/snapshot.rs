//! A state as it is kept, for a quick start: its records, and how far into the log it had come.

use crate::record::Record;
use crate::state::State;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Serialize, Deserialize)]
struct Kept {
    next_index: u64,
    records: Vec<Record>,
}

impl Serialize for State {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Kept { next_index: self.next_index(), records: self.all().copied().collect() }.serialize(to)
    }
}

impl<'de> Deserialize<'de> for State {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let Kept { next_index, records } = Kept::deserialize(from)?;
        Ok(Self::of(records, next_index))
    }
}
