//! A workbook as the archive that it is, looked through before anything of it is trusted.

use crate::open::Limits;
use crate::problem::{Problem, both};
use crate::tags::{Tag, each_tag, position};
use hegui_catalog::model::Text;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// Most places of one sort that are kept of a sheet; the rest are counted.
const KEPT: usize = 1_000;
/// Most bytes of a part that says how the workbook is put together.
const SMALL_PART: u64 = 32 << 20;
/// Most parts.
const PARTS: usize = 10_000;

/// What a sheet has that its values do not show. Rows and columns are counted from 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Cells with a formula: the first of them.
    pub formulas: Vec<(u32, u32)>,
    /// How many there are.
    pub formula_count: usize,
    /// Hidden rows: the first of them.
    pub hidden_rows: Vec<u32>,
    /// Merged cells: first and last.
    pub merged: Vec<((u32, u32), (u32, u32))>,
    /// How many there are.
    pub merged_count: usize,
}

/// What is known of a workbook beforehand.
#[derive(Debug, Default)]
pub(crate) struct Package {
    /// Whether it has macros.
    pub macros: bool,
    /// Of its sheets, in their order.
    pub sheets: Vec<Seen>,
}

/// Looks through an archive.
///
/// # Errors
/// Where it is no workbook, or larger than it may be.
pub(crate) fn inspect(bytes: &[u8], limits: &Limits) -> Result<Package, Box<Problem>> {
    if bytes.len() as u64 > limits.file_bytes {
        return Err(too_large(limits.file_bytes));
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(Box::new(Problem::of_book(
            both(
                "这是旧格式（.xls）或者设了密码的工作簿",
                "this is a workbook of the old form (.xls), or one with a password",
            ),
            both("去掉密码，另存为 .xlsx", "take the password off and save it as .xlsx"),
        )));
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| no_workbook())?;
    if archive.len() > PARTS {
        return Err(too_large(limits.unpacked_bytes));
    }
    let mut names: Vec<String> = Vec::with_capacity(archive.len());
    let mut declared = 0u64;
    for at in 0..archive.len() {
        let part = archive.by_index_raw(at).map_err(|_| damaged())?;
        declared = declared.saturating_add(part.size());
        names.push(part.name().map_err(|_| damaged())?.into_owned());
    }
    if declared > limits.unpacked_bytes {
        return Err(too_large(limits.unpacked_bytes));
    }
    if !names.iter().any(|name| name == "xl/workbook.xml") {
        return Err(no_workbook());
    }
    let macros = names.iter().any(|name| name.ends_with("vbaProject.bin"));
    let mut left = limits.unpacked_bytes;
    let (mut order, mut targets): (Vec<String>, BTreeMap<String, String>) = Default::default();
    let mut seen: BTreeMap<String, Seen> = BTreeMap::new();
    for (at, name) in names.iter().enumerate() {
        let part = archive.by_index(at).map_err(|_| damaged())?;
        let size = match name.as_str() {
            "xl/workbook.xml" => each_tag(part, left.min(SMALL_PART), |tag| {
                if tag.name() == "sheet" {
                    order.push(tag.attribute("r:id").unwrap_or_default().to_owned());
                }
            }),
            "xl/_rels/workbook.xml.rels" => each_tag(part, left.min(SMALL_PART), |tag| {
                if let Some((id, target)) = tag.attribute("Id").zip(tag.attribute("Target")) {
                    targets.insert(id.to_owned(), path_of(target));
                }
            }),
            name if name.starts_with("xl/worksheets/") && name.ends_with(".xml") => {
                let mut sheet = Look::default();
                let size = each_tag(part, left, |tag| sheet.take(tag));
                seen.insert(name.to_owned(), sheet.seen);
                size
            }
            "xl/sharedStrings.xml" => count(part, left.min(limits.text_bytes)),
            "xl/styles.xml" => count(part, left.min(SMALL_PART)),
            _ => count(part, left),
        };
        left = left.checked_sub(size.ok_or_else(|| too_large(limits.unpacked_bytes))?).ok_or_else(damaged)?;
    }
    let sheets = order
        .iter()
        .map(|id| targets.get(id).and_then(|path| seen.remove(path)).unwrap_or_default())
        .collect();
    Ok(Package { macros, sheets })
}

fn path_of(target: &str) -> String {
    match target.strip_prefix('/') {
        Some(path) => path.to_owned(),
        None => format!("xl/{target}"),
    }
}

/// How many bytes a part really has; nothing where there are more than `limit`.
fn count(part: impl Read, limit: u64) -> Option<u64> {
    let size = std::io::copy(&mut part.take(limit + 1), &mut std::io::sink()).ok()?;
    (size <= limit).then_some(size)
}

/// A sheet's part as it is looked through.
#[derive(Default)]
struct Look {
    seen: Seen,
    cell: Option<(u32, u32)>,
}

impl Look {
    fn take(&mut self, tag: Tag<'_>) {
        match tag.name() {
            "c" => self.cell = tag.attribute("r").and_then(position),
            "f" => {
                self.seen.formula_count += 1;
                if self.seen.formulas.len() < KEPT {
                    self.seen.formulas.extend(self.cell);
                }
            }
            "row" if tag.attribute("hidden").is_some_and(|hidden| matches!(hidden, "1" | "true")) => {
                let row = tag.attribute("r").and_then(|r| r.parse::<u32>().ok());
                if self.seen.hidden_rows.len() < KEPT {
                    self.seen.hidden_rows.extend(row.and_then(|row| row.checked_sub(1)));
                }
            }
            "mergeCell" => {
                self.seen.merged_count += 1;
                let ends = tag.attribute("ref").and_then(|range| range.split_once(':'));
                let ends = ends.and_then(|(a, b)| Some((position(a)?, position(b)?)));
                if self.seen.merged.len() < KEPT {
                    self.seen.merged.extend(ends);
                }
            }
            _ => {}
        }
    }
}

fn save_as() -> Text {
    both("用表格软件另存为 .xlsx", "open it in a spreadsheet program and save it as .xlsx")
}

pub(crate) fn no_workbook() -> Box<Problem> {
    Box::new(Problem::of_book(both("这个文件不是 .xlsx 工作簿", "this file is no .xlsx workbook"), save_as()))
}

pub(crate) fn damaged() -> Box<Problem> {
    Box::new(Problem::of_book(both("这个工作簿已损坏", "this workbook is damaged"), save_as()))
}

fn too_large(limit: u64) -> Box<Problem> {
    let mib = limit >> 20;
    Box::new(Problem::of_book(
        both(
            format!("工作簿展开后太大（或其中一部分太大）；至多读 {mib} MiB"),
            format!(
                "the workbook is too large when unpacked, or a part of it is; at most {mib} MiB are read"
            ),
        ),
        both(
            "分成几个工作簿，删去图片和空白行的格式",
            "divide it into several workbooks; remove pictures, and formats of empty rows",
        ),
    ))
}
