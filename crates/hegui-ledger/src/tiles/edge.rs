//! The growing right edge of a log: entries in, files out.

use super::{LEVELS, Name, TileError, TooLong, WIDTH, entries, put_entry, width_of};
use crate::tree::{Frontier, Hash, leaf_hash, perfect_root};

/// A file of a published log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: Name,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The log's right edge: what an append needs, and what it has completed since files were last taken.
///
/// It holds at most one partial tile a level and one partial bundle besides what awaits
/// [`Edge::take_files`].
#[derive(Clone, Debug, Default)]
pub struct Edge {
    frontier: Frontier,
    /// The hashes of the partial tile of each level, one after the other.
    levels: Vec<Vec<u8>>,
    /// The partial bundle.
    bundle: Vec<u8>,
    /// Files completed since they were last taken.
    full: Vec<File>,
    /// The size when files were last taken.
    taken: u64,
}

impl Edge {
    /// The edge of an empty log.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The edge of a log of `size` entries, from its published files. What is read is not checked: the
    /// caller compares [`Edge::root`] with the checkpoint's.
    ///
    /// # Errors
    /// When a file is not there or has another length than its name says.
    pub fn resume<E>(
        size: u64,
        mut read: impl FnMut(&str) -> Result<Vec<u8>, E>,
    ) -> Result<Self, TileError<E>> {
        let mut edge = Self { taken: size, ..Self::default() };
        let mut row = vec![];
        for level in 0..LEVELS {
            let index = size.checked_shr(8 * (u32::from(level) + 1)).unwrap_or(0);
            let width = width_of(level, index, size);
            let bytes = match width {
                0 => vec![],
                _ => {
                    let name = Name::Tile { level, index, width };
                    let bytes = fetch(name, &mut read)?;
                    exact(name, bytes, usize::from(width) * 32)?
                }
            };
            row.push(perfect_trees(&bytes));
            edge.levels.push(bytes);
        }
        let row = row.into_iter().rev().flatten().collect();
        let index = size / u64::from(WIDTH);
        let width = width_of(0, index, size);
        if width > 0 {
            let name = Name::Entries { index, width };
            let bytes = fetch(name, &mut read)?;
            let mut kept = vec![];
            let mut whole = entries(&bytes);
            for _ in 0..width {
                let entry = whole.next().flatten().ok_or(TileError::Length(name))?;
                // An entry that was read from a bundle fits one.
                let _ = put_entry(&mut kept, entry);
            }
            edge.bundle = kept;
        }
        let wrong = TileError::Length(Name::Tile { level: 0, index, width });
        edge.frontier = Frontier::from_row(size, row).ok_or(wrong)?;
        Ok(edge)
    }

    /// How many entries the log has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The root over all entries.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// Appends an entry; its hash as a leaf.
    ///
    /// # Errors
    /// When the entry is longer than a log takes; nothing is appended then.
    pub fn push(&mut self, entry: &[u8]) -> Result<Hash, TooLong> {
        put_entry(&mut self.bundle, entry)?;
        let leaf = leaf_hash(entry);
        let Self { frontier, levels, full, .. } = self;
        // The perfect subtree over a full tile is the next hash of the level above.
        frontier.push_seen(leaf, |height, hash| {
            if height % 8 == 0 {
                let level = (height / 8) as usize;
                if levels.len() <= level {
                    levels.resize(level + 1, vec![]);
                }
                if let Some(hashes) = levels.get_mut(level) {
                    hashes.extend(hash);
                }
            }
        });
        let size = frontier.size();
        if size.is_multiple_of(u64::from(WIDTH)) {
            let index = size / u64::from(WIDTH) - 1;
            let bytes = std::mem::take(&mut self.bundle);
            self.bundle.reserve(bytes.len());
            full.push(File { name: Name::Entries { index, width: WIDTH }, bytes });
            for (level, hashes) in (0..LEVELS).zip(levels).take_while(|(_, hashes)| hashes.len() == 8192) {
                let index = (size >> (8 * (u32::from(level) + 1))) - 1;
                let bytes = std::mem::replace(hashes, Vec::with_capacity(8192));
                full.push(File { name: Name::Tile { level, index, width: WIDTH }, bytes });
            }
        }
        Ok(leaf)
    }

    /// The files that are new since they were last taken: those completed, then the partial ones for
    /// the size reached. They must be where readers find them before a checkpoint of this size is.
    pub fn take_files(&mut self) -> Vec<File> {
        let mut files = std::mem::take(&mut self.full);
        let new = self.size();
        let old = std::mem::replace(&mut self.taken, new);
        for name in super::changed(old, new) {
            let bytes = match name {
                Name::Entries { width, .. } if width < WIDTH => Some(&self.bundle),
                Name::Tile { level, width, .. } if width < WIDTH => self.levels.get(usize::from(level)),
                _ => None,
            };
            files.extend(bytes.map(|bytes| File { name, bytes: bytes.clone() }));
        }
        files
    }
}

/// A file by name; where it is partial and gone, the full one, cut to its width by the caller.
pub(super) fn fetch<E>(
    name: Name,
    read: &mut impl FnMut(&str) -> Result<Vec<u8>, E>,
) -> Result<Vec<u8>, TileError<E>> {
    match read(&name.to_string()) {
        Ok(bytes) => Ok(bytes),
        Err(source) if name.full() == name => Err(TileError::Read { name, source }),
        // A partial file may be deleted once the full one is there.
        Err(source) => read(&name.full().to_string()).map_err(|_| TileError::Read { name, source }),
    }
}

/// The first bytes of a tile, where it has them and is itself, or the full tile in its stead.
pub(super) fn exact<E>(name: Name, mut bytes: Vec<u8>, length: usize) -> Result<Vec<u8>, TileError<E>> {
    if bytes.len() != length && bytes.len() != usize::from(WIDTH) * 32 {
        return Err(TileError::Length(name));
    }
    bytes.truncate(length);
    Ok(bytes)
}

/// The perfect trees over a partial tile's hashes, largest first.
pub(super) fn perfect_trees(tile: &[u8]) -> Vec<Hash> {
    let mut hashes: Vec<Hash> = tile.as_chunks().0.to_vec();
    let (mut rest, mut row) = (hashes.as_mut_slice(), vec![]);
    while let Some(bits) = rest.len().checked_ilog2() {
        let (tree, after) = rest.split_at_mut(1 << bits);
        row.push(perfect_root(tree));
        rest = after;
    }
    row
}
