//! Proofs of an entry that travel as one text.

use super::entries;
use super::tiles::{Folder, publish, read};
use hegui_ledger::checkpoint::{Checkpoint, Cosigner, Policy};
use hegui_ledger::note::Signer;
use hegui_ledger::receipt::{Receipt, ReceiptError};
use hegui_ledger::tiles::{Edge, Reader};
use proptest::prelude::*;

const LOG: &str = "example.cn/log";

fn log() -> Signer {
    Signer::new(LOG, [1; 32]).unwrap()
}

fn witness() -> Cosigner {
    Cosigner::new("witness.example", [2; 32]).unwrap()
}

fn policy() -> Policy {
    Policy::new(log().verifier(), vec![witness().witness()], 1).unwrap()
}

/// The proof of an entry in a log of so many.
fn receipt(index: u64, size: usize, extra: &[u8]) -> Receipt {
    let (mut edge, mut folder) = (Edge::new(), Folder::new());
    for entry in entries(size) {
        edge.push(&entry).unwrap();
    }
    publish(&mut edge, &mut folder);
    let origin = LOG.to_owned();
    let signed = Checkpoint { origin, size: size as u64, root: edge.root(), extensions: vec![] };
    let mut checkpoint = signed.sign(&log()).unwrap();
    checkpoint.push_str(&witness().cosign(&checkpoint, 100).unwrap());
    let path = Reader::new(size as u64, read(&folder)).inclusion(index, size as u64).unwrap();
    Receipt { extra: extra.to_vec(), index, path, checkpoint }
}

#[test]
fn an_entry_is_proven_from_its_text_alone() {
    let all = entries(600);
    for (size, index) in [(1, 0), (2, 1), (600, 0), (600, 257), (600, 599)] {
        for extra in [b"".as_slice(), b"what opens it"] {
            let receipt = receipt(index, size, extra);
            let read = Receipt::parse(&receipt.to_string()).unwrap();
            assert_eq!(read, receipt);
            let trusted = read.check(&all[index as usize], &policy(), 200).unwrap();
            assert_eq!(trusted.checkpoint.size, size as u64);
            assert!(matches!(read.check(b"another", &policy(), 200), Err(ReceiptError::Proof(_))));
            assert!(matches!(
                read.check(&all[index as usize], &policy(), 99),
                Err(ReceiptError::Checkpoint(_))
            ));
        }
    }
}

#[test]
fn another_form_is_refused() {
    let text = receipt(3, 5, b"x").to_string();
    let mut changes = vec![
        ("@v1", "@v2"),
        ("extra ", "extra  "),
        ("extra eA==", "extra "),
        ("index 3", "index 03"),
        ("index 3", "index +3"),
        ("index 3", "index"),
        ("\n\n", "\n"),
    ];
    changes.push(("=\n", "\n"));
    for (from, to) in changes {
        let changed = text.replace(from, to);
        assert_ne!(changed, text);
        assert!(Receipt::parse(&changed).is_err(), "{from:?} to {to:?}");
    }
    let hash = format!("{}\n", "A".repeat(43) + "=");
    let long = text.replacen("index 3\n", &format!("index 3\n{}", hash.repeat(65)), 1);
    assert!(Receipt::parse(&long).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_flipped_bit_proves_anything_else(at: prop::sample::Index, bit in 0_u32..8) {
        let (all, receipt) = (entries(70), receipt(37, 70, b""));
        let mut bytes = receipt.to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1_u8 << bit;
        let Ok(text) = String::from_utf8(bytes) else { return Ok(()) };
        if let Ok(read) = Receipt::parse(&text) {
            prop_assert!(read.check(&all[37], &policy(), 200).is_err(), "byte {} passes", at);
        }
    }
}
