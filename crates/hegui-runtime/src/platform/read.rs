//! What is read back from the log: events, receipts, past decisions.

use super::{Platform, PlatformError, happened, index_of};
use crate::access::Query;
use crate::authzen::{Action, Context, Entity, Of, Request, Resource, Response};
use crate::books::Books;
use crate::happening::{Decided, Happened, Happening};
use crate::receipt::Receipt;
use hegui_catalog::model::Lang;
use hegui_decide::explain::Names;
use hegui_ledger::event::SubjectId;
use hegui_store::journal::By;
use std::time::Duration;

/// Most entries that are looked at for one answer.
const ENTRIES: usize = 100_000;
/// How long a reader waits for the index to have what is durable.
const FOUND: Duration = Duration::from_secs(10);

impl Platform {
    /// An entry of the log, where it can be read and says something of what the platform keeps.
    ///
    /// # Errors
    /// When there is none, or the journal fails.
    pub fn event(&self, index: u64) -> Result<Option<Happened>, PlatformError> {
        Ok(happened(&self.journal().read(index)?)?)
    }

    /// Entries by subject, activity or recipient, from an index on, at most so many, as far as they can be
    /// read.
    ///
    /// # Errors
    /// When the journal fails.
    pub fn find(&self, by: By<'_>, from: u64, limit: usize) -> Result<Vec<(u64, Happened)>, PlatformError> {
        if let Some(last) = self.journal().size().checked_sub(1) {
            self.journal().wait_found(last, FOUND)?;
        }
        let indexes = self.journal().find(by, from, limit.min(ENTRIES))?;
        self.read_all(indexes)
    }

    /// Entries between two times, both included, in milliseconds since 1970 (UTC), after what was found
    /// last, at most so many.
    ///
    /// # Errors
    /// When the journal fails.
    pub fn between(
        &self,
        (from_ms, to_ms): (i64, i64),
        after: Option<(i64, u64)>,
        limit: usize,
    ) -> Result<Vec<(u64, Happened)>, PlatformError> {
        let found = self.journal().between(from_ms, to_ms, after, limit.min(ENTRIES))?;
        self.read_all(found.into_iter().map(|(_, index)| index).collect())
    }

    /// Of these entries those of the log of processing that a query asks for.
    #[must_use]
    pub fn asked(entries: Vec<(u64, Happened)>, query: &Query) -> Vec<(u64, Happened)> {
        let fits = |(_, event): &(u64, Happened)| match &event.what {
            Happening::Processed(entry) => query.fits(entry),
            _ => false,
        };
        entries.into_iter().filter(fits).collect()
    }

    fn read_all(&self, indexes: Vec<u64>) -> Result<Vec<(u64, Happened)>, PlatformError> {
        let mut read = Vec::with_capacity(indexes.len());
        for index in indexes {
            let reading = self.journal().read(index)?;
            read.extend(happened(&reading)?.map(|event| (index_of(&reading), event)));
        }
        Ok(read)
    }

    /// What the log holds of a person before an index, with the publication of all notices, in its order.
    fn life(&self, whom: SubjectId, before: u64) -> Result<Vec<(u64, Happened)>, PlatformError> {
        let mut events = self.find(By::Subject(whom), 0, ENTRIES)?;
        let published: Vec<u64> = self.look(|books, _| {
            let editions = books.texts.values().flat_map(|text| text.editions.values());
            editions.map(|edition| edition.index).collect()
        });
        events.extend(self.read_all(published)?);
        events.retain(|(index, _)| *index < before);
        events.sort_by_key(|(index, _)| *index);
        Ok(events)
    }

    /// The receipt for the last consent that a person gave to an item; `None` where there is none.
    ///
    /// # Errors
    /// When the journal fails.
    pub fn receipt(&self, whom: SubjectId, item: &str) -> Result<Option<Receipt>, PlatformError> {
        let events = self.life(whom, u64::MAX)?;
        let events = events.iter().map(|(index, event)| (*index, event));
        Ok(self.look(|_, ground| Receipt::of(ground, events, (whom, item), self.origin())))
    }

    /// The same receipt as a note signed by the ledger.
    ///
    /// # Errors
    /// When the journal fails.
    pub fn signed_receipt(&self, whom: SubjectId, item: &str) -> Result<Option<String>, PlatformError> {
        let receipt = self.receipt(whom, item)?;
        Ok(receipt.map(|receipt| self.journal().sign(&receipt.text().unwrap_or_default())).transpose()?)
    }

    /// Answers a past question again, as of the index that its answer named.
    ///
    /// # Errors
    /// When the entry is no decision that can be read, or was made with another version of the register.
    pub fn replay(&self, index: u64, lang: Lang) -> Result<(Decided, Response), PlatformError> {
        let no = PlatformError::NoDecision(index);
        let Some(Happened { subject: Some(whom), what: Happening::Decided(decided), .. }) =
            self.event(index)?
        else {
            return Err(no);
        };
        let events = self.life(whom, decided.log_index)?;
        let mut books = Books::new();
        for (index, event) in &events {
            books.apply(*index, event)?;
        }
        if let Some(last) = decided.log_index.checked_sub(1) {
            books.pass(last)?;
        }
        let request = request_of(&decided);
        let live = self.live();
        let (made, now) = (decided.register, live.ground.version);
        if made != now {
            return Err(PlatformError::OtherRegister { made, now });
        }
        let rules = super::rules(&mut books, &live.ground, decided.asked_for_ms)?;
        let asked = request.question(&books, &|_| whom, decided.asked_for_ms)?;
        let fact = |key: &_| live.ground.register.path(&live.ground.catalog.schema, key);
        let names = Names { directory: &books.directory, fact: &fact, lang };
        let response = request.answer(&books, &rules, &asked, names);
        Ok((decided, response))
    }
}

/// The question that was decided; the person is not in it.
fn request_of(decided: &Decided) -> Request {
    let Decided { activity, purpose, recipient, product, system, .. } = decided.clone();
    Request {
        subject: Entity {
            r#type: String::new(),
            id: decided.principal.clone(),
            properties: Default::default(),
        },
        action: Action { name: decided.stage, properties: Default::default() },
        resource: Resource {
            r#type: String::new(),
            id: String::new(),
            properties: Of { data_subject: String::new(), data_types: decided.types.clone() },
        },
        context: Context {
            activity,
            purpose,
            recipient,
            product,
            system,
            time_ms: Some(decided.asked_for_ms),
            at_least: None,
            enforces: vec![],
        },
    }
}
