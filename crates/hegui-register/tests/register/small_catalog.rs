//! A small catalog that has every sort of fact; the fuzz target of registers reads it too.

use hegui_catalog::Catalog;

/// The catalog; one that cannot be read is a mistake in this file.
pub fn catalog() -> Catalog {
    let files = FILES.iter().map(|(name, text)| ((*name).to_owned(), filled(text).into_bytes()));
    match Catalog::read_files(files) {
        Ok(catalog) => catalog,
        Err(problems) => panic!("{problems}"),
    }
}

/// `@` stands for the words that every fact must have.
fn filled(text: &str) -> String {
    let words = "question.zh = \"问\"\nquestion.en = \"q\"\nwho = \"privacy\"\nevidence.zh = \"证\"\nevidence.en = \"e\"";
    let titles = "title.zh = \"名\"\ntitle.en = \"t\"\nabout.zh = \"述\"\nabout.en = \"a\"";
    text.replace("@@", titles).replace('@', words)
}

const FILES: [(&str, &str); 8] = [
    (
        "roles.toml",
        "[role.privacy]\ntitle.zh = \"隐\"\ntitle.en = \"privacy\"\n[role.assessor]\ntitle.zh = \"评\"\ntitle.en = \"assessor\"\n",
    ),
    ("facts/organisation.toml", "kind = \"organisation\"\n@@\n[fact.name]\ntype = \"text\"\n@\n"),
    (
        "facts/party.toml",
        "kind = \"party\"\nparent = \"organisation\"\nplural = \"parties\"\n@@\n[fact.name]\ntype = \"text\"\n@\n",
    ),
    (
        "facts/document.toml",
        "kind = \"document\"\nparent = \"organisation\"\nplural = \"documents\"\n@@\n[fact.version]\ntype = \"decimal\"\nrange = [0, 99]\n@\n",
    ),
    (
        "facts/product.toml",
        "kind = \"product\"\nparent = \"organisation\"\nplural = \"products\"\n@@\n[fact.name]\ntype = \"text\"\n@\n",
    ),
    (
        "facts/activity.toml",
        r#"kind = "activity"
parent = "product"
plural = "activities"
@@
[fact.role]
type = "enum"
also_at = ["product", "organisation"]
values.handler = { zh = "处", en = "handler" }
values.entrusted = { zh = "受", en = "entrusted" }
@
[fact.monitored]
type = "bool"
also_at = ["organisation"]
fresh_days = 30
@
[fact.purpose]
type = "enum"
declared = true
values.delivery = { zh = "配", en = "delivery" }
values.marketing = { zh = "营", en = "marketing" }
@
[fact.retention_days]
type = "int"
range = [0, 3650]
optional = true
declared = true
@
[fact.began_on]
type = "date"
@
[fact.answer_time]
type = "duration"
@
[fact.types]
type = "set"
values.phone = { zh = "电", en = "phone" }
values.name = { zh = "名", en = "name" }
@
[fact.fair]
type = "bool"
judgement = true
@
[fact.follows]
type = "ref"
to = "activity"
optional = true
@
[fact.note]
type = "text"
optional = true
@
"#,
    ),
    (
        "facts/provision.toml",
        r#"kind = "provision"
parent = "activity"
plural = "provisions"
names = ["recipient"]
@@
[fact.recipient]
type = "ref"
to = "party"
inverse = "provisions"
@
[fact.data]
type = "refs"
to = "datum"
inverse = "provisions"
@
"#,
    ),
    (
        "facts/datum.toml",
        "kind = \"datum\"\nparent = \"activity\"\nplural = \"data\"\n@@\n[fact.sensitive]\ntype = \"bool\"\n@\n",
    ),
];
