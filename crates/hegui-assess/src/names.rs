//! What things are called.

use crate::assessment::Assessment;
use crate::view::ThingView;
use hegui_catalog::model::Text;
use hegui_logic::plan::NONE;
use hegui_logic::schema::{FieldId, KindId, Type};
use hegui_logic::universe::{FactKey, ROW_NONE, Value};

/// Most characters of a text that stands for a thing.
const LONGEST: usize = 30;

impl Assessment<'_> {
    /// The path of a thing, `KIND.ID`.
    #[must_use]
    pub fn thing(&self, kind: KindId, row: u32) -> String {
        self.register.thing(&self.catalog.schema, kind, row)
    }

    /// The name of a thing: its fact `name` or `title`, where it has one, else its id.
    #[must_use]
    pub fn name(&self, kind: KindId, row: u32) -> String {
        self.own_name(kind, row).unwrap_or_else(|| self.register.id(kind, row).to_owned())
    }

    /// What people call a thing: its name; for one without, its kind, its id, and what it is about.
    #[must_use]
    pub fn title(&self, kind: KindId, row: u32) -> Text {
        if let Some(name) = self.own_name(kind, row) {
            return Text { zh: name.clone(), en: name };
        }
        let (title, id) = (self.kind_title(kind), self.register.id(kind, row));
        match self.about(kind, row) {
            Some(about) => Text {
                zh: format!("{} {id}（{}）", title.zh, about.zh),
                en: format!("{id} ({}: {})", title.en, about.en),
            },
            None => Text { zh: format!("{} {id}", title.zh), en: format!("{id} ({})", title.en) },
        }
    }

    /// A thing as reports show it.
    #[must_use]
    pub fn thing_view(&self, kind: KindId, row: u32) -> ThingView {
        ThingView { path: self.thing(kind, row), name: self.name(kind, row), title: self.title(kind, row) }
    }

    pub(crate) fn kind_title(&self, kind: KindId) -> Text {
        self.catalog.kinds.get(kind.0 as usize).map(|k| k.title.clone()).unwrap_or_default()
    }

    fn own_name(&self, kind: KindId, row: u32) -> Option<String> {
        let definition = self.catalog.schema.kind(kind);
        let named = ["name", "title"].into_iter().filter_map(|name| definition.field_named(name));
        named.into_iter().find_map(|field| self.text(kind, row, field))
    }

    fn text(&self, kind: KindId, row: u32, field: FieldId) -> Option<String> {
        let Value::Number(symbol) = self.assessed.universe.value(kind, row, field)? else { return None };
        self.assessed.universe.texts.get(u32::try_from(symbol).ok()?).map(str::to_owned)
    }

    /// What tells a thing without a name from others: what it refers to, else a text, else its sort.
    fn about(&self, kind: KindId, row: u32) -> Option<Text> {
        let definition = self.catalog.schema.kind(kind);
        let fields =
            || definition.fields.iter().enumerate().map(|(at, field)| (FieldId(at as u16), field.ty));
        let both = |text: String| Text { zh: text.clone(), en: text };
        let referred =
            fields().find_map(|(id, ty)| match (ty, self.assessed.universe.value(kind, row, id)) {
                (Type::Thing(to), Some(Value::Thing(target)))
                    if definition.parent != Some(id) && target < ROW_NONE =>
                {
                    Some(both(self.name(to, target)))
                }
                _ => None,
            });
        let told = || {
            let texts = fields().filter(|(_, ty)| *ty == Type::Text);
            texts.into_iter().find_map(|(id, _)| self.text(kind, row, id)).map(|text| both(short(&text)))
        };
        let sort = || {
            let (id, _) = fields().find(|(_, ty)| matches!(ty, Type::Enum(_)))?;
            let value = self.assessed.universe.value(kind, row, id)?;
            // That there is none of the sort tells nothing apart.
            if value == Value::Number(NONE) {
                return None;
            }
            let name = |kind, row| self.name(kind, row);
            let key = FactKey::Fact(kind, row, id);
            Some(crate::words::words(self.catalog, &self.assessed.universe, &key, value, &name))
        };
        referred.or_else(told).or_else(sort)
    }
}

fn short(text: &str) -> String {
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
