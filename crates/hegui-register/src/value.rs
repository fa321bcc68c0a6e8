//! From a TOML value to a fact's value, by the type that the dictionary gives.

use crate::path::did_you_mean;
use crate::problem::echo;
use crate::tree::{Item, Section};
use hegui_logic::calendar::{DAY, format_date, parse_date};
use hegui_logic::plan::{DECIMAL_ONE, NONE};
use hegui_logic::schema::{Field, Schema, Type};
use std::borrow::Cow;

/// Longest text of a fact, in bytes: it is shown wherever the fact is.
const TEXT_LIMIT: usize = 4_000;

/// China Standard Time is so many seconds ahead of UTC.
const CHINA: i64 = 8 * 3_600;
/// Longest duration, in seconds: the range that checks suppose.
const DURATION_LIMIT: i64 = 100 * 366 * DAY;

/// A value as it stands in a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Given<'s> {
    /// A number of any sort, or 0 and 1.
    Word(i64),
    /// A set.
    Set(u128),
    /// A text.
    Text(Cow<'s, str>),
    /// The id of a thing.
    Thing(Cow<'s, str>),
    /// "none" for a reference.
    NoThing,
}

/// What is wrong with a value, and what would be right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub message: String,
    pub remedy: String,
}

impl Wrong {
    pub fn new(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { message: message.into(), remedy: remedy.into() }
    }
}

/// Reads a fact's value. With `hints` a wrong code is told which one may have been meant.
///
/// # Errors
/// Where its type, code or range does not fit the dictionary.
pub(crate) fn read<'s>(
    section: &Section<'s>,
    item: &Item<'s>,
    field: &Field,
    schema: &Schema,
    hints: bool,
) -> Result<Given<'s>, Wrong> {
    if let Item::Text(text) = item
        && text == "none"
        && let Some(none) = none(field, schema)
    {
        return Ok(none);
    }
    let wrong = || {
        Err(Wrong::new(
            format!("{}, found {}", expected(field, schema), describe(item)),
            remedy(field, schema),
        ))
    };
    match (field.ty, item) {
        (Type::Bool, Item::Bool(value)) => Ok(Given::Word(i64::from(*value))),
        (Type::Int, Item::Int(Some(value))) => ranged(*value, field),
        (Type::Decimal, Item::Int(Some(value))) => match value.checked_mul(DECIMAL_ONE) {
            Some(value) => ranged(value, field),
            None => wrong(),
        },
        (Type::Decimal, Item::Float(text)) => ranged(decimal(text)?, field),
        (Type::Date, Item::Date(text)) => date(text).map(Given::Word),
        (Type::Duration, Item::Text(text)) => duration(text).map(Given::Word),
        (Type::Text, Item::Text(text)) if text.len() > TEXT_LIMIT => Err(Wrong::new(
            format!("this text has {} bytes; at most {TEXT_LIMIT} are read", text.len()),
            "a name or a sentence; keep longer papers as evidence",
        )),
        (Type::Text, Item::Text(text)) => Ok(Given::Text(text.clone())),
        (Type::Enum(list), Item::Text(code)) => {
            place(code, field, schema.values(list), hints).map(|p| Given::Word(p as i64))
        }
        (Type::Set(list), Item::List(members)) => {
            let mut set = 0u128;
            for member in section.children(*members) {
                let Item::Text(code) = &member.item else { return wrong() };
                set |= 1 << place(code, field, schema.values(list), hints)?;
            }
            Ok(Given::Set(set))
        }
        (Type::Thing(_), Item::Text(id)) => Ok(Given::Thing(id.clone())),
        _ => wrong(),
    }
}

/// What "none" means for a fact: stated that there is none, where that is a possible answer.
fn none<'s>(field: &Field, schema: &Schema) -> Option<Given<'s>> {
    match field.ty {
        Type::Set(list) if !schema.values(list).iter().any(|code| code == "none") => Some(Given::Set(0)),
        Type::Enum(list) if schema.values(list).iter().any(|code| code == "none") => None,
        Type::Thing(_) if field.optional => Some(Given::NoThing),
        Type::Int | Type::Decimal | Type::Date | Type::Duration | Type::Text | Type::Enum(_)
            if field.optional =>
        {
            Some(Given::Word(NONE))
        }
        _ => None,
    }
}

fn ranged<'s>(value: i64, field: &Field) -> Result<Given<'s>, Wrong> {
    let (low, high) = field.range;
    if (low..=high).contains(&value) {
        return Ok(Given::Word(value));
    }
    let show =
        |number: i64| if field.ty == Type::Decimal { show_decimal(number) } else { number.to_string() };
    Err(Wrong::new(
        format!("`{}` is out of range", show(value)),
        format!("from {} to {}", show(low), show(high)),
    ))
}

fn place(code: &str, field: &Field, codes: &[String], hints: bool) -> Result<usize, Wrong> {
    codes.iter().position(|c| c == code).ok_or_else(|| {
        if !hints {
            return Wrong::default();
        }
        let near = did_you_mean(code, codes.iter().map(String::as_str));
        Wrong::new(
            format!("`{}` is no value of `{}`{near}", echo(code), field.name),
            format!("one of {}", listed(codes)),
        )
    })
}

fn listed(codes: &[String]) -> String {
    let shown: Vec<String> = codes.iter().take(12).map(|c| format!("`{c}`")).collect();
    let more = if codes.len() > 12 { format!(" … ({} in all)", codes.len()) } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

/// Reads a decimal with at most four places, exactly.
fn decimal(text: &str) -> Result<i64, Wrong> {
    let wrong =
        || Wrong::new(format!("`{}` is no decimal with at most four places", echo(text)), "as in 0.0125");
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, part) = digits.split_once('.').ok_or_else(wrong)?;
    let plain = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty()
        || part.is_empty()
        || !plain(whole)
        || !plain(part)
        || part.len() > 4
        || whole.len() > 14
    {
        return Err(wrong());
    }
    let whole: i64 = whole.parse().map_err(|_| wrong())?;
    let part: i64 = format!("{part:0<4}").parse().map_err(|_| wrong())?;
    Ok(sign * (whole * DECIMAL_ONE + part))
}

/// Writes a decimal as people do.
pub(crate) fn show_decimal(value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let (whole, part) =
        (value.unsigned_abs() / DECIMAL_ONE as u64, value.unsigned_abs() % DECIMAL_ONE as u64);
    let part = format!("{part:04}");
    let part = part.trim_end_matches('0');
    format!("{sign}{whole}.{}", if part.is_empty() { "0" } else { part })
}

/// Reads `2026-03-02`, or with a time of day; a time with an offset is turned into China's.
pub(crate) fn date(text: &str) -> Result<i64, Wrong> {
    let wrong = || {
        let message = format!("`{}` is no date that exists", echo(text));
        Wrong::new(message, "as in 2026-03-02, or 2026-03-02T18:30:00")
    };
    let day = parse_date(text.get(..10).unwrap_or(text)).ok_or_else(wrong)?;
    let Some(rest) = text.get(10..).filter(|rest| !rest.is_empty()) else { return Ok(day) };
    let clock = rest.get(1..).ok_or_else(wrong)?;
    let end = clock.find(['Z', 'z', '+', '-']).unwrap_or(clock.len());
    let (clock, offset) = clock.split_at(end);
    let seconds = day_time(clock).ok_or_else(wrong)?;
    let shift = match offset.bytes().next() {
        None => 0,
        Some(b'Z' | b'z') => CHINA,
        Some(sign) => {
            let ahead = day_time(offset.get(1..).unwrap_or_default()).ok_or_else(wrong)?;
            CHINA - if sign == b'-' { -ahead } else { ahead }
        }
    };
    Ok(day + seconds + shift)
}

/// Seconds of `18:30` or `18:30:05.25`; fractions are cut off.
fn day_time(text: &str) -> Option<i64> {
    let text = text.split('.').next()?;
    let mut parts = text.split(':').map(|part| part.parse::<i64>().ok().filter(|_| part.len() == 2));
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    let fits = hour < 24 && minute < 60 && second < 60 && parts.next().is_none();
    fits.then_some(hour * 3_600 + minute * 60 + second)
}

/// Reads `30d`, `72h` or `15m`.
fn duration(text: &str) -> Result<i64, Wrong> {
    let wrong =
        || Wrong::new(format!("`{}` is no duration", echo(text)), "days or hours, as in \"30d\" or \"72h\"");
    let number = text.get(..text.len().saturating_sub(1)).ok_or_else(wrong)?;
    let unit = match text.as_bytes().last() {
        Some(b'd') => DAY,
        Some(b'h') => 3_600,
        Some(b'm') => 60,
        _ => return Err(wrong()),
    };
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    let seconds = number.parse::<i64>().ok().and_then(|n| n.checked_mul(unit)).ok_or_else(wrong)?;
    if seconds > DURATION_LIMIT {
        return Err(Wrong::new(format!("`{}` is longer than a hundred years", echo(text)), "a shorter time"));
    }
    Ok(seconds)
}

/// Writes a duration as a register does.
pub(crate) fn show_duration(seconds: i64) -> String {
    match seconds {
        s if s % DAY == 0 => format!("{}d", s / DAY),
        s if s % 3_600 == 0 => format!("{}h", s / 3_600),
        s => format!("{}m", s / 60),
    }
}

/// Writes a moment as TOML does.
pub(crate) fn show_date(seconds: i64) -> String {
    format_date(seconds)
}

fn expected(field: &Field, schema: &Schema) -> String {
    let what = match field.ty {
        Type::Bool => "true or false".to_owned(),
        Type::Int => "a whole number".to_owned(),
        Type::Decimal => "a number".to_owned(),
        Type::Date => "a date".to_owned(),
        Type::Duration => "a duration".to_owned(),
        Type::Text => "a text".to_owned(),
        Type::Enum(_) => "one code".to_owned(),
        Type::Set(_) => "a list of codes".to_owned(),
        Type::Thing(kind) => format!("the id of a `{}`", schema.kind(kind).name),
    };
    format!("`{}` is {what}", field.name)
}

fn remedy(field: &Field, schema: &Schema) -> String {
    let example = match field.ty {
        Type::Bool => "true or false".to_owned(),
        Type::Int => "as in 30".to_owned(),
        Type::Decimal => "as in 0.5".to_owned(),
        Type::Date => "as in 2026-03-02, without quotation marks".to_owned(),
        Type::Duration => "as in \"72h\" or \"30d\"".to_owned(),
        Type::Text => "as in \"…\"".to_owned(),
        Type::Enum(list) => format!("one of {}", listed(schema.values(list))),
        Type::Set(list) => format!("as in [\"…\"], of {}", listed(schema.values(list))),
        Type::Thing(kind) => format!("as in \"ID\" of a [{}.ID]", schema.kind(kind).name),
    };
    if field.optional { format!("{example}; or \"none\"") } else { example }
}

/// What a value is, for messages.
pub(crate) fn describe(item: &Item<'_>) -> &'static str {
    match item {
        Item::Text(_) => "a text",
        Item::Bool(_) => "true or false",
        Item::Int(Some(_)) => "a whole number",
        Item::Int(None) => "a number too large",
        Item::Float(_) => "a decimal number",
        Item::Date(_) => "a date",
        Item::List(_) => "a list",
        Item::Table(_) => "a table",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_exist_and_offsets_become_chinas_clock() {
        assert_eq!(date("2026-03-02"), Ok(parse_date("2026-03-02").unwrap()));
        assert_eq!(date("2026-03-02T02:00:00Z"), date("2026-03-02T10:00:00"));
        assert_eq!(date("2026-03-02 10:00:00+08:00"), date("2026-03-02T10:00"));
        assert_eq!(date("2026-03-01T20:00:00-06:00"), date("2026-03-02T10:00:00.5"));
        for wrong in ["2026-02-30", "2026-13-01", "10:00:00", "2026-03-02T24:00:00", "2026-03-02T10", ""] {
            assert!(date(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn decimals_are_exact() {
        assert_eq!(decimal("0.1"), Ok(1_000));
        assert_eq!(decimal("-12.0345"), Ok(-120_345));
        for wrong in ["1e3", "0.00001", "inf", "nan", ".", "1"] {
            assert!(decimal(wrong).is_err(), "{wrong}");
        }
        for number in [0, 1, -1, 10_000, 12_345, -120_345] {
            assert_eq!(decimal(&show_decimal(number)), Ok(number));
        }
    }

    #[test]
    fn durations() {
        assert_eq!(duration("72h"), Ok(72 * 3_600));
        assert_eq!(duration("30d"), Ok(30 * DAY));
        for wrong in ["", "d", "72", "-1d", "1.5h", "99999999d", "9999999999999999999d", "日"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
        for seconds in [0, 60, 3_600, DAY, 90 * DAY] {
            assert_eq!(duration(&show_duration(seconds)), Ok(seconds));
        }
    }
}
