//! The books: what follows from the log so far, kept in memory.
//!
//! A projection, and nothing more: it is made from the log's events in their order, the same events make
//! the same books, and a snapshot of them is as good as a replay. It holds persons by their keyed ids
//! only. What decisions need of a person is in [`State`]; here stands what new events are checked
//! against ([`crate::check`]) and what facts follow from.

mod apply;
mod parts;

pub use apply::Unapplied;
pub use parts::{
    Answered, Edition, Incident, LoggingState, Marks, Mechanism, Pending, Person, Place, Request, Retained,
    Task, Text,
};

use crate::happening::Group;
use hegui_decide::Since;
use hegui_decide::directory::{Directory, Thing};
use hegui_decide::question::Subject;
use hegui_decide::state::State;
use hegui_ledger::event::SubjectId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What follows from the log up to an index.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Books {
    /// The numbers of items, texts and places.
    pub directory: Directory,
    /// What decisions look at; it also knows up to which index the books go.
    pub state: State,
    /// Policies and notices, by name.
    pub texts: BTreeMap<String, Text>,
    /// Persons, by their keyed ids.
    pub persons: HashMap<Subject, Person>,
    /// Places where consent is asked for, by name.
    pub places: BTreeMap<String, Place>,
    /// Mechanisms of opting out, by name.
    pub mechanisms: BTreeMap<String, Mechanism>,
    /// Withdrawals and opt-outs that were not carried out yet, by index.
    pub pending: BTreeMap<u64, Pending>,
    /// Requests, by name.
    pub requests: BTreeMap<String, Request>,
    /// Incidents, by name.
    pub incidents: BTreeMap<String, Incident>,
    /// Tasks of deletion, by index.
    pub tasks: BTreeMap<u64, Task>,
    /// Activities whose information is under legal hold, with what that rests on.
    pub holds: BTreeMap<String, String>,
    /// Logging, by system.
    pub logging: BTreeMap<String, LoggingState>,
    /// Retention that was set, by its end, in milliseconds since 1970 (UTC).
    pub retained: BTreeSet<(i64, Subject, Thing)>,
    /// Since when everything of a group is recorded, in milliseconds since 1970 (UTC).
    pub covered: BTreeMap<Group, i64>,
}

/// A person, as decisions name them: the first half of the keyed id.
#[must_use]
pub fn subject(SubjectId(id): SubjectId) -> Subject {
    let (half, _) = id.split_first_chunk::<16>().unwrap_or((&[0; 16], &[]));
    Subject::from(*half)
}

impl Books {
    /// Empty books.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The books as they are kept for a quick start. Their form may change with the program's version.
    ///
    /// # Errors
    /// Never in practice: memory is what it is written to.
    pub fn to_snapshot(&self) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_stdvec(self)
    }

    /// Reads a snapshot. That it is whole is for whoever keeps it to check; one of another form is an error
    /// or books that replaying would not make, so the form's version belongs beside it.
    ///
    /// # Errors
    /// When the bytes are no snapshot.
    pub fn from_snapshot(bytes: &[u8]) -> Result<Self, postcard::Error> {
        postcard::from_bytes(bytes)
    }

    /// The first index of the log that has not been taken in.
    #[must_use]
    pub fn next_index(&self) -> u64 {
        self.state.next_index()
    }

    /// A version of a policy or notice.
    #[must_use]
    pub fn edition(&self, text: &str, version: u16) -> Option<&Edition> {
        self.texts.get(text)?.editions.get(&version)
    }

    /// From which versions on notice and consent suffice for an item at a moment, in milliseconds since
    /// 1970 (UTC): the last version in effect then that was material, or that wants consent anew. Versions
    /// of all texts that tell of the item count together, since a person's record has one number for them.
    #[must_use]
    pub fn since(&self, item: &str, now_ms: i64) -> Since {
        let mut since = Since::default();
        let editions = self.texts.values().flat_map(|text| &text.editions);
        for (version, edition) in editions {
            if edition.effective_ms <= now_ms && edition.about.iter().any(|about| about == item) {
                if edition.material || edition.consent_anew {
                    since.notice = since.notice.max(*version);
                }
                if edition.consent_anew {
                    since.consent = since.consent.max(*version);
                }
            }
        }
        since
    }

    /// When [`Books::since`] next changes by itself after a moment: the next time at which a version that
    /// counts takes effect.
    #[must_use]
    pub fn next_change_ms(&self, now_ms: i64) -> Option<i64> {
        let editions = self.texts.values().flat_map(|text| text.editions.values());
        editions
            .filter(|edition| edition.material || edition.consent_anew)
            .map(|edition| edition.effective_ms)
            .filter(|effective| *effective > now_ms)
            .min()
    }

    /// Whether everything of a group is recorded since a moment, in milliseconds since 1970 (UTC).
    #[must_use]
    pub fn covers(&self, group: Group, since_ms: i64) -> bool {
        self.covered.get(&group).is_some_and(|from| *from <= since_ms)
    }

    /// What is kept beyond its time at a moment and no task was given for: the person, the activity
    /// and the end, earliest first. Activities under legal hold are left out: they are locked (6.4.4.1 c).
    pub fn expired(&self, now_ms: i64) -> impl Iterator<Item = Retained<'_>> {
        let ended = self.retained.iter().take_while(move |(until_ms, ..)| *until_ms <= now_ms);
        ended.filter_map(|(until_ms, subject, thing)| {
            let activity = self.directory.name(*thing)?;
            let (_, index) = *self.persons.get(subject)?.retained_ms.get(thing)?;
            let held = self.holds.contains_key(activity);
            (!held).then_some(Retained { subject: *subject, activity, until_ms: *until_ms, index })
        })
    }

    /// Tasks of deletion whose time has come and that were not proved, by index.
    pub fn overdue(&self, now_ms: i64) -> impl Iterator<Item = (u64, &Task)> {
        let open = self.tasks.iter().filter(move |(_, task)| task.proved.is_none() && task.due_ms < now_ms);
        open.map(|(index, task)| (*index, task))
    }
}
