//! Measures how many questions settle how many outcomes:
//! `cargo run --release -p hegui-assess --example questions -- [REGISTER [CATALOG]]`.
//!
//! A register (the retailer) is assessed in full: that is what its people know. Then it begins anew with
//! only its things, that is their ids and what each stands below, and none of their facts, lists or
//! rulings. Again and again the questions are ranked and grouped as `hegui ask` prints them, the first
//! group is answered from the full register, everything is evaluated, and ranked again. What is counted
//! is the share of findings (a requirement of the profile, a thing) with the outcome that they have in
//! full. What the full register does not know either is asked once, stays open and is counted apart.
//! `docs/questions.md` holds the numbers.

use hegui_assess::assessment::Assessment;
use hegui_assess::evaluate::{Evaluation, Overlay, Overlays};
use hegui_assess::scope::{Object, steps};
use hegui_catalog::Catalog;
use hegui_catalog::model::Strength;
use hegui_logic::calendar::parse_date;
use hegui_logic::plan::NONE;
use hegui_logic::schema::{FieldId, KindId, RelationId, Schema, Source, Type};
use hegui_logic::truth::Outcome;
use hegui_logic::universe::{FactKey, ROW_NONE, Value};
use hegui_register::{Limits, Register};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::error::Error;
use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// The date of the state assessed, and of what was known.
const DATE: &str = "2026-06-30";
/// The requirements that count.
const PROFILE: &str = "full";
/// After so many questions the table has a line.
const LINES: [usize; 12] = [0, 10, 25, 50, 100, 200, 300, 400, 600, 800, 1_200, 1_600];
/// Shares, in percent, whose first reaching is told.
const GOALS: [usize; 5] = [50, 80, 90, 95, 99];

#[expect(clippy::print_stdout, reason = "a command that prints")]
fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| "examples/retailer".to_owned());
    let catalog = match arguments.next() {
        Some(path) => Catalog::read_dir(path).map_err(|problems| problems.to_string())?,
        None => hegui_law::catalog()?,
    };
    let register = Register::read_dir(Path::new(&folder), &catalog, &Limits::default())
        .map_err(|problems| problems.to_string())?;
    let stripped = stripped(&catalog, &register)?;
    let full = Assessment::new(&catalog, &register, object()?)?;
    let bare = Assessment::new(&catalog, &stripped, object()?)?;
    println!("catalog {}, register {folder}, profile {PROFILE}, as of and known on {DATE}", catalog.hash);
    let mut interview = Interview::new(&full, bare);
    interview.run();
    print!("{}", interview.report());
    Ok(())
}

fn object() -> Result<Object, String> {
    let date = parse_date(DATE).ok_or("no date")?;
    Ok(Object {
        profile: PROFILE.to_owned(),
        products: vec![],
        activities: vec![],
        as_of: date,
        known_on: date,
        closing: false,
    })
}

/// The same things, each with its id and what it stands below, and nothing else, in the same rows.
fn stripped(catalog: &Catalog, register: &Register) -> Result<Register, String> {
    let schema = &catalog.schema;
    let date = parse_date(DATE).ok_or("no date")?;
    let universe = register.universe(catalog, date, date).universe;
    let mut text = String::new();
    for (kind, row) in things(schema, register) {
        let _ = writeln!(text, "[{}]", register.thing(schema, kind, row));
        let parent = schema.kind(kind).parent.zip(schema.parent_of(kind));
        // What a document declares of a thing stands below it by its very name.
        let Some((field, above)) = parent.filter(|_| !schema.kind(kind).name.contains('.')) else { continue };
        if let Some(Value::Thing(up)) = universe.value(kind, row, field).filter(|up| !is_none(*up)) {
            let name = register.thing(schema, above, up);
            let id = name.strip_prefix(&format!("{}.", schema.kind(above).name)).unwrap_or(&name);
            let _ = writeln!(text, "{} = \"{}\"", schema.kind(kind).field(field).name, id.trim_matches('"'));
        }
    }
    let stripped = Register::read_files(vec![("things.toml".to_owned(), text)], catalog)
        .map_err(|problems| problems.to_string())?;
    let moved = things(schema, register)
        .find(|(kind, row)| register.thing(schema, *kind, *row) != stripped.thing(schema, *kind, *row));
    match moved {
        Some((kind, row)) => Err(format!("another row: {}", register.thing(schema, kind, row))),
        None => Ok(stripped),
    }
}

fn things<'a>(schema: &'a Schema, register: &'a Register) -> impl Iterator<Item = (KindId, u32)> + 'a {
    let kinds = (0..schema.kinds.len()).map(|kind| KindId(kind as u16));
    kinds.flat_map(move |kind| (0..register.count(kind) as u32).map(move |row| (kind, row)))
}

fn is_none(value: Value) -> bool {
    value == Value::Thing(ROW_NONE)
}

/// What is settled after some questions.
#[derive(Clone, Copy, Default)]
struct Standing {
    /// Questions answered, as `hegui ask` groups them.
    groups: usize,
    /// Facts and lists given in answer.
    facts: usize,
    /// Questions asked that the register itself cannot answer.
    vain: usize,
    /// Findings with the outcome that they have in full.
    settled: usize,
    /// Gaps among them.
    gaps: usize,
    /// Findings met whether or not they apply, which are not applicable in full: they are not asked about
    /// any further. Not counted as settled.
    anyway: usize,
    /// Findings with another outcome than in full.
    otherwise: usize,
    /// Findings about things that nobody may have mentioned: a requirement, an open list on the way to it.
    existence: usize,
}

/// One who asks, and one who answers out of a register.
struct Interview<'a> {
    full: &'a Assessment<'a>,
    bare: Assessment<'a>,
    overlays: Overlays,
    /// What was asked, answered or not.
    asked: HashSet<FactKey>,
    /// Facts given that the register states further up, once for all below.
    inherited: usize,
    /// Facts given with an answer because they differ from it below, counted among the facts given.
    exceptions: usize,
    /// Facts that the register itself does not know.
    unknown: usize,
    /// Groups and facts of the first ranking.
    first: (usize, usize),
    standings: Vec<Standing>,
    rankings: Vec<Duration>,
    wordings: Vec<Duration>,
    evaluations: Vec<Duration>,
}

impl<'a> Interview<'a> {
    fn new(full: &'a Assessment<'a>, bare: Assessment<'a>) -> Self {
        Self {
            full,
            bare,
            overlays: Overlays::default(),
            asked: HashSet::new(),
            inherited: 0,
            exceptions: 0,
            unknown: 0,
            first: (0, 0),
            standings: vec![],
            rankings: vec![],
            wordings: vec![],
            evaluations: vec![],
        }
    }

    /// Asks until nothing is left to ask.
    fn run(&mut self) {
        let mut now = Standing::default();
        self.stand(&mut now);
        loop {
            let groups = self.ranked();
            if self.rankings.len() == 1 {
                self.first = (groups.len(), groups.iter().map(Vec::len).sum());
            }
            let given = groups.iter().find_map(|group| {
                let given = self.put(group);
                now.vain += usize::from(given == 0);
                (given > 0).then_some(given)
            });
            let Some(given) = given else { break };
            now.groups += 1;
            now.facts += given;
            self.evaluate();
            self.stand(&mut now);
        }
        self.stand(&mut now);
    }

    /// The questions not asked yet, grouped as `hegui_report::groups` does, the weightiest group first.
    fn ranked(&mut self) -> Vec<Vec<FactKey>> {
        let start = Instant::now();
        let seeker = self.bare.seeker();
        let questions = self.bare.questions(&seeker);
        self.rankings.push(start.elapsed());
        let start = Instant::now();
        let views = self.bare.question_views(&seeker);
        let mut groups: Vec<(f64, Vec<FactKey>)> = vec![];
        let mut places = HashMap::new();
        let fresh = questions.into_iter().zip(&views).filter(|(q, _)| !self.asked.contains(&q.key));
        for (question, view) in fresh {
            let next = groups.len();
            let place = *places.entry((&view.group, &view.who)).or_insert(next);
            if place == next {
                groups.push((0.0, vec![]));
            }
            if let Some((weight, keys)) = groups.get_mut(place) {
                *weight += question.weight;
                keys.push(question.key);
            }
        }
        groups.sort_by(|a, b| b.0.total_cmp(&a.0));
        self.wordings.push(start.elapsed());
        groups.into_iter().map(|(_, keys)| keys).collect()
    }

    /// Puts one question about several things; how many facts came in answer.
    fn put(&mut self, group: &[FactKey]) -> usize {
        let exceptions = self.exceptions;
        let given: Vec<bool> = group.iter().map(|key| self.answer(key)).collect();
        self.asked.extend(group.iter().cloned());
        self.unknown += given.iter().filter(|given| !**given).count();
        given.into_iter().filter(|given| *given).count() + self.exceptions - exceptions
    }

    /// Answers from the full register, if it can.
    fn answer(&mut self, key: &FactKey) -> bool {
        match key {
            FactKey::Fact(kind, row, field) => self.fact(key, (*kind, *row, *field)),
            FactKey::Complete(kind, row, relation) => self.list(key, (*kind, *row, *relation)),
            FactKey::Outcome(clause, kind, row) => self.ruling(clause, *kind, *row),
            FactKey::Calendar => false,
        }
    }

    fn fact(&mut self, key: &FactKey, (kind, row, field): (KindId, u32, FieldId)) -> bool {
        let Some(value) = self.own(kind, row, field) else { return false };
        self.inherited += usize::from(self.full.assessed.is_inherited(kind, row, field));
        self.bare.assessed.set_fact(key, Some(value));
        self.except(kind, field);
        true
    }

    /// The value that the full register has, as the other universe writes it.
    fn own(&mut self, kind: KindId, row: u32, field: FieldId) -> Option<Value> {
        let full = &self.full.assessed.universe;
        let value = full.value(kind, row, field)?;
        Some(match (self.full.catalog.schema.kind(kind).field(field).ty, value) {
            (Type::Text, Value::Number(symbol)) if symbol != NONE => {
                let text = full.texts.get(symbol as u32).unwrap_or_default();
                Value::Number(i64::from(self.bare.assessed.universe.texts.intern(text)))
            }
            _ => value,
        })
    }

    /// An answer counts for everything below; who gives it names what is otherwise there.
    fn except(&mut self, kind: KindId, field: FieldId) {
        let schema = &self.full.catalog.schema;
        let name = &schema.kind(kind).field(field).name;
        let kinds = (0..schema.kinds.len()).map(|kind| KindId(kind as u16));
        for (kind, field) in kinds.filter_map(|kind| Some((kind, schema.kind(kind).field_named(name)?))) {
            for row in 0..self.full.register.count(kind) as u32 {
                let now = self.bare.assessed.universe.value(kind, row, field);
                let own = self.own(kind, row, field);
                if self.bare.assessed.is_inherited(kind, row, field) && own.is_some() && now != own {
                    self.bare.assessed.set_fact(&FactKey::Fact(kind, row, field), own);
                    self.exceptions += 1;
                }
            }
        }
    }

    /// Names the members of a list, and says whether these are all, as far as that is known.
    fn list(&mut self, key: &FactKey, (kind, row, relation): (KindId, u32, RelationId)) -> bool {
        let (members, complete) = self.full.assessed.universe.members(kind, row, relation);
        let known = self.bare.assessed.universe.members(kind, row, relation).0;
        let new: Vec<u32> = members.iter().copied().filter(|member| !known.contains(member)).collect();
        if !complete && new.is_empty() {
            return false;
        }
        self.name(kind, row, relation, &new);
        if complete {
            self.bare.assessed.set_fact(key, Some(Value::Flag(true)));
        }
        true
    }

    fn name(&mut self, kind: KindId, row: u32, relation: RelationId, new: &[u32]) {
        let definition = self.full.catalog.schema.kind(kind).relation(relation);
        let to = definition.to;
        let extended = |bare: &Assessment<'_>, (kind, row, relation), more: &[u32]| {
            [bare.assessed.universe.members(kind, row, relation).0, more].concat()
        };
        match definition.source {
            _ if new.is_empty() => {}
            Source::List => {
                let members = extended(&self.bare, (kind, row, relation), new);
                self.bare.assessed.set_list(kind, row, relation, members);
            }
            Source::Inverse(field) => {
                for member in new {
                    let key = FactKey::Fact(to, *member, field);
                    self.bare.assessed.set_fact(&key, Some(Value::Thing(row)));
                }
            }
            Source::InverseList(other) => {
                for member in new {
                    let members = extended(&self.bare, (to, *member, other), &[row]);
                    self.bare.assessed.set_list(to, *member, other, members);
                }
            }
        }
    }

    fn ruling(&mut self, clause: &str, kind: KindId, row: u32) -> bool {
        let Some(outcome) = self.full.evaluation.clause_ruling(clause, kind, row) else { return false };
        let rulings = self.overlays.clauses.entry((clause.to_owned(), kind)).or_default();
        rulings.push(Overlay { row, outcome });
        true
    }

    fn evaluate(&mut self) {
        let start = Instant::now();
        let overlays = self.overlays.clone();
        let universe = &mut self.bare.assessed.universe;
        self.bare.evaluation = Evaluation::new(self.bare.catalog, universe, PROFILE, overlays);
        self.evaluations.push(start.elapsed());
    }

    /// Every finding: its outcome in full, and as far as was asked.
    fn findings(&self) -> impl Iterator<Item = (Outcome, Outcome)> + '_ {
        let full = &self.full.evaluation;
        full.selected.iter().flat_map(move |index| {
            let outcomes = |evaluation: &'a Evaluation| evaluation.outcomes.get(*index)?.as_ref();
            let scope = self.full.catalog.requirements.get(*index).and_then(|r| r.scope);
            let things = scope.and_then(|kind| self.full.included.things.get(kind.0 as usize));
            let rows = things.into_iter().flat_map(|things| things.iter_ones());
            let bare = self.bare.evaluation.outcomes.get(*index).and_then(Option::as_ref);
            let both = outcomes(full).zip(bare);
            rows.filter_map(move |row| both.map(|(full, bare)| (full.get(row), bare.get(row))))
        })
    }

    /// Where outcomes are not those in full: the requirements, each with how many things.
    fn otherwise(&self) -> Vec<String> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for index in &self.full.evaluation.selected {
            let outcomes = |of: &'a Evaluation| of.outcomes.get(*index)?.as_ref();
            let bare = self.bare.evaluation.outcomes.get(*index).and_then(Option::as_ref);
            let both = outcomes(&self.full.evaluation).zip(bare);
            let Some((full, bare)) = both else { continue };
            let n = (0..full.len()).filter(|row| is_otherwise(full.get(*row), bare.get(*row))).count();
            let id = self.full.catalog.requirements.get(*index).map_or("", |r| r.id.as_str());
            *counts.entry(id).or_default() += n;
        }
        counts.retain(|_, n| *n > 0);
        counts.into_iter().map(|(id, n)| format!("{id} ({n})")).collect()
    }

    fn stand(&mut self, now: &mut Standing) {
        let settled = |full: &Outcome, bare: &Outcome| full == bare && *full != Outcome::Unknown;
        now.settled = self.findings().filter(|(full, bare)| settled(full, bare)).count();
        now.gaps = self.findings().filter(|(full, bare)| full == bare && *full == Outcome::Gap).count();
        now.anyway = self.findings().filter(|(full, bare)| is_anyway(*full, *bare)).count();
        now.otherwise = self.findings().filter(|(full, bare)| is_otherwise(*full, *bare)).count();
        now.existence = existence(&self.bare);
        self.standings.push(*now);
    }

    fn report(&self) -> String {
        let all = self.findings().count();
        let known = self.findings().filter(|(full, _)| *full != Outcome::Unknown).count();
        let gaps = self.findings().filter(|(full, _)| *full == Outcome::Gap).count();
        let things = things(&self.full.catalog.schema, self.full.register).count();
        let mut out = format!(
            "{things} things, {} requirements, {all} findings, of which the full register settles {known} \
             ({gaps} gaps); in full {} existence findings stay open\n\
             at first {} groups of {} facts are open\n\n",
            self.full.evaluation.selected.len(),
            existence(self.full),
            self.first.0,
            self.first.1,
        );
        out.push_str("| answered | facts given | not answered | settled | % of all | % of settled in full | gaps | holds anyway | otherwise | existence open |\n");
        out.push_str("|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
        for (place, now) in self.standings.iter().enumerate() {
            if LINES.contains(&now.groups) || place + 1 == self.standings.len() {
                let _ = writeln!(
                    out,
                    "| {} | {} | {} | {} | {:.1} | {:.1} | {} | {} | {} | {} |",
                    now.groups,
                    now.facts,
                    now.vain,
                    now.settled,
                    percent(now.settled, all),
                    percent(now.settled, known),
                    now.gaps,
                    now.anyway,
                    now.otherwise,
                    now.existence
                );
            }
        }
        out.push('\n');
        for goal in GOALS {
            self.goal(&mut out, goal, all, "all findings");
            self.goal(&mut out, goal, known, "those settled in full");
        }
        let _ = writeln!(
            out,
            "\n{} of the facts given stand further up in the register, {} are exceptions to an answer given above; \
             {} facts asked for it does not know\n\
             settled otherwise: {}\nranking {}\nwording and grouping {}\nevaluation {}",
            self.inherited,
            self.exceptions,
            self.unknown,
            self.otherwise().join(", "),
            spread(&self.rankings),
            spread(&self.wordings),
            spread(&self.evaluations)
        );
        out
    }

    fn goal(&self, out: &mut String, goal: usize, of: usize, what: &str) {
        let first = self.standings.iter().find(|now| now.settled * 100 >= goal * of);
        let _ = match first {
            Some(now) => writeln!(
                out,
                "{goal} % of {what}: {} questions, {} facts, {} more not answered",
                now.groups, now.facts, now.vain
            ),
            None => writeln!(out, "{goal} % of {what}: never"),
        };
    }
}

/// Findings about things that nobody may have mentioned.
fn existence(of: &Assessment<'_>) -> usize {
    let requirements = of.evaluation.selected.iter().filter_map(|index| of.catalog.requirements.get(*index));
    let kinds = requirements.filter(|r| r.strength == Strength::Shall).filter_map(|r| r.scope);
    let open = |above: KindId, relation: RelationId| {
        let table = of.assessed.universe.table(above);
        let closed = table.relation(relation).map_or(0, |r| r.closed.iter_ones().count());
        table.rows - closed
    };
    kinds.flat_map(|kind| steps(&of.catalog.schema, kind)).map(|step| open(step.above, step.relation)).sum()
}

/// Whether a requirement was found to hold before anybody asked whether it applies.
fn is_anyway(full: Outcome, bare: Outcome) -> bool {
    full == Outcome::NotApplicable && bare == Outcome::Met
}

fn is_otherwise(full: Outcome, bare: Outcome) -> bool {
    full != bare && bare != Outcome::Unknown && !is_anyway(full, bare)
}

fn percent(part: usize, whole: usize) -> f64 {
    part as f64 * 100.0 / whole.max(1) as f64
}

/// The median and the longest, in milliseconds.
fn spread(times: &[Duration]) -> String {
    let mut times: Vec<f64> = times.iter().map(|time| time.as_secs_f64() * 1e3).collect();
    times.sort_by(f64::total_cmp);
    let at = |place: usize| times.get(place).copied().unwrap_or_default();
    let (median, most) = (at(times.len() / 2), at(times.len().saturating_sub(1)));
    format!("{} times: median {median:.1} ms, at most {most:.1} ms", times.len())
}
