//! What a register keeps: things and observations in columns, every text once.
//!
//! A register of a hundred thousand activities holds some million and a half facts, so nothing here is
//! a map of maps: the observations of one fact of one kind stand side by side in a few vectors, in the
//! order of the things' rows. That is also what a snapshot writes, and what a universe is made from.

use foldhash::quality::RandomState as Seeded;
use hegui_catalog::model::Place;
use hegui_logic::schema::{KindId, RelationId};
use hegui_logic::truth::Outcome;
use std::hash::BuildHasher;

/// Stands for "no text", "no row", "no entry".
pub(crate) const NIL: u32 = u32::MAX;
/// The time of what carries no date: always.
pub(crate) const ALWAYS: i64 = i64::MIN;

/// Most files of a register.
pub(crate) const FILE_LIMIT: usize = 30_000;
const LINE_BITS: u32 = 28;
const COLUMN_BITS: u32 = 20;
const FILE_BITS: u32 = 15;

/// Where something stands: file, line and column in one word, and whether it continues a list of
/// observations that began before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Spot(pub u64);

impl Spot {
    pub fn new(file: usize, line: u32, column: u32) -> Self {
        let line = u64::from(line.min((1 << LINE_BITS) - 1));
        let column = u64::from(column.min((1 << COLUMN_BITS) - 1));
        Self(((file as u64) << (LINE_BITS + COLUMN_BITS)) | (line << COLUMN_BITS) | column)
    }

    pub fn continuing(self) -> Self {
        Self(self.0 | 1 << 63)
    }

    pub fn continues(self) -> bool {
        self.0 >> 63 == 1
    }

    pub fn file(self) -> usize {
        ((self.0 >> (LINE_BITS + COLUMN_BITS)) & ((1 << FILE_BITS) - 1)) as usize
    }

    pub fn place(self, files: &[String]) -> Place {
        Place {
            file: files.get(self.file()).cloned().unwrap_or_default(),
            line: ((self.0 >> COLUMN_BITS) & ((1 << LINE_BITS) - 1)) as u32,
            column: (self.0 & ((1 << COLUMN_BITS) - 1)) as u32,
        }
    }
}

/// Texts one behind the other, by symbol.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Strings {
    pub text: String,
    /// Where each text ends.
    pub ends: Vec<u32>,
}

impl Strings {
    pub fn get(&self, symbol: u32) -> &str {
        let at = symbol as usize;
        let from = if at == 0 { 0 } else { self.ends.get(at - 1).copied().unwrap_or(0) };
        let to = self.ends.get(at).copied().unwrap_or(from);
        self.text.get(from as usize..to as usize).unwrap_or_default()
    }

    pub fn push(&mut self, text: &str) -> u32 {
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
        self.ends.len() as u32 - 1
    }
}

/// Gives each text a symbol while a register is read.
///
/// The table holds symbols only, each beside the upper half of its text's hash; the texts themselves
/// stand in [`Strings`]. A text's entry is the first free one from where its hash points to. At least
/// half of the entries are free. The hash is `foldhash`'s, with a seed of its own for every table: reading
/// looks up some hundred thousand short texts a second, and SipHash was a tenth of that time.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    pub strings: Strings,
    seeded: Seeded,
    entries: Vec<(u32, u32)>,
}

const FREE: (u32, u32) = (0, NIL);

impl Interner {
    pub fn intern(&mut self, text: &str) -> u32 {
        if self.entries.len() < 2 * (self.strings.ends.len() + 1) {
            self.grow();
        }
        let hash = self.seeded.hash_one(text);
        match self.look(text, hash) {
            Ok(symbol) => symbol,
            Err(free) => {
                let symbol = self.strings.push(text);
                if let Some(entry) = self.entries.get_mut(free) {
                    *entry = (upper(hash), symbol);
                }
                symbol
            }
        }
    }

    /// The symbol of a text that has one.
    pub fn find(&self, text: &str) -> Option<u32> {
        self.look(text, self.seeded.hash_one(text)).ok()
    }

    /// The symbol of a text, or the entry where it would stand.
    fn look(&self, text: &str, hash: u64) -> Result<u32, usize> {
        let mask = self.entries.len().wrapping_sub(1);
        let mut at = hash as usize & mask;
        loop {
            match self.entries.get(at) {
                None | Some((_, NIL)) => return Err(at),
                Some((half, symbol)) if *half == upper(hash) && self.strings.get(*symbol) == text => {
                    return Ok(*symbol);
                }
                Some(_) => at = (at + 1) & mask,
            }
        }
    }

    fn grow(&mut self) {
        let size = (2 * self.entries.len()).max(1 << 10);
        self.entries.clear();
        self.entries.resize(size, FREE);
        for symbol in 0..self.strings.ends.len() as u32 {
            let hash = self.seeded.hash_one(self.strings.get(symbol));
            let mut at = hash as usize & (size - 1);
            while self.entries.get(at).is_some_and(|entry| *entry != FREE) {
                at = (at + 1) & (size - 1);
            }
            if let Some(entry) = self.entries.get_mut(at) {
                *entry = (upper(hash), symbol);
            }
        }
    }
}

fn upper(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// What kind of source an observation has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "docs/register-format.md gives each its meaning")]
pub enum Source {
    #[default]
    Statement,
    Interview,
    Document,
    Inspection,
    Ledger,
    Sample,
    Judgement,
    Import,
}

impl Source {
    /// All of them, in the order of their codes.
    pub const ALL: [Self; 8] = [
        Self::Statement,
        Self::Interview,
        Self::Document,
        Self::Inspection,
        Self::Ledger,
        Self::Sample,
        Self::Judgement,
        Self::Import,
    ];

    /// Its name in a register.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Statement => "statement",
            Self::Interview => "interview",
            Self::Document => "document",
            Self::Inspection => "inspection",
            Self::Ledger => "ledger",
            Self::Sample => "sample",
            Self::Judgement => "judgement",
            Self::Import => "import",
        }
    }

    /// The source with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }
}

/// A sample that a fact rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sample {
    /// How many there were to draw from.
    pub population: u64,
    /// How they were drawn, as `random`.
    pub method: String,
    /// The seed, fixed before the draw.
    pub seed: Option<i64>,
    /// The day of the draw, in seconds.
    pub drawn: Option<i64>,
    /// How many were drawn.
    pub size: u64,
    /// How many of them deviated.
    pub deviations: u64,
}

/// Where an observation comes from; texts are symbols, times seconds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Origin {
    pub source: Source,
    pub by: u32,
    pub valid_from: i64,
    pub valid_until: Option<i64>,
    pub recorded: i64,
    pub evidence: Vec<u32>,
    pub reasons: u32,
    pub sample: Option<Sample>,
}

impl Default for Origin {
    fn default() -> Self {
        Self::plain()
    }
}

impl Origin {
    /// A statement without a date.
    pub const fn plain() -> Self {
        Self {
            source: Source::Statement,
            by: NIL,
            valid_from: ALWAYS,
            valid_until: None,
            recorded: ALWAYS,
            evidence: Vec::new(),
            reasons: NIL,
            sample: None,
        }
    }
}

/// The observations of one fact of all things of a kind, by row. Values are words as
/// [`hegui_logic::universe::Value`] keeps them (bools 0 and 1, texts symbols of [`Strings`], things
/// rows); sets stand in `sets`, lists in `offsets` and `members`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Observations {
    pub rows: Vec<u32>,
    pub origins: Vec<u32>,
    pub spots: Vec<Spot>,
    pub words: Vec<i64>,
    pub sets: Vec<u128>,
    /// For lists: where each observation's members end.
    pub ends: Vec<u32>,
    pub members: Vec<u32>,
}

impl Observations {
    /// Begins an observation; its value is pushed beside.
    pub fn add(&mut self, row: u32, origin: u32, spot: Spot) {
        self.rows.push(row);
        self.origins.push(origin);
        self.spots.push(spot);
    }

    /// The observations of a row, as a range of places.
    pub fn of(&self, row: u32) -> std::ops::Range<usize> {
        let from = self.rows.partition_point(|r| *r < row);
        let rest = self.rows.get(from..).unwrap_or_default();
        from..from + rest.iter().take_while(|r| **r == row).count()
    }

    /// The members that a list observation names.
    pub fn list(&self, at: usize) -> &[u32] {
        let from = if at == 0 { 0 } else { self.ends.get(at - 1).copied().unwrap_or(0) };
        let to = self.ends.get(at).copied().unwrap_or(from);
        self.members.get(from as usize..to as usize).unwrap_or_default()
    }

    /// Puts the observations in the order of rows; those of one row stay in the order of reading.
    pub fn sort(&mut self) {
        if self.rows.is_sorted() {
            return;
        }
        let mut order: Vec<u32> = (0..self.rows.len() as u32).collect();
        order.sort_by_key(|at| self.rows.get(*at as usize));
        let mut sorted = Self::default();
        for at in order {
            sorted.push_from(self, at as usize);
        }
        *self = sorted;
    }

    fn push_from(&mut self, other: &Self, at: usize) {
        self.rows.extend(other.rows.get(at));
        self.origins.extend(other.origins.get(at));
        self.spots.extend(other.spots.get(at));
        self.words.extend(other.words.get(at));
        self.sets.extend(other.sets.get(at));
        if !other.ends.is_empty() {
            self.members.extend_from_slice(other.list(at));
            self.ends.push(self.members.len() as u32);
        }
    }
}

/// All things of a kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Things {
    /// Their ids, as symbols, by row.
    pub ids: Vec<u32>,
    /// Where each is declared, by row.
    pub spots: Vec<Spot>,
    /// Rows in the order of ids, for finding a thing by its id.
    pub by_id: Vec<u32>,
    /// Their facts, by `FieldId`.
    pub facts: Vec<Observations>,
    /// Lists of references as stated, by `RelationId`; empty for reverse relations.
    pub lists: Vec<Observations>,
    /// Statements that a relation is complete (1) or not (0), made at the thing, by `RelationId`.
    pub complete: Vec<Observations>,
}

/// A statement, made at a thing above, that a relation of everything below it is complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Blanket {
    /// Where it was made.
    pub at: (KindId, u32),
    /// The kind and relation that it speaks of.
    pub relation: (KindId, RelationId),
    pub complete: bool,
    pub origin: u32,
    pub spot: Spot,
}

/// What a ruling on a fact says holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ruled {
    Word(i64),
    Set(u128),
    List(Vec<u32>),
}

/// The address of a fact or list inside the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Slot {
    Field(u16),
    List(u16),
}

/// A ruling on which of several values holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FactRuling {
    pub kind: KindId,
    pub row: u32,
    pub slot: Slot,
    pub value: Ruled,
    pub by: String,
    pub role: String,
    pub on: i64,
    pub reasons: String,
    pub spot: Spot,
}

/// What an outcome's ruling is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RulingTarget {
    /// A requirement, by id.
    Requirement(String),
    /// A clause, by number.
    Clause(String),
}

/// A person's ruling on an outcome. It lies over the computed outcome and never replaces it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeRuling {
    /// What was ruled on.
    pub target: RulingTarget,
    /// The thing's kind.
    pub kind: KindId,
    /// The thing's row.
    pub row: u32,
    /// What was ruled.
    pub outcome: Outcome,
    /// The grade of a nonconformity, where one was given.
    pub grade: Option<String>,
    /// Who.
    pub by: String,
    /// In which role.
    pub role: String,
    /// When, in seconds; a ruling later than `known_on` is not known yet.
    pub on: i64,
    /// Why.
    pub reasons: String,
    /// The fingerprint of the parts that were weighed.
    pub weighed: Option<String>,
    /// Where it stands.
    pub place: Place,
}

/// A piece of evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Its id, as in `E-014`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its file, relative to where the organisation keeps evidence.
    pub file: Option<String>,
    /// Its address.
    pub url: Option<String>,
    /// Its SHA-256, in hexadecimal.
    pub sha256: Option<String>,
    /// Its date, in seconds.
    pub on: Option<i64>,
    /// Where it stands.
    pub place: Place,
}

/// What commissioner and assessor agreed on. Days are in seconds; what is left out is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Engagement {
    /// The opinion's number at the firm that gives it.
    pub number: Option<String>,
    /// Who asked for the assessment.
    pub commissioner: Option<String>,
    /// The organisation that makes it.
    pub firm: Option<String>,
    /// Why it is made.
    pub purpose: Option<String>,
    /// What is inside and what is outside.
    pub boundary: Option<String>,
    /// First and last day of the work.
    pub period: (Option<i64>, Option<i64>),
    /// First and last day of the processing that is looked at.
    pub covers: (Option<i64>, Option<i64>),
    /// The last day on which an adjustment still counts.
    pub adjust_until: Option<i64>,
    /// The day of the opinion.
    pub opinion_on: Option<i64>,
    /// What kept the assessors from looking.
    pub restrictions: Vec<String>,
    /// Who takes part, the leader first.
    pub team: Vec<Member>,
    /// Where it stands.
    pub place: Place,
}

/// Somebody who takes part in an assessment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Member {
    /// The name.
    pub name: String,
    /// `lead`, `assessor`, `expert` or `reviewer`.
    pub role: String,
    /// As in the number of a lawyer's licence.
    pub qualification: Option<String>,
}

/// What was decided about a gap. Days are in seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disposition {
    /// The requirement, by id.
    pub requirement: String,
    /// The thing's kind.
    pub kind: KindId,
    /// The thing's row.
    pub row: u32,
    /// `adjust`, `disclose`, `accept`, `consult`, `compensate` or `stop`.
    pub way: String,
    /// Who decided.
    pub by: String,
    /// In which role.
    pub role: String,
    /// When; a disposition later than `known_on` is not known yet.
    pub on: i64,
    /// Why, or what is to be done.
    pub reasons: String,
    /// Who sees to it.
    pub owner: Option<String>,
    /// By which day.
    pub due: Option<i64>,
    /// When it was done.
    pub done_on: Option<i64>,
    /// `low`, `medium` or `high`, as a person rated it.
    pub risk: Option<String>,
    /// Ids or places of evidence.
    pub evidence: Vec<String>,
    /// Where it stands.
    pub place: Place,
}

/// Everything that was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Store {
    pub files: Vec<String>,
    pub strings: Strings,
    pub origins: Vec<Origin>,
    /// By `KindId`.
    pub kinds: Vec<Things>,
    pub blankets: Vec<Blanket>,
    /// In the order of kind, row, slot and date.
    pub fact_rulings: Vec<FactRuling>,
    pub outcome_rulings: Vec<OutcomeRuling>,
    /// In the order of ids.
    pub evidence: Vec<Evidence>,
    pub engagement: Option<Engagement>,
    /// In the order of reading.
    pub dispositions: Vec<Disposition>,
}

impl Store {
    /// The id of a thing; empty for a row that is not there.
    pub fn id(&self, kind: KindId, row: u32) -> &str {
        let symbol = self.kinds.get(kind.0 as usize).and_then(|things| things.ids.get(row as usize));
        symbol.map_or("", |symbol| self.strings.get(*symbol))
    }

    /// Puts the rows of each kind in the order of ids.
    pub fn index(&mut self) {
        for things in &mut self.kinds {
            let mut by_id: Vec<u32> = (0..things.ids.len() as u32).collect();
            let id = |row: &u32| things.ids.get(*row as usize).map(|symbol| self.strings.get(*symbol));
            by_id.sort_unstable_by(|a, b| id(a).cmp(&id(b)));
            things.by_id = by_id;
        }
    }

    /// The row of the thing with this id.
    pub fn find(&self, kind: KindId, id: &str) -> Option<u32> {
        let things = self.kinds.get(kind.0 as usize)?;
        let at = things.by_id.partition_point(|row| self.id(kind, *row) < id);
        things.by_id.get(at).copied().filter(|row| self.id(kind, *row) == id)
    }
}
