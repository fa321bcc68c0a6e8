//! An independent verifier of a published log (C2SP `tlog-tiles`).
//!
//! It shares no code with what writes logs: formats, hashing and signatures are read here a second time,
//! from the specifications, so that a mistake in the writer is not repeated by whoever checks it (a test
//! sees to it that nothing of this crate is imported). Given a function that returns a published file by
//! its name and the log's public key, it reads everything again in constant memory:
//!
//! 1. the checkpoint and its signature say what size and root were signed;
//! 2. the partial tiles at the right edge must hash to that root, and so each of their hashes is vouched
//!    for; each vouched hash vouches for the tile beneath it, down to the leaves;
//! 3. every entry must hash to its leaf.
//!
//! Where a tile is not what is vouched for, it is hashed again from what lies beneath: if that is right,
//! the wrong hash and its first wrong byte are named exactly. A wrong entry can be named, not the byte
//! within it: a hash does not tell. Where everything fits together but not the signed root, the log was
//! rewritten or another one was signed.
//!
//! Findings are in the order of the leaves that they concern, what lies higher in the tree first.

mod files;
mod hash;
mod signed;
mod walk;

use std::fmt;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// After so many findings the reading is broken off.
pub const FINDINGS: usize = 100;

/// What is wrong in a published log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file.
    pub file: String,
    /// Where the first wrong byte stands: the only byte of the range where that can be known, else the
    /// smallest range that it must lie in. Empty at the end of a file that is cut off.
    pub bytes: Range<u64>,
    /// What is wrong.
    pub fault: Fault,
    /// The leaves that this concerns. Checkpoints of a size up to its start are not concerned.
    pub leaves: Range<u64>,
}

/// In what way something is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The file cannot be read; why.
    Missing(String),
    /// The file has more or fewer bytes than its name says.
    Length,
    /// The checkpoint has not the form of one, or another origin than the key's name.
    Form,
    /// The checkpoint bears no signature of the log's key.
    Unsigned,
    /// The checkpoint or its signature was changed.
    Signature,
    /// The log as published fits together, but has another root than the one that was signed: it was
    /// rewritten, or the checkpoint is of another log.
    Root,
    /// A hash is not that of what lies beneath it, which is as it was signed.
    Hash,
    /// A tile and what lies beneath it are not what was signed; which of both cannot be told.
    Subtree,
    /// An entry, or its length, is not what was signed.
    Entry,
}

/// Whether the log still contains what an earlier checkpoint signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The size that it names.
    pub size: u64,
    /// Whether the log had its root at that size.
    pub holds: bool,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The size that was signed; `None` where the checkpoint itself is wrong.
    pub size: Option<u64>,
    /// The root that was signed.
    pub root: Option<[u8; 32]>,
    /// How many entries were gone through; fewer than the size where the reading was broken off.
    pub entries: u64,
    /// What is wrong, in order of leaves; empty where all is as it was signed.
    pub findings: Vec<Finding>,
    /// Whether there may be more: the reading was broken off.
    pub more: bool,
    /// The earlier checkpoints, in the order given.
    pub kept: Vec<Kept>,
}

impl Report {
    /// Whether all is as it was signed, the earlier checkpoints too.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.size.is_some() && self.findings.is_empty() && self.kept.iter().all(|kept| kept.holds)
    }
}

/// Why nothing was checked at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The key cannot be read.
    #[error("this is no public key of a log; it has the form `name+id+base64`")]
    Key,
    /// There is no checkpoint.
    #[error("there is no published log: `checkpoint` cannot be read: {0}")]
    NoLog(String),
    /// An earlier checkpoint is none that the log's key has signed.
    #[error("the earlier checkpoint number {0} is none that this key has signed")]
    Kept(usize),
}

/// Reads a published log again and checks it against its signed checkpoint.
///
/// `read` returns a file by its name below the log's folder, such as `tile/0/x001/234`; `key` is the
/// log's public key; `kept` are earlier checkpoints that somebody kept; `threads` is how many read at
/// once; `progress` is called with the entries read so far and their number.
///
/// # Errors
/// When there is nothing to check against: no checkpoint, or no key. What does not match is no error but
/// told in [`Report::findings`].
pub fn verify<E: fmt::Display>(
    read: impl Fn(&str) -> Result<Vec<u8>, E> + Sync,
    key: &str,
    kept: &[&str],
    threads: usize,
    progress: impl Fn(u64, u64) + Sync,
) -> Result<Report, VerifyError> {
    let key = signed::Key::parse(key).ok_or(VerifyError::Key)?;
    let heads = kept
        .iter()
        .enumerate()
        .map(|(at, note)| signed::checkpoint(note.as_bytes(), &key).map_err(|_| VerifyError::Kept(at + 1)));
    let heads: Vec<signed::Head> = heads.collect::<Result<_, _>>()?;
    let file = read("checkpoint").map_err(|error| VerifyError::NoLog(error.to_string()))?;
    let head = match signed::checkpoint(&file, &key) {
        Ok(head) => head,
        Err(bad) => return Ok(Report::untrusted(&bad)),
    };
    let files = files::Files { read: &read, size: head.size };
    let found = Found::default();
    let mut walk = walk::Walk::new(&files, &found);
    walk.edge(&head);
    let (walk, done) = (Mutex::new(walk), AtomicU64::new(0));
    std::thread::scope(|scope| {
        let work = || {
            loop {
                let Ok(unit) = walk.lock().map(|mut walk| walk.next()) else { break };
                let Some(unit) = unit else { break };
                unit.check(&files, &found, &|entries| {
                    progress(done.fetch_add(entries, Ordering::Relaxed) + entries, head.size);
                });
            }
        };
        for _ in 1..threads.max(1) {
            scope.spawn(work);
        }
        work();
    });
    let kept = heads.iter().map(|head| Kept { size: head.size, holds: files.had(head) }).collect();
    let (findings, more) = found.take();
    let entries = done.into_inner();
    Ok(Report { size: Some(head.size), root: Some(head.root), entries, findings, more, kept })
}

impl Report {
    fn untrusted(bad: &signed::Bad) -> Self {
        let fault = match bad.why {
            signed::Why::Form => Fault::Form,
            signed::Why::Unsigned => Fault::Unsigned,
            signed::Why::Signature => Fault::Signature,
        };
        let bytes = bad.from as u64..bad.to as u64;
        let finding = Finding { file: "checkpoint".to_owned(), bytes, fault, leaves: 0..u64::MAX };
        Self { size: None, root: None, entries: 0, findings: vec![finding], more: true, kept: vec![] }
    }
}

/// What was found so far, by whichever thread.
#[derive(Default)]
struct Found(Mutex<Vec<(u8, Finding)>>);

impl Found {
    /// Adds a finding; `height` is that of the file in the tree, 0 for entries.
    fn add(&self, height: u8, finding: Finding) {
        if let Ok(mut findings) = self.0.lock() {
            findings.push((height, finding));
        }
    }

    /// Whether there are enough findings that come before this leaf. Those of another thread that is
    /// further on do not count: the first ones are to be told.
    fn enough(&self, at: u64) -> bool {
        let before = |findings: &Vec<(u8, Finding)>| {
            findings.iter().filter(|(_, finding)| finding.leaves.start <= at).count()
        };
        self.0.lock().map_or(true, |findings| before(&findings) >= FINDINGS)
    }

    fn take(self) -> (Vec<Finding>, bool) {
        let more = self.enough(u64::MAX);
        let mut findings = self.0.into_inner().unwrap_or_default();
        findings.sort_by_key(|(height, finding)| {
            (finding.leaves.start, std::cmp::Reverse(*height), finding.bytes.start)
        });
        (findings.into_iter().map(|(_, finding)| finding).take(FINDINGS).collect(), more)
    }
}
