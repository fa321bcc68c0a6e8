//! What a handler's systems do day by day, over HTTP: publish, show, agree, ask, withdraw, erase.

use crate::site::{Site, request};
use axum::body::Body;
use serde_json::{Value, json};

pub const ALL: &[&str] = &[
    "decisions",
    "notices",
    "consents",
    "requests",
    "incidents",
    "processing",
    "processing.read",
    "retention",
    "records.read",
    "subjects.read",
    "findings",
    "ledger",
    "webhooks",
];

pub fn notice() -> Value {
    json!({
        "text": "notice.review", "version": 1, "sha256": "ab".repeat(32), "languages": ["zh-CN"],
        "about": ["activity.app-review"],
        "contents": [
            "fact_of_processing", "purpose", "method", "types", "impact", "refusal_effect", "opt_out_way",
            "rights_and_protection", "handler_identity", "retention_period", "consequences",
        ],
    })
}

fn shown(person: &str) -> Value {
    json!({ "subject": person, "text": "notice.review", "version": 1, "how": "popup", "language": "zh-CN" })
}

fn consent(person: &str) -> Value {
    json!({
        "subject": person, "item": "activity.app-review", "stage": "use", "place": "consent.review",
        "types": ["nickname"], "text": "notice.review", "version": 1, "separate": true,
        "form": "affirmative_act",
    })
}

pub fn question(person: &str) -> Value {
    json!({
        "subject": { "type": "service", "id": "reviews" }, "action": { "name": "use" },
        "resource": { "type": "data", "id": "reviews",
                      "properties": { "data_subject": person, "data_types": ["nickname"] } },
        "context": { "activity": "activity.app-review", "enforces": ["log"] },
    })
}

/// Notice shown to a person, and consent given.
pub async fn agree(site: &Site, key: &str, person: &str) {
    site.post(key, "/v1/deliveries", shown(person)).await.expect(201);
    site.post(key, "/v1/consents", consent(person)).await.expect(201);
}

async fn permitted(site: &Site, key: &str, person: &str) -> bool {
    let answer = site.post(key, "/access/v1/evaluation", question(person)).await.expect(200).json();
    answer["decision"].as_bool().unwrap()
}

#[tokio::test]
async fn from_notice_to_withdrawal() {
    let site = Site::retailer(&["default"]);
    let key = site.key(&site.administrator("default").await, ALL).await;
    let mut short = notice();
    short["contents"] = json!(["purpose"]);
    let refused = site.post(&key, "/v1/publications", short).await.expect(422).json();
    assert!(refused["clause"].is_string(), "{refused}");
    site.post(&key, "/v1/publications", notice()).await.expect(201);
    site.post(&key, "/v1/consents", consent("user-1")).await.expect(422);
    assert!(!permitted(&site, &key, "user-1").await);
    agree(&site, &key, "user-1").await;
    assert!(permitted(&site, &key, "user-1").await);
    assert!(!permitted(&site, &key, "user-2").await);
    let which = json!({ "subject": "user-1", "item": "activity.app-review" });
    let receipt = site.post(&key, "/v1/subjects/receipt", which.clone()).await.expect(200).json();
    assert_eq!(receipt["pii_processing"]["service"], "activity.app-review");
    site.post(&key, "/v1/withdrawals", which).await.expect(201);
    assert!(!permitted(&site, &key, "user-1").await);
    let tasks = site.get(&key, "/v1/tasks").await.expect(200).json();
    assert_eq!(tasks["items"][0]["task"], "carry_out");
    let record =
        site.post(&key, "/v1/subjects/record", json!({ "subject": "user-1" })).await.expect(200).json();
    let kinds: Vec<_> =
        record["items"].as_array().unwrap().iter().map(|item| &item["what"]["type"]).collect();
    assert!(kinds.contains(&&json!("withdrew")) && kinds.contains(&&json!("decided")), "{kinds:?}");
    assert!(!record.to_string().contains("user-1"), "the identifier is not in the ledger");
}

#[tokio::test]
async fn a_question_that_the_log_cannot_hold_is_refused_and_stops_nobody_else() {
    let site = Site::retailer(&["default"]);
    let key = site.key(&site.administrator("default").await, ALL).await;
    site.post(&key, "/v1/publications", notice()).await.expect(201);
    agree(&site, &key, "user-1").await;
    let places = ["/context/activity", "/context/recipient", "/context/product", "/subject/id"];
    for place in places {
        for name in [String::new(), "a\nb".to_owned(), "长".repeat(100)] {
            let mut odd = question("user-1");
            odd["context"]["recipient"] = json!("recipient.none");
            odd["context"]["product"] = json!("product.app");
            *odd.pointer_mut(place).unwrap() = json!(name);
            let refused = site.post(&key, "/access/v1/evaluation", odd).await.expect(400).json();
            let field = place.trim_start_matches('/').replace('/', ".");
            assert!(refused["detail"].as_str().unwrap().contains(&field), "{refused}");
        }
    }
    assert!(permitted(&site, &key, "user-1").await);
}

#[tokio::test]
async fn many_questions_share_what_they_have_in_common() {
    let site = Site::retailer(&["default"]);
    let key = site.key(&site.administrator("default").await, ALL).await;
    site.post(&key, "/v1/publications", notice()).await.expect(201);
    agree(&site, &key, "user-1").await;
    let (yes, no) = (question("user-1"), question("user-2"));
    let each = |question: &Value| json!({ "resource": question["resource"] });
    let many = |semantic: &str, questions: Vec<Value>| {
        json!({
            "subject": yes["subject"], "action": yes["action"], "context": yes["context"],
            "evaluations": questions, "options": { "evaluations_semantic": semantic },
        })
    };
    let path = "/access/v1/evaluations";
    let all = many("execute_all", vec![each(&no), each(&yes), json!({ "resource": 1 })]);
    let answers = site.post(&key, path, all).await.expect(200).json();
    let decisions: Vec<_> =
        answers["evaluations"].as_array().unwrap().iter().map(|a| a["decision"].clone()).collect();
    assert_eq!(decisions, [json!(false), json!(true), json!(false)]);
    assert_eq!(answers["evaluations"][2]["context"]["error"]["status"], 400);
    for (semantic, count) in [("deny_on_first_deny", 1), ("permit_on_first_permit", 2)] {
        let some = many(semantic, vec![each(&no), each(&yes), each(&no)]);
        let answers = site.post(&key, path, some).await.expect(200).json();
        assert_eq!(answers["evaluations"].as_array().unwrap().len(), count, "{semantic}");
    }
}

#[tokio::test]
async fn an_answer_is_repeated_and_not_carried_out_again_also_after_a_restart() {
    let mut site = Site::retailer(&["default"]);
    let key = site.key(&site.administrator("default").await, ALL).await;
    let send = |body: Value| {
        let request = request("POST", &key, "/v1/publications").header("content-type", "application/json");
        request.header("idempotency-key", "one").body(Body::from(body.to_string())).unwrap()
    };
    let first = site.send(send(notice())).await.expect(201);
    let second = site.send(send(notice())).await.expect(201);
    assert_eq!(first.bytes, second.bytes);
    assert_eq!(second.headers["idempotent-replay"], "true");
    let mut other = notice();
    other["version"] = json!(2);
    site.send(send(other)).await.expect(422);
    site = site.reopened();
    assert_eq!(site.send(send(notice())).await.expect(201).bytes, first.bytes);
    let listed = site.get(&key, "/v1/publications").await.expect(200).json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn of_many_lines_what_is_refused_leaves_the_others_be() {
    let site = Site::retailer(&["default"]);
    let admin = site.administrator("default").await;
    let key = site.key(&admin, ALL).await;
    let entry = |person: usize| {
        json!({
            "type": "processed", "subject": format!("user-{person}"), "activity": "activity.app-review",
            "stage": "use", "types": ["nickname"], "system": "system.shop-core", "operator": "service-1",
            "success": true,
        })
    };
    let lines = |key: &str, lines: Vec<Value>| {
        let body: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let request = request("POST", key, "/v1/events").header("content-type", "application/x-ndjson");
        request.body(Body::from(body)).unwrap()
    };
    let mut all: Vec<_> = (0..20).map(entry).collect();
    let mut undecided = entry(20);
    undecided["stage"] = json!("provide");
    all.push(undecided);
    all.insert(3, json!({ "type": "withdrew", "subject": "user-1", "item": "activity.nowhere" }));
    let done = site.send(lines(&key, all)).await.expect(201).json();
    assert_eq!(
        (&done["count"], &done["first"], &done["refused"][0]["line"]),
        (&json!(21), &json!(0), &json!(4))
    );
    let broken = site.send(lines(&key, vec![entry(1), json!({ "type": "processed", "activty": 1 })])).await;
    let said = broken.expect(400).json();
    assert!(said["detail"].as_str().unwrap().contains("line 2"), "{said}");
    let weak = site.key(&admin, &["consents"]).await;
    site.send(lines(&weak, vec![entry(1)])).await.expect(403);

    let found =
        site.post(&key, "/v1/processing/search", json!({ "subject": "user-7" })).await.expect(200).json();
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    let summary = site.post(&key, "/v1/processing/summary", json!({})).await.expect(200).json();
    assert_eq!(summary["entries"], 21);
    let alerts = site.post(&key, "/v1/processing/alerts", json!({})).await.expect(200).json();
    let rules: Vec<_> = alerts.as_array().unwrap().iter().map(|alert| alert["rule"].clone()).collect();
    assert!(rules.contains(&json!("undecided")), "{rules:?}");
}

#[tokio::test]
async fn erased_is_erased_and_what_stays_is_said() {
    let site = Site::retailer(&["default"]);
    let key = site.key(&site.administrator("default").await, ALL).await;
    site.post(&key, "/v1/publications", notice()).await.expect(201);
    agree(&site, &key, "user-1").await;
    let wanted = json!({ "subject": "user-1", "reason": "the account was closed" });
    let erased = site.post(&key, "/v1/subjects/erase", wanted).await.expect(200).json();
    assert_eq!(erased["kept"][0]["basis"], "pipl/69", "{erased}");
    assert!(!permitted(&site, &key, "user-1").await);
    site.post(&key, "/v1/consents", consent("user-1")).await.expect(422);
}

#[tokio::test]
async fn logging_stops_only_when_two_people_say_so_and_the_ledger_names_both() {
    let site = Site::retailer(&["default"]);
    let admin = site.administrator("default").await;
    let auditor = site.person(&admin, "auditor", "auditor").await;
    site.post(&admin, "/v1/logging", json!({ "system": "system.shop-core" })).await.expect(201);
    let action = json!({ "do": "switch_logging", "system": "system.shop-core", "to": "off" });
    let asked = json!({ "action": action, "reason": "maintenance" });
    let asked = site.post(&admin, "/v1/approvals", asked).await.expect(201).json();
    let decision = format!("/v1/approvals/{}/decision", asked["id"].as_str().unwrap());
    site.post(&admin, &decision, json!({ "approve": true })).await.expect(403);
    let logging = site.get(&auditor, "/v1/logging").await.expect(200).json();
    assert_eq!(logging[0]["power"], "on");
    site.post(&auditor, &decision, json!({ "approve": true })).await.expect(200);
    let logging = site.get(&auditor, "/v1/logging").await.expect(200).json();
    assert_eq!(logging[0]["power"], "off");
    let event = site.get(&auditor, &format!("/v1/events/{}", logging[0]["index"])).await.expect(200).json();
    assert_eq!((&event["what"]["by"], &event["what"]["approved_by"]), (&json!("admin"), &json!("auditor")));
}

#[tokio::test]
async fn findings_change_as_things_happen() {
    let site = Site::retailer(&["default"]);
    let key = site.key(&site.administrator("default").await, ALL).await;
    let before = site.get(&key, "/v1/findings").await.expect(200).json();
    let received = json!({
        "subject": "user-1", "request": "request.2026-0801", "asks": "delete", "product": "product.app",
        "identity_verified": true, "time_ms": crate::site::NOW_MS - 90 * 86_400_000,
    });
    site.post(&key, "/v1/requests", received).await.expect(201);
    let facts = site.get(&key, "/v1/facts").await.expect(200).json();
    assert!(facts.as_array().unwrap().iter().any(|fact| fact["thing"] == "request.2026-0801"), "{facts}");
    let after = site.get(&key, "/v1/findings").await.expect(200).json();
    assert_ne!(before, after);
}

#[tokio::test]
async fn a_person_of_one_tenant_is_nobody_in_another() {
    let site = Site::retailer(&["acme", "globex"]);
    let acme = site.key(&site.administrator("acme").await, ALL).await;
    let globex = site.key(&site.administrator("globex").await, ALL).await;
    site.post(&acme, "/v1/publications", notice()).await.expect(201);
    agree(&site, &acme, "user-1").await;
    assert!(permitted(&site, &acme, "user-1").await);
    assert!(!permitted(&site, &globex, "user-1").await);
    let record =
        site.post(&globex, "/v1/subjects/record", json!({ "subject": "user-1" })).await.expect(200).json();
    assert!(
        record["items"].as_array().unwrap().iter().all(|item| item["what"]["type"] == "decided"),
        "{record}"
    );
    assert_eq!(site.get(&globex, "/v1/publications").await.expect(200).json()["items"], json!([]));
    assert_ne!(site.get(&acme, "/log/key").await.bytes, site.get(&globex, "/log/key").await.bytes);
}
