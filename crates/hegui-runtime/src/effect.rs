//! What an event changes of what decisions look at.

use crate::books::{Books, subject};
use crate::happening::{Happened, Happening};
use hegui_decide::directory::{Full, Types};
use hegui_decide::event::{Change, Consent, Event, Second};

/// The changes of the person's state; names that are new get numbers in the directory.
///
/// # Errors
/// When one type of data too many is named.
pub(crate) fn changes(books: &mut Books, event: &Happened) -> Result<Vec<Event>, Full> {
    let Some(subject) = event.subject.map(subject) else { return Ok(vec![]) };
    let mut item = |name: &str| books.directory.thing(name);
    let changes = match &event.what {
        Happening::Shown(what) => {
            let about = books.edition(&what.text, what.version).map(|edition| edition.about.clone());
            let items = about.unwrap_or_default().into_iter();
            items
                .map(|name| Change::Notified { item: books.directory.thing(&name), version: what.version })
                .collect()
        }
        Happening::Consented(what) => {
            let item = item(&what.item);
            let mut types = Types::NONE;
            for code in &what.types {
                types = types.with(books.directory.data_type(code)?);
            }
            let consent = Consent {
                types,
                version: what.version,
                separate: what.separate,
                form: what.form,
                by_guardian: what.by_guardian,
                expires: what.expires_ms.map(second),
            };
            vec![Change::Consented { item, consent }]
        }
        Happening::Withdrew(what) => vec![Change::Withdrew { item: item(&what.item) }],
        Happening::OptedOut(what) => vec![Change::OptedOut { item: item(&what.item), out: what.out }],
        Happening::Objected(what) => {
            vec![Change::Objected { item: item(&what.item), objects: what.objects }]
        }
        Happening::RetentionSet(what) => {
            vec![Change::Retained { item: item(&what.activity), until: what.until_ms.map(second) }]
        }
        Happening::Restricted(what) => vec![Change::Restricted { restricted: what.restricted }],
        Happening::AgeEstablished(what) => vec![Change::Aged { under_14: what.under_14 }],
        Happening::Erased(_) => vec![Change::Erased],
        Happening::Readmitted(_) => vec![Change::Readmitted],
        _ => vec![],
    };
    Ok(changes.into_iter().map(|change| Event { subject, change }).collect())
}

/// A moment in whole seconds: an end is never later than it was said, and beyond the last second that
/// can be named it is that one.
fn second(ms: i64) -> Second {
    Second(u32::try_from(ms.max(0) / 1000).unwrap_or(u32::MAX - 1))
}
