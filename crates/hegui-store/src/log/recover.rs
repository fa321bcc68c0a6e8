//! Opening a log: what a crash left behind is cut off and reported, damage is refused.
//!
//! A bad place is the torn last block exactly when nothing proves that it was durable: no later segment, no
//! good block behind it in the same one, no follower that has seen it (`known`). A log that was closed ends
//! with an empty block, so that damage to its last events is seen as such.

use super::block::{ALIGN, HEADER, Header, Identity};
use super::error::LogError;
use super::segment::{Found, Place, START, Segment, first_of, header, name_of};
use super::{Check, Options};
use crate::disk::Disk;
use std::sync::Arc;

/// A segment that is being made.
pub(crate) const MAKING: &str = "segment.new";
const CHUNK: usize = 1 << 20;

/// What was found when a log was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// How many events it holds.
    pub events: u64,
    /// What was cut off its end: never acknowledged.
    pub torn: Option<Torn>,
}

/// The end of a log that was being written when it stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Torn {
    /// The file.
    pub file: String,
    /// Where it was cut, in bytes.
    pub at: u64,
    /// What was wrong there.
    pub what: String,
}

/// A log that was opened: its segments, and where it goes on.
pub(crate) struct Opened {
    pub(crate) identity: Identity,
    pub(crate) segments: Vec<Arc<Segment>>,
    pub(crate) tail: Place,
    pub(crate) recovery: Recovery,
}

/// Opens what is on a disk, or begins a log there.
pub(crate) fn open(disk: &dyn Disk, options: &Options) -> Result<Opened, LogError> {
    let names = disk.list().map_err(LogError::failed("listing the folder"))?;
    for left in names.iter().filter(|name| *name == MAKING) {
        disk.remove(left).map_err(LogError::failed("removing an unfinished segment"))?;
    }
    let names: Vec<&String> = names.iter().filter(|name| first_of(name).is_some()).collect();
    if names.is_empty() {
        if options.known > 0 {
            return Err(LogError::Short { holds: 0, known: options.known });
        }
        let start = Place { at: START, next: 0, check: 0 };
        let segment = Arc::new(make(disk, &options.identity, start, options)?);
        let (segments, recovery) = (vec![segment], Recovery::default());
        return Ok(Opened { identity: options.identity, segments, tail: start, recovery });
    }
    let mut segments: Vec<Arc<Segment>> = vec![];
    let mut identity = None;
    for name in names {
        let (own, segment) = Segment::open(disk, name)?;
        if *identity.get_or_insert(own) != own {
            return Err(Segment::damage(name, 8, "it belongs to another log"));
        }
        segments.push(Arc::new(segment));
    }
    let identity = identity.unwrap_or_default();
    disk.sync_folder().map_err(LogError::failed("syncing the folder"))?;
    let (tail, torn) = follow(&segments, &identity, options)?;
    if tail.next < options.known {
        return Err(LogError::Short { holds: tail.next, known: options.known });
    }
    let recovery = Recovery { events: tail.next, torn };
    Ok(Opened { identity, segments, tail, recovery })
}

/// Reads the last segment, or all, and finds the end.
fn follow(
    segments: &[Arc<Segment>],
    identity: &Identity,
    options: &Options,
) -> Result<(Place, Option<Torn>), LogError> {
    let from = match options.check {
        Check::Last => segments.len().saturating_sub(1),
        Check::All => 0,
    };
    let mut end = None;
    let mut segments = segments.iter().skip(from).peekable();
    while let Some(segment) = segments.next() {
        let scanned = scan(segment, identity, options)?;
        match segments.peek() {
            None => end = Some(finish(segment, scanned, identity, options)?),
            Some(next) => joins(segment, scanned.end, scanned.bad, next)?,
        }
    }
    end.ok_or(LogError::Closed)
}

/// Where the good blocks of a segment end.
struct Scanned {
    end: Place,
    /// Where the last of them begins.
    last: Option<Place>,
    /// What is wrong behind it, unless there is nothing.
    bad: Option<String>,
}

/// Follows the blocks of a segment until there is none.
fn scan(segment: &Segment, identity: &Identity, options: &Options) -> Result<Scanned, LogError> {
    let mut scanned = Scanned { end: segment.start, last: None, bad: None };
    loop {
        let place = scanned.end;
        match segment.read(place, identity, options.checks())? {
            Found::Block(block) => {
                segment.mark(place);
                scanned.last = Some(place);
                scanned.end = place.after(&block.header);
            }
            Found::End => return Ok(scanned),
            Found::Bad(what) => return Ok(Scanned { bad: Some(what), ..scanned }),
        }
    }
}

/// Whether a segment ends where the next one begins. If it does, what may be behind its end means nothing.
pub(crate) fn joins(
    segment: &Segment,
    end: Place,
    bad: Option<String>,
    next: &Segment,
) -> Result<(), LogError> {
    if end.next == next.start.next && end.check == next.start.check {
        return Ok(());
    }
    let what = bad.unwrap_or_else(|| format!("event {} is missing", end.next));
    Err(Segment::damage(&segment.name, end.at, &what))
}

/// The end of the last segment: cut when it is torn, refused when it is damaged.
fn finish(
    segment: &Segment,
    scanned: Scanned,
    identity: &Identity,
    options: &Options,
) -> Result<(Place, Option<Torn>), LogError> {
    let Scanned { end, last, bad } = scanned;
    let torn = match (bad, behind(segment, end, identity)?) {
        (bad, Rest::Later(event)) => {
            let what = bad.unwrap_or_else(|| format!("event {} is missing", end.next));
            let what = format!("{what}, and event {event} behind it is whole");
            return Err(Segment::damage(&segment.name, end.at, &what));
        }
        (None, Rest::Nothing) => None,
        (bad, _) => Some(bad.unwrap_or_else(|| "bytes behind the last block".to_owned())),
    };
    if let Some(what) = torn.as_ref().filter(|_| end.next < options.known) {
        return Err(Segment::damage(&segment.name, end.at, what));
    }
    let mending = || LogError::failed("mending the end of the log");
    if torn.is_some() {
        // Cut, not left: what is there could else be taken for a block after the next crash.
        segment.file.set_length(end.at).map_err(mending())?;
    }
    if let Some(last) = last.filter(|_| options.writes_again()) {
        // The last block may be whole in memory and not on the disk: after a kill it was never synced, after
        // a sync that failed the kernel takes its pages for clean. So it is written once more.
        let mut bytes = vec![0; usize::try_from(end.at - last.at).unwrap_or_default()];
        let read = segment.file.read_at(last.at, &mut bytes).map_err(mending())?;
        segment.file.write_at(last.at, bytes.get(..read).unwrap_or_default()).map_err(mending())?;
    }
    segment.file.sync_data().map_err(mending())?;
    Ok((end, torn.map(|what| Torn { file: segment.name.clone(), at: end.at, what })))
}

enum Rest {
    Nothing,
    Something,
    /// A whole block of a later event.
    Later(u64),
}

/// What is behind the last good block of a segment.
fn behind(segment: &Segment, end: Place, identity: &Identity) -> Result<Rest, LogError> {
    let mut chunk = vec![0; CHUNK];
    let mut at = end.at;
    let mut rest = Rest::Nothing;
    loop {
        let read = segment.file.read_at(at, &mut chunk).map_err(LogError::failed("reading a segment"))?;
        let bytes = chunk.get(..read).unwrap_or_default();
        if bytes.is_empty() {
            return Ok(rest);
        }
        for sector in bytes.chunks(ALIGN as usize) {
            if sector.iter().all(|byte| *byte == 0) {
                continue;
            }
            rest = Rest::Something;
            match Header::parse(sector.get(..HEADER).unwrap_or_default(), identity) {
                Some(header) if header.first > end.next => return Ok(Rest::Later(header.first)),
                _ => {}
            }
        }
        at += read as u64;
    }
}

/// Makes the segment that begins at a place.
pub(crate) fn make(
    disk: &dyn Disk,
    identity: &Identity,
    start: Place,
    options: &Options,
) -> Result<Segment, LogError> {
    let making = || LogError::failed("making a segment");
    let name = name_of(start.next);
    let file = disk.create(MAKING).map_err(making())?;
    file.write_at(0, &header(identity, start.next, start.check)).map_err(making())?;
    file.sync_data().map_err(making())?;
    // From here on the segment may be there: going on in the old one is no more possible.
    let naming = |error| LogError::Failed { doing: "naming a segment", error: Arc::new(error) };
    disk.rename(MAKING, &name).map_err(naming)?;
    if options.syncs_folder() {
        disk.sync_folder().map_err(naming)?;
    }
    Ok(Segment::new(name, Place { at: START, ..start }, file))
}
