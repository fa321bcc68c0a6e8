//! Random expressions over the whole subset, well typed by construction.

use crate::tape::Tape;
use crate::tree::{Code, Made, Number, Path, Range, Set, Truth};
use crate::world::{CLAUSES, DATES, NUMBERS, TEXTS};
use hegui_logic::schema::{EnumId, Field, KindId, Schema, Type};

/// What a name in sight stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Named {
    Thing(KindId),
    Number(Type),
    Code(EnumId),
    Truth,
}

/// Most levels of an expression.
const DEPTH: usize = 4;

pub struct Generator<'a> {
    schema: &'a Schema,
    tape: &'a mut Tape,
    names: Vec<(String, Named)>,
    fresh: usize,
    /// Leaves out what CEL itself does not type: whole numbers beside decimals.
    plain: bool,
}

/// A random expression about things of a kind.
pub fn expression(schema: &Schema, scope: KindId, tape: &mut Tape, plain: bool) -> Truth {
    let mut names = vec![];
    let mut kind = Some(scope);
    while let Some(at) = kind {
        let definition = schema.kind(at);
        for field in &definition.names {
            if let Type::Thing(to) = definition.field(*field).ty {
                names.push((definition.field(*field).name.clone(), Named::Thing(to)));
            }
        }
        names.push((definition.name.clone(), Named::Thing(at)));
        kind = schema.parent_of(at);
    }
    Generator { schema, tape, names, fresh: 0, plain }.truth(DEPTH)
}

impl Generator<'_> {
    fn flip(&mut self) -> bool {
        self.tape.pick(2) == 0
    }

    fn fresh(&mut self) -> String {
        self.fresh += 1;
        // Few names, so that inner ones hide outer ones.
        ["x", "y", "z"][self.fresh % 3].to_owned()
    }

    /// Every way to a thing over at most two reference fields.
    fn paths(&self) -> Vec<(Path, KindId)> {
        let mut found = vec![];
        for (at, (name, named)) in self.names.iter().enumerate() {
            let hidden = self.names.iter().skip(at + 1).any(|(n, _)| n == name);
            if let (Named::Thing(kind), false) = (named, hidden) {
                self.follow(Path { name: name.clone(), fields: vec![] }, *kind, &mut found);
            }
        }
        found
    }

    fn follow(&self, path: Path, kind: KindId, found: &mut Vec<(Path, KindId)>) {
        found.push((path.clone(), kind));
        if path.fields.len() == 2 {
            return;
        }
        for field in &self.schema.kind(kind).fields {
            if let Type::Thing(to) = field.ty {
                let mut longer = path.clone();
                longer.fields.push(field.name.clone());
                self.follow(longer, to, found);
            }
        }
    }

    /// A fact of some thing in reach.
    fn fact(&mut self, wanted: impl Fn(&Field) -> bool) -> Option<(Path, String)> {
        let mut found = vec![];
        for (path, kind) in self.paths() {
            for field in self.schema.kind(kind).fields.iter().filter(|f| wanted(f)) {
                found.push((path.clone(), field.name.clone()));
            }
        }
        if found.is_empty() {
            return None;
        }
        let place = self.tape.pick(found.len());
        Some(found.swap_remove(place))
    }

    fn path(&mut self, kind: Option<KindId>) -> Option<(Path, KindId)> {
        let mut found: Vec<_> =
            self.paths().into_iter().filter(|(_, k)| kind.is_none_or(|w| w == *k)).collect();
        if found.is_empty() {
            return None;
        }
        let place = self.tape.pick(found.len());
        Some(found.swap_remove(place))
    }

    /// A name in sight that stands for such a value.
    fn name(&mut self, wanted: Named) -> Option<String> {
        let found: Vec<String> = self
            .names
            .iter()
            .enumerate()
            .filter(|(at, (name, named))| {
                *named == wanted && !self.names.iter().skip(at + 1).any(|(n, _)| n == name)
            })
            .map(|(_, (name, _))| name.clone())
            .collect();
        (!found.is_empty()).then(|| found[self.tape.pick(found.len())].clone())
    }

    fn truth(&mut self, depth: usize) -> Truth {
        if depth == 0 || self.tape.spent() {
            return self.leaf();
        }
        let next = depth - 1;
        let sub = |this: &mut Self| Box::new(this.truth(next));
        match self.tape.pick(16) {
            0 => self.leaf(),
            1 => Truth::Not(sub(self)),
            2 | 3 => Truth::And(sub(self), sub(self)),
            4 | 5 => Truth::Or(sub(self), sub(self)),
            6 => Truth::If(sub(self), sub(self), sub(self)),
            7 => Truth::Alike(self.flip(), sub(self), sub(self)),
            8 => self.compare(next),
            9 => self.codes(next),
            10 => self.each_code(next),
            11 if self.flip() => self.either_text(next),
            11 => self.in_mapped(next),
            _ => self.quantified(next),
        }
    }

    fn leaf(&mut self) -> Truth {
        match self.tape.pick(14) {
            0 => Truth::Literal(self.flip()),
            1 | 2 => self.flag(),
            3 => match self.fact(|_| true) {
                Some((path, field)) => Truth::Has(path, field),
                None => self.flag(),
            },
            4 => match self.fact(|f| f.ty == Type::Text) {
                Some((path, field)) => Truth::Texts(self.flip(), path, field, self.text()),
                None => self.flag(),
            },
            5 => match self.fact(|f| f.ty == Type::Text) {
                Some((path, field)) => self.text_test(path, field),
                None => self.flag(),
            },
            6 => self.same_thing(),
            7 => match self.path(None) {
                Some((path, _)) => Truth::Met(CLAUSES[self.tape.pick(2)].into(), path),
                None => self.flag(),
            },
            8 => self.sets(),
            9 => match self.name(Named::Truth) {
                Some(name) => Truth::Name(name),
                None => self.flag(),
            },
            10 | 11 => self.codes(0),
            _ => self.compare(0),
        }
    }

    fn flag(&mut self) -> Truth {
        match self.fact(|f| f.ty == Type::Bool) {
            Some((path, field)) => Truth::Flag(path, field),
            None => Truth::Literal(true),
        }
    }

    fn text(&mut self) -> String {
        TEXTS[self.tape.pick(TEXTS.len())].to_owned()
    }

    fn text_test(&mut self, path: Path, field: String) -> Truth {
        let test = ["contains", "startsWith", "endsWith", "matches"][self.tape.pick(4)];
        let text = if test == "matches" {
            ["^send", "货.$", "\\bgoods\\b", "(a|b)+c?"][self.tape.pick(4)]
        } else {
            ["", "送货", "send", "\"parcel\"", "goods"][self.tape.pick(5)]
        };
        Truth::TextTest(test, path, field, text.to_owned())
    }

    fn either_text(&mut self, depth: usize) -> Truth {
        let text = |f: &Field| f.ty == Type::Text;
        let (Some(a), Some(b)) = (self.fact(text), self.fact(text)) else { return self.flag() };
        let test = ["==", "contains", "endsWith"][self.tape.pick(3)];
        Truth::EitherText(test, Box::new(self.truth(depth)), [a, b], self.text())
    }

    fn same_thing(&mut self) -> Truth {
        let Some((a, kind)) = self.path(None) else { return self.flag() };
        match self.path(Some(kind)) {
            Some((b, _)) => Truth::Same(self.flip(), a, b),
            None => self.flag(),
        }
    }

    fn number_type(&mut self) -> Type {
        [Type::Int, Type::Date, Type::Duration, Type::Decimal][self.tape.pick(4)]
    }

    fn compare(&mut self, depth: usize) -> Truth {
        let ty = self.number_type();
        if ty == Type::Int && self.tape.pick(5) == 4 {
            let list = (0..1 + self.tape.pick(3)).map(|_| self.number(ty, 0)).collect();
            return Truth::NumberIn(self.number(ty, depth), list);
        }
        let how = ["==", "!=", "<", "<=", ">", ">="][self.tape.pick(6)];
        let other = match ty {
            Type::Decimal if !self.plain && self.tape.pick(4) == 3 => Type::Int,
            _ => ty,
        };
        Truth::Compare(how, self.number(ty, depth), self.number(other, depth))
    }

    fn number(&mut self, ty: Type, depth: usize) -> Number {
        if depth == 0 || self.tape.spent() {
            return self.simple_number(ty);
        }
        let next = depth - 1;
        let sub = |this: &mut Self, ty| Box::new(this.number(ty, next));
        match (self.tape.pick(8), ty) {
            (0, Type::Int) => Number::Multiply(sub(self, ty), Box::new(self.simple_number(ty))),
            (0, Type::Decimal) if !self.plain => {
                Number::Multiply(sub(self, Type::Int), Box::new(self.simple_number(ty)))
            }
            (0, Type::Duration) => Number::Days(Box::new(self.simple_number(Type::Int))),
            (1, Type::Int) => match self.range(next, None) {
                Some((range, _)) => Number::Size(range),
                None => self.simple_number(ty),
            },
            (2, Type::Int) => match self.set() {
                Some((set, _)) => Number::SizeOfSet(set),
                None => self.simple_number(ty),
            },
            (3, Type::Int) => Number::Workdays(sub(self, Type::Date), sub(self, Type::Date)),
            (1, Type::Date) => {
                Number::AddWorkdays(sub(self, Type::Date), Box::new(self.simple_number(Type::Int)))
            }
            (2, Type::Date) => Number::Subtract(sub(self, Type::Date), sub(self, Type::Duration)),
            (1 | 2, Type::Duration) => Number::Subtract(sub(self, Type::Date), sub(self, Type::Date)),
            (3, Type::Date) => Number::Add(sub(self, Type::Date), sub(self, Type::Duration)),
            (4, Type::Int | Type::Decimal | Type::Duration) => Number::Negative(sub(self, ty)),
            (5, Type::Int | Type::Decimal | Type::Duration) => Number::Add(sub(self, ty), sub(self, ty)),
            (6, Type::Int | Type::Decimal | Type::Duration) => Number::Subtract(sub(self, ty), sub(self, ty)),
            (7, _) => Number::If(Box::new(self.truth(next)), sub(self, ty), sub(self, ty)),
            _ => self.simple_number(ty),
        }
    }

    fn simple_number(&mut self, ty: Type) -> Number {
        if self.tape.pick(3) > 0
            && let Some((path, field)) = self.fact(|f| f.ty == ty)
        {
            return Number::Fact(path, field);
        }
        if let Some(name) = self.name(Named::Number(ty)) {
            return Number::Name(name);
        }
        match ty {
            Type::Int => Number::Whole(NUMBERS[self.tape.pick(NUMBERS.len())]),
            Type::Decimal => Number::Decimal([0, 2_500, 10_000, 15_000][self.tape.pick(4)]),
            Type::Date if self.tape.pick(4) == 3 => Number::AsOf,
            Type::Date => Number::Date(DATES[self.tape.pick(DATES.len())].into()),
            _ if self.flip() => Number::Days(Box::new(Number::Whole([0, 1, 30][self.tape.pick(3)]))),
            _ => Number::Hours(Box::new(Number::Whole([0, 1, 24][self.tape.pick(3)]))),
        }
    }

    fn enumeration(&mut self) -> EnumId {
        EnumId(self.tape.pick(self.schema.enums.len()) as u16)
    }

    fn written_code(&mut self, list: EnumId) -> String {
        let values = self.schema.values(list);
        values[self.tape.pick(values.len())].clone()
    }

    /// A value of an enum that is not just written down.
    fn code(&mut self, list: EnumId, depth: usize) -> Option<Code> {
        if let Some(name) = self.name(Named::Code(list))
            && self.flip()
        {
            return Some(Code::Name(name));
        }
        let is = |f: &Field| f.ty == Type::Enum(list);
        let (path, field) = self.fact(is)?;
        if depth > 0 && self.tape.pick(4) == 3 {
            let (other, second) = self.fact(is)?;
            return Some(Code::If(Box::new(self.truth(depth - 1)), path, field, other, second));
        }
        Some(Code::Fact(path, field))
    }

    fn codes(&mut self, depth: usize) -> Truth {
        let list = self.enumeration();
        let Some(code) = self.code(list, depth) else { return self.flag() };
        match self.tape.pick(4) {
            0 => Truth::Codes(self.flip(), code, Code::Quoted(self.written_code(list))),
            1 => {
                let codes = (0..1 + self.tape.pick(2)).map(|_| self.written_code(list)).collect();
                Truth::InList(code, codes)
            }
            2 => match self.set() {
                Some((set, of)) if of == list => Truth::InSet(code, set),
                Some((set, of)) => Truth::InSet(Code::Quoted(self.written_code(of)), set),
                None => self.flag(),
            },
            _ => match self.code(list, 0) {
                Some(other) => Truth::Codes(self.flip(), code, other),
                None => self.flag(),
            },
        }
    }

    fn set(&mut self) -> Option<(Set, EnumId)> {
        let (path, field) = self.fact(|f| matches!(f.ty, Type::Set(_)))?;
        // All sets of this schema hold colours.
        Some((Set::Fact(path, field), EnumId(0)))
    }

    fn written_set(&mut self, list: EnumId) -> Set {
        let values = self.schema.values(list).iter().filter(|_| self.tape.pick(2) == 1);
        Set::Written(values.cloned().collect())
    }

    fn sets(&mut self) -> Truth {
        let Some((set, list)) = self.set() else { return self.flag() };
        let other = match self.set() {
            Some((other, _)) if self.flip() => other,
            _ => self.written_set(list),
        };
        match self.tape.pick(3) {
            0 => Truth::SameSets(self.flip(), set, other),
            1 => Truth::SetInSet(self.flip(), set, other),
            _ => Truth::SetInSet(self.flip(), other, set),
        }
    }

    fn each_code(&mut self, depth: usize) -> Truth {
        let Some((set, list)) = self.set() else { return self.flag() };
        // An element of a written list is a quoted text, which has no type of its own: it is asked
        // only whether it lies in a set.
        if self.flip() {
            return Truth::SetInSet(self.flip(), self.written_set(list), set);
        }
        // A name of its own: the code may be a fact of a thing whose name must not be hidden.
        self.fresh += 1;
        let name = format!("code{}", self.fresh);
        let item = Code::Name(name.clone());
        let body = match self.code(list, 0) {
            Some(code) if self.flip() => Truth::Codes(self.flip(), code, item),
            _ => Truth::InSet(item, set.clone()),
        };
        let rest = self.truth(depth.saturating_sub(1));
        let body = Truth::And(Box::new(body), Box::new(rest));
        Truth::EachCode(self.flip(), set, name, Box::new(body))
    }

    /// A relation of a thing in reach, with filters.
    fn range(&mut self, depth: usize, to: Option<KindId>) -> Option<(Range, KindId)> {
        let mut found = vec![];
        for (path, kind) in self.paths() {
            for relation in &self.schema.kind(kind).relations {
                if to.is_none_or(|to| to == relation.to) {
                    found.push((path.clone(), relation.name.clone(), relation.to));
                }
            }
        }
        if found.is_empty() {
            return None;
        }
        let place = self.tape.pick(found.len());
        let (path, relation, kind) = found.swap_remove(place);
        let mut range = Range { path, relation, filters: vec![], map: None };
        if depth > 0 && self.tape.pick(4) == 3 {
            let name = self.fresh();
            self.names.push((name.clone(), Named::Thing(kind)));
            let condition = self.truth(depth - 1);
            self.names.pop();
            range.filters.push((name, condition));
        }
        Some((range, kind))
    }

    fn quantified(&mut self, depth: usize) -> Truth {
        let Some((mut range, kind)) = self.range(depth, None) else { return self.flag() };
        let how = ["all", "exists", "exists_one"][self.tape.pick(3)];
        let mut named = Named::Thing(kind);
        if self.tape.pick(5) == 4 {
            named = self.map(&mut range, kind, depth);
        }
        let name = self.fresh();
        self.names.push((name.clone(), named));
        let body = self.truth(depth);
        self.names.pop();
        Truth::Quantified(how, range, name, Box::new(body))
    }

    /// Adds a map to a range; what its name stands for then.
    fn map(&mut self, range: &mut Range, kind: KindId, depth: usize) -> Named {
        let name = self.fresh();
        self.names.push((name.clone(), Named::Thing(kind)));
        let fields = &self.schema.kind(kind).fields;
        let own = Path { name: name.clone(), fields: vec![] };
        let code = fields.iter().find_map(|f| match f.ty {
            Type::Enum(list) => Some((f.name.clone(), list)),
            _ => None,
        });
        let (made, named) = match (self.tape.pick(4), code) {
            (0, _) => {
                let ty = self.number_type();
                (Made::Number(Box::new(self.number(ty, depth.min(1)))), Named::Number(ty))
            }
            (1, Some((field, list))) => (Made::Code(own, field), Named::Code(list)),
            (2, _) => {
                let (path, kind) = self.path(None).unwrap_or((own, kind));
                (Made::Thing(path), Named::Thing(kind))
            }
            _ => (Made::Truth(Box::new(self.truth(depth.min(1)))), Named::Truth),
        };
        self.names.pop();
        range.map = Some((name, made));
        named
    }

    fn in_mapped(&mut self, depth: usize) -> Truth {
        let Some((mut range, kind)) = self.range(depth, None) else { return self.flag() };
        if self.tape.pick(3) == 0 {
            return match self.path(Some(kind)) {
                Some((path, _)) => Truth::ThingIn(path, range),
                None => self.flag(),
            };
        }
        match self.map(&mut range, kind, depth) {
            Named::Number(ty) => Truth::NumberInMapped(self.number(ty, depth.min(1)), range),
            Named::Code(list) => Truth::CodeInMapped(Code::Quoted(self.written_code(list)), range),
            Named::Thing(kind) => match self.path(Some(kind)) {
                Some((path, _)) => Truth::ThingIn(path, range),
                None => self.flag(),
            },
            Named::Truth => self.flag(),
        }
    }
}
