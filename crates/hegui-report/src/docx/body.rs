//! The blocks of a paper as paragraphs and tables of WordprocessingML.

use super::names::Bookmarks;
use super::numbers::Lists;
use super::styles;
use super::xml::{Xml, width};
use crate::paper::{Block, Paper, Span, Style};
use hegui_catalog::model::Lang;
use std::collections::BTreeMap;

/// What the writer has to know of the document that it writes into.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    /// The ids of our styles that are others in this document.
    pub ids: BTreeMap<&'static str, String>,
    /// The width of the text, in twentieths of a point.
    pub width: usize,
    /// Who numbers the headings of each level.
    pub counted: [Counted; 4],
    /// Whether the style of lists that are not counted is bound to a list.
    pub bullets: bool,
    /// Whether the styles of the contents may lack a tab before the page number.
    pub tabs: bool,
}

/// Who numbers the headings of a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counted {
    /// The style, which is bound to our list.
    Ours,
    /// The style of the template, which is bound to a list of its own.
    Theirs,
    /// The style does not: a heading names the list itself.
    Each,
}

/// Writes the body.
pub(super) struct Writer<'a> {
    pub paper: &'a Paper,
    pub setting: &'a Setting,
    pub marks: Bookmarks,
    pub lists: Lists,
    pub xml: Xml,
    /// How many headings were written.
    headings: usize,
    /// Whether a new page begins before what is written next.
    pub new_page: bool,
}

/// What a paragraph has beside its style and text.
#[derive(Default)]
pub(super) struct Extra {
    /// The list and its level.
    pub list: Option<(String, usize)>,
    /// The number and name of its bookmark.
    pub mark: Option<(String, String)>,
}

impl<'a> Writer<'a> {
    pub fn new(paper: &'a Paper, setting: &'a Setting, marks: Bookmarks, lists: Lists) -> Self {
        Self { paper, setting, marks, lists, xml: Xml::default(), headings: 0, new_page: false }
    }

    /// The id of a style in this document.
    pub fn style(&self, id: &'static str) -> &'a str {
        self.setting.ids.get(id).map_or(id, String::as_str)
    }

    /// Writes all blocks.
    pub fn blocks(&mut self) {
        let paper = self.paper;
        for (n, block) in paper.blocks.iter().enumerate() {
            let next = paper.blocks.iter().skip(n + 1).find(|block| **block != Block::NewPage);
            match block {
                Block::Heading { level, text, anchor, numbered } => {
                    self.heading(usize::from((*level).clamp(1, 4)), text, anchor.as_deref(), *numbered);
                }
                Block::Paragraph { style, spans, anchor } => {
                    let style = match style {
                        Style::Body => "BodyText",
                        Style::Grave => "Grave",
                        Style::Note => "Note",
                        Style::Open => "Open",
                    };
                    let extra = Extra { mark: self.marks.place(anchor.as_deref()), ..Extra::default() };
                    self.paragraph(style, &extra, |w| w.spans(spans));
                }
                Block::List { ordered, items } => self.list(*ordered, items),
                Block::Table(table) => {
                    self.table(table);
                    // Two tables without a paragraph between them are one to Word, and none ends a body.
                    if !matches!(next, Some(Block::Heading { .. })) {
                        self.paragraph("AfterTable", &Extra::default(), |_| {});
                    }
                }
                Block::NewPage => self.new_page = true,
                Block::Signatures(lines) => self.signatures(lines),
            }
        }
    }

    fn heading(&mut self, level: usize, text: &str, anchor: Option<&str>, numbered: bool) {
        let style = ["Heading1", "Heading2", "Heading3", "Heading4"].get(level - 1).unwrap_or(&"Heading1");
        let counted = self.setting.counted.get(level - 1).copied().unwrap_or(Counted::Ours);
        let list = match (counted, numbered) {
            (Counted::Each, true) => Some((self.lists.headings(), level - 1)),
            (Counted::Each, false) | (_, true) => None,
            // What Word writes where somebody takes the number from a heading.
            (_, false) => Some(("0".to_owned(), 0)),
        };
        let mark = self.marks.heading(self.headings);
        self.headings += 1;
        // A later heading of the same anchor has a bookmark of its own and no link.
        let _ = self.marks.place(anchor);
        self.paragraph(style, &Extra { list, mark }, |w| w.run(None, text));
    }

    fn list(&mut self, ordered: bool, items: &[Vec<Span>]) {
        let list = match ordered {
            true if !items.is_empty() => Some((self.lists.count(), 0)),
            false if !self.setting.bullets => Some((self.lists.bullets(), 0)),
            _ => None,
        };
        let style = if ordered { "ListNumber" } else { "ListBullet" };
        for item in items {
            self.paragraph(style, &Extra { list: list.clone(), mark: None }, |w| w.spans(item));
        }
    }

    /// A line for each: what stands before it, room to sign, the date and room for it.
    fn signatures(&mut self, lines: &[String]) {
        let chinese = self.paper.lang == Lang::Zh;
        let date = if chinese { "日期：" } else { "Date: " };
        // A letter of running text is about 105 twentieths of a point wide.
        let room = styles::signed(self.setting.width).saturating_sub(1500) / 105;
        for line in lines {
            self.paragraph("SignatureLine", &Extra::default(), |w| {
                w.run(None, line);
                if width(line) > room {
                    w.xml.raw("<w:r><w:br/></w:r>");
                }
                w.tab();
                w.run(None, &format!(" {date}"));
                w.tab();
            });
        }
    }

    pub fn tab(&mut self) {
        self.xml.raw("<w:r><w:tab/></w:r>");
    }

    /// A paragraph.
    pub fn paragraph(&mut self, style: &'static str, extra: &Extra, inside: impl FnOnce(&mut Self)) {
        let style = self.style(style);
        let new_page = std::mem::take(&mut self.new_page);
        self.xml.raw("<w:p>");
        self.xml.within("w:pPr", &[], |xml| {
            xml.value("w:pStyle", style);
            if new_page {
                xml.empty("w:pageBreakBefore", &[]);
            }
            if let Some((list, level)) = &extra.list {
                xml.within("w:numPr", &[], |xml| {
                    xml.value("w:ilvl", &level.to_string());
                    xml.value("w:numId", list);
                });
            }
        });
        if let Some((id, name)) = &extra.mark {
            self.xml.empty("w:bookmarkStart", &[("w:id", id), ("w:name", name)]);
        }
        inside(self);
        if let Some((id, _)) = &extra.mark {
            self.xml.empty("w:bookmarkEnd", &[("w:id", id)]);
        }
        self.xml.raw("</w:p>");
    }

    pub fn spans(&mut self, spans: &[Span]) {
        for span in spans {
            match span {
                Span::Text(text) => self.run(None, text),
                Span::Strong(text) => self.run(Some("Strong"), text),
                Span::Code(text) => self.run(Some("Code"), text),
                Span::Verdict(verdict, text) => self.run(Some(styles::verdict(*verdict)), text),
                Span::Unknown(text) => self.run(Some("UnknownText"), text),
                Span::Link { text, to } => match self.marks.of(to).map(str::to_owned) {
                    Some(name) => self.link(&name, |w| w.run(Some("Hyperlink"), text)),
                    None => self.run(None, text),
                },
            }
        }
    }

    /// What is inside leads to a bookmark.
    pub fn link(&mut self, name: &str, inside: impl FnOnce(&mut Self)) {
        let mut opening = Xml::default();
        opening.empty("w:hyperlink", &[("w:anchor", name), ("w:history", "1")]);
        self.xml.raw(opening.finish().trim_end_matches("/>"));
        self.xml.raw(">");
        inside(self);
        self.xml.raw("</w:hyperlink>");
    }

    /// A run of text.
    pub fn run(&mut self, style: Option<&'static str>, text: &str) {
        if text.is_empty() {
            return;
        }
        let style = style.map(|style| self.style(style));
        let hint = self.paper.lang == Lang::Zh && text.contains(either);
        self.xml.within("w:r", &[], |xml| {
            if style.is_some() || hint {
                xml.within("w:rPr", &[], |xml| {
                    if let Some(style) = style {
                        xml.value("w:rStyle", style);
                    }
                    if hint {
                        xml.empty("w:rFonts", &[("w:hint", "eastAsia")]);
                    }
                });
            }
            xml.text("w:t", &[("xml:space", "preserve")], text);
        });
    }
}

/// Characters that both Latin and Chinese fonts have, and that Word sets in the Latin one unless told.
fn either(c: char) -> bool {
    matches!(c, '“' | '”' | '‘' | '’' | '…' | '—' | '·' | '×' | '①'..='⑳')
}
