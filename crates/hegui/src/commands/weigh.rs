//! `hegui weigh TEST DIR THING`: walks through the factors of a test, one after the other.
//!
//! The factors are the facts that the test's expressions read, in the order in which they stand there,
//! so that there is no list of them to keep. Each answer is written as it is given, with who judged and
//! why; whoever stops in the middle goes on where they stopped.

use crate::cli::{Cli, Weigh};
use crate::{input, output};
use anyhow::{Result, anyhow, bail};
use hegui_assess::assessment::Assessment;
use hegui_assess::evaluate::under;
use hegui_catalog::model::{Catalog, ClauseKind, FactEntry, Lang};
use hegui_logic::error::nearest;
use hegui_logic::plan::{NodeId, Op, Plan, Var};
use hegui_logic::schema::{Field, KindId, Type};
use hegui_logic::truth::Outcome;
use hegui_logic::universe::{FactKey, ROW_NONE, Universe, Value};
use hegui_register::{Given, Limits, Source, answer};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::BufRead;

/// Shows how a test stands for a thing; with `--by`, asks for each factor and writes the answers.
pub fn weigh(cli: &Cli, args: &Weigh) -> Result<u8> {
    let lang = input::lang(cli);
    let catalog = input::yardstick(cli)?;
    let register = input::register(&args.object.dir, &catalog)?;
    let (kind, row) = input::thing(&args.thing, &catalog, &register)?;
    let parts = parts(&catalog, &args.test, &args.thing, kind)?;
    let object = input::object(&args.object, &catalog, &register)?;
    let assessed = register.universe(&catalog, object.as_of, object.known_on);
    let factors = factors(&catalog, &parts, &assessed.universe, row);
    output::write(None, &heading(&catalog, &args.test, &args.thing, factors.len(), lang))?;
    let mut lines = std::io::stdin().lock().lines();
    for (index, key) in factors.iter().enumerate() {
        let FactKey::Fact(kind, _, field) = *key else { continue };
        let Some(entry) = catalog.fact(kind, field) else { continue };
        let definition = catalog.schema.kind(kind).field(field);
        let (path, known) = (assessed.path(key), assessed.show(key));
        let shown = describe(&catalog, (index + 1, &path), definition, entry, known.as_deref(), lang);
        output::write(None, &output::plain(&shown))?;
        let Some(by) = args.by.as_deref().filter(|_| known.is_none() || args.all) else { continue };
        if !ask(cli, args, by, (&path, definition, entry), &catalog, &mut lines)? {
            break;
        }
    }
    conclude(cli, args, &catalog, &parts, kind, row)
}

/// The requirements of a test (or of any clause) that speak about a kind of thing.
fn parts(catalog: &Catalog, test: &str, thing: &str, kind: KindId) -> Result<Vec<usize>> {
    let parts = match catalog.requirements.iter().position(|r| r.id == test) {
        Some(index) if catalog.requirements.get(index).and_then(|r| r.scope) == Some(kind) => vec![index],
        Some(_) => vec![],
        None => under(catalog, test, kind),
    };
    if !parts.is_empty() {
        return Ok(parts);
    }
    let tests = || catalog.clauses.iter().filter(|c| c.kind == ClauseKind::Test).map(|c| c.number.as_str());
    if !catalog.clauses.iter().any(|c| c.number == test) && catalog.requirement(test).is_none() {
        let near = nearest(test, tests()).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
        bail!("no test `{test}`{near}; there are: {}", tests().collect::<Vec<_>>().join(", "));
    }
    let speak = catalog.requirements.iter().filter(|r| r.clause == test || r.id == test);
    let kinds: BTreeSet<&str> =
        speak.filter_map(|r| r.scope).map(|scope| catalog.schema.kind(scope).name.as_str()).collect();
    bail!(
        "`{test}` does not speak about `{thing}`; it speaks about: {}",
        kinds.into_iter().collect::<Vec<_>>().join(", ")
    );
}

/// The facts that the expressions read, in the order in which they stand there, each once.
fn factors(catalog: &Catalog, parts: &[usize], universe: &Universe, row: u32) -> Vec<FactKey> {
    let mut found = vec![];
    for requirement in parts.iter().filter_map(|index| catalog.requirements.get(*index)) {
        for plan in requirement.when_plan.iter().chain(&requirement.check_plan) {
            let mut nodes: Vec<usize> = (0..plan.nodes.len()).collect();
            nodes.sort_by_key(|at| plan.nodes.get(*at).map(|n| n.span));
            for at in nodes {
                let (Op::Flag(thing, kind, field)
                | Op::Has(thing, kind, field)
                | Op::Fact(thing, kind, field)
                | Op::SetFact(thing, kind, field)) = *plan.op(NodeId(at as u32))
                else {
                    continue;
                };
                if let Some(row) = row_of(plan, thing, universe, row) {
                    let key = FactKey::Fact(kind, row, field);
                    if !found.contains(&key) {
                        found.push(key);
                    }
                }
            }
        }
    }
    found
}

/// The row that a node stands for, if it is the thing itself or what its references lead to.
fn row_of(plan: &Plan, thing: NodeId, universe: &Universe, row: u32) -> Option<u32> {
    match *plan.op(thing) {
        Op::Thing(Var(0)) => Some(row),
        Op::Follow(from, kind, field) => {
            let from = row_of(plan, from, universe, row)?;
            match universe.value(kind, from, field)? {
                Value::Thing(to) if to != ROW_NONE => Some(to),
                _ => None,
            }
        }
        _ => None,
    }
}

fn heading(catalog: &Catalog, test: &str, thing: &str, factors: usize, lang: Lang) -> String {
    let clause = catalog.clauses.iter().find(|c| c.number == test);
    let title = clause.map(|c| c.title.get(lang)).unwrap_or_default();
    match lang {
        Lang::Zh => format!("{test} {title}\n对象：{thing}；因素 {factors} 项\n"),
        Lang::En => format!("{test} {title}\nthing: {thing}; {factors} factors\n"),
    }
}

/// A factor: its question, what to consider, the possible answers, and the answer there is.
fn describe(
    catalog: &Catalog,
    (number, path): (usize, &str),
    definition: &Field,
    entry: &FactEntry,
    known: Option<&str>,
    lang: Lang,
) -> String {
    let word = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    let mut text = format!("{number}. {}\n   {path}\n", entry.question.get(lang));
    if !entry.evidence.get(lang).is_empty() {
        let _ = writeln!(text, "   {}: {}", word("考虑", "consider"), entry.evidence.get(lang));
    }
    let _ = writeln!(text, "   {}: {}", word("可答", "answers"), answers(catalog, definition, lang));
    let known = known.unwrap_or(word("（未知）", "(unknown)"));
    let _ = writeln!(text, "   {}: {known}", word("现有回答", "answer so far"));
    text
}

fn answers(catalog: &Catalog, definition: &Field, lang: Lang) -> String {
    let listed = |values| {
        let words = catalog.values.get(usize::from(values)).into_iter().flatten();
        let codes = catalog.schema.values(hegui_logic::schema::EnumId(values)).iter().zip(words);
        codes.map(|(code, title)| format!("{code} ({})", title.get(lang))).collect::<Vec<_>>().join(", ")
    };
    let mut text = match definition.ty {
        Type::Bool => "true, false".to_owned(),
        Type::Enum(values) | Type::Set(values) => listed(values.0),
        Type::Date => "2026-06-30".to_owned(),
        Type::Int | Type::Decimal => format!("{} … {}", definition.range.0, definition.range.1),
        Type::Duration => "72h".to_owned(),
        Type::Text => "…".to_owned(),
        Type::Thing(kind) => format!("id: {}", catalog.schema.kind(kind).name),
    };
    if definition.optional {
        text.push_str(", none");
    }
    text
}

/// Asks for one factor; false where nothing more comes. A blank line leaves it as it is.
fn ask(
    cli: &Cli,
    args: &Weigh,
    by: &str,
    (path, _, entry): (&str, &Field, &FactEntry),
    catalog: &Catalog,
    lines: &mut impl Iterator<Item = std::io::Result<String>>,
) -> Result<bool> {
    let lang = input::lang(cli);
    let word = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    loop {
        output::write(None, word("回答（空行跳过）：", "answer (blank line: skip):"))?;
        let Some(value) = next(lines)? else { return Ok(false) };
        if value.is_empty() {
            return Ok(true);
        }
        let mut reasons = None;
        if entry.judgement {
            output::write(None, word("理由：", "reasons:"))?;
            let Some(why) = next(lines)? else { return Ok(false) };
            reasons = Some(why);
        }
        let on = args.object.as_of.as_deref().map(input::date).transpose()?.unwrap_or_else(input::today);
        let given = Given {
            source: if entry.judgement { Source::Judgement } else { Source::Interview },
            by: Some(by.to_owned()),
            on: Some(on),
            recorded: Some(on.max(input::today())),
            evidence: vec![],
            reasons,
        };
        match answer(&args.object.dir, path, &value, &given, catalog, &Limits::default()) {
            Ok(written) => {
                let text = match lang {
                    Lang::Zh => format!("已写入 {}\n", written.file),
                    Lang::En => format!("written to {}\n", written.file),
                };
                output::write(None, &output::plain(&text))?;
                return Ok(true);
            }
            // What was typed does not fit: say why, and ask again.
            Err(error) => output::write(None, &output::plain(&format!("{error}")))?,
        }
    }
}

fn next(lines: &mut impl Iterator<Item = std::io::Result<String>>) -> Result<Option<String>> {
    Ok(lines.next().transpose()?.map(|line| line.trim().to_owned()))
}

/// What the test comes to now, and what decided it.
fn conclude(
    cli: &Cli,
    args: &Weigh,
    catalog: &Catalog,
    parts: &[usize],
    kind: KindId,
    row: u32,
) -> Result<u8> {
    let register = input::register(&args.object.dir, catalog)?;
    let object = input::object(&args.object, catalog, &register)?;
    let assessment = Assessment::new(catalog, &register, object).map_err(|error| anyhow!("{error}"))?;
    let mut worst = Outcome::Met;
    for index in parts {
        let Some(Some(outcomes)) = assessment.evaluation.outcomes.get(*index) else { continue };
        let outcome = outcomes.get(row as usize);
        worst = match (worst, outcome) {
            (Outcome::Gap, _) | (_, Outcome::Gap) => Outcome::Gap,
            (Outcome::Unknown, _) | (_, Outcome::Unknown) => Outcome::Unknown,
            (worst, _) => worst,
        };
        let finding = assessment.finding(&assessment.seeker(), *index, kind, row, outcome);
        output::write(None, &hegui_report::explain_terminal(&finding, input::lang(cli), output::colour()))?;
    }
    Ok(match worst {
        Outcome::Gap => 1,
        Outcome::Unknown => 3,
        Outcome::Met | Outcome::NotApplicable => 0,
    })
}
