//! How many events a second the log makes durable, and how long an acknowledgement takes, beside a bare loop
//! of writing and `fdatasync` in the same run.
//!
//! ```text
//! cargo run --release -p hegui-store --example load [FOLDER] [SECONDS] [RUNS]
//! ```
//! Prints a table: medians over the runs, and the ratio to the bare loop run just before.
#![expect(clippy::print_stdout, reason = "it is what it is for")]

use hegui_store::{Keys, Log, LogError, Options, RealDisk};
use std::collections::VecDeque;
use std::error::Error;
use std::fs::OpenOptions;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

const EVENT: usize = 300;

/// Writes blocks of so many bytes, over zeros or at the growing end, and syncs after each; how long each took, sorted.
fn bare(
    folder: &Path,
    bytes: usize,
    time: Duration,
    prepared: bool,
) -> Result<Vec<Duration>, Box<dyn Error>> {
    let path = folder.join("bare");
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(&path)?;
    let (length, block) = (64 << 20, vec![7; bytes]);
    let zeros = vec![0; 1 << 20];
    for at in (0..length).step_by(zeros.len()).filter(|_| prepared) {
        file.write_all_at(&zeros, at)?;
    }
    file.sync_all()?;
    let (begun, mut at, mut all) = (Instant::now(), 0, vec![]);
    while begun.elapsed() < time {
        let now = Instant::now();
        file.write_all_at(&block, at)?;
        file.sync_data()?;
        all.push(now.elapsed());
        at = if at + 2 * bytes as u64 > length { 0 } else { at + bytes as u64 };
    }
    std::fs::remove_file(&path)?;
    all.sort_unstable();
    Ok(all)
}

fn at(sorted: &[Duration], part: f64) -> f64 {
    let place = ((sorted.len() as f64 * part) as usize).min(sorted.len().saturating_sub(1));
    sorted.get(place).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
}

struct Load {
    rate: f64,
    times: Vec<Duration>,
    batches: u64,
    lost: i64,
}

/// So many threads, each with so many events under way.
fn load(folder: &Path, threads: u64, depth: usize, time: Duration) -> Result<Load, Box<dyn Error>> {
    let folder = folder.join("log");
    std::fs::create_dir_all(&folder)?;
    let options = Options::new(*b"identity of load");
    let log = Log::open(Arc::new(RealDisk::new(&folder)?), options)?;
    let begun = Instant::now();
    let work = |thread: u64| -> Result<Vec<Duration>, LogError> {
        let (mut under_way, mut times, event) =
            (VecDeque::with_capacity(depth), vec![], [thread as u8; EVENT]);
        let mut number = thread << 32;
        while begun.elapsed() < time {
            number += 1;
            let subject = u128::from(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let keys =
                Keys { subject: Some(subject.to_le_bytes()), time: number.cast_signed(), ..Keys::default() };
            under_way.push_back((Instant::now(), log.submit(&event, &keys)?));
            if under_way.len() >= depth
                && let Some((since, ticket)) = under_way.pop_front()
            {
                ticket.wait()?;
                times.push(since.elapsed());
            }
        }
        for (since, ticket) in under_way {
            ticket.wait()?;
            times.push(since.elapsed());
        }
        Ok(times)
    };
    let times: Result<Vec<_>, _> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|thread| scope.spawn(move || work(thread))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or(Err(LogError::Closed))).collect()
    });
    let mut times: Vec<Duration> = times?.into_iter().flatten().collect();
    let rate = times.len() as f64 / begun.elapsed().as_secs_f64();
    times.sort_unstable();
    let counters = log.counters();
    drop(log);
    std::fs::remove_dir_all(&folder)?;
    Ok(Load { rate, times, batches: counters.batches, lost: counters.lost })
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of.get(of.len() / 2).copied().unwrap_or(f64::NAN)
}

/// What it is worth to write over zeros instead of at the growing end.
fn compare_bare(folder: &Path, time: Duration, runs: usize) -> Result<(), Box<dyn Error>> {
    for bytes in [512, 64 << 10, 1 << 20] {
        for prepared in [true, false] {
            let (mut p50, mut p99) = (vec![], vec![]);
            for _ in 0..runs {
                let times = bare(folder, bytes, time, prepared)?;
                p50.push(at(&times, 0.5));
                p99.push(at(&times, 0.99));
            }
            let over = if prepared { "over zeros" } else { "at the growing end" };
            let (p50, p99) = (median(p50), median(p99));
            println!("bare loop, {bytes:7} bytes {over:18}: p50 {p50:6.2} ms, p99 {p99:6.2} ms");
        }
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().map_or_else(|| PathBuf::from("target/load"), PathBuf::from);
    let time = Duration::from_secs_f64(arguments.next().map_or(Ok(3.0), |text| text.parse())?);
    let runs: usize = arguments.next().map_or(Ok(3), |text| text.parse())?;
    std::fs::create_dir_all(&folder)?;
    println!("events of {EVENT} bytes, {runs} runs of {time:?} each, medians; in {}", folder.display());
    compare_bare(&folder, time / 2, runs)?;
    println!("threads  each    events/s  a block   p50 ms   p99 ms  bare p50  bare p99  p99/bare  lost");
    for (threads, depth) in [(1, 1), (8, 1), (64, 1), (8, 96), (1, 4096), (8, 512), (64, 64)] {
        let (mut rows, mut lost) = (vec![], 0);
        for _ in 0..runs {
            let got = load(&folder, threads, depth, time)?;
            let block = got.times.len() as f64 / got.batches.max(1) as f64;
            let bytes = ((block * (EVENT + 33) as f64) as usize).next_multiple_of(512);
            let bare = bare(&folder, bytes, time / 2, true)?;
            let (p50, p99) = (at(&got.times, 0.5), at(&got.times, 0.99));
            let (bare50, bare99) = (at(&bare, 0.5), at(&bare, 0.99));
            rows.push([got.rate, block, p50, p99, bare50, bare99, p99 / bare99]);
            lost += got.lost;
        }
        let column = |at: usize| median(rows.iter().filter_map(|row| row.get(at).copied()).collect());
        println!(
            "{threads:7} {depth:5}  {:10.0} {:8.0} {:8.2} {:8.2} {:9.2} {:9.2} {:9.2} {lost:5}",
            column(0),
            column(1),
            column(2),
            column(3),
            column(4),
            column(5),
            column(6),
        );
    }
    Ok(())
}
