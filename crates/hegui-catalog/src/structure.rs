//! What must hold between the parts of a catalog: every reference leads somewhere, every id is given
//! once. A catalog in which this fails cannot be read.

use crate::document::{Sink, hint};
use crate::model::{Catalog, Clause, ClauseKind, Place, Requirement};
use crate::problem::Problem;
use std::collections::BTreeMap;

/// Notes what leads nowhere.
pub(crate) fn check_references(catalog: &Catalog, sink: &Sink) {
    let checker = Checker { catalog, sink };
    checker.ids();
    checker.askers();
    for clause in &catalog.clauses {
        checker.clause(clause);
    }
    for requirement in &catalog.requirements {
        checker.requirement(requirement);
    }
    checker.profiles();
}

struct Checker<'a> {
    catalog: &'a Catalog,
    sink: &'a Sink,
}

impl Checker<'_> {
    fn note(&self, place: &Place, message: impl Into<String>, remedy: impl Into<String>) {
        self.sink.borrow_mut().push(Problem::error(place.clone(), message, remedy));
    }

    /// Requirement ids are unique in the whole catalog.
    fn ids(&self) {
        let mut seen: BTreeMap<&str, &Place> = BTreeMap::new();
        for requirement in &self.catalog.requirements {
            if requirement.id.is_empty() {
                continue;
            }
            if let Some(first) = seen.insert(&requirement.id, &requirement.place) {
                let message = format!(
                    "requirement `{}` is written twice, also at {}:{}",
                    requirement.id, first.file, first.line
                );
                self.note(&requirement.place, message, "give it another id");
            }
        }
    }

    fn askers(&self) {
        let roles = &self.catalog.roles;
        let entries = self.catalog.kinds.iter().flat_map(|k| k.facts.iter().chain(&k.relations));
        for fact in entries.filter(|f| !f.generated && !f.who.is_empty() && !roles.contains_key(&f.who)) {
            let near = hint(&fact.who, roles.keys().map(String::as_str));
            self.note(
                &fact.place,
                format!("no role `{}` can be asked{near}", fact.who),
                "name a role of roles.toml",
            );
        }
    }

    fn clause(&self, clause: &Clause) {
        if !self.catalog.instruments.contains_key(&clause.instrument) {
            let message = format!("`{}` has no instrument.toml", clause.instrument);
            self.note(&clause.place, message, format!("add {}/instrument.toml", clause.instrument));
        }
        self.link(clause, "parent", clause.parent.as_deref());
        self.link(clause, "extends", clause.extends.as_deref());
        self.link(clause, "dimension", Some(clause.dimension.as_str()).filter(|d| !d.is_empty()));
        let source = |a: &&crate::model::Action| !a.source.is_empty() && a.source.trim() != a.source;
        if let Some(action) = clause.actions.iter().find(source) {
            self.note(
                &clause.place,
                format!("action {} has blanks around its source", action.n),
                "remove them",
            );
        }
        match clause.kind {
            ClauseKind::Extension if clause.extends.is_none() => {
                self.note(
                    &clause.place,
                    format!("extension `{}` extends nothing", clause.number),
                    "add `extends = \"CLAUSE\"`",
                );
            }
            ClauseKind::Characteristic | ClauseKind::Exemption if clause.parent.is_none() => {
                let message = format!("`{}` has no indicator that it belongs to", clause.number);
                self.note(&clause.place, message, "add `parent = \"CLAUSE\"`");
            }
            _ => {}
        }
        for cite in clause.cites.iter().chain(clause.today.iter().flat_map(|t| &t.by)) {
            self.cite(clause, cite);
        }
    }

    fn link(&self, clause: &Clause, key: &str, to: Option<&str>) {
        let Some(to) = to else { return };
        let numbers = || {
            self.catalog
                .clauses
                .iter()
                .filter(|c| c.instrument == clause.instrument)
                .map(|c| c.number.as_str())
        };
        if !numbers().any(|n| n == to) {
            let message = format!(
                "`{key}` of `{}` names clause `{to}`, which is not there{}",
                clause.number,
                hint(to, numbers())
            );
            let remedy = format!("correct it, or add {}/{to}.toml", clause.instrument);
            self.note(&clause.place, message, remedy);
        } else if to == clause.number {
            self.note(
                &clause.place,
                format!("`{key}` of `{to}` names the clause itself"),
                "name another clause",
            );
        }
    }

    fn cite(&self, clause: &Clause, cite: &str) {
        let (instrument, article) = cite.split_once('/').unwrap_or((cite, ""));
        let names = || self.catalog.instruments.values().flat_map(|i| [i.id.as_str(), i.short.as_str()]);
        if article.is_empty() {
            self.note(
                &clause.place,
                format!("`{cite}` cites no article"),
                "write `INSTRUMENT/ARTICLE`, as in `pipl/23`",
            );
        } else if !names().any(|n| n == instrument) {
            let message = format!(
                "`{cite}` cites an instrument that the catalog does not have{}",
                hint(instrument, names())
            );
            self.note(
                &clause.place,
                message,
                format!("add a folder with an instrument.toml whose `short` is `{instrument}`"),
            );
        }
    }

    fn requirement(&self, requirement: &Requirement) {
        let id = &requirement.id;
        let short = self.catalog.instruments.get(&requirement.instrument).map(|i| i.short.as_str());
        let own =
            id.split_once('/').filter(|(before, _)| Some(*before) == short).map_or(&**id, |(_, own)| own);
        let word = own.strip_prefix(&requirement.clause).and_then(|rest| rest.strip_prefix('-'));
        if word.is_none_or(str::is_empty) {
            let message = format!("`{id}` does not begin with its clause");
            let remedy = format!(
                "write `{0}-WORD`, or `{1}/{0}-WORD`",
                requirement.clause,
                short.unwrap_or("INSTRUMENT")
            );
            self.note(&requirement.place, message, remedy);
        }
    }

    fn profiles(&self) {
        for profile in self.catalog.profiles.values() {
            let place = Place { file: format!("profiles/{}.toml", profile.name), line: 1, column: 1 };
            for instrument in
                profile.instruments.iter().filter(|i| !self.catalog.instruments.contains_key(*i))
            {
                let near = hint(instrument, self.catalog.instruments.keys().map(String::as_str));
                self.note(
                    &place,
                    format!(
                        "profile `{}` names an instrument `{instrument}` that is not there{near}",
                        profile.name
                    ),
                    "name a folder of the catalog",
                );
            }
            for clause in profile.clauses.iter().filter(|c| *c != "*") {
                let (short, number) =
                    clause.split_once('/').map_or((None, clause.as_str()), |(s, n)| (Some(s), n));
                let prefix = format!("{number}.");
                let meant = |c: &&Clause| {
                    let instrument = self.catalog.instruments.get(&c.instrument);
                    short.is_none_or(|s| instrument.is_some_and(|i| i.short == s))
                        && (number == "*" || c.number == number || c.number.starts_with(&prefix))
                };
                if !self.catalog.clauses.iter().any(|c| meant(&c)) {
                    self.note(
                        &place,
                        format!("profile `{}` chooses `{clause}`, and no clause is meant", profile.name),
                        "write `*`, a number, or the beginning of one",
                    );
                }
            }
        }
    }
}
