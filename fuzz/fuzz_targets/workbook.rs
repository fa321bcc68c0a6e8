//! Any bytes as a workbook, and any bytes as the cells of one: problems or a plan, never a panic, and
//! never a register that is wrong.
#![no_main]

use hegui_catalog::Catalog;
use hegui_catalog::model::Lang;
use hegui_register::Register;
use hegui_sheet::{Defaults, Limits, open, plan};
use libfuzzer_sys::fuzz_target;
use rust_xlsxwriter::Workbook;
use std::sync::LazyLock;

static CATALOG: LazyLock<Catalog> = LazyLock::new(small::catalog);

#[path = "../../crates/hegui-register/tests/register/small_catalog.rs"]
mod small;

const LIMITS: Limits = Limits {
    file_bytes: 1 << 20,
    unpacked_bytes: 8 << 20,
    text_bytes: 2 << 20,
    rows: 2_000,
    cells: 20_000,
    sheets: 50,
};

/// A list made of the bytes: cells end at a tab, rows at the end of a line.
fn list(bytes: &[u8]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, line) in bytes.split(|b| *b == b'\n').take(500).enumerate() {
        for (column, cell) in line.split(|b| *b == b'\t').take(50).enumerate() {
            let text = String::from_utf8_lossy(cell);
            match text.parse::<f64>() {
                Ok(number) if number.is_finite() => {
                    let _ = sheet.write_number(row as u32, column as u16, number);
                }
                _ => {
                    let _ = sheet.write_string(row as u32, column as u16, text);
                }
            }
        }
    }
    book.save_to_buffer().unwrap_or_default()
}

fn read(bytes: &[u8]) {
    let book = match open(bytes, &LIMITS) {
        Ok(book) => book,
        Err(problems) => return assert!(!problems.show(Lang::En).is_empty()),
    };
    let defaults = Defaults { file_name: "fuzz.xlsx".to_owned(), ..Defaults::default() };
    match plan(&book, vec![], None, &CATALOG, &defaults, Lang::Zh) {
        Ok(plan) => {
            let _ = plan.show(&CATALOG, Lang::En, 50);
            assert!(plan.files.is_empty() || Register::read_files(plan.files, &CATALOG).is_ok());
        }
        Err(problems) => assert!(!problems.show(Lang::Zh).is_empty()),
    }
}

fuzz_target!(|bytes: &[u8]| {
    if bytes.starts_with(b"PK") {
        return read(bytes);
    }
    read(&list(bytes));
});
