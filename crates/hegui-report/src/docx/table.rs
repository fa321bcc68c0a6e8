//! Tables: the head repeated on every page, rows in one piece unless they are long, widths by share.

use super::body::{Extra, Writer};
use super::xml::width;
use crate::paper::{Cell, Row, Table};

/// Longer words, hashes above all, are broken and make no column wider.
const WORD: usize = 15;
/// The widest letter that a word is made room for by, in twentieths of a point: bold, in a wide face.
const WIDE: usize = 122;

/// A letter of a table is about so wide, in twentieths of a point.
const LETTER: usize = 92;
/// What a cell leaves free at both sides, in the same.
const INSET: usize = 200;
/// A row of so many lines is kept in one piece: a quarter of a page.
const WHOLE: usize = 14;

impl Writer<'_> {
    pub fn table(&mut self, table: &Table) {
        if !table.caption.is_empty() {
            self.paragraph("Caption", &Extra::default(), |w| w.run(None, &table.caption));
        } else if self.new_page {
            // A table cannot begin a page; what stands before it can.
            self.paragraph("AfterTable", &Extra::default(), |_| {});
        }
        let widest = table.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
        let count = table.columns.len().max(widest).max(1);
        let mut shares: Vec<usize> = table.columns.iter().map(|column| column.share.max(1).into()).collect();
        shares.resize(count, 1);
        let widths = roomy(split(self.setting.width, &shares), table);
        let head = table.columns.iter().any(|column| !column.heading.is_empty());
        self.grid("AssessmentTable", head, &widths, |w| {
            if head {
                w.row(true, true, &widths, |w, place| {
                    let heading = table.columns.get(place).map_or("", |column| &column.heading);
                    w.paragraph("TableHeading", &Extra::default(), |w| w.run(None, heading));
                });
            }
            for row in &table.rows {
                w.body_row(row, &widths);
            }
        });
    }

    fn body_row(&mut self, row: &Row, widths: &[usize]) {
        let whole = row.cells.iter().zip(widths).all(|(cell, width)| lines(cell, *width) <= WHOLE);
        let mut mark = self.marks.place(row.anchor.as_deref());
        self.row(false, whole, widths, |w, place| {
            let empty = vec![];
            let cell = row.cells.get(place).unwrap_or(&empty);
            for spans in cell {
                let extra = Extra { mark: mark.take(), ..Extra::default() };
                w.paragraph("TableText", &extra, |w| w.spans(spans));
            }
            // A cell without a paragraph is none.
            if cell.is_empty() {
                let extra = Extra { mark: mark.take(), ..Extra::default() };
                w.paragraph("TableText", &extra, |_| {});
            }
        });
    }

    /// A table of these columns; `head` is whether the first row is one.
    pub fn grid(&mut self, style: &'static str, head: bool, widths: &[usize], rows: impl FnOnce(&mut Self)) {
        let style = self.style(style);
        self.xml.raw("<w:tbl>");
        self.xml.within("w:tblPr", &[], |xml| {
            xml.value("w:tblStyle", style);
            let all: usize = widths.iter().sum();
            xml.empty("w:tblW", &[("w:w", &all.to_string()), ("w:type", "dxa")]);
            xml.empty("w:tblLayout", &[("w:type", "fixed")]);
            xml.empty(
                "w:tblLook",
                &[
                    ("w:val", if head { "0420" } else { "0400" }),
                    ("w:firstRow", if head { "1" } else { "0" }),
                    ("w:lastRow", "0"),
                    ("w:firstColumn", "0"),
                    ("w:lastColumn", "0"),
                    ("w:noHBand", "0"),
                    ("w:noVBand", "1"),
                ],
            );
        });
        self.xml.within("w:tblGrid", &[], |xml| {
            for width in widths {
                xml.empty("w:gridCol", &[("w:w", &width.to_string())]);
            }
        });
        rows(self);
        self.xml.raw("</w:tbl>");
    }

    /// A row; `cell` writes the paragraphs of the cell at a place.
    pub fn row(&mut self, head: bool, whole: bool, widths: &[usize], mut cell: impl FnMut(&mut Self, usize)) {
        self.xml.raw("<w:tr>");
        if head || whole {
            self.xml.within("w:trPr", &[], |xml| {
                if whole {
                    xml.empty("w:cantSplit", &[]);
                }
                if head {
                    xml.empty("w:tblHeader", &[]);
                }
            });
        }
        for (place, width) in widths.iter().enumerate() {
            self.xml.raw("<w:tc>");
            self.xml.within("w:tcPr", &[], |xml| {
                xml.empty("w:tcW", &[("w:w", &width.to_string()), ("w:type", "dxa")]);
            });
            cell(self, place);
            self.xml.raw("</w:tc>");
        }
        self.xml.raw("</w:tr>");
    }
}

/// A width split by shares; the last column takes what is left.
pub(super) fn split(width: usize, shares: &[usize]) -> Vec<usize> {
    let all = shares.iter().sum::<usize>().max(1);
    let mut widths: Vec<usize> = shares.iter().map(|share| (width * share / all).max(1)).collect();
    let used: usize = widths.iter().sum();
    if let Some(last) = widths.last_mut() {
        *last += width.saturating_sub(used);
    }
    widths
}

/// Widths in which no word of a table need be broken, as far as other columns can spare the room.
fn roomy(mut widths: Vec<usize>, table: &Table) -> Vec<usize> {
    let longest = |text: &str| {
        let words =
            text.split(|c: char| c.is_whitespace() || c >= '\u{2E80}').map(|word| word.chars().count());
        words.filter(|length| *length <= WORD).max().unwrap_or(0)
    };
    let mut needs = vec![0; widths.len()];
    for (place, need) in needs.iter_mut().enumerate() {
        let heading = table.columns.get(place).map_or(0, |column| longest(&column.heading));
        let cells = table.rows.iter().filter_map(|row| row.cells.get(place)).flatten().flatten();
        let letters = cells.map(|span| longest(span.text())).fold(heading, usize::max);
        *need = letters * WIDE + INSET;
    }
    let missing: Vec<usize> =
        needs.iter().zip(&widths).map(|(need, width)| need.saturating_sub(*width)).collect();
    let spare: Vec<usize> =
        needs.iter().zip(&widths).map(|(need, width)| width.saturating_sub(*need)).collect();
    let moved = missing.iter().sum::<usize>().min(spare.iter().sum());
    let moves = shared(moved, &missing).into_iter().zip(shared(moved, &spare));
    for (width, (taken, given)) in widths.iter_mut().zip(moves) {
        *width = *width + taken - given;
    }
    widths
}

/// An amount shared out in proportion: never more than each, and all of it. It is at most their sum.
fn shared(amount: usize, among: &[usize]) -> Vec<usize> {
    let (mut left, mut rest) = (amount, among.iter().sum::<usize>());
    let part = |most: &usize| {
        let part = (left * most).div_ceil(rest.max(1));
        (left, rest) = (left - part, rest - most);
        part
    };
    among.iter().map(part).collect()
}

/// About how many lines a cell takes.
fn lines(cell: &Cell, room: usize) -> usize {
    let letters = (room.saturating_sub(INSET) / LETTER).max(1);
    cell.iter().map(|spans| spans.iter().map(|span| width(span.text())).sum::<usize>() / letters + 1).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_shared_out() {
        assert_eq!(shared(10, &[0, 5, 0, 20]), [0, 2, 0, 8]);
        assert_eq!(shared(3, &[1, 1, 1]), [1, 1, 1]);
        assert_eq!(shared(0, &[0, 0]), [0, 0]);
        assert_eq!(split(100, &[1, 1, 1]), [33, 33, 34]);
    }
}
