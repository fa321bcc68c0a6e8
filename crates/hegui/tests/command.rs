//! The command as its user meets it: what it prints, what it writes, how it exits.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn hegui(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hegui")).current_dir(root()).args(args).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A folder of this test's own, empty.
fn folder(name: &str) -> String {
    let path = std::env::temp_dir().join(format!("hegui-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&path);
    path.to_str().unwrap().to_owned()
}

const DATES: [&str; 4] = ["--as-of", "2026-06-30", "--known-on", "2026-06-30"];

fn assess(dir: &str, more: &[&str]) -> Output {
    let mut args = vec!["assess", dir];
    args.extend(DATES);
    args.extend(more);
    hegui(&args)
}

#[test]
fn the_examples_are_assessed_as_their_readme_says() {
    for (example, status) in
        [("examples/retailer", 1), ("examples/clinic", 1), ("examples/published-policy", 3)]
    {
        let output = assess(example, &[]);
        assert_eq!(output.status.code(), Some(status), "{example}: {}", err(&output));
        assert!(out(&output).contains("维度与处理环节"), "{example}");
    }
}

#[test]
fn the_json_names_findings_questions_and_why() {
    let report: serde_json::Value =
        serde_json::from_str(&out(&assess("examples/clinic", &["--format", "json"]))).unwrap();
    assert_eq!(report["format"], "hegui-assessment/1");
    assert_eq!(report["as_of"], "2026-06-30");
    let gap = report["findings"].as_array().unwrap().iter().find(|f| f["outcome"] == "gap").unwrap();
    for key in ["requirement", "clause", "thing", "missing", "because"] {
        assert!(!gap[key].is_null(), "{key}");
    }
    assert!(gap["because"][0]["facts"][0]["path"].is_string() || gap["because"][1]["facts"].is_array());
    assert!(!report["questions"].as_array().unwrap().is_empty());
    assert_eq!(report["catalog"]["hash"].as_str().unwrap().len(), 64);
}

#[test]
fn an_html_report_is_whole_and_asks_for_nothing_outside() {
    let dir = folder("html");
    let file = format!("{dir}/report.html");
    let output = assess("examples/clinic", &["--format", "html", "-o", &file]);
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    let html = std::fs::read_to_string(&file).unwrap();
    assert!(html.starts_with("<!DOCTYPE html>") && html.trim_end().ends_with("</html>"));
    for outside in ["src=\"http", "href=\"http", "url(http", "@import"] {
        assert!(!html.contains(outside), "{outside}");
    }
    std::fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn the_opinion_is_written_as_word() {
    let dir = folder("word");
    let file = |name: &str| format!("{dir}/{name}.docx");
    let write = |name: &str, more: &[&str]| {
        assess("examples/clinic", &[&["--format", "docx", "-o", &file(name)], more].concat())
    };
    for name in ["a", "b"] {
        let output = write(name, &[]);
        assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    }
    let bytes = std::fs::read(file("a")).unwrap();
    assert!(bytes.starts_with(b"PK") && bytes == std::fs::read(file("b")).unwrap());
    std::fs::write(file("bad"), "no zip").unwrap();
    let output = write("c", &["--template", &file("bad")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("bad.docx") && err(&output).contains("no .docx"), "{}", err(&output));
    assert!(!Path::new(&file("c")).exists());
}

#[test]
fn a_new_register_is_checked_asked_and_answered() {
    let dir = folder("new");
    assert_eq!(hegui(&["init", &dir]).status.code(), Some(0));
    assert_eq!(hegui(&["check", &dir]).status.code(), Some(0));
    assert_eq!(hegui(&["init", &dir]).status.code(), Some(2), "nothing is overwritten");

    let fact = "consent.signup.default_ticked";
    let ask = |dir: &str| out(&hegui(&["ask", dir, "--limit", "1000", "--format", "json"]));
    assert!(ask(&dir).contains(fact));
    let answer = hegui(&["answer", &dir, fact, "true", "--by", "测试员", "--evidence", "E-1"]);
    assert_eq!(answer.status.code(), Some(0), "{}", err(&answer));
    assert!(!ask(&dir).contains(fact), "what was answered is asked no more");
    let explained = out(&hegui(&["explain", &dir, "5.7.2.5-explicit", "consent.signup"]));
    assert!(explained.contains("测试员") && explained.contains("E-1"), "{explained}");

    // A list: none of the kind, then a ruling on a holistic clause.
    let none = hegui(&["answer", &dir, "activity.registration.exports", "none", "--by", "测试员"]);
    assert_eq!(none.status.code(), Some(0), "{}", err(&none));
    let rule = hegui(&[
        "rule",
        &dir,
        "5.7.2",
        "consent.signup",
        "gap",
        "--by",
        "评估员",
        "--reasons",
        "预先勾选",
        "--grade",
        "major",
    ]);
    assert_eq!(rule.status.code(), Some(0), "{}", err(&rule));
    assert_eq!(hegui(&["check", &dir]).status.code(), Some(0));
    std::fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn wrong_input_says_what_would_be_right_and_exits_with_2() {
    for (args, said) in [
        (vec!["check", "no-such-folder"], "there is no such folder"),
        (vec!["assess", "examples/clinic", "--profile", "ful"], "did you mean `full`"),
        (vec!["assess", "examples/clinic", "--as-of", "2026-02-30"], "is no date"),
        (vec!["ask", "examples/clinic", "--for", "lega"], "did you mean `legal`"),
        (
            vec!["explain", "examples/clinic", "5.7.2.5-explicti", "consent.x"],
            "did you mean `5.7.2.5-explicit`",
        ),
        (vec!["fact", "show", "consent.seperate"], "did you mean `separate`"),
        (vec!["catalog", "show", "9.9.9"], "no clause or requirement"),
        (vec!["--catalog", "examples", "catalog", "lint"], "instrument.toml"),
        (vec!["asess", "x"], "assess"),
    ] {
        let output = hegui(&args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(err(&output).contains(said), "{args:?}: {}", err(&output));
    }
}

#[test]
fn a_wrong_answer_changes_nothing() {
    let dir = folder("wrong");
    assert_eq!(hegui(&["init", &dir]).status.code(), Some(0));
    let before = std::fs::read_to_string(format!("{dir}/activities.toml")).unwrap();
    for (fact, value) in [
        ("consent.signup.default_ticked", "perhaps"),
        ("consent.signup.form", "writen"),
        ("consent.nobody.form", "written"),
        ("consent.signup.colour", "red"),
    ] {
        let output = hegui(&["answer", &dir, fact, value, "--by", "测试员"]);
        assert_eq!(output.status.code(), Some(2), "{fact} {value}");
    }
    assert_eq!(std::fs::read_to_string(format!("{dir}/activities.toml")).unwrap(), before);
    std::fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn a_killed_answer_leaves_the_register_whole() {
    let dir = folder("killed");
    assert_eq!(hegui(&["init", &dir]).status.code(), Some(0));
    let mut last = String::new();
    for round in 0..24u64 {
        let days = (100 + round).to_string();
        let mut child = Command::new(env!("CARGO_BIN_EXE_hegui"))
            .args(["answer", &dir, "activity.registration.retention_days", &days, "--by", "测试员"])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_micros(round * 900));
        child.kill().unwrap();
        child.wait().unwrap();
        // What is there is what was there, or what was to be written; the next run is not locked out.
        assert_eq!(hegui(&["check", &dir]).status.code(), Some(0), "round {round}");
        let text = std::fs::read_to_string(format!("{dir}/activities.toml")).unwrap();
        assert!(text.contains("[provision.to-partner]"), "round {round}: cut off");
        assert!(text == last || text.contains(&days) || last.is_empty(), "round {round}: something was lost");
        last = text;
    }
    let answer = hegui(&["answer", &dir, "activity.registration.retention_days", "7", "--by", "测试员"]);
    assert_eq!(answer.status.code(), Some(0), "{}", err(&answer));
    std::fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn output_follows_a_link_and_leaves_devices_alone() {
    let dir = folder("output");
    std::fs::create_dir_all(&dir).unwrap();
    let (file, link) = (format!("{dir}/file"), format!("{dir}/link"));
    std::fs::write(&file, "old").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    assess("examples/clinic", &["--format", "json", "-o", &link]);
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(std::fs::read_to_string(&file).unwrap().starts_with('{'));
    // The standard output of the process itself stands for a device.
    let device = assess("examples/clinic", &["--format", "json", "-o", "/dev/stdout"]);
    assert!(out(&device).starts_with('{'), "{}", err(&device));
    std::fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn what_could_steer_a_terminal_is_not_printed() {
    for args in [["check", "\u{1b}[31mred"], ["assess", "\u{9b}31m\u{202e}"]] {
        let said = err(&hegui(&args));
        assert!(!said.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{said:?}");
    }
}

#[test]
fn the_catalog_is_shown_linted_and_exported() {
    assert_eq!(hegui(&["catalog", "lint"]).status.code(), Some(0));
    assert!(out(&hegui(&["catalog", "show", "6.6.7.1"])).contains("6.6.7.1-separate"));
    assert!(out(&hegui(&["fact", "show", "consent.separate"])).contains("6.6.7.1-separate"));
    let export: serde_json::Value = serde_json::from_str(&out(&hegui(&["catalog", "export"]))).unwrap();
    let standard =
        export["instruments"].as_array().unwrap().iter().find(|i| i["id"] == "t-clast-001.2-2021").unwrap();
    let clause = standard["clauses"].as_array().unwrap().iter().find(|c| c["clause"] == "6.6.7.1").unwrap();
    assert_eq!((clause["stage"].as_str(), clause["extends"].as_str()), (Some("provide"), Some("5.7.2")));
    assert_eq!(clause["requirements"][0]["covers"], serde_json::json!(["6.6.7.1/a", "6.6.7.1/b"]));
    assert!(clause["requirements"][0]["cases"].as_array().unwrap().len() >= 4);
}

#[test]
fn what_the_documents_say_of_the_catalog_is_so() {
    let catalog = hegui_law::catalog().unwrap();
    let cases: usize = catalog.requirements.iter().map(|r| r.cases.len()).sum();
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let requirements = catalog.requirements.len();
    assert!(
        readme.contains(&format!("{requirements} 项要求、{cases} 个示例")),
        "{requirements} requirements, {cases} cases"
    );
    assert!(readme.contains(&format!("{requirements} requirements with {cases} cases")));

    let contributing = std::fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let example = contributing.split("```toml\n").nth(1).and_then(|rest| rest.split("\n```").next()).unwrap();
    let clause = std::fs::read_to_string(root().join("catalog/t-clast-001.2-2021/6.6.7.2.toml")).unwrap();
    assert!(clause.contains(example), "the example in CONTRIBUTING.md is no longer what the catalog holds");
}

#[test]
fn an_activity_of_another_product_is_refused() {
    let dir = folder("stray");
    std::fs::create_dir_all(&dir).unwrap();
    let text = "[organisation.o]\n[product.p]\n[product.q]\n[activity.a]\nproduct = \"p\"\n";
    std::fs::write(format!("{dir}/r.toml"), text).unwrap();
    let wrong = assess(&dir, &["--activity", "a", "--product", "q"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(err(&wrong).contains("`activity.a` belongs to `product.p`"), "{}", err(&wrong));
    let right = assess(&dir, &["--activity", "a", "--product", "p", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&out(&right)).unwrap();
    assert_eq!(report["products"].as_array().unwrap().len(), 1);
    std::fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn one_activity_brings_nothing_of_other_products() {
    let output = assess("examples/clinic", &["--activity", "lab", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
    let products: Vec<&str> =
        report["products"].as_array().unwrap().iter().filter_map(|p| p["path"].as_str()).collect();
    assert_eq!(products, ["product.medical-records"], "though one document covers all products");
    for finding in report["findings"].as_array().unwrap() {
        let thing = finding["thing"].as_str().unwrap();
        assert!(!thing.starts_with("request.") && !thing.starts_with("activity.re"), "{thing}");
    }
}

#[test]
fn what_a_date_leaves_out_is_said() {
    let dir = folder("later");
    assert_eq!(hegui(&["init", &dir]).status.code(), Some(0));
    let said = hegui(&["answer", &dir, "activity.registration.retention_days", "7", "--by", "测试员"]);
    assert!(out(&said).contains("--on"), "{}", out(&said));
    let fact = "activity.registration.began_on";
    let later = hegui(&["answer", &dir, fact, "2026-01-01", "--by", "测试员", "--on", "2099-01-01"]);
    assert_eq!(later.status.code(), Some(0), "{}", err(&later));
    let early = assess(&dir, &["--format", "json"]);
    assert!(err(&early).contains("未计入"), "{}", err(&early));
    let report: serde_json::Value = serde_json::from_str(&out(&early)).unwrap();
    assert!(report["summary"]["left_out"].as_u64() >= Some(1));
    assert!(out(&assess(&dir, &[])).contains("未计入"));
    std::fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn one_activity_with_hundreds_of_members_stays_readable() {
    let dir = folder("crowded");
    std::fs::create_dir_all(&dir).unwrap();
    let size = |n: usize| {
        let mut text = "[organisation.o]\n[product.p]\n[activity.a]\nrole = \"handler\"\n".to_owned();
        for kind in ["datum", "notice", "consent", "provision", "basis"] {
            (0..n).for_each(|i| text.push_str(&format!("[{kind}.x{i}]\n")));
        }
        std::fs::write(format!("{dir}/r.toml"), text).unwrap();
        out(&assess(&dir, &["--format", "json"])).len()
    };
    let (small, large) = (size(50), size(150));
    assert!(large < small * 4, "{small} and {large} bytes");
    std::fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn a_sealed_report_is_checked_offline_and_a_change_in_it_is_named() {
    let dir = folder("seal");
    std::fs::create_dir_all(&dir).unwrap();
    let at = |name: &str| format!("{dir}/{name}");
    let made = hegui(&["key", "new", &at("firm.key"), "--name", "example.cn/firm"]);
    assert_eq!(made.status.code(), Some(0), "{}", err(&made));
    std::fs::write(at("firm.pub"), out(&made)).unwrap();
    let again = hegui(&["key", "new", &at("firm.key"), "--name", "example.cn/firm"]);
    assert_eq!(again.status.code(), Some(2), "a key is never written over");
    std::fs::write(at("opinion.txt"), "意见").unwrap();
    let (key, package, with) = (at("firm.key"), at("r.hegui"), at("opinion.txt"));
    let mut args = vec!["report", "seal", "examples/clinic", "-o", &package, "--key", &key, "--with", &with];
    args.extend(DATES);
    let sealed = hegui(&args);
    assert_eq!(sealed.status.code(), Some(0), "{}", err(&sealed));
    let verified = hegui(&["--lang", "en", "verify", &package, "--key", &at("firm.pub")]);
    assert_eq!(verified.status.code(), Some(0), "{}", err(&verified));
    assert!(out(&verified).contains("byte for byte the sealed report"), "{}", out(&verified));
    let unasked = hegui(&["verify", &package]);
    assert_eq!(unasked.status.code(), Some(2));
    assert!(err(&unasked).contains("nothing was checked"), "{}", err(&unasked));
    // A bit of a file inside is turned: the name of the file is told.
    let mut bytes = std::fs::read(&package).unwrap();
    let name = b"documents/opinion.txt";
    let place = bytes.windows(name.len()).position(|w| w == name).unwrap() + name.len() + 1;
    *bytes.get_mut(place).unwrap() ^= 1;
    std::fs::write(&package, bytes).unwrap();
    let turned = hegui(&["--lang", "en", "verify", &package, "--key", &at("firm.pub")]);
    assert_eq!(turned.status.code(), Some(1), "{}", err(&turned));
    assert!(out(&turned).contains("documents/opinion.txt"), "{}", out(&turned));
    std::fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn what_is_decided_about_a_gap_reaches_every_report() {
    let dir = folder("gap");
    copy(&root().join("examples/clinic"), Path::new(&dir));
    let report: serde_json::Value = serde_json::from_str(&out(&assess(&dir, &["--format", "json"]))).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let gap = findings.iter().find(|f| f["outcome"] == "gap" && f["strength"] == "shall").unwrap();
    let (requirement, thing) = (gap["requirement"].as_str().unwrap(), gap["thing"].as_str().unwrap());
    let mut args = vec!["--lang", "en", "gap", &dir, requirement, thing];
    args.extend(DATES);
    let shown = hegui(&args);
    assert_eq!(shown.status.code(), Some(1), "{}", err(&shown));
    assert!(out(&shown).contains("nothing was decided yet"), "{}", out(&shown));
    args.extend([
        "--way",
        "disclose",
        "--by",
        "委托方甲",
        "--reasons",
        "如实揭示",
        "--owner",
        "负责人乙",
        "--due",
        "2026-07-31",
    ]);
    let written = hegui(&args);
    assert_eq!(written.status.code(), Some(0), "{}", err(&written));
    let met = findings.iter().find(|f| f["outcome"] == "met").unwrap();
    let refused = hegui(&[
        "gap",
        &dir,
        met["requirement"].as_str().unwrap(),
        met["thing"].as_str().unwrap(),
        "--as-of",
        "2026-06-30",
        "--known-on",
        "2026-06-30",
        "--way",
        "accept",
        "--by",
        "甲",
        "--reasons",
        "…",
    ]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(err(&refused).contains("is no gap"), "{}", err(&refused));
    let report: serde_json::Value = serde_json::from_str(&out(&assess(&dir, &["--format", "json"]))).unwrap();
    let decided =
        report["findings"].as_array().unwrap().iter().find(|f| !f["disposition"].is_null()).unwrap();
    assert_eq!(decided["disposition"]["due"], "2026-07-31");
    for format in ["md", "oscal"] {
        assert!(out(&assess(&dir, &["--format", format])).contains("负责人乙"), "{format}");
    }
    std::fs::remove_dir_all(&dir).unwrap();
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)
        } else {
            std::fs::copy(entry.path(), target).map(|_| ()).unwrap()
        }
    }
}

#[test]
fn papers_are_listed_written_and_a_wrong_name_is_answered_with_the_near_one() {
    let listed = hegui(&["--lang", "zh", "paper", "--list"]);
    assert_eq!(listed.status.code(), Some(0), "{}", err(&listed));
    assert!(out(&listed).contains("ropa\n    个人信息处理活动记录\n"), "{}", out(&listed));
    let wrong = hegui(&["paper", "rop", "examples/clinic"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(err(&wrong).contains("did you mean `ropa`?"), "{}", err(&wrong));
    let none = hegui(&["paper"]);
    assert_eq!(none.status.code(), Some(2));
    let file = folder("paper");
    let mut args = vec!["--lang", "en", "paper", "recipients", "examples/clinic", "-o", &file];
    args.extend(DATES);
    let written = hegui(&args);
    assert_eq!(written.status.code(), Some(0), "{}", err(&written));
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("# Entrusted parties and recipients"));
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn a_register_goes_out_as_a_workbook_and_comes_in_again() {
    let dir = folder("sheet");
    std::fs::create_dir_all(&dir).unwrap();
    let (book, into) = (format!("{dir}/out.xlsx"), format!("{dir}/in"));
    let export = hegui(&["register", "export", "examples/clinic", "--to", &book]);
    assert_eq!(export.status.code(), Some(0), "{}", err(&export));
    assert!(out(&export).contains("register import"), "{}", out(&export));
    let shown = hegui(&["register", "import", &book, "--into", &into]);
    assert!(out(&shown).contains("尚未写入") && !Path::new(&into).exists(), "{}", out(&shown));
    let written = hegui(&["register", "import", &book, "--into", &into, "--yes"]);
    assert_eq!(written.status.code(), Some(0), "{}", err(&written));
    let limits = hegui_register::Limits::default();
    let files = |dir: &Path| hegui_register::files_of(dir, &limits).unwrap();
    assert_eq!(files(Path::new(&into)), files(&root().join("examples/clinic")));
    let again = hegui(&["--lang", "en", "register", "import", &book, "--into", &into, "--apply"]);
    assert!(out(&again).contains("does not differ"), "{}", out(&again));
    let wrong = hegui(&["--lang", "en", "register", "import", "Cargo.toml", "--into", &into]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(err(&wrong).contains("no .xlsx workbook"), "{}", err(&wrong));
    let wrong = hegui(&["register", "import", &book, "--into", &into, "--source", "hearsay"]);
    assert!(err(&wrong).contains("write one of statement"), "{}", err(&wrong));
    std::fs::remove_dir_all(&dir).unwrap();
}
