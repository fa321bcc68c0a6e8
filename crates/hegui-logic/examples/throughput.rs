//! How long the columnar evaluator takes for a check over many things:
//! `cargo run --release -p hegui-logic --example throughput [THINGS]`.

#![expect(clippy::print_stdout, clippy::expect_used, reason = "a program for a person at a terminal")]

use hegui_logic::columnar::Session;
use hegui_logic::schema::{Enum, EnumId, Field, FieldId, Kind, KindId, Relation, Schema, Source, Type};
use hegui_logic::typing::compile;
use hegui_logic::universe::{Universe, Value};
use std::time::Instant;

fn field(name: &str, ty: Type) -> Field {
    Field { name: name.into(), ty, optional: false, range: (0, 1_000), inherits: false }
}

fn kind(name: &str, parent: bool, fields: Vec<Field>, relations: Vec<Relation>) -> Kind {
    Kind {
        name: name.into(),
        parent: parent.then_some(FieldId(0)),
        fields,
        relations,
        names: vec![],
        declared: None,
    }
}

fn inverse(name: &str, to: u16, field: u16) -> Relation {
    Relation { name: name.into(), to: KindId(to), source: Source::Inverse(FieldId(field)) }
}

fn schema() -> Schema {
    let thing = |k| Type::Thing(KindId(k));
    let activity = vec![
        field("product", thing(1)),
        field("active", Type::Bool),
        field("sensitive", Type::Bool),
        field("basis", Type::Enum(EnumId(0))),
        field("types", Type::Set(EnumId(0))),
        field("retention_days", Type::Int),
        field("limit_days", Type::Int),
        field("began", Type::Date),
        field("purpose", Type::Text),
    ];
    let provision = vec![
        field("activity", thing(2)),
        field("recipient", thing(4)),
        field("separate", Type::Bool),
        field("volume", Type::Int),
    ];
    Schema {
        kinds: vec![
            kind("organisation", false, vec![field("big", Type::Bool)], vec![inverse("products", 1, 0)]),
            kind(
                "product",
                true,
                vec![field("organisation", thing(0)), field("public", Type::Bool), field("users", Type::Int)],
                vec![inverse("activities", 2, 0)],
            ),
            kind("activity", true, activity, vec![inverse("provisions", 3, 0)]),
            kind("provision", true, provision, vec![]),
            kind("party", false, vec![field("handler", Type::Bool)], vec![inverse("received", 3, 1)]),
        ],
        enums: vec![Enum { name: "basis".into(), values: (0..8).map(|i| format!("b{i}")).collect() }],
    }
}

fn universe(schema: &Schema, things: usize) -> Universe {
    let counts = [1, things.div_ceil(1_000), things, 2 * things, things.div_ceil(50)];
    let mut universe = Universe::new(schema, &counts, 1_780_000_000);
    let texts: Vec<u32> = (0..500).map(|i| universe.texts.intern(&format!("purpose {i} 送货"))).collect();
    let mut state = 88_172_645_463_325_252u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for (k, kind) in schema.kinds.iter().enumerate() {
        for row in 0..counts.get(k).copied().unwrap_or(0) as u32 {
            for (f, field) in kind.fields.iter().enumerate() {
                let n = next();
                if n % 10 == 0 && kind.parent != Some(FieldId(f as u16)) {
                    continue;
                }
                let n = n / 10;
                let value = match field.ty {
                    Type::Bool => Value::Flag(n % 4 != 0),
                    Type::Set(_) => Value::Set(u128::from(n % 256)),
                    // A child's parent in order, as a register is written; other references anywhere.
                    Type::Thing(to) if f == 0 => {
                        let there = counts.get(usize::from(to.0)).copied().unwrap_or(1) as u64;
                        let here = counts.get(k).copied().unwrap_or(1) as u64;
                        Value::Thing((u64::from(row) * there / here) as u32)
                    }
                    Type::Thing(to) => {
                        Value::Thing((n % counts.get(usize::from(to.0)).copied().unwrap_or(1) as u64) as u32)
                    }
                    Type::Enum(_) => Value::Number((n % 8) as i64),
                    Type::Text => Value::Number(texts.get(n as usize % 500).copied().unwrap_or(0).into()),
                    Type::Date => Value::Number(1_700_000_000 + (n % 100_000_000) as i64),
                    _ => Value::Number((n % 1_000) as i64),
                };
                universe.state(KindId(k as u16), row, FieldId(f as u16), Some(value));
            }
            for r in 0..kind.relations.len() as u16 {
                universe.close(KindId(k as u16), row, hegui_logic::schema::RelationId(r), next() % 4 > 0);
            }
        }
    }
    universe.link(schema);
    universe
}

const CHECKS: [(&str, &str); 9] = [
    (
        "five own facts",
        "activity.active && activity.sensitive && activity.basis == \"b1\" && activity.retention_days <= 180 && has(activity.began)",
    ),
    (
        "five facts, above",
        "activity.sensitive ? product.public && product.users > 100 : organisation.big && activity.basis in [\"b1\", \"b2\"]",
    ),
    (
        "numbers and dates",
        "activity.retention_days + 30 <= activity.limit_days && as_of - activity.began < days(365) && activity.began + days(90) > as_of",
    ),
    (
        "sets",
        "\"b1\" in activity.types && [\"b1\", \"b2\"].exists(x, x in activity.types) && size(activity.types) > 2",
    ),
    ("texts", "activity.purpose.contains(\"送货\") && activity.purpose.matches(\"purpose [0-9]+5 .*\")"),
    ("exists", "activity.provisions.exists(p, p.separate && p.volume > 10)"),
    ("all, reference", "activity.provisions.all(p, p.recipient.handler || p.separate)"),
    ("all, outer facts", "activity.provisions.all(p, p.separate || p.volume <= activity.limit_days)"),
    ("count", "size(activity.provisions.filter(p, p.separate)) >= 2"),
];

fn main() {
    let things = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let schema = schema();
    let universe = universe(&schema, things);
    println!("{things} activities, {} provisions", universe.table(KindId(3)).rows);
    println!("{:<18} {:>10} {:>10} {:>8} {:>8} {:>8}", "check", "first µs", "best µs", "yes", "no", "ns/row");
    for (name, source) in CHECKS {
        let plan = compile(source, &schema, KindId(2), &|_, _| Ok(())).expect(source);
        let mut best = f64::MAX;
        let mut first = 0.0;
        let mut counts = (0, 0);
        for round in 0..30 {
            // A fresh session each time: nothing is shared.
            let mut session = Session::new(&universe, &schema);
            let start = Instant::now();
            let truths = session.evaluate(&plan);
            let took = start.elapsed().as_secs_f64() * 1e6;
            if round == 0 {
                first = took;
            }
            best = took.min(best);
            counts = (truths.yes.count(), truths.no.count());
        }
        println!(
            "{name:<18} {first:>10.0} {best:>10.0} {:>8} {:>8} {:>8.2}",
            counts.0,
            counts.1,
            best * 1e3 / things as f64
        );
    }
    let plans: Vec<_> =
        CHECKS.iter().map(|(_, s)| compile(s, &schema, KindId(2), &|_, _| Ok(())).expect(s)).collect();
    let start = Instant::now();
    let mut session = Session::new(&universe, &schema);
    let known: usize = plans.iter().map(|plan| session.evaluate(plan).yes.count()).sum();
    println!("all in one session: {:.0} µs ({known} hold)", start.elapsed().as_secs_f64() * 1e6);
}
