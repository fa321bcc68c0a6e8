//! The table is held to a map of records.

use super::{EMPTY, Found, State, hash, person, tag};
use crate::answer::Each;
use crate::directory::Thing;
use crate::event::{Applied, Beyond, Change, Event, LAST_INDEX};
use crate::question::Subject;
use crate::record::Record;
use proptest::prelude::*;
use std::collections::BTreeMap;

type Map = BTreeMap<(Subject, Thing), Record>;

fn in_map(map: &mut Map, subject: Subject, change: &Change, index: u64) {
    let own: Vec<(Subject, Thing)> = map.keys().filter(|(s, _)| *s == subject).copied().collect();
    match *change {
        Change::Withdrew { item } => {
            let new = match own.first().and_then(|key| map.get(key)) {
                Some(other) => other.for_item(item),
                None => Record::new(subject, item),
            };
            map.entry((subject, item)).or_insert(new).apply(change, index);
        }
        Change::Erased => {
            map.retain(|(s, _), _| *s != subject);
            map.insert((subject, Thing::NONE), Record::erased(subject, index));
        }
        _ => {
            if own.is_empty() {
                map.insert((subject, Thing::NONE), Record::new(subject, Thing::NONE));
            }
            map.iter_mut().filter(|((s, _), _)| *s == subject).for_each(|(_, r)| r.apply(change, index));
        }
    }
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        6 => (1_u32..5).prop_map(|item| Change::Withdrew { item: Thing(item) }),
        1 => any::<bool>().prop_map(|restricted| Change::Restricted { restricted }),
        1 => Just(Change::Erased),
    ]
}

fn sorted(state: &State) -> bool {
    let hashes: Vec<u64> = state.slots.iter().filter(|r| r.is_there()).map(|r| hash(r.subject)).collect();
    hashes.is_sorted()
}

fn find(state: &State, subject: Subject, things: Each<Thing>) -> Found<'_> {
    state.found(subject, things, state.probably(subject, things))
}

/// Each slot has its tag.
fn tagged(state: &State) -> bool {
    let tag_of = |r: &Record| if r.is_there() { tag(person(hash(r.subject)), r.item) } else { EMPTY };
    state.slots.iter().map(tag_of).eq(state.tags.iter().copied())
}

/// No empty slot stands between a record and its home.
fn reachable(state: &State) -> bool {
    state.slots.iter().enumerate().filter(|(_, r)| r.is_there()).all(|(at, record)| {
        let home = state.home(hash(record.subject));
        home <= at && state.slots[home..at].iter().all(Record::is_there)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_holds_what_a_map_holds(
        subjects in proptest::collection::vec(any::<u64>(), 1..60),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), change()), 0..600),
    ) {
        let (mut state, mut map) = (State::new(), Map::new());
        for (index, (subject, change)) in (0..).zip(&changes) {
            let subject = Subject([*subject.get(&subjects), 0]);
            prop_assert_eq!(state.apply(index, &Event { subject, change: *change }), Ok(Applied::Now));
            in_map(&mut map, subject, change, index);
        }
        prop_assert_eq!(state.records(), map.len());
        prop_assert!(sorted(&state) && reachable(&state) && tagged(&state));
        for ((subject, item), record) in &map {
            // The record of the person of whom nothing else is known is looked for by nobody.
            let things = Each { item: *item, activity: Thing(9), whole: Thing(3) };
            let Found { records, person } = find(&state, *subject, things);
            prop_assert!(records.item == Some(record) || *item == Thing::NONE);
            prop_assert_eq!(records.activity, None);
            prop_assert_eq!(records.whole, map.get(&(*subject, Thing(3))));
            prop_assert_eq!(person.map(|r| r.subject), Some(*subject));
        }
        let things = Each { item: Thing(1), activity: Thing(2), whole: Thing::NONE };
        let nobody = find(&state, Subject([1, 1]), things);
        prop_assert!(nobody.person.is_none() && nobody.records == Each::default());
    }
}

#[test]
fn subjects_of_one_hash_are_told_apart() {
    // All of these have the hash of `a ^ rotate(b)`, which is the same.
    let subjects = [[5, 0], [0, 5 << 32], [5 ^ 1, 1 << 32]].map(Subject);
    assert!(subjects.iter().all(|s| hash(*s) == hash(subjects[0])));
    let mut state = State::new();
    for (index, subject) in (0..).zip(subjects) {
        let change = Change::Withdrew { item: Thing(1 + index as u32) };
        state.apply(index, &Event { subject, change }).unwrap();
    }
    for (index, subject) in (0..).zip(subjects) {
        let own = Thing(1 + index as u32);
        let others = Thing(1 + (index as u32 + 1) % 3);
        let found = find(&state, subject, Each { item: others, activity: own, whole: Thing::NONE });
        assert!(found.records.activity.is_some() && found.records.item.is_none());
    }
}

#[test]
fn a_record_costs_less_than_a_hundred_bytes() {
    let mut state = State::new();
    let mut worst: f64 = 0.0;
    for index in 0..200_000_u64 {
        let subject = Subject([index, index]);
        let change = Change::Withdrew { item: Thing(1) };
        state.apply(index, &Event { subject, change }).unwrap();
        if index > 20_000 {
            worst = worst.max(state.bytes() as f64 / state.records() as f64);
        }
    }
    assert!(worst < 100.0, "{worst}");
}

#[test]
fn an_index_that_cannot_be_named_is_refused() {
    let event = Event { subject: Subject([1, 1]), change: Change::Erased };
    let mut state = State::new();
    assert_eq!(state.apply(LAST_INDEX + 1, &event), Err(Beyond(LAST_INDEX + 1)));
    assert_eq!(state.apply(LAST_INDEX, &event), Ok(Applied::Now));
    assert_eq!(state.next_index(), LAST_INDEX + 1);
}
