//! What the logic must not get wrong: one module a section of the crate's documentation.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use hegui_logic::columnar;
use hegui_logic::plan::{NONE, Plan};
use hegui_logic::residual::Residual;
use hegui_logic::schema::{
    Enum, EnumId, Field, FieldId, Kind, KindId, Relation, RelationId, Schema, Source, Type,
};
use hegui_logic::single::{Bound, judge, missing};
use hegui_logic::truth::{Outcome, Truth};
use hegui_logic::typing::compile;
use hegui_logic::universe::{FactKey, OutcomeColumn, ROW_NONE, Universe, Value};

const SHOP: KindId = KindId(0);
const ACTIVITY: KindId = KindId(1);
const CONSENT: KindId = KindId(2);
const CONSENTS: RelationId = RelationId(0);

fn field(name: &str, ty: Type) -> Field {
    Field { name: name.into(), ty, optional: false, range: (-1_000_000, 1_000_000), inherits: false }
}

/// A shop has activities, an activity has consents; `strict` flows down from the shop.
fn schema() -> Schema {
    let mut strict = field("strict", Type::Bool);
    strict.inherits = true;
    let mut days = field("days", Type::Int);
    days.optional = true;
    let below = |name: &str, to, at| Relation { name: name.into(), to, source: Source::Inverse(FieldId(at)) };
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
            kind("shop", None, vec![field("strict", Type::Bool)], vec![below("activities", ACTIVITY, 0)]),
            kind(
                "activity",
                Some(FieldId(0)),
                vec![
                    field("shop", Type::Thing(SHOP)),
                    field("a", Type::Bool),
                    field("b", Type::Bool),
                    days,
                    field("began", Type::Date),
                    strict,
                    field("main", Type::Thing(CONSENT)),
                    field("types", Type::Set(EnumId(0))),
                    field("name", Type::Text),
                ],
                vec![below("consents", CONSENT, 0)],
            ),
            kind(
                "consent",
                Some(FieldId(0)),
                vec![
                    field("activity", Type::Thing(ACTIVITY)),
                    field("separate", Type::Bool),
                    field("form", Type::Enum(EnumId(1))),
                ],
                vec![],
            ),
        ],
        enums: vec![
            Enum { name: "types".into(), values: vec!["phone".into(), "address".into(), "face".into()] },
            Enum { name: "form".into(), values: vec!["written".into(), "ticked".into()] },
        ],
    }
}

/// One shop, one activity, and so many consents that belong to it.
fn world(schema: &Schema, consents: usize) -> Universe {
    let mut universe = Universe::new(schema, &[1, 1, consents], 0);
    universe.state(ACTIVITY, 0, FieldId(0), Some(Value::Thing(0)));
    for row in 0..consents as u32 {
        universe.state(CONSENT, row, FieldId(0), Some(Value::Thing(0)));
    }
    universe.link(schema);
    universe
}

fn plan(source: &str) -> Plan {
    compile(source, &schema(), ACTIVITY, &|_, _| Ok(())).unwrap_or_else(|e| panic!("{source}: {e}"))
}

/// The truth of an expression about activity 0, on which every evaluator must agree.
fn truth(source: &str, universe: &Universe) -> Truth {
    let plan = plan(source);
    let single = Bound::new(&plan, universe).truth(0);
    assert_eq!(columnar::evaluate(&plan, universe, &schema()).get(0), single, "columnar: {source}");
    let residual = Residual::new(&Bound::new(&plan, universe), 0, &|_| false);
    assert_eq!(residual.settled(), Some(single), "residual: {source}");
    single
}

fn ask(when: &str, check: &str, universe: &Universe) -> (Outcome, Vec<FactKey>, bool) {
    let (when, check) = (plan(when), plan(check));
    let (when, check) = (Bound::new(&when, universe), Bound::new(&check, universe));
    let found = missing(Some(&when), &check, &schema(), 0);
    (judge(Some(&when), &check, 0), found.facts, found.exact)
}

fn fact(field: u16) -> FactKey {
    FactKey::Fact(ACTIVITY, 0, FieldId(field))
}

const A: u16 = 1;
const B: u16 = 2;
const DAYS: u16 = 3;
const BEGAN: u16 = 4;
const STRICT: u16 = 5;
const MAIN: u16 = 6;
const TYPES: u16 = 7;

mod missing_facts {
    use super::*;

    #[test]
    fn what_can_no_longer_matter_is_not_asked() {
        let schema = schema();
        let mut universe = world(&schema, 0);
        universe.state(ACTIVITY, 0, FieldId(A), Some(Value::Flag(false)));
        assert_eq!(truth("activity.a && activity.b", &universe), Truth::False);
        assert_eq!(ask("true", "activity.a && activity.b", &universe).1, vec![]);
        assert_eq!(ask("true", "activity.a || activity.b", &universe).1, vec![fact(B)]);
    }

    #[test]
    fn a_check_that_holds_whatever_when_turns_out_to_be_asks_nothing() {
        let mut universe = world(&schema(), 0);
        universe.state(ACTIVITY, 0, FieldId(A), Some(Value::Flag(true)));
        assert_eq!(ask("activity.b", "activity.a", &universe), (Outcome::Met, vec![], true));
        universe.state(ACTIVITY, 0, FieldId(A), Some(Value::Flag(false)));
        assert_eq!(ask("activity.b", "activity.a", &universe), (Outcome::Unknown, vec![fact(B)], true));
    }

    #[test]
    fn a_fact_read_twice_is_dropped_only_when_it_cannot_matter() {
        let universe = world(&schema(), 0);
        // b decides nothing: with a true both sides hold, with a false neither.
        let (_, facts, exact) =
            ask("true", "(activity.a && activity.b) || (activity.a && !activity.b)", &universe);
        assert_eq!((facts, exact), (vec![fact(A)], true));
    }

    #[test]
    fn an_exclusive_pair_of_limits_is_seen_through() {
        let universe = world(&schema(), 0);
        // days <= 3 and days > 3 cannot both fail unless days is none, which it may be.
        let (_, facts, _) =
            ask("has(activity.days)", "activity.days <= 3 || activity.days > 3 || activity.a", &universe);
        assert!(!facts.contains(&fact(A)), "{facts:?}");
    }
}

mod open_world {
    use super::*;

    fn consents(values: &[Option<bool>], closed: bool) -> Universe {
        let mut universe = world(&schema(), values.len());
        for (row, value) in values.iter().enumerate() {
            universe.state(CONSENT, row as u32, FieldId(1), value.map(Value::Flag));
        }
        universe.close(ACTIVITY, 0, CONSENTS, closed);
        universe
    }

    #[test]
    fn quantifiers_over_an_open_relation() {
        use Truth::{False, True, Unknown};
        let table = [
            (vec![Some(true)], false, Unknown, True, Unknown),
            (vec![Some(false)], false, False, Unknown, Unknown),
            (vec![Some(true), Some(true)], false, Unknown, True, False),
            (vec![], false, Unknown, Unknown, Unknown),
            (vec![], true, True, False, False),
            (vec![Some(true), None], true, Unknown, True, Unknown),
            (vec![Some(true), Some(false)], true, False, True, True),
        ];
        for (values, closed, all, exists, one) in table {
            let universe = consents(&values, closed);
            let case = format!("{values:?} closed: {closed}");
            assert_eq!(truth("activity.consents.all(c, c.separate)", &universe), all, "all {case}");
            assert_eq!(truth("activity.consents.exists(c, c.separate)", &universe), exists, "exists {case}");
            assert_eq!(truth("activity.consents.exists_one(c, c.separate)", &universe), one, "one {case}");
        }
    }

    #[test]
    fn the_size_of_an_open_relation_is_at_least_what_is_there() {
        let open = consents(&[Some(true), Some(true)], false);
        assert_eq!(truth("size(activity.consents) >= 2", &open), Truth::True);
        assert_eq!(truth("size(activity.consents) == 2", &open), Truth::Unknown);
        assert_eq!(truth("size(activity.consents) < 2", &open), Truth::False);
        let closed = consents(&[Some(true), None], true);
        assert_eq!(truth("size(activity.consents.filter(c, c.separate)) >= 1", &closed), Truth::True);
        assert_eq!(truth("size(activity.consents.filter(c, c.separate)) == 1", &closed), Truth::Unknown);
        assert_eq!(truth("size(activity.consents.filter(c, c.separate)) <= 2", &closed), Truth::True);
    }

    #[test]
    fn the_missing_fact_is_whether_these_are_all() {
        let universe = consents(&[Some(true)], false);
        let (_, facts, _) = ask("true", "activity.consents.all(c, c.separate)", &universe);
        assert_eq!(facts, vec![FactKey::Complete(ACTIVITY, 0, CONSENTS)]);
        let universe = consents(&[Some(true), None], false);
        let (_, facts, _) = ask("true", "activity.consents.all(c, c.separate)", &universe);
        assert_eq!(
            facts,
            vec![FactKey::Fact(CONSENT, 1, FieldId(1)), FactKey::Complete(ACTIVITY, 0, CONSENTS)]
        );
    }

    #[test]
    fn filter_and_map_follow() {
        let mut universe = consents(&[Some(true), Some(false)], true);
        universe.state(CONSENT, 0, FieldId(2), Some(Value::Number(0)));
        universe.state(CONSENT, 1, FieldId(2), Some(Value::Number(1)));
        assert_eq!(
            truth("activity.consents.filter(c, c.separate).all(c, c.form == 'written')", &universe),
            Truth::True
        );
        assert_eq!(truth("'ticked' in activity.consents.map(c, c.form)", &universe), Truth::True);
        assert_eq!(
            truth("'ticked' in activity.consents.filter(c, c.separate).map(c, c.form)", &universe),
            Truth::False
        );
    }
}

mod inheritance {
    use super::*;

    #[test]
    fn a_fact_flows_down_unless_stated_below() {
        let schema = schema();
        let mut universe = world(&schema, 0);
        universe.state(SHOP, 0, FieldId(0), Some(Value::Flag(true)));
        universe.link(&schema);
        assert_eq!(truth("activity.strict", &universe), Truth::True);
        assert!(universe.table(ACTIVITY).inherited[STRICT as usize].get(0));
        universe.state(ACTIVITY, 0, FieldId(STRICT), Some(Value::Flag(false)));
        universe.link(&schema);
        assert_eq!(truth("activity.strict", &universe), Truth::False);
        assert!(!universe.table(ACTIVITY).inherited[STRICT as usize].get(0));
    }

    #[test]
    fn what_is_withdrawn_above_is_unknown_again_below() {
        let schema = schema();
        let mut universe = world(&schema, 0);
        universe.state(SHOP, 0, FieldId(0), Some(Value::Flag(true)));
        universe.link(&schema);
        universe.state(SHOP, 0, FieldId(0), None);
        universe.link(&schema);
        assert_eq!(truth("activity.strict", &universe), Truth::Unknown);
    }
}

mod none {
    use super::*;

    #[test]
    fn none_equals_itself_and_is_neither_above_nor_below() {
        let mut universe = world(&schema(), 0);
        universe.state(ACTIVITY, 0, FieldId(DAYS), Some(Value::Number(NONE)));
        for (source, expected) in [
            ("has(activity.days)", Truth::False),
            ("activity.days == 3", Truth::False),
            ("activity.days != 3", Truth::True),
            ("activity.days < 3", Truth::False),
            ("activity.days >= 3", Truth::False),
            ("activity.days == activity.days", Truth::True),
            ("activity.days + 1 <= 100", Truth::False),
        ] {
            assert_eq!(truth(source, &universe), expected, "{source}");
        }
    }

    #[test]
    fn what_hangs_on_a_thing_that_is_not_there_is_not_there() {
        let mut universe = world(&schema(), 0);
        universe.state(ACTIVITY, 0, FieldId(MAIN), Some(Value::Thing(ROW_NONE)));
        assert_eq!(truth("has(activity.main)", &universe), Truth::False);
        assert_eq!(truth("activity.main.separate", &universe), Truth::False);
        assert_eq!(truth("activity.main.form == 'written'", &universe), Truth::False);
        assert_eq!(truth("activity.main.activity.consents.all(c, c.separate)", &universe), Truth::True);
    }

    #[test]
    fn of_an_unknown_thing_the_reference_is_asked_first() {
        let universe = world(&schema(), 0);
        assert_eq!(ask("true", "activity.main.separate", &universe).1, vec![fact(MAIN)]);
    }
}

mod outcomes_as_inputs {
    use super::*;

    #[test]
    fn met_reads_the_outcome_of_another_clause() {
        let mut universe = world(&schema(), 3);
        universe.close(ACTIVITY, 0, CONSENTS, true);
        let mut column =
            OutcomeColumn { met: hegui_logic::bits::Bits::zeros(3), gap: hegui_logic::bits::Bits::zeros(3) };
        column.met.set(0, true);
        column.gap.set(1, true);
        universe.outcomes.insert(("5.7.2".into(), CONSENT), column);
        assert_eq!(truth("activity.consents.exists(c, met('5.7.2', c))", &universe), Truth::True);
        assert_eq!(truth("activity.consents.all(c, met('5.7.2', c))", &universe), Truth::False);
        let (_, facts, _) =
            ask("true", "activity.consents.exists(c, !met('5.7.2', c) && c.separate)", &universe);
        assert!(facts.contains(&FactKey::Outcome("5.7.2".into(), CONSENT, 2)), "{facts:?}");
    }
}

mod total {
    use super::*;

    #[test]
    fn a_sum_that_could_overflow_is_refused() {
        let product = ["activity.days"; 12].join(" * ");
        let error = compile(&format!("{product} > 0"), &schema(), ACTIVITY, &|_, _| Ok(())).unwrap_err();
        assert!(error.to_string().contains("range"), "{error}");
    }

    #[test]
    fn dates_durations_and_working_days() {
        use hegui_logic::calendar::{Calendar, Year, days_from_civil, parse_date};
        let mut universe = world(&schema(), 0);
        universe.state(ACTIVITY, 0, FieldId(BEGAN), parse_date("2026-09-30").map(Value::Number));
        universe.as_of = parse_date("2026-10-09").unwrap();
        assert_eq!(truth("as_of - activity.began == days(9)", &universe), Truth::True);
        assert_eq!(truth("activity.began + hours(24) == date('2026-10-01')", &universe), Truth::True);
        // Nothing is published: unknown, and the calendar is what is missing.
        assert_eq!(truth("workdays(activity.began, as_of) <= 2", &universe), Truth::Unknown);
        assert_eq!(ask("true", "workdays(activity.began, as_of) <= 2", &universe).1, vec![FactKey::Calendar]);
        let holidays = (1..=7).map(|day| days_from_civil(2026, 10, day)).collect();
        let year = Year { holidays, workdays: vec![days_from_civil(2026, 10, 10)] };
        universe.calendar = Calendar::new(&[(2026, year)].into());
        // After Wednesday 30 September: Thursday 8 and Friday 9 October.
        assert_eq!(truth("workdays(activity.began, as_of) == 2", &universe), Truth::True);
        // The third is Saturday 10 October, which is worked.
        assert_eq!(truth("add_workdays(activity.began, 3) == date('2026-10-10')", &universe), Truth::True);
    }

    #[test]
    fn sets_and_texts() {
        let mut universe = world(&schema(), 0);
        universe.state(ACTIVITY, 0, FieldId(TYPES), Some(Value::Set(0b011)));
        let name = universe.texts.intern("微信支付");
        universe.state(ACTIVITY, 0, FieldId(8), Some(Value::Number(name.into())));
        for (source, expected) in [
            ("'phone' in activity.types", true),
            ("'face' in activity.types", false),
            ("activity.types == ['address', 'phone']", true),
            ("['phone', 'face'].all(x, x in activity.types)", false),
            ("activity.types.all(x, x in ['phone', 'address', 'face'])", true),
            ("activity.types.exists(x, x in ['face'])", false),
            ("size(activity.types) == 2", true),
            ("activity.name.contains('支付')", true),
            ("activity.name.matches('^微.{2}付$')", true),
            ("activity.name == '微信'", false),
        ] {
            assert_eq!(truth(source, &universe), expected.into(), "{source}");
        }
    }

    #[test]
    fn what_is_outside_the_subset_is_named() {
        for (source, named) in [
            ("activity.days / 2 > 1", "division"),
            ("activity.a == null", "null"),
            ("{'a': 1}.a == 1", "map literals"),
            ("activity.consents[0].separate", "indexing"),
            ("activity.colour", "no fact or relation `colour`"),
            ("activity.form == 'x'", "no fact or relation"),
            ("activity.name == 3", "expected a text"),
            ("activity.consents.exists(c, c.form == 'writen')", "did you mean `written`"),
            ("activty.a", "did you mean `activity`"),
            ("activity.days", "expected a truth value"),
        ] {
            let error = compile(source, &schema(), ACTIVITY, &|_, _| Ok(())).unwrap_err();
            assert!(error.to_string().contains(named), "{source}: {error}");
        }
    }
}

mod quotes {
    use super::*;

    #[test]
    fn an_explanation_quotes_whole_pieces() {
        let universe = world(&schema(), 0);
        for (source, pieces) in [
            (
                "(activity.a && activity.b) || has(activity.days)",
                vec!["(activity.a && activity.b) || has(activity.days)", "has(activity.days)"],
            ),
            ("!(activity.days == 3) && activity.a", vec!["!(activity.days == 3)", "activity.a"]),
            (
                "met('支付', activity) && activity.name.contains('（')",
                vec!["met('支付', activity)", "activity.name.contains('（')"],
            ),
        ] {
            let plan = plan(source);
            let explanation = Bound::new(&plan, &universe).explain(0);
            let quotes: Vec<&str> = [&explanation]
                .into_iter()
                .chain(&explanation.parts)
                .map(|part| part.quote.as_str())
                .collect();
            for piece in pieces {
                assert!(quotes.contains(&piece), "{piece} is not in {quotes:?}");
            }
        }
    }
}

mod residual {
    use super::*;

    #[test]
    fn what_is_settled_is_folded_away_and_the_rest_waits_for_its_slots() {
        let mut universe = world(&schema(), 2);
        universe.close(ACTIVITY, 0, CONSENTS, true);
        universe.state(ACTIVITY, 0, FieldId(A), Some(Value::Flag(true)));
        universe.state(CONSENT, 1, FieldId(1), Some(Value::Flag(true)));
        let plan = plan("activity.a && activity.consents.all(c, c.separate)");
        let late = |key: &FactKey| matches!(key, FactKey::Fact(CONSENT, 0, _));
        let residual = Residual::new(&Bound::new(&plan, &universe), 0, &late);
        assert_eq!(residual.slots(), &[FactKey::Fact(CONSENT, 0, FieldId(1))]);
        assert_eq!(residual.settled(), None);
        assert_eq!(residual.evaluate(&[None]), Truth::Unknown);
        assert_eq!(residual.evaluate(&[Some(Value::Flag(true))]), Truth::True);
        assert_eq!(residual.evaluate(&[Some(Value::Flag(false))]), Truth::False);
        universe.state(ACTIVITY, 0, FieldId(A), Some(Value::Flag(false)));
        assert_eq!(Residual::new(&Bound::new(&plan, &universe), 0, &late).settled(), Some(Truth::False));
    }
}
