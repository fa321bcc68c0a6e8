//! The cells of a list's rows, with what merged cells and formulas mean.

use super::{Cell, Columns, FILLED};
use crate::import::Notes;
use crate::list::mapping::SheetMapping;
use crate::open::{Cells, Row};
use crate::problem::{Problem, Problems, both, quoted};
use crate::value::{Raw, SEPARATORS};
use hegui_catalog::model::Text;
use std::collections::HashMap;

/// The cells of a row that mean something; what is merged stands in every row that it spans.
pub(super) fn row_cells<'r>(
    cells: &Cells,
    row: &Row,
    columns: &'r Columns,
    filled: &HashMap<(u32, u32), u32>,
) -> Vec<Cell<'r>> {
    columns
        .iter()
        .filter_map(|(column, target, heading)| {
            let above = || {
                let first = *filled.get(&(row.at, *column))?;
                let at = cells.rows.binary_search_by_key(&first, |row| row.at).ok()?;
                cells.rows.get(at)?.cell(*column)
            };
            let raw = row.cell(*column).or_else(above)?;
            Some(Cell { target: *target, heading, at: (row.at, *column), raw: raw.clone() })
        })
        .collect()
}

/// Cells that merged ones above fill: row and column, and the row that the value stands in.
pub(super) fn merged(
    cells: &Cells,
    head: u32,
    notes: &mut Notes,
    problems: &mut Problems,
) -> HashMap<(u32, u32), u32> {
    let mut filled = HashMap::new();
    let seen = &cells.seen;
    let many = seen.merged_count > seen.merged.len();
    for (first, last) in seen.merged.iter().filter(|(_, last)| last.0 > head) {
        if many || filled.len() as u64 + u64::from(last.0 - first.0) > FILLED as u64 {
            problems.push(Problem::of_sheet(
                &cells.name,
                both("合并的单元格太多", "too many cells are merged"),
                both("取消合并，每格分别填写", "unmerge them, and fill in each"),
            ));
            return HashMap::new();
        }
        if last.1 > first.1 {
            problems.push(Problem::at(
                &cells.name,
                *first,
                "",
                both(
                    "横向合并了单元格：不知道内容属于哪一列",
                    "cells are merged across columns: which one is meant?",
                ),
                both("取消合并，每格分别填写", "unmerge them, and fill in each"),
            ));
            continue;
        }
        for row in first.0 + 1..=last.0 {
            filled.insert((row, first.1), first.0);
        }
        notes.add(
            "merged",
            &cells.name,
            Some(*first),
            both(
                "纵向合并的单元格：内容算作其中每一行的",
                "cells are merged down: the value counts for every row of them",
            ),
        );
    }
    filled
}

/// What a list has that its values do not show.
pub(super) fn looks(cells: &Cells, notes: &mut Notes) {
    for (at, _) in cells.seen.formulas.iter().zip(0..20) {
        notes.add(
            "formula",
            &cells.name,
            Some(*at),
            both(
                "这是公式：读取的是保存时的结果",
                "this is a formula: what it came to when the file was saved is read",
            ),
        );
    }
    notes.count("formula", cells.seen.formula_count.saturating_sub(20));
    if !cells.seen.hidden_rows.is_empty() {
        let n = cells.seen.hidden_rows.len();
        notes.add(
            "hidden rows",
            &cells.name,
            None,
            both(
                format!("有 {n} 行隐藏着，照样读取"),
                format!("{n} rows are hidden; they are read like the others"),
            ),
        );
    }
}

/// A cell with the words of the mapping file put in the place of the list's own.
pub(super) fn translated(raw: &Raw, heading: &str, mapping: &SheetMapping) -> Raw {
    let text = raw.text();
    if let Some(means) = mapping.word(heading, &text) {
        return Raw::Text(means.to_owned());
    }
    if mapping.values.is_empty() || !text.contains(SEPARATORS) {
        return raw.clone();
    }
    let parts: Vec<&str> =
        text.split(SEPARATORS).map(|part| mapping.word(heading, part).unwrap_or(part)).collect();
    Raw::Text(parts.join("；"))
}

pub(super) fn with_mapping(remedy: Text, heading: &str) -> Text {
    let heading = quoted(heading);
    both(
        format!("{}；或在对应文件的 value.\"{heading}\" 里写明清单的词是什么意思", remedy.zh),
        format!(
            "{}; or say in the mapping file, under value.\"{heading}\", what the list's word means",
            remedy.en
        ),
    )
}
