//! Conditional reads, pages, answers to repeat.

use crate::site::{Site, request};
use axum::body::Body;
use serde_json::json;

#[tokio::test]
async fn what_the_caller_has_already_is_not_sent_again() {
    let site = Site::new();
    let admin = site.administrator("default").await;
    let first = site.get(&admin, "/v1/accounts").await.expect(200);
    let tag = first.headers["etag"].to_str().unwrap().to_owned();
    let again = |tag: &str| {
        request("GET", &admin, "/v1/accounts").header("if-none-match", tag).body(Body::empty()).unwrap()
    };
    let same = site.send(again(&tag)).await.expect(304);
    assert!(same.bytes.is_empty());
    site.person(&admin, "engineer", "engineer").await;
    site.send(again(&tag)).await.expect(200);
}

#[tokio::test]
async fn pages_follow_one_another_without_gap_or_repetition() {
    let site = Site::new();
    let admin = site.administrator("default").await;
    for number in 0..5 {
        let url = format!("https://receiver.example/{number}");
        site.post(&admin, "/v1/webhooks", json!({ "url": url })).await.expect(201);
    }
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = site.get(&admin, &format!("/v1/webhooks?limit=2{after}")).await.expect(200).json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["url"].to_string()));
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 5);
}
