//! From text to a tree: the `cel` crate's parser behind caps, and its macros read back.
//!
//! The parser recurses, so hostile input would overflow the stack: the length of the source and
//! its nesting are counted first, by a scan that does not recurse. The parser expands `all`,
//! `exists` and their like into folds; they are recognised here and become [`Macro`] again, so
//! that what follows sees what the author wrote.

use crate::error::{Error, Problem};
use cel::common::ast::{CallExpr, ComprehensionExpr, Expr as Cel, IdedExpr, LiteralValue, SourceInfo};

/// Longest source, in bytes.
pub const SOURCE_LIMIT: usize = 4_096;
/// Deepest nesting of brackets, member accesses and operators.
pub const DEPTH_LIMIT: usize = 48;

/// A tree as written, each node with its byte range.
#[derive(Clone, Debug)]
pub(crate) struct Expr {
    pub span: (u32, u32),
    pub kind: ExprKind,
}

#[derive(Clone, Debug)]
pub(crate) enum ExprKind {
    Bool(bool),
    Int(i64),
    /// A decimal in ten-thousandths.
    Decimal(i64),
    Text(String),
    Null,
    Name(String),
    Select(Box<Expr>, String),
    Has(Box<Expr>, String),
    List(Vec<Expr>),
    Call(String, Vec<Expr>),
    Method(Box<Expr>, String, Vec<Expr>),
    Macro(Macro, Box<Expr>, String, Box<Expr>),
}

impl Expr {
    /// Whether it is a value as written, without names.
    pub(crate) fn is_literal(&self) -> bool {
        matches!(self.kind, ExprKind::Bool(_) | ExprKind::Int(_) | ExprKind::Decimal(_) | ExprKind::Text(_))
    }
}

/// A comprehension as written: over a relation, with a name for each member, and a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Macro {
    All,
    Exists,
    ExistsOne,
    Filter,
    Map,
}

/// Reads an expression.
///
/// # Errors
/// When the source is too long or nests too deeply, is not CEL, or uses a construct outside the subset.
pub(crate) fn parse(source: &str) -> Result<Expr, Error> {
    cap(source)?;
    let program = cel::Program::compile(source).map_err(|errors| {
        let first = errors.errors.first();
        let problem = first.map_or_else(
            || Problem::Syntax { message: "not an expression".to_owned() },
            |e| said(e.msg.lines().next().unwrap_or_default()),
        );
        let at = first.map_or(0, |e| offset_of(source, e.pos.0, e.pos.1));
        Error::new(problem, (at, at))
    })?;
    let reader = Reader { info: program.source_info(), source };
    reader.read(program.expression())
}

/// What the parser says, in our words: its limits are ours, and its lists of tokens mean nothing to an
/// author.
fn said(message: &str) -> Problem {
    let lower = message.to_lowercase();
    if lower.contains("limit") && (lower.contains("exceed") || lower.contains("recursion")) {
        return Problem::TooDeep { limit: DEPTH_LIMIT };
    }
    let message = message.strip_prefix("Syntax error: ").unwrap_or(message);
    if message.contains("Context`") {
        return Problem::Syntax { message: "the expression ends before it is complete".to_owned() };
    }
    let found = ["mismatched input ", "extraneous input ", "no viable alternative at input "]
        .iter()
        .find_map(|start| message.strip_prefix(start));
    let message = match found {
        None if message.starts_with("missing ") => {
            let wanted = message.split_whitespace().nth(1).unwrap_or_default().trim_matches('\'');
            format!("`{wanted}` is missing here")
        }
        None => message.to_owned(),
        Some(rest) => {
            let (found, wanted) = rest.rsplit_once(" expecting ").unwrap_or((rest, ""));
            match (found.trim_matches('\''), wanted) {
                ("<EOF>", _) => "the expression ends before it is complete".to_owned(),
                (found, "<EOF>") => {
                    format!("`{found}` cannot follow here: the expression is complete before it")
                }
                (found, wanted) if wanted.len() == 3 && wanted.starts_with('\'') => {
                    format!("expected `{}`, found `{found}`", wanted.trim_matches('\''))
                }
                (found, _) => format!("`{found}` cannot stand here"),
            }
        }
    };
    Problem::Syntax { message }
}

fn offset_of(source: &str, line: isize, column: isize) -> u32 {
    let start: usize =
        source.split_inclusive('\n').take(line.saturating_sub(1).max(0) as usize).map(str::len).sum();
    (start + column.saturating_sub(1).max(0) as usize).min(source.len()) as u32
}

/// Refuses what could exhaust the parser's stack: counts brackets, prefix operators, conditionals,
/// and how long a chain of `.` or of operators grows, outside of quotes.
fn cap(source: &str) -> Result<(), Error> {
    if source.len() > SOURCE_LIMIT {
        return Err(Error::new(Problem::TooLong { length: source.len(), limit: SOURCE_LIMIT }, (0, 0)));
    }
    let mut depth = 0usize;
    // Links in the current chain, one counter for each open bracket.
    let mut chains = vec![0usize];
    let mut quote: Option<u8> = None;
    let mut escaped = false;
    for (at, byte) in source.bytes().enumerate() {
        if let Some(open) = quote {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b if b == open => quote = None,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' | b'\'' => quote = Some(byte),
            b'(' | b'[' | b'{' => {
                depth += 1;
                chains.push(0);
            }
            b')' | b']' | b'}' => {
                depth = depth.saturating_sub(1);
                chains.pop();
                if chains.is_empty() {
                    chains.push(0);
                }
            }
            b',' => {
                if let Some(chain) = chains.last_mut() {
                    *chain = 0;
                }
            }
            b'.' | b'?' | b'!' | b'-' | b'+' | b'*' | b'/' | b'%' | b'<' | b'>' | b'=' | b'&' | b'|' => {
                if let Some(chain) = chains.last_mut() {
                    *chain += 1;
                }
            }
            _ => {}
        }
        let chain = chains.last().copied().unwrap_or(0);
        if depth > DEPTH_LIMIT || chain > 8 * DEPTH_LIMIT || chains.iter().sum::<usize>() > 16 * DEPTH_LIMIT {
            return Err(Error::new(Problem::TooDeep { limit: DEPTH_LIMIT }, (at as u32, at as u32 + 1)));
        }
    }
    Ok(())
}

struct Reader<'a> {
    info: &'a SourceInfo,
    source: &'a str,
}

impl Reader<'_> {
    fn span(&self, expr: &IdedExpr) -> (u32, u32) {
        // The parser names the first byte and the last; a plan the first and the one behind.
        let end = self.source.len() as u32;
        let (start, last) = self.info.offset_for(expr.id).unwrap_or((end, end));
        (start.min(end), last.saturating_add(1).max(start).min(end))
    }

    fn refuse<T>(&self, construct: &'static str, expr: &IdedExpr) -> Result<T, Error> {
        Err(Error::new(Problem::OutsideSubset { construct: construct.to_owned() }, self.span(expr)))
    }

    fn read(&self, expr: &IdedExpr) -> Result<Expr, Error> {
        let mut span = self.span(expr);
        let kind = match &expr.expr {
            Cel::Literal(literal) => match literal {
                LiteralValue::Boolean(value) => ExprKind::Bool(*value.inner()),
                LiteralValue::Int(value) => ExprKind::Int(*value.inner()),
                LiteralValue::Double(value) => return self.decimal(*value.inner(), expr),
                LiteralValue::String(value) => ExprKind::Text(value.inner().to_owned()),
                LiteralValue::Null => ExprKind::Null,
                LiteralValue::Bytes(_) => return self.refuse("bytes", expr),
                LiteralValue::UInt(_) => return self.refuse("unsigned numbers", expr),
            },
            Cel::Ident(name) => ExprKind::Name(name.clone()),
            Cel::Select(select) => {
                let operand = Box::new(self.read(&select.operand)?);
                if select.test {
                    ExprKind::Has(operand, select.field.clone())
                } else {
                    ExprKind::Select(operand, select.field.clone())
                }
            }
            Cel::List(list) => {
                if !list.optional_indices.is_empty() {
                    return self.refuse("optional list elements", expr);
                }
                ExprKind::List(list.elements.iter().map(|e| self.read(e)).collect::<Result<_, _>>()?)
            }
            Cel::Call(call) => self.call(call)?,
            Cel::Comprehension(fold) => self.fold(fold, expr)?,
            Cel::Map(_) => return self.refuse("map literals", expr),
            Cel::Struct(_) => return self.refuse("message literals", expr),
            Cel::Unspecified => return self.refuse("an empty expression", expr),
        };
        // A node reaches from its first part to its last.
        let mut widen = |part: &Expr| {
            span.0 = span.0.min(part.span.0);
            span.1 = span.1.max(part.span.1);
        };
        match &kind {
            ExprKind::Select(a, _) | ExprKind::Has(a, _) => widen(a),
            ExprKind::Call(_, parts) | ExprKind::List(parts) => parts.iter().for_each(widen),
            ExprKind::Method(a, _, parts) => {
                widen(a);
                parts.iter().for_each(widen);
            }
            ExprKind::Macro(_, a, _, b) => {
                widen(a);
                widen(b);
            }
            _ => {}
        }
        span = self.inside(self.tidy(span, &kind));
        Ok(Expr { span, kind })
    }

    /// No piece reaches beyond the source, or into a character.
    fn inside(&self, (start, stop): (u32, u32)) -> (u32, u32) {
        let stop = self.source.floor_char_boundary(stop as usize);
        let start = self.source.floor_char_boundary((start as usize).min(stop));
        (start as u32, stop as u32)
    }

    /// Takes in what belongs to the node but to none of its parts: a field's name, a function's name,
    /// brackets whose other half is inside.
    fn tidy(&self, (start, mut stop): (u32, u32), kind: &ExprKind) -> (u32, u32) {
        let from = |at: u32| self.source.get(at as usize..).unwrap_or_default();
        if let ExprKind::Select(operand, field) | ExprKind::Has(operand, field) = kind
            && let Some(at) = from(operand.span.1).find(field.as_str())
        {
            stop = stop.max(operand.span.1 + (at + field.len()) as u32);
        }
        if let ExprKind::Name(name) = kind {
            stop = stop.max(start + name.len() as u32);
        }
        let start = match kind {
            ExprKind::Has(..) => self.after_name(start, "has"),
            ExprKind::Call(function, _) => self.after_name(start, function),
            _ => start,
        };
        let piece = self.source.get(start as usize..stop as usize).unwrap_or_default();
        let (closing, opening) = unmatched(piece);
        let before = self.source.get(..start as usize).unwrap_or_default();
        let opened = before.rmatch_indices(['(', '[']).nth(closing.wrapping_sub(1)).map(|(at, _)| at as u32);
        let closed = from(stop)
            .match_indices([')', ']'])
            .nth(opening.wrapping_sub(1))
            .map(|(at, _)| stop + at as u32 + 1);
        (opened.unwrap_or(start), closed.unwrap_or(stop))
    }

    /// Where the function's name begins that stands before an argument, or before its bracket.
    fn after_name(&self, start: u32, function: &str) -> u32 {
        let before = self.source.get(..start as usize).unwrap_or_default().trim_end();
        let before = before.strip_suffix('(').unwrap_or(before).trim_end();
        before.strip_suffix(function).map_or(start, |rest| rest.len() as u32)
    }

    fn decimal(&self, value: f64, expr: &IdedExpr) -> Result<Expr, Error> {
        let scaled = value * crate::plan::DECIMAL_ONE as f64;
        let (start, stop) = self.span(expr);
        let written = self.source.get(start as usize..stop as usize).unwrap_or_default();
        if written.contains(['e', 'E']) {
            return self.refuse("an exponent", expr);
        }
        let places = written.split_once('.').map_or(0, |(_, places)| places.trim_end_matches('0').len());
        if places > 4 || scaled.abs() > 1e15 || (scaled - scaled.round()).abs() > 1e-6 {
            return Err(Error::new(Problem::DecimalPlaces, self.span(expr)));
        }
        Ok(Expr { span: self.span(expr), kind: ExprKind::Decimal(scaled.round() as i64) })
    }

    fn call(&self, call: &CallExpr) -> Result<ExprKind, Error> {
        let args = call.args.iter().map(|e| self.read(e)).collect::<Result<Vec<_>, _>>()?;
        Ok(match &call.target {
            Some(target) => ExprKind::Method(Box::new(self.read(target)?), call.func_name.clone(), args),
            None => ExprKind::Call(call.func_name.clone(), args),
        })
    }

    /// Recognises the fold that a macro was expanded into.
    fn fold(&self, fold: &ComprehensionExpr, whole: &IdedExpr) -> Result<ExprKind, Error> {
        let unknown = || self.refuse("this comprehension", whole);
        if fold.iter_var2.is_some() {
            return self.refuse("comprehensions over two variables", whole);
        }
        let range = Box::new(self.read(&fold.iter_range)?);
        let var = fold.iter_var.clone();
        let Cel::Call(step) = &fold.loop_step.expr else { return unknown() };
        let part = |index: usize| step.args.get(index);
        let (kind, body) = match &fold.accu_init.expr {
            Cel::Literal(LiteralValue::Boolean(start)) => {
                let kind = if *start.inner() { Macro::All } else { Macro::Exists };
                (kind, part(1))
            }
            Cel::Literal(LiteralValue::Int(_)) => (Macro::ExistsOne, part(0)),
            Cel::List(_) if step.func_name == "_?_:_" => {
                // filter: condition ? accu + [x] : accu; map with three arguments looks alike.
                let kept = part(1).map(|e| &e.expr);
                let Some(Cel::Call(sum)) = kept else { return unknown() };
                let Some(Cel::List(list)) = sum.args.get(1).map(|e| &e.expr) else { return unknown() };
                match list.elements.first().map(|e| &e.expr) {
                    Some(Cel::Ident(name)) if *name == var => (Macro::Filter, part(0)),
                    _ => return self.refuse("map with a condition (write filter, then map)", whole),
                }
            }
            Cel::List(_) => {
                let Some(Cel::List(list)) = part(1).map(|e| &e.expr) else { return unknown() };
                (Macro::Map, list.elements.first())
            }
            _ => return unknown(),
        };
        let Some(body) = body else { return unknown() };
        Ok(ExprKind::Macro(kind, range, var, Box::new(self.read(body)?)))
    }
}

/// How many brackets a piece closes that it did not open, and opens that it does not close.
fn unmatched(piece: &str) -> (usize, usize) {
    let (mut closing, mut open) = (0, 0);
    let mut quote = None;
    for c in piece.chars() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[') => open += 1,
            (None, ')' | ']') if open > 0 => open -= 1,
            (None, ')' | ']') => closing += 1,
            _ => {}
        }
    }
    (closing, open)
}
