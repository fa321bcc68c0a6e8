//! The `cel` crate's own interpreter over the same world, things given as maps.
//!
//! Things refer to each other in circles and maps cannot, so a thing's map is cut off where the
//! expression cannot reach, and holds only the facts whose names occur in the expression. Dates and
//! lengths of time are whole numbers of seconds.

use crate::oracle::{add_workdays, workdays};
use crate::tree::{For, Truth};
use crate::world::{Fact, World, date};
use cel::objects::Key;
use cel::{Context, Program, Value};
use hegui_logic::schema::{Field, KindId, Schema, Source, Type};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// More values than this in the maps of one expression are not made.
const LIMIT: usize = 1_500;

struct Maps<'a> {
    schema: &'a Schema,
    world: &'a World,
    words: BTreeSet<String>,
    made: usize,
}

/// Whether the expression holds for a thing; `None` where it asks what this interpreter has not, or
/// where working days reach beyond the published years.
pub fn holds(schema: &Schema, world: &World, tree: &Truth, scope: KindId, row: usize) -> Option<bool> {
    let source = tree.source(For::Interpreter);
    // Regular expressions are a feature of the interpreter that we leave out.
    if source.contains(".matches(") {
        return None;
    }
    let words: BTreeSet<String> =
        source.split(|c: char| !(c.is_alphanumeric() || c == '_')).map(str::to_owned).collect();
    // Every step is written down, so no path is longer than there are dots and brackets.
    let reach = words.iter().filter(|w| is_step(schema, w)).count();
    let reach = (source.matches('.').count()).min(3 * reach + 1).min(8);
    let mut maps = Maps { schema, world, words, made: 0 };
    let mut context = Context::default();
    let mut at = Some((scope, row));
    while let Some((kind, row)) = at {
        let definition = schema.kind(kind);
        for field in &definition.names {
            let field = definition.field(*field);
            if let (Type::Thing(to), Some(Fact::Thing(row))) =
                (field.ty, world.kind(&definition.name)[row].facts.get(&field.name))
            {
                context.add_variable_from_value(field.name.as_str(), maps.thing(to, *row, reach)?);
            }
        }
        context.add_variable_from_value(definition.name.as_str(), maps.thing(kind, row, reach)?);
        at = above(schema, world, kind, row);
    }
    context.add_variable_from_value("as_of", world.as_of);
    functions(&mut context, world);
    let program = Program::compile(&source).expect("the interpreter reads what we read");
    match program.execute(&context) {
        Ok(Value::Bool(value)) => Some(value),
        Err(error) if error.to_string().contains("beyond") => None,
        other => panic!("{source}\nthe interpreter says {other:?}"),
    }
}

fn is_step(schema: &Schema, word: &str) -> bool {
    let references = |f: &Field| matches!(f.ty, Type::Thing(_)) && f.name == word;
    schema.kinds.iter().any(|k| k.fields.iter().any(references) || k.relations.iter().any(|r| r.name == word))
}

fn above(schema: &Schema, world: &World, kind: KindId, row: usize) -> Option<(KindId, usize)> {
    let definition = schema.kind(kind);
    let field = definition.field(definition.parent?);
    match world.kind(&definition.name)[row].facts.get(&field.name) {
        Some(Fact::Thing(row)) => Some((schema.parent_of(kind)?, *row)),
        _ => None,
    }
}

fn functions(context: &mut Context<'_, '_>, world: &World) {
    let beyond = || cel::ExecutionError::function_error("workdays", "beyond the published years");
    let outcomes = world.outcomes.clone();
    let added = [
        context.add_function("date", |text: Arc<String>| date(&text)),
        context.add_function("days", |n: i64| n * 86_400),
        context.add_function("hours", |n: i64| n * 3_600),
        context.add_function("workdays", move |a: i64, b: i64| workdays(a, b).ok_or_else(beyond)),
        context.add_function("add_workdays", move |a: i64, b: i64| add_workdays(a, b).ok_or_else(beyond)),
        context.add_function("met", move |clause: Arc<String>, thing: Value| {
            let Value::Map(map) = thing else { return false };
            let Some(Value::String(id)) = map.map.get(&Key::from("id_")) else { return false };
            let (kind, row) = id.split_once(' ').expect("an id");
            outcomes[&(clause.to_string(), kind.to_owned(), row.parse().expect("a row"))]
        }),
    ];
    assert!(added.iter().all(Result::is_ok));
}

impl Maps<'_> {
    fn thing(&mut self, kind: KindId, row: usize, reach: usize) -> Option<Value> {
        let definition = self.schema.kind(kind);
        let mut map: HashMap<Key, Value> = HashMap::new();
        map.insert("id_".into(), format!("{} {row}", definition.name).into());
        self.made += 1;
        if self.made > LIMIT {
            return None;
        }
        for field in &definition.fields {
            if self.words.contains(&field.name) {
                let fact = self.fact(kind, row, field);
                if let Some(value) = self.value(field, fact, reach)? {
                    map.insert(field.name.as_str().into(), value);
                }
            }
        }
        for relation in &definition.relations {
            if reach > 0 && self.words.contains(&relation.name) {
                let rows = self.members(kind, row, &relation.name, relation.to, relation.source);
                let members: Option<Vec<Value>> =
                    rows.into_iter().map(|row| self.thing(relation.to, row, reach - 1)).collect();
                map.insert(relation.name.as_str().into(), Value::List(Arc::new(members?)));
            }
        }
        Some(Value::Map(cel::objects::Map { map: Arc::new(map) }))
    }

    fn fact(&self, kind: KindId, row: usize, field: &Field) -> Fact {
        self.world.kind(&self.schema.kind(kind).name)[row].facts[&field.name].clone()
    }

    /// `None` inside where the thing lies beyond reach.
    fn value(&mut self, field: &Field, fact: Fact, reach: usize) -> Option<Option<Value>> {
        Some(Some(match (fact, field.ty) {
            (Fact::Bool(value), _) => Value::Bool(value),
            (Fact::Number(n), Type::Decimal) => Value::Float(n as f64 / 10_000.0),
            (Fact::Number(n), _) => Value::Int(n),
            (Fact::Text(text) | Fact::Code(text), _) => text.into(),
            (Fact::Codes(codes), Type::Set(list)) => {
                let values = self.schema.values(list).iter().filter(|v| codes.contains(*v));
                values.map(String::as_str).collect::<Vec<_>>().into()
            }
            (Fact::Thing(row), Type::Thing(to)) if reach > 0 => self.thing(to, row, reach - 1)?,
            (Fact::Thing(_), _) => return Some(None),
            (fact, ty) => panic!("{fact:?} is no {ty:?}"),
        }))
    }

    fn members(&self, kind: KindId, row: usize, name: &str, to: KindId, source: Source) -> Vec<usize> {
        let (here, there) = (&self.schema.kind(kind).name, self.schema.kind(to));
        let others = self.world.kind(&there.name);
        match source {
            Source::List => self.world.kind(here)[row].lists[name].clone(),
            Source::Inverse(field) => {
                let field = &there.field(field).name;
                (0..others.len()).filter(|o| others[*o].facts[field] == Fact::Thing(row)).collect()
            }
            Source::InverseList(list) => {
                let list = &there.relation(list).name;
                (0..others.len()).filter(|o| others[*o].lists[list].contains(&row)).collect()
            }
        }
    }
}
