//! Events and the commitments to them.

use hegui_ledger::event::{Class, Event, Id, Kind, Opening, Payload, SubjectId, SubjectIdKey, entry};
use proptest::option;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

pub fn id() -> impl Strategy<Value = Id> {
    "[a-z\u{4e00}-\u{9fa5}/.-]{1,40}".prop_map(|text| Id::new(&text).unwrap())
}

pub fn class() -> impl Strategy<Value = Class> {
    let evidence = (id(), any::<i64>()).prop_map(|(basis, expires)| Class::Evidence { basis, expires });
    prop_oneof![Just(Class::Service), evidence]
}

fn payload() -> impl Strategy<Value = Payload> {
    (class(), any::<[u8; 32]>(), any::<u32>()).prop_map(|(class, sha256, length)| Payload {
        class,
        sha256,
        length,
    })
}

fn event() -> impl Strategy<Value = Event> {
    let numbers = (any::<u16>(), any::<u16>(), any::<i64>());
    let who = (id(), option::of(any::<[u8; 32]>().prop_map(SubjectId)));
    let rest = (option::of(id()), option::of(id()), option::of(payload()));
    (numbers, who, rest).prop_map(
        |((kind, version, time), (tenant, subject), (activity, recipient, payload))| Event {
            kind: Kind(kind),
            version,
            time,
            tenant,
            subject,
            activity,
            recipient,
            payload,
        },
    )
}

fn example() -> Event {
    Event {
        kind: Kind(0x0102),
        version: 3,
        time: 1_793_491_200_000,
        tenant: Id::new("example.cn").unwrap(),
        subject: Some(SubjectId([0xAA; 32])),
        activity: Id::new("订单"),
        recipient: None,
        payload: Some(Payload {
            class: Class::Evidence { basis: Id::new("PIPL 69").unwrap(), expires: 5 },
            sha256: [0xBB; 32],
            length: 300,
        }),
    }
}

#[test]
fn the_encoding_is_the_documented_one() {
    let fields: [&[u8]; 15] = [
        &[1],
        &[1, 2],
        &[0, 3],
        &1_793_491_200_000_i64.to_be_bytes(),
        b"\0\x0aexample.cn",
        &[1],
        &[0xAA; 32],
        &[0, 6],
        "订单".as_bytes(),
        &[0, 0],
        &[2],
        b"\0\x07PIPL 69",
        &5_i64.to_be_bytes(),
        &[0xBB; 32],
        &300_u32.to_be_bytes(),
    ];
    assert_eq!(example().encode(), fields.concat());
}

#[test]
fn the_entry_is_a_salted_commitment() {
    let opening = Opening { salt: [7; 32], event: example() };
    let input = [b"hegui-event/1\n".as_slice(), &[7; 32], &example().encode()].concat();
    assert_eq!(opening.entry()[0], 1);
    assert_eq!(opening.entry()[1..], Sha256::digest(input)[..]);
    assert_ne!(opening.entry(), entry(&[8; 32], &example().encode()));
}

#[test]
fn a_subject_s_id_is_the_hmac_of_its_identifier() {
    // As Python's `hmac` computes it.
    let key = SubjectIdKey::new([0x0b; 32]);
    let subject = key.subject("Hi There");
    let hex: String = subject.0.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, "198a607eb44bfbc69903a0f1cf2bbdc5ba0aa3f3d9ae3c1c7a3b1696a0b68cf7");
    assert_ne!(SubjectIdKey::new([0x0c; 32]).subject("Hi There"), subject);
    assert!(format!("{subject:?}").len() < 24, "a log line does not carry the whole id");
}

#[test]
fn ids_are_short_texts_without_control_characters() {
    assert!(Id::new(&"a".repeat(255)).is_some());
    assert!(Id::new(&"a".repeat(256)).is_none());
    assert!(Id::new("").is_none());
    assert!(Id::new("a\nb").is_none());
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let mut bytes = example().encode();
    bytes[0] = 2;
    assert_eq!(Event::decode(&bytes).unwrap_err().at, 0);
    bytes[0] = 1;
    bytes[25] = 9;
    assert_eq!(Event::decode(&bytes).unwrap_err().why, "whether there is a subject is neither 0 nor 1");
    bytes[25] = 1;
    bytes.push(0);
    let error = Event::decode(&bytes).unwrap_err();
    assert_eq!(error.to_string(), format!("byte {}: something follows the last field", bytes.len() - 1));
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(event in event(), salt: [u8; 32]) {
        prop_assert_eq!(Event::decode(&event.encode()), Ok(event.clone()));
        let opening = Opening { salt, event };
        prop_assert_eq!(Opening::decode(&opening.encode()), Ok(opening));
    }

    #[test]
    fn there_is_one_encoding(event in event(), at: prop::sample::Index, byte: u8, cut: prop::sample::Index) {
        let mut bytes = event.encode();
        prop_assert!(Event::decode(&bytes[..cut.index(bytes.len())]).is_err());
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(other) = Event::decode(&bytes) {
            prop_assert_eq!(other.encode(), bytes);
        }
    }

    #[test]
    fn any_bytes_are_an_event_or_none(bytes in prop::collection::vec(0_u8..3, 0..90)) {
        if let Ok(event) = Event::decode(&bytes) {
            prop_assert_eq!(event.encode(), bytes);
        }
    }
}
