//! Texts that facts hold, by symbol.

use std::collections::HashMap;

/// Texts that facts hold, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    list: Vec<Box<str>>,
    places: HashMap<Box<str>, u32>,
}

impl Texts {
    /// The symbol of a text, which is added if it is new.
    pub fn intern(&mut self, text: &str) -> u32 {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = self.list.len() as u32;
        self.list.push(text.into());
        self.places.insert(text.into(), place);
        place
    }

    /// The symbol of a text, if some fact holds it.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<u32> {
        self.places.get(text).copied()
    }

    /// The text of a symbol.
    #[must_use]
    pub fn get(&self, symbol: u32) -> Option<&str> {
        self.list.get(symbol as usize).map(AsRef::as_ref)
    }

    /// All texts, by symbol.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(AsRef::as_ref)
    }

    /// How many texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}
