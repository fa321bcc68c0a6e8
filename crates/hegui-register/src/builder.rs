//! A register while it is read: things and observations as they come, references by id.
//!
//! A reference may stand before the thing that it names. So every thing gets a *slot* when it is first
//! mentioned, and a *row* where it is declared; slots become rows when all files are read.

mod absorb;

use crate::lines::Lines;
use crate::origin::{self, Found, Said};
use crate::problem::{Problem, Problems};
use crate::store::{
    Disposition, Engagement, Evidence, Interner, Observations, Origin, OutcomeRuling, Ruled, Slot, Spot,
};
use crate::value::Wrong;
use foldhash::quality::RandomState as Seeded;
use hegui_catalog::model::{Catalog, Place};
use hegui_logic::schema::{KindId, RelationId, Schema};
use std::collections::HashMap;
use std::sync::Arc;

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
    pub slots: HashMap<u32, u32, Seeded>,
    /// The id's symbol of a slot.
    pub ids: Vec<u32>,
    /// Where a slot's thing is declared.
    pub declared: Vec<Option<Spot>>,
    /// Where a slot's thing was added to, if it was: it must be declared somewhere.
    pub extended: Vec<(u32, Spot)>,
    /// Declared slots, in the order of rows.
    pub order: Vec<u32>,
}

impl Slots {
    /// The slot of the thing with this id.
    fn slot(&mut self, symbol: u32) -> u32 {
        *self.slots.entry(symbol).or_insert_with(|| {
            self.ids.push(symbol);
            self.declared.push(None);
            self.ids.len() as u32 - 1
        })
    }
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
    pub names: Vec<HashMap<&'c str, Name, Seeded>>,
    pub texts: Interner,
    pub files: Arc<Vec<String>>,
    pub origins: Vec<Origin>,
    pub things: Vec<Slots>,
    pub facts: Vec<Vec<Observations>>,
    pub lists: Vec<Vec<Observations>>,
    pub complete: Vec<Vec<Observations>>,
    pub blankets: Vec<PendingBlanket>,
    pub emptied: Vec<Emptied>,
    pub rulings: Vec<PendingRuling>,
    pub outcome_rulings: Vec<(OutcomeRuling, String)>,
    pub evidence: Vec<Evidence>,
    pub engagement: Option<Engagement>,
    pub dispositions: Vec<(Disposition, String)>,
    pub problems: Problems,
    /// Whether a file is no TOML: then what is missing elsewhere may stand in it.
    pub broken: bool,
}

impl<'c> Builder<'c> {
    pub fn new(catalog: &'c Catalog, files: Arc<Vec<String>>) -> Self {
        let schema = &catalog.schema;
        let each = |count: fn(&hegui_logic::schema::Kind) -> usize| -> Vec<Vec<Observations>> {
            schema.kinds.iter().map(|kind| vec![Observations::default(); count(kind)]).collect()
        };
        Self {
            catalog,
            schema,
            names: schema.kinds.iter().enumerate().map(|(at, _)| names(schema, KindId(at as u16))).collect(),
            texts: Interner::default(),
            files,
            origins: vec![Origin::default()],
            things: schema.kinds.iter().map(|_| Slots::default()).collect(),
            facts: each(|kind| kind.fields.len()),
            lists: each(|kind| kind.relations.len()),
            complete: each(|kind| kind.relations.len()),
            blankets: Vec::new(),
            emptied: Vec::new(),
            rulings: Vec::new(),
            outcome_rulings: Vec::new(),
            evidence: Vec::new(),
            engagement: None,
            dispositions: Vec::new(),
            problems: Problems::default(),
            broken: false,
        }
    }

    /// The slot of the thing with this id.
    pub fn slot(&mut self, kind: KindId, id: &str) -> u32 {
        let symbol = self.texts.intern(id);
        self.things.get_mut(kind.0 as usize).map_or(0, |things| things.slot(symbol))
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

    /// A new origin whose content comes later, when a file is read.
    pub fn new_origin(&mut self) -> u32 {
        self.origins.push(Origin::default());
        self.origins.len() as u32 - 1
    }

    /// Whether no more problems of a file are listed.
    pub fn is_told(&self, file: usize) -> bool {
        self.files.get(file).is_some_and(|name| self.problems.is_told(name))
    }

    pub fn place(&self, spot: Spot) -> Place {
        spot.place(&self.files)
    }

    pub fn problem(&mut self, spot: Spot, excerpt: &str, wrong: Wrong) {
        if self.is_told(spot.file()) {
            return self.problems.count_one(self.files.get(spot.file()).map_or("", String::as_str));
        }
        let problem = Problem::new(self.place(spot), excerpt, wrong.message, wrong.remedy);
        self.problems.push(problem);
    }
}

/// What the keys of a kind name. A declaration's two references come from its header.
fn names(schema: &Schema, id: KindId) -> HashMap<&str, Name, Seeded> {
    let kind = schema.kind(id);
    let declaration = kind.name.ends_with(".declared");
    let mut names: HashMap<&str, Name, Seeded> = HashMap::default();
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
    /// What its `[provenance]` says.
    pub usual: Said,
    /// What facts say of where they come from, each once, with the number of the origin.
    said: HashMap<Said, u32, Seeded>,
    /// The same in the order of the file, each with a place where it was said.
    order: Vec<(u32, Said, (u32, u32))>,
}

impl<'s> File<'s> {
    pub fn new(index: usize, lines: Lines<'s>, origin: u32) -> Self {
        let (said, order) = (HashMap::default(), Vec::new());
        Self { index, lines, origin, provenance: None, usual: Said::default(), said, order }
    }

    /// The number of the origin of a fact that says this of where it comes from.
    pub fn origin_of(&mut self, builder: &mut Builder<'_>, said: Said, span: (u32, u32)) -> u32 {
        if let Some(known) = self.said.get(&said) {
            return *known;
        }
        let number = builder.new_origin();
        self.order.push((number, said.clone(), span));
        self.said.insert(said, number);
        number
    }

    /// When the file is read, wherever its `[provenance]` stands: each origin takes from it what it does
    /// not say itself. What is wrong with that.
    pub fn settle(&mut self, builder: &mut Builder<'_>) -> Vec<Found> {
        let mut wrong = Vec::new();
        let plain = (self.origin, Said::default(), (0, 0));
        for (number, said, span) in self.order.drain(..).chain([plain]) {
            let origin = said.over(&self.usual);
            wrong.extend(origin::doubt(&origin).map(|wrong| (span, wrong)));
            if let Some(place) = builder.origins.get_mut(number as usize) {
                *place = origin;
            }
        }
        wrong
    }

    pub fn spot(&self, byte: u32) -> Spot {
        let (line, column) = self.lines.at(byte);
        Spot::new(self.index, line, column)
    }
}
