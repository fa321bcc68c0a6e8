//! The papers as their reader meets them, for the three examples, in both languages.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use hegui_assess::assessment::Assessment;
use hegui_assess::scope::Object;
use hegui_assess::view::{Inventory, KindView, Report};
use hegui_catalog::Catalog;
use hegui_catalog::model::Lang;
use hegui_logic::calendar::parse_date;
use hegui_register::{Limits, Register};
use hegui_report::paper::{Block, Paper, Span};
use hegui_report::{Wording, markdown, papers};
use std::path::Path;

const PAPERS: [&str; 5] = ["ropa", "pia", "recipients", "records", "policy-outline"];
const LANGS: [Lang; 2] = [Lang::Zh, Lang::En];

fn facts(example: &str, activities: &[&str]) -> (Catalog, Report, Inventory) {
    let catalog = hegui_law::catalog().unwrap();
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(example);
    let register = Register::read_dir(&dir, &catalog, &Limits::default()).unwrap();
    let row = |id: &&str| register.find(&catalog.schema, &format!("activity.{id}")).unwrap().1;
    let object = Object {
        profile: "full".to_owned(),
        products: vec![],
        activities: activities.iter().map(row).collect(),
        as_of: parse_date("2026-06-30").unwrap(),
        known_on: parse_date("2026-06-30").unwrap(),
        closing: false,
    };
    let assessment = Assessment::new(&catalog, &register, object).unwrap();
    let (report, inventory) = (assessment.report(), assessment.inventory());
    (catalog, report, inventory)
}

fn make(id: &str, (report, inventory): (&Report, &Inventory), lang: Lang) -> Paper {
    papers::paper(id, report, inventory, &Wording::standard().unwrap(), lang).unwrap()
}

/// All that a paper shows, piece by piece.
fn texts(paper: &Paper) -> Vec<String> {
    let mut texts = vec![paper.title.clone(), paper.subtitle.clone(), paper.running.clone()];
    texts.extend(paper.cover.iter().flat_map(|(label, value)| [label.clone(), value.clone()]));
    for block in &paper.blocks {
        texts.extend(block.spans().into_iter().map(|span| span.text().to_owned()));
        match block {
            Block::Heading { text, .. } => texts.push(text.clone()),
            Block::Table(table) => texts.extend(table.columns.iter().map(|c| c.heading.clone())),
            Block::Signatures(lines) => texts.extend(lines.iter().cloned()),
            _ => {}
        }
    }
    texts
}

#[test]
fn every_paper_of_every_example_is_whole_in_both_languages() {
    let wording = Wording::standard().unwrap();
    let groups: std::collections::BTreeSet<String> =
        wording.keys().filter_map(|key| key.split_once('.')).map(|(group, _)| format!("{group}.")).collect();
    let is_key = |text: &str| {
        groups.iter().any(|g| {
            text.strip_prefix(g.as_str()).is_some_and(|rest| {
                !rest.is_empty() && rest.chars().all(|c| c.is_ascii_lowercase() || c == '_')
            })
        })
    };
    for example in ["retailer", "clinic", "published-policy"] {
        let (_, report, inventory) = facts(example, &[]);
        for id in PAPERS {
            let mut tables = vec![];
            for lang in LANGS {
                let paper = make(id, (&report, &inventory), lang);
                assert_eq!(paper.dangling(), Vec::<&str>::new(), "{example} {id}");
                for text in texts(&paper) {
                    assert!(!is_key(&text), "{example} {id} {lang:?}: no wording for {text}");
                    assert!(!text.contains(['{', '}']), "{example} {id} {lang:?}: not filled in: {text}");
                }
                for block in &paper.blocks {
                    let Block::Table(table) = block else { continue };
                    assert!(!table.rows.is_empty(), "{example} {id}: a table without rows");
                    assert!(
                        table.rows.iter().all(|row| row.cells.len() == table.columns.len()),
                        "{example} {id}"
                    );
                    assert!(table.rows.iter().flat_map(|r| &r.cells).any(|c| !c.is_empty()));
                }
                let words = |block: &Block| !matches!(block, Block::Heading { .. });
                assert!(paper.blocks.iter().any(words), "{example} {id}");
                tables.push(paper.blocks.iter().filter(|b| matches!(b, Block::Table(_))).count());
            }
            assert_eq!(tables[0], tables[1], "{example} {id}: both languages hold the same tables");
        }
    }
}

/// A sentence that says a thing is there needs a thing that is: headings that have nothing below them say why.
#[test]
fn what_is_empty_says_why() {
    let empty = Inventory::default();
    let (_, mut report, _) = facts("clinic", &["lab"]);
    report.findings.clear();
    for id in PAPERS {
        let paper = make(id, (&report, &empty), Lang::Zh);
        let mut heading: Option<&Block> = None;
        for block in &paper.blocks {
            match block {
                Block::Heading { level: 1, .. } => {
                    assert!(heading.is_none(), "{id}: nothing stands under {heading:?}");
                    heading = Some(block);
                }
                Block::Heading { .. } => panic!("{id}: a heading for a thing that is not there: {block:?}"),
                _ => heading = None,
            }
        }
        assert!(heading.is_none(), "{id}");
    }
}

/// A register that says nothing about its things.
fn silence(kind: &mut KindView) {
    for thing in &mut kind.things {
        for fact in &mut thing.facts {
            fact.value = None;
            fact.origin = None;
            fact.unknown = Some("never_stated".to_owned());
        }
        thing.codes.iter_mut().for_each(|code| *code = None);
        for list in &mut thing.lists {
            list.complete = false;
        }
    }
}

#[test]
fn an_unknown_fact_never_shows_as_a_value() {
    let (_, report, mut inventory) = facts("retailer", &[]);
    inventory.kinds.iter_mut().chain(&mut inventory.declared).for_each(silence);
    let wording = Wording::standard().unwrap();
    for (id, lang) in PAPERS.iter().flat_map(|id| LANGS.map(|lang| (*id, lang))) {
        let paper = make(id, (&report, &inventory), lang);
        let content = wording.say("paper.content", lang, &[]);
        let none = wording.say("paper.none", lang, &[]);
        let fields = paper.blocks.iter().filter_map(|block| match block {
            Block::Table(table) if table.columns.get(1).is_some_and(|c| c.heading == content) => Some(table),
            _ => None,
        });
        let mut seen = 0;
        for row in fields.flat_map(|table| &table.rows) {
            let spans: Vec<&Span> = row.cells[1].iter().flatten().collect();
            // How clauses stand is the report's to say; here only the facts were taken away.
            let told = |s: &&Span| matches!(s, Span::Unknown(_) | Span::Verdict(..));
            assert!(spans.first().is_some_and(told), "{id}: {row:?}");
            seen += 1;
        }
        for block in &paper.blocks {
            assert!(
                block.spans().iter().all(|s| !matches!(s, Span::Text(text) if *text == none)),
                "{id}: {block:?}"
            );
        }
        assert!(seen > 0 || matches!(id, "recipients" | "policy-outline"), "{id}");
    }
}

#[test]
fn the_forms_name_what_the_catalog_has() {
    let catalog = hegui_law::catalog().unwrap();
    let wording = Wording::standard().unwrap();
    assert_eq!(wording.papers().count(), PAPERS.len());
    for id in PAPERS {
        papers::check(id, &wording, &catalog).unwrap_or_else(|problems| panic!("{problems}"));
    }
}

#[test]
fn a_form_that_names_what_is_not_there_is_refused_with_place_and_remedy() {
    let catalog = hegui_law::catalog().unwrap();
    let form = r#"title = { zh = "表", en = "form" }
about = { zh = "表", en = "form" }
instrument = "t-clast-001.2-2021"
[[law]]
cite = "pipl/1000"
text = { zh = "条", en = "article" }
[[section]]
heading = { zh = "节", en = "section" }
each = "/activity"
findings = ["5.2", "55.2"]
[[section.field]]
label = { zh = "目的", en = "purpose" }
show = ["purpos", "data[type=fase]", "bases[typ=consent]", "purpose.name"]
"#;
    let wording = Wording::with_files([("papers/mine.toml".to_owned(), form.as_bytes().to_vec())]).unwrap();
    let problems = papers::check("mine", &wording, &catalog).unwrap_err().to_string();
    insta::assert_snapshot!(problems);
    let broken = form
        .replace("\"/activity\"", "\"/act ivity\"")
        .replace("[[section.field]]\nlabel", "[[section.field]]\nlable");
    let broken = Wording::with_files([("papers/mine.toml".to_owned(), broken.into_bytes())]);
    insta::assert_snapshot!(broken.unwrap_err().to_string());
}

#[test]
fn goldens_of_one_activity() {
    let (_, report, inventory) = facts("clinic", &["child"]);
    for (id, lang) in PAPERS.iter().zip([Lang::Zh, Lang::Zh, Lang::En, Lang::Zh, Lang::En]) {
        insta::assert_snapshot!(*id, markdown(&make(id, (&report, &inventory), lang)));
    }
}

#[test]
fn a_firm_changes_a_form_and_a_sentence() {
    let (_, report, inventory) = facts("clinic", &["child"]);
    let form = r#"title = { zh = "目的清单", en = "purposes" }
about = { zh = "仅列目的。", en = "purposes only" }
[[section]]
heading = { zh = "目的", en = "purposes" }
rows = "/activity"
[[section.column]]
label = { zh = "活动", en = "activity" }
show = "name"
[[section.column]]
label = { zh = "目的", en = "purpose" }
show = "purpose"
"#;
    let words = "[paper]\nsources = { zh = \"出处\", en = \"where from\" }\n";
    let wording = Wording::with_files([
        ("house/papers/purposes.toml".to_owned(), form.as_bytes().to_vec()),
        ("house/words.toml".to_owned(), words.as_bytes().to_vec()),
    ])
    .unwrap();
    let paper = papers::paper("purposes", &report, &inventory, &wording, Lang::Zh).unwrap();
    let text = markdown(&paper);
    assert!(text.contains("## 1 目的"), "{text}");
    assert!(text.contains("医疗健康服务"), "{text}");
    assert!(text.contains("## 2 出处"), "{text}");
}
