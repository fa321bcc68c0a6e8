//! Requests that the server makes itself: webhooks, the identity provider. No redirection is followed,
//! every request has a time limit, every answer a limit on its bytes.

use axum::body::{Body, Bytes};
use axum::http::Request;
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::time::Duration;

/// Most bytes of an answer.
const MOST_BYTES: usize = 1 << 20;

/// Sends requests.
#[derive(Clone)]
pub struct Sender(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum OutgoingError {
    /// The system's certificates cannot be read.
    #[error("the system's certificates cannot be read: {0}")]
    Roots(std::io::Error),
    /// It cannot be sent, or the answer cannot be read.
    #[error("{0}")]
    Failed(String),
    /// It took too long.
    #[error("no answer within {0} s")]
    Slow(u64),
}

impl Sender {
    /// A sender that trusts the system's certificates.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn new() -> Result<Self, OutgoingError> {
        let builder = HttpsConnectorBuilder::new().with_native_roots().map_err(OutgoingError::Roots)?;
        let connector = builder.https_or_http().enable_http1().build();
        Ok(Self(Client::builder(TokioExecutor::new()).build(connector)))
    }

    /// The status and the body of the answer.
    ///
    /// # Errors
    /// Where there is none in time, or it is too long.
    pub async fn send(
        &self,
        request: Request<Full<Bytes>>,
        limit: Duration,
    ) -> Result<(u16, Bytes), OutgoingError> {
        let exchange = async {
            let response = self.0.request(request).await.map_err(|error| said(&error))?;
            let status = response.status().as_u16();
            let body = Limited::new(Body::new(response.into_body()), MOST_BYTES).collect().await;
            let body = body.map_err(|error| OutgoingError::Failed(error.to_string()))?;
            Ok((status, body.to_bytes()))
        };
        tokio::time::timeout(limit, exchange).await.unwrap_or(Err(OutgoingError::Slow(limit.as_secs())))
    }
}

/// What an error says, with what lies beneath it.
fn said(error: &dyn std::error::Error) -> OutgoingError {
    let mut text = error.to_string();
    let mut beneath = error.source();
    while let Some(error) = beneath {
        text = format!("{text}: {error}");
        beneath = error.source();
    }
    OutgoingError::Failed(text)
}
