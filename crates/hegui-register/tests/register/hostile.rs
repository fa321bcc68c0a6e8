//! Registers that nobody wrote by hand: what is said of them is short, and said soon.

use crate::folder::Folder;
use crate::small::{BASE, CATALOG, read};
use hegui_register::{Limits, Register};
use std::time::{Duration, Instant};

/// What a register that begins with [`BASE`] is told, which must not take long.
#[track_caller]
fn told_soon(text: &str) -> String {
    let began = Instant::now();
    let told = read(&format!("{BASE}{text}")).err().unwrap_or_default();
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    told
}

#[test]
fn a_huge_name_is_neither_compared_nor_repeated() {
    let huge = "k".repeat(5_000_000);
    for text in [
        format!("[activity.x]\n{huge} = 1\n"),
        format!("[{huge}.x]\n"),
        format!("[activity.{huge}]\n"),
        format!("[activity.x]\nrole = \"{huge}\"\n"),
        format!("[activity.x]\nfollows = \"{huge}\"\n"),
        format!("[activity.x]\nanswer_time = \"{huge}\"\n"),
        format!("[activity.x]\nmonitored = {{ value = true, {huge} = 1 }}\n"),
        format!("[activity.x]\nmonitored = {{ value = true, source = \"{huge}\" }}\n"),
        format!("[activity.x]\ncomplete = [\"{huge}\"]\n"),
        format!("[activity.x]\n{huge} = 1\n{huge} = 2\n"),
        format!(
            "[[ruling]]\nfact = \"{huge}\"\nvalue = 1\nby = \"a\"\nrole = \"{huge}\"\non = 2026-01-01\nreasons = \"…\"\n"
        ),
    ] {
        let told = told_soon(&text);
        assert!(!told.is_empty() && told.len() < 3_000, "{} bytes", told.len());
    }
}

#[test]
fn what_a_terminal_would_obey_is_not_repeated() {
    let told = told_soon("[activity.x]\n\"\\u001b[31mred\" = 1\nrole = \"\\u001b]0;x\"\n");
    assert!(!told.contains('\u{1b}'), "{told}");
}

#[test]
fn a_hundred_thousand_wrong_names_are_counted_quickly() {
    let keys: String = (0..100_000).map(|n| format!("k{n} = 1\n")).collect();
    let told = told_soon(&format!("[activity.x]\n{keys}"));
    assert!(told.ends_with("… and 99900 more in this file"), "{}", &told[told.len() - 200..]);
    let codes = "\"fone\", ".repeat(10);
    let things: String = (0..20_000).map(|n| format!("[activity.a{n}]\ntypes = [{codes}]\n")).collect();
    assert!(told_soon(&things).contains("more in this file"));
    let names = "\"provisons\", ".repeat(100_000);
    assert!(told_soon(&format!("[activity.x]\ncomplete = [{names}]\n")).contains("and 99900 more"));
    let kinds: String = (0..100_000).map(|n| format!("[activit{n}.x]\n")).collect();
    assert!(told_soon(&kinds).contains("and 99900 more"));
}

#[test]
fn brackets_that_nobody_closed_are_told_once() {
    let told = told_soon("[activity.x]\ntypes = [[[[[[[[\"phone\"\n");
    assert_eq!(told.matches("r.toml:").count(), 1, "{told}");
}

#[test]
fn a_key_of_too_many_parts_is_told_once_and_not_taken_for_another() {
    let long = |last: &str| format!("{}.{last}", ["a"; 16].join("."));
    let told = told_soon(&format!("[activity.x]\n{} = 1\n{} = 2\n", long("b"), long("c")));
    assert_eq!(told.matches("a key of more than 16 parts").count(), 2, "{told}");
    assert!(!told.contains("given twice") && !told.contains("already"), "{told}");
    let told = told_soon(&format!("[{}]\nrole = 1\n[{}]\nrole = 2\n", long("b"), long("c")));
    assert_eq!(told.matches("r.toml:").count(), 2, "{told}");
}

#[test]
fn a_text_of_a_fact_is_a_sentence() {
    let told = told_soon(&format!("[activity.x]\nnote = \"{}\"\n", "字".repeat(1_334)));
    assert!(told.contains("this text has 4002 bytes; at most 4000 are read"), "{told}");
    assert_eq!(told_soon(&format!("[activity.x]\nnote = \"{}\"\n", "a".repeat(4_000))), "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_name_that_is_not_utf_8() {
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::new("name").with("a.toml", BASE);
    std::fs::write(folder.0.join(std::ffi::OsStr::from_bytes(b"b\xff.toml")), "").unwrap();
    let told = Register::read_dir(&folder.0, &CATALOG, &Limits::default()).unwrap_err().to_string();
    assert!(told.contains("b\u{fffd}.toml: this name is not UTF-8"), "{told}");
    assert!(told.contains("rename it"), "{told}");
}
