//! The register's things by path, so that one leads to the next: an index over the inventory.

use hegui_assess::view::{FactView, Inventory, InventoryThing, KindView, ListView};
use hegui_catalog::model::Text;
use std::collections::HashMap;

/// How the path of a relation's completeness ends.
const COMPLETE: &str = " (complete)";

/// A thing, with its kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Thing<'a> {
    pub kind: &'a KindView,
    pub thing: &'a InventoryThing,
}

impl<'a> Thing<'a> {
    /// A fact by its name.
    pub fn fact(self, name: &str) -> Option<&'a FactView> {
        let place = self.kind.facts.iter().position(|(fact, _)| fact == name)?;
        self.thing.facts.get(place)
    }

    /// A fact's value as a code; empty inside where it is unknown.
    pub fn code(self, name: &str) -> Option<Option<&'a str>> {
        let place = self.kind.facts.iter().position(|(fact, _)| fact == name)?;
        Some(self.thing.codes.get(place).and_then(Option::as_deref))
    }

    /// Whom to ask for a fact, or whether a list is complete.
    pub fn who(self, name: &str) -> Option<&'a Text> {
        let place = self.kind.facts.iter().position(|(fact, _)| fact == name);
        let fact = place.and_then(|place| self.kind.asks.get(place));
        fact.or_else(|| self.kind.lists.iter().find(|list| list.name == name).map(|list| &list.who))
    }

    /// A list by its name.
    pub fn list(self, name: &str) -> Option<&'a ListView> {
        self.thing.lists.iter().find(|list| list.name == name)
    }

    /// `KIND.ID`.
    pub fn path(self) -> &'a str {
        &self.thing.thing.path
    }
}

/// What a fact's path is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum About<'p> {
    /// A fact of a thing; `document` is the one that declares it, where it is not practised but said.
    Fact { thing: &'p str, fact: &'p str, document: Option<&'p str> },
    /// Whether a list of a thing is complete.
    Complete { thing: &'p str, list: &'p str },
    /// The outcome of a clause for a thing.
    Outcome { clause: &'p str, thing: &'p str },
    /// None of these.
    Other,
}

/// Takes a fact's path apart.
pub(crate) fn about(path: &str) -> About<'_> {
    if let Some((clause, thing)) =
        path.strip_prefix("met(").and_then(|p| p.strip_suffix(')')).and_then(|p| p.split_once(", "))
    {
        return About::Outcome { clause, thing };
    }
    let (path, complete) = path.strip_suffix(COMPLETE).map_or((path, false), |p| (p, true));
    let Some((thing, fact)) = path.rsplit_once('.') else { return About::Other };
    if complete {
        return About::Complete { thing, list: fact };
    }
    match thing.split_once(".declared.") {
        Some((thing, document)) => About::Fact { thing, fact, document: Some(document) },
        None => About::Fact { thing, fact, document: None },
    }
}

/// All things.
pub(crate) struct Things<'a> {
    pub inventory: &'a Inventory,
    by_path: HashMap<&'a str, Thing<'a>>,
    /// List's name to the kind of its members.
    lists: HashMap<&'a str, &'a str>,
}

impl<'a> Things<'a> {
    pub fn of(inventory: &'a Inventory) -> Self {
        let all = || {
            let kinds = inventory.kinds.iter().chain(&inventory.declared);
            kinds.flat_map(|kind| kind.things.iter().map(move |thing| Thing { kind, thing }))
        };
        let lists = all().flat_map(|thing| &thing.thing.lists).filter_map(|list| {
            let kind = list.members.first()?.split('.').next()?;
            Some((list.name.as_str(), kind))
        });
        Self {
            inventory,
            by_path: all().map(|thing| (thing.path(), thing)).collect(),
            lists: lists.collect(),
        }
    }

    /// A kind by its name.
    pub fn kind(&self, name: &str) -> Option<&'a KindView> {
        self.inventory.kinds.iter().find(|k| k.kind == name)
    }

    /// The kind of a list's members, where any thing has some.
    pub fn members_of(&self, list: &str) -> Option<&'a KindView> {
        self.lists.get(list).and_then(|kind| self.kind(kind))
    }

    /// A thing by its path.
    pub fn get(&self, path: &str) -> Option<Thing<'a>> {
        self.by_path.get(path).copied()
    }

    /// A thing and those above it.
    pub fn line(&self, path: &str) -> impl Iterator<Item = Thing<'a>> + '_ {
        let parent = |thing: &Thing<'a>| thing.thing.parent.as_deref().and_then(|above| self.get(above));
        std::iter::successors(self.get(path), parent)
    }

    /// All things of a kind.
    pub fn all(&self, kind: &str) -> impl Iterator<Item = Thing<'a>> + use<'a> {
        self.kind(kind)
            .into_iter()
            .flat_map(|kind| kind.things.iter().map(move |thing| Thing { kind, thing }))
    }

    /// The short label of a fact of a kind.
    pub fn label(&self, kind: &str, fact: &str) -> Option<&'a Text> {
        self.kind(kind)?.facts.iter().find(|(name, _)| name == fact).map(|(_, label)| label)
    }
}
