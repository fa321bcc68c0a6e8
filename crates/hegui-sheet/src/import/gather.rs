//! What a person changed in a workbook: each sheet's cells against the register that it was made from.

mod recognise;
mod source;

use super::ground::{Ground, Known};
use super::notes::Notes;
use super::{Defaults, Wanted, Wish};
use crate::export::{FIRST_ROW, holds};
use crate::layout::{Sheet, What, is_name};
use crate::open::{Book, Cells, Row};
use crate::problem::{Problem, Problems, both, quoted};
use crate::value::{Raw, Values, Wrong};
use crate::words::narrow;
use hegui_catalog::model::Catalog;
use std::collections::HashMap;
use std::sync::Arc;

/// Longest id, in characters.
const ID_LIMIT: usize = 100;
/// Longest text that a cell holds whole, in characters.
const CELL_LIMIT: usize = 32_000;

/// Gathers wishes.
pub(super) struct Gather<'a> {
    book: &'a Book,
    base: &'a Ground,
    known: Known<'a>,
    values: Values<'a>,
    catalog: &'a Catalog,
    defaults: &'a Defaults,
    pub wanted: Vec<Wanted>,
}

/// A sheet of the book with the columns that it has.
struct Read<'a> {
    at: usize,
    cells: &'a Cells,
    sheet: &'a Sheet,
    /// By the layout's columns: the book's column.
    columns: Vec<Option<u32>>,
}

impl Read<'_> {
    fn column(&self, what: What) -> Option<u32> {
        let at = self.sheet.columns.iter().position(|column| column.what == what)?;
        self.columns.get(at).copied().flatten()
    }
}

impl<'a> Gather<'a> {
    pub fn new(
        book: &'a Book,
        base: &'a Ground,
        now: &Ground,
        catalog: &'a Catalog,
        defaults: &'a Defaults,
    ) -> Self {
        let mut known = Known::new(catalog);
        known.take(base);
        if !std::ptr::eq(base, now) {
            known.take(now);
        }
        let values = Values::new(catalog, base.layout.lang);
        Self { book, base, known, values, catalog, defaults, wanted: vec![] }
    }

    pub fn run(&mut self, notes: &mut Notes, problems: &mut Problems) {
        let mut reads = Vec::new();
        for (at, cells) in self.book.sheets.iter().enumerate() {
            if let Some(read) = self.recognise(at, cells, notes, problems) {
                reads.push(read);
            }
        }
        self.missing_sheets(&reads, notes);
        // Ids first: any sheet may refer to what is new in any other.
        let ids: Vec<HashMap<u32, Arc<str>>> = reads.iter().map(|read| self.ids(read, problems)).collect();
        for (read, ids) in reads.iter().zip(&ids) {
            self.sheet(read, ids, notes, problems);
        }
    }

    /// The ids of a sheet's things, by row.
    fn ids(&mut self, read: &Read<'_>, problems: &mut Problems) -> HashMap<u32, Arc<str>> {
        let mut found: HashMap<u32, Arc<str>> = HashMap::new();
        let mut first: HashMap<Arc<str>, u32> = HashMap::new();
        let Some(column) = read.column(What::Id) else { return found };
        let document = read.column(What::Document);
        let declares = read.sheet.columns.iter().any(|column| column.what == What::Document);
        for row in read.cells.rows.iter().filter(|row| row.at >= FIRST_ROW) {
            let name = &read.cells.name;
            let Some(raw) = row.cell(column) else {
                if self.has_content(read, row) {
                    problems.push(Problem::at(
                        name,
                        (row.at, column),
                        "",
                        both("这一行没有编号", "this row has no id"),
                        both(
                            "给它一个编号：小写字母、数字、- 和 _，如 order-delivery",
                            "give it an id of lower-case letters, digits, - and _, as in order-delivery",
                        ),
                    ));
                }
                continue;
            };
            let mut id = plain_id(raw);
            if !well_formed(&id) {
                problems.push(Problem::at(
                    name,
                    (row.at, column),
                    &raw.text(),
                    both("这不是编号", "this is no id"),
                    both(
                        "小写字母、数字、- 和 _，如 order-delivery",
                        "lower-case letters, digits, - and _, as in order-delivery",
                    ),
                ));
                continue;
            }
            if declares {
                let Some(raw) = document.and_then(|column| row.cell(column)) else {
                    problems.push(Problem::at(
                        name,
                        (row.at, document.unwrap_or(column)),
                        "",
                        both("没有填是哪份文件写明的", "the document that says so is missing"),
                        both("填文件的编号", "write the document's id"),
                    ));
                    continue;
                };
                id = format!("{id}/{}", plain_id(raw));
            }
            let id: Arc<str> = id.into();
            if let Some(before) = first.insert(Arc::clone(&id), row.at) {
                problems.push(Problem::at(
                    name,
                    (row.at, column),
                    &raw.text(),
                    both(
                        format!("编号重复：第 {} 行已经用了它", before + 1),
                        format!("this id is taken: row {} has it", before + 1),
                    ),
                    both("换一个编号；同一事物只占一行", "choose another; a thing has one row"),
                ));
                continue;
            }
            if !self.known.has(read.sheet.kind, &id) {
                self.known.id(read.sheet.kind, &id);
                if let Some(name) = self.name_in(read, row) {
                    self.known.name(read.sheet.kind, &name, &id);
                }
            }
            found.insert(row.at, id);
        }
        found
    }

    fn name_in(&self, read: &Read<'_>, row: &Row) -> Option<String> {
        let definition = self.catalog.schema.kind(read.sheet.kind);
        let (at, _) = read.sheet.columns.iter().enumerate().find(
            |(_, column)| matches!(column.what, What::Field(field) if is_name(definition.field(field))),
        )?;
        let raw = row.cell(read.columns.get(at).copied().flatten()?)?;
        Some(raw.text().trim().to_owned())
    }

    /// Whether a row holds anything in a column that is read, other than where things come from.
    fn has_content(&self, read: &Read<'_>, row: &Row) -> bool {
        read.sheet.columns.iter().zip(&read.columns).any(|(column, at)| {
            !matches!(column.what, What::From(_)) && at.is_some_and(|at| row.cell(at).is_some())
        })
    }

    fn sheet(
        &mut self,
        read: &Read<'_>,
        ids: &HashMap<u32, Arc<str>>,
        notes: &mut Notes,
        problems: &mut Problems,
    ) {
        let Some((_, table)) = self.base.of(read.sheet.kind) else { return };
        let mut seen = vec![false; table.ids.len()];
        for row in read.cells.rows.iter().filter(|row| row.at >= FIRST_ROW) {
            let Some(id) = ids.get(&row.at) else { continue };
            let thing = table.row(id);
            if let Some(mark) = thing.and_then(|thing| seen.get_mut(thing as usize)) {
                *mark = true;
            }
            let wishes = self.wishes(read, row, thing, notes, problems);
            let given = self.given(read, row, problems);
            let new = thing.is_none();
            if wishes.is_empty() && !new {
                if given.is_some() {
                    notes.add("idle source", &read.cells.name, Some((row.at, 0)), both(
                        "这一行填了来源，但没有改动任何内容；来源只作用于新填的格子",
                        "this row says where something comes from, but nothing in it changed; it speaks of newly written cells alone"));
                }
                continue;
            }
            self.judged(read, row, &wishes, given.as_ref(), problems);
            self.wanted.push(Wanted {
                sheet: read.at,
                row: row.at,
                kind: read.sheet.kind,
                id: Arc::clone(id),
                compared: true,
                given,
                wishes,
            });
        }
        for (id, _) in table.ids.iter().zip(&seen).filter(|(_, seen)| !**seen) {
            notes.add("missing row", &read.cells.name, None, both(
                format!("“{id}”那一行不见了；导入从不删除事物。已终止的请填终止日期，或在登记册文件里处理"),
                format!("the row of `{id}` is gone; an import removes no thing. Where it has ended write when, or deal with it in the register's files")));
        }
    }

    /// What a row wants otherwise than the base has it.
    fn wishes(
        &self,
        read: &Read<'_>,
        row: &Row,
        thing: Option<u32>,
        notes: &mut Notes,
        problems: &mut Problems,
    ) -> Vec<Wish> {
        let kind = read.sheet.kind;
        let base = thing.and_then(|thing| Some((self.base.of(kind)?.1, thing)));
        let mut wishes = Vec::new();
        let mut stated = base.map(|(table, thing)| table.cells(thing)).unwrap_or_default().iter().peekable();
        for (at, (column, place)) in read.sheet.columns.iter().zip(&read.columns).enumerate() {
            let column_at = at as u16;
            while stated.next_if(|(of, _)| *of < column_at).is_some() {}
            let old = stated.next_if(|(of, _)| *of == column_at).and_then(|(_, cell)| cell.value.as_deref());
            let Some((place, holds)) = place.zip(holds(self.catalog, kind, column.what)) else { continue };
            let raw = row.cell(place);
            let Some(raw) = raw else {
                if let Some(old) = old.filter(|old| !old.is_empty()) {
                    wishes.push(Wish {
                        column: column_at,
                        at: place,
                        row: row.at,
                        value: None,
                        old: Some(old.to_owned()),
                    });
                }
                continue;
            };
            if let Some(old) = old
                && self.same(holds, old, raw)
            {
                continue;
            }
            if problems.is_full() {
                problems.push(Problem::default());
                continue;
            }
            match self.values.read(holds, raw, &self.known) {
                Ok(read_value) => {
                    if old == Some(read_value.value.as_str()) {
                        continue;
                    }
                    if read_value.read_as {
                        let (found, value) = (quoted(&raw.text()), &read_value.value);
                        notes.add(
                            "read as",
                            &read.cells.name,
                            Some((row.at, place)),
                            both(format!("“{found}”读作 {value}"), format!("`{found}` is read as {value}")),
                        );
                    }
                    wishes.push(Wish {
                        column: column_at,
                        at: place,
                        row: row.at,
                        value: Some(read_value.value),
                        old: old.map(str::to_owned),
                    });
                }
                Err(wrong) => problems.push(problem(&read.cells.name, (row.at, place), raw, *wrong)),
            }
        }
        wishes
    }

    /// Whether a cell stands as it was written.
    fn same(&self, holds: crate::value::Holds<'_>, old: &str, raw: &Raw) -> bool {
        let shown = self.values.show(holds, old);
        match raw {
            Raw::Text(text) if *text == *shown => true,
            // Longer than a cell: it was never shown whole, and cannot be told to have changed.
            _ if shown.len() > CELL_LIMIT && shown.encode_utf16().count() > CELL_LIMIT => true,
            Raw::Text(text) => clean(text) == clean(&shown),
            raw => raw.text() == shown,
        }
    }
}

/// A text as it survives a spreadsheet.
fn clean(text: &str) -> String {
    text.replace("\r\n", "\n").trim().chars().filter(|c| !c.is_control() || *c == '\n').collect()
}

fn plain_id(raw: &Raw) -> String {
    raw.text().trim().chars().map(narrow).collect()
}

/// Whether a register would take an id.
pub(crate) fn well_formed(id: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    !id.is_empty() && id.len() <= ID_LIMIT && id.chars().all(fits)
}

fn problem(sheet: &str, at: (u32, u32), raw: &Raw, wrong: Wrong) -> Problem {
    Problem::at(sheet, at, &raw.text(), wrong.message, wrong.remedy)
}
