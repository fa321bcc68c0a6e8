//! Every answer is held to an oracle that goes through the table for each question: random registers,
//! random events, random questions; and to the answers that were given before, when replayed.
//!
//! `HEGUI_CASES` sets how many registers are tried.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod draw;
mod oracle;
mod person;
mod world;

use draw::Draw;
use hegui_catalog::Catalog;
use hegui_decide::Since;
use hegui_decide::answer::{Answer, Verdict};
use hegui_decide::compile::Source;
use hegui_decide::conditions::Conditions;
use hegui_decide::directory::{Directory, Thing, Types};
use hegui_decide::event::{Applied, Change, Consent, Event, Form, Second};
use hegui_decide::question::{Question, Stage, Subject};
use hegui_decide::rules::Rules;
use hegui_decide::state::State;
use hegui_logic::schema::KindId;
use hegui_logic::universe::Universe;
use oracle::{Oracle, Said};
use proptest::prelude::*;
use std::collections::HashMap;
use std::sync::LazyLock;

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| hegui_law::catalog().unwrap());
static CONDITIONS: LazyLock<Conditions> = LazyLock::new(|| Conditions::embedded(&CATALOG).unwrap());

/// About when things happen, in seconds.
const NOW: u32 = 1_782_800_000;

fn cases(committed: u32) -> ProptestConfig {
    let cases = std::env::var("HEGUI_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(committed);
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 2000, ..ProptestConfig::default() }
}

fn numbers(length: usize) -> impl Strategy<Value = Vec<u32>> {
    proptest::collection::vec(any::<u32>(), length)
}

/// Which versions suffice: something that differs from item to item.
fn since(item: &str) -> Since {
    let sum = item.bytes().fold(0_u16, |sum, byte| sum + u16::from(byte));
    Since { notice: sum % 3, consent: sum / 3 % 3 }
}

fn thing(kind: KindId, row: u32) -> String {
    format!("{}.{row}", CATALOG.schema.kind(kind).name)
}

struct Register {
    universe: Universe,
    directory: Directory,
    rules: Rules,
}

fn register(draw: &mut Draw) -> Register {
    let universe = world::random(&CATALOG, &CONDITIONS, draw);
    let mut directory = Directory::default();
    // The oracle finds everything by name; the rules only name what they need.
    for index in 0..CATALOG.schema.kinds.len() {
        for row in 0..universe.table(KindId(index as u16)).rows {
            directory.thing(&thing(KindId(index as u16), row as u32));
        }
    }
    let source = Source { catalog: &CATALOG, universe: &universe, version: 7, thing: &thing, since: &since };
    let rules = Rules::compile(&CONDITIONS, source, &mut directory).unwrap();
    Register { universe, directory, rules }
}

impl Register {
    fn oracle(&self) -> Oracle<'_> {
        Oracle {
            catalog: &CATALOG,
            conditions: &CONDITIONS,
            universe: &self.universe,
            directory: &self.directory,
            thing: &thing,
            since: &since,
        }
    }

    fn things(&self, kind: &str) -> Vec<Thing> {
        (0..4).filter_map(|row| self.directory.find(&format!("{kind}.{row}"))).collect()
    }

    fn items(&self) -> Vec<Thing> {
        let kinds = ["activity", "use", "disclosure", "provision", "transfer", "export"];
        kinds.iter().flat_map(|kind| self.things(kind)).collect()
    }
}

fn subject(draw: &mut Draw) -> Subject {
    // Some differ in one half only.
    draw.of(&[Subject([1, 2]), Subject([1, 3]), Subject([2, 2]), Subject([u64::MAX, 9])])
}

fn second(draw: &mut Draw) -> Second {
    Second(NOW + draw.below(7) as u32)
}

fn types(draw: &mut Draw) -> Types {
    if draw.percent(75) { Types(1 << draw.below(5)) } else { Types(draw.below(1 << 6) as u64) }
}

fn consent(draw: &mut Draw) -> Consent {
    use Form::{AffirmativeAct, Declaration, Implied, TickedBeforehand, Written};
    Consent {
        types: if draw.percent(70) { Types::ALL } else { types(draw) },
        version: draw.below(4) as u16,
        separate: draw.percent(80),
        form: draw.of(&[Written, Declaration, AffirmativeAct, Written, Implied, TickedBeforehand]),
        by_guardian: draw.percent(50),
        expires: draw.percent(40).then(|| second(draw)),
    }
}

fn change(register: &Register, draw: &mut Draw) -> Change {
    let items = if draw.percent(50) { register.items() } else { register.things("activity") };
    let item = draw.of(&items);
    match draw.below(16) {
        0..4 => Change::Notified { item, version: draw.below(4) as u16 },
        4..9 => Change::Consented { item, consent: consent(draw) },
        9 => Change::Withdrew { item },
        10 => Change::OptedOut { item, out: draw.percent(50) },
        11 => Change::Objected { item, objects: draw.percent(50) },
        12 => Change::Retained { item, until: draw.percent(80).then(|| second(draw)) },
        13 => Change::Restricted { restricted: draw.percent(50) },
        14 => Change::Aged { under_14: draw.percent(50) },
        _ if draw.percent(40) => Change::Erased,
        _ => Change::Readmitted,
    }
}

/// An event for every item of one person, so that permits occur.
fn well_informed(register: &Register, events: &mut Vec<(u64, Event)>, subject: Subject) {
    for item in register.items() {
        let consent = Consent {
            types: Types::ALL,
            version: 3,
            separate: true,
            form: Form::Written,
            by_guardian: true,
            expires: None,
        };
        for change in [Change::Notified { item, version: 3 }, Change::Consented { item, consent }] {
            events.push((events.len() as u64, Event { subject, change }));
        }
    }
    let change = Change::Aged { under_14: false };
    events.push((events.len() as u64, Event { subject, change }));
}

/// One restraint, on every item of one person.
fn restrained(register: &Register, draw: &mut Draw, events: &mut Vec<(u64, Event)>) {
    let (subject, restraint) = (subject(draw), draw.below(4));
    for item in register.items() {
        let change = match restraint {
            0 => Change::OptedOut { item, out: true },
            1 => Change::Objected { item, objects: true },
            2 => Change::Retained { item, until: Some(Second(NOW - 1)) },
            _ => Change::Withdrew { item },
        };
        events.push((events.len() as u64, Event { subject, change }));
    }
}

fn events(register: &Register, draw: &mut Draw) -> Vec<(u64, Event)> {
    let mut events = vec![];
    for _ in 0..draw.below(3) {
        let subject = subject(draw);
        well_informed(register, &mut events, subject);
    }
    for _ in 0..draw.below(3) {
        restrained(register, draw, &mut events);
    }
    let mut index = events.len() as u64;
    for _ in 0..draw.below(40) {
        index += 1 + draw.below(3) as u64;
        events.push((index, Event { subject: subject(draw), change: change(register, draw) }));
    }
    events
}

fn question(register: &Register, draw: &mut Draw) -> Question {
    let none_or = |draw: &mut Draw, none: usize, kind: &str| {
        let things = register.things(kind);
        if draw.percent(none) || things.is_empty() { Thing::NONE } else { draw.of(&things) }
    };
    let purposes: Vec<Thing> = ["account_service", "identity_verification", "ordering"]
        .iter()
        .filter_map(|code| register.directory.find(&format!("purpose.{code}")))
        .collect();
    let stage = draw.of(&Stage::ALL);
    let receives = matches!(stage, Stage::Provide | Stage::Transfer | Stage::Export);
    Question {
        principal: Thing::NONE,
        stage,
        types: types(draw),
        activity: none_or(draw, 3, "activity"),
        purpose: if purposes.is_empty() || draw.percent(if stage == Stage::Use { 30 } else { 60 }) {
            Thing::NONE
        } else {
            draw.of(&purposes)
        },
        recipient: none_or(draw, if receives { 5 } else { 95 }, "party"),
        product: none_or(draw, 80, "product"),
        system: Thing::NONE,
        time_ms: i64::from(NOW) * 1000 + draw.below(6000) as i64,
        subject: subject(draw),
    }
}

fn state(events: &[(u64, Event)]) -> State {
    let mut state = State::new();
    for (index, event) in events {
        assert_eq!(state.apply(*index, event), Ok(Applied::Now));
        assert_eq!(state.apply(*index, event), Ok(Applied::Before));
    }
    state
}

proptest! {
    #![proptest_config(cases(250))]

    #[test]
    fn answers_are_the_oracles(facts in numbers(4000), life in numbers(800), asked in numbers(400)) {
        let register = register(&mut Draw::new(facts));
        let events = events(&register, &mut Draw::new(life));
        let (state, oracle) = (state(&events), register.oracle());
        let mut draw = Draw::new(asked);
        for _ in 0..30 {
            let question = question(&register, &mut draw);
            let answer = register.rules.decide(&state, &question);
            let said = Said::of(&answer, &register.rules);
            prop_assert_eq!(said, oracle.answer(&events, &question), "{:?}", question);
        }
    }

    #[test]
    fn past_answers_are_given_again(facts in numbers(4000), life in numbers(800), asked in numbers(400)) {
        let register = register(&mut Draw::new(facts));
        let events = events(&register, &mut Draw::new(life));
        let mut draw = Draw::new(asked);
        let mut state = State::new();
        let mut given: Vec<(Question, Answer)> = vec![];
        for (index, event) in &events {
            state.apply(*index, event).unwrap();
            let question = question(&register, &mut draw);
            given.push((question, register.rules.decide(&state, &question)));
        }
        for (question, answer) in given {
            let log = events.iter().map(|(index, event)| (*index, event));
            let replayed = register.rules.replay(log, answer.log_index, &question).unwrap();
            prop_assert_eq!(replayed, answer);
        }
    }

    #[test]
    fn a_batch_answers_as_single_questions_do(facts in numbers(4000), life in numbers(800), asked in numbers(400)) {
        let register = register(&mut Draw::new(facts));
        let state = state(&events(&register, &mut Draw::new(life)));
        let mut draw = Draw::new(asked);
        let questions: Vec<Question> = (0..40).map(|_| question(&register, &mut draw)).collect();
        let mut answers = vec![];
        register.rules.decide_all(&state, &questions, &mut answers);
        let single: Vec<Answer> = questions.iter().map(|q| register.rules.decide(&state, q)).collect();
        prop_assert_eq!(answers, single);
    }
}

/// A property over random worlds is worth what the worlds reach.
#[test]
fn every_verdict_and_condition_is_reached() {
    let mut seed = 1_u64;
    let mut some = |length: usize| {
        // splitmix64
        let next = || {
            seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            ((mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 32) as u32
        };
        Draw::new(std::iter::repeat_with(next).take(length).collect())
    };
    let mut verdicts: HashMap<(Stage, Verdict), usize> = HashMap::new();
    let mut reached: HashMap<String, [usize; 3]> = HashMap::new();
    for _ in 0..1200 {
        let register = register(&mut some(4000));
        let state = state(&events(&register, &mut some(800)));
        let mut draw = some(800);
        for _ in 0..60 {
            let question = question(&register, &mut draw);
            let answer = register.rules.decide(&state, &question);
            *verdicts.entry((question.stage, answer.verdict)).or_default() += 1;
            for (sort, set) in [answer.held, answer.failed, answer.open].into_iter().enumerate() {
                for place in set.places() {
                    let id = &CONDITIONS.conditions[place as usize].id;
                    reached.entry(id.clone()).or_default()[sort] += 1;
                }
            }
        }
    }
    for stage in Stage::ALL.into_iter().filter(|s| *s != Stage::Terminate) {
        for verdict in [Verdict::Permit, Verdict::Deny, Verdict::NoBasis] {
            assert!(verdicts.contains_key(&(stage, verdict)), "{stage:?} {verdict:?}");
        }
    }
    for condition in &CONDITIONS.conditions {
        let [held, failed, open] = reached.get(&condition.id).copied().unwrap_or_default();
        assert!(held > 0, "`{}` never holds", condition.id);
        let fails = condition.checks() || !condition.needs.is_empty();
        assert!(!fails || failed > 0, "`{}` never fails", condition.id);
        let opens = condition.checks() || condition.applies.iter().any(|applies| applies.when.is_some());
        assert!(!opens || open > 0, "`{}` is never open", condition.id);
    }
}
