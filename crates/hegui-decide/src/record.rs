//! What is known of one person and one item of the register, in one line of the processor's cache.
//!
//! Sixty-four bytes, aligned, no pointers: the person's id, the item, the types consented to, the ends of
//! consent and retention in seconds, two versions, sixteen flags of the item and three of the person, and
//! four places in the log. What is known of the person as a whole stands in each of the person's records,
//! so that one of them answers.

use crate::directory::{Thing, Types};
use crate::event::{Change, Consent, Form, Second};
use crate::needs::Needs;
use crate::question::Subject;
use serde::{Deserialize, Serialize};
use std::num::NonZeroU64;

/// A place in the log, in five bytes; all zero for none, otherwise one more than the index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Place([u8; 5]);

impl Place {
    fn at(index: u64) -> Self {
        let [a, b, c, d, e, ..] = (index + 1).to_le_bytes();
        Self([a, b, c, d, e])
    }

    #[inline]
    fn entry(self) -> Option<Entry> {
        let [a, b, c, d, e] = self.0;
        NonZeroU64::new(u64::from_le_bytes([a, b, c, d, e, 0, 0, 0])).map(Entry)
    }
}

// What answers a need by itself stands in the need's place …
const CONSENTED: u32 = Needs::CONSENT.0 as u32;
const SEPARATE: u32 = Needs::SEPARATE.0 as u32;
const EXPLICIT: u32 = Needs::EXPLICIT.0 as u32;
const WRITTEN: u32 = Needs::WRITTEN.0 as u32;
const AGE_KNOWN: u32 = Needs::AGE.0 as u32;
// … or stands there when it is not met.
const WITHDRAWN: u32 = Needs::STANDING.0 as u32;
const OPTED_OUT: u32 = Needs::NOT_OPTED_OUT.0 as u32;
const OBJECTED: u32 = Needs::NOT_OBJECTED.0 as u32;
const RESTRICTED: u32 = Needs::NOT_RESTRICTED.0 as u32;
const ERASED: u32 = Needs::NOT_ERASED.0 as u32;
// The others.
const NOTIFIED: u32 = 1 << 16;
const BY_GUARDIAN: u32 = 1 << 17;
const UNDER_14: u32 = 1 << 18;
/// The flags that say what is not met.
const INVERTED: u32 = WITHDRAWN | OPTED_OUT | OBJECTED | RESTRICTED | ERASED;
/// The flags that stand in needs' places.
const DIRECT: u32 = CONSENTED | SEPARATE | EXPLICIT | WRITTEN | AGE_KNOWN | INVERTED;
/// What is said of the person, not of the item.
const OF_PERSON: u32 = RESTRICTED | ERASED | AGE_KNOWN | UNDER_14;
/// What a new consent says anew.
const OF_CONSENT: u32 = CONSENTED | SEPARATE | EXPLICIT | WRITTEN | BY_GUARDIAN | WITHDRAWN;
/// The record is one; all zero is an empty slot.
const THERE: u32 = 1 << 31;

/// An entry of the log, by its index; kept as one more, so that none costs nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Entry(NonZeroU64);

impl Entry {
    /// The entry with this index, if one can have it.
    #[must_use]
    pub fn at(index: u64) -> Option<Self> {
        NonZeroU64::new(index.checked_add(1)?).map(Self)
    }

    /// Its index.
    #[must_use]
    pub const fn index(self) -> u64 {
        self.0.get() - 1
    }
}

/// The entries of the log that an answer rests on, for one item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Relied {
    /// Where the notice was given.
    pub notice: Option<Entry>,
    /// Where consent was given.
    pub consent: Option<Entry>,
    /// The last entry that restrains the processing or lifts a restraint: withdrawal, opt-out, refusal,
    /// retention.
    pub barrier: Option<Entry>,
    /// The last entry about the person as a whole: limit, age, erasure.
    pub person: Option<Entry>,
}

/// From which versions on a notice and a consent suffice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Since {
    /// The first version of the notice that says all that is due now (PIPL 17, last paragraph).
    pub notice: u16,
    /// The first version since which purpose, manner and types stand as they do now (PIPL 14).
    pub consent: u16,
}

/// One record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[repr(C, align(64))]
pub(crate) struct Record {
    pub subject: Subject,
    types: Types,
    /// Seconds; the highest number where there is no term.
    expires: u32,
    /// Seconds; the highest number where there is no end.
    retained: u32,
    pub item: Thing,
    flags: u32,
    notice_version: u16,
    consent_version: u16,
    notice: Place,
    consent: Place,
    barrier: Place,
    person: Place,
}

const _: () = assert!(size_of::<Record>() == 64 && align_of::<Record>() == 64);

/// No end.
const NEVER: u32 = u32::MAX;

impl Record {
    /// What fills a slot in which nothing is.
    pub const EMPTY: Self = Self {
        subject: Subject([0; 2]),
        types: Types::NONE,
        expires: NEVER,
        retained: NEVER,
        item: Thing::NONE,
        flags: 0,
        notice_version: 0,
        consent_version: 0,
        notice: Place([0; 5]),
        consent: Place([0; 5]),
        barrier: Place([0; 5]),
        person: Place([0; 5]),
    };

    /// A record of which nothing is known.
    pub fn new(subject: Subject, item: Thing) -> Self {
        Self { subject, item, flags: THERE, ..Self::EMPTY }
    }

    /// Whether it is a record at all.
    #[inline]
    pub fn is_there(&self) -> bool {
        self.flags & THERE != 0
    }

    /// The same person's record of another item, in which nothing of the item is known.
    pub fn for_item(&self, item: Thing) -> Self {
        let flags = THERE | (self.flags & OF_PERSON);
        Self { flags, person: self.person, ..Self::new(self.subject, item) }
    }

    /// What remains when the person's information is erased.
    pub fn erased(subject: Subject, index: u64) -> Self {
        Self { flags: THERE | ERASED, person: Place::at(index), ..Self::new(subject, Thing::NONE) }
    }

    /// Takes in a change of the item, or of the person as a whole. Erasure is the table's.
    pub fn apply(&mut self, change: &Change, index: u64) {
        let place = Place::at(index);
        match *change {
            Change::Notified { version, .. } => {
                self.flags |= NOTIFIED;
                self.notice_version = version;
                self.notice = place;
            }
            Change::Consented { consent, .. } => self.consent(consent, place),
            Change::Withdrew { .. } => self.restrain(WITHDRAWN, true, place),
            Change::OptedOut { out, .. } => self.restrain(OPTED_OUT, out, place),
            Change::Objected { objects, .. } => self.restrain(OBJECTED, objects, place),
            Change::Retained { until, .. } => {
                self.retained = seconds(until);
                self.barrier = place;
            }
            Change::Restricted { restricted } => {
                self.set(RESTRICTED, restricted);
                self.person = place;
            }
            Change::Aged { under_14 } => {
                self.flags |= AGE_KNOWN;
                self.set(UNDER_14, under_14);
                self.person = place;
            }
            Change::Readmitted => {
                self.set(ERASED, false);
                self.person = place;
            }
            Change::Erased => {}
        }
    }

    fn consent(&mut self, consent: Consent, place: Place) {
        if consent.form == Form::TickedBeforehand {
            return;
        }
        self.flags = (self.flags & !OF_CONSENT) | CONSENTED;
        self.set(SEPARATE, consent.separate);
        self.set(EXPLICIT, consent.form != Form::Implied);
        self.set(WRITTEN, consent.form == Form::Written);
        self.set(BY_GUARDIAN, consent.by_guardian);
        self.types = consent.types;
        self.consent_version = consent.version;
        self.expires = seconds(consent.expires);
        self.consent = place;
    }

    fn restrain(&mut self, flag: u32, on: bool, place: Place) {
        self.set(flag, on);
        self.barrier = place;
    }

    fn set(&mut self, flag: u32, on: bool) {
        self.flags = if on { self.flags | flag } else { self.flags & !flag };
    }

    /// What the record shows for these types at this time.
    #[inline]
    pub fn shows(&self, types: Types, since: Since, time_ms: i64) -> Needs {
        let flag = |flag: u32| self.flags & flag == flag;
        let need = |need: Needs, shown: bool| if shown { need.0 } else { 0 };
        let given = flag(CONSENTED);
        let ends = |end: u32| (end == NEVER) | !Second(end).has_come(time_ms);
        // Separate, explicit and written are never set without consent.
        let direct = ((self.flags ^ INVERTED) & DIRECT) as u16;
        Needs(
            direct
                | need(Needs::NOTICE, flag(NOTIFIED) & (self.notice_version >= since.notice))
                | need(Needs::LIVE, given & ends(self.expires))
                | need(Needs::CURRENT, given & (self.consent_version >= since.consent))
                | need(Needs::COVERS, given & types.without(self.types).is_empty())
                | need(Needs::GUARDIAN, !flag(UNDER_14) | flag(BY_GUARDIAN))
                | need(Needs::RETAINED, ends(self.retained)),
        )
    }

    /// The entries of the log that answer these needs.
    #[inline]
    pub fn relied(&self, looked: Needs) -> Relied {
        let place = |kind: Needs, place: Place| if looked.meets(kind) { place.entry() } else { None };
        Relied {
            notice: place(Needs::OF_NOTICE, self.notice),
            consent: place(Needs::OF_CONSENT, self.consent),
            barrier: place(Needs::OF_BARRIER, self.barrier),
            person: place(Needs::OF_PERSON, self.person),
        }
    }

    /// The moment at which what these needs look at ends by itself, if one is set.
    #[inline]
    pub fn ends(&self, looked: Needs) -> u32 {
        let consent = if looked.meets(Needs::LIVE) { self.expires } else { NEVER };
        let kept = if looked.meets(Needs::RETAINED) { self.retained } else { NEVER };
        consent.min(kept)
    }
}

/// A moment among those that [`Record::ends`] gives.
pub(crate) fn second(seconds: u32) -> Option<Second> {
    (seconds != NEVER).then_some(Second(seconds))
}

fn seconds(moment: Option<Second>) -> u32 {
    moment.map_or(NEVER, |Second(seconds)| seconds)
}
