//! The workbook, read back by another library.

use crate::sample::{HOSTILE, many, report};
use calamine::{Data, Range, Reader, Xlsx};
use hegui_assess::view::{DispositionView, Inventory, Report};
use hegui_catalog::model::{Lang, Text};
use hegui_logic::truth::Outcome;
use hegui_report::words::is_gap;
use hegui_report::{Wording, workbook};
use std::io::Cursor;

type Book = Xlsx<Cursor<Vec<u8>>>;

fn bytes(report: &Report, lang: Lang) -> Vec<u8> {
    workbook(report, &Inventory::default(), &Wording::standard().unwrap(), lang).unwrap()
}

fn book(report: &Report, lang: Lang) -> Book {
    Xlsx::new(Cursor::new(bytes(report, lang))).unwrap()
}

fn rows(book: &mut Book, sheet: &str) -> Range<Data> {
    book.worksheet_range(sheet).unwrap()
}

/// The cells of a column below its heading.
fn column(range: &Range<Data>, heading: &str) -> Vec<Data> {
    let at = range
        .rows()
        .next()
        .unwrap()
        .iter()
        .position(|cell| cell == heading)
        .unwrap_or_else(|| panic!("no {heading}"));
    range.rows().skip(1).map(|row| row[at].clone()).collect()
}

#[test]
fn every_finding_has_a_row_and_every_gap_a_decision_or_a_mark_that_there_is_none() {
    let mut report = report();
    let decided = report.findings.iter_mut().find(|f| is_gap(f)).unwrap();
    decided.disposition = Some(DispositionView {
        way: "adjust".into(),
        by: "李四".into(),
        role: "法务".into(),
        role_title: Text { zh: "法务".into(), en: "法务".into() },
        on: "2026-05-01".into(),
        reasons: "=1+1".into(),
        owner: Some("王五".into()),
        due: Some("2026-06-01".into()),
        risk: Some("medium".into()),
        allowed: true,
        ..DispositionView::default()
    });
    let mut book = book(&report, Lang::En);
    assert_eq!(
        book.sheet_names(),
        [
            "About",
            "Gaps",
            "Verdicts",
            "Findings",
            "Applicability",
            "Questions",
            "Evidence",
            "Assumptions",
            "Law"
        ]
    );
    let findings = rows(&mut book, "Findings");
    assert_eq!(column(&findings, "Outcome").len(), report.findings.len());
    let unknown = report.findings.iter().filter(|f| f.outcome == Outcome::Unknown).count();
    assert_eq!(column(&findings, "Outcome").iter().filter(|cell| *cell == "unknown").count(), unknown);
    let gaps = rows(&mut book, "Gaps");
    let count = report.findings.iter().filter(|f| is_gap(f)).count();
    assert_eq!(column(&gaps, "No.").len(), count);
    let ways = column(&gaps, "Disposition");
    assert!(ways.iter().all(|cell| !cell.to_string().is_empty()), "{ways:?}");
    let at = column(&gaps, "Owner").iter().position(|cell| cell == "王五").unwrap();
    assert_eq!(column(&gaps, "Reasons or measures")[at], Data::String("=1+1".into()), "text, not a formula");
    assert!(matches!(column(&gaps, "Due")[at], Data::DateTime(_)), "a day is a day");
    assert_eq!(column(&gaps, "Overdue")[at], Data::String("overdue".into()));
    assert_eq!(column(&gaps, "Risk that stays")[at], Data::String("medium".into()));
}

#[test]
fn the_applicability_statement_counts_every_finding_once() {
    let report = many(300);
    let mut book = book(&report, Lang::Zh);
    let statement = rows(&mut book, "适用性声明");
    let sum = |heading: &str| -> f64 {
        column(&statement, heading).iter().map(|cell| if let Data::Float(n) = cell { *n } else { 0.0 }).sum()
    };
    let all = sum("符合") + sum("差距") + sum("观察项") + sum("未知") + sum("不适用");
    assert_eq!(all, report.findings.len() as f64);
    let (applies, why) = (column(&statement, "是否适用"), column(&statement, "理由"));
    for (applies, why) in applies.iter().zip(&why) {
        assert!(*applies == "" || *why != "", "{applies} without a reason");
    }
    assert!(applies.iter().any(|a| *a == "未知") && applies.iter().any(|a| *a == "不适用"), "{applies:?}");
}

#[test]
fn no_key_of_the_wording_is_lacking_and_nothing_hostile_is_a_formula() {
    let mut report = many(50);
    report.organisation = Some(HOSTILE.into());
    report.findings[0].title.zh = "=HYPERLINK(\"http://x\")".into();
    report.findings[0].title.en = "@SUM(A1)".into();
    report.evidence[0].title = "+1".into();
    report.questions[0].text.zh = "a\u{0}b\u{ffff}".repeat(40_000);
    for lang in [Lang::Zh, Lang::En] {
        let mut book = book(&report, lang);
        for name in book.sheet_names() {
            assert_eq!(book.worksheet_formula(&name).unwrap().used_cells().count(), 0, "{name}");
            for (_, _, cell) in rows(&mut book, &name).used_cells() {
                let text = cell.to_string();
                let key = ["sheet.", "about.", "column.", "applies.", "gaps.", "say.", "annex.", "cover."];
                assert!(!key.iter().any(|k| text.starts_with(k)), "{name}: {text}");
                assert!(!text.contains('\u{202e}'));
                assert!(text.encode_utf16().count() <= 32_767);
            }
        }
    }
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    assert_eq!(bytes(&report(), Lang::Zh), bytes(&report(), Lang::Zh));
}

#[test]
fn a_questionnaire_asks_for_every_fact_that_can_be_stated_in_both_forms() {
    let report = report();
    let answerable = |q: &&hegui_assess::view::QuestionView| hegui_report::papers::is_answerable(q);
    let wording = Wording::standard().unwrap();
    for (lang, sheet, answer) in [(Lang::Zh, "问卷", "回答"), (Lang::En, "Questions", "Answer")] {
        for role in [None, Some("engineer")] {
            let asked = report.questions.iter().filter(|q| role.is_none_or(|role| role == q.who));
            let plain = |q: &hegui_assess::view::QuestionView| q.fact.replace('\u{202e}', "");
            let facts: Vec<String> = asked.filter(answerable).map(plain).collect();
            assert!(!facts.is_empty());
            let bytes =
                hegui_report::questionnaire_workbook(&report, &Inventory::default(), role, &wording, lang)
                    .unwrap();
            let mut book: Book = Xlsx::new(Cursor::new(bytes)).unwrap();
            let range = rows(&mut book, sheet);
            let last = if lang == Lang::Zh { "事实标识" } else { "Id of the fact" };
            let shown: Vec<String> = column(&range, last).iter().map(ToString::to_string).collect();
            assert_eq!(shown, facts);
            assert!(column(&range, answer).iter().all(|cell| *cell == Data::Empty));
            let paper = hegui_report::questionnaire(&report, &Inventory::default(), role, &wording, lang);
            let text = hegui_report::markdown(&paper);
            for fact in facts.iter().filter(|fact| !fact.contains('<')) {
                assert_eq!(text.matches(fact.as_str()).count(), 1, "{fact}");
            }
            assert!(!text.contains("questionnaire.") && !text.contains("answers."), "a key is lacking");
        }
    }
}
