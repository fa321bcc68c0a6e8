//! Snapshots: the same register comes back, and damage is an error.

use crate::small::{BASE, CATALOG, read};
use hegui_register::{Register, SnapshotError, generate};
use proptest::prelude::*;
use std::sync::LazyLock;

static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let text = format!(
        "{BASE}[activity.x]\nproduct = \"app\"\ntypes = [\"phone\"]\nnote = \"注\"\nmonitored = [{{ value = true, by = \"甲\", on = 2026-01-01, sample = {{ population = 9, size = 3, seed = 1 }} }}, {{ value = false, by = \"乙\", on = 2026-01-02, evidence = [\"E\"] }}]\n\
        [[ruling]]\nfact = \"activity.x.monitored\"\nvalue = true\nby = \"丙\"\nrole = \"privacy\"\non = 2026-02-01\nreasons = \"…\"\n\
        [evidence.E]\ntitle = \"证\"\n[datum.d]\nactivity = \"x\"\n[provision.p]\nactivity = \"x\"\ndata = [\"d\"]\ncomplete = [\"data\"]\n"
    );
    read(&text).unwrap().to_snapshot(&CATALOG)
});

#[test]
fn what_is_written_comes_back() {
    let files = generate(&CATALOG, 300, 7);
    let register = Register::read_files(files, &CATALOG).unwrap_or_else(|problems| panic!("{problems}"));
    let bytes = register.to_snapshot(&CATALOG);
    assert_eq!(Register::from_snapshot(&bytes, &CATALOG).unwrap(), register);
    let small = Register::from_snapshot(&BYTES, &CATALOG).unwrap();
    assert_eq!(small.to_snapshot(&CATALOG), *BYTES);
}

#[test]
fn other_bytes_other_versions_and_other_catalogs_are_refused() {
    assert_eq!(Register::from_snapshot(b"", &CATALOG), Err(SnapshotError::NoSnapshot));
    assert_eq!(Register::from_snapshot(b"PK\x03\x04", &CATALOG), Err(SnapshotError::NoSnapshot));
    let mut newer = BYTES.clone();
    newer[8] = 9;
    assert!(matches!(
        Register::from_snapshot(&newer, &CATALOG),
        Err(SnapshotError::Version { found: 9, .. })
    ));
    let mut other = CATALOG.clone();
    other.hash = "another".to_owned();
    assert!(matches!(Register::from_snapshot(&BYTES, &other), Err(SnapshotError::Catalog { .. })));
    for length in 0..BYTES.len() {
        assert!(Register::from_snapshot(&BYTES[..length], &CATALOG).is_err());
    }
}

#[test]
fn generated_registers_are_right_and_the_same_for_a_seed() {
    assert_eq!(generate(&CATALOG, 50, 3), generate(&CATALOG, 50, 3));
    assert_ne!(generate(&CATALOG, 50, 3), generate(&CATALOG, 50, 4));
}

proptest! {
    /// Damage is found by the checksum; with the checksum made right again, it is an error or a
    /// register, never a panic or a huge allocation.
    #[test]
    fn damaged_bytes_never_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = BYTES.clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if bytes != *BYTES {
            prop_assert!(Register::from_snapshot(&bytes, &CATALOG).is_err());
        }
        let checksum = crc32fast::hash(&bytes[16..]);
        bytes[..8].copy_from_slice(b"HEGUIREG");
        bytes[8..12].copy_from_slice(&1u32.to_le_bytes());
        bytes[12..16].copy_from_slice(&checksum.to_le_bytes());
        if let Ok(register) = Register::from_snapshot(&bytes, &CATALOG) {
            let _ = register.universe(&CATALOG, 1_790_000_000, 1_790_000_000);
        }
    }
}
