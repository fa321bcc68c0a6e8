//! Crashes of the machine, on a simulated disk: thousands of lives, each ended at a random operation, with
//! what was not synced kept, lost, torn or reordered at random.

use super::{contents, event, options, shared};
use crate::disk::simulated::{Dice, SimulatedDisk};
use crate::log::{Appender, Batch, Bug, Check, LogError, Options, Prepared};

/// What must be found after a crash.
#[derive(Default)]
struct Promise {
    acknowledged: Vec<(u64, u64)>,
    /// Written when the crash came: all of it may be there, or nothing.
    under_way: Vec<(u64, u64)>,
}

impl Promise {
    fn check(&mut self, found: Vec<(u64, u64)>) -> Result<(), String> {
        let (old, new) = found.split_at_checked(self.acknowledged.len()).ok_or_else(|| {
            let lost = self.acknowledged.len() - found.len();
            format!("{lost} of {} acknowledged events are lost", self.acknowledged.len())
        })?;
        if old != self.acknowledged {
            return Err("acknowledged events are not in their places".to_owned());
        }
        if !new.is_empty() && new != self.under_way {
            return Err(format!("{} events are there that nobody appended there", new.len()));
        }
        *self = Self { acknowledged: found, under_way: vec![] };
        Ok(())
    }
}

fn batch(appender: &Appender, number: &mut u64, dice: &mut Dice) -> (Batch, Vec<(u64, u64)>) {
    let mut batch = Batch::new(appender.next(), vec![]);
    let mut events = vec![];
    for _ in 0..1 + dice.below(8) {
        *number += 1;
        let (bytes, keys) = event(1, *number);
        batch.push(&Prepared::new(&bytes, &keys));
        events.push((1, *number));
    }
    (batch, events)
}

/// Appends until something fails.
fn live(
    disk: &SimulatedDisk,
    options: &Options,
    promise: &mut Promise,
    dice: &mut Dice,
) -> Result<(), String> {
    let mut number = dice.roll() >> 32;
    let mut appender = match Appender::open(shared(disk), options.clone()) {
        Ok((appender, _)) => appender,
        Err(LogError::Failed { .. } | LogError::Full) => return Ok(()),
        Err(error) => return Err(error.to_string()),
    };
    promise.check(contents(&appender)?)?;
    for _ in 0..40 {
        let room = dice.below(30);
        disk.set_capacity((room == 0).then_some(0));
        let (batch, events) = batch(&appender, &mut number, dice);
        promise.under_way.clone_from(&events);
        match appender.commit(batch) {
            Ok(_) => promise.acknowledged.append(&mut promise.under_way),
            Err(LogError::Full) => promise.under_way.clear(),
            Err(LogError::Failed { .. }) => return Ok(()),
            Err(error) => return Err(error.to_string()),
        }
    }
    if dice.below(2) == 0 {
        let _ = appender.close();
    }
    Ok(())
}

/// A few lives on one disk.
fn lives(seed: u64, bug: Option<Bug>) -> Result<(), String> {
    let mut dice = Dice(seed);
    let mut disk = SimulatedDisk::default();
    let check = if dice.below(2) == 0 { Check::All } else { Check::Last };
    let options = Options { bug, check, ..options() };
    let mut promise = Promise::default();
    for _ in 0..5 {
        match dice.below(5) {
            0 => disk.fail_sync_after(dice.below(30) as u64),
            _ => disk.crash_after(dice.below(90) as u64),
        }
        live(&disk, &options, &mut promise, &mut dice)?;
        // One life in four ends without a crash: what was written but not synced is still in memory.
        disk.set_capacity(None);
        if dice.below(4) > 0 || disk.crashed() {
            disk = disk.reboot(dice.roll());
        }
    }
    let (appender, _) =
        Appender::open(shared(&disk.reboot(dice.roll())), Options { check: Check::All, ..options })
            .map_err(|error| error.to_string())?;
    promise.check(contents(&appender)?)
}

fn rounds(usual: u64) -> u64 {
    std::env::var("HEGUI_STORE_CRASHES").ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

#[test]
fn a_crash_at_any_moment_loses_nothing_acknowledged_and_leaves_no_half_event() {
    for seed in 0..rounds(500) {
        if let Err(error) = lives(seed, None) {
            panic!("seed {seed}: {error}");
        }
    }
}

/// Whether the test above would notice, and what it would say.
fn noticed(bug: Bug) -> Option<(u64, String)> {
    (0..1500).find_map(|seed| lives(seed, Some(bug)).err().map(|error| (seed, error)))
}

#[test]
fn acknowledging_before_the_sync_is_noticed() {
    let (seed, error) = noticed(Bug::AcknowledgedBeforeSync).expect("nobody noticed");
    eprintln!("seed {seed}: {error}");
    assert!(error.contains("lost") || error.contains("damaged"), "{error}");
}

#[test]
fn a_folder_that_is_not_synced_is_noticed() {
    let (seed, error) = noticed(Bug::NoFolderSync).expect("nobody noticed");
    eprintln!("seed {seed}: {error}");
    assert!(error.contains("lost"), "{error}");
}

#[test]
fn checksums_that_are_not_checked_are_noticed() {
    let (seed, error) = noticed(Bug::ChecksumNotChecked).expect("nobody noticed");
    eprintln!("seed {seed}: {error}");
    assert!(error.contains("half an event") || error.contains("not what was written"), "{error}");
}

#[test]
fn a_refusal_that_is_not_taken_back_durably_is_noticed() {
    let (seed, error) = noticed(Bug::TakenBackUnsynced).expect("nobody noticed");
    eprintln!("seed {seed}: {error}");
}

#[test]
fn a_last_block_that_is_not_written_again_is_noticed() {
    let (seed, error) = noticed(Bug::LastBlockTrusted).expect("nobody noticed");
    eprintln!("seed {seed}: {error}");
}
