//! Reports of the sample, as users see them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod oscal;
mod sample;
mod workbook;

use hegui_catalog::model::Lang;
use hegui_report::{explain_terminal, html, json, questions_terminal, sarif, terminal};
use sample::{HOSTILE, many, report};

/// A part of a page, from one mark to another.
fn part<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    let start = page.find(from).unwrap_or_else(|| panic!("no {from}"));
    let end = page[start..].find(to).map_or(page.len(), |n| start + n);
    &page[start..end]
}

fn section(page: &str, id: &str) -> String {
    part(page, &format!("<section id=\"{id}\">"), "</section>").replace("><", ">\n<")
}

#[test]
fn terminal_in_chinese() {
    insta::assert_snapshot!(terminal(&report(), Lang::Zh, false, 100));
}

#[test]
fn terminal_in_english_and_narrow() {
    insta::assert_snapshot!(terminal(&report(), Lang::En, false, 60));
}

#[test]
fn terminal_writes_escapes_only_when_told() {
    assert!(!terminal(&report(), Lang::Zh, false, 100).contains('\u{1b}'));
    let coloured = terminal(&report(), Lang::Zh, true, 100);
    assert!(coloured.contains("\u{1b}[31m"));
    let plain: String = coloured
        .split("\u{1b}[")
        .enumerate()
        .map(|(n, s)| if n == 0 { s } else { s.split_once('m').unwrap().1 })
        .collect();
    let same = |s: &str| s.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    assert_eq!(same(&plain), same(&terminal(&report(), Lang::Zh, false, 100)));
}

#[test]
fn questions_for_one_role() {
    let all = questions_terminal(&report(), Lang::Zh, None, None);
    let engineers = questions_terminal(&report(), Lang::Zh, Some(1), Some("engineer"));
    assert_eq!(all.matches("hegui answer").count(), 4);
    assert!(all.contains("hegui rule DIR 5.4.2 activity.order OUTCOME"), "{all}");
    insta::assert_snapshot!(engineers);
}

#[test]
fn what_is_asked_of_several_things_stands_once() {
    let report = many(200);
    let asked = report.questions.iter().filter(|q| q.group == "separate").count();
    let text = questions_terminal(&report, Lang::En, None, None);
    assert_eq!(text.matches("Which legal basis is claimed for each of these").count(), 1, "{text}");
    assert!(text.contains(&format!("asked of {asked}: ")), "{text}");
    let page = section(&html(&report, Lang::En), "questions");
    assert_eq!(page.matches("Which legal basis is claimed for each of these").count(), 1);
    assert!(page.contains(&format!("… {} more", asked - 20)), "bounded");
}

#[test]
fn judgements_of_one_person_on_one_fact_stand_together() {
    let mut report = report();
    let judgement = report.assumptions.iter().find(|a| a.kind == "judgement").unwrap().clone();
    report.assumptions.extend(std::iter::repeat_n(judgement, 22));
    let page = section(&html(&report, Lang::En), "assumptions");
    assert!(page.contains("23 judgements by 张三 (2026-03-02): is the purpose reasonable?"), "{page}");
    assert_eq!(page.matches("<details class=\"several\">").count(), 1);
}

#[test]
fn explanations() {
    let report = report();
    let all: Vec<String> = report.findings.iter().map(|f| explain_terminal(f, Lang::Zh, false)).collect();
    insta::assert_snapshot!([&all[0], &all[2], &all[5], &all[8]].map(String::as_str).join("\n=====\n"));
}

#[test]
fn conclusions_and_map() {
    let page = html(&report(), Lang::Zh);
    insta::assert_snapshot!("conclusions", section(&page, "conclusions"));
    insta::assert_snapshot!("map", section(&page, "map"));
}

#[test]
fn gaps_with_reasons_and_rulings() {
    let page = html(&report(), Lang::En);
    insta::assert_snapshot!("gaps", section(&page, "gaps"));
    insta::assert_snapshot!("met", section(&page, "met"));
}

#[test]
fn unknowns_link_to_their_questions() {
    let page = html(&report(), Lang::Zh);
    let unknown = section(&page, "unknown");
    assert!(unknown.contains("<a href=\"#q0\">"), "{unknown}");
    assert!(page.contains("id=\"q0\""));
    assert!(page.contains("下列事物之下可能还有未登记的"));
    assert!(unknown.contains("是否已列全"));
    assert!(unknown.contains("<a href=\"#q1\">"), "the relation's question");
}

#[test]
fn every_link_within_the_page_leads_somewhere() {
    let page = html(&many(200), Lang::Zh);
    for target in page.split("href=\"#").skip(1).map(|s| s.split('"').next().unwrap()) {
        assert!(page.contains(&format!("id=\"{target}\"")), "#{target}");
    }
}

#[test]
fn nothing_hostile_comes_through() {
    let mut report = report();
    report.organisation = Some(HOSTILE.into());
    report.products[0].name = HOSTILE.into();
    report.questions[0].who = HOSTILE.into();
    report.questions[0].text.zh = HOSTILE.into();
    report.findings[0].ruling.as_mut().unwrap().reasons = HOSTILE.into();
    report.findings[0].because[0].expression = HOSTILE.into();
    report.evidence[0].location = Some("javascript:alert(1)".into());
    let page = html(&report, Lang::Zh);
    assert!(page.contains("&lt;script&gt;alert("), "the text itself is shown");
    assert_eq!(page.matches("<script>").count(), 1, "only the page's own");
    assert!(!page.contains('\u{202e}'));
    assert!(!page.contains("href=\"javascript"));
    let style = part(&page, "<style>", "</style>");
    assert!(!style.contains("alert(\""), "the print header is a CSS string");
    for text in [terminal(&report, Lang::Zh, false, 80), questions_terminal(&report, Lang::Zh, None, None)] {
        assert!(!text.contains('\u{202e}'));
    }
}

#[test]
fn the_page_is_self_contained() {
    let page = html(&report(), Lang::Zh);
    for fetch in [" src=", "<link", "@import", "url(", "http://", "fetch("] {
        assert!(!page.contains(fetch), "{fetch}");
    }
}

#[test]
fn two_thousand_findings_stay_small_and_beyond_five_thousand_the_rest_is_counted() {
    let page = html(&many(2000), Lang::Zh);
    assert!(page.len() < 3_000_000, "{}", page.len());
    assert!(page.contains("<code>activity.a1999</code>"), "met and not applicable are listed");
    let page = html(&many(6000), Lang::En);
    assert!(page.contains("more than 5000"));
    assert!(page.contains("<code>activity.a0</code>"), "gaps are listed");
    assert!(page.contains("activity.a1799"), "unknowns are listed");
    assert!(!page.contains("<code>activity.a5999</code>"), "not applicable are counted");
}

#[test]
fn both_languages_hold_the_same_things() {
    let count = |page: &str, what: &str| page.matches(what).count();
    let (zh, en) = (html(&report(), Lang::Zh), html(&report(), Lang::En));
    for what in ["<section", "<tr", "<li", "<details", "class=\"finding\""] {
        assert_eq!(count(&zh, what), count(&en, what), "{what}");
    }
}

#[test]
fn sarif_of_the_sample() {
    let log = sarif(&report(), Lang::En);
    let results = log["runs"][0]["results"].as_array().unwrap();
    let kinds: Vec<(&str, &str)> =
        results.iter().map(|r| (r["kind"].as_str().unwrap(), r["level"].as_str().unwrap())).collect();
    assert_eq!(
        kinds,
        [
            ("fail", "error"),
            ("fail", "error"),
            ("fail", "error"),
            ("fail", "note"),
            ("open", "none"),
            ("open", "none")
        ]
    );
    for result in results {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(log["runs"][0]["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
    }
    insta::assert_json_snapshot!(log);
}

#[test]
fn json_reads_back() {
    let report = report();
    let back: hegui_assess::view::Report = serde_json::from_str(&json(&report)).unwrap();
    assert_eq!(back, report);
}
