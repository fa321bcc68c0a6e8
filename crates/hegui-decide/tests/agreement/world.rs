//! Random registers: a few things of each kind, with random values for every fact that the table reads,
//! and random outcomes for every requirement that it asks for.

use crate::draw::Draw;
use hegui_catalog::Catalog;
use hegui_decide::conditions::Conditions;
use hegui_logic::bits::Bits;
use hegui_logic::plan::{NONE, Plan, Read};
use hegui_logic::schema::{Field, FieldId, KindId, RelationId, Schema, Source, Type};
use hegui_logic::universe::{OutcomeColumn, ROW_NONE, Universe, Value};
use std::collections::BTreeSet;

/// The day on which the rules are to hold: 2026-06-30, in seconds.
pub const AS_OF: i64 = 1_782_777_600;

/// How much of a register is known, and how much of it is in order.
#[derive(Clone, Copy)]
struct Temper {
    unknown: usize,
    met: usize,
}

pub fn random(catalog: &Catalog, conditions: &Conditions, draw: &mut Draw) -> Universe {
    let schema = &catalog.schema;
    let temper = Temper { unknown: draw.of(&[0, 4, 15, 30]), met: draw.of(&[100, 100, 95, 70]) };
    let reads = reads(schema, conditions);
    let rows: Vec<usize> = schema
        .kinds
        .iter()
        .map(|kind| match kind.name.as_str() {
            "organisation" => 1,
            "product" | "party" => 2,
            "activity" => 3,
            "datum" => 12,
            "basis" => 9,
            "assessment" | "contract" | "notice" => 5,
            _ => 1 + draw.below(3),
        })
        .collect();
    let mut universe = Universe::new(schema, &rows, AS_OF);
    for (index, kind) in schema.kinds.iter().enumerate() {
        let id = KindId(index as u16);
        for row in 0..rows[index] as u32 {
            for (field, described) in kind.fields.iter().enumerate() {
                let field = FieldId(field as u16);
                let wanted = kind.parent == Some(field) || reads.contains(&Read::Fact(id, field));
                if wanted && !draw.percent(temper.unknown) {
                    let value = value(schema, &rows, (&kind.name, described), draw);
                    universe.state(id, row, field, Some(value));
                }
            }
            for (relation, described) in kind.relations.iter().enumerate() {
                let relation = RelationId(relation as u16);
                if described.source == Source::List && reads.contains(&Read::Relation(id, relation)) {
                    let most = if described.name == "data" { 8 } else { 2 };
                    for _ in 0..1 + draw.below(most) {
                        let member = draw.below(rows[described.to.0 as usize].max(1)) as u32;
                        if (member as usize) < rows[described.to.0 as usize] {
                            universe.list(id, row, relation, member);
                        }
                    }
                }
                universe.close(id, row, relation, !draw.percent(temper.unknown));
            }
        }
    }
    universe.link(schema);
    for (name, kind) in conditions.outcomes() {
        let rows = rows[kind.0 as usize];
        let (mut met, mut gap) = (Bits::zeros(rows), Bits::zeros(rows));
        // What most requirements hope to be met is what others wait for not being so.
        let likely = if name == "B.4" { 30 } else { temper.met };
        for row in 0..rows {
            if draw.percent(likely) {
                met.set(row, true);
            } else if !draw.percent(temper.unknown) {
                gap.set(row, true);
            }
        }
        universe.outcomes.insert((name, kind), OutcomeColumn { met, gap });
    }
    universe
}

/// What the table reads, and what routes and plans are made of.
fn reads(schema: &Schema, conditions: &Conditions) -> BTreeSet<Read> {
    let mut reads: BTreeSet<Read> = conditions.expressions().flat_map(Plan::reads).collect();
    for kind in ["activity", "use", "disclosure", "provision", "transfer", "export", "datum"] {
        let id = schema.kind_named(kind).unwrap();
        let described = schema.kind(id);
        let fields = ["purpose", "recipient", "type", "provision", "transfer"]
            .into_iter()
            .filter_map(|f| described.field_named(f));
        reads.extend(fields.map(|field| Read::Fact(id, field)));
        reads.extend(described.relation_named("data").map(|r| Read::Relation(id, r)));
    }
    // What a relation is made of is a fact of its members.
    let made_of = |read: &Read| {
        let Read::Relation(kind, relation) = *read else { return None };
        let described = schema.kind(kind).relations.get(relation.0 as usize)?;
        match described.source {
            Source::Inverse(field) => Some(Read::Fact(described.to, field)),
            Source::InverseList(relation) => Some(Read::Relation(described.to, relation)),
            Source::List => None,
        }
    };
    let sources: Vec<Read> = reads.iter().filter_map(made_of).collect();
    reads.extend(sources);
    reads
}

fn value(schema: &Schema, rows: &[usize], (kind, field): (&str, &Field), draw: &mut Draw) -> Value {
    // Most of a register is in order, or permits would be too rare to be seen.
    let well = draw.percent(80);
    let none = match (kind, field.name.as_str()) {
        ("assessment", "superseded_on") if well => 100,
        ("export", "provision" | "transfer") => 60,
        _ => 25,
    };
    if field.optional && draw.percent(none) {
        return match field.ty {
            Type::Thing(_) => Value::Thing(ROW_NONE),
            _ => Value::Number(NONE),
        };
    }
    match (kind, field.name.as_str(), field.ty) {
        ("activity", "role", _) if draw.percent(80) => Value::Number(0),
        (_, "began_on" | "transferred_on" | "claimed_on" | "completed_on", _) if well => {
            Value::Number(AS_OF - 86_400)
        }
        (_, "breaches", _) if well => Value::Set(0),
        (_, "contents", _) if well => Value::Set(u128::from(u32::MAX)),
        ("assessment", "measures", _) if well => Value::Number(0),
        ("contract", "kept", _) => Value::Flag(well),
        ("contract", "type", _) if well => Value::Number(0),
        (_, "purpose" | "principal_purpose", _) => Value::Number(draw.below(3) as i64),
        ("basis", "type" | "applies_to", _) if well => Value::Number(0),
        ("datum", "type", _) => Value::Number(draw.of(&[0, 1, 5, 12, 18])),
        (_, _, Type::Bool) => Value::Flag(draw.percent(30)),
        (_, _, Type::Enum(id)) => Value::Number(draw.below(schema.values(id).len()) as i64),
        (_, _, Type::Set(id)) => {
            let all = (1_u128 << schema.values(id).len()) - 1;
            Value::Set(if draw.percent(60) { 0 } else { draw.below(1 << 20) as u128 & all })
        }
        (_, _, Type::Date) => Value::Number(AS_OF + 86_400 * (draw.below(5) as i64 - 3)),
        (_, _, Type::Thing(to)) => Value::Thing(draw.below(rows[to.0 as usize]) as u32),
        _ => Value::Number(draw.below(4) as i64),
    }
}
