//! Papers as Word: what the file says when another reader reads it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

#[path = "word/papers.rs"]
mod papers;
#[path = "word/reader.rs"]
mod reader;
#[path = "word/templates.rs"]
mod templates;

use hegui_catalog::model::Lang;
use hegui_report::paper::{Block, Paper, Span};
use hegui_report::{docx, docx_tables};
use papers::{any_paper, rich};
use proptest::prelude::*;
use reader::{check, paragraphs, unzip};

/// A text as a file of XML can hold it.
fn shown(text: &str) -> String {
    let dropped = |c: &char| {
        let n = u32::from(*c);
        *c != '\r'
            && ![0x61C, 0x200E, 0x200F].contains(&n)
            && !(0x202A..=0x202E).contains(&n)
            && !(0x2066..=0x2069).contains(&n)
    };
    let replaced = |c: char| match u32::from(c) {
        0x9 | 0xA | 0x2028 | 0x2029 => ' ',
        0..0x20 | 0x7F..0xA0 | 0xFFFE | 0xFFFF => '\u{FFFD}',
        _ => c,
    };
    text.chars().filter(dropped).map(replaced).collect()
}

/// What a paper says, in order, a paragraph each; without those that say nothing.
fn said(paper: &Paper) -> Vec<String> {
    let line = |spans: &Vec<Span>| spans.iter().map(Span::text).collect::<String>();
    let mut all = vec![paper.title.clone(), paper.subtitle.clone()];
    all.extend(paper.cover.iter().flat_map(|(label, value)| [label.clone(), value.clone()]));
    for block in &paper.blocks {
        match block {
            Block::Heading { text, .. } => all.push(text.clone()),
            Block::Paragraph { spans, .. } => all.push(line(spans)),
            Block::List { items, .. } => all.extend(items.iter().map(line)),
            Block::Table(table) => {
                all.push(table.caption.clone());
                all.extend(table.columns.iter().map(|column| column.heading.clone()));
                all.extend(table.rows.iter().flat_map(|row| &row.cells).flatten().map(line));
            }
            Block::NewPage => {}
            Block::Signatures(lines) => {
                let date = if paper.lang == Lang::Zh { "日期：" } else { "Date: " };
                all.extend(lines.iter().map(|line| format!("{line} {date}")));
            }
        }
    }
    all.iter().map(|text| shown(text)).filter(|text| !text.is_empty()).collect()
}

fn read(paper: &Paper) -> Vec<String> {
    let package = unzip(&docx(paper, None).unwrap());
    check(&package);
    let read = paragraphs(&package["word/document.xml"]);
    let kept = read.into_iter().filter(|p| !p.style.starts_with("TOC") && !p.text.is_empty());
    kept.map(|p| p.text).collect()
}

#[test]
fn a_paper_says_in_word_what_it_says() {
    for lang in [Lang::Zh, Lang::En] {
        let paper = rich(lang);
        assert_eq!(read(&paper), said(&paper));
    }
}

/// The tables of a paper as they come back: a table a list of rows, a cell its lines.
fn tables(paper: &Paper) -> Vec<Vec<Vec<Vec<String>>>> {
    let lines = |cell: &Vec<Vec<Span>>| {
        let lines = cell.iter().map(|line| shown(&line.iter().map(Span::text).collect::<String>()));
        lines.map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect::<Vec<_>>()
    };
    let tables = paper.blocks.iter().filter_map(|block| match block {
        Block::Table(table) => Some(table),
        _ => None,
    });
    let heading =
        |text: &str| Some(shown(text).trim().to_owned()).filter(|t| !t.is_empty()).into_iter().collect();
    let of = |table: &hegui_report::paper::Table| {
        let head: Vec<Vec<String>> = table.columns.iter().map(|column| heading(&column.heading)).collect();
        let rows = table.rows.iter().map(|row| row.cells.iter().map(lines).collect());
        std::iter::once(head).chain(rows).collect()
    };
    tables.map(of).collect()
}

/// Those of a Word file.
fn tables_read(file: &[u8]) -> Vec<Vec<Vec<Vec<String>>>> {
    let lines = |cell: String| -> Vec<String> {
        cell.lines().map(|l| l.trim().to_owned()).filter(|l| !l.is_empty()).collect()
    };
    let read = docx_tables(file).unwrap();
    read.into_iter()
        .map(|rows| rows.into_iter().map(|row| row.into_iter().map(lines).collect()).collect())
        .collect()
}

#[test]
fn tables_come_back_as_they_were_written() {
    for lang in [Lang::Zh, Lang::En] {
        let paper = rich(lang);
        let right = tables(&paper);
        let mut read = tables_read(&docx(&paper, None).unwrap()).into_iter();
        assert!(!right.is_empty());
        for table in right {
            assert!(read.any(|found| found == table), "{table:?}");
        }
    }
    assert!(docx_tables(b"PK no zip").is_err());
    assert!(docx_tables(&[0xD0, 0xCF, 0x11, 0xE0]).unwrap_err().to_string().contains(".doc"));
}

#[test]
fn the_same_paper_gives_the_same_bytes() {
    let paper = rich(Lang::Zh);
    assert_eq!(docx(&paper, None).unwrap(), docx(&paper.clone(), None).unwrap());
}

#[test]
fn headings_are_numbered_where_they_should_be() {
    let package = unzip(&docx(&rich(Lang::Zh), None).unwrap());
    let body = paragraphs(&package["word/document.xml"]);
    let headings: Vec<_> = body
        .iter()
        .filter(|p| p.style.starts_with("Heading"))
        .map(|p| (p.style.as_str(), p.list.clone()))
        .collect();
    let none = Some(("0".to_owned(), "0".to_owned()));
    let right =
        [("Heading1", None), ("Heading2", None), ("Heading3", None), ("Heading1", none), ("Heading4", None)];
    assert_eq!(headings, right);
    let styles = String::from_utf8(package["word/styles.xml"].clone()).unwrap();
    assert!(styles.contains("w:eastAsia=\"宋体\"") && styles.contains("w:eastAsia=\"zh-CN\""));
}

#[test]
fn contents_are_filled_in_and_lead_to_the_headings() {
    for (lang, right) in [
        (Lang::Zh, ["一、总则", "（一）依据", "1. 细节", "附件一 清单"]),
        (Lang::En, ["1 总则", "1.1 依据", "1.1.1 细节", "附件一 清单"]),
    ] {
        let body = paragraphs(&unzip(&docx(&rich(lang), None).unwrap())["word/document.xml"]);
        let entries: Vec<_> =
            body.iter().filter(|p| p.style.starts_with("TOC") && p.style != "TOCHeading").collect();
        let texts: Vec<_> = entries.iter().map(|p| p.text.trim_end_matches('–')).collect();
        assert_eq!(texts, right);
        for entry in entries {
            let target = body.iter().find(|p| p.marks.contains(&entry.links[0])).unwrap();
            assert!(entry.text.contains(&target.text) && target.style.starts_with("Heading"));
        }
    }
}

#[test]
fn links_lead_to_what_they_name() {
    let body = paragraphs(&unzip(&docx(&rich(Lang::Zh), None).unwrap())["word/document.xml"]);
    let target = |text: &str| {
        let link =
            body.iter().find(|p| p.text.contains(text) && !p.style.starts_with("TOC") && !p.links.is_empty());
        let name = &link.unwrap().links[0];
        body.iter().find(|p| p.marks.contains(name)).unwrap().text.clone()
    };
    assert_eq!(target("差距"), "5.4.2");
    assert_eq!(target("5.4.2"), "见“差距”和nowhere重要");
}

#[test]
fn pages_begin_once_and_lists_count_anew() {
    let body = paragraphs(&unzip(&docx(&rich(Lang::Zh), None).unwrap())["word/document.xml"]);
    let new: Vec<_> = body.iter().filter(|p| p.new_page).map(|p| p.text.as_str()).collect();
    assert_eq!(new, ["目录", "总则", "附件一 清单"]);
    let lists: Vec<_> =
        body.iter().filter(|p| p.style == "ListNumber").map(|p| p.list.clone().unwrap().1).collect();
    assert!(lists[0] == lists[1] && lists[1] != lists[2], "{lists:?}");
}

#[test]
fn properties_head_and_watermark() {
    let package = unzip(&docx(&rich(Lang::Zh), None).unwrap());
    let text = |part: &str| String::from_utf8(package[part].clone()).unwrap();
    let core = text("docProps/core.xml");
    assert!(
        core.contains("<dc:creator>示例事务所</dc:creator>")
            && core.contains(">2026-06-30T00:00:00Z</dcterms:created>")
    );
    assert!(text("word/header1.xml").contains("评估法律意见书 · X-1"));
    assert!(
        text("word/header1.xml").contains("string=\"草稿\"")
            && text("word/header2.xml").contains("string=\"草稿\"")
    );
    assert!(text("word/footer1.xml").contains(" NUMPAGES "));
    let plain = unzip(&docx(&Paper { watermark: None, ..rich(Lang::Zh) }, None).unwrap());
    check(&plain);
    assert!(!plain.contains_key("word/header2.xml"));
}

#[test]
fn long_rows_may_break_and_heads_repeat() {
    let package = unzip(&docx(&rich(Lang::Zh), None).unwrap());
    let document = String::from_utf8(package["word/document.xml"].clone()).unwrap();
    let table = document.split("<w:tbl>").nth(2).unwrap();
    let rows: Vec<_> = table
        .split("<w:tr>")
        .skip(1)
        .map(|r| (r.contains("<w:cantSplit/>"), r.contains("<w:tblHeader/>")))
        .collect();
    assert_eq!(rows, [(true, true), (true, false), (true, false), (false, false)]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    #[test]
    fn any_paper_says_in_word_what_it_says(paper in any_paper()) {
        prop_assert_eq!(read(&paper), said(&paper));
    }

    #[test]
    fn any_paper_fills_a_template(paper in any_paper()) {
        let template = templates::template(&templates::firm()).unwrap();
        let package = unzip(&docx(&paper, Some(&template)).unwrap());
        check(&package);
        let body = paragraphs(&package["word/document.xml"]);
        let read: String = body.iter().filter(|p| !p.style.starts_with("TOC")).map(|p| p.text.as_str()).collect();
        for text in said(&paper) {
            prop_assert!(read.contains(&text), "{text}");
        }
    }

    #[test]
    fn a_damaged_template_is_refused_or_filled(
        part in prop::sample::select(templates::READ.to_vec()),
        from in any::<prop::sample::Index>(),
        length in 0..40_usize,
        new in prop::sample::select(vec!["", "<", "/>", "</w:p>", "&#0;", "&x;", "{{content}}", "\u{0}", "w:val=\"-1\"", "<w:p>"]),
    ) {
        let mut package = templates::firm();
        let bytes = package.get_mut(part).unwrap();
        let start = from.index(bytes.len());
        let end = (start + length).min(bytes.len());
        bytes.splice(start..end, new.bytes());
        if let Ok(template) = templates::template(&package) {
            let filled = docx(&rich(Lang::Zh), Some(&template)).unwrap();
            for (name, bytes) in unzip(&filled) {
                if templates::READ.contains(&name.as_str()) {
                    reader::walk(&bytes, |_, _| {});
                }
            }
        }
    }
}
