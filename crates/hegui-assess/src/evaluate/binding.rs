//! Whom a requirement binds: the organisation's role in each activity, and for occurrences the time of
//! the law that judges them.

use crate::scope;
use hegui_catalog::model::{Catalog, Requirement};
use hegui_logic::bits::Bits;
use hegui_logic::columnar::{Affected, Changes, Outcomes, pointing_at};
use hegui_logic::plan::NONE;
use hegui_logic::schema::{FieldId, KindId, Schema, Type};
use hegui_logic::truth::{Outcome, Truth};
use hegui_logic::universe::{Column, FactKey, NumberColumn, ROW_NONE, Universe, Value};
use std::borrow::Cow;

/// For the things of a kind: where they are bound, and where they are not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Binding {
    yes: Bits,
    no: Bits,
}

impl Binding {
    fn get(&self, row: usize) -> Truth {
        if self.yes.get(row) {
            Truth::True
        } else if self.no.get(row) {
            Truth::False
        } else {
            Truth::Unknown
        }
    }

    /// Whether this changed the row.
    fn set(&mut self, row: usize, truth: Truth) -> bool {
        let changed = self.get(row) != truth;
        self.yes.set(row, truth == Truth::True);
        self.no.set(row, truth == Truth::False);
        changed
    }

    fn everywhere(&self) -> bool {
        self.yes.count() == self.yes.len()
    }
}

/// For each requirement, where the organisation acts in a role that the requirement binds and the
/// profile is for. Requirements that bind the same roles share their bindings.
#[derive(Clone, Debug, Default)]
pub(super) struct Parties {
    sets: Vec<Roles>,
    /// By the requirement's index in the catalog: its place in `sets`.
    of: Vec<usize>,
}

impl Parties {
    pub fn new(catalog: &Catalog, universe: &Universe, profile: &str) -> Self {
        let wanted = catalog.profiles.get(profile).map(|p| p.roles.as_slice()).unwrap_or_default();
        let mut parties = Self::default();
        let mut names: Vec<Vec<&String>> = vec![];
        for requirement in &catalog.requirements {
            let both: Vec<&String> =
                requirement.binds.iter().filter(|r| wanted.is_empty() || wanted.contains(r)).collect();
            let place = names.iter().position(|known| *known == both).unwrap_or_else(|| {
                parties.sets.push(Roles::new(catalog, universe, &both));
                names.push(both);
                names.len() - 1
            });
            parties.of.push(place);
        }
        parties
    }

    fn of(&self, requirement: usize) -> Option<&Roles> {
        self.sets.get(*self.of.get(requirement)?)
    }

    /// Brings all bindings up to date; for each set of roles and each kind, the things whose binding
    /// changed.
    pub fn update(&mut self, schema: &Schema, universe: &Universe, changes: &Changes) -> Vec<Vec<Affected>> {
        self.sets.iter_mut().map(|roles| roles.update(schema, universe, changes)).collect()
    }

    /// Of what [`Parties::update`] says, the things of a kind for which it changed whether a
    /// requirement binds there.
    pub fn rebound(&self, rebound: &[Vec<Affected>], requirement: usize, scope: KindId) -> Affected {
        let set = self.of.get(requirement).and_then(|place| rebound.get(*place));
        set.and_then(|kinds| kinds.get(usize::from(scope.0))).cloned().unwrap_or_else(Affected::none)
    }

    /// The organisation's role in the activity that a thing belongs to, where a requirement waits for it.
    pub fn missing(
        &self,
        schema: &Schema,
        universe: &Universe,
        requirement: usize,
        thing: (KindId, u32),
    ) -> Option<FactKey> {
        self.of(requirement)?.missing(schema, universe, thing)
    }
}

/// Where the organisation acts in one of some roles, for each kind below an activity.
#[derive(Clone, Debug, Default)]
struct Roles {
    /// The kind, the fact and the codes of the roles that are bound; `None` where all are.
    fact: Option<(KindId, FieldId, Vec<i64>)>,
    /// By kind; empty for kinds that belong to no activity.
    bindings: Vec<Binding>,
}

impl Roles {
    fn new(catalog: &Catalog, universe: &Universe, names: &[&String]) -> Self {
        let mut roles = Self { fact: role_fact(catalog, names), bindings: vec![] };
        if roles.fact.is_none() {
            return roles;
        }
        for kind in kinds(&catalog.schema) {
            let binding = roles.whole(&catalog.schema, universe, kind).unwrap_or_default();
            roles.bindings.push(binding);
        }
        roles
    }

    /// The binding of all things of a kind, the kind above it being done.
    fn whole(&self, schema: &Schema, universe: &Universe, kind: KindId) -> Option<Binding> {
        let (activity, field, codes) = self.fact.as_ref()?;
        let rows = universe.table(kind).rows;
        if kind == *activity {
            let Some(Column::Numbers { values, known }) = universe.table(kind).column(*field) else {
                return None;
            };
            let named = Bits::from_fn(rows, |row| values.get(row).is_some_and(|code| codes.contains(&code)));
            return Some(Binding { yes: known.and(&named), no: known.and_not(&named) });
        }
        if !self.is_below(schema, kind) {
            return None;
        }
        let above = scope::parent_rows(schema, universe, kind)?;
        let binding = self.bindings.get(usize::from(schema.parent_of(kind)?.0))?;
        if binding.everywhere() {
            return Some(Binding { yes: Bits::ones(rows), no: Bits::zeros(rows) });
        }
        let there = binding.yes.len();
        let at = |row: usize| above.get(row).map(|at| *at as usize).filter(|at| *at < there);
        let no = if binding.no.any() {
            Bits::from_fn(rows, |row| at(row).is_some_and(|at| binding.no.get(at)))
        } else {
            Bits::zeros(rows)
        };
        Some(Binding { yes: Bits::from_fn(rows, |row| at(row).is_none_or(|at| binding.yes.get(at))), no })
    }

    fn is_below(&self, schema: &Schema, kind: KindId) -> bool {
        let activity = self.fact.as_ref().map(|fact| fact.0);
        let mut at = schema.parent_of(kind);
        while at.is_some() && at != activity {
            at = at.and_then(|kind| schema.parent_of(kind));
        }
        at.is_some()
    }

    /// Whether one thing is bound: by the role at an activity, below one by the thing above. What
    /// belongs to no activity is bound.
    fn one(&self, schema: &Schema, universe: &Universe, kind: KindId, row: u32) -> Truth {
        let Some((activity, field, codes)) = &self.fact else { return Truth::True };
        if kind == *activity {
            return match universe.value(kind, row, *field) {
                Some(Value::Number(code)) => codes.contains(&code).into(),
                _ => Truth::Unknown,
            };
        }
        let above = scope::parent_rows(schema, universe, kind).and_then(|above| above.get(row as usize));
        let binding = schema.parent_of(kind).and_then(|up| self.bindings.get(usize::from(up.0)));
        match (above, binding) {
            (Some(above), Some(binding)) if (*above as usize) < binding.yes.len() => {
                binding.get(*above as usize)
            }
            _ => Truth::True,
        }
    }

    /// Brings the bindings up to date; for each kind the things whose binding changed.
    fn update(&mut self, schema: &Schema, universe: &Universe, changes: &Changes) -> Vec<Affected> {
        let Some((activity, field, _)) = self.fact else { return vec![] };
        let mut renewed: Vec<Affected> = Vec::with_capacity(self.bindings.len());
        for kind in kinds(schema) {
            let there = universe.table(kind).rows;
            let rows = if kind == activity {
                changes.of_fact(kind, field).cloned().unwrap_or_else(Affected::none)
            } else {
                self.concerned(schema, universe, changes, &renewed, kind)
            };
            let rows = if there == 0 { Affected::none() } else { rows };
            renewed.push(self.renew(schema, universe, kind, rows));
        }
        renewed
    }

    /// The things of a kind below an activity whose binding may have changed.
    fn concerned(
        &self,
        schema: &Schema,
        universe: &Universe,
        changes: &Changes,
        renewed: &[Affected],
        kind: KindId,
    ) -> Affected {
        let Some((up, parent)) = schema.parent_of(kind).zip(schema.kind(kind).parent) else {
            return Affected::none();
        };
        if !self.is_below(schema, kind) {
            return Affected::none();
        }
        let above = renewed.get(usize::from(up.0)).cloned().unwrap_or_else(Affected::none);
        let below = pointing_at(universe, schema, (kind, parent), &above);
        let moved = changes.of_fact(kind, parent).cloned().unwrap_or_else(Affected::none);
        below.and(moved, universe.table(kind).rows)
    }

    /// Works out the binding of some things anew; those of them for which it changed.
    fn renew(&mut self, schema: &Schema, universe: &Universe, kind: KindId, rows: Affected) -> Affected {
        let at = usize::from(kind.0);
        match rows {
            Affected::Rows(rows) => {
                let fresh: Vec<(u32, Truth)> =
                    rows.into_iter().map(|row| (row, self.one(schema, universe, kind, row))).collect();
                let Some(binding) = self.bindings.get_mut(at) else { return Affected::none() };
                let changed = fresh.into_iter().filter(|(row, truth)| binding.set(*row as usize, *truth));
                Affected::Rows(changed.map(|(row, _)| row).collect())
            }
            Affected::All => {
                let Some(fresh) = self.whole(schema, universe, kind) else { return Affected::none() };
                let Some(binding) = self.bindings.get_mut(at) else { return Affected::none() };
                let old = std::mem::replace(binding, fresh);
                let changed = differ(&old.yes, &binding.yes).or(&differ(&old.no, &binding.no));
                some_of(&changed)
            }
        }
    }

    /// Where the things of a kind are bound; `None` where they all are.
    fn of(&self, kind: KindId) -> Option<&Binding> {
        let binding = self.bindings.get(usize::from(kind.0))?;
        (!binding.everywhere()).then_some(binding)
    }

    /// The organisation's role in the activity that a thing belongs to, where it is not known.
    fn missing(
        &self,
        schema: &Schema,
        universe: &Universe,
        (mut kind, mut row): (KindId, u32),
    ) -> Option<FactKey> {
        let (activity, field, _) = self.fact.as_ref()?;
        let binding = self.bindings.get(usize::from(kind.0)).filter(|binding| !binding.yes.is_empty())?;
        if binding.get(row as usize) != Truth::Unknown {
            return None;
        }
        while kind != *activity {
            row = *scope::parent_rows(schema, universe, kind)?.get(row as usize)?;
            kind = schema.parent_of(kind)?;
        }
        (row < ROW_NONE).then_some(FactKey::Fact(*activity, row, *field))
    }
}

fn kinds(schema: &Schema) -> impl Iterator<Item = KindId> + use<> {
    (0..schema.kinds.len()).map(|kind| KindId(kind as u16))
}

/// Where two rows of bits differ.
pub(super) fn differ(a: &Bits, b: &Bits) -> Bits {
    a.zip(b, |a, b| a ^ b)
}

/// The rows whose bit is one.
pub(super) fn some_of(bits: &Bits) -> Affected {
    let dense = bits.len() > 64 && bits.count() * 8 > bits.len();
    if dense { Affected::All } else { Affected::Rows(bits.iter_ones().map(|row| row as u32).collect()) }
}

/// The fact that tells the organisation's role in an activity, and the codes of these roles; `None`
/// where none of them is a role in an activity: then every thing is bound.
fn role_fact(catalog: &Catalog, names: &[&String]) -> Option<(KindId, FieldId, Vec<i64>)> {
    let activity = catalog.schema.kind_named("activity")?;
    let field = catalog.schema.kind(activity).field_named("role")?;
    let Type::Enum(values) = catalog.schema.kind(activity).field(field).ty else { return None };
    let codes = catalog.schema.values(values).iter().enumerate();
    let codes: Vec<i64> =
        codes.filter(|(_, code)| names.contains(code)).map(|(place, _)| place as i64).collect();
    (!codes.is_empty()).then_some((activity, field, codes))
}

/// For an occurrence: its dates, and the time of the law that judges it.
struct Dated<'u> {
    values: &'u NumberColumn,
    known: &'u Bits,
    from: Option<i64>,
    to: Option<i64>,
}

impl Dated<'_> {
    fn inside(&self, row: usize) -> bool {
        self.values.get(row).is_some_and(|date| {
            date != NONE && self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date <= to)
        })
    }

    fn get(&self, row: usize) -> Truth {
        if self.known.get(row) { self.inside(row).into() } else { Truth::Unknown }
    }

    fn whole(&self) -> Binding {
        let inside = Bits::from_fn(self.values.len(), |row| self.inside(row));
        Binding { yes: self.known.and(&inside), no: self.known.and_not(&inside) }
    }
}

/// Where one requirement binds: by the organisation's role in the activity, and for occurrences by the
/// date of each.
pub(super) struct Bound<'a> {
    role: Option<&'a Binding>,
    dated: Option<Dated<'a>>,
}

impl<'a> Bound<'a> {
    pub fn new(
        parties: &'a Parties,
        catalog: &Catalog,
        universe: &'a Universe,
        (index, requirement): (usize, &Requirement),
        scope: KindId,
    ) -> Self {
        let dated = requirement.occurrence.and_then(|field| {
            let (from, to) = scope::interval(catalog, requirement);
            match universe.table(scope).column(field) {
                Some(Column::Numbers { values, known }) if from.is_some() || to.is_some() => {
                    Some(Dated { values, known, from, to })
                }
                _ => None,
            }
        });
        Self { role: parties.of(index).and_then(|roles| roles.of(scope)), dated }
    }

    fn whole(&self) -> Option<Cow<'a, Binding>> {
        match (self.role, &self.dated) {
            (None, None) => None,
            (Some(role), None) => Some(Cow::Borrowed(role)),
            (None, Some(dated)) => Some(Cow::Owned(dated.whole())),
            (Some(role), Some(dated)) => {
                let dated = dated.whole();
                Some(Cow::Owned(Binding { yes: role.yes.and(&dated.yes), no: role.no.or(&dated.no) }))
            }
        }
    }

    /// Not bound is not applicable; not known whether bound is like an unknown `when`.
    pub fn restrict(&self, computed: &Outcomes) -> Outcomes {
        let Some(binding) = self.whole() else { return computed.clone() };
        let not_applicable = computed.not_applicable.or(&binding.no);
        let met = computed.met.and_not(&binding.no);
        let gap = computed.gap.and(&binding.yes);
        let unknown = met.or(&gap).or(&not_applicable).not();
        Outcomes { met, gap, not_applicable, unknown }
    }

    /// [`Bound::restrict`] for one thing.
    pub fn restrict_one(&self, computed: Outcome, row: usize) -> Outcome {
        let role = self.role.map_or(Truth::True, |role| role.get(row));
        let dated = self.dated.as_ref().map_or(Truth::True, |dated| dated.get(row));
        match (role.and(dated), computed) {
            (Truth::False, _) => Outcome::NotApplicable,
            (Truth::Unknown, Outcome::Gap) => Outcome::Unknown,
            (_, computed) => computed,
        }
    }
}
