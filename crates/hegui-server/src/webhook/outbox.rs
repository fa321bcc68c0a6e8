//! The outbox: messages by receiver and by the time that they are due, each until it is delivered or
//! given up.

use crate::config::Webhooks;
use crate::keeper::{Change, DEAD, Keeper, KeeperError, MARKS, OUTBOX, RECEIVERS};
use crate::problem::Problem;
use crate::tenant::Tenant;
use hegui_runtime::happening::KINDS;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The mark of how far the log was read.
const READ: &str = "outbox";
const LONGEST_WAIT_SECONDS: i64 = 24 * 60 * 60;

/// Who is told, as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Receiver {
    /// Where to.
    pub url: String,
    /// Of which kinds of events; none named: of all.
    pub kinds: Vec<String>,
    /// What messages are signed with.
    pub secret: String,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Message {
    /// Its id, the same at each attempt.
    pub id: String,
    /// To whom.
    pub receiver: String,
    /// What it says.
    pub body: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Why the last attempt failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// An event of the log, as far as messages speak of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Its index.
    pub index: u64,
    /// Its kind.
    pub kind: String,
    /// When, in milliseconds since 1970.
    pub time_ms: i64,
}

/// How far the log was read: the index of the next event.
///
/// # Errors
/// Where the file fails.
pub fn mark(keeper: &Keeper) -> Result<u64, KeeperError> {
    Ok(keeper.get(MARKS, READ)?.unwrap_or(0))
}

/// Most events that are put at once.
const AT_ONCE: usize = 1000;

/// Puts messages about what the log has come to hold since it was last read.
///
/// # Errors
/// Where the file or the log fails.
pub fn feed(tenant: &Tenant, now: i64) -> Result<(), Problem> {
    let (keeper, journal) = (&tenant.keeper, tenant.platform.journal());
    let (mut next, size) = (mark(keeper)?, journal.size());
    if next < size && keeper.count(RECEIVERS)? == 0 {
        return Ok(fill(keeper, &[], size, now)?);
    }
    while next < size {
        let mut told = vec![];
        for reading in journal.events(next).take(AT_ONCE) {
            next += 1;
            // Of what was erased meanwhile nobody is told any more.
            let Some(opened) = reading?.opened() else { continue };
            let event = opened.event();
            let kind =
                KINDS.iter().find(|entry| entry.code == event.kind).map_or("ledger", |entry| entry.name);
            told.push(Told { index: opened.index, kind: kind.to_owned(), time_ms: event.time });
        }
        fill(keeper, &told, next, now)?;
    }
    Ok(())
}

/// Puts messages about events, and the mark behind them, at once.
///
/// # Errors
/// Where the file fails: then nothing was put.
pub fn fill(keeper: &Keeper, events: &[Told], next: u64, now: i64) -> Result<(), KeeperError> {
    let receivers = keeper.page::<Receiver>(RECEIVERS, None, usize::MAX)?.items;
    keeper.change(|change| {
        if change.get::<u64>(MARKS, READ)?.unwrap_or(0) >= next {
            return Ok(());
        }
        for event in events {
            let wants = |kinds: &[String]| kinds.is_empty() || kinds.contains(&event.kind);
            for (receiver, _) in receivers.iter().filter(|(_, receiver)| wants(&receiver.kinds)) {
                let message = Message {
                    id: format!("{}-{receiver}", event.index),
                    receiver: receiver.clone(),
                    body: body(event),
                    attempts: 0,
                    failure: None,
                };
                put(change, &message, now)?;
            }
        }
        change.put(MARKS, READ, &next)
    })
}

fn body(event: &Told) -> String {
    let time = jiff::Timestamp::from_millisecond(event.time_ms).unwrap_or_default();
    serde_json::json!({
        "type": event.kind,
        "timestamp": time.to_string(),
        "data": { "index": event.index },
    })
    .to_string()
}

/// Puts a message for a time, in seconds since 1970.
fn put(change: &Change<'_>, message: &Message, due: i64) -> Result<(), KeeperError> {
    change.put(OUTBOX, &format!("{} {due:020} {}", message.receiver, message.id), message)
}

/// Messages to a receiver that are due at `now`, with their keys, the earliest first.
///
/// # Errors
/// Where the file fails.
pub fn due(
    keeper: &Keeper,
    receiver: &str,
    now: i64,
    limit: usize,
) -> Result<Vec<(String, Message)>, KeeperError> {
    let (begin, end) = (format!("{receiver} "), format!("{receiver} {now:020}~"));
    let mut items = keeper.page::<Message>(OUTBOX, Some(&begin), limit)?.items;
    items.retain(|(key, _)| *key < end);
    Ok(items)
}

/// What came of an attempt.
pub enum Attempt {
    /// The receiver has it.
    Delivered,
    /// It has not, and why.
    Failed(String),
}

/// Notes what came of an attempt: the message goes, waits longer, or lies with the dead letters, where
/// `true` is returned.
///
/// # Errors
/// Where the file fails.
pub fn settle(
    keeper: &Keeper,
    rules: &Webhooks,
    (key, message): (&str, &Message),
    attempt: Attempt,
    now: i64,
) -> Result<bool, KeeperError> {
    keeper.change(|change| {
        // It may have gone with its receiver.
        if !change.remove(OUTBOX, key)? {
            return Ok(false);
        }
        let Attempt::Failed(why) = attempt else { return Ok(false) };
        let attempts = message.attempts.saturating_add(1);
        let message = Message { attempts, failure: Some(why), ..message.clone() };
        if attempts >= rules.attempts {
            change.put(DEAD, &message.id, &message)?;
            return Ok(true);
        }
        let wait = rules.first_retry_seconds.saturating_mul(4i64.saturating_pow(attempts - 1));
        put(change, &message, now.saturating_add(wait.clamp(1, LONGEST_WAIT_SECONDS)))?;
        Ok(false)
    })
}

/// Takes a dead letter up again, due at `now`; whether there was one.
///
/// # Errors
/// Where the file fails.
pub fn revive(keeper: &Keeper, id: &str, now: i64) -> Result<bool, KeeperError> {
    keeper.change(|change| {
        let Some(message) = change.get::<Message>(DEAD, id)? else { return Ok(false) };
        change.remove(DEAD, id)?;
        put(change, &Message { attempts: 0, ..message }, now)?;
        Ok(true)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keeper(receivers: &[(&str, &[&str])]) -> (tempfile::TempDir, Keeper) {
        let folder = tempfile::tempdir().unwrap();
        let keeper = Keeper::open(&folder.path().join("server.redb")).unwrap();
        keeper
            .change(|change| {
                receivers.iter().try_for_each(|(id, kinds)| {
                    let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
                    change.put(RECEIVERS, id, &Receiver { url: String::new(), kinds, secret: String::new() })
                })
            })
            .map_err(|error: KeeperError| error)
            .unwrap();
        (folder, keeper)
    }

    fn told(index: u64, kind: &str) -> Told {
        Told { index, kind: kind.to_owned(), time_ms: 0 }
    }

    #[test]
    fn a_message_for_each_who_wants_it_once() {
        let (_folder, keeper) = keeper(&[("all", &[]), ("some", &["withdrew"])]);
        let events = [told(0, "consented"), told(1, "withdrew")];
        fill(&keeper, &events, 2, 10).unwrap();
        fill(&keeper, &events, 2, 10).unwrap();
        let ids = |receiver: &str| -> Vec<_> {
            due(&keeper, receiver, 10, 9).unwrap().into_iter().map(|(_, message)| message.id).collect()
        };
        assert_eq!((ids("all"), ids("some")), (vec!["0-all".into(), "1-all".into()], vec!["1-some".into()]));
        assert_eq!(mark(&keeper).unwrap(), 2);
    }

    #[test]
    fn each_attempt_waits_longer_and_the_last_lies_with_the_dead() {
        let (_folder, keeper) = keeper(&[("all", &[])]);
        let rules = Webhooks { timeout_seconds: 1, attempts: 3, first_retry_seconds: 5 };
        fill(&keeper, &[told(0, "withdrew")], 1, 100).unwrap();
        for (now, later, dead) in [(100, 105, false), (105, 125, false), (125, 0, true)] {
            let (key, message) = due(&keeper, "all", now, 1).unwrap().remove(0);
            let failed = Attempt::Failed("no answer".to_owned());
            assert_eq!(settle(&keeper, &rules, (&key, &message), failed, now).unwrap(), dead);
            assert!(due(&keeper, "all", later - 1, 1).unwrap().is_empty());
        }
        assert_eq!(keeper.count(DEAD).unwrap(), 1);
        assert!(revive(&keeper, "0-all", 200).unwrap());
        assert_eq!(due(&keeper, "all", 200, 9).unwrap().len(), 1);
    }
}
