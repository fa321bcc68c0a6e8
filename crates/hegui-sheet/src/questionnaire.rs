//! A questionnaire that came back: answers below known headings, each with the id of its fact. It is told
//! by its headings, in either language, wherever in a sheet they stand; from Word every table is a sheet.
//!
//! An answer is an observation beside those that there are, from whoever filled the questionnaire in.

use crate::export::holds;
use crate::import::{Defaults, Ground, Known, Notes, Wanted, Wish};
use crate::layout::What;
use crate::open::{Book, Cells, Row};
use crate::problem::{Problem, Problems, both, quoted};
use crate::value::{Holds, Raw, SEPARATORS, Values, day_of};
use crate::words::folded;
use hegui_catalog::model::Catalog;
use hegui_logic::calendar::parse_date;
use hegui_logic::schema::KindId;
use hegui_logic::universe::FactKey;
use hegui_register::{Given, Source};
use std::collections::HashMap;
use std::sync::Arc;

/// Headings, folded: of the ids of facts, the answers, the evidence, the reasons.
const FACT: [&str; 4] = ["标识", "事实标识", "id", "idofthefact"];
const ANSWER: [&str; 2] = ["回答", "answer"];
const EVIDENCE: [&str; 2] = ["证据", "evidence"];
const REASONS: [&str; 2] = ["理由", "reasons"];
/// What stands above and before who filled it in, folded.
const ABOUT: [&str; 2] = ["填写人信息", "whofilleditin"];
const NAME: [&str; 2] = ["姓名", "name"];
const POSITION: [&str; 2] = ["职务", "position"];
const DATE: [&str; 2] = ["填写日期", "date"];

/// Where the columns of a table of answers stand.
#[derive(Clone, Copy)]
struct Columns {
    /// The heading's row, by its place among the rows.
    head: usize,
    fact: u32,
    answer: u32,
    evidence: Option<u32>,
    reasons: Option<u32>,
}

impl Columns {
    /// The first row with the headings of a table of answers.
    fn of(cells: &Cells) -> Option<Self> {
        cells.rows.iter().enumerate().find_map(|(head, row)| {
            let find = |words: &[&str]| {
                let found = row.cells.iter().find(|(_, raw)| words.contains(&folded(&raw.text()).as_str()));
                found.map(|(column, _)| *column)
            };
            let (fact, answer) = (find(&FACT)?, find(&ANSWER)?);
            Some(Self { head, fact, answer, evidence: find(&EVIDENCE), reasons: find(&REASONS) })
        })
    }
}

impl Book {
    /// Tables from elsewhere, as those of a Word file: rows of cells, each a text.
    #[must_use]
    pub fn of_tables(tables: Vec<Vec<Vec<String>>>) -> Self {
        let row = |(at, cells): (u32, Vec<String>)| Row {
            at,
            cells: (0u32..)
                .zip(cells)
                .filter(|(_, text)| !text.trim().is_empty())
                .map(|(c, text)| (c, Raw::Text(text)))
                .collect(),
        };
        let sheet = |(n, rows): (usize, Vec<Vec<String>>)| Cells {
            name: format!("{n}"),
            rows: (0u32..).zip(rows).map(row).filter(|row| !row.cells.is_empty()).collect(),
            ..Cells::default()
        };
        Self { sheets: (1..).zip(tables).map(sheet).collect(), ..Self::default() }
    }

    /// Whether it is a questionnaire: it holds a table of answers, and no register.
    #[must_use]
    pub fn is_questionnaire(&self) -> bool {
        !self.is_register() && self.sheets.iter().any(|cells| Columns::of(cells).is_some())
    }
}

/// What the answers want said.
pub(crate) fn read(
    book: &Book,
    ground: &Ground,
    catalog: &Catalog,
    defaults: &Defaults,
    (notes, problems): (&mut Notes, &mut Problems),
) -> Vec<Wanted> {
    let (answered, blank) = answered(book);
    if blank > 0 {
        notes.add(
            "blank",
            "",
            None,
            both(
                format!("{blank} 项没有回答，仍为未知"),
                format!("{blank} were left blank and stay unknown"),
            ),
        );
    }
    let who = if answered.is_empty() { None } else { who(book, defaults, problems) };
    let Some(who) = who else { return vec![] };
    let mut known = Known::new(catalog);
    known.take(ground);
    let mut answers = Answers {
        ground,
        catalog,
        values: Values::new(catalog, ground.layout.lang),
        known,
        who,
        seen: HashMap::new(),
        wanted: vec![],
    };
    for one in &answered {
        if let Err(problem) = answers.take(one) {
            problems.push(*problem);
        }
    }
    answers.wanted
}

/// An answer where it stands.
struct Answered<'b> {
    sheet: usize,
    cells: &'b Cells,
    row: &'b Row,
    columns: Columns,
    fact: &'b Raw,
    answer: &'b Raw,
}

/// The rows with an answer, and how many there are without.
fn answered(book: &Book) -> (Vec<Answered<'_>>, usize) {
    let (mut answered, mut blank) = (vec![], 0);
    for (sheet, cells) in book.sheets.iter().enumerate() {
        let Some(columns) = Columns::of(cells) else { continue };
        for row in cells.rows.iter().skip(columns.head + 1) {
            let Some(fact) = row.cell(columns.fact).filter(|raw| !raw.is_blank()) else { continue };
            match row.cell(columns.answer).filter(|raw| !raw.is_blank()) {
                None => blank += 1,
                Some(answer) => answered.push(Answered { sheet, cells, row, columns, fact, answer }),
            }
        }
    }
    (answered, blank)
}

/// Who filled it in, and when; what the command says goes before.
fn who(book: &Book, defaults: &Defaults, problems: &mut Problems) -> Option<Given> {
    let (mut name, mut position, mut day) = (None, None, None);
    for cells in &book.sheets {
        let about = |row: &Row| {
            row.cells.first().is_some_and(|(_, raw)| ABOUT.contains(&folded(&raw.text()).as_str()))
        };
        let Some(head) = cells.rows.iter().position(about) else { continue };
        for row in cells.rows.iter().skip(head + 1) {
            let [(_, label), (column, raw), ..] = row.cells.as_slice() else { continue };
            let label = folded(&label.text());
            let text = Some(raw.text().trim().to_owned()).filter(|text| !text.is_empty());
            if NAME.contains(&label.as_str()) {
                name = text;
            } else if POSITION.contains(&label.as_str()) {
                position = text;
            } else if DATE.iter().any(|date| label.starts_with(date)) {
                day = text.map(|text| (text, cells.name.clone(), (row.at, *column)));
            }
        }
    }
    let named = name.map(|name| match position {
        Some(position) => format!("{name}（{position}）"),
        None => name,
    });
    let Some(by) = defaults.by.clone().or(named) else {
        problems.push(Problem::of_book(
            both("没有写明是谁填写的", "it does not say who filled it in"),
            both(
                "在“填写人信息”中填姓名，或加 --by 姓名",
                "write the name under “Who filled it in”, or add --by NAME",
            ),
        ));
        return None;
    };
    let on = match (defaults.on, day) {
        (Some(on), _) => on,
        (None, None) => defaults.today,
        (None, Some((text, sheet, at))) => {
            match day_of(&text).and_then(|(day, _)| parse_date(day.get(..10)?)) {
                Some(on) => on,
                None => {
                    problems.push(Problem::at(
                        &sheet,
                        at,
                        &text,
                        both("这不是日期", "this is no date"),
                        both("写成 2026-06-30", "write it as 2026-06-30"),
                    ));
                    return None;
                }
            }
        }
    };
    Some(Given {
        source: defaults.source.unwrap_or(Source::Statement),
        by: Some(by),
        on: Some(on),
        recorded: (on < defaults.today).then_some(defaults.today),
        evidence: vec![],
        reasons: None,
    })
}

struct Answers<'a> {
    ground: &'a Ground,
    catalog: &'a Catalog,
    values: Values<'a>,
    known: Known<'a>,
    who: Given,
    /// The answer to a fact, and where it stands.
    seen: HashMap<(KindId, u32, What), (String, String)>,
    wanted: Vec<Wanted>,
}

impl Answers<'_> {
    fn take(&mut self, one: &Answered<'_>) -> Result<(), Box<Problem>> {
        let Answered { sheet, cells, row, columns, fact, answer } = *one;
        let at = |column: u32, raw: &Raw, message, remedy| {
            Box::new(Problem::at(&cells.name, (row.at, column), &raw.text(), message, remedy))
        };
        let path: String = fact.text().split_whitespace().collect::<Vec<_>>().join(" ");
        let key = self.ground.register.key(&self.catalog.schema, &path).map_err(|why| {
            at(
                columns.fact,
                fact,
                both(format!("登记册里没有这项事实：{why}"), format!("the register has no such fact: {why}")),
                both(
                    "保留问卷原来的标识，或重新导出问卷",
                    "keep the ids of the questionnaire, or export it again",
                ),
            )
        })?;
        let (kind, thing, what) = match key {
            FactKey::Fact(kind, thing, field) => (kind, thing, What::Field(field)),
            FactKey::Complete(kind, thing, relation) => (kind, thing, What::Complete(relation)),
            FactKey::Outcome(..) | FactKey::Calendar => return Ok(()),
        };
        let found = self.ground.of(kind).and_then(|(layout, table)| {
            let column = layout.columns.iter().position(|column| column.what == what)?;
            Some((u16::try_from(column).ok()?, table.ids.get(thing as usize)?))
        });
        let (Some((column, id)), Some(holds)) = (found, holds(self.catalog, kind, what)) else {
            return Err(at(
                columns.fact,
                fact,
                both("这项不能由问卷回答", "a questionnaire cannot answer this"),
                both("用 hegui answer 写入", "write it with `hegui answer`"),
            ));
        };
        let value = match holds {
            Holds::Complete if ["无", "没有", "none"].contains(&folded(&answer.text()).as_str()) => {
                "none".to_owned()
            }
            holds => {
                self.values
                    .read(holds, answer, &self.known)
                    .map_err(|wrong| at(columns.answer, answer, wrong.message, wrong.remedy))?
                    .value
            }
        };
        let place = format!("{}!{}", cells.name, row.at + 1);
        if let Some((other, there)) = self.seen.get(&(kind, thing, what)) {
            if *other == value {
                return Ok(());
            }
            let there = quoted(there);
            return Err(at(
                columns.answer,
                answer,
                both(
                    format!("同一项事实在 {there} 行另有不同的回答"),
                    format!("row {there} answers the same fact otherwise"),
                ),
                both("只留一个", "leave one of them"),
            ));
        }
        let text = |column: Option<u32>| {
            row.cell(column?).map(|raw| raw.text().trim().to_owned()).filter(|t| !t.is_empty())
        };
        let evidence = text(columns.evidence).unwrap_or_default();
        let evidence = evidence.split(SEPARATORS).map(str::trim).filter(|e| !e.is_empty()).map(str::to_owned);
        let given =
            Given { evidence: evidence.collect(), reasons: text(columns.reasons), ..self.who.clone() };
        let judged = match what {
            What::Field(field) => self.catalog.fact(kind, field),
            What::Complete(relation) => self.catalog.relation(kind, relation),
            _ => None,
        };
        if judged.is_some_and(|entry| entry.judgement) && given.reasons.is_none() {
            return Err(at(
                columns.answer,
                answer,
                both("这是需要判断的事实，没有写理由", "this has to be judged, and no reasons are given"),
                both("在“理由”一栏说明怎样得出", "say under “Reasons” how it was reached"),
            ));
        }
        self.seen.insert((kind, thing, what), (value.clone(), place));
        self.wanted.push(Wanted {
            sheet,
            row: row.at,
            kind,
            id: Arc::from(id.as_str()),
            compared: false,
            given: Some(given),
            wishes: vec![Wish { column, at: columns.answer, row: row.at, value: Some(value), old: None }],
        });
        Ok(())
    }
}
