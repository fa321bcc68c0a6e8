//! Random lives: the same events make the same books, a snapshot is as good as a replay, and what was
//! refused leaves no trace.

use super::*;
use hegui_decide::directory::{Thing, Types};
use hegui_decide::question::{Question, Stage};
use hegui_runtime::books::subject;
use proptest::prelude::*;

/// Something that may happen, to one of three persons.
fn any_event() -> impl Strategy<Value = (Option<u8>, i64, Value)> {
    let (item, place) = ("activity.app-review", "consent.review");
    let about_person = prop_oneof![
        (1_u16..5).prop_map(shown),
        (1_u16..5, any::<bool>(), any::<bool>()).prop_map(|(version, separate, by_guardian)| {
            with(consented(), json!({ "version": version, "separate": separate, "by_guardian": by_guardian }))
        }),
        Just(with(consented(), json!({ "form": "ticked_beforehand" }))),
        Just(json!({ "type": "withdrew", "item": item, "mechanism": "opt_out.review-withdraw" })),
        any::<bool>().prop_map(move |out| json!({ "type": "opted_out", "item": item, "out": out })),
        any::<bool>()
            .prop_map(move |objects| json!({ "type": "objected", "item": item, "objects": objects })),
        any::<bool>().prop_map(|restricted| json!({ "type": "restricted", "restricted": restricted })),
        any::<bool>()
            .prop_map(|under_14| json!({ "type": "age_established", "under_14": under_14, "how": "x" })),
        Just(json!({ "type": "erased" })),
        Just(json!({ "type": "readmitted" })),
        Just(json!({ "type": "consent_asked", "item": item, "place": place })),
        Just(json!({ "type": "refused", "item": item, "place": place })),
        (0_u64..20, any::<bool>()).prop_map(|(withdrawal, automatic)| {
            json!({ "type": "withdrawal_acted", "withdrawal": withdrawal, "automatic": automatic })
        }),
        proptest::option::of(-5_i64..5).prop_map(move |hours| {
            let until_ms = hours.map(|hours| NOW_MS + hours * HOUR_MS);
            json!({ "type": "retention_set", "activity": item, "until_ms": until_ms })
        }),
    ];
    let about_nobody = prop_oneof![
        (2_u16..5, any::<bool>(), any::<bool>()).prop_map(|(version, material, consent_anew)| {
            with(notice(version), json!({ "effective_ms": NOW_MS, "material": material, "consent_anew": consent_anew }))
        }),
        any::<bool>().prop_map(|held| {
            json!({ "type": "legal_hold", "activity": "activity.app-review", "held": held, "basis": "x" })
        }),
        Just(json!({
            "type": "deletion_tasked", "activity": "activity.app-review", "system": "system.shop-core",
            "due_ms": NOW_MS,
        })),
        (0_u64..20).prop_map(|task| {
            json!({ "type": "deletion_proved", "task": task, "operation": "delete", "proof_sha256": "0".repeat(64) })
        }),
    ];
    let hours = 0_i64..6;
    prop_oneof![
        6 => (proptest::option::of(0_u8..3), hours.clone(), about_person),
        2 => (Just(None), hours, about_nobody),
    ]
    .prop_map(|(person, hours, json)| (person, NOW_MS - hours * HOUR_MS, json))
}

fn lived(events: &[(Option<u8>, i64, Value)]) -> Life {
    let mut life = Life::new();
    for (person, time_ms, json) in events {
        let before = format!("{:?}", life.books.pending);
        let next = life.books.next_index();
        if life.at(*time_ms, person.map(|person| SubjectId([person; 32])), json.clone()).is_err() {
            assert_eq!((next, before), (life.books.next_index(), format!("{:?}", life.books.pending)));
        }
    }
    life
}

/// All that can be told of books: their parts, and every answer about every person.
fn told(books: &Books) -> String {
    let mut directory = books.directory.clone();
    let rules = GROUND.rules(&mut directory, &|item| books.since(item, NOW_MS)).unwrap();
    let mut text = format!(
        "{:?} {:?} {:?} {:?} {:?} {:?}",
        books.texts, books.places, books.mechanisms, books.pending, books.tasks, books.retained
    );
    let mut persons: Vec<_> = books.persons.iter().collect();
    persons.sort_by_key(|(subject, _)| **subject);
    text += &format!("{persons:?}");
    let activity = directory.find("activity.app-review").unwrap();
    let types = directory.find_type("nickname").unwrap();
    for person in 0..3 {
        let subject = subject(SubjectId([person; 32]));
        for stage in Stage::ALL {
            let question = Question {
                principal: Thing::NONE,
                stage,
                types: types.with(Types::NONE),
                activity,
                purpose: Thing::NONE,
                recipient: Thing::NONE,
                product: Thing::NONE,
                system: Thing::NONE,
                time_ms: NOW_MS,
                subject,
            };
            text += &format!("{:?}", rules.decide(&books.state, &question));
        }
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_same_events_make_the_same_books(events in proptest::collection::vec(any_event(), 0..40)) {
        let life = lived(&events);
        let mut replayed = Books::new();
        for (index, event) in (0..).zip(&life.events) {
            replayed.apply(index, event).unwrap();
            // Once more changes nothing.
            replayed.apply(index, event).unwrap();
        }
        prop_assert_eq!(told(&life.books), told(&replayed));
    }

    #[test]
    fn a_snapshot_is_as_good_as_a_replay(events in proptest::collection::vec(any_event(), 1..40), at in 0_usize..40) {
        let life = lived(&events);
        let at = at.min(life.events.len());
        let mut early = Books::new();
        for (index, event) in (0..).zip(&life.events[..at]) {
            early.apply(index, event).unwrap();
        }
        let bytes = early.to_snapshot().unwrap();
        let mut restored = Books::from_snapshot(&bytes).unwrap();
        prop_assert_eq!(restored.next_index(), at as u64);
        for (index, event) in (0..).zip(&life.events).skip(at) {
            restored.apply(index, event).unwrap();
        }
        prop_assert_eq!(told(&life.books), told(&restored));
    }

    #[test]
    fn no_permit_stands_after_a_withdrawal_or_erasure(events in proptest::collection::vec(any_event(), 0..40)) {
        let mut life = lived(&events);
        for person in 0..3 {
            let id = Some(SubjectId([person; 32]));
            life.at(NOW_MS, id, json!({ "type": "withdrew", "item": "activity.app-review" })).unwrap();
        }
        // Termination alone wants no consent: deleting is always possible.
        prop_assert!(told(&life.books).matches("verdict: Permit").count() <= 3);
    }
}

#[test]
fn a_damaged_snapshot_is_none() {
    let bytes = Life::new().books.to_snapshot().unwrap();
    for at in 0..bytes.len() {
        let _ = Books::from_snapshot(&bytes[..at]);
    }
    assert!(Books::from_snapshot(&bytes[..bytes.len() / 2]).is_err());
    assert!(Books::from_snapshot(&[]).is_err());
}
