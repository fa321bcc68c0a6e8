//! A case's facts as a universe: the small world in which a requirement's outcome is computed.
//!
//! The thing under evaluation is row 0 of its kind, and each kind above it has one thing, of which
//! nothing is known. Facts hang on the names in scope; a nested table is the thing referred to, made
//! when it is first named; a list of tables holds the members of a relation. A member's parent is the
//! thing that it hangs on. With `"@" = "courier"` a thing gets a label, and `"@courier"` (or
//! `"@activity"`, a name in scope) stands for it elsewhere, where two facts speak of one thing.

mod values;

use crate::document::hint;
use crate::model::{Case, Catalog, Requirement};
use hegui_logic::bits::Bits;
use hegui_logic::calendar::parse_date;
use hegui_logic::plan::Plan;
use hegui_logic::schema::{FieldId, KindId, RelationId, Schema, Source, Type};
use hegui_logic::truth::{Outcome, Truth};
use hegui_logic::universe::{FactKey, OutcomeColumn, ROW_NONE, Texts, Universe, Value};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
pub use values::{length, moment};
use values::{plain, sort_of};

/// The day on which a case is assessed that names none.
pub const DEFAULT_AS_OF: &str = "2026-06-01";

/// Facts of a case that do not fit the dictionary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Which fact: keys from the case's `facts`, as in `provision/consents/0/form`.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub remedy: String,
}

/// A case's universe, and what its things are called.
#[derive(Clone, Debug)]
pub struct World {
    /// The facts, linked.
    pub universe: Universe,
    /// By kind and row: the path by which the case reaches the thing.
    names: BTreeMap<(KindId, u32), String>,
}

/// Universes without a thing, and with one thing of each kind, of which nothing is known: most tables
/// of most cases look like that.
#[derive(Clone, Debug, Default)]
pub struct Blanks(Vec<Universe>);

impl Blanks {
    /// For worlds of one schema.
    #[must_use]
    pub fn of(schema: &Schema) -> Self {
        let blank = |n| Universe::new(schema, &vec![n; schema.kinds.len()], 0);
        Self(vec![blank(0), blank(1)])
    }
}

/// A name in scope: the references to follow from the thing under evaluation, and the kind it ends at.
#[derive(Clone, Debug)]
pub(crate) struct ScopeName {
    pub name: String,
    pub path: Vec<(KindId, FieldId)>,
    pub kind: KindId,
}

/// The names that an expression about a kind may use, nearest first.
pub(crate) fn scope_names(schema: &Schema, scope: KindId) -> Vec<ScopeName> {
    let mut found: Vec<ScopeName> = vec![];
    let mut kind = scope;
    let mut path = vec![];
    loop {
        let definition = schema.kind(kind);
        let mut bind = |name: &str, path: Vec<(KindId, FieldId)>, kind: KindId| {
            if !found.iter().any(|f| f.name == name) {
                found.push(ScopeName { name: name.to_owned(), path, kind });
            }
        };
        for field in &definition.names {
            if let Type::Thing(to) = definition.field(*field).ty {
                let path = path.iter().copied().chain([(kind, *field)]).collect();
                bind(&definition.field(*field).name, path, to);
            }
        }
        bind(&definition.name, path.clone(), kind);
        let Some((field, above)) = definition.parent.zip(schema.parent_of(kind)) else { return found };
        path.push((kind, field));
        kind = above;
    }
}

impl World {
    /// Builds the world of a case.
    ///
    /// # Errors
    /// Every fact that does not fit the dictionary.
    pub fn new(catalog: &Catalog, requirement: &Requirement, case: &Case) -> Result<Self, Vec<Misfit>> {
        Self::with(&Blanks::default(), catalog, requirement, case)
    }

    /// [`World::new`] for many cases of one catalog: what is unknown in all of them is made once.
    ///
    /// # Errors
    /// Every fact that does not fit the dictionary.
    pub fn with(
        blanks: &Blanks,
        catalog: &Catalog,
        requirement: &Requirement,
        case: &Case,
    ) -> Result<Self, Vec<Misfit>> {
        let builder = Builder::of(catalog, requirement, case)?;
        let as_of = case.as_of.as_deref().unwrap_or(DEFAULT_AS_OF);
        let mut world = builder.finish(blanks, parse_date(as_of).unwrap_or_default());
        world.universe.calendar = catalog.calendar.clone();
        for plan in requirement.when_plan.iter().chain(&requirement.check_plan) {
            world.assume(plan, &case.assume);
        }
        Ok(world)
    }

    /// Whether a case's facts fit the dictionary, without building their world.
    ///
    /// # Errors
    /// Every fact that does not.
    pub fn fits(catalog: &Catalog, requirement: &Requirement, case: &Case) -> Result<(), Vec<Misfit>> {
        Builder::of(catalog, requirement, case).map(drop)
    }

    /// A world in which nothing is known, except that every relation is complete and empty.
    #[must_use]
    pub fn empty(blanks: &Blanks, catalog: &Catalog, scope: KindId) -> Self {
        let mut builder = Builder::new(&catalog.schema, scope);
        for (kind, rows) in builder.counts.clone().into_iter().enumerate() {
            let kind = KindId(kind as u16);
            let relations = catalog.schema.kind(kind).relations.len() as u16;
            // The relation that holds the thing we came from has a member; it is left open.
            builder
                .closed
                .extend((0..rows).flat_map(|row| (0..relations).map(move |r| (kind, row, RelationId(r)))));
        }
        let above = builder.above.clone();
        builder.closed.retain(|(kind, _, relation)| !above.contains(&(*kind, *relation)));
        let mut world = builder.finish(blanks, parse_date(DEFAULT_AS_OF).unwrap_or_default());
        world.universe.calendar = catalog.calendar.clone();
        world
    }

    /// Supposes outcomes for what other plans read.
    pub(crate) fn suppose<'p>(
        &mut self,
        plans: impl Iterator<Item = &'p Plan>,
        assumed: &BTreeMap<String, Outcome>,
    ) {
        for plan in plans {
            self.assume(plan, assumed);
        }
    }

    /// Supposes the outcomes that a plan reads.
    fn assume(&mut self, plan: &Plan, assumed: &BTreeMap<String, Outcome>) {
        for (name, kind) in &plan.outcomes {
            let truth = assumed.get(name).map_or(Truth::Unknown, |o| o.truth());
            let rows = self.universe.table(*kind).rows;
            let all = |wanted| if truth == wanted { Bits::ones(rows) } else { Bits::zeros(rows) };
            let column = OutcomeColumn { met: all(Truth::True), gap: all(Truth::False) };
            self.universe.outcomes.insert((name.clone(), *kind), column);
        }
    }

    /// How a case calls a fact: `provision.consents`, `recipient.role`, `met("5.7.2", consent)`.
    #[must_use]
    pub fn path(&self, key: &FactKey, schema: &Schema) -> String {
        let thing = |kind: &KindId, row: u32| {
            self.names
                .get(&(*kind, row))
                .cloned()
                .unwrap_or_else(|| format!("{}#{row}", schema.kind(*kind).name))
        };
        match key {
            FactKey::Fact(kind, row, field) => {
                format!("{}.{}", thing(kind, *row), schema.kind(*kind).field(*field).name)
            }
            FactKey::Complete(kind, row, relation) => {
                format!("{}.{}", thing(kind, *row), schema.kind(*kind).relation(*relation).name)
            }
            FactKey::Outcome(clause, kind, row) => format!("met(\"{clause}\", {})", thing(kind, *row)),
            FactKey::Calendar => "calendar".to_owned(),
        }
    }
}

struct Builder<'a> {
    schema: &'a Schema,
    /// How many things there are of each kind.
    counts: Vec<u32>,
    facts: BTreeMap<(KindId, u32, FieldId), Value>,
    closed: Vec<(KindId, u32, RelationId)>,
    listed: Vec<(KindId, u32, RelationId, u32)>,
    names: BTreeMap<(KindId, u32), String>,
    /// Relations that hold the thing under evaluation or what stands above it.
    above: Vec<(KindId, RelationId)>,
    texts: Texts,
    /// Things with a label.
    labels: BTreeMap<String, (KindId, u32)>,
    /// References to labels, to be settled when all are known.
    waiting: Vec<Waiting>,
    misfits: Vec<Misfit>,
}

/// A reference to a labelled thing.
struct Waiting {
    label: String,
    wanted: KindId,
    target: Target,
    path: String,
}

enum Target {
    Fact(KindId, u32, FieldId),
    Member(KindId, u32, RelationId),
}

impl<'a> Builder<'a> {
    /// Reads a case's facts.
    fn of(catalog: &'a Catalog, requirement: &Requirement, case: &Case) -> Result<Self, Vec<Misfit>> {
        let Some(scope) = requirement.scope else { return Err(vec![]) };
        let facts: Json = serde_json::from_str(&case.facts).unwrap_or_default();
        let mut builder = Self::new(&catalog.schema, scope);
        if let Json::Object(facts) = &facts {
            builder.read_scope(scope, facts);
        }
        builder.settle();
        if builder.misfits.is_empty() { Ok(builder) } else { Err(builder.misfits) }
    }

    fn new(schema: &'a Schema, scope: KindId) -> Self {
        let mut builder = Self {
            schema,
            counts: vec![0; schema.kinds.len()],
            facts: BTreeMap::new(),
            closed: vec![],
            listed: vec![],
            names: BTreeMap::new(),
            above: vec![],
            texts: Texts::default(),
            labels: BTreeMap::new(),
            waiting: vec![],
            misfits: vec![],
        };
        let mut kind = scope;
        let name = schema.kind(kind).name.clone();
        let mut row = builder.thing(kind, name);
        while let Some((field, above)) = schema.kind(kind).parent.zip(schema.parent_of(kind)) {
            let name = schema.kind(above).name.clone();
            let parent = builder.thing(above, name);
            builder.facts.insert((kind, row, field), Value::Thing(parent));
            for (index, relation) in schema.kind(above).relations.iter().enumerate() {
                if relation.to == kind && relation.source == Source::Inverse(field) {
                    builder.above.push((above, RelationId(index as u16)));
                }
            }
            (kind, row) = (above, parent);
        }
        for named in scope_names(schema, scope) {
            if named.path.iter().all(|(k, f)| schema.kind(*k).parent == Some(*f)) {
                builder.labels.insert(named.name, (named.kind, 0));
            }
        }
        builder
    }

    fn thing(&mut self, kind: KindId, name: String) -> u32 {
        let Some(count) = self.counts.get_mut(kind.0 as usize) else { return 0 };
        let row = *count;
        *count += 1;
        self.names.insert((kind, row), name);
        row
    }

    fn misfit(&mut self, path: &str, message: impl Into<String>, remedy: impl Into<String>) {
        self.misfits.push(Misfit { path: path.to_owned(), message: message.into(), remedy: remedy.into() });
    }

    /// The facts of a case: names in scope, each with a table.
    fn read_scope(&mut self, scope: KindId, facts: &Map<String, Json>) {
        let names = scope_names(self.schema, scope);
        for (name, value) in facts {
            let Some(found) = names.iter().find(|n| n.name == *name) else {
                let known: Vec<&str> = names.iter().map(|n| n.name.as_str()).collect();
                let near = hint(name, known.iter().copied());
                self.misfit(
                    name,
                    format!("no name `{name}` in scope{near}"),
                    format!("in scope are: {}", known.join(", ")),
                );
                continue;
            };
            let (mut kind, mut row) = (scope, 0);
            let Some(((last_kind, last), way)) = found.path.split_last() else {
                self.read_thing(kind, row, value, name);
                continue;
            };
            for (at, field) in way {
                row = self.follow(*at, row, *field, name).unwrap_or(0);
                if let Type::Thing(to) = self.schema.kind(*at).field(*field).ty {
                    kind = to;
                }
            }
            debug_assert_eq!(kind, *last_kind, "each step begins where the one before ended");
            let alone = name.clone();
            self.read_reference(*last_kind, row, *last, value, &alone, Some(name.clone()));
        }
    }

    /// The thing that a reference points to, made if nobody named it yet.
    fn follow(&mut self, kind: KindId, row: u32, field: FieldId, path: &str) -> Option<u32> {
        match self.facts.get(&(kind, row, field)) {
            Some(Value::Thing(ROW_NONE)) => {
                self.misfit(path, "this is stated as none, and has facts", "state one of the two");
                None
            }
            Some(Value::Thing(row)) => Some(*row),
            _ => {
                let Type::Thing(to) = self.schema.kind(kind).field(field).ty else { return None };
                let holder = self.names.get(&(kind, row)).cloned().unwrap_or_default();
                let field_name = self.schema.kind(kind).field(field).name.clone();
                let made = self.thing(to, format!("{holder}.{field_name}"));
                self.facts.insert((kind, row, field), Value::Thing(made));
                Some(made)
            }
        }
    }

    fn read_thing(&mut self, kind: KindId, row: u32, value: &Json, path: &str) {
        let Json::Object(entries) = value else {
            let name = self.schema.kind(kind).name.clone();
            return self.misfit(
                path,
                format!("a `{name}` wants a table of facts, found {}", sort_of(value)),
                "write its facts: `NAME.FACT = …`",
            );
        };
        for (key, value) in entries {
            let path = format!("{path}/{key}");
            let definition = self.schema.kind(kind);
            if key == "@" {
                match value.as_str() {
                    Some(label) => drop(self.labels.insert(label.to_owned(), (kind, row))),
                    None => self.misfit(&path, "a label wants a text", "write `\"@\" = \"courier\"`"),
                }
            } else if let Some(relation) = definition.relation_named(key) {
                self.read_relation(kind, row, relation, value, &path);
            } else if let Some(field) = definition.field_named(key) {
                self.read_fact(kind, row, field, value, &path);
            } else {
                let names = definition.fields.iter().map(|f| f.name.as_str());
                let near = hint(key, names.chain(definition.relations.iter().map(|r| r.name.as_str())));
                let message = format!("`{}` has no fact or relation `{key}`{near}", definition.name);
                let remedy = format!("see facts/{}.toml", definition.name.trim_end_matches(".declared"));
                self.misfit(&path, message, remedy);
            }
        }
    }

    fn read_fact(&mut self, kind: KindId, row: u32, field: FieldId, value: &Json, path: &str) {
        let definition = self.schema.kind(kind).field(field);
        if matches!(definition.ty, Type::Thing(_)) {
            return self.read_reference(kind, row, field, value, path, None);
        }
        match plain(self.schema, definition, value, &mut self.texts) {
            Ok(value) => {
                if self.facts.insert((kind, row, field), value).is_some_and(|before| before != value) {
                    self.misfit(path, "this fact is stated twice, differently", "state it once");
                }
            }
            Err((message, remedy)) => self.misfit(path, message, remedy),
        }
    }

    fn read_reference(
        &mut self,
        kind: KindId,
        row: u32,
        field: FieldId,
        value: &Json,
        path: &str,
        name: Option<String>,
    ) {
        let definition = self.schema.kind(kind).field(field);
        let (Type::Thing(to), optional) = (definition.ty, definition.optional) else { return };
        match value {
            Json::String(text) if text == "none" => {
                if !optional {
                    self.misfit(
                        path,
                        "this reference cannot be none",
                        "mark the fact `optional` in the dictionary, or name a thing",
                    );
                } else if self.facts.insert((kind, row, field), Value::Thing(ROW_NONE)).is_some() {
                    self.misfit(path, "this is stated as none, and has facts", "state one of the two");
                }
            }
            Json::String(text) if text.starts_with('@') => self.waiting.push(Waiting {
                label: text.trim_start_matches('@').to_owned(),
                wanted: to,
                target: Target::Fact(kind, row, field),
                path: path.to_owned(),
            }),
            Json::Object(_) => {
                if let Some(thing) = self.follow(kind, row, field, path) {
                    if let Some(name) = name {
                        self.names.insert((to, thing), name);
                    }
                    self.read_thing(to, thing, value, path);
                }
            }
            _ => {
                let message =
                    format!("a reference wants a table of facts or \"none\", found {}", sort_of(value));
                self.misfit(path, message, "write the facts of the thing that is meant: `{ type = \"…\" }`");
            }
        }
    }

    fn read_relation(&mut self, kind: KindId, row: u32, relation: RelationId, value: &Json, path: &str) {
        let none = vec![];
        let members = match value {
            Json::Array(members) => members,
            Json::String(text) if text == "none" => &none,
            _ => {
                let message = format!("a relation wants a list of tables, found {}", sort_of(value));
                return self.misfit(
                    path,
                    message,
                    "write `[ { … }, { … } ]`, with `\"…\"` at the end where there may be more",
                );
            }
        };
        let open = members.last().is_some_and(|m| matches!(m.as_str(), Some("…" | "...")));
        if !open {
            self.closed.push((kind, row, relation));
        }
        let members = if open { members.split_last().map_or(&[][..], |(_, rest)| rest) } else { members };
        let holder = self.names.get(&(kind, row)).cloned().unwrap_or_default();
        let (name, to) = {
            let definition = self.schema.kind(kind).relation(relation);
            (definition.name.clone(), definition.to)
        };
        for (index, member) in members.iter().enumerate() {
            let path = format!("{path}/{index}");
            if let Some(label) = member.as_str().and_then(|text| text.strip_prefix('@')) {
                let target = Target::Member(kind, row, relation);
                self.waiting.push(Waiting { label: label.to_owned(), wanted: to, target, path });
                continue;
            }
            let thing = self.thing(to, format!("{holder}.{name}[{index}]"));
            self.join(kind, row, relation, thing);
            self.read_thing(to, thing, member, &path);
        }
    }

    /// Makes a thing a member of a relation.
    fn join(&mut self, kind: KindId, row: u32, relation: RelationId, member: u32) {
        let definition = self.schema.kind(kind).relation(relation);
        match definition.source {
            Source::Inverse(field) => {
                self.facts.insert((definition.to, member, field), Value::Thing(row));
            }
            Source::List => self.listed.push((kind, row, relation, member)),
            Source::InverseList(list) => self.listed.push((definition.to, member, list, row)),
        }
    }

    /// Settles the references to labelled things.
    fn settle(&mut self) {
        for waiting in std::mem::take(&mut self.waiting) {
            let Some((kind, thing)) =
                self.labels.get(&waiting.label).copied().filter(|(k, _)| *k == waiting.wanted)
            else {
                let near = hint(&waiting.label, self.labels.keys().map(String::as_str));
                let wanted = self.schema.kind(waiting.wanted).name.clone();
                self.misfit(
                    &waiting.path,
                    format!("no `{wanted}` is labelled `{}`{near}", waiting.label),
                    "give a thing the label with `\"@\" = \"…\"`",
                );
                continue;
            };
            debug_assert_eq!(kind, waiting.wanted, "filtered above");
            match waiting.target {
                Target::Fact(kind, row, field) => {
                    self.facts.insert((kind, row, field), Value::Thing(thing));
                }
                Target::Member(kind, row, relation) => self.join(kind, row, relation, thing),
            }
        }
    }

    fn finish(self, blanks: &Blanks, as_of: i64) -> World {
        let rows: Vec<usize> = self.counts.iter().map(|n| *n as usize).collect();
        let blanks: Vec<&Universe> = blanks.0.iter().collect();
        let mut universe = Universe::sharing(&blanks, self.schema, &rows, as_of);
        universe.texts = self.texts;
        for ((kind, row, field), value) in self.facts {
            universe.state(kind, row, field, Some(value));
        }
        for (kind, row, relation) in self.closed {
            universe.close(kind, row, relation, true);
        }
        for (kind, row, relation, member) in self.listed {
            universe.list(kind, row, relation, member);
        }
        universe.link(self.schema);
        World { universe, names: self.names }
    }
}
