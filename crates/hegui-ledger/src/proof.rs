//! Proofs of inclusion and of consistency (RFC 6962 §2.1.1 and §2.1.2; checked as RFC 9162 §2.1.3.2 and
//! §2.1.4.2 say).
//!
//! Making a proof needs the hashes of perfect subtrees, which the caller gives as a function of height
//! and index: from tiles ([`crate::tiles::Reader`]) or from wherever it keeps them. Checking one needs
//! nothing but hashing.
//!
//! A proof of inclusion ties a leaf and its index to a root. That this root belongs to a tree of the
//! stated size is for the checkpoint to say, which names both: the path alone also fits some other sizes.

use crate::tree::{Hash, empty_root, node_hash};

/// Why a proof does not hold, or cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The leaf lies beyond the tree.
    #[error("leaf {index} lies beyond a tree of {size}")]
    Beyond {
        /// The leaf's index.
        index: u64,
        /// The tree's size.
        size: u64,
    },
    /// The older tree is larger than the newer.
    #[error("a tree of {old} cannot have grown into one of {new}")]
    Shrunk {
        /// The size of what should be the older tree.
        old: u64,
        /// The size of what should be the newer.
        new: u64,
    },
    /// The proof has more or fewer hashes than one for these sizes has.
    #[error("the proof has another number of hashes than one for these sizes")]
    Length,
    /// The proof leads to another root.
    #[error("the proof leads to another root")]
    Root,
}

/// The largest power of two that is less than `n`, for `n` above 1.
fn split(n: u64) -> u64 {
    n.checked_sub(1).and_then(|n| n.checked_ilog2()).map_or(1, |bits| 1 << bits)
}

/// The root over leaves `from..to` of a tree, `from` being where a subtree begins.
///
/// `node(height, index)` is the hash of the perfect subtree over the leaves
/// `index << height .. (index + 1) << height`.
///
/// # Errors
/// Those of `node`.
pub fn range<E>(from: u64, to: u64, node: &mut impl FnMut(u32, u64) -> Result<Hash, E>) -> Result<Hash, E> {
    let width = to.saturating_sub(from);
    if width == 0 {
        return Ok(empty_root());
    }
    if width.is_power_of_two() {
        return node(width.ilog2(), from >> width.ilog2());
    }
    let middle = from + split(width);
    Ok(node_hash(&range(from, middle, node)?, &range(middle, to, node)?))
}

/// The path from leaf `index` to the root of the tree of `size` leaves, lowest first.
///
/// # Errors
/// Those of `node`; [`ProofError::Beyond`] inside `Ok`, so that both can be told apart.
pub fn inclusion<E>(
    index: u64,
    size: u64,
    node: &mut impl FnMut(u32, u64) -> Result<Hash, E>,
) -> Result<Result<Vec<Hash>, ProofError>, E> {
    if index >= size {
        return Ok(Err(ProofError::Beyond { index, size }));
    }
    let (mut from, mut to, mut path) = (0, size, vec![]);
    while to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            path.push(range(middle, to, node)?);
            to = middle;
        } else {
            path.push(range(from, middle, node)?);
            from = middle;
        }
    }
    path.reverse();
    Ok(Ok(path))
}

/// The proof that the tree of `new` leaves has grown from that of `old`.
///
/// Empty where both are the same, and from the empty tree: that is no claim.
///
/// # Errors
/// Those of `node`; [`ProofError::Shrunk`] inside `Ok`.
pub fn consistency<E>(
    old: u64,
    new: u64,
    node: &mut impl FnMut(u32, u64) -> Result<Hash, E>,
) -> Result<Result<Vec<Hash>, ProofError>, E> {
    if old > new {
        return Ok(Err(ProofError::Shrunk { old, new }));
    }
    let mut proof = vec![];
    if old == 0 || old == new {
        return Ok(Ok(proof));
    }
    // `whole`: the old tree is a subtree of what is looked at from its beginning, so that its root is
    // the one that the checker has.
    let (mut from, mut to, mut whole) = (0, new, true);
    while to != old {
        let middle = from + split(to - from);
        if old <= middle {
            proof.push(range(middle, to, node)?);
            to = middle;
        } else {
            proof.push(range(from, middle, node)?);
            (from, whole) = (middle, false);
        }
    }
    if !whole {
        proof.push(range(from, to, node)?);
    }
    proof.reverse();
    Ok(Ok(proof))
}

/// Whether the leaf stands at `index` in the tree of `size` leaves with this root.
///
/// # Errors
/// When it does not, or the path is not one for this index and size.
pub fn check_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    path: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::Beyond { index, size });
    }
    let (mut at, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in path {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(sibling, &hash);
            // A node at the right edge without a sibling is its own parent.
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    match (last, hash == *root) {
        (0, true) => Ok(()),
        (0, false) => Err(ProofError::Root),
        _ => Err(ProofError::Length),
    }
}

/// Whether the tree of `new` leaves with root `new_root` has grown from that of `old` with `old_root`.
///
/// # Errors
/// When it has not, or the proof is not one for these sizes.
pub fn check_consistency(
    old: u64,
    new: u64,
    proof: &[Hash],
    old_root: &Hash,
    new_root: &Hash,
) -> Result<(), ProofError> {
    if old > new {
        return Err(ProofError::Shrunk { old, new });
    }
    if old == 0 || old == new {
        let same = if old == new { old_root == new_root } else { *old_root == empty_root() };
        return match (proof.is_empty(), same) {
            (true, true) => Ok(()),
            (true, false) => Err(ProofError::Root),
            (false, _) => Err(ProofError::Length),
        };
    }
    // The perfect tree at the old tree's right end: the two trees share it.
    let (shift, mut rest) = ((old - 1).trailing_ones(), proof.iter());
    let (mut at, mut last) = ((old - 1) >> shift, (new - 1) >> shift);
    let first = if old.is_power_of_two() { old_root } else { rest.next().ok_or(ProofError::Length)? };
    let (mut older, mut newer) = (*first, *first);
    for sibling in rest {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if at & 1 == 1 || at == last {
            (older, newer) = (node_hash(sibling, &older), node_hash(sibling, &newer));
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            newer = node_hash(&newer, sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    match (last, older == *old_root && newer == *new_root) {
        (0, true) => Ok(()),
        (0, false) => Err(ProofError::Root),
        _ => Err(ProofError::Length),
    }
}
