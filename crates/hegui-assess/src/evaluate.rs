//! Every requirement over every thing of its scope, in one pass, and again only where a fact changed.
//!
//! Outcomes stay in bitmaps, four a requirement; findings are made from them when somebody looks.
//! What `met(…)` reads is computed before it is read, since the catalog gives the order. A person's
//! ruling lies over the computed outcome, which stays.

use crate::scope;
use hegui_catalog::model::{Aggregate, Catalog, ClauseKind, Requirement, Strength};
use hegui_logic::bits::Bits;
use hegui_logic::columnar::{self, Affected};
use hegui_logic::plan::{NONE, Plan, Read};
use hegui_logic::schema::{FieldId, KindId, Type};
use hegui_logic::truth::Outcome;
use hegui_logic::universe::{Column, FactKey, OutcomeColumn, ROW_NONE, Universe, Value};
use std::collections::HashMap;

/// The outcomes of one requirement for all things of its scope. Exactly one of the four bits of a
/// row is set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// Where it is met.
    pub met: Bits,
    /// Where it is a gap.
    pub gap: Bits,
    /// Where it does not apply.
    pub not_applicable: Bits,
    /// Where the facts do not tell.
    pub unknown: Bits,
}

impl Outcomes {
    /// The outcome of a row.
    #[must_use]
    pub fn get(&self, row: u32) -> Outcome {
        let row = row as usize;
        if self.met.get(row) {
            Outcome::Met
        } else if self.gap.get(row) {
            Outcome::Gap
        } else if self.not_applicable.get(row) {
            Outcome::NotApplicable
        } else {
            Outcome::Unknown
        }
    }

    /// Changes the outcome of a row.
    pub fn set(&mut self, row: u32, outcome: Outcome) {
        let row = row as usize;
        self.met.set(row, outcome == Outcome::Met);
        self.gap.set(row, outcome == Outcome::Gap);
        self.not_applicable.set(row, outcome == Outcome::NotApplicable);
        self.unknown.set(row, outcome == Outcome::Unknown);
    }
}

/// A person's ruling on an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlay {
    /// The thing's row in the requirement's scope.
    pub row: u32,
    /// What was ruled.
    pub outcome: Outcome,
}

/// Rulings that stand, on requirements by index and on clauses by number and kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overlays {
    /// By the requirement's index in the catalog.
    pub requirements: HashMap<usize, Vec<Overlay>>,
    /// By clause number and kind of thing.
    pub clauses: HashMap<(String, KindId), Vec<Overlay>>,
}

/// All outcomes of one assessment.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// The requirements that the profile asks for, by index in the catalog.
    pub selected: Vec<usize>,
    /// Outcomes by the requirement's index in the catalog; `None` for what was not needed.
    pub outcomes: Vec<Option<Outcomes>>,
    /// Computed outcomes of the rows that a ruling covers: requirement, row, outcome.
    pub overruled: Vec<(usize, u32, Outcome)>,
    overlays: Overlays,
    roles: Vec<String>,
    /// Indices of what has to be evaluated, in the order of `met(…)`.
    order: Vec<usize>,
}

impl Evaluation {
    /// Evaluates. The universe receives the outcomes that `met(…)` reads.
    #[must_use]
    pub fn new(catalog: &Catalog, universe: &mut Universe, profile: &str, overlays: Overlays) -> Self {
        let selected = scope::requirements(catalog, profile, universe.as_of);
        let order = needed(catalog, &selected);
        let roles = catalog.profiles.get(profile).map(|p| p.roles.clone()).unwrap_or_default();
        let outcomes = catalog.requirements.iter().map(|_| None).collect();
        universe.outcomes.clear();
        let mut evaluation = Self { selected, outcomes, overruled: vec![], overlays, roles, order };
        for index in evaluation.order.clone() {
            evaluation.prepare(catalog, universe, index);
            evaluation.compute(catalog, universe, index);
        }
        evaluation
    }

    /// Makes the columns that a requirement's `met(…)` reads.
    fn prepare(&self, catalog: &Catalog, universe: &mut Universe, index: usize) {
        for (name, kind) in reads_outcomes(catalog, index) {
            if !universe.outcomes.contains_key(&(name.clone(), kind)) {
                let column = self.clause_column(catalog, universe, &name, kind);
                universe.outcomes.insert((name, kind), column);
            }
        }
    }

    fn compute(&mut self, catalog: &Catalog, universe: &Universe, index: usize) {
        let Some(requirement) = catalog.requirements.get(index) else { return };
        let Some((scope, check)) = requirement.scope.zip(requirement.check_plan.as_ref()) else { return };
        let rows = universe.table(scope).rows;
        let held = columnar::evaluate(check, universe, &catalog.schema);
        let (applies, spared) = match &requirement.when_plan {
            Some(when) => {
                let truths = columnar::evaluate(when, universe, &catalog.schema);
                (truths.yes, truths.no)
            }
            None => (Bits::ones(rows), Bits::zeros(rows)),
        };
        let bound = self.bound(catalog, universe, requirement, scope);
        // Not bound, or outside the law's time, is not applicable; not known whether, is like an
        // unknown `when`.
        let (applies, spared) = (applies.and(&bound.0), spared.or(&bound.1));
        let met = held.yes.and_not(&spared);
        let gap = held.no.and(&applies);
        let unknown = Bits::ones(rows).and_not(&met.or(&gap).or(&spared));
        let mut outcomes = Outcomes { met, gap, not_applicable: spared, unknown };
        for overlay in self.overlays.requirements.get(&index).into_iter().flatten() {
            self.overruled.retain(|(i, row, _)| (*i, *row) != (index, overlay.row));
            self.overruled.push((index, overlay.row, outcomes.get(overlay.row)));
            outcomes.set(overlay.row, overlay.outcome);
        }
        if let Some(slot) = self.outcomes.get_mut(index) {
            *slot = Some(outcomes);
        }
    }

    /// Where a requirement binds and where it does not: by the organisation's role in the activity,
    /// and for occurrences by the date of each.
    fn bound(&self, catalog: &Catalog, universe: &Universe, requirement: &Requirement, scope: KindId) -> (Bits, Bits) {
        let rows = universe.table(scope).rows;
        let (mut yes, mut no) = self.role_bound(catalog, universe, scope);
        if let Some(field) = requirement.occurrence {
            let (from, to) = scope::interval(catalog, requirement);
            if from.is_some() || to.is_some() {
                if let Some(Column::Numbers { values, known }) = universe.table(scope).columns.get(field.0 as usize) {
                    let inside = Bits::from_fn(rows, |row| {
                        values.get(row).is_some_and(|d| {
                            *d != NONE && from.is_none_or(|f| f <= *d) && to.is_none_or(|t| *d <= t)
                        })
                    });
                    yes = yes.and(&known.and(&inside));
                    no = no.or(&known.and_not(&inside));
                }
            }
        }
        (yes, no)
    }

    fn role_bound(&self, catalog: &Catalog, universe: &Universe, scope: KindId) -> (Bits, Bits) {
        let rows = universe.table(scope).rows;
        let everywhere = (Bits::ones(rows), Bits::zeros(rows));
        let Some((activity, field, codes)) = self.role_fact(catalog) else { return everywhere };
        let activities = universe.table(activity).rows;
        let role = |row: u32| match universe.value(activity, row, field) {
            Some(Value::Number(code)) => Some(codes.contains(&code)),
            _ => None,
        };
        let known: Vec<Option<bool>> = (0..activities as u32).map(role).collect();
        let Some(rows_above) = activity_rows(catalog, universe, scope) else { return everywhere };
        let at = |row: usize| {
            rows_above.get(row).map_or(Some(true), |a| known.get(*a as usize).copied().unwrap_or(Some(true)))
        };
        (Bits::from_fn(rows, |row| at(row) == Some(true)), Bits::from_fn(rows, |row| at(row) == Some(false)))
    }

    /// The fact that tells the organisation's role in an activity, and the codes that the profile binds.
    fn role_fact(&self, catalog: &Catalog) -> Option<(KindId, FieldId, Vec<i64>)> {
        let activity = catalog.schema.kind_named("activity")?;
        let kind = catalog.schema.kind(activity);
        let field = kind.field_named("role")?;
        let Type::Enum(values) = kind.field(field).ty else { return None };
        if self.roles.is_empty() {
            return None;
        }
        let codes = catalog
            .schema
            .values(values)
            .iter()
            .enumerate()
            .filter(|(_, code)| self.roles.contains(code))
            .map(|(place, _)| place as i64)
            .collect();
        Some((activity, field, codes))
    }

    /// The organisation's role in the activity that a thing belongs to, where it is not known.
    #[must_use]
    pub fn missing_role(&self, catalog: &Catalog, universe: &Universe, index: usize, row: u32) -> Option<FactKey> {
        let scope = catalog.requirements.get(index)?.scope?;
        let (activity, field, _) = self.role_fact(catalog)?;
        let above = *activity_rows(catalog, universe, scope)?.get(row as usize)?;
        (above < ROW_NONE && universe.value(activity, above, field).is_none())
            .then_some(FactKey::Fact(activity, above, field))
    }

    /// The outcome of a clause or requirement for all things of a kind, as `met(…)` reads it: every
    /// binding requirement under that name is met or not applicable; a gap in one is a gap. On a
    /// holistic clause a gap in a part waits for a person's ruling.
    #[must_use]
    pub fn clause_column(&self, catalog: &Catalog, universe: &Universe, name: &str, kind: KindId) -> OutcomeColumn {
        let rows = universe.table(kind).rows;
        let mut met = Bits::ones(rows);
        let mut gap = Bits::zeros(rows);
        for index in under(catalog, name, kind) {
            if let Some(Some(outcomes)) = self.outcomes.get(index) {
                met = met.and(&outcomes.met.or(&outcomes.not_applicable));
                gap = gap.or(&outcomes.gap);
            }
        }
        if is_holistic(catalog, name) {
            gap = Bits::zeros(rows);
        }
        for overlay in self.overlays.clauses.get(&(name.to_owned(), kind)).into_iter().flatten() {
            met.set(overlay.row as usize, matches!(overlay.outcome, Outcome::Met | Outcome::NotApplicable));
            gap.set(overlay.row as usize, overlay.outcome == Outcome::Gap);
        }
        OutcomeColumn { met, gap }
    }

    /// Brings the outcomes up to date after one fact changed in the universe, by evaluating again only
    /// what can have read it. Returns the requirements with an outcome that changed, each with the rows.
    pub fn update(&mut self, catalog: &Catalog, universe: &mut Universe, changed: &FactKey) -> Vec<(usize, Vec<u32>)> {
        let mut touched = vec![];
        let mut keys = vec![changed.clone()];
        for index in self.order.clone() {
            let rows = self.rows_to_renew(catalog, universe, index, &keys);
            if rows.is_empty() {
                continue;
            }
            let changed = self.renew(catalog, universe, index, &rows);
            if changed.is_empty() {
                continue;
            }
            keys.extend(self.refresh_columns(catalog, universe, index, &changed));
            touched.push((index, changed));
        }
        touched
    }

    fn rows_to_renew(&self, catalog: &Catalog, universe: &Universe, index: usize, keys: &[FactKey]) -> Renewal {
        let Some(requirement) = catalog.requirements.get(index) else { return Renewal::Rows(vec![]) };
        let mut rows: Vec<u32> = vec![];
        for key in keys {
            if self.reads_role(catalog, requirement, key) {
                return Renewal::All;
            }
            for plan in [requirement.when_plan.as_ref(), requirement.check_plan.as_ref()].into_iter().flatten() {
                match columnar::affected(plan, universe, &catalog.schema, key) {
                    Affected::All => return Renewal::All,
                    Affected::Rows(more) => rows.extend(more),
                }
            }
            if let (FactKey::Fact(kind, row, field), Some(date)) = (key, requirement.occurrence)
                && Some(*kind) == requirement.scope
                && *field == date
            {
                rows.push(*row);
            }
        }
        rows.sort_unstable();
        rows.dedup();
        Renewal::Rows(rows)
    }

    fn reads_role(&self, catalog: &Catalog, requirement: &Requirement, key: &FactKey) -> bool {
        let FactKey::Fact(_, _, field) = key else { return false };
        let FactKey::Fact(kind, ..) = key else { return false };
        catalog.schema.kind(*kind).field(*field).name == "role"
            && ["activity", "product", "organisation"].contains(&catalog.schema.kind(*kind).name.as_str())
            && requirement.scope.is_some()
    }

    fn renew(&mut self, catalog: &Catalog, universe: &Universe, index: usize, rows: &Renewal) -> Vec<u32> {
        let before = self.outcomes.get(index).cloned().flatten();
        match rows {
            Renewal::All => self.compute(catalog, universe, index),
            Renewal::Rows(rows) => self.compute_rows(catalog, universe, index, rows),
        }
        let (Some(before), Some(Some(after))) = (before, self.outcomes.get(index)) else { return vec![] };
        let differs = |a: &Bits, b: &Bits| a.zip(b, |x, y| x ^ y);
        differs(&before.met, &after.met)
            .or(&differs(&before.gap, &after.gap))
            .or(&differs(&before.unknown, &after.unknown))
            .or(&differs(&before.not_applicable, &after.not_applicable))
            .iter_ones()
            .map(|row| row as u32)
            .collect()
    }

    fn compute_rows(&mut self, catalog: &Catalog, universe: &Universe, index: usize, rows: &[u32]) {
        let Some(requirement) = catalog.requirements.get(index) else { return };
        let Some((scope, check)) = requirement.scope.zip(requirement.check_plan.as_ref()) else { return };
        let held = columnar::evaluate_rows(check, universe, &catalog.schema, rows);
        let when = requirement.when_plan.as_ref().map(|when| columnar::evaluate_rows(when, universe, &catalog.schema, rows));
        let bound = self.bound(catalog, universe, requirement, scope);
        let Some(Some(outcomes)) = self.outcomes.get_mut(index) else { return };
        for (place, row) in rows.iter().enumerate() {
            let at = *row as usize;
            let applies = when.as_ref().is_none_or(|w| w.yes.get(place)) && bound.0.get(at);
            let spared = when.as_ref().is_some_and(|w| w.no.get(place)) || bound.1.get(at);
            let outcome = if spared {
                Outcome::NotApplicable
            } else if held.yes.get(place) {
                Outcome::Met
            } else if held.no.get(place) && applies {
                Outcome::Gap
            } else {
                Outcome::Unknown
            };
            outcomes.set(*row, outcome);
        }
        for overlay in self.overlays.requirements.get(&index).into_iter().flatten() {
            if rows.contains(&overlay.row) {
                self.overruled.retain(|(i, row, _)| (*i, *row) != (index, overlay.row));
                self.overruled.push((index, overlay.row, outcomes.get(overlay.row)));
                outcomes.set(overlay.row, overlay.outcome);
            }
        }
    }

    /// Renews the `met(…)` columns that a requirement's outcomes go into; what changed in them.
    fn refresh_columns(&self, catalog: &Catalog, universe: &mut Universe, index: usize, rows: &[u32]) -> Vec<FactKey> {
        let names: Vec<(String, KindId)> =
            universe.outcomes.keys().filter(|(name, kind)| under(catalog, name, *kind).contains(&index)).cloned().collect();
        let mut keys = vec![];
        for (name, kind) in names {
            let column = self.clause_column(catalog, universe, &name, kind);
            for row in rows {
                let at = *row as usize;
                let old = universe.outcomes.get(&(name.clone(), kind));
                if old.is_none_or(|o| o.met.get(at) != column.met.get(at) || o.gap.get(at) != column.gap.get(at)) {
                    keys.push(FactKey::Outcome(name.clone(), kind, *row));
                }
            }
            universe.outcomes.insert((name, kind), column);
        }
        keys
    }
}

/// Which rows of a requirement have to be evaluated again.
#[derive(Debug)]
enum Renewal {
    All,
    Rows(Vec<u32>),
}

impl Renewal {
    fn is_empty(&self) -> bool {
        matches!(self, Self::Rows(rows) if rows.is_empty())
    }
}

/// For each thing of a kind the row of its activity; `None` for kinds that belong to no activity.
fn activity_rows(catalog: &Catalog, universe: &Universe, kind: KindId) -> Option<Vec<u32>> {
    let schema = &catalog.schema;
    let activity = schema.kind_named("activity")?;
    let mut rows: Vec<u32> = (0..universe.table(kind).rows as u32).collect();
    let mut at = kind;
    while at != activity {
        let parents = scope::parent_rows(schema, universe, at)?;
        for row in &mut rows {
            *row = parents.get(*row as usize).copied().unwrap_or(*row);
        }
        at = schema.parent_of(at)?;
    }
    Some(rows)
}

/// The requirements whose outcomes a name stands for, for things of a kind: one requirement, or those
/// of a clause and its characteristics that bind ("shall"). Where one of several parts suffices, only
/// the clause's own requirements count.
#[must_use]
pub fn under(catalog: &Catalog, name: &str, kind: KindId) -> Vec<usize> {
    let one = catalog.clauses.iter().any(|c| c.number == name && c.aggregate == Aggregate::One);
    let belongs = |r: &Requirement| {
        r.id == name
            || r.strength == Strength::Shall
                && (r.clause == name || !one && is_characteristic_of(catalog, &r.clause, name))
    };
    catalog
        .requirements
        .iter()
        .enumerate()
        .filter(|(_, r)| r.scope == Some(kind) && belongs(r))
        .map(|(index, _)| index)
        .collect()
}

fn is_characteristic_of(catalog: &Catalog, number: &str, parent: &str) -> bool {
    catalog.clauses.iter().any(|c| {
        c.number == number && c.kind == ClauseKind::Characteristic && c.parent.as_deref() == Some(parent)
    })
}

fn is_holistic(catalog: &Catalog, name: &str) -> bool {
    catalog.clauses.iter().any(|c| c.number == name && c.aggregate == Aggregate::Holistic)
}

fn plans(requirement: &Requirement) -> impl Iterator<Item = &Plan> {
    [requirement.when_plan.as_ref(), requirement.check_plan.as_ref()].into_iter().flatten()
}

fn reads_outcomes(catalog: &Catalog, index: usize) -> Vec<(String, KindId)> {
    catalog.requirements.get(index).into_iter().flat_map(plans).flat_map(|plan| plan.outcomes.clone()).collect()
}

/// The selected requirements and whatever they read by `met(…)`, in the catalog's order.
fn needed(catalog: &Catalog, selected: &[usize]) -> Vec<usize> {
    let mut wanted = vec![false; catalog.requirements.len()];
    let mut todo: Vec<usize> = selected.to_vec();
    while let Some(index) = todo.pop() {
        match wanted.get_mut(index) {
            Some(done) if !*done => *done = true,
            _ => continue,
        }
        for (name, kind) in reads_outcomes(catalog, index) {
            todo.extend(under(catalog, &name, kind));
        }
    }
    catalog.order.iter().map(|i| *i as usize).filter(|i| wanted.get(*i).copied().unwrap_or(false)).collect()
}

/// Whether a requirement can read a fact at all.
#[must_use]
pub fn reads(requirement: &Requirement, read: &Read) -> bool {
    plans(requirement).any(|plan| plan.reads().contains(read))
}
