//! How requirements of several instruments relate: `mappings/NAME.toml`.

use crate::document::{Document, Sink, Table, hint};
use crate::model::{Catalog, Mapping, Relation};
use crate::problem::Problem;

pub(crate) const RELATIONS: [(&str, Relation); 5] = [
    ("equal", Relation::Equal),
    ("subset", Relation::Subset),
    ("superset", Relation::Superset),
    ("intersects", Relation::Intersects),
    ("contradicts", Relation::Contradicts),
];

/// Reads one file of mappings.
pub(crate) fn read_mappings(doc: &Document, sink: &Sink) -> Vec<Mapping> {
    let Some(root) = doc.parse(sink) else { return vec![] };
    let table = Table::new(doc, sink, root.get_ref(), 0);
    let mappings = table.tables("mapping").iter().map(read_mapping).collect();
    table.finish();
    mappings
}

fn read_mapping(table: &Table<'_>) -> Mapping {
    let (from, to) = (table.needed("from", "a requirement"), table.needed("to", "another requirement"));
    table.needed("relation", "equal, subset, superset, intersects or contradicts");
    let stricter = match table.choice("stricter", &[("from", true), ("to", false)]) {
        Some(true) => from.text.clone(),
        Some(false) => to.text.clone(),
        None => String::new(),
    };
    let mapping = Mapping {
        relation: table.choice("relation", &RELATIONS).unwrap_or_default(),
        stricter,
        reason: table.text("reason"),
        place: table.place_of("from"),
        from: from.text,
        to: to.text,
    };
    table.finish();
    mapping
}

/// Notes mappings that lead nowhere, or say the same twice.
pub(crate) fn check_mappings(catalog: &Catalog, sink: &Sink) {
    let note = |mapping: &Mapping, message: String, remedy: &str| {
        sink.borrow_mut().push(Problem::error(mapping.place.clone(), message, remedy));
    };
    for (index, mapping) in catalog.mappings.iter().enumerate() {
        for id in [&mapping.from, &mapping.to] {
            if catalog.requirement(id).is_none() {
                let near = hint(id, catalog.requirements.iter().map(|r| r.id.as_str()));
                note(
                    mapping,
                    format!("there is no requirement `{id}`{near}"),
                    "name a requirement by its id",
                );
            }
        }
        if mapping.from == mapping.to {
            note(mapping, format!("`{}` is mapped to itself", mapping.from), "name another requirement");
        }
        let same = |m: &Mapping| {
            (m.from == mapping.from && m.to == mapping.to) || (m.from == mapping.to && m.to == mapping.from)
        };
        if catalog.mappings.iter().take(index).any(same) {
            let message = format!("`{}` and `{}` are mapped twice", mapping.from, mapping.to);
            note(mapping, message, "keep one of the two");
        }
    }
}
