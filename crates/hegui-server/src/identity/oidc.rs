//! Signing in at an organisation's own identity provider (OpenID Connect, authorization code with PKCE).
//! The provider says who it is; what the person may do here, the account of that name says.

use super::secret::{NoRandomness, new_id, random};
use crate::outgoing::{OutgoingError, Sender};
use axum::body::Bytes;
use axum::http::{Request, header};
use data_encoding::BASE64URL_NOPAD;
use http_body_util::Full;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// For how long a sign-in may be under way, in seconds.
const UNDER_WAY_SECONDS: i64 = 600;
/// How many may be under way at once.
const MOST_UNDER_WAY: usize = 10_000;
const LIMIT: Duration = Duration::from_secs(10);

/// A tenant's provider, as it is configured.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oidc {
    /// The provider's address, exactly as its tokens name it.
    pub issuer: String,
    /// What this server is called there.
    pub client_id: String,
    /// A file with the secret that it was given there, relative to the data folder.
    pub client_secret_file: std::path::PathBuf,
    /// The claim that names the account here.
    #[serde(default = "email")]
    pub claim: String,
}

fn email() -> String {
    "email".to_owned()
}

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// The provider is not reached, or does not answer as one.
    #[error("the identity provider: {0}")]
    Provider(String),
    /// What it says is not valid: it was forged, is old, or is meant for another.
    #[error("the identity provider's token is not valid: {0}")]
    Token(String),
    /// Nothing of the kind is under way: it was finished, took too long, or began elsewhere.
    #[error("no such sign-in is under way; begin again")]
    NotUnderWay,
    /// Too many are under way.
    #[error("too many sign-ins are under way; try again in a while")]
    TooMany,
    /// No random bytes.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The secret cannot be read.
    #[error("{path}: {source}")]
    Secret {
        /// Which file.
        path: std::path::PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl From<OutgoingError> for OidcError {
    fn from(error: OutgoingError) -> Self {
        Self::Provider(error.to_string())
    }
}

/// A sign-in under way.
struct UnderWay {
    tenant: String,
    verifier: String,
    nonce: String,
    ends: i64,
}

/// All sign-ins under way, by their state.
#[derive(Default)]
pub struct Desk(Mutex<HashMap<String, UnderWay>>);

/// What a provider says of itself.
#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

impl Desk {
    /// Begins a sign-in at `now` (seconds since 1970): its state, and where the browser is to go.
    ///
    /// # Errors
    /// Where the provider is not reached.
    pub async fn begin(
        &self,
        sender: &Sender,
        provider: &Oidc,
        tenant: &str,
        back: &str,
        now: i64,
    ) -> Result<(String, String), OidcError> {
        let discovery = discover(sender, provider).await?;
        let (state, nonce) = (new_id()?, new_id()?);
        let verifier = BASE64URL_NOPAD.encode(&random::<32>()?);
        let digest = ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes());
        let query = form(&[
            ("response_type", "code"),
            ("client_id", &provider.client_id),
            ("redirect_uri", back),
            ("scope", "openid email profile"),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &BASE64URL_NOPAD.encode(digest.as_ref())),
            ("code_challenge_method", "S256"),
        ]);
        let joint = if discovery.authorization_endpoint.contains('?') { '&' } else { '?' };
        let mut desk = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        desk.retain(|_, one| now < one.ends);
        if desk.len() >= MOST_UNDER_WAY {
            return Err(OidcError::TooMany);
        }
        let one = UnderWay { tenant: tenant.to_owned(), verifier, nonce, ends: now + UNDER_WAY_SECONDS };
        desk.insert(state.clone(), one);
        Ok((state, format!("{}{joint}{query}", discovery.authorization_endpoint)))
    }

    /// The tenant for which a sign-in is under way.
    #[must_use]
    pub fn tenant_of(&self, state: &str) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(state).map(|one| one.tenant.clone())
    }

    /// Ends a sign-in: the account's name, by what the provider says. A state counts once.
    ///
    /// # Errors
    /// Where it is not under way, or the provider's token does not hold.
    pub async fn finish(
        &self,
        sender: &Sender,
        (provider, secret): (&Oidc, &str),
        (state, code): (&str, &str),
        back: &str,
        now: i64,
    ) -> Result<String, OidcError> {
        let one = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(state);
        let one = one.filter(|one| now < one.ends).ok_or(OidcError::NotUnderWay)?;
        let discovery = discover(sender, provider).await?;
        let body = form(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", back),
            ("client_id", &provider.client_id),
            ("client_secret", secret),
            ("code_verifier", &one.verifier),
        ]);
        let request = Request::post(&discovery.token_endpoint)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json")
            .body(Full::new(Bytes::from(body)));
        let tokens: Tokens = exchange(sender, request).await?;
        let keys: JwkSet = exchange(sender, Request::get(&discovery.jwks_uri).body(Full::default())).await?;
        verify(&tokens.id_token, &keys, provider, &one.nonce, now)
    }
}

async fn discover(sender: &Sender, provider: &Oidc) -> Result<Discovery, OidcError> {
    let url = format!("{}/.well-known/openid-configuration", provider.issuer.trim_end_matches('/'));
    let discovery: Discovery = exchange(sender, Request::get(url).body(Full::default())).await?;
    if discovery.issuer != provider.issuer {
        return Err(OidcError::Provider("it calls itself otherwise than `issuer` in hegui.toml".to_owned()));
    }
    Ok(discovery)
}

async fn exchange<T: DeserializeOwned>(
    sender: &Sender,
    request: Result<Request<Full<Bytes>>, axum::http::Error>,
) -> Result<T, OidcError> {
    let request = request.map_err(|error| OidcError::Provider(error.to_string()))?;
    let (status, body) = sender.send(request, LIMIT).await?;
    if status != 200 {
        return Err(OidcError::Provider(format!("it answered {status}")));
    }
    serde_json::from_slice(&body).map_err(|_| OidcError::Provider("its answer is not understood".to_owned()))
}

/// The account's name that a token gives, if it is the provider's, for us, of now, and of this sign-in.
fn verify(token: &str, keys: &JwkSet, provider: &Oidc, nonce: &str, now: i64) -> Result<String, OidcError> {
    let fail = |why: &str| OidcError::Token(why.to_owned());
    let head = jsonwebtoken::decode_header(token).map_err(|error| fail(&error.to_string()))?;
    // Signatures by a public key only: with the others, who verifies could also forge.
    if !matches!(head.alg, Algorithm::RS256 | Algorithm::ES256 | Algorithm::PS256 | Algorithm::EdDSA) {
        return Err(fail("its algorithm is none of RS256, PS256, ES256, EdDSA"));
    }
    let key = match &head.kid {
        Some(kid) => keys.find(kid),
        None => keys.keys.first().filter(|_| keys.keys.len() == 1),
    };
    let key = DecodingKey::from_jwk(key.ok_or_else(|| fail("its key is none of the provider's"))?);
    let mut rules = Validation::new(head.alg);
    rules.set_audience(&[&provider.client_id]);
    rules.set_issuer(&[&provider.issuer]);
    rules.set_required_spec_claims(&["exp", "iss", "aud"]);
    // By the server's clock, below.
    rules.validate_exp = false;
    let key = key.map_err(|error| fail(&error.to_string()))?;
    let claims: HashMap<String, serde_json::Value> =
        jsonwebtoken::decode(token, &key, &rules).map_err(|error| fail(&error.to_string()))?.claims;
    let text = |name: &str| claims.get(name).and_then(serde_json::Value::as_str);
    if claims.get("exp").and_then(serde_json::Value::as_i64).is_none_or(|exp| exp <= now) {
        return Err(fail("it has ended"));
    }
    if text("nonce") != Some(nonce) {
        return Err(fail("it is of another sign-in"));
    }
    if provider.claim == "email" && claims.get("email_verified") != Some(&serde_json::Value::Bool(true)) {
        return Err(fail("the address is not verified"));
    }
    let name =
        text(&provider.claim).ok_or_else(|| fail("it does not have the claim that names the account"))?;
    Ok(name.to_owned())
}

/// Pairs in the form of a query.
fn form(pairs: &[(&str, &str)]) -> String {
    let encoded = |text: &str| {
        text.bytes().fold(String::new(), |mut all, byte| {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => all.push(byte.into()),
                other => all.push_str(&format!("%{other:02X}")),
            }
            all
        })
    };
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    pairs.join("&")
}
