//! Sealed packages: what was sealed is read back, and every way of changing one is found.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use hegui_ledger::note::{Note, NoteError, Signer, Verifier};
use hegui_ledger::package::{Mismatch, PackageError, claims, seal, verify};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

fn signer(n: u8) -> Signer {
    Signer::new("example.cn/firm", [n; 32]).unwrap()
}

fn files() -> BTreeMap<String, Vec<u8>> {
    [("report.json", "{}"), ("register/a.toml", "x = 1\n"), ("附件/说明.txt", "说明")]
        .into_iter()
        .map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()))
        .collect()
}

fn said() -> Vec<(String, String)> {
    vec![("as-of".to_owned(), "2026-06-30".to_owned()), ("organisation".to_owned(), "示例 公司".to_owned())]
}

fn sealed() -> Vec<u8> {
    seal(&said(), &files(), &signer(1)).unwrap()
}

/// The package with its entries changed, in their order.
fn changed(change: impl Fn(&str, Vec<u8>) -> Vec<(String, Vec<u8>)>) -> Vec<u8> {
    let package = sealed();
    let mut archive = ZipArchive::new(Cursor::new(package.as_slice())).unwrap();
    let mut out = ZipWriter::new(Cursor::new(vec![]));
    for place in 0..archive.len() {
        let mut entry = archive.by_index(place).unwrap();
        let path = entry.name().unwrap().into_owned();
        let mut bytes = vec![];
        entry.read_to_end(&mut bytes).unwrap();
        for (path, bytes) in change(&path, bytes) {
            out.start_file(path, SimpleFileOptions::default()).unwrap();
            out.write_all(&bytes).unwrap();
        }
    }
    out.finish().unwrap().into_inner()
}

fn mismatches(package: &[u8]) -> Vec<Mismatch> {
    verify(package, &[signer(1).verifier()]).unwrap().mismatches
}

#[test]
fn what_was_sealed_is_read_back() {
    let opened = verify(&sealed(), &[signer(2).verifier(), signer(1).verifier()]).unwrap();
    assert_eq!(opened.said, said());
    assert_eq!(opened.files, files());
    assert_eq!(opened.signed_by, [signer(1).verifier()]);
    assert_eq!(opened.mismatches, []);
    assert_eq!(sealed(), sealed(), "the same bytes each time");
}

#[test]
fn a_changed_a_missing_and_an_added_file_are_all_named() {
    let package = changed(|path, mut bytes| match path {
        "report.json" => {
            bytes.push(b' ');
            vec![(path.to_owned(), bytes), ("extra".to_owned(), vec![])]
        }
        "register/a.toml" => vec![],
        _ => vec![(path.to_owned(), bytes)],
    });
    let found = mismatches(&package);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(
        matches!(&found[1], Mismatch::Changed { path, .. } if path == "report.json")
            || matches!(&found[0], Mismatch::Changed { path, .. } if path == "report.json")
    );
    assert!(found.contains(&Mismatch::Added("extra".to_owned())));
    assert!(found.contains(&Mismatch::Missing("register/a.toml".to_owned())));
}

#[test]
fn a_changed_manifest_is_refused() {
    let package = changed(|path, bytes| {
        let text = String::from_utf8(bytes).unwrap();
        let text = if path == "manifest" { text.replace("2026-06-30", "2026-07-01") } else { text };
        vec![(path.to_owned(), text.into_bytes())]
    });
    let error = verify(&package, &[signer(1).verifier()]).unwrap_err();
    assert!(matches!(error, PackageError::Note(NoteError::Wrong(_))), "{error}");
}

#[test]
fn another_key_of_the_same_name_is_not_trusted_and_the_claim_is_told() {
    let error = verify(&sealed(), &[signer(2).verifier()]).unwrap_err();
    assert!(matches!(error, PackageError::Note(NoteError::Untrusted(_))), "{error}");
    let claimed = claims(&sealed()).unwrap();
    assert!(signer(1).verifier().to_string().starts_with(&claimed[0]), "{claimed:?}");
}

#[test]
fn paths_that_leave_the_folder_cannot_be_sealed() {
    for path in ["../a", "/a", "a//b", "a/./b", "c:\\a", "a\nb", "", "manifest"] {
        let files = BTreeMap::from([(path.to_owned(), vec![])]);
        let error = seal(&[], &files, &signer(1)).unwrap_err();
        assert!(matches!(error, PackageError::Path(_)), "{path}");
    }
}

#[test]
fn a_file_that_unpacks_to_more_than_was_signed_is_not_unpacked() {
    let package = changed(|path, bytes| match path {
        "report.json" => vec![(path.to_owned(), vec![b'{'; 50 << 20])],
        _ => vec![(path.to_owned(), bytes)],
    });
    assert!(matches!(&mismatches(&package)[..], [Mismatch::Changed { path, .. }] if path == "report.json"));
}

#[test]
fn a_file_hidden_behind_another_of_the_same_name_is_found() {
    // Two entries of one name: written with another name of the same length, then renamed in the bytes.
    let package = changed(|path, bytes| match path {
        "report.json" => vec![("tropor.json".to_owned(), b"{}".to_vec()), (path.to_owned(), bytes)],
        _ => vec![(path.to_owned(), bytes)],
    });
    let mut renamed = package.clone();
    for at in 0..renamed.len() - 11 {
        if &package[at..at + 11] == b"tropor.json" {
            renamed[at..at + 11].copy_from_slice(b"report.json");
        }
    }
    assert_eq!(mismatches(&renamed), [Mismatch::Hidden(1)]);
}

#[test]
fn what_is_no_package_is_told_so() {
    let key = [signer(1).verifier()];
    assert!(matches!(verify(b"", &key), Err(PackageError::Archive(_))));
    assert!(matches!(verify(b"hello", &key), Err(PackageError::Archive(_))));
    let package = sealed();
    assert!(matches!(verify(&package[..package.len() / 2], &key), Err(PackageError::Archive(_))));
    let mut empty = ZipWriter::new(Cursor::new(vec![]));
    empty
        .start_file("a", SimpleFileOptions::default().compression_method(CompressionMethod::Stored))
        .unwrap();
    let zip = empty.finish().unwrap().into_inner();
    assert!(matches!(verify(&zip, &key), Err(PackageError::NoManifest)));
}

#[test]
fn the_specification_s_own_note_opens() {
    // The example of C2SP signed-note, from its text.
    let key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    let note = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    let key = Verifier::parse(key).unwrap();
    let (text, signed) =
        Note::parse(note).unwrap().open(std::slice::from_ref(&key)).map(|(t, s)| (t, s.len())).unwrap();
    assert!(text.starts_with("If you think"));
    assert_eq!(signed, 1);
}

#[test]
fn keys_are_read_back_and_damaged_ones_refused() {
    let signer = signer(7);
    let again = Signer::parse(&signer.secret()).unwrap();
    assert_eq!(again.verifier(), signer.verifier());
    assert_eq!(Verifier::parse(&signer.verifier().to_string()).unwrap(), signer.verifier());
    let damaged = signer.verifier().to_string().replace("firm", "form");
    assert_eq!(Verifier::parse(&damaged).unwrap_err(), NoteError::Id);
    assert!(!format!("{signer:?}").contains(&signer.secret()[40..]));
    for name in ["", "a b", "a+b", "a\n"] {
        assert!(matches!(Signer::new(name, [0; 32]), Err(NoteError::Name(_))), "{name:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever byte is changed, the package is refused or the change is named, and nothing panics.
    #[test]
    fn any_changed_byte_is_found(place in 0usize..10_000, to in 1u8..=255) {
        let mut package = sealed();
        let place = place % package.len();
        package[place] ^= to;
        let key = [signer(1).verifier()];
        if let Ok(opened) = verify(&package, &key) {
            // A byte that carries nothing (a time, an attribute) may differ; the files may not.
            prop_assert!(opened.mismatches.is_empty() == (opened.files == files()));
        }
    }

    /// Notes of any text open under their key, and under no other text.
    #[test]
    fn notes_open_under_their_key(text in "[^\\p{Cc}]{0,80}", other in "[^\\p{Cc}]{1,80}") {
        let signer = signer(3);
        let note = signer.sign(&text).unwrap();
        let key = [signer.verifier()];
        prop_assert_eq!(Note::parse(&note).unwrap().open(&key).unwrap().0.trim_end_matches('\n'), text.as_str());
        let forged = note.replacen(&format!("{text}\n\n"), &format!("{text}{other}\n\n"), 1);
        prop_assert!(Note::parse(&forged).and_then(|n| n.open(&key).map(|_| ())).is_err());
    }

    /// Anything at all is read without a panic.
    #[test]
    fn anything_is_read(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let _ = verify(&bytes, &[signer(1).verifier()]);
        let _ = Note::parse(&String::from_utf8_lossy(&bytes));
    }
}
