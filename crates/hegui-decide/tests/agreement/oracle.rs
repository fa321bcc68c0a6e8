//! The slow and obvious way: the person's events are replayed into maps, the item is looked for in the
//! register, and every entry of the table is gone through, its expressions evaluated on the spot.

use crate::person::{Item, Person, replay};
use hegui_catalog::Catalog;
use hegui_decide::answer::{Answer, Unregistered, Verdict};
use hegui_decide::conditions::{Applies, Conditions, Does, Set, Unmet};
use hegui_decide::directory::{Directory, Thing, Types};
use hegui_decide::event::{Consent, Event, Form, Second};
use hegui_decide::needs::Needs;
use hegui_decide::question::{Question, Stage};
use hegui_decide::{Entry, Relied, Since};
use hegui_logic::plan::Plan;
use hegui_logic::schema::{KindId, Type};
use hegui_logic::single::Bound;
use hegui_logic::truth::{Outcome, Truth};
use hegui_logic::universe::{ROW_NONE, Universe, Value};
use std::collections::BTreeSet;

/// A thing of the register.
type Row = (KindId, u32);

pub struct Oracle<'a> {
    pub catalog: &'a Catalog,
    pub conditions: &'a Conditions,
    pub universe: &'a Universe,
    pub directory: &'a Directory,
    /// What the register calls a thing.
    pub thing: &'a dyn Fn(KindId, u32) -> String,
    pub since: &'a dyn Fn(&str) -> Since,
}

/// What an answer says, apart from where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub verdict: Verdict,
    pub unregistered: Option<Unregistered>,
    pub held: BTreeSet<String>,
    pub failed: BTreeSet<String>,
    pub open: BTreeSet<String>,
    pub lacking: [BTreeSet<&'static str>; 3],
    pub relied: [[Option<Entry>; 4]; 3],
    pub obligations: BTreeSet<String>,
    pub masked: Types,
    pub until: Option<Second>,
    pub clauses: BTreeSet<String>,
}

impl Said {
    fn nothing(unregistered: Unregistered) -> Self {
        Self {
            verdict: Verdict::NoBasis,
            unregistered: Some(unregistered),
            held: BTreeSet::new(),
            failed: BTreeSet::new(),
            open: BTreeSet::new(),
            lacking: Default::default(),
            relied: Default::default(),
            obligations: BTreeSet::new(),
            masked: Types::NONE,
            until: None,
            clauses: BTreeSet::new(),
        }
    }

    /// What an answer says.
    pub fn of(answer: &Answer, rules: &hegui_decide::rules::Rules) -> Self {
        let table = &rules.conditions;
        let ids = |set: Set| set.places().map(|p| table.conditions[p as usize].id.clone()).collect();
        let citations = rules.citations(answer);
        Self {
            verdict: answer.verdict,
            unregistered: answer.unregistered,
            held: ids(answer.held),
            failed: ids(answer.failed),
            open: ids(answer.open),
            lacking: answer.lacking.all().map(|needs| needs.names().collect()),
            relied: answer.relied.all().map(Relied::entries),
            obligations: answer
                .obligations
                .places()
                .map(|p| table.obligations[p as usize].id.clone())
                .collect(),
            masked: answer.masked,
            until: answer.until,
            clauses: citations.map(|c| table.citations[c as usize].clone()).collect(),
        }
    }
}

impl Oracle<'_> {
    pub fn answer(&self, events: &[(u64, Event)], question: &Question) -> Said {
        let (activity, item) = match self.find(question) {
            Ok(found) => found,
            Err(unregistered) => return Said::nothing(unregistered),
        };
        let person = replay(events, question.subject);
        let mut said = Said::nothing(Unregistered::NoTypes);
        said.unregistered = None;
        let mut looked: [BTreeSet<&str>; 3] = Default::default();
        let mut denied = false;
        let whole = self.whole(item);
        for condition in &self.conditions.conditions {
            // What concerns several things is as it is with the worst of them.
            let mut worst = Outcome::NotApplicable;
            for applies in &condition.applies {
                let outcome = match self.about(applies, activity, item, question.stage) {
                    None => continue,
                    Some(None) => Outcome::Unknown,
                    Some(Some((about, whose))) => {
                        let checks = applies.check.is_some() || condition.needs.is_empty();
                        let beyond = whose == 2 && !checks && Some(about) != whole;
                        let types = if beyond { self.types(item) } else { question.types };
                        let holds = |need: &str| self.shows(need, &person, self.thing(about), question);
                        let lacking: Vec<&str> =
                            condition.needs.names().filter(|need| !holds(need)).collect();
                        let holds = match &applies.check {
                            _ if beyond => Truth::Unknown,
                            Some(check) => self.truth(check, about.1),
                            None => Truth::from(lacking.is_empty()),
                        };
                        let applying = self.applies(applies, about, types);
                        // A need that is met where it perhaps does not apply says nothing.
                        let idle =
                            applying == Truth::Unknown && holds == Truth::True && applies.check.is_none();
                        let outcome = match applying {
                            Truth::False => Outcome::NotApplicable,
                            _ if idle => Outcome::NotApplicable,
                            applying => Outcome::of(applying, holds),
                        };
                        if outcome != Outcome::NotApplicable && !beyond {
                            looked[whose].extend(condition.needs.names());
                            said.lacking[whose].extend(lacking);
                        }
                        outcome
                    }
                };
                let order = [Outcome::NotApplicable, Outcome::Met, Outcome::Unknown, Outcome::Gap];
                let rank = |outcome| order.iter().position(|o| *o == outcome);
                worst = if rank(outcome) > rank(worst) { outcome } else { worst };
            }
            let set = match worst {
                Outcome::Met => &mut said.held,
                Outcome::Gap => &mut said.failed,
                Outcome::Unknown => &mut said.open,
                Outcome::NotApplicable => continue,
            };
            set.insert(condition.id.clone());
            denied |= worst == Outcome::Gap && condition.unmet == Unmet::Deny;
            let cited = condition.clauses.iter().map(|c| self.conditions.citations[*c as usize].clone());
            said.clauses.extend(cited);
        }
        said.verdict = match () {
            () if denied => Verdict::Deny,
            () if said.failed.is_empty() && said.open.is_empty() => Verdict::Permit,
            () => Verdict::NoBasis,
        };
        let records = [Some(item), Some(activity), whole];
        let items = records.map(|name| person.items.get(&self.thing(name?)).cloned());
        said.relied = [0, 1, 2].map(|whose| relied(items[whose].as_ref(), &person, &looked[whose]));
        if said.verdict == Verdict::Permit {
            self.oblige(&mut said, activity, item, question);
            let ends = [0, 1, 2].map(|whose| ends(items[whose].as_ref(), &looked[whose]));
            said.until = ends.into_iter().flatten().min();
        }
        said
    }

    fn oblige(&self, said: &mut Said, activity: Row, item: Row, question: &Question) {
        for obligation in &self.conditions.obligations {
            let mut bound = Types::NONE;
            let about = |applies| Some((applies, self.about(applies, activity, item, question.stage)?));
            for (applies, about) in obligation.applies.iter().filter_map(about) {
                for bit in (0..64).map(|bit| Types(1 << bit)).filter(|bit| question.types.meets(*bit)) {
                    if about.is_none_or(|(row, _)| self.applies(applies, row, bit) != Truth::False) {
                        bound = bound.with(bit);
                    }
                }
            }
            if !bound.is_empty() {
                said.obligations.insert(obligation.id.clone());
                if obligation.does == Does::Mask {
                    said.masked = said.masked.with(bound);
                }
            }
        }
    }

    /// The activity and the item that a question is about.
    fn find(&self, question: &Question) -> Result<(Row, Row), Unregistered> {
        if question.types.is_empty() {
            return Err(Unregistered::NoTypes);
        }
        let kind = self.kind("activity");
        let rows = 0..self.universe.table(kind).rows as u32;
        let mut rows = rows.filter(|row| self.thing((kind, *row)) == question.activity);
        let activity = (kind, rows.next().ok_or(Unregistered::Activity)?);
        let own = self.purpose(activity);
        let general = question.purpose == Thing::NONE || Some(question.purpose) == own;
        let mut items = vec![];
        let itself = matches!(question.stage, Stage::Collect | Stage::Use | Stage::Store | Stage::Terminate);
        if itself && general && question.recipient == Thing::NONE {
            items.push(activity);
        }
        if let Some((kind, relation)) = question.stage.kind() {
            let kind = self.kind(kind);
            let relation = self.catalog.schema.kind(activity.0).relation_named(relation).unwrap();
            for row in self.universe.members(activity.0, activity.1, relation).0 {
                let thing = (kind, *row);
                let purpose = self.purpose(thing);
                let recipient = self.refers(thing, "recipient");
                let fits = match question.stage {
                    Stage::Use => {
                        purpose.is_some()
                            && purpose != own
                            && Some(question.purpose) == purpose
                            && question.recipient == Thing::NONE
                    }
                    Stage::Disclose => {
                        (general || Some(question.purpose) == purpose) && question.recipient == Thing::NONE
                    }
                    _ => general && recipient == Some(question.recipient),
                };
                if fits {
                    items.push(thing);
                }
            }
        }
        let covers = |item: &&Row| question.types.without(self.types(**item)).is_empty();
        let first = items.first().ok_or(Unregistered::Item)?;
        let item = items.iter().find(covers).unwrap_or(first);
        let product = self.refers(activity, "product");
        if question.product != Thing::NONE && Some(question.product) != product {
            return Err(Unregistered::Product);
        }
        match question.types.without(self.types(*item)) {
            Types::NONE => Ok((activity, *item)),
            others => Err(Unregistered::Types(others)),
        }
    }

    /// The thing that an entry speaks about, if it speaks about this item at this stage, and whether that
    /// is the item, its activity, or what the item is part of; none where it is not known whether it is.
    fn about(
        &self,
        applies: &Applies,
        activity: Row,
        item: Row,
        stage: Stage,
    ) -> Option<Option<(Row, usize)>> {
        if !applies.stages.contains(&stage) {
            return None;
        }
        if applies.scope == activity.0 {
            return Some(Some((activity, 1)));
        }
        if applies.scope == item.0 {
            return Some(Some((item, 0)));
        }
        if stage != Stage::Export {
            return None;
        }
        let part = &self.catalog.schema.kind(applies.scope).name;
        match self.value(item, part) {
            None => Some(None),
            Some(Value::Thing(row)) if row != ROW_NONE => Some(Some(((applies.scope, row), 2))),
            Some(_) => None,
        }
    }

    /// The provision, or else the transfer, that an export is part of.
    fn whole(&self, item: Row) -> Option<Row> {
        let part = |kind: &str| match self.value(item, kind)? {
            Value::Thing(row) if row != ROW_NONE => Some((self.kind(kind), row)),
            _ => None,
        };
        let export = self.catalog.schema.kind(item.0).name == "export";
        ["provision", "transfer"].into_iter().filter(|_| export).find_map(part)
    }

    fn value(&self, (kind, row): Row, field: &str) -> Option<Value> {
        self.universe.value(kind, row, self.catalog.schema.kind(kind).field_named(field)?)
    }

    /// Whether an entry applies where these types are asked for.
    fn applies(&self, applies: &Applies, (kind, row): Row, types: Types) -> Truth {
        let when = applies.when.as_ref().map_or(Truth::True, |when| self.truth(when, row));
        let Some(of) = &applies.types else { return when };
        let mut some = Truth::False;
        for (datum, bit) in self.data((kind, row)) {
            if !types.shared(bit).is_empty() {
                some = some.or(self.truth(of, datum));
            }
        }
        when.and(some)
    }

    fn shows(&self, need: &str, person: &Person, item: Thing, question: &Question) -> bool {
        let nothing = Item::default();
        let known = person.items.get(&item).unwrap_or(&nothing);
        let since = (self.since)(self.directory.name(item).unwrap());
        let now = question.time_ms;
        let consent = known.consent.map(|(consent, _)| consent);
        let given = |test: &dyn Fn(Consent) -> bool| consent.is_some_and(test);
        match need {
            "notice" => known.notice.is_some_and(|(version, _)| version >= since.notice),
            "consent" => consent.is_some(),
            "live" => given(&|c| c.expires.is_none_or(|Second(s)| now < i64::from(s) * 1000)),
            "current" => given(&|c| c.version >= since.consent),
            "covers" => given(&|c| question.types.without(c.types).is_empty()),
            "standing" => !known.withdrawn,
            "separate" => given(&|c| c.separate),
            "explicit" => given(&|c| c.form != Form::Implied),
            "written" => given(&|c| c.form == Form::Written),
            "guardian" => {
                let well = |c: Consent| c.by_guardian && c.separate && c.form != Form::Implied;
                person.under_14 != Some(true) || given(&well)
            }
            "age" => person.under_14.is_some(),
            "not_opted_out" => !known.opted_out,
            "not_objected" => !known.objects,
            "not_restricted" => !person.restricted,
            "not_erased" => !person.erased,
            "retained" => known.retained.is_none_or(|Second(s)| now < i64::from(s) * 1000),
            other => panic!("no need {other}"),
        }
    }

    fn truth(&self, plan: &Plan, row: u32) -> Truth {
        Bound::new(plan, self.universe).truth(row)
    }

    fn kind(&self, name: &str) -> KindId {
        self.catalog.schema.kind_named(name).unwrap()
    }

    pub fn thing(&self, (kind, row): Row) -> Thing {
        self.directory.find(&(self.thing)(kind, row)).unwrap()
    }

    fn code(&self, (kind, row): Row, field: &str) -> Option<&str> {
        let described = self.catalog.schema.kind(kind);
        let field = described.field_named(field)?;
        let Type::Enum(values) = described.field(field).ty else { panic!() };
        let Value::Number(place) = self.universe.value(kind, row, field)? else { panic!() };
        self.catalog.schema.values(values).get(usize::try_from(place).ok()?).map(String::as_str)
    }

    fn purpose(&self, thing: Row) -> Option<Thing> {
        self.directory.find(&format!("purpose.{}", self.code(thing, "purpose")?))
    }

    fn refers(&self, (kind, row): Row, field: &str) -> Option<Thing> {
        let described = self.catalog.schema.kind(kind);
        let field = described.field_named(field)?;
        let Type::Thing(to) = described.field(field).ty else { panic!() };
        match self.universe.value(kind, row, field)? {
            Value::Thing(row) if row != ROW_NONE => Some(self.thing((to, row))),
            _ => None,
        }
    }

    fn data(&self, (kind, row): Row) -> Vec<(u32, Types)> {
        let relation = self.catalog.schema.kind(kind).relation_named("data").unwrap();
        let datum = self.kind("datum");
        let rows = self.universe.members(kind, row, relation).0;
        let typed = |row: &u32| {
            let code = self.code((datum, *row), "type")?;
            Some((*row, self.directory.find_type(code).unwrap()))
        };
        rows.iter().filter_map(typed).collect()
    }

    fn types(&self, thing: Row) -> Types {
        self.data(thing).into_iter().fold(Types::NONE, |sum, (_, bit)| sum.with(bit))
    }
}

fn relied(item: Option<&Item>, person: &Person, looked: &BTreeSet<&str>) -> [Option<Entry>; 4] {
    let looks = |kind: Needs| kind.names().any(|need| looked.contains(need));
    let item = item.cloned().unwrap_or_default();
    let entries = [
        (Needs::OF_NOTICE, item.notice.map(|(_, index)| index)),
        (Needs::OF_CONSENT, item.consent.map(|(_, index)| index)),
        (Needs::OF_BARRIER, item.barrier),
        (Needs::OF_PERSON, person.last),
    ];
    entries.map(|(kind, index)| index.filter(|_| looks(kind)).and_then(Entry::at))
}

fn ends(item: Option<&Item>, looked: &BTreeSet<&str>) -> Option<Second> {
    let item = item?;
    let consent = item.consent.and_then(|(c, _)| c.expires).filter(|_| looked.contains("live"));
    let kept = item.retained.filter(|_| looked.contains("retained"));
    consent.into_iter().chain(kept).min()
}
