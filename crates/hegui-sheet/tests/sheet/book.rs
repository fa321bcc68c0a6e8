//! A workbook in a test's hands: its cells read, changed, and written again as a spreadsheet would.

use calamine::{Data, Reader, SheetVisible, Xlsx};
use hegui_catalog::Catalog;
use hegui_catalog::model::Lang;
use hegui_register::{Register, generate};
use hegui_sheet::{Defaults, Limits, Mapping, Plan, Problems, export, open, plan};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use std::collections::BTreeMap;
use std::io::Cursor;

/// 2026-11-29.
pub const TODAY: i64 = 1_795_910_400;

/// What a test writes into a cell.
#[derive(Clone, Debug)]
pub enum Cell {
    Text(String),
    Number(f64),
    Flag(bool),
    Day(f64),
    Formula(String, String),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

#[derive(Clone, Debug, Default)]
pub struct Sheet {
    pub name: String,
    pub hidden: bool,
    pub cells: BTreeMap<(u32, u16), Cell>,
    pub merged: Vec<(u32, u16, u32, u16)>,
    pub hidden_rows: Vec<u32>,
}

/// A workbook as cells.
#[derive(Clone, Debug, Default)]
pub struct Book {
    pub sheets: Vec<Sheet>,
}

impl Book {
    pub fn read(bytes: &[u8]) -> Self {
        let mut xlsx: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
        let sheets = xlsx.sheets_metadata().to_vec();
        let sheets = sheets
            .iter()
            .map(|sheet| {
                let range = xlsx.worksheet_range(&sheet.name).unwrap();
                let (top, left) = range.start().unwrap_or((0, 0));
                let cells = range.used_cells().filter_map(|(row, column, data)| {
                    let cell = match data {
                        Data::String(text) => Cell::Text(text.clone()),
                        Data::Float(number) => Cell::Number(*number),
                        Data::Int(number) => Cell::Number(*number as f64),
                        Data::Bool(flag) => Cell::Flag(*flag),
                        Data::DateTime(moment) => Cell::Day(moment.as_f64()),
                        _ => return None,
                    };
                    Some(((row as u32 + top, (column as u32 + left) as u16), cell))
                });
                Sheet {
                    name: sheet.name.clone(),
                    hidden: sheet.visible != SheetVisible::Visible,
                    cells: cells.collect(),
                    ..Sheet::default()
                }
            })
            .collect();
        Self { sheets }
    }

    pub fn write(&self) -> Vec<u8> {
        let mut book = Workbook::new();
        let day = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
        let plain = Format::new();
        for sheet in &self.sheets {
            let at = book.add_worksheet();
            at.set_name(&sheet.name).unwrap();
            at.set_hidden(sheet.hidden);
            for (first_row, first, last_row, last) in &sheet.merged {
                at.merge_range(*first_row, *first, *last_row, *last, "", &plain).unwrap();
            }
            for ((row, column), cell) in &sheet.cells {
                match cell {
                    Cell::Text(text) => at.write_string(*row, *column, text).map(drop).unwrap(),
                    Cell::Number(number) => at.write_number(*row, *column, *number).map(drop).unwrap(),
                    Cell::Flag(flag) => at.write_boolean(*row, *column, *flag).map(drop).unwrap(),
                    Cell::Day(serial) => {
                        let moment = ExcelDateTime::from_serial_datetime(*serial).unwrap();
                        at.write_datetime_with_format(*row, *column, &moment, &day).map(drop).unwrap();
                    }
                    Cell::Formula(formula, result) => {
                        let formula = rust_xlsxwriter::Formula::new(formula).set_result(result);
                        at.write_formula(*row, *column, formula).map(drop).unwrap();
                    }
                }
            }
            for row in &sheet.hidden_rows {
                at.set_row_hidden(*row).unwrap();
            }
        }
        book.save_to_buffer().unwrap()
    }

    /// The sheet whose first cell begins so: `activity`.
    pub fn of(&mut self, kind: &str) -> &mut Sheet {
        let id = format!("{kind}.id");
        let is =
            |sheet: &&mut Sheet| matches!(sheet.cells.get(&(0, 0)), Some(Cell::Text(text)) if *text == id);
        self.sheets.iter_mut().find(is).unwrap()
    }
}

impl Sheet {
    /// The column of a fact.
    pub fn column(&self, path: &str) -> u16 {
        let is = |((row, _), cell): &(&(u32, u16), &Cell)| {
            *row == 0 && matches!(cell, Cell::Text(text) if text == path)
        };
        self.cells.iter().find(is).unwrap_or_else(|| panic!("no column `{path}`")).0.1
    }

    /// The row of a thing.
    pub fn row(&self, id: &str) -> u32 {
        let is = |((row, column), cell): &(&(u32, u16), &Cell)| {
            *row > 1 && *column == 0 && matches!(cell, Cell::Text(text) if text == id)
        };
        self.cells.iter().find(is).unwrap_or_else(|| panic!("no row `{id}`")).0.0
    }

    pub fn text(&self, id: &str, path: &str) -> Option<String> {
        match self.cells.get(&(self.row(id), self.column(path)))? {
            Cell::Text(text) => Some(text.clone()),
            other => Some(format!("{other:?}")),
        }
    }

    pub fn set(&mut self, id: &str, path: &str, cell: impl Into<Cell>) -> String {
        let at = (self.row(id), self.column(path));
        self.cells.insert(at, cell.into());
        let letter = char::from(b'A' + at.1 as u8);
        format!("{letter}{}", at.0 + 1)
    }

    pub fn clear(&mut self, id: &str, path: &str) {
        let at = (self.row(id), self.column(path));
        self.cells.remove(&at);
    }

    /// A new row at the end.
    pub fn add(&mut self, cells: &[(&str, &str)]) -> u32 {
        let row = self.cells.keys().map(|(row, _)| *row).max().unwrap_or(1).max(1) + 1;
        for (path, text) in cells {
            self.cells.insert((row, self.column(path)), Cell::from(*text));
        }
        row
    }
}

pub type Files = Vec<(String, String)>;

pub fn files(files: &[(&str, &str)]) -> Files {
    files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

pub fn generated(catalog: &Catalog, activities: usize, seed: u64) -> Files {
    let mut files = generate(catalog, activities, seed);
    files.sort();
    files
}

pub fn workbook(files: &Files, catalog: &Catalog, lang: Lang) -> Vec<u8> {
    let register = Register::read_files(files.clone(), catalog).unwrap();
    export(files, &register, catalog, TODAY, lang).unwrap()
}

pub fn defaults() -> Defaults {
    Defaults { today: TODAY, file_name: "inventory.xlsx".to_owned(), ..Defaults::default() }
}

pub fn import(bytes: &[u8], now: &Files, catalog: &Catalog) -> Result<Plan, Problems> {
    let book = open(bytes, &Limits::default())?;
    plan(&book, now.clone(), None, catalog, &defaults(), Lang::Zh)
}

pub fn import_list(
    bytes: &[u8],
    now: &Files,
    mapping: Option<&Mapping>,
    catalog: &Catalog,
) -> Result<Plan, Problems> {
    let book = open(bytes, &Limits::default())?;
    assert!(!book.is_register());
    plan(&book, now.clone(), mapping, catalog, &defaults(), Lang::Zh)
}

/// The files as they are after a plan.
pub fn after(now: &Files, plan: &Plan) -> Files {
    let mut all: BTreeMap<String, String> = now.iter().cloned().collect();
    all.extend(plan.files.iter().cloned());
    all.into_iter().collect()
}

/// A list of somebody's own: one sheet, rows of texts.
pub fn list(rows: &[&[&str]]) -> Book {
    let mut sheet = Sheet { name: "清单".to_owned(), ..Sheet::default() };
    for (row, cells) in rows.iter().enumerate() {
        for (column, text) in cells.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            sheet.cells.insert((row as u32, column as u16), Cell::from(*text));
        }
    }
    Book { sheets: vec![sheet] }
}
