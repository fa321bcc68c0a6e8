//! The organisation's facts: read from TOML with everything that is wrong named at once, kept with
//! where each comes from, and turned into one value or "unknown" per fact at a pair of dates.
//!
//! ```text
//! files ─ read ─▶ Register ─ universe(as of, known on) ─▶ Assessed ─▶ checks
//!                  │    ▲                                    │
//!         to_snapshot  from_snapshot        provenance, reason, path, set_fact
//! ```
//!
//! A [`Register`] is immutable and cheap to clone. The formats are described in
//! `docs/register-format.md`. Only [`Register::read_dir`], [`files_of`] and what writes
//! ([`answer`], [`rule`], [`dispose`], [`init`], [`write_together`]) touch files.

mod assessed;
mod builder;
mod dossier;
mod evidence;
mod finish;
mod generate;
mod later;
mod lines;
mod origin;
mod parts;
mod path;
mod problem;
mod provenance;
mod read;
mod reader;
mod resolve;
mod rulings;
mod sampled;
mod skeleton;
mod snapshot;
mod stated;
mod store;
mod tree;
mod value;
mod write;

pub use assessed::Assessed;
pub use dossier::{MEMBER_ROLES, RISKS, WAYS};
pub use generate::generate;
pub use problem::{PROBLEM_LIMIT, Problem, Problems};
pub use provenance::{FactRulingView, Observed, Provenance, Reason};
pub use read::{Limits, Register, files_of};
pub use snapshot::SnapshotError;
pub use stated::Stated;
pub use store::{Disposition, Engagement, Evidence, Member, OutcomeRuling, RulingTarget, Sample, Source};
pub use write::{
    Change, Edit, Given, How, NewDisposition, NewFact, NewRuling, NewThing, Ruled, Which, WriteError,
    Written, answer, dispose, edited, finish_interrupted, init, rule, write_together,
};
