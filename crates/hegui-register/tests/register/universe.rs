//! From observations to values: dates, sources, inheritance, completeness, and the way back.

use crate::small::{BASE, CATALOG, assess, get, read, show};
use hegui_logic::calendar::parse_date;
use hegui_logic::universe::{FactKey, Value};
use hegui_register::{Assessed, Reason, Source};

fn complete(assessed: &Assessed, path: &str) -> bool {
    match assessed.key(path).unwrap() {
        FactKey::Complete(kind, row, relation) => assessed.universe.members(kind, row, relation).1,
        other => panic!("{other:?}"),
    }
}

fn members(assessed: &Assessed, path: &str) -> Vec<u32> {
    match assessed.key(path).unwrap() {
        FactKey::Complete(kind, row, relation) => assessed.universe.members(kind, row, relation).0.to_vec(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_sort_of_value() {
    let text = format!(
        "{BASE}[activity.x]\nproduct = \"app\"\nretention_days = 30\nbegan_on = 2023-05-01T08:30:00\nanswer_time = \"72h\"\ntypes = [\"name\"]\n\
         note = \"none\"\nfollows = \"order\"\n[document.d]\nversion = 1.5\n"
    );
    let assessed = assess(&text, "2026-01-01");
    let shown = |path: &str| show(&assessed, path).unwrap_or_else(|| "unknown".to_owned());
    assert_eq!(shown("activity.x.retention_days"), "30");
    assert_eq!(shown("activity.x.began_on"), "2023-05-01T08:30:00");
    assert_eq!(shown("activity.x.answer_time"), "3d");
    assert_eq!(shown("activity.x.types"), "[name]");
    assert_eq!(shown("activity.x.note"), "none");
    assert_eq!(shown("activity.x.follows"), "order");
    assert_eq!(shown("document.d.version"), "1.5");
    assert_eq!(shown("activity.x.role"), "unknown");
    assert_eq!(get(&assessed, "activity.x.types"), Some(Value::Set(2)));
}

#[test]
fn rows_stand_in_the_order_of_files_and_positions() {
    let files = [
        ("b.toml", "[activity.a]\n[activity.z]\n"),
        ("a.toml", "[organisation.o]\n[product.p]\n[activity.m]\n"),
    ];
    let files = files.map(|(name, text)| (name.to_owned(), text.to_owned())).to_vec();
    let register = hegui_register::Register::read_files(files, &CATALOG).unwrap();
    let kind = CATALOG.schema.kind_named("activity").unwrap();
    assert_eq!((0..3).map(|row| register.id(kind, row)).collect::<Vec<_>>(), ["m", "a", "z"]);
    assert_eq!(register.place(kind, 2).unwrap().file, "b.toml");
}

#[test]
fn a_reference_may_stand_before_its_thing() {
    let assessed = assess(
        "[provision.p]\nrecipient = \"late\"\n[activity.x]\n[product.a]\n[organisation.o]\n[party.late]\n",
        "2026-01-01",
    );
    assert_eq!(show(&assessed, "provision.p.recipient").as_deref(), Some("late"));
    assert_eq!(members(&assessed, "party.late.provisions"), [0]);
    assert_eq!(members(&assessed, "activity.x.provisions"), [0]);
}

#[test]
fn two_times_and_their_reasons() {
    let text = format!(
        "{BASE}[activity.x]\nrole = {{ value = \"handler\", on = 2026-03-02, recorded = 2026-04-01, until = 2026-05-31 }}\n"
    );
    let register = read(&text).unwrap();
    let at = |as_of: &str, known_on: &str| {
        let assessed = register.universe(&CATALOG, parse_date(as_of).unwrap(), parse_date(known_on).unwrap());
        let key = assessed.key("activity.x.role").unwrap();
        (assessed.show(&key).is_some(), assessed.reason(&key))
    };
    assert_eq!(at("2026-03-02", "2026-03-31"), (false, Reason::NeverStated));
    assert_eq!(at("2026-03-01", "2026-04-01"), (false, Reason::NotYet));
    assert_eq!(at("2026-03-02", "2026-04-01"), (true, Reason::Known));
    assert_eq!(at("2026-05-31", "2026-04-01"), (true, Reason::Known));
    assert_eq!(at("2026-06-01", "2026-04-01"), (false, Reason::Ended));
}

#[test]
fn facts_flow_down_unless_stated_below_and_say_from_where() {
    let text = "[organisation.acme]\nrole = { value = \"handler\", by = \"甲\" }\n[product.app]\n[product.web]\nrole = \"entrusted\"\n\
        [activity.a]\nproduct = \"app\"\n[activity.b]\nproduct = \"web\"\n[activity.c]\nproduct = \"web\"\nrole = \"handler\"\n";
    let assessed = assess(text, "2026-01-01");
    assert_eq!(show(&assessed, "activity.a.role").as_deref(), Some("handler"));
    assert_eq!(show(&assessed, "activity.b.role").as_deref(), Some("entrusted"));
    assert_eq!(show(&assessed, "activity.c.role").as_deref(), Some("handler"));
    let from = |path: &str| assessed.provenance(&assessed.key(path).unwrap());
    assert_eq!(from("activity.a.role").inherited_from.as_deref(), Some("organisation.acme"));
    assert_eq!(from("activity.a.role").observations[0].by.as_deref(), Some("甲"));
    assert_eq!(from("activity.b.role").inherited_from.as_deref(), Some("product.web"));
    assert_eq!(from("activity.c.role").inherited_from, None);
}

#[test]
fn sources_that_differ_are_unknown_until_somebody_rules_and_nothing_flows_into_the_quarrel() {
    let text = format!(
        "{BASE}[activity.x]\nproduct = \"app\"\nrole = [{{ value = \"handler\", source = \"interview\", by = \"甲\", on = 2026-01-01 }},\n\
         {{ value = \"entrusted\", source = \"document\", by = \"合同\", on = 2026-01-02 }}]\n"
    ).replace("[product.app]", "[product.app]\nrole = \"handler\"");
    let assessed = assess(&text, "2026-03-01");
    let key = assessed.key("activity.x.role").unwrap();
    assert_eq!(assessed.show(&key), None);
    let Reason::Conflict(parts) = assessed.reason(&key) else { panic!("no conflict") };
    assert_eq!(
        parts.iter().map(|o| (o.value.as_str(), o.source)).collect::<Vec<_>>(),
        [("handler", Source::Interview), ("entrusted", Source::Document)]
    );
    let ruled = format!(
        "{text}[[ruling]]\nfact = \"activity.x.role\"\nvalue = \"entrusted\"\nby = \"王五\"\nrole = \"privacy\"\non = 2026-02-01\nreasons = \"合同\"\n"
    );
    assert_eq!(show(&assess(&ruled, "2026-01-31"), "activity.x.role"), None);
    let settled = assess(&ruled, "2026-02-01");
    assert_eq!(show(&settled, "activity.x.role").as_deref(), Some("entrusted"));
    let provenance = settled.provenance(&settled.key("activity.x.role").unwrap());
    assert_eq!(provenance.ruling.unwrap().by, "王五");
    assert_eq!(provenance.observations.iter().map(|o| o.counts).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn stale_facts_are_unknown_and_do_not_flow() {
    let text =
        format!("{BASE}[activity.x]\nproduct = \"app\"\nmonitored = {{ value = true, on = 2026-01-01 }}\n")
            .replace(
                "[organisation.acme]",
                "[organisation.acme]\nmonitored = { value = true, on = 2026-02-15 }",
            );
    let assessed = assess(&text, "2026-02-15");
    let reason = |path: &str| assessed.reason(&assessed.key(path).unwrap());
    assert!(matches!(reason("activity.x.monitored"), Reason::Stale(seen) if seen.value == "true"));
    assert_eq!(show(&assessed, "activity.order.monitored").as_deref(), Some("true"));
    assert_eq!(show(&assess(&text, "2026-01-31"), "activity.x.monitored").as_deref(), Some("true"));
}

#[test]
fn completeness_is_said_at_the_thing_or_above() {
    let text = "[organisation.acme]\ncomplete = [\"activity.provisions\", \"products\"]\n[product.app]\n\
        complete = { activity.data = { source = \"interview\", by = \"甲\", on = 2026-01-01 } }\n\
        [activity.a]\n[activity.b]\ncomplete = { provisions = false }\nfollows = \"a\"\n[datum.d]\nactivity = \"a\"\n";
    let assessed = assess(text, "2026-02-01");
    assert!(complete(&assessed, "organisation.acme.products"));
    assert!(complete(&assessed, "activity.a.provisions (complete)"));
    assert!(!complete(&assessed, "activity.b.provisions"));
    assert!(complete(&assessed, "activity.a.data"));
    assert!(complete(&assessed, "activity.b.data"));
    assert!(!complete(&assessed, "datum.d.provisions"));
    let from = assessed.provenance(&assessed.key("activity.b.data").unwrap());
    assert_eq!(from.inherited_from.as_deref(), Some("product.app"));
    assert_eq!(from.observations[0].by.as_deref(), Some("甲"));
    assert!(!complete(&assess(text, "2025-12-31"), "activity.b.data"));
}

#[test]
fn none_closes_and_lists_of_several_sources_unite_and_open() {
    let text = "[organisation.acme]\n[product.app]\n[activity.a]\nprovisions = \"none\"\n[activity.b]\n[datum.x]\nactivity = \"b\"\n[datum.y]\nactivity = \"b\"\n\
        [provision.p]\nactivity = \"b\"\ncomplete = [\"data\"]\ndata = [{ value = [\"x\"], by = \"甲\" }, { value = [\"x\", \"y\"], by = \"乙\" }]\n\
        [provision.q]\nactivity = \"b\"\ndata = \"none\"\n";
    let assessed = assess(text, "2026-01-01");
    assert!(complete(&assessed, "activity.a.provisions"));
    assert_eq!(members(&assessed, "provision.p.data"), [0, 1]);
    assert!(!complete(&assessed, "provision.p.data"));
    assert!(
        matches!(assessed.reason(&assessed.key("provision.p.data").unwrap()), Reason::Conflict(parts) if parts[1].value == "[x, y]")
    );
    assert!(complete(&assessed, "provision.q.data"));
    assert_eq!(members(&assessed, "datum.y.provisions"), [0]);
}

#[test]
fn what_documents_declare_stands_beside_what_is_done() {
    let text = format!(
        "{BASE}[activity.x]\nproduct = \"app\"\npurpose = \"delivery\"\n[activity.x.declared.policy]\npurpose = \"marketing\"\nretention_days = 365\n"
    );
    let assessed = assess(&text, "2026-01-01");
    let path = "activity.x.declared.policy.purpose";
    assert_eq!(show(&assessed, path).as_deref(), Some("marketing"));
    assert_eq!(show(&assessed, "activity.x.purpose").as_deref(), Some("delivery"));
    assert_eq!(show(&assessed, "activity.x.declared.policy.document").as_deref(), Some("policy"));
    assert_eq!(members(&assessed, "activity.x.declared"), [0]);
    assert_eq!(assessed.path(&assessed.key(path).unwrap()), path);
    let relation = "activity.x.provisions (complete)";
    assert_eq!(assessed.path(&assessed.key(relation).unwrap()), relation);
}

#[test]
fn plain_facts_take_the_provenance_of_their_file_wherever_it_stands() {
    let text = format!(
        "{BASE}[activity.x]\nproduct = \"app\"\nrole = \"handler\"\nfair = true\n[provenance]\nsource = \"interview\"\nby = \"李四\"\non = 2026-03-02\nreasons = \"…\"\nevidence = [\"E-001\"]\n"
    );
    let assessed = assess(&text, "2026-03-02");
    let seen = &assessed.provenance(&assessed.key("activity.x.role").unwrap()).observations[0];
    assert_eq!((seen.source, seen.by.as_deref(), seen.place.line), (Source::Interview, Some("李四"), 9));
    assert_eq!(seen.evidence, ["E-001"]);
    assert_eq!(show(&assess(&text, "2026-03-01"), "activity.x.role"), None);
}

#[test]
fn names_that_are_wrong_say_why() {
    let assessed = assess(BASE, "2026-01-01");
    let wrong = |path: &str| assessed.key(path).unwrap_err();
    assert!(wrong("order").contains("KIND.ID.FACT"));
    assert!(wrong("activity.order.rol").contains("did you mean `role`?"));
    assert!(wrong("activity.nothing.role").contains("there is no `activity.nothing`"));
    assert!(wrong("party.courier.declared.policy.name").contains("documents declare nothing"));
    assert!(wrong("activity.order.role (complete)").contains("not a relation"));
}

#[test]
fn a_fact_with_provenance_takes_from_its_file_what_it_does_not_say() {
    let text = format!(
        "{BASE}[activity.x]\nproduct = \"app\"\nrole = {{ value = \"handler\", by = \"王五\" }}\n\
         monitored = {{ value = true, source = \"inspection\", on = 2026-03-03, evidence = \"none\", reasons = \"none\" }}\n\
         fair = {{ value = true }}\ncomplete = {{ provisions = {{ by = \"王五\" }} }}\n\
         [provenance]\nsource = \"interview\"\nby = \"李四\"\non = 2026-03-02\nreasons = \"…\"\nevidence = [\"E-001\"]\n"
    );
    let assessed = assess(&text, "2026-03-04");
    let seen = |path: &str| assessed.provenance(&assessed.key(path).unwrap()).observations[0].clone();
    let (march_2, march_3) = (parse_date("2026-03-02"), parse_date("2026-03-03"));
    let role = seen("activity.x.role");
    assert_eq!((role.source, role.by.as_deref(), role.on), (Source::Interview, Some("王五"), march_2));
    assert_eq!((role.recorded, role.evidence), (march_2, vec!["E-001".to_owned()]));
    let monitored = seen("activity.x.monitored");
    assert_eq!((monitored.source, monitored.by.as_deref()), (Source::Inspection, Some("李四")));
    assert_eq!((monitored.on, monitored.recorded), (march_3, march_3));
    assert_eq!((monitored.evidence, monitored.reasons), (vec![], None));
    assert_eq!(seen("activity.x.fair").by.as_deref(), Some("李四"));
    assert_eq!(seen("activity.x.provisions").by.as_deref(), Some("王五"));
    let late =
        "[provenance]\nuntil = 2026-03-01\n[activity.x]\nmonitored = { value = true, on = 2026-03-02 }\n";
    let told = crate::small::read(&format!("{BASE}{late}")).unwrap_err();
    assert!(told.contains("r.toml:10:15: `until` lies before `on`"), "{told}");
    let sampled = "[provenance]\nsource = \"sample\"\nsample = { population = 5, size = 5 }\n[activity.x]\n\
        monitored = { value = true, source = \"interview\" }\nrole = { value = \"handler\", by = \"甲\" }\n";
    let assessed = assess(&format!("{BASE}{sampled}"), "2026-03-04");
    let sample =
        |path: &str| assessed.provenance(&assessed.key(path).unwrap()).observations[0].sample.clone();
    assert!(sample("activity.x.monitored").is_none());
    assert!(sample("activity.x.role").is_some());
}
