//! The published ledger (C2SP tlog-tiles), proofs from it, and what one entry says.

use super::parts::{Path, missing};
use crate::app::{App, aside};
use crate::identity::caller::Caller;
use crate::identity::scope::Scope;
use crate::operation::Operation;
use crate::problem::{Kind, Problem};
use axum::extract::State;
use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use hegui_ledger::tiles::Name;
use hegui_runtime::happening::Happened;
use hegui_store::journal::Reading;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;

/// How long a proof waits for a checkpoint that covers its entry.
const PUBLISHED: Duration = Duration::from_secs(5);

/// An entry of the ledger.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Entry {
    /// It can be read.
    Opened {
        /// Its index.
        index: u64,
        /// When, in milliseconds since 1970.
        time_ms: i64,
        /// Whom it is about, by the keyed hash that the ledger has.
        #[serde(skip_serializing_if = "Option::is_none")]
        subject: Option<String>,
        /// What happened: `type` and its fields.
        what: Value,
    },
    /// Its person was erased.
    Erased {
        /// Its index.
        index: u64,
        /// The entry that says so.
        by: u64,
    },
    /// Its time had come.
    Expired {
        /// Its index.
        index: u64,
        /// The entry that says so.
        by: u64,
    },
}

impl Entry {
    /// An entry that can be read.
    ///
    /// # Errors
    /// Where it cannot be written as JSON.
    pub fn opened(index: u64, event: &Happened) -> Result<Self, Problem> {
        let what = serde_json::from_slice(&event.what.payload()?).map_err(Problem::internal)?;
        let subject = event.subject.map(|subject| data_encoding::HEXLOWER.encode(&subject.0));
        Ok(Self::Opened { index, time_ms: event.time_ms, subject, what })
    }
}

async fn checkpoint(caller: Caller) -> Response {
    text(caller.tenant.platform.journal().checkpoint())
}

async fn key(caller: Caller) -> Response {
    text(caller.tenant.platform.journal().verifier() + "\n")
}

fn text(text: String) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

async fn tile(caller: Caller, Path(path): Path<String>) -> Result<Response, Problem> {
    // One form only is read as a tile's name, so that no path leads elsewhere.
    let name = Name::parse(&format!("tile/{path}")).ok_or_else(|| missing("tile"))?;
    let folder = caller.tenant.platform.journal().published_folder();
    let bytes = aside(move || match std::fs::read(folder.join(name.to_string())) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(missing("tile")),
        read => read.map_err(Problem::internal),
    })
    .await?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        // What a tile holds never changes.
        (header::CACHE_CONTROL, "private, max-age=31536000, immutable"),
    ];
    Ok((headers, bytes).into_response())
}

async fn proof(caller: Caller, Path(index): Path<u64>) -> Result<Response, Problem> {
    let proof = aside(move || {
        let journal = caller.tenant.platform.journal();
        if index < journal.size() && !journal.wait_published(index, PUBLISHED)? {
            return Err(Problem::new(Kind::Unavailable, "no checkpoint covers the entry yet; ask again"));
        }
        journal.prove(index).map_err(Problem::from)
    });
    Ok(text(proof.await?.to_string()))
}

async fn entry(
    State(_): State<App>,
    caller: Caller,
    Path(index): Path<u64>,
) -> Result<axum::Json<Entry>, Problem> {
    aside(move || {
        let platform = &caller.tenant.platform;
        match platform.journal().read(index)? {
            Reading::Erased { index, by } => return Ok(Entry::Erased { index, by }),
            Reading::Expired { index, by } => return Ok(Entry::Expired { index, by }),
            Reading::Opened(_) => {}
        }
        let event = platform.event(index)?.ok_or_else(|| missing("entry of the platform's own"))?;
        Entry::opened(index, &event)
    })
    .await
    .map(axum::Json)
}

/// The entries of the table.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Method::GET, "/log/checkpoint", "readCheckpoint", checkpoint)
            .says("最新检查点（签名文本） · the latest checkpoint, a signed note")
            .needs(Scope::Ledger)
            .gives_other("text/plain"),
        Operation::new(Method::GET, "/log/key", "readLedgerKey", key)
            .says("账本公钥 · the ledger's public key")
            .needs(Scope::Ledger)
            .gives_other("text/plain"),
        Operation::new(Method::GET, "/log/tile/{*path}", "readTile", tile)
            .says("公开的账本文件（C2SP tlog-tiles） · the published files")
            .needs(Scope::Ledger)
            .gives_other("application/octet-stream"),
        Operation::new(Method::GET, "/log/proof/{index}", "readProof", proof)
            .says("一条记录在账本中的证明，可离线核验 · the proof that an entry stands in the ledger, checked offline")
            .needs(Scope::Ledger)
            .gives_other("text/plain"),
        Operation::new(Method::GET, "/v1/events/{index}", "readEvent", entry)
            .says("账本中的一条记录 · an entry of the ledger")
            .needs(Scope::SubjectsRead)
            .gives::<Entry>(200),
    ]
}
