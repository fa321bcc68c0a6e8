//! A firm's templates: filled, kept as they are otherwise, and refused where they are no good.

use crate::papers::rich;
use crate::reader::{Package, check, paragraphs, unzip};
use hegui_catalog::model::Lang;
use hegui_report::paper::Paper;
use hegui_report::{DocxError, Template, docx};
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

const W: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";
const R: &str = "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";
const KIND: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";
const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// The parts that are read to fill it.
pub const READ: [&str; 6] = [
    "[Content_Types].xml",
    "_rels/.rels",
    "word/document.xml",
    "word/_rels/document.xml.rels",
    "word/styles.xml",
    "word/numbering.xml",
];

fn p(texts: &[&str]) -> String {
    let runs: String = texts.iter().map(|text| format!("<w:r><w:t>{text}</w:t></w:r>")).collect();
    format!("<w:p>{runs}</w:p>")
}

fn document(body: &str) -> String {
    format!("<?xml version=\"1.0\"?>\n<w:document {W} {R}><w:body>{body}</w:body></w:document>")
}

/// A template as a Chinese Word makes it: ids that are numbers, its own numbering, a logo, placeholders in
/// several runs.
pub fn firm() -> Package {
    let section = "<w:sectPr><w:headerReference w:type=\"default\" r:id=\"rId3\"/><w:footerReference w:type=\"default\" \
                   r:id=\"rId4\"/><w:pgSz w:w=\"10000\" w:h=\"14000\"/><w:pgMar w:top=\"1000\" w:right=\"1000\" \
                   w:bottom=\"1000\" w:left=\"1000\" w:header=\"500\" w:footer=\"500\" w:gutter=\"0\"/></w:sectPr>";
    let body = [
        "<w:p><w:bookmarkStart w:id=\"7\" w:name=\"_Toc00000001\"/><w:bookmarkEnd w:id=\"7\"/></w:p>",
        &p(&["{{", "title", "}}"]),
        &p(&["致 {{sub", "title}} 于 ｛｛date｝｝ &lt;"]),
        &p(&["{{contents}}"]),
        &p(&["{{con", "tent}}"]),
        &p(&["结尾"]),
        section,
    ]
    .concat();
    let style = |kind: &str, id: &str, name: &str, more: &str| {
        format!("<w:style w:type=\"{kind}\" w:styleId=\"{id}\"><w:name w:val=\"{name}\"/>{more}</w:style>")
    };
    let styles = [
        "<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"a\"><w:name w:val=\"Normal\"/></w:style>"
            .to_owned(),
        style(
            "paragraph",
            "1",
            "heading 1",
            "<w:basedOn w:val=\"a\"/><w:pPr><w:numPr><w:numId w:val=\"4\"/></w:numPr></w:pPr>",
        ),
        style("paragraph", "2", "Heading 2", "<w:basedOn w:val=\"a\"/>"),
        style("paragraph", "Grave", "本所重要提示", "<w:basedOn w:val=\"a\"/>"),
        style("character", "Open", "somebody's", ""),
    ]
    .concat();
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{RELATION}/{kind}\" Target=\"{target}\"/>")
    };
    let relations = |all: &str| {
        format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{all}</Relationships>"
        )
    };
    let over = |part: &str, kind: &str| {
        format!("<Override PartName=\"/{part}\" ContentType=\"{KIND}.{kind}+xml\"/>")
    };
    let types = format!(
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/><Default Extension=\"png\" ContentType=\"image/png\"/>\
         {}{}{}{}{}</Types>",
        over("word/document.xml", "template.main"),
        over("word/styles.xml", "styles"),
        over("word/numbering.xml", "numbering"),
        over("word/header7.xml", "header"),
        over("word/footer7.xml", "footer"),
    );
    let texts = [
        ("[Content_Types].xml", types),
        ("_rels/.rels", relations(&relation("rId1", "officeDocument", "word/document.xml"))),
        ("word/document.xml", document(&body)),
        (
            "word/_rels/document.xml.rels",
            relations(
                &[
                    relation("rId1", "styles", "styles.xml"),
                    relation("rId2", "numbering", "/word/numbering.xml"),
                    relation("rId3", "header", "header7.xml"),
                    relation("rId4", "footer", "footer7.xml"),
                ]
                .concat(),
            ),
        ),
        ("word/styles.xml", format!("<w:styles {W}>{styles}</w:styles>")),
        (
            "word/numbering.xml",
            format!(
                "<w:numbering {W}><w:abstractNum w:abstractNumId=\"9\"/><w:num w:numId=\"4\"><w:abstractNumId \
                 w:val=\"9\"/></w:num><w:numIdMacAtCleanup w:val=\"4\"/></w:numbering>"
            ),
        ),
        ("word/header7.xml", format!("<w:hdr {W}>{}</w:hdr>", p(&["{{running}} | {{", "date}}"]))),
        ("word/footer7.xml", format!("<w:ftr {W}>{}</w:ftr>", p(&["本所地址"]))),
        ("customXml/item1.xml", "<anything/>\n\n".to_owned()),
    ];
    let mut package: Package =
        texts.into_iter().map(|(name, text)| (name.to_owned(), text.into_bytes())).collect();
    package.insert("word/media/logo.png".to_owned(), vec![0, 1, 2, 255]);
    package
}

pub fn zipped(package: &Package) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(vec![]));
    for (name, bytes) in package {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub fn template(package: &Package) -> Result<Template, DocxError> {
    Template::read(&zipped(package))
}

fn with(part: &str, text: &str) -> Package {
    let mut package = firm();
    package.insert(part.to_owned(), text.as_bytes().to_vec());
    package
}

fn text(package: &Package, part: &str) -> String {
    String::from_utf8(package[part].clone()).unwrap()
}

fn filled(package: &Package, paper: &Paper) -> Package {
    let filled = unzip(&docx(paper, Some(&template(package).unwrap())).unwrap());
    check(&filled);
    filled
}

#[test]
fn a_template_is_filled_and_stays_what_it_is() {
    let before = firm();
    let after = filled(&before, &rich(Lang::Zh));
    for part in ["word/footer7.xml", "customXml/item1.xml", "word/media/logo.png"] {
        assert_eq!(before[part], after[part], "{part}");
    }
    let body = paragraphs(&after["word/document.xml"]);
    let texts: Vec<&str> = body.iter().map(|p| p.text.as_str()).collect();
    assert_eq!(texts[..3], ["", "评估法律意见书", "致 Example & Sons 于 2026-06-30 <"]);
    // Its heading 1 numbers itself: the contents leave the number to it.
    assert_eq!(texts[3], "总则–");
    assert!(texts[4].starts_with("（一）依据"));
    // The cover has no place of its own and stands before the content.
    let cover = texts.iter().position(|text| *text == "编号").unwrap();
    assert!(cover < texts.iter().rposition(|text| *text == "总则").unwrap());
    assert_eq!(texts.last(), Some(&"结尾"));
    // Logo, page and what else stood there.
    assert!(text(&after, "word/document.xml").contains("<w:pgSz w:w=\"10000\" w:h=\"14000\"/>"));
    let header = text(&after, "word/header7.xml");
    assert!(header.contains("评估法律意见书 · X-1 | 2026-06-30") && header.contains("string=\"草稿\""));
    assert!(text(&after, "[Content_Types].xml").contains("wordprocessingml.document.main+xml"));
}

#[test]
fn its_styles_and_lists_go_before_ours() {
    let before = firm();
    let after = filled(&before, &rich(Lang::Zh));
    let body = paragraphs(&after["word/document.xml"]);
    let of = |text: &str| body.iter().rev().find(|p| p.text == text && p.style != "ListBullet").unwrap();
    assert_eq!((of("总则").style.as_str(), &of("总则").list), ("1", &None));
    // Its heading 2 has no number of its own: the heading names our list.
    assert_eq!(
        (of("依据").style.as_str(), of("依据").list.clone()),
        ("2", Some(("1".to_owned(), "5".to_owned())))
    );
    assert_eq!((of("细节").style.as_str(), &of("细节").list), ("Heading3", &None));
    assert_eq!(of("附件一 清单").list, Some(("0".to_owned(), "0".to_owned())));
    assert_eq!(of("grave").style, "Grave");
    // A character style has the id of our paragraph style.
    assert_eq!(of("未知").style, "OpenHegui1");
    let styles = text(&after, "word/styles.xml");
    let old = text(&before, "word/styles.xml");
    assert!(styles.starts_with(old.trim_end_matches("</w:styles>")), "its own stand as they stood");
    assert_eq!(styles.matches("w:default=\"1\" w:styleId=\"a\"").count(), 1);
    assert!(!styles.contains("w:val=\"caption\"/><w:basedOn w:val=\"Normal\""), "based on its own Normal");
    // As wide as its page.
    assert!(text(&after, "word/document.xml").contains("<w:tblW w:w=\"8000\" w:type=\"dxa\"/>"));
}

#[test]
fn a_bare_template_gets_what_it_lacks() {
    let mut package = with("word/document.xml", &document(&p(&["{{content}}"])));
    for part in [
        "word/styles.xml",
        "word/numbering.xml",
        "word/header7.xml",
        "word/footer7.xml",
        "word/_rels/document.xml.rels",
    ] {
        package.remove(part);
    }
    let types = text(&package, "[Content_Types].xml");
    let kept: String = types
        .split_inclusive("/>")
        .filter(|t| !["styles", "numbering", "header7", "footer7"].iter().any(|n| t.contains(n)))
        .collect();
    package.insert("[Content_Types].xml".to_owned(), kept.into_bytes());
    let after = filled(&package, &rich(Lang::En));
    assert!(text(&after, "word/hegui-header.xml").contains("string=\"草稿\""));
    assert!(text(&after, "word/document.xml").contains("<w:sectPr><w:headerReference"));
    assert!(text(&after, "docProps/core.xml").contains("<dc:title>评估法律意见书</dc:title>"));
    let body = paragraphs(&after["word/document.xml"]);
    assert_eq!(body[0].text, "评估法律意见书");
}

#[test]
fn the_end_of_a_section_survives() {
    let section = "<w:sectPr><w:pgSz w:w=\"20000\" w:h=\"9000\"/></w:sectPr>";
    let body =
        format!("<w:p><w:pPr>{section}</w:pPr><w:r><w:t>{{{{content}}}}</w:t></w:r></w:p>{}", p(&["x"]));
    let after = filled(&with("word/document.xml", &document(&body)), &rich(Lang::Zh));
    let document = text(&after, "word/document.xml");
    assert_eq!(document.matches(section).count(), 1);
    assert!(document.contains("<w:tblW w:w=\"20000\""));
}

#[test]
fn the_same_template_gives_the_same_bytes() {
    let template = template(&firm()).unwrap();
    let paper = rich(Lang::Zh);
    assert_eq!(docx(&paper, Some(&template)).unwrap(), docx(&paper, Some(&template)).unwrap());
}

/// What is said of a bad template.
fn refused(package: &Package) -> String {
    template(package).unwrap_err().to_string()
}

#[test]
fn bad_templates_are_refused_in_both_languages() {
    let body = |body: &str| refused(&with("word/document.xml", &document(body)));
    let content = p(&["{{content}}"]);
    let table = format!("<w:tbl><w:tr><w:tc>{content}</w:tc></w:tr></w:tbl>");
    let mut missing = firm();
    missing.remove("word/document.xml");
    let mut macros = firm();
    macros.insert("word/vbaProject.bin".to_owned(), vec![]);
    let kind = text(&firm(), "[Content_Types].xml")
        .replace("wordprocessingml.template.main+xml", "ms-word.document.macroEnabled.main+xml");
    let strict = document(&content).replace(
        "schemas.openxmlformats.org/wordprocessingml/2006/main",
        "purl.oclc.org/ooxml/wordprocessingml/main",
    );
    let cases = [
        (refused(&missing), "has no `word/document.xml`"),
        (refused(&macros), "holds macros (`word/vbaProject.bin`)"),
        (refused(&with("[Content_Types].xml", &kind)), "holds macros"),
        (refused(&with("word/document.xml", &strict)), "strict form"),
        (refused(&with("word/styles.xml", &text(&firm(), "word/document.xml"))), "unusual namespaces"),
        (body(&p(&["content"])), "no {{content}}"),
        (body(&format!("{content}{content}")), "{{content}} more than once"),
        (body(&table), "{{content}} must be a paragraph of its own"),
        (body(&p(&["see {{content}}"])), "{{content}} must be a paragraph of its own"),
        (body(&format!("{content}{}", p(&["{{tilte}}"]))), "{{tilte}} in the template is no placeholder"),
        (refused(&with("word/header7.xml", &format!("<w:hdr {W}>{content}</w:hdr>"))), "{{content}} must be"),
        (body(&format!("{content}<w:p>")), "`word/document.xml`, byte"),
        (body(&format!("{content}&bomb;")), "&bomb;"),
        (
            refused(&with(
                "word/document.xml",
                &format!("<!DOCTYPE x [<!ENTITY a \"b\">]>{}", document(&content)),
            )),
            "DOCTYPE",
        ),
        (body(&format!("{content}{}{}", "<w:sdt>".repeat(300), "</w:sdt>".repeat(300))), "too deep"),
        (refused(&with("../evil.xml", "x")), "no .docx"),
    ];
    for (said, expected) in cases {
        assert!(said.contains(expected), "{said}\n  should say {expected}");
        assert!(said.contains(" · ") && said.chars().any(|c| c >= '\u{4E00}'), "{said}");
    }
    let said = |bytes: &[u8]| Template::read(bytes).unwrap_err().to_string();
    assert!(said(b"no zip").contains("no .docx"));
    assert!(said(&[0xD0, 0xCF, 0x11, 0xE0, 0]).contains("an old .doc"));
    let file = zipped(&firm());
    assert!(said(&file[..file.len() / 2]).contains("no .docx"));
}

#[test]
fn a_bomb_is_refused() {
    let large = refused(&with("word/media/a.bmp", &"0".repeat(8 << 20)));
    assert!(large.contains("too large") && large.contains("250:1"), "{large}");
    let mut many = firm();
    many.extend((0..3000).map(|n| (format!("customXml/{n}.xml"), vec![])));
    assert!(refused(&many).contains("at most 2000"));
    // Hardly packed, but more than is allowed altogether.
    let picture: Vec<u8> = (0..100_000).flat_map(|n| format!("{n:010}").repeat(5).into_bytes()).collect();
    let mut heavy = firm();
    heavy.extend((0..21).map(|n| (format!("word/media/{n}.bmp"), picture.clone())));
    let said = refused(&heavy);
    assert!(said.contains("96 MiB"), "{said}");
}
