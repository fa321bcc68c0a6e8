//! `hegui assess examples/retailer` as a whole process: how long it takes and what memory it needs.
//!
//! `process [PROGRAM [REGISTER]]`; without arguments the release build of this repository and its
//! example, as of a fixed date.

use anyhow::{Context, Result, ensure};
use hegui_bench::measure::{median, percentile};
use hegui_bench::table::{Table, short};
use nix::sys::resource::{UsageWho, getrusage};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RUNS: usize = 20;
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let program = arguments.next().unwrap_or_else(|| Path::new(ROOT).join("target/release/hegui"));
    let register = arguments.next().unwrap_or_else(|| Path::new(ROOT).join("examples/retailer"));
    ensure!(program.is_file(), "`{}` is not there: build it with `cargo build --release`", program.display());
    println!("## A whole process\n");
    println!(
        "`hegui assess examples/retailer`, {RUNS} runs after one that is not counted; the output goes nowhere.\n"
    );
    let mut table = Table::new(&[
        "format",
        "median, ms",
        "slowest, ms",
        "processor, ms",
        "peak memory so far, MiB",
        "target",
    ]);
    for format in ["terminal", "json", "html"] {
        let (mut times, processor) = runs(&program, &register, format)?;
        let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
        table.row(vec![
            format.to_owned(),
            short(median(&mut times).as_secs_f64() * 1e3),
            short(percentile(&mut times, 100).as_secs_f64() * 1e3),
            short(processor.as_secs_f64() * 1e3 / RUNS as f64),
            short(usage.max_rss() as f64 / 1024.0),
            if format == "terminal" { "< 100 ms, < 60 MiB".to_owned() } else { String::new() },
        ]);
    }
    println!("{table}");
    Ok(())
}

/// The times by the clock, and the processor time of all together.
fn runs(program: &Path, register: &Path, format: &str) -> Result<(Vec<Duration>, Duration)> {
    let mut times = vec![];
    run(program, register, format)?;
    let before = processor()?;
    for _ in 0..RUNS {
        times.push(run(program, register, format)?);
    }
    Ok((times, processor()?.saturating_sub(before)))
}

/// The processor time of all processes that have ended.
fn processor() -> Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = |time: nix::sys::time::TimeVal| (time.tv_sec() * 1_000_000 + time.tv_usec()).unsigned_abs();
    Ok(Duration::from_micros(micros(usage.user_time()) + micros(usage.system_time())))
}

fn run(program: &Path, register: &Path, format: &str) -> Result<Duration> {
    let start = Instant::now();
    let output = Command::new(program)
        .args(["assess", "--as-of", "2026-06-01", "--known-on", "2026-06-01", "--format", format])
        .arg(register)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .with_context(|| format!("`{}` cannot be run", program.display()))?;
    let took = start.elapsed();
    // 0 all met, 1 gaps, 3 unknown only; 2 is bad input.
    let ended = output.status.code();
    ensure!(
        matches!(ended, Some(0 | 1 | 3)),
        "it ended with {ended:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(took)
}
