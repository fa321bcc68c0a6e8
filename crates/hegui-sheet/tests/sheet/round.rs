//! Out and in again: what a person changed changes, and nothing else.

use crate::book::{Book, Cell, Files, TODAY, after, files, import, workbook};
use crate::small_catalog;
use hegui_catalog::Catalog;
use hegui_catalog::model::Lang;
use hegui_register::Register;
use hegui_sheet::Effect;

const MAIN: &str = r#"# The comment stays.
[organisation.acme]
name = "示例"

[product.app]
name = "=cmd|'/c calc'!A1"   # a name that begins with =

[party.courier]
name = "快递公司"

[party.bank]
name = "银行"

[document.policy]
version = 2.5

[activity.order]
purpose = "delivery"
types = ["phone"]
began_on = 2023-05-01
answer_time = "72h"
retention_days = "none"
complete = ["provisions"]

[datum.order-phone]
activity = "order"

[provision.order-courier]
activity = "order"
recipient = "courier"
data = ["order-phone"]
"#;

const HEARD: &str = r#"[provenance]
source = "interview"
by = "李四"
on = 2026-03-02

[activity.ads]
purpose = "marketing"
monitored = [
  { value = true, on = 2026-11-01 },
  { value = false, on = 2026-11-20 },
]

[activity.ads.declared.policy]
retention_days = 365
"#;

pub fn small() -> (Catalog, Files) {
    (small_catalog::catalog(), files(&[("heard.toml", HEARD), ("main.toml", MAIN)]))
}

fn fact(files: &Files, catalog: &Catalog, path: &str) -> Option<String> {
    let register = Register::read_files(files.clone(), catalog).unwrap_or_else(|p| panic!("{p}"));
    let assessed = register.universe(catalog, TODAY, TODAY);
    let key = assessed.key(path).unwrap();
    assessed.show(&key)
}

#[test]
fn a_new_folder_gets_every_file_back_byte_for_byte() {
    let (catalog, now) = small();
    for lang in [Lang::Zh, Lang::En] {
        let bytes = workbook(&now, &catalog, lang);
        assert_eq!(bytes, workbook(&now, &catalog, lang), "the same bytes for the same register");
        let plan = import(&bytes, &vec![], &catalog).unwrap();
        assert_eq!((plan.files, plan.restored, plan.lines.len()), (now.clone(), 2, 0));
        let plan = import(&bytes, &now, &catalog).unwrap();
        assert!(!plan.changes() && plan.lines.is_empty());
        // What a spreadsheet program writes again says the same.
        let again = import(&Book::read(&bytes).write(), &now, &catalog).unwrap();
        assert!(!again.changes(), "{:?}", again.lines);
    }
}

#[test]
fn texts_stay_texts_whatever_they_begin_with() {
    let (catalog, now) = small();
    let mut book = Book::read(&workbook(&now, &catalog, Lang::Zh));
    assert_eq!(book.of("product").text("app", "product.name").unwrap(), "=cmd|'/c calc'!A1");
    for text in ["=1+1", "+1", "-1", "@SUM(A1)", "<b>&\"'", "a_x0041_b", "二行\n在此"] {
        book.of("party").set("bank", "party.name", text);
        let plan = import(&book.write(), &now, &catalog).unwrap();
        let new = after(&now, &plan);
        assert_eq!(fact(&new, &catalog, "party.bank.name").as_deref(), Some(text));
        let shown = Book::read(&workbook(&new, &catalog, Lang::Zh)).of("party").text("bank", "party.name");
        assert_eq!(shown.as_deref(), Some(text));
    }
}

#[test]
fn what_is_changed_changes_and_comments_stay() {
    let (catalog, now) = small();
    let mut book = Book::read(&workbook(&now, &catalog, Lang::Zh));
    let order = book.of("activity");
    order.set("order", "activity.purpose", "营");
    order.set("order", "activity.types", "电、名");
    order.set("order", "activity.retention_days", Cell::Number(30.0));
    order.set("order", "activity.began_on", "２０２６年１月２日");
    order.set("order", "activity.answer_time", "30天");
    order.set("order", "activity.follows", "ads");
    order.set("order", "activity.provisions (complete)", "否");
    order.clear("order", "activity.note");
    book.of("provision").set("order-courier", "provision.recipient", "银行");
    let plan = import(&book.write(), &now, &catalog).unwrap();
    let new = after(&now, &plan);
    for (path, value) in [
        ("activity.order.purpose", "marketing"),
        ("activity.order.types", "[phone, name]"),
        ("activity.order.retention_days", "30"),
        ("activity.order.began_on", "2026-01-02"),
        ("activity.order.answer_time", "30d"),
        ("activity.order.follows", "ads"),
        ("provision.order-courier.recipient", "bank"),
    ] {
        assert_eq!(fact(&new, &catalog, path).as_deref(), Some(value), "{path}");
    }
    assert_eq!(fact(&new, &catalog, "activity.order.provisions (complete)"), None);
    let main = &new[1].1;
    assert!(main.starts_with("# The comment stays.") && main.contains("# a name that begins with ="));
    assert!(plan.notes.iter().any(|note| note.text.zh.contains("读作 2026-01-02")), "{:?}", plan.notes);
    // Plain statements are replaced; what had nothing before says where it comes from.
    let effect = |heading: &str| plan.lines.iter().find(|l| l.cell.starts_with(heading)).map(|l| l.effect);
    assert!(plan.lines.iter().all(|l| l.effect != Effect::Disputed), "{:?}", plan.lines);
    assert!(effect("A").is_none());
    assert!(main.contains(
        "follows = { value = \"ads\", source = \"import\", by = \"inventory.xlsx\", on = 2026-11-29"
    ));
}

#[test]
fn what_has_a_source_is_added_to_and_the_diff_says_what_becomes_of_it() {
    let (catalog, now) = small();
    let mut book = Book::read(&workbook(&now, &catalog, Lang::En));
    book.of("activity").set("ads", "activity.purpose", "delivery");
    let plan = import(&book.write(), &now, &catalog).unwrap();
    assert_eq!(plan.lines[0].effect, Effect::Disputed);
    assert_eq!(fact(&after(&now, &plan), &catalog, "activity.ads.purpose"), None, "two sources differ");
    // The same person on a later day: that counts.
    let ads = book.of("activity");
    ads.set("ads", "activity.#source", "访谈");
    ads.set("ads", "activity.#by", "李四");
    ads.set("ads", "activity.#on", "2026-10-01");
    ads.set("ads", "activity.#evidence", "E-1；E-2");
    let plan = import(&book.write(), &now, &catalog).unwrap();
    assert_eq!(plan.lines[0].effect, Effect::Beside);
    let new = after(&now, &plan);
    assert_eq!(fact(&new, &catalog, "activity.ads.purpose").as_deref(), Some("delivery"));
    assert!(new[0].1.contains("\"marketing\"") && new[0].1.contains("\"E-1\", \"E-2\""), "{}", new[0].1);
}

#[test]
fn new_rows_are_new_things() {
    let (catalog, now) = small();
    let mut book = Book::read(&workbook(&now, &catalog, Lang::Zh));
    book.of("activity").add(&[
        ("activity.id", "profile"),
        ("activity.purpose", "marketing"),
        ("activity.product", "app"),
    ]);
    book.of("provision").add(&[
        ("provision.id", "profile-post"),
        ("provision.activity", "profile"),
        ("provision.recipient", "邮局"),
        ("provision.#by", "王五"),
    ]);
    book.of("party").add(&[("party.id", "post"), ("party.name", "邮局")]);
    book.of("activity.declared").add(&[
        ("activity.declared.id", "profile"),
        ("activity.declared.document", "policy"),
        ("activity.declared.retention_days", "30"),
    ]);
    let plan = import(&book.write(), &now, &catalog).unwrap();
    assert_eq!(plan.new_things, 4);
    let new = after(&now, &plan);
    let names: Vec<&str> = new.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "activity-declared.toml",
            "activity.toml",
            "heard.toml",
            "main.toml",
            "party.toml",
            "provision.toml"
        ]
    );
    assert_eq!(fact(&new, &catalog, "provision.profile-post.recipient").as_deref(), Some("post"));
    assert_eq!(
        fact(&new, &catalog, "activity.profile.declared.policy.retention_days").as_deref(),
        Some("30")
    );
    let provision = &new[5].1;
    assert!(
        provision.contains("by = \"王五\"") && provision.contains("by = \"inventory.xlsx\""),
        "{provision}"
    );
    // Once more: it is all there.
    let plan = import(&book.write(), &new, &catalog).unwrap();
    assert!(!plan.changes() && plan.already > 0);
}

#[test]
fn what_changed_on_both_sides_is_a_conflict_and_what_changed_elsewhere_stays() {
    let (catalog, exported) = small();
    let mut book = Book::read(&workbook(&exported, &catalog, Lang::Zh));
    let cell = book.of("activity").set("order", "activity.purpose", "营");
    let mut now = exported.clone();
    now[1].1 = now[1].1.replace("2023-05-01", "2024-01-01").replace("\"银行\"", "\"新银行\"");
    let plan = import(&book.write(), &now, &catalog).unwrap();
    let new = after(&now, &plan);
    assert_eq!(fact(&new, &catalog, "activity.order.began_on").as_deref(), Some("2024-01-01"));
    assert_eq!(fact(&new, &catalog, "activity.order.purpose").as_deref(), Some("marketing"));
    // Now the same cell on both sides.
    book.of("activity").set("order", "activity.began_on", "2025-05-05");
    let wrong = import(&book.write(), &now, &catalog).unwrap_err();
    assert_eq!(wrong.count(), 1);
    let shown = wrong.show(Lang::Zh);
    for part in ["两边都改了", "2023-05-01", "2025-05-05", "2024-01-01", "表“名"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!shown.contains(&format!("{cell}：")), "{shown}");
    // Agreeing with the register settles it.
    book.of("activity").set("order", "activity.began_on", "2024-01-01");
    let plan = import(&book.write(), &now, &catalog).unwrap();
    assert_eq!((plan.lines.len(), plan.already), (1, 1));
}

#[test]
fn cleared_cells_and_missing_rows() {
    let (catalog, now) = small();
    let mut book = Book::read(&workbook(&now, &catalog, Lang::Zh));
    book.of("activity").clear("order", "activity.purpose");
    let plan = import(&book.write(), &now, &catalog).unwrap();
    assert_eq!(plan.lines[0].effect, Effect::Removed);
    assert_eq!(fact(&after(&now, &plan), &catalog, "activity.order.purpose"), None);
    // What says where it comes from is not taken away.
    book.of("activity").clear("ads", "activity.purpose");
    let shown = import(&book.write(), &now, &catalog).unwrap_err().show(Lang::Zh);
    assert!(shown.contains("被清空") && shown.contains("营"), "{shown}");
    // A row that is gone removes nothing, and is told.
    let mut book = Book::read(&workbook(&now, &catalog, Lang::Zh));
    let sheet = book.of("party");
    let row = sheet.row("bank");
    sheet.cells.retain(|(at, _), _| *at != row);
    let plan = import(&book.write(), &now, &catalog).unwrap();
    assert!(!plan.changes());
    assert!(plan.notes.iter().any(|note| note.text.zh.contains("“bank”那一行不见了")), "{:?}", plan.notes);
}

#[test]
fn what_is_said_beside_observations_shows_the_one_in_effect() {
    let (catalog, now) = small();
    let mut book = Book::read(&workbook(&now, &catalog, Lang::Zh));
    assert_eq!(book.of("activity").text("ads", "activity.monitored").as_deref(), Some("否"));
    assert_eq!(book.of("activity").text("order", "activity.retention_days").as_deref(), Some("无"));
    assert_eq!(book.of("activity").text("order", "activity.provisions (complete)").as_deref(), Some("是"));
    assert_eq!(book.of("provision").text("order-courier", "provision.data").as_deref(), Some("order-phone"));
}
