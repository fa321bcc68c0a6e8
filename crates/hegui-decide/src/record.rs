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

/// A place in the log, in five bytes; all zero for none, otherwise one more than the index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Place([u8; 5]);

impl Place {
    fn at(index: u64) -> Self {
        let [a, b, c, d, e, ..] = (index + 1).to_le_bytes();
        Self([a, b, c, d, e])
    }

    #[inline]
    fn index(self) -> Option<u64> {
        let [a, b, c, d, e] = self.0;
        u64::from_le_bytes([a, b, c, d, e, 0, 0, 0]).checked_sub(1)
    }
}

const NOTIFIED: u32 = 1 << 0;
const CONSENTED: u32 = 1 << 1;
const SEPARATE: u32 = 1 << 2;
const EXPLICIT: u32 = 1 << 3;
const WRITTEN: u32 = 1 << 4;
const BY_GUARDIAN: u32 = 1 << 5;
const WITHDRAWN: u32 = 1 << 6;
const OPTED_OUT: u32 = 1 << 7;
const OBJECTED: u32 = 1 << 8;
const RESTRICTED: u32 = 1 << 16;
const ERASED: u32 = 1 << 17;
const AGE_KNOWN: u32 = 1 << 18;
const UNDER_14: u32 = 1 << 19;
/// What is said of the person, not of the item.
const OF_PERSON: u32 = RESTRICTED | ERASED | AGE_KNOWN | UNDER_14;
/// What a new consent says anew.
const OF_CONSENT: u32 = CONSENTED | SEPARATE | EXPLICIT | WRITTEN | BY_GUARDIAN | WITHDRAWN;
/// The record is one; all zero is an empty slot.
const THERE: u32 = 1 << 31;

/// The records of the log that an answer rests on, for one item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Relied {
    /// Where the notice was given.
    pub notice: Option<u64>,
    /// Where consent was given.
    pub consent: Option<u64>,
    /// The last entry that restrains the processing or lifts a restraint: withdrawal, opt-out, refusal,
    /// retention.
    pub barrier: Option<u64>,
    /// The last entry about the person as a whole: limit, age, erasure.
    pub person: Option<u64>,
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
        let ends = |end: u32| end == NEVER || !Second(end).has_come(time_ms);
        Needs(
            need(Needs::NOTICE, flag(NOTIFIED) & (self.notice_version >= since.notice))
                | need(Needs::CONSENT, given)
                | need(Needs::LIVE, given & ends(self.expires))
                | need(Needs::CURRENT, given & (self.consent_version >= since.consent))
                | need(Needs::COVERS, given & types.without(self.types).is_empty())
                | need(Needs::STANDING, !flag(WITHDRAWN))
                | need(Needs::SEPARATE, flag(CONSENTED | SEPARATE))
                | need(Needs::EXPLICIT, flag(CONSENTED | EXPLICIT))
                | need(Needs::WRITTEN, flag(CONSENTED | WRITTEN))
                | need(Needs::GUARDIAN, !flag(UNDER_14) | flag(CONSENTED | BY_GUARDIAN))
                | need(Needs::AGE, flag(AGE_KNOWN))
                | need(Needs::NOT_OPTED_OUT, !flag(OPTED_OUT))
                | need(Needs::NOT_OBJECTED, !flag(OBJECTED))
                | need(Needs::NOT_RESTRICTED, !flag(RESTRICTED))
                | need(Needs::NOT_ERASED, !flag(ERASED))
                | need(Needs::RETAINED, ends(self.retained)),
        )
    }

    /// The entries of the log that answer these needs.
    #[inline]
    pub fn relied(&self, looked: Needs) -> Relied {
        let place = |kind: Needs, place: Place| if looked.meets(kind) { place.index() } else { None };
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
