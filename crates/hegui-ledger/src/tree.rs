//! The Merkle tree of RFC 6962 §2.1 (RFC 9162 §2.1), over SHA-256.
//!
//! A leaf hashes to `SHA-256(0x00 ‖ entry)`, an inner node to `SHA-256(0x01 ‖ left ‖ right)`, the empty
//! tree to `SHA-256("")`. A tree of `n` leaves splits at the largest power of two below `n`, so it is a
//! row of perfect trees, one for each bit that is set in `n`, largest first: its [`Frontier`]. Keeping
//! only that row, a leaf is appended with one inner hash on average, and the root of any size reached
//! is at hand. Tiles ([`crate::tiles`]) keep what the row forgets.

use sha2::block_api::compress256;
use sha2::{Digest, Sha256};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// SHA-256's state at the start (FIPS 180-4 §5.3.3).
const START: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// The hash of an entry as a leaf.
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Hash {
    let mut hash = Sha256::new();
    hash.update([0]);
    hash.update(entry);
    hash.finalize().into()
}

/// The hash of the node above two others.
///
/// All nodes are 65 bytes long, so both blocks with their padding are laid out at once and compressed
/// without a buffer between: the half of an append that is not hashing leaves.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let (mut first, mut second) = ([0_u8; 64], [0_u8; 64]);
    let [prefix, rest @ ..] = &mut first;
    *prefix = 1;
    let (one, two) = rest.split_at_mut(32);
    one.copy_from_slice(left);
    let [most @ .., last] = right;
    two.copy_from_slice(most);
    let [head, pad, .., high, low] = &mut second;
    (*head, *pad) = (*last, 0x80);
    // 65 bytes are 520 bits.
    [*high, *low] = 520_u16.to_be_bytes();
    let mut state = START;
    compress256(&mut state, &[first, second]);
    let mut hash = [0; 32];
    for (bytes, word) in hash.as_chunks_mut().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    hash
}

/// The root of the tree without leaves.
#[must_use]
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// The root over a row of perfect trees, largest first; of none: the empty tree's.
pub fn root_of(row: impl DoubleEndedIterator<Item = Hash>) -> Hash {
    row.rev().reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(empty_root)
}

/// A tree that only grows, kept as the row of perfect trees that it consists of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// One for each bit that is set in `size`, largest first.
    row: Vec<Hash>,
}

impl Frontier {
    /// The empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A tree of `size` leaves from its row, largest perfect tree first; `None` where the row has
    /// another length than the size demands.
    #[must_use]
    pub fn from_row(size: u64, row: Vec<Hash>) -> Option<Self> {
        (row.len() == size.count_ones() as usize).then_some(Self { size, row })
    }

    /// How many leaves it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The row of perfect trees, largest first.
    #[must_use]
    pub fn row(&self) -> &[Hash] {
        &self.row
    }

    /// Appends a leaf.
    pub fn push(&mut self, leaf: Hash) {
        self.push_seen(leaf, |_, _| {});
    }

    /// Appends a leaf; `seen` gets every perfect subtree that this completes, the leaf first, as height
    /// and hash.
    pub fn push_seen(&mut self, leaf: Hash, mut seen: impl FnMut(u32, &Hash)) {
        let mut hash = leaf;
        seen(0, &hash);
        // A carry in the binary counter `size` joins two perfect trees of the same height.
        for height in 1..=self.size.trailing_ones() {
            let Some(left) = self.row.pop() else { break };
            hash = node_hash(&left, &hash);
            seen(height, &hash);
        }
        self.row.push(hash);
        self.size += 1;
    }

    /// The root.
    #[must_use]
    pub fn root(&self) -> Hash {
        root_of(self.row.iter().copied())
    }
}

impl Extend<Hash> for Frontier {
    fn extend<I: IntoIterator<Item = Hash>>(&mut self, leaves: I) {
        leaves.into_iter().for_each(|leaf| self.push(leaf));
    }
}

/// The root over the hashes of a perfect tree's leaves, in their place: `hashes` is used up. Its length
/// must be a power of two; of another length, what is over is left out.
pub(crate) fn perfect_root(hashes: &mut [Hash]) -> Hash {
    let mut width = hashes.len();
    while width > 1 {
        width /= 2;
        for at in 0..width {
            let pair = (hashes.get(2 * at).copied(), hashes.get(2 * at + 1).copied());
            if let ((Some(left), Some(right)), Some(place)) = (pair, hashes.get_mut(at)) {
                *place = node_hash(&left, &right);
            }
        }
    }
    hashes.first().copied().unwrap_or_else(empty_root)
}
