//! The independent verifier: what is right passes; whatever is changed is found and named.

use super::entries;
use super::tiles::{Folder, publish, read};
use hegui_ledger::checkpoint::Checkpoint;
use hegui_ledger::note::Signer;
use hegui_ledger::tiles::Edge;
use hegui_ledger::verify::{Fault, Finding, Kept, Report, VerifyError, verify};
use proptest::prelude::*;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

const LOG: &str = "example.cn/log";

fn log() -> Signer {
    Signer::new(LOG, [1; 32]).unwrap()
}

fn signed(edge: &Edge) -> String {
    let checkpoint =
        Checkpoint { origin: LOG.to_owned(), size: edge.size(), root: edge.root(), extensions: vec![] };
    checkpoint.sign(&log()).unwrap()
}

/// A log with a checkpoint of these entries.
fn published(all: &[Vec<u8>]) -> Folder {
    let (mut edge, mut folder) = (Edge::new(), Folder::new());
    for entry in all {
        edge.push(entry).unwrap();
    }
    publish(&mut edge, &mut folder);
    folder.insert("checkpoint".to_owned(), signed(&edge).into_bytes());
    folder
}

fn checked(folder: &Folder) -> Report {
    verify(read(folder), &log().verifier().to_string(), &[], 2, |_, _| {}).unwrap()
}

fn first(folder: &Folder) -> Finding {
    checked(folder).findings.into_iter().next().expect("something is wrong")
}

fn finding(file: &str, bytes: Range<u64>, fault: Fault, leaves: Range<u64>) -> Finding {
    Finding { file: file.to_owned(), bytes, fault, leaves }
}

#[test]
fn it_shares_no_code_with_the_writer() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/verify");
    let mut sources = vec![concat!(env!("CARGO_MANIFEST_DIR"), "/src/verify.rs").into()];
    sources.extend(std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    assert!(sources.len() > 3);
    for path in sources {
        let source = std::fs::read_to_string(&path).unwrap();
        assert!(!source.contains("crate::"), "{} uses the rest of the crate", path.display());
        let above = source.contains("super::super");
        assert!(!above, "{} uses the rest of the crate", path.display());
    }
}

#[test]
fn a_log_of_any_size_is_verified_and_its_progress_told() {
    let all = entries(70_000);
    for size in [0, 1, 2, 255, 256, 257, 511, 512, 1000, 65_535, 65_536, 65_537, 70_000] {
        let folder = published(&all[..size]);
        let last = AtomicU64::new(0);
        let progress = |done, total| {
            assert_eq!(total, size as u64);
            last.fetch_max(done, Ordering::Relaxed);
        };
        let report = verify(read(&folder), &log().verifier().to_string(), &[], 2, progress).unwrap();
        assert!(report.holds(), "{size}: {:?}", report.findings);
        assert_eq!((report.size, report.entries), (Some(size as u64), size as u64));
        assert_eq!(last.into_inner(), size as u64);
    }
}

/// Whether the finding names this byte of this file: exactly where it says that it can.
fn names(finding: &Finding, file: &str, at: usize) -> bool {
    finding.file == file && finding.bytes.contains(&(at as u64))
}

/// The checkpoint has few bytes and costs nothing to reject: all of it is tried, save in a large log.
fn step_in(file: &str, step: usize) -> usize {
    if file.contains("tile") || step > 100 { step } else { 1 }
}

/// Flips a bit of bytes of a log, and sees that the first finding is that byte and, where nothing
/// else was changed, nothing else is found outside its file.
fn flip(all: &[Vec<u8>], step: usize) {
    let folder = published(all);
    assert!(checked(&folder).holds());
    let mut damaged = folder.clone();
    // Of a large log, every file of the upper levels and some of the others.
    let some = |(at, (file, _)): &(usize, (&String, &Vec<u8>))| {
        folder.len() < 20 || at % 67 == 0 || !file.contains("tile/0") && !file.contains("entries")
    };
    for (_, (file, bytes)) in folder.iter().enumerate().filter(some) {
        for at in (0..bytes.len()).step_by(step_in(file, step)) {
            let bit = 1 << (at % 8);
            damaged.get_mut(file).unwrap()[at] ^= bit;
            let report = checked(&damaged);
            let first = report.findings.first().unwrap_or_else(|| panic!("{file}:{at} is not found"));
            assert!(names(first, file, at), "{file}:{at} is not named but {first:?}");
            assert!(report.findings.iter().all(|finding| finding.file == *file), "{file}:{at}: {report:?}");
            match file.as_str() {
                "checkpoint" => {
                    assert!(matches!(first.fault, Fault::Form | Fault::Unsigned | Fault::Signature));
                }
                file if file.contains("entries") => {
                    let index: u64 = file[13..16].parse().unwrap();
                    let mut end = 0;
                    let wrong = all[index as usize * 256..].iter().position(|entry| {
                        end += 2 + entry.len();
                        at < end
                    });
                    assert_eq!(first.leaves.start, index * 256 + wrong.unwrap() as u64, "{file}:{at}");
                }
                _ => {
                    assert_eq!(first.fault, Fault::Hash);
                    assert_eq!(first.bytes.start, at as u64);
                }
            }
            damaged.get_mut(file).unwrap()[at] ^= bit;
        }
    }
}

#[test]
fn every_flipped_byte_of_a_small_log_is_found_and_named() {
    flip(&entries(7), 1);
    flip(&entries(40), 1);
    // Two levels, a full tile and a partial one; prime steps reach every place within a hash.
    flip(&entries(259), 5);
}

#[test]
fn flipped_bytes_of_a_log_of_three_levels_are_found_and_named() {
    flip(&entries(65_800), 2_917);
}

#[test]
fn what_a_wrong_hash_concerns_are_the_leaves_under_it() {
    let mut folder = published(&entries(65_800));
    folder.get_mut("tile/1/000").unwrap()[32 * 3 + 9] ^= 1;
    assert_eq!(first(&folder), finding("tile/1/000", 105..106, Fault::Hash, 768..1024));
    let mut folder = published(&entries(65_800));
    folder.get_mut("tile/2/000.p/1").unwrap()[31] ^= 1;
    assert_eq!(checked(&folder).findings, [finding("tile/2/000.p/1", 31..32, Fault::Hash, 0..65_536)]);
}

#[test]
fn a_file_cut_off_lengthened_or_missing_is_named() {
    let whole = published(&entries(600));
    let files: Vec<&String> = whole.keys().filter(|name| *name != "checkpoint").collect();
    for file in files {
        let length = whole[file].len();
        let mut folder = whole.clone();
        folder.get_mut(file).unwrap().pop();
        let cut = first(&folder);
        assert_eq!((&cut.file, &cut.fault), (file, &Fault::Length), "{cut:?}");
        assert!(cut.bytes.end == length as u64 - 1, "{cut:?}");
        let mut folder = whole.clone();
        folder.get_mut(file).unwrap().push(0);
        let longer = first(&folder);
        assert_eq!((&longer.file, &longer.fault), (file, &Fault::Length));
        assert_eq!(longer.bytes, length as u64..length as u64 + 1);
        let mut folder = whole.clone();
        folder.remove(file);
        let missing = first(&folder);
        assert_eq!((&missing.file, &missing.fault), (file, &Fault::Missing("no such file".to_owned())));
        let others = checked(&folder).findings.len() - 1;
        assert_eq!(others, 0, "{file}: nothing else is wrong");
    }
}

#[test]
fn a_log_that_has_grown_is_verified_at_an_earlier_size_from_its_full_files() {
    let all = entries(600);
    let mut folder = published(&all[..300]);
    let earlier = folder["checkpoint"].clone();
    folder.retain(|name, _| !name.contains(".p/"));
    let grown = published(&all);
    folder.extend(grown.into_iter().filter(|(name, _)| name != "checkpoint"));
    // Partial tiles of the upper levels are replaced by none: the log of 300 still needs its own.
    let upper = published(&all[..300]).into_iter().find(|(name, _)| name.starts_with("tile/1/")).unwrap();
    folder.insert(upper.0, upper.1);
    folder.insert("checkpoint".to_owned(), earlier);
    assert!(!folder.contains_key("tile/0/001.p/44"));
    let report = checked(&folder);
    assert!(report.holds(), "{:?}", report.findings);
    assert_eq!(report.entries, 300);
    folder.get_mut("tile/0/001").unwrap()[32 * 43] ^= 1;
    assert_eq!(first(&folder), finding("tile/0/001", 1376..1377, Fault::Hash, 299..300));
    folder.get_mut("tile/0/001").unwrap()[32 * 43] ^= 1;
    folder.get_mut("tile/0/001").unwrap()[32 * 44] ^= 1;
    assert!(checked(&folder).holds(), "what came later is not of this log");
}

#[test]
fn tiles_and_bundles_in_each_other_s_place_are_named() {
    for folder_of in ["0", "entries"] {
        let mut folder = published(&entries(600));
        let (a, b) = (format!("tile/{folder_of}/000"), format!("tile/{folder_of}/001"));
        let (one, other) = (folder[&a].clone(), folder[&b].clone());
        folder.insert(a.clone(), other);
        folder.insert(b.clone(), one);
        let files: Vec<String> = checked(&folder).findings.into_iter().map(|finding| finding.file).collect();
        assert_eq!(files.first(), Some(&a));
        assert!(files.contains(&b));
    }
}

#[test]
fn entries_in_another_order_are_named() {
    let mut all = entries(300);
    let mut folder = published(&all);
    all.swap(10, 11);
    let other = published(&all);
    folder.insert("tile/entries/000".to_owned(), other["tile/entries/000"].clone());
    let found = checked(&folder).findings;
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0].fault, found[0].leaves.clone()), (&Fault::Entry, 10..12));
}

#[test]
fn a_log_rewritten_without_its_key_is_found() {
    let all = entries(600);
    let honest = published(&all);
    let mut changed = all.clone();
    changed[5] = b"another".to_vec();
    let mut folder = published(&changed);
    folder.insert("checkpoint".to_owned(), honest["checkpoint"].clone());
    let root = finding("checkpoint", 19..63, Fault::Root, 0..600);
    assert_eq!(checked(&folder).findings, [root], "all fits together but the signed root");

    // Only entry and leaf are rewritten: the level above gives them away.
    let mut folder = honest.clone();
    for file in ["tile/entries/000", "tile/0/000"] {
        folder.insert(file.to_owned(), published(&changed)[file].clone());
    }
    let subtree = first(&folder);
    assert_eq!((subtree.file.as_str(), &subtree.fault), ("tile/0/000", &Fault::Subtree));
    assert_eq!(subtree.leaves, 0..256);
}

#[test]
fn two_faults_in_one_subtree_are_both_named_exactly() {
    let mut folder = published(&entries(600));
    folder.get_mut("tile/0/000").unwrap()[32 * 9] ^= 4;
    folder.get_mut("tile/entries/000").unwrap()[4] ^= 4;
    let found = checked(&folder).findings;
    assert_eq!(found[0].fault, Fault::Entry);
    assert_eq!(found[0].leaves, 0..1);
    assert_eq!(found[1], finding("tile/0/000", 288..289, Fault::Hash, 9..10));
}

#[test]
fn a_fork_shows_against_a_checkpoint_that_somebody_kept() {
    let all = entries(900);
    let kept: Vec<String> = [0, 1, 256, 300, 600, 900]
        .map(|size| String::from_utf8(published(&all[..size])["checkpoint"].clone()).unwrap())
        .to_vec();
    let kept: Vec<&str> = kept.iter().map(String::as_str).collect();
    let key = log().verifier().to_string();
    let holds = |folder: &Folder| {
        let report = verify(read(folder), &key, &kept, 1, |_, _| {}).unwrap();
        assert_eq!(report.findings, []);
        assert_eq!(report.holds(), report.kept.iter().all(|kept| kept.holds));
        report.kept.iter().map(|Kept { size, holds }| (*size, *holds)).collect::<Vec<_>>()
    };
    let expected = |until: u64| [0, 1, 256, 300, 600, 900].map(|size| (size, size <= until)).to_vec();
    assert_eq!(holds(&published(&all)), expected(900));
    // The same key signs another history from entry 400 on.
    let mut forked = all.clone();
    forked[400] = b"never happened".to_vec();
    assert_eq!(holds(&published(&forked)), expected(300));
    // The same key signs a shorter one.
    assert_eq!(holds(&published(&all[..500])), expected(300));
}

#[test]
fn without_key_or_log_nothing_is_checked() {
    let folder = published(&entries(3));
    let key = log().verifier().to_string();
    let other = Signer::new(LOG, [2; 32]).unwrap();
    let with = |folder: &Folder, key: &str| verify(read(folder), key, &[], 1, |_, _| {});
    assert_eq!(with(&folder, "nonsense"), Err(VerifyError::Key));
    assert_eq!(with(&folder, &key.replace('+', "-")), Err(VerifyError::Key));
    let none = VerifyError::NoLog("no such file".to_owned());
    assert_eq!(with(&Folder::new(), &key), Err(none));
    let unsigned = with(&folder, &other.verifier().to_string()).unwrap();
    assert_eq!(unsigned.findings[0].fault, Fault::Unsigned);
    assert!(!unsigned.holds());
    let bad = verify(read(&folder), &key, &["nothing"], 1, |_, _| {});
    assert_eq!(bad, Err(VerifyError::Kept(1)));
    // Signed, and by the right key, but of another log.
    let text = "example.cn/other\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    let stray = [("checkpoint".to_owned(), log().sign(text).unwrap().into_bytes())].into();
    assert_eq!(first(&stray).fault, Fault::Form);
}

#[test]
fn a_signed_size_without_files_ends_soon() {
    for size in [1 << 20, 1 << 40, u64::MAX] {
        let checkpoint = Checkpoint { origin: LOG.to_owned(), size, root: [3; 32], extensions: vec![] };
        let note = checkpoint.sign(&log()).unwrap();
        let folder: Folder = [("checkpoint".to_owned(), note.into_bytes())].into();
        let report = checked(&folder);
        assert!(!report.findings.is_empty() && report.more);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever is done to a few bytes anywhere, the log does not pass, and one thread says what two do.
    #[test]
    fn damage_anywhere_is_found(
        size in 1_usize..700,
        hits in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 1_u8..), 1..5),
    ) {
        let whole = published(&entries(size));
        let mut folder = whole.clone();
        for (file, at, mask) in hits {
            let name = whole.keys().nth(file.index(whole.len())).unwrap();
            let bytes = folder.get_mut(name).unwrap();
            let at = at.index(bytes.len());
            bytes[at] ^= mask;
        }
        let report = checked(&folder);
        prop_assert_eq!(report.holds(), folder == whole);
        let key = log().verifier().to_string();
        let one = verify(read(&folder), &key, &[], 1, |_, _| {}).unwrap();
        prop_assert_eq!(one, report);
    }
}
