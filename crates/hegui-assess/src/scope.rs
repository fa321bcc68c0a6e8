//! What an assessment is about: a profile picks requirements, an object picks things, a date picks law.

use hegui_catalog::model::{Catalog, Clause, ClauseKind, Requirement, Strength};
use hegui_logic::calendar::parse_date;
use hegui_logic::schema::{FieldId, KindId, RelationId, Schema, Source};
use hegui_logic::universe::{Column, ROW_NONE, Universe};

/// What is assessed, and as of when. Dates are seconds, see [`hegui_logic::schema::Type::Date`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// The profile's name.
    pub profile: String,
    /// Rows of the products that are assessed; empty for all.
    pub products: Vec<u32>,
    /// Rows of the activities that are assessed; empty for all.
    pub activities: Vec<u32>,
    /// The date whose state and law count.
    pub as_of: i64,
    /// What was learned after this date does not count.
    pub known_on: i64,
    /// Whether the assessment is being closed: what was not proven then counts as not conforming
    /// where the standard says so (5.2.2).
    pub closing: bool,
}

/// The requirements of a profile that bind one of its roles and are law on a date, by index in the
/// catalog. What a test of an appendix only recommends is not among them: the test's outcome is no
/// finding, it is read by the requirements that refer to the test (see [`tests`]).
#[must_use]
pub fn requirements(catalog: &Catalog, profile: &str, as_of: i64) -> Vec<usize> {
    let taken = taken(catalog, profile, as_of).into_iter();
    taken.filter(|index| !is_test(catalog, *index)).collect()
}

/// The recommended parts of tests that a profile takes in: evaluated, so that they can be explained and
/// weighed, and counted nowhere.
#[must_use]
pub fn tests(catalog: &Catalog, profile: &str, as_of: i64) -> Vec<usize> {
    let taken = taken(catalog, profile, as_of).into_iter();
    taken.filter(|index| is_test(catalog, *index)).collect()
}

fn is_test(catalog: &Catalog, index: usize) -> bool {
    catalog.requirements.get(index).is_some_and(|r| {
        r.strength != Strength::Shall
            && catalog.clause(&r.instrument, &r.clause).is_some_and(|c| c.kind == ClauseKind::Test)
    })
}

fn taken(catalog: &Catalog, profile: &str, as_of: i64) -> Vec<usize> {
    let Some(profile) = catalog.profiles.get(profile) else { return vec![] };
    let in_profile = |r: &Requirement| {
        profile.instruments.contains(&r.instrument)
            && profile.clauses.iter().any(|p| takes_in(catalog, p, &r.instrument, &r.clause))
            && (profile.roles.is_empty() || r.binds.iter().any(|role| profile.roles.contains(role)))
    };
    catalog
        .requirements
        .iter()
        .enumerate()
        .filter(|(_, r)| in_profile(r) && (r.occurrence.is_some() || in_force(catalog, r, as_of)))
        .map(|(index, _)| index)
        .collect()
}

/// The clauses that a profile takes in, by index in the catalog.
#[must_use]
pub fn clauses(catalog: &Catalog, profile: &str) -> Vec<usize> {
    let Some(profile) = catalog.profiles.get(profile) else { return vec![] };
    let taken = |c: &Clause| {
        profile.instruments.contains(&c.instrument)
            && profile.clauses.iter().any(|p| takes_in(catalog, p, &c.instrument, &c.number))
    };
    catalog.clauses.iter().enumerate().filter(|(_, c)| taken(c)).map(|(index, _)| index).collect()
}

/// Whether a profile's pattern takes in a clause of an instrument: as [`clause_matches`], or with the
/// instrument's short name before it, `covenant/9` or `covenant/*`.
fn takes_in(catalog: &Catalog, pattern: &str, instrument: &str, number: &str) -> bool {
    match pattern.split_once('/') {
        None => clause_matches(pattern, number),
        Some((short, pattern)) => {
            catalog.instruments.get(instrument).is_some_and(|i| i.short == short)
                && clause_matches(pattern, number)
        }
    }
}

/// Whether a profile's pattern takes in a clause: `*`, the number itself, or a prefix of its parts.
#[must_use]
pub fn clause_matches(pattern: &str, number: &str) -> bool {
    pattern == "*"
        || number == pattern
        || number.strip_prefix(pattern).is_some_and(|rest| rest.starts_with('.'))
}

/// First and last moment at which a requirement's instrument is law; open ends where no date is known.
#[must_use]
pub fn interval(catalog: &Catalog, requirement: &Requirement) -> (Option<i64>, Option<i64>) {
    let instrument = catalog.instruments.get(&requirement.instrument);
    let date = |text: Option<&String>| text.and_then(|t| parse_date(t));
    (date(instrument.map(|i| &i.from)), date(instrument.map(|i| &i.to)))
}

fn in_force(catalog: &Catalog, requirement: &Requirement, as_of: i64) -> bool {
    let (from, to) = interval(catalog, requirement);
    from.is_none_or(|from| from <= as_of) && to.is_none_or(|to| as_of <= to)
}

/// For each kind, where its things belong.
#[derive(Clone, Debug)]
pub struct Belonging {
    /// For each kind and row the product's row, or [`ROW_NONE`] for what belongs to the organisation
    /// as a whole.
    pub product: Vec<Vec<u32>>,
    /// For each kind and row the activity's row, or [`ROW_NONE`].
    pub activity: Vec<Vec<u32>>,
}

impl Belonging {
    /// Follows every thing up to its activity and product.
    #[must_use]
    pub fn new(schema: &Schema, universe: &Universe) -> Self {
        Self { product: above(schema, universe, "product"), activity: above(schema, universe, "activity") }
    }

    /// An activity of the object that belongs to none of its products, and the product it does belong to.
    #[must_use]
    pub fn stray(&self, schema: &Schema, object: &Object) -> Option<(u32, Option<u32>)> {
        let activity = schema.kind_named("activity")?;
        let strays = |row: &&u32| {
            !self.product_of(activity, **row).is_some_and(|product| object.products.contains(&product))
        };
        let stray = *object.activities.iter().find(strays)?;
        (!object.products.is_empty()).then(|| (stray, self.product_of(activity, stray)))
    }

    /// The product's row of a thing.
    #[must_use]
    pub fn product_of(&self, kind: KindId, row: u32) -> Option<u32> {
        let product = *self.product.get(kind.0 as usize)?.get(row as usize)?;
        (product < ROW_NONE).then_some(product)
    }
}

fn above(schema: &Schema, universe: &Universe, ancestor: &str) -> Vec<Vec<u32>> {
    let mut found: Vec<Vec<u32>> = Vec::with_capacity(schema.kinds.len());
    for (index, kind) in schema.kinds.iter().enumerate() {
        let id = KindId(index as u16);
        let rows = universe.table(id).rows;
        let column = if kind.name == ancestor {
            (0..rows as u32).collect()
        } else {
            // A parent stands before its children, so what lies above is already known.
            match (
                parent_rows(schema, universe, id),
                schema.parent_of(id).and_then(|up| found.get(up.0 as usize)),
            ) {
                (Some(parents), Some(up)) => {
                    parents.iter().map(|p| up.get(*p as usize).copied().unwrap_or(ROW_NONE)).collect()
                }
                _ => vec![ROW_NONE; rows],
            }
        };
        found.push(column);
    }
    found
}

/// The rows of the things above, for each thing of a kind.
pub(crate) fn parent_rows<'a>(schema: &Schema, universe: &'a Universe, kind: KindId) -> Option<&'a [u32]> {
    let field = schema.kind(kind).parent?;
    match universe.table(kind).column(field)? {
        Column::Things(rows) => Some(rows),
        _ => None,
    }
}

/// A relation on the way from the root down to a kind: where it is open, there may be things of that
/// kind that nobody has mentioned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The kind above.
    pub above: KindId,
    /// The relation from there.
    pub relation: RelationId,
}

/// The relations from the root down to a kind, the nearest first.
#[must_use]
pub fn steps(schema: &Schema, kind: KindId) -> Vec<Step> {
    let mut steps = vec![];
    let mut below = kind;
    while let (Some(field), Some(above)) = (schema.kind(below).parent, schema.parent_of(below)) {
        if let Some(relation) = children(schema, above, below, field) {
            steps.push(Step { above, relation });
        }
        below = above;
    }
    steps
}

fn children(schema: &Schema, above: KindId, below: KindId, field: FieldId) -> Option<RelationId> {
    let place = schema
        .kind(above)
        .relations
        .iter()
        .position(|r| r.to == below && r.source == Source::Inverse(field))?;
    Some(RelationId(place as u16))
}
