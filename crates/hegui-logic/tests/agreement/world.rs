//! A small world of things, kept in maps by name, and the universe made of it.
//!
//! The oracle reads only this; the evaluators under test read only the universe.

use crate::tape::Tape;
use hegui_logic::bits::Bits;
use hegui_logic::calendar::{Calendar, DAY, Year, days_from_civil, parse_date};
use hegui_logic::plan::NONE;
use hegui_logic::schema::{
    Enum, EnumId, Field, FieldId, Kind, KindId, Relation, RelationId, Schema, Source, Type,
};
use hegui_logic::universe::{OutcomeColumn, ROW_NONE, Universe, Value};
use std::collections::{BTreeMap, BTreeSet};

pub const COLOURS: [&str; 3] = ["red", "green", "blue"];
pub const ROLES: [&str; 2] = ["handler", "entrusted"];
pub const TEXTS: [&str; 4] = ["", "送货上门", "send goods", "send a \"parcel\""];
pub const DATES: [&str; 6] =
    ["2025-12-30", "2026-01-01", "2026-01-04", "2026-01-05", "2026-02-28", "2026-03-02"];
pub const NUMBERS: [i64; 5] = [0, 1, 2, 3, 30];
pub const CLAUSES: [&str; 2] = ["5.1", "5.2"];

/// A value of a fact, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    Bool(bool),
    Number(i64),
    Text(String),
    Code(String),
    Codes(BTreeSet<String>),
    Thing(usize),
    None,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thing {
    /// Facts stated here; what is absent is unknown (or inherited).
    pub facts: BTreeMap<String, Fact>,
    /// Lists of references, by relation.
    pub lists: BTreeMap<String, Vec<usize>>,
    /// Relations said to be complete.
    pub closed: BTreeSet<String>,
}

#[derive(Clone, Debug)]
pub struct World {
    pub things: BTreeMap<String, Vec<Thing>>,
    /// Outcomes of clauses, by clause, kind and row.
    pub outcomes: BTreeMap<(String, String, usize), bool>,
    pub as_of: i64,
}

fn field(name: &str, ty: Type, optional: bool) -> Field {
    let range = if ty == Type::Decimal { (0, 100 * 10_000) } else { (0, 1_000) };
    Field { name: name.into(), ty, optional, range, inherits: false }
}

fn inherited(name: &str, ty: Type) -> Field {
    Field { inherits: true, ..field(name, ty, false) }
}

fn relation(name: &str, to: u16, source: Source) -> Relation {
    Relation { name: name.into(), to: KindId(to), source }
}

fn kind(name: &str, fields: Vec<Field>, relations: Vec<Relation>) -> Kind {
    let parent = fields.first().is_some_and(|f| matches!(f.ty, Type::Thing(_)));
    Kind {
        name: name.into(),
        parent: parent.then_some(FieldId(0)),
        fields,
        relations,
        names: vec![],
        declared: None,
    }
}

/// A schema with every type, every source of relations, inheritance and a named reference.
pub fn schema() -> Schema {
    use Type::{Bool, Date, Decimal, Duration, Int, Set, Text};
    let (colour, role) = (Type::Enum(EnumId(0)), Type::Enum(EnumId(1)));
    let thing = |kind| Type::Thing(KindId(kind));
    let inverse = |f| Source::Inverse(FieldId(f));
    let values = |name: &str, values: &[&str]| Enum {
        name: name.into(),
        values: values.iter().map(|v| (*v).to_owned()).collect(),
    };
    let mut provision = kind(
        "provision",
        vec![
            field("activity", thing(2), false),
            field("recipient", thing(4), true),
            inherited("sensitive", Bool),
            field("colours", Set(EnumId(0)), false),
            field("volume", Int, false),
            field("sent", Date, false),
        ],
        vec![],
    );
    provision.names = vec![FieldId(1)];
    let activity_fields = vec![
        field("product", thing(1), false),
        field("active", Bool, false),
        inherited("sensitive", Bool),
        field("colour", colour, true),
        field("colours", Set(EnumId(0)), false),
        field("days", Int, true),
        field("share", Decimal, false),
        field("began", Date, false),
        field("ended", Date, true),
        field("period", Duration, false),
        field("purpose", Text, false),
        field("owner", thing(4), true),
    ];
    Schema {
        kinds: vec![
            kind(
                "organisation",
                vec![
                    field("big", Bool, false),
                    field("staff", Int, false),
                    field("founded", Date, false),
                    field("tags", Set(EnumId(0)), false),
                ],
                vec![relation("products", 1, inverse(0)), relation("parties", 4, inverse(0))],
            ),
            kind(
                "product",
                vec![
                    field("organisation", thing(0), false),
                    field("public", Bool, false),
                    field("sensitive", Bool, false),
                    field("colour", colour, false),
                    field("limit", Int, true),
                ],
                vec![relation("activities", 2, inverse(0))],
            ),
            kind(
                "activity",
                activity_fields,
                vec![relation("helpers", 4, Source::List), relation("provisions", 3, inverse(0))],
            ),
            provision,
            kind(
                "party",
                vec![
                    field("organisation", thing(0), false),
                    field("handler", Bool, false),
                    field("role", role, false),
                    field("name", Text, true),
                    field("since", Date, false),
                ],
                vec![
                    relation("received", 3, inverse(1)),
                    relation("helped", 2, Source::InverseList(RelationId(0))),
                    relation("owned", 2, inverse(11)),
                ],
            ),
        ],
        enums: vec![values("colour", &COLOURS), values("role", &ROLES)],
    }
}

/// Two published years with holidays and make-up days among [`DATES`].
pub fn years() -> BTreeMap<i64, Year> {
    let day = |y, m, d| days_from_civil(y, m, d);
    BTreeMap::from([
        (2025, Year::default()),
        (2026, Year { holidays: vec![day(2026, 1, 1), day(2026, 1, 2)], workdays: vec![day(2026, 1, 4)] }),
    ])
}

/// How much of a random world is known.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Some facts, some relations complete, some things none.
    Partly,
    /// Everything, and nothing is none.
    Fully,
}

impl World {
    pub fn random(schema: &Schema, tape: &mut Tape, known: Known) -> Self {
        let counts: Vec<usize> = schema.kinds.iter().map(|_| 1 + tape.pick(3)).collect();
        let mut things = BTreeMap::new();
        for (kind, count) in schema.kinds.iter().zip(&counts) {
            let made = (0..*count).map(|_| random_thing(schema, kind, &counts, tape, known)).collect();
            things.insert(kind.name.clone(), made);
        }
        let mut world = Self { things, outcomes: BTreeMap::new(), as_of: date(DATES[tape.pick(6)]) };
        for clause in CLAUSES {
            for (kind, count) in schema.kinds.iter().zip(&counts) {
                for row in 0..*count {
                    if known == Known::Fully || tape.pick(3) > 0 {
                        let met = tape.pick(2) == 0;
                        world.outcomes.insert((clause.into(), kind.name.clone(), row), met);
                    }
                }
            }
        }
        world
    }

    pub fn kind(&self, name: &str) -> &[Thing] {
        self.things.get(name).map_or(&[], Vec::as_slice)
    }

    /// The same facts in columns.
    pub fn universe(&self, schema: &Schema) -> Universe {
        let rows: Vec<usize> = schema.kinds.iter().map(|k| self.kind(&k.name).len()).collect();
        let mut universe = Universe::new(schema, &rows, self.as_of);
        universe.calendar = Calendar::new(&years());
        for (k, kind) in schema.kinds.iter().enumerate() {
            let id = KindId(k as u16);
            for (row, thing) in self.kind(&kind.name).iter().enumerate() {
                for (f, field) in kind.fields.iter().enumerate() {
                    if let Some(fact) = thing.facts.get(&field.name) {
                        let value = value_of(schema, field, fact, &mut universe);
                        universe.state(id, row as u32, FieldId(f as u16), Some(value));
                    }
                }
                for (r, relation) in kind.relations.iter().enumerate() {
                    for member in thing.lists.get(&relation.name).into_iter().flatten() {
                        universe.list(id, row as u32, RelationId(r as u16), *member as u32);
                    }
                    let closed = thing.closed.contains(&relation.name);
                    universe.close(id, row as u32, RelationId(r as u16), closed);
                }
            }
        }
        universe.link(schema);
        for ((clause, kind, row), met) in &self.outcomes {
            let Some(id) = schema.kind_named(kind) else { continue };
            let rows = universe.table(id).rows;
            let column = universe
                .outcomes
                .entry((clause.clone(), id))
                .or_insert_with(|| OutcomeColumn { met: Bits::zeros(rows), gap: Bits::zeros(rows) });
            if *met { column.met.set(*row, true) } else { column.gap.set(*row, true) }
        }
        universe
    }
}

pub fn date(text: &str) -> i64 {
    parse_date(text).expect("a date of the tests")
}

/// A fact as the universe keeps it.
pub fn value_of(schema: &Schema, field: &Field, fact: &Fact, universe: &mut Universe) -> Value {
    let place = |list: EnumId, code: &str| {
        schema.values(list).iter().position(|v| v == code).expect("a value of the enum")
    };
    match (fact, field.ty) {
        (Fact::None, Type::Thing(_)) => Value::Thing(ROW_NONE),
        (Fact::None, _) => Value::Number(NONE),
        (Fact::Bool(value), _) => Value::Flag(*value),
        (Fact::Number(value), _) => Value::Number(*value),
        (Fact::Text(text), _) => Value::Number(universe.texts.intern(text).into()),
        (Fact::Code(code), Type::Enum(list)) => Value::Number(place(list, code) as i64),
        (Fact::Codes(codes), Type::Set(list)) => {
            Value::Set(codes.iter().fold(0, |set, code| set | 1 << place(list, code)))
        }
        (Fact::Thing(row), _) => Value::Thing(*row as u32),
        (fact, ty) => panic!("{fact:?} is no {ty:?}"),
    }
}

fn random_thing(schema: &Schema, kind: &Kind, counts: &[usize], tape: &mut Tape, known: Known) -> Thing {
    let mut thing = Thing::default();
    for (place, field) in kind.fields.iter().enumerate() {
        // A thing's parent is known more often than not, or most paths would end at once.
        let unknown = if kind.parent == Some(FieldId(place as u16)) { 12 } else { 4 };
        if known == Known::Partly && tape.pick(unknown) == unknown - 1 {
            continue;
        }
        let fact = random_fact(schema, field, counts, tape, known);
        thing.facts.insert(field.name.clone(), fact);
    }
    for relation in &kind.relations {
        if relation.source == Source::List {
            let there = counts[usize::from(relation.to.0)];
            let members: BTreeSet<usize> = (0..tape.pick(3)).map(|_| tape.pick(there)).collect();
            thing.lists.insert(relation.name.clone(), members.into_iter().collect());
        }
        if known == Known::Fully || tape.pick(3) > 0 {
            thing.closed.insert(relation.name.clone());
        }
    }
    thing
}

/// Some value that a fact may have.
pub fn random_fact(schema: &Schema, field: &Field, counts: &[usize], tape: &mut Tape, known: Known) -> Fact {
    let none_possible = field.optional || matches!(field.ty, Type::Thing(_));
    if known == Known::Partly && none_possible && tape.pick(6) == 5 {
        return Fact::None;
    }
    match field.ty {
        Type::Bool => Fact::Bool(tape.pick(2) == 0),
        Type::Int => Fact::Number(NUMBERS[tape.pick(NUMBERS.len())]),
        Type::Decimal => Fact::Number([0, 2_500, 10_000, 15_000][tape.pick(4)]),
        Type::Date => Fact::Number(date(DATES[tape.pick(DATES.len())])),
        Type::Duration => Fact::Number([0, 3_600, DAY, 30 * DAY][tape.pick(4)]),
        Type::Text => Fact::Text(TEXTS[tape.pick(TEXTS.len())].into()),
        Type::Enum(list) => {
            let values = schema.values(list);
            Fact::Code(values[tape.pick(values.len())].clone())
        }
        Type::Set(list) => {
            let values = schema.values(list).iter().filter(|_| tape.pick(2) == 1);
            Fact::Codes(values.cloned().collect())
        }
        Type::Thing(to) => Fact::Thing(tape.pick(counts[usize::from(to.0)])),
    }
}
