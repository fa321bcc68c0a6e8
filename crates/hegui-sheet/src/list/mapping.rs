//! Which facts a list's headings mean, as a file that a person can edit.

use crate::words::folded;
use hegui_catalog::model::{Catalog, Lang};
use hegui_logic::schema::{FieldId, KindId, RelationId, Source};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What columns mean, sheet by sheet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mapping {
    /// The sheets.
    pub sheets: Vec<SheetMapping>,
    /// By kind: the id of the thing that all new things of other kinds stand below, where the list has
    /// no column for it.
    pub parents: BTreeMap<String, String>,
}

/// What the columns of a sheet mean.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SheetMapping {
    /// The sheet's name.
    pub name: String,
    /// The row of the headings, from 1.
    pub heading_row: u32,
    /// Headings in the order of the columns, the fact that each means (`activity.name`; `None` to leave
    /// the column out), and how like its name is to the fact's, from 0 to 1.
    pub columns: Vec<(String, Option<String>, f64)>,
    /// By heading: what words of the list mean.
    pub values: BTreeMap<String, BTreeMap<String, String>>,
}

/// What a column is read into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    /// The id of a thing.
    Id(KindId),
    /// A fact.
    Field(KindId, FieldId),
    /// A list of references.
    List(KindId, RelationId),
}

impl Target {
    /// The kind that it speaks of.
    pub fn kind(self) -> KindId {
        match self {
            Self::Id(kind) | Self::Field(kind, _) | Self::List(kind, _) => kind,
        }
    }

    /// What a path means: `activity.name`, `activity.id`.
    pub fn of(catalog: &Catalog, path: &str) -> Option<Self> {
        let (kind, name) = path.rsplit_once('.')?;
        let kind = catalog.schema.kind_named(kind).filter(|_| !kind.contains('.'))?;
        let definition = catalog.schema.kind(kind);
        if name == "id" {
            return Some(Self::Id(kind));
        }
        if let Some(field) = definition.field_named(name) {
            return Some(Self::Field(kind, field));
        }
        let relation = definition.relation_named(name)?;
        (definition.relation(relation).source == Source::List).then_some(Self::List(kind, relation))
    }
}

/// Stands in the file for "leave this column out".
const IGNORE: &str = "ignore";

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it, with line and column where TOML itself is.
    pub fn parse(text: &str, catalog: &Catalog) -> Result<Self, String> {
        let root: toml::Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
        let mut mapping = Self::default();
        for (key, value) in &root {
            match (key.as_str(), value.as_table()) {
                ("sheet", Some(sheets)) => {
                    for (name, sheet) in sheets {
                        let sheet = sheet.as_table().ok_or(format!("`sheet.\"{name}\"` is a table"))?;
                        mapping.sheets.push(sheet_of(name, sheet, catalog)?);
                    }
                }
                ("parent", Some(parents)) => mapping.parents = texts("parent", parents)?,
                _ => {
                    return Err(format!(
                        "`{key}` is no part of a mapping; right: [sheet.\"NAME\"] or [parent]"
                    ));
                }
            }
        }
        Ok(mapping)
    }

    /// The mapping as a file.
    #[must_use]
    pub fn to_toml(&self, catalog: &Catalog, lang: Lang) -> String {
        let mut text = match lang {
            Lang::Zh => String::from(
                "# 清单的各列对应登记册的哪个事实。可以修改：写成 种类.事实（hegui fact list 列出全部）、种类.id，或 ignore（不读）。\n# 改好后：hegui register import 清单.xlsx --into 文件夹 --mapping 本文件\n",
            ),
            Lang::En => String::from(
                "# Which fact of the register each column of the list means. Edit it: KIND.FACT (`hegui fact list` shows all), KIND.id, or ignore.\n# Then: hegui register import LIST.xlsx --into FOLDER --mapping THIS_FILE\n",
            ),
        };
        for sheet in &self.sheets {
            let name = quote(&sheet.name);
            let _ = writeln!(
                text,
                "\n[sheet.{name}]\nheading_row = {}\n\n[sheet.{name}.column]",
                sheet.heading_row
            );
            for (heading, path, likeness) in &sheet.columns {
                let remark = match (path, lang) {
                    (Some(path), _) => format!("{} · {:.0}%", title(catalog, path, lang), likeness * 100.0),
                    (None, Lang::Zh) => "没有认出".to_owned(),
                    (None, Lang::En) => "not recognised".to_owned(),
                };
                let path = path.as_deref().unwrap_or(IGNORE);
                let _ =
                    writeln!(text, "{} = {}  # {}", quote(heading), quote(path), remark.replace('\n', " "));
            }
            for (heading, values) in &sheet.values {
                let _ = writeln!(text, "\n[sheet.{name}.value.{}]", quote(heading));
                for (word, code) in values {
                    let _ = writeln!(text, "{} = {}", quote(word), quote(code));
                }
            }
        }
        if !self.parents.is_empty() {
            text.push_str("\n[parent]\n");
            for (kind, id) in &self.parents {
                let _ = writeln!(text, "{} = {}", quote(kind), quote(id));
            }
        }
        text
    }

    /// The matches, for a person to look at.
    #[must_use]
    pub fn show(&self, catalog: &Catalog, lang: Lang) -> String {
        let mut text = String::new();
        for sheet in &self.sheets {
            let _ = match lang {
                Lang::Zh => writeln!(text, "表“{}”，标题在第 {} 行：", sheet.name, sheet.heading_row),
                Lang::En => writeln!(text, "sheet `{}`, headings in row {}:", sheet.name, sheet.heading_row),
            };
            for (heading, path, likeness) in &sheet.columns {
                let heading = crate::problem::quoted(heading);
                let _ = match (path, lang) {
                    (Some(path), _) => {
                        let like = if *likeness >= 1.0 {
                            String::new()
                        } else {
                            format!("  ~{:.0}%", likeness * 100.0)
                        };
                        writeln!(text, "  {heading} → {path} · {}{like}", title(catalog, path, lang))
                    }
                    (None, Lang::Zh) => writeln!(text, "  {heading} → 不读"),
                    (None, Lang::En) => writeln!(text, "  {heading} → left out"),
                };
            }
        }
        text
    }
}

/// What a path is called.
fn title(catalog: &Catalog, path: &str, lang: Lang) -> String {
    let Some(target) = Target::of(catalog, path) else { return String::new() };
    let kind =
        catalog.kinds.get(target.kind().0 as usize).map(|kind| kind.title.get(lang)).unwrap_or_default();
    let fact = match target {
        Target::Id(_) => crate::words::words(lang).id,
        Target::Field(kind, field) => crate::layout::heading(catalog.fact(kind, field), lang),
        Target::List(kind, relation) => crate::layout::heading(catalog.relation(kind, relation), lang),
    };
    match lang {
        Lang::Zh => format!("{kind}：{fact}"),
        Lang::En => format!("{kind}: {fact}"),
    }
}

fn quote(text: &str) -> String {
    toml::Value::String(text.replace('\n', " ")).to_string()
}

fn sheet_of(name: &str, table: &toml::Table, catalog: &Catalog) -> Result<SheetMapping, String> {
    let mut sheet = SheetMapping { name: name.to_owned(), heading_row: 1, ..SheetMapping::default() };
    for (key, value) in table {
        match key.as_str() {
            "heading_row" => {
                let row = value.as_integer().and_then(|row| u32::try_from(row).ok()).filter(|row| *row > 0);
                sheet.heading_row =
                    row.ok_or(format!("`heading_row` of `{name}` is the number of a row, from 1"))?;
            }
            "column" => {
                let columns = value.as_table().ok_or(format!("`column` of `{name}` is a table"))?;
                for (heading, path) in texts(name, columns)? {
                    let path = Some(path).filter(|path| path != IGNORE);
                    if let Some(path) = &path
                        && Target::of(catalog, path).is_none()
                    {
                        return Err(unknown(&heading, path, catalog));
                    }
                    sheet.columns.push((heading, path, 1.0));
                }
            }
            "value" => {
                let values = value.as_table().ok_or(format!("`value` of `{name}` is a table"))?;
                for (heading, words) in values {
                    let words = words.as_table().ok_or(format!("`value.\"{heading}\"` is a table"))?;
                    sheet.values.insert(heading.clone(), texts(heading, words)?);
                }
            }
            other => {
                return Err(format!(
                    "`{other}` is no part of a sheet's mapping; right: heading_row, column, value"
                ));
            }
        }
    }
    Ok(sheet)
}

fn unknown(heading: &str, path: &str, catalog: &Catalog) -> String {
    let all: Vec<String> = catalog
        .schema
        .kinds
        .iter()
        .filter(|kind| !kind.name.contains('.'))
        .flat_map(|kind| kind.fields.iter().map(|field| format!("{}.{}", kind.name, field.name)))
        .collect();
    let near = crate::words::nearest(path, all.iter().map(String::as_str));
    let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    format!(
        "`{path}`, for the column `{heading}`, is no fact{hint}; right: KIND.FACT as `hegui fact list` shows them, KIND.id, or `ignore`"
    )
}

fn texts(of: &str, table: &toml::Table) -> Result<BTreeMap<String, String>, String> {
    table
        .iter()
        .map(|(key, value)| match value.as_str() {
            Some(text) => Ok((key.clone(), text.to_owned())),
            None => Err(format!("`{key}` of `{of}` is a text")),
        })
        .collect()
}

impl SheetMapping {
    /// What a heading means; headings are compared without regard to white space and width.
    pub(crate) fn target(&self, heading: &str, catalog: &Catalog) -> Option<Target> {
        let heading = folded(heading);
        let (_, path, _) = self.columns.iter().find(|(known, _, _)| folded(known) == heading)?;
        Target::of(catalog, path.as_deref()?)
    }

    /// What a word of a column means.
    pub(crate) fn word(&self, heading: &str, word: &str) -> Option<&str> {
        let heading = folded(heading);
        let (_, words) = self.values.iter().find(|(known, _)| folded(known) == heading)?;
        let word = folded(word);
        words.iter().find(|(known, _)| folded(known) == word).map(|(_, means)| means.as_str())
    }
}
