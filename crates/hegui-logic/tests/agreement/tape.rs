//! A row of choices: random worlds and expressions are read off it, so that shrinking the row
//! shrinks what it makes. An empty rest gives the first choice always, which is the simplest.

#[derive(Clone)]
pub struct Tape {
    choices: Vec<u32>,
    at: usize,
}

/// Short, since failures print what was made of a tape.
impl std::fmt::Debug for Tape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a tape of {}", self.choices.len())
    }
}

impl Tape {
    pub fn new(choices: Vec<u32>) -> Self {
        Self { choices, at: 0 }
    }

    /// A tape from a seed, for tests that draw many small samples (xorshift).
    pub fn seeded(seed: u64, length: usize) -> Self {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u32
        };
        Self::new((0..length).map(|_| next()).collect())
    }

    /// One of `0..n`.
    pub fn pick(&mut self, n: usize) -> usize {
        let choice = self.choices.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        choice as usize % n.max(1)
    }

    /// Whether nothing is left to read.
    pub fn spent(&self) -> bool {
        self.at >= self.choices.len()
    }
}
