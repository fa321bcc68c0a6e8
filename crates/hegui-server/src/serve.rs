//! The listener: connections up to a number, each with limits on how long it may take to say what it
//! wants and to accept what it gets; TLS where there is a certificate; a stop that lets requests finish.

use crate::app::App;
use crate::config::Tls;
use axum::Router;
use axum::extract::ConnectInfo;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use std::future::Future;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;
use tower::Service;

/// Certificate files that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read or holds nothing of the kind.
    #[error("{path}: {source}; it must be PEM")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: rustls::pki_types::pem::Error,
    },
    /// They do not fit together.
    #[error("the TLS files do not fit together: {0}")]
    Unfit(String),
}

/// What a certificate's files give.
///
/// # Errors
/// Where one cannot be read or they do not fit together.
pub fn acceptor(data: &Path, tls: &Tls) -> Result<TlsAcceptor, TlsError> {
    let unfit = |error: &dyn std::fmt::Display| TlsError::Unfit(error.to_string());
    let builder =
        rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| unfit(&error))?;
    let builder = match &tls.client_ca {
        None => builder.with_no_client_auth(),
        Some(file) => {
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(certificates(&data.join(file))?);
            let verifier = WebPkiClientVerifier::builder_with_provider(
                Arc::new(roots),
                Arc::new(rustls::crypto::ring::default_provider()),
            );
            builder.with_client_cert_verifier(verifier.build().map_err(|error| unfit(&error))?)
        }
    };
    let path = data.join(&tls.key);
    let key = PrivateKeyDer::from_pem_file(&path).map_err(|source| TlsError::File { path, source })?;
    let chain = certificates(&data.join(&tls.certificate))?;
    let config = builder.with_single_cert(chain, key).map_err(|error| unfit(&error))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let failed = |source| TlsError::File { path: path.to_owned(), source };
    CertificateDer::pem_file_iter(path).and_then(Iterator::collect).map_err(failed)
}

/// Serves until `stop` comes, then lets requests finish for as long as the configuration says.
pub async fn run(
    app: &App,
    listener: TcpListener,
    acceptor: Option<TlsAcceptor>,
    router: Router,
    stop: impl Future<Output = ()>,
) {
    let limits = &app.config.limits;
    let places = Arc::new(Semaphore::new(limits.connections.min(Semaphore::MAX_PERMITS)));
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let (stream, peer, place) = tokio::select! {
            () = &mut stop => break,
            next = accept(&listener, &places) => next,
        };
        let _ = stream.set_nodelay(true);
        let (app, router, watcher) = (app.clone(), router.clone(), graceful.watcher());
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            app.metrics.connections.inc();
            match acceptor {
                None => connection(&app, stream, peer, router, watcher).await,
                Some(acceptor) => {
                    let head = Duration::from_secs(app.config.limits.head_seconds);
                    if let Ok(Ok(stream)) = tokio::time::timeout(head, acceptor.accept(stream)).await {
                        connection(&app, stream, peer, router, watcher).await;
                    }
                }
            }
            app.metrics.connections.dec();
            drop(place);
        });
    }
    drop(listener);
    let drain = Duration::from_secs(limits.drain_seconds);
    if tokio::time::timeout(drain, graceful.shutdown()).await.is_err() {
        tracing::warn!(seconds = limits.drain_seconds, "connections were cut off at the stop");
    }
}

/// The next connection, once there is a place for it.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
    loop {
        // The semaphore is never closed.
        let place = Arc::clone(places).acquire_owned().await.ok();
        match listener.accept().await {
            Ok((stream, peer)) => return (stream, peer, place),
            Err(error) => {
                // Mostly: no file descriptors left. Some will be, soon.
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn connection<S: AsyncRead + AsyncWrite + Send + 'static>(
    app: &App,
    stream: S,
    peer: SocketAddr,
    router: Router,
    watcher: hyper_util::server::graceful::Watcher,
) {
    let limits = &app.config.limits;
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(Duration::from_secs(limits.write_seconds)));
    let service = hyper::service::service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().call(request)
    });
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(limits.head_seconds));
    let connection = builder.serve_connection(TokioIo::new(Box::pin(stream)), service);
    // How a connection ends is the client's affair.
    let _ = watcher.watch(connection).await;
}
