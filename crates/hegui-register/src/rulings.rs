//! Rulings and evidence: what persons said over what was computed, and what they looked at.

use crate::builder::PendingRuling;
use crate::origin::{moment, text, unknown_key};
use crate::path::{Member, did_you_mean, split_fact};
use crate::problem::echo;
use crate::reader::Reader;
use crate::store::{Evidence, OutcomeRuling, Ruled, RulingTarget, Slot};
use crate::tree::{Children, Item, Node};
use crate::value::{Given, Wrong, read};
use hegui_logic::schema::{KindId, RelationId, Source, Type};
use hegui_logic::truth::Outcome;
use hegui_logic::universe::ROW_NONE;

const ON_FACT: [&str; 6] = ["fact", "value", "by", "role", "on", "reasons"];
const ON_OUTCOME: [&str; 10] =
    ["requirement", "clause", "thing", "outcome", "grade", "by", "role", "on", "reasons", "weighed"];
/// What messages call a ruling.
const RULING: &str = "a ruling";
const EVIDENCE: [&str; 5] = ["title", "file", "url", "sha256", "on"];
const OUTCOMES: [(&str, Outcome); 4] = [
    ("met", Outcome::Met),
    ("gap", Outcome::Gap),
    ("not_applicable", Outcome::NotApplicable),
    ("unknown", Outcome::Unknown),
];

/// Who ruled, when and why.
pub(crate) struct Ruler {
    pub by: String,
    pub role: String,
    pub on: i64,
    pub reasons: String,
}

impl<'s> Reader<'_, '_, 's> {
    /// `[[ruling]]`.
    pub(crate) fn rulings(&mut self, node: &Node<'s>) {
        let section = self.section;
        let Item::List(members) = node.item else {
            return self.problem(Self::key_span(node), Wrong::new("rulings are a list", "[[ruling]]"));
        };
        for member in section.children(members) {
            if self.is_told() {
                // What a ruling names is looked up and compared with much; so many wrong ones are enough.
                return;
            }
            let Item::Table(table) = member.item else {
                self.problem(member.span, Wrong::new("a ruling is a table", "[[ruling]]"));
                continue;
            };
            if self.key(table, "fact").is_some() {
                self.fact_ruling(member, table);
            } else {
                self.outcome_ruling(member, table);
            }
        }
    }

    pub(crate) fn key(&self, table: Children, name: &str) -> Option<&Node<'s>> {
        let section = self.section;
        section.children(table).find(|node| node.key == name)
    }

    /// A text that must be there.
    pub(crate) fn needed(
        &mut self,
        what: &str,
        whole: &Node<'s>,
        table: Children,
        name: &str,
    ) -> Option<String> {
        let Some(node) = self.key(table, name).cloned() else {
            let wrong = Wrong::new(format!("{what} needs `{name}`"), format!("{name} = \"…\""));
            self.problem((whole.key_at, whole.span.1), wrong);
            return None;
        };
        match text(&node) {
            Ok(text) => Some(text.to_owned()),
            Err(wrong) => {
                self.problem(node.span, wrong);
                None
            }
        }
    }

    /// A text that may be there.
    pub(crate) fn perhaps(&mut self, table: Children, name: &str) -> Option<String> {
        let node = self.key(table, name).cloned()?;
        match text(&node) {
            Ok(text) => Some(text.to_owned()),
            Err(wrong) => {
                self.problem(node.span, wrong);
                None
            }
        }
    }

    pub(crate) fn known_keys(&mut self, table: Children, known: &[&str]) {
        let section = self.section;
        for node in section.children(table).filter(|node| !known.contains(&node.key.as_ref())) {
            self.problem(Self::key_span(node), unknown_key(&node.key, known.iter().copied()));
        }
    }

    /// Who decided, in what role (one of the catalog's or of `besides`), when and why.
    pub(crate) fn ruler(
        &mut self,
        what: &str,
        besides: &[&str],
        whole: &Node<'s>,
        table: Children,
    ) -> Option<Ruler> {
        let by = self.needed(what, whole, table, "by");
        let role = self.needed(what, whole, table, "role");
        let reasons = self.needed(what, whole, table, "reasons");
        let on = match self.key(table, "on").cloned() {
            None => {
                self.problem(
                    (whole.key_at, whole.span.1),
                    Wrong::new(format!("{what} needs `on`"), "on = 2026-04-01"),
                );
                None
            }
            Some(node) => moment(&node).map_err(|wrong| self.problem(node.span, wrong)).ok(),
        };
        if let Some(role) = &role {
            self.known_role(role, besides, table);
        }
        Some(Ruler { by: by?, role: role?, on: on?, reasons: reasons? })
    }

    fn known_role(&mut self, role: &str, besides: &[&str], table: Children) {
        let roles = &self.builder.catalog.roles;
        if roles.is_empty() || roles.contains_key(role) || besides.contains(&role) {
            return;
        }
        let names: Vec<&str> = roles.keys().map(String::as_str).chain(besides.iter().copied()).collect();
        let near = did_you_mean(role, names.iter().copied());
        let message = format!("no role is called `{}`{near}", echo(role));
        let wrong = Wrong::new(message, format!("one of {}", names.join(", ")));
        let span = self.key(table, "role").map_or((0, 0), |node| node.span);
        self.problem(span, wrong);
    }

    fn fact_ruling(&mut self, whole: &Node<'s>, table: Children) {
        self.known_keys(table, &ON_FACT);
        let ruler = self.ruler(RULING, &[], whole, table);
        let path = self.needed(RULING, whole, table, "fact");
        let Some(value) = self.key(table, "value").cloned() else {
            return self.problem(
                (whole.key_at, whole.span.1),
                Wrong::new("a ruling on a fact needs `value`", "value = …"),
            );
        };
        let (Some(ruler), Some(path)) = (ruler, path) else { return };
        let span = self.key(table, "fact").map_or(whole.span, |node| node.span);
        let found = match split_fact(self.builder.schema, &path) {
            Ok(found) => found,
            Err(message) => return self.problem(span, Wrong::new(message, "KIND.ID.FACT")),
        };
        let Some((slot, ruled)) = self.ruled(found.kind, found.member, &value) else { return };
        let spot = self.file.spot(span.0);
        let Ruler { by, role, on, reasons } = ruler;
        let ruling =
            PendingRuling { kind: found.kind, id: found.id, slot, value: ruled, by, role, on, reasons, spot };
        self.builder.rulings.push(ruling);
    }

    /// The value that a ruling says holds.
    fn ruled(&mut self, kind: KindId, member: Member, value: &Node<'s>) -> Option<(Slot, Ruled)> {
        let schema = self.builder.schema;
        match member {
            Member::Field(field) => {
                let definition = schema.kind(kind).field(field);
                let given = read(self.section, &value.item, definition, schema, !self.is_told());
                let given = given.map_err(|wrong| self.problem(value.span, wrong)).ok()?;
                Some((Slot::Field(field.0), self.ruled_value(definition.ty, given)?))
            }
            Member::Relation(relation) => {
                let definition = schema.kind(kind).relation(relation);
                self.ruled_list(relation, definition.to, definition.source, value)
            }
        }
    }

    fn ruled_value(&mut self, ty: Type, given: Given<'s>) -> Option<Ruled> {
        Some(match (given, ty) {
            (Given::Word(word), _) => Ruled::Word(word),
            (Given::Set(set), _) => Ruled::Set(set),
            (Given::Text(text), _) => Ruled::Word(i64::from(self.builder.texts.intern(&text))),
            (Given::NoThing, _) => Ruled::Word(i64::from(ROW_NONE)),
            (Given::Thing(id), Type::Thing(to)) => Ruled::Word(i64::from(self.builder.slot(to, &id))),
            (Given::Thing(_), _) => return None,
        })
    }

    fn ruled_list(
        &mut self,
        relation: RelationId,
        to: KindId,
        source: Source,
        value: &Node<'s>,
    ) -> Option<(Slot, Ruled)> {
        let slot = Slot::List(relation.0);
        match (&value.item, source) {
            (Item::Text(text), Source::List) if text == "none" => Some((slot, Ruled::List(vec![]))),
            (Item::List(members), Source::List) => {
                let members = self.members(to, *members)?;
                Some((slot, Ruled::List(members)))
            }
            _ => {
                let wrong = Wrong::new(
                    "a ruling on a relation names its members",
                    "value = [\"ID\"], for a list kept at the thing",
                );
                self.problem(value.span, wrong);
                None
            }
        }
    }

    fn outcome_ruling(&mut self, whole: &Node<'s>, table: Children) {
        self.known_keys(table, &ON_OUTCOME);
        let ruler = self.ruler(RULING, &[], whole, table);
        let target = self.target(whole, table);
        let thing = self.needed(RULING, whole, table, "thing");
        let outcome = self.outcome(whole, table);
        let (grade, weighed) = (self.perhaps(table, "grade"), self.perhaps(table, "weighed"));
        let (Some(ruler), Some(target), Some(thing), Some(outcome)) = (ruler, target, thing, outcome) else {
            return;
        };
        let span = self.key(table, "thing").map_or(whole.span, |node| node.span);
        let spot = self.file.spot(span.0);
        let Ruler { by, role, on, reasons } = ruler;
        let place = self.builder.place(spot);
        // The thing is looked up when all files are read.
        let (kind, row) = (KindId(0), 0);
        let ruling =
            OutcomeRuling { target, kind, row, outcome, grade, by, role, on, reasons, weighed, place };
        self.builder.outcome_rulings.push((ruling, thing));
    }

    fn target(&mut self, whole: &Node<'s>, table: Children) -> Option<RulingTarget> {
        let catalog = self.builder.catalog;
        if let Some(id) = self.perhaps(table, "requirement") {
            return self.known_requirement(table, &id).then_some(RulingTarget::Requirement(id));
        }
        let Some(number) = self.perhaps(table, "clause") else {
            let wrong = Wrong::new("a ruling needs `fact`, `requirement` or `clause`", "what it rules on");
            self.problem((whole.key_at, whole.span.1), wrong);
            return None;
        };
        if !catalog.clauses.iter().any(|c| c.number == number) {
            let near = did_you_mean(&number, catalog.clauses.iter().map(|c| c.number.as_str()));
            self.unknown_target(
                table,
                "clause",
                format!("no clause `{}` in the catalog{near}", echo(&number)),
            );
            return None;
        }
        Some(RulingTarget::Clause(number))
    }

    /// Whether the catalog has the requirement; says so where it has not.
    pub(crate) fn known_requirement(&mut self, table: Children, id: &str) -> bool {
        let catalog = self.builder.catalog;
        let known = catalog.requirement(id).is_some();
        if !known {
            let near = did_you_mean(id, catalog.requirements.iter().map(|r| r.id.as_str()));
            let message = format!("no requirement `{}` in the catalog{near}", echo(id));
            self.unknown_target(table, "requirement", message);
        }
        known
    }

    fn unknown_target(&mut self, table: Children, key: &str, message: String) {
        let span = self.key(table, key).map_or((0, 0), |node| node.span);
        self.problem(
            span,
            Wrong::new(message, format!("a {key} of the catalog, as `hegui catalog list` shows them")),
        );
    }

    fn outcome(&mut self, whole: &Node<'s>, table: Children) -> Option<Outcome> {
        let name = self.needed(RULING, whole, table, "outcome")?;
        let found = OUTCOMES.iter().find(|(code, _)| *code == name);
        if found.is_none() {
            let span = self.key(table, "outcome").map_or((0, 0), |node| node.span);
            let names = OUTCOMES.map(|(code, _)| code);
            let near = did_you_mean(&name, names);
            self.problem(
                span,
                Wrong::new(
                    format!("`{}` is no outcome{near}", echo(&name)),
                    format!("one of {}", names.join(", ")),
                ),
            );
        }
        found.map(|(_, outcome)| *outcome)
    }

    /// `[evidence.ID]`.
    pub(crate) fn evidence(&mut self, node: &Node<'s>) {
        let section = self.section;
        let Item::Table(table) = node.item else {
            return self.problem(Self::key_span(node), Wrong::new("evidence has ids", "[evidence.E-014]"));
        };
        for piece in section.children(table) {
            let Item::Table(keys) = piece.item else {
                self.problem(piece.span, Wrong::new("a piece of evidence is a table", "[evidence.E-014]"));
                continue;
            };
            self.piece(piece, keys);
        }
    }

    fn piece(&mut self, piece: &Node<'s>, keys: Children) {
        self.known_keys(keys, &EVIDENCE);
        let place = self.builder.place(self.file.spot(piece.key_at));
        if self.key(keys, "title").is_none() {
            let wrong =
                Wrong::new(format!("evidence `{}` needs a `title`", echo(&piece.key)), "title = \"…\"");
            self.problem(Self::key_span(piece), wrong);
        }
        let on = self.key(keys, "on").cloned();
        let on = on.and_then(|node| moment(&node).map_err(|wrong| self.problem(node.span, wrong)).ok());
        let sha256 = self.perhaps(keys, "sha256");
        if let Some(hash) = &sha256
            && !(hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit()))
        {
            let span = self.key(keys, "sha256").map_or((0, 0), |node| node.span);
            self.problem(span, Wrong::new("`sha256` is no SHA-256", "64 hexadecimal digits"));
        }
        let evidence = Evidence {
            id: piece.key.to_string(),
            title: self.perhaps(keys, "title").unwrap_or_default(),
            file: self.perhaps(keys, "file"),
            url: self.perhaps(keys, "url"),
            sha256,
            on,
            place,
        };
        self.builder.evidence.push(evidence);
    }
}
