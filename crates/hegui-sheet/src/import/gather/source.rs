//! Where a row says that its new facts come from.

use super::{Gather, Read, problem};
use crate::import::Wish;
use crate::layout::{Column, What};
use crate::open::Row;
use crate::problem::{Problem, Problems, both};
use crate::value::{Raw, SEPARATORS, Wrong};
use crate::words::{Key, folded, nearest, source_word};
use hegui_catalog::model::Lang;
use hegui_logic::calendar::parse_date;
use hegui_register::{Given, Source};
use std::collections::BTreeMap;

impl Gather<'_> {
    /// What a row says of where its new facts come from.
    pub(super) fn given(&self, read: &Read<'_>, row: &Row, problems: &mut Problems) -> Option<Given> {
        let name = &read.cells.name;
        let mut said: BTreeMap<Key, (u32, &Raw)> = BTreeMap::new();
        for key in Key::ALL {
            if let Some(column) = read.column(What::From(key))
                && let Some(raw) = row.cell(column)
            {
                said.insert(key, (column, raw));
            }
        }
        if said.is_empty() {
            return None;
        }
        let mut given = self.defaults.given();
        let text = |key: Key| said.get(&key).map(|(_, raw)| raw.text().trim().to_owned());
        if let Some(by) = text(Key::By) {
            given.by = Some(by);
            given.source = self.defaults.source.unwrap_or(Source::Statement);
        }
        if let Some((column, raw)) = said.get(&Key::Source) {
            match source_of(&raw.text()) {
                Ok(source) => given.source = source,
                Err(wrong) => problems.push(problem(name, (row.at, *column), raw, *wrong)),
            }
        }
        if let Some((column, raw)) = said.get(&Key::On) {
            let day = match raw {
                Raw::Moment(text) => parse_date(text.get(..10).unwrap_or(text)),
                raw => crate::value::day_of(&raw.text()).and_then(|(day, _)| parse_date(day.get(..10)?)),
            };
            match day {
                Some(day) => {
                    given.on = Some(day);
                    given.recorded = (day < self.defaults.today).then_some(self.defaults.today);
                }
                None => problems.push(Problem::at(
                    name,
                    (row.at, *column),
                    &raw.text(),
                    both("这里填存在的日期", "a date that exists is expected here"),
                    both("如 2026-03-02", "as in 2026-03-02"),
                )),
            }
        }
        if let Some(evidence) = text(Key::Evidence) {
            given.evidence = evidence
                .split(SEPARATORS)
                .map(str::trim)
                .filter(|e| !e.is_empty())
                .map(str::to_owned)
                .collect();
        }
        given.reasons = text(Key::Reasons);
        Some(given)
    }

    /// Facts that only a person can judge need who, and the reasons.
    pub(super) fn judged(
        &self,
        read: &Read<'_>,
        row: &Row,
        wishes: &[Wish],
        given: Option<&Given>,
        problems: &mut Problems,
    ) {
        let reasoned =
            given.is_some_and(|given| given.reasons.is_some()) && (given.is_some_and(|g| g.by.is_some()));
        if reasoned {
            return;
        }
        for wish in wishes.iter().filter(|wish| wish.value.is_some()) {
            let Some(Column { what: What::Field(field), heading, .. }) =
                read.sheet.columns.get(wish.column as usize)
            else {
                continue;
            };
            if self.catalog.fact(read.sheet.kind, *field).is_some_and(|entry| entry.judgement) {
                let found = row.cell(wish.at).map(|raw| raw.text().into_owned()).unwrap_or_default();
                let lang = self.base.layout.lang;
                let (by, why) = (Key::By.heading(lang), Key::Reasons.heading(lang));
                problems.push(Problem::at(
                    &read.cells.name,
                    (row.at, wish.at),
                    &found,
                    both(
                        format!("“{heading}”只能由人判断，这一行没有写明理由"),
                        format!("`{heading}` is a judgement, and the row gives no reasons"),
                    ),
                    both(
                        format!("在同一行的“{by}”和“{why}”两列填写"),
                        format!("fill in `{by}` and `{why}` in the same row"),
                    ),
                ));
            }
        }
    }
}

/// The sort of source that a word means.
fn source_of(text: &str) -> Result<Source, Box<Wrong>> {
    let word = folded(text);
    let found = Source::ALL.into_iter().find(|source| {
        [Lang::Zh, Lang::En].into_iter().any(|lang| folded(source_word(*source, lang)) == word)
    });
    match found {
        Some(Source::Sample) => Err(Wrong::new(
            both(
                "抽样要写明怎样抽的，表里没有地方",
                "a sample needs what was drawn, for which a row has no room",
            ),
            both(
                "写在登记册文件里，见 docs/register-format.md",
                "write it in the register's files, see docs/register-format.md",
            ),
        )),
        Some(source) => Ok(source),
        None => {
            let fit: Vec<Source> = Source::ALL.into_iter().filter(|s| *s != Source::Sample).collect();
            let names: Vec<&str> = fit.iter().map(|source| source_word(*source, Lang::Zh)).collect();
            let english: Vec<&str> = fit.iter().map(|source| source.name()).collect();
            let near = nearest(text, names.iter().chain(&english).copied());
            let (zh, en) = near
                .map(|near| (format!("；是不是“{near}”？"), format!("; did you mean `{near}`?")))
                .unwrap_or_default();
            Err(Wrong::new(
                both(format!("没有这种来源{zh}"), format!("there is no such source{en}")),
                both(format!("以下之一：{}", names.join("；")), format!("one of: {}", english.join(", "))),
            ))
        }
    }
}
