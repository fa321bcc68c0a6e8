//! OSCAL: what is written hangs together, and what is unknown is neither of OSCAL's two states.
//! Whether it is valid against the published schema is checked by `scripts/check-oscal`.

use crate::sample::report;
use hegui_catalog::model::Lang;
use hegui_logic::truth::Outcome;
use hegui_report::words::is_gap;
use serde_json::Value;
use std::collections::BTreeSet;

fn results(lang: Lang) -> Value {
    hegui_report::oscal(&report(), lang)["assessment-results"].clone()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn walk<'a>(value: &'a Value, into: &mut Vec<(&'a str, &'a Value)>) {
    match value {
        Value::Object(object) => {
            for (key, inner) in object {
                into.push((key, inner));
                walk(inner, into);
            }
        }
        Value::Array(members) => members.iter().for_each(|inner| walk(inner, into)),
        _ => {}
    }
}

#[test]
fn every_reference_resolves_and_no_identifier_is_given_twice() {
    let results = results(Lang::Zh);
    let mut all = vec![];
    walk(&results, &mut all);
    let given: Vec<&str> = all.iter().filter(|(k, _)| *k == "uuid").filter_map(|(_, v)| v.as_str()).collect();
    let known: BTreeSet<&str> = given.iter().copied().collect();
    assert_eq!(known.len(), given.len());
    let refers = |key: &str| key.ends_with("-uuid") || key == "href";
    let mut referred = 0;
    for (key, value) in all.iter().filter(|(key, _)| refers(key)) {
        let Some(to) = value.as_str().map(|v| v.trim_start_matches('#')) else { continue };
        if key == &"href" && !value.as_str().is_some_and(|v| v.starts_with('#')) {
            continue;
        }
        referred += 1;
        assert!(known.contains(to), "{key}: {to}");
    }
    assert!(referred > 10);
}

#[test]
fn unknown_is_neither_satisfied_nor_not() {
    let report = report();
    let results = results(Lang::En);
    let result = &results["results"][0];
    let settled = report.findings.iter().filter(|f| f.outcome == Outcome::Met || is_gap(f)).count();
    assert!(settled < report.findings.len(), "the sample holds unknown findings");
    assert_eq!(list(result, "findings").len(), settled);
    assert_eq!(list(result, "observations").len(), report.findings.len());
    let gaps = report.findings.iter().filter(|f| is_gap(f)).count();
    assert_eq!(list(result, "risks").len(), gaps);
    let states = list(result, "findings").iter().map(|f| f["target"]["status"]["state"].as_str());
    assert_eq!(states.filter(|state| *state == Some("not-satisfied")).count(), gaps);
}

#[test]
fn the_same_assessment_gives_the_same_document_and_no_empty_lists() {
    let results = results(Lang::Zh);
    assert_eq!(results, self::results(Lang::Zh));
    let mut all = vec![];
    walk(&results, &mut all);
    for (key, value) in all {
        assert!(value.as_array().is_none_or(|members| !members.is_empty()), "{key} is empty");
        assert!(value.as_str().is_none_or(|text| !text.is_empty() || key == "remarks"), "{key} is empty");
    }
}
