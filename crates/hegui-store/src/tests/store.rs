//! The folder as a whole.

use super::{Folder, event};
use crate::follow::Follow;
use crate::index::Key;
use crate::log::{Block, LogError, Options};
use crate::store::{Store, StoreError};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Hears of every event; stands for the tree.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<u64>>>);

impl Follow for Heard {
    fn next(&self) -> u64 {
        self.0.lock().unwrap().len() as u64
    }

    fn apply(&mut self, block: &Block) -> Result<(), String> {
        let next = self.next();
        let news = block.records().map(|record| record.sequence).filter(|sequence| *sequence >= next);
        self.0.lock().unwrap().extend(news);
        Ok(())
    }

    fn rest(&mut self, _: bool) -> Result<(), String> {
        Ok(())
    }
}

fn options() -> Options {
    Options { segment_bytes: 64 << 10, ..Options::new([3; 16]) }
}

fn append(store: &Store, numbers: std::ops::Range<u64>) {
    for number in numbers {
        let (bytes, keys) = event(1, number);
        store.log().append(&bytes, &keys).unwrap();
    }
}

#[test]
fn followers_hear_of_every_event_once_and_in_order_also_after_opening_again() {
    let folder = Folder::new("follow");
    let heard = Heard::default();
    for part in 0..3 {
        let store = Store::open(&folder.0, options(), vec![Box::new(heard.clone())]).unwrap();
        append(&store, part * 50..part * 50 + 50);
        let last = part * 50 + 49;
        let soon = Duration::from_secs(20);
        assert!(store.followers()[0].wait_for(last, soon).unwrap());
        assert!(store.index_following().wait_for(last, soon).unwrap());
        let key = Key::Time(event(1, last).1.time);
        assert!(store.index().find(key, 0, 1000).unwrap().contains(&last));
        assert!(!store.index_was_damaged() && !store.merging_failed());
    }
    assert_eq!(*heard.0.lock().unwrap(), (0..150).collect::<Vec<_>>());
}

#[test]
fn a_folder_in_use_and_a_log_that_went_back_are_refused() {
    let folder = Folder::new("refuse");
    let store = Store::open(&folder.0, options(), vec![]).unwrap();
    append(&store, 0..3);
    let error = Store::open(&folder.0, options(), vec![]).err().unwrap().to_string();
    assert!(error.contains("is in use by process"), "{error}");
    drop(store);
    let ahead = Heard(Arc::new(Mutex::new(vec![0; 4])));
    let error = Store::open(&folder.0, options(), vec![Box::new(ahead)]).err().unwrap();
    assert!(matches!(error, StoreError::Log(LogError::Short { holds: 3, known: 4 })), "{error}");
}

#[test]
fn a_damaged_index_is_made_anew() {
    let folder = Folder::new("anew");
    let store = Store::open(&folder.0, options(), vec![]).unwrap();
    append(&store, 0..60);
    drop(store);
    let run = std::fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap().path());
    let run = run.into_iter().find(|path| path.extension().is_some_and(|it| it == "run")).unwrap();
    std::fs::write(&run, b"rubbish").unwrap();
    let store = Store::open(&folder.0, options(), vec![]).unwrap();
    assert!(store.index_was_damaged());
    assert!(store.index_following().wait_for(59, Duration::from_secs(20)).unwrap());
    assert_eq!(store.index().between(i64::MIN, i64::MAX, None, 100).unwrap().len(), 60);
}

#[test]
fn a_folder_is_made_with_those_above_it_for_its_user_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new("made");
    let inner = folder.0.join("a/b");
    drop(Store::open(&inner, options(), vec![]).unwrap());
    assert_eq!(std::fs::metadata(&inner).unwrap().permissions().mode() & 0o777, 0o700);
    drop(Store::open(&inner, options(), vec![]).unwrap());
}

#[test]
fn a_block_is_never_longer_than_what_is_believed() {
    let folder = Folder::new("long");
    let options = Options { batch_bytes: 1 << 30, ..options() };
    let store = Store::open(&folder.0, options.clone(), vec![]).unwrap();
    let event = vec![1; 1 << 20];
    let tickets: Vec<_> = (0..70).map(|_| store.log().submit(&event, &Default::default()).unwrap()).collect();
    for ticket in tickets {
        ticket.wait().unwrap();
    }
    drop(store);
    let store = Store::open(&folder.0, options, vec![]).unwrap();
    assert_eq!(store.log().verify().unwrap(), 70);
}

/// A follower with a mistake in it.
struct Mistaken;

impl Follow for Mistaken {
    fn next(&self) -> u64 {
        0
    }
    fn apply(&mut self, block: &Block) -> Result<(), String> {
        assert!(block.next() < 3, "a mistake of ours");
        Ok(())
    }
    fn rest(&mut self, _closing: bool) -> Result<(), String> {
        Ok(())
    }
}

#[test]
fn a_panic_of_a_follower_is_told_to_who_waits_for_it() {
    let folder = Folder::new("mistaken");
    let store = Store::open(&folder.0, options(), vec![Box::new(Mistaken)]).unwrap();
    append(&store, 0..5);
    let waited = store.followers()[0].wait_for(4, Duration::from_secs(20));
    assert!(waited.unwrap_err().to_string().contains("stopped before event 2: it has ended by a panic"));
}
