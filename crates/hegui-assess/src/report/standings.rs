//! How dimensions, indicators and clauses stand.

use crate::assessment::Assessment;
use crate::report::STAGES;
use crate::rollup::{self, Rollup, Standings};
use crate::view::{ActionView, CellView, ClauseView, DimensionView, IndicatorView, Standing, StandingView};
use hegui_catalog::model::{Catalog, Clause, ClauseKind};

impl Assessment<'_> {
    pub(super) fn dimensions(&self, rollup: &Rollup) -> Vec<DimensionView> {
        let taken = crate::scope::clauses(self.catalog, &self.object.profile);
        let clauses: Vec<(usize, &Clause)> = self.catalog.clauses.iter().enumerate().collect();
        clauses
            .iter()
            .filter(|(_, c)| c.kind == ClauseKind::Dimension)
            .filter(|(_, dimension)| {
                let belongs =
                    |c: &Clause| c.dimension == dimension.number && c.instrument == dimension.instrument;
                clauses.iter().any(|(index, c)| taken.contains(index) && belongs(c))
            })
            .map(|(index, clause)| DimensionView {
                instrument: clause.instrument.clone(),
                number: clause.number.clone(),
                title: clause.title.clone(),
                standing: self.standing(rollup.wholes.get(*index)),
                cells: STAGES
                    .iter()
                    .filter_map(|stage| {
                        let (_, _, cell) = rollup.cells.iter().find(|(i, s, _)| i == index && s == stage)?;
                        Some(CellView { stage: (*stage).to_owned(), standing: view(cell) })
                    })
                    .collect(),
            })
            .collect()
    }

    pub(super) fn indicators(&self, rollup: &Rollup) -> Vec<IndicatorView> {
        let clauses: Vec<(usize, &Clause)> = self.catalog.clauses.iter().enumerate().collect();
        let taken = crate::scope::clauses(self.catalog, &self.object.profile);
        clauses
            .iter()
            .filter(|(_, c)| c.kind == ClauseKind::Indicator)
            .filter(|(index, indicator)| {
                let part = |(other, c): &(usize, &Clause)| {
                    taken.contains(other) && (other == index || rollup::is_part(self.catalog, c, indicator))
                };
                clauses.iter().any(part)
            })
            .map(|(index, indicator)| IndicatorView {
                instrument: indicator.instrument.clone(),
                number: indicator.number.clone(),
                title: indicator.title.clone(),
                dimension: indicator.dimension.clone(),
                aggregate: indicator.aggregate,
                standing: self.standing(rollup.wholes.get(*index)),
                clauses: clauses
                    .iter()
                    .filter(|(other, c)| {
                        taken.contains(other)
                            && (other == index || rollup::is_part(self.catalog, c, indicator))
                    })
                    .map(|(other, c)| clause_view(self.catalog, c, rollup.clauses.get(*other)))
                    .collect(),
            })
            .collect()
    }

    /// A standing over all, and for each product of the object; what belongs to none comes last.
    fn standing(&self, standings: Option<&Standings>) -> Standing {
        let of = |row: &u32| standings?.get(*row as usize).map(view);
        let whole = standings.and_then(|s| s.last()).map(view);
        let products = self.product_rows().iter().filter_map(of).chain(whole).collect();
        Standing { overall: overall(standings), products }
    }
}

fn clause_view(catalog: &Catalog, clause: &Clause, standings: Option<&Standings>) -> ClauseView {
    let rule = catalog.gap_rule(clause);
    ClauseView {
        number: clause.number.clone(),
        kind: clause.kind,
        title: clause.title.clone(),
        stage: clause.stage.clone(),
        cites: clause.cites.clone(),
        reading: clause.reading.clone(),
        limits: clause.limits.clone(),
        on_gap: rule.map(|r| r.on_gap.clone()).unwrap_or_default(),
        ways: rule.map(|r| r.on_gap_ways.clone()).unwrap_or_default(),
        past_stays: rule.is_some_and(|r| r.past_stays),
        actions: clause
            .actions
            .iter()
            .map(|a| ActionView {
                method: a.method,
                sampling: a.sampling,
                derived: a.derived,
                text: a.text.clone(),
            })
            .collect(),
        standing: overall(standings),
    }
}

fn overall(standings: Option<&Standings>) -> StandingView {
    let mut overall = rollup::Standing::default();
    standings.into_iter().flatten().for_each(|standing| overall.join(standing));
    view(&overall)
}

fn view(standing: &rollup::Standing) -> StandingView {
    StandingView {
        verdict: standing.verdict,
        status: standing.verdict.status(),
        grade: standing.grade,
        tally: standing.tally,
    }
}
