//! The document that describes the operations, and what is true of all of them.

use crate::site::Site;
use serde_json::Value;

/// The document is in the repository, so that a change of the interface shows in a diff.
#[tokio::test]
async fn the_document_is_the_one_in_the_repository() {
    let document = hegui_server::server::document();
    let text = serde_json::to_string_pretty(&document).unwrap() + "\n";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    if kept != text {
        std::fs::write(path, text).unwrap();
        panic!("openapi.json was out of date and has been written again: look at the difference, commit it");
    }
}

#[tokio::test]
async fn every_reference_leads_somewhere_and_every_operation_has_its_own_id() {
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str).map(str::to_owned));
                map.values().for_each(|value| references(value, found));
            }
            Value::Array(list) => list.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let document = hegui_server::server::document();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 10);
    for reference in found {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
    let methods =
        document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
    let mut ids: Vec<_> = methods.map(|operation| operation["operationId"].to_string()).collect();
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

#[tokio::test]
async fn what_is_not_open_to_everybody_asks_for_a_token() {
    let site = Site::new();
    let document = hegui_server::server::document();
    let mut closed = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let open = operation["security"].as_array().unwrap().is_empty();
            let request =
                crate::site::request(&method.to_uppercase(), "", &path.replace(['{', '}', '*'], ""));
            let answer = site.send(request.body(axum::body::Body::empty()).unwrap()).await;
            let asked = answer.status == 401;
            assert!(open || asked, "{method} {path}: {}", answer.status);
            closed += usize::from(asked);
        }
    }
    assert!(closed > 10);
}
