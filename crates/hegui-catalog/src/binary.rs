//! A compiled catalog as bytes, for embedding and for freezing beside an assessment.
//!
//! The bytes belong to the version of the crate that wrote them: they begin with it, and another
//! version refuses them. The cases of the requirements stand behind everything else: they are two fifths
//! of a catalog, and whoever assesses does not look at them.

use crate::model::{Case, Catalog};
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
        let mut rest = self.clone();
        let cases: Vec<Vec<Case>> =
            rest.requirements.iter_mut().map(|r| std::mem::take(&mut r.cases)).collect();
        postcard::to_extend(&(rest, cases), MARK.to_vec()).map_err(|error| Corrupt(error.to_string()))
    }

    /// The catalog of bytes that [`Catalog::to_bytes`] of this version made.
    ///
    /// # Errors
    /// When another version wrote them, or they are damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Corrupt> {
        let (mut catalog, cases) =
            postcard::from_bytes::<(Self, Vec<Vec<Case>>)>(unmarked(bytes)?).map_err(corrupt)?;
        for (requirement, cases) in catalog.requirements.iter_mut().zip(cases) {
            requirement.cases = cases;
        }
        Ok(catalog)
    }

    /// The same without the cases of its requirements, in little more than half the time: for what
    /// looks at an organisation and not at the catalog.
    ///
    /// # Errors
    /// When another version wrote them, or they are damaged.
    pub fn from_bytes_without_cases(bytes: &[u8]) -> Result<Self, Corrupt> {
        let (catalog, _) = postcard::take_from_bytes(unmarked(bytes)?).map_err(corrupt)?;
        Ok(catalog)
    }
}

fn unmarked(bytes: &[u8]) -> Result<&[u8], Corrupt> {
    bytes.strip_prefix(MARK).ok_or_else(|| Corrupt("another version wrote them".to_owned()))
}

fn corrupt(error: postcard::Error) -> Corrupt {
    Corrupt(error.to_string())
}
