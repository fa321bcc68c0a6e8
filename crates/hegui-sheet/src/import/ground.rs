//! A register as an import needs it: its files, what it says, and its things by id and by name.

use crate::grid::{Table, table};
use crate::layout::{Layout, What, is_name};
use crate::problem::{both, quoted};
use crate::value::{Things, Wrong};
use crate::words::{folded, narrow, nearest};
use hegui_catalog::model::{Catalog, Lang};
use hegui_logic::schema::KindId;
use hegui_register::{Problems, Register};
use std::collections::{HashMap, HashSet};

/// Among so many things somebody looks for the one that may have been meant.
const NEAR_LIMIT: usize = 5_000;

/// A register.
#[derive(Debug)]
pub(crate) struct Ground {
    pub files: Vec<(String, String)>,
    pub register: Register,
    pub layout: Layout,
    /// Beside the layout's sheets.
    pub tables: Vec<Table>,
}

impl Ground {
    pub fn new(
        files: Vec<(String, String)>,
        catalog: &Catalog,
        as_of: i64,
        lang: Lang,
    ) -> Result<Self, Problems> {
        let register = Register::read_files(files.clone(), catalog)?;
        let assessed = register.universe(catalog, as_of, as_of);
        let layout = Layout::new(catalog, lang, |kind| register.count(kind) > 0);
        let tables = layout.sheets.iter().map(|sheet| table(&register, &assessed, catalog, sheet)).collect();
        Ok(Self { files, register, layout, tables })
    }

    /// The sheet of a kind, and its things.
    pub fn of(&self, kind: KindId) -> Option<(&crate::layout::Sheet, &Table)> {
        self.layout.sheets.iter().zip(&self.tables).find(|(sheet, _)| sheet.kind == kind)
    }
}

/// Things that a cell may refer to.
#[derive(Debug)]
pub(crate) struct Known<'c> {
    catalog: &'c Catalog,
    ids: HashMap<KindId, HashSet<String>>,
    /// Folded names; none where several things have the name.
    names: HashMap<KindId, HashMap<String, Option<String>>>,
}

impl<'c> Known<'c> {
    pub fn new(catalog: &'c Catalog) -> Self {
        Self { catalog, ids: HashMap::new(), names: HashMap::new() }
    }

    /// All things of a register.
    pub fn take(&mut self, ground: &Ground) {
        for (sheet, table) in ground.layout.sheets.iter().zip(&ground.tables) {
            self.ids.entry(sheet.kind).or_default().extend(table.ids.iter().cloned());
            let definition = self.catalog.schema.kind(sheet.kind);
            let named = sheet.columns.iter().position(
                |column| matches!(column.what, What::Field(field) if is_name(definition.field(field))),
            );
            let Some(named) = named else { continue };
            for (row, id) in table.ids.iter().enumerate() {
                if let Some(name) = table.cell(row as u32, named as u16).and_then(|cell| cell.value.as_ref())
                {
                    self.name(sheet.kind, name, id);
                }
            }
        }
    }

    pub fn id(&mut self, kind: KindId, id: &str) {
        self.ids.entry(kind).or_default().insert(id.to_owned());
    }

    pub fn has(&self, kind: KindId, id: &str) -> bool {
        self.ids.get(&kind).is_some_and(|ids| ids.contains(id))
    }

    pub fn name(&mut self, kind: KindId, name: &str, id: &str) {
        let names = self.names.entry(kind).or_default();
        names
            .entry(folded(name))
            .and_modify(|known| {
                if known.as_deref() != Some(id) {
                    *known = None;
                }
            })
            .or_insert_with(|| Some(id.to_owned()));
    }

    /// The thing of a kind that has this id or, alone, this name.
    pub fn lookup(&self, kind: KindId, called: &str) -> Option<String> {
        let plain: String = called.trim().chars().map(narrow).collect();
        if self.has(kind, &plain) {
            return Some(plain);
        }
        self.names.get(&kind)?.get(&folded(called))?.clone()
    }
}

impl Things for Known<'_> {
    fn find(&self, kind: KindId, called: &str) -> Result<String, Box<Wrong>> {
        if let Some(id) = self.lookup(kind, called) {
            return Ok(id);
        }
        let plain: String = called.trim().chars().map(narrow).collect();
        let names = self.names.get(&kind);
        let named = names.and_then(|names| names.get(&folded(called)));
        let title =
            self.catalog.kinds.get(kind.0 as usize).map(|kind| kind.title.clone()).unwrap_or_default();
        let shown = quoted(called);
        if named.is_some() {
            return Err(Wrong::new(
                both(
                    format!("有几项“{}”都叫“{shown}”", title.zh),
                    format!("several entries of “{}” are called `{shown}`", title.en),
                ),
                both("填编号", "write the id"),
            ));
        }
        let ids = self.ids.get(&kind).into_iter().flatten().map(String::as_str);
        let known = names.into_iter().flatten().map(|(name, _)| name.as_str());
        let mut all: Vec<&str> = ids.chain(known).take(NEAR_LIMIT).collect();
        all.sort_unstable();
        let (near_zh, near_en) = nearest(&plain, all)
            .map(|near| (format!("；是不是“{near}”？"), format!("; did you mean `{near}`?")))
            .unwrap_or_default();
        Err(Wrong::new(
            both(
                format!("没有编号或名称为“{shown}”的“{}”{near_zh}", title.zh),
                format!("no entry of “{}” has the id or name `{shown}`{near_en}", title.en),
            ),
            both(
                "填已有的编号，或先在那张表里新增",
                "write an id that is there, or add the entry to that sheet first",
            ),
        ))
    }
}
