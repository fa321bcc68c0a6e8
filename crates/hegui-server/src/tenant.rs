//! An organisation: its own folder, keys, register, books, accounts. Nothing is shared between two but
//! the process, and a request reaches the one that its credential names.
//!
//! ```text
//! DATA/hegui.toml            how the server runs
//! DATA/tenants/NAME/
//!     server.redb            accounts, credentials, approvals, outbox
//!     register/              what the organisation does, as TOML; a skeleton where there was none
//!     ledger/                the journal: events, keys of subjects, the published tree
//! DATA/master.key            wraps all keys; made at the first start, better kept elsewhere
//! ```

use crate::config::Config;
use crate::identity::credential::{self, Holder, IssueError};
use crate::keeper::{ACCOUNTS, Keeper, KeeperError};
use crate::problem::{Kind, Problem};
use hegui_assess::assessment::Assessment;
use hegui_assess::scope::Object;
use hegui_catalog::Catalog;
use hegui_register::{Limits, Register, files_of};
use hegui_runtime::platform::{Platform, PlatformError, Setup};
use hegui_store::journal::{JournalError, MasterKeySource, Options, VARIABLE};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The tenant of an empty data folder.
pub const DEFAULT: &str = "default";
/// For how long the first administrator's key is valid.
const FIRST_KEY_SECONDS: i64 = 24 * 60 * 60;

/// A tenant's name, which is its folder's: 1 to 40 lower-case letters, digits and hyphens, no hyphen first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantName(Arc<str>);

impl TenantName {
    /// Reads a name.
    ///
    /// # Errors
    /// Where it has another form.
    pub fn parse(text: &str) -> Result<Self, TenantError> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if (1..=40).contains(&text.len()) && !text.starts_with('-') && text.chars().all(fits) {
            Ok(Self(text.into()))
        } else {
            Err(TenantError::Name)
        }
    }
}

impl fmt::Display for TenantName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A tenant cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum TenantError {
    /// The folder's name is no tenant's.
    #[error("a tenant has a name of 1 to 40 lower-case letters, digits and hyphens, no hyphen first")]
    Name,
    /// A folder cannot be read or made.
    #[error("{path}: {source}")]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A folder among the tenants has another name.
    #[error("{path}: {problem}; rename it, or move it out of `tenants`")]
    Stray {
        /// Which.
        path: PathBuf,
        /// What is wrong with its name.
        problem: Box<TenantError>,
    },
    /// The server's own file fails.
    #[error("tenant `{tenant}`: {source}")]
    Keeper {
        /// Whose.
        tenant: TenantName,
        /// Why.
        source: KeeperError,
    },
    /// The register cannot be read.
    #[error("tenant `{tenant}`: {problem}")]
    Register {
        /// Whose.
        tenant: TenantName,
        /// Everything that is wrong.
        problem: String,
    },
    /// The books or the journal cannot be opened.
    #[error("tenant `{tenant}`: {source}")]
    Platform {
        /// Whose.
        tenant: TenantName,
        /// Why.
        source: Box<PlatformError>,
    },
    /// There is no master key, or it cannot be used.
    #[error(transparent)]
    Master(Box<JournalError>),
    /// The catalog that is built in cannot be read.
    #[error("the built-in catalog: {0}")]
    Catalog(String),
    /// The first key cannot be issued.
    #[error(transparent)]
    Issue(#[from] IssueError),
}

/// An open tenant.
pub struct Tenant {
    /// Its name.
    pub name: TenantName,
    /// The server's own file.
    pub keeper: Keeper,
    /// Its books and its journal.
    pub platform: Platform,
    /// Wakes who delivers webhooks.
    pub outbox: tokio::sync::Notify,
    catalog: Arc<Catalog>,
    register: PathBuf,
    /// The last findings, and for which length of the log and which day they hold.
    findings: Mutex<Option<((u64, i64), Value)>>,
}

const DAY_MS: i64 = 86_400_000;
/// China Standard Time is ahead of UTC by so much, in milliseconds.
const CHINA_MS: i64 = 8 * 3_600_000;

/// The register's files, and a number that stands for their contents.
fn read_register(folder: &Path) -> Result<(Vec<(String, String)>, u64), String> {
    let files = files_of(folder, &Limits::default()).map_err(|problems| problems.to_string())?;
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    for (name, text) in &files {
        context.update(name.as_bytes());
        context.update(&[0]);
        context.update(text.as_bytes());
        context.update(&[0]);
    }
    let digest = context.finish();
    // 53 bits: JSON's numbers keep no more.
    let first = digest.as_ref().first_chunk().copied().unwrap_or_default();
    Ok((files, u64::from_be_bytes(first) >> 11))
}

impl Tenant {
    fn open(
        name: TenantName,
        folder: &Path,
        (config, master, catalog): (&Config, &MasterKeySource, &Arc<Catalog>),
        now_ms: i64,
    ) -> Result<Self, TenantError> {
        let keeper = Keeper::open(&folder.join("server.redb"))
            .map_err(|source| TenantError::Keeper { tenant: name.clone(), source })?;
        let wrong = |problem: String| TenantError::Register { tenant: name.clone(), problem };
        let register = folder.join("register");
        if !register.exists() {
            hegui_register::init(&register, catalog).map_err(|error| wrong(error.to_string()))?;
        }
        let (files, version) = read_register(&register).map_err(wrong)?;
        let read = Register::read_files(files, catalog).map_err(|problems| wrong(problems.to_string()))?;
        let setup = Setup {
            origin: format!("{}/{name}", config.origin),
            keeping: config.keeping.clone(),
            journal: Options::default(),
        };
        let ground = (Arc::clone(catalog), read, version);
        let platform = Platform::open(&folder.join("ledger"), master, setup, ground, now_ms)
            .map_err(|source| TenantError::Platform { tenant: name.clone(), source: Box::new(source) })?;
        if let Some(why) = platform.ignored_snapshot() {
            tracing::warn!(tenant = %name, why, "the snapshot was not used; the log was read from its beginning");
        }
        let (outbox, catalog) = (tokio::sync::Notify::new(), Arc::clone(catalog));
        Ok(Self { name, keeper, platform, outbox, catalog, register, findings: Mutex::default() })
    }

    /// Reads the register's folder again and takes it into use; its version.
    ///
    /// # Errors
    /// Where anything in it is wrong: then the one in use stays.
    pub fn adopt(&self, now_ms: i64) -> Result<u64, Problem> {
        let wrong = |problem| Problem::new(Kind::Refused, problem);
        let (files, version) = read_register(&self.register).map_err(wrong)?;
        let read = Register::read_files(files, &self.catalog);
        let read = read.map_err(|problems| Problem::new(Kind::Refused, problems.to_string()))?;
        self.platform.adopt(read, version, now_ms)?;
        *self.findings.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(version)
    }

    /// The assessment of the register with what the ledger shows, as of today, in outline. Worked out
    /// anew when the ledger has grown, by one caller at a time.
    ///
    /// # Errors
    /// Where register and ledger do not fit together.
    pub fn findings(&self, now_ms: i64) -> Result<Value, Problem> {
        let day = (now_ms + CHINA_MS).div_euclid(DAY_MS);
        let mut kept = self.findings.lock().unwrap_or_else(PoisonError::into_inner);
        let of = (self.platform.journal().size(), day);
        if let Some((known, findings)) = kept.as_ref()
            && *known == of
        {
            return Ok(findings.clone());
        }
        let (files, _) = read_register(&self.register).map_err(Problem::internal)?;
        let files = self.platform.laid_over(&files, now_ms)?;
        let register = Register::read_files(files, &self.catalog).map_err(Problem::internal)?;
        let as_of = day * DAY_MS / 1000;
        let (products, activities) = (vec![], vec![]);
        let object = Object {
            profile: "full".to_owned(),
            products,
            activities,
            as_of,
            known_on: as_of,
            closing: false,
        };
        let assessment = Assessment::new(&self.catalog, &register, object).map_err(Problem::internal)?;
        let findings = serde_json::to_value(assessment.outline()).map_err(Problem::internal)?;
        *kept = Some((of, findings.clone()));
        Ok(findings)
    }

    /// A new key for the first administrator, in place of an earlier one, where there is no account yet.
    ///
    /// # Errors
    /// Where the file fails or the system has no randomness.
    pub fn first_key(&self, now: i64) -> Result<Option<String>, TenantError> {
        let named = |source| TenantError::Keeper { tenant: self.name.clone(), source };
        if self.keeper.count(ACCOUNTS).map_err(named)? > 0 {
            return Ok(None);
        }
        let token = self.keeper.change(|change| {
            credential::remove_ended(change, now, |holder| matches!(holder, Holder::First))?;
            credential::issue(change, self.name.clone(), Holder::First, now + FIRST_KEY_SECONDS)
        })?;
        Ok(Some(token.reveal()))
    }
}

/// Where the master key is: in the environment, or in a file, which is made where there is none.
fn master_key(config: &Config) -> Result<MasterKeySource, TenantError> {
    if std::env::var_os(VARIABLE).is_some() {
        return Ok(MasterKeySource::Environment);
    }
    let path = config.data.join(&config.master_key_file);
    if path.exists() {
        return Ok(MasterKeySource::File(path));
    }
    MasterKeySource::create(&path).map_err(|error| TenantError::Master(Box::new(error)))
}

/// All tenants of a data folder.
pub type Tenants = BTreeMap<TenantName, Arc<Tenant>>;

/// Opens every tenant of the data folder; makes the first where there is none.
///
/// # Errors
/// Where one cannot be opened: then none is served, since a missing one would look like an empty one.
pub fn open_all(config: &Config, now_ms: i64) -> Result<Tenants, TenantError> {
    let folder = config.data.join("tenants");
    let catalog = Arc::new(hegui_law::catalog().map_err(|error| TenantError::Catalog(error.to_string()))?);
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| TenantError::Folder { path, source }
    };
    std::fs::create_dir_all(&folder).map_err(failed(&folder))?;
    let master = master_key(config)?;
    let shared = (config, &master, &catalog);
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(&folder).map_err(failed(&folder))? {
        let path = entry.map_err(failed(&folder))?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let name = TenantName::parse(name)
            .map_err(|problem| TenantError::Stray { path: path.clone(), problem: Box::new(problem) })?;
        found.insert(name, path);
    }
    if found.is_empty() {
        let path = folder.join(DEFAULT);
        std::fs::create_dir(&path).map_err(failed(&path))?;
        found.insert(TenantName::parse(DEFAULT)?, path);
    }
    let open = |(name, path): (TenantName, PathBuf)| {
        Ok((name.clone(), Arc::new(Tenant::open(name, &path, shared, now_ms)?)))
    };
    found.into_iter().map(open).collect()
}
