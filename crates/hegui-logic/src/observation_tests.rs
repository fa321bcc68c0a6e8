//! The rules of [`super::resolve`] one by one, then against a slow statement of them.

use super::*;
use proptest::prelude::*;

type Seen = Observation<u8, u8>;

fn day(n: i64) -> i64 {
    n * DAY
}

fn seen(value: u8, source: u8, from: i64) -> Seen {
    Observation { value, source, valid_from: day(from), valid_until: None, recorded: day(from) }
}

fn at(as_of: i64, known_on: i64) -> Dates {
    Dates { as_of: day(as_of), known_on: day(known_on), fresh_days: None }
}

#[test]
fn nothing_said_is_never_stated() {
    assert_eq!(resolve::<u8, u8>(&[], at(9, 9), &[]), Resolved::Unknown(Reason::NeverStated));
}

#[test]
fn learned_later_is_never_stated_then() {
    let late = Seen { recorded: day(20), ..seen(1, 0, 3) };
    assert_eq!(resolve(&[late], at(9, 9), &[]), Resolved::Unknown(Reason::NeverStated));
    assert_eq!(resolve(&[late], at(9, 20), &[]), Resolved::Known(0));
}

#[test]
fn so_only_later_is_not_yet() {
    let planned = Seen { recorded: day(1), ..seen(1, 0, 10) };
    assert_eq!(resolve(&[planned], at(9, 9), &[]), Resolved::Unknown(Reason::NotYet));
    assert_eq!(resolve(&[planned], at(10, 9), &[]), Resolved::Known(0));
}

#[test]
fn the_last_day_counts_and_the_next_has_ended() {
    let ended = Seen { valid_until: Some(day(5)), ..seen(1, 0, 3) };
    assert_eq!(resolve(&[ended], at(5, 9), &[]), Resolved::Known(0));
    assert_eq!(resolve(&[ended], at(6, 9), &[]), Resolved::Unknown(Reason::Ended));
}

#[test]
fn later_supersedes_within_a_source_and_does_not_come_back() {
    let both = [seen(1, 0, 3), Seen { valid_until: Some(day(6)), ..seen(2, 0, 5) }];
    assert_eq!(resolve(&both, at(4, 9), &[]), Resolved::Known(0));
    assert_eq!(resolve(&both, at(5, 9), &[]), Resolved::Known(1));
    assert_eq!(resolve(&both, at(7, 9), &[]), Resolved::Unknown(Reason::Ended));
}

#[test]
fn a_correction_recorded_later_supersedes_at_the_same_time() {
    let both = [seen(1, 0, 3), Seen { recorded: day(8), ..seen(2, 0, 3) }];
    assert_eq!(resolve(&both, at(9, 7), &[]), Resolved::Known(0));
    assert_eq!(resolve(&both, at(9, 8), &[]), Resolved::Known(1));
}

#[test]
fn of_two_on_one_day_from_one_source_the_last_in_the_list_counts() {
    let both = [seen(1, 0, 3), seen(2, 0, 3)];
    assert_eq!(resolve(&both, at(9, 9), &[]), Resolved::Known(1));
}

#[test]
fn sources_that_agree_are_one_value_and_that_differ_a_conflict() {
    assert_eq!(resolve(&[seen(1, 0, 3), seen(1, 1, 4)], at(9, 9), &[]), Resolved::Known(0));
    let differ = [seen(1, 0, 3), seen(2, 1, 4)];
    assert_eq!(resolve(&differ, at(9, 9), &[]), Resolved::Unknown(Reason::Conflict(vec![0, 1])));
}

#[test]
fn a_ruling_settles_what_was_known_when_it_was_made() {
    let differ = [seen(1, 0, 3), seen(2, 1, 4)];
    let ruling = [Ruling { value: 2, recorded: day(6) }];
    assert_eq!(resolve(&differ, at(9, 5), &ruling), Resolved::Unknown(Reason::Conflict(vec![0, 1])));
    assert_eq!(resolve(&differ, at(9, 6), &ruling), Resolved::Known(1));
    let again = [seen(1, 0, 3), seen(2, 1, 4), seen(3, 2, 7)];
    assert_eq!(resolve(&again, at(9, 9), &ruling), Resolved::Unknown(Reason::Conflict(vec![0, 1, 2])));
}

#[test]
fn stale_after_so_many_days_and_overruled_by_what_is_fresh() {
    let dates = |as_of| Dates { fresh_days: Some(10), ..at(as_of, 99) };
    assert_eq!(resolve(&[seen(1, 0, 3)], dates(13), &[]), Resolved::Known(0));
    assert_eq!(resolve(&[seen(1, 0, 3)], dates(14), &[]), Resolved::Unknown(Reason::Stale(0)));
    assert_eq!(resolve(&[seen(1, 0, 3), seen(2, 1, 12)], dates(14), &[]), Resolved::Known(1));
    let undated = Seen { valid_from: i64::MIN, recorded: i64::MIN, ..seen(1, 0, 0) };
    assert_eq!(resolve(&[undated], dates(9_999), &[]), Resolved::Known(0));
}

fn any_seen() -> impl Strategy<Value = Seen> {
    (0u8..3, 0u8..3, 0i64..12, prop::option::of(0i64..12), 0i64..12).prop_map(
        |(value, source, from, until, recorded)| Observation {
            value,
            source,
            valid_from: day(from),
            valid_until: until.map(|n| day(from + n)),
            recorded: day(recorded),
        },
    )
}

/// The values that hold, stated as sets: every observation that nothing of its source supersedes.
fn oracle(all: &[Seen], dates: Dates) -> Vec<u8> {
    let spoken: Vec<(usize, &Seen)> = all
        .iter()
        .enumerate()
        .filter(|(_, o)| o.recorded <= dates.known_on && o.valid_from <= dates.as_of)
        .collect();
    let order = |(at, o): &(usize, &Seen)| (o.valid_from, o.recorded, *at);
    let mut values: Vec<u8> = spoken
        .iter()
        .filter(|o| !spoken.iter().any(|p| p.1.source == o.1.source && order(p) > order(o)))
        .map(|(_, o)| o)
        .filter(|o| o.valid_until.is_none_or(|end| end >= dates.as_of))
        .filter(|o| dates.fresh_days.is_none_or(|days| (dates.as_of - o.valid_from) / DAY <= days))
        .map(|o| o.value)
        .collect();
    values.sort_unstable();
    values.dedup();
    values
}

proptest! {
    #[test]
    fn agrees_with_the_rules_as_sets(
        all in prop::collection::vec(any_seen(), 0..7),
        as_of in 0i64..24, known_on in 0i64..14, fresh in prop::option::of(0i64..12),
    ) {
        let dates = Dates { fresh_days: fresh, ..at(as_of, known_on) };
        let values = oracle(&all, dates);
        match resolve(&all, dates, &[]) {
            Resolved::Known(index) => prop_assert_eq!(values, vec![all[index].value]),
            Resolved::Unknown(Reason::Conflict(parts)) => {
                let mut found: Vec<u8> = parts.iter().map(|i| all[*i].value).collect();
                found.sort_unstable();
                found.dedup();
                prop_assert!(found.len() > 1);
                prop_assert_eq!(values, found);
            }
            Resolved::Unknown(_) => prop_assert!(values.is_empty()),
        }
    }

    #[test]
    fn the_order_of_observations_matters_only_where_times_are_equal(
        mut all in prop::collection::vec(any_seen(), 0..7), as_of in 0i64..24, known_on in 0i64..14,
    ) {
        for (at, seen) in all.iter_mut().enumerate() {
            seen.recorded += at as i64;
        }
        let value = |list: &[Seen]| match resolve(list, at(as_of, known_on), &[]) {
            Resolved::Known(index) => Some(list[index].value),
            Resolved::Unknown(_) => None,
        };
        let reversed: Vec<Seen> = all.iter().rev().copied().collect();
        prop_assert_eq!(value(&all), value(&reversed));
    }

    #[test]
    fn what_is_learned_later_changes_nothing_known_before(
        all in prop::collection::vec(any_seen(), 0..7), as_of in 0i64..24, known_on in 0i64..11,
    ) {
        let known: Vec<Seen> = all.iter().filter(|o| o.recorded <= day(known_on)).copied().collect();
        let value = |list: &[Seen]| match resolve(list, at(as_of, known_on), &[]) {
            Resolved::Known(index) => Some(list[index].value),
            Resolved::Unknown(_) => None,
        };
        prop_assert_eq!(value(&all), value(&known));
    }
}
