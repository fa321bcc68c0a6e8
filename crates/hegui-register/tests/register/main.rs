//! The register through what its user calls: text in, facts or problems out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail"
)]

mod dossier;
mod folder;
mod hostile;
mod oracle;
mod problems;
mod small;
mod small_catalog;
mod snapshot;
mod threads;
mod together;
mod universe;
mod write;
