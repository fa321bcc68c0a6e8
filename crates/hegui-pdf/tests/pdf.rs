//! What a reader of the PDF finds, as poppler and qpdf read it: every word, bookmarks, links, tags.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod papers;

use hegui_catalog::model::Lang;
use hegui_pdf::{Options, Pdf, PdfError, pdf, pdf_volumes};
use hegui_report::paper::{Block, Column, Paper, Row, Span, Table};
use std::path::Path;
use std::process::Command;

fn set(paper: &Paper) -> Pdf {
    pdf(paper, &Options::default()).unwrap()
}

/// The file on disk, for other programs to read.
fn kept(name: &str, pdf: &Pdf) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, &pdf.bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

/// What poppler 22 (Debian 12) takes for wrong though ISO 32000 has it so: `/Suspects` is a boolean, and
/// the colour of a structure's border an array.
const MISTAKEN: [&str; 2] =
    ["Suspects object is wrong type (boolean)", "Attribute BorderColor value is of wrong type (array)"];

/// What a program prints; it must have nothing to complain about.
fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}; see scripts/install-tools"));
    let stderr = String::from_utf8_lossy(&output.stderr);
    let complaints: Vec<&str> =
        stderr.lines().filter(|line| !MISTAKEN.iter().any(|mistaken| line.contains(mistaken))).collect();
    assert!(output.status.success() && complaints.is_empty(), "{program}: {complaints:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The text that the tags hold, in their order: poppler gives every piece a line of its own, in quotes,
/// among the names of tags.
fn tagged(path: &str) -> String {
    let output = Command::new("pdfinfo").args(["-struct-text", path]).output().unwrap();
    assert!(output.status.success());
    let all = String::from_utf8_lossy(&output.stdout);
    all.lines().filter(|line| line.trim_start().starts_with('"')).map(bare).collect()
}

/// A text as [`tagged`] gives it: without the quotes of its pieces, and without hyphens, which may be of
/// the typesetter.
fn bare(text: &str) -> String {
    without_spaces(text).replace(['"', '-', '\u{AD}', '\u{2010}'], "")
}

/// The text of some page.
fn page(path: &str, number: &str) -> String {
    without_spaces(&run("pdftotext", &["-raw", "-f", number, "-l", number, path, "-"]))
}

fn without_spaces(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace()).collect()
}

/// Every text of a paper.
fn texts(paper: &Paper) -> Vec<&str> {
    let cover = paper.cover.iter().flat_map(|(label, value)| [&**label, value]);
    let blocks = paper.blocks.iter().flat_map(|block| match block {
        Block::Heading { text, .. } => vec![&**text],
        Block::Table(table) => {
            let headings = table.columns.iter().map(|column| &*column.heading);
            headings.chain([&*table.caption]).chain(block.spans().into_iter().map(Span::text)).collect()
        }
        Block::Signatures(lines) => lines.iter().map(String::as_str).collect(),
        _ => block.spans().into_iter().map(Span::text).collect(),
    });
    [&*paper.title, &paper.subtitle].into_iter().chain(cover).chain(blocks).collect()
}

/// A paper of one table of one column.
fn column(cells: Vec<String>) -> Paper {
    let row = |text: String| Row { cells: vec![vec![vec![Span::Text(text)]]], anchor: None };
    let columns = vec![Column { heading: "#".to_owned(), share: 1 }];
    let table = Table { caption: String::new(), columns, rows: cells.into_iter().map(row).collect() };
    Paper { blocks: vec![Block::Table(table)], ..papers::sample(Lang::En) }
}

#[test]
fn every_word_of_a_paper_is_in_the_tagged_text() {
    for lang in [Lang::Zh, Lang::En] {
        let paper = papers::sample(lang);
        assert_eq!(paper.dangling(), Vec::<&str>::new());
        let made = set(&paper);
        assert_eq!(made.missing, []);
        let path = kept(&format!("words-{lang:?}.pdf"), &made);
        let read = tagged(&path);
        let absent = |text: &&str| !read.contains(&bare(text));
        assert_eq!(texts(&paper).into_iter().filter(absent).collect::<Vec<_>>(), Vec::<&str>::new());
        let furniture = match lang {
            Lang::Zh => ["合规评估意见书·示例零售有限公司", "第3页", "草稿"],
            Lang::En => ["Assessmentopinion·ExampleRetailLtd", "Page3of", "DRAFT"],
        };
        let third = page(&path, "3");
        assert!(furniture.iter().all(|text| third.contains(text)), "{third}");
    }
}

#[test]
fn the_file_is_sound_archival_and_has_bookmarks_and_links() {
    let path = kept("sound.pdf", &set(&papers::sample(Lang::Zh)));
    run("qpdf", &["--check", &path]);
    let about = run("pdfinfo", &["-meta", &path]);
    for claim in ["<pdfaid:part>2</pdfaid:part>", "<pdfaid:conformance>A<", "<pdfuaid:part>1<", "2026-06-30"]
    {
        assert!(about.contains(claim), "{claim}: {about}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&run("qpdf", &["--json", "--json-key=outlines", &path])).unwrap();
    let title = |node: &serde_json::Value| node["title"].as_str().unwrap().to_owned();
    let titles: Vec<String> = json["outlines"].as_array().unwrap().iter().map(title).collect();
    assert_eq!(
        titles,
        ["个人信息处理法律合规评估意见书", "一、 评估结论", "二、 评估结果", "附件一 证据索引", "三、 签署"]
    );
    assert_eq!(title(&json["outlines"][1]["kids"][0]), "（一） 评估方法及其局限");
    let links = run("qpdf", &["--json", "--json-key=qpdf", &path]).matches("\"/Subtype\": \"/Link\"").count();
    assert!(links >= 40 + 40 + 1 + titles.len(), "{links}");
}

#[test]
fn the_same_paper_gives_the_same_bytes_in_another_process() {
    const TO: &str = "HEGUI_PDF_TEST_TO";
    let made = set(&papers::sample(Lang::En));
    if let Some(path) = std::env::var_os(TO) {
        return std::fs::write(path, made.bytes).unwrap();
    }
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("other-process.pdf");
    let test = "the_same_paper_gives_the_same_bytes_in_another_process";
    let mut other = Command::new(std::env::current_exe().unwrap());
    assert!(other.args(["--exact", test]).env(TO, &path).output().unwrap().status.success());
    assert!(std::fs::read(path).unwrap() == made.bytes);
    assert!(set(&papers::sample(Lang::En)).bytes == made.bytes, "nor does what was set before change it");
}

#[test]
fn text_is_never_markup_and_what_no_font_has_is_reported() {
    let hostile = [
        "#panic(\"x\")",
        "*b* _i_ `c` $x$ <l> @r \\ // /* ",
        "#import \"@preview/x:0.1.0\"",
        "= H",
        "[]{}",
        "𠮷野家 😀",
    ];
    let made = set(&column(hostile.map(str::to_owned).to_vec()));
    let path = kept("hostile.pdf", &made);
    let read = tagged(&path);
    for text in &hostile[..5] {
        assert!(read.contains(&bare(text)), "{text}");
    }
    assert!(read.contains("[U+1F600]"), "{read}");
    assert!(made.missing.iter().any(|missing| missing.character == '😀' && missing.times == 1));
}

#[test]
fn long_words_and_long_cells_stay_on_the_page() {
    let made = set(&column(vec!["w".repeat(20_000), "很长。".repeat(5_000)]));
    let path = kept("long.pdf", &made);
    let words = run("pdftotext", &["-bbox", &path, "-"]);
    let edge = |line: &str| -> Option<f64> { line.split("xMax=\"").nth(1)?.split('"').next()?.parse().ok() };
    let widest = words.lines().filter_map(edge).fold(0.0, f64::max);
    assert!(widest > 400.0 && widest <= 595.3 - 68.0 + 0.5, "{widest}");
    assert_eq!(words.matches('w').count().min(20_000), 20_000);
}

#[test]
fn volumes_hold_everything_and_point_at_one_another() {
    let paper = papers::findings(60);
    let volumes: Vec<Pdf> = pdf_volumes(&paper, &Options::default(), 6).collect::<Result<_, _>>().unwrap();
    assert!(volumes.len() >= 2, "{}", volumes.len());
    let mut read = String::new();
    for (number, volume) in volumes.iter().enumerate() {
        let path = kept(&format!("volume-{number}.pdf"), volume);
        read += &tagged(&path);
        assert!(page(&path, "3").contains(&format!("第{}册（共{}册）", number + 1, volumes.len())));
    }
    for number in 0..60 {
        assert!(read.contains(&format!("（对象{number}）")), "{number}");
    }
    assert!(read.contains("见证据（第"), "a link into another volume names it");
    assert!(read.contains("产品1（续）"), "a volume repeats the headings it is below");
}

#[test]
fn a_template_of_a_firm_sees_the_paper_and_nothing_else() {
    let with = |template: &str| {
        pdf(&papers::sample(Lang::En), &Options { template: Some(template.to_owned()), ..Options::default() })
    };
    let own = "#let p = json(\"paper.json\")\n#set document(title: p.title, date: datetime(year: p.date.at(0), month: 1, day: 1))\n= #p.running";
    let path = kept("own.pdf", &with(own).unwrap());
    assert!(page(&path, "1").contains("Assessmentopinion·ExampleRetailLtd"));
    for stolen in [
        "#read(\"/etc/hostname\")",
        "#read(\"../Cargo.toml\")",
        "#import \"@preview/a:0.1.0\": x",
        "#datetime.today()",
    ] {
        let Err(PdfError::Setting(why)) = with(stolen) else { panic!("{stolen}") };
        assert!(why.contains("template line 1"), "{why}");
    }
}

#[test]
fn a_date_that_is_none_is_refused() {
    let paper = Paper { date: "2026-02-30".to_owned(), ..papers::sample(Lang::Zh) };
    assert!(matches!(pdf(&paper, &Options::default()), Err(PdfError::Date(date)) if date == "2026-02-30"));
}
