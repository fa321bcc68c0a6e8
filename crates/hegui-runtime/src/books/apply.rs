//! An event is taken into the books.
//!
//! Nothing is refused here: what stands in the log happened. An event that [`crate::check`] would refuse
//! changes what it can and nothing else.

use super::parts::{Answered, Edition, Incident, LoggingState, Pending, Request, Task};
use super::{Books, Person, subject};
use crate::effect::changes;
use crate::happening::{Happened, Happening, Told};
use hegui_decide::directory::Full;
use hegui_decide::event::{Applied, Beyond, Form};
use hegui_decide::question::Subject;

/// Why an event is not taken in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unapplied {
    /// Its index is too high.
    #[error(transparent)]
    Beyond(#[from] Beyond),
    /// It names one type of data too many.
    #[error(transparent)]
    Types(#[from] Full),
}

impl Books {
    /// Takes in an event of the log. Events come in the log's order; one that was taken in before changes
    /// nothing.
    ///
    /// # Errors
    /// When the index, or the number of types of data, is beyond what the state can hold; then nothing
    /// is changed.
    pub fn apply(&mut self, index: u64, event: &Happened) -> Result<Applied, Unapplied> {
        if index < self.next_index() {
            return Ok(Applied::Before);
        }
        let changes = changes(self, event)?;
        self.state.apply_all(index, &changes)?;
        let at = (index, event.time_ms);
        if let Some(id) = event.subject {
            self.of_person(at, subject(id), &event.what);
        }
        self.of_all(at, event);
        Ok(Applied::Now)
    }

    /// Passes over an event of the log that cannot be read any more, or that changes nothing here.
    ///
    /// # Errors
    /// When its index is too high.
    pub fn pass(&mut self, index: u64) -> Result<Applied, Unapplied> {
        Ok(self.state.apply_all(index, &[])?)
    }

    /// What is known of the person.
    fn of_person(&mut self, (index, time_ms): (u64, i64), subject: Subject, what: &Happening) {
        match what {
            Happening::Shown(what) => {
                let text = self.directory.thing(&what.text);
                self.person(subject).shown.insert((text, what.version));
            }
            Happening::ConsentAsked(what) => {
                let place = self.directory.thing(&what.place);
                let refused = self.persons.get(&subject).and_then(|person| person.refused_ms.get(&place));
                let waited = refused.map(|refused| (time_ms.saturating_sub(*refused).max(0), index));
                let at = self.places.entry(what.place.clone()).or_default();
                at.items.insert(what.item.clone());
                at.asked.mark(index, time_ms);
                at.least_reask = at.least_reask.into_iter().chain(waited).min();
            }
            Happening::Refused(what) => {
                let place = self.directory.thing(&what.place);
                self.person(subject).refused_ms.insert(place, time_ms);
                self.places.entry(what.place.clone()).or_default().refused.mark(index, time_ms);
            }
            Happening::Consented(what) => {
                let at = self.places.entry(what.place.clone()).or_default();
                at.items.insert(what.item.clone());
                if what.form == Form::TickedBeforehand {
                    at.ticked.mark(index, time_ms);
                    return;
                }
                at.forms.entry(form(what.form).to_owned()).or_default().mark(index, time_ms);
                if what.separate { &mut at.separate } else { &mut at.bundled }.mark(index, time_ms);
                if what.by_guardian { &mut at.guardian } else { &mut at.own }.mark(index, time_ms);
                let child = self.persons.get(&subject).is_some_and(|person| person.under_14 == Some(true));
                if child && !what.by_guardian {
                    at.child_alone.mark(index, time_ms);
                }
                let (item, place) = (self.directory.thing(&what.item), self.directory.thing(&what.place));
                let person = self.person(subject);
                person.consented.insert(item);
                person.refused_ms.remove(&place);
            }
            Happening::Withdrew(what) => {
                self.withdrawn(index, (subject, &what.item, what.mechanism.as_ref(), time_ms));
            }
            Happening::OptedOut(what) if what.out => {
                self.withdrawn(index, (subject, &what.item, what.mechanism.as_ref(), time_ms));
            }
            Happening::AgeEstablished(what) => self.person(subject).under_14 = Some(what.under_14),
            Happening::Erased(_) => {
                let before = self.persons.insert(subject, Person { erased: true, ..Person::default() });
                for (activity, (until_ms, _)) in before.into_iter().flat_map(|person| person.retained_ms) {
                    self.retained.remove(&(until_ms, subject, activity));
                }
            }
            Happening::Readmitted(_) => self.person(subject).erased = false,
            Happening::RetentionSet(what) => {
                self.retain(subject, &what.activity, what.until_ms.map(|until_ms| (until_ms, index)));
            }
            Happening::DeletionTasked(what) => self.retain(subject, &what.activity, None),
            Happening::Processed(what) if what.success => {
                let consented = self.persons.get(&subject).map(|person| &person.consented);
                for place in self.places.values_mut().filter(|place| place.items.contains(&what.activity)) {
                    let item = self.directory.find(&what.activity);
                    if !item.is_some_and(|item| consented.is_some_and(|items| items.contains(&item))) {
                        place.early.mark(index, time_ms);
                    }
                }
            }
            _ => {}
        }
    }

    fn withdrawn(
        &mut self,
        index: u64,
        (subject, item, mechanism, time_ms): (Subject, &str, Option<&String>, i64),
    ) {
        if let Some(mechanism) = mechanism {
            self.mechanisms.entry(mechanism.clone()).or_default().used.mark(index, time_ms);
        }
        let places = self.places.iter().filter(|(_, place)| place.items.contains(item));
        let places: Vec<_> = places.map(|(name, _)| name.clone()).collect();
        for place in places {
            let place = self.directory.thing(&place);
            self.person(subject).refused_ms.insert(place, time_ms);
        }
        let (item, mechanism) = (item.to_owned(), mechanism.cloned());
        self.pending.insert(index, Pending { subject, item, mechanism, time_ms });
    }

    /// What does not depend on whom it is about.
    fn of_all(&mut self, (index, time_ms): (u64, i64), event: &Happened) {
        match &event.what {
            Happening::Published(what) => {
                let edition = Edition {
                    index,
                    published_ms: time_ms,
                    effective_ms: what.effective_ms,
                    about: what.about.clone(),
                    material: what.material,
                    consent_anew: what.consent_anew,
                    shown: Default::default(),
                };
                let text = self.texts.entry(what.text.clone()).or_default();
                text.editions.entry(what.version).or_insert(edition);
            }
            Happening::Shown(what) => {
                let text = self.texts.entry(what.text.clone()).or_default();
                text.ways.entry(what.how.clone()).or_default().mark(index, time_ms);
                if let Some(edition) = text.editions.get_mut(&what.version) {
                    edition.shown.mark(index, time_ms);
                }
            }
            Happening::WithdrawalActed(what) => {
                let mechanism = self.pending.remove(&what.withdrawal).and_then(|pending| pending.mechanism);
                if let Some(mechanism) = mechanism.and_then(|name| self.mechanisms.get_mut(&name)) {
                    if what.automatic { &mut mechanism.automatic } else { &mut mechanism.manual }
                        .mark(index, time_ms);
                }
            }
            Happening::RequestReceived(what) => {
                let request = Request {
                    asks: what.asks.clone(),
                    product: what.product.clone(),
                    opt_out: what.opt_out.clone(),
                    identity_verified: what.identity_verified,
                    received: (index, time_ms),
                    answered: None,
                };
                self.requests.entry(what.request.clone()).or_insert(request);
            }
            Happening::RequestAnswered(what) => {
                if let Some(request) = self.requests.get_mut(&what.request) {
                    request.answered.get_or_insert(Answered {
                        at: (index, time_ms),
                        outcome: what.outcome,
                        by_hand: what.by_hand,
                        reasons_given: what.reasons_given,
                        complaint_channel_given: what.complaint_channel_given,
                        third_parties_notified: what.third_parties_notified,
                    });
                }
            }
            Happening::IncidentDetected(what) => {
                let incident = Incident {
                    sort: what.sort.clone(),
                    detected: (index, time_ms),
                    authority: Default::default(),
                    individuals: Default::default(),
                    persons: 0,
                };
                self.incidents.entry(what.incident.clone()).or_insert(incident);
            }
            Happening::IncidentNotified(what) => {
                if let Some(incident) = self.incidents.get_mut(&what.incident) {
                    match what.told {
                        Told::Authority => incident.authority.mark(index, time_ms),
                        Told::Individuals => {
                            incident.individuals.mark(index, time_ms);
                            let one = u64::from(event.subject.is_some());
                            incident.persons = incident.persons.saturating_add(what.persons.unwrap_or(one));
                        }
                    }
                }
            }
            Happening::DeletionTasked(what) => {
                let task = Task {
                    subject: event.subject.map(subject),
                    activity: what.activity.clone(),
                    system: what.system.clone(),
                    termination: what.termination.clone(),
                    due_ms: what.due_ms,
                    proved: None,
                };
                self.tasks.insert(index, task);
            }
            Happening::DeletionProved(what) => {
                if let Some(task) = self.tasks.get_mut(&what.task) {
                    task.proved.get_or_insert((what.operation.clone(), index, time_ms));
                }
            }
            Happening::LegalHold(what) if what.held => {
                self.holds.insert(what.activity.clone(), what.basis.clone());
            }
            Happening::LegalHold(what) => {
                self.holds.remove(&what.activity);
            }
            Happening::LoggingSwitched(what) => {
                let state = LoggingState { power: what.to, since: (index, time_ms) };
                self.logging.insert(what.system.clone(), state);
            }
            Happening::Covered(what) if what.whole => {
                self.covered.entry(what.group).or_insert(time_ms);
            }
            Happening::Covered(what) => {
                self.covered.remove(&what.group);
            }
            _ => {}
        }
    }

    /// Sets the end of retention anew, or takes it away.
    fn retain(&mut self, subject: Subject, activity: &str, until: Option<(i64, u64)>) {
        let activity = self.directory.thing(activity);
        let ends = &mut self.person(subject).retained_ms;
        let before = match until {
            Some(until) => ends.insert(activity, until),
            None => ends.remove(&activity),
        };
        if let Some((before, _)) = before {
            self.retained.remove(&(before, subject, activity));
        }
        self.retained.extend(until.map(|(until_ms, _)| (until_ms, subject, activity)));
    }

    fn person(&mut self, subject: Subject) -> &mut Person {
        self.persons.entry(subject).or_default()
    }
}

/// The code that `consent.form` has for a form; a tick that was there is none.
fn form(form: Form) -> &'static str {
    match form {
        Form::Written => "written",
        Form::Declaration => "declaration",
        Form::AffirmativeAct => "affirmative_act",
        Form::Implied => "implied",
        Form::TickedBeforehand => "ticked_beforehand",
    }
}
