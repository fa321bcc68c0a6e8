//! A paper as Markdown: to read it in a terminal, and for tests that compare it whole.
//!
//! What comes from the register is not trusted: what would be markup is escaped, and a cell stays in
//! its cell. Anchors become `<a id>` and links lead to them.

use crate::paper::{Block, Cell, Paper, Span, Style, Table};
use crate::words::sign;
use std::fmt::Write as _;

/// A paper as Markdown.
#[must_use]
pub fn markdown(paper: &Paper) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "# {}\n", escaped(&paper.title));
    if let Some(word) = &paper.watermark {
        let _ = writeln!(out, "**【{}】**\n", escaped(word));
    }
    let _ = writeln!(out, "{}\n", escaped(&paper.subtitle));
    for (label, value) in &paper.cover {
        let _ = writeln!(out, "- {}: {}", escaped(label), escaped(value));
    }
    if !paper.cover.is_empty() {
        out.push('\n');
    }
    let mut numbers = [0_usize; 4];
    for block in &paper.blocks {
        push(block, &mut numbers, &mut out);
    }
    out
}

fn push(block: &Block, numbers: &mut [usize; 4], out: &mut String) {
    match block {
        Block::Heading { level, text, anchor, numbered } => {
            let level = usize::from((*level).clamp(1, 4));
            let number = if *numbered { next(numbers, level) } else { String::new() };
            mark(anchor.as_deref(), out);
            let _ = writeln!(out, "{} {number}{}\n", "#".repeat(level + 1), escaped(text));
        }
        Block::Paragraph { style, spans: content, anchor } => {
            mark(anchor.as_deref(), out);
            let before = match style {
                Style::Body => "",
                Style::Grave => "**!** ",
                Style::Note => "> ",
                Style::Open => "**?** ",
            };
            let _ = writeln!(out, "{before}{}\n", spans(content));
        }
        Block::List { ordered, items } => {
            for (n, item) in items.iter().enumerate() {
                let sign = if *ordered { format!("{}.", n + 1) } else { "-".to_owned() };
                let _ = writeln!(out, "{sign} {}", spans(item));
            }
            out.push('\n');
        }
        Block::Table(of) => table(of, out),
        Block::NewPage => out.push_str("---\n\n"),
        Block::Signatures(lines) => {
            for line in lines {
                let _ = writeln!(out, "- {} ____________ ____-__-__", escaped(line));
            }
            out.push('\n');
        }
    }
}

/// The number of the next heading of a level.
fn next(numbers: &mut [usize; 4], level: usize) -> String {
    count(numbers, level);
    let shown: Vec<String> = numbers.iter().take(level).map(ToString::to_string).collect();
    format!("{} ", shown.join("."))
}

/// Counts a heading of a level.
pub(crate) fn count(numbers: &mut [usize; 4], level: usize) {
    for (n, number) in numbers.iter_mut().enumerate() {
        match (n + 1).cmp(&level) {
            std::cmp::Ordering::Less => *number = (*number).max(1),
            std::cmp::Ordering::Equal => *number += 1,
            std::cmp::Ordering::Greater => *number = 0,
        }
    }
}

fn mark(anchor: Option<&str>, out: &mut String) {
    if let Some(anchor) = anchor {
        let _ = writeln!(out, "<a id=\"{}\"></a>", escaped(anchor));
    }
}

fn table(table: &Table, out: &mut String) {
    if !table.caption.is_empty() {
        let _ = writeln!(out, "{}\n", escaped(&table.caption));
    }
    let headings: Vec<String> = table.columns.iter().map(|c| escaped(&c.heading)).collect();
    let _ = writeln!(out, "| {} |", headings.join(" | "));
    let _ = writeln!(out, "|{}", " --- |".repeat(headings.len()));
    for row in &table.rows {
        let anchor =
            row.anchor.as_deref().map(|a| format!("<a id=\"{}\"></a>", escaped(a))).unwrap_or_default();
        let cells: Vec<String> = row.cells.iter().map(cell).collect();
        let _ = writeln!(out, "| {anchor}{} |", cells.join(" | "));
    }
    out.push('\n');
}

fn cell(cell: &Cell) -> String {
    cell.iter().map(|paragraph| spans(paragraph)).collect::<Vec<_>>().join("<br>")
}

fn spans(spans: &[Span]) -> String {
    let one = |span: &Span| {
        let text = escaped(span.text());
        match span {
            _ if text.is_empty() => text,
            Span::Text(_) => text,
            Span::Strong(_) => format!("**{text}**"),
            Span::Code(code) => format!("`{}`", line(code).replace('`', "'").replace('|', "\\|")),
            Span::Verdict(verdict, _) => format!("{} {text}", sign(*verdict)),
            Span::Link { to, .. } => format!("[{text}](#{})", escaped(to).replace([' ', '(', ')'], "-")),
            Span::Unknown(_) => format!("*?{text}*"),
        }
    };
    spans.iter().map(one).collect()
}

/// One line, without what steers a terminal.
fn line(text: &str) -> String {
    let steers = |c: char| c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if steers(c) { ' ' } else { c }).collect()
}

/// Text in which nothing is markup.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in line(text).chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#') {
            out.push('\\');
        }
        match c {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            c => out.push(c),
        }
    }
    out
}
