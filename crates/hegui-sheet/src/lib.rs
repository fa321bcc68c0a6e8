//! Registers as workbooks, since inventories live in spreadsheets.
//!
//! ```text
//! files ─ export ─▶ workbook: guide · a sheet a kind · `_register` (the files themselves)
//!                      │  a person edits
//!                      ▼
//! bytes ─ open ─▶ Book ─ plan(register now) ─▶ Plan: what changes, and the files as they would be
//!                        └ a plain list: headings ─▶ Mapping ─▶ the same Plan
//! ```
//!
//! Everything here is pure: bytes and texts in, bytes and texts out, the day an argument. Files are the
//! command's. A workbook carries the register that it was made from, so that what a person changed is
//! told from what changed meanwhile (docs/adr/0008-registers-in-spreadsheets.md).

mod embed;
mod export;
mod grid;
mod import;
mod layout;
mod list;
mod open;
mod package;
mod problem;
mod questionnaire;
pub mod style;
mod tags;
mod value;
mod words;

pub use export::{ExportError, export};
pub use import::{Defaults, Effect, Line, Note, Plan, plan};
pub use layout::{Column, Layout, Sheet, What};
pub use list::{Mapping, SheetMapping};
pub use open::{Book, Limits, open};
pub use problem::{Problem, Problems};
