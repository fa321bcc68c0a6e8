//! The slow and obvious evaluator: it walks the tree as written, over the world as stated, and does
//! what the documentation says, case by case.

use crate::tree::{Code, Made, Number, Path, Range, Set, Truth};
use crate::world::{Fact, Thing, World, years};
use hegui_logic::calendar::{DAY, civil_from_days, days_from_civil, parse_date};
use hegui_logic::schema::{Kind, KindId, Schema, Source, Type};
use hegui_logic::truth::Truth as Three;
use std::collections::{BTreeMap, BTreeSet};

/// A reference: to a thing, to nothing, or not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    Thing(KindId, usize),
    Nothing(KindId),
    Unknown,
}

/// A number, date or duration: none, not known, or known to lie between two values.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Num {
    None,
    Unknown,
    Between(i128, i128),
}

/// A value of an enum.
#[derive(Clone, Debug, PartialEq)]
enum Val {
    None,
    Unknown,
    Known(String),
}

#[derive(Clone, Debug)]
enum Held {
    Thing(At),
    Number(Num, bool),
    Code(Val),
    Truth(Three),
}

type Names = BTreeMap<String, Held>;

pub struct Oracle<'a> {
    schema: &'a Schema,
    world: &'a World,
}

/// More members than any list has.
const MANY: i128 = 1 << 32;

impl<'a> Oracle<'a> {
    pub fn new(schema: &'a Schema, world: &'a World) -> Self {
        Self { schema, world }
    }

    /// Whether an expression holds for a thing.
    pub fn holds(&self, expression: &Truth, scope: KindId, row: usize) -> Three {
        let mut names = Names::new();
        let mut at = At::Thing(scope, row);
        let mut kind = scope;
        loop {
            let definition = self.schema.kind(kind);
            for field in &definition.names {
                let name = &definition.field(*field).name;
                names.entry(name.clone()).or_insert(Held::Thing(self.follow(at, name)));
            }
            names.entry(definition.name.clone()).or_insert(Held::Thing(at));
            let (Some(field), Some(above)) = (definition.parent, self.schema.parent_of(kind)) else { break };
            at = self.follow(at, &definition.field(field).name);
            kind = above;
        }
        self.truth(expression, &names)
    }

    fn definition(&self, kind: KindId) -> &'a Kind {
        self.schema.kind(kind)
    }

    fn thing(&self, kind: KindId, row: usize) -> &'a Thing {
        &self.world.kind(&self.definition(kind).name)[row]
    }

    /// A fact as stated at the thing, or above it where it flows down.
    fn stated(&self, kind: KindId, row: usize, name: &str) -> Option<Fact> {
        if let Some(fact) = self.thing(kind, row).facts.get(name) {
            return Some(fact.clone());
        }
        let definition = self.definition(kind);
        let field = definition.fields.iter().find(|f| f.name == name)?;
        let parent = definition.parent.filter(|_| field.inherits)?;
        let above = self.schema.parent_of(kind)?;
        self.schema.kind(above).field_named(name)?;
        match self.thing(kind, row).facts.get(&definition.field(parent).name)? {
            Fact::Thing(row) => self.stated(above, *row, name),
            _ => None,
        }
    }

    /// A fact of what a path leads to: of nothing, every fact is "nothing".
    fn fact(&self, path: &Path, name: &str, names: &Names) -> Option<Fact> {
        self.fact_at(self.path(path, names), name)
    }

    fn fact_at(&self, at: At, name: &str) -> Option<Fact> {
        match at {
            At::Unknown => None,
            At::Thing(kind, row) => self.stated(kind, row, name),
            At::Nothing(kind) => {
                let field = self.definition(kind).fields.iter().find(|f| f.name == name)?;
                Some(match field.ty {
                    Type::Bool => Fact::Bool(false),
                    Type::Set(_) => Fact::Codes(BTreeSet::new()),
                    _ => Fact::None,
                })
            }
        }
    }

    fn follow(&self, at: At, name: &str) -> At {
        let (At::Thing(kind, _) | At::Nothing(kind)) = at else { return At::Unknown };
        let field = self.definition(kind).fields.iter().find(|f| f.name == name);
        let Some(Type::Thing(to)) = field.map(|f| f.ty) else { return At::Unknown };
        match self.fact_at(at, name) {
            Some(Fact::Thing(row)) => At::Thing(to, row),
            Some(_) => At::Nothing(to),
            None => At::Unknown,
        }
    }

    fn path(&self, path: &Path, names: &Names) -> At {
        let Some(Held::Thing(start)) = names.get(&path.name) else { return At::Unknown };
        path.fields.iter().fold(*start, |at, field| self.follow(at, field))
    }

    fn truth(&self, tree: &Truth, names: &Names) -> Three {
        let three = |t: &Truth| self.truth(t, names);
        match tree {
            Truth::Literal(value) => (*value).into(),
            Truth::Flag(path, field) => match self.fact(path, field, names) {
                Some(Fact::Bool(value)) => value.into(),
                _ => Three::Unknown,
            },
            Truth::Name(name) => match names.get(name) {
                Some(Held::Truth(value)) => *value,
                _ => Three::Unknown,
            },
            Truth::Not(a) => opposite(three(a)),
            Truth::And(a, b) => conjunction([three(a), three(b)]),
            Truth::Or(a, b) => opposite(conjunction([opposite(three(a)), opposite(three(b))])),
            Truth::If(c, a, b) => match three(c) {
                Three::True => three(a),
                Three::False => three(b),
                Three::Unknown if three(a) == three(b) => three(a),
                Three::Unknown => Three::Unknown,
            },
            Truth::Has(path, field) => match self.path(path, names) {
                At::Nothing(_) => Three::False,
                at => self.fact_at(at, field).map(|fact| fact != Fact::None).into(),
            },
            Truth::Compare(how, a, b) => self.compare(how, a, b, names),
            Truth::Codes(equal, a, b) => self.of_code(a, names, &|a| {
                self.of_code(b, names, &|b| {
                    let same = same_value(a, b);
                    if *equal { same } else { opposite(same) }
                })
            }),
            Truth::Texts(equal, path, field, text) => {
                let same = self.of_text(path, field, names, |value| value == text);
                if *equal { same } else { opposite(same) }
            }
            Truth::TextTest(test, path, field, text) => {
                self.of_text(path, field, names, |value| text_test(test, value, text))
            }
            Truth::EitherText(test, c, [(a, x), (b, y)], text) => {
                let ask =
                    |path, field| self.of_text(path, field, names, |value| text_test(test, value, text));
                match three(c) {
                    Three::True => ask(a, x),
                    Three::False => ask(b, y),
                    Three::Unknown if ask(a, x) == ask(b, y) => ask(a, x),
                    Three::Unknown => Three::Unknown,
                }
            }
            Truth::Same(equal, a, b) => {
                let same = same_thing(self.path(a, names), self.path(b, names));
                if *equal { same } else { opposite(same) }
            }
            Truth::Alike(equal, a, b) => match (three(a), three(b)) {
                (Three::Unknown, _) | (_, Three::Unknown) => Three::Unknown,
                (a, b) => ((a == b) == *equal).into(),
            },
            Truth::InSet(code, set) => {
                self.of_code(code, names, &|code| in_set(code, self.set(set, names).as_ref()))
            }
            Truth::InList(code, list) => {
                self.of_code(code, names, &|code| in_set(code, Some(&list.iter().cloned().collect())))
            }
            Truth::NumberIn(item, list) => {
                some(list.iter().map(|other| self.compare("==", item, other, names)))
            }
            Truth::SameSets(equal, a, b) => match (self.set(a, names), self.set(b, names)) {
                (Some(a), Some(b)) => ((a == b) == *equal).into(),
                _ => Three::Unknown,
            },
            Truth::SetInSet(each, a, b) => self.set_in_set(*each, a, b, names),
            Truth::EachCode(each, set, name, body) => self.each_code(*each, set, name, body, names),
            Truth::Quantified(how, range, name, body) => self.quantified(how, range, name, body, names),
            Truth::ThingIn(path, range) => {
                let wanted = self.path(path, names);
                self.some_member(range, names, |held| match held {
                    Held::Thing(at) => same_thing(*at, wanted),
                    _ => Three::Unknown,
                })
            }
            Truth::NumberInMapped(item, range) => {
                let (wanted, decimal) = self.number(item, names);
                self.some_member(range, names, |held| match held {
                    Held::Number(n, d) => equal_numbers((*n, *d), (wanted, decimal)),
                    _ => Three::Unknown,
                })
            }
            Truth::CodeInMapped(item, range) => self.some_member(range, names, |held| match held {
                Held::Code(value) => self.of_code(item, names, &|wanted| same_value(value, wanted)),
                _ => Three::Unknown,
            }),
            Truth::Met(clause, path) => match self.path(path, names) {
                At::Unknown => Three::Unknown,
                At::Nothing(_) => Three::True,
                At::Thing(kind, row) => {
                    let key = (clause.clone(), self.definition(kind).name.clone(), row);
                    self.world.outcomes.get(&key).copied().into()
                }
            },
        }
    }

    fn set_in_set(&self, each: bool, a: &Set, b: &Set, names: &Names) -> Three {
        let (a, b) = (self.set(a, names), self.set(b, names));
        match (each, a, b) {
            (true, Some(a), _) if a.is_empty() => Three::True,
            (false, Some(a), _) if a.is_empty() => Three::False,
            (false, _, Some(b)) if b.is_empty() => Three::False,
            (true, Some(a), Some(b)) => a.is_subset(&b).into(),
            (false, Some(a), Some(b)) => (!a.is_disjoint(&b)).into(),
            _ => Three::Unknown,
        }
    }

    /// For every colour: `all` is "not in the set, or the body", `exists` is "in the set, and the body".
    fn each_code(&self, each: bool, set: &Set, name: &str, body: &Truth, names: &Names) -> Three {
        let set = self.set(set, names);
        let colours = crate::world::COLOURS.iter().map(|colour| {
            let mut inner = names.clone();
            inner.insert(name.to_owned(), Held::Code(Val::Known((*colour).to_owned())));
            let inside = Three::from(set.as_ref().map(|set| set.contains(*colour)));
            let holds = self.truth(body, &inner);
            if each { opposite(conjunction([inside, opposite(holds)])) } else { conjunction([inside, holds]) }
        });
        if each { conjunction(colours) } else { some(colours) }
    }

    /// The members of a range: for each whether it passes the filters, and what the map makes of it;
    /// and whether these are all.
    fn members(&self, range: &Range, names: &Names) -> (Vec<(Three, Held)>, bool) {
        let (at, complete) = match self.path(&range.path, names) {
            At::Unknown => return (vec![], false),
            At::Nothing(_) => return (vec![], true),
            At::Thing(kind, row) => ((kind, row), self.thing(kind, row).closed.contains(&range.relation)),
        };
        let members = self.related(at, &range.relation).into_iter().map(|member| {
            let mut passes = Three::True;
            for (name, condition) in &range.filters {
                let mut inner = names.clone();
                inner.insert(name.clone(), Held::Thing(member));
                passes = conjunction([passes, self.truth(condition, &inner)]);
            }
            let mut held = Held::Thing(member);
            if let Some((name, made)) = &range.map {
                let mut inner = names.clone();
                inner.insert(name.clone(), held);
                held = self.made(made, &inner);
            }
            (passes, held)
        });
        (members.collect(), complete)
    }

    fn made(&self, made: &Made, names: &Names) -> Held {
        match made {
            Made::Number(n) => {
                let (n, decimal) = self.number(n, names);
                Held::Number(n, decimal)
            }
            Made::Code(path, field) => Held::Code(self.code_fact(path, field, names)),
            Made::Thing(path) => Held::Thing(self.path(path, names)),
            Made::Truth(t) => Held::Truth(self.truth(t, names)),
        }
    }

    fn related(&self, (kind, row): (KindId, usize), name: &str) -> Vec<At> {
        let relation = self.definition(kind).relations.iter().find(|r| r.name == name).expect("a relation");
        let others = self.world.kind(&self.definition(relation.to).name);
        let rows: Vec<usize> = match relation.source {
            Source::List => self.thing(kind, row).lists.get(name).cloned().unwrap_or_default(),
            Source::Inverse(field) => {
                let field = &self.definition(relation.to).field(field).name;
                let points = |t: &Thing| t.facts.get(field) == Some(&Fact::Thing(row));
                (0..others.len()).filter(|other| points(&others[*other])).collect()
            }
            Source::InverseList(list) => {
                let list = &self.definition(relation.to).relation(list).name;
                let holds = |t: &Thing| t.lists.get(list).is_some_and(|l| l.contains(&row));
                (0..others.len()).filter(|other| holds(&others[*other])).collect()
            }
        };
        rows.into_iter().map(|row| At::Thing(relation.to, row)).collect()
    }

    fn quantified(&self, how: &str, range: &Range, name: &str, body: &Truth, names: &Names) -> Three {
        let (members, complete) = self.members(range, names);
        let each: Vec<(Three, Three)> = members
            .into_iter()
            .map(|(passes, held)| {
                let mut inner = names.clone();
                inner.insert(name.to_owned(), held);
                (passes, self.truth(body, &inner))
            })
            .collect();
        let more = if complete { None } else { Some(Three::Unknown) };
        match how {
            "all" => {
                let holds =
                    |(passes, body): &(Three, Three)| opposite(conjunction([*passes, opposite(*body)]));
                conjunction(each.iter().map(holds).chain(more))
            }
            "exists" => some(each.iter().map(|(passes, body)| conjunction([*passes, *body])).chain(more)),
            _ => {
                let found: Vec<Three> = each.iter().map(|(p, b)| conjunction([*p, *b])).chain(more).collect();
                let yes = found.iter().filter(|t| **t == Three::True).count();
                if yes > 1 {
                    Three::False
                } else if found.contains(&Three::Unknown) {
                    Three::Unknown
                } else {
                    (yes == 1).into()
                }
            }
        }
    }

    fn some_member(&self, range: &Range, names: &Names, test: impl Fn(&Held) -> Three) -> Three {
        let (members, complete) = self.members(range, names);
        let more = if complete { None } else { Some(Three::Unknown) };
        some(members.iter().map(|(passes, held)| conjunction([*passes, test(held)])).chain(more))
    }

    fn compare(&self, how: &str, a: &Number, b: &Number, names: &Names) -> Three {
        let (a, b) = align(self.number(a, names), self.number(b, names));
        match how {
            "==" => equal_numbers((a, false), (b, false)),
            "!=" => opposite(equal_numbers((a, false), (b, false))),
            "<" => below(a, b, false),
            "<=" => below(a, b, true),
            ">" => below(b, a, false),
            _ => below(b, a, true),
        }
    }

    /// A number, and whether it is a decimal (in ten-thousandths).
    fn number(&self, tree: &Number, names: &Names) -> (Num, bool) {
        let number = |n: &Number| self.number(n, names);
        let known = |n: i64| Num::Between(n.into(), n.into());
        match tree {
            Number::Whole(n) => (known(*n), false),
            Number::Decimal(n) => (known(*n), true),
            Number::Date(text) => (known(parse_date(text).expect("a date")), false),
            Number::AsOf => (known(self.world.as_of), false),
            Number::Name(name) => match names.get(name) {
                Some(Held::Number(n, decimal)) => (*n, *decimal),
                _ => (Num::Unknown, false),
            },
            Number::Fact(path, field) => {
                let decimal = field == "share";
                let number = match self.fact(path, field, names) {
                    Some(Fact::Number(n)) => known(n),
                    Some(_) => Num::None,
                    None => Num::Unknown,
                };
                (number, decimal)
            }
            Number::Days(n) => (combine(number(n).0, known(DAY), |a, b| a * b), false),
            Number::Hours(n) => (combine(number(n).0, known(3_600), |a, b| a * b), false),
            Number::Negative(a) => (combine(known(0), number(a).0, |a, b| a - b), number(a).1),
            Number::Add(a, b) | Number::Subtract(a, b) => {
                let decimal = number(a).1 || number(b).1;
                let (x, y) = align(number(a), number(b));
                let minus = matches!(tree, Number::Subtract(..));
                (combine(x, y, |a, b| if minus { a - b } else { a + b }), decimal)
            }
            Number::Multiply(a, b) => {
                let (a, b) = (number(a), number(b));
                (combine(a.0, b.0, |a, b| a * b), a.1 || b.1)
            }
            Number::If(c, a, b) => {
                let decimal = number(a).1 || number(b).1;
                let (x, y) = align(number(a), number(b));
                let number = match self.truth(c, names) {
                    Three::True => x,
                    Three::False => y,
                    Three::Unknown => match (x, y) {
                        (Num::None, Num::None) => Num::None,
                        (Num::Between(a, b), Num::Between(c, d)) => Num::Between(a.min(c), b.max(d)),
                        _ => Num::Unknown,
                    },
                };
                (number, decimal)
            }
            Number::Size(range) => {
                let (members, complete) = self.members(range, names);
                let count = |t: Three| members.iter().filter(|(p, _)| *p == t).count() as i128;
                let low = count(Three::True);
                (Num::Between(low, if complete { low + count(Three::Unknown) } else { MANY }), false)
            }
            Number::SizeOfSet(set) => {
                (self.set(set, names).map_or(Num::Unknown, |set| known(set.len() as i64)), false)
            }
            Number::Workdays(a, b) => (on_days(number(a).0, number(b).0, workdays), false),
            Number::AddWorkdays(a, b) => (on_days(number(a).0, number(b).0, add_workdays), false),
        }
    }

    fn of_text(&self, path: &Path, field: &str, names: &Names, ask: impl Fn(&str) -> bool) -> Three {
        match self.fact(path, field, names) {
            Some(Fact::Text(value)) => ask(&value).into(),
            Some(_) => Three::False,
            None => Three::Unknown,
        }
    }

    fn code_fact(&self, path: &Path, field: &str, names: &Names) -> Val {
        match self.fact(path, field, names) {
            Some(Fact::Code(code)) => Val::Known(code),
            Some(_) => Val::None,
            None => Val::Unknown,
        }
    }

    /// Asks something of a value; of a choice between two, of each.
    fn of_code(&self, code: &Code, names: &Names, ask: &dyn Fn(&Val) -> Three) -> Three {
        match code {
            Code::Quoted(code) => ask(&Val::Known(code.clone())),
            Code::Fact(path, field) => ask(&self.code_fact(path, field, names)),
            Code::Name(name) => match names.get(name) {
                Some(Held::Code(value)) => ask(value),
                _ => Three::Unknown,
            },
            Code::If(c, a, x, b, y) => {
                let (x, y) = (ask(&self.code_fact(a, x, names)), ask(&self.code_fact(b, y, names)));
                match self.truth(c, names) {
                    Three::True => x,
                    Three::False => y,
                    Three::Unknown if x == y => x,
                    Three::Unknown => Three::Unknown,
                }
            }
        }
    }

    fn set(&self, set: &Set, names: &Names) -> Option<BTreeSet<String>> {
        match set {
            Set::Written(codes) => Some(codes.iter().cloned().collect()),
            Set::Fact(path, field) => match self.fact(path, field, names) {
                Some(Fact::Codes(codes)) => Some(codes),
                _ => None,
            },
        }
    }
}

fn opposite(t: Three) -> Three {
    match t {
        Three::True => Three::False,
        Three::False => Three::True,
        Three::Unknown => Three::Unknown,
    }
}

fn conjunction(parts: impl IntoIterator<Item = Three>) -> Three {
    let parts: Vec<Three> = parts.into_iter().collect();
    if parts.contains(&Three::False) {
        Three::False
    } else if parts.contains(&Three::Unknown) {
        Three::Unknown
    } else {
        Three::True
    }
}

fn some(parts: impl IntoIterator<Item = Three>) -> Three {
    opposite(conjunction(parts.into_iter().map(opposite)))
}

fn same_thing(a: At, b: At) -> Three {
    match (a, b) {
        (At::Unknown, _) | (_, At::Unknown) => Three::Unknown,
        (a, b) => (a == b).into(),
    }
}

fn same_value(a: &Val, b: &Val) -> Three {
    match (a, b) {
        (Val::Unknown, _) | (_, Val::Unknown) => Three::Unknown,
        (a, b) => (a == b).into(),
    }
}

fn in_set(code: &Val, set: Option<&BTreeSet<String>>) -> Three {
    match (code, set) {
        (_, Some(set)) if set.is_empty() => Three::False,
        (Val::None, _) => Three::False,
        (Val::Known(code), Some(set)) => set.contains(code).into(),
        _ => Three::Unknown,
    }
}

fn align(a: (Num, bool), b: (Num, bool)) -> (Num, Num) {
    let scaled = |n: Num| combine(n, Num::Between(10_000, 10_000), |a, b| a * b);
    match (a.1, b.1) {
        (true, false) => (a.0, scaled(b.0)),
        (false, true) => (scaled(a.0), b.0),
        _ => (a.0, b.0),
    }
}

fn combine(a: Num, b: Num, f: impl Fn(i128, i128) -> i128) -> Num {
    match (a, b) {
        (Num::None, _) | (_, Num::None) => Num::None,
        (Num::Between(a, b), Num::Between(c, d)) => {
            let all = [f(a, c), f(a, d), f(b, c), f(b, d)];
            Num::Between(*all.iter().min().unwrap(), *all.iter().max().unwrap())
        }
        _ => Num::Unknown,
    }
}

/// None equals none and nothing else.
fn equal_numbers(a: (Num, bool), b: (Num, bool)) -> Three {
    match align(a, b) {
        (Num::None, Num::None) => Three::True,
        (Num::Unknown, _) | (_, Num::Unknown) => Three::Unknown,
        (Num::None, _) | (_, Num::None) => Three::False,
        (Num::Between(a, b), Num::Between(c, d)) if a == b && c == d => (a == c).into(),
        (Num::Between(a, b), Num::Between(c, d)) => {
            if b < c || d < a {
                Three::False
            } else {
                Three::Unknown
            }
        }
    }
}

/// None is neither above nor below anything, not even what is unknown or none itself.
fn below(a: Num, b: Num, or_equal: bool) -> Three {
    match (a, b) {
        (Num::None, _) | (_, Num::None) => Three::False,
        (Num::Between(a, b), Num::Between(c, d)) => {
            let less = |x: i128, y: i128| x < y || or_equal && x == y;
            // Always, if the highest lies below the lowest; never, if the lowest does not lie below the highest.
            if less(b, c) {
                Three::True
            } else if !less(a, d) {
                Three::False
            } else {
                Three::Unknown
            }
        }
        _ => Three::Unknown,
    }
}

fn text_test(test: &str, text: &str, wanted: &str) -> bool {
    match test {
        "contains" => text.contains(wanted),
        "startsWith" => text.starts_with(wanted),
        "endsWith" => text.ends_with(wanted),
        "==" => text == wanted,
        _ => regex_automata::meta::Regex::new(wanted).expect("a pattern").is_match(text),
    }
}

fn on_days(a: Num, b: Num, f: impl Fn(i64, i64) -> Option<i64>) -> Num {
    match (a, b) {
        (Num::None, _) | (_, Num::None) => Num::None,
        (Num::Between(a, b), Num::Between(c, d)) if a == b && c == d => {
            f(a as i64, c as i64).map_or(Num::Unknown, |n| Num::Between(n.into(), n.into()))
        }
        _ => Num::Unknown,
    }
}

/// First and last published day.
fn published() -> (i64, i64) {
    (days_from_civil(2025, 1, 1), days_from_civil(2026, 12, 31))
}

fn worked(day: i64) -> bool {
    let years = years();
    let year = &years[&civil_from_days(day).0];
    // 1970-01-01 was a Thursday.
    let weekend = matches!((day + 4).rem_euclid(7), 0 | 6);
    if weekend { year.workdays.contains(&day) } else { !year.holidays.contains(&day) }
}

/// A date counts from its end: the day before the first published one may begin a count.
fn countable(day: i64) -> bool {
    let (first, last) = published();
    (first - 1..=last).contains(&day)
}

pub fn workdays(from: i64, to: i64) -> Option<i64> {
    let (from, to) = (from.div_euclid(DAY), to.div_euclid(DAY));
    if !countable(from) || !countable(to) {
        return None;
    }
    let count = |a: i64, b: i64| (a + 1..=b).filter(|day| worked(*day)).count() as i64;
    Some(if from <= to { count(from, to) } else { -count(to, from) })
}

pub fn add_workdays(from: i64, n: i64) -> Option<i64> {
    let mut day = from.div_euclid(DAY);
    if n < 0 || !countable(day) {
        return None;
    }
    let mut left = n;
    while left > 0 {
        day += 1;
        if !countable(day) {
            return None;
        }
        left -= i64::from(worked(day));
    }
    Some(day * DAY)
}
