//! Hashes, entries and proofs from published files.

use super::edge::{exact, fetch};
use super::{Name, TileError, WIDTH, entries, width_of};
use crate::proof::{self, ProofError};
use crate::tree::{Hash, perfect_root};

/// Reads a log of a given size through a function from a file's name to its bytes.
///
/// It keeps the tiles read last, one a level. What it reads it does not check: a proof is checked
/// against the checkpoint's root ([`proof::check_inclusion`], [`proof::check_consistency`]), a whole log
/// by [`crate::verify`].
#[derive(Debug)]
pub struct Reader<F> {
    size: u64,
    read: F,
    kept: [Option<(Name, Vec<u8>)>; super::LEVELS as usize],
}

impl<E, F: FnMut(&str) -> Result<Vec<u8>, E>> Reader<F> {
    /// Reads the log as it was published at this size.
    pub fn new(size: u64, read: F) -> Self {
        Self { size, read, kept: Default::default() }
    }

    /// The size.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The hash of the perfect subtree over leaves `index << height .. (index + 1) << height`.
    ///
    /// # Errors
    /// When it lies beyond the tree, or its tile cannot be had.
    pub fn node(&mut self, height: u32, index: u64) -> Result<Hash, TileError<E>> {
        let beyond = ProofError::Beyond { index, size: self.size };
        let level = u8::try_from(height / 8).ok().filter(|level| *level < super::LEVELS).ok_or(beyond)?;
        // A tile's hashes are those at heights that 8 divides; those between are hashed from them.
        let count = 1_u64 << (height % 8);
        let first = index.checked_mul(count).ok_or(beyond)?;
        let (tile, from) = (first / u64::from(WIDTH), (first % u64::from(WIDTH)) as usize * 32);
        let hashes = self.tile(level, tile)?;
        let hashes = hashes.get(from..from + count as usize * 32).ok_or(beyond)?;
        Ok(perfect_root(&mut hashes.as_chunks().0.to_vec()))
    }

    fn tile(&mut self, level: u8, index: u64) -> Result<&[u8], TileError<E>> {
        let width = width_of(level, index, self.size);
        let beyond = TileError::Proof(ProofError::Beyond { index, size: self.size });
        let name = Name::Tile { level, index, width };
        let Some(kept) = self.kept.get_mut(usize::from(level)).filter(|_| width > 0) else {
            return Err(beyond);
        };
        if kept.as_ref().is_none_or(|(at, _)| *at != name) {
            let bytes = fetch(name, &mut self.read)?;
            *kept = Some((name, exact(name, bytes, usize::from(width) * 32)?));
        }
        kept.as_ref().map(|(_, bytes)| bytes.as_slice()).ok_or(beyond)
    }

    /// The root when the log had `size` entries.
    ///
    /// # Errors
    /// When it never had so many, or a tile cannot be had.
    pub fn root(&mut self, size: u64) -> Result<Hash, TileError<E>> {
        if size > self.size {
            return Err(ProofError::Shrunk { old: size, new: self.size }.into());
        }
        proof::range(0, size, &mut |height, index| self.node(height, index))
    }

    /// The path from leaf `index` to the root of the tree of `size` leaves, which the log once was.
    ///
    /// # Errors
    /// When there is no such leaf or there never was such a tree, or a tile cannot be had.
    pub fn inclusion(&mut self, index: u64, size: u64) -> Result<Vec<Hash>, TileError<E>> {
        if size > self.size {
            return Err(ProofError::Shrunk { old: size, new: self.size }.into());
        }
        Ok(proof::inclusion(index, size, &mut |height, index| self.node(height, index))??)
    }

    /// The proof that the log of `new` entries has grown from that of `old`.
    ///
    /// # Errors
    /// When there never was such a tree, or a tile cannot be had.
    pub fn consistency(&mut self, old: u64, new: u64) -> Result<Vec<Hash>, TileError<E>> {
        if new > self.size {
            return Err(ProofError::Shrunk { old: new, new: self.size }.into());
        }
        Ok(proof::consistency(old, new, &mut |height, index| self.node(height, index))??)
    }

    /// The entry at `index`.
    ///
    /// # Errors
    /// When there is none, or its bundle cannot be had or ends before it.
    pub fn entry(&mut self, index: u64) -> Result<Vec<u8>, TileError<E>> {
        let bundle = index / u64::from(WIDTH);
        if index >= self.size {
            return Err(ProofError::Beyond { index, size: self.size }.into());
        }
        let name = Name::Entries { index: bundle, width: width_of(0, bundle, self.size) };
        let bytes = fetch(name, &mut self.read)?;
        let entry = entries(&bytes).nth((index % u64::from(WIDTH)) as usize).flatten();
        entry.map(<[u8]>::to_vec).ok_or(TileError::Length(name))
    }
}
