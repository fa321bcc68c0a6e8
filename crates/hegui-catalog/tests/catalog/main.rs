//! The crate as its users call it: TOML in; problems, schema, outcomes, proposals and exports out.

mod dictionary;
mod fixture;
mod linting;
mod outputs;
mod reading;
mod real;
mod worlds;
