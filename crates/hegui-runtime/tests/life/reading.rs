//! JSON in: what is refused, and how that is said.

use super::*;
use hegui_ledger::event::Kind;
use hegui_runtime::happening::{KINDS, Misread, PAYLOAD_BYTES};
use std::collections::BTreeSet;

fn wrong(json: &str) -> String {
    Happening::read(json.as_bytes()).unwrap_err().to_string()
}

#[test]
fn what_is_wrong_is_named() {
    assert!(wrong("[").contains("line 1"));
    assert!(wrong("[1]").contains("no JSON object"));
    assert_eq!(wrong("{}"), "`type` must name what happened");
    assert!(wrong(r#"{"type":"consentd"}"#).contains("did you mean `consented`?"));
    let extra = with(shown(2), json!({ "langauge": "zh-CN", "language": null }));
    let said = wrong(&extra.to_string());
    assert!(said.contains("langauge") && said.contains("did you mean `language`?"), "{said}");
    let deep = "[".repeat(100_000);
    assert!(matches!(Happening::read(deep.as_bytes()), Err(Misread::Long(_))));
    let deep = format!(r#"{{"type":{}"#, "[".repeat(PAYLOAD_BYTES / 2));
    assert!(matches!(Happening::read(deep.as_bytes()), Err(Misread::Form { .. })));
}

#[test]
fn no_value_is_repeated() {
    for fields in
        [json!({ "version": "张三 13800000000" }), json!({ "text": 13800000000_u64 }), json!({ "how": 1.5 })]
    {
        let said = wrong(&with(shown(2), fields).to_string());
        assert!(!said.contains("张三") && !said.contains("138000") && !said.contains("1.5"), "{said}");
    }
}

#[test]
fn kinds_are_told_apart_and_read_back() {
    let codes: BTreeSet<u16> = KINDS.iter().map(|entry| entry.code.0).collect();
    let names: BTreeSet<&str> = KINDS.iter().map(|entry| entry.name).collect();
    assert_eq!((codes.len(), names.len()), (KINDS.len(), KINDS.len()));
    for json in [notice(2), shown(2), consented(), json!({ "type": "erased" })] {
        let what = happening(json);
        let entry = what.entry();
        let payload = what.payload().unwrap();
        assert_eq!(Happening::opened(entry.code, entry.version, &payload).unwrap(), what);
    }
}

#[test]
fn what_a_newer_program_wrote_is_not_skipped() {
    let payload = br#"{"type":"shown"}"#;
    assert!(Happening::opened(Kind(9999), 1, br#"{"type":"dreamt"}"#).is_err());
    let what = happening(shown(2));
    let newer = Happening::opened(what.entry().code, 2, &what.payload().unwrap());
    assert_eq!(newer, Err(Misread::Newer { kind: what.entry().code, version: 2 }));
    assert!(Happening::opened(what.entry().code, 1, payload).is_err());
}
