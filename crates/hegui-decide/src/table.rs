//! From the text of a table to [`Conditions`]: its form, the limits that it must keep, and what of it is
//! looked up in the catalog.

use crate::conditions::{Applies, Condition, Conditions, Does, Error, Obligation, Set, Unmet};
use crate::needs::Needs;
use crate::question::Stage;
use hegui_catalog::Catalog;
use hegui_catalog::model::Text;
use hegui_logic::plan::Plan;
use hegui_logic::schema::KindId;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The longest expression, in bytes, and the longest table: what is longer is refused.
const LONGEST: usize = 1 << 13;
const LARGEST: usize = 1 << 19;
/// The most named expressions.
const NAMES: usize = 16;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    named: BTreeMap<String, String>,
    #[serde(default)]
    condition: Vec<RawCondition>,
    #[serde(default)]
    obligation: Vec<RawObligation>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    zh: String,
    en: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCondition {
    id: String,
    text: Words,
    change: Words,
    clauses: Vec<String>,
    stages: Vec<Stage>,
    scope: Scopes,
    when: Option<String>,
    types: Option<String>,
    check: Option<String>,
    #[serde(default)]
    needs: Needs,
    unmet: Unmet,
    certainty: Option<Words>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a kind of thing, or a list of kinds")]
enum Scopes {
    One(String),
    Several(Vec<String>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawObligation {
    id: String,
    does: Does,
    text: Words,
    clauses: Vec<String>,
    stages: Vec<Stage>,
    scope: Scopes,
    when: Option<String>,
    types: Option<String>,
    certainty: Option<Words>,
}

impl Conditions {
    /// Reads a table in the form that the head of `conditions.toml` describes.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn read(source: &str, catalog: &Catalog) -> Result<Self, Error> {
        if source.len() > LARGEST {
            return Err(Error::Form(format!("the table is longer than {LARGEST} bytes")));
        }
        let file: File = toml::from_str(source).map_err(|e| Error::Form(e.to_string()))?;
        let many = [
            ("conditions", file.condition.len(), 64),
            ("obligations", file.obligation.len(), 64),
            ("named expressions", file.named.len(), NAMES),
        ];
        if let Some((what, _, most)) = many.into_iter().find(|(_, number, most)| number > most) {
            return Err(Error::Many { what, most });
        }
        let mut reader = Reader { catalog, named: &file.named, citations: vec![], seen: vec![] };
        let conditions: Vec<Condition> =
            file.condition.into_iter().map(|raw| reader.condition(raw)).collect::<Result<_, _>>()?;
        let obligations: Vec<Obligation> =
            file.obligation.into_iter().map(|raw| reader.obligation(raw)).collect::<Result<_, _>>()?;
        let mut deny = Set::NONE;
        for (place, _) in (0..64).zip(&conditions).filter(|(_, c)| c.unmet == Unmet::Deny) {
            deny.insert(place);
        }
        let citations = reader.citations;
        Ok(Self { conditions, obligations, citations, deny, catalog: catalog.hash.clone() })
    }
}

struct Reader<'a> {
    catalog: &'a Catalog,
    named: &'a BTreeMap<String, String>,
    citations: Vec<String>,
    seen: Vec<String>,
}

impl Reader<'_> {
    fn condition(&mut self, raw: RawCondition) -> Result<Condition, Error> {
        self.once(&raw.id)?;
        if raw.check.is_some() && (raw.types.is_some() || !raw.needs.is_empty()) {
            let message = "`check` is settled beforehand and goes with neither `types` nor `needs`";
            return Err(Error::Entry { id: raw.id, message: message.to_owned() });
        }
        let applies = self.applies(&raw.id, &raw.stages, raw.scope, [&raw.when, &raw.types, &raw.check])?;
        Ok(Condition {
            clauses: self.clauses(&raw.id, raw.clauses)?,
            id: raw.id,
            text: text(raw.text),
            change: text(raw.change),
            applies,
            needs: raw.needs,
            unmet: raw.unmet,
            certainty: raw.certainty.map(text),
        })
    }

    fn obligation(&mut self, raw: RawObligation) -> Result<Obligation, Error> {
        self.once(&raw.id)?;
        let applies = self.applies(&raw.id, &raw.stages, raw.scope, [&raw.when, &raw.types, &None])?;
        let clauses = self.clauses(&raw.id, raw.clauses)?;
        let (text, certainty) = (text(raw.text), raw.certainty.map(text));
        Ok(Obligation { clauses, id: raw.id, text, applies, does: raw.does, certainty })
    }

    fn once(&mut self, id: &str) -> Result<(), Error> {
        if self.seen.iter().any(|seen| seen == id) {
            return Err(Error::Twice(id.to_owned()));
        }
        self.seen.push(id.to_owned());
        Ok(())
    }

    fn applies(
        &self,
        id: &str,
        stages: &[Stage],
        scope: Scopes,
        expressions: [&Option<String>; 3],
    ) -> Result<Vec<Applies>, Error> {
        let entry = |message: String| Error::Entry { id: id.to_owned(), message };
        let scopes = match scope {
            Scopes::One(scope) => vec![scope],
            Scopes::Several(scopes) => scopes,
        };
        if let Some(stage) = stages.iter().find(|s| !scopes.iter().any(|scope| s.is_about(scope))) {
            let message = format!("the stage {stage:?} is not about a thing of the kind {scopes:?}");
            return Err(entry(message));
        }
        if let Some(scope) =
            scopes.iter().enumerate().find(|(at, s)| scopes.iter().take(*at).any(|t| t == *s))
        {
            return Err(entry(format!("the scope `{}` stands there twice", scope.1)));
        }
        let kind = |name: &str| {
            let kind = self.catalog.schema.kind_named(name);
            kind.ok_or_else(|| entry(format!("there is no kind of thing `{name}`")))
        };
        let datum = kind("datum")?;
        let one = |name: &String| {
            let scope = kind(name)?;
            let plan = |source: &Option<String>, kind| {
                let source = source.as_ref().map(|source| self.expand(id, source, name)).transpose()?;
                source.map(|source| self.plan(id, &source, kind)).transpose()
            };
            let [when, types, check] = expressions;
            Ok(Applies {
                stages: stages.iter().copied().filter(|stage| stage.is_about(name)).collect(),
                scope,
                of_activity: name == "activity",
                when: plan(when, scope)?,
                types: plan(types, datum)?,
                check: plan(check, scope)?,
            })
        };
        scopes.iter().map(one).collect()
    }

    /// Puts what `[named]` has into an expression for `{name}`, and the kind of thing for `{it}`.
    fn expand(&self, id: &str, source: &str, it: &str) -> Result<String, Error> {
        let short = |text: &str| {
            let message = || format!("an expression is longer than {LONGEST} bytes");
            let fits = text.len() <= LONGEST;
            fits.then_some(()).ok_or_else(|| Error::Entry { id: id.to_owned(), message: message() })
        };
        let mut expanded = source.to_owned();
        // What is named may use what is named; nothing needs more rounds than there are names.
        for (name, text) in self.named.iter().cycle().take(self.named.len().pow(2)) {
            short(text)?;
            short(&expanded)?;
            expanded = expanded.replace(&format!("{{{name}}}"), &format!("({text})"));
        }
        short(&expanded)?;
        Ok(expanded.replace("{it}", it))
    }

    fn plan(&self, id: &str, source: &str, scope: KindId) -> Result<Plan, Error> {
        let plan = self.catalog.plan(source, scope);
        plan.map_err(|e| Error::Entry { id: id.to_owned(), message: format!("`{source}`: {e}") })
    }

    fn clauses(&mut self, id: &str, clauses: Vec<String>) -> Result<Vec<u16>, Error> {
        clauses.into_iter().map(|clause| self.citation(id, clause)).collect()
    }

    fn citation(&mut self, id: &str, clause: String) -> Result<u16, Error> {
        if !exists(self.catalog, &clause) {
            return Err(Error::Clause { id: id.to_owned(), clause });
        }
        let place = self.citations.iter().position(|known| *known == clause).unwrap_or_else(|| {
            self.citations.push(clause);
            self.citations.len() - 1
        });
        u16::try_from(place).map_err(|_| Error::Many { what: "citations", most: u16::MAX.into() })
    }
}

fn text(words: Words) -> Text {
    Text { zh: words.zh, en: words.en }
}

/// Whether the catalog has an article `instrument/number`, a clause or a requirement of this name.
#[must_use]
pub fn exists(catalog: &Catalog, name: &str) -> bool {
    match name.split_once('/') {
        Some((of, number)) => catalog.instruments.values().filter(|i| i.short == of || i.id == of).any(|i| {
            i.articles.iter().any(|a| a.number == number) || catalog.clause(&i.id, number).is_some()
        }),
        None => {
            catalog.requirement(name).is_some() || catalog.clauses.iter().any(|clause| clause.number == name)
        }
    }
}
