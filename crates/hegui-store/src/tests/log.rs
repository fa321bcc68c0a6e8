//! The log with its threads.

use super::{event, options, recognise, shared};
use crate::disk::simulated::SimulatedDisk;
use crate::log::{EVENT_LIMIT, Log, LogError, Options};
use std::sync::Mutex;

#[test]
fn what_many_threads_append_is_there_once_and_in_its_place() {
    let disk = SimulatedDisk::default();
    let options = Options { batch_bytes: 4000, ..options() };
    let log = Log::open(shared(&disk), options.clone()).unwrap();
    let taken = Mutex::new(vec![]);
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let (log, taken) = (&log, &taken);
            scope.spawn(move || {
                for number in 0..100 {
                    let (bytes, keys) = event(writer, number);
                    let sequence = log.append(&bytes, &keys).unwrap();
                    taken.lock().unwrap().push((sequence, (writer, number)));
                }
            });
        }
    });
    let counters = log.counters();
    assert_eq!((counters.accepted, counters.acknowledged), (800, 800));
    assert_eq!((counters.under_way, counters.refused, counters.lost), (0, 0, 0));
    assert!(counters.batches < 800, "commits are shared");
    drop(log);

    let log = Log::open(shared(&disk.reboot(3)), options).unwrap();
    assert_eq!(log.verify().unwrap(), 800);
    let mut reader = log.reader(0);
    let mut found = vec![];
    while let Some(block) = reader.block(log.durable()).unwrap() {
        found.extend(block.records().map(|r| (r.sequence, recognise(r.event, &r.keys).unwrap())));
    }
    let mut taken = taken.into_inner().unwrap();
    taken.sort_unstable();
    assert_eq!(found, taken);
    for sequence in [0, 1, 399, 798, 799] {
        let block = log.block_of(sequence).unwrap().unwrap();
        let record = block.records().find(|record| record.sequence == sequence).unwrap();
        assert_eq!(recognise(record.event, &record.keys), Some(taken[sequence as usize].1));
    }
    assert!(log.block_of(800).unwrap().is_none());
}

#[test]
fn a_full_disk_refuses_and_goes_on_when_there_is_room() {
    let disk = SimulatedDisk::default();
    let log = Log::open(shared(&disk), options()).unwrap();
    disk.set_capacity(Some(20_000));
    let mut kept = vec![];
    let mut refused = 0;
    for number in 0..200 {
        if number == 150 {
            disk.set_capacity(None);
        }
        let (bytes, keys) = event(1, number);
        match log.append(&bytes, &keys) {
            Ok(sequence) => kept.push((sequence, number)),
            Err(LogError::Full) => refused += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(refused > 50 && kept.len() >= 50, "{refused} {}", kept.len());
    let counters = log.counters();
    assert_eq!((counters.acknowledged, counters.refused, counters.lost), (kept.len() as u64, refused, 0));
    drop(log);
    let log = Log::open(shared(&disk.reboot(5)), options()).unwrap();
    assert_eq!(log.verify().unwrap(), kept.len() as u64);
    for (sequence, number) in kept {
        let block = log.block_of(sequence).unwrap().unwrap();
        let record = block.records().find(|record| record.sequence == sequence).unwrap();
        assert_eq!(recognise(record.event, &record.keys), Some((1, number)));
    }
}

#[test]
fn a_sync_that_fails_stops_the_log_and_nothing_is_acknowledged_for_it() {
    let disk = SimulatedDisk::default();
    let log = Log::open(shared(&disk), options()).unwrap();
    let (bytes, keys) = event(1, 1);
    log.append(&bytes, &keys).unwrap();
    disk.fail_sync_after(0);
    let error = log.append(&bytes, &keys).unwrap_err().to_string();
    assert!(error.contains("syncing a block"), "{error}");
    assert!(log.append(&bytes, &keys).is_err(), "the second sync would have said yes");
    assert_eq!((log.counters().acknowledged, log.counters().lost), (1, 0));
    drop(log);
    let log = Log::open(shared(&disk.reboot(1)), options()).unwrap();
    assert_eq!(log.durable(), 1);
}

#[test]
fn events_that_belong_together_stay_together_and_too_long_ones_are_refused() {
    let disk = SimulatedDisk::default();
    let log = Log::open(shared(&disk), options()).unwrap();
    let events: Vec<_> = (0..5).map(|number| event(2, number)).collect();
    let events: Vec<_> = events.iter().map(|(bytes, keys)| (bytes.as_slice(), *keys)).collect();
    assert_eq!(log.submit_all(&events).unwrap().wait().unwrap(), 4);
    assert_eq!(log.block_of(0).unwrap().unwrap().records().count(), 5);
    let long = vec![0; EVENT_LIMIT + 1];
    let error = log.append(&long, &events[0].1).unwrap_err();
    assert!(matches!(error, LogError::TooLong { .. }), "{error}");
    assert!(matches!(log.submit_all(&[]), Err(LogError::Nothing)));
    assert_eq!(log.counters().lost, 0);
}
