//! What is answered, in small numbers: an answer is copied, never allocated.

use crate::conditions::Set;
use crate::directory::Types;
use crate::event::Second;
use crate::needs::Needs;
use crate::record::Relied;

/// The answer itself. Only [`Verdict::Permit`] is a yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Every condition that applies holds.
    Permit,
    /// The law forbids it as things stand.
    Deny,
    /// It cannot be shown that it is lawful: something is unknown, unregistered, or not proven.
    NoBasis,
}

/// What the register does not hold of what was asked. The answer is then no basis found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unregistered {
    /// The question names no type of data.
    NoTypes,
    /// There is no such activity.
    Activity,
    /// The activity belongs to another product, or it is not known to which.
    Product,
    /// The activity has nothing at this stage, for this purpose, with this recipient.
    Item,
    /// What the activity has there does not list all types asked for; these it does not.
    Types(Types),
}

/// Something for each of the records that an answer looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Each<T> {
    /// For the record of the item: the thing that the question is about.
    pub item: T,
    /// For that of its activity.
    pub activity: T,
    /// For that of the provision or transfer which an export is part of.
    pub whole: T,
}

impl<T> Each<T> {
    /// What a function makes of each.
    #[inline]
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> Each<U> {
        Each { item: f(self.item), activity: f(self.activity), whole: f(self.whole) }
    }

    /// Each with its counterpart.
    #[inline]
    pub fn zip<U>(self, other: Each<U>) -> Each<(T, U)> {
        let Each { item, activity, whole } = other;
        Each { item: (self.item, item), activity: (self.activity, activity), whole: (self.whole, whole) }
    }

    /// That of one of them.
    #[inline]
    pub fn of(self, whose: Whose) -> T {
        match whose {
            Whose::Item => self.item,
            Whose::Activity => self.activity,
            Whose::Whole => self.whole,
        }
    }

    /// That of one of them, to be changed.
    #[inline]
    pub fn of_mut(&mut self, whose: Whose) -> &mut T {
        match whose {
            Whose::Item => &mut self.item,
            Whose::Activity => &mut self.activity,
            Whose::Whole => &mut self.whole,
        }
    }

    /// All three.
    pub fn all(self) -> [T; 3] {
        [self.item, self.activity, self.whole]
    }
}

/// Whose record a condition looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Whose {
    /// The item's.
    Item,
    /// Its activity's.
    Activity,
    /// That of the provision or transfer which an export is part of.
    Whole,
}

/// An answer. Conditions and obligations are named by their places in the table
/// ([`crate::conditions::Conditions`]); [`crate::rules::Rules::explain`] makes words of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Answer {
    /// Permit, deny, or no basis found.
    pub verdict: Verdict,
    /// What the register does not hold.
    pub unregistered: Option<Unregistered>,
    /// The conditions that apply and hold.
    pub held: Set,
    /// The conditions that apply and do not hold.
    pub failed: Set,
    /// The conditions of which the register does not tell whether they apply or hold, and which the
    /// person's state does not settle.
    pub open: Set,
    /// What the failed and open conditions lack in each record.
    pub lacking: Each<Needs>,
    /// The entries of the log that were looked at, of each record; where the item is the activity itself,
    /// all stand there.
    pub relied: Each<Relied>,
    /// What a permit obliges to.
    pub obligations: Set,
    /// The types that a permit gives masked only.
    pub masked: Types,
    /// When what a permit rests on ends by itself.
    pub until: Option<Second>,
    /// The version of the register that the rules were compiled from.
    pub register: u64,
    /// The first index of the log that the state had not taken in.
    pub log_index: u64,
    /// The plan of the rules that answered; [`u32::MAX`] for none.
    pub(crate) plan: u32,
}
