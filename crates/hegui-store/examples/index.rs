//! How fast the index follows the log: at a given rate and how far behind, as fast as it can from nothing,
//! how long a folder takes to open, and what looking up takes.
//!
//! ```text
//! cargo run --release -p hegui-store --example index [FOLDER] [EVENTS] [RATE]
//! ```
//! With 0 events it opens what is there, as after a kill, and says how long that took.
//!
//! Every event has a subject among a million, one of 20 activities, one of 50 recipients, and a time.
#![expect(clippy::print_stdout, reason = "it is what it is for")]

use hegui_store::{Index, Key, Keys, Options, RealDisk, Store};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

fn mixed(number: u64) -> u64 {
    let z = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (z ^ (z >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

fn id(of: u64) -> [u8; 16] {
    (u128::from(mixed(of)) << 64 | u128::from(of)).to_le_bytes()
}

fn keys(number: u64) -> Keys {
    let dice = mixed(number) >> 20;
    Keys {
        subject: Some(id(dice % 1_000_000)),
        activity: Some(id(dice % 20)),
        recipient: Some(id(dice % 50)),
        time: 1_700_000_000_000 + (number / 60).cast_signed(),
    }
}

fn open(folder: &Path) -> Result<Store, Box<dyn Error>> {
    Ok(Store::open(folder, Options::new(*b"identity of load"), vec![])?)
}

/// Appends at a rate and prints how far the index was behind, in seconds of that rate.
fn append(store: &Store, events: u64, rate: u64) -> Result<(), Box<dyn Error>> {
    let (begun, event, mut behind, mut last) = (Instant::now(), [5; 300], vec![], None);
    for number in 0..events {
        last = Some(store.log().submit(&event, &keys(number))?);
        if number % 1000 == 999 {
            let lag = store.log().durable().saturating_sub(store.index_following().applied());
            behind.push(lag as f64 / rate as f64);
            let due = Duration::from_secs_f64(number as f64 / rate as f64);
            std::thread::sleep(due.saturating_sub(begun.elapsed()));
        }
    }
    if let Some(last) = last {
        last.wait()?;
    }
    behind.sort_by(f64::total_cmp);
    let p99 = behind.get(behind.len() * 99 / 100).copied().unwrap_or_default();
    println!(
        "{events} events at {:.0}/s; behind: p50 {:.3} s, p99 {p99:.3} s, most {:.3} s",
        events as f64 / begun.elapsed().as_secs_f64(),
        behind.get(behind.len() / 2).copied().unwrap_or_default(),
        behind.last().copied().unwrap_or_default(),
    );
    Ok(())
}

fn look_up(store: &Store) -> Result<(), Box<dyn Error>> {
    let (begun, rounds, mut found) = (Instant::now(), 2000, 0);
    for number in 0..rounds {
        found += store.index().find(Key::Subject(id(mixed(number) % 1_000_000)), 0, 100)?.len();
    }
    let each = begun.elapsed().as_secs_f64() * 1e6 / rounds as f64;
    println!("events of a subject: {each:.0} µs each, {found} found by {rounds} questions");
    Ok(())
}

fn size(folder: &Path, ending: &str) -> Result<u64, Box<dyn Error>> {
    let mut size = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.path().extension().is_some_and(|own| own == ending) {
            size += entry.metadata()?.len();
        }
    }
    Ok(size >> 20)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().map_or_else(|| PathBuf::from("target/load-index"), PathBuf::from);
    let events: u64 = arguments.next().map_or(Ok(2_000_000), |text| text.parse())?;
    let rate: u64 = arguments.next().map_or(Ok(60_000), |text| text.parse())?;
    let (begun, long) = (Instant::now(), Duration::from_secs(600));
    let store = open(&folder)?;
    let (found, end) = (store.index_following().applied(), store.log().durable());
    store.index_following().wait_for(end.saturating_sub(1), if end > 0 { long } else { Duration::ZERO })?;
    println!(
        "{end} events, {found} of them in the index; up to date in {:.3} s",
        begun.elapsed().as_secs_f64()
    );
    if events == 0 {
        return Ok(());
    }
    append(&store, events, rate)?;
    let end = store.log().durable().saturating_sub(1);
    store.index_following().wait_for(end, long)?;
    look_up(&store)?;
    drop(store);

    let begun = Instant::now();
    let store = open(&folder)?;
    store.index_following().wait_for(end, long)?;
    println!("opened and up to date in {:.3} s", begun.elapsed().as_secs_f64());
    look_up(&store)?;
    drop(store);

    Index::forget(&RealDisk::new(&folder)?)?;
    let begun = Instant::now();
    let store = open(&folder)?;
    store.index_following().wait_for(end, long)?;
    let rate = end as f64 / begun.elapsed().as_secs_f64();
    println!("made anew at {rate:.0} events/s");
    drop(store);
    println!("log {} MiB, index {} MiB", size(&folder, "seg")?, size(&folder, "run")?);
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
