//! Text in, problems out: each with its place, its text and what would be right.

use crate::small::{BASE, CATALOG, read};
use hegui_register::Register;

/// What a register that begins with [`BASE`] (lines 1 to 6) is told about.
fn told(text: &str) -> String {
    match read(&format!("{BASE}{text}")) {
        Ok(_) => "nothing".to_owned(),
        Err(problems) => problems,
    }
}

#[track_caller]
fn tells(text: &str, parts: &[&str]) {
    let told = told(text);
    for part in parts {
        assert!(told.contains(part), "expected `{part}` in:\n{told}");
    }
}

#[test]
fn a_right_register_is_told_nothing() {
    let text = "[activity.all]\nproduct = \"app\"\nrole = \"handler\"\nmonitored = true\npurpose = \"delivery\"\nretention_days = \"none\"\n\
        began_on = 2023-05-01\nanswer_time = \"72h\"\ntypes = [\"phone\"]\nfollows = \"order\"\nnote = \"…\"\n\
        fair = { value = true, by = \"甲\", reasons = \"…\" }\ncomplete = [\"provisions\", \"data\"]\n\
        [activity.all.declared.policy]\npurpose = \"marketing\"\n[datum.phone]\nactivity = \"all\"\nsensitive = false\n\
        [provision.p]\nactivity = \"all\"\nrecipient = \"courier\"\ndata = [\"phone\"]\n[evidence.E-1]\ntitle = \"合同\"\n";
    assert_eq!(told(text), "nothing");
}

#[test]
fn unknown_names_get_a_suggestion_and_a_place() {
    tells("[activty.x]\n", &["r.toml:7:2: no kind of thing is called `activty`; did you mean `activity`?"]);
    tells(
        "[party.a]\nnmae = \"…\"\n",
        &["r.toml:8:1: `party` has no fact or relation `nmae`; did you mean `name`?"],
    );
    tells(
        "[activity.x]\nrole = \"handlr\"\n",
        &[
            "r.toml:8:8: `handlr` is no value of `role`; did you mean `handler`?",
            "one of `handler`, `entrusted`",
        ],
    );
    tells(
        "[activity.x]\ncomplete = [\"provision\"]\n",
        &["r.toml:8:13:", "no relation `provision`; did you mean `provisions`?"],
    );
    tells("[organisation.b]\ncomplete = [\"activity.provisons\"]\n", &["did you mean `provisions`?"]);
    tells("[activity.x]\ncomplete = [\"organisation.products\"]\n", &["does not stand below"]);
    tells(
        "[activity.x]\nmonitored = { value = true, sorce = \"interview\" }\n",
        &["no key `sorce` here; did you mean `source`?"],
    );
    tells("[activity.x]\nmonitored = { value = true, source = \"hearsay\" }\n", &["`hearsay` is no source"]);
    tells(
        "[provision.p]\nactivity = \"order\"\nrecipient = \"curier\"\n",
        &["r.toml:9:1: no `party` is called `curier`; did you mean `courier`?"],
    );
}

#[test]
fn wrong_types_say_what_would_be_right() {
    tells(
        "[activity.x]\nmonitored = 1\n",
        &["r.toml:8:13: `monitored` is true or false, found a whole number", "found: 1"],
    );
    tells(
        "[activity.x]\nretention_days = \"30\"\n",
        &["a whole number, found a text", "as in 30; or \"none\""],
    );
    tells("[activity.x]\nretention_days = 4000\n", &["`4000` is out of range", "from 0 to 3650"]);
    tells("[activity.x]\nretention_days = 99999999999999999999\n", &["a number too large"]);
    tells(
        "[activity.x]\nbegan_on = \"2026-01-01\"\n",
        &["is a date, found a text", "without quotation marks"],
    );
    tells("[activity.x]\nbegan_on = 2026-02-30\n", &["r.toml:8:12: `2026-02-30` is no date that exists"]);
    tells("[activity.x]\nanswer_time = \"soon\"\n", &["`soon` is no duration"]);
    tells("[activity.x]\ntypes = \"phone\"\n", &["is a list of codes, found a text"]);
    tells("[activity.x]\ntypes = [\"phone\", 1]\n", &["is a list of codes"]);
    tells("[document.d]\nversion = 1.23456\n", &["`1.23456` is no decimal with at most four places"]);
    tells("[document.d]\nversion = 100.0\n", &["`100.0` is out of range", "from 0.0 to 99.0"]);
    tells("[provision.p]\nactivity = \"order\"\ndata = \"x\"\n", &["`data` is a list of ids"]);
    tells(
        "[activity.x]\nprovisions = [\"p\"]\n",
        &["is what refers to this from elsewhere", "say `activity` at each [provision.ID]"],
    );
    tells("[[activity]]\n", &["`activity` holds things"]);
    tells("activity.y = 3\n", &["document"]);
}

#[test]
fn ids_and_duplicates() {
    tells("[activity.Order]\n", &["r.toml:7:11: `Order` is no id", "lower case letters"]);
    tells("[activity.order]\n", &["`activity.order` is declared twice; the first stands in r.toml:3:11"]);
    tells(
        "[activity.x]\nrole = \"handler\"\nrole = \"entrusted\"\n",
        &["r.toml:9:1: `role` is given twice; the first stands in line 8"],
    );
    tells(
        "[activity.x]\nrole = \"handler\"\n[activity.x.role]\nvalue = \"entrusted\"\n",
        &["`activity.x.role` is given twice; the first stands in r.toml:8:1"],
    );
    let files =
        vec![("a.toml".to_owned(), BASE.to_owned()), ("b.toml".to_owned(), "[party.courier]\n".to_owned())];
    let told = Register::read_files(files, &CATALOG).unwrap_err().to_string();
    assert!(
        told.contains("b.toml:1:8: `party.courier` is declared twice; the first stands in a.toml:5:8"),
        "{told}"
    );
}

#[test]
fn parents_and_rings() {
    tells(
        "[product.web]\n",
        &[
            "r.toml:3:11: `activity.order` does not say below which `product` it stands, and there are 2",
            "product = \"ID\"",
        ],
    );
    let told = read("[activity.x]\n").unwrap_err();
    assert!(told.contains("`activity.x` stands below a `product`, and there is none"), "{told}");
    tells(
        "[activity.x]\nfollows = \"y\"\n[activity.y]\nfollows = \"x\"\n",
        &["`follows` leads from `activity.x` back to itself"],
    );
    tells(
        "[activity.x]\nproduct = [{ value = \"app\", on = 2024-01-01 }, { value = \"app\", on = 2025-01-01 }]\n",
        &["stands below one `product`"],
    );
}

#[test]
fn provenance_must_be_whole() {
    tells("[activity.x]\nfair = true\n", &["only a person can judge `fair`: it needs `by` and `reasons`"]);
    tells("[activity.x]\nfair = { value = true, by = \"甲\" }\n", &["only a person can judge"]);
    tells("[activity.x]\nmonitored = { source = \"interview\" }\n", &["an observation needs a `value`"]);
    tells(
        "[activity.x]\nmonitored = { value = true, on = 2026-03-02, until = 2026-03-01 }\n",
        &["`until` lies before `on`"],
    );
    tells(
        "[activity.x]\nmonitored = { value = true, sample = { population = 5, size = 6 } }\n",
        &["a sample has a `size`"],
    );
    tells("[activity.x]\nmonitored = { value = true, evidence = \"E-1\" }\n", &["`evidence` is a list"]);
    tells(
        "[provenance]\nby = \"a\"\n[activity.x]\nrole = \"handler\"\n[provenance]\nby = \"b\"\n",
        &["a file has one `[provenance]`"],
    );
}

#[test]
fn none_and_yet_something() {
    tells(
        "[activity.x]\nprovisions = \"none\"\n[provision.p]\nactivity = \"x\"\n",
        &["r.toml:8:1: `provisions` is none here, but `provision.p` says otherwise in r.toml:10"],
    );
}

#[test]
fn rulings_and_evidence_are_checked() {
    let who = "by = \"王五\"\nrole = \"privacy\"\non = 2026-04-01\nreasons = \"…\"\n";
    tells(
        "[[ruling]]\nfact = \"activity.order.role\"\nvalue = \"handler\"\n",
        &["needs `by`", "needs `role`", "needs `on`", "needs `reasons`"],
    );
    tells(
        &format!("[[ruling]]\nfact = \"activity.ordr.role\"\nvalue = \"handler\"\n{who}"),
        &["no `activity` is called `ordr`; did you mean `order`?"],
    );
    tells(
        &format!("[[ruling]]\nfact = \"activity.order.rol\"\nvalue = \"handler\"\n{who}"),
        &["no fact or relation `rol`; did you mean `role`?"],
    );
    tells(
        &format!("[[ruling]]\nfact = \"activity.order.role\"\nvalue = \"handler\"\n{who}"),
        &["no observation of this fact has the value of the ruling"],
    );
    tells(
        &format!("[[ruling]]\nrequirement = \"5.7\"\nthing = \"activity.order\"\noutcome = \"mett\"\n{who}"),
        &["no requirement `5.7` in the catalog", "`mett` is no outcome; did you mean `met`?"],
    );
    tells(
        &format!(
            "[[ruling]]\nclause = \"9\"\nthing = \"activity.order\"\noutcome = \"met\"\n{}",
            who.replace("privacy", "pivacy")
        ),
        &["no clause `9`", "no role is called `pivacy`; did you mean `privacy`?"],
    );
    tells("[evidence.E-1]\nsha256 = \"12\"\n", &["evidence `E-1` needs a `title`", "`sha256` is no SHA-256"]);
}

#[test]
fn broken_toml_names_its_place_and_hides_nothing_else() {
    tells(
        "[activity.x]\nrole = \n[party.zz]\nname = 5\n",
        &["r.toml:8:", "r.toml:10:8: `name` is a text, found a whole number"],
    );
    tells("[activity.x\n", &["r.toml:7:"]);
    tells("x\u{0}y = 1\n", &["r.toml:7:"]);
    tells("[activity.x]\ntypes = [\"phone\",\n[party.zz]\n", &["r.toml:"]);
    tells("note = \"\"\"\n[activity.order]\n\"\"\"\n", &["no fact or relation `note`"]);
}

#[test]
fn a_thing_that_is_only_added_to_is_missed() {
    tells(
        "[activity.ordr.declared.policy]\npurpose = \"delivery\"\n",
        &["no `activity` is called `ordr`; did you mean `order`?"],
    );
    tells(
        "[activity.order.declared.polcy]\npurpose = \"delivery\"\n",
        &["no `document` is called `polcy`; did you mean `policy`?"],
    );
}

#[test]
fn no_more_than_a_hundred_of_a_file_are_listed_and_two_hundred_in_all() {
    let many: String = (0..1_000).map(|n| format!("[activity.x{n}]\nmonitored = 1\n")).collect();
    let told = told(&many);
    assert!(told.ends_with("r.toml: … and 900 more in this file"), "{}", &told[told.len() - 200..]);
    assert_eq!(told.matches("r.toml:").count(), 101);
    let file = |at: usize| (format!("{at}.toml"), many.replace("[activity.x", &format!("[activity.x{at}-")));
    let files = (0..5).map(file).chain([("base.toml".to_owned(), BASE.to_owned())]).collect();
    let problems = Register::read_files(files, &CATALOG).unwrap_err();
    let told = problems.to_string();
    assert!(told.ends_with("… and 3000 more"), "{}", &told[told.len() - 200..]);
    assert_eq!(problems.count(), 5_000);
}

#[test]
fn hostile_texts_are_refused_quickly() {
    let began = std::time::Instant::now();
    let nested = format!("[activity.x]\ntypes = {}", "[".repeat(200_000));
    tells(&nested, &["nested more than 16 deep"]);
    tells(&format!("[activity.x]\n{} = 1", ["a"; 50_000].join(".")), &["a key of more than 16 parts"]);
    tells(&format!("[{}]\n", ["a"; 50_000].join(".")), &["a key of more than 16 parts"]);
    let keys: String = (0..50_000).map(|n| format!("k{n} = 1\n")).collect();
    tells(&format!("[activity.x]\n{keys}{keys}"), &["is given twice"]);
    let one_line: String = format!("[activity.x]\ntypes = [{}]", "\"zz\", ".repeat(100_000));
    tells(&one_line, &["`zz` is no value of `types`"]);
    tells(&"[[[[".repeat(50_000), &["r.toml:7"]);
    tells(&"= ".repeat(100_000), &["r.toml:7"]);
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}
