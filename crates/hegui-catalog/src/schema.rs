//! From the dictionary's files to one schema: kinds in order, relations, values, inheritance, and
//! what documents declare.

use crate::dictionary::{FactType, Named, RESERVED, RawFact, RawKind};
use crate::document::{Sink, hint};
use crate::model::{FactEntry, KindEntry, Place, Text};
use crate::problem::Problem;
use hegui_logic::schema::{
    Enum, EnumId, Field, FieldId, Kind, KindId, Relation, RelationId, Schema, Source, Type,
};
use std::collections::{BTreeMap, BTreeSet};

/// What the dictionary makes.
#[derive(Default)]
pub(crate) struct Dictionary {
    pub schema: Schema,
    pub kinds: Vec<KindEntry>,
    pub values: Vec<Vec<Text>>,
}

/// Builds the schema. What cannot be built is noted and left out.
pub(crate) fn build(raw: Vec<RawKind>, sink: &Sink) -> Dictionary {
    let raw = in_order(raw, sink);
    let mut builder = Builder { sink, raw: &raw, made: Dictionary::default(), enums: BTreeMap::new() };
    builder.collect_enums();
    builder.make_kinds();
    builder.make_fields();
    builder.state_above();
    builder.make_declarations();
    builder.make_lists();
    builder.make_relations();
    builder.make_names();
    builder.made
}

/// Each kind after its parent, siblings by name; kinds whose parent is missing or which stand in a
/// circle are noted and left out.
fn in_order(raw: Vec<RawKind>, sink: &Sink) -> Vec<RawKind> {
    let mut waiting: BTreeMap<String, RawKind> = BTreeMap::new();
    for kind in raw {
        if let Some(first) = waiting.get(&kind.name) {
            let message =
                format!("the kind `{}` is described twice, first in {}", kind.name, first.place.file);
            sink.borrow_mut().push(Problem::error(kind.place, message, "keep one of the two files"));
        } else {
            waiting.insert(kind.name.clone(), kind);
        }
    }
    let mut ordered = vec![];
    let roots: Vec<String> =
        waiting.values().filter(|k| k.parent.is_none()).map(|k| k.name.clone()).collect();
    if let [_, second, ..] = roots.as_slice()
        && let Some(kind) = waiting.get(second)
    {
        let message = format!(
            "`{second}` has no parent, and neither has `{}`",
            roots.first().map_or("", String::as_str)
        );
        sink.borrow_mut().push(Problem::error(
            kind.place.clone(),
            message,
            "only one kind stands at the top; give the other a `parent`",
        ));
    }
    for root in roots {
        place_below(&root, &mut waiting, &mut ordered);
    }
    let names: Vec<String> =
        ordered.iter().map(|k: &RawKind| k.name.clone()).chain(waiting.keys().cloned()).collect();
    for kind in waiting.values() {
        let Some(parent) = &kind.parent else { continue };
        let known = names.contains(&parent.name);
        let (message, remedy) = if known {
            (
                format!("`{}` hangs on no root: its parents lead nowhere", kind.name),
                "correct the `parent` of this kind or of one above",
            )
        } else {
            (
                format!("no kind `{}`{}", parent.name, hint(&parent.name, names.iter().map(String::as_str))),
                "name a kind that facts/ describes",
            )
        };
        sink.borrow_mut().push(Problem::error(parent.place.clone(), message, remedy));
    }
    ordered
}

fn place_below(name: &str, waiting: &mut BTreeMap<String, RawKind>, ordered: &mut Vec<RawKind>) {
    let Some(kind) = waiting.remove(name) else { return };
    ordered.push(kind);
    let children: Vec<String> = waiting
        .values()
        .filter(|k| k.parent.as_ref().is_some_and(|p| p.name == name))
        .map(|k| k.name.clone())
        .collect();
    for child in children {
        place_below(&child, waiting, ordered);
    }
}

struct Builder<'a> {
    sink: &'a Sink,
    raw: &'a [RawKind],
    made: Dictionary,
    /// By the path of the fact that lists the values.
    enums: BTreeMap<String, EnumId>,
}

impl Builder<'_> {
    fn note(&self, place: &Place, message: String, remedy: &str) {
        self.sink.borrow_mut().push(Problem::error(place.clone(), message, remedy));
    }

    fn collect_enums(&mut self) {
        for kind in self.raw {
            for fact in kind.facts.iter().filter(|f| !f.values.is_empty()) {
                let name = format!("{}.{}", kind.name, fact.name);
                let id = EnumId(self.made.schema.enums.len() as u16);
                self.enums.insert(name.clone(), id);
                let values = fact.values.iter().map(|(code, _)| code.clone()).collect();
                self.made.schema.enums.push(Enum { name, values });
                self.made.values.push(fact.values.iter().map(|(_, text)| text.clone()).collect());
            }
        }
    }

    fn kind_id(&self, named: &Named) -> Option<KindId> {
        let found = self.made.schema.kind_named(&named.name);
        if found.is_none() && !named.name.is_empty() {
            let near = hint(&named.name, self.made.schema.kinds.iter().map(|k| k.name.as_str()));
            self.note(
                &named.place,
                format!("no kind `{}`{near}", named.name),
                "name a kind that facts/ describes",
            );
        }
        found
    }

    fn kind_mut(&mut self, id: KindId) -> Option<(&mut Kind, &mut KindEntry)> {
        let index = id.0 as usize;
        self.made.schema.kinds.get_mut(index).zip(self.made.kinds.get_mut(index))
    }

    /// Kinds with their words, each followed by the kind of its declarations.
    fn make_kinds(&mut self) {
        for raw in self.raw {
            let entry = KindEntry {
                title: raw.title.clone(),
                about: raw.about.clone(),
                plural: raw.plural.name.clone(),
                stage: raw.stage.clone(),
                declares: None,
                facts: vec![],
                relations: vec![],
                place: raw.place.clone(),
            };
            let id = self.push_kind(raw.name.clone(), entry);
            if raw.facts.iter().any(|f| f.entry.declared) {
                let entry = KindEntry {
                    title: Text {
                        zh: format!("文件对“{}”的记载", raw.title.zh),
                        en: format!("what a document says of the {}", raw.title.en),
                    },
                    about: Text {
                        zh: format!(
                            "一份文件（政策、告知文本、合同、备案等）对“{}”写明的内容。一份文件一项。",
                            raw.title.zh
                        ),
                        en: format!(
                            "what one document (policy, notice, contract, filing …) states about the {}",
                            raw.title.en
                        ),
                    },
                    plural: "declared".to_owned(),
                    declares: Some(id),
                    place: raw.place.clone(),
                    ..KindEntry::default()
                };
                let declared = self.push_kind(format!("{}.declared", raw.name), entry);
                if let Some((kind, _)) = self.kind_mut(id) {
                    kind.declared = Some(declared);
                }
            }
        }
    }

    fn push_kind(&mut self, name: String, entry: KindEntry) -> KindId {
        let kind =
            Kind { name, parent: None, fields: vec![], relations: vec![], names: vec![], declared: None };
        self.made.schema.kinds.push(kind);
        self.made.kinds.push(entry);
        KindId(self.made.schema.kinds.len() as u16 - 1)
    }

    /// Adds a field; a name that is taken is noted.
    fn push_field(&mut self, kind: KindId, field: Field, entry: FactEntry) -> Option<FieldId> {
        if self.taken(kind, &field.name, &entry.place) {
            return None;
        }
        let (kind, words) = self.kind_mut(kind)?;
        kind.fields.push(field);
        words.facts.push(entry);
        Some(FieldId(kind.fields.len() as u16 - 1))
    }

    fn push_relation(&mut self, kind: KindId, relation: Relation, entry: FactEntry) -> Option<RelationId> {
        if self.taken(kind, &relation.name, &entry.place) {
            return None;
        }
        let (kind, words) = self.kind_mut(kind)?;
        kind.relations.push(relation);
        words.relations.push(entry);
        Some(RelationId(kind.relations.len() as u16 - 1))
    }

    fn taken(&self, kind: KindId, name: &str, place: &Place) -> bool {
        let definition = self.made.schema.kind(kind);
        let taken = definition.field_named(name).is_some() || definition.relation_named(name).is_some();
        if taken {
            let message = format!("`{}` already has a fact or relation `{name}`", definition.name);
            self.note(place, message, "choose another name; parents, plurals and inverses give names too");
        }
        taken
    }

    /// The reference to the parent, then the kind's own facts.
    fn make_fields(&mut self) {
        for raw in self.raw {
            let Some(id) = self.made.schema.kind_named(&raw.name) else { continue };
            if let Some(above) = raw.parent.as_ref().and_then(|p| self.kind_id(p)) {
                self.push_parent(id, above, &raw.place);
            }
            for fact in raw.facts.iter().filter(|f| f.ty != FactType::Refs) {
                let Some(ty) = self.type_of(raw, fact) else { continue };
                let field = field_of(fact, ty);
                self.push_field(id, field, fact.entry.clone());
            }
        }
    }

    fn push_parent(&mut self, kind: KindId, above: KindId, place: &Place) {
        let name = self.made.schema.kind(above).name.clone();
        let title = self.title(above);
        let field = Field { name, ty: Type::Thing(above), optional: false, range: (0, 0), inherits: false };
        let question = Text {
            zh: format!("它属于哪一项“{}”？", title.zh),
            en: format!("To which {} does it belong?", title.en),
        };
        let entry = FactEntry {
            label: title,
            question,
            generated: true,
            place: place.clone(),
            ..FactEntry::default()
        };
        let id = self.push_field(kind, field, entry);
        if let Some((kind, _)) = self.kind_mut(kind) {
            kind.parent = id;
        }
    }

    fn title(&self, kind: KindId) -> Text {
        self.made.kinds.get(kind.0 as usize).map(|k| k.title.clone()).unwrap_or_default()
    }

    fn type_of(&self, raw: &RawKind, fact: &RawFact) -> Option<Type> {
        Some(match fact.ty {
            FactType::Bool => Type::Bool,
            FactType::Int => Type::Int,
            FactType::Decimal => Type::Decimal,
            FactType::Date => Type::Date,
            FactType::Duration => Type::Duration,
            FactType::Text => Type::Text,
            FactType::Enum => Type::Enum(self.enum_of(raw, fact)?),
            FactType::Set => Type::Set(self.enum_of(raw, fact)?),
            FactType::Ref | FactType::Refs => Type::Thing(self.kind_id(&fact.to)?),
        })
    }

    fn enum_of(&self, raw: &RawKind, fact: &RawFact) -> Option<EnumId> {
        let Some(other) = &fact.values_of else {
            return self.enums.get(&format!("{}.{}", raw.name, fact.name)).copied();
        };
        let found = self.enums.get(&other.name).copied();
        if found.is_none() {
            let near = hint(&other.name, self.enums.keys().map(String::as_str));
            self.note(
                &other.place,
                format!("no fact `{}` lists values{near}", other.name),
                "name the fact whose `values` are shared",
            );
        }
        found
    }

    /// Facts that may be stated above flow down: every kind between has them too.
    fn state_above(&mut self) {
        for raw in self.raw {
            let Some(id) = self.made.schema.kind_named(&raw.name) else { continue };
            for fact in raw.facts.iter().filter(|f| !f.also_at.is_empty()) {
                let above: BTreeSet<KindId> =
                    fact.also_at.iter().filter_map(|n| self.ancestor(id, n)).collect();
                if let Some(ty) = self.type_of(raw, fact) {
                    self.flow(id, &above, fact, ty);
                }
            }
        }
    }

    fn ancestor(&self, of: KindId, named: &Named) -> Option<KindId> {
        let wanted = self.kind_id(named)?;
        let mut kind = of;
        while let Some(above) = self.made.schema.parent_of(kind) {
            if above == wanted {
                return Some(wanted);
            }
            kind = above;
        }
        let message = format!("`{}` does not stand above `{}`", named.name, self.made.schema.kind(of).name);
        self.note(&named.place, message, "name a parent, or a parent's parent");
        None
    }

    fn flow(&mut self, from: KindId, above: &BTreeSet<KindId>, fact: &RawFact, ty: Type) {
        let mut below = from;
        let mut left = above.len();
        while left > 0 {
            let Some(kind) = self.made.schema.parent_of(below) else { break };
            let same = self
                .made
                .schema
                .kind(kind)
                .field_named(&fact.name)
                .map(|f| self.made.schema.kind(kind).field(f).ty);
            if same != Some(ty) {
                let entry = FactEntry { generated: true, declared: false, ..fact.entry.clone() };
                if self.push_field(kind, field_of(fact, ty), entry).is_none() {
                    return;
                }
            }
            if let Some((kind, _)) = self.kind_mut(below)
                && let Some(field) = kind.fields.iter_mut().find(|f| f.name == fact.name)
            {
                field.inherits = true;
            }
            left -= usize::from(above.contains(&kind));
            below = kind;
        }
    }

    /// What a document says of a thing: its facts again, each of them optional.
    fn make_declarations(&mut self) {
        for raw in self.raw {
            let Some(id) = self.made.schema.kind_named(&raw.name) else { continue };
            let Some(declared) = self.made.schema.kind(id).declared else { continue };
            self.push_parent(declared, id, &raw.place);
            let Some(document) = self.made.schema.kind_named("document") else {
                self.note(
                    &raw.place,
                    "facts are declared, but there is no kind `document`".to_owned(),
                    "add facts/document.toml",
                );
                continue;
            };
            let field = Field {
                name: "document".to_owned(),
                ty: Type::Thing(document),
                optional: false,
                range: (0, 0),
                inherits: false,
            };
            let question = Text {
                zh: "这是哪一份文件的记载？".to_owned(),
                en: "Which document says so?".to_owned(),
            };
            let entry = FactEntry {
                label: self.title(document),
                question,
                generated: true,
                place: raw.place.clone(),
                ..FactEntry::default()
            };
            let name = self.push_field(declared, field, entry);
            if let Some((kind, _)) = self.kind_mut(declared) {
                kind.names.extend(name);
            }
            for fact in raw.facts.iter().filter(|f| f.entry.declared && f.ty != FactType::Refs) {
                let Some(ty) = self.type_of(raw, fact) else { continue };
                let optional = !matches!(ty, Type::Bool | Type::Set(_));
                let field = Field { optional, inherits: false, ..field_of(fact, ty) };
                self.push_field(declared, field, fact.entry.clone());
            }
        }
    }

    /// Lists of references, before the relations that reverse them.
    fn make_lists(&mut self) {
        for raw in self.raw {
            let Some(id) = self.made.schema.kind_named(&raw.name) else { continue };
            let declared = self.made.schema.kind(id).declared;
            for fact in raw.facts.iter().filter(|f| f.ty == FactType::Refs) {
                let Some(to) = self.kind_id(&fact.to) else { continue };
                let relation = Relation { name: fact.name.clone(), to, source: Source::List };
                self.push_relation(id, relation.clone(), fact.entry.clone());
                if let Some(declared) = declared.filter(|_| fact.entry.declared) {
                    self.push_relation(declared, relation, fact.entry.clone());
                }
            }
        }
    }

    /// Children at their parent, declarations, and the reverse of references.
    fn make_relations(&mut self) {
        for raw in self.raw {
            let Some(id) = self.made.schema.kind_named(&raw.name) else { continue };
            let definition = self.made.schema.kind(id);
            let (parent, declared) = (definition.parent, definition.declared);
            if let Some((field, above)) = parent.zip(self.made.schema.parent_of(id)) {
                self.reverse(above, &raw.plural, id, Source::Inverse(field), raw);
            }
            if let Some(declared) = declared
                && let Some(field) = self.made.schema.kind(declared).parent
            {
                let named = Named { name: "declared".to_owned(), place: raw.place.clone() };
                self.reverse(id, &named, declared, Source::Inverse(field), raw);
            }
            for fact in &raw.facts {
                self.make_inverse(id, raw, fact);
            }
        }
    }

    fn make_inverse(&mut self, id: KindId, raw: &RawKind, fact: &RawFact) {
        let (Some(inverse), Some(to)) = (&fact.inverse, self.made.schema.kind_named(&fact.to.name)) else {
            return;
        };
        let definition = self.made.schema.kind(id);
        let source = match fact.ty {
            FactType::Refs => definition.relation_named(&fact.name).map(Source::InverseList),
            _ => definition.field_named(&fact.name).map(Source::Inverse),
        };
        if let Some(source) = source {
            self.reverse(to, inverse, id, source, raw);
        }
    }

    /// Adds the relation from a thing to what refers to it.
    fn reverse(&mut self, at: KindId, named: &Named, members: KindId, source: Source, raw: &RawKind) {
        let (here, there) = (self.title(at), self.title(members));
        let question = Text {
            zh: format!("该“{}”的“{}”是否已经全部列出？", here.zh, there.zh),
            en: format!("Is this every entry of “{}” there is for this {}?", there.en, here.en),
        };
        let first = raw.facts.first().map(|f| f.entry.clone()).unwrap_or_default();
        let entry = FactEntry {
            label: there,
            question,
            who: first.who,
            evidence: first.evidence,
            generated: true,
            place: named.place.clone(),
            ..FactEntry::default()
        };
        self.push_relation(at, Relation { name: named.name.clone(), to: members, source }, entry);
    }

    /// References that a check may use as names of their own.
    fn make_names(&mut self) {
        for raw in self.raw {
            let Some(id) = self.made.schema.kind_named(&raw.name) else { continue };
            for named in &raw.names {
                if RESERVED.contains(&named.name.as_str()) {
                    let message = format!("`{}` is a word of the expression language", named.name);
                    self.note(&named.place, message, "rename the fact, or leave it out of `names`");
                }
                let kind = self.made.schema.kind(id);
                match kind.field_named(&named.name) {
                    Some(field) if matches!(kind.field(field).ty, Type::Thing(_)) => {
                        if let Some((kind, _)) = self.kind_mut(id) {
                            kind.names.push(field);
                        }
                    }
                    _ => {
                        let references = kind.fields.iter().filter(|f| matches!(f.ty, Type::Thing(_)));
                        let near = hint(&named.name, references.map(|f| f.name.as_str()));
                        let message = format!("`{}` is no reference of `{}`{near}", named.name, raw.name);
                        self.note(&named.place, message, "name a fact of the type `ref`");
                    }
                }
            }
        }
    }
}

fn field_of(fact: &RawFact, ty: Type) -> Field {
    Field { name: fact.name.clone(), ty, optional: fact.optional, range: fact.range, inherits: false }
}
