//! How many events a second the journal seals, makes durable and takes into the published tree, and how long an
//! acknowledgement takes; how the tree and the index keep up; how quickly the folder opens and is read.
//!
//! ```text
//! cargo run --release -p hegui-store --example journal_load [FOLDER] [SECONDS] [RUNS]
//! ```
//! Payloads of 300 bytes, each about one of a million subjects, or each about a subject of its own: then every
//! event has a key that is new. *each* is how many events a call brings, *under way* how many calls a thread does
//! not wait for. The rate counts what is in the published tree when the run has ended.
#![expect(clippy::print_stdout, reason = "it is what it is for")]

use hegui_ledger::event::{Class, Kind};
use hegui_ledger::verify::verify;
use hegui_store::Journal;
use hegui_store::journal::{Draft, JournalError, MasterKeySource, Options, Reading};
use std::collections::VecDeque;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const PAYLOAD: usize = 300;
const ORIGIN: &str = "example.cn/load";

/// How a run loads it: threads, events a call, calls under way in a thread, among how many subjects.
type Shape = (u64, u64, usize, u64);

struct Run {
    events: u64,
    recorded: Duration,
    in_tree: Duration,
    in_index: Duration,
    times: Vec<Duration>,
    lost: i64,
}

fn drafts(journal: &Journal, first: u64, count: u64, among: u64) -> Vec<Draft> {
    let of = |number: u64| {
        let subject = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) % among;
        Draft {
            kind: Kind(16),
            version: 1,
            time: number.cast_signed(),
            subject: Some(journal.subject_id(&format!("subject {subject}"))),
            activity: Some(format!("activity {}", number % 20)),
            recipient: None,
            class: Class::Service,
            payload: vec![number as u8; PAYLOAD],
        }
    };
    (first..first + count).map(of).collect()
}

fn open(folder: &Path) -> Result<Journal, JournalError> {
    let master = MasterKeySource::File(folder.join("master"));
    Journal::open(&folder.join("data"), ORIGIN, &master, &Options::default())
}

fn load(
    folder: &Path,
    (threads, each, under_way, among): Shape,
    time: Duration,
) -> Result<Run, Box<dyn Error>> {
    let journal = open(folder)?;
    let (begun, before) = (Instant::now(), journal.size());
    let work = |thread: u64| -> Result<Vec<Duration>, JournalError> {
        let (mut waiting, mut times) = (VecDeque::with_capacity(under_way), vec![]);
        let mut number = before + (thread << 40);
        while begun.elapsed() < time {
            let drafts = drafts(&journal, number, each, among);
            number += each;
            waiting.push_back((Instant::now(), journal.submit(&drafts)?));
            while waiting.len() >= under_way
                && let Some((since, ticket)) = waiting.pop_front()
            {
                ticket.wait()?;
                times.push(since.elapsed());
            }
        }
        for (since, ticket) in waiting {
            ticket.wait()?;
            times.push(since.elapsed());
        }
        Ok(times)
    };
    let times: Result<Vec<_>, _> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|thread| scope.spawn(move || work(thread))).collect();
        let ended = |_| Err(JournalError::Draft("a thread has ended"));
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(ended)).collect()
    });
    let mut times: Vec<Duration> = times?.into_iter().flatten().collect();
    let (recorded, last) = (begun.elapsed(), journal.size() - 1);
    journal.wait_published(last, Duration::from_secs(600))?;
    let in_tree = begun.elapsed();
    journal.wait_found(last, Duration::from_secs(600))?;
    let in_index = begun.elapsed();
    times.sort_unstable();
    let lost = journal.counters().lost;
    Ok(Run { events: last + 1 - before, recorded, in_tree, in_index, times, lost })
}

fn at(sorted: &[Duration], part: f64) -> f64 {
    let place = ((sorted.len() as f64 * part) as usize).min(sorted.len().saturating_sub(1));
    sorted.get(place).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
}

/// A new folder with a master key in it.
fn fresh(folder: &Path) -> Result<(), Box<dyn Error>> {
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder)?;
    MasterKeySource::create(&folder.join("master"))?;
    Ok(())
}

/// What the last run left: opened, read, proven, verified.
fn look_back(folder: &Path) -> Result<(), Box<dyn Error>> {
    let now = Instant::now();
    let journal = open(folder)?;
    println!("opened with {} events in {:.2?}", journal.size(), now.elapsed());
    let now = Instant::now();
    let mut opened = 0_u32;
    for reading in journal.events(0) {
        opened += u32::from(matches!(reading?, Reading::Opened(_)));
    }
    println!("all read and opened in order: {:.0} events/s", f64::from(opened) / now.elapsed().as_secs_f64());
    let (now, size) = (Instant::now(), journal.published());
    for number in 0..200 {
        journal.prove(size / 200 * number)?;
    }
    println!("a proof of inclusion, with what opens the entry: {:.2?}", now.elapsed() / 200);
    let now = Instant::now();
    for number in 0..20 {
        journal.erase(journal.subject_id(&format!("subject {number}")), "", 0)?;
    }
    println!("an erasure: {:.2?}", now.elapsed() / 20);
    let (now, folder, key) = (Instant::now(), journal.published_folder(), journal.verifier());
    let report = verify(|name| std::fs::read(folder.join(name)), &key, &[], 2, |_, _| {})?;
    println!("verified: {} ({:?} entries, {:.2?})", report.holds(), report.size, now.elapsed());
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().map_or_else(|| PathBuf::from("target/journal"), PathBuf::from);
    let time = Duration::from_secs_f64(arguments.next().map_or(Ok(5.0), |text| text.parse())?);
    let runs: usize = arguments.next().map_or(Ok(3), |text| text.parse())?;
    println!(
        "payloads of {PAYLOAD} bytes, {runs} runs of {time:?} each, the median by rate; in {}",
        folder.display()
    );
    println!(
        "threads  each  under way   subjects  in tree/s  recorded/s  p50 ms   p99 ms  tree behind  index behind  lost"
    );
    let million = 1_000_000;
    for shape in [
        (1, 1, 1, million),
        (8, 1, 64, million),
        (2, 64, 32, million),
        (4, 64, 32, million),
        (8, 256, 8, million),
        (4, 64, 32, u64::MAX),
    ] {
        let (mut all, mut lost) = (vec![], 0);
        for _ in 0..runs {
            fresh(&folder)?;
            let run = load(&folder, shape, time)?;
            lost += run.lost;
            all.push(run);
        }
        all.sort_by(|one, other| {
            let rate = |run: &Run| run.events as f64 / run.in_tree.as_secs_f64();
            rate(one).total_cmp(&rate(other))
        });
        let Some(run) = all.get(all.len() / 2) else { continue };
        let (threads, each, under_way, among) = shape;
        let among = if among == u64::MAX { "all new".to_owned() } else { among.to_string() };
        println!(
            "{threads:7} {each:5} {under_way:10} {among:>10} {:10.0} {:11.0} {:7.2} {:8.2} {:10.2} s {:11.2} s {lost:5}",
            run.events as f64 / run.in_tree.as_secs_f64(),
            run.events as f64 / run.recorded.as_secs_f64(),
            at(&run.times, 0.5),
            at(&run.times, 0.99),
            (run.in_tree - run.recorded).as_secs_f64(),
            (run.in_index - run.recorded).as_secs_f64(),
        );
    }
    look_back(&folder)?;
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
