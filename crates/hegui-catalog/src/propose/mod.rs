//! Looking for the cases that are still missing.
//!
//! Where no case notices a change of an expression, or none has a certain kind of outcome, facts are
//! sought under which one would: the existing cases with a few facts changed, and sets of facts made up
//! from the values that the expressions mention. What is found is shrunk until nothing can be left out,
//! and printed as a case without its outcome. The outcome is written by a person, from the clause: a
//! tool that filled it in would only repeat what the expression says, right or wrong.

mod slots;

use crate::clauses::{OUTCOMES, word};
use crate::compile::one_line;
use crate::lint::{Bench, Survivor, missing_outcomes};
use crate::model::{Case, Catalog, Requirement};
use crate::world::{Blanks, World};
use hegui_logic::truth::Outcome;
use serde_json::Value as Json;
pub(crate) use slots::Slots;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How many sets of facts are tried.
const TRIALS: usize = 6_000;

/// A case without its outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The case as TOML, with `expect = "?"`.
    pub toml: String,
    /// What it would show, one entry a gap in the cases.
    pub shows: Vec<String>,
}

/// Sets of facts that would close the gaps in a requirement's cases; none for a requirement that is
/// not there, does not compile, or has no gaps. The same catalog always gives the same proposals.
#[must_use]
pub fn propose(catalog: &Catalog, id: &str) -> Vec<Proposal> {
    let Some(requirement) = catalog.requirement(id) else { return vec![] };
    let blanks = Blanks::of(&catalog.schema);
    let Some(bench) = Bench::new(catalog, &blanks, requirement) else { return vec![] };
    let goals = goals(&bench);
    if goals.is_empty() {
        return vec![];
    }
    let mut search = Search { catalog, requirement, bench: &bench, random: Random(0x9e37_79b9_7f4a_7c15) };
    let found = search.run(&goals);
    let drafts: Vec<(Draft, Vec<usize>)> = found
        .iter()
        .map(|(goal, draft)| {
            let draft = goals.get(*goal).map_or_else(|| draft.clone(), |g| search.shrink(draft.clone(), g));
            let reached = search.reached(&draft, &goals);
            (draft, reached)
        })
        .collect();
    cover(drafts).into_iter().map(|(draft, shown)| proposal(requirement, &draft, &shown, &goals)).collect()
}

/// A gap in the cases.
enum Goal {
    /// A change of an expression that no case notices.
    Notice(Box<Survivor>),
    /// A kind of outcome that no case has.
    Reach(Outcome),
}

fn goals(bench: &Bench<'_>) -> Vec<Goal> {
    let notice = bench.survivors().into_iter().map(|s| Goal::Notice(Box::new(s)));
    notice.chain(missing_outcomes(bench.requirement).into_iter().map(Goal::Reach)).collect()
}

/// A case in the making.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Draft {
    pub facts: Json,
    pub assume: BTreeMap<String, Outcome>,
    pub as_of: Option<String>,
}

impl Draft {
    fn case(&self) -> Case {
        Case {
            facts: self.facts.to_string(),
            assume: self.assume.clone(),
            as_of: self.as_of.clone(),
            ..Case::default()
        }
    }

    fn size(&self) -> usize {
        self.facts.to_string().len() + 20 * self.assume.len()
    }
}

/// Numbers that look random and are the same every time (xorshift64*).
pub(crate) struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(number).unwrap_or(0) % limit.max(1)
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }
}

struct Search<'a> {
    catalog: &'a Catalog,
    requirement: &'a Requirement,
    bench: &'a Bench<'a>,
    random: Random,
}

impl Search<'_> {
    /// For each goal that was reached, the smallest facts that reached it.
    fn run(&mut self, goals: &[Goal]) -> BTreeMap<usize, Draft> {
        let Some(scope) = self.requirement.scope else { return BTreeMap::new() };
        let slots = Slots::of(self.catalog, scope, self.bench.plans());
        let existing: Vec<Draft> = self
            .requirement
            .cases
            .iter()
            .map(|c| Draft {
                facts: serde_json::from_str(&c.facts).unwrap_or_default(),
                assume: c.assume.clone(),
                as_of: c.as_of.clone(),
            })
            .collect();
        let mut found: BTreeMap<usize, Draft> = BTreeMap::new();
        for trial in 0..TRIALS {
            let mut draft = match self.random.pick(&existing) {
                Some(case) if trial % 3 != 0 => case.clone(),
                _ => slots.make(&mut self.random),
            };
            for _ in 0..=self.random.below(3) {
                slots.change(&mut draft, &mut self.random);
            }
            for goal in self.reached(&draft, goals) {
                let smaller = found.get(&goal).is_none_or(|before| draft.size() < before.size());
                if smaller {
                    found.insert(goal, draft.clone());
                }
            }
        }
        found
    }

    /// The goals that a draft reaches; none where its facts do not fit.
    fn reached(&self, draft: &Draft, goals: &[Goal]) -> Vec<usize> {
        let case = draft.case();
        let Ok(world) = World::with(self.bench.blanks, self.catalog, self.requirement, &case) else {
            return vec![];
        };
        let outcome = self.bench.outcome(&world);
        let reaches = |goal: &Goal| self.reaches(goal, &world, outcome);
        goals.iter().enumerate().filter(|(_, goal)| reaches(goal)).map(|(index, _)| index).collect()
    }

    fn reaches(&self, goal: &Goal, world: &World, outcome: Outcome) -> bool {
        match goal {
            Goal::Reach(wanted) => outcome == *wanted,
            Goal::Notice(survivor) => self.bench.outcome_with(survivor, world) != outcome,
        }
    }

    /// Leaves out whatever can be left out with the goal still reached.
    fn shrink(&self, mut draft: Draft, goal: &Goal) -> Draft {
        loop {
            let smaller = smaller(&draft).into_iter().find(|candidate| {
                let case = candidate.case();
                World::with(self.bench.blanks, self.catalog, self.requirement, &case)
                    .is_ok_and(|world| self.reaches(goal, &world, self.bench.outcome(&world)))
            });
            match smaller {
                Some(next) => draft = next,
                None => return draft,
            }
        }
    }
}

/// The draft with one thing left out, in every way.
fn smaller(draft: &Draft) -> Vec<Draft> {
    let facts = without_one(&draft.facts).into_iter().map(|facts| Draft { facts, ..draft.clone() });
    let assume = draft.assume.keys().map(|name| {
        let mut next = draft.clone();
        next.assume.remove(name);
        next
    });
    let as_of = draft.as_of.iter().map(|_| Draft { as_of: None, ..draft.clone() });
    facts.chain(assume).chain(as_of).collect()
}

/// A value with one key or element left out, or smaller within.
fn without_one(value: &Json) -> Vec<Json> {
    let mut found = vec![];
    match value {
        Json::Object(entries) => {
            for (key, inner) in entries {
                let mut less = entries.clone();
                less.remove(key);
                found.push(Json::Object(less));
                for inner in without_one(inner) {
                    let mut less = entries.clone();
                    less.insert(key.clone(), inner);
                    found.push(Json::Object(less));
                }
            }
        }
        Json::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                let mut less = items.clone();
                less.remove(index);
                found.push(Json::Array(less));
                for inner in without_one(inner) {
                    let mut less = items.clone();
                    if let Some(place) = less.get_mut(index) {
                        *place = inner;
                    }
                    found.push(Json::Array(less));
                }
            }
        }
        _ => {}
    }
    found
}

/// Few drafts that together reach whatever all of them reach: always the one that adds most.
fn cover(mut drafts: Vec<(Draft, Vec<usize>)>) -> Vec<(Draft, Vec<usize>)> {
    drafts.sort_by_key(|(draft, _)| draft.size());
    let mut open: Vec<usize> = drafts.iter().flat_map(|(_, reached)| reached.clone()).collect();
    open.sort_unstable();
    open.dedup();
    let mut chosen = vec![];
    while !open.is_empty() {
        let fresh =
            |reached: &[usize]| reached.iter().filter(|g| open.contains(g)).copied().collect::<Vec<_>>();
        // The first of the best is the smallest, since they are sorted by size.
        let Some((draft, reached)) = drafts.iter().rev().max_by_key(|(_, reached)| fresh(reached).len())
        else {
            break;
        };
        let new = fresh(reached);
        if new.is_empty() {
            break;
        }
        open.retain(|goal| !new.contains(goal));
        chosen.push((draft.clone(), new));
    }
    chosen
}

fn proposal(requirement: &Requirement, draft: &Draft, shown: &[usize], goals: &[Goal]) -> Proposal {
    let shows: Vec<String> = shown
        .iter()
        .filter_map(|index| goals.get(*index))
        .map(|goal| match goal {
            Goal::Reach(_) => "an outcome that no case has yet".to_owned(),
            Goal::Notice(survivor) => survivor.shows(),
        })
        .collect();
    let mut toml = String::new();
    for line in &shows {
        let _ = writeln!(toml, "# would show: {}", one_line(line));
    }
    let _ = writeln!(toml, "[[requirement.case]]\ntitle.zh = \"\"\ntitle.en = \"\"");
    if let Some(as_of) = &draft.as_of {
        let _ = writeln!(toml, "as_of = {as_of}");
    }
    if let Json::Object(names) = &draft.facts {
        for (name, facts) in names {
            print_facts(&format!("facts.{name}"), facts, &mut toml);
        }
    }
    for (clause, outcome) in &draft.assume {
        let _ = writeln!(toml, "assume.\"{clause}\" = \"{}\"", word(&OUTCOMES, *outcome));
    }
    let _ = writeln!(toml, "expect = \"?\"        # written by a person, from clause {}", requirement.clause);
    Proposal { toml, shows }
}

/// Dotted keys down to the first value that is no table.
fn print_facts(path: &str, value: &Json, into: &mut String) {
    match value {
        Json::Object(entries) if !entries.is_empty() => {
            for (key, value) in entries {
                print_facts(&format!("{path}.{}", toml_key(key)), value, into);
            }
        }
        _ => drop(writeln!(into, "{path} = {}", toml_value(value))),
    }
}

fn toml_key(key: &str) -> String {
    if key == "@" { "\"@\"".to_owned() } else { key.to_owned() }
}

fn toml_value(value: &Json) -> String {
    let joined = |parts: Vec<String>| parts.join(", ");
    match value {
        Json::String(text) if crate::world::moment(text).is_some() => text.clone(),
        Json::Array(items) if items.is_empty() => "[]".to_owned(),
        Json::Array(items) => format!("[ {} ]", joined(items.iter().map(toml_value).collect())),
        Json::Object(entries) if entries.is_empty() => "{}".to_owned(),
        Json::Object(entries) => {
            let parts =
                entries.iter().map(|(key, value)| format!("{} = {}", toml_key(key), toml_value(value)));
            format!("{{ {} }}", joined(parts.collect()))
        }
        other => other.to_string(),
    }
}
