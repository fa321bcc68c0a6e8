//! Whether a requirement's cases are right and worth something.
//!
//! Right: each comes to what its author says, and asks exactly what the author says. Worth something:
//! there is no atom of `when` or `check` whose value never mattered, and no operator that could be
//! written wrongly without a case noticing.

use crate::clauses::{OUTCOMES, word};
use crate::compile::one_line;
use crate::model::{Case, Catalog, Place, Requirement};
use crate::problem::Problem;
use crate::world::{Blanks, World};
use hegui_logic::mutate::{atoms, forgotten, mutants, turned};
use hegui_logic::plan::{NodeId, Op, Plan};
use hegui_logic::schema::{Schema, Type};
use hegui_logic::single::{Bound, judge, missing};
use hegui_logic::truth::Outcome;
use std::collections::BTreeSet;

pub(super) fn lint(catalog: &Catalog, blanks: &Blanks, requirement: &Requirement, found: &mut Vec<Problem>) {
    let Some(bench) = Bench::new(catalog, blanks, requirement) else { return };
    kinds_of_outcome(requirement, found);
    for (case, world) in bench.worlds() {
        expectation(&bench, case, world, found);
        assumptions(&bench, case, found);
        flips(&bench, case, world, found);
    }
    if bench.vacuous() && !requirement.empty_ok {
        let message =
            format!("`{}` is met where every list is empty and nothing else is known", requirement.id);
        let remedy = "require that there is something (`size(…) > 0`, `exists`), or say `empty_ok = true` where that is meant";
        found.push(
            Problem::error(requirement.check_place.clone(), message, remedy)
                .about(one_line(&requirement.check)),
        );
    }
    for survivor in bench.survivors() {
        found.push(survivor.problem(requirement));
    }
}

/// There is a case of each outcome that the requirement can have.
fn kinds_of_outcome(requirement: &Requirement, found: &mut Vec<Problem>) {
    for outcome in missing_outcomes(requirement) {
        let message = format!("`{}` has no case that is {}", requirement.id, word(&OUTCOMES, outcome));
        let remedy = "add one; the outcome is written from the clause, not from what the tool computes";
        found.push(Problem::error(requirement.place.clone(), message, remedy));
    }
}

/// The outcomes of which a requirement should have a case, and has none.
pub(crate) fn missing_outcomes(requirement: &Requirement) -> Vec<Outcome> {
    let wanted = [Outcome::Met, Outcome::Gap, Outcome::NotApplicable, Outcome::Unknown];
    wanted
        .into_iter()
        .filter(|o| *o != Outcome::NotApplicable || requirement.when.is_some())
        .filter(|o| !requirement.cases.iter().any(|c| c.expect == Some(*o)))
        .collect()
}

fn expectation(bench: &Bench<'_>, case: &Case, world: &World, found: &mut Vec<Problem>) {
    let Some(expected) = case.expect else { return };
    let (outcome, asked) = bench.asked(world);
    let title = &case.title.en;
    if outcome != expected {
        let remedy = if outcome == Outcome::Unknown {
            format!("it waits for: {}", asked.join(", "))
        } else {
            "either the case or the expression is wrong: the clause decides".to_owned()
        };
        let message = format!(
            "case “{title}” of `{}` expects {} and comes to {}",
            bench.requirement.id,
            word(&OUTCOMES, expected),
            word(&OUTCOMES, outcome)
        );
        found.push(Problem::error(case.place.clone(), message, remedy));
    } else if let Some(said) = &case.missing {
        let said: BTreeSet<&String> = said.iter().collect();
        if said != asked.iter().collect() {
            let message =
                format!("case “{title}” of `{}` does not ask what `missing` says", bench.requirement.id);
            found.push(Problem::error(case.place.clone(), message, format!("it asks for: {:?}", asked)));
        }
    }
}

/// What a case supposes is read.
fn assumptions(bench: &Bench<'_>, case: &Case, found: &mut Vec<Problem>) {
    let read: BTreeSet<&str> =
        bench.plans().flat_map(|p| &p.outcomes).map(|(name, _)| name.as_str()).collect();
    for name in case.assume.keys().filter(|n| !read.contains(n.as_str())) {
        let message = format!(
            "case “{}” supposes the outcome of `{name}`, which `{}` does not read",
            case.title.en, bench.requirement.id
        );
        found.push(Problem::error(
            case.place.clone(),
            message,
            "leave it out, or correct the name in `assume` to the one in `met(…)`",
        ));
    }
}

/// In a case that turns on an item, the item's atom alone, turned over, makes another outcome.
fn flips(bench: &Bench<'_>, case: &Case, world: &World, found: &mut Vec<Problem>) {
    if case.flips.is_empty() {
        return;
    }
    let outcome = bench.outcome(world);
    let turns = bench.turns();
    let mut decisive: Vec<&Survivor> =
        turns.iter().filter(|turn| bench.outcome_with(turn, world) != outcome).collect();
    let all_decisive = decisive.clone();
    // Whatever makes a requirement apply decides a gap too; the item is meant to be what is wrong.
    if decisive.iter().any(|turn| turn.side == Side::Check) {
        decisive.retain(|turn| turn.side == Side::Check);
    }
    let names = |turns: &[&Survivor]| {
        let names: BTreeSet<String> = turns.iter().map(|t| t.name()).collect();
        names.into_iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")
    };
    for flip in &case.flips {
        let mut note = |message: String, remedy: String| {
            let message = format!("case “{}” of `{}`: {message}", case.title.en, bench.requirement.id);
            found.push(Problem::error(case.place.clone(), message, remedy));
        };
        let item = &flip.item;
        match &flip.atom {
            None if decisive.is_empty() => note(
                format!("it does not turn on `{item}`: no atom alone changes its outcome"),
                "name the item in a case with one thing wrong".to_owned(),
            ),
            None if decisive.iter().map(|t| t.name()).collect::<BTreeSet<_>>().len() > 1 => note(
                format!("several atoms decide it, so it does not say which is `{item}`"),
                format!(
                    "write `flips.\"{item}\" = 'ATOM'` with one of {}, or name the item in a case with one thing wrong",
                    names(&decisive)
                ),
            ),
            None => {}
            Some(atom) => {
                let known: Vec<&Survivor> = turns.iter().filter(|t| t.is_called(atom)).collect();
                if known.is_empty() {
                    let all: Vec<&Survivor> = turns.iter().collect();
                    note(
                        format!("`{atom}` is no atom of the expressions"),
                        format!("write one of {}", names(&all)),
                    );
                } else if !all_decisive.iter().any(|t| t.is_called(atom)) {
                    let remedy = if all_decisive.is_empty() {
                        "no atom alone changes this outcome: name the item in another case".to_owned()
                    } else {
                        format!("decisive here: {}", names(&all_decisive))
                    };
                    note(format!("`{atom}` alone does not change its outcome"), remedy);
                }
            }
        }
    }
}

/// Which of a requirement's two expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    When,
    Check,
}

/// A change of an expression that no case notices.
#[derive(Clone, Debug)]
pub(crate) struct Survivor {
    pub side: Side,
    pub node: NodeId,
    /// What was changed, for people.
    pub change: String,
    /// For a membership, the code that it asks for.
    code: Option<String>,
    pub plan: Plan,
    /// What it would show to notice it.
    pub remedy: &'static str,
}

impl Survivor {
    fn problem(&self, requirement: &Requirement) -> Problem {
        let (place, source) = match self.side {
            Side::When => (&requirement.when_place, requirement.when.as_deref().unwrap_or_default()),
            Side::Check => (&requirement.check_place, requirement.check.as_str()),
        };
        let start = self.plan.nodes.get(self.node.0 as usize).map_or(0, |n| n.span.0);
        let place = within(place, source, start as usize);
        let message = format!("`{}`: {}", requirement.id, self.shows());
        Problem::error(place, message, self.remedy).about(one_line(source))
    }

    /// The atom as written; for an element of a written list, its code in quotes.
    fn name(&self) -> String {
        let piece = one_line(self.plan.quote(self.node));
        match &self.code {
            Some(code) if !piece.contains(code) => format!("\"{code}\""),
            _ => piece,
        }
    }

    /// Whether the author's words mean this atom.
    fn is_called(&self, words: &str) -> bool {
        let words = one_line(words);
        self.name() == words || self.code.as_ref().is_some_and(|code| words.trim_matches(['"', '\'']) == code)
    }

    /// What no case notices, and of which piece of the expression.
    pub fn shows(&self) -> String {
        let side = match self.side {
            Side::When => "when",
            Side::Check => "check",
        };
        let piece = one_line(self.plan.quote(self.node));
        // A list written out stands for one atom an element: say which.
        let code = self.code.as_deref().filter(|code| !piece.contains(code));
        let element = code.map(|code| format!(" (for `{code}`)")).unwrap_or_default();
        format!("{} in `{side}`: `{piece}`{element}", self.change)
    }
}

/// The code that a membership asks for.
fn code_of(schema: &Schema, plan: &Plan, node: NodeId) -> Option<String> {
    let Op::Member(item, set) = plan.op(node) else { return None };
    let (Op::Number(place), Op::SetFact(_, kind, field)) = (plan.op(*item), plan.op(*set)) else {
        return None;
    };
    match schema.kind(*kind).field(*field).ty {
        Type::Set(values) => schema.values(values).get(usize::try_from(*place).ok()?).cloned(),
        _ => None,
    }
}

/// The place of a byte of an expression that begins at a place.
fn within(start: &Place, source: &str, byte: usize) -> Place {
    let before = source.get(..byte).unwrap_or_default();
    let lines = before.matches('\n').count() as u32;
    let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) as u32;
    let column = if lines == 0 { start.column + column } else { column + 1 };
    Place { file: start.file.clone(), line: start.line + lines, column }
}

/// A requirement with the worlds of its cases, ready for trying changed expressions.
///
/// Cases speak about the requirement as its clause has it; where another requirement takes its place
/// is that other clause's affair, so `when` is taken as written.
pub(crate) struct Bench<'a> {
    pub catalog: &'a Catalog,
    pub blanks: &'a Blanks,
    pub requirement: &'a Requirement,
    when: Option<Plan>,
    check: &'a Plan,
    worlds: Vec<(&'a Case, World)>,
}

impl<'a> Bench<'a> {
    /// `None` for a requirement that could not be compiled.
    pub fn new(catalog: &'a Catalog, blanks: &'a Blanks, requirement: &'a Requirement) -> Option<Self> {
        let scope = requirement.scope?;
        let check = requirement.check_plan.as_ref()?;
        let when = match (&requirement.when, requirement.replaced_by.is_empty()) {
            (None, _) => None,
            (Some(_), true) => Some(requirement.when_plan.clone()?),
            (Some(source), false) => Some(catalog.plan(source, scope).ok()?),
        };
        let world =
            |case: &'a Case| World::with(blanks, catalog, requirement, case).ok().map(|world| (case, world));
        let worlds = requirement.cases.iter().filter_map(world).collect();
        Some(Self { catalog, blanks, requirement, when, check, worlds })
    }

    /// Each case whose facts fit, with its world.
    pub fn worlds(&self) -> impl Iterator<Item = (&'a Case, &World)> {
        self.worlds.iter().map(|(case, world)| (*case, world))
    }

    /// The expressions, `when` first.
    pub fn plans(&self) -> impl Iterator<Item = &Plan> {
        self.when.iter().chain([self.check])
    }

    /// The outcome in a world.
    pub fn outcome(&self, world: &World) -> Outcome {
        self.outcome_of(self.when.as_ref(), self.check, world)
    }

    fn outcome_of(&self, when: Option<&Plan>, check: &Plan, world: &World) -> Outcome {
        let when = when.map(|w| Bound::new(w, &world.universe));
        judge(when.as_ref(), &Bound::new(check, &world.universe), 0)
    }

    /// The outcome in a world, with one expression changed.
    pub fn outcome_with(&self, survivor: &Survivor, world: &World) -> Outcome {
        match survivor.side {
            Side::When => self.outcome_of(Some(&survivor.plan), self.check, world),
            Side::Check => self.outcome_of(self.when.as_ref(), &survivor.plan, world),
        }
    }

    /// The outcome in a world and what it waits for, as a case writes it.
    pub fn asked(&self, world: &World) -> (Outcome, Vec<String>) {
        let when = self.when.as_ref().map(|w| Bound::new(w, &world.universe));
        let check = Bound::new(self.check, &world.universe);
        let outcome = judge(when.as_ref(), &check, 0);
        let missing = missing(when.as_ref(), &check, &self.catalog.schema, 0);
        let mut asked: Vec<String> =
            missing.facts.iter().map(|key| world.path(key, &self.catalog.schema)).collect();
        asked.sort();
        (outcome, asked)
    }

    /// Whether it is met where every relation is complete and empty and nothing else is known.
    fn vacuous(&self) -> bool {
        self.requirement.scope.is_some_and(|scope| {
            self.outcome(&World::empty(self.blanks, self.catalog, scope)) == Outcome::Met
        })
    }

    /// Each atom turned over.
    pub fn turns(&self) -> Vec<Survivor> {
        let when = self.when.iter().map(|plan| (Side::When, plan));
        let turn = |side, plan: &Plan, atom| Survivor {
            side,
            node: atom,
            change: "turned over".to_owned(),
            code: code_of(&self.catalog.schema, plan, atom),
            plan: turned(plan, atom),
            remedy: "",
        };
        when.chain([(Side::Check, self.check)])
            .flat_map(|(side, plan)| atoms(plan).into_iter().map(move |atom| turn(side, plan, atom)))
            .collect()
    }

    /// Every change that ought to be noticed by some case.
    pub fn changes(&self) -> Vec<Survivor> {
        let when = self.when.iter().map(|plan| (Side::When, plan));
        when.chain([(Side::Check, self.check)])
            .flat_map(|(side, plan)| changes(&self.catalog.schema, side, plan))
            .collect()
    }

    /// Changes that no case notices.
    pub fn survivors(&self) -> Vec<Survivor> {
        let outcomes: Vec<Outcome> = self.worlds.iter().map(|(_, world)| self.outcome(world)).collect();
        let noticed = |change: &Survivor| {
            self.worlds
                .iter()
                .zip(&outcomes)
                .any(|((_, world), outcome)| self.outcome_with(change, world) != *outcome)
        };
        self.changes().into_iter().filter(|change| !noticed(change)).collect()
    }
}

fn changes(schema: &Schema, side: Side, plan: &Plan) -> Vec<Survivor> {
    let mut found = vec![];
    let original = plan;
    for atom in atoms(plan) {
        let mut add = |change: &str, plan, remedy| {
            let code = code_of(schema, original, atom);
            found.push(Survivor { side, node: atom, change: change.to_owned(), code, plan, remedy });
        };
        add(
            "this atom is decisive in no case",
            turned(plan, atom),
            "add a case in which the outcome would be another if this were the other way round",
        );
        add(
            "no case needs to know this atom",
            forgotten(plan, atom),
            "add a case in which the outcome would be unknown (or known) if this were not known",
        );
    }
    for mutant in mutants(plan) {
        found.push(Survivor {
            side,
            node: mutant.node,
            change: format!("no case notices {}", mutant.change),
            code: code_of(schema, original, mutant.node),
            plan: mutant.plan,
            remedy: "add a case whose outcome would be another with that mistake in the expression",
        });
    }
    found
}
