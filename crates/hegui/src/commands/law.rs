//! `hegui law`: which instruments are in force on a day, what took whose place, and what they fix.

use crate::cli::{Cli, Law};
use crate::{input, output};
use anyhow::{Result, bail};
use hegui_catalog::model::{Catalog, Certainty, InForce, Instrument, Lang, Text};
use hegui_logic::error::nearest;
use std::fmt::Write;

/// Lists the instruments, or shows one.
pub fn run(cli: &Cli, law: &Law) -> Result<u8> {
    let lang = input::lang(cli);
    let catalog = input::yardstick(cli)?;
    let as_of = law.as_of.as_deref().map(input::date).transpose()?.unwrap_or_else(input::today);
    let as_of = hegui_logic::calendar::format_date(as_of);
    let text = match &law.instrument {
        None => list(&catalog, &as_of, lang),
        Some(name) => show(&catalog, find(&catalog, name)?, &as_of, lang),
    };
    output::write(None, &text)?;
    Ok(0)
}

fn find<'a>(catalog: &'a Catalog, name: &str) -> Result<&'a Instrument> {
    let known = || catalog.instruments.values();
    match known().find(|i| i.id == name || i.short == name) {
        Some(instrument) => Ok(instrument),
        None => {
            let near = nearest(name, known().flat_map(|i| [i.id.as_str(), i.short.as_str()]));
            bail!(
                "no instrument `{name}`{}",
                near.map(|n| format!("; did you mean `{n}`?")).unwrap_or_default()
            )
        }
    }
}

fn list(catalog: &Catalog, as_of: &str, lang: Lang) -> String {
    let word = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    let mut text = format!("{}{as_of}\n", word("截至 ", "as of "));
    let groups = [
        (InForce::Yes, word("现行有效", "in force")),
        (InForce::NotYet, word("尚未施行", "not yet in force")),
        (InForce::Voluntary, word("自愿采用", "voluntary")),
        (InForce::Superseded, word("已被取代或失效", "superseded or ended")),
        (InForce::Draft, word("征求意见稿，从未成为法律", "drafts, never law")),
        (InForce::Undated, word("仅知标题，日期未核实", "title only, dates not verified")),
    ];
    for (group, name) in groups {
        let mut members: Vec<&Instrument> =
            catalog.instruments.values().filter(|i| i.in_force(as_of) == group).collect();
        if members.is_empty() {
            continue;
        }
        members.sort_by(|a, b| (&a.from, &a.id).cmp(&(&b.from, &b.id)));
        let _ = writeln!(text, "\n{name}");
        for instrument in members {
            let _ = writeln!(text, "  {}", one_line(catalog, instrument, lang));
        }
    }
    text
}

fn one_line(catalog: &Catalog, instrument: &Instrument, lang: Lang) -> String {
    let word = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    let mut line = format!("{:<22} {}", instrument.short, instrument.title.get(lang));
    if !instrument.from.is_empty() {
        let _ = write!(line, "  {}", interval(&instrument.from, &instrument.to));
    }
    let replaced_by: Vec<&str> = catalog
        .instruments
        .values()
        .filter(|other| other.supersedes.iter().any(|s| *s == instrument.id || *s == instrument.short))
        .map(|other| other.short.as_str())
        .collect();
    if !replaced_by.is_empty() {
        let _ = write!(line, "  {} {}", word("被取代于", "superseded by"), replaced_by.join(", "));
    }
    if !instrument.supersedes.is_empty() {
        let _ = write!(line, "  {} {}", word("取代", "supersedes"), instrument.supersedes.join(", "));
    }
    line.push_str(&doubt(instrument.certainty, lang));
    line
}

fn interval(from: &str, to: &str) -> String {
    match (from.is_empty(), to.is_empty()) {
        (_, true) => format!("{from} →"),
        _ => format!("{from} → {to}"),
    }
}

/// What a reader must know of how sure a statement is; nothing where its words were read.
fn doubt(certainty: Certainty, lang: Lang) -> String {
    let words = match (certainty, lang) {
        (Certainty::Read, _) => return String::new(),
        (Certainty::Stated, Lang::Zh) => "据二手来源",
        (Certainty::Stated, Lang::En) => "from a secondary source",
        (Certainty::Unverified, Lang::Zh) => "未核实",
        (Certainty::Unverified, Lang::En) => "not verified",
    };
    format!("  [{words}]")
}

fn show(catalog: &Catalog, instrument: &Instrument, as_of: &str, lang: Lang) -> String {
    let mut text = format!("{}\n", one_line(catalog, instrument, lang));
    let mut line = |value: &Text| {
        if !value.get(lang).is_empty() {
            let _ = writeln!(text, "  {}", value.get(lang));
        }
    };
    line(&instrument.number);
    line(&instrument.issuer);
    line(&instrument.reading);
    for article in &instrument.articles {
        let doubt = doubt(article.certainty, lang);
        let _ = writeln!(text, "{:>6}  {}{doubt}", article.number, article.gist.get(lang));
    }
    let standing =
        |from: &str, to: &str| (from.is_empty() || from <= as_of) && (to.is_empty() || as_of <= to);
    for figure in instrument.figures.iter().filter(|f| standing(&f.from, &f.to)) {
        let trigger = figure.trigger.get(lang);
        let trigger = if trigger.is_empty() { String::new() } else { format!(" ({trigger})") };
        let doubt = doubt(figure.certainty, lang);
        let _ = writeln!(
            text,
            "{:>6}  {}{trigger}: {} {}{doubt}",
            figure.article,
            figure.subject.get(lang),
            figure.value,
            figure.unit.get(lang)
        );
    }
    text
}
