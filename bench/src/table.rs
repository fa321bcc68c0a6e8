//! Tables in Markdown, which read well on a terminal too.

use std::fmt;

/// Rows of cells under a head.
#[derive(Clone, Debug)]
pub struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns: the first stands to the left, the others to the right.
    #[must_use]
    pub fn new(head: &[&str]) -> Self {
        Self { head: head.iter().map(|cell| (*cell).to_owned()).collect(), rows: vec![] }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = || std::iter::once(&self.head).chain(&self.rows);
        let width =
            |column: usize| lines().filter_map(|row| row.get(column)).map(|c| c.chars().count()).max();
        let widths: Vec<usize> =
            (0..self.head.len()).map(|column| width(column).unwrap_or(0).max(3)).collect();
        for (place, row) in lines().enumerate() {
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let fill = " ".repeat(width - cell.chars().count());
                if column == 0 { write!(f, "| {cell}{fill} ")? } else { write!(f, "| {fill}{cell} ")? }
            }
            writeln!(f, "|")?;
            if place == 0 {
                for (column, width) in widths.iter().enumerate() {
                    let line = "-".repeat(width - 1);
                    if column == 0 { write!(f, "| {line}- ")? } else { write!(f, "| {line}: ")? }
                }
                writeln!(f, "|")?;
            }
        }
        Ok(())
    }
}

/// A number with its thousands apart: `12,345`.
#[must_use]
pub fn thousands(number: f64) -> String {
    let digits = format!("{:.0}", number.abs());
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if number < 0.0 { format!("-{out}") } else { out }
}

/// A number with about three digits.
#[must_use]
pub fn short(number: f64) -> String {
    match number.abs() {
        n if n < 10.0 => format!("{number:.2}"),
        n if n < 100.0 => format!("{number:.1}"),
        _ => thousands(number),
    }
}
