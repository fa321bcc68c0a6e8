//! Compiles `catalog/` and leaves the bytes for the crate to embed.
//!
//! An error in the catalog fails the build, with every problem by file, line and column. Cargo looks at
//! the whole folder for changes, so that a file that is added or removed counts too. Whoever builds a
//! hegui with a catalog of their own names its folder in `HEGUI_CATALOG_DIR`.

use hegui_catalog::Catalog;
use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    println!("cargo::rerun-if-env-changed=HEGUI_CATALOG_DIR");
    let own = || [env!("CARGO_MANIFEST_DIR"), "..", "..", "catalog"].iter().collect();
    let root: PathBuf = std::env::var_os("HEGUI_CATALOG_DIR").map_or_else(own, PathBuf::from);
    println!("cargo::rerun-if-changed={}", root.display());
    let problems = match Catalog::read_dir(&root) {
        Ok(catalog) => match write(&catalog) {
            Ok(()) => return ExitCode::SUCCESS,
            Err(error) => error,
        },
        Err(problems) => problems.to_string(),
    };
    println!("cargo::error=the catalog in catalog/ cannot be embedded");
    for line in problems.lines() {
        println!("cargo::error={line}");
    }
    ExitCode::FAILURE
}

fn write(catalog: &Catalog) -> Result<(), String> {
    let folder = std::env::var_os("OUT_DIR").ok_or("cargo names no OUT_DIR")?;
    let bytes = catalog.to_bytes().map_err(|error| error.to_string())?;
    std::fs::write(PathBuf::from(folder).join("catalog.bin"), bytes).map_err(|error| error.to_string())
}
