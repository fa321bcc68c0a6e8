//! The server as a whole: opened on a data folder, run until it is told to stop.

use crate::app::{App, Clock, aside};
use crate::config::{Config, ConfigError};
use crate::identity::credential;
use crate::keeper::ANSWERS;
use crate::problem::{Kind, Problem};
use crate::repeat::Answer;
use crate::serve::{self, TlsError};
use crate::tenant::{Tenant, TenantError};
use crate::webhook::deliver;
use crate::{api, frame, openapi, operation};
use axum::Router;
use axum::middleware::from_fn_with_state;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tower_http::catch_panic::CatchPanicLayer;

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A tenant cannot be opened.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}; `--listen` takes another address, port 0 a free one")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The system gives no threads.
    #[error("cannot start: {0}")]
    Runtime(std::io::Error),
}

/// A server that listens, and does not answer yet.
pub struct Server {
    app: App,
    listener: TcpListener,
    acceptor: Option<TlsAcceptor>,
}

impl Server {
    /// Opens the data folder and listens.
    ///
    /// # Errors
    /// Where that fails; nothing is served then.
    pub async fn open(mut config: Config, clock: Clock) -> Result<Self, ServeError> {
        let acceptor = config.tls.as_ref().map(|tls| serve::acceptor(&config.data, tls)).transpose()?;
        let address = config.listen;
        let listener = TcpListener::bind(address).await;
        let listener = listener.map_err(|source| ServeError::Listen { address, source })?;
        // Port 0 has become a real one.
        config.listen = listener.local_addr().unwrap_or(address);
        let app = App::open(config, document(), clock)?;
        Ok(Self { app, listener, acceptor })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.app.config.listen
    }

    /// The address as a browser wants it.
    #[must_use]
    pub fn url(&self) -> String {
        self.app.url()
    }

    /// The keys that create first administrators, by the names of the tenants that have none yet.
    ///
    /// # Errors
    /// Where a tenant's file fails.
    pub fn first_keys(&self) -> Result<Vec<(String, String)>, TenantError> {
        let now = self.app.seconds();
        let keys = self
            .app
            .tenants
            .values()
            .map(|tenant| Ok(tenant.first_key(now)?.map(|key| (tenant.name.to_string(), key))));
        keys.filter_map(Result::transpose).collect()
    }

    /// Serves until `stop` comes.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let router = router(&self.app);
        let beside: Vec<_> = self
            .app
            .tenants
            .values()
            .flat_map(|tenant| {
                let (app, tenant) = (self.app.clone(), Arc::clone(tenant));
                [
                    tokio::spawn(deliver::run(app.clone(), Arc::clone(&tenant))),
                    tokio::spawn(tidy(app, tenant)),
                ]
            })
            .collect();
        serve::run(&self.app, self.listener, self.acceptor, router, stop).await;
        beside.iter().for_each(tokio::task::JoinHandle::abort);
        for tenant in self.app.tenants.values().cloned() {
            let kept = aside(move || Ok::<_, Problem>(tenant.platform.snapshot()?));
            if kept.await.is_err() {
                tracing::warn!("the books were not kept: the next start reads the log from its beginning");
            }
        }
    }
}

/// The document that describes the operations.
#[must_use]
pub fn document() -> serde_json::Value {
    openapi::document(&api::operations())
}

/// Everything that answers a request.
pub fn router(app: &App) -> Router {
    let nowhere = || async { Problem::new(Kind::NotFound, "/api lists the paths that there are") };
    let no_method = || async { Problem::new(Kind::NoSuchMethod, "/api lists the methods of each path") };
    operation::router(app, api::operations())
        .method_not_allowed_fallback(no_method)
        .fallback(nowhere)
        .layer(CatchPanicLayer::custom(frame::panicked))
        .layer(from_fn_with_state(app.clone(), frame::surround))
        .with_state(app.clone())
}

/// Once an hour: clears away what has ended, keeps the books for a quick start; once a day: destroys what
/// must be kept no longer.
async fn tidy(app: App, tenant: Arc<Tenant>) {
    for hour in 0_u64.. {
        app.forget_quiet();
        let (shared, now_ms) = (Arc::clone(&tenant), app.millis());
        let tidied = aside(move || tidy_once(&shared, now_ms, hour.is_multiple_of(24)));
        if let Err(problem) = tidied.await {
            tracing::error!(detail = problem.detail(), tenant = %tenant.name, "what has ended was not cleared away");
        }
        tokio::time::sleep(Duration::from_secs(60 * 60)).await;
    }
}

fn tidy_once(tenant: &Tenant, now_ms: i64, daily: bool) -> Result<(), Problem> {
    let now = now_ms.div_euclid(1000);
    tenant.keeper.change(|change| {
        credential::remove_ended(change, now, |_| false)?;
        change.retain::<Answer>(ANSWERS, |answer| now < answer.expires)
    })?;
    if daily {
        tenant.platform.expire(now_ms)?;
    }
    Ok(tenant.platform.snapshot()?)
}

/// Runs a server until the process is told to stop (SIGINT, SIGTERM), saying first, by `ready`, that it
/// listens.
///
/// # Errors
/// Where it does not start.
pub fn serve(
    config: Config,
    clock: Clock,
    ready: impl FnOnce(&Server) -> Result<(), TenantError>,
) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(ServeError::Runtime)?.block_on(async {
        let server = Server::open(config, clock).await?;
        ready(&server)?;
        server.run(told_to_stop()).await;
        Ok(())
    })
}

async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
            }
            Err(_) => drop(interrupt.await),
        }
    }
    #[cfg(not(unix))]
    drop(interrupt.await);
}

/// The level is none.
#[derive(Clone, Debug, thiserror::Error)]
#[error("`{0}` is no level of logging: error, warn, info, debug, trace")]
pub struct NoSuchLevel(String);

/// Writes what happens in the process to standard error from now on, down to this level. It holds names
/// of operations, statuses and durations, and nothing of what a request says.
///
/// # Errors
/// Where the level is none.
pub fn log_to_stderr(level: &str) -> Result<(), NoSuchLevel> {
    let level: tracing::Level = level.parse().map_err(|_| NoSuchLevel(level.to_owned()))?;
    // Where the process has another subscriber already, that one stays.
    let _ = tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).try_init();
    Ok(())
}
