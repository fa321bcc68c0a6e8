//! The published ledger over HTTP: what is served is what verifies, and no path leads elsewhere.

use crate::platform::{ALL, agree, notice};
use crate::site::Site;
use hegui_ledger::checkpoint::Policy;
use hegui_ledger::event::Opening;
use hegui_ledger::note::Verifier;
use hegui_ledger::receipt::Receipt;

#[tokio::test]
async fn a_proof_holds_offline_and_a_changed_one_does_not() {
    let site = Site::retailer(&["default"]);
    let key = site.key(&site.administrator("default").await, ALL).await;
    site.post(&key, "/v1/publications", notice()).await.expect(201);
    agree(&site, &key, "user-1").await;
    let text = String::from_utf8(site.get(&key, "/log/proof/2").await.expect(200).bytes).unwrap();
    let public = String::from_utf8(site.get(&key, "/log/key").await.expect(200).bytes).unwrap();
    let policy = Policy::new(Verifier::parse(public.trim()).unwrap(), vec![], 0).unwrap();
    let receipt = Receipt::parse(&text).unwrap();
    let opening = Opening::decode(&receipt.extra).unwrap();
    receipt.check(&opening.entry(), &policy, 0).unwrap();
    let mut another = opening;
    another.event.time += 1;
    receipt.check(&another.entry(), &policy, 0).unwrap_err();
    site.get(&key, "/log/proof/3").await.expect(404);
    site.get(&key, "/log/proof/18446744073709551615").await.expect(404);
    site.get(&key, "/log/proof/-1").await.expect(404);
}

#[tokio::test]
async fn tiles_are_files_of_the_tree_and_nothing_else() {
    let site = Site::retailer(&["default"]);
    let key = site.key(&site.administrator("default").await, ALL).await;
    site.post(&key, "/v1/publications", notice()).await.expect(201);
    site.get(&key, "/log/proof/0").await.expect(200);
    assert_eq!(site.get(&key, "/log/tile/0/000.p/1").await.expect(200).bytes.len(), 32);
    for path in [
        "../checkpoint",
        "..%2f..%2fkeys%2ftenant",
        "%2e%2e/%2e%2e/keys/tenant",
        "0/../../../keys/tenant",
        "entries/..%5c..%5ckeys",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "0/000.p/1%00",
        "0/x000/000",
        "0/0",
        "-1/000",
        "64/000",
        "0/000.p/256",
        "0/%ff",
    ] {
        let answer = site.get(&key, &format!("/log/tile/{path}")).await;
        assert_eq!(answer.status, 404, "{path}: {}", String::from_utf8_lossy(&answer.bytes));
    }
}
