//! From the sections of a file to things and observations.

mod relations;

use crate::builder::{Builder, File, Name};
use crate::lines::Lines;
use crate::origin;
use crate::path::{declared_id, did_you_mean};
use crate::problem::echo;
use crate::store::Spot;
use crate::tree::{Children, Item, Node, Section, Sections};
use crate::value::{Given, Wrong, describe, read};
use hegui_logic::schema::{FieldId, KindId, RelationId, Type};
use hegui_logic::universe::ROW_NONE;

/// Longest id, in bytes.
const ID_LIMIT: usize = 100;

/// So many names are told one by one.
const READABLE: usize = 40;

/// Reads one file into the builder.
pub(crate) fn read_file(builder: &mut Builder<'_>, index: usize, text: &str) {
    let origin = builder.new_origin();
    let mut file = File::new(index, Lines::new(text), origin);
    let mut sections = Sections::new(text);
    while let Some(section) = sections.next() {
        let sound = section.faults.is_empty();
        for fault in &section.faults {
            let spot = file.spot(fault.span.0);
            let first = fault.first.map(|byte| file.lines.at(byte).0);
            let first = first.map(|line| format!("; the first stands in line {line}")).unwrap_or_default();
            let wrong = Wrong::new(format!("{}{first}", fault.message), "");
            builder.problem(spot, file.lines.quote(fault.span), wrong);
            builder.broken = true;
        }
        if sound {
            Reader { builder, file: &mut file, section }.root();
        }
    }
    for (span, wrong) in file.settle(builder) {
        builder.problem(file.spot(span.0), file.lines.quote(span), wrong);
    }
}

/// One section on its way into the builder.
pub(crate) struct Reader<'b, 'c, 's> {
    pub builder: &'b mut Builder<'c>,
    pub file: &'b mut File<'s>,
    pub section: &'b Section<'s>,
}

/// A thing that facts are being read of.
#[derive(Clone, Copy)]
struct Thing {
    kind: KindId,
    slot: u32,
}

impl<'s> Reader<'_, '_, 's> {
    /// What is wrong at a node: its place, its text, what would be right.
    pub fn problem(&mut self, span: (u32, u32), wrong: Wrong) {
        let spot = self.file.spot(span.0);
        self.builder.problem(spot, self.file.lines.quote(span), wrong);
    }

    /// Whether no more problems of this file are listed: then nobody need work out what they say.
    pub fn is_told(&self) -> bool {
        self.builder.is_told(self.file.index)
    }

    pub fn key_span(node: &Node<'_>) -> (u32, u32) {
        (node.key_at, node.key_at + node.key.len() as u32)
    }

    fn root(&mut self) {
        let section = self.section;
        for node in section.children(section.root()) {
            match node.key.as_ref() {
                "provenance" => self.provenance(node),
                "ruling" => self.rulings(node),
                "evidence" => self.evidence(node),
                "engagement" => self.engagement(node),
                "disposition" => self.dispositions(node),
                name => match self.builder.schema.kind_named(name).filter(|_| !name.contains('.')) {
                    Some(kind) => self.things(kind, node),
                    None => self.unknown_kind(node),
                },
            }
        }
    }

    fn unknown_kind(&mut self, node: &Node<'s>) {
        if self.is_told() {
            return self.problem(Self::key_span(node), Wrong::default());
        }
        let kinds =
            self.builder.schema.kinds.iter().map(|k| k.name.as_str()).filter(|name| !name.contains('.'));
        let known: Vec<&str> =
            kinds.chain(["provenance", "ruling", "evidence", "engagement", "disposition"]).collect();
        let near = did_you_mean(&node.key, known.iter().copied());
        let wrong = Wrong::new(
            format!("no kind of thing is called `{}`{near}", echo(&node.key)),
            format!("one of {}", known.join(", ")),
        );
        self.problem(Self::key_span(node), wrong);
    }

    fn provenance(&mut self, node: &Node<'s>) {
        let spot = self.file.spot(node.key_at);
        let Item::Table(table) = node.item else {
            return self.problem(node.span, Wrong::new("`provenance` is a table", "[provenance]"));
        };
        if let Some(first) = self.file.provenance {
            let first = self.builder.place(first).line;
            let message = format!("a file has one `[provenance]`; the first stands in line {first}");
            return self.problem(Self::key_span(node), Wrong::new(message, ""));
        }
        self.file.provenance = Some(spot);
        let mut wrong = Vec::new();
        self.file.usual = origin::read(self.section, table, &[], &mut self.builder.texts, &mut wrong);
        self.report(wrong);
    }

    pub fn report(&mut self, wrong: Vec<origin::Found>) {
        for (span, problem) in wrong {
            self.problem(span, problem);
        }
    }

    fn things(&mut self, kind: KindId, node: &Node<'s>) {
        let section = self.section;
        let Item::Table(table) = node.item else {
            let wrong = Wrong::new(
                format!("`{}` holds things, found {}", node.key, describe(&node.item)),
                format!("[{}.ID]", node.key),
            );
            return self.problem(node.span, wrong);
        };
        for thing in section.children(table) {
            self.thing(kind, thing);
        }
    }

    /// A thing: declared by a header of its own or by keys, added to by a longer header.
    fn thing(&mut self, kind: KindId, node: &Node<'s>) {
        let name = &self.builder.schema.kind(kind).name;
        let Item::Table(table) = node.item else {
            let wrong = Wrong::new(
                format!("`{name}.{}` is a thing, found {}", echo(&node.key), describe(&node.item)),
                format!("write [{name}.{}] and its facts below it", echo(&node.key)),
            );
            return self.problem(node.span, wrong);
        };
        if !self.id_is_well_formed(node) {
            return;
        }
        let slot = self.builder.slot(kind, &node.key);
        let spot = self.file.spot(node.key_at);
        if self.section.header <= 2 {
            if let Some(first) = self.builder.declare(kind, slot, spot) {
                self.duplicate(&format!("{name}.{}", node.key), first, node);
            }
        } else if let Some(things) = self.builder.things.get_mut(kind.0 as usize) {
            things.extended.push((slot, spot));
        }
        self.facts(Thing { kind, slot }, table, &node.key);
    }

    fn duplicate(&mut self, name: &str, first: Spot, node: &Node<'s>) {
        let first = self.builder.place(first);
        let wrong = Wrong::new(
            format!(
                "`{name}` is declared twice; the first stands in {}:{}:{}",
                first.file, first.line, first.column
            ),
            "give it another id, or put its facts in one place",
        );
        self.problem(Self::key_span(node), wrong);
    }

    fn id_is_well_formed(&mut self, node: &Node<'s>) -> bool {
        let id = node.key.as_ref();
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        if !id.is_empty() && id.len() <= ID_LIMIT && id.chars().all(fits) {
            return true;
        }
        let wrong = Wrong::new(
            format!("`{}` is no id", echo(id)),
            format!("lower case letters, digits, `-` and `_`, at most {ID_LIMIT}"),
        );
        self.problem(Self::key_span(node), wrong);
        false
    }

    fn facts(&mut self, thing: Thing, table: Children, id: &str) {
        let section = self.section;
        for node in section.children(table) {
            let known =
                self.builder.names.get(thing.kind.0 as usize).and_then(|names| names.get(node.key.as_ref()));
            match known.copied() {
                Some(Name::Field(field)) => self.fact(thing, field, node),
                Some(Name::Relation(relation)) if self.is_declared(thing.kind, relation, node) => {
                    self.declarations(thing, id, node);
                }
                Some(Name::Relation(relation)) => self.relation(thing, relation, node),
                None if node.key == "complete" => self.complete(thing, node),
                Some(Name::Implied) | None => self.unknown_fact(thing.kind, node),
            }
        }
    }

    fn unknown_fact(&mut self, kind: KindId, node: &Node<'s>) {
        if self.is_told() {
            return self.problem(Self::key_span(node), Wrong::default());
        }
        let definition = self.builder.schema.kind(kind);
        let mut known: Vec<&str> = self.builder.names.get(kind.0 as usize).map_or(vec![], |names| {
            names.iter().filter(|(_, what)| **what != Name::Implied).map(|(name, _)| *name).collect()
        });
        known.push("complete");
        known.sort_unstable();
        let near = did_you_mean(&node.key, known.iter().copied());
        let message = format!("`{}` has no fact or relation `{}`{near}", definition.name, echo(&node.key));
        let right = match known.len() {
            ..=READABLE => format!("one of {}", known.join(", ")),
            n => format!("one of {n} names; `hegui fact list {}` shows them", definition.name),
        };
        self.problem(Self::key_span(node), Wrong::new(message, right));
    }

    /// Whether a key holds what documents declare: a table, under the name of that relation.
    fn is_declared(&self, kind: KindId, relation: u16, node: &Node<'s>) -> bool {
        let definition = self.builder.schema.kind(kind);
        definition.declared.is_some_and(|declared| definition.relation(RelationId(relation)).to == declared)
            && matches!(node.item, Item::Table(_))
    }

    /// What documents say of a thing: a table a document.
    fn declarations(&mut self, thing: Thing, id: &str, node: &Node<'s>) {
        let section = self.section;
        let schema = self.builder.schema;
        let (Some(kind), Item::Table(table)) = (schema.kind(thing.kind).declared, &node.item) else { return };
        let (parent, document) = (schema.kind(kind).parent, schema.kind(kind).field_named("document"));
        for says in section.children(*table) {
            let Item::Table(facts) = says.item else {
                self.problem(
                    says.span,
                    Wrong::new("what a document declares is a table", "declared.DOCUMENT = { … }"),
                );
                continue;
            };
            if !self.id_is_well_formed(says) {
                continue;
            }
            let full = declared_id(id, &says.key);
            let slot = self.builder.slot(kind, &full);
            let spot = self.file.spot(says.key_at);
            match self.builder.declare(kind, slot, spot) {
                // `[activity.x.declared.policy.purpose]` adds to what was declared before.
                Some(_) if section.header > 4 => {}
                Some(first) => self.duplicate(&format!("{id}.declared.{}", says.key), first, says),
                None => {
                    self.imply(kind, slot, parent, thing.slot, spot);
                    if let Some(field) = document
                        && let Type::Thing(of) = schema.kind(kind).field(field).ty
                    {
                        let about = self.builder.slot(of, &says.key);
                        self.imply(kind, slot, document, about, spot);
                    }
                }
            }
            self.facts(Thing { kind, slot }, facts, &full);
        }
    }

    /// A reference that a header gives.
    fn imply(&mut self, kind: KindId, slot: u32, field: Option<FieldId>, to: u32, spot: Spot) {
        if let Some(field) = field
            && let Some(facts) =
                self.builder.facts.get_mut(kind.0 as usize).and_then(|f| f.get_mut(field.0 as usize))
        {
            facts.add(slot, 0, spot);
            facts.words.push(i64::from(to));
        }
    }

    /// Goes through the observations under a key: one plain value, one table with provenance, or a list
    /// of such tables. Each is handed over with its value, its origin and its place.
    fn each_observation(&mut self, node: &Node<'s>, mut take: impl FnMut(&mut Self, &Node<'s>, u32, Spot)) {
        let section = self.section;
        let spot = self.file.spot(node.key_at);
        match node.item {
            Item::Table(table) => self.observation(node, table, spot, &mut take),
            Item::List(members) if self.is_list_of_tables(members) => {
                for (at, member) in section.children(members).enumerate() {
                    let Item::Table(table) = member.item else {
                        let wrong = Wrong::new(
                            "an observation is a table",
                            "{ value = …, by = \"…\", on = 2026-03-02 }",
                        );
                        self.problem(member.span, wrong);
                        continue;
                    };
                    let own = self.file.spot(member.span.0);
                    let own = if at > 0 || section.array { own.continuing() } else { own };
                    self.observation(member, table, own, &mut take);
                }
            }
            _ => {
                let origin = self.file.origin;
                take(self, node, origin, spot);
            }
        }
    }

    fn is_list_of_tables(&self, members: Children) -> bool {
        self.section.children(members).any(|member| matches!(member.item, Item::Table(_)))
    }

    fn observation(
        &mut self,
        node: &Node<'s>,
        table: Children,
        spot: Spot,
        take: &mut impl FnMut(&mut Self, &Node<'s>, u32, Spot),
    ) {
        let section = self.section;
        let Some(value) = section.children(table).find(|key| key.key == "value") else {
            let wrong =
                Wrong::new("an observation needs a `value`", "{ value = …, by = \"…\", on = 2026-03-02 }");
            return self.problem(node.span, wrong);
        };
        let origin = self.origin(table, &["value"]);
        take(self, value, origin, spot);
    }

    fn origin(&mut self, table: Children, own: &[&str]) -> u32 {
        let mut wrong = Vec::new();
        let said = origin::read(self.section, table, own, &mut self.builder.texts, &mut wrong);
        self.report(wrong);
        let span = self.section.children(table).next().map_or((0, 0), Self::key_span);
        self.file.origin_of(self.builder, said, span)
    }

    fn fact(&mut self, thing: Thing, field: u16, node: &Node<'s>) {
        self.each_observation(node, |this, value, origin, spot| {
            let schema = this.builder.schema;
            let definition = schema.kind(thing.kind).field(FieldId(field));
            match read(this.section, &value.item, definition, schema, !this.is_told()) {
                Ok(given) => this.put(thing, field, given, origin, spot),
                Err(wrong) => this.problem(value.span, wrong),
            }
        });
    }

    fn put(&mut self, thing: Thing, field: u16, given: Given<'s>, origin: u32, spot: Spot) {
        let ty = self.builder.schema.kind(thing.kind).field(FieldId(field)).ty;
        let (word, set) = match given {
            Given::Word(word) => (word, None),
            Given::Set(set) => (0, Some(set)),
            Given::Text(text) => (i64::from(self.builder.texts.intern(&text)), None),
            Given::NoThing => (i64::from(ROW_NONE), None),
            Given::Thing(id) => match ty {
                Type::Thing(to) => (i64::from(self.builder.slot(to, &id)), None),
                _ => return,
            },
        };
        let facts = self.builder.facts.get_mut(thing.kind.0 as usize).and_then(|f| f.get_mut(field as usize));
        let Some(facts) = facts else { return };
        facts.add(thing.slot, origin, spot);
        match set {
            Some(set) => facts.sets.push(set),
            None => facts.words.push(word),
        }
    }
}
