//! The assessment's facts that life can answer, computed from the log with its entries as evidence.
//!
//! Which facts, and from what, is data (`facts.toml`). A log is not the world: that it holds no notice
//! does not show that none was given, unless somebody stated that all notices are recorded here since
//! before ([`crate::happening::Covered`]). What an event shows by itself (a consent that was not separate,
//! a notice to the authority) needs no such statement. So each computation gives a value, or nothing, and
//! then the fact stays what it was.

mod compute;

use crate::books::{Books, Request};
use crate::ground::{Ground, GroundError};
use crate::happening::Group;
use compute::{COMPUTATIONS, Of, Scene, Seen};
use hegui_catalog::Catalog;
use hegui_register::{
    Change, Edit, Given, How, NewFact, NewThing, Register, Source, Which, WriteError, edited,
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

const TABLE: &str = "facts.toml";
/// China Standard Time is ahead of UTC by so much, in milliseconds.
const CHINA_MS: i64 = 8 * 3_600_000;
const DAY_S: i64 = 86_400;

/// A fact that follows from the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// The thing, as `consent.ads`.
    pub thing: String,
    /// Its fact.
    pub fact: String,
    /// The value, as a register's answers are written.
    pub value: String,
    /// The entries of the log that show it.
    pub evidence: Vec<u64>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    fact: String,
    from: String,
    group: Group,
    #[expect(dead_code, reason = "read by people")]
    note: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    row: Vec<Row>,
}

/// The table of facts.
#[derive(Clone, Debug)]
pub struct Facts(Vec<Row>);

impl Facts {
    /// The table of this crate.
    ///
    /// # Errors
    /// When it names a computation that is not there or a fact that the catalog does not have.
    pub fn embedded(catalog: &Catalog) -> Result<Self, GroundError> {
        let fail = |message: String| GroundError::Table { table: TABLE, message };
        let file: File = toml::from_str(include_str!("facts.toml")).map_err(|e| fail(e.to_string()))?;
        for row in &file.row {
            let found = row.fact.split_once('.').and_then(|(kind, fact)| {
                catalog.schema.kind(catalog.schema.kind_named(kind)?).field_named(fact)
            });
            if found.is_none() {
                return Err(fail(format!("the dictionary has no fact `{}`", row.fact)));
            }
            if !COMPUTATIONS.iter().any(|(name, _)| *name == row.from) {
                return Err(fail(format!("there is no computation `{}`", row.from)));
            }
        }
        Ok(Self(file.row))
    }

    /// All facts that follow from the books at a moment, in milliseconds since 1970 (UTC).
    #[must_use]
    pub fn observe(&self, books: &Books, ground: &Ground, now_ms: i64) -> Vec<Observation> {
        let mut found = vec![];
        for row in &self.0 {
            let Some((kind, fact)) = row.fact.split_once('.') else { continue };
            let Some((_, from)) = COMPUTATIONS.iter().find(|(name, _)| *name == row.from) else { continue };
            let scene = Scene { books, ground, group: row.group, now_ms };
            found.extend(scene.seen(kind, *from).into_iter().map(|(thing, (value, evidence))| Observation {
                thing,
                fact: fact.to_owned(),
                value,
                evidence,
            }));
        }
        found
    }
}

impl Scene<'_> {
    fn seen(&self, kind: &str, from: Of) -> Vec<(String, (String, Vec<u64>))> {
        let books = self.books;
        let of_kind = |name: &&String| name.split_once('.').is_some_and(|(of, _)| of == kind);
        match from {
            Of::Text(of) => self.each(books.texts.iter().filter(|(name, _)| of_kind(name)), of),
            Of::Place(of) => self.each(&books.places, of),
            Of::Mechanism(of) => self.each(&books.mechanisms, of),
            Of::Request(of) => self.each(&books.requests, of),
            Of::Incident(of) => self.each(&books.incidents, of),
            Of::System(of) => self.each(&books.logging, of),
            Of::Termination(of) => {
                let named: BTreeSet<&String> =
                    books.tasks.values().filter_map(|task| task.termination.as_ref()).collect();
                named.into_iter().filter_map(|name| Some((name.clone(), of(self, name)?))).collect()
            }
            Of::Storage(of) => {
                let schema = &self.ground.catalog.schema;
                let Some(storage) = schema.kind_named("storage") else { return vec![] };
                let rows = 0..self.ground.universe.table(storage).rows as u32;
                let names = rows.map(|row| self.ground.register.thing(schema, storage, row));
                names.filter_map(|name| of(self, &name).map(|seen| (name, seen))).collect()
            }
        }
    }

    fn each<'t, T: 't>(
        &self,
        things: impl IntoIterator<Item = (&'t String, &'t T)>,
        of: fn(&Scene<'_>, &T) -> Seen,
    ) -> Vec<(String, (String, Vec<u64>))> {
        things.into_iter().filter_map(|(name, thing)| Some((name.clone(), of(self, thing)?))).collect()
    }
}

/// The register's files with what follows from the log beside what stands there. Where a person's word
/// and the log differ, the fact is unknown until somebody rules: nothing is overwritten. Requests and
/// incidents that the register does not have are added. `by` names the log, as `ledger.example.com`.
///
/// # Errors
/// When a value does not fit the dictionary.
pub fn laid_over(
    files: &[(String, String)],
    (catalog, register): (&Catalog, &Register),
    (books, observations): (&Books, &[Observation]),
    (by, now_ms): (&str, i64),
) -> Result<Vec<(String, String)>, WriteError> {
    let schema = &catalog.schema;
    let seconds = (now_ms + CHINA_MS).div_euclid(1000);
    let given = |evidence: &[u64]| Given {
        source: Source::Ledger,
        by: Some(by.to_owned()),
        on: Some(seconds - seconds.rem_euclid(DAY_S)),
        recorded: None,
        evidence: evidence.iter().map(|index| format!("{by}#{index}")).collect(),
        reasons: None,
    };
    let (mut edits, mut added) = (vec![], BTreeMap::new());
    for Observation { thing, fact, value, evidence } in observations {
        let Some((kind_name, id)) = thing.split_once('.') else { continue };
        let Some(kind) = schema.kind_named(kind_name) else { continue };
        let Some(field) = schema.kind(kind).field_named(fact) else { continue };
        let (which, change) = (Which::Field(field), Change::Value(value.clone()));
        match register.find(schema, thing) {
            Ok((_, row)) => {
                edits.push(Edit { kind, row, which, change, how: How::Beside(given(evidence)) });
            }
            Err(_) => {
                let new = added.entry(thing.clone()).or_insert_with(|| NewThing {
                    kind,
                    id: id.to_owned(),
                    facts: parent(schema, kind, books.requests.get(thing)),
                });
                new.facts.push(NewFact { which, change, given: Some(given(evidence)) });
            }
        }
    }
    let added: Vec<NewThing> = added.into_values().collect();
    let changed = edited(files, register, &edits, &added, &given(&[]), catalog)?;
    let mut all: BTreeMap<String, String> = files.iter().cloned().collect();
    all.extend(changed);
    Ok(all.into_iter().collect())
}

/// The product that a new request stands below.
fn parent(
    schema: &hegui_logic::schema::Schema,
    kind: hegui_logic::schema::KindId,
    request: Option<&Request>,
) -> Vec<NewFact> {
    let product = request.and_then(|request| request.product.split_once('.'));
    let field = schema.kind(kind).parent;
    product
        .zip(field)
        .map(|((_, id), field)| NewFact {
            which: Which::Field(field),
            change: Change::Value(id.to_owned()),
            given: None,
        })
        .into_iter()
        .collect()
}
