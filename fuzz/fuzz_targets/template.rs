//! Any bytes as a Word template, packed or as its parts: an error that says something, or a template that
//! can be filled, and whose filled file is a template again where the content put back makes it one.
#![no_main]

use hegui_catalog::model::Lang;
use hegui_report::paper::{Block, Paper, Span, Style};
use hegui_report::{Template, docx};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

/// A paper whose text is a placeholder: filled in, the file is a template once more.
static PAPER: LazyLock<Paper> = LazyLock::new(|| Paper {
    lang: Lang::Zh,
    title: "标题".to_owned(),
    subtitle: "副标题".to_owned(),
    cover: vec![("a".to_owned(), "b".to_owned())],
    running: "running".to_owned(),
    author: String::new(),
    date: "2026-06-30".to_owned(),
    watermark: Some("草稿".to_owned()),
    contents: true,
    blocks: vec![
        Block::Heading { level: 1, text: "一".to_owned(), anchor: Some("a".to_owned()), numbered: true },
        Block::List { ordered: true, items: vec![vec![Span::Link { text: "x".to_owned(), to: "a".to_owned() }]] },
        Block::Paragraph { style: Style::Body, spans: vec![Span::Text("{{content}}".to_owned())], anchor: None },
    ],
});

const TYPES: &str = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>";
const RELATIONS: &str = "<Relationships><Relationship Id=\"a\" Type=\"x/styles\" Target=\"styles.xml\"/>\
    <Relationship Id=\"b\" Type=\"x/numbering\" Target=\"numbering.xml\"/>\
    <Relationship Id=\"c\" Type=\"x/header\" Target=\"header.xml\"/></Relationships>";
const W: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";

fuzz_target!(|bytes: &[u8]| {
    let template = if bytes.starts_with(b"PK") {
        let _ = hegui_report::docx_tables(bytes);
        Template::read(bytes)
    } else {
        // A zero byte divides what is inside document, styles, numbering and head.
        let mut inside = bytes.split(|byte| *byte == 0);
        let mut part = |name: &str, open: &str, close: &str| {
            let text = [format!("<{open} {W}>").as_bytes(), inside.next().unwrap_or_default(), close.as_bytes()].concat();
            (format!("word/{name}.xml"), text)
        };
        Template::from_parts(vec![
            ("[Content_Types].xml".to_owned(), TYPES.into()),
            ("word/_rels/document.xml.rels".to_owned(), RELATIONS.into()),
            part("document", "w:document", "</w:document>"),
            part("styles", "w:styles", "</w:styles>"),
            part("numbering", "w:numbering", "</w:numbering>"),
            part("header", "w:hdr", "</w:hdr>"),
        ])
    };
    match template {
        Err(error) => assert!(error.to_string().contains(" · "), "{error}"),
        Ok(template) => match docx(&PAPER, Some(&template)) {
            Err(error) => panic!("a template that was read cannot be filled: {error}"),
            Ok(file) => match Template::read(&file) {
                Err(error) => panic!("what was filled cannot be read: {error}"),
                Ok(again) => drop(docx(&PAPER, Some(&again)).map_err(|error| panic!("{error}"))),
            },
        },
    }
});
