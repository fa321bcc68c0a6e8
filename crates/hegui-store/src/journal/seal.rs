//! From a draft to what stands in the log, in the caller's thread; and back.

use super::JournalError;
use super::draft::Draft;
use super::random::Random;
use super::record::{Record, Under, encode, keys};
use super::ring::Ring;
use super::tenant::Tenant;
use crate::keys::{Id, Keys};
use hegui_ledger::event::{Class, Event, Id as Name, Opening, Payload, SubjectId};
use hegui_ledger::seal::{DataKey, Part};
use zeroize::Zeroizing;

/// The class under which the ledger's own key seals.
pub(crate) const SERVICE: Class = Class::Service;
/// Random bytes of an event: salt, and a nonce for each part.
pub(crate) const RANDOM: usize = 32 + 12 + 12;

/// An opened record.
pub(crate) struct Plain {
    pub(crate) opening: Opening,
    pub(crate) payload: Zeroizing<Vec<u8>>,
}

fn name(text: Option<&str>) -> Result<Option<Name>, JournalError> {
    let of = |text| {
        Name::new(text).ok_or(JournalError::Draft(
            "an activity or recipient has 1 to 255 bytes and no control characters",
        ))
    };
    text.map(of).transpose()
}

/// Seals a draft under the key of its subject, or the ledger's own.
pub(crate) fn seal(
    draft: &Draft,
    tenant: &Tenant,
    ring: &Ring,
    since: u64,
    random: &mut Random,
) -> Result<(Vec<u8>, Keys), JournalError> {
    match draft.subject {
        None => sealed(draft, tenant, (Under::Own, &tenant.own, &tenant.itself, &SERVICE), None, random),
        Some(subject) => {
            let live = ring.key_for(subject, &draft.class, since)?;
            let under = (Under::Subject, &live.key, &live.subject, &live.class);
            sealed(draft, tenant, under, Some(live.id), random)
        }
    }
}

/// Seals a draft under a key; `found_by` stands in the place of its subject.
pub(crate) fn sealed(
    draft: &Draft,
    tenant: &Tenant,
    (under, key, whose, class): (Under, &DataKey, &SubjectId, &Class),
    found_by: Option<Id>,
    random: &mut Random,
) -> Result<(Vec<u8>, Keys), JournalError> {
    let failed = |_| JournalError::Draft("it is too long to be sealed");
    let payload = match draft.payload.as_slice() {
        [] => vec![],
        plain => key.seal(Part::Payload, whose, class, plain, random.take()?).map_err(failed)?,
    };
    let reference = if payload.is_empty() { None } else { Payload::of(draft.class.clone(), &payload) };
    let event = Event {
        kind: draft.kind,
        version: draft.version,
        time: draft.time,
        tenant: tenant.origin.clone(),
        subject: draft.subject,
        activity: name(draft.activity.as_deref())?,
        recipient: name(draft.recipient.as_deref())?,
        payload: reference,
    };
    let opening = Opening { salt: random.take()?, event };
    // Encoded once: what is committed to is what is sealed.
    let plain = Zeroizing::new(opening.encode());
    let event = plain.get(opening.salt.len()..).unwrap_or_default();
    let entry = hegui_ledger::event::entry(&opening.salt, event);
    let opened = key.seal(Part::Opening, whose, class, &plain, random.take()?).map_err(failed)?;
    let keys = keys(found_by, draft.activity.as_deref(), draft.recipient.as_deref(), draft.time);
    Ok((encode(under, &entry, &opened, &payload), keys))
}

/// Opens a record under a key, and sees that it is what was committed to.
pub(crate) fn open(
    record: &Record<'_>,
    key: &DataKey,
    whose: &SubjectId,
    class: &Class,
    at: u64,
) -> Result<Plain, JournalError> {
    let wrong = |why: &str| JournalError::Event { at, why: why.to_owned() };
    let of = |part, sealed| key.open(part, whose, class, sealed).map_err(|error| wrong(&error.to_string()));
    let opening = of(Part::Opening, record.opening)?;
    let opening = Opening::decode(&opening).map_err(|error| wrong(&error.to_string()))?;
    if opening.entry() != *record.entry {
        return Err(wrong("it is not what stands in the tree"));
    }
    let payload = match &opening.event.payload {
        None if record.payload.is_empty() => Zeroizing::default(),
        Some(payload) if payload.is_of(record.payload) => of(Part::Payload, record.payload)?,
        _ => return Err(wrong("its payload is another than the one that it names")),
    };
    Ok(Plain { opening, payload })
}
