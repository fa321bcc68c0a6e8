//! All requirements over generated registers of 10,000, 30,000 and 100,000 activities: loading,
//! evaluating, and one fact changed in process.
//!
//! `register [SIZE…]`. Each size is generated, written and measured in processes of their own, so that
//! the peak of memory is that of the size alone.

use anyhow::{Context, Result, bail, ensure};
use hegui_assess::evaluate::{Evaluation, Overlays};
use hegui_bench::machine::peak_memory_bytes;
use hegui_bench::measure::{Seeded, Took, median, percentile, time_both};
use hegui_bench::table::{Table, short, thousands};
use hegui_catalog::Catalog;
use hegui_catalog::model::Requirement;
use hegui_logic::calendar::{DAY, parse_date};
use hegui_logic::plan::Read;
use hegui_logic::schema::{FieldId, KindId, Type};
use hegui_logic::universe::{FactKey, Universe, Value};
use hegui_register::{Assessed, Limits, Register, generate};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const SEED: u64 = 20_260_601;
const PROFILE: &str = "full";
/// Changes of one fact, and how many of them at the organisation.
const CHANGES: usize = 200;
const AT_ORGANISATION: usize = 5;
/// Each so manieth change is compared with a full evaluation.
const COMPARED: usize = 10;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["generate", dir, size] => write(Path::new(dir), size.parse()?),
        ["measure", dir] => measure(Path::new(dir)),
        [] => report(&[10_000, 30_000, 100_000]),
        sizes => report(&sizes.iter().map(|size| size.parse()).collect::<Result<Vec<usize>, _>>()?),
    }
}

fn catalog() -> Result<Catalog> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../catalog");
    Catalog::read_dir(folder).map_err(|problems| anyhow::anyhow!("{problems:?}"))
}

fn write(dir: &Path, size: usize) -> Result<()> {
    for (name, text) in generate(&catalog()?, size, SEED) {
        let file = dir.join("toml").join(name);
        std::fs::create_dir_all(file.parent().context("a file in no folder")?)?;
        std::fs::write(file, text)?;
    }
    Ok(())
}

/// Runs this program with other arguments; what it printed.
fn child(arguments: &[&str]) -> Result<String> {
    let output = Command::new(std::env::current_exe()?).args(arguments).output()?;
    if !output.status.success() {
        bail!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn report(sizes: &[usize]) -> Result<()> {
    println!("## A whole register\n");
    println!(
        "Every requirement of the catalog (profile `{PROFILE}`) over registers made by `hegui_register::generate`, \
         seed {SEED}, read from files that the system has in its cache. Times in milliseconds by the clock, in \
         brackets the processor time of the thread; those of changes are processor time; memory in MiB. \
         Each size in a process of its own.\n"
    );
    let mut measured = vec![];
    for size in sizes {
        let dir = std::env::temp_dir().join(format!("hegui-bench-{}-{size}", std::process::id()));
        std::fs::create_dir_all(&dir)?;
        let place = dir.to_str().context("a folder with a strange name")?;
        child(&["generate", place, &size.to_string()])?;
        let result = child(&["measure", place]);
        std::fs::remove_dir_all(&dir)?;
        eprintln!("{size} activities done");
        measured.push((*size, serde_json::from_str::<Json>(&result?)?));
    }
    println!("{}", table(&measured));
    println!("{}", growth(&measured));
    Ok(())
}

const LINES: [(&str, &str, &str); 19] = [
    ("things", "things", ""),
    ("requirements evaluated", "requirements", ""),
    ("outcomes", "outcomes", ""),
    ("TOML, MB", "toml_mb", ""),
    ("load from TOML", "toml", ""),
    ("load from TOML, MB/s", "toml_rate", "≥ 30"),
    ("the same in processor time", "toml_rate_processor", ""),
    ("snapshot, MB", "snapshot_mb", ""),
    ("load from snapshot", "snapshot", ""),
    ("load from snapshot, MB/s", "snapshot_rate", "≥ 300"),
    ("the same in processor time", "snapshot_rate_processor", ""),
    ("universe", "universe", ""),
    ("evaluation", "evaluation", "< 2,000 at 100,000"),
    ("peak memory, loading from TOML", "peak_toml", ""),
    ("peak memory in all", "peak", ""),
    ("one fact changed, p50", "change_p50", ""),
    ("one fact changed, p99", "change_p99", "< 5"),
    ("the slowest at the organisation", "change_organisation", ""),
    ("the slowest elsewhere", "change_elsewhere", ""),
];

fn cell(value: Option<&Json>) -> String {
    match value {
        Some(Json::Number(number)) => short(number.as_f64().unwrap_or_default()),
        Some(Json::Array(two)) => {
            let numbers: Vec<String> = two.iter().filter_map(Json::as_f64).map(short).collect();
            format!(
                "{} ({})",
                numbers.first().map_or("", String::as_str),
                numbers.last().map_or("", String::as_str)
            )
        }
        Some(Json::String(text)) => text.clone(),
        _ => "–".to_owned(),
    }
}

fn table(measured: &[(usize, Json)]) -> Table {
    let head: Vec<String> =
        measured.iter().map(|(size, _)| format!("{} activities", thousands(*size as f64))).collect();
    let mut columns = vec![""];
    columns.extend(head.iter().map(String::as_str));
    columns.push("target");
    let mut table = Table::new(&columns);
    for (name, key, target) in LINES {
        let mut row = vec![name.to_owned()];
        row.extend(measured.iter().map(|(_, values)| cell(values.get(key))));
        row.push(target.to_owned());
        table.row(row);
    }
    table
}

/// How each time grows where the size does: 1 is linear.
fn growth(measured: &[(usize, Json)]) -> Table {
    let mut table =
        Table::new(&["time for one activity, µs (processor)", "smallest", "largest", "largest ÷ smallest"]);
    let (Some((small, first)), Some((large, last))) = (measured.first(), measured.last()) else {
        return table;
    };
    for (name, key) in
        [("TOML", "toml"), ("snapshot", "snapshot"), ("universe", "universe"), ("evaluation", "evaluation")]
    {
        let of = |values: &Json, size: usize| {
            values.get(key).and_then(|v| v.get(1)).and_then(Json::as_f64).unwrap_or_default() * 1e3
                / size as f64
        };
        let (a, b) = (of(first, *small), of(last, *large));
        table.row(vec![name.to_owned(), short(a), short(b), short(b / a)]);
    }
    table
}

fn milliseconds(took: Took) -> Json {
    json!([took.clock.as_secs_f64() * 1e3, took.processor.as_secs_f64() * 1e3])
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

fn measure(dir: &Path) -> Result<()> {
    let catalog = catalog()?;
    let (folder, file) = (dir.join("toml"), dir.join("snapshot"));
    let load =
        || Register::read_dir(&folder, &catalog, &Limits::default()).map_err(|p| anyhow::anyhow!("{p}"));
    let (toml, register) = time_both(load);
    let register = register?;
    let peak_toml = peak_memory_bytes();
    let texts: usize = hegui_register::files_of(&folder, &Limits::default())
        .map_err(|p| anyhow::anyhow!("{p}"))?
        .iter()
        .map(|(_, text)| text.len())
        .sum();
    std::fs::write(&file, register.to_snapshot(&catalog))?;
    drop(register);
    let mut loads = vec![];
    let mut register = None;
    for _ in 0..5 {
        let (took, read) = time_both(|| -> Result<Register> {
            Ok(Register::from_snapshot(&std::fs::read(&file)?, &catalog)?)
        });
        register = Some(read?);
        loads.push(took);
    }
    let register = register.context("nothing was loaded")?;
    let bytes = std::fs::metadata(&file)?.len();
    let snapshot = middle(loads);
    let as_of = parse_date("2026-06-01").unwrap_or_default();
    let (built, mut assessed) = time_both(|| register.universe(&catalog, as_of, as_of));
    let mut evaluations = vec![];
    let mut evaluation = None;
    for _ in 0..3 {
        let (took, made) =
            time_both(|| Evaluation::new(&catalog, &mut assessed.universe, PROFILE, Overlays::default()));
        evaluation = Some(made);
        evaluations.push(took);
    }
    let mut evaluation = evaluation.context("nothing was evaluated")?;
    let peak = peak_memory_bytes();
    let changes = change(&catalog, &mut assessed, &mut evaluation)?;
    let things: usize = assessed.universe.tables().map(|table| table.rows).sum();
    let outcomes: usize = evaluation.outcomes.iter().flatten().map(|outcomes| outcomes.len()).sum();
    let rate = |bytes: f64, took: Duration| bytes / 1e6 / took.as_secs_f64();
    println!(
        "{}",
        json!({
            "things": things,
            "requirements": evaluation.outcomes.iter().flatten().count(),
            "outcomes": outcomes,
            "toml_mb": texts as f64 / 1e6,
            "toml": milliseconds(toml),
            "toml_rate": rate(texts as f64, toml.clock),
            "toml_rate_processor": rate(texts as f64, toml.processor),
            "snapshot_mb": bytes as f64 / 1e6,
            "snapshot": milliseconds(snapshot),
            "snapshot_rate": rate(bytes as f64, snapshot.clock),
            "snapshot_rate_processor": rate(bytes as f64, snapshot.processor),
            "universe": milliseconds(built),
            "evaluation": milliseconds(middle(evaluations)),
            "peak_toml": mib(peak_toml),
            "peak": mib(peak),
            "change_p50": changes.p50.as_secs_f64() * 1e3,
            "change_p99": changes.p99.as_secs_f64() * 1e3,
            "change_organisation": changes.organisation.as_secs_f64() * 1e3,
            "change_elsewhere": changes.elsewhere.as_secs_f64() * 1e3,
        })
    );
    Ok(())
}

fn middle(took: Vec<Took>) -> Took {
    Took {
        processor: median(&mut took.iter().map(|t| t.processor).collect::<Vec<_>>()),
        clock: median(&mut took.iter().map(|t| t.clock).collect::<Vec<_>>()),
    }
}

/// How long changes took.
struct Changes {
    p50: Duration,
    p99: Duration,
    /// The slowest at the organisation.
    organisation: Duration,
    /// The slowest elsewhere.
    elsewhere: Duration,
}

/// Changes facts one after the other, each followed by what has to be evaluated again.
fn change(catalog: &Catalog, assessed: &mut Assessed, evaluation: &mut Evaluation) -> Result<Changes> {
    let mut seeded = Seeded::new(SEED);
    let root = catalog.schema.kind_named("organisation").context("no organisation")?;
    let read = facts_read(catalog, &assessed.universe);
    let at_root = flowing(catalog, root, &read);
    let below: Vec<_> = read.into_iter().filter(|(kind, _)| *kind != root).collect();
    ensure!(!at_root.is_empty(), "no check reads a fact that can be stated at the organisation");
    let (mut organisation, mut elsewhere) = (vec![], vec![]);
    for number in 0..CHANGES {
        let above = number % (CHANGES / AT_ORGANISATION) == 0;
        let pool = if above { &at_root } else { &below };
        let (kind, field) = pool[seeded.below(pool.len())];
        let row = seeded.below(assessed.universe.table(kind).rows) as u32;
        let key = FactKey::Fact(kind, row, field);
        let value = another(catalog, &assessed.universe, &mut seeded, (kind, row, field));
        let (took, changed) = time_both(|| {
            assessed.set_fact(&key, value);
            evaluation.update(catalog, &mut assessed.universe, &key).len()
        });
        if std::env::var_os("HEGUI_BENCH_CHANGES").is_some() {
            let name = &catalog.schema.kind(kind).name;
            let field = &catalog.schema.kind(kind).field(field).name;
            eprintln!("{name}.{field} of row {row}: {:?}, {changed} requirements", took.processor);
        }
        if above { &mut organisation } else { &mut elsewhere }.push(took.processor);
        if number % COMPARED == 0 || number + 1 == CHANGES {
            compare(catalog, assessed, evaluation)
                .with_context(|| format!("after {}", assessed.path(&key)))?;
        }
    }
    let mut all = [organisation.clone(), elsewhere.clone()].concat();
    Ok(Changes {
        p50: percentile(&mut all, 50),
        p99: percentile(&mut all, 99),
        organisation: percentile(&mut organisation, 100),
        elsewhere: percentile(&mut elsewhere, 100),
    })
}

/// A full evaluation must give what the changes have led to.
fn compare(catalog: &Catalog, assessed: &mut Assessed, evaluation: &Evaluation) -> Result<()> {
    let before = assessed.universe.outcomes.clone();
    let full = Evaluation::new(catalog, &mut assessed.universe, PROFILE, Overlays::default());
    for (index, (ours, full)) in evaluation.outcomes.iter().zip(&full.outcomes).enumerate() {
        let id = catalog.requirements.get(index).map_or("", |r| r.id.as_str());
        ensure!(ours == full, "{id}: a full evaluation gives other outcomes");
    }
    ensure!(before == assessed.universe.outcomes, "a full evaluation gives other columns for `met()`");
    Ok(())
}

/// Facts of kinds that there are, each read by some requirement; references to the thing above aside.
fn facts_read(catalog: &Catalog, universe: &Universe) -> Vec<(KindId, FieldId)> {
    let plans = |r: &'_ Requirement| [r.when_plan.clone(), r.check_plan.clone()].into_iter().flatten();
    let reads: BTreeSet<Read> =
        catalog.requirements.iter().flat_map(plans).flat_map(|plan| plan.reads()).collect();
    let facts = reads.into_iter().filter_map(|read| match read {
        Read::Fact(kind, field) => Some((kind, field)),
        _ => None,
    });
    facts
        .filter(|(kind, field)| {
            universe.table(*kind).rows > 0 && catalog.schema.kind(*kind).parent != Some(*field)
        })
        .collect()
}

/// Facts of the organisation that are read, there or where they flow down to.
fn flowing(catalog: &Catalog, root: KindId, read: &[(KindId, FieldId)]) -> Vec<(KindId, FieldId)> {
    let schema = &catalog.schema;
    let flows = |name: &str| {
        read.iter().any(|(kind, field)| {
            let field = schema.kind(*kind).field(*field);
            field.name == name && (*kind == root || field.inherits)
        })
    };
    let fields = schema.kind(root).fields.iter().enumerate().filter(|(_, field)| flows(&field.name));
    fields.map(|(place, _)| (root, FieldId(place as u16))).collect()
}

/// Another value than the fact has; one in ten times none known.
fn another(
    catalog: &Catalog,
    universe: &Universe,
    seeded: &mut Seeded,
    (kind, row, field): (KindId, u32, FieldId),
) -> Option<Value> {
    let now = universe.value(kind, row, field);
    if now.is_some() && seeded.chance(10) {
        return None;
    }
    for _ in 0..20 {
        let value = some(catalog, universe, seeded, kind, field);
        if Some(value) != now {
            return Some(value);
        }
    }
    None
}

fn some(catalog: &Catalog, universe: &Universe, seeded: &mut Seeded, kind: KindId, field: FieldId) -> Value {
    let definition = catalog.schema.kind(kind).field(field);
    let (low, high) = definition.range;
    match definition.ty {
        Type::Bool => Value::Flag(seeded.chance(50)),
        Type::Int | Type::Decimal => {
            Value::Number(low + seeded.below((high - low).clamp(0, 1_000) as usize + 1) as i64)
        }
        Type::Date => Value::Number((19_000 + seeded.below(1_500) as i64) * DAY),
        Type::Duration => Value::Number((1 + seeded.below(240) as i64) * 3_600),
        Type::Text => Value::Number(seeded.below(universe.texts.len()) as i64),
        Type::Enum(list) => Value::Number(seeded.below(catalog.schema.values(list).len()) as i64),
        Type::Set(list) => {
            let codes = catalog.schema.values(list).len();
            Value::Set((0..codes).filter(|_| seeded.chance(30)).fold(0, |set, place| set | 1 << place))
        }
        Type::Thing(to) => match universe.table(to).rows {
            0 => Value::Thing(hegui_logic::universe::ROW_NONE),
            rows => Value::Thing(seeded.below(rows) as u32),
        },
    }
}
