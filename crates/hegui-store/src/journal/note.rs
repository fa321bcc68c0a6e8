//! A ledger's name, and its word for texts of the caller's.

use super::tenant::Tenant;
use super::{Journal, JournalError};
use crate::disk::RealDisk;
use std::path::Path;

/// The origin of the ledger in a folder; `None` where there is no ledger.
#[must_use]
pub fn origin_of(folder: &Path) -> Option<String> {
    let keys = folder.join("keys");
    keys.is_dir().then(|| RealDisk::make(&keys).ok()).flatten().and_then(|disk| Tenant::origin_of(&disk))
}

impl Journal {
    /// A text as a note signed by the ledger's key (C2SP `signed-note`): a receipt, say.
    ///
    /// # Errors
    /// When the text is no note's text, or begins with the origin, as only checkpoints do.
    pub fn sign(&self, text: &str) -> Result<String, JournalError> {
        if text.lines().next() == Some(self.core.tenant.origin.as_str()) {
            return Err(JournalError::Draft("a text that begins with the origin would be a checkpoint"));
        }
        let signed = self.core.tenant.signer.sign(text);
        signed.map_err(|_| JournalError::Draft("a note has lines of text, the last one ended"))
    }
}
