//! A quick hash for the texts and keys of files, with a seed of its own for every table.
//!
//! Reading looks some hundred thousand short texts up a second, and SipHash was a tenth of that time.
//! Keys come from files that somebody else may have made, so the hash must not be known beforehand:
//! both factors of each step are drawn anew for each table from what `std` seeds its own maps with, and
//! nothing that is shown depends on them. What is left to an adversary is to measure this process.
//! The step is the folded product of wyhash: 64 by 64 bits, the two halves of the result put together.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Makes the hashers of one table.
#[derive(Clone, Debug)]
pub(crate) struct Seeded {
    start: u64,
    factor: u64,
}

impl Default for Seeded {
    fn default() -> Self {
        let random = RandomState::new();
        Self { start: random.hash_one(0u8), factor: random.hash_one(1u8) }
    }
}

impl BuildHasher for Seeded {
    type Hasher = Quick;

    fn build_hasher(&self) -> Quick {
        Quick { state: self.start, factor: self.factor }
    }
}

impl Seeded {
    /// The hash of a text alone.
    pub fn of(&self, text: &str) -> u64 {
        let mut hasher = self.build_hasher();
        hasher.write(text.as_bytes());
        hasher.finish()
    }
}

/// The hash of one key while it is worked out.
#[derive(Debug)]
pub(crate) struct Quick {
    state: u64,
    factor: u64,
}

impl Quick {
    fn step(&mut self, low: u64, high: u64) {
        self.state = folded(self.state ^ low, self.factor ^ high);
    }
}

fn folded(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

/// Up to eight bytes as a number; their count is hashed besides.
fn short(bytes: &[u8]) -> u64 {
    match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32
        }
        _ => bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)),
    }
}

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some((chunk, after)) = rest.split_first_chunk::<16>() {
            let (low, high) = chunk.split_at(8);
            self.step(short_or_whole(low), short_or_whole(high));
            rest = after;
        }
        let (low, high) = rest.split_at(rest.len().min(8));
        self.step(short_or_whole(low), short_or_whole(high));
        self.step(bytes.len() as u64, 0);
    }

    fn write_u8(&mut self, number: u8) {
        self.step(u64::from(number), 0);
    }

    fn write_u16(&mut self, number: u16) {
        self.step(u64::from(number), 0);
    }

    fn write_u32(&mut self, number: u32) {
        self.step(u64::from(number), 0);
    }

    fn write_u64(&mut self, number: u64) {
        self.step(number, 0);
    }

    fn write_i64(&mut self, number: i64) {
        self.step(number as u64, 0);
    }

    fn write_usize(&mut self, number: usize) {
        self.step(number as u64, 0);
    }

    fn finish(&self) -> u64 {
        folded(self.state, self.factor)
    }
}

fn short_or_whole(bytes: &[u8]) -> u64 {
    bytes.first_chunk::<8>().map_or_else(|| short(bytes), |whole| u64::from_le_bytes(*whole))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn near_texts_have_other_hashes() {
        let seeded = Seeded::default();
        let numbered = (0..20_000).map(|n| format!("activity-{n}"));
        let zeros = (0..100).map(|n| "\0".repeat(n));
        let tails = (0..100).map(|n| format!("{}b", "a".repeat(n)));
        let texts: HashSet<String> = numbered.chain(zeros).chain(tails).collect();
        let hashes: HashSet<u64> = texts.iter().map(|text| seeded.of(text)).collect();
        assert_eq!(hashes.len(), texts.len());
        let low: HashSet<u64> = hashes.iter().map(|hash| hash % (1 << 16)).collect();
        assert!(low.len() > 14_000, "{} of the lowest 16 bits", low.len());
        let high: HashSet<u64> = hashes.iter().map(|hash| hash >> 48).collect();
        assert!(high.len() > 14_000, "{} of the highest 16 bits", high.len());
    }

    #[test]
    fn every_table_has_a_hash_of_its_own() {
        assert_ne!(Seeded::default().of("activity"), Seeded::default().of("activity"));
    }
}
