//! Quantifiers that look at the thing outside too, over more pairs than are laid out at a time: all
//! things at once must come to what each comes to alone.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use hegui_logic::bits::Bits;
use hegui_logic::columnar::evaluate;
use hegui_logic::plan::NONE;
use hegui_logic::schema::{
    Enum, EnumId, Field, FieldId, Kind, KindId, Relation, RelationId, Schema, Source, Type,
};
use hegui_logic::single::Bound;
use hegui_logic::typing::compile;
use hegui_logic::universe::{Column, NumberColumn, ROW_NONE, Universe, Value};

const GROUP: KindId = KindId(0);
const MEMBER: KindId = KindId(1);
const GROUPS: u32 = 4_000;
const MEMBERS: u32 = 1_000;

/// Groups that list members and refer to one another.
fn schema() -> Schema {
    let field = |name: &str, ty| Field {
        name: name.into(),
        ty,
        optional: true,
        range: (0, 4_000_000_000),
        inherits: false,
    };
    let kind = |name: &str, fields, relations| Kind {
        name: name.into(),
        parent: None,
        fields,
        relations,
        names: vec![],
        declared: None,
    };
    let code = Type::Enum(EnumId(0));
    let facts = |first| vec![first, field("f", Type::Bool), field("n", Type::Int), field("code", code)];
    let relation = |name: &str, to, source| Relation { name: name.into(), to, source };
    Schema {
        kinds: vec![
            kind(
                "group",
                facts(field("other", Type::Thing(GROUP))),
                vec![relation("members", MEMBER, Source::List)],
            ),
            kind(
                "member",
                facts(field("main", Type::Thing(GROUP))),
                vec![relation("groups", GROUP, Source::InverseList(RelationId(0)))],
            ),
        ],
        enums: vec![Enum { name: "code".into(), values: (0..9).map(|i| format!("c{i}")).collect() }],
    }
}

/// Numbers that look random.
fn numbers() -> impl FnMut(u32) -> u32 {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    move |below| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as u32 % below
    }
}

/// One fact in so many is not known (none are, if zero), and as many are none.
fn universe(schema: &Schema, unknown: u32, greatest: i64) -> Universe {
    let mut universe = Universe::new(schema, &[GROUPS as usize, MEMBERS as usize], 0);
    let mut next = numbers();
    for (kind, rows) in [(GROUP, GROUPS), (MEMBER, MEMBERS)] {
        for row in 0..rows {
            let values = [
                Value::Thing(next(GROUPS)),
                Value::Flag(next(2) == 0),
                Value::Number(i64::from(next(100)) * greatest / 100),
                Value::Number(next(9).into()),
            ];
            for (field, value) in (0..).map(FieldId).zip(values) {
                let value = match (value, if unknown > 0 { next(unknown) } else { 2 }) {
                    (_, 0) => continue,
                    (Value::Number(_), 1) => Value::Number(NONE),
                    (Value::Thing(_), 1) => Value::Thing(ROW_NONE),
                    (value, _) => value,
                };
                universe.state(kind, row, field, Some(value));
            }
            universe.close(kind, row, RelationId(0), unknown == 0 || next(unknown) > 0);
        }
    }
    let mut targets = vec![];
    let mut offsets = vec![0];
    for _ in 0..GROUPS {
        targets.extend((0..next(12)).map(|_| next(MEMBERS)));
        offsets.push(targets.len() as u32);
    }
    assert!(targets.len() > 1 << 14, "more pairs than are laid out at a time");
    universe.state_lists(GROUP, RelationId(0), offsets, targets);
    universe.link(schema);
    universe
}

const SOURCES: [&str; 12] = [
    "group.members.exists(m, m.f && m.n <= group.n)",
    "group.members.exists(m, m.n <= group.n && m.code == \"c3\")",
    "group.members.all(m, m.f || m.n < group.n || m.code in [\"c1\", \"c2\"])",
    "group.members.exists(m, m.f && m.code == group.code)",
    "group.members.all(m, !m.f || m.code != group.code)",
    "group.other.members.exists(m, m.code == group.code && m.f)",
    "group.other.members.all(m, m.f || m.n > group.n)",
    "group.members.exists_one(m, m.f && m.n <= group.n)",
    "size(group.members.filter(m, m.n > group.n && m.f)) > 2",
    "size(group.members) > 3 && size(group.members.filter(m, m.f)) < 4",
    "group.members.all(m, m.f) || group.members.exists(m, m.code == \"c1\" && !m.f)",
    "group.members.all(m, m.groups.exists(g, g.code == m.code || g.n > group.n) || m.f)",
];

#[test]
fn all_at_once_come_to_what_each_comes_to_alone() {
    let schema = schema();
    for (unknown, greatest) in [(0, 100), (0, 100_000), (7, 100), (40, 4_000_000_000), (3, 20_000)] {
        let universe = universe(&schema, unknown, greatest);
        for source in SOURCES {
            let plan = compile(source, &schema, GROUP, &|_, _| Ok(()))
                .unwrap_or_else(|error| panic!("{source}: {error}"));
            let truths = evaluate(&plan, &universe, &schema);
            let alone = Bound::new(&plan, &universe);
            for row in (0..GROUPS).step_by(7) {
                assert_eq!(truths.get(row as usize), alone.truth(row), "{source} for {row}, {unknown}");
            }
        }
    }
}

#[test]
fn whole_columns_are_what_single_values_are() {
    let schema = schema();
    let one_by_one = universe(&schema, 5, 4_000_000_000);
    let mut whole = Universe::new(&schema, &[GROUPS as usize, MEMBERS as usize], 0);
    for (kind, rows) in [(GROUP, GROUPS), (MEMBER, MEMBERS)] {
        let table = one_by_one.table(kind);
        let columns = (0..).map(FieldId).map_while(|field| Some((field, table.column(field)?)));
        for (field, column) in columns {
            whole.state_column(kind, field, column.clone());
            // Neither a column of another sort nor one of another length.
            whole.state_column(kind, field, Column::Things(vec![0; rows as usize - 1]));
        }
        let closed = table.relation(RelationId(0)).unwrap().closed.clone();
        whole.close_all(kind, RelationId(0), closed);
        whole.close_all(kind, RelationId(0), Bits::ones(1));
    }
    let lists = one_by_one.table(GROUP).relation(RelationId(0)).unwrap();
    whole.state_lists(GROUP, RelationId(0), lists.offsets.clone(), lists.targets.clone());
    // Lists that do not fit are not taken, nor are those of a reverse relation.
    whole.state_lists(GROUP, RelationId(0), vec![0, 2], vec![1]);
    whole.state_lists(MEMBER, RelationId(0), vec![0; MEMBERS as usize + 1], vec![]);
    whole.link(&schema);
    for kind in [GROUP, MEMBER] {
        assert!(whole.table(kind) == one_by_one.table(kind), "{kind:?}");
    }
}

#[test]
fn lists_grow_and_are_stated_anew() {
    let schema = schema();
    let mut universe = Universe::new(&schema, &[3, 9], 0);
    for (row, member) in [(2, 5), (0, 1), (2, 4), (9, 1)] {
        universe.list(GROUP, row, RelationId(0), member);
    }
    universe.link(&schema);
    let members = |universe: &Universe, row| universe.members(GROUP, row, RelationId(0)).0.to_vec();
    let all = |universe: &Universe| [0, 1, 2].map(|row| members(universe, row));
    assert_eq!(all(&universe), [vec![1], vec![], vec![5, 4]]);
    universe.list(GROUP, 0, RelationId(0), 3);
    universe.relist(GROUP, 1, RelationId(0), &[7, 8]);
    universe.relist(GROUP, 2, RelationId(0), &[6]);
    universe.link(&schema);
    assert_eq!(all(&universe), [vec![1, 3], vec![7, 8], vec![6]]);
    assert_eq!(universe.members(MEMBER, 8, RelationId(0)).0, [1]);
}

#[test]
fn a_column_of_numbers_is_as_wide_as_it_must_be() {
    let given = [3, -128, NONE, 127, 128, i64::from(i32::MIN), 4_000_000_000, NONE + 1, i64::MAX];
    for end in 0..=given.len() {
        let wanted = given.get(..end).unwrap();
        let column: NumberColumn = wanted.iter().copied().collect();
        assert_eq!(column.iter().collect::<Vec<_>>(), wanted);
        assert_eq!(*column.wide(), *wanted);
        let mut backwards = NumberColumn::zeros(end);
        wanted.iter().enumerate().rev().for_each(|(row, number)| backwards.set(row, *number));
        assert_eq!(column, backwards);
    }
    let narrow: NumberColumn = [1, NONE].into_iter().collect();
    assert!(matches!(narrow, NumberColumn::Bytes(_)));
}
