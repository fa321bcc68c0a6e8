//! Values of a case, from JSON to what a universe keeps.

use crate::document::hint;
use hegui_logic::calendar::parse_date;
use hegui_logic::plan::{DECIMAL_ONE, NONE};
use hegui_logic::schema::{EnumId, Field, Schema, Type};
use hegui_logic::universe::{Texts, Value};
use serde_json::Value as Json;

pub(super) fn sort_of(value: &Json) -> &'static str {
    match value {
        Json::Null => "a number out of range",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "a table",
    }
}

/// What is wrong, and what would be right.
pub(super) type Refusal = (String, String);

/// A value that is no reference, as kept.
pub(super) fn plain(
    schema: &Schema,
    field: &Field,
    value: &Json,
    texts: &mut Texts,
) -> Result<Value, Refusal> {
    if value.as_str() == Some("none") && !matches!(field.ty, Type::Set(_) | Type::Bool) {
        if field.optional {
            return Ok(Value::Number(NONE));
        }
        return Err((
            format!("`{}` cannot be none", field.name),
            "mark the fact `optional` in the dictionary, or give a value".to_owned(),
        ));
    }
    let wrong = |wanted: &str| {
        (format!("`{}` wants {wanted}, found {}", field.name, sort_of(value)), format!("write {wanted}"))
    };
    match field.ty {
        Type::Bool => value.as_bool().map(Value::Flag).ok_or_else(|| wrong("true or false")),
        Type::Int => in_range(field, value.as_i64().ok_or_else(|| wrong("a whole number"))?, 1),
        Type::Decimal => {
            let number = value.as_f64().ok_or_else(|| wrong("a number"))?;
            let kept = number * DECIMAL_ONE as f64;
            if kept.abs() > 1e17 || (kept - kept.round()).abs() > 1e-6 {
                return Err((format!("`{}` has at most four places", field.name), "round it".to_owned()));
            }
            in_range(field, kept.round() as i64, DECIMAL_ONE)
        }
        Type::Date => value
            .as_str()
            .and_then(moment)
            .map(Value::Number)
            .ok_or_else(|| wrong("a date such as 2026-06-01")),
        Type::Duration => value
            .as_str()
            .and_then(length)
            .map(Value::Number)
            .ok_or_else(|| wrong("a duration such as \"72h\" or \"30d\"")),
        Type::Text => {
            let text = value.as_str().ok_or_else(|| wrong("a text"))?;
            Ok(Value::Number(i64::from(texts.intern(text))))
        }
        Type::Enum(values) => {
            let code = value.as_str().ok_or_else(|| wrong("a quoted code"))?;
            place_of(schema, values, code).map(|place| Value::Number(place as i64))
        }
        Type::Set(values) => {
            let codes = value.as_array().ok_or_else(|| wrong("a list of quoted codes"))?;
            codes
                .iter()
                .try_fold(0u128, |set, code| {
                    let code = code.as_str().ok_or_else(|| wrong("a list of quoted codes"))?;
                    Ok(set | 1 << place_of(schema, values, code)?)
                })
                .map(Value::Set)
        }
        Type::Thing(_) => Err(wrong("a table")),
    }
}

fn in_range(field: &Field, number: i64, unit: i64) -> Result<Value, Refusal> {
    let (low, high) = field.range;
    if (low..=high).contains(&number) {
        return Ok(Value::Number(number));
    }
    let message = format!("`{}` lies outside its range, {} to {}", field.name, low / unit, high / unit);
    Err((message, "give a value within, or widen the fact's `range`".to_owned()))
}

fn place_of(schema: &Schema, values: EnumId, code: &str) -> Result<usize, Refusal> {
    let list = schema.values(values);
    list.iter().position(|v| v == code).ok_or_else(|| {
        let name = schema.enums.get(values.0 as usize).map_or("", |e| e.name.as_str());
        let near = hint(code, list.iter().map(String::as_str));
        (format!("`{code}` is no value of `{name}`{near}"), format!("its values are: {}", list.join(", ")))
    })
}

/// Seconds of a date, with or without a time of day, in China Standard Time's wall clock.
#[must_use]
pub fn moment(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(['T', ' ']).unwrap_or((text, ""));
    let midnight = parse_date(date)?;
    if time.is_empty() {
        return Some(midnight);
    }
    let mut parts = time.split(':').map(|part| part.parse::<i64>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
    let fits = (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..60).contains(&second)
        && parts.next().is_none();
    fits.then_some(midnight + hour * 3_600 + minute * 60 + second)
}

/// Seconds of `72h` or `30d`.
#[must_use]
pub fn length(text: &str) -> Option<i64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let unit = match unit {
        "h" => 3_600,
        "d" => 86_400,
        "m" => 60,
        "s" => 1,
        _ => return None,
    };
    let number = number.parse::<i64>().ok().filter(|n| (0..=876_000_000).contains(n))?;
    number.checked_mul(unit).filter(|s| *s <= 100 * 366 * 86_400)
}
