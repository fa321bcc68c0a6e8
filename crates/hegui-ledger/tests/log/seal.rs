//! Keys of subjects, what is sealed under them, and their destruction.

use super::event::{class, id};
use super::tiles::{Folder, publish, read};
use hegui_ledger::event::{Class, Event, Id, Kind, Opening, Payload, SubjectId};
use hegui_ledger::proof::check_inclusion;
use hegui_ledger::seal::{DataKey, Erasure, Erasures, KeyEntry, MasterKey, OVERHEAD, Part, SealError};
use hegui_ledger::tiles::{Edge, Reader};
use hegui_ledger::tree::leaf_hash;
use proptest::prelude::*;

const SUBJECT: SubjectId = SubjectId([5; 32]);

fn evidence(expires: i64) -> Class {
    Class::Evidence { basis: Id::new("PIPL 69").unwrap(), expires }
}

#[test]
fn what_is_sealed_opens_for_its_part_subject_and_class_alone() {
    let key = DataKey::new([1; 32]);
    let sealed = key.seal(Part::Payload, &SUBJECT, &Class::Service, b"shown", [9; 12]).unwrap();
    assert_eq!(sealed.len(), 5 + OVERHEAD);
    let open = |key: &DataKey, part, subject: SubjectId, class: &Class| {
        key.open(part, &subject, class, &sealed).map(|plain| plain.to_vec())
    };
    assert_eq!(open(&key, Part::Payload, SUBJECT, &Class::Service), Ok(b"shown".to_vec()));
    let closed = Err(SealError::Opens);
    assert_eq!(open(&key, Part::Opening, SUBJECT, &Class::Service), closed);
    assert_eq!(open(&key, Part::Payload, SubjectId([6; 32]), &Class::Service), closed);
    assert_eq!(open(&key, Part::Payload, SUBJECT, &evidence(1)), closed);
    assert_eq!(open(&DataKey::new([2; 32]), Part::Payload, SUBJECT, &Class::Service), closed);
    assert!(key.open(Part::Payload, &SUBJECT, &Class::Service, &sealed[..12]).is_err());
    assert_eq!(key.open(Part::Payload, &SUBJECT, &Class::Service, &[]), Err(SealError::Form));
}

#[test]
fn a_key_is_unwrapped_by_its_master_alone_and_its_expiry_cannot_be_moved() {
    let (master, key) = (MasterKey::new([3; 32]), DataKey::new([1; 32]));
    let entry = master.wrap(&key, SUBJECT, evidence(100), 7, [9; 12]).unwrap();
    assert_eq!(master.unwrap(&entry), Ok(key));
    assert!(MasterKey::new([4; 32]).unwrap(&entry).is_err());
    let moved = KeyEntry { class: evidence(1 << 40), ..entry.clone() };
    assert_eq!(master.unwrap(&moved), Err(SealError::Opens));
    let later = KeyEntry { since: 8, ..entry };
    assert_eq!(master.unwrap(&later), Err(SealError::Opens));
}

#[test]
fn keys_are_not_printed() {
    assert_eq!(format!("{:?} {:?}", MasterKey::new([3; 32]), DataKey::new([1; 32])), "MasterKey DataKey");
}

#[test]
fn on_erasure_service_data_falls_and_evidence_once_it_has_expired() {
    let master = MasterKey::new([3; 32]);
    let falls = |class: Class, time| {
        let entry = master.wrap(&DataKey::new([1; 32]), SUBJECT, class, 0, [9; 12]).unwrap();
        entry.falls_at(time)
    };
    assert!(falls(Class::Service, 0));
    assert!(!falls(evidence(100), 99));
    assert!(falls(evidence(100), 100));
}

#[test]
fn a_restored_backup_loses_what_was_erased_and_keeps_what_came_later() {
    let master = MasterKey::new([3; 32]);
    let key =
        |class: Class, since| master.wrap(&DataKey::new([1; 32]), SUBJECT, class, since, [9; 12]).unwrap();
    let mut erasures = Erasures::default();
    let erased = |index| Erasure { subject: SUBJECT, class: Class::Service, index };
    erasures.extend([erased(50), erased(20)]);
    assert!(erasures.cover(&key(Class::Service, 10)));
    assert!(erasures.cover(&key(Class::Service, 50)));
    assert!(!erasures.cover(&key(Class::Service, 51)), "the subject came back");
    assert!(!erasures.cover(&key(evidence(9), 10)), "evidence is another key");
    assert_eq!(erasures.iter().collect::<Vec<_>>(), [erased(50)]);
}

/// The whole way: an event with its payload goes into a log, can be shown, and is erased.
#[test]
fn after_erasure_the_tree_is_whole_and_nothing_opens() {
    let (master, class) = (MasterKey::new([3; 32]), Class::Service);
    let key = DataKey::new([1; 32]);
    let wrapped = master.wrap(&key, SUBJECT, class.clone(), 0, [8; 12]).unwrap();
    let payload = key.seal(Part::Payload, &SUBJECT, &class, b"what was agreed", [9; 12]).unwrap();
    let event = Event {
        kind: Kind::FIRST,
        version: 1,
        time: 1_793_491_200_000,
        tenant: Id::new("example.cn").unwrap(),
        subject: Some(SUBJECT),
        activity: Id::new("orders"),
        recipient: None,
        payload: Payload::of(class.clone(), &payload),
    };
    let opening = Opening { salt: [4; 32], event };
    let sealed = key.seal(Part::Opening, &SUBJECT, &class, &opening.encode(), [10; 12]).unwrap();
    let mut edge = Edge::new();
    for other in super::entries(40) {
        edge.push(&other).unwrap();
    }
    edge.push(&opening.entry()).unwrap();
    let mut folder = Folder::new();
    publish(&mut edge, &mut folder);

    // Shown: from the wrapped key to the leaf.
    let key = master.unwrap(&wrapped).unwrap();
    let shown = key.open(Part::Opening, &SUBJECT, &class, &sealed).unwrap();
    let shown = Opening::decode(&shown).unwrap();
    assert!(shown.event.payload.as_ref().unwrap().is_of(&payload));
    let mut reader = Reader::new(41, read(&folder));
    let path = reader.inclusion(40, 41).unwrap();
    check_inclusion(&leaf_hash(&shown.entry()), 40, 41, &path, &edge.root()).unwrap();

    // Erased: what is left is the entry, which holds neither salt nor event nor subject.
    let left: Vec<u8> = folder.values().flatten().copied().collect();
    let found = |what: &[u8]| left.windows(what.len()).any(|bytes| bytes == what);
    assert!(found(&opening.entry()));
    for part in [&opening.salt[..], &SUBJECT.0, &opening.event.encode(), b"orders", b"example.cn"] {
        assert!(!found(part));
    }
    assert_eq!(reader.root(41).unwrap(), edge.root());
}

proptest! {
    #[test]
    fn no_changed_byte_opens(plain in prop::collection::vec(any::<u8>(), 0..80), at: prop::sample::Index, mask in 1_u8..) {
        let key = DataKey::new([1; 32]);
        let mut sealed = key.seal(Part::Payload, &SUBJECT, &Class::Service, &plain, [9; 12]).unwrap();
        let at = at.index(sealed.len());
        sealed[at] ^= mask;
        prop_assert!(key.open(Part::Payload, &SUBJECT, &Class::Service, &sealed).is_err());
    }

    #[test]
    fn keys_and_erasures_have_one_encoding(
        class in class(), since: u64, index: u64, basis in id(), at: prop::sample::Index, byte: u8,
    ) {
        let entry = MasterKey::new([3; 32]).wrap(&DataKey::new([1; 32]), SUBJECT, class, since, [9; 12]).unwrap();
        prop_assert_eq!(KeyEntry::decode(&entry.encode()), Ok(entry.clone()));
        let erasure = Erasure { subject: SUBJECT, class: Class::Evidence { basis, expires: 3 }, index };
        prop_assert_eq!(Erasure::decode(&erasure.encode()), Ok(erasure));
        let mut bytes = entry.encode();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(other) = KeyEntry::decode(&bytes) {
            prop_assert_eq!(other.encode(), bytes.clone());
        }
        prop_assert!(KeyEntry::decode(&bytes[..bytes.len() - 1]).is_err());
    }
}
