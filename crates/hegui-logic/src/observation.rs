//! How several observations of one fact become one value, or unknown, at a pair of dates.
//!
//! A fact is seen more than once: by one person in two years, by two persons in one week. Facts carry
//! two times (DESIGN, "Two times"): *valid* time, when it was so, and *recorded* time, when we learned
//! it. An evaluation names one moment of each, and this module says what was then held to be true:
//!
//! 1. What was recorded later than `known_on`, or speaks of a time after `as_of`, does not count.
//! 2. Within one source the observation of the latest valid time supersedes those before it; where
//!    valid times are equal, the one recorded last, and then the one that stands last in the list, as a
//!    correction does. An observation that has ended does not bring an
//!    earlier one back: what holds since then nobody has said.
//! 3. An observation older than `fresh_days` is stale and counts only to say so.
//! 4. What is left must agree. Where sources differ, the fact is unknown until a named role rules
//!    with reasons. A ruling settles what was known when it was made: a different value recorded
//!    later opens the question again.
//!
//! Nothing is overwritten: the answer is an index into the observations as they stand.

use crate::calendar::DAY;

/// One observation of a fact. Times are in seconds, as in [`crate::schema::Type::Date`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observation<V, S> {
    /// What was seen.
    pub value: V,
    /// Who or what saw it; observations of one source supersede each other.
    pub source: S,
    /// Since when it was so; `i64::MIN` where no date was given: always, and never stale.
    pub valid_from: i64,
    /// The last moment at which it was so, where it has ended.
    pub valid_until: Option<i64>,
    /// When we learned it.
    pub recorded: i64,
}

/// A person's word on which of several values holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ruling<V> {
    /// The value that holds.
    pub value: V,
    /// When it was ruled.
    pub recorded: i64,
}

/// The two moments of an evaluation, and how long the fact stays fresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dates {
    /// The moment that is spoken of.
    pub as_of: i64,
    /// What was recorded up to here is known.
    pub known_on: i64,
    /// After so many days an observation is stale; `None`: never.
    pub fresh_days: Option<i64>,
}

/// What the observations of a fact come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// The value of the observation with this index.
    Known(usize),
    /// No value, and why.
    Unknown(Reason),
}

/// Why a fact is unknown. Indices are places in the list of observations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Nobody had said anything by then.
    NeverStated,
    /// What was said speaks of a later time only.
    NotYet,
    /// What was said had ended.
    Ended,
    /// What was said is too old: the latest of it.
    Stale(usize),
    /// Sources differ: one index a source, in order.
    Conflict(Vec<usize>),
}

/// What the observations come to at a pair of dates. See the module for the rules.
///
/// Rulings recorded after `known_on` are not known; of several, the last recorded counts.
pub fn resolve<V: PartialEq, S: PartialEq>(
    observations: &[Observation<V, S>],
    dates: Dates,
    rulings: &[Ruling<V>],
) -> Resolved {
    if let [only] = observations {
        return alone(only, dates);
    }
    let mut latest: Vec<usize> = Vec::new();
    let mut reason = Reason::NeverStated;
    for (index, seen) in observations.iter().enumerate() {
        if seen.recorded > dates.known_on {
            continue;
        }
        if seen.valid_from > dates.as_of {
            reason = Reason::NotYet;
            continue;
        }
        admit(observations, &mut latest, index, seen);
    }
    let said = !latest.is_empty();
    latest.retain(|index| {
        observations.get(*index).is_some_and(|o| o.valid_until.is_none_or(|end| end >= dates.as_of))
    });
    if latest.is_empty() {
        return Resolved::Unknown(if said { Reason::Ended } else { reason });
    }
    settle(observations, latest, dates, rulings)
}

/// The same rules for the usual case: one observation, which nothing can contradict.
fn alone<V, S>(only: &Observation<V, S>, dates: Dates) -> Resolved {
    Resolved::Unknown(if only.recorded > dates.known_on {
        Reason::NeverStated
    } else if only.valid_from > dates.as_of {
        Reason::NotYet
    } else if only.valid_until.is_some_and(|end| end < dates.as_of) {
        Reason::Ended
    } else if is_stale(only.valid_from, dates) {
        Reason::Stale(0)
    } else {
        return Resolved::Known(0);
    })
}

/// Puts an observation among the latest of each source.
fn admit<V, S: PartialEq>(
    observations: &[Observation<V, S>],
    latest: &mut Vec<usize>,
    index: usize,
    seen: &Observation<V, S>,
) {
    let times = (seen.valid_from, seen.recorded);
    let of_source = |other: &usize| observations.get(*other).filter(|o| o.source == seen.source);
    let superseded = |other: &usize| of_source(other).is_some_and(|o| (o.valid_from, o.recorded) > times);
    if latest.iter().any(superseded) {
        return;
    }
    latest.retain(|other| of_source(other).is_none());
    latest.push(index);
}

fn settle<V: PartialEq, S>(
    observations: &[Observation<V, S>],
    latest: Vec<usize>,
    dates: Dates,
    rulings: &[Ruling<V>],
) -> Resolved {
    let at = |index: &usize| observations.get(*index);
    let fresh: Vec<usize> = latest
        .iter()
        .copied()
        .filter(|index| at(index).is_some_and(|o| !is_stale(o.valid_from, dates)))
        .collect();
    let Some((first, rest)) = fresh.split_first() else {
        let last = latest.into_iter().max_by_key(|index| at(index).map(|o| (o.valid_from, o.recorded)));
        return Resolved::Unknown(last.map_or(Reason::NeverStated, Reason::Stale));
    };
    if rest.iter().all(|other| at(other).map(|o| &o.value) == at(first).map(|o| &o.value)) {
        return Resolved::Known(*first);
    }
    let known = rulings.iter().filter(|ruling| ruling.recorded <= dates.known_on);
    if let Some(ruling) = known.max_by_key(|ruling| ruling.recorded)
        && let Some(chosen) = fresh.iter().find(|index| at(index).is_some_and(|o| o.value == ruling.value))
        && fresh
            .iter()
            .all(|i| at(i).is_some_and(|o| o.value == ruling.value || o.recorded <= ruling.recorded))
    {
        return Resolved::Known(*chosen);
    }
    Resolved::Unknown(Reason::Conflict(fresh))
}

/// Whether an observation of this time is too old, counted in whole days.
fn is_stale(valid_from: i64, dates: Dates) -> bool {
    let age = dates.as_of.div_euclid(DAY).saturating_sub(valid_from.div_euclid(DAY));
    valid_from != i64::MIN && dates.fresh_days.is_some_and(|days| age > days)
}

#[cfg(test)]
#[path = "observation_tests.rs"]
mod tests;
