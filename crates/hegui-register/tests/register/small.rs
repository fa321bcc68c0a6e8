//! Short ways to read a register against the small catalog.

use hegui_catalog::Catalog;
use hegui_logic::calendar::parse_date;
use hegui_logic::universe::{FactKey, Value};
use hegui_register::{Assessed, Register};
use std::sync::LazyLock;

/// The small catalog.
pub static CATALOG: LazyLock<Catalog> = LazyLock::new(crate::small_catalog::catalog);

/// An organisation with a product, two activities, a party and a document.
pub const BASE: &str = "[organisation.acme]\n[product.app]\n[activity.order]\n[activity.ads]\n[party.courier]\n[document.policy]\n";

/// Reads one file.
pub fn read(text: &str) -> Result<Register, String> {
    Register::read_files(vec![("r.toml".to_owned(), text.to_owned())], &CATALOG).map_err(|p| p.to_string())
}

/// Reads one file that must be right, as of a date and known on the same date.
pub fn assess(text: &str, date: &str) -> Assessed {
    let register = read(text).unwrap_or_else(|problems| panic!("{problems}"));
    let date = parse_date(date).unwrap();
    register.universe(&CATALOG, date, date)
}

/// The value of a fact, by its name.
pub fn get(assessed: &Assessed, path: &str) -> Option<Value> {
    match assessed.key(path).unwrap() {
        FactKey::Fact(kind, row, field) => assessed.universe.value(kind, row, field),
        other => panic!("{other:?} is no fact"),
    }
}

/// The value of a fact as a register writes it.
pub fn show(assessed: &Assessed, path: &str) -> Option<String> {
    assessed.show(&assessed.key(path).unwrap())
}
