//! Expressions as the generator makes them, and their source text.

use std::fmt::Write as _;

/// A way to a thing: a name in sight, then reference fields.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    pub name: String,
    pub fields: Vec<String>,
}

/// An expression that yields truth.
#[derive(Clone, Debug)]
pub enum Truth {
    Literal(bool),
    Flag(Path, String),
    /// A name that a map bound to a truth.
    Name(String),
    Not(Box<Truth>),
    And(Box<Truth>, Box<Truth>),
    Or(Box<Truth>, Box<Truth>),
    If(Box<Truth>, Box<Truth>, Box<Truth>),
    Has(Path, String),
    /// Numbers, dates or durations compared.
    Compare(&'static str, Number, Number),
    /// `true`: equal.
    Codes(bool, Code, Code),
    Texts(bool, Path, String, String),
    TextTest(&'static str, Path, String, String),
    /// A test (or `==`) of one of two texts.
    EitherText(&'static str, Box<Truth>, [(Path, String); 2], String),
    Same(bool, Path, Path),
    Alike(bool, Box<Truth>, Box<Truth>),
    InSet(Code, Set),
    InList(Code, Vec<String>),
    NumberIn(Number, Vec<Number>),
    SameSets(bool, Set, Set),
    /// `true`: all; each of the first in the second.
    SetInSet(bool, Set, Set),
    /// `true`: all; over a set or written list, with a name for each code.
    EachCode(bool, Set, String, Box<Truth>),
    /// Over a relation, with a name for each member.
    Quantified(&'static str, Range, String, Box<Truth>),
    ThingIn(Path, Range),
    NumberInMapped(Number, Range),
    CodeInMapped(Code, Range),
    Met(String, Path),
}

#[derive(Clone, Debug)]
pub enum Number {
    Whole(i64),
    /// Ten-thousandths.
    Decimal(i64),
    Date(String),
    AsOf,
    Name(String),
    Fact(Path, String),
    Days(Box<Number>),
    Hours(Box<Number>),
    Add(Box<Number>, Box<Number>),
    Subtract(Box<Number>, Box<Number>),
    Multiply(Box<Number>, Box<Number>),
    Negative(Box<Number>),
    If(Box<Truth>, Box<Number>, Box<Number>),
    Size(Range),
    SizeOfSet(Set),
    Workdays(Box<Number>, Box<Number>),
    AddWorkdays(Box<Number>, Box<Number>),
}

/// A value of an enum.
#[derive(Clone, Debug)]
pub enum Code {
    Quoted(String),
    Fact(Path, String),
    Name(String),
    If(Box<Truth>, Path, String, Path, String),
}

#[derive(Clone, Debug)]
pub enum Set {
    Written(Vec<String>),
    Fact(Path, String),
}

/// A relation of a thing, filtered and mapped.
#[derive(Clone, Debug)]
pub struct Range {
    pub path: Path,
    pub relation: String,
    pub filters: Vec<(String, Truth)>,
    pub map: Option<(String, Made)>,
}

/// What a map makes of a member.
#[derive(Clone, Debug)]
pub enum Made {
    Number(Box<Number>),
    Code(Path, String),
    Thing(Path),
    Truth(Box<Truth>),
}

/// For whom a source is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum For {
    Us,
    /// Things are compared by their ids, since the interpreter's things are maps cut off somewhere.
    Interpreter,
}

impl Path {
    pub fn source(&self) -> String {
        std::iter::once(&self.name).chain(&self.fields).cloned().collect::<Vec<_>>().join(".")
    }
}

pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn listed(codes: &[String]) -> String {
    format!("[{}]", codes.iter().map(|c| quoted(c)).collect::<Vec<_>>().join(", "))
}

fn equals(equal: bool) -> &'static str {
    if equal { "==" } else { "!=" }
}

fn all(all: bool) -> &'static str {
    if all { "all" } else { "exists" }
}

impl Truth {
    pub fn source(&self, to: For) -> String {
        match self {
            Self::Literal(value) => value.to_string(),
            Self::Flag(path, field) => format!("{}.{field}", path.source()),
            Self::Name(name) => name.clone(),
            Self::Not(a) => format!("!({})", a.source(to)),
            Self::And(a, b) => format!("({} && {})", a.source(to), b.source(to)),
            Self::Or(a, b) => format!("({} || {})", a.source(to), b.source(to)),
            Self::If(c, a, b) => format!("({} ? {} : {})", c.source(to), a.source(to), b.source(to)),
            Self::Has(path, field) => format!("has({}.{field})", path.source()),
            Self::Compare(how, a, b) => format!("{} {how} {}", a.source(to), b.source(to)),
            Self::Codes(equal, a, b) => format!("{} {} {}", a.source(to), equals(*equal), b.source(to)),
            Self::Texts(equal, path, field, text) => {
                format!("{}.{field} {} {}", path.source(), equals(*equal), quoted(text))
            }
            Self::TextTest(test, path, field, text) => {
                format!("{}.{field}.{test}({})", path.source(), quoted(text))
            }
            Self::EitherText(test, c, [(a, x), (b, y)], text) => {
                let subject = format!("({} ? {}.{x} : {}.{y})", c.source(to), a.source(), b.source());
                match *test {
                    "==" => format!("{subject} == {}", quoted(text)),
                    test => format!("{subject}.{test}({})", quoted(text)),
                }
            }
            Self::Same(equal, a, b) => {
                let id = if to == For::Us { "" } else { ".id_" };
                format!("{}{id} {} {}{id}", a.source(), equals(*equal), b.source())
            }
            Self::Alike(equal, a, b) => format!("({}) {} ({})", a.source(to), equals(*equal), b.source(to)),
            Self::InSet(code, set) => format!("{} in {}", code.source(to), set.source()),
            Self::InList(code, list) => format!("{} in {}", code.source(to), listed(list)),
            Self::NumberIn(item, list) => {
                let list: Vec<String> = list.iter().map(|n| n.source(to)).collect();
                format!("{} in [{}]", item.source(to), list.join(", "))
            }
            Self::SameSets(equal, a, b) => format!("{} {} {}", a.source(), equals(*equal), b.source()),
            Self::SetInSet(each, a, b) => format!("{}.{}(e, e in {})", a.source(), all(*each), b.source()),
            Self::EachCode(each, set, name, body) => {
                format!("{}.{}({name}, {})", set.source(), all(*each), body.source(to))
            }
            Self::Quantified(how, range, name, body) => {
                format!("{}.{how}({name}, {})", range.source(to), body.source(to))
            }
            Self::ThingIn(path, range) if to == For::Us => {
                format!("{} in {}", path.source(), range.source(to))
            }
            Self::ThingIn(path, range) => {
                format!("{}.id_ in {}.map(e, e.id_)", path.source(), range.source(to))
            }
            Self::NumberInMapped(item, range) => format!("{} in {}", item.source(to), range.source(to)),
            Self::CodeInMapped(item, range) => format!("{} in {}", item.source(to), range.source(to)),
            Self::Met(clause, path) => format!("met({}, {})", quoted(clause), path.source()),
        }
    }
}

impl Number {
    pub fn source(&self, to: For) -> String {
        match self {
            Self::Whole(n) => n.to_string(),
            Self::Decimal(n) => format!("{}.{:04}", n / 10_000, n % 10_000),
            Self::Date(text) => format!("date(\"{text}\")"),
            Self::AsOf => "as_of".into(),
            Self::Name(name) => name.clone(),
            Self::Fact(path, field) => format!("{}.{field}", path.source()),
            Self::Days(n) => format!("days({})", n.source(to)),
            Self::Hours(n) => format!("hours({})", n.source(to)),
            Self::Add(a, b) => format!("({} + {})", a.source(to), b.source(to)),
            Self::Subtract(a, b) => format!("({} - {})", a.source(to), b.source(to)),
            Self::Multiply(a, b) => format!("({} * {})", a.source(to), b.source(to)),
            Self::Negative(a) => format!("-({})", a.source(to)),
            Self::If(c, a, b) => format!("({} ? {} : {})", c.source(to), a.source(to), b.source(to)),
            Self::Size(range) => format!("size({})", range.source(to)),
            Self::SizeOfSet(set) => format!("size({})", set.source()),
            Self::Workdays(a, b) => format!("workdays({}, {})", a.source(to), b.source(to)),
            Self::AddWorkdays(a, b) => format!("add_workdays({}, {})", a.source(to), b.source(to)),
        }
    }
}

impl Code {
    pub fn source(&self, to: For) -> String {
        match self {
            Self::Quoted(code) => quoted(code),
            Self::Fact(path, field) => format!("{}.{field}", path.source()),
            Self::Name(name) => name.clone(),
            Self::If(c, a, x, b, y) => {
                format!("({} ? {}.{x} : {}.{y})", c.source(to), a.source(), b.source())
            }
        }
    }
}

impl Set {
    pub fn source(&self) -> String {
        match self {
            Self::Written(codes) => listed(codes),
            Self::Fact(path, field) => format!("{}.{field}", path.source()),
        }
    }
}

impl Range {
    pub fn source(&self, to: For) -> String {
        let mut source = format!("{}.{}", self.path.source(), self.relation);
        for (name, condition) in &self.filters {
            let _ = write!(source, ".filter({name}, {})", condition.source(to));
        }
        if let Some((name, made)) = &self.map {
            let made = match made {
                Made::Number(n) => n.source(to),
                Made::Code(path, field) => format!("{}.{field}", path.source()),
                Made::Thing(path) => path.source(),
                Made::Truth(t) => t.source(to),
            };
            let _ = write!(source, ".map({name}, {made})");
        }
        source
    }
}
