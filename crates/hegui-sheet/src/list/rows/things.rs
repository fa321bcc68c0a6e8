//! Which thing a row speaks of: one that is there, or a new one with an id made for it.

use super::{Cell, Context, Rows, Said};
use crate::import::{Notes, well_formed};
use crate::layout::{What, is_name};
use crate::list::ids::slug;
use crate::list::mapping::Target;
use crate::problem::{Problem, Problems, both};
use crate::words::{folded, narrow};
use hegui_catalog::model::Catalog;
use hegui_logic::schema::{KindId, Type};
use std::collections::BTreeMap;

impl Rows<'_> {
    /// The id of a thing with a name: the one that has it, or a new one.
    pub(super) fn named(&mut self, kind: KindId, parent: Option<&str>, name: &str) -> String {
        let key = (kind, parent.map(str::to_owned), folded(name));
        if let Some(id) = self.by_name.get(&key) {
            return id.clone();
        }
        let definition = self.catalog.schema.kind(kind);
        let top = parent.is_none()
            || self.catalog.schema.parent_of(kind).is_some_and(|above| !is_deep(self.catalog, above));
        let own = slug(name);
        let begin = match (top, parent, &own) {
            (true, _, own) => own.clone().unwrap_or_else(|| definition.name.replace('_', "-")),
            (false, Some(parent), own) => format!("{parent}-{}", own.as_deref().unwrap_or(&definition.name)),
            (false, None, own) => own.clone().unwrap_or_else(|| definition.name.clone()),
        };
        let id = self.ids.make(kind, &begin, own.is_none());
        self.by_name.insert(key, id.clone());
        self.known.id(kind, &id);
        self.known.name(kind, name, &id);
        id
    }

    /// The id of the thing that a row speaks of.
    pub(super) fn identify(
        &mut self,
        kind: KindId,
        parent: Option<&str>,
        own: &[&Cell<'_>],
        said: &[Said],
        context: &Context<'_>,
    ) -> Result<String, Box<Problem>> {
        if let Some(cell) = own.iter().find(|cell| matches!(cell.target, Target::Id(_))) {
            let id: String = cell.raw.text().trim().chars().map(narrow).collect();
            if !well_formed(&id) {
                return Err(Box::new(Problem::at(
                    context.name,
                    cell.at,
                    &cell.raw.text(),
                    both("这不是编号", "this is no id"),
                    both(
                        "小写字母、数字、- 和 _；或在对应文件里把这一列写成 ignore",
                        "lower-case letters, digits, - and _; or leave the column out in the mapping file",
                    ),
                )));
            }
            self.known.id(kind, &id);
            self.ids.take(kind, &id);
            return Ok(id);
        }
        let definition = self.catalog.schema.kind(kind);
        let name = said
            .iter()
            .find(|(what, _, _)| matches!(what, What::Field(field) if is_name(definition.field(*field))));
        if let Some((_, _, name)) = name {
            return Ok(self.named(kind, parent, name));
        }
        let content =
            said.iter().map(|(what, _, value)| format!("{what:?}={value}")).collect::<Vec<_>>().join("\n");
        let key = (kind, parent.map(str::to_owned), content);
        if let Some(id) = self.by_content.get(&key) {
            return Ok(id.clone());
        }
        // What tells such things apart is which one they are of or refer to: that makes the id, so that
        // the same list read again means the same things.
        let tells = said.iter().find_map(|(what, _, value)| match what {
            What::Field(field) => match definition.field(*field).ty {
                Type::Enum(_) | Type::Thing(_) if value != "none" => Some(value.replace('_', "-")),
                _ => None,
            },
            _ => None,
        });
        let tells = tells.unwrap_or_else(|| definition.name.replace('_', "-"));
        let begin: String = match parent {
            Some(parent) => format!("{parent}-{tells}").chars().take(80).collect(),
            None => tells,
        };
        let mut id = begin.clone();
        let mut number = 1;
        while !self.spoken.insert((kind, id.clone())) {
            number += 1;
            id = format!("{begin}-{number}");
        }
        self.ids.take(kind, &id);
        self.known.id(kind, &id);
        self.by_content.insert(key, id.clone());
        Ok(id)
    }

    /// The thing that a new one of a kind stands below.
    pub(super) fn parent(
        &mut self,
        kind: KindId,
        here: &BTreeMap<KindId, String>,
        context: &Context<'_>,
        notes: &mut Notes,
    ) -> Result<Option<String>, Box<Problem>> {
        let Some(above) = self.catalog.schema.parent_of(kind) else { return Ok(None) };
        if let Some(id) = here.get(&above) {
            return Ok(Some(id.clone()));
        }
        let name = self.catalog.schema.kind(above).name.clone();
        if let Some(id) = self.mapping.parents.get(&name) {
            return Ok(Some(id.clone()));
        }
        let stated = self.ground.of(above).map(|(_, table)| table.ids.as_slice()).unwrap_or_default();
        let made = self.made.get(&above).map(Vec::as_slice).unwrap_or_default();
        match (stated, made) {
            ([id], []) | ([], [id]) => Ok(Some(id.clone())),
            ([], []) => {
                let parent = self.parent(above, here, context, notes)?;
                let at = self.thing(above, &name, context);
                if let Some((parent, field)) = parent.zip(self.catalog.schema.kind(above).parent) {
                    self.wish(
                        at,
                        What::Field(field),
                        (context.row, 0),
                        parent,
                        context,
                        &mut Problems::default(),
                    );
                }
                self.known.id(above, &name);
                self.ids.take(above, &name);
                let title = self
                    .catalog
                    .kinds
                    .get(above.0 as usize)
                    .map(|kind| kind.title.clone())
                    .unwrap_or_default();
                notes.add("made parent", context.name, None, both(
                    format!("清单没有写“{}”，登记册里也没有：新建 {name}.{name}，名称待填", title.zh),
                    format!("the list names no {}, and the register has none: {name}.{name} is added, to be named", title.en),
                ));
                Ok(Some(name))
            }
            _ => {
                let title = self
                    .catalog
                    .kinds
                    .get(above.0 as usize)
                    .map(|kind| kind.title.clone())
                    .unwrap_or_default();
                Err(Box::new(Problem::at(
                    context.name,
                    (context.row, 0),
                    "",
                    both(
                        format!("不知道属于哪一项“{}”：登记册里有几项", title.zh),
                        format!("which {} is it below? The register has several", title.en),
                    ),
                    both(
                        format!("在清单里加一列写明，或在对应文件里写 [parent] {name} = \"编号\""),
                        format!(
                            "add a column that says so, or write [parent] {name} = \"ID\" in the mapping file"
                        ),
                    ),
                )))
            }
        }
    }
}

/// Whether a kind stands below another that is not the root.
fn is_deep(catalog: &Catalog, kind: KindId) -> bool {
    catalog.schema.parent_of(kind).is_some_and(|above| catalog.schema.parent_of(above).is_some())
}
