//! Writes the tests' sample report in every form, to be looked at: `cargo run -p hegui-report --example
//! write_sample -- DIR`.

#[allow(dead_code, reason = "random papers are for the tests")]
#[path = "../tests/word/papers.rs"]
mod papers;
#[path = "../tests/sample/mod.rs"]
mod sample;

use hegui_catalog::model::Lang;
use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let dir = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| ".".to_owned()));
    std::fs::create_dir_all(&dir)?;
    let report = sample::report();
    for (lang, tag) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        std::fs::write(dir.join(format!("sample.{tag}.html")), hegui_report::html(&report, lang))?;
        std::fs::write(
            dir.join(format!("sample.{tag}.txt")),
            hegui_report::terminal(&report, lang, true, 100),
        )?;
        std::fs::write(
            dir.join(format!("sample.{tag}.sarif")),
            hegui_report::sarif(&report, lang).to_string(),
        )?;
        let word = hegui_report::docx(&papers::rich(lang), None).map_err(std::io::Error::other)?;
        std::fs::write(dir.join(format!("paper.{tag}.docx")), word)?;
        std::fs::write(dir.join(format!("many.{tag}.html")), hegui_report::html(&sample::many(2000), lang))?;
    }
    std::fs::write(dir.join("sample.json"), hegui_report::json(&report))
}
