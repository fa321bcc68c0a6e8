//! The universe against a slow and obvious one: every fact found by walking up, on random registers,
//! also after random changes in memory.

use crate::small::CATALOG;
use hegui_logic::calendar::{DAY, format_date, parse_date};
use hegui_logic::schema::KindId;
use hegui_logic::universe::{FactKey, Value};
use hegui_register::{Assessed, Register};
use proptest::prelude::*;

/// What is stated of a role somewhere: per source a value and a day.
type Said = Vec<(usize, bool, i64)>;

#[derive(Clone, Debug)]
struct World {
    organisation: Said,
    products: Vec<Said>,
    /// The product below which each stands, and what is said.
    activities: Vec<(usize, Said)>,
    /// Whether `activity.provisions` is complete: at the organisation, at products, at activities.
    complete: (Option<bool>, Vec<Option<bool>>, Vec<Option<bool>>),
}

const FROM: i64 = 20_000;

fn said() -> impl Strategy<Value = Said> {
    prop::collection::vec((0usize..2, any::<bool>(), 0i64..10), 0..3)
}

fn world() -> impl Strategy<Value = World> {
    let perhaps = || prop::option::of(any::<bool>());
    (
        said(),
        prop::collection::vec((said(), perhaps()), 1..4),
        prop::collection::vec((0usize..9, said(), perhaps()), 0..6),
        perhaps(),
    )
        .prop_map(|(organisation, products, activities, at_top)| World {
            organisation,
            complete: (
                at_top,
                products.iter().map(|p| p.1).collect(),
                activities.iter().map(|a| a.2).collect(),
            ),
            activities: activities.into_iter().map(|(up, said, _)| (up % products.len(), said)).collect(),
            products: products.into_iter().map(|p| p.0).collect(),
        })
}

fn code(value: bool) -> &'static str {
    if value { "handler" } else { "entrusted" }
}

fn role(said: &Said) -> String {
    let entries: Vec<String> = said
        .iter()
        .map(|(by, value, day)| {
            format!(
                "{{ value = \"{}\", by = \"p{by}\", on = {} }}",
                code(*value),
                format_date((FROM + day) * DAY)
            )
        })
        .collect();
    if entries.is_empty() { String::new() } else { format!("role = [{}]\n", entries.join(", ")) }
}

fn closing(name: &str, said: Option<bool>) -> String {
    said.map(|complete| format!("complete = {{ {name} = {complete} }}\n")).unwrap_or_default()
}

fn text(world: &World) -> String {
    let mut text = format!(
        "[organisation.o]\n{}{}",
        role(&world.organisation),
        closing("activity.provisions", world.complete.0)
    );
    for (at, said) in world.products.iter().enumerate() {
        text += &format!(
            "[product.p{at}]\n{}{}",
            role(said),
            closing("activity.provisions", world.complete.1[at])
        );
    }
    for (at, (up, said)) in world.activities.iter().enumerate() {
        text += &format!(
            "[activity.a{at}]\nproduct = \"p{up}\"\n{}{}",
            role(said),
            closing("provisions", world.complete.2[at])
        );
    }
    text
}

/// What is said at one place by a day: nothing, a value, or a quarrel.
fn here(said: &Said, day: i64) -> Option<Option<bool>> {
    let latest: Vec<bool> = (0..2)
        .filter_map(|source| {
            let own = said.iter().enumerate().filter(|(_, s)| s.0 == source && s.2 <= day);
            own.max_by_key(|(at, s)| (s.2, *at)).map(|(_, s)| s.1)
        })
        .collect();
    match latest.as_slice() {
        [] => None,
        [first, rest @ ..] => Some(rest.iter().all(|other| other == first).then_some(*first)),
    }
}

/// The role of an activity: stated there, else above.
fn expected(world: &World, activity: usize, day: i64) -> Option<bool> {
    let (up, own) = &world.activities[activity];
    here(own, day)
        .or_else(|| here(&world.products[*up], day))
        .or_else(|| here(&world.organisation, day))
        .flatten()
}

fn is_complete(world: &World, activity: usize) -> bool {
    let up = world.activities[activity].0;
    world.complete.2[activity].or(world.complete.1[up]).or(world.complete.0).unwrap_or(false)
}

fn kind(name: &str) -> KindId {
    CATALOG.schema.kind_named(name).unwrap()
}

fn found(assessed: &Assessed, activity: usize) -> (Option<bool>, bool) {
    let key = assessed.key(&format!("activity.a{activity}.role")).unwrap();
    let provisions = CATALOG.schema.kind(kind("activity")).relation_named("provisions").unwrap();
    let role = assessed.show(&key).map(|code| code == "handler");
    (role, assessed.universe.members(kind("activity"), activity as u32, provisions).1)
}

fn register(world: &World) -> Register {
    Register::read_files(vec![("r.toml".to_owned(), text(world))], &CATALOG)
        .unwrap_or_else(|problems| panic!("{problems}"))
}

fn day(n: i64) -> i64 {
    let seconds = (FROM + n) * DAY;
    assert_eq!(parse_date(&format_date(seconds)), Some(seconds));
    seconds
}

proptest! {
    #[test]
    fn agrees_with_walking_up(world in world(), as_of in 0i64..10) {
        let assessed = register(&world).universe(&CATALOG, day(as_of), day(10));
        for activity in 0..world.activities.len() {
            prop_assert_eq!(found(&assessed, activity), (expected(&world, activity, as_of), is_complete(&world, activity)));
        }
    }

    /// A fact changed in memory leaves the universe as if it had been read so.
    #[test]
    fn a_change_in_memory_is_a_change_in_the_files(
        world in world(), changes in prop::collection::vec((0usize..12, prop::option::of(any::<bool>())), 1..6),
    ) {
        let mut assessed = register(&world).universe(&CATALOG, day(10), day(10));
        let mut after = world.clone();
        for (at, value) in changes {
            let (name, row, said) = match at {
                0 | 1 => ("organisation", 0, &mut after.organisation),
                2..6 => {
                    let row = at % after.products.len();
                    ("product", row, &mut after.products[row])
                }
                _ if after.activities.is_empty() => continue,
                _ => {
                    let row = at % after.activities.len();
                    ("activity", row, &mut after.activities[row].1)
                }
            };
            *said = value.map(|value| vec![(0, value, 0)]).unwrap_or_default();
            let field = CATALOG.schema.kind(kind(name)).field_named("role").unwrap();
            let value = value.map(|handler| Value::Number(i64::from(!handler)));
            assessed.set_fact(&FactKey::Fact(kind(name), row as u32, field), value);
        }
        let fresh = register(&after).universe(&CATALOG, day(10), day(10));
        prop_assert!(assessed.universe.tables().eq(fresh.universe.tables()));
    }

    /// A thing moved below another one takes over what flows down there.
    #[test]
    fn a_move_in_memory_is_a_move_in_the_files(world in world(), moves in prop::collection::vec((0usize..9, 0usize..9), 1..4)) {
        prop_assume!(!world.activities.is_empty());
        let mut assessed = register(&world).universe(&CATALOG, day(10), day(10));
        let mut after = world.clone();
        for (activity, product) in moves {
            let (activity, product) = (activity % world.activities.len(), product % world.products.len());
            after.activities[activity].0 = product;
            let field = CATALOG.schema.kind(kind("activity")).parent.unwrap();
            let key = FactKey::Fact(kind("activity"), activity as u32, field);
            assessed.set_fact(&key, Some(Value::Thing(product as u32)));
        }
        let fresh = register(&after).universe(&CATALOG, day(10), day(10));
        prop_assert!(assessed.universe.tables().eq(fresh.universe.tables()));
    }
}
