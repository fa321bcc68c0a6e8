//! The table of conditions, and what is refused in one.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use hegui_decide::conditions::{Conditions, EMBEDDED, Error};

fn read(from: &str, to: &str) -> Result<Conditions, Error> {
    assert!(EMBEDDED.contains(from), "{from}");
    Conditions::read(&EMBEDDED.replacen(from, to, 1), &hegui_law::catalog().unwrap())
}

#[test]
fn all_that_it_cites_and_reads_is_in_the_catalog() {
    let catalog = hegui_law::catalog().unwrap();
    let table = Conditions::embedded(&catalog).unwrap();
    assert_eq!(table.catalog, catalog.hash);
    for condition in &table.conditions {
        assert!(!condition.clauses.is_empty(), "{}", condition.id);
        assert!(!condition.text.zh.is_empty() && !condition.change.zh.is_empty(), "{}", condition.id);
    }
    // Every outcome that is read is one of the catalog's.
    for (name, kind) in table.outcomes() {
        assert!(!catalog.met_parts(&name, kind).unwrap().is_empty(), "{name}");
    }
}

#[test]
fn requirements_cited_belong_to_a_clause_cited_beside_them_or_stand_alone() {
    // A requirement's id begins with its clause's number: a citation that names another is a slip.
    let catalog = hegui_law::catalog().unwrap();
    let table = Conditions::embedded(&catalog).unwrap();
    for id in &table.citations {
        if let Some(requirement) = catalog.requirement(id) {
            assert!(id.starts_with(requirement.clause.as_str()), "{id}");
            assert_eq!(requirement.instrument, "t-clast-001.2-2021");
        }
    }
}

#[test]
fn what_the_catalog_does_not_have_is_refused() {
    let clause = read("\"pipl/23\"", "\"pipl/230\"").unwrap_err();
    assert_eq!(
        clause.to_string(),
        "`provide-basis`: the catalog has no article, clause or requirement `pipl/230`"
    );
    let fact = read("'!provision.choice_barred'", "'!provision.choice_bared'").unwrap_err();
    assert!(
        fact.to_string().contains("provide-consent") && fact.to_string().contains("choice_barred"),
        "{fact}"
    );
    let outcome = read("met(\"5.2.3-held\", activity)", "met(\"5.2.3-hold\", activity)").unwrap_err();
    assert!(outcome.to_string().contains("5.2.3-hold"), "{outcome}");
}

#[test]
fn what_is_not_of_the_form_is_refused() {
    let need = read("needs = [\"notice\"]", "needs = [\"notices\"]").unwrap_err().to_string();
    assert!(need.contains("there is no need `notices`; there are notice, consent"), "{need}");
    let named = read("{consent_alone}", "{consent_alown}").unwrap_err().to_string();
    assert!(named.contains("`consent`") && named.contains("consent_alown"), "{named}");
    let twice = read("id = \"entrusted\"", "id = \"basis\"").unwrap_err();
    assert_eq!(twice, Error::Twice("basis".to_owned()));
    let stage = read("stages = [\"provide\", \"export\"]\nscope", "stages = [\"use\"]\nscope");
    assert!(matches!(stage, Err(Error::Entry { id, .. }) if id == "provide-basis"));
    let both = read("unmet = \"no_basis\"", "needs = [\"notice\"]\nunmet = \"no_basis\"").unwrap_err();
    assert!(both.to_string().contains("neither `types` nor `needs`"), "{both}");
    assert!(matches!(read("unmet = \"no_basis\"", "unmett = \"no_basis\""), Err(Error::Form(_))));
}

#[test]
fn what_would_grow_without_bound_is_refused() {
    let long = " ".repeat(1 << 20);
    assert!(matches!(read("[named]\n", &format!("[named]{long}\n")), Err(Error::Form(_))));
    let grows = EMBEDDED.replacen("# Basis", "a = '{a}{a}{a}{a}'\n# Basis", 1).replacen(
        "check = '{assessed}'",
        "check = '{a}'",
        1,
    );
    let grows = Conditions::read(&grows, &hegui_law::catalog().unwrap()).unwrap_err().to_string();
    assert!(grows.contains("longer than"), "{grows}");
}
