//! Damage and forgery: named, never passed over.

use super::*;
use crate::disk::simulated::Dice;
use crate::journal::keyfile::KeyFile;
use crate::journal::record::{self, Record, Under};
use crate::journal::{Cause, Destroyed};
use crate::log::LogError;
use proptest::prelude::*;
use std::os::unix::fs::PermissionsExt as _;

/// A journal of some subjects, closed.
fn closed(place: &Place) {
    let journal = place.open("data");
    for number in 0..40 {
        journal.append(&[draft(&journal, &format!("s{}", number % 10), number)]).unwrap();
    }
    assert!(journal.wait_published(39, Duration::from_secs(20)).unwrap());
}

/// Whatever is refused first: opening, or reading one of the events.
fn refusal(place: &Place) -> Option<String> {
    let journal = match place.try_open("data") {
        Err(error) => return Some(error.to_string()),
        Ok(journal) => journal,
    };
    journal.events(0).find_map(|reading| reading.err().map(|error| error.to_string()))
}

fn flipped(path: &Path, bit: usize) -> Vec<u8> {
    let whole = std::fs::read(path).unwrap();
    let mut bytes = whole.clone();
    bytes[bit / 8] ^= 1 << (bit % 8);
    std::fs::write(path, &bytes).unwrap();
    whole
}

#[test]
fn a_flipped_bit_in_the_keys_is_named() {
    let place = Place::new("flip");
    closed(&place);
    let path = place.path("data/keys/subjects");
    let length = std::fs::metadata(&path).unwrap().len() as usize;
    let record = length / 10;
    let mut dice = Dice(5);
    for _ in 0..40 {
        let bit = dice.below(length * 8);
        // What fills a record up to eight bytes means nothing.
        let within = bit / 8 % record;
        let says = refusal_after(&place, &path, bit);
        match says {
            None => assert!(within >= record - 7, "bit {bit} was passed over"),
            Some(says) => {
                let last = bit / 8 >= length - record;
                let at = bit / 8 / record * record;
                let named = says.contains(&format!("`keys/subjects` is damaged at byte {at}:"));
                assert!(named || (last && says.contains("names a key")), "bit {bit}: {says}");
            }
        }
    }
}

fn refusal_after(place: &Place, path: &Path, bit: usize) -> Option<String> {
    let whole = flipped(path, bit);
    let says = refusal(place);
    std::fs::write(path, whole).unwrap();
    says
}

#[test]
fn a_forged_key_is_refused_for_reading_and_for_recording() {
    let place = Place::new("forged");
    closed(&place);
    let path = place.path("data/keys/subjects");
    let mut bytes = std::fs::read(&path).unwrap();
    // Whoever forges can compute checksums: the body of the first record is changed, and its CRC with it.
    let length = u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize;
    let body = 36..36 + length - 4;
    bytes[body.end - 1] ^= 1;
    let crc = crc32c::crc32c(&bytes[body.clone()]).to_le_bytes();
    bytes[body.end..body.end + 4].copy_from_slice(&crc);
    std::fs::write(&path, &bytes).unwrap();
    let journal = place.open("data");
    let refused = journal.read(0).unwrap_err().to_string();
    assert!(refused.contains("the key at byte 0 of `keys/subjects` does not open"), "{refused}");
    let refused = journal.append(&[draft(&journal, "s0", 41)]).unwrap_err();
    assert!(matches!(refused, JournalError::Key { at: 0 }), "no new key takes its place: {refused}");
    assert!(text(journal.read(1).unwrap()).is_some(), "others are read");
}

#[test]
fn damaged_or_missing_tiles_are_made_anew_and_come_to_what_was_signed() {
    let place = Place::new("tiles");
    closed(&place);
    let (tile, entries) =
        (place.path("data/tiles/tile/0/000.p/40"), place.path("data/tiles/tile/entries/000.p/40"));
    let (whole, bundle) = (std::fs::read(&tile).unwrap(), std::fs::read(&entries).unwrap());
    flipped(&tile, 1000);
    drop(place.open("data"));
    assert_eq!(std::fs::read(&tile).unwrap(), whole);
    std::fs::remove_dir_all(place.path("data/tiles/tile")).unwrap();
    drop(place.open("data"));
    assert_eq!((std::fs::read(&tile).unwrap(), std::fs::read(&entries).unwrap()), (whole, bundle));
    verify_all(&place.open("data"), &[]);
}

#[test]
fn a_log_that_is_not_the_one_that_was_signed_is_refused() {
    let (place, other) = (Place::new("fork"), Place::new("fork-other"));
    closed(&place);
    closed(&other);
    // The other one's log, as long as ours, under our keys and our checkpoint.
    std::fs::rename(place.path("data/log"), place.path("log")).unwrap();
    std::fs::rename(other.path("data/log"), place.path("data/log")).unwrap();
    let refused = place.try_open("data").err().unwrap().to_string();
    assert!(refused.contains("whose tree of 40 entries was signed"), "{refused}");
    std::fs::remove_dir_all(place.path("data/tiles/tile")).unwrap();
    let refused = place.try_open("data").err().unwrap().to_string();
    assert!(refused.contains("whose tree of 40 entries was signed"), "{refused}");
    // None at all is shorter than what was signed.
    std::fs::remove_dir_all(place.path("data/log")).unwrap();
    let refused = place.try_open("data").err().unwrap();
    assert!(refused.to_string().contains("holds 0 events, but 40"), "{refused}");
    let path = place.path("data/tiles/checkpoint");
    flipped(&path, 8 * 20);
    assert!(matches!(place.try_open("data"), Err(JournalError::Checkpoint(_))));
}

#[test]
fn keys_that_are_missing_or_of_another_master_are_not_made_anew() {
    let place = Place::new("master");
    closed(&place);
    let other = MasterKeySource::create(&place.path("other")).unwrap();
    let refused = Journal::open(&place.path("data"), ORIGIN, &other, &options()).err().unwrap().to_string();
    assert!(refused.contains("the master key is another"), "{refused}");
    let tenant = place.path("data/keys/tenant");
    let text = std::fs::read_to_string(&tenant).unwrap();
    let (body, _) = text.rsplit_once("check ").unwrap();
    let body = body.replace(ORIGIN, "forged.cn/ledger");
    std::fs::write(&tenant, format!("{body}check {:08x}\n", crc32c::crc32c(body.as_bytes()))).unwrap();
    let refused = Journal::open(&place.path("data"), "forged.cn/ledger", &place.master, &options());
    assert!(refused.err().unwrap().to_string().contains("or the file was forged"));
    std::fs::remove_file(&tenant).unwrap();
    let refused = place.try_open("data").err().unwrap().to_string();
    assert!(refused.contains("but there is a log: take `keys` from a backup"), "{refused}");
    assert!(!tenant.exists());
    std::fs::write(&tenant, &text).unwrap();
    std::fs::remove_file(place.path("data/keys/subjects")).unwrap();
    let refused = refusal(&place).unwrap();
    assert!(refused.contains("names a key that `keys/subjects` does not hold"), "{refused}");
}

#[test]
fn a_master_key_that_others_may_read_is_refused_with_the_remedy() {
    let place = Place::new("mode");
    let path = place.path("master");
    let mode = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    for wide in [0o640, 0o604, 0o660, 0o601] {
        mode(wide);
        let refused = place.master.read().err().unwrap().to_string();
        assert!(refused.contains(&format!("(mode {wide:o}): run `chmod 600`")), "{refused}");
    }
    mode(0o400);
    place.master.read().unwrap();
    mode(0o600);
    for wrong in ["", "00", &"g".repeat(64), &"0".repeat(63), &"é".repeat(32)] {
        std::fs::write(&path, wrong).unwrap();
        let refused = place.master.read().err().unwrap().to_string();
        assert!(refused.contains("64 hexadecimal digits"), "{refused}");
        assert!(
            wrong.is_empty() || !refused.contains(&wrong[..wrong.len().min(20)]) || wrong.len() < 20,
            "{refused}"
        );
    }
    assert!(MasterKeySource::create(&path).is_err(), "none is overwritten");
}

#[test]
fn a_full_disk_refuses_and_the_journal_goes_on_when_there_is_room() {
    let disk = SimulatedDisk::default();
    let journal = on(&disk, &options()).unwrap();
    journal.append(&[draft(&journal, "ann", 0)]).unwrap();
    assert!(journal.wait_published(0, Duration::from_secs(20)).unwrap());
    // Room for the log and not for the tree, then for nothing.
    disk.set_capacity(Some(disk.used() + 600));
    journal.append(&[Draft { payload: vec![], ..draft(&journal, "ann", 1) }]).unwrap();
    assert!(!journal.wait_published(1, Duration::from_millis(300)).unwrap());
    disk.set_capacity(Some(0));
    // Her key is new: already the key finds no room.
    let refused = journal.append(&[draft(&journal, "bo", 2)]).unwrap_err();
    assert!(matches!(refused, JournalError::Log(LogError::Full)), "{refused}");
    let refused = journal.erase(journal.subject_id("ann"), "", NOW).unwrap_err();
    assert!(matches!(refused, JournalError::Log(LogError::Full)), "{refused}");
    disk.set_capacity(None);
    assert!(journal.wait_published(1, Duration::from_secs(20)).unwrap(), "the tree goes on by itself");
    assert_eq!(journal.append(&[draft(&journal, "bo", 2)]).unwrap(), 2..3);
    assert_eq!(text(journal.read(0).unwrap()).unwrap().as_bytes(), payload("ann", 0), "not half erased");
    journal.erase(journal.subject_id("ann"), "", NOW).unwrap();
    drop(journal);
    let journal = on(&disk.reboot(3), &options()).unwrap();
    assert_eq!(text(journal.read(2).unwrap()).unwrap().as_bytes(), payload("bo", 2));
    assert!(matches!(journal.read(0).unwrap(), Reading::Erased { by: 3, .. }));
}

proptest! {
    #[test]
    fn what_is_written_is_read_and_rubbish_panics_nowhere(
        bytes: Vec<u8>,
        entry in prop::array::uniform32(any::<u8>()),
        keys: Vec<[u8; 16]>,
        reason: String,
    ) {
        let mut whole = [1; 33];
        whole[1..].copy_from_slice(&entry);
        let encoded = record::encode(Under::Own, &whole, &bytes, &entry);
        let decoded = Record::decode(&encoded).unwrap();
        prop_assert_eq!((decoded.under, decoded.entry), (Under::Own, &whole));
        prop_assert_eq!((decoded.opening, decoded.payload), (bytes.as_slice(), entry.as_slice()));
        prop_assert!(Record::decode(&encoded[..37 + bytes.len()]).is_none(), "cut off");
        let destroyed = Destroyed { cause: Cause::Expired, keys, reason };
        prop_assert_eq!(Destroyed::decode(&destroyed.encode()), Some(destroyed));
        let _ = (Record::decode(&bytes), Destroyed::decode(&bytes));

        // A file of rubbish holds no key; what begins as a record and is none is cut off.
        let disk = SimulatedDisk::default();
        let file = disk.create("subjects").unwrap();
        file.write_at(0, &[b"HGK1", bytes.as_slice()].concat()).unwrap();
        let file = KeyFile::open(&disk, &Default::default()).unwrap();
        prop_assert_eq!(file.all(|_| true).unwrap(), vec![]);
        prop_assert_eq!(disk.bytes("subjects"), vec![]);
    }
}
