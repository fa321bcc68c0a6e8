//! Which fact a heading means: by the dictionary's labels and names, by what such columns are usually
//! called, and by likeness.

use super::mapping::{SheetMapping, Target};
use crate::open::{Cells, Row};
use crate::words::{folded, likeness};
use hegui_catalog::model::{Catalog, Lang};
use hegui_logic::schema::{FieldId, KindId, RelationId, Source};
use std::collections::HashMap;

/// What columns are usually called.
const USUAL: &str = include_str!("headings.toml");
/// From which likeness on a heading counts as matched.
const LIKE: f64 = 0.7;
/// Among so many rows at the top the headings are looked for.
const TOP: usize = 15;
/// Most columns of a list.
const COLUMNS: usize = 300;
/// Longest heading that is matched, in characters.
const LONGEST: usize = 60;
/// Kinds that an inventory usually speaks of: of two facts with one name theirs is meant.
const USUAL_KINDS: [&str; 6] = ["activity", "datum", "provision", "party", "product", "basis"];

/// Everything that a heading may be called, folded.
pub(super) struct Headings {
    exact: HashMap<String, String>,
    /// Names, paths, and how much less than an exact match likeness to them counts.
    all: Vec<(String, String, f64)>,
}

impl Headings {
    pub fn new(catalog: &Catalog) -> Self {
        let mut found = Self { exact: HashMap::new(), all: vec![] };
        let usual: toml::Table = USUAL.parse().unwrap_or_default();
        for (path, names) in &usual {
            if Target::of(catalog, path).is_none() {
                continue;
            }
            for name in names.as_array().into_iter().flatten().filter_map(toml::Value::as_str) {
                found.put(name, path, 1.0);
            }
        }
        let mut kinds: Vec<KindId> = (0..catalog.schema.kinds.len()).map(|at| KindId(at as u16)).collect();
        kinds.sort_by_key(|kind| !is_usual(catalog, *kind));
        for kind in kinds {
            found.of_kind(catalog, kind);
        }
        found
    }

    fn of_kind(&mut self, catalog: &Catalog, kind: KindId) {
        let definition = catalog.schema.kind(kind);
        if definition.name.contains('.') {
            return;
        }
        let weight = if is_usual(catalog, kind) { 1.0 } else { 0.9 };
        let Some(entry) = catalog.kinds.get(kind.0 as usize) else { return };
        let fields = definition
            .fields
            .iter()
            .enumerate()
            .map(|(at, field)| (field.name.as_str(), catalog.fact(kind, FieldId(at as u16))));
        let lists = definition.relations.iter().enumerate().filter(|(_, r)| r.source == Source::List);
        let lists = lists.map(|(at, r)| (r.name.as_str(), catalog.relation(kind, RelationId(at as u16))));
        for (name, fact) in fields.chain(lists) {
            let Some(fact) = fact.filter(|fact| !fact.generated) else { continue };
            let path = format!("{}.{name}", definition.name);
            self.put(&path, &path, weight);
            self.put(&name.replace('_', " "), &path, weight * 0.95);
            for lang in [Lang::Zh, Lang::En] {
                let label = fact.label.get(lang);
                if label.is_empty() {
                    // A question is longer than any heading: only one that is it is meant.
                    self.exact.entry(folded(fact.question.get(lang))).or_insert_with(|| path.clone());
                    continue;
                }
                self.put(label, &path, weight);
                self.put(&format!("{}{label}", entry.title.get(lang)), &path, weight);
            }
        }
        self.put(&format!("{}.id", definition.name), &format!("{}.id", definition.name), weight);
        self.put(&format!("{}编号", entry.title.zh), &format!("{}.id", definition.name), weight);
    }

    fn put(&mut self, name: &str, path: &str, weight: f64) {
        let name = folded(name);
        if !name.is_empty() {
            self.exact.entry(name.clone()).or_insert_with(|| path.to_owned());
            self.all.push((name, path.to_owned(), weight));
        }
    }

    /// The fact that a heading means, and how like their names are.
    fn match_one(&self, heading: &str) -> Option<(&str, f64)> {
        let plain = plain(heading);
        if let Some(path) = self.exact.get(&folded(heading)).or_else(|| self.exact.get(&plain)) {
            return Some((path, 1.0));
        }
        if plain.chars().count() < 2 || plain.chars().count() > LONGEST {
            return None;
        }
        let best = self
            .all
            .iter()
            .map(|(name, path, weight)| (path.as_str(), likeness(&plain, name) * weight))
            .max_by(|a, b| a.1.total_cmp(&b.1))?;
        (best.1 >= LIKE).then_some(best)
    }

    /// The row of headings of a sheet, and what they mean.
    pub fn guess(&self, cells: &Cells) -> Option<SheetMapping> {
        let headings = |row: &Row| -> Vec<(String, Option<String>, f64)> {
            row.cells
                .iter()
                .take(COLUMNS)
                .map(|(_, raw)| {
                    let heading = raw.text().trim().to_owned();
                    match self.match_one(&heading) {
                        Some((path, like)) => (heading, Some(path.to_owned()), like),
                        None => (heading, None, 0.0),
                    }
                })
                .collect()
        };
        let rows = cells.rows.iter().take(TOP).filter(|row| row.cells.len() >= 2);
        let counted = rows.map(|row| {
            let columns = headings(row);
            (columns.iter().filter(|(_, path, _)| path.is_some()).count(), row.at, columns)
        });
        // Of several rows with as many matches the first.
        let (matched, row, mut columns) =
            counted.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
        if matched == 0 {
            return None;
        }
        one_each(&mut columns);
        Some(SheetMapping {
            name: cells.name.clone(),
            heading_row: row + 1,
            columns,
            values: std::collections::BTreeMap::new(),
        })
    }
}

fn is_usual(catalog: &Catalog, kind: KindId) -> bool {
    USUAL_KINDS.contains(&catalog.schema.kind(kind).name.as_str())
}

/// A heading without remarks in brackets and without "whether".
fn plain(heading: &str) -> String {
    let mut depth = 0usize;
    let mut kept = String::new();
    for c in folded(heading).chars() {
        match c {
            '(' | '[' | '【' => depth += 1,
            ')' | ']' | '】' => depth = depth.saturating_sub(1),
            '*' | ':' | '?' | '_' => {}
            c if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    kept.strip_prefix("是否").map(str::to_owned).unwrap_or(kept)
}

/// Two columns cannot mean one fact: the one that is less like it is left out.
fn one_each(columns: &mut [(String, Option<String>, f64)]) {
    let mut best: HashMap<String, (usize, f64)> = HashMap::new();
    for (at, (_, path, like)) in columns.iter().enumerate() {
        if let Some(path) = path {
            let entry = best.entry(path.clone()).or_insert((at, *like));
            if *like > entry.1 {
                *entry = (at, *like);
            }
        }
    }
    for (at, (_, path, like)) in columns.iter_mut().enumerate() {
        if path.as_ref().is_some_and(|path| best.get(path).is_some_and(|(first, _)| *first != at)) {
            *path = None;
            *like = 0.0;
        }
    }
}
