//! What a heading's note says: the question, what may be written, who knows; and what a cell's note
//! says of the observations behind it.

use crate::layout::{Column, What};
use crate::value::Values;
use crate::words::source_word;
use hegui_catalog::model::{Catalog, FactEntry, Lang};
use hegui_logic::calendar::format_date;
use hegui_logic::plan::DECIMAL_ONE;
use hegui_logic::schema::{Field, KindId, Type};
use hegui_register::Observed;

/// Most words of a list that a note names; the list of the column has them all.
const WORDS: usize = 10;
/// Most observations that a note names.
const OBSERVATIONS: usize = 8;

/// The note of a heading.
pub(super) fn of_column(
    catalog: &Catalog,
    values: &Values<'_>,
    kind: KindId,
    column: &Column,
    lang: Lang,
) -> String {
    let definition = catalog.schema.kind(kind);
    let about = catalog.kinds.get(kind.0 as usize).map(|kind| kind.about.get(lang)).unwrap_or_default();
    match column.what {
        What::Id => match lang {
            Lang::Zh => format!(
                "{about}\n编号：小写字母、数字、- 和 _，一经使用不再更改；证据和评定都引用它。新增一行即新增一项。"
            ),
            Lang::En => format!(
                "{about}\nId: lower-case letters, digits, - and _; it stays, since evidence and rulings refer to it. A new row is a new thing."
            ),
        },
        What::Document => match lang {
            Lang::Zh => "写明这些内容的文件的编号。".to_owned(),
            Lang::En => "the id of the document that says so".to_owned(),
        },
        What::From(key) => key.note(lang).to_owned(),
        What::Field(id) => {
            let field = definition.field(id);
            let mut lines = entry_lines(catalog, catalog.fact(kind, id), lang);
            lines.insert(1.min(lines.len()), expected(catalog, values, field, lang));
            if column.group == crate::layout::Group::Below {
                lines.push(match lang {
                    Lang::Zh => "在此填一次，即适用于其下各项（另有说明的除外）。".to_owned(),
                    Lang::En => "Said here once, it holds for everything below that does not say otherwise."
                        .to_owned(),
                });
            }
            lines.join("\n")
        }
        What::List(id) => {
            let mut lines = entry_lines(catalog, catalog.relation(kind, id), lang);
            let to = title(catalog, definition.relation(id).to, lang);
            lines.insert(1.min(lines.len()), match lang {
                Lang::Zh => format!("填“{to}”的编号，多项用顿号、逗号或分号分开；确实没有的填“无”。"),
                Lang::En => format!("Ids of entries of “{to}”, with commas or semicolons between them; `none` where there is none."),
            });
            lines.join("\n")
        }
        What::Complete(id) => {
            let to = title(catalog, definition.relation(id).to, lang);
            let question =
                catalog.relation(kind, id).map(|entry| entry.question.get(lang)).unwrap_or_default();
            match lang {
                Lang::Zh => format!(
                    "{question}\n填“是”：登记的“{to}”就是全部；填“否”：还有未登记的；留空：不知道。没有说齐全的，不会当作没有。"
                ),
                Lang::En => format!(
                    "{question}\n`yes`: what is registered of “{to}” is all there is; `no`: there are more; blank: not known. What nobody calls complete is never taken to be so."
                ),
            }
        }
    }
}

fn title(catalog: &Catalog, kind: KindId, lang: Lang) -> &str {
    catalog.kinds.get(kind.0 as usize).map(|kind| kind.title.get(lang)).unwrap_or_default()
}

/// The question, who knows, and what to look at.
fn entry_lines(catalog: &Catalog, entry: Option<&FactEntry>, lang: Lang) -> Vec<String> {
    let Some(entry) = entry else { return vec![] };
    let mut lines = vec![entry.question.get(lang).to_owned()];
    let who = catalog.roles.get(&entry.who).map(|role| role.get(lang)).unwrap_or_default();
    let mut line = |zh: &str, en: &str, text: &str| {
        if !text.is_empty() {
            lines.push(match lang {
                Lang::Zh => format!("{zh}：{text}"),
                Lang::En => format!("{en}: {text}"),
            });
        }
    };
    line("问谁", "ask", who);
    line("看什么", "look at", entry.evidence.get(lang));
    if let Some(days) = entry.fresh_days {
        line("有效天数", "fresh for days", &days.to_string());
    }
    if entry.judgement {
        line(
            "判断",
            "judgement",
            match lang {
                Lang::Zh => "须由人判断，同一行要填谁判断的和理由",
                Lang::En => "a person decides; the same row needs who, and the reasons",
            },
        );
    }
    lines
}

/// What may be written.
fn expected(catalog: &Catalog, values: &Values<'_>, field: &Field, lang: Lang) -> String {
    let zh = lang == Lang::Zh;
    let range = |one: i64| {
        let (low, high) = (field.range.0 / one, field.range.1 / one);
        match zh {
            _ if high >= 1_000_000_000_000 => String::new(),
            true => format!("（{low} 至 {high}）"),
            false => format!(" ({low} to {high})"),
        }
    };
    let text = match field.ty {
        Type::Bool if zh => "填是或否。".to_owned(),
        Type::Bool => "yes or no.".to_owned(),
        Type::Int if zh => format!("填整数{}。", range(1)),
        Type::Int => format!("A whole number{}.", range(1)),
        Type::Decimal if zh => format!("填数，至多四位小数{}。", range(DECIMAL_ONE)),
        Type::Decimal => format!("A number with at most four places{}.", range(DECIMAL_ONE)),
        Type::Date if zh => "填日期，如 2026-03-02。".to_owned(),
        Type::Date => "A date, as in 2026-03-02.".to_owned(),
        Type::Duration if zh => "填一段时间并带单位，如 30天、72小时。".to_owned(),
        Type::Duration => "A length of time with its unit, as in 30d or 72h.".to_owned(),
        Type::Text if zh => "填文字。".to_owned(),
        Type::Text => "A text.".to_owned(),
        Type::Enum(list) | Type::Set(list) => {
            let words = values.vocabulary(list).map(|known| known.words()).unwrap_or_default();
            let some: Vec<&str> = words.iter().take(WORDS).map(String::as_str).collect();
            let more = if words.len() > WORDS { " …" } else { "" };
            let several = matches!(field.ty, Type::Set(_));
            match (zh, several) {
                (true, false) => format!("选一项：{}{more}", some.join("；")),
                (true, true) => format!(
                    "可填多项，用顿号、逗号或分号分开；一项都没有的填“{}”：{}{more}",
                    values.none(field.ty),
                    some.join("；")
                ),
                (false, false) => format!("One of: {}{more}", some.join("; ")),
                (false, true) => format!(
                    "Several, with commas or semicolons between them; `{}` where there is none: {}{more}",
                    values.none(field.ty),
                    some.join("; ")
                ),
            }
        }
        Type::Thing(kind) if zh => format!("填“{}”的编号。", title(catalog, kind, lang)),
        Type::Thing(kind) => format!("The id of an entry of “{}”.", title(catalog, kind, lang)),
    };
    match (field.optional, zh) {
        (false, _) => text,
        (true, true) => format!("{text}确实没有的填“{}”。", values.none(field.ty)),
        (true, false) => format!("{text} `{}` where there is none.", values.none(field.ty)),
    }
}

/// The observations behind a cell.
pub(super) fn of_cell(seen: &[Observed], lang: Lang) -> String {
    let mut lines = vec![match lang {
        Lang::Zh => format!("已有 {} 条观察，均予保留；在此填写会另加一条：", seen.len()),
        Lang::En => {
            format!("{} observations, all of which stay; what is written here is added to them:", seen.len())
        }
    }];
    for one in seen.iter().take(OBSERVATIONS) {
        let mut parts = vec![one.value.clone(), source_word(one.source, lang).to_owned()];
        parts.extend(one.by.clone());
        parts.extend(one.on.map(format_date));
        let mark = match (one.counts, lang) {
            (false, _) => "",
            (true, Lang::Zh) => "（生效）",
            (true, Lang::En) => " (in effect)",
        };
        lines.push(format!("{}{mark}", parts.join(" · ")));
    }
    if seen.len() > OBSERVATIONS {
        lines.push(format!("… {}", seen.len()));
    }
    lines.join("\n")
}
