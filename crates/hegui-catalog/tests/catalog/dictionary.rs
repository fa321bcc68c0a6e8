//! What the dictionary's files make together.

use crate::fixture::Files;
use hegui_catalog::Catalog;
use hegui_logic::schema::{KindId, Source, Type};

fn kind(catalog: &Catalog, name: &str) -> KindId {
    catalog.schema.kind_named(name).unwrap_or_else(|| panic!("no kind `{name}`"))
}

#[test]
fn a_parent_stands_before_its_children() {
    let catalog = Files::new().catalog();
    let names: Vec<&str> = catalog.schema.kinds.iter().map(|k| k.name.as_str()).collect();
    assert_eq!(
        names,
        ["organisation", "document", "party", "product", "activity", "activity.declared", "consent"]
    );
    for (index, definition) in catalog.schema.kinds.iter().enumerate() {
        let above = catalog.schema.parent_of(KindId(index as u16));
        assert!(above.is_none_or(|a| (a.0 as usize) < index), "{}", definition.name);
    }
}

#[test]
fn the_plural_is_a_relation_of_the_parent() {
    let catalog = Files::new().catalog();
    let activity = catalog.schema.kind(kind(&catalog, "activity"));
    let consents = activity.relation(activity.relation_named("consents").unwrap());
    let consent = catalog.schema.kind(kind(&catalog, "consent"));
    assert_eq!(consents.to, kind(&catalog, "consent"));
    assert_eq!(consents.source, Source::Inverse(consent.parent.unwrap()));
    assert_eq!(consent.field(consent.parent.unwrap()).name, "activity");
}

#[test]
fn references_have_their_reverse() {
    let catalog = Files::new().catalog();
    let (activity, party) = (kind(&catalog, "activity"), kind(&catalog, "party"));
    let activities = catalog.schema.kind(party).relation_named("activities").unwrap();
    let partnerships = catalog.schema.kind(party).relation_named("partnerships").unwrap();
    let definition = catalog.schema.kind(activity);
    let recipients = definition.relation_named("recipients").unwrap();
    assert_eq!(definition.relation(recipients).source, Source::List);
    assert_eq!(catalog.schema.kind(party).relation(activities).source, Source::InverseList(recipients));
    let partner = definition.field_named("partner").unwrap();
    assert_eq!(catalog.schema.kind(party).relation(partnerships).source, Source::Inverse(partner));
    assert_eq!(catalog.relation(activity, recipients).unwrap().question.en, "Who receives?");
}

#[test]
fn a_fact_flows_down_through_every_kind_between() {
    let catalog = Files::new().catalog();
    let field = |name: &str| {
        let id = kind(&catalog, name);
        let definition = catalog.schema.kind(id);
        let field = definition.field_named("retention_days").unwrap();
        (definition.field(field).inherits, catalog.fact(id, field).unwrap().generated)
    };
    assert_eq!(field("organisation"), (false, true));
    assert_eq!(field("product"), (true, true));
    assert_eq!(field("activity"), (true, false));
    assert!(catalog.schema.kind(kind(&catalog, "consent")).field_named("retention_days").is_none());
}

#[test]
fn documents_declare_what_is_marked() {
    let catalog = Files::new().catalog();
    let (activity, declared) = (kind(&catalog, "activity"), kind(&catalog, "activity.declared"));
    let definition = catalog.schema.kind(declared);
    assert_eq!(catalog.schema.kind(activity).declared, Some(declared));
    assert_eq!(catalog.kinds[declared.0 as usize].declares, Some(activity));
    let names: Vec<&str> = definition.fields.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["activity", "document", "purpose", "retention_days"]);
    let retention = definition.field(definition.field_named("retention_days").unwrap());
    assert!(retention.optional && !retention.inherits);
    let document = definition.field_named("document").unwrap();
    assert_eq!(definition.field(document).ty, Type::Thing(kind(&catalog, "document")));
    assert_eq!(definition.names, [document]);
    assert!(definition.relation_named("recipients").is_some());
    let back = catalog.schema.kind(activity).relation_named("declared").unwrap();
    assert_eq!(
        catalog.schema.kind(activity).relation(back).source,
        Source::Inverse(definition.parent.unwrap())
    );
}

#[test]
fn values_may_be_shared_and_keep_their_order() {
    let shared = "[fact.past_forms]\ntype = \"set\"\nvalues_of = \"consent.form\"\nquestion.zh = \"？\"\nquestion.en = \"?\"\nwho = \"owner\"\n";
    let party = String::from_utf8(Files::new().0["facts/party.toml"].clone()).unwrap() + shared;
    let catalog = Files::new().with("facts/party.toml", &party).catalog();
    let type_of = |kind_name: &str, fact: &str| {
        let definition = catalog.schema.kind(kind(&catalog, kind_name));
        definition.field(definition.field_named(fact).unwrap()).ty
    };
    let Type::Enum(form) = type_of("consent", "form") else { panic!("not an enum") };
    assert_eq!(type_of("party", "past_forms"), Type::Set(form));
    assert_eq!(catalog.schema.values(form), ["written", "implied"]);
    assert_eq!(catalog.values[form.0 as usize][1].zh, "默示");
}

#[test]
fn every_fact_and_relation_has_its_words() {
    let catalog = Files::new().catalog();
    for (kind, words) in catalog.schema.kinds.iter().zip(&catalog.kinds) {
        assert_eq!(kind.fields.len(), words.facts.len(), "{}", kind.name);
        assert_eq!(kind.relations.len(), words.relations.len(), "{}", kind.name);
        assert!(
            words.facts.iter().chain(&words.relations).all(|f| !f.question.zh.is_empty()),
            "{}",
            kind.name
        );
    }
}

#[test]
fn what_stands_in_a_circle_is_refused() {
    let files = Files::new().edit("facts/product.toml", "parent = \"organisation\"", "parent = \"consent\"");
    let problems = files.read().unwrap_err().to_string();
    assert!(problems.contains("`product` hangs on no root"), "{problems}");
}

#[test]
fn clauses_are_in_the_order_of_their_numbers() {
    let clause =
        |n: &str| format!("clause = \"{n}\"\nkind = \"dimension\"\ntitle.zh = \"…\"\ntitle.en = \"…\"\n");
    let catalog =
        Files::new().with("std/5.10.toml", &clause("5.10")).with("std/5.9.toml", &clause("5.9")).catalog();
    let numbers: Vec<&str> = catalog.clauses.iter().map(|c| c.number.as_str()).collect();
    assert_eq!(numbers, ["5.7", "5.9", "5.10"]);
}
