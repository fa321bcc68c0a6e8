//! Copies while others write, and what may not come back.

use super::{Folder, event, recognise};
use crate::backup::{BackupError, backup, restore};
use crate::disk::RealDisk;
use crate::erasures::Erased;
use crate::log::{Log, LogError, Options};
use crate::store::{Store, StoreError};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

fn options() -> Options {
    Options { segment_bytes: 32 << 10, batch_bytes: 8 << 10, ..Options::new([9; 16]) }
}

fn open(folder: &Path) -> Log {
    Log::open(Arc::new(RealDisk::new(folder).unwrap()), options()).unwrap()
}

fn events(log: &Log) -> Vec<(u64, u64)> {
    let (mut reader, mut all) = (log.reader(0), vec![]);
    while let Some(block) = reader.block(log.durable()).unwrap() {
        all.extend(block.records().map(|record| recognise(record.event, &record.keys).unwrap()));
    }
    all
}

/// A log of some segments and a backup of it.
fn backed_up(folder: &Path) -> Log {
    std::fs::create_dir(folder.join("data")).unwrap();
    let log = open(&folder.join("data"));
    let tickets: Vec<_> = (0..600).map(|number| event(1, number)).collect();
    let tickets: Vec<_> = tickets.iter().map(|(bytes, keys)| log.submit(bytes, keys).unwrap()).collect();
    for ticket in tickets {
        ticket.wait().unwrap();
    }
    backup(&log, &folder.join("backup")).unwrap();
    log
}

#[test]
fn a_backup_while_others_append_is_all_that_was_durable_when_it_began() {
    let folder = Folder::new("backup");
    std::fs::create_dir(folder.0.join("data")).unwrap();
    let log = open(&folder.0.join("data"));
    let stop = AtomicBool::new(false);
    /// Lets the others end also when the test fails, which would else hang in joining them.
    struct Stop<'a>(&'a AtomicBool);
    impl Drop for Stop<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    std::thread::scope(|scope| {
        for writer in 0..3 {
            let (log, stop) = (&log, &stop);
            scope.spawn(move || {
                for number in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    let (bytes, keys) = event(writer, number);
                    log.append(&bytes, &keys).unwrap();
                }
            });
        }
        let _stop = Stop(&stop);
        for round in 0..5 {
            let begun = log.wait_beyond(round * 40, std::time::Duration::from_secs(20));
            let (to, back) = (folder.0.join(format!("b{round}")), folder.0.join(format!("r{round}")));
            let copied = backup(&log, &to).unwrap();
            assert!(copied.events >= begun && copied.events <= log.durable());
            assert_eq!(restore(&to, &back, begun, &[], &mut |_| Ok(())).unwrap().events, copied.events);
            let restored = open(&back);
            assert_eq!(restored.durable(), copied.events);
            assert!(events(&log).starts_with(&events(&restored)));
            // It goes on as the log that it was.
            let (bytes, keys) = event(9, round);
            assert_eq!(restored.append(&bytes, &keys).unwrap(), copied.events);
        }
    });
}

#[test]
fn what_was_erased_is_erased_again_before_the_folder_can_be_opened() {
    let folder = Folder::new("erase");
    let _log = backed_up(&folder.0);
    let (from, to) = (folder.0.join("backup"), folder.0.join("restored"));
    let list =
        [Erased { id: [1; 16], at: 17 }, Erased { id: [2; 16], at: 600 }, Erased { id: [3; 16], at: 777 }];
    let mut destroyed = vec![];
    let failed = restore(&from, &to, 0, &list, &mut |erased| match erased.at {
        777 => Err("the keys are not there".to_owned()),
        _ => {
            destroyed.push(erased.id);
            Ok(())
        }
    });
    assert!(matches!(failed, Err(BackupError::Erasing { at: 777, .. })), "{failed:?}");
    let error = Store::open(&to, options(), vec![]).err().unwrap();
    assert!(matches!(error, StoreError::Unfinished { .. }), "{error}");

    std::fs::remove_dir_all(&to).unwrap();
    destroyed.clear();
    let mut destroy = |erased: &Erased| {
        destroyed.push(erased.id);
        Ok(())
    };
    let copied = restore(&from, &to, 0, &list, &mut destroy).unwrap();
    assert_eq!((copied.events, copied.erased_again), (600, 2));
    assert_eq!(destroyed, [[1; 16], [2; 16], [3; 16]]);
    let store = Store::open(&to, options(), vec![]).unwrap();
    assert_eq!(store.log().durable(), 600);
}

#[test]
fn nothing_is_overwritten_and_nothing_damaged_or_too_old_is_restored() {
    let folder = Folder::new("occupied");
    let log = backed_up(&folder.0);
    let (from, to) = (folder.0.join("backup"), folder.0.join("restored"));
    let mut keep = |_: &Erased| Ok(());
    for occupied in ["data", "backup"] {
        let error = restore(&from, &folder.0.join(occupied), 0, &[], &mut keep).unwrap_err();
        assert!(matches!(error, BackupError::Occupied(_)), "{error}");
        assert!(matches!(backup(&log, &folder.0.join(occupied)), Err(BackupError::Occupied(_))));
    }
    let error = restore(&from, &to, 601, &[], &mut keep).unwrap_err();
    assert!(matches!(error, BackupError::Log(LogError::Short { holds: 600, known: 601 })), "{error}");
    assert!(!to.exists(), "a restore that is refused leaves nothing");

    let names: Vec<_> = std::fs::read_dir(&from).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(names.len() > 3);
    for path in names {
        let whole = std::fs::read(&path).unwrap();
        let mut bytes = whole.clone();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 4;
        std::fs::write(&path, &bytes).unwrap();
        let error = restore(&from, &to, 0, &[], &mut keep).unwrap_err().to_string();
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(error.contains(&format!("`{name}` of the backup is not what was written")), "{error}");
        std::fs::write(&path, &whole).unwrap();
        let _ = std::fs::remove_dir_all(&to);
    }
    restore(&from, &to, 600, &[], &mut keep).unwrap();
    assert_eq!(events(&open(&to)), events(&log));
}
