//! Law as data: instruments, clauses, requirements with their cases, the fact dictionary, profiles.
//!
//! [`Catalog::read_dir`] reads, checks and compiles a catalog; [`lint::lint`] says whether its cases
//! are worth something; [`propose::propose`] looks for the cases that are missing. The formats are
//! described in `docs/catalog-format.md`. Nothing here reads a clock or the network; only
//! [`read::files_of`] (and [`Catalog::read_dir`] by it) reads files.

mod articles;
pub mod binary;
mod clauses;
mod compile;
pub mod completeness;
mod dictionary;
pub mod document;
pub mod export;
pub mod lint;
mod mappings;
pub mod model;
mod parallel;
pub mod problem;
pub mod proof;
pub mod propose;
pub mod read;
mod schema;
pub mod schemas;
mod sources;
mod structure;
pub mod world;

pub use model::Catalog;
pub use problem::{Problem, Problems, Severity};
pub use sources::FORMAT;
