//! A check in Rego, translated from its plan.
//!
//! Rego's bodies are conjunctions, so negation is pushed inwards and every disjunction becomes a rule
//! (or a function, where it looks at a quantifier's variable) with a body for each part. An `exists`
//! that others follow becomes a rule too, or each of its members would be tried with each of theirs.

use super::document::{Documents, Form, Layout};
use super::reach::{outcome_key, reach};
use anyhow::{Context, Result, anyhow, bail};
use hegui_logic::plan::{Comparison, DECIMAL_ONE, NodeId, Op, Plan, Quantity, SetTest, TextTest, Var};
use hegui_logic::schema::{KindId, RelationId, Schema, Type};
use hegui_logic::truth::Truth;
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine, Rc, Value};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

/// The rule that says whether the check holds.
const ENTRY: &str = "data.check.holds";

/// A check as a Rego policy.
///
/// # Errors
/// When the check uses what Rego has not: working days.
pub fn translate(plan: &Plan, schema: &Schema) -> Result<String> {
    let mut translator = Translator { plan, schema, rules: String::new(), fresh: 0, names: vec![] };
    translator.names.push((Var(0), "input".to_owned()));
    let body = translator.body(plan.root, true)?;
    Ok(format!(
        "package check\n\nimport rego.v1\n\ndefault holds := false\n\nholds if {{\n{}}}\n\n{}",
        indented(&body),
        translator.rules
    ))
}

fn indented(lines: &[String]) -> String {
    if lines.is_empty() {
        return "\ttrue\n".to_owned();
    }
    lines.iter().map(|line| format!("\t{line}\n")).collect()
}

struct Translator<'a> {
    plan: &'a Plan,
    schema: &'a Schema,
    rules: String,
    fresh: usize,
    names: Vec<(Var, String)>,
}

/// A condition as lines of a body, and whether it tries members one after the other.
type Lines = Vec<String>;

impl Translator<'_> {
    fn fresh(&mut self, prefix: &str) -> String {
        self.fresh += 1;
        format!("{prefix}{}", self.fresh)
    }

    /// The conjunction that says that a node holds, or does not.
    fn body(&mut self, node: NodeId, holds: bool) -> Result<Lines> {
        let plan = self.plan;
        Ok(match (plan.op(node), holds) {
            (Op::Constant(truth), _) if *truth == Truth::from(holds) => vec![],
            (Op::Constant(_), _) => vec!["false".to_owned()],
            (Op::Not(part), _) => self.body(*part, !holds)?,
            (Op::And(parts), true) | (Op::Or(parts), false) => self.every_part(parts, holds)?,
            (Op::Or(parts), true) | (Op::And(parts), false) => {
                let bodies = parts.iter().map(|part| self.body(*part, holds)).collect::<Result<Vec<_>>>()?;
                vec![self.rule(&bodies, &self.free(node))]
            }
            (Op::If(condition, then, other), _) => {
                let yes = [self.body(*condition, true)?, self.body(*then, holds)?].concat();
                let no = [self.body(*condition, false)?, self.body(*other, holds)?].concat();
                vec![self.rule(&[yes, no], &self.free(node))]
            }
            (Op::Alike(a, b), _) => {
                let same = [self.body(*a, true)?, self.body(*b, holds)?].concat();
                let other = [self.body(*a, false)?, self.body(*b, !holds)?].concat();
                vec![self.rule(&[same, other], &self.free(node))]
            }
            (Op::Quantified(how, thing, kind, relation, var, body), _) => {
                self.quantified(*how, (*thing, *kind, *relation), *var, *body, holds)?
            }
            _ => vec![self.atom(node, holds)?],
        })
    }

    /// Parts that must all hold (or all fail). What tries members stands in a rule of its own, unless
    /// nothing comes after it.
    fn every_part(&mut self, parts: &[NodeId], holds: bool) -> Result<Lines> {
        let mut lines = vec![];
        for (place, part) in parts.iter().enumerate() {
            let body = self.body(*part, holds)?;
            let tries = body.iter().any(|line| line.starts_with("some "));
            if tries && place + 1 < parts.len() {
                lines.push(self.rule(&[body], &self.free(*part)));
            } else {
                lines.extend(body);
            }
        }
        Ok(lines)
    }

    /// A rule that holds when one of the bodies does; the call of it.
    fn rule(&mut self, bodies: &[Lines], free: &BTreeSet<Var>) -> String {
        let name = self.fresh("part");
        let call = self.call(&name, free);
        for body in bodies {
            let _ = write!(self.rules, "{call} if {{\n{}}}\n\n", indented(body));
        }
        call
    }

    fn call(&self, name: &str, free: &BTreeSet<Var>) -> String {
        let arguments: Vec<&str> = free.iter().filter(|var| var.0 > 0).map(|var| self.name(*var)).collect();
        if arguments.is_empty() { name.to_owned() } else { format!("{name}({})", arguments.join(", ")) }
    }

    fn name(&self, var: Var) -> &str {
        self.names.iter().rev().find(|(v, _)| *v == var).map_or("input", |(_, name)| name.as_str())
    }

    /// The variables that a node reads and does not bind.
    fn free(&self, node: NodeId) -> BTreeSet<Var> {
        match self.plan.op(node) {
            Op::Thing(var) => BTreeSet::from([*var]),
            Op::Quantified(_, thing, _, _, var, body) | Op::Count(thing, _, _, var, body) => {
                let mut free = self.free(*body);
                free.remove(var);
                free.extend(self.free(*thing));
                free
            }
            op => op.parts().into_iter().flat_map(|part| self.free(part)).collect(),
        }
    }

    fn quantified(
        &mut self,
        how: Quantity,
        (thing, kind, relation): (NodeId, KindId, RelationId),
        var: Var,
        body: NodeId,
        holds: bool,
    ) -> Result<Lines> {
        let range = self.range(thing, kind, relation)?;
        if how == Quantity::One {
            let (count, operator) = (self.counted(&range, var, body)?, if holds { "==" } else { "!=" });
            return Ok(vec![format!("{count} {operator} 1")]);
        }
        let member = self.fresh("m");
        self.names.push((var, member.clone()));
        let body = self.body(body, holds)?;
        self.names.pop();
        if (how == Quantity::Some) == holds {
            let mut lines = vec![format!("some {member} in {range}")];
            lines.extend(body);
            return Ok(lines);
        }
        Ok(vec![format!("every {member} in {range} {{ {} }}", inline(&body))])
    }

    fn range(&self, thing: NodeId, kind: KindId, relation: RelationId) -> Result<String> {
        Ok(format!("{}.{}", self.thing(thing)?, self.schema.kind(kind).relation(relation).name))
    }

    fn counted(&mut self, range: &str, var: Var, body: NodeId) -> Result<String> {
        if matches!(self.plan.op(body), Op::Constant(Truth::True)) {
            return Ok(format!("count({range})"));
        }
        let member = self.fresh("m");
        self.names.push((var, member.clone()));
        let free = self.free(body);
        let body = self.body(body, true)?;
        // A member counts once, however often its own members satisfy the body.
        let tries = body.iter().any(|line| line.starts_with("some "));
        let body = if tries { vec![self.rule(&[body], &free)] } else { body };
        self.names.pop();
        Ok(format!("count([1 | some {member} in {range}; {}])", inline(&body)))
    }

    fn atom(&mut self, node: NodeId, holds: bool) -> Result<String> {
        let plan = self.plan;
        let not = if holds { "" } else { "not " };
        Ok(match plan.op(node) {
            Op::Flag(thing, kind, field) => {
                let flag = format!("{}.{}", self.thing(*thing)?, self.schema.kind(*kind).field(*field).name);
                if holds { flag } else { format!("{flag} == false") }
            }
            Op::Has(thing, kind, field) => {
                let name = &self.schema.kind(*kind).field(*field).name;
                format!("{not}\"{name}\" in object.keys({})", self.thing(*thing)?)
            }
            Op::Compare(how, a, b) => {
                let ty = self.ty(*a).or_else(|| self.ty(*b));
                let (a, b) = (self.number(*a, ty)?, self.number(*b, ty)?);
                format!("{a} {} {b}", operator(*how, holds))
            }
            Op::SameThing(a, b) => {
                let (a, b) = (self.thing(*a)?, self.thing(*b)?);
                format!("{a}.id_ {} {b}.id_", if holds { "==" } else { "!=" })
            }
            Op::Member(item, set) => {
                let ty = self.ty(*item).or_else(|| self.element(*set));
                let (item, set) = (self.number(*item, ty)?, self.set(*set, ty)?);
                format!("{not}{item} in {set}")
            }
            Op::Sets(test, a, b) => {
                let ty = self.element(*a).or_else(|| self.element(*b));
                let (a, b) = (self.set(*a, ty)?, self.set(*b, ty)?);
                match (test, holds) {
                    (SetTest::Subset, true) => format!("count({a} - {b}) == 0"),
                    (SetTest::Subset, false) => format!("count({a} - {b}) > 0"),
                    (SetTest::Overlap, true) => format!("count({a} & {b}) > 0"),
                    (SetTest::Overlap, false) => format!("count({a} & {b}) == 0"),
                    (SetTest::Same, true) => format!("{a} == {b}"),
                    (SetTest::Same, false) => format!("{a} != {b}"),
                }
            }
            Op::Text(test, subject, pattern) => {
                let (subject, pattern) = (self.number(*subject, None)?, self.text(*pattern)?);
                match test {
                    TextTest::Contains => format!("{not}contains({subject}, {pattern})"),
                    TextTest::StartsWith => format!("{not}startswith({subject}, {pattern})"),
                    TextTest::EndsWith => format!("{not}endswith({subject}, {pattern})"),
                    TextTest::Matches => format!("{not}regex.match({pattern}, {subject})"),
                }
            }
            Op::Outcome(name, thing) => {
                let (clause, _) = plan.outcomes.get(*name as usize).context("an outcome without a name")?;
                let outcome = format!("{}.{}", self.thing(*thing)?, outcome_key(clause));
                if holds { outcome } else { format!("{outcome} == false") }
            }
            other => bail!("no truth: {other:?}"),
        })
    }

    fn thing(&self, node: NodeId) -> Result<String> {
        match self.plan.op(node) {
            Op::Thing(var) => Ok(self.name(*var).to_owned()),
            Op::Follow(thing, kind, field) => {
                Ok(format!("{}.{}", self.thing(*thing)?, self.schema.kind(*kind).field(*field).name))
            }
            other => bail!("no thing: {other:?}"),
        }
    }

    fn text(&self, place: u32) -> Result<String> {
        let text = self.plan.texts.get(place as usize).context("a text that is not there")?;
        Ok(Json::from(text.as_str()).to_string())
    }

    /// The type of a number, where a fact tells it.
    fn ty(&self, node: NodeId) -> Option<Type> {
        match self.plan.op(node) {
            Op::Fact(_, kind, field) => Some(self.schema.kind(*kind).field(*field).ty),
            Op::Number(_) | Op::Literal(_) => None,
            Op::If(_, a, b) | Op::Add(a, b) | Op::Subtract(a, b) | Op::Multiply(a, b) => {
                self.ty(*a).or_else(|| self.ty(*b))
            }
            _ => Some(Type::Int),
        }
    }

    /// The type of a set's values, where a fact tells it.
    fn element(&self, node: NodeId) -> Option<Type> {
        let Op::SetFact(_, kind, field) = self.plan.op(node) else { return None };
        match self.schema.kind(*kind).field(*field).ty {
            Type::Set(list) => Some(Type::Enum(list)),
            _ => None,
        }
    }

    fn number(&mut self, node: NodeId, ty: Option<Type>) -> Result<String> {
        let plan = self.plan;
        Ok(match plan.op(node) {
            Op::Number(n) => match ty {
                Some(Type::Enum(list)) => self.code(list, *n)?,
                Some(Type::Decimal) => format!("{}", *n as f64 / DECIMAL_ONE as f64),
                _ => n.to_string(),
            },
            Op::Literal(place) => self.text(*place)?,
            Op::Fact(thing, kind, field) => {
                format!("{}.{}", self.thing(*thing)?, self.schema.kind(*kind).field(*field).name)
            }
            Op::AsOf => "input.as_of".to_owned(),
            Op::Add(a, b) => format!("({} + {})", self.number(*a, ty)?, self.number(*b, ty)?),
            Op::Subtract(a, b) => format!("({} - {})", self.number(*a, ty)?, self.number(*b, ty)?),
            Op::Multiply(_, _) if ty == Some(Type::Decimal) => bail!("a product of decimals"),
            Op::Multiply(a, b) => format!("({} * {})", self.number(*a, ty)?, self.number(*b, ty)?),
            Op::If(condition, then, other) => self.chosen(node, (*condition, *then, *other), ty)?,
            Op::Count(thing, kind, relation, var, body) => {
                let range = self.range(*thing, *kind, *relation)?;
                self.counted(&range, *var, *body)?
            }
            Op::CountSet(set) => format!("count({})", self.set(*set, None)?),
            Op::Workdays(..) | Op::AddWorkdays(..) => bail!("Rego has no working days"),
            other => bail!("no number: {other:?}"),
        })
    }

    /// One of two numbers: a function with two bodies.
    fn chosen(&mut self, node: NodeId, parts: (NodeId, NodeId, NodeId), ty: Option<Type>) -> Result<String> {
        let (condition, then, other) = parts;
        let (yes, no) = (self.body(condition, true)?, self.body(condition, false)?);
        let (then, other) = (self.number(then, ty)?, self.number(other, ty)?);
        let name = self.fresh("either");
        let call = self.call(&name, &self.free(node));
        for (value, body) in [(then, yes), (other, no)] {
            let _ = write!(self.rules, "{call} := {value} if {{\n{}}}\n\n", indented(&body));
        }
        Ok(call)
    }

    fn code(&self, list: hegui_logic::schema::EnumId, place: i64) -> Result<String> {
        let code = usize::try_from(place).ok().and_then(|place| self.schema.values(list).get(place));
        Ok(format!("\"{}\"", code.context("a code that is not there")?))
    }

    fn set(&mut self, node: NodeId, element: Option<Type>) -> Result<String> {
        match self.plan.op(node) {
            Op::SetFact(thing, kind, field) => {
                Ok(format!("{}.{}", self.thing(*thing)?, self.schema.kind(*kind).field(*field).name))
            }
            Op::SetLiteral(0) => Ok("set()".to_owned()),
            Op::SetLiteral(set) => {
                let Some(Type::Enum(list)) = element else { bail!("a set of nobody knows what") };
                let places = (0..128).filter(|place| set >> place & 1 == 1);
                let codes = places.map(|place| self.code(list, place)).collect::<Result<Vec<_>>>()?;
                Ok(format!("{{{}}}", codes.join(", ")))
            }
            other => bail!("no set: {other:?}"),
        }
    }
}

fn inline(body: &[String]) -> String {
    if body.is_empty() { "true".to_owned() } else { body.join("; ") }
}

fn operator(how: Comparison, holds: bool) -> &'static str {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    match (how, holds) {
        (Equal, true) | (NotEqual, false) => "==",
        (NotEqual, true) | (Equal, false) => "!=",
        (Less, true) | (GreaterOrEqual, false) => "<",
        (LessOrEqual, true) | (Greater, false) => "<=",
        (Greater, true) | (LessOrEqual, false) => ">",
        (GreaterOrEqual, true) | (Less, false) => ">=",
    }
}

/// How regorus evaluates: whichever is faster is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Its virtual machine.
    Machine,
    /// Its interpreter, one engine for all inputs.
    Engine,
}

/// A check as regorus runs it.
pub struct Policy {
    machine: RegoVM,
    engine: Engine,
}

/// What of the rows regorus needs for a check.
pub struct Inputs {
    layout: Layout,
    as_of: i64,
}

impl Inputs {
    /// Finds out where in the rows everything stands that a check reaches.
    #[must_use]
    pub fn new(plan: &Plan, documents: &Documents<'_>, as_of: i64) -> Self {
        Self { layout: documents.layout(&reach(plan), plan.scope), as_of }
    }

    /// The input for a thing.
    pub fn of<'a>(&'a self, documents: &Documents<'a>, values: &mut Values<'a>, row: u32) -> Value {
        let mut input = documents.of(values, &self.layout, row);
        if let Ok(map) = input.as_object_mut() {
            map.insert(values.string("as_of"), self.as_of.into());
        }
        input
    }
}

impl Policy {
    /// Translates and compiles a check, for both ways of running it.
    ///
    /// # Errors
    /// When it cannot be translated or compiled.
    pub fn new(plan: &Plan, schema: &Schema) -> Result<Self> {
        let source = translate(plan, schema)?;
        let mut engine = Engine::new();
        engine.add_policy("check.rego".to_owned(), source.clone()).with_context(|| source.clone())?;
        let entry: Rc<str> = ENTRY.into();
        let compiled = engine.compile_with_entrypoint(&entry).with_context(|| source.clone())?;
        let program =
            Compiler::compile_from_policy(&compiled, &[ENTRY]).map_err(|e| anyhow!("{e}\n{source}"))?;
        let mut machine = RegoVM::new();
        machine.load_program(program);
        machine.set_max_instructions(usize::MAX);
        machine.set_execution_timer_config(None);
        Ok(Self { machine, engine })
    }

    /// Whether the check holds for an input.
    ///
    /// # Errors
    /// When regorus fails.
    pub fn holds(&mut self, mode: Mode, input: &Value) -> Result<bool> {
        let result = match mode {
            Mode::Machine => {
                self.machine.set_input(input.clone());
                self.machine.execute().map_err(|error| anyhow!("{error}"))?
            }
            Mode::Engine => {
                self.engine.set_input(input.clone());
                self.engine.eval_rule(ENTRY.to_owned())?
            }
        };
        match result {
            Value::Bool(truth) => Ok(truth),
            other => Err(anyhow!("regorus says {other:?}")),
        }
    }
}

/// Documents as regorus reads them; each text is made once and shared.
#[derive(Default)]
pub struct Values<'a> {
    strings: HashMap<&'a str, Value>,
}

impl<'a> Values<'a> {
    fn string(&mut self, text: &'a str) -> Value {
        self.strings.entry(text).or_insert_with(|| text.into()).clone()
    }
}

impl<'a> Form<'a> for Values<'a> {
    type Value = Value;

    fn plain(&mut self, value: &'a Json) -> Value {
        match value {
            Json::String(text) => self.string(text),
            Json::Number(number) => match number.as_i64() {
                Some(whole) => whole.into(),
                None => number.as_f64().unwrap_or_default().into(),
            },
            Json::Bool(flag) => (*flag).into(),
            _ => Value::Null,
        }
    }

    fn codes(&mut self, codes: &'a [Json]) -> Value {
        codes.iter().map(|code| self.plain(code)).collect::<BTreeSet<Value>>().into()
    }

    fn identity(&mut self, row: u32) -> Value {
        row.into()
    }

    fn map(&mut self, entries: Vec<(&'a str, Value)>) -> Value {
        let map = entries.into_iter().map(|(name, value)| (self.string(name), value));
        map.collect::<BTreeMap<Value, Value>>().into()
    }

    fn list(&mut self, things: Vec<Value>) -> Value {
        things.into()
    }
}
