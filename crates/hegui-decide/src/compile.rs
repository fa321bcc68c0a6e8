//! From a register's facts and the outcomes of the catalog's requirements to [`Rules`].
//!
//! Every expression of the table is evaluated here, once, for each item of the register. What is unknown
//! stays: as an open condition that names the facts it waits for.

use crate::answer::{Each, Whose};
use crate::conditions::{Applies, Condition, Conditions, Does, Set};
use crate::directory::{Directory, Full, Thing, Types};
use crate::needs::Needs;
use crate::question::Stage;
use crate::record::Since;
use crate::rules::{Check, Duty, Plan, Route, Rules, Span};
use hegui_catalog::Catalog;
use hegui_logic::plan::Plan as Expression;
use hegui_logic::schema::{KindId, Schema};
use hegui_logic::single::{Bound, judge, missing};
use hegui_logic::truth::{Outcome, Truth};
use hegui_logic::universe::{FactKey, ROW_NONE, Universe, Value};

/// What rules are compiled from.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The catalog.
    pub catalog: &'a Catalog,
    /// The register's facts on the day from which the rules are to hold, with the outcomes in it that
    /// [`Conditions::outcomes`] names; one that is not there counts as unknown.
    pub universe: &'a Universe,
    /// The version of the register.
    pub version: u64,
    /// What the register calls the thing of a row, as `activity.orders`.
    pub thing: &'a dyn Fn(KindId, u32) -> String,
    /// From which versions on notice and consent suffice for an item, by its name in the directory.
    pub since: &'a dyn Fn(&str) -> Since,
}

impl Rules {
    /// Compiles the rules of a register; things that it names get numbers in the directory.
    ///
    /// # Errors
    /// When the register names more than 64 types of data.
    pub fn compile(
        conditions: &Conditions,
        source: Source<'_>,
        directory: &mut Directory,
    ) -> Result<Self, Full> {
        let rules = Self {
            register: source.version,
            conditions: conditions.clone(),
            plans: vec![],
            checks: vec![],
            duties: vec![],
            routes: vec![],
            activities: vec![],
        };
        let schema = &source.catalog.schema;
        let mut compiler = Compiler { source, schema, directory, rules };
        let Some(activity) = schema.kind_named("activity") else { return Ok(compiler.rules) };
        for row in 0..source.universe.table(activity).rows as u32 {
            compiler.activity(activity, row)?;
        }
        Ok(compiler.rules)
    }
}

/// The activity that is being compiled.
struct Activity {
    kind: KindId,
    row: u32,
    thing: Thing,
    purpose: Option<Thing>,
    product: Thing,
}

/// The item that is being compiled: a thing of its own, or the activity.
#[derive(Clone, Copy)]
struct Item {
    kind: KindId,
    row: u32,
    thing: Thing,
    stage: Stage,
    /// All that a question about it can name.
    types: Types,
}

/// What an entry of the table speaks about for an item.
enum About {
    /// A thing of this row, and its record.
    Row(u32, Whose),
    /// It is not known whether there is one: this fact says it.
    Unknown(FactKey),
}

pub(crate) struct Compiler<'a, 'd> {
    pub(crate) source: Source<'a>,
    pub(crate) schema: &'a Schema,
    pub(crate) directory: &'d mut Directory,
    rules: Rules,
}

impl Compiler<'_, '_> {
    fn activity(&mut self, kind: KindId, row: u32) -> Result<(), Full> {
        let (thing, types) = (self.thing(kind, row), self.types(kind, row)?);
        let purpose = self.purpose(kind, row);
        let product = self.reference(kind, row, "product").unwrap_or(Thing::NONE);
        let activity = Activity { kind, row, thing, purpose, product };
        let from = self.rules.routes.len() as u32;
        for stage in Stage::ALL {
            if matches!(stage, Stage::Collect | Stage::Use | Stage::Store | Stage::Terminate) {
                let plan = self.plan(&activity, Item { kind, row, thing, stage, types });
                self.route(&activity, stage, (None, Thing::NONE), (types, plan));
            }
            if let Some((kind, relation)) = stage.kind() {
                self.items(&activity, stage, kind, relation)?;
            }
        }
        let to = self.rules.routes.len() as u32;
        let place = thing.0 as usize;
        if self.rules.activities.len() <= place {
            self.rules.activities.resize(place + 1, Span::default());
        }
        if let Some(span) = self.rules.activities.get_mut(place) {
            *span = Span { from, to };
        }
        Ok(())
    }

    /// The things of an activity at a stage.
    fn items(&mut self, activity: &Activity, stage: Stage, kind: &str, relation: &str) -> Result<(), Full> {
        let (Some(kind), Some(relation)) =
            (self.schema.kind_named(kind), self.schema.kind(activity.kind).relation_named(relation))
        else {
            return Ok(());
        };
        let (rows, _) = self.source.universe.members(activity.kind, activity.row, relation);
        for row in rows {
            let (thing, purpose) = (self.thing(kind, *row), self.purpose(kind, *row));
            let types = self.types(kind, *row)?;
            // A use for the activity's own purpose is the activity's; without a purpose it has no name.
            if stage == Stage::Use && (purpose.is_none() || purpose == activity.purpose) {
                continue;
            }
            let recipient = self.reference(kind, *row, "recipient").unwrap_or(Thing::NONE);
            let receives = matches!(stage, Stage::Provide | Stage::Transfer | Stage::Export);
            if receives && recipient == Thing::NONE {
                continue;
            }
            let plan = self.plan(activity, Item { kind, row: *row, thing, stage, types });
            self.route(activity, stage, (purpose, recipient), (types, plan));
        }
        Ok(())
    }

    /// Notes how questions reach a plan: by its own purpose, and but for other uses also by the
    /// activity's or none.
    fn route(
        &mut self,
        activity: &Activity,
        stage: Stage,
        (own, recipient): (Option<Thing>, Thing),
        (types, plan): (Types, u32),
    ) {
        let other_use = stage == Stage::Use && own.is_some();
        let general = [Some(Thing::NONE), activity.purpose];
        let mut purposes: Vec<Thing> = vec![];
        for purpose in general.into_iter().filter(|_| !other_use).chain([own]).flatten() {
            if !purposes.contains(&purpose) {
                purposes.push(purpose);
            }
        }
        let routes = purposes.into_iter().map(|purpose| Route { stage, purpose, recipient, types, plan });
        self.rules.routes.extend(routes);
    }

    fn plan(&mut self, activity: &Activity, item: Item) -> u32 {
        let begins = (self.rules.checks.len() as u32, self.rules.duties.len() as u32);
        let whole = self.whole(item);
        let records = Each { item: item.thing, activity: activity.thing, whole };
        let since = |thing| (self.source.since)(self.directory.name(thing).unwrap_or_default());
        let mut plan = Plan {
            records,
            since: records.map(since),
            product: activity.product,
            held: Set::NONE,
            failed: Set::NONE,
            open: Set::NONE,
            waiting: Set::NONE,
            needs: Each::default(),
            needing: Each::default(),
            checks: Span::default(),
            duties: Span::default(),
            missing: vec![],
        };
        let conditions = std::mem::take(&mut self.rules.conditions.conditions);
        for (place, condition) in (0..64).zip(&conditions) {
            for applies in &condition.applies {
                match self.about(applies, activity, item) {
                    Some(About::Row(row, whose)) => {
                        // An export may be part of two; an answer looks at the record of one.
                        let beyond = whose == Whose::Whole && self.thing(applies.scope, row) != whole;
                        let about = (row, Some(whose).filter(|_| !beyond), item.types);
                        self.condition(&mut plan, (place, condition), applies, about);
                    }
                    Some(About::Unknown(fact)) => plan.leave_open(place, vec![fact]),
                    None => {}
                }
            }
        }
        self.rules.conditions.conditions = conditions;
        plan.open = plan.open.without(plan.failed);
        plan.held = plan.held.without(plan.failed).without(plan.open);
        let obligations = std::mem::take(&mut self.rules.conditions.obligations);
        for (place, obligation) in (0..64).zip(&obligations) {
            for applies in &obligation.applies {
                let masks = obligation.does == Does::Mask;
                let types = match self.about(applies, activity, item) {
                    Some(About::Row(row, _)) => {
                        let (yes, maybe, _) = self.applies(applies, row);
                        yes.with(maybe)
                    }
                    Some(About::Unknown(_)) => Types::ALL,
                    None => continue,
                };
                self.rules.duties.push(Duty { place, masks, types });
            }
        }
        self.rules.conditions.obligations = obligations;
        plan.checks = Span { from: begins.0, to: self.rules.checks.len() as u32 };
        plan.duties = Span { from: begins.1, to: self.rules.duties.len() as u32 };
        self.rules.plans.push(plan);
        self.rules.plans.len() as u32 - 1
    }

    /// What an entry of the table speaks about for an item, if it speaks about it: the activity, the item,
    /// or the provision or transfer that an export is part of.
    fn about(&self, applies: &Applies, activity: &Activity, item: Item) -> Option<About> {
        if !applies.stages.contains(&item.stage) {
            return None;
        }
        if applies.of_activity {
            return Some(About::Row(activity.row, Whose::Activity));
        }
        if applies.scope == item.kind {
            return Some(About::Row(item.row, Whose::Item));
        }
        let field = self.schema.kind(item.kind).field_named(&self.schema.kind(applies.scope).name)?;
        match self.source.universe.value(item.kind, item.row, field) {
            None => Some(About::Unknown(FactKey::Fact(item.kind, item.row, field))),
            Some(Value::Thing(row)) if row != ROW_NONE => Some(About::Row(row, Whose::Whole)),
            Some(_) => None,
        }
    }

    /// The provision, or else the transfer, that an export is known to be part of.
    fn whole(&mut self, item: Item) -> Thing {
        let mut parts = ["provision", "transfer"].into_iter().filter(|_| item.stage == Stage::Export);
        parts.find_map(|part| self.reference(item.kind, item.row, part)).unwrap_or(Thing::NONE)
    }

    /// What becomes of a condition for a row; whose record it looks at is not said where no answer can
    /// look at it.
    fn condition(
        &mut self,
        plan: &mut Plan,
        (place, condition): (u8, &Condition),
        applies: &Applies,
        (row, whose, types): (u32, Option<Whose>, Types),
    ) {
        if let Some(check) = &applies.check {
            let (outcome, facts) = self.settle(applies.when.as_ref(), check, row);
            match outcome {
                Outcome::Met => plan.held.insert(place),
                Outcome::Gap => plan.failed.insert(place),
                Outcome::NotApplicable => {}
                Outcome::Unknown => plan.leave_open(place, facts),
            }
            return;
        }
        let (yes, maybe, facts) = self.applies(applies, row);
        if !yes.with(maybe).meets(types) {
            return;
        }
        let Some(whose) = whose.or(condition.needs.is_empty().then_some(Whose::Item)) else {
            return plan.leave_open(place, facts);
        };
        if !facts.is_empty() {
            plan.missing.push((place, facts));
        }
        if yes == Types::ALL {
            plan.wait(place, condition.needs, whose);
            return;
        }
        self.rules.checks.push(Check { place, whose, needs: condition.needs, yes, maybe });
    }

    /// What `when` and `check` come to, and what is missing for it.
    fn settle(&self, when: Option<&Expression>, check: &Expression, row: u32) -> (Outcome, Vec<FactKey>) {
        let when = when.map(|w| Bound::new(w, self.source.universe));
        let check = Bound::new(check, self.source.universe);
        let facts = missing(when.as_ref(), &check, self.schema, row).facts;
        (judge(when.as_ref(), &check, row), facts)
    }

    /// The types for which something applies and those for which it perhaps does; what is missing to
    /// tell.
    fn applies(&self, applies: &Applies, row: u32) -> (Types, Types, Vec<FactKey>) {
        let universe = self.source.universe;
        let (mut yes, mut maybe, mut facts) = (Types::ALL, Types::NONE, vec![]);
        if let Some(types) = &applies.types {
            (yes, maybe) = (Types::NONE, Types::NONE);
            let bound = Bound::new(types, universe);
            for (datum, data_type) in self.data(applies.scope, row) {
                match bound.truth(datum) {
                    Truth::True => yes = yes.with(data_type),
                    Truth::Unknown => {
                        maybe = maybe.with(data_type);
                        facts.extend(missing(None, &bound, self.schema, datum).facts);
                    }
                    Truth::False => {}
                }
            }
            maybe = maybe.without(yes);
        }
        if let Some(when) = &applies.when {
            let bound = Bound::new(when, universe);
            match bound.truth(row) {
                Truth::True => {}
                Truth::False => return (Types::NONE, Types::NONE, vec![]),
                Truth::Unknown => {
                    (yes, maybe) = (Types::NONE, yes.with(maybe));
                    facts.extend(missing(None, &bound, self.schema, row).facts);
                }
            }
        }
        facts.sort_unstable();
        facts.dedup();
        (yes, maybe, facts)
    }
}

impl Plan {
    /// Adds a condition that waits for the person's state whatever the types.
    fn wait(&mut self, place: u8, needs: Needs, whose: Whose) {
        self.waiting.insert(place);
        let all = self.needs.of_mut(whose);
        *all = all.with(needs);
        let needing = self.needing.of_mut(whose).iter_mut();
        for (_, needing) in (0..).zip(needing).filter(|(bit, _)| (needs.0 >> bit) & 1 == 1) {
            needing.insert(place);
        }
    }

    /// Adds a condition that nothing settles but these facts.
    fn leave_open(&mut self, place: u8, facts: Vec<FactKey>) {
        self.open.insert(place);
        self.missing.push((place, facts));
    }
}
