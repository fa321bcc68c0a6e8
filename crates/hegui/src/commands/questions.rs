//! `hegui questions export`: what is open, for people to answer on paper or in a spreadsheet.

use crate::cli::{Cli, PaperFormat, QuestionsExport};
use crate::commands::ask;
use crate::{input, output, papers};
use anyhow::{Result, bail};
use hegui_assess::assessment::Assessment;
use hegui_catalog::model::Lang;

/// Writes the questionnaire.
pub fn export(cli: &Cli, args: &QuestionsExport) -> Result<u8> {
    let lang = input::lang(cli);
    let kind = args.to.extension().and_then(|e| e.to_str()).map(str::to_lowercase);
    let word = match kind.as_deref() {
        Some("docx") => true,
        Some("xlsx") => false,
        _ => {
            bail!("`{}`: 问卷写成 .docx 或 .xlsx · a questionnaire is a .docx or an .xlsx", args.to.display())
        }
    };
    let catalog = input::yardstick(cli)?;
    ask::known_role(args.role.as_deref(), &catalog)?;
    let register = input::register(&args.object.dir, &catalog)?;
    let object = input::object(&args.object, &catalog, &register)?;
    let assessment = Assessment::new(&catalog, &register, object)?;
    let (report, inventory) = (assessment.outline(), assessment.inventory());
    let (wording, role) = (papers::wording(args.wording.as_deref())?, args.role.as_deref());
    if word {
        let paper = hegui_report::questionnaire(&report, &inventory, role, &wording, lang);
        papers::write_paper(PaperFormat::Docx, &paper, &args.look, Some(&args.to))?;
    } else {
        let book = hegui_report::questionnaire_workbook(&report, &inventory, role, &wording, lang)?;
        output::write_bytes(Some(&args.to), &book)?;
    }
    let (to, dir) = (args.to.display(), args.object.dir.display());
    output::write(
        None,
        &output::plain(&match lang {
            Lang::Zh => format!(
                "已写成 {to}。填好后：\n  hegui questions import {to} --into {dir}         列出改动\n  hegui questions import {to} --into {dir} --yes   写入"
            ),
            Lang::En => format!(
                "written to {to}. When it is filled in:\n  hegui questions import {to} --into {dir}         shows what would change\n  hegui questions import {to} --into {dir} --yes   writes it"
            ),
        }),
    )?;
    Ok(0)
}
