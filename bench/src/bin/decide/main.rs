//! Decisions about persons, in process: ours with millions of records resident, and beside `regorus` and
//! `cedar-policy` on the same questions, the answers asserted equal to each other and to an oracle that
//! goes through the table of conditions for each question.
//!
//! `decide [RECORDS…]`: how many records there are for ours; the peers are asked with 100,000.

#[path = "../../../../crates/hegui-decide/tests/agreement/oracle.rs"]
#[allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "the oracle of the tests, which fails by panicking"
)]
mod oracle;
mod peers;
#[path = "../../../../crates/hegui-decide/tests/agreement/person.rs"]
#[allow(missing_docs, reason = "the oracle of the tests")]
mod person;
mod population;

use anyhow::{Result, anyhow, ensure};
use hegui_bench::measure::{processor_time, time};
use hegui_bench::table::{Table, short, thousands};
use hegui_catalog::Catalog;
use hegui_decide::answer::{Answer, Verdict};
use hegui_decide::question::{Question, Subject};
use hegui_decide::state::State;
use oracle::{Oracle, Said};
use peers::{Cedar, Rego};
use person::Person;
use population::{Ruled, since};
use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

/// Questions to ours, about persons in random order.
const QUESTIONS: usize = 4_000_000;
/// Questions in a batch.
const BATCH: usize = 1024;
/// Answers compared with the oracle's.
const COMPARED: usize = 5_000;
/// Records that the peers have, and questions to them.
const PEERS: (usize, usize) = (100_000, 20_000);

fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let catalog = Catalog::read_dir(root.join("catalog").to_str().unwrap_or_default())
        .map_err(|problems| anyhow!("{problems:?}"))?;
    let ruled = Ruled::new(&catalog, &root.join("examples/retailer")).map_err(|e| anyhow!("{e}"))?;
    let sizes: Vec<usize> = std::env::args().skip(1).map(|n| n.parse()).collect::<Result<_, _>>()?;
    println!("## Decisions\n");
    println!(
        "May this be done with this person's data now? Rules of the example retailer's register: {} items, \
         {} conditions in the table. Persons are generated; each has records of one to four items, and \
         questions are about persons in random order. Every answer holds its citations and the log's \
         entries that it rests on ({} bytes). {COMPARED} answers of each size are asserted to be the \
         oracle's. Rates are millions a second of one thread's processor time; *one by one* and *in \
         batches* of {BATCH:}. Latency is by the clock, each decision by itself, and holds the reading of \
         the clock. *Two threads*: their rates together, over that of one.\n",
        ruled.items.len(),
        ruled.rules.conditions.conditions.len(),
        size_of::<Answer>()
    );
    let mut table = Table::new(&[
        "records",
        "bytes a record",
        "permit %",
        "deny %",
        "no basis %",
        "one by one",
        "in batches",
        "p50 ns",
        "p99 ns",
        "p99.9 ns",
        "two threads",
    ]);
    for records in if sizes.is_empty() { vec![1_000_000, 10_000_000] } else { sizes } {
        table.row(ours(&catalog, &ruled, records)?);
    }
    println!("{table}");
    beside_peers(&catalog, &ruled)
}

/// A row of the table of ours.
fn ours(catalog: &Catalog, ruled: &Ruled, records: usize) -> Result<Vec<String>> {
    let (state, persons) = ruled.state(records);
    let asked = ruled.questions(QUESTIONS, persons);
    compare(catalog, ruled, &state, asked.get(..COMPARED).unwrap_or(&asked))?;
    let questions: Vec<Question> = asked.into_iter().map(|(_, question)| question).collect();
    let verdicts: Vec<Verdict> = questions.iter().map(|q| ruled.rules.decide(&state, q).verdict).collect();
    let share = |verdict| {
        let n = verdicts.iter().filter(|v| **v == verdict).count();
        short(n as f64 / verdicts.len() as f64 * 100.0)
    };
    let rate = |took: Duration, n: usize| n as f64 / took.as_secs_f64() / 1e6;
    let best = |work: &dyn Fn()| {
        let times = (0..3).map(|_| time(work).0);
        rate(times.min().unwrap_or_default(), questions.len())
    };
    let single = best(&|| {
        questions.iter().for_each(|q| {
            black_box(ruled.rules.decide(&state, q));
        });
    });
    let batches = best(&|| in_batches(ruled, &state, &questions));
    let latency = latencies(ruled, &state, &questions);
    let (first, second) = questions.split_at(questions.len() / 2);
    let state = &state;
    let both: f64 = std::thread::scope(|scope| {
        let work = |part| {
            scope.spawn(move || {
                let (took, ()) = time(|| in_batches(ruled, state, part));
                rate(took, part.len())
            })
        };
        [work(first), work(second)].into_iter().filter_map(|thread| thread.join().ok()).sum()
    });
    Ok([
        vec![thousands(state.records() as f64), short(state.bytes() as f64 / state.records() as f64)],
        vec![share(Verdict::Permit), share(Verdict::Deny), share(Verdict::NoBasis)],
        vec![short(single), short(batches)],
        latency.into_iter().map(|t| thousands(t.as_nanos() as f64)).collect(),
        vec![short(both / batches)],
    ]
    .concat())
}

fn in_batches(ruled: &Ruled, state: &State, questions: &[Question]) {
    let mut answers: Vec<Answer> = Vec::with_capacity(BATCH);
    for batch in questions.chunks(BATCH) {
        answers.clear();
        ruled.rules.decide_all(state, batch, &mut answers);
        black_box(&answers);
    }
}

fn latencies(ruled: &Ruled, state: &State, questions: &[Question]) -> Vec<Duration> {
    let mut times: Vec<Duration> = questions
        .iter()
        .map(|question| {
            let start = Instant::now();
            black_box(ruled.rules.decide(state, black_box(question)));
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    let at = |thousandths: usize| times.get(times.len() * thousandths / 1000).copied().unwrap_or_default();
    vec![at(500), at(990), at(999)]
}

/// Every answer is the oracle's.
fn compare(catalog: &Catalog, ruled: &Ruled, state: &State, asked: &[(u64, Question)]) -> Result<()> {
    let thing = |kind, row| ruled.register.thing(&catalog.schema, kind, row);
    let oracle = Oracle {
        catalog,
        conditions: &ruled.rules.conditions,
        universe: &ruled.universe,
        directory: &ruled.directory,
        thing: &thing,
        since: &since,
    };
    for (person, question) in asked {
        let said = Said::of(&ruled.rules.decide(state, question), &ruled.rules);
        let oracle = oracle.answer(&ruled.events_of(*person), question);
        ensure!(said == oracle, "{question:?}: {said:?}, the oracle: {oracle:?}");
    }
    Ok(())
}

fn beside_peers(catalog: &Catalog, ruled: &Ruled) -> Result<()> {
    let (records, count) = PEERS;
    let (state, number) = ruled.state(records);
    let asked = ruled.questions(count, number);
    compare(catalog, ruled, &state, asked.get(..COMPARED).unwrap_or(&asked))?;
    let persons: BTreeMap<Subject, Person> = (0..number)
        .map(|n| (Ruled::subject(n), person::replay(&ruled.events_of(n), Ruled::subject(n))))
        .collect();
    let questions: Vec<Question> = asked.into_iter().map(|(_, question)| question).collect();
    let expected: Vec<peers::Said> = questions.iter().map(|q| said(ruled, &state, q)).collect();

    let mut rego = Rego::new(ruled, &persons)?;
    let inputs = questions.iter().map(|q| peers::rego_input(ruled, q)).collect::<Result<Vec<_>>>()?;
    let (regorus, answers) =
        time(|| inputs.iter().map(|input| rego.answer(input)).collect::<Result<Vec<_>>>());
    for (answer, expected) in answers?.iter().zip(&expected) {
        let said = Rego::said(answer)?;
        ensure!(said == *expected, "regorus says {said:?}, ours {expected:?}");
    }
    let cedar = Cedar::new(&ruled.rules.conditions)?;
    let nobody = Person::default();
    let request = |q: &Question| cedar.request(ruled, q, persons.get(&q.subject).unwrap_or(&nobody));
    let requests = questions.iter().map(request).collect::<Result<Vec<_>>>()?;
    let (cedars, answers) = time(|| requests.iter().map(|r| cedar.answer(r)).collect::<Vec<_>>());
    for (answer, expected) in answers.iter().zip(&expected) {
        let said = Cedar::said(answer)?;
        ensure!(said == *expected, "cedar says {said:?}, ours {expected:?}");
    }
    print_peers(ruled, &state, &questions, (regorus, cedars));
    Ok(())
}

/// What ours says, in the peers' terms.
fn said(ruled: &Ruled, state: &State, question: &Question) -> peers::Said {
    let answer = ruled.rules.decide(state, question);
    let unmet = answer.failed.with(answer.open).places();
    let conditions = &ruled.rules.conditions.conditions;
    let ids: BTreeSet<String> =
        unmet.filter_map(|place| conditions.get(place as usize)).map(|c| c.id.clone()).collect();
    (answer.verdict == Verdict::Permit, ids)
}

fn print_peers(ruled: &Ruled, state: &State, questions: &[Question], times: (Duration, Duration)) {
    const ROUNDS: usize = 20;
    let before = processor_time();
    for question in std::iter::repeat_n(questions, ROUNDS).flatten() {
        black_box(ruled.rules.decide(state, question));
    }
    let ours = (processor_time() - before).as_secs_f64() / (ROUNDS * questions.len()) as f64;
    let each = |time: Duration| time.as_secs_f64() / questions.len() as f64;
    let (regorus, cedar) = (each(times.0), each(times.1));
    println!(
        "Beside peers: {} records, {} questions, the same for all, nanoseconds of processor time a \
         decision. `regorus` runs the table as a Rego policy in its virtual machine, the records in its \
         data under a composite key; `cedar-policy` has a policy for each condition, and the person's \
         records stand in the request, made beforehand. Their inputs, which are made beforehand too, name \
         the conditions that apply and what the register alone has settled. Whether it is a permit and \
         which conditions are not satisfied is asserted to be the same.\n",
        thousands(state.records() as f64),
        thousands(questions.len() as f64)
    );
    let mut table = Table::new(&["", "ns", "÷ ours"]);
    for (name, seconds) in [("ours", ours), ("regorus", regorus), ("cedar-policy", cedar)] {
        table.row(vec![name.to_owned(), thousands(seconds * 1e9), thousands(seconds / ours)]);
    }
    println!("{table}");
}
