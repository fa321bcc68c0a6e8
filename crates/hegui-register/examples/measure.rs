//! How fast a generated register is read, written and made into a universe:
//! `cargo run --release -p hegui-register --example measure -- CATALOG [ACTIVITIES]`.
#![allow(clippy::print_stdout, reason = "an example prints")]

use hegui_catalog::Catalog;
use hegui_logic::schema::FieldId;
use hegui_logic::universe::{FactKey, Value};
use hegui_register::{Register, generate};
use std::path::Path;
use std::time::Duration;

/// Measures the time that this thread was running: on a machine that others use too, wall-clock time
/// says little.
struct Clock(Duration);

impl Clock {
    fn now() -> Self {
        let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
        let nanoseconds = stat.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or(0);
        Self(Duration::from_nanos(nanoseconds))
    }

    fn elapsed(&self) -> Duration {
        Self::now().0.saturating_sub(self.0)
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let catalog = arguments.next().unwrap_or_else(|| "catalog".to_owned());
    let activities: usize = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let catalog = match Catalog::read_dir(Path::new(&catalog)) {
        Ok(catalog) => catalog,
        Err(problems) => return println!("{problems}"),
    };
    let files = generate(&catalog, activities, 1);
    let mb = files.iter().map(|(_, text)| text.len()).sum::<usize>() as f64 / 1e6;
    let facts: usize =
        files.iter().map(|(_, text)| text.lines().filter(|line| line.contains(" = ")).count()).sum();
    println!("{activities} activities, {facts} facts, {} files, {mb:.1} MB", files.len());
    let start = Clock::now();
    let register = match Register::read_files(files, &catalog) {
        Ok(register) => register,
        Err(problems) => return println!("{problems}"),
    };
    let took = start.elapsed().as_secs_f64();
    println!("read      {took:.3} s, {:.0} MB/s", mb / took);
    let start = Clock::now();
    let bytes = register.to_snapshot(&catalog);
    let size = bytes.len() as f64 / 1e6;
    println!("snapshot  {size:.1} MB written in {:.3} s", start.elapsed().as_secs_f64());
    let start = Clock::now();
    let again = Register::from_snapshot(&bytes, &catalog);
    let took = start.elapsed().as_secs_f64();
    println!("load      {took:.3} s, {:.0} MB/s, the same: {}", size / took, again.as_ref() == Ok(&register));
    let start = Clock::now();
    let mut assessed = register.universe(&catalog, 1_790_000_000, 1_790_000_000);
    println!("universe  {:.3} s", start.elapsed().as_secs_f64());
    change(&catalog, &mut assessed, &register);
    println!("peak      {}", peak());
}

/// One fact changed at each level that has facts of its own.
fn change(catalog: &Catalog, assessed: &mut hegui_register::Assessed, register: &Register) {
    for name in ["organisation", "product", "activity", "consent"] {
        let Some(kind) = catalog.schema.kind_named(name) else { continue };
        let definition = catalog.schema.kind(kind);
        let Some(field) = definition.field_named("role").or_else(|| bool_field(definition)) else { continue };
        let value = match definition.field(field).ty {
            hegui_logic::schema::Type::Bool => Value::Flag(true),
            _ => Value::Number(1),
        };
        let rows = register.count(kind).clamp(1, 200) as u32;
        let start = Clock::now();
        for row in 0..rows {
            assessed.set_fact(&FactKey::Fact(kind, row, field), Some(value));
        }
        println!("set_fact  {name}.{}: {:?} each", definition.field(field).name, start.elapsed() / rows);
        if let Some(parent) = definition.parent {
            let start = Clock::now();
            assessed.set_fact(&FactKey::Fact(kind, 0, parent), Some(Value::Thing(0)));
            println!("set_fact  {name} moved: {:?}", start.elapsed());
        }
    }
}

fn bool_field(kind: &hegui_logic::schema::Kind) -> Option<FieldId> {
    let at = kind.fields.iter().position(|field| field.ty == hegui_logic::schema::Type::Bool)?;
    Some(FieldId(at as u16))
}

fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("unknown").to_owned()
}
