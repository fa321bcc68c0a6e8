//! Bits that flip, and ends that are torn.

use super::{contents, event, options, shared};
use crate::disk::Disk;
use crate::disk::simulated::{Dice, SimulatedDisk};
use crate::log::{Appender, Batch, Check, LogError, Options, Prepared};

/// A log of some segments.
fn written(close: bool) -> SimulatedDisk {
    let disk = SimulatedDisk::default();
    let (mut appender, _) = Appender::open(shared(&disk), options()).unwrap();
    for number in 0..40 {
        let mut batch = Batch::new(appender.next(), vec![]);
        for part in 0..3 {
            let (bytes, keys) = event(number, part);
            batch.push(&Prepared::new(&bytes, &keys));
        }
        appender.commit(batch).unwrap();
    }
    if close {
        appender.close().unwrap();
    }
    disk
}

#[test]
fn a_flipped_bit_is_found_and_named_or_is_where_nothing_stands() {
    let disk = written(true);
    let names = disk.list().unwrap();
    let all = Options { check: Check::All, ..options() };
    let (appender, _) = Appender::open(shared(&disk), all.clone()).unwrap();
    let whole = contents(&appender).unwrap();
    let (mut dice, mut found) = (Dice(7), 0);
    for _ in 0..1200 {
        let disk = disk.reboot(1);
        let name = &names[dice.below(names.len())];
        let bit = dice.below(disk.bytes(name).len() * 8);
        disk.flip(name, bit);
        match Appender::open(shared(&disk), all.clone()) {
            Ok((appender, _)) => assert_eq!(contents(&appender).unwrap(), whole, "bit {bit} of {name}"),
            Err(LogError::Damaged { file, at, .. }) => {
                assert_eq!(&file, name);
                assert!(at <= bit as u64 / 8 && (bit as u64) / 8 < at + 4096, "{at} for byte {}", bit / 8);
                found += 1;
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert!(found > 800, "{found}");
}

#[test]
fn the_last_block_torn_is_cut_and_reported_and_damaged_is_refused() {
    let disk = written(false);
    let last = disk.list().unwrap().pop().unwrap();
    let (appender, recovery) = Appender::open(shared(&disk), options()).unwrap();
    assert_eq!(recovery.torn, None);
    let (events, end) = (appender.next(), appender.tail().at as usize);
    let start = (0..end / 512).rev().find(|sector| disk.bytes(&last)[sector * 512..].starts_with(b"HGB1"));
    let bit = (start.unwrap() * 512 + 60) * 8;

    disk.flip(&last, bit);
    let known = Options { known: events, ..options() };
    let error = Appender::open(shared(&disk), known).err().unwrap().to_string();
    assert!(error.contains(&format!("`{last}` is damaged at byte {}", start.unwrap() * 512)), "{error}");

    let (appender, recovery) = Appender::open(shared(&disk), options()).unwrap();
    let torn = recovery.torn.unwrap();
    assert_eq!((&torn.file, torn.at), (&last, start.unwrap() as u64 * 512));
    assert_eq!(appender.next(), events - 3);
    assert_eq!(contents(&appender).unwrap().len() as u64, events - 3);
    let (_, recovery) = Appender::open(shared(&disk), options()).unwrap();
    assert_eq!(recovery.torn, None, "it is cut once");
}

#[test]
fn a_segment_that_is_missing_is_noticed() {
    let disk = written(true);
    let names = disk.list().unwrap();
    assert!(names.len() > 3);
    disk.remove(&names[1]).unwrap();
    let all = Options { check: Check::All, ..options() };
    let error = Appender::open(shared(&disk), all).err().unwrap().to_string();
    assert!(error.contains("is missing"), "{error}");

    let disk = written(true);
    let known = Options { known: 120, ..options() };
    disk.remove(names.last().unwrap()).unwrap();
    let error = Appender::open(shared(&disk), known).err().unwrap().to_string();
    assert!(error.contains("are known to have been acknowledged"), "{error}");
}

#[test]
fn a_whole_block_of_another_past_is_refused() {
    let past = |writer: u64| {
        let disk = SimulatedDisk::default();
        let (mut appender, _) = Appender::open(shared(&disk), options()).unwrap();
        for number in 0..3 {
            let mut batch = Batch::new(appender.next(), vec![]);
            let bytes = [writer as u8 + number; 100];
            batch.push(&Prepared::new(&bytes, &Default::default()));
            appender.commit(batch).unwrap();
        }
        disk
    };
    let (disk, other) = (past(1), past(2));
    let name = disk.list().unwrap().pop().unwrap();
    let block = &other.bytes(&name)[1024..1536];
    disk.open(&name).unwrap().write_at(1024, block).unwrap();
    let error = Appender::open(shared(&disk), options()).err().unwrap().to_string();
    assert!(error.contains("is damaged at byte 1024"), "{error}");
}
