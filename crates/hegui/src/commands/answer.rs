//! `hegui answer` and `hegui rule`: what a person says, written into the register with where it comes from.

use crate::cli::{Answer, Cli, Grade, Rule, Ruled as Said};
use crate::{input, output};
use anyhow::{Result, anyhow, bail};
use hegui_assess::assessment::Assessment;
use hegui_assess::evaluate::under;
use hegui_catalog::model::Lang;
use hegui_logic::calendar::format_date;
use hegui_register::{
    Given, Limits, NewRuling, Ruled, RulingTarget, Source, answer as write_answer, rule as write_rule,
};

/// Writes an answer.
pub fn answer(cli: &Cli, args: &Answer) -> Result<u8> {
    let catalog = input::yardstick(cli)?;
    let Some(source) = Source::named(&args.source) else {
        let names = Source::ALL.map(Source::name).join(", ");
        bail!("`{}` is no source; write one of {names}", args.source);
    };
    let on = args.on.as_deref().map(input::date).transpose()?.unwrap_or_else(input::today);
    let given = Given {
        source,
        by: Some(args.by.clone()),
        on: Some(on),
        recorded: Some(on.max(input::today())),
        evidence: args.evidence.clone(),
        reasons: args.reasons.clone(),
    };
    let written = write_answer(&args.dir, &args.fact, &args.value, &given, &catalog, &Limits::default())
        .map_err(|error| anyhow!("{error}"))?;
    let (path, file, before) = (&written.path, &written.file, written.before);
    let mut text = match (input::lang(cli), before) {
        (Lang::Zh, 0) => format!("{path} = {}，已写入 {file}", args.value),
        (Lang::Zh, n) => format!("{path} = {}，已写入 {file}；此前 {n} 条观察仍然保留", args.value),
        (Lang::En, 0) => format!("{path} = {}, written to {file}", args.value),
        (Lang::En, n) => {
            format!("{path} = {}, written to {file}; {n} earlier observations stay beside it", args.value)
        }
    };
    if args.on.is_none() {
        let day = format_date(on);
        text.push_str(&match input::lang(cli) {
            Lang::Zh => format!("\n自 {day}（今天）起计：以更早日期为基准日的评估不计入；情况早已如此的，用 --on 写明日期"),
            Lang::En => format!(
                "\ncounts from {day} (today): an assessment as of an earlier date leaves it out; where it was so before, say since when with --on"
            ),
        });
    }
    output::write(None, &output::plain(&text))?;
    Ok(0)
}

/// Writes a ruling, with the fingerprint of the parts that it weighs.
pub fn rule(cli: &Cli, args: &Rule) -> Result<u8> {
    let catalog = input::yardstick(cli)?;
    let register = input::register(&args.object.dir, &catalog)?;
    let object = input::object(&args.object, &catalog, &register)?;
    let date = object.as_of;
    let (kind, row) = input::thing(&args.thing, &catalog, &register)?;
    let requirement = catalog.requirements.iter().position(|r| r.id == args.target);
    let parts = match requirement {
        Some(index) if catalog.requirements.get(index).and_then(|r| r.scope) == Some(kind) => vec![index],
        Some(_) => bail!("`{}` does not speak about `{}`", args.target, args.thing),
        None => under(&catalog, &args.target, kind),
    };
    if parts.is_empty() {
        bail!(
            "no requirement or clause `{}` speaks about `{}`; `hegui catalog list` shows them all",
            args.target,
            args.thing
        );
    }
    let assessment = Assessment::new(&catalog, &register, object)?;
    let weighed = assessment.fingerprint(&assessment.seeker(), &parts, row);
    let target = match requirement {
        Some(_) => RulingTarget::Requirement(args.target.clone()),
        None => RulingTarget::Clause(args.target.clone()),
    };
    let outcome = match args.outcome {
        Said::Met => "met",
        Said::Gap => "gap",
        Said::NotApplicable => "not_applicable",
    };
    let ruling = NewRuling {
        on: Ruled::Outcome {
            target,
            thing: args.thing.clone(),
            outcome: outcome.to_owned(),
            grade: args.grade.map(|g| if g == Grade::Minor { "minor" } else { "major" }.to_owned()),
            weighed: Some(weighed),
        },
        by: args.by.clone(),
        role: args.role.clone(),
        date,
        reasons: args.reasons.clone(),
    };
    let written = write_rule(&args.object.dir, &ruling, &catalog, &Limits::default())
        .map_err(|error| anyhow!("{error}"))?;
    let text = match input::lang(cli) {
        Lang::Zh => format!("已将评定写入 {}；所衡量的事实一旦变化，评定即告失效", written.file),
        Lang::En => {
            format!("ruling written to {}; it goes stale when a fact that it weighed changes", written.file)
        }
    };
    output::write(None, &output::plain(&text))?;
    Ok(0)
}
