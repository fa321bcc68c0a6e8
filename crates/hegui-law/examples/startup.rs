//! Measures how long the embedded catalog takes to decode: `cargo run --release -p hegui-law --example startup`.

use std::time::Instant;

#[expect(clippy::print_stdout, reason = "a command that prints")]
fn main() -> Result<(), hegui_catalog::binary::Corrupt> {
    let mut times = vec![];
    let mut requirements = 0;
    for _ in 0..200 {
        let start = Instant::now();
        requirements = hegui_law::catalog()?.requirements.len();
        times.push(start.elapsed());
    }
    let first = times.first().copied().unwrap_or_default();
    times.sort();
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    println!(
        "{requirements} requirements, {} bytes: first {first:?}, median {median:?}",
        hegui_law::size_bytes()
    );
    Ok(())
}
