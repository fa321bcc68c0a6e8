//! Drop-down lists: the words of the dictionary's lists stand in a hidden sheet, and columns offer them
//! by the names of their ranges; references offer the ids in the sheet of their kind.

use super::{ExportError, FIRST_ROW};
use crate::layout::{Layout, What};
use crate::style::write_text;
use crate::value::Values;
use crate::words::{Key, source_word, words};
use hegui_catalog::model::Lang;
use hegui_logic::schema::{KindId, Type};
use hegui_register::Source;
use rust_xlsxwriter::{DataValidation, DataValidationErrorStyle, Format, Formula, Workbook, Worksheet};
use std::collections::BTreeMap;

/// The sheet's name.
pub(crate) const SHEET: &str = "_lists";
/// The last row of a sheet.
const LAST_ROW: u32 = 1_048_575;

/// A list that columns offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum List {
    YesNo,
    Sources,
    Words(u16),
    WordsOrNone(u16),
}

impl List {
    fn name(self) -> String {
        match self {
            Self::YesNo => "yes_no".to_owned(),
            Self::Sources => "sources".to_owned(),
            Self::Words(list) => format!("words_{list}_"),
            Self::WordsOrNone(list) => format!("words_{list}_or_none"),
        }
    }
}

/// Which lists and which kinds' ids are offered somewhere.
#[derive(Debug)]
pub(super) struct Choices {
    lang: Lang,
    lists: BTreeMap<List, ()>,
    kinds: BTreeMap<KindId, ()>,
}

impl Choices {
    pub fn new(lang: Lang) -> Self {
        Self { lang, lists: BTreeMap::new(), kinds: BTreeMap::new() }
    }

    /// Lets a column offer its list, if it has one.
    pub fn offer(
        &mut self,
        at: &mut Worksheet,
        (index, what): (u16, What),
        kind: KindId,
        values: &Values<'_>,
        layout: &Layout,
    ) -> Result<(), ExportError> {
        let definition = values.catalog.schema.kind(kind);
        // Where several may stand, or something else than the list's words, nothing is refused.
        let (name, strict) = match what {
            What::Field(field) => {
                let field = definition.field(field);
                match field.ty {
                    Type::Bool => (self.list(List::YesNo), true),
                    Type::Enum(list) if field.optional => (self.list(List::WordsOrNone(list.0)), true),
                    Type::Enum(list) => (self.list(List::Words(list.0)), true),
                    Type::Set(list) => (self.list(List::Words(list.0)), false),
                    Type::Thing(to) => match self.ids(to, layout, values) {
                        Some(name) => (name, false),
                        None => return Ok(()),
                    },
                    _ => return Ok(()),
                }
            }
            What::Complete(_) => (self.list(List::YesNo), true),
            What::From(Key::Source) => (self.list(List::Sources), true),
            What::List(relation) => match self.ids(definition.relation(relation).to, layout, values) {
                Some(name) => (name, false),
                None => return Ok(()),
            },
            _ => return Ok(()),
        };
        let (title, message) = match self.lang {
            Lang::Zh => ("不在选项中", "请从下拉列表中选择；不知道的留空。"),
            Lang::En => ("not in the list", "Please choose from the list, or leave the cell blank."),
        };
        let rule = DataValidation::new()
            .allow_list_formula(Formula::new(format!("={name}")))
            .set_error_style(DataValidationErrorStyle::Warning)
            .set_error_title(title)?
            .set_error_message(message)?
            .show_error_message(strict);
        at.add_data_validation(FIRST_ROW, index, LAST_ROW, index, &rule)?;
        Ok(())
    }

    fn list(&mut self, list: List) -> String {
        self.lists.insert(list, ());
        list.name()
    }

    fn ids(&mut self, kind: KindId, layout: &Layout, values: &Values<'_>) -> Option<String> {
        layout.of(kind)?;
        self.kinds.insert(kind, ());
        Some(ids_name(values, kind))
    }

    /// Writes the lists, and gives their ranges names.
    pub fn write(
        &self,
        book: &mut Workbook,
        values: &Values<'_>,
        layout: &Layout,
    ) -> Result<(), ExportError> {
        let plain = Format::new();
        let at = book.add_worksheet();
        at.set_name(SHEET)?;
        at.set_hidden(true);
        let text = words(self.lang);
        let mut names = Vec::new();
        for (column, list) in self.lists.keys().enumerate() {
            let words_of = |list: u16| {
                let known = values.vocabulary(hegui_logic::schema::EnumId(list));
                known.map(|known| known.words().to_vec()).unwrap_or_default()
            };
            let entries: Vec<String> = match list {
                List::YesNo => vec![text.yes.to_owned(), text.no.to_owned()],
                List::Sources => {
                    // A sample needs what was drawn, which a row has no room for.
                    let fit = Source::ALL.into_iter().filter(|source| *source != Source::Sample);
                    fit.map(|source| source_word(source, self.lang).to_owned()).collect()
                }
                List::Words(list) => words_of(*list),
                List::WordsOrNone(list) => {
                    let none = values.none(Type::Enum(hegui_logic::schema::EnumId(*list)));
                    words_of(*list).into_iter().chain([none.to_owned()]).collect()
                }
            };
            for (row, entry) in entries.iter().enumerate() {
                write_text(at, row as u32, column as u16, entry, &plain)?;
            }
            let letters = crate::problem::letters(column as u32);
            names.push((list.name(), format!("={SHEET}!${letters}$1:${letters}${}", entries.len().max(1))));
        }
        for kind in self.kinds.keys() {
            let Some(sheet) = layout.of(*kind) else { continue };
            let (first, last) = (FIRST_ROW + 1, LAST_ROW + 1);
            let name = &sheet.name;
            names.push((
                ids_name(values, *kind),
                format!("=OFFSET('{name}'!$A${first},0,0,MAX(COUNTA('{name}'!$A${first}:$A${last}),1),1)"),
            ));
        }
        for (name, formula) in names {
            book.define_name(name, &formula)?;
        }
        Ok(())
    }
}

fn ids_name(values: &Values<'_>, kind: KindId) -> String {
    format!("ids_{}", values.catalog.schema.kind(kind).name.replace('.', "_"))
}
