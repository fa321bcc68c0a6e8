//! Each rule with an example that fails it and one that does not.

use crate::fixture::{CLAUSE, Files, case, clause_with};

fn lint(clause: &str) -> Vec<String> {
    Files::new().with("std/5.7.toml", clause).lint_errors()
}

#[track_caller]
fn says(problems: &[String], expected: &str) {
    assert!(problems.iter().any(|p| p.contains(expected)), "expected: {expected}\nsaid: {problems:#?}");
}

#[test]
fn the_fixture_has_no_errors() {
    assert_eq!(lint(CLAUSE), Vec::<String>::new());
}

#[test]
fn a_requirement_covers_items_of_its_clause() {
    says(&lint(&CLAUSE.replace("covers = [\"5.7/a\"]", "covers = []")), "`5.7-separate` covers nothing");
    says(
        &lint(&CLAUSE.replace("covers = [\"5.7/a\"]", "covers = [\"5.7\"]")),
        "covers `5.7`, which is no item",
    );
    says(
        &lint(&CLAUSE.replace("covers = [\"5.7/a\"]", "covers = [\"5.9/a\"]")),
        "covers `5.9/a`, an item of another clause",
    );
    says(
        &lint(&CLAUSE.replace("flips = [\"5.7/a\"]", "flips = [\"5.7/b\"]")),
        "`flips` names `5.7/b`, which `5.7-separate` does not cover; did you mean `5.7/a`?",
    );
}

#[test]
fn a_case_comes_to_what_it_expects() {
    let problems = lint(&CLAUSE.replacen("expect = \"met\"", "expect = \"gap\"", 1));
    says(&problems, "std/5.7.toml:22:1: case “separate” of `5.7-separate` expects gap and comes to met");
    let problems =
        lint(&CLAUSE.replace("missing = [\"consent.separate\"]", "missing = [\"recipient.overseas\"]"));
    says(&problems, "case “not known” of `5.7-separate` does not ask what `missing` says");
    says(&problems, "it asks for: [\"consent.separate\"]");
}

#[test]
fn each_kind_of_outcome_has_a_case() {
    for (outcome, title) in
        [("met", "separate"), ("gap", "bundled"), ("not_applicable", "at home"), ("unknown", "not known")]
    {
        let start = CLAUSE.find(&format!("title.en = \"{title}\"")).unwrap();
        let begin = CLAUSE[..start].rfind("[[requirement.case]]").unwrap();
        let end = CLAUSE[start..].find("[[requirement.case]]").map_or(CLAUSE.len(), |at| start + at);
        let without = format!("{}{}", &CLAUSE[..begin], &CLAUSE[end..]);
        says(&lint(&without), &format!("`5.7-separate` has no case that is {outcome}"));
    }
}

#[test]
fn every_atom_is_decisive_somewhere() {
    // With `when` always true in the cases but one whose check holds, `recipient.overseas` never matters.
    let clause = CLAUSE.replace(
        "facts.recipient.overseas = false\nfacts.consent.separate = false\nexpect = \"not_applicable\"",
        "facts.recipient.overseas = false\nfacts.consent.separate = true\nexpect = \"not_applicable\"",
    );
    let problems = lint(&clause);
    assert!(problems.is_empty(), "not applicable and met differ: {problems:#?}");
    let check = "consent.separate || consent.form == \"written\"";
    let cases = [
        case("facts.consent.separate = true\nfacts.consent.form = \"written\"", "met"),
        case("facts.consent.separate = false\nfacts.consent.form = \"implied\"", "gap"),
        case("", "unknown"),
    ];
    let problems = lint(&clause_with("consent", None, check, &cases.concat()));
    says(&problems, "no case notices `||` to `&&` in `check`");
    let more = [
        cases.concat(),
        case("facts.consent.separate = true", "met"),
        case("facts.consent.form = \"written\"", "met"),
    ];
    assert_eq!(lint(&clause_with("consent", None, check, &more.concat())), Vec::<String>::new());
}

#[test]
fn an_atom_that_no_case_needs_is_named_with_its_place() {
    let check = "consent.separate || consent.form == \"written\"";
    let cases = [
        case("facts.consent.separate = true", "met"),
        case("", "unknown"),
        case("facts.consent.separate = false", "unknown"),
    ];
    let problems = lint(&clause_with("consent", None, check, &cases.concat()));
    // 'check = ' and the quote are nine characters, `consent.separate || ` twenty.
    says(
        &problems,
        "std/5.7.toml:13:30: `5.7-x`: this atom is decisive in no case in `check`: `consent.form == ",
    );
    assert!(
        !problems.iter().any(|p| p.contains("decisive in no case in `check`: `consent.separate`")),
        "{problems:#?}"
    );
}

#[test]
fn a_limit_needs_a_case_that_stands_on_it() {
    let check = "activity.retention_days <= 30";
    let around = [
        case("facts.activity.retention_days = 29", "met"),
        case("facts.activity.retention_days = 31", "gap"),
        case("", "unknown"),
    ];
    says(&lint(&clause_with("activity", None, check, &around.concat())), "no case notices `<=` to `<`");
    let on = [around.concat(), case("facts.activity.retention_days = 30", "met")];
    assert_eq!(lint(&clause_with("activity", None, check, &on.concat())), Vec::<String>::new());
}

#[test]
fn all_and_exists_are_told_apart() {
    let check = "size(activity.consents) > 0 && activity.consents.all(c, c.separate)";
    let one = [
        case("facts.activity.consents = [ { separate = true } ]", "met"),
        case("facts.activity.consents = [ { separate = false } ]", "gap"),
        case("facts.activity.consents = []", "gap"),
        case("facts.activity.consents = [ { separate = true }, \"…\" ]", "unknown"),
    ];
    // The open list already tells them apart; without it nothing does.
    assert_eq!(lint(&clause_with("activity", None, check, &one.concat())), Vec::<String>::new());
    let unknown = case("facts.activity.consents = [ {} ]", "unknown");
    let without = [&one[0], &one[1], &one[2], &unknown].map(String::as_str);
    says(
        &lint(&clause_with("activity", None, check, &without.concat())),
        "no case notices `all` to `exists`",
    );
}

#[test]
fn an_element_of_a_written_list_is_named() {
    let check = "[\"manual\", \"automated\"].all(m, !(m in activity.methods) || activity.share > 0.5)";
    let cases = [
        case("facts.activity.methods = [\"manual\"]\nfacts.activity.share = 0.6", "met"),
        case("facts.activity.methods = [\"manual\"]\nfacts.activity.share = 0.5", "gap"),
        case("", "unknown"),
    ];
    let problems = lint(&clause_with("activity", None, check, &cases.concat()));
    says(&problems, "this atom is decisive in no case in `check`: `m in activity.methods` (for `automated`)");
    assert!(
        !problems.iter().any(|p| p.contains("decisive") && p.contains("(for `manual`)")),
        "{problems:#?}"
    );
}

#[test]
fn a_vacuous_check_says_that_it_means_to() {
    let check = "activity.consents.all(c, c.separate)";
    let cases = [
        case("facts.activity.consents = [ { separate = true }, { separate = false } ]", "gap"),
        case("facts.activity.consents = []", "met"),
        case("facts.activity.consents = [ { separate = true }, \"…\" ]", "unknown"),
    ];
    let clause = clause_with("activity", None, check, &cases.concat());
    says(&lint(&clause), "`5.7-x` is met where every list is empty and nothing else is known");
    assert_eq!(lint(&clause.replace("method = ", "empty_ok = true\nmethod = ")), Vec::<String>::new());
}

#[test]
fn what_is_supposed_is_read() {
    let clause = CLAUSE.replacen("expect = \"met\"", "assume.\"5.9\" = \"met\"\nexpect = \"met\"", 1);
    says(&lint(&clause), "supposes the outcome of `5.9`, which `5.7-separate` does not read");
}

#[test]
fn an_effect_and_what_it_names_go_together() {
    says(
        &lint(&CLAUSE.replace("method = ", "effect = \"replaces\"\nmethod = ")),
        "replaces or relaxes, and names nothing",
    );
}

/// An extension that takes the fixture's place where the activity is for delivery.
fn replacing(condition: &str, effect: &str) -> Files {
    let rest =
        format!("{effect}\nreplaces = [ {{ requirement = \"5.7-separate\", where = '{condition}' }} ]\n");
    let cases = [
        case("facts.consent.form = \"written\"", "met"),
        case("facts.consent.form = \"implied\"", "gap"),
        case("", "unknown"),
    ];
    let clause = clause_with("consent", None, "consent.form == \"written\"", &(rest + &cases.concat()));
    let clause =
        clause.replace("5.7\"\nkind = \"indicator\"", "6.7\"\nkind = \"extension\"\nextends = \"5.7\"");
    Files::new().with("std/6.7.toml", &clause.replace("5.7-x", "6.7-x").replace("5.7/a", "6.7/a"))
}

#[test]
fn a_replaced_requirement_does_not_apply_there() {
    let files = replacing("activity.purpose == \"delivery\"", "effect = \"replaces\"");
    assert_eq!(files.clone().lint_errors(), Vec::<String>::new());
    let catalog = files.catalog();
    let base = catalog.requirement("5.7-separate").unwrap();
    assert_eq!(
        base.when_plan.as_ref().unwrap().source,
        "(recipient.overseas) && !(activity.purpose == \"delivery\")"
    );
    assert_eq!(base.replaced_by[0].requirement, "6.7-x");
    assert_eq!(catalog.requirement("6.7-x").unwrap().replaces[0].requirement, "5.7-separate");
    says(&replacing("true", "").lint_errors(), "adds, and yet takes others' places");
}

#[test]
fn an_error_where_a_place_is_taken_stands_at_the_extension() {
    let problems = replacing("activity.purpos == \"delivery\"", "effect = \"replaces\"").read().unwrap_err();
    assert_eq!(problems.0.len(), 1, "{problems}");
    let problem = problems.to_string();
    assert!(
        problem.starts_with(
            "std/6.7.toml:19:55: `activity` has no fact or relation `purpos`; did you mean `purpose`?"
        ),
        "{problem}"
    );
}

#[test]
fn a_clause_is_pending_or_asks_something() {
    let empty =
        "clause = \"5.8\"\nkind = \"indicator\"\ntitle.zh = \"…\"\ntitle.en = \"…\"\nstage = \"general\"\n";
    let said = Files::new().with("std/5.8.toml", empty).problems();
    assert!(said.contains("std/5.8.toml:1:10: warning: clause `5.8` asks nothing"), "{said}");
    let said = Files::new().with("std/5.8.toml", &format!("{empty}pending = true\n")).problems();
    assert!(!said.contains("5.8"), "{said}");
    says(
        &lint(&CLAUSE.replace("stage = ", "pending = true\nstage = ")),
        "clause `5.7` is pending and has requirements",
    );
}

#[test]
fn facts_that_nobody_reads_are_warned_of() {
    let said = Files::new().problems();
    assert!(said.contains("facts/consent.toml:23:7: warning: no requirement reads `consent.form`"), "{said}");
    assert!(said.contains("warning: no requirement reads `activity.recipients`"), "{said}");
    for read in ["consent.separate", "consent.recipient", "party.overseas", "activity.name"] {
        assert!(!said.contains(&format!("reads `{read}`")), "{read}: {said}");
    }
}

#[test]
fn two_actions_of_one_number_are_refused() {
    let action = "[[action]]\nn = 1\nmethod = \"review\"\ntext.zh = \"…\"\ntext.en = \"…\"\n";
    let with = |actions: String| CLAUSE.replacen("[[requirement]]", &format!("{actions}[[requirement]]"), 1);
    says(&lint(&with(action.repeat(2))), "clause `5.7` has two actions 1");
    assert_eq!(lint(&with(format!("{action}{}", action.replace("n = 1", "n = 2")))), Vec::<String>::new());
}
