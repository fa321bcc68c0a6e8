//! Fills a template with a paper.

use super::merge::{self, HEADINGS, Styles};
use super::relations::{Relations, bytes, free, set, store_types};
use super::scan::{Edit, Scan};
use super::{Template, places};
use crate::docx::body::{Counted, Setting, Writer};
use crate::docx::error::DocxError;
use crate::docx::names::Bookmarks;
use crate::docx::numbers::Lists;
use crate::docx::package::{self, CONTENT, Parts, R};
use crate::docx::{frame, styles};
use crate::paper::Paper;
use std::collections::{BTreeMap, BTreeSet};

/// The width of the text on A4 with Word's own margins, where a template does not say.
const WIDTH: usize = 8306;

/// What the parts of a template become while it is filled.
struct Filling<'a> {
    paper: &'a Paper,
    parts: Parts,
    relations: Relations,
    /// New parts and their kinds of content.
    added: Vec<(String, String)>,
}

/// The lists and styles that the body uses, and what the template has of them.
struct Looks {
    setting: Setting,
    styles: Vec<styles::Style>,
    lacking: BTreeSet<&'static str>,
    lists: Lists,
}

impl Template {
    /// The parts of the template, filled with a paper.
    pub(in crate::docx) fn fill(&self, paper: &Paper) -> Result<Parts, DocxError> {
        let relations = Relations::of(&self.main, &self.parts)?;
        let mut filling = Filling { paper, parts: self.parts.clone(), relations, added: vec![] };
        let body = bytes(&self.parts, &self.main).ok_or_else(|| DocxError::Missing(self.main.clone()))?;
        let scan = Scan::word(&self.main, body, "w:document")?;
        let found = places::find(&scan, true, &|name| value(paper, name))?;
        let paragraph = *found.blocks.get("content").ok_or(DocxError::NoContent)?;
        let elsewhere = filling.heads_and_feet()?;

        let looks = filling.looks(&scan, paragraph)?;
        let (taken, id) = bookmarks(&scan);
        let marks = Bookmarks::new(paper, &taken, id);
        let mut writer = Writer::new(paper, &looks.setting, marks, looks.lists.clone());
        // What the template has no other place for stands before the content.
        if !found.texts.contains(&"title") {
            writer.title();
        }
        if !found.blocks.contains_key("cover") {
            writer.cover();
        }
        writer.blocks();
        let content = std::mem::take(&mut writer.xml).finish();
        let lists = writer.lists.clone();
        let mut edits = found.edits;
        for (name, place) in &found.blocks {
            let blocks = match *name {
                "content" => content.clone(),
                "contents" => {
                    writer.contents();
                    std::mem::take(&mut writer.xml).finish()
                }
                _ => {
                    writer.cover();
                    std::mem::take(&mut writer.xml).finish()
                }
            };
            edits.extend(places::replace(&scan, *place, &blocks));
        }
        if paper.watermark.is_some() && !elsewhere {
            edits.extend(filling.head_for_watermark(&scan));
        }
        let document = scan.changed(edits);
        set(&mut filling.parts, &self.main, document);
        filling.styles(&looks)?;
        filling.lists(&lists, &looks)?;
        filling.finish(&self.main)
    }
}

/// What a placeholder of a text stands for.
fn value(paper: &Paper, name: &str) -> String {
    match name {
        "title" => paper.title.clone(),
        "subtitle" => paper.subtitle.clone(),
        "date" => paper.date.clone(),
        _ => paper.running.clone(),
    }
}

/// The names of a template's bookmarks, and a number after all of theirs.
fn bookmarks(scan: &Scan<'_>) -> (BTreeSet<String>, u32) {
    let names = scan.named("w:bookmarkStart").filter_map(|(_, mark)| mark.attribute("w:name")).collect();
    let ids =
        scan.named("w:bookmarkStart").filter_map(|(_, mark)| mark.attribute("w:id")?.parse::<u32>().ok());
    // Numbers need only differ; absurd ones are left where they are.
    let id = ids.filter(|id| *id < 1 << 30).max().map_or(0, |id| id + 1);
    (names, id)
}

/// The width of the text where a paragraph stands: that of the section which ends there or next.
fn width(scan: &Scan<'_>, paragraph: usize) -> usize {
    let number = |of: usize, name: &str, key: &str| -> Option<usize> {
        scan.child(of, name)?.1.attribute(key)?.trim().parse::<usize>().ok()
    };
    let section = scan.named("w:sectPr").find(|(place, _)| *place > paragraph);
    let Some((place, _)) = section else { return WIDTH };
    let Some(page) = number(place, "w:pgSz", "w:w") else { return WIDTH };
    let margins = ["w:left", "w:right", "w:gutter"].map(|key| number(place, "w:pgMar", key).unwrap_or(0));
    let used = margins.into_iter().fold(0, usize::saturating_add);
    page.min(40_000).saturating_sub(used).max(2000)
}

impl Filling<'_> {
    /// Fills heads and feet; whether there is a head, which then bears the watermark.
    fn heads_and_feet(&mut self) -> Result<bool, DocxError> {
        let mut any = false;
        for (kind, root) in [("header", "w:hdr"), ("footer", "w:ftr")] {
            let names: BTreeSet<String> = self.relations.parts(kind).map(str::to_owned).collect();
            for (n, name) in names.iter().enumerate() {
                let Some(bytes) = bytes(&self.parts, name) else { continue };
                let scan = Scan::word(name, bytes, root)?;
                let mut edits = places::find(&scan, false, &|name| value(self.paper, name))?.edits;
                if let Some(word) = self.paper.watermark.as_ref().filter(|_| kind == "header") {
                    edits.extend(across(&scan, &frame::watermark(word, n + 1)));
                    any = true;
                }
                if !edits.is_empty() {
                    let text = scan.changed(edits);
                    set(&mut self.parts, name, text);
                }
            }
        }
        Ok(any)
    }

    /// A head of a page for a template that has none, so that its pages bear the watermark.
    fn head_for_watermark(&mut self, scan: &Scan<'_>) -> Vec<Edit> {
        let part = free(&self.parts, "word/hegui-header.xml");
        set(&mut self.parts, &part, frame::header(self.paper, false));
        let id = self.relations.add(&format!("{R}/header"), &part);
        self.added.push((part, format!("{CONTENT}.header+xml")));
        let head =
            |kind: &str| format!("<w:headerReference xmlns:r=\"{R}\" w:type=\"{kind}\" r:id=\"{id}\"/>");
        let heads = ["default", "first"].map(head).concat();
        let sections: Vec<_> = scan.named("w:sectPr").filter(|(place, _)| !old(scan, *place)).collect();
        match (sections.is_empty(), scan.child(0, "w:body")) {
            (true, Some((_, body))) => vec![body.append(&format!("<w:sectPr>{heads}</w:sectPr>"))],
            // A section without heads has those of the one before it.
            _ => sections.first().map(|(_, section)| prepend(section, &heads)).into_iter().collect(),
        }
    }

    fn looks(&self, scan: &Scan<'_>, paragraph: usize) -> Result<Looks, DocxError> {
        let width = width(scan, paragraph);
        let lists = match self.part("numbering") {
            Some((name, bytes)) => merge::lists(&Scan::word(name, bytes, "w:numbering")?)?,
            None => Lists::new(0, 1),
        };
        let all = styles::all(self.paper.lang, width, &lists.headings(), &lists.bullets());
        let theirs = match self.part("styles") {
            Some((name, bytes)) => Styles::read(&Scan::word(name, bytes, "w:styles")?),
            None => Styles::default(),
        };
        let (ids, lacking) = theirs.meet(&all);
        let counted = theirs.counted(&ids, &lacking);
        let bullets =
            lacking.contains("ListBullet") || ids.get("ListBullet").is_some_and(|id| theirs.numbered(id));
        let tabs = ["TOC1", "TOC2", "TOC3"].iter().any(|id| !lacking.contains(id));
        let setting = Setting { ids, width, counted, bullets, tabs };
        Ok(Looks { setting, styles: all, lacking, lists })
    }

    /// The part of a kind that the document refers to.
    fn part(&self, kind: &'static str) -> Option<(&str, &[u8])> {
        let name = self.relations.parts(kind).next()?;
        Some((name, bytes(&self.parts, name)?))
    }

    /// Adds the styles that the template lacks.
    fn styles(&mut self, looks: &Looks) -> Result<(), DocxError> {
        let Some((name, bytes)) = self.part("styles") else {
            let text = styles::part(&looks.styles, self.paper.lang);
            self.new_part("styles", text);
            return Ok(());
        };
        let name = name.to_owned();
        let scan = Scan::word(&name, bytes, "w:styles")?;
        let changed = merge::add_styles(&scan, &looks.styles, &looks.setting.ids, &looks.lacking);
        if let Some(text) = changed {
            set(&mut self.parts, &name, text);
        }
        Ok(())
    }

    /// Adds our lists. Only styles of ours are bound to them.
    fn lists(&mut self, lists: &Lists, looks: &Looks) -> Result<(), DocxError> {
        let ids: &BTreeMap<&'static str, String> = &looks.setting.ids;
        let mut bound = HEADINGS.map(|id| ids.get(id).map(String::as_str));
        for (style, counted) in bound.iter_mut().zip(looks.setting.counted) {
            if counted != Counted::Ours {
                *style = None;
            }
        }
        let text = match self.part("numbering") {
            Some((name, bytes)) => {
                let name = name.to_owned();
                let scan = Scan::word(&name, bytes, "w:numbering")?;
                let text = merge::add_lists(&scan, lists, self.paper.lang, bound);
                set(&mut self.parts, &name, text);
                return Ok(());
            }
            None => package::numbering(self.paper.lang, lists, bound),
        };
        self.new_part("numbering", text);
        Ok(())
    }

    fn new_part(&mut self, kind: &str, text: String) {
        let name = free(&self.parts, &format!("word/hegui-{kind}.xml"));
        set(&mut self.parts, &name, text);
        self.relations.add(&format!("{R}/{kind}"), &name);
        self.added.push((name, format!("{CONTENT}.{kind}+xml")));
    }

    /// The properties of the file, and what refers to new parts.
    fn finish(mut self, main: &str) -> Result<Parts, DocxError> {
        let mut package = Relations::of("", &self.parts)?;
        let core = package.parts("core-properties").next().map(str::to_owned);
        let core = core.filter(|name| bytes(&self.parts, name).is_some());
        let core = core.unwrap_or_else(|| {
            let name = free(&self.parts, "docProps/core.xml");
            package.add(package::CORE_RELATION, &name);
            self.added.push((name.clone(), package::CORE.to_owned()));
            name
        });
        set(&mut self.parts, &core, package::core(self.paper));
        package.store(&mut self.parts)?;
        self.relations.store(&mut self.parts)?;
        store_types(main, &self.added, &mut self.parts)?;
        // Readers that read a package as it comes in want to know the kinds first.
        self.parts.sort_by_key(|(name, _)| name != super::relations::TYPES);
        Ok(self.parts)
    }
}

/// Whether a section's properties are those from before a tracked change.
fn old(scan: &Scan<'_>, place: usize) -> bool {
    scan.around(place).any(|(_, element)| element.name() == "w:sectPrChange")
}

fn prepend(element: &super::scan::Element<'_>, xml: &str) -> Edit {
    if element.empty {
        element.append(xml)
    } else {
        (element.inner.start..element.inner.start, xml.to_owned())
    }
}

/// Puts a run into the first paragraph of a head.
fn across(scan: &Scan<'_>, run: &str) -> Option<Edit> {
    match scan.child(0, "w:p") {
        Some((_, paragraph)) => Some(paragraph.append(run)),
        None => scan.root().map(|root| root.append(&format!("<w:p>{run}</w:p>"))),
    }
}
