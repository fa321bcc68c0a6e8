//! The engagement (`[engagement]`) and what was decided about gaps (`[[disposition]]`).
//!
//! Neither is a fact: no check reads them. The engagement says between whom and over which period an
//! assessment is made; a disposition (处置) says in which of the ways that a clause allows a gap is dealt
//! with, who decided so, and who sees to it until when. Reports say both.

use crate::origin::{moment, text};
use crate::path::did_you_mean;
use crate::problem::echo;
use crate::reader::Reader;
use crate::store::{Disposition, Engagement, Member};
use crate::tree::{Children, Item, Node};
use crate::value::Wrong;
use hegui_logic::schema::KindId;

const ENGAGEMENT: [&str; 11] = [
    "number",
    "commissioner",
    "firm",
    "purpose",
    "boundary",
    "period",
    "covers",
    "adjust_until",
    "opinion_on",
    "restrictions",
    "team",
];
const MEMBER: [&str; 3] = ["name", "role", "qualification"];
const SPAN: [&str; 2] = ["from", "to"];
const DISPOSITION: [&str; 12] = [
    "requirement",
    "thing",
    "way",
    "by",
    "role",
    "on",
    "reasons",
    "owner",
    "due",
    "done_on",
    "risk",
    "evidence",
];
/// What members of the team are.
pub const MEMBER_ROLES: [&str; 4] = ["lead", "assessor", "expert", "reviewer"];
/// The ways of dealing with a gap.
pub const WAYS: [&str; 6] = ["adjust", "disclose", "accept", "consult", "compensate", "stop"];
/// How grave a person rates what stays.
pub const RISKS: [&str; 3] = ["low", "medium", "high"];
/// Who may decide beside the catalog's roles: whoever asked for the assessment.
const COMMISSIONER: &str = "commissioner";

impl<'s> Reader<'_, '_, 's> {
    /// `[engagement]`.
    pub(crate) fn engagement(&mut self, node: &Node<'s>) {
        let Item::Table(table) = node.item else {
            let wrong = Wrong::new("the engagement is a table, and there is one", "[engagement]");
            return self.problem(Self::key_span(node), wrong);
        };
        self.known_keys(table, &ENGAGEMENT);
        let engagement = Engagement {
            number: self.perhaps(table, "number"),
            commissioner: self.perhaps(table, "commissioner"),
            firm: self.perhaps(table, "firm"),
            purpose: self.perhaps(table, "purpose"),
            boundary: self.perhaps(table, "boundary"),
            period: self.span(table, "period"),
            covers: self.span(table, "covers"),
            adjust_until: self.day(table, "adjust_until"),
            opinion_on: self.day(table, "opinion_on"),
            restrictions: self.texts(table, "restrictions"),
            team: self.team(table),
            place: self.builder.place(self.file.spot(node.key_at)),
        };
        if let Some(first) = &self.builder.engagement {
            let message =
                format!("the engagement stands at {}:{} already", first.place.file, first.place.line);
            return self
                .problem(Self::key_span(node), Wrong::new(message, "one [engagement] for the register"));
        }
        self.builder.engagement = Some(engagement);
    }

    /// A day that may be there.
    fn day(&mut self, table: Children, name: &str) -> Option<i64> {
        let node = self.key(table, name).cloned()?;
        moment(&node).map_err(|wrong| self.problem(node.span, wrong)).ok()
    }

    /// `{ from = …, to = … }`, either of which may be left out.
    fn span(&mut self, table: Children, name: &str) -> (Option<i64>, Option<i64>) {
        let Some(node) = self.key(table, name).cloned() else { return (None, None) };
        let Item::Table(days) = node.item else {
            let wrong = Wrong::new(
                format!("`{name}` is a table of two days"),
                format!("{name} = {{ from = 2026-05-01, to = 2026-06-30 }}"),
            );
            self.problem(node.span, wrong);
            return (None, None);
        };
        self.known_keys(days, &SPAN);
        let (from, to) = (self.day(days, "from"), self.day(days, "to"));
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            self.problem(
                node.span,
                Wrong::new(format!("`{name}` ends before it begins"), "`to` not before `from`"),
            );
        }
        (from, to)
    }

    /// A list of texts that may be there.
    fn texts(&mut self, table: Children, name: &str) -> Vec<String> {
        let Some(node) = self.key(table, name).cloned() else { return vec![] };
        let wrong = || Wrong::new(format!("`{name}` is a list of texts"), format!("{name} = [\"…\"]"));
        let Item::List(members) = node.item else {
            self.problem(node.span, wrong());
            return vec![];
        };
        let section = self.section;
        let mut found = vec![];
        for member in section.children(members) {
            match text(member) {
                Ok(text) => found.push(text.to_owned()),
                Err(_) => {
                    self.problem(member.span, wrong());
                    break;
                }
            }
        }
        found
    }

    fn team(&mut self, table: Children) -> Vec<Member> {
        let Some(node) = self.key(table, "team").cloned() else { return vec![] };
        let wrong = Wrong::new("the team is a list of tables", "team = [{ name = \"…\", role = \"lead\" }]");
        let Item::List(members) = node.item else {
            self.problem(node.span, wrong);
            return vec![];
        };
        let section = self.section;
        let mut team = vec![];
        for member in section.children(members) {
            let Item::Table(keys) = member.item else {
                self.problem(member.span, wrong.clone());
                continue;
            };
            self.known_keys(keys, &MEMBER);
            let name = self.needed("a member of the team", member, keys, "name");
            let role = self.one_of("a member of the team", member, keys, "role", &MEMBER_ROLES);
            let qualification = self.perhaps(keys, "qualification");
            if let (Some(name), Some(role)) = (name, role) {
                team.push(Member { name, role, qualification });
            }
        }
        team
    }

    /// A code that must be there, of a few.
    fn one_of(
        &mut self,
        what: &str,
        whole: &Node<'s>,
        table: Children,
        name: &str,
        codes: &[&str],
    ) -> Option<String> {
        let code = self.needed(what, whole, table, name)?;
        self.among(table, name, code, codes)
    }

    fn among(&mut self, table: Children, name: &str, code: String, codes: &[&str]) -> Option<String> {
        if codes.contains(&code.as_str()) {
            return Some(code);
        }
        let near = did_you_mean(&code, codes.iter().copied());
        let wrong = Wrong::new(
            format!("`{}` is no {name}{near}", echo(&code)),
            format!("one of {}", codes.join(", ")),
        );
        let span = self.key(table, name).map_or((0, 0), |node| node.span);
        self.problem(span, wrong);
        None
    }

    /// `[[disposition]]`.
    pub(crate) fn dispositions(&mut self, node: &Node<'s>) {
        let section = self.section;
        let Item::List(members) = node.item else {
            let wrong = Wrong::new("dispositions are a list", "[[disposition]]");
            return self.problem(Self::key_span(node), wrong);
        };
        for member in section.children(members) {
            if self.is_told() {
                return;
            }
            match member.item {
                Item::Table(table) => self.disposition(member, table),
                _ => self.problem(member.span, Wrong::new("a disposition is a table", "[[disposition]]")),
            }
        }
    }

    fn disposition(&mut self, whole: &Node<'s>, table: Children) {
        const WHAT: &str = "a disposition";
        self.known_keys(table, &DISPOSITION);
        let requirement = self.needed(WHAT, whole, table, "requirement");
        let requirement = requirement.filter(|id| self.known_requirement(table, id));
        let thing = self.needed(WHAT, whole, table, "thing");
        let way = self.one_of(WHAT, whole, table, "way", &WAYS);
        let ruler = self.ruler(WHAT, &[COMMISSIONER], whole, table);
        let (owner, due, done_on) =
            (self.perhaps(table, "owner"), self.day(table, "due"), self.day(table, "done_on"));
        let risk = self.perhaps(table, "risk").and_then(|risk| self.among(table, "risk", risk, &RISKS));
        let evidence = self.texts(table, "evidence");
        let (Some(requirement), Some(thing), Some(way), Some(ruler)) = (requirement, thing, way, ruler)
        else {
            return;
        };
        let span = self.key(table, "thing").map_or(whole.span, |node| node.span);
        let place = self.builder.place(self.file.spot(span.0));
        // The thing is looked up when all files are read.
        let (kind, row) = (KindId(0), 0);
        let (by, role, on, reasons) = (ruler.by, ruler.role, ruler.on, ruler.reasons);
        let made = Disposition {
            requirement,
            kind,
            row,
            way,
            by,
            role,
            on,
            reasons,
            owner,
            due,
            done_on,
            risk,
            evidence,
            place,
        };
        self.builder.dispositions.push((made, thing));
    }
}
