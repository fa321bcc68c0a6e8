//! From a fact back to the observations that it rests on, or to the reason why it is unknown.

use crate::assessed::Assessed;
use crate::path::thing_path;
use crate::resolve::{Seen, value_at};
use crate::store::{ALWAYS, FactRuling, NIL, Observations, Sample, Slot, Source, Spot};
use crate::value::{show_date, show_decimal, show_duration};
use hegui_catalog::model::Place;
use hegui_logic::observation::{self, Resolved};
use hegui_logic::plan::NONE;
use hegui_logic::schema::{FieldId, KindId, RelationId, Type};
use hegui_logic::universe::{FactKey, ROW_NONE, Value};

/// One observation, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// What was seen, as a register writes it.
    pub value: String,
    /// The sort of source.
    pub source: Source,
    /// Who said or saw it.
    pub by: Option<String>,
    /// Since when it was so, in seconds; `None` where no date was given.
    pub on: Option<i64>,
    /// The last moment at which it was so, in seconds.
    pub until: Option<i64>,
    /// When it was learned, in seconds.
    pub recorded: Option<i64>,
    /// Ids or places of evidence.
    pub evidence: Vec<String>,
    /// Why.
    pub reasons: Option<String>,
    /// The sample that it rests on.
    pub sample: Option<Sample>,
    /// Where it stands.
    pub place: Place,
    /// Whether the fact's value rests on it: it was known, in force, and agrees.
    pub counts: bool,
}

/// A ruling on which of several values holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactRulingView {
    /// Who.
    pub by: String,
    /// In which role.
    pub role: String,
    /// When, in seconds.
    pub on: i64,
    /// Why.
    pub reasons: String,
    /// Where it stands.
    pub place: Place,
}

/// Where a fact comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// All observations of it, in the order of the files, each with whether it counts.
    pub observations: Vec<Observed>,
    /// The name of the thing above from which it flowed down, as `product.app`.
    pub inherited_from: Option<String>,
    /// The ruling known by then, where sources differ.
    pub ruling: Option<FactRulingView>,
    /// Whether it was set in memory since, so that the observations no longer say what it is.
    pub changed: bool,
}

/// Why a fact is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Nobody had said anything by then.
    NeverStated,
    /// What was said speaks of a later time only.
    NotYet,
    /// What was said had ended.
    Ended,
    /// What was said is too old.
    Stale(Box<Observed>),
    /// Sources differ: which is it?
    Conflict(Vec<Observed>),
    /// It is known.
    Known,
}

/// The observations behind a fact: where they stand, and what they come to.
struct Behind<'a> {
    seen: &'a Observations,
    start: usize,
    len: usize,
    resolved: Resolved,
}

impl Assessed {
    /// Where a fact comes from. Empty for outcomes and the calendar, which are not the register's.
    #[must_use]
    pub fn provenance(&self, key: &FactKey) -> Provenance {
        let mut found = match *key {
            FactKey::Fact(kind, row, field) => self.fact_provenance(kind, row, field),
            FactKey::Complete(kind, row, relation) => self.completeness_provenance(kind, row, relation),
            FactKey::Outcome(..) | FactKey::Calendar => Provenance::default(),
        };
        found.changed |= self.changed.contains(key);
        found
    }

    /// Why a fact is unknown.
    #[must_use]
    pub fn reason(&self, key: &FactKey) -> Reason {
        match *key {
            FactKey::Fact(kind, row, field) => {
                if self.universe.value(kind, row, field).is_some() {
                    return Reason::Known;
                }
                let show = |at| self.observed(kind, Some(field), at);
                self.behind_fact(kind, row, field)
                    .map_or(Reason::NeverStated, |behind| reason_of(&behind, show))
            }
            FactKey::Complete(kind, row, relation) => {
                if self.universe.members(kind, row, relation).1 {
                    return Reason::Known;
                }
                self.list_conflict(kind, row, relation).unwrap_or_else(|| {
                    let show = |at| self.observed(kind, None, at);
                    self.behind_completeness(kind, row, relation)
                        .map_or(Reason::NeverStated, |behind| reason_of(&behind, show))
                })
            }
            FactKey::Outcome(..) | FactKey::Calendar => Reason::NeverStated,
        }
    }

    fn behind_fact(&self, kind: KindId, row: u32, field: FieldId) -> Option<Behind<'_>> {
        let seen = self.store.kinds.get(kind.0 as usize)?.facts.get(field.0 as usize)?;
        let (resolved, start) = self.resolve_fact(kind, row, field)?;
        Some(Behind { seen, start, len: seen.of(row).len(), resolved })
    }

    fn behind_completeness(&self, kind: KindId, row: u32, relation: RelationId) -> Option<Behind<'_>> {
        let seen = self.store.kinds.get(kind.0 as usize)?.complete.get(relation.0 as usize)?;
        let range = seen.of(row);
        let (start, len) = (range.start, range.len());
        let resolved = self.store.resolve(seen, range, self.dates, &[]);
        Some(Behind { seen, start, len, resolved })
    }

    /// Sources that name different members of a list.
    fn list_conflict(&self, kind: KindId, row: u32, relation: RelationId) -> Option<Reason> {
        let seen = self.store.kinds.get(kind.0 as usize)?.lists.get(relation.0 as usize)?;
        let range = seen.of(row);
        let start = range.start;
        let rulings = self.store.rulings_on(kind, row, Slot::List(relation.0));
        let Resolved::Unknown(observation::Reason::Conflict(parts)) =
            self.store.resolve(seen, range, self.dates, rulings)
        else {
            return None;
        };
        let members = self.schema.kind(kind).relation(relation).to;
        Some(Reason::Conflict(
            parts.iter().map(|at| self.observed_list(members, (seen, start + at))).collect(),
        ))
    }

    fn fact_provenance(&self, kind: KindId, row: u32, field: FieldId) -> Provenance {
        let (at_kind, at_row, at_field) = self.stated_at(kind, row, field);
        let Some(behind) = self.behind_fact(at_kind, at_row, at_field) else { return Provenance::default() };
        let inherited = (at_kind, at_row) != (kind, row);
        let mut observations: Vec<Observed> = (0..behind.len)
            .map(|at| self.observed(at_kind, Some(at_field), (behind.seen, behind.start + at)))
            .collect();
        mark_counting(&behind, &mut observations);
        let conflict = observations.iter().filter(|o| o.counts).count() < observations.len();
        let rulings = self.store.rulings_on(at_kind, at_row, Slot::Field(at_field.0));
        Provenance {
            observations,
            inherited_from: inherited
                .then(|| thing_path(&self.schema, at_kind, self.store.id(at_kind, at_row))),
            ruling: if conflict { self.ruling(rulings) } else { None },
            changed: inherited && self.changed.contains(&FactKey::Fact(at_kind, at_row, at_field)),
        }
    }

    /// The thing at which a fact's value is stated: itself, or one above.
    fn stated_at(&self, mut kind: KindId, mut row: u32, mut field: FieldId) -> (KindId, u32, FieldId) {
        while self.is_inherited(kind, row, field) {
            let name = &self.schema.kind(kind).field(field).name;
            let Some((above, up)) = self.above(kind, row) else { break };
            let Some(from) = self.schema.kind(above).field_named(name) else { break };
            (kind, row, field) = (above, up, from);
        }
        (kind, row, field)
    }

    fn ruling(&self, rulings: &[FactRuling]) -> Option<FactRulingView> {
        let known = rulings.iter().filter(|ruling| ruling.on <= self.dates.known_on);
        let ruling = known.max_by_key(|ruling| ruling.on)?;
        Some(FactRulingView {
            by: ruling.by.clone(),
            role: ruling.role.clone(),
            on: ruling.on,
            reasons: ruling.reasons.clone(),
            place: ruling.spot.place(&self.store.files),
        })
    }

    fn completeness_provenance(&self, kind: KindId, row: u32, relation: RelationId) -> Provenance {
        let own = self.behind_completeness(kind, row, relation).filter(|behind| behind.len > 0);
        let Some(behind) = own else { return self.covered_provenance(kind, row, relation) };
        let mut observations: Vec<Observed> =
            (0..behind.len).map(|at| self.observed(kind, None, (behind.seen, behind.start + at))).collect();
        mark_counting(&behind, &mut observations);
        Provenance { observations, ..Provenance::default() }
    }

    /// Where a thing above says that a relation is complete.
    fn covered_provenance(&self, kind: KindId, row: u32, relation: RelationId) -> Provenance {
        let Some((at, complete)) = self.covering(kind, row, relation) else { return Provenance::default() };
        let said = self.store.blankets.iter().filter(|b| b.at == at && b.relation == (kind, relation));
        let observations = said
            .map(|b| {
                self.observation(b.complete.to_string(), Some(&b.origin), b.spot, b.complete == complete)
            })
            .collect();
        let from = (at != (kind, row)).then(|| thing_path(&self.schema, at.0, self.store.id(at.0, at.1)));
        Provenance { observations, inherited_from: from, ..Provenance::default() }
    }

    /// An observation of a fact, or with no field of whether a relation is complete.
    fn observed(&self, kind: KindId, field: Option<FieldId>, (seen, at): (&Observations, usize)) -> Observed {
        let value = match field {
            Some(field) => self.show_seen(self.schema.kind(kind).field(field).ty, value_at(seen, at)),
            None => (seen.words.get(at) == Some(&1)).to_string(),
        };
        let spot = seen.spots.get(at).copied().unwrap_or_default();
        self.observation(value, seen.origins.get(at), spot, false)
    }

    fn observed_list(&self, to: KindId, (seen, at): (&Observations, usize)) -> Observed {
        let ids: Vec<&str> = seen.list(at).iter().map(|row| self.store.id(to, *row)).collect();
        let spot = seen.spots.get(at).copied().unwrap_or_default();
        self.observation(format!("[{}]", ids.join(", ")), seen.origins.get(at), spot, false)
    }

    fn observation(&self, value: String, origin: Option<&u32>, spot: Spot, counts: bool) -> Observed {
        let origin =
            origin.and_then(|origin| self.store.origins.get(*origin as usize)).cloned().unwrap_or_default();
        let text = |symbol: u32| self.store.strings.get(symbol).to_owned();
        let perhaps = |symbol: u32| (symbol != NIL).then(|| text(symbol));
        let dated = |moment: i64| (moment != ALWAYS).then_some(moment);
        Observed {
            value,
            source: origin.source,
            by: perhaps(origin.by),
            on: dated(origin.valid_from),
            until: origin.valid_until,
            recorded: dated(origin.recorded),
            evidence: origin.evidence.iter().map(|symbol| text(*symbol)).collect(),
            reasons: perhaps(origin.reasons),
            sample: origin.sample,
            place: spot.place(&self.store.files),
            counts,
        }
    }

    pub(crate) fn show_seen(&self, ty: Type, seen: Seen<'_>) -> String {
        match (ty, seen) {
            (Type::Text, Seen::Word(word)) if word != NONE => self.store.strings.get(word as u32).to_owned(),
            (Type::Bool, Seen::Word(word)) => (word != 0).to_string(),
            (Type::Thing(_), Seen::Word(word)) => self.show_value(ty, Value::Thing(word as u32)),
            (_, Seen::Word(word)) => self.show_value(ty, Value::Number(word)),
            (_, Seen::Set(set)) => self.show_value(ty, Value::Set(set)),
            (_, Seen::List(_)) => String::new(),
        }
    }

    /// A value of the universe as a register writes it, texts without quotation marks.
    #[must_use]
    pub fn show_value(&self, ty: Type, value: Value) -> String {
        match (ty, value) {
            (_, Value::Number(NONE)) => "none".to_owned(),
            (_, Value::Flag(flag)) => flag.to_string(),
            (Type::Decimal, Value::Number(number)) => show_decimal(number),
            (Type::Date, Value::Number(number)) => show_date(number),
            (Type::Duration, Value::Number(number)) => show_duration(number),
            (Type::Text, Value::Number(number)) => {
                self.universe.texts.get(number as u32).unwrap_or_default().to_owned()
            }
            (Type::Enum(list), Value::Number(number)) => {
                self.schema.values(list).get(number as usize).cloned().unwrap_or_default()
            }
            (_, Value::Number(number)) => number.to_string(),
            (Type::Set(list), Value::Set(set)) => {
                let codes = self.schema.values(list).iter().enumerate();
                let codes: Vec<&str> =
                    codes.filter(|(at, _)| set >> *at & 1 == 1).map(|(_, code)| code.as_str()).collect();
                format!("[{}]", codes.join(", "))
            }
            (_, Value::Set(set)) => format!("{set:#x}"),
            (_, Value::Thing(ROW_NONE)) => "none".to_owned(),
            (Type::Thing(kind), Value::Thing(row)) => self.store.id(kind, row).to_owned(),
            (_, Value::Thing(row)) => row.to_string(),
        }
    }

    /// The value of a fact as a register writes it; `None` where it is unknown.
    #[must_use]
    pub fn show(&self, key: &FactKey) -> Option<String> {
        match *key {
            FactKey::Fact(kind, row, field) => {
                let value = self.universe.value(kind, row, field)?;
                Some(self.show_value(self.schema.kind(kind).field(field).ty, value))
            }
            FactKey::Complete(kind, row, relation) => {
                self.universe.members(kind, row, relation).1.then(|| "complete".to_owned())
            }
            FactKey::Outcome(..) | FactKey::Calendar => None,
        }
    }

    /// The name of a fact; see [`crate::Register::path`].
    #[must_use]
    pub fn path(&self, key: &FactKey) -> String {
        crate::Register { store: self.store.clone() }.path(&self.schema, key)
    }

    /// The fact with this name; see [`crate::Register::key`].
    ///
    /// # Errors
    /// A sentence that says what is wrong with the name.
    pub fn key(&self, path: &str) -> Result<FactKey, String> {
        crate::Register { store: self.store.clone() }.key(&self.schema, path)
    }
}

fn reason_of<'a>(behind: &Behind<'a>, show: impl Fn((&'a Observations, usize)) -> Observed) -> Reason {
    let show = |at: usize| show((behind.seen, behind.start + at));
    match &behind.resolved {
        Resolved::Known(_) => Reason::Known,
        Resolved::Unknown(observation::Reason::NeverStated) => Reason::NeverStated,
        Resolved::Unknown(observation::Reason::NotYet) => Reason::NotYet,
        Resolved::Unknown(observation::Reason::Ended) => Reason::Ended,
        Resolved::Unknown(observation::Reason::Stale(at)) => Reason::Stale(Box::new(show(*at))),
        Resolved::Unknown(observation::Reason::Conflict(parts)) => {
            Reason::Conflict(parts.iter().map(|at| show(*at)).collect())
        }
    }
}

/// Marks the observations that the value rests on: those in force that say the same.
fn mark_counting(behind: &Behind<'_>, observations: &mut [Observed]) {
    let Resolved::Known(index) = behind.resolved else { return };
    if let Some(observed) = observations.get_mut(index) {
        observed.counts = true;
    }
}
