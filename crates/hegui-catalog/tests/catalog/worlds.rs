//! What a case's facts come to.

use crate::fixture::{Files, case, clause_with};

/// What linting says about the outcome of one case.
fn comes_to(scope: &str, check: &str, facts: &str, expect: &str) -> bool {
    let clause = clause_with(scope, None, check, &case(facts, expect));
    let problems = Files::new().with("std/5.7.toml", &clause).lint_errors();
    !problems.iter().any(|p| p.contains("case “case” of"))
}

#[track_caller]
fn is(scope: &str, check: &str, facts: &str, expect: &str) {
    assert!(comes_to(scope, check, facts, expect), "`{check}` with `{facts}` does not come to {expect}");
    let other = if expect == "met" { "gap" } else { "met" };
    assert!(!comes_to(scope, check, facts, other), "`{check}` with `{facts}` comes to {other} too");
}

#[test]
fn values_of_every_type_arrive() {
    is("activity", "activity.purpose == \"delivery\"", "facts.activity.purpose = \"delivery\"", "met");
    is("activity", "\"manual\" in activity.methods", "facts.activity.methods = [\"automated\"]", "gap");
    is("activity", "activity.retention_days <= 30", "facts.activity.retention_days = 30", "met");
    is("activity", "activity.share > 0.25", "facts.activity.share = 0.2501", "met");
    is("activity", "activity.began_on < date(\"2026-03-02\")", "facts.activity.began_on = 2026-03-01", "met");
    is(
        "activity",
        "activity.began_on < date(\"2026-03-02\")",
        "facts.activity.began_on = \"2026-03-02\"",
        "gap",
    );
    is(
        "activity",
        "activity.began_on > date(\"2026-03-02\")",
        "facts.activity.began_on = 2026-03-02T00:00:01",
        "met",
    );
    is("activity", "activity.answer_within <= hours(72)", "facts.activity.answer_within = \"3d\"", "met");
    is("activity", "activity.name.contains(\"x\")", "facts.activity.name = \"axb\"", "met");
    is("activity", "has(activity.retention_days)", "facts.activity.retention_days = \"none\"", "gap");
    is("activity", "has(activity.partner)", "facts.activity.partner = \"none\"", "gap");
    is("activity", "activity.partner.overseas", "facts.activity.partner.overseas = true", "met");
}

#[test]
fn what_is_left_out_is_unknown() {
    is("activity", "activity.retention_days <= 30", "", "unknown");
    is("activity", "activity.consents.all(c, c.separate)", "", "unknown");
}

#[test]
fn a_list_is_complete_unless_it_ends_in_dots() {
    let all = "activity.consents.all(c, c.separate)";
    is("activity", all, "facts.activity.consents = [ { separate = true } ]", "met");
    is("activity", all, "facts.activity.consents = [ { separate = true }, \"…\" ]", "unknown");
    is("activity", all, "facts.activity.consents = [ { separate = false }, \"…\" ]", "gap");
    is("activity", all, "facts.activity.consents = \"none\"", "met");
    is(
        "activity",
        "size(activity.recipients) == 2",
        "facts.activity.recipients = [ { overseas = true }, {} ]",
        "met",
    );
}

#[test]
fn names_above_and_references_are_in_scope() {
    is("consent", "activity.began_on > as_of", "facts.activity.began_on = 2026-06-02", "met");
    is("consent", "organisation.retention_days == 3", "facts.organisation.retention_days = 3", "met");
    is("consent", "recipient.overseas", "facts.recipient.overseas = true", "met");
    is("consent", "recipient.overseas", "facts.consent.recipient.overseas = true", "met");
    is("consent", "has(consent.recipient)", "facts.recipient = \"none\"", "gap");
}

#[test]
fn a_fact_stated_above_flows_down() {
    is("activity", "activity.retention_days == 3", "facts.organisation.retention_days = 3", "met");
    is(
        "activity",
        "activity.retention_days == 3",
        "facts.organisation.retention_days = 3\nfacts.activity.retention_days = 4",
        "gap",
    );
}

#[test]
fn a_member_hangs_on_the_thing_that_lists_it() {
    is(
        "activity",
        "activity.consents.all(c, c.activity == activity)",
        "facts.activity.consents = [ {} ]",
        "met",
    );
    is(
        "activity",
        "activity.recipients.exists(r, r.activities.exists(a, a == activity))",
        "facts.activity.recipients = [ {} ]",
        "met",
    );
}

#[test]
fn documents_speak() {
    let check = "activity.declared.exists(d, d.document.type == \"policy\" && d.purpose == activity.purpose)";
    let facts = "facts.activity.purpose = \"delivery\"\nfacts.activity.declared = [ { purpose = \"PURPOSE\", document = { type = \"policy\" } } ]";
    is("activity", check, &facts.replace("PURPOSE", "delivery"), "met");
    is("activity", check, &facts.replace("PURPOSE", "marketing"), "gap");
}

#[test]
fn a_label_makes_two_facts_speak_of_one_thing() {
    let check = "activity.recipients.exists(r, r == activity.partner)";
    is(
        "activity",
        check,
        "facts.activity.partner.\"@\" = \"courier\"\nfacts.activity.recipients = [ \"@courier\" ]",
        "met",
    );
    is("activity", check, "facts.activity.partner = {}\nfacts.activity.recipients = [ {} ]", "gap");
    let clause = clause_with("activity", None, check, &case("facts.activity.recipients = [ \"@x\" ]", "met"));
    let problems = Files::new().with("std/5.7.toml", &clause).read().unwrap_err().to_string();
    assert!(problems.contains("no `party` is labelled `x`"), "{problems}");
}

#[test]
fn the_date_and_other_outcomes_can_be_supposed() {
    is(
        "activity",
        "activity.began_on <= as_of",
        "as_of = 2025-01-01\nfacts.activity.began_on = 2025-01-01",
        "met",
    );
    is(
        "activity",
        "activity.began_on <= as_of",
        "as_of = 2025-01-01\nfacts.activity.began_on = 2025-01-02",
        "gap",
    );
    is(
        "activity",
        "workdays(activity.began_on, as_of) == 1",
        "as_of = 2026-01-04\nfacts.activity.began_on = 2025-12-30",
        "unknown",
    );
    is(
        "activity",
        "workdays(activity.began_on, as_of) == 1",
        "as_of = 2026-01-04\nfacts.activity.began_on = 2026-01-01",
        "met",
    );
}

#[test]
fn met_reads_a_clause_of_the_same_scope() {
    let rest = [
        ("assume.\"5.7\" = \"not_applicable\"", "met"),
        ("assume.\"5.7\" = \"gap\"", "gap"),
        ("", "unknown"),
    ]
    .map(|(facts, expect)| case(facts, expect))
    .concat();
    let clause = clause_with("consent", None, "met(\"5.7\", consent)", &rest)
        .replace("clause = \"5.7\"", "clause = \"5.8\"");
    let clause = clause.replace("5.7-x", "5.8-x").replace("5.7/a", "5.8/a");
    let files = Files::new().with("std/5.8.toml", &clause);
    assert_eq!(files.clone().lint_errors(), Vec::<String>::new());
    let catalog = files.catalog();
    let ordered: Vec<&str> =
        catalog.order.iter().map(|i| catalog.requirements[*i as usize].id.as_str()).collect();
    assert_eq!(ordered, ["5.7-separate", "5.8-x"]);
    let consent = catalog.schema.kind_named("consent").unwrap();
    assert_eq!(catalog.met_parts("5.7", consent), Ok(vec![0]));
    assert_eq!(catalog.met_parts("std/5.7", consent), Ok(vec![0]));
    assert_eq!(catalog.met_parts("5.7", catalog.schema.kind_named("activity").unwrap()), Err(None));
}

#[test]
fn an_indicator_is_met_with_its_characteristics_but_not_its_exemptions() {
    let part = |number: &str, kind: &str| {
        clause_with("consent", None, "consent.separate", "")
            .replace("5.7", number)
            .replace("kind = \"indicator\"", &format!("kind = \"{kind}\"\nparent = \"5.7\""))
    };
    let files = Files::new()
        .with("std/5.7.2.toml", &part("5.7.2", "characteristic"))
        .with("std/5.7.6.toml", &part("5.7.6", "exemption"));
    let catalog = files.catalog();
    let parts = catalog.met_parts("5.7", catalog.schema.kind_named("consent").unwrap()).unwrap();
    let ids: Vec<&str> = parts.iter().map(|i| catalog.requirements[*i as usize].id.as_str()).collect();
    assert_eq!(ids, ["5.7-separate", "5.7.2-x"]);
}
