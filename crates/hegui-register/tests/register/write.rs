//! Writing back: comments and order stay, nothing is overwritten, nothing is half done.

use crate::folder::Folder;
use crate::small::{BASE, CATALOG};
use hegui_logic::calendar::parse_date;
use hegui_register::{
    Given, Limits, NewRuling, Register, Ruled, RulingTarget, Source, WriteError, answer, init, rule,
};

fn given(by: &str, on: &str) -> Given {
    Given { source: Source::Interview, by: Some(by.to_owned()), on: parse_date(on), ..Given::default() }
}

fn say(folder: &Folder, path: &str, text: &str, given: &Given) -> Result<String, WriteError> {
    answer(&folder.0, path, text, given, &CATALOG, &Limits::default()).map(|written| written.file)
}

fn shown(folder: &Folder, path: &str, date: &str) -> Option<String> {
    let register = Register::read_dir(&folder.0, &CATALOG, &Limits::default()).unwrap();
    let assessed = register.universe(&CATALOG, parse_date(date).unwrap(), parse_date(date).unwrap());
    assessed.show(&assessed.key(path).unwrap())
}

#[test]
fn an_answer_goes_to_where_its_thing_stands_and_comments_stay() {
    let text =
        "# 注释\n[activity.pay] # here\nproduct = \"app\"\n\n# next\n[activity.z]\nproduct = \"app\"\n";
    let folder = Folder::new("answer").with("a.toml", BASE).with("sub/b.toml", text);
    assert_eq!(
        say(&folder, "activity.pay.retention_days", "30", &given("甲", "2026-03-02")).unwrap(),
        "sub/b.toml"
    );
    let after = folder.text("sub/b.toml");
    let line = "retention_days = { value = 30, source = \"interview\", by = \"甲\", on = 2026-03-02 }\n";
    assert_eq!(
        after,
        text.replace("product = \"app\"\n\n# next", &format!("product = \"app\"\n{line}\n# next"))
    );
    assert_eq!(folder.text("a.toml"), BASE);
    assert_eq!(shown(&folder, "activity.pay.retention_days", "2026-03-02").as_deref(), Some("30"));
}

#[test]
fn a_second_answer_is_put_behind_the_first() {
    let text = format!(
        "[provenance]\nby = \"李四\"\non = 2026-01-01\n{BASE}[activity.x]\nproduct = \"app\"\nretention_days = 180 # from the contract\n"
    );
    let folder = Folder::new("second").with("a.toml", &text);
    say(
        &folder,
        "activity.x.retention_days",
        "90",
        &Given { source: Source::Statement, ..given("李四", "2026-02-01") },
    )
    .unwrap();
    assert_eq!(shown(&folder, "activity.x.retention_days", "2026-01-15").as_deref(), Some("180"));
    assert_eq!(shown(&folder, "activity.x.retention_days", "2026-02-01").as_deref(), Some("90"));
    say(&folder, "activity.x.retention_days", "60", &given("乙", "2026-03-01")).unwrap();
    assert_eq!(shown(&folder, "activity.x.retention_days", "2026-03-01"), None, "two sources differ now");
    assert_eq!(folder.text("a.toml").matches("value = ").count(), 3);
}

#[test]
fn every_sort_of_answer() {
    let text = format!(
        "{BASE}[datum.d]\nactivity = \"order\"\n[datum.e]\nactivity = \"order\"\n[provision.p]\nactivity = \"order\"\n[activity.order.declared.policy]\n"
    );
    let folder = Folder::new("sorts").with("a.toml", &text);
    let by = Given {
        reasons: Some("查阅".to_owned()),
        evidence: vec!["E-1".to_owned()],
        ..given("甲", "2026-03-02")
    };
    for (path, text, expected) in [
        ("activity.order.role", "handler", "handler"),
        ("activity.order.monitored", "true", "true"),
        ("activity.order.began_on", "2023-05-01", "2023-05-01"),
        ("activity.order.answer_time", "72h", "3d"),
        ("activity.order.types", "phone, name", "[phone, name]"),
        ("activity.order.note", "none", "none"),
        ("activity.order.fair", "false", "false"),
        ("activity.order.declared.policy.purpose", "marketing", "marketing"),
        ("document.policy.version", "1.5", "1.5"),
        ("provision.p.recipient", "courier", "courier"),
        ("activity.order.provisions", "complete", "complete"),
        ("activity.order.data (complete)", "complete", "complete"),
        ("activity.ads.provisions", "none", "complete"),
    ] {
        say(&folder, path, text, &by).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!(shown(&folder, path, "2026-03-10").as_deref(), Some(expected), "{path}");
    }
    say(&folder, "provision.p.data", "d,e", &by).unwrap();
    say(&folder, "activity.order.provisions", "incomplete", &given("甲", "2026-03-05")).unwrap();
    assert_eq!(shown(&folder, "activity.order.provisions", "2026-03-10"), None);
    assert_eq!(shown(&folder, "activity.order.data", "2026-03-10").as_deref(), Some("complete"));
}

#[test]
fn a_list_of_complete_relations_keeps_its_names() {
    let folder = Folder::new("complete").with(
        "a.toml",
        BASE.replace("[product.app]", "[product.app]\ncomplete = [\"activities\", \"activity.data\"]"),
    );
    say(&folder, "product.app.activities", "incomplete", &given("甲", "2026-03-05")).unwrap();
    assert_eq!(shown(&folder, "activity.order.data", "2026-03-10").as_deref(), Some("complete"));
    assert_eq!(shown(&folder, "product.app.activities", "2026-03-10"), None);
}

#[test]
fn a_wrong_answer_changes_nothing() {
    let folder = Folder::new("wrong").with("a.toml", BASE);
    let by = given("甲", "2026-03-02");
    let told = |path: &str, text: &str| say(&folder, path, text, &by).unwrap_err().to_string();
    assert!(told("activity.order.role", "handlr").contains("did you mean `handler`?"));
    assert!(told("activity.order.retention_days", "9999").contains("out of range"));
    assert!(told("activity.order.retention_days", "many").contains("a whole number"));
    assert!(told("activity.order.fair", "true").contains("only a person can judge"));
    assert!(told("activity.ordr.role", "handler").contains("did you mean `activity.order`?"));
    assert!(told("activity.order.rle", "handler").contains("did you mean `role`?"));
    assert!(told("activity.order.follows", "nobody").contains("no `activity` is called `nobody`"));
    assert_eq!(folder.text("a.toml"), BASE);
}

#[test]
fn writers_wait_for_each_other() {
    let things: String = (0..8).map(|n| format!("[activity.x{n}]\nproduct = \"app\"\n")).collect();
    let folder = Folder::new("writers").with("a.toml", format!("{BASE}{things}"));
    std::thread::scope(|scope| {
        for n in 0..8 {
            let folder = &folder;
            scope.spawn(move || {
                say(folder, &format!("activity.x{n}.retention_days"), "7", &given("甲", "2026-03-02"))
                    .unwrap()
            });
        }
    });
    for n in 0..8 {
        assert_eq!(
            shown(&folder, &format!("activity.x{n}.retention_days"), "2026-03-02").as_deref(),
            Some("7")
        );
    }
}

#[test]
fn a_crash_before_the_rename_leaves_the_old_file() {
    let folder = Folder::new("crash").with("a.toml", BASE);
    // What a writer that died halfway leaves behind: half a file beside the old one.
    let folder = folder.with(".a.toml.1.tmp", "[organisation.acme]\nname = \"half");
    assert!(Register::read_dir(&folder.0, &CATALOG, &Limits::default()).is_ok());
    assert_eq!(folder.text("a.toml"), BASE);
    say(&folder, "activity.order.role", "handler", &given("甲", "2026-03-02")).unwrap();
    assert_eq!(shown(&folder, "activity.order.role", "2026-03-02").as_deref(), Some("handler"));
}

#[test]
fn a_skeleton_is_right_and_never_overwrites() {
    let folder = Folder::new("init");
    let files = init(&folder.0, &CATALOG).unwrap();
    assert_eq!(files.len(), 4);
    let register = Register::read_dir(&folder.0, &CATALOG, &Limits::default())
        .unwrap_or_else(|problems| panic!("{problems}"));
    assert!(register.find(&CATALOG.schema, "activity.registration").is_ok());
    assert!(folder.text("activities.toml").contains("# retention_days = 0"));
    assert!(init(&folder.0, &CATALOG).unwrap_err().to_string().contains("holds files already"));
}

#[test]
fn rulings_are_added_behind_each_other() {
    let folder = Folder::new("ruling").with(
        "a.toml",
        format!("{BASE}[activity.x]\nproduct = \"app\"\nrole = [{{ value = \"handler\", by = \"甲\" }}, {{ value = \"entrusted\", by = \"乙\" }}]\n"),
    );
    let ruling = |value: &str| NewRuling {
        on: Ruled::Fact { path: "activity.x.role".to_owned(), value: value.to_owned() },
        by: "王五".to_owned(),
        role: "privacy".to_owned(),
        date: parse_date("2026-04-01").unwrap(),
        reasons: "合同".to_owned(),
    };
    rule(&folder.0, &ruling("entrusted"), &CATALOG, &Limits::default()).unwrap();
    assert_eq!(shown(&folder, "activity.x.role", "2026-04-01").as_deref(), Some("entrusted"));
    rule(
        &folder.0,
        &NewRuling { date: parse_date("2026-05-01").unwrap(), ..ruling("handler") },
        &CATALOG,
        &Limits::default(),
    )
    .unwrap();
    assert_eq!(shown(&folder, "activity.x.role", "2026-05-01").as_deref(), Some("handler"));
    assert_eq!(folder.text("rulings.toml").matches("[[ruling]]").count(), 2);
    let unknown = NewRuling {
        on: Ruled::Outcome {
            target: RulingTarget::Clause("9.9".to_owned()),
            thing: "activity.x".to_owned(),
            outcome: "met".to_owned(),
            grade: None,
            weighed: None,
        },
        ..ruling("handler")
    };
    let told = rule(&folder.0, &unknown, &CATALOG, &Limits::default()).unwrap_err().to_string();
    assert!(told.contains("no clause `9.9`"), "{told}");
    assert_eq!(folder.text("rulings.toml").matches("[[ruling]]").count(), 2);
}

#[test]
fn an_answer_takes_nothing_from_the_provenance_of_its_file() {
    let text = format!(
        "[provenance]\nby = \"李四\"\non = 2026-01-01\nuntil = 2026-01-31\nreasons = \"旧\"\nevidence = [\"E-1\"]\n{BASE}"
    );
    let folder = Folder::new("own").with("a.toml", &text);
    say(&folder, "activity.ads.retention_days", "90", &given("王五", "2026-02-01")).unwrap();
    let register = Register::read_dir(&folder.0, &CATALOG, &Limits::default()).unwrap();
    let date = parse_date("2026-03-01").unwrap();
    let assessed = register.universe(&CATALOG, date, date);
    let key = assessed.key("activity.ads.retention_days").unwrap();
    assert_eq!(assessed.show(&key).as_deref(), Some("90"));
    let seen = &assessed.provenance(&key).observations[0];
    assert_eq!((seen.by.as_deref(), seen.until, seen.reasons.as_deref()), (Some("王五"), None, None));
    assert_eq!((seen.on, seen.recorded), (parse_date("2026-02-01"), parse_date("2026-02-01")));
    assert!(seen.evidence.is_empty());
}

#[test]
fn what_a_killed_writer_left_is_removed_by_the_next_one() {
    let folder = Folder::new("left")
        .with("a.toml", BASE)
        .with(".a.toml.4000000.tmp", "half")
        .with(".b.toml.17.tmp", "half")
        .with(".notes.tmp", "mine")
        .with(".a.toml.old.tmp", "mine");
    say(&folder, "activity.ads.retention_days", "90", &given("王五", "2026-02-01")).unwrap();
    let mut left: Vec<String> = std::fs::read_dir(&folder.0)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, [".a.toml.old.tmp", ".hegui.lock", ".notes.tmp", "a.toml"]);
}
