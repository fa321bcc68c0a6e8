//! Questionnaires: out, filled in by a person, in again.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use hegui_assess::assessment::Assessment;
use hegui_assess::scope::Object;
use hegui_assess::view::{Inventory, QuestionView, Report};
use hegui_catalog::model::{Catalog, Lang};
use hegui_logic::calendar::parse_date;
use hegui_register::{Limits, Register, files_of};
use hegui_report::papers::is_answerable;
use hegui_report::{Wording, docx, docx_tables, questionnaire, questionnaire_workbook};
use hegui_sheet::{Book, Defaults, Plan, Problems, plan};
use std::path::Path;

const DAY: &str = "2026-06-30";

fn day() -> i64 {
    parse_date(DAY).unwrap()
}

fn clinic() -> Vec<(String, String)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/clinic");
    files_of(&dir, &Limits::default()).unwrap()
}

fn report(files: &[(String, String)], catalog: &Catalog) -> (Report, Inventory) {
    let register = Register::read_files(files.to_vec(), catalog).unwrap();
    let object = Object {
        profile: "full".to_owned(),
        products: vec![],
        activities: vec![],
        as_of: day(),
        known_on: day(),
        closing: false,
    };
    let assessment = Assessment::new(catalog, &register, object).unwrap();
    (assessment.outline(), assessment.inventory())
}

/// What a person writes for a question, in a language, and the value that it means.
fn answer(q: &QuestionView, lang: Lang) -> (String, String) {
    let word = |zh: &str, en: &str| if lang == Lang::Zh { zh.to_owned() } else { en.to_owned() };
    match q.answer.as_str() {
        "bool" => (word("否", "no"), "false".to_owned()),
        "complete" => (word("无", "none"), "none".to_owned()),
        "enum" => (q.choices[0].1.get(lang).to_owned(), q.choices[0].0.clone()),
        "date" => (word("2026年3月2日", "2026/3/2"), "2026-03-02".to_owned()),
        other => panic!("the clinic has no such question: {other}"),
    }
}

/// The tables of the questionnaire as Word has them, with what `fill` writes into a row of answers.
fn filled(
    report: &Report,
    inventory: &Inventory,
    lang: Lang,
    name: &str,
    fill: impl Fn(&str) -> Option<[String; 3]>,
) -> Book {
    let paper = questionnaire(report, inventory, None, &Wording::standard().unwrap(), lang);
    let mut tables = docx_tables(&docx(&paper, None).unwrap()).unwrap();
    for row in tables.iter_mut().flatten() {
        match row.as_mut_slice() {
            [label, entry] if label == "姓名" || label == "Name" => *entry = name.to_owned(),
            [label, entry] if label.starts_with("填写日期") || label.starts_with("Date (") => {
                *entry = "２０２６年６月１日".to_owned();
            }
            [_, answer, evidence, reasons, fact] if fact.contains('.') => {
                if let Some([a, e, r]) = fill(fact) {
                    (*answer, *evidence, *reasons) = (a, e, r);
                }
            }
            _ => {}
        }
    }
    Book::of_tables(tables)
}

fn planned(book: &Book, files: &[(String, String)], catalog: &Catalog) -> Result<Plan, Problems> {
    let defaults = Defaults { today: day(), file_name: "q.docx".to_owned(), ..Defaults::default() };
    plan(book, files.to_vec(), None, catalog, &defaults, Lang::En)
}

#[test]
fn what_is_answered_on_paper_is_asked_no_more_and_says_who_said_it() {
    let (catalog, files) = (hegui_law::catalog().unwrap(), clinic());
    let (report_before, inventory) = report(&files, &catalog);
    let asked: Vec<&QuestionView> = report_before.questions.iter().filter(|q| is_answerable(q)).collect();
    assert!(asked.len() > 10, "{}", asked.len());
    for lang in [Lang::Zh, Lang::En] {
        let book = filled(&report_before, &inventory, lang, "测试员", |fact| {
            let q = asked.iter().find(|q| q.fact == fact)?;
            Some([answer(q, lang).0, "E-901、E-902".to_owned(), "现场核对".to_owned()])
        });
        assert!(book.is_questionnaire());
        let plan = planned(&book, &files, &catalog).unwrap_or_else(|p| panic!("{}", p.show(Lang::En)));
        let mut after = files.clone();
        for (name, text) in plan.files {
            match after.iter_mut().find(|(file, _)| *file == name) {
                Some((_, old)) => *old = text,
                None => after.push((name, text)),
            }
        }
        let (report_after, _) = report(&after, &catalog);
        for q in &asked {
            assert!(
                report_after.questions.iter().all(|open| open.fact != q.fact),
                "{} is still open",
                q.fact
            );
        }
        let text: String = after.iter().map(|(_, text)| text.as_str()).collect();
        assert!(text.contains("by = \"测试员\"") && text.contains("on = 2026-06-01"), "who and when");
        assert!(text.contains("[\"E-901\", \"E-902\"]") && text.contains("reasons = \"现场核对\""));
    }
}

#[test]
fn a_blank_stays_unknown_and_a_wrong_answer_changes_nothing() {
    let (catalog, files) = (hegui_law::catalog().unwrap(), clinic());
    let (report, inventory) = report(&files, &catalog);
    let blank = filled(&report, &inventory, Lang::Zh, "", |_| None);
    let plan = planned(&blank, &files, &catalog).unwrap();
    assert!(!plan.changes() && plan.notes.iter().any(|n| n.text.en.contains("left blank")));
    let said = |book: &Book| planned(book, &files, &catalog).unwrap_err().show(Lang::En);
    let all = |text: &'static str| move |_: &str| Some([text.to_owned(), String::new(), "r".to_owned()]);
    let nobody = filled(&report, &inventory, Lang::Zh, "", all("是"));
    assert!(said(&nobody).contains("who filled it in"), "{}", said(&nobody));
    let wrong = filled(&report, &inventory, Lang::Zh, "测试员", all("大概吧"));
    assert!(said(&wrong).contains("yes or no"), "{}", said(&wrong));
    let judged = filled(&report, &inventory, Lang::Zh, "测试员", |_| {
        Some(["是".into(), String::new(), String::new()])
    });
    assert!(said(&judged).contains("no reasons are given"), "{}", said(&judged));
    let foreign = Book::of_tables(vec![vec![
        vec!["Answer".into(), "Id".into()],
        vec!["yes".into(), "consent.nowhere.separate".into()],
    ]]);
    let defaults = Defaults { today: day(), by: Some("x".into()), ..Defaults::default() };
    let problem = plan_with(&foreign, &files, &catalog, &defaults);
    assert!(problem.contains("consent.nowhere"), "{problem}");
}

fn plan_with(book: &Book, files: &[(String, String)], catalog: &Catalog, defaults: &Defaults) -> String {
    hegui_sheet::plan(book, files.to_vec(), None, catalog, defaults, Lang::En).unwrap_err().show(Lang::En)
}

#[test]
fn the_workbook_is_read_by_its_own_headings() {
    let (catalog, files) = (hegui_law::catalog().unwrap(), clinic());
    let (report, inventory) = report(&files, &catalog);
    for lang in [Lang::Zh, Lang::En] {
        let bytes =
            questionnaire_workbook(&report, &inventory, None, &Wording::standard().unwrap(), lang).unwrap();
        let book = hegui_sheet::open(&bytes, &hegui_sheet::Limits::default()).unwrap();
        assert!(book.is_questionnaire());
        let plan = planned(&book, &files, &catalog).unwrap();
        let asked = report.questions.iter().filter(|q| is_answerable(q)).count();
        assert!(
            plan.notes.iter().any(|n| n.text.en.starts_with(&format!("{asked} were left blank"))),
            "{:?}",
            plan.notes
        );
    }
}
