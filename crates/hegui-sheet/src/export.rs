//! A register written as a workbook for people to fill in.

mod choices;
mod guide;
mod note;

use crate::embed::{self, Base};
use crate::grid::{Table, table};
use crate::layout::{Column, Group, Layout, Sheet, What};
use crate::style::{Style, write_text};
use crate::value::{Holds, Values};
use choices::Choices;
use hegui_catalog::model::{Catalog, Lang};
use hegui_logic::schema::{FieldId, KindId, Type};
use hegui_logic::universe::FactKey;
use hegui_register::{Assessed, Register};
use rust_xlsxwriter::{ExcelDateTime, Note, Workbook, Worksheet, XlsxError};

/// The row that holds the columns' names for the machine; hidden.
pub(crate) const NAMES_ROW: u32 = 0;
/// The row of headings.
pub(crate) const HEAD_ROW: u32 = 1;
/// The first row of things.
pub(crate) const FIRST_ROW: u32 = 2;
/// Most things of a kind: a sheet has 1,048,576 rows.
const THINGS_LIMIT: usize = 1_000_000;
/// Most cells of a workbook that get a note of their observations.
const NOTES_LIMIT: usize = 2_000;

/// Why no workbook was made.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A kind has more things than a sheet has rows.
    #[error("there are {count} things of the kind `{kind}`; a sheet holds {THINGS_LIMIT}")]
    TooMany {
        /// The kind.
        kind: String,
        /// How many there are.
        count: usize,
    },
    /// The register's own files could not be packed.
    #[error("the register cannot be packed: {0}")]
    Pack(#[from] std::io::Error),
    /// The workbook could not be written.
    #[error("the workbook cannot be written: {0}")]
    Write(#[from] XlsxError),
}

/// The bytes of a workbook with a register's things as of a date, in seconds: the same bytes for the
/// same register, date and language. `files` are what the register was read from.
///
/// # Errors
/// When a kind has too many things for a sheet.
pub fn export(
    files: &[(String, String)],
    register: &Register,
    catalog: &Catalog,
    as_of: i64,
    lang: Lang,
) -> Result<Vec<u8>, ExportError> {
    let assessed = register.universe(catalog, as_of, as_of);
    let layout = Layout::new(catalog, lang, |kind| register.count(kind) > 0);
    let base =
        Base { version: embed::VERSION, lang, as_of, catalog: catalog.hash.clone(), files: files.to_vec() };
    let mut book = Workbook::new();
    let day = ExcelDateTime::from_timestamp(as_of)?;
    book.set_properties(&rust_xlsxwriter::DocProperties::new().set_creation_datetime(&day));
    let mut writer = Writer {
        values: Values::new(catalog, lang),
        choices: Choices::new(lang),
        style: Style::new(),
        notes: 0,
        register,
        assessed: &assessed,
        lang,
    };
    guide::write(book.add_worksheet(), &writer.style, catalog, register, &layout, as_of)?;
    for sheet in &layout.sheets {
        let count = register.count(sheet.kind);
        if count > THINGS_LIMIT {
            let kind = catalog.schema.kind(sheet.kind).name.clone();
            return Err(ExportError::TooMany { kind, count });
        }
        writer.sheet(book.add_worksheet(), sheet, &layout)?;
    }
    writer.choices.write(&mut book, &writer.values, &layout)?;
    write_base(book.add_worksheet(), &base)?;
    Ok(book.save_to_buffer()?)
}

fn write_base(sheet: &mut Worksheet, base: &Base) -> Result<(), ExportError> {
    sheet.set_name(embed::SHEET)?;
    for (row, cell) in base.pack()?.iter().enumerate() {
        sheet.write_string(row as u32, 0, cell)?;
    }
    sheet.set_very_hidden(true);
    Ok(())
}

struct Writer<'a> {
    values: Values<'a>,
    choices: Choices,
    style: Style,
    notes: usize,
    register: &'a Register,
    assessed: &'a Assessed,
    lang: Lang,
}

impl Writer<'_> {
    fn sheet(&mut self, at: &mut Worksheet, sheet: &Sheet, layout: &Layout) -> Result<(), ExportError> {
        at.set_name(&sheet.name)?;
        let catalog = self.values.catalog;
        let table = table(self.register, self.assessed, catalog, sheet);
        let last = (FIRST_ROW + table.ids.len() as u32).max(HEAD_ROW + 1) - 1;
        for (index, column) in sheet.columns.iter().enumerate() {
            self.column(at, sheet, column, index as u16, layout)?;
        }
        at.set_row_hidden(NAMES_ROW)?;
        // A4, with headings and ids on every page.
        at.set_landscape().set_paper_size(9);
        at.set_repeat_rows(HEAD_ROW, HEAD_ROW)?.set_repeat_columns(0, 0)?;
        at.set_row_height(HEAD_ROW, 48)?;
        let frozen = sheet.columns.iter().take_while(|c| c.group == Group::Thing).count().clamp(1, 2);
        at.set_freeze_panes(FIRST_ROW, frozen as u16)?;
        at.autofilter(HEAD_ROW, 0, last.max(HEAD_ROW), sheet.columns.len().max(1) as u16 - 1)?;
        self.groups(at, sheet)?;
        for row in 0..table.ids.len() as u32 {
            self.thing(at, sheet, &table, row)?;
        }
        Ok(())
    }

    fn column(
        &mut self,
        at: &mut Worksheet,
        sheet: &Sheet,
        column: &Column,
        index: u16,
        layout: &Layout,
    ) -> Result<(), ExportError> {
        let style = match column.group {
            Group::Thing | Group::Fact => &self.style.head,
            Group::From => &self.style.head_from,
            Group::Below | Group::Complete => &self.style.head_more,
        };
        write_text(at, NAMES_ROW, index, &column.path, &self.style.text)?;
        write_text(at, HEAD_ROW, index, &column.heading, style)?;
        let note = note::of_column(self.values.catalog, &self.values, sheet.kind, column, self.lang);
        at.insert_note(HEAD_ROW, index, &comment(&note))?;
        let definition = self.values.catalog.schema.kind(sheet.kind);
        let (format, width) = match column.what {
            What::Field(field) => match definition.field(field).ty {
                Type::Bool => (&self.style.text, 10.0),
                Type::Int | Type::Decimal => (&self.style.number, 12.0),
                Type::Date => (&self.style.day, 12.0),
                Type::Duration => (&self.style.text, 10.0),
                Type::Text | Type::Set(_) => (&self.style.text, 28.0),
                Type::Enum(_) | Type::Thing(_) => (&self.style.text, 20.0),
            },
            What::From(crate::words::Key::On) => (&self.style.day, 12.0),
            What::From(_) => (&self.style.text, 14.0),
            What::Complete(_) => (&self.style.text, 10.0),
            What::Id | What::Document => (&self.style.text, 22.0),
            What::List(_) => (&self.style.text, 24.0),
        };
        at.set_column_width(index, width)?;
        at.set_column_format(index, format)?;
        self.choices.offer(at, (index, column.what), sheet.kind, &self.values, layout)?;
        Ok(())
    }

    /// What is rarely filled in is folded away.
    fn groups(&self, at: &mut Worksheet, sheet: &Sheet) -> Result<(), ExportError> {
        for group in [Group::Below, Group::Complete] {
            let mut places = sheet
                .columns
                .iter()
                .enumerate()
                .filter(|(_, column)| column.group == group)
                .map(|(at, _)| at as u16);
            if let Some(first) = places.next() {
                let last = places.next_back().unwrap_or(first);
                at.group_columns(first, last)?;
            }
        }
        Ok(())
    }

    fn thing(
        &mut self,
        at: &mut Worksheet,
        sheet: &Sheet,
        table: &Table,
        thing: u32,
    ) -> Result<(), ExportError> {
        let row = FIRST_ROW + thing;
        let id = table.ids.get(thing as usize).map(String::as_str).unwrap_or_default();
        let (id, document) = id.split_once('/').map_or((id, None), |(id, document)| (id, Some(document)));
        write_text(at, row, 0, id, &self.style.text)?;
        if let Some(document) = document {
            write_text(at, row, 1, document, &self.style.text)?;
        }
        for (index, cell) in table.cells(thing) {
            let Some(column) = sheet.columns.get(*index as usize) else { continue };
            let several = cell.observations > 1 || cell.value.is_none();
            match &cell.value {
                Some(value) => self.cell(at, (row, *index), sheet.kind, column, value, several)?,
                None => {
                    at.write_blank(row, *index, &self.style.marked)?;
                }
            }
            if several && self.notes < NOTES_LIMIT {
                self.notes += 1;
                let key = key_of(sheet.kind, thing, column.what);
                let seen = key.map(|key| self.assessed.provenance(&key)).unwrap_or_default();
                at.insert_note(row, *index, &comment(&note::of_cell(&seen.observations, self.lang)))?;
            }
        }
        Ok(())
    }

    fn cell(
        &self,
        at: &mut Worksheet,
        (row, index): (u32, u16),
        kind: KindId,
        column: &Column,
        value: &str,
        marked: bool,
    ) -> Result<(), ExportError> {
        let Some(holds) = holds(self.values.catalog, kind, column.what) else { return Ok(()) };
        let text = if marked { &self.style.marked } else { &self.style.text };
        if let Holds::Fact(field) = holds
            && value != "none"
        {
            match field.ty {
                // Longer numbers would lose digits as a spreadsheet keeps them.
                Type::Int | Type::Decimal if value.len() <= 15 => {
                    if let Ok(number) = value.parse::<f64>() {
                        at.write_number_with_format(row, index, number, &self.style.number)?;
                        return Ok(());
                    }
                }
                // Before March 1900 spreadsheets count days otherwise.
                Type::Date if value > "1900-03-01" && value < "9999" => {
                    if let Ok(moment) = ExcelDateTime::parse_from_str(value) {
                        let format = if value.len() > 10 { &self.style.moment } else { &self.style.day };
                        at.write_datetime_with_format(row, index, &moment, format)?;
                        return Ok(());
                    }
                }
                _ => {}
            }
        }
        write_text(at, row, index, &self.values.show(holds, value), text)?;
        Ok(())
    }
}

/// The type of what a column holds; none for ids and what says where facts come from.
pub(crate) fn holds(catalog: &Catalog, kind: KindId, what: What) -> Option<Holds<'_>> {
    let definition = catalog.schema.kind(kind);
    match what {
        What::Field(field) => Some(Holds::Fact(definition.field(field))),
        What::List(relation) => Some(Holds::List(definition.relation(relation).to)),
        What::Complete(_) => Some(Holds::Complete),
        What::Id | What::Document | What::From(_) => None,
    }
}

fn key_of(kind: KindId, row: u32, what: What) -> Option<FactKey> {
    match what {
        What::Field(FieldId(field)) => Some(FactKey::Fact(kind, row, FieldId(field))),
        What::List(relation) | What::Complete(relation) => Some(FactKey::Complete(kind, row, relation)),
        What::Id | What::Document | What::From(_) => None,
    }
}

/// A note as large as its text needs.
fn comment(text: &str) -> Note {
    let lines: usize = text.lines().map(|line| 1 + line.chars().map(wide).sum::<usize>() / 44).sum();
    Note::new(text).add_author_prefix(false).set_width(340).set_height((lines as u32 * 18 + 12).min(420))
}

fn wide(c: char) -> usize {
    if c as u32 > 0x2e80 { 2 } else { 1 }
}
