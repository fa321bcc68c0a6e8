//! Any bytes as a register: problems or a universe, never a panic, and what is read survives a snapshot.
#![no_main]

use hegui_catalog::Catalog;
use hegui_logic::schema::KindId;
use hegui_logic::universe::FactKey;
use hegui_register::Register;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static CATALOG: LazyLock<Catalog> = LazyLock::new(small::catalog);

#[path = "../../crates/hegui-register/tests/register/small_catalog.rs"]
mod small;

/// The date of the evaluation: 2026-11-01.
const DATE: i64 = 1_793_491_200;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    // A zero byte divides two files.
    let files =
        text.split('\0').enumerate().map(|(at, text)| (format!("{at}.toml"), text.to_owned())).collect();
    let register = match Register::read_files(files, &CATALOG) {
        Ok(register) => register,
        Err(problems) => return assert!(!problems.to_string().is_empty()),
    };
    let mut assessed = register.universe(&CATALOG, DATE, DATE);
    for (at, kind) in CATALOG.schema.kinds.iter().enumerate() {
        let kind_id = KindId(at as u16);
        for row in 0..register.count(kind_id).min(4) as u32 {
            for field in 0..kind.fields.len() {
                let key = FactKey::Fact(kind_id, row, hegui_logic::schema::FieldId(field as u16));
                let _ = (assessed.provenance(&key), assessed.reason(&key), assessed.show(&key));
                assert_eq!(assessed.key(&assessed.path(&key)), Ok(key));
            }
        }
    }
    let organisation = CATALOG.schema.kind_named("organisation").unwrap_or(KindId(0));
    if let Some(role) = CATALOG.schema.kind(organisation).field_named("role") {
        assessed.set_fact(&FactKey::Fact(organisation, 0, role), None);
    }
    let bytes = register.to_snapshot(&CATALOG);
    assert_eq!(Register::from_snapshot(&bytes, &CATALOG), Ok(register));
});
