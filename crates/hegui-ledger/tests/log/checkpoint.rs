//! Checkpoints and cosignatures.

use hegui_ledger::checkpoint::{Checkpoint, CheckpointError, Cosigner, Policy, Witness};
use hegui_ledger::note::{NoteError, Signer};
use proptest::prelude::*;

const LOG: &str = "example.cn/log";

fn log() -> Signer {
    Signer::new(LOG, [1; 32]).unwrap()
}

fn witness(n: u8) -> Cosigner {
    Cosigner::new(&format!("witness.example/{n}"), [n; 32]).unwrap()
}

fn checkpoint() -> Checkpoint {
    Checkpoint { origin: LOG.to_owned(), size: 1234, root: [9; 32], extensions: vec![] }
}

fn policy(quorum: usize) -> Policy {
    let witnesses = [2, 3, 4].map(|n| witness(n).witness()).to_vec();
    Policy::new(log().verifier(), witnesses, quorum).unwrap()
}

fn cosigned(by: &[(u8, u64)]) -> String {
    let mut note = checkpoint().sign(&log()).unwrap();
    for (n, time) in by {
        note.push_str(&witness(*n).cosign(&note, *time).unwrap());
    }
    note
}

#[test]
fn what_was_signed_is_read_back() {
    let with = Checkpoint { extensions: vec!["more".to_owned()], ..checkpoint() };
    for checkpoint in [checkpoint(), with] {
        let note = checkpoint.sign(&log()).unwrap();
        let trusted = policy(0).open(&note, 0).unwrap();
        assert_eq!(trusted.checkpoint, checkpoint);
        assert_eq!(trusted.witnesses, []);
    }
}

#[test]
fn as_many_witnesses_as_asked_for_must_have_signed_and_each_counts_once() {
    let note = cosigned(&[(2, 100), (2, 120), (9, 100), (4, 90)]);
    let trusted = policy(2).open(&note, 1000).unwrap();
    let times: Vec<_> = trusted.witnesses.iter().map(|(w, time)| (w.name(), *time)).collect();
    assert_eq!(times, [("witness.example/2", 120), ("witness.example/4", 90)]);
    let few = CheckpointError::Witnesses { asked: 3, found: 2 };
    assert_eq!(policy(3).open(&note, 1000), Err(few));
    let late = CheckpointError::Witnesses { asked: 2, found: 1 };
    assert_eq!(policy(2).open(&note, 95), Err(late), "what is said of the future does not count");
}

#[test]
fn a_wrong_cosignature_of_a_witness_that_counts_is_refused() {
    let other = Checkpoint { size: 1235, ..checkpoint() }.sign(&log()).unwrap();
    let line = witness(3).cosign(&other, 5).unwrap();
    let note = checkpoint().sign(&log()).unwrap() + &line;
    let wrong = NoteError::Wrong("witness.example/3".to_owned());
    assert_eq!(policy(0).open(&note, 10), Err(wrong.into()));
}

#[test]
fn a_log_s_key_is_no_witness_s_and_the_other_way_round() {
    let (log, cosigner) = (log(), witness(2));
    assert!(Witness::parse(&log.verifier().to_string()).is_err());
    assert!(hegui_ledger::note::Verifier::parse(&cosigner.witness().to_string()).is_err());
    assert_eq!(Witness::parse(&cosigner.witness().to_string()).unwrap(), cosigner.witness());
    assert_eq!(Cosigner::parse(&cosigner.secret()).unwrap().witness(), cosigner.witness());
    assert!(!format!("{cosigner:?}").contains(&cosigner.secret()[30..]));
}

#[test]
fn a_policy_under_which_somebody_counts_twice_is_refused() {
    let key = log().verifier();
    let twice = vec![witness(2).witness(), witness(2).witness()];
    assert!(Policy::new(key.clone(), twice, 1).is_err());
    let renamed = Cosigner::new("witness.example/other", [2; 32]).unwrap().witness();
    assert!(Policy::new(key.clone(), vec![witness(2).witness(), renamed], 1).is_err());
    assert!(Policy::new(key, vec![witness(2).witness()], 2).is_err());
}

#[test]
fn another_log_s_checkpoint_is_refused() {
    let origin = "example.cn/other".to_owned();
    let other = Checkpoint { origin, ..checkpoint() };
    assert!(matches!(other.sign(&log()), Err(CheckpointError::Origin { .. })));
    let note = log().sign(&other.text()).unwrap();
    assert!(matches!(policy(0).open(&note, 0), Err(CheckpointError::Origin { .. })));
}

#[test]
fn a_text_in_another_form_is_no_checkpoint() {
    let root = "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=";
    assert_eq!(Checkpoint::parse(&format!("{LOG}\n1234\n{root}\n")).unwrap(), checkpoint());
    for text in [
        format!("{LOG}\n1234\n{root}"),
        format!("{LOG}\n01234\n{root}\n"),
        format!("{LOG}\n+1234\n{root}\n"),
        format!("{LOG}\n-1\n{root}\n"),
        format!("{LOG}\n18446744073709551616\n{root}\n"),
        format!("{LOG}\n1234\n{}\n", &root[..40]),
        format!("{LOG}\n1234\n"),
        format!("\n1234\n{root}\n"),
        format!("{LOG}\n1234\n{root}\n\n"),
        String::new(),
    ] {
        assert!(Checkpoint::parse(&text).is_err(), "{text:?}");
    }
    let broken = Checkpoint { extensions: vec!["a\nb".to_owned()], ..checkpoint() };
    assert!(broken.sign(&log()).is_err());
}

proptest! {
    #[test]
    fn any_text_is_a_checkpoint_that_is_written_so_or_none(text in "[a/]{0,3}\n[0-9]{0,3}\n[A-Za-z0-9+/=\n]{0,60}") {
        if let Ok(checkpoint) = Checkpoint::parse(&text) {
            prop_assert_eq!(checkpoint.text(), text);
        }
    }

    #[test]
    fn no_flipped_bit_passes(at: prop::sample::Index, bit in 0_u32..8) {
        let note = cosigned(&[(2, 100), (3, 100)]);
        let mut bytes = note.clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1_u8 << bit;
        if let Ok(text) = String::from_utf8(bytes) {
            let opened = policy(2).open(&text, 1000);
            prop_assert!(opened.is_err(), "byte {} passes: {:?}", at, opened);
        }
    }
}
