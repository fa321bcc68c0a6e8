//! A form against the catalog: what it names must be there, or a slip of the pen would read as "none".

use super::form::{Field, Form, Named, Section, Walk};
use super::path::{Step, Test};
use hegui_catalog::document::hint;
use hegui_catalog::model::{Catalog, Place};
use hegui_catalog::problem::Problem;
use hegui_logic::schema::{Kind, KindId, Type};

/// Everything that a form names and the catalog does not have.
pub(super) fn form(form: &Form, catalog: &Catalog) -> Vec<Problem> {
    let mut check = Check { catalog, instrument: "", problems: vec![] };
    check.instrument(form);
    for law in &form.laws {
        check.article(&law.cite);
    }
    for section in &form.sections {
        check.section(section, None);
    }
    check.problems
}

struct Check<'a> {
    catalog: &'a Catalog,
    instrument: &'a str,
    problems: Vec<Problem>,
}

/// Where a path leads.
enum End {
    Things(KindId),
    Fact,
    /// It goes wrong; that has been noted.
    Nowhere,
}

impl<'a> Check<'a> {
    fn note(&mut self, place: &Place, message: String, remedy: &str) {
        self.problems.push(Problem::error(place.clone(), message, remedy));
    }

    fn instrument(&mut self, form: &'a Form) {
        let Some(named) = &form.instrument else { return };
        if self.catalog.instruments.contains_key(&named.name) {
            self.instrument = &named.name;
            return;
        }
        let near = hint(&named.name, self.catalog.instruments.keys().map(String::as_str));
        let message = format!("the catalog has no instrument `{}`{near}", named.name);
        self.note(&named.place, message, "write an instrument's id; `hegui law` lists them");
    }

    fn article(&mut self, cite: &Named) {
        let (short, article) = cite.name.split_once('/').unwrap_or((&cite.name, ""));
        let instrument = self.catalog.instruments.values().find(|i| i.short == short);
        if instrument.is_none_or(|i| i.articles.iter().all(|a| a.number != article)) {
            let message = format!("the catalog has no article `{}`", cite.name);
            self.note(&cite.place, message, "cite as clauses do: the law's short name, `/`, the article");
        }
    }

    fn section(&mut self, section: &Section, at: Option<KindId>) {
        let inner = match &section.each {
            Some(each) => self.things(each, at),
            None => at,
        };
        for trigger in &section.triggers {
            self.end(&trigger.on, inner);
        }
        for field in &section.fields {
            self.field(field, inner);
        }
        if let Some(rows) = &section.rows {
            let row = self.things(rows, inner);
            for column in &section.columns {
                self.field(column, row);
            }
        }
        let serves = section.serves.iter().map(|item| &item.of);
        for named in section.findings.iter().chain(&section.conclusion).chain(serves) {
            self.clause(named);
        }
        for section in &section.sections {
            self.section(section, inner);
        }
    }

    fn field(&mut self, field: &Field, at: Option<KindId>) {
        for walk in &field.show {
            self.end(walk, at);
        }
        for named in &field.of {
            self.clause(named);
        }
    }

    fn clause(&mut self, named: &Named) {
        let catalog = self.catalog;
        let wanted = named.name.as_str();
        let clauses = catalog.clauses.iter().filter(|clause| clause.instrument == self.instrument);
        let numbers: Vec<&str> = clauses.map(|clause| clause.number.as_str()).collect();
        let begins =
            |number: &str| number.strip_prefix(wanted).is_some_and(|r| r.is_empty() || r.starts_with('.'));
        if numbers.iter().any(|n| begins(n)) || catalog.requirements.iter().any(|r| r.id == wanted) {
            return;
        }
        let ids = catalog.requirements.iter().map(|r| r.id.as_str());
        let near = hint(wanted, numbers.iter().copied().chain(ids));
        let message = format!("`{wanted}` is no clause or requirement of `{}`{near}", self.instrument);
        self.note(&named.place, message, "write a clause's number or a requirement's id");
    }

    /// The kind of the things that a path must lead to.
    fn things(&mut self, walk: &Walk, at: Option<KindId>) -> Option<KindId> {
        match self.end(walk, at) {
            End::Things(kind) => Some(kind),
            End::Fact => {
                let message = format!("`{}` leads to a fact, not to things", walk.text);
                self.note(&walk.place, message, "end with a list or a reference");
                None
            }
            End::Nowhere => None,
        }
    }

    fn end(&mut self, walk: &Walk, at: Option<KindId>) -> End {
        let catalog = self.catalog;
        let mut kind = at;
        let last = walk.path.steps.len().saturating_sub(1);
        for (n, step) in walk.path.steps.iter().enumerate() {
            if n == 0 && walk.path.absolute {
                kind = catalog.schema.kind_named(&step.name);
                if kind.is_none() {
                    let kinds = catalog.schema.kinds.iter().map(|kind| kind.name.as_str());
                    let message = format!("there is no kind `{}`{}", step.name, hint(&step.name, kinds));
                    self.note(&walk.place, message, "`hegui fact list` lists the kinds");
                    return End::Nowhere;
                }
            } else {
                // Where no thing is known, what came before has been noted; or nothing came before.
                let Some(from) = kind else {
                    if n == 0 && at.is_none() && self.problems.is_empty() {
                        let message = format!("`{}` begins nowhere: there is no `each` above", walk.text);
                        self.note(&walk.place, message, "begin with `/` and a kind");
                    }
                    return End::Nowhere;
                };
                match self.step(walk, step, from) {
                    End::Things(to) => kind = Some(to),
                    End::Fact if n == last => return End::Fact,
                    End::Fact => {
                        let message = format!("`{}` is a fact, nothing follows it", step.name);
                        self.note(&walk.place, message, "end the path there");
                        return End::Nowhere;
                    }
                    End::Nowhere => return End::Nowhere,
                }
            }
            if let Some(kind) = kind {
                self.filters(walk, step, kind);
            }
        }
        kind.map_or(End::Nowhere, End::Things)
    }

    fn step(&mut self, walk: &Walk, step: &Step, from: KindId) -> End {
        let schema = &self.catalog.schema;
        let kind = schema.kind(from);
        match step.name.as_str() {
            "self" => return End::Things(from),
            "parent" if schema.parent_of(from).is_some() => {
                return schema.parent_of(from).map_or(End::Nowhere, End::Things);
            }
            _ => {}
        }
        if let Some(field) = kind.field_named(&step.name) {
            return match kind.field(field).ty {
                Type::Thing(to) => End::Things(to),
                _ => End::Fact,
            };
        }
        if let Some(relation) = kind.relation_named(&step.name) {
            return End::Things(kind.relation(relation).to);
        }
        let message =
            format!("`{}` has no fact or list `{}`{}", kind.name, step.name, near(kind, &step.name));
        let remedy = format!("`hegui fact list {}` lists them", kind.name);
        self.note(&walk.place, message, &remedy);
        End::Nowhere
    }

    fn filters(&mut self, walk: &Walk, step: &Step, of: KindId) {
        let schema = &self.catalog.schema;
        let kind = schema.kind(of);
        for filter in &step.filters {
            let Some(field) = kind.field_named(&filter.fact) else {
                let message =
                    format!("`{}` has no fact `{}`{}", kind.name, filter.fact, near(kind, &filter.fact));
                self.note(&walk.place, message, "a condition looks at a fact of the things reached");
                continue;
            };
            let values: Vec<&str> = match kind.field(field).ty {
                Type::Enum(values) | Type::Set(values) => {
                    schema.values(values).iter().map(String::as_str).chain(["none"]).collect()
                }
                Type::Bool => vec!["true", "false"],
                _ => continue,
            };
            let (Test::Is(codes) | Test::Not(codes)) = &filter.test else { continue };
            for code in codes.iter().filter(|code| !values.contains(&code.as_str())) {
                let near = hint(code, values.iter().copied());
                let message = format!("`{code}` is no value of `{}.{}`{near}", kind.name, filter.fact);
                self.note(&walk.place, message, &format!("known: {}", values.join(", ")));
            }
        }
    }
}

/// The nearest fact or list of a kind.
fn near(kind: &Kind, name: &str) -> String {
    let facts = kind.fields.iter().map(|field| field.name.as_str());
    hint(name, facts.chain(kind.relations.iter().map(|relation| relation.name.as_str())))
}
