//! What all requests share.

use crate::config::Config;
use crate::identity::oidc::Desk;
use crate::metrics::Metrics;
use crate::outgoing::{OutgoingError, Sender};
use crate::problem::{Kind, Problem};
use crate::tenant::{self, Tenant, TenantError, TenantName, Tenants};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use serde_json::Value;
use std::collections::HashSet;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;

/// The time in milliseconds since 1970-01-01 UTC. The server takes it from whoever starts it.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Shared by all requests.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// See [`App`].
pub struct Shared {
    /// How the server runs.
    pub config: Config,
    /// Whom it serves.
    pub tenants: Tenants,
    /// What it counts.
    pub metrics: Metrics,
    /// The document that describes the operations.
    pub document: Value,
    /// Idempotency keys under way.
    pub under_way: Mutex<HashSet<String>>,
    /// Sign-ins at identity providers under way.
    pub desk: Desk,
    /// Bounds how many passwords are hashed at once, each of which takes 19 MiB.
    pub hashing: Semaphore,
    clock: Clock,
    sender: Result<Sender, OutgoingError>,
    credentials: DefaultKeyedRateLimiter<(TenantName, String)>,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
}

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl App {
    /// Opens the data folder.
    ///
    /// # Errors
    /// Where a tenant cannot be opened.
    pub fn open(config: Config, document: Value, clock: Clock) -> Result<Self, TenantError> {
        let limit = |per_second| Quota::per_second(NonZeroU32::new(per_second).unwrap_or(NonZeroU32::MIN));
        Ok(Self(Arc::new(Shared {
            tenants: tenant::open_all(&config, clock())?,
            metrics: Metrics::default(),
            document,
            under_way: Mutex::default(),
            hashing: Semaphore::new(2),
            desk: Desk::default(),
            sender: Sender::new(),
            clock,
            credentials: RateLimiter::keyed(limit(config.limits.credential_per_second)),
            addresses: RateLimiter::keyed(limit(config.limits.address_per_second)),
            config,
        })))
    }

    /// The time in milliseconds since 1970.
    #[must_use]
    pub fn millis(&self) -> i64 {
        (self.clock)()
    }

    /// The time in seconds since 1970.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        self.millis().div_euclid(1000)
    }

    /// What sends requests of the server's own.
    ///
    /// # Errors
    /// Where the system's certificates cannot be read.
    pub fn sender(&self) -> Result<&Sender, Problem> {
        self.sender.as_ref().map_err(Problem::internal)
    }

    /// The address under which callers reach the server.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.config.tls.is_some() { "https" } else { "http" };
        self.config.public_url.clone().unwrap_or_else(|| format!("{scheme}://{}", self.config.listen))
    }

    /// What a cookie ends with, so that it travels over TLS only, where there is any.
    #[must_use]
    pub fn secure(&self) -> &'static str {
        if self.url().starts_with("https:") { "; Secure" } else { "" }
    }

    /// Counts a request of a credential.
    ///
    /// # Errors
    /// Where it has made too many.
    pub fn count_credential(&self, tenant: &Tenant, credential: &str) -> Result<(), Problem> {
        let key = (tenant.name.clone(), credential.to_owned());
        self.credentials.check_key(&key).map_err(|_| too_many())
    }

    /// Counts a request from an address without a credential.
    ///
    /// # Errors
    /// Where it has made too many.
    pub fn count_address(&self, address: IpAddr) -> Result<(), Problem> {
        self.addresses.check_key(&address).map_err(|_| too_many())
    }

    /// Forgets addresses and credentials that have been quiet, so that memory stays bounded.
    pub fn forget_quiet(&self) {
        self.credentials.retain_recent();
        self.addresses.retain_recent();
    }
}

fn too_many() -> Problem {
    Problem::new(Kind::TooMany, "slow down and try again; `Retry-After` says in how many seconds")
}

/// Runs what waits for the disk or computes for long, aside from what serves requests.
///
/// # Errors
/// Of `work`, or where it panicked.
pub async fn aside<R: Send + 'static, E: Into<Problem> + Send + 'static>(
    work: impl FnOnce() -> Result<R, E> + Send + 'static,
) -> Result<R, Problem> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(Into::into),
        Err(error) => Err(Problem::internal(error)),
    }
}
