//! The `cel` crate's interpreter, used as fast as it can be: a program compiled once, a context with
//! all variables made beforehand, and no function called where a field will do.

use super::document::{Document, Documents};
use super::reach::{Reach, outcome_key, reach};
use anyhow::{Context as _, Result, anyhow, bail};
use cel::objects::{Key, Map};
use cel::{Context, Env, Program, Value};
use hegui_logic::calendar::{Calendar, parse_date};
use hegui_logic::plan::{Op, Plan};
use hegui_logic::schema::{FieldId, KindId, Schema, Type};
use serde_json::Value as Json;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The source with `met("5.7.2", c)` read from a field, `c.met_5_7_2`, and things compared by their
/// numbers: what one would write for this interpreter, for which a function call copies its arguments.
///
/// # Errors
/// When things are compared in a way that cannot be written so (a thing `in` a relation).
pub fn rewrite(plan: &Plan) -> Result<String> {
    let mut changes: BTreeMap<(u32, u32), String> = BTreeMap::new();
    let span =
        |node: hegui_logic::plan::NodeId| plan.nodes.get(node.0 as usize).map(|n| n.span).unwrap_or_default();
    for node in &plan.nodes {
        match &node.op {
            Op::Outcome(name, thing) => {
                let (clause, _) = plan.outcomes.get(*name as usize).context("an outcome without a name")?;
                let field = format!("{}.{}", plan.quote(*thing), outcome_key(clause));
                changes.insert(with_name(plan, node.span), field);
            }
            Op::SameThing(a, b) => {
                for side in [*a, *b] {
                    if span(side) == node.span {
                        bail!("a thing is looked for in a relation");
                    }
                    changes.insert(span(side), format!("{}.id_", plan.quote(side)));
                }
            }
            _ => {}
        }
    }
    let mut source = plan.source.clone();
    for ((from, to), text) in changes.into_iter().rev() {
        source.replace_range(from as usize..to as usize, &text);
    }
    Ok(source)
}

/// The range of a call together with the function's name, before which its own range may begin.
fn with_name(plan: &Plan, (from, to): (u32, u32)) -> (u32, u32) {
    let call = plan.source.get(from as usize..).is_some_and(|rest| rest.starts_with('('));
    let named = plan.source.get(..from as usize).is_some_and(|before| before.ends_with("met"));
    if call && named { (from - 3, to) } else { (from, to) }
}

/// A check as the interpreter runs it.
pub struct Interpreter<'a> {
    program: Program,
    env: Arc<Env>,
    schema: &'a Schema,
    scope: KindId,
    reach: Reach,
    as_of: i64,
    calendar: Arc<Calendar>,
}

impl<'a> Interpreter<'a> {
    /// Compiles a check.
    ///
    /// # Errors
    /// When the interpreter cannot read it.
    pub fn new(plan: &Plan, schema: &'a Schema, calendar: &Calendar, as_of: i64) -> Result<Self> {
        let env = Arc::new(Env::stdlib());
        let source = rewrite(plan)?;
        let program = env.compile(&source).map_err(|error| anyhow!("{source}: {error}"))?;
        let calendar = Arc::new(calendar.clone());
        Ok(Self { program, env, schema, scope: plan.scope, reach: reach(plan), as_of, calendar })
    }

    /// The context of a thing: every name that the check may use.
    ///
    /// # Errors
    /// When a function cannot be added.
    pub fn context(&self, documents: &Documents<'_>, row: u32) -> Result<Context<'static, 'static>> {
        let mut context = Context::with_env(self.env.clone());
        self.functions(&mut context)?;
        context.add_variable_from_value("as_of", self.as_of);
        let document = documents.of(&self.reach, self.scope, row);
        let mut kind = Some(self.scope);
        let mut path: Vec<FieldId> = vec![];
        while let Some(at) = kind {
            let definition = self.schema.kind(at);
            for field in &definition.names {
                let name = &definition.field(*field).name;
                self.name(&mut context, &document, &[path.as_slice(), &[*field]].concat(), name);
            }
            self.name(&mut context, &document, &path, &definition.name);
            path.extend(definition.parent);
            kind = self.schema.parent_of(at);
        }
        Ok(context)
    }

    /// Gives a thing reached over reference fields a name of its own, if the check reaches it.
    fn name(&self, context: &mut Context<'_, '_>, document: &Document<'_>, path: &[FieldId], name: &str) {
        let mut at = document;
        let mut kind = self.scope;
        for field in path {
            let field = self.schema.kind(kind).field(*field);
            let Document::Map(map) = at else { return };
            let Some((_, below)) = map.iter().find(|(key, _)| *key == field.name) else { return };
            let Type::Thing(to) = field.ty else { return };
            (at, kind) = (below, to);
        }
        if matches!(at, Document::Map(_)) && context.get_variable(name).is_none() {
            context.add_variable_from_value(name, value(at));
        }
    }

    fn functions(&self, context: &mut Context<'_, '_>) -> Result<()> {
        let beyond = |name: &str| cel::ExecutionError::function_error(name, "beyond the published years");
        let (calendar, other) = (self.calendar.clone(), self.calendar.clone());
        context.add_function("date", |text: Arc<String>| parse_date(&text).unwrap_or_default())?;
        context.add_function("days", |n: i64| n * 86_400)?;
        context.add_function("hours", |n: i64| n * 3_600)?;
        context.add_function("workdays", move |a: i64, b: i64| {
            calendar.workdays(a, b).ok_or_else(|| beyond("workdays"))
        })?;
        context.add_function("add_workdays", move |a: i64, n: i64| {
            other.add_workdays(a, n).ok_or_else(|| beyond("add_workdays"))
        })?;
        Ok(())
    }

    /// Whether the check holds in a context.
    ///
    /// # Errors
    /// When the interpreter fails.
    pub fn holds(&self, context: &Context<'_, '_>) -> Result<bool> {
        match self.program.execute(context) {
            Ok(Value::Bool(truth)) => Ok(truth),
            other => Err(anyhow!("the interpreter says {other:?}")),
        }
    }
}

fn value(document: &Document<'_>) -> Value {
    match document {
        Document::Plain(json) | Document::Codes(json) => plain(json),
        Document::Identity(row) => Value::Int(*row as i64),
        Document::List(things) => Value::List(Arc::new(things.iter().map(value).collect())),
        Document::Map(map) => {
            let map: HashMap<Key, Value> =
                map.iter().map(|(key, v)| (key.as_str().into(), value(v))).collect();
            Value::Map(Map { map: Arc::new(map) })
        }
    }
}

fn plain(json: &Json) -> Value {
    match json {
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => {
            number.as_i64().map_or_else(|| Value::Float(number.as_f64().unwrap_or_default()), Value::Int)
        }
        Json::String(text) => text.as_str().into(),
        Json::Array(list) => Value::List(Arc::new(list.iter().map(plain).collect())),
        Json::Null | Json::Object(_) => Value::Null,
    }
}
