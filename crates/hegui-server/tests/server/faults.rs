//! What a hostile or broken client sends.

use crate::site::{Site, request};
use axum::body::Body;
use serde_json::json;

fn sent(token: &str, kind: &str, body: impl Into<Body>) -> axum::http::Request<Body> {
    request("POST", token, "/v1/accounts").header("content-type", kind).body(body.into()).unwrap()
}

#[tokio::test]
async fn bodies_that_are_oversized_malformed_or_hostile_are_refused() {
    let site = Site::with("[limits]\nbody_bytes = 100000\n", &[]);
    let admin = site.administrator("default").await;
    let json = "application/json";
    let deep = "[".repeat(90_000);
    let cases: [(&str, Vec<u8>, u16); 9] = [
        (json, vec![b' '; 100_001], 413),
        (json, deep.into_bytes(), 400),
        (json, br#"{"name":{"a":1"#.to_vec(), 400),
        (json, br#"{"name":"a","name":"b"}"#.to_vec(), 400),
        (json, br#"{"name":"a","password":"x","roles":[],"admin":true}"#.to_vec(), 400),
        (json, vec![0xff, 0xfe, 0x00], 400),
        (json, br#"{"name":"\ud800"}"#.to_vec(), 400),
        (json, Vec::new(), 400),
        ("application/x-www-form-urlencoded", b"name=a".to_vec(), 415),
    ];
    for (kind, body, status) in cases {
        let begins = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
        let answer = site.send(sent(&admin, kind, body)).await;
        assert_eq!(answer.status.as_u16(), status, "{begins}");
        assert_eq!(answer.headers["content-type"], "application/problem+json", "{begins}");
        assert!(answer.json()["title"].as_str().unwrap().contains(" · "), "{begins}");
    }
}

#[tokio::test]
async fn an_error_does_not_repeat_what_was_sent() {
    let site = Site::new();
    let admin = site.administrator("default").await;
    let body = json!({ "name": "ok", "password": 13_900_001_111_u64, "roles": "张三" });
    let answer = site.post(&admin, "/v1/accounts", body).await.expect(400);
    let said = String::from_utf8(answer.bytes).unwrap();
    assert!(!said.contains("139") && !said.contains("张三"), "{said}");
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems_too() {
    let site = Site::new();
    for (method, path, status) in
        [("GET", "/nowhere", 404), ("PUT", "/v1/session", 405), ("GET", "/v1/../../etc/passwd", 404)]
    {
        let answer = site.send(request(method, "", path).body(Body::empty()).unwrap()).await.expect(status);
        assert!(answer.json()["type"].as_str().unwrap().starts_with("urn:hegui:problem:"));
    }
}

#[tokio::test]
async fn every_answer_has_its_id_and_the_headers_that_keep_a_browser_safe() {
    let site = Site::new();
    for path in ["/healthz", "/nowhere", "/v1/me"] {
        let answer = site.get("", path).await;
        for name in ["x-request-id", "content-security-policy", "x-content-type-options", "cache-control"] {
            assert!(answer.headers.contains_key(name), "{path}: {name}");
        }
    }
    let named = request("GET", "", "/healthz").header("x-request-id", "abc-1").body(Body::empty()).unwrap();
    assert_eq!(site.send(named).await.headers["x-request-id"], "abc-1");
    let hostile = request("GET", "", "/healthz").header("x-request-id", "a b\t<script>").body(Body::empty());
    assert_ne!(site.send(hostile.unwrap()).await.headers["x-request-id"], "a b\t<script>");
}

#[tokio::test]
async fn a_credential_that_asks_too_often_is_slowed_down_and_others_are_not() {
    let site = Site::with("[limits]\ncredential_per_second = 5\n", &[]);
    let admin = site.administrator("default").await;
    let other = site.key(&admin, &["webhooks"]).await;
    let mut slowed = 0;
    for _ in 0..20 {
        let answer = site.get(&admin, "/v1/me").await;
        if answer.status == 429 {
            assert!(answer.headers.contains_key("retry-after"));
            slowed += 1;
        }
    }
    assert!(slowed > 10, "{slowed}");
    site.get(&other, "/v1/webhooks").await.expect(200);
}

#[tokio::test]
async fn metrics_name_operations_and_never_paths() {
    let site = Site::new();
    let admin = site.administrator("default").await;
    site.get("", "/metrics").await.expect(401);
    site.delete(&admin, "/v1/webhooks/zhang-san").await.expect(404);
    let text = String::from_utf8(site.get(&admin, "/metrics").await.expect(200).bytes).unwrap();
    assert!(text.contains(r#"method="DELETE",route="/v1/webhooks/{id}",status="404""#), "{text}");
    assert!(!text.contains("zhang-san"));
}

#[test]
fn a_configuration_that_is_wrong_names_file_line_and_remedy() {
    let folder = tempfile::tempdir().unwrap();
    for (text, says) in [
        ("listen = \"nowhere\"", "line 1"),
        ("[limits]\nbody_byte = 3", "line 2"),
        ("[limits]\nconnections = 0", "`limits.connections` is 0"),
        ("public_url = \"example.cn/x\"", "begins with http"),
    ] {
        std::fs::write(folder.path().join("hegui.toml"), text).unwrap();
        let said = hegui_server::Config::of_folder(folder.path()).unwrap_err().to_string();
        assert!(said.contains(says) && said.contains("hegui.toml"), "{said}");
    }
}
