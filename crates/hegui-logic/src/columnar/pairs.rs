//! Quantifiers and counts whose bodies look at outer variables, laid out pair by pair: an outer row and
//! a member.
//!
//! Some rows are laid out at a time, so that their pairs stay in the cache. Where a part of the body
//! looks at the member alone and settles the matter, the pair is not laid out at all.

#![expect(clippy::indexing_slicing, reason = "rows and pairs of one relation, within their number")]

use super::evaluator::Evaluator;
use super::frame::{Frame, Rows};
use super::quantifier::Asked;
use super::segments::Segments;
use super::straight::Way;
use super::values::{Spans, Truths};
use crate::bits::Bits;
use crate::plan::{NodeId, Op, Quantity};
use crate::truth::Truth;
use crate::universe::{Members, ROW_NONE, holders};

/// So many pairs of an outer row and a member are laid out at a time, or the pairs of 64 rows where
/// those are more.
const PAIRS_AT_ONCE: usize = 1 << 14;
/// What members say by themselves is worked out for all of them where they are no more than so many
/// times the rows.
const PAYS: usize = 4;

/// What is left to be asked of pairs.
pub(super) struct Rest {
    /// The members with which there are pairs to ask; all, if absent.
    members: Option<Bits>,
    /// The parts of the body that are asked of them; the body itself, if absent.
    parts: Option<Vec<NodeId>>,
}

impl Rest {
    /// The one part that is left, and the members that are asked.
    pub(super) fn single(&self) -> Option<(NodeId, &Bits)> {
        match (self.parts.as_deref(), &self.members) {
            (Some([part]), Some(members)) => Some((*part, members)),
            _ => None,
        }
    }
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
        let way = if matches!(rows, Rows::Whole) { Way::Things } else { Way::Rows(rows) };
        if let Some(part) = rest.single()
            && let Some(truths) = self.straight(how, asked, part, way, frame)
        {
            return truths;
        }
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
    pub(super) fn rest(&mut self, how: Quantity, asked: Asked, frame: &Frame<'u>) -> Rest {
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
        let Some(relation) = self.members(asked) else { return };
        let all = matches!(self.plan.op(asked.body), Op::And(_));
        let mut row = 0;
        while row < frame.len {
            let laid = match rows {
                Rows::Whole => Pairs::of_whole(relation, row, rest.members.as_ref()),
                _ => Pairs::of_rows(relation, rows, (row, frame.len), rest.members.as_ref()),
            };
            row += laid.closed.len();
            let inner = frame.pairs(laid.outer, laid.members, asked.var, carried);
            let body = match &rest.parts {
                Some(parts) => self.junction(parts, &inner, all),
                None => self.truth(asked.body, &inner),
            };
            each(&Segments { offsets: &laid.offsets, closed: &laid.closed }, &body);
        }
    }
}

/// Pairs of some rows, those of each side by side, and whether each row's are all.
struct Pairs {
    outer: Vec<u32>,
    members: Vec<u32>,
    offsets: Vec<u32>,
    closed: Bits,
}

impl Pairs {
    /// Of things in their order: their lists lie side by side already. No step depends on how long a
    /// list is or which members are wanted, since that is anybody's guess.
    fn of_whole(relation: &Members, first: usize, wanted: Option<&Bits>) -> Self {
        let things = relation.closed.len();
        let begins = |row: usize| relation.offsets[row] as usize;
        let mut end = things.min(first + 64);
        while end < things && begins(end) - begins(first) < PAIRS_AT_ONCE {
            end = things.min(end + 64);
        }
        let offsets = &relation.offsets[first..=end];
        let from = begins(first);
        let mut members = relation.targets[from..begins(end)].to_vec();
        let mut outer = holders(offsets);
        outer.iter_mut().for_each(|row| *row += first as u32);
        let closed = relation.closed.words()[first / 64..end.div_ceil(64)].to_vec();
        let closed = Bits::from_words(closed, end - first);
        let Some(wanted) = wanted else {
            let offsets = offsets.iter().map(|offset| offset - from as u32).collect();
            return Self { outer, members, offsets, closed };
        };
        let mut places = vec![0; members.len() + 1];
        let mut kept = 0;
        for pair in 0..members.len() {
            let (row, member) = (outer[pair], members[pair]);
            (outer[kept], members[kept]) = (row, member);
            kept += usize::from(is_wanted(wanted, member));
            places[pair + 1] = kept as u32;
        }
        outer.truncate(kept);
        members.truncate(kept);
        let offsets = offsets.iter().map(|offset| places[*offset as usize - from]).collect();
        Self { outer, members, offsets, closed }
    }

    /// Of things in any order, from one row of the frame on.
    fn of_rows(
        relation: &Members,
        rows: &Rows<'_>,
        (first, end): (usize, usize),
        wanted: Option<&Bits>,
    ) -> Self {
        let mut laid = Self { outer: vec![], members: vec![], offsets: vec![0], closed: Bits::default() };
        for row in first..end {
            if (row - first).is_multiple_of(64) && laid.members.len() + 64 >= PAIRS_AT_ONCE {
                break;
            }
            let thing = rows.at(row);
            let list = relation.of(thing).iter();
            laid.members
                .extend(list.filter(|member| wanted.is_none_or(|wanted| is_wanted(wanted, **member))));
            laid.outer.resize(laid.members.len(), row as u32);
            laid.offsets.push(laid.members.len() as u32);
            // A thing that is not there has all the members that it has.
            laid.closed.push(thing == ROW_NONE || relation.closed.get(thing as usize));
        }
        laid
    }
}

/// A member that is not there has nothing to say by itself.
#[inline]
fn is_wanted(wanted: &Bits, member: u32) -> bool {
    wanted.get(member as usize) | (member as usize >= wanted.len())
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
