//! `hegui assess --ledger`: what happened on the platform shows in the findings.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

use hegui_register::{Limits, Register};
use hegui_runtime::happening::{Happened, Happening};
use hegui_runtime::keeping::Keeping;
use hegui_runtime::platform::{Platform, Setup};
use hegui_store::journal::{MasterKeySource, Options};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

/// 2026-07-01, 10 o'clock in China.
const NOW_MS: i64 = 1_782_871_200_000;

fn retailer() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/retailer"))
}

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A ledger in which a request was refused without reasons.
fn ledger(folder: &Path) {
    let master = MasterKeySource::create(&folder.join("master")).unwrap();
    let catalog = Arc::new(hegui_law::catalog().unwrap());
    let register = Register::read_dir(&retailer(), &catalog, &Limits::default()).unwrap();
    let keeping = Keeping {
        proof_basis: "pipl/69".to_owned(),
        proof_years: 5,
        log_basis: "csl/21".to_owned(),
        log_months: 12,
        denials_one_in: 1,
    };
    let setup = Setup { origin: "example.cn/ledger".to_owned(), keeping, journal: Options::default() };
    let data = folder.join("data");
    let platform = Platform::open(&data, &master, setup, (catalog, register, 1), NOW_MS).unwrap();
    let subject = Some(platform.subject("user-1"));
    let events = [
        json!({
            "type": "request_received", "request": "request.platform-1", "asks": "delete",
            "product": "product.app", "identity_verified": true,
        }),
        json!({
            "type": "request_answered", "request": "request.platform-1", "outcome": "refused",
            "by_hand": true, "reasons_given": false, "complaint_channel_given": true,
        }),
    ];
    for json in events {
        let what = Happening::read(json.to_string().as_bytes()).unwrap();
        platform.record(Happened { time_ms: NOW_MS, subject, what }, NOW_MS).unwrap();
    }
}

fn assess(more: &[&Path]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hegui"));
    command.args(["--lang", "en", "assess"]).arg(retailer()).args([
        "--format",
        "json",
        "--as-of",
        "2026-07-05",
    ]);
    if let [data, master] = more {
        command.arg("--ledger").arg(data).arg("--master-key").arg(master);
    }
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn outcome(json: &str) -> Option<Value> {
    let report: Value = serde_json::from_str(json).unwrap();
    let findings = report["findings"].as_array().unwrap().clone();
    let mut of_it = findings.into_iter().filter(|finding| {
        finding["requirement"] == "5.8.2-refusal" && finding["thing"] == "request.platform-1"
    });
    of_it.next().map(|finding| finding["outcome"].clone())
}

#[test]
fn what_happened_shows_in_the_findings() {
    let folder = Folder(std::env::temp_dir().join(format!("hegui-assess-ledger-{}", std::process::id())));
    std::fs::create_dir_all(&folder.0).unwrap();
    ledger(&folder.0);
    let (_, without, _) = assess(&[]);
    assert_eq!(outcome(&without), None);
    let (status, with, said) = assess(&[&folder.0.join("data"), &folder.0.join("master")]);
    assert_eq!((status, outcome(&with)), (Some(1), Some(json!("gap"))), "{said}");
    let (status, _, said) = assess(&[&folder.0, &folder.0.join("master")]);
    assert_eq!(status, Some(2));
    assert!(said.contains("there is no ledger in"), "{said}");
}
