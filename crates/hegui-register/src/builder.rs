//! A register while it is read: things and observations as they come, references by id.
//!
//! A reference may stand before the thing that it names. So every thing gets a *slot* when it is first
//! mentioned, and a *row* where it is declared; slots become rows when all files are read.

use crate::lines::Lines;
use crate::problem::{Problem, Problems};
use crate::store::{Evidence, Interner, Observations, Origin, OutcomeRuling, Ruled, Slot, Source, Spot};
use crate::value::Wrong;
use hegui_catalog::model::{Catalog, Place};
use hegui_logic::schema::{KindId, RelationId, Schema};
use std::collections::HashMap;

/// What a key of a thing names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    Field(u16),
    Relation(u16),
    /// The reference to the thing above, or to the document, which a declaration's header gives.
    Implied,
}

/// The things of a kind, by slot.
#[derive(Debug, Default)]
pub(crate) struct Slots {
    /// The slot of an id, by the id's symbol.
    pub slots: HashMap<u32, u32>,
    /// The id's symbol of a slot.
    pub ids: Vec<u32>,
    /// Where a slot's thing is declared.
    pub declared: Vec<Option<Spot>>,
    /// Where a slot's thing was added to, if it was: it must be declared somewhere.
    pub extended: Vec<(u32, Spot)>,
    /// Declared slots, in the order of rows.
    pub order: Vec<u32>,
}

/// A relation said to have no members.
#[derive(Debug)]
pub(crate) struct Emptied {
    pub kind: KindId,
    pub slot: u32,
    pub relation: RelationId,
    pub origin: u32,
    pub spot: Spot,
}

/// A ruling on a fact whose thing is not looked up yet.
#[derive(Debug)]
pub(crate) struct PendingRuling {
    pub kind: KindId,
    pub id: String,
    pub slot: Slot,
    pub value: Ruled,
    pub by: String,
    pub role: String,
    pub on: i64,
    pub reasons: String,
    pub spot: Spot,
}

/// A statement about relations of things below, by slot of the thing where it was made.
#[derive(Debug)]
pub(crate) struct PendingBlanket {
    pub at: (KindId, u32),
    pub relation: (KindId, RelationId),
    pub complete: bool,
    pub origin: u32,
    pub spot: Spot,
}

/// Everything read so far.
#[derive(Debug)]
pub(crate) struct Builder<'c> {
    pub catalog: &'c Catalog,
    pub schema: &'c Schema,
    /// What the keys of each kind name.
    pub names: Vec<HashMap<&'c str, Name>>,
    pub texts: Interner,
    pub files: Vec<String>,
    pub origins: Vec<Origin>,
    pub origin_of: HashMap<Origin, u32>,
    pub things: Vec<Slots>,
    pub facts: Vec<Vec<Observations>>,
    pub lists: Vec<Vec<Observations>>,
    pub complete: Vec<Vec<Observations>>,
    pub blankets: Vec<PendingBlanket>,
    pub emptied: Vec<Emptied>,
    pub rulings: Vec<PendingRuling>,
    pub outcome_rulings: Vec<(OutcomeRuling, String)>,
    pub evidence: Vec<Evidence>,
    pub problems: Problems,
    /// Whether a file is no TOML: then what is missing elsewhere may stand in it.
    pub broken: bool,
}

impl<'c> Builder<'c> {
    pub fn new(catalog: &'c Catalog) -> Self {
        let schema = &catalog.schema;
        let each = |count: fn(&hegui_logic::schema::Kind) -> usize| -> Vec<Vec<Observations>> {
            schema.kinds.iter().map(|kind| vec![Observations::default(); count(kind)]).collect()
        };
        Self {
            catalog,
            schema,
            names: schema.kinds.iter().enumerate().map(|(at, _)| names(schema, KindId(at as u16))).collect(),
            texts: Interner::default(),
            files: Vec::new(),
            origins: vec![Origin::default()],
            origin_of: HashMap::from([(Origin::default(), 0)]),
            things: schema.kinds.iter().map(|_| Slots::default()).collect(),
            facts: each(|kind| kind.fields.len()),
            lists: each(|kind| kind.relations.len()),
            complete: each(|kind| kind.relations.len()),
            blankets: Vec::new(),
            emptied: Vec::new(),
            rulings: Vec::new(),
            outcome_rulings: Vec::new(),
            evidence: Vec::new(),
            problems: Problems::default(),
            broken: false,
        }
    }

    /// The slot of the thing with this id.
    pub fn slot(&mut self, kind: KindId, id: &str) -> u32 {
        let symbol = self.texts.intern(id);
        let Some(things) = self.things.get_mut(kind.0 as usize) else { return 0 };
        *things.slots.entry(symbol).or_insert_with(|| {
            things.ids.push(symbol);
            things.declared.push(None);
            things.ids.len() as u32 - 1
        })
    }

    /// Declares a thing; says where it stands already if it does.
    pub fn declare(&mut self, kind: KindId, slot: u32, spot: Spot) -> Option<Spot> {
        let things = self.things.get_mut(kind.0 as usize)?;
        let place = things.declared.get_mut(slot as usize)?;
        if place.is_some() {
            return *place;
        }
        *place = Some(spot);
        things.order.push(slot);
        None
    }

    /// The number of an origin, each kept once.
    pub fn origin(&mut self, origin: Origin) -> u32 {
        if let Some(known) = self.origin_of.get(&origin) {
            return *known;
        }
        let number = self.origins.len() as u32;
        self.origins.push(origin.clone());
        self.origin_of.insert(origin, number);
        number
    }

    /// A new origin whose content comes later: what plain facts of a file have.
    pub fn file_origin(&mut self) -> u32 {
        self.origins.push(Origin { source: Source::Statement, ..Origin::default() });
        self.origins.len() as u32 - 1
    }

    pub fn place(&self, spot: Spot) -> Place {
        spot.place(&self.files)
    }

    pub fn problem(&mut self, spot: Spot, excerpt: &str, wrong: Wrong) {
        let problem = Problem::new(self.place(spot), excerpt, wrong.message, wrong.remedy);
        self.problems.push(problem);
    }
}

/// What the keys of a kind name. A declaration's two references come from its header.
fn names(schema: &Schema, id: KindId) -> HashMap<&str, Name> {
    let kind = schema.kind(id);
    let declaration = kind.name.ends_with(".declared");
    let mut names: HashMap<&str, Name> = HashMap::new();
    for (at, relation) in kind.relations.iter().enumerate() {
        names.insert(&relation.name, Name::Relation(at as u16));
    }
    for (at, field) in kind.fields.iter().enumerate() {
        let implied =
            declaration && (field.name == "document" || kind.parent.is_some_and(|p| p.0 as usize == at));
        names.insert(&field.name, if implied { Name::Implied } else { Name::Field(at as u16) });
    }
    names
}

/// The file that is being read.
#[derive(Debug)]
pub(crate) struct File<'s> {
    pub index: usize,
    pub lines: Lines<'s>,
    /// The origin of its plain facts.
    pub origin: u32,
    /// Where its `[provenance]` stands.
    pub provenance: Option<Spot>,
}

impl File<'_> {
    pub fn spot(&self, byte: u32) -> Spot {
        let (line, column) = self.lines.at(byte);
        Spot::new(self.index, line, column)
    }
}
