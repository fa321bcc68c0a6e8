//! The state of all data subjects, resident: a table of records in the order of their subjects' hashes.
//!
//! Open addressing with linear probing in one array. A record's home is its hash scaled to the number of
//! slots, so that the array is sorted by hash, with gaps: all records of a person lie side by side, and
//! growing is one pass from front to back. A search walks over two-byte tags that stand in an array
//! beside it, up to the first empty slot, and reads only records whose tag fits. The number of slots need not be a power of two; the table grows by a fifth when four fifths are
//! taken, so that a record costs between 82 and 99 bytes. Nothing wraps around: behind the last home
//! lies some room for runs that reach beyond it.
//!
//! Reading takes `&self` and writes nothing, so that threads do not get into each other's way.

use crate::directory::Thing;
use crate::event::{Applied, Beyond, Change, Event, LAST_INDEX};
use crate::question::{Question, Subject};
use crate::record::Record;

/// Most questions whose records are fetched together.
pub(crate) const TOGETHER: usize = 32;
/// Slots behind the last home.
const ROOM: usize = 64;
/// The table grows when more than `TAKEN.0 / TAKEN.1` of the slots are taken …
const TAKEN: (usize, usize) = (4, 5);
/// … to `GROWTH.0 / GROWTH.1` as many.
const GROWTH: (usize, usize) = (6, 5);

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
    pub item: Option<&'a Record>,
    pub activity: Option<&'a Record>,
    /// Some record of the person.
    pub any: Option<&'a Record>,
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
/// The bits of a tag that hint at the item.
const OF_ITEM: u16 = 0xf;

/// Eleven bits of the person's hash and four of the item's, below a bit that says that something is there.
#[inline]
fn tag(hash: u64, Thing(item): Thing) -> u16 {
    let of_item = item.wrapping_mul(0x9e37_79b1) >> 28;
    0x8000 | ((hash as u16 & 0x7ff) << 4) | of_item as u16
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
        let tag = if record.is_there() { tag(hash(record.subject), record.item) } else { EMPTY };
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
            self.tags.push(tag(own, record.item));
        }
        self.lengthen((homes + ROOM).max(self.slots.len() + 1));
    }

    /// The person's records of two items; they may be the same.
    #[inline]
    pub(crate) fn find(&self, subject: Subject, item: Thing, activity: Thing) -> Found<'_> {
        let own = hash(subject);
        let (tag_of_item, tag_of_activity) = (tag(own, item), tag(own, activity));
        let mut found = Found { item: None, activity: None, any: None };
        let home = self.home(own);
        let mut other = None;
        for (at, hint) in (home..).zip(self.tags.get(home..).unwrap_or_default()) {
            if *hint == EMPTY {
                break;
            }
            if (*hint ^ tag_of_item) & !OF_ITEM != 0 {
                continue;
            }
            if *hint != tag_of_item && *hint != tag_of_activity {
                other = other.or(Some(at));
                continue;
            }
            let Some(record) = self.slots.get(at).filter(|record| record.subject == subject) else {
                continue;
            };
            found.any = Some(record);
            if record.item == activity {
                found.activity = Some(record);
            }
            if record.item == item {
                found.item = Some(record);
            }
            if found.item.is_some() && found.activity.is_some() {
                return found;
            }
        }
        if found.any.is_none()
            && let Some(first) = other
        {
            found.any = self.other(subject, own, first);
        }
        found
    }

    /// Some record of a person, of whichever item, from a slot on.
    fn other(&self, subject: Subject, own: u64, first: usize) -> Option<&Record> {
        let wanted = tag(own, Thing::NONE) & !OF_ITEM;
        let hints = self.tags.get(first..)?.iter().take_while(|hint| **hint != EMPTY);
        let near = hints.zip(self.slots.get(first..)?).filter(|(hint, _)| **hint & !OF_ITEM == wanted);
        near.map(|(_, record)| record).find(|record| record.subject == subject)
    }

    /// Reads the records that these questions will probably want, and gives something of them: so that
    /// they are in the cache when the searches come. Each step is short and waits for nothing but its own
    /// loads, so that the processor waits for those of all questions at once.
    #[inline]
    pub(crate) fn fetch(&self, questions: &[Question]) -> u32 {
        let mut places = [(0, EMPTY); TOGETHER];
        for (place, question) in places.iter_mut().zip(questions) {
            let own = hash(question.subject);
            *place = (self.home(own), tag(own, question.activity));
        }
        let asked = places.get_mut(..questions.len()).unwrap_or_default();
        let tag_at = |(at, _): &(usize, u16)| self.tags.get(*at).copied().unwrap_or_default();
        let tags = asked.iter().map(tag_at).fold(0, |sum, tag| sum ^ u32::from(tag));
        for (at, wanted) in asked.iter_mut() {
            let hints = self.tags.get(*at..).unwrap_or_default().iter();
            let within = hints.take_while(|hint| **hint != EMPTY).position(|hint| hint == wanted);
            *at += within.unwrap_or(0);
        }
        let item_at = |(at, _): &(usize, u16)| self.slots.get(*at).map_or(0, |record| record.item.0);
        asked.iter().map(item_at).fold(tags, |sum, item| sum ^ item)
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
