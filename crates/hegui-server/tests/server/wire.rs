//! Over a real connection: what a test without a network cannot show.

use hegui_server::{Config, Server};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub struct Running {
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    done: JoinHandle<()>,
    _folder: tempfile::TempDir,
}

impl Running {
    pub async fn with(configuration: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("hegui.toml"), configuration).unwrap();
        let mut config = Config::of_folder(folder.path()).unwrap();
        config.listen = "127.0.0.1:0".parse().unwrap();
        let server = Server::open(config, Arc::new(|| 1_782_000_000_000)).await.unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let address = server.address();
        let done = tokio::spawn(server.run(async move { drop(stopped.await) }));
        Self { address, stop, done, _folder: folder }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }
}

/// What comes until the other side closes.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut bytes));
    let _ = read.await.expect("the server closes");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn a_client_that_does_not_say_what_it_wants_is_let_go() {
    let running = Running::with("[limits]\nhead_seconds = 1\n").await;
    let mut stream = running.connect().await;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ").await.unwrap();
    let began = Instant::now();
    rest(&mut stream).await;
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn a_client_that_does_not_finish_its_body_is_answered_all_the_same() {
    let running = Running::with("[limits]\nrequest_seconds = 1\n").await;
    let mut stream = running.connect().await;
    let head = "POST /v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    let said = rest(&mut stream).await;
    assert!(said.starts_with("HTTP/1.1 504") && said.contains("urn:hegui:problem:timed-out"), "{said}");
}

#[tokio::test]
async fn a_connection_beyond_the_limit_waits_for_a_place() {
    let running = Running::with("[limits]\nconnections = 1\n").await;
    let first = running.connect().await;
    // Let the first one take the place.
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut second = running.connect().await;
    second.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut byte = [0; 1];
    assert!(tokio::time::timeout(Duration::from_millis(300), second.read(&mut byte)).await.is_err());
    drop(first);
    assert!(rest(&mut second).await.contains("200 OK"));
}

#[tokio::test]
async fn a_stop_closes_idle_connections_and_ends() {
    let running = Running::with("").await;
    let mut stream = running.connect().await;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut bytes = [0; 15];
    stream.read_exact(&mut bytes).await.unwrap();
    assert_eq!(&bytes, b"HTTP/1.1 200 OK");
    running.stop.send(()).unwrap();
    rest(&mut stream).await;
    tokio::time::timeout(Duration::from_secs(10), running.done).await.unwrap().unwrap();
    assert!(TcpStream::connect(running.address).await.is_err());
}

#[tokio::test]
async fn tls_with_a_certificate_from_files() {
    let files = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tls");
    let tls = format!("[tls]\ncertificate = \"{files}/certificate.pem\"\nkey = \"{files}/key.pem\"\n");
    let running = Running::with(&tls).await;
    // Plain HTTP gets no answer in plain HTTP.
    let mut plain = running.connect().await;
    plain.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    assert!(!rest(&mut plain).await.contains("200 OK"));

    use rustls::pki_types::pem::PemObject;
    let mut roots = rustls::RootCertStore::empty();
    let certificate = rustls::pki_types::CertificateDer::from_pem_file(format!("{files}/certificate.pem"));
    roots.add(certificate.unwrap()).unwrap();
    let client =
        rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(client));
    let name = rustls::pki_types::ServerName::try_from("localhost").unwrap();
    let mut stream = connector.connect(name, running.connect().await).await.unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut said = Vec::new();
    let _ = stream.read_to_end(&mut said).await;
    let said = String::from_utf8_lossy(&said);
    assert!(said.contains("200 OK") && said.contains("strict-transport-security"), "{said}");
}

#[tokio::test]
async fn a_folder_in_use_is_not_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::of_folder(folder.path()).unwrap();
    let _open = hegui_server::tenant::open_all(&config, 0).unwrap();
    let said = hegui_server::tenant::open_all(&config, 0).err().unwrap().to_string();
    assert!(said.contains("default"), "{said}");
}
