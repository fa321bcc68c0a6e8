//! Long lists: what is remembered of them is what would be found again, and what is shown is bounded.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

use hegui_logic::plan::Plan;
use hegui_logic::schema::{Field, FieldId, Kind, KindId, Relation, RelationId, Schema, Source, Type};
use hegui_logic::single::{Bound, Explanation, Extent, missing, waiting};
use hegui_logic::typing::compile;
use hegui_logic::universe::{Universe, Value};

const TOP: KindId = KindId(0);
const ITEM: KindId = KindId(1);
const MANY: usize = 60;

/// Items that stand below a top, refer to one another, and hold two facts.
fn schema() -> Schema {
    let field =
        |name: &str, ty| Field { name: name.into(), ty, optional: true, range: (0, 1_000), inherits: false };
    let relation = Relation { name: "items".into(), to: ITEM, source: Source::Inverse(FieldId(0)) };
    let kind = |name: &str, parent, fields, relations| Kind {
        name: name.into(),
        parent,
        fields,
        relations,
        names: vec![],
        declared: None,
    };
    Schema {
        kinds: vec![
            kind("top", None, vec![field("n", Type::Int)], vec![relation]),
            kind(
                "item",
                Some(FieldId(0)),
                vec![
                    field("top", Type::Thing(TOP)),
                    field("f", Type::Bool),
                    field("n", Type::Int),
                    field("other", Type::Thing(ITEM)),
                ],
                vec![],
            ),
        ],
        enums: vec![],
    }
}

/// Two tops with many items each; every third fact is known.
fn universe(schema: &Schema) -> Universe {
    let mut universe = Universe::new(schema, &[2, 2 * MANY], 0);
    for row in 0..2 * MANY as u32 {
        universe.state(ITEM, row, FieldId(0), Some(Value::Thing(row / MANY as u32)));
        if row % 3 == 0 {
            universe.state(ITEM, row, FieldId(1), Some(Value::Flag(row % 2 == 0)));
        }
        if row % 5 == 0 {
            universe.state(ITEM, row, FieldId(2), Some(Value::Number(i64::from(row % 7))));
        }
        if row % 4 == 0 {
            universe.state(ITEM, row, FieldId(3), Some(Value::Thing((row + 1) % (2 * MANY as u32))));
        }
    }
    universe.link(schema);
    universe.close(TOP, 1, RelationId(0), true);
    universe
}

const SOURCES: [&str; 10] = [
    "top.items.all(x, x.f)",
    "top.items.exists(x, x.f && x.n == 3)",
    "top.items.exists_one(x, x.n == 2)",
    "top.items.all(x, x.n <= item.n)",
    "top.items.all(x, x.n <= item.other.n || x.f)",
    "item.other.top.items.all(x, x.f || x.n > 1)",
    "top.items.all(x, x.other.n > item.other.n)",
    "size(top.items.filter(x, x.f)) > 20",
    "top.items.exists(x, x.f && top.items.all(y, y.n >= x.n || y.f))",
    "item.f || top.items.exists(x, x.n > 5) && item.other.top.items.all(y, y.f)",
];

fn plan(source: &str, schema: &Schema) -> Plan {
    compile(source, schema, ITEM, &|_, _| Ok(())).unwrap_or_else(|error| panic!("{source}: {error}"))
}

#[test]
fn what_is_remembered_is_what_is_there() {
    let schema = schema();
    let universe = universe(&schema);
    for source in SOURCES {
        let plan = plan(source, &schema);
        let (fresh, keen) = (Bound::new(&plan, &universe), Bound::new(&plan, &universe).remembering());
        for row in 0..2 * MANY as u32 {
            assert_eq!(fresh.truth(row), keen.truth(row), "{source} for {row}");
            assert_eq!(fresh.explain(row), keen.explain(row), "{source} for {row}");
            let (a, b) = (missing(None, &fresh, &schema, row), missing(None, &keen, &schema, row));
            assert_eq!(a.facts, b.facts, "{source} for {row}");
        }
    }
}

#[test]
fn what_many_things_wait_for_is_handed_out_once() {
    let schema = schema();
    let universe = universe(&schema);
    let plan = plan("top.items.all(x, x.f || x.n == 1) && item.f", &schema);
    let bound = Bound::new(&plan, &universe).remembering();
    let (a, b) = (waiting(None, &bound, &schema, 1), waiting(None, &bound, &schema, 2));
    if let ([one], [other]) = (a.shared.as_slice(), b.shared.as_slice()) {
        assert!(std::sync::Arc::ptr_eq(one, other));
    } else {
        assert!(a.facts.is_empty() && b.facts.is_empty(), "decided, or shared: {a:?} {b:?}");
    }
}

fn parts(explanation: &Explanation) -> usize {
    1 + explanation.parts.iter().map(parts).sum::<usize>()
}

#[test]
fn no_more_members_are_explained_than_asked_for() {
    let schema = schema();
    let universe = universe(&schema);
    for source in SOURCES {
        let plan = plan(source, &schema);
        for bound in [Bound::new(&plan, &universe), Bound::new(&plan, &universe).remembering()] {
            for row in 0..2 * MANY as u32 {
                let extent = Extent { members: 5, in_all: 12 };
                let short = bound.explain_within(row, extent);
                assert!(parts(&short) < 60, "{source}: {}", parts(&short));
                let (mut shown, mut whole) = (vec![], vec![]);
                counts(&short, &mut shown);
                counts(&bound.explain(row), &mut whole);
                // The outermost lists name and count as many members as there are.
                assert_eq!(shown.first(), whole.first(), "{source} for {row}");
            }
        }
    }
}

/// How many members decided each list, shown or not.
fn counts(explanation: &Explanation, into: &mut Vec<usize>) {
    let members = explanation.parts.iter().filter(|part| part.member.is_some()).count();
    if members + explanation.more > 0 {
        into.push(members + explanation.more);
    }
    explanation.parts.iter().for_each(|part| counts(part, into));
}
