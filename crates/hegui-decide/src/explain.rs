//! An answer in words.

use crate::answer::{Answer, Unregistered, Verdict, Whose};
use crate::conditions::Conditions;
use crate::directory::Directory;
use crate::event::Second;
use crate::record::{Entry, Relied};
use crate::rules::{Plan, Rules};
use hegui_catalog::model::{Lang, Text};
use hegui_logic::universe::FactKey;

/// How a condition stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stood {
    /// It applies and holds.
    Held,
    /// It applies and does not hold.
    Failed,
    /// It cannot be told.
    Open,
}

/// A condition in an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Its id in the table.
    pub id: String,
    /// How it stood.
    pub stood: Stood,
    /// What it asks.
    pub text: String,
    /// The articles, clauses and requirements it rests on.
    pub clauses: Vec<String>,
    /// What would change the answer; empty where it held.
    pub change: String,
    /// The records that it looks at, by the register's names of what they are of, and what each lacks, by
    /// the names of `conditions.toml`.
    pub records: Vec<(String, Vec<&'static str>)>,
    /// The facts of the register that it waits for.
    pub missing: Vec<String>,
    /// What is doubtful about the condition itself, or which of several readings it takes; empty if nothing.
    pub certainty: String,
}

/// An obligation of a permit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// Its id in the table.
    pub id: String,
    /// What it says.
    pub text: String,
    /// What it rests on.
    pub clauses: Vec<String>,
    /// What is doubtful about it, or which of several readings it takes; empty if nothing.
    pub certainty: String,
}

/// An answer in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Permit, deny, or no basis found.
    pub verdict: Verdict,
    /// What the register does not hold of what was asked, in the dictionary's terms.
    pub unregistered: Option<String>,
    /// The conditions: failed first, then open, then held.
    pub reasons: Vec<Reason>,
    /// The entries of the log that it rests on, in order.
    pub records: Vec<u64>,
    /// What a permit obliges to.
    pub obligations: Vec<Duty>,
    /// The types of data that a permit gives masked only.
    pub masked: Vec<String>,
    /// When what a permit rests on ends by itself.
    pub until: Option<Second>,
    /// The version of the register.
    pub register: u64,
    /// The hash of the catalog.
    pub catalog: String,
    /// The first index of the log that was not taken in.
    pub log_index: u64,
}

/// What things are called in explanations.
#[derive(Clone, Copy)]
pub struct Names<'a> {
    /// The directory that the rules were compiled with.
    pub directory: &'a Directory,
    /// What the register calls a fact, as `activity.orders.purpose`.
    pub fact: &'a dyn Fn(&FactKey) -> String,
    /// The language.
    pub lang: Lang,
}

impl Rules {
    /// Makes words of an answer that these rules gave.
    #[must_use]
    pub fn explain(&self, answer: &Answer, names: Names<'_>) -> Explanation {
        let conditions = &self.conditions;
        let plan = self.plans.get(answer.plan as usize);
        let sets = [(answer.failed, Stood::Failed), (answer.open, Stood::Open), (answer.held, Stood::Held)];
        let reasons = sets
            .iter()
            .flat_map(|(set, stood)| set.places().map(move |place| (place, *stood)))
            .filter_map(|(place, stood)| self.reason(answer, plan, (place, stood), names))
            .collect();
        let duty = |place: u8| {
            let duty = conditions.obligations.get(place as usize)?;
            Some(Duty {
                id: duty.id.clone(),
                text: duty.text.get(names.lang).to_owned(),
                clauses: conditions.cited(&duty.clauses),
                certainty: said(duty.certainty.as_ref(), names.lang),
            })
        };
        Explanation {
            verdict: answer.verdict,
            unregistered: answer.unregistered.map(|what| unregistered(what, names)),
            reasons,
            records: records(answer.relied.all()),
            obligations: answer.obligations.places().filter_map(duty).collect(),
            masked: names.directory.type_codes(answer.masked).map(str::to_owned).collect(),
            until: answer.until,
            register: answer.register,
            catalog: conditions.catalog.clone(),
            log_index: answer.log_index,
        }
    }

    /// The numbers into [`Conditions::citations`] of all that an answer cites; some may come twice.
    pub fn citations(&self, answer: &Answer) -> impl Iterator<Item = u16> {
        let all = answer.failed.with(answer.open).with(answer.held);
        let conditions = self.conditions.conditions.iter().zip(0..64);
        let cited = conditions.filter(move |(_, place)| all.has(*place));
        cited.flat_map(|(condition, _)| condition.clauses.iter().copied())
    }

    fn reason(
        &self,
        answer: &Answer,
        plan: Option<&Plan>,
        (place, stood): (u8, Stood),
        names: Names<'_>,
    ) -> Option<Reason> {
        let condition = self.conditions.conditions.get(place as usize)?;
        let plan = plan?;
        let missing = plan.missing.iter().filter(|(of, _)| *of == place && stood == Stood::Open);
        let looks = |whose| plan.looks(&self.checks, place, whose);
        let records = [Whose::Item, Whose::Activity, Whose::Whole].into_iter().filter(|whose| looks(*whose));
        let record = |whose| {
            let lacking = condition.needs.shared(answer.lacking.of(whose));
            let name = names.directory.name(plan.records.of(whose)).unwrap_or_default();
            (name.to_owned(), lacking.names().filter(|_| stood != Stood::Held).collect())
        };
        Some(Reason {
            id: condition.id.clone(),
            stood,
            text: condition.text.get(names.lang).to_owned(),
            clauses: self.conditions.cited(&condition.clauses),
            change: match stood {
                Stood::Held => String::new(),
                Stood::Failed | Stood::Open => condition.change.get(names.lang).to_owned(),
            },
            records: records.map(record).collect(),
            missing: missing.flat_map(|(_, facts)| facts.iter().map(names.fact)).collect(),
            certainty: said(condition.certainty.as_ref(), names.lang),
        })
    }
}

impl Conditions {
    fn cited(&self, clauses: &[u16]) -> Vec<String> {
        clauses.iter().filter_map(|clause| self.citations.get(*clause as usize)).cloned().collect()
    }
}

fn said(text: Option<&Text>, lang: Lang) -> String {
    text.map(|text| text.get(lang).to_owned()).unwrap_or_default()
}

fn records(relied: [Relied; 3]) -> Vec<u64> {
    let mut records: Vec<u64> =
        relied.into_iter().flat_map(Relied::entries).flatten().map(Entry::index).collect();
    records.sort_unstable();
    records.dedup();
    records
}

fn unregistered(what: Unregistered, names: Names<'_>) -> String {
    match what {
        Unregistered::NoTypes => "types".to_owned(),
        Unregistered::Activity => "activity".to_owned(),
        Unregistered::Product => "activity.product".to_owned(),
        Unregistered::Item => "activity: stage, purpose, recipient".to_owned(),
        Unregistered::Types(types) => {
            let codes: Vec<&str> = names.directory.type_codes(types).collect();
            format!("data: {}", codes.join(", "))
        }
    }
}
