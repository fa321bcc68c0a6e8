//! The register through what its user calls: text in, facts or problems out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail"
)]

mod folder;
mod oracle;
mod problems;
mod small;
mod snapshot;
mod universe;
mod write;
