//! Unpacks a template, within bounds: a small file can claim to unpack to more than any memory holds.

use crate::docx::error::DocxError;
use crate::docx::package::Parts;
use std::collections::BTreeSet;
use std::io::{Cursor, Read as _};
use zip::ZipArchive;

/// A template's file.
const FILE: usize = 32 << 20;
/// All that it unpacks to.
const UNPACKED: u64 = 96 << 20;
/// The parts in it.
const PARTS: usize = 2000;
/// How much larger than packed a part may be; Word's own XML comes to thirty.
const RATIO: u64 = 250;
/// Smaller parts may be packed as tightly as they like.
const SMALL: u64 = 1 << 20;

/// The parts of a package, in order.
pub fn unpack(bytes: &[u8]) -> Result<Parts, DocxError> {
    let too_large = |what: String, limit: String| DocxError::TooLarge { what, limit };
    let megabytes = |bytes: u64| format!("{} MiB", bytes >> 20);
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(DocxError::OldOrLocked);
    }
    if bytes.len() > FILE {
        return Err(too_large(megabytes(bytes.len() as u64), megabytes(FILE as u64)));
    }
    let broken = |error: zip::result::ZipError| DocxError::NoPackage(error.to_string());
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive.len() > PARTS {
        return Err(too_large(format!("{} 个部分 · parts", archive.len()), PARTS.to_string()));
    }
    let mut parts = Parts::new();
    let mut names = BTreeSet::new();
    let mut left = UNPACKED;
    for place in 0..archive.len() {
        let entry = archive.by_index(place).map_err(broken)?;
        let name = entry.name().map_err(broken)?.into_owned();
        if entry.is_dir() {
            continue;
        }
        // What leads out of the package, or is there twice, would be read otherwise by others.
        if !proper(&name) || !names.insert(name.to_lowercase()) {
            return Err(DocxError::NoPackage(format!("`{}`", name.escape_debug())));
        }
        let packed = entry.compressed_size();
        let mut bytes = vec![];
        let read = entry.take(left + 1).read_to_end(&mut bytes);
        read.map_err(|error| DocxError::NoPackage(format!("`{name}`: {error}")))?;
        let size = bytes.len() as u64;
        if size > SMALL && size / packed.max(1) > RATIO {
            return Err(too_large(format!("`{name}` {}:1", size / packed.max(1)), format!("{RATIO}:1")));
        }
        left = left.checked_sub(size).ok_or_else(|| {
            too_large(format!("解压后超过 · unpacked over {}", megabytes(UNPACKED)), megabytes(UNPACKED))
        })?;
        parts.push((name, bytes));
    }
    Ok(parts)
}

/// Whether a name stays inside the package.
fn proper(name: &str) -> bool {
    let bad = |part: &str| part.is_empty() || part == "." || part == "..";
    name.len() <= 1000 && !name.contains(|c: char| c.is_control() || c == '\\') && !name.split('/').any(bad)
}
