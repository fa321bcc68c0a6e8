//! Destroying keys, and with them what was sealed under them.
//!
//! What lies in the log is encrypted, and stays there encrypted: a log that is only added to cannot give bytes
//! back. What is destroyed is the key, by overwriting its place in `keys/subjects`; that this is deletion is the
//! project's reading (`hegui_ledger::seal`). In order, and each durable before the next: the erasure stands in the
//! log; it stands in the list of erasures, which is newer than any backup; the key's bytes are gone; a checkpoint
//! covers the erasure. [`Journal::erase`] returns after the third. After a crash in between, opening does the rest.

use super::draft::Draft;
use super::keyfile::Stored;
use super::random::Random;
use super::read::{Opened, found_by};
use super::record::Under;
use super::ring::Ring;
use super::seal::{self, SERVICE};
use super::{Journal, JournalError, KeyId};
use crate::log::{LogError, locked};
use hegui_ledger::event::{Class, Kind, SubjectId};

/// So many keys are destroyed by one event.
const KEYS: usize = 10_000;
/// Longest reason, in bytes.
const REASON: usize = 64 << 10;
/// Version of what an erasure's payload looks like.
const VERSION: u16 = 1;

/// Why keys were destroyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Their subject was erased.
    Erased,
    /// The time for which evidence was kept had passed.
    Expired,
    /// A backup was restored that was older than erasures, which were done again; or under a new origin.
    Restored,
}

/// What an erasure's payload says: a byte for the cause, how many keys (4, big-endian), their ids, the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destroyed {
    /// Why.
    pub cause: Cause,
    /// The keys.
    pub keys: Vec<KeyId>,
    /// The reason that was given; of a restored log, the checkpoint that was last signed before.
    pub reason: String,
}

impl Destroyed {
    /// What an event destroyed, if it is an erasure. Whose keys stands in the event, unless there were several
    /// subjects.
    #[must_use]
    pub fn of(opened: &Opened) -> Option<Self> {
        (opened.event().kind == Kind::ERASED).then(|| Self::decode(&opened.payload))?
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let cause: u8 = match self.cause {
            Cause::Erased => 1,
            Cause::Expired => 2,
            Cause::Restored => 3,
        };
        let count = u32::try_from(self.keys.len()).unwrap_or(u32::MAX).to_be_bytes();
        [&[cause], count.as_slice(), self.keys.as_flattened(), self.reason.as_bytes()].concat()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (cause, rest) = bytes.split_first()?;
        let cause = match cause {
            1 => Cause::Erased,
            2 => Cause::Expired,
            3 => Cause::Restored,
            _ => return None,
        };
        let (count, rest) = rest.split_first_chunk()?;
        let length = (u32::from_be_bytes(*count) as usize).checked_mul(16)?;
        let (keys, reason) = rest.split_at_checked(length)?;
        Some(Self {
            cause,
            keys: keys.as_chunks().0.to_vec(),
            reason: str::from_utf8(reason).ok()?.to_owned(),
        })
    }
}

/// Evidence that stays.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kept {
    /// On which basis.
    pub basis: String,
    /// Until when, in seconds since 1970.
    pub until: i64,
}

/// What an erasure did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erasure {
    /// The event that says so; none where nothing was left to destroy.
    pub at: Option<u64>,
    /// How many keys were destroyed.
    pub keys: usize,
    /// What stays: to be told to the subject.
    pub kept: Vec<Kept>,
}

impl Journal {
    /// Erases a subject: destroys the keys of service data, and of evidence whose time has come at `now`
    /// (milliseconds since 1970). When it returns, the bytes of those keys are gone, and no backup brings them back
    /// that is restored with the list of erasures. Doing it again destroys what came since. What this subject does
    /// afterwards is under a new key.
    ///
    /// The event that says so names the subject by its keyed id, sealed under the ledger's own key: that the
    /// handler has erased is for the handler to show.
    ///
    /// # Errors
    /// When the reason is longer than 64 KiB, or the disk fails: the erasure is then done when the folder is
    /// opened again, if its event is in the log.
    pub fn erase(&self, subject: SubjectId, reason: &str, now: i64) -> Result<Erasure, JournalError> {
        let seconds = now.div_euclid(1000);
        let mut kept = vec![];
        let all = |ring: &Ring| {
            let keys = ring.live_keys(&subject)?;
            let (fall, stay): (Vec<_>, Vec<_>) =
                keys.into_iter().partition(|key| key.entry.falls_at(seconds));
            kept.extend(stay.iter().filter_map(kept_of));
            Ok(fall)
        };
        let (at, keys) = self.destroy(Cause::Erased, Some(subject), reason, now, all)?;
        kept.sort();
        kept.dedup();
        Ok(Erasure { at, keys, kept })
    }

    /// Destroys the keys of all evidence whose time has come at `now` (milliseconds since 1970). To be done once a
    /// day. It goes through the whole file of keys.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn expire(&self, now: i64) -> Result<Erasure, JournalError> {
        let seconds = now.div_euclid(1000);
        let falls = |class: &Class| matches!(class, Class::Evidence { expires, .. } if *expires <= seconds);
        let keys = self.core.ring.file.all(falls)?;
        let mut done = Erasure::default();
        for keys in keys.chunks(KEYS) {
            let (at, count) = self.destroy(Cause::Expired, None, "", now, |_| Ok(keys.to_vec()))?;
            (done.at, done.keys) = (at.or(done.at), done.keys + count);
        }
        Ok(done)
    }

    /// Does erasures again in a log that has not got them, and names the checkpoint that was last signed.
    pub(crate) fn destroy_again(
        &self,
        keys: &[KeyId],
        checkpoint: &str,
        now: i64,
    ) -> Result<(), JournalError> {
        let _one = locked(&self.erasing);
        for keys in keys.chunks(KEYS).chain(keys.is_empty().then_some(keys)) {
            let erasing = self.core.ring.erasing();
            let ticket = self.submit_erasure(Cause::Restored, None, keys.to_vec(), checkpoint, now)?;
            drop(erasing);
            self.wait_in_tree(ticket.wait()?)?;
        }
        Ok(())
    }

    /// Destroys the keys that are chosen while nobody seals; the event that says so, and how many.
    fn destroy(
        &self,
        cause: Cause,
        subject: Option<SubjectId>,
        reason: &str,
        now: i64,
        choose: impl FnOnce(&Ring) -> Result<Vec<Stored>, LogError>,
    ) -> Result<(Option<u64>, usize), JournalError> {
        if reason.len() > REASON {
            return Err(JournalError::Draft("a reason has at most 64 KiB"));
        }
        let (_one, ring) = (locked(&self.erasing), &self.core.ring);
        let erasing = ring.erasing();
        let keys = choose(ring)?;
        if keys.is_empty() {
            return Ok((None, 0));
        }
        ring.set_dying(&keys, true);
        let ids = keys.iter().map(|key| key.id).collect();
        let ticket = self.submit_erasure(cause, subject, ids, reason, now);
        drop(erasing);
        let at = ticket.and_then(|ticket| Ok(ticket.wait()?));
        if let Err(JournalError::Log(LogError::Full | LogError::TooLong { .. }) | JournalError::Draft(_)) = at
        {
            // Certainly not in the log. After any other error nobody knows, and they stay out of use.
            ring.set_dying(&keys, false);
        }
        let at = at?;
        // The tree carries it out.
        self.wait_in_tree(at)?;
        Ok((Some(at), keys.len()))
    }

    fn submit_erasure(
        &self,
        cause: Cause,
        subject: Option<SubjectId>,
        keys: Vec<KeyId>,
        reason: &str,
        now: i64,
    ) -> Result<crate::log::Ticket, JournalError> {
        let payload = Destroyed { cause, keys, reason: reason.to_owned() }.encode();
        let (kind, version, class) = (Kind::ERASED, VERSION, SERVICE);
        let draft =
            Draft { kind, version, time: now, subject, activity: None, recipient: None, class, payload };
        let (tenant, found_by) = (&self.core.tenant, subject.as_ref().map(found_by));
        let under = (Under::Erasure, &tenant.own, &tenant.itself, &SERVICE);
        let (bytes, keys) = seal::sealed(&draft, tenant, under, found_by, &mut Random::draw(seal::RANDOM)?)?;
        Ok(self.log().submit(&bytes, &keys)?)
    }
}

fn kept_of(key: &Stored) -> Option<Kept> {
    match &key.entry.class {
        Class::Service => None,
        Class::Evidence { basis, expires } => Some(Kept { basis: basis.to_string(), until: *expires }),
    }
}
