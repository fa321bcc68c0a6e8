//! Reading the log in order, from any event.

use super::appender::Segments;
use super::error::LogError;
use super::recover::joins;
use super::segment::{Block, Found, Place, Segment};
use std::sync::Arc;

/// Reads block after block; each is checked. It sees what is durable and no more.
pub struct Reader {
    segments: Arc<Segments>,
    at: Option<(Arc<Segment>, Place)>,
    next: u64,
}

impl Reader {
    pub(crate) fn new(segments: Arc<Segments>, next: u64) -> Self {
        Self { segments, at: None, next }
    }

    /// The next block that has events, up to a durable end. The first one given may begin before the event
    /// that was asked for.
    ///
    /// # Errors
    /// When the log is damaged here, or the disk fails.
    pub(crate) fn block(&mut self, durable: u64) -> Result<Option<Block>, LogError> {
        while self.next < durable {
            let Some((segment, place)) = self.place()? else { return Ok(None) };
            match segment.read(place, &self.segments.identity, true)? {
                Found::Block(block) => {
                    self.next = self.next.max(block.next());
                    self.at = Some((segment, place.after(&block.header)));
                    if block.header.count > 0 {
                        return Ok(Some(block));
                    }
                }
                Found::End => self.cross(&segment, place, None)?,
                Found::Bad(what) => self.cross(&segment, place, Some(what))?,
            }
        }
        Ok(None)
    }

    /// Where the next block is.
    fn place(&mut self) -> Result<Option<(Arc<Segment>, Place)>, LogError> {
        if let Some(at) = self.at.take() {
            return Ok(Some(at));
        }
        let (Some(segment), _) = self.segments.of(self.next) else { return Ok(None) };
        let place = segment.end(self.next, &self.segments.identity)?;
        Ok(Some((segment, place)))
    }

    /// From the end of a segment to the next one, which must begin there.
    fn cross(&mut self, segment: &Segment, end: Place, bad: Option<String>) -> Result<(), LogError> {
        match self.segments.of(segment.start.next) {
            (_, Some(next)) => {
                joins(segment, end, bad, &next)?;
                self.at = Some((Arc::clone(&next), next.start));
                Ok(())
            }
            (_, None) => {
                let what = bad.unwrap_or_else(|| format!("event {} is missing", end.next));
                Err(Segment::damage(&segment.name, end.at, &what))
            }
        }
    }
}
