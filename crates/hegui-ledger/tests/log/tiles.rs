//! Published files: their names, their contents, what an append changes, and what is read from them.

use super::{entries, naive_root};
use hegui_ledger::proof::{check_consistency, check_inclusion};
use hegui_ledger::tiles::{self, Edge, Name, Reader, TileError, TooLong, changed, put_entry};
use hegui_ledger::tree::leaf_hash;
use proptest::prelude::*;
use std::collections::BTreeMap;

pub type Folder = BTreeMap<String, Vec<u8>>;

/// Publishes what is new. No file is ever written anew with other bytes.
pub fn publish(edge: &mut Edge, folder: &mut Folder) {
    for file in edge.take_files() {
        let before = folder.insert(file.name.to_string(), file.bytes.clone());
        assert!(before.is_none_or(|before| before == file.bytes), "{} changed", file.name);
    }
}

pub fn read(folder: &Folder) -> impl Fn(&str) -> Result<Vec<u8>, String> + Sync + '_ {
    |name| folder.get(name).cloned().ok_or_else(|| "no such file".to_owned())
}

fn tile(level: u8, index: u64, width: u16) -> Name {
    Name::Tile { level, index, width }
}

#[test]
fn names_are_those_of_the_specification() {
    let named = [
        (Name::Checkpoint, "checkpoint"),
        (tile(0, 0, 256), "tile/0/000"),
        (tile(0, 1_234_067, 256), "tile/0/x001/x234/067"),
        (tile(1, 1000, 5), "tile/1/x001/000.p/5"),
        (Name::Entries { index: 999, width: 255 }, "tile/entries/999.p/255"),
        (tile(0, u64::MAX, 1), "tile/0/x018/x446/x744/x073/x709/x551/615.p/1"),
    ];
    for (name, path) in named {
        assert_eq!(name.to_string(), path);
        assert_eq!(Name::parse(path), Some(name));
    }
}

#[test]
fn other_names_are_none() {
    for path in [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x001",
        "tile/0/001/000",
        "tile/0/x000/001",
        "tile/0/x001/x000",
        "tile/00/000",
        "tile/8/000",
        "tile/-1/000",
        "tile/+0/000",
        "tile/0/+01",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000.p/1/2",
        "tile/0/../000",
        "../checkpoint",
        "/checkpoint",
        "checkpoint/",
        "tile/entries/x/000",
        "tile/Entries/000",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
    ] {
        assert_eq!(Name::parse(path), None, "{path}");
    }
}

#[test]
fn the_specification_s_example_has_its_files() {
    let mut of: BTreeMap<u8, Vec<u16>> = BTreeMap::new();
    for name in changed(0, 70_000) {
        if let Name::Tile { level, width, .. } = name {
            of.entry(level).or_default().push(width);
        }
    }
    let full = |count: usize, last: u16| [vec![256; count], vec![last]].concat();
    assert_eq!(of, [(0, full(273, 112)), (1, full(1, 17)), (2, vec![1])].into());
    assert_eq!(changed(0, 256).filter(|name| *name == tile(1, 0, 1)).count(), 1);
    assert_eq!(changed(256, 256).count(), 0);
}

#[test]
fn an_entry_longer_than_a_bundle_takes_is_refused_and_nothing_appended() {
    let mut edge = Edge::new();
    edge.push(&vec![1; tiles::ENTRY]).unwrap();
    assert_eq!(edge.push(&vec![1; tiles::ENTRY + 1]), Err(TooLong(65_536)));
    assert_eq!(edge.size(), 1);
    let mut folder = Folder::new();
    publish(&mut edge, &mut folder);
    assert_eq!(folder["tile/entries/000.p/1"].len(), 2 + tiles::ENTRY);
}

#[test]
fn a_bundle_that_ends_within_an_entry_says_so_once() {
    let mut bundle = vec![];
    put_entry(&mut bundle, b"one").unwrap();
    put_entry(&mut bundle, b"").unwrap();
    put_entry(&mut bundle, b"three").unwrap();
    let whole: Vec<_> = tiles::entries(&bundle).collect();
    assert_eq!(whole, [Some(b"one".as_slice()), Some(b""), Some(b"three")]);
    for cut in [1, 4, 8, bundle.len() - 1] {
        assert_eq!(tiles::entries(&bundle[..cut]).last(), Some(None), "{cut}");
    }
    assert_eq!(tiles::entries(&bundle[..5]).count(), 1);
}

/// A log published at these sizes, one after the other.
fn published(sizes: &[usize], all: &[Vec<u8>]) -> (Edge, Folder) {
    let (mut edge, mut folder, mut at) = (Edge::new(), Folder::new(), 0);
    for size in sizes {
        while at < *size {
            edge.push(&all[at]).unwrap();
            at += 1;
        }
        publish(&mut edge, &mut folder);
        assert_eq!(edge.root(), naive_root(&all[..*size]));
    }
    (edge, folder)
}

#[test]
fn tiles_hold_the_roots_of_what_lies_beneath() {
    let all = entries(66_000);
    let (edge, folder) = published(&[65_536, 66_000], &all);
    let hash = |name: &str, at: usize| folder[name][32 * at..32 * at + 32].to_vec();
    assert_eq!(edge.size(), 66_000);
    assert_eq!(hash("tile/2/000.p/1", 0), naive_root(&all[..65_536]));
    assert_eq!(hash("tile/1/000", 7), naive_root(&all[7 * 256..8 * 256]));
    assert_eq!(hash("tile/0/257.p/208", 5), leaf_hash(&all[257 * 256 + 5]));
}

#[test]
fn a_partial_file_that_is_gone_is_read_from_the_full_one() {
    let all = entries(600);
    let (_, mut folder) = published(&[300, 600], &all);
    folder.retain(|name, _| !name.contains("001.p/"));
    let mut old = Reader::new(300, read(&folder));
    let root = naive_root(&all[..300]);
    assert_eq!(old.root(300).unwrap(), root);
    let path = old.inclusion(299, 300).unwrap();
    assert_eq!(old.entry(299).unwrap(), all[299]);
    check_inclusion(&leaf_hash(&all[299]), 299, 300, &path, &root).unwrap();
    let resumed = Edge::resume(300, read(&folder)).unwrap();
    assert_eq!(resumed.root(), root);
}

#[test]
fn what_is_missing_or_cut_off_is_named() {
    let (_, mut folder) = published(&[300], &entries(300));
    folder.get_mut("tile/0/000").unwrap().pop();
    let error = Reader::new(300, read(&folder)).root(200).unwrap_err();
    assert!(matches!(error, TileError::Length(name) if name.to_string() == "tile/0/000"));
    folder.remove("tile/0/001.p/44");
    let error = Edge::resume(300, read(&folder)).unwrap_err();
    assert_eq!(error.to_string(), "`tile/0/001.p/44` cannot be read: no such file");
    assert!(Reader::new(300, read(&folder)).entry(300).is_err());
    assert!(Reader::new(300, read(&folder)).root(301).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_log_taken_up_again_goes_on_as_if_never_put_down(first in 0_usize..1200, more in 0_usize..700) {
        let all = entries(first + more);
        let (straight, folder) = published(&[first, first + more], &all);
        let (_, mut other) = published(&[first], &all);
        let mut edge = Edge::resume(first as u64, read(&other)).unwrap();
        for entry in &all[first..] {
            edge.push(entry).unwrap();
        }
        publish(&mut edge, &mut other);
        prop_assert_eq!(edge.root(), straight.root());
        prop_assert_eq!(other, folder);
    }

    #[test]
    fn an_append_changes_the_files_that_it_says(first in 0_usize..1200, more in 0_usize..700) {
        let all = entries(first + more);
        let (_, before) = published(&[first], &all);
        let (_, after) = published(&[first, first + more], &all);
        let new: Vec<String> = after.keys().filter(|name| !before.contains_key(*name)).cloned().collect();
        let mut said: Vec<String> =
            changed(first as u64, (first + more) as u64).map(|name| name.to_string()).collect();
        said.sort();
        prop_assert_eq!(said, new);
    }

    #[test]
    fn proofs_from_tiles_hold(size in 1_usize..3000, a: prop::sample::Index, b: prop::sample::Index) {
        let all = entries(size);
        let (edge, folder) = published(&[size], &all);
        let mut reader = Reader::new(size as u64, read(&folder));
        let then = 1 + a.index(size);
        let index = b.index(then);
        let root = reader.root(then as u64).unwrap();
        prop_assert_eq!(root, naive_root(&all[..then]));
        let path = reader.inclusion(index as u64, then as u64).unwrap();
        let leaf = leaf_hash(&reader.entry(index as u64).unwrap());
        prop_assert_eq!(check_inclusion(&leaf, index as u64, then as u64, &path, &root), Ok(()));
        let proof = reader.consistency(then as u64, size as u64).unwrap();
        prop_assert_eq!(check_consistency(then as u64, size as u64, &proof, &root, &edge.root()), Ok(()));
    }

    #[test]
    fn every_text_is_a_name_or_none(path in "(tile/)?[0-9a-z/.+x-]{0,24}") {
        if let Some(name) = Name::parse(&path) {
            prop_assert_eq!(name.to_string(), path);
        }
    }
}
