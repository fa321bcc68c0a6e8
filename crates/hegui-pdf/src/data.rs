//! The paper as the template reads it: one JSON value, in which nothing is left to go wrong.
//!
//! The template reads data and never source, so that no text of a register can become markup. Before it
//! gets there, every text is made printable ([`crate::text`]); anchors become numbers of our own, a link
//! that leads nowhere becomes its text; headings do not skip a level (PDF/UA forbids it); every row has
//! as many cells as there are columns, and says whether it is short enough to stay in one piece.
//! `paper.typ` opens with the form of the value.

use crate::text::Printer;
use crate::volumes::Volume;
use hegui_catalog::model::Lang;
use hegui_report::paper::{Block, Cell, Paper, Row, Span, Style, Table};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Longer words of running text may be broken; about two thirds of a line.
const LONGEST: usize = 60;
/// The width of a line, in widths of a Latin letter at the size of a table.
const LINE: usize = 100;
/// What a cell leaves free at both sides, in the same.
const INSET: usize = 3;
/// A row of so many lines is kept in one piece: a quarter of a page.
const WHOLE: usize = 14;

/// The value for a paper whose date is `date`.
pub fn value(Volume { paper, counted }: &Volume, date: [i16; 3], printer: &mut Printer<'_>) -> Value {
    let anchors = anchors(paper);
    let mut writer = Writer { printer, anchors, used: vec![], level: 1 };
    let cover: Vec<Value> =
        paper.cover.iter().map(|(label, value)| json!([writer.text(label), writer.text(value)])).collect();
    json!({
        "lang": match paper.lang { Lang::Zh => "zh", Lang::En => "en" },
        "title": writer.text(&paper.title),
        "subtitle": writer.text(&paper.subtitle),
        "cover": cover,
        "running": writer.text(&paper.running),
        "author": writer.text(&paper.author),
        "date": date,
        "watermark": paper.watermark.as_ref().map(|word| writer.text(word)),
        "contents": paper.contents,
        "counted": counted,
        "blocks": paper.blocks.iter().map(|block| writer.block(block)).collect::<Vec<_>>(),
    })
}

/// The anchors of a paper, numbered; the first of two that are alike.
fn anchors(paper: &Paper) -> BTreeMap<&str, usize> {
    let mut numbers = BTreeMap::new();
    for anchor in paper.blocks.iter().flat_map(Block::anchors) {
        let next = numbers.len();
        numbers.entry(anchor).or_insert(next);
    }
    numbers
}

struct Writer<'a, 'f> {
    printer: &'a mut Printer<'f>,
    anchors: BTreeMap<&'a str, usize>,
    /// Which anchors are set already.
    used: Vec<bool>,
    /// The level of the last heading; the title is one of level 1.
    level: u8,
}

impl Writer<'_, '_> {
    fn text(&mut self, text: &str) -> String {
        self.printer.text(text, LONGEST)
    }

    fn block(&mut self, block: &Block) -> Value {
        match block {
            Block::Heading { level, text, anchor, numbered } => {
                self.level = (*level).clamp(1, 4).min(self.level + 1);
                json!({
                    "kind": "heading", "level": self.level, "text": self.text(text),
                    "anchor": self.set(anchor.as_deref()), "numbered": numbered,
                })
            }
            Block::Paragraph { style, spans, anchor } => json!({
                "kind": "paragraph", "style": style_name(*style),
                "spans": self.spans(spans, LONGEST), "anchor": self.set(anchor.as_deref()),
            }),
            Block::List { ordered, items } => json!({
                "kind": "list", "ordered": ordered,
                "items": items.iter().map(|spans| self.spans(spans, LONGEST)).collect::<Vec<_>>(),
            }),
            Block::Table(table) => self.table(table),
            Block::NewPage => json!({ "kind": "new_page" }),
            Block::Signatures(lines) => json!({
                "kind": "signatures", "lines": lines.iter().map(|line| self.text(line)).collect::<Vec<_>>(),
            }),
        }
    }

    fn table(&mut self, table: &Table) -> Value {
        let widest = table.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
        let count = table.columns.len().max(widest).max(1);
        let mut shares: Vec<usize> = table.columns.iter().map(|column| column.share.max(1).into()).collect();
        shares.resize(count, 1);
        let all: usize = shares.iter().sum();
        let widths: Vec<usize> =
            shares.iter().map(|share| (LINE * share / all).saturating_sub(INSET).max(2)).collect();
        let columns: Vec<Value> = widths
            .iter()
            .zip(&shares)
            .enumerate()
            .map(|(place, (width, share))| {
                let heading = table.columns.get(place).map_or("", |column| &column.heading);
                json!({ "heading": self.printer.text(heading, *width), "share": share })
            })
            .collect();
        json!({
            "kind": "table", "caption": self.text(&table.caption), "columns": columns,
            "rows": table.rows.iter().map(|row| self.row(row, &widths)).collect::<Vec<_>>(),
        })
    }

    fn row(&mut self, row: &Row, widths: &[usize]) -> Value {
        let empty = Cell::new();
        let cells =
            widths.iter().enumerate().map(|(place, width)| (row.cells.get(place).unwrap_or(&empty), width));
        let lines = cells.clone().map(|(cell, width)| lines(cell, *width)).max().unwrap_or(0);
        let cells: Vec<Value> = cells
            .map(|(cell, width)| Value::Array(cell.iter().map(|spans| self.spans(spans, *width)).collect()))
            .collect();
        json!({ "anchor": self.set(row.anchor.as_deref()), "whole": lines <= WHOLE, "cells": cells })
    }

    fn spans(&mut self, spans: &[Span], longest: usize) -> Value {
        Value::Array(spans.iter().map(|span| self.span(span, longest)).collect())
    }

    fn span(&mut self, span: &Span, longest: usize) -> Value {
        let text = match span {
            Span::Code(code) => self.printer.code(code),
            _ => self.printer.text(span.text(), longest),
        };
        match span {
            Span::Text(_) => json!({ "kind": "text", "text": text }),
            Span::Strong(_) => json!({ "kind": "strong", "text": text }),
            Span::Code(_) => json!({ "kind": "code", "text": text }),
            Span::Verdict(verdict, _) => json!({ "kind": "verdict", "verdict": verdict, "text": text }),
            Span::Link { to, .. } => match self.anchors.get(to.as_str()) {
                Some(number) => json!({ "kind": "link", "to": label(*number), "text": text }),
                None => json!({ "kind": "text", "text": text }),
            },
            Span::Unknown(_) => json!({ "kind": "unknown", "text": text }),
        }
    }

    /// The label to set here, unless it has been set.
    fn set(&mut self, anchor: Option<&str>) -> Option<String> {
        let number = *self.anchors.get(anchor?)?;
        if self.used.len() <= number {
            self.used.resize(number + 1, false);
        }
        let used = self.used.get_mut(number)?;
        (!std::mem::replace(used, true)).then(|| label(number))
    }
}

fn label(number: usize) -> String {
    format!("a{number}")
}

fn style_name(style: Style) -> &'static str {
    match style {
        Style::Body => "body",
        Style::Grave => "grave",
        Style::Note => "note",
        Style::Open => "open",
    }
}

/// About how many lines a cell takes.
fn lines(cell: &Cell, width: usize) -> usize {
    let wide = |character: char| if character >= '\u{2E80}' { 2 } else { 1 };
    let length =
        |spans: &Vec<Span>| spans.iter().flat_map(|span| span.text().chars()).map(wide).sum::<usize>();
    cell.iter().map(|spans| length(spans) / width + 1).sum()
}
