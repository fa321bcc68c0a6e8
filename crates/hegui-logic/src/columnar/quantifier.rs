//! Quantifiers and counts: a body is asked of members, and what it came to is drawn together.
//!
//! A body that looks at nothing but the member is asked once of every thing of the member's kind. One
//! that looks at outer variables too is asked of the members where they stand, if they state what
//! they belong to, and otherwise laid out pair by pair.

use super::evaluator::Evaluator;
use super::frame::{Frame, Rows};
use super::lanes;
use super::scatter::{self, Ties};
use super::segments::Segments;
use super::session::{Kept, Key};
use super::straight::Way;
use super::values::{Numbers, Spans, Truths};
use crate::plan::{NodeId, Op, Quantity, Var};
use crate::schema::{KindId, RelationId, Source};
use crate::single::{count, quantify};
use crate::truth::Truth;
use crate::universe::{Column, Members, ROW_NONE};
use std::rc::Rc;

/// The variable under which a relation's reduction over its whole table is kept.
pub(super) const ANY: Var = Var(u8::MAX);

/// A quantifier or count: whose relation, which, and what is asked of each member.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub thing: NodeId,
    pub kind: KindId,
    pub relation: RelationId,
    pub var: Var,
    pub body: NodeId,
}

/// One quantifier among several over a relation, and where its result is kept.
type Question = (Quantity, Asked, Key);

impl<'u> Evaluator<'_, 'u, '_> {
    pub(super) fn quantified(&mut self, how: Quantity, asked: Asked, frame: &Frame<'u>) -> Rc<Truths> {
        let rows = self.things(asked.thing, frame);
        if !self.whole_pays(asked, &rows, frame) {
            if let Some(truths) = self.over_members(how, asked, &rows, frame) {
                return Rc::new(truths);
            }
            if let Some(truths) = self.by_value(how, asked, &rows, frame) {
                return Rc::new(truths);
            }
            return Rc::new(self.over_pairs(how, asked, &rows, frame));
        }
        let ties = self.ties(asked).filter(|_| how != Quantity::One);
        let over_all = self.over_whole(asked, quantifier(how, asked), |members, body| {
            let drawn = match ties {
                Some(ties) => scatter::reduce(ties, &members.closed, &[(how, body)]).pop(),
                None => Some(in_segments(members, body, |segments, body| segments.reduce(how, body))),
            };
            Kept::Truths(Rc::new(drawn.unwrap_or_default()))
        });
        match (over_all, rows.listed()) {
            (Kept::Truths(truths), None) if matches!(rows, Rows::Whole) => truths,
            (Kept::Truths(truths), Some(rows)) => {
                Rc::new(truths.gather(rows, quantify(how, 0, (0, 0), false), Truth::Unknown))
            }
            _ => Rc::new(Truths::constant(frame.len, Truth::Unknown)),
        }
    }

    pub(super) fn count(&mut self, id: NodeId, asked: Asked, frame: &Frame<'u>) -> Numbers<'u> {
        let key = self.key(id, frame);
        if let Some(Kept::Numbers(numbers)) = key.and_then(|key| self.session.kept(key)) {
            return numbers;
        }
        let rows = self.things(asked.thing, frame);
        let spans = if self.whole_pays(asked, &rows, frame) {
            match self.count_whole(asked) {
                Some(numbers) if matches!(rows, Rows::Whole) => return numbers,
                Some(numbers) => Spans::from_fn(frame.len, |row| match rows.at(row) {
                    ROW_NONE => count(0, 0, false),
                    at if (at as usize) < self.rows(asked.kind) => numbers.at(at as usize),
                    _ => count(0, 0, true),
                }),
                None => Spans::from_fn(frame.len, |_| count(0, 0, true)),
            }
        } else {
            self.count_pairs(asked, &rows, frame)
        };
        let numbers = Numbers::Spans(Rc::new(spans));
        if let Some(key) = key {
            self.session.keep(key, Kept::Numbers(numbers.clone()));
        }
        numbers
    }

    fn count_whole(&mut self, asked: Asked) -> Option<Numbers<'u>> {
        let always = matches!(self.plan.op(asked.body), Op::Constant(Truth::True));
        let op = Op::Count(ANY_NODE, asked.kind, asked.relation, asked.var, ANY_NODE);
        let counted =
            self.over_whole(asked, op, |members, body| {
                let counted = in_segments(members, body, |segments, body| {
                    if always { segments.lengths() } else { segments.counts(body) }
                });
                Kept::Numbers(counted)
            });
        match counted {
            Kept::Numbers(numbers) => Some(numbers),
            _ => None,
        }
    }

    pub(super) fn rows(&self, kind: KindId) -> usize {
        self.session.universe.table(kind).rows
    }

    pub(super) fn member_kind(&self, asked: Asked) -> KindId {
        self.session.schema.kind(asked.kind).relation(asked.relation).to
    }

    /// Whether to ask every member of the whole relation, rather than those of the frame's rows: only
    /// possible where the body looks at nothing but the member.
    fn whole_pays(&self, asked: Asked, rows: &Rows<'u>, frame: &Frame<'u>) -> bool {
        let free = self.shape(asked.body).map_or(u16::MAX, |shape| shape.free);
        if free & !(1 << asked.var.0) != 0 {
            return false;
        }
        if matches!(rows, Rows::Whole) {
            return true;
        }
        let cost = self.rows(asked.kind) + self.rows(self.member_kind(asked));
        let mut here = frame.len;
        for row in 0..frame.len {
            if here >= cost {
                return true;
            }
            here += 2 * self.session.universe.members(asked.kind, rows.at(row), asked.relation).0.len();
        }
        here >= cost
    }

    /// Asks the body of every thing of the member kind, once, and draws it together for every thing
    /// of the relation's kind.
    fn over_whole(
        &mut self,
        asked: Asked,
        op: Op,
        draw: impl FnOnce(&Members, &Truths) -> Kept<'u>,
    ) -> Kept<'u> {
        let key = self.whole_key(asked, op);
        if let Some(kept) = key.and_then(|key| self.session.kept(key)) {
            return kept;
        }
        let Some(members) = self.members(asked) else {
            return Kept::Truths(Rc::new(Truths::constant(self.rows(asked.kind), Truth::Unknown)));
        };
        let body = self.body_of_all(asked);
        let drawn = draw(members, &body);
        if let Some(key) = key {
            self.session.keep(key, drawn.clone());
        }
        drawn
    }

    /// What the body comes to for every thing of the member kind.
    fn body_of_all(&mut self, asked: Asked) -> Rc<Truths> {
        let to = self.member_kind(asked);
        let inner = Frame::whole(asked.var, to, self.rows(to));
        self.truth(asked.body, &inner)
    }

    /// Where the reduction of a body over a whole relation is kept.
    pub(super) fn whole_key(&mut self, asked: Asked, mut op: Op) -> Option<Key> {
        let shape = self.shape(asked.body)?;
        let (body, outcome) = (shape.expression, shape.outcome);
        op.for_each_part(|part| *part = NodeId(body));
        let key = (ANY, asked.kind, self.session.number(op));
        if outcome {
            self.session.passes(key);
        }
        Some(key)
    }

    pub(super) fn members(&self, asked: Asked) -> Option<&'u Members> {
        self.session.universe.table(asked.kind).relation(asked.relation)
    }

    /// Who states which members belong to which things.
    pub(super) fn ties(&self, asked: Asked) -> Option<Ties<'u>> {
        let definition = self.session.schema.kind(asked.kind).relation(asked.relation);
        match definition.source {
            Source::Inverse(field) => match self.column(definition.to, field)? {
                Column::Things(above) => Some(Ties::Reference(above)),
                _ => None,
            },
            Source::InverseList(list) => {
                self.session.universe.table(definition.to).relation(list).map(Ties::Lists)
            }
            Source::List => {
                let lists = self.members(asked)?;
                let there = self.rows(definition.to);
                lanes::all_below(&lists.targets, there).then_some(Ties::Listed(lists))
            }
        }
    }

    /// Where several parts ask one relation, it is gone through once for all of them.
    pub(super) fn prepare(&mut self, parts: &[NodeId], frame: &Frame<'u>) {
        let plan = self.plan;
        let mut groups: Vec<(u32, Asked, Vec<Question>)> = vec![];
        let mut parts = parts.to_vec();
        while let Some(part) = parts.pop() {
            let Op::Quantified(how, thing, kind, relation, var, body) = plan.op(part) else {
                if let Op::And(inner) | Op::Or(inner) = plan.op(part) {
                    parts.extend(inner);
                } else if let Op::Not(inner) = plan.op(part) {
                    parts.push(*inner);
                }
                continue;
            };
            let asked = Asked { thing: *thing, kind: *kind, relation: *relation, var: *var, body: *body };
            let Some(expression) = self.shape(*thing).map(|shape| shape.expression) else { continue };
            let Some(key) = self.whole_key(asked, quantifier(*how, asked)) else { continue };
            if *how == Quantity::One || self.session.kept(key).is_some() {
                continue;
            }
            let same = groups.iter_mut().find(|(thing, first, _)| {
                *thing == expression && (first.kind, first.relation) == (*kind, *relation)
            });
            match same {
                Some((_, _, group)) => group.push((*how, asked, key)),
                None => groups.push((expression, asked, vec![(*how, asked, key)])),
            }
        }
        for (_, asked, mut group) in groups {
            let (Some(ties), Some(members)) = (self.ties(asked), self.members(asked)) else { continue };
            let rows = self.things(asked.thing, frame);
            group.retain(|(_, asked, _)| self.whole_pays(*asked, &rows, frame));
            if group.len() < 2 {
                continue;
            }
            let bodies: Vec<_> =
                group.iter().map(|(how, asked, _)| (*how, self.body_of_all(*asked))).collect();
            let bodies: Vec<_> = bodies.iter().map(|(how, body)| (*how, &**body)).collect();
            let drawn = scatter::reduce(ties, &members.closed, &bodies);
            for ((_, _, key), truths) in group.into_iter().zip(drawn) {
                self.session.keep(key, Kept::Truths(Rc::new(truths)));
            }
        }
    }

    /// A body that looks at outer variables too, where each member refers to the one thing that it
    /// belongs to: then members are the pairs, and their facts need not be collected.
    fn over_members(
        &mut self,
        how: Quantity,
        asked: Asked,
        rows: &Rows<'u>,
        frame: &Frame<'u>,
    ) -> Option<Truths> {
        if how == Quantity::One || !matches!(rows, Rows::Whole) {
            return None;
        }
        let ties = self.ties(asked).filter(|ties| !matches!(ties, Ties::Listed(_)))?;
        if let Ties::Lists(lists) = ties {
            let rest = self.rest(how, asked, frame);
            let part = rest.single();
            let straight = part.and_then(|part| self.straight(how, asked, part, Way::Members(lists), frame));
            if straight.is_some() {
                return straight;
            }
        }
        let closed = &self.members(asked)?.closed;
        let carried = self.shape(asked.body).map_or(u16::MAX, |shape| shape.free);
        let kind = self.member_kind(asked);
        let (above, inner) = match ties {
            Ties::Reference(above) => (above, frame.members(above, Rows::Whole, asked.var, kind, carried)),
            Ties::Lists(lists) => {
                let above = lists.targets.as_slice();
                let members = Rows::Listed(Rc::new(lists.holders()));
                (above, frame.members(above, members, asked.var, kind, carried))
            }
            Ties::Listed(_) => return None,
        };
        let body = self.truth(asked.body, &inner);
        scatter::reduce(Ties::Reference(above), closed, &[(how, &body)]).pop()
    }
}

/// A quantifier over a whole relation, as it is kept.
pub(super) fn quantifier(how: Quantity, asked: Asked) -> Op {
    Op::Quantified(how, ANY_NODE, asked.kind, asked.relation, asked.var, ANY_NODE)
}

/// Draws a body together by segments, one truth of it for each thing of the member kind.
fn in_segments<T>(members: &Members, body: &Truths, draw: impl FnOnce(&Segments<'_>, &Truths) -> T) -> T {
    let segments = Segments { offsets: &members.offsets, closed: &members.closed };
    // Where members were written in the order of what they belong to, they lie in order already.
    let in_order = members.targets.len() == body.len()
        && members.targets.iter().enumerate().all(|(place, row)| place == *row as usize);
    if in_order {
        return draw(&segments, body);
    }
    draw(&segments, &body.gather(&members.targets, Truth::Unknown, Truth::Unknown))
}

/// Stands for the parts of an operation that are not part of what it is kept under.
const ANY_NODE: NodeId = NodeId(u32::MAX);
