//! `hegui assess examples/retailer` as a whole process, in every format: how long it takes and what
//! memory it needs; and the import of a list of 50,000 rows.
//!
//! `process [PROGRAM [REGISTER [LIST]]]`; without arguments the release build of this repository and its
//! example, as of a fixed date, and no list. The list is made by `hegui-sheet`'s example `large`.

use anyhow::{Context, Result, ensure};
use hegui_bench::measure::{median, percentile};
use hegui_bench::table::{Table, short};
use nix::sys::resource::{UsageWho, getrusage};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RUNS: usize = 20;
/// The formats, and what is wanted of them.
const FORMATS: [(&str, &str); 7] = [
    ("terminal", "< 100 ms, < 60 MiB"),
    ("json", ""),
    ("html", ""),
    ("md", ""),
    ("docx", "< 300 ms"),
    ("xlsx", ""),
    ("pdf", "< 1,000 ms"),
];
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let program = arguments.next().unwrap_or_else(|| Path::new(ROOT).join("target/release/hegui"));
    let register = arguments.next().unwrap_or_else(|| Path::new(ROOT).join("examples/retailer"));
    let list = arguments.next();
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
    for (format, target) in FORMATS {
        let Some((mut times, processor)) = runs(&program, &register, format)? else {
            println!("`{format}`: this program was built without it.\n");
            continue;
        };
        let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
        table.row(vec![
            format.to_owned(),
            short(median(&mut times).as_secs_f64() * 1e3),
            short(percentile(&mut times, 100).as_secs_f64() * 1e3),
            short(processor.as_secs_f64() * 1e3 / RUNS as f64),
            short(usage.max_rss() as f64 / 1024.0),
            target.to_owned(),
        ]);
    }
    println!("{table}");
    list.map_or(Ok(()), |list| imports(&program, &list))
}

/// A list of many rows, imported into a new register, which is written: the whole process.
fn imports(program: &Path, list: &Path) -> Result<()> {
    let into = std::env::temp_dir().join(format!("hegui-bench-import-{}", std::process::id()));
    let mut times = vec![];
    for _ in 0..5 {
        let _ = std::fs::remove_dir_all(&into);
        let start = Instant::now();
        let status = Command::new(program)
            .args(["register", "import", "--yes", "--by", "bench", "--into"])
            .arg(&into)
            .arg(list)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .status()
            .with_context(|| format!("`{}` cannot be run", program.display()))?;
        ensure!(status.success(), "the import ended with {status}");
        times.push(start.elapsed());
    }
    std::fs::remove_dir_all(&into)?;
    let peak = getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss() as f64 / 1024.0;
    println!(
        "`hegui register import LIST --yes`, a plain list of 50,000 rows into a new register, 5 runs: median \
         {} s (wanted: < 3 s), slowest {} s; peak memory so far {} MiB.\n",
        short(median(&mut times).as_secs_f64()),
        short(percentile(&mut times, 100).as_secs_f64()),
        short(peak),
    );
    Ok(())
}

/// The times by the clock, and the processor time of all together; none for a format that the program
/// was built without.
fn runs(program: &Path, register: &Path, format: &str) -> Result<Option<(Vec<Duration>, Duration)>> {
    let mut times = vec![];
    match run(program, register, format) {
        Err(error) if error.to_string().contains("without PDF") => return Ok(None),
        first => first?,
    };
    let before = processor()?;
    for _ in 0..RUNS {
        times.push(run(program, register, format)?);
    }
    Ok(Some((times, processor()?.saturating_sub(before))))
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
