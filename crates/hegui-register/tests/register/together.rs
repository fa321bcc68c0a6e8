//! Several files as one change: all or none, also when the writer is killed.

use hegui_register::{Limits, files_of, finish_interrupted, write_together};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The variable that makes a run of this program the writer that is killed.
const WRITER: &str = "HEGUI_TEST_WRITER";
/// How many files are written together.
const FILES: usize = 12;

fn folder(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("hegui-together-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

/// The files of one version; every third stands in a folder of its own.
fn version(number: usize) -> Vec<(String, String)> {
    (0..FILES)
        .map(|at| {
            let name = if at % 3 == 0 { format!("part/{at}.toml") } else { format!("{at}.toml") };
            (name, format!("# {number}\n[party.p{at}]\n{}", "# x\n".repeat(number % 50)))
        })
        .collect()
}

fn sorted(mut files: Vec<(String, String)>) -> Vec<(String, String)> {
    files.sort();
    files
}

fn versions_in(dir: &Path) -> Vec<String> {
    let files = files_of(dir, &Limits::default()).unwrap();
    assert_eq!(files.len(), FILES);
    files.iter().map(|(_, text)| text.lines().next().unwrap().to_owned()).collect()
}

#[test]
fn all_files_are_written_or_none() {
    let dir = folder("whole");
    let limits = Limits::default();
    write_together(&dir, &[], &version(1), &limits).unwrap();
    let first = files_of(&dir, &limits).unwrap();
    assert_eq!(first, sorted(version(1)));
    write_together(&dir, &first, &version(2), &limits).unwrap();
    assert_eq!(files_of(&dir, &limits).unwrap(), sorted(version(2)));
    // Worked out from what is no longer there.
    let late = write_together(&dir, &first, &version(3), &limits).unwrap_err();
    assert!(late.to_string().contains("changed meanwhile"), "{late}");
    assert_eq!(files_of(&dir, &limits).unwrap(), sorted(version(2)));
    // Nothing outside of the folder, and nothing that is not read.
    let now = files_of(&dir, &limits).unwrap();
    for name in ["../a.toml", "/tmp/a.toml", ".a.toml", "a/.b/c.toml", "a.txt"] {
        let one = [(name.to_owned(), String::new())];
        assert!(write_together(&dir, &now, &one, &limits).is_err(), "{name}");
    }
    assert_eq!(files_of(&dir, &limits).unwrap(), sorted(version(2)));
    std::fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn a_journal_that_is_whole_is_finished_and_a_foreign_one_refused() {
    let dir = folder("journal");
    std::fs::write(dir.join("a.toml"), "old").unwrap();
    std::fs::write(dir.join("b.toml"), "new b").unwrap();
    std::fs::write(dir.join(".a.toml.7.tmp"), "new a").unwrap();
    // The second rename had been made already.
    std::fs::write(dir.join(".hegui.journal"), ".a.toml.7.tmp\ta.toml\n.b.toml.7.tmp\tb.toml\nend\n")
        .unwrap();
    finish_interrupted(&dir).unwrap();
    assert_eq!(std::fs::read_to_string(dir.join("a.toml")).unwrap(), "new a");
    assert!(!dir.join(".hegui.journal").exists());
    for foreign in [
        ".a.toml.7.tmp\t../a.toml\nend\n",
        "../x\ta.toml\nend\n",
        ".a.toml.7.tmp\ta.toml\n",
        "nothing\nend\n",
    ] {
        std::fs::write(dir.join(".hegui.journal"), foreign).unwrap();
        let wrong = files_of(&dir, &Limits::default()).unwrap_err().to_string();
        assert!(wrong.contains("journal"), "{wrong}");
        assert_eq!(std::fs::read_to_string(dir.join("a.toml")).unwrap(), "new a");
    }
    std::fs::remove_dir_all(&dir).unwrap();
}

/// Not a test of its own: the writer that the test below kills.
#[test]
fn writer() {
    let Ok(dir) = std::env::var(WRITER) else { return };
    let (dir, limits) = (PathBuf::from(dir), Limits::default());
    for number in 2.. {
        let now = files_of(&dir, &limits).unwrap();
        write_together(&dir, &now, &version(number), &limits).unwrap();
    }
}

#[test]
fn a_writer_that_is_killed_leaves_the_old_files_or_the_new() {
    let dir = folder("killed");
    let began = Instant::now();
    write_together(&dir, &[], &version(1), &Limits::default()).unwrap();
    let one = began.elapsed();
    let mut moved = 0;
    let mut before = versions_in(&dir);
    let changed = || std::fs::metadata(&dir).unwrap().modified().unwrap();
    for round in 0..25u32 {
        let unchanged = changed();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["together::writer", "--exact", "--test-threads=1"])
            .env(WRITER, &dir)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // From its first file on, however long it took to come there; each time somewhere else within
        // the time of two writes, on whatever disk this is.
        let began = Instant::now();
        while changed() == unchanged && began.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_micros(200));
        }
        std::thread::sleep(2 * one * (round * 7 % 25) / 25);
        child.kill().unwrap();
        child.wait().unwrap();
        let versions = versions_in(&dir);
        assert!(versions.iter().all(|v| *v == versions[0]), "round {round}: {versions:?}");
        assert!(!dir.join(".hegui.journal").exists());
        moved += usize::from(versions != before);
        before = versions;
    }
    assert!(moved > 0, "no writer came to write anything");
    std::fs::remove_dir_all(&dir).unwrap();
}
