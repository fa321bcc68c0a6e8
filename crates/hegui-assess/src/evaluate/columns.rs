//! What `met(…)` reads: the outcome of a clause or requirement for all things of a kind.

use super::{Evaluation, reads_outcomes, under};
use hegui_catalog::model::{Aggregate, Catalog};
use hegui_logic::bits::Bits;
use hegui_logic::columnar::NamedOutcomes;
use hegui_logic::schema::KindId;
use hegui_logic::truth::Outcome;
use hegui_logic::universe::{OutcomeColumn, Universe};
use std::collections::BTreeMap;

/// A name under which outcomes are read.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub name: String,
    pub kind: KindId,
    /// The requirements that the name stands for.
    parts: Vec<usize>,
    holistic: bool,
}

/// All names under which outcomes are read, and by whom.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    list: Vec<Column>,
    /// By requirement, the columns that it reads.
    reads: BTreeMap<usize, Vec<usize>>,
    /// By requirement, the columns that its outcomes go into.
    feeds: BTreeMap<usize, Vec<usize>>,
}

impl Columns {
    pub fn new(catalog: &Catalog, order: &[usize]) -> Self {
        let mut columns = Self::default();
        for index in order {
            for (name, kind) in reads_outcomes(catalog, *index) {
                let at = columns.place(catalog, name, kind);
                let reads = columns.reads.entry(*index).or_default();
                if !reads.contains(&at) {
                    reads.push(at);
                }
            }
        }
        columns
    }

    fn place(&mut self, catalog: &Catalog, name: String, kind: KindId) -> usize {
        if let Some(at) = self.list.iter().position(|column| column.name == name && column.kind == kind) {
            return at;
        }
        let at = self.list.len();
        let parts = under(catalog, &name, kind);
        for part in &parts {
            self.feeds.entry(*part).or_default().push(at);
        }
        let holistic = is_holistic(catalog, &name);
        self.list.push(Column { name, kind, parts, holistic });
        at
    }

    pub fn get(&self, at: usize) -> Option<&Column> {
        self.list.get(at)
    }

    /// The columns that a requirement reads.
    pub fn read_by(&self, requirement: usize) -> &[usize] {
        self.reads.get(&requirement).map_or(&[], Vec::as_slice)
    }

    /// The columns that a requirement's outcomes go into.
    pub fn fed_by(&self, requirement: usize) -> &[usize] {
        self.feeds.get(&requirement).map_or(&[], Vec::as_slice)
    }
}

impl Evaluation {
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
        let (name, parts) = (name.to_owned(), under(catalog, name, kind));
        let holistic = is_holistic(catalog, &name);
        self.column(universe, &Column { name, kind, parts, holistic })
    }

    /// A column with its name; see [`Evaluation::clause_column`].
    pub(super) fn named_column(&self, universe: &Universe, at: usize) -> Option<NamedOutcomes> {
        let column = self.columns.get(at)?;
        Some(((column.name.clone(), column.kind), self.column(universe, column)))
    }

    fn column(&self, universe: &Universe, column: &Column) -> OutcomeColumn {
        let rows = universe.table(column.kind).rows;
        let mut met = Bits::ones(rows);
        let mut gap = Bits::zeros(rows);
        for index in &column.parts {
            if let Some(Some(outcomes)) = self.outcomes.get(*index) {
                met.merge(&outcomes.met.or(&outcomes.not_applicable), |met, part| met & part);
                gap.merge(&outcomes.gap, |gap, part| gap | part);
            }
        }
        if column.holistic {
            gap = Bits::zeros(rows);
        }
        let key = (column.name.clone(), column.kind);
        for overlay in self.overlays.clauses.get(&key).into_iter().flatten() {
            met.set(overlay.row as usize, matches!(overlay.outcome, Outcome::Met | Outcome::NotApplicable));
            gap.set(overlay.row as usize, overlay.outcome == Outcome::Gap);
        }
        OutcomeColumn { met, gap }
    }
}

fn is_holistic(catalog: &Catalog, name: &str) -> bool {
    catalog.clauses.iter().any(|c| c.number == name && c.aggregate == Aggregate::Holistic)
}
