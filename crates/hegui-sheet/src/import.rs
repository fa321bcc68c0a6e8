//! From a workbook that a person edited to what changes in a register.
//!
//! ```text
//! base (inside the workbook) ─┐
//! grid (what the person has)  ├─ compared ─▶ wishes ─ against the register now ─▶ Plan
//! register now ───────────────┘
//! ```
//!
//! Only what differs between grid and base is a wish. Where the register says something else than the
//! base by now, a wish for another value is a conflict, and nothing is imported.

mod gather;
mod ground;
mod locate;
mod notes;
mod settle;
mod show;

use crate::list::{self, Mapping};
use crate::open::Book;
use crate::problem::{Problem, Problems, both};
use crate::questionnaire;
pub(crate) use gather::well_formed;
pub(crate) use ground::{Ground, Known};
use hegui_catalog::model::{Catalog, Lang};
use hegui_logic::schema::KindId;
use hegui_register::{Given, Source, WriteError};
pub use notes::Note;
pub(crate) use notes::Notes;
pub use show::{Effect, Line};
use std::collections::HashSet;
use std::sync::Arc;

/// What counts where a row does not say it, and the day of the import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Defaults {
    /// The sort of source.
    pub source: Option<Source>,
    /// Who.
    pub by: Option<String>,
    /// The day on which it was so, in seconds.
    pub on: Option<i64>,
    /// Today, in seconds.
    pub today: i64,
    /// The workbook's file name: who says it, where nobody is named.
    pub file_name: String,
}

impl Defaults {
    /// Where new facts come from that say nothing of it themselves.
    pub(crate) fn given(&self) -> Given {
        let on = self.on.unwrap_or(self.today);
        let by = self.by.clone();
        let source = self.source.unwrap_or(if by.is_some() { Source::Statement } else { Source::Import });
        Given {
            source,
            by: by.or_else(|| Some(self.file_name.clone())),
            on: Some(on),
            recorded: (on < self.today).then_some(self.today),
            evidence: vec![],
            reasons: None,
        }
    }

    /// Whether the command says where new facts come from.
    pub(crate) fn says(&self) -> bool {
        self.source.is_some() || self.by.is_some() || self.on.is_some()
    }
}

/// What an import would do.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Files to be written, with their new texts.
    pub files: Vec<(String, String)>,
    /// How many files come whole out of the workbook, into a folder that has none.
    pub restored: usize,
    /// What changes, thing by thing.
    pub lines: Vec<Line>,
    /// How many things are new.
    pub new_things: usize,
    added_ids: HashSet<(KindId, String)>,
    /// What was read otherwise than it stands, or not at all.
    pub notes: Vec<Note>,
    /// How the headings of a plain list were understood.
    pub mapping: Option<Mapping>,
    /// How many wishes the register fulfils already.
    pub already: usize,
}

/// What a person wants said of a thing.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// The sheet, by its place in the book.
    pub sheet: usize,
    /// The row in it, from 0.
    pub row: u32,
    pub kind: KindId,
    pub id: Arc<str>,
    /// Whether `old` of the wishes is what the person saw; without, what is there now is added to.
    pub compared: bool,
    /// Where it comes from, if the row says so.
    pub given: Option<Given>,
    pub wishes: Vec<Wish>,
}

/// What a person wants said in one column.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    /// The place in the layout's sheet.
    pub column: u16,
    /// The column in the book's sheet, from 0.
    pub at: u32,
    /// The row, where it is another than the thing's.
    pub row: u32,
    /// The value, as a register writes it; none where the cell was cleared.
    pub value: Option<String>,
    /// The value that the person saw.
    pub old: Option<String>,
}

/// Works out what a workbook changes. `now` are the register's files; none for a new folder.
///
/// # Errors
/// Everything that is wrong with the workbook, or would be with the register, with sheets and cells.
pub fn plan(
    book: &Book,
    now: Vec<(String, String)>,
    mapping: Option<&Mapping>,
    catalog: &Catalog,
    defaults: &Defaults,
    lang: Lang,
) -> Result<Plan, Problems> {
    let mut notes = Notes::default();
    if book.macros {
        notes.add(
            "macros",
            "",
            None,
            both(
                "工作簿带有宏：宏既不运行也不读取",
                "the workbook has macros: they are neither run nor read",
            ),
        );
    }
    let as_of = book.base.as_ref().map_or(defaults.today, |base| base.as_of);
    let words = book.base.as_ref().map_or(lang, |base| base.lang);
    let new_folder = now.is_empty();
    let (base, now) = match &book.base {
        Some(base) => {
            let ground =
                Ground::new(base.files.clone(), catalog, as_of, words).map_err(|p| base_broken(&p))?;
            let now = match now == base.files || new_folder {
                true => None,
                false => Some(Ground::new(now, catalog, as_of, words).map_err(|p| now_broken(&p))?),
            };
            (Some(ground), now)
        }
        None => (None, Some(Ground::new(now, catalog, as_of, words).map_err(|p| now_broken(&p))?)),
    };
    let Some(ground) = now.as_ref().or(base.as_ref()) else { return Ok(Plan::default()) };
    let mut problems = Problems::default();
    let (wanted, mapping) = match (&base, &book.base) {
        (Some(base), Some(made_from)) => {
            if made_from.catalog != catalog.hash {
                notes.add("catalog", "", None, both(
                    "工作簿依据的是另一版目录：各列按名称读取，不再适用的会逐格指出",
                    "the workbook was made with another version of the catalog: columns are read by their names, and what no longer fits is pointed out cell by cell",
                ));
            }
            let mut gather = gather::Gather::new(book, base, ground, catalog, defaults);
            gather.run(&mut notes, &mut problems);
            (gather.wanted, None)
        }
        _ if book.is_questionnaire() => {
            let told = (&mut notes, &mut problems);
            (questionnaire::read(book, ground, catalog, defaults, told), None)
        }
        _ => {
            let read = list::read(book, ground, mapping, catalog, defaults, (&mut notes, &mut problems));
            (read.wanted, Some(read.mapping))
        }
    };
    let restored = if new_folder && base.is_some() { ground.files.len() } else { 0 };
    let mut settle = settle::Settle::new(book, ground, catalog, defaults);
    settle.run(&wanted, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut plan = Plan { restored, mapping, already: settle.already, ..Plan::default() };
    let added = std::mem::take(&mut settle.added);
    plan.new_things = added.len();
    plan.added_ids = added.iter().map(|thing| (thing.kind, thing.id.clone())).collect();
    if settle.edits.is_empty() && added.is_empty() {
        plan.files = if restored > 0 { ground.files.clone() } else { vec![] };
        plan.notes = notes.list();
        return Ok(plan);
    }
    let changed = hegui_register::edited(
        &ground.files,
        &ground.register,
        &settle.edits,
        &added,
        &defaults.given(),
        catalog,
    )
    .map_err(|error| Problems::one(of_write(&error)))?;
    let mut after = ground.files.clone();
    for (name, text) in &changed {
        match after.iter_mut().find(|(file, _)| file == name) {
            Some((_, old)) => old.clone_from(text),
            None => after.push((name.clone(), text.clone())),
        }
    }
    let register = hegui_register::Register::read_files(after.clone(), catalog)
        .map_err(|problems| locate::located(&problems, &changed, &settle.places, book, catalog))?;
    plan.lines = settle.lines;
    show::weigh(&mut plan.lines, &register, catalog, defaults);
    plan.files = if restored > 0 { after } else { changed };
    plan.notes = notes.list();
    Ok(plan)
}

fn base_broken(problems: &hegui_register::Problems) -> Problems {
    let first = problems.list.first().map(ToString::to_string).unwrap_or_default();
    Problems::one(Problem {
        found: first,
        ..Problem::of_book(
            both(
                "工作簿所依据的登记册不符合现在的目录",
                "the register inside the workbook does not fit the catalog as it is now",
            ),
            both(
                "用导出时的 hegui 版本导入，或重新导出后再填",
                "import it with the hegui that exported it, or export again and carry over what was filled in",
            ),
        )
    })
}

fn now_broken(problems: &hegui_register::Problems) -> Problems {
    let mut told = Problems::default();
    for problem in &problems.list {
        told.push(Problem {
            found: problem.to_string(),
            ..Problem::of_book(
                both("文件夹里的登记册本身有错", "the register in the folder is wrong as it stands"),
                both("先用 hegui check 检查并改正", "see `hegui check` and mend it first"),
            )
        });
    }
    told
}

fn of_write(error: &WriteError) -> Problem {
    Problem {
        found: error.to_string(),
        ..Problem::of_book(
            both("改动写不进登记册的文件", "the changes cannot be written into the register's files"),
            both("直接在该文件中修改", "change it in that file"),
        )
    }
}
