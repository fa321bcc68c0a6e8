//! Reading wording: the standard one, and a firm's changes laid over it.
//!
//! The reader of the catalog's TOML is used here too, so places and problems look the same.

use super::{ENTRIES, PAPERS, Wording, placeholders};
use crate::papers::form::Form;
use hegui_catalog::document::{Document, Sink, Table, hint};
use hegui_catalog::model::{Place, Text};
use hegui_catalog::problem::{Problem, Problems};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Largest file, in bytes.
const FILE_LIMIT: usize = 1 << 20;
/// The lists of sections at the top of the file.
const LISTS: [&str; 3] = ["order", "annexes", "new_page"];

/// The wording that comes with the crate.
pub(super) fn standard() -> Result<Wording, Problems> {
    let sink = Sink::default();
    let mut wording = Wording {
        entries: BTreeMap::new(),
        order: vec![],
        annexes: vec![],
        new_page: vec![],
        papers: BTreeMap::new(),
    };
    for (file, text) in ENTRIES {
        let doc = Document::new(file.to_owned(), text.to_owned());
        let Some(root) = doc.parse(&sink) else { continue };
        let table = Table::new(&doc, &sink, root.get_ref(), 0);
        wording.order.extend(table.strings("order"));
        wording.annexes.extend(table.strings("annexes"));
        wording.new_page.extend(table.strings("new_page"));
        for (key, at, text) in entries(&table) {
            if wording.entries.contains_key(&key) {
                table.note(at, format!("`{key}` stands in two files"), "give one of them another name");
            }
            wording.entries.insert(key, text);
        }
    }
    for (id, text) in PAPERS {
        let doc = Document::new(format!("papers/{id}.toml"), text.to_owned());
        if let Some(form) = Form::read(&doc, id, &sink) {
            wording.papers.insert(id.to_owned(), form);
        }
    }
    finished(wording, sink)
}

/// Lays files over a wording.
pub(super) fn changed(
    standard: Wording,
    files: impl IntoIterator<Item = (String, Vec<u8>)>,
) -> Result<Wording, Problems> {
    let sink = Sink::default();
    let mut wording = standard.clone();
    for (file, contents) in files {
        let Some(doc) = document(file, contents, &sink) else { continue };
        match paper_id(&doc.file) {
            Some(id) => {
                if let Some(form) = Form::read(&doc, &id, &sink) {
                    wording.papers.insert(id, form);
                }
            }
            None => lay_over(&mut wording, &standard, &doc, &sink),
        }
    }
    finished(wording, sink)
}

fn finished(wording: Wording, sink: Sink) -> Result<Wording, Problems> {
    let problems = Problems::sorted(sink.into_inner());
    if problems.errors() > 0 { Err(problems) } else { Ok(wording) }
}

/// The id of the paper that a file defines: the file's name, where it lies in a folder `papers`.
fn paper_id(file: &str) -> Option<String> {
    let parts: Vec<&str> = file.split('/').collect();
    match parts.as_slice() {
        [.., "papers", name] => name.strip_suffix(".toml").map(str::to_owned),
        _ => None,
    }
}

fn lay_over(wording: &mut Wording, standard: &Wording, doc: &Document, sink: &Sink) {
    let Some(root) = doc.parse(sink) else { return };
    let table = Table::new(doc, sink, root.get_ref(), 0);
    if let Some(order) = sections(&table, "order", &standard.order) {
        wording.order = order;
    }
    if let Some(annexes) = sections(&table, "annexes", &standard.annexes) {
        wording.annexes = annexes;
    }
    if let Some(new_page) = sections(&table, "new_page", &standard.order) {
        wording.new_page = new_page;
    }
    for (key, at, text) in entries(&table) {
        let Some(of) = standard.entries.get(&key) else {
            let message = format!("unknown entry `{key}`{}", hint(&key, standard.keys()));
            table.note(at, message, "the entries are those of the standard wording, see `docs/wording.md`");
            continue;
        };
        check_placeholders(&table, &key, at, &text, of);
        wording.entries.insert(key, text);
    }
}

/// A list of sections: each known, none twice.
fn sections(table: &Table<'_>, key: &str, known: &[String]) -> Option<Vec<String>> {
    table.get(key)?;
    let mut seen = BTreeSet::new();
    let mut list = vec![];
    for section in table.list(key) {
        if !known.contains(&section.text) {
            let near = hint(&section.text, known.iter().map(String::as_str));
            let message = format!("`{key}` names an unknown section `{}`{near}", section.text);
            table.note(section.span.start, message, format!("known: {}", known.join(", ")));
        } else if seen.insert(section.text.clone()) {
            list.push(section.text);
        } else {
            let message = format!("`{key}` names `{}` twice", section.text);
            table.note(section.span.start, message, "remove one");
        }
    }
    Some(list)
}

/// The entries of a file: `table.name`, where it stands, its text.
fn entries(table: &Table<'_>) -> Vec<(String, usize, Text)> {
    let mut found = vec![];
    for (name, span, value) in table.all() {
        if LISTS.contains(&name) {
            continue;
        }
        let Some(group) = table.inner(value) else {
            let message = format!("`{name}` is no table of entries{}", hint(name, LISTS));
            table.note(
                span.start,
                message,
                "write entries as in `[gaps]` and `none = { zh = \"…\", en = \"…\" }`",
            );
            continue;
        };
        for (entry, span, _) in group.all() {
            found.push((format!("{name}.{entry}"), span.start, group.text(entry)));
        }
    }
    found
}

/// An entry may use the names that the standard one uses, in either language, and those known everywhere.
fn check_placeholders(table: &Table<'_>, key: &str, at: usize, text: &Text, standard: &Text) {
    let known: BTreeSet<&str> =
        placeholders(&standard.zh).chain(placeholders(&standard.en)).chain(super::EVERYWHERE).collect();
    for name in placeholders(&text.zh).chain(placeholders(&text.en)) {
        if !known.contains(name) {
            let message =
                format!("`{key}` has no `{{{name}}}` to fill in{}", hint(name, known.iter().copied()));
            let list: Vec<String> = known.iter().map(|n| format!("{{{n}}}")).collect();
            table.note(at, message, format!("use any of: {}", list.join(" ")));
        }
    }
    for side in [&text.zh, &text.en] {
        if side.matches('{').count() != side.matches('}').count() {
            table.note(at, format!("`{key}` has a brace without its other half"), "write {name}");
        }
    }
}

fn document(file: String, contents: Vec<u8>, sink: &Sink) -> Option<Document> {
    let refuse = |message: &str, remedy: &str| {
        let place = Place { file: file.clone(), line: 1, column: 1 };
        sink.borrow_mut().push(Problem::error(place, message, remedy));
    };
    if contents.len() > FILE_LIMIT {
        refuse(&format!("the file is larger than {FILE_LIMIT} bytes"), "this is no wording; divide it");
        return None;
    }
    match String::from_utf8(contents) {
        Ok(text) => Some(Document::new(file, text)),
        Err(_) => {
            refuse("the file is not UTF-8", "save it as UTF-8");
            None
        }
    }
}

/// The file, or the `.toml` files of the folder, with the names that messages give them.
pub(super) fn files(path: &Path) -> Result<Vec<(String, Vec<u8>)>, Problems> {
    if path.is_dir() {
        return hegui_catalog::read::files_of(path);
    }
    let file = path.display().to_string();
    match std::fs::read(path) {
        Ok(contents) => Ok(vec![(file.replace('\\', "/"), contents)]),
        Err(error) => {
            let place = Place { file, line: 1, column: 1 };
            let remedy = "name a file or folder of wording";
            Err(Problems(vec![Problem::error(place, format!("cannot be read: {error}"), remedy)]))
        }
    }
}
