//! What a catalog must say beyond what a reader needs: coverage, effects, and facts that matter.

use crate::completeness::gaps;
use crate::dictionary::RESERVED;
use crate::document::hint;
use crate::model::{Catalog, Certainty, Clause, ClauseKind, Effect, Instrument, Place, Requirement};
use crate::problem::Problem;
use hegui_logic::plan::{Plan, Read};
use hegui_logic::schema::{FieldId, KindId, RelationId, Source, Type};
use std::collections::BTreeSet;

pub(super) fn lint(catalog: &Catalog, found: &mut Vec<Problem>) {
    for clause in &catalog.clauses {
        actions(clause, found);
        citations(catalog, clause, found);
        emptiness(catalog, clause, found);
    }
    for requirement in &catalog.requirements {
        coverage(catalog, requirement, found);
        effect(requirement, found);
    }
    for instrument in catalog.instruments.values() {
        completeness(catalog, instrument, found);
    }
    unread_facts(catalog, found);
    reserved_kinds(catalog, found);
}

/// A kind that no expression can call by its name.
fn reserved_kinds(catalog: &Catalog, found: &mut Vec<Problem>) {
    for (kind, entry) in catalog.schema.kinds.iter().zip(&catalog.kinds) {
        if RESERVED.contains(&kind.name.as_str()) {
            let message = format!(
                "`{}` is a word of the expression language: no check about it, or about what lies below it, can name it",
                kind.name
            );
            found.push(Problem::warning(
                entry.place.clone(),
                message,
                "rename the kind before a requirement has it as its `scope`",
            ));
        }
    }
}

/// Every article that a clause cites is there: as a clause of its instrument, or with its gist. Of an
/// instrument that is known by title only, nothing can be said.
fn citations(catalog: &Catalog, clause: &Clause, found: &mut Vec<Problem>) {
    for cite in clause.cites.iter().chain(clause.today.iter().flat_map(|t| &t.by)) {
        let Some((name, number)) = cite.split_once('/') else { continue };
        let instrument = catalog.instruments.values().find(|i| i.short == name || i.id == name);
        let Some(instrument) = instrument else { continue };
        let title_only = instrument.certainty == Certainty::Unverified && instrument.articles.is_empty();
        let there = instrument.articles.iter().any(|a| a.number == number)
            || catalog.clause(&instrument.id, number).is_some();
        if !there && !title_only {
            let message = format!("`{cite}` cites an article of which the catalog says nothing");
            let remedy = format!("add `[article.\"{number}\"]` to {}/articles.toml", instrument.id);
            found.push(Problem::error(clause.place.clone(), message, remedy));
        }
    }
}

/// Nothing of a source is left out.
fn completeness(catalog: &Catalog, instrument: &Instrument, found: &mut Vec<Problem>) {
    let gaps = gaps(catalog, instrument);
    let lists = [
        (&gaps.uncovered, "no requirement covers", "name them in some requirement's `covers`"),
        (&gaps.unflipped, "no case turns on", "name them in the `flips` of a case that turns on them alone"),
        (
            &gaps.foreign,
            "requirements cover what the source does not hold:",
            "correct `covers`, or items.toml",
        ),
        (&gaps.actions, "actions of the assessor are missing:", "add them to their clauses"),
        (&gaps.clauses, "clauses are missing or of another kind:", "add their files"),
        (&gaps.pending, "clauses are known by title only:", "write their requirements"),
    ];
    let place = Place { file: format!("{}/items.toml", instrument.id), line: 1, column: 1 };
    for (list, what, remedy) in lists.into_iter().filter(|(list, ..)| !list.is_empty()) {
        let message = format!("{what} {} ({})", list.join(", "), list.len());
        found.push(Problem::error(place.clone(), message, remedy));
    }
}

fn actions(clause: &Clause, found: &mut Vec<Problem>) {
    let mut seen = BTreeSet::new();
    for action in &clause.actions {
        if !seen.insert((&action.source, action.n)) {
            let message = format!("clause `{}` has two actions {}", clause.number, action.n);
            found.push(Problem::error(
                clause.place.clone(),
                message,
                "derived actions count on from the source's last",
            ));
        }
    }
}

/// A clause that asks nothing says that it is pending; one that is pending asks nothing.
fn emptiness(catalog: &Catalog, clause: &Clause, found: &mut Vec<Problem>) {
    let of = |number: &str| {
        catalog.requirements.iter().any(|r| r.instrument == clause.instrument && r.clause == number)
    };
    let own = of(&clause.number);
    if clause.pending && own {
        let message = format!("clause `{}` is pending and has requirements", clause.number);
        found.push(Problem::error(clause.place.clone(), message, "leave `pending` out"));
    }
    let asks = matches!(
        clause.kind,
        ClauseKind::Indicator | ClauseKind::Characteristic | ClauseKind::Extension | ClauseKind::Article
    );
    let parts = || {
        catalog
            .clauses
            .iter()
            .filter(|c| c.instrument == clause.instrument && c.parent.as_deref() == Some(&clause.number))
    };
    if asks && !clause.pending && !own && !parts().any(|c| of(&c.number)) {
        let message =
            format!("clause `{}` asks nothing: it has no requirement, nor have its parts", clause.number);
        found.push(Problem::warning(
            clause.place.clone(),
            message,
            "write its requirements, or say `pending = true`",
        ));
    }
}

fn coverage(catalog: &Catalog, requirement: &Requirement, found: &mut Vec<Problem>) {
    let mut note = |place: &crate::model::Place, message: String, remedy: &str| {
        found.push(Problem::error(place.clone(), message, remedy));
    };
    let id = &requirement.id;
    if requirement.covers.is_empty() {
        note(&requirement.place, format!("`{id}` covers nothing"), "add `covers = [\"CLAUSE/ITEM\"]`");
    }
    for cover in &requirement.covers {
        match cover.split_once('/') {
            Some((clause, item)) if !item.is_empty() && !item.contains('/') => {
                if !same_family(catalog, requirement, clause) {
                    note(
                        &requirement.place,
                        format!("`{id}` covers `{cover}`, an item of another clause"),
                        "cover items of the clause itself, of its indicator, or of what it extends",
                    );
                }
            }
            _ => note(
                &requirement.place,
                format!("`{id}` covers `{cover}`, which is no item"),
                "write `CLAUSE/ITEM`, as in `6.6.7.1/a`",
            ),
        }
    }
    for case in &requirement.cases {
        for flip in case.flips.iter().map(|f| &f.item).filter(|f| !requirement.covers.contains(f)) {
            let near = hint(flip, requirement.covers.iter().map(String::as_str));
            note(
                &case.place,
                format!("`flips` names `{flip}`, which `{id}` does not cover{near}"),
                "name an item of `covers`",
            );
        }
    }
}

/// Whether a clause is the requirement's own, one of the same indicator, or one that it extends.
fn same_family(catalog: &Catalog, requirement: &Requirement, other: &str) -> bool {
    let Some(own) = catalog.clause(&requirement.instrument, &requirement.clause) else { return true };
    let within =
        |root: &str| other == root || other.strip_prefix(root).is_some_and(|rest| rest.starts_with('.'));
    within(&own.number)
        || own.parent.as_deref().is_some_and(within)
        || own.extends.as_deref().is_some_and(within)
}

fn effect(requirement: &Requirement, found: &mut Vec<Problem>) {
    let message = match (requirement.effect, requirement.replaces.is_empty()) {
        (Effect::Adds, false) => "adds, and yet takes others' places",
        (Effect::Replaces | Effect::Relaxes, true) => "replaces or relaxes, and names nothing",
        _ => return,
    };
    let remedy = "say `effect = \"replaces\"` (or `\"relaxes\"`) together with `replaces = [ { requirement = \"…\", where = '…' } ]`";
    found.push(Problem::error(requirement.place.clone(), format!("`{}` {message}", requirement.id), remedy));
}

/// Facts that no requirement reads: nobody should be asked for them.
fn unread_facts(catalog: &Catalog, found: &mut Vec<Problem>) {
    let reads = Reads::of(catalog);
    for (index, entry) in catalog.kinds.iter().enumerate().filter(|(_, e)| e.declares.is_none()) {
        let id = KindId(index as u16);
        let kind = catalog.schema.kind(id);
        let mut unread = |name: &str, fact: &crate::model::FactEntry| {
            let message = format!("no requirement reads `{}.{name}`", kind.name);
            found.push(Problem::warning(
                fact.place.clone(),
                message,
                "use it in a check, or take it out of the dictionary",
            ));
        };
        for (field, fact) in kind.fields.iter().zip(&entry.facts) {
            // Texts are names and descriptions, for people.
            if !fact.generated && field.ty != Type::Text && !reads.fact(catalog, id, &field.name) {
                unread(&field.name, fact);
            }
        }
        for (relation, fact) in kind.relations.iter().zip(&entry.relations) {
            if !fact.generated && !reads.list(catalog, id, &relation.name) {
                unread(&relation.name, fact);
            }
        }
    }
}

struct Reads {
    facts: BTreeSet<(KindId, FieldId)>,
    relations: BTreeSet<(KindId, RelationId)>,
}

impl Reads {
    fn of(catalog: &Catalog) -> Self {
        let plans = catalog.requirements.iter().flat_map(|r| r.when_plan.iter().chain(&r.check_plan));
        let mut reads = Self { facts: BTreeSet::new(), relations: BTreeSet::new() };
        for read in plans.flat_map(Plan::reads) {
            match read {
                Read::Fact(kind, field) => drop(reads.facts.insert((kind, field))),
                Read::Relation(kind, relation) => drop(reads.relations.insert((kind, relation))),
                Read::Outcome(_) => {}
            }
        }
        reads.facts.extend(catalog.requirements.iter().filter_map(|r| r.scope.zip(r.occurrence)));
        // A relation that is read reads the references that make it.
        for (kind, relation) in reads.relations.clone() {
            let relation = catalog.schema.kind(kind).relation(relation);
            match relation.source {
                Source::Inverse(field) => drop(reads.facts.insert((relation.to, field))),
                Source::InverseList(list) => drop(reads.relations.insert((relation.to, list))),
                Source::List => {}
            }
        }
        reads
    }

    /// Whether a fact is read: of the thing, or of what a document says of it; a fact that may be
    /// stated at a kind above is read there or anywhere below.
    fn fact(&self, catalog: &Catalog, kind: KindId, name: &str) -> bool {
        let read = |kind: KindId| {
            let field = catalog.schema.kind(kind).field_named(name);
            field.is_some_and(|f| self.facts.contains(&(kind, f)))
        };
        let mut above = kind;
        while let Some(field) = catalog.schema.kind(above).field_named(name)
            && catalog.schema.kind(above).field(field).inherits
            && let Some(parent) = catalog.schema.parent_of(above)
        {
            if read(parent) {
                return true;
            }
            above = parent;
        }
        read(kind) || catalog.schema.kind(kind).declared.is_some_and(read)
    }

    fn list(&self, catalog: &Catalog, kind: KindId, name: &str) -> bool {
        let read = |kind: KindId| {
            let relation = catalog.schema.kind(kind).relation_named(name);
            relation.is_some_and(|r| self.relations.contains(&(kind, r)))
        };
        read(kind) || catalog.schema.kind(kind).declared.is_some_and(read)
    }
}
