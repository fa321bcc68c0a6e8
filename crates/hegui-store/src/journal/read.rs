//! Reading, finding and following events.

use super::erase::{Cause, Destroyed};
use super::record::{Record, Under, named};
use super::ring::{Found, Ring};
use super::seal::{self, Plain, SERVICE};
use super::tenant::Tenant;
use super::{Journal, JournalError};
use crate::follow::{Follow, Following};
use crate::index::Key;
use crate::keys::Id;
use crate::lock::Lock;
use crate::log::{Block, Log, Reader, locked};
use hegui_ledger::event::{Event, Opening, SubjectId};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex};
use zeroize::Zeroizing;

/// An event that was opened.
pub struct Opened {
    /// Its place in the log.
    pub index: u64,
    /// Salt and event: what shows that the event stands in the tree.
    pub opening: Opening,
    /// The payload, wiped from memory when it is dropped; empty where there is none.
    pub payload: Zeroizing<Vec<u8>>,
}

impl Opened {
    /// The event.
    #[must_use]
    pub fn event(&self) -> &Event {
        &self.opening.event
    }
}

impl fmt::Debug for Opened {
    /// Without what is personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opened({}, {:?}, {} bytes)", self.index, self.event().kind, self.payload.len())
    }
}

/// What is read of an event.
#[derive(Debug)]
pub enum Reading {
    /// The event.
    Opened(Box<Opened>),
    /// Its key was destroyed because its subject was erased, or because a restored backup was older than that.
    Erased {
        /// The event.
        index: u64,
        /// The event that says so.
        by: u64,
    },
    /// Its key was destroyed because its time had come.
    Expired {
        /// The event.
        index: u64,
        /// The event that says so.
        by: u64,
    },
}

impl Reading {
    /// The event, where it can be read.
    #[must_use]
    pub fn opened(self) -> Option<Opened> {
        match self {
            Self::Opened(opened) => Some(*opened),
            Self::Erased { .. } | Self::Expired { .. } => None,
        }
    }
}

/// What events are found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By<'a> {
    /// Those sealed under keys of this subject that are there, and erasures of this subject. What was erased is not
    /// found: nothing leads to it any more.
    Subject(SubjectId),
    /// A processing activity.
    Activity(&'a str),
    /// A recipient.
    Recipient(&'a str),
}

/// What is needed to open events, shared with followers. The folder is locked for as long as it is there.
pub(crate) struct Core {
    log: Arc<Log>,
    pub(crate) tenant: Arc<Tenant>,
    pub(crate) ring: Arc<Ring>,
    /// Why the keys of an erasure were destroyed, by its index.
    causes: Mutex<BTreeMap<u64, Cause>>,
    _lock: Option<Lock>,
}

/// How many causes are remembered.
const CAUSES: usize = 1 << 16;

/// What an erasure of a subject is found by.
pub(crate) fn found_by(subject: &SubjectId) -> Id {
    let [id @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = subject.0;
    id
}

impl Core {
    pub(crate) fn new(log: Arc<Log>, tenant: Arc<Tenant>, ring: Arc<Ring>, lock: Option<Lock>) -> Self {
        Self { log, tenant, ring, causes: Mutex::default(), _lock: lock }
    }

    fn record<T>(
        &self,
        index: u64,
        with: impl FnOnce(&crate::log::Record<'_>) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        let beyond = || JournalError::Beyond { index, size: self.log.durable() };
        let block = self.log.block_of(index)?.ok_or_else(beyond)?;
        let found = block.records().find(|record| record.sequence == index);
        with(&found.ok_or_else(beyond)?)
    }

    fn read(&self, index: u64) -> Result<Reading, JournalError> {
        self.record(index, |record| self.open(record))
    }

    fn own(&self, record: &Record<'_>, at: u64) -> Result<Plain, JournalError> {
        seal::open(record, &self.tenant.own, &self.tenant.itself, &SERVICE, at)
    }

    pub(crate) fn open(&self, stored: &crate::log::Record<'_>) -> Result<Reading, JournalError> {
        let index = stored.sequence;
        let (record, key) = Record::of(stored)?;
        let opened = |plain: Plain| {
            Reading::Opened(Box::new(Opened { index, opening: plain.opening, payload: plain.payload }))
        };
        let Some(key) = key else {
            if record.under == Under::Subject {
                return Err(JournalError::Event { at: index, why: "it names no key".to_owned() });
            }
            return self.own(&record, index).map(opened);
        };
        match self.ring.key_of(&key)? {
            Found::Live(live) => {
                seal::open(&record, &live.key, &live.subject, &live.class, index).map(opened)
            }
            Found::Unknown => Err(JournalError::NoKey { at: index, key }),
            Found::Gone(by) => Ok(match self.cause(by)? {
                Cause::Expired => Reading::Expired { index, by },
                Cause::Erased | Cause::Restored => Reading::Erased { index, by },
            }),
        }
    }

    fn cause(&self, by: u64) -> Result<Cause, JournalError> {
        if let Some(cause) = locked(&self.causes).get(&by) {
            return Ok(*cause);
        }
        let cause = self.record(by, |record| {
            let plain = self.own(&Record::of(record)?.0, by)?;
            let why =
                || JournalError::Event { at: by, why: "it does not say which keys it destroys".to_owned() };
            Ok(Destroyed::decode(&plain.payload).ok_or_else(why)?.cause)
        })?;
        let mut causes = locked(&self.causes);
        if causes.len() >= CAUSES {
            causes.pop_first();
        }
        causes.insert(by, cause);
        Ok(cause)
    }
}

/// Events in order, up to what was durable when this began. An error ends it.
pub struct Events<'a> {
    core: &'a Core,
    reader: Reader,
    next: u64,
    end: u64,
    ready: VecDeque<Result<Reading, JournalError>>,
}

impl Iterator for Events<'_> {
    type Item = Result<Reading, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ready.is_empty() && self.next < self.end {
            match self.reader.block(self.end) {
                Ok(None) => self.next = self.end,
                Ok(Some(block)) => {
                    let wanted = self.next..self.end;
                    let records = block.records().filter(|record| wanted.contains(&record.sequence));
                    self.ready.extend(records.map(|record| self.core.open(&record)));
                    self.next = block.next();
                }
                Err(error) => self.ready.push_back(Err(error.into())),
            }
        }
        let item = self.ready.pop_front()?;
        if item.is_err() {
            self.next = self.end;
            self.ready.clear();
        }
        Some(item)
    }
}

/// What follows the journal by calling somebody.
struct Calling<F> {
    core: Arc<Core>,
    next: u64,
    call: F,
}

impl<F: FnMut(Reading) -> Result<(), String> + Send> Follow for Calling<F> {
    fn next(&self) -> u64 {
        self.next
    }

    fn apply(&mut self, block: &Block) -> Result<(), String> {
        for record in block.records().filter(|record| record.sequence >= self.next) {
            (self.call)(self.core.open(&record).map_err(|error| error.to_string())?)?;
        }
        self.next = block.next();
        Ok(())
    }

    fn rest(&mut self, _closing: bool) -> Result<(), String> {
        Ok(())
    }
}

impl Journal {
    /// Reads an event.
    ///
    /// # Errors
    /// When there is none, or it does not open though its key is there.
    pub fn read(&self, index: u64) -> Result<Reading, JournalError> {
        self.core.read(index)
    }

    /// The places of events, ascending, from one on, at most so many. It finds what the index has taken in
    /// ([`Journal::wait_found`]).
    ///
    /// # Errors
    /// When the index or the file of keys is damaged, or the disk fails.
    pub fn find(&self, by: By<'_>, from: u64, limit: usize) -> Result<Vec<u64>, JournalError> {
        let index = self.store.index();
        match by {
            By::Activity(name) => Ok(index.find(Key::Activity(named(name)), from, limit)?),
            By::Recipient(name) => Ok(index.find(Key::Recipient(named(name)), from, limit)?),
            By::Subject(subject) => {
                let mut found = index.find(Key::Subject(found_by(&subject)), from, limit)?;
                for key in self.core.ring.live_keys(&subject)? {
                    found.extend(index.find(Key::Subject(key.id), from, limit)?);
                }
                found.sort_unstable();
                found.truncate(limit);
                Ok(found)
            }
        }
    }

    /// Time (milliseconds since 1970) and place of the events between two times, both included, by time and then
    /// place, after what was found last, at most so many.
    ///
    /// # Errors
    /// When the index is damaged, or the disk fails.
    pub fn between(
        &self,
        from: i64,
        to: i64,
        after: Option<(i64, u64)>,
        limit: usize,
    ) -> Result<Vec<(i64, u64)>, JournalError> {
        Ok(self.store.index().between(from, to, after, limit)?)
    }

    /// Waits until an event can be found, or for so long; whether it can.
    ///
    /// # Errors
    /// When the index has stopped.
    pub fn wait_found(&self, index: u64, at_most: std::time::Duration) -> Result<bool, JournalError> {
        Ok(self.store.index_following().wait_for(index, at_most)?)
    }

    /// The events from one on, in order, up to what is durable now.
    #[must_use]
    pub fn events(&self, from: u64) -> Events<'_> {
        let (reader, end) = (self.log().reader(from), self.size());
        Events { core: &self.core, reader, next: from, end, ready: VecDeque::new() }
    }

    /// Calls somebody for every event from one on, in order, once each, also for those to come, on a thread of its
    /// own until the handle is dropped. What the call refuses stops it, which the handle tells. Where an erasure
    /// comes ([`Destroyed::of`](super::Destroyed::of)), what was kept of its subject must go.
    ///
    /// # Errors
    /// When there are not so many events yet, or no thread can be started.
    pub fn follow(
        &self,
        from: u64,
        call: impl FnMut(Reading) -> Result<(), String> + Send + 'static,
    ) -> Result<Following, JournalError> {
        let calling = Calling { core: Arc::clone(&self.core), next: from, call };
        Ok(Following::start(self.log(), Box::new(calling))?)
    }
}
