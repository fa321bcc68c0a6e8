//! Sets made-up papers, to look at and to measure.
//!
//! ```text
//! paper zh OUT.pdf             one of everything, in Chinese (or `en`)
//! paper 10000 OUT [PAGES]      so many findings; in volumes of PAGES, OUT-1.pdf, OUT-2.pdf ...
//! ```

#[path = "../tests/papers/mod.rs"]
mod papers;

use hegui_catalog::model::Lang;
use hegui_pdf::{Options, pdf, pdf_volumes};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let started = std::time::Instant::now();
    let options = Options::default();
    let mut pages = 0;
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [lang @ ("zh" | "en"), out] => {
            let made = pdf(&papers::sample(if *lang == "zh" { Lang::Zh } else { Lang::En }), &options)?;
            pages = made.pages;
            std::fs::write(out, made.bytes)?;
        }
        [count, out] => {
            let made = pdf(&papers::findings(count.parse()?), &options)?;
            pages = made.pages;
            std::fs::write(out, made.bytes)?;
        }
        [count, out, most] => {
            for (number, made) in
                (1..).zip(pdf_volumes(&papers::findings(count.parse()?), &options, most.parse()?))
            {
                let made = made?;
                pages += made.pages;
                std::fs::write(format!("{out}-{number}.pdf"), made.bytes)?;
            }
        }
        _ => return Err("paper zh|en|COUNT OUT [PAGES]".into()),
    }
    eprintln!("{pages} pages in {:?}", started.elapsed());
    Ok(())
}
