//! One assessment: the facts at two dates, all outcomes, and what can be read from them.
//!
//! Rulings are laid over the computed outcomes in two steps. First everything is evaluated without
//! them; then each ruling's parts are fingerprinted, and those that were given on other parts than
//! there are now do not stand: they are shown as stale. What stands is laid over, and evaluated again.

use crate::doubt::{self, Doubt};
use crate::evaluate::{Evaluation, Overlay, Overlays, under};
use crate::object::{Included, included};
use crate::question::{Question, Seeker, questions};
use crate::rollup::{Grade, Inputs, Rollup, roll_up};
use crate::scope::{self, Belonging, Object};
use crate::view::FactView;
use hegui_catalog::model::{Catalog, Requirement};
use hegui_logic::error::nearest;
use hegui_logic::schema::KindId;
use hegui_logic::single::Explanation;
use hegui_logic::universe::{FactKey, Value};
use hegui_register::{Assessed, OutcomeRuling, Register, RulingTarget};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

/// Why an assessment cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The profile is not in the catalog.
    #[error("no profile `{name}`; there are {known}{}", near.as_ref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    UnknownProfile {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: String,
        /// The one that may have been meant.
        near: Option<String>,
    },
    /// An activity of the object belongs to none of its products.
    #[error(
        "`{activity}` belongs to `{product}`, which is not among the products named; name that product, or none"
    )]
    Stray {
        /// The activity.
        activity: String,
        /// The product that it belongs to.
        product: String,
    },
}

/// A ruling, and whether it still stands.
#[derive(Clone, Debug)]
pub struct Ruled<'a> {
    /// The ruling as the register holds it.
    pub ruling: &'a OutcomeRuling,
    /// Whether a part that it weighed has changed since.
    pub stale: bool,
}

/// Found by requirement and row.
pub type ByFinding<T> = BTreeMap<(usize, u32), T>;

/// An assessment.
pub struct Assessment<'a> {
    /// The catalog.
    pub catalog: &'a Catalog,
    /// The register.
    pub register: &'a Register,
    /// The facts at the two dates, and where each comes from.
    pub assessed: Assessed,
    /// What is assessed.
    pub object: Object,
    /// All outcomes.
    pub evaluation: Evaluation,
    /// Where things belong.
    pub belonging: Belonging,
    /// The things assessed, and those whose lists belong to the object.
    pub included: Included,
    /// Rulings on outcomes.
    pub rulings: Vec<Ruled<'a>>,
    /// Findings that rest on a sample, met or in doubt: the sampled fact.
    pub sampled: ByFinding<FactKey>,
    /// What samples with deviations leave open.
    pub doubt: Option<Doubt>,
    /// Where in `rulings` those on a thing stand.
    ruled: HashMap<(KindId, u32), Vec<usize>>,
    /// Facts as they were shown, with the value that they were shown with.
    pub(crate) viewed: Mutex<HashMap<(FactKey, Option<Value>), FactView>>,
}

impl<'a> Assessment<'a> {
    /// Assesses.
    ///
    /// # Errors
    /// When the profile is not in the catalog.
    pub fn new(catalog: &'a Catalog, register: &'a Register, object: Object) -> Result<Self, Error> {
        if !catalog.profiles.contains_key(&object.profile) {
            let names = catalog.profiles.keys().map(String::as_str);
            return Err(Error::UnknownProfile {
                near: nearest(&object.profile, names.clone()),
                known: names.map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", "),
                name: object.profile,
            });
        }
        let mut assessed = register.universe(catalog, object.as_of, object.known_on);
        let evaluation =
            Evaluation::new(catalog, &mut assessed.universe, &object.profile, Overlays::default());
        let belonging = Belonging::new(&catalog.schema, &assessed.universe);
        if let Some((activity, product)) = belonging.stray(&catalog.schema, &object) {
            return Err(stray(catalog, register, activity, product));
        }
        let included = included(&catalog.schema, &assessed.universe, &object, &belonging);
        let mut assessment = Self {
            catalog,
            register,
            assessed,
            object,
            evaluation,
            belonging,
            included,
            rulings: vec![],
            sampled: BTreeMap::new(),
            doubt: None,
            ruled: HashMap::new(),
            viewed: Mutex::default(),
        };
        assessment.doubt = doubt::cast(catalog, &mut assessment.assessed, &mut assessment.evaluation);
        assessment.rule();
        assessment.sampled = doubt::sampled(&assessment);
        Ok(assessment)
    }

    /// Lays the rulings that stand over the computed outcomes.
    fn rule(&mut self) {
        let known = self.object.known_on;
        let rulings: Vec<&OutcomeRuling> =
            self.register.outcome_rulings().iter().filter(|r| r.on <= known).collect();
        if rulings.is_empty() {
            return;
        }
        let ruled: Vec<Ruled<'a>> = {
            let seeker = Seeker::new(self.catalog, &self.assessed.universe, &self.evaluation);
            let stale = |r: &OutcomeRuling| r.weighed.as_ref().is_some_and(|w| *w != self.weigh(&seeker, r));
            rulings.into_iter().map(|ruling| Ruled { ruling, stale: stale(ruling) }).collect()
        };
        // What a sample proves stands, unless a person says otherwise.
        let mut overlays = self.doubt.as_ref().map(Doubt::overlays).unwrap_or_default();
        for Ruled { ruling, .. } in ruled.iter().filter(|r| !r.stale) {
            let overlay = Overlay { row: ruling.row, outcome: ruling.outcome };
            match &ruling.target {
                RulingTarget::Requirement(id) => {
                    if let Some(index) = self.catalog.requirements.iter().position(|r| r.id == *id) {
                        overlays.requirements.entry(index).or_default().push(overlay);
                    }
                }
                RulingTarget::Clause(number) => {
                    overlays.clauses.entry((number.clone(), ruling.kind)).or_default().push(overlay);
                }
            }
        }
        for (at, Ruled { ruling, .. }) in ruled.iter().enumerate() {
            self.ruled.entry((ruling.kind, ruling.row)).or_default().push(at);
        }
        self.rulings = ruled;
        self.evaluation.rule(self.catalog, &mut self.assessed.universe, overlays);
        if let Some(doubt) = &self.doubt {
            doubt.tidy(&mut self.evaluation);
        }
    }

    /// The rulings on a thing.
    fn rulings_on(&self, kind: KindId, row: u32) -> impl Iterator<Item = &Ruled<'a>> {
        let places = self.ruled.get(&(kind, row)).into_iter().flatten();
        places.filter_map(|place| self.rulings.get(*place))
    }

    /// The fingerprint of what a ruling weighs.
    fn weigh(&self, seeker: &Seeker<'_>, ruling: &OutcomeRuling) -> String {
        match &ruling.target {
            RulingTarget::Requirement(id) => {
                let index = self.catalog.requirements.iter().position(|r| r.id == *id);
                self.fingerprint(seeker, &index.into_iter().collect::<Vec<_>>(), ruling.row)
            }
            RulingTarget::Clause(number) => {
                self.fingerprint(seeker, &under(self.catalog, number, ruling.kind), ruling.row)
            }
        }
    }

    /// A fingerprint of the parts of some requirements for a thing: the facts that each of them read,
    /// with their values, and the requirements' own wording.
    #[must_use]
    pub fn fingerprint(&self, seeker: &Seeker<'_>, requirements: &[usize], row: u32) -> String {
        let mut hash = Sha256::new();
        for index in requirements {
            let Some(requirement) = self.catalog.requirements.get(*index) else { continue };
            hash.update(format!("{}\n{:?}\n{}\n", requirement.id, requirement.when, requirement.check));
            let Some((when, check)) = seeker.bound(*index) else { continue };
            let mut parts = vec![];
            for bound in when.into_iter().chain([check]) {
                collect(&bound.explain(row), &mut parts);
            }
            let mut lines: Vec<String> = parts
                .iter()
                .map(|(key, value)| {
                    format!("{} = {}\n", self.assessed.path(key), self.value_text(key, *value))
                })
                .collect();
            lines.sort();
            lines.dedup();
            lines.iter().for_each(|line| hash.update(line));
        }
        hash.finalize().iter().take(8).fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
    }

    /// A value in a form that stays the same as long as the fact does.
    fn value_text(&self, key: &FactKey, value: Option<Value>) -> String {
        match value {
            None => "unknown".to_owned(),
            Some(value) => {
                crate::words::code(self.catalog, &self.assessed.universe, key, value, &|kind, row| {
                    self.thing(kind, row)
                })
            }
        }
    }

    /// The grade that a standing ruling gave to a finding or to its clause.
    #[must_use]
    pub fn grade(&self, requirement: &str, kind: KindId, row: u32) -> Option<Grade> {
        let clause = self.catalog.requirement(requirement).map(|r| r.clause.as_str());
        self.rulings_on(kind, row)
            .filter(|r| !r.stale)
            .filter(|r| match &r.ruling.target {
                RulingTarget::Requirement(id) => id == requirement,
                RulingTarget::Clause(number) => clause.is_some_and(|c| scope::clause_matches(number, c)),
            })
            .filter_map(|r| match r.ruling.grade.as_deref() {
                Some("major") => Some(Grade::Major),
                Some("minor") => Some(Grade::Minor),
                _ => None,
            })
            .max()
    }

    /// Calls a function with what the roll-up and the questions read.
    fn with_inputs<T>(&self, f: impl FnOnce(&Inputs<'_>) -> T) -> T {
        let grade = |requirement: &str, kind: KindId, row: u32| self.grade(requirement, kind, row);
        f(&Inputs {
            catalog: self.catalog,
            profile: &self.object.profile,
            universe: &self.assessed.universe,
            evaluation: &self.evaluation,
            things: &self.included.things,
            lists: &self.included.lists,
            belonging: &self.belonging,
            sampled: &self.sampled,
            grade: &grade,
            closing: self.object.closing,
        })
    }

    /// The verdicts of clauses, indicators, dimensions and stages.
    #[must_use]
    pub fn rollup(&self) -> Rollup {
        self.with_inputs(roll_up)
    }

    /// All questions, the weightiest first.
    #[must_use]
    pub fn questions(&self, seeker: &Seeker<'_>) -> Vec<Question> {
        self.with_inputs(|inputs| questions(inputs, seeker))
    }

    /// Relations above a kind that are still open, with the rows at which they are.
    pub(crate) fn open_steps(&self, kind: KindId) -> Vec<(scope::Step, Vec<u32>)> {
        self.with_inputs(|inputs| crate::rollup::open_steps(inputs, kind))
    }

    /// What finds out what is missing, and why an outcome is what it is.
    #[must_use]
    pub fn seeker(&self) -> Seeker<'_> {
        Seeker::new(self.catalog, &self.assessed.universe, &self.evaluation)
    }

    /// The ruling on a requirement for a thing, standing or stale; the latest counts.
    #[must_use]
    pub fn ruling_on(&self, requirement: &Requirement, kind: KindId, row: u32) -> Option<&Ruled<'a>> {
        self.rulings_on(kind, row)
            .filter(|r| matches!(&r.ruling.target, RulingTarget::Requirement(id) if *id == requirement.id))
            .max_by_key(|r| (!r.stale, r.ruling.on))
    }
}

fn stray(catalog: &Catalog, register: &Register, activity: u32, product: Option<u32>) -> Error {
    let path = |kind: &str, row: u32| {
        let kind = catalog.schema.kind_named(kind);
        kind.map(|kind| register.thing(&catalog.schema, kind, row)).unwrap_or_default()
    };
    let product = product.map_or_else(|| "no product".to_owned(), |row| path("product", row));
    Error::Stray { activity: path("activity", activity), product }
}

/// All facts of an explanation.
fn collect(explanation: &Explanation, into: &mut Vec<(FactKey, Option<Value>)>) {
    into.extend(explanation.facts.iter().cloned());
    explanation.parts.iter().for_each(|part| collect(part, into));
}
