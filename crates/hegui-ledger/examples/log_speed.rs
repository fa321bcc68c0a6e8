//! How fast a log is written and verified: `cargo run --release -p hegui-ledger --example log_speed -- DIR [ENTRIES]`.
//!
//! Writes a log of entries of 300 bytes into a new folder, then verifies it with one thread and with two,
//! and makes and checks proofs of inclusion. Times are by the wall, beside them the processor's,
//! which tells more on a machine that others use; the page cache is as the writing left it.

#![allow(clippy::print_stdout, reason = "it measures")]

use hegui_ledger::checkpoint::Checkpoint;
use hegui_ledger::event::{Class, Event, Id, Kind, Opening, Payload, SubjectIdKey};
use hegui_ledger::note::Signer;
use hegui_ledger::proof::check_inclusion;
use hegui_ledger::seal::{DataKey, Part};
use hegui_ledger::tiles::{Edge, Reader};
use hegui_ledger::tree::{Frontier, leaf_hash};
use hegui_ledger::verify::verify;
use std::error::Error;
use std::path::Path;
use std::time::Instant;

const BYTES: usize = 300;

fn entry(n: u64) -> [u8; BYTES] {
    let mut entry = [0; BYTES];
    for (place, byte) in entry.iter_mut().enumerate() {
        *byte = (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (place % 8 * 8)) as u8 ^ place as u8;
    }
    entry
}

fn write(dir: &Path, edge: &mut Edge) -> Result<(), Box<dyn Error>> {
    for file in edge.take_files() {
        let path = dir.join(file.name.to_string());
        std::fs::create_dir_all(path.parent().unwrap_or(dir))?;
        std::fs::write(path, file.bytes)?;
    }
    Ok(())
}

/// The processor time that this process has used, in seconds (Linux; hundredths).
fn processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    // Fields 14 and 15 of proc(5): user and system time, in ticks.
    after.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>()
        / 100.0
}

/// The time when something began: by the wall, and of the processor.
struct Start(Instant, f64);

fn start() -> Start {
    Start(Instant::now(), processor())
}

fn rate(what: &str, count: u64, Start(wall, used): Start) {
    let (wall, used) = (wall.elapsed().as_secs_f64(), processor() - used);
    println!("{what}: {wall:.3} s ({used:.2} s of processor), {:.0} thousand/s", count as f64 / wall / 1e3);
}

/// Payloads sealed under the keys of their subjects, and the entries of their events.
fn sealing(payloads: &[[u8; BYTES]]) -> Result<(), Box<dyn Error>> {
    let (subject, class) = (SubjectIdKey::new([3; 32]).subject("tried out"), Class::Service);
    let tenant = Id::new("example.cn").ok_or("a name")?;
    let key = DataKey::new([4; 32]);
    let begun = start();
    let mut nonce = [0; 12];
    let mut sum = 0;
    for (n, payload) in (0_u64..).zip(payloads) {
        if let Some(counter) = nonce.last_chunk_mut() {
            *counter = n.to_be_bytes();
        }
        let sealed = key.seal(Part::Payload, &subject, &class, payload, nonce)?;
        let event = Event {
            kind: Kind::FIRST,
            version: 1,
            time: 0,
            tenant: tenant.clone(),
            subject: Some(subject),
            activity: None,
            recipient: None,
            payload: Payload::of(class.clone(), &sealed),
        };
        let opening = Opening { salt: [5; 32], event };
        sum += u64::from(opening.entry()[1]) + sealed.len() as u64;
    }
    rate(&format!("payloads of 300 B sealed, events committed to ({sum})"), payloads.len() as u64, begun);
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let dir = args.next().ok_or("name a new folder")?;
    let dir = Path::new(&dir);
    let count: u64 = args.next().map_or(Ok(1_000_000), |count| count.parse())?;
    std::fs::create_dir(dir)?;

    let leaves: Vec<_> = (0..1_000_000).map(|n| leaf_hash(&entry(n))).collect();
    let begun = start();
    let mut frontier = Frontier::new();
    frontier.extend(leaves.iter().copied());
    rate("leaf hashes appended to the frontier", frontier.size(), begun);
    let entries: Vec<_> = (0..200_000).map(entry).collect();
    let begun = start();
    let mut edge = Edge::new();
    for entry in &entries {
        edge.push(entry)?;
    }
    rate("entries of 300 B hashed into tiles and bundles", edge.size(), begun);
    let short: Vec<_> = (0..1_000_000_u64).map(|n| leaf_hash(&n.to_be_bytes())).collect();
    let begun = start();
    let mut edge = Edge::new();
    for entry in &short {
        edge.push(entry)?;
    }
    rate("entries of 32 B hashed into tiles and bundles", edge.size(), begun);

    sealing(&entries)?;

    let begun = start();
    let mut edge = Edge::new();
    for n in 0..count {
        edge.push(&entry(n))?;
        if n % 65_536 == 0 {
            write(dir, &mut edge)?;
        }
    }
    write(dir, &mut edge)?;
    let log = Signer::new("example.cn/log", [1; 32])?;
    let origin = "example.cn/log".to_owned();
    let checkpoint = Checkpoint { origin, size: count, root: edge.root(), extensions: vec![] };
    std::fs::write(dir.join("checkpoint"), checkpoint.sign(&log)?)?;
    rate("written, not synced", count, begun);

    let read = |name: &str| std::fs::read(dir.join(name));
    let key = log.verifier().to_string();
    for threads in [1, 2] {
        let begun = start();
        let report = verify(read, &key, &[], threads, |_, _| {})?;
        rate(&format!("verified with {threads} thread(s), holds: {}", report.holds()), report.entries, begun);
    }
    let mut worst = 0.0_f64;
    let begun = start();
    for n in 0..1000 {
        let index = n * 7_919_777 % count;
        let one = Instant::now();
        let mut reader = Reader::new(count, read);
        let path = reader.inclusion(index, count)?;
        worst = worst.max(one.elapsed().as_secs_f64());
        check_inclusion(&leaf_hash(&entry(index)), index, count, &path, &checkpoint.root)?;
    }
    rate("proofs of inclusion made and checked", 1000, begun);
    println!("the slowest proof took {:.3} ms to make", worst * 1e3);
    Ok(())
}
