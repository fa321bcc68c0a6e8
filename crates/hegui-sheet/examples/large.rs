//! Writes workbooks of a given number of rows, to measure imports with:
//! `cargo run --release -p hegui-sheet --example large -- 50000 /tmp/large`.
//!
//! `list.xlsx` is a plain list of so many rows; `register.xlsx` is an exported register of so many things
//! with a cell in a hundred changed, and `register/` what it was exported from.

use calamine::{Data, Reader, Xlsx};
use hegui_catalog::model::Lang;
use hegui_register::{Register, generate};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use std::error::Error;
use std::io::Cursor;
use std::path::Path;

/// 2026-11-29, in seconds.
const DAY: i64 = 1_795_910_400;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let rows: usize = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(50_000);
    let folder = arguments.next().unwrap_or_else(|| "/tmp/hegui-large".to_owned());
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder.join("register/activities"))?;
    std::fs::write(folder.join("list.xlsx"), list(rows)?)?;

    let catalog = hegui_law::catalog()?;
    // About three things come of each activity.
    let files = generate(&catalog, rows / 3, 7);
    for (name, text) in &files {
        std::fs::write(folder.join("register").join(name), text)?;
    }
    let register = Register::read_files(files.clone(), &catalog)?;
    let bytes = hegui_sheet::export(&files, &register, &catalog, DAY, Lang::Zh)?;
    std::fs::write(folder.join("register.xlsx"), edited(&bytes)?)?;
    Ok(())
}

/// A list of a hundred activities' data.
fn list(rows: usize) -> Result<Vec<u8>, Box<dyn Error>> {
    const TYPES: [&str; 8] =
        ["姓名", "电话号码", "住址", "电子邮箱", "身份证件号码", "人脸", "设备标识", "精准定位"];
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(
        0,
        0,
        ["业务活动", "处理目的", "个人信息类型", "字段名", "是否敏感", "接收方", "保存期限（天）"],
    )?;
    for row in 0..rows {
        let (activity, at) = (row / 20, row as u32 + 1);
        sheet.write_string(at, 0, format!("业务活动 {activity}"))?;
        sheet.write_string(at, 1, format!("目的 {activity}"))?;
        sheet.write_string(at, 2, *TYPES.get(row % 8).unwrap_or(&"姓名"))?;
        sheet.write_string(at, 3, format!("字段 {row}"))?;
        sheet.write_string(at, 4, if row % 3 == 0 { "是" } else { "否" })?;
        sheet.write_string(at, 5, format!("接收方 {}", activity % 50))?;
        sheet.write_number(at, 6, f64::from((activity % 10) as u32 * 30 + 30))?;
    }
    Ok(book.save_to_buffer()?)
}

/// The workbook as a spreadsheet would write it again, with some of its numbers changed.
fn edited(bytes: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut xlsx: Xlsx<_> = Xlsx::new(Cursor::new(bytes))?;
    let mut book = Workbook::new();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    for name in xlsx.sheet_names() {
        let range = xlsx.worksheet_range(&name)?;
        let sheet = book.add_worksheet();
        sheet.set_name(&name)?;
        let (top, left) = range.start().unwrap_or((0, 0));
        for (row, column, data) in range.used_cells() {
            let (row, column) = (row as u32 + top, (column as u32 + left) as u16);
            match data {
                Data::String(text) => {
                    sheet.write_string(row, column, text)?;
                }
                Data::Float(number) if row > 1 && row % 100 == 0 => {
                    sheet.write_number(row, column, (number + 1.0).min(3.0))?;
                }
                Data::Float(number) => {
                    sheet.write_number(row, column, *number)?;
                }
                Data::DateTime(moment) => {
                    let moment = ExcelDateTime::from_serial_datetime(moment.as_f64())?;
                    sheet.write_datetime_with_format(row, column, &moment, &day)?;
                }
                _ => {}
            }
        }
    }
    Ok(book.save_to_buffer()?)
}
