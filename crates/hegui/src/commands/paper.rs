//! `hegui paper`: record of processing activities, impact assessment, lists, outlines, from the same facts.

use crate::cli::{Cli, Paper};
use crate::{input, output, papers};
use anyhow::{Result, anyhow, bail};
use hegui_assess::assessment::Assessment;
use hegui_catalog::document::hint;
use hegui_catalog::model::Lang;
use hegui_report::Wording;
use hegui_report::words::say;

/// Writes a paper. What it says has no bearing on the exit status: a paper is no verdict.
pub fn paper(cli: &Cli, args: &Paper) -> Result<u8> {
    let lang = input::lang(cli);
    let wording = papers::wording(args.wording.as_deref())?;
    if args.list {
        output::write(None, &list(&wording, lang))?;
        return Ok(0);
    }
    let (Some(id), Some(object)) = (&args.id, &args.object) else {
        bail!("name a paper and the register's folder, as in `hegui paper ropa my-register`");
    };
    if !wording.papers().any(|(known, ..)| known == id) {
        let near = hint(id, wording.papers().map(|(known, ..)| known));
        bail!("there is no paper `{id}`{near}; `hegui paper --list` lists them");
    }
    let catalog = input::yardstick(cli)?;
    hegui_report::papers::check(id, &wording, &catalog).map_err(|problems| anyhow!("{problems}"))?;
    let register = input::register(&object.dir, &catalog)?;
    let assessed = input::object(object, &catalog, &register)?;
    let assessment = Assessment::new(&catalog, &register, assessed)?;
    let report = assessment.report();
    let paper = hegui_report::papers::paper(id, &report, &assessment.inventory(), &wording, lang);
    let paper = paper.ok_or_else(|| anyhow!("there is no paper `{id}`"))?;
    papers::write_paper(args.format, &paper, &args.look, args.output.as_deref())?;
    if report.summary.left_out > 0 {
        output::left_out(&report, lang);
    }
    if let Some(path) = &args.output {
        match lang {
            Lang::Zh => eprintln!("已写入 {}", path.display()),
            Lang::En => eprintln!("written to {}", path.display()),
        }
    }
    Ok(0)
}

/// The papers that there are, and what each is for.
fn list(wording: &Wording, lang: Lang) -> String {
    let lines = wording
        .papers()
        .map(|(id, title, about)| format!("{id}\n    {}\n    {}\n", say(title, lang), say(about, lang)));
    lines.collect()
}
