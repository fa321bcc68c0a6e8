//! Rules: what is left of register and catalog once everything is settled that can be settled beforehand.
//!
//! For each item of the register (an activity at a stage, a provision to a recipient …) there is a plan:
//! the conditions already settled, as sets of bits, and those that wait for the person's state, each a
//! test of sixteen bits. [`Rules::decide`] finds the plan, finds the person's record, and tests.

use crate::answer::{Answer, Each, Unregistered, Verdict, Whose};
use crate::conditions::{Conditions, Set};
use crate::directory::{Thing, Types};
use crate::needs::Needs;
use crate::question::{Question, Stage};
use crate::record::{Record, Since, second};
use crate::state::{Found, Probably, State};
use hegui_logic::universe::FactKey;
use std::hint::black_box;

/// Most questions whose records are read together.
const TOGETHER: usize = 32;

/// Rules of one version of the register.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The version of the register.
    pub register: u64,
    /// The table that the answers' conditions are places in.
    pub conditions: Conditions,
    pub(crate) plans: Vec<Plan>,
    pub(crate) checks: Vec<Check>,
    pub(crate) duties: Vec<Duty>,
    pub(crate) routes: Vec<Route>,
    /// Where the routes of an activity stand, by its number.
    pub(crate) activities: Vec<Span>,
}

/// Something that a question can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Offer {
    /// What is done.
    pub stage: Stage,
    /// In which activity.
    pub activity: Thing,
    /// The thing whose records the answer looks at besides the activity's; the activity itself where
    /// there is no other.
    pub item: Thing,
    /// For which purpose; [`Thing::NONE`] is the activity's own.
    pub purpose: Thing,
    /// Who receives it.
    pub recipient: Thing,
    /// The types of data that the register lists for it.
    pub types: Types,
}

/// What stands before anything is known of the person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Before {
    /// The conditions of the register alone that hold.
    pub held: Set,
    /// Those that do not.
    pub failed: Set,
    /// Those of which the register does not tell.
    pub open: Set,
    /// The conditions that wait for the person's state, by the record that they look at.
    pub waiting: Each<Set>,
    /// Those that perhaps apply, and if so wait for it.
    pub perhaps: Each<Set>,
    /// The things whose records they look at; [`Thing::NONE`] where the item is part of no other.
    pub records: Each<Thing>,
    /// The versions that suffice for each.
    pub since: Each<Since>,
}

/// A piece of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub from: u32,
    pub to: u32,
}

impl Span {
    #[inline]
    fn of<T>(self, list: &[T]) -> &[T] {
        list.get(self.from as usize..self.to as usize).unwrap_or_default()
    }
}

/// What leads from a question to a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub stage: Stage,
    pub purpose: Thing,
    pub recipient: Thing,
    pub types: Types,
    pub plan: u32,
}

/// What is settled of an item, and where to look for the rest.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// The things whose records are looked at; [`Thing::NONE`] where the item is part of no other.
    pub records: Each<Thing>,
    pub since: Each<Since>,
    /// [`Thing::NONE`] where it is not known.
    pub product: Thing,
    pub held: Set,
    pub failed: Set,
    pub open: Set,
    /// What waits for certain, whatever the types: these conditions …
    pub waiting: Set,
    /// … need this of the records …
    pub needs: Each<Needs>,
    /// … and these of them need it, by the need's bit.
    pub needing: Each<[Set; 16]>,
    /// The others.
    pub checks: Span,
    pub duties: Span,
    /// What must be known for open conditions to be settled, by their places.
    pub missing: Vec<(u8, Vec<FactKey>)>,
}

/// A condition that waits for the person's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Check {
    pub place: u8,
    pub whose: Whose,
    pub needs: Needs,
    /// It applies where one of these types is asked for …
    pub yes: Types,
    /// … and perhaps where one of these is.
    pub maybe: Types,
}

/// An obligation of a permit for these types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Duty {
    pub place: u8,
    pub masks: bool,
    pub types: Types,
}

/// What the conditions came to while they are gone through.
struct Tally {
    held: Set,
    failed: Set,
    open: Set,
    /// What was looked at in the records, and what they lack.
    looked: Each<Needs>,
    lacking: Each<Needs>,
}

impl Rules {
    /// All that the register holds and a question can be about, in its order.
    pub fn offers(&self) -> impl Iterator<Item = Offer> {
        self.routes.iter().filter_map(|route| {
            let plan = self.plans.get(route.plan as usize)?;
            let Route { stage, purpose, recipient, types, .. } = *route;
            let Each { item, activity, .. } = plan.records;
            Some(Offer { stage, activity, item, purpose, recipient, types })
        })
    }

    /// What stands before anything is known of the person: which conditions are settled, and which wait.
    ///
    /// # Errors
    /// What the register does not hold of what is asked.
    pub fn before(&self, question: &Question) -> Result<Before, Unregistered> {
        let (_, plan) = self.plan(question)?;
        let Plan { held, failed, open, records, since, .. } = *plan;
        let waiting = plan.needing.map(|needing| needing.into_iter().fold(Set::NONE, Set::with));
        let mut before = Before { held, failed, open, waiting, perhaps: Each::default(), records, since };
        for check in plan.checks.of(&self.checks) {
            if question.types.meets(check.yes) {
                before.waiting.of_mut(check.whose).insert(check.place);
            } else if question.types.meets(check.maybe) {
                before.perhaps.of_mut(check.whose).insert(check.place);
            }
        }
        Ok(before)
    }

    /// Decides.
    #[must_use]
    #[inline]
    pub fn decide(&self, state: &State, question: &Question) -> Answer {
        match self.plan(question) {
            Ok((number, plan)) => {
                let probably = state.probably(question.subject, plan.records);
                self.answer(state, question, (number, plan), probably)
            }
            Err(unregistered) => self.unregistered(state, unregistered),
        }
    }

    /// Decides many, and adds the answers in the order of the questions. It reads the records of several
    /// persons before it decides: no read waits for another, so the processor waits for all at once.
    pub fn decide_all(&self, state: &State, questions: &[Question], answers: &mut Vec<Answer>) {
        answers.reserve(questions.len());
        for group in questions.chunks(TOGETHER) {
            let mut ready = [const { None }; TOGETHER];
            for (ready, question) in ready.iter_mut().zip(group) {
                let plan = self.plan(question);
                *ready = Some(plan.map(|plan| (plan, state.near(question.subject))));
            }
            let starts = ready.iter().flatten().flatten().map(|(_, start)| state.tag_at(*start));
            black_box(starts.fold(0, |sum, tag| sum ^ tag));
            let mut probable = [Probably::default(); TOGETHER];
            for (ready, probably) in ready.iter().zip(&mut probable) {
                if let Some(Ok(((_, plan), start))) = ready {
                    *probably = state.walk(*start, plan.records);
                }
            }
            // In a loop of its own: with the walks between them few reads would be under way at once.
            black_box(probable.iter().fold(0, |sum, probably| sum ^ state.read(probably)));
            answers.extend(ready.into_iter().zip(probable).zip(group).filter_map(
                |((ready, probably), question)| {
                    Some(match ready? {
                        Ok((plan, _)) => self.answer(state, question, plan, probably),
                        Err(unregistered) => self.unregistered(state, unregistered),
                    })
                },
            ));
        }
    }

    #[inline]
    fn plan(&self, question: &Question) -> Result<(u32, &Plan), Unregistered> {
        if question.types.is_empty() {
            return Err(Unregistered::NoTypes);
        }
        let span = self.activities.get(question.activity.0 as usize).copied().unwrap_or_default();
        let routes = span.of(&self.routes);
        if routes.is_empty() {
            return Err(Unregistered::Activity);
        }
        let mut near: Option<&Route> = None;
        for route in routes.iter().filter(|route| route.leads(question)) {
            if question.types.without(route.types).is_empty() {
                near = Some(route);
                break;
            }
            near = near.or(Some(route));
        }
        let route = near.ok_or(Unregistered::Item)?;
        let plan = self.plans.get(route.plan as usize).ok_or(Unregistered::Item)?;
        if question.product != Thing::NONE && question.product != plan.product {
            return Err(Unregistered::Product);
        }
        match question.types.without(route.types) {
            Types::NONE => Ok((route.plan, plan)),
            others => Err(Unregistered::Types(others)),
        }
    }

    #[inline]
    fn answer(
        &self,
        state: &State,
        question: &Question,
        (number, plan): (u32, &Plan),
        probably: Probably,
    ) -> Answer {
        let Found { records, person } = state.found(question.subject, plan.records, probably);
        // A person of whom something is known has it in each record; another item's will do.
        let person = person.unwrap_or(&Record::EMPTY);
        let records = records.map(|record| record.unwrap_or(&Record::EMPTY));
        let shown = records
            .zip(plan.since)
            .map(|(record, since)| record.shows(person, question.types, since, question.time_ms));
        let Tally { held, failed, open, looked, lacking } = self.tally(plan, question.types, shown);
        let verdict = if failed.meets(self.conditions.deny) {
            Verdict::Deny
        } else if failed.with(open).is_empty() {
            Verdict::Permit
        } else {
            Verdict::NoBasis
        };
        let relied = records.zip(looked).map(|(record, looked)| record.relied(person, looked));
        let mut answer =
            Answer { verdict, held, failed, open, lacking, relied, plan: number, ..self.blank(state) };
        if verdict == Verdict::Permit {
            self.oblige(&mut answer, plan, question.types);
            let ends = records.zip(looked).map(|(record, looked)| record.ends(looked)).all();
            answer.until = ends.into_iter().min().and_then(second);
        }
        answer
    }

    #[inline]
    fn tally(&self, plan: &Plan, types: Types, shown: Each<Needs>) -> Tally {
        let Plan { held, failed, open, waiting, needs, .. } = *plan;
        let lacking = needs.zip(shown).map(|(needs, shown)| needs.without(shown));
        let mut tally = Tally { held: held.with(waiting), failed, open, looked: needs, lacking };
        let mut unmet = |needing: &[Set; 16], Needs(mut rest): Needs| {
            while rest != 0 {
                let needing = needing.get(rest.trailing_zeros() as usize).copied();
                tally.failed = tally.failed.with(needing.unwrap_or_default());
                rest &= rest - 1;
            }
        };
        unmet(&plan.needing.item, lacking.item);
        unmet(&plan.needing.activity, lacking.activity);
        unmet(&plan.needing.whole, lacking.whole);
        for check in plan.checks.of(&self.checks) {
            let applies = types.meets(check.yes);
            if !applies && !types.meets(check.maybe) {
                continue;
            }
            let lacks = check.needs.without(shown.of(check.whose));
            if applies || !lacks.is_empty() {
                let set = match (applies, lacks.is_empty()) {
                    (_, true) => &mut tally.held,
                    (true, false) => &mut tally.failed,
                    (false, false) => &mut tally.open,
                };
                set.insert(check.place);
                let (looked, lacking) = (tally.looked.of_mut(check.whose), tally.lacking.of_mut(check.whose));
                (*looked, *lacking) = (looked.with(check.needs), lacking.with(lacks));
            }
        }
        // What concerns several things is as it is with the worst of them.
        tally.open = tally.open.without(tally.failed);
        tally.held = tally.held.without(tally.failed).without(tally.open);
        tally
    }

    fn oblige(&self, answer: &mut Answer, plan: &Plan, types: Types) {
        for duty in plan.duties.of(&self.duties) {
            let bound = types.shared(duty.types);
            if !bound.is_empty() {
                answer.obligations.insert(duty.place);
                if duty.masks {
                    answer.masked = answer.masked.with(bound);
                }
            }
        }
    }

    #[cold]
    fn unregistered(&self, state: &State, unregistered: Unregistered) -> Answer {
        Answer { unregistered: Some(unregistered), ..self.blank(state) }
    }

    #[inline]
    fn blank(&self, state: &State) -> Answer {
        Answer {
            verdict: Verdict::NoBasis,
            unregistered: None,
            held: Set::NONE,
            failed: Set::NONE,
            open: Set::NONE,
            lacking: Each::default(),
            relied: Each::default(),
            obligations: Set::NONE,
            masked: Types::NONE,
            until: None,
            register: self.register,
            log_index: state.next_index(),
            plan: u32::MAX,
        }
    }
}

impl Plan {
    /// Whether a condition looks at this record.
    pub fn looks(&self, checks: &[Check], place: u8, whose: Whose) -> bool {
        let waits = self.needing.of(whose).iter().any(|needing| needing.has(place));
        waits || self.checks.of(checks).iter().any(|check| check.place == place && check.whose == whose)
    }
}

impl Route {
    #[inline]
    fn leads(&self, question: &Question) -> bool {
        self.stage == question.stage
            && self.purpose == question.purpose
            && self.recipient == question.recipient
    }
}
