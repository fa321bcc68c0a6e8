//! Folders and files that cannot be read.

use crate::small::{BASE, CATALOG};
use hegui_register::{Limits, Register};
use std::fs;
use std::path::{Path, PathBuf};

/// A folder of its own for one test.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("hegui-register-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn with(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    pub fn text(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn told(dir: &Path, limits: &Limits) -> String {
    match Register::read_dir(dir, &CATALOG, limits) {
        Ok(register) => format!("{:?}", register.files()),
        Err(problems) => problems.to_string(),
    }
}

#[test]
fn files_are_found_below_and_hidden_ones_are_not() {
    let folder = Folder::new("found")
        .with("b.toml", BASE)
        .with("a/c.toml", "")
        .with(".git/x.toml", "?")
        .with("x.txt", "?");
    assert_eq!(told(&folder.0, &Limits::default()), "[\"a/c.toml\", \"b.toml\"]");
}

#[test]
fn a_missing_an_empty_and_no_folder() {
    let folder = Folder::new("missing").with("file", "");
    assert!(told(&folder.0.join("nowhere"), &Limits::default()).contains("there is no such folder"));
    assert!(told(&folder.0.join("file"), &Limits::default()).contains("this is no folder"));
    assert!(told(&folder.0, &Limits::default()).contains("there is no TOML file in this folder"));
}

#[test]
fn bytes_that_are_no_text() {
    let folder = Folder::new("bytes")
        .with("a.toml", b"[party.x]\nname = \"\xff\"")
        .with("b.toml", b"\x7fELF\0\0\xff\xfe");
    let told = told(&folder.0, &Limits::default());
    assert!(told.contains("a.toml:2:9: this is not UTF-8 from here on"), "{told}");
    assert!(told.contains("b.toml:1:7: this is a binary file, not TOML"), "{told}");
}

#[test]
fn limits_hold_before_anything_is_read() {
    let folder = Folder::new("limits").with("a.toml", BASE).with("b.toml", "# 很长的注释，超过限制");
    let limits =
        |file_bytes, total_bytes, files| Limits { file_bytes, total_bytes, files, ..Limits::default() };
    assert!(told(&folder.0, &limits(10, 1_000, 9)).contains("at most"));
    assert!(told(&folder.0, &limits(1_000, 100, 9)).contains("all files together"));
    assert!(told(&folder.0, &limits(1_000, 1_000, 1)).contains("more than 1 files"));
    // A file with a hole of a gigabyte costs nothing: its size is looked at, not its content.
    let huge = fs::File::create(folder.0.join("huge.toml")).unwrap();
    huge.set_len(1 << 30).unwrap();
    let began = std::time::Instant::now();
    assert!(
        told(&folder.0, &Limits::default()).contains("huge.toml: the file has 1024 MiB; at most 64 are read")
    );
    assert!(began.elapsed().as_secs() < 20);
}

#[cfg(unix)]
#[test]
fn links_to_folders_are_not_followed_and_deep_folders_refused() {
    let folder = Folder::new("links").with("a.toml", BASE);
    std::os::unix::fs::symlink(&folder.0, folder.0.join("loop")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.0.join("dead.toml")).unwrap();
    assert!(told(&folder.0, &Limits::default()).contains("dead.toml: cannot be read"));
    fs::remove_file(folder.0.join("dead.toml")).unwrap();
    assert_eq!(told(&folder.0, &Limits::default()), "[\"a.toml\"]");
    let deep: PathBuf = (0..40).map(|_| "d").collect();
    fs::create_dir_all(folder.0.join(deep)).unwrap();
    assert!(told(&folder.0, &Limits::default()).contains("folders nest more than 32 deep"));
}
