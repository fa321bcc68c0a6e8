//! Proof that an entry stands in a log, in one text that is checked offline (C2SP `tlog-proof`, version 1).
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! extra base64(...)         optional: bytes that the proof does not vouch for
//! index N                   which entry
//! base64(hash)              the path from the leaf up, a line each
//!
//! the checkpoint, with its signatures
//! ```
//! Whoever shows an event gives this and, as the extra bytes, what opens the entry
//! ([`crate::event::Opening`]): the entry follows from it, and the proof shows that the entry is in the log.

use crate::checkpoint::{CheckpointError, Policy, Trusted};
use crate::proof::{ProofError, check_inclusion};
use crate::tree::{Hash, leaf_hash};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use std::fmt;

/// The first line.
const FORMAT: &str = "c2sp.org/tlog-proof@v1";
/// A tree of 2^64 leaves has paths of so many hashes.
const PATH: usize = 64;
/// Longest text that is read, in bytes.
pub const LIMIT: usize = 1 << 20;

/// Why a proof was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// The text is not in the form of a proof.
    #[error("this is no proof of an entry: {0}")]
    Form(&'static str),
    /// The checkpoint does not meet the policy.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The entry is not the one that the proof is about.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

/// A proof that an entry stands in a log, not yet checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Bytes that come along; nothing vouches for them. Empty where there are none.
    pub extra: Vec<u8>,
    /// Which entry.
    pub index: u64,
    /// The path from its leaf to the root, lowest first.
    pub path: Vec<Hash>,
    /// The checkpoint, with its signatures.
    pub checkpoint: String,
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FORMAT}")?;
        if !self.extra.is_empty() {
            writeln!(f, "extra {}", BASE64.encode(&self.extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        for hash in &self.path {
            writeln!(f, "{}", BASE64.encode(hash))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

impl Receipt {
    /// Reads a proof. Nothing is checked yet.
    ///
    /// # Errors
    /// When the text is of another form.
    pub fn parse(text: &str) -> Result<Self, ReceiptError> {
        let form = ReceiptError::Form;
        if text.len() > LIMIT {
            return Err(form("it is longer than 1 MiB"));
        }
        let (head, checkpoint) = text.split_once("\n\n").ok_or(form("there is no checkpoint under it"))?;
        let mut lines = head.split('\n');
        if lines.next() != Some(FORMAT) {
            return Err(form("its first line is not `c2sp.org/tlog-proof@v1`"));
        }
        let mut line = lines.next();
        let mut extra = vec![];
        if let Some(code) = line.and_then(|line| line.strip_prefix("extra ")) {
            extra = BASE64.decode(code).map_err(|_| form("its extra bytes are not in base64"))?;
            if extra.is_empty() {
                return Err(form("it says that there are extra bytes, and there are none"));
            }
            line = lines.next();
        }
        let digits = line.and_then(|line| line.strip_prefix("index ")).ok_or(form("it names no index"))?;
        let index: u64 = digits.parse().map_err(|_| form("its index is no number"))?;
        if index.to_string() != digits {
            return Err(form("its index is not written as numbers are"));
        }
        let hash = |line: &str| BASE64.decode(line).ok()?.try_into().ok();
        let path: Option<Vec<Hash>> = lines.take(PATH + 1).map(hash).collect();
        let path = path.ok_or(form("a line of its path is no hash"))?;
        if path.len() > PATH {
            return Err(form("its path is longer than any tree is high"));
        }
        Ok(Self { extra, index, path, checkpoint: checkpoint.to_owned() })
    }

    /// Whether this entry stands in the log at the index, as of a checkpoint that meets the policy.
    /// Cosignatures later than `latest` (seconds since 1970) do not count.
    ///
    /// # Errors
    /// When it does not, or the checkpoint does not meet the policy.
    pub fn check(&self, entry: &[u8], policy: &Policy, latest: u64) -> Result<Trusted, ReceiptError> {
        let trusted = policy.open(&self.checkpoint, latest)?;
        let (size, root) = (trusted.checkpoint.size, &trusted.checkpoint.root);
        check_inclusion(&leaf_hash(entry), self.index, size, &self.path, root)?;
        Ok(trusted)
    }
}
