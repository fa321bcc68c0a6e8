//! Values as codes and as words.

use hegui_catalog::model::{Catalog, Text};
use hegui_logic::calendar::{DAY, format_date};
use hegui_logic::plan::{DECIMAL_ONE, NONE};
use hegui_logic::schema::{EnumId, KindId, Type};
use hegui_logic::universe::{FactKey, ROW_NONE, Universe, Value};

/// How a thing is written: from kind and row to `KIND.ID`, or to its name.
pub type ThingWords<'a> = &'a dyn Fn(KindId, u32) -> String;

/// A value as a register would write it.
#[must_use]
pub fn code(
    catalog: &Catalog,
    universe: &Universe,
    key: &FactKey,
    value: Value,
    thing: ThingWords<'_>,
) -> String {
    let FactKey::Fact(kind, _, field) = key else {
        return matches!(value, Value::Flag(true)).to_string();
    };
    match (value, catalog.schema.kind(*kind).field(*field).ty) {
        (Value::Flag(flag), _) => flag.to_string(),
        (Value::Number(NONE), _) => "none".to_owned(),
        (Value::Number(n), Type::Enum(values)) => {
            catalog.schema.values(values).get(n as usize).cloned().unwrap_or_default()
        }
        (Value::Number(n), ty) => plain(universe, n, ty),
        (Value::Set(set), Type::Set(values)) => places(set)
            .filter_map(|place| catalog.schema.values(values).get(place).map(String::as_str))
            .collect::<Vec<_>>()
            .join(", "),
        (Value::Thing(ROW_NONE), _) => "none".to_owned(),
        (Value::Thing(row), Type::Thing(to)) => thing(to, row),
        _ => String::new(),
    }
}

/// A value in words.
#[must_use]
pub fn words(
    catalog: &Catalog,
    universe: &Universe,
    key: &FactKey,
    value: Value,
    thing: ThingWords<'_>,
) -> Text {
    let both = |zh: &str, en: &str| Text { zh: zh.to_owned(), en: en.to_owned() };
    let FactKey::Fact(kind, _, field) = key else {
        return match (key, value) {
            (FactKey::Complete(..), Value::Flag(true)) => both("已全部列出", "these are all"),
            (FactKey::Complete(..), _) => both("未说明是否全部", "not stated to be all"),
            (_, Value::Flag(true)) => both("符合", "met"),
            _ => both("不符合", "not met"),
        };
    };
    match (value, catalog.schema.kind(*kind).field(*field).ty) {
        (Value::Flag(true), _) => both("是", "yes"),
        (Value::Flag(false), _) => both("否", "no"),
        (Value::Number(NONE) | Value::Thing(ROW_NONE), _) => both("无", "none"),
        (Value::Number(n), Type::Enum(values)) => label(catalog, values, n as usize),
        (Value::Number(n), Type::Duration) => duration(n),
        (Value::Number(n), ty) => {
            let text = plain(universe, n, ty);
            both(&text, &text)
        }
        (Value::Set(0), _) => both("（空）", "(empty)"),
        (Value::Set(set), Type::Set(values)) => {
            let labels: Vec<Text> = places(set).map(|place| label(catalog, values, place)).collect();
            let join =
                |pick: fn(&Text) -> &str, by: &str| labels.iter().map(pick).collect::<Vec<_>>().join(by);
            Text { zh: join(|t| &t.zh, "、"), en: join(|t| &t.en, ", ") }
        }
        (Value::Thing(row), Type::Thing(to)) => {
            let text = thing(to, row);
            both(&text, &text)
        }
        _ => Text::default(),
    }
}

fn label(catalog: &Catalog, values: EnumId, place: usize) -> Text {
    let words = catalog.values.get(values.0 as usize).and_then(|list| list.get(place)).cloned();
    let code = || catalog.schema.values(values).get(place).cloned().unwrap_or_default();
    words.filter(|t| !t.zh.is_empty()).unwrap_or_else(|| Text { zh: code(), en: code() })
}

fn places(set: u128) -> impl Iterator<Item = usize> {
    (0..128).filter(move |place| set >> place & 1 == 1)
}

fn plain(universe: &Universe, n: i64, ty: Type) -> String {
    match ty {
        Type::Date => format_date(n),
        Type::Duration => format!("{}h", n / 3_600),
        Type::Decimal => {
            let (whole, rest) = (n / DECIMAL_ONE, (n % DECIMAL_ONE).abs());
            let sign = if n < 0 && whole == 0 { "-" } else { "" };
            format!("{sign}{whole}.{rest:04}").trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        Type::Text => {
            u32::try_from(n).ok().and_then(|s| universe.texts.get(s)).unwrap_or_default().to_owned()
        }
        _ => n.to_string(),
    }
}

fn duration(seconds: i64) -> Text {
    if seconds % DAY == 0 {
        let days = seconds / DAY;
        Text { zh: format!("{days} 天"), en: format!("{days} days") }
    } else {
        let hours = seconds / 3_600;
        Text { zh: format!("{hours} 小时"), en: format!("{hours} hours") }
    }
}
