//! `hegui ask`: what to ask next, and whom.

use crate::cli::{Ask, AskFormat, Cli};
use crate::{input, output};
use anyhow::{Result, bail};
use hegui_assess::assessment::Assessment;
use hegui_catalog::model::Catalog;
use hegui_logic::error::nearest;

/// Refuses a role that the catalog does not have.
pub fn known_role(role: Option<&str>, catalog: &Catalog) -> Result<()> {
    let Some(role) = role.filter(|role| !catalog.roles.contains_key(*role)) else { return Ok(()) };
    let near = nearest(role, catalog.roles.keys().map(String::as_str));
    let known: Vec<&str> = catalog.roles.keys().map(String::as_str).collect();
    let hint = near.map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
    bail!("no role `{role}`{hint} (there are {})", known.join(", "))
}

/// Prints the questions, the weightiest first. 0 when there is nothing to ask, else 3.
pub fn ask(cli: &Cli, args: &Ask) -> Result<u8> {
    let lang = input::lang(cli);
    let catalog = input::yardstick(cli)?;
    known_role(args.role.as_deref(), &catalog)?;
    let register = input::register(&args.object.dir, &catalog)?;
    let object = input::object(&args.object, &catalog, &register)?;
    let report = Assessment::new(&catalog, &register, object)?.outline();
    let asked = |who: &str| args.role.as_ref().is_none_or(|role| role == who);
    let open = report.questions.iter().any(|q| asked(&q.who));
    let text = match args.format {
        AskFormat::Terminal => {
            hegui_report::questions_terminal(&report, lang, Some(args.limit), args.role.as_deref())
        }
        AskFormat::Json => {
            let questions: Vec<_> =
                report.questions.iter().filter(|q| asked(&q.who)).take(args.limit).collect();
            serde_json::to_string_pretty(&questions)?
        }
    };
    output::write(None, &text)?;
    if report.summary.left_out > 0 {
        output::left_out(&report, lang);
    }
    Ok(if open { 3 } else { 0 })
}
