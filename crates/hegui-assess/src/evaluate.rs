//! Every requirement over every thing of its scope, in one pass, and again only where a fact changed.
//!
//! Outcomes stay in bitmaps, four a requirement; findings are made from them when somebody looks.
//! What `met(…)` reads is computed before it is read, since the catalog gives the order. A person's
//! ruling lies over the computed outcome, which stays.

use crate::scope;
use hegui_catalog::model::{Aggregate, Catalog, ClauseKind, Requirement, Strength};
use hegui_logic::bits::Bits;
use hegui_logic::columnar::{Affected, Outcomes, Patterns, Session, affected};
use hegui_logic::plan::{NONE, Plan};
use hegui_logic::schema::{FieldId, KindId, Type};
use hegui_logic::truth::Outcome;
use hegui_logic::universe::{Column, FactKey, OutcomeColumn, ROW_NONE, Universe, Value};
use std::collections::{BTreeMap, HashMap};

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
    /// What was computed where a ruling stands: by requirement and row.
    pub overruled: BTreeMap<(usize, u32), Outcome>,
    overlays: Overlays,
    roles: Vec<String>,
    /// Indices of what has to be evaluated, in the order of `met(…)`.
    order: Vec<usize>,
    binding: HashMap<KindId, Binding>,
    patterns: Patterns,
}

/// For the things of a kind: whether what binds the profile's roles binds the organisation there.
#[derive(Clone, Debug)]
struct Binding {
    yes: Bits,
    no: Bits,
}

/// Which rows of a requirement have to be evaluated again.
enum Renewal {
    All,
    Rows(Vec<u32>),
}

impl Evaluation {
    /// Evaluates. The universe receives the outcomes that `met(…)` reads.
    #[must_use]
    pub fn new(catalog: &Catalog, universe: &mut Universe, profile: &str, overlays: Overlays) -> Self {
        let selected = scope::requirements(catalog, profile, universe.as_of);
        let mut evaluation = Self {
            order: needed(catalog, &selected),
            selected,
            outcomes: catalog.requirements.iter().map(|_| None).collect(),
            overruled: BTreeMap::new(),
            overlays,
            roles: catalog.profiles.get(profile).map(|p| p.roles.clone()).unwrap_or_default(),
            binding: HashMap::new(),
            patterns: Patterns::default(),
        };
        universe.outcomes.clear();
        evaluation.bind(catalog, universe);
        let mut made = HashMap::new();
        let mut session = Session::new(universe, &catalog.schema);
        for index in evaluation.order.clone() {
            for (name, kind) in reads_outcomes(catalog, index) {
                if !made.contains_key(&(name.clone(), kind)) {
                    let column = evaluation.clause_column(catalog, universe, &name, kind);
                    session.set_outcome(&name, kind, column.clone());
                    made.insert((name, kind), column);
                }
            }
            evaluation.compute(catalog, &mut session, universe, index);
        }
        (_, evaluation.patterns) = session.finish();
        universe.outcomes = made;
        evaluation
    }

    /// Evaluates one requirement for all things.
    fn compute(&mut self, catalog: &Catalog, session: &mut Session<'_>, universe: &Universe, index: usize) {
        let Some(requirement) = catalog.requirements.get(index) else { return };
        let Some((scope, check)) = requirement.scope.zip(requirement.check_plan.as_ref()) else { return };
        let computed = session.judge(requirement.when_plan.as_ref(), check);
        let mut outcomes = match self.bound(catalog, universe, requirement, scope) {
            Some(bound) => restrict(&computed, &bound),
            None => computed,
        };
        for overlay in self.overlays.requirements.get(&index).into_iter().flatten() {
            self.overruled.insert((index, overlay.row), outcomes.get(overlay.row as usize));
            outcomes.set(overlay.row as usize, overlay.outcome);
        }
        if let Some(slot) = self.outcomes.get_mut(index) {
            *slot = Some(outcomes);
        }
    }

    /// Where a requirement binds and where it does not: by the organisation's role in the activity,
    /// and for occurrences by the date of each. `None` where it binds everywhere.
    fn bound(
        &self,
        catalog: &Catalog,
        universe: &Universe,
        requirement: &Requirement,
        scope: KindId,
    ) -> Option<Binding> {
        let by_role = self.binding.get(&scope);
        let by_date =
            requirement.occurrence.and_then(|field| dated(catalog, universe, requirement, scope, field));
        match (by_role, by_date) {
            (None, None) => None,
            (Some(binding), None) => Some(binding.clone()),
            (None, Some(binding)) => Some(binding),
            (Some(a), Some(b)) => Some(Binding { yes: a.yes.and(&b.yes), no: a.no.or(&b.no) }),
        }
    }

    /// Works out for every kind below an activity whether the organisation's role there is one that the
    /// profile binds.
    fn bind(&mut self, catalog: &Catalog, universe: &Universe) {
        self.binding.clear();
        let Some((activity, field, codes)) = self.role_fact(catalog) else { return };
        let roles: Vec<Option<bool>> = (0..universe.table(activity).rows as u32)
            .map(|row| match universe.value(activity, row, field) {
                Some(Value::Number(code)) => Some(codes.contains(&code)),
                _ => None,
            })
            .collect();
        for kind in (0..catalog.schema.kinds.len()).map(|k| KindId(k as u16)) {
            let Some(above) = activity_rows(catalog, universe, kind) else { continue };
            let at = |row: usize| {
                above.get(row).map_or(Some(true), |a| roles.get(*a as usize).copied().unwrap_or(Some(true)))
            };
            let rows = universe.table(kind).rows;
            let yes = Bits::from_fn(rows, |row| at(row) == Some(true));
            if yes.count() < rows {
                let no = Bits::from_fn(rows, |row| at(row) == Some(false));
                self.binding.insert(kind, Binding { yes, no });
            }
        }
    }

    /// The fact that tells the organisation's role in an activity, and the codes that the profile binds.
    fn role_fact(&self, catalog: &Catalog) -> Option<(KindId, FieldId, Vec<i64>)> {
        if self.roles.is_empty() {
            return None;
        }
        let activity = catalog.schema.kind_named("activity")?;
        let field = catalog.schema.kind(activity).field_named("role")?;
        let Type::Enum(values) = catalog.schema.kind(activity).field(field).ty else { return None };
        let codes = catalog.schema.values(values).iter().enumerate();
        let codes =
            codes.filter(|(_, code)| self.roles.contains(code)).map(|(place, _)| place as i64).collect();
        Some((activity, field, codes))
    }

    /// The organisation's role in the activity that a thing belongs to, where it is not known.
    #[must_use]
    pub fn missing_role(
        &self,
        catalog: &Catalog,
        universe: &Universe,
        kind: KindId,
        row: u32,
    ) -> Option<FactKey> {
        let binding = self.binding.get(&kind)?;
        if binding.yes.get(row as usize) || binding.no.get(row as usize) {
            return None;
        }
        let (activity, field, _) = self.role_fact(catalog)?;
        let above = *activity_rows(catalog, universe, kind)?.get(row as usize)?;
        (above < ROW_NONE).then_some(FactKey::Fact(activity, above, field))
    }

    /// The outcome of a clause or requirement for all things of a kind, as `met(…)` reads it: every
    /// binding requirement under that name is met or not applicable; a gap in one is a gap. On a
    /// holistic clause a gap in a part waits for a person's ruling.
    #[must_use]
    pub fn clause_column(
        &self,
        catalog: &Catalog,
        universe: &Universe,
        name: &str,
        kind: KindId,
    ) -> OutcomeColumn {
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

    /// The ruling that stands on a clause for a thing.
    #[must_use]
    pub fn clause_ruling(&self, clause: &str, kind: KindId, row: u32) -> Option<Outcome> {
        let overlays = self.overlays.clauses.get(&(clause.to_owned(), kind))?;
        overlays.iter().find(|o| o.row == row).map(|o| o.outcome)
    }

    /// Brings the outcomes up to date after one fact changed in the universe, by evaluating again only
    /// what can have read it. Returns the requirements with an outcome that changed, each with the rows.
    pub fn update(
        &mut self,
        catalog: &Catalog,
        universe: &mut Universe,
        changed: &FactKey,
    ) -> Vec<(usize, Vec<u32>)> {
        let role = self.is_role(catalog, changed);
        if role {
            self.bind(catalog, universe);
        }
        let mut touched = vec![];
        let mut keys = vec![changed.clone()];
        for index in self.order.clone() {
            let renewal = if role { Renewal::All } else { renewal(catalog, universe, index, &keys) };
            let rows = match renewal {
                Renewal::Rows(rows) if rows.is_empty() => continue,
                Renewal::Rows(rows) => self.renew_rows(catalog, universe, index, rows),
                Renewal::All => self.renew_all(catalog, universe, index),
            };
            if !rows.is_empty() {
                keys.extend(self.refresh_columns(catalog, universe, index, &rows));
                touched.push((index, rows));
            }
        }
        touched
    }

    fn is_role(&self, catalog: &Catalog, key: &FactKey) -> bool {
        let FactKey::Fact(kind, _, field) = key else { return false };
        let kind = catalog.schema.kind(*kind);
        !self.roles.is_empty()
            && kind.field(*field).name == "role"
            && ["activity", "product", "organisation"].contains(&kind.name.as_str())
    }

    /// Evaluates a requirement anew for all things; the rows whose outcome changed.
    fn renew_all(&mut self, catalog: &Catalog, universe: &Universe, index: usize) -> Vec<u32> {
        let before = self.outcomes.get(index).cloned().flatten();
        let patterns = std::mem::take(&mut self.patterns);
        let mut session = Session::with_patterns(universe, &catalog.schema, patterns);
        self.compute(catalog, &mut session, universe, index);
        (_, self.patterns) = session.finish();
        let (Some(before), Some(Some(after))) = (before, self.outcomes.get(index)) else { return vec![] };
        let differs = |a: &Bits, b: &Bits| a.zip(b, |x, y| x ^ y);
        differs(&before.met, &after.met)
            .or(&differs(&before.gap, &after.gap))
            .or(&differs(&before.unknown, &after.unknown))
            .iter_ones()
            .map(|row| row as u32)
            .collect()
    }

    /// Evaluates a requirement anew for some things; those of them whose outcome changed.
    fn renew_rows(
        &mut self,
        catalog: &Catalog,
        universe: &Universe,
        index: usize,
        rows: Vec<u32>,
    ) -> Vec<u32> {
        let Some(requirement) = catalog.requirements.get(index) else { return vec![] };
        let Some((scope, check)) = requirement.scope.zip(requirement.check_plan.as_ref()) else {
            return vec![];
        };
        let patterns = std::mem::take(&mut self.patterns);
        let mut session = Session::with_patterns(universe, &catalog.schema, patterns);
        let fresh = session.judge_rows(requirement.when_plan.as_ref(), check, &rows);
        (_, self.patterns) = session.finish();
        let binding = self.bound(catalog, universe, requirement, scope);
        let overlays = self.overlays.requirements.get(&index);
        let Some(Some(outcomes)) = self.outcomes.get_mut(index) else { return vec![] };
        let mut changed = vec![];
        for (place, row) in rows.into_iter().enumerate() {
            let mut outcome = fresh.get(place);
            if let Some(binding) = &binding {
                outcome = restrict_one(outcome, binding, row as usize);
            }
            if let Some(overlay) = overlays.into_iter().flatten().find(|o| o.row == row) {
                self.overruled.insert((index, row), outcome);
                outcome = overlay.outcome;
            }
            if outcomes.get(row as usize) != outcome {
                outcomes.set(row as usize, outcome);
                changed.push(row);
            }
        }
        changed
    }

    /// Renews the `met(…)` columns that a requirement's outcomes go into; what changed in them.
    fn refresh_columns(
        &self,
        catalog: &Catalog,
        universe: &mut Universe,
        index: usize,
        rows: &[u32],
    ) -> Vec<FactKey> {
        let into = |(name, kind): &&(String, KindId)| under(catalog, name, *kind).contains(&index);
        let names: Vec<(String, KindId)> = universe.outcomes.keys().filter(into).cloned().collect();
        let mut keys = vec![];
        for (name, kind) in names {
            let column = self.clause_column(catalog, universe, &name, kind);
            let key = (name, kind);
            let old = universe.outcomes.get(&key);
            for row in rows {
                let at = *row as usize;
                if old.is_none_or(|o| {
                    o.met.get(at) != column.met.get(at) || o.gap.get(at) != column.gap.get(at)
                }) {
                    keys.push(FactKey::Outcome(key.0.clone(), kind, *row));
                }
            }
            universe.outcomes.insert(key, column);
        }
        keys
    }
}

/// Which rows of a requirement can have read one of these facts.
fn renewal(catalog: &Catalog, universe: &Universe, index: usize, keys: &[FactKey]) -> Renewal {
    let Some(requirement) = catalog.requirements.get(index) else { return Renewal::Rows(vec![]) };
    let mut rows: Vec<u32> = vec![];
    for key in keys {
        for plan in plans(requirement) {
            match affected(plan, universe, &catalog.schema, key) {
                Affected::All => return Renewal::All,
                Affected::Rows(more) => rows.extend(more),
            }
        }
        if let FactKey::Fact(kind, row, field) = key
            && (Some(*kind), Some(*field)) == (requirement.scope, requirement.occurrence)
        {
            rows.push(*row);
        }
    }
    rows.sort_unstable();
    rows.dedup();
    Renewal::Rows(rows)
}

/// Not bound is not applicable; not known whether bound is like an unknown `when`.
fn restrict(computed: &Outcomes, binding: &Binding) -> Outcomes {
    let not_applicable = computed.not_applicable.or(&binding.no);
    let met = computed.met.and_not(&binding.no);
    let gap = computed.gap.and(&binding.yes);
    let unknown = met.or(&gap).or(&not_applicable).not();
    Outcomes { met, gap, not_applicable, unknown }
}

fn restrict_one(computed: Outcome, binding: &Binding, row: usize) -> Outcome {
    match computed {
        _ if binding.no.get(row) => Outcome::NotApplicable,
        Outcome::Gap if !binding.yes.get(row) => Outcome::Unknown,
        other => other,
    }
}

/// For an occurrence: whether each one's date lies in the time of the law that judges it.
fn dated(
    catalog: &Catalog,
    universe: &Universe,
    requirement: &Requirement,
    scope: KindId,
    field: FieldId,
) -> Option<Binding> {
    let (from, to) = scope::interval(catalog, requirement);
    if from.is_none() && to.is_none() {
        return None;
    }
    let Some(Column::Numbers { values, known }) = universe.table(scope).columns.get(field.0 as usize) else {
        return None;
    };
    let inside = Bits::from_fn(values.len(), |row| {
        values
            .get(row)
            .is_some_and(|d| *d != NONE && from.is_none_or(|f| f <= *d) && to.is_none_or(|t| *d <= t))
    });
    Some(Binding { yes: known.and(&inside), no: known.and_not(&inside) })
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
    let requirements = catalog.requirements.iter().enumerate();
    requirements.filter(|(_, r)| r.scope == Some(kind) && belongs(r)).map(|(index, _)| index).collect()
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
    catalog
        .requirements
        .get(index)
        .into_iter()
        .flat_map(plans)
        .flat_map(|plan| plan.outcomes.clone())
        .collect()
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
