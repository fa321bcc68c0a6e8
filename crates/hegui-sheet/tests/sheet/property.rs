//! Whatever the register and whatever is edited: the files come back as they were, and exactly the
//! facts that were edited change.

use crate::book::{Book, Cell, TODAY, after, generated, import, workbook};
use crate::small_catalog;
use hegui_catalog::Catalog;
use hegui_catalog::model::Lang;
use hegui_logic::schema::{FieldId, KindId, Type};
use hegui_register::Register;
use hegui_sheet::Effect;
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// What every thing says of every fact, by `KIND/ID/FACT`.
fn facts(files: &[(String, String)], catalog: &Catalog) -> BTreeMap<String, Option<String>> {
    let register = Register::read_files(files.to_vec(), catalog).unwrap_or_else(|p| panic!("{p}"));
    let assessed = register.universe(catalog, TODAY, TODAY);
    let mut facts = BTreeMap::new();
    for (at, kind) in catalog.schema.kinds.iter().enumerate() {
        let id = KindId(at as u16);
        for (field_at, field) in kind.fields.iter().enumerate() {
            for stated in assessed.stated(id, FieldId(field_at as u16)) {
                let name = format!("{}/{}/{}", kind.name, register.id(id, stated.row), field.name);
                facts.insert(name, stated.value);
            }
        }
    }
    facts
}

/// A value for a fact, and how a person writes it.
fn value(catalog: &Catalog, ty: Type, dice: u32, lang: Lang) -> Option<(String, Cell)> {
    let text = |value: &str, cell: &str| Some((value.to_owned(), Cell::from(cell)));
    match ty {
        Type::Bool if dice.is_multiple_of(2) => text("true", if lang == Lang::Zh { "是" } else { "yes" }),
        Type::Bool => text("false", "否"),
        Type::Int => Some(((dice % 3000).to_string(), Cell::Number(f64::from(dice % 3000)))),
        Type::Decimal => Some((format!("{}.5", dice % 90), Cell::Number(f64::from(dice % 90) + 0.5))),
        Type::Date => {
            let day = 1 + dice % 28;
            text(&format!("2026-02-{day:02}"), &format!("2026/2/{day}"))
        }
        Type::Duration => text(&format!("{}d", 1 + dice % 300), &format!("{} 天", 1 + dice % 300)),
        Type::Text => text(&format!("=文字 {dice}"), &format!("=文字 {dice}")),
        Type::Enum(list) => {
            let codes = catalog.schema.values(list);
            let at = dice as usize % codes.len();
            text(&codes[at], catalog.values[list.0 as usize][at].get(lang))
        }
        Type::Set(list) => {
            let words: Vec<&str> =
                catalog.values[list.0 as usize].iter().map(|word| word.get(lang)).collect();
            text(&format!("[{}]", catalog.schema.values(list).join(", ")), &words.join("、"))
        }
        Type::Thing(_) => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn export_and_import_is_the_same_and_edits_change_what_they_say(
        seed in any::<u64>(),
        activities in 1usize..12,
        english in any::<bool>(),
        edits in proptest::collection::vec((any::<u32>(), any::<u32>(), any::<u32>()), 0..12),
    ) {
        let catalog = small_catalog::catalog();
        let lang = if english { Lang::En } else { Lang::Zh };
        let files = generated(&catalog, activities, seed);
        let bytes = workbook(&files, &catalog, lang);
        let plan = import(&bytes, &vec![], &catalog).unwrap();
        prop_assert_eq!(&plan.files, &files);

        let mut book = Book::read(&bytes);
        let before = facts(&files, &catalog);
        let mut wanted: HashMap<String, String> = HashMap::new();
        for (which, column, dice) in edits {
            let things: Vec<(&str, u32, String)> = book.sheets.iter().flat_map(|sheet| {
                let kind = match sheet.cells.get(&(0, 0)) {
                    Some(Cell::Text(text)) => text.strip_suffix(".id"),
                    _ => None,
                };
                kind.into_iter().filter(|kind| !kind.contains('.')).flat_map(|kind| {
                    sheet.cells.iter().filter(|((row, column), _)| *row > 1 && *column == 0).filter_map(move |((row, _), cell)| {
                        let Cell::Text(id) = cell else { return None };
                        Some((kind, *row, id.clone()))
                    })
                })
            }).collect();
            let (kind, row, id) = things[which as usize % things.len()].clone();
            let kind = kind.to_owned();
            let kind_id = catalog.schema.kind_named(&kind).unwrap();
            let definition = catalog.schema.kind(kind_id);
            let field = FieldId(column as u16 % definition.fields.len() as u16);
            if catalog.fact(kind_id, field).is_some_and(|fact| fact.judgement) {
                continue;
            }
            let Some((value, cell)) = value(&catalog, definition.field(field).ty, dice, lang) else { continue };
            let name = &definition.field(field).name;
            let sheet = book.of(&kind);
            let at = sheet.column(&format!("{kind}.{name}"));
            sheet.cells.insert((row, at), cell);
            wanted.insert(format!("{kind}/{id}/{name}"), value);
        }
        let edited = book.write();
        for (now, restored) in [(files.clone(), 0), (vec![], files.len())] {
            let plan = match import(&edited, &now, &catalog) {
                Ok(plan) => plan,
                Err(problems) => return Err(TestCaseError::fail(problems.show(Lang::En))),
            };
            prop_assert_eq!(plan.restored, restored);
            let new = after(&now, &plan);
            let is = facts(&new, &catalog);
            let disputed: Vec<String> = plan.lines.iter().filter(|l| l.effect == Effect::Disputed).map(|l| {
                let kind = catalog.schema.kind(l.kind);
                let hegui_sheet::What::Field(field) = l.what else { panic!("only facts were edited") };
                format!("{}/{}/{}", kind.name, l.id, kind.field(field).name)
            }).collect();
            for (name, value) in &is {
                match wanted.get(name) {
                    Some(new) if before.get(name) != Some(&Some(new.clone())) => {
                        let expected = if disputed.contains(name) { &None } else { &Some(new.clone()) };
                        prop_assert_eq!(value, expected, "{}", name);
                    }
                    _ => prop_assert_eq!(Some(value), before.get(name), "{}", name),
                }
            }
            for name in before.keys().chain(wanted.keys()) {
                prop_assert!(is.contains_key(name), "{}", name);
            }
        }
    }
}

/// Headings that mean something, and some that do not.
const HEADINGS: [&str; 8] = [
    "activity.id",
    "activity.purpose",
    "activity.types",
    "datum.sensitive",
    "接收方",
    "party.name",
    "activity.note",
    "备注",
];
/// Cells that mean something somewhere, and some that never do.
const CELLS: [&str; 12] = [
    "a",
    "配",
    "电、名",
    "是",
    "none",
    "无",
    "=1+1",
    "2026年2月30日",
    "ａ１",
    "x/y",
    "",
    "很长的、没有意义的；词",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_list_is_read_or_refused(
        cells in proptest::collection::vec(proptest::collection::vec((0usize..14, ".{0,6}"), 8), 0..8),
    ) {
        let catalog = small_catalog::catalog();
        let mut rows: Vec<Vec<&str>> = vec![HEADINGS.to_vec()];
        for row in &cells {
            rows.push(row.iter().map(|(which, own)| CELLS.get(*which).copied().unwrap_or(own)).collect());
        }
        let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
        let bytes = crate::book::list(&rows).write();
        match crate::book::import_list(&bytes, &vec![], None, &catalog) {
            Ok(plan) => prop_assert!(plan.files.is_empty() || Register::read_files(plan.files, &catalog).is_ok()),
            Err(problems) => prop_assert!(!problems.show(Lang::En).is_empty()),
        }
    }

    #[test]
    fn damaged_bytes_are_read_or_refused(
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let (catalog, now) = crate::round::small();
        let mut bytes = workbook(&now, &catalog, Lang::Zh);
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Err(problems) = import(&bytes, &now, &catalog) {
            prop_assert!(!problems.show(Lang::Zh).is_empty());
        }
    }
}
