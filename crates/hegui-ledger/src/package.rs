//! A sealed package: files in one archive, under a manifest that is signed.
//!
//! The archive is a zip; its entry `manifest` is a signed note ([`crate::note`]) whose text is
//!
//! ```text
//! hegui-package/1
//! KEY VALUE            what the package says of itself, any number of lines
//!
//! SHA-256 SIZE PATH    one line a file, by path
//! ```
//! Lines before the files may not be empty. So whoever has `sha256sum` and a public key can check a
//! package without us. Everything in the archive must stand in the manifest and everything in the
//! manifest in the archive; [`verify`] names all that does not match, not only the first.
//!
//! The same files under the same key give the same bytes: entries are in the order of their paths and
//! bear no time.

use crate::note::{Note, NoteError, Signer, Verifier};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{Cursor, Read, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// First line of a manifest.
const FORMAT: &str = "hegui-package/1";
/// The manifest's name in the archive.
const MANIFEST: &str = "manifest";
/// Most files of a package: a zip of so many needs no zip64 records.
pub const FILES: usize = 60_000;
/// Most bytes of all files of a package together, unpacked.
pub const BYTES: u64 = 4 << 30;

/// Why a package cannot be made or read at all.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// A name that cannot stand in a package.
    #[error("`{0}` cannot be the path of a file in a package: use relative paths with `/`, without `..`")]
    Path(String),
    /// A key or value that cannot stand in a manifest.
    #[error("`{0}` cannot stand in a manifest: a key has no spaces, and neither has line breaks")]
    Said(String),
    /// More than a package may hold.
    #[error("a package holds at most {FILES} files of 4 GiB together")]
    Size,
    /// Not an archive, or a damaged one.
    #[error("this is no package, or it is cut off: {0}")]
    Archive(#[from] zip::result::ZipError),
    /// There is no manifest in it.
    #[error("there is no manifest in it: this zip is no sealed package")]
    NoManifest,
    /// The manifest is not in the form of one.
    #[error("its manifest cannot be read: {0}")]
    Manifest(&'static str),
    /// The manifest is not signed as it should be.
    #[error("its manifest: {0}")]
    Note(#[from] NoteError),
    /// The archive could not be read or written.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// What a package says of itself: key and value, in order.
pub type Said = Vec<(String, String)>;

/// Seals files under a key.
///
/// # Errors
/// When a path or what is said of the package cannot stand in it.
pub fn seal(
    said: &[(String, String)],
    files: &BTreeMap<String, Vec<u8>>,
    signer: &Signer,
) -> Result<Vec<u8>, PackageError> {
    let bytes: u64 = files.values().map(|file| file.len() as u64).sum();
    if files.len() > FILES || bytes > BYTES {
        return Err(PackageError::Size);
    }
    let mut text = format!("{FORMAT}\n");
    for (key, value) in said {
        let broken = |text: &str| text.contains(|c: char| c.is_control());
        if key.is_empty() || key.contains(' ') || value.is_empty() || broken(key) || broken(value) {
            return Err(PackageError::Said(format!("{key} {value}")));
        }
        let _ = writeln!(text, "{key} {value}");
    }
    text.push('\n');
    for (path, file) in files {
        if !proper(path) || path == MANIFEST {
            return Err(PackageError::Path(path.clone()));
        }
        let _ = writeln!(text, "{} {} {path}", hash(file), file.len());
    }
    let manifest = signer.sign(&text)?;
    let mut archive = ZipWriter::new(Cursor::new(vec![]));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default());
    for (path, file) in std::iter::once((MANIFEST, manifest.as_bytes()))
        .chain(files.iter().map(|(path, file)| (path.as_str(), file.as_slice())))
    {
        archive.start_file(path, options)?;
        archive.write_all(file)?;
    }
    Ok(archive.finish()?.into_inner())
}

/// Whether a path stays inside the folder that it is unpacked into, on every system.
fn proper(path: &str) -> bool {
    let bad = |part: &str| part.is_empty() || part == "." || part == "..";
    let sign = |c: char| c.is_control() || matches!(c, '\\' | ':');
    path.len() <= 1000 && !path.contains(sign) && !path.split('/').any(bad)
}

fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What does not match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// The manifest names it; the archive lacks it.
    Missing(String),
    /// The archive has it; the manifest does not name it.
    Added(String),
    /// Its bytes are not those that were signed.
    Changed {
        /// The file.
        path: String,
        /// The SHA-256 in the manifest.
        signed: String,
        /// The SHA-256 of what is there.
        found: String,
    },
    /// It cannot be unpacked.
    Damaged {
        /// The file.
        path: String,
        /// What went wrong.
        why: String,
    },
    /// So many files stand in the archive behind others of the same name.
    Hidden(usize),
}

/// A package whose manifest is signed as asked.
#[derive(Clone, Debug)]
pub struct Opened {
    /// What it says of itself.
    pub said: Said,
    /// Who signed, of the keys that are trusted.
    pub signed_by: Vec<Verifier>,
    /// Files that match.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What does not match; empty where all is as it was signed.
    pub mismatches: Vec<Mismatch>,
}

/// What one line of the manifest says of a file.
struct Listed {
    sha256: String,
    size: u64,
}

/// Checks a package against keys that are trusted.
///
/// # Errors
/// When it is no package, or none of the keys has signed its manifest as it stands. What does not match
/// a manifest that is signed is no error but told in [`Opened::mismatches`].
pub fn verify(package: &[u8], trusted: &[Verifier]) -> Result<Opened, PackageError> {
    let mut archive = ZipArchive::new(Cursor::new(package))?;
    if archive.len() > FILES + 1 {
        return Err(PackageError::Size);
    }
    let note = manifest(&mut archive)?;
    let (text, signed) = Note::parse(&note)?.open(trusted)?;
    let signed_by = signed.into_iter().cloned().collect();
    let (said, listed) = read(text)?;
    let mut opened = Opened { said, signed_by, files: BTreeMap::new(), mismatches: vec![] };
    let mut seen = BTreeSet::new();
    for place in 0..archive.len() {
        let entry = match archive.by_index(place) {
            Ok(entry) => entry,
            Err(error) => {
                let path = format!("entry {}", place + 1);
                opened.mismatches.push(Mismatch::Damaged { path, why: error.to_string() });
                continue;
            }
        };
        let Ok(path) = entry.name().map(|name| name.into_owned()) else {
            let path = format!("entry {}", place + 1);
            opened.mismatches.push(Mismatch::Damaged { path, why: "its name is no text".to_owned() });
            continue;
        };
        seen.insert(path.clone());
        if path == MANIFEST {
            continue;
        }
        match listed.get(&path) {
            Some(listed) => match unpack(entry, &path, listed) {
                Ok(bytes) => {
                    opened.files.insert(path, bytes);
                }
                Err(mismatch) => opened.mismatches.push(mismatch),
            },
            None => opened.mismatches.push(Mismatch::Added(path)),
        }
    }
    // A reader of zips keeps one of several files of the same name: which one, others may decide otherwise.
    let hidden = entries(package).ok_or(PackageError::Manifest("something follows the archive's end"))?;
    match hidden.saturating_sub(archive.len()) {
        0 => {}
        hidden => opened.mismatches.push(Mismatch::Hidden(hidden)),
    }
    let missing = listed.keys().filter(|path| !seen.contains(*path));
    opened.mismatches.extend(missing.map(|path| Mismatch::Missing(path.clone())));
    Ok(opened)
}

/// How many entries the archive's last record counts (APPNOTE 4.3.16), where that record is its end.
fn entries(package: &[u8]) -> Option<usize> {
    let end = package.last_chunk::<22>()?;
    let [b'P', b'K', 5, 6, _, _, _, _, _, _, low, high, .., 0, 0] = end else { return None };
    Some(usize::from(u16::from_le_bytes([*low, *high])))
}

/// The keys that a package says it is signed by: names only, nothing is proven by them.
///
/// # Errors
/// When it is no package.
pub fn claims(package: &[u8]) -> Result<Vec<String>, PackageError> {
    let mut archive = ZipArchive::new(Cursor::new(package))?;
    let note = manifest(&mut archive)?;
    let named = |(name, id, _): (&str, [u8; 4], Vec<u8>)| format!("{name}+{}", hex(&id));
    Ok(Note::parse(&note)?.signatures.into_iter().map(named).collect())
}

fn manifest(archive: &mut ZipArchive<Cursor<&[u8]>>) -> Result<String, PackageError> {
    let entry = archive.by_name(MANIFEST).map_err(|_| PackageError::NoManifest)?;
    let mut text = String::new();
    entry
        .take(crate::note::LIMIT as u64 + 1)
        .read_to_string(&mut text)
        .map_err(|_| PackageError::Manifest("it is damaged, or no text"))?;
    Ok(text)
}

/// What a manifest says of the package and of its files.
fn read(text: &str) -> Result<(Said, BTreeMap<String, Listed>), PackageError> {
    let mut lines = text.lines();
    if lines.next() != Some(FORMAT) {
        return Err(PackageError::Manifest("its first line is not `hegui-package/1`"));
    }
    let mut said = vec![];
    for line in lines.by_ref().take_while(|line| !line.is_empty()) {
        let (key, value) =
            line.split_once(' ').ok_or(PackageError::Manifest("a line says a key without a value"))?;
        said.push((key.to_owned(), value.to_owned()));
    }
    let mut listed = BTreeMap::new();
    let mut left = BYTES;
    for line in lines {
        let mut parts = line.splitn(3, ' ');
        let (Some(sha256), Some(size), Some(path)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(PackageError::Manifest("a line of a file lacks hash, size or path"));
        };
        let size: u64 = size.parse().map_err(|_| PackageError::Manifest("a file's size is no number"))?;
        if !proper(path) {
            return Err(PackageError::Path(path.to_owned()));
        }
        left = left.checked_sub(size).ok_or(PackageError::Size)?;
        if listed.insert(path.to_owned(), Listed { sha256: sha256.to_owned(), size }).is_some() {
            return Err(PackageError::Manifest("it names a file twice"));
        }
        if listed.len() > FILES {
            return Err(PackageError::Size);
        }
    }
    Ok((said, listed))
}

/// A file's bytes, where they are those that were signed; never more than the manifest says.
fn unpack(entry: impl Read, path: &str, listed: &Listed) -> Result<Vec<u8>, Mismatch> {
    let path = path.to_owned();
    let mut bytes = vec![];
    if let Err(error) = entry.take(listed.size + 1).read_to_end(&mut bytes) {
        return Err(Mismatch::Damaged { path, why: error.to_string() });
    }
    let found = hash(&bytes);
    if found == listed.sha256 && bytes.len() as u64 == listed.size {
        Ok(bytes)
    } else {
        Err(Mismatch::Changed { path, signed: listed.sha256.clone(), found })
    }
}
