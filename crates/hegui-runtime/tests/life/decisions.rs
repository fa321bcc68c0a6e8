//! What may be done, in AuthZEN's form, as notices, consents and withdrawals come.

use super::*;
use hegui_catalog::model::Lang;
use hegui_decide::explain::Names;
use hegui_decide::rules::Rules;
use hegui_runtime::authzen::{Misasked, Request, Response};

fn request(context: Value) -> Value {
    json!({
        "subject": { "type": "service", "id": "reviews" },
        "action": { "name": "use" },
        "resource": {
            "type": "dataset", "id": "reviews",
            "properties": { "data_subject": "user-17", "data_types": ["nickname"] },
        },
        "context": with(json!({ "activity": "activity.app-review" }), context),
    })
}

fn id_of(identifier: &str) -> SubjectId {
    assert_eq!(identifier, "user-17");
    SOMEBODY
}

impl Life {
    fn rules(&mut self) -> Rules {
        let books = self.books.clone();
        GROUND.rules(&mut self.books.directory, &|item| books.since(item, NOW_MS)).unwrap()
    }

    fn ask(&mut self, context: Value) -> Result<Response, Misasked> {
        let rules = self.rules();
        let request = Request::read(request(context).to_string().as_bytes())?;
        let asked = request.question(&self.books, &id_of, NOW_MS)?;
        let fact = |key: &_| GROUND.register.path(&GROUND.catalog.schema, key);
        let names = Names { directory: &self.books.directory, fact: &fact, lang: Lang::En };
        Ok(request.answer(&self.books, &rules, &asked, names))
    }
}

fn failed(response: &Response) -> Vec<&str> {
    let reasons = response.context.reasons.iter().filter(|reason| reason.stood == "failed");
    reasons.map(|reason| reason.id.as_str()).collect()
}

#[test]
fn notice_and_consent_open_and_withdrawal_closes() {
    let mut life = Life::new();
    let enforces = json!({ "enforces": ["log", "mask"] });
    let before = life.ask(enforces.clone()).unwrap();
    assert_eq!((before.decision, before.context.outcome), (false, "deny"), "{before:#?}");
    assert!(failed(&before).contains(&"notice"), "{before:#?}");

    let shown = life.of(SOMEBODY, shown(2)).unwrap();
    let given = life.of(SOMEBODY, consented()).unwrap();
    let open = life.ask(enforces.clone()).unwrap();
    assert_eq!((open.decision, open.context.outcome), (true, "permit"), "{open:#?}");
    assert_eq!(open.context.records, [shown, given]);
    assert_eq!((open.context.register, open.context.log_index), (12, given + 1));

    let withdrew = json!({ "type": "withdrew", "item": "activity.app-review" });
    life.of(SOMEBODY, withdrew).unwrap();
    let closed = life.ask(enforces).unwrap();
    assert_eq!((closed.decision, failed(&closed)), (false, vec!["consent-withdrawn"]));
    assert!(closed.context.reasons[0].clauses.contains(&"pipl/15".to_owned()));
}

#[test]
fn a_permit_whose_obligations_nobody_keeps_is_no_yes() {
    let mut life = Life::new();
    life.of(SOMEBODY, shown(2)).unwrap();
    life.of(SOMEBODY, consented()).unwrap();
    let open = life.ask(json!({})).unwrap();
    assert_eq!((open.decision, open.context.outcome), (false, "permit"));
    assert_eq!(open.context.unenforced, ["log"]);
    assert!(life.ask(json!({ "enforces": ["log"] })).unwrap().decision);
}

#[test]
fn a_material_version_makes_what_was_shown_and_agreed_before_insufficient() {
    let mut life = Life::new();
    life.of(SOMEBODY, shown(2)).unwrap();
    life.of(SOMEBODY, consented()).unwrap();
    let later = with(notice(3), json!({ "effective_ms": NOW_MS }));
    life.at(NOW_MS - HOUR_MS / 2, None, later).unwrap();
    let stale = life.ask(json!({ "enforces": ["log"] })).unwrap();
    assert_eq!(stale.context.outcome, "deny");
    assert!(failed(&stale).contains(&"notice"), "{stale:#?}");
    // A version that takes effect later changes nothing yet.
    let mut life = Life::new();
    life.of(SOMEBODY, shown(2)).unwrap();
    life.of(SOMEBODY, consented()).unwrap();
    let later = with(notice(3), json!({ "effective_ms": NOW_MS + 1 }));
    life.at(NOW_MS - HOUR_MS / 2, None, later).unwrap();
    assert!(life.ask(json!({ "enforces": ["log"] })).unwrap().decision);
    assert_eq!(life.books.next_change_ms(NOW_MS), Some(NOW_MS + 1));
}

#[test]
fn a_tick_that_was_there_is_recorded_and_is_no_consent() {
    let mut life = Life::new();
    life.of(SOMEBODY, shown(2)).unwrap();
    life.of(SOMEBODY, with(consented(), json!({ "form": "ticked_beforehand" }))).unwrap();
    let answer = life.ask(json!({ "enforces": ["log"] })).unwrap();
    assert!(!answer.decision);
    assert!(failed(&answer).contains(&"consent"), "{answer:#?}");
    assert_eq!(life.books.places["consent.review"].ticked.count, 1);
}

#[test]
fn erasure_ends_it_and_who_comes_back_begins_anew() {
    let mut life = Life::new();
    life.of(SOMEBODY, shown(2)).unwrap();
    life.of(SOMEBODY, consented()).unwrap();
    life.of(SOMEBODY, json!({ "type": "erased" })).unwrap();
    let answer = life.ask(json!({ "enforces": ["log"] })).unwrap();
    assert!(failed(&answer).contains(&"erasure"), "{answer:#?}");
    life.of(SOMEBODY, json!({ "type": "readmitted" })).unwrap();
    let answer = life.ask(json!({ "enforces": ["log"] })).unwrap();
    assert!(!answer.decision && failed(&answer).contains(&"notice") && !failed(&answer).contains(&"erasure"));
    life.of(SOMEBODY, shown(2)).unwrap();
    life.of(SOMEBODY, consented()).unwrap();
    assert!(life.ask(json!({ "enforces": ["log"] })).unwrap().decision);
}

#[test]
fn what_nobody_registered_has_no_basis() {
    let mut life = Life::new();
    for context in [json!({ "activity": "activity.nowhere" }), json!({ "recipient": "party.nobody" })] {
        let answer = life.ask(context).unwrap();
        assert_eq!((answer.decision, answer.context.outcome), (false, "no_basis"));
        assert!(answer.context.unregistered.is_some(), "{answer:#?}");
    }
}

#[test]
fn the_log_must_have_come_as_far_as_demanded_and_the_time_too() {
    let mut life = Life::new();
    assert!(life.ask(json!({ "at_least": 0 })).is_ok());
    assert_eq!(life.ask(json!({ "at_least": 1 })), Err(Misasked::Behind { has: 1, wants: 1 }));
    assert_eq!(life.ask(json!({ "time_ms": NOW_MS + 2 * HOUR_MS })), Err(Misasked::Future));
}

#[test]
fn what_a_request_should_not_hold_is_named_and_what_it_says_of_a_person_is_not() {
    let wrong =
        with(request(json!({})), json!({ "context": { "activity": "activity.app-review", "purpse": 1 } }));
    let said = Request::read(wrong.to_string().as_bytes()).unwrap_err().to_string();
    assert!(said.contains("`context") && said.contains("purpse"), "{said}");
    let mut wrong = request(json!({}));
    wrong["resource"]["properties"]["data_types"] = json!("user-17");
    let said = Request::read(wrong.to_string().as_bytes()).unwrap_err().to_string();
    assert!(said.contains("data_types") && !said.contains("user-17"), "{said}");
}

#[test]
fn what_was_decided_is_recorded() {
    let mut life = Life::new();
    let rules = life.rules();
    let request =
        Request::read(request(json!({ "system": "system.shop-core" })).to_string().as_bytes()).unwrap();
    let asked = request.question(&life.books, &id_of, NOW_MS).unwrap();
    let fact = |key: &_| GROUND.register.path(&GROUND.catalog.schema, key);
    let names = Names { directory: &life.books.directory, fact: &fact, lang: Lang::Zh };
    let response = request.answer(&life.books, &rules, &asked, names);
    let decided = request.decided(&asked, &response);
    assert_eq!((decided.principal.as_str(), decided.outcome.as_str()), ("reviews", "deny"));
    assert!(decided.unmet.contains(&"notice".to_owned()));
    let json = String::from_utf8(Happening::from(decided).payload().unwrap()).unwrap();
    assert!(!json.contains("user-17"), "{json}");
}
