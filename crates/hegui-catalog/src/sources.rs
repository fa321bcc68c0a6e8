//! The smaller files: instruments, profiles, roles, working days, and the catalog's own version.

use crate::clauses::CERTAINTIES;
use crate::document::{Document, Sink, Table};
use crate::model::{Instrument, Profile, Text};
use crate::problem::Problem;
use hegui_logic::calendar::{DAY, Year, parse_date};
use std::collections::BTreeMap;

/// The version of the catalog's formats that this crate reads.
pub const FORMAT: i64 = 1;

pub(crate) const INSTRUMENT_KINDS: [&str; 6] = ["law", "regulation", "rule", "standard", "covenant", "draft"];
pub(crate) const STATUSES: [&str; 4] = ["in_force", "voluntary", "superseded", "draft"];

/// Reads `catalog.toml`; a catalog of another version is refused.
pub(crate) fn read_version(doc: &Document, sink: &Sink) {
    let Some(root) = doc.parse(sink) else { return };
    let table = Table::new(doc, sink, root.get_ref(), 0);
    match table.integer("format") {
        Some(FORMAT) => {}
        Some(other) => {
            let message = format!("this catalog has format {other}; this hegui reads format {FORMAT}");
            table.note_at(
                "format",
                message,
                "use the hegui that belongs to this catalog, or convert the catalog",
            );
        }
        // A format of another type has been told about.
        None if table.get("format").is_some() => {}
        None => {
            table.needed("format", "the version of the catalog's formats: 1");
        }
    }
    table.finish();
}

/// Reads `INSTRUMENT/instrument.toml`.
pub(crate) fn read_instrument(doc: &Document, folder: &str, sink: &Sink) -> Option<Instrument> {
    let root = doc.parse(sink)?;
    let table = Table::new(doc, sink, root.get_ref(), 0);
    let id = table.written("id");
    if id.as_ref().is_some_and(|w| w.text != folder) {
        table.note_at(
            "id",
            "an instrument's id is its folder's name",
            format!("write `id = \"{folder}\"`, or leave it out"),
        );
    }
    table.needed("kind", &INSTRUMENT_KINDS.join(", "));
    table.needed("status", &STATUSES.join(", "));
    let pairs = |words: &[&'static str]| words.iter().map(|w| (*w, *w)).collect::<Vec<_>>();
    let in_force = table.table("in_force");
    let day = |key: &str| in_force.as_ref().and_then(|t| t.date(key)).unwrap_or_default();
    let instrument = Instrument {
        id: folder.to_owned(),
        short: table.needed("short", "a short name for citations").text,
        title: table.text("title"),
        kind: table.choice("kind", &pairs(&INSTRUMENT_KINDS)).unwrap_or_default().to_owned(),
        status: table.choice("status", &pairs(&STATUSES)).unwrap_or_default().to_owned(),
        issuer: table.text_if_any("issuer"),
        promulgated: table.date("promulgated").unwrap_or_default(),
        from: day("from"),
        to: day("to"),
        reading: table.text_if_any("reading"),
        source: table.string("source"),
        number: table.text_if_any("number"),
        supersedes: table.strings("supersedes"),
        certainty: table.choice("certainty", &CERTAINTIES).unwrap_or_default(),
        ..Instrument::default()
    };
    if let Some(in_force) = in_force {
        in_force.finish();
    }
    if !instrument.from.is_empty() && !instrument.to.is_empty() && instrument.from > instrument.to {
        table.note_at(
            "in_force",
            "the last day in force lies before the first",
            "correct `in_force.from` or `in_force.to`",
        );
    }
    table.finish();
    Some(instrument)
}

/// Reads `profiles/NAME.toml`.
pub(crate) fn read_profile(doc: &Document, sink: &Sink) -> Option<Profile> {
    let root = doc.parse(sink)?;
    let table = Table::new(doc, sink, root.get_ref(), 0);
    let name = table.needed("profile", "the profile's name, which is the file's").text;
    if !name.is_empty() && doc.file != format!("profiles/{name}.toml") {
        table.note_at(
            "profile",
            format!("profile `{name}` stands in another file than its own"),
            format!("name the file profiles/{name}.toml"),
        );
    }
    let profile = Profile {
        name,
        title: table.text("title"),
        instruments: table.strings("instruments"),
        clauses: table.strings("clauses"),
        roles: table.strings("roles"),
    };
    table.finish();
    Some(profile)
}

/// Reads `roles.toml`.
pub(crate) fn read_roles(doc: &Document, sink: &Sink) -> BTreeMap<String, Text> {
    let Some(root) = doc.parse(sink) else { return BTreeMap::new() };
    let table = Table::new(doc, sink, root.get_ref(), 0);
    let mut roles = BTreeMap::new();
    for (name, _, role) in table.named_tables("role") {
        roles.insert(name, role.text("title"));
        role.finish();
    }
    table.finish();
    roles
}

/// Reads `calendars/cn-workdays.toml`.
pub(crate) fn read_calendar(doc: &Document, sink: &Sink) -> BTreeMap<i64, Year> {
    let Some(root) = doc.parse(sink) else { return BTreeMap::new() };
    let table = Table::new(doc, sink, root.get_ref(), 0);
    let mut years = BTreeMap::new();
    for (name, at, entry) in table.named_tables("year") {
        let Some(number) = name.parse::<i64>().ok().filter(|y| (1900..=9999).contains(y)) else {
            table.note(at, format!("`{name}` is no year"), "write `[year.2026]`");
            continue;
        };
        entry.needed("source", "the notice that published these days");
        let year = Year {
            holidays: days(&entry, "holidays", number, true),
            workdays: days(&entry, "workdays", number, false),
        };
        entry.finish();
        years.insert(number, year);
    }
    table.finish();
    years
}

/// The days of a list, each checked to lie in the year, and on the side of the week where it means something.
fn days(table: &Table<'_>, key: &str, year: i64, weekdays: bool) -> Vec<i64> {
    let Some(value) = table.get(key) else {
        table.note_at(key, format!("`{key}` is missing"), format!("add `{key} = [ … ]`"));
        return vec![];
    };
    let Some(items) = value.get_ref().as_array() else {
        table.note_at(key, format!("`{key}` wants a list of dates"), "write `[2026-01-01, …]`");
        return vec![];
    };
    let mut found = vec![];
    for item in items.iter() {
        let text = item.get_ref().as_datetime().map(ToString::to_string).unwrap_or_default();
        let day = parse_date(&text).map(|seconds| seconds / DAY);
        let weekend = day.is_some_and(|d| (d + 3).rem_euclid(7) >= 5);
        match day {
            Some(day) if text.starts_with(&format!("{year}-")) && weekend != weekdays => found.push(day),
            Some(_) if weekend == weekdays => {
                let message = format!("{text} is {} weekend day", if weekend { "a" } else { "no" });
                table.note(
                    item.span().start,
                    message,
                    "holidays are weekdays that are off; workdays are Saturdays and Sundays that are worked",
                );
            }
            _ => table.note(item.span().start, format!("no date of {year}"), "write a date of that year"),
        }
    }
    found
}

/// A file that stands where the formats know none.
pub(crate) fn unexpected(file: &str, sink: &Sink) {
    let place = crate::model::Place { file: file.to_owned(), line: 1, column: 1 };
    let remedy = "a catalog has facts/KIND.toml, roles.toml, calendars/cn-workdays.toml, profiles/NAME.toml, mappings/NAME.toml, INSTRUMENT/instrument.toml, INSTRUMENT/articles.toml, INSTRUMENT/items.toml and INSTRUMENT/CLAUSE.toml; see docs/catalog-format.md";
    sink.borrow_mut().push(Problem::error(place, "this file has no place in a catalog", remedy));
}
