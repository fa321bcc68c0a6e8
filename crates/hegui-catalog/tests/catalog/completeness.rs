//! Items of a source, cases that turn on them, mappings, and what others cite.

use crate::fixture::{CLAUSE, Files, case, clause_with};
use hegui_catalog::completeness::{gaps, totals};
use hegui_catalog::model::{Certainty, Rests};
use hegui_catalog::proof::unproven;

#[track_caller]
fn says(problems: &[String], expected: &str) {
    assert!(problems.iter().any(|p| p.contains(expected)), "expected: {expected}\nsaid: {problems:#?}");
}

/// A requirement with two items, each an atom of its check.
fn two_items(cases: &str) -> String {
    clause_with("consent", None, "consent.separate && consent.form == \"written\"", cases)
        .replace("covers = [\"5.7/a\"]", "covers = [\"5.7/a\", \"5.7/b\"]")
}

fn lint(cases: &str) -> Vec<String> {
    let all = [
        case("facts.consent.separate = true\nfacts.consent.form = \"written\"", "met"),
        case("facts.consent.separate = true\nfacts.consent.form = \"implied\"", "gap"),
        case("facts.consent.separate = true", "unknown"),
        case("facts.consent.form = \"written\"", "unknown"),
        cases.to_owned(),
    ];
    Files::new().with("std/5.7.toml", &two_items(&all.concat())).lint_errors()
}

#[test]
fn a_case_turns_on_its_item_alone() {
    let gap = case("facts.consent.separate = false\nfacts.consent.form = \"written\"", "gap");
    assert_eq!(lint(&format!("{gap}flips = [\"5.7/a\"]\n")), Vec::<String>::new());
    // Both are wrong: turning over one of them changes nothing.
    let both = case("facts.consent.separate = false\nfacts.consent.form = \"implied\"", "gap");
    says(
        &lint(&format!("{gap}{both}flips = [\"5.7/a\"]\n")),
        "it does not turn on `5.7/a`: no atom alone changes its outcome",
    );
    // Both are right: either decides, so the case must say which is meant.
    let met = case("facts.consent.separate = true\nfacts.consent.form = \"written\"", "met");
    let ambiguous = lint(&format!("{gap}{met}flips = [\"5.7/a\"]\n"));
    says(&ambiguous, "several atoms decide it, so it does not say which is `5.7/a`");
    says(&ambiguous, "`consent.form == \"written\"`, `consent.separate`");
    assert_eq!(lint(&format!("{gap}{met}flips.\"5.7/a\" = 'consent.separate'\n")), Vec::<String>::new());
    says(
        &lint(&format!("{gap}{met}flips.\"5.7/a\" = 'consent.seperate'\n")),
        "`consent.seperate` is no atom of the expressions",
    );
    says(
        &lint(&format!("{gap}flips.\"5.7/a\" = 'consent.form == \"written\"'\n")),
        "`consent.form == \"written\"` alone does not change its outcome",
    );
}

#[test]
fn what_a_source_holds_is_there() {
    let items = r#"
leaves = ["5.7/a", "5.7/b", "5.7/c"]
actions = ["5.7#1", "5.7.1#2"]
indicators = ["5.7", "5.8"]
characteristics = ["5.6"]
"#;
    let action = r#"
[[action]]
source = "5.7.1"
n = 2
method = "review"
text.zh = "查"
text.en = "look"
[[requirement]]"#;
    let clause = CLAUSE
        .replacen("\n[[requirement]]", action, 1)
        .replace("covers = [\"5.7/a\"]", "covers = [\"5.7/a\", \"5.7/b\", \"5.7/z\"]");
    let catalog = Files::new().with("std/items.toml", items).with("std/5.7.toml", &clause).catalog();
    let instrument = &catalog.instruments["std"];
    let gaps = gaps(&catalog, instrument);
    assert_eq!(gaps.uncovered, ["5.7/c"]);
    assert_eq!(gaps.unflipped, ["5.7/b"]);
    assert_eq!(gaps.foreign, ["5.7/z"]);
    assert_eq!(gaps.actions, ["5.7#1"]);
    assert_eq!(gaps.clauses, ["5.8", "5.6"]);
    let totals = totals(&catalog, instrument);
    assert_eq!((totals.leaves.there, totals.leaves.of), (2, 3));
    assert_eq!((totals.flipped.there, totals.actions.there, totals.indicators.there), (1, 1, 1));
    assert_eq!((totals.strengths, totals.cases), ([1, 0, 0], 4));
    // `consent.separate` is a bool of which nothing else is said: somebody's word.
    assert_eq!((totals.decided, totals.partly, totals.word), (0, 0, 1));
}

#[test]
fn a_fact_says_what_it_rests_on() {
    let rests = |extra: &str| {
        let files =
            Files::new().edit("facts/consent.toml", "[fact.separate]", &format!("[fact.separate]\n{extra}"));
        let catalog = files.catalog();
        let kind = catalog.schema.kind_named("consent").unwrap();
        let field = catalog.schema.kind(kind).field_named("separate").unwrap();
        catalog.fact(kind, field).unwrap().rests
    };
    assert_eq!(rests(""), Rests::Word);
    assert_eq!(rests("rests = \"measured\""), Rests::Measured);
    assert_eq!(rests("judgement = true"), Rests::Judgement);
    let wrong =
        Files::new().edit("facts/consent.toml", "[fact.separate]", "[fact.separate]\nrests = \"hearsay\"");
    assert!(wrong.problems().contains("`hearsay` is no value of `rests`"));
}

/// A second clause beside 5.7, with one requirement and its check, and a mapping between the two.
fn mapped(check: &str, relation: &str) -> Vec<String> {
    let other = clause_with("consent", Some("recipient.overseas"), "CHECK", "");
    let other = other.replace("5.7", "5.9").replace("CHECK", check);
    let mapping = format!(
        "[[mapping]]\nfrom = \"5.7-separate\"\nto = \"5.9-x\"\nrelation = \"{relation}\"\nreason.zh = \"同\"\nreason.en = \"same\"\n"
    );
    let files = Files::new().with("std/5.9.toml", &other).with("mappings/all.toml", &mapping);
    unproven(&files.catalog()).iter().map(ToString::to_string).collect()
}

#[test]
fn what_a_mapping_claims_is_proven() {
    assert_eq!(mapped("consent.separate", "equal"), Vec::<String>::new());
    assert_eq!(mapped("!!consent.separate", "equal"), Vec::<String>::new(), "other words, same meaning");
    let stricter = "consent.separate && consent.form == \"written\"";
    says(&mapped(stricter, "equal"), "the one is Met and the other Gap");
    says(&mapped(stricter, "subset"), "the one is Met and the other Gap");
    assert_eq!(mapped(stricter, "superset"), Vec::<String>::new());
    assert_eq!(mapped(stricter, "intersects"), Vec::<String>::new());
    // The one reads the other's outcome: it is computed, not supposed.
    assert_eq!(mapped("met(\"5.7-separate\", consent)", "equal"), Vec::<String>::new());
}

#[test]
fn a_mapping_leads_somewhere() {
    let mapping = |from: &str, to: &str| {
        let text = format!(
            "[[mapping]]\nfrom = \"{from}\"\nto = \"{to}\"\nrelation = \"equal\"\nreason.zh = \"同\"\nreason.en = \"same\"\n"
        );
        Files::new().with("mappings/all.toml", &text).problems()
    };
    assert!(
        mapping("5.7-seperate", "5.7-separate")
            .contains("there is no requirement `5.7-seperate`; did you mean `5.7-separate`?")
    );
    assert!(mapping("5.7-separate", "5.7-separate").contains("`5.7-separate` is mapped to itself"));
}

#[test]
fn articles_and_figures_are_read() {
    let text = r#"
[article."23"]
gist.zh = "提供前告知并取得单独同意"
gist.en = "tell and obtain separate consent before providing"
certainty = "v"
[figure.kept]
article = "56"
subject.zh = "保存期限"
subject.en = "how long it is kept"
value = "3"
unit.zh = "年"
unit.en = "years"
from = 2021-11-01
row = 3
"#;
    let catalog = Files::new().with("std/articles.toml", text).catalog();
    let instrument = &catalog.instruments["std"];
    assert_eq!(instrument.articles[0].number, "23");
    assert_eq!(instrument.articles[0].certainty, Certainty::Stated);
    assert_eq!(
        (instrument.figures[0].value.as_str(), instrument.figures[0].from.as_str()),
        ("3", "2021-11-01")
    );
    let wrong = Files::new().with("std/articles.toml", &text.replace("\"v\"", "\"x\""));
    assert!(wrong.problems().contains("`x` is no value of `certainty`"));
}
