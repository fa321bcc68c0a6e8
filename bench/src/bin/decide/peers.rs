//! The same questions for the peers: the table of conditions as a Rego policy and as Cedar policies.
//!
//! What ours settles when rules are compiled is settled for them too: an input names the conditions that
//! apply to the question, and those that the register alone has decided. What remains is the person's
//! state. For regorus it lies in its data under a composite key (`person|item`); for Cedar the record is
//! fetched beforehand and stands in the request.

use crate::person::{Item, Person};
use crate::population::Ruled;
use anyhow::{Context as _, Result, anyhow};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, EntityUid, Policy, PolicyId, PolicySet, Request,
};
use hegui_decide::answer::Unregistered;
use hegui_decide::conditions::{Conditions, Set};
use hegui_decide::directory::{Thing, Types};
use hegui_decide::event::{Form, Second};
use hegui_decide::question::{Question, Subject};
use hegui_decide::rules::Before;
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine, Rc, Value};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// No end, as Cedar and Rego compare it.
const NEVER: u64 = 1 << 40;

/// What a peer says: whether it permits, and the conditions that are not satisfied.
pub type Said = (bool, BTreeSet<String>);

/// Whose records an answer looks at.
const WHOSE: [&str; 3] = ["item", "activity", "whole"];

const ENTRY: &str = "data.decide.answer";

/// What a record shows, need by need; `@` stands for the record, `$` for the question.
const REGO_NEEDS: [(&str, &str); 16] = [
    ("notice", "@.notified\n\t@.notice_version >= $.since_notice"),
    ("consent", "@.consented"),
    ("live", "@.consented\n\tinput.now < @.expires"),
    ("current", "@.consented\n\t@.consent_version >= $.since_consent"),
    ("covers", "@.consented\n\tevery t in input.types { t in @.types }"),
    ("standing", "not @.withdrawn"),
    ("separate", "@.separate"),
    ("explicit", "@.explicit"),
    ("written", "@.written"),
    ("guardian", "guardian(@)"),
    ("age", "person.age != \"unknown\""),
    ("not_opted_out", "not @.opted_out"),
    ("not_objected", "not @.objected"),
    ("not_restricted", "not person.restricted"),
    ("not_erased", "not person.erased"),
    ("retained", "input.now < @.retained"),
];

/// The same in Cedar.
const CEDAR_NEEDS: [(&str, &str); 16] = [
    ("notice", "@.notified && @.notice_version >= $.since_notice"),
    ("consent", "@.consented"),
    ("live", "@.consented && context.now < @.expires"),
    ("current", "@.consented && @.consent_version >= $.since_consent"),
    ("covers", "@.consented && @.types.containsAll(context.types)"),
    ("standing", "!@.withdrawn"),
    ("separate", "@.separate"),
    ("explicit", "@.explicit"),
    ("written", "@.written"),
    ("guardian", "context.person.age != \"under_14\" || (@.by_guardian && @.separate && @.explicit)"),
    ("age", "context.person.age != \"unknown\""),
    ("not_opted_out", "!@.opted_out"),
    ("not_objected", "!@.objected"),
    ("not_restricted", "!context.person.restricted"),
    ("not_erased", "!context.person.erased"),
    ("retained", "context.now < @.retained"),
];

fn rego_policy() -> String {
    let mut policy = String::from(
        "package decide\n\nimport rego.v1\n\n\
         item := object.get(data.records, input.item.key, data.nothing)\n\n\
         activity := object.get(data.records, input.activity.key, data.nothing)\n\n\
         whole := object.get(data.records, input.whole.key, data.nothing)\n\n\
         person := object.get(data.persons, input.person, data.nobody)\n\n\
         guardian(record) if person.age != \"under_14\"\n\n\
         guardian(record) if {\n\trecord.by_guardian\n\trecord.separate\n\trecord.explicit\n}\n\n",
    );
    for whose in WHOSE {
        for (need, test) in REGO_NEEDS {
            let test = test.replace('@', whose).replace('$', &format!("input.{whose}"));
            let _ = write!(policy, "{whose}_shows contains \"{need}\" if {{\n\t{test}\n}}\n\n");
        }
    }
    policy.push_str("unmet contains c if some c in input.settled\n\n");
    for whose in WHOSE {
        let _ = write!(
            policy,
            "unmet contains c if {{\n\tsome c in input.of_{whose}\n\tsome need in data.needs[c]\n\tnot need in {whose}_shows\n}}\n\n"
        );
    }
    policy.push_str("answer := {\"permit\": count(unmet) == 0, \"unmet\": unmet}\n");
    policy
}

/// regorus, with the state in its data.
pub struct Rego {
    machine: RegoVM,
}

impl Rego {
    /// Compiles the policy and loads persons.
    pub fn new(ruled: &Ruled, persons: &BTreeMap<Subject, Person>) -> Result<Self> {
        let policy = rego_policy();
        let mut engine = Engine::new();
        engine.add_policy("decide.rego".to_owned(), policy.clone())?;
        let entry: Rc<str> = ENTRY.into();
        let data = Value::from_json_str(&state(ruled, persons).to_string())?;
        engine.add_data(data.clone())?;
        let compiled = engine.compile_with_entrypoint(&entry).with_context(|| policy.clone())?;
        let program =
            Compiler::compile_from_policy(&compiled, &[ENTRY]).map_err(|e| anyhow!("{e}\n{policy}"))?;
        let mut machine = RegoVM::new();
        machine.load_program(program);
        machine.set_data(data).map_err(|e| anyhow!("{e}"))?;
        machine.set_max_instructions(usize::MAX);
        machine.set_execution_timer_config(None);
        Ok(Self { machine })
    }

    /// An answer, as regorus gives it.
    pub fn answer(&mut self, input: &Value) -> Result<Value> {
        self.machine.set_input(input.clone());
        self.machine.execute().map_err(|error| anyhow!("{error}"))
    }

    /// What an answer says.
    pub fn said(answer: &Value) -> Result<Said> {
        let json: Json = serde_json::from_str(&answer.to_json_str()?)?;
        let unmet = json["unmet"].as_array().context("no conditions")?;
        let ids = unmet.iter().filter_map(Json::as_str).map(str::to_owned).collect();
        Ok((json["permit"].as_bool().context("no verdict")?, ids))
    }
}

fn state(ruled: &Ruled, persons: &BTreeMap<Subject, Person>) -> Json {
    let table = &ruled.rules.conditions;
    let needs: BTreeMap<&str, Vec<&str>> =
        table.conditions.iter().map(|c| (c.id.as_str(), c.needs.names().collect())).collect();
    let mut records = serde_json::Map::new();
    let mut known = serde_json::Map::new();
    for (subject, person) in persons {
        known.insert(person_key(*subject), person_json(person));
        for (item, state) in &person.items {
            records.insert(key(*subject, *item), record(ruled, state));
        }
    }
    json!({
        "needs": needs,
        "records": records,
        "persons": known,
        "nothing": record(ruled, &Item::default()),
        "nobody": person_json(&Person::default()),
    })
}

fn person_key(Subject([a, b]): Subject) -> String {
    format!("{a:016x}{b:016x}")
}

fn key(subject: Subject, item: Thing) -> String {
    format!("{}|{}", person_key(subject), item.0)
}

fn person_json(person: &Person) -> Json {
    let age = match person.under_14 {
        Some(true) => "under_14",
        Some(false) => "fourteen_up",
        None => "unknown",
    };
    json!({ "age": age, "restricted": person.restricted, "erased": person.erased })
}

fn record(ruled: &Ruled, item: &Item) -> Json {
    let consent = item.consent.map(|(consent, _)| consent);
    let end = |end: Option<Second>| end.map_or(NEVER, |Second(second)| u64::from(second)) * 1000;
    let types = consent.map_or(Types::NONE, |c| c.types);
    json!({
        "notified": item.notice.is_some(),
        "notice_version": item.notice.map_or(0, |(version, _)| version),
        "consented": consent.is_some(),
        "consent_version": consent.map_or(0, |c| c.version),
        "types": ruled.directory.type_codes(types).collect::<Vec<_>>(),
        "separate": consent.is_some_and(|c| c.separate),
        "explicit": consent.is_some_and(|c| c.form != Form::Implied),
        "written": consent.is_some_and(|c| c.form == Form::Written),
        "by_guardian": consent.is_some_and(|c| c.by_guardian),
        "expires": end(consent.and_then(|c| c.expires)),
        "retained": end(item.retained),
        "withdrawn": item.withdrawn,
        "opted_out": item.opted_out,
        "objected": item.objects,
    })
}

/// The question as the peers get it, without the record.
fn input(ruled: &Ruled, question: &Question, before: &Before) -> serde_json::Map<String, Json> {
    let ids = |set: Set| -> Vec<&str> {
        let conditions = &ruled.rules.conditions.conditions;
        set.places().filter_map(|place| conditions.get(place as usize)).map(|c| c.id.as_str()).collect()
    };
    let waiting = before.waiting.zip(before.perhaps).map(|(waiting, perhaps)| ids(waiting.with(perhaps)));
    let record = before.records.zip(before.since).map(|(thing, since)| {
        json!({
            "key": key(question.subject, thing),
            "since_notice": since.notice,
            "since_consent": since.consent,
        })
    });
    let input = json!({
        "of_item": waiting.item,
        "of_activity": waiting.activity,
        "of_whole": waiting.whole,
        "settled": ids(before.failed.with(before.open)),
        "types": ruled.directory.type_codes(question.types).collect::<Vec<_>>(),
        "now": question.time_ms,
        "person": person_key(question.subject),
        "item": record.item,
        "activity": record.activity,
        "whole": record.whole,
    });
    if let Json::Object(map) = input { map } else { serde_json::Map::new() }
}

/// The question for regorus.
pub fn rego_input(ruled: &Ruled, question: &Question) -> Result<Value> {
    let before = before(ruled, question)?;
    Ok(Value::from_json_str(&Json::Object(input(ruled, question, &before)).to_string())?)
}

fn before(ruled: &Ruled, question: &Question) -> Result<Before> {
    let before = ruled.rules.before(question);
    before.map_err(|missing: Unregistered| anyhow!("not in the register: {missing:?}"))
}

/// Cedar, with a policy for each condition.
pub struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
    uids: [EntityUid; 3],
}

impl Cedar {
    /// Parses the policies.
    pub fn new(table: &Conditions) -> Result<Self> {
        let mut policies = PolicySet::new();
        let mut add = |id: &str, source: &str| -> Result<()> {
            let policy = Policy::parse(Some(PolicyId::new(id)), source).with_context(|| source.to_owned())?;
            Ok(policies.add(policy)?)
        };
        add("all", "permit(principal, action, resource);")?;
        for condition in &table.conditions {
            let (id, needs): (_, Vec<&str>) = (&condition.id, condition.needs.names().collect());
            let mut when = vec![format!("context.settled.contains(\"{id}\")")];
            for whose in WHOSE.iter().filter(|_| !needs.is_empty()) {
                let needs: Vec<String> = needs.iter().filter_map(|need| cedar_need(need, whose)).collect();
                when.push(format!("context.of_{whose}.contains(\"{id}\") && !({})", needs.join(" && ")));
            }
            let when = when.join(") || (");
            add(id, &format!("forbid(principal, action, resource) when {{ ({when}) }};"))?;
        }
        let uids = ["Principal::\"somebody\"", "Action::\"process\"", "Resource::\"data\""];
        let [principal, action, resource] = uids.map(str::parse::<EntityUid>);
        Ok(Self {
            authorizer: Authorizer::new(),
            policies,
            entities: Entities::empty(),
            uids: [principal?, action?, resource?],
        })
    }

    /// The question for Cedar, the person's records in it.
    pub fn request(&self, ruled: &Ruled, question: &Question, person: &Person) -> Result<Request> {
        let before = before(ruled, question)?;
        let mut context = input(ruled, question, &before);
        context.insert("person".to_owned(), person_json(person));
        let nothing = Item::default();
        for (whose, item) in WHOSE.into_iter().zip(before.records.all()) {
            let state = person.items.get(&item).unwrap_or(&nothing);
            if let (Some(Json::Object(into)), Json::Object(from)) =
                (context.get_mut(whose), record(ruled, state))
            {
                into.extend(from);
            }
        }
        let context = Context::from_json_value(Json::Object(context), None)?;
        let [principal, action, resource] = self.uids.clone();
        Ok(Request::new(principal, action, resource, context, None)?)
    }

    /// An answer, as Cedar gives it.
    pub fn answer(&self, request: &Request) -> cedar_policy::Response {
        self.authorizer.is_authorized(request, &self.policies, &self.entities)
    }

    /// What an answer says.
    pub fn said(answer: &cedar_policy::Response) -> Result<Said> {
        if let Some(error) = answer.diagnostics().errors().next() {
            return Err(anyhow!("{error}"));
        }
        let permits = answer.decision() == Decision::Allow;
        let reasons = answer.diagnostics().reason().map(ToString::to_string);
        Ok((permits, reasons.filter(|id| id != "all").collect()))
    }
}

fn cedar_need(need: &str, whose: &str) -> Option<String> {
    let (_, test) = CEDAR_NEEDS.iter().find(|(name, _)| *name == need)?;
    let record = format!("context.{whose}");
    Some(format!("({})", test.replace('@', &record).replace('$', &record)))
}
