//! `hegui assess`: the main job.

use crate::cli::{Assess, Cli, Format, PaperFormat};
use crate::{input, output, papers};
use anyhow::Result;
use hegui_assess::assessment::Assessment;
use hegui_catalog::model::Lang;
use std::mem::ManuallyDrop;

/// Assesses and writes a report; the exit status says how it stands.
pub fn assess(cli: &Cli, args: &Assess) -> Result<u8> {
    let lang = input::lang(cli);
    // The program ends when this is done: to take it all apart piece by piece would be a tenth of the run.
    let catalog = ManuallyDrop::new(input::yardstick(cli)?);
    let dir = &args.object.dir;
    let register = ManuallyDrop::new(match &args.ledger {
        None => input::register(dir, &catalog)?,
        Some(ledger) => input::register_and_ledger(dir, (ledger, args.master_key.as_deref()), &catalog)?,
    });
    let object = input::object(&args.object, &catalog, &register)?;
    let assessment = ManuallyDrop::new(Assessment::new(&catalog, &register, object)?);
    let terminal = args.format == Format::Terminal;
    let report = ManuallyDrop::new(if terminal { assessment.outline() } else { assessment.report() });
    let to = args.output.as_deref();
    match args.format {
        Format::Terminal => {
            let colour = to.is_none() && output::colour();
            output::write(to, &hegui_report::terminal(&report, lang, colour, output::width()))?;
        }
        Format::Json => output::write(to, &hegui_report::json(&report))?,
        Format::Sarif => {
            output::write(to, &serde_json::to_string_pretty(&hegui_report::sarif(&report, lang))?)?;
        }
        Format::Oscal => {
            output::write(to, &serde_json::to_string_pretty(&hegui_report::oscal(&report, lang))?)?;
        }
        Format::Html => output::write(to, &hegui_report::html(&report, lang))?,
        Format::Xlsx => {
            let wording = papers::wording(args.wording.as_deref())?;
            let book = hegui_report::workbook(&report, &assessment.inventory(), &wording, lang)?;
            output::write_bytes(to, &book)?;
        }
        Format::Md | Format::Docx | Format::Pdf => {
            let format = match args.format {
                Format::Docx => PaperFormat::Docx,
                Format::Pdf => PaperFormat::Pdf,
                _ => PaperFormat::Md,
            };
            let wording = papers::wording(args.wording.as_deref())?;
            let paper = hegui_report::opinion(&report, &assessment.inventory(), &wording, lang);
            papers::write_paper(format, &paper, &args.look, to)?;
        }
    }
    if report.summary.left_out > 0 && (args.format != Format::Terminal || args.output.is_some()) {
        output::left_out(&report, lang);
    }
    if let Some(path) = &args.output {
        let path = path.display();
        match lang {
            Lang::Zh => eprintln!("已写入 {path}"),
            Lang::En => eprintln!("written to {path}"),
        }
    }
    Ok(report.summary.exit)
}
