//! Webhooks: systems that hold personal data are told what happened, in the form of Standard Webhooks.
//!
//! A message says that an event of a kind stands at an index of the log, and nothing about the person:
//! who is told fetches the rest with a credential of its own. Messages are put into the outbox from the
//! log itself, together with the mark of how far it was read, so that none is lost and none is put twice
//! whenever the process stops. A receiver may get one twice, under the same `webhook-id`.

pub mod deliver;
pub mod outbox;
pub mod signature;
