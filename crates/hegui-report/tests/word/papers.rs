//! Papers to write: one with everything in it, and random ones.

use hegui_assess::rollup::Verdict;
use hegui_catalog::model::Lang;
use hegui_report::paper::{Block, Column, Paper, Row, Span, Style, Table};
use proptest::prelude::*;

/// A paper with one of everything.
pub fn rich(lang: Lang) -> Paper {
    let text = |text: &str| Span::Text(text.to_owned());
    let heading = |level, text: &str, anchor: Option<&str>, numbered| Block::Heading {
        level,
        text: text.to_owned(),
        anchor: anchor.map(str::to_owned),
        numbered,
    };
    let paragraph = |style, spans, anchor: Option<&str>| Block::Paragraph {
        style,
        spans,
        anchor: anchor.map(str::to_owned),
    };
    let link = |text: &str, to: &str| Span::Link { text: text.to_owned(), to: to.to_owned() };
    let table = Table {
        caption: "Measures <all> & more".to_owned(),
        columns: vec![
            Column { heading: "条款".to_owned(), share: 1 },
            Column { heading: "Outcome".to_owned(), share: 3 },
        ],
        rows: vec![
            Row {
                cells: vec![
                    vec![vec![link("5.4.2", "证据 一")]],
                    vec![vec![Span::Verdict(Verdict::Gap, "不符合".to_owned())], vec![text("second")]],
                ],
                anchor: Some("row/1".to_owned()),
            },
            Row {
                cells: vec![vec![], vec![vec![Span::Code("ab".repeat(64))]]],
                anchor: Some("row/2".to_owned()),
            },
            Row {
                cells: vec![vec![vec![text("long")]], vec![vec![text(&"很长的单元格".repeat(300))]]],
                anchor: None,
            },
        ],
    };
    Paper {
        lang,
        title: "评估法律意见书".to_owned(),
        subtitle: "Example & Sons".to_owned(),
        cover: vec![("编号".to_owned(), "X-1".to_owned()), ("Date".to_owned(), "2026-06-30".to_owned())],
        running: "评估法律意见书 · X-1".to_owned(),
        author: "示例事务所".to_owned(),
        date: "2026-06-30".to_owned(),
        watermark: Some("草稿".to_owned()),
        contents: true,
        blocks: vec![
            heading(1, "总则", Some("general"), true),
            heading(2, "依据", None, true),
            paragraph(
                Style::Body,
                vec![
                    text("见“"),
                    link("差距", "row/1"),
                    text("”和"),
                    link("nowhere", "no such anchor"),
                    Span::Strong("重要".to_owned()),
                ],
                Some("证据 一"),
            ),
            paragraph(Style::Grave, vec![text("grave")], Some("证据 一")),
            paragraph(Style::Note, vec![text("note")], None),
            paragraph(Style::Open, vec![Span::Unknown("未知".to_owned())], None),
            Block::List { ordered: true, items: vec![vec![text("one")], vec![text("two")]] },
            Block::List { ordered: false, items: vec![vec![link("总则", "general")]] },
            Block::List { ordered: true, items: vec![vec![text("one again")]] },
            Block::Table(table.clone()),
            Block::Table(Table { caption: String::new(), ..table }),
            heading(3, "细节", Some("general"), true),
            Block::NewPage,
            Block::NewPage,
            heading(1, "附件一 清单", Some("annex"), false),
            heading(4, "第四级", None, true),
            Block::Signatures(vec!["评估负责人：张三".to_owned(), "很长的一行".repeat(20)]),
            Block::NewPage,
        ],
    }
}

/// Any text, with what is hard in it often.
fn texts() -> impl Strategy<Value = String> {
    let hard = prop::sample::select(vec![
        "<w:t>",
        "&amp;",
        "]]>",
        "\u{0}\u{1b}",
        "\u{202E}x",
        "\u{FFFF}",
        "“引号”",
        "{{content}}",
        "a\nb",
        " ",
        "\"'",
        "中文",
    ]);
    prop_oneof![
        ".{0,12}",
        hard.prop_map(str::to_owned),
        any::<String>().prop_map(|s| s.chars().take(30).collect())
    ]
}

fn anchors() -> impl Strategy<Value = Option<String>> {
    prop::option::of(prop_oneof!["[aA1/]{1,3}".boxed(), "[a-b]{60}".boxed(), texts().boxed()])
}

fn span() -> impl Strategy<Value = Span> {
    prop_oneof![
        texts().prop_map(Span::Text),
        texts().prop_map(Span::Strong),
        texts().prop_map(Span::Code),
        texts().prop_map(Span::Unknown),
        texts().prop_map(|text| Span::Verdict(Verdict::MetSampled, text)),
        (texts(), anchors()).prop_map(|(text, to)| Span::Link { text, to: to.unwrap_or_default() }),
    ]
}

fn spans() -> impl Strategy<Value = Vec<Span>> {
    prop::collection::vec(span(), 0..4)
}

fn table() -> impl Strategy<Value = Table> {
    let column = (texts(), any::<u16>()).prop_map(|(heading, share)| Column { heading, share });
    let row = (prop::collection::vec(prop::collection::vec(spans(), 0..3), 0..5), anchors())
        .prop_map(|(cells, anchor)| Row { cells, anchor });
    (texts(), prop::collection::vec(column, 0..5), prop::collection::vec(row, 0..4))
        .prop_map(|(caption, columns, rows)| Table { caption, columns, rows })
}

fn block() -> impl Strategy<Value = Block> {
    let style = prop::sample::select(vec![Style::Body, Style::Grave, Style::Note, Style::Open]);
    prop_oneof![
        (any::<u8>(), texts(), anchors(), any::<bool>())
            .prop_map(|(level, text, anchor, numbered)| Block::Heading { level, text, anchor, numbered }),
        (style, spans(), anchors()).prop_map(|(style, spans, anchor)| Block::Paragraph {
            style,
            spans,
            anchor
        }),
        (any::<bool>(), prop::collection::vec(spans(), 0..4))
            .prop_map(|(ordered, items)| Block::List { ordered, items }),
        table().prop_map(Block::Table),
        Just(Block::NewPage),
        prop::collection::vec(texts(), 0..3).prop_map(Block::Signatures),
    ]
}

/// Any paper.
pub fn any_paper() -> impl Strategy<Value = Paper> {
    let cover = prop::collection::vec((texts(), texts()), 0..3);
    let blocks = prop::collection::vec(block(), 0..8);
    (
        any::<bool>(),
        [texts(), texts(), texts(), texts(), texts()],
        prop::option::of(texts()),
        any::<bool>(),
        cover,
        blocks,
    )
        .prop_map(
            |(zh, [title, subtitle, running, author, date], watermark, contents, cover, blocks)| Paper {
                lang: if zh { Lang::Zh } else { Lang::En },
                title,
                subtitle,
                cover,
                running,
                author,
                date,
                watermark,
                contents,
                blocks,
            },
        )
}
