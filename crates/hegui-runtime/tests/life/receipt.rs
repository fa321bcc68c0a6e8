//! The receipt, as the person gets it.

use super::*;
use hegui_ledger::note::{Note, Signer};
use hegui_runtime::receipt::Receipt;

fn receipt(life: &Life) -> Option<Receipt> {
    let events = (0..).zip(&life.events);
    Receipt::of(&GROUND, events, (SOMEBODY, "activity.app-review"), "ledger.example")
}

#[test]
fn a_receipt_holds_what_was_shown_agreed_and_withdrawn() {
    let mut life = Life::new();
    life.of(SOMEBODY, shown(2)).unwrap();
    assert_eq!(receipt(&life), None);
    life.of(SOMEBODY, with(consented(), json!({ "form": "ticked_beforehand" }))).unwrap();
    assert_eq!(receipt(&life), None, "a tick that was there is no consent");
    life.of(CHILD, shown(2)).unwrap();
    life.of(SOMEBODY, with(consented(), json!({ "expires_ms": NOW_MS + HOUR_MS }))).unwrap();
    life.at(NOW_MS, Some(SOMEBODY), json!({ "type": "withdrew", "item": "activity.app-review" })).unwrap();
    let receipt = receipt(&life).unwrap();
    let signer = Signer::new("ledger.example", [3; 32]).unwrap();
    let signed = receipt.sign(&signer).unwrap();
    let verifier = [signer.verifier()];
    let (text, _) = Note::parse(&signed).unwrap().open(&verifier).unwrap();
    assert_eq!(text, receipt.text().unwrap());
    insta::assert_snapshot!(text);
}
