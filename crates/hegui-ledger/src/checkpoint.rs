//! Checkpoints (C2SP `tlog-checkpoint`) and what witnesses say of them (C2SP `tlog-cosignature`).
//!
//! A checkpoint is a signed note ([`crate::note`]) whose text is
//!
//! ```text
//! ORIGIN             which log; its key has the same name
//! SIZE               how many leaves, in decimal
//! base64(ROOT)       the root of the tree of that size
//! ...                lines that the log may add, none of them empty
//! ```
//! A witness that has seen for itself that the log only grew adds a line under it, with the time at
//! which it did so: its Ed25519 key (algorithm byte 4) signs `cosignature/v1`, `time SECONDS` and the
//! checkpoint's text; the line holds the time as 64 bits, big-endian, before the signature. Who trusts a
//! log says which witnesses count and how many must have signed: a [`Policy`].

use crate::note::{
    MARK, Note, NoteError, Signer, Verifier, id_of, named, read_key, read_secret, secret, shown,
};
use crate::tree::Hash;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use std::fmt;

/// The algorithm byte of timestamped Ed25519 cosignatures.
const COSIGNATURE: u8 = 4;

/// Why a checkpoint or a policy was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// It is no signed note, or not signed as it should be.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The text is not that of a checkpoint.
    #[error("this is no checkpoint: {0}")]
    Form(&'static str),
    /// It is of another log than the one asked for.
    #[error("this checkpoint is of the log `{found}`, not of `{asked}`")]
    Origin {
        /// The log that was asked for.
        asked: String,
        /// The log that it is of.
        found: String,
    },
    /// Fewer witnesses have signed than are asked for.
    #[error("{found} of the witnesses that count have signed it; {asked} must")]
    Witnesses {
        /// How many must sign.
        asked: usize,
        /// How many have.
        found: usize,
    },
    /// A policy that cannot be met, or under which one witness would count twice.
    #[error("{0}")]
    Policy(&'static str),
}

/// The size and root of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: String,
    /// How many leaves.
    pub size: u64,
    /// The root of the tree of that size.
    pub root: Hash,
    /// Lines that the log added. None is empty.
    pub extensions: Vec<String>,
}

impl Checkpoint {
    /// Reads a checkpoint's text, without signatures.
    ///
    /// # Errors
    /// When it is of another form.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let form = CheckpointError::Form;
        let text = text.strip_suffix('\n').ok_or(form("its last line is cut off"))?;
        let mut lines = text.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(form("origin, size and root are not all there"));
        };
        let number: u64 = size.parse().map_err(|_| form("its size is no number"))?;
        let bytes = BASE64.decode(root).map_err(|_| form("its root is not in base64"))?;
        let root = bytes.try_into().map_err(|_| form("its root is no SHA-256 hash"))?;
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if number.to_string() != size {
            return Err(form("its size is not written as numbers are"));
        }
        if origin.is_empty() || extensions.iter().any(String::is_empty) {
            return Err(form("one of its lines is empty"));
        }
        Ok(Self { origin: origin.to_owned(), size: number, root, extensions })
    }

    /// The text, without signatures.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{}\n{}\n{}\n", self.origin, self.size, BASE64.encode(self.root));
        for line in &self.extensions {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    /// The checkpoint, signed by its log.
    ///
    /// # Errors
    /// When the key is named otherwise than the origin, or a line is none.
    pub fn sign(&self, log: &Signer) -> Result<String, CheckpointError> {
        let text = self.text();
        if Self::parse(&text)? != *self {
            return Err(CheckpointError::Form("one of its lines is empty or broken"));
        }
        self.is_of(log.name())?;
        Ok(log.sign(&text)?)
    }

    fn is_of(&self, log: &str) -> Result<(), CheckpointError> {
        let origin = || CheckpointError::Origin { asked: log.to_owned(), found: self.origin.clone() };
        if self.origin == log { Ok(()) } else { Err(origin()) }
    }
}

/// A witness's public key with its name.
#[derive(Clone, PartialEq, Eq)]
pub struct Witness {
    name: String,
    key: VerifyingKey,
}

impl fmt::Display for Witness {
    /// `name+id+base64`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(COSIGNATURE, &self.name, &self.key))
    }
}

impl fmt::Debug for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Witness({self})")
    }
}

impl Witness {
    /// Reads `name+id+base64(4, key)`.
    ///
    /// # Errors
    /// When it is in another form, or damaged.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let (name, key) = read_key(COSIGNATURE, text)?;
        Ok(Self { name, key })
    }

    /// The witness's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key's id.
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        id_of(COSIGNATURE, &self.name, &self.key)
    }

    /// When it signed this text, in seconds since 1970; `None` where these bytes are not its signature.
    fn signed(&self, text: &str, bytes: &[u8]) -> Option<u64> {
        let (time, signature) = bytes.split_first_chunk::<8>()?;
        let time = u64::from_be_bytes(*time);
        let signature = Signature::from_slice(signature).ok()?;
        let right = self.key.verify_strict(stated(text, time).as_bytes(), &signature).is_ok();
        // The specification keeps times within 63 bits.
        (right && i64::try_from(time).is_ok()).then_some(time)
    }
}

/// What a witness signs.
fn stated(text: &str, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// A witness's secret key. It is never printed but by [`Cosigner::secret`].
#[derive(Clone)]
pub struct Cosigner {
    name: String,
    key: SigningKey,
}

impl fmt::Debug for Cosigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cosigner({})", self.name)
    }
}

impl Cosigner {
    /// A new key from 32 random bytes. The same bytes must not make another key.
    ///
    /// # Errors
    /// When the name cannot name a key.
    pub fn new(name: &str, random: [u8; 32]) -> Result<Self, NoteError> {
        Ok(Self { name: named(name)?, key: SigningKey::from_bytes(&random) })
    }

    /// Reads `PRIVATE+KEY+name+id+base64`.
    ///
    /// # Errors
    /// When it is in another form, or damaged.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let (name, key) = read_secret(COSIGNATURE, text)?;
        Ok(Self { name, key })
    }

    /// The key as it is kept: whoever reads it can sign.
    #[must_use]
    pub fn secret(&self) -> String {
        secret(COSIGNATURE, &self.name, &self.key)
    }

    /// Its public half.
    #[must_use]
    pub fn witness(&self) -> Witness {
        Witness { name: self.name.clone(), key: self.key.verifying_key() }
    }

    /// The line to be added under a checkpoint that this witness has found consistent with all that it
    /// saw of the log before; to see that is the caller's duty ([`crate::proof::check_consistency`]).
    /// `time` is in seconds since 1970.
    ///
    /// # Errors
    /// When the note is no checkpoint.
    pub fn cosign(&self, note: &str, time: u64) -> Result<String, CheckpointError> {
        let text = Note::parse(note)?.text;
        Checkpoint::parse(text)?;
        if i64::try_from(time).is_err() {
            return Err(CheckpointError::Form("the time is beyond what a cosignature can state"));
        }
        let signature = self.key.sign(stated(text, time).as_bytes()).to_bytes();
        let bytes = [self.witness().id().as_slice(), &time.to_be_bytes(), &signature].concat();
        Ok(format!("{MARK}{} {}\n", self.name, BASE64.encode(bytes)))
    }
}

/// What somebody demands of a log's checkpoints.
#[derive(Clone, Debug)]
pub struct Policy {
    log: Verifier,
    witnesses: Vec<Witness>,
    quorum: usize,
}

/// A checkpoint that meets a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trusted {
    /// What it says.
    pub checkpoint: Checkpoint,
    /// The witnesses that count and have signed, each with its latest time, in seconds since 1970.
    pub witnesses: Vec<(Witness, u64)>,
}

impl Policy {
    /// The log's key, the witnesses that count, and how many of them must have signed.
    ///
    /// # Errors
    /// When more must sign than there are, or a key or a name would count twice: the signed message does not
    /// name the witness.
    pub fn new(log: Verifier, witnesses: Vec<Witness>, quorum: usize) -> Result<Self, CheckpointError> {
        if quorum > witnesses.len() {
            return Err(CheckpointError::Policy("more witnesses must sign than are named"));
        }
        let twice = witnesses.iter().enumerate().any(|(at, witness)| {
            let others = witnesses.iter().skip(at + 1);
            others.into_iter().any(|other| other.key == witness.key || other.name == witness.name)
        });
        if twice {
            return Err(CheckpointError::Policy("a witness is named twice: it would count twice"));
        }
        Ok(Self { log, witnesses, quorum })
    }

    /// Reads a checkpoint and checks who signed it. Cosignatures later than `latest` (seconds since 1970)
    /// do not count. Lines of keys that the policy does not name are passed over.
    ///
    /// # Errors
    /// When it is none, or of another log, or the log or too few witnesses have signed it, or a
    /// signature under one of the policy's keys is wrong.
    pub fn open(&self, note: &str, latest: u64) -> Result<Trusted, CheckpointError> {
        let note = Note::parse(note)?;
        let (text, _) = note.open(std::slice::from_ref(&self.log))?;
        let checkpoint = Checkpoint::parse(text)?;
        checkpoint.is_of(self.log.name())?;
        let mut witnesses: Vec<(Witness, u64)> = vec![];
        for (name, id, bytes) in &note.signatures {
            let known = |witness: &&Witness| witness.name == *name && witness.id() == *id;
            let Some(witness) = self.witnesses.iter().find(known) else { continue };
            let time = witness.signed(text, bytes).ok_or_else(|| NoteError::Wrong((*name).to_owned()))?;
            if time > latest {
                continue;
            }
            match witnesses.iter_mut().find(|(seen, _)| seen == witness) {
                Some((_, last)) => *last = time.max(*last),
                None => witnesses.push((witness.clone(), time)),
            }
        }
        if witnesses.len() < self.quorum {
            return Err(CheckpointError::Witnesses { asked: self.quorum, found: witnesses.len() });
        }
        Ok(Trusted { checkpoint, witnesses })
    }
}
