//! A bounded map of what was used lately, in shards so that threads do not wait for each other.
//!
//! Each shard has two generations: what is found moves to the young one, and when that is full the old one goes.

use crate::log::locked;
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hash};
use std::sync::{Mutex, MutexGuard};

const SHARDS: usize = 16;

pub(crate) struct Cache<K, V> {
    shards: [Mutex<Shard<K, V>>; SHARDS],
    hasher: RandomState,
}

pub(crate) struct Shard<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    limit: usize,
}

impl<K: Hash + Eq, V: Clone> Cache<K, V> {
    /// Holds at most about so many.
    pub(crate) fn new(limit: usize) -> Self {
        let limit = (limit / SHARDS / 2).max(1);
        let shard = |_| Mutex::new(Shard { young: HashMap::new(), old: HashMap::new(), limit });
        Self { shards: std::array::from_fn(shard), hasher: RandomState::new() }
    }

    /// The part of the map that a key belongs to, locked. `None` never happens: there is a shard for each hash.
    pub(crate) fn shard(&self, key: &K) -> Option<MutexGuard<'_, Shard<K, V>>> {
        self.shards.get(self.hasher.hash_one(key) as usize % SHARDS).map(locked)
    }

    pub(crate) fn forget(&self, key: &K) {
        if let Some(mut shard) = self.shard(key) {
            shard.young.remove(key);
            shard.old.remove(key);
        }
    }
}

impl<K: Hash + Eq, V: Clone> Shard<K, V> {
    pub(crate) fn get(&mut self, key: &K) -> Option<V> {
        if let Some(value) = self.young.get(key) {
            return Some(value.clone());
        }
        let (key, value) = self.old.remove_entry(key)?;
        self.put(key, value.clone());
        Some(value)
    }

    pub(crate) fn put(&mut self, key: K, value: V) {
        if self.young.len() >= self.limit {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_keeps_what_is_used_and_stays_within_its_bound() {
        let cache = Cache::new(3200);
        for number in 0..20_000_u32 {
            cache.shard(&number).unwrap().put(number, number);
            assert_eq!(cache.shard(&7).unwrap().get(&7).unwrap_or(7), 7);
            if number >= 7 {
                assert!(cache.shard(&7).unwrap().get(&7).is_some(), "what is used stays: {number}");
            }
        }
        let count = |shard: &Mutex<Shard<u32, u32>>| {
            let shard = locked(shard);
            shard.young.len() + shard.old.len()
        };
        let held: usize = cache.shards.iter().map(count).sum();
        assert!(held <= 3200, "{held}");
        cache.forget(&7);
        assert_eq!(cache.shard(&7).unwrap().get(&7), None);
    }
}
