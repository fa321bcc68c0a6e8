//! The crate as its users call it: TOML in; problems, schema, outcomes, proposals and exports out.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests, which may fail"
)]

mod completeness;
mod dictionary;
mod fixture;
mod linting;
mod outputs;
mod reading;
mod real;
mod worlds;
