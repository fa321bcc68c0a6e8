//! The files of a published log, by level and place.

use super::hash::{Hash, root_of_edge};
use super::signed::Head;
use std::fmt::Display;
use std::ops::Range;

/// How many levels of tiles a tree of up to 2^64 leaves can have.
pub(super) const LEVELS: u8 = 8;

/// A published log of a size.
pub(super) struct Files<'a, F> {
    pub(super) read: &'a F,
    pub(super) size: u64,
}

/// A file as it was read.
pub(super) struct Got {
    /// The file that was read, or could not be.
    pub(super) name: String,
    /// Its bytes, or why there are none.
    pub(super) bytes: Result<Vec<u8>, String>,
    /// Whether it is a full file that stands for a partial one that is gone.
    pub(super) instead: bool,
}

/// How many hashes a tree of `size` leaves has at a level.
fn count(size: u64, level: u8) -> u64 {
    size.checked_shr(u32::from(level) * 8).unwrap_or(0)
}

/// The index of the tile at the right edge of a level.
pub(super) fn last_tile(size: u64, level: u8) -> u64 {
    count(size, level) / 256
}

/// The leaves under the hashes `of` of a tile.
pub(super) fn leaves(level: u8, tile: u64, of: Range<usize>) -> Range<u64> {
    let first = |hash: usize| {
        let leaf = (u128::from(tile) * 256 + hash as u128) << (u32::from(level) * 8);
        u64::try_from(leaf).unwrap_or(u64::MAX)
    };
    first(of.start)..first(of.end)
}

/// `index` in groups of three digits, `x` before all but the last; `.p/width` for a partial file.
fn named(folder: &str, index: u64, width: usize) -> String {
    let mut path = format!("{:03}", index % 1000);
    let mut above = index / 1000;
    while above > 0 {
        path = format!("x{:03}/{path}", above % 1000);
        above /= 1000;
    }
    let partial = if width < 256 { format!(".p/{width}") } else { String::new() };
    format!("tile/{folder}/{path}{partial}")
}

impl<E: Display, F: Fn(&str) -> Result<Vec<u8>, E>> Files<'_, F> {
    /// How many hashes a tile has; 0 where there is none.
    pub(super) fn width(&self, level: u8, index: u64) -> usize {
        let left = count(self.size, level).saturating_sub(index.saturating_mul(256));
        left.min(256) as usize
    }

    pub(super) fn tile(&self, level: u8, index: u64) -> Got {
        self.get(&level.to_string(), index, self.width(level, index))
    }

    pub(super) fn bundle(&self, index: u64) -> Got {
        self.get("entries", index, self.width(0, index))
    }

    fn get(&self, folder: &str, index: u64, width: usize) -> Got {
        let name = named(folder, index, width);
        let bytes = (self.read)(&name).map_err(|error| error.to_string());
        if width == 256 || bytes.is_ok() {
            return Got { name, bytes, instead: false };
        }
        // A partial file may be deleted once the full one is there.
        let full = named(folder, index, 256);
        match (self.read)(&full) {
            Ok(bytes) => Got { name: full, bytes: Ok(bytes), instead: true },
            Err(_) => Got { name, bytes, instead: false },
        }
    }

    /// Whether the log had this root when it was of this size.
    pub(super) fn had(&self, head: &Head) -> bool {
        if head.size > self.size {
            return false;
        }
        let tiles = (0..LEVELS).map(|level| {
            let width = (count(head.size, level) % 256) as usize;
            if width == 0 {
                return Some(vec![]);
            }
            let bytes = self.tile(level, last_tile(head.size, level)).bytes.ok()?;
            let hashes: &[Hash] = bytes.as_chunks().0;
            hashes.get(..width).map(<[Hash]>::to_vec)
        });
        let tiles: Option<Vec<Vec<Hash>>> = tiles.collect();
        tiles.is_some_and(|tiles| root_of_edge(tiles.iter().map(Vec::as_slice)) == head.root)
    }
}
