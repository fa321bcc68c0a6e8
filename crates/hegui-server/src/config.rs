//! What may be configured: `hegui.toml` in the data folder. Everything has a default, so that an empty
//! folder will do; a name that is not known is refused with its line.

use crate::identity::oidc::Oidc;
use hegui_runtime::keeping::Keeping;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The file's name in the data folder.
pub const FILE: &str = "hegui.toml";

/// How the server runs.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The folder that holds everything; not in the file, which lies in it.
    #[serde(skip)]
    pub data: PathBuf,
    /// Address and port to listen on. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// The address under which callers reach the server, where a proxy stands before it.
    pub public_url: Option<String>,
    /// Serve `/metrics` without a credential.
    pub metrics_open: bool,
    /// Serve TLS with these files; without, plain HTTP.
    pub tls: Option<Tls>,
    /// What one caller may take up.
    pub limits: Limits,
    /// How people sign in.
    pub sign_in: SignIn,
    /// Identity providers, by tenant.
    pub oidc: BTreeMap<String, Oidc>,
    /// How webhooks are delivered.
    pub webhooks: Webhooks,
    /// What ledgers are called: their origins are this and the tenant's name.
    pub origin: String,
    /// The file of the master key, relative to the data folder; `HEGUI_MASTER_KEY` goes before it.
    pub master_key_file: PathBuf,
    /// How long what is recorded is kept.
    pub keeping: Keeping,
}

/// Files in PEM, relative to the data folder.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate and its chain.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
    /// Authorities whose client certificates are demanded (mutual TLS); without, none are asked for.
    pub client_ca: Option<PathBuf>,
}

/// Bounds; a request beyond one is refused, never queued without end.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of a request's body.
    pub body_bytes: usize,
    /// Bytes of the body of a bulk request (NDJSON).
    pub bulk_bytes: usize,
    /// Connections at once; more wait in the system's backlog.
    pub connections: usize,
    /// Seconds until a request must be answered, its body read included.
    pub request_seconds: u64,
    /// Seconds within which the head of a request must arrive; also how long an idle connection is kept.
    pub head_seconds: u64,
    /// Seconds that a client may take to accept the next bytes of an answer.
    pub write_seconds: u64,
    /// Seconds that requests under way are given when the server stops.
    pub drain_seconds: u64,
    /// Requests a second of one credential.
    pub credential_per_second: u32,
    /// Requests a second from one address without a credential: sign-in, documents, the start page.
    pub address_per_second: u32,
}

/// How people sign in.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignIn {
    /// Minutes after which a session ends.
    pub session_minutes: i64,
    /// Failures in a row after which an account is locked.
    pub failures: u32,
    /// Minutes for which it is locked.
    pub locked_minutes: i64,
}

/// How webhooks are delivered.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Webhooks {
    /// Seconds that a receiver may take to answer.
    pub timeout_seconds: u64,
    /// Attempts after which a message is laid with the dead letters.
    pub attempts: u32,
    /// Seconds until the second attempt; each later one waits four times as long, a day at most.
    pub first_retry_seconds: i64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::new(),
            listen: SocketAddr::from(([127, 0, 0, 1], 8787)),
            public_url: None,
            metrics_open: false,
            tls: None,
            limits: Limits::default(),
            sign_in: SignIn::default(),
            oidc: BTreeMap::new(),
            webhooks: Webhooks::default(),
            origin: "hegui.local".to_owned(),
            master_key_file: PathBuf::from("master.key"),
            keeping: Keeping {
                proof_basis: "pipl/69".to_owned(),
                proof_years: 5,
                log_basis: "csl/21".to_owned(),
                log_months: 12,
                denials_one_in: 1,
            },
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1 << 20,
            bulk_bytes: 16 << 20,
            connections: 20_000,
            request_seconds: 30,
            head_seconds: 15,
            write_seconds: 30,
            drain_seconds: 20,
            credential_per_second: 50_000,
            address_per_second: 50,
        }
    }
}

impl Default for SignIn {
    fn default() -> Self {
        Self { session_minutes: 480, failures: 5, locked_minutes: 15 }
    }
}

impl Default for Webhooks {
    fn default() -> Self {
        Self { timeout_seconds: 10, attempts: 8, first_retry_seconds: 5 }
    }
}

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not understood.
    #[error("{path}: {message}every setting is described in docs/server.md")]
    Malformed {
        /// Which.
        path: PathBuf,
        /// Where and what, of several lines.
        message: String,
    },
    /// A value that would stop the server from working.
    #[error("{path}: `{setting}` is 0, and nothing would be served; give at least 1 or leave it out")]
    Zero {
        /// Which file.
        path: PathBuf,
        /// Which setting.
        setting: &'static str,
    },
    /// A public address that is none.
    #[error("{path}: `public_url` is `{url}`; it begins with http:// or https:// and has no path")]
    PublicUrl {
        /// Which file.
        path: PathBuf,
        /// What stands there.
        url: String,
    },
}

impl Config {
    /// The configuration of a data folder: its file, where there is one, over the defaults.
    ///
    /// # Errors
    /// Where the file cannot be read or used.
    pub fn of_folder(data: &Path) -> Result<Self, ConfigError> {
        let path = data.join(FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(ConfigError::Read { path, source }),
        };
        let mut config: Self = toml::from_str(&text)
            .map_err(|error| ConfigError::Malformed { path: path.clone(), message: error.to_string() })?;
        data.clone_into(&mut config.data);
        config.check(&path)?;
        Ok(config)
    }

    fn check(&self, path: &Path) -> Result<(), ConfigError> {
        let limits = &self.limits;
        let zero = [
            ("limits.body_bytes", limits.body_bytes == 0),
            ("limits.bulk_bytes", limits.bulk_bytes == 0),
            ("limits.connections", limits.connections == 0),
            ("limits.request_seconds", limits.request_seconds == 0),
            ("limits.head_seconds", limits.head_seconds == 0),
            ("limits.write_seconds", limits.write_seconds == 0),
            ("limits.credential_per_second", limits.credential_per_second == 0),
            ("limits.address_per_second", limits.address_per_second == 0),
            ("sign_in.failures", self.sign_in.failures == 0),
            ("webhooks.attempts", self.webhooks.attempts == 0),
        ];
        if let Some((setting, _)) = zero.into_iter().find(|(_, zero)| *zero) {
            return Err(ConfigError::Zero { path: path.to_owned(), setting });
        }
        let whole = |url: &String| {
            let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
            rest.is_some_and(|host| !host.is_empty() && !host.contains('/'))
        };
        match &self.public_url {
            Some(url) if !whole(url) => {
                Err(ConfigError::PublicUrl { path: path.to_owned(), url: url.clone() })
            }
            _ => Ok(()),
        }
    }
}

impl Limits {
    /// How long a request may take.
    #[must_use]
    pub const fn request(&self) -> Duration {
        Duration::from_secs(self.request_seconds)
    }
}
