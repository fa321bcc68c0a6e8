//! Quantifiers of which one comparison between a member and the outside is left.
//!
//! `provision.assessments.exists(a, a.completed_on <= provision.began_on && …)`: once the rest of the
//! body is settled for each member by itself, a thing compares its own number with those of its
//! members where they stand, and no pair is laid out. Only where everything compared is known; what is
//! not goes the way of all pairs.

#![expect(clippy::indexing_slicing, reason = "members within their table; rows within their frame")]

use super::evaluator::Evaluator;
use super::frame::{Frame, Rows};
use super::lanes::{LANES, all_below, spread, words_at};
use super::quantifier::{ANY, Asked, quantifier};
use super::session::Kept;
use super::values::{Numbers, Plain, Truths, mask};
use crate::bits::Bits;
use crate::plan::{Comparison, NONE, NodeId, Op, Quantity, SetTest};
use crate::sets::SetColumn;
use crate::universe::{Column, Lane, Members, NumberColumn, ROW_NONE, in_width};
use std::rc::Rc;

/// All members' sets are gone through where these are no more than so many times the things.
const PAYS: usize = 4;

/// How the rows and their members come together.
#[derive(Clone, Copy)]
pub(super) enum Way<'a> {
    /// Rows that hold things in any order ask the members that those list.
    Rows(&'a Rows<'a>),
    /// The rows are all things in their order, which list their members.
    Things,
    /// The rows are all things in their order, and members list the things that they belong to.
    Members(&'a Members),
}

/// So many rows, and the members that are asked; the others have nothing more to say.
struct Straight<'a> {
    way: Way<'a>,
    len: usize,
    relation: &'a Members,
    wanted: &'a Bits,
}

impl<'u> Evaluator<'_, 'u, '_> {
    /// What a quantifier comes to for each row, of whose body this part is left to be asked of `wanted`
    /// members; nothing where the part is no such comparison or something in it is not known.
    pub(super) fn straight(
        &mut self,
        how: Quantity,
        asked: Asked,
        (part, wanted): (NodeId, &Bits),
        way: Way<'_>,
        frame: &Frame<'u>,
    ) -> Option<Truths> {
        if !matches!(self.plan.op(part), Op::Compare(..) | Op::Member(..)) {
            return None;
        }
        let own = 1 << asked.var.0;
        let free = |it: &Self, id: NodeId| it.shape(id).map_or(u16::MAX, |shape| shape.free);
        let relation = self.members(asked)?;
        let straight = Straight { way, len: frame.len, relation, wanted };
        let inside = Frame::whole(asked.var, self.member_kind(asked), wanted.len());
        // `all` looks for a member of which the part does not hold.
        let sought = how == Quantity::Some;
        let found = match *self.plan.op(part) {
            Op::Compare(how, a, b) => {
                let (how, member, outer) = match (free(self, a), free(self, b)) {
                    (member, outer) if member == own && outer & own == 0 => (how, a, b),
                    (outer, member) if member == own && outer & own == 0 => (super::compare::turn(how), b, a),
                    _ => return None,
                };
                if !straight.all_there() {
                    return None;
                }
                let (members, outer) = (self.numbers(member, &inside), self.numbers(outer, frame));
                straight.compared(how, sought, known(&members)?, known(&outer)?)?
            }
            Op::Member(item, set) => {
                let Op::SetFact(thing, kind, field) = *self.plan.op(set) else { return None };
                if !matches!(self.plan.op(thing), Op::Thing(var) if *var == asked.var)
                    || free(self, item) & own != 0
                {
                    return None;
                }
                let Column::Sets { values, known: sets_known } = self.column(kind, field)? else {
                    return None;
                };
                if !sets_known.is_full() {
                    return None;
                }
                let items = self.numbers(item, frame);
                let unions = match way {
                    Way::Rows(_) if sought => self.unions(asked, set, &straight, values),
                    _ => None,
                };
                match unions {
                    Some(unions) => straight.within(known(&unions)?, known(&items)?),
                    None if straight.all_there() => straight.holding(values, sought, known(&items)?),
                    None => return None,
                }
            }
            _ => return None,
        };
        let closed = match way {
            Way::Things | Way::Members(_) => relation.closed.clone(),
            Way::Rows(rows) => Bits::from_fn(frame.len, |row| {
                let thing = rows.at(row);
                thing == ROW_NONE || relation.closed.get(thing as usize)
            }),
        };
        let other = closed.and_not(&found);
        Some(if sought { Truths { yes: found, no: other } } else { Truths { yes: other, no: found } })
    }

    /// For each thing, all that the sets of its asked members hold, a bit a value; kept, since rows are laid
    /// out some at a time. Only where a set has room for no more than 63 values, and rows are many.
    fn unions(
        &mut self,
        asked: Asked,
        set: NodeId,
        straight: &Straight<'_>,
        sets: &SetColumn,
    ) -> Option<Numbers<'u>> {
        if sets.planes().len() > 63 || straight.wanted.len() > PAYS * self.rows(asked.kind) {
            return None;
        }
        // No expression compares a truth with a set: the key is its own.
        let over_all = self.whole_key(asked, quantifier(Quantity::Some, asked))?.2;
        let set = self.shape(set)?.expression;
        let number = self.session.number(Op::Sets(SetTest::Overlap, NodeId(over_all), NodeId(set)));
        let key = (ANY, asked.kind, number);
        if let Some(Kept::Numbers(unions)) = self.session.kept(key) {
            return Some(unions);
        }
        if !straight.all_there() {
            return None;
        }
        if self.shape(asked.body)?.outcome {
            self.session.passes(key);
        }
        let values = NumberColumn::Wholes(straight.unions(sets));
        let known = Bits::ones(straight.relation.closed.len());
        let unions = Numbers::Plain(Rc::new(Plain { values, known }));
        self.session.keep(key, Kept::Numbers(unions.clone()));
        Some(unions)
    }
}

/// Numbers of which all are known.
fn known<'a>(numbers: &'a Numbers<'_>) -> Option<&'a NumberColumn> {
    numbers.plain().filter(|(_, known)| known.is_full()).map(|(values, _)| values)
}

impl Straight<'_> {
    /// Whether every member is one of the table.
    fn all_there(&self) -> bool {
        all_below(&self.relation.targets, self.wanted.len())
    }

    /// The rows of which some asked member passes the test with the row's place.
    fn some(&self, test: impl Fn(usize, usize) -> bool) -> Bits {
        let wanted = self.wanted.words();
        let asked = |member: usize| wanted[member / 64] >> (member % 64) & 1 == 1;
        let some = |row: usize, list: &[u32]| {
            list.iter().fold(false, |some, member| {
                let member = *member as usize;
                some | (asked(member) & test(row, member))
            })
        };
        let lists = match self.way {
            Way::Rows(rows) => {
                return Bits::from_fn(self.len, |row| some(row, self.relation.of(rows.at(row))));
            }
            Way::Things => self.relation,
            Way::Members(lists) => lists,
        };
        // Without a loop for each list, since nobody can guess how long it is.
        let mut told = vec![0u8; self.len];
        let mut tell = |thing: u32, member: u32| {
            let (thing, member) = (thing as usize, member as usize);
            if let Some(slot) = told.get_mut(thing) {
                *slot |= u8::from(asked(member) & test(thing, member));
            }
        };
        let holders = lists.holders();
        let ties = holders.iter().zip(&lists.targets);
        match self.way {
            Way::Members(_) => ties.for_each(|(member, thing)| tell(*thing, *member)),
            _ => ties.for_each(|(thing, member)| tell(*thing, *member)),
        }
        mask(&told, |told| told != 0)
    }

    /// Where the comparison of a member's number with the row's comes out as sought, for some member.
    fn compared(
        &self,
        how: Comparison,
        sought: bool,
        members: &NumberColumn,
        outer: &NumberColumn,
    ) -> Option<Bits> {
        use NumberColumn::{Bytes, Halves, Wholes};
        match (members, outer) {
            (Bytes(members), Bytes(outer)) => Some(self.lanes(how, sought, members, outer)),
            (Halves(members), Halves(outer)) => Some(self.lanes(how, sought, members, outer)),
            (Wholes(members), Wholes(outer)) => Some(self.lanes(how, sought, members, outer)),
            _ => None,
        }
    }

    /// None is neither above nor below anything.
    fn lanes<T: Lane>(&self, how: Comparison, sought: bool, members: &[T], outer: &[T]) -> Bits {
        use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        let none = |x: T, y: T| (x == T::NONE) | (y == T::NONE);
        let outer = &outer[..self.len];
        macro_rules! some {
            ($test:expr) => {
                self.some(|row, member| $test(members[member], outer[row]) == sought)
            };
        }
        match how {
            Equal => some!(|x, y| x == y),
            NotEqual => some!(|x, y| x != y),
            Less => some!(|x, y| (x < y) & !none(x, y)),
            LessOrEqual => some!(|x, y| (x <= y) & !none(x, y)),
            Greater => some!(|x, y| (x > y) & !none(x, y)),
            GreaterOrEqual => some!(|x, y| (x >= y) & !none(x, y)),
        }
    }

    /// Where the row's item being in a member's set comes out as sought, for some member.
    fn holding(&self, sets: &SetColumn, sought: bool, items: &NumberColumn) -> Bits {
        // A row of words for each value that a set may hold; none where no set holds it, nor for none.
        let nobody = Bits::zeros(self.wanted.len());
        let planes: [&[u64]; 128] =
            std::array::from_fn(|value| sets.planes().get(value).unwrap_or(&nobody).words());
        in_width!(items, items => self.some(|row, member| {
            let item = items[row].wide();
            let plane = if item == NONE { nobody.words() } else { planes[(item & 127) as usize] };
            (plane[member / 64] >> (member % 64) & 1 == 1) == sought
        }))
    }

    /// Where the row's item is in the union of its thing's members' sets.
    fn within(&self, unions: &NumberColumn, items: &NumberColumn) -> Bits {
        let (Way::Rows(rows), NumberColumn::Wholes(unions)) = (self.way, unions) else {
            return Bits::zeros(self.len);
        };
        // None is no item, and what lies beyond all sets is in none.
        in_width!(items, items => Bits::from_fn(self.len, |row| {
            let union = unions.get(rows.at(row) as usize).copied().unwrap_or(0);
            union.checked_shr(items[row].wide() as u32).unwrap_or(0) & 1 == 1 && items[row].wide() != NONE
        }))
    }

    /// For each thing, all that the sets of its asked members hold; a set has room for 63 values at most.
    fn unions(&self, sets: &SetColumn) -> Vec<i64> {
        let planes: Vec<&Bits> = sets.planes().iter().collect();
        let mut of_members = vec![0i64; self.wanted.len()];
        for (place, block) in of_members.chunks_mut(64).enumerate() {
            let asked = self.wanted.words()[place];
            for (group, lanes) in planes.chunks(LANES).enumerate().filter(|_| asked != 0) {
                let words = words_at(lanes, place).map(|word| word & asked);
                for (set, byte) in block.iter_mut().zip(spread(&words, lanes.len())) {
                    *set |= i64::from(byte) << (8 * group);
                }
            }
        }
        let mut of_things = vec![0i64; self.relation.closed.len()];
        for (thing, member) in self.relation.holders().iter().zip(&self.relation.targets) {
            of_things[*thing as usize] |= of_members[*member as usize];
        }
        of_things
    }
}
