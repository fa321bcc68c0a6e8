//! Thirty checks of the catalog, and what each of the three evaluators needs to answer them.
//!
//! A generated [`world`] holds the facts as rows of JSON values: one row a thing. From the same rows come
//! the columns that ours reads ([`columns`]) and the nested documents that the peers read
//! ([`document`]), which hold only what the check can reach ([`reach`]), so that no peer carries
//! what it does not need.

pub mod choice;
pub mod columns;
pub mod document;
pub mod interpreter;
pub mod reach;
pub mod rego;
pub mod world;

use hegui_logic::plan::Plan;

/// A check that is measured.
#[derive(Clone, Debug)]
pub struct Check {
    /// The requirement's id.
    pub id: String,
    /// Why it was chosen.
    pub group: &'static str,
    /// Its plan, which holds its source.
    pub plan: Plan,
}
