//! How times are taken: several times, and the median counts.
//!
//! What runs on one thread and waits for nothing is measured in that thread's processor time, which is
//! what a quiet machine's clock would show; what else is running then matters less.

use nix::time::{ClockId, clock_gettime};
use std::time::{Duration, Instant};

/// The processor time that this thread has used; zero where the system does not tell.
#[must_use]
pub fn processor_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map(Duration::from).unwrap_or_default()
}

/// Processor time and time by the clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct Took {
    /// Of this thread.
    pub processor: Duration,
    /// By the clock.
    pub clock: Duration,
}

/// How long something took, both ways, and what it gave.
pub fn time_both<T>(work: impl FnOnce() -> T) -> (Took, T) {
    let (start, clock) = (processor_time(), Instant::now());
    let result = work();
    (Took { processor: processor_time().saturating_sub(start), clock: clock.elapsed() }, result)
}

/// The processor time that something took, and what it gave.
pub fn time<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let (took, result) = time_both(work);
    (took.processor, result)
}

/// The median of several times; zero of none. The list is sorted by this.
pub fn median(times: &mut [Duration]) -> Duration {
    percentile(times, 50)
}

/// The time that so many in a hundred do not exceed; zero of none. The list is sorted by this.
pub fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    let place = (times.len() * percent).div_ceil(100).saturating_sub(1);
    times.get(place).copied().unwrap_or_default()
}

/// The median over so many runs, after one that is not counted; the last result.
pub fn repeat<T>(runs: usize, mut work: impl FnMut() -> T) -> (Duration, T) {
    let mut result = std::hint::black_box(work());
    let mut times = vec![];
    for _ in 0..runs {
        let (took, made) = time(&mut work);
        result = std::hint::black_box(made);
        times.push(took);
    }
    (median(&mut times), result)
}

/// The least of so many runs; the last result.
pub fn least<T>(runs: usize, mut work: impl FnMut() -> T) -> (Duration, T) {
    let (mut best, mut result) = time(&mut work);
    for _ in 1..runs {
        let (took, made) = time(&mut work);
        result = std::hint::black_box(made);
        best = best.min(took);
    }
    (best, result)
}

/// Numbers that look random and are the same in every run (splitmix64).
#[derive(Clone, Debug)]
pub struct Seeded(u64);

impl Seeded {
    /// Begins with a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn next_number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`; zero if there is none.
    pub fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.next_number()) * limit as u128) >> 64) as usize
    }

    /// True so many times in a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}
