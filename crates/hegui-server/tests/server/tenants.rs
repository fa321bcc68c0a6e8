//! Organisations beside one another: nothing crosses.

use crate::site::Site;
use serde_json::json;

#[tokio::test]
async fn what_one_tenant_has_another_does_not_see() {
    let site = Site::with("", &["acme", "globex"]);
    let (acme, globex) = (site.administrator("acme").await, site.administrator("globex").await);
    let receiver = json!({ "url": "https://receiver.example/hook" });
    let named = site.post(&acme, "/v1/webhooks", receiver).await.expect(201).json();
    let path = format!("/v1/webhooks/{}", named["id"].as_str().unwrap());
    site.delete(&globex, &path).await.expect(404);
    assert_eq!(site.get(&globex, "/v1/webhooks").await.expect(200).json()["items"], json!([]));
    assert_eq!(site.get(&acme, "/v1/webhooks").await.expect(200).json()["items"][0]["id"], named["id"]);
    // A token does not become another tenant's by saying so.
    site.get(&acme.replace("acme", "globex"), "/v1/me").await.expect(401);
    // Nor an account: both have one called `admin`, with the same password.
    let shown = json!({ "tenant": "globex", "name": "admin", "password": crate::site::PASSWORD });
    let token = site.post("", "/v1/session", shown).await.expect(201).json();
    assert_eq!(site.get(token["token"].as_str().unwrap(), "/v1/me").await.json()["tenant"], "globex");
}

#[tokio::test]
async fn a_folder_of_another_name_is_refused_with_the_remedy() {
    let site = Site::with("", &["acme"]);
    let folder = site.folder.path().to_owned();
    std::fs::create_dir(folder.join("tenants/Not A Tenant")).unwrap();
    let said = hegui_server::tenant::open_all(&hegui_server::Config::of_folder(&folder).unwrap(), 0)
        .err()
        .unwrap()
        .to_string();
    assert!(said.contains("Not A Tenant") && said.contains("rename it"), "{said}");
}
