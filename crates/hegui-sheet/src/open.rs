//! From a workbook's bytes to its cells, with everything stated that a reader should know of them.

use crate::embed::{self, Base};
use crate::package::{Seen, damaged, inspect};
use crate::problem::{Problem, Problems, both};
use crate::value::Raw;
use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx};
use std::io::Cursor;

/// How much of a workbook is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest file, in bytes.
    pub file_bytes: u64,
    /// Most bytes of all parts, unpacked.
    pub unpacked_bytes: u64,
    /// Most bytes of the table of texts, unpacked.
    pub text_bytes: u64,
    /// Most rows of a sheet.
    pub rows: usize,
    /// Most cells in all.
    pub cells: usize,
    /// Most sheets.
    pub sheets: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 128 << 20,
            unpacked_bytes: 768 << 20,
            text_bytes: 96 << 20,
            rows: 250_000,
            cells: 6_000_000,
            sheets: 500,
        }
    }
}

/// A row that has something in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Row {
    /// Its place, from 0.
    pub at: u32,
    /// Its cells, by column from 0, in their order.
    pub cells: Vec<(u32, Raw)>,
}

impl Row {
    /// What stands in a column.
    pub fn cell(&self, column: u32) -> Option<&Raw> {
        let at = self.cells.binary_search_by_key(&column, |(column, _)| *column).ok()?;
        self.cells.get(at).map(|(_, raw)| raw)
    }
}

/// A sheet's cells.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cells {
    pub name: String,
    pub hidden: bool,
    pub rows: Vec<Row>,
    pub seen: Seen,
}

/// A workbook that was read.
#[derive(Debug, Default)]
pub struct Book {
    /// The register that it was made from; none for a list of somebody's own.
    pub(crate) base: Option<Base>,
    pub(crate) sheets: Vec<Cells>,
    pub(crate) macros: bool,
}

impl Book {
    /// Whether it was written by `hegui register export`.
    #[must_use]
    pub fn is_register(&self) -> bool {
        self.base.is_some()
    }
}

/// Reads a workbook. Macros are never run, and formulas not computed: what they came to when the
/// workbook was saved is what is read.
///
/// # Errors
/// Where it is no workbook, damaged, or larger than the limits.
pub fn open(bytes: &[u8], limits: &Limits) -> Result<Book, Problems> {
    let mut package = inspect(bytes, limits).map_err(|problem| Problems::one(*problem))?;
    let mut xlsx: Xlsx<Cursor<&[u8]>> = Xlsx::new(Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
    let sheets = xlsx.sheets_metadata().to_vec();
    if sheets.len() > limits.sheets {
        let (n, most) = (sheets.len(), limits.sheets);
        return Err(Problems::one(Problem::of_book(
            both(
                format!("有 {n} 张表；至多读 {most} 张"),
                format!("there are {n} sheets; at most {most} are read"),
            ),
            both("删去不用的表", "remove sheets that are not needed"),
        )));
    }
    package.sheets.resize_with(sheets.len(), Seen::default);
    let mut book = Book { macros: package.macros, ..Book::default() };
    let mut left = limits.cells;
    for (sheet, seen) in sheets.iter().zip(package.sheets) {
        if sheet.typ != SheetType::WorkSheet || sheet.name == "_lists" {
            continue;
        }
        let hidden = sheet.visible != SheetVisible::Visible;
        let mut cells = Cells { name: sheet.name.clone(), hidden, rows: vec![], seen };
        read_cells(&mut xlsx, &mut cells, limits, &mut left)?;
        if sheet.name == embed::SHEET {
            book.base = Some(base_of(&cells)?);
        } else {
            book.sheets.push(cells);
        }
    }
    Ok(book)
}

fn read_cells(
    xlsx: &mut Xlsx<Cursor<&[u8]>>,
    cells: &mut Cells,
    limits: &Limits,
    left: &mut usize,
) -> Result<(), Problems> {
    let mut reader = xlsx.worksheet_cells_reader(&cells.name).map_err(|error| unreadable(&error))?;
    let mut sorted = true;
    while let Some(cell) = reader.next_cell().map_err(|error| unreadable(&error))? {
        let (row, column) = cell.get_position();
        let Some(raw) = raw_of(cell.get_value()) else { continue };
        if raw.is_blank() {
            continue;
        }
        *left =
            left.checked_sub(1).ok_or_else(|| too_many(&cells.name, "个单元格", "cells", limits.cells))?;
        match cells.rows.last_mut() {
            Some(last) if last.at == row => {
                sorted &= last.cells.last().is_none_or(|(before, _)| *before < column);
                last.cells.push((column, raw));
            }
            last => {
                sorted &= last.is_none_or(|last| last.at < row);
                if cells.rows.len() >= limits.rows {
                    return Err(too_many(&cells.name, "行", "rows", limits.rows));
                }
                cells.rows.push(Row { at: row, cells: vec![(column, raw)] });
            }
        }
    }
    if !sorted {
        sort(&mut cells.rows);
    }
    Ok(())
}

/// Puts rows and cells in order where the file has them otherwise; of two in one place the first counts.
fn sort(rows: &mut Vec<Row>) {
    rows.sort_by_key(|row| row.at);
    let mut whole: Vec<Row> = Vec::with_capacity(rows.len());
    for row in rows.drain(..) {
        match whole.last_mut() {
            Some(last) if last.at == row.at => last.cells.extend(row.cells),
            _ => whole.push(row),
        }
    }
    for row in &mut whole {
        row.cells.sort_by_key(|(column, _)| *column);
        row.cells.dedup_by_key(|(column, _)| *column);
    }
    *rows = whole;
}

fn raw_of(value: &DataRef<'_>) -> Option<Raw> {
    Some(match value {
        DataRef::Empty => return None,
        DataRef::Int(number) => Raw::Number(*number as f64),
        DataRef::Float(number) => Raw::Number(*number),
        DataRef::String(text) => Raw::Text(text.clone()),
        DataRef::SharedString(text) => Raw::Text((*text).to_owned()),
        DataRef::Bool(flag) => Raw::Flag(*flag),
        DataRef::DateTime(moment) => moment_of(moment),
        DataRef::DateTimeIso(text) => {
            let clean = text.trim_end_matches('Z').split('.').next().unwrap_or_default();
            match crate::value::day_of(clean) {
                Some((moment, _)) => Raw::Moment(moment),
                None => Raw::Text(text.clone()),
            }
        }
        DataRef::DurationIso(text) => Raw::Text(text.clone()),
        DataRef::Error(error) => Raw::Error(error.to_string()),
    })
}

/// A date of a spreadsheet; what is only a time of day or a length of time is a number.
fn moment_of(moment: &ExcelDateTime) -> Raw {
    let serial = moment.as_f64();
    if moment.is_duration() || !(1.0..2_958_466.0).contains(&serial) {
        return Raw::Number(serial);
    }
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let mut text = format!("{year:04}-{month:02}-{day:02}");
    // Half a millisecond off is how a spreadsheet keeps a time of day.
    let second = if milli >= 500 { second + 1 } else { second };
    if (hour, minute, second) != (0, 0, 0) && second < 60 {
        text.push_str(&format!("T{hour:02}:{minute:02}:{second:02}"));
    }
    Raw::Moment(text)
}

fn base_of(cells: &Cells) -> Result<Base, Problems> {
    let texts: Vec<String> =
        cells.rows.iter().filter_map(|row| row.cell(0)).map(|raw| raw.text().into_owned()).collect();
    Base::unpack(&texts).ok_or_else(|| {
        Problems::one(Problem::of_sheet(
            embed::SHEET,
            both(
                "隐藏的登记册原件已损坏，或由更新版本的 hegui 写成",
                "the register kept inside the workbook is damaged, or was written by a later hegui",
            ),
            both(
                "重新导出，把填写的内容移过去；或删除这张隐藏的表，作为普通清单导入",
                "export again and carry over what was filled in; or remove this hidden sheet and import the workbook as a plain list",
            ),
        ))
    })
}

fn too_many(sheet: &str, zh: &str, en: &str, limit: usize) -> Problems {
    Problems::one(Problem::of_sheet(
        sheet,
        both(format!("太长：至多读 {limit} {zh}"), format!("too long: at most {limit} {en} are read")),
        both("分成几个工作簿，逐个导入", "divide it into several workbooks and import one after the other"),
    ))
}

fn unreadable(error: &calamine::XlsxError) -> Problems {
    let mut problem = damaged();
    problem.found = crate::problem::quoted(&error.to_string());
    Problems::one(*problem)
}
