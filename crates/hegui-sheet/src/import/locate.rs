//! From a problem in a register's file back to the cell that it came from.

use super::settle::Places;
use crate::open::Book;
use crate::problem::{Problem, Problems, both};
use hegui_catalog::model::Catalog;
use hegui_logic::schema::KindId;

/// Problems of a register that was made from a workbook, with their cells.
pub(super) fn located(
    problems: &hegui_register::Problems,
    changed: &[(String, String)],
    places: &Places,
    book: &Book,
    catalog: &Catalog,
) -> Problems {
    let mut found = Problems::default();
    for problem in &problems.list {
        let text =
            changed.iter().find(|(name, _)| *name == problem.place.file).map(|(_, text)| text.as_str());
        let source = text.and_then(|text| source(text, problem.place.line, catalog));
        let place = source.as_ref().and_then(|(kind, id, key)| {
            let place = places.get(&(*kind, id.as_str().into()))?;
            let cell = place.cells.iter().find(|(name, _)| name == key).map(|(_, at)| *at);
            Some((book.sheets.get(place.sheet)?.name.as_str(), cell.unwrap_or((place.row, 0))))
        });
        let message = match problem.remedy.as_str() {
            "" => problem.message.clone(),
            remedy => format!("{} ({remedy})", problem.message),
        };
        let both_said =
            both(format!("登记册不接受：{message}"), format!("the register does not take it: {message}"));
        let remedy = both("改正这一格，或同一事物的其他格", "mend this cell, or another of the same thing");
        found.push(match place {
            Some((sheet, at)) => Problem::at(sheet, at, &problem.excerpt, both_said, remedy),
            None => Problem {
                found: format!("{}:{}: {}", problem.place.file, problem.place.line, problem.excerpt),
                ..Problem::of_book(
                    both_said,
                    both(
                        "改动与该文件中的内容不合，先改该文件",
                        "the change does not go with what stands in that file; change the file first",
                    ),
                )
            },
        });
    }
    found.more = problems.more;
    found
}

/// The thing that a line of a file speaks of, and the key that the line begins with.
fn source(text: &str, line: u32, catalog: &Catalog) -> Option<(KindId, String, String)> {
    let lines: Vec<&str> = text.lines().take(line as usize).collect();
    let own = lines.last()?;
    let key = own.split(['=', '.']).next().unwrap_or_default().trim().to_owned();
    let header = lines.iter().rev().find(|line| line.starts_with('[') && !line.starts_with("[["))?;
    let header = header.trim_start_matches('[').split(']').next()?;
    let parts: Vec<&str> = header.split('.').collect();
    match parts.as_slice() {
        [kind, id] => Some((catalog.schema.kind_named(kind)?, (*id).to_owned(), key)),
        [kind, id, "declared", document] => {
            let declared = catalog.schema.kind(catalog.schema.kind_named(kind)?).declared?;
            Some((declared, format!("{id}/{document}"), key))
        }
        _ => None,
    }
}
