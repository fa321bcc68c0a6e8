//! How fast decisions are, with so many consent records resident: `cargo run --release -p hegui-decide
//! --example speed [records …]`, 1,000,000 and 10,000,000 if none is given.
//!
//! Rates are of one thread's processor time, where Linux tells it, since other things run on the
//! machine; latencies are by the clock, each decision by itself, and hold what reading the clock costs.

#![allow(clippy::print_stdout, reason = "an example that prints what it measured")]

mod population;

use hegui_catalog::Catalog;
use hegui_catalog::model::Lang;
use hegui_decide::answer::{Answer, Verdict};
use hegui_decide::explain::{Names, Stood};
use hegui_decide::question::Question;
use hegui_decide::rules::Rules;
use hegui_decide::state::State;
use hegui_logic::universe::FactKey;
use population::Ruled;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

/// Questions asked, in random order of persons.
const QUESTIONS: usize = 2_000_000;
/// Questions handed over at once in a batch.
const BATCH: usize = 1024;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let catalog = hegui_law::catalog()?;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/retailer");
    let ruled = Ruled::new(&catalog, Path::new(folder))?;
    println!(
        "rules: {} items of a register with {} things ({} named); an answer {} bytes, a question {} bytes",
        ruled.items.len(),
        ruled.universe.tables().map(|table| table.rows).sum::<usize>(),
        ruled.directory.things(),
        size_of::<Answer>(),
        size_of::<Question>()
    );
    let sizes: Vec<usize> = std::env::args().skip(1).map(|n| n.parse()).collect::<Result<_, _>>()?;
    for records in if sizes.is_empty() { vec![1_000_000, 10_000_000] } else { sizes } {
        measure(&catalog, &ruled, records)?;
    }
    Ok(())
}

fn measure(catalog: &Catalog, ruled: &Ruled, records: usize) -> Result<(), Box<dyn std::error::Error>> {
    let (took, (state, persons)) = timed(|| ruled.state(records));
    println!("\n{} records of {persons} persons, loaded in {took:.1?}", state.records());
    println!("  {:.1} bytes a record", state.bytes() as f64 / state.records() as f64);
    let asked = ruled.questions(QUESTIONS, persons);
    check(ruled, &state, asked.get(..2000).unwrap_or(&asked))?;
    let questions: Vec<Question> = asked.into_iter().map(|(_, question)| question).collect();
    for _ in 0..2 {
        let single = rate(&questions, || {
            questions.iter().for_each(|question| {
                black_box(ruled.rules.decide(&state, question));
            });
        });
        let batch = rate(&questions, || in_batches(&ruled.rules, &state, &questions));
        println!("  one thread: {single:.2} M/s one by one, {batch:.2} M/s in batches");
    }
    example(catalog, ruled, &state, &questions);
    latencies(ruled, &state, &questions);
    two_threads(ruled, &state, &questions);
    Ok(())
}

/// Each answer is what a replay of the person's own events gives; and how many there are of each.
fn check(ruled: &Ruled, state: &State, asked: &[(u64, Question)]) -> Result<(), String> {
    let mut verdicts = [0; 3];
    for (person, question) in asked {
        let events = ruled.events_of(*person);
        let log = events.iter().map(|(index, event)| (*index, event));
        let replayed = ruled.rules.replay(log, state.next_index(), question).map_err(|e| e.to_string())?;
        let answer = ruled.rules.decide(state, question);
        if replayed != answer {
            return Err(format!("{question:?}: {answer:?}, replayed: {replayed:?}"));
        }
        if let Some(n) = verdicts.get_mut(answer.verdict as usize) {
            *n += 1;
        }
    }
    let [permit, deny, no_basis] = verdicts;
    println!("  of {}: {permit} permit, {deny} deny, {no_basis} no basis", asked.len());
    debug_assert_eq!(Verdict::Permit as usize, 0);
    Ok(())
}

/// One answer in words.
fn example(catalog: &Catalog, ruled: &Ruled, state: &State, questions: &[Question]) {
    let answers = questions.iter().map(|question| ruled.rules.decide(state, question));
    let Some(answer) = answers.into_iter().find(|answer| answer.verdict == Verdict::Deny) else { return };
    let fact = |key: &FactKey| ruled.register.path(&catalog.schema, key);
    let names = Names { directory: &ruled.directory, fact: &fact, lang: Lang::En };
    let explanation = ruled.rules.explain(&answer, names);
    println!("  for example {:?}, resting on entries {:?}", explanation.verdict, explanation.records);
    for reason in explanation.reasons.iter().filter(|reason| reason.stood == Stood::Failed) {
        let (record, lacking) = (&reason.record, reason.lacking.join(", "));
        println!("    {} ({}): {record} lacks {lacking}", reason.text, reason.clauses.join(", "));
    }
}

fn in_batches(rules: &Rules, state: &State, questions: &[Question]) {
    let mut answers: Vec<Answer> = Vec::with_capacity(BATCH);
    for batch in questions.chunks(BATCH) {
        answers.clear();
        rules.decide_all(state, batch, &mut answers);
        black_box(&answers);
    }
}

fn latencies(ruled: &Ruled, state: &State, questions: &[Question]) {
    let mut times: Vec<Duration> = questions
        .iter()
        .map(|question| {
            let start = Instant::now();
            black_box(ruled.rules.decide(state, black_box(question)));
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    let at = |share: f64| times.get((times.len() as f64 * share) as usize).copied().unwrap_or_default();
    println!("  latency: median {:?}, p99 {:?}, p99.9 {:?}", at(0.5), at(0.99), at(0.999));
}

fn two_threads(ruled: &Ruled, state: &State, questions: &[Question]) {
    let one = rate(questions, || in_batches(&ruled.rules, state, questions));
    let (first, second) = questions.split_at(questions.len() / 2);
    let both: f64 = std::thread::scope(|scope| {
        let of = |part| scope.spawn(move || rate(part, || in_batches(&ruled.rules, state, part)));
        [of(first), of(second)].into_iter().filter_map(|thread| thread.join().ok()).sum()
    });
    println!("  two threads: {both:.2} M/s together, {:.2} times one", both / one);
}

/// Millions a second.
fn rate(questions: &[Question], work: impl FnOnce()) -> f64 {
    let (took, ()) = timed(work);
    questions.len() as f64 / took.as_secs_f64() / 1e6
}

/// This thread's processor time, or the clock's where Linux does not tell.
fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let (clock, before) = (Instant::now(), processor_time());
    let result = work();
    let took = processor_time().zip(before).map(|(after, before)| after.saturating_sub(before));
    (took.filter(|t| !t.is_zero()).unwrap_or_else(|| clock.elapsed()), result)
}

fn processor_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split_whitespace().next()?.parse().ok()?))
}
