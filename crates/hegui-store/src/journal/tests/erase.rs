//! What erasing does, and what it leaves.

use super::*;
use crate::journal::{Bug, By, Cause, Destroyed, Kept};
use hegui_ledger::event::SubjectId;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

fn wrapped(journal: &Journal, subject: SubjectId) -> Vec<[u8; 60]> {
    journal.core.ring.live_keys(&subject).unwrap().iter().map(|key| key.entry.wrapped).collect()
}

fn holds(path: &Path, wrapped: &[u8; 60]) -> bool {
    std::fs::read(path).unwrap().windows(60).any(|part| part == wrapped)
}

#[test]
fn an_erased_subject_is_gone_others_stay_and_evidence_is_kept_and_told() {
    let place = Place::new("erase");
    let file = place.path("data/keys/subjects");
    let journal = place.open("data");
    let ann = journal.subject_id("ann");
    journal.append(&[draft(&journal, "ann", 0), draft(&journal, "bo", 1)]).unwrap();
    let proof = |days, number| Draft { class: evidence(days), ..draft(&journal, "ann", number) };
    journal.append(&[proof(900, 2), proof(-1, 3)]).unwrap();
    let keys = wrapped(&journal, ann);
    assert_eq!(keys.len(), 3);
    assert!(keys.iter().all(|key| holds(&file, key)));

    let erasure = journal.erase(ann, "the subject asked for it", NOW).unwrap();
    let kept = [Kept { basis: "PIPL 69".to_owned(), until: NOW / 1000 + 900 * 86_400 }];
    assert_eq!((erasure.at, erasure.keys, erasure.kept.as_slice()), (Some(4), 2, kept.as_slice()));
    assert_eq!(keys.iter().filter(|key| holds(&file, key)).count(), 1, "the bytes are gone from the file");
    {
        for gone in [0, 3] {
            assert!(matches!(journal.read(gone).unwrap(), Reading::Erased { by: 4, .. }));
            assert_eq!(journal.prove(gone).unwrap().extra, [] as [u8; 0], "proven to be there, and no more");
        }
        assert_eq!(text(journal.read(1).unwrap()).unwrap().as_bytes(), payload("bo", 1));
        assert_eq!(text(journal.read(2).unwrap()).unwrap().as_bytes(), payload("ann", 2));
        let said = journal.read(4).unwrap().opened().unwrap();
        let destroyed = Destroyed::of(&said).unwrap();
        assert_eq!((destroyed.cause, destroyed.keys.len()), (Cause::Erased, 2));
        assert_eq!(
            (destroyed.reason.as_str(), said.event().subject),
            ("the subject asked for it", Some(ann))
        );
        // Again: nothing is left to destroy, and nothing is recorded.
        let again = journal.erase(ann, "again", NOW).unwrap();
        assert_eq!((again.at, again.keys, again.kept.as_slice()), (None, 0, kept.as_slice()));
        // She comes back, under a new key.
        assert_eq!(journal.append(&[draft(&journal, "ann", 5)]).unwrap(), 5..6);
        assert_eq!(text(journal.read(5).unwrap()).unwrap().as_bytes(), payload("ann", 5));
        assert!(matches!(journal.read(0).unwrap(), Reading::Erased { .. }));
        assert!(journal.wait_found(5, Duration::from_secs(20)).unwrap());
        assert_eq!(journal.find(By::Subject(ann), 0, 9).unwrap(), [2, 4, 5]);
        verify_all(&journal, &[]);
    }
    drop(journal);
    let journal = place.open("data");
    assert!(matches!(journal.read(0).unwrap(), Reading::Erased { by: 4, .. }));
    assert_eq!(text(journal.read(5).unwrap()).unwrap().as_bytes(), payload("ann", 5));
}

#[test]
fn evidence_expires_on_its_day_and_not_before() {
    let place = Place::new("expire");
    let journal = place.open("data");
    let of = |subject, days, number| Draft { class: evidence(days), ..draft(&journal, subject, number) };
    journal.append(&[of("ann", 10, 0), of("bo", 10, 1), of("bo", 11, 2), draft(&journal, "bo", 3)]).unwrap();
    let day = 86_400_000;
    assert_eq!(journal.expire(NOW + 10 * day - 1000).unwrap().keys, 0);
    let done = journal.expire(NOW + 10 * day).unwrap();
    assert_eq!((done.at, done.keys), (Some(4), 2));
    for gone in [0, 1] {
        assert!(matches!(journal.read(gone).unwrap(), Reading::Expired { by: 4, .. }));
    }
    assert!(text(journal.read(2).unwrap()).is_some() && text(journal.read(3).unwrap()).is_some());
    assert_eq!(journal.expire(NOW + 10 * day).unwrap().at, None);
}

#[test]
fn a_clock_that_goes_back_orders_nothing() {
    let place = Place::new("clock");
    let journal = place.open("data");
    let ann = journal.subject_id("ann");
    journal.append(&[Draft { time: NOW, ..draft(&journal, "ann", 0) }]).unwrap();
    // The erasure bears an earlier time than what it erases, and what comes after a still earlier one.
    journal.erase(ann, "", NOW - 1_000_000).unwrap();
    journal.append(&[Draft { time: NOW - 2_000_000, ..draft(&journal, "ann", 2) }]).unwrap();
    drop(journal);
    let journal = place.open("data");
    assert!(matches!(journal.read(0).unwrap(), Reading::Erased { by: 1, .. }));
    assert_eq!(text(journal.read(2).unwrap()).unwrap().as_bytes(), payload("ann", 2));
}

/// A subject is erased again and again while she goes on acting; what was recorded after an erasure and lost to it.
fn lost_to_an_earlier_erasure(bug: Option<Bug>) -> usize {
    let disk = SimulatedDisk::default();
    let journal = on(&disk, &Options { bug, ..options() }).unwrap();
    let (stop, recorded) = (AtomicBool::new(false), Mutex::new(vec![]));
    std::thread::scope(|scope| {
        for writer in 0..3_u64 {
            let (journal, stop, recorded) = (&journal, &stop, &recorded);
            scope.spawn(move || {
                for number in (writer << 32..).take_while(|_| !stop.load(Ordering::Relaxed)) {
                    let range = journal.append(&[draft(journal, "ann", number)]).unwrap();
                    recorded.lock().unwrap().push((range.start, number));
                }
            });
        }
        while recorded.lock().unwrap().len() < 200 {
            journal.erase(journal.subject_id("ann"), "", NOW).unwrap();
        }
        stop.store(true, Ordering::Relaxed);
    });
    let recorded = recorded.into_inner().unwrap();
    let lost = |(at, number): &&(u64, u64)| match journal.read(*at).unwrap() {
        Reading::Opened(opened) => *opened.payload != payload("ann", *number),
        Reading::Erased { by, .. } => by < *at,
        Reading::Expired { .. } => true,
    };
    recorded.iter().filter(lost).count()
}

#[test]
fn what_comes_after_an_erasure_is_not_lost_to_it() {
    assert_eq!(lost_to_an_earlier_erasure(None), 0);
}

#[test]
fn keys_that_go_on_being_used_are_noticed() {
    assert!((0..20).any(|_| lost_to_an_earlier_erasure(Some(Bug::KeysNotDying)) > 0));
}

#[test]
fn a_key_whose_bytes_stay_is_noticed() {
    for (bug, stays) in [(None, false), (Some(Bug::BytesStay), true)] {
        let disk = SimulatedDisk::default();
        let journal = on(&disk, &Options { bug, ..options() }).unwrap();
        journal.append(&[draft(&journal, "ann", 0)]).unwrap();
        let key = wrapped(&journal, journal.subject_id("ann"))[0];
        journal.erase(journal.subject_id("ann"), "", NOW).unwrap();
        let bytes = disk.bytes("keys/subjects");
        assert_eq!(bytes.windows(60).any(|part| part == key), stays, "{bug:?}");
    }
}
