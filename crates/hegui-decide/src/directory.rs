//! Small numbers for names, so that questions, records and rules compare numbers.
//!
//! A directory is filled in the order of the log and only ever grows: a number once given keeps its
//! name, across versions of register and catalog. Things are named as the register names them
//! (`activity.orders`, `party.courier`), purposes `purpose.code`; types of data by their code.

use crate::sets::set;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A thing of the register, or a purpose, by its number in a [`Directory`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Thing(pub u32);

impl Thing {
    /// None is named.
    pub const NONE: Self = Self(0);
}

set! {
    /// A set of types of data, a bit each, by their numbers in a [`Directory`].
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
    Types(u64)
}

impl Types {
    /// Whatever there is.
    pub const ALL: Self = Self(u64::MAX);
}

/// More types of data than a set can hold were named.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` would be the 65th type of data; a set holds 64")]
pub struct Full(pub String);

/// The numbers that names have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directory {
    things: Names,
    types: Names,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<String>", into = "Vec<String>")]
struct Names {
    list: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl From<Vec<String>> for Names {
    fn from(list: Vec<String>) -> Self {
        let numbers = list.iter().zip(0..).map(|(name, number)| (name.clone(), number)).collect();
        Self { list, numbers }
    }
}

impl From<Names> for Vec<String> {
    fn from(names: Names) -> Self {
        names.list
    }
}

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.list.len() as u32;
        self.list.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }
}

impl Directory {
    /// The number of a thing, given to it now if it has none.
    pub fn thing(&mut self, name: &str) -> Thing {
        Thing(self.things.number(name) + 1)
    }

    /// The number of a thing that has one.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<Thing> {
        self.things.numbers.get(name).map(|number| Thing(number + 1))
    }

    /// The name of a thing.
    #[must_use]
    pub fn name(&self, thing: Thing) -> Option<&str> {
        let place = (thing.0 as usize).checked_sub(1)?;
        self.things.list.get(place).map(String::as_str)
    }

    /// A type of data as a set of one, given a number now if it has none.
    ///
    /// # Errors
    /// When there are 64 others.
    pub fn data_type(&mut self, code: &str) -> Result<Types, Full> {
        if let Some(types) = self.find_type(code) {
            return Ok(types);
        }
        if self.types.list.len() >= 64 {
            return Err(Full(code.to_owned()));
        }
        Ok(Types(1 << self.types.number(code)))
    }

    /// A type of data that has a number, as a set of one.
    #[must_use]
    pub fn find_type(&self, code: &str) -> Option<Types> {
        self.types.numbers.get(code).map(|number| Types(1 << number))
    }

    /// The codes of a set of types.
    pub fn type_codes(&self, types: Types) -> impl Iterator<Item = &str> {
        types.places().filter_map(|place| self.types.list.get(usize::from(place))).map(String::as_str)
    }

    /// How many things there are numbers for; the highest is as large.
    #[must_use]
    pub fn things(&self) -> usize {
        self.things.list.len()
    }
}
