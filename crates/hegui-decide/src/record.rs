//! What is known of one person and one item of the register, in one line of the processor's cache.
//!
//! Sixty-four bytes, aligned, no pointers: the person's id, the item, the types consented to, the ends of
//! consent and retention in seconds, two versions, flags of the item and of the person, and four places
//! in the log. What is known of the person as a whole stands in each of the person's records,
//! so that one of them answers.

use crate::directory::{Thing, Types};
use crate::event::{Change, Consent, Form, Second};
use crate::needs::Needs;
use crate::question::Subject;
use serde::{Deserialize, Serialize};
use std::num::NonZeroU64;

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

/// The entries of the log that an answer rests on, for one item: five bytes each, in which all zero is
/// none and otherwise stands one more than the index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Relied {
    low: [u32; 4],
    high: [u8; 4],
}

/// What a [`Relied`] names, in its order.
const OF: [Needs; 4] = [Needs::OF_NOTICE, Needs::OF_CONSENT, Needs::OF_BARRIER, Needs::OF_PERSON];

impl Relied {
    /// None.
    pub const NONE: Self = Self { low: [0; 4], high: [0; 4] };

    /// Where the notice was given; where consent was given; the last entry that restrains the processing
    /// or lifts a restraint (withdrawal, opt-out, refusal, retention); the last entry about the person as
    /// a whole (limit, age, erasure).
    #[must_use]
    pub fn entries(self) -> [Option<Entry>; 4] {
        let Self { low: [a, b, c, d], high: [e, f, g, h] } = self;
        [(a, e), (b, f), (c, g), (d, h)]
            .map(|(low, high)| NonZeroU64::new(u64::from(low) | (u64::from(high) << 32)).map(Entry))
    }

    /// With an entry of a kind.
    fn set(&mut self, kind: Needs, index: u64) {
        let places = self.low.iter_mut().zip(&mut self.high).zip(OF);
        for ((low, high), _) in places.filter(|(_, of)| *of == kind) {
            (*low, *high) = ((index + 1) as u32, ((index + 1) >> 32) as u8);
        }
    }

    /// Those of the kinds that answer these needs.
    #[inline]
    fn answering(self, looked: Needs) -> Self {
        let Self { low: [a, b, c, d], high: [e, f, g, h] } = self;
        let [notice, consent, barrier, person] = OF.map(|of| u32::from(looked.meets(of)).wrapping_neg());
        Self {
            low: [a & notice, b & consent, c & barrier, d & person],
            high: [e & notice as u8, f & consent as u8, g & barrier as u8, h & person as u8],
        }
    }

    /// The same, but the entry about the person as another has it.
    #[inline]
    fn person_of(self, other: Self) -> Self {
        let (Self { low: [a, b, c, _], high: [e, f, g, _] }, Self { low: [.., d], high: [.., h] }) =
            (self, other);
        Self { low: [a, b, c, d], high: [e, f, g, h] }
    }
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
    entries: Relied,
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
        entries: Relied::NONE,
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
        let entries = Relied::NONE.person_of(self.entries);
        Self { flags, entries, ..Self::new(self.subject, item) }
    }

    /// What remains when the person's information is erased.
    pub fn erased(subject: Subject, index: u64) -> Self {
        let mut record = Self { flags: THERE | ERASED, ..Self::new(subject, Thing::NONE) };
        record.entries.set(Needs::OF_PERSON, index);
        record
    }

    /// Takes in a change of the item, or of the person as a whole. Erasure is the table's.
    pub fn apply(&mut self, change: &Change, index: u64) {
        match *change {
            Change::Notified { version, .. } => {
                self.flags |= NOTIFIED;
                self.notice_version = version;
                self.entries.set(Needs::OF_NOTICE, index);
            }
            Change::Consented { consent, .. } => self.consent(consent, index),
            Change::Withdrew { .. } => self.restrain(WITHDRAWN, true, index),
            Change::OptedOut { out, .. } => self.restrain(OPTED_OUT, out, index),
            Change::Objected { objects, .. } => self.restrain(OBJECTED, objects, index),
            Change::Retained { until, .. } => {
                self.retained = seconds(until);
                self.entries.set(Needs::OF_BARRIER, index);
            }
            Change::Restricted { restricted } => {
                self.set(RESTRICTED, restricted);
                self.entries.set(Needs::OF_PERSON, index);
            }
            Change::Aged { under_14 } => {
                self.flags |= AGE_KNOWN;
                self.set(UNDER_14, under_14);
                self.entries.set(Needs::OF_PERSON, index);
            }
            Change::Readmitted => {
                self.set(ERASED, false);
                self.entries.set(Needs::OF_PERSON, index);
            }
            Change::Erased => {}
        }
    }

    fn consent(&mut self, consent: Consent, index: u64) {
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
        self.entries.set(Needs::OF_CONSENT, index);
    }

    fn restrain(&mut self, flag: u32, on: bool, index: u64) {
        self.set(flag, on);
        self.entries.set(Needs::OF_BARRIER, index);
    }

    fn set(&mut self, flag: u32, on: bool) {
        self.flags = if on { self.flags | flag } else { self.flags & !flag };
    }

    /// What the record shows for these types at this time; what is known of the person as a whole, the
    /// other record says, which is the person's too.
    #[inline]
    pub fn shows(&self, person: &Self, types: Types, since: Since, time_ms: i64) -> Needs {
        let flags = (self.flags & !OF_PERSON) | (person.flags & OF_PERSON);
        let flag = |flag: u32| flags & flag == flag;
        let need = |need: Needs, shown: bool| if shown { need.0 } else { 0 };
        let given = flag(CONSENTED);
        let ends = |end: u32| (end == NEVER) | !Second(end).has_come(time_ms);
        // Separate, explicit and written are never set without consent.
        let direct = ((flags ^ INVERTED) & DIRECT) as u16;
        Needs(
            direct
                | need(Needs::NOTICE, flag(NOTIFIED) & (self.notice_version >= since.notice))
                | need(Needs::LIVE, given & ends(self.expires))
                | need(Needs::CURRENT, given & (self.consent_version >= since.consent))
                | need(Needs::COVERS, given & types.without(self.types).is_empty())
                | need(Needs::GUARDIAN, !flag(UNDER_14) | flag(BY_GUARDIAN | SEPARATE | EXPLICIT))
                | need(Needs::RETAINED, ends(self.retained)),
        )
    }

    /// The entries of the log that answer these needs.
    #[inline]
    pub fn relied(&self, person: &Self, looked: Needs) -> Relied {
        self.entries.person_of(person.entries).answering(looked)
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
