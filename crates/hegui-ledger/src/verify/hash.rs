//! RFC 6962 §2.1, written a second time.

use sha2::{Digest, Sha256};

pub(super) type Hash = [u8; 32];

pub(super) fn leaf(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root over leaves or perfect trees of equal height that stand side by side; of none, the empty
/// tree's. Level by level: a node without a sibling rises as it is.
pub(super) fn root(hashes: &[Hash]) -> Hash {
    let mut row = [[0; 32]; 256];
    let mut count = hashes.len().min(256);
    for (place, hash) in row.iter_mut().zip(hashes) {
        *place = *hash;
    }
    if count == 0 {
        return Sha256::digest([]).into();
    }
    while count > 1 {
        for at in 0..count / 2 {
            let joined = match row.get(2 * at..2 * at + 2) {
                Some([left, right]) => node(left, right),
                _ => continue,
            };
            if let Some(place) = row.get_mut(at) {
                *place = joined;
            }
        }
        if count % 2 == 1 {
            row.copy_within(count - 1..count, count / 2);
        }
        count = count.div_ceil(2);
    }
    row.first().copied().unwrap_or_default()
}

/// The root over the partial tiles of a tree, lowest level first: each lies to the right of those above.
pub(super) fn root_of_edge<'a>(tiles: impl Iterator<Item = &'a [Hash]>) -> Hash {
    let mut right: Option<Hash> = None;
    for tile in tiles {
        // The perfect trees of a tile's width, smallest first, that is from the right.
        let mut rest = tile;
        while !rest.is_empty() {
            let smallest = 1 << rest.len().trailing_zeros();
            let (before, tree) = rest.split_at(rest.len().saturating_sub(smallest));
            let hash = root(tree);
            right = Some(right.map_or(hash, |right| node(&hash, &right)));
            rest = before;
        }
    }
    right.unwrap_or_else(|| root(&[]))
}
