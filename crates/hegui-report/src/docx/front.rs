//! The cover and the table of contents.

use super::body::{Counted, Extra, Writer};
use super::numbers::shown;
use super::styles::contents_tab;
use super::table::split;
use super::xml::Xml;
use crate::markdown::count;
use crate::paper::Block;
use hegui_catalog::model::Lang;

/// Headings down to this level stand in the contents.
const DEPTH: usize = 3;

impl Writer<'_> {
    /// Title and what stands under it.
    pub fn title(&mut self) {
        let paper = self.paper;
        self.paragraph("Title", &Extra::default(), |w| w.run(None, &paper.title));
        if !paper.subtitle.is_empty() {
            self.paragraph("Subtitle", &Extra::default(), |w| w.run(None, &paper.subtitle));
        }
    }

    /// The labels and values of the cover.
    pub fn cover(&mut self) {
        let paper = self.paper;
        if paper.cover.is_empty() {
            return;
        }
        let widths = split(self.setting.width, &[3, 7]);
        self.grid("CoverTable", false, &widths, |w| {
            for (label, value) in &paper.cover {
                w.row(false, true, &widths, |w, place| {
                    let (style, text) =
                        if place == 0 { ("CoverLabel", label) } else { ("CoverValue", value) };
                    w.paragraph(style, &Extra::default(), |w| w.run(None, text));
                });
            }
        });
        self.paragraph("AfterTable", &Extra::default(), |_| {});
    }

    /// The heading of the contents.
    pub fn contents_heading(&mut self) {
        let text = if self.paper.lang == Lang::Zh { "目录" } else { "Contents" };
        self.paragraph("TOCHeading", &Extra::default(), |w| w.run(None, text));
    }

    /// The table of contents: a field with its entries filled in, so that it shows before anybody has
    /// updated it. The page numbers are fields of their own. The outer field is marked as out of date,
    /// so that Word counts the pages when it opens the file, and only Word sees it: inside of it LibreOffice
    /// would count nothing, and show what stands there (ADR 0006).
    pub fn contents(&mut self) {
        let entries = self.entries();
        let last = entries.len().saturating_sub(1);
        for (n, (level, text, name)) in entries.into_iter().enumerate() {
            let style = ["TOC1", "TOC2", "TOC3"].get(level - 1).unwrap_or(&"TOC3");
            let style = self.style(style);
            self.xml.raw("<w:p>");
            let tabs = self.setting.tabs.then(|| contents_tab(self.setting.width));
            self.xml.within("w:pPr", &[], |xml| {
                xml.value("w:pStyle", style);
                if let Some(tabs) = tabs {
                    xml.within("w:tabs", &[], |xml| xml.raw(&tabs));
                }
            });
            if n == 0 {
                let code = format!(" TOC \\o \"1-{DEPTH}\" \\h \\z \\u ");
                for_word(&mut self.xml, |xml| {
                    xml.empty("w:fldChar", &[("w:fldCharType", "begin"), ("w:dirty", "true")]);
                    xml.text("w:instrText", &[("xml:space", "preserve")], &code);
                    xml.empty("w:fldChar", &[("w:fldCharType", "separate")]);
                });
            }
            self.link(&name, |w| {
                w.run(None, &text);
                w.tab();
                field(&mut w.xml, &format!(" PAGEREF {name} \\h "), "–");
            });
            if n == last {
                for_word(&mut self.xml, |xml| xml.empty("w:fldChar", &[("w:fldCharType", "end")]));
            }
            self.xml.raw("</w:p>");
        }
    }

    /// Level, text with its number, and bookmark of every heading of the contents.
    fn entries(&self) -> Vec<(usize, String, String)> {
        let mut numbers = [0; 4];
        let mut entries = vec![];
        let mut names = self.marks.headings.iter();
        for block in &self.paper.blocks {
            let Block::Heading { level, text, numbered, .. } = block else { continue };
            let Some(name) = names.next() else { break };
            let level = usize::from((*level).clamp(1, 4));
            let mut shows = String::new();
            if *numbered {
                count(&mut numbers, level);
                if self.setting.counted.get(level - 1) != Some(&Counted::Theirs) {
                    shows = shown(self.paper.lang, &numbers, level);
                }
            }
            if level <= DEPTH {
                entries.push((level, shows + text, name.clone()));
            }
        }
        entries
    }
}

/// A run for Word from 2013 on. Other readers find nothing in its place.
fn for_word(xml: &mut Xml, inside: impl FnOnce(&mut Xml)) {
    let space = "http://schemas.openxmlformats.org/markup-compatibility/2006";
    let word = "http://schemas.microsoft.com/office/word/2012/wordml";
    xml.within("w:r", &[], |xml| {
        xml.within("mc:AlternateContent", &[("xmlns:mc", space)], |xml| {
            xml.within("mc:Choice", &[("xmlns:w15", word), ("Requires", "w15")], inside);
            xml.empty("mc:Fallback", &[]);
        });
    });
}

/// A field, and what it shows until it is counted.
pub(super) fn field(xml: &mut Xml, code: &str, shows: &str) {
    xml.raw("<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r>");
    xml.within("w:r", &[], |xml| xml.text("w:instrText", &[("xml:space", "preserve")], code));
    xml.raw("<w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>");
    xml.within("w:r", &[], |xml| xml.text("w:t", &[], shows));
    xml.raw("<w:r><w:fldChar w:fldCharType=\"end\"/></w:r>");
}
