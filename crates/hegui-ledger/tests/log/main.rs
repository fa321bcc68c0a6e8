//! The log: tree, proofs, published files, checkpoints, and the verifier that finds what is wrong.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod checkpoint;
mod event;
mod receipt;
mod seal;
mod tiles;
mod tree;
mod verify;

use hegui_ledger::tree::Hash;
use sha2::{Digest, Sha256};

/// RFC 6962 §2.1, as it is written there: the slow oracle.
fn naive_root(entries: &[Vec<u8>]) -> Hash {
    match entries.len() {
        0 => Sha256::digest([]).into(),
        1 => Sha256::digest([&[0], entries[0].as_slice()].concat()).into(),
        n => {
            let mut k = 1;
            while k * 2 < n {
                k *= 2;
            }
            let (left, right) = (naive_root(&entries[..k]), naive_root(&entries[k..]));
            Sha256::digest([&[1], left.as_slice(), right.as_slice()].concat()).into()
        }
    }
}

/// Entries of a given number, none like another, of several lengths.
fn entries(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|n| format!("entry {n}{}", "·".repeat(n % 7)).into_bytes()).collect()
}
