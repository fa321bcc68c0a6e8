//! What to ask next: the missing facts of all unknown findings, ranked by how much an answer settles.
//!
//! The questionnaire is derived: a fact is asked because some outcome waits for it, and no longer when
//! none does. A finding that waits for `n` facts gives each of them a share of `1/n`; a question's
//! **weight** is the sum of its shares, so that what settles much at once comes first.
//!
//! Many findings can wait for the same long list of facts (the data of an activity, for each of its
//! bases). Such a list is worked out once, and counted once with the number of findings behind it.

use crate::evaluate::{Evaluation, under};
use crate::rollup::{Inputs, open_steps};
use hegui_catalog::model::{Catalog, Strength};
use hegui_logic::schema::KindId;
use hegui_logic::single::{Bound, InList, waiting};
use hegui_logic::truth::Outcome;
use hegui_logic::universe::{FactKey, Universe};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// How many of the findings behind a question are named.
const NAMED_FINDINGS: usize = 10;

/// A fact that somebody should be asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The fact.
    pub key: FactKey,
    /// Findings that wait for this fact alone.
    pub settles: usize,
    /// Findings that wait for it, perhaps among others.
    pub concerns: usize,
    /// The sum of its shares in the findings that wait for it.
    pub weight: f64,
    /// The first findings behind it: the requirement's index, and the row that it is about.
    pub findings: Vec<(usize, u32)>,
}

/// The facts that a finding waits for.
#[derive(Clone, Debug, Default)]
pub struct Waits {
    own: BTreeSet<FactKey>,
    /// What other findings wait for as well; none of it is in `own`.
    shared: Option<Facts>,
}

impl Waits {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.own.len() + self.shared.as_ref().map_or(0, |shared| shared.len())
    }

    /// Whether the finding waits for nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The facts, those first that no list lacks.
    pub fn iter(&self) -> impl Iterator<Item = &FactKey> {
        self.own.iter().chain(self.shared.iter().flat_map(|shared| shared.iter()))
    }
}

/// A place in memory, as the name of what is shared; what it names is kept alive beside it.
type Place = usize;

/// Facts that several findings wait for.
type Facts = Arc<BTreeSet<FactKey>>;

/// Works out what is missing, one requirement and thing at a time, and remembers it.
pub struct Seeker<'a> {
    catalog: &'a Catalog,
    universe: &'a Universe,
    evaluation: &'a Evaluation,
    bounds: Vec<(Option<Bound<'a>>, Option<Bound<'a>>)>,
    found: RefCell<HashMap<(usize, u32), Arc<Waits>>>,
    lists: RefCell<HashMap<Place, (Arc<InList>, Facts)>>,
    unions: RefCell<HashMap<Vec<Place>, Facts>>,
}

impl<'a> Seeker<'a> {
    /// Prepares the plans of all requirements.
    #[must_use]
    pub fn new(catalog: &'a Catalog, universe: &'a Universe, evaluation: &'a Evaluation) -> Self {
        let bounds = catalog
            .requirements
            .iter()
            .map(|r| {
                let bind = |plan| Bound::new(plan, universe).remembering();
                (r.when_plan.as_ref().map(bind), r.check_plan.as_ref().map(bind))
            })
            .collect();
        Self {
            catalog,
            universe,
            evaluation,
            bounds,
            found: RefCell::default(),
            lists: RefCell::default(),
            unions: RefCell::default(),
        }
    }

    /// The plans of a requirement, bound to the facts: `when` and `check`.
    #[must_use]
    pub fn bound(&self, index: usize) -> Option<(Option<&Bound<'a>>, &Bound<'a>)> {
        let (when, check) = self.bounds.get(index)?;
        Some((when.as_ref(), check.as_ref()?))
    }

    /// The facts that an unknown finding waits for, in the end: what `met(…)` waits for is followed
    /// down to facts, or to the judgement on a holistic clause. Empty for a finding that is settled.
    #[must_use]
    pub fn missing(&self, index: usize, row: u32) -> Arc<Waits> {
        if let Some(known) = self.found.borrow().get(&(index, row)) {
            return Arc::clone(known);
        }
        // What asks for itself waits for nothing more by that.
        self.found.borrow_mut().insert((index, row), Arc::default());
        let outcome =
            self.evaluation.outcomes.get(index).and_then(Option::as_ref).map(|o| o.get(row as usize));
        let waits =
            if outcome == Some(Outcome::Unknown) { self.collect(index, row) } else { Waits::default() };
        let waits = Arc::new(waits);
        self.found.borrow_mut().insert((index, row), Arc::clone(&waits));
        waits
    }

    fn collect(&self, index: usize, row: u32) -> Waits {
        let Some((when, check)) = self.bound(index) else { return Waits::default() };
        let waiting = waiting(when, check, &self.catalog.schema, row);
        let mut own = BTreeSet::new();
        let mut shared: Vec<Facts> = waiting.shared.iter().map(|list| self.resolve(list)).collect();
        for key in waiting.facts {
            self.take_in(key, &mut own, &mut shared);
        }
        if let Some(requirement) = self.catalog.requirements.get(index)
            && let Some(kind) = requirement.scope
        {
            own.extend(self.evaluation.missing_role(self.catalog, self.universe, index, (kind, row)));
            if let Some(field) = requirement.occurrence
                && self.universe.value(kind, row, field).is_none()
                && own.is_empty()
                && shared.is_empty()
            {
                own.insert(FactKey::Fact(kind, row, field));
            }
        }
        self.apart(own, shared)
    }

    /// Keeps what is shared as one set, and what is own apart from it.
    fn apart(&self, mut own: BTreeSet<FactKey>, mut shared: Vec<Facts>) -> Waits {
        shared.sort_unstable_by_key(|set| Arc::as_ptr(set) as Place);
        shared.dedup_by_key(|set| Arc::as_ptr(set) as Place);
        let shared = match shared.as_slice() {
            [] => None,
            [one] => Some(Arc::clone(one)),
            several => Some(self.union(several)),
        };
        if let Some(shared) = &shared {
            own.retain(|key| !shared.contains(key));
        }
        Waits { own, shared }
    }

    fn union(&self, sets: &[Facts]) -> Facts {
        let name: Vec<Place> = sets.iter().map(|set| Arc::as_ptr(set) as Place).collect();
        let mut unions = self.unions.borrow_mut();
        let all = || Arc::new(sets.iter().flat_map(|set| set.iter().cloned()).collect());
        Arc::clone(unions.entry(name).or_insert_with(all))
    }

    /// What the members of a list lack, followed down to facts.
    fn resolve(&self, list: &Arc<InList>) -> Facts {
        let place = Arc::as_ptr(list) as Place;
        if let Some((_, known)) = self.lists.borrow().get(&place) {
            return Arc::clone(known);
        }
        let (mut own, mut shared) = (BTreeSet::new(), vec![]);
        for key in list.facts.keys() {
            self.take_in(key.clone(), &mut own, &mut shared);
        }
        own.extend(shared.iter().flat_map(|set| set.iter().cloned()));
        let found = Arc::new(own);
        self.lists.borrow_mut().insert(place, (Arc::clone(list), Arc::clone(&found)));
        found
    }

    /// A fact as it is; an outcome as what is missing below it.
    fn take_in(&self, key: FactKey, own: &mut BTreeSet<FactKey>, shared: &mut Vec<Facts>) {
        let FactKey::Outcome(name, kind, row) = &key else {
            own.insert(key);
            return;
        };
        let mut below = false;
        for index in under(self.catalog, name, *kind) {
            let waits = self.missing(index, *row);
            below |= !waits.is_empty();
            own.extend(waits.own.iter().cloned());
            shared.extend(waits.shared.clone());
        }
        // Nothing is missing below, and yet it is open: a person has to weigh a holistic clause.
        if !below {
            own.insert(key);
        }
    }
}

/// All questions, the weightiest first.
#[must_use]
pub fn questions(inputs: &Inputs<'_>, seeker: &Seeker<'_>) -> Vec<Question> {
    let mut asked = Asked::default();
    for index in &inputs.evaluation.selected {
        let (Some(requirement), Some(Some(outcomes))) =
            (inputs.catalog.requirements.get(*index), inputs.evaluation.outcomes.get(*index))
        else {
            continue;
        };
        let Some(kind) = requirement.scope else { continue };
        let Some(things) = inputs.things.get(kind.0 as usize) else { continue };
        for row in outcomes.unknown.and(things).iter_ones() {
            asked.finding(&seeker.missing(*index, row as u32), (*index, row as u32));
        }
        if requirement.strength == Strength::Shall {
            asked.existence(inputs, *index, kind);
        }
    }
    asked.finish()
}

/// Findings behind a fact, or behind each fact of a shared list.
#[derive(Clone, Debug, Default)]
struct Behind {
    settles: usize,
    concerns: usize,
    weight: f64,
    findings: Vec<(usize, u32)>,
}

impl Behind {
    fn add(&mut self, n: usize, finding: (usize, u32)) {
        self.settles += usize::from(n == 1);
        self.concerns += 1;
        self.weight += 1.0 / n as f64;
        if self.findings.len() < NAMED_FINDINGS {
            self.findings.push(finding);
        }
    }

    fn join(&mut self, other: &Self) {
        self.settles += other.settles;
        self.concerns += other.concerns;
        self.weight += other.weight;
        let room = NAMED_FINDINGS - self.findings.len().min(NAMED_FINDINGS);
        self.findings.extend(other.findings.iter().take(room));
    }
}

#[derive(Default)]
struct Asked {
    facts: BTreeMap<FactKey, Behind>,
    lists: Vec<(Facts, Behind)>,
    places: HashMap<Place, usize>,
}

impl Asked {
    fn finding(&mut self, waits: &Waits, finding: (usize, u32)) {
        let n = waits.len();
        for key in &waits.own {
            self.facts.entry(key.clone()).or_default().add(n, finding);
        }
        if let Some(shared) = &waits.shared {
            let lists = &mut self.lists;
            let place = *self.places.entry(Arc::as_ptr(shared) as Place).or_insert_with(|| {
                lists.push((Arc::clone(shared), Behind::default()));
                lists.len() - 1
            });
            if let Some((_, behind)) = self.lists.get_mut(place) {
                behind.add(n, finding);
            }
        }
    }

    /// Things that nobody has mentioned may be there: is the list above complete?
    fn existence(&mut self, inputs: &Inputs<'_>, index: usize, kind: KindId) {
        for (step, rows) in open_steps(inputs, kind) {
            for row in rows {
                let key = FactKey::Complete(step.above, row, step.relation);
                self.facts.entry(key).or_default().add(1, (index, row));
            }
        }
    }

    fn finish(self) -> Vec<Question> {
        let mut facts = self.facts;
        for (list, behind) in &self.lists {
            for key in list.iter() {
                facts.entry(key.clone()).or_default().join(behind);
            }
        }
        let mut questions: Vec<Question> = facts
            .into_iter()
            .map(|(key, Behind { settles, concerns, weight, findings })| Question {
                key,
                settles,
                concerns,
                weight,
                findings,
            })
            .collect();
        questions.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.key.cmp(&b.key)));
        questions
    }
}
