//! What the books hold, thing by thing.

use crate::happening::{Outcome, Power};
use hegui_decide::directory::Thing;
use hegui_decide::question::Subject;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Events that were counted, with the first and the last of them as evidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// How many.
    pub count: u64,
    /// Index and time, in milliseconds since 1970 (UTC), of the first …
    pub first: Option<(u64, i64)>,
    /// … and of the last.
    pub last: Option<(u64, i64)>,
}

impl Marks {
    /// Counts an event.
    pub fn mark(&mut self, index: u64, time_ms: i64) {
        self.count += 1;
        self.first = Some(self.first.unwrap_or((index, time_ms)));
        self.last = Some((index, time_ms));
    }
}

/// A policy or notice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Its versions.
    pub editions: BTreeMap<u16, Edition>,
    /// How it reached people, with the events that show it.
    pub ways: BTreeMap<String, Marks>,
}

/// A version of a policy or notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// The index of its publication.
    pub index: u64,
    /// When it was published, in milliseconds since 1970 (UTC).
    pub published_ms: i64,
    /// When it takes effect.
    pub effective_ms: i64,
    /// The items that it tells of.
    pub about: Vec<String>,
    /// Whether people must be told again.
    pub material: bool,
    /// Whether consent must be obtained anew.
    pub consent_anew: bool,
    /// Whom it was shown to.
    pub shown: Marks,
}

/// A person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Whether under fourteen, where it was established.
    pub under_14: Option<bool>,
    /// Whether all was erased.
    pub erased: bool,
    /// Which texts were shown, each in its versions.
    pub shown: BTreeSet<(Thing, u16)>,
    /// When consent was last refused or withdrawn, at which place or to which item.
    pub refused_ms: BTreeMap<Thing, i64>,
    /// Items to which consent was given at some time.
    pub consented: BTreeSet<Thing>,
    /// Until when information of an activity is kept, and the index of the event that says so, while no
    /// task was given for it.
    pub retained_ms: BTreeMap<Thing, (i64, u64)>,
}

/// A place where consent is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The items to which consent was asked for here.
    pub items: BTreeSet<String>,
    /// How often it was asked for.
    pub asked: Marks,
    /// Consent given, by its form …
    pub forms: BTreeMap<String, Marks>,
    /// … separately …
    pub separate: Marks,
    /// … together with other matters …
    pub bundled: Marks,
    /// … by guardians …
    pub guardian: Marks,
    /// … by the persons themselves …
    pub own: Marks,
    /// … of these, by children under fourteen.
    pub child_alone: Marks,
    /// Ticks that were there beforehand.
    pub ticked: Marks,
    /// Refusals.
    pub refused: Marks,
    /// The shortest time from a refusal to the next asking, in milliseconds, and that asking's index.
    pub least_reask: Option<(i64, u64)>,
    /// Processing of the item, or of its activity, of persons who had not consented before.
    pub early: Marks,
}

/// A mechanism of opting out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mechanism {
    /// Uses of it.
    pub used: Marks,
    /// Carried out by a system at once.
    pub automatic: Marks,
    /// Carried out by people.
    pub manual: Marks,
}

/// A withdrawal or opt-out that was not carried out yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Whose.
    pub subject: Subject,
    /// Of which item.
    pub item: String,
    /// Through which mechanism.
    pub mechanism: Option<String>,
    /// When, in milliseconds since 1970 (UTC).
    pub time_ms: i64,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// What it asks.
    pub asks: String,
    /// To which product.
    pub product: String,
    /// Through which mechanism.
    pub opt_out: Option<String>,
    /// Whether the person's identity was verified.
    pub identity_verified: bool,
    /// Index and time of its receipt.
    pub received: (u64, i64),
    /// Its answer.
    pub answered: Option<Answered>,
}

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// Index and time.
    pub at: (u64, i64),
    /// What became of it.
    pub outcome: Outcome,
    /// Whether people handled it.
    pub by_hand: bool,
    /// Whether reasons were given.
    pub reasons_given: Option<bool>,
    /// Whether a way to complain was given.
    pub complaint_channel_given: Option<bool>,
    /// Whether third parties were told.
    pub third_parties_notified: Option<bool>,
}

/// An incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// Its sort.
    pub sort: String,
    /// Index and time of its discovery.
    pub detected: (u64, i64),
    /// When authorities were told.
    pub authority: Marks,
    /// When people were told.
    pub individuals: Marks,
    /// How many people were reached individually.
    pub persons: u64,
}

/// A task of deletion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Whose information, where it is one person's.
    pub subject: Option<Subject>,
    /// Of which activity.
    pub activity: String,
    /// In which system.
    pub system: String,
    /// Part of which termination.
    pub termination: Option<String>,
    /// By when, in milliseconds since 1970 (UTC).
    pub due_ms: i64,
    /// What was done, and index and time of the proof.
    pub proved: Option<(String, u64, i64)>,
}

/// Logging of a system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggingState {
    /// What it is switched to.
    pub power: Power,
    /// Index and time of the switch.
    pub since: (u64, i64),
}

/// Something kept beyond its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retained<'b> {
    /// Whose.
    pub subject: Subject,
    /// Of which activity.
    pub activity: &'b str,
    /// The end, in milliseconds since 1970 (UTC).
    pub until_ms: i64,
    /// The index of the event that set it.
    pub index: u64,
}
