//! The register itself inside its workbook: all files, byte for byte, so that nothing that a grid of
//! cells cannot show is lost, and so that what a person changed can be told.
//!
//! Packed, written in base64, in pieces that fit a cell (32,767 characters), in a sheet that no menu
//! shows. Their hash stands beside them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use hegui_catalog::model::Lang;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::{Read, Write};

/// The sheet's name.
pub(crate) const SHEET: &str = "_register";
/// What its first cell says.
pub(crate) const MARK: &str = "hegui-register";
/// Most characters in a cell.
const PIECE: usize = 32_000;
/// Most bytes that a register is unpacked to.
const LIMIT: u64 = 256 << 20;
/// The version of this form.
pub(crate) const VERSION: u32 = 1;

/// What a workbook was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Base {
    /// The version of this form.
    pub version: u32,
    /// The language of its words.
    pub lang: Lang,
    /// The date whose state it shows, in seconds.
    pub as_of: i64,
    /// The hash of the catalog whose dictionary made its columns.
    pub catalog: String,
    /// The register's files: names and texts.
    pub files: Vec<(String, String)>,
}

impl Base {
    /// The cells of the sheet, from above.
    pub fn pack(&self) -> std::io::Result<Vec<String>> {
        let json = serde_json::to_vec(self)?;
        let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
        packer.write_all(&json)?;
        let packed = packer.finish()?;
        let text = STANDARD.encode(&packed);
        let mut cells = vec![MARK.to_owned(), hash(text.as_bytes())];
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.len().min(PIECE));
            cells.push(piece.to_owned());
            rest = after;
        }
        Ok(cells)
    }

    /// Reads the cells again; `None` where they are not whole.
    pub fn unpack(cells: &[String]) -> Option<Self> {
        let (mark, cells) = cells.split_first()?;
        let (told, pieces) = cells.split_first()?;
        let text = pieces.concat();
        if mark != MARK || *told != hash(text.as_bytes()) {
            return None;
        }
        let packed = STANDARD.decode(text.as_bytes()).ok()?;
        let mut json = Vec::new();
        ZlibDecoder::new(packed.as_slice()).take(LIMIT + 1).read_to_end(&mut json).ok()?;
        if json.len() as u64 > LIMIT {
            return None;
        }
        let base: Self = serde_json::from_slice(&json).ok()?;
        (base.version == VERSION && base.files.iter().all(|(name, _)| is_plain(name))).then_some(base)
    }
}

/// Whether a name stays below the register's folder.
fn is_plain(name: &str) -> bool {
    let part = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains([':', '\\', '\0']);
    name.ends_with(".toml") && name.split('/').all(part)
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(name: &str) -> Base {
        let text = "[organisation.a]\nname = \"甲\"\n".repeat(5_000);
        let files = vec![(name.to_owned(), text)];
        Base { version: VERSION, lang: Lang::Zh, as_of: 0, catalog: "c".into(), files }
    }

    #[test]
    fn what_is_packed_is_unpacked_and_nothing_else() {
        let one = base("a/b.toml");
        let mut cells = one.pack().unwrap();
        assert!(cells.iter().all(|cell| cell.len() <= 32_767));
        assert_eq!(Base::unpack(&cells), Some(one));
        cells[1].replace_range(0..1, "x");
        assert_eq!(Base::unpack(&cells), None);
        for name in ["../a.toml", "/a.toml", "a/.b.toml", "a.txt", "C:/a.toml", "a//b.toml"] {
            assert_eq!(Base::unpack(&base(name).pack().unwrap()), None, "{name}");
        }
    }
}
