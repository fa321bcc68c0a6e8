//! Events, and the commitments to them that stand in the tree.
//!
//! An event says that something happened: a notice was shown, a consent given, data decided upon, shared,
//! deleted. What happened in full stands in a payload, outside, encrypted ([`crate::seal`]). Nothing of
//! either is published. The entry in the log is a commitment:
//!
//! ```text
//! entry   = 0x01 ‖ SHA-256("hegui-event/1\n" ‖ salt (32 random bytes) ‖ event)
//! ```
//! Whoever has salt and event can show that they stand in the log, and nobody can show others. Without
//! the salt nothing can be tried out against an entry, however few the possible events are: once salt and
//! payload are destroyed, the tree is whole and says nothing.
//!
//! The event, field by field; numbers are big-endian, a text is its length (16 bits) and its UTF-8:
//!
//! | bytes | field |
//! |--|--|
//! | 1 | form of the encoding: 1 |
//! | 2 | kind; 0 to 15 are the ledger's own, the others the caller's |
//! | 2 | version of what the kind's payload looks like |
//! | 8 | time, milliseconds since 1970 (UTC), signed |
//! | text | tenant |
//! | 1 (+32) | 0, or 1 and the subject's keyed id |
//! | text | activity; length 0 for none |
//! | text | recipient; length 0 for none |
//! | 1 | payload: 0 none, 1 service data, 2 evidence |
//! | text, 8 | for evidence: the basis on which it is kept, and until when (seconds since 1970, signed) |
//! | 32, 4 | for either: SHA-256 and length of the payload as it is sealed |
//!
//! A text has at most 255 bytes and no control characters. There is one encoding of each event, and
//! nothing else decodes.

use crate::bytes::{Fields, Malformed, put_text};
use crate::tree::Hash;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The form of the encoding, and of the entry.
const FORM: u8 = 1;
/// What is hashed before the salt, so that a commitment is nothing else.
const DOMAIN: &[u8] = b"hegui-event/1\n";
/// Longest text, in bytes.
const TEXT: usize = 255;

/// A short text: the name of a tenant, an activity, a recipient, a basis.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(String);

impl Id {
    /// A text of 1 to 255 bytes without control characters; `None` otherwise.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let bad = text.is_empty() || text.len() > TEXT || text.contains(char::is_control);
        (!bad).then(|| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What sort of thing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind(pub u16);

impl Kind {
    /// Keys of a subject were destroyed ([`crate::seal`]).
    pub const ERASED: Self = Self(1);
    /// The first kind that is the caller's to define.
    pub const FIRST: Self = Self(16);
}

/// A person's id within a tenant: HMAC-SHA-256 of the tenant's own identifier under a key that only the
/// tenant has. Without the key it can neither be computed from an identifier nor be tried out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectId(pub [u8; 32]);

impl fmt::Debug for SubjectId {
    /// The first four bytes: enough to tell subjects apart in a log, not to follow one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, ..] = self.0;
        write!(f, "SubjectId({a:02x}{b:02x}{c:02x}{d:02x}…)")
    }
}

/// A tenant's key for the ids of its subjects.
#[derive(Clone, ZeroizeOnDrop)]
pub struct SubjectIdKey([u8; 32]);

impl fmt::Debug for SubjectIdKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SubjectIdKey")
    }
}

impl SubjectIdKey {
    /// A key of 32 random bytes.
    #[must_use]
    pub fn new(random: [u8; 32]) -> Self {
        Self(random)
    }

    /// The id of the subject that the tenant knows by this identifier. The identifier is taken as it is:
    /// to write one always in the same way is the caller's duty.
    #[must_use]
    pub fn subject(&self, identifier: &str) -> SubjectId {
        // A key shorter than a block is filled up with zeros (RFC 2104 §2).
        let mut block = [0; 64];
        for (place, byte) in block.iter_mut().zip(self.0) {
            *place = byte;
        }
        let mut mac = Hmac::<Sha256>::new(&block.into());
        block.zeroize();
        mac.update(identifier.as_bytes());
        SubjectId(mac.finalize().into_bytes().into())
    }
}

/// What becomes of a payload when its subject is erased.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// It is destroyed.
    Service,
    /// It is locked until a day and destroyed then: proof that the handler must be able to give.
    Evidence {
        /// On what basis it is kept.
        basis: Id,
        /// Until when, in seconds since 1970.
        expires: i64,
    },
}

/// A payload as an event refers to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    /// What becomes of it on erasure.
    pub class: Class,
    /// SHA-256 of the sealed bytes.
    pub sha256: Hash,
    /// How many sealed bytes there are.
    pub length: u32,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What sort of thing.
    pub kind: Kind,
    /// Version of what the kind's payload looks like.
    pub version: u16,
    /// When, in milliseconds since 1970 (UTC).
    pub time: i64,
    /// Of which tenant.
    pub tenant: Id,
    /// Whom it is about.
    pub subject: Option<SubjectId>,
    /// In which processing activity.
    pub activity: Option<Id>,
    /// To whom something was given.
    pub recipient: Option<Id>,
    /// Where there is more to it.
    pub payload: Option<Payload>,
}

impl Payload {
    /// The reference to a sealed payload; `None` where it is 4 GiB or larger.
    #[must_use]
    pub fn of(class: Class, sealed: &[u8]) -> Option<Self> {
        let length = u32::try_from(sealed.len()).ok()?;
        Some(Self { class, sha256: Sha256::digest(sealed).into(), length })
    }

    /// Whether these are the sealed bytes that it refers to.
    #[must_use]
    pub fn is_of(&self, sealed: &[u8]) -> bool {
        sealed.len() as u64 == u64::from(self.length) && self.sha256 == <Hash>::from(Sha256::digest(sealed))
    }
}

impl Event {
    /// The one encoding of this event.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let text = |id: &Option<Id>| id.as_ref().map_or(String::new(), |id| id.0.clone());
        let mut bytes = Vec::with_capacity(160);
        bytes.push(FORM);
        bytes.extend(self.kind.0.to_be_bytes());
        bytes.extend(self.version.to_be_bytes());
        bytes.extend(self.time.to_be_bytes());
        put_text(&mut bytes, &self.tenant.0);
        match &self.subject {
            None => bytes.push(0),
            Some(subject) => {
                bytes.push(1);
                bytes.extend(subject.0);
            }
        }
        put_text(&mut bytes, &text(&self.activity));
        put_text(&mut bytes, &text(&self.recipient));
        match &self.payload {
            None => bytes.push(0),
            Some(payload) => {
                payload.class.put(&mut bytes);
                bytes.extend(payload.sha256);
                bytes.extend(payload.length.to_be_bytes());
            }
        }
        bytes
    }

    /// Reads an encoding.
    ///
    /// # Errors
    /// When the bytes are not what [`Event::encode`] gives for some event.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut fields = Fields::new(bytes);
        if fields.byte()? != FORM {
            return Err(Malformed { at: 0, why: "the encoding is of another form than 1" });
        }
        let kind = Kind(u16::from_be_bytes(fields.take()?));
        let version = u16::from_be_bytes(fields.take()?);
        let time = i64::from_be_bytes(fields.take()?);
        let tenant = id(&mut fields)?.ok_or(fields.wrong("the tenant is not named"))?;
        let subject = match fields.byte()? {
            0 => None,
            1 => Some(SubjectId(fields.take()?)),
            _ => return Err(fields.wrong("whether there is a subject is neither 0 nor 1")),
        };
        let (activity, recipient) = (id(&mut fields)?, id(&mut fields)?);
        let payload = match Class::take(&mut fields)? {
            None => None,
            Some(class) => {
                let (sha256, length) = (fields.take()?, u32::from_be_bytes(fields.take()?));
                Some(Payload { class, sha256, length })
            }
        };
        fields.end()?;
        Ok(Self { kind, version, time, tenant, subject, activity, recipient, payload })
    }
}

impl Class {
    pub(crate) fn put(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Service => bytes.push(1),
            Self::Evidence { basis, expires } => {
                bytes.push(2);
                put_text(bytes, &basis.0);
                bytes.extend(expires.to_be_bytes());
            }
        }
    }

    /// A class; `None` for the byte 0.
    pub(crate) fn take(fields: &mut Fields<'_>) -> Result<Option<Self>, Malformed> {
        Ok(match fields.byte()? {
            0 => None,
            1 => Some(Self::Service),
            2 => {
                let basis = id(fields)?.ok_or(fields.wrong("evidence is kept on no basis"))?;
                Some(Self::Evidence { basis, expires: i64::from_be_bytes(fields.take()?) })
            }
            _ => return Err(fields.wrong("there is no such class of payload")),
        })
    }
}

fn id(fields: &mut Fields<'_>) -> Result<Option<Id>, Malformed> {
    let text = fields.text()?;
    text.map(|text| Id::new(text).ok_or(fields.wrong("a text is too long or holds control characters")))
        .transpose()
}

/// Salt and event: what shows that the event stands in the log. It is kept sealed, and destroyed with
/// the payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// 32 random bytes, drawn for this event alone.
    pub salt: [u8; 32],
    /// The event.
    pub event: Event,
}

impl Opening {
    /// The entry that goes into the log.
    #[must_use]
    pub fn entry(&self) -> [u8; 33] {
        entry(&self.salt, &self.event.encode())
    }

    /// Salt and encoded event, one after the other.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        [self.salt.as_slice(), &self.event.encode()].concat()
    }

    /// Reads what [`Opening::encode`] wrote.
    ///
    /// # Errors
    /// When the bytes are anything else.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut fields = Fields::new(bytes);
        let salt = fields.take()?;
        let event = Event::decode(fields.rest());
        let event = event.map_err(|wrong| Malformed { at: wrong.at + salt.len(), ..wrong })?;
        Ok(Self { salt, event })
    }
}

/// The entry for an encoded event under a salt.
#[must_use]
pub fn entry(salt: &[u8; 32], event: &[u8]) -> [u8; 33] {
    let hash = Sha256::new().chain_update(DOMAIN).chain_update(salt).chain_update(event).finalize();
    let mut entry = [FORM; 33];
    let [_, commitment @ ..] = &mut entry;
    commitment.copy_from_slice(&hash);
    entry
}
