//! Quantifiers over relations that are stated from the other side: each member names the thing that
//! it belongs to. Then nothing has to be collected: every member that says something tells its thing.
//!
//! What members say is a bit each, and up to eight quantifiers over one relation are drawn together
//! in one pass, a byte for each thing.

#![expect(clippy::indexing_slicing, reason = "places of sixty-four members, within their number")]

use super::lanes::{LANES, collect, spread, words_at};
use super::values::Truths;
use crate::bits::Bits;
use crate::plan::Quantity;
use crate::universe::Members;

/// Where no more than so many of 64 members say something, only they are visited.
const FEW: u32 = 20;

/// The way from members to the things that they belong to.
#[derive(Clone, Copy)]
pub(super) enum Upward<'u> {
    /// Each member refers to one.
    Reference(&'u [u32]),
    /// Each member lists several.
    Lists(&'u Members),
}

/// What quantifiers over one relation come to for each thing: from what their bodies came to for each
/// member, and where somebody said that these are all. Not for exactly one.
pub(super) fn reduce(upward: Upward<'_>, closed: &Bits, asked: &[(Quantity, &Truths)]) -> Vec<Truths> {
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
    let mut found = rows.chunks(LANES).flat_map(|rows| some_member(upward, rows, closed.len()));
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
fn some_member(upward: Upward<'_>, rows: &[&Bits], things: usize) -> Vec<Bits> {
    let mut told = vec![0u8; things];
    let words = rows.first().map_or(0, |row| row.words().len());
    for place in 0..words {
        let lanes = words_at(rows, place);
        let any = lanes.iter().fold(0, |any, lane| any | lane);
        if any == 0 {
            continue;
        }
        let said = spread(&lanes, rows.len());
        tell(upward, place * 64, any, &said, &mut told);
    }
    collect(things, rows.len(), |first, bytes| {
        let end = first + bytes.len();
        bytes.copy_from_slice(&told[first..end]);
    })
}

/// Sixty-four members tell their things.
#[inline]
fn tell(upward: Upward<'_>, first: usize, any: u64, said: &[u8; 64], told: &mut [u8]) {
    let mut each = |thing: u32, what: u8| {
        if let Some(slot) = told.get_mut(thing as usize) {
            *slot |= what;
        }
    };
    match upward {
        Upward::Reference(things) if any.count_ones() > FEW => {
            let things = &things[first..things.len().min(first + 64)];
            things.iter().zip(said).for_each(|(thing, what)| each(*thing, *what));
        }
        Upward::Reference(things) => ones(any, |place| each(things[first + place], said[place])),
        Upward::Lists(lists) => ones(any, |place| {
            lists.of((first + place) as u32).iter().for_each(|thing| each(*thing, said[place]));
        }),
    }
}

#[inline]
fn ones(mut word: u64, mut f: impl FnMut(usize)) {
    while word != 0 {
        f(word.trailing_zeros() as usize);
        word &= word - 1;
    }
}
