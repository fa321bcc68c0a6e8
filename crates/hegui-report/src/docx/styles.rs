//! The styles of a document, as data. Everything that can be said by a style is said here, so that a firm
//! changes looks by changing styles; the writer formats nothing directly that a style can say.
//!
//! Where Word has a style of its own for something (headings, captions, contents) that one is used, by its
//! name in the file format; the others bear a Chinese and an English name, in papers of both languages
//! alike, so that one template serves both.

use super::xml::Xml;
use hegui_assess::rollup::Verdict;
use hegui_catalog::model::Lang;

/// What a style applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Paragraph,
    Character,
    Table,
    Numbering,
}

impl Kind {
    /// Its name in the file format.
    pub fn name(self) -> &'static str {
        match self {
            Self::Paragraph => "paragraph",
            Self::Character => "character",
            Self::Table => "table",
            Self::Numbering => "numbering",
        }
    }
}

/// A style.
#[derive(Debug)]
pub(super) struct Style {
    /// What paragraphs, runs and tables name it by.
    pub id: &'static str,
    /// What people and Word name it by.
    pub name: &'static str,
    /// What it applies to.
    pub kind: Kind,
    based: &'static str,
    next: &'static str,
    /// `pPr`, `rPr` and `tblPr`, in this order.
    looks: String,
    default: bool,
}

const INK: &str = "auto";
const QUIET: &str = "5A6472";
const LINE: &str = "C9D0D8";
const TINT: &str = "F3F5F7";
const ACCENT: &str = "1F4E79";
const RED: &str = "A61B1B";
const AMBER: &str = "8A5300";
const GREEN: &str = "1C6B3C";

/// Latin and Chinese face of running text. Other faces for systems without: `font_table`.
const SERIF: (&str, &str) = ("Times New Roman", "宋体");
/// The same for headings.
const SANS: (&str, &str) = ("Arial", "黑体");
const MONO: (&str, &str) = ("Courier New", "宋体");

/// The style of a verdict.
pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Gap => "VerdictGap",
        Verdict::NotProven => "VerdictNotProven",
        Verdict::ToBeJudged => "VerdictToBeJudged",
        Verdict::Unknown => "VerdictUnknown",
        Verdict::Met => "VerdictMet",
        Verdict::MetSampled => "VerdictMetSampled",
        Verdict::NotApplicable => "VerdictNotApplicable",
        Verdict::NotAssessed => "VerdictNotAssessed",
    }
}

const VERDICTS: [(&str, &str, &str); 8] = [
    ("VerdictGap", "结论·不符合 Verdict Gap", RED),
    ("VerdictNotProven", "结论·未能证明 Verdict Not Proven", RED),
    ("VerdictToBeJudged", "结论·待判断 Verdict To Be Judged", AMBER),
    ("VerdictUnknown", "结论·未知 Verdict Unknown", AMBER),
    ("VerdictMet", "结论·符合 Verdict Met", GREEN),
    ("VerdictMetSampled", "结论·抽样符合 Verdict Met In Sample", GREEN),
    ("VerdictNotApplicable", "结论·不适用 Verdict Not Applicable", QUIET),
    ("VerdictNotAssessed", "结论·未评估 Verdict Not Assessed", QUIET),
];

/// All styles. `width` is that of the text, in twentieths of a point; `headings` and `bullets` the lists
/// that the styles of headings and lists are bound to.
pub(super) fn all(lang: Lang, width: usize, headings: &str, bullets: &str) -> Vec<Style> {
    let mut styles = text(lang, bullets);
    styles.extend(titles(headings));
    styles.extend(frame(width));
    let character =
        |id, name, looks: String| Style { next: "", ..style(Kind::Character, id, name, "", &looks) };
    styles.extend([
        Style { default: true, ..character("DefaultParagraphFont", "Default Paragraph Font", String::new()) },
        character("Strong", "Strong", format!("<w:rPr>{BOLD}</w:rPr>")),
        character("Code", "代码 Code", format!("<w:rPr>{}<w:noProof/>{}</w:rPr>", fonts(MONO), size(18))),
        character("Hyperlink", "Hyperlink", format!("<w:rPr>{}</w:rPr>", colour(ACCENT))),
        character(
            "UnknownText",
            "未知 Unknown",
            format!("<w:rPr>{}<w:u w:val=\"single\" w:color=\"{AMBER}\"/></w:rPr>", colour(AMBER)),
        ),
    ]);
    styles.extend(
        VERDICTS
            .map(|(id, name, shade)| character(id, name, format!("<w:rPr>{BOLD}{}</w:rPr>", colour(shade)))),
    );
    styles.extend(tables());
    styles.push(Style { default: true, ..style(Kind::Numbering, "NoList", "No List", "", "") });
    styles
}

const BOLD: &str = "<w:b/><w:bCs/>";

fn style(kind: Kind, id: &'static str, name: &'static str, based: &'static str, looks: &str) -> Style {
    Style { id, name, kind, based, next: "", looks: looks.to_owned(), default: false }
}

fn fonts((latin, chinese): (&str, &str)) -> String {
    format!("<w:rFonts w:ascii=\"{latin}\" w:hAnsi=\"{latin}\" w:eastAsia=\"{chinese}\" w:cs=\"{latin}\"/>")
}

fn size(half_points: usize) -> String {
    format!("<w:sz w:val=\"{half_points}\"/><w:szCs w:val=\"{half_points}\"/>")
}

fn colour(shade: &str) -> String {
    format!("<w:color w:val=\"{shade}\"/>")
}

fn spacing(before: usize, after: usize, line: usize) -> String {
    format!("<w:spacing w:before=\"{before}\" w:after=\"{after}\" w:line=\"{line}\" w:lineRule=\"auto\"/>")
}

fn edge(side: &str, eighths: usize, space: usize, shade: &str) -> String {
    format!("<w:{side} w:val=\"single\" w:sz=\"{eighths}\" w:space=\"{space}\" w:color=\"{shade}\"/>")
}

/// Running text, its graver and lighter kinds, and lists.
fn text(lang: Lang, bullets: &str) -> Vec<Style> {
    let paragraph = |id, name, looks: String| style(Kind::Paragraph, id, name, "Normal", &looks);
    let (line, indent) = match lang {
        Lang::Zh => (340, "<w:ind w:firstLineChars=\"200\" w:firstLine=\"420\"/>"),
        Lang::En => (300, ""),
    };
    let fill = |shade: &str| format!("<w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"{shade}\"/>");
    let list = "<w:ind w:left=\"840\" w:leftChars=\"0\" w:hanging=\"420\" w:hangingChars=\"0\"/>";
    let within = "<w:ind w:left=\"120\" w:right=\"120\"/>";
    let boxed = ["top", "left", "bottom", "right"].map(|side| edge(side, 6, 5, "D9B25F")).concat();
    vec![
        Style { default: true, ..style(Kind::Paragraph, "Normal", "Normal", "", "") },
        paragraph(
            "BodyText",
            "Body Text",
            format!("<w:pPr>{}{indent}<w:jc w:val=\"both\"/></w:pPr>", spacing(0, 120, line)),
        ),
        paragraph(
            "Grave",
            "重要 Grave",
            format!(
                "<w:pPr><w:keepLines/><w:pBdr>{}</w:pBdr>{}{}{within}</w:pPr>",
                edge("left", 24, 6, RED),
                fill("FBF1F0"),
                spacing(120, 160, 300)
            ),
        ),
        paragraph(
            "Note",
            "附注 Note",
            format!("<w:pPr>{}</w:pPr><w:rPr>{}{}</w:rPr>", spacing(60, 120, 280), colour(QUIET), size(18)),
        ),
        paragraph(
            "Open",
            "待补 Open",
            format!(
                "<w:pPr><w:keepLines/><w:pBdr>{boxed}</w:pBdr>{}{}{within}</w:pPr>",
                fill("FDF8EC"),
                spacing(160, 200, 300)
            ),
        ),
        paragraph(
            "ListBullet",
            "List Bullet",
            format!(
                "<w:pPr><w:numPr><w:numId w:val=\"{bullets}\"/></w:numPr>{}{list}</w:pPr>",
                spacing(0, 60, 300)
            ),
        ),
        paragraph("ListNumber", "List Number", format!("<w:pPr>{}{list}</w:pPr>", spacing(0, 60, 300))),
        paragraph(
            "Caption",
            "caption",
            format!(
                "<w:pPr><w:keepNext/><w:keepLines/>{}</w:pPr><w:rPr>{BOLD}{}</w:rPr>",
                spacing(200, 100, 264),
                size(18)
            ),
        ),
    ]
}

/// Titles and headings.
fn titles(list: &str) -> Vec<Style> {
    let titled = |id, name, looks: String| Style {
        next: "BodyText",
        ..style(Kind::Paragraph, id, name, "Normal", &looks)
    };
    let heading = |level: usize, id, name, before, after, points: usize, shade| {
        let level = level - 1;
        titled(
            id,
            name,
            format!(
                "<w:pPr><w:keepNext/><w:keepLines/><w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"{list}\"/>\
                 </w:numPr>{}<w:outlineLvl w:val=\"{level}\"/></w:pPr><w:rPr>{}{BOLD}{}{}</w:rPr>",
                spacing(before, after, 288),
                fonts(SANS),
                colour(shade),
                size(points),
            ),
        )
    };
    vec![
        titled(
            "Title",
            "Title",
            format!(
                "<w:pPr><w:keepNext/><w:pBdr>{}</w:pBdr>{}</w:pPr><w:rPr>{}{BOLD}{}{}</w:rPr>",
                edge("top", 18, 14, ACCENT),
                spacing(3000, 200, 288),
                fonts(SANS),
                colour(ACCENT),
                size(56)
            ),
        ),
        titled(
            "Subtitle",
            "Subtitle",
            format!(
                "<w:pPr>{}</w:pPr><w:rPr>{}{}{}</w:rPr>",
                spacing(120, 1400, 288),
                fonts(SANS),
                colour(QUIET),
                size(32)
            ),
        ),
        heading(1, "Heading1", "heading 1", 400, 200, 32, ACCENT),
        heading(2, "Heading2", "heading 2", 320, 160, 26, ACCENT),
        heading(3, "Heading3", "heading 3", 260, 120, 23, INK),
        heading(4, "Heading4", "heading 4", 220, 100, 21, INK),
    ]
}

/// What stands around the text: contents, heads and feet of pages, signatures.
fn frame(width: usize) -> Vec<Style> {
    let paragraph = |id, name, looks: String| style(Kind::Paragraph, id, name, "Normal", &looks);
    let entry = |id, name, left: usize, before, bold: &str| {
        paragraph(
            id,
            name,
            format!(
                "<w:pPr><w:tabs>{}</w:tabs>{}<w:ind w:left=\"{left}\"/></w:pPr><w:rPr>{bold}</w:rPr>",
                contents_tab(width),
                spacing(before, 40, 288)
            ),
        )
    };
    let small = format!("<w:rPr>{}{}</w:rPr>", colour(QUIET), size(17));
    vec![
        paragraph(
            "TOCHeading",
            "TOC Heading",
            format!(
                "<w:pPr><w:keepNext/>{}</w:pPr><w:rPr>{}{BOLD}{}{}</w:rPr>",
                spacing(0, 240, 288),
                fonts(SANS),
                colour(ACCENT),
                size(32)
            ),
        ),
        entry("TOC1", "toc 1", 0, 120, BOLD),
        entry("TOC2", "toc 2", 280, 0, ""),
        entry("TOC3", "toc 3", 560, 0, ""),
        paragraph(
            "CoverLabel",
            "封面项目 Cover Label",
            format!("<w:pPr>{}</w:pPr><w:rPr>{}</w:rPr>", spacing(80, 80, 264), colour(QUIET)),
        ),
        paragraph("CoverValue", "封面内容 Cover Value", format!("<w:pPr>{}</w:pPr>", spacing(80, 80, 264))),
        paragraph(
            "Header",
            "header",
            format!(
                "<w:pPr><w:pBdr>{}</w:pBdr>{}</w:pPr>{small}",
                edge("bottom", 4, 4, LINE),
                spacing(0, 0, 240)
            ),
        ),
        paragraph(
            "Footer",
            "footer",
            format!("<w:pPr>{}<w:jc w:val=\"center\"/></w:pPr>{small}", spacing(0, 0, 240)),
        ),
        paragraph(
            "SignatureLine",
            "签署 Signature Line",
            format!(
                "<w:pPr><w:keepNext/><w:keepLines/><w:tabs><w:tab w:val=\"left\" w:leader=\"underscore\" w:pos=\"{}\"/>\
                 <w:tab w:val=\"right\" w:leader=\"underscore\" w:pos=\"{width}\"/></w:tabs>{}</w:pPr>",
                signed(width),
                spacing(480, 0, 288)
            ),
        ),
    ]
}

/// Where the line for a signature ends and the date begins.
pub(super) fn signed(width: usize) -> usize {
    width * 3 / 5
}

/// The tab before a page number in the contents.
pub(super) fn contents_tab(width: usize) -> String {
    format!("<w:tab w:val=\"right\" w:leader=\"dot\" w:pos=\"{width}\"/>")
}

/// Tables and what stands in them.
fn tables() -> Vec<Style> {
    let table = |id, name, based, looks: String| style(Kind::Table, id, name, based, &looks);
    let cells = |sides: usize, ends: usize| {
        format!(
            "<w:tblCellMar><w:top w:w=\"{ends}\" w:type=\"dxa\"/><w:left w:w=\"{sides}\" w:type=\"dxa\"/>\
             <w:bottom w:w=\"{ends}\" w:type=\"dxa\"/><w:right w:w=\"{sides}\" w:type=\"dxa\"/></w:tblCellMar>"
        )
    };
    let plain = format!("<w:tblPr><w:tblInd w:w=\"0\" w:type=\"dxa\"/>{}</w:tblPr>", cells(108, 0));
    let head = format!(
        "<w:tblStylePr w:type=\"firstRow\"><w:rPr>{BOLD}</w:rPr><w:tcPr><w:tcBorders>{}{}</w:tcBorders>\
         <w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"{TINT}\"/></w:tcPr></w:tblStylePr>",
        edge("top", 6, 0, ACCENT),
        edge("bottom", 6, 0, ACCENT)
    );
    let lined = |ends: usize, sides: usize, head: &str| {
        format!(
            "<w:tblPr><w:tblInd w:w=\"0\" w:type=\"dxa\"/><w:tblBorders>{}{}</w:tblBorders>{}</w:tblPr>{head}",
            edge("bottom", 4, 0, LINE),
            edge("insideH", 4, 0, LINE),
            cells(sides, ends)
        )
    };
    let small = format!("<w:rPr>{}</w:rPr>", size(18));
    let cell = |keep: &str| format!("<w:pPr>{keep}{}</w:pPr>{small}", spacing(0, 20, 260));
    vec![
        style(Kind::Paragraph, "TableText", "表格正文 Table Text", "Normal", &cell("")),
        style(
            Kind::Paragraph,
            "TableHeading",
            "表格表头 Table Heading",
            "TableText",
            "<w:pPr><w:keepNext/></w:pPr><w:rPr><w:b/><w:bCs/></w:rPr>",
        ),
        style(
            Kind::Paragraph,
            "AfterTable",
            "表后 After Table",
            "Normal",
            "<w:pPr><w:spacing w:before=\"0\" w:after=\"0\" w:line=\"160\" w:lineRule=\"exact\"/></w:pPr>",
        ),
        Style { default: true, ..table("TableNormal", "Normal Table", "", plain) },
        table("AssessmentTable", "评估表格 Assessment Table", "TableNormal", lined(60, 100, &head)),
        table("CoverTable", "封面表格 Cover Table", "TableNormal", lined(0, 0, "")),
    ]
}

impl Style {
    /// Writes it, with the ids that `id` gives for its own and those that it is based on.
    pub fn write<'a>(&self, id: impl Fn(&'a str) -> String, default: bool, to: &mut Xml) {
        let own = id(self.id);
        let mut attributes = vec![("w:type", self.kind.name())];
        if self.default && default {
            attributes.push(("w:default", "1"));
        }
        // A style that Word does not know by itself is marked as the document's own.
        if !self.name.is_ascii() {
            attributes.push(("w:customStyle", "1"));
        }
        attributes.push(("w:styleId", &own));
        to.within("w:style", &attributes, |xml| {
            xml.value("w:name", self.name);
            for (name, other) in [("w:basedOn", self.based), ("w:next", self.next)] {
                if !other.is_empty() {
                    xml.value(name, &id(other));
                }
            }
            xml.value("w:uiPriority", if self.kind == Kind::Numbering { "99" } else { "9" });
            if matches!(self.id, "NoList" | "TableNormal" | "DefaultParagraphFont") {
                xml.empty("w:semiHidden", &[]);
                xml.empty("w:unhideWhenUsed", &[]);
            } else {
                xml.empty("w:qFormat", &[]);
            }
            xml.raw(&self.looks);
        });
    }
}

/// The whole part, for a document of our own.
pub(super) fn part(styles: &[Style], lang: Lang) -> String {
    let mut xml = Xml::part();
    xml.within("w:styles", &[("xmlns:w", super::package::W)], |xml| {
        let language = if lang == Lang::Zh { "en-US" } else { "en-GB" };
        xml.raw(&format!(
            "<w:docDefaults><w:rPrDefault><w:rPr>{}{}<w:lang w:val=\"{language}\" w:eastAsia=\"zh-CN\" \
             w:bidi=\"ar-SA\"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>",
            fonts(SERIF),
            size(21),
        ));
        for style in styles {
            style.write(str::to_owned, true, xml);
        }
    });
    xml.finish()
}

/// Which faces may stand in for those that a system lacks, the next best first.
pub(super) fn font_table() -> String {
    let font = |xml: &mut Xml, name: &str, others: &str, family: &str, pitch: &str, charset: &str| {
        xml.within("w:font", &[("w:name", name)], |xml| {
            xml.value("w:altName", others);
            xml.value("w:charset", charset);
            xml.value("w:family", family);
            xml.value("w:pitch", pitch);
        });
    };
    let mut xml = Xml::part();
    xml.within("w:fonts", &[("xmlns:w", super::package::W)], |xml| {
        font(xml, SERIF.1, "SimSun,Songti SC,Noto Serif CJK SC,Noto Serif SC", "auto", "variable", "86");
        font(xml, SANS.1, "SimHei,Heiti SC,Noto Sans CJK SC,Noto Sans SC", "auto", "variable", "86");
        font(xml, SERIF.0, "Liberation Serif,Nimbus Roman,Tinos", "roman", "variable", "00");
        font(xml, SANS.0, "Liberation Sans,Helvetica,Arimo", "swiss", "variable", "00");
        font(xml, MONO.0, "Liberation Mono,Consolas,Noto Sans Mono", "modern", "fixed", "00");
    });
    xml.finish()
}
