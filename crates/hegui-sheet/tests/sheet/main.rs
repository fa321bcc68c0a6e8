//! Workbooks through what their user does: export, edit cells, import.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail"
)]

mod bad;
mod book;
mod golden;
mod lists;
mod property;
mod round;
#[path = "../../../hegui-register/tests/register/small_catalog.rs"]
mod small_catalog;
