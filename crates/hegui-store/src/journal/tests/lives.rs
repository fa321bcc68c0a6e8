//! Crashes of the machine under the whole journal: log, keys, list of erasures and published tree lie on one
//! simulated disk, which is stopped at a random operation, keeps what was synced and, of the rest, what a seed
//! chooses. What the world may have seen is checked before anything is opened again, the rest after.
//!
//! `HEGUI_STORE_CRASHES=5000` for the long run.

use super::*;
use crate::disk::simulated::Dice;
use crate::journal::Bug;
use crate::log::LogError;
use std::collections::{BTreeMap, BTreeSet};

const SUBJECTS: [&str; 4] = ["ann", "bo", "chen", "dong"];

/// What must hold whatever happens.
#[derive(Default)]
struct Promise {
    /// Acknowledged events, by place.
    recorded: BTreeMap<u64, (String, u64)>,
    /// Acknowledged erasures: whose, and by which event.
    erased: Vec<(String, u64)>,
    /// Whose erasure was begun, maybe more than once, and not acknowledged.
    begun: BTreeSet<String>,
    /// Every checkpoint that was ever seen.
    seen: BTreeMap<u64, String>,
    key: String,
}

impl Promise {
    /// What a server of static files would show now: as it was signed, and grown from all that was seen before.
    fn check_published(&mut self, disk: &SimulatedDisk) -> Result<(), String> {
        let tiles = Within(disk.clone(), "tiles");
        let Ok(note) = crate::journal::tree::read(&tiles, "checkpoint") else {
            return if self.seen.is_empty() { Ok(()) } else { Err("the checkpoint is gone".to_owned()) };
        };
        let note = String::from_utf8(note).map_err(|error| error.to_string())?;
        let kept: Vec<&str> = self.seen.values().map(String::as_str).collect();
        let report = verify(|name| crate::journal::tree::read(&tiles, name), &self.key, &kept, 1, |_, _| {});
        let report = report.map_err(|error| error.to_string())?;
        if !report.holds() {
            return Err(format!("what is published does not hold: {report:?}"));
        }
        self.see(report.size.unwrap_or(0), note)
    }

    /// Two checkpoints of one size must be the same.
    fn see(&mut self, size: u64, note: String) -> Result<(), String> {
        match self.seen.insert(size, note.clone()) {
            Some(old) if old != note => Err(format!("two trees of size {size} were signed")),
            _ => Ok(()),
        }
    }

    fn check(&mut self, journal: &Journal) -> Result<(), String> {
        let mut found = BTreeMap::new();
        for (at, reading) in (0..).zip(journal.events(0)) {
            found.insert(at, reading.map_err(|error| error.to_string())?);
        }
        if let Some(lost) = self.recorded.keys().find(|at| !found.contains_key(at)) {
            return Err(format!("the acknowledged event {lost} is lost"));
        }
        for (at, reading) in &found {
            let by = match reading {
                Reading::Opened(opened) if opened.event().kind < Kind::FIRST => continue,
                Reading::Opened(opened) => {
                    let whole = recognise(&opened.payload).ok_or(format!("event {at} is half an event"))?;
                    if self.recorded.get(at).is_some_and(|recorded| *recorded != whole) {
                        return Err(format!("event {at} is another"));
                    }
                    if self.erased.iter().any(|(subject, by)| *subject == whole.0 && by > at) {
                        return Err(format!("event {at} was erased and is read"));
                    }
                    continue;
                }
                Reading::Erased { by, .. } | Reading::Expired { by, .. } => by,
            };
            let Some((subject, _)) = self.recorded.get(at) else { continue };
            let meant = self.begun.contains(subject) || self.erased.contains(&(subject.clone(), *by));
            if by < at || !meant {
                return Err(format!("event {at} is erased by {by}, which nobody asked for"));
            }
        }
        Ok(())
    }
}

/// Records and erases until something fails.
fn live(journal: &Journal, promise: &mut Promise, dice: &mut Dice) -> Result<(), String> {
    for _ in 0..30 {
        let subject = SUBJECTS[dice.below(4)];
        if dice.below(6) == 0 {
            promise.begun.insert(subject.to_owned());
            match journal.erase(journal.subject_id(subject), "", NOW) {
                Ok(erasure) => {
                    if let Some(at) = erasure.at {
                        promise.erased.push((subject.to_owned(), at));
                    }
                    promise.check(journal)?;
                }
                Err(_) => return Ok(()),
            }
            continue;
        }
        let drafts: Vec<(String, u64)> =
            (0..1 + dice.below(5)).map(|_| (SUBJECTS[dice.below(4)].to_owned(), dice.roll() >> 40)).collect();
        let made: Vec<Draft> =
            drafts.iter().map(|(subject, number)| draft(journal, subject, *number)).collect();
        match journal.append(&made) {
            Ok(range) => promise.recorded.extend(range.zip(drafts)),
            Err(JournalError::Log(LogError::Failed { .. })) => return Ok(()),
            Err(error) => return Err(error.to_string()),
        }
        promise.see(journal.published(), journal.checkpoint())?;
    }
    Ok(())
}

/// A few lives on one disk.
fn lives(seed: u64, bug: Option<Bug>) -> Result<(), String> {
    let mut dice = Dice(seed);
    let mut disk = SimulatedDisk::default();
    let mut promise = Promise::default();
    let options = Options { bug, ..options() };
    for life in 0..5 {
        if life > 0 {
            disk.crash_after(dice.below(250) as u64);
        }
        match on(&disk, &options) {
            Ok(journal) => {
                promise.key = journal.verifier();
                if life == 0 {
                    disk.crash_after(dice.below(250) as u64);
                }
                promise.check(&journal)?;
                live(&journal, &mut promise, &mut dice)?;
            }
            Err(_) if disk.crashed() => {}
            Err(error) => return Err(error.to_string()),
        }
        disk = disk.reboot(dice.roll());
        promise.check_published(&disk)?;
    }
    let journal = on(&disk, &options).map_err(|error| error.to_string())?;
    promise.check(&journal)
}

#[test]
fn a_crash_at_any_moment_loses_nothing_revives_nothing_and_forks_nothing() {
    let disks = std::env::var("HEGUI_STORE_CRASHES").ok().and_then(|text| text.parse().ok()).unwrap_or(150);
    for seed in 0..disks {
        lives(seed, None).unwrap_or_else(|why| panic!("seed {seed}: {why}"));
    }
}

fn noticed(bug: Bug, why: &str) {
    let found = (0..400).find_map(|seed| lives(seed, Some(bug)).err().filter(|found| found.contains(why)));
    assert!(found.is_some(), "{bug:?} was not noticed");
}

#[test]
fn a_checkpoint_before_its_files_is_noticed() {
    noticed(Bug::FilesNotSynced, "what is published does not hold");
}

#[test]
fn keys_that_are_not_synced_before_their_events_are_noticed() {
    noticed(Bug::KeysNotSynced, "names a key that");
}

#[test]
fn an_erasure_that_is_not_carried_out_is_noticed() {
    noticed(Bug::NotCarriedOut, "was erased and is read");
}

#[test]
fn a_key_destroyed_before_it_is_listed_is_noticed() {
    noticed(Bug::BytesFirst, "a key is not what was written");
}

/// Erases a subject and crashes after so many operations; whether the crash came.
fn erased_until(steps: u64) -> bool {
    let disk = SimulatedDisk::default();
    let journal = on(&disk, &options()).unwrap();
    journal.append(&[draft(&journal, "ann", 0), draft(&journal, "bo", 1)]).unwrap();
    disk.crash_after(steps);
    let acknowledged = journal.erase(journal.subject_id("ann"), "", NOW).is_ok();
    drop(journal);
    let crashed = disk.crashed();
    for seed in 0..4 {
        let journal = on(&disk.reboot(seed), &options()).unwrap();
        let gone = matches!(journal.read(0).unwrap(), Reading::Erased { by: 2, .. });
        let known = journal.size() == 3;
        assert_eq!(gone, known, "after {steps} steps: the event says so, or nothing has happened");
        assert!(gone || !acknowledged, "after {steps} steps: an acknowledged erasure is undone");
        let again = journal.erase(journal.subject_id("ann"), "", NOW).unwrap();
        assert_eq!(again.at, (!gone).then_some(2), "after {steps} steps");
        assert!(matches!(journal.read(0).unwrap(), Reading::Erased { by: 2, .. }));
        assert_eq!(text(journal.read(1).unwrap()).unwrap().as_bytes(), payload("bo", 1));
    }
    crashed
}

#[test]
fn an_erasure_that_a_crash_interrupts_at_any_step_is_done_to_the_end_or_not_begun() {
    let steps = (0..200).take_while(|steps| erased_until(*steps)).count();
    assert!((8..199).contains(&steps), "{steps} steps");
}
