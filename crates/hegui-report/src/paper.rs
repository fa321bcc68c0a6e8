//! A paper: what a document for people says, before anybody has decided whether it is Word or PDF.
//!
//! The opinion, the record of processing activities and all other papers are made as one [`Paper`];
//! a writer (Word, PDF) turns it into a file and adds nothing of its own but page numbers and a table
//! of contents. So a sentence is written once, and a firm's template changes looks, never content.
//!
//! Texts come from the catalog, the wording and the register and are plain: a writer escapes them.
//! A paper is in one language. Anchors are unique within it; a link to an anchor that is not there is
//! a mistake of whoever made the paper ([`Paper::dangling`] finds them; the tests hold it to be empty).

use hegui_assess::rollup::Verdict;
use hegui_catalog::model::Lang;

/// A document.
#[derive(Clone, Debug, PartialEq)]
pub struct Paper {
    /// The language that it is in.
    pub lang: Lang,
    /// Its title, as in "Assessment opinion".
    pub title: String,
    /// What stands under the title, as in the organisation's name.
    pub subtitle: String,
    /// The cover: labels and values, in order.
    pub cover: Vec<(String, String)>,
    /// What stands at the head of every page.
    pub running: String,
    /// Who made it, for the properties of the file.
    pub author: String,
    /// The date that it bears, `2026-06-30`: the file's own dates too, so that the same input gives the
    /// same bytes.
    pub date: String,
    /// A word across every page, as in "draft".
    pub watermark: Option<String>,
    /// Whether it has a table of contents.
    pub contents: bool,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// A piece of a paper, one below the other.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A heading.
    Heading {
        /// 1 to 4.
        level: u8,
        /// Its text, without a number: a writer numbers headings.
        text: String,
        /// What links to it name.
        anchor: Option<String>,
        /// Whether it takes a number; an annex has its own in its text.
        numbered: bool,
    },
    /// A paragraph.
    Paragraph {
        /// How it is set.
        style: Style,
        /// What it says.
        spans: Vec<Span>,
        /// What links to it name.
        anchor: Option<String>,
    },
    /// A list.
    List {
        /// Whether its items are counted.
        ordered: bool,
        /// Its items.
        items: Vec<Vec<Span>>,
    },
    /// A table.
    Table(Table),
    /// A new page begins.
    NewPage,
    /// Room for signatures: a line each, with what stands before it (role, name) and a date.
    Signatures(Vec<String>),
}

/// How a paragraph is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// Running text.
    #[default]
    Body,
    /// What a reader must not miss.
    Grave,
    /// A remark, smaller.
    Note,
    /// What is not known and has to be filled in.
    Open,
}

/// A table. Every row has as many cells as there are columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its heading, repeated on every page.
    pub heading: String,
    /// Its share of the width, relative to the others.
    pub share: u16,
}

/// A row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// Its cells.
    pub cells: Vec<Cell>,
    /// What links to it name.
    pub anchor: Option<String>,
}

/// A cell: paragraphs one below the other.
pub type Cell = Vec<Vec<Span>>;

/// A run of text set alike.
#[derive(Clone, Debug, PartialEq)]
pub enum Span {
    /// Plain.
    Text(String),
    /// Stressed.
    Strong(String),
    /// A code, a path, a hash: set in a fixed width, may break anywhere.
    Code(String),
    /// A verdict: its word, and the colour that goes with it.
    Verdict(Verdict, String),
    /// Leads to an anchor of this paper.
    Link {
        /// What is shown.
        text: String,
        /// The anchor.
        to: String,
    },
    /// What is unknown, marked so that it is found.
    Unknown(String),
}

impl Span {
    /// What is shown, without how.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text)
            | Self::Strong(text)
            | Self::Code(text)
            | Self::Verdict(_, text)
            | Self::Link { text, .. }
            | Self::Unknown(text) => text,
        }
    }
}

impl Paper {
    /// The links that lead nowhere.
    #[must_use]
    pub fn dangling(&self) -> Vec<&str> {
        let anchors: std::collections::BTreeSet<&str> = self.blocks.iter().flat_map(Block::anchors).collect();
        let links = self.blocks.iter().flat_map(Block::spans).filter_map(|span| match span {
            Span::Link { to, .. } => Some(to.as_str()),
            _ => None,
        });
        links.filter(|to| !anchors.contains(to)).collect()
    }
}

impl Block {
    /// Its anchors, in order.
    #[must_use]
    pub fn anchors(&self) -> Vec<&str> {
        match self {
            Self::Heading { anchor, .. } | Self::Paragraph { anchor, .. } => {
                anchor.iter().map(String::as_str).collect()
            }
            Self::Table(table) => table.rows.iter().filter_map(|row| row.anchor.as_deref()).collect(),
            Self::List { .. } | Self::NewPage | Self::Signatures(_) => vec![],
        }
    }

    /// Its spans, in order.
    #[must_use]
    pub fn spans(&self) -> Vec<&Span> {
        match self {
            Self::Paragraph { spans, .. } => spans.iter().collect(),
            Self::List { items, .. } => items.iter().flatten().collect(),
            Self::Table(table) => table.rows.iter().flat_map(|row| &row.cells).flatten().flatten().collect(),
            Self::Heading { .. } | Self::NewPage | Self::Signatures(_) => vec![],
        }
    }
    /// Its spans, in order, to change.
    pub fn spans_mut(&mut self) -> Vec<&mut Span> {
        match self {
            Self::Paragraph { spans, .. } => spans.iter_mut().collect(),
            Self::List { items, .. } => items.iter_mut().flatten().collect(),
            Self::Table(table) => {
                table.rows.iter_mut().flat_map(|row| &mut row.cells).flatten().flatten().collect()
            }
            Self::Heading { .. } | Self::NewPage | Self::Signatures(_) => vec![],
        }
    }
}
