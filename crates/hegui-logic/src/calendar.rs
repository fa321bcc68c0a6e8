//! Chinese working days, from published data.
//!
//! A calendar knows whole years only. What reaches outside the published years is unknown, never
//! guessed: the State Council publishes a year's holidays shortly before it begins.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Seconds in a day.
pub const DAY: i64 = 86_400;

/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar.
#[must_use]
pub fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let doy = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

/// Year, month and day of a number of days since 1970-01-01.
#[must_use]
pub fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i64::from(month <= 2), month, day)
}

/// Reads `2026-03-02`, as seconds; a day that does not exist is `None`.
#[must_use]
pub fn parse_date(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || month.len() != 2 || day.len() != 2 {
        return None;
    }
    if !text.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return None;
    }
    let (year, month, day) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    let days = days_from_civil(year, month, day);
    ((1..=12).contains(&month) && civil_from_days(days) == (year, month, day)).then_some(days * DAY)
}

/// Writes a moment as `2026-03-02`, with the time of day behind it where there is one.
#[must_use]
pub fn format_date(seconds: i64) -> String {
    let (year, month, day) = civil_from_days(seconds.div_euclid(DAY));
    let rest = seconds.rem_euclid(DAY);
    if rest == 0 {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60)
    }
}

/// The published holidays and make-up days of one year, as days since 1970-01-01.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Year {
    /// Days off that would be working days.
    pub holidays: Vec<i64>,
    /// Weekend days that are worked.
    pub workdays: Vec<i64>,
}

/// Working days of the published years, in one unbroken run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    first: i64,
    /// `before[i]`: working days among the first `i` days of the run.
    before: Vec<u32>,
}

impl Calendar {
    /// Makes a calendar. Of several runs of years the last unbroken one counts.
    #[must_use]
    pub fn new(years: &BTreeMap<i64, Year>) -> Self {
        let Some((&last, _)) = years.last_key_value() else { return Self::default() };
        let mut start = last;
        while years.contains_key(&(start - 1)) {
            start -= 1;
        }
        let first = days_from_civil(start, 1, 1);
        let end = days_from_civil(last + 1, 1, 1);
        let mut before = vec![0];
        let mut sum = 0;
        for day in first..end {
            let year = years.get(&civil_from_days(day).0);
            let weekend = (day + 3).rem_euclid(7) >= 5;
            let worked = year.is_some_and(|y| {
                if weekend { y.workdays.contains(&day) } else { !y.holidays.contains(&day) }
            });
            sum += u32::from(worked);
            before.push(sum);
        }
        Self { first, before }
    }

    fn before(&self, day: i64) -> Option<i64> {
        let index = usize::try_from(day - self.first).ok()?;
        self.before.get(index).map(|n| i64::from(*n))
    }

    /// How many working days lie after `from` up to and including `to`; negative when `to` lies
    /// before `from`. Unknown beyond the published years. Both in seconds.
    #[must_use]
    pub fn workdays(&self, from: i64, to: i64) -> Option<i64> {
        let after = |moment: i64| self.before(moment.div_euclid(DAY) + 1);
        Some(after(to)? - after(from)?)
    }

    /// The day that is the `n`th working day after `from` (`n` ≥ 1; for 0, `from`'s day itself).
    /// Unknown beyond the published years, and for a negative `n`.
    #[must_use]
    pub fn add_workdays(&self, from: i64, n: i64) -> Option<i64> {
        let day = from.div_euclid(DAY);
        if n == 0 {
            return self.before(day + 1).map(|_| day * DAY);
        }
        if n < 0 {
            return None;
        }
        let target = self.before(day + 1)? + n;
        let place = self.before.partition_point(|sum| i64::from(*sum) < target);
        // `before[place]` is the first sum that reaches the target: the day before that boundary.
        (place < self.before.len()).then(|| (self.first + place as i64 - 1) * DAY)
    }
}
