//! `hegui ledger verify`: a published ledger, read again by the verifier that shares no code with the writer.

use crate::cli::{AskFormat, Cli, LedgerVerify};
use crate::{input, output};
use anyhow::{Context, Result, bail};
use hegui_catalog::model::Lang;
use hegui_ledger::checkpoint::{CheckpointError, Policy, Trusted, Witness};
use hegui_ledger::event::Opening;
use hegui_ledger::note::{Note, Verifier};
use hegui_ledger::receipt::Receipt;
use hegui_ledger::verify::{Fault, Finding, Report, VerifyError, verify as read_again};
use serde_json::json;
use std::io::{IsTerminal, Read, Write};
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// The largest checkpoint that is read, in bytes.
const CHECKPOINT: u64 = 1 << 20;
/// A full bundle of the longest entries, in bytes: no file of a ledger is larger.
const FILE: u64 = 256 * (2 + 65_535);

/// Checks a published ledger; 0 where all is as it was signed, 1 where something does not match, 2 where
/// there is nothing to check or nothing to check it by.
pub fn verify(cli: &Cli, args: &LedgerVerify) -> Result<u8> {
    let lang = input::lang(cli);
    let Some(key) = &args.key else { return unasked(&args.dir) };
    let key = Verifier::parse(&text_of(key))
        .with_context(|| format!("`{key}` is neither a ledger's public key nor a file that holds one"))?;
    let policy = policy(args, &key)?;
    let kept: Vec<String> = args.kept.iter().map(|path| note(path)).collect::<Result<_>>()?;
    let notes: Vec<&str> = kept.iter().map(String::as_str).collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let progress = Progress::new(lang);
    let read = |name: &str| file(&args.dir.join(name));
    let report = read_again(read, &key.to_string(), &notes, threads, |done, total| progress.at(done, total));
    progress.end();
    let report = report.map_err(|error| match error {
        VerifyError::Kept(at) => {
            let path = args.kept.get(at.saturating_sub(1)).map(|path| path.display().to_string());
            anyhow::anyhow!("`{}` is no checkpoint that this key has signed", path.unwrap_or_default())
        }
        error => anyhow::Error::from(error).context(format!("`{}`", args.dir.display())),
    })?;
    // Who cosigned matters only where the checkpoint itself is as it was signed.
    let cosigned = match (&policy, report.size) {
        (Some(policy), Some(_)) => Some(cosigned(policy, &args.dir)?),
        _ => None,
    };
    let holds = report.holds() && cosigned.as_ref().is_none_or(Result::is_ok);
    let text = match args.format {
        AskFormat::Terminal => told(args, &report, cosigned.as_ref(), lang).join("\n"),
        AskFormat::Json => as_json(&report, cosigned.as_ref(), holds)?,
    };
    output::write(None, &output::plain(&text))?;
    Ok(u8::from(!holds))
}

/// Without a key nothing can be checked: by whom the checkpoint says that it is signed.
fn unasked(dir: &Path) -> Result<u8> {
    let text = note(&dir.join("checkpoint"))?;
    let parsed = Note::parse(&text).with_context(|| format!("`{}`", dir.join("checkpoint").display()))?;
    let names: Vec<&str> = parsed.signatures.iter().map(|(name, ..)| *name).collect();
    bail!(
        "nothing was checked: name the ledger's public key, which you trust, with --key; the checkpoint says that it is signed by {}",
        names.join(", ")
    )
}

/// A published file; of one that is larger than any can be, enough to see that.
fn file(path: &Path) -> std::io::Result<Vec<u8>> {
    let file = std::fs::File::open(path)?;
    let size = file.metadata()?.len().min(FILE + 1);
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    file.take(FILE + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A key, or the text of the file that holds it.
fn text_of(key: &str) -> String {
    std::fs::read_to_string(key).unwrap_or_else(|_| key.to_owned())
}

/// A checkpoint's text.
fn note(path: &Path) -> Result<String> {
    let size = std::fs::metadata(path).with_context(|| format!("cannot read `{}`", path.display()))?.len();
    anyhow::ensure!(size <= CHECKPOINT, "`{}` is too large for a checkpoint", path.display());
    std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))
}

/// Checks the proof of one entry; 0 where the entry that it opens stands in the ledger, 1 where not.
pub fn proof(cli: &Cli, path: &Path, key: &str) -> Result<u8> {
    let verifier = Verifier::parse(&text_of(key))
        .with_context(|| format!("`{key}` is neither a ledger's public key nor a file that holds one"))?;
    let named = || format!("`{}`", path.display());
    let receipt = Receipt::parse(&note(path)?).with_context(named)?;
    anyhow::ensure!(
        !receipt.extra.is_empty(),
        "{} opens no entry: what it was about has been erased",
        named()
    );
    let opening = Opening::decode(&receipt.extra).with_context(named)?;
    let checked = receipt.check(&opening.entry(), &Policy::new(verifier, vec![], 0)?, 0);
    let (index, kind, time) = (receipt.index, opening.event.kind.0, opening.event.time);
    let time = jiff::Timestamp::from_millisecond(time).unwrap_or_default();
    let (text, status) = match (checked, input::lang(cli)) {
        (Ok(trusted), Lang::Zh) => {
            let size = trusted.checkpoint.size;
            (format!("证明成立：第 {index} 条（种类 {kind}，{time}）在检查点所签的 {size} 条之中"), 0)
        }
        (Ok(trusted), Lang::En) => {
            let size = trusted.checkpoint.size;
            (
                format!(
                    "the proof holds: entry {index} (kind {kind}, {time}) is among the {size} that the checkpoint signs"
                ),
                0,
            )
        }
        (Err(error), Lang::Zh) => (format!("证明不成立：{error}"), 1),
        (Err(error), Lang::En) => (format!("the proof does not hold: {error}"), 1),
    };
    output::write(None, &text)?;
    Ok(status)
}

fn policy(args: &LedgerVerify, key: &Verifier) -> Result<Option<Policy>> {
    let witness = |key: &String| {
        Witness::parse(&text_of(key))
            .with_context(|| format!("`{key}` is neither a witness's public key nor a file that holds one"))
    };
    let witnesses: Vec<Witness> = args.witnesses.iter().map(witness).collect::<Result<_>>()?;
    let quorum = args.quorum.unwrap_or(witnesses.len());
    if witnesses.is_empty() && quorum == 0 {
        return Ok(None);
    }
    Ok(Some(Policy::new(key.clone(), witnesses, quorum)?))
}

fn cosigned(policy: &Policy, dir: &Path) -> Result<Result<Trusted, CheckpointError>> {
    let now = jiff::Timestamp::now().as_second();
    Ok(policy.open(&note(&dir.join("checkpoint"))?, u64::try_from(now).unwrap_or_default()))
}

/// A line on the terminal that says how far the reading is; nothing where nobody looks.
struct Progress {
    lang: Lang,
    last: Option<Mutex<Instant>>,
}

impl Progress {
    fn new(lang: Lang) -> Self {
        Self { lang, last: std::io::stderr().is_terminal().then(|| Mutex::new(Instant::now())) }
    }

    fn at(&self, done: u64, total: u64) {
        let Some(Ok(mut last)) = self.last.as_ref().map(Mutex::try_lock) else { return };
        if last.elapsed() < Duration::from_millis(200) {
            return;
        }
        *last = Instant::now();
        let percent = (u128::from(done) * 100).checked_div(u128::from(total)).unwrap_or(100);
        let said = match self.lang {
            Lang::Zh => format!("已核对 {done} / {total} 条（{percent}%）"),
            Lang::En => format!("{done} of {total} entries compared ({percent} %)"),
        };
        let _ = write!(std::io::stderr(), "\r\u{1b}[K{said}");
    }

    fn end(&self) {
        if self.last.is_some() {
            let _ = write!(std::io::stderr(), "\r\u{1b}[K");
        }
    }
}

fn hex(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What holds and what does not, for a person.
fn told(
    args: &LedgerVerify,
    report: &Report,
    cosigned: Option<&Result<Trusted, CheckpointError>>,
    lang: Lang,
) -> Vec<String> {
    let zh = lang == Lang::Zh;
    let mut lines = vec![];
    if let (Some(size), Some(root)) = (report.size, report.root) {
        let (root, read) = (hex(&root), report.entries);
        lines.push(if zh {
            format!("检查点签名有效：{size} 条，根 {root}；已重读 {read} 条")
        } else {
            format!("the checkpoint's signature is valid: {size} entries, root {root}; {read} read again")
        });
    }
    lines.extend(report.findings.iter().map(|finding| format!("✗ {}", finding_told(finding, zh))));
    if report.more {
        lines.push(
            if zh {
                "可能还有其他问题，未再读下去"
            } else {
                "there may be more: not all was read"
            }
            .to_owned(),
        );
    }
    for (kept, path) in report.kept.iter().zip(&args.kept) {
        let (path, size) = (path.display(), kept.size);
        lines.push(match (kept.holds, zh) {
            (true, true) => format!("账本仍包含先前的检查点：{path}（{size} 条）"),
            (true, false) => format!("the ledger still contains the earlier checkpoint {path} ({size} entries)"),
            (false, true) => format!("✗ 账本不再包含先前的检查点：{path}（{size} 条）：历史被改写或分叉"),
            (false, false) => format!(
                "✗ the ledger does not contain the earlier checkpoint {path} ({size} entries): its history was rewritten, or forked"
            ),
        });
    }
    match cosigned {
        Some(Ok(trusted)) => lines.extend(trusted.witnesses.iter().map(|(witness, time)| {
            let when = i64::try_from(*time).ok().and_then(|time| jiff::Timestamp::from_second(time).ok());
            let (name, when) = (witness.name(), when.map_or(time.to_string(), |when| when.to_string()));
            if zh {
                format!("见证人 {name} 已签名：{when}")
            } else {
                format!("witnessed by {name} at {when}")
            }
        })),
        Some(Err(CheckpointError::Witnesses { asked, found })) if zh => {
            lines.push(format!("✗ 认可的见证人中有 {found} 位签名，须有 {asked} 位"));
        }
        Some(Err(error)) if zh => lines.push(format!("✗ 见证：{error}")),
        Some(Err(error)) => lines.push(format!("✗ witnesses: {error}")),
        None => {}
    }
    if report.holds() {
        lines.push(if zh { "全部条目与所签署的一致" } else { "every entry is as it was signed" }.to_owned());
    }
    lines
}

/// One finding: which byte of which file, what is wrong, what it concerns.
fn finding_told(finding: &Finding, zh: bool) -> String {
    let Finding { file, bytes, fault, leaves } = finding;
    let (from, to) = (bytes.start, bytes.end);
    let at = match (to.saturating_sub(from), zh) {
        (1, true) => format!("{file}，第 {from} 字节"),
        (1, false) => format!("{file}, byte {from}"),
        (0, true) => format!("{file}，第 {from} 字节起"),
        (0, false) => format!("{file}, from byte {from} on"),
        (_, true) => format!("{file}，第 {from} 至 {} 字节之间", to - 1),
        (_, false) => format!("{file}, within bytes {from} to {}", to - 1),
    };
    let what = match (fault, zh) {
        (Fault::Missing(why), true) => format!("无法读取（{why}）"),
        (Fault::Missing(why), false) => format!("cannot be read ({why})"),
        (Fault::Length, true) => "长度与文件名不符".to_owned(),
        (Fault::Length, false) => "cut off, or longer than its name says".to_owned(),
        (Fault::Form, true) => "不是检查点，或属于另一账本".to_owned(),
        (Fault::Form, false) => "no checkpoint, or one of another ledger".to_owned(),
        (Fault::Unsigned, true) => "没有所信任公钥的签名".to_owned(),
        (Fault::Unsigned, false) => "not signed by the key that is trusted".to_owned(),
        (Fault::Signature, true) => "签名之后被改动，或签名系伪造".to_owned(),
        (Fault::Signature, false) => "changed after it was signed, or forged".to_owned(),
        (Fault::Root, true) => "账本自身一致，但根与所签署的不同：被整体改写，或签署的是另一账本".to_owned(),
        (Fault::Root, false) => {
            "the ledger fits together but has another root than was signed: rewritten, or another was signed"
                .to_owned()
        }
        (Fault::Hash, true) => "散列值错误；其下的内容与所签署的一致".to_owned(),
        (Fault::Hash, false) => "a wrong hash; what lies beneath it is as it was signed".to_owned(),
        (Fault::Subtree, true) => "与其下的内容一并不是所签署的，或两者不一致".to_owned(),
        (Fault::Subtree, false) => {
            "this and what lies beneath it are not what was signed, or differ".to_owned()
        }
        (Fault::Entry, true) => "条目被改动".to_owned(),
        (Fault::Entry, false) => "entries were changed".to_owned(),
    };
    let concerns = match (leaves.end.saturating_sub(leaves.start), zh) {
        _ if leaves.end == u64::MAX => {
            if zh {
                "整个账本".to_owned()
            } else {
                "the whole ledger".to_owned()
            }
        }
        (0, true) => "不影响条目".to_owned(),
        (0, false) => "concerns no entry".to_owned(),
        (1, true) => format!("影响条目 {}，以及其后的检查点", leaves.start),
        (1, false) => format!("concerns entry {} and checkpoints after it", leaves.start),
        (_, true) => format!("影响条目 {} 至 {}，以及其后的检查点", leaves.start, leaves.end - 1),
        (_, false) => {
            format!("concerns entries {} to {} and checkpoints after them", leaves.start, leaves.end - 1)
        }
    };
    if zh { format!("{at}：{what}；{concerns}") } else { format!("{at}: {what}; {concerns}") }
}

/// The same for a machine.
fn as_json(
    report: &Report,
    cosigned: Option<&Result<Trusted, CheckpointError>>,
    holds: bool,
) -> Result<String> {
    let findings = report.findings.iter().map(|finding| {
        let fault = match &finding.fault {
            Fault::Missing(_) => "missing",
            Fault::Length => "length",
            Fault::Form => "form",
            Fault::Unsigned => "unsigned",
            Fault::Signature => "signature",
            Fault::Root => "root",
            Fault::Hash => "hash",
            Fault::Subtree => "subtree",
            Fault::Entry => "entry",
        };
        let (bytes, leaves) = (&finding.bytes, &finding.leaves);
        json!({
            "file": finding.file,
            "from_byte": bytes.start,
            "to_byte": bytes.end,
            "fault": fault,
            "from_leaf": leaves.start,
            "to_leaf": (leaves.end < u64::MAX).then_some(leaves.end),
        })
    });
    let kept = report.kept.iter().map(|kept| json!({ "size": kept.size, "holds": kept.holds }));
    let witnesses = match cosigned {
        Some(Ok(trusted)) => {
            let each = |(witness, time): &(Witness, u64)| json!({ "name": witness.name(), "time": time });
            json!(trusted.witnesses.iter().map(each).collect::<Vec<_>>())
        }
        Some(Err(error)) => json!({ "error": error.to_string() }),
        None => json!(null),
    };
    let value = json!({
        "format": "hegui-ledger-verification/1",
        "holds": holds,
        "size": report.size,
        "root": report.root.map(|root| hex(&root)),
        "entries_read": report.entries,
        "findings": findings.collect::<Vec<_>>(),
        "more": report.more,
        "kept": kept.collect::<Vec<_>>(),
        "witnesses": witnesses,
    });
    Ok(serde_json::to_string_pretty(&value)?)
}
