//! Rules: what is left of register and catalog once everything is settled that can be settled beforehand.
//!
//! For each item of the register (an activity at a stage, a provision to a recipient …) there is a plan:
//! the conditions already settled, as sets of bits, and those that wait for the person's state, each a
//! test of sixteen bits. [`Rules::decide`] finds the plan, finds the person's record, and tests.

use crate::answer::{Answer, Unregistered, Verdict};
use crate::conditions::{Conditions, Set};
use crate::directory::{Thing, Types};
use crate::needs::Needs;
use crate::question::{Question, Stage};
use crate::record::{Record, Relied, Since, second};
use crate::state::{State, TOGETHER};
use hegui_logic::universe::FactKey;
use std::hint::black_box;

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
    /// The conditions that wait for the person's state.
    pub waiting: Set,
    /// Those that perhaps apply, and if so wait for it.
    pub perhaps: Set,
    /// The thing whose record they look at …
    pub item: Thing,
    /// … besides the activity's.
    pub activity: Thing,
    /// The versions that suffice for the item.
    pub since: Since,
    /// The versions that suffice for the activity.
    pub activity_since: Since,
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
    pub item: Thing,
    pub activity: Thing,
    pub since: Since,
    pub activity_since: Since,
    /// [`Thing::NONE`] where it is not known.
    pub product: Thing,
    pub held: Set,
    pub failed: Set,
    pub open: Set,
    /// What waits for certain, whatever the types: these conditions …
    pub waiting: Set,
    /// … need this of the records of item and activity …
    pub needs: [Needs; 2],
    /// … and these of them need it, by the need's bit.
    pub needing: [[Set; 16]; 2],
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
    pub of_activity: bool,
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
    /// What was looked at in the records of item and activity, and what they lack.
    looked: [Needs; 2],
    lacking: [Needs; 2],
}

impl Rules {
    /// All that the register holds and a question can be about, in its order.
    pub fn offers(&self) -> impl Iterator<Item = Offer> {
        self.routes.iter().filter_map(|route| {
            let plan = self.plans.get(route.plan as usize)?;
            let Route { stage, purpose, recipient, types, .. } = *route;
            let (activity, item) = (plan.activity, plan.item);
            Some(Offer { stage, activity, item, purpose, recipient, types })
        })
    }

    /// What stands before anything is known of the person: which conditions are settled, and which wait.
    ///
    /// # Errors
    /// What the register does not hold of what is asked.
    pub fn before(&self, question: &Question) -> Result<Before, Unregistered> {
        let (_, plan) = self.plan(question)?;
        let Plan { held, failed, open, item, activity, since, activity_since, .. } = *plan;
        let (waiting, perhaps) = (plan.waiting, Set::NONE);
        let mut before =
            Before { held, failed, open, waiting, perhaps, item, activity, since, activity_since };
        for check in plan.checks.of(&self.checks) {
            if !question.types.shared(check.yes).is_empty() {
                before.waiting.insert(check.place);
            } else if !question.types.shared(check.maybe).is_empty() {
                before.perhaps.insert(check.place);
            }
        }
        Ok(before)
    }

    /// Decides.
    #[must_use]
    #[inline]
    pub fn decide(&self, state: &State, question: &Question) -> Answer {
        match self.plan(question) {
            Ok((number, plan)) => self.answer(state, question, number, plan),
            Err(unregistered) => self.unregistered(state, unregistered),
        }
    }

    /// Decides many, fetching records of several persons from memory at a time; answers are added in the
    /// order of the questions.
    pub fn decide_all(&self, state: &State, questions: &[Question], answers: &mut Vec<Answer>) {
        answers.reserve(questions.len());
        for group in questions.chunks(TOGETHER) {
            // What it gives is of no use but that it is taken.
            black_box(state.fetch(group));
            answers.extend(group.iter().map(|question| self.decide(state, question)));
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
    fn answer(&self, state: &State, question: &Question, number: u32, plan: &Plan) -> Answer {
        let found = state.find(question.subject, plan.item, plan.activity);
        // A person of whom something is known has it in each record; another item's will do.
        let other = |item| found.any.map_or(Record::EMPTY, |any| any.for_item(item));
        let (spare_item, spare_activity);
        let item = if let Some(record) = found.item {
            record
        } else {
            spare_item = other(plan.item);
            &spare_item
        };
        let activity = if let Some(record) = found.activity {
            record
        } else {
            spare_activity = other(plan.activity);
            &spare_activity
        };
        let shown = [
            item.shows(question.types, plan.since, question.time_ms),
            activity.shows(question.types, plan.activity_since, question.time_ms),
        ];
        let tally = self.tally(plan, question.types, shown);
        let verdict = if tally.failed.0 & self.conditions.deny.0 != 0 {
            Verdict::Deny
        } else if tally.failed.with(tally.open).is_empty() {
            Verdict::Permit
        } else {
            Verdict::NoBasis
        };
        let [looked_of_item, looked_of_activity] = tally.looked;
        let [lacking_of_item, lacking_of_activity] = tally.lacking;
        let mut answer = Answer {
            verdict,
            held: tally.held,
            failed: tally.failed,
            open: tally.open,
            lacking_of_item,
            lacking_of_activity,
            relied_of_item: item.relied(looked_of_item),
            relied_of_activity: activity.relied(looked_of_activity),
            plan: number,
            ..self.blank(state)
        };
        if verdict == Verdict::Permit {
            self.oblige(&mut answer, plan, question.types);
            answer.until = second(item.ends(looked_of_item).min(activity.ends(looked_of_activity)));
        }
        answer
    }

    #[inline]
    fn tally(&self, plan: &Plan, types: Types, [item, activity]: [Needs; 2]) -> Tally {
        let Plan { held, failed, open, waiting, needs: [of_item, of_activity], .. } = *plan;
        let lacking = [of_item.lacking(item), of_activity.lacking(activity)];
        let mut tally = Tally { held, failed, open, looked: plan.needs, lacking };
        let mut unmet = Set::NONE;
        for (needing, lacking) in plan.needing.iter().zip(lacking) {
            let mut rest = lacking.0;
            while rest != 0 {
                unmet = unmet.with(needing.get(rest.trailing_zeros() as usize).copied().unwrap_or_default());
                rest &= rest - 1;
            }
        }
        tally.failed = failed.with(unmet);
        tally.held = held.with(waiting.without(unmet));
        let ([looked, looked_of_activity], [lacking, lacking_of_activity]) =
            (&mut tally.looked, &mut tally.lacking);
        for check in plan.checks.of(&self.checks) {
            let applies = !types.shared(check.yes).is_empty();
            if !applies && types.shared(check.maybe).is_empty() {
                continue;
            }
            let (shown, looked, lacking) = if check.of_activity {
                (activity, &mut *looked_of_activity, &mut *lacking_of_activity)
            } else {
                (item, &mut *looked, &mut *lacking)
            };
            let lacks = check.needs.lacking(shown);
            if !lacks.is_empty() {
                *looked = looked.with(check.needs);
                *lacking = lacking.with(lacks);
                if applies { tally.failed.insert(check.place) } else { tally.open.insert(check.place) }
            } else if applies {
                *looked = looked.with(check.needs);
                tally.held.insert(check.place);
            }
        }
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
            lacking_of_item: Needs::NONE,
            lacking_of_activity: Needs::NONE,
            relied_of_item: Relied::default(),
            relied_of_activity: Relied::default(),
            obligations: Set::NONE,
            masked: Types::NONE,
            until: None,
            register: self.register,
            log_index: state.next_index(),
            plan: u32::MAX,
        }
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
