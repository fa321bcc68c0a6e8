//! Which of the register's sheets a sheet of the workbook is, and what it has that its values do not show.

use super::{Gather, Read};
use crate::export::{FIRST_ROW, HEAD_ROW, NAMES_ROW};
use crate::import::notes::Notes;
use crate::open::Cells;
use crate::problem::{Problem, Problems, both, quoted};
use crate::words::words;

impl<'a> Gather<'a> {
    /// The layout's sheet that a sheet of the book is, with its columns.
    pub(super) fn recognise(
        &self,
        at: usize,
        cells: &'a Cells,
        notes: &mut Notes,
        problems: &mut Problems,
    ) -> Option<Read<'a>> {
        let names = cells.rows.first().filter(|row| row.at == NAMES_ROW);
        let kind_of = |path: &str| {
            let kind = path.strip_suffix(".id")?;
            self.catalog.schema.kind_named(kind)
        };
        let kind = names.and_then(|row| row.cells.iter().find_map(|(_, raw)| kind_of(raw.text().trim())));
        let Some((sheet, row)) = kind.and_then(|kind| self.base.layout.of(kind)).zip(names) else {
            if self.base.layout.sheets.iter().any(|sheet| sheet.name == cells.name) {
                problems.push(Problem::of_sheet(
                    &cells.name,
                    both(
                        "隐藏的第一行（各列的名称）不见了",
                        "the hidden first row, with the columns' names, is gone",
                    ),
                    both(
                        "撤销对它的改动，或重新导出，把填写的内容移过去",
                        "undo what was done to it, or export again and carry over what was filled in",
                    ),
                ));
            } else if cells.name != words(self.base.layout.lang).guide && !cells.rows.is_empty() {
                notes.add(
                    "foreign sheet",
                    &cells.name,
                    None,
                    both(
                        "这张表不属于登记册，没有读取",
                        "this sheet is none of the register's and was not read",
                    ),
                );
            }
            return None;
        };
        let mut columns: Vec<Option<u32>> = vec![None; sheet.columns.len()];
        for (column, raw) in &row.cells {
            let path = raw.text();
            let path = path.trim();
            let Some(place) = sheet.columns.iter().position(|column| column.path == path) else {
                notes.add(
                    "unknown column",
                    &cells.name,
                    Some((NAMES_ROW, *column)),
                    both(
                        format!("词典里没有“{}”，这一列没有读取", quoted(path)),
                        format!("the dictionary has no `{}`; this column was not read", quoted(path)),
                    ),
                );
                continue;
            };
            match columns.get_mut(place) {
                Some(Some(_)) => problems.push(Problem::at(
                    &cells.name,
                    (NAMES_ROW, *column),
                    path,
                    both("这一列出现了两次", "this column stands here twice"),
                    both("删去其中一列", "remove one of the two"),
                )),
                Some(slot) => *slot = Some(*column),
                None => {}
            }
        }
        self.looks(cells, notes, problems);
        if let Some(heads) = cells.rows.iter().find(|row| row.at == HEAD_ROW) {
            for (column, raw) in heads.cells.iter().filter(|(column, _)| row.cell(*column).is_none()) {
                notes.add(
                    "own column",
                    &cells.name,
                    Some((HEAD_ROW, *column)),
                    both(
                        format!("自行添加的列“{}”没有读取", quoted(&raw.text())),
                        format!("the column `{}` is your own and was not read", quoted(&raw.text())),
                    ),
                );
            }
        }
        Some(Read { at, cells, sheet, columns })
    }

    /// What a sheet has that its values do not show.
    pub(super) fn looks(&self, cells: &Cells, notes: &mut Notes, problems: &mut Problems) {
        let name = &cells.name;
        for ((first, last), _) in cells.seen.merged.iter().zip(0..20) {
            if last.0 >= HEAD_ROW {
                problems.push(Problem::at(
                    name,
                    *first,
                    "",
                    both(
                        "合并了单元格：只有左上角那一格有内容，其余像是被清空",
                        "cells are merged: only the first has a value, the others look cleared",
                    ),
                    both("取消合并，每格分别填写", "unmerge them, and fill in each"),
                ));
            }
        }
        for (at, _) in cells.seen.formulas.iter().zip(0..20) {
            notes.add(
                "formula",
                name,
                Some(*at),
                both(
                    "这是公式：读取的是保存时的结果",
                    "this is a formula: what it came to when the file was saved is read",
                ),
            );
        }
        notes.count("formula", cells.seen.formula_count.saturating_sub(20));
        let hidden = cells.seen.hidden_rows.iter().filter(|row| **row >= FIRST_ROW).count();
        if hidden > 0 {
            notes.add(
                "hidden rows",
                name,
                None,
                both(
                    format!("有 {hidden} 行隐藏着，照样读取"),
                    format!("{hidden} rows are hidden; they are read like the others"),
                ),
            );
        }
        if cells.hidden {
            notes.add(
                "hidden sheet",
                name,
                None,
                both("这张表隐藏着，照样读取", "this sheet is hidden; it is read like the others"),
            );
        }
    }

    pub(super) fn missing_sheets(&self, reads: &[Read<'_>], notes: &mut Notes) {
        for (sheet, table) in self.base.layout.sheets.iter().zip(&self.base.tables) {
            if !table.ids.is_empty() && !reads.iter().any(|read| read.sheet.kind == sheet.kind) {
                notes.add(
                    "missing sheet",
                    &sheet.name,
                    None,
                    both(
                        "这张表不见了；其中的事物不会因此删除",
                        "this sheet is gone; its things are not removed by that",
                    ),
                );
            }
        }
    }
}
