//! `hegui register export` and `import`: the register as a workbook, and back; `hegui questions import`
//! reads a questionnaire the same way.

use crate::cli::{Cli, RegisterExport, RegisterImport};
use crate::{input, output};
use anyhow::{Context, Result, anyhow, bail};
use hegui_catalog::model::{Catalog, Lang};
use hegui_logic::calendar::format_date;
use hegui_register::{Limits, Register, Source, files_of, write_together};
use hegui_sheet::{Defaults, Mapping};
use std::io::Read;
use std::mem::ManuallyDrop;
use std::path::Path;

/// So many changes are shown unless all are asked for.
const SHOWN: usize = 100;

/// Writes the register as a workbook.
pub fn export(cli: &Cli, args: &RegisterExport) -> Result<u8> {
    let catalog = input::yardstick(cli)?;
    let lang = input::lang(cli);
    let as_of = args.as_of.as_deref().map(input::date).transpose()?.unwrap_or_else(input::today);
    let files = files_of(&args.dir, &Limits::default()).map_err(|problems| anyhow!("{problems}"))?;
    let register = Register::read_files(files.clone(), &catalog).map_err(|problems| anyhow!("{problems}"))?;
    let bytes = hegui_sheet::export(&files, &register, &catalog, as_of, lang)?;
    output::write_bytes(Some(&args.to), &bytes)?;
    let (to, dir, day) = (args.to.display(), args.dir.display(), format_date(as_of));
    output::write(
        None,
        &output::plain(&match lang {
            Lang::Zh => format!(
                "已写成 {to}（状态日期 {day}）。填好后：\n  hegui register import {to} --into {dir}         列出改动\n  hegui register import {to} --into {dir} --yes   写入"
            ),
            Lang::En => format!(
                "written to {to} (as of {day}). When it is filled in:\n  hegui register import {to} --into {dir}         shows what would change\n  hegui register import {to} --into {dir} --yes   writes it"
            ),
        }),
    )?;
    Ok(0)
}

/// Reads a workbook or a list: shows what would change, and writes it if told to.
pub fn import(cli: &Cli, args: &RegisterImport) -> Result<u8> {
    let catalog = ManuallyDrop::new(input::yardstick(cli)?);
    let lang = input::lang(cli);
    let limits = hegui_sheet::Limits::default();
    let bytes = read(&args.file, limits.file_bytes)?;
    let now = files_in(&args.into)?;
    let wrong = |problems: hegui_sheet::Problems| {
        anyhow!(
            "{}",
            match lang {
                Lang::Zh => format!(
                    "{}：有 {} 处不对，什么也没有写入\n{}",
                    args.file.display(),
                    problems.count(),
                    problems.show(lang)
                ),
                Lang::En => format!(
                    "{}: {} problems; nothing was written\n{}",
                    args.file.display(),
                    problems.count(),
                    problems.show(lang)
                ),
            }
        )
    };
    // Word and a workbook are archives both; what is inside tells which.
    let book = if hegui_report::is_docx(&bytes) {
        let tables =
            hegui_report::docx_tables(&bytes).map_err(|error| anyhow!("{}: {error}", args.file.display()))?;
        hegui_sheet::Book::of_tables(tables)
    } else {
        hegui_sheet::open(&bytes, &limits).map_err(wrong)?
    };
    drop(bytes);
    let defaults = defaults(args)?;
    let mapping = mapping(args, &book, &catalog, lang)?;
    // Some hundred thousand pieces, and the program ends with them.
    let plan = ManuallyDrop::new(
        hegui_sheet::plan(&book, now.clone(), mapping.as_ref(), &catalog, &defaults, lang).map_err(wrong)?,
    );
    drop(book);
    let most = if args.all { usize::MAX } else { SHOWN };
    let mut text = plan.show(&catalog, lang, most);
    if plan.changes() {
        text.push_str(&if args.yes {
            write_together(&args.into, &now, &plan.files, &Limits::default())
                .map_err(|error| anyhow!("{error}"))?;
            let (n, dir) = (plan.files.len(), args.into.display());
            match lang {
                Lang::Zh => format!("已写入 {dir}：{n} 个文件"),
                Lang::En => format!("written to {dir}: {n} files"),
            }
        } else {
            match lang {
                Lang::Zh => "尚未写入；确认无误后加 --yes".to_owned(),
                Lang::En => "nothing is written yet; add --yes when this is right".to_owned(),
            }
        });
    }
    if args.on.is_none() && !plan.lines.is_empty() {
        let day = format_date(defaults.today);
        text.push_str(&match lang {
            Lang::Zh => format!(
                "\n没有写明日期的，自 {day}（今天）起计：以更早日期为基准日的评估不计入；情况早已如此的，用 --on 写明日期"
            ),
            Lang::En => format!(
                "\nwhat has no date of its own counts from {day} (today): an assessment as of an earlier date leaves it out; where it was so before, say since when with --on"
            ),
        });
    }
    output::write(None, &output::plain(&text))?;
    Ok(0)
}

fn read(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).with_context(|| format!("cannot open `{}`", path.display()))?;
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .with_context(|| format!("cannot read `{}`", path.display()))?;
    Ok(bytes)
}

/// A register's files; none for a folder that does not exist yet or has no register in it.
fn files_in(dir: &Path) -> Result<Vec<(String, String)>> {
    hegui_register::finish_interrupted(dir).map_err(|error| anyhow!("{error}"))?;
    if !dir.exists() {
        return Ok(vec![]);
    }
    match files_of(dir, &Limits::default()) {
        Ok(files) => Ok(files),
        Err(_) if is_empty(dir) => Ok(vec![]),
        Err(problems) => bail!("{problems}"),
    }
}

/// Whether a folder has no entries but hidden ones.
fn is_empty(dir: &Path) -> bool {
    std::fs::read_dir(dir).is_ok_and(|entries| {
        entries.flatten().all(|entry| entry.file_name().to_str().is_some_and(|name| name.starts_with('.')))
    })
}

fn defaults(args: &RegisterImport) -> Result<Defaults> {
    let source = match args.source.as_deref() {
        None => None,
        Some(name) => match Source::named(name).filter(|source| *source != Source::Sample) {
            Some(source) => Some(source),
            None => {
                let fit = Source::ALL.into_iter().filter(|source| *source != Source::Sample);
                bail!(
                    "`{name}` is no source here; write one of {}",
                    fit.map(Source::name).collect::<Vec<_>>().join(", ")
                )
            }
        },
    };
    let file_name = args.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Defaults {
        source,
        by: args.by.clone(),
        on: args.on.as_deref().map(input::date).transpose()?,
        today: input::today(),
        file_name,
    })
}

/// The mapping file that was given; for a list without one the headings matched by name, which are
/// shown, and written beside the list to be edited.
fn mapping(
    args: &RegisterImport,
    book: &hegui_sheet::Book,
    catalog: &Catalog,
    lang: Lang,
) -> Result<Option<Mapping>> {
    if let Some(path) = &args.mapping {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        let mapping =
            Mapping::parse(&text, catalog).map_err(|wrong| anyhow!("{}: {wrong}", path.display()))?;
        return Ok(Some(mapping));
    }
    if book.is_register() || book.is_questionnaire() {
        return Ok(None);
    }
    let mapping = Mapping::guess(book, catalog);
    if mapping.sheets.is_empty() {
        return Ok(Some(mapping));
    }
    let path = args.file.with_extension("mapping.toml");
    let mut text = mapping.show(catalog, lang);
    let shown = path.display();
    text.push_str(&match (path.exists(), lang) {
        (true, Lang::Zh) => format!("已有 {shown}，没有覆盖；要按它读取，加 --mapping {shown}\n"),
        (true, Lang::En) => {
            format!("{shown} is there and was left alone; to read by it add --mapping {shown}\n")
        }
        (false, lang) => {
            output::write(Some(&path), &mapping.to_toml(catalog, lang))?;
            match lang {
                Lang::Zh => format!("对应关系写在 {shown}；改好后加 --mapping {shown} 再读\n"),
                Lang::En => {
                    format!("the matches are in {shown}; edit it and read again with --mapping {shown}\n")
                }
            }
        }
    });
    output::write(None, &output::plain(&text))?;
    Ok(Some(mapping))
}
