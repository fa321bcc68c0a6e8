//! Proofs from the published tree, and what witnesses say of it.

use super::tree::{CHECKPOINT, Head, read};
use super::{Journal, JournalError};
use crate::disk::replace;
use crate::log::locked;
use hegui_ledger::checkpoint::{Checkpoint, CheckpointError, Policy, Witness};
use hegui_ledger::note::Note;
use hegui_ledger::receipt::Receipt;
use hegui_ledger::tiles::{Reader, TileError};
use hegui_ledger::tree::Hash;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The checkpoint with the most entries that a witness has signed, with all cosignatures that it has.
const COSIGNED: &str = "checkpoint.cosigned";

fn tiles(error: TileError<io::Error>) -> JournalError {
    JournalError::Tiles(error.to_string())
}

impl Journal {
    /// The folder of the published tree, to be served as static files.
    #[must_use]
    pub fn published_folder(&self) -> PathBuf {
        self.folder.join("tiles")
    }

    /// The ledger's public key, as verifiers take it: `name+id+base64`.
    #[must_use]
    pub fn verifier(&self) -> String {
        self.core.tenant.signer.verifier().to_string()
    }

    /// The latest checkpoint: a signed note.
    #[must_use]
    pub fn checkpoint(&self) -> String {
        locked(&self.published).note.clone()
    }

    /// How many events the latest checkpoint covers.
    #[must_use]
    pub fn published(&self) -> u64 {
        locked(&self.published).size
    }

    /// Waits until a checkpoint covers an event, or for so long; whether one does.
    ///
    /// # Errors
    /// When the tree has stopped.
    pub fn wait_published(&self, index: u64, at_most: Duration) -> Result<bool, JournalError> {
        let until = Instant::now() + at_most;
        while self.published() <= index {
            if Instant::now() >= until {
                return Ok(false);
            }
            // It says so when it has stopped.
            self.tree()?.wait_for(index, Duration::from_millis(5))?;
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(true)
    }

    fn reader(&self, size: u64) -> Reader<impl FnMut(&str) -> io::Result<Vec<u8>> + '_> {
        Reader::new(size, |name: &str| read(&*self.disks.tiles, name))
    }

    /// The proof that an event stands in the ledger: for a checkpoint that a witness has signed, where one covers
    /// it, else for the latest. What opens the entry is with it, unless it was erased.
    ///
    /// # Errors
    /// When no checkpoint covers it yet ([`Journal::wait_published`]), or a published file is damaged.
    pub fn prove(&self, index: u64) -> Result<Receipt, JournalError> {
        let latest = locked(&self.published).clone();
        let head = self.cosigned()?.filter(|head| head.size > index).unwrap_or(latest);
        if index >= head.size {
            return Err(JournalError::Beyond { index, size: head.size });
        }
        let path = self.reader(head.size).inclusion(index, head.size).map_err(tiles)?;
        let extra = self.read(index)?.opened().map_or(vec![], |opened| opened.opening.encode());
        Ok(Receipt { extra, index, path, checkpoint: head.note })
    }

    /// The proof that the ledger of `new` events has grown from that of `old`.
    ///
    /// # Errors
    /// When it was never published with so many, or a published file is damaged.
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, JournalError> {
        self.reader(self.published()).consistency(old, new).map_err(tiles)
    }

    /// The checkpoint with the most entries that a witness has signed.
    fn cosigned(&self) -> Result<Option<Head>, JournalError> {
        let bytes = match read(&*self.disks.tiles, COSIGNED) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read.map_err(JournalError::system("reading the cosigned checkpoint"))?,
        };
        let note = String::from_utf8(bytes).unwrap_or_default();
        let policy = Policy::new(self.core.tenant.signer.verifier(), vec![], 0)?;
        let size = policy.open(&note, 0)?.checkpoint.size;
        Ok(Some(Head { size, note }))
    }

    /// Keeps a witness's cosignature: `note` is a checkpoint of ours with the witness's line under it. It is kept
    /// with `checkpoint.cosigned`, and under `checkpoint` while that is of the same size. `latest` is the latest time
    /// (seconds since 1970) that is believed. An older checkpoint than the one kept is not kept: the answer says so.
    ///
    /// # Errors
    /// When it is no checkpoint of ours or this witness has not signed it, or the disk fails.
    pub fn cosign(&self, note: &str, witness: Witness, latest: u64) -> Result<bool, JournalError> {
        let (verifier, id, name) =
            (self.core.tenant.signer.verifier(), witness.id(), witness.name().to_owned());
        let size = Policy::new(verifier, vec![witness], 1)?.open(note, latest)?.checkpoint.size;
        // Other lines may stand under it that nobody has checked: only the witness's are kept.
        let lines = Note::parse(note).map_err(CheckpointError::from)?;
        let of_witness = lines.signatures.iter().map(|(signer, key, _)| *signer == name && *key == id);
        let below = note.get(lines.text.len() + 1..).unwrap_or_default().lines();
        let lines: Vec<&str> =
            below.zip(of_witness).filter(|(_, theirs)| *theirs).map(|(line, _)| line).collect();
        let mut latest = locked(&self.published);
        let kept = self.cosigned()?.filter(|kept| kept.size >= size);
        if kept.as_ref().is_some_and(|kept| kept.size > size) {
            return Ok(false);
        }
        let mut merged = match kept {
            Some(kept) => kept.note,
            None if latest.size == size => latest.note.clone(),
            None => self.signed(size)?,
        };
        for line in
            lines.into_iter().filter(|line| !merged.lines().any(|old| old == *line)).collect::<Vec<_>>()
        {
            merged.push_str(line);
            merged.push('\n');
        }
        let failed = || JournalError::system("writing the cosigned checkpoint");
        replace(&*self.disks.tiles, COSIGNED, merged.as_bytes(), true).map_err(failed())?;
        if latest.size == size {
            replace(&*self.disks.tiles, CHECKPOINT, merged.as_bytes(), true).map_err(failed())?;
            latest.note = merged;
        }
        Ok(true)
    }

    /// The checkpoint of an earlier size: the same bytes as it had then.
    fn signed(&self, size: u64) -> Result<String, JournalError> {
        let tenant = &self.core.tenant;
        let root = self.reader(size).root(size).map_err(tiles)?;
        let origin = tenant.origin.to_string();
        let checkpoint = Checkpoint { origin, size, root, extensions: vec![] };
        Ok(checkpoint.sign(&tenant.signer)?)
    }
}
