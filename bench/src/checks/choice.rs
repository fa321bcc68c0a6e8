//! Which checks are measured, by rule.

use super::{Check, interpreter, rego};
use hegui_catalog::Catalog;
use hegui_logic::plan::{Op, Plan};
use hegui_logic::schema::{Schema, Type};

/// So many of each group.
const EACH: usize = 10;

/// What was chosen, and what could not be.
#[derive(Debug, Default)]
pub struct Choice {
    /// The checks.
    pub checks: Vec<Check>,
    /// How many checks there were to choose from: all, with quantifiers, with dates or text.
    pub candidates: (usize, usize, usize),
    /// Checks that a peer cannot express, each with the reason.
    pub left_out: Vec<String>,
}

/// The 10 largest by nodes of their plans; of the rest 10 with quantifiers over relations, spread
/// evenly over the catalog's order; of what remains 10 with dates, durations or text, likewise.
#[must_use]
pub fn choose(catalog: &Catalog) -> Choice {
    let mut choice = Choice::default();
    let mut all: Vec<Check> = vec![];
    for requirement in &catalog.requirements {
        let Some(plan) = &requirement.check_plan else { continue };
        let translated = rego::translate(plan, &catalog.schema)
            .map(|_| ())
            .and_then(|()| interpreter::rewrite(plan).map(|_| ()));
        match translated {
            Ok(()) => all.push(Check { id: requirement.id.clone(), group: "", plan: plan.clone() }),
            Err(error) => choice.left_out.push(format!("{}: {error}", requirement.id)),
        }
    }
    let timed = |check: &Check| reads_dates_or_text(&check.plan, &catalog.schema);
    let asks = |check: &Check| quantifies(&check.plan);
    choice.candidates = (all.len(), count(&all, asks), count(&all, timed));
    let mut largest = all.clone();
    largest.sort_by_key(|check| (std::cmp::Reverse(check.plan.nodes.len()), check.id.clone()));
    take(&mut choice, "largest", largest.into_iter().take(EACH).collect());
    let rest = remaining(&all, &choice, asks);
    take(&mut choice, "quantifier", spread(rest));
    let rest = remaining(&all, &choice, timed);
    take(&mut choice, "date or text", spread(rest));
    choice
}

fn count(all: &[Check], which: impl Fn(&Check) -> bool) -> usize {
    all.iter().filter(|check| which(check)).count()
}

fn take(choice: &mut Choice, group: &'static str, checks: Vec<Check>) {
    choice.checks.extend(checks.into_iter().map(|check| Check { group, ..check }));
}

fn remaining(all: &[Check], choice: &Choice, which: impl Fn(&Check) -> bool) -> Vec<Check> {
    let chosen = |check: &Check| choice.checks.iter().any(|c| c.id == check.id);
    all.iter().filter(|check| which(check) && !chosen(check)).cloned().collect()
}

fn spread(checks: Vec<Check>) -> Vec<Check> {
    let step = checks.len().max(EACH);
    let wanted = |place: &usize| (place * EACH) % step < EACH;
    checks
        .into_iter()
        .enumerate()
        .filter(|(place, _)| wanted(place))
        .map(|(_, check)| check)
        .take(EACH)
        .collect()
}

fn quantifies(plan: &Plan) -> bool {
    plan.nodes.iter().any(|node| matches!(node.op, Op::Quantified(..) | Op::Count(..)))
}

fn reads_dates_or_text(plan: &Plan, schema: &Schema) -> bool {
    plan.nodes.iter().any(|node| match &node.op {
        Op::Text(..) | Op::Workdays(..) | Op::AddWorkdays(..) | Op::AsOf => true,
        Op::Fact(_, kind, field) | Op::Has(_, kind, field) => {
            matches!(schema.kind(*kind).field(*field).ty, Type::Date | Type::Duration | Type::Text)
        }
        _ => false,
    })
}
