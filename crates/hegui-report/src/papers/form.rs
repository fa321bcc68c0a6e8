//! The form of a paper: what it holds, as data (`wording/papers/*.toml`, see `docs/papers.md`).
//!
//! A form says which facts stand where, under which heading, and which clauses they are there for;
//! [`super::make`] fills it in. Nothing about a single paper stands in code.

use super::path::Path;
use hegui_catalog::document::{Document, Sink, Table, Written};
use hegui_catalog::model::{Place, Text};

/// How deep sections may be nested.
const DEEPEST: usize = 3;

/// A paper's form.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// What it is asked for by.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// What it is for.
    pub about: Text,
    /// The instrument whose clauses it names.
    pub(crate) instrument: Option<Named>,
    /// A word across every page.
    pub(crate) watermark: Option<Text>,
    /// What is said first.
    pub(crate) intro: Vec<Text>,
    /// The articles that it rests on.
    pub(crate) laws: Vec<Law>,
    /// What it holds.
    pub(crate) sections: Vec<Section>,
    /// Who signs.
    pub(crate) signatures: Vec<Text>,
}

/// A name of the catalog and where it is written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Named {
    pub name: String,
    pub place: Place,
}

/// An article that a paper rests on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Law {
    /// As clauses cite it.
    pub cite: Named,
    /// What it is called where the report has no such article.
    pub text: Text,
}

/// A section.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Section {
    pub heading: Text,
    pub intro: Vec<Text>,
    /// Once for each of these things, which then are what the rest speaks of.
    pub each: Option<Walk>,
    /// What is said where there are none.
    pub empty: Option<Text>,
    /// Only for things of which at least one of these holds.
    pub triggers: Vec<Trigger>,
    /// Facts, one below the other.
    pub fields: Vec<Field>,
    /// A table of these things.
    pub rows: Option<Walk>,
    pub columns: Vec<Field>,
    /// What was found on these clauses.
    pub findings: Vec<Named>,
    /// What the findings on these clauses come to.
    pub conclusion: Vec<Named>,
    /// What the section is there for.
    pub serves: Vec<Item>,
    pub sections: Vec<Section>,
}

/// A path and where it is written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Walk {
    pub path: Path,
    pub text: String,
    pub place: Place,
}

/// What makes something necessary.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Trigger {
    pub label: Text,
    /// It holds where this leads to anything.
    pub on: Walk,
    /// The article, as people cite it.
    pub law: Text,
}

/// A fact, or whatever stands in its place.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Field {
    pub label: Text,
    /// The facts shown, those of several paths one below the other.
    pub show: Vec<Walk>,
    /// Or how the findings on these clauses or requirements stand.
    pub of: Vec<Named>,
    /// Or what a person has to write in, for the register has no such fact.
    pub blank: Option<Text>,
    /// What follows a number, as in " days".
    pub unit: Option<Text>,
    /// What "none" means here.
    pub none: Option<Text>,
    /// Whether the reasons of judgements are shown.
    pub reasons: bool,
    /// Whether what documents say is compared with it.
    pub declared: bool,
    /// Whether it is left out where there is neither a value nor an unknown fact.
    pub optional: bool,
    /// A column's share of the width.
    pub share: u16,
}

/// An item of a clause that a section is there for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Item {
    /// Its number, as in "5.5.2 b)".
    pub item: String,
    /// The requirement, or the clause.
    pub of: Named,
}

impl Form {
    /// Reads a form.
    pub(crate) fn read(doc: &Document, id: &str, sink: &Sink) -> Option<Self> {
        let root = doc.parse(sink)?;
        let table = Table::new(doc, sink, root.get_ref(), 0);
        let form = Self {
            id: id.to_owned(),
            title: table.text("title"),
            about: table.text("about"),
            instrument: table.written("instrument").map(|written| named(&table, written)),
            watermark: optional(&table, "watermark"),
            intro: texts(&table, "intro"),
            laws: table.tables("law").iter().map(law).collect(),
            sections: sections(&table, 0),
            signatures: texts(&table, "signatures"),
        };
        if form.sections.is_empty() {
            table.note(0, "a paper without a section says nothing", "add a `[[section]]`");
        }
        table.finish();
        Some(form)
    }
}

fn named(table: &Table<'_>, written: Written) -> Named {
    Named { place: table.doc.place(written.span.start), name: written.text }
}

fn names(table: &Table<'_>, key: &str) -> Vec<Named> {
    table.list(key).into_iter().map(|written| named(table, written)).collect()
}

fn optional(table: &Table<'_>, key: &str) -> Option<Text> {
    table.get(key).map(|_| table.text_if_any(key))
}

/// A list of tables `{ zh = "…", en = "…" }`.
fn texts(table: &Table<'_>, key: &str) -> Vec<Text> {
    let texts = table.tables(key);
    let texts = texts.iter().map(|inner| {
        let side = |language: &str| {
            inner.needed(language, "every text is given in Chinese (`zh`) and in English (`en`)").text
        };
        let text = Text { zh: side("zh"), en: side("en") };
        inner.finish();
        text
    });
    texts.collect()
}

fn law(table: &Table<'_>) -> Law {
    let cite = table.needed("cite", "an article as clauses cite it, `pipl/55`");
    let law = Law { cite: named(table, cite), text: table.text("text") };
    table.finish();
    law
}

fn sections(table: &Table<'_>, depth: usize) -> Vec<Section> {
    let tables = table.tables("section");
    if let Some(first) = tables.first()
        && depth >= DEEPEST
    {
        first.note_at("heading", format!("sections nest {DEEPEST} deep at most"), "put it one level up");
        return vec![];
    }
    tables.iter().map(|table| section(table, depth)).collect()
}

fn section(table: &Table<'_>, depth: usize) -> Section {
    let fields = |key: &str| table.tables(key).iter().map(field).collect();
    let section = Section {
        heading: table.text("heading"),
        intro: texts(table, "intro"),
        each: walk(table, "each"),
        empty: optional(table, "empty"),
        triggers: table.tables("trigger").iter().map(trigger).collect(),
        fields: fields("field"),
        rows: walk(table, "rows"),
        columns: fields("column"),
        findings: names(table, "findings"),
        conclusion: names(table, "conclusion"),
        serves: table.tables("serves").iter().map(item).collect(),
        sections: sections(table, depth + 1),
    };
    if section.rows.is_some() == section.columns.is_empty() {
        table.note_at("rows", "a table wants `rows` and `[[….column]]` both", "write both, or neither");
    }
    if !section.triggers.is_empty() && section.each.is_none() {
        table.note_at("trigger", "`trigger` is asked of each thing of `each`", "add `each`");
    }
    table.finish();
    section
}

fn walk(table: &Table<'_>, key: &str) -> Option<Walk> {
    table.written(key).map(|written| path(table, written))
}

fn path(table: &Table<'_>, written: Written) -> Walk {
    let path = Path::parse(&written.text).unwrap_or_else(|(at, why)| {
        let remedy = "write a path as in `data.type`, `bases[type=consent].documents` or `/activity`";
        let message = format!("`{}` is no path: {why}", written.text);
        table.note(written.span.start + 1 + at, message, remedy);
        Path::default()
    });
    Walk { path, place: table.doc.place(written.span.start), text: written.text }
}

fn trigger(table: &Table<'_>) -> Trigger {
    let on = table.needed("on", "a path; it holds where this leads to anything");
    let trigger = Trigger { label: table.text("label"), on: path(table, on), law: table.text("law") };
    table.finish();
    trigger
}

fn item(table: &Table<'_>) -> Item {
    let of = table.needed("of", "a requirement or clause");
    let item = Item { item: table.needed("item", "the item's number").text, of: named(table, of) };
    table.finish();
    item
}

fn field(table: &Table<'_>) -> Field {
    let field = Field {
        label: table.text("label"),
        show: table.list("show").into_iter().map(|written| path(table, written)).collect(),
        of: names(table, "of"),
        blank: optional(table, "blank"),
        unit: optional(table, "unit"),
        none: optional(table, "none"),
        reasons: table.flag("reasons"),
        declared: table.flag("declared"),
        optional: table.flag("optional"),
        share: share(table),
    };
    let shows = !field.show.is_empty() || !field.of.is_empty();
    if shows == field.blank.is_some() {
        table.note_at("label", "a field wants `show`, `of` or both; or `blank`", "write what it shows");
    }
    table.finish();
    field
}

fn share(table: &Table<'_>) -> u16 {
    let share = table.integer("share").unwrap_or(2);
    u16::try_from(share).ok().filter(|share| (1..=20).contains(share)).unwrap_or_else(|| {
        table.note_at("share", format!("`share` is {share}"), "write a whole number from 1 to 20");
        2
    })
}
