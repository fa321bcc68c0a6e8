//! The catalog of this repository, embedded.
//!
//! The build script compiles `catalog/` with `hegui-catalog`; here are the bytes. Why this is a crate of
//! its own: `docs/adr/0001-embedded-catalog.md`.

use hegui_catalog::Catalog;
use hegui_catalog::binary::Corrupt;

static BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/catalog.bin"));

/// The catalog that this program was built with, ready for use; nothing is parsed.
///
/// # Errors
/// Never for bytes of the same build.
pub fn catalog() -> Result<Catalog, Corrupt> {
    Catalog::from_bytes(BYTES)
}

/// The same without the cases of its requirements, which is quicker.
///
/// # Errors
/// Never for bytes of the same build.
pub fn catalog_without_cases() -> Result<Catalog, Corrupt> {
    Catalog::from_bytes_without_cases(BYTES)
}

/// How many bytes the embedded catalog has.
#[must_use]
pub fn size_bytes() -> usize {
    BYTES.len()
}

#[cfg(test)]
mod tests {
    use hegui_catalog::Catalog;

    #[test]
    fn the_embedded_catalog_is_the_one_in_the_folder() {
        let embedded = super::catalog().unwrap();
        let own = concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalog");
        let read = Catalog::read_dir(option_env!("HEGUI_CATALOG_DIR").unwrap_or(own)).unwrap();
        assert!(!embedded.requirements.is_empty());
        assert_eq!(embedded.hash, read.hash);
        assert!(embedded == read, "the same files, decoded otherwise");
        let mut bare = super::catalog_without_cases().unwrap();
        assert!(bare.requirements.iter().all(|r| r.cases.is_empty()));
        for (bare, whole) in bare.requirements.iter_mut().zip(&read.requirements) {
            bare.cases = whole.cases.clone();
        }
        assert!(bare == read, "the same but for the cases");
    }
}
