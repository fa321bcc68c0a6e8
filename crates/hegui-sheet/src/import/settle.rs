//! Wishes against the register as it is now: what is edited, what is added, and what conflicts.

use super::ground::Ground;
use super::show::{Effect, Line};
use super::{Defaults, Wanted, Wish};
use crate::export::holds;
use crate::grid::Cell;
use crate::layout::{Column, What};
use crate::open::Book;
use crate::problem::{Problem, Problems, both, cell_name};
use crate::value::{Values, members};
use hegui_catalog::model::Catalog;
use hegui_logic::schema::KindId;
use hegui_register::{Change, Edit, Given, How, NewFact, NewThing, Which};
use std::collections::HashMap;
use std::sync::Arc;

/// Where in the book something of a thing was written: kind, id, and the layout's column.
pub(super) type Places = HashMap<(KindId, Arc<str>), Place>;

/// The place of a thing in the book.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    pub sheet: usize,
    pub row: u32,
    /// Names of facts and relations, and their cells.
    pub cells: Vec<(String, (u32, u32))>,
}

pub(super) struct Settle<'a> {
    book: &'a Book,
    now: &'a Ground,
    catalog: &'a Catalog,
    defaults: &'a Defaults,
    values: Values<'a>,
    pub edits: Vec<Edit>,
    pub added: Vec<NewThing>,
    pub lines: Vec<Line>,
    pub places: Places,
    pub already: usize,
}

impl<'a> Settle<'a> {
    pub fn new(book: &'a Book, now: &'a Ground, catalog: &'a Catalog, defaults: &'a Defaults) -> Self {
        let values = Values::new(catalog, now.layout.lang);
        Self {
            book,
            now,
            catalog,
            defaults,
            values,
            edits: vec![],
            added: vec![],
            lines: vec![],
            places: Places::new(),
            already: 0,
        }
    }

    pub fn run(&mut self, wanted: &[Wanted], problems: &mut Problems) {
        for one in wanted {
            let Some((sheet, table)) = self.now.of(one.kind) else { continue };
            let cells = one.wishes.iter().filter_map(|wish| {
                let column = sheet.columns.get(wish.column as usize)?;
                Some((self.name(one.kind, column.what), (wish.row, wish.at)))
            });
            let cells: Vec<_> = cells.collect();
            let first = || Place { sheet: one.sheet, row: one.row, cells: vec![] };
            // Answers of a questionnaire speak of one thing in several rows.
            self.places.entry((one.kind, Arc::clone(&one.id))).or_insert_with(first).cells.extend(cells);
            match table.row(&one.id) {
                Some(row) => self.known(one, row, problems),
                None if one.wishes.iter().any(|wish| wish.old.is_some()) => {
                    problems.push(Problem::at(
                        self.sheet_name(one),
                        (one.row, 0),
                        &one.id,
                        both(
                            "登记册里已经没有这一项，而工作簿里改动了它",
                            "the register no longer has this thing, and the workbook changes it",
                        ),
                        both(
                            "在登记册里恢复它，或撤销本行的改动",
                            "bring it back in the register, or undo the changes in this row",
                        ),
                    ));
                }
                None => self.new_thing(one),
            }
        }
    }

    fn sheet_name(&self, one: &Wanted) -> &'a str {
        self.book.sheets.get(one.sheet).map(|sheet| sheet.name.as_str()).unwrap_or_default()
    }

    /// The name of a fact or relation in a file.
    fn name(&self, kind: KindId, what: What) -> String {
        let definition = self.catalog.schema.kind(kind);
        match what {
            What::Field(field) => definition.field(field).name.clone(),
            What::List(relation) => definition.relation(relation).name.clone(),
            What::Complete(_) => "complete".to_owned(),
            What::Id | What::Document | What::From(_) => String::new(),
        }
    }

    fn line(&self, one: &Wanted, wish: &Wish, column: &Column, effect: Effect) -> Line {
        let show = |value: &Option<String>| {
            let holds = holds(self.catalog, one.kind, column.what)?;
            value.as_deref().map(|value| self.values.show(holds, value).into_owned())
        };
        Line {
            sheet: self.sheet_name(one).to_owned(),
            cell: cell_name(wish.row, wish.at),
            kind: one.kind,
            id: one.id.to_string(),
            what: column.what,
            heading: column.heading.clone(),
            old: show(&wish.old),
            new: show(&wish.value),
            value: wish.value.clone(),
            effect,
        }
    }

    fn new_thing(&mut self, one: &Wanted) {
        let Some((sheet, _)) = self.now.of(one.kind) else { return };
        let mut facts = Vec::new();
        let mut lines = Vec::new();
        for wish in &one.wishes {
            let Some(column) = sheet.columns.get(wish.column as usize) else { continue };
            let Some((which, change)) = change(column.what, wish.value.as_deref()) else { continue };
            let given = one.given.clone().filter(|_| !self.is_parent(one.kind, column.what));
            facts.push(NewFact { which, change, given });
            lines.push(self.line(one, wish, column, Effect::New));
        }
        if lines.is_empty() {
            let wish = Wish { column: 0, at: 0, row: one.row, value: None, old: None };
            lines.extend(sheet.columns.first().map(|column| self.line(one, &wish, column, Effect::New)));
        }
        self.lines.extend(lines);
        self.added.push(NewThing { kind: one.kind, id: one.id.to_string(), facts });
    }

    fn known(&mut self, one: &Wanted, row: u32, problems: &mut Problems) {
        let Some((sheet, table)) = self.now.of(one.kind) else { return };
        for wish in &one.wishes {
            let Some(column) = sheet.columns.get(wish.column as usize) else { continue };
            let cell = table.cell(row, wish.column).cloned().unwrap_or_default();
            if cell.value == wish.value {
                self.already += 1;
                continue;
            }
            if one.compared && cell.value != wish.old {
                problems.push(self.conflict(one, wish, column, &cell));
                continue;
            }
            let shown = Wish { old: cell.value.clone(), ..wish.clone() };
            match self.how(one, wish, column, &cell) {
                Ok((how, effect)) => {
                    let Some((which, change)) = change(column.what, wish.value.as_deref()) else { continue };
                    self.lines.push(self.line(one, &shown, column, effect));
                    self.edits.push(Edit { kind: one.kind, row, which, change, how });
                }
                Err(problem) => problems.push(*problem),
            }
        }
    }

    /// Whether a column says what a thing stands below.
    fn is_parent(&self, kind: KindId, what: What) -> bool {
        matches!(what, What::Field(field) if self.catalog.schema.kind(kind).parent == Some(field))
    }

    /// How a wish is put beside what the register says.
    fn how(
        &self,
        one: &Wanted,
        wish: &Wish,
        column: &Column,
        cell: &Cell,
    ) -> Result<(How, Effect), Box<Problem>> {
        let is_parent = self.is_parent(one.kind, column.what);
        let own: Option<Given> =
            one.given.clone().or_else(|| self.defaults.says().then(|| self.defaults.given()));
        if wish.value.is_none() {
            if cell.bare && !is_parent {
                return Ok((How::InPlace(None), Effect::Removed));
            }
            return Err(Box::new(Problem::at(
                self.sheet_name(one),
                (wish.row, wish.at),
                &self.shown(one.kind, column, wish.old.as_deref()),
                both(
                    "这一格被清空了，而原有内容写明了来源，导入不会删除它",
                    "this cell was cleared, but what stood there says where it comes from; an import does not remove it",
                ),
                both(
                    "填写现在的情况（没有的填“无”）；要撤回的，在登记册文件里处理",
                    "write what is so now (`none` where there is none); to take it back, change the register's file",
                ),
            )));
        }
        if is_parent && cell.observations > 0 {
            // Where a thing stands is no observation: it is given once.
            return Ok((How::InPlace(None), Effect::Replaced));
        }
        if cell.bare {
            return Ok((How::InPlace(own), Effect::Replaced));
        }
        let effect = if cell.observations > 0 { Effect::Beside } else { Effect::New };
        Ok((How::Beside(own.unwrap_or_else(|| self.defaults.given())), effect))
    }

    /// What a cell shows of a value.
    fn shown(&self, kind: KindId, column: &Column, value: Option<&str>) -> String {
        let holds = holds(self.catalog, kind, column.what);
        holds.zip(value).map(|(holds, value)| self.values.show(holds, value).into_owned()).unwrap_or_default()
    }

    fn conflict(&self, one: &Wanted, wish: &Wish, column: &Column, cell: &Cell) -> Problem {
        let show = |value: Option<&str>| {
            let holds = holds(self.catalog, one.kind, column.what);
            match holds.zip(value) {
                Some((holds, value)) => both(
                    format!("“{}”", self.values.show(holds, value)),
                    format!("`{}`", self.values.show(holds, value)),
                ),
                None => both("未知", "unknown"),
            }
        };
        let (old, mine, now) =
            (show(wish.old.as_deref()), show(wish.value.as_deref()), show(cell.value.as_deref()));
        Problem::at(
            self.sheet_name(one),
            (wish.row, wish.at),
            "",
            both(
                format!(
                    "“{}”的“{}”两边都改了：导出时是{}，工作簿改成{}，登记册现在是{}",
                    one.id, column.heading, old.zh, mine.zh, now.zh
                ),
                format!(
                    "`{}` of `{}` was changed on both sides: it was {} when exported, the workbook says {}, the register now says {}",
                    column.heading, one.id, old.en, mine.en, now.en
                ),
            ),
            both(
                "定下哪个对：把这一格改成登记册现在的值，或先改登记册；也可以重新导出",
                "decide which is right: write the register's value here, or change the register first; or export again",
            ),
        )
    }
}

/// What is written for a value of a column.
fn change(what: What, value: Option<&str>) -> Option<(Which, Change)> {
    let which = match what {
        What::Field(field) => Which::Field(field),
        What::List(relation) | What::Complete(relation) => Which::Relation(relation),
        What::Id | What::Document | What::From(_) => return None,
    };
    let change = match (what, value) {
        (What::Complete(_), None) => Change::CompletenessUnstated,
        (_, None) => Change::Unstated,
        (What::List(_) | What::Complete(_), Some("none")) => Change::NoMembers,
        (What::Complete(_), Some(value)) => Change::Complete(value == "true"),
        (What::List(_), Some(value)) => Change::Members(members(value).map(str::to_owned).collect()),
        (_, Some(value)) => Change::Value(value.to_owned()),
    };
    Some((which, change))
}
