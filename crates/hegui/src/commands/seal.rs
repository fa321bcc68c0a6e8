//! `hegui key`, `hegui report seal` and `hegui verify`: a report that a third party checks offline.
//!
//! A package holds the report, the register as it was read, documents made from it, and, where asked
//! for, the evidence itself; else the evidence's hashes stand in the report. `verify` checks signature
//! and hashes, and where this hegui has the same catalog it assesses the sealed register again and
//! compares: the report is then not only unchanged but follows from the facts.

use crate::cli::{Cli, Key, Object, Seal, Verify};
use crate::{input, output};
use anyhow::{Context, Result, anyhow, bail, ensure};
use hegui_assess::assessment::Assessment;
use hegui_assess::scope;
use hegui_catalog::model::{Catalog, Lang};
use hegui_ledger::note::{Signer, Verifier};
use hegui_ledger::package::{Mismatch, Opened, claims, seal as sealed, verify as opened};
use hegui_logic::calendar::format_date;
use hegui_register::{Limits, Register, files_of};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Largest document or piece of evidence that goes into a package, in bytes.
const FILE_BYTES: u64 = 256 << 20;
/// Where the report stands in a package.
const REPORT: &str = "report.json";
/// The folder of the register in a package.
const REGISTER: &str = "register/";

/// Makes a key: the secret half into a new file that only its owner reads, the public half printed.
pub fn key(cli: &Cli, command: &Key) -> Result<u8> {
    let Key::New { file, name } = command;
    let mut random = [0; 32];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut random))
        .context("cannot draw random bytes from `/dev/urandom`")?;
    let signer = Signer::new(name, random)?;
    output::secret(file, &format!("{}\n", signer.secret()))?;
    let (file, public) = (file.display(), signer.verifier());
    eprintln!(
        "{}",
        match input::lang(cli) {
            Lang::Zh =>
                format!("私钥已写入 {file}（仅本人可读，请妥善保管并另行备份）；公钥如下，交给要核验的人："),
            Lang::En => format!(
                "the secret key is in {file} (readable by you alone; keep it safe and back it up); the public key below is for whoever checks:"
            ),
        }
    );
    output::write(None, &public.to_string())?;
    Ok(0)
}

/// Seals an assessment.
pub fn seal(cli: &Cli, args: &Seal) -> Result<u8> {
    let lang = input::lang(cli);
    let catalog = input::catalog(cli)?;
    let texts = files_of(&args.object.dir, &Limits::default()).map_err(|problems| anyhow!("{problems}"))?;
    let register = Register::read_files(texts.clone(), &catalog).map_err(|problems| anyhow!("{problems}"))?;
    let object = input::object(&args.object, &catalog, &register)?;
    let said = said(&args.object, &object, &catalog, &register);
    let report = Assessment::new(&catalog, &register, object)?.report();
    let mut files: BTreeMap<String, Vec<u8>> =
        texts.into_iter().map(|(name, text)| (format!("{REGISTER}{name}"), text.into_bytes())).collect();
    files.insert(REPORT.to_owned(), hegui_report::json(&report).into_bytes());
    for lang in [Lang::Zh, Lang::En] {
        let name = format!("report.{}.html", if lang == Lang::Zh { "zh" } else { "en" });
        files.insert(name, hegui_report::html(&report, lang).into_bytes());
    }
    for path in &args.with {
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.with_context(|| format!("`{}` is no file with a name", path.display()))?;
        let twice = files.insert(format!("documents/{name}"), bytes(path)?);
        ensure!(twice.is_none(), "two documents are called `{name}`; name one of them otherwise");
    }
    if args.evidence {
        let elsewhere = evidence(&args.object.dir, &register, &mut files)?;
        if elsewhere > 0 {
            eprintln!(
                "{}",
                match lang {
                    Lang::Zh => format!("{elsewhere} 份证据的原件不在登记册文件夹内，未封存"),
                    Lang::En =>
                        format!("{elsewhere} pieces of evidence are kept elsewhere and are not sealed"),
                }
            );
        }
    }
    let signer = signer(&args.key)?;
    let package = sealed(&said, &files, &signer)?;
    output::write_bytes(Some(&args.output), &package)?;
    let (path, count) = (args.output.display(), files.len());
    eprintln!(
        "{}",
        match lang {
            Lang::Zh => format!(
                "已封存 {count} 个文件：{path}；核验：hegui verify {path} --key '{}'",
                signer.verifier()
            ),
            Lang::En => format!(
                "{count} files sealed: {path}; to check: hegui verify {path} --key '{}'",
                signer.verifier()
            ),
        }
    );
    Ok(0)
}

/// What the manifest says: enough to assess the sealed register again.
fn said(
    args: &Object,
    object: &scope::Object,
    catalog: &Catalog,
    register: &Register,
) -> Vec<(String, String)> {
    let mut said = vec![
        ("made-by", format!("hegui {}", env!("CARGO_PKG_VERSION"))),
        ("catalog-sha256", catalog.hash.clone()),
        ("logic", catalog.logic.clone()),
        ("profile", object.profile.clone()),
        ("as-of", format_date(object.as_of)),
        ("known-on", format_date(object.known_on)),
        ("closed", object.closing.to_string()),
    ];
    said.extend(args.products.iter().map(|id| ("product", id.clone())));
    said.extend(args.activities.iter().map(|id| ("activity", id.clone())));
    let organisation = catalog.schema.kind_named("organisation");
    let named = organisation.filter(|kind| register.count(*kind) > 0);
    said.extend(named.map(|kind| ("organisation", register.id(kind, 0).to_owned())));
    said.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// The evidence that stands in files below the register's folder; how many pieces are kept elsewhere.
fn evidence(dir: &Path, register: &Register, files: &mut BTreeMap<String, Vec<u8>>) -> Result<usize> {
    let mut elsewhere = 0;
    let root = dir.canonicalize().with_context(|| format!("cannot open `{}`", dir.display()))?;
    for evidence in register.evidence() {
        let Some(file) = &evidence.file else { continue };
        let Ok(path) = root.join(file).canonicalize() else {
            elsewhere += 1;
            continue;
        };
        ensure!(
            path.starts_with(&root),
            "the file `{file}` of evidence `{}` lies outside the register's folder and is not taken",
            evidence.id
        );
        let inside = path.strip_prefix(&root).ok().and_then(Path::to_str);
        let inside = inside.with_context(|| format!("the name of `{file}` is no text"))?;
        files.insert(format!("evidence/{inside}"), bytes(&path)?);
    }
    Ok(elsewhere)
}

/// A file's bytes, where it is not too large.
fn bytes(path: &Path) -> Result<Vec<u8>> {
    let shown = path.display();
    let file = std::fs::File::open(path).with_context(|| format!("cannot open `{shown}`"))?;
    let mut bytes = vec![];
    file.take(FILE_BYTES + 1).read_to_end(&mut bytes).with_context(|| format!("cannot read `{shown}`"))?;
    ensure!(bytes.len() as u64 <= FILE_BYTES, "`{shown}` is larger than 256 MiB and is not taken");
    Ok(bytes)
}

fn signer(path: &Path) -> Result<Signer> {
    let text = String::from_utf8(bytes(path)?).unwrap_or_default();
    Signer::parse(&text).with_context(|| format!("`{}`; `hegui key new` makes one", path.display()))
}

/// Checks a package; 0 where all is as it was sealed, 1 where something does not match, 2 where it is
/// no package or not signed by a key that was named.
pub fn verify(cli: &Cli, args: &Verify) -> Result<u8> {
    let lang = input::lang(cli);
    let package = {
        let shown = args.package.display();
        std::fs::read(&args.package).with_context(|| format!("cannot read `{shown}`"))?
    };
    if args.keys.is_empty() {
        let names = claims(&package)?.join(", ");
        bail!(
            "nothing was checked: name the public key that you trust with --key; the package says that it is signed by {names}"
        )
    }
    let trusted: Vec<Verifier> = args.keys.iter().map(|key| trusted(key)).collect::<Result<_>>()?;
    let opened = opened(&package, &trusted)?;
    let mut lines = told(&opened, lang);
    let mut status = u8::from(!opened.mismatches.is_empty());
    if status == 0 {
        let (again, line) = again(cli, &opened, lang)?;
        lines.push(line);
        status = u8::from(again == Some(false));
    }
    output::write(None, &output::plain(&lines.join("\n")))?;
    Ok(status)
}

/// A public key, or a file that holds one.
fn trusted(key: &str) -> Result<Verifier> {
    let text = match std::fs::read_to_string(key) {
        Ok(text) => text,
        Err(_) => key.to_owned(),
    };
    Verifier::parse(&text)
        .with_context(|| format!("`{key}` is neither a public key nor a file that holds one"))
}

/// Who signed what, and what does not match.
fn told(opened: &Opened, lang: Lang) -> Vec<String> {
    let zh = lang == Lang::Zh;
    let mut lines = vec![];
    for key in &opened.signed_by {
        lines.push(if zh { format!("签名有效：{key}") } else { format!("signed by {key}") });
    }
    lines.extend(opened.said.iter().map(|(key, value)| format!("  {key}: {value}")));
    let count = opened.files.len();
    lines.push(if zh {
        format!("{count} 个文件与封存时一致")
    } else {
        format!("{count} files are as they were sealed")
    });
    for mismatch in &opened.mismatches {
        lines.push(match mismatch {
            Mismatch::Missing(path) if zh => format!("✗ 缺少：{path}"),
            Mismatch::Missing(path) => format!("✗ missing: {path}"),
            Mismatch::Added(path) if zh => format!("✗ 封存之后添加：{path}"),
            Mismatch::Added(path) => format!("✗ added after sealing: {path}"),
            Mismatch::Changed { path, signed, found } if zh => {
                format!("✗ 已被改动：{path}（封存时 {signed}，现为 {found}）")
            }
            Mismatch::Changed { path, signed, found } => {
                format!("✗ changed: {path} (sealed {signed}, found {found})")
            }
            Mismatch::Damaged { path, why } if zh => format!("✗ 已损坏：{path}（{why}）"),
            Mismatch::Damaged { path, why } => format!("✗ damaged: {path} ({why})"),
            Mismatch::Hidden(n) if zh => format!("✗ 有 {n} 个文件藏在同名文件之后"),
            Mismatch::Hidden(n) => format!("✗ {n} files hidden behind others of the same name"),
        });
    }
    lines
}

/// Assesses the sealed register again, where the catalog is the same: whether the report is the same.
fn again(cli: &Cli, opened: &Opened, lang: Lang) -> Result<(Option<bool>, String)> {
    let said = |key: &str| opened.said.iter().find(|(k, _)| k == key).map(|(_, value)| value.as_str());
    let all = |key: &str| -> Vec<String> {
        opened.said.iter().filter(|(k, _)| k == key).map(|(_, value)| value.clone()).collect()
    };
    let catalog = input::catalog(cli)?;
    let zh = lang == Lang::Zh;
    if said("catalog-sha256") != Some(catalog.hash.as_str()) || said("logic") != Some(catalog.logic.as_str())
    {
        return Ok((
            None,
            if zh {
                "未重新评估：此 hegui 的目录或逻辑与封存时不是同一版本".to_owned()
            } else {
                "not assessed again: this hegui has another version of the catalog or the logic".to_owned()
            },
        ));
    }
    let texts = opened.files.iter().filter_map(|(path, bytes)| {
        let name = path.strip_prefix(REGISTER)?;
        Some((name.to_owned(), String::from_utf8_lossy(bytes).into_owned()))
    });
    let register = Register::read_files(texts.collect(), &catalog)
        .map_err(|problems| anyhow!("the sealed register: {problems}"))?;
    let args = Object {
        // A sealed register has no folder; nothing is read from it.
        dir: PathBuf::new(),
        profile: said("profile").unwrap_or("full").to_owned(),
        products: all("product"),
        activities: all("activity"),
        as_of: said("as-of").map(str::to_owned),
        known_on: said("known-on").map(str::to_owned),
        close: said("closed") == Some("true"),
    };
    let object = input::object(&args, &catalog, &register)?;
    let report = hegui_report::json(&Assessment::new(&catalog, &register, object)?.report());
    let same = opened.files.get(REPORT).is_some_and(|sealed| *sealed == report.as_bytes());
    let line = match (same, zh) {
        (true, true) => "重新评估封存的登记册：结论与封存的报告逐字节一致",
        (true, false) => "the sealed register was assessed again: byte for byte the sealed report",
        (false, true) => "✗ 重新评估封存的登记册：结果与封存的报告不一致",
        (false, false) => "✗ the sealed register was assessed again: the result is not the sealed report",
    };
    Ok((Some(same), line.to_owned()))
}
