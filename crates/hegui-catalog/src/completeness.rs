//! Whether a catalog leaves nothing of its sources out, and what it holds in all.
//!
//! What a source holds stands in `INSTRUMENT/items.toml` ([`Items`](crate::model::Items)): every item
//! that says something of its own, every action of the assessor, every clause by kind, every article.
//! [`gaps`] names what the catalog lacks of it; [`Totals`] counts.

use crate::model::{Catalog, ClauseKind, Instrument, Requirement, Rests, Strength};
use hegui_logic::plan::{Plan, Read};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// What a catalog lacks of one source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gaps {
    /// Leaves that no requirement covers.
    pub uncovered: Vec<String>,
    /// Leaves that are covered, and on which no case turns.
    pub unflipped: Vec<String>,
    /// What requirements cover and the source does not hold.
    pub foreign: Vec<String>,
    /// Actions of the assessor that stand in no clause.
    pub actions: Vec<String>,
    /// Clauses that are not there, or are of another kind than the source has them.
    pub clauses: Vec<String>,
    /// Clauses that are there by title only.
    pub pending: Vec<String>,
}

impl Gaps {
    /// Whether nothing is lacking.
    #[must_use]
    pub fn none(&self) -> bool {
        *self == Self::default()
    }
}

/// How much of a kind of item is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// So many are there.
    pub there: usize,
    /// Of so many that the source holds.
    pub of: usize,
}

/// What a catalog says of one instrument.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Clauses.
    pub clauses: usize,
    /// Requirements, by strength: shall, should, may.
    pub strengths: [usize; 3],
    /// Requirements, by stage.
    pub stages: BTreeMap<String, usize>,
    /// Leaves covered.
    pub leaves: Share,
    /// Leaves on which a case turns.
    pub flipped: Share,
    /// Assessor actions of the source.
    pub actions: Share,
    /// Actions that we derived.
    pub derived_actions: usize,
    /// Indicators.
    pub indicators: Share,
    /// Characteristics.
    pub characteristics: Share,
    /// Extension clauses.
    pub extensions: Share,
    /// Clauses of a dimension at a stage that the source leaves without an extension.
    pub without_extension: Share,
    /// Articles.
    pub articles: Share,
    /// Cases.
    pub cases: usize,
    /// Obligations (`shall`) that are decided by facts alone, none of them a say-so or a judgement.
    pub decided: usize,
    /// Obligations that read at least one fact that is neither, beside others.
    pub partly: usize,
    /// Obligations that rest on say-so or judgement alone.
    pub word: usize,
}

/// What an instrument's catalog lacks of its source; nothing where the source's items are not listed.
#[must_use]
pub fn gaps(catalog: &Catalog, instrument: &Instrument) -> Gaps {
    let items = &instrument.items;
    let mut gaps = Gaps::default();
    let covered: BTreeSet<&str> =
        requirements(catalog, instrument).flat_map(|r| &r.covers).map(String::as_str).collect();
    let flipped: BTreeSet<&str> = flips(catalog, instrument).collect();
    for leaf in &items.leaves {
        if !covered.contains(leaf.as_str()) {
            gaps.uncovered.push(leaf.clone());
        } else if !flipped.contains(leaf.as_str()) {
            gaps.unflipped.push(leaf.clone());
        }
    }
    if !items.leaves.is_empty() {
        let known: BTreeSet<&str> = items.leaves.iter().chain(&items.groups).map(String::as_str).collect();
        // The appendices have no items of their own; their tests name what they hold.
        let test = |r: &&Requirement| {
            catalog.clause(&r.instrument, &r.clause).is_some_and(|c| c.kind == ClauseKind::Test)
        };
        let named = requirements(catalog, instrument).filter(|r| !test(r)).flat_map(|r| &r.covers);
        let foreign: BTreeSet<&str> = named.map(String::as_str).filter(|c| !known.contains(c)).collect();
        gaps.foreign = foreign.into_iter().map(str::to_owned).collect();
    }
    let there: BTreeSet<String> = actions(catalog, instrument);
    gaps.actions = items.actions.iter().filter(|a| !there.contains(*a)).cloned().collect();
    for (kind, numbers) in kinds(instrument) {
        for number in numbers {
            match catalog.clause(&instrument.id, number) {
                Some(clause) if clause.kind == kind => {
                    if clause.pending {
                        gaps.pending.push(number.clone());
                    }
                }
                _ => gaps.clauses.push(number.clone()),
            }
        }
    }
    gaps
}

/// The kinds of clause that a source lists, with the numbers.
fn kinds(instrument: &Instrument) -> [(ClauseKind, &Vec<String>); 6] {
    let items = &instrument.items;
    [
        (ClauseKind::Indicator, &items.indicators),
        (ClauseKind::Characteristic, &items.characteristics),
        (ClauseKind::Exemption, &items.exemptions),
        (ClauseKind::Extension, &items.extensions),
        (ClauseKind::StageDimension, &items.without_extension),
        (ClauseKind::Article, &items.articles),
    ]
}

fn requirements<'a>(
    catalog: &'a Catalog,
    instrument: &'a Instrument,
) -> impl Iterator<Item = &'a Requirement> {
    catalog.requirements.iter().filter(|r| r.instrument == instrument.id)
}

fn flips<'a>(catalog: &'a Catalog, instrument: &'a Instrument) -> impl Iterator<Item = &'a str> {
    requirements(catalog, instrument).flat_map(|r| &r.cases).flat_map(|c| &c.flips).map(|f| f.item.as_str())
}

/// The actions that stand in the catalog and are the source's own, as `clause#number`.
fn actions(catalog: &Catalog, instrument: &Instrument) -> BTreeSet<String> {
    let clauses = catalog.clauses.iter().filter(|c| c.instrument == instrument.id);
    let own = clauses.flat_map(|c| c.actions.iter().filter(|a| !a.derived).map(move |a| (c, a)));
    own.map(|(clause, action)| {
        let source = if action.source.is_empty() { &clause.number } else { &action.source };
        format!("{source}#{}", action.n)
    })
    .collect()
}

/// Requirements drawn for a review: the order is that of SHA-256 over the seed and the requirement's
/// instrument and id, so nobody chooses them, and anyone can draw the same again. The seed is the
/// catalog's hash, unless an earlier draw is to be repeated.
#[must_use]
pub fn draw<'a>(catalog: &'a Catalog, seed: &str, count: usize) -> Vec<&'a Requirement> {
    let rank =
        |r: &&Requirement| -> [u8; 32] { Sha256::digest(format!("{seed}/{}/{}", r.instrument, r.id)).into() };
    let mut all: Vec<&Requirement> = catalog.requirements.iter().collect();
    all.sort_by_cached_key(rank);
    all.truncate(count);
    all
}

/// Counts what the catalog says of an instrument.
#[must_use]
pub fn totals(catalog: &Catalog, instrument: &Instrument) -> Totals {
    let (items, lacking) = (&instrument.items, gaps(catalog, instrument));
    let covered = items.leaves.len() - lacking.uncovered.len();
    let mut totals = Totals {
        leaves: Share { there: covered, of: items.leaves.len() },
        flipped: Share { there: covered - lacking.unflipped.len(), of: items.leaves.len() },
        actions: Share { there: items.actions.len() - lacking.actions.len(), of: items.actions.len() },
        ..Totals::default()
    };
    let absent: BTreeSet<&String> = lacking.clauses.iter().chain(&lacking.pending).collect();
    let share = |numbers: &[String]| Share {
        there: numbers.iter().filter(|n| !absent.contains(n)).count(),
        of: numbers.len(),
    };
    totals.indicators = share(&items.indicators);
    totals.characteristics = share(&items.characteristics);
    totals.extensions = share(&items.extensions);
    totals.without_extension = share(&items.without_extension);
    totals.articles = share(&items.articles);
    for clause in catalog.clauses.iter().filter(|c| c.instrument == instrument.id) {
        totals.clauses += 1;
        totals.derived_actions += clause.actions.iter().filter(|a| a.derived).count();
    }
    for requirement in requirements(catalog, instrument) {
        count(catalog, requirement, &mut totals);
    }
    totals
}

fn count(catalog: &Catalog, requirement: &Requirement, totals: &mut Totals) {
    let [shall, should, may] = &mut totals.strengths;
    *match requirement.strength {
        Strength::Shall => shall,
        Strength::Should => should,
        Strength::May => may,
    } += 1;
    totals.cases += requirement.cases.len();
    let clause = catalog.clause(&requirement.instrument, &requirement.clause);
    let stage = clause.map_or("general", |c| &c.stage);
    *totals.stages.entry(stage.to_owned()).or_default() += 1;
    if requirement.strength == Strength::Shall {
        let rests = rests_on(catalog, requirement);
        let soft = |r: &Rests| matches!(r, Rests::Word | Rests::Judgement);
        match (rests.iter().any(|r| !soft(r)), rests.iter().any(soft)) {
            (true, false) => totals.decided += 1,
            (true, true) => totals.partly += 1,
            (false, _) => totals.word += 1,
        }
    }
}

/// What a requirement's check rests on. A list of things is structure; another clause's outcome rests
/// on what that clause does.
#[must_use]
pub fn rests_on(catalog: &Catalog, requirement: &Requirement) -> BTreeSet<Rests> {
    let mut found = BTreeSet::new();
    let mut todo = vec![requirement];
    let mut seen = BTreeSet::new();
    while let Some(next) = todo.pop() {
        if !seen.insert(next.id.as_str()) {
            continue;
        }
        for read in next.check_plan.iter().flat_map(Plan::reads) {
            match read {
                Read::Fact(kind, field) => {
                    let entry = catalog.fact(kind, field);
                    // References to the parent and to a declaration's document were put in by the catalog.
                    found.insert(entry.map_or(Rests::Structure, |e| {
                        if e.generated && e.question.zh.is_empty() { Rests::Structure } else { e.rests }
                    }));
                }
                Read::Relation(..) => drop(found.insert(Rests::Structure)),
                Read::Outcome(_) => {}
            }
        }
        let names = next.check_plan.iter().flat_map(|p| &p.outcomes).map(|(name, _)| name.as_str());
        for name in names {
            todo.extend(catalog.requirements.iter().filter(|r| r.id == name || r.clause == name));
        }
    }
    found
}
