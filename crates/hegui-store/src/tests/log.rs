//! The log with its threads.

use super::{event, options, recognise, shared};
use crate::disk::simulated::SimulatedDisk;
use crate::log::{Before, Bug, EVENT_LIMIT, Log, LogError, Options};
use std::future::Future as _;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

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

/// Threads append until the machine crashes; what is missing afterwards.
fn crashed_under_threads(seed: u64, bug: Option<Bug>) -> Result<usize, String> {
    let disk = SimulatedDisk::default();
    let log = Log::open(shared(&disk), Options { bug, ..options() }).map_err(|error| error.to_string())?;
    disk.crash_after(seed % 97);
    let taken = Mutex::new(vec![]);
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let (log, taken) = (&log, &taken);
            scope.spawn(move || {
                for number in 0.. {
                    let (bytes, keys) = event(writer, number);
                    let Ok(sequence) = log.append(&bytes, &keys) else { break };
                    taken.lock().unwrap().push((sequence, (writer, number)));
                }
            });
        }
    });
    assert_eq!(log.counters().lost, 0);
    drop(log);
    let log = Log::open(shared(&disk.reboot(seed)), options()).map_err(|error| error.to_string())?;
    let (mut reader, mut found) = (log.reader(0), vec![]);
    while let Some(block) = reader.block(log.durable()).map_err(|error| error.to_string())? {
        found.extend(block.records().map(|record| recognise(record.event, &record.keys)));
    }
    let taken = taken.into_inner().unwrap();
    let lost = taken.iter().filter(|(at, event)| found.get(*at as usize) != Some(&Some(*event))).count();
    if lost == 0 {
        Ok(taken.len())
    } else {
        Err(format!("{lost} of {} acknowledged events are lost", taken.len()))
    }
}

#[test]
fn a_crash_under_many_threads_loses_nothing_acknowledged() {
    let taken: usize = (0..150).map(|seed| crashed_under_threads(seed, None).unwrap()).sum();
    assert!(taken > 1000, "hardly anything was acknowledged: {taken}");
}

#[test]
fn acknowledging_before_the_commit_is_noticed() {
    let bug = Some(Bug::AcknowledgedBeforeCommit);
    let error = (0..150).find_map(|seed| crashed_under_threads(seed, bug).err()).expect("nobody noticed");
    assert!(error.contains("acknowledged events are lost"), "{error}");
}

struct Unpark(std::thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[test]
fn a_ticket_can_be_awaited() {
    let disk = SimulatedDisk::default();
    let log = Log::open(shared(&disk), options()).unwrap();
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    for number in 0..50 {
        let (bytes, keys) = event(1, number);
        let mut ticket = pin!(log.submit(&bytes, &keys).unwrap());
        let sequence = loop {
            match ticket.as_mut().poll(&mut Context::from_waker(&waker)) {
                Poll::Ready(outcome) => break outcome.unwrap(),
                Poll::Pending => std::thread::park(),
            }
        };
        assert_eq!(sequence, number);
        assert!(log.durable() > number);
    }
}

#[test]
fn a_panic_of_the_writer_is_told_to_everybody_who_waits() {
    let blocks = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&blocks);
    let before = Before::new(move || match counted.fetch_add(1, Ordering::Relaxed) {
        0 => Ok(()),
        _ => panic!("a mistake of ours"),
    });
    let log = Log::open(
        shared(&SimulatedDisk::default()),
        Options { before: Some(before), batch_bytes: 2000, ..options() },
    );
    let log = log.unwrap();
    let (bytes, keys) = event(1, 1);
    assert_eq!(log.append(&bytes, &keys).unwrap(), 0);
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let log = &log;
            scope.spawn(move || {
                for number in 0.. {
                    let (bytes, keys) = event(writer, number);
                    let Err(error) = log.append(&bytes, &keys) else { continue };
                    assert!(matches!(error, LogError::Panicked), "{error}");
                    break;
                }
            });
        }
    });
    assert_eq!((log.durable(), log.counters().lost), (1, 0));
    assert_eq!(blocks.load(Ordering::Relaxed), 2);
}

#[test]
fn who_must_not_wait_is_told_that_there_is_no_room() {
    let (sender, receiver) = std::sync::mpsc::channel::<()>();
    let receiver = Mutex::new(receiver);
    let before = Before::new(move || {
        // The disk is busy until the test lets go.
        let _ = receiver.lock().unwrap().recv();
        Ok(())
    });
    let log = Log::open(
        shared(&SimulatedDisk::default()),
        Options { before: Some(before), batch_bytes: 2000, ..options() },
    );
    let log = log.unwrap();
    let (bytes, keys) = (vec![1; 900], event(1, 1).1);
    let mut tickets = vec![];
    let busy = loop {
        match log.try_submit_all(&[(&bytes, keys)]) {
            Ok(ticket) => tickets.push(ticket),
            Err(error) => break error,
        }
    };
    assert!(matches!(busy, LogError::Busy), "{busy}");
    drop(sender);
    let taken = tickets.len() as u64;
    assert!((2..=6).contains(&taken), "{taken}");
    let last = tickets.into_iter().map(|ticket| ticket.wait().unwrap()).last();
    assert_eq!(last, Some(taken - 1));
    assert!(log.try_submit_all(&[(&bytes, keys)]).is_ok());
}
