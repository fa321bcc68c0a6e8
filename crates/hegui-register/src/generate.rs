//! Registers of any size, for measurements and demonstrations: things of all kinds below a given
//! number of activities, some facts unknown, some lists open, the same for the same seed.
//!
//! What is generated follows the dictionary, so it grows with it. It is text, as a person would have
//! written it: reading it is part of what is measured.

use hegui_catalog::model::Catalog;
use hegui_logic::calendar::{DAY, format_date};
use hegui_logic::plan::DECIMAL_ONE;
use hegui_logic::schema::{Field, KindId, Relation, Schema, Source, Type};
use std::fmt::Write;

/// Activities in one file.
const ACTIVITIES_A_FILE: usize = 5_000;
/// Activities of one product.
const ACTIVITIES_A_PRODUCT: usize = 200;
/// Parties that all activities share.
const PARTIES: usize = 50;

/// SplitMix64: small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `limit`.
    fn below(&mut self, limit: u64) -> u64 {
        if limit == 0 { 0 } else { self.next() % limit }
    }

    /// True so many times in a hundred.
    fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }
}

/// The files of a register with so many processing activities: names and TOML texts.
///
/// Each activity has about two things below it and some fifteen facts in all; one in five facts is
/// unknown, one in ten carries provenance, one list in three is open.
#[must_use]
pub fn generate(catalog: &Catalog, activities: usize, seed: u64) -> Vec<(String, String)> {
    let mut generator =
        Generator { catalog, schema: &catalog.schema, dice: Dice(seed), products: 0, activities: 0 };
    generator.products = activities.div_ceil(ACTIVITIES_A_PRODUCT).max(1);
    let mut files = vec![("organisation.toml".to_owned(), generator.shared())];
    let mut first = 0;
    while first < activities {
        let last = (first + ACTIVITIES_A_FILE).min(activities);
        let mut text = String::new();
        for number in first..last {
            generator.activity(&mut text, number);
        }
        files.push((format!("activities/{:06}.toml", first), text));
        first = last;
    }
    files
}

struct Generator<'c> {
    catalog: &'c Catalog,
    schema: &'c Schema,
    dice: Dice,
    products: usize,
    activities: usize,
}

impl Generator<'_> {
    fn kind(&self, name: &str) -> Option<KindId> {
        self.schema.kind_named(name)
    }

    /// The organisation, its parties, documents and products.
    fn shared(&mut self) -> String {
        let mut text =
            String::from("[provenance]\nsource = \"interview\"\nby = \"李四\"\non = 2026-03-02\n\n");
        self.thing(&mut text, "organisation", "acme", None, 80);
        if self.kind("organisation").is_some_and(|k| self.schema.kind(k).relation_named("products").is_some())
        {
            text.push_str("complete = [\"products\"]\n\n");
        }
        for number in 0..PARTIES {
            self.thing(&mut text, "party", &format!("party-{number}"), None, 80);
        }
        self.thing(&mut text, "document", "policy", None, 80);
        for number in 0..self.products {
            self.thing(&mut text, "product", &format!("product-{number}"), None, 80);
        }
        text
    }

    /// An activity, and a few things below it.
    fn activity(&mut self, text: &mut String, number: usize) {
        let Some(activity) = self.kind("activity") else { return };
        let id = format!("act-{number}");
        let product = format!("product-{}", number % self.products);
        self.thing(text, "activity", &id, Some(&product), 35);
        self.activities += 1;
        let below: Vec<String> = (0..self.schema.kinds.len())
            .map(|at| KindId(at as u16))
            .filter(|kind| self.schema.parent_of(*kind) == Some(activity))
            .map(|kind| self.schema.kind(kind).name.clone())
            .filter(|name| !name.contains('.'))
            .collect();
        for _ in 0..1 + self.dice.below(3) {
            let Some(kind) = below.get(self.dice.below(below.len() as u64) as usize) else { break };
            // Ids are unique within a kind; one activity has each kind at most once more.
            let own = format!("{kind}-{number}-{}", self.dice.next() % 1_000_000_007);
            self.thing(text, kind, &own, Some(&id), 30);
        }
        if self.schema.kind(activity).declared.is_some() && self.dice.percent(20) {
            let _ = writeln!(text, "[activity.{id}.declared.policy]");
            let kind = self.schema.kind(activity).declared.unwrap_or(activity);
            self.facts(text, kind, 20);
            text.push('\n');
        }
    }

    /// A thing with so many of a hundred of its facts.
    fn thing(&mut self, text: &mut String, kind: &str, id: &str, parent: Option<&str>, share: u64) {
        let Some(kind) = self.kind(kind) else { return };
        let definition = self.schema.kind(kind);
        let _ = writeln!(text, "[{}.{id}]", definition.name);
        if let Some((parent, field)) = parent.zip(definition.parent) {
            let _ = writeln!(text, "{} = \"{parent}\"", definition.field(field).name);
        }
        self.facts(text, kind, share);
        let closed: Vec<String> = definition
            .relations
            .iter()
            .filter(|relation| !relation.name.is_empty() && self.dice.percent(20))
            .map(|relation| format!("\"{}\"", relation.name))
            .collect();
        if !closed.is_empty() && parent.is_some() {
            let _ = writeln!(text, "complete = [{}]", closed.join(", "));
        }
        text.push('\n');
    }

    fn facts(&mut self, text: &mut String, kind: KindId, share: u64) {
        let definition = self.schema.kind(kind);
        let declaration = definition.name.ends_with(".declared");
        for (at, field) in definition.fields.iter().enumerate() {
            let own = definition.parent.map(|p| p.0 as usize) == Some(at)
                || declaration && field.name == "document";
            if own || !self.dice.percent(share) {
                continue;
            }
            let id = hegui_logic::schema::FieldId(at as u16);
            let judgement = self.catalog.fact(kind, id).is_some_and(|fact| fact.judgement);
            if let Some(value) = self.value(field) {
                self.fact(text, &field.name, &value, judgement);
            }
        }
        for relation in definition.relations.iter().filter(|relation| relation.source == Source::List) {
            if self.dice.percent(share)
                && let Some(members) = self.members(relation)
            {
                let _ = writeln!(text, "{} = [{members}]", relation.name);
            }
        }
    }

    fn fact(&mut self, text: &mut String, name: &str, value: &str, judgement: bool) {
        let day = format_date((20_100 + self.dice.below(400) as i64) * DAY);
        let _ = if judgement {
            writeln!(
                text,
                "{name} = {{ value = {value}, source = \"judgement\", by = \"评估员甲\", on = {day}, reasons = \"查阅记录后判断\" }}"
            )
        } else if self.dice.percent(10) {
            writeln!(
                text,
                "{name} = {{ value = {value}, source = \"inspection\", by = \"张三\", on = {day}, evidence = [\"E-{:03}\"] }}",
                self.dice.below(400)
            )
        } else {
            writeln!(text, "{name} = {value}")
        };
    }

    /// A value of a fact; `None` for references to kinds of which there may be none.
    fn value(&mut self, field: &Field) -> Option<String> {
        if field.optional && self.dice.percent(10) && !matches!(field.ty, Type::Bool | Type::Set(_)) {
            return Some("\"none\"".to_owned());
        }
        let (low, high) = field.range;
        Some(match field.ty {
            Type::Bool => self.dice.percent(60).to_string(),
            Type::Int => (low + self.dice.below((high - low).clamp(0, 400) as u64 + 1) as i64).to_string(),
            Type::Decimal => {
                let whole = (low / DECIMAL_ONE)
                    + self.dice.below(((high - low) / DECIMAL_ONE).clamp(0, 100) as u64 + 1) as i64;
                format!("{whole}.0")
            }
            Type::Date => format_date((19_000 + self.dice.below(1_500) as i64) * DAY),
            Type::Duration => format!("\"{}h\"", 1 + self.dice.below(240)),
            Type::Text => format!("\"说明 {}\"", self.dice.below(100_000)),
            Type::Enum(list) => {
                let codes = self.schema.values(list);
                format!("\"{}\"", codes.get(self.dice.below(codes.len() as u64) as usize)?)
            }
            Type::Set(list) => {
                let codes = self.schema.values(list);
                let some: Vec<String> = (0..self.dice.below(4))
                    .filter_map(|_| codes.get(self.dice.below(codes.len() as u64) as usize))
                    .map(|code| format!("\"{code}\""))
                    .collect();
                format!("[{}]", some.join(", "))
            }
            Type::Thing(to) => self.reference(to)?,
        })
    }

    fn reference(&mut self, to: KindId) -> Option<String> {
        match self.schema.kind(to).name.as_str() {
            "party" => Some(format!("\"party-{}\"", self.dice.below(PARTIES as u64))),
            "document" => Some("\"policy\"".to_owned()),
            "product" => Some(format!("\"product-{}\"", self.dice.below(self.products as u64))),
            _ => None,
        }
    }

    fn members(&mut self, relation: &Relation) -> Option<String> {
        let mut members = Vec::new();
        for _ in 0..1 + self.dice.below(3) {
            members.push(self.reference(relation.to)?);
        }
        members.sort();
        members.dedup();
        Some(members.join(", "))
    }
}
