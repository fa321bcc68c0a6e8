//! The catalog of this repository.

use hegui_catalog::lint::check;
use hegui_catalog::read::files_of;
use std::path::Path;

#[test]
fn the_catalog_of_this_repository_has_no_errors() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog");
    let (catalog, problems) = check(files_of(&folder).unwrap());
    let errors: Vec<String> = problems.0.iter().filter(|p| p.is_error()).map(ToString::to_string).collect();
    assert!(
        errors.is_empty(),
        "catalog/ has errors (make lint, or `hegui catalog lint`):\n{}",
        errors.join("\n")
    );
    assert!(!catalog.requirements.is_empty());
    assert!(catalog.requirements.iter().all(|r| r.check_plan.is_some()));
    assert_eq!(catalog.order.len(), catalog.requirements.len());
}
