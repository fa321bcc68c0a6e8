//! `hegui gap`: what a gap is, the ways that its clause allows, and what was decided about it.

use crate::cli::{Cli, Gap};
use crate::{input, output};
use anyhow::{Result, anyhow, bail};
use hegui_assess::assessment::Assessment;
use hegui_assess::view::{ClauseView, FindingView, Report};
use hegui_catalog::model::Lang;
use hegui_logic::truth::Outcome;
use hegui_register::{Limits, NewDisposition, dispose};
use hegui_report::words::{self, say};
use std::fmt::Write;

/// Shows a gap, or writes what was decided about it.
pub fn gap(cli: &Cli, args: &Gap) -> Result<u8> {
    let lang = input::lang(cli);
    let catalog = input::yardstick(cli)?;
    let register = input::register(&args.object.dir, &catalog)?;
    let object = input::object(&args.object, &catalog, &register)?;
    let as_of = object.as_of;
    let report = Assessment::new(&catalog, &register, object)?.outline();
    let found = report.findings.iter().find(|f| f.requirement == args.requirement && f.thing == args.thing);
    let Some(finding) = found else {
        bail!(
            "there is no finding of `{}` about `{}`; `hegui assess --format json` lists them all",
            args.requirement,
            args.thing
        )
    };
    let clause = clause(&report, finding);
    let Some(way) = &args.way else {
        output::write(None, &output::plain(&shown(finding, clause, lang)))?;
        return Ok(u8::from(finding.outcome == Outcome::Gap));
    };
    if finding.outcome != Outcome::Gap && args.done_on.is_none() {
        bail!(
            "`{}` is no gap for `{}` on this day; to record that one was mended, say when with --done-on",
            args.requirement,
            args.thing
        );
    }
    let needed = |name: &str, value: &Option<String>| {
        value.clone().ok_or_else(|| anyhow!("a disposition needs --{name}"))
    };
    let day = |text: &Option<String>| text.as_deref().map(input::date).transpose();
    let made = NewDisposition {
        requirement: args.requirement.clone(),
        thing: args.thing.clone(),
        way: way.code().to_owned(),
        by: needed("by", &args.by)?,
        role: args.role.clone(),
        on: day(&args.on)?.unwrap_or(as_of),
        reasons: needed("reasons", &args.reasons)?,
        owner: args.owner.clone(),
        due: day(&args.due)?,
        done_on: day(&args.done_on)?,
        risk: args.risk.map(|risk| risk.code().to_owned()),
        evidence: args.evidence.clone(),
    };
    let written =
        dispose(&args.object.dir, &made, &catalog, &Limits::default()).map_err(|error| anyhow!("{error}"))?;
    let allowed = clause.is_none_or(|c| c.ways.is_empty() || c.ways.contains(&made.way));
    let mut text = match lang {
        Lang::Zh => format!("已写入 {}", written.file),
        Lang::En => format!("written to {}", written.file),
    };
    if !allowed {
        text.push_str(match lang {
            Lang::Zh => "；注意：该条款没有把这种方式列为可选，报告会注明",
            Lang::En => "; mind: the clause does not name this way, and reports will say so",
        });
    }
    output::write(None, &output::plain(&text))?;
    Ok(0)
}

fn clause<'a>(report: &'a Report, finding: &FindingView) -> Option<&'a ClauseView> {
    let indicators = report.indicators.iter().filter(|i| i.instrument == finding.instrument);
    indicators.flat_map(|i| &i.clauses).find(|c| c.number == finding.clause)
}

/// The gap, the ways that its clause allows, and what was decided.
fn shown(finding: &FindingView, clause: Option<&ClauseView>, lang: Lang) -> String {
    let mut text =
        format!("{} · {}\n", finding.requirement, words::called(&finding.title, &finding.name, lang));
    let _ = writeln!(text, "  {}: {}", words::finding(finding).get(lang), say(&finding.text, lang));
    if !words::silent(&finding.remedy) {
        let _ = writeln!(text, "  → {}", say(&finding.remedy, lang));
    }
    if let Some(clause) = clause {
        if let Some(ways) = words::ways(clause, lang) {
            let _ = writeln!(text, "  {ways}");
        }
        if !words::silent(&clause.on_gap) {
            let _ = writeln!(text, "  {}", say(&clause.on_gap, lang));
        }
    }
    let decided = match (&finding.disposition, lang) {
        (Some(d), _) => {
            let done = d.done_on.as_deref().or(d.due.as_deref()).unwrap_or_default();
            format!("{} · {} · {} · {} {done}", words::way(&d.way, lang), d.by, d.on, d.reasons)
        }
        (None, Lang::Zh) => "尚未作出处置；--way 写入一项".to_owned(),
        (None, Lang::En) => "nothing was decided yet; --way records it".to_owned(),
    };
    let _ = write!(text, "  {decided}");
    text
}
