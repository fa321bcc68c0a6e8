//! One plan over one session: every node for all rows of a frame at once.

use super::frame::{Frame, PINNED, Rows};
use super::quantifier::Asked;
use super::session::{Kept, Key, Session, Shape};
use super::set_values::{self, Sets};
use super::values::{Numbers, Spans, Truths, gather, mask, mask_pairs};
use crate::bits::Bits;
use crate::plan::{NONE, NodeId, Op, Plan, TextTest};
use crate::schema::{FieldId, KindId};
use crate::single::Number;
use crate::truth::Truth;
use crate::universe::{Column, Lane, ROW_NONE, ROW_UNKNOWN, in_width};
use std::rc::Rc;

pub(super) struct Evaluator<'s, 'u, 'p> {
    pub(super) session: &'s mut Session<'u>,
    pub(super) plan: &'p Plan,
    shapes: Vec<Option<Shape>>,
}

impl<'s, 'u, 'p> Evaluator<'s, 'u, 'p> {
    pub(super) fn new(session: &'s mut Session<'u>, plan: &'p Plan) -> Self {
        let shapes = session.shapes(plan);
        Self { session, plan, shapes }
    }

    pub(super) fn shape(&self, id: NodeId) -> Option<&Shape> {
        self.shapes.get(id.0 as usize)?.as_ref()
    }

    /// Where the node's result is kept: only over a whole table, and only if it stays the same.
    pub(super) fn key(&mut self, id: NodeId, frame: &Frame<'u>) -> Option<Key> {
        self.key_of(&[id], frame, |numbers| numbers.first().copied())
    }

    /// Where something made of several nodes is kept: `number` gives the canonical number of the whole
    /// from theirs.
    pub(super) fn key_of(
        &mut self,
        ids: &[NodeId],
        frame: &Frame<'u>,
        number: impl FnOnce(&[u32]) -> Option<u32>,
    ) -> Option<Key> {
        let (var, kind) = frame.whole?;
        let (mut numbers, mut outcome) = (smallvec::SmallVec::<[u32; 8]>::new(), false);
        for id in ids {
            let shape = self.shape(*id)?;
            if var != PINNED && shape.free & !(1 << var.0) != 0 {
                return None;
            }
            numbers.push(shape.expression);
            outcome |= shape.outcome;
        }
        let key = (var, kind, number(&numbers)?);
        if outcome {
            self.session.passes(key);
        }
        Some(key)
    }

    pub(super) fn truth(&mut self, id: NodeId, frame: &Frame<'u>) -> Rc<Truths> {
        let key = if matches!(self.plan.op(id), Op::Constant(_)) { None } else { self.key(id, frame) };
        if let Some(Kept::Truths(truths)) = key.and_then(|key| self.session.kept(key)) {
            return truths;
        }
        let truths = match self.elsewhere(id, frame) {
            Some(step) => Rc::new(self.collected(step, frame, |it, frame| it.truth(id, frame))),
            None => self.work_out(id, frame),
        };
        if let Some(key) = key {
            self.session.keep(key, Kept::Truths(truths.clone()));
        }
        truths
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
                if let (Some(a), Some(b)) = (a.listed(), b.listed()) {
                    let known = mask_pairs(a, b, |a, b| (a != ROW_UNKNOWN) & (b != ROW_UNKNOWN));
                    return Rc::new(Truths::of_flags(&mask_pairs(a, b, |a, b| a == b), &known));
                }
                Truths::from_fn(len, |row| match (a.at(row), b.at(row)) {
                    (ROW_UNKNOWN, _) | (_, ROW_UNKNOWN) => Truth::Unknown,
                    (a, b) => (a == b).into(),
                })
            }
            Op::Member(item, set) => {
                let items = self.numbers(*item, frame);
                match self.member_of_rows(&items, *set, frame) {
                    Some(truths) => truths,
                    None => self.sets(*set, frame).has(&items, len),
                }
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

    pub(super) fn column(&self, kind: KindId, field: FieldId) -> Option<&'u Column> {
        self.session.universe.table(kind).column(field)
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
                let none = set_values::none_of(values);
                Truths { yes: known.and_not(&none), no: known.and(&none) }
            }
            Some(Column::Flags { known, .. } | Column::Sets { known, .. }) if matches!(rows, Rows::Whole) => {
                Truths { yes: known.clone(), no: Bits::zeros(len) }
            }
            Some(Column::Things(to)) if matches!(rows, Rows::Whole) => {
                let no = mask(to, |to| to == ROW_NONE);
                Truths { yes: mask(to, |to| to < ROW_NONE), no }
            }
            Some(column) => Truths::from_fn(len, |row| match rows.at(row) {
                ROW_NONE => Truth::False,
                at => match column {
                    Column::Flags { known, .. } | Column::Sets { known, .. } => {
                        known.get(at as usize).then_some(true).into()
                    }
                    Column::Numbers { values, known } => {
                        let value = values.get(at as usize).filter(|_| known.get(at as usize));
                        value.map(|n| n != NONE).into()
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
            Some((symbols, known)) => in_width!(symbols, symbols => {
                let mut symbols = symbols.iter();
                Truths::from_fn(len, |row| match symbols.next() {
                    Some(symbol) if known.get(row) => ask(Number::Known(symbol.wide())),
                    _ => Truth::Unknown,
                })
            }),
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
        let none = || Bits::zeros(0);
        let (met, gap) = match &column {
            Some(column) => (column.met.clone(), column.gap.and_not(&column.met)),
            None => (none(), none()),
        };
        let truths = Truths { yes: met, no: gap };
        match rows.listed() {
            None if truths.len() == len && matches!(rows, Rows::Whole) => truths,
            Some(rows) => truths.gather(rows, Truth::True, Truth::Unknown),
            None => Truths::constant(len, Truth::Unknown),
        }
    }

    pub(super) fn numbers(&mut self, id: NodeId, frame: &Frame<'u>) -> Numbers<'u> {
        let plan = self.plan;
        let len = frame.len;
        if let Some((expression, number)) = frame.fixed
            && self.shape(id).is_some_and(|shape| shape.expression == expression)
        {
            return Numbers::constant(number, len);
        }
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
        let numbers = Numbers::Plain(Rc::new(gather(values, known, listed)));
        if let Some(key) = key {
            self.session.keep(key, Kept::Numbers(numbers.clone()));
        }
        numbers
    }

    /// Items that differ from row to row, in sets of other things: only one value of each set is looked
    /// at, so the sets are not collected.
    fn member_of_rows(&mut self, items: &Numbers<'u>, set: NodeId, frame: &Frame<'u>) -> Option<Truths> {
        let items = items.plain()?;
        let Op::SetFact(thing, kind, field) = *self.plan.op(set) else { return None };
        let Column::Sets { values, known } = self.column(kind, field)? else { return None };
        let rows = self.things(thing, frame);
        Some(set_values::has_in_rows(values, known, rows.listed()?, items))
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
        let sets = set_values::gather(values, known, listed);
        if let Some(key) = key {
            self.session.keep(key, Kept::Sets(sets.clone()));
        }
        sets
    }

    pub(super) fn things(&mut self, id: NodeId, frame: &Frame<'u>) -> Rows<'u> {
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
}
