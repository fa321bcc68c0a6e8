//! A reader of Word files for the tests, which shares nothing with the writer: what a package says, and
//! whether all that it refers to is there.

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};

/// A paragraph as it stands in the body.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Paragraph {
    pub style: String,
    pub text: String,
    pub list: Option<(String, String)>,
    pub marks: Vec<String>,
    pub links: Vec<String>,
    pub new_page: bool,
    /// How many tables it is in.
    pub tables: usize,
}

pub type Package = BTreeMap<String, Vec<u8>>;

pub fn unzip(file: &[u8]) -> Package {
    let mut zip = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    let mut parts = Package::new();
    for n in 0..zip.len() {
        let mut entry = zip.by_index(n).unwrap();
        let time = entry.last_modified().unwrap();
        assert_eq!((time.year(), time.month(), time.day(), time.hour()), (1980, 1, 1, 0));
        let mut bytes = vec![];
        entry.read_to_end(&mut bytes).unwrap();
        let name = entry.name().unwrap().into_owned();
        assert!(parts.insert(name, bytes).is_none());
    }
    parts
}

/// The tags and texts of a part, well-formed; `f` gets every tag as it opens, and the path to it.
pub fn walk(xml: &[u8], mut f: impl FnMut(&[String], Tag<'_>)) {
    let text = std::str::from_utf8(xml).unwrap();
    let illegal = |c: char| (c < ' ' && !"\n\r\t".contains(c)) || matches!(c, '\u{FFFE}' | '\u{FFFF}');
    assert!(!text.contains(illegal), "no character that XML forbids");
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut path: Vec<String> = vec![];
    let mut roots = 0;
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                roots += usize::from(path.is_empty());
                path.push(start.name().0.to_owned());
                for attribute in start.attributes() {
                    attribute.unwrap();
                }
                f(&path, Tag::Open(&start));
            }
            Event::End(_) => {
                f(&path, Tag::Close);
                path.pop();
            }
            Event::Text(text) if path.is_empty() => assert!(text.trim().is_empty()),
            Event::Text(text) => f(&path, Tag::Text(&text)),
            Event::GeneralRef(name) => {
                let c = match &*name {
                    "amp" => "&".to_owned(),
                    "lt" => "<".to_owned(),
                    "gt" => ">".to_owned(),
                    "quot" => "\"".to_owned(),
                    _ => name.resolve_char_ref().unwrap().unwrap().to_string(),
                };
                f(&path, Tag::Text(&c));
            }
            Event::Eof => break,
            Event::DocType(_) => panic!("no DOCTYPE"),
            _ => {}
        }
    }
    assert_eq!((path.len(), roots), (0, 1), "one root, closed");
}

pub enum Tag<'a> {
    Open(&'a BytesStart<'a>),
    Text(&'a str),
    Close,
}

pub fn attribute(start: &BytesStart<'_>, key: &str) -> Option<String> {
    let value = start.try_get_attribute(key).unwrap()?;
    Some(value.normalized_value(quick_xml::XmlVersion::Explicit1_0).unwrap().into_owned())
}

/// The paragraphs of a part, in the order in which they begin.
pub fn paragraphs(xml: &[u8]) -> Vec<Paragraph> {
    let mut all: Vec<Paragraph> = vec![];
    let mut open: Vec<usize> = vec![];
    walk(xml, |path, tag| {
        let last = path.last().unwrap().as_str();
        match tag {
            Tag::Open(start) => {
                let value = || attribute(start, "w:val").unwrap();
                if last == "w:p" {
                    open.push(all.len());
                    let tables = path.iter().filter(|name| *name == "w:tbl").count();
                    all.push(Paragraph { tables, ..Paragraph::default() });
                }
                let Some(at) = open.last().and_then(|n| all.get_mut(*n)) else { return };
                match last {
                    "w:pStyle" => at.style = value(),
                    "w:pageBreakBefore" => at.new_page = true,
                    "w:ilvl" => at.list = Some((value(), String::new())),
                    "w:numId" => at.list.as_mut().unwrap().1 = value(),
                    "w:bookmarkStart" => at.marks.push(attribute(start, "w:name").unwrap()),
                    "w:hyperlink" => at.links.push(attribute(start, "w:anchor").unwrap()),
                    _ => {}
                }
            }
            Tag::Text(text) if last == "w:t" => all[*open.last().unwrap()].text.push_str(text),
            Tag::Close if last == "w:p" => {
                open.pop();
            }
            _ => {}
        }
    });
    all
}

/// Everything in a package that refers to something refers to what is there.
pub fn check(package: &Package) {
    for (name, bytes) in package {
        if name.ends_with(".xml") || name.ends_with(".rels") {
            walk(bytes, |_, _| {});
        }
    }
    check_parts(package);
    check_bookmarks(&package["word/document.xml"]);
    check_styles_and_lists(package);
    check_tables(&package["word/document.xml"]);
}

fn values(xml: &[u8], name: &str, key: &str) -> Vec<String> {
    let mut all = vec![];
    walk(xml, |path, tag| {
        if let (Tag::Open(start), Some(last)) = (tag, path.last())
            && last == name
        {
            all.extend(attribute(start, key));
        }
    });
    all
}

/// Every part has a kind, every reference a target, every id of one a reference.
fn check_parts(package: &Package) {
    let types = &package["[Content_Types].xml"];
    let named: BTreeSet<String> = values(types, "Override", "PartName").into_iter().collect();
    let endings: BTreeSet<String> = values(types, "Default", "Extension").into_iter().collect();
    for name in package.keys().filter(|name| *name != "[Content_Types].xml") {
        let ending = name.rsplit('.').next().unwrap();
        assert!(named.contains(&format!("/{name}")) || endings.contains(ending), "{name} has no kind");
        if ending == "xml" && !name.starts_with("custom") {
            assert!(named.contains(&format!("/{name}")), "{name} is not named");
        }
    }
    for name in &named {
        assert!(package.contains_key(name.trim_start_matches('/')), "{name} is not there");
    }
    for (name, bytes) in package.iter().filter(|(name, _)| name.ends_with(".rels")) {
        let folder = name.split("_rels/").next().unwrap();
        let ids = values(bytes, "Relationship", "Id");
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{name}: {ids:?}");
        for target in values(bytes, "Relationship", "Target") {
            let part = target.strip_prefix('/').map_or_else(|| format!("{folder}{target}"), str::to_owned);
            assert!(package.contains_key(&part), "{name}: {target} is not there");
        }
    }
    let ids: BTreeSet<String> =
        values(&package["word/_rels/document.xml.rels"], "Relationship", "Id").into_iter().collect();
    for name in ["w:headerReference", "w:footerReference"] {
        for id in values(&package["word/document.xml"], name, "r:id") {
            assert!(ids.contains(&id), "{name} {id}");
        }
    }
}

/// Bookmarks are legal and differ, begin and end, and every link leads to one.
fn check_bookmarks(document: &[u8]) {
    let names = values(document, "w:bookmarkStart", "w:name");
    let small: BTreeSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
    assert_eq!(small.len(), names.len(), "{names:?}");
    for name in &names {
        let mut characters = name.chars();
        assert!(characters.next().is_some_and(|c| c.is_alphabetic() || c == '_'), "{name}");
        assert!(characters.all(|c| c.is_alphanumeric() || c == '_') && name.len() <= 40, "{name}");
    }
    let mut begun = values(document, "w:bookmarkStart", "w:id");
    let mut ended = values(document, "w:bookmarkEnd", "w:id");
    begun.sort();
    ended.sort();
    assert_eq!(begun, ended);
    assert_eq!(begun.iter().collect::<BTreeSet<_>>().len(), begun.len());
    for link in values(document, "w:hyperlink", "w:anchor") {
        assert!(names.contains(&link), "a link to {link}");
    }
    walk(document, |path, tag| {
        if let (Tag::Text(text), Some("w:instrText")) = (tag, path.last().map(String::as_str))
            && let Some(name) = text.trim().strip_prefix("PAGEREF ")
        {
            assert!(names.iter().any(|n| *n == name.trim_end_matches(" \\h")), "{text}");
        }
    });
    let kinds = values(document, "w:fldChar", "w:fldCharType");
    let count = |kind: &str| kinds.iter().filter(|k| *k == kind).count();
    assert!(count("begin") == count("end") && count("begin") == count("separate"));
}

fn check_styles_and_lists(package: &Package) {
    let part = |name: &str| package.iter().find(|(part, _)| part.ends_with(name)).map(|(_, bytes)| bytes);
    let styles = part("styles.xml").unwrap();
    let mut kinds = BTreeMap::new();
    let mut names = BTreeSet::new();
    let mut kind = String::new();
    walk(styles, |path, tag| {
        let Tag::Open(start) = tag else { return };
        match path.last().unwrap().as_str() {
            "w:style" => {
                kind = attribute(start, "w:type").unwrap();
                let id = attribute(start, "w:styleId").unwrap();
                assert!(kinds.insert(id.clone(), kind.clone()).is_none(), "style {id} is there twice");
            }
            "w:name" if path.len() == 3 => {
                let name = attribute(start, "w:val").unwrap().to_lowercase();
                assert!(names.insert((kind.clone(), name.clone())), "style {name} is there twice");
            }
            _ => {}
        }
    });
    for name in ["w:basedOn", "w:next", "w:link"] {
        for id in values(styles, name, "w:val") {
            assert!(kinds.contains_key(&id), "{name} {id}");
        }
    }
    let texts = package.iter().filter(|(name, _)| {
        name.starts_with("word/") && ["document", "header", "footer"].iter().any(|n| name.contains(n))
    });
    for (part, bytes) in texts.filter(|(name, _)| name.ends_with(".xml")) {
        for (name, kind) in [("w:pStyle", "paragraph"), ("w:rStyle", "character"), ("w:tblStyle", "table")] {
            for id in values(bytes, name, "w:val") {
                assert_eq!(kinds.get(&id).map(String::as_str), Some(kind), "{part}: style {id}");
            }
        }
    }
    let numbering = part("numbering.xml").unwrap();
    let kinds: BTreeSet<String> = values(numbering, "w:abstractNum", "w:abstractNumId").into_iter().collect();
    let lists = values(numbering, "w:num", "w:numId");
    assert_eq!(lists.iter().collect::<BTreeSet<_>>().len(), lists.len(), "{lists:?}");
    for id in values(numbering, "w:abstractNumId", "w:val") {
        assert!(kinds.contains(&id), "abstract list {id}");
    }
    for bytes in [&package["word/document.xml"], styles] {
        for id in values(bytes, "w:numId", "w:val").into_iter().filter(|id| id != "0") {
            assert!(lists.contains(&id), "list {id}");
        }
    }
    let mut order = vec![];
    walk(numbering, |path, tag| {
        if let (Tag::Open(start), 2) = (tag, path.len()) {
            order.push(
                ["w:abstractNum", "w:num", "w:numIdMacAtCleanup"].iter().position(|n| *n == start.name().0),
            );
        }
    });
    assert!(order.is_sorted(), "abstract lists stand first: {order:?}");
}

/// Every row has as many cells as its table has columns, and every cell ends in a paragraph.
fn check_tables(document: &[u8]) {
    let mut columns = 0;
    let mut cells = 0;
    let mut last = String::new();
    walk(document, |path, tag| {
        let name = path.last().unwrap().as_str();
        match (tag, name) {
            (Tag::Open(_), "w:tblGrid") => columns = 0,
            (Tag::Open(_), "w:gridCol") => columns += 1,
            (Tag::Open(_), "w:tr") => cells = 0,
            (Tag::Open(_), "w:tc") => cells += 1,
            (Tag::Close, "w:tc") => assert_eq!(last, "w:p"),
            (Tag::Close, "w:tr") => assert_eq!(cells, columns),
            (Tag::Close, "w:body") => assert!(last != "w:tbl"),
            _ => {}
        }
        if matches!(path.last().map(String::as_str), Some("w:p" | "w:tbl" | "w:tcPr")) {
            last = name.to_owned();
        }
    });
}
