//! What everything is checked against: one version of the register, evaluated by the catalog on one day.

use crate::refusal::{LISTED, Reason, Refusal, RefusalText, Why, refusal_texts};
use crate::template::{Template, templates};
use hegui_assess::assessment::Assessment;
use hegui_assess::scope::{self, Object};
use hegui_catalog::Catalog;
use hegui_decide::Since;
use hegui_decide::compile::Source;
use hegui_decide::conditions::Conditions;
use hegui_decide::directory::{Directory, Full};
use hegui_decide::question::Stage;
use hegui_decide::rules::Rules;
use hegui_logic::schema::{KindId, Type};
use hegui_logic::universe::{Universe, Value};
use hegui_register::Register;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The profile by which the register is evaluated: all of the catalog.
const PROFILE: &str = "full";

/// Why there is nothing to stand on.
#[derive(Debug, thiserror::Error)]
pub enum GroundError {
    /// The register cannot be assessed.
    #[error(transparent)]
    Assess(#[from] hegui_assess::assessment::Error),
    /// The table of conditions does not fit the catalog.
    #[error(transparent)]
    Conditions(#[from] hegui_decide::conditions::Error),
    /// The register names too many types of data.
    #[error(transparent)]
    Types(#[from] Full),
    /// A table of this crate does not fit the catalog.
    #[error("{table}: {message}")]
    Table {
        /// Which.
        table: &'static str,
        /// What is wrong.
        message: String,
    },
}

/// One version of the register on one day.
#[derive(Debug)]
pub struct Ground {
    /// The catalog.
    pub catalog: Arc<Catalog>,
    /// The register.
    pub register: Register,
    /// Its version, which decisions name.
    pub version: u64,
    /// Its facts on the day, with the outcomes that rules and templates read.
    pub universe: Universe,
    /// The requirements in force on the day, by their places in the catalog.
    pub(crate) in_force: Vec<usize>,
    pub(crate) templates: Vec<Template>,
    pub(crate) refusals: BTreeMap<String, RefusalText>,
    conditions: Conditions,
    items: BTreeMap<String, Item>,
}

/// What the register holds of an item that can be asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// The activity that it belongs to.
    pub activity: String,
    /// At which stages.
    pub stages: BTreeSet<Stage>,
    /// The types of data that the register lists for it, by code.
    pub types: BTreeSet<String>,
}

impl Ground {
    /// Evaluates a register on a day, given in seconds of China's wall clock since 1970.
    ///
    /// # Errors
    /// When the register does not fit the catalog, or a table of the program does not.
    pub fn new(
        catalog: Arc<Catalog>,
        register: Register,
        version: u64,
        as_of: i64,
    ) -> Result<Self, GroundError> {
        let conditions = Conditions::embedded(&catalog)?;
        let object = Object {
            profile: PROFILE.to_owned(),
            as_of,
            known_on: as_of,
            products: vec![],
            activities: vec![],
            closing: false,
        };
        let assessment = Assessment::new(&catalog, &register, object)?;
        let mut universe = assessment.assessed.universe.clone();
        for (name, kind) in conditions.outcomes() {
            let column = assessment.evaluation.clause_column(&catalog, &universe, &name, kind);
            universe.outcomes.insert((name, kind), column);
        }
        let templates = templates(&catalog)?;
        for (name, kind) in templates.iter().flat_map(Template::outcomes) {
            let column = assessment.evaluation.clause_column(&catalog, &universe, &name, kind);
            universe.outcomes.insert((name, kind), column);
        }
        drop(assessment);
        let mut ground = Self {
            in_force: scope::requirements(&catalog, PROFILE, as_of),
            refusals: refusal_texts(&catalog)?,
            templates,
            catalog,
            register,
            version,
            universe,
            conditions,
            items: BTreeMap::new(),
        };
        let mut directory = Directory::default();
        let rules = ground.rules(&mut directory, &|_| Since::default())?;
        for offer in rules.offers() {
            let name = |thing| directory.name(thing).unwrap_or_default().to_owned();
            let item = ground.items.entry(name(offer.item)).or_default();
            item.activity = name(offer.activity);
            item.stages.insert(offer.stage);
            item.types.extend(directory.type_codes(offer.types).map(str::to_owned));
        }
        Ok(ground)
    }

    /// The rules of this register; things that it names get numbers in the directory. `since` gives the
    /// versions of notice and consent that suffice for an item, by its name.
    ///
    /// # Errors
    /// When the register names more than 64 types of data.
    pub fn rules(&self, directory: &mut Directory, since: &dyn Fn(&str) -> Since) -> Result<Rules, Full> {
        let thing = |kind, row| self.register.thing(&self.catalog.schema, kind, row);
        let (catalog, universe) = (&*self.catalog, &self.universe);
        let source = Source { catalog, universe, version: self.version, thing: &thing, since };
        Rules::compile(&self.conditions, source, directory)
    }

    /// A refusal in the words of the table.
    pub(crate) fn refusal(&self, reason: Reason, field: &'static str, mut lacking: Vec<String>) -> Refusal {
        lacking.truncate(LISTED);
        let entry = self.refusals.get(reason.id());
        let (clause, text, remedy) = entry.map_or_else(Default::default, |entry| {
            (entry.clause.clone(), entry.text.clone(), entry.remedy.clone())
        });
        Why { reason, clause, field, lacking, text, remedy }.into()
    }

    /// What the register holds of an item, if it holds it.
    #[must_use]
    pub fn item(&self, name: &str) -> Option<&Item> {
        self.items.get(name)
    }

    /// The names of all items.
    pub fn items(&self) -> impl Iterator<Item = &str> {
        self.items.keys().map(String::as_str)
    }

    /// The thing with this name, if the register has it and it is of this kind.
    #[must_use]
    pub fn thing(&self, kind: &str, name: &str) -> Option<(KindId, u32)> {
        let wanted = self.catalog.schema.kind_named(kind)?;
        self.register.find(&self.catalog.schema, name).ok().filter(|(found, _)| *found == wanted)
    }

    /// The codes that a fact can have; none where it is no list or is not in the dictionary.
    #[must_use]
    pub fn codes(&self, kind: &str, fact: &str) -> &[String] {
        let schema = &self.catalog.schema;
        let field = schema.kind_named(kind).map(|kind| schema.kind(kind)).and_then(|kind| {
            let field = kind.field_named(fact)?;
            Some(kind.field(field).ty)
        });
        match field {
            Some(Type::Enum(list) | Type::Set(list)) => schema.values(list),
            _ => &[],
        }
    }

    /// The value of a fact of a thing, where it is known.
    #[must_use]
    pub fn value(&self, kind: &str, name: &str, fact: &str) -> Option<Value> {
        let (kind, row) = self.thing(kind, name)?;
        let field = self.catalog.schema.kind(kind).field_named(fact)?;
        self.universe.value(kind, row, field)
    }

    /// When the retention that the register gives an activity ends, for information collected at a
    /// moment, both in milliseconds since 1970 (UTC); `None` where the register gives no number of days
    /// (6.4.4.1).
    #[must_use]
    pub fn retention_end(&self, activity: &str, collected_ms: i64) -> Option<i64> {
        match self.value("activity", activity, "retention_days")? {
            Value::Number(days) if days >= 0 => {
                collected_ms.checked_add(days.checked_mul(24 * 60 * 60 * 1000)?)
            }
            _ => None,
        }
    }

    /// The systems that hold the information of an activity: those that support its product (5.11.5).
    #[must_use]
    pub fn systems_of(&self, activity: &str) -> Vec<String> {
        let schema = &self.catalog.schema;
        let Some(Value::Thing(product)) = self.value("activity", activity, "product") else { return vec![] };
        let Some(system) = schema.kind_named("system") else { return vec![] };
        let Some(products) = schema.kind(system).relation_named("products") else { return vec![] };
        (0..self.universe.table(system).rows as u32)
            .filter(|row| self.universe.members(system, *row, products).0.contains(&product))
            .map(|row| self.register.thing(schema, system, row))
            .collect()
    }
}
