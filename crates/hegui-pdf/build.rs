//! Finds the fonts that the crate embeds, and says what to do where they are not.
//!
//! `scripts/fonts` fetches them into `target/fonts`; whoever keeps them elsewhere names the folder in
//! `HEGUI_FONTS`.

use std::path::PathBuf;
use std::process::ExitCode;

const FONTS: [&str; 3] =
    ["NotoSansSC_400Regular.ttf", "NotoSansSC_700Bold.ttf", "NotoSansMono_400Regular.ttf"];

fn main() -> ExitCode {
    println!("cargo::rerun-if-env-changed=HEGUI_FONTS");
    let root = || [env!("CARGO_MANIFEST_DIR"), "..", ".."].iter().collect::<PathBuf>();
    let fetched = || root().join("target").join("fonts");
    // A relative path is relative to the workspace, as for `scripts/fonts`.
    let folder = std::env::var_os("HEGUI_FONTS").map_or_else(fetched, |path| root().join(path));
    for font in FONTS {
        let path = folder.join(font);
        println!("cargo::rerun-if-changed={}", path.display());
        if !path.is_file() {
            println!("cargo::error=缺少字体 · no font at {}: run scripts/fonts first", path.display());
            return ExitCode::FAILURE;
        }
    }
    println!("cargo::rustc-env=HEGUI_FONTS_FOUND={}", folder.display());
    ExitCode::SUCCESS
}
