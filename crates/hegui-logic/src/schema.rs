//! What can be said of things: kinds, their facts and relations.
//!
//! A schema is made once from the fact dictionary (see `hegui-catalog`) and never changes while
//! checks run. Everything is addressed by small numbers; names are for people and for parsing.

use serde::{Deserialize, Serialize};

/// A kind of thing, as an index into [`Schema::kinds`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct KindId(pub u16);

/// A fact of a kind, as an index into [`Kind::fields`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FieldId(pub u16);

/// A relation of a kind, as an index into [`Kind::relations`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RelationId(pub u16);

/// A list of named values, as an index into [`Schema::enums`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EnumId(pub u16);

/// Most values that an enum may have, so that a set of them fits one machine word pair.
pub const ENUM_LIMIT: usize = 128;

/// The type of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Type {
    /// True or false.
    Bool,
    /// A whole number within the field's range.
    Int,
    /// A decimal number with four places, kept as a whole number of ten-thousandths.
    Decimal,
    /// A moment, kept as seconds since 1970-01-01 of China Standard Time's wall clock; a day is its
    /// midnight. In CEL it is the timestamp that a UTC clock would show then.
    Date,
    /// A length of time, kept in seconds.
    Duration,
    /// A text, kept as a symbol of the universe's [`crate::universe::Texts`].
    Text,
    /// One of a list of values, kept as its place in the list.
    Enum(EnumId),
    /// Several of a list of values, kept as a bit set.
    Set(EnumId),
    /// Another thing, kept as its row.
    Thing(KindId),
}

/// One fact that can be given of a thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its name in checks and registers.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Whether "there is none" is a possible answer.
    pub optional: bool,
    /// Lowest and highest value of an int or decimal, as kept (a decimal in ten-thousandths).
    pub range: (i64, i64),
    /// Whether the fact flows down from the field of the same name of the parent kind when it is
    /// not stated at the thing itself.
    pub inherits: bool,
}

/// Where the members of a relation come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// The things of the other kind whose reference field points here.
    Inverse(FieldId),
    /// A list of references kept at the thing itself.
    List,
    /// The things of the other kind whose list of references holds this one.
    InverseList(RelationId),
}

/// Several things seen from one: its parts, or what refers to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// Its name in checks and registers.
    pub name: String,
    /// The kind of its members.
    pub to: KindId,
    /// Where its members come from.
    pub source: Source,
}

/// A kind of thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kind {
    /// Its name in checks and registers.
    pub name: String,
    /// The reference field to the thing above; absent for the root.
    pub parent: Option<FieldId>,
    /// Its facts.
    pub fields: Vec<Field>,
    /// Its relations.
    pub relations: Vec<Relation>,
    /// Reference fields that a check may use as names of their own.
    pub names: Vec<FieldId>,
    /// The kind that holds what documents declare of things of this kind.
    pub declared: Option<KindId>,
}

/// The list of values of an enum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enum {
    /// Its name, for messages: the path of the fact that defines it.
    pub name: String,
    /// Its values' codes; the place in this list is what is kept.
    pub values: Vec<String>,
}

/// Everything that can be said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    /// The kinds of things; a parent stands before its children.
    pub kinds: Vec<Kind>,
    /// The lists of values.
    pub enums: Vec<Enum>,
}

impl Schema {
    /// The kind with this name.
    #[must_use]
    pub fn kind_named(&self, name: &str) -> Option<KindId> {
        self.kinds.iter().position(|k| k.name == name).map(|i| KindId(i as u16))
    }

    /// The kind with this number.
    ///
    /// # Panics
    /// Never for an id that this schema gave out; an id of another schema is a bug of the caller.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "ids are only given out by the schema they belong to")]
    pub fn kind(&self, id: KindId) -> &Kind {
        &self.kinds[id.0 as usize]
    }

    /// The values of an enum; empty for an id of another schema.
    #[must_use]
    pub fn values(&self, id: EnumId) -> &[String] {
        self.enums.get(id.0 as usize).map_or(&[], |e| &e.values)
    }

    /// The kind above.
    #[must_use]
    pub fn parent_of(&self, id: KindId) -> Option<KindId> {
        let kind = self.kind(id);
        match kind.field(kind.parent?).ty {
            Type::Thing(above) => Some(above),
            _ => None,
        }
    }
}

impl Kind {
    /// The field with this name.
    #[must_use]
    pub fn field_named(&self, name: &str) -> Option<FieldId> {
        self.fields.iter().position(|f| f.name == name).map(|i| FieldId(i as u16))
    }

    /// The relation with this name.
    #[must_use]
    pub fn relation_named(&self, name: &str) -> Option<RelationId> {
        self.relations.iter().position(|r| r.name == name).map(|i| RelationId(i as u16))
    }

    /// The field with this number.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "ids are only given out by the kind they belong to")]
    pub fn field(&self, id: FieldId) -> &Field {
        &self.fields[id.0 as usize]
    }

    /// The relation with this number.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "ids are only given out by the kind they belong to")]
    pub fn relation(&self, id: RelationId) -> &Relation {
        &self.relations[id.0 as usize]
    }
}
