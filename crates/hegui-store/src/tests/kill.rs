//! kill -9 of a process under load, on the real disk. The test starts itself as the process to be killed.
//!
//! `HEGUI_STORE_KILLS=50` for as many rounds as the design asks for.

use super::{event, recognise};
use crate::log::Options;
use crate::store::Store;
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

const FOLDER: &str = "HEGUI_STORE_CHILD";
const ROUND: &str = "HEGUI_STORE_ROUND";

fn options() -> Options {
    Options { segment_bytes: 1 << 20, ..Options::new(*b"identity of kill") }
}

/// A folder that goes when the test ends.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("hegui-store-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn open(folder: &Path) -> Store {
    Store::open(folder, options(), vec![]).unwrap()
}

/// What is killed: appends for ever and prints what was acknowledged.
#[test]
fn child() {
    let (Ok(folder), Ok(round)) = (std::env::var(FOLDER), std::env::var(ROUND)) else { return };
    let store = open(Path::new(&folder));
    let log = store.log();
    let round: u64 = round.parse().unwrap();
    std::thread::scope(|scope| {
        for writer in 0..6 {
            let writer = round * 8 + writer;
            scope.spawn(move || {
                for number in 0.. {
                    let (bytes, keys) = event(writer, number);
                    let sequence = log.append(&bytes, &keys).unwrap();
                    // One write of one line: it is whole or not there.
                    let line = format!("= {sequence} {writer} {number}\n");
                    std::io::stderr().write_all(line.as_bytes()).unwrap();
                }
            });
        }
    });
}

/// Lets it run for so long, kills it, and gives what it had acknowledged.
fn killed(folder: &Path, round: u64, after: Duration) -> Vec<(u64, (u64, u64))> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tests::kill::child", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .env(ROUND, round.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stderr.take().unwrap();
    let reading = std::thread::spawn(move || {
        let mut text = String::new();
        pipe.read_to_string(&mut text).unwrap();
        text
    });
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
    let text = reading.join().unwrap();
    let lines = text.lines().filter_map(|line| line.strip_prefix("= "));
    lines
        .map(|line| {
            let numbers: Vec<u64> = line.split(' ').map(|number| number.parse().unwrap()).collect();
            (numbers[0], (numbers[1], numbers[2]))
        })
        .collect()
}

#[test]
fn a_kill_at_any_moment_loses_nothing_acknowledged_and_leaves_no_half_event() {
    let rounds = std::env::var("HEGUI_STORE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(6);
    let folder = Folder::new("kill");
    let mut dice = crate::disk::simulated::Dice(u64::from(std::process::id()));
    let (mut acknowledged, mut torn) = (BTreeMap::new(), 0);
    for round in 0..rounds {
        let after = Duration::from_millis(60 + dice.below(250) as u64);
        acknowledged.extend(killed(&folder.0, round, after));
        let store = open(&folder.0);
        let log = store.log();
        torn += u64::from(log.recovery().torn.is_some());
        let mut found = BTreeMap::new();
        let mut reader = log.reader(0);
        while let Some(block) = reader.block(log.durable()).unwrap() {
            for record in block.records() {
                let known = recognise(record.event, &record.keys).expect("half an event");
                assert_eq!(found.insert(record.sequence, known), None);
            }
        }
        let lost = acknowledged.iter().filter(|(at, event)| found.get(at) != Some(event)).count();
        assert_eq!(lost, 0, "round {round}: of {} acknowledged", acknowledged.len());
        assert!(store.index_following().wait_for(log.durable() - 1, Duration::from_secs(60)).unwrap());
        let indexed = store.index().between(i64::MIN, i64::MAX, None, usize::MAX).unwrap();
        let mut indexed: Vec<u64> = indexed.into_iter().map(|(_, sequence)| sequence).collect();
        indexed.sort_unstable();
        assert!(indexed.iter().eq(found.keys()), "round {round}: the index is another");
    }
    eprintln!("{rounds} kills, {} acknowledged, {torn} torn ends", acknowledged.len());
    assert!(acknowledged.len() > 2 * rounds as usize, "hardly anything was acknowledged");
}
