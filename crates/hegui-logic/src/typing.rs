//! From a tree to a plan: names are looked up in the schema, types and ranges are checked, and what
//! authors may write for convenience (filter, map, lists of literals) becomes the few operations of
//! [`crate::plan::Op`].

use crate::calendar::{DAY, parse_date};
use crate::error::{Error, Problem, nearest};
use crate::plan::{Comparison, DECIMAL_ONE, Node, NodeId, Op, Plan, Quantity, SetTest, TextTest, Var};
use crate::schema::{EnumId, FieldId, KindId, RelationId, Schema, Type};
use crate::syntax::{self, Expr, ExprKind, Macro};

/// Most variables inside each other.
const VARIABLE_LIMIT: usize = 8;
/// Most nodes of a plan, a shared node counted as often as it is used; and most steps to make it:
/// lists inside lists, maps behind maps and filters inside filters multiply.
const NODE_LIMIT: usize = 20_000;
/// Largest regular expression program, in bytes.
const PATTERN_LIMIT: usize = 64 * 1024;
/// No result may leave ± this: far from the ends of `i64`, and from [`crate::plan::NONE`].
const NUMBER_LIMIT: i128 = 1 << 60;

/// Says whether a clause or requirement of this name has an outcome for things of this kind; if not,
/// the name that may have been meant.
pub type Clauses<'a> = &'a dyn Fn(&str, KindId) -> Result<(), Option<String>>;

/// Compiles an expression that yields truth about things of the kind `scope`.
///
/// # Errors
/// When the source is no expression of the subset, names something that is not in the schema, or its
/// types do not fit; the error carries the byte range of the offending piece.
pub fn compile(source: &str, schema: &Schema, scope: KindId, clauses: Clauses<'_>) -> Result<Plan, Error> {
    let tree = syntax::parse(source)?;
    let mut compiler = Compiler {
        schema,
        clauses,
        plan: Plan {
            scope,
            nodes: vec![],
            root: NodeId(0),
            texts: vec![],
            outcomes: vec![],
            source: source.to_owned(),
        },
        names: vec![],
        variables: 1,
        steps: 0,
        weights: vec![],
        heaviest: 0,
    };
    compiler.bind_scope(scope);
    let root = compiler.truth(&tree)?;
    compiler.bounded(&tree)?;
    compiler.plan.root = root;
    Ok(compiler.plan)
}

/// The type of a number, and the range that it cannot leave.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Num {
    ty: Type,
    low: i128,
    high: i128,
}

/// What an expression is.
#[derive(Clone, Debug)]
enum Typed {
    Truth(NodeId),
    Number(NodeId, Num),
    Set(NodeId, EnumId),
    Thing(NodeId, KindId),
    Relation(Range),
    /// A quoted text, which becomes a text or an enum value where it is compared.
    Quoted(String),
    /// A list as written.
    List(Vec<Expr>),
    /// One of two enum values or texts. Those have no order, so that nothing can be said of "one of
    /// the two"; what is asked of the choice is asked of each instead.
    Choice(NodeId, Box<Typed>, Box<Typed>),
}

/// The members of a relation, perhaps filtered and mapped.
#[derive(Clone, Debug)]
struct Range {
    thing: NodeId,
    kind: KindId,
    relation: RelationId,
    to: KindId,
    steps: Vec<(Macro, String, Expr)>,
}

/// What a name stands for.
#[derive(Clone, Debug)]
enum Named {
    /// A variable's thing, reached over reference fields.
    Path(Var, KindId, Vec<(KindId, FieldId)>),
    /// An element of a list as written, and how many names were in sight there.
    Element(Expr, usize),
    /// What a `map` made of a member.
    Made(Box<Typed>),
    AsOf,
}

struct Compiler<'a> {
    schema: &'a Schema,
    clauses: Clauses<'a>,
    plan: Plan,
    names: Vec<(String, Named)>,
    variables: u8,
    /// How much was done so far, so that it can be bounded.
    steps: usize,
    /// How many steps each node takes to evaluate.
    weights: Vec<usize>,
    heaviest: usize,
}

impl Compiler<'_> {
    fn bind_scope(&mut self, scope: KindId) {
        self.names.push(("as_of".to_owned(), Named::AsOf));
        let mut kind = scope;
        let mut path = vec![];
        loop {
            let definition = self.schema.kind(kind);
            for field in &definition.names {
                let mut path = path.clone();
                path.push((kind, *field));
                if let Type::Thing(to) = definition.field(*field).ty {
                    self.bind_first(&definition.field(*field).name, Named::Path(Var(0), to, path));
                }
            }
            self.bind_first(&definition.name, Named::Path(Var(0), kind, path.clone()));
            let (Some(field), Some(above)) = (definition.parent, self.schema.parent_of(kind)) else { break };
            path.push((kind, field));
            kind = above;
        }
    }

    fn bind_first(&mut self, name: &str, named: Named) {
        if !self.names.iter().any(|(n, _)| n == name) {
            self.names.push((name.to_owned(), named));
        }
    }

    fn push(&mut self, op: Op, span: (u32, u32)) -> NodeId {
        let weight_of = |part: &NodeId| self.weights.get(part.0 as usize).copied().unwrap_or(0);
        let weight = op.parts().iter().fold(1, |sum: usize, part| sum.saturating_add(weight_of(part)));
        self.heaviest = self.heaviest.max(weight);
        self.weights.push(weight);
        self.plan.nodes.push(Node { op, span });
        NodeId(self.plan.nodes.len() as u32 - 1)
    }

    /// Refuses what unfolds without end.
    fn bounded(&self, expr: &Expr) -> Result<(), Error> {
        if self.plan.nodes.len().max(self.steps).max(self.heaviest) > NODE_LIMIT {
            return self.fail(Problem::TooLarge { limit: NODE_LIMIT }, expr);
        }
        Ok(())
    }

    fn fail<T>(&self, problem: Problem, expr: &Expr) -> Result<T, Error> {
        Err(Error::new(problem, expr.span))
    }

    fn describe(&self, typed: &Typed) -> String {
        match typed {
            Typed::Truth(_) => "a truth value".into(),
            Typed::Number(_, num) => self.type_name(num.ty),
            Typed::Set(_, values) => format!("a set of `{}`", self.enum_name(*values)),
            Typed::Thing(_, kind) => format!("a `{}`", self.schema.kind(*kind).name),
            Typed::Relation(range) => format!("a list of `{}`", self.schema.kind(range.to).name),
            Typed::Quoted(_) => "a quoted text".into(),
            Typed::List(_) => "a list".into(),
            Typed::Choice(_, first, _) => self.describe(first),
        }
    }

    fn enum_name(&self, values: EnumId) -> &str {
        self.schema.enums.get(values.0 as usize).map_or("enum", |e| e.name.as_str())
    }

    fn type_name(&self, ty: Type) -> String {
        match ty {
            Type::Bool => "a truth value".into(),
            Type::Int => "a whole number".into(),
            Type::Decimal => "a decimal".into(),
            Type::Date => "a date".into(),
            Type::Duration => "a duration".into(),
            Type::Text => "a text".into(),
            Type::Enum(values) => format!("a value of `{}`", self.enum_name(values)),
            Type::Set(values) => format!("a set of `{}`", self.enum_name(values)),
            Type::Thing(kind) => format!("a `{}`", self.schema.kind(kind).name),
        }
    }

    fn expected<T>(&self, expected: &str, found: &Typed, expr: &Expr) -> Result<T, Error> {
        self.fail(Problem::Type { expected: expected.to_owned(), found: self.describe(found) }, expr)
    }

    fn truth(&mut self, expr: &Expr) -> Result<NodeId, Error> {
        match self.typed(expr)? {
            Typed::Truth(node) => Ok(node),
            other => self.expected("a truth value", &other, expr),
        }
    }

    fn thing(&mut self, expr: &Expr) -> Result<(NodeId, KindId), Error> {
        match self.typed(expr)? {
            Typed::Thing(node, kind) => Ok((node, kind)),
            other => self.expected("a thing", &other, expr),
        }
    }

    fn number(&mut self, expr: &Expr) -> Result<(NodeId, Num), Error> {
        match self.typed(expr)? {
            Typed::Number(node, num) => Ok((node, num)),
            other => self.expected("a number, date or duration", &other, expr),
        }
    }

    fn constant(&mut self, value: i64, ty: Type, expr: &Expr) -> Typed {
        let node = self.push(Op::Number(value), expr.span);
        Typed::Number(node, Num { ty, low: value.into(), high: value.into() })
    }

    fn typed(&mut self, expr: &Expr) -> Result<Typed, Error> {
        self.steps += 1;
        self.bounded(expr)?;
        match &expr.kind {
            ExprKind::Bool(value) => Ok(Typed::Truth(self.push(Op::Constant((*value).into()), expr.span))),
            ExprKind::Int(value) if i128::from(*value).abs() > NUMBER_LIMIT => {
                self.fail(Problem::Overflow, expr)
            }
            ExprKind::Int(value) => Ok(self.constant(*value, Type::Int, expr)),
            ExprKind::Decimal(value) => Ok(self.constant(*value, Type::Decimal, expr)),
            ExprKind::Text(text) => Ok(Typed::Quoted(text.clone())),
            ExprKind::Null => {
                self.fail(Problem::OutsideSubset { construct: "null (write !has(…))".into() }, expr)
            }
            ExprKind::Name(name) => self.name(name, expr),
            ExprKind::Select(operand, field) => self.select(operand, field, expr),
            ExprKind::Has(operand, field) => {
                let (thing, kind) = self.thing(operand)?;
                let Some(id) = self.schema.kind(kind).field_named(field) else {
                    return self.unknown_field(kind, field, expr);
                };
                Ok(Typed::Truth(self.push(Op::Has(thing, kind, id), expr.span)))
            }
            ExprKind::List(elements) => {
                // A list is copied wherever it is used.
                self.steps += elements.iter().map(size).sum::<usize>();
                Ok(Typed::List(elements.clone()))
            }
            ExprKind::Call(function, args) => self.call(function, args, expr),
            ExprKind::Method(target, function, args) => self.method(target, function, args, expr),
            ExprKind::Macro(kind, range, var, body) => self.comprehension(*kind, range, var, body, expr),
        }
    }

    fn name(&mut self, name: &str, expr: &Expr) -> Result<Typed, Error> {
        let Some((_, named)) = self.names.iter().rev().find(|(n, _)| n == name).cloned() else {
            let known: Vec<&str> = self.names.iter().map(|(n, _)| n.as_str()).collect();
            let near = nearest(name, known.iter().copied());
            let known = known.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
            return self.fail(Problem::UnknownName { name: name.to_owned(), known, near }, expr);
        };
        match named {
            Named::AsOf => {
                let node = self.push(Op::AsOf, expr.span);
                Ok(Typed::Number(node, range_of(Type::Date, (0, 0))))
            }
            Named::Path(var, kind, path) => {
                let mut node = self.push(Op::Thing(var), expr.span);
                for (from, field) in path {
                    node = self.push(Op::Follow(node, from, field), expr.span);
                }
                Ok(Typed::Thing(node, kind))
            }
            Named::Element(element, sight) => {
                let mut element = element;
                self.steps += size(&element);
                element.span = expr.span;
                // Names bound since then do not hide those that the element means.
                let later = self.names.split_off(sight);
                let typed = self.typed(&element);
                self.names.extend(later);
                match typed? {
                    Typed::List(list) if list.iter().any(|part| !part.is_literal()) => {
                        self.outside("a list inside a list, unless of literals", expr)
                    }
                    typed => Ok(typed),
                }
            }
            Named::Made(typed) => Ok(*typed),
        }
    }

    fn unknown_field<T>(&self, kind: KindId, field: &str, expr: &Expr) -> Result<T, Error> {
        let kind = self.schema.kind(kind);
        let names =
            kind.fields.iter().map(|f| f.name.as_str()).chain(kind.relations.iter().map(|r| r.name.as_str()));
        let near = nearest(field, names);
        self.fail(Problem::UnknownField { kind: kind.name.clone(), field: field.to_owned(), near }, expr)
    }

    fn select(&mut self, operand: &Expr, field: &str, expr: &Expr) -> Result<Typed, Error> {
        let (thing, kind) = self.thing(operand)?;
        let definition = self.schema.kind(kind);
        if let Some(relation) = definition.relation_named(field) {
            let to = definition.relation(relation).to;
            return Ok(Typed::Relation(Range { thing, kind, relation, to, steps: vec![] }));
        }
        let Some(id) = definition.field_named(field) else { return self.unknown_field(kind, field, expr) };
        let (ty, range) = (definition.field(id).ty, definition.field(id).range);
        Ok(match ty {
            Type::Bool => Typed::Truth(self.push(Op::Flag(thing, kind, id), expr.span)),
            Type::Set(values) => Typed::Set(self.push(Op::SetFact(thing, kind, id), expr.span), values),
            Type::Thing(to) => Typed::Thing(self.push(Op::Follow(thing, kind, id), expr.span), to),
            _ => Typed::Number(self.push(Op::Fact(thing, kind, id), expr.span), range_of(ty, range)),
        })
    }

    fn call(&mut self, function: &str, args: &[Expr], expr: &Expr) -> Result<Typed, Error> {
        match (function, args) {
            ("_&&_", [a, b]) => self.junction(true, a, b, expr),
            ("_||_", [a, b]) => self.junction(false, a, b, expr),
            ("!_", [a]) => {
                let a = self.truth(a)?;
                Ok(Typed::Truth(self.push(Op::Not(a), expr.span)))
            }
            ("_==_", [a, b]) => self.equality(a, b, false, expr),
            ("_!=_", [a, b]) => self.equality(a, b, true, expr),
            ("_<_", [a, b]) => self.ordering(Comparison::Less, a, b, expr),
            ("_<=_", [a, b]) => self.ordering(Comparison::LessOrEqual, a, b, expr),
            ("_>_", [a, b]) => self.ordering(Comparison::Greater, a, b, expr),
            ("_>=_", [a, b]) => self.ordering(Comparison::GreaterOrEqual, a, b, expr),
            ("_?_:_", [c, a, b]) => self.conditional(c, a, b, expr),
            ("_+_", [a, b]) => self.sum(a, b, false, expr),
            ("_-_", [a, b]) => self.sum(a, b, true, expr),
            ("_*_", [a, b]) => self.product(a, b, expr),
            ("-_", [a]) => {
                let (a, num) = self.number(a)?;
                if !matches!(num.ty, Type::Int | Type::Decimal | Type::Duration) {
                    return self.fail(
                        Problem::Type {
                            expected: "a number or duration".into(),
                            found: self.type_name(num.ty),
                        },
                        expr,
                    );
                }
                let zero = self.push(Op::Number(0), expr.span);
                let node = self.push(Op::Subtract(zero, a), expr.span);
                Ok(Typed::Number(node, Num { ty: num.ty, low: -num.high, high: -num.low }))
            }
            ("@in", [a, b]) => self.membership(a, b, expr),
            ("size", [a]) => self.size(a, expr),
            ("date", [a]) => match &a.kind {
                ExprKind::Text(text) => match parse_date(text) {
                    Some(seconds) => Ok(self.constant(seconds, Type::Date, expr)),
                    None => self.fail(Problem::Date { text: text.clone() }, a),
                },
                _ => self.arguments(function, "one quoted date", expr),
            },
            ("days", [a]) => self.length_of_time(DAY, a, expr),
            ("hours", [a]) => self.length_of_time(3_600, a, expr),
            ("workdays", [a, b]) => {
                let (a, b) = (self.of_type(a, Type::Date)?, self.of_type(b, Type::Date)?);
                let node = self.push(Op::Workdays(a.0, b.0), expr.span);
                Ok(Typed::Number(node, Num { ty: Type::Int, low: -1_000_000, high: 1_000_000 }))
            }
            ("add_workdays", [a, b]) => {
                let (a, b) = (self.of_type(a, Type::Date)?, self.of_type(b, Type::Int)?);
                let node = self.push(Op::AddWorkdays(a.0, b.0), expr.span);
                Ok(Typed::Number(node, range_of(Type::Date, (0, 0))))
            }
            ("met", [clause, thing]) => self.met(clause, thing, expr),
            ("met", _) => self.fail(Problem::Met, expr),
            ("date" | "days" | "hours" | "size", _) => self.arguments(function, "one argument", expr),
            ("workdays" | "add_workdays", _) => self.arguments(function, "two arguments", expr),
            ("_/_" | "_%_", _) => self.outside("division (multiply the other side)", expr),
            ("_[_]", _) => self.outside("indexing", expr),
            _ => self.outside(&format!("the function `{function}`"), expr),
        }
    }

    fn outside<T>(&self, construct: &str, expr: &Expr) -> Result<T, Error> {
        self.fail(Problem::OutsideSubset { construct: construct.to_owned() }, expr)
    }

    fn arguments<T>(&self, function: &str, takes: &'static str, expr: &Expr) -> Result<T, Error> {
        self.fail(Problem::Arguments { function: function.to_owned(), takes }, expr)
    }

    fn of_type(&mut self, expr: &Expr, ty: Type) -> Result<(NodeId, Num), Error> {
        let (node, num) = self.number(expr)?;
        if num.ty == ty {
            Ok((node, num))
        } else {
            let (expected, found) = (self.type_name(ty), self.type_name(num.ty));
            self.fail(Problem::Type { expected, found }, expr)
        }
    }

    /// `a && b && c` becomes one node with three parts.
    fn junction(&mut self, all: bool, a: &Expr, b: &Expr, expr: &Expr) -> Result<Typed, Error> {
        let mut parts = vec![];
        for side in [a, b] {
            let node = self.truth(side)?;
            match (all, self.plan.op(node)) {
                (true, Op::And(inner)) | (false, Op::Or(inner)) => parts.extend(inner.clone()),
                _ => parts.push(node),
            }
        }
        let op = if all { Op::And(parts) } else { Op::Or(parts) };
        Ok(Typed::Truth(self.push(op, expr.span)))
    }

    fn length_of_time(&mut self, unit: i64, n: &Expr, expr: &Expr) -> Result<Typed, Error> {
        let (node, num) = self.of_type(n, Type::Int)?;
        let unit_node = self.push(Op::Number(unit), expr.span);
        let node = self.push(Op::Multiply(node, unit_node), expr.span);
        let unit = i128::from(unit);
        self.checked(node, Num { ty: Type::Duration, low: num.low * unit, high: num.high * unit }, expr)
    }

    fn checked(&self, node: NodeId, num: Num, expr: &Expr) -> Result<Typed, Error> {
        if num.low < -NUMBER_LIMIT || num.high > NUMBER_LIMIT {
            return self.fail(Problem::Overflow, expr);
        }
        Ok(Typed::Number(node, num))
    }

    fn sum(&mut self, a: &Expr, b: &Expr, minus: bool, expr: &Expr) -> Result<Typed, Error> {
        let (mut left, mut right) = (self.number(a)?, self.number(b)?);
        self.align(&mut left, &mut right, expr);
        let ty = match (left.1.ty, right.1.ty, minus) {
            (Type::Int, Type::Int, _) => Type::Int,
            (Type::Decimal, Type::Decimal, _) => Type::Decimal,
            (Type::Duration, Type::Duration, _) => Type::Duration,
            (Type::Date, Type::Duration, _) | (Type::Duration, Type::Date, false) => Type::Date,
            (Type::Date, Type::Date, true) => Type::Duration,
            (l, r, _) => {
                let (expected, found) =
                    (format!("something to combine with {}", self.type_name(l)), self.type_name(r));
                return self.fail(Problem::Type { expected, found }, b);
            }
        };
        let (op, low, high) = if minus {
            (Op::Subtract(left.0, right.0), left.1.low - right.1.high, left.1.high - right.1.low)
        } else {
            (Op::Add(left.0, right.0), left.1.low + right.1.low, left.1.high + right.1.high)
        };
        let node = self.push(op, expr.span);
        self.checked(node, Num { ty, low, high }, expr)
    }

    /// Brings an int beside a decimal to ten-thousandths.
    fn align(&mut self, left: &mut (NodeId, Num), right: &mut (NodeId, Num), expr: &Expr) {
        let types = (left.1.ty, right.1.ty);
        for (this, other) in [(left, types.1), (right, types.0)] {
            if this.1.ty == Type::Int && other == Type::Decimal {
                let one = self.push(Op::Number(DECIMAL_ONE), expr.span);
                let node = self.push(Op::Multiply(this.0, one), expr.span);
                let scale = i128::from(DECIMAL_ONE);
                *this = (node, Num { ty: Type::Decimal, low: this.1.low * scale, high: this.1.high * scale });
            }
        }
    }

    fn product(&mut self, a: &Expr, b: &Expr, expr: &Expr) -> Result<Typed, Error> {
        let (left, right) = (self.number(a)?, self.number(b)?);
        let ty = match (left.1.ty, right.1.ty) {
            (Type::Int, Type::Int) => Type::Int,
            (Type::Int, Type::Decimal) | (Type::Decimal, Type::Int) => Type::Decimal,
            (Type::Int, Type::Duration) | (Type::Duration, Type::Int) => Type::Duration,
            (l, r) => {
                let (expected, found) =
                    (format!("a whole number beside {}", self.type_name(l)), self.type_name(r));
                return self.fail(Problem::Type { expected, found }, b);
            }
        };
        let corners = [
            left.1.low * right.1.low,
            left.1.low * right.1.high,
            left.1.high * right.1.low,
            left.1.high * right.1.high,
        ];
        let low = corners.into_iter().min().unwrap_or(0);
        let high = corners.into_iter().max().unwrap_or(0);
        let node = self.push(Op::Multiply(left.0, right.0), expr.span);
        self.checked(node, Num { ty, low, high }, expr)
    }

    fn conditional(&mut self, c: &Expr, a: &Expr, b: &Expr, expr: &Expr) -> Result<Typed, Error> {
        let condition = self.truth(c)?;
        match (self.typed(a)?, self.typed(b)?) {
            (Typed::Truth(x), Typed::Truth(y)) => {
                Ok(Typed::Truth(self.push(Op::If(condition, x, y), expr.span)))
            }
            (Typed::Number(x, n), Typed::Number(y, m)) => {
                let (mut left, mut right) = ((x, n), (y, m));
                self.align(&mut left, &mut right, expr);
                if left.1.ty != right.1.ty {
                    let (expected, found) = (self.type_name(left.1.ty), self.type_name(right.1.ty));
                    return self.fail(Problem::Type { expected, found }, b);
                }
                if matches!(left.1.ty, Type::Enum(_) | Type::Text) {
                    let branch = |(node, num)| Box::new(Typed::Number(node, num));
                    return Ok(Typed::Choice(condition, branch(left), branch(right)));
                }
                let node = self.push(Op::If(condition, left.0, right.0), expr.span);
                let (low, high) = (left.1.low.min(right.1.low), left.1.high.max(right.1.high));
                Ok(Typed::Number(node, Num { ty: left.1.ty, low, high }))
            }
            (Typed::Truth(_), other) => self.expected("a truth value, like the branch before", &other, b),
            (_, other) => self.expected("two truth values or two numbers as branches", &other, b),
        }
    }

    fn ordering(&mut self, how: Comparison, a: &Expr, b: &Expr, expr: &Expr) -> Result<Typed, Error> {
        let (mut left, mut right) = (self.number(a)?, self.number(b)?);
        self.align(&mut left, &mut right, expr);
        let ordered = matches!(left.1.ty, Type::Int | Type::Decimal | Type::Date | Type::Duration);
        if !ordered {
            return self.fail(
                Problem::Type {
                    expected: "a number, date or duration".into(),
                    found: self.type_name(left.1.ty),
                },
                a,
            );
        }
        if left.1.ty != right.1.ty {
            let (expected, found) = (self.type_name(left.1.ty), self.type_name(right.1.ty));
            return self.fail(Problem::Type { expected, found }, b);
        }
        Ok(Typed::Truth(self.push(Op::Compare(how, left.0, right.0), expr.span)))
    }

    /// A quoted text as a number of the type that the other side asks for.
    fn quoted(&mut self, text: &str, ty: Type, expr: &Expr) -> Result<NodeId, Error> {
        match ty {
            Type::Enum(values) => {
                let place = self.enum_place(text, values, expr)?;
                Ok(self.push(Op::Number(place as i64), expr.span))
            }
            Type::Text => {
                let place = self.text(text);
                Ok(self.push(Op::Literal(place), expr.span))
            }
            other => {
                let expected = self.type_name(other);
                self.fail(Problem::Type { expected, found: "a quoted text".into() }, expr)
            }
        }
    }

    fn enum_place(&self, text: &str, values: EnumId, expr: &Expr) -> Result<usize, Error> {
        let list = self.schema.values(values);
        match list.iter().position(|v| v == text) {
            Some(place) => Ok(place),
            None => {
                let near = nearest(text, list.iter().map(String::as_str));
                let list = self.enum_name(values).to_owned();
                self.fail(Problem::UnknownValue { value: text.to_owned(), list, near }, expr)
            }
        }
    }

    fn text(&mut self, text: &str) -> u32 {
        let place = self.plan.texts.iter().position(|t| t == text).unwrap_or_else(|| {
            self.plan.texts.push(text.to_owned());
            self.plan.texts.len() - 1
        });
        place as u32
    }

    fn equality(&mut self, a: &Expr, b: &Expr, negated: bool, expr: &Expr) -> Result<Typed, Error> {
        let (left, right) = (self.typed(a)?, self.typed(b)?);
        self.equal(left, right, (a, b), negated, expr)
    }

    fn equal(
        &mut self,
        left: Typed,
        right: Typed,
        (a, b): (&Expr, &Expr),
        negated: bool,
        expr: &Expr,
    ) -> Result<Typed, Error> {
        let how = if negated { Comparison::NotEqual } else { Comparison::Equal };
        let span = expr.span;
        let op = match (left, right) {
            (Typed::Choice(c, x, y), other) => {
                let x = self.equal(*x, other.clone(), (a, b), negated, expr)?;
                let y = self.equal(*y, other, (a, b), negated, expr)?;
                return self.either(c, x, y, expr);
            }
            (other, Typed::Choice(c, x, y)) => {
                let x = self.equal(other.clone(), *x, (a, b), negated, expr)?;
                let y = self.equal(other, *y, (a, b), negated, expr)?;
                return self.either(c, x, y, expr);
            }
            (Typed::Number(x, n), Typed::Number(y, m)) => {
                let (mut left, mut right) = ((x, n), (y, m));
                self.align(&mut left, &mut right, expr);
                if left.1.ty != right.1.ty {
                    let (expected, found) = (self.type_name(left.1.ty), self.type_name(right.1.ty));
                    return self.fail(Problem::Type { expected, found }, b);
                }
                return Ok(Typed::Truth(self.push(Op::Compare(how, left.0, right.0), span)));
            }
            (Typed::Number(x, n), Typed::Quoted(text)) => {
                let y = self.quoted(&text, n.ty, b)?;
                return Ok(Typed::Truth(self.push(Op::Compare(how, x, y), span)));
            }
            (Typed::Quoted(text), Typed::Number(y, n)) => {
                let x = self.quoted(&text, n.ty, a)?;
                return Ok(Typed::Truth(self.push(Op::Compare(how, x, y), span)));
            }
            (Typed::Truth(x), Typed::Truth(y)) => Op::Alike(x, y),
            (Typed::Thing(x, k), Typed::Thing(y, l)) if k == l => Op::SameThing(x, y),
            (Typed::Set(x, e), Typed::Set(y, f)) if self.same_values(e, f) => Op::Sets(SetTest::Same, x, y),
            (Typed::Set(x, e), Typed::List(list)) => {
                let y = self.set_literal(&list, e, b)?;
                Op::Sets(SetTest::Same, x, y)
            }
            (Typed::List(list), Typed::Set(y, e)) => {
                let x = self.set_literal(&list, e, a)?;
                Op::Sets(SetTest::Same, x, y)
            }
            (left, right) => {
                let (expected, found) = (self.describe(&left), self.describe(&right));
                if expected == found {
                    // Neither side has a type of its own that could tell what the other means.
                    let (expected, found) = ("a fact on one side".into(), format!("{found} on both"));
                    return self.fail(Problem::Type { expected, found }, expr);
                }
                return self.fail(Problem::Type { expected, found }, b);
            }
        };
        let node = self.push(op, span);
        Ok(Typed::Truth(if negated { self.push(Op::Not(node), span) } else { node }))
    }

    /// One truth or the other, as a condition says.
    fn either(&mut self, condition: NodeId, x: Typed, y: Typed, expr: &Expr) -> Result<Typed, Error> {
        match (x, y) {
            (Typed::Truth(x), Typed::Truth(y)) => {
                Ok(Typed::Truth(self.push(Op::If(condition, x, y), expr.span)))
            }
            (other, _) => self.expected("a truth value", &other, expr),
        }
    }

    /// Two lists of values are the same when their codes are.
    fn same_values(&self, a: EnumId, b: EnumId) -> bool {
        a == b || self.schema.values(a) == self.schema.values(b)
    }

    fn set_literal(&mut self, list: &[Expr], values: EnumId, expr: &Expr) -> Result<NodeId, Error> {
        let mut set = 0u128;
        for element in list {
            match &element.kind {
                ExprKind::Text(text) => set |= 1 << self.enum_place(text, values, element)?,
                _ => {
                    return self.fail(
                        Problem::Type { expected: "quoted values".into(), found: "something else".into() },
                        element,
                    );
                }
            }
        }
        Ok(self.push(Op::SetLiteral(set), expr.span))
    }

    fn membership(&mut self, a: &Expr, b: &Expr, expr: &Expr) -> Result<Typed, Error> {
        let item = self.typed(a)?;
        let range = self.typed(b)?;
        self.member(item, range, a, b, expr)
    }

    fn member(&mut self, item: Typed, range: Typed, a: &Expr, b: &Expr, expr: &Expr) -> Result<Typed, Error> {
        match (item, range) {
            (Typed::Choice(_, _, _), Typed::Relation(range)) if !range.steps.is_empty() => {
                self.some_equal(a, &range, expr)
            }
            (Typed::Choice(c, x, y), range) => {
                let x = self.member(*x, range.clone(), a, b, expr)?;
                let y = self.member(*y, range, a, b, expr)?;
                self.either(c, x, y, expr)
            }
            (Typed::Quoted(text), Typed::Set(set, values)) => {
                let item = self.quoted(&text, Type::Enum(values), a)?;
                Ok(Typed::Truth(self.push(Op::Member(item, set), expr.span)))
            }
            (Typed::Number(item, Num { ty: Type::Enum(e), .. }), Typed::Set(set, values))
                if self.same_values(e, values) =>
            {
                Ok(Typed::Truth(self.push(Op::Member(item, set), expr.span)))
            }
            (Typed::Number(item, Num { ty: Type::Enum(values), .. }), Typed::List(list)) => {
                let set = self.set_literal(&list, values, b)?;
                Ok(Typed::Truth(self.push(Op::Member(item, set), expr.span)))
            }
            (Typed::Number(..) | Typed::Truth(_), Typed::List(list)) => {
                let mut parts = vec![];
                for element in &list {
                    match self.equality(a, element, false, expr)? {
                        Typed::Truth(node) => parts.push(node),
                        other => return self.expected("a truth value", &other, expr),
                    }
                }
                Ok(Typed::Truth(self.push(Op::Or(parts), expr.span)))
            }
            (Typed::Thing(_, kind), Typed::Relation(range))
                if range.to == kind || !range.steps.is_empty() =>
            {
                self.some_equal(a, &range, expr)
            }
            (Typed::Number(..) | Typed::Quoted(_), Typed::Relation(range)) if !range.steps.is_empty() => {
                self.some_equal(a, &range, expr)
            }
            (_, other) => {
                self.expected("a set, a list or a mapped relation that can hold the left side", &other, b)
            }
        }
    }

    /// `x in r.map(y, e)`: some member's `e` equals `x`.
    fn some_equal(&mut self, item: &Expr, range: &Range, expr: &Expr) -> Result<Typed, Error> {
        let name = "@member".to_owned();
        let member = Expr { span: expr.span, kind: ExprKind::Name(name.clone()) };
        let equal = Expr { span: expr.span, kind: ExprKind::Call("_==_".into(), vec![item.clone(), member]) };
        self.quantified(Quantity::Some, range, &name, &equal, expr)
    }

    fn size(&mut self, of: &Expr, expr: &Expr) -> Result<Typed, Error> {
        match self.typed(of)? {
            Typed::Set(set, _) => {
                let node = self.push(Op::CountSet(set), expr.span);
                Ok(Typed::Number(node, Num { ty: Type::Int, low: 0, high: 128 }))
            }
            Typed::List(list) => Ok(self.constant(list.len() as i64, Type::Int, expr)),
            Typed::Relation(range) => {
                let yes = Expr { span: expr.span, kind: ExprKind::Bool(true) };
                let (var, body) = self.body(&range, "@member", &yes, expr, true)?;
                let node =
                    self.push(Op::Count(range.thing, range.kind, range.relation, var, body), expr.span);
                Ok(Typed::Number(node, Num { ty: Type::Int, low: 0, high: 1 << 32 }))
            }
            other => self.expected("a relation, a set or a list", &other, of),
        }
    }

    fn met(&mut self, clause: &Expr, thing: &Expr, expr: &Expr) -> Result<Typed, Error> {
        let ExprKind::Text(name) = &clause.kind else { return self.fail(Problem::Met, clause) };
        let (thing, kind) = self.thing(thing)?;
        if let Err(near) = (self.clauses)(name, kind) {
            let kind = self.schema.kind(kind).name.clone();
            return self.fail(Problem::UnknownClause { name: name.clone(), kind, near }, clause);
        }
        let entry = (name.clone(), kind);
        let place = self.plan.outcomes.iter().position(|o| *o == entry).unwrap_or_else(|| {
            self.plan.outcomes.push(entry);
            self.plan.outcomes.len() - 1
        });
        Ok(Typed::Truth(self.push(Op::Outcome(place as u32, thing), expr.span)))
    }

    fn method(&mut self, target: &Expr, function: &str, args: &[Expr], expr: &Expr) -> Result<Typed, Error> {
        let test = match function {
            "contains" => TextTest::Contains,
            "startsWith" => TextTest::StartsWith,
            "endsWith" => TextTest::EndsWith,
            "matches" => TextTest::Matches,
            _ => return self.outside(&format!("the function `{function}`"), expr),
        };
        let [Expr { kind: ExprKind::Text(pattern), .. }] = args else {
            return self.arguments(function, "one quoted text", expr);
        };
        let subject = self.typed(target)?;
        if test == TextTest::Matches
            && let Err(message) = compile_pattern(pattern)
        {
            return self.fail(Problem::Pattern { message }, expr);
        }
        let pattern = self.text(pattern);
        self.text_test(test, subject, pattern, target, expr)
    }

    fn text_test(
        &mut self,
        test: TextTest,
        subject: Typed,
        pattern: u32,
        target: &Expr,
        expr: &Expr,
    ) -> Result<Typed, Error> {
        match subject {
            Typed::Number(subject, Num { ty: Type::Text, .. }) => {
                Ok(Typed::Truth(self.push(Op::Text(test, subject, pattern), expr.span)))
            }
            Typed::Choice(c, x, y) => {
                let x = self.text_test(test, *x, pattern, target, expr)?;
                let y = self.text_test(test, *y, pattern, target, expr)?;
                self.either(c, x, y, expr)
            }
            other => self.expected("a text", &other, target),
        }
    }

    fn comprehension(
        &mut self,
        kind: Macro,
        range: &Expr,
        var: &str,
        body: &Expr,
        expr: &Expr,
    ) -> Result<Typed, Error> {
        match self.typed(range)? {
            Typed::Relation(mut range) => {
                let quantity = match kind {
                    Macro::All => Quantity::All,
                    Macro::Exists => Quantity::Some,
                    Macro::ExistsOne => Quantity::One,
                    Macro::Filter | Macro::Map => {
                        range.steps.push((kind, var.to_owned(), body.clone()));
                        return Ok(Typed::Relation(range));
                    }
                };
                self.quantified(quantity, &range, var, body, expr)
            }
            Typed::List(list) => self.each_element(kind, &list, var, body, expr),
            Typed::Set(set, values) => self.each_value(kind, set, values, var, body, expr),
            other => self.expected("a relation, a set or a list", &other, range),
        }
    }

    fn quantified(
        &mut self,
        how: Quantity,
        range: &Range,
        var: &str,
        body: &Expr,
        expr: &Expr,
    ) -> Result<Typed, Error> {
        let (variable, body) = self.body(range, var, body, expr, how != Quantity::All)?;
        Ok(Typed::Truth(
            self.push(
                Op::Quantified(how, range.thing, range.kind, range.relation, variable, body),
                expr.span,
            ),
        ))
    }

    /// The body of a quantifier over a range: with filters, `filter && body`, or for `all`
    /// `!filter || body`.
    fn body(
        &mut self,
        range: &Range,
        var: &str,
        body: &Expr,
        expr: &Expr,
        existential: bool,
    ) -> Result<(Var, NodeId), Error> {
        if usize::from(self.variables) > VARIABLE_LIMIT {
            return self.fail(Problem::TooManyVariables { limit: VARIABLE_LIMIT }, expr);
        }
        let variable = Var(self.variables);
        self.variables += 1;
        let mark = self.names.len();
        let mut element = Named::Path(variable, range.to, vec![]);
        let mut conditions = vec![];
        for (step, name, step_body) in &range.steps {
            self.names.push((name.clone(), element.clone()));
            if *step == Macro::Filter {
                conditions.push(self.truth(step_body)?);
            } else {
                element = Named::Made(Box::new(self.made(step_body)?));
            }
            self.names.truncate(mark);
        }
        self.names.push((var.to_owned(), element));
        let result = self.truth(body);
        self.names.truncate(mark);
        self.variables -= 1;
        let body = result?;
        if conditions.is_empty() {
            return Ok((variable, body));
        }
        let node = if existential {
            conditions.push(body);
            self.push(Op::And(conditions), expr.span)
        } else {
            let mut parts: Vec<NodeId> =
                conditions.into_iter().map(|c| self.push(Op::Not(c), expr.span)).collect();
            parts.push(body);
            self.push(Op::Or(parts), expr.span)
        };
        Ok((variable, node))
    }

    /// What a map makes of a member. It is used where other names are in sight, so it holds no
    /// expression that is yet to be typed.
    fn made(&mut self, expr: &Expr) -> Result<Typed, Error> {
        match self.typed(expr)? {
            Typed::Relation(range) if !range.steps.is_empty() => {
                self.outside("a filter or map as what map makes", expr)
            }
            Typed::List(list) if list.iter().any(|part| !part.is_literal()) => {
                self.outside("a list as what map makes", expr)
            }
            typed => Ok(typed),
        }
    }

    /// `["a", "b"].all(x, …)`: the body once for each element.
    fn each_element(
        &mut self,
        kind: Macro,
        list: &[Expr],
        var: &str,
        body: &Expr,
        expr: &Expr,
    ) -> Result<Typed, Error> {
        let mut parts = vec![];
        for element in list {
            let sight = self.names.len();
            self.names.push((var.to_owned(), Named::Element(element.clone(), sight)));
            let part = self.truth(body);
            self.names.pop();
            parts.push(part?);
        }
        match kind {
            Macro::All => Ok(Typed::Truth(self.push(Op::And(parts), expr.span))),
            Macro::Exists => Ok(Typed::Truth(self.push(Op::Or(parts), expr.span))),
            _ => self.outside("exists_one, filter or map over a written list", expr),
        }
    }

    /// `set.all(x, …)`: for `x in other` a comparison of sets, otherwise the body once a value.
    fn each_value(
        &mut self,
        kind: Macro,
        set: NodeId,
        values: EnumId,
        var: &str,
        body: &Expr,
        expr: &Expr,
    ) -> Result<Typed, Error> {
        let test = match kind {
            Macro::All => SetTest::Subset,
            Macro::Exists => SetTest::Overlap,
            _ => return self.outside("exists_one, filter or map over a set", expr),
        };
        if let ExprKind::Call(function, args) = &body.kind
            && function == "@in"
            && let [Expr { kind: ExprKind::Name(name), .. }, other] = args.as_slice()
            && name == var
            && !mentions(other, var)
        {
            let other_set = match self.typed(other)? {
                Typed::Set(node, others) if self.same_values(values, others) => node,
                Typed::List(list) => self.set_literal(&list, values, other)?,
                found => {
                    let expected = self.type_name(Type::Set(values));
                    return self.expected(&expected, &found, other);
                }
            };
            return Ok(Typed::Truth(self.push(Op::Sets(test, set, other_set), expr.span)));
        }
        let mut parts = vec![];
        for (place, value) in self.schema.values(values).to_vec().into_iter().enumerate() {
            let element = Expr { span: expr.span, kind: ExprKind::Text(value) };
            let number = self.push(Op::Number(place as i64), expr.span);
            let inside = self.push(Op::Member(number, set), expr.span);
            let sight = self.names.len();
            self.names.push((var.to_owned(), Named::Element(element, sight)));
            let part = self.truth(body);
            self.names.pop();
            let part = part?;
            parts.push(if test == SetTest::Subset {
                let outside = self.push(Op::Not(inside), expr.span);
                self.push(Op::Or(vec![outside, part]), expr.span)
            } else {
                self.push(Op::And(vec![inside, part]), expr.span)
            });
        }
        let op = if test == SetTest::Subset { Op::And(parts) } else { Op::Or(parts) };
        Ok(Typed::Truth(self.push(op, expr.span)))
    }
}

/// How many parts an expression has, itself included.
fn size(expr: &Expr) -> usize {
    1 + match &expr.kind {
        ExprKind::Select(a, _) | ExprKind::Has(a, _) => size(a),
        ExprKind::List(parts) | ExprKind::Call(_, parts) => parts.iter().map(size).sum(),
        ExprKind::Method(a, _, parts) => size(a) + parts.iter().map(size).sum::<usize>(),
        ExprKind::Macro(_, a, _, b) => size(a) + size(b),
        _ => 0,
    }
}

fn mentions(expr: &Expr, var: &str) -> bool {
    match &expr.kind {
        ExprKind::Name(name) => name == var,
        ExprKind::Select(a, _) | ExprKind::Has(a, _) => mentions(a, var),
        ExprKind::List(parts) | ExprKind::Call(_, parts) => parts.iter().any(|p| mentions(p, var)),
        ExprKind::Method(a, _, parts) => mentions(a, var) || parts.iter().any(|p| mentions(p, var)),
        ExprKind::Macro(_, a, _, b) => mentions(a, var) || mentions(b, var),
        _ => false,
    }
}

fn range_of(ty: Type, range: (i64, i64)) -> Num {
    let (low, high) = match ty {
        Type::Int | Type::Decimal => range,
        // The years 1 to 9999, and a century of seconds.
        Type::Date => (-62_135_596_800, 253_402_300_799),
        Type::Duration => (-100 * 366 * DAY, 100 * 366 * DAY),
        _ => (0, 1 << 32),
    };
    Num { ty, low: low.into(), high: high.into() }
}

/// Compiles a regular expression within bounds of size.
///
/// # Errors
/// When it cannot be read or grows too large.
pub(crate) fn compile_pattern(pattern: &str) -> Result<regex_automata::meta::Regex, String> {
    use regex_automata::meta::Regex;
    Regex::builder()
        .configure(
            Regex::config()
                .nfa_size_limit(Some(PATTERN_LIMIT * 8))
                .onepass_size_limit(Some(PATTERN_LIMIT))
                .hybrid_cache_capacity(PATTERN_LIMIT * 32),
        )
        .build(pattern)
        .map_err(|error| error.to_string().lines().next().unwrap_or_default().to_owned())
}
