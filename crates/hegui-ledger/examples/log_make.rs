//! Makes a log that other implementations can be tried on:
//! `cargo run -p hegui-ledger --example log_make -- DIR ENTRIES` (see `scripts/check-ledger`).
//!
//! The new folder then holds the published log at two sizes (half, then all), `earlier` (the checkpoint at
//! half), `growth` (the proof from there, base64, a hash a line), `N.tlog-proof` for some entries, and
//! `key` and `witness` (public keys). Entry `N` is the text `entry N`. The keys are for trying out only.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hegui_ledger::checkpoint::{Checkpoint, Cosigner};
use hegui_ledger::note::Signer;
use hegui_ledger::receipt::Receipt;
use hegui_ledger::tiles::{Edge, Reader};
use std::error::Error;
use std::path::Path;

const ORIGIN: &str = "example.cn/ledger";

/// Publishes what is new, then the checkpoint, signed and cosigned; the checkpoint.
fn publish(dir: &Path, edge: &mut Edge, log: &Signer, witness: &Cosigner) -> Result<String, Box<dyn Error>> {
    for file in edge.take_files() {
        let path = dir.join(file.name.to_string());
        std::fs::create_dir_all(path.parent().unwrap_or(dir))?;
        std::fs::write(path, file.bytes)?;
    }
    let origin = ORIGIN.to_owned();
    let checkpoint = Checkpoint { origin, size: edge.size(), root: edge.root(), extensions: vec![] };
    let mut note = checkpoint.sign(log)?;
    note.push_str(&witness.cosign(&note, 1_700_000_000)?);
    std::fs::write(dir.join("checkpoint"), &note)?;
    Ok(note)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let dir = args.next().ok_or("name a new folder")?;
    let count: u64 = args.next().ok_or("say how many entries")?.parse()?;
    let dir = Path::new(&dir);
    std::fs::create_dir(dir)?;
    let (log, witness) = (Signer::new(ORIGIN, [1; 32])?, Cosigner::new("witness.example", [2; 32])?);
    std::fs::write(dir.join("key"), format!("{}\n", log.verifier()))?;
    std::fs::write(dir.join("witness"), format!("{}\n", witness.witness()))?;
    let mut edge = Edge::new();
    let half = count / 2;
    for n in 0..half {
        edge.push(format!("entry {n}").as_bytes())?;
    }
    let earlier = publish(dir, &mut edge, &log, &witness)?;
    std::fs::write(dir.join("earlier"), earlier)?;
    for n in half..count {
        edge.push(format!("entry {n}").as_bytes())?;
    }
    let checkpoint = publish(dir, &mut edge, &log, &witness)?;
    let mut reader = Reader::new(count, |name: &str| std::fs::read(dir.join(name)));
    let growth = reader.consistency(half, count)?;
    let lines: String = growth.iter().map(|hash| format!("{}\n", BASE64.encode(hash))).collect();
    std::fs::write(dir.join("growth"), lines)?;
    for index in [0, 1, half, count.saturating_sub(1)] {
        let path = reader.inclusion(index, count)?;
        let receipt = Receipt { extra: vec![], index, path, checkpoint: checkpoint.clone() };
        std::fs::write(dir.join(format!("{index}.tlog-proof")), receipt.to_string())?;
    }
    Ok(())
}
