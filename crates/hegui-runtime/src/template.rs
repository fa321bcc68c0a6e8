//! Whether a version of a policy or notice says all that it must (5.5.2, 5.6.3.3, 5.6.4.3, 6.x.6).
//!
//! No list of elements stands here. A requirement of the catalog is evaluated on the register twice: with
//! the contents that the version has, and with all that the dictionary knows. Where the first is a gap
//! and the second none, the version lacks something; what, is found by leaving out one element at a time.
//! So it depends on the register (sensitive data want more) and follows every change of the catalog.

use crate::ground::{Ground, GroundError};
use hegui_catalog::Catalog;
use hegui_catalog::model::{Requirement, Strength, Text};
use hegui_logic::calendar::parse_date;
use hegui_logic::plan::{NONE, Read};
use hegui_logic::schema::{EnumId, FieldId, KindId, Type};
use hegui_logic::single::{Bound, judge};
use hegui_logic::truth::Outcome;
use hegui_logic::universe::{Universe, Value};
use serde::Deserialize;
use std::collections::BTreeMap;

const TABLE: &str = "templates.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    template: Vec<Raw>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    kind: String,
    contents: String,
    suppose: BTreeMap<String, String>,
    #[serde(default)]
    met: Vec<String>,
}

/// What is supposed of a kind of text.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    kind: KindId,
    contents: FieldId,
    elements: EnumId,
    suppose: Vec<(FieldId, Supposed)>,
    met: Vec<String>,
}

#[derive(Clone, Copy, Debug)]
enum Supposed {
    Today,
    Is(Value),
}

/// Elements that a version lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lacking {
    /// The requirement that wants them.
    pub requirement: String,
    /// Its clause.
    pub clause: String,
    /// The elements; where `any` is set, one of them will do.
    pub elements: Vec<String>,
    /// Whether one of them will do.
    pub any: bool,
    /// How it is mended.
    pub remedy: Text,
}

/// Reads the table, against a catalog.
pub(crate) fn templates(catalog: &Catalog) -> Result<Vec<Template>, GroundError> {
    let fail = |message: String| GroundError::Table { table: TABLE, message };
    let file: File = toml::from_str(include_str!("templates.toml")).map_err(|e| fail(e.to_string()))?;
    file.template.into_iter().map(|raw| Template::of(raw, catalog).map_err(fail)).collect()
}

impl Template {
    fn of(raw: Raw, catalog: &Catalog) -> Result<Self, String> {
        let schema = &catalog.schema;
        let kind = schema.kind_named(&raw.kind).ok_or(format!("there is no kind `{}`", raw.kind))?;
        let field = |name: &str| {
            let field = schema.kind(kind).field_named(name);
            field.ok_or(format!("there is no fact `{}.{name}`", raw.kind))
        };
        let contents = field(&raw.contents)?;
        let Type::Set(elements) = schema.kind(kind).field(contents).ty else {
            return Err(format!("`{}.{}` is no set", raw.kind, raw.contents));
        };
        let mut suppose = vec![];
        for (name, value) in &raw.suppose {
            let field = field(name)?;
            let wrong = || format!("`{value}` is no value of `{}.{name}`", raw.kind);
            let supposed = match (value.as_str(), schema.kind(kind).field(field).ty) {
                ("today", Type::Date) => Supposed::Today,
                ("none", _) => Supposed::Is(Value::Number(NONE)),
                ("true", Type::Bool) => Supposed::Is(Value::Flag(true)),
                (date, Type::Date) => Supposed::Is(Value::Number(parse_date(date).ok_or_else(wrong)?)),
                (code, Type::Enum(list)) => {
                    let place = schema.values(list).iter().position(|known| known == code);
                    Supposed::Is(Value::Number(place.ok_or_else(wrong)? as i64))
                }
                _ => return Err(wrong()),
            };
            suppose.push((field, supposed));
        }
        Ok(Self { kind, contents, elements, suppose, met: raw.met })
    }

    /// The outcomes that are supposed: they must be in the universe.
    pub fn outcomes(&self) -> impl Iterator<Item = (String, KindId)> {
        self.met.iter().map(|name| (name.clone(), self.kind))
    }
}

/// A text as it would be, with different contents.
struct Draft<'g> {
    ground: &'g Ground,
    template: &'g Template,
    row: u32,
    supposed: Universe,
}

impl Draft<'_> {
    fn with(&self, elements: u128) -> Universe {
        let mut universe = self.supposed.clone();
        let Template { kind, contents, .. } = *self.template;
        universe.state(kind, self.row, contents, Some(Value::Set(elements)));
        universe
    }
}

/// What a version of a text lacks, given its elements of content by code; `None` where the register has
/// no such text. Requirements that say *should* ask for nothing here, and neither does one of which the
/// register does not tell whether it applies.
#[must_use]
pub fn lacking(ground: &Ground, text: &str, contents: &[String]) -> Option<Vec<Lacking>> {
    let schema = &ground.catalog.schema;
    let (kind, row) = ground.register.find(schema, text).ok()?;
    let template = ground.templates.iter().find(|template| template.kind == kind)?;
    let mut supposed = ground.universe.clone();
    for (field, value) in &template.suppose {
        let value = match value {
            Supposed::Today => Value::Number(supposed.as_of),
            Supposed::Is(value) => *value,
        };
        supposed.state(kind, row, *field, Some(value));
    }
    for key in template.outcomes() {
        if let Some(column) = supposed.outcomes.get_mut(&key) {
            column.met.set(row as usize, true);
            column.gap.set(row as usize, false);
        }
    }
    let codes = schema.values(template.elements);
    let given = (0..)
        .zip(codes)
        .filter(|(_, code)| contents.contains(code))
        .fold(0, |set, (bit, _)| set | (1 << bit));
    let all = (0..).zip(codes).fold(0, |set: u128, (bit, _)| set | (1 << bit));
    let draft = Draft { ground, template, row, supposed };
    let (as_given, in_full) = (draft.with(given), draft.with(all));
    let reads = Read::Fact(kind, template.contents);
    let requirements = ground.in_force.iter().filter_map(|at| ground.catalog.requirements.get(*at));
    let found = requirements
        .filter(|requirement| requirement.strength == Strength::Shall)
        .filter(|requirement| {
            requirement.check_plan.as_ref().is_some_and(|plan| plan.reads().contains(&reads))
        })
        .filter_map(|requirement| draft.lacks(requirement, (given, &as_given), (all, &in_full)));
    let mut found: Vec<Lacking> = found.collect();
    // First what speaks of the text itself, then what speaks of what it is needed for.
    let scope = |lacking: &Lacking| ground.catalog.requirement(&lacking.requirement).and_then(|r| r.scope);
    found.sort_by_key(|lacking| scope(lacking) != Some(kind));
    Some(found)
}

impl Draft<'_> {
    fn lacks(
        &self,
        requirement: &Requirement,
        (given, as_given): (u128, &Universe),
        (all, in_full): (u128, &Universe),
    ) -> Option<Lacking> {
        let scope = requirement.scope?;
        let rows = if scope == self.template.kind {
            vec![self.row]
        } else {
            (0..as_given.table(scope).rows as u32).collect()
        };
        let gaps = |universe: &Universe, rows: &[u32]| -> Vec<u32> {
            let Some(check) = &requirement.check_plan else { return vec![] };
            let check = Bound::new(check, universe);
            let when = requirement.when_plan.as_ref().map(|when| Bound::new(when, universe));
            let gap = |row: &u32| judge(when.as_ref(), &check, *row) == Outcome::Gap;
            rows.iter().copied().filter(gap).collect()
        };
        let short = gaps(as_given, &rows);
        let hopeless = gaps(in_full, &short);
        let short: Vec<u32> = short.into_iter().filter(|row| !hopeless.contains(row)).collect();
        if short.is_empty() {
            return None;
        }
        let codes = self.ground.catalog.schema.values(self.template.elements);
        let absent = || (0..).zip(codes).filter(|(bit, _)| given & (1_u128 << bit) == 0);
        let named = |wanted: &dyn Fn(u32) -> bool| -> Vec<String> {
            absent().filter(|(bit, _)| wanted(*bit)).map(|(_, code)| code.clone()).collect()
        };
        let mut elements = named(&|bit| !gaps(&self.with(all & !(1 << bit)), &short).is_empty());
        let any = elements.is_empty();
        if any {
            elements = named(&|bit| gaps(&self.with(given | (1 << bit)), &short).len() < short.len());
        }
        Some(Lacking {
            requirement: requirement.id.clone(),
            clause: requirement.clause.clone(),
            elements,
            any,
            remedy: requirement.remedy.clone(),
        })
    }
}
