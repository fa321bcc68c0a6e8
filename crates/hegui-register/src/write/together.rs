//! Several files replaced as one: all of them, or none, whenever the machine stops.
//!
//! Each new content is written beside its file and flushed. Then a journal, `.hegui.journal`, names
//! which is to take whose place; from the moment that it stands, the change counts as made. The renames
//! follow, then the journal goes. Whoever comes next and finds a journal makes the renames that are
//! still missing; whoever finds contents without a journal sweeps them away.

use super::{WriteError, file_error, lock, prepare, sweep};
use crate::problem::{Problem, Problems};
use crate::read::{Limits, files_of};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Component, Path, PathBuf};

/// The file that names the renames to be made.
const JOURNAL: &str = ".hegui.journal";

/// Replaces or adds files of a register, named relative to its folder, all or none. `before` is the
/// register that the change was worked out from: where it has changed since, nothing is written.
///
/// # Errors
/// When the register has changed meanwhile, or a file cannot be written. Nothing is changed then.
pub fn write_together(
    dir: &Path,
    before: &[(String, String)],
    changed: &[(String, String)],
    limits: &Limits,
) -> Result<(), WriteError> {
    fs::create_dir_all(dir).map_err(file_error(dir))?;
    let _lock = lock(dir)?;
    if !before.is_empty() && files_of(dir, limits)? != before {
        let message = format!("the files in `{}` changed meanwhile; run the command again", dir.display());
        return Err(WriteError::Answer(message));
    }
    let mut folders: BTreeSet<PathBuf> = BTreeSet::from([dir.to_owned()]);
    let mut renames = String::new();
    for (name, _) in changed {
        if !is_plain(name) {
            return Err(WriteError::Answer(format!("`{name}` is no file of a register")));
        }
        if let Some(folder) = dir.join(name).parent() {
            fs::create_dir_all(folder).map_err(file_error(folder))?;
            folders.insert(folder.to_owned());
        }
    }
    for folder in &folders {
        sweep(folder);
    }
    for (name, text) in changed {
        // A link is written through, not replaced by a file; beyond the folder it may not lead.
        let path = dir.join(name);
        if fs::symlink_metadata(&path).is_ok_and(|m| m.is_symlink()) {
            return Err(WriteError::Answer(format!(
                "`{name}` is a link; several files are written as one only where each is a file"
            )));
        }
        if before.is_empty() && path.exists() {
            return Err(WriteError::Answer(format!("`{}` stands there already", path.display())));
        }
        let temporary = prepare(&path, text.as_bytes())?;
        let temporary = temporary.file_name().and_then(|t| t.to_str()).unwrap_or_default().to_owned();
        renames.push_str(&format!("{temporary}\t{name}\n"));
    }
    flush(&folders);
    // The last line says that the journal is whole.
    renames.push_str("end\n");
    super::replace(&dir.join(JOURNAL), renames.as_bytes())?;
    finish(dir)
}

/// Finishes what a writer was interrupted in, if there is anything: a register that is read afterwards
/// is the old one or the new one.
///
/// # Errors
/// When a file cannot be renamed, or the journal is none of ours.
pub fn finish_interrupted(dir: &Path) -> Result<(), WriteError> {
    if !dir.join(JOURNAL).exists() {
        return Ok(());
    }
    lock(dir).map(drop)
}

/// The same as a problem of the folder, for those who read it.
pub(crate) fn settle(dir: &Path) -> Result<(), Problems> {
    finish_interrupted(dir).map_err(|error| {
        let message = format!("a change of several files was interrupted and cannot be finished: {error}");
        Problems::one(Problem::of_file(
            &dir.join(JOURNAL).display().to_string(),
            message,
            "run the command again where the folder can be written",
        ))
    })
}

/// Makes the renames that the journal names; the lock is held.
pub(super) fn finish(dir: &Path) -> Result<(), WriteError> {
    let journal = dir.join(JOURNAL);
    let text = match fs::read_to_string(&journal) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(file_error(&journal)(error)),
    };
    let foreign = || WriteError::Answer(format!("`{}` is no journal of hegui", journal.display()));
    let lines = text.strip_suffix("end\n").ok_or_else(foreign)?;
    let mut folders: BTreeSet<PathBuf> = BTreeSet::from([dir.to_owned()]);
    let mut renames = Vec::new();
    for line in lines.lines() {
        let (temporary, name) = line.split_once('\t').ok_or_else(foreign)?;
        let path = dir.join(name);
        let own = path.file_name().and_then(|n| n.to_str()).map(|n| format!(".{n}.")).unwrap_or_default();
        if !is_plain(name) || !temporary.starts_with(&own) || temporary.contains('/') {
            return Err(foreign());
        }
        renames.push((path.with_file_name(temporary), path));
    }
    for (temporary, path) in renames {
        match fs::rename(&temporary, &path) {
            // It was renamed before the writer was interrupted.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && path.exists() => {}
            result => result.map_err(file_error(&path))?,
        }
        folders.extend(path.parent().map(Path::to_owned));
    }
    flush(&folders);
    fs::remove_file(&journal).map_err(file_error(&journal))?;
    flush(&BTreeSet::from([dir.to_owned()]));
    Ok(())
}

/// Whether a name is that of a file of a register: below its folder, and read.
fn is_plain(name: &str) -> bool {
    let path = Path::new(name);
    let plain = |part: Component<'_>| match part {
        Component::Normal(part) => part.to_str().is_some_and(|part| !part.starts_with('.')),
        _ => false,
    };
    name.ends_with(".toml") && !name.contains(['\\', '\t', '\n']) && path.components().all(plain)
}

/// What was renamed in a folder is on disk when the folder is; a file system that cannot do that still renamed.
fn flush(folders: &BTreeSet<PathBuf>) {
    for folder in folders {
        if let Ok(folder) = File::open(folder) {
            let _ = folder.sync_all();
        }
    }
}
