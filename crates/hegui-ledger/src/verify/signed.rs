//! The log's public key and its signed checkpoint, read by a second reader.

use super::hash::Hash;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

/// The log's public key, from `name+id+base64(1, key)`.
pub(super) struct Key {
    name: String,
    id: [u8; 4],
    key: VerifyingKey,
}

impl Key {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (name, rest) = text.trim().split_once('+')?;
        let (id, code) = rest.split_once('+')?;
        let bytes: [u8; 33] = BASE64.decode(code).ok()?.try_into().ok()?;
        let [1, key @ ..] = bytes else { return None };
        let input = [name.as_bytes(), b"\n", bytes.as_slice()].concat();
        let hash: [u8; 32] = Sha256::digest(&input).into();
        let own = hash.first_chunk::<4>()?;
        let shown: String = own.iter().map(|byte| format!("{byte:02x}")).collect();
        let fits = !name.is_empty() && id == shown;
        Some(Self { name: name.to_owned(), id: *own, key: VerifyingKey::from_bytes(&key).ok()? })
            .filter(|_| fits)
    }
}

/// What a checkpoint says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) size: u64,
    pub(super) root: Hash,
    /// Where the root stands in the file.
    pub(super) root_at: u64,
}

/// What is wrong with a checkpoint, and from which byte to which.
pub(super) struct Bad {
    pub(super) why: Why,
    pub(super) from: usize,
    pub(super) to: usize,
}

pub(super) enum Why {
    /// It is not of the form.
    Form,
    /// It bears no signature of the key.
    Unsigned,
    /// Its text or the signature was changed.
    Signature,
}

/// Reads a checkpoint and checks the log's signature.
pub(super) fn checkpoint(file: &[u8], key: &Key) -> Result<Head, Bad> {
    let form = |from: usize, to: usize| Bad { why: Why::Form, from, to };
    let note = std::str::from_utf8(file).map_err(|_| form(0, file.len()))?;
    let odd = note.char_indices().find(|(_, c)| c.is_control() && *c != '\n');
    if let Some((at, c)) = odd {
        return Err(form(at, at + c.len_utf8()));
    }
    // The text ends with the last empty line; signatures follow.
    let end = note.rfind("\n\n").ok_or_else(|| form(0, file.len()))? + 1;
    let (text, below) = note.split_at(end);
    let below = below.get(1..).unwrap_or_default();
    if !below.ends_with('\n') {
        return Err(form(0, file.len()));
    }
    let mut signed = false;
    for line in below.split_terminator('\n') {
        let (name, bytes) = signature(line).ok_or_else(|| form(0, file.len()))?;
        if let Some((id, signature)) = bytes.split_first_chunk::<4>()
            && name == key.name
            && *id == key.id
        {
            let right = Signature::from_slice(signature)
                .is_ok_and(|signature| key.key.verify_strict(text.as_bytes(), &signature).is_ok());
            if !right {
                // Either the text or the signature: nothing tells which.
                return Err(Bad { why: Why::Signature, from: 0, to: file.len() });
            }
            signed = true;
        }
    }
    if !signed {
        return Err(Bad { why: Why::Unsigned, from: 0, to: file.len() });
    }
    head(text, &key.name).ok_or_else(|| form(0, end))
}

/// A line `— name base64`.
fn signature(line: &str) -> Option<(&str, Vec<u8>)> {
    let (name, code) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
    let bytes = BASE64.decode(code).ok()?;
    (!name.is_empty() && bytes.len() > 4).then_some((name, bytes))
}

/// Origin, size and root.
fn head(text: &str, origin: &str) -> Option<Head> {
    let mut lines = text.split_terminator('\n');
    let (name, size, root) = (lines.next()?, lines.next()?, lines.next()?);
    if name != origin || lines.any(str::is_empty) {
        return None;
    }
    let number: u64 = size.parse().ok()?;
    let hash: Hash = BASE64.decode(root).ok()?.try_into().ok()?;
    let at = name.len() + size.len() + 2;
    (number.to_string() == size).then_some(Head { size: number, root: hash, root_at: at as u64 })
}
