//! Bad workbooks: each says what is wrong, where, and what would be right, in bounded time and memory.

use crate::book::{Book, Cell, Sheet, import, workbook};
use crate::round::small;
use hegui_catalog::model::Lang;
use hegui_sheet::{Limits, open};
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

/// What an import of a changed workbook says, in Chinese.
fn wrong(edit: impl FnOnce(&mut Book)) -> String {
    let (catalog, now) = small();
    let mut book = Book::read(&workbook(&now, &catalog, Lang::Zh));
    edit(&mut book);
    let problems = import(&book.write(), &now, &catalog).map(|plan| plan.lines).unwrap_err();
    let english = problems.show(Lang::En);
    assert!(!english.is_empty() && !english.chars().any(|c| c.is_control() && c != '\n'));
    problems.show(Lang::Zh)
}

fn noted(edit: impl FnOnce(&mut Book)) -> String {
    let (catalog, now) = small();
    let mut book = Book::read(&workbook(&now, &catalog, Lang::Zh));
    edit(&mut book);
    let plan = import(&book.write(), &now, &catalog).unwrap_or_else(|p| panic!("{}", p.show(Lang::Zh)));
    plan.show(&catalog, Lang::Zh, 100)
}

#[track_caller]
fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
}

#[test]
fn cells_that_do_not_fit_are_named_all_at_once() {
    let shown = wrong(|book| {
        let sheet = book.of("activity");
        sheet.set("order", "activity.purpose", "配送");
        sheet.set("order", "activity.types", "电；邮");
        sheet.set("order", "activity.retention_days", "三年");
        sheet.set("order", "activity.began_on", "3/2/2026");
        sheet.set("order", "activity.answer_time", "72");
        sheet.set("order", "activity.follows", "odrer");
        sheet.set("order", "activity.monitored", "也许");
        book.of("provision").set("order-courier", "provision.data", "order-phone, order-fax");
        book.of("provision").set("order-courier", "provision.#source", "采访");
    });
    says(
        &shown,
        &[
            "没有“配送”这个选项；是不是“配”？",
            "没有“邮”这个选项",
            "这里填整数",
            "原文：3/2/2026",
            "年在最前",
            "带单位",
            "没有编号或名称为“odrer”的“名”；是不是“order”？",
            "这里填是或否",
            "没有编号或名称为“order-fax”",
            "应改为：",
        ],
    );
    let places = shown.lines().filter(|line| line.starts_with("表“")).count();
    assert_eq!(places, 9, "{shown}");
}

#[test]
fn ids() {
    let shown = wrong(|book| {
        let sheet = book.of("party");
        sheet.add(&[("party.id", "courier"), ("party.name", "另一家")]);
        sheet.add(&[("party.id", "快递"), ("party.name", "再一家")]);
        sheet.add(&[("party.name", "没有编号")]);
        book.of("activity.declared")
            .add(&[("activity.declared.id", "order"), ("activity.declared.purpose", "配")]);
    });
    says(&shown, &["编号重复：第 3 行已经用了它", "这不是编号", "这一行没有编号", "哪份文件"]);
}

#[test]
fn what_the_register_itself_refuses_is_named_by_its_cell() {
    let shown = wrong(|book| {
        book.of("activity").set("order", "activity.follows", "order");
    });
    says(&shown, &["登记册不接受", "ring", "表“"]);
    // A declaration of a document that is not there.
    let shown = wrong(|book| {
        book.of("activity.declared").add(&[
            ("activity.declared.id", "order"),
            ("activity.declared.document", "nothing"),
            ("activity.declared.purpose", "配"),
        ]);
    });
    says(&shown, &["表“", "nothing"]);
}

#[test]
fn judgements_need_who_and_why() {
    let shown = wrong(|book| {
        book.of("activity").set("order", "activity.fair", "是");
        book.of("activity").set("order", "activity.#by", "评估员");
    });
    says(&shown, &["只能由人判断", "理由"]);
    let shown = noted(|book| {
        let sheet = book.of("activity");
        sheet.set("order", "activity.fair", "是");
        sheet.set("order", "activity.#by", "评估员");
        sheet.set("order", "activity.#source", "判断");
        sheet.set("order", "activity.#reasons", "逐条核对");
    });
    says(&shown, &["共 1 处改动"]);
}

#[test]
fn merged_cells_formulas_hidden_rows_and_sheets() {
    let shown = wrong(|book| book.of("party").merged.push((2, 1, 3, 1)));
    says(&shown, &["合并了单元格", "B3", "取消合并"]);
    let shown = noted(|book| {
        let sheet = book.of("party");
        let at = (sheet.row("bank"), sheet.column("party.name"));
        sheet.cells.insert(at, Cell::Formula("=\"新\"&\"银行\"".into(), "新银行".into()));
        sheet.hidden_rows.extend([0, at.0]);
        sheet.hidden = true;
        book.of("activity").set("order", "activity.began_on", "2026年3月2日");
    });
    says(
        &shown,
        &["这是公式", "有 1 行隐藏着", "这张表隐藏着", "“2026年3月2日”读作 2026-03-02", "银行 → 新银行"],
    );
    let shown = wrong(|book| {
        let sheet = book.of("party");
        let at = (sheet.row("bank"), sheet.column("party.name"));
        sheet.cells.insert(at, Cell::Formula("=1/0".into(), "#DIV/0!".into()));
    });
    says(&shown, &["公式出错", "#DIV/0!"]);
}

#[test]
fn a_workbook_that_was_taken_apart() {
    let shown = wrong(|book| {
        book.of("party").cells.retain(|(row, _), _| *row != 0);
    });
    says(&shown, &["隐藏的第一行"]);
    let shown = wrong(|book| {
        let base = book.sheets.iter_mut().find(|sheet| sheet.name == "_register").unwrap();
        base.cells.insert((3, 0), Cell::from("AAAA"));
    });
    says(&shown, &["隐藏的登记册原件已损坏"]);
    let shown = noted(|book| {
        book.sheets.retain(
            |sheet| !matches!(sheet.cells.get(&(0, 0)), Some(Cell::Text(text)) if text == "party.id"),
        );
        book.sheets.push(Sheet {
            name: "草稿".into(),
            cells: [((0, 0), Cell::from("随手记"))].into(),
            ..Sheet::default()
        });
        let sheet = book.of("activity");
        sheet.cells.insert((1, 60), Cell::from("备注"));
        sheet.cells.insert((2, 60), Cell::from("自己写的"));
        sheet.set("ads", "activity.#by", "李四");
    });
    says(&shown, &["这张表不见了", "草稿", "自行添加的列“备注”没有读取", "填了来源，但没有改动"]);
}

#[test]
fn a_workbook_of_another_catalog_is_read_by_names() {
    let (mut catalog, now) = small();
    let bytes = workbook(&now, &catalog, Lang::Zh);
    catalog.hash = "another".to_owned();
    let plan = import(&bytes, &now, &catalog).unwrap();
    assert!(!plan.changes());
    assert!(plan.notes.iter().any(|note| note.text.zh.contains("另一版目录")));
    // A column that the dictionary no longer has is told.
    let mut book = Book::read(&bytes);
    let sheet = book.of("party");
    let at = sheet.column("party.name");
    sheet.cells.insert((0, at), Cell::from("party.title"));
    let shown = import(&book.write(), &now, &catalog).unwrap().show(&catalog, Lang::Zh, 10);
    says(&shown, &["词典里没有“party.title”"]);
}

#[test]
fn files_that_are_no_workbook() {
    for bytes in
        [&b""[..], b"hello", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", "编号,名称\n".as_bytes()]
    {
        let shown = open(bytes, &Limits::default()).unwrap_err().show(Lang::Zh);
        says(&shown, &["另存为 .xlsx"]);
    }
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("word/document.xml", SimpleFileOptions::default()).unwrap();
    let other = archive.finish().unwrap().into_inner();
    says(&open(&other, &Limits::default()).unwrap_err().show(Lang::Zh), &["不是 .xlsx 工作簿"]);
    // Cut off anywhere, it is damaged and no more.
    let (catalog, now) = small();
    let bytes = workbook(&now, &catalog, Lang::Zh);
    for cut in (0..bytes.len()).step_by(bytes.len() / 40) {
        assert!(open(&bytes[..cut], &Limits::default()).is_err());
    }
}

/// A workbook with one more part.
fn with_part(name: &str, content: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    let (catalog, now) = small();
    let bytes = workbook(&now, &catalog, Lang::Zh);
    let mut old = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut new = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..old.len() {
        let part = old.by_index_raw(at).unwrap();
        if part.name().unwrap() != name {
            new.raw_copy_file(part).unwrap();
        }
    }
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    new.start_file(name, options).unwrap();
    for piece in content {
        new.write_all(&piece).unwrap();
    }
    new.finish().unwrap().into_inner()
}

#[test]
fn macros_are_not_run() {
    let bytes = with_part("xl/vbaProject.bin", [b"macro".to_vec()].into_iter());
    let (catalog, now) = small();
    let shown = import(&bytes, &now, &catalog).unwrap().show(&catalog, Lang::Zh, 10);
    says(&shown, &["宏既不运行也不读取"]);
}

#[test]
fn a_zip_bomb_is_not_unpacked() {
    let limits = Limits { unpacked_bytes: 24 << 20, text_bytes: 8 << 20, ..Limits::default() };
    let zeros = || std::iter::repeat_n(vec![b' '; 1 << 20], 40);
    for name in ["xl/media/image1.png", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"] {
        let bytes = with_part(name, zeros());
        assert!(bytes.len() < 200_000, "{}", bytes.len());
        let shown = open(&bytes, &limits).unwrap_err().show(Lang::Zh);
        says(&shown, &["展开后太大"]);
    }
    // A part that says it is smaller than it is.
    let mut bytes = with_part("xl/media/image1.png", zeros());
    let declared = (40u32 << 20).to_le_bytes();
    let places: Vec<usize> = (0..bytes.len() - 4).filter(|at| bytes[*at..*at + 4] == declared).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + 4].copy_from_slice(&16u32.to_le_bytes());
    }
    assert!(open(&bytes, &limits).is_err());
}

#[test]
fn two_hundred_thousand_rows_are_read_and_more_refused() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for row in 0..200_000u32 {
        sheet.write_string(row, 0, format!("活动 {}", row % 1_000)).unwrap();
        sheet.write_number(row, 1, f64::from(row)).unwrap();
    }
    let bytes = book.save_to_buffer().unwrap();
    open(&bytes, &Limits::default()).unwrap();
    let shown = open(&bytes, &Limits { rows: 100_000, ..Limits::default() }).unwrap_err().show(Lang::Zh);
    says(&shown, &["至多读 100000 行", "分成几个工作簿"]);
    let shown = open(&bytes, &Limits { cells: 100_000, ..Limits::default() }).unwrap_err().show(Lang::Zh);
    says(&shown, &["至多读 100000 个单元格"]);
}

#[test]
fn thousands_of_problems_are_counted() {
    let (catalog, now) = small();
    let mut book = Book::read(&workbook(&now, &catalog, Lang::Zh));
    let sheet = book.of("activity");
    for number in 0..3_000 {
        sheet.add(&[("activity.id", &format!("a-{number}")), ("activity.purpose", "没有")]);
    }
    let problems = import(&book.write(), &now, &catalog).map(|_| ()).unwrap_err();
    assert_eq!((problems.list.len(), problems.count()), (200, 3_000));
    says(&problems.show(Lang::Zh), &["另有 2800 处"]);
}
