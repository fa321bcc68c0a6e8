//! From a fact's value, as a register writes it, to what a cell shows, and back.

mod number;
mod word;

use crate::problem::both;
use crate::words::{folded, words};
use hegui_catalog::model::{Catalog, Lang, Text};
use hegui_logic::schema::{EnumId, Field, KindId, Type};
pub(crate) use number::day_of;
use std::borrow::Cow;
pub(crate) use word::Vocabulary;

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Raw {
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// True or false.
    Flag(bool),
    /// A date, as `2026-03-02` or `2026-03-02T18:30:00`.
    Moment(String),
    /// An error value, as `#REF!`.
    Error(String),
}

impl Raw {
    /// What a person sees of it, more or less.
    pub(crate) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) | Self::Moment(text) | Self::Error(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(number::plain(*number)),
            Self::Flag(flag) => Cow::Owned(flag.to_string()),
        }
    }

    /// Whether nothing but white space stands there.
    pub(crate) fn is_blank(&self) -> bool {
        matches!(self, Self::Text(text) if text.trim().is_empty())
    }
}

/// What is wrong with a cell, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub message: Text,
    pub remedy: Text,
}

impl Wrong {
    pub fn new(message: Text, remedy: Text) -> Box<Self> {
        Box::new(Self { message, remedy })
    }
}

/// A value read from a cell, as a register writes it; `read_as` where it was written otherwise than
/// expected and somebody should know how it was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Understood {
    pub value: String,
    pub read_as: bool,
}

impl From<String> for Understood {
    fn from(value: String) -> Self {
        Self { value, read_as: false }
    }
}

/// The type of what a column holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Holds<'a> {
    /// A fact's value.
    Fact(&'a Field),
    /// Ids of things of a kind.
    List(KindId),
    /// Yes or no.
    Complete,
}

/// Reads and shows values in the language of a workbook.
#[derive(Debug)]
pub(crate) struct Values<'c> {
    pub catalog: &'c Catalog,
    pub lang: Lang,
    vocabularies: Vec<Vocabulary>,
}

/// Finds a thing by what a cell calls it; the id, or what is wrong.
pub(crate) trait Things {
    /// The id of the thing of a kind that has this id or, alone, this name.
    fn find(&self, kind: KindId, called: &str) -> Result<String, Box<Wrong>>;
}

impl<'c> Values<'c> {
    pub fn new(catalog: &'c Catalog, lang: Lang) -> Self {
        let vocabularies = catalog
            .schema
            .enums
            .iter()
            .enumerate()
            .map(|(at, list)| {
                let texts = catalog.values.get(at).map(Vec::as_slice).unwrap_or_default();
                Vocabulary::new(&list.values, texts, lang)
            })
            .collect();
        Self { catalog, lang, vocabularies }
    }

    pub fn vocabulary(&self, list: EnumId) -> Option<&Vocabulary> {
        self.vocabularies.get(list.0 as usize)
    }

    /// The word for "there is none" of a fact: no value of its list has it.
    pub fn none(&self, ty: Type) -> &'static str {
        let word = words(self.lang).none;
        let taken = match ty {
            Type::Enum(list) | Type::Set(list) => {
                self.vocabulary(list).is_some_and(|list| list.find(word).is_some())
            }
            _ => false,
        };
        if taken { "none" } else { word }
    }

    /// What a cell shows of a value that a register writes so. Dates show as they are written.
    pub fn show<'v>(&self, holds: Holds<'_>, value: &'v str) -> Cow<'v, str> {
        let text = words(self.lang);
        let flag = |value: &str| Cow::Borrowed(if value == "true" { text.yes } else { text.no });
        match holds {
            Holds::Complete => flag(value),
            Holds::List(_) if value == "none" => Cow::Borrowed(text.none),
            Holds::List(_) => Cow::Owned(members(value).collect::<Vec<_>>().join(text.between)),
            Holds::Fact(field) if value == "none" && field.optional => Cow::Borrowed(self.none(field.ty)),
            Holds::Fact(field) => match field.ty {
                Type::Bool => flag(value),
                Type::Enum(list) => Cow::Owned(self.word(list, value).to_owned()),
                Type::Set(_) if value == "[]" => Cow::Borrowed(self.none(field.ty)),
                Type::Set(list) => {
                    let words: Vec<&str> = members(value).map(|code| self.word(list, code)).collect();
                    Cow::Owned(words.join(text.between))
                }
                _ => Cow::Borrowed(value),
            },
        }
    }

    fn word<'a>(&'a self, list: EnumId, code: &'a str) -> &'a str {
        let at = self.catalog.schema.values(list).iter().position(|known| known == code);
        at.and_then(|at| self.vocabulary(list)?.word(at)).unwrap_or(code)
    }

    /// Reads a cell.
    ///
    /// # Errors
    /// What does not fit the dictionary, with what would be right.
    pub fn read(&self, holds: Holds<'_>, raw: &Raw, things: &dyn Things) -> Result<Understood, Box<Wrong>> {
        if let Raw::Error(error) = raw {
            return Err(Wrong::new(
                both(format!("公式出错：{error}"), format!("a formula has failed: {error}")),
                both("改正公式，或直接填写数值", "mend the formula, or write the value itself"),
            ));
        }
        match holds {
            Holds::Complete => self.flag(raw).map(Into::into),
            Holds::List(kind) => self.list(kind, raw, things),
            Holds::Fact(field) => self.fact(field, raw, things),
        }
    }

    fn fact(&self, field: &Field, raw: &Raw, things: &dyn Things) -> Result<Understood, Box<Wrong>> {
        if self.says_none(field, raw) {
            let empty = matches!(field.ty, Type::Set(_));
            return Ok(if empty { "[]".to_owned() } else { "none".to_owned() }.into());
        }
        match field.ty {
            Type::Bool => self.flag(raw).map(Into::into),
            Type::Int => number::whole(raw, field),
            Type::Decimal => number::decimal(raw, field),
            Type::Date => number::date(raw),
            Type::Duration => number::duration(raw),
            Type::Text => Ok(raw.text().trim().replace("\r\n", "\n").into()),
            Type::Enum(list) => self.enum_value(list, raw),
            Type::Set(list) => self.set(list, raw),
            Type::Thing(kind) => things.find(kind, raw.text().trim()).map(Into::into),
        }
    }

    fn says_none(&self, field: &Field, raw: &Raw) -> bool {
        let Raw::Text(text) = raw else { return false };
        let text = folded(text);
        if text == "none" || text == folded(self.none(field.ty)) {
            return match field.ty {
                Type::Set(list) => self.vocabulary(list).is_none_or(|known| known.find(&text).is_none()),
                Type::Enum(list) => {
                    field.optional && self.vocabulary(list).is_none_or(|known| known.find(&text).is_none())
                }
                _ => field.optional,
            };
        }
        false
    }

    fn flag(&self, raw: &Raw) -> Result<String, Box<Wrong>> {
        let word = match raw {
            Raw::Flag(flag) => return Ok(flag.to_string()),
            Raw::Number(number) => number::plain(*number),
            raw => folded(&raw.text()),
        };
        match word.as_str() {
            "是" | "yes" | "y" | "true" | "真" | "对" | "有" | "√" | "✓" | "✔" | "1" => {
                Ok("true".to_owned())
            }
            "否" | "no" | "n" | "false" | "假" | "不是" | "×" | "✗" | "✘" | "0" => {
                Ok("false".to_owned())
            }
            _ => Err(Wrong::new(
                both("这里填是或否", "yes or no is expected here"),
                both("是、否；不知道的留空", "yes or no; leave it blank where it is not known"),
            )),
        }
    }

    fn enum_value(&self, list: EnumId, raw: &Raw) -> Result<Understood, Box<Wrong>> {
        let text = raw.text();
        let known = self.vocabulary(list);
        let found = known.and_then(|known| known.find(&folded(&text)));
        match found.and_then(|at| self.catalog.schema.values(list).get(at)) {
            Some(code) => Ok(code.clone().into()),
            None => Err(known.map(|known| known.unknown(&text)).unwrap_or_else(no_list)),
        }
    }

    fn set(&self, list: EnumId, raw: &Raw) -> Result<Understood, Box<Wrong>> {
        let text = raw.text();
        let known = self.vocabulary(list).ok_or_else(no_list)?;
        let found = known.find_all(&text)?;
        let codes = self.catalog.schema.values(list);
        let codes: Vec<&str> = found.iter().filter_map(|at| codes.get(*at)).map(String::as_str).collect();
        Ok(format!("[{}]", codes.join(", ")).into())
    }

    fn list(&self, kind: KindId, raw: &Raw, things: &dyn Things) -> Result<Understood, Box<Wrong>> {
        let text = raw.text();
        let whole = folded(&text);
        if whole == "none" || whole == words(self.lang).none || whole == "无" {
            return Ok("none".to_owned().into());
        }
        let mut ids = Vec::new();
        for called in text.split(SEPARATORS).map(str::trim).filter(|called| !called.is_empty()) {
            let id = things.find(kind, called)?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(format!("[{}]", ids.join(", ")).into())
    }
}

/// What may stand between the members of a set or list.
pub(crate) const SEPARATORS: [char; 8] = ['、', ',', '，', ';', '；', '\n', '\r', '|'];

/// The members of a set or list as a register writes it: `[a, b]`.
pub(crate) fn members(value: &str) -> impl Iterator<Item = &str> {
    value.trim_matches(['[', ']']).split(',').map(str::trim).filter(|member| !member.is_empty())
}

fn no_list() -> Box<Wrong> {
    Wrong::new(both("这一列没有可选的值", "this column has no list of values"), Text::default())
}
