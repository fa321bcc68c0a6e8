//! Personal data outside the tree: encrypted under a key of its subject, and destroyed with that key.
//!
//! A payload, and the salt and event that open its entry ([`crate::event::Opening`]), are sealed with
//! AES-256-GCM under a key that belongs to one subject and one [`Class`]: its service data, or evidence
//! kept on one basis until one day. These keys are kept wrapped by a master key that is held apart.
//! Erasing a subject destroys wrapped keys and sealed bytes; the tree keeps the entry, which says
//! nothing any more. That destroying a key is deletion in the sense of 7.3.3.1 of T/CLAST 001.2 is the
//! project's reading.
//!
//! ```text
//! wrapped key = nonce (12) ‖ AES-256-GCM(master, key; "hegui-key/1\n" ‖ subject ‖ class ‖ since)
//! sealed      = 0x01 ‖ nonce (12) ‖ AES-256-GCM(key, plain; "hegui-seal/1\n" ‖ part ‖ subject ‖ class)
//! ```
//! Class and expiry are authenticated: a key is not unwrapped under another class than it was made for.
//! Nonces are random and given by the caller; under one key no more than 2^32 may be drawn (SP 800-38D
//! §8.3), which for a master key is so many subjects: then another takes its place.
//!
//! A backup may be older than an erasure. So erasures are kept on a list apart from backups, and whoever
//! restores applies it again: a key is gone if an erasure of its subject and class stands at or after the
//! log index from which the key was used. A subject that comes back later gets a new key, which stays.

use crate::bytes::{Fields, Malformed};
use crate::event::{Class, SubjectId};
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use std::collections::BTreeMap;
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The form of sealed bytes, of a key's entry and of an erasure.
const FORM: u8 = 1;
/// A nonce: random, never twice under one key.
pub type NonceBytes = [u8; 12];
/// How many bytes sealing adds.
pub const OVERHEAD: usize = 1 + 12 + 16;

/// Why something cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The bytes are not in the form of what was sealed.
    #[error("these are no sealed bytes")]
    Form,
    /// Another key, subject or class, or the bytes were changed.
    #[error("this does not open: the bytes were changed, or belong to another key, subject or class")]
    Opens,
    /// Too long to be sealed.
    #[error("this is too long to be sealed")]
    Length,
}

/// The key that wraps the keys of subjects.
#[derive(Clone, ZeroizeOnDrop)]
pub struct MasterKey([u8; 32]);

/// The key of one subject's data of one class.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct DataKey([u8; 32]);

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey")
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey")
    }
}

/// What is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// An event with its salt.
    Opening,
    /// A payload.
    Payload,
}

/// A wrapped key, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyEntry {
    /// Whose data.
    pub subject: SubjectId,
    /// Of which class.
    pub class: Class,
    /// The log index from which it was used.
    pub since: u64,
    /// Nonce, wrapped key and tag.
    pub wrapped: [u8; 60],
}

/// That a subject's keys of a class were destroyed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// Whose data.
    pub subject: SubjectId,
    /// Of which class.
    pub class: Class,
    /// The log index of the event that says so: keys used from this index or before are gone.
    pub index: u64,
}

fn encrypt(key: &[u8; 32], nonce: NonceBytes, plain: &[u8], with: &[u8]) -> Result<Vec<u8>, SealError> {
    let cipher = Aes256Gcm::new(key.into());
    cipher.encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: with }).map_err(|_| SealError::Length)
}

fn decrypt(
    key: &[u8; 32],
    nonce: NonceBytes,
    sealed: &[u8],
    with: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let cipher = Aes256Gcm::new(key.into());
    let plain = cipher.decrypt(&Nonce::from(nonce), Payload { msg: sealed, aad: with });
    plain.map(Zeroizing::new).map_err(|_| SealError::Opens)
}

impl MasterKey {
    /// A key of 32 random bytes.
    #[must_use]
    pub fn new(random: [u8; 32]) -> Self {
        Self(random)
    }

    /// Wraps a subject's key of a class, used from a log index on.
    ///
    /// # Errors
    /// Never with a key: the error is the cipher's, for what is too long.
    pub fn wrap(
        &self,
        key: &DataKey,
        subject: SubjectId,
        class: Class,
        since: u64,
        nonce: NonceBytes,
    ) -> Result<KeyEntry, SealError> {
        let with = bound(b"hegui-key/1\n", &[], &subject, &class, &since.to_be_bytes());
        let bytes = [nonce.as_slice(), &encrypt(&self.0, nonce, &key.0, &with)?].concat();
        let wrapped = bytes.try_into().map_err(|_| SealError::Length)?;
        Ok(KeyEntry { subject, class, since, wrapped })
    }

    /// The key of an entry.
    ///
    /// # Errors
    /// When another master key wrapped it, or anything in the entry was changed.
    pub fn unwrap(&self, entry: &KeyEntry) -> Result<DataKey, SealError> {
        let since = entry.since.to_be_bytes();
        let with = bound(b"hegui-key/1\n", &[], &entry.subject, &entry.class, &since);
        let (nonce, wrapped) = entry.wrapped.split_first_chunk().ok_or(SealError::Form)?;
        let plain = decrypt(&self.0, *nonce, wrapped, &with)?;
        let mut key: [u8; 32] = plain.as_slice().try_into().map_err(|_| SealError::Form)?;
        let data = DataKey(key);
        key.zeroize();
        Ok(data)
    }
}

impl DataKey {
    /// A key of 32 random bytes.
    #[must_use]
    pub fn new(random: [u8; 32]) -> Self {
        Self(random)
    }

    /// Seals a part of an event.
    ///
    /// # Errors
    /// When it is longer than the cipher takes (64 GiB).
    pub fn seal(
        &self,
        part: Part,
        subject: &SubjectId,
        class: &Class,
        plain: &[u8],
        nonce: NonceBytes,
    ) -> Result<Vec<u8>, SealError> {
        let with = bound(b"hegui-seal/1\n", &[part.code()], subject, class, &[]);
        Ok([[FORM].as_slice(), &nonce, &encrypt(&self.0, nonce, plain, &with)?].concat())
    }

    /// Opens what [`DataKey::seal`] sealed for this part, subject and class. What is returned is wiped
    /// when it is dropped.
    ///
    /// # Errors
    /// When it was sealed otherwise, or changed.
    pub fn open(
        &self,
        part: Part,
        subject: &SubjectId,
        class: &Class,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let with = bound(b"hegui-seal/1\n", &[part.code()], subject, class, &[]);
        let Some((&FORM, rest)) = sealed.split_first() else { return Err(SealError::Form) };
        let (nonce, sealed) = rest.split_first_chunk().ok_or(SealError::Form)?;
        decrypt(&self.0, *nonce, sealed, &with)
    }
}

impl Part {
    fn code(self) -> u8 {
        match self {
            Self::Opening => 1,
            Self::Payload => 2,
        }
    }
}

/// What a ciphertext is bound to.
fn bound(domain: &[u8], part: &[u8], subject: &SubjectId, class: &Class, after: &[u8]) -> Vec<u8> {
    let mut bytes = [domain, part, &subject.0].concat();
    class.put(&mut bytes);
    bytes.extend(after);
    bytes
}

impl KeyEntry {
    /// The one encoding: form (1), subject (32), class, since (8), wrapped key (60).
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = bound(&[FORM], &[], &self.subject, &self.class, &self.since.to_be_bytes());
        bytes.extend(self.wrapped);
        bytes
    }

    /// Reads an encoding. What it says is believed only once the key is unwrapped.
    ///
    /// # Errors
    /// When the bytes are none.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut fields = Fields::new(bytes);
        let (subject, class) = subject_and_class(&mut fields)?;
        let (since, wrapped) = (u64::from_be_bytes(fields.take()?), fields.take()?);
        fields.end()?;
        Ok(Self { subject, class, since, wrapped })
    }

    /// Whether this key must be destroyed when its subject is erased at a time (seconds since 1970):
    /// service data always, evidence once it has expired. What is kept is told to the subject, with its
    /// basis.
    #[must_use]
    pub fn falls_at(&self, time: i64) -> bool {
        match &self.class {
            Class::Service => true,
            Class::Evidence { expires, .. } => *expires <= time,
        }
    }
}

impl Erasure {
    /// The one encoding: form (1), subject (32), class, log index (8).
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        bound(&[FORM], &[], &self.subject, &self.class, &self.index.to_be_bytes())
    }

    /// Reads an encoding.
    ///
    /// # Errors
    /// When the bytes are none.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut fields = Fields::new(bytes);
        let (subject, class) = subject_and_class(&mut fields)?;
        let index = u64::from_be_bytes(fields.take()?);
        fields.end()?;
        Ok(Self { subject, class, index })
    }
}

fn subject_and_class(fields: &mut Fields<'_>) -> Result<(SubjectId, Class), Malformed> {
    if fields.byte()? != FORM {
        return Err(Malformed { at: 0, why: "the encoding is of another form than 1" });
    }
    let subject = SubjectId(fields.take()?);
    let class = Class::take(fields)?.ok_or(fields.wrong("a key has no class"))?;
    Ok((subject, class))
}

/// The erasures that a restored backup must undergo again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erasures(BTreeMap<(SubjectId, Class), u64>);

impl Erasures {
    /// Adds one. An earlier one of the same subject and class is contained in a later one.
    pub fn add(&mut self, erasure: Erasure) {
        let last = self.0.entry((erasure.subject, erasure.class)).or_default();
        *last = erasure.index.max(*last);
    }

    /// Whether a key was destroyed and must not come back.
    #[must_use]
    pub fn cover(&self, key: &KeyEntry) -> bool {
        self.0.get(&(key.subject, key.class.clone())).is_some_and(|index| key.since <= *index)
    }

    /// The erasures, one for each subject and class.
    pub fn iter(&self) -> impl Iterator<Item = Erasure> + '_ {
        self.0.iter().map(|((subject, class), index)| Erasure {
            subject: *subject,
            class: class.clone(),
            index: *index,
        })
    }
}

impl Extend<Erasure> for Erasures {
    fn extend<I: IntoIterator<Item = Erasure>>(&mut self, erasures: I) {
        erasures.into_iter().for_each(|erasure| self.add(erasure));
    }
}
