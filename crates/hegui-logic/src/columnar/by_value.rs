//! Quantifiers that look at the outside in one way only: at a fact that takes few values.
//!
//! `product.rights.exists(r, r.type == right.type && …)` asks the same of a product for all its rights of
//! one type. So it is asked once for each type that there is, of all members at once, and each row then
//! looks up what it came to for its own.

#![expect(clippy::indexing_slicing, reason = "places of bytes in tables of 256")]

use super::evaluator::Evaluator;
use super::frame::{Frame, Rows};
use super::lanes::all_below;
use super::quantifier::{ANY, Asked, quantifier};
use super::scatter;
use super::session::{Kept, Key};
use super::values::{Truths, mask_pairs};
use crate::bits::Bits;
use crate::plan::{Comparison, NodeId, Op, Quantity};
use crate::single::{Number, quantify};
use crate::truth::Truth;
use crate::universe::{Lane, NumberColumn, ROW_NONE};
use std::rc::Rc;

/// Asking everything may cost so many times as much as there are rows.
const PAYS: usize = 4;
/// A member asked about one more value costs so much less than a pair laid out and asked.
const CHEAPER: usize = 64;

/// The place of a value in tables, and that of a value that is not known.
type Slot = usize;
const UNKNOWN: Slot = 256;

fn slot(value: i8) -> Slot {
    usize::from(value as u8)
}

impl<'u> Evaluator<'_, 'u, '_> {
    /// What a quantifier comes to for each row, asked once for each value of the one fact outside that its
    /// body looks at; nothing where that is not so or does not pay.
    pub(super) fn by_value(
        &mut self,
        how: Quantity,
        asked: Asked,
        rows: &Rows<'u>,
        frame: &Frame<'u>,
    ) -> Option<Truths> {
        let everything = self.rows(asked.kind) + self.rows(self.member_kind(asked));
        if how == Quantity::One || everything > PAYS * frame.began {
            return None;
        }
        let outside = self.outside(asked)?;
        let numbers = self.numbers(outside, frame);
        let (NumberColumn::Bytes(values), known) = numbers.plain()? else { return None };
        let values = values.as_slice();
        let mut present = [false; UNKNOWN + 1];
        values.iter().for_each(|value| present[slot(*value)] = true);
        let all_known = known.is_full();
        present[UNKNOWN] = !all_known;
        let slots: Vec<Slot> = (0..=UNKNOWN).filter(|slot| present[*slot]).collect();
        if slots.len() * everything > CHEAPER * frame.began {
            return None;
        }
        let found = self.for_values(how, asked, outside, &slots)?;
        let mut of: Vec<Option<&Truths>> = vec![None; UNKNOWN + 1];
        slots.iter().zip(&found).for_each(|(slot, truths)| of[*slot] = Some(truths));
        let there = self.rows(asked.kind) as u32;
        let look = |bits: fn(&Truths) -> &Bits| {
            let words: [&[u64]; UNKNOWN] =
                std::array::from_fn(|slot| of[slot].map_or(&[][..], |t| bits(t).words()));
            let at = |row: u32, value: i8| {
                words[slot(value)].get(row as usize / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
            };
            match rows.listed() {
                Some(rows) => mask_pairs(rows, values, at),
                None => Bits::from_fn(frame.len, |row| at(row as u32, values[row])),
            }
        };
        let yes = look(|t| &t.yes);
        let decided = all_known && found.iter().all(|truths| truths.all_known());
        let no = if decided { yes.not() } else { look(|t| &t.no) };
        let mut truths = Truths { yes, no };
        // Rows of which something is not known or not there are few, or none.
        let absent = rows.listed().is_some_and(|rows| !all_below(rows, there as usize));
        if absent || !all_known {
            for place in 0..frame.len {
                let (row, known) = (rows.at(place), known.get(place));
                if row < there && known {
                    continue;
                }
                let truth = match (row, of[if known { slot(values[place]) } else { UNKNOWN }]) {
                    (ROW_NONE, _) => quantify(how, 0, (0, 0), false),
                    (row, Some(truths)) if row < there => truths.get(row as usize),
                    _ => Truth::Unknown,
                };
                truths.set(place, truth);
            }
        }
        Some(truths)
    }

    /// The one fact of something outside that a body looks at.
    fn outside(&self, asked: Asked) -> Option<NodeId> {
        let mut found = None;
        self.look_outside(asked.body, 1 << asked.var.0, &mut found).then_some(found)?
    }

    /// Whether nothing is looked at outside of these variables but the one fact that was found.
    fn look_outside(&self, id: NodeId, inside: u16, found: &mut Option<NodeId>) -> bool {
        let Some(shape) = self.shape(id) else { return false };
        let op = self.plan.op(id);
        if shape.free & !inside == 0 {
            return true;
        }
        if shape.free & inside == 0 {
            let same = |other: NodeId| self.shape(other).is_some_and(|s| s.expression == shape.expression);
            return matches!(op, Op::Fact(..)) && same(*found.get_or_insert(id));
        }
        let inside = match op {
            Op::Quantified(_, _, _, _, var, _) | Op::Count(_, _, _, var, _) => inside | 1 << var.0,
            _ => inside,
        };
        op.parts().into_iter().all(|part| self.look_outside(part, inside, found))
    }

    /// What a quantifier comes to for all things, for each of these values of the fact outside.
    fn for_values(
        &mut self,
        how: Quantity,
        asked: Asked,
        outside: NodeId,
        slots: &[Slot],
    ) -> Option<Vec<Rc<Truths>>> {
        let over_all = self.whole_key(asked, quantifier(how, asked))?.2;
        let (ties, closed) = (self.ties(asked)?, &self.members(asked)?.closed);
        let expression = self.shape(outside)?.expression;
        let to = self.member_kind(asked);
        // What is made of the quantifier and a value is no comparison of numbers: the key is its own.
        let key = |slot: Slot| Op::Compare(Comparison::Equal, NodeId(over_all), NodeId(slot as u32));
        let keys: Vec<Key> =
            slots.iter().map(|slot| (ANY, asked.kind, self.session.number(key(*slot)))).collect();
        if self.shape(asked.body)?.outcome {
            keys.iter().for_each(|key| self.session.passes(*key));
        }
        let missing: Vec<(Slot, Key)> = slots.iter().copied().zip(keys.iter().copied()).collect();
        let missing: Vec<(Slot, Key)> =
            missing.into_iter().filter(|(_, key)| self.session.kept(*key).is_none()).collect();
        let bodies: Vec<Rc<Truths>> = missing
            .iter()
            .map(|(slot, _)| {
                let number = match slot {
                    &UNKNOWN => Number::Unknown,
                    slot => Number::Known((*slot as u8 as i8).wide()),
                };
                let inner = Frame::whole(asked.var, to, self.rows(to)).fixing(expression, number);
                self.truth(asked.body, &inner)
            })
            .collect();
        let questions: Vec<_> = bodies.iter().map(|body| (how, &**body)).collect();
        let drawn = scatter::reduce(ties, closed, &questions);
        for ((_, key), truths) in missing.into_iter().zip(drawn) {
            self.session.keep(key, Kept::Truths(Rc::new(truths)));
        }
        let kept = keys.into_iter().map(|key| match self.session.kept(key) {
            Some(Kept::Truths(truths)) => Some(truths),
            _ => None,
        });
        kept.collect()
    }
}
