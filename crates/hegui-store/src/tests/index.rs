//! The index against a slow oracle: reading the whole log.

use super::{options, shared};
use crate::disk::Disk;
use crate::disk::simulated::{Dice, SimulatedDisk};
use crate::index::{Index, IndexError, Key};
use crate::keys::Keys;
use crate::log::{Appender, Batch, Bug, Options, Prepared, Reader};
use proptest::prelude::*;
use std::sync::Arc;

const LIMIT: usize = 150;

fn id(of: u64) -> [u8; 16] {
    u128::from(of).to_be_bytes()
}

/// The keys of a test: few of each, times that go back as well as forward.
fn keys(dice: &mut Dice) -> Keys {
    let mut some = |of| (dice.below(5) > 0).then(|| id(dice.below(of) as u64));
    let (subject, activity, recipient) = (some(6), some(2), some(3));
    Keys { subject, activity, recipient, time: 40 - dice.below(80) as i64 }
}

fn append(appender: &mut Appender, dice: &mut Dice, all: &mut Vec<Keys>) -> bool {
    let mut batch = Batch::new(appender.next(), vec![]);
    let new: Vec<Keys> = (0..1 + dice.below(9)).map(|_| keys(dice)).collect();
    for keys in &new {
        batch.push(&Prepared::new(b"event", keys));
    }
    let done = appender.commit(batch).is_ok();
    if done {
        all.extend(new);
    }
    done
}

fn catch_up(index: &Index, appender: &Appender) -> Result<(), IndexError> {
    let mut reader = Reader::new(Arc::clone(appender.segments()), index.applied());
    while let Some(block) = reader.block(appender.next()).expect("the log is whole") {
        index.apply(&block)?;
        // What it has already it passes over.
        index.apply(&block)?;
    }
    Ok(())
}

/// Whether every question gets the answer that reading all events gives.
fn agrees(index: &Index, all: &[Keys]) -> Result<(), String> {
    let oracle = |holds: &dyn Fn(&Keys) -> bool| -> Vec<u64> {
        (0..).zip(all).filter(|(_, keys)| holds(keys)).map(|(sequence, _)| sequence).collect()
    };
    let same = |key: Key, expected: Vec<u64>| {
        let found = index.find(key, 0, usize::MAX).map_err(|error| error.to_string())?;
        if found != expected {
            return Err(format!("{key:?}: {} found, {} are there", found.len(), expected.len()));
        }
        let (from, limit) = (all.len() as u64 / 2, 3);
        let part: Vec<u64> = expected.into_iter().filter(|at| *at >= from).take(limit).collect();
        let found = index.find(key, from, limit).map_err(|error| error.to_string())?;
        if found == part { Ok(()) } else { Err(format!("{key:?} from {from}: {found:?}, not {part:?}")) }
    };
    for number in 0..7 {
        same(Key::Subject(id(number)), oracle(&|keys| keys.subject == Some(id(number))))?;
        same(Key::Activity(id(number)), oracle(&|keys| keys.activity == Some(id(number))))?;
        same(Key::Recipient(id(number)), oracle(&|keys| keys.recipient == Some(id(number))))?;
    }
    for (from, to) in [(-50, 50), (-3, 3), (0, 0), (7, -7)] {
        let mut expected: Vec<(i64, u64)> = (0..).zip(all).map(|(at, keys)| (keys.time, at)).collect();
        expected.retain(|(time, _)| (from..=to).contains(time));
        expected.sort_unstable();
        let (mut found, mut after) = (vec![], None);
        loop {
            let page = index.between(from, to, after, 17).map_err(|error| error.to_string())?;
            after = page.last().copied();
            found.extend(page);
            if after.is_none() {
                break;
            }
        }
        if found != expected {
            return Err(format!("{from}..={to}: {} found, {} are there", found.len(), expected.len()));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]
    #[test]
    fn it_finds_what_reading_everything_finds(seed: u64, steps in 1..120_usize) {
        let (mut dice, disk) = (Dice(seed), SimulatedDisk::default());
        let mut appender = Appender::open(shared(&disk), options()).unwrap().0;
        let index = Index::with_limit(shared(&disk), [1; 16], &options(), LIMIT).unwrap();
        let mut all = vec![];
        for _ in 0..steps {
            prop_assert!(append(&mut appender, &mut dice, &mut all));
            if dice.below(3) == 0 {
                catch_up(&index, &appender).unwrap();
            }
            if dice.below(20) == 0 {
                index.save().unwrap();
            }
            while dice.below(4) == 0 && index.merge().unwrap() {}
        }
        catch_up(&index, &appender).unwrap();
        prop_assert_eq!(index.applied(), all.len() as u64);
        prop_assert_eq!(agrees(&index, &all), Ok(()));
        // Opened again it is the same, and made anew it is the same.
        let again = Index::with_limit(shared(&disk), [1; 16], &options(), LIMIT).unwrap();
        prop_assert_eq!(again.applied(), index.saved());
        catch_up(&again, &appender).unwrap();
        prop_assert_eq!(agrees(&again, &all), Ok(()));
        Index::forget(&disk).unwrap();
        let anew = Index::with_limit(shared(&disk), [1; 16], &options(), LIMIT).unwrap();
        prop_assert_eq!(anew.applied(), 0);
        catch_up(&anew, &appender).unwrap();
        prop_assert_eq!(agrees(&anew, &all), Ok(()));
    }
}

/// Crashes while the log is written and the index follows it.
fn lives(seed: u64, bug: Option<Bug>) -> Result<(), String> {
    let mut dice = Dice(seed);
    let mut disk = SimulatedDisk::default();
    let mut all = vec![];
    for life in 0..4 {
        disk.crash_after(dice.below(if life == 3 { 100_000 } else { 250 }) as u64);
        let known = Index::saved_on(&disk);
        let options = Options { bug, known, ..options() };
        let opened = Appender::open(shared(&disk), options.clone());
        let index = Index::with_limit(shared(&disk), [1; 16], &options, LIMIT);
        if let (Ok((mut appender, _)), Ok(index)) = (opened, index) {
            // A batch that was under way may have come through: what is there counts.
            let mut reader = Reader::new(Arc::clone(appender.segments()), all.len() as u64);
            while let Some(block) = reader.block(appender.next()).map_err(|error| error.to_string())? {
                all.extend(block.records().map(|record| record.keys));
            }
            match catch_up(&index, &appender) {
                Ok(()) => agrees(&index, &all)?,
                Err(_) if disk.crashed() => {}
                Err(error) => return Err(error.to_string()),
            }
            for _ in 0..60 {
                let done = append(&mut appender, &mut dice, &mut all)
                    && catch_up(&index, &appender).is_ok()
                    && (dice.below(3) > 0 || index.merge().is_ok());
                if disk.crashed() {
                    break;
                }
                if !done {
                    return Err("it stopped without a crash".to_owned());
                }
            }
        } else if !disk.crashed() {
            return Err("it cannot be opened".to_owned());
        }
        disk = disk.reboot(dice.roll());
    }
    Ok(())
}

#[test]
fn after_a_crash_it_finds_what_reading_everything_finds() {
    for seed in 0..150 {
        if let Err(error) = lives(seed, None) {
            panic!("seed {seed}: {error}");
        }
    }
}

#[test]
fn a_watermark_before_the_index_is_noticed() {
    let found =
        (0..250).find_map(|seed| lives(seed, Some(Bug::WatermarkFirst)).err().map(|error| (seed, error)));
    let (seed, error) = found.expect("nobody noticed");
    eprintln!("seed {seed}: {error}");
    assert!(error.contains("are there"), "{error}");
}

#[test]
fn a_flipped_bit_is_found_and_the_index_can_be_made_anew() {
    let (mut dice, disk) = (Dice(3), SimulatedDisk::default());
    let mut appender = Appender::open(shared(&disk), options()).unwrap().0;
    let mut all = vec![];
    while all.len() < 100 {
        assert!(append(&mut appender, &mut dice, &mut all));
    }
    let index = Index::with_limit(shared(&disk), [1; 16], &options(), LIMIT).unwrap();
    catch_up(&index, &appender).unwrap();
    index.save().unwrap();
    let run = disk.list().unwrap().into_iter().find(|name| name.starts_with("index-")).unwrap();
    for _ in 0..200 {
        let disk = disk.reboot(1);
        disk.flip(&run, dice.below(disk.bytes(&run).len() * 8));
        let found = Index::with_limit(shared(&disk), [1; 16], &options(), LIMIT)
            .map_err(|error| error.to_string())
            .and_then(|index| agrees(&index, &all));
        let error = found.unwrap_err();
        assert!(error.contains(&format!("`{run}` is damaged at byte")), "{error}");
    }
    let disk = disk.reboot(1);
    Index::forget(&disk).unwrap();
    let index = Index::with_limit(shared(&disk), [1; 16], &options(), LIMIT).unwrap();
    catch_up(&index, &appender).unwrap();
    agrees(&index, &all).unwrap();
}

#[test]
fn on_a_full_disk_it_goes_on_in_memory_and_writes_when_there_is_room() {
    let (mut dice, disk, logs) = (Dice(4), SimulatedDisk::default(), SimulatedDisk::default());
    let mut appender = Appender::open(shared(&logs), options()).unwrap().0;
    let index = Index::with_limit(shared(&disk), [1; 16], &options(), LIMIT).unwrap();
    let mut all = vec![];
    for (capacity, saves) in [(Some(3000), false), (None, true)] {
        disk.set_capacity(capacity);
        let before = index.saved();
        for _ in 0..60 {
            assert!(append(&mut appender, &mut dice, &mut all));
            catch_up(&index, &appender).unwrap();
        }
        assert_eq!(index.saved() > before, saves);
        assert_eq!(index.applied(), all.len() as u64);
        agrees(&index, &all).unwrap();
    }
    let again = Index::with_limit(shared(&disk.reboot(1)), [1; 16], &options(), LIMIT).unwrap();
    catch_up(&again, &appender).unwrap();
    agrees(&again, &all).unwrap();
}
