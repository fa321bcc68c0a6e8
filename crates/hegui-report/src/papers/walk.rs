//! Going along a path: from a thing to facts and other things, and what cannot be told on the way.

use super::form::Walk;
use super::path::{Filter, Step};
use super::things::{Thing, Things};
use hegui_assess::view::FactView;
use hegui_catalog::model::Text;
use std::collections::BTreeSet;

/// What a path leads to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reached<'a> {
    /// What is there, each once.
    pub found: Vec<Found<'a>>,
    /// What is not known: there may be more, or there may be none.
    pub open: Vec<Open<'a>>,
    /// Lists that are empty, because somebody said that there is none: `KIND.ID.LIST (complete)`.
    pub none: Vec<String>,
}

/// What stands at a path's end.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Found<'a> {
    /// A thing.
    Thing(Thing<'a>),
    /// A fact, and its value as a code.
    Fact { fact: &'a FactView, code: &'a str },
}

/// What is not known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Open<'a> {
    /// The list whose end nobody has told; else a fact is unknown.
    pub list: Option<&'a Text>,
    /// Whether that list has no member.
    pub empty: bool,
    /// Why, as in [`FactView::unknown`].
    pub why: &'a str,
    /// Whom to ask: a role's title.
    pub who: Option<&'a Text>,
}

impl<'a> Things<'a> {
    /// Goes along a path from a thing. Dates are compared with `as_of`, `2026-06-30`.
    pub fn walk(&self, from: Option<Thing<'a>>, walk: &Walk, as_of: &str) -> Reached<'a> {
        let mut at: Vec<Thing<'a>> = from.into_iter().collect();
        let mut reached = Reached::default();
        let last = walk.path.steps.len().saturating_sub(1);
        for (n, step) in walk.path.steps.iter().enumerate() {
            if n == 0 && walk.path.absolute {
                at = self.all(&step.name).collect();
            } else if n == last && step.filters.is_empty() && at.iter().any(|t| t.fact(&step.name).is_some())
            {
                reached.found = facts(&at, &step.name, &mut reached.open);
                return reached;
            } else {
                at = at.iter().flat_map(|thing| self.step(*thing, step, &mut reached)).collect();
            }
            at.retain(|thing| fits(*thing, &step.filters, as_of, &mut reached.open));
            let mut seen = BTreeSet::new();
            at.retain(|thing| seen.insert(thing.path()));
        }
        reached.found = at.into_iter().map(Found::Thing).collect();
        reached
    }

    /// Goes along a path to things: a reference at its end is followed.
    pub fn things(&self, from: Option<Thing<'a>>, walk: &Walk, as_of: &str) -> (Vec<Thing<'a>>, Reached<'a>) {
        let reached = self.walk(from, walk, as_of);
        let mut seen = BTreeSet::new();
        let things = reached.found.iter().filter_map(|found| match found {
            Found::Thing(thing) => Some(*thing),
            Found::Fact { code, .. } => self.get(code),
        });
        (things.filter(|thing| seen.insert(thing.path())).collect(), reached)
    }

    /// The things that a step leads to.
    fn step(&self, from: Thing<'a>, step: &Step, reached: &mut Reached<'a>) -> Vec<Thing<'a>> {
        match step.name.as_str() {
            "self" => return vec![from],
            "parent" => return from.thing.parent.as_deref().and_then(|p| self.get(p)).into_iter().collect(),
            _ => {}
        }
        if let Some(fact) = from.fact(&step.name) {
            return match from.code(&step.name).flatten() {
                Some(code) => self.get(code).into_iter().collect(),
                None => {
                    reached.open.push(unknown(from, fact, &step.name));
                    vec![]
                }
            };
        }
        let Some(list) = from.list(&step.name) else { return vec![] };
        if !list.complete {
            let relation = from.kind.lists.iter().find(|l| l.name == step.name);
            reached.open.push(Open {
                list: Some(relation.map_or(&from.kind.title, |relation| &relation.title)),
                empty: list.members.is_empty(),
                why: "open",
                who: from.who(&step.name),
            });
        } else if list.members.is_empty() {
            reached.none.push(format!("{}.{} (complete)", from.path(), step.name));
        }
        list.members.iter().filter_map(|path| self.get(path)).collect()
    }
}

/// A fact of each of the things, where it is known.
fn facts<'a>(of: &[Thing<'a>], name: &str, open: &mut Vec<Open<'a>>) -> Vec<Found<'a>> {
    let mut found = vec![];
    for thing in of {
        let Some(fact) = thing.fact(name) else { continue };
        match thing.code(name).flatten() {
            Some(code) => found.push(Found::Fact { fact, code }),
            None => open.push(unknown(*thing, fact, name)),
        }
    }
    found
}

fn unknown<'a>(thing: Thing<'a>, fact: &'a FactView, name: &str) -> Open<'a> {
    Open {
        list: None,
        empty: false,
        why: fact.unknown.as_deref().unwrap_or("never_stated"),
        who: thing.who(name),
    }
}

/// Whether a thing fits all conditions. Where that cannot be told it does not, and that is noted; unless
/// another condition rules it out anyway.
fn fits<'a>(thing: Thing<'a>, filters: &[Filter], as_of: &str, open: &mut Vec<Open<'a>>) -> bool {
    let mut doubts = vec![];
    for filter in filters {
        match (thing.fact(&filter.fact), thing.code(&filter.fact).flatten()) {
            (_, Some(code)) if filter.test.fits(code, as_of) => {}
            (Some(fact), None) => doubts.push(unknown(thing, fact, &filter.fact)),
            _ => return false,
        }
    }
    let sure = doubts.is_empty();
    open.extend(doubts);
    sure
}
