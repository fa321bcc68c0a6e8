//! Checks a register against a catalog: `cargo run -p hegui-register --example check -- CATALOG REGISTER`.
#![allow(clippy::print_stdout, reason = "an example prints")]

use hegui_catalog::Catalog;
use hegui_register::{Limits, Register};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [catalog, register] = arguments.as_slice() else {
        println!("usage: check CATALOG REGISTER");
        return ExitCode::from(2);
    };
    let catalog = match Catalog::read_dir(Path::new(catalog)) {
        Ok(catalog) => catalog,
        Err(problems) => {
            println!("{problems}");
            return ExitCode::from(2);
        }
    };
    let start = Instant::now();
    let register = match Register::read_dir(Path::new(register), &catalog, &Limits::default()) {
        Ok(register) => register,
        Err(problems) => {
            println!("{problems}\n{} problems", problems.count());
            return ExitCode::from(2);
        }
    };
    println!("read in {:?}", start.elapsed());
    for (at, kind) in catalog.schema.kinds.iter().enumerate() {
        let count = register.count(hegui_logic::schema::KindId(at as u16));
        if count > 0 {
            println!("{count:>8} {}", kind.name);
        }
    }
    let start = Instant::now();
    let assessed = register.universe(&catalog, 1_790_000_000, 1_790_000_000);
    println!("universe of {} texts in {:?}", assessed.universe.texts.len(), start.elapsed());
    ExitCode::SUCCESS
}
