//! Which sheets a workbook has, and which columns: made from the dictionary, so that it grows with it.

use crate::words::{Key, words};
use hegui_catalog::model::{Catalog, FactEntry, Lang};
use hegui_logic::schema::{Field, FieldId, KindId, RelationId, Source, Type};
use std::collections::HashSet;

/// Longest name of a sheet, in UTF-16 units, as spreadsheets have it.
const NAME_LIMIT: usize = 31;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum What {
    /// The thing's id; of a declaration the id of the thing that is spoken of.
    Id,
    /// Of a declaration: the document that speaks.
    Document,
    /// A fact.
    Field(FieldId),
    /// A list of references.
    List(RelationId),
    /// Whether a relation is complete.
    Complete(RelationId),
    /// Where comes from what is newly written in a row.
    From(Key),
}

/// How a column is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// The thing itself: id, name, what it stands below.
    Thing,
    /// Its facts.
    Fact,
    /// Where they come from.
    From,
    /// Facts that are said here once for what stands below.
    Below,
    /// Whether lists are complete.
    Complete,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// What it holds.
    pub what: What,
    /// Its name for the machine, in the first row: `activity.purpose`.
    pub path: String,
    /// Its heading.
    pub heading: String,
    /// How it is shown.
    pub group: Group,
}

/// A sheet: the things of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// The kind.
    pub kind: KindId,
    /// The sheet's name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<Column>,
}

/// All sheets of things, in the order of the dictionary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The language of names, headings and words.
    pub lang: Lang,
    /// The sheets.
    pub sheets: Vec<Sheet>,
}

impl Layout {
    /// The sheets that a catalog's dictionary makes. Kinds of which `has_things` stand first.
    #[must_use]
    pub fn new(catalog: &Catalog, lang: Lang, has_things: impl Fn(KindId) -> bool) -> Self {
        let mut taken: HashSet<String> = HashSet::from([words(lang).guide.to_lowercase()]);
        let kinds = (0..catalog.schema.kinds.len()).map(|at| KindId(at as u16));
        let (full, empty): (Vec<KindId>, Vec<KindId>) = kinds.partition(|kind| has_things(*kind));
        let sheets = full
            .into_iter()
            .chain(empty)
            .map(|kind| Sheet {
                kind,
                name: sheet_name(catalog, kind, lang, &mut taken),
                columns: columns(catalog, kind, lang),
            })
            .collect();
        Self { lang, sheets }
    }

    /// The sheet of a kind.
    #[must_use]
    pub fn of(&self, kind: KindId) -> Option<&Sheet> {
        self.sheets.iter().find(|sheet| sheet.kind == kind)
    }
}

/// A name that spreadsheets accept, and that no other sheet has.
fn sheet_name(catalog: &Catalog, kind: KindId, lang: Lang, taken: &mut HashSet<String>) -> String {
    let entry = catalog.kinds.get(kind.0 as usize);
    let title = match entry.and_then(|entry| entry.declares) {
        Some(of) => {
            let of = catalog.kinds.get(of.0 as usize).map(|k| k.title.get(lang)).unwrap_or_default();
            match lang {
                Lang::Zh => format!("{of}·文件记载"),
                Lang::En => format!("{of}, as documents say"),
            }
        }
        None => entry.map(|entry| entry.title.get(lang)).unwrap_or_default().to_owned(),
    };
    let plain: String = title.chars().map(|c| if "[]:*?/\\'".contains(c) { ' ' } else { c }).collect();
    let mut number = 1;
    loop {
        let tail = if number == 1 { String::new() } else { format!(" {number}") };
        let mut name = String::new();
        for c in plain.trim().chars() {
            if (name.encode_utf16().count() + c.len_utf16() + tail.len()) > NAME_LIMIT {
                break;
            }
            name.push(c);
        }
        let name = format!("{}{tail}", name.trim_end());
        if !name.is_empty() && taken.insert(name.to_lowercase()) {
            return name;
        }
        number += 1;
    }
}

fn columns(catalog: &Catalog, kind: KindId, lang: Lang) -> Vec<Column> {
    let schema = &catalog.schema;
    let definition = schema.kind(kind);
    let name = definition.name.as_str();
    let text = words(lang);
    let declares = catalog.kinds.get(kind.0 as usize).is_some_and(|entry| entry.declares.is_some());
    let mut columns = Vec::new();
    let mut push = |what, path: String, heading: &str, group| {
        columns.push(Column { what, path, heading: heading.to_owned(), group });
    };
    push(What::Id, format!("{name}.id"), if declares { text.thing_id } else { text.id }, Group::Thing);
    if declares {
        push(What::Document, format!("{name}.document"), text.document, Group::Thing);
    }
    let ordered = fields_in_order(catalog, kind, declares);
    for (field, group) in ordered.iter().filter(|(_, group)| *group != Group::Below) {
        let entry = catalog.fact(kind, *field);
        push(
            What::Field(*field),
            format!("{name}.{}", definition.field(*field).name),
            heading(entry, lang),
            *group,
        );
    }
    for (at, relation) in definition.relations.iter().enumerate() {
        if relation.source == Source::List {
            let id = RelationId(at as u16);
            push(
                What::List(id),
                format!("{name}.{}", relation.name),
                heading(catalog.relation(kind, id), lang),
                Group::Fact,
            );
        }
    }
    for key in Key::ALL {
        push(What::From(key), format!("{name}.#{}", key.name()), key.heading(lang), Group::From);
    }
    for (field, _) in ordered.iter().filter(|(_, group)| *group == Group::Below) {
        let entry = catalog.fact(kind, *field);
        push(
            What::Field(*field),
            format!("{name}.{}", definition.field(*field).name),
            heading(entry, lang),
            Group::Below,
        );
    }
    for (at, relation) in definition.relations.iter().enumerate() {
        let id = RelationId(at as u16);
        let of = catalog.relation(kind, id).map(|entry| complete_heading(catalog, relation.to, entry, lang));
        push(
            What::Complete(id),
            format!("{name}.{} (complete)", relation.name),
            &of.unwrap_or_default(),
            Group::Complete,
        );
    }
    columns
}

/// A kind's fields as columns: what names the thing, what it stands below, its facts, and those that
/// are said here for what stands below.
fn fields_in_order(catalog: &Catalog, kind: KindId, declares: bool) -> Vec<(FieldId, Group)> {
    let definition = catalog.schema.kind(kind);
    let mut fields: Vec<(FieldId, Group)> = Vec::new();
    for (at, field) in definition.fields.iter().enumerate() {
        let id = FieldId(at as u16);
        let implied = declares && (definition.parent == Some(id) || field.name == "document");
        if implied {
            continue;
        }
        let generated = catalog.fact(kind, id).is_some_and(|entry| entry.generated);
        let group = match field {
            field if is_name(field) => Group::Thing,
            _ if definition.parent == Some(id) => Group::Thing,
            _ if generated && !declares => Group::Below,
            _ => Group::Fact,
        };
        fields.push((id, group));
    }
    let rank = |(id, group): &(FieldId, Group)| match group {
        Group::Thing if definition.parent == Some(*id) => 1,
        Group::Thing => 0,
        Group::Below => 3,
        _ => 2,
    };
    fields.sort_by_key(rank);
    fields
}

/// Whether a fact is what a thing is called.
pub(crate) fn is_name(field: &Field) -> bool {
    field.ty == Type::Text && matches!(field.name.as_str(), "name" | "title")
}

/// What a column is called: the dictionary's label, or where it has none the question.
pub(crate) fn heading(entry: Option<&FactEntry>, lang: Lang) -> &str {
    let Some(entry) = entry else { return "" };
    let label = entry.label.get(lang);
    if label.is_empty() { entry.question.get(lang) } else { label }
}

fn complete_heading(catalog: &Catalog, to: KindId, entry: &FactEntry, lang: Lang) -> String {
    let label = entry.label.get(lang);
    let title = catalog.kinds.get(to.0 as usize).map(|kind| kind.title.get(lang)).unwrap_or_default();
    match lang {
        Lang::Zh if label.is_empty() => format!("“{title}”是否已全部登记"),
        Lang::Zh => format!("“{label}”是否齐全"),
        Lang::En if label.is_empty() => format!("are all of these registered: {title}"),
        Lang::En => format!("complete: {label}"),
    }
}
