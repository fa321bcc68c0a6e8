//! What is wrong with a file is said with its place and what would be right.

use crate::fixture::{Files, clause_with};
use hegui_catalog::Catalog;
use hegui_catalog::read::{COUNT_LIMIT, FILE_LIMIT};

#[test]
fn the_fixture_is_in_order() {
    let files = Files::new();
    let problems = files.clone().problems();
    assert!(!problems.lines().any(|l| l.contains(".toml:") && !l.contains("warning:")), "{problems}");
    let catalog = files.catalog();
    assert_eq!(catalog.requirements.len(), 1);
    assert!(catalog.requirements[0].when_plan.is_some());
    assert_eq!(catalog.hash.len(), 64);
}

/// Where a piece of a file is replaced, this line must be among the problems.
const TABLE: &[(&str, &str, &str, &str)] = &[
    ("std/5.7.toml", "title.en = \"consent\"", "", "std/5.7.toml:4:1: `title.en` is missing"),
    (
        "std/5.7.toml",
        "remedy.zh",
        "remdy.zh",
        "std/5.7.toml:18:1: unknown key `remdy`; did you mean `remedy`?",
    ),
    ("std/5.7.toml", "\"shall\"", "\"must\"", "std/5.7.toml:11:12: `must` is no value of `strength`"),
    ("std/5.7.toml", "\"verify\"", "\"verfy\"", "`verfy` is no value of `method`; did you mean `verify`?"),
    (
        "std/5.7.toml",
        "id = \"5.7-separate\"",
        "id = 7",
        "std/5.7.toml:9:6: `id` wants a quoted text, found a whole number",
    ),
    ("std/5.7.toml", "stage = \"general\"", "", "std/5.7.toml:1:1: `stage` is missing"),
    (
        "std/5.7.toml",
        "scope = \"consent\"",
        "scope = \"consnt\"",
        "std/5.7.toml:12:9: no kind of thing `consnt`; did you mean `consent`?",
    ),
    (
        "std/5.7.toml",
        "'consent.separate'",
        "'consent.seperate'",
        "std/5.7.toml:16:10: `consent` has no fact or relation `seperate`; did you mean `separate`?",
    ),
    (
        "std/5.7.toml",
        "'consent.separate'",
        "'true && consent.form == \"wrtten\"'",
        "std/5.7.toml:16:34: `wrtten` is no value of `consent.form`; did you mean `written`?",
    ),
    (
        "std/5.7.toml",
        "'consent.separate'",
        "\"true \\u0026& consent.form == \\\"wrtten\\\"\"",
        "std/5.7.toml:16:39: `wrtten` is no value of",
    ),
    (
        "std/5.7.toml",
        "'consent.separate'",
        "'''\n  true && consent.nothing'''",
        "std/5.7.toml:17:11: `consent` has no fact or relation `nothing`",
    ),
    (
        "std/5.7.toml",
        "'consent.separate'",
        "'met(\"5.8\", consent)'",
        "no clause or requirement `5.8` speaks about a `consent`; did you mean `5.7`?",
    ),
    (
        "std/5.7.toml",
        "'consent.separate'",
        "'met(\"5.7-separate\", consent)'",
        "`met` goes in a circle: 5.7-separate reads 5.7-separate",
    ),
    (
        "std/5.7.toml",
        "facts.consent.separate = true",
        "facts.consent.separate = \"yes\"",
        "std/5.7.toml:25:15: `separate` wants true or false, found a text",
    ),
    (
        "std/5.7.toml",
        "facts.consent.separate = true",
        "facts.consent.form = \"oral\"",
        "std/5.7.toml:25:15: `oral` is no value of `consent.form`",
    ),
    (
        "std/5.7.toml",
        "facts.consent.separate = true",
        "facts.consnt.separate = true",
        "no name `consnt` in scope; did you mean `consent`?",
    ),
    (
        "std/5.7.toml",
        "facts.consent.separate = true",
        "facts.activity.retention_days = 10001",
        "`retention_days` lies outside its range, 0 to 10000",
    ),
    (
        "std/5.7.toml",
        "facts.consent.separate = true",
        "facts.activity.began_on = \"soon\"",
        "`began_on` wants a date such as 2026-06-01, found a text",
    ),
    (
        "std/5.7.toml",
        "facts.consent.separate = true",
        "facts.activity.began_on = \"none\"",
        "`began_on` cannot be none",
    ),
    (
        "std/5.7.toml",
        "facts.consent.separate = true",
        "facts.activity.consents = [ { separat = true } ]",
        "std/5.7.toml:25:31: `consent` has no fact or relation `separat`; did you mean `separate`?",
    ),
    ("std/5.7.toml", "expect = \"met\"", "expect = \"?\"", "`?` is no value of `expect`"),
    (
        "std/5.7.toml",
        "clause = \"5.7\"",
        "clause = \"5.8\"",
        "clause `5.8` stands in another file than its own",
    ),
    (
        "std/5.7.toml",
        "id = \"5.7-separate\"",
        "id = \"separate\"",
        "`separate` does not begin with its clause",
    ),
    (
        "std/5.7.toml",
        "stage = \"general\"",
        "stage = \"general\"\nparent = \"5.1\"",
        "`parent` of `5.7` names clause `5.1`, which is not there",
    ),
    ("std/5.7.toml", "kind = \"indicator\"", "kind = \"extension\"", "extension `5.7` extends nothing"),
    (
        "std/5.7.toml",
        "stage = \"general\"",
        "stage = \"general\"\ncites = [\"pipl/23\"]",
        "`pipl/23` cites an instrument that the catalog does not have",
    ),
    (
        "std/5.7.toml",
        "stage = \"general\"",
        "stage = \"general\"\ncites = [\"std\"]",
        "`std` cites no article",
    ),
    (
        "std/5.7.toml",
        "method = \"verify\"",
        "method = \"verify\"\nreplaces = [ { requirement = \"5.7-other\", where = 'true' } ]",
        "no other requirement `5.7-other`",
    ),
    (
        "std/5.7.toml",
        "method = \"verify\"",
        "method = \"verify\"\noccurrence = \"consent.form\"",
        "`consent.form` is no date of `consent`",
    ),
    ("std/5.7.toml", "clause = \"5.7\"", "clause = ", "std/5.7.toml:2:10: not TOML"),
    ("std/instrument.toml", "short = \"std\"", "", "`short` is missing"),
    ("std/instrument.toml", "short = \"std\"", "short = \"std\"\nin_force.from = 2026-13-01", "not TOML"),
    (
        "facts/party.toml",
        "who = \"owner\"",
        "who = \"ownr\"",
        "facts/party.toml:9:7: no role `ownr` can be asked; did you mean `owner`?",
    ),
    (
        "facts/party.toml",
        "parent = \"organisation\"",
        "parent = \"organization\"",
        "no kind `organization`; did you mean `organisation`?",
    ),
    ("facts/party.toml", "type = \"bool\"", "type = \"boolean\"", "`boolean` is no value of `type`"),
    ("facts/party.toml", "type = \"bool\"", "type = \"enum\"", "an `enum` or `set` needs its values"),
    ("facts/party.toml", "type = \"bool\"", "type = \"ref\"", "a reference needs the kind that it refers to"),
    ("facts/party.toml", "type = \"bool\"", "type = \"bool\"\noptional = true", "have no \"none\""),
    ("facts/party.toml", "[fact.overseas]", "[fact.Overseas]", "`Overseas` cannot name a fact"),
    (
        "facts/party.toml",
        "type = \"bool\"",
        "type = \"enum\"\nvalues_of = \"consent.from\"",
        "no fact `consent.from` lists values; did you mean `consent.form`?",
    ),
    (
        "facts/party.toml",
        "[fact.overseas]",
        "[fact.activities]",
        "`party` already has a fact or relation `activities`",
    ),
    (
        "facts/consent.toml",
        "names = [\"recipient\"]",
        "names = [\"form\"]",
        "`form` is no reference of `consent`",
    ),
    (
        "facts/activity.toml",
        "also_at = [\"organisation\"]",
        "also_at = [\"party\"]",
        "`party` does not stand above `activity`",
    ),
    ("facts/activity.toml", "range = [0, 1]", "range = [1, 0]", "`range` wants `[lowest, highest]`"),
    ("calendars/cn-workdays.toml", "2026-01-02", "2026-01-03", "2026-01-03 is a weekend day"),
    ("calendars/cn-workdays.toml", "2026-01-02", "2025-01-02", "no date of 2026"),
    ("calendars/cn-workdays.toml", "year.2026", "year.next", "`next` is no year"),
];

#[test]
fn each_mistake_is_named_with_its_place() {
    let mut wrong = vec![];
    for (path, from, to, expected) in TABLE {
        let said =
            Files::new().edit(path, from, to).read().map_err(|p| p.to_string()).err().unwrap_or_default();
        if !said.contains(expected) {
            wrong.push(format!("`{to}` in {path}\n  expected: {expected}\n  said: {said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn all_problems_come_at_once_each_with_a_remedy() {
    let files = Files::new()
        .edit("std/5.7.toml", "'consent.separate'", "'consent.x'")
        .edit("facts/party.toml", "who = \"owner\"", "who = \"x\"")
        .edit("std/instrument.toml", "kind = \"standard\"", "kind = \"x\"");
    let problems = files.read().unwrap_err();
    let files: Vec<&str> = problems.0.iter().map(|p| p.place.file.as_str()).collect();
    assert_eq!(files, ["facts/party.toml", "std/5.7.toml", "std/instrument.toml"]);
    assert!(problems.to_string().contains("remedy: name a role of roles.toml"));
}

#[test]
fn an_unreadable_dictionary_file_hides_nothing_but_follow_up_errors() {
    let problems = Files::new().edit("facts/party.toml", "kind = ", "kind == ").problems();
    assert!(problems.contains("facts/party.toml:2:7: not TOML"), "{problems}");
    assert!(problems.contains("no expression was looked at"), "{problems}");
    assert!(!problems.contains("std/5.7.toml"), "{problems}");
}

#[test]
fn two_requirements_of_one_id_are_named_both() {
    let text = clause_with("consent", None, "consent.separate", "").replace("5.7", "5.8");
    let text = text.replace("id = \"5.8-x\"", "id = \"5.7-separate\"");
    let problems = Files::new().with("std/5.8.toml", &text).read().unwrap_err().to_string();
    assert!(
        problems.contains("requirement `5.7-separate` is written twice, also at std/5.7.toml:9"),
        "{problems}"
    );
}

#[test]
fn a_catalog_of_another_version_is_refused() {
    let problems = Files::new().with("catalog.toml", "format = 2\n").read().unwrap_err().to_string();
    assert!(
        problems.contains("catalog.toml:1:10: this catalog has format 2; this hegui reads format 1"),
        "{problems}"
    );
    assert!(Files::new().with("catalog.toml", "format = 1\n").read().is_ok());
}

#[test]
fn what_is_no_text_is_refused() {
    let mut files = Files::new();
    files.0.insert("facts/a.toml".to_owned(), vec![0, 159, 146]);
    files.0.insert("facts/b.toml".to_owned(), b"kind = \"b\"\n\xff".to_vec());
    files.0.insert("facts/c.toml".to_owned(), vec![b'#'; FILE_LIMIT + 1]);
    files.0.insert(
        "facts/d.toml".to_owned(),
        format!("x = {}1{}", "[".repeat(5_000), "]".repeat(5_000)).into_bytes(),
    );
    files.0.insert("odd/way/x.toml".to_owned(), vec![]);
    let problems = files.read().unwrap_err().to_string();
    for expected in [
        "facts/a.toml:1:1: this is a binary file",
        "facts/b.toml:1:1: line 2 is not UTF-8",
        "facts/c.toml:1:1: the file is larger than 1048576 bytes",
        "facts/d.toml:1:85: not TOML: cannot recurse further",
        "odd/way/x.toml:1:1: this file has no place in a catalog",
    ] {
        assert!(problems.contains(expected), "{expected}\n{problems}");
    }
}

#[test]
fn too_many_files_and_none_are_refused() {
    let many = (0..=COUNT_LIMIT).map(|i| (format!("facts/{i}.toml"), vec![]));
    assert!(Catalog::read_files(many).unwrap_err().to_string().contains("more than 5000 files"));
    assert!(Catalog::read_files([]).unwrap_err().to_string().contains("there is no .toml file here"));
    let missing = Catalog::read_dir("/nowhere/at/all").unwrap_err().to_string();
    assert!(missing.contains("`/nowhere/at/all` cannot be read"), "{missing}");
}

#[test]
fn hostile_expressions_are_refused_quickly() {
    for check in [
        "a.b".repeat(14_000),
        format!("{}true", "!".repeat(3_000)),
        format!("{}true{}", "(".repeat(400), ")".repeat(400)),
    ] {
        let files = Files::new().edit("std/5.7.toml", "'consent.separate'", &format!("'{check}'"));
        let start = std::time::Instant::now();
        assert!(files.read().is_err());
        assert!(start.elapsed().as_secs() < 20);
    }
}

#[test]
fn another_text_gives_another_hash() {
    let one = Files::new().catalog().hash;
    let other = Files::new().edit("roles.toml", "business owner", "owner").catalog().hash;
    assert_ne!(one, other);
}

#[test]
fn a_check_of_nothing_a_range_beyond_numbers_and_a_format_of_another_type() {
    for empty in ["''", "'   '", "\"\"\"\n\"\"\""] {
        let told = Files::new().edit("std/5.7.toml", "'consent.separate'", empty).problems();
        assert!(told.contains("`check` is missing"), "{empty}: {told}");
    }
    for range in ["[-9223372036854775808, 5]", "[-9223372036854775808, -9223372036854775808]"] {
        let dated = format!("[fact.far]\ntype = \"int\"\nrange = {range}\n");
        let told = Files::new().with("facts/party.toml", &party(&dated)).problems();
        assert!(told.contains("facts/party.toml:") && told.contains("range"), "{told}");
    }
    let told = Files::new().with("catalog.toml", "format = 1e99\n").problems();
    assert_eq!(told.matches("catalog.toml:").count(), 1, "{told}");
    assert!(told.contains("catalog.toml:1:10: `format` wants a whole number"), "{told}");
}

/// A kind with facts of its own.
fn party(facts: &str) -> String {
    format!(
        "kind = \"party\"\nparent = \"organisation\"\nplural = \"parties\"\ntitle.zh = \"方\"\ntitle.en = \"party\"\n\
         about.zh = \"方\"\nabout.en = \"party\"\n{facts}"
    )
}
