//! Any bytes as an expression: an error, or a plan whose evaluators agree.
#![no_main]

use hegui_catalog::Catalog;
use hegui_logic::single::Bound;
use hegui_logic::truth::Truth;
use hegui_logic::{columnar, typing};
use hegui_register::{Assessed, Register};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

#[path = "../../crates/hegui-register/tests/register/small_catalog.rs"]
mod small;

static CATALOG: LazyLock<Catalog> = LazyLock::new(small::catalog);
static WORLD: LazyLock<Assessed> = LazyLock::new(|| {
    let files = vec![("r.toml".to_owned(), include_str!("small_register.toml").to_owned())];
    match Register::read_files(files, &CATALOG) {
        Ok(register) => register.universe(&CATALOG, 1_793_491_200, 1_793_491_200),
        Err(problems) => panic!("{problems}"),
    }
});

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = std::str::from_utf8(bytes) else { return };
    let schema = &CATALOG.schema;
    for scope in ["activity", "provision"] {
        let Some(kind) = schema.kind_named(scope) else { continue };
        let Ok(plan) = typing::compile(source, schema, kind, &|_, _| Ok(())) else { continue };
        let universe = &WORLD.universe;
        let columns = columnar::evaluate(&plan, universe, schema);
        let bound = Bound::new(&plan, universe);
        for row in 0..universe.table(kind).rows {
            let by_column = match (columns.yes.get(row), columns.no.get(row)) {
                (true, false) => Truth::True,
                (false, true) => Truth::False,
                (false, false) => Truth::Unknown,
                (true, true) => panic!("both true and false: {source}"),
            };
            assert_eq!(bound.truth(row as u32), by_column, "row {row} of `{source}`");
            let _ = bound.explain(row as u32);
        }
    }
});
