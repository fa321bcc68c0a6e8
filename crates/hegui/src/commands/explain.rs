//! `hegui explain`: how an outcome came about.

use crate::cli::{Cli, Explain};
use crate::{input, output};
use anyhow::{Result, bail};
use hegui_assess::assessment::Assessment;
use hegui_logic::error::nearest;

/// Prints why a requirement's outcome for a thing is what it is. Always 0: an explanation is no verdict.
pub fn explain(cli: &Cli, args: &Explain) -> Result<u8> {
    let lang = input::lang(cli);
    let catalog = input::yardstick(cli)?;
    let register = input::register(&args.object.dir, &catalog)?;
    let object = input::object(&args.object, &catalog, &register)?;
    let Some(index) = catalog.requirements.iter().position(|r| r.id == args.requirement) else {
        let near = nearest(&args.requirement, catalog.requirements.iter().map(|r| r.id.as_str()));
        bail!(
            "no requirement `{}`{}",
            args.requirement,
            near.map(|n| format!("; did you mean `{n}`?")).unwrap_or_default()
        );
    };
    let (kind, row) = input::thing(&args.thing, &catalog, &register)?;
    let scope = catalog.requirements.get(index).and_then(|r| r.scope);
    if scope != Some(kind) {
        let scope = scope.map(|s| catalog.schema.kind(s).name.clone()).unwrap_or_default();
        bail!("`{}` speaks about a {scope}, and `{}` is none", args.requirement, args.thing);
    }
    let assessment = Assessment::new(&catalog, &register, object)?;
    let Some(Some(outcomes)) = assessment.evaluation.outcomes.get(index) else {
        bail!("`{}` is not part of the profile `{}` on that date", args.requirement, args.object.profile);
    };
    let finding = assessment.finding(&assessment.seeker(), index, kind, row, outcomes.get(row as usize));
    output::write(None, &hegui_report::explain_terminal(&finding, lang, output::colour()))?;
    Ok(0)
}
