//! What is known of persons, the obvious way: maps, filled from the first event on.

use hegui_decide::directory::Thing;
use hegui_decide::event::{Change, Consent, Event, Form, Second};
use hegui_decide::question::Subject;
use std::collections::{BTreeMap, HashMap};

#[derive(Clone, Default)]
pub struct Item {
    pub notice: Option<(u16, u64)>,
    pub consent: Option<(Consent, u64)>,
    pub withdrawn: bool,
    pub opted_out: bool,
    pub objects: bool,
    pub retained: Option<Second>,
    pub barrier: Option<u64>,
}

#[derive(Clone, Default)]
pub struct Person {
    pub restricted: bool,
    pub erased: bool,
    pub under_14: Option<bool>,
    pub last: Option<u64>,
    pub items: BTreeMap<Thing, Item>,
}

/// The person's state after these events.
pub fn replay(events: &[(u64, Event)], subject: Subject) -> Person {
    let mut persons: HashMap<Subject, Person> = HashMap::new();
    for (index, Event { subject, change }) in events {
        let person = persons.entry(*subject).or_default();
        let index = *index;
        match *change {
            Change::Notified { item, version } => {
                person.items.entry(item).or_default().notice = Some((version, index));
            }
            Change::Consented { item, consent } => {
                let item = person.items.entry(item).or_default();
                if consent.form != Form::TickedBeforehand {
                    item.consent = Some((consent, index));
                    item.withdrawn = false;
                }
            }
            Change::Withdrew { item } => {
                let item = person.items.entry(item).or_default();
                (item.withdrawn, item.barrier) = (true, Some(index));
            }
            Change::OptedOut { item, out } => {
                let item = person.items.entry(item).or_default();
                (item.opted_out, item.barrier) = (out, Some(index));
            }
            Change::Objected { item, objects } => {
                let item = person.items.entry(item).or_default();
                (item.objects, item.barrier) = (objects, Some(index));
            }
            Change::Retained { item, until } => {
                let item = person.items.entry(item).or_default();
                (item.retained, item.barrier) = (until, Some(index));
            }
            Change::Restricted { restricted } => {
                (person.restricted, person.last) = (restricted, Some(index));
            }
            Change::Aged { under_14 } => (person.under_14, person.last) = (Some(under_14), Some(index)),
            Change::Erased => *person = Person { erased: true, last: Some(index), ..Person::default() },
            Change::Readmitted => (person.erased, person.last) = (false, Some(index)),
        }
    }
    persons.remove(&subject).unwrap_or_default()
}
