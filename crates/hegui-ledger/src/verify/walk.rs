//! From the signed root down to the entries.

use super::files::{Files, Got, LEVELS, last_tile, leaves};
use super::hash::{Hash, leaf, root, root_of_edge};
use super::signed::Head;
use super::{Fault, Finding, Found};
use std::fmt::Display;
use std::ops::Range;

/// The hashes of a tile as they should be, as far as that is known.
#[derive(Clone, Default)]
struct Tile {
    /// As signed where `vouched`, else as published; empty where there are none to be had.
    hashes: Vec<Hash>,
    /// Whether the signed root vouches for them.
    vouched: bool,
}

/// Goes through a log from left to right, handing out what lies beneath one tile of level 1 at a time.
pub(super) struct Walk<'a, F> {
    files: &'a Files<'a, F>,
    found: &'a Found,
    next: u64,
    /// The partial tiles of each level.
    edge: Vec<Tile>,
    /// The full tile last used of each level, with its index.
    full: Vec<Option<(u64, Tile)>>,
}

/// What lies beneath one tile of level 1: 65,536 entries, or what is left of them.
pub(super) struct Unit {
    index: u64,
    tile: Tile,
    /// The partial tile of leaves, which is beneath none.
    edge: Tile,
}

impl<'a, E: Display, F: Fn(&str) -> Result<Vec<u8>, E>> Walk<'a, F> {
    pub(super) fn new(files: &'a Files<'a, F>, found: &'a Found) -> Self {
        let full = (0..LEVELS).map(|_| None).collect();
        Self { files, found, next: 0, edge: vec![], full }
    }

    /// Checks the right edge against the signed root.
    pub(super) fn edge(&mut self, head: &Head) {
        let last = |level: u8| last_tile(self.files.size, level);
        let got = |level: u8| {
            let (index, width) = (last(level), self.files.width(level, last(level)));
            if width == 0 { None } else { Some(published(self.files, self.found, level, index)) }
        };
        let got: Vec<Option<(String, Vec<Hash>)>> = (0..LEVELS).map(got).collect();
        let stored: Vec<Vec<Hash>> =
            got.iter().map(|got| got.as_ref().map_or(vec![], |(_, hashes)| hashes.clone())).collect();
        let signed = |tiles: &[Vec<Hash>]| {
            let whole = (0..LEVELS)
                .zip(tiles)
                .all(|(level, tile)| tile.len() == self.files.width(level, last(level)));
            whole && root_of_edge(tiles.iter().map(Vec::as_slice)) == head.root
        };
        if signed(&stored) {
            self.edge = stored.into_iter().map(|hashes| Tile { hashes, vouched: true }).collect();
            return;
        }
        let below: Vec<Vec<Option<Hash>>> =
            (0..LEVELS).map(|level| beneath(self.files, level, last(level))).collect();
        let healed = heal_edge(&stored, &below, signed);
        let vouched = healed.is_some();
        let tiles = healed.unwrap_or_else(|| stored.clone());
        let mut differ = stored.iter().any(Vec::is_empty) && got.iter().flatten().any(|(_, h)| h.is_empty());
        for (level, ((got, tile), below)) in (0..LEVELS).zip(got.iter().zip(&tiles).zip(&below)) {
            let Some((name, hashes)) = got else { continue };
            let right: Vec<Option<Hash>> =
                if vouched { tile.iter().copied().map(Some).collect() } else { below.clone() };
            let fault = if vouched { Fault::Hash } else { Fault::Subtree };
            differ |= compare(self.found, (level, last(level)), name, hashes, &right, &fault);
        }
        if !vouched && !differ {
            let bytes = head.root_at..head.root_at + 44;
            let leaves = 0..self.files.size;
            let finding = Finding { file: "checkpoint".to_owned(), bytes, fault: Fault::Root, leaves };
            self.found.add(u8::MAX, finding);
        }
        self.edge = tiles.into_iter().map(|hashes| Tile { hashes, vouched }).collect();
    }

    /// What is to be checked next; `None` at the end, or where enough was found.
    pub(super) fn next(&mut self) -> Option<Unit> {
        let tiles = self.files.size.div_ceil(256);
        if self.next >= tiles.div_ceil(256) || self.found.enough(self.next * 65_536) {
            return None;
        }
        let index = self.next;
        self.next += 1;
        let tile = self.tile(1, index);
        Some(Unit { index, tile, edge: self.edge.first().cloned().unwrap_or_default() })
    }

    /// A tile of level 1 or above, as it should be.
    fn tile(&mut self, level: u8, index: u64) -> Tile {
        if self.files.width(level, index) < 256 {
            return self.edge.get(usize::from(level)).cloned().unwrap_or_default();
        }
        if let Some(Some((at, tile))) = self.full.get(usize::from(level))
            && *at == index
        {
            return tile.clone();
        }
        let above = if level + 1 < LEVELS { self.tile(level + 1, index / 256) } else { Tile::default() };
        let tile = settled(self.files, self.found, (level, index), &above);
        if let Some(kept) = self.full.get_mut(usize::from(level)) {
            *kept = Some((index, tile.clone()));
        }
        tile
    }
}

impl Unit {
    /// Checks the tiles of leaves beneath and their entries; `done` gets the entries of each.
    pub(super) fn check<E: Display, F: Fn(&str) -> Result<Vec<u8>, E>>(
        &self,
        files: &Files<'_, F>,
        found: &Found,
        done: &impl Fn(u64),
    ) {
        let tiles = files.size.div_ceil(256);
        for index in self.index * 256..tiles.min((self.index + 1) * 256) {
            if found.enough(index * 256) {
                return;
            }
            let width = files.width(0, index);
            if width == 256 {
                check_entries(files, found, index, &settled(files, found, (0, index), &self.tile));
            } else {
                check_entries(files, found, index, &self.edge);
            }
            done(width as u64);
        }
    }
}

/// A full tile as the hash above it wants it: as published, or mended from what lies beneath.
fn settled<E: Display, F: Fn(&str) -> Result<Vec<u8>, E>>(
    files: &Files<'_, F>,
    found: &Found,
    at: (u8, u64),
    above: &Tile,
) -> Tile {
    let (level, index) = at;
    let (name, stored) = published(files, found, level, index);
    let Some(wanted) = above.hashes.get((index % 256) as usize) else {
        return Tile { hashes: stored, vouched: false };
    };
    let right = |hashes: &[Hash]| hashes.len() == 256 && root(hashes) == *wanted;
    if right(&stored) {
        return Tile { hashes: stored, vouched: above.vouched };
    }
    let below = beneath(files, level, index);
    match heal(&stored, &below, right) {
        Some(hashes) => {
            let fault = if above.vouched { Fault::Hash } else { Fault::Subtree };
            let mended: Vec<_> = hashes.iter().copied().map(Some).collect();
            compare(found, at, &name, &stored, &mended, &fault);
            Tile { hashes, vouched: above.vouched }
        }
        None => {
            let differ = compare(found, at, &name, &stored, &below, &Fault::Subtree);
            if !differ && !stored.is_empty() {
                let (bytes, leaves) = (0..8192, leaves(level, index, 0..256));
                found.add(level + 1, Finding { file: name, bytes, fault: Fault::Subtree, leaves });
            }
            Tile { hashes: stored, vouched: false }
        }
    }
}

/// A tile as published; without hashes where it is not there or cut off, which is told.
fn published<E: Display, F: Fn(&str) -> Result<Vec<u8>, E>>(
    files: &Files<'_, F>,
    found: &Found,
    level: u8,
    index: u64,
) -> (String, Vec<Hash>) {
    let width = files.width(level, index);
    let Got { name, bytes, instead } = files.tile(level, index);
    let tell = |bytes: Range<u64>, fault| {
        let leaves = leaves(level, index, 0..width);
        found.add(level + 1, Finding { file: name.clone(), bytes, fault, leaves });
    };
    let hashes = match bytes {
        Err(why) => {
            tell(0..0, Fault::Missing(why));
            vec![]
        }
        Ok(bytes) => {
            let should = if instead { 8192 } else { width * 32 };
            if bytes.len() != should {
                tell(bytes.len().min(should) as u64..bytes.len() as u64, Fault::Length);
            }
            bytes.as_chunks().0.get(..width).map(<[Hash]>::to_vec).unwrap_or_default()
        }
    };
    (name, hashes)
}

/// The hashes of a tile, computed from what lies one level beneath it, as far as that is there.
fn beneath<E: Display, F: Fn(&str) -> Result<Vec<u8>, E>>(
    files: &Files<'_, F>,
    level: u8,
    index: u64,
) -> Vec<Option<Hash>> {
    let width = files.width(level, index);
    let Some(lower) = level.checked_sub(1) else {
        let bytes = if width > 0 { files.bundle(index).bytes.unwrap_or_default() } else { vec![] };
        let mut at = 0;
        return (0..width)
            .map(|_| {
                let entry = record(&bytes, at)?;
                at += 2 + entry.len();
                Some(leaf(entry))
            })
            .collect();
    };
    let child = |place: usize| {
        let bytes = files.tile(lower, index * 256 + place as u64).bytes.ok()?;
        (bytes.len() == 8192).then(|| root(bytes.as_chunks().0))
    };
    (0..width).map(child).collect()
}

/// The hashes that are right: those computed from beneath, or those published with one so replaced.
fn heal(stored: &[Hash], below: &[Option<Hash>], right: impl Fn(&[Hash]) -> bool) -> Option<Vec<Hash>> {
    let all: Option<Vec<Hash>> = below.iter().copied().collect();
    if let Some(all) = all.filter(|all| right(all)) {
        return Some(all);
    }
    let mut mended = stored.to_vec();
    for (place, below) in below.iter().enumerate() {
        let (Some(stored), Some(below)) = (stored.get(place), below) else { continue };
        if stored == below {
            continue;
        }
        if let Some(hash) = mended.get_mut(place) {
            *hash = *below;
        }
        if right(&mended) {
            return Some(mended);
        }
        if let Some(hash) = mended.get_mut(place) {
            *hash = *stored;
        }
    }
    None
}

/// The same for the right edge, whose tiles are vouched for together.
fn heal_edge(
    stored: &[Vec<Hash>],
    below: &[Vec<Option<Hash>>],
    right: impl Fn(&[Vec<Hash>]) -> bool,
) -> Option<Vec<Vec<Hash>>> {
    let all: Option<Vec<Vec<Hash>>> = below.iter().map(|tile| tile.iter().copied().collect()).collect();
    if let Some(all) = all.filter(|all| right(all)) {
        return Some(all);
    }
    for (level, below) in below.iter().enumerate() {
        let with = |tile: &[Hash]| {
            let mut tiles = stored.to_vec();
            if let Some(place) = tiles.get_mut(level) {
                *place = tile.to_vec();
            }
            tiles
        };
        let one = stored.get(level).map_or(&[][..], Vec::as_slice);
        if let Some(tile) = heal(one, below, |tile| right(&with(tile))) {
            return Some(with(&tile));
        }
    }
    None
}

/// Tells the published hashes that are not the right ones, those in a row together, by the first wrong
/// byte; whether there are any.
fn compare(
    found: &Found,
    (level, index): (u8, u64),
    name: &str,
    stored: &[Hash],
    right: &[Option<Hash>],
    fault: &Fault,
) -> bool {
    let wrong = |place: usize| {
        let (stored, right) = (stored.get(place)?, right.get(place)?.as_ref()?);
        stored.iter().zip(right).position(|(a, b)| a != b)
    };
    let (mut place, mut differ) = (0, false);
    while place < stored.len() {
        let first = place;
        place += 1;
        let Some(byte) = wrong(first) else { continue };
        while wrong(place).is_some() {
            place += 1;
        }
        let at = (first * 32 + byte) as u64;
        let (bytes, leaves) = (at..at + 1, leaves(level, index, first..place));
        found.add(level + 1, Finding { file: name.to_owned(), bytes, fault: fault.clone(), leaves });
        differ = true;
    }
    differ
}

/// The entry that begins at a byte of a bundle; `None` where the bundle ends before it does.
fn record(bundle: &[u8], at: usize) -> Option<&[u8]> {
    let (length, rest) = bundle.get(at..)?.split_first_chunk::<2>()?;
    rest.get(..usize::from(u16::from_be_bytes(*length)))
}

/// Compares the entries of a bundle with their leaves. Wrong ones in a row are told together: a wrong
/// length shifts all that follow.
fn check_entries<E: Display, F: Fn(&str) -> Result<Vec<u8>, E>>(
    files: &Files<'_, F>,
    found: &Found,
    index: u64,
    tile: &Tile,
) {
    let width = files.width(0, index);
    let Got { name, bytes, instead } = files.bundle(index);
    let tell = |bytes: Range<usize>, fault, of: Range<usize>| {
        let (bytes, leaves) = (bytes.start as u64..bytes.end as u64, leaves(0, index, of));
        found.add(0, Finding { file: name.clone(), bytes, fault, leaves });
    };
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(why) => return tell(0..0, Fault::Missing(why), 0..width),
    };
    let fault = || if tile.vouched { Fault::Entry } else { Fault::Subtree };
    let (mut at, mut wrong) = (0, None);
    for place in 0..width {
        let Some(entry) = record(&bytes, at) else {
            return match wrong {
                Some((from, first)) => tell(from..bytes.len(), fault(), first..width),
                None => tell(at..bytes.len(), Fault::Length, place..width),
            };
        };
        let right = tile.hashes.get(place).is_none_or(|hash| leaf(entry) == *hash);
        match wrong {
            Some((from, first)) if right => {
                tell(from..at, fault(), first..place);
                wrong = None;
            }
            None if !right => wrong = Some((at, place)),
            _ => {}
        }
        at += 2 + entry.len();
    }
    match wrong {
        Some((from, first)) => tell(from..bytes.len(), fault(), first..width),
        None if at < bytes.len() && !instead => tell(at..bytes.len(), Fault::Length, width..width),
        None => {}
    }
}
