//! What stands in the log for one event: the commitment, in the clear, and the rest sealed.
//!
//! ```text
//! 0   1   under what the rest is sealed: 1 the key that the record's subject id names; 2 the ledger's own key;
//!         3 the same, and the event says that keys were destroyed
//! 1   33  the entry in the tree
//! 34  4   length of the sealed opening, little-endian
//! 38      sealed opening (salt and event), sealed payload
//! ```
//! The record is found by [`Keys`]: as subject the random id of the *key*, not one made from the person, so that
//! nothing leads from a person to what was erased once the key is gone.

use super::JournalError;
use super::KeyId;
use crate::keys::{Id, Keys};
use hegui_ledger::tree::leaf_hash;

const HEAD: usize = 38;

/// Under what an event is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Under {
    /// A subject's key.
    Subject,
    /// The ledger's own.
    Own,
    /// The ledger's own, and it destroys keys.
    Erasure,
}

/// A record taken apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record<'a> {
    pub(crate) under: Under,
    pub(crate) entry: &'a [u8; 33],
    pub(crate) opening: &'a [u8],
    pub(crate) payload: &'a [u8],
}

/// Puts a record together.
pub(crate) fn encode(under: Under, entry: &[u8; 33], opening: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEAD + opening.len() + payload.len());
    bytes.push(match under {
        Under::Subject => 1,
        Under::Own => 2,
        Under::Erasure => 3,
    });
    bytes.extend_from_slice(entry);
    bytes.extend_from_slice(&u32::try_from(opening.len()).unwrap_or(u32::MAX).to_le_bytes());
    bytes.extend_from_slice(opening);
    bytes.extend_from_slice(payload);
    bytes
}

impl<'a> Record<'a> {
    /// Takes a record apart.
    pub(crate) fn decode(bytes: &'a [u8]) -> Option<Self> {
        let (under, rest) = bytes.split_first()?;
        let (entry, rest) = rest.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let (opening, payload) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        let under = match under {
            1 => Under::Subject,
            2 => Under::Own,
            3 => Under::Erasure,
            _ => return None,
        };
        Some(Self { under, entry, opening, payload })
    }

    /// As [`Record::decode`], of the event at an index.
    pub(crate) fn of(record: &crate::log::Record<'a>) -> Result<(Self, Option<KeyId>), JournalError> {
        let form =
            || JournalError::Event { at: record.sequence, why: "it is no record of a journal".to_owned() };
        let this = Self::decode(record.event).ok_or_else(form)?;
        Ok((this, record.keys.subject.filter(|_| this.under == Under::Subject)))
    }
}

/// What an activity or a recipient is found by: 16 bytes of the hash of its name.
pub(crate) fn named(name: &str) -> Id {
    let [id @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = leaf_hash(name.as_bytes());
    id
}

/// What an event is found by.
pub(crate) fn keys(subject: Option<Id>, activity: Option<&str>, recipient: Option<&str>, time: i64) -> Keys {
    Keys { subject, activity: activity.map(named), recipient: recipient.map(named), time }
}
