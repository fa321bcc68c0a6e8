//! How long what is recorded is kept, and on what basis.
//!
//! The terms are the operator's; the law's figures stand in the catalog. Whether the term of logs is long
//! enough is asked of the requirement itself: it is evaluated with the term as every system's.

use crate::ground::Ground;
use crate::happening::{Happening, Keep};
use crate::refusal::{Reason, Refusal};
use hegui_ledger::event::{Class, Id};
use hegui_logic::single::{Bound, judge};
use hegui_logic::truth::Outcome;
use hegui_logic::universe::Value;
use serde::{Deserialize, Serialize};

/// The requirement that says how long logs are kept.
const LOG_TERM: &str = "5.11.5-term";
/// A month is never taken shorter than it is, in seconds; a year neither.
const DAY_S: i64 = 86_400;
const MONTH_S: i64 = 31 * DAY_S;
const YEAR_S: i64 = 366 * DAY_S;

/// The operator's terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keeping {
    /// On what basis proof is kept, as the ledger's events name it.
    pub proof_basis: String,
    /// For how many years.
    pub proof_years: u16,
    /// On what basis logs of processing are kept.
    pub log_basis: String,
    /// For how many months.
    pub log_months: u16,
    /// Of how many answers that are no permit one is recorded; 1 records all, 0 none. Permits are always.
    pub denials_one_in: u32,
}

impl Keeping {
    /// Checks the terms against the register and the catalog.
    ///
    /// # Errors
    /// When logs would be kept for another time than law and policy want (5.11.5 e), or a basis is not
    /// named.
    pub fn check(&self, ground: &Ground) -> Result<(), Refusal> {
        for (field, basis) in [("proof_basis", &self.proof_basis), ("log_basis", &self.log_basis)] {
            if Id::new(basis).is_none() {
                return Err(ground.refusal(Reason::LogTerm, field, vec![]));
            }
        }
        let systems = self.short(ground);
        if systems.is_empty() { Ok(()) } else { Err(ground.refusal(Reason::LogTerm, "log_months", systems)) }
    }

    /// The systems for which the term of logs would be a gap.
    fn short(&self, ground: &Ground) -> Vec<String> {
        let schema = &ground.catalog.schema;
        let (Some(requirement), Some(system)) =
            (ground.catalog.requirement(LOG_TERM), schema.kind_named("system"))
        else {
            return vec![];
        };
        let (Some(check), Some(months)) =
            (&requirement.check_plan, schema.kind(system).field_named("log_months"))
        else {
            return vec![];
        };
        let rows = 0..ground.universe.table(system).rows as u32;
        let mut universe = ground.universe.clone();
        for row in rows.clone() {
            universe.state(system, row, months, Some(Value::Number(i64::from(self.log_months))));
        }
        let check = Bound::new(check, &universe);
        let when = requirement.when_plan.as_ref().map(|when| Bound::new(when, &universe));
        rows.filter(|row| judge(when.as_ref(), &check, *row) == Outcome::Gap)
            .map(|row| ground.register.thing(schema, system, row))
            .collect()
    }

    /// The class of an event's payload: what becomes of it when the person is erased, and when it ends.
    /// `None` where a basis is not named, which [`Keeping::check`] refuses.
    #[must_use]
    pub fn class(&self, what: &Happening, time_ms: i64) -> Option<Class> {
        let (basis, term_s) = match what.entry().keep {
            Keep::Service => return Some(Class::Service),
            Keep::Proof => (&self.proof_basis, i64::from(self.proof_years) * YEAR_S),
            Keep::Log => (&self.log_basis, i64::from(self.log_months) * MONTH_S),
        };
        // Whole days: each class of a person has a key of its own.
        let ends = time_ms.div_euclid(1000).saturating_add(term_s);
        let expires = ends.div_euclid(DAY_S).saturating_add(1).saturating_mul(DAY_S);
        Some(Class::Evidence { basis: Id::new(basis)?, expires })
    }
}
