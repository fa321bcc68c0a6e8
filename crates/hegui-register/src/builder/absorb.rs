//! What was read apart, put behind what was read before: its symbols, slots and origins get the numbers
//! that they would have had if it had been read here.
//!
//! Numbers are given in the order of first mention. So going through those of the part in their order
//! and giving each that is new here the next one makes the same numbers as reading the part here.

use super::Builder;
use crate::store::{NIL, Observations, Origin, Ruled, Slot};
use hegui_logic::plan::NONE;
use hegui_logic::schema::{FieldId, KindId, RelationId, Schema, Type};
use hegui_logic::universe::ROW_NONE;

/// The number here of each symbol, slot and origin of the part.
struct Numbers {
    texts: Vec<u32>,
    /// By kind.
    slots: Vec<Vec<u32>>,
    /// By how much the part's origins are moved; the first, which every builder has, stays.
    origins: u32,
}

impl Numbers {
    fn text(&self, symbol: u32) -> u32 {
        self.texts.get(symbol as usize).copied().unwrap_or(NIL)
    }

    fn slot(&self, kind: KindId, slot: u32) -> u32 {
        self.slots.get(kind.0 as usize).and_then(|slots| slots.get(slot as usize)).copied().unwrap_or(NIL)
    }

    fn origin(&self, origin: u32) -> u32 {
        if origin == 0 { 0 } else { origin + self.origins }
    }

    /// A value's word: a symbol for a text, a slot for a thing, and otherwise itself.
    fn word(&self, ty: Type, word: i64) -> i64 {
        match ty {
            Type::Text if word != NONE => i64::from(self.text(word as u32)),
            Type::Thing(to) if word != i64::from(ROW_NONE) => i64::from(self.slot(to, word as u32)),
            _ => word,
        }
    }

    /// Slots of a list, which stand in their order.
    fn members(&self, to: KindId, members: &mut [u32]) {
        for member in &mut *members {
            *member = self.slot(to, *member);
        }
        members.sort_unstable();
    }

    fn said(&self, mut origin: Origin) -> Origin {
        for symbol in [&mut origin.by, &mut origin.reasons].into_iter().chain(&mut origin.evidence) {
            // None stays none.
            *symbol = self.text(*symbol);
        }
        origin
    }

    fn ruled(&self, schema: &Schema, kind: KindId, slot: Slot, value: Ruled) -> Ruled {
        match (slot, value) {
            (Slot::Field(field), Ruled::Word(word)) => {
                Ruled::Word(self.word(schema.kind(kind).field(FieldId(field)).ty, word))
            }
            (Slot::List(list), Ruled::List(mut members)) => {
                self.members(schema.kind(kind).relation(RelationId(list)).to, &mut members);
                Ruled::List(members)
            }
            (_, value) => value,
        }
    }

    /// Puts the part's observations of one fact or list of a kind behind those here.
    fn append(&self, here: &mut Observations, there: &Observations, kind: KindId, value: Value) {
        here.rows.extend(there.rows.iter().map(|slot| self.slot(kind, *slot)));
        here.origins.extend(there.origins.iter().map(|origin| self.origin(*origin)));
        here.spots.extend_from_slice(&there.spots);
        here.sets.extend_from_slice(&there.sets);
        match value {
            Value::Plain => here.words.extend_from_slice(&there.words),
            Value::Fact(ty) => here.words.extend(there.words.iter().map(|word| self.word(ty, *word))),
            Value::List(to) => {
                let before = here.members.len() as u32;
                here.members.extend_from_slice(&there.members);
                let mut from = before as usize;
                for end in there.ends.iter().map(|end| end + before) {
                    self.members(to, here.members.get_mut(from..end as usize).unwrap_or_default());
                    here.ends.push(end);
                    from = end as usize;
                }
            }
        }
    }
}

/// What observations hold.
#[derive(Clone, Copy)]
enum Value {
    /// Nothing that is numbered.
    Plain,
    Fact(Type),
    List(KindId),
}

impl Builder<'_> {
    /// Takes over what was read apart, from the files behind those read here; whether it was taken over.
    /// It is not, and nothing is, where the same files may say something else when read here: where
    /// anything is wrong with them, or they declare a thing (or the engagement) that is declared here.
    #[must_use]
    pub fn absorb(&mut self, part: Self) -> bool {
        let twice = self.engagement.is_some() && part.engagement.is_some();
        if part.broken || part.problems.count() > 0 || twice {
            return false;
        }
        let there = &part.texts.strings;
        let known: Vec<u32> = (0..there.ends.len() as u32)
            .map(|symbol| self.texts.find(there.get(symbol)).unwrap_or(NIL))
            .collect();
        if self.is_declared_again(&part, &known) {
            return false;
        }
        let numbers = self.numbers(&part, known);
        self.absorb_things(&part, &numbers);
        self.absorb_columns(&part, &numbers);
        self.absorb_rest(part, &numbers);
        true
    }

    /// Whether the part declares a thing that is declared here.
    fn is_declared_again(&self, part: &Self, known: &[u32]) -> bool {
        self.things.iter().zip(&part.things).any(|(here, there)| {
            there.order.iter().any(|slot| {
                let symbol = there.ids.get(*slot as usize).and_then(|id| known.get(*id as usize));
                let slot = symbol.and_then(|symbol| here.slots.get(symbol));
                slot.and_then(|slot| here.declared.get(*slot as usize)).is_some_and(Option::is_some)
            })
        })
    }

    fn numbers(&mut self, part: &Self, known: Vec<u32>) -> Numbers {
        let mut texts = known;
        for (symbol, number) in texts.iter_mut().enumerate().filter(|(_, number)| **number == NIL) {
            *number = self.texts.intern(part.texts.strings.get(symbol as u32));
        }
        let mut slots = Vec::with_capacity(part.things.len());
        for (here, there) in self.things.iter_mut().zip(&part.things) {
            let ids = there.ids.iter().filter_map(|id| texts.get(*id as usize));
            slots.push(ids.map(|symbol| here.slot(*symbol)).collect());
        }
        Numbers { texts, slots, origins: self.origins.len() as u32 - 1 }
    }

    fn absorb_things(&mut self, part: &Self, numbers: &Numbers) {
        for (at, (here, there)) in self.things.iter_mut().zip(&part.things).enumerate() {
            let kind = KindId(at as u16);
            for slot in &there.order {
                let number = numbers.slot(kind, *slot);
                if let Some(place) = here.declared.get_mut(number as usize) {
                    *place = there.declared.get(*slot as usize).copied().flatten();
                }
                here.order.push(number);
            }
            let extended = there.extended.iter();
            here.extended.extend(extended.map(|(slot, spot)| (numbers.slot(kind, *slot), *spot)));
        }
    }

    fn absorb_columns(&mut self, part: &Self, numbers: &Numbers) {
        for (at, definition) in self.schema.kinds.iter().enumerate() {
            let kind = KindId(at as u16);
            let facts = columns(&mut self.facts, &part.facts, at);
            for ((here, there), field) in facts.zip(&definition.fields) {
                numbers.append(here, there, kind, Value::Fact(field.ty));
            }
            let lists = columns(&mut self.lists, &part.lists, at);
            for ((here, there), relation) in lists.zip(&definition.relations) {
                numbers.append(here, there, kind, Value::List(relation.to));
            }
            for (here, there) in columns(&mut self.complete, &part.complete, at) {
                numbers.append(here, there, kind, Value::Plain);
            }
        }
    }

    /// Everything of which there is little.
    fn absorb_rest(&mut self, part: Self, numbers: &Numbers) {
        self.origins.extend(part.origins.into_iter().skip(1).map(|origin| numbers.said(origin)));
        self.blankets.extend(part.blankets.into_iter().map(|mut said| {
            said.at.1 = numbers.slot(said.at.0, said.at.1);
            said.origin = numbers.origin(said.origin);
            said
        }));
        self.emptied.extend(part.emptied.into_iter().map(|mut said| {
            said.slot = numbers.slot(said.kind, said.slot);
            said.origin = numbers.origin(said.origin);
            said
        }));
        self.rulings.extend(part.rulings.into_iter().map(|mut ruling| {
            ruling.value = numbers.ruled(self.schema, ruling.kind, ruling.slot, ruling.value);
            ruling
        }));
        self.outcome_rulings.extend(part.outcome_rulings);
        self.evidence.extend(part.evidence);
        self.engagement = self.engagement.take().or(part.engagement);
        self.dispositions.extend(part.dispositions);
    }
}

/// The columns of a kind, here and in the part.
fn columns<'a>(
    here: &'a mut [Vec<Observations>],
    there: &'a [Vec<Observations>],
    kind: usize,
) -> impl Iterator<Item = (&'a mut Observations, &'a Observations)> {
    here.get_mut(kind).into_iter().flatten().zip(there.get(kind).into_iter().flatten())
}
