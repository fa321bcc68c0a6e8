//! Several things asked together, and where each is best worked out.

use super::evaluator::Evaluator;
use super::frame::Frame;
use super::lanes;
use super::session::{Kept, Step};
use super::values::Truths;
use crate::bits::Bits;
use crate::plan::{NodeId, Op};
use crate::truth::Truth;
use std::rc::Rc;

impl<'u> Evaluator<'_, 'u, '_> {
    /// A node that looks at everything by way of one thing is worked out for the table of that thing,
    /// where that is not the larger, and collected from there.
    pub(super) fn elsewhere(&self, id: NodeId, frame: &Frame<'u>) -> Option<Step> {
        let step = *self.shape(id)?.way.as_ref()?.last()?;
        let pinned = frame.pinned.as_ref().is_some_and(|(pinned, _)| *pinned == step.expression);
        let whole = match self.plan.op(step.node) {
            Op::Thing(var) => frame.thing(*var).listed().is_none(),
            _ => false,
        };
        (self.rows(step.kind?) <= frame.len && !pinned && !whole).then_some(step)
    }

    /// Works something out for the table of a thing, and collects it for the rows of the frame.
    pub(super) fn collected(
        &mut self,
        step: Step,
        frame: &Frame<'u>,
        work: impl Fn(&mut Self, &Frame<'u>) -> Rc<Truths>,
    ) -> Truths {
        let rows = self.things(step.node, frame);
        let (Some(rows), Some(kind)) = (rows.listed(), step.kind) else {
            return Truths::constant(frame.len, Truth::Unknown);
        };
        let there = self.rows(kind);
        let truths = work(self, &Frame::pinned(step.expression, kind, there));
        if lanes::all_below(rows, there) {
            return truths.gather(rows, Truth::Unknown, Truth::Unknown);
        }
        let ends = work(self, &Frame::pinned_ends(step.expression));
        truths.gather(rows, ends.get(0), ends.get(1))
    }

    pub(super) fn junction(&mut self, parts: &[NodeId], frame: &Frame<'u>, all: bool) -> Rc<Truths> {
        self.prepare(parts, frame);
        let mut sum: Option<Truths> = None;
        for (step, parts) in self.grouped(parts, frame) {
            for parts in if step.is_some() { vec![parts.as_slice()] } else { parts.chunks(1).collect() } {
                let settled = sum.as_ref().map(|sum| if all { &sum.no } else { &sum.yes });
                if settled.is_some_and(Bits::is_full) {
                    continue;
                }
                let part = match (parts, step) {
                    ([part], _) => self.truth(*part, frame),
                    (parts, Some(step)) => self.collected_together(step, parts, frame, all),
                    _ => continue,
                };
                match &mut sum {
                    None => sum = Some(Rc::unwrap_or_clone(part)),
                    Some(sum) if all => sum.and_with(&part),
                    Some(sum) => sum.or_with(&part),
                }
            }
        }
        Rc::new(sum.unwrap_or_else(|| Truths::constant(frame.len, all.into())))
    }

    /// Several parts worked out for the table of a thing, put together there and collected once.
    fn collected_together(
        &mut self,
        step: Step,
        parts: &[NodeId],
        frame: &Frame<'u>,
        all: bool,
    ) -> Rc<Truths> {
        let number = self.together(parts, all);
        let key = self.key_of(parts, frame, |_| number);
        if let Some(Kept::Truths(truths)) = key.and_then(|key| self.session.kept(key)) {
            return truths;
        }
        let truths = Rc::new(self.collected(step, frame, |it, frame| it.junction(parts, frame, all)));
        if let Some(key) = key {
            self.session.keep(key, Kept::Truths(truths.clone()));
        }
        truths
    }

    /// The canonical number of several parts together.
    fn together(&mut self, parts: &[NodeId], all: bool) -> Option<u32> {
        let numbers = parts.iter().map(|part| self.shape(*part).map(|shape| NodeId(shape.expression)));
        let numbers: Vec<NodeId> = numbers.collect::<Option<_>>()?;
        Some(self.session.number(if all { Op::And(numbers) } else { Op::Or(numbers) }))
    }

    /// The parts in their order, but those that are better worked out for the table of one thing
    /// together, so that they are collected from there once.
    fn grouped(&self, parts: &[NodeId], frame: &Frame<'u>) -> Vec<(Option<Step>, Vec<NodeId>)> {
        let mut groups: Vec<(Option<Step>, Vec<NodeId>)> = vec![];
        for part in parts {
            let step = self.elsewhere(*part, frame);
            let expression = |step: Option<Step>| step.map(|step| step.expression);
            match groups.iter_mut().find(|(other, _)| expression(*other) == expression(step)) {
                Some((_, parts)) => parts.push(*part),
                None => groups.push((step, vec![*part])),
            }
        }
        groups
    }
}
