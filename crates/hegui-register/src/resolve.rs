//! What a register's observations come to at a pair of dates.

use crate::store::{FactRuling, Observations, Origin, Ruled, Slot, Store};
use hegui_logic::calendar::DAY;
use hegui_logic::observation::{Dates, Observation, Resolved, Ruling, resolve};
use hegui_logic::schema::KindId;

/// A statement without a date.
static PLAIN: Origin = Origin::plain();

/// The value of an observation, so that two can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen<'a> {
    Word(i64),
    Set(u128),
    List(&'a [u32]),
}

/// Observations of one source supersede each other: the sort of source, and who.
type Sourced<'a> = Observation<Seen<'a>, (crate::store::Source, u32)>;

/// The two moments of an evaluation. A date stands for its whole day.
pub(crate) fn moments(as_of: i64, known_on: i64) -> Dates {
    let end = |moment: i64| if moment.rem_euclid(DAY) == 0 { moment.saturating_add(DAY - 1) } else { moment };
    Dates { as_of: end(as_of), known_on: end(known_on), fresh_days: None }
}

pub(crate) fn value_at(seen: &Observations, at: usize) -> Seen<'_> {
    if !seen.ends.is_empty() {
        return Seen::List(seen.list(at));
    }
    match seen.sets.get(at) {
        Some(set) => Seen::Set(*set),
        None => Seen::Word(seen.words.get(at).copied().unwrap_or(0)),
    }
}

fn observation<'a>(value: Seen<'a>, origin: &Origin) -> Sourced<'a> {
    Observation {
        value,
        source: (origin.source, origin.by),
        valid_from: origin.valid_from,
        valid_until: origin.valid_until,
        recorded: origin.recorded,
    }
}

impl Store {
    fn origin(&self, number: Option<&u32>) -> &Origin {
        number.and_then(|number| self.origins.get(*number as usize)).unwrap_or(&PLAIN)
    }

    /// Resolves the observations in a range of places; the index in the answer counts from its start.
    pub fn resolve(
        &self,
        seen: &Observations,
        range: std::ops::Range<usize>,
        dates: Dates,
        rulings: &[FactRuling],
    ) -> Resolved {
        if range.len() == 1 {
            let at = range.start;
            return resolve(
                &[observation(value_at(seen, at), self.origin(seen.origins.get(at)))],
                dates,
                &[],
            );
        }
        let list: Vec<Sourced<'_>> =
            range.map(|at| observation(value_at(seen, at), self.origin(seen.origins.get(at)))).collect();
        let rulings: Vec<Ruling<Seen<'_>>> =
            rulings.iter().map(|ruling| Ruling { value: ruling.seen(), recorded: ruling.on }).collect();
        resolve(&list, dates, &rulings)
    }

    /// Resolves statements that a relation is complete.
    pub fn resolve_statements(&self, said: &[(bool, u32)], dates: Dates) -> Resolved {
        let list: Vec<Sourced<'_>> = said
            .iter()
            .map(|(complete, origin)| {
                observation(Seen::Word(i64::from(*complete)), self.origin(Some(origin)))
            })
            .collect();
        resolve(&list, dates, &[])
    }

    /// The rulings on a fact, in the order of dates.
    pub fn rulings_on(&self, kind: KindId, row: u32, slot: Slot) -> &[FactRuling] {
        let key = |ruling: &FactRuling| (ruling.kind, ruling.row, ruling.slot);
        let from = self.fact_rulings.partition_point(|ruling| key(ruling) < (kind, row, slot));
        let to = self.fact_rulings.partition_point(|ruling| key(ruling) <= (kind, row, slot));
        self.fact_rulings.get(from..to).unwrap_or_default()
    }
}

impl FactRuling {
    fn seen(&self) -> Seen<'_> {
        match &self.value {
            Ruled::Word(word) => Seen::Word(*word),
            Ruled::Set(set) => Seen::Set(*set),
            Ruled::List(list) => Seen::List(list),
        }
    }
}
