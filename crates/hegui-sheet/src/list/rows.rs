//! The rows of a list: which things they speak of, and what they say of them.

mod cells;
mod things;

use super::ids::Ids;
use super::mapping::{Mapping, SheetMapping, Target};
use crate::import::{Defaults, Ground, Known, Notes, Wanted, Wish};
use crate::layout::{What, is_name};
use crate::open::{Cells, Row};
use crate::problem::{Problem, Problems, both, cell_name, quoted};
use crate::value::{Holds, Raw, SEPARATORS, Things, Values, members};
use crate::words::folded;
use cells::{looks, merged, row_cells, translated, with_mapping};
use hegui_catalog::model::Catalog;
use hegui_logic::schema::{FieldId, KindId, Type};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// Most cells that merged ones fill.
const FILLED: usize = 200_000;

/// A thing is found by its kind, the thing it stands below, and its folded name or what it says.
type Named = (KindId, Option<String>, String);

/// What a cell says of a thing: of what, where, and the value as a register writes it.
type Said = (What, (u32, u32), String);

/// Reads rows into wishes.
pub(super) struct Rows<'a> {
    ground: &'a Ground,
    catalog: &'a Catalog,
    mapping: &'a Mapping,
    values: Values<'a>,
    known: Known<'a>,
    ids: Ids,
    by_name: HashMap<Named, String>,
    by_content: HashMap<Named, String>,
    /// Ids of things without a name that this list speaks of.
    spoken: HashSet<(KindId, String)>,
    wanted: Vec<Wanted>,
    at: HashMap<(KindId, String), usize>,
    /// Things that the register does not have yet: of each kind the first two.
    made: HashMap<KindId, Vec<String>>,
}

/// A cell of a row that means something.
struct Cell<'r> {
    target: Target,
    heading: &'r str,
    at: (u32, u32),
    raw: Raw,
}

/// The columns of a list that mean something: column, target, heading.
type Columns = Vec<(u32, Target, String)>;

impl<'a> Rows<'a> {
    pub fn new(ground: &'a Ground, catalog: &'a Catalog, mapping: &'a Mapping, _: &'a Defaults) -> Self {
        let mut known = Known::new(catalog);
        known.take(ground);
        let mut rows = Self {
            ground,
            catalog,
            mapping,
            values: Values::new(catalog, ground.layout.lang),
            known,
            ids: Ids::default(),
            by_name: HashMap::new(),
            by_content: HashMap::new(),
            spoken: HashSet::new(),
            wanted: vec![],
            at: HashMap::new(),
            made: HashMap::new(),
        };
        rows.take_ground();
        rows
    }

    /// The register's things by name, so that the same name is the same thing.
    fn take_ground(&mut self) {
        for (sheet, table) in self.ground.layout.sheets.iter().zip(&self.ground.tables) {
            let definition = self.catalog.schema.kind(sheet.kind);
            let place = |wanted: &dyn Fn(FieldId) -> bool| {
                sheet.columns.iter().position(|c| matches!(c.what, What::Field(field) if wanted(field)))
            };
            let name = place(&|field| is_name(definition.field(field)));
            let parent = place(&|field| definition.parent == Some(field));
            let only = self.catalog.schema.parent_of(sheet.kind).and_then(|above| self.only(above));
            for (row, id) in table.ids.iter().enumerate() {
                self.ids.take(sheet.kind, id);
                let value = |at: Option<usize>| table.cell(row as u32, at? as u16)?.value.clone();
                if let Some(name) = value(name) {
                    let below = value(parent).or_else(|| only.clone());
                    self.by_name.entry((sheet.kind, below, folded(&name))).or_insert_with(|| id.clone());
                }
            }
        }
    }

    /// The only thing of a kind in the register.
    fn only(&self, kind: KindId) -> Option<String> {
        match self.ground.of(kind).map(|(_, table)| table.ids.as_slice()) {
            Some([id]) => Some(id.clone()),
            _ => None,
        }
    }

    pub fn finish(self, _: &mut Problems) -> Vec<Wanted> {
        self.wanted
    }

    /// Reads a sheet; whether any of its columns means something.
    pub fn sheet(
        &mut self,
        index: usize,
        cells: &Cells,
        mapping: &SheetMapping,
        notes: &mut Notes,
        problems: &mut Problems,
    ) -> bool {
        let head = mapping.heading_row.saturating_sub(1);
        let Some(row) = cells.rows.iter().find(|row| row.at == head) else {
            problems.push(Problem::of_sheet(
                &cells.name,
                both(format!("第 {} 行没有标题", head + 1), format!("row {} has no headings", head + 1)),
                both("在对应文件里改 heading_row", "change `heading_row` in the mapping file"),
            ));
            return false;
        };
        let columns = self.columns(cells, row, mapping, notes);
        if columns.is_empty() {
            return false;
        }
        let filled = merged(cells, head, notes, problems);
        looks(cells, notes);
        for row in cells.rows.iter().filter(|row| row.at > head) {
            if problems.is_full() {
                break;
            }
            let found = row_cells(cells, row, &columns, &filled);
            self.row(index, cells, mapping, &found, row.at, (notes, problems));
        }
        true
    }

    fn columns(&self, cells: &Cells, row: &Row, mapping: &SheetMapping, notes: &mut Notes) -> Columns {
        let mut columns = Columns::new();
        for (column, raw) in &row.cells {
            let heading = raw.text().trim().to_owned();
            match mapping.target(&heading, self.catalog) {
                Some(target) if !columns.iter().any(|(_, known, _)| *known == target) => {
                    columns.push((*column, target, heading));
                }
                _ => notes.add(
                    "unmatched",
                    &cells.name,
                    Some((row.at, *column)),
                    both(
                        format!("“{}”这一列没有读取", quoted(&heading)),
                        format!("the column `{}` was not read", quoted(&heading)),
                    ),
                ),
            }
        }
        columns
    }

    fn row(
        &mut self,
        index: usize,
        cells: &Cells,
        mapping: &SheetMapping,
        found: &[Cell<'_>],
        row: u32,
        (notes, problems): (&mut Notes, &mut Problems),
    ) {
        let mut here: BTreeMap<KindId, String> = BTreeMap::new();
        let mut kinds: Vec<KindId> = found.iter().map(|cell| cell.target.kind()).collect();
        // A parent's kind stands before its children's.
        kinds.sort_unstable();
        kinds.dedup();
        for kind in kinds {
            let own: Vec<&Cell<'_>> = found.iter().filter(|cell| cell.target.kind() == kind).collect();
            let context = Context { index, name: &cells.name, row };
            let parent = match self.parent(kind, &here, &context, notes) {
                Ok(parent) => parent,
                Err(problem) => {
                    problems.push(*problem);
                    continue;
                }
            };
            for said in self.said(kind, &own, mapping, &context, notes, problems) {
                let id = match self.identify(kind, parent.as_deref(), &own, &said, &context) {
                    Ok(id) => id,
                    Err(problem) => {
                        problems.push(*problem);
                        continue;
                    }
                };
                let at = self.thing(kind, &id, &context);
                if let Some((parent, field)) = parent.as_ref().zip(self.catalog.schema.kind(kind).parent) {
                    self.wish(at, What::Field(field), (row, 0), parent.clone(), &context, problems);
                }
                for (what, at_cell, value) in said {
                    self.wish(at, what, at_cell, value, &context, problems);
                }
                here.insert(kind, id);
            }
        }
    }

    /// What a row says of a thing of a kind: one list of values, or several where one cell names several
    /// things to refer to.
    fn said(
        &mut self,
        kind: KindId,
        own: &[&Cell<'_>],
        mapping: &SheetMapping,
        context: &Context<'_>,
        notes: &mut Notes,
        problems: &mut Problems,
    ) -> Vec<Vec<Said>> {
        let mut all: Vec<Vec<Said>> = vec![vec![]];
        for cell in own {
            let what = match cell.target {
                Target::Id(_) => continue,
                Target::Field(_, field) => What::Field(field),
                Target::List(_, relation) => What::List(relation),
            };
            let Some(holds) = crate::export::holds(self.catalog, kind, what) else { continue };
            let raw = translated(&cell.raw, cell.heading, mapping);
            let found = match holds {
                Holds::Fact(field) if matches!(field.ty, Type::Thing(_)) => {
                    self.references(field.ty, &raw, cell.at, context, notes)
                }
                Holds::List(to) => self
                    .references(Type::Thing(to), &raw, cell.at, context, notes)
                    .map(|ids| vec![list_of(&ids)]),
                Holds::Fact(field) if field.name.ends_with("_days") && field.ty == Type::Int => {
                    let days = Raw::Text(
                        raw.text()
                            .trim()
                            .trim_end_matches(['天', '日'])
                            .trim_end_matches("days")
                            .trim()
                            .to_owned(),
                    );
                    let days = if matches!(raw, Raw::Text(_)) { &days } else { &raw };
                    self.values.read(holds, days, &self.known).map(|read| vec![read.value])
                }
                holds => self.values.read(holds, &raw, &self.known).map(|read| {
                    if read.read_as {
                        let shown = quoted(&cell.raw.text());
                        notes.add(
                            "read as",
                            context.name,
                            Some(cell.at),
                            both(
                                format!("“{shown}”读作 {}", read.value),
                                format!("`{shown}` is read as {}", read.value),
                            ),
                        );
                    }
                    vec![read.value]
                }),
            };
            match found {
                Ok(values) => {
                    let before = std::mem::take(&mut all);
                    for value in values {
                        all.extend(before.iter().map(|said| {
                            let mut said = said.clone();
                            said.push((what, cell.at, value.clone()));
                            said
                        }));
                    }
                }
                Err(wrong) => problems.push(Problem::at(
                    context.name,
                    cell.at,
                    &cell.raw.text(),
                    wrong.message,
                    with_mapping(wrong.remedy, cell.heading),
                )),
            }
        }
        all
    }

    /// The things that a cell refers to; what is not there yet is added, by its name.
    fn references(
        &mut self,
        ty: Type,
        raw: &Raw,
        at: (u32, u32),
        context: &Context<'_>,
        notes: &mut Notes,
    ) -> Result<Vec<String>, Box<crate::value::Wrong>> {
        let Type::Thing(to) = ty else { return Ok(vec![]) };
        let text = raw.text();
        let text = text.trim();
        if folded(text) == "none" || text == "无" {
            return Ok(vec!["none".to_owned()]);
        }
        let parts: Vec<&str> = match self.known.lookup(to, text) {
            Some(_) => vec![text],
            None => text.split(SEPARATORS).map(str::trim).filter(|part| !part.is_empty()).collect(),
        };
        let named = self.catalog.schema.kind(to).fields.iter().position(is_name);
        let mut ids = Vec::new();
        for part in parts {
            let id = match (self.known.lookup(to, part), named) {
                (Some(id), _) => id,
                (None, None) => return self.known.find(to, part).map(|id| vec![id]),
                (None, Some(field)) => {
                    let parent = self
                        .parent(to, &BTreeMap::new(), context, notes)
                        .map_err(|problem| crate::value::Wrong::new(problem.message, problem.remedy))?;
                    let name = What::Field(FieldId(field as u16));
                    let id = self.named(to, parent.as_deref(), part);
                    let thing = self.thing(to, &id, context);
                    let mut none = Problems::default();
                    if let Some((parent, field)) = parent.zip(self.catalog.schema.kind(to).parent) {
                        self.wish(thing, What::Field(field), at, parent, context, &mut none);
                    }
                    self.wish(thing, name, at, part.to_owned(), context, &mut none);
                    id
                }
            };
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(ids)
    }

    fn thing(&mut self, kind: KindId, id: &str, context: &Context<'_>) -> usize {
        let next = self.wanted.len();
        let at = *self.at.entry((kind, id.to_owned())).or_insert(next);
        if at == next {
            if self.ground.of(kind).is_none_or(|(_, table)| table.row(id).is_none()) {
                let made = self.made.entry(kind).or_default();
                if made.len() < 2 {
                    made.push(id.to_owned());
                }
            }
            self.wanted.push(Wanted {
                sheet: context.index,
                row: context.row,
                kind,
                id: Arc::from(id),
                compared: false,
                given: None,
                wishes: vec![],
            });
        }
        at
    }

    fn wish(
        &mut self,
        thing: usize,
        what: What,
        cell: (u32, u32),
        value: String,
        context: &Context<'_>,
        problems: &mut Problems,
    ) {
        let Some(wanted) = self.wanted.get_mut(thing) else { return };
        let Some(sheet) = self.ground.layout.of(wanted.kind) else { return };
        let Some(column) = sheet.columns.iter().position(|column| column.what == what) else { return };
        let column = column as u16;
        let Some(wish) = wanted.wishes.iter_mut().find(|wish| wish.column == column) else {
            wanted.wishes.push(Wish { column, at: cell.1, row: cell.0, value: Some(value), old: None });
            return;
        };
        let before = wish.value.clone().unwrap_or_default();
        if before == value {
            return;
        }
        let many = match what {
            What::Field(field) => {
                matches!(self.catalog.schema.kind(wanted.kind).field(field).ty, Type::Set(_))
            }
            What::List(_) => true,
            _ => false,
        };
        if many {
            let mut all: Vec<&str> =
                members(&before).chain(members(&value)).filter(|m| *m != "none").collect();
            all.sort_unstable();
            all.dedup();
            wish.value = Some(format!("[{}]", all.join(", ")));
            return;
        }
        let (first, id) = (cell_name(wish.row, wish.at), &wanted.id);
        let shown = |value: &str| quoted(value);
        problems.push(Problem::at(
            context.name,
            cell,
            &value,
            both(
                format!(
                    "同一事物“{id}”两处说法不同：{first} 是“{}”，这里是“{}”",
                    shown(&before),
                    shown(&value)
                ),
                format!(
                    "`{id}` is said to be two things: {first} says `{}`, this says `{}`",
                    shown(&before),
                    shown(&value)
                ),
            ),
            both(
                "改成一致；若是两件事物，给它们不同的名称",
                "make them agree; where they are two things, give them different names",
            ),
        ));
    }
}

/// Ids as a register writes them; "none" is no id.
fn list_of(ids: &[String]) -> String {
    match ids {
        [none] if none == "none" => none.clone(),
        ids => format!("[{}]", ids.join(", ")),
    }
}

/// Where a row stands.
struct Context<'c> {
    index: usize,
    name: &'c str,
    row: u32,
}
