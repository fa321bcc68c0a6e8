//! From requirements as written to plans: names are looked up, expressions compiled, replacements
//! taken in, and an order found in which `met(…)` reads only what stands before.

use crate::clauses::{Expression, RawRequirement};
use crate::document::{Document, Sink, hint};
use crate::model::{Aggregate, Catalog, ClauseKind, Place, Replaces, Requirement, Strength};
use crate::parallel::each_noting;
use crate::problem::Problem;
use crate::world::{Misfit, World};
use hegui_logic::error::{Error, nearest};
use hegui_logic::plan::Plan;
use hegui_logic::schema::{KindId, Type};
use hegui_logic::typing;
use std::collections::BTreeMap;

impl Catalog {
    /// The requirements whose outcomes together are what `met(name, thing)` reads for things of a
    /// kind: a requirement by its id; or those of a clause and of its characteristics that speak about
    /// that kind and bind ("shall"); where nothing of it binds, as in a test of an appendix, all of it.
    /// Where one of several parts of a clause suffices, only its own requirements count. A clause may be
    /// named with its instrument, as `pipl-2021/29` or `pipl/29`.
    ///
    /// # Errors
    /// The name that may have been meant, where nothing of that name speaks about the kind or
    /// several instruments have such a clause.
    pub fn met_parts(&self, name: &str, kind: KindId) -> Result<Vec<u32>, Option<String>> {
        let scoped = |r: &Requirement| r.scope == Some(kind);
        if let Some(index) = self.requirements.iter().position(|r| r.id == name && scoped(r)) {
            return Ok(vec![index as u32]);
        }
        let mut parts: BTreeMap<&str, Vec<(u32, Strength)>> = BTreeMap::new();
        for (index, requirement) in self.requirements.iter().enumerate().filter(|(_, r)| scoped(r)) {
            if self.belongs(requirement, name) {
                let part = (index as u32, requirement.strength);
                parts.entry(&requirement.instrument).or_default().push(part);
            }
        }
        if let Some((instrument, _)) = parts.iter().nth(1) {
            return Err(Some(format!("{instrument}/{name}")));
        }
        let binding = |parts: Vec<(u32, Strength)>| {
            let shall = parts.iter().any(|(_, strength)| *strength == Strength::Shall);
            let counts = |strength| !shall || strength == Strength::Shall;
            parts.into_iter().filter(|(_, strength)| counts(*strength)).map(|(index, _)| index).collect()
        };
        parts.into_values().next().map(binding).ok_or_else(|| {
            let near = self
                .requirements
                .iter()
                .filter(|r| scoped(r))
                .flat_map(|r| [r.id.as_str(), r.clause.as_str()]);
            nearest(name, near)
        })
    }

    /// Whether a requirement is part of a clause: its own, or the indicator of its characteristic.
    fn belongs(&self, requirement: &Requirement, name: &str) -> bool {
        let short = self.instruments.get(&requirement.instrument).map(|i| i.short.as_str());
        let number = match name.split_once('/') {
            Some((of, number)) if of == requirement.instrument || Some(of) == short => number,
            Some(_) => return false,
            None => name,
        };
        if requirement.clause == number {
            return true;
        }
        let one = self
            .clause(&requirement.instrument, number)
            .is_some_and(|clause| clause.aggregate == Aggregate::One);
        !one && self
            .clause(&requirement.instrument, &requirement.clause)
            .filter(|c| c.kind == ClauseKind::Characteristic)
            .is_some_and(|c| c.parent.as_deref() == Some(number))
    }
}

/// Looks up and compiles everything; what fails is noted and stays without a plan.
pub(crate) fn compile(catalog: &mut Catalog, raw: Vec<RawRequirement>, docs: &[Document], sink: &Sink) {
    catalog.requirements = raw.iter().map(|r| look_up(catalog, r, sink)).collect();
    take_places(catalog, &raw, sink);
    let plans = {
        let catalog = &*catalog;
        each_noting(&raw, sink, |place, raw, sink| {
            let compiler = Compiler { catalog, docs, sink };
            compiler.conditions(raw);
            catalog.requirements.get(place).map_or((None, None), |made| compiler.plans(raw, made))
        })
    };
    for (requirement, (when, check)) in catalog.requirements.iter_mut().zip(plans) {
        requirement.when_plan = when;
        requirement.check_plan = check;
    }
    catalog.order = in_order(catalog, sink);
    check_cases(catalog, &raw, sink);
}

fn look_up(catalog: &Catalog, raw: &RawRequirement, sink: &Sink) -> Requirement {
    let mut made = raw.made.clone();
    made.scope = catalog.schema.kind_named(&raw.scope.name);
    if made.scope.is_none() && !raw.scope.name.is_empty() {
        let near = hint(&raw.scope.name, catalog.schema.kinds.iter().map(|k| k.name.as_str()));
        let message = format!("no kind of thing `{}`{near}", raw.scope.name);
        sink.borrow_mut().push(Problem::error(
            raw.scope.place.clone(),
            message,
            "name a kind that facts/ describes",
        ));
    }
    if let (Some(scope), Some(named)) = (made.scope, &raw.occurrence) {
        let kind = catalog.schema.kind(scope);
        let field = named.name.strip_prefix(&format!("{}.", kind.name)).unwrap_or(&named.name);
        made.occurrence = kind.field_named(field).filter(|f| kind.field(*f).ty == Type::Date);
        if made.occurrence.is_none() {
            let dates = kind.fields.iter().filter(|f| f.ty == Type::Date).map(|f| f.name.as_str());
            let message = format!("`{}` is no date of `{}`{}", named.name, kind.name, hint(field, dates));
            sink.borrow_mut().push(Problem::error(
                named.place.clone(),
                message,
                "name a fact of the type `date` of the scope",
            ));
        }
    }
    made
}

/// Fills `replaces` and its reverse.
fn take_places(catalog: &mut Catalog, raw: &[RawRequirement], sink: &Sink) {
    for (index, from) in raw.iter().enumerate() {
        for (named, condition) in &from.replaces {
            let id = from.made.id.clone();
            let known = catalog.requirements.iter().any(|r| r.id == named.name && r.id != id);
            if !known {
                let near = hint(&named.name, catalog.requirements.iter().map(|r| r.id.as_str()));
                let message = format!("no other requirement `{}`{near}", named.name);
                sink.borrow_mut().push(Problem::error(
                    named.place.clone(),
                    message,
                    "name the requirement whose place is taken",
                ));
                continue;
            }
            let replaces = |requirement: &str| Replaces {
                requirement: requirement.to_owned(),
                r#where: condition.text.clone(),
            };
            for requirement in catalog.requirements.iter_mut().filter(|r| r.id == named.name) {
                requirement.replaced_by.push(replaces(&id));
            }
            if let Some(requirement) = catalog.requirements.get_mut(index) {
                requirement.replaces.push(replaces(&named.name));
            }
        }
    }
}

/// The condition under which a requirement applies: its own `when`, and where none takes its place.
pub(crate) fn condition(requirement: &Requirement) -> Option<String> {
    let own = requirement.when.iter().map(|w| format!("({w})"));
    let elsewhere = requirement.replaced_by.iter().map(|r| format!("!({})", r.r#where));
    match (requirement.when.as_ref(), requirement.replaced_by.is_empty()) {
        (when, true) => when.cloned(),
        _ => Some(own.chain(elsewhere).collect::<Vec<_>>().join(" && ")),
    }
}

struct Compiler<'a> {
    catalog: &'a Catalog,
    docs: &'a [Document],
    sink: &'a Sink,
}

impl Compiler<'_> {
    fn plans(&self, raw: &RawRequirement, made: &Requirement) -> (Option<Plan>, Option<Plan>) {
        let Some(scope) = made.scope else { return (None, None) };
        let own = raw.when.as_ref().and_then(|when| self.expression(when, scope));
        let when = if made.replaced_by.is_empty() {
            own
        } else {
            // Errors were noted at the parts; here the whole is only put together.
            condition(made).and_then(|source| self.catalog.plan(&source, scope).ok())
        };
        (when, self.expression(&raw.check, scope))
    }

    /// Checks the conditions under which a requirement takes others' places.
    fn conditions(&self, raw: &RawRequirement) {
        for (named, expression) in &raw.replaces {
            if let Some(scope) = self.catalog.requirement(&named.name).and_then(|r| r.scope) {
                self.expression(expression, scope);
            }
        }
    }

    fn expression(&self, expression: &Expression, scope: KindId) -> Option<Plan> {
        if expression.text.is_empty() {
            return None;
        }
        match self.catalog.plan(&expression.text, scope) {
            Ok(plan) => Some(plan),
            Err(error) => {
                self.note(expression, &error);
                None
            }
        }
    }

    fn note(&self, expression: &Expression, error: &Error) {
        let Some(doc) = self.docs.get(expression.file) else { return };
        let place = doc.place_in_string(&expression.span, error.span.0 as usize);
        let (start, end) = (error.span.0 as usize, error.span.1 as usize);
        let piece = expression.text.get(start..end).filter(|p| !p.is_empty()).unwrap_or(&expression.text);
        let problem = Problem::error(place, error.to_string(), "").about(one_line(piece));
        self.sink.borrow_mut().push(problem);
    }
}

/// A piece of an expression on one line.
pub(crate) fn one_line(text: &str) -> String {
    crate::document::shorten(&text.split_whitespace().collect::<Vec<_>>().join(" "), 160)
}

impl Catalog {
    /// Compiles an expression about things of a kind, as a requirement's `when` or `check` is.
    ///
    /// # Errors
    /// What is wrong with it and where.
    pub fn plan(&self, source: &str, scope: KindId) -> Result<Plan, Error> {
        typing::compile(source, &self.schema, scope, &|name, kind| self.met_parts(name, kind).map(drop))
    }

    /// The requirements that a requirement reads by `met(…)`.
    fn reads(&self, requirement: &Requirement) -> Vec<u32> {
        let plans = requirement.when_plan.iter().chain(&requirement.check_plan);
        plans
            .flat_map(|plan| &plan.outcomes)
            .flat_map(|(name, kind)| self.met_parts(name, *kind).unwrap_or_default())
            .collect()
    }
}

/// Whatever is read stands before its reader; a circle is noted, naming its members.
fn in_order(catalog: &Catalog, sink: &Sink) -> Vec<u32> {
    let reads: Vec<Vec<u32>> = catalog.requirements.iter().map(|r| catalog.reads(r)).collect();
    let mut walk =
        Walk { reads: &reads, state: vec![State::New; reads.len()], order: vec![], circles: vec![] };
    for index in 0..reads.len() as u32 {
        walk.visit(index);
    }
    for circle in walk.circles {
        let members: Vec<&Requirement> =
            circle.iter().filter_map(|i| catalog.requirements.get(*i as usize)).collect();
        let chain: Vec<&str> = members.iter().chain(members.first()).map(|r| r.id.as_str()).collect();
        let place = members.first().map(|r| r.check_place.clone()).unwrap_or_default();
        let message = format!("`met` goes in a circle: {}", chain.join(" reads "));
        sink.borrow_mut().push(Problem::error(
            place,
            message,
            "break the circle: let one of them read facts instead",
        ));
    }
    walk.order
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    Open,
    Done,
}

struct Walk<'a> {
    reads: &'a [Vec<u32>],
    state: Vec<State>,
    order: Vec<u32>,
    circles: Vec<Vec<u32>>,
}

impl Walk<'_> {
    /// Depth first with a stack of its own, since a catalog may hold a long chain.
    fn visit(&mut self, start: u32) {
        if self.state.get(start as usize) != Some(&State::New) {
            return;
        }
        let mut path: Vec<(u32, usize)> = vec![(start, 0)];
        self.set(start, State::Open);
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            let Some(child) = self.reads.get(node as usize).and_then(|r| r.get(*next)).copied() else {
                self.set(node, State::Done);
                self.order.push(node);
                path.pop();
                continue;
            };
            *next += 1;
            match self.state.get(child as usize) {
                Some(State::New) => {
                    self.set(child, State::Open);
                    path.push((child, 0));
                }
                Some(State::Open) => {
                    let members = path.iter().map(|(n, _)| *n).skip_while(|n| *n != child).collect();
                    self.circles.push(members);
                }
                _ => {}
            }
        }
    }

    fn set(&mut self, node: u32, state: State) {
        if let Some(place) = self.state.get_mut(node as usize) {
            *place = state;
        }
    }
}

/// Facts of cases that do not fit the dictionary.
fn check_cases(catalog: &Catalog, raw: &[RawRequirement], sink: &Sink) {
    each_noting(raw, sink, |place, raw, sink| {
        let Some(requirement) = catalog.requirements.get(place) else { return };
        for (index, case) in requirement.cases.iter().enumerate() {
            let Err(misfits) = World::fits(catalog, requirement, case) else { continue };
            for Misfit { path, message, remedy } in misfits {
                let place: Option<&Place> = raw.facts.get(index).and_then(|places| places.get(&path));
                let place = place.unwrap_or(&case.place).clone();
                let problem = Problem::error(place, message, remedy).about(path.replace('/', "."));
                sink.borrow_mut().push(problem);
            }
        }
    });
}
