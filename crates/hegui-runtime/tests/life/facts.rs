//! What the assessment learns as things happen.

use super::*;
use hegui_assess::assessment::Assessment;
use hegui_assess::scope::Object;
use hegui_logic::truth::Outcome;
use hegui_runtime::facts::{Facts, Observation, laid_over};

impl Life {
    fn facts(&self) -> Vec<Observation> {
        Facts::embedded(&CATALOG).unwrap().observe(&self.books, &GROUND, NOW_MS)
    }

    fn fact(&self, path: &str) -> Option<String> {
        let found = self.facts();
        let mut found = found.iter().filter(|seen| format!("{}.{}", seen.thing, seen.fact) == path);
        let seen = found.next()?;
        assert!(found.next().is_none(), "{path} stands there twice");
        assert!(!seen.evidence.is_empty() || seen.value == "0", "{seen:?}");
        Some(seen.value.clone())
    }

    fn cover(&mut self, group: &str) {
        let whole = json!({ "type": "covered", "group": group, "whole": true, "by": "合规团队" });
        self.at(NOW_MS - 100 * HOUR_MS, None, whole).unwrap();
    }
}

#[test]
fn absence_says_nothing_until_somebody_says_that_the_log_is_whole() {
    let mut life = Life::new();
    life.of(SOMEBODY, shown(2)).unwrap();
    life.of(SOMEBODY, consented()).unwrap();
    assert_eq!(life.fact("consent.review.separate"), None);
    assert_eq!(life.fact("notice.review.delivery"), None);
    life.cover("consents");
    life.cover("notices");
    assert_eq!(life.fact("consent.review.separate").as_deref(), Some("true"));
    assert_eq!(life.fact("consent.review.given_by").as_deref(), Some("self"));
    assert_eq!(life.fact("consent.review.form").as_deref(), Some("affirmative_act"));
    assert_eq!(life.fact("consent.review.default_ticked").as_deref(), Some("false"));
    assert_eq!(life.fact("notice.review.delivery").as_deref(), Some("popup"));
    let no_more = json!({ "type": "covered", "group": "consents", "whole": false, "by": "合规团队" });
    life.at(NOW_MS - HOUR_MS, None, no_more).unwrap();
    assert_eq!(life.fact("consent.review.separate"), None);
}

#[test]
fn one_event_against_it_is_enough() {
    let mut life = Life::new();
    life.of(SOMEBODY, shown(2)).unwrap();
    life.of(SOMEBODY, with(consented(), json!({ "separate": false }))).unwrap();
    life.of(SOMEBODY, with(consented(), json!({ "form": "ticked_beforehand" }))).unwrap();
    assert_eq!(life.fact("consent.review.separate").as_deref(), Some("false"));
    assert_eq!(life.fact("consent.review.default_ticked").as_deref(), Some("true"));
}

#[test]
fn asking_again_is_measured_from_the_refusal() {
    let mut life = Life::new();
    life.cover("consents");
    let (item, place) = ("activity.app-review", "consent.review");
    let refused = json!({ "type": "refused", "item": item, "place": place });
    let asked = json!({ "type": "consent_asked", "item": item, "place": place });
    let somebody = Some(SOMEBODY);
    life.at(NOW_MS - 60 * HOUR_MS, somebody, asked.clone()).unwrap();
    life.at(NOW_MS - 60 * HOUR_MS, somebody, refused).unwrap();
    assert_eq!(life.fact("consent.review.reask_interval_hours").as_deref(), Some("none"));
    life.at(NOW_MS - 20 * HOUR_MS, Some(CHILD), asked.clone()).unwrap();
    assert_eq!(life.fact("consent.review.reask_interval_hours").as_deref(), Some("none"), "another person");
    life.at(NOW_MS - 11 * HOUR_MS, somebody, asked).unwrap();
    assert_eq!(life.fact("consent.review.reask_interval_hours").as_deref(), Some("49"));
}

#[test]
fn processing_before_consent_shows() {
    let processed = json!({
        "type": "processed", "activity": "activity.app-review", "stage": "use", "types": ["nickname"],
        "system": "system.shop-core", "operator": "svc-1", "success": true,
    });
    let mut life = Life::new();
    life.cover("consents");
    life.of(SOMEBODY, shown(2)).unwrap();
    life.of(SOMEBODY, consented()).unwrap();
    life.of(SOMEBODY, processed.clone()).unwrap();
    let fact = "consent.review.obtained_before_processing";
    assert_eq!(life.fact(fact), None, "the log need not hold all processing");
    life.cover("access");
    assert_eq!(life.fact(fact).as_deref(), Some("true"));
    life.of(CHILD, processed).unwrap();
    assert_eq!(life.fact(fact).as_deref(), Some("false"));
}

#[test]
fn withdrawals_are_carried_out_by_whom() {
    let mut life = Life::new();
    life.cover("consents");
    let out =
        json!({ "type": "withdrew", "item": "activity.app-review", "mechanism": "opt_out.review-withdraw" });
    let acted = |withdrawal: u64, automatic: bool| json!({ "type": "withdrawal_acted", "withdrawal": withdrawal, "automatic": automatic });
    let fact = "opt_out.review-withdraw.execution";
    let first = life.of(SOMEBODY, out.clone()).unwrap();
    assert_eq!(life.fact(fact), None, "it waits");
    life.of(SOMEBODY, acted(first, true)).unwrap();
    assert_eq!(life.fact(fact).as_deref(), Some("immediate"));
    let second = life.of(SOMEBODY, out).unwrap();
    life.of(SOMEBODY, acted(second, false)).unwrap();
    assert_eq!(life.fact(fact).as_deref(), Some("manual"));
}

#[test]
fn deletion_is_proved_or_overdue() {
    let mut life = Life::new();
    life.cover("deletion");
    let storage = {
        let schema = &CATALOG.schema;
        let kind = schema.kind_named("storage").unwrap();
        let of = |row: &u32| GROUND.value("storage", &GROUND.register.thing(schema, kind, *row), "activity");
        let order = GROUND.thing("activity", "activity.app-order").unwrap().1;
        let rows = 0..GROUND.register.count(kind) as u32;
        let row =
            rows.into_iter().find(|row| of(row) == Some(hegui_logic::universe::Value::Thing(order))).unwrap();
        GROUND.register.thing(schema, kind, row)
    };
    let overdue = format!("{storage}.overdue_items");
    assert_eq!(life.fact(&overdue).as_deref(), Some("0"));
    let kept =
        json!({ "type": "retention_set", "activity": "activity.app-order", "until_ms": NOW_MS - HOUR_MS });
    life.of(SOMEBODY, kept).unwrap();
    assert_eq!(life.fact(&overdue).as_deref(), Some("1"));
    assert_eq!(life.books.expired(NOW_MS).count(), 1);
    let termination = "termination.old-warehouse-system";
    let task = json!({
        "type": "deletion_tasked", "activity": "activity.app-order", "system": "system.shop-core",
        "termination": termination, "due_ms": NOW_MS - 1,
    });
    let task = life.of(SOMEBODY, task).unwrap();
    assert_eq!(life.books.expired(NOW_MS).count(), 0, "a task was given");
    assert_eq!(life.fact(&overdue).as_deref(), Some("1"), "and its time is over");
    assert_eq!(life.fact(&format!("{termination}.completed_on")).as_deref(), Some("none"));
    let proved = json!({
        "type": "deletion_proved", "task": task, "operation": "delete", "proof_sha256": "0".repeat(64),
    });
    life.of(SOMEBODY, proved).unwrap();
    assert_eq!(life.fact(&overdue).as_deref(), Some("0"));
    assert_eq!(life.fact(&format!("{termination}.completed_on")).as_deref(), Some("2026-07-01"));
    assert_eq!(life.fact(&format!("{termination}.operations")).as_deref(), Some("delete"));
}

#[test]
fn a_legal_hold_locks_what_has_expired() {
    let mut life = Life::new();
    let kept =
        json!({ "type": "retention_set", "activity": "activity.app-order", "until_ms": NOW_MS - HOUR_MS });
    life.of(SOMEBODY, kept).unwrap();
    let hold = |held: bool| json!({ "type": "legal_hold", "activity": "activity.app-order", "held": held, "basis": "e-commerce/31" });
    life.at(NOW_MS - HOUR_MS, None, hold(true)).unwrap();
    assert_eq!(life.books.expired(NOW_MS).count(), 0);
    life.at(NOW_MS - HOUR_MS, None, hold(false)).unwrap();
    assert_eq!(life.books.expired(NOW_MS).count(), 1);
}

/// How a requirement stands for a thing, when what follows from the log lies over the register.
fn outcome(life: &Life, requirement: &str, thing: &str) -> Outcome {
    let plain = &GROUND.register;
    let files =
        laid_over(&FILES, (&CATALOG, plain), (&life.books, &life.facts()), ("ledger.example", NOW_MS));
    let register = Register::read_files(files.unwrap(), &CATALOG).unwrap();
    let as_of = AS_OF + 7 * 86_400;
    let object = Object {
        profile: "full".to_owned(),
        as_of,
        known_on: as_of,
        products: vec![],
        activities: vec![],
        closing: false,
    };
    let assessment = Assessment::new(&CATALOG, &register, object).unwrap();
    let report = assessment.report();
    let finding = report.findings.iter().find(|f| f.requirement == requirement && f.thing == thing);
    finding.map_or(Outcome::NotApplicable, |finding| finding.outcome)
}

#[test]
fn an_incident_is_told_of_or_not() {
    let incident = "incident.lost-laptop";
    let mut life = Life::new();
    life.cover("incidents");
    let detected = json!({ "type": "incident_detected", "incident": incident, "sort": "security_incident" });
    life.at(NOW_MS - 90 * HOUR_MS, None, detected).unwrap();
    assert_eq!(life.fact(&format!("{incident}.notified_individuals_on")).as_deref(), Some("none"));
    assert_eq!(life.fact(&format!("{incident}.notified_authority_on")).as_deref(), Some("none"));
    assert_eq!(life.fact(&format!("{incident}.discovered_on")).as_deref(), Some("2026-06-27T16:00:00"));
    let told =
        json!({ "type": "incident_notified", "incident": incident, "told": "individuals", "persons": 3 });
    life.at(NOW_MS - 10 * HOUR_MS, None, told).unwrap();
    assert_eq!(life.fact(&format!("{incident}.notified_individuals_on")).as_deref(), Some("2026-07-01"));
    assert_eq!(life.fact(&format!("{incident}.persons_told")).as_deref(), Some("3"));
    // What lies over the register can be read, and the incident is in it.
    let files = laid_over(
        &FILES,
        (&CATALOG, &GROUND.register),
        (&life.books, &life.facts()),
        ("ledger.example", NOW_MS),
    );
    let register = Register::read_files(files.unwrap(), &CATALOG).unwrap();
    assert!(register.find(&CATALOG.schema, incident).is_ok());
}

#[test]
fn findings_change_as_things_happen() {
    let request = "request.2026-0630-x";
    let received = json!({
        "type": "request_received", "request": request, "asks": "delete", "product": "product.app",
        "identity_verified": true,
    });
    let answered = |reasons: bool| {
        json!({
            "type": "request_answered", "request": request, "outcome": "refused", "by_hand": true,
            "reasons_given": reasons, "complaint_channel_given": true,
        })
    };
    let mut life = Life::new();
    life.of(SOMEBODY, received.clone()).unwrap();
    assert_eq!(life.fact(&format!("{request}.outcome")), None, "the answer may stand elsewhere");
    assert_eq!(outcome(&life, "5.8.2-refusal", request), Outcome::Unknown);
    life.cover("requests");
    assert_eq!(life.fact(&format!("{request}.outcome")).as_deref(), Some("pending"));
    assert_eq!(outcome(&life, "5.8.2-refusal", request), Outcome::NotApplicable);
    life.of(SOMEBODY, answered(false)).unwrap();
    assert_eq!(outcome(&life, "5.8.2-refusal", request), Outcome::Gap);
    assert_eq!(life.fact(&format!("{request}.executed_on")).as_deref(), Some("none"));

    let mut better = Life::new();
    better.of(SOMEBODY, received).unwrap();
    better.of(SOMEBODY, answered(true)).unwrap();
    assert_eq!(outcome(&better, "5.8.2-refusal", request), Outcome::Met);
}

#[test]
fn a_person_s_word_and_the_log_that_differ_make_the_fact_unknown() {
    let mut life = Life::new();
    assert_eq!(outcome(&life, "5.11.5-logging", "system.shop-core"), Outcome::Met);
    let off = json!({
        "type": "logging_switched", "system": "system.shop-core", "to": "off", "by": "a", "approved_by": "b",
    });
    life.at(NOW_MS - HOUR_MS, None, off).unwrap();
    assert_eq!(outcome(&life, "5.11.5-logging", "system.shop-core"), Outcome::Unknown);
}
