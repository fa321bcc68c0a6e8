//! Hashing and proofs, against the RFC's vectors, a recursive oracle and another implementation.

use super::{entries, naive_root};
use ct_merkle::RootHash;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use hegui_ledger::proof::{self, ProofError, check_consistency, check_inclusion};
use hegui_ledger::tree::{Frontier, Hash, leaf_hash, node_hash};
use proptest::prelude::*;
use sha2::Sha256;
use std::convert::Infallible;

fn hash(hex: &str) -> Hash {
    std::array::from_fn(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
}

/// The leaves of the test tree of the Certificate Transparency project, which RFC 6962's authors published.
fn known() -> Vec<Vec<u8>> {
    let leaf = |range: std::ops::RangeInclusive<u8>| range.collect::<Vec<u8>>();
    vec![
        vec![],
        vec![0],
        vec![0x10],
        vec![0x20, 0x21],
        vec![0x30, 0x31],
        leaf(0x40..=0x43),
        leaf(0x50..=0x57),
        leaf(0x60..=0x6f),
    ]
}

const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn tree(leaves: &[Hash]) -> Frontier {
    let mut tree = Frontier::new();
    tree.extend(leaves.iter().copied());
    tree
}

/// The hash of any perfect subtree, from all leaves.
fn node(leaves: &[Hash]) -> impl FnMut(u32, u64) -> Result<Hash, Infallible> + '_ {
    |height, index| {
        let (from, to) = ((index << height) as usize, ((index + 1) << height) as usize);
        Ok(tree(&leaves[from..to]).root())
    }
}

fn path(leaves: &[Hash], index: u64) -> Vec<Hash> {
    proof::inclusion(index, leaves.len() as u64, &mut node(leaves)).unwrap().unwrap()
}

fn growth(leaves: &[Hash], old: u64) -> Vec<Hash> {
    proof::consistency(old, leaves.len() as u64, &mut node(leaves)).unwrap().unwrap()
}

fn leaves(count: usize) -> Vec<Hash> {
    entries(count).iter().map(|entry| leaf_hash(entry)).collect()
}

/// Every way of flipping one bit in a row of hashes, one hash too many, one too few.
fn damaged(hashes: &[Hash]) -> impl Iterator<Item = Vec<Hash>> + '_ {
    let flipped = (0..hashes.len() * 256).map(|bit| {
        let mut damaged = hashes.to_vec();
        damaged[bit / 256][bit % 256 / 8] ^= 1 << (bit % 8);
        damaged
    });
    let fewer = (0..hashes.len()).map(|at| [&hashes[..at], &hashes[at + 1..]].concat());
    let more = (0..=hashes.len()).map(|at| [&hashes[..at], &[[7; 32]], &hashes[at..]].concat());
    flipped.chain(fewer).chain(more)
}

#[test]
fn the_known_tree_has_its_known_roots() {
    let known = known();
    for (size, root) in ROOTS.iter().enumerate() {
        let leaves: Vec<Hash> = known[..size].iter().map(|leaf| leaf_hash(leaf)).collect();
        assert_eq!(tree(&leaves).root(), hash(root), "size {size}");
        assert_eq!(naive_root(&known[..size]), hash(root), "size {size}");
    }
}

#[test]
fn the_known_tree_has_its_known_proofs() {
    let leaves: Vec<Hash> = known().iter().map(|leaf| leaf_hash(leaf)).collect();
    let expected = [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ];
    assert_eq!(path(&leaves, 0), expected.map(hash));
    let expected = [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ];
    assert_eq!(growth(&leaves[..5], 2), {
        let [first, second] = expected.map(hash);
        // The proof from 2 to 5: D[2:4], then D[4:5].
        vec![first, second]
    });
}

#[test]
fn every_size_has_the_root_and_the_proofs_of_both_oracles() {
    let all = entries(70);
    let mut other: MemoryBackedTree<Sha256, Vec<u8>> = MemoryBackedTree::new();
    for size in 1..=all.len() {
        other.push(all[size - 1].clone());
        let leaves = leaves(size);
        let root = tree(&leaves).root();
        assert_eq!(root, naive_root(&all[..size]));
        assert_eq!(root.as_slice(), other.root().as_bytes().as_slice());
        for index in 0..size {
            let path = path(&leaves, index as u64);
            assert_eq!(path.concat(), other.prove_inclusion(index).as_bytes(), "leaf {index} of {size}");
            check_inclusion(&leaves[index], index as u64, size as u64, &path, &root).unwrap();
        }
        for old in 1..size {
            let proof = growth(&leaves, old as u64);
            let theirs = other.prove_consistency(size - old);
            assert_eq!(proof.concat(), theirs.as_bytes(), "{old} to {size}");
            let before = tree(&leaves[..old]).root();
            check_consistency(old as u64, size as u64, &proof, &before, &root).unwrap();
            let before = RootHash::<Sha256>::new(before.into(), old as u64);
            other.root().verify_consistency(&before, &theirs).unwrap();
        }
    }
}

#[test]
fn a_row_of_the_wrong_length_is_no_tree() {
    let whole = tree(&leaves(11));
    assert_eq!(Frontier::from_row(11, whole.row().to_vec()), Some(whole.clone()));
    assert_eq!(Frontier::from_row(12, whole.row().to_vec()), None);
}

#[test]
fn what_lies_beyond_has_no_proof() {
    let leaves = leaves(5);
    let beyond = ProofError::Beyond { index: 5, size: 5 };
    assert_eq!(proof::inclusion(5, 5, &mut node(&leaves)).unwrap(), Err(beyond));
    assert_eq!(check_inclusion(&leaves[0], 5, 5, &[], &leaves[0]), Err(beyond));
    let shrunk = ProofError::Shrunk { old: 6, new: 5 };
    assert_eq!(proof::consistency(6, 5, &mut node(&leaves)).unwrap(), Err(shrunk));
    assert_eq!(check_consistency(6, 5, &[], &leaves[0], &leaves[0]), Err(shrunk));
}

#[test]
fn from_nothing_and_from_itself_the_proof_is_empty_and_the_roots_decide() {
    let leaves = leaves(6);
    let root = tree(&leaves).root();
    let empty = Frontier::new().root();
    assert_eq!(growth(&leaves, 0), Vec::<Hash>::new());
    assert_eq!(check_consistency(0, 6, &[], &empty, &root), Ok(()));
    assert_eq!(check_consistency(0, 6, &[], &root, &root), Err(ProofError::Root));
    assert_eq!(check_consistency(6, 6, &[], &root, &root), Ok(()));
    assert_eq!(check_consistency(6, 6, &[], &empty, &root), Err(ProofError::Root));
    assert_eq!(check_consistency(6, 6, &[root], &root, &root), Err(ProofError::Length));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_damaged_path_holds(size in 1_usize..300, at in any::<prop::sample::Index>()) {
        let leaves = leaves(size);
        let (index, root) = (at.index(size), tree(&leaves).root());
        let (leaf, place, count) = (&leaves[index], index as u64, size as u64);
        let path = path(&leaves, place);
        prop_assert_eq!(check_inclusion(leaf, place, count, &path, &root), Ok(()));
        for damaged in damaged(&path) {
            prop_assert!(check_inclusion(leaf, place, count, &damaged, &root).is_err());
        }
        for damaged in damaged(&[*leaf]).take(256) {
            prop_assert!(check_inclusion(&damaged[0], place, count, &path, &root).is_err());
        }
        for damaged in damaged(&[root]).take(256) {
            prop_assert!(check_inclusion(leaf, place, count, &path, &damaged[0]).is_err());
        }
        for bit in 0..64 {
            prop_assert!(check_inclusion(leaf, place ^ 1 << bit, count, &path, &root).is_err());
        }
    }

    #[test]
    fn no_damaged_growth_holds(new in 2_usize..300, at in any::<prop::sample::Index>()) {
        let leaves = leaves(new);
        let old = 1 + at.index(new - 1);
        let (before, after) = (tree(&leaves[..old]).root(), tree(&leaves).root());
        let (older, newer) = (old as u64, new as u64);
        let proof = growth(&leaves, older);
        prop_assert_eq!(check_consistency(older, newer, &proof, &before, &after), Ok(()));
        for damaged in damaged(&proof) {
            prop_assert!(check_consistency(older, newer, &damaged, &before, &after).is_err());
        }
        for damaged in damaged(&[before]).take(256) {
            prop_assert!(check_consistency(older, newer, &proof, &damaged[0], &after).is_err());
        }
        for damaged in damaged(&[after]).take(256) {
            prop_assert!(check_consistency(older, newer, &proof, &before, &damaged[0]).is_err());
        }
    }

    #[test]
    fn a_node_is_the_hash_of_its_65_bytes(left: [u8; 32], right: [u8; 32]) {
        use sha2::Digest;
        let plain: Hash = Sha256::digest([&[1], left.as_slice(), right.as_slice()].concat()).into();
        prop_assert_eq!(node_hash(&left, &right), plain);
    }
}
