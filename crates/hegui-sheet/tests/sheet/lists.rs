//! Plain lists, as companies keep them.

use crate::book::{Files, after, files, import_list, list};
use hegui_catalog::Catalog;
use hegui_catalog::model::Lang;
use hegui_register::Register;
use hegui_sheet::{Limits, Mapping, open};

fn law() -> Catalog {
    hegui_law::catalog().unwrap()
}

fn rows() -> Vec<Vec<&'static str>> {
    vec![
        vec!["个人信息清单（2026年）"],
        vec!["业务活动", "处理目的", "个人信息类型", "是否敏感", "接收方", "保存期限（天）", "经办人"],
        vec!["订单配送", "把商品送到", "姓名", "否", "东方快递", "180天", "甲"],
        vec!["订单配送", "把商品送到", "电话号码", "否", "东方快递、西部快递", "180", "甲"],
        vec!["订单配送", "", "住址", "否", "", "", "乙"],
        vec!["Newsletter", "发送资讯", "电子邮箱", "否", "Mail Chimp", "365", "丙"],
    ]
}

fn bytes(rows: &[Vec<&str>]) -> Vec<u8> {
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    list(&rows).write()
}

fn read(files: &Files, catalog: &Catalog, path: &str) -> Option<String> {
    let register = Register::read_files(files.clone(), catalog).unwrap_or_else(|p| panic!("{p}"));
    let assessed = register.universe(catalog, crate::book::TODAY, crate::book::TODAY);
    assessed.show(&assessed.key(path).unwrap_or_else(|wrong| panic!("{wrong}")))
}

#[test]
fn a_list_becomes_things_and_the_same_list_again_changes_nothing() {
    let catalog = law();
    let bytes = bytes(&rows());
    let plan =
        import_list(&bytes, &vec![], None, &catalog).unwrap_or_else(|p| panic!("{}", p.show(Lang::Zh)));
    let new = after(&vec![], &plan);
    for (path, value) in [
        ("activity.activity-1.name", "订单配送"),
        ("activity.activity-1.purpose_text", "把商品送到"),
        ("activity.activity-1.retention_days", "180"),
        ("activity.newsletter.name", "Newsletter"),
        ("datum.activity-1-phone.type", "phone"),
        ("datum.activity-1-phone.activity", "activity-1"),
        ("datum.newsletter-email.sensitive", "false"),
        ("party.mail-chimp.name", "Mail Chimp"),
        ("provision.newsletter-mail-chimp.recipient", "mail-chimp"),
    ] {
        assert_eq!(read(&new, &catalog, path).as_deref(), Some(value), "{path}");
    }
    let register = Register::read_files(new.clone(), &catalog).unwrap();
    let count = |kind: &str| register.count(catalog.schema.kind_named(kind).unwrap());
    assert_eq!(
        (
            count("organisation"),
            count("product"),
            count("activity"),
            count("datum"),
            count("party"),
            count("provision")
        ),
        (1, 1, 2, 4, 3, 3)
    );
    let notes = plan.show(&catalog, Lang::Zh, 0);
    assert!(notes.contains("“经办人”这一列没有读取"), "{notes}");
    assert!(notes.contains("新建 product.product"), "{notes}");
    let again = import_list(&bytes, &new, None, &catalog).unwrap_or_else(|p| panic!("{}", p.show(Lang::Zh)));
    assert!(!again.changes(), "{:?}", again.lines);
}

#[test]
fn the_mapping_is_a_file_that_is_read_again() {
    let catalog = law();
    let mut rows = rows();
    rows[1][3] = "等级";
    rows[1][0] = "名目";
    for row in &mut rows[2..] {
        row[3] = "L2";
    }
    let bytes = bytes(&rows);
    let book = open(&bytes, &Limits::default()).unwrap();
    let guessed = Mapping::guess(&book, &catalog);
    assert_eq!(guessed.sheets[0].heading_row, 2);
    let text = guessed.to_toml(&catalog, Lang::Zh);
    assert!(text.contains("\"名目\" = \"ignore\""), "{text}");
    let edited = text
        .replace("\"名目\" = \"ignore\"", "\"名目\" = \"activity.name\"")
        .replace("\"等级\" = \"ignore\"", "\"等级\" = \"datum.sensitive\"")
        + "\n[sheet.\"清单\".value.\"等级\"]\nL2 = \"否\"\n";
    let mapping = Mapping::parse(&edited, &catalog).unwrap();
    let plan = import_list(&bytes, &vec![], Some(&mapping), &catalog)
        .unwrap_or_else(|p| panic!("{}", p.show(Lang::Zh)));
    let new = after(&vec![], &plan);
    assert_eq!(read(&new, &catalog, "datum.activity-1-phone.sensitive").as_deref(), Some("false"));
    for (wrong, says) in [
        ("[sheet.x.column]\na = \"activity.nmae\"", "did you mean `activity.name`?"),
        ("[sheet.x]\nheading_row = 0", "from 1"),
        ("[sheet.x]\nrow = 1", "heading_row, column, value"),
        ("x = 1", "[sheet.\"NAME\"]"),
        ("[sheet", "line 1"),
    ] {
        let told = Mapping::parse(wrong, &catalog).unwrap_err();
        assert!(told.contains(says), "{told}");
    }
}

#[test]
fn a_list_goes_into_a_register_that_is_there() {
    let catalog = law();
    let now = files(&[(
        "mine.toml",
        "[organisation.o]\nname = \"甲\"\n[product.shop]\nname = \"商城\"\n[product.site]\nname = \"网站\"\n[activity.delivery]\nproduct = \"shop\"\nname = \"订单配送\"\n",
    )]);
    let told = import_list(&bytes(&rows()), &now, None, &catalog).map(|_| ()).unwrap_err().show(Lang::Zh);
    assert!(told.contains("不知道属于哪一项“产品或服务”") && told.contains("[parent] product"), "{told}");
    let mut rows = rows();
    rows[1].push("产品");
    for row in &mut rows[2..] {
        row.push("商城");
    }
    let plan =
        import_list(&bytes(&rows), &now, None, &catalog).unwrap_or_else(|p| panic!("{}", p.show(Lang::Zh)));
    let new = after(&now, &plan);
    assert_eq!(read(&new, &catalog, "activity.delivery.retention_days").as_deref(), Some("180"));
    assert_eq!(read(&new, &catalog, "activity.newsletter.product").as_deref(), Some("shop"));
    assert!(new.iter().any(|(_, text)| text.contains("source = \"import\"") && text.contains("by = \"inventory.xlsx\"")));
}

#[test]
fn what_a_list_gets_wrong_is_told_with_cells() {
    let catalog = law();
    let mut rows = rows();
    rows[3][2] = "电话号";
    rows[4][1] = "别的目的";
    rows[5][5] = "很久";
    let told = import_list(&bytes(&rows), &vec![], None, &catalog).map(|_| ()).unwrap_err().show(Lang::Zh);
    for part in
        ["C4", "是不是“电话号码”？", "B5", "两处说法不同：B3", "F6", "这里填整数", "value.\"保存期限（天）\""]
    {
        assert!(told.contains(part), "{part}: {told}");
    }
    let told = import_list(&bytes(&[vec!["甲", "乙"], vec!["1", "2"]]), &vec![], None, &catalog)
        .map(|_| ())
        .unwrap_err();
    assert!(told.show(Lang::Zh).contains("没有一列认得出"), "{}", told.show(Lang::Zh));
}

#[test]
fn cells_merged_down_count_for_every_row() {
    let catalog = law();
    let mut rows = rows();
    for row in &mut rows[3..5] {
        row[0] = "";
    }
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let mut book = list(&rows);
    book.sheets[0].merged.push((2, 0, 4, 0));
    let plan = import_list(&book.write(), &vec![], None, &catalog)
        .unwrap_or_else(|p| panic!("{}", p.show(Lang::Zh)));
    assert_eq!(
        read(&after(&vec![], &plan), &catalog, "datum.activity-1-address.activity").as_deref(),
        Some("activity-1")
    );
    assert!(plan.show(&catalog, Lang::Zh, 0).contains("纵向合并"));
}
