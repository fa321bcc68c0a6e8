//! The elements of a part of a template with the places where they stand, so that it can be changed where
//! it has to be and stays as it is, byte for byte, everywhere else.

use crate::docx::error::DocxError;
use crate::docx::package::W;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use std::ops::Range;

/// A part of a template that is read.
const PART: usize = 24 << 20;
/// How deep elements may nest; Word's own text boxes come to forty.
const DEPTH: usize = 200;
/// How many elements a part may have.
const ELEMENTS: usize = 600_000;

/// A part, read.
pub struct Scan<'a> {
    /// Its text.
    pub text: &'a str,
    /// Its elements, in order; the first is the root.
    pub elements: Vec<Element<'a>>,
    part: &'a str,
}

/// An element.
pub struct Element<'a> {
    start: BytesStart<'a>,
    /// From the beginning of its first tag to the end of its last.
    pub whole: Range<usize>,
    /// What is inside; nothing, behind it, where it is one tag only.
    pub inner: Range<usize>,
    /// The element that it is in.
    pub parent: Option<usize>,
    /// Whether it is one tag only.
    pub empty: bool,
}

/// A change: what stands in the range is replaced.
pub type Edit = (Range<usize>, String);

impl Element<'_> {
    /// Its name with the prefix.
    pub fn name(&self) -> &str {
        self.start.name().0
    }

    /// An attribute's value.
    pub fn attribute(&self, key: &str) -> Option<String> {
        let attribute = self.start.try_get_attribute(key).ok()??;
        Some(attribute.normalized_value(XmlVersion::Explicit1_0).ok()?.into_owned())
    }

    /// Adds to what is inside, at the end.
    pub fn append(&self, xml: &str) -> Edit {
        if self.empty {
            let name = self.name();
            // The tag ends in `/>`.
            (self.whole.end - 2..self.whole.end, format!(">{xml}</{name}>"))
        } else {
            (self.inner.end..self.inner.end, xml.to_owned())
        }
    }
}

impl<'a> Scan<'a> {
    /// Reads a part.
    pub fn new(part: &'a str, bytes: &'a [u8]) -> Result<Self, DocxError> {
        let wrong = |at: usize, why: String| DocxError::Xml { part: part.to_owned(), at, why };
        if bytes.len() > PART {
            let limit = format!("{} MiB", PART >> 20);
            return Err(DocxError::TooLarge { what: format!("`{part}` {} MiB", bytes.len() >> 20), limit });
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|error| wrong(error.valid_up_to(), "不是 UTF-8 · not UTF-8".to_owned()))?;
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        let illegal =
            |c: char| c < ' ' && !matches!(c, '\t' | '\n' | '\r') || matches!(c, '\u{FFFE}' | '\u{FFFF}');
        if let Some(at) = text.find(illegal) {
            return Err(wrong(at, "控制字符 · a control character".to_owned()));
        }
        let mut scan = Self { text, elements: vec![], part };
        let mut open: Vec<usize> = vec![];
        let mut reader = Reader::from_str(text);
        reader.config_mut().check_comments = true;
        loop {
            let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            let event = reader.read_event().map_err(|error| wrong(at, error.to_string()))?;
            let end = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            match event {
                Event::Start(start) => {
                    scan.begin(start, at..end, &open, false)?;
                    open.push(scan.elements.len() - 1);
                }
                Event::Empty(start) => scan.begin(start, at..end, &open, true)?,
                Event::End(_) => {
                    let element = open.pop().and_then(|place| scan.elements.get_mut(place));
                    if let Some(element) = element {
                        element.inner.end = at;
                        element.whole.end = end;
                    }
                }
                Event::DocType(_) => return Err(wrong(at, "DOCTYPE".to_owned())),
                Event::GeneralRef(reference) => {
                    let known = matches!(&*reference, "amp" | "lt" | "gt" | "quot" | "apos")
                        || reference.resolve_char_ref().is_ok_and(|c| c.is_some());
                    if !known || open.is_empty() {
                        return Err(wrong(at, format!("&{};", reference.escape_debug())));
                    }
                }
                Event::Text(text) if open.is_empty() && !text.trim().is_empty() => {
                    return Err(wrong(at, "文字在根元素之外 · text outside the root".to_owned()));
                }
                Event::CData(_) if open.is_empty() => return Err(wrong(at, "CDATA".to_owned())),
                Event::Eof => break,
                _ => {}
            }
        }
        if !open.is_empty() || scan.elements.is_empty() {
            return Err(wrong(text.len(), "元素没有结束 · an element does not end".to_owned()));
        }
        Ok(scan)
    }

    /// Reads a part of WordprocessingML, whose root has this name. What we add has the prefix `w`.
    pub fn word(part: &'a str, bytes: &'a [u8], root: &str) -> Result<Self, DocxError> {
        let scan = Self::new(part, bytes)?;
        let right = scan
            .elements
            .first()
            .is_some_and(|first| first.name() == root && first.attribute("xmlns:w").as_deref() == Some(W));
        // Nobody gives the prefix another meaning further down.
        let redefined =
            scan.elements.iter().skip(1).any(|e| e.attribute("xmlns:w").is_some_and(|ns| ns != W));
        if right && !redefined { Ok(scan) } else { Err(DocxError::Strict(part.to_owned())) }
    }

    fn begin(
        &mut self,
        start: BytesStart<'a>,
        whole: Range<usize>,
        open: &[usize],
        empty: bool,
    ) -> Result<(), DocxError> {
        let at = whole.start;
        let wrong = |why: String| DocxError::Xml { part: self.part.to_owned(), at, why };
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| wrong(error.to_string()))?;
            attribute.normalized_value(XmlVersion::Explicit1_0).map_err(|error| wrong(error.to_string()))?;
        }
        if open.is_empty() && !self.elements.is_empty() {
            return Err(wrong("不止一个根元素 · more than one root".to_owned()));
        }
        if open.len() >= DEPTH || self.elements.len() >= ELEMENTS {
            return Err(wrong("元素过多或嵌套过深 · too many elements, or too deep".to_owned()));
        }
        let inner = whole.end..whole.end;
        self.elements.push(Element { start, whole, inner, parent: open.last().copied(), empty });
        Ok(())
    }

    /// The name of the part.
    pub fn part(&self) -> &'a str {
        self.part
    }

    /// The root.
    pub fn root(&self) -> Option<&Element<'a>> {
        self.elements.first()
    }

    /// The elements of a name, with their places.
    pub fn named<'s>(&'s self, name: &'s str) -> impl Iterator<Item = (usize, &'s Element<'a>)> {
        self.elements.iter().enumerate().filter(move |(_, element)| element.name() == name)
    }

    /// The elements directly inside one, with their places.
    pub fn children(&self, of: usize) -> impl Iterator<Item = (usize, &Element<'a>)> {
        let end = self.elements.get(of).map_or(0, |element| element.whole.end);
        let behind = self.elements.iter().enumerate().skip(of + 1);
        behind
            .take_while(move |(_, element)| element.whole.start < end)
            .filter(move |(_, element)| element.parent == Some(of))
    }

    /// The first element of a name directly inside one, with its place.
    pub fn child(&self, of: usize, name: &str) -> Option<(usize, &Element<'a>)> {
        self.children(of).find(|(_, element)| element.name() == name)
    }

    /// The elements that one is in, from the inside out.
    pub fn around(&self, of: usize) -> impl Iterator<Item = (usize, &Element<'a>)> {
        let parent = |place: usize| self.elements.get(place).and_then(|element| element.parent);
        std::iter::successors(parent(of), move |place| parent(*place))
            .filter_map(|place| Some((place, self.elements.get(place)?)))
    }

    /// The text of the part, changed. Changes do not overlap.
    pub fn changed(&self, mut edits: Vec<Edit>) -> String {
        edits.sort_by_key(|(range, _)| (range.start, range.end));
        let mut text = String::with_capacity(self.text.len());
        let mut at = 0;
        for (range, new) in edits {
            text.push_str(self.text.get(at..range.start).unwrap_or_default());
            text.push_str(&new);
            at = range.end.max(at);
        }
        text.push_str(self.text.get(at..).unwrap_or_default());
        text
    }
}
