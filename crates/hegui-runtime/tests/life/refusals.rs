//! Each reason for not recording something, once, with its clause.

use super::*;
use hegui_runtime::keeping::Keeping;
use hegui_runtime::refusal::Reason;
use std::collections::BTreeSet;

/// A life in which there is something of everything.
fn full() -> Life {
    let mut life = Life::new();
    life.of(SOMEBODY, shown(2)).unwrap();
    life.of(CHILD, shown(2)).unwrap();
    life.of(CHILD, json!({ "type": "age_established", "under_14": true, "how": "学籍" })).unwrap();
    let request = json!({
        "type": "request_received", "request": "request.r1", "asks": "delete", "product": "product.app",
        "identity_verified": true,
    });
    life.of(SOMEBODY, request).unwrap();
    let incident =
        json!({ "type": "incident_detected", "incident": "incident.i1", "sort": "security_incident" });
    life.at(NOW_MS - HOUR_MS, None, incident).unwrap();
    let hold = json!({ "type": "legal_hold", "activity": "activity.app-order", "held": true, "basis": "e-commerce/31" });
    life.at(NOW_MS - HOUR_MS, None, hold).unwrap();
    life.of(SubjectId([9; 32]), json!({ "type": "erased" })).unwrap();
    life
}

fn task(activity: &str) -> Value {
    json!({ "type": "deletion_tasked", "activity": activity, "system": "system.shop-core", "due_ms": NOW_MS })
}

#[test]
fn each_reason_once() {
    let mut life = full();
    let somebody = Some(SOMEBODY);
    let asked = json!({
        "type": "request_received", "request": "request.r1", "asks": "delete", "product": "product.app",
        "identity_verified": true,
    });
    let proved = json!({
        "type": "deletion_proved", "task": 99, "operation": "delete", "proof_sha256": "0".repeat(64),
    });
    let omitted = json!({
        "type": "notice_omitted", "text": "notice.review", "ground": "emergency_prevents", "reason": " ",
    });
    let off = json!({ "type": "logging_switched", "system": "system.shop-core", "to": "off", "by": "a", "approved_by": "a" });
    let cases = [
        (Reason::Person, "5.11.5", None, shown(2)),
        (Reason::NoPerson, "5.11.5", somebody, notice(3)),
        (
            Reason::Long,
            "5.11.5",
            somebody,
            json!({ "type": "age_established", "under_14": true, "how": "x".repeat(256) }),
        ),
        (Reason::Code, "5.6.4.5", somebody, with(shown(2), json!({ "how": "popop" }))),
        (Reason::Hash, "5.5.3", None, with(notice(3), json!({ "sha256": "xyz" }))),
        (Reason::Thing, "5.2.2", None, with(notice(3), json!({ "text": "notice.nowhere" }))),
        (Reason::Item, "5.7.2.3", somebody, with(consented(), json!({ "item": "activity.app-reviews" }))),
        (Reason::Stage, "5.7.2.3", somebody, with(consented(), json!({ "stage": "export" }))),
        (Reason::Types, "5.7.2.3", somebody, with(consented(), json!({ "types": ["face"] }))),
        (Reason::Types, "5.7.2.3", somebody, with(consented(), json!({ "types": [] }))),
        (Reason::Version, "5.5.3", None, notice(2)),
        (Reason::Effective, "5.5.3", None, with(notice(3), json!({ "effective_ms": NOW_MS - 10 * HOUR_MS }))),
        (
            Reason::Contents,
            "6.5.6.1-content",
            None,
            with(notice(3), json!({ "contents": ["purpose", "types"], "effective_ms": NOW_MS })),
        ),
        (Reason::Unpublished, "5.6.4", somebody, shown(3)),
        (Reason::Unreasoned, "5.6.4.6", somebody, omitted),
        (Reason::NeverShown, "5.7.2.4", somebody, with(consented(), json!({ "version": 1 }))),
        (Reason::Document, "5.7.2.5", somebody, with(consented(), json!({ "form": "written" }))),
        (Reason::Guardian, "pipl/31", Some(CHILD), consented()),
        (Reason::Term, "5.7.2.3", somebody, with(consented(), json!({ "expires_ms": 0 }))),
        (
            Reason::Recipient,
            "5.7.2.3",
            somebody,
            with(consented(), json!({ "recipient": "party.courier-east" })),
        ),
        (
            Reason::Withdrawal,
            "5.7.3.3",
            somebody,
            json!({ "type": "withdrawal_acted", "withdrawal": 0, "automatic": true }),
        ),
        (Reason::TwoPersons, "5.11.5-process", None, off),
        (Reason::Erased, "pipl/47", Some(SubjectId([9; 32])), shown(2)),
        (Reason::NotErased, "5.8.6", somebody, json!({ "type": "readmitted" })),
        (Reason::RequestTwice, "5.8.2", somebody, asked),
        (
            Reason::Request,
            "5.8.2",
            somebody,
            json!({ "type": "request_answered", "request": "request.r2", "outcome": "executed", "by_hand": true }),
        ),
        (
            Reason::IncidentTwice,
            "5.6.3.2",
            None,
            json!({ "type": "incident_detected", "incident": "incident.i1", "sort": "security_incident" }),
        ),
        (
            Reason::Incident,
            "5.6.3.2",
            None,
            json!({ "type": "incident_notified", "incident": "incident.i2", "told": "authority" }),
        ),
        (Reason::Task, "7.3.3.1", None, proved),
        (Reason::Hold, "6.4.4.1", None, task("activity.app-order")),
    ];
    let mut seen = BTreeSet::from([Reason::Time, Reason::LogTerm, Reason::Own]);
    for (reason, clause, subject, json) in cases {
        let before = life.events.len();
        let refusal = life.at(NOW_MS - HOUR_MS, subject, json.clone()).expect_err(&json.to_string());
        assert_eq!((refusal.reason, refusal.clause.as_str()), (reason, clause), "{json} {refusal}");
        assert!(!refusal.remedy.zh.is_empty() && !refusal.remedy.en.is_empty());
        assert_eq!(life.events.len(), before);
        seen.insert(reason);
    }
    assert_eq!(seen, Reason::ALL.iter().copied().collect(), "every reason has its case");
    // What was refused for a wrong part is recorded when it is right.
    life.of(SOMEBODY, consented()).unwrap();
    life.of(CHILD, with(consented(), json!({ "by_guardian": true }))).unwrap();
    life.at(NOW_MS - HOUR_MS, None, task("activity.app-review")).unwrap();
}

#[test]
fn what_the_platform_does_it_records_itself() {
    let event =
        Happened { time_ms: NOW_MS, subject: Some(SOMEBODY), what: happening(json!({ "type": "erased" })) };
    let refusal = Books::new().check(&GROUND, &event, NOW_MS).unwrap_err();
    assert_eq!((refusal.reason, refusal.clause.as_str()), (Reason::Own, "pipl/69"));
}

#[test]
fn a_clock_that_is_ahead_is_refused_a_little_is_not() {
    let mut life = Life::new();
    let refusal = life.at(NOW_MS + HOUR_MS, Some(SOMEBODY), shown(2)).unwrap_err();
    assert_eq!(refusal.reason, Reason::Time);
    life.at(NOW_MS + 1000, Some(SOMEBODY), shown(2)).unwrap();
}

#[test]
fn the_elements_that_a_notice_must_have_come_from_the_catalog() {
    let mut life = Life::new();
    let short = with(notice(3), json!({ "contents": ["purpose"], "effective_ms": NOW_MS }));
    let refusal = life.at(NOW_MS - HOUR_MS, None, short).unwrap_err();
    assert!(refusal.lacking.contains(&"fact_of_processing".to_owned()), "{refusal}");
    assert!(refusal.lacking.contains(&"types".to_owned()), "{refusal}");
    assert!(!refusal.lacking.contains(&"purpose".to_owned()), "{refusal}");
    // A policy must say what 5.5.2 wants; the products' other policies in effect count as well.
    let policy = json!({
        "type": "published", "text": "document.loyalty-policy", "version": 1, "sha256": "ab".repeat(32),
        "languages": ["zh-CN"], "about": [], "contents": ["applicability"], "effective_ms": NOW_MS,
    });
    let refusal = life.at(NOW_MS - HOUR_MS, None, policy).unwrap_err();
    assert!(refusal.clause.starts_with("5.5.2"), "{refusal}");
    assert!(refusal.lacking.contains(&"handler_name".to_owned()), "{refusal}");
}

#[test]
fn the_term_of_logs_is_asked_of_the_requirement() {
    let keeping = |log_months| Keeping {
        proof_basis: "pipl/69".to_owned(),
        proof_years: 3,
        log_basis: "csl/21".to_owned(),
        log_months,
        denials_one_in: 1,
    };
    let refusal = keeping(5).check(&GROUND).unwrap_err();
    assert_eq!((refusal.reason, refusal.clause.as_str()), (Reason::LogTerm, "5.11.5-term"));
    assert!(refusal.lacking.contains(&"system.shop-core".to_owned()), "{refusal}");
    let suits: Vec<u16> = (0..=60).filter(|months| keeping(*months).check(&GROUND).is_ok()).collect();
    assert_eq!(suits, [12], "the retailer's policy says twelve");
    let nameless = Keeping { log_basis: String::new(), ..keeping(12) };
    assert_eq!(nameless.check(&GROUND).unwrap_err().field, "log_basis");
}
