//! One value or "unknown" for every fact, at a pair of dates: the universe that checks run over, and
//! with it the way back from each fact to its observations.
//!
//! The universe holds values only. Where one comes from, or why it is missing, is worked out from the
//! register when somebody asks, by the same rules that made the universe.

use crate::resolve::Seen;
use crate::resolve::{moments, value_at};
use crate::store::{NIL, Observations, Slot, Store};
use hegui_catalog::model::Catalog;
use hegui_logic::observation::{Dates, Reason, Resolved};
use hegui_logic::schema::{FieldId, KindId, RelationId, Schema, Source, Type};
use hegui_logic::universe::{Column, FactKey, ROW_NONE, Universe, Value};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// A statement at a thing above that a relation below is complete: where, and of what.
type Covered = (KindId, u32, KindId, RelationId);

/// A register at a pair of dates.
#[derive(Clone, Debug)]
pub struct Assessed {
    /// The facts, linked, with those from above flowed down. Change it through [`Assessed::set_fact`]
    /// only: setting a fact in it directly leaves what follows from the fact behind.
    pub universe: Universe,
    pub(crate) store: Arc<Store>,
    pub(crate) schema: Schema,
    pub(crate) dates: Dates,
    /// How long each fact stays fresh, by kind and field.
    pub(crate) fresh: Vec<Vec<Option<i64>>>,
    /// For each kind and field the fields of the kinds directly below that it flows down to.
    heirs: Vec<Vec<Vec<(KindId, FieldId)>>>,
    /// Facts about which something was said that does not give a value: nothing flows down to them.
    blocked: HashSet<(KindId, u32, FieldId)>,
    /// What was said of relations of everything below a thing.
    pub(crate) covered: HashMap<Covered, bool>,
    /// What was said at the thing itself of its relations.
    pub(crate) closed: HashMap<(KindId, u32, RelationId), bool>,
    /// Facts set in memory since.
    pub(crate) changed: HashSet<FactKey>,
}

impl Assessed {
    pub(crate) fn new(store: Arc<Store>, catalog: &Catalog, as_of: i64, known_on: i64) -> Self {
        let schema = catalog.schema.clone();
        let rows: Vec<usize> = store.kinds.iter().map(|things| things.ids.len()).collect();
        let mut universe = Universe::new(&schema, &rows, as_of);
        universe.calendar = catalog.calendar.clone();
        let fresh = schema
            .kinds
            .iter()
            .enumerate()
            .map(|(kind, definition)| {
                let fresh = |field| {
                    catalog.fact(KindId(kind as u16), FieldId(field as u16)).and_then(|f| f.fresh_days)
                };
                (0..definition.fields.len()).map(fresh).collect()
            })
            .collect();
        let heirs = (0..schema.kinds.len()).map(|kind| heirs(&schema, KindId(kind as u16))).collect();
        let mut assessed = Self {
            universe,
            store,
            schema,
            dates: moments(as_of, known_on),
            fresh,
            heirs,
            blocked: HashSet::new(),
            covered: HashMap::new(),
            closed: HashMap::new(),
            changed: HashSet::new(),
        };
        assessed.build();
        assessed
    }

    fn build(&mut self) {
        let store = Arc::clone(&self.store);
        let mut texts = vec![NIL; store.strings.ends.len()];
        for (kind, things) in store.kinds.iter().enumerate() {
            let kind = KindId(kind as u16);
            for (field, seen) in things.facts.iter().enumerate() {
                self.state_field(kind, FieldId(field as u16), seen, &mut texts);
            }
            for (relation, seen) in things.lists.iter().enumerate() {
                self.state_list(kind, RelationId(relation as u16), seen);
            }
        }
        self.cover();
        for (kind, things) in store.kinds.iter().enumerate() {
            for (relation, seen) in things.complete.iter().enumerate() {
                self.close_relation(KindId(kind as u16), RelationId(relation as u16), seen);
            }
        }
        let schema = std::mem::take(&mut self.schema);
        self.universe.link(&schema);
        self.schema = schema;
        self.inherit_completeness();
        self.retract_blocked();
    }

    pub(crate) fn dates_of(&self, kind: KindId, field: FieldId) -> Dates {
        let fresh = self.fresh.get(kind.0 as usize).and_then(|fields| fields.get(field.0 as usize));
        Dates { fresh_days: fresh.copied().flatten(), ..self.dates }
    }

    /// What the observations of a fact come to.
    pub(crate) fn resolve_fact(&self, kind: KindId, row: u32, field: FieldId) -> Option<(Resolved, usize)> {
        let seen = self.store.kinds.get(kind.0 as usize)?.facts.get(field.0 as usize)?;
        let range = seen.of(row);
        let start = range.start;
        let rulings = self.store.rulings_on(kind, row, Slot::Field(field.0));
        Some((self.store.resolve(seen, range, self.dates_of(kind, field), rulings), start))
    }

    fn state_field(&mut self, kind: KindId, field: FieldId, seen: &Observations, texts: &mut [u32]) {
        let store = Arc::clone(&self.store);
        let definition = self.schema.kind(kind);
        let (ty, inherits) = (definition.field(field).ty, definition.field(field).inherits);
        // What a thing stands below does not change with time.
        let is_parent = definition.parent == Some(field);
        let dates = self.dates_of(kind, field);
        for (row, range) in groups(&seen.rows) {
            let start = range.start;
            let rulings =
                if range.len() > 1 { store.rulings_on(kind, row, Slot::Field(field.0)) } else { &[] };
            let resolved =
                if is_parent { Resolved::Known(0) } else { store.resolve(seen, range, dates, rulings) };
            match resolved {
                Resolved::Known(index) => {
                    let value = self.value(ty, value_at(seen, start + index), texts);
                    self.universe.state(kind, row, field, Some(value));
                }
                Resolved::Unknown(Reason::Stale(_) | Reason::Conflict(_)) if inherits => {
                    self.blocked.insert((kind, row, field));
                }
                Resolved::Unknown(_) => {}
            }
        }
    }

    /// The universe's value of an observation; `texts` are the universe's symbols of the register's.
    fn value(&mut self, ty: Type, seen: Seen<'_>, texts: &mut [u32]) -> Value {
        match (ty, seen) {
            (Type::Bool, Seen::Word(word)) => Value::Flag(word != 0),
            (Type::Thing(_), Seen::Word(word)) => Value::Thing(word as u32),
            (Type::Text, Seen::Word(word)) => {
                let Some(symbol) = texts.get_mut(word as usize) else { return Value::Number(word) };
                if *symbol == NIL {
                    *symbol = self.universe.texts.intern(self.store.strings.get(word as u32));
                }
                Value::Number(i64::from(*symbol))
            }
            (_, Seen::Word(word)) => Value::Number(word),
            (_, Seen::Set(set)) => Value::Set(set),
            (_, Seen::List(_)) => Value::Set(0),
        }
    }

    /// What was observed of a list: where sources differ, every member that one of them names, since
    /// each was seen; only whether these are all is then unknown.
    fn state_list(&mut self, kind: KindId, relation: RelationId, seen: &Observations) {
        let store = Arc::clone(&self.store);
        for (row, range) in groups(&seen.rows) {
            let start = range.start;
            let rulings = store.rulings_on(kind, row, Slot::List(relation.0));
            let mut members: Vec<u32> = match store.resolve(seen, range, self.dates, rulings) {
                Resolved::Known(index) => seen.list(start + index).to_vec(),
                Resolved::Unknown(Reason::Conflict(parts)) => {
                    self.closed.insert((kind, row, relation), false);
                    parts.iter().flat_map(|at| seen.list(start + at).iter().copied()).collect()
                }
                Resolved::Unknown(_) => continue,
            };
            members.sort_unstable();
            members.dedup();
            for member in members {
                self.universe.list(kind, row, relation, member);
            }
        }
    }

    fn close_relation(&mut self, kind: KindId, relation: RelationId, seen: &Observations) {
        let store = Arc::clone(&self.store);
        for (row, range) in groups(&seen.rows) {
            let start = range.start;
            let complete = match store.resolve(seen, range, self.dates, &[]) {
                Resolved::Known(index) => seen.words.get(start + index) == Some(&1),
                Resolved::Unknown(Reason::Conflict(_)) => false,
                Resolved::Unknown(_) => continue,
            };
            let complete =
                *self.closed.entry((kind, row, relation)).and_modify(|c| *c &= complete).or_insert(complete);
            self.universe.close(kind, row, relation, complete);
        }
    }

    /// Resolves what was said of relations below.
    fn cover(&mut self) {
        let store = Arc::clone(&self.store);
        let mut said: BTreeMap<Covered, Vec<(bool, u32)>> = BTreeMap::new();
        for blanket in &store.blankets {
            let key = (blanket.at.0, blanket.at.1, blanket.relation.0, blanket.relation.1);
            said.entry(key).or_default().push((blanket.complete, blanket.origin));
        }
        for (key, statements) in said {
            match store.resolve_statements(&statements, self.dates) {
                Resolved::Known(index) => {
                    self.covered.insert(key, statements.get(index).is_some_and(|(complete, _)| *complete));
                }
                Resolved::Unknown(Reason::Conflict(_)) => {
                    self.covered.insert(key, false);
                }
                Resolved::Unknown(_) => {}
            }
        }
    }

    /// Lets what was said above count for each relation below of which nothing was said itself.
    fn inherit_completeness(&mut self) {
        let relations: HashSet<(KindId, RelationId)> =
            self.covered.keys().map(|key| (key.2, key.3)).collect();
        for (kind, relation) in relations {
            for row in 0..self.universe.table(kind).rows as u32 {
                if !self.closed.contains_key(&(kind, row, relation)) {
                    let complete = self.covering(kind, row, relation).is_some_and(|(_, complete)| complete);
                    self.universe.close(kind, row, relation, complete);
                }
            }
        }
    }

    /// The nearest thing above that says whether a relation of a thing is complete, and what it says.
    pub(crate) fn covering(
        &self,
        kind: KindId,
        row: u32,
        relation: RelationId,
    ) -> Option<((KindId, u32), bool)> {
        let mut at = (kind, row);
        loop {
            if let Some(complete) = self.covered.get(&(at.0, at.1, kind, relation)) {
                return Some((at, *complete));
            }
            at = self.above(at.0, at.1)?;
        }
    }

    /// The thing above.
    pub(crate) fn above(&self, kind: KindId, row: u32) -> Option<(KindId, u32)> {
        let field = self.schema.kind(kind).parent?;
        match self.universe.table(kind).column(field)? {
            Column::Things(rows) => rows
                .get(row as usize)
                .filter(|up| **up < ROW_NONE)
                .and_then(|up| Some((self.schema.parent_of(kind)?, *up))),
            _ => None,
        }
    }

    /// A fact about which sources differ, or that has grown stale, is unknown: what is said above was
    /// spoken of a thing in general, and this one was looked at.
    fn retract_blocked(&mut self) {
        let mut blocked: Vec<_> = self.blocked.iter().copied().collect();
        blocked.sort_unstable();
        for (kind, row, field) in blocked {
            self.universe.state(kind, row, field, None);
            self.flow(kind, row, field);
        }
    }

    /// Lets a fact's value flow on to what lies below, as far as nothing is stated there.
    pub(crate) fn flow(&mut self, kind: KindId, row: u32, field: FieldId) {
        let value = self.universe.value(kind, row, field);
        let heirs = self.heirs.get(kind.0 as usize).and_then(|fields| fields.get(field.0 as usize));
        let Some(heirs) = heirs.filter(|heirs| !heirs.is_empty()).cloned() else { return };
        for (below, field) in heirs {
            for child in self.below(kind, row, below) {
                let now = self.universe.value(below, child, field);
                // What has the value already has handed it on.
                if now == value || now.is_some() && !self.is_inherited(below, child, field) {
                    continue;
                }
                if !self.blocked.is_empty() && self.blocked.contains(&(below, child, field)) {
                    continue;
                }
                self.receive(below, child, field, value);
                self.flow(below, child, field);
            }
        }
    }

    /// States a value that came from above.
    fn receive(&mut self, kind: KindId, row: u32, field: FieldId, value: Option<Value>) {
        self.universe.state(kind, row, field, value);
        if value.is_some()
            && let Some(table) = self.universe.table_mut(kind)
            && let Some(bits) = table.inherited.get_mut(field.0 as usize)
        {
            bits.set(row as usize, true);
        }
    }

    /// Whether a fact's value came from above.
    #[must_use]
    pub fn is_inherited(&self, kind: KindId, row: u32, field: FieldId) -> bool {
        self.universe.table(kind).inherited.get(field.0 as usize).is_some_and(|bits| bits.get(row as usize))
    }

    /// The things of a kind that stand directly below a thing.
    pub(crate) fn below(&self, kind: KindId, row: u32, below: KindId) -> Vec<u32> {
        let Some(parent) = self.schema.kind(below).parent else { return vec![] };
        let relations = &self.schema.kind(kind).relations;
        if let Some(at) = relations.iter().position(|r| r.to == below && r.source == Source::Inverse(parent))
            && let Some(members) = self.universe.table(kind).relation(RelationId(at as u16))
        {
            return members.of(row).to_vec();
        }
        match self.universe.table(below).column(parent) {
            Some(Column::Things(rows)) => {
                rows.iter().enumerate().filter(|(_, up)| **up == row).map(|(child, _)| child as u32).collect()
            }
            _ => vec![],
        }
    }

    /// Changes one fact in memory, as if it had been observed, and keeps right what follows from it:
    /// facts that flow down, reverse relations, and what is said to be complete. `None` makes the fact
    /// unknown, or what is said above where it flows down. A text is a symbol of the universe's texts.
    ///
    /// Touches the descendants of the thing only, and for a reference the relation that it is part of.
    /// Outcomes are not the register's; a key of one is ignored.
    pub fn set_fact(&mut self, key: &FactKey, value: Option<Value>) {
        match *key {
            FactKey::Fact(kind, row, field) => self.set_field(kind, row, field, value),
            FactKey::Complete(kind, row, relation) => {
                match value {
                    Some(value) => self.closed.insert((kind, row, relation), value == Value::Flag(true)),
                    None => self.closed.remove(&(kind, row, relation)),
                };
                self.close_again(kind, row, relation);
            }
            FactKey::Outcome(..) | FactKey::Calendar => return,
        }
        self.changed.insert(key.clone());
    }

    fn set_field(&mut self, kind: KindId, row: u32, field: FieldId, value: Option<Value>) {
        self.blocked.remove(&(kind, row, field));
        self.universe.state(kind, row, field, value);
        if value.is_none() {
            self.inherit(kind, row, field);
        }
        let definition = self.schema.kind(kind);
        if let Type::Thing(to) = definition.field(field).ty {
            let is_parent = definition.parent == Some(field);
            self.relink(kind, field, to);
            if is_parent {
                self.moved(kind, row);
            }
        }
        self.flow(kind, row, field);
    }

    /// Takes an unstated fact's value from above.
    fn inherit(&mut self, kind: KindId, row: u32, field: FieldId) {
        let definition = self.schema.kind(kind).field(field);
        if !definition.inherits || self.blocked.contains(&(kind, row, field)) {
            return;
        }
        let Some((above, up)) = self.above(kind, row) else { return };
        let Some(from) = self.schema.kind(above).field_named(&definition.name) else { return };
        let value = self.universe.value(above, up, from);
        self.receive(kind, row, field, value);
    }

    /// Works out again the reverse relations that a reference is part of.
    fn relink(&mut self, kind: KindId, field: FieldId, to: KindId) {
        let relations = &self.schema.kind(to).relations;
        let affected: Vec<RelationId> = relations
            .iter()
            .enumerate()
            .filter(|(_, r)| r.to == kind && r.source == Source::Inverse(field))
            .map(|(at, _)| RelationId(at as u16))
            .collect();
        for relation in affected {
            self.universe.link_relation(&self.schema, to, relation);
        }
    }

    /// A thing stands below another one now: what flows down, and what is complete, comes from there.
    fn moved(&mut self, kind: KindId, row: u32) {
        let fields = self.schema.kind(kind).fields.len();
        for field in (0..fields).map(|at| FieldId(at as u16)) {
            let definition = self.schema.kind(kind).field(field);
            let stated =
                self.universe.value(kind, row, field).is_some() && !self.is_inherited(kind, row, field);
            if definition.inherits && !stated {
                self.universe.state(kind, row, field, None);
                self.inherit(kind, row, field);
                self.flow(kind, row, field);
            }
        }
        for relation in 0..self.schema.kind(kind).relations.len() {
            self.close_again(kind, row, RelationId(relation as u16));
        }
        for below in self.kinds_below(kind) {
            for child in self.below(kind, row, below) {
                self.completeness_again(below, child);
            }
        }
    }

    fn completeness_again(&mut self, kind: KindId, row: u32) {
        for relation in 0..self.schema.kind(kind).relations.len() {
            self.close_again(kind, row, RelationId(relation as u16));
        }
        for below in self.kinds_below(kind) {
            for child in self.below(kind, row, below) {
                self.completeness_again(below, child);
            }
        }
    }

    fn kinds_below(&self, kind: KindId) -> Vec<KindId> {
        let kinds = (0..self.schema.kinds.len()).map(|at| KindId(at as u16));
        kinds.filter(|below| self.schema.parent_of(*below) == Some(kind)).collect()
    }

    fn close_again(&mut self, kind: KindId, row: u32, relation: RelationId) {
        let own = self.closed.get(&(kind, row, relation)).copied();
        let complete = own.or_else(|| self.covering(kind, row, relation).map(|(_, complete)| complete));
        self.universe.close(kind, row, relation, complete.unwrap_or(false));
    }

    /// Changes the members of a list kept at a thing in memory, and the reverse relation with it.
    pub fn set_list(&mut self, kind: KindId, row: u32, relation: RelationId, members: Vec<u32>) {
        let to = self.schema.kind(kind).relation(relation).to;
        self.universe.relist(kind, row, relation, &members);
        self.universe.link_relation(&self.schema, kind, relation);
        let reverse = &self.schema.kind(to).relations;
        let reverse = reverse.iter().position(|r| r.to == kind && r.source == Source::InverseList(relation));
        if let Some(at) = reverse {
            self.universe.link_relation(&self.schema, to, RelationId(at as u16));
        }
    }
}

/// For each fact of a kind the facts of the same name of the kinds directly below to which it flows.
fn heirs(schema: &Schema, kind: KindId) -> Vec<Vec<(KindId, FieldId)>> {
    let kinds = (0..schema.kinds.len()).map(|at| KindId(at as u16));
    let below: Vec<KindId> = kinds.filter(|below| schema.parent_of(*below) == Some(kind)).collect();
    let heir = |below: KindId, name: &str| {
        let field = schema.kind(below).field_named(name)?;
        schema.kind(below).field(field).inherits.then_some((below, field))
    };
    let fields = schema.kind(kind).fields.iter();
    fields.map(|field| below.iter().filter_map(|below| heir(*below, &field.name)).collect()).collect()
}

/// Runs of equal rows.
fn groups(rows: &[u32]) -> impl Iterator<Item = (u32, std::ops::Range<usize>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let row = *rows.get(at)?;
        let start = at;
        while rows.get(at) == Some(&row) {
            at += 1;
        }
        Some((row, start..at))
    })
}
