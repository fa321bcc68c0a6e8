//! A compiled catalog as bytes, for embedding and for freezing beside an assessment.
//!
//! The bytes belong to the version of the crate that wrote them: they begin with it, and another
//! version refuses them.

use crate::model::Catalog;
use std::fmt;

const MARK: &[u8] = concat!("hegui-catalog ", env!("CARGO_PKG_VERSION"), "\n").as_bytes();

/// Why bytes are no catalog of this version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Corrupt(String);

impl fmt::Display for Corrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "these bytes are no catalog of version {}: {}", env!("CARGO_PKG_VERSION"), self.0)
    }
}

impl std::error::Error for Corrupt {}

impl Catalog {
    /// The compiled catalog as bytes.
    ///
    /// # Errors
    /// When the serializer refuses, which it has no reason to.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Corrupt> {
        postcard::to_extend(self, MARK.to_vec()).map_err(|error| Corrupt(error.to_string()))
    }

    /// The catalog of bytes that [`Catalog::to_bytes`] of this version made.
    ///
    /// # Errors
    /// When another version wrote them, or they are damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Corrupt> {
        let rest =
            bytes.strip_prefix(MARK).ok_or_else(|| Corrupt("another version wrote them".to_owned()))?;
        postcard::from_bytes(rest).map_err(|error| Corrupt(error.to_string()))
    }
}
