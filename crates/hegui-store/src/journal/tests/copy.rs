//! Backups, and what may not come back with them.

use super::*;
use crate::backup::BackupError;
use crate::journal::{Cause, Destroyed, Fork, restore};
use crate::store::StoreError;

fn record(journal: &Journal, subject: &str, numbers: std::ops::Range<u64>) {
    let drafts: Vec<Draft> = numbers.map(|number| draft(journal, subject, number)).collect();
    journal.append(&drafts).unwrap();
}

fn publish_all(journal: &Journal) {
    assert!(journal.wait_published(journal.size() - 1, Duration::from_secs(20)).unwrap());
}

impl Place {
    fn restore(&self, replaced: bool, fork: &Fork) -> Result<crate::backup::Copied, JournalError> {
        let replaced = replaced.then(|| self.path("data"));
        let _ = std::fs::remove_dir_all(self.path("restored"));
        restore(&self.path("backup"), &self.path("restored"), replaced.as_deref(), &self.master, fork, NOW)
    }
}

#[test]
fn a_backup_restored_is_the_same_ledger_and_goes_on() {
    let place = Place::new("backup");
    let journal = place.open("data");
    record(&journal, "ann", 0..300);
    publish_all(&journal);
    let (kept, verifier) = (journal.checkpoint(), journal.verifier());
    assert_eq!(journal.backup(&place.path("backup")).unwrap().events, 300);
    assert!(matches!(
        journal.backup(&place.path("backup")),
        Err(JournalError::Backup(BackupError::Occupied(_)))
    ));
    drop(journal);
    let copied = place.restore(true, &Fork::Refuse).unwrap();
    assert_eq!((copied.events, copied.erased_again), (300, 0));
    let journal = place.open("restored");
    assert_eq!((journal.size(), journal.verifier()), (300, verifier));
    record(&journal, "bo", 300..310);
    assert!(journal.events(0).all(|reading| text(reading.unwrap()).is_some()));
    verify_all(&journal, &[&kept]);
}

#[test]
fn an_older_backup_does_not_bring_back_an_erased_subject_nor_fork_what_was_published() {
    let place = Place::new("older");
    let journal = place.open("data");
    record(&journal, "ann", 0..20);
    record(&journal, "bo", 20..30);
    record(&journal, "chen", 30..40);
    journal.erase(journal.subject_id("chen"), "before the backup", NOW).unwrap();
    journal.backup(&place.path("backup")).unwrap();
    journal.erase(journal.subject_id("ann"), "after the backup", NOW).unwrap();
    record(&journal, "dong", 42..50);
    publish_all(&journal);
    let (kept, verifier) = (journal.checkpoint(), journal.verifier());
    drop(journal);

    let refused = place.restore(true, &Fork::Refuse).unwrap_err().to_string();
    assert!(refused.contains("holds 41 events, but 50"), "{refused}");
    let refused = place.try_open("restored").err().unwrap();
    assert!(matches!(refused, JournalError::Store(StoreError::Unfinished { .. })), "{refused}");

    let origin = "example.cn/ledger-2";
    let copied = place.restore(true, &Fork::NewOrigin(origin.to_owned())).unwrap();
    assert_eq!((copied.events, copied.erased_again), (41, 1));
    let wrong = place.try_open("restored").err().unwrap().to_string();
    assert!(wrong.contains("is of the ledger `example.cn/ledger-2`, not of `example.cn/ledger`"), "{wrong}");
    let journal = Journal::open(&place.path("restored"), origin, &place.master, &options()).unwrap();
    assert_ne!(journal.verifier(), verifier);
    for at in 0..20 {
        assert!(matches!(journal.read(at).unwrap(), Reading::Erased { by: 41, .. }), "{at}");
    }
    assert_eq!(text(journal.read(20).unwrap()).unwrap().as_bytes(), payload("bo", 20));
    assert!(matches!(journal.read(30).unwrap(), Reading::Erased { by: 40, .. }));
    let joined = Destroyed::of(&journal.read(41).unwrap().opened().unwrap()).unwrap();
    assert_eq!(
        (joined.cause, joined.reason.as_str(), joined.keys.len()),
        (Cause::Restored, kept.as_str(), 1)
    );
    assert_eq!(journal.subject_id("ann"), place.open("data").subject_id("ann"), "the same persons");
    record(&journal, "ann", 42..43);
    assert!(text(journal.read(42).unwrap()).is_some());
    verify_all(&journal, &[]);
}

#[test]
fn erasures_that_the_backup_has_not_got_are_done_again_under_the_old_origin_where_nothing_was_published() {
    let place = Place::new("unpublished");
    let journal = place.open("data");
    record(&journal, "ann", 0..20);
    publish_all(&journal);
    journal.backup(&place.path("backup")).unwrap();
    let checkpoint = journal.checkpoint();
    journal.erase(journal.subject_id("ann"), "", NOW).unwrap();
    // As after a power cut: the erasure was acknowledged, and no checkpoint covers it.
    let lost = place.path("data-lost");
    std::fs::create_dir_all(lost.join("tiles")).unwrap();
    std::fs::write(lost.join("tiles/checkpoint"), checkpoint).unwrap();
    std::fs::create_dir_all(lost.join("keys")).unwrap();
    std::fs::copy(place.path("data/keys/erasures"), lost.join("keys/erasures")).unwrap();
    drop(journal);
    let to = place.path("restored");
    let copied = restore(&place.path("backup"), &to, Some(&lost), &place.master, &Fork::Refuse, NOW).unwrap();
    assert_eq!(copied.erased_again, 1);
    let journal = place.open("restored");
    assert!(matches!(journal.read(0).unwrap(), Reading::Erased { by: 20, .. }));
}

#[test]
fn a_backup_that_was_touched_or_a_folder_that_is_in_use_is_refused() {
    let place = Place::new("touched");
    let journal = place.open("data");
    record(&journal, "ann", 0..20);
    publish_all(&journal);
    journal.backup(&place.path("backup")).unwrap();
    let refused = place.restore(true, &Fork::Refuse).unwrap_err().to_string();
    assert!(refused.contains("is in use by process"), "{refused}");
    drop(journal);
    for (name, says) in [
        ("keys/tenant", "it is not what was written"),
        ("keys/subjects", "a key is not what was written"),
        ("checkpoint", "sign"),
        ("log/backup.manifest", "`backup.manifest` of the backup"),
    ] {
        let path = place.path("backup").join(name);
        let whole = std::fs::read(&path).unwrap();
        let mut bytes = whole.clone();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        let refused = place.restore(false, &Fork::Refuse);
        // A key at the very end of the file looks as if it was being written; then an event names it.
        let refused = refused.err().map(|error| error.to_string());
        let opened = place.try_open("restored").err().map(|error| error.to_string());
        let read = || place.open("restored").read(0).unwrap_err().to_string();
        let why = refused.or(opened).unwrap_or_else(read);
        assert!(
            why.contains(says) || (name == "keys/subjects" && why.contains("names a key")),
            "{name}: {why}"
        );
        std::fs::write(&path, &whole).unwrap();
    }
    place.restore(false, &Fork::Refuse).unwrap();
    let short = place.restore(true, &Fork::Refuse).map(|copied| copied.events);
    assert!(matches!(short, Ok(20)), "{short:?}");
    let occupied =
        restore(&place.path("backup"), &place.path("data"), None, &place.master, &Fork::Refuse, NOW);
    assert!(matches!(occupied, Err(JournalError::Backup(BackupError::Occupied(_)))));
}
