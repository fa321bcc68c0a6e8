//! An assessment as its user meets it: a register in, findings, verdicts and questions out.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use hegui_assess::assessment::{Assessment, Error};
use hegui_assess::rollup::{Verdict, WorkStatus};
use hegui_assess::scope::Object;
use hegui_assess::view::{FindingView, LISTED, Report};
use hegui_catalog::Catalog;
use hegui_logic::calendar::parse_date;
use hegui_logic::truth::Outcome;
use hegui_register::Register;

const FILES: [(&str, &str); 14] = [
    ("roles.toml", "[role.boss]\ntitle.zh = \"负责人\"\ntitle.en = \"boss\"\n"),
    (
        "facts/organisation.toml",
        "kind = \"organisation\"\ntitle.zh = \"组织\"\ntitle.en = \"organisation\"\nabout.zh = \"组织\"\nabout.en = \"organisation\"\nplural = \"organisations\"\n",
    ),
    (
        "facts/product.toml",
        "kind = \"product\"\ntitle.zh = \"产品\"\ntitle.en = \"product\"\nabout.zh = \"产品\"\nabout.en = \"product\"\nparent = \"organisation\"\nplural = \"products\"\n",
    ),
    (
        "facts/activity.toml",
        r#"kind = "activity"
title.zh = "处理活动"
title.en = "activity"
about.zh = "处理活动"
about.en = "activity"
parent = "product"
plural = "activities"
[fact.role]
type = "enum"
values.handler = { zh = "处理者", en = "handler" }
values.entrusted = { zh = "受托人", en = "entrusted party" }
question.zh = "什么角色？"
question.en = "which role?"
who = "boss"
also_at = ["organisation"]
[fact.clear]
type = "bool"
fresh_days = 100
question.zh = "清晰吗？"
question.en = "clear?"
who = "boss"
[fact.fair]
type = "bool"
judgement = true
question.zh = "公平吗？"
question.en = "fair?"
who = "boss"
[fact.polite]
type = "bool"
question.zh = "客气吗？"
question.en = "polite?"
who = "boss"
"#,
    ),
    (
        "facts/consent.toml",
        r#"kind = "consent"
title.zh = "同意"
title.en = "consent"
about.zh = "同意"
about.en = "consent"
parent = "activity"
plural = "consents"
[fact.free]
type = "bool"
question.zh = "自由吗？"
question.en = "free?"
who = "boss"
[fact.specific]
type = "bool"
question.zh = "具体吗？"
question.en = "specific?"
who = "boss"
"#,
    ),
    (
        "facts/party.toml",
        r#"kind = "party"
title.zh = "相关方"
title.en = "party"
about.zh = "相关方"
about.en = "party"
parent = "organisation"
plural = "parties"
[fact.name]
type = "text"
question.zh = "名称？"
question.en = "name?"
who = "boss"
"#,
    ),
    (
        "facts/provision.toml",
        r#"kind = "provision"
title.zh = "提供"
title.en = "provision"
about.zh = "提供"
about.en = "provision"
parent = "activity"
plural = "provisions"
[fact.recipient]
type = "ref"
to = "party"
question.zh = "向谁提供？"
question.en = "to whom?"
who = "boss"
[fact.told]
type = "bool"
question.zh = "告知了吗？"
question.en = "told?"
who = "boss"
"#,
    ),
    (
        "std/instrument.toml",
        "short = \"std\"\ntitle.zh = \"标准\"\ntitle.en = \"standard\"\nkind = \"standard\"\nstatus = \"in_force\"\nissuer.zh = \"某\"\nissuer.en = \"somebody\"\n",
    ),
    (
        "std/5.1.toml",
        "clause = \"5.1\"\nkind = \"dimension\"\nstage = \"general\"\ntitle.zh = \"维度\"\ntitle.en = \"dimension\"\n",
    ),
    (
        "std/5.1.2.toml",
        r#"clause = "5.1.2"
kind = "indicator"
stage = "general"
title.zh = "基础"
title.en = "basis"
dimension = "5.1"
aggregate = "one"
[[requirement]]
id = "5.1.2-holds"
covers = ["5.1.2/stem"]
strength = "shall"
scope = "activity"
text.zh = "成立"
text.en = "holds"
method = "review"
remedy.zh = "改正"
remedy.en = "mend"
check = 'activity.clear || activity.consents.exists(c, met("5.1.3", c))'
"#,
    ),
    (
        "std/5.1.3.toml",
        "clause = \"5.1.3\"\nkind = \"indicator\"\nstage = \"general\"\ntitle.zh = \"同意\"\ntitle.en = \"consent\"\ndimension = \"5.1\"\naggregate = \"holistic\"\n",
    ),
    (
        "std/5.1.3.1.toml",
        r#"clause = "5.1.3.1"
kind = "characteristic"
stage = "general"
title.zh = "自由度"
title.en = "freedom"
dimension = "5.1"
parent = "5.1.3"
[[requirement]]
id = "5.1.3.1-free"
covers = ["5.1.3.1/a"]
strength = "shall"
scope = "consent"
text.zh = "自由"
text.en = "free"
method = "review"
remedy.zh = "改正"
remedy.en = "mend"
check = 'consent.free'
[[requirement]]
id = "5.1.3.1-specific"
covers = ["5.1.3.1/b"]
strength = "shall"
scope = "consent"
text.zh = "具体"
text.en = "specific"
method = "review"
remedy.zh = "改正"
remedy.en = "mend"
check = 'consent.specific'
"#,
    ),
    (
        "std/5.1.4.toml",
        r#"clause = "5.1.4"
kind = "indicator"
stage = "general"
title.zh = "公平"
title.en = "fairness"
dimension = "5.1"
[[requirement]]
id = "5.1.4-fair"
covers = ["5.1.4/a"]
strength = "shall"
scope = "activity"
text.zh = "公平"
text.en = "fair"
method = "review"
remedy.zh = "改正"
remedy.en = "mend"
check = 'activity.fair'
[[requirement]]
id = "5.1.4-polite"
covers = ["5.1.4/b"]
strength = "should"
scope = "activity"
text.zh = "客气"
text.en = "polite"
method = "review"
remedy.zh = "改正"
remedy.en = "mend"
check = 'activity.polite'
[[requirement]]
id = "5.1.4-serves"
covers = ["5.1.4/d"]
strength = "shall"
binds = ["entrusted"]
scope = "activity"
text.zh = "听从"
text.en = "serves"
method = "review"
remedy.zh = "改正"
remedy.en = "mend"
check = 'activity.polite'
[[requirement]]
id = "5.1.4-told"
covers = ["5.1.4/c"]
strength = "shall"
scope = "provision"
text.zh = "告知"
text.en = "told"
method = "review"
remedy.zh = "改正"
remedy.en = "mend"
check = 'provision.told && activity.consents.all(c, c.free)'
"#,
    ),
    (
        "profiles/full.toml",
        "profile = \"full\"\ntitle.zh = \"全部\"\ntitle.en = \"full\"\ninstruments = [\"std\"]\nclauses = [\"*\"]\nroles = [\"handler\"]\n",
    ),
];

fn catalog() -> Catalog {
    let files = FILES.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()));
    Catalog::read_files(files).unwrap_or_else(|problems| panic!("{problems}"))
}

fn report_on(register: &str, closing: bool, as_of: &str) -> Report {
    assess(register, as_of, closing, &[], &[]).unwrap()
}

/// Assesses the products and activities with these ids, or all where there are none.
fn assess(
    register: &str,
    as_of: &str,
    closing: bool,
    products: &[&str],
    activities: &[&str],
) -> Result<Report, Error> {
    let catalog = catalog();
    let files = vec![("register.toml".to_owned(), register.to_owned())];
    let register = Register::read_files(files, &catalog).unwrap_or_else(|problems| panic!("{problems}"));
    let date = parse_date(as_of).unwrap();
    let rows = |kind: &str, ids: &[&str]| {
        ids.iter().map(|id| register.find(&catalog.schema, &format!("{kind}.{id}")).unwrap().1).collect()
    };
    let object = Object {
        profile: "full".into(),
        products: rows("product", products),
        activities: rows("activity", activities),
        as_of: date,
        known_on: date,
        closing,
    };
    Ok(Assessment::new(&catalog, &register, object)?.report())
}

fn report(register: &str) -> Report {
    report_on(register, false, "2026-06-30")
}

/// One handler with one product and one activity; everything is listed.
const BASE: &str = r#"
[organisation.o]
complete = ["products", "product.activities", "activity.consents", "activity.provisions"]
role = "handler"
[product.p]
[activity.a]
"#;

fn finding<'a>(report: &'a Report, requirement: &str, thing: &str) -> &'a FindingView {
    let found =
        report.findings.iter().find(|f| f.requirement == requirement && f.thing == thing && !f.existence);
    found.unwrap_or_else(|| panic!("no finding {requirement} {thing}"))
}

fn verdict(report: &Report, indicator: &str) -> Verdict {
    report.indicators.iter().find(|i| i.number == indicator).unwrap().standing.overall.verdict
}

#[test]
fn a_missing_fact_is_unknown_and_is_asked() {
    let report = report(BASE);
    let finding = finding(&report, "5.1.4-fair", "activity.a");
    assert_eq!(finding.outcome, Outcome::Unknown);
    assert_eq!(finding.missing, ["activity.a.fair"]);
    assert_eq!(report.summary.exit, 3);
    let question = report.questions.iter().find(|q| q.fact == "activity.a.fair").unwrap();
    assert_eq!((question.who.as_str(), question.answer.as_str(), question.settles), ("boss", "bool", 1));
}

#[test]
fn only_shall_makes_a_gap() {
    let facts = "clear = true\nfair = { value = true, by = \"x\", reasons = \"y\", source = \"judgement\" }\npolite = false\n";
    let report = report(&format!("{BASE}{facts}"));
    assert_eq!(finding(&report, "5.1.4-polite", "activity.a").outcome, Outcome::Gap);
    assert_eq!((report.summary.tally.gap, report.summary.tally.observation), (0, 1));
    assert_eq!(verdict(&report, "5.1.4"), Verdict::Met);
    assert_eq!(report.summary.exit, 0);
}

#[test]
fn things_that_nobody_mentioned_are_unknown_never_out_of_scope() {
    let open = BASE.replace(", \"activity.consents\"", "");
    let report = report(&open);
    let existence: Vec<_> = report.findings.iter().filter(|f| f.existence).collect();
    assert_eq!(existence.len(), 2, "one for each requirement about consents");
    assert!(existence.iter().all(|f| f.thing == "activity.a" && f.outcome == Outcome::Unknown));
    assert_eq!(existence[0].missing, ["activity.a.consents (complete)"]);
}

#[test]
fn of_several_bases_one_suffices_and_closing_turns_unproven_into_nonconforming() {
    assert_eq!(verdict(&report(BASE), "5.1.2"), Verdict::Unknown);
    let closed = report_on(BASE, true, "2026-06-30");
    assert_eq!(verdict(&closed, "5.1.2"), Verdict::NotProven);
    assert_eq!(closed.dimensions[0].standing.overall.verdict, Verdict::NotProven);
    assert_eq!(closed.summary.exit, 1);
    assert_eq!(verdict(&report(&format!("{BASE}clear = true\n")), "5.1.2"), Verdict::Met);
}

const CONSENT: &str = "clear = false\n[consent.c]\nactivity = \"a\"\nfree = false\nspecific = true\n";

#[test]
fn a_holistic_clause_with_a_gap_waits_for_a_person() {
    let report = report(&format!("{BASE}{CONSENT}"));
    assert_eq!(finding(&report, "5.1.3.1-free", "consent.c").outcome, Outcome::Gap);
    let holistic = report.indicators.iter().find(|i| i.number == "5.1.3").unwrap();
    assert_eq!(holistic.standing.overall.verdict, Verdict::ToBeJudged);
    assert_eq!(holistic.standing.overall.status, WorkStatus::AwaitingJudgement);
    // What reads it is unknown, and what is asked is the judgement.
    assert_eq!(finding(&report, "5.1.2-holds", "activity.a").outcome, Outcome::Unknown);
    assert_eq!(finding(&report, "5.1.2-holds", "activity.a").missing, ["met(5.1.3, consent.c)"]);
    assert!(report.questions.iter().any(|q| q.answer == "ruling" && q.who == "assessor"));
}

fn ruling(target: &str, thing: &str, outcome: &str, more: &str) -> String {
    format!(
        "[[ruling]]\n{target}\nthing = \"{thing}\"\noutcome = \"{outcome}\"\nby = \"王五\"\nrole = \"boss\"\non = 2026-05-01\nreasons = \"理由\"\n{more}\n"
    )
}

#[test]
fn a_ruling_lies_over_the_computed_outcome() {
    let ruled = ruling("clause = \"5.1.3\"", "consent.c", "met", "");
    let report = report(&format!("{BASE}{CONSENT}{ruled}"));
    assert_eq!(verdict(&report, "5.1.3"), Verdict::Met);
    assert_eq!(finding(&report, "5.1.2-holds", "activity.a").outcome, Outcome::Met);
    assert!(report.assumptions.iter().any(|a| a.kind == "ruling"));

    let ruled = ruling("requirement = \"5.1.3.1-free\"", "consent.c", "gap", "grade = \"minor\"");
    let facts = CONSENT.replace("free = false", "free = true");
    let report = report_on(&format!("{BASE}{facts}{ruled}"), false, "2026-06-30");
    let finding = finding(&report, "5.1.3.1-free", "consent.c");
    assert_eq!((finding.outcome, finding.computed), (Outcome::Gap, Some(Outcome::Met)));
}

#[test]
fn a_ruling_goes_stale_when_a_part_that_it_weighed_changes() {
    let before = report(&format!("{BASE}{CONSENT}"));
    let weighed = &finding(&before, "5.1.3.1-free", "consent.c").fingerprint;
    let ruled = ruling(
        "requirement = \"5.1.3.1-free\"",
        "consent.c",
        "not_applicable",
        &format!("weighed = \"{weighed}\""),
    );
    let stands = report(&format!("{BASE}{CONSENT}{ruled}"));
    assert_eq!(finding(&stands, "5.1.3.1-free", "consent.c").outcome, Outcome::NotApplicable);
    let changed = CONSENT.replace("free = false", "free = true");
    let stale = report(&format!("{BASE}{changed}{ruled}"));
    let finding = finding(&stale, "5.1.3.1-free", "consent.c");
    assert_eq!(finding.outcome, Outcome::Met);
    assert!(finding.ruling.as_ref().unwrap().stale);
}

#[test]
fn what_binds_handlers_does_not_bind_an_entrusted_party() {
    let report = report(&format!(
        "{BASE}role = \"entrusted\"\nfair = {{ value = false, by = \"x\", reasons = \"y\" }}\n"
    ));
    assert_eq!(finding(&report, "5.1.4-fair", "activity.a").outcome, Outcome::NotApplicable);
}

#[test]
fn each_requirement_binds_its_own_roles() {
    let both = "profile = \"both\"\ntitle.zh = \"两者\"\ntitle.en = \"both\"\ninstruments = [\"std\"]\nclauses = [\"*\"]\nroles = [\"handler\", \"entrusted\"]\n";
    let files = FILES.iter().copied().chain([("profiles/both.toml", both)]);
    let catalog =
        Catalog::read_files(files.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()))).unwrap();
    let outcomes = |profile: &str, role: &str| {
        let register = BASE.replace("role = \"handler\"", &format!("role = \"{role}\""));
        let rude = "polite = false\nfair = { value = false, by = \"x\", reasons = \"y\" }\n";
        let register =
            Register::read_files(vec![("a.toml".to_owned(), format!("{register}{rude}"))], &catalog).unwrap();
        let day = parse_date("2026-06-01").unwrap();
        let object = Object {
            profile: profile.to_owned(),
            products: vec![],
            activities: vec![],
            as_of: day,
            known_on: day,
            closing: false,
        };
        let report = Assessment::new(&catalog, &register, object).unwrap().report();
        let outcome = |requirement: &str| {
            report.findings.iter().find(|f| f.requirement == requirement).map(|f| f.outcome)
        };
        (outcome("5.1.4-fair"), outcome("5.1.4-serves"))
    };
    assert_eq!(outcomes("both", "handler"), (Some(Outcome::Gap), Some(Outcome::NotApplicable)));
    assert_eq!(outcomes("both", "entrusted"), (Some(Outcome::NotApplicable), Some(Outcome::Gap)));
    assert_eq!(outcomes("full", "handler"), (Some(Outcome::Gap), None), "that profile is for handlers alone");
}

#[test]
fn an_unknown_role_is_asked_before_a_gap_is_found() {
    let unknown = BASE.replace("role = \"handler\"\n", "");
    let report =
        report(&format!("{unknown}clear = false\nfair = {{ value = false, by = \"x\", reasons = \"y\" }}\n"));
    let finding = finding(&report, "5.1.4-fair", "activity.a");
    assert_eq!(finding.outcome, Outcome::Unknown);
    assert_eq!(finding.missing, ["activity.a.role"]);
}

#[test]
fn a_stale_fact_is_unknown_and_the_question_says_why() {
    let fact = "clear = { value = true, by = \"x\", on = 2026-01-01 }\n";
    assert_eq!(verdict(&report_on(&format!("{BASE}{fact}"), false, "2026-03-01"), "5.1.2"), Verdict::Met);
    let report = report(&format!("{BASE}{fact}"));
    assert_eq!(verdict(&report, "5.1.2"), Verdict::Unknown);
    assert_eq!(report.questions.iter().find(|q| q.fact == "activity.a.clear").unwrap().unknown, "stale");
}

#[test]
fn sources_that_disagree_make_a_question() {
    let facts = "clear = [{ value = true, source = \"interview\", by = \"x\", on = 2026-05-01 }, { value = false, source = \"inspection\", by = \"y\", on = 2026-05-02 }]\n";
    let report = report(&format!("{BASE}{facts}"));
    assert_eq!(report.questions.iter().find(|q| q.fact == "activity.a.clear").unwrap().unknown, "conflict");
}

#[test]
fn what_rests_on_a_sample_is_met_sampled_and_disclosed() {
    let fact = "clear = { value = true, source = \"sample\", by = \"x\", on = 2026-05-01, sample = { population = 1000, method = \"random\", seed = 7, drawn = 2026-04-30, size = 60, deviations = 0 } }\n";
    let report = report(&format!("{BASE}{fact}"));
    assert_eq!(verdict(&report, "5.1.2"), Verdict::MetSampled);
    let sample = finding(&report, "5.1.2-holds", "activity.a").sample.clone().unwrap();
    assert_eq!((sample.size, sample.deviations), (60, 0));
    assert!((sample.bound - 0.0487).abs() < 1e-3, "{}", sample.bound);
}

#[test]
fn conclusions_name_what_they_rest_on() {
    let report = report(&format!(
        "{BASE}clear = true\nfair = {{ value = true, by = \"评估员甲\", reasons = \"理由\" }}\n"
    ));
    let kinds: Vec<&str> = report.assumptions.iter().map(|a| a.kind.as_str()).collect();
    assert!(kinds.contains(&"complete") && kinds.contains(&"judgement"), "{kinds:?}");
    let because = &finding(&report, "5.1.4-fair", "activity.a").because;
    let origin = because[0].facts[0].origin.as_ref().unwrap();
    assert_eq!((origin.by.as_deref(), origin.place.as_str()), (Some("评估员甲"), "register.toml:8"));
}

#[test]
fn an_unknown_profile_is_named_with_what_may_have_been_meant() {
    let catalog = catalog();
    let register = Register::read_files(vec![("r.toml".into(), BASE.into())], &catalog).unwrap();
    let object = Object {
        profile: "ful".into(),
        products: vec![],
        activities: vec![],
        as_of: 0,
        known_on: 0,
        closing: false,
    };
    let Err(error) = Assessment::new(&catalog, &register, object) else { panic!("no such profile") };
    assert!(error.to_string().contains("did you mean `full`"), "{error}");
}

fn sampled(value: &str, deviations: u32) -> String {
    format!(
        "clear = {{ value = {value}, source = \"sample\", by = \"x\", on = 2026-05-01, sample = {{ population = 1000, method = \"random\", seed = 7, drawn = 2026-04-30, size = 60, deviations = {deviations} }} }}\n"
    )
}

#[test]
fn a_sample_with_deviations_never_makes_a_requirement_met() {
    let doubtful = report(&format!("{BASE}{}", sampled("true", 3)));
    let finding = finding(&doubtful, "5.1.2-holds", "activity.a");
    assert_eq!(finding.outcome, Outcome::Unknown);
    assert_eq!(finding.missing, ["activity.a.clear"]);
    assert_eq!(finding.sample.as_ref().map(|s| s.deviations), Some(3));
    assert_eq!(verdict(&doubtful, "5.1.2"), Verdict::Unknown);
    let question = doubtful.questions.iter().find(|q| q.fact == "activity.a.clear").unwrap();
    assert_eq!(question.unknown, "deviations");
    assert!(question.text.en.contains("deviations found: 3 of 60"), "{}", question.text.en);
}

#[test]
fn a_sample_with_deviations_proves_a_gap() {
    let report = report(&format!("{BASE}{}", sampled("false", 3)));
    let finding = finding(&report, "5.1.2-holds", "activity.a");
    assert_eq!((finding.outcome, finding.computed), (Outcome::Gap, None));
    assert!(finding.because[0].truth == hegui_logic::truth::Truth::False, "{:?}", finding.because);
    assert_eq!(verdict(&report, "5.1.2"), Verdict::Gap);
}

#[test]
fn a_ruling_settles_what_deviations_leave_open() {
    let outcome = ruling("requirement = \"5.1.2-holds\"", "activity.a", "met", "");
    let report = report(&format!("{BASE}{}{outcome}", sampled("true", 3)));
    let finding = finding(&report, "5.1.2-holds", "activity.a");
    assert_eq!((finding.outcome, finding.computed), (Outcome::Met, Some(Outcome::Unknown)));
    assert!(!finding.ruling.as_ref().unwrap().tied, "it does not say what it weighed");

    let fact = "[[ruling]]\nfact = \"activity.a.clear\"\nvalue = true\nby = \"王五\"\nrole = \"boss\"\non = 2026-05-02\nreasons = \"偏差与此无关\"\n";
    let upheld = report_on(&format!("{BASE}{}{fact}", sampled("true", 3)), false, "2026-06-30");
    assert_eq!(verdict(&upheld, "5.1.2"), Verdict::MetSampled);
}

/// Two products; the first has two activities, each with a provision to a party.
const TWO: &str = r#"
[organisation.o]
role = "handler"
[product.p]
[product.q]
[activity.a]
product = "p"
[activity.b]
product = "p"
[activity.c]
product = "q"
[provision.ax]
activity = "a"
recipient = "courier"
[provision.bx]
activity = "b"
recipient = "bank"
[party.courier]
name = "顺达快递"
[party.bank]
name = "银行"
"#;

#[test]
fn an_object_holds_what_belongs_to_it_and_nothing_else() {
    let report = assess(TWO, "2026-06-30", false, &[], &["a"]).unwrap();
    let products: Vec<&str> = report.products.iter().map(|p| p.path.as_str()).collect();
    assert_eq!(products, ["product.p"]);
    assert!(report.indicators.iter().all(|i| i.standing.products.len() == 2), "the product, and the whole");
    assert!(report.findings.iter().all(|f| ["activity.a", "provision.ax"].contains(&f.thing.as_str())));
    // The organisation, the product, the activity, its provision and the recipient.
    assert_eq!(report.summary.things, 5);
    assert!(report.findings.iter().all(|f| f.missing.iter().all(|m| !m.starts_with("product."))));

    let report = assess(TWO, "2026-06-30", false, &["q"], &[]).unwrap();
    assert!(report.findings.iter().all(|f| ["activity.c", "product.q"].contains(&f.thing.as_str())));
    assert!(report.findings.iter().any(|f| f.existence && f.thing == "product.q"), "more activities of q?");

    let whole = assess(TWO, "2026-06-30", false, &["p"], &["a"]).unwrap();
    assert_eq!(whole.products.len(), 1);
    let Err(error) = assess(TWO, "2026-06-30", false, &["q"], &["a"]) else { panic!("a is no part of q") };
    assert!(error.to_string().contains("`activity.a` belongs to `product.p`"), "{error}");
}

#[test]
fn a_thing_without_a_name_is_called_by_what_it_is_about() {
    let report = report(TWO);
    let finding = finding(&report, "5.1.4-told", "provision.ax");
    assert_eq!((finding.title.zh.as_str(), finding.name.as_str()), ("提供 ax（顺达快递）", "ax"));
    assert_eq!(finding.title.en, "ax (provision: 顺达快递)");
}

#[test]
fn what_was_observed_later_is_left_out_and_counted() {
    let facts = "clear = { value = true, by = \"x\", on = 2026-08-01 }\npolite = { value = true, by = \"x\", on = 2026-06-01, recorded = 2026-08-02 }\n";
    assert_eq!(report(&format!("{BASE}{facts}")).summary.left_out, 2);
    assert_eq!(report_on(&format!("{BASE}{facts}"), false, "2026-08-02").summary.left_out, 0);
}

/// An activity with so many provisions and consents.
fn crowded(n: usize) -> String {
    let mut text = BASE.to_owned();
    for i in 0..n {
        text.push_str(&format!("[provision.p{i}]\n[consent.c{i}]\nspecific = true\n"));
    }
    text
}

#[test]
fn lists_are_bounded_and_what_is_left_out_is_counted() {
    let report = report(&crowded(60));
    let finding = finding(&report, "5.1.4-told", "provision.p7");
    assert_eq!((finding.missing.len(), finding.missing_more), (LISTED, 61 - LISTED));
    assert_eq!(finding.missing[0], "provision.p7.told", "its own facts come first");
    let shown = finding.because.iter().filter(|r| r.about.is_some()).count();
    assert_eq!((shown, finding.because.iter().map(|r| r.more).sum::<usize>()), (LISTED, 60 - LISTED));
    assert_eq!(finding.fingerprint, "");
    // Every fact is asked for all the same: each consent for itself and for all 60 provisions.
    let question = report.questions.iter().find(|q| q.fact == "consent.c59.free").unwrap();
    assert_eq!((question.settles, question.concerns), (1, 62), "and for the activity's own basis");
    assert_eq!(question.findings.len(), 10);
    let group = report.questions.iter().filter(|q| q.group == question.group).count();
    assert_eq!(group, 60, "asked of all of them at once");
}

#[test]
fn output_grows_with_the_things_not_with_their_pairs() {
    let size = |n| serde_json::to_string(&report(&crowded(n))).unwrap().len();
    let (small, large) = (size(60), size(240));
    assert!(large < small * 5, "{small} {large}");
}
