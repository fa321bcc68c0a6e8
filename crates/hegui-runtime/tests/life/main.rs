//! The retailer's life, event by event: what is recorded, refused, decided, receipted, and what the
//! assessment learns from it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod access;
mod decisions;
mod facts;
mod order;
mod reading;
mod receipt;
mod refusals;

use hegui_catalog::Catalog;
use hegui_ledger::event::SubjectId;
use hegui_register::{Limits, Register, files_of};
use hegui_runtime::books::Books;
use hegui_runtime::ground::Ground;
use hegui_runtime::happening::{Happened, Happening};
use hegui_runtime::refusal::Refusal;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

/// 2026-07-01, 10 o'clock in China.
const NOW_MS: i64 = 1_782_871_200_000;
const HOUR_MS: i64 = 3_600_000;
const SOMEBODY: SubjectId = SubjectId([7; 32]);
const CHILD: SubjectId = SubjectId([8; 32]);
/// 2026-06-30.
const AS_OF: i64 = 1_782_777_600;

static CATALOG: LazyLock<Arc<Catalog>> = LazyLock::new(|| Arc::new(hegui_law::catalog().unwrap()));
static FILES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let dir = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/retailer"));
    files_of(&dir, &Limits::default()).unwrap()
});
static GROUND: LazyLock<Ground> = LazyLock::new(|| {
    let register = Register::read_files(FILES.clone(), &CATALOG).unwrap();
    Ground::new(CATALOG.clone(), register, 12, AS_OF).unwrap()
});

/// A log with its books.
#[derive(Default)]
struct Life {
    books: Books,
    events: Vec<Happened>,
}

fn happening(json: Value) -> Happening {
    Happening::read(json.to_string().as_bytes()).unwrap()
}

impl Life {
    /// A life in which the notice of publishing reviews has been published in version 2.
    fn new() -> Self {
        let mut life = Self::default();
        life.at(NOW_MS - 9 * HOUR_MS, None, notice(2)).unwrap();
        life
    }

    fn at(&mut self, time_ms: i64, subject: Option<SubjectId>, json: Value) -> Result<u64, Refusal> {
        let event = Happened { time_ms, subject, what: happening(json) };
        // The platform records an erasure itself; here its entry is what counts.
        if !matches!(event.what, Happening::Erased(_)) {
            self.books.check(&GROUND, &event, NOW_MS)?;
        }
        let index = self.events.len() as u64;
        self.books.apply(index, &event).unwrap();
        self.events.push(event);
        Ok(index)
    }

    fn of(&mut self, subject: SubjectId, json: Value) -> Result<u64, Refusal> {
        self.at(NOW_MS - HOUR_MS, Some(subject), json)
    }
}

const ELEMENTS: &[&str] = &[
    "fact_of_processing",
    "purpose",
    "method",
    "types",
    "impact",
    "refusal_effect",
    "opt_out_way",
    "rights_and_protection",
    "handler_identity",
    "retention_period",
    "consequences",
];

fn notice(version: u16) -> Value {
    json!({
        "type": "published", "text": "notice.review", "version": version, "sha256": "ab".repeat(32),
        "languages": ["zh-CN"], "about": ["activity.app-review", "disclosure.review-page"],
        "contents": ELEMENTS, "effective_ms": NOW_MS - 8 * HOUR_MS, "material": true, "consent_anew": true,
    })
}

fn shown(version: u16) -> Value {
    json!({ "type": "shown", "text": "notice.review", "version": version, "how": "popup", "language": "zh-CN" })
}

fn consented() -> Value {
    json!({
        "type": "consented", "item": "activity.app-review", "stage": "use", "place": "consent.review",
        "types": ["nickname"], "text": "notice.review", "version": 2, "separate": true,
        "form": "affirmative_act",
    })
}

/// The object with other fields; null takes one away.
fn with(mut object: Value, fields: Value) -> Value {
    let map = object.as_object_mut().unwrap();
    for (name, value) in fields.as_object().unwrap() {
        match value {
            Value::Null => map.remove(name),
            value => map.insert(name.clone(), value.clone()),
        };
    }
    object
}
