//! Our styles and lists beside those of a template: what it has goes before ours.

use super::scan::{Edit, Scan};
use crate::docx::body::Counted;
use crate::docx::error::DocxError;
use crate::docx::numbers::Lists;
use crate::docx::styles::{Kind, Style};
use crate::docx::xml::Xml;
use hegui_catalog::model::Lang;
use std::collections::{BTreeMap, BTreeSet};

/// The headings' styles, by level.
pub const HEADINGS: [&str; 4] = ["Heading1", "Heading2", "Heading3", "Heading4"];

/// The styles of a template.
#[derive(Debug, Default)]
pub struct Styles {
    /// Kind and name, in small letters, to id.
    by_name: BTreeMap<(String, String), String>,
    /// Ids and their kinds.
    kinds: BTreeMap<String, String>,
    /// Id to the style that it is based on.
    based: BTreeMap<String, String>,
    /// Ids of styles that say by which list they are numbered, and whether they are.
    lists: BTreeMap<String, bool>,
}

impl Styles {
    /// Reads them.
    pub fn read(scan: &Scan<'_>) -> Self {
        let mut styles = Self::default();
        let value = |of: usize, name: &str| scan.child(of, name).and_then(|(_, e)| e.attribute("w:val"));
        for (place, style) in scan.children(0).filter(|(_, element)| element.name() == "w:style") {
            let Some(id) = style.attribute("w:styleId") else { continue };
            let kind = style.attribute("w:type").unwrap_or_else(|| "paragraph".to_owned());
            if let Some(name) = value(place, "w:name") {
                styles.by_name.entry((kind.clone(), name.to_lowercase())).or_insert_with(|| id.clone());
            }
            if let Some(based) = value(place, "w:basedOn") {
                styles.based.insert(id.clone(), based);
            }
            let list = scan
                .child(place, "w:pPr")
                .and_then(|(place, _)| scan.child(place, "w:numPr"))
                .and_then(|(place, _)| value(place, "w:numId"));
            if let Some(list) = list {
                styles.lists.insert(id.clone(), list.trim() != "0");
            }
            styles.kinds.insert(id, kind);
        }
        styles
    }

    /// The ids of our styles in this template; those that it lacks, by our id. A style of the same name is
    /// the same style; one of the same id and kind too, for a firm may have given it another name.
    pub fn meet(&self, ours: &[Style]) -> (BTreeMap<&'static str, String>, BTreeSet<&'static str>) {
        let mut ids = BTreeMap::new();
        let mut lacking = BTreeSet::new();
        for style in ours {
            let kind = style.kind.name().to_owned();
            let named = self.by_name.get(&(kind.clone(), style.name.to_lowercase()));
            if let Some(id) = named {
                ids.insert(style.id, id.clone());
            } else if self.kinds.get(style.id) == Some(&kind) {
                ids.insert(style.id, style.id.to_owned());
            } else {
                let free = (0_usize..).map(|n| match n {
                    0 => style.id.to_owned(),
                    n => format!("{}Hegui{n}", style.id),
                });
                let id = free.into_iter().find(|id| !self.kinds.contains_key(id));
                ids.insert(style.id, id.unwrap_or_default());
                lacking.insert(style.id);
            }
        }
        (ids, lacking)
    }

    /// Whether a style of the template, or one that it is based on, is numbered by a list.
    pub fn numbered(&self, id: &str) -> bool {
        let chain = std::iter::successors(Some(id), |id| self.based.get(*id).map(String::as_str));
        chain.take(30).find_map(|id| self.lists.get(id)).copied().unwrap_or(false)
    }

    /// Who numbers the headings of each level.
    pub fn counted(
        &self,
        ids: &BTreeMap<&'static str, String>,
        lacking: &BTreeSet<&'static str>,
    ) -> [Counted; 4] {
        HEADINGS.map(|id| match ids.get(id) {
            _ if lacking.contains(id) => Counted::Ours,
            Some(id) if self.numbered(id) => Counted::Theirs,
            _ => Counted::Each,
        })
    }
}

/// Adds the styles that are lacking.
pub fn add_styles(
    scan: &Scan<'_>,
    ours: &[Style],
    ids: &BTreeMap<&'static str, String>,
    lacking: &BTreeSet<&'static str>,
) -> Option<String> {
    let mut xml = Xml::default();
    let default = |kind: Kind| {
        scan.children(0).any(|(_, element)| {
            element.attribute("w:type").as_deref() == Some(kind.name())
                && element.attribute("w:default").is_some_and(|value| value != "0")
        })
    };
    for style in ours.iter().filter(|style| lacking.contains(style.id)) {
        style.write(|id| ids.get(id).map_or(id, String::as_str).to_owned(), !default(style.kind), &mut xml);
    }
    let added = xml.finish();
    let root = scan.root().filter(|_| !added.is_empty())?;
    Some(scan.changed(vec![root.append(&added)]))
}

/// The lists of a template, after which ours have their numbers.
pub fn lists(scan: &Scan<'_>) -> Result<Lists, DocxError> {
    let largest = |name: &str, key: &str| {
        let numbers =
            scan.named(name).filter_map(|(_, element)| element.attribute(key)?.trim().parse::<u32>().ok());
        numbers.max().map_or(0, |n| n.saturating_add(1))
    };
    let [kinds, lists] = [largest("w:abstractNum", "w:abstractNumId"), largest("w:num", "w:numId")];
    // Word's numbers are signed; a million of ours must fit behind the template's.
    if kinds.max(lists) > 2_000_000_000 {
        return Err(DocxError::Xml {
            part: scan.part().to_owned(),
            at: 0,
            why: "编号过大 · the number of a list is too large".to_owned(),
        });
    }
    Ok(Lists::new(kinds, lists))
}

/// Adds our lists; abstract ones stand before all others.
pub fn add_lists(scan: &Scan<'_>, lists: &Lists, lang: Lang, styles: [Option<&str>; 4]) -> String {
    let (mut kinds, mut own) = (Xml::default(), Xml::default());
    lists.write_abstract(lang, styles, &mut kinds);
    lists.write(&mut own);
    let (kinds, own) = (kinds.finish(), own.finish());
    let mut first = None;
    let mut behind = None;
    for (_, element) in scan.children(0) {
        match element.name() {
            "w:num" => {
                first = first.or(Some(element.whole.start));
                behind = None;
            }
            "w:numIdMacAtCleanup" => behind = behind.or(Some(element.whole.start)),
            _ => {}
        }
    }
    let mut edits: Vec<Edit> = vec![];
    let mut rest = String::new();
    match first {
        Some(at) => edits.push((at..at, kinds)),
        None => rest = kinds,
    }
    rest.push_str(&own);
    match (behind, scan.root()) {
        (Some(at), _) => edits.push((at..at, rest)),
        (None, Some(root)) => edits.push(root.append(&rest)),
        (None, None) => {}
    }
    scan.changed(edits)
}
