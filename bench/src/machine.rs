//! The machine that numbers are from, and this process's memory, as Linux tells them.

use std::fs::read_to_string;
use std::process::Command;

/// The value of a line `name : value` of a file under `/proc`.
fn line(file: &str, name: &str) -> Option<String> {
    let text = read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A kilobyte count as it stands under `/proc`, in bytes.
fn kilobytes(file: &str, name: &str) -> Option<u64> {
    let number: u64 = line(file, name)?.split_whitespace().next()?.parse().ok()?;
    Some(number * 1024)
}

/// Processor, cores, memory, kernel, compiler and day, as one line.
#[must_use]
pub fn describe() -> String {
    let unknown = || "unknown".to_owned();
    let processor = line("/proc/cpuinfo", "model name").unwrap_or_else(unknown);
    let family = line("/proc/cpuinfo", "cpu family").unwrap_or_else(unknown);
    let model = line("/proc/cpuinfo", "model\t").unwrap_or_else(unknown);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = kilobytes("/proc/meminfo", "MemTotal").unwrap_or(0) as f64 / f64::from(1 << 30);
    let kernel = output("uname", &["-sr"]).unwrap_or_else(unknown);
    let rustc = output("rustc", &["--version"]).unwrap_or_else(unknown);
    let day = output("date", &["+%Y-%m-%d"]).unwrap_or_else(unknown);
    let load = read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().next().unwrap_or("unknown").to_owned();
    format!(
        "{processor} (family {family}, model {model}), {cores} cores, {memory:.0} GiB; {kernel}; {rustc}; {day}; load before: {load}"
    )
}

/// The most memory that this process has held, in bytes.
#[must_use]
pub fn peak_memory_bytes() -> u64 {
    kilobytes("/proc/self/status", "VmHWM").unwrap_or(0)
}

/// Forgets the peak so far, so that the next one is measured from here. Where the kernel refuses, the
/// peak stays that of the whole process.
pub fn forget_peak() {
    let _refused = std::fs::write("/proc/self/clear_refs", "5");
}
