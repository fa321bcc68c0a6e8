//! The core joined with a tenant's journal: checked, applied, recorded; answered when it is durable.
//!
//! One lock orders everything: under it an event is checked against the books, taken into them and
//! submitted to the log, in this order, so that the books' next index is the log's. Nobody waits for the
//! disk under the lock. Who recorded something, or was given a permit, is answered when the entry is
//! durable. A permit has an entry of its own, behind all that it relied on; so no answer rests on what a
//! crash can take back. When the log fails, what the books hold may not be in it: then nothing is answered
//! any more until the folder is opened anew.

mod answer;
mod erase;
mod read;
mod setup;

pub use setup::{PlatformError, Setup};

use crate::books::Books;
use crate::facts::{Facts, Observation, laid_over};
use crate::ground::{Ground, GroundError};
use crate::happening::{Erased, Happened, Happening, Misread};
use crate::keeping::Keeping;
use crate::refusal::Refusal;
use hegui_catalog::Catalog;
use hegui_decide::rules::Rules;
use hegui_ledger::event::SubjectId;
use hegui_register::Register;
use hegui_store::journal::{Cause, Destroyed, Draft, Journal, MasterKeySource, Reading, Snapshot, Ticket};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What the snapshot of the books is called, and the version of its form.
const SNAPSHOT: (&str, u32) = ("books", 1);
/// How long a snapshot waits for what it holds to be durable.
const DURABLE: Duration = Duration::from_secs(30);
/// China Standard Time is ahead of UTC by so much, in milliseconds; a day has so many.
const CHINA_MS: i64 = 8 * 3_600_000;
const DAY_MS: i64 = 86_400_000;

/// The state that the lock orders.
struct Live {
    books: Books,
    ground: Ground,
    rules: Rules,
    /// Up to when the rules hold, in milliseconds since 1970 (UTC): a version of a notice takes effect then.
    rules_until_ms: Option<i64>,
    /// The day in China for which the register was evaluated.
    day: i64,
    /// Answers that are no permit, counted for sampling.
    denials: u32,
    stopped: bool,
}

/// A tenant's platform, open. Shared by reference among threads.
pub struct Platform {
    journal: Journal,
    live: Mutex<Live>,
    keeping: Keeping,
    origin: String,
    facts: Facts,
    /// Why a snapshot was not used at the opening.
    ignored: Option<String>,
}

fn day_of(now_ms: i64) -> i64 {
    (now_ms + CHINA_MS).div_euclid(DAY_MS)
}

impl Live {
    fn new(mut books: Books, ground: Ground, now_ms: i64) -> Result<Self, GroundError> {
        let rules = rules(&mut books, &ground, now_ms)?;
        let rules_until_ms = books.next_change_ms(now_ms);
        let day = day_of(now_ms);
        Ok(Self { books, ground, rules, rules_until_ms, day, denials: 0, stopped: false })
    }

    /// Brings rules and register up to a moment.
    fn ready(&mut self, now_ms: i64) -> Result<(), PlatformError> {
        if self.stopped {
            return Err(PlatformError::Stopped);
        }
        if day_of(now_ms) != self.day {
            let Ground { catalog, register, version, .. } = &self.ground;
            let as_of = day_of(now_ms) * DAY_MS / 1000;
            self.ground = Ground::new(Arc::clone(catalog), register.clone(), *version, as_of)?;
            self.day = day_of(now_ms);
            self.renew(now_ms)?;
        } else if self.rules_until_ms.is_some_and(|until| until <= now_ms) {
            self.renew(now_ms)?;
        }
        Ok(())
    }

    fn renew(&mut self, now_ms: i64) -> Result<(), GroundError> {
        self.rules = rules(&mut self.books, &self.ground, now_ms)?;
        self.rules_until_ms = self.books.next_change_ms(now_ms);
        Ok(())
    }
}

fn rules(books: &mut Books, ground: &Ground, now_ms: i64) -> Result<Rules, GroundError> {
    let mut directory = std::mem::take(&mut books.directory);
    let rules = ground.rules(&mut directory, &|item| books.since(item, now_ms));
    books.directory = directory;
    Ok(rules?)
}

/// What an entry of the log says, where it can be read and says something to the books.
pub(crate) fn happened(reading: &Reading) -> Result<Option<Happened>, Misread> {
    let Reading::Opened(opened) = reading else { return Ok(None) };
    let event = opened.event();
    let (time_ms, subject) = (event.time, event.subject);
    if let Some(destroyed) = Destroyed::of(opened) {
        let erased = (destroyed.cause == Cause::Erased).then(|| Erased {}.into());
        return Ok(erased.map(|what| Happened { time_ms, subject, what }));
    }
    let what = Happening::opened(event.kind, event.version, &opened.payload)?;
    Ok(Some(Happened { time_ms, subject, what }))
}

impl Platform {
    /// Opens a tenant's folder, or begins one, with a register of this version. `now_ms` is the time, in
    /// milliseconds since 1970 (UTC). The books come from the snapshot, if there is one that fits, and the
    /// log after it.
    ///
    /// # Errors
    /// When the journal does not open, the register does not fit the catalog, logs would not be kept for
    /// the time that law and policy want, or the log holds what this program does not know.
    pub fn open(
        folder: &Path,
        master: &MasterKeySource,
        setup: Setup,
        (catalog, register, version): (Arc<Catalog>, Register, u64),
        now_ms: i64,
    ) -> Result<Self, PlatformError> {
        let facts = Facts::embedded(&catalog)?;
        let ground = Ground::new(catalog, register, version, day_of(now_ms) * DAY_MS / 1000)?;
        setup.keeping.check(&ground)?;
        let journal = Journal::open(folder, &setup.origin, master, &setup.journal)?;
        let (books, ignored) = books_of(&journal)?;
        let live = Mutex::new(Live::new(books, ground, now_ms)?);
        let Setup { origin, keeping, .. } = setup;
        Ok(Self { journal, live, keeping, origin, facts, ignored })
    }

    /// Why a snapshot was not used when the folder was opened, if so.
    #[must_use]
    pub fn ignored_snapshot(&self) -> Option<&str> {
        self.ignored.as_deref()
    }

    /// The journal beneath: proofs, checkpoints, backup.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// The ledger's origin.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The id of a person whom the tenant knows by this identifier.
    #[must_use]
    pub fn subject(&self, identifier: &str) -> SubjectId {
        self.journal.subject_id(identifier)
    }

    fn live(&self) -> MutexGuard<'_, Live> {
        // Nothing is left half-done by a panic that the next check would not see.
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at books and register, as of now. Others wait meanwhile: be short.
    pub fn look<T>(&self, look: impl FnOnce(&Books, &Ground) -> T) -> T {
        let live = self.live();
        look(&live.books, &live.ground)
    }

    /// Records an event; its index, when it is durable.
    ///
    /// # Errors
    /// When it is refused, or the log fails.
    pub fn record(&self, event: Happened, now_ms: i64) -> Result<u64, PlatformError> {
        let one = self.record_all(vec![event], now_ms)?.pop().ok_or(PlatformError::Stopped)?;
        Ok(one?)
    }

    /// Records many events, each by itself: what is refused leaves the others be. When all that were
    /// accepted are durable, their indexes.
    ///
    /// # Errors
    /// When the log fails.
    pub fn record_all(
        &self,
        events: Vec<Happened>,
        now_ms: i64,
    ) -> Result<Vec<Result<u64, Refusal>>, PlatformError> {
        let (mut outcomes, mut drafts) = (Vec::with_capacity(events.len()), vec![]);
        let ticket = {
            let mut live = self.live();
            live.ready(now_ms)?;
            for event in events {
                let draft = match live.books.check(&live.ground, &event, now_ms) {
                    Ok(()) => self.draft(&event)?,
                    Err(refusal) => {
                        outcomes.push(Err(refusal));
                        continue;
                    }
                };
                let index = live.books.next_index();
                live.books.apply(index, &event)?;
                if matches!(event.what, Happening::Published(_)) {
                    live.renew(now_ms)?;
                }
                outcomes.push(Ok(index));
                drafts.push(draft);
            }
            self.submit(&mut live, &drafts)?
        };
        self.settle(ticket)?;
        Ok(outcomes)
    }

    fn draft(&self, event: &Happened) -> Result<Draft, PlatformError> {
        let entry = event.what.entry();
        let (activity, recipient) = event.what.keys();
        let class = self.keeping.class(&event.what, event.time_ms).ok_or(PlatformError::Stopped)?;
        Ok(Draft {
            kind: entry.code,
            version: entry.version,
            time: event.time_ms,
            subject: event.subject,
            activity: activity.map(str::to_owned),
            recipient: recipient.map(str::to_owned),
            class,
            payload: event.what.payload()?,
        })
    }

    /// Submits what was taken into the books; with the index that its last event must get.
    fn submit(&self, live: &mut Live, drafts: &[Draft]) -> Result<Option<(Ticket, u64)>, PlatformError> {
        if drafts.is_empty() {
            return Ok(None);
        }
        let end = live.books.next_index();
        let ticket = self.journal.submit(drafts);
        live.stopped |= ticket.is_err();
        Ok(Some((ticket?, end)))
    }

    /// Waits until it is durable, in the place that the books gave it.
    fn settle(&self, ticket: Option<(Ticket, u64)>) -> Result<(), PlatformError> {
        let Some((ticket, end)) = ticket else { return Ok(()) };
        match ticket.wait() {
            Ok(range) if range.end == end => Ok(()),
            Ok(_) => {
                self.live().stopped = true;
                Err(PlatformError::Stopped)
            }
            Err(failed) => {
                self.live().stopped = true;
                Err(failed.into())
            }
        }
    }

    /// Takes a new version of the register into use, at once for all.
    ///
    /// # Errors
    /// When it does not fit; then the old one stays.
    pub fn adopt(&self, register: Register, version: u64, now_ms: i64) -> Result<(), PlatformError> {
        let (catalog, as_of) =
            (self.look(|_, ground| Arc::clone(&ground.catalog)), day_of(now_ms) * DAY_MS / 1000);
        let ground = Ground::new(catalog, register, version, as_of)?;
        self.keeping.check(&ground)?;
        let mut live = self.live();
        (live.ground, live.day) = (ground, day_of(now_ms));
        Ok(live.renew(now_ms)?)
    }

    /// Keeps the books for a quick start.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn snapshot(&self) -> Result<(), PlatformError> {
        let (watermark, bytes) = {
            let live = self.live();
            if live.stopped {
                return Err(PlatformError::Stopped);
            }
            (live.books.next_index(), live.books.to_snapshot().map_err(|_| PlatformError::Stopped)?)
        };
        let since = Instant::now();
        while self.journal.size() < watermark {
            if since.elapsed() > DURABLE {
                return Err(PlatformError::Stopped);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        let (name, version) = SNAPSHOT;
        Ok(self.journal.snapshot_write(name, watermark, version, &bytes)?)
    }

    /// The facts that follow from the log.
    #[must_use]
    pub fn facts(&self, now_ms: i64) -> Vec<Observation> {
        self.look(|books, ground| self.facts.observe(books, ground, now_ms))
    }

    /// The register's files with what follows from the log beside what stands there.
    ///
    /// # Errors
    /// When a value does not fit the dictionary.
    pub fn laid_over(
        &self,
        files: &[(String, String)],
        now_ms: i64,
    ) -> Result<Vec<(String, String)>, PlatformError> {
        let facts = self.facts(now_ms);
        let over = self.look(|books, ground| {
            let (catalog, register) = (&*ground.catalog, &ground.register);
            laid_over(files, (catalog, register), (books, &facts), (&self.origin, now_ms))
        });
        Ok(over?)
    }
}

/// The books of a journal, from its snapshot, if there is one that fits, and the log after it; and why a
/// snapshot was not used.
///
/// # Errors
/// When the log holds what this program does not know, or the journal fails.
pub fn books_of(journal: &Journal) -> Result<(Books, Option<String>), PlatformError> {
    let (mut books, ignored) = kept(journal)?;
    for reading in journal.events(books.next_index()) {
        let reading = reading?;
        let (index, event) = (index_of(&reading), happened(&reading)?);
        match event {
            Some(event) => books.apply(index, &event)?,
            None => books.pass(index)?,
        };
    }
    Ok((books, ignored))
}

/// The books of the snapshot, or empty ones, and why a snapshot was not used.
fn kept(journal: &Journal) -> Result<(Books, Option<String>), PlatformError> {
    let (name, version) = SNAPSHOT;
    Ok(match journal.snapshot_read(name, version)? {
        Snapshot::Found { watermark, bytes } => match Books::from_snapshot(&bytes) {
            Ok(books) if books.next_index() == watermark => (books, None),
            _ => (Books::new(), Some("its bytes are no books of this watermark".to_owned())),
        },
        Snapshot::None => (Books::new(), None),
        Snapshot::Ignored { why } => (Books::new(), Some(why)),
    })
}

pub(crate) fn index_of(reading: &Reading) -> u64 {
    match reading {
        Reading::Opened(opened) => opened.index,
        Reading::Erased { index, .. } | Reading::Expired { index, .. } => *index,
    }
}
