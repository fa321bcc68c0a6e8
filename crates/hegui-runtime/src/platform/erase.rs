//! Erasing: the journal destroys keys and records it, and the books take that in at its place.

use super::{Live, Platform, PlatformError};
use crate::happening::{Erased, Happened};
use hegui_ledger::event::SubjectId;
use hegui_store::journal::Erasure;

impl Platform {
    /// Erases a person: what is kept for them alone is destroyed, evidence stays until its time has come.
    ///
    /// # Errors
    /// When the log fails.
    pub fn erase(&self, whom: SubjectId, reason: &str, now_ms: i64) -> Result<Erasure, PlatformError> {
        let erased = Happened { time_ms: now_ms, subject: Some(whom), what: Erased {}.into() };
        let mut live = self.live();
        live.ready(now_ms)?;
        let erasure = self.journal.erase(whom, reason, now_ms);
        live.stopped |= erasure.is_err();
        let erasure = erasure?;
        let ticket = match erasure.at {
            Some(index) => {
                self.in_place(&mut live, index, Some(&erased))?;
                None
            }
            // There was no key to destroy; that the person is erased must stand in the log all the same.
            None => {
                let (draft, index) = (self.draft(&erased)?, live.books.next_index());
                live.books.apply(index, &erased)?;
                self.submit(&mut live, &[draft])?
            }
        };
        drop(live);
        self.settle(ticket)?;
        Ok(erasure)
    }

    /// Destroys the keys of evidence whose time has come. To be done once a day.
    ///
    /// # Errors
    /// When the log fails.
    pub fn expire(&self, now_ms: i64) -> Result<Erasure, PlatformError> {
        let mut live = self.live();
        live.ready(now_ms)?;
        let erasure = self.journal.expire(now_ms);
        live.stopped |= erasure.is_err();
        let erasure = erasure?;
        if let Some(index) = erasure.at {
            self.in_place(&mut live, index, None)?;
        }
        Ok(erasure)
    }

    /// Takes in an event that the journal itself recorded.
    fn in_place(&self, live: &mut Live, index: u64, event: Option<&Happened>) -> Result<(), PlatformError> {
        live.stopped |= index != live.books.next_index();
        if live.stopped {
            return Err(PlatformError::Stopped);
        }
        match event {
            Some(event) => live.books.apply(index, event)?,
            None => live.books.pass(index)?,
        };
        Ok(())
    }
}
