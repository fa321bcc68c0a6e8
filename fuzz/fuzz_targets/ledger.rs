//! Any bytes as each of the ledger's forms: refused, or written again as they were. And any change to a
//! published log: the verifier says that something is wrong.
#![no_main]

use hegui_ledger::checkpoint::{Checkpoint, Witness};
use hegui_ledger::event::{Event, Opening};
use hegui_ledger::note::{Note, Signer};
use hegui_ledger::receipt::Receipt;
use hegui_ledger::seal::{Erasure, KeyEntry};
use hegui_ledger::tiles::{self, Edge, Name};
use hegui_ledger::verify::verify;
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;
use std::sync::LazyLock;

struct Log {
    files: BTreeMap<String, Vec<u8>>,
    key: String,
}

static LOG: LazyLock<Option<Log>> = LazyLock::new(|| {
    let mut edge = Edge::new();
    for n in 0..259_u32 {
        edge.push(&n.to_be_bytes()).ok()?;
    }
    let log = Signer::new("example.cn/log", [1; 32]).ok()?;
    let origin = "example.cn/log".to_owned();
    let checkpoint = Checkpoint { origin, size: 259, root: edge.root(), extensions: vec![] };
    let mut files: BTreeMap<String, Vec<u8>> =
        edge.take_files().into_iter().map(|file| (file.name.to_string(), file.bytes)).collect();
    files.insert("checkpoint".to_owned(), checkpoint.sign(&log).ok()?.into_bytes());
    Some(Log { files, key: log.verifier().to_string() })
});

/// The published log with one file replaced or changed: it holds exactly where nothing was changed.
fn changed(bytes: &[u8]) {
    let (Some(log), Some((which, rest))) = (LOG.as_ref(), bytes.split_first()) else { return };
    let Some(name) = log.files.keys().nth(usize::from(which % 128) % log.files.len()) else { return };
    let mut files = log.files.clone();
    let Some(file) = files.get_mut(name) else { return };
    if *which < 128 {
        *file = rest.to_vec();
    } else {
        for change in rest.chunks_exact(3) {
            if let [high, low, mask] = change {
                let at = usize::from(u16::from_be_bytes([*high, *low])) % file.len();
                if let Some(byte) = file.get_mut(at) {
                    *byte ^= mask;
                }
            }
        }
    }
    let report = verify(|name| files.get(name).cloned().ok_or("missing"), &log.key, &[], 1, |_, _| {});
    let holds = report.is_ok_and(|report| report.holds());
    // Under a checkpoint anybody may add signatures that nobody asked for.
    if !(holds && name == "checkpoint") {
        assert_eq!(holds, files == log.files, "{name}");
    }
}

fuzz_target!(|bytes: &[u8]| {
    if let Ok(event) = Event::decode(bytes) {
        assert_eq!(event.encode(), bytes);
    }
    if let Ok(opening) = Opening::decode(bytes) {
        assert_eq!(opening.encode(), bytes);
    }
    if let Ok(entry) = KeyEntry::decode(bytes) {
        assert_eq!(entry.encode(), bytes);
    }
    if let Ok(erasure) = Erasure::decode(bytes) {
        assert_eq!(erasure.encode(), bytes);
    }
    let whole: Option<Vec<&[u8]>> = tiles::entries(bytes).collect();
    if let Some(entries) = whole {
        let mut bundle = vec![];
        assert!(entries.iter().all(|entry| tiles::put_entry(&mut bundle, entry).is_ok()));
        assert_eq!(bundle, bytes);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        if let Some(name) = Name::parse(text) {
            assert_eq!(name.to_string(), text);
        }
        if let Ok(checkpoint) = Checkpoint::parse(text) {
            assert_eq!(checkpoint.text(), text);
        }
        if let Ok(receipt) = Receipt::parse(text) {
            assert_eq!(receipt.to_string(), text);
        }
        let _ = Note::parse(text);
        let _ = Witness::parse(text);
    }
    changed(bytes);
});
