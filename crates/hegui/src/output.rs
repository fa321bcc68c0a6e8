//! Where results go: standard output, or a file that appears whole or not at all.

use anyhow::{Context, Result};
use hegui_assess::view::Report;
use hegui_catalog::model::Lang;
use std::io::{IsTerminal, Write};
use std::path::Path;

/// Writes a text to the file, or to standard output, where it ends its line. A reader that hangs up is
/// no error.
pub fn write(output: Option<&Path>, text: &str) -> Result<()> {
    let end = if output.is_some() || text.ends_with('\n') { "" } else { "\n" };
    write_bytes(output, &[text, end].concat().into_bytes())
}

/// Writes bytes as they are to the file, or to standard output.
pub fn write_bytes(output: Option<&Path>, bytes: &[u8]) -> Result<()> {
    match output {
        // A device, a pipe or the like is written to as it stands.
        Some(path) if std::fs::metadata(path).is_ok_and(|m| !m.is_file() && !m.is_dir()) => {
            let mut file = std::fs::OpenOptions::new()
                .write(true)
                .open(path)
                .with_context(|| format!("cannot open `{}`", path.display()))?;
            file.write_all(bytes).with_context(|| format!("cannot write `{}`", path.display()))
        }
        Some(path) => {
            // A link stays a link: the file that it names is replaced.
            let path = &std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
            let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
            std::fs::create_dir_all(parent)
                .with_context(|| format!("cannot make the folder `{}`", parent.display()))?;
            let mut name = path.file_name().unwrap_or_default().to_owned();
            name.push(format!(".{}.part", std::process::id()));
            let part = parent.join(name);
            std::fs::write(&part, bytes)
                .and_then(|()| std::fs::rename(&part, path))
                .inspect_err(|_| {
                    let _ = std::fs::remove_file(&part);
                })
                .with_context(|| format!("cannot write `{}`", path.display()))
        }
        None => {
            let mut out = std::io::stdout().lock();
            match out.write_all(bytes).and_then(|()| out.flush()) {
                Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
                _ => Ok(()),
            }
        }
    }
}

/// Refuses to write what is no text to a terminal.
pub fn refuse_terminal(output: Option<&Path>) -> Result<()> {
    anyhow::ensure!(
        output.is_some() || !std::io::stdout().is_terminal(),
        "这种格式不能显示在终端上；请用 -o FILE 写入文件 · this format is no text for a terminal; write it to a file with -o FILE"
    );
    Ok(())
}

/// Writes a secret into a new file that its owner alone reads; never over one that is there.
pub fn secret(path: &Path, text: &str) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options
        .open(path)
        .with_context(|| format!("cannot make `{}`; a key is never written over a file", path.display()))?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .with_context(|| format!("cannot write `{}`", path.display()))
}

/// Says on standard error that facts were left out because of the dates.
pub fn left_out(report: &Report, lang: Lang) {
    let n = report.summary.left_out.to_string();
    let values = [("n", n.as_str()), ("as_of", &report.as_of), ("known_on", &report.known_on)];
    eprintln!("{}", plain(&hegui_report::messages::SAY_LEFT_OUT.fill(lang, &values)));
}

/// Whether colour may be used: only on a terminal, and not where `NO_COLOR` is set.
pub fn colour() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}

/// How many columns the terminal has; 100 where that is not known.
pub fn width() -> usize {
    std::env::var("COLUMNS")
        .ok()
        .and_then(|c| c.parse().ok())
        .filter(|w| (40..=400).contains(w))
        .unwrap_or(100)
}

/// A text for a terminal: what could steer it, or hide what is written, is replaced; lines stay.
pub fn plain(text: &str) -> String {
    let steers = |c: char| {
        c.is_control() && c != '\n' || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}
