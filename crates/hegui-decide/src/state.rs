//! The state of all data subjects, resident: a table of records in the order of their subjects' hashes.
//!
//! Open addressing with linear probing in one array. A record's home is its hash scaled to the number of
//! slots, so that the array is sorted by hash, with gaps: all records of a person lie side by side, and
//! growing is one pass from front to back. A search walks over two-byte tags that stand in an array
//! beside it, up to the first empty slot, and reads only records whose tag fits. The number of slots need
//! not be a power of two; the table grows by an eighth when three quarters are taken, so that a record costs
//! between 88 and 99 bytes. Nothing wraps around: behind the last home lies some room for runs that reach
//! beyond it.
//!
//! Reading takes `&self` and writes nothing, so that threads do not get into each other's way.

use crate::answer::Each;
use crate::directory::Thing;
use crate::event::{Applied, Beyond, Change, Event, LAST_INDEX};
use crate::question::Subject;
use crate::record::Record;
use std::hint::black_box;

/// Slots behind the last home.
const ROOM: usize = 64;
/// The table grows when more than `TAKEN.0 / TAKEN.1` of the slots are taken …
const TAKEN: (usize, usize) = (3, 4);
/// … to `GROWTH.0 / GROWTH.1` as many.
const GROWTH: (usize, usize) = (9, 8);

/// The state of all data subjects up to an index of the log.
#[derive(Clone, Debug)]
pub struct State {
    slots: Vec<Record>,
    /// Beside each slot a hint of what is in it, so that a search reads no record in vain: see [`tag`].
    tags: Vec<u16>,
    /// How many slots are homes.
    homes: usize,
    records: usize,
    next_index: u64,
}

/// A person's records that a question looks at.
#[derive(Clone, Copy)]
pub(crate) struct Found<'a> {
    pub records: Each<Option<&'a Record>>,
    /// Some record of the person, in which stands what is known of the person as a whole.
    pub person: Option<&'a Record>,
}

/// Where a person's tags begin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    pub home: usize,
    person: u16,
}

/// The slots in which, by their tags, a person's records stand: whatever has no slot here does not exist,
/// but what has one may be another's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Probably {
    slots: Each<usize>,
    /// Of any item.
    other: usize,
}

/// No slot.
const NOWHERE: usize = usize::MAX;

impl Default for Probably {
    fn default() -> Self {
        Self { slots: Each { item: NOWHERE, activity: NOWHERE, whole: NOWHERE }, other: NOWHERE }
    }
}

/// Spreads ids evenly over 64 bits, also those that are no keyed hashes.
#[inline]
fn hash(Subject([a, b]): Subject) -> u64 {
    let mixed = (a ^ b.rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    mixed ^ (mixed >> 32)
}

/// A slot's tag in which nothing is.
const EMPTY: u16 = 0;
/// The bits of a tag that hint at the person: one that is always there, and seven of the hash.
const OF_PERSON: u16 = 0xff00;

/// A slot's tag in which something is: eight bits that hint at the person, eight at the item.
#[inline]
fn tag(person: u16, Thing(item): Thing) -> u16 {
    person | (item.wrapping_mul(0x9e37_79b1) >> 24) as u16
}

/// The person's part of a tag.
#[inline]
fn person(hash: u64) -> u16 {
    0x8000 | ((hash as u16 & 0x7f) << 8)
}

impl Default for State {
    fn default() -> Self {
        Self::with_capacity(0)
    }
}

impl State {
    /// An empty state.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty state that takes so many records without growing.
    #[must_use]
    pub fn with_capacity(records: usize) -> Self {
        let homes = records * TAKEN.1 / TAKEN.0 + 16;
        let (slots, tags) = (vec![Record::EMPTY; homes + ROOM], vec![EMPTY; homes + ROOM]);
        Self { slots, tags, homes, records: 0, next_index: 0 }
    }

    /// How many records there are: one for each person and item, and one for each person of whom only
    /// something of the person as a whole is known.
    #[must_use]
    pub const fn records(&self) -> usize {
        self.records
    }

    /// The bytes that the records take, with the empty slots between them.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Record>() + self.tags.capacity() * size_of::<u16>()
    }

    /// The first index of the log that the state has not taken in.
    #[must_use]
    pub const fn next_index(&self) -> u64 {
        self.next_index
    }

    /// Takes in an entry of the log. Entries come in the log's order; not every entry need be an event
    /// of this kind. One that was taken in before changes nothing.
    ///
    /// # Errors
    /// When the index is too high to be named.
    pub fn apply(&mut self, index: u64, event: &Event) -> Result<Applied, Beyond> {
        self.apply_all(index, std::slice::from_ref(event))
    }

    /// Takes in an entry of the log that changes several records at once, as a notice about several items
    /// does; or none, so that the state is known to have come so far.
    ///
    /// # Errors
    /// When the index is too high to be named.
    pub fn apply_all(&mut self, index: u64, events: &[Event]) -> Result<Applied, Beyond> {
        if index > LAST_INDEX {
            return Err(Beyond(index));
        }
        if index < self.next_index {
            return Ok(Applied::Before);
        }
        self.next_index = index + 1;
        for event in events {
            self.change(index, event);
        }
        Ok(Applied::Now)
    }

    fn change(&mut self, index: u64, event: &Event) {
        let Event { subject, change } = *event;
        match change {
            Change::Notified { item, .. }
            | Change::Consented { item, .. }
            | Change::Withdrew { item }
            | Change::OptedOut { item, .. }
            | Change::Objected { item, .. }
            | Change::Retained { item, .. } => self.change_item(subject, item, &change, index),
            Change::Restricted { .. } | Change::Aged { .. } | Change::Readmitted => {
                self.change_person(subject, &change, index);
            }
            Change::Erased => {
                while let Some(place) = self.first(subject) {
                    self.remove(place);
                }
                self.insert(Record::erased(subject, index));
            }
        }
    }

    /// All records, for a snapshot.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Record> {
        self.slots.iter().filter(|record| record.is_there())
    }

    /// A state of these records, which had taken in the entries before an index.
    pub(crate) fn of(records: Vec<Record>, next_index: u64) -> Self {
        let mut state = Self { next_index, ..Self::with_capacity(records.len()) };
        for record in records.into_iter().filter(Record::is_there) {
            state.insert(record);
        }
        state
    }

    fn change_item(&mut self, subject: Subject, item: Thing, change: &Change, index: u64) {
        let places = self.places(subject);
        let mut known = None;
        for record in self.slots.get_mut(places).into_iter().flatten().filter(|r| r.subject == subject) {
            if record.item == item {
                record.apply(change, index);
                return;
            }
            known = Some(*record);
        }
        let mut record = known.map_or(Record::new(subject, item), |r| r.for_item(item));
        record.apply(change, index);
        self.insert(record);
    }

    fn change_person(&mut self, subject: Subject, change: &Change, index: u64) {
        let places = self.places(subject);
        let mut found = false;
        for record in self.slots.get_mut(places).into_iter().flatten().filter(|r| r.subject == subject) {
            record.apply(change, index);
            found = true;
        }
        if !found {
            let mut record = Record::new(subject, Thing::NONE);
            record.apply(change, index);
            self.insert(record);
        }
    }

    /// The home of a hash.
    #[inline]
    fn home(&self, hash: u64) -> usize {
        ((u128::from(hash) * self.homes as u128) >> 64) as usize
    }

    /// The slots in which all records of a person lie, perhaps with others'.
    fn places(&self, subject: Subject) -> std::ops::Range<usize> {
        let own = hash(subject);
        let from = self.home(own);
        let run = self.slots.get(from..).unwrap_or_default();
        let len = run.iter().take_while(|r| r.is_there() && hash(r.subject) <= own).count();
        from..from + len
    }

    fn first(&self, subject: Subject) -> Option<usize> {
        let places = self.places(subject);
        let from = places.start;
        let within = self.slots.get(places)?.iter().position(|r| r.subject == subject)?;
        Some(from + within)
    }

    fn insert(&mut self, record: Record) {
        if (self.records + 1) * TAKEN.1 > self.homes * TAKEN.0 {
            self.grow();
        }
        loop {
            let at = self.places(record.subject).end;
            let rest = self.slots.get(at..).unwrap_or_default();
            if let Some(shift) = rest.iter().position(|r| !r.is_there()) {
                self.slots.copy_within(at..at + shift, at + 1);
                self.tags.copy_within(at..at + shift, at + 1);
                self.fill(at, record);
                self.records += 1;
                return;
            }
            // The run has used up the room at the end.
            self.lengthen(self.slots.len() + ROOM);
        }
    }

    fn remove(&mut self, at: usize) {
        let rest = self.slots.get(at + 1..).unwrap_or_default();
        let moves = |(offset, record): (usize, &Record)| {
            record.is_there() && self.home(hash(record.subject)) <= at + offset
        };
        let shift = rest.iter().enumerate().take_while(|pair| moves(*pair)).count();
        self.slots.copy_within(at + 1..=at + shift, at);
        self.tags.copy_within(at + 1..=at + shift, at);
        self.fill(at + shift, Record::EMPTY);
        self.records -= 1;
    }

    /// Puts a record, or none, into a slot.
    fn fill(&mut self, at: usize, record: Record) {
        let tag = if record.is_there() { tag(person(hash(record.subject)), record.item) } else { EMPTY };
        if let (Some(slot), Some(hint)) = (self.slots.get_mut(at), self.tags.get_mut(at)) {
            (*slot, *hint) = (record, tag);
        }
    }

    /// Adds empty slots at the end.
    fn lengthen(&mut self, slots: usize) {
        let more = slots.saturating_sub(self.slots.len());
        self.slots.reserve_exact(more);
        self.tags.reserve_exact(more);
        self.slots.resize(slots, Record::EMPTY);
        self.tags.resize(slots, EMPTY);
    }

    fn grow(&mut self) {
        let homes = self.homes * GROWTH.0 / GROWTH.1 + 16;
        let old = std::mem::take(&mut self.slots);
        self.homes = homes;
        self.slots = Vec::with_capacity(homes + ROOM);
        self.tags = Vec::with_capacity(homes + ROOM);
        for record in old.iter().filter(|r| r.is_there()) {
            let own = hash(record.subject);
            let home = self.home(own);
            if self.slots.len() < home {
                self.slots.resize(home, Record::EMPTY);
                self.tags.resize(home, EMPTY);
            }
            self.slots.push(*record);
            self.tags.push(tag(person(own), record.item));
        }
        self.lengthen((homes + ROOM).max(self.slots.len() + 1));
    }

    /// Where a person's tags begin.
    #[inline]
    pub(crate) fn near(&self, subject: Subject) -> Start {
        let own = hash(subject);
        Start { home: self.home(own), person: person(own) }
    }

    /// The first tag that a person's can be.
    #[inline]
    pub(crate) fn tag_at(&self, Start { home, .. }: Start) -> u16 {
        self.tags.get(home).copied().unwrap_or_default()
    }

    /// Walks over the tags from where a person's begin.
    #[inline]
    pub(crate) fn walk(&self, Start { home, person }: Start, things: Each<Thing>) -> Probably {
        let wanted = things.map(|thing| tag(person, thing));
        let mut probably = Probably::default();
        let Probably { slots, other } = &mut probably;
        for (at, hint) in (home..).zip(self.tags.get(home..).unwrap_or_default()) {
            if *hint == EMPTY {
                break;
            }
            if (*hint ^ person) & OF_PERSON != 0 {
                continue;
            }
            *other = (*other).min(at);
            if *hint == wanted.item {
                slots.item = slots.item.min(at);
            }
            if *hint == wanted.activity {
                slots.activity = slots.activity.min(at);
            }
            if *hint == wanted.whole {
                slots.whole = slots.whole.min(at);
            }
            if slots.item != NOWHERE && slots.activity != NOWHERE && things.whole == Thing::NONE {
                break;
            }
        }
        probably
    }

    /// Where a person's records probably stand.
    #[inline]
    pub(crate) fn probably(&self, subject: Subject, things: Each<Thing>) -> Probably {
        let start = self.near(subject);
        // The record is often here: on its way while the tags are.
        black_box(self.slots.get(start.home + 1).map_or(0, |record| record.item.0));
        self.walk(start, things)
    }

    /// Reads something of these slots, so that they are in the cache.
    #[inline]
    pub(crate) fn read(&self, Probably { slots, other }: &Probably) -> u32 {
        let item_of = |slot: usize| self.slots.get(slot).map_or(0, |record| record.item.0);
        let first = if slots.item == NOWHERE { *other } else { slots.item };
        item_of(first) ^ item_of(slots.activity)
    }

    /// The records themselves; where a slot is another's after all, by a search.
    #[inline]
    pub(crate) fn found(&self, subject: Subject, things: Each<Thing>, probably: Probably) -> Found<'_> {
        let records = things.zip(probably.slots).map(|(thing, slot)| match self.slots.get(slot) {
            Some(record) if record.subject == subject && record.item == thing => Some(record),
            // A thing that is none has no record.
            Some(_) if thing != Thing::NONE => self.search(subject, |record| record.item == thing),
            _ => None,
        });
        let mut person = records.item.or(records.activity).or(records.whole);
        if let (None, Some(other)) = (person, self.slots.get(probably.other)) {
            person = if other.subject == subject { Some(other) } else { self.search(subject, |_| true) };
        }
        Found { records, person }
    }

    /// The first record of a person that is as wanted, by reading all.
    #[inline(never)]
    fn search(&self, subject: Subject, wanted: impl Fn(&Record) -> bool) -> Option<&Record> {
        let run = self.slots.get(self.home(hash(subject))..)?.iter().take_while(|record| record.is_there());
        run.into_iter().find(|record| record.subject == subject && wanted(record))
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
