//! Placeholders of a template, wherever they stand: Word splits `{{title}}` over several runs as it likes,
//! for a spelling mark or because somebody typed it in two goes.

use super::scan::{Edit, Scan};
use crate::docx::error::DocxError;
use crate::docx::xml::Xml;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

/// Placeholders of a text: they stand anywhere.
pub const TEXTS: [&str; 4] = ["title", "subtitle", "date", "running"];
/// Placeholders of a block: each is a paragraph of its own in the body, once.
pub const BLOCKS: [&str; 3] = ["content", "contents", "cover"];

/// The placeholders of a part.
#[derive(Debug, Default)]
pub struct Places {
    /// Those of a block, with the place of their paragraph among the elements.
    pub blocks: BTreeMap<&'static str, usize>,
    /// Those of a text, filled in.
    pub edits: Vec<Edit>,
    /// Which of those of a text there are.
    pub texts: Vec<&'static str>,
}

/// Finds the placeholders of a part; `body` is whether those of a block may stand in it, `values` gives
/// the text for those of a text.
pub fn find(scan: &Scan<'_>, body: bool, values: &dyn Fn(&str) -> String) -> Result<Places, DocxError> {
    let mut places = Places::default();
    for (paragraph, pieces) in paragraphs(scan) {
        let whole: String = pieces.iter().map(|piece| &*piece.text).collect();
        let marks = marks(&whole)?;
        let mut texts = vec![];
        for (range, name) in marks {
            if let Some(name) = BLOCKS.into_iter().find(|block| *block == name) {
                let alone = whole.trim().len() == range.len() && body && in_body(scan, paragraph);
                if !alone {
                    return Err(DocxError::NotAlone(name));
                }
                if places.blocks.insert(name, paragraph).is_some() {
                    return Err(DocxError::Twice(name));
                }
            } else if let Some(name) = TEXTS.into_iter().find(|text| *text == name) {
                places.texts.push(name);
                texts.push((range, values(name)));
            } else {
                return Err(DocxError::Placeholder(name));
            }
        }
        if !texts.is_empty() {
            fill(&pieces, &texts, &mut places.edits);
        }
    }
    Ok(places)
}

/// A piece of a paragraph's text: one `w:t`.
struct Piece<'a> {
    whole: Range<usize>,
    text: Cow<'a, str>,
}

/// The pieces of text of every paragraph that has an opening brace, by the place of the paragraph.
fn paragraphs<'a>(scan: &Scan<'a>) -> BTreeMap<usize, Vec<Piece<'a>>> {
    let mut all: BTreeMap<usize, Vec<Piece<'a>>> = BTreeMap::new();
    for (place, element) in scan.named("w:t") {
        let Some((paragraph, _)) = scan.around(place).find(|(_, around)| around.name() == "w:p") else {
            continue;
        };
        let raw = scan.text.get(element.inner.clone()).unwrap_or_default();
        // Anything but text inside is none of Word's.
        let Ok(text) = quick_xml::escape::unescape(raw) else { continue };
        if !raw.contains('<') {
            all.entry(paragraph).or_default().push(Piece { whole: element.whole.clone(), text });
        }
    }
    all.retain(|_, pieces| pieces.iter().any(|piece| piece.text.contains(['{', '｛'])));
    all
}

/// The placeholders in a text, in order: where they stand and their names. Braces may be full-width, as a
/// Chinese keyboard gives them.
fn marks(text: &str) -> Result<Vec<(Range<usize>, String)>, DocxError> {
    let mut found = vec![];
    let mut at = 0;
    while let Some((start, inside)) = twice(text, at, ['{', '｛']) {
        let Some((end, behind)) = twice(text, inside, ['}', '｝']) else { break };
        let name = text.get(inside..end).unwrap_or_default().trim().to_lowercase();
        if !name.is_empty() && name.len() <= 20 && name.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
            found.push((start..behind, name));
            at = behind;
        } else {
            at = inside;
        }
    }
    Ok(found)
}

/// The next place, from one on, where one of two characters stands twice: where it begins and ends.
fn twice(text: &str, from: usize, signs: [char; 2]) -> Option<(usize, usize)> {
    let mut before: Option<usize> = None;
    for (at, c) in text.get(from..)?.char_indices().map(|(at, c)| (at + from, c)) {
        match (signs.contains(&c), before) {
            (true, Some(start)) => return Some((start, at + c.len_utf8())),
            (true, None) => before = Some(at),
            (false, _) => before = None,
        }
    }
    None
}

/// Whether a paragraph stands in the body itself, or in content controls there.
fn in_body(scan: &Scan<'_>, paragraph: usize) -> bool {
    let mut around = scan.around(paragraph).map(|(_, element)| element.name());
    around.find(|name| !matches!(*name, "w:sdtContent" | "w:sdt")) == Some("w:body")
}

/// Puts texts into the pieces of a paragraph: each into the piece that its placeholder begins in.
fn fill(pieces: &[Piece<'_>], texts: &[(Range<usize>, String)], edits: &mut Vec<Edit>) {
    let mut start = 0;
    for piece in pieces {
        let end = start + piece.text.len();
        if texts.iter().any(|(range, _)| range.start < end && start < range.end) {
            let mut text = String::new();
            let mut at = start;
            let part = |from: usize, to: usize| piece.text.get(from - start..to - start).unwrap_or_default();
            for (range, value) in texts {
                if range.end <= start || range.start >= end {
                    continue;
                }
                text.push_str(part(at, range.start.clamp(at, end)));
                if range.start >= start {
                    text.push_str(value);
                }
                at = range.end.min(end);
            }
            text.push_str(part(at, end));
            let mut xml = Xml::default();
            xml.text("w:t", &[("xml:space", "preserve")], &text);
            edits.push((piece.whole.clone(), xml.finish()));
        }
        start = end;
    }
}

/// A placeholder's paragraph, replaced by blocks. What a paragraph carries beside its text stays: the end
/// of a section, and the ends of bookmarks that began elsewhere.
pub fn replace(scan: &Scan<'_>, paragraph: usize, blocks: &str) -> Option<Edit> {
    let element = scan.elements.get(paragraph)?;
    let raw = |range: &Range<usize>| scan.text.get(range.clone()).unwrap_or_default();
    let mut before = String::new();
    let mut behind = String::new();
    for (_, inside) in scan.children(paragraph) {
        match inside.name() {
            "w:bookmarkStart" => before.push_str(raw(&inside.whole)),
            "w:bookmarkEnd" => behind.push_str(raw(&inside.whole)),
            _ => {}
        }
    }
    let properties = scan.child(paragraph, "w:pPr").and_then(|(place, _)| scan.child(place, "w:sectPr"));
    if let Some((_, section)) = properties {
        behind.push_str(&format!("<w:p><w:pPr>{}</w:pPr></w:p>", raw(&section.whole)));
    }
    Some((element.whole.clone(), [&before, blocks, &behind].concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_over_several_runs() {
        let xml = "<w:p><w:t>a{</w:t><w:t>{ti</w:t><w:t>tle }} &amp; ｛｛date｝｝{{1}} {</w:t></w:p>";
        let scan = Scan::new("x", xml.as_bytes()).unwrap();
        let places = find(&scan, false, &|name| format!("<{name}>")).unwrap();
        assert_eq!(
            scan.changed(places.edits),
            "<w:p><w:t xml:space=\"preserve\">a&lt;title&gt;</w:t><w:t xml:space=\"preserve\"></w:t>\
             <w:t xml:space=\"preserve\"> &amp; &lt;date&gt;{{1}} {</w:t></w:p>"
        );
    }
}
