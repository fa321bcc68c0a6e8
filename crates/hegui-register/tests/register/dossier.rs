//! The engagement, dispositions, and evidence that stands beside the register.

use crate::folder::Folder;
use crate::small::{self, BASE};
use hegui_catalog::Catalog;
use hegui_catalog::model::Requirement;
use hegui_logic::calendar::parse_date;
use hegui_register::{Limits, NewDisposition, Register, dispose};
use std::sync::LazyLock;

/// The small catalog, with a requirement about activities.
static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    let mut catalog = small::CATALOG.clone();
    let scope = catalog.schema.kind_named("activity");
    catalog.requirements.push(Requirement { id: "5.1-said".to_owned(), scope, ..Requirement::default() });
    catalog
});

fn judged() -> (String, String) {
    ("5.1-said".to_owned(), "activity.order".to_owned())
}

fn read(text: &str) -> Result<Register, String> {
    Register::read_files(vec![("r.toml".to_owned(), text.to_owned())], &CATALOG).map_err(|p| p.to_string())
}

fn disposition(more: &str) -> String {
    let (requirement, thing) = judged();
    format!(
        "{BASE}[[disposition]]\nrequirement = \"{requirement}\"\nthing = \"{thing}\"\nway = \"accept\"\nby = \"甲\"\nrole = \"commissioner\"\non = 2026-06-12\nreasons = \"…\"\n{more}"
    )
}

#[test]
fn an_engagement_is_read_and_what_it_leaves_out_is_not_known() {
    let text = format!(
        "{BASE}[engagement]\nfirm = \"示例所\"\nperiod = {{ from = 2026-05-18, to = 2026-06-30 }}\ncovers = {{ to = 2026-06-30 }}\nrestrictions = [\"未开放\"]\nteam = [{{ name = \"甲\", role = \"lead\" }}]\n"
    );
    let register = read(&text).unwrap();
    let engagement = register.engagement().unwrap();
    assert_eq!(engagement.firm.as_deref(), Some("示例所"));
    assert_eq!(engagement.period, (parse_date("2026-05-18"), parse_date("2026-06-30")));
    assert_eq!(engagement.covers.0, None);
    assert_eq!(engagement.commissioner, None);
    assert_eq!(engagement.team.len(), 1);
    let bytes = register.to_snapshot(&CATALOG);
    assert_eq!(Register::from_snapshot(&bytes, &CATALOG).unwrap(), register);
    assert_eq!(read(BASE).unwrap().engagement(), None);
}

#[test]
fn what_is_wrong_with_an_engagement_is_all_told() {
    let wrong = "[engagement]\nfirms = \"x\"\nperiod = { from = 2026-07-01, to = 2026-06-30 }\ncovers = 3\nteam = [{ name = \"甲\", role = \"leader\" }]\n";
    let told = read(&format!("{BASE}{wrong}")).unwrap_err();
    for part in [
        "r.toml:8:1: no key `firms` here; did you mean `firm`?",
        "`period` ends before it begins",
        "`covers` is a table of two days",
        "`leader` is no role; did you mean `lead`?",
    ] {
        assert!(told.contains(part), "expected `{part}` in:\n{told}");
    }
    let twice = Register::read_files(
        vec![
            ("a.toml".to_owned(), format!("{BASE}[engagement]\n")),
            ("b.toml".to_owned(), "[engagement]\n".to_owned()),
        ],
        &CATALOG,
    );
    assert!(twice.unwrap_err().to_string().contains("b.toml:1:2: the engagement stands at a.toml:7 already"));
}

#[test]
fn a_disposition_names_a_requirement_and_a_thing_that_are_there() {
    let register =
        read(&disposition("owner = \"乙\"\ndue = 2026-07-01\nrisk = \"high\"\nevidence = [\"E-1\"]\n"))
            .unwrap();
    let made = register.dispositions().first().unwrap();
    assert_eq!((made.way.as_str(), made.due), ("accept", parse_date("2026-07-01")));
    assert_eq!(register.thing(&CATALOG.schema, made.kind, made.row), judged().1);
    let bytes = register.to_snapshot(&CATALOG);
    assert_eq!(Register::from_snapshot(&bytes, &CATALOG).unwrap(), register);
    let (requirement, _) = judged();
    for (from, to, part) in [
        ("\"activity.order\"", "\"activity.nobody\"", "there is no `activity.nobody`"),
        (requirement.as_str(), "9.9.9", "no requirement `9.9.9` in the catalog"),
        ("\"accept\"", "\"acept\"", "`acept` is no way; did you mean `accept`?"),
        ("by = \"甲\"\n", "", "a disposition needs `by`"),
    ] {
        let told = read(&disposition("").replace(from, to)).unwrap_err();
        assert!(told.contains(part), "expected `{part}` in:\n{told}");
    }
}

#[test]
fn a_disposition_that_is_written_is_read_back() {
    let (requirement, thing) = judged();
    let folder = Folder::new("dispose").with("a.toml", BASE);
    let made = NewDisposition {
        requirement,
        thing,
        way: "adjust".to_owned(),
        by: "甲".to_owned(),
        role: "commissioner".to_owned(),
        on: parse_date("2026-06-12").unwrap(),
        reasons: "改".to_owned(),
        due: parse_date("2026-07-01"),
        evidence: vec!["E-1".to_owned()],
        ..NewDisposition::default()
    };
    let limits = Limits::default();
    let written = dispose(&folder.0, &made, &CATALOG, &limits).unwrap();
    dispose(&folder.0, &NewDisposition { way: "stop".to_owned(), ..made.clone() }, &CATALOG, &limits)
        .unwrap();
    let register = Register::read_dir(&folder.0, &CATALOG, &limits).unwrap();
    let ways: Vec<&str> = register.dispositions().iter().map(|d| d.way.as_str()).collect();
    assert_eq!(ways, ["adjust", "stop"]);
    assert_eq!(register.dispositions()[0].due, made.due);
    let before = folder.text(&written.file);
    let wrong = NewDisposition { way: "forget".to_owned(), ..made };
    assert!(dispose(&folder.0, &wrong, &CATALOG, &limits).is_err());
    assert_eq!(folder.text(&written.file), before, "nothing is written where anything is wrong");
}

#[test]
fn evidence_beside_the_register_is_the_one_whose_hash_it_names() {
    // SHA-256 of "abc", FIPS 180-4.
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let text = format!(
        "{BASE}[evidence.E-1]\ntitle = \"a\"\nfile = \"ev/a.txt\"\nsha256 = \"{abc}\"\n[evidence.E-2]\ntitle = \"elsewhere\"\nfile = \"ev/b.txt\"\nsha256 = \"{abc}\"\n[evidence.E-3]\ntitle = \"outside\"\nfile = \"../secret\"\nsha256 = \"{abc}\"\n"
    );
    let folder = Folder::new("evidence").with("r.toml", text).with("ev/a.txt", "abc");
    let limits = Limits::default();
    let register = Register::read_dir(&folder.0, &CATALOG, &limits).unwrap();
    assert_eq!(register.check_evidence(&folder.0).unwrap(), 1);
    let folder = folder.with("ev/a.txt", "abd");
    let told = register.check_evidence(&folder.0).unwrap_err().to_string();
    assert!(
        told.contains("r.toml:7:") && told.contains("`E-1` is not the one whose hash stands here"),
        "{told}"
    );
}
