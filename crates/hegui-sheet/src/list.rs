//! Plain lists, as companies keep them: one row for each data type of each activity, under headings of
//! their own.
//!
//! Headings are matched with the dictionary by name; the matches are a [`Mapping`] that a person can
//! look at and edit. A row then speaks of one thing of every kind that a column means: its activity, its
//! datum, its recipient. The same name is the same thing.

mod headings;
mod ids;
mod mapping;
mod rows;

pub use mapping::{Mapping, SheetMapping};

use crate::import::{Defaults, Ground, Notes, Wanted};
use crate::open::{Book, Cells};
use crate::problem::{Problem, Problems, both};
use hegui_catalog::model::Catalog;

/// What a list says.
pub(crate) struct Read {
    pub wanted: Vec<Wanted>,
    pub mapping: Mapping,
}

impl Mapping {
    /// The headings of a list, matched with the dictionary.
    #[must_use]
    pub fn guess(book: &Book, catalog: &Catalog) -> Self {
        let headings = headings::Headings::new(catalog);
        let sheets = lists(book).filter_map(|(_, cells)| headings.guess(cells)).collect();
        Self { sheets, parents: std::collections::BTreeMap::new() }
    }
}

/// The sheets that may be lists: those that a person sees.
fn lists(book: &Book) -> impl Iterator<Item = (usize, &Cells)> {
    book.sheets.iter().enumerate().filter(|(_, cells)| !cells.hidden && !cells.rows.is_empty())
}

/// Reads all lists of a book.
pub(crate) fn read(
    book: &Book,
    ground: &Ground,
    mapping: Option<&Mapping>,
    catalog: &Catalog,
    defaults: &Defaults,
    (notes, problems): (&mut Notes, &mut Problems),
) -> Read {
    let mapping = mapping.cloned().unwrap_or_else(|| Mapping::guess(book, catalog));
    for cells in book.sheets.iter().filter(|cells| cells.hidden && !cells.rows.is_empty()) {
        notes.add(
            "hidden list",
            &cells.name,
            None,
            both(
                "这张表隐藏着，没有读取；要读取的请取消隐藏",
                "this sheet is hidden and was not read; unhide it to have it read",
            ),
        );
    }
    let mut rows = rows::Rows::new(ground, catalog, &mapping, defaults);
    let mut any = false;
    for (at, cells) in lists(book) {
        let Some(sheet) = mapping.sheets.iter().find(|sheet| sheet.name == cells.name) else {
            notes.add(
                "no list",
                &cells.name,
                None,
                both("没有认出标题行，没有读取", "no row of headings was found; the sheet was not read"),
            );
            continue;
        };
        any |= rows.sheet(at, cells, sheet, notes, problems);
    }
    if !any && problems.is_empty() {
        problems.push(Problem::of_book(
            both("没有一列认得出对应哪个事实", "no column is known to mean a fact"),
            both(
                "在对应文件里写明各列（hegui fact list 列出全部事实），用 --mapping 读入；或从 hegui register export 写成的工作簿填起",
                "say in the mapping file what the columns mean (`hegui fact list` shows all facts) and read it with --mapping; or start from what `hegui register export` writes",
            ),
        ));
    }
    let wanted = rows.finish(problems);
    Read { wanted, mapping }
}
