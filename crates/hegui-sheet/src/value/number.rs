//! Numbers, dates and lengths of time as people type them.

use super::{Raw, Understood, Wrong};
use crate::problem::both;
use crate::words::narrow;
use hegui_logic::calendar::parse_date;
use hegui_logic::plan::DECIMAL_ONE;
use hegui_logic::schema::{Field, Type};

/// A number as people write it: without a point where it is whole.
pub(crate) fn plain(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 { format!("{number:.0}") } else { number.to_string() }
}

/// The text of a cell with plain digits and without white space at its ends.
fn plain_text(raw: &Raw) -> String {
    raw.text().trim().chars().map(narrow).collect()
}

/// Takes the marks between thousands out; what has them elsewhere stays as it is.
fn without_thousands(text: &str) -> String {
    let (whole, rest) = text.split_once('.').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    let mut groups = whole.trim_start_matches(['-', '+']).split(',');
    let first = groups.next().is_some_and(|group| (1..=3).contains(&group.len()));
    let grouped = whole.contains(',') && first && groups.all(|group| group.len() == 3);
    if !grouped {
        return text.to_owned();
    }
    let whole = whole.replace(',', "");
    rest.map_or(whole.clone(), |rest| format!("{whole}.{rest}"))
}

fn ranged(value: i64, field: &Field) -> Result<i64, Box<Wrong>> {
    let (low, high) = field.range;
    if (low..=high).contains(&value) {
        return Ok(value);
    }
    let show = |number| if field.ty == Type::Decimal { decimal_text(number) } else { number.to_string() };
    let (low, high) = (show(low), show(high));
    Err(Wrong::new(
        both("这个数超出范围", "this number is out of range"),
        both(format!("{low} 至 {high}"), format!("from {low} to {high}")),
    ))
}

/// A whole number.
pub(crate) fn whole(raw: &Raw, field: &Field) -> Result<Understood, Box<Wrong>> {
    let wrong = || {
        let none = if field.optional {
            ("；没有的填“无”", "; `none` where there is none")
        } else {
            ("", "")
        };
        Wrong::new(
            both("这里填整数", "a whole number is expected here"),
            both(format!("如 30，不带单位{}", none.0), format!("as in 30, without a unit{}", none.1)),
        )
    };
    let (value, read_as) = match raw {
        Raw::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => (*number as i64, false),
        Raw::Text(text) => {
            let clean = without_thousands(&plain_text(raw));
            (clean.parse::<i64>().map_err(|_| wrong())?, clean != text.trim())
        }
        _ => return Err(wrong()),
    };
    ranged(value, field).map(|value| Understood { value: value.to_string(), read_as })
}

/// Writes ten-thousandths as a register does.
fn decimal_text(value: i64) -> String {
    let one = DECIMAL_ONE.unsigned_abs();
    let sign = if value < 0 { "-" } else { "" };
    let part = format!("{:04}", value.unsigned_abs() % one);
    let part = part.trim_end_matches('0');
    format!("{sign}{}.{}", value.unsigned_abs() / one, if part.is_empty() { "0" } else { part })
}

/// A decimal with at most four places.
pub(crate) fn decimal(raw: &Raw, field: &Field) -> Result<Understood, Box<Wrong>> {
    let wrong = || {
        Wrong::new(
            both("这里填数，至多四位小数", "a number with at most four places is expected here"),
            both("如 0.0125", "as in 0.0125"),
        )
    };
    let (value, read_as) = match raw {
        Raw::Number(number) => {
            let kept = (number * DECIMAL_ONE as f64).round();
            let near = (kept / DECIMAL_ONE as f64 - number).abs() <= number.abs() * 1e-12;
            if kept.abs() > 9e17 || !near {
                return Err(wrong());
            }
            (kept as i64, false)
        }
        Raw::Text(text) => {
            let clean = without_thousands(&plain_text(raw));
            (exact(&clean).ok_or_else(wrong)?, clean != text.trim())
        }
        _ => return Err(wrong()),
    };
    ranged(value, field).map(|value| Understood { value: decimal_text(value), read_as })
}

/// The ten-thousandths of a decimal, exactly.
fn exact(text: &str) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let fits = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    if !fits(whole, 14) || !fits(part, 4) {
        return None;
    }
    let part: i64 = format!("{part:0<4}").parse().ok()?;
    Some(sign * (whole.parse::<i64>().ok()? * DECIMAL_ONE + part))
}

/// A date, or a moment. Dates as text are read where the year stands first.
pub(crate) fn date(raw: &Raw) -> Result<Understood, Box<Wrong>> {
    let wrong = || {
        Wrong::new(
            both("这里填存在的日期", "a date that exists is expected here"),
            both("如 2026-03-02；年在最前，月日不能颠倒", "as in 2026-03-02, the year first"),
        )
    };
    match raw {
        Raw::Moment(moment) => Ok(moment.clone().into()),
        Raw::Text(text) => {
            let (value, usual) = day_of(text).ok_or_else(wrong)?;
            Ok(Understood { value, read_as: !usual })
        }
        _ => Err(wrong()),
    }
}

/// A date in a text, as a register writes it, and whether it was written so.
pub(crate) fn day_of(text: &str) -> Option<(String, bool)> {
    let clean: String = text.trim().chars().map(narrow).collect();
    let (day, clock) = match clean.find(['T', ' ', '日']) {
        Some(at) => {
            let (day, rest) = clean.split_at(at);
            (day, rest.trim_start_matches(['T', ' ', '日']).trim())
        }
        None => (clean.as_str(), ""),
    };
    let parts: Vec<&str> = if day.len() == 8 && day.bytes().all(|b| b.is_ascii_digit()) {
        vec![day.get(..4)?, day.get(4..6)?, day.get(6..)?]
    } else {
        day.split(['-', '/', '.', '年', '月']).map(str::trim).collect()
    };
    let [year, month, date] = parts.as_slice() else { return None };
    if year.len() != 4 {
        return None;
    }
    let number = |text: &str| text.parse::<u16>().ok().filter(|_| (1..=4).contains(&text.len()));
    let (year, month, date) = (number(year)?, number(month)?, number(date)?);
    let mut value = format!("{year:04}-{month:02}-{date:02}");
    parse_date(&value)?;
    if !clock.is_empty() {
        let mut parts = clock.split(':').map(number);
        let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
        if hour > 23 || minute > 59 || second > 59 || parts.next().is_some() {
            return None;
        }
        if (hour, minute, second) != (0, 0, 0) {
            value.push_str(&format!("T{hour:02}:{minute:02}:{second:02}"));
        }
    }
    let usual = value == text.trim();
    Some((value, usual))
}

/// A length of time: `30d`, `72h`, `15m`, `30天`, `72 小时`.
pub(crate) fn duration(raw: &Raw) -> Result<Understood, Box<Wrong>> {
    let clean: String = plain_text(raw).chars().filter(|c| !c.is_whitespace()).collect();
    let digits = clean.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = match clean.get(digits.len()..).unwrap_or_default().to_lowercase().as_str() {
        "d" | "天" | "日" | "day" | "days" => Some("d"),
        "h" | "小时" | "时" | "hour" | "hours" => Some("h"),
        "m" | "分钟" | "分" | "min" | "minute" | "minutes" => Some("m"),
        _ => None,
    };
    match unit.filter(|_| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())) {
        Some(unit) => {
            let digits = digits.trim_start_matches('0');
            let digits = if digits.is_empty() { "0" } else { digits };
            Ok(normal(digits, unit).into())
        }
        None => Err(Wrong::new(
            both("这里填一段时间，带单位", "a length of time with its unit is expected here"),
            both("如 30天、72小时、15分钟", "as in 30d, 72h or 15m"),
        )),
    }
}

/// A length of time in the largest unit in which it is whole, as a register writes it.
fn normal(digits: &str, unit: &str) -> String {
    let minutes = match unit {
        "d" => 24 * 60,
        "h" => 60,
        _ => 1,
    };
    let Some(total) = digits.parse::<i64>().ok().and_then(|n| n.checked_mul(minutes)) else {
        return format!("{digits}{unit}");
    };
    match total {
        t if t % (24 * 60) == 0 => format!("{}d", t / (24 * 60)),
        t if t % 60 == 0 => format!("{}h", t / 60),
        t => format!("{t}m"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Raw {
        Raw::Text(text.to_owned())
    }

    #[test]
    fn dates_as_text_are_read_where_the_year_stands_first() {
        for given in
            ["2026/3/2", "2026年3月2日", "２０２６－０３－０２", "2026.03.02", "20260302", "2026-03-02 00:00"]
        {
            let read = date(&text(given)).unwrap();
            assert_eq!((read.value.as_str(), read.read_as), ("2026-03-02", true), "{given}");
        }
        assert!(!date(&text("2026-03-02")).unwrap().read_as);
        assert_eq!(date(&text("2026/3/2 18:30")).unwrap().value, "2026-03-02T18:30:00");
        for wrong in ["3/2/2026", "2026-02-30", "26-3-2", "昨天", "2026-03", "2026-03-02 25:00"] {
            assert!(date(&text(wrong)).is_err(), "{wrong}");
        }
        assert!(date(&Raw::Number(46_000.0)).is_err(), "a serial number says no date by itself");
    }

    #[test]
    fn numbers() {
        let field = |ty, range| Field { name: "n".into(), ty, optional: true, range, inherits: false };
        let int = field(Type::Int, (0, 1_000_000));
        assert_eq!(whole(&text("１，２００"), &int).unwrap().value, "1200");
        assert_eq!(whole(&Raw::Number(30.0), &int).unwrap().value, "30");
        for wrong in ["30天", "1,20", "3.5", "-1"] {
            assert!(whole(&text(wrong), &int).is_err(), "{wrong}");
        }
        let share = field(Type::Decimal, (0, 100 * DECIMAL_ONE));
        assert_eq!(decimal(&Raw::Number(0.0125), &share).unwrap().value, "0.0125");
        assert_eq!(decimal(&text("12"), &share).unwrap().value, "12.0");
        assert!(decimal(&Raw::Number(0.012_55), &share).is_err());
        assert!(decimal(&Raw::Number(f64::NAN), &share).is_err());
        assert!(decimal(&Raw::Number(101.0), &share).is_err());
    }

    #[test]
    fn lengths_of_time() {
        for (given, value) in
            [("30天", "30d"), ("72 小时", "3d"), ("７ｈ", "7h"), ("90 min", "90m"), ("010d", "10d")]
        {
            assert_eq!(duration(&text(given)).unwrap().value, value);
        }
        for wrong in ["30", "天", "1.5d", "-3d"] {
            assert!(duration(&text(wrong)).is_err(), "{wrong}");
        }
    }
}
