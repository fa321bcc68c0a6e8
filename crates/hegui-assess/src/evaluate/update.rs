//! Bringing outcomes up to date after one fact changed, by evaluating again only what can have read it.
//!
//! Where few things are concerned, they alone are evaluated; where many are, the requirement is
//! evaluated for all, which takes sixty-four at a time. One session serves the whole update, so that
//! what requirements have in common is worked out once.

use super::binding::{Bound, differ, some_of};
use super::parts::Parts;
use super::{Evaluation, plans};
use hegui_catalog::model::{Catalog, Requirement};
use hegui_logic::bits::Bits;
use hegui_logic::columnar::{Affected, Changes, NamedOutcomes, Outcomes, Session, affected_by};
use hegui_logic::plan::{Plan, Read};
use hegui_logic::schema::KindId;
use hegui_logic::universe::{FactKey, OutcomeColumn, Universe};
use std::collections::{BTreeSet, HashMap};

/// An update while it goes on.
pub(super) struct Update<'a, 'u> {
    catalog: &'a Catalog,
    universe: &'u Universe,
    pub session: Session<'u>,
    changes: Changes,
    /// By set of roles and kind, the things for which it changed whether they are bound.
    rebound: Vec<Vec<Affected>>,
    /// Columns of `met(…)` into which changed outcomes go, not renewed yet.
    stale: BTreeSet<usize>,
    renewed: HashMap<(String, KindId), OutcomeColumn>,
}

impl Evaluation {
    /// Brings the outcomes up to date after one fact changed in the universe, by evaluating again only
    /// what can have read it. Returns the requirements with an outcome that changed, each with the rows.
    pub fn update(
        &mut self,
        catalog: &Catalog,
        universe: &mut Universe,
        changed: &FactKey,
    ) -> Vec<(usize, Bits)> {
        let patterns = std::mem::take(&mut self.patterns);
        let changes = Changes::new(universe, &catalog.schema, changed);
        let mut update = Update {
            catalog,
            universe,
            session: Session::with_patterns(universe, &catalog.schema, patterns),
            rebound: self.parties.update(&catalog.schema, universe, &changes),
            changes,
            stale: BTreeSet::new(),
            renewed: HashMap::new(),
        };
        let mut touched = vec![];
        for place in 0..self.order.len() {
            let Some(index) = self.order.get(place).copied() else { continue };
            self.renew_columns(&mut update, index);
            if let Some(rows) = self.renew(&mut update, index) {
                update.stale.extend(self.columns.fed_by(index));
                touched.push((index, rows));
            }
        }
        let Update { session, renewed, .. } = update;
        (_, self.patterns) = session.finish();
        universe.outcomes.extend(renewed);
        touched
    }

    /// Renews the columns that a requirement is about to read and into which changed outcomes went.
    fn renew_columns(&self, update: &mut Update<'_, '_>, index: usize) {
        for at in self.columns.read_by(index) {
            if !update.stale.remove(at) {
                continue;
            }
            if let Some(column) = self.named_column(update.universe, *at) {
                update.set_column(column);
            }
        }
    }

    /// Evaluates a requirement anew where it is concerned; where its outcomes changed, if they did.
    fn renew(&mut self, update: &mut Update<'_, '_>, index: usize) -> Option<Bits> {
        let requirement = update.catalog.requirements.get(index)?;
        let scope = requirement.scope?;
        let concerned = update.concerned(requirement, self.reads.get(index)?);
        let rebound = self.parties.rebound(&update.rebound, index, scope);
        let rebound = update.redated(requirement, scope, rebound);
        if concerned.is_none() && rebound.is_none() {
            return None;
        }
        self.compute(update, (index, requirement), &concerned)?;
        let changed = match concerned.and(rebound, update.universe.table(scope).rows) {
            Affected::All => self.lay_over_all(update, index, scope)?,
            Affected::Rows(rows) => self.lay_over_rows(update, (index, scope), &rows)?,
        };
        changed.any().then_some(changed)
    }

    /// Computes a requirement anew for some things, whomever it binds.
    fn compute(
        &mut self,
        update: &mut Update<'_, '_>,
        (index, requirement): (usize, &Requirement),
        concerned: &Affected,
    ) -> Option<()> {
        let check = requirement.check_plan.as_ref()?;
        let when = requirement.when_plan.as_ref();
        let parts = self.parts.get_mut(index)?;
        let computed = self.computed.get_mut(index)?.as_mut()?;
        match concerned {
            Affected::Rows(rows) if rows.is_empty() => {}
            Affected::Rows(rows) => {
                let fresh = update.session.judge_rows(when, check, rows);
                for (place, row) in rows.iter().enumerate() {
                    computed.set(*row as usize, fresh.get(place));
                }
                if let Some(parts) = parts {
                    parts.renew(update);
                }
            }
            Affected::All => {
                let parts = parts.get_or_insert_with(|| Parts::new(when, check));
                *computed = match parts.spared(update) {
                    true => parts.judge(update),
                    false => {
                        parts.forget();
                        update.session.judge(when, check)
                    }
                };
            }
        }
        Some(())
    }

    fn lay_over_all(&mut self, update: &Update<'_, '_>, index: usize, scope: KindId) -> Option<Bits> {
        let before = self.outcomes.get_mut(index)?.take()?;
        let computed = self.computed.get_mut(index)?.take()?;
        self.lay_over(update.catalog, update.universe, (index, scope), computed);
        Some(changed_between(&before, self.outcomes.get(index)?.as_ref()?))
    }

    fn lay_over_rows(
        &mut self,
        update: &Update<'_, '_>,
        (index, scope): (usize, KindId),
        rows: &[u32],
    ) -> Option<Bits> {
        let requirement = update.catalog.requirements.get(index)?;
        let bound = Bound::new(&self.parties, update.catalog, update.universe, (index, requirement), scope);
        let overlays = self.overlays.requirements.get(&index).map_or(&[][..], Vec::as_slice);
        let computed = self.computed.get(index)?.as_ref()?;
        let outcomes = self.outcomes.get_mut(index)?.as_mut()?;
        let mut changed = Bits::zeros(outcomes.len());
        for row in rows {
            let at = *row as usize;
            let mut outcome = bound.restrict_one(computed.get(at), at);
            if let Some(overlay) = overlays.iter().rfind(|overlay| overlay.row == *row) {
                self.overruled.insert((index, *row), outcome);
                outcome = overlay.outcome;
            }
            if outcomes.get(at) != outcome {
                outcomes.set(at, outcome);
                changed.set(at, true);
            }
        }
        Some(changed)
    }
}

impl Update<'_, '_> {
    /// Hands a renewed column to the plans that read it, with the rows that differ.
    fn set_column(&mut self, ((name, kind), column): NamedOutcomes) {
        let key = (name, kind);
        let rows = match self.universe.outcomes.get(&key) {
            Some(old) => some_of(&differ(&old.met, &column.met).or(&differ(&old.gap, &column.gap))),
            None => Affected::All,
        };
        if rows.is_none() {
            return;
        }
        self.changes.add_outcomes(&key.0, kind, rows);
        self.session.set_outcome(&key.0, kind, column.clone());
        self.renewed.insert(key, column);
    }

    /// The things of its scope for which a requirement can come to something else.
    fn concerned(&self, requirement: &Requirement, reads: &[Read]) -> Affected {
        let mut concerned = Affected::none();
        if !self.changes.concern(&self.catalog.schema, reads) {
            return concerned;
        }
        for plan in plans(requirement) {
            let more = self.affected(plan);
            concerned = concerned.and(more, self.universe.table(plan.scope).rows);
        }
        concerned
    }

    /// The things of its scope for which a plan can come to something else.
    pub fn affected(&self, plan: &Plan) -> Affected {
        affected_by(plan, self.universe, &self.catalog.schema, &self.changes)
    }

    /// The things for which it changed whether a requirement binds there, by role or by date.
    fn redated(&self, requirement: &Requirement, scope: KindId, role: Affected) -> Affected {
        let dated = requirement.occurrence.and_then(|field| self.changes.of_fact(scope, field));
        match dated {
            Some(dated) => role.and(dated.clone(), self.universe.table(scope).rows),
            None => role,
        }
    }
}

/// Where outcomes differ.
fn changed_between(before: &Outcomes, after: &Outcomes) -> Bits {
    let mut changed = differ(&before.met, &after.met);
    changed.merge(&differ(&before.gap, &after.gap), |a, b| a | b);
    changed.merge(&differ(&before.unknown, &after.unknown), |a, b| a | b);
    changed
}
