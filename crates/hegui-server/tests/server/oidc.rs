//! Signing in at an identity provider: a provider of the test's own, honest and forged.

use crate::site::{Answer, Site, request};
use axum::body::Body;
use axum::routing::{get, post};
use axum::{Json, Router};
use data_encoding::BASE64URL_NOPAD as BASE64;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// Makes a token for a nonce.
type Forger<'a> = Box<dyn Fn(&str) -> String + 'a>;

/// A provider that gives the token that the test has laid out.
struct Provider {
    issuer: String,
    key: EcdsaKeyPair,
    token: Arc<Mutex<String>>,
}

impl Provider {
    async fn new() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let key =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap();
        let point = key.public_key().as_ref();
        let jwk = json!({ "keys": [{
            "kty": "EC", "crv": "P-256", "kid": "1", "alg": "ES256", "use": "sig",
            "x": BASE64.encode(&point[1..33]), "y": BASE64.encode(&point[33..]),
        }] });
        let discovery = json!({
            "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
        });
        let token = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&token);
        let give = move || {
            let token = kept.lock().unwrap().clone();
            async move { Json(json!({ "id_token": token, "access_token": "x", "token_type": "Bearer" })) }
        };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(move || async move { Json(discovery) }))
            .route("/keys", get(move || async move { Json(jwk) }))
            .route("/token", post(give));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { issuer, key, token }
    }

    fn sign(&self, claims: &Value) -> String {
        let head = json!({ "alg": "ES256", "kid": "1" }).to_string();
        let text =
            format!("{}.{}", BASE64.encode(head.as_bytes()), BASE64.encode(claims.to_string().as_bytes()));
        let signature = self.key.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
        format!("{text}.{}", BASE64.encode(signature.as_ref()))
    }
}

async fn begin(site: &Site) -> (String, String, String) {
    let gone = site.get("", "/v1/session/oidc").await.expect(303);
    let location = gone.headers["location"].to_str().unwrap().to_owned();
    let of = |name: &str| {
        let rest = location.split(&format!("{name}=")).nth(1).unwrap();
        rest.split('&').next().unwrap().to_owned()
    };
    let cookie = gone.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert!(location.contains("code_challenge_method=S256"));
    (of("state"), of("nonce"), cookie)
}

async fn back(site: &Site, state: &str, cookie: &str) -> Answer {
    let path = format!("/v1/session/oidc/callback?code=abc&state={state}");
    site.send(request("GET", "", &path).header("cookie", cookie).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn who_the_provider_knows_gets_a_session_and_nobody_else() {
    let provider = Provider::new().await;
    let issuer = &provider.issuer;
    let configuration = format!(
        "[oidc.default]\nissuer = \"{issuer}\"\nclient_id = \"hegui\"\nclient_secret_file = \"secret\"\n"
    );
    let site = Site::with(&configuration, &[]);
    std::fs::write(site.folder.path().join("secret"), "s3cret\n").unwrap();
    let admin = site.administrator("default").await;
    site.person(&admin, "li@example.cn", "engineer").await;
    let claims = |nonce: &str| {
        json!({
            "iss": issuer, "aud": "hegui", "exp": site.seconds() + 60, "nonce": nonce, "sub": "1",
            "email": "li@example.cn", "email_verified": true,
        })
    };
    let with = |nonce: &str, name: &str, value: Value| {
        let mut claims = claims(nonce);
        claims[name] = value;
        provider.sign(&claims)
    };

    let (state, nonce, cookie) = begin(&site).await;
    *provider.token.lock().unwrap() = provider.sign(&claims(&nonce));
    back(&site, &state, "hegui_state=another").await.expect(401);
    let signed_in = back(&site, &state, &cookie).await.expect(303);
    let session = signed_in.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let me = request("GET", "", "/v1/me").header("cookie", session).body(Body::empty()).unwrap();
    assert_eq!(site.send(me).await.expect(200).json()["name"], "account:li@example.cn");
    back(&site, &state, &cookie).await.expect(401);

    let none = BASE64.encode(br#"{"alg":"none"}"#);
    let forged: [(&str, Forger<'_>); 7] = [
        ("another audience", Box::new(|nonce| with(nonce, "aud", json!("other")))),
        ("another issuer", Box::new(|nonce| with(nonce, "iss", json!("https://evil.example")))),
        ("ended", Box::new(|nonce| with(nonce, "exp", json!(site.seconds())))),
        ("another sign-in's", Box::new(|_| provider.sign(&claims("another")))),
        ("an address not verified", Box::new(|nonce| with(nonce, "email_verified", json!(false)))),
        (
            "a changed claim",
            Box::new(|nonce| {
                let (token, other) = (provider.sign(&claims(nonce)), with(nonce, "email", json!("admin")));
                let parts: Vec<_> = token.split('.').collect();
                format!("{}.{}.{}", parts[0], other.split('.').nth(1).unwrap(), parts[2])
            }),
        ),
        (
            "without a signature",
            Box::new(|nonce| format!("{none}.{}.", BASE64.encode(claims(nonce).to_string().as_bytes()))),
        ),
    ];
    for (name, token) in forged {
        let (state, nonce, cookie) = begin(&site).await;
        *provider.token.lock().unwrap() = token(&nonce);
        let answer = back(&site, &state, &cookie).await;
        assert_eq!(answer.status, 401, "{name}: {}", String::from_utf8_lossy(&answer.bytes));
    }
    let (state, nonce, cookie) = begin(&site).await;
    *provider.token.lock().unwrap() = with(&nonce, "email", json!("nobody@example.cn"));
    back(&site, &state, &cookie).await.expect(403);
}
