//! What a command reads: the catalog, the register, dates, the language.

use crate::cli::{Cli, Language, Object};
use anyhow::{Context, Result, anyhow, bail};
use hegui_assess::scope;
use hegui_catalog::Catalog;
use hegui_catalog::model::Lang;
use hegui_logic::calendar::{DAY, parse_date};
use hegui_logic::error::nearest;
use hegui_logic::schema::KindId;
use hegui_register::{Limits, Register, files_of};
use hegui_runtime::facts::{Facts, laid_over};
use hegui_runtime::ground::Ground;
use hegui_runtime::platform::books_of;
use hegui_store::journal::{self, Journal, MasterKeySource};
use std::path::Path;
use std::sync::Arc;

/// The language asked for, else the locale's, else Chinese.
pub fn lang(cli: &Cli) -> Lang {
    match cli.lang {
        Some(Language::Zh) => Lang::Zh,
        Some(Language::En) => Lang::En,
        None => {
            let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
                .iter()
                .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
            match set {
                Some(locale) if locale.starts_with("en") => Lang::En,
                _ => Lang::Zh,
            }
        }
    }
}

/// The built-in catalog, or the one in the folder given.
pub fn catalog(cli: &Cli) -> Result<Catalog> {
    read_catalog(cli, hegui_law::catalog)
}

/// The same to look at an organisation with: the cases of the built-in one's requirements are left out.
pub fn yardstick(cli: &Cli) -> Result<Catalog> {
    read_catalog(cli, hegui_law::catalog_without_cases)
}

fn read_catalog(
    cli: &Cli,
    built_in: fn() -> Result<Catalog, hegui_catalog::binary::Corrupt>,
) -> Result<Catalog> {
    match &cli.catalog {
        None => built_in().context("the built-in catalog cannot be read; build hegui again"),
        Some(dir) => Catalog::read_dir(dir).map_err(|problems| anyhow!("{problems}")),
    }
}

/// The register in a folder.
pub fn register(dir: &Path, catalog: &Catalog) -> Result<Register> {
    Register::read_dir(dir, catalog, &Limits::default()).map_err(|problems| anyhow!("{problems}"))
}

/// The register in a folder, with what follows from a platform's log beside what stands there.
pub fn register_and_ledger(
    dir: &Path,
    (ledger, master_key): (&Path, Option<&Path>),
    catalog: &Catalog,
) -> Result<Register> {
    let problems = |problems| anyhow!("{problems}");
    let files = files_of(dir, &Limits::default()).map_err(problems)?;
    let register = Register::read_files(files.clone(), catalog).map_err(problems)?;
    let none = || anyhow!("there is no ledger in `{}`", ledger.display());
    let origin = journal::origin_of(ledger).ok_or_else(none)?;
    let master = match master_key {
        Some(file) => MasterKeySource::File(file.to_owned()),
        None => MasterKeySource::Environment,
    };
    let journal = Journal::open(ledger, &origin, &master, &journal::Options::default())?;
    let (books, _) = books_of(&journal)?;
    let ground = Ground::new(Arc::new(catalog.clone()), register, 0, today())?;
    let now_ms = jiff::Timestamp::now().as_millisecond();
    let facts = Facts::embedded(catalog)?.observe(&books, &ground, now_ms);
    let files = laid_over(&files, (catalog, &ground.register), (&books, &facts), (&origin, now_ms))?;
    Register::read_files(files, catalog).map_err(problems)
}

/// Today's date in China, in seconds.
pub fn today() -> i64 {
    // China Standard Time is eight hours ahead of UTC, without summer time.
    let now = jiff::Timestamp::now().as_second() + 8 * 3_600;
    now.div_euclid(DAY) * DAY
}

/// A date from the command line.
pub fn date(text: &str) -> Result<i64> {
    parse_date(text).ok_or_else(|| anyhow!("`{text}` is no date; write it as in 2026-06-30"))
}

/// What is assessed. A day counts to its end: a fact recorded on it is known.
pub fn object(args: &Object, catalog: &Catalog, register: &Register) -> Result<scope::Object> {
    let as_of = args.as_of.as_deref().map(date).transpose()?.unwrap_or_else(today);
    let known_on = args.known_on.as_deref().map(date).transpose()?.unwrap_or_else(today);
    Ok(scope::Object {
        profile: args.profile.clone(),
        products: rows(&args.products, "product", catalog, register)?,
        activities: rows(&args.activities, "activity", catalog, register)?,
        as_of,
        known_on,
        closing: args.close,
    })
}

fn rows(ids: &[String], kind: &str, catalog: &Catalog, register: &Register) -> Result<Vec<u32>> {
    ids.iter().map(|id| thing(&format!("{kind}.{id}"), catalog, register).map(|(_, row)| row)).collect()
}

/// The thing that a path `KIND.ID` names.
pub fn thing(path: &str, catalog: &Catalog, register: &Register) -> Result<(KindId, u32)> {
    let wrong = match register.find(&catalog.schema, path) {
        Ok(thing) => return Ok(thing),
        Err(wrong) => wrong,
    };
    let kind = path.split_once('.').and_then(|(name, _)| catalog.schema.kind_named(name));
    let paths: Vec<String> = kind
        .into_iter()
        .flat_map(|kind| (0..register.count(kind) as u32).map(move |row| (kind, row)))
        .map(|(kind, row)| register.thing(&catalog.schema, kind, row))
        .collect();
    let near = nearest(path, paths.iter().map(String::as_str));
    bail!("{wrong}{}", near.map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())
}
