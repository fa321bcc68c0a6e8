//! A register as rows and columns: of each thing what was stated at it, in the order of the columns.

use crate::layout::{Sheet, What};
use hegui_catalog::model::Catalog;
use hegui_logic::schema::{KindId, Source};
use hegui_register::{Assessed, Register, Stated};
use std::collections::HashMap;

/// What was stated of one fact at one thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    /// The value in effect, as a register writes it; `None` where what was stated gives none.
    pub value: Option<String>,
    /// How many observations there are.
    pub observations: usize,
    /// Whether it is one plain statement without any provenance.
    pub bare: bool,
}

/// The things of one kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    /// Their ids, by row of the register.
    pub ids: Vec<String>,
    rows: HashMap<String, u32>,
    /// By row: columns, by their place in the sheet, with what was stated there; in the order of columns.
    cells: Vec<Vec<(u16, Cell)>>,
}

impl Table {
    /// The row of the thing with this id.
    pub fn row(&self, id: &str) -> Option<u32> {
        self.rows.get(id).copied()
    }

    /// What was stated of a thing, in the order of columns.
    pub fn cells(&self, row: u32) -> &[(u16, Cell)] {
        self.cells.get(row as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// What was stated of a thing in one column.
    pub fn cell(&self, row: u32, column: u16) -> Option<&Cell> {
        let cells = self.cells(row);
        let at = cells.binary_search_by_key(&column, |(column, _)| *column).ok()?;
        cells.get(at).map(|(_, cell)| cell)
    }
}

/// The things of a sheet's kind in a register, as it stands on the date of `assessed`.
pub(crate) fn table(register: &Register, assessed: &Assessed, catalog: &Catalog, sheet: &Sheet) -> Table {
    let kind = sheet.kind;
    let count = register.count(kind) as u32;
    let ids: Vec<String> = (0..count).map(|row| register.id(kind, row).to_owned()).collect();
    let rows = ids.iter().enumerate().map(|(row, id)| (id.clone(), row as u32)).collect();
    let mut cells: Vec<Vec<(u16, Cell)>> = vec![Vec::new(); ids.len()];
    let mut put = |column: usize, stated: Stated| {
        if let Some(row) = cells.get_mut(stated.row as usize) {
            let Stated { value, observations, bare, .. } = stated;
            row.push((column as u16, Cell { value, observations, bare }));
        }
    };
    for (at, column) in sheet.columns.iter().enumerate() {
        match column.what {
            What::Field(field) => assessed.stated(kind, field).into_iter().for_each(|stated| put(at, stated)),
            What::List(relation) => {
                let complete = complete_rows(assessed, kind, relation);
                for mut stated in assessed.stated_list(kind, relation) {
                    // A list without members says something only where it is said to be all.
                    if stated.value.as_deref() == Some("[]") {
                        let none = complete.get(&stated.row).is_some_and(|complete| *complete);
                        stated.value = none.then(|| "none".to_owned());
                    }
                    put(at, stated);
                }
            }
            What::Complete(relation) => {
                // "none" in the list itself says it already.
                let list = catalog.schema.kind(kind).relation(relation).source == Source::List;
                let empty: HashMap<u32, bool> = if list {
                    let lists = assessed.stated_list(kind, relation).into_iter();
                    lists.map(|s| (s.row, s.value.as_deref() == Some("[]"))).collect()
                } else {
                    HashMap::new()
                };
                for stated in assessed.stated_completeness(kind, relation) {
                    let told = empty.get(&stated.row).is_some_and(|empty| *empty)
                        && stated.value.as_deref() == Some("true");
                    if !told {
                        put(at, stated);
                    }
                }
            }
            What::Id | What::Document | What::From(_) => {}
        }
    }
    Table { ids, rows, cells }
}

fn complete_rows(
    assessed: &Assessed,
    kind: KindId,
    relation: hegui_logic::schema::RelationId,
) -> HashMap<u32, bool> {
    assessed
        .stated_completeness(kind, relation)
        .into_iter()
        .map(|stated| (stated.row, stated.value.as_deref() == Some("true")))
        .collect()
}
