//! Thirty checks over 100,000 things each, one thread: ours beside the `cel` crate's interpreter and
//! regorus, in one run, the answers asserted equal.
//!
//! `checks [THINGS [SAMPLE]]`: how many things of each check's scope there are, and how many of them
//! (spread evenly) the peers are asked about. Their time for one thing is then what counts.
//!
//! `checks profile ID` does nothing but evaluate one of the checks with ours, for a profiler to look at;
//! `checks ours` prints the best times of ours alone, so that a change can be judged on a busy machine.

use anyhow::{Context, Result, ensure};
use hegui_bench::checks::document::Documents;
use hegui_bench::checks::interpreter::Interpreter;
use hegui_bench::checks::rego::{Inputs, Mode, Policy, Values};
use hegui_bench::checks::world::World;
use hegui_bench::checks::{Check, choice, columns};
use hegui_bench::measure::{least, median, repeat, time};
use hegui_bench::table::{Table, short, thousands};
use hegui_catalog::Catalog;
use hegui_logic::columnar::{Session, Truths};
use hegui_logic::schema::Schema;
use hegui_logic::truth::Truth;
use std::time::Duration;

/// Things whose documents are held at once: few, so that they stay in the cache.
const CHUNK: usize = 500;
/// How often each peer is asked about a chunk.
const ROUNDS: usize = 3;

/// Nanoseconds for one thing.
struct Figures {
    ours: f64,
    building: f64,
    interpreter: f64,
    interpreter_inputs: f64,
    regorus: f64,
    regorus_inputs: f64,
    mode: Mode,
    holds: usize,
}

impl Figures {
    /// How much longer the interpreter takes: with columns standing and inputs made beforehand, with columns
    /// built, and with inputs made too.
    fn interpreter_ratios(&self) -> [f64; 3] {
        ratios(self, self.interpreter, self.interpreter_inputs)
    }

    /// The same for regorus.
    fn regorus_ratios(&self) -> [f64; 3] {
        ratios(self, self.regorus, self.regorus_inputs)
    }
}

fn ratios(ours: &Figures, theirs: f64, inputs: f64) -> [f64; 3] {
    let built = ours.ours + ours.building;
    [theirs / ours.ours, theirs / built, (theirs + inputs) / built]
}

fn main() -> Result<()> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../catalog");
    let catalog = Catalog::read_dir(folder).map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
    let choice = choice::choose(&catalog);
    ensure!(choice.checks.len() == 30, "only {} checks fit the rule", choice.checks.len());
    if let [_, what, id] = std::env::args().collect::<Vec<_>>().as_slice()
        && what == "profile"
    {
        return profile(&choice, &catalog.schema, id);
    }
    if std::env::args().nth(1).as_deref() == Some("ours") {
        return ours(&choice, &catalog.schema);
    }
    let (things, sample) = sizes()?;
    println!("## Checks\n");
    describe(&choice, things, sample);
    let mut table = Table::new(&[
        "check",
        "group",
        "nodes",
        "holds %",
        "ours",
        "+ columns",
        "cel",
        "+ inputs",
        "regorus",
        "+ inputs",
        "cel ÷ ours",
        "regorus ÷ ours",
        "cel ÷ (+ columns)",
        "regorus ÷ (+ columns)",
        "(cel + inputs) ÷ (+ columns)",
        "(regorus + inputs) ÷ (+ columns)",
    ]);
    let mut all = vec![];
    for (place, check) in choice.checks.iter().enumerate() {
        let figures =
            measure(check, &catalog, things, sample, place as u64).with_context(|| check.id.clone())?;
        table.row(cells(&check.id, check.group, check.plan.nodes.len(), things, &figures));
        eprintln!("{} of {}: {}", place + 1, choice.checks.len(), check.id);
        all.push(figures);
    }
    let sum = |f: fn(&Figures) -> f64| all.iter().map(f).sum::<f64>();
    let total = Figures {
        ours: sum(|f| f.ours),
        building: sum(|f| f.building),
        interpreter: sum(|f| f.interpreter),
        interpreter_inputs: sum(|f| f.interpreter_inputs),
        regorus: sum(|f| f.regorus),
        regorus_inputs: sum(|f| f.regorus_inputs),
        mode: Mode::Machine,
        holds: all.iter().map(|f| f.holds).sum::<usize>() / all.len(),
    };
    let nodes = choice.checks.iter().map(|c| c.plan.nodes.len()).sum();
    table.row(cells("all 30", "", nodes, things, &total));
    println!("{table}");
    conclude(&all, &total);
    Ok(())
}

fn sizes() -> Result<(usize, usize)> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: usize| -> Result<usize> {
        arguments
            .next()
            .map_or(Ok(default), |text| text.parse().with_context(|| format!("`{text}` is no number")))
    };
    Ok((number(100_000)?, number(10_000)?))
}

fn profile(choice: &choice::Choice, schema: &Schema, id: &str) -> Result<()> {
    let check = choice.checks.iter().find(|check| check.id == id).context("no such check among the 30")?;
    let world = World::new(&check.plan, schema, 100_000, 1);
    let universe = columns::build(&world, schema)?;
    println!("{}\nscope {}", check.plan.source, schema.kind(check.plan.scope).name);
    for (kind, rows) in &world.rows {
        println!("{} rows of {}", rows.len(), schema.kind(*kind).name);
    }
    let (took, _) = repeat(100, || Session::new(&universe, schema).evaluate(&check.plan));
    println!("{took:?}");
    Ok(())
}

/// The least of several times each, which a busy machine disturbs least, and how many things each holds for.
fn ours(choice: &choice::Choice, schema: &Schema) -> Result<()> {
    const THINGS: usize = 100_000;
    let per_thing = |time: Duration| time.as_nanos() as f64 / THINGS as f64;
    let mut table = Table::new(&["check", "holds", "building, ns", "evaluation, ns"]);
    let (mut built_all, mut evaluated_all) = (0.0, 0.0);
    for (place, check) in choice.checks.iter().enumerate() {
        let world = World::new(&check.plan, schema, THINGS, place as u64);
        let (built, universe) = least(7, || columns::build(&world, schema));
        let universe = universe?;
        let (evaluated, truths) = least(25, || Session::new(&universe, schema).evaluate(&check.plan));
        let (built, evaluated) = (per_thing(built), per_thing(evaluated));
        (built_all, evaluated_all) = (built_all + built, evaluated_all + evaluated);
        let holds = truths.yes.count().to_string();
        table.row(vec![check.id.clone(), holds, short(built), short(evaluated)]);
    }
    table.row(vec!["all".to_owned(), String::new(), short(built_all), short(evaluated_all)]);
    println!("{table}");
    Ok(())
}

fn describe(choice: &choice::Choice, things: usize, sample: usize) {
    let (all, quantified, timed) = choice.candidates;
    println!(
        "Of the catalog's {all} checks ({quantified} with quantifiers, {timed} with dates, durations or text): the 10 \
         largest by plan nodes, of the rest 10 with quantifiers and 10 with dates or text, spread evenly over the \
         catalog. {} things of each check's scope; everything known and closed, nothing none. One thread. Times are \
         nanoseconds for one thing. *ours*: the columns stand; *+ columns*: counting their building from rows (one \
         a thing, a JSON value a fact, codes as strings). The peers' contexts and inputs hold only what the check \
         reaches, and `met()` is a field there; *+ inputs* counts making them from the same rows, in the peers' own \
         forms, and finding out who belongs to whom. They are asked about {} things of each, evenly spread, and \
         every answer is asserted to be ours. All are processor times of the thread.\n",
        thousands(things as f64),
        thousands(sample.min(things) as f64)
    );
    for reason in &choice.left_out {
        println!("Not to choose from: {reason}\n");
    }
}

fn cells(name: &str, group: &str, nodes: usize, things: usize, f: &Figures) -> Vec<String> {
    let both = f.ours + f.building;
    vec![
        name.to_owned(),
        group.to_owned(),
        nodes.to_string(),
        short(100.0 * f.holds as f64 / things as f64),
        short(f.ours),
        short(both),
        short(f.interpreter),
        short(f.interpreter + f.interpreter_inputs),
        format!("{}{}", short(f.regorus), if f.mode == Mode::Engine { " (engine)" } else { "" }),
        short(f.regorus + f.regorus_inputs),
        short(f.interpreter_ratios()[0]),
        short(f.regorus_ratios()[0]),
        short(f.interpreter_ratios()[1]),
        short(f.regorus_ratios()[1]),
        short(f.interpreter_ratios()[2]),
        short(f.regorus_ratios()[2]),
    ]
}

/// What a target is set for: its name, the figure and the least that it should be.
type Line = (&'static str, fn(&Figures) -> f64, f64);

fn conclude(all: &[Figures], total: &Figures) {
    let least = |f: fn(&Figures) -> f64| all.iter().map(f).fold(f64::INFINITY, f64::min);
    let reach = |f: fn(&Figures) -> f64, limit: f64| all.iter().filter(|x| f(x) >= limit).count();
    let lines: [Line; 6] = [
        ("cel, columns standing, inputs made", |f| f.interpreter_ratios()[0], 500.0),
        ("regorus, columns standing, inputs made", |f| f.regorus_ratios()[0], 500.0),
        ("cel, columns built, inputs made beforehand", |f| f.interpreter_ratios()[1], 20.0),
        ("regorus, columns built, inputs made beforehand", |f| f.regorus_ratios()[1], 20.0),
        ("cel, columns built, its inputs too", |f| f.interpreter_ratios()[2], 20.0),
        ("regorus, columns built, its inputs too", |f| f.regorus_ratios()[2], 20.0),
    ];
    let mut table = Table::new(&["times ours", "target", "over all 30", "least", "checks that reach it"]);
    for (name, ratio, target) in lines {
        table.row(vec![
            name.to_owned(),
            format!("≥ {target}"),
            short(ratio(total)),
            short(least(ratio)),
            format!("{} of {}", reach(ratio, target), all.len()),
        ]);
    }
    println!("{table}");
}

fn measure(check: &Check, catalog: &Catalog, things: usize, sample: usize, seed: u64) -> Result<Figures> {
    let schema = &catalog.schema;
    let world = World::new(&check.plan, schema, things, seed);
    let per_thing = |time: Duration, things: usize| time.as_nanos() as f64 / things as f64;
    let (built, universe) = repeat(3, || columns::build(&world, schema));
    let universe = universe?;
    let (evaluated, truths) = repeat(9, || Session::new(&universe, schema).evaluate(&check.plan));
    let undecided = truths.len() - truths.yes.count() - truths.no.count();
    ensure!(undecided == 0, "{undecided} things are unknown in a world where everything is known");
    let step = (things / sample.max(1)).max(1);
    let rows: Vec<u32> = (0..things as u32).step_by(step).collect();
    let peers = peers(check, catalog, schema, &world, &truths, &rows)?;
    let inputs = |inputs| per_thing(inputs, rows.len()) + per_thing(peers.related, things);
    Ok(Figures {
        ours: per_thing(evaluated, things),
        building: per_thing(built, things),
        interpreter: per_thing(peers.interpreter, rows.len()),
        interpreter_inputs: inputs(peers.contexts),
        regorus: per_thing(peers.regorus, rows.len()),
        regorus_inputs: inputs(peers.inputs),
        mode: peers.mode,
        holds: truths.yes.count(),
    })
}

/// What the peers took for the rows that they were asked about.
struct Peers {
    /// Finding out for all things who belongs to whom.
    related: Duration,
    /// Making the interpreter's contexts.
    contexts: Duration,
    interpreter: Duration,
    /// Making the inputs of regorus.
    inputs: Duration,
    regorus: Duration,
    /// How regorus ran.
    mode: Mode,
}

fn peers(
    check: &Check,
    catalog: &Catalog,
    schema: &Schema,
    world: &World,
    truths: &Truths,
    rows: &[u32],
) -> Result<Peers> {
    let (related, documents) = repeat(3, || Documents::new(world, schema));
    let interpreter = Interpreter::new(&check.plan, schema, &documents, &catalog.calendar, world.as_of)?;
    let mut policy = Policy::new(&check.plan, schema)?;
    let (forms, mut texts) = (Inputs::new(&check.plan, &documents, world.as_of), Values::default());
    let zero = Duration::ZERO;
    let mut took = Peers {
        related,
        contexts: zero,
        interpreter: zero,
        inputs: zero,
        regorus: zero,
        mode: Mode::Machine,
    };
    for (place, chunk) in rows.chunks(CHUNK).enumerate() {
        let (made, contexts) = repeat(ROUNDS, || -> Vec<_> {
            chunk.iter().map(|row| interpreter.context(&documents, *row)).collect()
        });
        took.contexts += made;
        took.interpreter +=
            timed(chunk, truths, "the interpreter", |place| interpreter.holds(&contexts[place]))?;
        drop(contexts);
        let (made, inputs) = repeat(ROUNDS, || -> Vec<_> {
            chunk.iter().map(|row| forms.of(&documents, &mut texts, *row)).collect()
        });
        took.inputs += made;
        let mut regorus = |mode| timed(chunk, truths, "regorus", |place| policy.holds(mode, &inputs[place]));
        if place == 0 {
            let (machine, engine) = (regorus(Mode::Machine)?, regorus(Mode::Engine)?);
            took.mode = if machine <= engine { Mode::Machine } else { Mode::Engine };
        }
        took.regorus += regorus(took.mode)?;
    }
    Ok(took)
}

/// Asks about each row of a chunk, several times; the median, the answers compared with ours.
fn timed(
    chunk: &[u32],
    truths: &Truths,
    who: &str,
    mut ask: impl FnMut(usize) -> Result<bool>,
) -> Result<Duration> {
    let mut times = vec![];
    for _ in 0..ROUNDS {
        let (took, answers) = time(|| (0..chunk.len()).map(&mut ask).collect::<Result<Vec<bool>>>());
        for (row, answer) in chunk.iter().zip(answers?) {
            let ours = truths.get(*row as usize);
            ensure!(ours == Truth::from(answer), "row {row}: {who} says {answer}, ours {ours:?}");
        }
        times.push(took);
    }
    Ok(median(&mut times))
}
