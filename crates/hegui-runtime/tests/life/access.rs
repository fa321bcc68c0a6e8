//! The log of processing: alerts, queries, summaries.

use super::*;
use hegui_runtime::access::{Alert, Alerts, Query, Summary, Watch};
use hegui_runtime::happening::Processed;

fn processed(fields: Value) -> Value {
    let entry = json!({
        "type": "processed", "activity": "activity.app-review", "stage": "use", "types": ["nickname"],
        "system": "system.shop-core", "operator": "svc-1", "success": true,
    });
    with(entry, fields)
}

impl Life {
    fn alerts(&mut self, watch: &mut Watch, time_ms: i64, json: Value) -> Vec<String> {
        let index = self.at(time_ms, Some(SOMEBODY), json).unwrap();
        let alerts = Alerts::embedded(&GROUND).unwrap();
        let event = self.events.last().unwrap();
        let found = alerts.judge((&self.books, &GROUND), watch, index, event);
        found.into_iter().map(|Alert { rule, .. }| rule).collect()
    }
}

#[test]
fn rules_call_for_a_look_and_what_is_in_order_does_not() {
    let mut life = Life::new();
    let mut watch = Watch::default();
    let day = NOW_MS - HOUR_MS;
    assert!(life.alerts(&mut watch, day, processed(json!({}))).is_empty());
    let unknown = processed(json!({ "activity": "activity.nowhere" }));
    assert_eq!(life.alerts(&mut watch, day, unknown), ["unregistered"]);
    let beyond = processed(json!({ "types": ["face"] }));
    assert_eq!(life.alerts(&mut watch, day, beyond), ["out-of-purpose"]);
    let other = processed(json!({ "purpose": "purpose.advertising" }));
    assert_eq!(life.alerts(&mut watch, day, other), ["out-of-purpose"]);
    let out = processed(json!({ "stage": "disclose" }));
    assert_eq!(life.alerts(&mut watch, day, out.clone()), ["undecided"]);
    let decided = with(out, json!({ "decision": 0 }));
    assert!(life.alerts(&mut watch, day, decided.clone()).is_empty());
    // Three at night in China.
    assert_eq!(life.alerts(&mut watch, NOW_MS - 7 * HOUR_MS, decided), ["night"]);
}

#[test]
fn many_persons_in_an_hour_are_said_once() {
    let mut life = Life::new();
    let mut watch = Watch::default();
    let of = |persons| processed(json!({ "persons": persons }));
    assert!(life.alerts(&mut watch, NOW_MS, of(600)).is_empty());
    assert_eq!(life.alerts(&mut watch, NOW_MS, of(600)), ["bulk"]);
    assert!(life.alerts(&mut watch, NOW_MS, of(600)).is_empty(), "said already");
    assert!(life.alerts(&mut watch, NOW_MS - 2 * HOUR_MS, of(600)).is_empty(), "another hour");
}

#[test]
fn processing_after_a_withdrawal_calls_until_it_is_carried_out() {
    let mut life = Life::new();
    let mut watch = Watch::default();
    let withdrew = json!({ "type": "withdrew", "item": "activity.app-review" });
    let index = life.at(NOW_MS - 3 * HOUR_MS, Some(SOMEBODY), withdrew).unwrap();
    assert_eq!(life.alerts(&mut watch, NOW_MS - HOUR_MS, processed(json!({}))), ["after-withdrawal"]);
    let acted = json!({ "type": "withdrawal_acted", "withdrawal": index, "automatic": true });
    life.of(SOMEBODY, acted).unwrap();
    assert!(life.alerts(&mut watch, NOW_MS, processed(json!({}))).is_empty());
}

#[test]
fn queries_and_summaries() {
    let entries: Vec<Processed> =
        [json!({}), json!({ "success": false }), json!({ "operator": "svc-2", "stage": "store" })]
            .into_iter()
            .map(|fields| match happening(processed(fields)) {
                Happening::Processed(entry) => entry,
                other => panic!("{other:?}"),
            })
            .collect();
    let query = |json: Value| -> Vec<bool> {
        let query: Query = serde_json::from_value(json).unwrap();
        entries.iter().map(|entry| query.fits(entry)).collect()
    };
    assert_eq!(query(json!({})), [true, true, true]);
    assert_eq!(query(json!({ "success": true, "operator": "svc-1" })), [true, false, false]);
    assert_eq!(query(json!({ "stage": "store" })), [false, false, true]);
    assert_eq!(query(json!({ "data_type": "face" })), [false, false, false]);
    let summary = Summary::of(&entries);
    assert_eq!((summary.entries, summary.failed, summary.operators["svc-2"]), (3, 1, 1));
}
