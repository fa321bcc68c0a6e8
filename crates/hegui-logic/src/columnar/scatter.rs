//! Quantifiers over relations, without laying out who belongs to whom.
//!
//! Where a relation is stated from the other side, each member names the thing that it belongs to, and
//! every member that says something tells its thing. Where things list their members, each thing asks
//! those of its list. What members say is a bit each, and up to eight quantifiers over one relation are
//! drawn together in one pass, a byte for each thing.

#![expect(clippy::indexing_slicing, reason = "places of sixty-four members, within their number")]

use super::lanes::{self, LANES, collect, spread, words_at};
use super::values::Truths;
use crate::bits::Bits;
use crate::plan::Quantity;
use crate::universe::Members;

/// Where no more than so many of 64 members say something, only they are visited.
const FEW: u32 = 20;

/// The way between members and the things that they belong to.
#[derive(Clone, Copy)]
pub(super) enum Ties<'u> {
    /// Each member refers to one thing.
    Reference(&'u [u32]),
    /// Each member lists several things.
    Lists(&'u Members),
    /// Each thing lists its members, all of which are there.
    Listed(&'u Members),
}

/// What quantifiers over one relation come to for each thing: from what their bodies came to for each
/// member, and where somebody said that these are all. Not for exactly one.
pub(super) fn reduce(ties: Ties<'_>, closed: &Bits, asked: &[(Quantity, &Truths)]) -> Vec<Truths> {
    // A member that says the one thing decides; one that does not say the other leaves it open.
    let sides: Vec<(&Bits, Option<Bits>)> = asked
        .iter()
        .map(|(how, body)| {
            let (decides, other) = match how {
                Quantity::All => (&body.no, &body.yes),
                _ => (&body.yes, &body.no),
            };
            (decides, (!body.all_known()).then(|| other.not()))
        })
        .collect();
    let rows: Vec<&Bits> =
        sides.iter().flat_map(|(decides, open)| [*decides].into_iter().chain(open)).collect();
    let mut found = rows.chunks(LANES).flat_map(|rows| some_member(ties, rows, closed.len()));
    let drawn = asked.iter().zip(&sides).map(|((how, _), (_, open))| {
        let decided = found.next().unwrap_or_default();
        let other = match open {
            Some(_) => closed.and_not(&found.next().unwrap_or_default()),
            None => closed.and_not(&decided),
        };
        match how {
            Quantity::All => Truths { yes: other, no: decided },
            _ => Truths { yes: decided, no: other },
        }
    });
    drawn.collect()
}

/// For each of at most eight rows of bits over members: the things of which some member has its bit.
fn some_member(ties: Ties<'_>, rows: &[&Bits], things: usize) -> Vec<Bits> {
    if let Ties::Listed(lists) = ties {
        return some_listed(lists, rows, things);
    }
    let mut told = vec![0u8; things];
    let words = rows.first().map_or(0, |row| row.words().len());
    for place in 0..words {
        let lanes = words_at(rows, place);
        let any = lanes.iter().fold(0, |any, lane| any | lane);
        if any == 0 {
            continue;
        }
        let said = spread(&lanes, rows.len());
        tell(ties, place * 64, any, &said, &mut told);
    }
    gather_told(&told, rows.len())
}

/// The same where each thing lists its members: they are gone through in one loop, not in one for each
/// list, since nobody can guess how long it is.
fn some_listed(lists: &Members, rows: &[&Bits], things: usize) -> Vec<Bits> {
    let said = lanes::table(rows);
    let mut told = vec![0u8; things];
    for (thing, member) in lists.holders().iter().zip(&lists.targets) {
        if let Some(slot) = told.get_mut(*thing as usize) {
            *slot |= said[*member as usize];
        }
    }
    gather_told(&told, rows.len())
}

/// A row of bits for each of the first lanes, from a byte for each thing.
fn gather_told(told: &[u8], used: usize) -> Vec<Bits> {
    collect(told.len(), used, |first, bytes| {
        let end = first + bytes.len();
        bytes.copy_from_slice(&told[first..end]);
    })
}

/// Sixty-four members tell their things.
#[inline]
fn tell(ties: Ties<'_>, first: usize, any: u64, said: &[u8; 64], told: &mut [u8]) {
    let mut each = |thing: u32, what: u8| {
        if let Some(slot) = told.get_mut(thing as usize) {
            *slot |= what;
        }
    };
    match ties {
        Ties::Reference(things) if any.count_ones() > FEW => {
            let things = &things[first..things.len().min(first + 64)];
            things.iter().zip(said).for_each(|(thing, what)| each(*thing, *what));
        }
        Ties::Reference(things) => ones(any, |place| each(things[first + place], said[place])),
        Ties::Lists(lists) => ones(any, |place| {
            lists.of((first + place) as u32).iter().for_each(|thing| each(*thing, said[place]));
        }),
        Ties::Listed(_) => {}
    }
}

#[inline]
fn ones(mut word: u64, mut f: impl FnMut(usize)) {
    while word != 0 {
        f(word.trailing_zeros() as usize);
        word &= word - 1;
    }
}
