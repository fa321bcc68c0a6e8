//! Where facts can be put for a requirement, and with which values it is worth trying them.
//!
//! A slot is a fact, reference or relation that the expressions read, by the path on which a case
//! would write it. Values are those that the expressions mention, their neighbours, and one other.

use super::{Draft, Random};
use crate::model::Catalog;
use crate::world::{DEFAULT_AS_OF, ScopeName, scope_names};
use hegui_logic::calendar::{DAY, format_date, parse_date};
use hegui_logic::plan::{DECIMAL_ONE, NodeId, Op, Plan, Var};
use hegui_logic::schema::{EnumId, Field, FieldId, KindId, RelationId, Schema, Type};
use hegui_logic::truth::Outcome;
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// One step on the way to a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Follow(KindId, FieldId),
    Member(KindId, RelationId),
}

/// What is put in a slot.
#[derive(Clone, Debug)]
enum Filling {
    /// One of these values.
    Values(Vec<Json>),
    /// Some of these codes.
    Codes(Vec<Json>),
    /// A thing (or, if it may be none, `"none"`).
    Thing { optional: bool },
    /// Members.
    Members,
}

struct Slot {
    /// Keys from the case's facts; a member of a list is entered at [`Key::Member`].
    path: Vec<Key>,
    filling: Filling,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Name(String),
    Member(String),
}

/// All slots of a requirement.
pub(crate) struct Slots {
    slots: Vec<Slot>,
    outcomes: BTreeSet<String>,
    reads_as_of: bool,
}

impl Slots {
    /// The slots that the plans read.
    pub fn of<'p>(catalog: &Catalog, scope: KindId, plans: impl Iterator<Item = &'p Plan>) -> Self {
        let mut found = BTreeMap::new();
        let mut pool = Pool::default();
        let mut outcomes = BTreeSet::new();
        let mut reads_as_of = false;
        for plan in plans {
            let mut walk = Walk { plan, found: &mut found, ways: BTreeMap::from([(Var(0), vec![])]) };
            walk.node(plan.root);
            pool.collect(plan, &catalog.schema);
            outcomes.extend(plan.outcomes.iter().map(|(name, _)| name.clone()));
            reads_as_of |= plan.nodes.iter().any(|n| n.op == Op::AsOf);
        }
        let names = scope_names(&catalog.schema, scope);
        let slots = found
            .into_iter()
            .filter_map(|((way, leaf), ())| {
                let mut path = written(&way, &names, &catalog.schema)?;
                let (key, filling) = match leaf {
                    Step::Follow(kind, field) => {
                        let field = catalog.schema.kind(kind).field(field);
                        (field.name.clone(), pool.filling(&catalog.schema, field))
                    }
                    Step::Member(kind, relation) => {
                        (catalog.schema.kind(kind).relation(relation).name.clone(), Filling::Members)
                    }
                };
                path.push(Key::Name(key));
                Some(Slot { path, filling })
            })
            .collect();
        Self { slots, outcomes, reads_as_of }
    }

    /// Leaves outcomes out of what is varied.
    pub fn forget_outcomes(&mut self, which: impl Fn(&str) -> bool) {
        self.outcomes.retain(|name| !which(name));
    }

    /// Every set of facts, with lists of none, one or two members, everything known; `None` where there
    /// are more than `limit`.
    pub fn all(&self, limit: usize) -> Option<Vec<Draft>> {
        let mut root = Table::default();
        for slot in &self.slots {
            root.put(&slot.path, &slot.filling);
        }
        let facts = root.all(limit)?;
        let mut drafts: Vec<Draft> =
            facts.into_iter().map(|facts| Draft { facts, ..Draft::default() }).collect();
        for name in &self.outcomes {
            if drafts.len() * 2 > limit {
                return None;
            }
            let with = |draft: &Draft, outcome| {
                let mut draft = draft.clone();
                draft.assume.insert(name.clone(), outcome);
                draft
            };
            let outcomes = [Outcome::Met, Outcome::Gap];
            drafts = drafts.iter().flat_map(|d| outcomes.map(|outcome| with(d, outcome))).collect();
        }
        Some(drafts)
    }

    /// Facts made up from nothing.
    pub fn make(&self, random: &mut Random) -> Draft {
        let mut draft = Draft { facts: Json::Object(Map::new()), ..Draft::default() };
        for slot in &self.slots {
            if !random.one_in(8) {
                slot.fill(&mut draft.facts, random);
            }
        }
        for name in &self.outcomes {
            draft.assume.insert(name.clone(), any_outcome(random));
        }
        if self.reads_as_of {
            draft.as_of = Some(DEFAULT_AS_OF.to_owned());
        }
        draft
    }

    /// Changes one thing.
    pub fn change(&self, draft: &mut Draft, random: &mut Random) {
        let pick = random.below(self.slots.len() + self.outcomes.len());
        if let Some(slot) = self.slots.get(pick) {
            if random.one_in(4) {
                slot.clear(&mut draft.facts, random);
            } else {
                slot.fill(&mut draft.facts, random);
            }
        } else if let Some(name) = self.outcomes.iter().nth(pick - self.slots.len()) {
            draft.assume.insert(name.clone(), any_outcome(random));
        }
    }
}

fn any_outcome(random: &mut Random) -> Outcome {
    match random.below(5) {
        0 | 1 => Outcome::Met,
        2 | 3 => Outcome::Gap,
        _ => Outcome::Unknown,
    }
}

/// The keys by which a case reaches a thing: the longest name in scope, then field by field.
fn written(way: &[Step], names: &[ScopeName], schema: &Schema) -> Option<Vec<Key>> {
    let follows = |named: &&ScopeName| {
        named.path.len() <= way.len()
            && named.path.iter().zip(way).all(|((kind, field), step)| *step == Step::Follow(*kind, *field))
    };
    let named = names.iter().filter(follows).max_by_key(|n| n.path.len())?;
    let mut keys = vec![Key::Name(named.name.clone())];
    for step in way.get(named.path.len()..)? {
        keys.push(match step {
            Step::Follow(kind, field) => Key::Name(schema.kind(*kind).field(*field).name.clone()),
            Step::Member(kind, relation) => Key::Member(schema.kind(*kind).relation(*relation).name.clone()),
        });
    }
    Some(keys)
}

/// Collects what a plan reads, by the way to the thing that it is read of.
struct Walk<'a> {
    plan: &'a Plan,
    found: &'a mut BTreeMap<(Vec<Step>, Step), ()>,
    ways: BTreeMap<Var, Vec<Step>>,
}

impl Walk<'_> {
    fn node(&mut self, id: NodeId) {
        match self.plan.op(id).clone() {
            Op::Flag(thing, kind, field)
            | Op::Has(thing, kind, field)
            | Op::Fact(thing, kind, field)
            | Op::SetFact(thing, kind, field)
            | Op::Follow(thing, kind, field) => {
                let way = self.way(thing);
                self.found.insert((way, Step::Follow(kind, field)), ());
                self.node(thing);
            }
            Op::Quantified(_, thing, kind, relation, var, body)
            | Op::Count(thing, kind, relation, var, body) => {
                let mut way = self.way(thing);
                self.found.insert((way.clone(), Step::Member(kind, relation)), ());
                self.node(thing);
                way.push(Step::Member(kind, relation));
                let before = self.ways.insert(var, way);
                self.node(body);
                match before {
                    Some(way) => drop(self.ways.insert(var, way)),
                    None => drop(self.ways.remove(&var)),
                }
            }
            op => op.parts().into_iter().for_each(|part| self.node(part)),
        }
    }

    fn way(&self, thing: NodeId) -> Vec<Step> {
        match self.plan.op(thing) {
            Op::Thing(var) => self.ways.get(var).cloned().unwrap_or_default(),
            Op::Follow(from, kind, field) => {
                let mut way = self.way(*from);
                way.push(Step::Follow(*kind, *field));
                way
            }
            _ => vec![],
        }
    }
}

/// Values that the plans mention.
#[derive(Default)]
struct Pool {
    numbers: BTreeSet<i64>,
    texts: BTreeSet<String>,
    codes: BTreeMap<EnumId, BTreeSet<u32>>,
}

impl Pool {
    fn collect(&mut self, plan: &Plan, schema: &Schema) {
        self.texts.extend(plan.texts.iter().cloned());
        for node in &plan.nodes {
            match &node.op {
                Op::Number(n) => drop(self.numbers.insert(*n)),
                Op::Compare(_, a, b) | Op::Member(a, b) | Op::Sets(_, a, b) => {
                    for (this, other) in [(a, b), (b, a)] {
                        if let Some(values) = values_of(plan, schema, *this) {
                            self.mention(values, plan.op(*other));
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn mention(&mut self, values: EnumId, op: &Op) {
        let codes = self.codes.entry(values).or_default();
        match op {
            Op::Number(place) => codes.extend(u32::try_from(*place)),
            Op::SetLiteral(set) => codes.extend((0..128).filter(|place| set >> place & 1 == 1)),
            _ => {}
        }
    }

    fn filling(&self, schema: &Schema, field: &Field) -> Filling {
        let mut values: Vec<Json> = match field.ty {
            Type::Bool => vec![json!(true), json!(false)],
            Type::Thing(_) => return Filling::Thing { optional: field.optional },
            Type::Set(values) => return Filling::Codes(self.codes(schema, values)),
            Type::Enum(values) => self.codes(schema, values),
            Type::Text => self.texts.iter().map(|t| json!(t)).chain([json!("x")]).collect(),
            Type::Int => self.near(1).into_iter().filter(|n| within(field, *n)).map(|n| json!(n)).collect(),
            Type::Decimal => {
                let numbers = self.near(1).into_iter().chain(self.near(DECIMAL_ONE));
                numbers.filter(|n| within(field, *n)).map(|n| json!(n as f64 / DECIMAL_ONE as f64)).collect()
            }
            Type::Date => self.dates().into_iter().map(|d| json!(format_date(d))).collect(),
            Type::Duration => self
                .near(1)
                .into_iter()
                .filter(|n| (0..10_000).contains(n))
                .map(|n| json!(format!("{n}h")))
                .collect(),
        };
        if field.optional {
            values.push(json!("none"));
        }
        Filling::Values(values)
    }

    /// The codes that are mentioned, and two that are not.
    fn codes(&self, schema: &Schema, values: EnumId) -> Vec<Json> {
        let mentioned = self.codes.get(&values).cloned().unwrap_or_default();
        let list = schema.values(values).iter().enumerate();
        let (named, others): (Vec<_>, Vec<_>) =
            list.partition(|(place, _)| mentioned.contains(&(*place as u32)));
        named.into_iter().chain(others.into_iter().take(2)).map(|(_, code)| json!(code)).collect()
    }

    /// Numbers that are mentioned, their neighbours, and small ones.
    fn near(&self, step: i64) -> BTreeSet<i64> {
        let around = self.numbers.iter().flat_map(|n| [n.saturating_sub(step), *n, n.saturating_add(step)]);
        around.chain([0, 1, 2]).collect()
    }

    /// Dates that are mentioned and their neighbours; and days before and after the assessment, at the
    /// distances that are mentioned.
    fn dates(&self) -> BTreeSet<i64> {
        let today = parse_date(DEFAULT_AS_OF).unwrap_or_default();
        let mentioned =
            self.numbers.iter().filter(|n| **n > 100_000_000).flat_map(|n| [n - DAY, *n, n + DAY]);
        let distances = self.near(1).into_iter().filter(|n| (0..4_000).contains(n));
        let around = distances.flat_map(|n| [n, -n, n + n / 5 * 2]).map(|n| today + n * DAY);
        let days = parse_date("1970-01-01").unwrap_or_default()..parse_date("2100-01-01").unwrap_or_default();
        mentioned.chain(around).filter(|d| days.contains(d)).collect()
    }
}

fn within(field: &Field, number: i64) -> bool {
    (field.range.0..=field.range.1).contains(&number)
}

/// The list of values of a node that is an enum or a set of it.
fn values_of(plan: &Plan, schema: &Schema, id: NodeId) -> Option<EnumId> {
    let (Op::Fact(_, kind, field) | Op::SetFact(_, kind, field)) = plan.op(id) else { return None };
    match schema.kind(*kind).field(*field).ty {
        Type::Enum(values) | Type::Set(values) => Some(values),
        _ => None,
    }
}

/// What can stand in a table of facts, key by key.
#[derive(Default)]
struct Table {
    values: BTreeMap<String, Vec<Json>>,
    tables: BTreeMap<String, (Table, bool)>,
    lists: BTreeMap<String, Table>,
}

impl Table {
    fn put(&mut self, path: &[Key], filling: &Filling) {
        match (path, filling) {
            ([Key::Name(name)], Filling::Members) => drop(self.lists.entry(name.clone()).or_default()),
            ([Key::Name(name)], Filling::Thing { optional }) => {
                self.tables.entry(name.clone()).or_default().1 |= *optional;
            }
            ([Key::Name(name)], Filling::Values(values)) => {
                drop(self.values.insert(name.clone(), values.clone()))
            }
            ([Key::Name(name)], Filling::Codes(codes)) => {
                let sets = (0..1_u32 << codes.len().min(12)).map(|set| {
                    let chosen = codes.iter().enumerate().filter(|(place, _)| set >> place & 1 == 1);
                    chosen.map(|(_, code)| code.clone()).collect()
                });
                self.values.insert(name.clone(), sets.collect());
            }
            ([Key::Name(name), rest @ ..], _) => {
                self.tables.entry(name.clone()).or_default().0.put(rest, filling)
            }
            ([Key::Member(name), rest @ ..], _) => {
                self.lists.entry(name.clone()).or_default().put(rest, filling)
            }
            ([], _) => {}
        }
    }

    /// Every way to fill it; `None` where there are more than `limit`.
    fn all(&self, limit: usize) -> Option<Vec<Json>> {
        let mut made = vec![Map::new()];
        for (name, values) in &self.values {
            made = with_each(&made, name, values, limit)?;
        }
        for (name, (table, optional)) in &self.tables {
            let mut values = table.all(limit)?;
            values.extend(optional.then(|| json!("none")));
            made = with_each(&made, name, &values, limit)?;
        }
        for (name, table) in &self.lists {
            let members = table.all(limit)?;
            if members.len() * (members.len() + 3) / 2 + 1 > limit {
                return None;
            }
            let one = members.iter().map(|m| json!([m]));
            let two = members
                .iter()
                .enumerate()
                .flat_map(|(at, a)| members.iter().skip(at).map(move |b| json!([a, b])));
            let values: Vec<Json> = [json!([])].into_iter().chain(one).chain(two).collect();
            made = with_each(&made, name, &values, limit)?;
        }
        Some(made.into_iter().map(Json::Object).collect())
    }
}

/// Each table with each value under a key.
fn with_each(
    tables: &[Map<String, Json>],
    name: &str,
    values: &[Json],
    limit: usize,
) -> Option<Vec<Map<String, Json>>> {
    if tables.len().saturating_mul(values.len()) > limit {
        return None;
    }
    let with = |table: &Map<String, Json>, value: &Json| {
        let mut table = table.clone();
        table.insert(name.to_owned(), value.clone());
        table
    };
    Some(tables.iter().flat_map(|table| values.iter().map(|value| with(table, value))).collect())
}

impl Slot {
    /// Puts some value in, making what leads there.
    fn fill(&self, facts: &mut Json, random: &mut Random) {
        let Some((Key::Name(last), way)) = self.path.split_last() else { return };
        let Some(holder) = enter(facts, way, random) else { return };
        let before = holder.get(last);
        let value = match &self.filling {
            Filling::Values(values) => random.pick(values).cloned(),
            Filling::Codes(codes) => Some(some_codes(codes, random)),
            Filling::Thing { optional: true } if random.one_in(4) => Some(json!("none")),
            // A thing that has facts already keeps them.
            Filling::Thing { .. } if before.is_some_and(Json::is_object) => None,
            Filling::Thing { .. } => Some(json!({})),
            Filling::Members => Some(members(before, random)),
        };
        if let Some(value) = value {
            holder.insert(last.clone(), value);
        }
    }

    /// Takes the value out.
    fn clear(&self, facts: &mut Json, random: &mut Random) {
        if let Some((Key::Name(last), way)) = self.path.split_last()
            && let Some(holder) = enter(facts, way, random)
        {
            holder.remove(last);
        }
    }
}

fn some_codes(codes: &[Json], random: &mut Random) -> Json {
    let keep = 1 + random.below(4);
    codes.iter().filter(|_| random.below(4) < keep).cloned().collect()
}

/// The members so far with one more, one less, or opened or closed.
fn members(before: Option<&Json>, random: &mut Random) -> Json {
    let mut items: Vec<Json> = before.and_then(Json::as_array).cloned().unwrap_or_default();
    let open = items.last().is_some_and(Json::is_string);
    items.retain(|item| !item.is_string());
    match random.below(4) {
        0 => drop(items.pop()),
        1 if items.len() < 3 => {
            // A copy of a member differs from it once a fact is changed.
            let copy = random.pick(&items).cloned();
            items.push(copy.unwrap_or_else(|| json!({})));
        }
        2 if items.len() < 3 => items.push(json!({})),
        _ => {}
    }
    if open != random.one_in(4) {
        items.push(json!("…"));
    }
    Json::Array(items)
}

/// The table that a path leads to; what is missing on the way is made, of a list some member is taken.
fn enter<'j>(facts: &'j mut Json, way: &[Key], random: &mut Random) -> Option<&'j mut Map<String, Json>> {
    let mut here = facts;
    for key in way {
        let table = here.as_object_mut()?;
        here = match key {
            Key::Name(name) => table.entry(name.clone()).or_insert_with(|| json!({})),
            Key::Member(name) => {
                let list = table.entry(name.clone()).or_insert_with(|| json!([{}])).as_array_mut()?;
                let tables = list.iter().filter(|item| item.is_object()).count();
                let chosen = random.below(tables);
                list.iter_mut().filter(|item| item.is_object()).nth(chosen)?
            }
        };
    }
    here.as_object_mut()
}
