//! The catalog as a handbook: an index, and a page a clause.
//!
//! Each page holds all that the catalog knows of its clause: how it is read, what the assessor does,
//! the requirements with their expressions, questions and worked cases, what other instruments ask of
//! the same, and what the law in force says. Plain pages without scripts, in one language each, with a
//! link to the same page in the other.

use crate::messages::{self as m, Message};
use crate::words::{aggregate, clause_kind, code, method, say, silent};
use hegui_catalog::model::{
    Case, Catalog, Certainty, Clause, FactEntry, Instrument, Lang, Mapping, Relation, Requirement, Strength,
    Text,
};
use hegui_logic::plan::{Plan, Read};
use hegui_logic::truth::Outcome;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::collections::BTreeMap;

const STYLE: &str = include_str!("handbook.css");

/// The handbook's pages in a language: path within the language's folder, and content. The pages of
/// the other language stand in a folder beside it, named `zh` or `en`.
#[must_use]
pub fn handbook(catalog: &Catalog, lang: Lang) -> Vec<(String, String)> {
    let book = Book { catalog, lang };
    let mut pages = vec![("index.html".to_owned(), book.index())];
    for clause in &catalog.clauses {
        pages.push((path_of(clause), book.clause(clause)));
    }
    for instrument in catalog.instruments.values() {
        pages.push((format!("{}/index.html", instrument.id), book.instrument(instrument)));
    }
    pages
}

fn path_of(clause: &Clause) -> String {
    format!("{}/{}.html", clause.instrument, clause.number)
}

struct Book<'a> {
    catalog: &'a Catalog,
    lang: Lang,
}

impl Book<'_> {
    fn t(&self, message: Message) -> &'static str {
        message.get(self.lang)
    }

    /// A whole page. `up` leads from the page to the language's folder.
    fn page(&self, title: &str, path: &str, up: &str, body: &Markup) -> String {
        let (tag, other, name) = match self.lang {
            Lang::Zh => ("zh-CN", "en", "English"),
            Lang::En => ("en", "zh", "中文"),
        };
        let document = html! {
            (DOCTYPE)
            html lang=(tag) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (title) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    nav { a href={ (up) "index.html" } { (self.t(m::HANDBOOK)) } a lang=(other) href={ (up) "../" (other) "/" (path) } { (name) } }
                    main { (body) }
                }
            }
        };
        document.into_string()
    }

    fn index(&self) -> String {
        let body = html! {
            h1 { (self.t(m::HANDBOOK)) }
            p.note { (self.t(m::HANDBOOK_NOTE)) }
            ul.plain {
                @for instrument in self.catalog.instruments.values() {
                    @let clauses = self.catalog.clauses.iter().filter(|c| c.instrument == instrument.id).count();
                    li {
                        a href={ (instrument.id) "/index.html" } { (say(&instrument.title, self.lang)) }
                        " " span.tag { (code(&instrument.status, self.lang)) }
                        @if clauses > 0 { " " span.dim { (clauses) " " (self.t(m::CLAUSE)) } }
                    }
                }
            }
        };
        self.page(self.t(m::HANDBOOK), "index.html", "", &body)
    }

    fn instrument(&self, instrument: &Instrument) -> String {
        let clauses: Vec<&Clause> =
            self.catalog.clauses.iter().filter(|c| c.instrument == instrument.id).collect();
        let body = html! {
            h1 { (say(&instrument.title, self.lang)) }
            p { span.tag { (code(&instrument.status, self.lang)) } " " (say(&instrument.number, self.lang)) }
            @if !instrument.from.is_empty() { p { (instrument.from) " → " (instrument.to) } }
            (self.paragraph(m::READING, &instrument.reading))
            @if !clauses.is_empty() {
                ul.plain {
                    @for clause in clauses {
                        li.(if clause.number.matches('.').count() < 2 { "top" } else { "under" }) {
                            span.num { (clause.number) } " " a href={ (clause.number) ".html" } { (say(&clause.title, self.lang)) }
                            @if clause.pending { " " span.dim { (self.t(m::NOT_WRITTEN)) } }
                        }
                    }
                }
            }
            @if !instrument.articles.is_empty() {
                h2 { (self.t(m::ARTICLES)) }
                dl { @for article in &instrument.articles {
                    dt id={ "a" (article.number) } { (article.number) }
                    dd { (say(&article.gist, self.lang)) (self.doubt(article.certainty)) }
                } }
            }
            @if !instrument.figures.is_empty() {
                h2 { (self.t(m::FIGURES)) }
                table { tbody { @for figure in &instrument.figures {
                    tr {
                        td { (figure.article) }
                        td { (say(&figure.subject, self.lang)) @if !silent(&figure.trigger) { " (" (say(&figure.trigger, self.lang)) ")" } (self.doubt(figure.certainty)) }
                        td { b { (figure.value) } " " (say(&figure.unit, self.lang)) }
                        td.dim { (figure.from) @if !figure.to.is_empty() { " → " (figure.to) } }
                    }
                } } }
            }
        };
        let path = format!("{}/index.html", instrument.id);
        self.page(instrument.title.get(self.lang), &path, "../", &body)
    }

    fn doubt(&self, certainty: Certainty) -> Markup {
        let message = match certainty {
            Certainty::Read => return html! {},
            Certainty::Stated => m::CERTAINTY_STATED,
            Certainty::Unverified => m::CERTAINTY_UNVERIFIED,
        };
        html! { " " span.doubt { (self.t(message)) } }
    }

    fn paragraph(&self, name: Message, text: &Text) -> Markup {
        html! { @if !silent(text) { p { b { (self.t(name)) } " " (say(text, self.lang)) } } }
    }

    fn clause(&self, clause: &Clause) -> String {
        let own = |r: &&Requirement| r.instrument == clause.instrument && r.clause == clause.number;
        let requirements: Vec<&Requirement> = self.catalog.requirements.iter().filter(own).collect();
        let instrument = self.catalog.instruments.get(&clause.instrument);
        let title = format!("{} {}", clause.number, clause.title.get(self.lang));
        let body = html! {
            @if let Some(instrument) = instrument { p.dim { a href="index.html" { (say(&instrument.title, self.lang)) } } }
            h1 { span.num { (clause.number) } " " (say(&clause.title, self.lang)) }
            p {
                span.tag { (self.t(clause_kind(clause.kind))) } " "
                @if !clause.stage.is_empty() { span.tag { (code(&clause.stage, self.lang)) } " " }
                @if clause.kind != hegui_catalog::model::ClauseKind::Article { span.tag { (self.t(aggregate(clause.aggregate))) } }
                @if !clause.article.is_empty() { span.tag { (code(&clause.article, self.lang)) } }
            }
            (self.relatives(clause))
            (self.paragraph(m::READING, &clause.reading))
            (self.paragraph(m::LIMIT, &clause.limits))
            @if let Some(rule) = self.catalog.gap_rule(clause) { (self.paragraph(m::ON_GAP, &rule.on_gap)) }
            (self.today(clause))
            (self.law(clause))
            @if !clause.actions.is_empty() {
                h2 { (self.t(m::ACTIONS)) }
                ol { @for action in &clause.actions {
                    li {
                        span.tag { (self.t(method(action.method))) } " " (say(&action.text, self.lang))
                        @if action.sampling { " " span.tag { (self.t(m::SAMPLING_ALLOWED)) } }
                        @if action.derived { " " span.dim { "(" (self.t(m::DERIVED)) ")" } }
                    }
                } }
            }
            @for requirement in requirements { (self.requirement(requirement)) }
        };
        self.page(&title, &path_of(clause), "../", &body)
    }

    /// The clauses that this one belongs to, and those that belong to it.
    fn relatives(&self, clause: &Clause) -> Markup {
        let near = |number: &String| {
            let title = self.catalog.clause(&clause.instrument, number).map(|c| say(&c.title, self.lang));
            html! { a href={ (number) ".html" } { (number) " " (title.unwrap_or_default()) } }
        };
        let below: Vec<&Clause> = self
            .catalog
            .clauses
            .iter()
            .filter(|c| c.instrument == clause.instrument)
            .filter(|c| {
                c.parent.as_ref() == Some(&clause.number) || c.extends.as_ref() == Some(&clause.number)
            })
            .collect();
        html! {
            @if let Some(parent) = &clause.parent { p { b { (self.t(m::KIND_INDICATOR)) } " " (near(parent)) } }
            @if let Some(extends) = &clause.extends { p { b { (self.t(m::EXTENDS)) } " " (near(extends)) } }
            @if !below.is_empty() { ul.plain { @for c in below { li { (near(&c.number)) } } } }
        }
    }

    /// What the law in force does with an article of a draft or covenant.
    fn today(&self, clause: &Clause) -> Markup {
        html! { @if let Some(today) = &clause.today {
            p {
                b { (self.t(m::LAW_TODAY)) } " " span.tag { (code(&today.does, self.lang)) } " "
                (say(&today.text, self.lang)) (self.doubt(today.certainty))
                @for cite in &today.by { " " (self.cite(cite)) }
            }
        } }
    }

    /// What the articles say that the clause cites.
    fn law(&self, clause: &Clause) -> Markup {
        html! { @if !clause.cites.is_empty() {
            h2 { (self.t(m::CITES)) }
            ul.plain { @for cite in &clause.cites { li { (self.cite(cite)) } } }
        } }
    }

    fn cite(&self, cite: &str) -> Markup {
        let (short, number) = cite.split_once('/').unwrap_or((cite, ""));
        let found = self.catalog.instruments.values().find(|i| i.short == short || i.id == short);
        let Some(instrument) = found else { return html! { (cite) } };
        let article = instrument.articles.iter().find(|a| a.number == number);
        html! {
            a href={ "../" (instrument.id) "/index.html" @if article.is_some() { "#a" (number) } } { (say(&instrument.title, self.lang)) " " (number) }
            @if let Some(article) = article { " " (say(&article.gist, self.lang)) (self.doubt(article.certainty)) }
        }
    }

    fn requirement(&self, requirement: &Requirement) -> Markup {
        let strength = match requirement.strength {
            Strength::Shall => m::SHALL,
            Strength::Should => m::SHOULD,
            Strength::May => m::MAY,
        };
        let scope = requirement.scope.and_then(|s| self.catalog.kinds.get(s.0 as usize));
        html! {
            section id=(requirement.id) {
                h2 { code { (requirement.id) } " " span.tag { (self.t(strength)) } }
                p.says { (say(&requirement.text, self.lang)) }
                p {
                    @if let Some(scope) = scope { span.tag { (say(&scope.title, self.lang)) } " " }
                    span.tag { (self.t(method(requirement.method))) } " "
                    span.dim { (requirement.covers.join(", ")) }
                }
                @if let Some(when) = &requirement.when { p { b { "when" } } pre { code { (when.trim()) } } }
                p { b { "check" } } pre { code { (requirement.check.trim()) } }
                (self.paragraph(m::EVIDENCE, &requirement.evidence))
                (self.paragraph(m::REMEDY, &requirement.remedy))
                (self.questions(requirement))
                (self.mappings(requirement))
                (self.cases(requirement))
            }
        }
    }

    /// The questions that the expressions may lead to.
    fn questions(&self, requirement: &Requirement) -> Markup {
        let mut asked: BTreeMap<String, &FactEntry> = BTreeMap::new();
        let plans = requirement.when_plan.iter().chain(&requirement.check_plan);
        for read in plans.flat_map(Plan::reads) {
            let (kind, name, entry) = match read {
                Read::Fact(kind, field) => {
                    let name = &self.catalog.schema.kind(kind).field(field).name;
                    (kind, name, self.catalog.fact(kind, field))
                }
                Read::Relation(kind, relation) => {
                    let name = &self.catalog.schema.kind(kind).relation(relation).name;
                    (kind, name, self.catalog.relation(kind, relation))
                }
                Read::Outcome(_) => continue,
            };
            if let Some(entry) = entry.filter(|e| !e.generated && !silent(&e.question)) {
                asked.insert(format!("{}.{name}", self.catalog.schema.kind(kind).name), entry);
            }
        }
        html! { @if !asked.is_empty() {
            h3 { (self.t(m::QUESTIONS)) }
            dl { @for (path, entry) in asked {
                dt { code { (path) } }
                dd {
                    (say(&entry.question, self.lang))
                    @if let Some(role) = self.catalog.roles.get(&entry.who) { " " span.tag { (say(role, self.lang)) } }
                    @if !silent(&entry.evidence) { " " span.dim { (say(&entry.evidence, self.lang)) } }
                }
            } }
        } }
    }

    fn mappings(&self, requirement: &Requirement) -> Markup {
        let mine = |m: &&Mapping| m.from == requirement.id || m.to == requirement.id;
        let mappings: Vec<&Mapping> = self.catalog.mappings.iter().filter(mine).collect();
        html! { @if !mappings.is_empty() {
            h3 { (self.t(m::MAPPINGS)) }
            ul.plain { @for mapping in mappings {
                @let other = if mapping.from == requirement.id { &mapping.to } else { &mapping.from };
                li {
                    (self.link(other)) " " span.tag { (self.t(relation(mapping, &requirement.id))) }
                    @if !mapping.stricter.is_empty() { " " span.tag { (self.t(m::STRICTER)) " " (mapping.stricter) } }
                    " " (say(&mapping.reason, self.lang))
                }
            } }
        } }
    }

    fn link(&self, id: &str) -> Markup {
        match self.catalog.requirement(id) {
            Some(r) => {
                html! { a href={ "../" (r.instrument) "/" (r.clause) ".html#" (r.id) } { code { (id) } } }
            }
            None => html! { code { (id) } },
        }
    }

    fn cases(&self, requirement: &Requirement) -> Markup {
        html! { @if !requirement.cases.is_empty() {
            h3 { (self.t(m::CASES)) }
            table.cases { tbody { @for case in &requirement.cases {
                tr {
                    td { span.v.(outcome_class(case.expect)) { (self.t(outcome_word(case.expect))) } }
                    td { (say(&case.title, self.lang)) (self.facts(case)) }
                    td.dim { @for flip in &case.flips { (flip.item) " " } }
                }
            } } }
        } }
    }

    fn facts(&self, case: &Case) -> Markup {
        let facts: serde_json::Value = serde_json::from_str(&case.facts).unwrap_or_default();
        let mut lines = vec![];
        flatten("", &facts, &mut lines);
        lines.extend(
            case.assume.iter().map(|(name, o)| format!("met({name}): {}", self.t(outcome_word(Some(*o))))),
        );
        html! { @if !lines.is_empty() { details { summary { (self.t(m::FACTS)) } pre { code { (lines.join("\n")) } } } } }
    }
}

/// `path = value` for everything that is no table.
fn flatten(path: &str, value: &serde_json::Value, into: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(entries) if !entries.is_empty() => {
            for (key, value) in entries {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                flatten(&path, value, into);
            }
        }
        _ if path.is_empty() => {}
        _ => into.push(format!("{path} = {value}")),
    }
}

/// How the other requirement relates to this one, said from this one's side.
fn relation(mapping: &Mapping, this: &str) -> Message {
    match (mapping.relation, mapping.from == this) {
        (Relation::Equal, _) => m::RELATION_EQUAL,
        (Relation::Subset, true) | (Relation::Superset, false) => m::RELATION_IMPLIES,
        (Relation::Subset, false) | (Relation::Superset, true) => m::RELATION_IMPLIED,
        (Relation::Intersects, _) => m::RELATION_INTERSECTS,
        (Relation::Contradicts, _) => m::RELATION_CONTRADICTS,
    }
}

fn outcome_word(outcome: Option<Outcome>) -> Message {
    match outcome {
        Some(Outcome::Met) => m::MET,
        Some(Outcome::Gap) => m::GAP,
        Some(Outcome::NotApplicable) => m::NOT_APPLICABLE,
        Some(Outcome::Unknown) | None => m::UNKNOWN,
    }
}

fn outcome_class(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        Some(Outcome::Met) => "met",
        Some(Outcome::Gap) => "gap",
        Some(Outcome::NotApplicable) => "na",
        Some(Outcome::Unknown) | None => "unknown",
    }
}
