//! The law as its user meets it: what is in force, what the catalog holds, its handbook, its tests.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn hegui(args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_hegui"))
        .current_dir(root())
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A folder of this test's own, empty.
fn folder(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("hegui-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&path);
    path
}

#[test]
fn nothing_of_the_sources_is_left_out() {
    let output = hegui(&["catalog", "stats", "--format", "json"], "");
    let stats: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
    let instruments = stats["instruments"].as_array().unwrap();
    let standard = instruments.iter().find(|i| i["id"] == "t-clast-001.2-2021").unwrap();
    for (what, of) in [
        ("leaves", 517),
        ("flipped", 517),
        ("actions", 90),
        ("indicators", 33),
        ("characteristics", 37),
        ("extensions", 83),
        ("without_extension", 14),
    ] {
        assert_eq!((&standard[what]["there"], &standard[what]["of"]), (&of.into(), &of.into()), "{what}");
    }
    for (instrument, articles) in [
        ("covenant-data-sharing", 21),
        ("data-security-measures-draft-2019", 40),
        ("app-rules-draft-2021", 20),
        ("export-assessment-draft-2019", 22),
    ] {
        let found = instruments.iter().find(|i| i["id"] == instrument).unwrap();
        let share = &found["articles"];
        assert_eq!((&share["there"], &share["of"]), (&articles.into(), &articles.into()), "{instrument}");
    }
    let obligations = &standard["obligations"];
    let count = |key: &str| obligations[key].as_u64().unwrap();
    let factual = count("decided") + count("partly");
    assert!(factual * 2 >= factual + count("word"), "at least half rest on some fact: {obligations}");
}

#[test]
fn the_law_in_force_depends_on_the_day() {
    let on = |day: &str| out(&hegui(&["--lang", "en", "law", "--as-of", day], ""));
    let in_force = |text: &str| {
        let start = text.find("in force").unwrap();
        text[start..].split("\n\n").next().unwrap().to_owned()
    };
    assert!(in_force(&on("2026-11-22")).contains("small-handler"), "in force since 2026-09-01");
    assert!(!in_force(&on("2026-08-31")).contains("small-handler"));
    assert!(!in_force(&on("2021-10-31")).contains("\n  pipl "), "the PIPL came into force on 2021-11-01");
    assert!(in_force(&on("2021-11-01")).contains("\n  pipl "));
    let pipl = out(&hegui(&["--lang", "en", "law", "pipl"], ""));
    assert!(pipl.contains("    23  ") && pipl.contains("50000000"), "gists and figures: {pipl}");
    let wrong = hegui(&["--lang", "en", "law", "pilp"], "");
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("did you mean `pipl`?"));
}

#[test]
fn every_link_of_the_handbook_leads_somewhere() {
    let dir = folder("handbook");
    let output = hegui(&["catalog", "docs", dir.to_str().unwrap()], "");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let mut pages = 0;
    let mut broken = BTreeSet::new();
    for language in ["zh", "en"] {
        let mut todo = vec![dir.join(language)];
        while let Some(next) = todo.pop() {
            if next.is_dir() {
                todo.extend(std::fs::read_dir(&next).unwrap().map(|e| e.unwrap().path()));
                continue;
            }
            pages += 1;
            let page = std::fs::read_to_string(&next).unwrap();
            for link in page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
                let (file, anchor) = link.split_once('#').map_or((link, None), |(f, a)| (f, Some(a)));
                let target = next.parent().unwrap().join(file);
                let there = std::fs::read_to_string(&target)
                    .is_ok_and(|text| anchor.is_none_or(|a| text.contains(&format!("id=\"{a}\""))));
                if !there {
                    broken.insert(format!("{}: {link}", next.display()));
                }
            }
        }
    }
    std::fs::remove_dir_all(&dir).unwrap();
    assert!(pages > 500, "a page a clause in two languages: {pages}");
    assert!(broken.is_empty(), "{broken:#?}");
}

/// A register with one basis of which nothing but its type and duty is known.
fn register(name: &str) -> PathBuf {
    let dir = folder(name);
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(
        dir.join("register.toml"),
        r#"[organisation.demo]
name = "示例公司"
[product.shop]
name = "商城"
[activity.payroll]
product = "shop"
role = "handler"
[basis.tax]
activity = "payroll"
type = "legal_duty"
"#,
    )
    .unwrap();
    dir
}

#[test]
fn a_test_is_weighed_factor_by_factor() {
    let dir = register("weigh");
    let path = dir.to_str().unwrap();
    // Only looking: nothing is asked, nothing written.
    let before = std::fs::read_to_string(dir.join("register.toml")).unwrap();
    let shown = hegui(&["--lang", "en", "weigh", "B.1-but-for", path, "basis.tax"], "");
    assert_eq!(shown.status.code(), Some(3), "{}", String::from_utf8_lossy(&shown.stderr));
    assert!(out(&shown).contains("basis.tax.duty_impossible_without") && out(&shown).contains("(unknown)"));
    assert_eq!(before, std::fs::read_to_string(dir.join("register.toml")).unwrap());
    // A wrong answer is asked again; the right one needs reasons and is written at once.
    let weighed = hegui(
        &["--lang", "en", "weigh", "B.1-but-for", path, "basis.tax", "--by", "assessor A"],
        "perhaps\nwhatever\ntrue\nwithout the number no return can be filed\n",
    );
    assert_eq!(
        weighed.status.code(),
        Some(0),
        "{}{}",
        out(&weighed),
        String::from_utf8_lossy(&weighed.stderr)
    );
    let after = std::fs::read_to_string(dir.join("register.toml")).unwrap();
    assert!(
        after.contains("without the number no return can be filed") && after.contains("assessor A"),
        "{after}"
    );
    // What has an answer is not asked again.
    let again = hegui(
        &["--lang", "en", "weigh", "B.1-but-for", path, "basis.tax", "--by", "assessor B"],
        "false\nno\n",
    );
    assert_eq!(again.status.code(), Some(0));
    assert_eq!(after, std::fs::read_to_string(dir.join("register.toml")).unwrap());
    // A test of another kind of thing, and one that is none.
    let wrong = hegui(&["--lang", "en", "weigh", "B.4", path, "basis.tax"], "");
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("it speaks about: use"));
    let wrong = hegui(&["--lang", "en", "weigh", "B.9", path, "basis.tax"], "");
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("no test `B.9`"));
    std::fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn every_fact_has_a_short_label_of_its_own_in_both_languages() {
    let catalog = hegui_law::catalog().unwrap();
    let mut labelled = 0;
    for (kind, entry) in catalog.schema.kinds.iter().zip(&catalog.kinds) {
        let mut seen = BTreeSet::new();
        for (field, entry) in kind.fields.iter().zip(&entry.facts).filter(|(_, entry)| !entry.generated) {
            let (zh, en) = (&entry.label.zh, &entry.label.en);
            let name = format!("{}.{}", kind.name, field.name);
            assert!(!zh.is_empty() && !en.is_empty(), "{name} has no label");
            assert!(
                zh.chars().count() <= 16 && en.len() <= 64,
                "{name}: the label is too long for a heading"
            );
            assert!(seen.insert(zh.clone()) && seen.insert(en.clone()), "{name}: another fact is called so");
            labelled += 1;
        }
    }
    assert!(labelled > 800, "{labelled}");
}
