//! The package: a zip of parts, who refers to whom, and the properties of the file.

use super::body::{Counted, Setting, Writer};
use super::error::DocxError;
use super::names::Bookmarks;
use super::numbers::Lists;
use super::xml::Xml;
use super::{frame, styles};
use crate::paper::Paper;
use hegui_catalog::model::Lang;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// The namespace of WordprocessingML.
pub(super) const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
/// The namespace of references to other parts.
pub(super) const R: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
/// The kind of content that parts of WordprocessingML begin with.
pub(super) const CONTENT: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";

/// What the names of the package's own kinds begin with.
pub(super) const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
/// The kind of content of the file's properties.
pub(super) const CORE: &str = "application/vnd.openxmlformats-package.core-properties+xml";
/// The kind of the reference to them.
pub(super) const CORE_RELATION: &str =
    "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties";

/// The parts of a package by name, in the order in which they are written.
pub(super) type Parts = Vec<(String, Vec<u8>)>;

/// A4: width, height and the margins left and right, top and bottom, in twentieths of a point.
const PAGE: [usize; 5] = [11906, 16838, 1361, 1531, 1361];

/// The parts of a document of our own.
pub(super) fn own(paper: &Paper) -> Parts {
    let [page, _, side, ..] = PAGE;
    let width = page - 2 * side;
    let setting =
        Setting { ids: BTreeMap::new(), width, counted: [Counted::Ours; 4], bullets: true, tabs: false };
    let marks = Bookmarks::new(paper, &BTreeSet::new(), 0);
    let mut writer = Writer::new(paper, &setting, marks, Lists::new(0, 1));
    writer.title();
    writer.cover();
    writer.new_page = true;
    if paper.contents {
        writer.contents_heading();
        writer.contents();
        writer.new_page = true;
    }
    writer.blocks();
    let (body, lists) = (writer.xml.finish(), writer.lists);

    let mut document = Xml::part();
    document.within("w:document", &[("xmlns:w", W), ("xmlns:r", R)], |xml| {
        xml.within("w:body", &[], |xml| {
            xml.raw(&body);
            section(paper, xml);
        });
    });
    let headings = ["Heading1", "Heading2", "Heading3", "Heading4"].map(Some);
    let all = styles::all(paper.lang, width, &lists.headings(), &lists.bullets());
    let mut parts = vec![
        ("[Content_Types].xml", content_types(paper)),
        ("_rels/.rels", package_relations()),
        ("docProps/core.xml", core(paper)),
        ("docProps/app.xml", app()),
        ("word/document.xml", document.finish()),
        ("word/_rels/document.xml.rels", relations(paper)),
        ("word/styles.xml", styles::part(&all, paper.lang)),
        ("word/numbering.xml", numbering(paper.lang, &lists, headings)),
        ("word/fontTable.xml", styles::font_table()),
        ("word/settings.xml", settings(paper.lang)),
        ("word/header1.xml", frame::header(paper, true)),
        ("word/footer1.xml", frame::footer(paper)),
    ];
    if paper.watermark.is_some() {
        parts.push(("word/header2.xml", frame::header(paper, false)));
    }
    parts.into_iter().map(|(name, text)| (name.to_owned(), text.into_bytes())).collect()
}

/// The part of the lists; `headings` are the styles that are bound to the first.
pub(super) fn numbering(lang: Lang, lists: &Lists, headings: [Option<&str>; 4]) -> String {
    let mut xml = Xml::part();
    xml.within("w:numbering", &[("xmlns:w", W)], |xml| {
        lists.write_abstract(lang, headings, xml);
        lists.write(xml);
    });
    xml.finish()
}

/// One section whose first page, the cover, has neither head nor foot.
fn section(paper: &Paper, to: &mut Xml) {
    let [wide, high, side, top, bottom] = PAGE.map(|n| n.to_string());
    to.within("w:sectPr", &[], |xml| {
        xml.empty("w:headerReference", &[("w:type", "default"), ("r:id", "rId5")]);
        if paper.watermark.is_some() {
            xml.empty("w:headerReference", &[("w:type", "first"), ("r:id", "rId7")]);
        }
        xml.empty("w:footerReference", &[("w:type", "default"), ("r:id", "rId6")]);
        xml.empty("w:pgSz", &[("w:w", &wide), ("w:h", &high)]);
        xml.empty(
            "w:pgMar",
            &[
                ("w:top", &top),
                ("w:right", &side),
                ("w:bottom", &bottom),
                ("w:left", &side),
                ("w:header", "851"),
                ("w:footer", "737"),
                ("w:gutter", "0"),
            ],
        );
        xml.empty("w:titlePg", &[]);
    });
}

/// What the document refers to: id, kind, part.
fn relations(paper: &Paper) -> String {
    let mut all = vec![
        ("rId1", "styles", "styles.xml"),
        ("rId2", "numbering", "numbering.xml"),
        ("rId3", "fontTable", "fontTable.xml"),
        ("rId4", "settings", "settings.xml"),
        ("rId5", "header", "header1.xml"),
        ("rId6", "footer", "footer1.xml"),
    ];
    if paper.watermark.is_some() {
        all.push(("rId7", "header", "header2.xml"));
    }
    let all = all.into_iter().map(|(id, kind, part)| (id, format!("{R}/{kind}"), part));
    relationships(all)
}

fn package_relations() -> String {
    relationships([
        ("rId1", format!("{R}/officeDocument"), "word/document.xml"),
        ("rId2", CORE_RELATION.to_owned(), "docProps/core.xml"),
        ("rId3", format!("{R}/extended-properties"), "docProps/app.xml"),
    ])
}

fn relationships<'a>(all: impl IntoIterator<Item = (&'a str, String, &'a str)>) -> String {
    let mut xml = Xml::part();
    let space = format!("{PACKAGE}/relationships");
    xml.within("Relationships", &[("xmlns", &space)], |xml| {
        for (id, kind, part) in all {
            xml.empty("Relationship", &[("Id", id), ("Type", &kind), ("Target", part)]);
        }
    });
    xml.finish()
}

fn content_types(paper: &Paper) -> String {
    let mut xml = Xml::part();
    let space = format!("{PACKAGE}/content-types");
    xml.within("Types", &[("xmlns", &space)], |xml| {
        let default = |xml: &mut Xml, extension, kind| {
            xml.empty("Default", &[("Extension", extension), ("ContentType", kind)]);
        };
        default(xml, "rels", "application/vnd.openxmlformats-package.relationships+xml");
        default(xml, "xml", "application/xml");
        let mut part = |name: &str, kind: &str| {
            xml.empty("Override", &[("PartName", name), ("ContentType", kind)]);
        };
        part("/docProps/core.xml", CORE);
        part("/docProps/app.xml", "application/vnd.openxmlformats-officedocument.extended-properties+xml");
        part("/word/document.xml", &format!("{CONTENT}.document.main+xml"));
        for name in ["styles", "numbering", "fontTable", "settings"] {
            part(&format!("/word/{name}.xml"), &format!("{CONTENT}.{name}+xml"));
        }
        part("/word/header1.xml", &format!("{CONTENT}.header+xml"));
        part("/word/footer1.xml", &format!("{CONTENT}.footer+xml"));
        if paper.watermark.is_some() {
            part("/word/header2.xml", &format!("{CONTENT}.header+xml"));
        }
    });
    xml.finish()
}

/// Title, author, language and dates of the file; the dates are the paper's.
pub(super) fn core(paper: &Paper) -> String {
    let mut xml = Xml::part();
    let spaces = [
        ("xmlns:cp", format!("{PACKAGE}/metadata/core-properties")),
        ("xmlns:dc", "http://purl.org/dc/elements/1.1/".to_owned()),
        ("xmlns:dcterms", "http://purl.org/dc/terms/".to_owned()),
        ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance".to_owned()),
    ];
    let spaces = spaces.each_ref().map(|(key, value)| (*key, value.as_str()));
    xml.within("cp:coreProperties", &spaces, |xml| {
        xml.text("dc:title", &[], &paper.title);
        xml.text("dc:subject", &[], &paper.subtitle);
        xml.text("dc:creator", &[], &paper.author);
        xml.text("cp:lastModifiedBy", &[], &paper.author);
        if is_date(&paper.date) {
            let time = format!("{}T00:00:00Z", paper.date);
            for name in ["dcterms:created", "dcterms:modified"] {
                xml.text(name, &[("xsi:type", "dcterms:W3CDTF")], &time);
            }
        }
        xml.text("dc:language", &[], if paper.lang == Lang::Zh { "zh-CN" } else { "en-GB" });
    });
    xml.finish()
}

/// Whether a text is a date like 2026-06-30; a paper that bears none gives its file none.
fn is_date(text: &str) -> bool {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return false };
    let digits = [y1, y2, y3, y4, m1, m2, d1, d2].iter().all(|b| b.is_ascii_digit());
    digits && (b"01"..=b"12").contains(&&[*m1, *m2]) && (b"01"..=b"31").contains(&&[*d1, *d2])
}

fn app() -> String {
    let mut xml = Xml::part();
    let space = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties";
    xml.within("Properties", &[("xmlns", space)], |xml| xml.text("Application", &[], "hegui"));
    xml.finish()
}

fn settings(lang: Lang) -> String {
    let mut xml = Xml::part();
    xml.within("w:settings", &[("xmlns:w", W)], |xml| {
        xml.value("w:defaultTabStop", "420");
        xml.value("w:characterSpacingControl", "compressPunctuation");
        xml.within("w:compat", &[], |xml| {
            xml.empty(
                "w:compatSetting",
                &[
                    ("w:name", "compatibilityMode"),
                    ("w:uri", "http://schemas.microsoft.com/office/word"),
                    ("w:val", "15"),
                ],
            );
        });
        let language = if lang == Lang::Zh { "en-US" } else { "en-GB" };
        xml.empty("w:themeFontLang", &[("w:val", language), ("w:eastAsia", "zh-CN")]);
    });
    xml.finish()
}

/// The parts as a file: the same for the same parts, for no clock has a say in it.
pub(super) fn zipped(parts: &Parts) -> Result<Vec<u8>, DocxError> {
    let mut archive = ZipWriter::new(Cursor::new(vec![]));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644);
    let write = |archive: &mut ZipWriter<Cursor<Vec<u8>>>| {
        for (name, bytes) in parts {
            archive.start_file(name, options)?;
            archive.write_all(bytes)?;
        }
        Ok::<(), zip::result::ZipError>(())
    };
    write(&mut archive).and_then(|()| archive.finish()).map(Cursor::into_inner).map_err(DocxError::Write)
}
