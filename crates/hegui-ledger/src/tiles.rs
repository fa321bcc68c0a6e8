//! The published form of a log: C2SP `tlog-tiles`.
//!
//! ```text
//! checkpoint                    the signed size and root
//! tile/L/N  tile/L/N.p/W        level L, tile N: 256 hashes (8,192 bytes), or W of them at the right edge
//! tile/entries/N[.p/W]          the entries under tile/0/N, each after its length (16 bits, big-endian)
//! ```
//! Hash `i` of tile `N` at level `L` is that of the perfect subtree over `256^L` leaves from
//! `(256 N + i) · 256^L` on. `N` stands in groups of three digits, all but the last with `x` before:
//! 1234067 is `x001/x234/067`. A file never changes once it is there; only `checkpoint` does.
//!
//! [`Edge`] writes them, [`Reader`] reads hashes, entries and proofs from them. Neither touches a disk:
//! a file is a [`Name`] and its bytes.

mod edge;
mod reader;

pub use edge::{Edge, File};
pub use reader::Reader;

use crate::proof::ProofError;
use std::fmt;

/// How many hashes or entries a full file has.
pub const WIDTH: u16 = 256;
/// The longest entry that fits a bundle, in bytes.
pub const ENTRY: usize = u16::MAX as usize;
/// How many levels a tree of 2^64 leaves has.
const LEVELS: u8 = 8;

/// Why published files cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum TileError<E> {
    /// A file could not be had.
    #[error("`{name}` cannot be read: {source}")]
    Read {
        /// The file.
        name: Name,
        /// Why.
        source: E,
    },
    /// A file has another length than its name says, or a bundle ends within an entry.
    #[error("`{0}` is cut off, or holds more than its name says")]
    Length(Name),
    /// More was asked for than the tree has.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

/// An entry longer than a bundle can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an entry of {0} bytes is longer than a log takes: at most {ENTRY}")]
pub struct TooLong(pub usize);

/// A file of a published log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Name {
    /// The signed size and root.
    Checkpoint,
    /// Hashes.
    Tile {
        /// 0 for leaves.
        level: u8,
        /// Which one of its level.
        index: u64,
        /// How many hashes: 1 to 256.
        width: u16,
    },
    /// Entries.
    Entries {
        /// Which one.
        index: u64,
        /// How many entries: 1 to 256.
        width: u16,
    },
}

impl Name {
    /// The full file where this is a partial one; else itself.
    #[must_use]
    pub fn full(self) -> Self {
        match self {
            Self::Checkpoint => self,
            Self::Tile { level, index, .. } => Self::Tile { level, index, width: WIDTH },
            Self::Entries { index, .. } => Self::Entries { index, width: WIDTH },
        }
    }

    /// Reads a path in the one form that the specification allows; anything else is none of a log's.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        if path == "checkpoint" {
            return Some(Self::Checkpoint);
        }
        let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let (index, width) = match rest.split_once(".p/") {
            Some((index, width)) => (index, width.parse().ok().filter(|width| (1..WIDTH).contains(width))?),
            None => (rest, WIDTH),
        };
        let digits = index.split('/').try_fold(0_u64, |number, group| {
            let digits = group.strip_prefix('x').unwrap_or(group);
            let group = digits.parse::<u64>().ok().filter(|_| digits.len() == 3)?;
            number.checked_mul(1000)?.checked_add(group)
        })?;
        let name = match level {
            "entries" => Self::Entries { index: digits, width },
            _ => Self::Tile {
                level: level.parse().ok().filter(|level| *level < LEVELS)?,
                index: digits,
                width,
            },
        };
        // Whatever else is odd (a sign, a zero too many, a group without its `x`) is not written so.
        (name.to_string() == path).then_some(name)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (index, width) = match self {
            Self::Checkpoint => return f.write_str("checkpoint"),
            Self::Tile { level, index, width } => {
                write!(f, "tile/{level}/")?;
                (*index, *width)
            }
            Self::Entries { index, width } => {
                f.write_str("tile/entries/")?;
                (*index, *width)
            }
        };
        // 2^64 has seven groups of three digits.
        for group in (1..7).rev() {
            let above = index / 1000_u64.pow(group);
            if above > 0 {
                write!(f, "x{:03}/", above % 1000)?;
            }
        }
        write!(f, "{:03}", index % 1000)?;
        if width < WIDTH { write!(f, ".p/{width}") } else { Ok(()) }
    }
}

/// How many hashes the tile `index` at `level` has in a tree of `size` leaves; 0 where there is none.
#[must_use]
pub fn width_of(level: u8, index: u64, size: u64) -> u16 {
    let hashes = size.checked_shr(8 * u32::from(level)).unwrap_or(0);
    let left = hashes.saturating_sub(index.saturating_mul(u64::from(WIDTH)));
    u16::try_from(left).map_or(WIDTH, |left| left.min(WIDTH))
}

/// The files that are new when a tree grows from `old` leaves to `new`: bundles, then tiles by level.
/// What is not named stays as it is. The checkpoint is not among them.
pub fn changed(old: u64, new: u64) -> impl Iterator<Item = Name> {
    let of = move |level: u8| {
        let hashes = |size: u64| size.checked_shr(8 * u32::from(level)).unwrap_or(0);
        let (from, to) = (hashes(old), hashes(new));
        let indexes = if from < to { from / 256..to.div_ceil(256) } else { 0..0 };
        indexes.map(move |index| (level, index, width_of(level, index, new)))
    };
    let entries = of(0).map(|(_, index, width)| Name::Entries { index, width });
    entries.chain((0..LEVELS).flat_map(of).map(|(level, index, width)| Name::Tile { level, index, width }))
}

/// Adds an entry to a bundle.
///
/// # Errors
/// When it is longer than a bundle can hold.
pub fn put_entry(bundle: &mut Vec<u8>, entry: &[u8]) -> Result<(), TooLong> {
    let length = u16::try_from(entry.len()).map_err(|_| TooLong(entry.len()))?;
    bundle.extend(length.to_be_bytes());
    bundle.extend_from_slice(entry);
    Ok(())
}

/// The entries of a bundle in order; `None` in the place where the bundle ends within an entry.
pub fn entries(bundle: &[u8]) -> impl Iterator<Item = Option<&[u8]>> {
    let mut rest = Some(bundle);
    std::iter::from_fn(move || {
        let bytes = rest.take().filter(|bytes| !bytes.is_empty())?;
        let entry = bytes
            .split_first_chunk()
            .and_then(|(length, bytes)| bytes.split_at_checked(usize::from(u16::from_be_bytes(*length))));
        rest = entry.map(|(_, after)| after);
        Some(entry.map(|(entry, _)| entry))
    })
}
