//! Random bytes of the system, drawn in bulk: a call for each event would cost more than its encryption.

use super::JournalError;
use std::io;

/// Random bytes that are given out once.
pub(crate) struct Random {
    bytes: Vec<u8>,
}

impl Random {
    /// Draws so many.
    pub(crate) fn draw(count: usize) -> Result<Self, JournalError> {
        let mut bytes = vec![0; count];
        getrandom::fill(&mut bytes).map_err(|error| {
            JournalError::system("drawing random bytes")(io::Error::other(error.to_string()))
        })?;
        Ok(Self { bytes })
    }

    /// Takes some of them. Asking for more than were drawn is refused, for a nonce must never come twice.
    pub(crate) fn take<const N: usize>(&mut self) -> Result<[u8; N], JournalError> {
        let taken = self.bytes.split_last_chunk::<N>().map(|(_, taken)| *taken);
        self.bytes.truncate(self.bytes.len().saturating_sub(N));
        taken.ok_or(JournalError::Draft("too few random bytes were drawn"))
    }
}

/// As many as wanted, of their own.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], JournalError> {
    Random::draw(N)?.take()
}
