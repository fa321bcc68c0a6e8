//! Places by the first eight bytes of what they are looked up by, in few bytes: 16 for each that was there when
//! the folder was opened, some 25 for each that came later. There may be many millions of keys.

use std::collections::BTreeSet;

/// Places by prefix. Several may have the same.
#[derive(Default)]
pub(crate) struct Directory {
    sorted: Vec<(u64, u64)>,
    later: BTreeSet<(u64, u64)>,
}

impl Directory {
    pub(crate) fn of(mut places: Vec<(u64, u64)>) -> Self {
        places.sort_unstable();
        places.shrink_to_fit();
        Self { sorted: places, later: BTreeSet::new() }
    }

    pub(crate) fn add(&mut self, prefix: u64, place: u64) {
        self.later.insert((prefix, place));
    }

    /// The places of a prefix, ascending: what came later stands later.
    pub(crate) fn find(&self, prefix: u64) -> impl Iterator<Item = u64> {
        let from = self.sorted.partition_point(|(other, _)| *other < prefix);
        let sorted = self.sorted.get(from..).unwrap_or_default();
        let sorted = sorted.iter().take_while(move |(other, _)| *other == prefix);
        sorted.chain(self.later.range((prefix, 0)..=(prefix, u64::MAX))).map(|(_, place)| *place)
    }

    /// All places, ascending.
    pub(crate) fn places(&self) -> Vec<u64> {
        let mut places: Vec<u64> = self.sorted.iter().chain(&self.later).map(|(_, place)| *place).collect();
        places.sort_unstable();
        places
    }
}
