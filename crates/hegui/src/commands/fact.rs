//! `hegui fact`: the dictionary of what can be asked.

use crate::cli::{Cli, Fact as Command};
use crate::{input, output};
use anyhow::{Result, bail};
use hegui_catalog::model::{Catalog, FactEntry, Lang};
use hegui_logic::error::nearest;
use hegui_logic::plan::Read;
use hegui_logic::schema::{FieldId, Kind, KindId, Type};
use std::fmt::Write;

/// Runs a command of the dictionary.
pub fn run(cli: &Cli, command: &Command) -> Result<u8> {
    let lang = input::lang(cli);
    let catalog = input::yardstick(cli)?;
    let text = match command {
        Command::List { kind } => list(&catalog, kind.as_deref(), lang)?,
        Command::Show { path } => show(&catalog, path, lang)?,
    };
    output::write(None, &text)?;
    Ok(0)
}

fn list(catalog: &Catalog, only: Option<&str>, lang: Lang) -> Result<String> {
    if let Some(name) = only {
        kind_named(catalog, name)?;
    }
    let mut text = String::new();
    for (index, kind) in catalog.schema.kinds.iter().enumerate() {
        let Some(entry) = catalog.kinds.get(index).filter(|entry| entry.declares.is_none()) else { continue };
        if only.is_some_and(|name| name != kind.name) {
            continue;
        }
        writeln!(text, "{} · {}", kind.name, entry.title.get(lang))?;
        for (field, fact) in kind.fields.iter().zip(&entry.facts) {
            if !fact.generated {
                writeln!(
                    text,
                    "  {:<34} {:<10} {}",
                    field.name,
                    type_name(field.ty),
                    fact.question.get(lang)
                )?;
            }
        }
    }
    Ok(text)
}

fn kind_named(catalog: &Catalog, name: &str) -> Result<KindId> {
    match catalog.schema.kind_named(name) {
        Some(kind) => Ok(kind),
        None => {
            let near = nearest(name, catalog.schema.kinds.iter().map(|k| k.name.as_str()));
            bail!("no kind `{name}`{}", near.map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())
        }
    }
}

fn type_name(ty: Type) -> &'static str {
    match ty {
        Type::Bool => "bool",
        Type::Int => "int",
        Type::Decimal => "decimal",
        Type::Date => "date",
        Type::Duration => "duration",
        Type::Text => "text",
        Type::Enum(_) => "enum",
        Type::Set(_) => "set",
        Type::Thing(_) => "ref",
    }
}

fn show(catalog: &Catalog, path: &str, lang: Lang) -> Result<String> {
    let Some((kind_name, fact_name)) = path.split_once('.') else {
        bail!("`{path}` names no fact; write KIND.FACT, as in consent.separate");
    };
    let id = kind_named(catalog, kind_name)?;
    let kind = catalog.schema.kind(id);
    let Some(field) = kind.field_named(fact_name) else {
        let near = nearest(fact_name, kind.fields.iter().map(|f| f.name.as_str()));
        bail!(
            "`{kind_name}` has no fact `{fact_name}`{}",
            near.map(|n| format!("; did you mean `{n}`?")).unwrap_or_default()
        );
    };
    let entry = catalog.fact(id, field).cloned().unwrap_or_default();
    Ok(describe(catalog, path, (id, kind), (field, &entry), lang))
}

fn describe(
    catalog: &Catalog,
    path: &str,
    (id, kind): (KindId, &Kind),
    (field, entry): (FieldId, &FactEntry),
    lang: Lang,
) -> String {
    let word = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    let definition = kind.field(field);
    let mut text = format!("{path} ({})\n  {}\n", type_name(definition.ty), entry.question.get(lang));
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(text, "  {name}: {value}");
        }
    };
    let who = catalog.roles.get(&entry.who).map(|t| t.get(lang).to_owned()).unwrap_or_default();
    line(word("问谁", "ask"), &format!("{who} ({})", entry.who));
    line(word("看什么", "evidence"), entry.evidence.get(lang));
    line(word("自动来源", "had automatically from"), &entry.auto.join(", "));
    if let Some(days) = entry.fresh_days {
        line(word("有效期（天）", "fresh for days"), &days.to_string());
    }
    if entry.judgement {
        line(word("判断", "judgement"), word("须由人评定并写明理由", "a person decides, with reasons"));
    }
    if definition.optional {
        line(word("可答“无”", "may be none"), "\"none\"");
    }
    if let Type::Enum(values) | Type::Set(values) = definition.ty {
        let words = catalog.values.get(values.0 as usize);
        for (place, code) in catalog.schema.values(values).iter().enumerate() {
            let label = words.and_then(|w| w.get(place)).map(|t| t.get(lang)).unwrap_or_default();
            let _ = writeln!(text, "    {code:<28} {label}");
        }
    }
    let readers: Vec<&str> = catalog
        .requirements
        .iter()
        .filter(|r| {
            [r.when_plan.as_ref(), r.check_plan.as_ref()]
                .into_iter()
                .flatten()
                .any(|p| p.reads().contains(&Read::Fact(id, field)))
        })
        .map(|r| r.id.as_str())
        .collect();
    let _ = writeln!(text, "  {}: {}", word("用于", "read by"), readers.join(", "));
    text
}
