//! One plan over one session: every node for all rows of a frame at once.

use super::frame::{Frame, Rows};
use super::segments::Segments;
use super::session::{Kept, Key, Session, Shape};
use super::values::{Numbers, Plain, Sets, Spans, Truths, gather};
use crate::bits::Bits;
use crate::plan::{NONE, NodeId, Op, Plan, Quantity, TextTest, Var};
use crate::schema::{FieldId, KindId, RelationId};
use crate::single::{Number, count, quantify};
use crate::truth::Truth;
use crate::universe::{Column, ROW_NONE, ROW_UNKNOWN};
use std::rc::Rc;

/// So many pairs of an outer row and a member are laid out at a time, or the pairs of 64 rows where
/// those are more.
const PAIRS_AT_ONCE: usize = 1 << 16;

/// The variable under which a relation's reduction over its whole table is kept.
const ANY: Var = Var(u8::MAX);

pub(super) struct Evaluator<'s, 'u, 'p> {
    session: &'s mut Session<'u>,
    plan: &'p Plan,
    shapes: Vec<Option<Shape>>,
}

/// A quantifier or count: whose relation, which, and what is asked of each member.
#[derive(Clone, Copy)]
struct Asked {
    thing: NodeId,
    kind: KindId,
    relation: RelationId,
    var: Var,
    body: NodeId,
}

impl<'s, 'u, 'p> Evaluator<'s, 'u, 'p> {
    pub(super) fn new(session: &'s mut Session<'u>, plan: &'p Plan) -> Self {
        let shapes = session.shapes(plan);
        Self { session, plan, shapes }
    }

    fn shape(&self, id: NodeId) -> Option<&Shape> {
        self.shapes.get(id.0 as usize)?.as_ref()
    }

    /// Where the node's result is kept: only over a whole table, and only if it stays the same.
    fn key(&self, id: NodeId, frame: &Frame<'u>) -> Option<Key> {
        let (var, kind) = frame.whole?;
        let shape = self.shape(id).filter(|shape| !shape.outcome)?;
        Some((var, kind, shape.expression))
    }

    pub(super) fn truth(&mut self, id: NodeId, frame: &Frame<'u>) -> Rc<Truths> {
        let cheap = matches!(
            self.plan.op(id),
            Op::Constant(_) | Op::Not(_) | Op::And(_) | Op::Or(_) | Op::If(..) | Op::Outcome(..)
        );
        let key = if cheap { None } else { self.key(id, frame) };
        if let Some(Kept::Truths(truths)) = key.and_then(|key| self.session.kept(key)) {
            return truths;
        }
        let truths = match self.elsewhere(id, frame) {
            Some(truths) => Rc::new(truths),
            None => self.work_out(id, frame),
        };
        if let Some(key) = key {
            self.session.keep(key, Kept::Truths(truths.clone()));
        }
        truths
    }

    /// A node that looks at everything by way of one thing is worked out for the table of that thing,
    /// where that is the smaller, and collected from there.
    fn elsewhere(&mut self, id: NodeId, frame: &Frame<'u>) -> Option<Truths> {
        let step = *self.shape(id)?.way.as_ref()?.last()?;
        let (expression, kind) = (step.expression, step.kind?);
        let table = self.rows(kind);
        if table > frame.len || frame.pinned.as_ref().is_some_and(|(pinned, _)| *pinned == expression) {
            return None;
        }
        let rows = self.things(step.node, frame);
        let rows = rows.listed()?;
        let truths = self.truth(id, &Frame::pinned(expression, kind, table));
        let ends = self.truth(id, &Frame::pinned_ends(expression));
        Some(truths.gather(rows, ends.get(0), ends.get(1)))
    }

    fn work_out(&mut self, id: NodeId, frame: &Frame<'u>) -> Rc<Truths> {
        let plan = self.plan;
        let len = frame.len;
        Rc::new(match plan.op(id) {
            Op::Constant(truth) => Truths::constant(len, *truth),
            Op::Not(a) => self.truth(*a, frame).not(),
            Op::And(parts) => return self.junction(parts, frame, true),
            Op::Or(parts) => return self.junction(parts, frame, false),
            Op::If(c, a, b) => {
                let (c, a, b) = (self.truth(*c, frame), self.truth(*a, frame), self.truth(*b, frame));
                c.choose(&a, &b)
            }
            Op::Flag(thing, kind, field) => {
                let rows = self.things(*thing, frame);
                self.flag(&rows, *kind, *field, len)
            }
            Op::Has(thing, kind, field) => {
                let rows = self.things(*thing, frame);
                self.has(&rows, *kind, *field, len)
            }
            Op::Compare(how, a, b) => {
                let (a, b) = (self.numbers(*a, frame), self.numbers(*b, frame));
                a.compare(*how, &b, len)
            }
            Op::Alike(a, b) => {
                let (a, b) = (self.truth(*a, frame), self.truth(*b, frame));
                a.alike(&b)
            }
            Op::SameThing(a, b) => {
                let (a, b) = (self.things(*a, frame), self.things(*b, frame));
                Truths::from_fn(len, |row| match (a.at(row), b.at(row)) {
                    (ROW_UNKNOWN, _) | (_, ROW_UNKNOWN) => Truth::Unknown,
                    (a, b) => (a == b).into(),
                })
            }
            Op::Member(item, set) => {
                let (items, set) = (self.numbers(*item, frame), self.sets(*set, frame));
                set.has(&items, len)
            }
            Op::Sets(test, a, b) => {
                let (a, b) = (self.sets(*a, frame), self.sets(*b, frame));
                a.compare(*test, &b, len)
            }
            Op::Text(test, subject, pattern) => {
                let subject = self.numbers(*subject, frame);
                self.text(*test, &subject, *pattern, len)
            }
            Op::Quantified(how, thing, kind, relation, var, body) => {
                let asked = Asked { thing: *thing, kind: *kind, relation: *relation, var: *var, body: *body };
                return self.quantified(*how, asked, frame);
            }
            Op::Outcome(name, thing) => {
                let rows = self.things(*thing, frame);
                self.outcome(*name, &rows, len)
            }
            _ => Truths::constant(len, Truth::Unknown),
        })
    }

    fn junction(&mut self, parts: &[NodeId], frame: &Frame<'u>, all: bool) -> Rc<Truths> {
        let mut parts = parts.iter();
        let Some(first) = parts.next() else { return Rc::new(Truths::constant(frame.len, all.into())) };
        let mut sum = (*self.truth(*first, frame)).clone();
        for part in parts {
            let settled = if all { &sum.no } else { &sum.yes };
            if settled.count() == frame.len {
                break;
            }
            let part = self.truth(*part, frame);
            if all { sum.and_with(&part) } else { sum.or_with(&part) }
        }
        Rc::new(sum)
    }

    fn column(&self, kind: KindId, field: FieldId) -> Option<&'u Column> {
        self.session.universe.table(kind).columns.get(usize::from(field.0))
    }

    fn flag(&self, rows: &Rows<'u>, kind: KindId, field: FieldId, len: usize) -> Truths {
        let Some(Column::Flags { values, known }) = self.column(kind, field) else {
            return Truths::constant(len, Truth::Unknown);
        };
        match (rows, rows.listed()) {
            (Rows::Whole, _) => Truths::of_flags(values, known),
            (_, Some(rows)) => Truths::gather_flags(values, known, rows),
            _ => Truths::constant(len, Truth::Unknown),
        }
    }

    fn has(&self, rows: &Rows<'u>, kind: KindId, field: FieldId, len: usize) -> Truths {
        match self.column(kind, field) {
            None => Truths::constant(len, Truth::Unknown),
            Some(Column::Numbers { values, known }) if matches!(rows, Rows::Whole) => {
                let none = Bits::from_fn(len, |row| values.get(row) == Some(&NONE));
                Truths { yes: known.and_not(&none), no: known.and(&none) }
            }
            Some(Column::Flags { known, .. } | Column::Sets { known, .. }) if matches!(rows, Rows::Whole) => {
                Truths { yes: known.clone(), no: Bits::zeros(len) }
            }
            Some(column) => Truths::from_fn(len, |row| match rows.at(row) {
                ROW_NONE => Truth::False,
                at => match column {
                    Column::Flags { known, .. } | Column::Sets { known, .. } => {
                        known.get(at as usize).then_some(true).into()
                    }
                    Column::Numbers { values, known } => {
                        let value = values.get(at as usize).filter(|_| known.get(at as usize));
                        value.map(|n| *n != NONE).into()
                    }
                    Column::Things(to) => {
                        to.get(at as usize).filter(|to| **to != ROW_UNKNOWN).map(|to| *to != ROW_NONE).into()
                    }
                },
            }),
        }
    }

    fn text(&mut self, test: TextTest, subject: &Numbers<'u>, pattern: u32, len: usize) -> Truths {
        let Some(wanted) = self.plan.texts.get(pattern as usize) else {
            return Truths::constant(len, Truth::Unknown);
        };
        let mut memo = self.session.text_test(test, wanted);
        let texts = &self.session.universe.texts;
        let mut ask = |number| match number {
            Number::Known(NONE) => Truth::False,
            Number::Known(symbol) => memo.ask(texts, symbol),
            _ => Truth::Unknown,
        };
        let truths = match subject.plain() {
            Some((symbols, known)) => {
                let mut symbols = symbols.iter();
                Truths::from_fn(len, |row| match symbols.next() {
                    Some(symbol) if known.get(row) => ask(Number::Known(*symbol)),
                    _ => Truth::Unknown,
                })
            }
            None => Truths::from_fn(len, |row| ask(subject.at(row))),
        };
        self.session.keep_test(memo);
        truths
    }

    fn outcome(&self, name: u32, rows: &Rows<'u>, len: usize) -> Truths {
        let column = self
            .plan
            .outcomes
            .get(name as usize)
            .and_then(|(clause, kind)| self.session.outcomes_of(clause, *kind));
        Truths::from_fn(len, |row| match (rows.at(row), &column) {
            (ROW_UNKNOWN, _) => Truth::Unknown,
            (ROW_NONE, _) => Truth::True,
            (at, Some(column)) if column.met.get(at as usize) => Truth::True,
            (at, Some(column)) if column.gap.get(at as usize) => Truth::False,
            _ => Truth::Unknown,
        })
    }

    fn numbers(&mut self, id: NodeId, frame: &Frame<'u>) -> Numbers<'u> {
        let plan = self.plan;
        let len = frame.len;
        match plan.op(id) {
            Op::Number(n) => Numbers::Constant(*n),
            Op::Literal(place) => Numbers::Constant(self.literal(*place)),
            Op::AsOf => Numbers::Constant(self.session.universe.as_of),
            Op::Fact(thing, kind, field) => self.fact(id, (*thing, *kind, *field), frame),
            Op::Add(a, b) => self.two(*a, *b, frame, i64::saturating_add),
            Op::Subtract(a, b) => self.two(*a, *b, frame, i64::saturating_sub),
            Op::Multiply(a, b) => self.two(*a, *b, frame, i64::saturating_mul),
            Op::If(c, a, b) => {
                let c = self.truth(*c, frame);
                let (a, b) = (self.numbers(*a, frame), self.numbers(*b, frame));
                Numbers::Spans(Rc::new(Spans::from_fn(len, |row| match c.get(row) {
                    Truth::True => a.at(row),
                    Truth::False => b.at(row),
                    Truth::Unknown => a.at(row).either(b.at(row)),
                })))
            }
            Op::Count(thing, kind, relation, var, body) => {
                let asked = Asked { thing: *thing, kind: *kind, relation: *relation, var: *var, body: *body };
                self.count(id, asked, frame)
            }
            Op::CountSet(set) => {
                let set = self.sets(*set, frame);
                Numbers::Plain(Rc::new(set.sizes(len)))
            }
            Op::Workdays(a, b) | Op::AddWorkdays(a, b) => {
                let after = matches!(plan.op(id), Op::AddWorkdays(..));
                let (a, b) = (self.numbers(*a, frame), self.numbers(*b, frame));
                let calendar = &self.session.universe.calendar;
                a.combine_plain(&b, len, |a, b| {
                    if after { calendar.add_workdays(a, b) } else { calendar.workdays(a, b) }
                })
            }
            _ => Numbers::Spans(Rc::new(Spans::from_fn(len, |_| Number::Unknown))),
        }
    }

    /// The symbol of a written text; one that no fact holds gets a symbol that no fact has.
    fn literal(&self, place: u32) -> i64 {
        let text = self.plan.texts.get(place as usize).map_or("", String::as_str);
        self.session.universe.texts.find(text).map_or(-2 - i64::from(place), i64::from)
    }

    fn two(&mut self, a: NodeId, b: NodeId, frame: &Frame<'u>, f: fn(i64, i64) -> i64) -> Numbers<'u> {
        let (a, b) = (self.numbers(a, frame), self.numbers(b, frame));
        a.combine(&b, frame.len, f)
    }

    fn fact(
        &mut self,
        id: NodeId,
        (thing, kind, field): (NodeId, KindId, FieldId),
        frame: &Frame<'u>,
    ) -> Numbers<'u> {
        let unknown = || Numbers::Spans(Rc::new(Spans::from_fn(frame.len, |_| Number::Unknown)));
        let Some(Column::Numbers { values, known }) = self.column(kind, field) else { return unknown() };
        let rows = self.things(thing, frame);
        if matches!(rows, Rows::Whole) {
            return Numbers::Column(values, known);
        }
        let key = self.key(id, frame);
        if let Some(Kept::Numbers(numbers)) = key.and_then(|key| self.session.kept(key)) {
            return numbers;
        }
        let Some(listed) = rows.listed() else { return unknown() };
        let (gathered, known) = gather(values, known, listed, NONE);
        let numbers = Numbers::Plain(Rc::new(Plain { values: gathered, known }));
        if let Some(key) = key {
            self.session.keep(key, Kept::Numbers(numbers.clone()));
        }
        numbers
    }

    fn sets(&mut self, id: NodeId, frame: &Frame<'u>) -> Sets<'u> {
        let (thing, kind, field) = match self.plan.op(id) {
            Op::SetLiteral(set) => return Sets::Constant(*set),
            Op::SetFact(thing, kind, field) => (*thing, *kind, *field),
            _ => return Sets::Unknown,
        };
        let Some(Column::Sets { values, known }) = self.column(kind, field) else { return Sets::Unknown };
        let rows = self.things(thing, frame);
        if matches!(rows, Rows::Whole) {
            return Sets::Column(values, known);
        }
        let key = self.key(id, frame);
        if let Some(Kept::Sets(sets)) = key.and_then(|key| self.session.kept(key)) {
            return sets;
        }
        let Some(listed) = rows.listed() else { return Sets::Unknown };
        let (gathered, known) = gather(values, known, listed, 0);
        let sets = Sets::Gathered(Rc::new((gathered, known)));
        if let Some(key) = key {
            self.session.keep(key, Kept::Sets(sets.clone()));
        }
        sets
    }

    fn things(&mut self, id: NodeId, frame: &Frame<'u>) -> Rows<'u> {
        if let Some((pinned, rows)) = &frame.pinned
            && self.shape(id).is_some_and(|shape| shape.expression == *pinned)
        {
            return rows.clone();
        }
        let (thing, kind, field) = match self.plan.op(id) {
            Op::Thing(var) => return frame.thing(*var),
            Op::Follow(thing, kind, field) => (*thing, *kind, *field),
            _ => return Rows::Unknown,
        };
        let Some(Column::Things(to)) = self.column(kind, field) else { return Rows::Unknown };
        let rows = self.things(thing, frame);
        if matches!(rows, Rows::Whole) {
            return Rows::Column(to);
        }
        let key = self.key(id, frame);
        if let Some(Kept::Rows(rows)) = key.and_then(|key| self.session.kept(key)) {
            return rows;
        }
        let Some(listed) = rows.listed() else { return Rows::Unknown };
        let followed = listed.iter().map(|at| match to.get(*at as usize) {
            Some(row) => *row,
            None if *at == ROW_NONE => ROW_NONE,
            None => ROW_UNKNOWN,
        });
        let followed = Rows::Listed(Rc::new(followed.collect()));
        if let Some(key) = key {
            self.session.keep(key, Kept::Rows(followed.clone()));
        }
        followed
    }

    fn quantified(&mut self, how: Quantity, asked: Asked, frame: &Frame<'u>) -> Rc<Truths> {
        let rows = self.things(asked.thing, frame);
        if !self.whole_pays(asked, &rows, frame) {
            let mut parts = vec![];
            self.over_pairs(asked, &rows, frame, |segments, body| parts.push(segments.reduce(how, body)));
            return Rc::new(join(parts, frame.len));
        }
        let op = Op::Quantified(how, ANY_NODE, asked.kind, asked.relation, asked.var, ANY_NODE);
        let over_all =
            self.over_whole(asked, op, |segments, body| Kept::Truths(Rc::new(segments.reduce(how, body))));
        match (over_all, rows.listed()) {
            (Kept::Truths(truths), None) if matches!(rows, Rows::Whole) => truths,
            (Kept::Truths(truths), Some(rows)) => {
                Rc::new(truths.gather(rows, quantify(how, 0, (0, 0), false), Truth::Unknown))
            }
            _ => Rc::new(Truths::constant(frame.len, Truth::Unknown)),
        }
    }

    fn count(&mut self, id: NodeId, asked: Asked, frame: &Frame<'u>) -> Numbers<'u> {
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
            let mut joined = Spans { low: vec![], high: vec![] };
            self.over_pairs(asked, &rows, frame, |segments, body| {
                let spans = segments.count(body);
                joined.low.extend(spans.low);
                joined.high.extend(spans.high);
            });
            joined
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
        let counted = self.over_whole(asked, op, |segments, body| {
            let spans = if always { segments.lengths() } else { segments.count(body) };
            Kept::Numbers(Numbers::Spans(Rc::new(spans)))
        });
        match counted {
            Kept::Numbers(numbers) => Some(numbers),
            _ => None,
        }
    }

    fn rows(&self, kind: KindId) -> usize {
        self.session.universe.table(kind).rows
    }

    fn member_kind(&self, asked: Asked) -> KindId {
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
        draw: impl FnOnce(&Segments<'_>, &Truths) -> Kept<'u>,
    ) -> Kept<'u> {
        let expression = self.shape(asked.body).filter(|shape| !shape.outcome).map(|shape| shape.expression);
        let mut op = op;
        let mut key = None;
        if let Some(expression) = expression {
            op.for_each_part(|part| *part = NodeId(expression));
            key = Some((ANY, asked.kind, self.session.number(op)));
        }
        if let Some(kept) = key.and_then(|key| self.session.kept(key)) {
            return kept;
        }
        let to = self.member_kind(asked);
        let inner = Frame::whole(asked.var, to, self.rows(to));
        let body = self.truth(asked.body, &inner);
        let universe = self.session.universe;
        let Some(members) = universe.table(asked.kind).relations.get(usize::from(asked.relation.0)) else {
            return Kept::Truths(Rc::new(Truths::constant(self.rows(asked.kind), Truth::Unknown)));
        };
        let segments = Segments { offsets: &members.offsets, closed: &members.closed };
        // Where members were written in the order of what they belong to, they lie in order already.
        let in_order = members.targets.len() == body.len()
            && members.targets.iter().enumerate().all(|(place, row)| place == *row as usize);
        let drawn = if in_order {
            draw(&segments, &body)
        } else {
            draw(&segments, &body.gather(&members.targets, Truth::Unknown, Truth::Unknown))
        };
        if let Some(key) = key {
            self.session.keep(key, drawn.clone());
        }
        drawn
    }

    /// Lays out pairs of the frame's rows and their members, some rows at a time (always whole words
    /// of sixty-four), asks the body of each pair and hands both on.
    fn over_pairs(
        &mut self,
        asked: Asked,
        rows: &Rows<'u>,
        frame: &Frame<'u>,
        mut each: impl FnMut(&Segments<'_>, &Truths),
    ) {
        let carried = self.shape(asked.body).map_or(u16::MAX, |shape| shape.free);
        let universe = self.session.universe;
        let mut row = 0;
        while row < frame.len {
            let capacity = PAIRS_AT_ONCE.min(4 * (frame.len - row));
            let (mut outer, mut members) = (Vec::with_capacity(capacity), Vec::with_capacity(capacity));
            let mut offsets = vec![0u32];
            let mut closed = Bits::default();
            while row < frame.len && (closed.len() % 64 != 0 || members.len() + 64 < PAIRS_AT_ONCE) {
                let (found, all) = universe.members(asked.kind, rows.at(row), asked.relation);
                outer.resize(outer.len() + found.len(), row as u32);
                members.extend(found);
                offsets.push(members.len() as u32);
                closed.push(all);
                row += 1;
            }
            let inner = frame.pairs(&outer, members, asked.var, carried);
            let body = self.truth(asked.body, &inner);
            each(&Segments { offsets: &offsets, closed: &closed }, &body);
        }
    }
}

/// Stands for the parts of an operation that are not part of what it is kept under.
const ANY_NODE: NodeId = NodeId(u32::MAX);

/// Puts results for runs of whole words one after the other.
fn join(parts: Vec<Truths>, len: usize) -> Truths {
    let mut parts = parts.into_iter();
    let Some(first) = parts.next() else { return Truths::constant(len, Truth::Unknown) };
    if first.len() == len {
        return first;
    }
    let (mut yes, mut no) = (first.yes.words().to_vec(), first.no.words().to_vec());
    for part in parts {
        yes.extend(part.yes.words());
        no.extend(part.no.words());
    }
    Truths { yes: Bits::from_words(yes, len), no: Bits::from_words(no, len) }
}
