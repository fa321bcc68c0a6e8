//! From outcomes to verdicts: per clause, indicator, dimension and stage, product by product.
//!
//! Three things stay apart. The **verdict** says what the findings come to; the **work status** says
//! what is left to do; the **grade** of a nonconformity is what a person ruled, never computed. A
//! worse verdict of a part is the verdict of the whole ([`Verdict`]'s order), except where the clause
//! says otherwise: of the eight legal bases (5.2.2) one suffices, so only the indicator's own
//! requirements count; a holistic clause with a gap in a part waits for a person.

use crate::assessment::ByFinding;
use crate::evaluate::{Evaluation, under};
use crate::scope::{self, Belonging, Step};
use hegui_catalog::model::{Aggregate, Catalog, Clause, ClauseKind, Strength};
use hegui_logic::bits::Bits;
use hegui_logic::schema::KindId;
use hegui_logic::truth::Outcome;
use hegui_logic::universe::{FactKey, Universe};
use serde::{Deserialize, Serialize};

/// What the findings of a clause come to, from the least to the most serious.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing that it speaks about is there.
    #[default]
    NotApplicable,
    /// Conforming.
    Met,
    /// Conforming, as far as a sample shows.
    MetSampled,
    /// The catalog knows the clause by title only.
    NotAssessed,
    /// The facts do not tell yet.
    Unknown,
    /// The parts are known, and a person has to weigh them.
    ToBeJudged,
    /// Not conforming, because the assessment was closed without proof (5.2.2).
    NotProven,
    /// Not conforming.
    Gap,
}

/// What is left to do on a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkStatus {
    /// Facts are missing.
    Open,
    /// A person has to judge.
    AwaitingJudgement,
    /// Nothing is left.
    Settled,
    /// Its requirements are not in the catalog yet.
    NotWritten,
}

impl Verdict {
    /// What is left to do.
    #[must_use]
    pub fn status(self) -> WorkStatus {
        match self {
            Self::Unknown => WorkStatus::Open,
            Self::ToBeJudged => WorkStatus::AwaitingJudgement,
            Self::NotAssessed => WorkStatus::NotWritten,
            _ => WorkStatus::Settled,
        }
    }
}

/// How serious a nonconformity is, as a person ruled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// A slight one.
    Minor,
    /// A serious one.
    Major,
}

/// How many findings came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Met, those on samples included.
    pub met: u32,
    /// Met on a sample.
    pub sampled: u32,
    /// Gaps in what binds ("shall").
    pub gap: u32,
    /// Recommendations ("should") that are not followed.
    pub observation: u32,
    /// Not applicable.
    pub not_applicable: u32,
    /// Unknown.
    pub unknown: u32,
}

impl Tally {
    /// Counts one finding.
    pub fn count(&mut self, outcome: Outcome, strength: Strength) {
        match (outcome, strength) {
            (Outcome::Met, _) => self.met += 1,
            (Outcome::Gap, Strength::Shall) => self.gap += 1,
            (Outcome::Gap, _) => self.observation += 1,
            (Outcome::NotApplicable, _) => self.not_applicable += 1,
            (Outcome::Unknown, _) => self.unknown += 1,
        }
    }

    /// Adds another tally.
    pub fn add(&mut self, other: &Self) {
        self.met += other.met;
        self.sampled += other.sampled;
        self.gap += other.gap;
        self.observation += other.observation;
        self.not_applicable += other.not_applicable;
        self.unknown += other.unknown;
    }

    /// The verdict that the findings come to when every part must be met.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if self.gap > 0 {
            Verdict::Gap
        } else if self.unknown > 0 {
            Verdict::Unknown
        } else if self.sampled > 0 {
            Verdict::MetSampled
        } else if self.met > 0 {
            Verdict::Met
        } else {
            Verdict::NotApplicable
        }
    }
}

/// How a clause stands for one product, or for the organisation as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// What the findings come to.
    pub verdict: Verdict,
    /// The grade that a person gave to a gap, if one did.
    pub grade: Option<Grade>,
    /// The findings behind it.
    pub tally: Tally,
}

impl Standing {
    /// Takes in a part: the worse verdict counts.
    pub fn join(&mut self, other: &Self) {
        self.verdict = self.verdict.max(other.verdict);
        self.grade = self.grade.max(other.grade);
        self.tally.add(&other.tally);
    }
}

/// Standings: one for each product in the order of its rows, then one for what belongs to the
/// organisation as a whole.
pub type Standings = Vec<Standing>;

/// The roll-up of an assessment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rollup {
    /// By clause index in the catalog: the clause's own findings.
    pub clauses: Vec<Standings>,
    /// By clause index: for an indicator its own, its characteristics' and its extensions' findings;
    /// for a dimension its indicators'; empty for others.
    pub wholes: Vec<Standings>,
    /// Dimension (clause index), stage, standing over all products.
    pub cells: Vec<(usize, String, Standing)>,
}

/// A ruling's grade: requirement or clause, kind, row.
pub type GradeOf<'a> = &'a dyn Fn(&str, KindId, u32) -> Option<Grade>;

/// What the roll-up reads.
pub struct Inputs<'a> {
    /// The catalog.
    pub catalog: &'a Catalog,
    /// The profile's name: what it does not take in is not shown as missing.
    pub profile: &'a str,
    /// The facts.
    pub universe: &'a Universe,
    /// The outcomes.
    pub evaluation: &'a Evaluation,
    /// The things assessed, by kind.
    pub things: &'a [Bits],
    /// Those of them whose lists belong to the object.
    pub lists: &'a [Bits],
    /// Where things belong.
    pub belonging: &'a Belonging,
    /// Findings that rest on a sample.
    pub sampled: &'a ByFinding<FactKey>,
    /// Grades that persons gave.
    pub grade: GradeOf<'a>,
    /// Whether the assessment is being closed.
    pub closing: bool,
}

/// Where things of a kind may be missing from the register: a relation above them that is still open.
#[must_use]
pub fn open_steps(inputs: &Inputs<'_>, kind: KindId) -> Vec<(Step, Vec<u32>)> {
    let schema = &inputs.catalog.schema;
    scope::steps(schema, kind)
        .into_iter()
        .filter_map(|step| {
            let closed = &inputs.universe.table(step.above).relation(step.relation)?.closed;
            let open: Vec<u32> = inputs
                .lists
                .get(step.above.0 as usize)?
                .and_not(closed)
                .iter_ones()
                .map(|row| row as u32)
                .collect();
            (!open.is_empty()).then_some((step, open))
        })
        .collect()
}

/// Rolls up.
#[must_use]
pub fn roll_up(inputs: &Inputs<'_>) -> Rollup {
    let products = products(inputs);
    let taken = scope::clauses(inputs.catalog, inputs.profile);
    let clauses: Vec<Standings> = inputs
        .catalog
        .clauses
        .iter()
        .enumerate()
        .map(|(index, clause)| match taken.contains(&index) {
            true => own(inputs, clause, products),
            false => vec![Standing::default(); products + 1],
        })
        .collect();
    let mut rollup = Rollup { wholes: vec![vec![]; clauses.len()], clauses, cells: vec![] };
    for (index, clause) in inputs.catalog.clauses.iter().enumerate() {
        if clause.kind == ClauseKind::Indicator {
            let whole = indicator(inputs, &rollup.clauses, clause, products);
            if let Some(slot) = rollup.wholes.get_mut(index) {
                *slot = whole;
            }
        }
    }
    for (index, clause) in inputs.catalog.clauses.iter().enumerate() {
        if clause.kind == ClauseKind::Dimension {
            let mut whole = vec![Standing::default(); products + 1];
            for (other, part) in inputs.catalog.clauses.iter().enumerate() {
                if part.kind == ClauseKind::Indicator
                    && part.dimension == clause.number
                    && part.instrument == clause.instrument
                {
                    join(&mut whole, rollup.wholes.get(other));
                }
            }
            if let Some(slot) = rollup.wholes.get_mut(index) {
                *slot = whole;
            }
            rollup.cells.extend(cells(inputs, &rollup, index, clause));
        }
    }
    rollup
}

fn products(inputs: &Inputs<'_>) -> usize {
    inputs.catalog.schema.kind_named("product").map_or(0, |kind| inputs.universe.table(kind).rows)
}

fn join(whole: &mut Standings, part: Option<&Standings>) {
    for (sum, standing) in whole.iter_mut().zip(part.into_iter().flatten()) {
        sum.join(standing);
    }
}

/// The findings of a clause's own requirements.
fn own(inputs: &Inputs<'_>, clause: &Clause, products: usize) -> Standings {
    let mut standings = vec![Standing::default(); products + 1];
    let mine: Vec<usize> = inputs
        .evaluation
        .selected
        .iter()
        .copied()
        .filter(|i| {
            inputs
                .catalog
                .requirements
                .get(*i)
                .is_some_and(|r| r.clause == clause.number && r.instrument == clause.instrument)
        })
        .collect();
    if mine.is_empty() {
        if clause.pending {
            standings.iter_mut().for_each(|s| s.verdict = Verdict::NotAssessed);
        }
        return standings;
    }
    for index in mine {
        tally_requirement(inputs, index, products, &mut standings);
    }
    for standing in &mut standings {
        standing.verdict = standing.tally.verdict();
        if clause.aggregate == Aggregate::One && inputs.closing && standing.verdict == Verdict::Unknown {
            standing.verdict = Verdict::NotProven;
        }
    }
    standings
}

fn tally_requirement(inputs: &Inputs<'_>, index: usize, products: usize, standings: &mut Standings) {
    let (Some(requirement), Some(Some(outcomes))) =
        (inputs.catalog.requirements.get(index), inputs.evaluation.outcomes.get(index))
    else {
        return;
    };
    let Some(kind) = requirement.scope else { return };
    let Some(things) = inputs.things.get(kind.0 as usize) else { return };
    let place =
        |kind: KindId, row: u32| inputs.belonging.product_of(kind, row).map_or(products, |p| p as usize);
    for row in things.iter_ones() {
        let row = row as u32;
        let outcome = outcomes.get(row as usize);
        if let Some(standing) = standings.get_mut(place(kind, row)) {
            standing.tally.count(outcome, requirement.strength);
            if outcome == Outcome::Met && inputs.sampled.contains_key(&(index, row)) {
                standing.tally.sampled += 1;
            }
            if outcome == Outcome::Gap {
                standing.grade = standing.grade.max((inputs.grade)(&requirement.id, kind, row));
            }
        }
    }
    if requirement.strength == Strength::Shall {
        for (step, rows) in open_steps(inputs, kind) {
            for row in rows {
                if let Some(standing) = standings.get_mut(place(step.above, row)) {
                    standing.tally.unknown += 1;
                }
            }
        }
    }
}

/// Whether a clause is part of an indicator.
#[must_use]
pub fn is_part(catalog: &Catalog, part: &Clause, indicator: &Clause) -> bool {
    part_of(catalog, part, indicator).is_some()
}

/// Whether a clause is part of an indicator, and how: its characteristic, or an extension of it or of
/// one of its characteristics.
fn part_of(catalog: &Catalog, part: &Clause, indicator: &Clause) -> Option<ClauseKind> {
    if part.instrument != indicator.instrument {
        return None;
    }
    match part.kind {
        ClauseKind::Characteristic if part.parent.as_deref() == Some(&indicator.number) => {
            Some(ClauseKind::Characteristic)
        }
        ClauseKind::Extension => {
            let base = part.extends.as_deref()?;
            let parent = catalog.clause(&part.instrument, base).and_then(|c| c.parent.as_deref());
            (base == indicator.number || parent == Some(&indicator.number)).then_some(ClauseKind::Extension)
        }
        _ => None,
    }
}

fn indicator(inputs: &Inputs<'_>, clauses: &[Standings], indicator: &Clause, products: usize) -> Standings {
    let mut whole = vec![Standing::default(); products + 1];
    let mut parts = vec![Standing::default(); products + 1];
    for (part, standings) in inputs.catalog.clauses.iter().zip(clauses) {
        if part.number == indicator.number && part.instrument == indicator.instrument {
            join(&mut whole, Some(standings));
            continue;
        }
        match part_of(inputs.catalog, part, indicator) {
            Some(ClauseKind::Characteristic) => join(&mut parts, Some(standings)),
            Some(_) => join(&mut whole, Some(standings)),
            None => {}
        }
    }
    match indicator.aggregate {
        Aggregate::All => join(&mut whole, Some(&parts)),
        // The parts are shown, and do not count by themselves.
        Aggregate::One => {}
        Aggregate::Holistic => {
            // A ruling can only weigh what is there: what is unknown stays unknown.
            let judged = judged(inputs, indicator, products);
            for (place, (sum, part)) in whole.iter_mut().zip(&parts).enumerate() {
                sum.tally.add(&part.tally);
                sum.grade = sum.grade.max(part.grade);
                let verdict = match part.verdict {
                    Verdict::Gap => judged.get(place).copied().unwrap_or(Verdict::ToBeJudged),
                    other => other,
                };
                sum.verdict = sum.verdict.max(verdict);
            }
        }
    }
    whole
}

/// For a holistic clause with a gap in a part: what persons ruled over all things of a product, or
/// that it is still to be judged.
fn judged(inputs: &Inputs<'_>, indicator: &Clause, products: usize) -> Vec<Verdict> {
    let mut verdicts = vec![Verdict::NotApplicable; products + 1];
    for kind in 0..inputs.catalog.schema.kinds.len() {
        let kind = KindId(kind as u16);
        let requirements = under(inputs.catalog, &indicator.number, kind);
        let Some(things) = inputs.things.get(kind.0 as usize).filter(|_| !requirements.is_empty()) else {
            continue;
        };
        let column =
            inputs.evaluation.clause_column(inputs.catalog, inputs.universe, &indicator.number, kind);
        for row in things.iter_ones() {
            let part_gap = requirements.iter().any(|i| {
                inputs.evaluation.outcomes.get(*i).and_then(Option::as_ref).is_some_and(|o| o.gap.get(row))
            });
            let verdict = if column.met.get(row) {
                Verdict::Met
            } else if column.gap.get(row) {
                Verdict::Gap
            } else if part_gap {
                Verdict::ToBeJudged
            } else {
                Verdict::Unknown
            };
            let place = inputs.belonging.product_of(kind, row as u32).map_or(products, |p| p as usize);
            if let Some(sum) = verdicts.get_mut(place) {
                *sum = (*sum).max(verdict);
            }
        }
    }
    verdicts
}

/// One cell of the map of dimensions and stages: for the general column the indicators with their
/// characteristics, for a stage its extensions.
fn cells(
    inputs: &Inputs<'_>,
    rollup: &Rollup,
    index: usize,
    dimension: &Clause,
) -> Vec<(usize, String, Standing)> {
    let mut cells: Vec<(usize, String, Standing)> = vec![];
    for (other, clause) in inputs.catalog.clauses.iter().enumerate() {
        if clause.dimension != dimension.number || clause.instrument != dimension.instrument {
            continue;
        }
        let (stage, standings) = match clause.kind {
            ClauseKind::Indicator => ("general", rollup.wholes.get(other)),
            ClauseKind::Extension => (clause.stage.as_str(), rollup.clauses.get(other)),
            _ => continue,
        };
        let mut sum = Standing::default();
        for standing in standings.into_iter().flatten() {
            sum.join(standing);
        }
        match cells.iter_mut().find(|(_, s, _)| s == stage) {
            Some((_, _, cell)) => cell.join(&sum),
            None => cells.push((index, stage.to_owned(), sum)),
        }
    }
    cells
}
