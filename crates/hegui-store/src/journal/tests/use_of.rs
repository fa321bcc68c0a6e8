//! What one does with a journal on a good day.

use super::*;
use crate::journal::{By, Snapshot};
use hegui_ledger::checkpoint::{Checkpoint, Cosigner, Policy};
use hegui_ledger::event::Opening;
use hegui_ledger::note::{Note, Verifier};
use hegui_ledger::proof::check_consistency;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

#[test]
fn what_was_recorded_is_read_found_followed_and_proven_also_after_opening_again() {
    let place = Place::new("use");
    let mut kept = vec![];
    let subjects = ["ann", "bo", "chen"];
    for part in 0..3_u64 {
        let journal = place.open("data");
        assert_eq!(journal.size(), part * 300);
        if part > 0 {
            assert_eq!(journal.published(), part * 300, "all of it is in the tree");
        }
        for number in (part * 300..part * 300 + 300).step_by(10) {
            let of = |number: u64| draft(&journal, subjects[number as usize % 3], number);
            let drafts: Vec<Draft> = (number..number + 10).map(of).collect();
            assert_eq!(journal.append(&drafts).unwrap(), number..number + 10);
        }
        kept.push(journal.checkpoint());
        let kept: Vec<&str> = kept.iter().map(String::as_str).collect();
        verify_all(&journal, &kept);
    }
    let journal = place.open("data");
    let all: Vec<Reading> = journal.events(0).collect::<Result<_, _>>().unwrap();
    let all: Vec<(String, u64)> =
        all.into_iter().map(|reading| recognise(&reading.opened().unwrap().payload).unwrap()).collect();
    assert!(all.iter().map(|(_, number)| *number).eq(0..900));
    assert_eq!(journal.events(893).count(), 7);

    assert!(journal.wait_found(899, Duration::from_secs(20)).unwrap());
    let chosen = |holds: &dyn Fn(u64) -> bool| (0..900).filter(|at| holds(*at)).collect::<Vec<_>>();
    let bo = By::Subject(journal.subject_id("bo"));
    assert_eq!(journal.find(bo, 0, 1000).unwrap(), chosen(&|at| at % 3 == 1));
    assert_eq!(journal.find(bo, 500, 2).unwrap(), [502, 505]);
    assert_eq!(journal.find(By::Activity("activity 2"), 0, 1000).unwrap(), chosen(&|at| at % 3 == 2));
    assert_eq!(journal.find(By::Recipient("recipient"), 0, 1000).unwrap(), chosen(&|at| at % 2 == 0));
    assert_eq!(journal.find(By::Subject(journal.subject_id("nobody")), 0, 9).unwrap(), [] as [u64; 0]);
    let times = journal.between(NOW - 3, NOW - 3, None, 1000).unwrap();
    assert!(times.iter().map(|(_, at)| *at).eq(chosen(&|at| at % 7 == 0)));

    let heard = Arc::new(Mutex::new(vec![]));
    let theirs = Arc::clone(&heard);
    let following = journal.follow(890, move |reading| {
        theirs.lock().unwrap().push(text(reading).ok_or("not opened")?);
        Ok(())
    });
    let following = following.unwrap();
    journal.append(&[draft(&journal, "ann", 900)]).unwrap();
    assert!(following.wait_for(900, Duration::from_secs(20)).unwrap());
    let expected: Vec<Vec<u8>> = (890..901).map(|at| payload(subjects[at as usize % 3], at)).collect();
    assert!(heard.lock().unwrap().iter().map(String::as_bytes).eq(&expected));
    assert!(matches!(journal.read(901), Err(JournalError::Beyond { index: 901, size: 901 })));
}

#[test]
fn a_receipt_is_checked_by_who_has_only_the_public_key() {
    let place = Place::new("receipt");
    let journal = place.open("data");
    let drafts: Vec<Draft> = (0..700).map(|number| draft(&journal, "ann", number)).collect();
    journal.append(&drafts).unwrap();
    let first = journal.checkpoint();
    journal.append(&drafts).unwrap();
    assert!(journal.wait_published(1399, Duration::from_secs(20)).unwrap());
    let verifier = Verifier::parse(&journal.verifier()).unwrap();
    let policy = Policy::new(verifier, vec![], 0).unwrap();
    for index in [0, 255, 256, 699, 1399] {
        let receipt = journal.prove(index).unwrap();
        let opening = Opening::decode(&receipt.extra).unwrap();
        receipt.check(&opening.entry(), &policy, 0).unwrap();
        let mut other = opening.clone();
        other.event.time += 1;
        assert!(receipt.check(&other.entry(), &policy, 0).is_err());
    }
    let trusted = |note: &str| policy.open(note, 0).unwrap().checkpoint;
    let (old, new): (Checkpoint, Checkpoint) = (trusted(&first), trusted(&journal.checkpoint()));
    let proof = journal.consistency(old.size, new.size).unwrap();
    check_consistency(old.size, new.size, &proof, &old.root, &new.root).unwrap();
    assert!(journal.prove(1400).is_err());
}

#[test]
fn cosignatures_are_kept_and_come_with_receipts() {
    let place = Place::new("cosign");
    let witnesses =
        [Cosigner::new("w.example/one", [1; 32]).unwrap(), Cosigner::new("w.example/two", [2; 32]).unwrap()];
    let journal = place.open("data");
    let record = |number| journal.append(&[draft(&journal, "ann", number)]).unwrap();
    record(0);
    assert!(journal.wait_published(0, Duration::from_secs(20)).unwrap());
    let note = journal.checkpoint();
    for (number, witness) in (1..).zip(&witnesses) {
        // The log goes on while the witness looks at it.
        record(number);
        assert!(journal.wait_published(number, Duration::from_secs(20)).unwrap());
        let signed = format!("{note}{}", witness.cosign(&note, 1000).unwrap());
        assert!(journal.cosign(&signed, witness.witness(), 2000).unwrap());
        assert!(journal.cosign(&signed, witness.witness(), 2000).unwrap(), "twice is once");
        assert!(journal.cosign(&note, witness.witness(), 2000).is_err(), "not signed by this witness");
    }
    let policy = |quorum| {
        let verifier = Verifier::parse(&journal.verifier()).unwrap();
        Policy::new(verifier, witnesses.iter().map(Cosigner::witness).collect(), quorum).unwrap()
    };
    let receipt = journal.prove(0).unwrap();
    let entry = Opening::decode(&receipt.extra).unwrap().entry();
    assert_eq!(receipt.check(&entry, &policy(2), 2000).unwrap().witnesses.len(), 2);
    assert_eq!(Note::parse(&receipt.checkpoint).unwrap().signatures.len(), 3);
    // What is newer than what they have seen is proven without them.
    let newer = journal.prove(2).unwrap();
    let entry = Opening::decode(&newer.extra).unwrap().entry();
    newer.check(&entry, &policy(0), 2000).unwrap();
    assert!(newer.check(&entry, &policy(1), 2000).is_err());
    // Under the latest checkpoint it is published, too; an older one does not take the place of a newer.
    let latest = journal.checkpoint();
    let signed = format!("{latest}{}", witnesses[0].cosign(&latest, 1500).unwrap());
    assert!(journal.cosign(&signed, witnesses[0].witness(), 2000).unwrap());
    assert_eq!(Note::parse(&journal.checkpoint()).unwrap().signatures.len(), 2);
    let old = format!("{note}{}", witnesses[0].cosign(&note, 1600).unwrap());
    assert!(!journal.cosign(&old, witnesses[0].witness(), 2000).unwrap());
    drop(journal);
    let journal = place.open("data");
    assert_eq!(Note::parse(&journal.checkpoint()).unwrap().signatures.len(), 2);
    verify_all(&journal, &[&note]);
}

#[test]
fn a_ticket_is_awaited_and_wrong_drafts_are_refused() {
    let place = Place::new("ticket");
    let journal = place.open("data");
    let drafts = [draft(&journal, "ann", 0), draft(&journal, "bo", 1)];
    let mut ticket = std::pin::pin!(journal.try_submit(&drafts).unwrap());
    let range = loop {
        let mut context = Context::from_waker(Waker::noop());
        if let Poll::Ready(range) = ticket.as_mut().poll(&mut context) {
            break range.unwrap();
        }
        std::thread::yield_now();
    };
    assert_eq!(range, 0..2);
    let long = "n".repeat(256);
    let wrong = [
        Draft { kind: Kind(15), ..draft(&journal, "ann", 1) },
        Draft { activity: Some(long), ..draft(&journal, "ann", 1) },
        Draft { recipient: Some("a\nb".to_owned()), ..draft(&journal, "ann", 1) },
        Draft { payload: vec![0; 2 << 20], ..draft(&journal, "ann", 1) },
    ];
    for wrong in wrong {
        assert!(journal.append(&[draft(&journal, "ann", 1), wrong]).is_err());
    }
    assert!(journal.append(&[]).is_err());
    assert_eq!(journal.size(), 2, "nothing of it is half applied");
}

#[test]
fn a_snapshot_is_read_as_it_was_written_or_ignored_and_said() {
    let place = Place::new("snapshot");
    let journal = place.open("data");
    journal.append(&[draft(&journal, "ann", 0)]).unwrap();
    assert_eq!(journal.snapshot_read("state", 1).unwrap(), Snapshot::None);
    for length in [0, 1, 1 << 20, (5 << 19) + 3] {
        let bytes: Vec<u8> = (0..length).map(|at: u32| (at * 7) as u8).collect();
        journal.snapshot_write("state", 1, 4, &bytes).unwrap();
        let found = journal.snapshot_read("state", 4).unwrap();
        assert!(found == Snapshot::Found { watermark: 1, bytes }, "{length}");
    }
    assert!(matches!(journal.snapshot_read("state", 5).unwrap(), Snapshot::Ignored { .. }));
    assert!(journal.snapshot_write("state", 2, 4, &[]).is_err(), "beyond the log");
    assert!(journal.snapshot_write("../state", 1, 4, &[]).is_err());
    journal.snapshot_write("state", 1, 4, b"ann has agreed").unwrap();
    let path = place.path("data/snapshots/state.snapshot");
    let whole = std::fs::read(&path).unwrap();
    assert!(!whole.windows(3).any(|part| part == b"ann"), "it is sealed");
    for at in (0..whole.len()).filter(|at| whole[*at] != b' ') {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        let read = journal.snapshot_read("state", 4).unwrap();
        assert!(matches!(read, Snapshot::Ignored { .. }), "byte {at}: {read:?}");
    }
    std::fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    assert!(matches!(journal.snapshot_read("state", 4).unwrap(), Snapshot::Ignored { .. }));
    // Another name's bytes are none of this one's.
    std::fs::write(place.path("data/snapshots/other.snapshot"), &whole).unwrap();
    assert!(matches!(journal.snapshot_read("other", 4).unwrap(), Snapshot::Ignored { .. }));
}
