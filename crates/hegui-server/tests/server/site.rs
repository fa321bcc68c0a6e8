//! A server on an empty folder, without a network, at a time that the test sets.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use hegui_server::app::App;
use hegui_server::{Config, server};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tower::ServiceExt;

/// 2026-07-01, 10 o'clock in China.
pub const NOW_MS: i64 = 1_782_871_200_000;
pub const PASSWORD: &str = "correct horse battery";

pub struct Site {
    pub app: App,
    router: Router,
    now: Arc<AtomicI64>,
    pub folder: tempfile::TempDir,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.bytes));
        self
    }
}

impl Site {
    pub fn new() -> Self {
        Self::with("", &[])
    }

    /// With this configuration and these tenants.
    pub fn with(configuration: &str, tenants: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("hegui.toml"), configuration).unwrap();
        for tenant in tenants {
            std::fs::create_dir_all(folder.path().join("tenants").join(tenant)).unwrap();
        }
        Self::on(folder)
    }

    /// With the register of the example retailer for these tenants.
    pub fn retailer(tenants: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for tenant in tenants {
            let to = folder.path().join("tenants").join(tenant).join("register");
            copy(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/retailer").as_ref(), &to);
        }
        Self::on(folder)
    }

    /// On a folder that is there.
    pub fn on(folder: tempfile::TempDir) -> Self {
        let now = Arc::new(AtomicI64::new(NOW_MS));
        let clock = Arc::clone(&now);
        let config = Config::of_folder(folder.path()).unwrap();
        let app = App::open(config, json!({}), Arc::new(move || clock.load(Ordering::Relaxed))).unwrap();
        Self { router: server::router(&app), app, now, folder }
    }

    /// The same folder, opened anew.
    pub fn reopened(self) -> Self {
        let Self { app, router, folder, .. } = self;
        drop(router);
        drop(app);
        Self::on(folder)
    }

    pub fn pass_seconds(&self, seconds: i64) {
        self.now.fetch_add(seconds * 1000, Ordering::Relaxed);
    }

    pub fn seconds(&self) -> i64 {
        self.now.load(Ordering::Relaxed) / 1000
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }

    pub async fn get(&self, token: &str, path: &str) -> Answer {
        self.send(request("GET", token, path).body(Body::empty()).unwrap()).await
    }

    pub async fn delete(&self, token: &str, path: &str) -> Answer {
        self.send(request("DELETE", token, path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, token: &str, path: &str, body: Value) -> Answer {
        self.with_json("POST", token, path, body).await
    }

    pub async fn with_json(&self, method: &str, token: &str, path: &str, body: Value) -> Answer {
        let request = request(method, token, path).header("content-type", "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// A session of the first administrator of a tenant.
    pub async fn administrator(&self, tenant: &str) -> String {
        let tenant = self.app.tenants.values().find(|open| open.name.to_string() == tenant).unwrap();
        let key = tenant.first_key(self.seconds()).unwrap().unwrap();
        let first = json!({ "name": "admin", "password": PASSWORD });
        let answer = self.post(&key, "/v1/setup", first).await.expect(201);
        answer.json()["token"].as_str().unwrap().to_owned()
    }

    /// A session of a new account with a role.
    pub async fn person(&self, administrator: &str, name: &str, role: &str) -> String {
        let draft = json!({ "name": name, "password": PASSWORD, "roles": [role] });
        self.post(administrator, "/v1/accounts", draft).await.expect(201);
        self.sign_in(name, None).await.expect(201).json()["token"].as_str().unwrap().to_owned()
    }

    pub async fn sign_in(&self, name: &str, code: Option<&str>) -> Answer {
        self.post("", "/v1/session", json!({ "name": name, "password": PASSWORD, "code": code })).await
    }

    /// A key with these scopes.
    pub async fn key(&self, administrator: &str, scopes: &[&str]) -> String {
        let wanted = json!({ "name": "a service", "scopes": scopes });
        let answer = self.post(administrator, "/v1/credentials", wanted).await.expect(201);
        answer.json()["token"].as_str().unwrap().to_owned()
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else {
            std::fs::copy(&path, &to).unwrap();
        }
    }
}

pub fn request(method: &str, token: &str, path: &str) -> axum::http::request::Builder {
    let builder = Request::builder().method(method).uri(path);
    if token.is_empty() { builder } else { builder.header("authorization", format!("Bearer {token}")) }
}
