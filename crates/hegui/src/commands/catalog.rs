//! `hegui catalog`: the law as data, checked, shown, exported.

use crate::cli::{Catalog as Command, Cli};
use crate::{input, output};
use anyhow::{Context, Result, bail};
use hegui_catalog::model::{Catalog, Clause, Lang, Requirement, Strength};
use hegui_logic::error::nearest;
use std::fmt::Write;
use std::path::Path;

/// Runs a command of the catalog.
pub fn run(cli: &Cli, command: &Command) -> Result<u8> {
    let lang = input::lang(cli);
    // The process ends with this command: taking the catalog apart would only cost time.
    let catalog = std::mem::ManuallyDrop::new(input::catalog(cli)?);
    match command {
        Command::Lint => lint(&catalog, lang),
        Command::Prove => prove(&catalog, lang),
        Command::List => output::write(None, &list(&catalog, lang)).map(|()| 0),
        Command::Show { id } => show(&catalog, id, lang),
        Command::Export { output, .. } => {
            let text = serde_json::to_string_pretty(&hegui_catalog::export::export_json(&catalog))?;
            output::write(output.as_deref(), &text).map(|()| 0)
        }
        Command::Stats { format } => {
            output::write(None, &super::stats::stats(&catalog, *format, lang)).map(|()| 0)
        }
        Command::Draw { count, seed } => draw(&catalog, *count, seed.as_deref(), lang),
        Command::Cases { id } => cases(&catalog, id, lang),
        Command::Docs { dir } => docs(&catalog, dir, lang),
        Command::Schemas { dir } => schemas(&catalog, dir),
    }
}

fn lint(catalog: &Catalog, lang: Lang) -> Result<u8> {
    let problems = hegui_catalog::lint::lint(catalog);
    let errors = problems.iter().filter(|p| p.is_error()).count();
    let mut text = String::new();
    for problem in &problems {
        writeln!(text, "{problem}")?;
    }
    let (requirements, warnings) = (catalog.requirements.len(), problems.len() - errors);
    let cases: usize = catalog.requirements.iter().map(|r| r.cases.len()).sum();
    match lang {
        Lang::Zh => {
            writeln!(text, "要求 {requirements} 项，示例 {cases} 个；错误 {errors} 处，提醒 {warnings} 处。")?
        }
        Lang::En => writeln!(
            text,
            "{requirements} requirements, {cases} cases; {errors} errors, {warnings} warnings"
        )?,
    }
    output::write(None, &text)?;
    Ok(if errors > 0 { 2 } else { 0 })
}

fn prove(catalog: &Catalog, lang: Lang) -> Result<u8> {
    let problems = hegui_catalog::proof::unproven(catalog);
    let mut text = String::new();
    for problem in &problems {
        writeln!(text, "{problem}")?;
    }
    let (mappings, wrong) = (catalog.mappings.len(), problems.len());
    match lang {
        Lang::Zh => writeln!(text, "对应关系 {mappings} 项；未能证明 {wrong} 项。")?,
        Lang::En => writeln!(text, "{mappings} mappings; {wrong} not proven")?,
    }
    output::write(None, &text)?;
    Ok(if wrong > 0 { 2 } else { 0 })
}

fn list(catalog: &Catalog, lang: Lang) -> String {
    let mut text = String::new();
    for clause in &catalog.clauses {
        let pending = match (clause.pending, lang) {
            (false, _) => "",
            (true, Lang::Zh) => "（尚未编写）",
            (true, Lang::En) => " (not written yet)",
        };
        let _ = writeln!(text, "{:<10} {}{pending}", clause.number, clause.title.get(lang));
        for requirement in requirements_of(catalog, clause) {
            let _ = writeln!(text, "  {:<28} {}", requirement.id, requirement.text.get(lang));
        }
    }
    text
}

fn requirements_of<'a>(catalog: &'a Catalog, clause: &'a Clause) -> impl Iterator<Item = &'a Requirement> {
    catalog.requirements.iter().filter(|r| r.clause == clause.number && r.instrument == clause.instrument)
}

fn show(catalog: &Catalog, id: &str, lang: Lang) -> Result<u8> {
    let text = match (catalog.requirement(id), catalog.clauses.iter().find(|c| c.number == id)) {
        (Some(requirement), _) => show_requirement(catalog, requirement, lang),
        (None, Some(clause)) => show_clause(catalog, clause, lang),
        (None, None) => {
            let ids = catalog
                .requirements
                .iter()
                .map(|r| r.id.as_str())
                .chain(catalog.clauses.iter().map(|c| c.number.as_str()));
            let near = nearest(id, ids).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
            bail!("no clause or requirement `{id}`{near}");
        }
    };
    output::write(None, &text)?;
    Ok(0)
}

fn show_clause(catalog: &Catalog, clause: &Clause, lang: Lang) -> String {
    let title =
        catalog.instruments.get(&clause.instrument).map(|i| i.title.get(lang).to_owned()).unwrap_or_default();
    let mut text = format!("{} {}\n{title}\n", clause.number, clause.title.get(lang));
    let word = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(text, "{name}: {value}");
        }
    };
    line(word("所属维度", "dimension"), &clause.dimension);
    line(word("扩展的指标", "extends"), clause.extends.as_deref().unwrap_or_default());
    line(word("所属指标", "indicator"), clause.parent.as_deref().unwrap_or_default());
    line(word("环节", "stage"), &clause.stage);
    line(word("依据", "cites"), &clause.cites.join(", "));
    line(word("读法", "reading"), clause.reading.get(lang));
    line(word("固有局限", "inherent limit"), clause.limits.get(lang));
    line(
        word("差距的处置", "dealing with a gap"),
        catalog.gap_rule(clause).map(|rule| rule.on_gap.get(lang)).unwrap_or_default(),
    );
    for action in &clause.actions {
        let derived = if action.derived { word("（推导）", " (derived)") } else { "" };
        let _ =
            writeln!(text, "{} {}{derived}: {}", word("评估要求", "action"), action.n, action.text.get(lang));
    }
    for requirement in requirements_of(catalog, clause) {
        let _ = write!(text, "\n{}", show_requirement(catalog, requirement, lang));
    }
    text
}

fn show_requirement(catalog: &Catalog, requirement: &Requirement, lang: Lang) -> String {
    let word = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    let strength = match requirement.strength {
        Strength::Shall => word("应", "shall"),
        Strength::Should => word("宜", "should"),
        Strength::May => word("可", "may"),
    };
    let mut text = format!("{} [{strength}]\n  {}\n", requirement.id, requirement.text.get(lang));
    let scope =
        requirement.scope.and_then(|s| catalog.kinds.get(s.0 as usize)).map(|k| k.title.get(lang).to_owned());
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(text, "  {name}: {value}");
        }
    };
    line(word("对象", "scope"), &scope.unwrap_or_default());
    line(word("覆盖", "covers"), &requirement.covers.join(", "));
    line("when", requirement.when.as_deref().unwrap_or_default());
    line("check", &requirement.check);
    line(word("证据", "evidence"), requirement.evidence.get(lang));
    line(word("整改", "remedy"), requirement.remedy.get(lang));
    for replaced in &requirement.replaced_by {
        line(word("被取代于", "replaced by"), &format!("{} ({})", replaced.requirement, replaced.r#where));
    }
    for case in &requirement.cases {
        let expect = case
            .expect
            .and_then(|e| serde_json::to_value(e).ok())
            .and_then(|v| v.as_str().map(str::to_owned));
        let _ = writeln!(text, "  - {}: {}", expect.unwrap_or_default(), case.title.get(lang));
    }
    text
}

fn cases(catalog: &Catalog, id: &str, lang: Lang) -> Result<u8> {
    if catalog.requirement(id).is_none() {
        bail!("no requirement `{id}`; `hegui catalog list` shows them all");
    }
    let proposals = hegui_catalog::propose::propose(catalog, id);
    let mut text = String::new();
    for proposal in &proposals {
        for shown in &proposal.shows {
            writeln!(text, "# {shown}")?;
        }
        writeln!(text, "{}", proposal.toml)?;
    }
    if proposals.is_empty() {
        text.push_str(match lang {
            Lang::Zh => "示例已经齐全：每个原子都起决定作用，每个变异都被发现。",
            Lang::En => "nothing is missing: every atom is decisive somewhere, every mutant is noticed",
        });
    }
    output::write(None, &text)?;
    Ok(0)
}

fn draw(catalog: &Catalog, count: usize, seed: Option<&str>, lang: Lang) -> Result<u8> {
    let seed = seed.unwrap_or(&catalog.hash);
    let mut text = match lang {
        Lang::Zh => format!("种子 {seed}\n"),
        Lang::En => format!("seed {seed}\n"),
    };
    for requirement in hegui_catalog::completeness::draw(catalog, seed, count) {
        writeln!(text, "{} {}", requirement.instrument, requirement.id)?;
    }
    output::write(None, &text)?;
    Ok(0)
}

fn docs(catalog: &Catalog, dir: &Path, lang: Lang) -> Result<u8> {
    let mut pages = 0;
    for (name, language) in [("zh", Lang::Zh), ("en", Lang::En)] {
        for (path, page) in hegui_report::handbook(catalog, language) {
            output::write(Some(&dir.join(name).join(path)), &page)?;
            pages += 1;
        }
    }
    let start = dir.join(if lang == Lang::Zh { "zh" } else { "en" }).join("index.html");
    let text = match lang {
        Lang::Zh => format!("已写出 {pages} 页；从 {} 开始阅读", start.display()),
        Lang::En => format!("{pages} pages written; begin at {}", start.display()),
    };
    output::write(None, &text)?;
    Ok(0)
}

fn schemas(catalog: &Catalog, dir: &Path) -> Result<u8> {
    std::fs::create_dir_all(dir).with_context(|| format!("cannot make the folder `{}`", dir.display()))?;
    for (name, schema) in hegui_catalog::schemas::schemas(catalog) {
        let path = dir.join(name);
        output::write(Some(&path), &serde_json::to_string_pretty(&schema)?)?;
        output::write(None, &path.display().to_string())?;
    }
    Ok(0)
}
