//! Quantifiers and counts whose bodies look at outer variables, laid out pair by pair: an outer row and
//! a member.
//!
//! Some rows are laid out at a time, so that their pairs stay in the cache. Where a part of the body
//! looks at the member alone and settles the matter, the pair is not laid out at all.

use super::evaluator::Evaluator;
use super::frame::{Frame, Rows};
use super::quantifier::Asked;
use super::segments::Segments;
use super::values::{Spans, Truths};
use crate::bits::Bits;
use crate::plan::{NodeId, Op, Quantity};
use crate::truth::Truth;

/// So many pairs of an outer row and a member are laid out at a time, or the pairs of 64 rows where
/// those are more.
const PAIRS_AT_ONCE: usize = 1 << 14;
/// What members say by themselves is worked out for all of them where they are no more than so many
/// times the rows.
const PAYS: usize = 4;

/// What is left to be asked of pairs.
struct Rest {
    /// The members with which there are pairs to ask; all, if absent.
    members: Option<Bits>,
    /// The parts of the body that are asked of them; the body itself, if absent.
    parts: Option<Vec<NodeId>>,
}

impl<'u> Evaluator<'_, 'u, '_> {
    /// What a quantifier comes to for each row.
    pub(super) fn over_pairs(
        &mut self,
        how: Quantity,
        asked: Asked,
        rows: &Rows<'u>,
        frame: &Frame<'u>,
    ) -> Truths {
        let rest = self.rest(how, asked, frame);
        let mut parts = vec![];
        self.lay_out(asked, &rest, rows, frame, |segments, body| parts.push(segments.reduce(how, body)));
        join(parts, frame.len)
    }

    /// How many members satisfy the body, for each row.
    pub(super) fn count_pairs(&mut self, asked: Asked, rows: &Rows<'u>, frame: &Frame<'u>) -> Spans {
        let rest = Rest { members: None, parts: None };
        let mut joined = Spans { low: vec![], high: vec![] };
        self.lay_out(asked, &rest, rows, frame, |segments, body| {
            let spans = segments.count(body);
            joined.low.extend(spans.low);
            joined.high.extend(spans.high);
        });
        joined
    }

    /// Where `exists` asks several things together, a member that by itself fails one of them says
    /// nothing more; so it is for `all` with a member that by itself satisfies one of several.
    fn rest(&mut self, how: Quantity, asked: Asked, frame: &Frame<'u>) -> Rest {
        let everything = Rest { members: None, parts: None };
        let plan = self.plan;
        let to = self.member_kind(asked);
        let (parts, all) = match (plan.op(asked.body), how) {
            (Op::And(parts), Quantity::Some) => (parts, true),
            (Op::Or(parts), Quantity::All) => (parts, false),
            _ => return everything,
        };
        if self.rows(to) > PAYS * frame.began {
            return everything;
        }
        let by_itself =
            |part: &NodeId| self.shape(*part).is_some_and(|shape| shape.free & !(1 << asked.var.0) == 0);
        let (own, rest): (Vec<NodeId>, Vec<NodeId>) = parts.iter().partition(|part| by_itself(part));
        if own.is_empty() || rest.is_empty() {
            return everything;
        }
        let own = self.junction(&own, &Frame::whole(asked.var, to, self.rows(to)), all);
        let settled = if all { &own.no } else { &own.yes };
        Rest { members: Some(settled.not()), parts: own.all_known().then_some(rest) }
    }

    /// Lays out pairs of the frame's rows and their members, some rows at a time (always whole words
    /// of sixty-four), asks the body of each pair and hands both on.
    fn lay_out(
        &mut self,
        asked: Asked,
        rest: &Rest,
        rows: &Rows<'u>,
        frame: &Frame<'u>,
        mut each: impl FnMut(&Segments<'_>, &Truths),
    ) {
        let carried = self.shape(asked.body).map_or(u16::MAX, |shape| shape.free);
        let universe = self.session.universe;
        let all = matches!(self.plan.op(asked.body), Op::And(_));
        let mut row = 0;
        while row < frame.len {
            let capacity = PAIRS_AT_ONCE.min(4 * (frame.len - row));
            let (mut outer, mut members) = (Vec::with_capacity(capacity), Vec::with_capacity(capacity));
            let mut offsets = vec![0u32];
            let mut closed = Bits::default();
            while row < frame.len && (closed.len() % 64 != 0 || members.len() + 64 < PAIRS_AT_ONCE) {
                let (found, all) = universe.members(asked.kind, rows.at(row), asked.relation);
                extend(&mut members, found, rest.members.as_ref());
                outer.resize(members.len(), row as u32);
                offsets.push(members.len() as u32);
                closed.push(all);
                row += 1;
            }
            let inner = frame.pairs(outer, members, asked.var, carried);
            let body = match &rest.parts {
                Some(parts) => self.junction(parts, &inner, all),
                None => self.truth(asked.body, &inner),
            };
            each(&Segments { offsets: &offsets, closed: &closed }, &body);
        }
    }
}

/// Adds those of a list that are wanted; without a branch, since which are is anybody's guess.
#[inline]
fn extend(members: &mut Vec<u32>, list: &[u32], wanted: Option<&Bits>) {
    let mut end = members.len();
    members.extend_from_slice(list);
    let Some(wanted) = wanted else { return };
    for member in list {
        if let Some(place) = members.get_mut(end) {
            *place = *member;
        }
        // A member that is not there has nothing to say by itself.
        end += usize::from(wanted.get(*member as usize) | (*member as usize >= wanted.len()));
    }
    members.truncate(end);
}

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
