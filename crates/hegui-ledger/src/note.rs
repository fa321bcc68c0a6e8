//! Signed notes: a text, and under it a line for each signature (C2SP `signed-note`, version 1).
//!
//! ```text
//! the text, whose last character is a newline
//!
//! — name base64(4 bytes of the key's id, then the signature)
//! ```
//! A key's id are the first four bytes of SHA-256 over its name, a newline, a byte for the algorithm
//! (1: Ed25519) and the public key. Keys are written as `name+id+base64(1, key)`, secret ones with
//! `PRIVATE+KEY+` before. Lines of keys that a reader does not know are passed over, as the
//! specification wants.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use std::fmt;

/// The algorithm byte of Ed25519.
const ED25519: u8 = 1;
/// What begins the line of a signature: an em dash and a space.
pub(crate) const MARK: &str = "\u{2014} ";
/// Longest note that is read, in bytes.
pub const LIMIT: usize = 64 << 20;
/// Most signatures that are read.
const SIGNATURES: usize = 100;

/// Why a key or a note was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The name of a key is empty or holds a space or `+`.
    #[error("`{0}` cannot name a key: a name is not empty and holds neither spaces nor `+`")]
    Name(String),
    /// The text of a key is not in the form of one.
    #[error("this is no {0}; it has the form {1}")]
    Key(&'static str, &'static str),
    /// The id that a key's text names is another than the key's own.
    #[error("the key's text is damaged: its id does not fit the key")]
    Id,
    /// The text is not in the form of a signed note.
    #[error("this is no signed note: {0}")]
    Form(&'static str),
    /// No signature is of a key that was asked for.
    #[error("none of the keys that are trusted has signed it; it is signed by {}", list(.0))]
    Untrusted(Vec<String>),
    /// A signature under a trusted key's name is wrong.
    #[error("the signature of `{0}` is wrong: the text was changed after it was signed, or it was forged")]
    Wrong(String),
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
}

/// A public key with its name.
#[derive(Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    key: VerifyingKey,
}

/// A secret key with its name. It is never printed but by [`Signer::secret`].
#[derive(Clone)]
pub struct Signer {
    name: String,
    key: SigningKey,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.name)
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verifier({self})")
    }
}

impl fmt::Display for Verifier {
    /// `name+id+base64`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(ED25519, &self.name, &self.key))
    }
}

fn coded(algorithm: u8, key: &[u8; 32]) -> String {
    let bytes: Vec<u8> = std::iter::once(algorithm).chain(*key).collect();
    BASE64.encode(bytes)
}

fn decoded(algorithm: u8, text: &str) -> Option<[u8; 32]> {
    let bytes = BASE64.decode(text).ok()?;
    let (own, key) = bytes.split_first()?;
    (*own == algorithm).then(|| key.try_into().ok())?
}

/// A key's id, for an algorithm that is a byte.
pub(crate) fn id_of(algorithm: u8, name: &str, key: &VerifyingKey) -> [u8; 4] {
    let mut hash = Sha256::new();
    hash.update(name.as_bytes());
    hash.update([b'\n', algorithm]);
    hash.update(key.as_bytes());
    let [a, b, c, d, ..] = <[u8; 32]>::from(hash.finalize());
    [a, b, c, d]
}

fn hex([a, b, c, d]: [u8; 4]) -> String {
    format!("{a:02x}{b:02x}{c:02x}{d:02x}")
}

/// `name+id+base64` of a public key.
pub(crate) fn shown(algorithm: u8, name: &str, key: &VerifyingKey) -> String {
    let id = hex(id_of(algorithm, name, key));
    format!("{name}+{id}+{}", coded(algorithm, key.as_bytes()))
}

/// Name and public key from `name+id+base64`.
pub(crate) fn read_key(algorithm: u8, text: &str) -> Result<(String, VerifyingKey), NoteError> {
    let form = || NoteError::Key("public key", "`name+id+base64`");
    let mut parts = text.trim().splitn(3, '+');
    let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(form());
    };
    let key = decoded(algorithm, key).and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok());
    let (name, key) = (named(name)?, key.ok_or_else(form)?);
    if hex(id_of(algorithm, &name, &key)) == id { Ok((name, key)) } else { Err(NoteError::Id) }
}

/// Text and key of a secret key, as it is kept.
pub(crate) fn secret(algorithm: u8, name: &str, key: &SigningKey) -> String {
    let id = hex(id_of(algorithm, name, &key.verifying_key()));
    format!("PRIVATE+KEY+{name}+{id}+{}", coded(algorithm, key.as_bytes()))
}

/// Name and secret key from `PRIVATE+KEY+name+id+base64`.
pub(crate) fn read_secret(algorithm: u8, text: &str) -> Result<(String, SigningKey), NoteError> {
    let form = || NoteError::Key("secret key", "`PRIVATE+KEY+name+id+base64`");
    let rest = text.trim().strip_prefix("PRIVATE+KEY+").ok_or_else(form)?;
    let mut parts = rest.splitn(3, '+');
    let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(form());
    };
    let key = SigningKey::from_bytes(&decoded(algorithm, key).ok_or_else(form)?);
    let name = named(name)?;
    let own = hex(id_of(algorithm, &name, &key.verifying_key()));
    if own == id { Ok((name, key)) } else { Err(NoteError::Id) }
}

pub(crate) fn named(name: &str) -> Result<String, NoteError> {
    let bad = name.is_empty() || name.contains(|c: char| c.is_whitespace() || c == '+' || c.is_control());
    if bad { Err(NoteError::Name(name.to_owned())) } else { Ok(name.to_owned()) }
}

impl Verifier {
    /// Reads `name+id+base64`.
    ///
    /// # Errors
    /// When it is in another form, or damaged.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let (name, key) = read_key(ED25519, text)?;
        Ok(Self { name, key })
    }

    /// The key's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key's id.
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        id_of(ED25519, &self.name, &self.key)
    }
}

impl Signer {
    /// A new key from 32 random bytes.
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
        let (name, key) = read_secret(ED25519, text)?;
        Ok(Self { name, key })
    }

    /// The key as it is kept: whoever reads it can sign.
    #[must_use]
    pub fn secret(&self) -> String {
        secret(ED25519, &self.name, &self.key)
    }

    /// The key's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its public half.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        Verifier { name: self.name.clone(), key: self.key.verifying_key() }
    }

    /// The text with this key's signature under it. A text without a newline at its end gets one.
    ///
    /// # Errors
    /// When the text holds control characters other than newlines.
    pub fn sign(&self, text: &str) -> Result<String, NoteError> {
        if text.contains(|c: char| c.is_control() && c != '\n') {
            return Err(NoteError::Form("its text holds control characters"));
        }
        let text = if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") };
        let signature = self.key.sign(text.as_bytes());
        let bytes: Vec<u8> = self.verifier().id().into_iter().chain(signature.to_bytes()).collect();
        Ok(format!("{text}\n{MARK}{} {}\n", self.name, BASE64.encode(bytes)))
    }
}

/// A note taken apart, its signatures not yet checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note<'a> {
    /// The text, with its last newline.
    pub text: &'a str,
    /// Each signature: the key's name, its id, the bytes.
    pub signatures: Vec<(&'a str, [u8; 4], Vec<u8>)>,
}

impl<'a> Note<'a> {
    /// Takes a note apart.
    ///
    /// # Errors
    /// When it has not the form of one.
    pub fn parse(note: &'a str) -> Result<Self, NoteError> {
        if note.len() > LIMIT {
            return Err(NoteError::Form("it is longer than 64 MiB"));
        }
        if note.contains(|c: char| c.is_control() && c != '\n') {
            return Err(NoteError::Form("it holds control characters"));
        }
        let no_signatures = NoteError::Form("there are no signatures under its text");
        let at = note.rfind("\n\n").ok_or_else(|| no_signatures.clone())?;
        let (text, below) = (note.get(..at + 1).unwrap_or_default(), note.get(at + 2..).unwrap_or_default());
        let below = below.strip_suffix('\n').ok_or(NoteError::Form("its last line is cut off"))?;
        let signatures: Vec<_> =
            below.split('\n').take(SIGNATURES + 1).map(signature).collect::<Result<_, _>>()?;
        if signatures.len() > SIGNATURES {
            return Err(NoteError::Form("it bears more than 100 signatures"));
        }
        Ok(Self { text, signatures })
    }

    /// The text, where at least one of these keys has signed it and none of their signatures is wrong;
    /// beside it who has signed.
    ///
    /// # Errors
    /// When none of the keys has signed, or a signature under one of their names is wrong.
    pub fn open<'k>(&self, trusted: &'k [Verifier]) -> Result<(&'a str, Vec<&'k Verifier>), NoteError> {
        let mut signed = vec![];
        for (name, id, bytes) in &self.signatures {
            let Some(key) = trusted.iter().find(|key| key.name == *name && key.id() == *id) else { continue };
            let wrong = || NoteError::Wrong((*name).to_owned());
            let signature = Signature::from_slice(bytes).map_err(|_| wrong())?;
            key.key.verify_strict(self.text.as_bytes(), &signature).map_err(|_| wrong())?;
            if !signed.contains(&key) {
                signed.push(key);
            }
        }
        if signed.is_empty() {
            let names = self.signatures.iter().map(|(name, ..)| format!("`{name}`")).collect();
            return Err(NoteError::Untrusted(names));
        }
        Ok((self.text, signed))
    }
}

/// A line `— name base64`.
fn signature(line: &str) -> Result<(&str, [u8; 4], Vec<u8>), NoteError> {
    let form = NoteError::Form("a line under its text is no signature");
    let (name, code) =
        line.strip_prefix(MARK).and_then(|rest| rest.split_once(' ')).ok_or_else(|| form.clone())?;
    let bytes = BASE64.decode(code).map_err(|_| form.clone())?;
    let (id, bytes) = bytes.split_first_chunk::<4>().ok_or_else(|| form.clone())?;
    if named(name).is_err() || bytes.is_empty() {
        return Err(form);
    }
    Ok((name, *id, bytes.to_vec()))
}
