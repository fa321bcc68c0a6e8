//! SARIF 2.1.0 (OASIS): one run; requirements are rules, gaps and observations are failures, unknowns
//! stand open. A result's locations are the lines of the register that its facts stand on.
//!
//! Met and not-applicable findings are left out: viewers would show them as noise, and the JSON form
//! has them.

use crate::messages as m;
use crate::words::{is_gap, is_observation, say, silent};
use hegui_assess::view::{FindingView, Report};
use hegui_catalog::model::{Lang, Strength};
use hegui_logic::truth::Outcome;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// The name of the register's folder as a base of addresses.
const BASE: &str = "REGISTER";
/// Lines beside the first one that a result points to.
const RELATED: usize = 20;

/// The assessment as a SARIF log.
#[must_use]
pub fn sarif(report: &Report, lang: Lang) -> Value {
    let shown: Vec<&FindingView> =
        report.findings.iter().filter(|f| matches!(f.outcome, Outcome::Gap | Outcome::Unknown)).collect();
    let mut rules: Vec<Value> = vec![];
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &shown {
        if !places.contains_key(finding.requirement.as_str()) {
            places.insert(&finding.requirement, rules.len());
            rules.push(rule(report, finding, lang));
        }
    }
    let results: Vec<Value> =
        shown.iter().map(|f| result(f, places.get(f.requirement.as_str()), lang)).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "hegui",
                "version": env!("CARGO_PKG_VERSION"),
                "language": tag(lang),
                "rules": rules,
            } },
            "language": tag(lang),
            "columnKind": "unicodeCodePoints",
            "automationDetails": { "id": format!("hegui/{}/{}", report.catalog.profile, report.as_of) },
            "originalUriBaseIds": { BASE: { "description": { "text": m::SARIF_REGISTER.get(lang) } } },
            "results": results,
            "properties": {
                "catalog": report.catalog.hash,
                "profile": report.catalog.profile,
                "asOf": report.as_of,
                "knownOn": report.known_on,
                "closed": report.closing,
            },
        }],
    })
}

fn tag(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "zh-CN",
        Lang::En => "en",
    }
}

/// The level of a nonconformity by how strongly the requirement binds.
fn level(strength: Strength) -> &'static str {
    if strength == Strength::Shall { "error" } else { "note" }
}

fn rule(report: &Report, finding: &FindingView, lang: Lang) -> Value {
    let clauses =
        report.indicators.iter().filter(|i| i.instrument == finding.instrument).flat_map(|i| &i.clauses);
    let clause = clauses.into_iter().find(|c| c.number == finding.clause);
    let title =
        clause.map_or_else(|| finding.clause.clone(), |c| format!("{} {}", c.number, say(&c.title, lang)));
    let mut rule = json!({
        "id": finding.requirement,
        "name": title,
        "shortDescription": { "text": title },
        "fullDescription": { "text": say(&finding.text, lang) },
        "defaultConfiguration": { "level": level(finding.strength) },
        "properties": {
            "instrument": finding.instrument,
            "clause": finding.clause,
            "stage": finding.stage,
            "strength": finding.strength,
            "cites": clause.map_or(&[][..], |c| &c.cites),
            "tags": [finding.instrument, finding.stage],
        },
    });
    if let (false, Some(object)) = (silent(&finding.remedy), rule.as_object_mut()) {
        object.insert("help".into(), json!({ "text": say(&finding.remedy, lang) }));
    }
    rule
}

fn result(finding: &FindingView, rule: Option<&usize>, lang: Lang) -> Value {
    let (kind, level) = if is_gap(finding) || is_observation(finding) {
        ("fail", level(finding.strength))
    } else {
        ("open", "none")
    };
    let logical = json!([{ "name": finding.name, "fullyQualifiedName": finding.thing, "kind": "resource" }]);
    let mut spots = spots(finding).into_iter();
    let mut first = spots.next().unwrap_or_default();
    first.insert("logicalLocations".into(), logical);
    let related: Vec<Value> = spots.take(RELATED).map(Value::Object).collect();
    let mut result = json!({
        "ruleId": finding.requirement,
        "kind": kind,
        "level": level,
        "message": { "text": message(finding, lang) },
        "locations": [first],
        "partialFingerprints": { "requirementAndThing/v1": format!("{}@{}", finding.requirement, finding.thing) },
        "properties": {
            "thing": finding.thing,
            "product": finding.product,
            "missing": finding.missing,
            "fingerprint": finding.fingerprint,
        },
    });
    if let Some(object) = result.as_object_mut() {
        if let Some(index) = rule {
            object.insert("ruleIndex".into(), json!(index));
        }
        if !related.is_empty() {
            object.insert("relatedLocations".into(), Value::Array(related));
        }
    }
    result
}

fn message(finding: &FindingView, lang: Lang) -> String {
    let message = match finding.outcome {
        Outcome::Unknown => m::SARIF_UNKNOWN,
        _ if is_observation(finding) => m::SARIF_OBSERVATION,
        _ => m::SARIF_GAP,
    };
    let missing = finding.missing.join(m::LIST_COMMA.get(lang));
    let text = message.fill(
        lang,
        &[
            ("thing", &finding.name),
            ("clause", &finding.clause),
            ("text", say(&finding.text, lang)),
            ("missing", &missing),
        ],
    );
    // SARIF reads braces as placeholders and brackets as links.
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '{' => escaped.push_str("{{"),
            '}' => escaped.push_str("}}"),
            '[' | ']' | '\\' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}

/// Where the facts of a finding stand, each line once, with the fact that stands there.
fn spots(finding: &FindingView) -> Vec<Map<String, Value>> {
    let mut seen = BTreeSet::new();
    let mut spots = vec![];
    for fact in finding.because.iter().flat_map(|r| &r.facts) {
        let Some(origin) = fact.origin.as_ref().filter(|o| !o.place.is_empty()) else { continue };
        if !seen.insert(origin.place.as_str()) {
            continue;
        }
        let (file, line) = split(&origin.place);
        let mut physical = json!({ "artifactLocation": { "uri": percent(file), "uriBaseId": BASE } });
        if let (Some(line), Some(object)) = (line, physical.as_object_mut()) {
            object.insert("region".into(), json!({ "startLine": line }));
        }
        let mut spot = Map::new();
        spot.insert("physicalLocation".into(), physical);
        spot.insert("message".into(), json!({ "text": fact.path }));
        spots.push(spot);
    }
    spots
}

/// `file:line` or `file:line:column`; what does not end in a line is all file.
fn split(place: &str) -> (&str, Option<u32>) {
    let line = |text: &str| text.parse::<u32>().ok().filter(|n| *n > 0);
    let Some((before, last)) = place.rsplit_once(':') else { return (place, None) };
    let Some(number) = line(last) else { return (place, None) };
    match before.rsplit_once(':') {
        Some((file, middle)) if line(middle).is_some() => (file, line(middle)),
        _ => (before, Some(number)),
    }
}

/// A path as a relative URI reference (RFC 3986): all but unreserved characters and slashes encoded, so
/// that a colon cannot make a scheme.
fn percent(path: &str) -> String {
    let mut out = String::new();
    for byte in path.replace('\\', "/").trim_start_matches('/').bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte))
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{percent, split};

    #[test]
    fn places_are_taken_apart_from_the_right() {
        assert_eq!(split("a/b.toml:12"), ("a/b.toml", Some(12)));
        assert_eq!(split("a:b.toml:12:3"), ("a:b.toml", Some(12)));
        assert_eq!(split("a.toml"), ("a.toml", None));
        assert_eq!(split("a.toml:0"), ("a.toml:0", None));
    }

    #[test]
    fn paths_become_relative_references() {
        assert_eq!(percent("facts/活 动.toml"), "facts/%E6%B4%BB%20%E5%8A%A8.toml");
        assert_eq!(percent("javascript:x"), "javascript%3Ax");
        assert_eq!(percent("/etc/passwd"), "etc/passwd");
    }
}
