//! The same facts under other rulings: what was computed stays, and only what reads an outcome that
//! became another one is evaluated again.

use super::Evaluation;
use super::Overlays;
use hegui_catalog::model::Catalog;
use hegui_logic::columnar::Session;
use hegui_logic::universe::Universe;
use std::collections::{BTreeMap, HashMap};

impl Evaluation {
    /// Lays these rulings over what was computed, in place of those that were there. Comes to what
    /// [`Evaluation::new`] does with them, over the universe that was evaluated last.
    pub fn rule(&mut self, catalog: &Catalog, universe: &mut Universe, overlays: Overlays) {
        self.overlays = overlays;
        self.overruled = BTreeMap::new();
        let patterns = std::mem::take(&mut self.patterns);
        let mut session = Session::with_patterns(universe, &catalog.schema, patterns);
        // By column of `met(…)`, whether it differs from what was read last.
        let mut differs = HashMap::new();
        let mut renewed = HashMap::new();
        for index in self.order.clone() {
            let mut concerned = false;
            for at in self.columns.read_by(index) {
                concerned |= *differs.entry(*at).or_insert_with(|| {
                    let Some((key, column)) = self.named_column(universe, *at) else { return false };
                    if universe.outcomes.get(&key) == Some(&column) {
                        return false;
                    }
                    session.set_outcome(&key.0, key.1, column.clone());
                    renewed.insert(key, column);
                    true
                });
            }
            let Some(requirement) = catalog.requirements.get(index) else { continue };
            let Some((scope, check)) = requirement.scope.zip(requirement.check_plan.as_ref()) else {
                continue;
            };
            let kept = self.computed.get_mut(index).and_then(Option::take);
            let computed = match kept {
                Some(computed) if !concerned => computed,
                _ => session.judge(requirement.when_plan.as_ref(), check),
            };
            self.lay_over(catalog, universe, (index, scope), computed);
            // Parts kept for the next change were of other outcomes.
            if concerned && let Some(parts) = self.parts.get_mut(index) {
                *parts = None;
            }
        }
        (_, self.patterns) = session.finish();
        universe.outcomes.extend(renewed);
    }
}
