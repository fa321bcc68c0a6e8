//! The retailer's sheets and headings, as they are in a file that a change of the dictionary changes.

use hegui_catalog::model::Lang;
use hegui_register::{Limits, Register, files_of};
use hegui_sheet::Layout;
use std::fmt::Write;
use std::path::Path;

#[test]
fn the_retailers_sheets() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let catalog = hegui_law::catalog().unwrap();
    let files = files_of(&root.join("examples/retailer"), &Limits::default()).unwrap();
    let register = Register::read_files(files, &catalog).unwrap();
    let mut text = String::new();
    for lang in [Lang::Zh, Lang::En] {
        for sheet in Layout::new(&catalog, lang, |kind| register.count(kind) > 0).sheets {
            assert!(sheet.name.encode_utf16().count() <= 31);
            let count = register.count(sheet.kind);
            writeln!(text, "== {} ({count}, {} columns)", sheet.name, sheet.columns.len()).unwrap();
            // Headings are the dictionary's to change; which columns there are, and their order, is ours.
            let paths: Vec<&str> = sheet.columns.iter().map(|column| column.path.as_str()).collect();
            writeln!(text, "{}", paths.join(" ")).unwrap();
            assert!(sheet.columns.iter().all(|column| !column.heading.is_empty()), "{}", sheet.name);
        }
    }
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sheet/retailer.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&golden, &text).unwrap();
    }
    let expected = std::fs::read_to_string(&golden).unwrap_or_default();
    assert!(text == expected, "the sheets changed; look at them, then run with UPDATE_GOLDEN=1");
}
