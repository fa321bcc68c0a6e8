//! The files of a new register: one thing of each main kind, and every fact that the dictionary knows
//! of it as a comment with its question. It is made from the dictionary, so it never grows stale.

use hegui_catalog::model::Catalog;
use hegui_logic::schema::{Field, FieldId, KindId, Schema, Type};
use std::fmt::Write;

/// A thing to begin with: its kind, its id, and the thing above.
type Begun = (&'static str, &'static str, Option<&'static str>);

/// The files, with the things in them.
const FILES: [(&str, &[Begun]); 4] = [
    ("organisation.toml", &[("organisation", "org", None), ("product", "app", None)]),
    ("documents.toml", &[("document", "policy", None)]),
    ("parties.toml", &[("party", "partner", None)]),
    (
        "activities.toml",
        &[
            ("activity", "registration", Some("app")),
            ("datum", "phone", Some("registration")),
            ("consent", "signup", Some("registration")),
            ("provision", "to-partner", Some("registration")),
        ],
    ),
];

/// The names and texts of the skeleton's files.
pub(crate) fn skeleton(catalog: &Catalog) -> Vec<(String, String)> {
    FILES
        .iter()
        .map(|(name, things)| {
            let mut text = String::from(HEAD);
            for (kind, id, above) in *things {
                if let Some(kind) = catalog.schema.kind_named(kind) {
                    thing(&mut text, catalog, kind, id, *above);
                }
            }
            ((*name).to_owned(), text)
        })
        .collect()
}

const HEAD: &str = "\
# 登记册 · register。去掉行首的 # 并填写；不知道的留空，就是“未知”，评估会来问。
# Take away the # and fill in; what you leave out is unknown, and the assessment will ask.
# 编号（如 registration）可自定；其他文件按编号引用。 Ids are yours; other things refer to them.
# 格式说明 · format: docs/register-format.md

";

fn thing(text: &mut String, catalog: &Catalog, kind: KindId, id: &str, above: Option<&str>) {
    let schema = &catalog.schema;
    let definition = schema.kind(kind);
    if let Some(entry) = catalog.kinds.get(kind.0 as usize) {
        let _ = writeln!(text, "# {} · {}", entry.title.zh, entry.title.en);
        comment(text, &entry.about.zh);
        comment(text, &entry.about.en);
    }
    let _ = writeln!(text, "[{}.{id}]", definition.name);
    if let Some((above, field)) = above.zip(definition.parent) {
        let _ = writeln!(text, "{} = \"{above}\"", definition.field(field).name);
    }
    for (at, field) in definition.fields.iter().enumerate() {
        if definition.parent.is_some_and(|parent| parent.0 as usize == at) {
            continue;
        }
        if let Some(fact) = catalog.fact(kind, FieldId(at as u16)).filter(|fact| !fact.generated) {
            comment(text, &format!("{} · {}", fact.question.zh, fact.question.en));
        }
        let _ = writeln!(text, "# {} = {}", field.name, example(schema, field));
    }
    let relations: Vec<String> = definition.relations.iter().map(|r| format!("\"{}\"", r.name)).collect();
    if !relations.is_empty() {
        comment(text, "已列全的清单 · lists that are complete, as far as they are:");
        let _ = writeln!(text, "# complete = [{}]", relations.join(", "));
    }
    text.push('\n');
}

fn comment(text: &mut String, words: &str) {
    for line in words.lines().filter(|line| !line.trim().is_empty()) {
        let _ = writeln!(text, "# {}", line.trim());
    }
}

/// A value of the right type, for a person to replace.
fn example(schema: &Schema, field: &Field) -> String {
    match field.ty {
        Type::Bool => "true".to_owned(),
        Type::Int => field.range.0.max(0).to_string(),
        Type::Decimal => "0.5".to_owned(),
        Type::Date => "2026-01-01".to_owned(),
        Type::Duration => "\"30d\"".to_owned(),
        Type::Text => "\"…\"".to_owned(),
        Type::Enum(list) => format!("\"{}\"", schema.values(list).join(" | ")),
        Type::Set(list) => {
            let codes: Vec<String> = schema.values(list).iter().map(|code| format!("\"{code}\"")).collect();
            format!("[{}]", codes.join(", "))
        }
        Type::Thing(kind) => format!("\"… [{}.…]\"", schema.kind(kind).name),
    }
}
