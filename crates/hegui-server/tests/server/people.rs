//! People and services: signing in, locks, one-time codes, roles, what takes two.

use crate::site::{PASSWORD, Site};
use serde_json::json;

#[tokio::test]
async fn the_first_key_makes_one_administrator_and_no_other() {
    let site = Site::new();
    let tenant = site.app.tenants.values().next().unwrap();
    let lost = tenant.first_key(site.seconds()).unwrap().unwrap();
    let key = tenant.first_key(site.seconds()).unwrap().unwrap();
    let first = json!({ "name": "admin", "password": PASSWORD });
    site.post(&lost, "/v1/setup", first.clone()).await.expect(401);
    site.post(&key, "/v1/setup", json!({ "name": "admin", "password": "short" })).await.expect(422);
    site.post(&key, "/v1/setup", first.clone()).await.expect(201);
    site.post(&key, "/v1/setup", first).await.expect(401);
    assert_eq!(tenant.first_key(site.seconds()).unwrap(), None);
}

#[tokio::test]
async fn tokens_that_are_forged_ended_or_signed_out_do_not_pass() {
    let site = Site::new();
    let admin = site.administrator("default").await;
    site.get(&admin, "/v1/me").await.expect(200);
    let mut forged = admin.clone();
    let last = forged.pop().unwrap();
    forged.push(if last == 'A' { 'E' } else { 'A' });
    for token in ["", "hegui", &forged, &admin.replace("default", "another"), &admin.to_uppercase()] {
        site.get(token, "/v1/me").await.expect(401);
    }
    site.delete(&admin, "/v1/session").await.expect(204);
    site.get(&admin, "/v1/me").await.expect(401);

    let again = site.sign_in("admin", None).await.expect(201).json()["token"].as_str().unwrap().to_owned();
    site.pass_seconds(8 * 60 * 60);
    site.get(&again, "/v1/me").await.expect(401);
}

#[tokio::test]
async fn an_account_is_locked_after_failures_and_says_the_same_of_all() {
    let site = Site::new();
    site.administrator("default").await;
    let wrong = json!({ "name": "admin", "password": "not the password" });
    let of_nobody = json!({ "name": "nobody", "password": "not the password" });
    let mut said = vec![site.post("", "/v1/session", of_nobody).await.expect(401).bytes];
    for _ in 0..5 {
        said.push(site.post("", "/v1/session", wrong.clone()).await.expect(401).bytes);
    }
    said.push(site.sign_in("admin", None).await.expect(401).bytes);
    assert!(said.iter().all(|one| *one == said[0]));
    site.pass_seconds(15 * 60);
    site.sign_in("admin", None).await.expect(201);
}

#[tokio::test]
async fn a_one_time_code_counts_once() {
    let site = Site::new();
    let admin = site.administrator("default").await;
    let uri = site.post(&admin, "/v1/me/one-time-codes", json!({})).await.expect(200).json();
    let secret = uri["uri"].as_str().unwrap().split("secret=").nth(1).unwrap().split('&').next().unwrap();
    let code = |seconds| totp(secret, seconds);
    site.sign_in("admin", None).await.expect(201);
    let confirm = "/v1/me/one-time-codes/confirm";
    site.post(&admin, confirm, json!({ "code": "000000000" })).await.expect(422);
    site.post(&admin, confirm, json!({ "code": code(site.seconds()) })).await.expect(204);
    site.sign_in("admin", None).await.expect(401);
    site.sign_in("admin", Some(&code(site.seconds()))).await.expect(401);
    site.pass_seconds(60);
    site.sign_in("admin", Some(&code(site.seconds()))).await.expect(201);
    site.sign_in("admin", Some(&code(site.seconds()))).await.expect(401);
}

/// RFC 6238, written again.
fn totp(secret: &str, seconds: i64) -> String {
    let secret = data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &secret);
    let tag = ring::hmac::sign(&key, &(seconds as u64 / 30).to_be_bytes());
    let at = usize::from(tag.as_ref()[19] & 15);
    let number = u32::from_be_bytes(tag.as_ref()[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

#[tokio::test]
async fn a_key_does_what_its_scopes_say_until_it_ends_or_is_revoked() {
    let site = Site::new();
    let admin = site.administrator("default").await;
    let key = site.key(&admin, &["webhooks"]).await;
    site.get(&key, "/v1/webhooks").await.expect(200);
    let said = site.get(&key, "/v1/accounts").await.expect(403).json();
    assert!(said["detail"].as_str().unwrap().contains("`accounts`"), "{said}");
    let of_people = json!({ "name": "x", "scopes": ["approvals.decide"] });
    site.post(&admin, "/v1/credentials", of_people).await.expect(422);

    let id = key.split('.').nth(2).unwrap();
    site.delete(&admin, &format!("/v1/credentials/{id}")).await.expect(204);
    site.get(&key, "/v1/webhooks").await.expect(401);
    let another = site.key(&admin, &["webhooks"]).await;
    site.pass_seconds(90 * 24 * 60 * 60);
    site.get(&another, "/v1/webhooks").await.expect(401);
}

#[tokio::test]
async fn who_may_approve_is_admitted_by_who_approves_already() {
    let site = Site::new();
    let admin = site.administrator("default").await;
    let auditor = site.person(&admin, "auditor", "auditor").await;
    // Not by the administrator alone, in whichever way.
    let second = json!({ "name": "second", "password": PASSWORD, "roles": ["auditor"] });
    site.post(&admin, "/v1/accounts", second).await.expect(403);
    let second = json!({ "name": "second", "password": PASSWORD, "roles": ["engineer"] });
    site.post(&admin, "/v1/accounts", second).await.expect(201);
    let roles = json!({ "roles": ["compliance"] });
    site.with_json("PATCH", &admin, "/v1/accounts/second", roles.clone()).await.expect(403);
    site.with_json("PATCH", &admin, "/v1/accounts/admin", roles).await.expect(403);

    let action = json!({ "do": "grant_role", "account": "second", "role": "compliance" });
    let asked = json!({ "action": action, "reason": "a new colleague" });
    let asked = site.post(&admin, "/v1/approvals", asked).await.expect(201).json();
    let decision = format!("/v1/approvals/{}/decision", asked["id"].as_str().unwrap());
    site.post(&admin, &decision, json!({ "approve": true })).await.expect(403);
    site.post(&auditor, &decision, json!({ "approve": true })).await.expect(200);
    site.post(&auditor, &decision, json!({ "approve": true })).await.expect(409);
    let accounts = site.get(&admin, "/v1/accounts?after=auditor").await.expect(200).json();
    assert_eq!(accounts["items"][0]["roles"], json!(["engineer", "compliance"]));
}

#[tokio::test]
async fn who_asked_cannot_approve_even_with_the_scope() {
    let site = Site::new();
    let admin = site.administrator("default").await;
    let compliance = site.person(&admin, "compliance", "compliance").await;
    let action = json!({ "do": "grant_role", "account": "compliance", "role": "auditor" });
    let asked = json!({ "action": action, "reason": "more for me" });
    let asked = site.post(&compliance, "/v1/approvals", asked).await.expect(201).json();
    let decision = format!("/v1/approvals/{}/decision", asked["id"].as_str().unwrap());
    site.post(&compliance, &decision, json!({ "approve": true })).await.expect(403);
}

#[tokio::test]
async fn a_disabled_account_is_out_at_once() {
    let site = Site::new();
    let admin = site.administrator("default").await;
    let engineer = site.person(&admin, "engineer", "engineer").await;
    site.get(&engineer, "/v1/webhooks").await.expect(200);
    let disabled = json!({ "enabled": false });
    site.with_json("PATCH", &admin, "/v1/accounts/engineer", disabled).await.expect(200);
    site.get(&engineer, "/v1/webhooks").await.expect(401);
    site.sign_in("engineer", None).await.expect(401);
}
