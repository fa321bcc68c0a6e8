//! `hegui ledger verify`, as its user meets it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use hegui_ledger::checkpoint::{Checkpoint, Cosigner};
use hegui_ledger::note::Signer;
use hegui_ledger::tiles::Edge;
use std::path::PathBuf;
use std::process::{Command, Output};

const LOG: &str = "example.cn/ledger";

fn hegui(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hegui")).args(args).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn key() -> String {
    Signer::new(LOG, [1; 32]).unwrap().verifier().to_string()
}

/// A folder of this test's own with a published ledger of so many entries, cosigned by a witness.
fn published(name: &str, count: u64) -> PathBuf {
    let dir = std::env::temp_dir().join(format!("hegui-ledger-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&dir);
    let mut edge = Edge::new();
    for n in 0..count {
        edge.push(format!("entry {n}").as_bytes()).unwrap();
    }
    for file in edge.take_files() {
        let path = dir.join(file.name.to_string());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, file.bytes).unwrap();
    }
    let checkpoint =
        Checkpoint { origin: LOG.to_owned(), size: count, root: edge.root(), extensions: vec![] };
    let mut note = checkpoint.sign(&Signer::new(LOG, [1; 32]).unwrap()).unwrap();
    note.push_str(&witness().cosign(&note, 1_700_000_000).unwrap());
    std::fs::write(dir.join("checkpoint"), note).unwrap();
    dir
}

fn witness() -> Cosigner {
    Cosigner::new("witness.example", [2; 32]).unwrap()
}

#[test]
fn a_ledger_as_it_was_signed_passes_in_both_languages() {
    let dir = published("whole", 600);
    let dir = dir.to_str().unwrap();
    let english = hegui(&["--lang", "en", "ledger", "verify", dir, "--key", &key()]);
    assert_eq!(english.status.code(), Some(0), "{}", err(&english));
    assert!(out(&english).contains("600 entries"), "{}", out(&english));
    assert!(out(&english).contains("every entry is as it was signed"), "{}", out(&english));
    let file = format!("{dir}/key");
    std::fs::write(&file, format!("{}\n", key())).unwrap();
    let chinese = hegui(&["--lang", "zh", "ledger", "verify", dir, "--key", &file]);
    assert_eq!(chinese.status.code(), Some(0), "{}", err(&chinese));
    assert!(out(&chinese).contains("全部条目与所签署的一致"), "{}", out(&chinese));
    assert!(!err(&chinese).contains('\u{1b}'), "no progress where nobody looks");
    std::fs::remove_dir_all(dir).unwrap();
}

#[test]
fn a_changed_byte_is_named_with_what_it_concerns() {
    let dir = published("changed", 600);
    let path = dir.join("tile/0/001");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[70] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let dir = dir.to_str().unwrap();
    let told = hegui(&["--lang", "en", "ledger", "verify", dir, "--key", &key()]);
    assert_eq!(told.status.code(), Some(1), "{}", err(&told));
    assert!(out(&told).contains("✗ tile/0/001, byte 70: a wrong hash"), "{}", out(&told));
    assert!(out(&told).contains("concerns entry 258"), "{}", out(&told));
    assert!(!out(&told).contains("every entry"), "{}", out(&told));
    let json = hegui(&["ledger", "verify", dir, "--key", &key(), "--format", "json"]);
    assert_eq!(json.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_str(&out(&json)).unwrap();
    assert_eq!(report["holds"], false);
    let finding = &report["findings"][0];
    assert_eq!((&finding["file"], &finding["from_byte"]), (&"tile/0/001".into(), &70.into()));
    assert_eq!((&finding["from_leaf"], &finding["to_leaf"]), (&258.into(), &259.into()));
    std::fs::remove_dir_all(dir).unwrap();
}

#[test]
fn an_earlier_checkpoint_shows_a_fork_and_witnesses_are_counted() {
    let (old, new, forked) = (published("old", 300), published("new", 600), published("other", 299));
    let kept = old.join("checkpoint");
    let (kept, new) = (kept.to_str().unwrap(), new.to_str().unwrap());
    let grown = hegui(&["--lang", "en", "ledger", "verify", new, "--key", &key(), "--kept", kept]);
    assert_eq!(grown.status.code(), Some(0), "{}", err(&grown));
    assert!(out(&grown).contains("still contains the earlier checkpoint"), "{}", out(&grown));
    let shrunk = forked.to_str().unwrap();
    let shrunk = hegui(&["--lang", "en", "ledger", "verify", shrunk, "--key", &key(), "--kept", kept]);
    assert_eq!(shrunk.status.code(), Some(1), "{}", err(&shrunk));
    assert!(out(&shrunk).contains("rewritten, or forked"), "{}", out(&shrunk));

    let witnessed = |name: &str, seed: u8| {
        let key_of = Cosigner::new(name, [seed; 32]).unwrap().witness().to_string();
        hegui(&["--lang", "en", "ledger", "verify", new, "--key", &key(), "--witness", &key_of])
    };
    let one = witnessed("witness.example", 2);
    assert_eq!(one.status.code(), Some(0), "{}", err(&one));
    assert!(out(&one).contains("witnessed by witness.example at 2023-11-14"), "{}", out(&one));
    let other = witnessed("other.example", 3);
    assert_eq!(other.status.code(), Some(1), "{}", err(&other));
    assert!(out(&other).contains("0 of the witnesses that count have signed it; 1 must"), "{}", out(&other));
    for dir in [old.to_str().unwrap(), new, forked.to_str().unwrap()] {
        std::fs::remove_dir_all(dir).unwrap();
    }
}

#[test]
fn without_key_or_ledger_nothing_is_checked() {
    let dir = published("unasked", 3);
    let path = dir.to_str().unwrap();
    let unasked = hegui(&["ledger", "verify", path]);
    assert_eq!(unasked.status.code(), Some(2));
    assert!(err(&unasked).contains("signed by example.cn/ledger, witness.example"), "{}", err(&unasked));
    let wrong = hegui(&["ledger", "verify", path, "--key", "nonsense"]);
    assert_eq!(wrong.status.code(), Some(2));
    let nowhere = hegui(&["ledger", "verify", "/nowhere", "--key", &key()]);
    assert_eq!(nowhere.status.code(), Some(2));
    assert!(err(&nowhere).contains("`/nowhere`"), "{}", err(&nowhere));
    let other = Signer::new(LOG, [9; 32]).unwrap().verifier().to_string();
    let untrusted = hegui(&["--lang", "en", "ledger", "verify", path, "--key", &other]);
    assert_eq!(untrusted.status.code(), Some(1), "{}", err(&untrusted));
    assert!(out(&untrusted).contains("not signed by the key that is trusted"), "{}", out(&untrusted));
    std::fs::remove_dir_all(dir).unwrap();
}
