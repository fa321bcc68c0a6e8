//! A field of a form as a cell: the values with their sources, what documents say otherwise, and what is
//! not known with whom to ask.

use super::form::{Field, Walk};
use super::make::Filling;
use super::maker::text;
use super::things::Thing;
use super::walk::{Found, Open, Reached};
use crate::paper::{Cell, Span};
use crate::words::code;
use hegui_assess::view::{FactView, OriginView};
use hegui_catalog::model::{Lang, Text};
use std::collections::BTreeSet;

/// Longest text, in characters of Chinese, that stands in a list; a longer one is a paragraph of its own.
const SHORT: usize = 24;
/// How many values and reasons a cell shows; the others are counted.
const SHOWN: usize = 24;
/// How many roles are named as whom to ask.
const ROLES: usize = 3;

/// A value in words, and where it comes from.
struct Value<'a> {
    words: String,
    origins: Vec<&'a OriginView>,
}

/// What stands beside what is not known.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beside {
    /// Nothing: all of it is unknown.
    Nothing,
    /// Values.
    Values,
    /// A column, of which some cells are open.
    Column,
}

impl<'a> Filling<'a> {
    /// What a field shows of a thing; nothing where it may be left out and there is nothing to say.
    pub fn shown(&self, at: Option<Thing<'a>>, field: &Field) -> Option<Cell> {
        let mut open = vec![];
        let (mut cell, found) = self.content(at, field, &mut open);
        // Lists that nobody has closed are told where they are shown themselves.
        if field.optional && !found && open.iter().all(|open| open.list.is_some()) {
            open.clear();
        }
        let beside = if found { Beside::Values } else { Beside::Nothing };
        self.open(beside, &open, &mut cell);
        self.close_with(at, field, cell)
    }

    /// The same in a table: what is not known is only marked, and told below the table.
    pub fn brief(&self, at: Option<Thing<'a>>, field: &Field, open: &mut Vec<Open<'a>>) -> Cell {
        let before = open.len();
        let (mut cell, found) = self.content(at, field, open);
        if open.len() > before {
            let key = if found { "paper.more_short" } else { "paper.unknown_short" };
            cell.push(vec![Span::Unknown(self.m.say(key))]);
        }
        self.close_with(at, field, cell).unwrap_or_default()
    }

    /// How clauses stand comes last; a cell is empty only where the form allows it.
    fn close_with(&self, at: Option<Thing<'a>>, field: &Field, mut cell: Cell) -> Option<Cell> {
        if !field.of.is_empty() {
            cell.extend(self.standing(at, &field.of));
        }
        (!cell.is_empty()).then_some(cell)
    }

    /// Values and what documents say otherwise; whether anything was found.
    fn content(&self, at: Option<Thing<'a>>, field: &Field, open: &mut Vec<Open<'a>>) -> (Cell, bool) {
        if let Some(blank) = &field.blank {
            return (vec![vec![Span::Unknown(self.m.t(blank).to_owned())]], false);
        }
        let mut cell = vec![];
        let (mut found, mut none) = (false, vec![]);
        let before = open.len();
        for walk in &field.show {
            let reached = self.m.things.walk(at, walk, self.as_of());
            found |= !reached.found.is_empty();
            self.values(&reached, field, &mut cell);
            if field.declared {
                self.declared(at, walk, &mut cell);
            }
            none.extend(reached.none);
            open.extend(reached.open);
        }
        let nothing = !field.show.is_empty() && !found && open.len() == before;
        if nothing && !field.optional {
            cell.push(self.nothing(&none, field.none.as_ref()));
        }
        (cell, found)
    }

    /// That there is none, and who said so.
    fn nothing(&self, closed: &[String], none: Option<&Text>) -> Vec<Span> {
        let none = none.map_or_else(|| self.m.say("paper.none"), |none| self.m.t(none).to_owned());
        let origins = closed.iter().filter_map(|path| self.closed.get(path.as_str()).copied());
        let mut spans = vec![text(none)];
        spans.extend(self.sources.links(origins, &self.m));
        spans
    }

    fn values(&self, reached: &Reached<'a>, field: &Field, to: &mut Cell) {
        let mut values: Vec<Value<'a>> = vec![];
        for found in &reached.found {
            let (words, origin) = self.words(found, field);
            match values.iter_mut().find(|value| value.words == words) {
                Some(value) => value.origins.extend(origin),
                None => values.push(Value { words, origins: origin.into_iter().collect() }),
            }
        }
        let more = values.len().saturating_sub(SHOWN);
        values.truncate(SHOWN);
        // A word takes more letters than characters.
        let short = if self.m.lang == Lang::Zh { SHORT } else { 2 * SHORT };
        if values.iter().all(|value| value.words.chars().count() <= short) {
            if !values.is_empty() {
                let words: Vec<&str> = values.iter().map(|value| value.words.as_str()).collect();
                let mut spans = vec![text(words.join(self.m.comma()))];
                spans.extend(
                    self.sources.links(values.iter().flat_map(|v| v.origins.iter().copied()), &self.m),
                );
                to.push(spans);
            }
        } else {
            for value in values {
                let mut spans = vec![text(value.words)];
                spans.extend(self.sources.links(value.origins, &self.m));
                to.push(spans);
            }
        }
        if more > 0 {
            to.push(vec![text(self.m.fill("say.and_more", &[("n", &more.to_string())]))]);
        }
        if field.reasons {
            self.reasons(reached, to);
        }
    }

    /// A value in words.
    fn words(&self, found: &Found<'a>, field: &Field) -> (String, Option<&'a OriginView>) {
        let (fact, code) = match found {
            Found::Thing(thing) => return (self.m.called(&thing.thing.thing), None),
            Found::Fact { fact, code } => (*fact, *code),
        };
        let none = || field.none.as_ref().map(|none| self.m.t(none).to_owned());
        let words = match code {
            "none" => none().unwrap_or_else(|| self.m.say("paper.none")),
            "" => none().unwrap_or_else(|| self.m.say("paper.none")),
            code => match self.m.things.get(code) {
                Some(thing) => self.m.called(&thing.thing.thing),
                None => self.value(fact, code, field.unit.as_ref()),
            },
        };
        (words, fact.origin.as_ref())
    }

    fn value(&self, fact: &FactView, code: &str, unit: Option<&Text>) -> String {
        let words = fact.value.as_ref().map_or(code, |value| self.m.t(value));
        match unit.filter(|_| code.parse::<f64>().is_ok()) {
            Some(unit) => format!("{words}{}", self.m.t(unit)),
            None => words.to_owned(),
        }
    }

    /// The reasons that persons gave, each once.
    fn reasons(&self, reached: &Reached<'a>, to: &mut Cell) {
        let mut seen = BTreeSet::new();
        for found in &reached.found {
            let Found::Fact { fact, .. } = found else { continue };
            let Some(reasons) = fact.origin.as_ref().and_then(|o| o.reasons.as_deref()) else { continue };
            if seen.len() < SHOWN && seen.insert(reasons) {
                to.push(vec![text(self.m.fill("paper.reasons", &[("reasons", reasons)]))]);
            }
        }
    }

    /// What documents in effect say otherwise than is practised, or say where practice is unknown.
    fn declared(&self, at: Option<Thing<'a>>, walk: &Walk, to: &mut Cell) {
        let mut owners = walk.clone();
        let Some(name) = owners.path.steps.pop().map(|step| step.name) else { return };
        let owners = if owners.path.steps.is_empty() {
            at.into_iter().collect()
        } else {
            self.m.things.things(at, &owners, self.as_of()).0
        };
        for of in owners {
            let practised = of.code(&name).flatten();
            let members = of.list("declared").into_iter().flat_map(|list| &list.members);
            for said in members.filter_map(|path| self.m.things.get(path)) {
                let Some(document) = self.in_effect(said) else { continue };
                let document = self.m.called(&document.thing.thing);
                let Some(fact) = said.fact(&name) else { continue };
                let code = said.code(&name).flatten();
                // Of the thing that the row is about it need not be said.
                let own = at.is_some_and(|at| at.path() == of.path());
                let thing = self.m.called(&of.thing.thing);
                let about =
                    if own { String::new() } else { self.m.fill("paper.about", &[("thing", &thing)]) };
                let value = code.map(|code| self.value(fact, code, None)).unwrap_or_default();
                let values = [("document", document.as_str()), ("about", &about), ("value", &value)];
                let silent = matches!(code, Some("none" | ""));
                let told = match (practised, code) {
                    (Some(practised), Some(code)) if code == practised => continue,
                    (None, None) => continue,
                    (None, Some(_)) if silent => continue,
                    (None, Some(_)) => Span::Unknown(self.m.fill("paper.declared_only", &values)),
                    (Some(_), Some(_)) if silent => {
                        Span::Strong(self.m.fill("paper.declared_silent", &values))
                    }
                    (Some(_), Some(_)) => Span::Strong(self.m.fill("paper.declared_otherwise", &values)),
                    (Some(_), None) => Span::Unknown(self.m.fill("paper.declared_unknown", &values)),
                };
                to.push(vec![told]);
            }
        }
    }

    /// The document of a declaration, where it is in effect on the day.
    fn in_effect(&self, said: Thing<'a>) -> Option<Thing<'a>> {
        let document = self.m.things.get(said.code("document").flatten()?)?;
        let day = |fact: &str| document.code(fact).flatten().filter(|code| *code != "none");
        let replaced = day("replaced_on").is_some_and(|day| day <= self.as_of());
        let later = day("effective_on").is_some_and(|day| day > self.as_of());
        (!replaced && !later).then_some(document)
    }

    /// What is not known, and whom to ask.
    pub fn open(&self, beside: Beside, open: &[Open<'a>], to: &mut Cell) {
        let (lists, facts): (Vec<&Open<'a>>, Vec<&Open<'a>>) = open.iter().partition(|o| o.list.is_some());
        if !facts.is_empty() {
            let whys: BTreeSet<&str> = facts.iter().map(|open| code(open.why, self.m.lang)).collect();
            let why = whys.into_iter().collect::<Vec<_>>().join(self.m.comma());
            let n = facts.len().to_string();
            let who = self.who(&facts);
            let key = match (beside, facts.len()) {
                (Beside::Nothing, 1) => "paper.unknown",
                (Beside::Nothing, _) => "paper.all_unknown",
                (Beside::Values, _) => "paper.some_unknown",
                (Beside::Column, _) => "paper.column_unknown",
            };
            to.push(vec![Span::Unknown(self.m.fill(key, &[("why", &why), ("who", &who), ("n", &n)]))]);
        }
        let nothing = beside == Beside::Nothing && facts.is_empty();
        let (empty, begun): (Vec<&Open<'a>>, Vec<&Open<'a>>) =
            lists.into_iter().partition(|open| nothing && open.empty);
        for (key, lists) in [("paper.unlisted", empty), ("paper.perhaps_more", begun)] {
            if lists.is_empty() {
                continue;
            }
            let titles: BTreeSet<&str> =
                lists.iter().filter_map(|open| open.list).map(|title| self.m.t(title)).collect();
            let titles = titles.into_iter().collect::<Vec<_>>().join(self.m.comma());
            let who = self.who(&lists);
            to.push(vec![Span::Unknown(self.m.fill(key, &[("list", &titles), ("who", &who)]))]);
        }
    }

    fn who(&self, open: &[&Open<'a>]) -> String {
        let roles: BTreeSet<&str> = open
            .iter()
            .filter_map(|o| o.who)
            .map(|who| self.m.t(who))
            .filter(|who| !who.is_empty())
            .collect();
        if roles.is_empty() {
            return self.m.say("paper.anybody");
        }
        roles.into_iter().take(ROLES).collect::<Vec<_>>().join(self.m.comma())
    }
}
