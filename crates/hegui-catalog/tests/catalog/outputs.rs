//! Proposals, exports, editor schemas, and bytes.

use crate::fixture::{CLAUSE, Files, case, clause_with};
use hegui_catalog::Catalog;
use hegui_catalog::export::export_json;
use hegui_catalog::propose::propose;
use hegui_catalog::schemas::schemas;
use serde_json::{Value, json};

#[test]
fn nothing_is_proposed_where_nothing_is_missing() {
    assert_eq!(propose(&Files::new().catalog(), "5.7-separate"), []);
    assert_eq!(propose(&Files::new().catalog(), "no such requirement"), []);
}

#[test]
fn proposals_close_the_gaps_once_a_person_has_written_the_outcomes() {
    let check = "activity.consents.exists(c, c.separate) && activity.retention_days <= 30";
    let when = Some("activity.purpose == \"marketing\"");
    let files = Files::new().with("std/5.7.toml", &clause_with("activity", when, check, ""));
    let catalog = files.catalog();
    let proposals = propose(&catalog, "5.7-x");
    assert!(!proposals.is_empty());
    assert!(proposals.iter().all(|p| p.toml.contains("expect = \"?\"")), "{proposals:#?}");
    // The person here is a search over the outcomes: one assignment must satisfy the linter.
    let mut cases = String::new();
    for proposal in &proposals {
        let body = proposal
            .toml
            .replace("title.zh = \"\"", "title.zh = \"例\"")
            .replace("title.en = \"\"", "title.en = \"e\"");
        let fits = |outcome: &&&str| {
            let text =
                clause_with("activity", when, check, &body.replace("\"?\"", &format!("\"{outcome}\"")));
            let problems = Files::new().with("std/5.7.toml", &text).lint_errors();
            !problems.iter().any(|p| p.contains("comes to"))
        };
        let outcome = ["met", "gap", "not_applicable", "unknown"].iter().find(fits).unwrap();
        cases += &body.replace("\"?\"", &format!("\"{outcome}\""));
    }
    let all = Files::new().with("std/5.7.toml", &clause_with("activity", when, check, &cases));
    assert_eq!(all.lint_errors(), Vec::<String>::new(), "{cases}");
}

#[test]
fn a_proposal_says_what_it_would_show() {
    let check = "activity.retention_days <= 30";
    let around = [
        case("facts.activity.retention_days = 29", "met"),
        case("facts.activity.retention_days = 31", "gap"),
        case("", "unknown"),
    ];
    let catalog =
        Files::new().with("std/5.7.toml", &clause_with("activity", None, check, &around.concat())).catalog();
    let proposals = propose(&catalog, "5.7-x");
    assert_eq!(proposals.len(), 1);
    assert_eq!(
        proposals[0].shows,
        ["no case notices `<=` to `<` in `check`: `activity.retention_days <= 30`"]
    );
    assert!(proposals[0].toml.contains("facts.activity.retention_days = 30\n"), "{}", proposals[0].toml);
    assert_eq!(proposals, propose(&catalog, "5.7-x"), "the same every time");
}

#[test]
fn the_export_has_the_shape_that_is_promised() {
    let export = export_json(&Files::new().catalog());
    let requirement = &export["instruments"][0]["clauses"][0]["requirements"][0];
    assert_eq!(export["instruments"][0]["id"], "std");
    assert_eq!(export["instruments"][0]["clauses"][0]["clause"], "5.7");
    assert_eq!(export["instruments"][0]["clauses"][0]["kind"], "indicator");
    assert_eq!(export["instruments"][0]["clauses"][0]["extends"], Value::Null);
    assert_eq!(export["instruments"][0]["clauses"][0]["actions"], json!([]));
    assert_eq!(requirement["id"], "5.7-separate");
    assert_eq!(requirement["covers"], json!(["5.7/a"]));
    assert_eq!(requirement["strength"], "shall");
    assert_eq!(requirement["scope"], "consent");
    assert_eq!(requirement["when"], "recipient.overseas");
    assert_eq!(requirement["cases"][1]["facts"]["consent"]["separate"], false);
    assert_eq!(requirement["cases"][1]["expect"], "gap");
    assert_eq!(requirement["cases"][3]["missing"], json!(["consent.separate"]));
}

#[test]
fn the_editor_schemas_know_the_dictionary() {
    let schemas = schemas(&Files::new().catalog());
    let names: Vec<&str> = schemas.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["clause.schema.json", "facts.schema.json", "register.schema.json"]);
    let register = &schemas[2].1;
    let consent = &register["properties"]["consent"]["additionalProperties"];
    assert_eq!(consent["properties"]["form"]["anyOf"][0], json!({ "enum": ["written", "implied"] }));
    assert_eq!(consent["additionalProperties"], false);
    let activity = &register["properties"]["activity"]["additionalProperties"]["properties"];
    assert_eq!(activity["consents"]["anyOf"][0], json!({ "const": "none" }));
    assert!(activity["declared"]["additionalProperties"]["properties"]["purpose"].is_object());
    assert_eq!(register["properties"]["activity.declared"], Value::Null);
    let scopes = &schemas[0].1["properties"]["requirement"]["items"]["properties"]["scope"]["enum"];
    assert!(scopes.as_array().unwrap().contains(&json!("consent")));
}

#[test]
fn bytes_hold_the_whole_catalog() {
    let catalog = Files::new().catalog();
    let bytes = catalog.to_bytes().unwrap();
    assert_eq!(Catalog::from_bytes(&bytes).unwrap(), catalog);
    assert!(Catalog::from_bytes(&bytes[..bytes.len() / 2]).is_err());
    assert!(Catalog::from_bytes(b"").is_err());
    let other =
        [b"hegui-catalog 99.0.0\n", &bytes[bytes.iter().position(|b| *b == b'\n').unwrap() + 1..]].concat();
    assert!(Catalog::from_bytes(&other).unwrap_err().to_string().contains("another version"));
}

#[test]
fn damaged_bytes_are_refused_or_read_but_never_panic() {
    let bytes = Files::new().with("std/5.7.toml", CLAUSE).catalog().to_bytes().unwrap();
    for at in (0..bytes.len()).step_by(7) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0xff;
        let _ = Catalog::from_bytes(&damaged);
    }
}
