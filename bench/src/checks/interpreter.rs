//! The `cel` crate's interpreter, used as fast as it can be: a program compiled once, what is the same for
//! all things in one context, a thing's variables made in the form that it evaluates in a context inside
//! of that, and no function called where a field will do.

use super::document::{Documents, Form, Layout};
use super::reach::{Key as RowKey, Reach, outcome_key, reach};
use anyhow::{Context as _, Result, anyhow, bail};
use cel::common::types::{CelBool, CelDouble, CelInt, CelList, CelMap, CelMapKey, CelNull, CelString};
use cel::common::value::Val;
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

/// A thing that a check gives a name: the references that lead to it, each from a kind at a place of its
/// rows, and what its document holds.
struct Name {
    name: String,
    path: Vec<(KindId, usize)>,
    layout: Layout,
}

/// A check as the interpreter runs it.
pub struct Interpreter {
    program: Program,
    root: Context<'static, 'static>,
    names: Vec<Name>,
}

impl Interpreter {
    /// Compiles a check, and finds out where in the rows everything stands that it reaches.
    ///
    /// # Errors
    /// When the interpreter cannot read it.
    pub fn new(
        plan: &Plan,
        schema: &Schema,
        documents: &Documents<'_>,
        calendar: &Calendar,
        as_of: i64,
    ) -> Result<Self> {
        let env = Arc::new(Env::stdlib());
        let source = rewrite(plan)?;
        let program = env.compile(&source).map_err(|error| anyhow!("{source}: {error}"))?;
        let mut root = Context::with_env(env);
        functions(&mut root, calendar)?;
        root.add_variable_from_value("as_of", as_of);
        let mut made = Self { program, root, names: vec![] };
        let reach = reach(plan);
        let mut kind = Some(plan.scope);
        let mut path: Vec<FieldId> = vec![];
        while let Some(at) = kind {
            let definition = schema.kind(at);
            let named = definition.names.iter().map(|field| {
                let path = [path.as_slice(), &[*field]].concat();
                (definition.field(*field).name.as_str(), path)
            });
            for (name, path) in named.chain([(definition.name.as_str(), path.clone())]) {
                if uses(&source, name) && made.names.iter().all(|other| other.name != name) {
                    let found = named_thing(documents, schema, (&reach, plan.scope), &path, &source, name);
                    made.names.extend(found);
                }
            }
            path.extend(definition.parent);
            kind = schema.parent_of(at);
        }
        Ok(made)
    }

    /// The context of a thing: every name that the check uses, beside what is the same for all. Texts
    /// are lent, not copied.
    pub fn context<'b>(&'b self, documents: &Documents<'b>, row: u32) -> Context<'b, 'b> {
        let mut context: Context<'b, 'b> = self.root.new_inner_scope();
        for Name { name, path, layout } in &self.names {
            let row = path.iter().try_fold(row, |row, (kind, place)| documents.reference(*kind, row, *place));
            if let Some(row) = row {
                context.add_variable_as_val(name.as_str(), documents.of(&mut Values, layout, row));
            }
        }
        context
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

/// A thing reached over reference fields, if the check reaches it. What has a name of its own stands in the
/// document of what refers to it only where the check goes that way too.
fn named_thing(
    documents: &Documents<'_>,
    schema: &Schema,
    (reach, scope): (&Reach, KindId),
    fields: &[FieldId],
    source: &str,
    name: &str,
) -> Option<Name> {
    let (mut at, mut kind, mut path) = (reach, scope, vec![]);
    for field in fields {
        let Type::Thing(to) = schema.kind(kind).field(*field).ty else { return None };
        path.push((kind, documents.place(kind, &RowKey::Fact(*field))?));
        (at, kind) = (at.follows.get(field)?, to);
    }
    let mut reach = at.clone();
    let definition = schema.kind(kind);
    reach.follows.retain(|field, _| source.contains(&format!(".{}", definition.field(*field).name)));
    Some(Name { name: name.to_owned(), path, layout: documents.layout(&reach, kind) })
}

/// Whether a source uses a name that is not a field.
fn uses(source: &str, name: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    source.match_indices(name).any(|(place, _)| {
        let before = source.get(..place).and_then(|before| before.chars().next_back());
        let after = source.get(place + name.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(|c| part(c) || c == '.') && !after.is_some_and(part)
    })
}

fn functions(context: &mut Context<'_, '_>, calendar: &Calendar) -> Result<()> {
    let beyond = |name: &str| cel::ExecutionError::function_error(name, "beyond the published years");
    let calendar = Arc::new(calendar.clone());
    let other = calendar.clone();
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

/// Documents as the interpreter evaluates them, so that it need not convert any.
struct Values;

impl<'a> Form<'a> for Values {
    type Value = Box<dyn Val + 'a>;

    fn plain(&mut self, value: &'a Json) -> Self::Value {
        match value {
            Json::Bool(flag) => Box::new(CelBool::from(*flag)),
            Json::Number(number) => match number.as_i64() {
                Some(number) => Box::new(CelInt::from(number)),
                None => Box::new(CelDouble::from(number.as_f64().unwrap_or_default())),
            },
            Json::String(text) => Box::new(CelString::from(text.as_str())),
            Json::Array(list) => self.codes(list),
            Json::Null | Json::Object(_) => Box::new(CelNull),
        }
    }

    fn codes(&mut self, codes: &'a [Json]) -> Self::Value {
        let codes: Vec<_> = codes.iter().map(|code| self.plain(code)).collect();
        self.list(codes)
    }

    fn identity(&mut self, row: u32) -> Self::Value {
        Box::new(CelInt::from(i64::from(row)))
    }

    fn map(&mut self, entries: Vec<(&'a str, Self::Value)>) -> Self::Value {
        let map: HashMap<CelMapKey<'a>, Self::Value> =
            entries.into_iter().map(|(name, value)| (name.into(), value)).collect();
        Box::new(CelMap::from(map))
    }

    fn list(&mut self, things: Vec<Self::Value>) -> Self::Value {
        Box::new(CelList::from(things))
    }
}
